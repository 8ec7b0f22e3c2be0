//! Records that two people sign: a session's and an agreement. Signing, adding to what is signed, and opening it again
//! together.

mod reopenings;
mod standing;

pub use reopenings::asked_to_reopen;
pub(crate) use reopenings::{requests_to_reopen, since};
use standing::side_of;
pub(crate) use standing::{Added, Steps, added_in, added_to, steps_of_records};
pub use standing::{Signing, StepRow};

use crate::access::{case_facts, person_facts};
use crate::audit::Event;
use crate::content;
use crate::mail;
use crate::problem::Problem;
use crate::schema::{agreements, case_entries, people, personal_parts, record_steps, supervisions};
use crate::store::{Reading, Writing, new_id};
use crate::{agreements as agreed, supervision};
use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, SupervisionFacts};
use domain::form::Problems;
use domain::ids::{AgreementId, CaseEntryId, CaseId, RecordStepId, SupervisionId};
use domain::mail::Letter;
use domain::policy::Rule;
use domain::supervision::{NewSignature, NotNow, RecordState, RecordStep, Side, is_own_name};

/// A record that two people sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Of a session.
    Session(SupervisionId),
    /// Of what they agree.
    Agreement(AgreementId),
}

/// What stands for a note of management oversight among kinds of records.
const NOTE: &str = "note";

impl Record {
    fn kind(&self) -> &'static str {
        match self {
            Self::Session(_) => "supervision",
            Self::Agreement(_) => "agreement",
        }
    }

    fn id(&self) -> &str {
        match self {
            Self::Session(id) => id.as_str(),
            Self::Agreement(id) => id.as_str(),
        }
    }

    fn facts(&self, reading: &mut Reading<'_>) -> Result<SupervisionFacts, Problem> {
        match self {
            Self::Session(id) => supervision::facts(reading, id),
            Self::Agreement(id) => agreed::facts(reading, id),
        }
    }

    /// The hash of what it says now. Who may not read it learns nothing.
    fn text_hash(&self, reading: &mut Reading<'_>) -> Result<String, Problem> {
        Ok(match self {
            Self::Session(id) => supervision::open(reading, id)?.signing.text_hash,
            Self::Agreement(id) => agreed::open(reading, id)?.signing.text_hash,
        })
    }

    /// Whether it holds anything that can be corrected. Of a session, that is what stands there about the person.
    fn can_be_corrected(&self, reading: &mut Reading<'_>) -> Result<bool, Problem> {
        let Self::Session(id) = self else { return Ok(true) };
        let part = personal_parts::table.filter(personal_parts::supervision_id.eq(id));
        Ok(diesel::select(exists(part)).get_result(reading.connection)?)
    }

    fn state(&self, reading: &mut Reading<'_>) -> Result<RecordState, Problem> {
        Ok(match self {
            Self::Session(id) => supervisions::table
                .filter(supervisions::id.eq(id))
                .select(supervisions::state)
                .first(reading.connection)?,
            Self::Agreement(id) => agreements::table
                .filter(agreements::id.eq(id))
                .select(agreements::state)
                .first(reading.connection)?,
        })
    }

    /// Sets the state; and since when the other one is asked to sign, if they are.
    fn set_state(
        &self,
        writing: &mut Writing<'_>,
        state: RecordState,
        asked_on: Option<NaiveDate>,
    ) -> Result<(), Problem> {
        match self {
            Self::Session(id) => {
                // What was signed keeps the day by which it was to be; what is asked for again has a new one.
                let sign_by = match asked_on {
                    _ if state.is_locked() => None,
                    Some(asked_on) => Some(Some(self.sign_by(writing, asked_on)?)),
                    None => Some(None),
                };
                diesel::update(supervisions::table.filter(supervisions::id.eq(id)))
                    .set((
                        (supervisions::state.eq(state), supervisions::asked_on.eq(asked_on)),
                        sign_by.map(|by: Option<NaiveDate>| supervisions::sign_by.eq(by)),
                    ))
                    .execute(writing.connection)?
            }
            Self::Agreement(id) => diesel::update(agreements::table.filter(agreements::id.eq(id)))
                .set((agreements::state.eq(state), agreements::asked_on.eq(asked_on)))
                .execute(writing.connection)?,
        };
        Ok(())
    }
}

