//! Cases: the list, the page with its timeline, and their details.

use crate::access::{case_facts, cases_with_lead, visible_cases};
use crate::audit::Event;
use crate::content;
use crate::people::{PersonSummary, with_roles};
use crate::problem::{Problem, Stale, StaleField};
use crate::schema::{actions, case_entries, case_workers, cases, people, risk_views, teams};
use crate::store::{Reading, Writing, new_id};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, CaseFacts, may};
use domain::cases::{CaseDetails, CaseFilter, CaseStatus, PlanType, SubjectKind};
use domain::form::Problems;
use domain::ids::{ActionId, CaseEntryId, CaseId, PersonId, RiskViewId, SupervisionId, TeamId};
use domain::people::Role;
use domain::review::{CaseClock, CaseDue};
use domain::risk::{RiskDirection, RiskLevel};
use domain::supervision::{ActionState, ChildSeen, EntryKind, OversightDecision, Proposal};

/// A case in a list or a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseSummary {
    /// The case.
    pub id: CaseId,
    /// The reference.
    pub reference: String,
    /// The label.
    pub label: String,
    /// The plan.
    pub plan_type: PlanType,
    /// The risk now.
    pub risk_level: RiskLevel,
    /// Whether domestic abuse is known or suspected.
    pub domestic_abuse: bool,
    /// Who leads the work, by id and name.
    pub lead: Option<(PersonId, String)>,
    /// Whether it is worked on.
    pub status: CaseStatus,
    /// When it is due for supervision.
    pub due: CaseDue,
}

pub(crate) type SummaryRow = (
    (CaseId, String, String),
    (PlanType, RiskLevel, bool, CaseStatus),
    (NaiveDate, Option<NaiveDate>),
    Option<PersonId>,
    Option<String>,
);

macro_rules! summary_columns {
    () => {
        (
            (cases::id, cases::reference, cases::label),
            (cases::plan_type, cases::risk_level, cases::domestic_abuse, cases::status),
            (cases::allocated_on, cases::last_held_on),
            cases::lead_practitioner_id,
            people::name.nullable(),
        )
    };
}
pub(crate) use summary_columns;

pub(crate) fn summary(row: SummaryRow, policy: &domain::review::Policy) -> CaseSummary {
    let (
        (id, reference, label),
        (plan_type, risk_level, domestic_abuse, status),
        (allocated_on, last_held_on),
        lead,
        name,
    ) = row;
    CaseSummary {
        id,
        reference,
        label,
        plan_type,
        risk_level,
        domestic_abuse,
        lead: lead.zip(name),
        status,
        due: policy.case_due(&CaseClock { plan_type, allocated_on, last_held_on }),
    }
}

/// Cases on one page of the list.
pub const PAGE: usize = 50;

/// The cases within reach, by reference, after this reference.
pub fn list(
    reading: &mut Reading<'_>,
    filter: &CaseFilter,
    after: &str,
) -> Result<(Vec<CaseSummary>, Option<String>), Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::ListCases, "cases", "")?;
    let policy = content::policy(reading)?;
    let mut query = visible_cases(cases_with_lead(), &actor);
    if !filter.words.is_empty() {
        query = query.filter(cases::search_key.like(format!("%{}%", filter.words.replace(['%', '_'], ""))));
    }
    if let Some(plan) = filter.plan_type {
        query = query.filter(cases::plan_type.eq(plan));
    }
    if let Some(level) = filter.risk_level {
        query = query.filter(cases::risk_level.eq(level));
    }
    if let Some(status) = filter.status {
        query = query.filter(cases::status.eq(status));
    }
    if let Some(flag) = filter.domestic_abuse {
        query = query.filter(cases::domestic_abuse.eq(flag));
    }
    if let Some(lead) = filter.lead_practitioner.clone() {
        query = query.filter(cases::lead_practitioner_id.eq(lead));
    }
    if !after.is_empty() {
        query = query.filter(cases::reference.gt(after.to_owned()));
    }
    let rows: Vec<SummaryRow> = query
        .order(cases::reference)
        .limit(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .select(summary_columns!())
        .load(reading.connection)?;
    let more = rows.len() > PAGE;
    let listed: Vec<CaseSummary> = rows.into_iter().take(PAGE).map(|row| summary(row, &policy)).collect();
    let next = listed.last().filter(|_| more).map(|last| last.reference.clone());
    Ok((listed, next))
}

