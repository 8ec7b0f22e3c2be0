//! The keys of the journal: an author's own, wrapped by the server's master key, and one for each copy that is shared.
//!
//! Nothing else in the product seals or opens what is private (`sealing`). A master key that is missing or another one shuts
//! the journal, and nothing else. Whoever may be signed in to an account that is not theirs gets no key at all.

mod law;
mod master;
mod rotate;
mod seal_old;
mod sealing;

pub use law::{Confirmation, Opened, OpenedCopy, OpenedPiece, Opening, open_by_law, openings};
pub use master::{KeySource, Keyring, MasterKey, MasterKeys, NotAMasterKey};
pub use rotate::{BATCH, Rewrapping, Standing, has_keys, rewrap, standing};
pub use seal_old::seal_what_is_open;
pub use sealing::{DataKey, Place};

use crate::problem::Problem;
use crate::schema::{journal_keys, reflection_copies};
use crate::store::{Reading, Writing};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::access::Actor;
use domain::ids::{OrganisationId, PersonId, ReflectionCopyId};

/// Why the journal stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Shut {
    /// The server has no master key.
    #[error("the server has no master key for the journal")]
    NoKey,
    /// The server's master key is not the one with which the journal was locked.
    #[error("the server’s master key is not the one with which the journal was locked")]
    WrongKey,
    /// Whoever is signed in chose their password soon after an administrator gave the account another address.
    #[error("it waits until {until} UTC: the account got another address, and then a new password")]
    Waits {
        /// Until when, in UTC.
        until: NaiveDateTime,
    },
}

/// The place of an author's key.
fn key_place(person: &PersonId) -> Place<'_> {
    Place { what: "key", row: person.as_str(), author: person.as_str() }
}

/// Refuses whoever may be signed in to an account that is not theirs.
fn refuse_while_waiting(actor: Option<&Actor>) -> Result<(), Problem> {
    let until = actor.and_then(|actor| actor.journal_waits_until);
    until.map_or(Ok(()), |until| Err(Problem::Shut(Shut::Waits { until })))
}

/// The master keys, for whoever may have something sealed or opened with them now.
fn keyring<'c>(reading: &Reading<'c>) -> Result<&'c Keyring, Problem> {
    refuse_while_waiting(reading.who.actor())?;
    Ok(reading.keyring())
}

/// Refuses if the actor could not write now, because the server lacks the master key or has another one, or because their journal
/// waits: a form of the journal is not even shown then.
pub fn is_open(reading: &mut Reading<'_>) -> Result<(), Problem> {
    let actor = reading.actor()?;
    if key_of(reading, &actor.person)?.is_some() {
        return Ok(());
    }
    let keys = keyring(reading)?.keys()?;
    refuse_a_second_master(reading, &keys)
}

/// An author's key as its row keeps it: the id of the master key, and the key as that wraps it.
pub(crate) type WrappedKey = (String, String);

/// An author's key, if they have one yet.
pub(crate) fn key_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<Option<DataKey>, Problem> {
    keyring(reading)?.is_there()?;
    let found: Option<WrappedKey> = journal_keys::table
        .filter(journal_keys::person_id.eq(person))
        .select((journal_keys::master_key_id, journal_keys::wrapped))
        .first(reading.connection)
        .optional()?;
    found.map(|wrapped| unwrapped(reading, person, &wrapped)).transpose()
}

/// An author's key that was read along with something else.
pub(crate) fn unwrapped(
    reading: &Reading<'_>,
    person: &PersonId,
    (master, wrapped): &WrappedKey,
) -> Result<DataKey, Problem> {
    keyring(reading)?.find(master)?.unwrap(wrapped, &key_place(person))
}

/// The key with which something of this author was sealed.
pub(crate) fn needed_key_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<DataKey, Problem> {
    key_of(reading, person)?.ok_or_else(|| Problem::unexpected("a sealed text has no key"))
}

/// An author's key; made if they have none yet.
pub(crate) fn key_for_writing(
    writing: &mut Writing<'_>,
    person: &PersonId,
    organisation: &OrganisationId,
) -> Result<DataKey, Problem> {
    if let Some(key) = key_of(writing, person)? {
        return Ok(key);
    }
    let keys = keyring(writing)?.keys()?;
    refuse_a_second_master(writing, &keys)?;
    let (key, now) = (DataKey::make()?, writing.now);
    diesel::insert_into(journal_keys::table)
        .values((
            journal_keys::person_id.eq(person),
            journal_keys::organisation_id.eq(organisation),
            journal_keys::master_key_id.eq(keys.current().id()),
            journal_keys::wrapped.eq(keys.current().wrap(&key, &key_place(person))?),
            journal_keys::made_at.eq(now),
        ))
        .execute(writing.connection)?;
    Ok(key)
}

/// With a wrong master key nothing new is locked: half of the journal would open with one key and half with another.
fn refuse_a_second_master(reading: &mut Reading<'_>, keys: &MasterKeys) -> Result<(), Problem> {
    let strange: Option<String> = journal_keys::table
        .filter(journal_keys::master_key_id.ne_all(keys.ids()))
        .select(journal_keys::master_key_id)
        .first(reading.connection)
        .optional()?;
    if strange.is_some() { Err(Problem::Shut(Shut::WrongKey)) } else { Ok(()) }
}

/// The place of a copy's key.
fn copy_key_place<'a>(copy: &'a ReflectionCopyId, author: &'a PersonId) -> Place<'a> {
    Place { what: "copy key", row: copy.as_str(), author: author.as_str() }
}

/// A new key for a copy: the key, the id of the master key, and the key as that wraps it.
pub(crate) fn new_copy_key(
    writing: &mut Writing<'_>,
    copy: &ReflectionCopyId,
    author: &PersonId,
) -> Result<(DataKey, String, String), Problem> {
    let keys = keyring(writing)?.keys()?;
    refuse_a_second_master(writing, &keys)?;
    let key = DataKey::make()?;
    let wrapped = keys.current().wrap(&key, &copy_key_place(copy, author))?;
    Ok((key, keys.current().id().to_owned(), wrapped))
}

/// The key of a copy. One that was taken back has none, and is not there any more.
pub(crate) fn copy_key(
    reading: &Reading<'_>,
    copy: &ReflectionCopyId,
    author: &PersonId,
    kept: KeptKey,
) -> Result<DataKey, Problem> {
    let (Some(master), Some(wrapped)) = kept else { return Err(Problem::NotFound) };
    keyring(reading)?.find(&master)?.unwrap(&wrapped, &copy_key_place(copy, author))
}

/// A copy's key as its row keeps it: the id of the master key, and the key as that wraps it. A copy that was taken back has neither.
pub(crate) type KeptKey = (Option<String>, Option<String>);

/// The columns of [`KeptKey`].
pub(crate) fn kept_key() -> (reflection_copies::master_key_id, reflection_copies::wrapped_key) {
    (reflection_copies::master_key_id, reflection_copies::wrapped_key)
}
