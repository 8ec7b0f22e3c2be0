//! What is overdue of records that two people sign: a signature, a reply to a comment, and the agreement itself.

use super::{Of, Subject, of_person};
use crate::agreements::{Current, review_days};
use crate::content::Rules;
use crate::ladder::roster::Roster;
use crate::people::links::runs_on;
use crate::problem::Problem;
use crate::schema::{record_steps, supervisions, supervisor_links};
use crate::store::Reading;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::SupervisionFacts;
use domain::calendar::london_day;
use domain::ids::{PersonId, SupervisionId};
use domain::ladder::{About, Concern};
use domain::people::LinkKind;
use domain::policy::Rule;
use domain::supervision::{RecordState, RecordStep};
use std::collections::BTreeMap;

/// Records that wait for the signature of the person supervised, since the day on which they were asked.
pub(super) fn of_signatures(
    reading: &mut Reading<'_>,
    agreed: &[Current],
    roster: &Roster,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    let organisation = reading.organisation()?;
    let sessions: Vec<(SupervisionId, Two, Option<NaiveDate>)> = supervisions::table
        .filter(supervisions::organisation_id.eq(&organisation))
        .filter(supervisions::state.eq(RecordState::AwaitingSupervisee))
        .select((
            supervisions::id,
            (supervisions::supervisor_id, supervisions::supervisee_id),
            supervisions::asked_on,
        ))
        .load(reading.connection)?;
    let mut add = |id: &str, two: Two, asked_on: Option<NaiveDate>, of: fn(SupervisionFacts) -> Of| {
        let pair = SupervisionFacts::of_two(organisation.clone(), two.0, two.1);
        let waits = asked_on.map(|on| (Concern::UnsignedRecord, on));
        subjects.extend(waits.and_then(|waits| of_record(waits, id, pair, of, roster)));
    };
    for (id, two, asked_on) in sessions {
        add(id.as_str(), two, asked_on, Of::Session);
    }
    for Current { pair, newest: (id, state, asked_on), .. } in agreed {
        let asked_on = asked_on.filter(|_| *state == RecordState::AwaitingSupervisee);
        add(id.as_str(), pair.clone(), asked_on, Of::Agreement);
    }
    Ok(())
}

/// Records that somebody signed with a comment to which nobody has replied yet, since the day of the comment. An agreement is one of
/// them until another that both have signed takes its place.
pub(super) fn of_comments(
    reading: &mut Reading<'_>,
    agreed: &[Current],
    roster: &Roster,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    let organisation = reading.organisation()?;
    let mut steps = comments_on_sessions(reading)?;
    steps.extend(comments_on_agreements(reading, agreed)?);
    let mut waiting: BTreeMap<String, (Two, NaiveDate)> = BTreeMap::new();
    for (id, two, (step, taken_at)) in steps {
        match step {
            RecordStep::AnswerComment => waiting.remove(&id),
            _ => waiting.insert(id, (two, london_day(taken_at))),
        };
    }
    for (id, ((supervisor, supervisee), on)) in waiting {
        let pair = SupervisionFacts::of_two(organisation.clone(), supervisor, supervisee);
        subjects.extend(of_record((Concern::Disagreement, on), &id, pair, Of::Comment, roster));
    }
    Ok(())
}

/// A comment under a record or the reply to it, with the record, its two people and when it came.
type CommentStep = (String, Two, (RecordStep, NaiveDateTime));

/// The steps of which comments and the replies to them are made.
const COMMENTING: [RecordStep; 2] = [RecordStep::SignWithComment, RecordStep::AnswerComment];

