//! Taking a shared copy back: within a day, unless a signed record quotes it.

use super::copies::{Row, TAKEN_BACK_WITHIN_HOURS, row};
use super::sealed::opened_copy;
use crate::audit::Event;
use crate::journal;
use crate::problem::Problem;
use crate::schema::{people, reflection_copies, reflections};
use crate::store::{Reading, Writing};
use crate::supervision;
use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use domain::access::Action;
use domain::calendar::{day_in_words, london_day};
use domain::form::Problems;
use domain::ids::{PersonId, ReflectionCopyId, ReflectionId};
use domain::reflection::is_quoted;

/// So many days before a copy was shared a session may have been held whose record quotes it: records are written up late.
const WRITTEN_UP_WITHIN_DAYS: i64 = 28;

/// A copy that its author thinks of taking back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakingBack {
    /// Its title.
    pub title: String,
    /// Who reads it, by id and name.
    reader_id: PersonId,
    /// The name of who reads it.
    pub reader: String,
    /// When it was shared, in UTC.
    pub shared_at: NaiveDateTime,
    /// Why it stays, in words for the author; `None` if it can be taken back.
    pub stays_because: Option<String>,
}

/// Whether the author can take a copy back: within a day, unless a signed record of a session in which both took part
/// quotes it.
pub fn taking_back(reading: &mut Reading<'_>, id: &ReflectionCopyId) -> Result<TakingBack, Problem> {
    let Row { facts, shared_at, sealed, kept, .. } = row(reading, id)?;
    reading.permit(&Action::TakeBackCopy(&facts), "reflection_copy", id)?;
    let key = journal::copy_key(reading, id, &facts.author, kept)?;
    let (title, body) = opened_copy(&key, id, &facts.author, sealed)?;
    let reader: String =
        people::table.filter(people::id.eq(&facts.reader)).select(people::name).first(reading.connection)?;
    let is_over = reading.now >= shared_at + Duration::hours(TAKEN_BACK_WITHIN_HOURS);
    let stays_because = if is_over {
        Some("A copy can be taken back for 24 hours after it was shared, and these are over.".to_owned())
    } else {
        let since = london_day(shared_at - Duration::days(WRITTEN_UP_WITHIN_DAYS));
        let signed = supervision::signed_words(reading, &facts.reader, since)?;
        let quoting = signed.into_iter().find(|(_, record)| is_quoted(&body, record));
        quoting.map(|(held_on, _)| {
            let on = day_in_words(held_on);
            format!("The record of your session on {on} quotes it, and is signed. It stays.")
        })
    };
    reading.viewed("reflection_copy", id.as_str());
    Ok(TakingBack { title, reader_id: facts.reader, reader, shared_at, stays_because })
}

/// Takes a copy back, if that is possible: its key is thrown away, so that nobody can read it or what was said under it any more.
/// Returns the reflection that it was made of, unless that was deleted since.
pub fn take_back(writing: &mut Writing<'_>, id: &ReflectionCopyId) -> Result<Option<ReflectionId>, Problem> {
    let TakingBack { reader_id, stays_because, .. } = taking_back(writing, id)?;
    if let Some(why) = stays_because {
        return Err(Problems::one("form", why).into());
    }
    let now = writing.now;
    diesel::update(reflection_copies::table.filter(reflection_copies::id.eq(id)))
        .set((
            reflection_copies::wrapped_key.eq(None::<String>),
            reflection_copies::master_key_id.eq(None::<String>),
            reflection_copies::taken_back_at.eq(now),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("copy_taken_back", "reflection_copy", id).with("reader", &reader_id))?;
    Ok(reflection_copies::table
        .inner_join(reflections::table.on(reflections::id.eq(reflection_copies::reflection_id)))
        .filter(reflection_copies::id.eq(id).and(reflections::deleted_at.is_null()))
        .select(reflection_copies::reflection_id)
        .first(writing.connection)
        .optional()?)
}

/// Whether a copy was taken back of which the actor is the author or the reader: to others it was never there.
pub fn was_taken_back(reading: &mut Reading<'_>, id: &ReflectionCopyId) -> Result<bool, Problem> {
    let me = reading.actor()?.person;
    let found: Option<ReflectionCopyId> = reflection_copies::table
        .filter(reflection_copies::id.eq(id).and(reflection_copies::taken_back_at.is_not_null()))
        .filter(reflection_copies::author_id.eq(&me).or(reflection_copies::reader_id.eq(&me)))
        .select(reflection_copies::id)
        .first(reading.connection)
        .optional()?;
    Ok(found.is_some())
}
