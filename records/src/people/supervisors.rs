//! Who supervises whom, in what, and from when to when.

use crate::access::{actor_of_person, person_facts};
use crate::audit::Event;
use crate::bookings::hand_on_pair;
use crate::people::links::{runs_after, runs_on_or_after};
use crate::problem::Problem;
use crate::schema::{people, supervisor_links};
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::form::Problems;
use domain::ids::{PersonId, SupervisorLinkId};
use domain::people::{LinkKind, NewSupervisorLink};

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

mod aliases {
    use crate::schema::people;
    diesel::alias!(people as linked_supervisor: LinkedSupervisor, people as linked_supervisee: LinkedSupervisee);
}
use aliases::{linked_supervisee, linked_supervisor};

/// Who supervises or supervised somebody, those of today first and of each the newest; and whom they supervise today, by name.
pub(super) fn links_of(
    reading: &mut Reading<'_>,
    id: &PersonId,
) -> Result<(Vec<LinkRow>, Vec<LinkRow>), Problem> {
    type Row =
        ((SupervisorLinkId, LinkKind, NaiveDate, Option<NaiveDate>), (PersonId, String), (PersonId, String));
    let today = reading.today();
    let rows: Vec<Row> = supervisor_links::table
        .inner_join(
            linked_supervisor.on(linked_supervisor.field(people::id).eq(supervisor_links::supervisor_id)),
        )
        .inner_join(
            linked_supervisee.on(linked_supervisee.field(people::id).eq(supervisor_links::supervisee_id)),
        )
        .filter(supervisor_links::supervisee_id.eq(id).or(supervisor_links::supervisor_id.eq(id)))
        .order((
            supervisor_links::to_on.is_not_null(),
            supervisor_links::from_on.desc(),
            supervisor_links::id,
        ))
        .select((
            (
                supervisor_links::id,
                supervisor_links::kind,
                supervisor_links::from_on,
                supervisor_links::to_on,
            ),
            linked_supervisor.fields((people::id, people::name)),
            linked_supervisee.fields((people::id, people::name)),
        ))
        .load(reading.connection)?;
    let (mut supervisors, mut supervisees) = (Vec::new(), Vec::new());
    for ((link, kind, from_on, to_on), supervisor, supervisee) in rows {
        let row = |(person, name)| LinkRow { id: link, person, name, kind, from_on, to_on };
        if supervisee.0 == *id {
            supervisors.push(row(supervisor));
        } else if from_on <= today && to_on.is_none_or(|to| to >= today) {
            supervisees.push(row(supervisee));
        }
    }
    supervisees.sort_by(|one: &LinkRow, other: &LinkRow| one.name.cmp(&other.name));
    Ok((supervisors, supervisees))
}

/// Gives a person a supervisor. A new line supervisor follows the one before, whose link ends the day before, and holds what was booked
/// with them from then on.
pub fn add_supervisor(
    writing: &mut Writing<'_>,
    person: &PersonId,
    link: &NewSupervisorLink,
) -> Result<SupervisorLinkId, Problem> {
    let before =
        if link.kind == LinkKind::Line { line_supervisors(writing, person, link.from)? } else { Vec::new() };
    let id = follow(writing, person, link)?;
    for from in before.iter().filter(|before| **before != link.supervisor) {
        if !is_linked(writing, from, person, link.from)? {
            let on = link.from.max(writing.today());
            hand_on_pair(writing, (from, person), on, &link.supervisor)?;
        }
    }
    Ok(id)
}

/// Who supervises somebody in line on a day or after it.
fn line_supervisors(
    reading: &mut Reading<'_>,
    person: &PersonId,
    from: NaiveDate,
) -> Result<Vec<PersonId>, Problem> {
    let is_line = supervisor_links::kind.eq(LinkKind::Line);
    Ok(supervisor_links::table
        .filter(supervisor_links::supervisee_id.eq(person).and(is_line))
        .filter(runs_on_or_after(from))
        .select(supervisor_links::supervisor_id)
        .load(reading.connection)?)
}

/// Whether somebody supervises a person in anything on a day or after it.
fn is_linked(
    reading: &mut Reading<'_>,
    supervisor: &PersonId,
    person: &PersonId,
    on: NaiveDate,
) -> Result<bool, Problem> {
    let links = supervisor_links::table
        .filter(
            supervisor_links::supervisor_id.eq(supervisor).and(supervisor_links::supervisee_id.eq(person)),
        )
        .filter(runs_on_or_after(on));
    Ok(diesel::select(exists(links)).get_result(reading.connection)?)
}

/// The same, and nothing of what was booked: whoever hands over says of each session who holds it.
pub(super) fn follow(
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
                .filter(runs_on_or_after(link.from)),
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
            supervisor_links::to_on.eq(link.to),
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
            .filter(runs_after(today)),
    )
    .set(supervisor_links::to_on.eq(today))
    .execute(writing.connection)?;
    if ended == 0 {
        return Err(Problem::NotFound);
    }
    writing.audit(Event::new("supervisor_ended", "person", person).with("link", link))
}