/// The comments on sessions, and the replies, the oldest first.
fn comments_on_sessions(reading: &mut Reading<'_>) -> Result<Vec<CommentStep>, Problem> {
    let organisation = reading.organisation()?;
    Ok(supervisions::table
        .inner_join(record_steps::table.on(record_steps::record_id.eq(supervisions::id)))
        .filter(supervisions::organisation_id.eq(organisation))
        .filter(supervisions::state.eq(RecordState::SignedWithComment))
        .filter(record_steps::step.eq_any(COMMENTING))
        .order(record_steps::id)
        .select((
            record_steps::record_id,
            (supervisions::supervisor_id, supervisions::supervisee_id),
            (record_steps::step, record_steps::taken_at),
        ))
        .load(reading.connection)?)
}

/// The same on agreements that hold: few, so that they are looked up by their ids, and not at all if there are none.
fn comments_on_agreements(
    reading: &mut Reading<'_>,
    agreed: &[Current],
) -> Result<Vec<CommentStep>, Problem> {
    let with_comment = |current: &Current| {
        let (id, state) = current.holds.clone()?;
        (state == RecordState::SignedWithComment).then(|| (id.to_string(), current.pair.clone()))
    };
    let held: BTreeMap<String, Two> = agreed.iter().filter_map(with_comment).collect();
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let steps: Vec<(String, (RecordStep, NaiveDateTime))> = record_steps::table
        .filter(record_steps::record_id.eq_any(held.keys()))
        .filter(record_steps::step.eq_any(COMMENTING))
        .order(record_steps::id)
        .select((record_steps::record_id, (record_steps::step, record_steps::taken_at)))
        .load(reading.connection)?;
    Ok(steps.into_iter().filter_map(|(id, step)| Some((id.clone(), held.get(&id)?.clone(), step))).collect())
}

/// Who supervises, and who is supervised.
type Two = (PersonId, PersonId);

/// What is overdue about a record, if whoever was supervised is still here.
fn of_record(
    (concern, due_on): (Concern, NaiveDate),
    id: &str,
    pair: SupervisionFacts,
    of: fn(SupervisionFacts) -> Of,
    roster: &Roster,
) -> Option<Subject> {
    let details = roster.chart.people.get(&pair.supervisee)?;
    Some(Subject {
        concern,
        id: id.to_owned(),
        due_on,
        about: About {
            person: Some(pair.supervisee.clone()),
            team: details.team.clone(),
            supervisor: Some(pair.supervisor.clone()),
        },
        of: of(pair),
    })
}

/// Lines of supervision without an agreement in time, and agreements that were to be looked at again.
pub(super) fn of_agreements(
    reading: &mut Reading<'_>,
    rules: &Rules,
    roster: &Roster,
    only: Option<&[PersonId]>,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    let (organisation, today) = (reading.organisation()?, reading.today());
    let reviews = review_days(reading)?;
    let mut current = supervisor_links::table
        .filter(supervisor_links::organisation_id.eq(&organisation))
        .filter(supervisor_links::kind.eq(LinkKind::Line).and(runs_on(today)))
        .into_boxed();
    if let Some(ids) = only {
        current = current.filter(supervisor_links::supervisee_id.eq_any(ids));
    }
    let pairs: Vec<(PersonId, PersonId, NaiveDate, NaiveDateTime)> = current
        .select((
            supervisor_links::supervisor_id,
            supervisor_links::supervisee_id,
            supervisor_links::from_on,
            supervisor_links::created_at,
        ))
        .load(reading.connection)?;
    for (supervisor, supervisee, from, created_at) in pairs {
        let Some(details) = roster.chart.people.get(&supervisee) else { continue };
        // Nobody is late for what was before we knew of them.
        let since = from.max(london_day(created_at));
        let within = rules.policy_of(&details.team).number(Rule::AgreementFirst);
        let first = || rules.working_days.add(since, within);
        let due_on = reviews.get(&(supervisor.clone(), supervisee.clone())).copied().unwrap_or_else(first);
        if due_on < today {
            let id = format!("{supervisee}/{supervisor}");
            let team = details.team.clone();
            subjects.push(of_person(
                Concern::AgreementDue,
                id,
                due_on,
                &supervisee,
                &team,
                Some(supervisor),
                &organisation,
            ));
        }
    }
    Ok(())
}
