//! A new master key takes over from an old one: every key is wrapped anew, in batches, so that it can be stopped and resumed.

use super::{copy_key_place, key_place};
use crate::access::Who;
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{journal_keys, reflection_copies};
use crate::store::Store;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::ids::{PersonId, ReflectionCopyId};

/// Keys that one transaction wraps anew.
const BATCH: i64 = 200;

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

/// Wraps the next batch of keys with the current master key. Returns how many; 0 when all are.
pub fn rewrap(store: &Store, now: NaiveDateTime) -> Result<usize, Problem> {
    store.write(&Who::system("journal"), now, |writing| {
        let keys = writing.keyring().keys()?;
        let current = keys.current().id().to_owned();
        let authors: Vec<(PersonId, String, String)> = journal_keys::table
            .filter(journal_keys::master_key_id.ne(&current))
            .order(journal_keys::person_id)
            .limit(BATCH)
            .select((journal_keys::person_id, journal_keys::master_key_id, journal_keys::wrapped))
            .load(writing.connection)?;
        for (person, master, wrapped) in &authors {
            let key = writing.keyring().find(master)?.unwrap(wrapped, &key_place(person))?;
            let wrapped = keys.current().wrap(&key, &key_place(person))?;
            diesel::update(journal_keys::table.filter(journal_keys::person_id.eq(person)))
                .set((journal_keys::master_key_id.eq(&current), journal_keys::wrapped.eq(wrapped)))
                .execute(writing.connection)?;
        }
        let copies: Vec<(ReflectionCopyId, PersonId, Option<String>, Option<String>)> =
            reflection_copies::table
                .filter(reflection_copies::wrapped_key.is_not_null())
                .filter(reflection_copies::master_key_id.ne(&current))
                .order(reflection_copies::id)
                .limit(BATCH)
                .select((
                    reflection_copies::id,
                    reflection_copies::author_id,
                    reflection_copies::master_key_id,
                    reflection_copies::wrapped_key,
                ))
                .load(writing.connection)?;
        for (copy, author, master, wrapped) in &copies {
            let key = super::copy_key(writing, copy, author, (master.clone(), wrapped.clone()))?;
            let wrapped = keys.current().wrap(&key, &copy_key_place(copy, author))?;
            diesel::update(reflection_copies::table.filter(reflection_copies::id.eq(copy)))
                .set((
                    reflection_copies::master_key_id.eq(&current),
                    reflection_copies::wrapped_key.eq(wrapped),
                ))
                .execute(writing.connection)?;
        }
        let done = authors.len() + copies.len();
        writing.audit(Event::new("journal_keys_wrapped", "master_key", &current).with("keys", done))?;
        Ok(done)
    })
}
