//! Open actions of oneself and of one's team, by how far they are past their day.

use super::actions::{ActionColumns, ActionRow, action_columns, action_row};
use crate::access::is_within_reach;
use crate::problem::Problem;
use crate::schema::{actions, cases, people};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::Action;
use domain::ids::{ActionId, CaseId};
use domain::supervision::{ActionState, OverdueBand};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Whose actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// One's own.
    Mine,
    /// Those on every case within reach.
    Team,
}

/// Actions on one page.
pub const ACTIONS: usize = 30;

/// One page of open actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionList {
    /// The actions, the longest overdue first, each with its case's reference.
    pub actions: Vec<(ActionRow, String)>,
    /// How many stand in each band.
    pub counts: BTreeMap<OverdueBand, usize>,
    /// Where the next page begins, if there is one.
    pub next: Option<(NaiveDate, ActionId)>,
}

/// Open actions, in one band or in all, after a place.
pub fn action_list(
    reading: &mut Reading<'_>,
    whose: Whose,
    band: Option<OverdueBand>,
    after: Option<(NaiveDate, ActionId)>,
) -> Result<ActionList, Problem> {
    let (actor, today) = (reading.actor()?, reading.today());
    if whose == Whose::Team {
        reading.permit(&Action::ListCases, "actions", "")?;
    }
    // A macro, because the type of a boxed query has no name worth reading.
    macro_rules! open_actions {
        ($from:expr) => {{
            let open = $from
                .filter(actions::organisation_id.eq(&actor.organisation))
                .filter(actions::state.eq(ActionState::Open))
                .into_boxed();
            match whose {
                Whose::Mine => open.filter(actions::owner_id.eq(&actor.person)),
                Whose::Team if actor.inspects() => open,
                // The cases are found once, and not for each action.
                Whose::Team => open.filter(
                    actions::case_id.eq_any(cases::table.filter(is_within_reach!(actor)).select(cases::id)),
                ),
            }
        }};
    }
    // Counted here: a boxed query takes no GROUP BY.
    let days: Vec<NaiveDate> =
        open_actions!(actions::table).select(actions::due_on).load(reading.connection)?;
    let mut counts = BTreeMap::new();
    for due_on in days {
        *counts.entry(OverdueBand::of(due_on, today)).or_insert(0) += 1;
    }
    let mut page = open_actions!(
        actions::table.left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
    );
    let (first, last) = band.map_or((None, None), |band| band.days(today));
    if let Some(first) = first {
        page = page.filter(actions::due_on.ge(first));
    }
    if let Some(last) = last {
        page = page.filter(actions::due_on.le(last));
    }
    if let Some((due_on, id)) = after {
        page = page.filter(actions::due_on.gt(due_on).or(actions::due_on.eq(due_on).and(actions::id.gt(id))));
    }
    let rows: Vec<ActionColumns> = page
        .order((actions::due_on, actions::id))
        .limit(i64::try_from(ACTIONS + 1).unwrap_or(i64::MAX))
        .select(action_columns!())
        .load(reading.connection)?;
    let more = rows.len() > ACTIONS;
    let rows: Vec<ActionRow> = rows.into_iter().take(ACTIONS).map(action_row).collect();
    let references = references(reading, &rows)?;
    let named = |action: ActionRow| {
        let reference = references.get(&action.case).cloned().unwrap_or_default();
        (action, reference)
    };
    let actions: Vec<(ActionRow, String)> = rows.into_iter().map(named).collect();
    let next = actions.last().filter(|_| more).map(|(last, _)| (last.due_on, last.id.clone()));
    Ok(ActionList { actions, counts, next })
}

/// The references of the cases of these actions.
fn references(reading: &mut Reading<'_>, actions: &[ActionRow]) -> Result<HashMap<CaseId, String>, Problem> {
    let ids: HashSet<&CaseId> = actions.iter().map(|action| &action.case).collect();
    let rows: Vec<(CaseId, String)> = cases::table
        .filter(cases::id.eq_any(ids))
        .select((cases::id, cases::reference))
        .load(reading.connection)?;
    Ok(rows.into_iter().collect())
}
