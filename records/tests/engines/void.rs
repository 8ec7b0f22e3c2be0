//! A void record takes back what it did to everything around it.

use crate::given::{Given, booked, case_of, logged, now, on_both_engines, session_form};
use chrono::Duration;
use domain::bookings::BookingState;
use domain::form::Form;
use domain::ids::{ActionId, CaseEntryId, CaseId, SupervisionId};
use domain::preparation::{NewPreparation, Sharing};
use domain::risk::{NewRiskChange, RiskDirection, RiskLevel};
use domain::supervision::{ActionState, NewOversight, SHOWN_AGENDA};
use records::Problem;
use records::actions::ActionRow;
use records::cases::CaseFile;
use records::preparation::{self, Pair, PrepPack};
use records::{bookings, cases, reflection, review, supervision};

fn file(given: &Given, case: &CaseId) -> CaseFile {
    given.store.read(&given.who("Priya"), now(), |reading| cases::open(reading, case, None)).unwrap()
}

fn action(given: &Given, case: &CaseId, id: &ActionId) -> ActionRow {
    file(given, case).actions.into_iter().find(|action| action.id == *id).unwrap()
}

fn declared_void(given: &Given, id: &SupervisionId) {
    let id = id.clone();
    given
        .store
        .write(&given.who("Ros"), now(), move |writing| supervision::void(writing, &id, "The wrong family"))
        .unwrap();
}

/// A session with Gwen in which this becomes of an action.
fn reviewed(given: &Given, case: &CaseId, id: &ActionId, outcome: &str, note: &str) -> Form {
    let mut form = session_form(given, "Gwen", case);
    form.set("entry.0.review.0.id", id.as_str());
    form.set("entry.0.review.0.outcome", outcome);
    form.set("entry.0.review.0.note", note);
    form
}

#[test]
fn what_a_void_record_decided_about_earlier_actions_is_undecided_again() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let open: Vec<ActionRow> = file(given, &case)
            .actions
            .into_iter()
            .filter(|action| action.state == ActionState::Open)
            .collect();
        let id = &open[0].id;
        logged(given, "Priya", &reviewed(given, &case, id, "carried", "")).unwrap();
        let before = action(given, &case, id);
        assert_eq!((before.state, before.carried), (ActionState::Open, 1), "{}", given.engine);
        let mut unblocking = reviewed(given, &case, id, "unblocked", "Ros rings their manager.");
        unblocking.set_date("entry.0.review.0.by", now().date() + Duration::days(9));
        let first = logged(given, "Priya", &unblocking).unwrap();
        let last =
            logged(given, "Priya", &reviewed(given, &case, id, "done", "The reply is on the file.")).unwrap();
        assert_eq!(action(given, &case, id).state, ActionState::Done);
        // A later session has decided since: the earlier one takes nothing back.
        declared_void(given, &first);
        assert_eq!(action(given, &case, id).state, ActionState::Done);
        declared_void(given, &last);
        let after = action(given, &case, id);
        assert_eq!(after.state, ActionState::Open);
        assert_eq!((after.due_on, after.carried), (before.due_on, 1), "with the day and the count of before");
        assert_eq!((after.end_note.as_str(), after.ended_on), ("", None));
    });
}

#[test]
fn what_waited_for_a_void_session_waits_for_the_next() {
    on_both_engines(|given| {
        let (case, pair) = (
            case_of(given, "Priya", "F-1042"),
            Pair { supervisor: given.person("Priya"), supervisee: given.person("Gwen") },
        );
        let pack = || -> PrepPack {
            given.store.read(&given.who("Gwen"), now(), |reading| preparation::pack(reading, &pair)).unwrap()
        };
        let booking = booked(given, "Gwen", now().date());
        let (two, new) = (
            pair.clone(),
            NewPreparation {
                answers: vec![("stuck_on", "The call to his mother.".to_owned())],
                wellbeing: None,
                sharing: Sharing::Shared,
            },
        );
        given
            .store
            .write(&given.who("Gwen"), now(), move |writing| {
                preparation::add_to_agenda(writing, &two, "The long drive")?;
                preparation::prepare(writing, &two, 0, &new)
            })
            .unwrap();
        let prepared = pack();
        let mut form = session_form(given, "Gwen", &case);
        form.set("kind", "combined");
        form.set("personal.workload", "Heavy.");
        form.set(SHOWN_AGENDA, prepared.agenda[0].id.to_string());
        let waiting =
            || given.store.read(&given.who("Gwen"), now(), reflection::waiting_questions).unwrap().len();
        let asked_before = waiting();
        let session = logged(given, "Priya", &form).unwrap();
        let state = || {
            given
                .store
                .read(&given.who("Priya"), now(), |reading| bookings::open(reading, &booking.id))
                .unwrap()
                .state
        };
        assert_eq!(state(), BookingState::Held, "{}", given.engine);
        assert!(pack().agenda.is_empty() && pack().preparation.is_none());
        assert!(waiting() > asked_before, "a rise in risk asks something");
        declared_void(given, &session);
        assert_eq!(state(), BookingState::Planned);
        assert_eq!(pack().agenda, prepared.agenda);
        assert_eq!(pack().preparation, prepared.preparation);
        assert_eq!(waiting(), asked_before, "nobody answers for a talk that was not held");
    });
}

