//! Days and instants, as people in Britain see them.
//!
//! A *day* is a date in London. An *instant* is a UTC time without an offset (`NaiveDateTime`), as it is stored.

use chrono::{
    DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike, Utc,
};
use chrono_tz::Europe::London;

/// The date in London at this UTC instant.
pub fn london_day(instant: NaiveDateTime) -> NaiveDate {
    London.from_utc_datetime(&instant).date_naive()
}

/// What clocks in London show at this UTC instant.
pub fn london_time(instant: NaiveDateTime) -> NaiveDateTime {
    London.from_utc_datetime(&instant).naive_local()
}

/// The UTC instant at which clocks in London show this time: the first of two, and an hour on from one that is skipped.
pub fn london_instant(day: NaiveDate, time: NaiveTime) -> NaiveDateTime {
    let local = day.and_time(time);
    let found = London.from_local_datetime(&local).earliest();
    found.map_or(local, |instant| instant.naive_utc())
}

/// "21 November 2026".
pub fn day_in_words(day: NaiveDate) -> String {
    format!("{} {} {}", day.day(), month_name(day.month()), day.year())
}

/// "21 Nov 2026", for narrow columns.
pub fn short_day(day: NaiveDate) -> String {
    format!("{} {} {}", day.day(), &month_name(day.month())[..3], day.year())
}

/// "21 November 2026, 5:30pm" in London.
pub fn instant_in_words(instant: NaiveDateTime) -> String {
    format!("{}, {}", day_in_words(london_day(instant)), clock_in_words(instant))
}

/// "5:30pm" in London.
pub fn clock_in_words(instant: NaiveDateTime) -> String {
    let local = London.from_utc_datetime(&instant);
    clock(local.hour(), local.minute())
}

/// RFC 3339 with London's offset, for `<time datetime>`.
pub fn machine_instant(instant: NaiveDateTime) -> String {
    let local = London.from_utc_datetime(&instant);
    let offset = local.offset().fix().local_minus_utc() / 60;
    format!(
        "{}{}{:02}:{:02}",
        local.format("%Y-%m-%dT%H:%M:%S"),
        if offset < 0 { '-' } else { '+' },
        offset.abs() / 60,
        offset.abs() % 60
    )
}

/// The UTC instant that an RFC 3339 text names.
pub fn parse_instant(text: &str) -> Option<NaiveDateTime> {
    DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.with_timezone(&Utc).naive_utc())
}

/// How far a day lies from today, in plain words: "today", "in 3 days", "12 days ago".
pub fn days_from(today: NaiveDate, day: NaiveDate) -> String {
    match (day - today).num_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        days if days > 0 => format!("in {days} days"),
        days => format!("{} days ago", -days),
    }
}

/// "1 day", "12 days": a count with its noun.
pub fn counted(count: i64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// "3 days late": how far something came after the day by which it was to be; `None` if it came in time.
pub fn late_in_words(by: NaiveDate, on: NaiveDate) -> Option<String> {
    let days = (on - by).num_days();
    (days > 0).then(|| format!("{} late", counted(days, "day", "days")))
}

/// The day so many days later; the last day that a calendar knows if that is passed.
pub fn add_days(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX)
}

/// The same day of the month so many months later; 29 February has its anniversary on 28 February.
pub fn add_months(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

fn month_name(month: u32) -> &'static str {
    match month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

pub(crate) fn clock(hour: u32, minute: u32) -> String {
    let (half, on_the_dial) = if hour < 12 { ("am", hour) } else { ("pm", hour - 12) };
    let on_the_dial = if on_the_dial == 0 { 12 } else { on_the_dial };
    if minute == 0 { format!("{on_the_dial}{half}") } else { format!("{on_the_dial}:{minute:02}{half}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> NaiveDateTime {
        parse_instant(text).unwrap()
    }

    #[test]
    fn a_summer_evening_belongs_to_the_next_london_day() {
        assert_eq!(london_day(instant("2026-06-01T23:30:00Z")), NaiveDate::from_ymd_opt(2026, 6, 2).unwrap());
        assert_eq!(
            london_day(instant("2026-12-01T23:30:00Z")),
            NaiveDate::from_ymd_opt(2026, 12, 1).unwrap()
        );
    }

    #[test]
    fn times_read_as_gov_uk_style_asks() {
        assert_eq!(instant_in_words(instant("2026-11-21T17:30:00Z")), "21 November 2026, 5:30pm");
        assert_eq!(instant_in_words(instant("2026-07-01T11:00:00Z")), "1 July 2026, 12pm");
        assert_eq!(machine_instant(instant("2026-07-01T11:00:00Z")), "2026-07-01T12:00:00+01:00");
    }

    #[test]
    fn every_hour_over_both_clock_changes_of_ten_years_has_its_london_time_and_day() {
        for year in 2024..2034 {
            for month in [3, 10] {
                let last_sunday =
                    |which| NaiveDate::from_weekday_of_month_opt(year, month, chrono::Weekday::Sun, which);
                let sunday = last_sunday(5).or_else(|| last_sunday(4)).unwrap();
                let changes_at = sunday.and_hms_opt(1, 0, 0).unwrap();
                for hours in -48..48 {
                    let instant = changes_at + chrono::Duration::hours(hours);
                    // By the rule, without the tables of time zones: summer time from the March change to the October one.
                    let is_summer = (hours >= 0) == (month == 3);
                    let local = instant + chrono::Duration::hours(i64::from(is_summer));
                    assert_eq!(
                        (london_time(instant), london_day(instant)),
                        (local, local.date()),
                        "{instant}"
                    );
                    let is_second = month == 10 && hours == 0;
                    if !is_second {
                        assert_eq!(london_instant(local.date(), local.time()), instant, "{instant}");
                    }
                }
            }
        }
    }

    #[test]
    fn leap_day_anniversary_is_28_february() {
        let leap = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        assert_eq!(add_months(leap, 36), NaiveDate::from_ymd_opt(2027, 2, 28).unwrap());
    }
}
