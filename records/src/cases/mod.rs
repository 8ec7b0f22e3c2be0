//! Cases: the list, the page with its timeline, their details, and what was agreed to do about them.

mod caseload;
mod change;
mod checklists;
mod entry;
mod file;
mod filing;
mod risk;
mod siblings;
mod timeline;

pub(crate) use caseload::caseload_in;
pub use caseload::{caseload_of, caseloads};
pub use change::{add, change, choices};
pub use checklists::latest_scores;
pub(crate) use checklists::{ChecklistRow, checklist_columns, checklist_of};
pub use entry::Entry;
pub(crate) use entry::{NewEntryRow, mark_void};
pub use file::{CaseFile, CasePermissions, details, details_with_score, details_with_siblings, open};
pub use filing::{EntryCopy, Filing, file_entry, open_entry};
pub use risk::note_risk;
pub(crate) use risk::{
    RiskView, discussed_up_to, forget_what_is_void, record_risk_view, was_discussed, was_seen,
};
pub use siblings::{Sibling, join_siblings, leave_siblings};
pub use timeline::{DISCUSSIONS, TIMELINE, TimelineItem};

use crate::access::{cases_with_lead, visible_cases, within_reach};
use crate::cadence::{
    ClockColumns, Clocks, Numbers, TermsRow, clock_order, clocks_of, terms_columns, variation_numbers,
};
use crate::content;
use crate::problem::Problem;
use crate::schema::{case_terms, case_workers, cases, people, variations};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::Action;
use domain::cadence::Due;
use domain::cases::{CaseFilter, CaseStatus, PlanType, SubjectKind};
use domain::ids::{CaseId, PersonId, SiblingGroupId, TeamId};
use domain::risk::RiskLevel;

/// A case in a list or a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseSummary {
    /// The case.
    pub id: CaseId,
    /// The reference.
    pub reference: String,
    /// The label.
    pub label: String,
    /// Whom it is about.
    pub subject: SubjectKind,
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
    /// The team that holds it.
    pub team: TeamId,
    /// When it was allocated.
    pub allocated_on: NaiveDate,
    /// When it was last discussed in a session.
    pub last_held_on: Option<NaiveDate>,
    /// The group of brothers and sisters to which it belongs.
    pub siblings: Option<SiblingGroupId>,
    /// When it is due for supervision.
    pub due: Due,
}

pub(crate) type SummaryRow = (
    ClockColumns,
    (String, String, Option<SiblingGroupId>, SubjectKind),
    (RiskLevel, bool, CaseStatus),
    Option<PersonId>,
    Option<String>,
);

/// The columns of a summary, and more beside them.
macro_rules! summary_columns {
    ($($more:expr),*) => {
        (
            <crate::cadence::ClockColumns as diesel::SelectableHelper<_>>::as_select(),
            (cases::reference, cases::label, cases::sibling_group_id, cases::subject_kind),
            (cases::risk_level, cases::domestic_abuse, cases::status),
            cases::lead_practitioner_id,
            people::name.nullable(),
            $($more),*
        )
    };
}
pub(crate) use summary_columns;

/// Rows as summaries, each with when it is due.
pub(crate) fn summaries(
    reading: &mut Reading<'_>,
    rows: Vec<SummaryRow>,
) -> Result<Vec<CaseSummary>, Problem> {
    let rules = content::rules(reading)?;
    let clocks = clocks_of(reading, &rows.iter().map(|row| &row.0.id).collect::<Vec<_>>())?;
    let summary = |row: SummaryRow| {
        let due = clocks.due(&rules, &row.0);
        CaseSummary::new(row, due)
    };
    Ok(rows.into_iter().map(summary).collect())
}

