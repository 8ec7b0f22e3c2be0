//! A void record takes back what it did to everything around it.

use crate::given::{Given, booked, case_of, logged, now, on_both_engines, session_form};
use chrono::Duration;
use domain::bookings::BookingState;
use domain::form::Form;
use domain::ids::{ActionId, CaseEntryId, CaseId, SupervisionId};
use domain::preparation::{NewPreparation, Sharing};
use domain::supervision::{ActionState, SHOWN_AGENDA};
use records::Problem;
use records::actions::ActionRow;
use records::cases::CaseFile;
use records::preparation::{self, Pair, PrepPack};
use records::{bookings, cases, reflection, supervision};

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
        assert!(reads().may_file && !reads().is_void, "{}", given.engine);
        declared_void(given, &session);
        assert!(reads().is_void && !reads().may_file);
        let (case, entry) = (case.clone(), entry.clone());
        let filed = given
            .store
            .write(&given.who("Gwen"), now(), move |writing| cases::file_entry(writing, &case, &entry));
        assert!(matches!(filed, Err(Problem::Invalid(_) | Problem::NotFound | Problem::Refused(_))));
    });
}
