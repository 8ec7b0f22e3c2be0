//! Sessions that are not of every day: with more than two people, watched, among peers, after a serious incident; and records that
//! turn out not to count.

use crate::given::{Given, case_of, log, logged, now, on_both_engines, session_form};
use domain::TextValue;
use domain::bookings::BookingState;
use domain::cadence::PersonStanding;
use domain::form::Form;
use domain::ids::{BookingId, CaseId, SupervisionId};
use domain::people::LinkKind;
use domain::supervision::{ActionState, FOLLOW_UP, RecordState, SupervisionKind};
use records::Problem;
use records::cases::CaseFile;
use records::preparation::Pair;
use records::supervision::SessionFile;
use records::{bookings, cases, preparation, supervision};

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

/// The form with these weeks ticked.
fn meeting_again_after(form: &Form, weeks: &[u32]) -> Form {
    let ticked = weeks.iter().map(|weeks| (FOLLOW_UP.to_owned(), weeks.to_string()));
    Form::new(form.fields().iter().cloned().chain(ticked).collect())
}

#[test]
fn after_a_serious_incident_the_next_meetings_are_booked_and_the_case_is_not_named() {
    on_both_engines(|given| {
        let mut form = of_kind(given, "Gwen", SupervisionKind::SeriousIncident);
        form.set("personal.wellbeing", "She has not slept.");
        form.set("session.answer.incident", "On Friday, at a visit.");
        // A Friday; it is talked about and written up on the Tuesday after the next weekend.
        let friday = now().date() - chrono::Days::new(11);
        form.set_date("incident_on", friday);
        let form = meeting_again_after(&form, &[1, 4, 12]);
        let day = |weeks: u64| friday + chrono::Days::new(7 * weeks);
        let days = [now().date() + chrono::Days::new(1), day(4), day(12)];
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
        let form = meeting_again_after(&form, &[1]);
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
        assert!(opens(given, "Ros", &id).unwrap().may_void());
        void("Ros").unwrap();
        assert!(matches!(void("Ros"), Err(Problem::Invalid(_))), "once");
        let session = opens(given, "Gwen", &id).unwrap();
        assert_eq!(session.signing.state, RecordState::Voided);
        assert_eq!(session.signing.steps.last().unwrap().words, "Written about the wrong family");
        let after = file(given, &case);
        assert_eq!((after.last_held_on, after.next_on), (before.last_held_on, before.next_on));
        assert_eq!(line_due(given, "Gwen"), due, "it was never held");
        assert!(after.timeline[0].is_void());
        let action = after.actions.iter().find(|action| action.what == "Ring the school").unwrap();
        assert_eq!(action.state, ActionState::Dropped);
        assert_eq!(action.end_note, "The record in which this was agreed is void");
        assert_eq!(after.risk_level, domain::risk::RiskLevel::High, "nobody is safer for a mistake");
    });
}

/// A session of some kind that Priya books with somebody for today.
fn booked_today(given: &Given, supervisee: &str, kind: SupervisionKind) -> BookingId {
    let new = domain::bookings::NewBooking {
        supervisee: given.person(supervisee),
        kind,
        mode: domain::supervision::Mode::InPerson,
        on: now().date(),
        at: chrono::NaiveTime::MIN,
        minutes: 60,
        series: domain::bookings::Series { every_weeks: 1, times: 1 },
        instead_of: None,
    };
    given.store.write(&given.who("Priya"), now(), move |writing| bookings::book(writing, &new)).unwrap();
    let all = given.store.read(&given.who("Priya"), now(), bookings::list).unwrap();
    all.into_iter().find(|booking| booking.kind == kind && booking.state.is_ahead()).unwrap().id
}

fn puts(given: &Given, who: &str, booking: &BookingId, words: &'static str) -> Result<(), Problem> {
    let booking = booking.clone();
    let add = move |writing: &mut records::Writing<'_>| {
        preparation::add_to_booked_agenda(writing, &booking, words).map(drop)
    };
    given.store.write(&given.who(who), now(), add)
}

