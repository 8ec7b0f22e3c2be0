//! Who else is asked to a session with more than two people.

use crate::people::links::runs_on;
use crate::problem::Problem;
use crate::schema::{case_workers, cases, people, supervision_members, supervisor_links};
use crate::store::{Reading, Writing};
use diesel::prelude::*;
use domain::access::Action;
use domain::cases::CaseStatus;
use domain::form::Problems;
use domain::ids::{CaseId, PersonId, SupervisionId};
use domain::people::{LinkKind, Standing};
use domain::supervision::{Attendance, Member, SupervisionKind};
use std::collections::BTreeSet;

/// Somebody who was asked to be there.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct MemberRow {
    /// Who.
    pub id: PersonId,
    /// By name.
    pub name: String,
    /// Whether they came.
    pub attendance: Attendance,
}

impl MemberRow {
    /// Whether they came: who did not reads nothing.
    pub(super) fn was_there(&self) -> bool {
        self.attendance == Attendance::There
    }
}

/// Who can be asked to a session of this kind with somebody: whom the actor supervises; in a joint one also who works on the same
/// cases, of whatever team, and their line managers; among peers the colleagues of the team. By name.
pub fn may_join(
    reading: &mut Reading<'_>,
    supervisee: &PersonId,
    kind: SupervisionKind,
) -> Result<Vec<(PersonId, String)>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::ListSupervision, "people", "")?;
    if kind == SupervisionKind::Peer {
        let colleagues = super::colleagues(reading)?;
        let others = colleagues.into_iter().filter(|colleague| colleague.id != *supervisee);
        return Ok(others.map(|colleague| (colleague.id, colleague.name)).collect());
    }
    let mut ids: BTreeSet<PersonId> = actor.supervises.iter().map(|(person, _)| person.clone()).collect();
    if kind == SupervisionKind::Joint {
        ids.extend(who_works_with(reading, supervisee)?);
    }
    ids.remove(supervisee);
    ids.remove(&actor.person);
    Ok(people::table
        .filter(people::id.eq_any(ids).and(people::standing.eq(Standing::Active)))
        .filter(people::organisation_id.eq(&actor.organisation))
        .order((people::name, people::id))
        .select((people::id, people::name))
        .load(reading.connection)?)
}

/// Who works on the open cases of somebody, and those people's line managers.
fn who_works_with(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<PersonId>, Problem> {
    let today = reading.today();
    let worked_on: Vec<CaseId> = case_workers::table
        .filter(case_workers::person_id.eq(person))
        .select(case_workers::case_id)
        .load(reading.connection)?;
    let shared: Vec<(Option<PersonId>, Option<PersonId>)> = cases::table
        .left_join(case_workers::table.on(case_workers::case_id.eq(cases::id)))
        .filter(cases::status.eq(CaseStatus::Open))
        .filter(cases::lead_practitioner_id.eq(person).or(cases::id.eq_any(worked_on).nullable()))
        .select((cases::lead_practitioner_id, case_workers::person_id.nullable()))
        .load(reading.connection)?;
    let mut found: Vec<PersonId> =
        shared.into_iter().flat_map(|(lead, worker)| [lead, worker]).flatten().collect();
    let managers: Vec<PersonId> = supervisor_links::table
        .filter(supervisor_links::supervisee_id.eq_any(&found).and(supervisor_links::kind.eq(LinkKind::Line)))
        .filter(runs_on(today))
        .select(supervisor_links::supervisor_id)
        .load(reading.connection)?;
    found.extend(managers);
    Ok(found)
}

/// Notes who was asked. Somebody who cannot be asked to such a session is an error.
pub(super) fn insert_members(
    writing: &mut Writing<'_>,
    session: &SupervisionId,
    (supervisee, kind): (&PersonId, SupervisionKind),
    members: &[Member],
) -> Result<(), Problem> {
    if members.is_empty() {
        return Ok(());
    }
    let organisation = writing.organisation()?;
    let known = may_join(writing, supervisee, kind)?;
    for member in members {
        if !known.iter().any(|(id, _)| *id == member.person) {
            return Err(
                Problems::one("there", "Somebody you ticked cannot be asked to this. Choose again").into()
            );
        }
        diesel::insert_into(supervision_members::table)
            .values((
                supervision_members::supervision_id.eq(session),
                supervision_members::person_id.eq(&member.person),
                supervision_members::organisation_id.eq(&organisation),
                supervision_members::attendance.eq(member.attendance),
            ))
            .execute(writing.connection)?;
    }
    Ok(())
}
