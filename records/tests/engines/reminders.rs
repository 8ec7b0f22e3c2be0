//! Who is told of what, by the operations that people use: covers, absences, missed sessions, records that are late, and what
//! somebody may choose.

use crate::given::{Given, booked, booked_as, case_of, log, now, on_both_engines, session_form};
use chrono::{Days, Duration, NaiveDate, NaiveDateTime};
use domain::bookings::{CancelReason, Cancelling};
use domain::cadence::{AbsenceReason, NewAbsence};
use domain::form::Form;
use domain::ladder::{Concern, NewSnooze};
use domain::supervision::{Mode, NewSupervision, PersonalPart, SupervisionKind};
use domain::templates::NewAnswers;
use records::ladder::{Preferences, Reminder};
use records::signing::{self, Record};
use records::{Problem, bookings, cadence, cases, ladder, people, supervision};
use std::collections::BTreeSet;

fn day(days_ago: i64) -> NaiveDate {
    (now() - Duration::days(days_ago)).date()
}

/// Concerns of which somebody was told and that are still so, with the name of the thing.
fn told(given: &Given, name: &str, at: NaiveDateTime) -> Vec<(Concern, String)> {
    let mine = given.told(name, at);
    mine.into_iter().map(|reminded| (reminded.concern, reminded.name)).collect()
}

fn is_told(given: &Given, name: &str, concern: Concern, of: &str) -> bool {
    told(given, name, now()).iter().any(|(found, thing)| *found == concern && thing.contains(of))
}

fn cancelled(given: &Given, booking: &bookings::Booking) {
    let (id, version) = (booking.id.clone(), booking.version);
    let cancelling = Cancelling { reason: Some(CancelReason::Workload), note: String::new(), instead: None };
    // On the morning of its day: what is past is not cancelled any more.
    let morning = booking.on.and_time(now().time());
    given
        .store
        .write(&given.who("Priya"), morning, move |writing| {
            bookings::cancel(writing, &id, version, &cancelling)
        })
        .unwrap();
}

/// A session that its supervisor has written and signed.
fn personal_session(given: &Given, supervisor: &str, supervisee: &str, on: NaiveDate) {
    let session = NewSupervision {
        talked_about: Vec::new(),
        members: Vec::new(),
        answers: NewAnswers::default(),
        incident_on: None,
        follow_ups: Vec::new(),
        supervisee: given.person(supervisee),
        kind: SupervisionKind::Personal,
        mode: Mode::Video,
        held_on: on,
        began_at: None,
        minutes: 60,
        personal: Some(PersonalPart { wellbeing: "Well.".to_owned(), ..PersonalPart::default() }),
        entries: Vec::new(),
    };
    let name = given.name(supervisor);
    given
        .store
        .write(&given.who(supervisor), now(), move |writing| {
            let id = supervision::log(writing, &session)?;
            signing::sign_what_was_written(writing, &Record::Session(id), &name)
        })
        .unwrap();
}

#[test]
fn two_sessions_missed_in_a_row_reach_the_supervisors_manager_until_one_is_held() {
    on_both_engines(|given| {
        // The last session before them was held 12 days ago.
        for days_ago in [9, 3] {
            cancelled(given, &booked(given, "Gwen", day(days_ago)));
        }
        given.reminded(now());
        assert!(is_told(given, "Ros", Concern::MissedSessions, "Gwen"), "{}", given.engine);
        booked(given, "Gwen", day(1));
        personal_session(given, "Priya", "Gwen", day(1));
        assert!(!is_told(given, "Ros", Concern::MissedSessions, "Gwen"), "{}: one was held", given.engine);
    });
}