/// The open cases on which somebody works, as far as the reader reaches them, the longest waiting first.
pub fn of_practitioner(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<CaseSummary>, Problem> {
    let actor = reading.actor()?;
    let policy = content::policy(reading)?;
    let worked_on =
        case_workers::table.filter(case_workers::person_id.eq(person.clone())).select(case_workers::case_id);
    let rows: Vec<SummaryRow> = visible_cases(cases_with_lead(), &actor)
        .filter(cases::status.eq(CaseStatus::Open))
        .filter(cases::lead_practitioner_id.eq(person.clone()).or(cases::id.eq_any(worked_on).nullable()))
        .select(summary_columns!())
        .load(reading.connection)?;
    let mut cases: Vec<CaseSummary> = rows.into_iter().map(|row| summary(row, &policy)).collect();
    cases.sort_by(|one, other| (one.due.due_on, &one.reference).cmp(&(other.due.due_on, &other.reference)));
    Ok(cases)
}

/// What stands on a case's timeline: a dated view of risk, with the entry that gave it if there was one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineItem {
    /// The view of risk.
    pub risk_view: RiskViewId,
    /// The day on which the talk took place or the view was formed.
    pub on: NaiveDate,
    /// When it was written down, in UTC.
    pub recorded_at: NaiveDateTime,
    /// Who wrote it.
    pub author: String,
    /// How high the risk was.
    pub level: RiskLevel,
    /// How high it was before.
    pub previous_level: Option<RiskLevel>,
    /// Which way it had gone.
    pub direction: RiskDirection,
    /// The entry; `None` when the case was opened.
    pub entry: Option<Entry>,
}

impl TimelineItem {
    /// Whether the level differs from the one before.
    pub fn changes_level(&self) -> bool {
        self.previous_level.is_some_and(|previous| previous != self.level)
    }
}

/// What was said about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The entry.
    pub id: CaseEntryId,
    /// In a session, or as a note of oversight.
    pub kind: EntryKind,
    /// The session.
    pub supervision: Option<SupervisionId>,
    /// Whether the child was seen.
    pub child_seen: Option<ChildSeen>,
    /// When.
    pub child_seen_on: Option<NaiveDate>,
    /// What had happened.
    pub what_happened: String,
    /// Whether support was turned down.
    pub support_declined: bool,
    /// What was proposed for the plan.
    pub proposal: Option<Proposal>,
    /// Whether to act (a note of oversight).
    pub act: Option<OversightDecision>,
    /// The decision.
    pub decision: String,
    /// Why.
    pub rationale: String,
    /// When the case is talked about next.
    pub next_on: Option<NaiveDate>,
}

pub(crate) type EntryRow = (
    (CaseEntryId, EntryKind, Option<SupervisionId>),
    (Option<ChildSeen>, Option<NaiveDate>, String),
    (bool, Option<Proposal>, Option<OversightDecision>),
    (String, String, Option<NaiveDate>),
);

macro_rules! entry_columns {
    () => {
        (
            (case_entries::id, case_entries::kind, case_entries::supervision_id),
            (case_entries::child_seen, case_entries::child_seen_on, case_entries::what_happened),
            (case_entries::support_declined, case_entries::proposal, case_entries::act),
            (case_entries::decision, case_entries::rationale, case_entries::next_on),
        )
    };
}
pub(crate) use entry_columns;

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        let (
            (id, kind, supervision),
            (child_seen, child_seen_on, what_happened),
            (support_declined, proposal, act),
            last,
        ) = row;
        let (decision, rationale, next_on) = last;
        Self {
            id,
            kind,
            supervision,
            child_seen,
            child_seen_on,
            what_happened,
            support_declined,
            proposal,
            act,
            decision,
            rationale,
            next_on,
        }
    }
}

/// An action on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRow {
    /// The action.
    pub id: ActionId,
    /// The case.
    pub case: CaseId,
    /// The entry in which it was agreed.
    pub entry: CaseEntryId,
    /// What is to be done.
    pub what: String,
    /// Who does it, if it is somebody in the product.
    pub owner_id: Option<PersonId>,
    /// Who does it, by name or in words.
    pub owner: String,
    /// By when.
    pub due_on: NaiveDate,
    /// How we shall know.
    pub measure: String,
    /// What happens if it is not done.
    pub fallback: String,
    /// Where it has got to.
    pub state: ActionState,
    /// The evidence or the reason, once it has ended.
    pub end_note: String,
    /// When it ended.
    pub ended_on: Option<NaiveDate>,
    /// The version.
    pub version: i32,
}