impl Record {
    /// By when somebody signs who was asked on a day, by the policy of their team.
    fn sign_by(&self, reading: &mut Reading<'_>, asked_on: NaiveDate) -> Result<NaiveDate, Problem> {
        let supervisee = self.facts(reading)?.supervisee;
        let team = person_facts(reading.connection, &supervisee)?.team;
        let rules = content::rules(reading)?;
        Ok(rules.working_days.add(asked_on, rules.policy_of(&team).number(Rule::RecordSigned)))
    }
}

/// Signs a record as it stood on the page.
pub fn sign(writing: &mut Writing<'_>, record: &Record, signature: &NewSignature) -> Result<(), Problem> {
    let text_hash = record.text_hash(writing)?;
    if text_hash != signature.text_hash {
        return Err(Problems::one(
            "form",
            "What stands here has changed since you opened it. Read it again, then sign",
        )
        .into());
    }
    put_signature(writing, record, signature, &text_hash)
}

/// Signs, as its writer, what was written a moment ago.
pub fn sign_what_was_written(writing: &mut Writing<'_>, record: &Record, name: &str) -> Result<(), Problem> {
    let text_hash = record.text_hash(writing)?;
    let signature =
        NewSignature { name: name.to_owned(), comment: String::new(), text_hash: text_hash.clone() };
    put_signature(writing, record, &signature, &text_hash)
}

fn put_signature(
    writing: &mut Writing<'_>,
    record: &Record,
    signature: &NewSignature,
    text_hash: &str,
) -> Result<(), Problem> {
    let actor = writing.actor()?;
    let name: String =
        people::table.filter(people::id.eq(&actor.person)).select(people::name).first(writing.connection)?;
    if !is_own_name(&signature.name, &name) {
        return Err(
            Problems::one("signature", format!("To sign, type your name as we know it: {name}")).into()
        );
    }
    let new = NewStep {
        typed_name: &signature.name,
        text_hash,
        ..NewStep::with_words(signature.step(), &signature.comment)
    };
    new.take(writing, record)
}

/// Adds words to a record that both have signed. What stands there stays.
pub fn add_words(writing: &mut Writing<'_>, record: &Record, words: &str) -> Result<(), Problem> {
    NewStep::with_words(RecordStep::Add, words).take(writing, record)
}

/// Adds words to what was said of one case, or of several brothers and sisters, in a session. They are read with it, by everybody
/// who reads the case; whoever may not read the case any more adds nothing to it.
pub fn add_to_entries(
    writing: &mut Writing<'_>,
    record: &Record,
    entries: &[CaseEntryId],
    words: &str,
) -> Result<(), Problem> {
    let Record::Session(session) = record else { return Err(Problem::NotFound) };
    for entry in entries {
        let is_of_session = case_entries::id.eq(entry).and(case_entries::supervision_id.eq(session));
        let case: CaseId = case_entries::table
            .filter(is_of_session)
            .select(case_entries::case_id)
            .first(writing.connection)?;
        let facts = case_facts(writing.connection, &case)?;
        writing.permit(&Action::OpenCase(&facts), "case", &case)?;
        let new = NewStep { entry: Some(entry), ..NewStep::with_words(RecordStep::AddToEntry, words) };
        new.take(writing, record)?;
    }
    Ok(())
}

/// Adds words to a note of management oversight, which one person writes and nobody signs. Whoever calls has asked the policy.
pub(crate) fn add_to_note(writing: &mut Writing<'_>, note: &CaseEntryId, words: &str) -> Result<(), Problem> {
    let new = NewStep { entry: Some(note), ..NewStep::with_words(RecordStep::AddToEntry, words) };
    new.insert(writing, (NOTE, note.as_str()), Side::Supervisor)?;
    writing.audit(Event::new("oversight_added_to", "case_entry", note))
}

