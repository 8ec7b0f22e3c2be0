//! Where a record stands: what was done to it, by whom, and what its reader may do now.

use super::Record;
use crate::problem::Problem;
use crate::schema::{people, record_steps};
use crate::store::Reading;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::{Action, Actor, SupervisionFacts, may};
use domain::calendar::london_day;
use domain::ids::{CaseEntryId, PersonId, RecordStepId, SupervisionId};
use domain::supervision::{RecordState, RecordStep, Side};
use std::collections::HashMap;

/// Something that was done to a record, as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct StepRow {
    /// The step, of which a later one has a higher id.
    pub id: RecordStepId,
    /// What was done.
    pub step: RecordStep,
    /// On which side.
    pub side: Side,
    /// By whom.
    pub person: String,
    /// A comment, what was added, or why it is to be opened again or stays as it is.
    pub words: String,
    /// When, in UTC.
    pub taken_at: NaiveDateTime,
    /// The entry to which something was added: it is read with it.
    pub entry: Option<CaseEntryId>,
    /// What was signed before the record was corrected or opened again; for the two alone.
    pub signed_text: Option<String>,
}

/// Where a record stands for its reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// How far it has come.
    pub state: RecordState,
    /// Everything that was done to it, the oldest first.
    pub steps: Vec<StepRow>,
    /// On which side the reader signs; `None` for somebody who only reads.
    pub side: Option<Side>,
    /// The hash of what stands there now: what a signature is put under.
    pub text_hash: String,
    /// The side that left before it signed, and on which day.
    pub left_before_signing: Option<(Side, NaiveDate)>,
    /// By when whoever is supervised was to sign; `None` while they are not asked.
    pub sign_by: Option<NaiveDate>,
    /// Whether the reader answers for the supervisor's work and was not there: who declares void, and replies to comments.
    pub answers_for_supervisor: bool,
    /// Whether it holds anything that can be corrected: what was said of a case is never changed, and is added to.
    pub can_be_corrected: bool,
}

impl Signing {
    /// The signatures under what stands there now: those since it was last changed or opened again.
    pub fn standing(&self) -> &[StepRow] {
        let is_change = |row: &StepRow| matches!(row.step, RecordStep::Correct | RecordStep::Reopen);
        let from = self.steps.iter().rposition(is_change).map_or(0, |place| place + 1);
        &self.steps[from..]
    }

    /// The day, in London, on which whoever is supervised signed what stands there.
    pub fn signed_on(&self) -> Option<NaiveDate> {
        let is_second = |row: &&StepRow| row.step.is_signature() && row.side == Side::Supervisee;
        self.standing().iter().rev().find(is_second).map(|row| london_day(row.taken_at))
    }

    /// The comment with which somebody signed what stands there and to which nobody has replied.
    pub fn unanswered_comment(&self) -> Option<&StepRow> {
        let newest = |step: RecordStep| self.steps.iter().rposition(|row| row.step == step);
        let comment =
            newest(RecordStep::SignWithComment).filter(|_| self.state == RecordState::SignedWithComment)?;
        (Some(comment) > newest(RecordStep::AnswerComment)).then(|| &self.steps[comment])
    }

    /// Whether the reader may reply to what somebody saw otherwise when they signed, and nobody has yet.
    pub fn may_answer(&self) -> bool {
        self.answers_for_supervisor && self.unanswered_comment().is_some()
    }

    /// The request to open it again to which there is no answer yet, and which was not taken back.
    pub fn reopening(&self) -> Option<&StepRow> {
        let is_about_it =
            |row: &&StepRow| matches!(row.step, RecordStep::AskToReopen | RecordStep::LeaveSigned);
        let last = self.standing().iter().rev().find(is_about_it)?;
        (last.step == RecordStep::AskToReopen).then_some(last)
    }

    /// Whether the reader may take a step now.
    pub fn may(&self, step: RecordStep) -> bool {
        let is_to_correct = matches!(step, RecordStep::Correct | RecordStep::AskToReopen);
        (self.can_be_corrected || !is_to_correct)
            && self.side.is_some_and(|side| self.state.after(side, step).is_ok())
    }
}