type ActionColumns = (
    (ActionId, CaseId, CaseEntryId, String),
    (Option<PersonId>, Option<String>, String),
    (NaiveDate, String, String),
    (ActionState, String, Option<NaiveDate>, i32),
);

macro_rules! action_columns {
    () => {
        (
            (actions::id, actions::case_id, actions::entry_id, actions::what),
            (actions::owner_id, people::name.nullable(), actions::owner_elsewhere),
            (actions::due_on, actions::measure, actions::fallback),
            (actions::state, actions::end_note, actions::ended_on, actions::version),
        )
    };
}

fn action_row(columns: ActionColumns) -> ActionRow {
    let (
        (id, case, entry, what),
        (owner_id, name, elsewhere),
        (due_on, measure, fallback),
        (state, end_note, ended_on, version),
    ) = columns;
    ActionRow {
        id,
        case,
        entry,
        what,
        owner_id,
        owner: name.unwrap_or(elsewhere),
        due_on,
        measure,
        fallback,
        state,
        end_note,
        ended_on,
        version,
    }
}

/// The actions of some entries, in the order in which they were agreed.
pub(crate) fn actions_of_entries(
    reading: &mut Reading<'_>,
    entries: &[CaseEntryId],
) -> Result<Vec<ActionRow>, Problem> {
    let rows: Vec<ActionColumns> = actions::table
        .left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
        .filter(actions::entry_id.eq_any(entries))
        .order(actions::id)
        .select(action_columns!())
        .load(reading.connection)?;
    Ok(rows.into_iter().map(action_row).collect())
}

/// One's own open actions, the next due first, each with its case's reference.
pub fn my_actions(reading: &mut Reading<'_>) -> Result<Vec<(ActionRow, String)>, Problem> {
    let actor = reading.actor()?;
    let rows: Vec<(ActionColumns, String)> = actions::table
        .inner_join(cases::table.on(cases::id.eq(actions::case_id)))
        .left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
        .filter(actions::owner_id.eq(&actor.person).and(actions::state.eq(ActionState::Open)))
        .order((actions::due_on, actions::id))
        .limit(50)
        .select((action_columns!(), cases::reference))
        .load(reading.connection)?;
    Ok(rows.into_iter().map(|(columns, reference)| (action_row(columns), reference)).collect())
}

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
    /// The last session held.
    pub last_held_on: Option<NaiveDate>,
    /// When the manager said that it is talked about next.
    pub next_on: Option<NaiveDate>,
    /// When it is due for supervision, and why.
    pub due: CaseDue,
    /// The version of the details.
    pub version: i32,
    /// The timeline, newest first.
    pub timeline: Vec<TimelineItem>,
    /// Whether the timeline has older items.
    pub has_older: bool,
    /// The actions, the open ones first and of those the next due.
    pub actions: Vec<ActionRow>,
    /// What the reader may do here.
    pub may: CasePermissions,
}

/// What the reader may do on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CasePermissions {
    /// Change its details.
    pub change: bool,
    /// Write a note of oversight.
    pub oversee: bool,
}

/// Items of the timeline on one page.
pub const TIMELINE: usize = 20;

/// Opens a case, with its timeline from before this day and key on (newest first).
pub fn open(
    reading: &mut Reading<'_>,
    id: &CaseId,
    older_than: Option<(NaiveDate, RiskViewId)>,
) -> Result<CaseFile, Problem> {
    let mut file = details(reading, id)?;
    reading.viewed("case", id.as_str());
    let (timeline, has_older) = timeline(reading, id, older_than)?;
    file.timeline = timeline;
    file.has_older = has_older;
    let rows: Vec<ActionColumns> = actions::table
        .left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
        .filter(actions::case_id.eq(id))
        .order((actions::ended_on.is_not_null(), actions::due_on, actions::id))
        .select(action_columns!())
        .load(reading.connection)?;
    file.actions = rows.into_iter().map(action_row).collect();
    Ok(file)
}

