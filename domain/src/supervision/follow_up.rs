//! Meeting again after a serious incident (domain.md 3.7): after one, four and twelve weeks.

use crate::calendar::add_days;
use crate::form::FormCheck;
use crate::working_days::WorkingDays;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::BTreeSet;

/// Weeks after a serious incident in which people meet again.
pub const FOLLOW_UP_WEEKS: [u32; 3] = [1, 4, 12];

/// The field, once for each number of weeks after which they want to meet again.
pub const FOLLOW_UP: &str = "follow_up";

/// The field of the day of the incident.
pub const INCIDENT_ON: &str = "incident_on";

/// The weeks after which people want to meet again.
pub(super) fn read_follow_ups(check: &FormCheck<'_>) -> Vec<u32> {
    let form = check.form();
    let wanted: BTreeSet<u32> = form.all(FOLLOW_UP).filter_map(|weeks| weeks.parse().ok()).collect();
    wanted.into_iter().filter(|weeks| FOLLOW_UP_WEEKS.contains(weeks)).collect()
}

/// The day of the incident, if they name one.
#[expect(clippy::option_option, reason = "a wrong day, none, a day")]
pub(super) fn read_incident_on(
    check: &mut FormCheck<'_>,
    held_on: Option<NaiveDate>,
) -> Option<Option<NaiveDate>> {
    let on = check.optional_date(INCIDENT_ON, "Day of the incident")?;
    if on.zip(held_on).is_some_and(|(on, held_on)| on > held_on) {
        check.fail(INCIDENT_ON, "Day of the incident must not be after the date held");
    }
    Some(on)
}

/// Whether a follow-up so many weeks after the incident would have to be booked for a day that has begun. What falls on a weekend is
/// held on the Friday before.
pub fn is_missed(weeks: u32, since: NaiveDate, today: NaiveDate) -> bool {
    let day = add_days(since, weeks * 7);
    let after_friday =
        day.weekday().num_days_from_monday().saturating_sub(Weekday::Fri.num_days_from_monday());
    day - Days::new(after_friday.into()) <= today
}

/// The days on which people meet again, counted from the incident. One on which nobody works is on the working day before; one that
/// would be past is on the next working day, and several of those are one.
pub fn follow_up_days(
    weeks: &[u32],
    since: NaiveDate,
    today: NaiveDate,
    working_days: &WorkingDays,
) -> BTreeSet<NaiveDate> {
    let next = working_days.on_or_after(add_days(today, 1));
    let day = |weeks: &u32| working_days.on_or_before(add_days(since, weeks * 7)).max(next);
    weeks.iter().map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::working_days::Nation;

    fn days(weeks: &[u32], since: &str, today: &str) -> Vec<String> {
        let working_days = WorkingDays::shipped(Nation::EnglandAndWales);
        let days = follow_up_days(weeks, since.parse().unwrap(), today.parse().unwrap(), &working_days);
        days.into_iter().map(|day| day.to_string()).collect()
    }

    #[test]
    fn they_count_from_the_incident_and_not_from_the_day_of_writing() {
        assert_eq!(
            days(&FOLLOW_UP_WEEKS, "2026-11-23", "2026-11-25"),
            ["2026-11-30", "2026-12-21", "2027-02-15"]
        );
    }

    #[test]
    fn one_that_would_be_past_is_on_the_next_working_day_and_several_of_those_are_one() {
        // Written up on a Friday, nine days after the incident.
        assert_eq!(
            days(&FOLLOW_UP_WEEKS, "2026-11-18", "2026-11-27"),
            ["2026-11-30", "2026-12-16", "2027-02-10"]
        );
        assert_eq!(days(&FOLLOW_UP_WEEKS, "2026-10-20", "2026-11-24"), ["2026-11-25", "2027-01-12"]);
        assert!(
            is_missed(1, "2026-11-17".parse().unwrap(), "2026-11-24".parse().unwrap()),
            "today has begun"
        );
        assert!(!is_missed(1, "2026-11-18".parse().unwrap(), "2026-11-24".parse().unwrap()));
        // A week after a Saturday is a Saturday, so the Friday before, which has begun.
        assert!(is_missed(1, "2026-11-21".parse().unwrap(), "2026-11-27".parse().unwrap()));
    }

    #[test]
    fn nobody_meets_on_a_day_off() {
        // Christmas Day, and a Sunday.
        assert_eq!(days(&[1], "2026-12-18", "2026-12-18"), ["2026-12-24"]);
        assert_eq!(days(&[4], "2026-11-29", "2026-11-30"), ["2026-12-24"]);
    }
}
