//! What was said about a case: as it is written, and as it is read. No entry is ever changed; what is void stays to be read.

use crate::problem::Problem;
use crate::schema::case_entries;
use crate::store::{Writing, new_id};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::StoredList;
use domain::access::Actor;
use domain::cadence::Due;
use domain::ids::{CaseEntryId, CaseId, OrganisationId, PersonId, SupervisionId};
use domain::reflection::Triggers;
use domain::supervision::{
    Challenge, ChildSeen, EntryKind, Hypothesis, NewCaseEntry, NewOversight, OversightDecision, Proposal,
    Voices,
};
use domain::templates::Answers;

/// What was said about a case.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = case_entries)]
pub struct Entry {
    /// The entry.
    pub id: CaseEntryId,
    /// In a session, or as a note of oversight.
    pub kind: EntryKind,
    /// The session.
    #[diesel(column_name = supervision_id)]
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
    /// The day on which it was held.
    pub held_on: NaiveDate,
    /// By when this session was due, by the policy of that day; `None` where it met no clock.
    pub was_due_on: Option<NaiveDate>,
    /// The version of that policy.
    pub policy_version: Option<i32>,
    /// Why nothing is to be done, if that was said.
    pub no_action_because: String,
    /// Answers to what the organisation asks besides.
    pub answers: Answers,
    /// What differs for this child, if brothers and sisters were talked about together.
    pub differs: String,
    /// The entry of the child first talked about, with which this one was written.
    #[diesel(column_name = with_entry_id)]
    pub with_entry: Option<CaseEntryId>,
    /// What was ticked that had happened.
    pub happened: Triggers,
    /// Whose view was sought.
    pub voices: Voices,
    /// Explanations put beside each other.
    pub hypotheses: StoredList<Hypothesis>,
    /// What one of the two put to the test.
    pub challenges: StoredList<Challenge>,
    /// Whether nobody said how high the risk is, so that it stayed as it was.
    pub level_left: bool,
    /// The day on which it, or the record of its session, was declared void.
    pub voided_on: Option<NaiveDate>,
}

impl Entry {
    /// Whether it counts for nothing.
    pub fn is_void(&self) -> bool {
        self.voided_on.is_some()
    }

    /// The entry at which the actions stand that were agreed for this one.
    pub fn agreed_at(&self) -> &CaseEntryId {
        self.with_entry.as_ref().unwrap_or(&self.id)
    }
}

/// What these entries say counts for nothing from now on.
pub(crate) fn mark_void(writing: &mut Writing<'_>, entries: &[&CaseEntryId]) -> Result<(), Problem> {
    let today = writing.today();
    diesel::update(case_entries::table.filter(case_entries::id.eq_any(entries)))
        .set(case_entries::voided_on.eq(today))
        .execute(writing.connection)?;
    Ok(())
}

/// A new entry.
#[derive(Insertable)]
#[diesel(table_name = case_entries)]
pub(crate) struct NewEntryRow<'a> {
    id: CaseEntryId,
    organisation_id: OrganisationId,
    case_id: &'a CaseId,
    supervision_id: Option<&'a SupervisionId>,
    author_id: PersonId,
    kind: EntryKind,
    held_on: NaiveDate,
    recorded_at: NaiveDateTime,
    child_seen: Option<ChildSeen>,
    child_seen_on: Option<NaiveDate>,
    what_happened: &'a str,
    support_declined: bool,
    proposal: Option<Proposal>,
    act: Option<OversightDecision>,
    decision: &'a str,
    rationale: &'a str,
    next_on: Option<NaiveDate>,
    was_due_on: Option<NaiveDate>,
    policy_version: Option<i32>,
    no_action_because: &'a str,
    answers: String,
    differs: &'a str,
    with_entry_id: Option<&'a CaseEntryId>,
    happened: String,
    voices: String,
    called_for: String,
    hypotheses: String,
    challenges: String,
    level_left: bool,
}

impl<'a> NewEntryRow<'a> {
    /// What was said in a session held on this day.
    pub(crate) fn in_session(
        author: Actor,
        now: NaiveDateTime,
        session: &'a SupervisionId,
        held_on: NaiveDate,
        entry: &'a NewCaseEntry,
        due: Option<Due>,
    ) -> Self {
        Self {
            id: new_id(),
            organisation_id: author.organisation,
            case_id: &entry.case,
            supervision_id: Some(session),
            author_id: author.person,
            kind: EntryKind::Supervision,
            held_on,
            recorded_at: now,
            child_seen: entry.child_seen,
            child_seen_on: entry.child_seen_on,
            what_happened: &entry.what_happened,
            support_declined: entry.support_declined,
            proposal: entry.proposal,
            act: None,
            decision: &entry.decision,
            rationale: &entry.rationale,
            next_on: entry.next_on,
            was_due_on: due.map(|due| due.due_on),
            policy_version: due.map(|due| due.version),
            no_action_because: &entry.no_action_because,
            answers: String::new(),
            differs: &entry.differs,
            with_entry_id: None,
            happened: entry.happened.to_stored(),
            voices: entry.voices.to_stored(),
            called_for: String::new(),
            hypotheses: entry.hypotheses.to_stored(),
            challenges: entry.challenges.to_stored(),
            level_left: entry.risk_level.is_none(),
        }
    }

    /// A note of management oversight, written today.
    pub(crate) fn of_oversight(
        author: Actor,
        now: NaiveDateTime,
        case: &'a CaseId,
        note: &'a NewOversight,
    ) -> Self {
        Self {
            id: new_id(),
            organisation_id: author.organisation,
            case_id: case,
            supervision_id: None,
            author_id: author.person,
            kind: EntryKind::Oversight,
            held_on: domain::calendar::london_day(now),
            recorded_at: now,
            child_seen: None,
            child_seen_on: None,
            what_happened: &note.what_happened,
            support_declined: false,
            proposal: None,
            act: Some(note.act),
            decision: &note.decision,
            rationale: &note.rationale,
            next_on: None,
            was_due_on: None,
            policy_version: None,
            no_action_because: "",
            answers: String::new(),
            differs: "",
            with_entry_id: None,
            happened: String::new(),
            voices: String::new(),
            called_for: String::new(),
            hypotheses: String::new(),
            challenges: String::new(),
            level_left: false,
        }
    }

    /// With these answers.
    pub(crate) fn answering(self, answers: &Answers) -> Self {
        Self { answers: answers.to_stored(), ..self }
    }

    /// With everything that called for questions.
    pub(crate) fn calling_for(self, fired: Triggers) -> Self {
        Self { called_for: fired.to_stored(), ..self }
    }

    /// Written with the entry of a brother or sister.
    pub(crate) fn written_with(self, with: Option<&'a CaseEntryId>) -> Self {
        Self { with_entry_id: with, ..self }
    }

    pub(crate) fn insert(self, writing: &mut Writing<'_>) -> Result<CaseEntryId, Problem> {
        diesel::insert_into(case_entries::table).values(&self).execute(writing.connection)?;
        Ok(self.id)
    }
}
