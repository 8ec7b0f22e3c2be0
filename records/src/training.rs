//! Training: the catalogue, who needs what, completions, and where everybody stands.

use crate::access::{people_in_training_scope, people_with_team, person_facts};
use crate::audit::Event;
use crate::problem::{Problem, Stale, StaleField};
use crate::schema::{
    completion_withdrawals, completions, course_requirements, courses, people, person_roles, teams,
};
use crate::store::{Reading, Writing, new_id};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::form::Problems;
use domain::ids::{CompletionId, CourseId, OrganisationId, PersonId, TeamId};
use domain::people::{Role, Standing};
use domain::training::{CourseDetails, CourseStanding, NewCompletions, ShippedCatalogue};
use std::collections::HashMap;

/// A course of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// The course.
    pub id: CourseId,
    /// Its details.
    pub details: CourseDetails,
    /// The version of the details.
    pub version: i32,
}

/// The catalogue, by title.
pub fn catalogue(reading: &mut Reading<'_>) -> Result<Vec<Course>, Problem> {
    let organisation = reading.organisation()?;
    let rows: Vec<(CourseId, String, i32, i32, Option<Role>)> = courses::table
        .left_join(course_requirements::table.on(course_requirements::course_id.eq(courses::id)))
        .filter(courses::organisation_id.eq(organisation))
        .order((courses::title, courses::id))
        .select((
            courses::id,
            courses::title,
            courses::months_valid,
            courses::version,
            course_requirements::role.nullable(),
        ))
        .load(reading.connection)?;
    let mut catalogue: Vec<Course> = Vec::new();
    for (id, title, months_valid, version, role) in rows {
        match catalogue.last_mut().filter(|last| last.id == id) {
            Some(last) => last.details.required_of.extend(role),
            None => catalogue.push(Course {
                id,
                details: CourseDetails { title, months_valid, required_of: role.into_iter().collect() },
                version,
            }),
        }
    }
    Ok(catalogue)
}

pub(crate) fn install_catalogue(
    writing: &mut Writing<'_>,
    organisation: &OrganisationId,
) -> Result<(), Problem> {
    let shipped = ShippedCatalogue::parse(ShippedCatalogue::SHIPPED).map_err(Problem::unexpected)?;
    for course in shipped.courses {
        let details = CourseDetails {
            title: course.title,
            months_valid: course.months_valid,
            required_of: course.required_of,
        };
        insert_course(writing, organisation, &details)?;
    }
    Ok(())
}

fn insert_course(
    writing: &mut Writing<'_>,
    organisation: &OrganisationId,
    details: &CourseDetails,
) -> Result<CourseId, Problem> {
    let id: CourseId = new_id();
    diesel::insert_into(courses::table)
        .values((
            courses::id.eq(&id),
            courses::organisation_id.eq(organisation),
            courses::title.eq(&details.title),
            courses::months_valid.eq(details.months_valid),
            courses::version.eq(1),
        ))
        .execute(writing.connection)?;
    set_requirements(writing, organisation, &id, &details.required_of)?;
    writing.audit(Event::new("course_added", "course", &id).with("months_valid", details.months_valid))?;
    Ok(id)
}

fn set_requirements(
    writing: &mut Writing<'_>,
    organisation: &OrganisationId,
    course: &CourseId,
    roles: &[Role],
) -> Result<(), Problem> {
    diesel::delete(course_requirements::table.filter(course_requirements::course_id.eq(course)))
        .execute(writing.connection)?;
    for role in roles {
        diesel::insert_into(course_requirements::table)
            .values((
                course_requirements::course_id.eq(course),
                course_requirements::role.eq(role),
                course_requirements::organisation_id.eq(organisation),
            ))
            .execute(writing.connection)?;
    }
    Ok(())
}

fn title_is_free(writing: &mut Writing<'_>, title: &str, besides: Option<&CourseId>) -> Result<(), Problem> {
    let organisation = writing.organisation()?;
    let taken: Option<CourseId> = courses::table
        .filter(courses::organisation_id.eq(organisation).and(courses::title.eq(title)))
        .select(courses::id)
        .first(writing.connection)
        .optional()?;
    if taken.is_some_and(|taken| Some(&taken) != besides) {
        return Err(Problems::one("title", "Another course has this title already").into());
    }
    Ok(())
}

/// Adds a course to the catalogue.
pub fn add_course(writing: &mut Writing<'_>, details: &CourseDetails) -> Result<CourseId, Problem> {
    writing.permit(&Action::CoordinateTraining, "courses", "")?;
    title_is_free(writing, &details.title, None)?;
    let organisation = writing.organisation()?;
    insert_course(writing, &organisation, details)
}

/// A course for the form that changes it.
pub fn open_course(reading: &mut Reading<'_>, id: &CourseId) -> Result<Course, Problem> {
    reading.permit(&Action::CoordinateTraining, "course", id)?;
    catalogue(reading)?.into_iter().find(|course| course.id == *id).ok_or(Problem::NotFound)
}

