//! The outbox: mails are queued in the transaction that causes them, and sent later.

use crate::access::Who;
use crate::audit::Event;
use crate::content;
use crate::people::{email_of, works_here};
use crate::problem::Problem;
use crate::schema::{organisations, outbox, people};
use crate::secrets;
use crate::store::{Reading, Store, Writing, new_id};
use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, may};
use domain::calendar::london_time;
use domain::ids::{MailId, OrganisationId, PersonId};
use domain::mail::{Letter, MailState, is_mail_time};
use std::collections::BTreeMap;

/// Puts a mail into the outbox, in the same transaction as what causes it.
pub(crate) fn queue(
    writing: &mut Writing<'_>,
    recipient: &PersonId,
    letter: &Letter,
) -> Result<MailId, Problem> {
    let id: MailId = new_id();
    queue_as(writing, &id, recipient, letter, false)?;
    Ok(id)
}

/// The same, if the recipient works here and stays.
pub(crate) fn tell(writing: &mut Writing<'_>, recipient: &PersonId, letter: &Letter) -> Result<(), Problem> {
    if works_here(writing, recipient)? {
        queue(writing, recipient, letter)?;
    }
    Ok(())
}

/// The same as [`queue`], under a key that is known beforehand. A reminder waits for the hours of working days.
pub(crate) fn queue_as(
    writing: &mut Writing<'_>,
    id: &MailId,
    recipient: &PersonId,
    letter: &Letter,
    is_reminder: bool,
) -> Result<(), Problem> {
    let (organisation, now) = (writing.organisation()?, writing.now);
    let email = email_of(writing, recipient)?;
    diesel::insert_into(outbox::table)
        .values((
            (outbox::id.eq(id), outbox::organisation_id.eq(organisation)),
            (outbox::recipient_id.eq(recipient), outbox::recipient_email.eq(email)),
            (
                outbox::subject.eq(&letter.subject),
                outbox::body.eq(&letter.body),
                outbox::html.eq(&letter.html),
            ),
            outbox::body_hash.eq(secrets::sha256(&letter.body)),
            (outbox::state.eq(MailState::Waiting), outbox::tries.eq(0), outbox::not_before.eq(now)),
            (outbox::last_error.eq(""), outbox::created_at.eq(now), outbox::reminder.eq(is_reminder)),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("mail_queued", "mail", id).with("recipient", recipient))
}

/// A mail that is to be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMail {
    /// The mail. Its Message-ID is made of it, so a mail sent twice by mischance shows as one.
    pub id: MailId,
    /// Where it goes.
    pub recipient_email: String,
    /// The subject line.
    pub subject: String,
    /// The body as plain text.
    pub body: String,
    /// The body as HTML.
    pub html: String,
    /// When it was queued, in UTC.
    pub created_at: NaiveDateTime,
    /// Tries so far.
    pub tries: i32,
}

/// Mails taken at once.
const CLAIM: i64 = 20;
/// How long a claim holds: a sender that dies leaves its mails to the next after this.
const CLAIM_MINUTES: i64 = 5;
/// Tries before a mail is given up.
const TRIES: i32 = 5;

/// Takes mails that are due for sending; nobody else gets them for five minutes.
pub fn claim(store: &Store, now: NaiveDateTime) -> Result<Vec<OutgoingMail>, Problem> {
    let quiet = quiet_organisations(store, now)?;
    store.keep_house(now, move |writing| {
        type Row = (MailId, String, String, (String, String), NaiveDateTime, i32);
        let due: Vec<Row> = outbox::table
            .filter(outbox::state.eq_any([MailState::Waiting.code(), MailState::Failed.code()]))
            .filter(outbox::not_before.le(now))
            .filter(outbox::claimed_until.is_null().or(outbox::claimed_until.le(now)))
            .filter(outbox::reminder.eq(false).or(outbox::organisation_id.ne_all(quiet)))
            .order(outbox::id)
            .limit(CLAIM)
            .select((
                outbox::id,
                outbox::recipient_email,
                outbox::subject,
                (outbox::body, outbox::html),
                outbox::created_at,
                outbox::tries,
            ))
            .load(writing.connection)?;
        let mut claimed = Vec::with_capacity(due.len());
        for (id, recipient_email, subject, (body, html), created_at, tries) in due {
            // Asked again row by row, so that of two senders only one gets it.
            let won = diesel::update(
                outbox::table
                    .filter(outbox::id.eq(&id))
                    .filter(outbox::claimed_until.is_null().or(outbox::claimed_until.le(now))),
            )
            .set((
                outbox::claimed_until.eq(now + Duration::minutes(CLAIM_MINUTES)),
                outbox::tries.eq(tries + 1),
            ))
            .execute(writing.connection)?;
            if won == 1 {
                claimed.push(OutgoingMail {
                    id,
                    recipient_email,
                    subject,
                    body,
                    html,
                    created_at,
                    tries: tries + 1,
                });
            }
        }
        Ok(claimed)
    })
}

