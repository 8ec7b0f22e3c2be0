//! Where in the teams of a manager no agreement is in place: what every audit of supervision files asks first.

use super::{agreeing_supervisee, agreeing_supervisor, review_days};
use crate::people::links::runs_on;
use crate::problem::Problem;
use crate::schema::{people, supervisor_links};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::Action;
use domain::ids::{PersonId, TeamId};
use domain::people::{LinkKind, Standing};

/// The lines of supervision in the teams that a manager oversees, without their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InTeams {
    /// How many there are.
    pub lines: usize,
    /// Those without an agreement in place, by team and name.
    pub missing: Vec<MissingAgreement>,
}

/// A line of supervision without an agreement in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingAgreement {
    /// Who supervises, by name.
    pub supervisor: String,
    /// Who is supervised, by id and name.
    pub supervisee: (PersonId, String),
    /// Until when one held that both had signed, if there was one.
    pub held_until: Option<NaiveDate>,
}

/// Line supervision in the teams that the actor oversees. What an agreement says stays with its readers.
pub fn in_teams(reading: &mut Reading<'_>) -> Result<InTeams, Problem> {
    type Row = ((PersonId, String), (PersonId, String), TeamId);
    let (actor, today) = (reading.actor()?, reading.today());
    reading.permit(&Action::ListSupervision, "agreements", "")?;
    if actor.oversees.is_empty() {
        return Ok(InTeams::default());
    }
    let is_own = supervisor_links::supervisor_id
        .eq(&actor.person)
        .or(supervisor_links::supervisee_id.eq(&actor.person));
    let rows: Vec<Row> = supervisor_links::table
        .inner_join(
            agreeing_supervisor.on(agreeing_supervisor.field(people::id).eq(supervisor_links::supervisor_id)),
        )
        .inner_join(
            agreeing_supervisee.on(agreeing_supervisee.field(people::id).eq(supervisor_links::supervisee_id)),
        )
        .filter(supervisor_links::kind.eq(LinkKind::Line).and(runs_on(today)))
        .filter(diesel::dsl::not(is_own))
        .filter(agreeing_supervisee.field(people::team_id).eq_any(&actor.oversees))
        .filter(agreeing_supervisee.field(people::standing).eq(Standing::Active))
        .order((
            agreeing_supervisee.field(people::team_id),
            agreeing_supervisee.field(people::name),
            agreeing_supervisee.field(people::id),
        ))
        .select((
            agreeing_supervisor.fields((people::id, people::name)),
            agreeing_supervisee.fields((people::id, people::name)),
            agreeing_supervisee.field(people::team_id),
        ))
        .load(reading.connection)?;
    let held = review_days(reading)?;
    let lines = rows.len();
    let missing = rows.into_iter().filter_map(|(supervisor, supervisee, _)| {
        let held_until = held.get(&(supervisor.0, supervisee.0.clone())).copied();
        let is_in_place = held_until.is_some_and(|until| until >= today);
        (!is_in_place).then_some(MissingAgreement { supervisor: supervisor.1, supervisee, held_until })
    });
    Ok(InTeams { lines, missing: missing.collect() })
}
