//! A case's page.

use super::checklists::scores_of;
use super::siblings::siblings_of;
use super::timeline::{discussions, timeline};
use super::{Entry, Sibling, TimelineItem};
use crate::actions::{ActionRow, actions_of_case};
use crate::cadence::{CaseCadence, ClockColumns, WatchColumns, case_cadence};
use crate::problem::Problem;
use crate::schema::{case_workers, cases, people, teams};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::{Action, CaseFacts, may};
use domain::cases::{CaseDetails, CaseStatus, PlanType, SubjectKind};
use domain::ids::{CaseId, PersonId, RiskViewId, SiblingGroupId, TeamId};
use domain::risk::{LatestScore, RiskLevel};

/// Everything that a case's page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFile {
    /// The case.
    pub id: CaseId,
    /// Its details.
    pub details: CaseDetails,
    /// The team's name.
    pub team_name: String,
    /// The lead practitioner's name.
    pub lead_name: Option<String>,
    /// The co-workers, by id and name.
    pub co_workers: Vec<(PersonId, String)>,
    /// The risk now.
    pub risk_level: RiskLevel,
    /// The newest score of its risk checklist.
    pub score: Option<LatestScore>,
    /// The last session held.
    pub last_held_on: Option<NaiveDate>,
    /// When the manager said that it is talked about next.
    pub next_on: Option<NaiveDate>,
    /// Where its clocks stand, and why.
    pub cadence: CaseCadence,
    /// The version of the details.
    pub version: i32,
    /// The timeline, newest first.
    pub timeline: Vec<TimelineItem>,
    /// Whether the timeline has older items.
    pub has_older: bool,
    /// The last discussions that count, the newest first; none on a later page of the timeline.
    pub discussions: Vec<Entry>,
    /// The actions, the open ones first and of those the next due.
    pub actions: Vec<ActionRow>,
    /// The cases of brothers and sisters that the reader may open.
    pub siblings: Vec<Sibling>,
    /// What the reader may do here.
    pub may: CasePermissions,
    group: Option<SiblingGroupId>,
}

/// What the reader may do on a case.
#[expect(clippy::struct_excessive_bools, reason = "each is a button that is there or not")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CasePermissions {
    /// Change its details.
    pub change: bool,
    /// Write a note of oversight.
    pub oversee: bool,
    /// Note that its risk has changed.
    pub note_risk: bool,
    /// Approve a longer interval.
    pub vary: bool,
}

/// Opens a case, with its timeline from before this day and key on (newest first).
pub fn open(
    reading: &mut Reading<'_>,
    id: &CaseId,
    older_than: Option<(NaiveDate, RiskViewId)>,
) -> Result<CaseFile, Problem> {
    let mut file = details_with_siblings(reading, id)?;
    file.score = scores_of(reading, &[id])?.remove(id);
    reading.viewed("case", id.as_str());
    let is_first_page = older_than.is_none();
    let (timeline, has_older) = timeline(reading, id, older_than)?;
    if is_first_page {
        file.discussions = discussions(reading, id, (&timeline, has_older))?;
    }
    file.timeline = timeline;
    file.has_older = has_older;
    file.actions = actions_of_case(reading, id)?;
    Ok(file)
}

/// A case without what was said about it, and its brothers and sisters: for the form that says who they are.
pub fn details_with_siblings(reading: &mut Reading<'_>, id: &CaseId) -> Result<CaseFile, Problem> {
    let mut file = details(reading, id)?;
    file.siblings = siblings_of(reading, id, file.group.as_ref())?;
    Ok(file)
}

/// A case with the newest score of its risk checklist, without what was said about it: for forms that ask for the next.
pub fn details_with_score(reading: &mut Reading<'_>, id: &CaseId) -> Result<CaseFile, Problem> {
    let mut file = details(reading, id)?;
    file.score = scores_of(reading, &[id])?.remove(id);
    Ok(file)
}

