//! The policy of `domain` at work: who asks, what they may do, and the same rules as conditions on a list.

use crate::connection::AnyConnection;
use crate::content::team_tree;
use crate::people::links::runs_on_or_after;
use crate::problem::{Problem, Refusal};
use crate::schema::{
    case_workers, cases, organisations, people, person_roles, sessions, supervisor_links, teams,
};
use crate::store::Reading;
use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::dsl::{self, Eq, InnerJoinOn, IntoBoxed, LeftJoinOn};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, Actor, CaseFacts, Decision, EndedLink, PersonFacts, WRITTEN_UP_FOR, may};
use domain::ids::{CaseId, OrganisationId, PersonId, TeamId};
use domain::people::{LinkKind, Role, Standing};
use std::collections::BTreeSet;

pub(crate) type Backend = <AnyConnection as diesel::Connection>::Backend;

/// Who reads or writes: a signed-in person, or the product itself at some task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    actor: Option<Actor>,
    organisation: Option<OrganisationId>,
    source: String,
    /// The version of the organisation's rules when the session was looked up.
    rules_version: Option<i32>,
}

impl Who {
    /// A signed-in person, at this network address.
    pub fn person(actor: Actor, address: &str) -> Self {
        Self {
            organisation: Some(actor.organisation.clone()),
            actor: Some(actor),
            source: address.to_owned(),
            rules_version: None,
        }
    }

    /// Somebody who has not signed in, at this network address.
    pub fn stranger(address: &str) -> Self {
        Self { actor: None, organisation: None, source: address.to_owned(), rules_version: None }
    }

    /// The product itself, at this task.
    pub fn system(task: &str) -> Self {
        let source = format!("system: {task}");
        Self { actor: None, organisation: None, source, rules_version: None }
    }

    /// The same, on behalf of an organisation.
    pub(crate) fn for_organisation(mut self, organisation: &OrganisationId) -> Self {
        self.organisation = Some(organisation.clone());
        self
    }

    /// The same, knowing the version of the organisation's rules: reads need not ask for it again.
    pub fn knowing_rules(mut self, version: i32) -> Self {
        self.rules_version = Some(version);
        self
    }

    pub(crate) fn rules_version(&self) -> Option<i32> {
        self.rules_version
    }

    pub(crate) fn actor(&self) -> Option<&Actor> {
        self.actor.as_ref()
    }

    pub(crate) fn organisation(&self) -> Option<&OrganisationId> {
        self.organisation.as_ref()
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Asks the policy.
    pub(crate) fn permit(
        &self,
        action: &Action<'_>,
        subject_kind: &'static str,
        subject_id: impl ToString,
    ) -> Result<(), Problem> {
        let actor =
            self.actor.as_ref().ok_or_else(|| Problem::unexpected("this needs a signed-in person"))?;
        match may(actor, action) {
            Decision::Allowed => Ok(()),
            Decision::Refused(reason) => Err(Problem::Refused(Refusal {
                what: action.name(),
                subject_kind,
                subject_id: subject_id.to_string(),
                reason,
            })),
        }
    }
}

impl Reading<'_> {
    /// The signed-in person.
    pub fn actor(&self) -> Result<Actor, Problem> {
        self.who.actor().cloned().ok_or_else(|| Problem::unexpected("this needs a signed-in person"))
    }

    /// The organisation for which this is done.
    pub(crate) fn organisation(&self) -> Result<OrganisationId, Problem> {
        self.who.organisation().cloned().ok_or_else(|| Problem::unexpected("this needs an organisation"))
    }

    /// Asks the policy, and stops with a refusal that the audit trail keeps.
    pub fn permit(
        &self,
        action: &Action<'_>,
        subject_kind: &'static str,
        subject_id: impl ToString,
    ) -> Result<(), Problem> {
        self.who.permit(action, subject_kind, subject_id)
    }
}

