//! Frozen copies of reflections, each shared with one reader.

use super::{open, reflection_facts};
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{people, reflection_copies};
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, CopyFacts};
use domain::form::Problems;
use domain::ids::{OrganisationId, PersonId, ReflectionCopyId, ReflectionId};
use domain::people::LinkKind;

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
}

/// The copies that others shared with the actor, newest first.
pub fn shared_with_me(reading: &mut Reading<'_>) -> Result<Vec<CopySummary>, Problem> {
    let actor = reading.actor()?;
    let rows: Vec<(ReflectionCopyId, String, String, NaiveDateTime)> = reflection_copies::table
        .inner_join(people::table.on(people::id.eq(reflection_copies::author_id)))
        .filter(reflection_copies::reader_id.eq(&actor.person))
        .order(reflection_copies::id.desc())
        .limit(50)
        .select((reflection_copies::id, reflection_copies::title, people::name, reflection_copies::shared_at))
        .load(reading.connection)?;
    Ok(rows
        .into_iter()
        .map(|(id, title, author, shared_at)| CopySummary { id, title, author, shared_at })
        .collect())
}

/// The supervisors with whom the actor may share, by id and name.
pub fn may_share_with(reading: &mut Reading<'_>) -> Result<Vec<(PersonId, String)>, Problem> {
    let actor = reading.actor()?;
    let ids: Vec<PersonId> = actor.supervised_by.iter().map(|(person, _)| person.clone()).collect();
    Ok(people::table
        .filter(people::id.eq_any(ids))
        .order(people::name)
        .select((people::id, people::name))
        .load(reading.connection)?)
}

const CHOOSE: &str = "Choose one of your supervisors";

/// Shares a frozen copy of one's own reflection with a supervisor.
pub fn share(
    writing: &mut Writing<'_>,
    id: &ReflectionId,
    reader: Option<&PersonId>,
) -> Result<ReflectionCopyId, Problem> {
    let facts = reflection_facts(writing, id)?;
    writing.permit(&Action::ChangeReflection(&facts), "reflection", id)?;
    let file = open(writing, id)?;
    let reader = reader.ok_or_else(|| Problems::one("audience", CHOOSE))?;
    share_copy(writing, id, reader, &file.title, &file.body)
}

pub(super) fn share_copy(
    writing: &mut Writing<'_>,
    id: &ReflectionId,
    reader: &PersonId,
    title: &str,
    body: &str,
) -> Result<ReflectionCopyId, Problem> {
    let actor = writing.actor()?;
    if !actor.supervised_by.iter().any(|(person, kind)| person == reader && LinkKind::ALL.contains(kind)) {
        return Err(Problems::one("audience", CHOOSE).into());
    }
    let (copy, now): (ReflectionCopyId, _) = (new_id(), writing.now);
    diesel::insert_into(reflection_copies::table)
        .values((
            (
                reflection_copies::id.eq(&copy),
                reflection_copies::organisation_id.eq(&actor.organisation),
                reflection_copies::reflection_id.eq(id),
            ),
            (reflection_copies::author_id.eq(&actor.person), reflection_copies::reader_id.eq(reader)),
            (
                reflection_copies::title.eq(title),
                reflection_copies::body.eq(body),
                reflection_copies::shared_at.eq(now),
            ),
        ))
        .execute(writing.connection)?;
    writing.audit(
        Event::new("reflection_shared", "reflection", id).with("reader", reader).with("copy", &copy),
    )?;
    Ok(copy)
}

/// A frozen copy, for its reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFile {
    /// Its title.
    pub title: String,
    /// The text as it was.
    pub body: String,
    /// Who wrote it.
    pub author: String,
    /// When it was shared, in UTC.
    pub shared_at: NaiveDateTime,
}

/// Opens a copy.
pub fn open_copy(reading: &mut Reading<'_>, id: &ReflectionCopyId) -> Result<CopyFile, Problem> {
    type Row = (OrganisationId, PersonId, PersonId, String, String, NaiveDateTime, String);
    let (organisation, author_id, reader, title, body, shared_at, author): Row = reflection_copies::table
        .inner_join(people::table.on(people::id.eq(reflection_copies::author_id)))
        .filter(reflection_copies::id.eq(id))
        .select((
            reflection_copies::organisation_id,
            reflection_copies::author_id,
            reflection_copies::reader_id,
            reflection_copies::title,
            reflection_copies::body,
            reflection_copies::shared_at,
            people::name,
        ))
        .first(reading.connection)?;
    reading.permit(
        &Action::ReadSharedReflection(&CopyFacts { organisation, author: author_id, reader }),
        "reflection_copy",
        id,
    )?;
    reading.viewed("reflection_copy", id.as_str());
    Ok(CopyFile { title, body, author, shared_at })
}
