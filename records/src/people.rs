//! People, their roles and teams, and who supervises whom.

use crate::access::{actor_of_person, people_with_team, person_facts, visible_people};
use crate::audit::Event;
use crate::problem::{Problem, Stale, StaleField};
use crate::schema::{people, person_roles, sessions as session_rows, supervisor_links, teams};
use crate::store::{Reading, Store, Writing, new_id};
use crate::{Who, mail, sessions};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::form::{Form, FormCheck, Problems};
use domain::ids::{OrganisationId, PersonId, SupervisorLinkId, TeamId};
use domain::people::{LinkKind, NewSupervisorLink, PersonDetails, Role, Standing};

/// A team, with its place in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Team {
    /// The team.
    pub id: TeamId,
    /// The team above it.
    pub parent: Option<TeamId>,
    /// Its name.
    pub name: String,
}

/// The teams of the organisation, by name.
pub fn teams(reading: &mut Reading<'_>) -> Result<Vec<Team>, Problem> {
    let organisation = reading.organisation()?;
    Ok(teams::table
        .filter(teams::organisation_id.eq(organisation))
        .order(teams::name)
        .select((teams::id, teams::parent_id, teams::name))
        .load(reading.connection)?)
}

/// A person in a list or a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonSummary {
    /// The person.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The job title.
    pub job_title: String,
    /// The team's name.
    pub team: String,
    /// The roles.
    pub roles: Vec<Role>,
    /// Whether the person works here now.
    pub standing: Standing,
}

type SummaryRow = (PersonId, String, String, String, Standing, Option<Role>);

/// Rows that repeat a person for each role, as one summary a person, in the order of the rows.
fn summaries(rows: Vec<SummaryRow>) -> Vec<PersonSummary> {
    let mut people: Vec<PersonSummary> = Vec::new();
    for (id, name, job_title, team, standing, role) in rows {
        match people.last_mut().filter(|last| last.id == id) {
            Some(last) => last.roles.extend(role),
            None => people.push(PersonSummary {
                id,
                name,
                job_title,
                team,
                roles: role.into_iter().collect(),
                standing,
            }),
        }
    }
    people
}

/// People on one page of the list.
pub const PAGE: usize = 50;

/// The people within reach whose name holds these words, by name, after this name. People who left come only if asked for.
pub fn list(
    reading: &mut Reading<'_>,
    words: &str,
    after: &str,
    and_left: bool,
) -> Result<(Vec<PersonSummary>, Option<String>), Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::ListPeople, "people", "")?;
    let mut query = visible_people(people_with_team(), &actor);
    if !words.is_empty() {
        query = query.filter(people::name.like(format!("%{}%", words.replace(['%', '_'], ""))));
    }
    if !after.is_empty() {
        query = query.filter(people::name.gt(after.to_owned()));
    }
    if !and_left {
        query = query.filter(people::standing.eq(Standing::Active.code()));
    }
    let rows: Vec<(PersonId, String, String, String, Standing)> = query
        .order((people::name, people::id))
        .limit(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .select((people::id, people::name, people::job_title, teams::name, people::standing))
        .load(reading.connection)?;
    let more = rows.len() > PAGE;
    let ids: Vec<PersonId> = rows.iter().map(|row| row.0.clone()).collect();
    let roles: Vec<(PersonId, Role)> = person_roles::table
        .filter(person_roles::person_id.eq_any(&ids))
        .select((person_roles::person_id, person_roles::role))
        .load(reading.connection)?;
    let listed: Vec<PersonSummary> = rows
        .into_iter()
        .take(PAGE)
        .map(|(id, name, job_title, team, standing)| {
            let roles = roles.iter().filter(|(person, _)| *person == id).map(|(_, role)| *role).collect();
            PersonSummary { id, name, job_title, team, roles, standing }
        })
        .collect();
    let next = listed.last().filter(|_| more).map(|last| last.name.clone());
    Ok((listed, next))
}

/// The active people of the organisation with one of these roles, by name: for choices in forms.
pub(crate) fn with_roles(reading: &mut Reading<'_>, roles: &[Role]) -> Result<Vec<PersonSummary>, Problem> {
    let organisation = reading.organisation()?;
    let codes: Vec<&str> = roles.iter().map(|role| role.code()).collect();
    let rows: Vec<SummaryRow> = people::table
        .inner_join(teams::table.on(teams::id.eq(people::team_id)))
        .inner_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .filter(people::organisation_id.eq(organisation))
        .filter(people::standing.eq(Standing::Active.code()))
        .filter(person_roles::role.eq_any(codes))
        .order((people::name, people::id))
        .select((
            people::id,
            people::name,
            people::job_title,
            teams::name,
            people::standing,
            person_roles::role.nullable(),
        ))
        .load(reading.connection)?;
    Ok(summaries(rows))
}

