//! What becomes of open actions in a session.

use super::requests::{ask, take_back, withdraw};
use super::{Otherwise, agree_actions, goes_on_with, shared_with};
use crate::audit::Event;
use crate::preparation::Pair;
use crate::problem::Problem;
use crate::schema::{action_reviews, actions, case_entries, cases, supervisions};
use crate::store::{Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::cases::CaseStatus;
use domain::form::Problems;
use domain::ids::{ActionId, ActionReviewId, CaseEntryId, CaseId, PersonId, SupervisionId};
use domain::people::LinkKind;
use domain::supervision::{ActionReview, ActionState, NewAction, Outcome, RecordState, needs_decision};
use std::collections::HashSet;

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

/// The record under which actions are agreed or looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AgreedUnder<'a> {
    /// An entry about a case.
    Entry {
        /// The case.
        case: &'a CaseId,
        /// The entry.
        entry: &'a CaseEntryId,
    },
    /// The personal part of a session of the actor with somebody.
    Session {
        /// Who is supervised.
        supervisee: &'a PersonId,
        /// The session.
        session: &'a SupervisionId,
    },
}

impl<'a> AgreedUnder<'a> {
    pub(super) fn case(self) -> Option<&'a CaseId> {
        if let Self::Entry { case, .. } = self { Some(case) } else { None }
    }

    pub(super) fn entry(self) -> Option<&'a CaseEntryId> {
        if let Self::Entry { entry, .. } = self { Some(entry) } else { None }
    }

    pub(super) fn supervisee(self) -> Option<&'a PersonId> {
        if let Self::Session { supervisee, .. } = self { Some(supervisee) } else { None }
    }

    pub(super) fn session(self) -> Option<&'a SupervisionId> {
        if let Self::Session { session, .. } = self { Some(session) } else { None }
    }
}

/// An action that may be looked at here, as it stood, with the day on which it was agreed.
fn before(
    writing: &mut Writing<'_>,
    under: AgreedUnder<'_>,
    action: &ActionId,
) -> Result<(Before, NaiveDate), Problem> {
    match under {
        AgreedUnder::Entry { case, .. } => {
            let written_with = shared_with
                .filter(shared_with.field(case_entries::case_id).eq(case))
                .filter(shared_with.field(case_entries::with_entry_id).is_not_null())
                .select(shared_with.field(case_entries::with_entry_id));
            Ok(actions::table
                .inner_join(case_entries::table.on(actions::entry_id.eq(case_entries::id.nullable())))
                .filter(actions::id.eq(action))
                .filter(actions::case_id.eq(case).or(actions::entry_id.eq_any(written_with)))
                .select((Before::as_select(), case_entries::held_on))
                .first(writing.connection)?)
        }
        AgreedUnder::Session { supervisee, .. } => {
            let (before, held_on, held): (Before, NaiveDate, (PersonId, LinkKind)) = actions::table
                .inner_join(supervisions::table.on(actions::supervision_id.eq(supervisions::id.nullable())))
                .filter(actions::id.eq(action).and(actions::supervisee_id.eq(supervisee)))
                .select((
                    Before::as_select(),
                    supervisions::held_on,
                    (supervisions::supervisor_id, supervisions::line),
                ))
                .first(writing.connection)?;
            let actor = writing.actor()?;
            let pair = Pair { supervisor: actor.person.clone(), supervisee: supervisee.clone() };
            if !goes_on_with(&actor, &pair, Some(&held)) {
                return Err(Problem::NotFound);
            }
            Ok((before, held_on))
        }
    }
}

/// Notes what has become of actions of this case, or of what was agreed for it with a brother or sister, or about this person, in a
/// session of this day. `limit` is how often one is carried over before somebody has to decide.
pub(crate) fn review_actions(
    writing: &mut Writing<'_>,
    under: AgreedUnder<'_>,
    held_on: NaiveDate,
    reviews: &[ActionReview],
    limit: u32,
) -> Result<(), Problem> {
    for review in reviews {
        let (before, agreed_on) = before(writing, under, &review.action)?;
        // Its owner ended it while the session was written up, or the session is typed late and it was agreed since: there was
        // nothing to carry on.
        let was_there = before.state == ActionState::Open && agreed_on <= held_on;
        if !was_there && review.outcome == Outcome::Carried {
            continue;
        }
        check(&before, agreed_on <= held_on, review, limit)?;
        if !review.outcome.is_carried() {
            withdraw(writing, &review.action)?;
        }
        let noted = note(writing, under, review)?;
        ask(writing, under, (&noted, review))?;
        let next = Next::after(&before, review, held_on);
        diesel::update(actions::table.filter(actions::id.eq(&review.action)))
            .set((
                (actions::state.eq(next.state), actions::end_note.eq(&next.end_note)),
                (actions::ended_on.eq(next.ended_on), actions::due_on.eq(next.due_on)),
                (actions::carried.eq(next.carried), actions::version.eq(before.version + 1)),
            ))
            .execute(writing.connection)?;
        if review.outcome == Outcome::Changed {
            let mut instead = instead(before, review);
            // Who supervised before does it no longer: it is for the two to do.
            if let Some(supervisee) = under.supervisee()
                && instead.owner.as_ref().is_some_and(|owner| owner != supervisee)
            {
                instead.owner = Some(writing.actor()?.person);
            }
            let otherwise = Otherwise { owner: writing.actor()?.person, due_on: next.due_on };
            agree_actions(writing, under, &[instead], &otherwise)?;
        }
        let event =
            Event::new("action_reviewed", "action", &review.action).with("outcome", review.outcome.code());
        writing.audit(match under {
            AgreedUnder::Entry { case, .. } => event.with("case", case),
            AgreedUnder::Session { session, .. } => event.with("supervision", session),
        })?;
    }
    Ok(())
}

