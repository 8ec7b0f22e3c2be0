//! What has become of a booked session, what can be done to it, and whether two in a row were missed.

use crate::value::text_value;
use chrono::NaiveDate;

text_value! {
    /// What has become of a booked session.
    BookingState: "state of a booking" {
        Planned = "planned", "Planned";
        Confirmed = "confirmed", "Confirmed";
        Held = "held", "Held";
        Cancelled = "cancelled", "Cancelled";
        NotHeld = "not_held", "Not held";
    }
}

text_value! {
    /// What somebody does to a booked session.
    BookingStep: "step of a booking" {
        Confirm = "confirm", "Said that they come";
        Move = "move", "Moved it";
        Cancel = "cancel", "Cancelled it, with a reason";
        SayHeld = "held", "Said that it was held";
        SayNotHeld = "not_held", "Said that it was not held";
    }
}

/// A step that cannot be taken now: why, in words for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// It has ended, one way or the other.
    #[error("This session is held or cancelled already, or was not held")]
    Ended,
    /// Its day is past.
    #[error("The day of this session is past. Say whether it was held")]
    Past,
    /// Nobody knows yet whether it will be held.
    #[error("This session is still to come. Move it or cancel it if it will not be held")]
    NotYet,
    /// The record says that it was held.
    #[error("The record of this session is written, so it was held")]
    Written,
}

/// A booked session as far as it matters for what can be done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What has become of it.
    pub state: BookingState,
    /// Whether its day is today or past.
    pub has_come: bool,
    /// Whether its day is past.
    pub is_past: bool,
    /// Whether its record is written.
    pub is_written: bool,
}

impl Standing {
    /// The state after a step. Whether a session was held is said once its day has come, and can be put right until the record
    /// is written (domain.md 3.11).
    ///
    /// # Errors
    /// Why the step cannot be taken now.
    pub fn after(self, step: BookingStep) -> Result<BookingState, NotNow> {
        use BookingState::{Cancelled, Confirmed, Held, NotHeld, Planned};
        if self.is_written {
            return Err(NotNow::Written);
        }
        match (step, self.state) {
            (BookingStep::SayHeld | BookingStep::SayNotHeld, _) if !self.has_come => Err(NotNow::NotYet),
            // Said twice, it is said.
            (BookingStep::SayHeld, Planned | Confirmed | NotHeld | Held) => Ok(Held),
            // Said again, it may have a reason by now.
            (BookingStep::SayNotHeld, Planned | Confirmed | Held | NotHeld) => Ok(NotHeld),
            (_, Held | Cancelled | NotHeld) => Err(NotNow::Ended),
            _ if self.is_past => Err(NotNow::Past),
            (BookingStep::Confirm, Planned | Confirmed) => Ok(Confirmed),
            // Whoever had said that they come had another day in mind.
            (BookingStep::Move, Planned | Confirmed) => Ok(Planned),
            (BookingStep::Cancel, Planned | Confirmed) => Ok(Cancelled),
        }
    }

    /// Whether a step can be taken now.
    pub fn may(self, step: BookingStep) -> bool {
        self.after(step).is_ok()
    }

    /// Whether its record is still to be written: it was held, or its day has passed and nobody says what became of it.
    pub fn is_to_be_written(self) -> bool {
        !self.is_written && self.has_come && BookingState::UNWRITTEN.contains(&self.state)
    }
}

impl BookingState {
    /// The states of a session that is still to be held.
    pub const AHEAD: &'static [Self] = &[Self::Planned, Self::Confirmed];

    /// The states of a session that was missed, with a reason or without one.
    pub const MISSED: &'static [Self] = &[Self::Cancelled, Self::NotHeld];

    /// The states in which a session whose day has come waits for its record.
    pub const UNWRITTEN: &'static [Self] = &[Self::Planned, Self::Confirmed, Self::Held];

    /// Whether the session is still to be held.
    pub fn is_ahead(self) -> bool {
        Self::AHEAD.contains(&self)
    }
}

/// A past booking, as far as it matters for whether sessions are missed: its day, and whether it was held.
pub type Past = (NaiveDate, BookingState);

