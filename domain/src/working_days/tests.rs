use super::*;
use crate::TextValue;
use chrono::Days;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn england() -> WorkingDays {
    WorkingDays::shipped(Nation::EnglandAndWales)
}

/// domain.md 12: "Vectors (checked by script)".
#[test]
fn working_days_count_from_the_day_after_the_event() {
    for (event, working_days, last) in [
        ("2026-04-02", 1, "2026-04-07"),
        ("2026-04-02", 3, "2026-04-09"),
        ("2026-04-02", 5, "2026-04-13"),
        ("2026-04-02", 10, "2026-04-20"),
        ("2026-05-23", 1, "2026-05-26"),
        ("2026-12-24", 1, "2026-12-29"),
        ("2025-12-24", 1, "2025-12-29"),
        ("2025-12-24", 2, "2025-12-30"),
        ("2027-12-24", 1, "2027-12-29"),
        ("2027-12-31", 1, "2028-01-04"),
        // 2.8: a session cancelled on 30 March is to be held again within 5 working days.
        ("2026-03-30", 5, "2026-04-08"),
        // 2.8: a rise in risk on Friday 22 May.
        ("2026-05-22", 1, "2026-05-26"),
        ("2026-05-22", 5, "2026-06-01"),
        ("2026-04-02", 0, "2026-04-02"),
    ] {
        assert_eq!(england().add(day(event), working_days), day(last), "{event} + {working_days}");
    }
}

/// domain.md 12: the table of years.
#[test]
fn working_days_of_each_year_in_england_and_wales() {
    for (year, working_days) in
        [(2024, 254), (2025, 253), (2026, 253), (2027, 253), (2028, 252), (2029, 253), (2030, 253)]
    {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
        assert_eq!(england().count(first, last), working_days, "{year}");
    }
}

/// domain.md 12 and 16.12: what differs between the nations.
#[test]
fn nations_have_their_own_bank_holidays() {
    use Nation::{EnglandAndWales, NorthernIreland, Scotland};
    for (date, nations) in [
        ("2026-01-02", &[Scotland][..]),
        ("2026-03-17", &[NorthernIreland]),
        ("2026-04-03", &[EnglandAndWales, Scotland, NorthernIreland]),
        ("2026-04-06", &[EnglandAndWales, NorthernIreland]),
        ("2026-06-15", &[Scotland]),
        ("2026-07-13", &[NorthernIreland]),
        ("2026-08-03", &[Scotland]),
        ("2026-08-31", &[EnglandAndWales, NorthernIreland]),
        ("2026-11-30", &[Scotland]),
        ("2027-01-04", &[Scotland]),
    ] {
        for nation in Nation::ALL {
            let works = WorkingDays::shipped(*nation).is_working(day(date));
            assert_eq!(works, !nations.contains(nation), "{date} in {nation}");
        }
    }
}

#[test]
fn the_shipped_table_is_what_the_standing_rules_give_but_for_proclamations() {
    let table = BankHolidays::shipped();
    for nation in Nation::ALL {
        for year in 2024..=2030 {
            assert!(table.knows(*nation, year), "{nation} {year}");
            let mut computed = computed::bank_holidays(*nation, year);
            if (*nation, year) == (Nation::Scotland, 2026) {
                computed.push(day("2026-06-15"));
            }
            computed.sort_unstable();
            let listed: Vec<NaiveDate> =
                table.of(*nation).map(|(day, _)| day).filter(|day| day.year() == year).collect();
            assert_eq!(listed, computed, "{nation} {year}");
        }
    }
}

#[test]
fn years_beyond_the_table_are_computed() {
    let england = england();
    // Easter 2031 is on 13 April; Christmas 2032 is a Saturday.
    for holiday in ["2031-04-11", "2031-04-14", "2032-12-27", "2032-12-28"] {
        assert!(!england.is_working(day(holiday)), "{holiday}");
    }
    assert!(england.is_working(day("2032-12-29")));
}

