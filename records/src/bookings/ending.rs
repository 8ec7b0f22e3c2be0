//! Ending a booked session that is not held: by one of the two, or because one of them moves or leaves.

use super::{Booking, NewRow, about, find, taking};
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::bookings;
use crate::store::{Reading, Writing};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::bookings::{BookingState, BookingStep, CancelReason, Cancelling};
use domain::form::Problems;
use domain::ids::{BookingId, PersonId};
use domain::supervision::SupervisionKind;

/// Cancels one session, and books the one that is held instead if that is known. No clock is moved.
pub fn cancel(
    writing: &mut Writing<'_>,
    id: &BookingId,
    version: i32,
    cancelling: &Cancelling,
) -> Result<(), Problem> {
    let (before, after) = taking(writing, id, version, BookingStep::Cancel)?;
    end(writing, &before, after, cancelling)
}

/// One of the two says that a session was not held. Without a reason it is an exception.
pub fn say_not_held(
    writing: &mut Writing<'_>,
    id: &BookingId,
    version: i32,
    cancelling: &Cancelling,
) -> Result<(), Problem> {
    let (before, after) = taking(writing, id, version, BookingStep::SayNotHeld)?;
    end(writing, &before, after, cancelling)
}

fn end(
    writing: &mut Writing<'_>,
    before: &Booking,
    after: BookingState,
    cancelling: &Cancelling,
) -> Result<(), Problem> {
    let (id, today) = (&before.id, writing.today());
    if cancelling.instead.is_some() {
        check_not_rebooked(writing, id)?;
    }
    diesel::update(bookings::table.filter(bookings::id.eq(id)))
        .set((
            bookings::state.eq(after),
            bookings::cancel_reason.eq(cancelling.reason),
            bookings::cancel_note.eq(&cancelling.note),
            bookings::cancelled_on.eq(today),
            bookings::version.eq(before.version + 1),
        ))
        .execute(writing.connection)?;
    if let Some(instead) = cancelling.instead {
        let cases = about::cases_of(writing, id)?;
        let row = NewRow {
            supervisor: &before.supervisor.0,
            supervisee: &before.supervisee.0,
            kind: before.kind,
            mode: before.mode,
            minutes: before.minutes,
            begins: instead,
            series: None,
            instead_of: Some(id),
            cases: &cases,
        };
        row.insert(writing)?;
    }
    let name = if after == BookingState::Cancelled { "booking_cancelled" } else { "booking_not_held" };
    let reason = cancelling.reason.map_or("", |reason| reason.code());
    writing.audit(Event::new(name, "booking", id).with("reason", reason))
}

/// Another session is booked in the place of one once.
pub(super) fn check_not_rebooked(reading: &mut Reading<'_>, id: &BookingId) -> Result<(), Problem> {
    let replaced: i64 =
        bookings::table.filter(bookings::instead_of_id.eq(id)).count().get_result(reading.connection)?;
    if replaced > 0 {
        let words = "Another session is booked in its place already. Move that one if it does not fit";
        return Err(Problems::one("on", words).into());
    }
    Ok(())
}

/// Somebody else holds a session from now on. Whoever hands over has asked the policy.
pub(crate) fn hand_on(
    writing: &mut Writing<'_>,
    id: &BookingId,
    from: &PersonId,
    to: &PersonId,
) -> Result<(), Problem> {
    diesel::update(bookings::table.filter(bookings::id.eq(id)))
        .set((bookings::supervisor_id.eq(to), bookings::version.eq(bookings::version + 1)))
        .execute(writing.connection)?;
    writing.audit(Event::new("booking_handed_over", "booking", id).with("from", from).with("to", to))
}

/// Somebody else holds what two people have booked from a day on as line supervision. A group is its supervisor's. Whoever changes the
/// supervisor has asked the policy.
pub(crate) fn hand_on_pair(
    writing: &mut Writing<'_>,
    (supervisor, supervisee): (&PersonId, &PersonId),
    from: NaiveDate,
    to: &PersonId,
) -> Result<(), Problem> {
    let of_line = [SupervisionKind::Combined, SupervisionKind::Case, SupervisionKind::Personal];
    let of_pair = bookings::supervisor_id.eq(supervisor).and(bookings::supervisee_id.eq(supervisee));
    let ahead: Vec<BookingId> = bookings::table
        .filter(of_pair.and(bookings::on_day.ge(from)).and(bookings::kind.eq_any(of_line)))
        .filter(bookings::state.eq_any(BookingState::AHEAD))
        .order((bookings::on_day, bookings::id))
        .select(bookings::id)
        .load(writing.connection)?;
    for id in ahead {
        hand_on(writing, &id, supervisor, to)?;
    }
    Ok(())
}

/// Cancels a session whose two people no longer meet. Whoever hands over has asked the policy.
pub(crate) fn cancel_unasked(writing: &mut Writing<'_>, id: &BookingId, why: &str) -> Result<(), Problem> {
    let (_, before) = find(writing, id)?;
    let cancelling = Cancelling { reason: Some(CancelReason::Other), note: why.to_owned(), instead: None };
    end(writing, &before, BookingState::Cancelled, &cancelling)
}

/// A session that nobody writes up counts as not held, unless one of the two said that it was: that stays said.
pub(crate) fn was_never_written(writing: &mut Writing<'_>, id: &BookingId) -> Result<(), Problem> {
    let (_, before) = find(writing, id)?;
    if !before.state.is_ahead() {
        return Ok(());
    }
    let note = "Nobody wrote it up before it was handed over".to_owned();
    end(writing, &before, BookingState::NotHeld, &Cancelling { reason: None, note, instead: None })
}

/// Ends what is still booked with somebody who has left: up to their last day nobody writes it up any more, and after it nobody
/// comes.
pub(crate) fn end_of_leaver(
    writing: &mut Writing<'_>,
    person: &PersonId,
    last_day: NaiveDate,
) -> Result<(), Problem> {
    let of_person = bookings::supervisor_id.eq(person).or(bookings::supervisee_id.eq(person));
    let open: Vec<(BookingId, PersonId, NaiveDate)> = bookings::table
        .filter(of_person.and(bookings::state.eq_any(BookingState::AHEAD)))
        .order((bookings::on_day, bookings::id))
        .select((bookings::id, bookings::supervisor_id, bookings::on_day))
        .load(writing.connection)?;
    for (id, supervisor, on) in open {
        if on > last_day {
            cancel_unasked(writing, &id, "One of the two has left")?;
        } else if supervisor == *person {
            was_never_written(writing, &id)?;
        }
    }
    Ok(())
}
