//! Booked sessions: when two people mean to meet, once or as a series; moved, cancelled with a reason, and met again soon.
//!
//! A booking moves no clock. Only the session that is held does.

mod standing;

pub use standing::{BookingState, BookingStep, NotNow, Past, Standing, missed_twice_on};

use crate::clock::read_time;
use crate::form::{Form, FormCheck, Problems};
use crate::ids::{BookingId, CaseId, PersonId};
use crate::supervision::{Mode, SupervisionKind};
use crate::value::text_value;
use crate::working_days::WorkingDays;
use chrono::{Days, NaiveDate, NaiveTime};
use std::collections::BTreeSet;

text_value! {
    /// Why a session was cancelled.
    CancelReason: "reason of cancelling" {
        SupervisorUnwell = "sickness_supervisor", "The supervisor is unwell";
        SuperviseeUnwell = "sickness_supervisee", "The person supervised is unwell";
        AnnualLeave = "annual_leave", "Annual leave";
        Court = "court", "Court";
        Emergency = "emergency", "A safeguarding emergency";
        Workload = "workload", "Workload";
        Technical = "technical", "Technical trouble";
        Other = "other", "Another reason";
    }
}

/// A session to be booked, or a series of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBooking {
    /// Who is supervised.
    pub supervisee: PersonId,
    /// What it is for.
    pub kind: SupervisionKind,
    /// How people meet.
    pub mode: Mode,
    /// The day of the first.
    pub on: NaiveDate,
    /// When it begins, on London clocks.
    pub at: NaiveTime,
    /// How long it is to last.
    pub minutes: i32,
    /// How often it is repeated.
    pub series: Series,
    /// The missed session in whose place it is held.
    pub instead_of: Option<BookingId>,
}

/// How often a session is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// Weeks from one to the next.
    pub every_weeks: u32,
    /// Sessions in all; one is no series.
    pub times: u32,
}

/// Sessions that one series has at most: a year of weekly ones.
const LONGEST_SERIES: i32 = 52;

impl Series {
    /// The days of the sessions. One that falls on a day on which nobody works is on the working day before; the next is
    /// counted from the first day all the same, so that the series keeps its day of the week.
    pub fn days(self, first: NaiveDate, working_days: &WorkingDays) -> Vec<NaiveDate> {
        let day = |number: u32| {
            let weeks = u64::from(number) * u64::from(self.every_weeks);
            let wanted = first.checked_add_days(Days::new(weeks * 7)).unwrap_or(first);
            if number == 0 { wanted } else { working_days.on_or_before(wanted) }
        };
        (0..self.times).map(day).collect()
    }
}

impl NewBooking {
    /// Reads the form of `/bookings/new`.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let supervisee = check.id("supervisee", "Choose with whom");
        let kind = check.choice("kind", "Choose the kind of session");
        let mode = check.choice("mode", "Choose how you meet");
        let (on, at) = begins(&mut check, "", today);
        let minutes = check.number("minutes", "the length in minutes", 15..=480);
        let repeats = form.text("repeats") == "yes";
        let (every_weeks, times) = if repeats {
            let every_weeks = check.number("every_weeks", "the weeks from one session to the next", 1..=13);
            (every_weeks, check.number("times", "the number of sessions", 2..=LONGEST_SERIES))
        } else {
            (Some(1), Some(1))
        };
        let whole = |number: i32| u32::try_from(number).unwrap_or(1);
        let booking = (|| {
            Some(Self {
                supervisee: supervisee?,
                kind: kind?,
                mode: mode?,
                on: on?,
                at: at?,
                minutes: minutes?,
                series: Series { every_weeks: whole(every_weeks?), times: whole(times?) },
                instead_of: form.text("instead_of").parse().ok(),
            })
        })();
        check.finish(booking)
    }
}

/// The day and the time of a session to come, from the fields "on" and "at" under this prefix.
fn begins(
    check: &mut FormCheck<'_>,
    prefix: &str,
    today: NaiveDate,
) -> (Option<NaiveDate>, Option<NaiveTime>) {
    (
        future_day(check, &format!("{prefix}on"), today),
        read_time(check, &format!("{prefix}at"), "when it begins"),
    )
}

fn future_day(check: &mut FormCheck<'_>, field: &str, today: NaiveDate) -> Option<NaiveDate> {
    let day = check.date(field, "Day")?;
    if day < today {
        check.fail(field, "Day must be today or later. A session that was held is logged, not booked");
        return None;
    }
    Some(day)
}

