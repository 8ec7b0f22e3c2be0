//! Who has completed what, and when. No completion is ever changed; a mistake is withdrawn.

use super::open_course;
use crate::access::{people_in_training_scope, people_with_team};
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{completion_withdrawals, completions, courses, people, teams};
use crate::store::{Reading, Writing, new_id};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, Actor, PersonFacts};
use domain::form::Problems;
use domain::ids::{CompletionId, PersonId};
use domain::people::Standing;
use domain::training::NewCompletions;

/// A completion, as a person's training page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionRow {
    /// The completion.
    pub id: CompletionId,
    /// The course's title.
    pub course: String,
    /// The day.
    pub completed_on: NaiveDate,
    /// Who ran it, or a certificate's number.
    pub note: String,
    /// When it was recorded, in UTC.
    pub recorded_at: NaiveDateTime,
    /// Why it was taken back, if it was.
    pub withdrawn: Option<String>,
}

/// A person's completions, newest first, withdrawn ones included.
pub fn completions_of(
    reading: &mut Reading<'_>,
    person: &PersonId,
) -> Result<(String, Vec<CompletionRow>), Problem> {
    let (organisation, team, name) = people::table
        .filter(people::id.eq(person))
        .select((people::organisation_id, people::team_id, people::name))
        .first(reading.connection)?;
    let facts = PersonFacts { id: person.clone(), organisation, team };
    reading.permit(&Action::SeeTrainingOf(&facts), "person", person)?;
    Ok((name, rows_of(reading, person)?))
}

/// The same of oneself.
pub(crate) fn own_completions(reading: &mut Reading<'_>) -> Result<Vec<CompletionRow>, Problem> {
    let Actor { person, organisation, team, .. } = reading.actor()?;
    let facts = PersonFacts { id: person.clone(), organisation, team };
    reading.permit(&Action::SeeTrainingOf(&facts), "person", &person)?;
    rows_of(reading, &person)
}

fn rows_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<CompletionRow>, Problem> {
    type Row = (CompletionId, String, NaiveDate, String, NaiveDateTime, Option<String>);
    let rows: Vec<Row> = completions::table
        .inner_join(courses::table.on(courses::id.eq(completions::course_id)))
        .left_join(
            completion_withdrawals::table.on(completion_withdrawals::completion_id.eq(completions::id)),
        )
        .filter(completions::person_id.eq(person))
        .order((completions::completed_on.desc(), completions::id.desc()))
        .select((
            completions::id,
            courses::title,
            completions::completed_on,
            completions::note,
            completions::recorded_at,
            completion_withdrawals::reason.nullable(),
        ))
        .load(reading.connection)?;
    let rows = rows
        .into_iter()
        .map(|(id, course, completed_on, note, recorded_at, withdrawn)| CompletionRow {
            id,
            course,
            completed_on,
            note,
            recorded_at,
            withdrawn,
        })
        .collect();
    Ok(rows)
}

/// The people whose completions the coordinator may record, by name.
pub fn people_to_choose(reading: &mut Reading<'_>) -> Result<Vec<(PersonId, String, String)>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::CoordinateTraining, "people", "")?;
    Ok(people_in_training_scope(people_with_team(), &actor)
        .filter(people::standing.eq(Standing::Active.code()))
        .order((people::name, people::id))
        .select((people::id, people::name, teams::name))
        .load(reading.connection)?)
}

/// What became of recording completions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// New ones.
    pub new: usize,
    /// People for whom the same course and day stood already.
    pub known: usize,
}

/// Records completions of one course by any number of people. The same person, course and day stand once only.
pub fn record_completions(writing: &mut Writing<'_>, new: &NewCompletions) -> Result<Recorded, Problem> {
    writing.permit(&Action::CoordinateTraining, "completions", "")?;
    let actor = writing.actor()?;
    open_course(writing, &new.course)?;
    let ours: i64 = people::table
        .filter(people::id.eq_any(&new.people).and(people::organisation_id.eq(&actor.organisation)))
        .count()
        .get_result(writing.connection)?;
    if usize::try_from(ours).ok() != Some(new.people.len()) {
        return Err(Problems::one("people", "Choose people from the list").into());
    }
    let mut recorded = Recorded { new: 0, known: 0 };
    for person in &new.people {
        if stands_already(writing, new, person)? {
            recorded.known += 1;
            continue;
        }
        let (id, now): (CompletionId, _) = (new_id(), writing.now);
        diesel::insert_into(completions::table)
            .values((
                (
                    completions::id.eq(&id),
                    completions::organisation_id.eq(&actor.organisation),
                    completions::course_id.eq(&new.course),
                ),
                (
                    completions::person_id.eq(person),
                    completions::completed_on.eq(new.completed_on),
                    completions::note.eq(&new.note),
                ),
                (completions::recorded_by_id.eq(&actor.person), completions::recorded_at.eq(now)),
            ))
            .execute(writing.connection)?;
        writing.audit(
            Event::new("completion_recorded", "completion", &id)
                .with("person", person)
                .with("course", &new.course),
        )?;
        recorded.new += 1;
    }
    if recorded.new == 0 {
        writing
            .audit(Event::new("completions_known", "course", &new.course).with("people", recorded.known))?;
    }
    Ok(recorded)
}

fn stands_already(
    writing: &mut Writing<'_>,
    new: &NewCompletions,
    person: &PersonId,
) -> Result<bool, Problem> {
    let known: i64 = completions::table
        .left_join(
            completion_withdrawals::table.on(completion_withdrawals::completion_id.eq(completions::id)),
        )
        .filter(completion_withdrawals::completion_id.nullable().is_null())
        .filter(completions::person_id.eq(person).and(completions::course_id.eq(&new.course)))
        .filter(completions::completed_on.eq(new.completed_on))
        .count()
        .get_result(writing.connection)?;
    Ok(known > 0)
}

/// Whose completion this is, if it can still be taken back.
pub fn open_completion(reading: &mut Reading<'_>, id: &CompletionId) -> Result<PersonId, Problem> {
    reading.permit(&Action::CoordinateTraining, "completion", id)?;
    let organisation = reading.organisation()?;
    Ok(completions::table
        .left_join(
            completion_withdrawals::table.on(completion_withdrawals::completion_id.eq(completions::id)),
        )
        .filter(completion_withdrawals::completion_id.nullable().is_null())
        .filter(completions::id.eq(id).and(completions::organisation_id.eq(organisation)))
        .select(completions::person_id)
        .first(reading.connection)?)
}

/// Takes back a completion that was recorded by mistake. It stays in sight, with the reason.
pub fn withdraw(writing: &mut Writing<'_>, id: &CompletionId, reason: &str) -> Result<PersonId, Problem> {
    let person = open_completion(writing, id)?;
    let actor = writing.actor()?;
    let now = writing.now;
    diesel::insert_into(completion_withdrawals::table)
        .values((
            completion_withdrawals::completion_id.eq(id),
            completion_withdrawals::organisation_id.eq(&actor.organisation),
            completion_withdrawals::reason.eq(reason),
            completion_withdrawals::withdrawn_by_id.eq(&actor.person),
            completion_withdrawals::withdrawn_at.eq(now),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("completion_withdrawn", "completion", id).with("person", &person))?;
    Ok(person)
}
