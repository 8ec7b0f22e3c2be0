//! The questions that wait for somebody, those that are put off until a day, those on an agenda, and those that were replied to.

use crate::problem::Problem;
use crate::schema::{agenda_items, case_entries, cases, raised_prompts, reflections};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::ids::{RaisedPromptId, ReflectionId, SupervisionId};
use domain::reflection::{PromptShelf, PromptState};
use std::collections::HashMap;

/// A question that was put to the actor, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingPrompt {
    /// The question as it was put.
    pub id: RaisedPromptId,
    /// Its key in the library.
    pub key: String,
    /// Its words.
    pub question: String,
    /// What has become of it.
    pub state: PromptState,
    /// Until when it is put off.
    pub until: Option<NaiveDate>,
    /// Whether it was on the agenda of a session that was held since.
    pub was_talked_about: bool,
    /// The session in which it was put, or the reflection.
    pub stands_in: StandsIn,
    /// The day on which it was put.
    pub raised_on: NaiveDate,
}

/// Where a question stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StandsIn {
    /// Under an entry of this session, about the case of this reference.
    Supervision(SupervisionId, String),
    /// Under this reflection.
    Reflection(ReflectionId),
}

/// Questions on one page of the list.
pub const PROMPTS: usize = 30;

/// Questions that are shown or counted elsewhere, at most.
pub const WAITING: usize = 20;

/// The questions that wait for the actor's reply today, the newest first.
pub fn waiting_questions(reading: &mut Reading<'_>) -> Result<Vec<WaitingPrompt>, Problem> {
    load(reading, PromptShelf::Waiting, None, WAITING)
}

/// One page of the questions that were put to the actor and stand on this shelf, the newest first, before this one; and whether there
/// are more.
pub fn prompts(
    reading: &mut Reading<'_>,
    shelf: PromptShelf,
    before: Option<&RaisedPromptId>,
) -> Result<(Vec<WaitingPrompt>, bool), Problem> {
    reading.permit(&Action::SeeOwnWork, "questions", "")?;
    let mut listed = load(reading, shelf, before, PROMPTS + 1)?;
    let more = listed.len() > PROMPTS;
    listed.truncate(PROMPTS);
    Ok((listed, more))
}

/// How many questions that were put to the actor stand on each shelf. What is open is few; what was replied to is counted.
pub fn prompt_counts(reading: &mut Reading<'_>) -> Result<HashMap<PromptShelf, usize>, Problem> {
    type Row = (PromptState, Option<NaiveDate>, Option<SupervisionId>);
    let (actor, today) = (reading.actor()?, reading.today());
    reading.permit(&Action::SeeOwnWork, "questions", "")?;
    let open: Vec<Row> = raised_prompts::table
        .left_join(reflections::table.on(raised_prompts::reflection_id.eq(reflections::id.nullable())))
        .left_join(agenda_items::table.on(raised_prompts::agenda_item_id.eq(agenda_items::id.nullable())))
        .filter(raised_prompts::asked_of_id.eq(&actor.person))
        .filter(raised_prompts::state.eq_any(PromptState::OPEN).and(reflections::deleted_at.is_null()))
        .select((
            raised_prompts::state,
            raised_prompts::deferred_until,
            agenda_items::supervision_id.nullable(),
        ))
        .load(reading.connection)?;
    let replied: i64 = raised_prompts::table
        .left_join(reflections::table.on(raised_prompts::reflection_id.eq(reflections::id.nullable())))
        .filter(raised_prompts::asked_of_id.eq(&actor.person))
        .filter(raised_prompts::state.ne_all(PromptState::OPEN).and(reflections::deleted_at.is_null()))
        .count()
        .get_result(reading.connection)?;
    let mut counts = HashMap::from([(PromptShelf::Replied, usize::try_from(replied).unwrap_or(0))]);
    for (state, until, talked_in) in open {
        *counts.entry(PromptShelf::of(state, until, talked_in.is_some(), today)).or_default() += 1;
    }
    Ok(counts)
}

fn load(
    reading: &mut Reading<'_>,
    shelf: PromptShelf,
    before: Option<&RaisedPromptId>,
    most: usize,
) -> Result<Vec<WaitingPrompt>, Problem> {
    type Row = (
        (RaisedPromptId, String, String, PromptState, Option<NaiveDate>, NaiveDate),
        (Option<ReflectionId>, Option<SupervisionId>, Option<String>),
        Option<SupervisionId>,
    );
    let (actor, today) = (reading.actor()?, reading.today());
    let state = raised_prompts::state;
    let until = raised_prompts::deferred_until;
    let mut query = raised_prompts::table
        .left_join(reflections::table.on(raised_prompts::reflection_id.eq(reflections::id.nullable())))
        .left_join(case_entries::table.on(raised_prompts::entry_id.eq(case_entries::id.nullable())))
        .left_join(cases::table.on(raised_prompts::case_id.eq(cases::id.nullable())))
        .left_join(agenda_items::table.on(raised_prompts::agenda_item_id.eq(agenda_items::id.nullable())))
        .filter(raised_prompts::asked_of_id.eq(actor.person).and(reflections::deleted_at.is_null()))
        .into_boxed();
    query = match shelf {
        PromptShelf::Waiting => query.filter(
            state
                .eq(PromptState::Raised)
                .or(state.eq(PromptState::Deferred).and(until.is_null().or(until.le(today))))
                .or(state.eq(PromptState::ToSupervision).and(agenda_items::supervision_id.is_not_null())),
        ),
        PromptShelf::Later => query.filter(state.eq(PromptState::Deferred).and(until.gt(today))),
        PromptShelf::Agenda => {
            query.filter(state.eq(PromptState::ToSupervision).and(agenda_items::supervision_id.is_null()))
        }
        PromptShelf::Replied => {
            query.filter(state.eq_any([PromptState::Answered.code(), PromptState::NotRelevant.code()]))
        }
    };
    if let Some(before) = before {
        query = query.filter(raised_prompts::id.lt(before.clone()));
    }
    let rows: Vec<Row> = query
        .order(raised_prompts::id.desc())
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select((
            (
                raised_prompts::id,
                raised_prompts::prompt_key,
                raised_prompts::question,
                state,
                until,
                raised_prompts::raised_on,
            ),
            (
                raised_prompts::reflection_id,
                case_entries::supervision_id.nullable(),
                cases::reference.nullable(),
            ),
            agenda_items::supervision_id.nullable(),
        ))
        .load(reading.connection)?;
    Ok(rows.into_iter().filter_map(|(prompt, place, talked_in)| waiting(prompt, place, talked_in)).collect())
}

fn waiting(
    (id, key, question, state, until, raised_on): (
        RaisedPromptId,
        String,
        String,
        PromptState,
        Option<NaiveDate>,
        NaiveDate,
    ),
    (reflection, session, reference): (Option<ReflectionId>, Option<SupervisionId>, Option<String>),
    talked_in: Option<SupervisionId>,
) -> Option<WaitingPrompt> {
    let stands_in = match (session, reflection) {
        (Some(session), _) => StandsIn::Supervision(session, reference.unwrap_or_default()),
        (None, Some(reflection)) => StandsIn::Reflection(reflection),
        (None, None) => return None,
    };
    let was_talked_about = talked_in.is_some();
    Some(WaitingPrompt { id, key, question, state, until, was_talked_about, stands_in, raised_on })
}
