//! Requests to open a signed record again that wait for whoever is asked.

use crate::problem::Problem;
use crate::schema::{agreements, record_steps, supervisions};
use crate::store::Reading;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use domain::access::Action;
use domain::supervision::{RecordState, RecordStep};

mod names {
    diesel::alias!(crate::schema::record_steps as since: Since);
}
use names::since;

/// The name and page of each record that the other one asks the actor to open again and that stays signed, the oldest request
/// first.
pub fn asked_to_reopen(reading: &mut Reading<'_>) -> Result<Vec<(String, String)>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::SeeOwnWork, "signing", "")?;
    let me = &actor.person;
    let signed = [RecordState::Signed, RecordState::SignedWithComment];
    // What was opened since, whoever had asked for it, is asked for no more.
    let opened = since
        .filter(since.field(record_steps::record_id).eq(record_steps::record_id))
        .filter(since.field(record_steps::id).gt(record_steps::id))
        .filter(since.field(record_steps::step).eq(RecordStep::Reopen));
    let session = supervisions::table
        .filter(supervisions::id.eq(record_steps::record_id))
        .filter(supervisions::supervisor_id.eq(me).or(supervisions::supervisee_id.eq(me)))
        .filter(supervisions::state.eq_any(signed));
    let agreement = agreements::table
        .filter(agreements::id.eq(record_steps::record_id))
        .filter(agreements::supervisor_id.eq(me).or(agreements::supervisee_id.eq(me)))
        .filter(agreements::state.eq_any(signed));
    let mut asked: Vec<String> = record_steps::table
        .filter(record_steps::organisation_id.eq(&actor.organisation))
        .filter(record_steps::step.eq(RecordStep::AskToReopen).and(record_steps::person_id.ne(me)))
        .filter(not(exists(opened)))
        .filter(exists(session).or(exists(agreement)))
        .order(record_steps::id)
        .select(record_steps::record_id)
        .load(reading.connection)?;
    asked.dedup();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut named = crate::supervision::names(reading, &asked)?;
    named.extend(crate::agreements::names(reading, &asked)?);
    Ok(asked.iter().filter_map(|id| named.remove(id)).collect())
}
