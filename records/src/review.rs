//! Which cases are due for supervision, and when the next step of the ladder comes.

use crate::access::{cases_with_lead, visible_cases};
use crate::bookings::booked_days;
use crate::cadence::{ClockColumns, OversightColumns, clocks_of};
use crate::cases::{CaseSummary, SummaryRow, summary_columns};
use crate::content;
use crate::ladder::{SnoozeRow, snoozes_of};
use crate::people::links::runs_on;
use crate::problem::Problem;
use crate::schema::{cases, people, supervisor_links};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::{Action, CaseFacts, may};
use domain::cadence::{Band, Due, oversight_due};
use domain::cases::{CaseStatus, PlanType};
use domain::form::Form;
use domain::ids::{CaseId, OrganisationId, PersonId, TeamId};
use domain::ladder::{Concern, Reader};
use domain::people::{LinkKind, Standing};
use domain::risk::RiskLevel;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a list of reviews is narrowed to; empty means everything overdue, due today or due soon within reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewFilter {
    /// Only this team.
    pub team: Option<TeamId>,
    /// Only this plan type.
    pub plan_type: Option<PlanType>,
    /// Only this band.
    pub band: Option<Band>,
}

impl ReviewFilter {
    /// Reads the query of `/reviews`. What it does not know, it leaves out.
    pub fn parse(query: &Form) -> Self {
        use domain::TextValue;
        Self {
            team: query.text("team").parse().ok(),
            plan_type: PlanType::from_code(query.text("plan_type")),
            band: Band::from_code(query.text("band")),
        }
    }

    fn takes(&self, case: &Placed) -> bool {
        self.team.as_ref().is_none_or(|team| *team == case.team)
            && self.plan_type.is_none_or(|plan| plan == case.plan_type)
    }
}

/// A case in the list of reviews.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The case, with when it is due and why.
    pub case: CaseSummary,
    /// Where it stands.
    pub band: Band,
    /// The team's name.
    pub team: String,
    /// The lead practitioner's line supervisor.
    pub supervisor: Option<String>,
    /// The working day to book.
    pub booking_day: NaiveDate,
    /// When the ladder's next step comes, and whom it tells.
    pub next_step: Option<(NaiveDate, Vec<Reader>)>,
    /// Until when its reminders are put off, and why.
    pub snooze: Option<SnoozeRow>,
    /// The next day on which it is to be talked about, if a session about it is booked.
    pub booked_on: Option<NaiveDate>,
    /// Whether the reader may write oversight of it, and so put its reminders off.
    pub may_oversee: bool,
    /// Whether the reader supervises its lead practitioner, and so may book a session about it.
    pub may_book: bool,
    /// By when a manager is to look at it, as after a rise in risk, if nobody has.
    pub to_look_at: Option<Due>,
}

/// The list of reviews: how many stand in each band, the teams to choose from, and one page of the cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviews {
    /// How many cases stand in each band, before the list is narrowed to one.
    pub counts: BTreeMap<Band, usize>,
    /// How many there is something to do about: they are overdue, due today or due soon, or a manager is to look at them.
    pub to_do: usize,
    /// The teams whose cases are within reach, by id and name.
    pub teams: Vec<(TeamId, String)>,
    /// The cases of this page.
    pub reviews: Vec<Review>,
    /// How many cases there are on all pages.
    pub all: usize,
}

/// Cases on one page.
pub const PAGE: usize = 30;

/// As much of an open case as its place in a list needs: there may be thousands, and a page shows fifty.
struct Placed {
    id: CaseId,
    reference: String,
    team: TeamId,
    lead: Option<PersonId>,
    plan_type: PlanType,
    risk_level: RiskLevel,
    due: Due,
    band: Band,
    to_look_at: Option<Due>,
}

impl Placed {
    fn is_to_do(&self) -> bool {
        self.band <= Band::Amber || self.to_look_at.is_some()
    }

    fn facts(&self, organisation: &OrganisationId) -> CaseFacts {
        CaseFacts {
            id: self.id.clone(),
            organisation: organisation.clone(),
            team: self.team.clone(),
            lead_practitioner: self.lead.clone(),
            co_workers: Vec::new(),
        }
    }
}

