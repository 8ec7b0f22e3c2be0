//! Which cases are due for supervision, and when the next step of the ladder comes.

use crate::access::{cases_with_lead, visible_cases};
use crate::bookings::booked_days;
use crate::cadence::{ClockColumns, clocks_of};
use crate::cases::{CaseSummary, SummaryRow, summary_columns};
use crate::content;
use crate::ladder::{SnoozeRow, snoozes_of};
use crate::problem::Problem;
use crate::schema::{cases, people, supervisor_links};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::{Action, CaseFacts, may};
use domain::cadence::{Band, Due};
use domain::cases::{CaseStatus, PlanType};
use domain::form::Form;
use domain::ids::{CaseId, PersonId, TeamId};
use domain::ladder::{Concern, Reader};
use domain::people::{LinkKind, Standing};
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
}

/// The list of reviews: how many stand in each band, the teams to choose from, and one page of the cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviews {
    /// How many cases stand in each band, before the list is narrowed to one.
    pub counts: BTreeMap<Band, usize>,
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
    plan_type: PlanType,
    due: Due,
    band: Band,
}

/// The open cases within reach: those never discussed first, then by due day.
pub fn list(reading: &mut Reading<'_>, filter: &ReviewFilter, from: usize) -> Result<Reviews, Problem> {
    let all = open_cases(reading, None)?;
    let names = content::teams_now(reading)?.names();
    let name = |team: &TeamId| names.get(team).cloned().unwrap_or_default();
    let within: HashSet<&TeamId> = all.iter().map(|case| &case.team).collect();
    let mut teams: Vec<(TeamId, String)> =
        within.into_iter().map(|team| (team.clone(), name(team))).collect();
    teams.sort_by(|one, other| (&one.1, &one.0).cmp(&(&other.1, &other.0)));
    let mut counts: BTreeMap<Band, usize> = BTreeMap::new();
    let mut taken = Vec::new();
    for case in all.into_iter().filter(|case| filter.takes(case)) {
        *counts.entry(case.band).or_default() += 1;
        if filter.band.map_or(case.band <= Band::Amber, |wanted| wanted == case.band) {
            taken.push(case);
        }
    }
    let length = taken.len();
    let page: Vec<Placed> = in_order(taken).into_iter().skip(from).take(PAGE).collect();
    Ok(Reviews { counts, teams, reviews: reviews(reading, page)?, all: length })
}

/// These of the open cases within reach, as the list shows them: what was chosen there.
pub fn chosen(reading: &mut Reading<'_>, ids: &[CaseId]) -> Result<Vec<Review>, Problem> {
    let chosen = open_cases(reading, Some(ids))?;
    let page = in_order(chosen).into_iter().take(PAGE).collect();
    reviews(reading, page)
}

/// Everything that a page shows of its cases.
fn reviews(reading: &mut Reading<'_>, page: Vec<Placed>) -> Result<Vec<Review>, Problem> {
    let names = content::teams_now(reading)?.names();
    let (today, organisation) = (reading.today(), reading.organisation()?);
    let page = summaries_of(reading, page)?;
    let leads = page.iter().filter_map(|case| case.lead.as_ref()).map(|(lead, _)| lead.clone()).collect();
    let supervisors = line_supervisors(reading, leads)?;
    let (rules, actor) = (content::rules(reading)?, reading.actor()?);
    let ids: Vec<String> = page.iter().map(|case| case.id.to_string()).collect();
    let mut snoozes = snoozes_of(reading, &[Concern::CaseSupervision], &ids)?;
    let case_ids: Vec<CaseId> = page.iter().map(|case| case.id.clone()).collect();
    let booked = booked_days(reading, &case_ids)?;
    let supervisees = actor.case_supervisees();
    let review = |case: CaseSummary| {
        let next = rules.ladder.next(Concern::CaseSupervision, case.due.due_on, today, &rules.working_days);
        let facts = CaseFacts {
            id: case.id.clone(),
            organisation: organisation.clone(),
            team: case.team.clone(),
            lead_practitioner: case.lead.as_ref().map(|(lead, _)| lead.clone()),
            co_workers: Vec::new(),
        };
        Review {
            may_book: case.lead.as_ref().is_some_and(|(lead, _)| supervisees.contains(lead)),
            booked_on: booked.get(&case.id).copied(),
            may_oversee: may(&actor, &Action::WriteOversight(&facts)).is_allowed(),
            band: case.due.state(today).band(),
            team: names.get(&case.team).cloned().unwrap_or_default(),
            supervisor: case.lead.as_ref().and_then(|(lead, _)| supervisors.get(lead).cloned()),
            booking_day: rules.book(&case.team).booking_day(case.due.due_on, today),
            next_step: next.map(|(day, readers)| (day, readers.to_vec())),
            snooze: snoozes.remove(&(Concern::CaseSupervision, case.id.to_string(), case.due.due_on)),
            case,
        }
    };
    Ok(page.into_iter().map(review).collect())
}

