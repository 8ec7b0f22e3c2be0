//! What is overdue between two people: sessions, records that are to be written or signed, and agreements.

use super::{Of, Subject, of_person};
use crate::agreements::review_days;
use crate::content::Rules;
use crate::ladder::roster::Roster;
use crate::problem::Problem;
use crate::schema::{bookings, record_steps, supervisions, supervisor_links};
use crate::store::Reading;
use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::SupervisionFacts;
use domain::bookings::{BookingState, Standing, missed_twice_on};
use domain::ids::{PersonId, SupervisionId};
use domain::ladder::{About, Concern};
use domain::people::LinkKind;
use domain::policy::Rule;
use domain::supervision::{RecordState, RecordStep, SupervisionKind};
use std::collections::BTreeMap;

/// Days back in which bookings are looked at: what was missed longer ago has its clock overdue by now.
const BOOKINGS_LOOKED_AT: u64 = 120;

/// Sessions that are past and not written up in time, and two in a row that were not held.
pub(super) fn of_bookings(
    reading: &mut Reading<'_>,
    rules: &Rules,
    roster: &Roster,
    only: Option<&[PersonId]>,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    type Row = (PersonId, PersonId, NaiveDate, BookingState, Option<SupervisionId>);
    let (organisation, today) = (reading.organisation()?, reading.today());
    let since = today - Days::new(BOOKINGS_LOOKED_AT);
    let mut booked = bookings::table
        .filter(bookings::organisation_id.eq(&organisation))
        .filter(bookings::on_day.lt(today).and(bookings::on_day.ge(since)))
        .into_boxed();
    if let Some(ids) = only {
        booked = booked.filter(bookings::supervisee_id.eq_any(ids));
    }
    let rows: Vec<Row> = booked
        .order((bookings::on_day.desc(), bookings::id.desc()))
        .select((
            bookings::supervisor_id,
            bookings::supervisee_id,
            bookings::on_day,
            bookings::state,
            bookings::supervision_id,
        ))
        .load(reading.connection)?;
    let mut pairs: BTreeMap<(PersonId, PersonId), Vec<(NaiveDate, BookingState)>> = BTreeMap::new();
    let mut unwritten: BTreeMap<(PersonId, PersonId), NaiveDate> = BTreeMap::new();
    let earliest = |days: &mut BTreeMap<(PersonId, PersonId), NaiveDate>, pair, on: NaiveDate| {
        days.entry(pair).and_modify(|first| *first = on.min(*first)).or_insert(on);
    };
    for (supervisor, supervisee, on, state, session) in rows {
        let pair = (supervisor, supervisee);
        let standing = Standing { state, has_come: true, is_past: true, is_written: session.is_some() };
        if standing.is_to_be_written() {
            earliest(&mut unwritten, pair.clone(), on);
        }
        pairs.entry(pair).or_default().push((on, state));
    }
    // What was held without being booked ends a row of missed sessions all the same. A record that its writer has not signed
    // is not there yet.
    let mut sessions = supervisions::table
        .filter(supervisions::organisation_id.eq(&organisation).and(supervisions::held_on.ge(since)))
        .filter(supervisions::state.ne(RecordState::Voided))
        .filter(supervisions::kind.eq_any(SupervisionKind::ROUTINE))
        .into_boxed();
    if let Some(ids) = only {
        sessions = sessions.filter(supervisions::supervisee_id.eq_any(ids));
    }
    let held: Vec<(PersonId, PersonId, NaiveDate, RecordState, Option<NaiveDate>)> = sessions
        .select((
            supervisions::supervisor_id,
            supervisions::supervisee_id,
            supervisions::held_on,
            supervisions::state,
            supervisions::write_by,
        ))
        .load(reading.connection)?;
    // By when, as the policy was when the session was written down.
    let mut to_be_signed_by: BTreeMap<(PersonId, PersonId), NaiveDate> = BTreeMap::new();
    for (supervisor, supervisee, on, state, write_by) in held {
        let pair = (supervisor, supervisee);
        if let Some(past) = pairs.get_mut(&pair) {
            past.push((on, BookingState::Held));
        }
        if state == RecordState::Drafted {
            match write_by {
                Some(write_by) => earliest(&mut to_be_signed_by, pair, write_by),
                None => earliest(&mut unwritten, pair, on),
            }
        }
    }
    for pair in unwritten.keys().chain(to_be_signed_by.keys()) {
        pairs.entry(pair.clone()).or_default();
    }
    for ((supervisor, supervisee), mut past) in pairs {
        // The newest first; of a day, what was held.
        past.sort_by_key(|(on, state)| (std::cmp::Reverse(*on), *state != BookingState::Held));
        let Some(details) = roster.chart.people.get(&supervisee) else { continue };
        // Nobody writes up in the place of somebody who has left.
        if !roster.chart.people.contains_key(&supervisor) {
            continue;
        }
        let id = format!("{supervisee}/{supervisor}");
        let mut add = |concern, due_on| {
            let team = &details.team;
            subjects.push(of_person(
                concern,
                id.clone(),
                due_on,
                &supervisee,
                team,
                Some(supervisor.clone()),
                &organisation,
            ));
        };
        let within = rules.policy_of(&details.team).number(Rule::RecordFull);
        let pair = (supervisor.clone(), supervisee.clone());
        let to_be_written = unwritten.get(&pair).map(|on| rules.working_days.add(*on, within));
        let due_on = to_be_written.into_iter().chain(to_be_signed_by.get(&pair).copied()).min();
        if let Some(due_on) = due_on.filter(|due_on| *due_on < today) {
            add(Concern::LateRecord, due_on);
        }
        if let Some(on) = missed_twice_on(&past) {
            add(Concern::MissedSessions, on);
        }
    }
    Ok(())
}

