//! What a decision about an action asks, and what becomes of that when it is handed on or turns out not to count.

use super::super::carry::AgreedUnder;
use super::super::{OpenActions, OpenActionsOf};
use super::{Subject, asker_of, columns_of};
use crate::audit::Event;
use crate::cases::CaseSummary;
use crate::content;
use crate::mail;
use crate::problem::Problem;
use crate::schema::{action_requests, action_reviews, people, person_roles};
use crate::store::{Reading, Writing};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::TextValue;
use domain::form::Problems;
use domain::ids::{ActionId, ActionReviewId, PersonId, TeamId};
use domain::people::{LinkKind, Role, Standing};
use domain::supervision::ActionReview;
use std::collections::BTreeMap;

/// Asks whom a decision about an action names: who stands above what it is about.
pub(in super::super) fn ask(
    writing: &mut Writing<'_>,
    under: AgreedUnder<'_>,
    (id, review): (&ActionReviewId, &ActionReview),
) -> Result<(), Problem> {
    let Some(asked) = &review.asked else { return Ok(()) };
    if !Subject::read(writing, under.case(), under.session())?.can_ask(writing, asked)? {
        let words = "This person cannot decide about it here. Choose somebody else, or write who it is";
        return Err(Problems::one(&format!("{}.asked", review.at), words).into());
    }
    let (actor, now) = (writing.actor()?, writing.now);
    let asked_already: i64 = action_requests::table
        .inner_join(action_reviews::table.on(action_reviews::id.eq(action_requests::review_id)))
        .filter(action_requests::asked_id.eq(asked).and(action_reviews::person_id.eq(&actor.person)))
        .filter(action_reviews::reviewed_at.eq(now))
        .count()
        .get_result(writing.connection)?;
    diesel::insert_into(action_requests::table)
        .values((
            (action_requests::review_id.eq(id), action_requests::organisation_id.eq(&actor.organisation)),
            (action_requests::action_id.eq(&review.action), action_requests::asked_id.eq(asked)),
            action_requests::answer.eq(""),
        ))
        .execute(writing.connection)?;
    // One mail for one session, however much is asked in it.
    if asked_already == 0 && *asked != actor.person {
        mail::queue(writing, asked, &domain::mail::asked())?;
    }
    writing.audit(Event::new("asked_to_clear_the_way", "action", &review.action).with("asked", asked))
}

/// Something else is decided about an action: nothing waits for an answer any more.
pub(in super::super) fn withdraw(writing: &mut Writing<'_>, action: &ActionId) -> Result<(), Problem> {
    let now = writing.now;
    diesel::update(action_requests::table.filter(action_requests::action_id.eq(action)))
        .filter(action_requests::withdrawn_at.is_null())
        .set(action_requests::withdrawn_at.eq(now))
        .execute(writing.connection)?;
    Ok(())
}

/// Decisions turned out not to count: what was asked with them is withdrawn, and what they had withdrawn waits again.
pub(in super::super) fn take_back(
    writing: &mut Writing<'_>,
    reviews: &[ActionReviewId],
) -> Result<(), Problem> {
    let now = writing.now;
    let decided: Vec<(ActionId, NaiveDateTime)> = action_reviews::table
        .filter(action_reviews::id.eq_any(reviews))
        .select((action_reviews::action_id, action_reviews::reviewed_at))
        .load(writing.connection)?;
    for (action, at) in decided {
        diesel::update(action_requests::table.filter(action_requests::action_id.eq(action)))
            .filter(action_requests::withdrawn_at.eq(at))
            .set(action_requests::withdrawn_at.eq(None::<NaiveDateTime>))
            .execute(writing.connection)?;
    }
    diesel::update(action_requests::table.filter(action_requests::review_id.eq_any(reviews)))
        .set(action_requests::withdrawn_at.eq(now))
        .execute(writing.connection)?;
    Ok(())
}

/// Who follows whoever is asked and does other work now.
pub(crate) enum Follows<'a> {
    /// Somebody who could be asked now, or who will be able to answer when the hand-over takes effect.
    Person {
        /// Who.
        next: &'a PersonId,
        /// Whether they line-manage this supervisor from then on.
        takes_over: &'a dyn Fn(&PersonId) -> bool,
    },
    /// Nobody: whoever asked is told.
    Nobody,
}

/// Hands a request on.
pub(crate) fn follow_in_request(
    writing: &mut Writing<'_>,
    id: &ActionReviewId,
    follows: &Follows<'_>,
) -> Result<(), Problem> {
    let now = writing.now;
    let request = action_requests::table.filter(action_requests::review_id.eq(id));
    let asker = asker_of(writing, id)?;
    let Follows::Person { next, takes_over } = follows else {
        diesel::update(request).set(action_requests::withdrawn_at.eq(now)).execute(writing.connection)?;
        return mail::tell(writing, &asker, &domain::mail::not_answered());
    };
    let columns = columns_of(writing, id)?;
    let subject = Subject::of_request(writing, &columns)?;
    let will_be_able = matches!(subject, Subject::Person { .. }) && takes_over(&asker);
    if !will_be_able && !subject.can_ask(writing, next)? {
        let words = "They cannot decide about it. Choose somebody else, or nobody";
        return Err(Problems::one("form", words).into());
    }
    diesel::update(request).set(action_requests::asked_id.eq(*next)).execute(writing.connection)?;
    Ok(())
}

/// Puts in who can be asked to clear the way, where a decision is due: about a case whoever manages its team, about a person whoever
/// line-manages the supervisor.
pub fn add_who_may_be_asked(
    reading: &mut Reading<'_>,
    cases: &[CaseSummary],
    open: &mut OpenActionsOf,
) -> Result<(), Problem> {
    let is_due = |open: &OpenActions| open.stuck().next().is_some();
    if !is_due(&open.personal) && !open.by_case.values().any(is_due) {
        return Ok(());
    }
    let actor = reading.actor()?;
    let managing = Role::ALL.iter().copied().filter(|role| role.manages());
    let rows: Vec<(PersonId, String, TeamId)> = people::table
        .inner_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .filter(people::organisation_id.eq(&actor.organisation).and(people::standing.eq(Standing::Active)))
        .filter(people::left_on.is_null().and(people::id.ne(&actor.person)))
        .filter(person_roles::role.eq_any(managing))
        .select((people::id, people::name, people::team_id))
        .load(reading.connection)?;
    let teams = content::teams_now(reading)?;
    // By name; whoever has two such roles stands there once.
    let managers: BTreeMap<(String, PersonId), TeamId> =
        rows.into_iter().map(|(person, name, team)| ((name, person), team)).collect();
    let named = |(name, person): &(String, PersonId)| (person.clone(), name.clone());
    let line_manages = |person: &PersonId| actor.supervised_by.contains(&(person.clone(), LinkKind::Line));
    open.personal.may_be_asked =
        managers.keys().filter(|(_, person)| line_manages(person)).map(named).collect();
    for case in cases {
        let Some(of_case) = open.by_case.get_mut(&case.id) else { continue };
        let oversees = |team: &TeamId| teams.with_below(team).contains(&case.team);
        of_case.may_be_asked =
            managers.iter().filter(|(_, team)| oversees(team)).map(|(who, _)| named(who)).collect();
    }
    Ok(())
}
