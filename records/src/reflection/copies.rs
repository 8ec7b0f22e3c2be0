//! Frozen copies of reflections, each shared with one reader, and what the two say under them.

use super::PAGE;
use super::sealed::opened_copy;
use crate::audit::Event;
use crate::journal::{self, KeptKey, OpenedCopy, Place};
use crate::problem::Problem;
use crate::schema::{copy_replies, people, reflection_copies};
use crate::store::{Reading, Writing, new_id};
use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use domain::access::{Action, CopyFacts};
use domain::ids::{CopyReplyId, OrganisationId, PersonId, ReflectionCopyId};

/// Hours for which a copy can be taken back.
pub const TAKEN_BACK_WITHIN_HOURS: i64 = 24;

/// A copy that somebody shared with the actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopySummary {
    /// The copy.
    pub id: ReflectionCopyId,
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// When it was shared, in UTC.
    pub shared_at: NaiveDateTime,
    /// Whether the actor has not opened it yet.
    pub is_new: bool,
}

/// One page of the copies that others shared with the actor, newest first, before this one; and whether there are more.
pub fn shared_with_me(
    reading: &mut Reading<'_>,
    before: Option<&ReflectionCopyId>,
) -> Result<(Vec<CopySummary>, bool), Problem> {
    type Row =
        (ReflectionCopyId, PersonId, Option<String>, KeptKey, String, (NaiveDateTime, Option<NaiveDateTime>));
    let actor = reading.actor()?;
    let mut query = reflection_copies::table
        .inner_join(people::table.on(people::id.eq(reflection_copies::author_id)))
        .filter(reflection_copies::reader_id.eq(&actor.person))
        .filter(reflection_copies::taken_back_at.is_null())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(reflection_copies::id.lt(before));
    }
    let mut rows: Vec<Row> = query
        .order(reflection_copies::id.desc())
        .limit(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .select((
            reflection_copies::id,
            reflection_copies::author_id,
            reflection_copies::sealed_text,
            journal::kept_key(),
            people::name,
            (reflection_copies::shared_at, reflection_copies::reader_seen_at),
        ))
        .load(reading.connection)?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let listed: Result<Vec<CopySummary>, Problem> = rows
        .into_iter()
        .map(|(id, author_id, sealed, kept, author, (shared_at, seen_at))| {
            let key = journal::copy_key(reading, &id, &author_id, kept)?;
            let (title, _) = opened_copy(&key, &id, &author_id, sealed)?;
            Ok(CopySummary { id, title, author, shared_at, is_new: seen_at.is_none() })
        })
        .collect();
    Ok((listed?, more))
}

/// The copies that wait for their reader to open them.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn unseen_copies<'a>(me: &'a PersonId) -> _ {
    reflection_copies::table
        .filter(reflection_copies::reader_id.eq(me))
        .filter(reflection_copies::taken_back_at.is_null())
        .filter(reflection_copies::reader_seen_at.is_null())
}

/// What others said under copies since this person, their author or their reader, last opened them.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn unseen_replies<'a>(me: &'a PersonId) -> _ {
    copy_replies::table
        .inner_join(reflection_copies::table.on(reflection_copies::id.eq(copy_replies::copy_id)))
        .filter(copy_replies::author_id.ne(me))
        .filter(reflection_copies::taken_back_at.is_null())
        .filter(
            reflection_copies::author_id
                .eq(me)
                .and(copy_replies::written_at.nullable().gt(reflection_copies::author_seen_at))
                .or(reflection_copies::reader_id
                    .eq(me)
                    .and(copy_replies::written_at.nullable().gt(reflection_copies::reader_seen_at))),
        )
}

/// The last reply under each copy that the actor shared or reads that is new to them: the newest first.
pub fn new_replies(
    reading: &mut Reading<'_>,
) -> Result<Vec<(ReflectionCopyId, String, NaiveDateTime)>, Problem> {
    let me = reading.actor()?.person;
    let rows: Vec<(ReflectionCopyId, String, NaiveDateTime)> = unseen_replies(&me)
        .inner_join(people::table.on(people::id.eq(copy_replies::author_id)))
        .order(copy_replies::id.desc())
        .limit(100)
        .select((copy_replies::copy_id, people::name, copy_replies::written_at))
        .load(reading.connection)?;
    let mut last: Vec<(ReflectionCopyId, String, NaiveDateTime)> = Vec::new();
    for row in rows {
        if !last.iter().any(|earlier| earlier.0 == row.0) {
            last.push(row);
        }
    }
    Ok(last)
}