#[test]
fn a_void_entry_does_not_go_to_the_case_record() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let session = logged(given, "Priya", &session_form(given, "Gwen", &case)).unwrap();
        let entry: CaseEntryId = file(given, &case).timeline[0].entry.clone().unwrap().id;
        let reads = || {
            given
                .store
                .read(&given.who("Gwen"), now(), |reading| cases::open_entry(reading, &case, &entry))
                .unwrap()
        };
        assert!(reads().may_file && !reads().entry.is_void(), "{}", given.engine);
        declared_void(given, &session);
        assert!(reads().entry.is_void() && !reads().may_file);
        let (case, entry) = (case.clone(), entry.clone());
        let filed = given
            .store
            .write(&given.who("Gwen"), now(), move |writing| cases::file_entry(writing, &case, &entry));
        assert!(matches!(filed, Err(Problem::Invalid(_) | Problem::NotFound | Problem::Refused(_))));
    });
}

#[test]
fn a_void_note_of_oversight_stays_to_be_read_and_nobody_has_looked() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let waits = || {
            let read = given.store.read(&given.who("Priya"), now(), |reading| review::overdue(reading, 5));
            let to_look_at = read.unwrap().to_look_at;
            to_look_at.into_iter().find(|(waiting, _)| waiting.id == case).map(|(_, due)| due.due_on)
        };
        let counting = || file(given, &case).timeline.iter().filter(|item| !item.is_void()).count();
        let rise = NewRiskChange {
            on: now().date(),
            level: RiskLevel::High,
            direction: RiskDirection::Up,
            note: "The neighbour rang.".to_owned(),
            is_repeat: false,
            checklist: None,
        };
        let at = case.clone();
        given
            .store
            .write(&given.who("Gwen"), now(), move |writing| cases::note_risk(writing, &at, &rise))
            .unwrap();
        let (due, counted) = (waits(), counting());
        assert!(due.is_some(), "{}: her manager is to look", given.engine);

        let mut form = Form::default();
        for (field, value) in [
            ("what_happened", "The neighbour’s call."),
            ("act", "act"),
            ("decision", "A visit today."),
            ("rationale", "It was the second."),
            ("risk_level", "high"),
            ("risk_direction", "same"),
            ("action.0.what", "Visit"),
            ("action.0.who", given.person("Gwen").as_str()),
        ] {
            form.set(field, value);
        }
        let note = NewOversight::parse(&form, now().date()).unwrap();
        let (at, day_after) = (case.clone(), now() + Duration::days(1));
        let id = given
            .store
            .write(&given.who("Priya"), day_after, move |writing| supervision::oversee(writing, &at, &note))
            .unwrap();
        assert_eq!(waits(), None, "she has looked");
        let visit = || file(given, &case).actions.into_iter().find(|action| action.what == "Visit").unwrap();
        assert_eq!((visit().state, counting()), (ActionState::Open, counted + 1));

        let reads = |name: &str| {
            let open = |reading: &mut records::Reading<'_>| cases::open_entry(reading, &case, &id);
            given.store.read(&given.who(name), day_after, open).unwrap()
        };
        assert!(!reads("Priya").may_void && !reads("Gwen").may_void && reads("Ros").may_void);
        let void = |name: &str| {
            let (case, id) = (case.clone(), id.clone());
            given.store.write(&given.who(name), day_after, move |writing| {
                supervision::void_oversight(writing, &case, &id, "It was another family.")
            })
        };
        for name in ["Priya", "Gwen", "Owen", "Sam"] {
            assert!(matches!(void(name), Err(Problem::Refused(_))), "{name}");
        }
        void("Ros").unwrap();
        assert!(matches!(void("Ros"), Err(Problem::Invalid(_))), "once");
        assert_eq!(waits(), due, "{}: nobody has looked", given.engine);
        assert_eq!((visit().state, counting()), (ActionState::Dropped, counted));
        let copy = reads("Ros");
        assert_eq!(copy.added.last().unwrap().words, "It was another family.");
        assert!(copy.entry.is_void() && !copy.may_void && !copy.may_add && !copy.may_file);
        let (at, added_to) = (case.clone(), id.clone());
        let added = given.store.write(&given.who("Ros"), day_after, move |writing| {
            supervision::add_to_oversight(writing, &at, &added_to, "One more thing.")
        });
        assert!(matches!(added, Err(Problem::Invalid(_))));
        assert_eq!(file(given, &case).risk_level, RiskLevel::High, "nobody is safer for a mistake");
    });
}
