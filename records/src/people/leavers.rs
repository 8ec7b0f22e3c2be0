//! Accounts that are open, and whose people may have left.

use super::PAGE;
use crate::access::{people_with_team, visible_people};
use crate::problem::Problem;
use crate::schema::{cases, people, teams};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::Action;
use domain::cases::CaseStatus;
use domain::ids::PersonId;
use domain::leavers::LeaverFacts;
use domain::people::Standing;
use std::collections::HashMap;

/// Somebody who may have left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PossibleLeaver {
    /// Who.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The team's name.
    pub team: String,
    /// Why it seems so, in words.
    pub signs: Vec<String>,
}

/// Who may have left, by name, after this person of the page before.
pub fn possible_leavers(
    reading: &mut Reading<'_>,
    after: Option<PersonId>,
) -> Result<(Vec<PossibleLeaver>, Option<PersonId>), Problem> {
    type Row = (PersonId, String, String, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>, bool);
    let (actor, today) = (reading.actor()?, reading.today());
    reading.permit(&Action::AdministerPeople, "people", "")?;
    let mut query =
        visible_people(people_with_team(), &actor).filter(people::standing.eq(Standing::Active)).filter(
            people::missing_since.is_not_null().or(people::left_on.is_not_null()).or(
                people::last_signed_in_on
                    .is_not_null()
                    .and(people::last_signed_in_on.assume_not_null().lt(LeaverFacts::silent_before(today))),
            ),
        );
    if let Some(last) = after {
        query = super::after(reading, query, &last)?;
    }
    let rows: Vec<Row> = query
        .order((people::name, people::id))
        .limit(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .select((
            people::id,
            people::name,
            teams::name,
            people::left_on,
            people::missing_since,
            people::last_signed_in_on,
            people::agency,
        ))
        .load(reading.connection)?;
    let ids: Vec<&PersonId> = rows.iter().map(|row| &row.0).collect();
    let led: Vec<(Option<PersonId>, i64)> = cases::table
        .filter(cases::lead_practitioner_id.eq_any(ids).and(cases::status.eq(CaseStatus::Open)))
        .group_by(cases::lead_practitioner_id)
        .select((cases::lead_practitioner_id, diesel::dsl::count_star()))
        .load(reading.connection)?;
    let led: HashMap<PersonId, i64> = led.into_iter().filter_map(|(id, count)| Some((id?, count))).collect();
    let has_more = rows.len() > PAGE;
    let listed: Vec<PossibleLeaver> = rows
        .into_iter()
        .take(PAGE)
        .map(|(id, name, team, last_day, missing_since, last_signed_in_on, agency)| {
            let leads = led.get(&id).copied().unwrap_or(0);
            let facts = LeaverFacts { last_day, missing_since, last_signed_in_on, agency, leads };
            PossibleLeaver { id, name, team, signs: facts.signs(today) }
        })
        .collect();
    let next = listed.last().filter(|_| has_more).map(|last| last.id.clone());
    Ok((listed, next))
}
