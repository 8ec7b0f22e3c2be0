//! Which cases are due for supervision, and when the next step of the ladder comes.

use crate::access::{cases_with_lead, visible_cases};
use crate::cases::{CaseSummary, SummaryRow, summaries, summary_columns};
use crate::content;
use crate::ladder::{SnoozeRow, snoozes_of};
use crate::problem::Problem;
use crate::schema::{cases, people, supervisor_links, teams};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::{Action, CaseFacts, may};
use domain::cadence::Band;
use domain::cases::{CaseStatus, PlanType};
use domain::form::Form;
use domain::ids::{OrganisationId, PersonId, TeamId};
use domain::ladder::{Concern, Reader};
use domain::people::{LinkKind, Standing};
use std::collections::{BTreeMap, HashMap};

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

    fn takes(&self, case: &CaseSummary) -> bool {
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
    /// Whether the reader may put them off.
    pub may_put_off: bool,
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
pub const PAGE: usize = 50;

/// The open cases within reach: those never discussed first, then by due day.
pub fn list(reading: &mut Reading<'_>, filter: &ReviewFilter, from: usize) -> Result<Reviews, Problem> {
    let all = open_cases(reading)?;
    let today = reading.today();
    let organisation = reading.organisation()?;
    let names: HashMap<TeamId, String> = teams::table
        .filter(teams::organisation_id.eq(&organisation))
        .select((teams::id, teams::name))
        .load::<(TeamId, String)>(reading.connection)?
        .into_iter()
        .collect();
    let name = |team: &TeamId| names.get(team).cloned().unwrap_or_default();
    let mut teams: Vec<(TeamId, String)> =
        all.iter().map(|case| (case.team.clone(), name(&case.team))).collect();
    teams.sort_by(|one, other| (&one.1, &one.0).cmp(&(&other.1, &other.0)));
    teams.dedup();
    let mut counts: BTreeMap<Band, usize> = BTreeMap::new();
    let mut taken = Vec::new();
    for case in all.into_iter().filter(|case| filter.takes(case)) {
        let band = case.due.state(today).band();
        *counts.entry(band).or_default() += 1;
        let wanted = filter.band.map_or_else(|| band <= Band::Amber, |wanted| wanted == band);
        if wanted {
            taken.push((band, case));
        }
    }
    taken.sort_by(|(_, one), (_, other)| place(one).cmp(&place(other)));
    let length = taken.len();
    let page: Vec<(Band, CaseSummary)> = taken.into_iter().skip(from).take(PAGE).collect();
    let supervisors = line_supervisors(reading, &organisation)?;
    let (rules, actor) = (content::rules(reading)?, reading.actor()?);
    let ids: Vec<String> = page.iter().map(|(_, case)| case.id.to_string()).collect();
    let mut snoozes = snoozes_of(reading, Concern::CaseSupervision, &ids)?;
    let reviews = page.into_iter().map(|(band, case)| {
        let next = rules.ladder.next(Concern::CaseSupervision, case.due.due_on, today, &rules.working_days);
        let facts = CaseFacts {
            id: case.id.clone(),
            organisation: organisation.clone(),
            team: case.team.clone(),
            lead_practitioner: case.lead.as_ref().map(|(lead, _)| lead.clone()),
            co_workers: Vec::new(),
        };
        Review {
            may_put_off: may(&actor, &Action::WriteOversight(&facts)).is_allowed(),
            band,
            team: name(&case.team),
            supervisor: case.lead.as_ref().and_then(|(lead, _)| supervisors.get(lead).cloned()),
            booking_day: rules.book(&case.team).booking_day(case.due.due_on, today),
            next_step: next.map(|(day, readers)| (day, readers.to_vec())),
            snooze: snoozes.remove(&(case.id.to_string(), case.due.due_on)),
            case,
        }
    });
    Ok(Reviews { counts, teams, reviews: reviews.collect(), all: length })
}

/// The place of a case in a list: those never discussed first, then by due day.
fn place(case: &CaseSummary) -> (bool, NaiveDate, &str) {
    (!case.due.is_first(), case.due.due_on, &case.reference)
}

fn open_cases(reading: &mut Reading<'_>) -> Result<Vec<CaseSummary>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::ListCases, "cases", "")?;
    let rows: Vec<SummaryRow> = visible_cases(cases_with_lead(), &actor)
        .filter(cases::status.eq(CaseStatus::Open))
        .select(summary_columns!())
        .load(reading.connection)?;
    summaries(reading, rows)
}

/// The overdue cases within reach, each with the days past due: those never discussed first, then the longest waiting.
pub fn overdue(reading: &mut Reading<'_>) -> Result<Vec<CaseSummary>, Problem> {
    let today = reading.today();
    let mut overdue = open_cases(reading)?;
    overdue.retain(|case| case.due.state(today).band() == Band::Overdue);
    overdue.sort_by(|one, other| place(one).cmp(&place(other)));
    Ok(overdue)
}

/// Everybody's line supervisor today, by name.
fn line_supervisors(
    reading: &mut Reading<'_>,
    organisation: &OrganisationId,
) -> Result<HashMap<PersonId, String>, Problem> {
    let today = reading.today();
    let rows: Vec<(PersonId, String)> = supervisor_links::table
        .inner_join(people::table.on(people::id.eq(supervisor_links::supervisor_id)))
        .filter(supervisor_links::organisation_id.eq(organisation))
        .filter(supervisor_links::kind.eq(LinkKind::Line))
        .filter(supervisor_links::from_on.le(today))
        .filter(supervisor_links::to_on.is_null().or(supervisor_links::to_on.ge(today)))
        .filter(people::standing.eq(Standing::Active))
        .order(supervisor_links::from_on)
        .select((supervisor_links::supervisee_id, people::name))
        .load(reading.connection)?;
    Ok(rows.into_iter().collect())
}