// --- Who the actor is ---------------------------------------------------------------------------------------------

/// Who supervises, who is supervised, in what, from when, and until when if it ends.
type Link = (PersonId, PersonId, LinkKind, NaiveDate, Option<NaiveDate>);

/// The first of the days until which somebody may have supervised and still writes up.
fn written_up_since(today: NaiveDate) -> NaiveDate {
    today - Days::new(WRITTEN_UP_FOR)
}

/// A session and its person, as the cookie's token finds them.
pub(crate) struct Found {
    /// The session, when it began, when it was last seen, and when it ran out.
    pub(crate) session: (domain::ids::SessionId, NaiveDateTime, NaiveDateTime, Option<NaiveDateTime>),
    pub(crate) name: String,
    pub(crate) actor: Actor,
    pub(crate) demonstration: bool,
    pub(crate) rules_version: i32,
    pub(crate) lens: bool,
}

/// The actor behind a session token, if the session stands and the person works here.
pub(crate) fn actor_of_token(reading: &mut Reading<'_>, token_hash: &str) -> Result<Option<Found>, Problem> {
    type Row = (
        (domain::ids::SessionId, NaiveDateTime, NaiveDateTime, Option<NaiveDateTime>),
        PersonId,
        OrganisationId,
        (TeamId, Option<NaiveDateTime>),
        (String, bool, i32, bool),
        Option<Role>,
        Option<Link>,
    );
    let today = reading.today();
    let rows: Vec<Row> = sessions::table
        .inner_join(people::table.on(people::id.eq(sessions::person_id)))
        .inner_join(organisations::table.on(organisations::id.eq(sessions::organisation_id)))
        .left_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .left_join(
            supervisor_links::table.on(supervisor_links::supervisor_id
                .eq(people::id)
                .or(supervisor_links::supervisee_id.eq(people::id))
                .and(supervisor_links::from_on.le(today))
                .and(runs_on_or_after(written_up_since(today)))),
        )
        .filter(sessions::token_hash.eq(token_hash))
        .filter(people::standing.eq(Standing::Active.code()))
        .select((
            (sessions::id, sessions::created_at, sessions::seen_at, sessions::ran_out_at),
            people::id,
            people::organisation_id,
            (people::team_id, people::journal_waits_until),
            (people::name, organisations::demonstration, organisations::rules_version, people::lens),
            person_roles::role.nullable(),
            (
                supervisor_links::supervisor_id,
                supervisor_links::supervisee_id,
                supervisor_links::kind,
                supervisor_links::from_on,
                supervisor_links::to_on,
            )
                .nullable(),
        ))
        .load(reading.connection)?;
    let Some((session, person, organisation, team, named, ..)) = rows.first().cloned() else {
        return Ok(None);
    };
    let (name, demonstration, rules_version, lens) = named;
    // Each role comes with each link, so both come more than once.
    let roles: BTreeSet<Role> = rows.iter().filter_map(|row| row.5).collect();
    let links: BTreeSet<Link> = rows.into_iter().filter_map(|row| row.6).collect();
    let actor = complete_actor(reading, person, (organisation, rules_version), team, roles, links)?;
    Ok(Some(Found { session, name, actor, demonstration, rules_version, lens }))
}

