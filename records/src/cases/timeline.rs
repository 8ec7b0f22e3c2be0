//! What was said about a case, newest first.

use super::{ChecklistRow, Entry, checklist_columns, checklist_of};
use crate::problem::Problem;
use crate::schema::{case_entries, people, record_steps, risk_views};
use crate::signing::{StepRow, added_to};
use crate::store::Reading;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::exists;
use diesel::prelude::*;
use domain::ids::{CaseEntryId, CaseId, RiskViewId};
use domain::risk::{Checklist, RiskDirection, RiskLevel};
use domain::supervision::EntryKind;
use std::collections::HashMap;

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
    /// What happened, if the change was noted between sessions.
    pub note: String,
    /// Whether it had happened again.
    pub is_repeat: bool,
    /// The risk checklist that was done.
    pub checklist: Option<Checklist>,
    /// The entry; `None` when the case was opened, or when the change was noted between sessions.
    pub entry: Option<Entry>,
    /// What was added to the entry later, the oldest first.
    pub added: Vec<StepRow>,
}

impl TimelineItem {
    /// Whether the level differs from the one before.
    pub fn changes_level(&self) -> bool {
        self.previous_level.is_some_and(|previous| previous != self.level)
    }

    /// Whether what was said then counts for nothing.
    pub fn is_void(&self) -> bool {
        self.entry.as_ref().is_some_and(Entry::is_void)
    }
}

/// Items of the timeline on one page.
pub const TIMELINE: usize = 20;

/// The last discussions that are looked at together, however many notes stand between them.
pub const DISCUSSIONS: usize = 6;

/// The discussions that count, the newest first: those on the first page of the timeline, and older ones while there are fewer than
/// six. These are asked for only where notes have pushed them off the page.
pub(super) fn discussions(
    reading: &mut Reading<'_>,
    id: &CaseId,
    (newest, has_older): (&[TimelineItem], bool),
) -> Result<Vec<Entry>, Problem> {
    let counted = newest.iter().filter(|item| !item.is_void()).filter_map(|item| item.entry.as_ref());
    let shown: Vec<Entry> = counted.filter(|entry| entry.kind == EntryKind::Supervision).cloned().collect();
    if shown.len() >= DISCUSSIONS || !has_older {
        return Ok(shown);
    }
    Ok(case_entries::table
        .filter(case_entries::case_id.eq(id).and(case_entries::kind.eq(EntryKind::Supervision)))
        .filter(case_entries::voided_on.is_null())
        .order((case_entries::held_on.desc(), case_entries::id.desc()))
        .limit(i64::try_from(DISCUSSIONS).unwrap_or(i64::MAX))
        .select(Entry::as_select())
        .load(reading.connection)?)
}

pub(super) fn timeline(
    reading: &mut Reading<'_>,
    id: &CaseId,
    older_than: Option<(NaiveDate, RiskViewId)>,
) -> Result<(Vec<TimelineItem>, bool), Problem> {
    type Row = ((RiskViewId, NaiveDate, NaiveDateTime, String), View, Option<Entry>, bool);
    type View = (RiskLevel, RiskDirection, String, bool, ChecklistRow);
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
    let is_added_to =
        exists(record_steps::table.filter(record_steps::entry_id.eq(case_entries::id.nullable())));
    let rows: Vec<Row> = query
        .order((risk_views::viewed_on.desc(), risk_views::id.desc()))
        .limit(i64::try_from(TIMELINE + 1).unwrap_or(i64::MAX))
        .select((
            (risk_views::id, risk_views::viewed_on, risk_views::recorded_at, people::name),
            (
                risk_views::level,
                risk_views::direction,
                risk_views::note,
                risk_views::repeat_incident,
                checklist_columns!(),
            ),
            Option::<Entry>::as_select(),
            is_added_to,
        ))
        .load(reading.connection)?;
    let has_older = rows.len() > TIMELINE;
    // Worked out and not kept: a session that is typed late comes between two others.
    let levels: Vec<RiskLevel> = rows.iter().map(|(_, (level, ..), ..)| *level).collect();
    let added_to_some: Vec<&CaseEntryId> = rows
        .iter()
        .filter(|(.., is_added_to)| *is_added_to)
        .filter_map(|(_, _, entry, _)| Some(&entry.as_ref()?.id))
        .collect();
    let mut added =
        if added_to_some.is_empty() { HashMap::new() } else { added_to(reading, &added_to_some)? };
    let items = rows.into_iter().take(TIMELINE).enumerate().map(
        |(
            number,
            ((risk_view, on, recorded_at, author), (level, direction, note, is_repeat, checklist), entry, _),
        )| TimelineItem {
            risk_view,
            on,
            recorded_at,
            author,
            level,
            previous_level: levels.get(number + 1).copied(),
            direction,
            note,
            is_repeat,
            checklist: checklist_of(checklist),
            added: entry.as_ref().and_then(|entry| added.remove(&entry.id)).unwrap_or_default(),
            entry,
        },
    );
    Ok((items.collect(), has_older))
}
