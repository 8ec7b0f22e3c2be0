//! What was agreed to do, about a case or about somebody who is supervised, by whom and by when.

mod carry;
mod ending;
mod list;
mod open;
mod requests;

pub(crate) use carry::{AgreedUnder, hand_on_shared_actions, review_actions, take_reviews_back};
pub(crate) use ending::end_of_leaver;
pub use ending::{end_action, open_action};
pub(crate) use list::action_page;
pub use list::{ACTIONS, ActionList, Place, Whose, action_list, my_actions};
use open::goes_on_with;
pub use open::{OpenActions, OpenActionsOf, open_actions};
pub use requests::{
    Asked, AskedState, Request, add_who_may_be_asked, answer_request, my_requests, open_request,
};
pub(crate) use requests::{Follows, follow_in_request, unanswered};
use requests::{StandingColumns, standing_columns};

use crate::access::person_facts;
use crate::audit::Event;
use crate::cases::Entry;
use crate::problem::Problem;
use crate::schema::{action_requests, action_reviews, actions, case_entries, people};
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::calendar::add_days;
use domain::form::Problems;
use domain::ids::{ActionId, CaseEntryId, CaseId, PersonId, SupervisionId};
use domain::policy::{Policy, Rule};
use domain::supervision::{ActionState, NewAction, Outcome, PERSONAL_ACTIONS};

mod names {
    use crate::schema::{action_reviews, case_entries, people};
    diesel::alias!(
        action_reviews as looks: Looks,
        case_entries as shared_with: SharedWith,
        people as agreed_about: AgreedAbout,
        people as asked_first: AskedFirst,
        people as asked_now: AskedNow,
        people as asking: Asking
    );
}
use names::{asked_first, asked_now, looks, shared_with};

/// Where an action was agreed, and so about what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgreedIn {
    /// In an entry about a case.
    Entry {
        /// The case.
        case: CaseId,
        /// The entry.
        entry: CaseEntryId,
    },
    /// In the part of a session about the one who is supervised.
    Session {
        /// Who is supervised.
        supervisee: PersonId,
        /// The session.
        session: SupervisionId,
    },
}

type AgreedInColumns = (Option<CaseId>, Option<CaseEntryId>, Option<PersonId>, Option<SupervisionId>);

impl AgreedIn {
    fn from_columns(columns: AgreedInColumns) -> Result<Self, Problem> {
        match columns {
            (Some(case), Some(entry), None, None) => Ok(Self::Entry { case, entry }),
            (None, None, Some(supervisee), Some(session)) => Ok(Self::Session { supervisee, session }),
            _ => Err(Problem::unexpected("an action is about a case or about a person")),
        }
    }
}

/// An action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRow {
    /// The action.
    pub id: ActionId,
    /// Where it was agreed.
    pub agreed_in: AgreedIn,
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
    /// The case that it is about, if it is about one.
    pub fn case(&self) -> Option<&CaseId> {
        match &self.agreed_in {
            AgreedIn::Entry { case, .. } => Some(case),
            AgreedIn::Session { .. } => None,
        }
    }

    /// Whether it was agreed in this entry.
    pub fn is_of_entry(&self, id: &CaseEntryId) -> bool {
        matches!(&self.agreed_in, AgreedIn::Entry { entry, .. } if entry == id)
    }

    /// Whether it was agreed in the personal part of this session.
    pub fn is_of_session(&self, id: &SupervisionId) -> bool {
        matches!(&self.agreed_in, AgreedIn::Session { session, .. } if session == id)
    }

    /// Whether an entry agreed it or looked at it.
    pub fn concerns(&self, entry: &Entry) -> bool {
        self.is_of_entry(entry.agreed_at()) || self.review_in(&entry.id).is_some()
    }

    /// What became of it in an entry that looked at it.
    pub fn review_in(&self, entry: &CaseEntryId) -> Option<&ActionReviewRow> {
        self.reviews.iter().find(|review| review.looked_at_in == LookedAtIn::Entry(entry.clone()))
    }

    /// What became of it in the personal part of a session that looked at it.
    pub fn review_in_session(&self, session: &SupervisionId) -> Option<&ActionReviewRow> {
        self.reviews.iter().find(|review| review.looked_at_in == LookedAtIn::Session(session.clone()))
    }
}

/// Where an action was looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookedAtIn {
    /// In an entry about its case.
    Entry(CaseEntryId),
    /// In the personal part of a session.
    Session(SupervisionId),
}

