//! Drafts: what somebody has typed into a form and not saved yet. A draft is its author's alone: every query here asks for
//! the person's own.
//!
//! The beginning and the throwing away of a draft are audited; what is typed in between is not, or each typed line would
//! be an event. A draft of a journal's form is sealed like the journal itself.

mod content;

pub(crate) use content::{JOURNAL_LIKE, seal_open_ones};
use content::{Kept, Row, kept, key_for_titles, title_of};

use crate::access::Who;
use crate::audit::Event;
use crate::problem::{Problem, Stale};
use crate::schema::{drafts, journal_keys, people, sessions, submissions};
use crate::store::{Reading, Store, Writing, new_id};
use chrono::{Duration, NaiveDate, NaiveDateTime};
use diesel::dsl;
use diesel::prelude::*;
use domain::access::Action;
use domain::drafts::{Arrival, NewDraft, SavedBefore, TextBox};
use domain::form::Form;
use domain::ids::{DraftId, FormKey, OrganisationId, PersonId, SessionId};
use domain::people::Standing;
use std::collections::HashMap;

/// The page with one's drafts.
const LIST: &str = "/drafts";
/// Days after which a draft without a word is forgotten.
const EMPTY_KEPT_DAYS: i64 = 7;
/// Days for which a session that has run out is kept, so that what is posted from its pages is not lost.
const RAN_OUT_KEPT_DAYS: i64 = 7;

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The draft.
    pub id: DraftId,
    /// The address of the form's page.
    pub address: String,
    /// The page's heading.
    pub title: String,
    /// How often it was saved.
    pub version: i32,
    /// The field in which the cursor was.
    pub cursor: String,
    /// When it was saved, in UTC.
    pub saved_at: NaiveDateTime,
    /// Everything that was typed or chosen.
    pub form: Form,
    /// The text boxes, in order.
    pub text_boxes: Vec<TextBox>,
}

impl Draft {
    /// The texts that stand in it, each with its label.
    pub fn texts(&self) -> Vec<(String, String)> {
        let texts = self
            .text_boxes
            .iter()
            .map(|text_box| (text_box.label.clone(), self.form.text(&text_box.name).replace("\r\n", "\n")));
        texts.filter(|(_, text)| !text.trim().is_empty()).collect()
    }
}

/// A draft in the list of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftSummary {
    /// The draft.
    pub id: DraftId,
    /// The address of the form's page.
    pub address: String,
    /// The page's heading.
    pub title: String,
    /// When it was begun, in UTC.
    pub begun_at: NaiveDateTime,
    /// When it was saved last, in UTC.
    pub saved_at: NaiveDateTime,
}

/// Who writes a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The person.
    pub person: PersonId,
    /// Their organisation.
    pub organisation: OrganisationId,
}

/// What became of a draft that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saving {
    /// It is saved, as this version.
    Saved(i32),
    /// The form that it is of has become a record already.
    IsRecord,
    /// Another window has saved in between what this one has not seen.
    Conflict(Box<Draft>),
}

type Own = dsl::And<dsl::Eq<drafts::person_id, PersonId>, dsl::Eq<drafts::organisation_id, OrganisationId>>;

/// The actor's own, as every list and look here begins.
fn own(reading: &Reading<'_>) -> Result<Own, Problem> {
    let actor = reading.actor()?;
    Ok(drafts::person_id.eq(actor.person).and(drafts::organisation_id.eq(actor.organisation)))
}

/// The own draft of the form at this address.
pub fn at(reading: &mut Reading<'_>, address: &str) -> Result<Option<Draft>, Problem> {
    // Each page with a form asks this: the key comes along.
    let found: Option<(Row, Option<(String, String)>)> = drafts::table
        .left_join(journal_keys::table.on(journal_keys::person_id.eq(drafts::person_id)))
        .filter(own(reading)?.and(drafts::address.eq(address.to_owned())))
        .select((Row::as_select(), (journal_keys::master_key_id, journal_keys::wrapped).nullable()))
        .first(reading.connection)
        .optional()?;
    found.map(|(row, key)| row.into_draft_with(reading, key)).transpose()
}