#[test]
fn record_2_4_a_decision_that_is_not_written_down_in_one_working_day_reaches_its_supervisor() {
    on_both_engines(|given| {
        // Friday; by Monday, and told on Tuesday.
        booked_as(given, "Gwen", SupervisionKind::Case, day(4));
        booked_as(given, "Luca", SupervisionKind::Personal, day(4));
        booked_as(given, "Nia", SupervisionKind::Case, day(12));
        given.reminded(now());
        let told = |concern, of| is_told(given, "Priya", concern, of);
        assert!(told(Concern::LateDecision, "Gwen"), "{}", given.engine);
        assert!(!told(Concern::LateDecision, "Luca"), "nothing about a case is decided there");
        assert!(
            told(Concern::LateRecord, "Nia") && !told(Concern::LateDecision, "Nia"),
            "one reminder will do"
        );
        let case = case_of(given, "Priya", "F-1042");
        let mut form = session_form(given, "Gwen", &case);
        form.set_date("held_on", day(4));
        log(given, "Priya", &form).unwrap();
        assert!(!told(Concern::LateDecision, "Gwen"), "it is written down");
    });
}

#[test]
fn groups_and_visits_that_were_cancelled_are_no_two_missed_in_a_row() {
    on_both_engines(|given| {
        cancelled(given, &booked_as(given, "Gwen", SupervisionKind::Group, day(9)));
        cancelled(given, &booked(given, "Gwen", day(3)));
        given.reminded(now());
        assert!(!is_told(given, "Ros", Concern::MissedSessions, "Gwen"), "{}", given.engine);
        cancelled(given, &booked(given, "Gwen", day(6)));
        given.reminded(now() + Duration::days(1));
        let told = told(given, "Ros", now() + Duration::days(1));
        assert!(told.iter().any(|(concern, of)| *concern == Concern::MissedSessions && of.contains("Gwen")));
    });
}

#[test]
fn a_session_that_is_not_written_up_in_five_working_days_reaches_its_supervisor() {
    on_both_engines(|given| {
        booked(given, "Gwen", day(12));
        given.reminded(now());
        assert!(is_told(given, "Priya", Concern::LateRecord, "Gwen"), "{}", given.engine);
        personal_session(given, "Priya", "Gwen", day(12));
        assert!(!is_told(given, "Priya", Concern::LateRecord, "Gwen"), "{}: written up", given.engine);
    });
}

#[test]
fn a_cancelled_session_moves_no_clock_and_a_held_one_does() {
    on_both_engines(|given| {
        let due = || given.lines("Priya", "Gwen")[0].standing;
        let before = due();
        cancelled(given, &booked(given, "Gwen", day(1)));
        assert_eq!(due(), before, "{}", given.engine);
        personal_session(given, "Priya", "Gwen", day(1));
        assert_ne!(due(), before);
    });
}

#[test]
fn somebody_without_a_supervisor_becomes_an_item_for_the_service_manager() {
    on_both_engines(|given| {
        let (nia, sam) = (given.person("Nia"), given.who("Sam"));
        let file = given.store.read(&sam, now(), |reading| people::open(reading, &nia)).unwrap();
        let link = file.supervisors[0].id.clone();
        let person = nia.clone();
        given
            .store
            .write(&sam, now(), move |writing| people::end_supervisor(writing, &person, &link))
            .unwrap();
        let next_day = now() + Duration::days(1);
        given.reminded(next_day);
        let ros = told(given, "Ros", next_day);
        assert!(
            ros.contains(&(Concern::NoSupervisor, "Nia Prosser".to_owned())),
            "{}: {ros:?}",
            given.engine
        );
        assert!(
            ros.iter()
                .any(|(concern, name)| *concern == Concern::CaseSupervision && name.starts_with("F-1121"))
        );
    });
}

#[test]
fn a_deputy_is_told_in_place_of_the_supervisor_and_holds_the_sessions() {
    on_both_engines(|given| {
        given.stands_in("Marta", "Gwen");
        given.reminded(now());
        assert!(is_told(given, "Marta", Concern::CaseSupervision, "F-1042"), "{}", given.engine);
        assert!(!is_told(given, "Priya", Concern::CaseSupervision, "F-1042"));
        personal_session(given, "Marta", "Gwen", day(0));
        let lines = given.lines("Priya", "Gwen");
        assert_eq!(
            lines[0].last_held_on,
            Some(day(0)),
            "{}: it moved the line supervisor's clock",
            given.engine
        );
    });
}

