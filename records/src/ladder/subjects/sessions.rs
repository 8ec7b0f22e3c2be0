//! What is overdue between two people: sessions, records that are to be written or signed, and agreements.

use super::{Of, Subject, of_person};
use crate::agreements::review_days;
use crate::content::Rules;
use crate::ladder::roster::Roster;
use crate::problem::Problem;
use crate::schema::{bookings, supervisions, supervisor_links};
use crate::store::Reading;
use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::SupervisionFacts;
use domain::bookings::{BookingState, missed_twice_on};
use domain::ids::{PersonId, SupervisionId};
use domain::ladder::{About, Concern};
use domain::people::LinkKind;
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
    type Row = (PersonId, PersonId, NaiveDate, BookingState);
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
        .select((bookings::supervisor_id, bookings::supervisee_id, bookings::on_day, bookings::state))
        .load(reading.connection)?;
    let mut pairs: BTreeMap<(PersonId, PersonId), Vec<(NaiveDate, BookingState)>> = BTreeMap::new();
    for (supervisor, supervisee, on, state) in rows {
        pairs.entry((supervisor, supervisee)).or_default().push((on, state));
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
    let held: Vec<(PersonId, PersonId, NaiveDate, RecordState)> = sessions
        .select((
            supervisions::supervisor_id,
            supervisions::supervisee_id,
            supervisions::held_on,
            supervisions::state,
        ))
        .load(reading.connection)?;
    let mut drafted: BTreeMap<(PersonId, PersonId), NaiveDate> = BTreeMap::new();
    for (supervisor, supervisee, on, state) in held {
        let pair = (supervisor, supervisee);
        if let Some(past) = pairs.get_mut(&pair) {
            past.push((on, BookingState::Held));
        }
        if state == RecordState::Drafted {
            drafted.entry(pair).and_modify(|first| *first = on.min(*first)).or_insert(on);
        }
    }
    for pair in drafted.keys() {
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
        let unwritten = past.iter().filter(|(_, state)| state.is_ahead()).map(|(on, _)| *on).min();
        let unsigned = drafted.get(&(supervisor.clone(), supervisee.clone())).copied();
        if let Some(on) = unwritten.into_iter().chain(unsigned).min() {
            let due_on = rules.working_days.add(on, within);
            if due_on < today {
                add(Concern::LateRecord, due_on);
            }
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
    type Row = (SupervisionId, PersonId, PersonId, Option<NaiveDate>);
    let organisation = reading.organisation()?;
    let rows: Vec<Row> = supervisions::table
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
        let of_person_here = roster.chart.people.get(&supervisee).zip(asked_on);
        let Some((details, asked_on)) = of_person_here else { continue };
        subjects.push(Subject {
            concern: Concern::UnsignedRecord,
            id: id.to_string(),
            due_on: asked_on,
            about: About {
                person: Some(supervisee.clone()),
                team: details.team.clone(),
                supervisor: Some(supervisor.clone()),
            },
            of: Of::Session(SupervisionFacts::of_two(organisation.clone(), supervisor, supervisee)),
        });
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
