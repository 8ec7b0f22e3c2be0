//! Times of the day on London clocks: as somebody types them, as they are kept, and as they read.

use crate::calendar::clock;
use crate::form::FormCheck;
use chrono::{NaiveTime, Timelike};

/// A time that must be given, as [`from_typed`] reads it. `what` is named in the message: "when it begins".
pub fn read_time(check: &mut FormCheck<'_>, field: &str, what: &str) -> Option<NaiveTime> {
    let at = read_optional_time(check, field, what)?;
    if at.is_none() {
        check.fail(field, missing(what));
    }
    at
}

/// The same, where it may be left empty.
pub fn read_optional_time(check: &mut FormCheck<'_>, field: &str, what: &str) -> Option<Option<NaiveTime>> {
    let text = check.optional_line(field)?;
    if text.is_empty() {
        return Some(None);
    }
    let read = from_typed(&text);
    if read.is_none() {
        check.fail(field, missing(what));
    }
    read.map(Some)
}

fn missing(what: &str) -> String {
    format!("Enter {what}, like 9:30 or 14:00")
}

/// "9:30", "09:30" or "9.30", on a 24-hour clock.
pub fn from_typed(typed: &str) -> Option<NaiveTime> {
    let text = typed.replace('.', ":");
    let (hour, minute) = text.split_once(':')?;
    let has_two_digits = minute.len() == 2;
    NaiveTime::from_hms_opt(hour.trim().parse().ok()?, minute.parse().ok()?, 0).filter(|_| has_two_digits)
}

/// As somebody types it: "9:30".
pub fn as_typed(at: NaiveTime) -> String {
    at.format("%-H:%M").to_string()
}

/// "9:30am to 11am": when something began that lasted so many minutes, and when it ended. So no end is before its beginning.
pub fn from_until_in_words(began: NaiveTime, minutes: i32) -> String {
    let ended = began.overflowing_add_signed(chrono::Duration::minutes(minutes.into())).0;
    let words = |at: NaiveTime| clock(at.hour(), at.minute());
    format!("{} to {}", words(began), words(ended))
}

/// As it is kept: minutes after midnight.
pub fn minutes_after_midnight(at: NaiveTime) -> i32 {
    i32::try_from(at.num_seconds_from_midnight() / 60).unwrap_or(0)
}

/// The time so many minutes after midnight; midnight if there is no such time.
pub fn time_at(minutes: i32) -> NaiveTime {
    let seconds = u32::try_from(minutes).unwrap_or(0).saturating_mul(60);
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or(NaiveTime::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_time_is_read_as_people_write_it() {
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0);
        for (typed, read) in
            [("9:30", at(9, 30)), ("09.30", at(9, 30)), ("14:00", at(14, 0)), ("0:05", at(0, 5))]
        {
            assert_eq!(from_typed(typed), read, "{typed}");
        }
        for wrong in ["", "9", "25:00", "9:5", "9:60", "half past nine", "-1:30"] {
            assert_eq!(from_typed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_session_reads_from_its_beginning_to_its_end_past_midnight_too() {
        for (began, minutes, words) in [
            ("9:30", 90, "9:30am to 11am"),
            ("12:00", 45, "12pm to 12:45pm"),
            ("23:30", 60, "11:30pm to 12:30am"),
        ] {
            assert_eq!(from_until_in_words(from_typed(began).unwrap(), minutes), words);
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_is_what_was_typed(minutes in 0..1440_i32) {
            let at = time_at(minutes);
            prop_assert_eq!(minutes_after_midnight(at), minutes);
            prop_assert_eq!(from_typed(&as_typed(at)), Some(at));
        }
    }
}