fn agenda(given: &Given, who: &str, booking: &BookingId) -> Result<Vec<String>, Problem> {
    let read =
        given.store.read(&given.who(who), now(), |reading| preparation::booked_agenda(reading, booking));
    read.map(|agenda| agenda.items.into_iter().map(|(item, _)| item.words).collect())
}

#[test]
fn a_booked_group_opens_with_the_work_that_each_of_its_readers_brings() {
    on_both_engines(|given| {
        let booking = booked_today(given, "Gwen", SupervisionKind::Group);
        let opened = |who: &str| {
            let pack = given
                .store
                .read(&given.who(who), now(), |reading| preparation::booked_pack(reading, &booking));
            pack.unwrap()
        };
        let worked_on = |who: &str| {
            let brings = opened(who).brings.unwrap();
            (brings.supervisee, brings.cases.into_iter().map(|case| case.case.reference).collect::<Vec<_>>())
        };
        let of_gwen = worked_on("Gwen");
        assert!(!of_gwen.1.is_empty());
        assert_eq!(worked_on("Priya"), of_gwen, "who leads it prepares for whoever presents");
        let (whose, of_luca) = worked_on("Luca");
        assert!(whose.starts_with("Luca") && of_luca.contains(&"F-1190".to_owned()), "{of_luca:?}");
        assert!(!of_luca.contains(&"F-0930".to_owned()), "others bring their own: {of_luca:?}");
        assert_eq!(opened("Gwen").last, None, "no group has met yet");
        // Another group, with Luca there and Nia not.
        let mut held = session_form(given, "Gwen", &case_of(given, "Priya", "F-1042"));
        held.set("kind", "group");
        held.set("there", given.person("Luca").to_string());
        held.set("session.answer.dilemma", "Who is told?");
        held.set_date("held_on", now().date() - chrono::Duration::days(1));
        let session = logged(given, "Priya", &held).unwrap();
        for who in ["Priya", "Gwen", "Luca"] {
            let last = opened(who).last.map(|(id, _)| id);
            assert_eq!(last.as_ref(), Some(&session), "{who} was there");
        }
        assert_eq!(opened("Nia").last, None, "who was not there does not open it");
        let incident = booked_today(given, "Luca", SupervisionKind::Live);
        let mut watched = domain::form::Form::default();
        for (field, value) in [
            ("kind", "live"),
            ("mode", "in_person"),
            ("minutes", "60"),
            ("session.answer.observed", "A first visit."),
        ] {
            watched.set(field, value);
        }
        watched.set("supervisee", given.person("Gwen").to_string());
        watched.set_date("held_on", now().date() - chrono::Duration::days(1));
        logged(given, "Priya", &watched).unwrap();
        let read = |reading: &mut records::Reading<'_>| preparation::booked_pack(reading, &incident);
        let of_luca = given.store.read(&given.who("Priya"), now(), read).unwrap();
        assert_eq!(of_luca.last, None, "that was with somebody else");
        assert!(of_luca.is_to_come);
    });
}

#[test]
fn readers_a_booked_session_of_a_special_kind_has_an_agenda_of_its_own_for_whoever_may_be_there() {
    on_both_engines(|given| {
        for (kind, members) in [
            (SupervisionKind::Live, &[][..]),
            (SupervisionKind::SeriousIncident, &[]),
            (SupervisionKind::Joint, &[]),
            (SupervisionKind::Group, &["Luca", "Nia"]),
        ] {
            let booking = booked_today(given, "Gwen", kind);
            for who in ["Priya", "Gwen"].iter().chain(members) {
                puts(given, who, &booking, "A line").unwrap();
            }
            assert_eq!(
                agenda(given, "Gwen", &booking).unwrap().len(),
                2 + members.len(),
                "{kind} {}",
                given.engine
            );
            for who in ["Luca", "Nia", "Ros", "Marta", "Jo", "Sam", "Hanif"] {
                let may = members.contains(&who);
                assert_eq!(agenda(given, who, &booking).is_ok(), may, "{who} and {kind}");
                assert_eq!(puts(given, who, &booking, "Mine too").is_ok(), may, "{who} and {kind}");
            }
            let pair = Pair { supervisor: given.person("Priya"), supervisee: given.person("Gwen") };
            let own =
                given.store.read(&given.who("Gwen"), now(), |reading| preparation::agenda(reading, &pair));
            assert!(own.unwrap().is_empty(), "the next session of the two has nothing of it");
        }
        let routine = booked_today(given, "Gwen", SupervisionKind::Personal);
        assert!(
            matches!(agenda(given, "Gwen", &routine), Err(Problem::NotFound)),
            "that is the agenda of the two"
        );
    });
}