/// A case without what was said about it: for forms.
pub fn details(reading: &mut Reading<'_>, id: &CaseId) -> Result<CaseFile, Problem> {
    type Row = (
        (domain::ids::OrganisationId, String, String, SubjectKind, PlanType, bool),
        (TeamId, String, Option<PersonId>, NaiveDate, CaseStatus),
        (RiskLevel, Option<NaiveDate>, Option<NaiveDate>, i32),
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
                cases::domestic_abuse,
            ),
            (cases::team_id, teams::name, cases::lead_practitioner_id, cases::allocated_on, cases::status),
            (cases::risk_level, cases::last_held_on, cases::next_on, cases::version),
            (people::id, people::name).nullable(),
        ))
        .load(reading.connection)?;
    let mut workers: Vec<(PersonId, String)> = rows.iter().filter_map(|row| row.3.clone()).collect();
    let (first, second, third, _) = rows.into_iter().next().ok_or(Problem::NotFound)?;
    let (organisation, reference, label, subject_kind, plan_type, domestic_abuse) = first;
    let (team, team_name, lead_practitioner, allocated_on, status) = second;
    let (risk_level, last_held_on, next_on, version) = third;
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
    let policy = content::policy(reading)?;
    let permissions = CasePermissions {
        change: may(&actor, &Action::ChangeCase(&facts)).is_allowed(),
        oversee: may(&actor, &Action::WriteOversight(&facts)).is_allowed(),
    };
    Ok(CaseFile {
        id: id.clone(),
        details: CaseDetails {
            reference,
            label,
            subject_kind,
            plan_type,
            domestic_abuse,
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
        last_held_on,
        next_on,
        due: policy.case_due(&CaseClock { plan_type, allocated_on, last_held_on }),
        version,
        timeline: Vec::new(),
        has_older: false,
        actions: Vec::new(),
        may: permissions,
    })
}

fn timeline(
    reading: &mut Reading<'_>,
    id: &CaseId,
    older_than: Option<(NaiveDate, RiskViewId)>,
) -> Result<(Vec<TimelineItem>, bool), Problem> {
    type Row = (
        (RiskViewId, NaiveDate, NaiveDateTime, String),
        (RiskLevel, Option<RiskLevel>, RiskDirection),
        Option<EntryRow>,
    );
    let mut query = risk_views::table
        .inner_join(people::table.on(people::id.eq(risk_views::author_id)))
        .left_join(case_entries::table.on(case_entries::id.nullable().eq(risk_views::entry_id)))
        .filter(risk_views::case_id.eq(id))
        .into_boxed();
    if let Some((on, view)) = older_than {
        query = query.filter(
            risk_views::viewed_on.lt(on).or(risk_views::viewed_on.eq(on).and(risk_views::id.lt(view))),
        );
    }
    let rows: Vec<Row> = query
        .order((risk_views::viewed_on.desc(), risk_views::id.desc()))
        .limit(i64::try_from(TIMELINE + 1).unwrap_or(i64::MAX))
        .select((
            (risk_views::id, risk_views::viewed_on, risk_views::recorded_at, people::name),
            (risk_views::level, risk_views::previous_level, risk_views::direction),
            entry_columns!().nullable(),
        ))
        .load(reading.connection)?;
    let has_older = rows.len() > TIMELINE;
    let items = rows.into_iter().take(TIMELINE).map(
        |((risk_view, on, recorded_at, author), (level, previous_level, direction), entry)| TimelineItem {
            risk_view,
            on,
            recorded_at,
            author,
            level,
            previous_level,
            direction,
            entry: entry.map(Entry::from),
        },
    );
    Ok((items.collect(), has_older))
}

/// What a case form offers: the teams that the person oversees, and the practitioners.
pub fn choices(reading: &mut Reading<'_>) -> Result<(Vec<crate::people::Team>, Vec<PersonSummary>), Problem> {
    let actor = reading.actor()?;
    let mut teams = crate::people::teams(reading)?;
    teams.retain(|team| actor.oversees.contains(&team.id));
    Ok((teams, with_roles(reading, &[Role::Practitioner])?))
}

/// Adds a case.
pub fn add(writing: &mut Writing<'_>, details: &CaseDetails, risk: RiskLevel) -> Result<CaseId, Problem> {
    writing.permit(&Action::AddCase(&details.team), "team", &details.team)?;
    check_details(writing, details, None)?;
    insert_case(writing, details, risk)
}