/// One's own draft.
pub fn open(reading: &mut Reading<'_>, id: &DraftId) -> Result<Draft, Problem> {
    let found: Row = drafts::table
        .filter(own(reading)?.and(drafts::id.eq(id.clone())))
        .select(Row::as_select())
        .first(reading.connection)?;
    found.into_draft(reading)
}

/// One's own drafts, the last first.
pub fn list(reading: &mut Reading<'_>) -> Result<Vec<DraftSummary>, Problem> {
    type Listed = (DraftId, String, (String, Option<String>), NaiveDateTime, NaiveDateTime);
    reading.permit(&Action::SeeOwnWork, "drafts", "")?;
    let rows: Vec<Listed> = drafts::table
        .filter(own(reading)?)
        .order(drafts::saved_at.desc())
        .select((
            drafts::id,
            drafts::address,
            (drafts::title, drafts::sealed),
            drafts::begun_at,
            drafts::saved_at,
        ))
        .load(reading.connection)?;
    let key = key_for_titles(reading, rows.iter().any(|(_, _, (_, sealed), ..)| sealed.is_some()))?;
    let person = reading.actor()?.person;
    rows.into_iter()
        .map(|(id, address, title, begun_at, saved_at)| {
            let title = title_of(key.as_ref(), (&id, &person), title)?;
            Ok(DraftSummary { id, address, title, begun_at, saved_at })
        })
        .collect()
}

/// Saves what was typed.
pub fn save(
    store: &Store,
    who: &Who,
    author: &Author,
    new: NewDraft,
    now: NaiveDateTime,
) -> Result<Saving, Problem> {
    let author = author.clone();
    store.keep_house_for(who, now, move |writing| put(writing, &author, &new))
}

fn put(writing: &mut Writing<'_>, author: &Author, new: &NewDraft) -> Result<Saving, Problem> {
    if is_record(writing, author, new)? {
        return Ok(Saving::IsRecord);
    }
    let found: Option<Row> = drafts::table
        .filter(drafts::person_id.eq(&author.person).and(drafts::address.eq(&new.address)))
        .select(Row::as_select())
        .first(writing.connection)
        .optional()?;
    let Some(found) = found else {
        return begin(writing, author, new).map(|()| Saving::Saved(1));
    };
    let version = found.version;
    let before = SavedBefore { window: found.saved_by.clone(), version, typed_at: found.typed_at };
    match before.then(new) {
        Arrival::Overtaken => Ok(Saving::Saved(version)),
        Arrival::Conflict => Ok(Saving::Conflict(Box::new(found.into_draft(writing)?))),
        Arrival::Taken => {
            let Kept { title, fields, boxes, sealed } = kept(writing, (&found.id, author), new)?;
            diesel::update(drafts::table.filter(drafts::id.eq(&found.id)))
                .set((
                    (drafts::title.eq(title), drafts::fields.eq(fields), drafts::boxes.eq(boxes)),
                    drafts::sealed.eq(sealed),
                    (drafts::cursor_field.eq(&new.cursor), drafts::has_words.eq(new.has_words())),
                    (drafts::saved_by.eq(&new.window), drafts::typed_at.eq(new.typed_at)),
                    (drafts::version.eq(version + 1), drafts::saved_at.eq(writing.now)),
                ))
                .execute(writing.connection)?;
            Ok(Saving::Saved(version + 1))
        }
    }
}

/// A draft that arrives after its form was saved would come back as a ghost.
fn is_record(writing: &mut Writing<'_>, author: &Author, new: &NewDraft) -> Result<bool, Problem> {
    let Ok(key) = new.form.text("form_key").parse::<FormKey>() else { return Ok(false) };
    let saved: Option<FormKey> = submissions::table
        .filter(submissions::form_key.eq(key).and(submissions::person_id.eq(&author.person)))
        .select(submissions::form_key)
        .first(writing.connection)
        .optional()?;
    Ok(saved.is_some())
}