#[test]
fn what_the_two_keep_of_a_special_agenda_waits_for_their_next_session_and_a_moved_one_takes_its_agenda_along()
{
    on_both_engines(|given| {
        let booking = booked_today(given, "Tom", SupervisionKind::Live);
        puts(given, "Tom", &booking, "How I end the visit").unwrap();
        puts(given, "Priya", &booking, "Where the child sits").unwrap();
        let version = given
            .store
            .read(&given.who("Tom"), now(), |reading| bookings::open(reading, &booking))
            .unwrap()
            .version;
        let instead = domain::bookings::Move { on: now().date(), at: chrono::NaiveTime::MIN };
        let cancelling = domain::bookings::Cancelling {
            reason: Some(domain::bookings::CancelReason::Court),
            note: String::new(),
            instead: Some(instead),
        };
        let id = booking.clone();
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| {
                bookings::cancel(writing, &id, version, &cancelling)
            })
            .unwrap();
        let tom = given.person("Tom");
        let offered = given
            .store
            .read(&given.who("Priya"), now(), |reading| {
                preparation::agenda_of_kind(reading, &tom, SupervisionKind::Live)
            })
            .unwrap();
        assert_eq!(offered.len(), 2, "{}: it went with the session", given.engine);
        let mut form = of_kind(given, "Tom", SupervisionKind::Live);
        form.set("session.answer.observed", "A visit.");
        form.set(domain::supervision::KEPT_AGENDA, offered[0].id.as_str());
        let shown =
            offered.iter().map(|item| (domain::supervision::SHOWN_AGENDA.to_owned(), item.id.to_string()));
        let form = Form::new(form.fields().iter().cloned().chain(shown).collect());
        log(given, "Priya", &form).unwrap();
        let pair = Pair { supervisor: given.person("Priya"), supervisee: given.person("Tom") };
        let kept = given
            .store
            .read(&given.who("Tom"), now(), |reading| preparation::agenda(reading, &pair))
            .unwrap();
        let words: Vec<&str> = kept.iter().map(|item| item.words.as_str()).collect();
        assert_eq!(words, ["How I end the visit"]);
    });
}

#[test]
fn a_special_session_that_was_said_to_be_held_opens_with_its_agenda_and_keeps_it() {
    on_both_engines(|given| {
        // Nia was to present.
        let booking = booked_today(given, "Nia", SupervisionKind::Group);
        for who in ["Gwen", "Luca"] {
            puts(given, who, &booking, "Who is at the door?").unwrap();
        }
        let id = booking.clone();
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| bookings::say_held(writing, &id))
            .unwrap();
        puts(given, "Nia", &booking, "And who opens it?").unwrap();
        // Gwen presents in the end: the group is the same.
        let gwen = given.person("Gwen");
        let offered = given
            .store
            .read(&given.who("Priya"), now(), |reading| {
                preparation::agenda_of_kind(reading, &gwen, SupervisionKind::Group)
            })
            .unwrap();
        assert_eq!(offered.len(), 3, "{}", given.engine);
        let case = case_of(given, "Priya", "F-1042");
        let mut form = session_form(given, "Gwen", &case);
        form.set("kind", SupervisionKind::Group.code());
        form.set("there", given.person("Luca").to_string());
        form.set(domain::supervision::SHOWN_AGENDA, offered[0].id.as_str());
        log(given, "Priya", &form).unwrap();
        let found = given.store.read(&given.who("Priya"), now(), |reading| bookings::open(reading, &booking));
        assert!(found.unwrap().supervision.is_some());
        assert!(agenda(given, "Priya", &booking).unwrap().is_empty(), "all of it went with the session");
        assert!(matches!(puts(given, "Luca", &booking, "Too late"), Err(Problem::Invalid(_))));
    });
}
