//! What is overdue between two people: sessions that are to be held or written up, and drafts.

use super::{Of, Subject};
use crate::content::Rules;
use crate::ladder::roster::Roster;
use crate::problem::Problem;
use crate::schema::{bookings, supervisions};
use crate::store::Reading;
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use domain::access::{PersonFacts, SupervisionFacts};
use domain::bookings::{BookingState, Past, Standing, missed_twice_on};
use domain::ids::{PersonId, SupervisionId, TeamId};
use domain::ladder::{About, Concern};
use domain::policy::Rule;
use domain::supervision::{RecordState, SupervisionKind};
use std::collections::BTreeMap;

/// Days back in which bookings are looked at: what was missed longer ago has its clock overdue by now.
const BOOKINGS_LOOKED_AT: u64 = 120;

/// What is late of the sessions of two people, whoever supervises first.
#[derive(Default)]
struct Late {
    /// The days of sessions of every day, and whether they were held.
    past: Vec<Past>,
    /// The first session that was held and not written up.
    unwritten: Option<NaiveDate>,
    /// The same, among those in which decisions about cases are made.
    undecided: Option<NaiveDate>,
    /// By when the first record was to be signed that its writer has not signed.
    to_be_signed_by: Option<NaiveDate>,
}

/// The earlier of a day that there may be and another.
fn earliest(first: &mut Option<NaiveDate>, on: NaiveDate) {
    *first = Some(first.map_or(on, |first| first.min(on)));
}

/// Sessions that are past and not written up in time, and two in a row that were not held.
pub(super) fn of_bookings(
    reading: &mut Reading<'_>,
    rules: &Rules,
    roster: &Roster,
    only: Option<&[PersonId]>,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    let (organisation, today) = (reading.organisation()?, reading.today());
    let mut pairs = BTreeMap::new();
    read_booked(reading, only, &mut pairs)?;
    read_held(reading, only, &mut pairs)?;
    for ((supervisor, supervisee), late) in pairs {
        let Some(details) = roster.chart.people.get(&supervisee) else { continue };
        // Nobody writes up in the place of somebody who has left.
        if !roster.chart.people.contains_key(&supervisor) {
            continue;
        }
        let pair = SupervisionFacts::of_two(organisation.clone(), supervisor.clone(), supervisee.clone());
        let team = details.team.clone();
        let person = PersonFacts { id: supervisee, organisation: organisation.clone(), team: team.clone() };
        for (concern, due_on) in late.concerns(rules, &team, today) {
            subjects.push(Subject {
                concern,
                id: format!("{}/{supervisor}", person.id),
                due_on,
                about: About {
                    person: Some(person.id.clone()),
                    team: team.clone(),
                    supervisor: Some(supervisor.clone()),
                },
                of: Of::Held(person.clone(), pair.clone()),
            });
        }
    }
    Ok(())
}

impl Late {
    /// What of it is a concern of its own on a day. When the record is late, its decisions are too: one reminder will do.
    fn concerns(mut self, rules: &Rules, team: &TeamId, today: NaiveDate) -> Vec<(Concern, NaiveDate)> {
        let by = |on: NaiveDate, rule| rules.working_days.add(on, rules.policy_of(team).number(rule));
        let record = self.unwritten.map(|on| by(on, Rule::RecordFull));
        let record = record.into_iter().chain(self.to_be_signed_by).min().filter(|by| *by < today);
        let decision = self.undecided.map(|on| by(on, Rule::RecordDecision)).filter(|by| *by < today);
        // The newest first; of a day, what was held.
        self.past.sort_by_key(|(on, state)| (std::cmp::Reverse(*on), *state != BookingState::Held));
        [
            (Concern::LateRecord, record),
            (Concern::LateDecision, decision.filter(|_| record.is_none())),
            (Concern::MissedSessions, missed_twice_on(&self.past)),
        ]
        .into_iter()
        .filter_map(|(concern, due_on)| Some((concern, due_on?)))
        .collect()
    }
}

/// What is late of the sessions of pairs, a supervisor and whoever is supervised.
type Pairs = BTreeMap<(PersonId, PersonId), Late>;

/// The sessions that were booked.
fn read_booked(
    reading: &mut Reading<'_>,
    only: Option<&[PersonId]>,
    pairs: &mut Pairs,
) -> Result<(), Problem> {
    type Row = (PersonId, PersonId, NaiveDate, BookingState, SupervisionKind, Option<SupervisionId>);
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
            bookings::kind,
            bookings::supervision_id,
        ))
        .load(reading.connection)?;
    for (supervisor, supervisee, on, state, kind, session) in rows {
        let late = pairs.entry((supervisor, supervisee)).or_default();
        let standing = Standing { state, has_come: true, is_past: true, is_written: session.is_some() };
        if standing.is_to_be_written() {
            earliest(&mut late.unwritten, on);
            if kind.has_case_entries() {
                earliest(&mut late.undecided, on);
            }
        }
        // A group or a visit that was cancelled is no supervision of every day that was missed, nor held in place of one.
        if SupervisionKind::ROUTINE.contains(&kind) {
            late.past.push((on, state));
        }
    }
    Ok(())
}

/// The sessions that were held. What was not booked ends a row of missed sessions all the same; a record that its writer has not
/// signed is not there yet, of whatever kind.
fn read_held(reading: &mut Reading<'_>, only: Option<&[PersonId]>, pairs: &mut Pairs) -> Result<(), Problem> {
    type Row = (PersonId, PersonId, NaiveDate, RecordState, SupervisionKind, Option<NaiveDate>);
    let (organisation, today) = (reading.organisation()?, reading.today());
    let since = today - Days::new(BOOKINGS_LOOKED_AT);
    let mut sessions = supervisions::table
        .filter(supervisions::organisation_id.eq(&organisation).and(supervisions::held_on.ge(since)))
        .filter(supervisions::state.ne(RecordState::Voided))
        .into_boxed();
    if let Some(ids) = only {
        sessions = sessions.filter(supervisions::supervisee_id.eq_any(ids));
    }
    let held: Vec<Row> = sessions
        .select((
            supervisions::supervisor_id,
            supervisions::supervisee_id,
            supervisions::held_on,
            supervisions::state,
            supervisions::kind,
            supervisions::write_by,
        ))
        .load(reading.connection)?;
    for (supervisor, supervisee, on, state, kind, write_by) in held {
        let pair = (supervisor, supervisee);
        if state == RecordState::Drafted {
            let late = pairs.entry(pair.clone()).or_default();
            // By when, as the policy was when the session was written down.
            match write_by {
                Some(write_by) => earliest(&mut late.to_be_signed_by, write_by),
                None => earliest(&mut late.unwritten, on),
            }
        }
        if SupervisionKind::ROUTINE.contains(&kind)
            && let Some(late) = pairs.get_mut(&pair)
        {
            late.past.push((on, BookingState::Held));
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