impl CaseSummary {
    /// A row, with when the case is due.
    pub(crate) fn new(row: SummaryRow, due: Due) -> Self {
        let (clock, (reference, label, siblings, subject), (risk_level, domestic_abuse, status), lead, name) =
            row;
        Self {
            due,
            id: clock.id,
            reference,
            label,
            subject,
            plan_type: clock.plan_type,
            risk_level,
            domestic_abuse,
            lead: lead.zip(name),
            status,
            allocated_on: clock.allocated_on,
            last_held_on: clock.last_held_on,
            team: clock.team_id,
            siblings,
        }
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
    let mut rows: Vec<SummaryRow> = query
        .order(cases::reference)
        .limit(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .select(summary_columns!())
        .load(reading.connection)?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let listed = summaries(reading, rows)?;
    let next = listed.last().filter(|_| more).map(|last| last.reference.clone());
    Ok((listed, next))
}

/// A case in a few words, if it is within reach.
pub fn summary_of(reading: &mut Reading<'_>, id: &CaseId) -> Result<Option<CaseSummary>, Problem> {
    let actor = reading.actor()?;
    let rows: Vec<SummaryRow> = visible_cases(cases_with_lead(), &actor)
        .filter(cases::id.eq(id.clone()))
        .select(summary_columns!())
        .load(reading.connection)?;
    Ok(summaries(reading, rows)?.pop())
}

/// The open cases on which somebody works, as far as the reader reaches them, the longest waiting first.
pub fn of_practitioner(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<CaseSummary>, Problem> {
    let today = reading.today();
    Ok(to_talk_about(reading, person, today)?.into_iter().map(|to_talk_about| to_talk_about.case).collect())
}

/// A case of which somebody is to talk in supervision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToTalkAbout {
    /// The case.
    pub case: CaseSummary,
    /// The working day to book for it after the session: what a form suggests.
    pub next_on: NaiveDate,
    /// Since when it has another plan than before, if it had another.
    pub plan_changed_on: Option<NaiveDate>,
}

/// The same, with what a session that is held on a day needs besides.
pub fn to_talk_about(
    reading: &mut Reading<'_>,
    person: &PersonId,
    held_on: NaiveDate,
) -> Result<Vec<ToTalkAbout>, Problem> {
    type Row = (
        ClockColumns,
        (String, String, Option<SiblingGroupId>, SubjectKind),
        (RiskLevel, bool, CaseStatus),
        Option<PersonId>,
        Option<String>,
        Option<TermsRow>,
        Option<Numbers>,
    );
    let actor = reading.actor()?;
    let rules = content::rules(reading)?;
    let worked_on =
        case_workers::table.filter(case_workers::person_id.eq(person.clone())).select(case_workers::case_id);
    // In one statement with what their clocks run on: a person's cases are few.
    let found: Vec<Row> = within_reach!(
        cases::table
            .left_join(people::table.on(cases::lead_practitioner_id.eq(people::id.nullable())))
            .left_join(case_terms::table.on(case_terms::case_id.eq(cases::id)))
            .left_join(variations::table.on(variations::case_id.eq(cases::id.nullable())))
            .into_boxed(),
        actor
    )
    .filter(cases::status.eq(CaseStatus::Open))
    .filter(cases::lead_practitioner_id.eq(person.clone()).or(cases::id.eq_any(worked_on).nullable()))
    .order((cases::id, clock_order!()))
    .select(summary_columns!(terms_columns!().nullable(), variation_numbers!().nullable()))
    .load(reading.connection)?;
    let mut clocks = Clocks::default();
    let mut rows: Vec<SummaryRow> = Vec::new();
    for (clock, named, stands, lead, name, terms, numbers) in found {
        if let Some(terms) = terms {
            clocks.add(terms, numbers);
        }
        if rows.last().is_none_or(|last| last.0.id != clock.id) {
            rows.push((clock, named, stands, lead, name));
        }
    }
    let to_talk_about = |row: SummaryRow| ToTalkAbout {
        next_on: clocks.booking_day_after(&rules, &row.0, held_on),
        plan_changed_on: clocks.plan_changed_on(&row.0.id),
        case: {
            let due = clocks.due(&rules, &row.0);
            CaseSummary::new(row, due)
        },
    };
    let mut cases: Vec<ToTalkAbout> = rows.into_iter().map(to_talk_about).collect();
    cases.sort_by(|ToTalkAbout { case: one, .. }, ToTalkAbout { case: other, .. }| {
        (one.due.due_on, &one.reference).cmp(&(other.due.due_on, &other.reference))
    });
    Ok(cases)
}
