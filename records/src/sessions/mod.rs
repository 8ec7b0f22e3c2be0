//! Signing in and out: server-side sessions, and guesses at passwords that are counted before they are checked.

mod accounts;
mod throttle;

use crate::access::{Found, Who, actor_of_token};
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{people, sessions};
use crate::secrets;
use crate::store::{Store, Writing, new_id};
pub(crate) use accounts::make_welcome_link;
pub use accounts::{
    Account, SignedInBrowser, account, change_password, check_new_password, choose_password, welcome,
};
use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Actor;
use domain::form::{Form, FormCheck, Problems};
use domain::ids::{OrganisationId, PersonId, SessionId};
use domain::people::Standing;
use throttle::{count_guess, forget_guesses};

/// How long a session lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Minutes without a request after which it ends.
    pub idle_minutes: i64,
    /// Minutes after signing in at which it ends whatever happens.
    pub absolute_minutes: i64,
}

/// A signed-in person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// The person's name.
    pub name: String,
    /// The person as the policy knows them.
    pub actor: Actor,
    /// Whether the organisation is a demonstration.
    pub demonstration: bool,
    /// The version of the organisation's rules.
    pub rules_version: i32,
    /// Whether the person uses the language lens.
    pub lens: bool,
    /// When the session ends if nobody asks for anything, in UTC.
    pub ends_at: NaiveDateTime,
}

/// Whether a request keeps a session going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Somebody is at work.
    AtWork,
    /// A page asks by itself how long the session still lasts.
    Peek,
}

/// A session notes a request at most this often, so that reading a page seldom writes.
const SEEN_EVERY_SECONDS: i64 = 60;

/// The session of this token, if it stands.
pub fn find(
    store: &Store,
    token: &str,
    limits: &SessionLimits,
    look: Look,
    now: NaiveDateTime,
) -> Result<Option<SignedIn>, Problem> {
    let hash = secrets::sha256(token);
    let found = store.read(&Who::system("session"), now, |reading| actor_of_token(reading, &hash))?;
    let Some(found) = found else { return Ok(None) };
    let (session, created_at, mut seen_at, ran_out_at) = found.session.clone();
    if ran_out_at.is_some() {
        return Ok(None);
    }
    let is_idle = now - seen_at >= Duration::minutes(limits.idle_minutes);
    if is_idle || now - created_at >= Duration::minutes(limits.absolute_minutes) {
        let (ended, organisation) = (session.clone(), found.actor.organisation.clone());
        let who = Who::system("session").for_organisation(&organisation);
        store.write(&who, now, move |writing| {
            // Kept for a while: what is posted from its pages is not lost (see `drafts::keep_for_ran_out`).
            diesel::update(sessions::table.filter(sessions::id.eq(&ended)))
                .set(sessions::ran_out_at.eq(now))
                .execute(writing.connection)?;
            writing.audit(
                Event::new("session_ran_out", "session", &ended)
                    .with("why", if is_idle { "idle" } else { "absolute" }),
            )
        })?;
        return Ok(None);
    }
    if look == Look::AtWork && now - seen_at >= Duration::seconds(SEEN_EVERY_SECONDS) {
        let seen = session.clone();
        let noted = store.keep_house(now, move |writing| {
            diesel::update(sessions::table.filter(sessions::id.eq(&seen)))
                .set(sessions::seen_at.eq(now))
                .execute(writing.connection)?;
            Ok(())
        });
        // While nothing can be written, people can still read, and get back what they typed.
        match noted {
            Ok(()) => seen_at = now,
            Err(problem) => tracing::warn!(%problem, "a request could not be noted on its session"),
        }
    }
    let Found { name, actor, demonstration, rules_version, lens, .. } = found;
    let idle_end = seen_at + Duration::minutes(limits.idle_minutes);
    let ends_at = idle_end.min(created_at + Duration::minutes(limits.absolute_minutes));
    Ok(Some(SignedIn { session, name, actor, demonstration, rules_version, lens, ends_at }))
}

/// The message for a wrong address or password: it does not say which.
const NOT_RIGHT: &str = "The email address or password is not right";
const TOO_MANY: &str = "Too many tries. Wait 15 minutes, then try again";