/// By when somebody's own supervision was due, if another sees on their week that it is overdue.
fn overdue_for(given: &Given, who: &str, of: &str, at: NaiveDateTime) -> Option<NaiveDate> {
    let overdue = given.store.read(&given.who(who), at, cadence::overdue_lines).unwrap();
    assert!(overdue.is_sorted_by_key(|line| line.due.due_on), "{}: the longest waiting first", given.engine);
    overdue.into_iter().find(|line| line.name.starts_with(of)).map(|line| line.due.due_on)
}

#[test]
fn whose_own_supervision_is_overdue_is_seen_by_whoever_supervises_them_or_stands_in() {
    on_both_engines(|given| {
        let later = now() + Duration::days(90);
        let before = overdue_for(given, "Priya", "Gwen", later).unwrap();
        assert_eq!(overdue_for(given, "Marta", "Gwen", later), None, "{}: of another team", given.engine);
        assert_eq!(overdue_for(given, "Tom", "Gwen", later), None, "a colleague");

        given.stands_in("Marta", "Gwen");
        assert_eq!(overdue_for(given, "Marta", "Gwen", later), Some(before), "she stands in");

        personal_session(given, "Priya", "Gwen", day(0));
        let after = overdue_for(given, "Priya", "Gwen", later).unwrap();
        assert!(after > before, "{}: the clock runs from the session", given.engine);
        let due_today = after.and_time(now().time());
        assert_eq!(overdue_for(given, "Priya", "Gwen", due_today), None, "due today is not overdue");
    });
}

/// The work of which somebody was told that it was not discussed in time.
fn undiscussed(given: &Given, name: &str, at: NaiveDateTime) -> BTreeSet<String> {
    let told = told(given, name, at).into_iter();
    told.filter(|(concern, _)| *concern == Concern::CaseSupervision).map(|(_, name)| name).collect()
}

#[test]
fn whoever_stands_in_is_told_what_a_manager_who_went_away_was_not() {
    on_both_engines(|given| {
        // Steps are raised from eight o'clock on, and the digest goes at half past.
        let early = now() - Duration::minutes(80);
        given.reminded(early);
        let priyas = undiscussed(given, "Priya", early);
        assert!(!priyas.is_subset(&undiscussed(given, "Ros", early)), "{}", given.engine);
        let away = NewAbsence {
            reason: AbsenceReason::ParentalLeave,
            from: day(0),
            to: Some(day(0) + Days::new(2)),
        };
        let priya = given.person("Priya");
        let person = priya.clone();
        given
            .store
            .write(&given.who("Ros"), early, move |writing| cadence::record_absence(writing, &person, &away))
            .unwrap();
        let mails = given.reminded(now());
        assert!(mails.iter().all(|mail| mail.recipient != priya), "who is away is left in peace");
        assert!(priyas.is_subset(&undiscussed(given, "Ros", now())), "{}", given.engine);
        assert_eq!(given.reminded(now() + Duration::minutes(5)), [], "nothing twice");
        let back = given.reminded(now() + Duration::days(3));
        assert!(back.iter().any(|mail| mail.recipient == priya), "who is back is told after all");
    });
}

#[test]
fn who_was_away_is_told_once_of_each_thing_at_the_step_it_has_reached() {
    on_both_engines(|given| {
        let luca = given.person("Luca");
        let away = NewAbsence {
            reason: AbsenceReason::ParentalLeave,
            from: day(0),
            to: Some(day(0) + Days::new(29)),
        };
        let person = luca.clone();
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| {
                cadence::record_absence(writing, &person, &away)
            })
            .unwrap();
        let to_luca = |at: NaiveDateTime| -> Vec<Reminder> {
            given.reminded(at).into_iter().filter(|reminder| reminder.recipient == luca).collect()
        };
        for days in [0, 2, 6, 14] {
            assert!(to_luca(now() + Duration::days(days)).is_empty(), "{}: left in peace", given.engine);
        }
        // 24 December 2026: a working day.
        let back = to_luca(now() + Duration::days(30));
        assert_eq!(back.len(), 1, "{}: one mail", given.engine);
        assert!(to_luca(now() + Duration::days(30)).is_empty(), "once");
    });
}