/// What somebody said under a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyReply {
    /// Who.
    pub author: String,
    /// When, in UTC.
    pub written_at: NaiveDateTime,
    /// What.
    pub text: String,
}

/// A frozen copy, for its reader and its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFile {
    /// Its title.
    pub title: String,
    /// The text as it was.
    pub body: String,
    /// Who wrote it.
    pub author: String,
    /// Whether that is the actor.
    pub is_mine: bool,
    /// Who reads it.
    pub reader: String,
    /// When it was shared, in UTC.
    pub shared_at: NaiveDateTime,
    /// Until when the author can take it back, in UTC; `None` once that is over.
    pub taken_back_until: Option<NaiveDateTime>,
    /// What the two said under it, in order.
    pub replies: Vec<CopyReply>,
    /// Whether it or a reply under it is new to the actor.
    pub has_new: bool,
}

/// A copy as its row keeps it.
pub(super) struct Row {
    pub(super) facts: CopyFacts,
    pub(super) sealed: Option<String>,
    pub(super) kept: KeptKey,
    pub(super) shared_at: NaiveDateTime,
    /// When its author and its reader last opened it.
    seen_at: (Option<NaiveDateTime>, Option<NaiveDateTime>),
}

/// The row of a copy that stands, if the actor may read it.
pub(super) fn row(reading: &mut Reading<'_>, id: &ReflectionCopyId) -> Result<Row, Problem> {
    type Seen = (Option<NaiveDateTime>, Option<NaiveDateTime>);
    type Columns = (OrganisationId, (PersonId, PersonId), Option<String>, KeptKey, NaiveDateTime, Seen);
    let (organisation, (author, reader), sealed, kept, shared_at, seen_at): Columns =
        reflection_copies::table
            .filter(reflection_copies::id.eq(id).and(reflection_copies::taken_back_at.is_null()))
            .select((
                reflection_copies::organisation_id,
                (reflection_copies::author_id, reflection_copies::reader_id),
                reflection_copies::sealed_text,
                journal::kept_key(),
                reflection_copies::shared_at,
                (reflection_copies::author_seen_at, reflection_copies::reader_seen_at),
            ))
            .first(reading.connection)?;
    let facts = CopyFacts { organisation, author, reader };
    reading.permit(&Action::ReadSharedReflection(&facts), "reflection_copy", id)?;
    Ok(Row { facts, sealed, kept, shared_at, seen_at })
}

fn reply_place<'a>(id: &'a CopyReplyId, author: &'a PersonId) -> Place<'a> {
    Place { what: "copy reply", row: id.as_str(), author: author.as_str() }
}

/// Opens a copy.
pub fn open_copy(reading: &mut Reading<'_>, id: &ReflectionCopyId) -> Result<CopyFile, Problem> {
    let Row { facts, sealed, kept, shared_at, seen_at } = row(reading, id)?;
    let me = reading.actor()?.person;
    let seen_at = if me == facts.author { seen_at.0 } else { seen_at.1 };
    let key = journal::copy_key(reading, id, &facts.author, kept)?;
    let (title, body) = opened_copy(&key, id, &facts.author, sealed)?;
    let names: Vec<(PersonId, String)> = people::table
        .filter(people::id.eq_any([&facts.author, &facts.reader]))
        .select((people::id, people::name))
        .load(reading.connection)?;
    let name_of = |person: &PersonId| {
        names.iter().find(|(id, _)| id == person).map_or_else(String::new, |(_, name)| name.clone())
    };
    let rows: Vec<(CopyReplyId, PersonId, String, NaiveDateTime)> = copy_replies::table
        .filter(copy_replies::copy_id.eq(id))
        .order(copy_replies::id)
        .select((
            copy_replies::id,
            copy_replies::author_id,
            copy_replies::sealed_text,
            copy_replies::written_at,
        ))
        .load(reading.connection)?;
    let is_new = |by: &PersonId, at: NaiveDateTime| *by != me && seen_at.is_none_or(|seen_at| at > seen_at);
    let has_new = seen_at.is_none() || rows.iter().any(|(_, by, _, at)| is_new(by, *at));
    let replies: Result<Vec<CopyReply>, Problem> = rows
        .into_iter()
        .map(|(reply, by, sealed, written_at)| {
            let text = key.open(&reply_place(&reply, &by), &sealed)?;
            Ok(CopyReply { author: name_of(&by), written_at, text })
        })
        .collect();
    let until = shared_at + Duration::hours(TAKEN_BACK_WITHIN_HOURS);
    reading.viewed("reflection_copy", id.as_str());
    Ok(CopyFile {
        title,
        body,
        author: name_of(&facts.author),
        is_mine: me == facts.author,
        reader: name_of(&facts.reader),
        shared_at,
        taken_back_until: Some(until).filter(|until| reading.now < *until),
        replies: replies?,
        has_new,
    })
}