fn begin(writing: &mut Writing<'_>, author: &Author, new: &NewDraft) -> Result<(), Problem> {
    let (id, now): (DraftId, _) = (new_id(), writing.now);
    let Kept { title, fields, boxes, sealed } = kept(writing, (&id, author), new)?;
    diesel::insert_into(drafts::table)
        .values((
            (drafts::id.eq(&id), drafts::organisation_id.eq(&author.organisation)),
            (drafts::person_id.eq(&author.person), drafts::address.eq(&new.address)),
            (drafts::title.eq(title), drafts::fields.eq(fields), drafts::boxes.eq(boxes)),
            drafts::sealed.eq(sealed),
            (drafts::cursor_field.eq(&new.cursor), drafts::has_words.eq(new.has_words())),
            (drafts::saved_by.eq(&new.window), drafts::typed_at.eq(new.typed_at), drafts::version.eq(1)),
            (drafts::begun_at.eq(now), drafts::saved_at.eq(now)),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("draft_begun", "draft", &id).with("author", &author.person))
}

/// What another window has saved, to be shown beside what was typed in this one.
pub fn beside(theirs: &Draft) -> Stale {
    Stale::new(theirs.version, theirs.texts())
}

/// Which draft a window has before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The address of the form's page.
    pub address: String,
    /// The window.
    pub window: String,
    /// The version that the window has seen.
    pub version: i32,
}

/// The form has become a record: its draft goes, in the same transaction. What another window has written, and this one has not
/// seen, stays in the list of drafts.
pub fn end(writing: &mut Writing<'_>, seen: &Seen) -> Result<(), Problem> {
    let found: Option<Row> = drafts::table
        .filter(own(writing)?.and(drafts::address.eq(seen.address.clone())))
        .select(Row::as_select())
        .first(writing.connection)
        .optional()?;
    let Some(found) = found else { return Ok(()) };
    let this = drafts::table.filter(drafts::id.eq(found.id.clone()));
    if found.saved_by == seen.window || found.version == seen.version {
        diesel::delete(this).execute(writing.connection)?;
    } else {
        diesel::update(this)
            .set(drafts::address.eq(address_beside(&found.address, &found.saved_by)))
            .execute(writing.connection)?;
    }
    Ok(())
}

/// Where a draft is kept that is not the one of its form: only the list leads to it.
fn address_beside(address: &str, window: &str) -> String {
    format!("{address}#{window}")
}

/// Keeps what another window has saved besides, because this one is about to take its place.
pub fn keep_beside(
    store: &Store,
    who: &Who,
    author: &Author,
    theirs: &Draft,
    now: NaiveDateTime,
) -> Result<(), Problem> {
    let kept = NewDraft {
        address: address_beside(&theirs.address, theirs.id.as_str()),
        title: theirs.title.clone(),
        window: theirs.id.to_string(),
        seen_version: theirs.version,
        cursor: theirs.cursor.clone(),
        typed_at: 0,
        text_boxes: theirs.text_boxes.clone(),
        form: theirs.form.clone(),
    };
    save(store, who, author, kept, now).map(drop)
}

/// Throws one's own draft away.
pub fn throw_away(writing: &mut Writing<'_>, id: &DraftId) -> Result<(), Problem> {
    writing.permit(&Action::SeeOwnWork, "draft", id)?;
    let gone = diesel::delete(drafts::table.filter(own(writing)?.and(drafts::id.eq(id.clone()))))
        .execute(writing.connection)?;
    if gone == 0 {
        return Err(Problem::NotFound);
    }
    writing.audit(Event::new("draft_thrown_away", "draft", id))
}

/// Forgets the actor's drafts of the forms under an address, because what they belong to is deleted. Returns how many there were.
pub(crate) fn forget_under(writing: &mut Writing<'_>, address: &str) -> Result<usize, Problem> {
    let under = drafts::address.like(format!("{address}/%"));
    Ok(diesel::delete(drafts::table.filter(own(writing)?.and(under))).execute(writing.connection)?)
}

/// Forgets drafts in which nothing was written, and sessions that ran out, after a week.
pub fn sweep(store: &Store, now: NaiveDateTime) -> Result<(), Problem> {
    store.keep_house(now, move |writing| {
        let empty = drafts::has_words.eq(false);
        let old = drafts::saved_at.lt(now - Duration::days(EMPTY_KEPT_DAYS));
        diesel::delete(drafts::table.filter(empty.and(old))).execute(writing.connection)?;
        let ran_out = sessions::ran_out_at.lt(now - Duration::days(RAN_OUT_KEPT_DAYS));
        diesel::delete(sessions::table.filter(ran_out)).execute(writing.connection)?;
        Ok(())
    })
}

