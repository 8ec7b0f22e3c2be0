//! Booked sessions after their day: held and to be written up, or not held, with a reason or as an exception.

use crate::given::{Given, booked, case_of, log, now, on_both_engines, session_form};
use chrono::{Duration, NaiveDateTime, NaiveTime};
use domain::bookings::{BookingState, CancelReason, Cancelling, Move, NewBooking, Series};
use domain::ids::BookingId;
use domain::ladder::Concern;
use domain::supervision::{Mode, SupervisionKind};
use records::Problem;
use records::bookings::{self, Booking};

fn find(given: &Given, id: &BookingId) -> Booking {
    given.store.read(&given.who("Priya"), now(), |reading| bookings::open(reading, id)).unwrap()
}

fn says_held(given: &Given, who: &str, id: &BookingId, at: NaiveDateTime) -> Result<(), Problem> {
    let id = id.clone();
    given.store.write(&given.who(who), at, move |writing| bookings::say_held(writing, &id))
}

fn says_not_held(
    given: &Given,
    who: &str,
    id: &BookingId,
    (reason, instead): (Option<CancelReason>, Option<Move>),
    at: NaiveDateTime,
) -> Result<(), Problem> {
    let (id, version) = (id.clone(), find(given, id).version);
    let cancelling = Cancelling { reason, note: String::new(), instead };
    given
        .store
        .write(&given.who(who), at, move |writing| bookings::say_not_held(writing, &id, version, &cancelling))
}

fn is_told(given: &Given, who: &str, concern: Concern, at: NaiveDateTime) -> bool {
    let mine = given.told(who, at);
    mine.iter().any(|reminded| reminded.concern == concern && reminded.name.contains("Luca"))
}

#[test]
fn booking_3_11_a_session_that_was_held_waits_for_its_record_and_is_late_without_it() {
    on_both_engines(|given| {
        let id = booked(given, "Luca", now().date()).id;
        says_held(given, "Luca", &id, now()).unwrap();
        assert_eq!(find(given, &id).state, BookingState::Held, "{}", given.engine);
        let due = |given: &Given| given.lines("Priya", "Luca").first().unwrap().standing;
        let before = due(given);
        let later = now() + Duration::days(9);
        given.reminded(later);
        assert!(is_told(given, "Priya", Concern::LateRecord, later), "nobody has written it up");
        assert_eq!(due(given), before, "what is not recorded moves no clock (16.5)");
        // The record meets the booking that was said to be held.
        log(given, "Priya", &session_form(given, "Luca", &case_of(given, "Priya", "F-1190"))).unwrap();
        assert!(find(given, &id).supervision.is_some());
        let written = says_not_held(given, "Priya", &id, (None, None), now());
        assert!(matches!(written, Err(Problem::Invalid(_))), "{written:?}");
    });
}

#[test]
fn booking_2_3_two_that_were_not_held_are_told_of_whoever_knows_why() {
    on_both_engines(|given| {
        let [first, second] =
            [8, 1].map(|ago| booked(given, "Luca", now().date() + Duration::days(20 - ago)).id);
        let after = now() + Duration::days(21);
        says_not_held(given, "Luca", &first, (None, None), after).unwrap();
        assert_eq!(find(given, &first).state, BookingState::NotHeld, "{}", given.engine);
        says_not_held(given, "Priya", &second, (Some(CancelReason::Court), None), after).unwrap();
        let found = find(given, &second);
        assert_eq!((found.state, found.cancel_reason), (BookingState::NotHeld, Some(CancelReason::Court)));
        given.reminded(after);
        assert!(is_told(given, "Ros", Concern::MissedSessions, after));
        assert!(!is_told(given, "Priya", Concern::LateRecord, after), "there is nothing to write up");
        // It was held after all, and forgotten: that can be put right.
        says_held(given, "Priya", &first, after).unwrap();
        assert!(!is_told(given, "Ros", Concern::MissedSessions, after));
        let next_day = after + Duration::days(1);
        given.reminded(next_day);
        assert!(is_told(given, "Priya", Concern::LateRecord, next_day));
    });
}

#[test]
fn what_is_held_instead_of_a_session_that_was_not_held_is_booked_along() {
    on_both_engines(|given| {
        let id = booked(given, "Luca", now().date()).id;
        let instead =
            Move { on: now().date() + Duration::days(2), at: NaiveTime::from_hms_opt(9, 0, 0).unwrap() };
        let early = says_held(given, "Priya", &booked(given, "Luca", instead.on).id, now());
        assert!(matches!(early, Err(Problem::Invalid(_))), "it is still to come: {early:?}");
        says_not_held(given, "Priya", &id, (None, Some(instead)), now()).unwrap();
        let list = given.store.read(&given.who("Luca"), now(), bookings::list).unwrap();
        assert!(list.iter().any(|booking| booking.id == id && booking.is_rebooked), "{}", given.engine);
        let stranger = says_held(given, "Tom", &id, now());
        assert!(matches!(stranger, Err(Problem::Refused(_))), "{stranger:?}");
    });
}

#[test]
fn a_session_that_is_booked_again_takes_the_place_of_the_missed_one_once() {
    on_both_engines(|given| {
        let id = booked(given, "Luca", now().date()).id;
        says_not_held(given, "Priya", &id, (Some(CancelReason::Workload), None), now()).unwrap();
        let book = || {
            let new = NewBooking {
                supervisee: given.person("Luca"),
                kind: SupervisionKind::Personal,
                mode: Mode::InPerson,
                on: now().date() + Duration::days(3),
                at: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
                minutes: 60,
                series: Series { every_weeks: 1, times: 1 },
                instead_of: Some(id.clone()),
            };
            given.store.write(&given.who("Priya"), now(), move |writing| bookings::book(writing, &new))
        };
        book().unwrap();
        let list = given.store.read(&given.who("Luca"), now(), bookings::list).unwrap();
        assert!(list.iter().any(|booking| booking.id == id && booking.is_rebooked), "{}", given.engine);
        assert!(matches!(book(), Err(Problem::Invalid(_))), "it is held again once");
    });
}

#[test]
fn a_session_meets_the_booking_of_its_day_although_somebody_said_that_it_was_not_held() {
    on_both_engines(|given| {
        let id = booked(given, "Luca", now().date()).id;
        says_not_held(given, "Luca", &id, (None, None), now()).unwrap();
        log(given, "Priya", &session_form(given, "Luca", &case_of(given, "Priya", "F-1190"))).unwrap();
        let found = find(given, &id);
        assert_eq!(
            (found.state, found.supervision.is_some()),
            (BookingState::Held, true),
            "{}",
            given.engine
        );
    });
}

#[test]
fn what_was_said_to_be_held_stays_said_when_its_supervisor_leaves() {
    on_both_engines(|given| {
        let [held, open] = [booked(given, "Luca", now().date()).id, booked(given, "Tom", now().date()).id];
        says_held(given, "Luca", &held, now()).unwrap();
        crate::hand_over::leaves_to(given, "Priya", "Ros");
        let state = |id: &BookingId, who: &str| {
            let found = given.store.read(&given.who(who), now(), |reading| bookings::open(reading, id));
            found.unwrap().state
        };
        assert_eq!(state(&held, "Luca"), BookingState::Held, "{}", given.engine);
        assert_eq!(state(&open, "Tom"), BookingState::NotHeld, "nobody is left to hold it");
    });
}
