//! Adding people, changing them, and inviting them to choose a password.

use super::{PersonFile, open};
use crate::access::person_facts;
use crate::audit::Event;
use crate::people::links::runs_after;
use crate::problem::{Problem, Stale};
use crate::schema::{cases, people, person_roles, sessions as session_rows, supervisor_links, teams};
use crate::store::{Store, Writing, new_id};
use crate::{Who, audits, bookings, mail, sessions};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::form::{Form, FormCheck, Problems};
use domain::ids::{OrganisationId, PersonId, TeamId};
use domain::people::{PersonDetails, Role, Standing};

/// Adds a person.
pub fn add(writing: &mut Writing<'_>, details: &PersonDetails) -> Result<PersonId, Problem> {
    writing.permit(&Action::AdministerPeople, "people", "")?;
    check_details(writing, details, None)?;
    insert_person(writing, details)
}

/// What only the records can check: the team is ours, the address is not taken.
fn check_details(
    writing: &mut Writing<'_>,
    details: &PersonDetails,
    besides: Option<&PersonId>,
) -> Result<(), Problem> {
    let organisation = writing.organisation()?;
    let team_is_ours: i64 = teams::table
        .filter(teams::id.eq(&details.team).and(teams::organisation_id.eq(&organisation)))
        .count()
        .get_result(writing.connection)?;
    if team_is_ours == 0 {
        return Err(Problems::one("team", "Choose a team from the list").into());
    }
    let taken: Option<PersonId> = people::table
        .filter(people::email.eq(&details.email))
        .select(people::id)
        .first(writing.connection)
        .optional()?;
    if taken.is_some_and(|taken| Some(&taken) != besides) {
        return Err(Problems::one("email", "Somebody has this email address already").into());
    }
    Ok(())
}

pub(crate) fn insert_person(writing: &mut Writing<'_>, details: &PersonDetails) -> Result<PersonId, Problem> {
    let (person, organisation, now): (PersonId, _, _) = (new_id(), writing.organisation()?, writing.now);
    diesel::insert_into(people::table)
        .values((
            people::id.eq(&person),
            people::organisation_id.eq(&organisation),
            (
                people::team_id.eq(&details.team),
                people::name.eq(&details.name),
                people::search_key.eq(details.name.to_lowercase()),
                people::email.eq(&details.email),
            ),
            (
                people::job_title.eq(&details.job_title),
                people::started_on.eq(details.started_on),
                people::asye.eq(details.asye),
                (people::registered.eq(details.registered), people::agency.eq(details.agency)),
                people::registration_renews_on.eq(details.registration_renews_on),
            ),
            people::weekly_hours_tenths.eq(details.weekly_hours_tenths),
            people::standing.eq(Standing::Active),
            people::version.eq(1),
            people::created_at.eq(now),
        ))
        .execute(writing.connection)?;
    set_roles(writing, &organisation, &person, &details.roles)?;
    writing.audit(Event::new("person_added", "person", &person).with("roles", codes(&details.roles)))?;
    Ok(person)
}

fn codes(roles: &[Role]) -> String {
    roles.iter().map(|role| role.code()).collect::<Vec<_>>().join(" ")
}

fn set_roles(
    writing: &mut Writing<'_>,
    organisation: &OrganisationId,
    person: &PersonId,
    roles: &[Role],
) -> Result<(), Problem> {
    diesel::delete(person_roles::table.filter(person_roles::person_id.eq(person)))
        .execute(writing.connection)?;
    for role in roles {
        diesel::insert_into(person_roles::table)
            .values((
                person_roles::person_id.eq(person),
                person_roles::role.eq(role),
                person_roles::organisation_id.eq(organisation),
            ))
            .execute(writing.connection)?;
    }
    Ok(())
}

/// Changes a person's details.
pub fn change(
    writing: &mut Writing<'_>,
    id: &PersonId,
    version: i32,
    details: &PersonDetails,
) -> Result<(), Problem> {
    let before = administered(writing, id)?;
    check_details(writing, details, Some(id))?;
    if before.version != version {
        return Err(stale_person(before).into());
    }
    let has_another_address = before.details.email != details.email;
    if has_another_address && before.has_password {
        // To the address that they have until now.
        mail::queue(writing, id, &domain::mail::address_changed())?;
        let now = writing.now;
        diesel::update(people::table.filter(people::id.eq(id)))
            .set(people::address_changed_at.eq(now))
            .execute(writing.connection)?;
    }
    diesel::update(people::table.filter(people::id.eq(id)))
        .set((
            (
                people::team_id.eq(&details.team),
                people::name.eq(&details.name),
                people::search_key.eq(details.name.to_lowercase()),
                people::email.eq(&details.email),
            ),
            (
                people::job_title.eq(&details.job_title),
                people::started_on.eq(details.started_on),
                people::asye.eq(details.asye),
                (people::registered.eq(details.registered), people::agency.eq(details.agency)),
                people::registration_renews_on.eq(details.registration_renews_on),
            ),
            people::weekly_hours_tenths.eq(details.weekly_hours_tenths),
            people::version.eq(version + 1),
        ))
        .execute(writing.connection)?;
    if before.details.roles.contains(&Role::Auditor) && !details.roles.contains(&Role::Auditor) {
        audits::check_may_stop(writing, id)?;
    }
    let organisation = writing.organisation()?;
    set_roles(writing, &organisation, id, &details.roles)?;
    writing.audit(
        Event::new("person_changed", "person", id)
            .with("roles", codes(&details.roles))
            .with("another_address", has_another_address)
            .with("version", version + 1),
    )
}

