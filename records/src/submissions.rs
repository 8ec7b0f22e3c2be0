//! A form that is sent twice makes one record.

use crate::problem::Problem;
use crate::schema::submissions;
use crate::store::Writing;
use diesel::prelude::*;
use domain::ids::FormKey;

/// Does the work of a form once. The second submit of the same form by the same person leads to where the first led.
/// `work` returns the path to show next.
pub fn once(
    writing: &mut Writing<'_>,
    key: &FormKey,
    work: impl FnOnce(&mut Writing<'_>) -> Result<String, Problem>,
) -> Result<String, Problem> {
    let actor = writing.actor()?;
    let known: Option<String> = submissions::table
        .filter(submissions::form_key.eq(key).and(submissions::person_id.eq(&actor.person)))
        .select(submissions::location)
        .first(writing.connection)
        .optional()?;
    if let Some(location) = known {
        writing.audit(crate::audit::Event::new("submitted_again", "form", key))?;
        return Ok(location);
    }
    let location = work(writing)?;
    let now = writing.now;
    diesel::insert_into(submissions::table)
        .values((
            submissions::form_key.eq(key),
            submissions::organisation_id.eq(&actor.organisation),
            submissions::person_id.eq(&actor.person),
            submissions::location.eq(&location),
            submissions::submitted_at.eq(now),
        ))
        .execute(writing.connection)?;
    Ok(location)
}

/// A key for a new form.
pub fn new_key() -> FormKey {
    crate::store::new_id()
}
