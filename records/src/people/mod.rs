//! People and their roles: the list, and a person's page.

mod change;
mod hand_over;
mod leavers;
pub(crate) mod links;
mod supervisors;

pub(crate) use change::insert_person;
pub use change::{add, change, invite, invite_administrator, take_back};
pub use hand_over::{BookedThing, OpenThings, close_leavers, hand_over, open_things};
pub use leavers::{PossibleLeaver, possible_leavers};
pub(crate) use supervisors::insert_link;
pub use supervisors::{LinkRow, add_supervisor, end_supervisor};

use crate::access::{PeopleWithTeam, people_with_team, visible_people};
use crate::problem::Problem;
use crate::schema::{people, person_roles, teams};
use crate::store::Reading;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, PersonFacts, may};
use domain::caseload::Caseload;
use domain::ids::{OrganisationId, PersonId, TeamId};
use domain::people::{PersonDetails, Role, Standing};

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

/// The people within reach whose name holds these words, by name, after this person of the page before. People who left
/// come only if asked for.
pub fn list(
    reading: &mut Reading<'_>,
    words: &str,
    after: Option<PersonId>,
    and_left: bool,
) -> Result<(Vec<PersonSummary>, Option<PersonId>), Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::ListPeople, "people", "")?;
    let mut query = visible_people(people_with_team(), &actor);
    if !words.is_empty() {
        let words = words.to_lowercase().replace(['%', '_'], "");
        query = query.filter(people::search_key.like(format!("%{words}%")));
    }
    if let Some(last) = after {
        query = self::after(reading, query, &last)?;
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
    let next = listed.last().filter(|_| more).map(|last| last.id.clone());
    Ok((listed, next))
}

/// Narrows a list by name to those after a person of our own.
pub(crate) fn after(
    reading: &mut Reading<'_>,
    query: PeopleWithTeam,
    last: &PersonId,
) -> Result<PeopleWithTeam, Problem> {
    let organisation = reading.organisation()?;
    let name: String = people::table
        .filter(people::id.eq(last).and(people::organisation_id.eq(organisation)))
        .select(people::name)
        .first(reading.connection)?;
    let same_name = people::name.eq(name.clone()).and(people::id.gt(last.clone()));
    Ok(query.filter(people::name.gt(name).or(same_name)))
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
        // Nothing new goes to somebody whose last day is known.
        .filter(people::left_on.is_null())
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

/// The roles of those who supervise.
pub const SUPERVISING: [Role; 4] =
    [Role::Supervisor, Role::ServiceManager, Role::HeadOfService, Role::PartnerLiaison];

/// Who can approve a change of rules: those who manage services, and administrators.
pub fn approvers(reading: &mut Reading<'_>) -> Result<Vec<PersonSummary>, Problem> {
    with_roles(reading, &[Role::ServiceManager, Role::HeadOfService, Role::SystemAdmin])
}

/// Everybody to whom something can be handed over, by name.
pub fn everybody(reading: &mut Reading<'_>) -> Result<Vec<PersonSummary>, Problem> {
    reading.permit(&Action::AdministerPeople, "people", "")?;
    with_roles(reading, Role::ALL)
}

/// Everybody who can supervise, for the choice on a person's page.
pub fn supervisors(reading: &mut Reading<'_>) -> Result<Vec<PersonSummary>, Problem> {
    reading.permit(&Action::AdministerPeople, "people", "")?;
    with_roles(reading, &SUPERVISING)
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
    /// Since when we know of them.
    pub(crate) known_since: NaiveDate,
}

impl PersonFile {
    /// What the policy needs to know of them, for a reader of their organisation.
    pub(crate) fn facts(&self, organisation: &OrganisationId) -> PersonFacts {
        PersonFacts {
            id: self.id.clone(),
            organisation: organisation.clone(),
            team: self.details.team.clone(),
        }
    }
}

/// Opens a person's page.
pub fn open(reading: &mut Reading<'_>, id: &PersonId) -> Result<PersonFile, Problem> {
    type Row = (
        (String, String, String, TeamId, NaiveDate),
        (bool, bool, bool, Option<NaiveDate>),
        (i32, i32, Standing, Option<NaiveDate>),
        (Option<String>, String, OrganisationId, NaiveDateTime),
        Option<Role>,
    );
    let rows: Vec<Row> = people::table
        .inner_join(teams::table.on(teams::id.eq(people::team_id)))
        .left_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .filter(people::id.eq(id))
        .select((
            (people::name, people::email, people::job_title, people::team_id, people::started_on),
            (people::asye, people::registered, people::agency, people::registration_renews_on),
            (people::weekly_hours_tenths, people::version, people::standing, people::left_on),
            (people::password_hash, teams::name, people::organisation_id, people::created_at),
            person_roles::role.nullable(),
        ))
        .load(reading.connection)?;
    let roles: Vec<Role> = rows.iter().filter_map(|row| row.4).collect();
    let (
        (name, email, job_title, team, started_on),
        (asye, registered, agency, registration_renews_on),
        (weekly_hours_tenths, version, standing, left_on),
        (password_hash, team_name, organisation, created_at),
        _,
    ) = rows.into_iter().next().ok_or(Problem::NotFound)?;
    let facts = PersonFacts { id: id.clone(), organisation, team: team.clone() };
    reading.permit(&Action::OpenPerson(&facts), "person", id)?;
    let (supervisors, supervisees) = supervisors::links_of(reading, id)?;
    let details = PersonDetails {
        name,
        email,
        job_title,
        team,
        roles,
        started_on,
        asye,
        registered,
        registration_renews_on,
        agency,
        weekly_hours_tenths,
    };
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
        known_since: domain::calendar::london_day(created_at),
    })
}

/// What a person's page shows to those who are responsible for them, besides what colleagues see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Whether the reader may see how the person is registered: the person, who supervises or manages them, administrators.
    pub sees_registration: bool,
    /// How many cases the person leads and what these weigh, if the reader may know.
    pub caseload: Option<Caseload>,
}

/// What the reader may see of a person whose page they have opened.
pub fn profile(reading: &mut Reading<'_>, person: &PersonFile) -> Result<Profile, Problem> {
    let actor = reading.actor()?;
    let facts = person.facts(&actor.organisation);
    let sees_registration = [Action::SeeCadenceOf(&facts), Action::AdministerPeople]
        .iter()
        .any(|action| may(&actor, action).is_allowed());
    Ok(Profile { sees_registration, caseload: crate::cases::caseload_of(reading, &facts)? })
}

/// Whether somebody works here and stays.
pub(crate) fn works_here(reading: &mut Reading<'_>, person: &PersonId) -> Result<bool, Problem> {
    let (standing, left_on): (Standing, Option<NaiveDate>) = people::table
        .filter(people::id.eq(person))
        .select((people::standing, people::left_on))
        .first(reading.connection)?;
    Ok(standing == Standing::Active && left_on.is_none())
}

/// The address to which mail for somebody goes.
pub(crate) fn email_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<String, Problem> {
    Ok(people::table.filter(people::id.eq(person)).select(people::email).first(reading.connection)?)
}