/// What became of an action in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionReviewRow {
    /// Where.
    pub looked_at_in: LookedAtIn,
    /// What became of it.
    pub outcome: Outcome,
    /// The evidence, the reason, or what is to be done now.
    pub note: String,
    /// By when it was to be done from then on, if that changed.
    pub due_on: Option<NaiveDate>,
    /// Who was asked to clear the way or to decide.
    pub asked: Option<Asked>,
}

type ActionColumns = (
    (ActionId, AgreedInColumns, String),
    (Option<PersonId>, Option<String>, String),
    (NaiveDate, String, String),
    (ActionState, String, Option<NaiveDate>, i32),
    (i32, Option<NaiveDate>),
);

type ReviewColumns = (
    (Option<CaseEntryId>, Option<SupervisionId>, Outcome, String, Option<NaiveDate>),
    Option<(PersonId, String)>,
    Option<StandingColumns>,
);

macro_rules! action_columns {
    () => {
        (
            (
                actions::id,
                (actions::case_id, actions::entry_id, actions::supervisee_id, actions::supervision_id),
                actions::what,
            ),
            (actions::owner_id, people::name.nullable(), actions::owner_elsewhere),
            (actions::due_on, actions::measure, actions::fallback),
            (actions::state, actions::end_note, actions::ended_on, actions::version),
            (actions::carried, actions::agreed_for),
        )
    };
}

use action_columns;

/// Actions with their owners and with what became of them: a row for each review.
macro_rules! reviewed_actions {
    () => {
        actions::table
            .left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
            .left_join(action_reviews::table.on(action_reviews::action_id.eq(actions::id)))
            .left_join(
                action_requests::table
                    .on(action_requests::review_id.nullable().eq(action_reviews::id.nullable())),
            )
            .left_join(
                asked_first
                    .on(asked_first.field(people::id).nullable().eq(action_reviews::asked_id.nullable())),
            )
            .left_join(
                asked_now.on(asked_now.field(people::id).nullable().eq(action_requests::asked_id.nullable())),
            )
            .select((
                action_columns!(),
                (
                    (
                        action_reviews::entry_id,
                        action_reviews::supervision_id,
                        action_reviews::outcome,
                        action_reviews::note,
                        action_reviews::due_on,
                    ),
                    asked_first.fields((people::id, people::name)).nullable(),
                    standing_columns!().nullable(),
                )
                    .nullable(),
            ))
    };
}

use reviewed_actions;

fn action_row(columns: ActionColumns) -> Result<ActionRow, Problem> {
    let (
        (id, agreed_in, what),
        (owner_id, name, elsewhere),
        (due_on, measure, fallback),
        (state, end_note, ended_on, version),
        (carried, agreed_for),
    ) = columns;
    Ok(ActionRow {
        id,
        agreed_in: AgreedIn::from_columns(agreed_in)?,
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
    })
}

/// One action for each run of rows that are about it.
fn gathered(rows: Vec<(ActionColumns, Option<ReviewColumns>)>) -> Result<Vec<ActionRow>, Problem> {
    let mut actions: Vec<ActionRow> = Vec::new();
    for (columns, review) in rows {
        if actions.last().is_none_or(|last| last.id != columns.0.0) {
            actions.push(action_row(columns)?);
        }
        let Some((action, review)) = actions.last_mut().zip(review) else { continue };
        let ((entry, session, outcome, note, due_on), asked, standing) = review;
        let looked_at_in = match (entry, session) {
            (Some(entry), _) => LookedAtIn::Entry(entry),
            (None, Some(session)) => LookedAtIn::Session(session),
            (None, None) => return Err(Problem::unexpected("an action is looked at in a record")),
        };
        let asked = asked.zip(standing).map(|(asked, standing)| Asked::new(asked, standing, action.state));
        action.reviews.push(ActionReviewRow { looked_at_in, outcome, note, due_on, asked });
    }
    Ok(actions)
}

/// The actions that some entries, or the personal parts of some sessions, agreed or looked at, in the order in which they were
/// agreed. A record says who was asked; what came of it later is no part of it, and not for everybody who reads it.
pub(crate) fn actions_of_records(
    reading: &mut Reading<'_>,
    entries: &[CaseEntryId],
    sessions: &[&SupervisionId],
) -> Result<Vec<ActionRow>, Problem> {
    // Looked up, not searched for: one condition over both tables would read every action there is.
    let looked_at = looks
        .filter(
            looks
                .field(action_reviews::entry_id)
                .eq_any(entries)
                .or(looks.field(action_reviews::supervision_id).eq_any(sessions)),
        )
        .select(looks.field(action_reviews::action_id));
    let agreed = actions::entry_id.eq_any(entries).or(actions::supervision_id.eq_any(sessions));
    let rows = reviewed_actions!()
        .filter(agreed.or(actions::id.eq_any(looked_at)))
        .order((actions::id, action_reviews::id))
        .load(reading.connection)?;
    let mut actions = gathered(rows)?;
    let reviews = actions.iter_mut().flat_map(|action| &mut action.reviews);
    for asked in reviews.filter_map(|review| review.asked.as_mut()) {
        asked.state = AskedState::NotTold;
    }
    Ok(actions)
}

