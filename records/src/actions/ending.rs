//! Ending an action on its own page, between sessions.

use super::names::{asked_first, asked_now};
use super::requests::{Subject, standing_columns};
use super::{ActionRow, AgreedIn, action_columns, gathered, reviewed_actions};
use crate::audit::Event;
use crate::problem::{Problem, Stale};
use crate::schema::{action_requests, action_reviews, actions, cases, people};
use crate::store::{Reading, Writing};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, ActionFacts};
use domain::form::Problems;
use domain::ids::{ActionId, PersonId};
use domain::supervision::{ActionEnd, ActionState};

/// Opens an action, for the form that ends it; with the reference of its case, or the name of whom it is about.
pub fn open_action(reading: &mut Reading<'_>, id: &ActionId) -> Result<(ActionRow, String), Problem> {
    let rows =
        reviewed_actions!().filter(actions::id.eq(id)).order(action_reviews::id).load(reading.connection)?;
    let action = gathered(rows)?.pop().ok_or(Problem::NotFound)?;
    let owner = action.owner_id.clone();
    let session = match &action.agreed_in {
        AgreedIn::Entry { .. } => None,
        AgreedIn::Session { session, .. } => Some(session),
    };
    let subject = Subject::read(reading, action.case(), session)?;
    reading.permit(&Action::EndAction(&ActionFacts { of: subject.of(), owner }), "action", id)?;
    let about = match &action.agreed_in {
        AgreedIn::Entry { case, .. } => {
            cases::table.filter(cases::id.eq(case)).select(cases::reference).first(reading.connection)?
        }
        AgreedIn::Session { supervisee, .. } => {
            people::table.filter(people::id.eq(supervisee)).select(people::name).first(reading.connection)?
        }
    };
    Ok((action, about))
}

/// Ends an action: done with evidence, or dropped with a reason.
pub fn end_action(
    writing: &mut Writing<'_>,
    id: &ActionId,
    version: i32,
    end: &ActionEnd,
) -> Result<AgreedIn, Problem> {
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
    let event = Event::new("action_ended", "action", id).with("state", end.state.code());
    writing.audit(match &action.agreed_in {
        AgreedIn::Entry { case, .. } => event.with("case", case),
        AgreedIn::Session { session, .. } => event.with("supervision", session),
    })?;
    Ok(action.agreed_in)
}

/// Somebody has left: what was agreed about them in their supervision asks for nothing any more.
pub(crate) fn end_of_leaver(writing: &mut Writing<'_>, person: &PersonId) -> Result<(), Problem> {
    let today = writing.today();
    diesel::update(actions::table.filter(actions::supervisee_id.eq(person)))
        .filter(actions::state.eq(ActionState::Open))
        .set((
            (actions::state.eq(ActionState::Dropped), actions::ended_on.eq(today)),
            (actions::end_note.eq("They have left"), actions::version.eq(actions::version + 1)),
        ))
        .execute(writing.connection)?;
    Ok(())
}