impl Signing {
    /// Where a record stands for somebody. The hash of its text is put in when the text is read.
    pub(crate) fn new(
        reader: &Actor,
        facts: &SupervisionFacts,
        state: RecordState,
        mut steps: Vec<StepRow>,
    ) -> Self {
        let side = side_of(&reader.person, facts);
        if side.is_none() {
            // It holds how somebody was, which nobody else reads.
            for step in &mut steps {
                step.signed_text = None;
            }
        }
        Self {
            state,
            steps,
            side,
            text_hash: String::new(),
            left_before_signing: None,
            sign_by: None,
            answers_for_supervisor: may(reader, &Action::AnswerComment(facts)).is_allowed(),
            can_be_corrected: true,
        }
    }

    /// The same, with the steps read.
    pub(crate) fn of(
        reading: &mut Reading<'_>,
        record: &Record,
        state: RecordState,
        facts: &SupervisionFacts,
    ) -> Result<Self, Problem> {
        let steps =
            steps_of_records(reading, &[record.id()])?.of_records.remove(record.id()).unwrap_or_default();
        Ok(Self::new(&reading.actor()?, facts, state, steps))
    }

    /// Notes whether the one whose turn it is has left; `left` are the days on which the supervisor and the person supervised
    /// did, if their accounts are closed.
    pub(crate) fn note_who_left(&mut self, left: (Option<NaiveDate>, Option<NaiveDate>)) {
        self.left_before_signing = match self.state {
            RecordState::Drafted => left.0.map(|on| (Side::Supervisor, on)),
            RecordState::AwaitingSupervisee => left.1.map(|on| (Side::Supervisee, on)),
            RecordState::Signed | RecordState::SignedWithComment | RecordState::Voided => None,
        };
    }
}

/// The side of somebody. Nobody supervises themselves, so nobody signs both.
pub(super) fn side_of(person: &PersonId, facts: &SupervisionFacts) -> Option<Side> {
    match person {
        person if *person == facts.supervisor => Some(Side::Supervisor),
        person if *person == facts.supervisee => Some(Side::Supervisee),
        _ => None,
    }
}

/// What was done to records, the oldest first, each with its record.
macro_rules! steps {
    () => {
        record_steps::table
            .inner_join(people::table.on(people::id.eq(record_steps::person_id)))
            .order(record_steps::id)
            .select((
                record_steps::record_id,
                (
                    record_steps::id,
                    record_steps::step,
                    record_steps::side,
                    people::name,
                    record_steps::words,
                    record_steps::taken_at,
                    record_steps::entry_id,
                    record_steps::signed_text,
                ),
            ))
    };
}

/// What was done to some records, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    /// Under each record.
    pub(crate) of_records: HashMap<String, Vec<StepRow>>,
    /// What was added about a case, by its entry.
    pub(crate) added: Added,
}

/// What was added to entries about cases, the oldest first.
pub(crate) type Added = HashMap<CaseEntryId, Vec<StepRow>>;

/// What was done to these records.
pub(crate) fn steps_of_records(reading: &mut Reading<'_>, records: &[&str]) -> Result<Steps, Problem> {
    Ok(gathered(steps!().filter(record_steps::record_id.eq_any(records)).load(reading.connection)?))
}

/// What was added to these entries, the oldest first.
pub(crate) fn added_to(reading: &mut Reading<'_>, entries: &[&CaseEntryId]) -> Result<Added, Problem> {
    let wanted = entries.iter().map(|entry| Some(*entry));
    Ok(gathered(steps!().filter(record_steps::entry_id.eq_any(wanted)).load(reading.connection)?).added)
}

/// What was added to the entries of these sessions, and not a word of what was said under their records.
pub(crate) fn added_in(reading: &mut Reading<'_>, sessions: &[&SupervisionId]) -> Result<Added, Problem> {
    let sessions = sessions.iter().map(|session| session.as_str());
    let is_added = record_steps::record_id.eq_any(sessions).and(record_steps::entry_id.is_not_null());
    Ok(gathered(steps!().filter(is_added).load(reading.connection)?).added)
}

fn gathered(rows: Vec<(String, StepRow)>) -> Steps {
    let mut steps = Steps::default();
    for (record, step) in rows {
        match step.entry.clone() {
            Some(entry) => steps.added.entry(entry).or_default().push(step),
            None => steps.of_records.entry(record).or_default().push(step),
        }
    }
    steps
}