/// A person as an actor: for sign-in, jobs and tests.
pub fn actor_of_person(reading: &mut Reading<'_>, person: &PersonId) -> Result<Actor, Problem> {
    type Row = ((OrganisationId, i32), (TeamId, Option<NaiveDateTime>), Option<Role>);
    let rows: Vec<Row> = people::table
        .inner_join(organisations::table.on(organisations::id.eq(people::organisation_id)))
        .left_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .filter(people::id.eq(person))
        .select((
            (people::organisation_id, organisations::rules_version),
            (people::team_id, people::journal_waits_until),
            person_roles::role.nullable(),
        ))
        .load(reading.connection)?;
    let (organisation, team, _) = rows.first().cloned().ok_or(Problem::NotFound)?;
    let roles = rows.into_iter().filter_map(|row| row.2).collect();
    let today = reading.today();
    let links: Vec<Link> = supervisor_links::table
        .filter(supervisor_links::supervisor_id.eq(person).or(supervisor_links::supervisee_id.eq(person)))
        .filter(supervisor_links::from_on.le(today))
        .filter(runs_on_or_after(written_up_since(today)))
        .select((
            supervisor_links::supervisor_id,
            supervisor_links::supervisee_id,
            supervisor_links::kind,
            supervisor_links::from_on,
            supervisor_links::to_on,
        ))
        .load(reading.connection)?;
    let links = links.into_iter().collect();
    complete_actor(reading, person.clone(), organisation, team, roles, links)
}

fn complete_actor(
    reading: &mut Reading<'_>,
    person: PersonId,
    (organisation, rules_version): (OrganisationId, i32),
    (team, journal_waits_until): (TeamId, Option<NaiveDateTime>),
    roles: BTreeSet<Role>,
    links: BTreeSet<Link>,
) -> Result<Actor, Problem> {
    let (mut supervises, mut supervised_until, mut supervised_by) = (Vec::new(), Vec::new(), Vec::new());
    for (supervisor, supervisee, kind, from, to_on) in links {
        let ended_on = to_on.filter(|to_on| *to_on < reading.today());
        match (supervisor == person, ended_on) {
            (true, None) => supervises.push((supervisee, kind)),
            // One that was taken back before it began was none.
            (true, Some(until)) if until < from => {}
            (true, Some(until)) => supervised_until.push(EndedLink { person: supervisee, kind, from, until }),
            (false, None) => supervised_by.push((supervisor, kind)),
            (false, Some(_)) => {}
        }
    }
    let oversees = if roles.iter().any(|role| role.manages()) {
        team_tree(reading, &organisation, rules_version)?.with_below(&team)
    } else {
        Vec::new()
    };
    let roles = roles.into_iter().collect();
    let journal_waits_until = journal_waits_until.filter(|until| *until > reading.now);
    Ok(Actor {
        person,
        organisation,
        roles,
        team,
        oversees,
        supervises,
        supervised_until,
        supervised_by,
        journal_waits_until,
    })
}

// --- What the policy needs to know --------------------------------------------------------------------------------

/// What the policy needs to know about a case.
pub(crate) fn case_facts(connection: &mut AnyConnection, id: &CaseId) -> Result<CaseFacts, Problem> {
    let rows: Vec<(OrganisationId, TeamId, Option<PersonId>, Option<PersonId>)> = cases::table
        .left_join(case_workers::table.on(case_workers::case_id.eq(cases::id)))
        .filter(cases::id.eq(id))
        .select((
            cases::organisation_id,
            cases::team_id,
            cases::lead_practitioner_id,
            case_workers::person_id.nullable(),
        ))
        .load(connection)?;
    let (organisation, team, lead_practitioner, _) = rows.first().cloned().ok_or(Problem::NotFound)?;
    let co_workers = rows.into_iter().filter_map(|row| row.3).collect();
    Ok(CaseFacts { id: id.clone(), organisation, team, lead_practitioner, co_workers })
}

/// What the policy needs to know about a person.
pub(crate) fn person_facts(connection: &mut AnyConnection, id: &PersonId) -> Result<PersonFacts, Problem> {
    let (organisation, team) = people::table
        .filter(people::id.eq(id))
        .select((people::organisation_id, people::team_id))
        .first(connection)?;
    Ok(PersonFacts { id: id.clone(), organisation, team })
}

// --- The same rules as conditions on lists ------------------------------------------------------------------------

/// Cases with their lead practitioner, as every list of cases reads them.
pub(crate) type CasesWithLead = IntoBoxed<
    'static,
    LeftJoinOn<cases::table, people::table, Eq<cases::lead_practitioner_id, dsl::Nullable<people::id>>>,
    Backend,