pub(crate) fn insert_case(
    writing: &mut Writing<'_>,
    details: &CaseDetails,
    risk: RiskLevel,
) -> Result<CaseId, Problem> {
    let (id, organisation, now): (CaseId, _, _) = (new_id(), writing.organisation()?, writing.now);
    diesel::insert_into(cases::table)
        .values((
            (cases::id.eq(&id), cases::organisation_id.eq(organisation), cases::team_id.eq(&details.team)),
            (
                cases::reference.eq(&details.reference),
                cases::label.eq(&details.label),
                cases::search_key.eq(search_key(details)),
            ),
            (cases::subject_kind.eq(details.subject_kind), cases::plan_type.eq(details.plan_type)),
            (cases::domestic_abuse.eq(details.domestic_abuse), cases::risk_level.eq(risk)),
            cases::lead_practitioner_id.eq(&details.lead_practitioner),
            (cases::allocated_on.eq(details.allocated_on), cases::status.eq(details.status)),
            (cases::version.eq(1), cases::created_at.eq(now)),
        ))
        .execute(writing.connection)?;
    set_co_workers(writing, &id, &details.co_workers)?;
    record_risk_view(
        writing,
        &RiskView {
            case: &id,
            entry: None,
            on: details.allocated_on,
            level: risk,
            direction: RiskDirection::Unknown,
            is_first: true,
        },
    )?;
    writing.audit(Event::new("case_added", "case", &id).with("plan", details.plan_type.code()))?;
    Ok(id)
}

fn search_key(details: &CaseDetails) -> String {
    format!("{} {}", details.reference, details.label).to_lowercase()
}

/// What only the records can check: the reference is free, the people are ours and work here.
fn check_details(
    writing: &mut Writing<'_>,
    details: &CaseDetails,
    besides: Option<&CaseId>,
) -> Result<(), Problem> {
    let organisation = writing.organisation()?;
    let taken: Option<CaseId> = cases::table
        .filter(cases::organisation_id.eq(&organisation).and(cases::reference.eq(&details.reference)))
        .select(cases::id)
        .first(writing.connection)
        .optional()?;
    if taken.is_some_and(|taken| Some(&taken) != besides) {
        return Err(Problems::one("reference", "Another case has this reference already").into());
    }
    let mut workers = details.co_workers.clone();
    workers.extend(details.lead_practitioner.clone());
    let ours: i64 = people::table
        .filter(people::id.eq_any(&workers).and(people::organisation_id.eq(&organisation)))
        .count()
        .get_result(writing.connection)?;
    if usize::try_from(ours).ok() != Some(workers.len()) {
        return Err(Problems::one("lead_practitioner", "Choose people from the list").into());
    }
    Ok(())
}

fn set_co_workers(writing: &mut Writing<'_>, case: &CaseId, co_workers: &[PersonId]) -> Result<(), Problem> {
    let organisation = writing.organisation()?;
    diesel::delete(case_workers::table.filter(case_workers::case_id.eq(case))).execute(writing.connection)?;
    for person in co_workers {
        diesel::insert_into(case_workers::table)
            .values((
                case_workers::case_id.eq(case),
                case_workers::person_id.eq(person),
                case_workers::organisation_id.eq(&organisation),
            ))
            .execute(writing.connection)?;
    }
    Ok(())
}

/// Changes a case's details.
pub fn change(
    writing: &mut Writing<'_>,
    id: &CaseId,
    version: i32,
    details: &CaseDetails,
) -> Result<(), Problem> {
    let facts = case_facts(writing.connection, id)?;
    writing.permit(&Action::OpenCase(&facts), "case", id)?;
    writing.permit(&Action::ChangeCase(&facts), "case", id)?;
    if details.team != facts.team && !writing.actor()?.oversees.contains(&details.team) {
        return Err(Problems::one("team", "Choose a team from the list").into());
    }
    check_details(writing, details, Some(id))?;
    let before = self::details(writing, id)?;
    if before.version != version {
        return Err(Problem::Stale(Box::new(stale_case(&before))));
    }
    diesel::update(cases::table.filter(cases::id.eq(id)))
        .set((
            (cases::team_id.eq(&details.team), cases::reference.eq(&details.reference)),
            (cases::label.eq(&details.label), cases::search_key.eq(search_key(details))),
            (cases::subject_kind.eq(details.subject_kind), cases::plan_type.eq(details.plan_type)),
            cases::domestic_abuse.eq(details.domestic_abuse),
            cases::lead_practitioner_id.eq(&details.lead_practitioner),
            (cases::allocated_on.eq(details.allocated_on), cases::status.eq(details.status)),
            cases::version.eq(version + 1),
        ))
        .execute(writing.connection)?;
    set_co_workers(writing, id, &details.co_workers)?;
    writing.audit(
        Event::new("case_changed", "case", id)
            .with("plan", details.plan_type.code())
            .with("status", details.status.code())
            .with("lead", details.lead_practitioner.as_ref().map_or("", PersonId::as_str))
            .with("version", version + 1),
    )
}

