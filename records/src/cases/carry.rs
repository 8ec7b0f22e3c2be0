//! What becomes of a case's open actions in a session.

use super::actions::{agree_actions, shared_with};
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{action_reviews, actions, case_entries};
use crate::store::{Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::form::Problems;
use domain::ids::{ActionId, ActionReviewId, CaseEntryId, CaseId, PersonId};
use domain::supervision::{ActionReview, ActionState, NewAction, Outcome, needs_decision};

/// An action as it stood when it was looked at.
#[derive(Queryable, Selectable)]
#[diesel(table_name = actions)]
struct Before {
    state: ActionState,
    end_note: String,
    carried: i32,
    version: i32,
    due_on: NaiveDate,
    owner_id: Option<PersonId>,
    owner_elsewhere: String,
    measure: String,
    fallback: String,
}

/// Notes what has become of actions of this case, or of what was agreed for it with a brother or sister, in a session of this day. `limit` is how often one is carried over before
/// somebody has to decide.
pub(crate) fn review_actions(
    writing: &mut Writing<'_>,
    (case, entry): (&CaseId, &CaseEntryId),
    held_on: NaiveDate,
    reviews: &[ActionReview],
    limit: u32,
) -> Result<(), Problem> {
    let written_with = || {
        shared_with
            .filter(shared_with.field(case_entries::case_id).eq(case))
            .filter(shared_with.field(case_entries::with_entry_id).is_not_null())
            .select(shared_with.field(case_entries::with_entry_id).assume_not_null())
    };
    for review in reviews {
        let (before, agreed_on): (Before, NaiveDate) = actions::table
            .inner_join(case_entries::table.on(case_entries::id.eq(actions::entry_id)))
            .filter(actions::id.eq(&review.action))
            .filter(actions::case_id.eq(case).or(actions::entry_id.eq_any(written_with())))
            .select((Before::as_select(), case_entries::held_on))
            .first(writing.connection)?;
        // Its owner ended it while the session was written up, or the session is typed late and it was agreed since: there was
        // nothing to carry on.
        let was_there = before.state == ActionState::Open && agreed_on <= held_on;
        if !was_there && review.outcome == Outcome::Carried {
            continue;
        }
        check(&before, agreed_on <= held_on, review, limit)?;
        note(writing, entry, review)?;
        let next = Next::after(&before, review, held_on);
        diesel::update(actions::table.filter(actions::id.eq(&review.action)))
            .set((
                (actions::state.eq(next.state), actions::end_note.eq(&next.end_note)),
                (actions::ended_on.eq(next.ended_on), actions::due_on.eq(next.due_on)),
                (actions::carried.eq(next.carried), actions::version.eq(before.version + 1)),
            ))
            .execute(writing.connection)?;
        if review.outcome == Outcome::Changed {
            agree_actions(writing, case, entry, &[instead(before, review)])?;
        }
        writing.audit(
            Event::new("action_reviewed", "action", &review.action)
                .with("outcome", review.outcome.code())
                .with("case", case),
        )?;
    }
    Ok(())
}

/// Takes back what entries that turned out not to count decided about earlier actions: they are open again, with the day and the
/// count of before. What a later session has decided since stays.
pub(crate) fn take_reviews_back(writing: &mut Writing<'_>, entries: &[&CaseEntryId]) -> Result<(), Problem> {
    type Row = (ActionId, CaseEntryId, Outcome, Option<NaiveDate>);
    let touched: Vec<ActionId> = action_reviews::table
        .filter(action_reviews::entry_id.eq_any(entries))
        .select(action_reviews::action_id)
        .load(writing.connection)?;
    let rows: Vec<Row> = action_reviews::table
        .filter(action_reviews::action_id.eq_any(&touched))
        .order(action_reviews::id)
        .select((
            action_reviews::action_id,
            action_reviews::entry_id,
            action_reviews::outcome,
            action_reviews::due_on,
        ))
        .load(writing.connection)?;
    for action in touched {
        let of_action = || rows.iter().filter(|row| row.0 == action);
        if of_action().next_back().is_none_or(|last| !entries.contains(&&last.1)) {
            continue;
        }
        let standing = || of_action().filter(|row| !entries.contains(&&row.1));
        let carried = standing().rev().take_while(|row| row.2 == Outcome::Carried).count();
        let agreed_for: Option<NaiveDate> = actions::table
            .filter(actions::id.eq(&action))
            .select(actions::agreed_for)
            .first(writing.connection)?;
        let due_on = standing().filter_map(|row| row.3).next_back().or(agreed_for);
        diesel::update(actions::table.filter(actions::id.eq(&action)))
            .set((
                (actions::state.eq(ActionState::Open), actions::end_note.eq("")),
                (actions::ended_on.eq(None::<NaiveDate>), actions::ended_by_id.eq(None::<PersonId>)),
                actions::carried.eq(i32::try_from(carried).unwrap_or(i32::MAX)),
                actions::version.eq(actions::version + 1),
            ))
            .execute(writing.connection)?;
        if let Some(due_on) = due_on {
            diesel::update(actions::table.filter(actions::id.eq(&action)))
                .set(actions::due_on.eq(due_on))
                .execute(writing.connection)?;
        }
        writing.audit(Event::new("action_review_taken_back", "action", &action))?;
    }
    Ok(())
}

fn check(before: &Before, was_agreed: bool, review: &ActionReview, limit: u32) -> Result<(), Problem> {
    let field = format!("{}.outcome", review.at);
    if !was_agreed {
        let words = "This was agreed after the day of this session. Leave it at “Still to do”";
        return Err(Problems::one(&field, words).into());
    }
    if before.state != ActionState::Open {
        let words = format!("This has ended already: {}. {}", before.state.words(), before.end_note);
        return Err(Problems::one(&field, words).into());
    }
    if review.outcome == Outcome::Carried && needs_decision(carried(before), limit) {
        let times = domain::policy::Unit::Times.counted(carried(before));
        let words = format!("This was carried over {times}. Decide now what becomes of it");
        return Err(Problems::one(&field, words).into());
    }
    Ok(())
}

fn carried(before: &Before) -> u32 {
    u32::try_from(before.carried).unwrap_or_default()
}

fn note(writing: &mut Writing<'_>, entry: &CaseEntryId, review: &ActionReview) -> Result<(), Problem> {
    let (actor, now) = (writing.actor()?, writing.now);
    diesel::insert_into(action_reviews::table)
        .values((
            action_reviews::id.eq(new_id::<ActionReviewId>()),
            (
                action_reviews::organisation_id.eq(&actor.organisation),
                action_reviews::person_id.eq(&actor.person),
            ),
            (action_reviews::action_id.eq(&review.action), action_reviews::entry_id.eq(entry)),
            (action_reviews::outcome.eq(review.outcome), action_reviews::note.eq(&review.note)),
            (action_reviews::due_on.eq(review.due_on), action_reviews::reviewed_at.eq(now)),
        ))
        .execute(writing.connection)?;
    Ok(())
}

/// How an action stands after it was looked at.
struct Next {
    state: ActionState,
    end_note: String,
    ended_on: Option<NaiveDate>,
    due_on: NaiveDate,
    carried: i32,
}

impl Next {
    fn after(before: &Before, review: &ActionReview, held_on: NaiveDate) -> Self {
        let state = match review.outcome {
            Outcome::Done => ActionState::Done,
            Outcome::Dropped => ActionState::Dropped,
            Outcome::Changed => ActionState::Superseded,
            Outcome::Carried | Outcome::Unblocked | Outcome::Escalated => ActionState::Open,
        };
        let goes_on = review.outcome.goes_on();
        Self {
            state,
            end_note: if goes_on { String::new() } else { review.note.clone() },
            ended_on: (!goes_on).then_some(held_on),
            due_on: review.due_on.filter(|_| goes_on).unwrap_or(before.due_on),
            carried: if review.outcome == Outcome::Carried { before.carried + 1 } else { 0 },
        }
    }
}

/// The action that takes the place of one that is to be done otherwise: the same person, and what was to happen otherwise.
fn instead(before: Before, review: &ActionReview) -> NewAction {
    NewAction {
        what: review.note.clone(),
        owner: before.owner_id,
        owner_elsewhere: before.owner_elsewhere,
        due_on: review.due_on.unwrap_or(before.due_on),
        measure: before.measure,
        fallback: before.fallback,
    }
}
