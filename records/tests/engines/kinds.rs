//! Sessions that are not of every day: with more than two people, watched, among peers, after a serious incident; and records that
//! turn out not to count.

use crate::given::{Given, case_of, log, logged, now, on_both_engines, session_form};
use domain::TextValue;
use domain::bookings::BookingState;
use domain::cadence::PersonStanding;
use domain::form::Form;
use domain::ids::{BookingId, CaseId, SupervisionId};
use domain::people::LinkKind;
use domain::supervision::{ActionState, RecordState, SupervisionKind};
use records::Problem;
use records::cases::CaseFile;
use records::supervision::SessionFile;
use records::{bookings, cases, supervision};

fn opens(given: &Given, who: &str, id: &SupervisionId) -> Result<SessionFile, Problem> {
    given.store.read(&given.who(who), now(), |reading| supervision::open(reading, id))
}

fn lists(given: &Given, who: &str, id: &SupervisionId) -> bool {
    let (listed, _) =
        given.store.read(&given.who(who), now(), |reading| supervision::list(reading, None)).unwrap();
    listed.iter().any(|session| session.id == *id)
}

fn file(given: &Given, case: &CaseId) -> CaseFile {
    given.store.read(&given.who("Priya"), now(), |reading| cases::open(reading, case, None)).unwrap()
}

/// By when the next session on somebody's line of line management is due.
fn line_due(given: &Given, person: &str) -> Option<chrono::NaiveDate> {
    given.lines(person, person).into_iter().find(|line| line.line == LinkKind::Line).and_then(|line| {
        match line.standing {
            PersonStanding::Due(due) => Some(due.due_on),
            _ => None,
        }
    })
}

fn of_kind(given: &Given, supervisee: &str, kind: SupervisionKind) -> Form {
    let mut form = Form::default();
    form.set("supervisee", given.person(supervisee).to_string());
    form.set("kind", kind.code());
    form.set("mode", "in_person");
    form.set("minutes", "60");
    form.set_date("held_on", now().date());
    form
}

fn problem_at(outcome: Result<SupervisionId, Problem>) -> String {
    match outcome {
        Err(Problem::Invalid(problems)) => problems.0[0].field.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_group_session_is_read_by_whoever_was_asked_and_decides_for_the_case() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let mut form = session_form(given, "Gwen", &case);
        form.set("kind", "group");
        form.set("there", given.person("Luca").to_string());
        form.set("apologies", given.person("Nia").to_string());
        form.set("session.answer.dilemma", "Who is the man at the door?");
        let due = line_due(given, "Gwen");
        let id = logged(given, "Priya", &form).unwrap();
        for who in ["Priya", "Gwen", "Luca", "Ros"] {
            let session = opens(given, who, &id).unwrap();
            assert_eq!(session.answers.given[0].answer, "Who is the man at the door?", "{}", given.engine);
            assert_eq!(session.members.len(), 2, "{who}");
            assert_eq!(session.entries.len(), 1, "{who}");
            assert!(session.personal.is_none(), "{who}");
            assert!(lists(given, who, &id), "{who}");
        }
        // Nia was asked and did not come.
        for who in ["Nia", "Owen", "Marta", "Hanif", "Sam", "Dee"] {
            assert!(matches!(opens(given, who, &id), Err(Problem::Refused(_))), "{who}");
            assert!(!lists(given, who, &id), "{who}");
        }
        let luca = opens(given, "Luca", &id).unwrap();
        assert!(luca.entries[0].prompts.is_empty(), "questions are for the two");
        assert!(!luca.may_reply && luca.signing.side.is_none(), "the two sign, the others read");
        assert_eq!(file(given, &case).last_held_on, Some(now().date()));
        assert_eq!(line_due(given, "Gwen"), due, "a group comes on top of one's own supervision");
    });
}

#[test]
fn nobody_is_asked_who_has_no_part_in_it() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let mut form = session_form(given, "Gwen", &case);
        form.set("kind", "group");
        form.set("there", given.person("Jo").to_string());
        assert_eq!(problem_at(logged(given, "Priya", &form)), "there", "{}", given.engine);
        let kind = |supervisor: &str, form: &Form| problem_at(logged(given, supervisor, form));
        let mut form = of_kind(given, "Tom", SupervisionKind::Live);
        form.set("session.answer.observed", "A visit.");
        assert_eq!(kind("Owen", &form), "kind", "a reflective supervisor does not assess");
    });
}

#[test]
fn peers_talk_without_a_supervisor_and_move_no_clock() {
    on_both_engines(|given| {
        let mut form = of_kind(given, "Gwen", SupervisionKind::Peer);
        form.set("session.answer.brought", "How to end a visit that has gone wrong.");
        let due = line_due(given, "Gwen");
        let id = logged(given, "Tom", &form).unwrap();
        for who in ["Tom", "Gwen", "Priya"] {
            assert_eq!(opens(given, who, &id).unwrap().answers.given.len(), 1, "{who} {}", given.engine);
        }
        for who in ["Luca", "Hanif", "Sam"] {
            assert!(opens(given, who, &id).is_err(), "{who}");
        }
        assert_eq!(line_due(given, "Gwen"), due);
        assert!(matches!(logged(given, "Jo", &form), Err(Problem::Refused(_))), "another team is no peer");
        let mut own = of_kind(given, "Tom", SupervisionKind::Peer);
        own.set("session.answer.brought", "Alone.");
        assert!(matches!(logged(given, "Tom", &own), Err(Problem::Refused(_))), "nobody is their own peer");
    });
}

