//! Names and pages of sessions, for lists of what somebody is reminded of.

use super::{supervised, supervising};
use crate::problem::Problem;
use crate::schema::{people, supervisions};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::{Action, SupervisionFacts, may};
use domain::calendar::day_in_words;
use domain::ids::{OrganisationId, PersonId, SupervisionId};
use std::collections::HashMap;

/// The name and page of each of these sessions that the actor may open.
pub(crate) fn names(
    reading: &mut Reading<'_>,
    ids: &[String],
) -> Result<HashMap<String, (String, String)>, Problem> {
    type Row = (SupervisionId, OrganisationId, NaiveDate, (PersonId, String), (PersonId, String));
    let actor = reading.actor()?;
    let ids: Vec<SupervisionId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let rows: Vec<Row> = supervisions::table
        .inner_join(supervising.on(supervising.field(people::id).eq(supervisions::supervisor_id)))
        .inner_join(supervised.on(supervised.field(people::id).eq(supervisions::supervisee_id)))
        .filter(supervisions::id.eq_any(ids))
        .select((
            supervisions::id,
            supervisions::organisation_id,
            supervisions::held_on,
            supervising.fields((people::id, people::name)),
            supervised.fields((people::id, people::name)),
        ))
        .load(reading.connection)?;
    let mut names = HashMap::new();
    for (id, organisation, held_on, supervisor, supervisee) in rows {
        let with = if supervisee.0 == actor.person { &supervisor.1 } else { &supervisee.1 };
        let words = format!("Session of {} with {with}", day_in_words(held_on));
        let pair = SupervisionFacts::of_two(organisation, supervisor.0, supervisee.0);
        if may(&actor, &Action::OpenSupervision(&pair)).is_allowed() {
            names.insert(id.to_string(), (words, format!("/supervision/{id}")));
        }
    }
    Ok(names)
}