/// Changes a course. What people completed stays; until when it counts follows the new months.
pub fn change_course(
    writing: &mut Writing<'_>,
    id: &CourseId,
    version: i32,
    details: &CourseDetails,
) -> Result<(), Problem> {
    let before = open_course(writing, id)?;
    if before.version != version {
        let field = |name, label, current: String| StaleField { name, label, current };
        let fields = vec![
            field("title", "Title", before.details.title),
            field("months_valid", "Months valid", before.details.months_valid.to_string()),
        ];
        return Err(Problem::Stale(Box::new(Stale { version: before.version, fields })));
    }
    title_is_free(writing, &details.title, Some(id))?;
    diesel::update(courses::table.filter(courses::id.eq(id)))
        .set((
            courses::title.eq(&details.title),
            courses::months_valid.eq(details.months_valid),
            courses::version.eq(version + 1),
        ))
        .execute(writing.connection)?;
    let organisation = writing.organisation()?;
    set_requirements(writing, &organisation, id, &details.required_of)?;
    writing.audit(
        Event::new("course_changed", "course", id)
            .with("months_valid", details.months_valid)
            .with("version", version + 1),
    )
}

/// A person's line of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixRow {
    /// The person.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// The team's name.
    pub team: String,
    /// Where the person stands with each course, in the catalogue's order.
    pub standings: Vec<CourseStanding>,
}

/// People by course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// The courses across.
    pub courses: Vec<Course>,
    /// The people down.
    pub rows: Vec<MatrixRow>,
    /// The name after which the next page begins, if there is one.
    pub next: Option<String>,
}

/// What the matrix is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatrixFilter {
    /// Only this team.
    pub team: Option<TeamId>,
    /// Only people with something to book.
    pub to_book: bool,
    /// People whose name comes after this one.
    pub after: String,
}

/// People on one page of the matrix.
pub const PAGE: usize = 50;

/// The matrix of the people within reach.
pub fn matrix(reading: &mut Reading<'_>, filter: &MatrixFilter) -> Result<Matrix, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::SeeTrainingMatrix, "training", "")?;
    let catalogue = catalogue(reading)?;
    let mut query = people_in_training_scope(people_with_team(), &actor)
        .filter(people::standing.eq(Standing::Active.code()));
    if let Some(team) = filter.team.clone() {
        query = query.filter(people::team_id.eq(team));
    }
    if !filter.after.is_empty() {
        query = query.filter(people::name.gt(filter.after.clone()));
    }
    // Who has something to book is known only after counting; then everybody in reach is read.
    let limit = if filter.to_book { i64::MAX } else { i64::try_from(PAGE + 1).unwrap_or(i64::MAX) };
    let persons: Vec<(PersonId, String, String)> = query
        .order((people::name, people::id))
        .limit(limit)
        .select((people::id, people::name, teams::name))
        .load(reading.connection)?;
    let ids: Vec<PersonId> = persons.iter().map(|row| row.0.clone()).collect();
    let standings = standings(reading, &catalogue, &ids)?;
    let mut rows: Vec<MatrixRow> = persons
        .into_iter()
        .filter_map(|(person, name, team)| {
            let standings = standings.get(&person)?.clone();
            Some(MatrixRow { person, name, team, standings })
        })
        .filter(|row| !filter.to_book || row.standings.iter().any(|standing| standing.needs_booking()))
        .take(PAGE + 1)
        .collect();
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.name.clone());
    Ok(Matrix { courses: catalogue, rows, next })
}

fn standings(
    reading: &mut Reading<'_>,
    catalogue: &[Course],
    persons: &[PersonId],
) -> Result<HashMap<PersonId, Vec<CourseStanding>>, Problem> {
    let today = reading.today();
    let roles: Vec<(PersonId, Role)> = person_roles::table
        .filter(person_roles::person_id.eq_any(persons))
        .select((person_roles::person_id, person_roles::role))
        .load(reading.connection)?;
    let latest: Vec<(PersonId, CourseId, Option<NaiveDate>)> = completions::table
        .left_join(
            completion_withdrawals::table.on(completion_withdrawals::completion_id.eq(completions::id)),
        )
        .filter(completion_withdrawals::completion_id.nullable().is_null())
        .filter(completions::person_id.eq_any(persons))
        .group_by((completions::person_id, completions::course_id))
        .select((completions::person_id, completions::course_id, diesel::dsl::max(completions::completed_on)))
        .load(reading.connection)?;
    let latest: HashMap<(PersonId, CourseId), NaiveDate> =
        latest.into_iter().filter_map(|(person, course, day)| Some(((person, course), day?))).collect();
    let of = |person: &PersonId| {
        catalogue
            .iter()
            .map(|course| {
                let required = roles
                    .iter()
                    .any(|(holder, role)| holder == person && course.details.required_of.contains(role));
                let completed_on = latest.get(&(person.clone(), course.id.clone())).copied();
                CourseStanding::on(today, required, completed_on, course.details.months_valid)
            })
            .collect()
    };
    Ok(persons.iter().map(|person| (person.clone(), of(person))).collect())
}

/// The courses of one person, with where they stand.
pub fn of_person(
    reading: &mut Reading<'_>,
    person: &PersonId,
) -> Result<Vec<(Course, CourseStanding)>, Problem> {
    let facts = person_facts(reading.connection, person)?;
    reading.permit(&Action::SeeTrainingOf(&facts), "person", person)?;
    let catalogue = catalogue(reading)?;
    let mut standings = standings(reading, &catalogue, std::slice::from_ref(person))?;
    let standings = standings.remove(person).unwrap_or_default();
    Ok(catalogue.into_iter().zip(standings).collect())
}

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
    type Row = (CompletionId, String, NaiveDate, String, NaiveDateTime, Option<String>);
    let facts = person_facts(reading.connection, person)?;
    reading.permit(&Action::SeeTrainingOf(&facts), "person", person)?;
    let name = people::table.filter(people::id.eq(person)).select(people::name).first(reading.connection)?;
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
    Ok((name, rows))
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
