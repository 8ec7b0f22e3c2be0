//! Guesses at a password: counted before it is looked at, so that nobody gets many.

use crate::problem::Problem;
use crate::schema::guesses;
use crate::secrets;
use crate::store::{Store, Writing};
use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;

/// Wrong guesses in a window before an account or a source has to wait.
const GUESSES: i32 = 10;
/// Guesses from one source, which may be a whole office.
const GUESSES_OF_A_SOURCE: i32 = 100;
/// The window, in minutes.
const WINDOW_MINUTES: i64 = 15;

fn throttle_keys(email: &str, address: &str) -> [(String, i32); 2] {
    // Hashed: a list of addresses that were tried is nobody's business.
    [
        (secrets::sha256(&format!("account {email}")), GUESSES),
        (secrets::sha256(&format!("source {address}")), GUESSES_OF_A_SOURCE),
    ]
}

/// Counts a guess before it is checked, so that many at once cannot slip through. False: it may not be checked.
pub(super) fn count_guess(
    store: &Store,
    email: &str,
    address: &str,
    now: NaiveDateTime,
) -> Result<bool, Problem> {
    let keys = throttle_keys(email, address);
    store.keep_house(now, move |writing| {
        let mut allowed = true;
        for (key, most) in keys {
            allowed &= count_one(writing, &key, most, now)?;
        }
        Ok(allowed)
    })
}

fn count_one(writing: &mut Writing<'_>, key: &str, most: i32, now: NaiveDateTime) -> Result<bool, Problem> {
    let row = guesses::table.filter(guesses::throttle_key.eq(key));
    let known: Option<(i32, NaiveDateTime)> =
        row.select((guesses::count, guesses::window_began_at)).first(writing.connection).optional()?;
    match known {
        None => {
            diesel::insert_into(guesses::table)
                .values((
                    guesses::throttle_key.eq(key),
                    guesses::count.eq(1),
                    guesses::window_began_at.eq(now),
                ))
                .execute(writing.connection)?;
            Ok(true)
        }
        Some((_, began_at)) if now - began_at >= Duration::minutes(WINDOW_MINUTES) => {
            diesel::update(row)
                .set((guesses::count.eq(1), guesses::window_began_at.eq(now)))
                .execute(writing.connection)?;
            Ok(true)
        }
        Some((count, _)) if count >= most => Ok(false),
        Some((count, _)) => {
            diesel::update(row).set(guesses::count.eq(count + 1)).execute(writing.connection)?;
            Ok(true)
        }
    }
}

pub(super) fn forget_guesses(store: &Store, email: &str, now: NaiveDateTime) -> Result<(), Problem> {
    let [(account, _), _] = throttle_keys(email, "");
    store.keep_house(now, move |writing| {
        diesel::delete(guesses::table.filter(guesses::throttle_key.eq(account)))
            .execute(writing.connection)?;
        Ok(())
    })
}
