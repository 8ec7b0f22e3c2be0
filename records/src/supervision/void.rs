//! Declaring the record of a session void: it was written about the wrong person or case, or twice. It stays to be read, with the
//! reason, and counts for nothing.

use super::facts;
use crate::cases::forget_sessions_clock;
use crate::problem::Problem;
use crate::schema::{actions, case_entries};
use crate::signing::{Record, declare_void};
use crate::store::Writing;
use diesel::prelude::*;
use domain::access::Action;
use domain::ids::{CaseEntryId, CaseId, SupervisionId};
use domain::supervision::ActionState;

/// Declares a record void: clocks stand as if the session had not been held, and what it agreed is dropped with the reason. How high
/// a risk is said to be stays: nobody is to be thought safer because of a mistake in a record.
pub fn void(writing: &mut Writing<'_>, id: &SupervisionId, reason: &str) -> Result<(), Problem> {
    let facts = facts(writing, id)?;
    writing.permit(&Action::VoidRecord(&facts), "supervision", id)?;
    declare_void(writing, &Record::Session(id.clone()), reason)?;
    let entries: Vec<(CaseEntryId, CaseId)> = case_entries::table
        .filter(case_entries::supervision_id.eq(id))
        .select((case_entries::id, case_entries::case_id))
        .load(writing.connection)?;
    let (actor, today) = (writing.actor()?, writing.today());
    let ids: Vec<&CaseEntryId> = entries.iter().map(|(entry, _)| entry).collect();
    diesel::update(actions::table.filter(actions::entry_id.eq_any(ids)))
        .filter(actions::state.eq(ActionState::Open))
        .set((
            (actions::state.eq(ActionState::Dropped), actions::ended_on.eq(today)),
            actions::end_note.eq(format!("The record in which this was agreed is void: {reason}")),
            (actions::ended_by_id.eq(actor.person), actions::version.eq(actions::version + 1)),
        ))
        .execute(writing.connection)?;
    for (_, case) in &entries {
        forget_sessions_clock(writing, case)?;
    }
    Ok(())
}