/// Records that wait for the signature of the person supervised, since the day on which they were asked.
pub(super) fn of_records(
    reading: &mut Reading<'_>,
    roster: &Roster,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    let organisation = reading.organisation()?;
    let rows: Vec<(SupervisionId, PersonId, PersonId, Option<NaiveDate>)> = supervisions::table
        .filter(supervisions::organisation_id.eq(&organisation))
        .filter(supervisions::state.eq(RecordState::AwaitingSupervisee))
        .select((
            supervisions::id,
            supervisions::supervisor_id,
            supervisions::supervisee_id,
            supervisions::asked_on,
        ))
        .load(reading.connection)?;
    for (id, supervisor, supervisee, asked_on) in rows {
        let session = SupervisionFacts::of_two(organisation.clone(), supervisor, supervisee);
        if let Some(asked_on) = asked_on {
            subjects.extend(of_record(
                (Concern::UnsignedRecord, asked_on),
                &id,
                session,
                Of::Session,
                roster,
            ));
        }
    }
    Ok(())
}

/// Records that somebody signed with a comment to which nobody has replied yet, since the day of the comment.
pub(super) fn of_comments(
    reading: &mut Reading<'_>,
    roster: &Roster,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    type Row = (RecordStep, NaiveDateTime, SupervisionId, PersonId, PersonId);
    let organisation = reading.organisation()?;
    let rows: Vec<Row> = supervisions::table
        .inner_join(record_steps::table.on(record_steps::record_id.eq(supervisions::id)))
        .filter(supervisions::organisation_id.eq(&organisation))
        .filter(supervisions::state.eq(RecordState::SignedWithComment))
        .filter(record_steps::step.eq_any([RecordStep::SignWithComment, RecordStep::AnswerComment]))
        .order(record_steps::id)
        .select((
            record_steps::step,
            record_steps::taken_at,
            supervisions::id,
            supervisions::supervisor_id,
            supervisions::supervisee_id,
        ))
        .load(reading.connection)?;
    let mut waiting = BTreeMap::new();
    for (step, taken_at, id, supervisor, supervisee) in rows {
        let on = domain::calendar::london_day(taken_at);
        match step {
            RecordStep::AnswerComment => waiting.remove(&id),
            _ => waiting.insert(id, (on, supervisor, supervisee)),
        };
    }
    for (id, (on, supervisor, supervisee)) in waiting {
        let session = SupervisionFacts::of_two(organisation.clone(), supervisor, supervisee);
        subjects.extend(of_record((Concern::Disagreement, on), &id, session, Of::Comment, roster));
    }
    Ok(())
}

/// What is overdue about the record of a session, if whoever was supervised is still here.
fn of_record(
    (concern, due_on): (Concern, NaiveDate),
    id: &SupervisionId,
    session: SupervisionFacts,
    of: impl FnOnce(SupervisionFacts) -> Of,
    roster: &Roster,
) -> Option<Subject> {
    let details = roster.chart.people.get(&session.supervisee)?;
    Some(Subject {
        concern,
        id: id.to_string(),
        due_on,
        about: About {
            person: Some(session.supervisee.clone()),
            team: details.team.clone(),
            supervisor: Some(session.supervisor.clone()),
        },
        of: of(session),
    })
}

/// Drafts that somebody has begun, since the day on which they last typed.
pub(super) fn of_drafts(
    reading: &mut Reading<'_>,
    roster: &Roster,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    for (id, author, saved_on) in crate::drafts::unfinished(reading)? {
        let Some(details) = roster.chart.people.get(&author) else { continue };
        subjects.push(Subject {
            concern: Concern::UnfinishedDraft,
            id: id.to_string(),
            due_on: saved_on,
            about: About { person: Some(author.clone()), team: details.team.clone(), supervisor: None },
            of: Of::Own(author),
        });
    }
    Ok(())
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
        .filter(supervisor_links::kind.eq(LinkKind::Line).and(supervisor_links::from_on.le(today)))
        .filter(supervisor_links::to_on.is_null().or(supervisor_links::to_on.ge(today)))
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
        let since = from.max(domain::calendar::london_day(created_at));
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