/// The organisations to whose people no reminder goes out now: at night, at a weekend, on a bank holiday or closed day.
fn quiet_organisations(store: &Store, now: NaiveDateTime) -> Result<Vec<OrganisationId>, Problem> {
    let all: Vec<OrganisationId> = store.read(&Who::system("deliver"), now, |reading| {
        Ok(organisations::table.select(organisations::id).load(reading.connection)?)
    })?;
    let local = london_time(now);
    let mut quiet = Vec::new();
    for organisation in all {
        let who = Who::system("deliver").for_organisation(&organisation);
        let rules = store.read(&who, now, content::rules)?;
        if !rules.working_days.is_working(local.date()) || !is_mail_time(local.time()) {
            quiet.push(organisation);
        }
    }
    Ok(quiet)
}

/// How many mails are due for sending now.
pub fn waiting(store: &Store, now: NaiveDateTime) -> Result<usize, Problem> {
    store.read(&Who::system("deliver"), now, |reading| {
        let count: i64 = outbox::table
            .filter(outbox::state.eq_any([MailState::Waiting.code(), MailState::Failed.code()]))
            .filter(outbox::not_before.le(now))
            .count()
            .get_result(reading.connection)?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    })
}

fn organisation_of(store: &Store, id: &MailId, now: NaiveDateTime) -> Result<OrganisationId, Problem> {
    store.read(&Who::system("deliver"), now, |reading| {
        Ok(outbox::table
            .filter(outbox::id.eq(id))
            .select(outbox::organisation_id)
            .first(reading.connection)?)
    })
}

/// Notes that a mail was taken by the mail server. Its text is no longer kept, only its hash.
pub fn sent(store: &Store, id: &MailId, now: NaiveDateTime) -> Result<(), Problem> {
    let who = Who::system("deliver").for_organisation(&organisation_of(store, id, now)?);
    let id = id.clone();
    store.write(&who, now, move |writing| {
        diesel::update(outbox::table.filter(outbox::id.eq(&id)))
            .set((
                outbox::state.eq(MailState::Sent),
                outbox::sent_at.eq(now),
                (outbox::body.eq(""), outbox::html.eq("")),
                outbox::last_error.eq(""),
                outbox::claimed_until.eq(None::<NaiveDateTime>),
            ))
            .execute(writing.connection)?;
        writing.audit(Event::new("mail_sent", "mail", &id))
    })
}

/// Notes that a mail could not be sent. It is tried again after 2, 8, 32 and 128 minutes, and then given up.
pub fn failed(store: &Store, id: &MailId, error: &str, now: NaiveDateTime) -> Result<(), Problem> {
    let who = Who::system("deliver").for_organisation(&organisation_of(store, id, now)?);
    let (id, error) = (id.clone(), error.chars().take(300).collect::<String>());
    store.write(&who, now, move |writing| {
        let tries: i32 =
            outbox::table.filter(outbox::id.eq(&id)).select(outbox::tries).first(writing.connection)?;
        let state = if tries >= TRIES { MailState::Dead } else { MailState::Failed };
        diesel::update(outbox::table.filter(outbox::id.eq(&id)))
            .set((
                outbox::state.eq(state),
                outbox::last_error.eq(&error),
                outbox::not_before.eq(now + Duration::minutes(wait_minutes(tries)) + jitter(&id)),
                outbox::claimed_until.eq(None::<NaiveDateTime>),
            ))
            .execute(writing.connection)?;
        writing.audit(Event::new("mail_failed", "mail", &id).with("tries", tries).with("state", state.code()))
    })
}

/// Minutes to wait after so many tries: 2, 8, 32, 128.
fn wait_minutes(tries: i32) -> i64 {
    2 * 4_i64.pow(u32::try_from(tries - 1).unwrap_or(0).min(3))
}

/// Up to a minute more, from the mail's own key, so that mails that failed together are not tried together.
fn jitter(id: &MailId) -> Duration {
    let last = id.as_str().bytes().rev().take(4).fold(0_i64, |sum, sign| sum * 31 + i64::from(sign));
    Duration::seconds(last % 60)
}

