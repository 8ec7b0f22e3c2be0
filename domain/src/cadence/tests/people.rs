//! The clocks of people.

use super::*;

pub(super) fn person(started: &str) -> PersonClock<'static> {
    PersonClock {
        line: LinkKind::Line,
        started_on: day(started),
        known_since: day(started),
        post: Post::CaseHolder,
        asye: false,
        agency: false,
        last_held_on: None,
        absences: &[],
        variation: None,
    }
}

fn due_of(clock: &PersonClock<'_>, today: &str) -> Due {
    match person_due(&Rules::shipped().book(), clock, day(today)) {
        PersonStanding::Due(due) => due,
        other => panic!("{other:?}"),
    }
}

#[test]
fn cadence_2_8_asye_phases_by_the_day_of_the_last_session() {
    for (held, due_on) in [
        ("2026-02-12", "2026-02-19"), // day 38: weekly
        ("2026-02-16", "2026-02-23"), // day 42: still weekly
        ("2026-02-17", "2026-03-03"), // day 43: fortnightly
        ("2026-02-19", "2026-03-05"), // day 45
        ("2026-07-06", "2026-07-20"), // day 182: still fortnightly
        ("2026-07-09", "2026-08-06"), // day 185: monthly
        ("2027-01-05", "2027-02-02"), // day 365
        ("2027-01-06", "2027-02-03"), // over: as other case holders
    ] {
        let clock = PersonClock { asye: true, last_held_on: Some(day(held)), ..person("2026-01-05") };
        assert_eq!(due_of(&clock, held).due_on, day(due_on), "{held}");
    }
}

#[test]
fn cadence_12_asye_weeks_are_extended_by_absence() {
    let away = [Absence {
        reason: AbsenceReason::Sickness,
        from: day("2026-01-12"),
        to: Some(day("2026-02-08")), // 28 days
    }];
    let clock = PersonClock {
        asye: true,
        absences: &away,
        last_held_on: Some(day("2026-03-16")), // day 70 less 28: day 42
        ..person("2026-01-05")
    };
    assert_eq!(due_of(&clock, "2026-03-16").due_on, day("2026-03-23"));
}

#[test]
fn cadence_2_7_people_by_post() {
    for (post, due_on) in [
        (Post::CaseHolder, "2026-04-02"),
        (Post::Manager, "2026-04-02"),
        (Post::NonQualified, "2026-04-02"),
        (Post::Admin, "2026-04-16"),
    ] {
        let clock = PersonClock { post, last_held_on: Some(day("2026-03-05")), ..person("2020-01-06") };
        assert_eq!(due_of(&clock, "2026-03-05").due_on, day(due_on), "{post:?}");
    }
}

#[test]
fn cadence_16_4_first_session_within_10_working_days_agency_5() {
    assert_eq!(due_of(&person("2026-03-27"), "2026-03-27").due_on, day("2026-04-14"));
    let agency = PersonClock { agency: true, ..person("2026-03-27") };
    let due = due_of(&agency, "2026-03-27");
    assert_eq!((due.due_on, due.rule), (day("2026-04-07"), Rule::AgencyFirst));
    assert_eq!(due.state(day("2026-04-06")), State::FirstWindow { days: 1 });
}

#[test]
fn cadence_2_7_agency_fortnightly_for_8_weeks_then_4_weekly() {
    for (held, due_on) in [("2026-03-02", "2026-03-16"), ("2026-03-03", "2026-03-31")] {
        let clock = PersonClock { agency: true, last_held_on: Some(day(held)), ..person("2026-01-05") };
        assert_eq!(due_of(&clock, held).due_on, day(due_on), "{held}");
    }
}

#[test]
fn cadence_16_7_pause_and_return() {
    let away = [Absence {
        reason: AbsenceReason::ParentalLeave,
        from: day("2026-03-10"),
        to: Some(day("2026-08-28")),
    }];
    let clock =
        PersonClock { last_held_on: Some(day("2026-03-05")), absences: &away, ..person("2020-01-06") };
    let on = |today: &str| person_due(&Rules::shipped().book(), &clock, day(today));
    assert_eq!(on("2026-05-01"), PersonStanding::Paused(away[0]));
    // The last day away is a Friday before a bank holiday: back on Tuesday 1 September.
    let PersonStanding::Due(due) = on("2026-09-01") else { panic!() };
    assert_eq!((due.due_on, due.since, due.from), (day("2026-09-08"), Since::Return, day("2026-09-01")));
    let held = PersonClock { last_held_on: Some(day("2026-09-03")), ..clock };
    assert_eq!(due_of(&held, "2026-09-03").due_on, day("2026-10-01"), "the ordinary interval again");
    // 16.7: max(old due, return + 5 wd).
    let short =
        [Absence { reason: AbsenceReason::Secondment, from: day("2026-03-10"), to: Some(day("2026-03-11")) }];
    let clock = PersonClock { absences: &short, ..clock };
    assert_eq!(due_of(&clock, "2026-03-12").due_on, day("2026-04-02"));
}

#[test]
fn an_absence_that_is_only_planned_puts_nothing_back() {
    let planned = [Absence {
        reason: AbsenceReason::ParentalLeave,
        from: day("2026-06-01"),
        to: Some(day("2026-11-30")),
    }];
    let clock =
        PersonClock { last_held_on: Some(day("2026-03-05")), absences: &planned, ..person("2020-01-06") };
    assert_eq!(due_of(&clock, "2026-03-10").due_on, day("2026-04-02"));
}

#[test]
fn cadence_16_7_sickness_and_leave_pause_only_over_10_working_days() {
    for (to, paused) in [("2026-03-20", false), ("2026-03-23", true)] {
        for reason in [AbsenceReason::Sickness, AbsenceReason::AnnualLeave] {
            let away = [Absence { reason, from: day("2026-03-09"), to: Some(day(to)) }];
            let clock = PersonClock {
                last_held_on: Some(day("2026-02-12")),
                absences: &away,
                ..person("2020-01-06")
            };
            let standing = person_due(&Rules::shipped().book(), &clock, day("2026-03-16"));
            assert_eq!(matches!(standing, PersonStanding::Paused(_)), paused, "{to}");
        }
    }
    let unknown_end = [Absence { reason: AbsenceReason::Sickness, from: day("2026-03-09"), to: None }];
    let clock =
        PersonClock { last_held_on: Some(day("2026-02-12")), absences: &unknown_end, ..person("2020-01-06") };
    let on = |today: &str| person_due(&Rules::shipped().book(), &clock, day(today));
    assert!(matches!(on("2026-03-20"), PersonStanding::Due(_)), "the tenth working day");
    assert!(matches!(on("2026-03-23"), PersonStanding::Paused(_)));
}

#[test]
fn cadence_several_lines_have_clocks_of_their_own() {
    let held = |line| PersonClock { line, last_held_on: Some(day("2026-03-05")), ..person("2020-01-06") };
    for (line, due_on) in [
        (LinkKind::Line, "2026-04-02"),
        (LinkKind::Reflective, "2026-04-02"),
        (LinkKind::Safeguarding, "2026-05-28"),
    ] {
        assert_eq!(due_of(&held(line), "2026-03-05").due_on, day(due_on), "{line}");
    }
    for line in [LinkKind::Case, LinkKind::Cover] {
        let standing = person_due(&Rules::shipped().book(), &held(line), day("2026-03-05"));
        assert_eq!(standing, PersonStanding::NotApplicable, "{line}");
    }
}