/// What was agreed to do about somebody in their own supervision, the open ones first and of those the next due; for whoever has
/// asked whether the reader may know.
pub(crate) fn actions_about(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<ActionRow>, Problem> {
    let rows = reviewed_actions!()
        .filter(actions::supervisee_id.eq(person))
        .order((actions::ended_on.is_not_null(), actions::due_on, actions::id, action_reviews::id))
        .load(reading.connection)?;
    gathered(rows)
}

/// Every action of a case, the open ones first and of those the next due; also those that were agreed for it with a brother or
/// sister.
pub(crate) fn actions_of_case(reading: &mut Reading<'_>, case: &CaseId) -> Result<Vec<ActionRow>, Problem> {
    let written = case_entries::table.filter(case_entries::case_id.eq(case));
    let written_with = shared_with
        .filter(shared_with.field(case_entries::case_id).eq(case))
        .filter(shared_with.field(case_entries::with_entry_id).is_not_null())
        .select(shared_with.field(case_entries::with_entry_id));
    let rows = reviewed_actions!()
        .filter(
            actions::entry_id
                .eq_any(written.select(case_entries::id.nullable()))
                .or(actions::entry_id.eq_any(written_with)),
        )
        .order((actions::ended_on.is_not_null(), actions::due_on, actions::id, action_reviews::id))
        .load(reading.connection)?;
    gathered(rows)
}

/// For whom and by when an action is where nobody said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Otherwise {
    /// Who does it.
    pub(crate) owner: PersonId,
    /// By when: when this is next talked about, as far as that is known.
    pub(crate) due_on: NaiveDate,
}

impl Otherwise {
    /// For somebody, by the day that was named for the next talk or else after the usual time, counted from this day.
    pub(crate) fn new(
        owner: &PersonId,
        (from, next_on): (NaiveDate, Option<NaiveDate>),
        policy: &Policy,
    ) -> Self {
        let usual = || add_days(from, policy.number(Rule::ActionWithin));
        Self { owner: owner.clone(), due_on: next_on.unwrap_or_else(usual) }
    }
}

/// Writes the actions that were agreed.
pub(crate) fn agree_actions(
    writing: &mut Writing<'_>,
    under: AgreedUnder<'_>,
    new: &[NewAction],
    otherwise: &Otherwise,
) -> Result<(), Problem> {
    let (actor, now) = (writing.actor()?, writing.now);
    for action in new {
        let due_on = action.due_on.unwrap_or(otherwise.due_on);
        let nobody_named = (!action.has_owner()).then_some(&otherwise.owner);
        if let Some(owner) = &action.owner {
            if person_facts(writing.connection, owner)?.organisation != actor.organisation {
                return Err(Problem::NotFound);
            }
            // Whoever else read what is to be done would read what was said about this person.
            if under.supervisee().is_some_and(|supervisee| owner != supervisee && *owner != actor.person) {
                let field = format!("{PERSONAL_ACTIONS}.{}.who", action.block);
                return Err(Problems::one(&field, "Choose one of you two, or write who else it is").into());
            }
        }
        let id: ActionId = new_id();
        diesel::insert_into(actions::table)
            .values((
                (
                    actions::id.eq(&id),
                    actions::organisation_id.eq(&actor.organisation),
                    (actions::case_id.eq(under.case()), actions::entry_id.eq(under.entry())),
                    (
                        actions::supervisee_id.eq(under.supervisee()),
                        actions::supervision_id.eq(under.session()),
                    ),
                ),
                (
                    actions::what.eq(&action.what),
                    actions::owner_id.eq(action.owner.as_ref().or(nobody_named)),
                    actions::owner_elsewhere.eq(&action.owner_elsewhere),
                ),
                (
                    actions::due_on.eq(due_on),
                    actions::agreed_for.eq(due_on),
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
        let event = Event::new("action_agreed", "action", &id);
        writing.audit(match under {
            AgreedUnder::Entry { case, .. } => event.with("case", case),
            AgreedUnder::Session { session, .. } => event.with("supervision", session),
        })?;
    }
    Ok(())
}
