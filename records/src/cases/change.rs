//! Adding cases, and changing their details.

use super::{CaseFile, RiskView, details, record_risk_view};
use crate::access::case_facts;
use crate::actions::hand_on_shared_actions;
use crate::audit::Event;
use crate::cadence::note_terms;
use crate::people::{PersonSummary, with_roles};
use crate::problem::{Problem, Stale};
use crate::schema::{case_workers, cases, people};
use crate::store::{Reading, Writing, new_id};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::cases::{CaseDetails, CaseStatus};
use domain::form::Problems;
use domain::ids::{CaseId, PersonId};
use domain::people::Role;
use domain::risk::{RiskDirection, RiskLevel};

/// What a case form offers: the teams that the person oversees, and the practitioners.
pub fn choices(reading: &mut Reading<'_>) -> Result<(Vec<crate::teams::Team>, Vec<PersonSummary>), Problem> {
    let actor = reading.actor()?;
    let mut teams = crate::teams::list(reading)?;
    teams.retain(|team| actor.oversees.contains(&team.id));
    Ok((teams, with_roles(reading, &[Role::Practitioner])?))
}

/// Adds a case.
pub fn add(writing: &mut Writing<'_>, details: &CaseDetails, risk: RiskLevel) -> Result<CaseId, Problem> {
    writing.permit(&Action::AddCase(&details.team), "team", &details.team)?;
    check_details(writing, details, None)?;
    insert_case(writing, details, risk)
}

pub(crate) fn insert_case(
    writing: &mut Writing<'_>,
    details: &CaseDetails,
    risk: RiskLevel,
) -> Result<CaseId, Problem> {
    let (id, organisation, now): (CaseId, _, _) = (new_id(), writing.organisation()?, writing.now);
    let allocated_on = Some(details.allocated_on);
    let (lead_since, unallocated_since) =
        if details.lead_practitioner.is_some() { (allocated_on, None) } else { (None, allocated_on) };
    diesel::insert_into(cases::table)
        .values((
            (cases::id.eq(&id), cases::organisation_id.eq(organisation), cases::team_id.eq(&details.team)),
            (
                cases::reference.eq(&details.reference),
                cases::label.eq(&details.label),
                cases::search_key.eq(search_key(details)),
            ),
            (cases::subject_kind.eq(details.subject_kind), cases::plan_type.eq(details.plan_type)),
            (cases::domestic_abuse.eq(details.domestic_abuse), cases::risk_level.eq(risk)),
            cases::lead_practitioner_id.eq(&details.lead_practitioner),
            (cases::allocated_on.eq(details.allocated_on), cases::status.eq(details.status)),
            (
                cases::marac.eq(details.marac),
                cases::lead_since.eq(lead_since),
                cases::unallocated_since.eq(unallocated_since),
            ),
            (cases::version.eq(1), cases::created_at.eq(now)),
        ))
        .execute(writing.connection)?;
    set_co_workers(writing, &id, &details.co_workers)?;
    record_risk_view(
        writing,
        &RiskView {
            case: &id,
            entry: None,
            on: details.allocated_on,
            level: risk,
            direction: RiskDirection::Unknown,
            note: "",
            is_repeat: false,
            checklist: None,
        },
    )?;
    writing.audit(Event::new("case_added", "case", &id).with("plan", details.plan_type.code()))?;
    Ok(id)
}

fn search_key(details: &CaseDetails) -> String {
    format!("{} {}", details.reference, details.label).to_lowercase()
}

/// What only the records can check: the reference is free, and the people are ours. Who has left may stay on a case, until
/// somebody else has it.
fn check_details(
    writing: &mut Writing<'_>,
    details: &CaseDetails,
    besides: Option<&CaseId>,
) -> Result<(), Problem> {
    let organisation = writing.organisation()?;
    let taken: Option<CaseId> = cases::table
        .filter(cases::organisation_id.eq(&organisation).and(cases::reference.eq(&details.reference)))
        .select(cases::id)
        .first(writing.connection)
        .optional()?;
    if taken.is_some_and(|taken| Some(&taken) != besides) {
        return Err(Problems::one("reference", "Another case has this reference already").into());
    }
    let mut workers = details.co_workers.clone();
    workers.extend(details.lead_practitioner.clone());
    let ours: i64 = people::table
        .filter(people::id.eq_any(&workers).and(people::organisation_id.eq(&organisation)))
        .count()
        .get_result(writing.connection)?;
    if usize::try_from(ours).ok() != Some(workers.len()) {
        return Err(Problems::one("lead_practitioner", "Choose people from the list").into());
    }
    Ok(())
}

