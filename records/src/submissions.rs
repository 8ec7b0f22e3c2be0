//! A form that is sent twice makes one record.

use crate::problem::Problem;
use crate::schema::submissions;
use crate::store::{Reading, Writing};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::ids::FormKey;

/// Minutes in which the same words from the same person are the same form: whoever goes back and saves again gets a new
/// key with the page, but means the same record.
const SAME_WORDS_MINUTES: i64 = 60;

/// Days after which nobody sends a form again.
const KEPT_DAYS: i64 = 30;

/// A form that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The key that was rendered into the form.
    pub key: FormKey,
    /// Where it was sent and everything that was typed.
    pub words: String,
    /// Whether it writes something new: then the same words a little later, under another key, mean the same record.
    pub is_new: bool,
}

/// Does the work of a form once. The same form with the same words from the same person leads to where the first led; with
/// other words it is another form, under whatever key a browser has kept. `work` returns the path to show next.
pub fn once(
    writing: &mut Writing<'_>,
    submission: &Submission,
    work: impl FnOnce(&mut Writing<'_>) -> Result<String, Problem>,
) -> Result<String, Problem> {
    let actor = writing.actor()?;
    let words_hashes = writing.keyring().fingerprints(&submission.words);
    let since = writing.now - chrono::Duration::minutes(SAME_WORDS_MINUTES);
    let is_same_form = submissions::form_key
        .eq(&submission.key)
        .or(submissions::submitted_at.ge(since).and(submission.is_new.into_sql::<diesel::sql_types::Bool>()));
    let known: Option<String> = submissions::table
        .filter(submissions::person_id.eq(&actor.person).and(submissions::words_hash.eq_any(&words_hashes)))
        .filter(is_same_form)
        .select(submissions::location)
        .first(writing.connection)
        .optional()?;
    if let Some(location) = known {
        writing.audit(crate::audit::Event::new("submitted_again", "form", &submission.key))?;
        return Ok(location);
    }
    let location = work(writing)?;
    let now = writing.now;
    diesel::delete(
        submissions::table.filter(submissions::submitted_at.lt(now - chrono::Duration::days(KEPT_DAYS))),
    )
    .execute(writing.connection)?;
    diesel::insert_into(submissions::table)
        .values((
            submissions::id.eq(new_key()),
            submissions::form_key.eq(&submission.key),
            submissions::words_hash.eq(words_hashes.first().map_or("", String::as_str)),
            submissions::organisation_id.eq(&actor.organisation),
            submissions::person_id.eq(&actor.person),
            submissions::location.eq(&location),
            submissions::submitted_at.eq(now),
        ))
        .execute(writing.connection)?;
    Ok(location)
}

/// Where the reader's form with this key led, and when it was saved, in UTC; the last time, if it was saved with other words too.
pub fn saved_under(
    reading: &mut Reading<'_>,
    key: &FormKey,
) -> Result<Option<(String, NaiveDateTime)>, Problem> {
    let actor = reading.actor()?;
    Ok(submissions::table
        .filter(submissions::person_id.eq(&actor.person).and(submissions::form_key.eq(key)))
        .order(submissions::submitted_at.desc())
        .select((submissions::location, submissions::submitted_at))
        .first(reading.connection)
        .optional()?)
}

/// A key for a new form.
pub fn new_key() -> FormKey {
    crate::store::new_id()
}
