//! What was agreed to do about a case, by whom and by when.

use super::{CaseSummary, Entry};
use crate::access::{case_facts, person_facts};
use crate::audit::Event;
use crate::content;
use crate::problem::{Problem, Stale};
use crate::schema::{action_reviews, actions, case_entries, cases, people};
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::cases::CaseStatus;
use domain::form::Problems;
use domain::ids::{ActionId, CaseEntryId, CaseId, PersonId};
use domain::policy::Rule;
use domain::supervision::{ActionState, NewAction, Outcome};
use std::collections::{HashMap, HashSet};

mod names {
    use crate::schema::{action_reviews, case_entries};
    diesel::alias!(action_reviews as looks: Looks, case_entries as shared_with: SharedWith);
}
use names::looks;
pub(super) use names::shared_with;

/// An action on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRow {
    /// The action.
    pub id: ActionId,
    /// The case.
    pub case: CaseId,
    /// The entry in which it was agreed.
    pub entry: CaseEntryId,
    /// What is to be done.
    pub what: String,
    /// Who does it, if it is somebody in the product.
    pub owner_id: Option<PersonId>,
    /// Who does it, by name or in words.
    pub owner: String,
    /// By when.
    pub due_on: NaiveDate,
    /// How we shall know.
    pub measure: String,
    /// What happens if it is not done.
    pub fallback: String,
    /// Where it has got to.
    pub state: ActionState,
    /// The evidence or the reason, once it has ended.
    pub end_note: String,
    /// When it ended.
    pub ended_on: Option<NaiveDate>,
    /// The version.
    pub version: i32,
    /// How often it was carried over since it was set or last decided about.
    pub carried: u32,
    /// The day that was agreed at first.
    pub agreed_for: NaiveDate,
    /// What became of it in later sessions, in order.
    pub reviews: Vec<ActionReviewRow>,
}

impl ActionRow {
    /// Whether an entry agreed it or looked at it.
    pub fn concerns(&self, entry: &Entry) -> bool {
        self.entry == *entry.agreed_at() || self.review_in(&entry.id).is_some()
    }

    /// What became of it in an entry that looked at it.
    pub fn review_in(&self, entry: &CaseEntryId) -> Option<&ActionReviewRow> {
        self.reviews.iter().find(|review| review.entry == *entry)
    }
}

/// What became of an action in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionReviewRow {
    /// The entry of the session.
    pub entry: CaseEntryId,
    /// What became of it.
    pub outcome: Outcome,
    /// The evidence, the reason, or what is to be done now.
    pub note: String,
    /// By when it was to be done from then on, if that changed.
    pub due_on: Option<NaiveDate>,
}

pub(super) type ActionColumns = (
    (ActionId, CaseId, CaseEntryId, String),
    (Option<PersonId>, Option<String>, String),
    (NaiveDate, String, String),
    (ActionState, String, Option<NaiveDate>, i32),
    (i32, Option<NaiveDate>),
);

type ReviewColumns = (CaseEntryId, Outcome, String, Option<NaiveDate>);

macro_rules! action_columns {
    () => {
        (
            (actions::id, actions::case_id, actions::entry_id, actions::what),
            (actions::owner_id, people::name.nullable(), actions::owner_elsewhere),
            (actions::due_on, actions::measure, actions::fallback),
            (actions::state, actions::end_note, actions::ended_on, actions::version),
            (actions::carried, actions::agreed_for),
        )
    };
}

pub(super) use action_columns;

/// Actions with their owners and with what became of them: a row for each review.
macro_rules! reviewed_actions {
    () => {
        actions::table
            .left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
            .left_join(action_reviews::table.on(action_reviews::action_id.eq(actions::id)))
            .select((
                action_columns!(),
                (
                    action_reviews::entry_id,
                    action_reviews::outcome,
                    action_reviews::note,
                    action_reviews::due_on,
                )
                    .nullable(),
            ))
    };
}

pub(super) fn action_row(columns: ActionColumns) -> ActionRow {
    let (
        (id, case, entry, what),
        (owner_id, name, elsewhere),
        (due_on, measure, fallback),
        (state, end_note, ended_on, version),
        (carried, agreed_for),
    ) = columns;
    ActionRow {
        id,
        case,
        entry,
        what,
        owner_id,
        owner: name.unwrap_or(elsewhere),
        due_on,
        measure,
        fallback,
        state,
        end_note,
        ended_on,
        version,
        carried: u32::try_from(carried).unwrap_or_default(),
        agreed_for: agreed_for.unwrap_or(due_on),
        reviews: Vec::new(),
    }
}