/// The day on which the second session in a row was missed: cancelled, or past and not held. `past` is one line of
/// supervision, the newest first. A session held since ends the row.
pub fn missed_twice_on(past: &[Past]) -> Option<NaiveDate> {
    let mut missed = past.iter().take_while(|(_, state)| *state != BookingState::Held).map(|(on, _)| *on);
    let newest = missed.next()?;
    // The second of the row, counted from its beginning, is the newest but those after it.
    let older: Vec<NaiveDate> = missed.collect();
    match older.len() {
        0 => None,
        1 => Some(newest),
        more => older.get(more - 2).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextValue;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn booking_3_11_every_state_and_step() {
        use BookingState::{Cancelled, Confirmed, Held, NotHeld, Planned};
        use BookingStep::{Cancel, Confirm, Move, SayHeld, SayNotHeld};
        use NotNow::{Ended, NotYet, Past, Written};
        let standing = |state, has_come| Standing { state, has_come, is_past: false, is_written: false };
        for state in [Planned, Confirmed] {
            for has_come in [false, true] {
                let now = standing(state, has_come);
                assert_eq!(now.after(Confirm), Ok(Confirmed));
                assert_eq!(now.after(Move), Ok(Planned));
                assert_eq!(now.after(Cancel), Ok(Cancelled));
                assert_eq!(now.after(SayHeld), if has_come { Ok(Held) } else { Err(NotYet) });
                assert_eq!(now.after(SayNotHeld), if has_come { Ok(NotHeld) } else { Err(NotYet) });
            }
        }
        for (state, held, not_held) in [
            (Held, Ok(Held), Ok(NotHeld)),
            (NotHeld, Ok(Held), Ok(NotHeld)),
            (Cancelled, Err(Ended), Err(Ended)),
        ] {
            let now = standing(state, true);
            assert_eq!((now.after(SayHeld), now.after(SayNotHeld)), (held, not_held), "{state}");
            for step in [Confirm, Move, Cancel] {
                assert_eq!(now.after(step), Err(Ended), "{state} {step:?}");
            }
        }
        for step in BookingStep::ALL {
            let past = Standing { is_past: true, ..standing(Planned, true) };
            let after = match step {
                SayHeld => Ok(Held),
                SayNotHeld => Ok(NotHeld),
                Confirm | Move | Cancel => Err(Past),
            };
            assert_eq!(past.after(*step), after, "{step:?}");
            let written = Standing { is_written: true, ..standing(Held, true) };
            assert_eq!(written.after(*step), Err(Written), "{step:?}");
        }
        let to_be_written = |state| standing(state, true).is_to_be_written();
        assert_eq!(
            [Planned, Confirmed, Held, Cancelled, NotHeld].map(to_be_written),
            [true, true, true, false, false]
        );
        assert!(!standing(Planned, false).is_to_be_written(), "still to come");
    }

    #[test]
    fn two_missed_in_a_row_are_known_by_the_day_of_the_second() {
        use BookingState::{Cancelled, Held, NotHeld, Planned};
        let past = |states: &[(&str, BookingState)]| {
            states.iter().map(|(on, state)| (day(on), *state)).collect::<Vec<_>>()
        };
        for (newest_first, since) in [
            (past(&[]), None),
            (past(&[("2026-05-01", Cancelled)]), None),
            (past(&[("2026-05-01", Cancelled), ("2026-04-01", Held)]), None),
            (past(&[("2026-05-01", Cancelled), ("2026-04-01", Planned)]), Some("2026-05-01")),
            // A third changes nothing: it is still the second that was told of.
            (
                past(&[("2026-06-01", Cancelled), ("2026-05-01", Cancelled), ("2026-04-01", Planned)]),
                Some("2026-05-01"),
            ),
            (past(&[("2026-06-01", Held), ("2026-05-01", Cancelled), ("2026-04-01", Cancelled)]), None),
            // Not held is missed, whoever said so and why.
            (past(&[("2026-05-01", NotHeld), ("2026-04-01", NotHeld)]), Some("2026-05-01")),
        ] {
            assert_eq!(missed_twice_on(&newest_first), since.map(day), "{newest_first:?}");
        }
    }
}
