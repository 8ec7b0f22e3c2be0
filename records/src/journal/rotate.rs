//! A new master key takes over from an old one: every key is wrapped anew, in batches, so that it can be stopped and resumed.

use super::{DataKey, KeptKey, copy_key_place, kept_key, key_place};
use crate::access::Who;
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{journal_keys, reflection_copies};
use crate::store::{Reading, Store};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::ids::{PersonId, ReflectionCopyId};

/// Keys of each kind that one transaction wraps anew.
pub const BATCH: i64 = 200;

/// How the keys stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Keys of authors and of copies in all.
    pub keys: i64,
    /// How many of them the current master key does not wrap.
    pub to_wrap: i64,
    /// How many of them no known master key wraps.
    pub lost: i64,
}

/// Whether anything was ever locked.
pub fn has_keys(store: &Store, now: NaiveDateTime) -> Result<bool, Problem> {
    store.read(&Who::system("journal"), now, |reading| {
        let any: Option<PersonId> =
            journal_keys::table.select(journal_keys::person_id).first(reading.connection).optional()?;
        Ok(any.is_some())
    })
}

/// How the keys stand with the master key of this store.
pub fn standing(store: &Store, now: NaiveDateTime) -> Result<Standing, Problem> {
    store.read(&Who::system("journal"), now, |reading| {
        let keys = reading.keyring().keys()?;
        let (mut authors, mut copies): (Vec<String>, Vec<Option<String>>) = (
            journal_keys::table.select(journal_keys::master_key_id).load(reading.connection)?,
            reflection_copies::table
                .filter(reflection_copies::wrapped_key.is_not_null())
                .select(reflection_copies::master_key_id)
                .load(reading.connection)?,
        );
        authors.extend(copies.drain(..).flatten());
        let count = |fits: &dyn Fn(&String) -> bool| {
            i64::try_from(authors.iter().filter(|id| fits(id)).count()).unwrap_or(i64::MAX)
        };
        let known = keys.ids();
        Ok(Standing {
            keys: count(&|_| true),
            to_wrap: count(&|id| id != keys.current().id()),
            lost: count(&|id| !known.contains(id)),
        })
    })
}

/// How far the keys are wrapped anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrapping {
    /// How many are.
    pub wrapped: usize,
    /// The rows whose keys could not be opened, in words. They stay as they are.
    pub skipped: Vec<String>,
    /// Whether every row was gone past.
    pub is_done: bool,
    last_author: Option<PersonId>,
    last_copy: Option<ReflectionCopyId>,
}

/// Wraps the next batch of keys with the current master key: at most so many of authors, and of copies. A row that is damaged is
/// gone past and named, so that it keeps none of the others back.
pub fn rewrap(
    store: &Store,
    so_far: &Rewrapping,
    batch: i64,
    now: NaiveDateTime,
) -> Result<Rewrapping, Problem> {
    let before = so_far.clone();
    let is_any = store.read(&Who::system("journal"), now, |reading| {
        let keys = reading.keyring().keys()?;
        let current = keys.current().id().to_owned();
        let authors = authors_to_wrap(reading, &current, &before, 1)?;
        Ok(!authors.is_empty() || !copies_to_wrap(reading, &current, &before, 1)?.is_empty())
    })?;
    if !is_any {
        return Ok(Rewrapping { is_done: true, ..before });
    }
    store.write(&Who::system("journal"), now, move |writing| {
        let keys = writing.keyring().keys()?;
        let current = keys.current().id().to_owned();
        let mut after = before.clone();
        for (person, master, wrapped) in authors_to_wrap(writing, &current, &before, batch)? {
            let key = writing.keyring().find(&master)?.unwrap(&wrapped, &key_place(&person));
            if let Some(key) = sound(key, &mut after, || format!("the key of the person {person}"))? {
                let wrapped = keys.current().wrap(&key, &key_place(&person))?;
                diesel::update(journal_keys::table.filter(journal_keys::person_id.eq(&person)))
                    .set((journal_keys::master_key_id.eq(&current), journal_keys::wrapped.eq(wrapped)))
                    .execute(writing.connection)?;
            }
            after.last_author = Some(person);
        }
        for (copy, author, kept) in copies_to_wrap(writing, &current, &before, batch)? {
            let key = super::copy_key(writing, &copy, &author, kept);
            if let Some(key) = sound(key, &mut after, || format!("the key of the copy {copy}"))? {
                let wrapped = keys.current().wrap(&key, &copy_key_place(&copy, &author))?;
                diesel::update(reflection_copies::table.filter(reflection_copies::id.eq(&copy)))
                    .set((
                        reflection_copies::master_key_id.eq(&current),
                        reflection_copies::wrapped_key.eq(wrapped),
                    ))
                    .execute(writing.connection)?;
            }
            after.last_copy = Some(copy);
        }
        writing.audit(
            Event::new("journal_keys_wrapped", "master_key", &current)
                .with("keys", after.wrapped - before.wrapped)
                .with("skipped", after.skipped.len() - before.skipped.len()),
        )?;
        Ok(after)
    })
}

/// A key that could be opened, counted; one that is damaged is named instead. Any other trouble stops the rotation.
fn sound(
    key: Result<DataKey, Problem>,
    after: &mut Rewrapping,
    row: impl FnOnce() -> String,
) -> Result<Option<DataKey>, Problem> {
    match key {
        Ok(key) => {
            after.wrapped += 1;
            Ok(Some(key))
        }
        Err(Problem::Unexpected(why)) => {
            tracing::error!(why, "a key of the journal cannot be wrapped anew");
            after.skipped.push(row());
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

fn authors_to_wrap(
    reading: &mut Reading<'_>,
    current: &str,
    so_far: &Rewrapping,
    most: i64,
) -> Result<Vec<(PersonId, String, String)>, Problem> {
    let mut query = journal_keys::table
        .filter(journal_keys::master_key_id.ne(current))
        .order(journal_keys::person_id)
        .limit(most)
        .select((journal_keys::person_id, journal_keys::master_key_id, journal_keys::wrapped))
        .into_boxed();
    if let Some(last) = &so_far.last_author {
        query = query.filter(journal_keys::person_id.gt(last));
    }
    Ok(query.load(reading.connection)?)
}

fn copies_to_wrap(
    reading: &mut Reading<'_>,
    current: &str,
    so_far: &Rewrapping,
    most: i64,
) -> Result<Vec<(ReflectionCopyId, PersonId, KeptKey)>, Problem> {
    let mut query = reflection_copies::table
        .filter(reflection_copies::wrapped_key.is_not_null())
        .filter(reflection_copies::master_key_id.ne(current))
        .order(reflection_copies::id)
        .limit(most)
        .select((reflection_copies::id, reflection_copies::author_id, kept_key()))
        .into_boxed();
    if let Some(last) = &so_far.last_copy {
        query = query.filter(reflection_copies::id.gt(last));
    }
    Ok(query.load(reading.connection)?)
}
