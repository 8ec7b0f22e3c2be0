//! The actions with which a session opens: those about its cases, and those that two people agreed about one of them.

use super::names::{agreed_about, asked_first, asked_now, shared_with};
use super::requests::{Asked, StandingColumns, standing_columns};
use super::{ActionColumns, ActionRow, AgreedIn, action_columns, action_row};
use crate::cases::CaseSummary;
use crate::content;
use crate::preparation::Pair;
use crate::problem::Problem;
use crate::schema::{action_requests, action_reviews, actions, case_entries, people, supervisions};
use crate::store::Reading;
use diesel::prelude::*;
use domain::access::Actor;
use domain::ids::{ActionId, CaseId, PersonId, TeamId};
use domain::people::LinkKind;
use domain::policy::Rule;
use domain::supervision::{ActionState, needs_decision};
use std::collections::{HashMap, HashSet};

/// The open actions of some cases that the reader has before them and of what two agreed about one of them, the next due first;
/// with how often an action of the team is carried over before somebody has to decide. What was agreed for brothers and sisters
/// together stands once: with the case under which it was agreed, or with the first of the others if that case is not among these.
pub fn open_actions(
    reading: &mut Reading<'_>,
    cases: &[CaseSummary],
    pair: Option<&Pair>,
) -> Result<OpenActionsOf, Problem> {
    type Row = (
        (ActionColumns, Option<((PersonId, String), StandingColumns)>),
        Option<CaseId>,
        Option<(PersonId, LinkKind)>,
        Option<TeamId>,
    );
    let rules = content::rules(reading)?;
    let ids: Vec<&CaseId> = cases.iter().map(|case| &case.id).collect();
    let written_with = case_entries::table
        .filter(case_entries::case_id.eq_any(&ids).and(case_entries::with_entry_id.is_not_null()))
        .select(case_entries::with_entry_id);
    let about = actions::supervisee_id.eq_any(pair.map(|pair| &pair.supervisee));
    let rows: Vec<Row> = actions::table
        .left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
        .left_join(supervisions::table.on(actions::supervision_id.eq(supervisions::id.nullable())))
        .left_join(agreed_about.on(actions::supervisee_id.eq(agreed_about.field(people::id).nullable())))
        .left_join(shared_with.on(shared_with.field(case_entries::with_entry_id).eq(actions::entry_id)))
        .left_join(
            action_requests::table
                .on(action_requests::action_id.eq(actions::id).and(action_requests::withdrawn_at.is_null())),
        )
        .left_join(
            action_reviews::table.on(action_reviews::id.nullable().eq(action_requests::review_id.nullable())),
        )
        .left_join(
            asked_first.on(asked_first.field(people::id).nullable().eq(action_reviews::asked_id.nullable())),
        )
        .left_join(
            asked_now.on(asked_now.field(people::id).nullable().eq(action_requests::asked_id.nullable())),
        )
        .filter(actions::case_id.eq_any(&ids).or(actions::entry_id.eq_any(written_with)).or(about))
        .filter(actions::state.eq(ActionState::Open))
        .order((
            actions::due_on,
            actions::id,
            // The newest request comes first, and is the one that counts.
            action_requests::review_id.desc(),
            shared_with.field(case_entries::id),
        ))
        .select((
            (
                action_columns!(),
                (asked_first.fields((people::id, people::name)), standing_columns!()).nullable(),
            ),
            shared_with.field(case_entries::case_id).nullable(),
            (supervisions::supervisor_id, supervisions::line).nullable(),
            agreed_about.field(people::team_id).nullable(),
        ))
        .load(reading.connection)?;
    let actor = reading.actor()?;
    let mut open = OpenActionsOf::default();
    for case in cases {
        let limit = rules.policy_of(&case.team).number(Rule::ActionCarried);
        open.by_case.insert(case.id.clone(), OpenActions { limit, ..OpenActions::default() });
    }
    let mut placed: HashSet<ActionId> = HashSet::new();
    for ((columns, asked), sharing, held, team) in rows {
        let row = action_row(columns)?;
        let place = match (&row.agreed_in, pair) {
            (AgreedIn::Entry { case, .. }, _) => {
                let of_case =
                    std::iter::once(case).chain(&sharing).find(|case| open.by_case.contains_key(case));
                of_case.cloned().and_then(|case| open.by_case.get_mut(&case))
            }
            (AgreedIn::Session { .. }, Some(pair)) if goes_on_with(&actor, pair, held.as_ref()) => {
                if let Some(team) = team {
                    open.personal.limit = rules.policy_of(&team).number(Rule::ActionCarried);
                }
                Some(&mut open.personal)
            }
            (AgreedIn::Session { .. }, _) => None,
        };
        if let Some(place) = place
            && placed.insert(row.id.clone())
        {
            if let Some((asked, standing)) = asked {
                place.asked.insert(row.id.clone(), Asked::new(asked, standing, row.state));
            }
            place.actions.push(row);
        }
    }
    Ok(open)
}

/// Whether these two carry on what was agreed in a session of this supervisor and line: the same two; and who supervises the work
/// now carries on what whoever did so before had agreed. What was said in reflective supervision stays between those two.
pub(super) fn goes_on_with(actor: &Actor, pair: &Pair, held: Option<&(PersonId, LinkKind)>) -> bool {
    let Some((supervisor, line)) = held else { return false };
    if *supervisor == pair.supervisor {
        return true;
    }
    let supervises_work = if actor.person == pair.supervisor {
        actor.link_to(&pair.supervisee).any(LinkKind::is_of_work)
    } else {
        actor.supervised_by.iter().any(|(person, kind)| *person == pair.supervisor && kind.is_of_work())
    };
    line.is_of_work() && supervises_work
}

/// Open actions by what they are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenActionsOf {
    /// Those about each case that was asked for.
    pub by_case: HashMap<CaseId, OpenActions>,
    /// Those about the one who is supervised.
    pub personal: OpenActions,
}

/// The open actions about a case or a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenActions {
    /// The actions, the next due first.
    pub actions: Vec<ActionRow>,
    /// How often one is carried over before somebody has to decide.
    pub limit: u32,
    /// Who was asked last to clear the way for one of them, or to decide about it, unless something else was decided since.
    pub asked: HashMap<ActionId, Asked>,
    /// Who can be asked, by id and name; empty where nothing has to be decided.
    pub may_be_asked: Vec<(PersonId, String)>,
}

impl OpenActions {
    /// Those that were carried over so often that somebody has to decide what becomes of them.
    pub fn stuck(&self) -> impl Iterator<Item = &ActionId> {
        let is_stuck = |action: &&ActionRow| needs_decision(action.carried, self.limit);
        self.actions.iter().filter(is_stuck).map(|action| &action.id)
    }
}
