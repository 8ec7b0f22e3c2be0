//! Pieces of continuing professional development: their author's alone, and sealed like the journal that they are made of.

use super::sealed::opened_head;
use crate::access::{cases_with_lead, people_with_team, visible_cases, visible_people};
use crate::audit::Event;
use crate::drafts;
use crate::journal::{self, DataKey, Place};
use crate::problem::{Problem, Stale};
use crate::schema::{cases, cpd_pieces, people, reflections};
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::access::{Action, ReflectionFacts};
use domain::calendar::day_in_words;
use domain::ids::{CpdPieceId, OrganisationId, PersonId, ReflectionId};
use domain::reflection::{CPD_BOXES, CpdPiece};

/// A piece as its author opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CpdFile {
    /// The piece.
    pub id: CpdPieceId,
    /// What is written.
    pub piece: CpdPiece,
    /// The version.
    pub version: i32,
    /// When it was last changed, in UTC.
    pub changed_at: NaiveDateTime,
}

fn place<'a>(id: &'a CpdPieceId, author: &'a PersonId) -> Place<'a> {
    Place { what: "cpd", row: id.as_str(), author: author.as_str() }
}

type Row = (CpdPieceId, String, i32, NaiveDateTime);

fn opened(
    key: &DataKey,
    author: &PersonId,
    (id, sealed, version, changed_at): Row,
) -> Result<CpdFile, Problem> {
    let piece = key.open_json(&place(&id, author), &sealed)?;
    Ok(CpdFile { id, piece, version, changed_at })
}

/// The own pieces, the newest first.
pub fn cpd_list(reading: &mut Reading<'_>) -> Result<Vec<CpdFile>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::Reflect, "cpd", "")?;
    let Some(key) = journal::key_of(reading, &actor.person)? else { return Ok(Vec::new()) };
    cpd_pieces_of(reading, &key, &actor.person)
}

/// An author's pieces, the newest first. They are few, and are opened whole: what is still empty is counted.
pub(crate) fn cpd_pieces_of(
    reading: &mut Reading<'_>,
    key: &DataKey,
    author: &PersonId,
) -> Result<Vec<CpdFile>, Problem> {
    let rows: Vec<Row> = cpd_pieces::table
        .filter(cpd_pieces::author_id.eq(author).and(cpd_pieces::deleted_at.is_null()))
        .order(cpd_pieces::id.desc())
        .select((cpd_pieces::id, cpd_pieces::sealed_text, cpd_pieces::version, cpd_pieces::changed_at))
        .load(reading.connection)?;
    rows.into_iter().map(|row| opened(key, author, row)).collect()
}

/// The standards that the actor's pieces speak to, by name: each as often as there are pieces that do.
pub fn standards_spoken_to(reading: &mut Reading<'_>) -> Result<Vec<String>, Problem> {
    let actor = reading.actor()?;
    let rows: Vec<(ReflectionId, Option<String>)> = reflections::table
        .filter(reflections::author_id.eq(&actor.person).and(reflections::deleted_at.is_null()))
        .select((reflections::id, reflections::sealed_head))
        .load(reading.connection)?;
    let Some(key) = journal::key_of(reading, &actor.person)? else { return Ok(Vec::new()) };
    let mut spoken_to = Vec::new();
    for (id, head) in rows {
        spoken_to.extend(opened_head(&key, &id, &actor.person, head)?.standards);
    }
    Ok(spoken_to)
}

/// Opens one's own piece.
pub fn open_cpd(reading: &mut Reading<'_>, id: &CpdPieceId) -> Result<CpdFile, Problem> {
    let ((organisation, author), row): ((OrganisationId, PersonId), Row) = cpd_pieces::table
        .filter(cpd_pieces::id.eq(id).and(cpd_pieces::deleted_at.is_null()))
        .select((
            (cpd_pieces::organisation_id, cpd_pieces::author_id),
            (cpd_pieces::id, cpd_pieces::sealed_text, cpd_pieces::version, cpd_pieces::changed_at),
        ))
        .first(reading.connection)?;
    let facts = ReflectionFacts { organisation, author };
    reading.permit(&Action::ReadReflection(&facts), "cpd_piece", id)?;
    let key = journal::needed_key_of(reading, &facts.author)?;
    reading.viewed("cpd_piece", id.as_str());
    opened(&key, &facts.author, row)
}

