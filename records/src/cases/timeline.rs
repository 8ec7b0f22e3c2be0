//! What was said about a case, newest first.

use crate::problem::Problem;
use crate::schema::{case_entries, people, risk_views};
use crate::store::Reading;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::ids::{CaseEntryId, CaseId, RiskViewId, SupervisionId};
use domain::risk::{RiskDirection, RiskLevel};
use domain::supervision::{ChildSeen, EntryKind, OversightDecision, Proposal};

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

/// Items of the timeline on one page.
pub const TIMELINE: usize = 20;

pub(super) fn timeline(
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