// --- For the ladder -----------------------------------------------------------------------------------------------

/// The drafts of the organisation in which something is written: whose they are, and the London day on which they were last
/// saved.
pub(crate) fn unfinished(reading: &mut Reading<'_>) -> Result<Vec<(DraftId, PersonId, NaiveDate)>, Problem> {
    let organisation = reading.organisation()?;
    let rows: Vec<(DraftId, PersonId, NaiveDateTime)> = drafts::table
        .filter(drafts::organisation_id.eq(organisation).and(drafts::has_words.eq(true)))
        .select((drafts::id, drafts::person_id, drafts::saved_at))
        .load(reading.connection)?;
    let day = domain::calendar::london_day;
    Ok(rows.into_iter().map(|(id, person, saved_at)| (id, person, day(saved_at))).collect())
}

/// Of these ids, the own drafts: heading and page.
pub(crate) fn names(
    reading: &mut Reading<'_>,
    ids: &[String],
) -> Result<HashMap<String, (String, String)>, Problem> {
    let ids: Vec<DraftId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let rows: Vec<(DraftId, (String, Option<String>), String)> = drafts::table
        .filter(own(reading)?.and(drafts::id.eq_any(ids)))
        .select((drafts::id, (drafts::title, drafts::sealed), drafts::address))
        .load(reading.connection)?;
    let key = key_for_titles(reading, rows.iter().any(|(_, (_, sealed), _)| sealed.is_some()))?;
    let person = reading.actor()?.person;
    rows.into_iter()
        .map(|(id, title, address)| {
            let title = title_of(key.as_ref(), (&id, &person), title)?;
            Ok((id.to_string(), (title, address)))
        })
        .collect()
}

// --- After a session has run out ----------------------------------------------------------------------------------

/// A session that has run out, and whose it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RanOut {
    /// The session, to which the pages' forms are bound.
    pub session: SessionId,
    author: Author,
}

/// The session of this token, if it has run out within the last days and its person still has an account.
pub fn ran_out(store: &Store, token: &str, now: NaiveDateTime) -> Result<Option<RanOut>, Problem> {
    let hash = crate::secrets::sha256(token);
    let since = now - Duration::days(RAN_OUT_KEPT_DAYS);
    store.read(&Who::system("session"), now, |reading| {
        let found: Option<(SessionId, PersonId, OrganisationId)> = sessions::table
            .inner_join(people::table.on(people::id.eq(sessions::person_id)))
            .filter(sessions::token_hash.eq(hash).and(sessions::ran_out_at.ge(since)))
            .filter(people::standing.eq(Standing::Active))
            .select((sessions::id, people::id, people::organisation_id))
            .first(reading.connection)
            .optional()?;
        Ok(found.map(|(session, person, organisation)| RanOut {
            session,
            author: Author { person, organisation },
        }))
    })
}

/// Keeps what was posted from a page whose session has run out, for when its person signs in again. If another window has
/// saved in between, it is kept beside that, as a draft of its own. Returns the address at which its person finds it.
pub fn keep_for_ran_out(
    store: &Store,
    ran_out: &RanOut,
    new: NewDraft,
    now: NaiveDateTime,
) -> Result<String, Problem> {
    let who = Who::system("session").for_organisation(&ran_out.author.organisation);
    let address = new.address.clone();
    match save(store, &who, &ran_out.author, new.clone(), now)? {
        Saving::Saved(_) => Ok(address),
        // It was sent twice, and is a record; or another window was here.
        Saving::IsRecord | Saving::Conflict(_) => {
            let mut kept = NewDraft { address: address_beside(&address, &new.window), ..new };
            kept.form.set("form_key", crate::submissions::new_key().to_string());
            save(store, &who, &ran_out.author, kept, now)?;
            Ok(LIST.to_owned())
        }
    }
}