/// Notes that the actor has seen a copy and what is said under it until now.
pub fn see_copy(writing: &mut Writing<'_>, id: &ReflectionCopyId) -> Result<(), Problem> {
    let Row { facts, .. } = row(writing, id)?;
    let now = writing.now;
    let copy = reflection_copies::table.filter(reflection_copies::id.eq(id));
    if writing.actor()?.person == facts.author {
        diesel::update(copy).set(reflection_copies::author_seen_at.eq(now)).execute(writing.connection)?;
    } else {
        diesel::update(copy).set(reflection_copies::reader_seen_at.eq(now)).execute(writing.connection)?;
    }
    writing.audit(Event::new("copy_seen", "reflection_copy", id))
}

/// The copies that somebody shared and has not taken back, the oldest first, each with what they themselves said under it.
pub(crate) fn copies_by_author(
    reading: &mut Reading<'_>,
    author: &PersonId,
) -> Result<Vec<OpenedCopy>, Problem> {
    type Columns = (ReflectionCopyId, Option<String>, KeptKey, String, NaiveDateTime);
    let rows: Vec<Columns> = reflection_copies::table
        .inner_join(people::table.on(people::id.eq(reflection_copies::reader_id)))
        .filter(reflection_copies::author_id.eq(author).and(reflection_copies::taken_back_at.is_null()))
        .order(reflection_copies::id)
        .select((
            reflection_copies::id,
            reflection_copies::sealed_text,
            journal::kept_key(),
            people::name,
            reflection_copies::shared_at,
        ))
        .load(reading.connection)?;
    let mut copies = Vec::with_capacity(rows.len());
    for (id, sealed, kept, reader, shared_at) in rows {
        let key = journal::copy_key(reading, &id, author, kept)?;
        let (title, body) = opened_copy(&key, &id, author, sealed)?;
        let said: Vec<(CopyReplyId, String, NaiveDateTime)> = copy_replies::table
            .filter(copy_replies::copy_id.eq(&id).and(copy_replies::author_id.eq(author)))
            .order(copy_replies::id)
            .select((copy_replies::id, copy_replies::sealed_text, copy_replies::written_at))
            .load(reading.connection)?;
        let replies: Result<Vec<(NaiveDateTime, String)>, Problem> = said
            .into_iter()
            .map(|(reply, sealed, at)| Ok((at, key.open(&reply_place(&reply, author), &sealed)?)))
            .collect();
        copies.push(OpenedCopy { shared_at, reader, title, body, replies: replies? });
    }
    Ok(copies)
}

/// Says something under a copy. Nobody approves or rejects a reflection.
pub fn reply_under_copy(
    writing: &mut Writing<'_>,
    id: &ReflectionCopyId,
    text: &str,
) -> Result<CopyReplyId, Problem> {
    let Row { facts, kept, .. } = row(writing, id)?;
    let key = journal::copy_key(writing, id, &facts.author, kept)?;
    let (reply, actor, now): (CopyReplyId, _, _) = (new_id(), writing.actor()?, writing.now);
    let sealed = key.seal(&reply_place(&reply, &actor.person), text)?;
    diesel::insert_into(copy_replies::table)
        .values((
            (copy_replies::id.eq(&reply), copy_replies::organisation_id.eq(&facts.organisation)),
            (copy_replies::copy_id.eq(id), copy_replies::author_id.eq(&actor.person)),
            (copy_replies::sealed_text.eq(sealed), copy_replies::written_at.eq(now)),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("copy_replied_to", "reflection_copy", id).with("reply", &reply))?;
    Ok(reply)
}