/// A mail as a list shows it; its body is nobody's business here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSummary {
    /// The mail.
    pub id: MailId,
    /// Who gets it.
    pub recipient: String,
    /// The subject line.
    pub subject: String,
    /// What has become of it.
    pub state: MailState,
    /// Tries so far.
    pub tries: i32,
    /// When it was queued, in UTC.
    pub created_at: NaiveDateTime,
    /// When it was sent, in UTC.
    pub sent_at: Option<NaiveDateTime>,
    /// Why it was not.
    pub last_error: String,
}

/// A page of the list of mails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mails {
    /// How many mails are in each state, before the list is narrowed to one.
    pub counts: BTreeMap<MailState, i64>,
    /// The mails.
    pub mails: Vec<MailSummary>,
    /// After which mail the next page begins, if there is one.
    pub next: Option<MailId>,
}

/// Mails on one page of the list.
pub const PAGE: i64 = 50;

/// The mails, or those in one state: an administrator's are the organisation's, everybody else's are their own. Newest
/// first, before this key.
pub fn list(
    reading: &mut Reading<'_>,
    state: Option<MailState>,
    before: Option<&MailId>,
) -> Result<Mails, Problem> {
    type Row = (MailId, String, String, MailState, i32, NaiveDateTime, Option<NaiveDateTime>, String);
    let actor = reading.actor()?;
    reading.permit(&Action::ListOwnMail, "mail", "")?;
    let only_own = (!may(&actor, &Action::AdministerMail).is_allowed()).then_some(&actor.person);
    let counts = counts(reading, only_own)?;
    let mut query = outbox::table
        .inner_join(people::table.on(people::id.eq(outbox::recipient_id)))
        .filter(outbox::organisation_id.eq(&actor.organisation))
        .into_boxed();
    if let Some(person) = only_own {
        query = query.filter(outbox::recipient_id.eq(person));
    }
    if let Some(state) = state {
        query = query.filter(outbox::state.eq(state));
    }
    if let Some(before) = before {
        query = query.filter(outbox::id.lt(before));
    }
    let rows: Vec<Row> = query
        .order(outbox::id.desc())
        .limit(PAGE + 1)
        .select((
            outbox::id,
            people::name,
            outbox::subject,
            outbox::state,
            outbox::tries,
            outbox::created_at,
            outbox::sent_at,
            outbox::last_error,
        ))
        .load(reading.connection)?;
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    let mut mails: Vec<MailSummary> = rows
        .into_iter()
        .map(|(id, recipient, subject, state, tries, created_at, sent_at, last_error)| MailSummary {
            id,
            recipient,
            subject,
            state,
            tries,
            created_at,
            sent_at,
            last_error,
        })
        .collect();
    mails.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = mails.last().filter(|_| more).map(|mail| mail.id.clone());
    Ok(Mails { counts, mails, next })
}

/// How many mails are in each state.
fn counts(
    reading: &mut Reading<'_>,
    only_own: Option<&PersonId>,
) -> Result<BTreeMap<MailState, i64>, Problem> {
    let organisation = reading.organisation()?;
    let mut query = outbox::table
        .filter(outbox::organisation_id.eq(organisation))
        .group_by(outbox::state)
        .select((outbox::state, diesel::dsl::count_star()))
        .into_boxed();
    if let Some(person) = only_own {
        query = query.filter(outbox::recipient_id.eq(person));
    }
    Ok(query.load::<(MailState, i64)>(reading.connection)?.into_iter().collect())
}

/// Puts a mail that failed or was given up back into the queue, for now.
pub fn send_again(writing: &mut Writing<'_>, id: &MailId) -> Result<(), Problem> {
    writing.permit(&Action::AdministerMail, "mail", id)?;
    let (organisation, now) = (writing.organisation()?, writing.now);
    let found = diesel::update(
        outbox::table
            .filter(outbox::id.eq(id).and(outbox::organisation_id.eq(organisation)))
            .filter(outbox::state.eq_any([MailState::Failed.code(), MailState::Dead.code()])),
    )
    .set((outbox::state.eq(MailState::Waiting), outbox::tries.eq(0), outbox::not_before.eq(now)))
    .execute(writing.connection)?;
    if found == 0 {
        return Err(Problem::NotFound);
    }
    writing.audit(Event::new("mail_requeued", "mail", id))
}
