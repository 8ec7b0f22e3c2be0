//! Who stands where with which course.

use super::{Course, catalogue};
use crate::access::{people_in_training_scope, people_with_team, person_facts};
use crate::problem::Problem;
use crate::schema::{completion_withdrawals, completions, people, person_roles, teams};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::ids::{CourseId, PersonId, TeamId};
use domain::people::{Role, Standing};
use domain::training::CourseStanding;
use std::collections::HashMap;

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
    pub next: Option<PersonId>,
}

/// What the matrix is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatrixFilter {
    /// Only this team.
    pub team: Option<TeamId>,
    /// Only people with something to book.
    pub to_book: bool,
    /// People who come after this one, the last of the page before.
    pub after: Option<PersonId>,
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
    if let Some(last) = &filter.after {
        query = crate::people::after(reading, query, last)?;
    }
    // Who has something to book is known only after counting; then everybody in reach is read.
    let limit = if filter.to_book { i64::MAX } else { i64::try_from(PAGE + 1).unwrap_or(i64::MAX) };
    let persons: Vec<(PersonId, String, String)> = query
        .order((people::name, people::id))
        .limit(limit)
        .select((people::id, people::name, teams::name))
        .load(reading.connection)?;
    let ids: Vec<PersonId> = persons.iter().map(|row| row.0.clone()).collect();
    let roles: Vec<(PersonId, Role)> = person_roles::table
        .filter(person_roles::person_id.eq_any(&ids))
        .select((person_roles::person_id, person_roles::role))
        .load(reading.connection)?;
    let standings = standings(reading, &catalogue, &ids, &roles)?;
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
    let next = rows.last().filter(|_| more).map(|row| row.person.clone());
    Ok(Matrix { courses: catalogue.to_vec(), rows, next })
}

fn standings(
    reading: &mut Reading<'_>,
    catalogue: &[Course],
    persons: &[PersonId],
    roles: &[(PersonId, Role)],
) -> Result<HashMap<PersonId, Vec<CourseStanding>>, Problem> {
    let today = reading.today();
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
    let roles: Vec<Role> = person_roles::table
        .filter(person_roles::person_id.eq(person))
        .select(person_roles::role)
        .load(reading.connection)?;
    with_standings(reading, person, &roles)
}

/// One's own courses, with where one stands.
pub fn mine(reading: &mut Reading<'_>) -> Result<Vec<(Course, CourseStanding)>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::SeeOwnWork, "person", &actor.person)?;
    with_standings(reading, &actor.person, &actor.roles)
}

/// The courses that somebody with these roles has to do something about: none, too old, or soon to be.
pub(crate) fn to_do(
    reading: &mut Reading<'_>,
    person: &PersonId,
    roles: &[Role],
) -> Result<Vec<(Course, CourseStanding)>, Problem> {
    let mut courses = with_standings(reading, person, roles)?;
    courses.retain(|(_, standing)| standing.needs_booking());
    Ok(courses)
}

fn with_standings(
    reading: &mut Reading<'_>,
    person: &PersonId,
    roles: &[Role],
) -> Result<Vec<(Course, CourseStanding)>, Problem> {
    let catalogue = catalogue(reading)?;
    let roles: Vec<(PersonId, Role)> = roles.iter().map(|role| (person.clone(), *role)).collect();
    let mut standings = standings(reading, &catalogue, std::slice::from_ref(person), &roles)?;
    let standings = standings.remove(person).unwrap_or_default();
    Ok(catalogue.iter().cloned().zip(standings).collect())
}