/// Everybody who can supervise, for the choice on a person's page.
pub fn supervisors(reading: &mut Reading<'_>) -> Result<Vec<PersonSummary>, Problem> {
    reading.permit(&Action::AdministerPeople, "people", "")?;
    with_roles(reading, &[Role::Supervisor, Role::ServiceManager, Role::HeadOfService, Role::PartnerLiaison])
}

/// A link between a person and a supervisor, as a person's page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct LinkRow {
    /// The link.
    pub id: SupervisorLinkId,
    /// The other person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// In what.
    pub kind: LinkKind,
    /// From this day.
    pub from_on: NaiveDate,
    /// To this day, if it has ended or will end.
    pub to_on: Option<NaiveDate>,
}

/// Everything that a person's page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFile {
    /// The person.
    pub id: PersonId,
    /// The details.
    pub details: PersonDetails,
    /// The team's name.
    pub team_name: String,
    /// Whether the person works here now.
    pub standing: Standing,
    /// When the person left.
    pub left_on: Option<NaiveDate>,
    /// Whether a password has been chosen.
    pub has_password: bool,
    /// The version of the details.
    pub version: i32,
    /// Who supervises or supervised the person, the newest first.
    pub supervisors: Vec<LinkRow>,
    /// Whom the person supervises today.
    pub supervisees: Vec<LinkRow>,
}

/// Opens a person's page.
pub fn open(reading: &mut Reading<'_>, id: &PersonId) -> Result<PersonFile, Problem> {
    type Row = (
        String,
        String,
        String,
        TeamId,
        NaiveDate,
        bool,
        i32,
        (Standing, Option<NaiveDate>, Option<String>, i32, String),
    );
    let facts = person_facts(reading.connection, id)?;
    reading.permit(&Action::OpenPerson(&facts), "person", id)?;
    let (
        name,
        email,
        job_title,
        team,
        started_on,
        asye,
        weekly_hours_tenths,
        (standing, left_on, password_hash, version, team_name),
    ): Row = people::table
        .inner_join(teams::table.on(teams::id.eq(people::team_id)))
        .filter(people::id.eq(id))
        .select((
            people::name,
            people::email,
            people::job_title,
            people::team_id,
            people::started_on,
            people::asye,
            people::weekly_hours_tenths,
            (people::standing, people::left_on, people::password_hash, people::version, teams::name),
        ))
        .first(reading.connection)?;
    let roles: Vec<Role> = person_roles::table
        .filter(person_roles::person_id.eq(id))
        .select(person_roles::role)
        .load(reading.connection)?;
    let supervisors = supervisor_links::table
        .inner_join(people::table.on(people::id.eq(supervisor_links::supervisor_id)))
        .filter(supervisor_links::supervisee_id.eq(id))
        .order((supervisor_links::to_on.is_not_null(), supervisor_links::from_on.desc()))
        .select((
            supervisor_links::id,
            people::id,
            people::name,
            supervisor_links::kind,
            supervisor_links::from_on,
            supervisor_links::to_on,
        ))
        .load(reading.connection)?;
    let today = reading.today();
    let supervisees = supervisor_links::table
        .inner_join(people::table.on(people::id.eq(supervisor_links::supervisee_id)))
        .filter(supervisor_links::supervisor_id.eq(id))
        .filter(supervisor_links::from_on.le(today))
        .filter(supervisor_links::to_on.is_null().or(supervisor_links::to_on.ge(today)))
        .order(people::name)
        .select((
            supervisor_links::id,
            people::id,
            people::name,
            supervisor_links::kind,
            supervisor_links::from_on,
            supervisor_links::to_on,
        ))
        .load(reading.connection)?;
    let details =
        PersonDetails { name, email, job_title, team, roles, started_on, asye, weekly_hours_tenths };
    Ok(PersonFile {
        id: id.clone(),
        details,
        team_name,
        standing,
        left_on,
        has_password: password_hash.is_some(),
        version,
        supervisors,
        supervisees,
    })
}

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
                people::email.eq(&details.email),
            ),
            (
                people::job_title.eq(&details.job_title),
                people::started_on.eq(details.started_on),
                people::asye.eq(details.asye),
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
        return Err(Problem::Stale(Box::new(stale_person(&before))));
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
                people::email.eq(&details.email),
            ),
            (
                people::job_title.eq(&details.job_title),
                people::started_on.eq(details.started_on),
                people::asye.eq(details.asye),
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
    }
    writing.audit(
        Event::new("person_changed", "person", id)
            .with("roles", codes(&details.roles))
            .with("standing", standing.code())
            .with("version", version + 1),
    )
}

