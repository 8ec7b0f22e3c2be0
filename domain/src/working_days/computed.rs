//! Bank holidays by the standing rules, for years that no table speaks of.

use super::Nation;
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The bank holidays of a year, in no order. A day that falls on a weekend has its substitute on the next free weekday.
pub(super) fn bank_holidays(nation: Nation, year: i32) -> Vec<NaiveDate> {
    let mut found: Vec<NaiveDate> = weekday_holidays(nation, year).into_iter().flatten().collect();
    let fixed: Vec<NaiveDate> = fixed_holidays(nation)
        .iter()
        .filter_map(|(month, day)| NaiveDate::from_ymd_opt(year, *month, *day))
        .collect();
    let is_weekend = |day: &NaiveDate| matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    found.extend(fixed.iter().filter(|day| !is_weekend(day)));
    for mut day in fixed.into_iter().filter(is_weekend) {
        while is_weekend(&day) || found.contains(&day) {
            day = day.succ_opt().unwrap_or(NaiveDate::MAX);
        }
        found.push(day);
    }
    found
}

/// Month and day of those that have a date, in the order in which substitutes are given.
fn fixed_holidays(nation: Nation) -> &'static [(u32, u32)] {
    match nation {
        Nation::EnglandAndWales => &[(1, 1), (12, 25), (12, 26)],
        Nation::Scotland => &[(1, 1), (1, 2), (11, 30), (12, 25), (12, 26)],
        Nation::NorthernIreland => &[(1, 1), (3, 17), (7, 12), (12, 25), (12, 26)],
    }
}

/// Those that have a day of the week.
fn weekday_holidays(nation: Nation, year: i32) -> Vec<Option<NaiveDate>> {
    let monday = |month, which| NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, which);
    let last_monday = |month| monday(month, 5).or_else(|| monday(month, 4));
    let easter = easter_sunday(year);
    let mut days = vec![
        easter.and_then(|sunday| sunday.checked_sub_days(Days::new(2))),
        monday(5, 1),
        last_monday(5),
        if nation == Nation::Scotland { monday(8, 1) } else { last_monday(8) },
    ];
    if nation != Nation::Scotland {
        days.push(easter.and_then(|sunday| sunday.succ_opt()));
    }
    days
}

/// Easter Sunday in the Gregorian calendar, by the method that J.-M. Oudin published in 1940.
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let century = year / 100;
    let golden = year % 19;
    let correction = (century - 17) / 25;
    let epact = (century - century / 4 - (century - correction) / 3 + 19 * golden + 15) % 30;
    let moon = epact - (epact / 28) * (1 - (29 / (epact + 1)) * ((21 - golden) / 11));
    let weekday = (year + year / 4 + moon + 2 - century + century / 4) % 7;
    let from_march_28 = moon - weekday;
    let month = 3 + (from_march_28 + 40) / 44;
    let day = from_march_28 + 28 - 31 * (month / 4);
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}