/// Those never discussed first, then by due day.
fn in_order(mut cases: Vec<Placed>) -> Vec<Placed> {
    cases.sort_by(|one, other| place(one).cmp(&place(other)));
    cases
}

fn place(case: &Placed) -> (bool, NaiveDate, &str) {
    (!case.due.is_first(), case.due.due_on, &case.reference)
}

/// The open cases within reach, or these of them, and where each stands.
fn open_cases(reading: &mut Reading<'_>, only: Option<&[CaseId]>) -> Result<Vec<Placed>, Problem> {
    let (actor, today) = (reading.actor()?, reading.today());
    reading.permit(&Action::ListCases, "cases", "")?;
    let mut query = visible_cases(cases_with_lead(), &actor).filter(cases::status.eq(CaseStatus::Open));
    if let Some(ids) = only {
        query = query.filter(cases::id.eq_any(ids.to_vec()));
    }
    let rows: Vec<(ClockColumns, String)> =
        query.select((ClockColumns::as_select(), cases::reference)).load(reading.connection)?;
    let rules = content::rules(reading)?;
    let clocks = clocks_of(reading, &rows.iter().map(|(clock, _)| &clock.id).collect::<Vec<_>>())?;
    let placed = |(clock, reference): (ClockColumns, String)| {
        let due = clocks.due(&rules, &clock);
        let band = due.state(today).band();
        Placed { id: clock.id, reference, team: clock.team_id, plan_type: clock.plan_type, due, band }
    };
    Ok(rows.into_iter().map(placed).collect())
}

/// These cases as a list shows them, in the same order.
fn summaries_of(reading: &mut Reading<'_>, page: Vec<Placed>) -> Result<Vec<CaseSummary>, Problem> {
    let actor = reading.actor()?;
    let ids: Vec<CaseId> = page.iter().map(|case| case.id.clone()).collect();
    let rows: Vec<SummaryRow> = visible_cases(cases_with_lead(), &actor)
        .filter(cases::id.eq_any(ids))
        .select(summary_columns!())
        .load(reading.connection)?;
    let mut rows: HashMap<CaseId, SummaryRow> = rows.into_iter().map(|row| (row.0.id.clone(), row)).collect();
    let summary = |case: Placed| rows.remove(&case.id).map(|row| CaseSummary::new(row, case.due));
    Ok(page.into_iter().filter_map(summary).collect())
}

/// The overdue cases within reach: how many, and the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// How many there are.
    pub all: usize,
    /// How many of them were never discussed.
    pub never: usize,
    /// The first: those never discussed, then the longest waiting.
    pub first: Vec<CaseSummary>,
}

/// What is overdue within reach, with as many of the cases as are to be shown.
pub fn overdue(reading: &mut Reading<'_>, shown: usize) -> Result<Overdue, Problem> {
    let mut overdue = open_cases(reading, None)?;
    overdue.retain(|case| case.band == Band::Overdue);
    let never = overdue.iter().filter(|case| case.due.is_first()).count();
    let all = overdue.len();
    let first = in_order(overdue).into_iter().take(shown).collect();
    Ok(Overdue { all, never, first: summaries_of(reading, first)? })
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
        .filter(supervisor_links::from_on.le(today))
        .filter(supervisor_links::to_on.is_null().or(supervisor_links::to_on.ge(today)))
        .filter(people::standing.eq(Standing::Active))
        .order(supervisor_links::from_on)
        .select((supervisor_links::supervisee_id, people::name))
        .load(reading.connection)?;
    Ok(rows.into_iter().collect())
}
