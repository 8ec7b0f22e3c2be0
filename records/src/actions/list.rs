//! Open actions of oneself and of one's team, by how far they are past their day.

use super::names::agreed_about;
use super::{ActionColumns, ActionRow, action_columns, action_row};
use crate::access::is_within_reach;
use crate::problem::Problem;
use crate::schema::{actions, cases, people, supervisions};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::Action;
use domain::ids::{ActionId, CaseId};
use domain::people::LinkKind;
use domain::supervision::{ActionState, OverdueBand};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Whose actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// One's own.
    Mine,
    /// Those on every case within reach, and those about whom one supervises the work of.
    Team,
}

/// Actions on one page.
pub const ACTIONS: usize = 30;

/// One page of open actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionList {
    /// The actions, the longest overdue first, each with its case's reference or the name of whom it is about.
    pub actions: Vec<(ActionRow, String)>,
    /// How many stand in each band.
    pub counts: BTreeMap<OverdueBand, usize>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
}

/// The open actions of oneself or of one's team: a macro, because the type of a boxed query has no name worth reading.
macro_rules! open_within {
    ($from:expr, $actor:expr, $whose:expr) => {{
        let open = $from
            .filter(actions::organisation_id.eq(&$actor.organisation))
            .filter(actions::state.eq(ActionState::Open))
            .into_boxed();
        match $whose {
            Whose::Mine => open.filter(actions::owner_id.eq(&$actor.person)),
            // What is about people is not for those who inspect cases.
            Whose::Team if $actor.inspects() => open.filter(actions::case_id.is_not_null()),
            // The cases are found once, and not for each action.
            Whose::Team => open.filter(
                actions::case_id
                    .eq_any(cases::table.filter(is_within_reach!($actor)).select(cases::id.nullable()))
                    .or(actions::supervision_id.eq_any(
                        supervisions::table
                            .filter(supervisions::supervisee_id.eq_any($actor.case_supervisees()))
                            .filter(supervisions::line.ne(LinkKind::Reflective))
                            .select(supervisions::id.nullable()),
                    )),
            ),
        }
    }};
}

/// Open actions, in one band or in all, after a place, with how many stand in each band.
pub fn action_list(
    reading: &mut Reading<'_>,
    whose: Whose,
    band: Option<OverdueBand>,
    after: Option<Place>,
) -> Result<ActionList, Problem> {
    let (actions, next) = action_page(reading, whose, band, after)?;
    let (actor, today) = (reading.actor()?, reading.today());
    // Counted here: a boxed query takes no GROUP BY.
    let days: Vec<NaiveDate> =
        open_within!(actions::table, actor, whose).select(actions::due_on).load(reading.connection)?;
    let mut counts = BTreeMap::new();
    for due_on in days {
        *counts.entry(OverdueBand::of(due_on, today)).or_insert(0) += 1;
    }
    Ok(ActionList { actions, counts, next })
}

/// Where an action stands in the list.
pub type Place = (NaiveDate, ActionId);

/// The actions of one page, and where the next one begins.
type Page = (Vec<(ActionRow, String)>, Option<Place>);

/// One page of open actions alone.
pub(crate) fn action_page(
    reading: &mut Reading<'_>,
    whose: Whose,
    band: Option<OverdueBand>,
    after: Option<Place>,
) -> Result<Page, Problem> {
    let (actor, today) = (reading.actor()?, reading.today());
    if whose == Whose::Team {
        reading.permit(&Action::ListCases, "actions", "")?;
    }
    let mut page = open_within!(
        actions::table
            .left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
            .left_join(agreed_about.on(actions::supervisee_id.eq(agreed_about.field(people::id).nullable()))),
        actor,
        whose
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
    let rows: Vec<(ActionColumns, Option<String>)> = page
        .order((actions::due_on, actions::id))
        .limit(i64::try_from(ACTIONS + 1).unwrap_or(i64::MAX))
        .select((action_columns!(), agreed_about.field(people::name).nullable()))
        .load(reading.connection)?;
    let more = rows.len() > ACTIONS;
    let mut listed = Vec::with_capacity(rows.len());
    for (columns, about) in rows.into_iter().take(ACTIONS) {
        listed.push((action_row(columns)?, about));
    }
    let references = references(reading, listed.iter().filter_map(|(action, _)| action.case()))?;
    let named = |(action, about): (ActionRow, Option<String>)| {
        let reference = action.case().and_then(|case| references.get(case)).cloned();
        (action, reference.or(about).unwrap_or_default())
    };
    let actions: Vec<(ActionRow, String)> = listed.into_iter().map(named).collect();
    let next = actions.last().filter(|_| more).map(|(last, _)| (last.due_on, last.id.clone()));
    Ok((actions, next))
}

/// The references of these cases.
fn references<'a>(
    reading: &mut Reading<'_>,
    cases: impl Iterator<Item = &'a CaseId>,
) -> Result<HashMap<CaseId, String>, Problem> {
    let ids: HashSet<&CaseId> = cases.collect();
    let rows: Vec<(CaseId, String)> = cases::table
        .filter(cases::id.eq_any(ids))
        .select((cases::id, cases::reference))
        .load(reading.connection)?;
    Ok(rows.into_iter().collect())
}

/// One's own open actions, the next due first, each with its case's reference or the name of whom it is about.
pub fn my_actions(reading: &mut Reading<'_>) -> Result<Vec<(ActionRow, String)>, Problem> {
    let actor = reading.actor()?;
    let rows: Vec<(ActionColumns, Option<String>, Option<String>)> = actions::table
        .left_join(cases::table.on(actions::case_id.eq(cases::id.nullable())))
        .left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
        .left_join(agreed_about.on(actions::supervisee_id.eq(agreed_about.field(people::id).nullable())))
        .filter(actions::owner_id.eq(&actor.person).and(actions::state.eq(ActionState::Open)))
        .order((actions::due_on, actions::id))
        .select((action_columns!(), cases::reference.nullable(), agreed_about.field(people::name).nullable()))
        .load(reading.connection)?;
    let named = |(columns, reference, about): (ActionColumns, Option<String>, Option<String>)| {
        Ok((action_row(columns)?, reference.or(about).unwrap_or_default()))
    };
    rows.into_iter().map(named).collect()
}
