//! Signing in and out: server-side sessions, and guesses at passwords that are counted before they are checked.

use crate::access::{Who, actor_of_token};
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{guesses, people, sessions, welcome_links};
use crate::secrets;
use crate::store::{Reading, Store, Writing, new_id};
use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Actor;
use domain::calendar::london_day;
use domain::form::{Form, FormCheck, Problems};
use domain::ids::{OrganisationId, PersonId, SessionId};
use domain::people::Standing;

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
}

/// A session notes a request at most this often, so that reading a page seldom writes.
const SEEN_EVERY_SECONDS: i64 = 60;

/// The session of this token, if it stands.
pub fn find(
    store: &Store,
    token: &str,
    limits: &SessionLimits,
    now: NaiveDateTime,
) -> Result<Option<SignedIn>, Problem> {
    let hash = secrets::sha256(token);
    let found = store.read(&Who::system("session"), now, |reading| {
        Ok(actor_of_token(reading.connection, &hash, london_day(now))?)
    })?;
    let Some(found) = found else { return Ok(None) };
    let (session, created_at, seen_at) = found.session;
    let is_idle = now - seen_at >= Duration::minutes(limits.idle_minutes);
    if is_idle || now - created_at >= Duration::minutes(limits.absolute_minutes) {
        let (ended, organisation) = (session.clone(), found.actor.organisation.clone());
        let who = Who::system("session").for_organisation(&organisation);
        store.write(&who, now, move |writing| {
            diesel::delete(sessions::table.filter(sessions::id.eq(&ended))).execute(writing.connection)?;
            writing.audit(
                Event::new("session_ran_out", "session", &ended)
                    .with("why", if is_idle { "idle" } else { "absolute" }),
            )
        })?;
        return Ok(None);
    }
    if now - seen_at >= Duration::seconds(SEEN_EVERY_SECONDS) {
        let seen = session.clone();
        store.keep_house(now, move |writing| {
            diesel::update(sessions::table.filter(sessions::id.eq(&seen)))
                .set(sessions::seen_at.eq(now))
                .execute(writing.connection)?;
            Ok(())
        })?;
    }
    Ok(Some(SignedIn { session, name: found.name, actor: found.actor, demonstration: found.demonstration }))
}

/// Wrong guesses in a window before an account or a source has to wait.
const GUESSES: i32 = 10;
/// Guesses from one source, which may be a whole office.
const GUESSES_OF_A_SOURCE: i32 = 100;
/// The window, in minutes.
const WINDOW_MINUTES: i64 = 15;

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
    if !count_guess(store, &email, address, now)? {
        audit_failed_sign_in(store, address, now, "throttled")?;
        return Err(Problems::one("password", TOO_MANY).into());
    }
    let account = store.read(&Who::stranger(address), now, |reading| {
        let account: Option<(PersonId, OrganisationId, Option<String>)> = people::table
            .filter(people::email.eq(&email).and(people::standing.eq(Standing::Active.code())))
            .select((people::id, people::organisation_id, people::password_hash))
            .first(reading.connection)
            .optional()?;
        Ok(account)
    })?;
    let stored = account.as_ref().and_then(|(_, _, hash)| hash.as_deref());
    let fits = password.len() <= secrets::PASSWORD_MOST && secrets::password_fits(&password, stored)?;
    let Some((person, organisation, _)) = account.filter(|_| fits) else {
        audit_failed_sign_in(store, address, now, "wrong")?;
        return Err(Problems::one("password", NOT_RIGHT).into());
    };
    forget_guesses(store, &email, now)?;
    begin(store, person, organisation, address, user_agent, now)
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

fn throttle_keys(email: &str, address: &str) -> [(String, i32); 2] {
    // Hashed: a list of addresses that were tried is nobody's business.
    [
        (secrets::sha256(&format!("account {email}")), GUESSES),
        (secrets::sha256(&format!("source {address}")), GUESSES_OF_A_SOURCE),
    ]
}

/// Counts a guess before it is checked, so that many at once cannot slip through. False: it may not be checked.
fn count_guess(store: &Store, email: &str, address: &str, now: NaiveDateTime) -> Result<bool, Problem> {
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

fn forget_guesses(store: &Store, email: &str, now: NaiveDateTime) -> Result<(), Problem> {
    let [(account, _), _] = throttle_keys(email, "");
    store.keep_house(now, move |writing| {
        diesel::delete(guesses::table.filter(guesses::throttle_key.eq(account)))
            .execute(writing.connection)?;
        Ok(())
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
    /// Where the person is signed in, the newest first.
    pub browsers: Vec<SignedInBrowser>,
}

/// Reads the own account.
pub fn account(reading: &mut Reading<'_>) -> Result<Account, Problem> {
    let person = reading.actor()?.person;
    let (name, email) = people::table
        .filter(people::id.eq(&person))
        .select((people::name, people::email))
        .first(reading.connection)?;
    let browsers: Vec<(SessionId, String, NaiveDateTime, NaiveDateTime)> = sessions::table
        .filter(sessions::person_id.eq(&person))
        .order(sessions::seen_at.desc())
        .select((sessions::id, sessions::user_agent, sessions::created_at, sessions::seen_at))
        .load(reading.connection)?;
    let browsers = browsers
        .into_iter()
        .map(|(id, user_agent, created_at, seen_at)| SignedInBrowser { id, user_agent, created_at, seen_at })
        .collect();
    Ok(Account { name, email, browsers })
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
        diesel::update(people::table.filter(people::id.eq(&chooser)))
            .set(people::password_hash.eq(password_hash))
            .execute(writing.connection)?;
        diesel::delete(sessions::table.filter(sessions::person_id.eq(&chooser)))
            .execute(writing.connection)?;
        writing.audit(Event::new("password_chosen", "person", &chooser))?;
        let organisation: OrganisationId = people::table
            .filter(people::id.eq(&chooser))
            .select(people::organisation_id)
            .first(writing.connection)?;
        Ok(organisation)
    })?;
    begin(store, person, organisation, address, user_agent, now)
}

/// Whether a new password would be taken: asked before anything is made for it.
pub fn check_new_password(form: &Form, email: &str) -> Result<(), Problem> {
    new_password(form, email)?;
    Ok(())
}
