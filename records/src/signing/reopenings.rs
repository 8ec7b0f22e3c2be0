//! Requests to open a signed record again that wait for whoever is asked.

use crate::problem::Problem;
use crate::schema::record_steps;
use crate::store::Reading;
use diesel::prelude::*;
use domain::access::Action;
use domain::supervision::{RecordState, RecordStep};

mod names {
    diesel::alias!(crate::schema::record_steps as since: Since);
}
pub(crate) use names::since;

/// The requests that wait for an actor: of a record of theirs that stays signed, by the other one, and not answered or taken back since. A macro, because
/// the type of the query has no name worth reading.
macro_rules! requests_to_reopen {
    ($actor:expr) => {{
        use $crate::schema::{agreements, record_steps, supervisions};
        use $crate::signing::since;
        let (me, signed) = ($actor.person.clone(), [RecordState::Signed, RecordState::SignedWithComment]);
        // What was opened or left as it is since, whoever had asked for it, is asked for no more.
        let answered = since
            .filter(since.field(record_steps::record_id).eq(record_steps::record_id))
            .filter(since.field(record_steps::id).gt(record_steps::id))
            .filter(since.field(record_steps::step).eq_any([RecordStep::Reopen, RecordStep::LeaveSigned]));
        let session = supervisions::table
            .filter(supervisions::id.eq(record_steps::record_id))
            .filter(supervisions::supervisor_id.eq(me.clone()).or(supervisions::supervisee_id.eq(me.clone())))
            .filter(supervisions::state.eq_any(signed));
        let agreement = agreements::table
            .filter(agreements::id.eq(record_steps::record_id))
            .filter(agreements::supervisor_id.eq(me.clone()).or(agreements::supervisee_id.eq(me.clone())))
            .filter(agreements::state.eq_any(signed));
        record_steps::table
            .filter(record_steps::organisation_id.eq($actor.organisation.clone()))
            .filter(record_steps::step.eq(RecordStep::AskToReopen).and(record_steps::person_id.ne(me)))
            .filter(diesel::dsl::not(diesel::dsl::exists(answered)))
            .filter(diesel::dsl::exists(session).or(diesel::dsl::exists(agreement)))
    }};
}
pub(crate) use requests_to_reopen;

/// The name and page of each record that the other one asks the actor to open again, the oldest request first.
pub fn asked_to_reopen(reading: &mut Reading<'_>) -> Result<Vec<(String, String)>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::SeeOwnWork, "signing", "")?;
    let mut asked: Vec<String> = requests_to_reopen!(actor)
        .order(record_steps::id)
        .select(record_steps::record_id)
        .load(reading.connection)?;
    asked.dedup();
    let mut named = crate::supervision::names(reading, &asked)?;
    named.extend(crate::agreements::names(reading, &asked)?);
    Ok(asked.iter().filter_map(|id| named.remove(id)).collect())
}