/// Writes a piece.
pub fn write_cpd(writing: &mut Writing<'_>, piece: &CpdPiece) -> Result<CpdPieceId, Problem> {
    writing.permit(&Action::Reflect, "cpd", "")?;
    let (id, actor, now): (CpdPieceId, _, _) = (new_id(), writing.actor()?, writing.now);
    let key = journal::key_for_writing(writing, &actor.person, &actor.organisation)?;
    diesel::insert_into(cpd_pieces::table)
        .values((
            (cpd_pieces::id.eq(&id), cpd_pieces::organisation_id.eq(&actor.organisation)),
            cpd_pieces::author_id.eq(&actor.person),
            cpd_pieces::sealed_text.eq(key.seal_json(&place(&id, &actor.person), piece)?),
            (cpd_pieces::version.eq(1), cpd_pieces::created_at.eq(now), cpd_pieces::changed_at.eq(now)),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("cpd_written", "cpd_piece", &id))?;
    Ok(id)
}

/// Everything that stands in a piece, under its headings.
fn shown_beside(piece: &CpdPiece) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("Title", piece.title.clone()),
        ("Kind of activity", piece.kind.clone()),
        ("Date of the activity", day_in_words(piece.on)),
    ];
    fields.extend(
        CPD_BOXES.iter().zip(piece.texts()).map(|((_, heading, _), text)| (*heading, text.to_owned())),
    );
    fields.retain(|(_, text)| !text.is_empty());
    fields
}

/// Changes one's own piece.
pub fn change_cpd(
    writing: &mut Writing<'_>,
    id: &CpdPieceId,
    version: i32,
    piece: &CpdPiece,
) -> Result<(), Problem> {
    let before = open_cpd(writing, id)?;
    if before.version != version {
        return Err(Stale::new(before.version, shown_beside(&before.piece)).into());
    }
    let (person, now) = (writing.actor()?.person, writing.now);
    let key = journal::needed_key_of(writing, &person)?;
    diesel::update(cpd_pieces::table.filter(cpd_pieces::id.eq(id)))
        .set((
            cpd_pieces::sealed_text.eq(key.seal_json(&place(id, &person), piece)?),
            (cpd_pieces::version.eq(version + 1), cpd_pieces::changed_at.eq(now)),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("cpd_changed", "cpd_piece", id).with("version", version + 1))
}

/// Deletes one's own piece, and what of it is a draft. That there was one stays.
pub fn delete_cpd(writing: &mut Writing<'_>, id: &CpdPieceId) -> Result<(), Problem> {
    let (organisation, author): (OrganisationId, PersonId) = cpd_pieces::table
        .filter(cpd_pieces::id.eq(id).and(cpd_pieces::deleted_at.is_null()))
        .select((cpd_pieces::organisation_id, cpd_pieces::author_id))
        .first(writing.connection)?;
    let facts = ReflectionFacts { organisation, author };
    writing.permit(&Action::ChangeReflection(&facts), "cpd_piece", id)?;
    let now = writing.now;
    diesel::update(cpd_pieces::table.filter(cpd_pieces::id.eq(id)))
        .set((cpd_pieces::sealed_text.eq(""), cpd_pieces::deleted_at.eq(now)))
        .execute(writing.connection)?;
    let drafts = drafts::forget_under(writing, &format!("/reflections/cpd/{id}"))?;
    writing.audit(Event::new("cpd_deleted", "cpd_piece", id).with("drafts", drafts))
}

/// The names that the author knows and that should not stand in a piece: of people of the organisation, and the references and
/// labels of cases that they can see.
pub fn known_names(reading: &mut Reading<'_>) -> Result<Vec<String>, Problem> {
    let actor = reading.actor()?;
    let mut names: Vec<String> =
        visible_people(people_with_team(), &actor).select(people::name).load(reading.connection)?;
    if super::may_write_about_cases(reading)? {
        let seen: Vec<(String, String)> = visible_cases(cases_with_lead(), &actor)
            .select((cases::reference, cases::label))
            .load(reading.connection)?;
        names.extend(seen.into_iter().flat_map(|(reference, label)| [reference, label]));
    }
    Ok(names)
}