#[test]
fn nothing_goes_out_at_night_at_a_weekend_or_on_a_bank_holiday_and_all_of_it_after() {
    on_both_engines(|given| {
        let at = |text: &str| domain::calendar::parse_instant(text).unwrap();
        for quiet in
            ["2026-11-24T23:00:00Z", "2026-11-28T10:00:00Z", "2026-12-25T10:00:00Z", "2026-12-28T10:00:00Z"]
        {
            assert!(given.reminded(at(quiet)).is_empty(), "{}: {quiet}", given.engine);
        }
        assert!(
            given.reminded(at("2026-12-29T08:15:00Z")).iter().all(|reminder| reminder.urgent),
            "before half past eight"
        );
        assert!(!given.reminded(at("2026-12-29T08:30:00Z")).is_empty(), "{}", given.engine);
    });
}

#[test]
fn a_choice_moves_the_hour_and_leaves_out_repeats_and_nothing_else() {
    on_both_engines(|given| {
        let chosen = Preferences { digest_at: 14 * 60, weekly_repeats: false };
        given
            .store
            .write(&given.who("Ros"), now(), move |writing| ladder::set_preferences(writing, chosen))
            .unwrap();
        let ros = given.person("Ros");
        let digests = |at: NaiveDateTime| {
            given
                .reminded(at)
                .into_iter()
                .filter(|reminder| reminder.recipient == ros && !reminder.urgent)
                .count()
        };
        assert_eq!(digests(now()), 0, "{}: not yet", given.engine);
        assert_eq!(digests(now() + Duration::hours(5)), 1, "{}: at two", given.engine);
        // A week on, what Ros was told of is still so; somebody with repeats hears again.
        let helen = given.person("Helen");
        let week_on = given.reminded(now() + Duration::days(7) + Duration::hours(5));
        assert!(week_on.iter().any(|reminder| reminder.recipient == helen), "{}: {week_on:?}", given.engine);
    });
}

#[test]
fn a_reminder_is_put_off_twice_at_most_for_five_working_days() {
    on_both_engines(|given| {
        let filter = domain::cases::CaseFilter { words: "f-1166".to_owned(), ..Default::default() };
        let priya = given.who("Priya");
        let (listed, _) =
            given.store.read(&priya, now(), |reading| cases::list(reading, &filter, "")).unwrap();
        let (case, due_on) = (listed[0].id.to_string(), listed[0].due.due_on);
        let put_off = |who: &str, until: NaiveDate| {
            let (case, new) = (case.clone(), NewSnooze { until, reason: "Court".to_owned() });
            given.store.write(&given.who(who), now(), move |writing| {
                ladder::snooze(writing, Concern::CaseSupervision, &case, due_on, &new)
            })
        };
        assert!(
            matches!(put_off("Luca", day(-1)), Err(Problem::NotFound)),
            "{}: not by the practitioner",
            given.engine
        );
        // Five working days from Tuesday 24 November: Tuesday 1 December.
        assert!(matches!(put_off("Priya", day(-8)), Err(Problem::Invalid(_))), "too long");
        assert!(put_off("Priya", day(-7)).is_ok());
        given.reminded(now());
        assert!(!is_told(given, "Priya", Concern::CaseSupervision, "F-1166"), "{}", given.engine);
        assert!(put_off("Ros", day(-7)).is_ok());
        let Err(Problem::Invalid(problems)) = put_off("Priya", day(-7)) else { panic!("a third time") };
        assert!(problems.of("until").unwrap().contains("2 times already"), "{problems:?}");
    });
}

#[test]
fn a_form_of_preferences_offers_no_night() {
    let mut form = Form::default();
    form.set("digest_at", "1380");
    assert!(Preferences::parse(&form).is_err());
    form.set("digest_at", domain::mail::DIGEST_AT.to_string());
    assert!(!Preferences::parse(&form).unwrap().weekly_repeats);
}

