//! One's own account: where one is signed in, and choosing a password.

use super::{TOO_MANY, begin, count_guess, forget_guesses};
use crate::access::Who;
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{people, sessions, welcome_links};
use crate::secrets;
use crate::store::{Reading, Store, Writing};
use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::form::{Form, Problems};
use domain::ids::{OrganisationId, PersonId, SessionId};
use domain::people::Standing;
use domain::reflection::journal_waits_until;

/// A signed-in browser, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInBrowser {
    /// The session.
    pub id: SessionId,
    /// The browser, as it names itself.
    pub user_agent: String,
    /// When it signed in, in UTC.
    pub created_at: NaiveDateTime,
    /// When it was last seen, in UTC, to the minute.
    pub seen_at: NaiveDateTime,
}

/// The own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
    /// Whether the person uses the language lens.
    pub uses_lens: bool,
    /// Where the person is signed in, the newest first.
    pub browsers: Vec<SignedInBrowser>,
}

/// Reads the own account.
pub fn account(reading: &mut Reading<'_>) -> Result<Account, Problem> {
    let person = reading.actor()?.person;
    let (name, email, uses_lens) = people::table
        .filter(people::id.eq(&person))
        .select((people::name, people::email, people::lens))
        .first(reading.connection)?;
    let browsers: Vec<(SessionId, String, NaiveDateTime, NaiveDateTime)> = sessions::table
        .filter(sessions::person_id.eq(&person).and(sessions::ran_out_at.is_null()))
        .order(sessions::seen_at.desc())
        .select((sessions::id, sessions::user_agent, sessions::created_at, sessions::seen_at))
        .load(reading.connection)?;
    let browsers = browsers
        .into_iter()
        .map(|(id, user_agent, created_at, seen_at)| SignedInBrowser { id, user_agent, created_at, seen_at })
        .collect();
    Ok(Account { name, email, uses_lens, browsers })
}

/// Changes the own password. Every other session of the account ends.
pub fn change_password(
    store: &Store,
    who: &Who,
    keep: &SessionId,
    form: &Form,
    now: NaiveDateTime,
) -> Result<(), Problem> {
    let person = who
        .actor()
        .map(|actor| actor.person.clone())
        .ok_or_else(|| Problem::unexpected("nobody is signed in"))?;
    let (email, stored): (String, Option<String>) = store.read(who, now, |reading| {
        Ok(people::table
            .filter(people::id.eq(&person))
            .select((people::email, people::password_hash))
            .first(reading.connection)?)
    })?;
    if !count_guess(store, &email, who.source(), now)? {
        return Err(Problems::one("current_password", TOO_MANY).into());
    }
    let current = form.text("current_password");
    if current.len() > secrets::PASSWORD_MOST || !secrets::password_fits(current, stored.as_deref())? {
        return Err(Problems::one("current_password", "The current password is not right").into());
    }
    let hash = secrets::hash_password(&new_password(form, &email)?)?;
    forget_guesses(store, &email, now)?;
    let keep = keep.clone();
    store.write(who, now, move |writing| {
        diesel::update(people::table.filter(people::id.eq(&person)))
            .set(people::password_hash.eq(hash))
            .execute(writing.connection)?;
        diesel::delete(sessions::table.filter(sessions::id.ne(&keep).and(sessions::person_id.eq(&person))))
            .execute(writing.connection)?;
        writing.audit(Event::new("password_changed", "person", &person))
    })
}

/// Reads a new password: long enough, and not made of what everybody knows.
pub(crate) fn new_password(form: &Form, email: &str) -> Result<String, Problems> {
    let password = form.text("new_password");
    let length = password.chars().count();
    if length < secrets::PASSWORD_LEAST {
        return Err(Problems::one(
            "new_password",
            "Choose a password of at least 12 characters. Three or four unrelated words work well",
        ));
    }
    if password.len() > secrets::PASSWORD_MOST {
        return Err(Problems::one("new_password", "Choose a password of at most 256 characters"));
    }
    let lower = password.to_lowercase();
    let mailbox = email.split('@').next().unwrap_or_default();
    let mut signs: Vec<char> = lower.chars().collect();
    signs.sort_unstable();
    signs.dedup();
    let is_easy = ["password", "123456", "qwerty", "letmein", "fresheyes", "safeguarding"]
        .iter()
        .any(|known| lower.contains(known))
        || (mailbox.len() > 3 && lower.contains(mailbox))
        || signs.len() < 5;
    if is_easy {
        return Err(Problems::one(
            "new_password",
            "Choose a password that is harder to guess: without your name, “password” or repeated signs",
        ));
    }
    Ok(password.to_owned())
}