/// Case supervision of several people, booked together from the list of reviews.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCaseSessions {
    /// How people meet.
    pub mode: Mode,
    /// How long each is to last.
    pub minutes: i32,
    /// One session for each person.
    pub sessions: Vec<CaseSession>,
}

/// A session with one person about some of their cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseSession {
    /// Who is supervised.
    pub supervisee: PersonId,
    /// What is to be talked about; at least one.
    pub cases: Vec<CaseId>,
    /// When.
    pub begins: Move,
}

impl NewCaseSessions {
    /// Reads the form of `/reviews/book`.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let mut sessions = Vec::new();
        for number in form.indexes("session") {
            let prefix = format!("session.{number}.");
            let supervisee = check.id(&format!("{prefix}supervisee"), "Choose with whom");
            // However often a case is named, the session is about it once.
            let cases: BTreeSet<CaseId> =
                form.all(&format!("{prefix}case")).filter_map(|case| case.parse().ok()).collect();
            if cases.is_empty() {
                check.fail("form", "Choose at least one case for each session in the list of reviews");
            }
            let (on, at) = begins(&mut check, &prefix, today);
            let begins = on.zip(at).map(|(on, at)| Move { on, at });
            if let Some((supervisee, begins)) = supervisee.zip(begins) {
                sessions.push(CaseSession { supervisee, cases: cases.into_iter().collect(), begins });
            }
        }
        if form.indexes("session").is_empty() {
            check.fail("form", "Choose at least one case in the list of reviews");
        }
        let mode = check.choice("mode", "Choose how you meet");
        let minutes = check.number("minutes", "the length in minutes", 15..=480);
        let new = (|| Some(Self { mode: mode?, minutes: minutes?, sessions }))();
        check.finish(new)
    }
}

/// Another day and time for a booked session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The day.
    pub on: NaiveDate,
    /// When it begins, on London clocks.
    pub at: NaiveTime,
}

impl Move {
    /// Reads the form of `/bookings/{id}/move`.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let (on, at) = begins(&mut check, "", today);
        check.finish(on.zip(at).map(|(on, at)| Self { on, at }))
    }
}

/// Why a session is cancelled or was not held, and when it is held instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancelling {
    /// Why; `None` for one that was not held and nobody knows why: an exception.
    pub reason: Option<CancelReason>,
    /// More about it; no more than the reason needs.
    pub note: String,
    /// When it is held instead; `None` if that is not known yet.
    pub instead: Option<Move>,
}

impl Cancelling {
    /// Reads the form of `/bookings/{id}/cancel`, which wants a reason.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let reason: Option<CancelReason> = check.choice("reason", "Choose why it is cancelled");
        Self::read(check, reason.map(Some), today)
    }

    /// Reads the form of `/bookings/{id}/not-held`: it may be that nobody knows why.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse_not_held(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let reason = if form.text("reason") == NO_REASON {
            Some(None)
        } else {
            check.choice("reason", "Choose why it was not held, or that no reason is known").map(Some)
        };
        Self::read(check, reason, today)
    }

    #[expect(clippy::option_option, reason = "nothing chosen, no reason known, a reason")]
    fn read(
        mut check: FormCheck<'_>,
        reason: Option<Option<CancelReason>>,
        today: NaiveDate,
    ) -> Result<Self, Problems> {
        let note = check.optional_line("note");
        if reason == Some(Some(CancelReason::Other)) && note.as_deref() == Some("") {
            check.fail("note", "Enter the reason in a few words");
        }
        let instead = if check.form().any_typed_under("on.") {
            let (on, at) = begins(&mut check, "", today);
            on.zip(at).map(|(on, at)| Some(Move { on, at }))
        } else {
            Some(None)
        };
        let cancelling = (|| Some(Self { reason: reason?, note: note?, instead: instead? }))();
        check.finish(cancelling)
    }
}