/// One action for each run of rows that are about it.
fn gathered(rows: Vec<(ActionColumns, Option<ReviewColumns>)>) -> Vec<ActionRow> {
    let mut actions: Vec<ActionRow> = Vec::new();
    for (columns, review) in rows {
        let row = action_row(columns);
        if actions.last().is_none_or(|last| last.id != row.id) {
            actions.push(row);
        }
        if let (Some(action), Some((entry, outcome, note, due_on))) = (actions.last_mut(), review) {
            action.reviews.push(ActionReviewRow { entry, outcome, note, due_on });
        }
    }
    actions
}

/// The actions that some entries agreed or looked at, in the order in which they were agreed.
pub(crate) fn actions_of_entries(
    reading: &mut Reading<'_>,
    entries: &[CaseEntryId],
) -> Result<Vec<ActionRow>, Problem> {
    // Looked up, not searched for: one condition over both tables would read every action there is.
    let looked_at = looks
        .filter(looks.field(action_reviews::entry_id).eq_any(entries))
        .select(looks.field(action_reviews::action_id));
    let rows = reviewed_actions!()
        .filter(actions::entry_id.eq_any(entries).or(actions::id.eq_any(looked_at)))
        .order((actions::id, action_reviews::id))
        .load(reading.connection)?;
    Ok(gathered(rows))
}

/// Every action of a case, the open ones first and of those the next due; also those that were agreed for it with a brother or
/// sister.
pub(super) fn actions_of_case(reading: &mut Reading<'_>, case: &CaseId) -> Result<Vec<ActionRow>, Problem> {
    let written = case_entries::table.filter(case_entries::case_id.eq(case)).select(case_entries::id);
    let written_with = shared_with
        .filter(shared_with.field(case_entries::case_id).eq(case))
        .filter(shared_with.field(case_entries::with_entry_id).is_not_null())
        .select(shared_with.field(case_entries::with_entry_id).assume_not_null());
    let rows = reviewed_actions!()
        .filter(actions::entry_id.eq_any(written).or(actions::entry_id.eq_any(written_with)))
        .order((actions::ended_on.is_not_null(), actions::due_on, actions::id, action_reviews::id))
        .load(reading.connection)?;
    Ok(gathered(rows))
}

/// The open actions of some cases that the reader has before them, the next due first; with how often an action of the
/// case's team is carried over before somebody has to decide. What was agreed for brothers and sisters together stands once:
/// with the case under which it was agreed, or with the first of the others if that case is not among these.
pub fn open_actions(
    reading: &mut Reading<'_>,
    cases: &[CaseSummary],
) -> Result<HashMap<CaseId, OpenActions>, Problem> {
    let rules = content::rules(reading)?;
    let ids: Vec<&CaseId> = cases.iter().map(|case| &case.id).collect();
    let written_with = case_entries::table
        .filter(case_entries::case_id.eq_any(&ids).and(case_entries::with_entry_id.is_not_null()))
        .select(case_entries::with_entry_id.assume_not_null());
    let rows: Vec<(ActionColumns, Option<CaseId>)> = actions::table
        .left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
        .left_join(
            shared_with.on(shared_with.field(case_entries::with_entry_id).eq(actions::entry_id.nullable())),
        )
        .filter(actions::case_id.eq_any(&ids).or(actions::entry_id.eq_any(written_with)))
        .filter(actions::state.eq(ActionState::Open))
        .order((actions::due_on, actions::id, shared_with.field(case_entries::id)))
        .select((action_columns!(), shared_with.field(case_entries::case_id).nullable()))
        .load(reading.connection)?;
    let mut open: HashMap<CaseId, OpenActions> = HashMap::new();
    for case in cases {
        let limit = rules.policy_of(&case.team).number(Rule::ActionCarried);
        open.insert(case.id.clone(), OpenActions { actions: Vec::new(), limit });
    }
    let mut placed: HashSet<ActionId> = HashSet::new();
    for (columns, sharing) in rows {
        let row = action_row(columns);
        let stands_with =
            std::iter::once(&row.case).chain(&sharing).find(|case| open.contains_key(case)).cloned();
        let of_case = stands_with.and_then(|case| open.get_mut(&case));
        if let Some(of_case) = of_case
            && placed.insert(row.id.clone())
        {
            of_case.actions.push(row);
        }
    }
    Ok(open)
}

/// A case is closed: what was agreed for it together with a brother or sister whose case goes on is now theirs.
pub(super) fn hand_on_shared_actions(writing: &mut Writing<'_>, case: &CaseId) -> Result<(), Problem> {
    let shared: Vec<(ActionId, CaseId)> = actions::table
        .inner_join(
            shared_with.on(shared_with.field(case_entries::with_entry_id).eq(actions::entry_id.nullable())),
        )
        .inner_join(cases::table.on(cases::id.eq(shared_with.field(case_entries::case_id))))
        .filter(actions::case_id.eq(case).and(actions::state.eq(ActionState::Open)))
        .filter(cases::status.eq(CaseStatus::Open).and(cases::id.ne(case)))
        .order((actions::id, cases::reference))
        .select((actions::id, cases::id))
        .load(writing.connection)?;
    let mut handed_on: HashSet<ActionId> = HashSet::new();
    for (action, sibling) in shared {
        if !handed_on.insert(action.clone()) {
            continue;
        }
        diesel::update(actions::table.filter(actions::id.eq(&action)))
            .set((actions::case_id.eq(&sibling), actions::version.eq(actions::version + 1)))
            .execute(writing.connection)?;
        writing.audit(
            Event::new("action_handed_on", "action", &action).with("from", case).with("case", &sibling),
        )?;
    }
    Ok(())
}