#[test]
fn the_table_wins_over_computing() {
    let moved = r#"{"england-and-wales": {"division": "england-and-wales", "events": [
        {"title": "Early May bank holiday (VE day)", "date": "2031-05-08", "notes": "", "bunting": true}]}}"#;
    let table = BankHolidays::shipped().extended_by(&BankHolidays::parse(moved).unwrap());
    let england = WorkingDays::new(Nation::EnglandAndWales, table, BTreeSet::new());
    assert!(!england.is_working(day("2031-05-08")));
    assert!(england.is_working(day("2031-05-05")), "the computed Monday is not one in that year");
    assert!(!england.is_working(day("2030-05-06")), "other years stay as they were");
}

#[test]
fn an_organisation_may_be_closed_on_more_days() {
    let christmas_week = [day("2026-12-29"), day("2026-12-30"), day("2026-12-31")];
    let closed = WorkingDays::new(
        Nation::EnglandAndWales,
        BankHolidays::shipped(),
        christmas_week.into_iter().collect(),
    );
    assert_eq!(closed.add(day("2026-12-24"), 1), day("2027-01-04"));
}

#[test]
fn a_file_of_the_wrong_shape_is_refused_with_what_is_allowed() {
    for (json, words) in [
        ("not json", "This is not a file of bank holidays in GOV.UK’s form: expected"),
        ("[]", "This is not a file of bank holidays"),
        ("{}", "it names no nation"),
        (r#"{"narnia": {"division": "narnia", "events": []}}"#, "“narnia” is not a nation"),
        (
            r#"{"scotland": {"division": "england-and-wales", "events": []}}"#,
            "“scotland” says that its division is “england-and-wales”",
        ),
        (r#"{"scotland": {"division": "scotland", "events": []}}"#, "no bank holidays for Scotland"),
        (
            r#"{"scotland": {"division": "scotland", "events": [{"title": "X", "date": "30/11/2031"}]}}"#,
            "“30/11/2031” (X, Scotland) is not a date",
        ),
        (r#"{"scotland": {"division": "scotland", "events": [{"title": "X"}]}}"#, "missing field `date`"),
    ] {
        let error = BankHolidays::parse(json).unwrap_err().to_string();
        assert!(error.contains(words), "{json}: {error}");
    }
}

#[test]
fn a_table_written_out_is_the_same_when_read_again() {
    let table = BankHolidays::shipped();
    assert_eq!(BankHolidays::parse(&table.to_json()), Ok(table));
}

#[test]
fn an_organisations_own_calendar_is_read_and_written() {
    let closed = [(day("2026-12-29"), "Closed between the holidays".to_owned())].into();
    let settings = CalendarSettings { nation: Nation::Scotland, closed };
    assert_eq!(CalendarSettings::parse(&settings.to_toml()), Ok(settings.clone()));
    assert!(!settings.working_days(BankHolidays::shipped()).is_working(day("2026-12-29")));
    for (toml, words) in [
        ("nation = 'narnia'", "“narnia” is not a nation"),
        ("nation = 'scotland'\n[closed]\n'29 December' = 'x'", "“29 December” is not a date"),
        ("nation = 3", "no settings of a calendar"),
    ] {
        assert!(CalendarSettings::parse(toml).unwrap_err().to_string().contains(words), "{toml}");
    }
}

#[test]
fn a_week_begins_on_its_first_working_day() {
    let england = england();
    assert!(england.begins_week(day("2026-04-07")), "Easter Monday is none");
    for date in ["2026-04-06", "2026-04-08", "2026-04-11"] {
        assert!(!england.begins_week(day(date)), "{date}");
    }
    assert!(england.begins_week(day("2026-04-13")));
}

proptest! {
    #[test]
    fn add_and_subtract_meet_again(offset in 0u64..2500, working_days in 0u32..60, nation in 0usize..3) {
        let calendar = WorkingDays::shipped(Nation::ALL[nation]);
        let start = calendar.on_or_after(day("2024-01-01") + Days::new(offset));
        let end = calendar.add(start, working_days);
        prop_assert!(calendar.is_working(end));
        prop_assert_eq!(calendar.subtract(end, working_days), start);
        prop_assert_eq!(calendar.count(start, end), working_days + 1);
        prop_assert!(calendar.add(start, working_days + 1) > end);
    }
}
