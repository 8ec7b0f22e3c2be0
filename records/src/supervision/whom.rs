//! With whom somebody may hold a session.

use crate::problem::Problem;
use crate::schema::{people, supervisions};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::{Action, Actor, PersonFacts};
use domain::ids::{OrganisationId, PersonId, TeamId};
use domain::people::Standing;
use domain::supervision::{RecordState, SupervisionKind};

/// Somebody whom the actor supervises, for the choice of with whom to log a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supervisee {
    /// The person.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The job title.
    pub job_title: String,
    /// When the last session between the two was held.
    pub last_held_on: Option<NaiveDate>,
    /// Their organisation.
    pub organisation: OrganisationId,
}

/// The people whom the actor supervises, by name.
pub fn supervisees(reading: &mut Reading<'_>) -> Result<Vec<Supervisee>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::BeginSupervision, "supervision", "")?;
    let ids: Vec<PersonId> = actor.supervises.iter().map(|(person, _)| person.clone()).collect();
    with_last_session(reading, &actor, &ids)
}

/// The same, with those whom the actor supervised until lately: whose sessions they may still have to write up.
pub fn to_write_up(reading: &mut Reading<'_>) -> Result<Vec<Supervisee>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::BeginWritingUp, "supervision", "")?;
    let now = actor.supervises.iter().map(|(person, _)| person);
    let lately = actor.supervised_until.iter().map(|link| &link.person);
    let ids: Vec<PersonId> = now.chain(lately).cloned().collect();
    with_last_session(reading, &actor, &ids)
}

fn with_last_session(
    reading: &mut Reading<'_>,
    actor: &Actor,
    ids: &[PersonId],
) -> Result<Vec<Supervisee>, Problem> {
    let people: Vec<(PersonId, String, String)> = people::table
        .filter(people::id.eq_any(ids))
        .order(people::name)
        .select((people::id, people::name, people::job_title))
        .load(reading.connection)?;
    let last: Vec<(PersonId, Option<NaiveDate>)> = supervisions::table
        .filter(supervisions::supervisor_id.eq(&actor.person))
        .filter(supervisions::state.ne(RecordState::Voided))
        .group_by(supervisions::supervisee_id)
        .select((supervisions::supervisee_id, diesel::dsl::max(supervisions::held_on)))
        .load(reading.connection)?;
    Ok(people
        .into_iter()
        .map(|(id, name, job_title)| {
            let last_held_on =
                last.iter().find(|(person, _)| *person == id).and_then(|(_, held_on)| *held_on);
            let organisation = actor.organisation.clone();
            Supervisee { id, name, job_title, last_held_on, organisation }
        })
        .collect())
}

/// Colleagues of the actor's team, for a talk among peers, by name.
pub fn colleagues(reading: &mut Reading<'_>) -> Result<Vec<Supervisee>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::ListSupervision, "supervision", "")?;
    let rows: Vec<(PersonId, String, String)> = people::table
        .filter(people::organisation_id.eq(&actor.organisation).and(people::team_id.eq(&actor.team)))
        .filter(people::standing.eq(Standing::Active).and(people::id.ne(&actor.person)))
        .order((people::name, people::id))
        .select((people::id, people::name, people::job_title))
        .load(reading.connection)?;
    let colleague = |(id, name, job_title)| Supervisee {
        id,
        name,
        job_title,
        last_held_on: None,
        organisation: actor.organisation.clone(),
    };
    Ok(rows.into_iter().map(colleague).collect())
}

/// Somebody with whom a session that was held is being logged: of this kind, or of any that two people hold every day.
pub fn supervisee(
    reading: &mut Reading<'_>,
    id: &PersonId,
    kind: Option<SupervisionKind>,
) -> Result<Supervisee, Problem> {
    let (organisation, team, name, job_title): (OrganisationId, TeamId, String, String) = people::table
        .filter(people::id.eq(id))
        .select((people::organisation_id, people::team_id, people::name, people::job_title))
        .first(reading.connection)?;
    let facts = PersonFacts { id: id.clone(), organisation: organisation.clone(), team };
    reading.permit(&Action::WriteUp(&facts, kind), "person", id)?;
    Ok(Supervisee { id: id.clone(), name, job_title, last_held_on: None, organisation })
}