/// What the form of a session that was not held says where nobody knows why.
pub const NO_REASON: &str = "none";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::working_days::Nation;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn booking_form() -> Form {
        let mut form = Form::default();
        form.set("supervisee", "01890a5d-ac96-774b-bcce-b302099a8057");
        for (field, value) in [("kind", "combined"), ("mode", "in_person"), ("at", "9.30"), ("minutes", "90")]
        {
            form.set(field, value);
        }
        form.set_date("on", day("2026-04-06"));
        form
    }

    #[test]
    fn a_booking_begins_at_a_time_on_a_day_to_come() {
        let booking = NewBooking::parse(&booking_form(), day("2026-03-01")).unwrap();
        assert_eq!((booking.at.to_string(), booking.series.times), ("09:30:00".to_owned(), 1));
        let late = NewBooking::parse(&booking_form(), day("2026-04-07")).unwrap_err();
        assert!(late.of("on").unwrap().contains("today or later"));
        for wrong in ["", "half past nine", "25:00", "9:5"] {
            let mut form = booking_form();
            form.set("at", wrong);
            assert!(NewBooking::parse(&form, day("2026-03-01")).unwrap_err().of("at").is_some(), "{wrong}");
        }
    }

    #[test]
    fn a_series_keeps_its_day_of_the_week_and_moves_what_falls_on_a_holiday_to_the_day_before() {
        let england = WorkingDays::shipped(Nation::EnglandAndWales);
        // Every four weeks from Monday 9 March: Easter Monday moves to Maundy Thursday.
        let days = Series { every_weeks: 4, times: 4 }.days(day("2026-03-09"), &england);
        assert_eq!(days, ["2026-03-09", "2026-04-02", "2026-05-01", "2026-06-01"].map(day));
    }

    #[test]
    fn sessions_from_the_list_of_reviews_have_each_a_day_and_their_cases() {
        let mut form = Form::new(vec![
            ("session.0.case".to_owned(), "01890a5d-ac96-774b-bcce-b302099a8051".to_owned()),
            ("session.0.case".to_owned(), "01890a5d-ac96-774b-bcce-b302099a8052".to_owned()),
            ("session.0.case".to_owned(), "01890a5d-ac96-774b-bcce-b302099a8052".to_owned()),
        ]);
        for (field, value) in [
            ("session.0.supervisee", "01890a5d-ac96-774b-bcce-b302099a8057"),
            ("session.0.at", "10:00"),
            ("mode", "video"),
            ("minutes", "60"),
        ] {
            form.set(field, value);
        }
        form.set_date("session.0.on", day("2026-04-07"));
        let new = NewCaseSessions::parse(&form, day("2026-03-01")).unwrap();
        assert_eq!((new.sessions.len(), new.sessions[0].cases.len()), (1, 2));
        let mut about_nothing = form.clone();
        about_nothing.remove_under("session.0.case");
        let refused = NewCaseSessions::parse(&about_nothing, day("2026-03-01")).unwrap_err();
        assert!(refused.of("form").unwrap().contains("at least one case"));
        let late = NewCaseSessions::parse(&form, day("2026-04-08")).unwrap_err();
        assert!(late.of("session.0.on").unwrap().contains("today or later"));
        assert!(
            NewCaseSessions::parse(&Form::default(), day("2026-03-01")).unwrap_err().of("form").is_some()
        );
    }

    #[test]
    fn cancelling_says_why_and_may_say_when_instead() {
        let mut form = Form::default();
        form.set("reason", "court");
        assert_eq!(Cancelling::parse(&form, day("2026-03-01")).unwrap().instead, None);
        form.set("reason", "other");
        assert!(Cancelling::parse(&form, day("2026-03-01")).unwrap_err().of("note").is_some());
        form.set("note", "The building is closed");
        form.set_date("on", day("2026-04-07"));
        assert!(Cancelling::parse(&form, day("2026-03-01")).unwrap_err().of("at").is_some());
        form.set("at", "14:00");
        assert!(Cancelling::parse(&form, day("2026-03-01")).unwrap().instead.is_some());
    }

    #[test]
    fn a_session_that_was_not_held_may_have_no_reason_and_a_cancelled_one_has_one() {
        let mut form = Form::default();
        assert!(Cancelling::parse_not_held(&form, day("2026-03-01")).unwrap_err().of("reason").is_some());
        form.set("reason", NO_REASON);
        assert_eq!(Cancelling::parse_not_held(&form, day("2026-03-01")).unwrap().reason, None);
        assert!(Cancelling::parse(&form, day("2026-03-01")).unwrap_err().of("reason").is_some());
        form.set("reason", "court");
        assert_eq!(
            Cancelling::parse_not_held(&form, day("2026-03-01")).unwrap().reason,
            Some(CancelReason::Court)
        );
    }
}