/// A case without what was said about it: for forms.
pub fn details(reading: &mut Reading<'_>, id: &CaseId) -> Result<CaseFile, Problem> {
    type Row = (
        (domain::ids::OrganisationId, String, String, SubjectKind, PlanType, (bool, bool)),
        (TeamId, String, Option<PersonId>, NaiveDate, CaseStatus),
        (RiskLevel, Option<NaiveDate>, i32, Option<SiblingGroupId>),
        ClockColumns,
        WatchColumns,
        Option<(PersonId, String)>,
    );
    let actor = reading.actor()?;
    let rows: Vec<Row> = cases::table
        .inner_join(teams::table.on(teams::id.eq(cases::team_id)))
        .left_join(case_workers::table.on(case_workers::case_id.eq(cases::id)))
        .left_join(
            people::table.on(people::id
                .nullable()
                .eq(case_workers::person_id.nullable())
                .or(people::id.nullable().eq(cases::lead_practitioner_id))),
        )
        .filter(cases::id.eq(id))
        .select((
            (
                cases::organisation_id,
                cases::reference,
                cases::label,
                cases::subject_kind,
                cases::plan_type,
                (cases::domestic_abuse, cases::marac),
            ),
            (cases::team_id, teams::name, cases::lead_practitioner_id, cases::allocated_on, cases::status),
            (cases::risk_level, cases::next_on, cases::version, cases::sibling_group_id),
            ClockColumns::as_select(),
            WatchColumns::as_select(),
            (people::id, people::name).nullable(),
        ))
        .load(reading.connection)?;
    let mut workers: Vec<(PersonId, String)> = rows.iter().filter_map(|row| row.5.clone()).collect();
    let (first, second, third, clock, watched, _) = rows.into_iter().next().ok_or(Problem::NotFound)?;
    let (organisation, reference, label, subject_kind, plan_type, (domestic_abuse, marac)) = first;
    let (team, team_name, lead_practitioner, allocated_on, status) = second;
    let (risk_level, next_on, version, group) = third;
    workers.sort_by(|one, other| one.1.cmp(&other.1));
    workers.dedup();
    let lead_name = workers
        .iter()
        .find(|(person, _)| Some(person) == lead_practitioner.as_ref())
        .map(|(_, name)| name.clone());
    workers.retain(|(person, _)| Some(person) != lead_practitioner.as_ref());
    let co_workers: Vec<PersonId> = workers.iter().map(|(person, _)| person.clone()).collect();
    let facts = CaseFacts {
        id: id.clone(),
        organisation,
        team: team.clone(),
        lead_practitioner: lead_practitioner.clone(),
        co_workers: co_workers.clone(),
    };
    reading.permit(&Action::OpenCase(&facts), "case", id)?;
    let last_held_on = clock.last_held_on;
    let cadence = case_cadence(reading, &clock, &watched)?;
    let permissions = CasePermissions {
        change: may(&actor, &Action::ChangeCase(&facts)).is_allowed(),
        oversee: may(&actor, &Action::WriteOversight(&facts)).is_allowed(),
        note_risk: may(&actor, &Action::NoteRisk(&facts)).is_allowed(),
        vary: may(&actor, &Action::VaryCase(&facts)).is_allowed(),
    };
    Ok(CaseFile {
        id: id.clone(),
        details: CaseDetails {
            reference,
            label,
            subject_kind,
            plan_type,
            domestic_abuse,
            marac,
            team,
            lead_practitioner,
            co_workers,
            allocated_on,
            status,
        },
        team_name,
        lead_name,
        co_workers: workers,
        risk_level,
        score: None,
        last_held_on,
        next_on,
        cadence,
        version,
        timeline: Vec::new(),
        has_older: false,
        discussions: Vec::new(),
        actions: Vec::new(),
        siblings: Vec::new(),
        may: permissions,
        group,
    })
}