#[test]
fn after_a_serious_incident_the_next_meetings_are_booked_and_the_case_is_not_named() {
    on_both_engines(|given| {
        let mut form = of_kind(given, "Gwen", SupervisionKind::SeriousIncident);
        form.set("personal.wellbeing", "She has not slept.");
        form.set("session.answer.incident", "On Friday, at a visit.");
        let days = [7, 28, 84].map(|days| now().date() + chrono::Days::new(days));
        for (number, day) in days.iter().enumerate() {
            form.set_date(&format!("follow_up.{number}"), *day);
        }
        let id = logged(given, "Priya", &form).unwrap();
        let booked = given.store.read(&given.who("Gwen"), now(), bookings::list).unwrap();
        let ahead: Vec<_> =
            booked.iter().filter(|booking| booking.kind == SupervisionKind::SeriousIncident).collect();
        assert_eq!(ahead.iter().map(|booking| booking.on).collect::<Vec<_>>(), days, "{}", given.engine);
        let read_by = |who: &str| opens(given, who, &id).unwrap();
        assert_eq!(read_by("Gwen").personal.unwrap().part.wellbeing, "She has not slept.");
        let manager = read_by("Ros");
        assert_eq!(manager.personal.unwrap().part.wellbeing, "", "for the two alone");
        assert_eq!(manager.answers.given.len(), 1);
        // A session of every day does not meet a booking of this kind; the next one after the incident does.
        let mut routine = of_kind(given, "Gwen", SupervisionKind::Personal);
        routine.set("personal.workload", "Lighter.");
        log(given, "Priya", &routine).unwrap();
        let state = |on| {
            let booked = given.store.read(&given.who("Gwen"), now(), bookings::list).unwrap();
            booked.into_iter().find(|booking| booking.on == on).unwrap().state
        };
        assert_eq!(state(days[0]), BookingState::Planned);
    });
}

#[test]
fn a_booked_session_is_confirmed_by_whoever_is_supervised_and_asked_again_when_it_moves() {
    on_both_engines(|given| {
        let mut form = of_kind(given, "Gwen", SupervisionKind::SeriousIncident);
        form.set("session.answer.incident", "On Friday.");
        form.set_date("follow_up.0", now().date() + chrono::Days::new(7));
        log(given, "Priya", &form).unwrap();
        let find = || {
            let booked = given.store.read(&given.who("Gwen"), now(), bookings::list).unwrap();
            booked.into_iter().find(|booking| booking.kind == SupervisionKind::SeriousIncident).unwrap()
        };
        let id: BookingId = find().id;
        let confirm = |who: &str| {
            let id = id.clone();
            given.store.write(&given.who(who), now(), move |writing| bookings::confirm(writing, &id))
        };
        assert!(matches!(confirm("Priya"), Err(Problem::Invalid(_))), "{}", given.engine);
        assert!(matches!(confirm("Tom"), Err(Problem::Refused(_))));
        confirm("Gwen").unwrap();
        assert_eq!(find().state, BookingState::Confirmed);
        let (id, version) = (id.clone(), find().version);
        let to = domain::bookings::Move { on: now().date() + chrono::Days::new(8), at: find().at };
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| bookings::move_to(writing, &id, version, to))
            .unwrap();
        assert_eq!(find().state, BookingState::Planned);
    });
}

#[test]
fn a_void_record_stays_to_be_read_and_counts_for_nothing() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let before = file(given, &case);
        let mut form = session_form(given, "Gwen", &case);
        form.set("kind", "combined");
        form.set("personal.workload", "Heavy.");
        form.set("entry.0.action.0.what", "Ring the school");
        form.set("entry.0.action.0.who", given.person("Gwen").to_string());
        form.set_date("entry.0.action.0.by", now().date() + chrono::Days::new(3));
        let due = line_due(given, "Gwen");
        let id = logged(given, "Priya", &form).unwrap();
        assert_ne!(line_due(given, "Gwen"), due, "{}", given.engine);
        let void = |who: &str| {
            let id = id.clone();
            given.store.write(&given.who(who), now(), move |writing| {
                supervision::void(writing, &id, "Written about the wrong family")
            })
        };
        for who in ["Priya", "Gwen", "Helen", "Sam"] {
            assert!(matches!(void(who), Err(Problem::Refused(_))), "{who}");
        }
        assert!(opens(given, "Ros", &id).unwrap().may_void);
        void("Ros").unwrap();
        assert!(matches!(void("Ros"), Err(Problem::Invalid(_))), "once");
        let session = opens(given, "Gwen", &id).unwrap();
        assert_eq!(session.signing.state, RecordState::Voided);
        assert_eq!(session.signing.steps.last().unwrap().words, "Written about the wrong family");
        let after = file(given, &case);
        assert_eq!((after.last_held_on, after.next_on), (before.last_held_on, before.next_on));
        assert_eq!(line_due(given, "Gwen"), due, "it was never held");
        assert!(after.timeline[0].is_void);
        let action = after.actions.iter().find(|action| action.what == "Ring the school").unwrap();
        assert_eq!(action.state, ActionState::Dropped);
        assert_eq!(action.end_note, "The record in which this was agreed is void");
        assert_eq!(after.risk_level, domain::risk::RiskLevel::High, "nobody is safer for a mistake");
    });
}