/// Notes a rise in risk of a case between sessions, on a day.
fn risk_rises(given: &Given, case: &domain::ids::CaseId, on: NaiveDate, is_repeat: bool) {
    use domain::risk::{NewRiskChange, RiskDirection, RiskLevel};
    let change = NewRiskChange {
        on,
        level: RiskLevel::High,
        direction: RiskDirection::Up,
        note: "The neighbour rang.".to_owned(),
        is_repeat,
        checklist: None,
    };
    let case = case.clone();
    given
        .store
        .write(&given.who("Priya"), now(), move |writing| cases::note_risk(writing, &case, &change))
        .unwrap();
}

#[test]
fn a_second_rise_never_puts_back_what_the_first_one_asks_for() {
    on_both_engines(|given| {
        let filter = domain::cases::CaseFilter { words: "f-1098".to_owned(), ..Default::default() };
        let priya = given.who("Priya");
        let (listed, _) =
            given.store.read(&priya, now(), |reading| cases::list(reading, &filter, "")).unwrap();
        let case = listed[0].id.clone();
        let stands =
            || given.store.read(&priya, now(), |reading| cases::details(reading, &case)).unwrap().cadence;
        risk_rises(given, &case, day(5), false);
        let first = stands();
        risk_rises(given, &case, day(1), true);
        assert_eq!(stands().due.due_on, first.due.due_on, "{}", given.engine);
        assert!(stands().oversight.is_some() && stands().checklist_due_on.is_some());
        // A session of a day between the two, typed today, meets the first and leaves the second.
        let mut form = Form::default();
        form.set("supervisee", given.person("Farah").to_string());
        for (field, value) in [("kind", "case"), ("mode", "video"), ("minutes", "60")] {
            form.set(field, value);
        }
        form.set_date("held_on", day(3));
        for (field, value) in [
            ("case", case.as_str()),
            ("child_seen", "not_applicable"),
            ("what_happened", "We looked at the first call."),
            ("risk_level", "high"),
            ("risk_direction", "same"),
            ("proposal", "stay"),
            ("decision", "Carry on."),
            ("rationale", "The plan holds."),
        ] {
            form.set(&format!("entry.0.{field}"), value);
        }
        let session = NewSupervision::parse(&form, now().date()).unwrap();
        given.store.write(&priya, now(), move |writing| supervision::log(writing, &session)).unwrap();
        let after = stands();
        assert_eq!(
            (after.due.since, after.due.from),
            (domain::cadence::Since::RiskRise, day(1)),
            "{}",
            given.engine
        );
        assert!(after.oversight.is_some(), "nobody has looked at the second");
    });
}

#[test]
fn a_registration_is_reminded_of_sixty_thirty_and_seven_days_before_its_renewal() {
    on_both_engines(|given| {
        let id = given.person("Gwen");
        let renews_on = NaiveDate::from_ymd_opt(2027, 2, 1).unwrap();
        let sam = given.who("Sam");
        given
            .store
            .write(&sam, now(), move |writing| {
                let person = people::open(writing, &id)?;
                let details = domain::people::PersonDetails {
                    registration_renews_on: Some(renews_on),
                    ..person.details
                };
                people::change(writing, &id, person.version, &details)
            })
            .unwrap();
        let is_told = |name: &str, at: &str| {
            let at = domain::calendar::parse_instant(at).unwrap();
            given.reminded(at);
            let told = told(given, name, at);
            told.iter().any(|(concern, _)| *concern == Concern::RegistrationRenewal)
        };
        for (name, at, expected) in [
            ("Gwen", "2026-12-02T09:30:00Z", false),
            ("Gwen", "2026-12-03T09:30:00Z", true),
            ("Priya", "2027-01-22T09:30:00Z", false),
            ("Priya", "2027-01-25T09:30:00Z", true),
            ("Tom", "2027-02-03T09:30:00Z", false),
        ] {
            assert_eq!(is_told(name, at), expected, "{name} on {at}, {}", given.engine);
        }
    });
}
