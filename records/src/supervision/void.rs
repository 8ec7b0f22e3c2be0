//! Declaring the record of a session, or a note of management oversight, void: it was written about the wrong person or case, or
//! twice. It stays to be read, with the reason, and counts for nothing.

use super::facts;
use super::oversight::author_of_note;
use crate::access::case_facts;
use crate::actions::take_reviews_back;
use crate::bookings::was_not_held;
use crate::cases::{forget_what_is_void, mark_void};
use crate::preparation::{Pair, remove_from_agenda, was_not_talked_about};
use crate::problem::Problem;
use crate::schema::{actions, case_entries, raised_prompts};
use crate::signing::{Record, declare_note_void, declare_void};
use crate::store::Writing;
use diesel::prelude::*;
use domain::access::{Action, NoteFacts};
use domain::ids::{AgendaItemId, CaseEntryId, CaseId, SupervisionId};
use domain::reflection::PromptState;
use domain::supervision::ActionState;

/// Declares a record void: clocks stand as if the session had not been held, what it agreed is dropped, what it decided about
/// earlier actions is taken back, and what was prepared for it waits again. Sessions that it booked stay: the two cancel what they
/// do not need. How high a risk is said to be stays: nobody is to be thought safer because of a mistake in a record.
pub fn void(writing: &mut Writing<'_>, id: &SupervisionId, reason: &str) -> Result<(), Problem> {
    let facts = facts(writing, id)?;
    writing.permit(&Action::VoidRecord(&facts), "supervision", id)?;
    declare_void(writing, &Record::Session(id.clone()), reason)?;
    let entries: Vec<(CaseEntryId, CaseId)> = case_entries::table
        .filter(case_entries::supervision_id.eq(id))
        .select((case_entries::id, case_entries::case_id))
        .load(writing.connection)?;
    let pair = Pair { supervisor: facts.supervisor.clone(), supervisee: facts.supervisee.clone() };
    let ids: Vec<&CaseEntryId> = entries.iter().map(|(entry, _)| entry).collect();
    mark_void(writing, &ids)?;
    drop_what_was_agreed(writing, &ids, Some(id))?;
    take_reviews_back(writing, id, &ids)?;
    take_questions_back(writing, &ids)?;
    was_not_held(writing, id)?;
    was_not_talked_about(writing, &pair, id)?;
    for (_, case) in &entries {
        forget_what_is_void(writing, case)?;
    }
    Ok(())
}

/// Declares a note of management oversight void, for who manages the case, answers for its author's work, and did not write it:
/// nobody has looked at the case then, and what it agreed is dropped. How high the risk was said to be stays, as with a session.
pub fn void_oversight(
    writing: &mut Writing<'_>,
    case: &CaseId,
    note: &CaseEntryId,
    reason: &str,
) -> Result<(), Problem> {
    let facts = case_facts(writing.connection, case)?;
    writing.permit(&Action::OpenCase(&facts), "case", case)?;
    let author = author_of_note(writing, case, note)?;
    let facts = NoteFacts { case: &facts, author };
    writing.permit(&Action::VoidOversight(&facts), "case_entry", note)?;
    declare_note_void(writing, note, reason)?;
    mark_void(writing, &[note])?;
    drop_what_was_agreed(writing, &[note], None)?;
    forget_what_is_void(writing, case)
}

/// Drops what is open of what these entries, or the part of a session about the person, agreed.
fn drop_what_was_agreed(
    writing: &mut Writing<'_>,
    entries: &[&CaseEntryId],
    session: Option<&SupervisionId>,
) -> Result<(), Problem> {
    let (actor, today) = (writing.actor()?, writing.today());
    let agreed = actions::entry_id.eq_any(entries).or(actions::supervision_id.eq(session));
    diesel::update(actions::table.filter(agreed))
        .filter(actions::state.eq(ActionState::Open))
        .set((
            (actions::state.eq(ActionState::Dropped), actions::ended_on.eq(today)),
            actions::end_note.eq("The record in which this was agreed is void"),
            (actions::ended_by_id.eq(&actor.person), actions::version.eq(actions::version + 1)),
        ))
        .execute(writing.connection)?;
    Ok(())
}

/// Questions that wait for an answer under these entries wait no longer, on no agenda either. What somebody noted with one stays, in
/// their name: the record's state says why it waits no longer.
fn take_questions_back(writing: &mut Writing<'_>, entries: &[&CaseEntryId]) -> Result<(), Problem> {
    let under = raised_prompts::entry_id.eq_any(entries.iter().map(|id| Some(*id)));
    let on_agendas: Vec<Option<AgendaItemId>> = raised_prompts::table
        .filter(under.clone().and(raised_prompts::agenda_item_id.is_not_null()))
        .select(raised_prompts::agenda_item_id)
        .load(writing.connection)?;
    for item in on_agendas.into_iter().flatten() {
        remove_from_agenda(writing, &item)?;
    }
    diesel::update(raised_prompts::table.filter(under))
        .filter(raised_prompts::state.eq_any(PromptState::OPEN))
        .set((
            raised_prompts::state.eq(PromptState::NotRelevant),
            raised_prompts::version.eq(raised_prompts::version + 1),
        ))
        .execute(writing.connection)?;
    Ok(())
}