fn set_co_workers(writing: &mut Writing<'_>, case: &CaseId, co_workers: &[PersonId]) -> Result<(), Problem> {
    let organisation = writing.organisation()?;
    diesel::delete(case_workers::table.filter(case_workers::case_id.eq(case))).execute(writing.connection)?;
    for person in co_workers {
        diesel::insert_into(case_workers::table)
            .values((
                case_workers::case_id.eq(case),
                case_workers::person_id.eq(person),
                case_workers::organisation_id.eq(&organisation),
            ))
            .execute(writing.connection)?;
    }
    Ok(())
}

/// Changes a case's details.
pub fn change(
    writing: &mut Writing<'_>,
    id: &CaseId,
    version: i32,
    details: &CaseDetails,
) -> Result<(), Problem> {
    let facts = case_facts(writing.connection, id)?;
    writing.permit(&Action::OpenCase(&facts), "case", id)?;
    writing.permit(&Action::ChangeCase(&facts), "case", id)?;
    if details.team != facts.team && !writing.actor()?.oversees.contains(&details.team) {
        return Err(Problems::one("team", "Choose a team from the list").into());
    }
    check_details(writing, details, Some(id))?;
    let before = self::details(writing, id)?;
    if before.version != version {
        return Err(stale_case(before).into());
    }
    diesel::update(cases::table.filter(cases::id.eq(id)))
        .set((
            (cases::team_id.eq(&details.team), cases::reference.eq(&details.reference)),
            (cases::label.eq(&details.label), cases::search_key.eq(search_key(details))),
            (cases::subject_kind.eq(details.subject_kind), cases::plan_type.eq(details.plan_type)),
            (cases::domestic_abuse.eq(details.domestic_abuse), cases::marac.eq(details.marac)),
            cases::lead_practitioner_id.eq(&details.lead_practitioner),
            (cases::allocated_on.eq(details.allocated_on), cases::status.eq(details.status)),
            cases::version.eq(version + 1),
        ))
        .execute(writing.connection)?;
    set_co_workers(writing, id, &details.co_workers)?;
    note_lead(writing, id, facts.lead_practitioner.as_ref(), details)?;
    let today = writing.today();
    note_terms(writing, id, today)?;
    if details.status == CaseStatus::Closed {
        hand_on_shared_actions(writing, id)?;
    }
    writing.audit(
        Event::new("case_changed", "case", id)
            .with("plan", details.plan_type.code())
            .with("status", details.status.code())
            .with("lead", details.lead_practitioner.as_ref().map_or("", PersonId::as_str))
            .with("version", version + 1),
    )
}

/// Notes since when the same practitioner leads the work, or nobody does.
fn note_lead(
    writing: &mut Writing<'_>,
    id: &CaseId,
    before: Option<&PersonId>,
    details: &CaseDetails,
) -> Result<(), Problem> {
    let (today, now) = (writing.today(), details.lead_practitioner.as_ref());
    if before == now {
        return Ok(());
    }
    let unallocated_since = now.is_none().then_some(today);
    diesel::update(cases::table.filter(cases::id.eq(id)))
        .set((cases::lead_since.eq(now.map(|_| today)), cases::unallocated_since.eq(unallocated_since)))
        .execute(writing.connection)?;
    Ok(())
}

fn stale_case(now: CaseFile) -> Stale {
    let fields = vec![
        ("Case reference", now.details.reference),
        ("Label", now.details.label),
        ("Plan", now.details.plan_type.words().to_owned()),
        ("Lead practitioner", now.lead_name.unwrap_or_else(|| "Not allocated yet".to_owned())),
        ("Status", now.details.status.words().to_owned()),
    ];
    Stale::new(now.version, fields)
}
