//! What two people have agreed who meet today: for reminders.

use super::{Pair, agreeing_supervisee, agreeing_supervisor};
use crate::people::links::runs_on;
use crate::problem::Problem;
use crate::schema::{agreements, people, supervisor_links};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::{Action, SupervisionFacts, may};
use domain::ids::{AgreementId, OrganisationId, PersonId};
use domain::supervision::RecordState;
use std::collections::HashMap;

/// What two people have agreed of whom one supervises the other today.
pub(crate) struct Current {
    /// Who supervises, and who is supervised.
    pub(crate) pair: Pair,
    /// The newest agreement, its state, and since when the second signature is asked for.
    pub(crate) newest: (AgreementId, RecordState, Option<NaiveDate>),
    /// The newest that both have signed, which holds, and its state.
    pub(crate) holds: Option<(AgreementId, RecordState)>,
}

/// What each two who meet have agreed.
pub(crate) fn current(reading: &mut Reading<'_>) -> Result<Vec<Current>, Problem> {
    let (organisation, today) = (reading.organisation()?, reading.today());
    let meets = supervisor_links::supervisor_id
        .eq(agreements::supervisor_id)
        .and(supervisor_links::supervisee_id.eq(agreements::supervisee_id));
    let rows: Vec<(AgreementId, Pair, RecordState, Option<NaiveDate>)> = agreements::table
        .inner_join(supervisor_links::table.on(meets))
        .filter(agreements::organisation_id.eq(organisation))
        .filter(runs_on(today))
        .order(agreements::id)
        .select((
            agreements::id,
            (agreements::supervisor_id, agreements::supervisee_id),
            agreements::state,
            agreements::asked_on,
        ))
        .load(reading.connection)?;
    let mut found: HashMap<Pair, Current> = HashMap::new();
    for (id, pair, state, asked_on) in rows {
        let before = found.remove(&pair).and_then(|current| current.holds);
        let holds = if state.is_locked() { Some((id.clone(), state)) } else { before };
        found.insert(pair.clone(), Current { pair, newest: (id, state, asked_on), holds });
    }
    Ok(found.into_values().collect())
}

/// The name and page of each of these agreements that the actor may read.
pub(crate) fn names(
    reading: &mut Reading<'_>,
    ids: &[String],
) -> Result<HashMap<String, (String, String)>, Problem> {
    type Row = (AgreementId, OrganisationId, (PersonId, String), (PersonId, String));
    let actor = reading.actor()?;
    let ids: Vec<AgreementId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let rows: Vec<Row> = agreements::table
        .inner_join(
            agreeing_supervisor.on(agreeing_supervisor.field(people::id).eq(agreements::supervisor_id)),
        )
        .inner_join(
            agreeing_supervisee.on(agreeing_supervisee.field(people::id).eq(agreements::supervisee_id)),
        )
        .filter(agreements::id.eq_any(ids))
        .select((
            agreements::id,
            agreements::organisation_id,
            agreeing_supervisor.fields((people::id, people::name)),
            agreeing_supervisee.fields((people::id, people::name)),
        ))
        .load(reading.connection)?;
    let mut names = HashMap::new();
    for (id, organisation, supervisor, supervisee) in rows {
        let with = if supervisee.0 == actor.person { &supervisor.1 } else { &supervisee.1 };
        let words = format!("Supervision agreement with {with}");
        let pair = SupervisionFacts::of_two(organisation, supervisor.0, supervisee.0);
        if may(&actor, &Action::ReadPersonalPart(&pair)).is_allowed() {
            names.insert(id.to_string(), (words, format!("/agreements/{id}")));
        }
    }
    Ok(names)
}
