//! What booked sessions are to be about.

use super::{Booking, NewRow};
use crate::access::{case_facts, cases_with_lead, person_facts, visible_cases};
use crate::problem::Problem;
use crate::schema::{booking_cases, bookings, cases};
use crate::store::{Reading, Writing};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::{Action, may};
use domain::bookings::{BookingState, NewCaseSessions};
use domain::form::Problems;
use domain::ids::{BookingId, CaseId};
use domain::supervision::SupervisionKind;
use std::collections::{HashMap, HashSet};

/// A case of which a booked session is to talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedCase {
    /// The case.
    pub id: CaseId,
    /// The reference.
    pub reference: String,
}

/// Books case supervision with several people at once, each about some of their cases. Returns how many sessions.
pub fn book_cases(writing: &mut Writing<'_>, new: &NewCaseSessions) -> Result<usize, Problem> {
    let actor = writing.actor()?;
    for session in &new.sessions {
        let supervisee = person_facts(writing.connection, &session.supervisee)?;
        writing.permit(
            &Action::LogSupervision(&supervisee, Some(SupervisionKind::Case)),
            "person",
            &session.supervisee,
        )?;
        for case in &session.cases {
            let facts = case_facts(writing.connection, case)?;
            let works_on_it = facts.lead_practitioner.as_ref() == Some(&session.supervisee)
                || facts.co_workers.contains(&session.supervisee);
            if !works_on_it || !may(&actor, &Action::OpenCase(&facts)).is_allowed() {
                return Err(Problems::one(
                    "form",
                    "One of these cases has changed hands. Go back to the list and choose again",
                )
                .into());
            }
        }
        let row = NewRow {
            supervisor: &actor.person,
            supervisee: &session.supervisee,
            kind: SupervisionKind::Case,
            mode: new.mode,
            minutes: new.minutes,
            begins: session.begins,
            series: None,
            instead_of: None,
            cases: &session.cases,
        };
        row.insert(writing)?;
    }
    Ok(new.sessions.len())
}

pub(super) fn talk_about(
    writing: &mut Writing<'_>,
    booking: &BookingId,
    cases: &[CaseId],
) -> Result<(), Problem> {
    let organisation = writing.organisation()?;
    for case in cases {
        diesel::insert_into(booking_cases::table)
            .values((
                booking_cases::booking_id.eq(booking),
                booking_cases::case_id.eq(case),
                booking_cases::organisation_id.eq(&organisation),
            ))
            .execute(writing.connection)?;
    }
    Ok(())
}

pub(super) fn cases_of(reading: &mut Reading<'_>, booking: &BookingId) -> Result<Vec<CaseId>, Problem> {
    Ok(booking_cases::table
        .filter(booking_cases::booking_id.eq(booking))
        .order(booking_cases::case_id)
        .select(booking_cases::case_id)
        .load(reading.connection)?)
}

/// Adds to each booking the cases that the reader may open: one that has moved on since is no longer theirs to see.
pub(super) fn add_cases(reading: &mut Reading<'_>, booked: &mut [Booking]) -> Result<(), Problem> {
    let actor = reading.actor()?;
    let ids: Vec<&BookingId> = booked.iter().map(|booking| &booking.id).collect();
    let about: Vec<(BookingId, CaseId)> = booking_cases::table
        .filter(booking_cases::booking_id.eq_any(ids))
        .select((booking_cases::booking_id, booking_cases::case_id))
        .load(reading.connection)?;
    if about.is_empty() {
        return Ok(());
    }
    let ids: HashSet<CaseId> = about.iter().map(|(_, case)| case.clone()).collect();
    let visible: Vec<(CaseId, String)> = visible_cases(cases_with_lead(), &actor)
        .filter(cases::id.eq_any(ids))
        .order(cases::reference)
        .select((cases::id, cases::reference))
        .load(reading.connection)?;
    for booking in booked {
        let is_about = |case: &CaseId| about.iter().any(|(of, about)| *of == booking.id && about == case);
        let cases = visible.iter().filter(|(case, _)| is_about(case));
        booking.cases = cases
            .map(|(id, reference)| BookedCase { id: id.clone(), reference: reference.clone() })
            .collect();
    }
    Ok(())
}

/// Marks the sessions that were cancelled or not held and in whose place another is booked.
pub(super) fn mark_rebooked(reading: &mut Reading<'_>, booked: &mut [Booking]) -> Result<(), Problem> {
    let missed: Vec<Option<BookingId>> = booked
        .iter()
        .filter(|booking| BookingState::MISSED.contains(&booking.state))
        .map(|booking| Some(booking.id.clone()))
        .collect();
    if missed.is_empty() {
        return Ok(());
    }
    let replaced: HashSet<Option<BookingId>> = bookings::table
        .filter(bookings::instead_of_id.eq_any(missed))
        .select(bookings::instead_of_id)
        .load::<Option<BookingId>>(reading.connection)?
        .into_iter()
        .collect();
    for booking in booked {
        booking.is_rebooked = replaced.contains(&Some(booking.id.clone()));
    }
    Ok(())
}

/// The next day on which a booked session is to be about each of these cases.
pub(crate) fn booked_days(
    reading: &mut Reading<'_>,
    ids: &[CaseId],
) -> Result<HashMap<CaseId, NaiveDate>, Problem> {
    let today = reading.today();
    let rows: Vec<(CaseId, Option<NaiveDate>)> = booking_cases::table
        .inner_join(bookings::table.on(bookings::id.eq(booking_cases::booking_id)))
        .filter(booking_cases::case_id.eq_any(ids))
        .filter(bookings::state.eq_any(BookingState::AHEAD).and(bookings::on_day.ge(today)))
        .group_by(booking_cases::case_id)
        .select((booking_cases::case_id, diesel::dsl::min(bookings::on_day)))
        .load(reading.connection)?;
    Ok(rows.into_iter().filter_map(|(case, day)| Some((case, day?))).collect())
}
