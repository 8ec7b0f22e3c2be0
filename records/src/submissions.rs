//! A form that is sent twice makes one record.

use crate::problem::Problem;
use crate::schema::submissions;
use crate::store::Writing;
use diesel::prelude::*;
use domain::ids::FormKey;

/// Minutes in which the same words from the same person are the same form: whoever goes back and saves again gets a new
/// key with the page, but means the same record.
const SAME_WORDS_MINUTES: i64 = 60;

/// A form that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The key that was rendered into the form.
    pub key: FormKey,
    /// Where it was sent and everything that was typed; empty for a form that may well be sent again with the same words.
    pub words: String,
}

/// Does the work of a form once. The second submit of the same form by the same person leads to where the first led.
/// `work` returns the path to show next.
pub fn once(
    writing: &mut Writing<'_>,
    submission: &Submission,
    work: impl FnOnce(&mut Writing<'_>) -> Result<String, Problem>,
) -> Result<String, Problem> {
    let actor = writing.actor()?;
    let since = writing.now - chrono::Duration::minutes(SAME_WORDS_MINUTES);
    let words_hash =
        if submission.words.is_empty() { String::new() } else { crate::secrets::sha256(&submission.words) };
    let same_words = submissions::words_hash
        .eq(&words_hash)
        .and(submissions::words_hash.ne(""))
        .and(submissions::submitted_at.ge(since));
    let known: Option<String> = submissions::table
        .filter(submissions::person_id.eq(&actor.person))
        .filter(submissions::form_key.eq(&submission.key).or(same_words))
        .select(submissions::location)
        .first(writing.connection)
        .optional()?;
    if let Some(location) = known {
        writing.audit(crate::audit::Event::new("submitted_again", "form", &submission.key))?;
        return Ok(location);
    }
    let location = work(writing)?;
    let now = writing.now;
    diesel::insert_into(submissions::table)
        .values((
            submissions::form_key.eq(&submission.key),
            submissions::words_hash.eq(&words_hash),
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
