//! Which booking a session meets.

use crate::problem::Problem;
use crate::schema::bookings;
use crate::store::{Reading, Writing};
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use domain::bookings::{BookingState, CancelReason};
use domain::ids::{BookingId, PersonId, SupervisionId};
use domain::supervision::{NewSupervision, SupervisionKind};

/// Days between a booking and the session that was held in its place.
pub(crate) const MET_WITHIN: u64 = 13;

/// A session turned out not to have been held: the booking that it met is still to be met.
pub(crate) fn was_not_held(writing: &mut Writing<'_>, supervision: &SupervisionId) -> Result<(), Problem> {
    diesel::update(bookings::table.filter(bookings::supervision_id.eq(supervision)))
        .set((
            bookings::state.eq(BookingState::Planned),
            bookings::supervision_id.eq(None::<SupervisionId>),
            bookings::version.eq(bookings::version + 1),
        ))
        .execute(writing.connection)?;
    Ok(())
}

/// The booking that a session of this kind meets, held by somebody on a day: the last one up to that day, if it is not long ago and has
/// no record yet; or one of that very day of which somebody said that it was not held.
pub(crate) fn met_by(
    reading: &mut Reading<'_>,
    supervisor: &PersonId,
    supervisee: &PersonId,
    (kind, held_on): (SupervisionKind, NaiveDate),
) -> Result<Option<BookingId>, Problem> {
    // What is held every day meets any booking of that sort; a group is no session of two.
    let routine = SupervisionKind::ROUTINE;
    let kinds = if routine.contains(&kind) { routine } else { std::slice::from_ref(&kind) };
    let waits = bookings::state.eq_any(BookingState::UNWRITTEN);
    let was_missed = bookings::state.eq(BookingState::NotHeld).and(bookings::on_day.eq(held_on));
    let mut found = bookings::table
        .filter(bookings::supervisor_id.eq(supervisor).and(bookings::supervision_id.is_null()))
        .filter(bookings::on_day.le(held_on).and(bookings::on_day.ge(held_on - Days::new(MET_WITHIN))))
        .filter(waits.or(was_missed))
        .filter(bookings::kind.eq_any(kinds))
        .into_boxed();
    // In a group another one may present than was meant to.
    if kind != SupervisionKind::Group {
        found = found.filter(bookings::supervisee_id.eq(supervisee));
    }
    let missed_last = bookings::state.eq(BookingState::NotHeld);
    let met = found.order((bookings::on_day.desc(), missed_last, bookings::id)).select(bookings::id);
    Ok(met.first(reading.connection).optional()?)
}

/// A session was held, and the booking that it meets with it.
pub(crate) fn was_held(
    writing: &mut Writing<'_>,
    supervisor: &PersonId,
    session: &NewSupervision,
    supervision: &SupervisionId,
) -> Result<(), Problem> {
    let met = met_by(writing, supervisor, &session.supervisee, (session.kind, session.held_on))?;
    if let Some(met) = met {
        diesel::update(bookings::table.filter(bookings::id.eq(met)))
            .set((
                (bookings::state.eq(BookingState::Held), bookings::supervision_id.eq(supervision)),
                bookings::cancel_reason.eq(None::<CancelReason>),
            ))
            .execute(writing.connection)?;
    }
    Ok(())
}