fn stale_person(now: &PersonFile) -> Stale {
    let field = |name, label, current: &str| StaleField { name, label, current: current.to_owned() };
    Stale {
        version: now.version,
        fields: vec![
            field("name", "Name", &now.details.name),
            field("email", "Email address", &now.details.email),
            field("job_title", "Job title", &now.details.job_title),
        ],
    }
}

fn end_everything(writing: &mut Writing<'_>, person: &PersonId) -> Result<(), Problem> {
    let today = writing.today();
    diesel::delete(session_rows::table.filter(session_rows::person_id.eq(person)))
        .execute(writing.connection)?;
    diesel::update(
        supervisor_links::table
            .filter(supervisor_links::supervisor_id.eq(person).or(supervisor_links::supervisee_id.eq(person)))
            .filter(supervisor_links::to_on.is_null()),
    )
    .set(supervisor_links::to_on.eq(today))
    .execute(writing.connection)?;
    Ok(())
}

/// Gives a person a supervisor. A new line supervisor follows the one before, whose link ends the day before.
pub fn add_supervisor(
    writing: &mut Writing<'_>,
    person: &PersonId,
    link: &NewSupervisorLink,
) -> Result<SupervisorLinkId, Problem> {
    let facts = person_facts(writing.connection, person)?;
    writing.permit(&Action::OpenPerson(&facts), "person", person)?;
    writing.permit(&Action::AdministerPeople, "person", person)?;
    if link.supervisor == *person {
        return Err(Problems::one("supervisor", "Nobody can supervise themselves").into());
    }
    let supervisor = person_facts(writing.connection, &link.supervisor)?;
    if supervisor.organisation != facts.organisation {
        return Err(Problems::one("supervisor", "Choose a supervisor from the list").into());
    }
    if actor_of_person(writing, &link.supervisor)?
        .supervised_by
        .iter()
        .any(|(above, kind)| above == person && *kind == link.kind)
    {
        return Err(Problems::one(
            "supervisor",
            "This person supervises the supervisor already. Two people cannot supervise each other",
        )
        .into());
    }
    if link.kind == LinkKind::Line {
        diesel::update(
            supervisor_links::table
                .filter(
                    supervisor_links::supervisee_id
                        .eq(person)
                        .and(supervisor_links::kind.eq(LinkKind::Line.code())),
                )
                .filter(supervisor_links::to_on.is_null()),
        )
        .set(supervisor_links::to_on.eq(link.from.pred_opt().unwrap_or(link.from)))
        .execute(writing.connection)?;
    }
    insert_link(writing, person, link)
}

pub(crate) fn insert_link(
    writing: &mut Writing<'_>,
    person: &PersonId,
    link: &NewSupervisorLink,
) -> Result<SupervisorLinkId, Problem> {
    let (id, organisation, now): (SupervisorLinkId, _, _) = (new_id(), writing.organisation()?, writing.now);
    diesel::insert_into(supervisor_links::table)
        .values((
            supervisor_links::id.eq(&id),
            supervisor_links::organisation_id.eq(organisation),
            supervisor_links::supervisor_id.eq(&link.supervisor),
            supervisor_links::supervisee_id.eq(person),
            supervisor_links::kind.eq(link.kind),
            supervisor_links::from_on.eq(link.from),
            supervisor_links::created_at.eq(now),
        ))
        .execute(writing.connection)?;
    writing.audit(
        Event::new("supervisor_added", "person", person)
            .with("supervisor", &link.supervisor)
            .with("kind", link.kind.code()),
    )?;
    Ok(id)
}

/// Ends a supervision link today.
pub fn end_supervisor(
    writing: &mut Writing<'_>,
    person: &PersonId,
    link: &SupervisorLinkId,
) -> Result<(), Problem> {
    let facts = person_facts(writing.connection, person)?;
    writing.permit(&Action::OpenPerson(&facts), "person", person)?;
    writing.permit(&Action::AdministerPeople, "person", person)?;
    let today = writing.today();
    let ended = diesel::update(
        supervisor_links::table
            .filter(supervisor_links::id.eq(link).and(supervisor_links::supervisee_id.eq(person)))
            .filter(supervisor_links::to_on.is_null()),
    )
    .set(supervisor_links::to_on.eq(today))
    .execute(writing.connection)?;
    if ended == 0 {
        return Err(Problem::NotFound);
    }
    writing.audit(Event::new("supervisor_ended", "person", person).with("link", link))
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
            weekly_hours_tenths: 370,
        };
        check_details(writing, &details, None)?;
        let person = insert_person(writing, &details)?;
        sessions::make_welcome_link(writing, &person)
    })
}

/// The address to which mail for somebody goes.
pub(crate) fn email_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<String, Problem> {
    Ok(people::table.filter(people::id.eq(person)).select(people::email).first(reading.connection)?)
}
