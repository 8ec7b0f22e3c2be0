//! Declaring the record of a session void: it was written about the wrong person or case, or twice. It stays to be read, with the
//! reason, and counts for nothing.

use super::facts;
use crate::actions::take_reviews_back;
use crate::bookings::was_not_held;
use crate::cases::forget_sessions_clock;
use crate::preparation::{Pair, remove_from_agenda, was_not_talked_about};
use crate::problem::Problem;
use crate::schema::{actions, case_entries, raised_prompts};
use crate::signing::{Record, declare_void};
use crate::store::Writing;
use diesel::prelude::*;
use domain::access::Action;
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
    let (actor, today) = (writing.actor()?, writing.today());
    let ids: Vec<&CaseEntryId> = entries.iter().map(|(entry, _)| entry).collect();
    diesel::update(actions::table.filter(actions::entry_id.eq_any(&ids).or(actions::supervision_id.eq(id))))
        .filter(actions::state.eq(ActionState::Open))
        .set((
            (actions::state.eq(ActionState::Dropped), actions::ended_on.eq(today)),
            actions::end_note.eq("The record in which this was agreed is void"),
            (actions::ended_by_id.eq(&actor.person), actions::version.eq(actions::version + 1)),
        ))
        .execute(writing.connection)?;
    take_reviews_back(writing, id, &ids)?;
    take_questions_back(writing, &ids)?;
    was_not_held(writing, id)?;
    was_not_talked_about(writing, &pair, id)?;
    for (_, case) in &entries {
        forget_sessions_clock(writing, case)?;
    }
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