/// Somebody whom the actor administers.
pub(super) fn administered(writing: &mut Writing<'_>, id: &PersonId) -> Result<PersonFile, Problem> {
    let facts = person_facts(writing.connection, id)?;
    writing.permit(&Action::OpenPerson(&facts), "person", id)?;
    writing.permit(&Action::AdministerPeople, "person", id)?;
    open(writing, id)
}

/// Takes back somebody who had left, or who stays after all: they can sign in again, and lead the cases on which nobody else has followed them.
pub fn take_back(writing: &mut Writing<'_>, id: &PersonId) -> Result<(), Problem> {
    let before = administered(writing, id)?;
    if before.standing != Standing::Left && before.left_on.is_none() {
        return Err(Problems::one("form", "This person works here already").into());
    }
    diesel::update(people::table.filter(people::id.eq(id)))
        .set((
            (people::standing.eq(Standing::Active), people::left_on.eq(None::<NaiveDate>)),
            people::missing_since.eq(None::<NaiveDate>),
            people::version.eq(before.version + 1),
        ))
        .execute(writing.connection)?;
    diesel::update(cases::table.filter(cases::lead_practitioner_id.eq(id)))
        .set(cases::unallocated_since.eq(None::<NaiveDate>))
        .execute(writing.connection)?;
    writing.audit(Event::new("person_taken_back", "person", id))
}

/// Closes an account on its last day: nobody signs in with it, and whom the person supervises or is supervised by ends then.
/// Everything that they wrote stays.
pub(super) fn close(
    writing: &mut Writing<'_>,
    person: &PersonId,
    last_day: NaiveDate,
) -> Result<(), Problem> {
    diesel::update(people::table.filter(people::id.eq(person)))
        .set((
            (people::standing.eq(Standing::Left), people::left_on.eq(last_day)),
            people::version.eq(people::version + 1),
        ))
        .execute(writing.connection)?;
    end_everything(writing, person, last_day)?;
    crate::actions::end_of_leaver(writing, person)?;
    bookings::end_of_leaver(writing, person, last_day)?;
    writing.audit(Event::new("account_closed", "person", person).with("last_day", last_day))
}

fn stale_person(now: PersonFile) -> Stale {
    let fields = vec![
        ("Name", now.details.name),
        ("Email address", now.details.email),
        ("Job title", now.details.job_title),
    ];
    Stale::new(now.version, fields)
}

fn end_everything(writing: &mut Writing<'_>, person: &PersonId, last_day: NaiveDate) -> Result<(), Problem> {
    let today = writing.today();
    diesel::delete(session_rows::table.filter(session_rows::person_id.eq(person)))
        .execute(writing.connection)?;
    diesel::update(
        supervisor_links::table
            .filter(supervisor_links::supervisor_id.eq(person).or(supervisor_links::supervisee_id.eq(person)))
            .filter(runs_after(last_day)),
    )
    .set(supervisor_links::to_on.eq(last_day))
    .execute(writing.connection)?;
    // Should anything still be theirs, nobody leads it from now on, although its page still says who did.
    diesel::update(cases::table.filter(cases::lead_practitioner_id.eq(person)))
        .filter(cases::unallocated_since.is_null())
        .set(cases::unallocated_since.eq(today))
        .execute(writing.connection)?;
    Ok(())
}

/// Sends a person a one-time link to choose a password.
pub fn invite(writing: &mut Writing<'_>, person: &PersonId, base_url: &str) -> Result<(), Problem> {
    let facts = person_facts(writing.connection, person)?;
    writing.permit(&Action::OpenPerson(&facts), "person", person)?;
    writing.permit(&Action::AdministerPeople, "person", person)?;
    let token = sessions::make_welcome_link(writing, person)?;
    let letter = domain::mail::invitation(&format!("{base_url}/welcome/{token}"));
    mail::queue(writing, person, &letter)?;
    Ok(())
}

/// Adds an administrator from the command line, to the only organisation there is. Returns the token of a one-time link.
pub fn invite_administrator(
    store: &Store,
    name: &str,
    email: &str,
    now: NaiveDateTime,
) -> Result<String, Problem> {
    let (name, email) = (name.to_owned(), email.to_owned());
    let mut form = Form::default();
    form.set("email", email);
    let mut check = FormCheck::new(&form);
    let email = domain::people::email(&mut check, "email");
    let email = check.finish(email)?;
    let (organisation, team): (OrganisationId, TeamId) =
        store.read(&Who::system("user add"), now, |reading| {
            Ok(teams::table
                .filter(teams::parent_id.is_null())
                .order(teams::id)
                .select((teams::organisation_id, teams::id))
                .first(reading.connection)?)
        })?;
    store.write(&Who::system("user add").for_organisation(&organisation), now, move |writing| {
        let details = PersonDetails {
            name,
            email,
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
        check_details(writing, &details, None)?;
        let person = insert_person(writing, &details)?;
        sessions::make_welcome_link(writing, &person)
    })
}