/// The open cases within reach: those at which a manager is to look first, each part in the order of [`place`].
pub fn list(reading: &mut Reading<'_>, filter: &ReviewFilter, from: usize) -> Result<Reviews, Problem> {
    let all = open_cases(reading, None)?;
    let names = content::teams_now(reading)?.names();
    let name = |team: &TeamId| names.get(team).cloned().unwrap_or_default();
    let within: HashSet<&TeamId> = all.iter().map(|case| &case.team).collect();
    let mut teams: Vec<(TeamId, String)> =
        within.into_iter().map(|team| (team.clone(), name(team))).collect();
    teams.sort_by(|one, other| (&one.1, &one.0).cmp(&(&other.1, &other.0)));
    let mut counts: BTreeMap<Band, usize> = BTreeMap::new();
    let (mut taken, mut to_do) = (Vec::new(), 0);
    for case in all.into_iter().filter(|case| filter.takes(case)) {
        *counts.entry(case.band).or_default() += 1;
        to_do += usize::from(case.is_to_do());
        if filter.band.map_or(case.is_to_do(), |wanted| wanted == case.band) {
            taken.push(case);
        }
    }
    let mut taken = in_order(taken);
    taken.sort_by_key(|case| case.to_look_at.is_none());
    let page: Vec<&Placed> = taken.iter().skip(from).take(PAGE).collect();
    Ok(Reviews { counts, to_do, teams, reviews: reviews(reading, &page)?, all: taken.len() })
}

/// These of the open cases within reach, as the list shows them: what was chosen there.
pub fn chosen(reading: &mut Reading<'_>, ids: &[CaseId]) -> Result<Vec<Review>, Problem> {
    let chosen = in_order(open_cases(reading, Some(ids))?);
    reviews(reading, &chosen.iter().take(PAGE).collect::<Vec<_>>())
}

/// Everything that a page shows of its cases.
fn reviews(reading: &mut Reading<'_>, page: &[&Placed]) -> Result<Vec<Review>, Problem> {
    let names = content::teams_now(reading)?.names();
    let (today, organisation) = (reading.today(), reading.organisation()?);
    let mut summaries = summaries_of(reading, page)?;
    let supervisors = line_supervisors(reading, page.iter().filter_map(|case| case.lead.clone()).collect())?;
    let (rules, actor) = (content::rules(reading)?, reading.actor()?);
    let ids: Vec<String> = page.iter().map(|case| case.id.to_string()).collect();
    let mut snoozes = snoozes_of(reading, &[Concern::CaseSupervision], &ids)?;
    let case_ids: Vec<CaseId> = page.iter().map(|case| case.id.clone()).collect();
    let booked = booked_days(reading, &case_ids)?;
    let supervisees = actor.case_supervisees();
    let review = |case: &&Placed| {
        let due_on = case.due.due_on;
        let next = rules.ladder.next(Concern::CaseSupervision, due_on, today, &rules.working_days);
        Some(Review {
            case: summaries.remove(&case.id)?,
            band: case.band,
            team: names.get(&case.team).cloned().unwrap_or_default(),
            supervisor: case.lead.as_ref().and_then(|lead| supervisors.get(lead).cloned()),
            booking_day: rules.book(&case.team).booking_day(due_on, today),
            next_step: next.map(|(day, readers)| (day, readers.to_vec())),
            snooze: snoozes.remove(&(Concern::CaseSupervision, case.id.to_string(), due_on)),
            booked_on: booked.get(&case.id).copied(),
            may_oversee: may(&actor, &Action::WriteOversight(&case.facts(&organisation))).is_allowed(),
            may_book: case.lead.as_ref().is_some_and(|lead| supervisees.contains(lead)),
            to_look_at: case.to_look_at,
        })
    };
    Ok(page.iter().filter_map(review).collect())
}

fn in_order(mut cases: Vec<Placed>) -> Vec<Placed> {
    cases.sort_by(|one, other| place(one).cmp(&place(other)));
    cases
}

/// Where a case stands in a list: by band; in each those never discussed first, of whose risk nobody knows, then those at high risk,
/// then by due day.
fn place(case: &Placed) -> (Band, bool, bool, NaiveDate, &str) {
    let is_high = case.risk_level == RiskLevel::High;
    (case.band, !case.due.is_first(), !is_high, case.due.due_on, &case.reference)
}

