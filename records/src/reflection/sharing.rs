//! Sharing a frozen copy of one's own reflection, or of a part of it.

use super::sealed::copied;
use super::{open_piece, reflection_facts};
use crate::access::person_facts;
use crate::audit::Event;
use crate::journal;
use crate::problem::Problem;
use crate::schema::{people, reflection_copies};
use crate::store::{Reading, Writing, new_id};
use diesel::prelude::*;
use domain::access::{Action, may};
use domain::form::Problems;
use domain::ids::{PersonId, ReflectionCopyId, ReflectionId};
use domain::people::Standing;
use domain::reflection::strange_paragraph;

/// The supervisors with whom the actor may share, by id and name.
pub fn own_supervisors(reading: &mut Reading<'_>) -> Result<Vec<(PersonId, String)>, Problem> {
    let actor = reading.actor()?;
    let ids: Vec<PersonId> = actor.supervised_by.iter().map(|(person, _)| person.clone()).collect();
    Ok(people::table
        .filter(people::id.eq_any(ids).and(people::standing.eq(Standing::Active)))
        .order(people::name)
        .select((people::id, people::name))
        .load(reading.connection)?)
}

/// Everybody with whom the actor may share: their supervisors, and colleagues of their team.
pub fn may_share_with(reading: &mut Reading<'_>) -> Result<Vec<(PersonId, String)>, Problem> {
    let actor = reading.actor()?;
    let ids: Vec<PersonId> = actor.supervised_by.iter().map(|(person, _)| person.clone()).collect();
    Ok(people::table
        .filter(people::organisation_id.eq(&actor.organisation))
        .filter(people::standing.eq(Standing::Active).and(people::id.ne(&actor.person)))
        .filter(people::team_id.eq(&actor.team).or(people::id.eq_any(ids)))
        .order(people::name)
        .select((people::id, people::name))
        .load(reading.connection)?)
}

const CHOOSE: &str = "Choose one of your supervisors or of your team";

/// What of a reflection is shared, and with whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCopy {
    /// Who gets it.
    pub reader: PersonId,
    /// What it is called.
    pub title: String,
    /// The text: the whole, or a part of it.
    pub body: String,
}

/// Shares a frozen copy of one's own reflection, or of a part of it. What does not stand in it cannot be put into the copy.
pub fn share(
    writing: &mut Writing<'_>,
    id: &ReflectionId,
    new: &NewCopy,
) -> Result<ReflectionCopyId, Problem> {
    let facts = reflection_facts(writing, id)?;
    writing.permit(&Action::ChangeReflection(&facts), "reflection", id)?;
    let (piece, ..) = open_piece(writing, id)?;
    if let Some(strange) = strange_paragraph(&new.body, &piece.text()) {
        let words: String = strange.chars().take(60).collect();
        let why = format!(
            "“{words}” does not stand in your reflection. Leave out what you do not want to share, and change nothing else"
        );
        return Err(Problems::one("body", why).into());
    }
    share_copy(writing, id, new)
}

pub(super) fn share_copy(
    writing: &mut Writing<'_>,
    id: &ReflectionId,
    new: &NewCopy,
) -> Result<ReflectionCopyId, Problem> {
    let actor = writing.actor()?;
    let reader = match person_facts(writing.connection, &new.reader) {
        Err(Problem::NotFound) => return Err(Problems::one("audience", CHOOSE).into()),
        found => found?,
    };
    let is_at_work = may_share_with(writing)?.iter().any(|(id, _)| *id == new.reader);
    if !is_at_work || !may(&actor, &Action::ShareReflectionWith(&reader)).is_allowed() {
        return Err(Problems::one("audience", CHOOSE).into());
    }
    let (copy, now): (ReflectionCopyId, _) = (new_id(), writing.now);
    let (key, master, wrapped) = journal::new_copy_key(writing, &copy, &actor.person)?;
    let sealed = copied(&key, &copy, &actor.person, &new.title, &new.body)?;
    diesel::insert_into(reflection_copies::table)
        .values((
            (
                reflection_copies::id.eq(&copy),
                reflection_copies::organisation_id.eq(&actor.organisation),
                reflection_copies::reflection_id.eq(id),
            ),
            (reflection_copies::author_id.eq(&actor.person), reflection_copies::reader_id.eq(&new.reader)),
            (reflection_copies::title.eq(""), reflection_copies::body.eq("")),
            (
                reflection_copies::sealed_text.eq(sealed),
                reflection_copies::master_key_id.eq(master),
                reflection_copies::wrapped_key.eq(wrapped),
            ),
            (reflection_copies::shared_at.eq(now), reflection_copies::author_seen_at.eq(now)),
        ))
        .execute(writing.connection)?;
    writing.audit(
        Event::new("reflection_shared", "reflection", id).with("reader", &new.reader).with("copy", &copy),
    )?;
    Ok(copy)
}