/// How long a one-time link works, in days.
const LINK_DAYS: i64 = 3;

/// Makes a one-time link with which somebody chooses a password; links made before stop working. Returns its token.
pub(crate) fn make_welcome_link(writing: &mut Writing<'_>, person: &PersonId) -> Result<String, Problem> {
    let organisation = writing.organisation()?;
    let token = secrets::token()?;
    let now = writing.now;
    diesel::delete(welcome_links::table.filter(welcome_links::person_id.eq(person)))
        .execute(writing.connection)?;
    diesel::insert_into(welcome_links::table)
        .values((
            welcome_links::token_hash.eq(secrets::sha256(&token)),
            welcome_links::organisation_id.eq(&organisation),
            welcome_links::person_id.eq(person),
            welcome_links::expires_at.eq(now + Duration::days(LINK_DAYS)),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("invited", "person", person))?;
    Ok(token)
}

/// Whose one-time link this is, if it still works.
pub fn welcome(
    store: &Store,
    token: &str,
    address: &str,
    now: NaiveDateTime,
) -> Result<(PersonId, String), Problem> {
    let hash = secrets::sha256(token);
    store.read(&Who::stranger(address), now, |reading| {
        Ok(welcome_links::table
            .inner_join(people::table.on(people::id.eq(welcome_links::person_id)))
            .filter(
                welcome_links::token_hash
                    .eq(&hash)
                    .and(welcome_links::used_at.is_null())
                    .and(welcome_links::expires_at.gt(now)),
            )
            .filter(people::standing.eq(Standing::Active.code()))
            .select((people::id, people::email))
            .first(reading.connection)?)
    })
}

/// Chooses a password with a one-time link, and signs in. Returns the token for the cookie.
pub fn choose_password(
    store: &Store,
    token: &str,
    form: &Form,
    address: &str,
    user_agent: &str,
    now: NaiveDateTime,
) -> Result<String, Problem> {
    let (person, email) = welcome(store, token, address, now)?;
    let password_hash = secrets::hash_password(&new_password(form, &email)?)?;
    let link = secrets::sha256(token);
    let chooser = person.clone();
    let organisation = store.write(&Who::stranger(address), now, move |writing| {
        let used = diesel::update(
            welcome_links::table
                .filter(welcome_links::token_hash.eq(&link).and(welcome_links::used_at.is_null())),
        )
        .set(welcome_links::used_at.eq(now))
        .execute(writing.connection)?;
        if used == 0 {
            return Err(Problem::NotFound);
        }
        let (organisation, changed_at, waits): (
            OrganisationId,
            Option<NaiveDateTime>,
            Option<NaiveDateTime>,
        ) = people::table
            .filter(people::id.eq(&chooser))
            .select((people::organisation_id, people::address_changed_at, people::journal_waits_until))
            .first(writing.connection)?;
        let waits_anew = journal_waits_until(changed_at, now);
        diesel::update(people::table.filter(people::id.eq(&chooser)))
            .set((
                people::password_hash.eq(password_hash),
                people::journal_waits_until.eq(waits_anew.or(waits)),
            ))
            .execute(writing.connection)?;
        diesel::delete(sessions::table.filter(sessions::person_id.eq(&chooser)))
            .execute(writing.connection)?;
        writing.audit(
            Event::new("password_chosen", "person", &chooser).with("journal_waits", waits_anew.is_some()),
        )?;
        Ok(organisation)
    })?;
    begin(store, person, organisation, address, user_agent, now)
}

/// Whether a new password would be taken: asked before anything is made for it.
pub fn check_new_password(form: &Form, email: &str) -> Result<(), Problem> {
    new_password(form, email)?;
    Ok(())
}