/// The open cases within reach, or these of them, and where each stands.
fn open_cases(reading: &mut Reading<'_>, only: Option<&[CaseId]>) -> Result<Vec<Placed>, Problem> {
    type Row = (ClockColumns, OversightColumns, (String, Option<PersonId>, RiskLevel));
    let (actor, today) = (reading.actor()?, reading.today());
    reading.permit(&Action::ListCases, "cases", "")?;
    let mut query = visible_cases(cases_with_lead(), &actor).filter(cases::status.eq(CaseStatus::Open));
    if let Some(ids) = only {
        query = query.filter(cases::id.eq_any(ids.to_vec()));
    }
    let columns = (
        ClockColumns::as_select(),
        OversightColumns::as_select(),
        (cases::reference, cases::lead_practitioner_id, cases::risk_level),
    );
    let rows: Vec<Row> = query.select(columns).load(reading.connection)?;
    let rules = content::rules(reading)?;
    let clocks = clocks_of(reading, &rows.iter().map(|(clock, ..)| &clock.id).collect::<Vec<_>>())?;
    let placed = |(clock, oversight, (reference, lead, risk_level)): Row| {
        let due = clocks.due(&rules, &clock);
        let to_look_at = oversight_due(&rules.book(&clock.team_id), &oversight.clock(clock.last_held_on));
        Placed {
            id: clock.id,
            reference,
            team: clock.team_id,
            lead,
            plan_type: clock.plan_type,
            risk_level,
            band: due.state(today).band(),
            due,
            to_look_at,
        }
    };
    Ok(rows.into_iter().map(placed).collect())
}

/// These cases as a list shows them.
fn summaries_of(
    reading: &mut Reading<'_>,
    page: &[&Placed],
) -> Result<HashMap<CaseId, CaseSummary>, Problem> {
    let actor = reading.actor()?;
    let dues: HashMap<&CaseId, Due> = page.iter().map(|case| (&case.id, case.due)).collect();
    let rows: Vec<SummaryRow> = visible_cases(cases_with_lead(), &actor)
        .filter(cases::id.eq_any(dues.keys().copied()))
        .select(summary_columns!())
        .load(reading.connection)?;
    let summary = |row: SummaryRow| {
        let due = *dues.get(&row.0.id)?;
        Some((row.0.id.clone(), CaseSummary::new(row, due)))
    };
    Ok(rows.into_iter().filter_map(summary).collect())
}

/// The overdue cases within reach: how many, and the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// How many there are.
    pub all: usize,
    /// How many of them were never discussed.
    pub never: usize,
    /// The first: those never discussed, then those at high risk, then the longest waiting.
    pub first: Vec<CaseSummary>,
    /// How many wait, overdue or not, for a look of the reader, as after a rise in risk.
    pub all_to_look_at: usize,
    /// The first of these, each with by when.
    pub to_look_at: Vec<(CaseSummary, Due)>,
}

/// What is overdue within reach, and at what the reader is to look, with as many cases of each as are to be shown.
pub fn overdue(reading: &mut Reading<'_>, shown: usize) -> Result<Overdue, Problem> {
    let (actor, organisation) = (reading.actor()?, reading.organisation()?);
    let open = in_order(open_cases(reading, None)?);
    let late: Vec<&Placed> = open.iter().filter(|case| case.band == Band::Overdue).collect();
    let look = |case: &Placed| {
        let due = case.to_look_at?;
        may(&actor, &Action::WriteOversight(&case.facts(&organisation))).is_allowed().then_some(due)
    };
    let looks: Vec<(&Placed, Due)> = open.iter().filter_map(|case| Some((case, look(case)?))).collect();
    // A case may stand in both lists.
    let page: Vec<&Placed> =
        late.iter().copied().take(shown).chain(looks.iter().map(|(case, _)| *case).take(shown)).collect();
    let summaries = summaries_of(reading, &page)?;
    let summary = |case: &Placed| summaries.get(&case.id).cloned();
    Ok(Overdue {
        all: late.len(),
        never: late.iter().filter(|case| case.due.is_first()).count(),
        first: late.iter().take(shown).filter_map(|case| summary(case)).collect(),
        all_to_look_at: looks.len(),
        to_look_at: looks.iter().take(shown).filter_map(|(case, due)| Some((summary(case)?, *due))).collect(),
    })
}

/// The line supervisor of each of these people today, by name.
fn line_supervisors(
    reading: &mut Reading<'_>,
    people_led: HashSet<PersonId>,
) -> Result<HashMap<PersonId, String>, Problem> {
    let today = reading.today();
    let rows: Vec<(PersonId, String)> = supervisor_links::table
        .inner_join(people::table.on(people::id.eq(supervisor_links::supervisor_id)))
        .filter(supervisor_links::supervisee_id.eq_any(people_led))
        .filter(supervisor_links::kind.eq(LinkKind::Line))
        .filter(runs_on(today))
        .filter(people::standing.eq(Standing::Active))
        .order(supervisor_links::from_on)
        .select((supervisor_links::supervisee_id, people::name))
        .load(reading.connection)?;
    Ok(rows.into_iter().collect())
}