/// Notes under a note of management oversight that it is void, and why. Whoever calls has asked the policy.
pub(crate) fn declare_note_void(
    writing: &mut Writing<'_>,
    note: &CaseEntryId,
    reason: &str,
) -> Result<(), Problem> {
    let new = NewStep { entry: Some(note), ..NewStep::with_words(RecordStep::Void, reason) };
    new.insert(writing, (NOTE, note.as_str()), Side::LineManager)?;
    writing.audit(Event::new("oversight_voided", "case_entry", note))
}

/// Asks the other one that a signed record be opened again, if it holds anything that can be corrected then.
pub fn ask_to_reopen(writing: &mut Writing<'_>, record: &Record, reason: &str) -> Result<(), Problem> {
    if !record.can_be_corrected(writing)? {
        return Err(Problems::one(
            "form",
            "There is nothing here that could be changed: what was said of a case stays, and is added to",
        )
        .into());
    }
    NewStep::with_words(RecordStep::AskToReopen, reason).take(writing, record)?;
    tell_the_other(writing, record, &domain::mail::asked_to_reopen())
}

/// Leaves a signed record as it is, although it was to be opened again: whoever is asked does not agree, and whoever asked is told;
/// or whoever asked takes it back.
pub fn leave_signed(writing: &mut Writing<'_>, record: &Record, reason: &str) -> Result<(), Problem> {
    let signing = where_it_stands(writing, record)?;
    let side = signing.side.ok_or(Problem::NotFound)?;
    let Some(asked) = signing.reopening() else {
        let words = "Nobody asks any more to open this again. Look at the record: it was opened, or the request was taken back or answered";
        return Err(Problems::one("form", words).into());
    };
    NewStep::with_words(RecordStep::LeaveSigned, reason).take(writing, record)?;
    if asked.side == side {
        return Ok(());
    }
    tell_the_other(writing, record, &domain::mail::reopening_answered())
}

/// Writes to the other one of the two who sign, if they work here.
fn tell_the_other(writing: &mut Writing<'_>, record: &Record, letter: &Letter) -> Result<(), Problem> {
    let (facts, me) = (record.facts(writing)?, writing.actor()?.person);
    let other = if me == facts.supervisor { &facts.supervisee } else { &facts.supervisor };
    mail::tell(writing, other, letter)
}

fn where_it_stands(reading: &mut Reading<'_>, record: &Record) -> Result<Signing, Problem> {
    let (facts, state) = (record.facts(reading)?, record.state(reading)?);
    Signing::of(reading, record, state, &facts)
}

/// Opens a signed record again, as the other one has asked. What both have signed until now is kept as text: whatever is changed,
/// nobody can say that it never stood there.
pub fn reopen(writing: &mut Writing<'_>, record: &Record, signed_text: &str) -> Result<(), Problem> {
    let signing = where_it_stands(writing, record)?;
    let is_asked_for = signing.reopening().is_some_and(|asked| Some(asked.side) != signing.side);
    if !is_asked_for {
        return Err(Problem::NotFound);
    }
    let new = NewStep { signed_text: Some(signed_text), ..NewStep::with_words(RecordStep::Reopen, "") };
    new.take(writing, record)?;
    tell_the_other(writing, record, &domain::mail::reopening_answered())
}

/// Declares a record void, for whoever answers for its supervisor's work.
pub(crate) fn declare_void(writing: &mut Writing<'_>, record: &Record, reason: &str) -> Result<(), Problem> {
    NewStep::with_words(RecordStep::Void, reason).take(writing, record)
}