fn stale_case(now: &CaseFile) -> Stale {
    let field = |name, label, current: &str| StaleField { name, label, current: current.to_owned() };
    Stale {
        version: now.version,
        fields: vec![
            field("reference", "Case reference", &now.details.reference),
            field("label", "Label", &now.details.label),
            field("plan_type", "Plan", now.details.plan_type.words()),
            field(
                "lead_practitioner",
                "Lead practitioner",
                now.lead_name.as_deref().unwrap_or("Not allocated yet"),
            ),
            field("status", "Status", now.details.status.words()),
        ],
    }
}

/// A dated view of risk.
pub(crate) struct RiskView<'a> {
    pub(crate) case: &'a CaseId,
    pub(crate) entry: Option<&'a CaseEntryId>,
    pub(crate) on: NaiveDate,
    pub(crate) level: RiskLevel,
    pub(crate) direction: RiskDirection,
    pub(crate) is_first: bool,
}

/// Writes a view of risk. The case shows it unless a later day's view stands already.
pub(crate) fn record_risk_view(writing: &mut Writing<'_>, view: &RiskView<'_>) -> Result<(), Problem> {
    let (id, organisation, now): (RiskViewId, _, _) = (new_id(), writing.organisation()?, writing.now);
    let author = writing.actor()?.person;
    let before: Option<RiskLevel> = risk_views::table
        .filter(risk_views::case_id.eq(view.case).and(risk_views::viewed_on.le(view.on)))
        .order((risk_views::viewed_on.desc(), risk_views::id.desc()))
        .select(risk_views::level)
        .first(writing.connection)
        .optional()?;
    let later: i64 = risk_views::table
        .filter(risk_views::case_id.eq(view.case).and(risk_views::viewed_on.gt(view.on)))
        .count()
        .get_result(writing.connection)?;
    diesel::insert_into(risk_views::table)
        .values((
            (
                risk_views::id.eq(&id),
                risk_views::organisation_id.eq(organisation),
                risk_views::case_id.eq(view.case),
            ),
            (risk_views::entry_id.eq(view.entry), risk_views::author_id.eq(author)),
            (risk_views::viewed_on.eq(view.on), risk_views::recorded_at.eq(now)),
            (
                risk_views::level.eq(view.level),
                risk_views::previous_level.eq(before),
                risk_views::direction.eq(view.direction),
            ),
        ))
        .execute(writing.connection)?;
    if later == 0 && !view.is_first {
        diesel::update(cases::table.filter(cases::id.eq(view.case)))
            .set(cases::risk_level.eq(view.level))
            .execute(writing.connection)?;
    }
    Ok(())
}

/// Opens an action, for the form that ends it.
pub fn open_action(reading: &mut Reading<'_>, id: &ActionId) -> Result<(ActionRow, String), Problem> {
    let (columns, reference): (ActionColumns, String) = actions::table
        .inner_join(cases::table.on(cases::id.eq(actions::case_id)))
        .left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
        .filter(actions::id.eq(id))
        .select((action_columns!(), cases::reference))
        .first(reading.connection)?;
    let action = action_row(columns);
    let case = case_facts(reading.connection, &action.case)?;
    let facts = domain::access::ActionFacts { case: &case, owner: action.owner_id.clone() };
    reading.permit(&Action::EndAction(&facts), "action", id)?;
    Ok((action, reference))
}

/// Ends an action: done with evidence, or dropped with a reason.
pub fn end_action(
    writing: &mut Writing<'_>,
    id: &ActionId,
    version: i32,
    end: &domain::supervision::ActionEnd,
) -> Result<CaseId, Problem> {
    let (action, _) = open_action(writing, id)?;
    if action.version != version || action.state != ActionState::Open {
        let fields =
            vec![StaleField { name: "note", label: action.state.words(), current: action.end_note.clone() }];
        return Err(Problem::Stale(Box::new(Stale { version: action.version, fields })));
    }
    let (person, today) = (writing.actor()?.person, writing.today());
    diesel::update(actions::table.filter(actions::id.eq(id)))
        .set((
            actions::state.eq(end.state),
            actions::end_note.eq(&end.note),
            actions::ended_on.eq(today),
            actions::ended_by_id.eq(person),
            actions::version.eq(version + 1),
        ))
        .execute(writing.connection)?;
    writing.audit(
        Event::new("action_ended", "action", id).with("state", end.state.code()).with("case", &action.case),
    )?;
    Ok(action.case)
}
