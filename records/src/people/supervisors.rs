//! Who supervises whom, in what, and from when to when.

use crate::access::{actor_of_person, person_facts};
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::supervisor_links;
use crate::store::{Writing, new_id};
use chrono::NaiveDate;
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
                .filter(supervisor_links::to_on.is_null().or(supervisor_links::to_on.ge(link.from))),
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
            .filter(supervisor_links::to_on.is_null().or(supervisor_links::to_on.gt(today))),
    )
    .set(supervisor_links::to_on.eq(today))
    .execute(writing.connection)?;
    if ended == 0 {
        return Err(Problem::NotFound);
    }
    writing.audit(Event::new("supervisor_ended", "person", person).with("link", link))
}
