//! Adding people, changing them, and inviting them to choose a password.

use super::{PersonFile, open};
use crate::access::person_facts;
use crate::audit::Event;
use crate::problem::{Problem, Stale};
use crate::schema::{cases, people, person_roles, sessions as session_rows, supervisor_links, teams};
use crate::store::{Store, Writing, new_id};
use crate::{Who, mail, sessions};
use chrono::NaiveDateTime;
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

/// Changes a person's details. `has_left` ends their sessions and the links in which they supervise or are supervised.
pub fn change(
    writing: &mut Writing<'_>,
    id: &PersonId,
    version: i32,
    details: &PersonDetails,
    has_left: bool,
) -> Result<(), Problem> {
    let facts = person_facts(writing.connection, id)?;
    writing.permit(&Action::OpenPerson(&facts), "person", id)?;
    writing.permit(&Action::AdministerPeople, "person", id)?;
    check_details(writing, details, Some(id))?;
    let before = open(writing, id)?;
    if before.version != version {
        return Err(stale_person(before).into());
    }
    if has_left && *id == writing.actor()?.person {
        return Err(Problems::one(
            "has_left",
            "You cannot close your own account. Ask another administrator",
        )
        .into());
    }
    let (standing, left_on) = if has_left {
        (Standing::Left, before.left_on.or(Some(writing.today())))
    } else {
        (Standing::Active, None)
    };
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
            ),
            people::weekly_hours_tenths.eq(details.weekly_hours_tenths),
            (people::standing.eq(standing), people::left_on.eq(left_on)),
            people::version.eq(version + 1),
        ))
        .execute(writing.connection)?;
    let organisation = writing.organisation()?;
    set_roles(writing, &organisation, id, &details.roles)?;
    if has_left {
        end_everything(writing, id)?;
    } else if before.standing == Standing::Left {
        diesel::update(cases::table.filter(cases::lead_practitioner_id.eq(id)))
            .set(cases::unallocated_since.eq(None::<chrono::NaiveDate>))
            .execute(writing.connection)?;
    }
    writing.audit(
        Event::new("person_changed", "person", id)
            .with("roles", codes(&details.roles))
            .with("standing", standing.code())
            .with("version", version + 1),
    )
}

fn stale_person(now: PersonFile) -> Stale {
    let fields = vec![
        ("Name", now.details.name),
        ("Email address", now.details.email),
        ("Job title", now.details.job_title),
    ];
    Stale::new(now.version, fields)
}

fn end_everything(writing: &mut Writing<'_>, person: &PersonId) -> Result<(), Problem> {
    let today = writing.today();
    diesel::delete(session_rows::table.filter(session_rows::person_id.eq(person)))
        .execute(writing.connection)?;
    diesel::update(
        supervisor_links::table
            .filter(supervisor_links::supervisor_id.eq(person).or(supervisor_links::supervisee_id.eq(person)))
            .filter(supervisor_links::to_on.is_null().or(supervisor_links::to_on.gt(today))),
    )
    .set(supervisor_links::to_on.eq(today))
    .execute(writing.connection)?;
    // Nobody leads this work from now on, although its page still says who did.
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
            agency: false,
            weekly_hours_tenths: 370,
        };
        check_details(writing, &details, None)?;
        let person = insert_person(writing, &details)?;
        sessions::make_welcome_link(writing, &person)
    })
}