/// Signs a person in. Returns the token for the cookie.
pub fn sign_in(
    store: &Store,
    form: &Form,
    address: &str,
    user_agent: &str,
    now: NaiveDateTime,
) -> Result<String, Problem> {
    let mut check = FormCheck::new(form);
    let email = check.line("email", "Enter your email address");
    // The password is taken as it is: a space at its end belongs to it.
    let password = Some(form.text("password").to_owned()).filter(|password| !password.is_empty());
    if password.is_none() {
        check.fail("password", "Enter your password");
    }
    let (email, password) = check.finish(email.zip(password))?;
    let email = email.to_lowercase();
    let (person, organisation) = account_of(store, &email, &password, address, now)?;
    begin(store, person, organisation, address, user_agent, now)
}

/// Whose password this is. Guesses are counted before it is checked.
fn account_of(
    store: &Store,
    email: &str,
    password: &str,
    address: &str,
    now: NaiveDateTime,
) -> Result<(PersonId, OrganisationId), Problem> {
    if !count_guess(store, email, address, now)? {
        audit_failed_sign_in(store, address, now, "throttled")?;
        return Err(Problems::one("password", TOO_MANY).into());
    }
    let account = store.read(&Who::stranger(address), now, |reading| {
        let account: Option<(PersonId, OrganisationId, Option<String>)> = people::table
            .filter(people::email.eq(email).and(people::standing.eq(Standing::Active.code())))
            .select((people::id, people::organisation_id, people::password_hash))
            .first(reading.connection)
            .optional()?;
        Ok(account)
    })?;
    let stored = account.as_ref().and_then(|(_, _, hash)| hash.as_deref());
    let fits = password.len() <= secrets::PASSWORD_MOST && secrets::password_fits(password, stored)?;
    let Some((person, organisation, _)) = account.filter(|_| fits) else {
        audit_failed_sign_in(store, address, now, "wrong")?;
        return Err(Problems::one("password", NOT_RIGHT).into());
    };
    forget_guesses(store, email, now)?;
    Ok((person, organisation))
}

/// Who confirms something with this address and password, without signing in.
pub(crate) fn confirmed(
    store: &Store,
    email: &str,
    password: &str,
    source: &str,
    now: NaiveDateTime,
) -> Result<PersonId, Problem> {
    account_of(store, &email.trim().to_lowercase(), password, source, now).map(|(person, _)| person)
}

fn begin(
    store: &Store,
    person: PersonId,
    organisation: OrganisationId,
    address: &str,
    user_agent: &str,
    now: NaiveDateTime,
) -> Result<String, Problem> {
    let token = secrets::token()?;
    let token_hash = secrets::sha256(&token);
    let user_agent: String = user_agent.chars().take(200).collect();
    let who = Who::stranger(address).for_organisation(&organisation);
    store.write(&who, now, move |writing| {
        let session: SessionId = new_id();
        diesel::insert_into(sessions::table)
            .values((
                sessions::id.eq(&session),
                sessions::organisation_id.eq(&organisation),
                sessions::person_id.eq(&person),
                sessions::token_hash.eq(token_hash),
                sessions::user_agent.eq(user_agent),
                sessions::created_at.eq(now),
                sessions::seen_at.eq(now),
            ))
            .execute(writing.connection)?;
        let today = writing.today();
        diesel::update(people::table.filter(people::id.eq(&person)))
            .set(people::last_signed_in_on.eq(today))
            .execute(writing.connection)?;
        writing.audit(Event::new("signed_in", "person", &person).with("session", &session))
    })?;
    Ok(token)
}

fn audit_failed_sign_in(
    store: &Store,
    address: &str,
    now: NaiveDateTime,
    why: &'static str,
) -> Result<(), Problem> {
    store.write(&Who::stranger(address), now, move |writing| {
        writing.audit(Event::new("sign_in_refused", "address", "").with("why", why))
    })
}

/// Ends the own session.
pub fn sign_out(writing: &mut Writing<'_>, session: &SessionId) -> Result<(), Problem> {
    let person = writing.actor()?.person;
    diesel::delete(sessions::table.filter(sessions::id.eq(session).and(sessions::person_id.eq(&person))))
        .execute(writing.connection)?;
    writing.audit(Event::new("signed_out", "session", session))
}

/// Ends every session of the own account but this one.
pub fn sign_out_others(writing: &mut Writing<'_>, keep: &SessionId) -> Result<usize, Problem> {
    let person = writing.actor()?.person;
    let ended =
        diesel::delete(sessions::table.filter(sessions::id.ne(keep).and(sessions::person_id.eq(&person))))
            .execute(writing.connection)?;
    writing.audit(Event::new("signed_out_others", "person", &person).with("sessions", ended))?;
    Ok(ended)
}
