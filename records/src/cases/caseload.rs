//! How much work somebody has.

use crate::content;
use crate::problem::Problem;
use crate::schema::cases;
use crate::store::Reading;
use diesel::prelude::*;
use domain::access::{Action, PersonFacts, may};
use domain::caseload::Caseload;
use domain::cases::{CaseStatus, PlanType};
use domain::ids::PersonId;
use domain::risk::RiskLevel;
use std::collections::HashMap;

/// The open cases that somebody leads, for whoever may know how many these are.
pub fn caseload_of(reading: &mut Reading<'_>, person: &PersonFacts) -> Result<Option<Caseload>, Problem> {
    if !may(&reading.actor()?, &Action::SeeCaseloadOf(person)).is_allowed() {
        return Ok(None);
    }
    let rules = content::rules(reading)?;
    let (_, weights) = &rules.caseload;
    let rows: Vec<(PlanType, RiskLevel)> = cases::table
        .filter(cases::organisation_id.eq(&person.organisation))
        .filter(cases::lead_practitioner_id.eq(&person.id).and(cases::status.eq(CaseStatus::Open)))
        .select((cases::plan_type, cases::risk_level))
        .load(reading.connection)?;
    let add = |load: Caseload, (plan, risk)| load.and(weights.of(plan, risk));
    Ok(Some(rows.into_iter().fold(Caseload::default(), add)))
}

/// The same of cases that were read already: of all that somebody leads.
pub(crate) fn caseload_in<'a>(
    reading: &mut Reading<'_>,
    led: impl Iterator<Item = &'a super::CaseSummary>,
) -> Result<Caseload, Problem> {
    let rules = content::rules(reading)?;
    let (_, weights) = &rules.caseload;
    Ok(led.fold(Caseload::default(), |load, case| load.and(weights.of(case.plan_type, case.risk_level))))
}

/// The cases that each person leads, for whoever chooses who takes over: counts and weights alone, whichever cases they are.
pub fn caseloads(reading: &mut Reading<'_>) -> Result<HashMap<PersonId, Caseload>, Problem> {
    reading.permit(&Action::AdministerPeople, "people", "")?;
    let (rules, organisation) = (content::rules(reading)?, reading.organisation()?);
    let (_, weights) = &rules.caseload;
    let rows: Vec<(Option<PersonId>, PlanType, RiskLevel)> = cases::table
        .filter(cases::organisation_id.eq(organisation).and(cases::status.eq(CaseStatus::Open)))
        .filter(cases::lead_practitioner_id.is_not_null())
        .select((cases::lead_practitioner_id, cases::plan_type, cases::risk_level))
        .load(reading.connection)?;
    let mut loads: HashMap<PersonId, Caseload> = HashMap::new();
    for (lead, plan, risk) in rows {
        let load = loads.entry(lead.ok_or(Problem::NotFound)?).or_default();
        *load = load.and(weights.of(plan, risk));
    }
    Ok(loads)
}
