//! Somebody gets another supervisor: what was held is still written up, and what is booked goes on.

use crate::given::{Given, booked, booked_as, case_of, log, now, on_both_engines, session_form};
use chrono::Duration;
use domain::ladder::Concern;
use domain::supervision::SupervisionKind;
use records::{Problem, Reading, bookings, supervision};

fn booking(given: &Given, who: &str, id: &domain::ids::BookingId) -> Result<bookings::Booking, Problem> {
    given.store.read(&given.who(who), now(), |reading| bookings::open(reading, id))
}

#[test]
fn whoever_supervised_somebody_until_yesterday_writes_up_what_they_held_and_nothing_since() {
    on_both_engines(|given| {
        let yesterday = now().date() - Duration::days(1);
        let case = case_of(given, "Priya", "F-1190");
        let mut form = session_form(given, "Luca", &case);
        given.moves_to("Luca", "Jo");
        let refused = log(given, "Priya", &form).unwrap_err();
        assert!(
            matches!(&refused, Problem::Invalid(problems)
                if problems.of("held_on").is_some_and(|words| words.contains("until 23 November 2026"))),
            "{}: {refused:?}",
            given.engine
        );
        form.set_date("held_on", yesterday);
        log(given, "Priya", &form).unwrap();
        let luca = given.person("Luca");
        let chooses = |who: &str| {
            let read = |reading: &mut Reading<'_>| supervision::to_write_up(reading);
            let listed = given.store.read(&given.who(who), now(), read).unwrap();
            listed.iter().any(|person| person.id == luca)
        };
        assert!(chooses("Priya") && chooses("Jo"));
        let books = given.store.read(&given.who("Priya"), now(), supervision::supervisees).unwrap();
        assert!(books.iter().all(|person| person.id != luca), "she books nothing more with him");
        let stranger = log(given, "Tom", &form).unwrap_err();
        assert!(matches!(stranger, Problem::Refused(_)), "{stranger:?}");
    });
}

#[test]
fn whoever_held_a_session_is_reminded_of_its_record_though_another_supervises_by_now() {
    on_both_engines(|given| {
        let friday = now().date() - Duration::days(11);
        booked_as(given, "Luca", SupervisionKind::Case, friday);
        given.moves_to("Luca", "Jo");
        given.reminded(now());
        let told = |who: &str| {
            let told = given.told(who, now()).into_iter();
            let late = told.filter(|told| told.concern == Concern::LateRecord && told.name == "Luca Marsh");
            late.map(|told| told.address).collect::<Vec<_>>()
        };
        assert_eq!(told("Priya").len(), 1, "{}", given.engine);
        assert!(told("Jo").is_empty(), "she was not there");
    });
}

#[test]
fn what_is_booked_goes_on_with_the_next_line_supervisor_and_a_group_stays_its_supervisors() {
    on_both_engines(|given| {
        let (in_a_week, after) = (now().date() + Duration::days(7), now().date() + Duration::days(8));
        let of_two = booked(given, "Luca", in_a_week).id;
        let group = booked_as(given, "Luca", SupervisionKind::Group, after).id;
        given.moves_to("Luca", "Jo");
        let found = booking(given, "Jo", &of_two).unwrap();
        assert_eq!(found.supervisor.0, given.person("Jo"), "{}", given.engine);
        assert!(found.state.is_ahead());
        assert!(booking(given, "Priya", &of_two).is_err(), "it is theirs no more");
        assert_eq!(booking(given, "Priya", &group).unwrap().supervisor.0, given.person("Priya"));
    });
}

#[test]
fn a_supervisor_who_was_named_by_mistake_and_taken_back_the_same_day_writes_nothing_up() {
    on_both_engines(|given| {
        given.moves_to("Luca", "Jo");
        given.moves_to("Luca", "Priya");
        let mut form = session_form(given, "Luca", &case_of(given, "Priya", "F-1190"));
        form.set_date("held_on", now().date() - Duration::days(1));
        let refused = log(given, "Jo", &form).unwrap_err();
        assert!(matches!(refused, Problem::Refused(_)), "{}: {refused:?}", given.engine);
    });
}
