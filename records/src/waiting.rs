//! What waits for somebody by itself: signatures and drafts.

use crate::problem::Problem;
use crate::schema::{drafts, supervisions};
use crate::store::Reading;
use diesel::prelude::*;
use domain::access::Action;
use domain::supervision::RecordState;

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Records that the reader is asked to sign.
    pub signatures: i64,
    /// Drafts of the reader in which something is written.
    pub drafts: i64,
}

/// What waits for the reader, in one statement.
pub fn waiting(reading: &mut Reading<'_>) -> Result<Waiting, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::SeeOwnWork, "waiting", "")?;
    let unsigned = supervisions::table
        .filter(supervisions::organisation_id.eq(actor.organisation.clone()))
        .filter(supervisions::supervisee_id.eq(actor.person.clone()))
        .filter(supervisions::state.eq(RecordState::AwaitingSupervisee))
        .count();
    let drafts = drafts::table
        .filter(drafts::organisation_id.eq(actor.organisation))
        .filter(drafts::person_id.eq(actor.person).and(drafts::has_words.eq(true)))
        .count();
    let (signatures, drafts): (Option<i64>, Option<i64>) =
        diesel::select((unsigned.single_value(), drafts.single_value())).get_result(reading.connection)?;
    Ok(Waiting { signatures: signatures.unwrap_or(0), drafts: drafts.unwrap_or(0) })
}