/// The open actions of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenActions {
    /// The actions, the next due first.
    pub actions: Vec<ActionRow>,
    /// How often one is carried over before somebody has to decide.
    pub limit: u32,
}

/// Writes the actions that were agreed in an entry.
pub(crate) fn agree_actions(
    writing: &mut Writing<'_>,
    case: &CaseId,
    entry: &CaseEntryId,
    new: &[NewAction],
) -> Result<(), Problem> {
    let (organisation, now) = (writing.organisation()?, writing.now);
    for action in new {
        if let Some(owner) = &action.owner
            && person_facts(writing.connection, owner)?.organisation != organisation
        {
            return Err(Problem::NotFound);
        }
        let id: ActionId = new_id();
        diesel::insert_into(actions::table)
            .values((
                (
                    actions::id.eq(&id),
                    actions::organisation_id.eq(&organisation),
                    actions::case_id.eq(case),
                    actions::entry_id.eq(entry),
                ),
                (
                    actions::what.eq(&action.what),
                    actions::owner_id.eq(&action.owner),
                    actions::owner_elsewhere.eq(&action.owner_elsewhere),
                ),
                (
                    actions::due_on.eq(action.due_on),
                    actions::agreed_for.eq(action.due_on),
                    actions::carried.eq(0),
                    actions::measure.eq(&action.measure),
                    actions::fallback.eq(&action.fallback),
                ),
                (
                    actions::state.eq(ActionState::Open),
                    actions::end_note.eq(""),
                    actions::version.eq(1),
                    actions::created_at.eq(now),
                ),
            ))
            .execute(writing.connection)?;
        writing.audit(Event::new("action_agreed", "action", &id).with("case", case))?;
    }
    Ok(())
}

/// One's own open actions, the next due first, each with its case's reference.
pub fn my_actions(reading: &mut Reading<'_>) -> Result<Vec<(ActionRow, String)>, Problem> {
    let actor = reading.actor()?;
    let rows: Vec<(ActionColumns, String)> = actions::table
        .inner_join(cases::table.on(cases::id.eq(actions::case_id)))
        .left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
        .filter(actions::owner_id.eq(&actor.person).and(actions::state.eq(ActionState::Open)))
        .order((actions::due_on, actions::id))
        .select((action_columns!(), cases::reference))
        .load(reading.connection)?;
    Ok(rows.into_iter().map(|(columns, reference)| (action_row(columns), reference)).collect())
}

/// Opens an action, for the form that ends it.
pub fn open_action(reading: &mut Reading<'_>, id: &ActionId) -> Result<(ActionRow, String), Problem> {
    let rows =
        reviewed_actions!().filter(actions::id.eq(id)).order(action_reviews::id).load(reading.connection)?;
    let action = gathered(rows).pop().ok_or(Problem::NotFound)?;
    let reference =
        cases::table.filter(cases::id.eq(&action.case)).select(cases::reference).first(reading.connection)?;
    let case = case_facts(reading.connection, &action.case)?;
    let facts = domain::access::ActionFacts { case: &case, owner: action.owner_id.clone() };
    reading.permit(&Action::EndAction(&facts), "action", id)?;
    Ok((action, reference))
}

/// Ends an action: done with evidence, or dropped with a reason.
pub fn end_action(
    writing: &mut Writing<'_>,
    id: &ActionId,
    version: i32,
    end: &domain::supervision::ActionEnd,
) -> Result<CaseId, Problem> {
    let (action, _) = open_action(writing, id)?;
    if action.state != ActionState::Open {
        let already = format!("This has ended already: {}. {}", action.state.words(), action.end_note);
        return Err(Problems::one("state", already).into());
    }
    if action.version != version {
        return Err(Stale::new(action.version, vec![(action.state.words(), action.end_note)]).into());
    }
    let (person, today) = (writing.actor()?.person, writing.today());
    diesel::update(actions::table.filter(actions::id.eq(id)))
        .set((
            actions::state.eq(end.state),
            actions::end_note.eq(&end.note),
            actions::ended_on.eq(today),
            actions::ended_by_id.eq(person),
            actions::version.eq(version + 1),
        ))
        .execute(writing.connection)?;
    writing.audit(
        Event::new("action_ended", "action", id).with("state", end.state.code()).with("case", &action.case),
    )?;
    Ok(action.case)
}
