//! The first start: an organisation, its first administrator, and what ships with the product.

use crate::access::Who;
use crate::audit::Event;
use crate::connection::{AnyConnection, DatabaseAddress, StatementCount, Use};
use crate::problem::Problem;
use crate::schema::{organisations, people};
use crate::store::{Store, Writing, new_id};
use crate::{content, people as people_records, sessions, teams, training};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::form::{Form, FormCheck, Problems};
use domain::ids::{OrganisationId, TeamId};
use domain::people::{PersonDetails, Role, TeamDetails};
use std::path::Path;

/// Whether nobody is there yet.
pub fn is_empty(store: &Store, now: NaiveDateTime) -> Result<bool, Problem> {
    store.read(&Who::system("setup"), now, |reading| {
        let people: i64 = people::table.count().get_result(reading.connection)?;
        Ok(people == 0)
    })
}

/// The first administrator and their organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAdministrator {
    /// The organisation's name.
    pub organisation: String,
    /// The person's name.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
}

impl FirstAdministrator {
    /// Reads the form of the very first `/welcome/…`.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let organisation = check.line("organisation", "Enter the organisation’s name");
        let name = check.line("name", "Enter your name");
        let email = domain::people::email(&mut check, "email");
        let first = (|| Some(Self { organisation: organisation?, name: name?, email: email? }))();
        check.finish(first)
    }
}

/// Makes the organisation and its first administrator. Returns the token of a one-time link to choose a password.
/// Refused once anybody is there.
pub fn add_first_administrator(
    store: &Store,
    first: &FirstAdministrator,
    now: NaiveDateTime,
) -> Result<String, Problem> {
    let first = first.clone();
    let organisation: OrganisationId = new_id();
    let who = Who::system("setup").for_organisation(&organisation);
    store.write(&who, now, move |writing| {
        let there: i64 = people::table.count().get_result(writing.connection)?;
        if there > 0 {
            return Err(Problem::NotFound);
        }
        let team = found_organisation(writing, &organisation, &first.organisation, false)?;
        let details = PersonDetails {
            name: first.name,
            email: first.email,
            job_title: "Administrator".to_owned(),
            team,
            roles: vec![Role::SystemAdmin],
            started_on: writing.today(),
            asye: false,
            registered: false,
            registration_renews_on: None,
            agency: false,
            weekly_hours_tenths: 370,
        };
        let person = people_records::insert_person(writing, &details)?;
        sessions::make_welcome_link(writing, &person)
    })
}

/// Makes an organisation with its first team and everything that ships with the product.
pub(crate) fn found_organisation(
    writing: &mut Writing<'_>,
    organisation: &OrganisationId,
    name: &str,
    demonstration: bool,
) -> Result<TeamId, Problem> {
    let now = writing.now;
    diesel::insert_into(organisations::table)
        .values((
            organisations::id.eq(organisation),
            organisations::name.eq(name),
            organisations::demonstration.eq(demonstration),
            organisations::created_at.eq(now),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("organisation_founded", "organisation", organisation))?;
    content::install(writing, organisation)?;
    training::install_catalogue(writing, organisation)?;
    teams::insert(writing, &TeamDetails { name: name.to_owned(), parent: None })
}

/// Writes a copy of a SQLite database to a new file, for its owner alone, while the server runs; and notes that in the
/// audit trail, since a copy of everything has left.
pub fn backup(
    store: &Store,
    address: &DatabaseAddress,
    file: &Path,
    now: NaiveDateTime,
) -> Result<(), Problem> {
    let connection = address.connect(Use::Write, &StatementCount::default())?;
    let AnyConnection::Sqlite(mut sqlite) = connection else {
        return Err(Problem::unexpected("back up PostgreSQL with pg_dump: pg_dump --format=custom"));
    };
    // Made empty first, so that nothing is overwritten and nobody else can read it; SQLite fills an empty file.
    crate::secrets::new_file(file)
        .map_err(|error| Problem::unexpected(format!("{} cannot be made: {error}", file.display())))?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<diesel::sql_types::Text, _>(&*file.to_string_lossy())
        .execute(&mut sqlite)?;
    store.write(&Who::system("backup"), now, |writing| {
        writing.audit(Event::new("backed_up", "database", "whole"))
    })
}