>;

/// Cases with their lead practitioner, of every organisation: narrow it with [`visible_cases`].
pub(crate) fn cases_with_lead() -> CasesWithLead {
    cases::table
        .left_join(people::table.on(cases::lead_practitioner_id.eq(people::id.nullable())))
        .into_boxed()
}

/// The condition under which [`Action::OpenCase`] allows a case, in a query that holds `cases`; for whoever does not inspect
/// every case of the organisation.
macro_rules! is_within_reach {
    ($actor:expr) => {{
        let mut workers = $actor.case_supervisees();
        workers.push($actor.person.clone());
        let worked_on = $crate::schema::case_workers::table
            .filter($crate::schema::case_workers::person_id.eq_any(workers.clone()))
            .select($crate::schema::case_workers::case_id);
        $crate::schema::cases::team_id
            .eq_any($actor.oversees.clone())
            .nullable()
            .or($crate::schema::cases::lead_practitioner_id
                .eq_any(workers.into_iter().map(Some).collect::<Vec<_>>()))
            .or($crate::schema::cases::id.eq_any(worked_on).nullable())
    }};
}
pub(crate) use is_within_reach;

/// Keeps the cases that [`Action::OpenCase`] allows, in a boxed query that holds `cases`.
macro_rules! within_reach {
    ($query:expr, $actor:expr) => {{
        let here = $query.filter($crate::schema::cases::organisation_id.eq($actor.organisation.clone()));
        if $actor.inspects() { here } else { here.filter($crate::access::is_within_reach!($actor)) }
    }};
}
pub(crate) use within_reach;

/// Keeps the cases that [`Action::OpenCase`] allows.
pub(crate) fn visible_cases(query: CasesWithLead, actor: &Actor) -> CasesWithLead {
    within_reach!(query, actor)
}

/// People with their team, as every list of people reads them.
pub(crate) type PeopleWithTeam =
    IntoBoxed<'static, InnerJoinOn<people::table, teams::table, Eq<teams::id, people::team_id>>, Backend>;

/// People with their team, of every organisation: narrow it with [`visible_people`] or [`people_in_training_scope`].
pub(crate) fn people_with_team() -> PeopleWithTeam {
    people::table.inner_join(teams::table.on(teams::id.eq(people::team_id))).into_boxed()
}

/// Keeps the people that [`Action::OpenPerson`] allows.
pub(crate) fn visible_people(query: PeopleWithTeam, actor: &Actor) -> PeopleWithTeam {
    let here = query.filter(people::organisation_id.eq(actor.organisation.clone()));
    if [Role::SystemAdmin, Role::Coordinator, Role::Auditor].iter().any(|role| actor.is(*role)) {
        return here;
    }
    let mut teams = actor.oversees.clone();
    teams.push(actor.team.clone());
    here.filter(people::team_id.eq_any(teams).or(people::id.eq_any(linked_people(actor, true))))
}

/// Keeps the people whose training [`Action::SeeTrainingOf`] allows.
pub(crate) fn people_in_training_scope(query: PeopleWithTeam, actor: &Actor) -> PeopleWithTeam {
    let here = query.filter(people::organisation_id.eq(actor.organisation.clone()));
    if actor.is(Role::Coordinator) {
        return here;
    }
    here.filter(
        people::team_id.eq_any(actor.oversees.clone()).or(people::id.eq_any(linked_people(actor, false))),
    )
}

fn linked_people(actor: &Actor, and_supervisors: bool) -> Vec<PersonId> {
    let above = actor.supervised_by.iter().filter(|_| and_supervisors);
    let mut linked: Vec<PersonId> =
        actor.supervises.iter().chain(above).map(|(person, _)| person.clone()).collect();
    linked.push(actor.person.clone());
    linked
}
