//! What is overdue between two people: sessions that are to be held or written up, and drafts.

use super::{Of, Subject, of_person};
use crate::content::Rules;
use crate::ladder::roster::Roster;
use crate::problem::Problem;
use crate::schema::{bookings, supervisions};
use crate::store::Reading;
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use domain::bookings::{BookingState, Standing, missed_twice_on};
use domain::ids::{PersonId, SupervisionId};
use domain::ladder::{About, Concern};
use domain::policy::Rule;
use domain::supervision::{RecordState, SupervisionKind};
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