/// Replies, as whoever answers for the supervisor's work, to what somebody saw otherwise when they signed: to the comment that the
/// page has shown.
pub fn answer_comment(
    writing: &mut Writing<'_>,
    record: &Record,
    comment: &RecordStepId,
    words: &str,
) -> Result<(), Problem> {
    let facts = record.facts(writing)?;
    writing.permit(&Action::AnswerComment(&facts), record.kind(), record.id())?;
    let signing = where_it_stands(writing, record)?;
    if signing.unanswered_comment().is_none_or(|waiting| waiting.id != *comment) {
        let words = "Somebody has replied to this comment, or the record was opened again, while you wrote. Copy what you need, and look at the record";
        return Err(Problems::one("words", words).into());
    }
    NewStep::with_words(RecordStep::AnswerComment, words).take(writing, record)
}

/// Notes that what stands there was changed: a signature that stood under it stands no more. What was signed is kept as text, because
/// the other one may have read it.
pub(crate) fn corrected(writing: &mut Writing<'_>, record: &Record, text: &str) -> Result<(), Problem> {
    let was_signed = record.state(writing)? == RecordState::AwaitingSupervisee;
    let new =
        NewStep { signed_text: was_signed.then_some(text), ..NewStep::with_words(RecordStep::Correct, "") };
    new.take(writing, record)
}

struct NewStep<'a> {
    step: RecordStep,
    typed_name: &'a str,
    words: &'a str,
    text_hash: &'a str,
    entry: Option<&'a CaseEntryId>,
    signed_text: Option<&'a str>,
}

impl<'a> NewStep<'a> {
    fn with_words(step: RecordStep, words: &'a str) -> Self {
        Self { step, typed_name: "", words, text_hash: "", entry: None, signed_text: None }
    }

    /// Every change to how far a record has come that two people sign goes through here.
    fn take(&self, writing: &mut Writing<'_>, record: &Record) -> Result<(), Problem> {
        let facts = record.facts(writing)?;
        let (actor, today) = (writing.actor()?, writing.today());
        let (action, side) = match self.step {
            RecordStep::Void => (Action::VoidRecord(&facts), Some(Side::LineManager)),
            RecordStep::AnswerComment => (Action::AnswerComment(&facts), Some(Side::LineManager)),
            _ => (Action::SignRecord(&facts), side_of(&actor.person, &facts)),
        };
        writing.permit(&action, record.kind(), record.id())?;
        let side = side.ok_or(Problem::NotFound)?;
        let before = record.state(writing)?;
        let after = before.after(side, self.step).map_err(not_now)?;
        if after != before {
            record.set_state(writing, after, (after == RecordState::AwaitingSupervisee).then_some(today))?;
        }
        self.insert(writing, (record.kind(), record.id()), side)?;
        let event = Event::new("record_step", record.kind(), record.id())
            .with("step", self.step.code())
            .with("state", after.code())
            .with("text_hash", self.text_hash);
        writing.audit(match self.entry {
            Some(entry) => event.with("entry", entry),
            None => event,
        })
    }

    fn insert(&self, writing: &mut Writing<'_>, (kind, id): (&str, &str), side: Side) -> Result<(), Problem> {
        let (actor, now) = (writing.actor()?, writing.now);
        diesel::insert_into(record_steps::table)
            .values((
                record_steps::id.eq(new_id::<RecordStepId>()),
                record_steps::organisation_id.eq(&actor.organisation),
                (record_steps::record_kind.eq(kind), record_steps::record_id.eq(id)),
                record_steps::person_id.eq(&actor.person),
                (record_steps::side.eq(side), record_steps::step.eq(self.step)),
                (record_steps::typed_name.eq(self.typed_name), record_steps::words.eq(self.words)),
                (record_steps::text_hash.eq(self.text_hash), record_steps::taken_at.eq(now)),
                (record_steps::entry_id.eq(self.entry), record_steps::signed_text.eq(self.signed_text)),
            ))
            .execute(writing.connection)?;
        Ok(())
    }
}

fn not_now(why: NotNow) -> Problem {
    Problems::one("form", why.to_string()).into()
}
