//! Which booking a session meets.

use crate::problem::Problem;
use crate::schema::bookings;
use crate::store::Writing;
use chrono::Days;
use diesel::prelude::*;
use domain::bookings::BookingState;
use domain::ids::{BookingId, PersonId, SupervisionId};
use domain::supervision::{NewSupervision, SupervisionKind};

/// Days between a booking and the session that was held in its place.
const MET_WITHIN: u64 = 13;

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

/// A session was held: the last booking between the two up to that day was met, if it is not long ago.
pub(crate) fn was_held(
    writing: &mut Writing<'_>,
    supervisor: &PersonId,
    session: &NewSupervision,
    supervision: &SupervisionId,
) -> Result<(), Problem> {
    let (supervisee, held_on) = (&session.supervisee, session.held_on);
    // What is held every day meets any booking of that sort; a group is no session of two.
    let routine = SupervisionKind::ROUTINE;
    let kinds = if routine.contains(&session.kind) { routine } else { std::slice::from_ref(&session.kind) };
    let met: Option<BookingId> = bookings::table
        .filter(bookings::supervisor_id.eq(supervisor).and(bookings::supervisee_id.eq(supervisee)))
        .filter(bookings::on_day.le(held_on).and(bookings::on_day.ge(held_on - Days::new(MET_WITHIN))))
        // One that was said to be held may have its record already.
        .filter(bookings::state.eq_any(BookingState::UNWRITTEN).and(bookings::supervision_id.is_null()))
        .filter(bookings::kind.eq_any(kinds))
        .order((bookings::on_day.desc(), bookings::id))
        .select(bookings::id)
        .first(writing.connection)
        .optional()?;
    if let Some(met) = met {
        diesel::update(bookings::table.filter(bookings::id.eq(met)))
            .set((bookings::state.eq(BookingState::Held), bookings::supervision_id.eq(supervision)))
            .execute(writing.connection)?;
    }
    Ok(())
}