/// Takes back what a session that turned out not to count, and its entries, decided about earlier actions: they are open again, with
/// the day and the count of before. What a later session has decided since stays.
pub(crate) fn take_reviews_back(
    writing: &mut Writing<'_>,
    session: &SupervisionId,
    entries: &[&CaseEntryId],
) -> Result<(), Problem> {
    type Row = (ActionId, Outcome, Option<NaiveDate>, Option<SupervisionId>, Option<SupervisionId>);
    let taken_back =
        || action_reviews::entry_id.eq_any(entries).or(action_reviews::supervision_id.eq(session));
    let touched: Vec<ActionId> = action_reviews::table
        .filter(taken_back())
        .select(action_reviews::action_id)
        .load(writing.connection)?;
    let reviews: Vec<ActionReviewId> =
        action_reviews::table.filter(taken_back()).select(action_reviews::id).load(writing.connection)?;
    take_back(writing, &reviews)?;
    let rows: Vec<Row> = action_reviews::table
        .left_join(case_entries::table.on(action_reviews::entry_id.eq(case_entries::id.nullable())))
        .filter(action_reviews::action_id.eq_any(&touched))
        .order(action_reviews::id)
        .select((
            action_reviews::action_id,
            action_reviews::outcome,
            action_reviews::due_on,
            action_reviews::supervision_id,
            case_entries::supervision_id.nullable(),
        ))
        .load(writing.connection)?;
    let session_of = |row: &Row| row.3.clone().or_else(|| row.4.clone());
    // This session is void by now, and others may have become so before.
    let void: HashSet<SupervisionId> = supervisions::table
        .filter(supervisions::id.eq_any(rows.iter().filter_map(session_of)))
        .filter(supervisions::state.eq(RecordState::Voided))
        .select(supervisions::id)
        .load::<SupervisionId>(writing.connection)?
        .into_iter()
        .collect();
    let is_void = |row: &Row| session_of(row).is_some_and(|session| void.contains(&session));
    for action in touched {
        let of_action = || rows.iter().filter(|row| row.0 == action);
        if of_action().next_back().is_none_or(|last| !is_void(last)) {
            continue;
        }
        let standing = || of_action().filter(|row| !is_void(row));
        let carried = standing().rev().take_while(|row| row.1.is_carried()).count();
        let agreed_for: Option<NaiveDate> = actions::table
            .filter(actions::id.eq(&action))
            .select(actions::agreed_for)
            .first(writing.connection)?;
        let due_on = standing().filter_map(|row| row.2).next_back().or(agreed_for);
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

/// A case is closed: what was agreed for it together with a brother or sister whose case goes on is now theirs.
pub(crate) fn hand_on_shared_actions(writing: &mut Writing<'_>, case: &CaseId) -> Result<(), Problem> {
    let shared: Vec<(ActionId, CaseId)> = actions::table
        .inner_join(shared_with.on(shared_with.field(case_entries::with_entry_id).eq(actions::entry_id)))
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
    if review.outcome.is_carried() && needs_decision(carried(before), limit) {
        let times = domain::policy::Unit::Times.counted(carried(before));
        let words = format!("This was carried over {times}. Decide now what becomes of it");
        return Err(Problems::one(&field, words).into());
    }
    Ok(())
}

fn carried(before: &Before) -> u32 {
    u32::try_from(before.carried).unwrap_or_default()
}

fn note(
    writing: &mut Writing<'_>,
    under: AgreedUnder<'_>,
    review: &ActionReview,
) -> Result<ActionReviewId, Problem> {
    let (id, actor, now): (ActionReviewId, _, _) = (new_id(), writing.actor()?, writing.now);
    diesel::insert_into(action_reviews::table)
        .values((
            action_reviews::id.eq(&id),
            (
                action_reviews::organisation_id.eq(&actor.organisation),
                action_reviews::person_id.eq(&actor.person),
            ),
            (
                action_reviews::action_id.eq(&review.action),
                action_reviews::entry_id.eq(under.entry()),
                action_reviews::supervision_id.eq(under.session()),
            ),
            (action_reviews::outcome.eq(review.outcome), action_reviews::note.eq(&review.note)),
            (
                action_reviews::due_on.eq(review.due_on),
                action_reviews::reviewed_at.eq(now),
                action_reviews::asked_id.eq(&review.asked),
            ),
        ))
        .execute(writing.connection)?;
    Ok(id)
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
            Outcome::Carried | Outcome::PartDone | Outcome::Unblocked | Outcome::Escalated => {
                ActionState::Open
            }
        };
        let goes_on = review.outcome.goes_on();
        Self {
            state,
            end_note: if goes_on { String::new() } else { review.note.clone() },
            ended_on: (!goes_on).then_some(held_on),
            due_on: review.due_on.filter(|_| goes_on).unwrap_or(before.due_on),
            carried: if review.outcome.is_carried() { before.carried + 1 } else { 0 },
        }
    }
}

/// The action that takes the place of one that is to be done otherwise: the same person, and what was to happen otherwise.
fn instead(before: Before, review: &ActionReview) -> NewAction {
    NewAction {
        block: 0,
        what: review.note.clone(),
        owner: before.owner_id,
        owner_elsewhere: before.owner_elsewhere,
        due_on: Some(review.due_on.unwrap_or(before.due_on)),
        measure: before.measure,
        fallback: before.fallback,
    }
}
