//! The catalogue: courses, how long each is valid, and who needs it.

use crate::audit::Event;
use crate::content;
use crate::problem::{Problem, Stale};
use crate::schema::{course_requirements, courses};
use crate::store::{Reading, Writing, new_id};
use diesel::prelude::*;
use domain::access::Action;
use domain::form::Problems;
use domain::ids::{CourseId, OrganisationId};
use domain::people::Role;
use domain::training::{CourseDetails, ShippedCatalogue};
use std::sync::Arc;

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
pub fn catalogue(reading: &mut Reading<'_>) -> Result<Arc<Vec<Course>>, Problem> {
    content::catalogue(reading, read_catalogue)
}

fn read_catalogue(reading: &mut Reading<'_>) -> Result<Vec<Course>, Problem> {
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
    content::rules_changed(writing)?;
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
    catalogue(reading)?.iter().find(|course| course.id == *id).cloned().ok_or(Problem::NotFound)
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
        let fields =
            vec![("Title", before.details.title), ("Months valid", before.details.months_valid.to_string())];
        return Err(Stale::new(before.version, fields).into());
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
    content::rules_changed(writing)?;
    writing.audit(
        Event::new("course_changed", "course", id)
            .with("months_valid", details.months_valid)
            .with("version", version + 1),
    )
}
