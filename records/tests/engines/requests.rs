//! Whoever is asked to clear the way for an action has it before them until they answer, and nobody else does.

use crate::given::{Given, case_of, log, logged, now, on_both_engines, session_form};
use crate::hand_over::leaves_to;
use crate::personal_actions::{agreeing, offered, reviewing};
use chrono::Duration;
use domain::form::Form;
use domain::hand_over::OpenKind;
use domain::ids::{ActionId, CaseId};
use domain::supervision::{ActionEnd, ActionState};
use records::actions::{self, ActionRow, AskedState, Request};
use records::{Problem, cases, people, supervision, waiting};

/// A session with Gwen about F-1042, in which Priya asks somebody to clear the way for its first action.
fn asking(given: &Given, whom: &str) -> (Form, CaseId, ActionId) {
    let case = case_of(given, "Priya", "F-1042");
    let action = given
        .store
        .read(&given.who("Priya"), now(), |reading| cases::open(reading, &case, None))
        .unwrap()
        .actions
        .into_iter()
        .map(|action| action.id)
        .min()
        .unwrap();
    let mut form = session_form(given, "Gwen", &case);
    form.set("entry.0.review.0.id", action.as_str());
    form.set("entry.0.review.0.outcome", "unblocked");
    form.set("entry.0.review.0.note", "Ring the school’s head.");
    form.set("entry.0.review.0.asked", given.person(whom).to_string());
    form.set_date("entry.0.review.0.by", now().date() + Duration::days(5));
    (form, case, action)
}

fn asked_of(given: &Given, name: &str) -> Vec<Request> {
    let listed = given.store.read(&given.who(name), now(), actions::my_requests).unwrap();
    listed.into_iter().map(|(request, can_open)| if can_open { request } else { panic!("{name}") }).collect()
}

fn waits_for(given: &Given, name: &str) -> i64 {
    given.store.read(&given.who(name), now(), waiting::waiting).unwrap().requests
}

fn answers(given: &Given, name: &str, request: &Request) -> Result<(), Problem> {
    let id = request.id.clone();
    given.store.write(&given.who(name), now(), move |writing| {
        actions::answer_request(writing, &id, "The head rings on Monday.")
    })
}

fn action(given: &Given, case: &CaseId, id: &ActionId) -> ActionRow {
    let file =
        given.store.read(&given.who("Priya"), now(), |reading| cases::open(reading, case, None)).unwrap();
    file.actions.into_iter().find(|action| action.id == *id).unwrap()
}

#[test]
fn rule_3_6_whoever_is_to_clear_the_way_is_told_and_has_it_before_them_until_they_answer() {
    on_both_engines(|given| {
        let (form, case, id) = asking(given, "Ros");
        let session = logged(given, "Priya", &form).unwrap();
        assert_eq!(waits_for(given, "Ros"), 1, "{}", given.engine);
        assert_eq!(waits_for(given, "Helen"), 0);
        let request = asked_of(given, "Ros").remove(0);
        assert_eq!((request.about.as_str(), request.note.as_str()), ("F-1042", "Ring the school’s head."));
        assert_eq!(request.due_on, now().date() + Duration::days(5));
        assert_eq!(request.asked_by, "Priya Nair");
        let told =
            given.mails(now()).into_iter().find(|mail| mail.subject.contains("waits for you")).unwrap();
        assert!(!told.body.contains("F-1042") && !told.body.contains("Priya"), "{}", told.body);
        for other in ["Priya", "Gwen", "Helen", "Sam", "Hanif"] {
            assert!(matches!(answers(given, other, &request), Err(Problem::Refused(_))), "{other}");
        }
        let signed = || {
            let read = |reading: &mut records::Reading<'_>| supervision::open(reading, &session);
            given.store.read(&given.who("Priya"), now(), read).unwrap().signing.text_hash
        };
        let before = signed();
        answers(given, "Ros", &request).unwrap();
        assert_eq!(signed(), before, "an answer is no part of what the two sign");
        assert_eq!((waits_for(given, "Ros"), asked_of(given, "Ros").len()), (0, 0));
        assert!(given.mails(now()).iter().any(|mail| mail.subject.contains("you have an answer")));
        let again = answers(given, "Ros", &request);
        assert!(matches!(again, Err(Problem::Invalid(_))), "once: {again:?}");
        let asked = action(given, &case, &id).reviews.pop().unwrap().asked.unwrap();
        assert_eq!(asked.name, "Ros Keane");
        assert!(
            matches!(&asked.state, AskedState::Answered { words, by: None, .. } if words == "The head rings on Monday."),
            "{:?}",
            asked.state
        );
        let told =
            given.store.read(&given.who("Priya"), now(), |reading| supervision::open(reading, &session));
        let in_record = told.unwrap().entries.into_iter().flat_map(|entry| entry.actions);
        let states: Vec<AskedState> = in_record
            .flat_map(|action| action.reviews)
            .filter_map(|review| review.asked.map(|asked| asked.state))
            .collect();
        assert_eq!(
            states,
            [AskedState::NotTold],
            "a record is read by others than those who read the answer"
        );
    });
}

#[test]
fn only_whoever_manages_the_case_is_asked() {
    on_both_engines(|given| {
        for stranger in ["Jo", "Dee", "Sam", "Hanif", "Luca", "Marta"] {
            let (form, ..) = asking(given, stranger);
            let Err(Problem::Invalid(problems)) = log(given, "Priya", &form) else { panic!("{stranger}") };
            let words = problems.of("entry.0.review.0.asked").unwrap();
            assert!(words.contains("cannot decide about it"), "{words}");
            assert_eq!(waits_for(given, stranger), 0, "{}", given.engine);
        }
    });
}

#[test]
fn a_later_decision_and_a_void_record_take_the_request_back() {
    on_both_engines(|given| {
        let (form, case, id) = asking(given, "Ros");
        log(given, "Priya", &form).unwrap();
        let (mut later, ..) = asking(given, "Helen");
        later.set("entry.0.review.0.outcome", "escalated");
        let session = logged(given, "Priya", &later).unwrap();
        assert_eq!((waits_for(given, "Ros"), waits_for(given, "Helen")), (0, 1), "{}", given.engine);
        given
            .store
            .write(&given.who("Ros"), now(), move |writing| {
                supervision::void(writing, &session, "The wrong family")
            })
            .unwrap();
        assert_eq!(
            (waits_for(given, "Ros"), waits_for(given, "Helen")),
            (1, 0),
            "what was decided before holds again"
        );
        let (done, ..) = asking(given, "Ros");
        log(given, "Priya", &done).unwrap();
        let request = asked_of(given, "Ros").remove(0);
        let end = ActionEnd { state: ActionState::Done, note: "They rang.".to_owned() };
        let version = action(given, &case, &id).version;
        given
            .store
            .write(&given.who("Gwen"), now(), move |writing| {
                actions::end_action(writing, &id, version, &end).map(drop)
            })
            .unwrap();
        assert_eq!(waits_for(given, "Ros"), 0, "what is done needs no way cleared");
        assert!(matches!(answers(given, "Ros", &request), Err(Problem::Invalid(_))));
    });
}

#[test]
fn whoever_leaves_hands_the_requests_on_to_somebody_who_can_open_them() {
    on_both_engines(|given| {
        let (form, ..) = asking(given, "Ros");
        log(given, "Priya", &form).unwrap();
        let ros = given.person("Ros");
        let open =
            given.store.read(&given.who("Sam"), now(), |reading| people::open_things(reading, &ros)).unwrap();
        let request = open.things.iter().find(|thing| thing.kind == OpenKind::Request).unwrap();
        assert!(request.name.starts_with("F-1042"), "{}", request.name);
        leaves_to(given, "Ros", "Helen");
        assert_eq!(asked_of(given, "Helen").len(), 1, "{}", given.engine);
        answers(given, "Helen", &asked_of(given, "Helen")[0]).unwrap();
    });
}

#[test]
fn what_is_asked_about_a_person_goes_to_their_supervisors_next_line_manager() {
    on_both_engines(|given| {
        let action = asked_about_gwen(given, "Ros").unwrap();
        let told = |who: &str| given.mails(now()).iter().filter(|mail| mail.subject.contains(who)).count();
        assert_eq!(told("waits for you"), 1, "{}", given.engine);
        leaves_to(given, "Ros", "Helen");
        assert_eq!(waits_for(given, "Helen"), 1);
        let listed = given.store.read(&given.who("Helen"), now(), actions::my_requests).unwrap();
        assert!(!listed[0].1, "she line-manages Priya from tomorrow on");
        let tomorrow = now() + Duration::days(1);
        let id = listed[0].0.id.clone();
        let actor = given
            .store
            .read(&records::Who::system("test"), tomorrow, |reading| {
                records::access::actor_of_person(reading, &given.person("Helen"))
            })
            .unwrap();
        given
            .store
            .write(&records::Who::person(actor, "test"), tomorrow, move |writing| {
                actions::answer_request(writing, &id, "I talk to them.")
            })
            .unwrap();
        let reviewed = offered(given, "Priya", "Gwen").into_iter().find(|open| open.id == action);
        assert!(reviewed.is_some(), "it goes on");
    });
}

/// What two agreed about Gwen, and whom Priya asks to decide about it.
fn asked_about_gwen(given: &Given, whom: &str) -> Result<ActionId, Problem> {
    log(given, "Priya", &agreeing(given, "Gwen", "Priya"))?;
    let action = offered(given, "Priya", "Gwen").remove(0).id;
    let mut form = reviewing(given, "Gwen", &action, "escalated", "We need somebody to decide.");
    form.set("personal.review.0.asked", given.person(whom).to_string());
    form.set_date("personal.review.0.by", now().date());
    log(given, "Priya", &form)?;
    Ok(action)
}

#[test]
fn readers_2_5_about_a_person_only_the_supervisors_line_manager_is_asked() {
    on_both_engines(|given| {
        for other in ["Helen", "Hanif", "Luca", "Gwen", "Priya"] {
            assert!(matches!(asked_about_gwen(given, other), Err(Problem::Invalid(_))), "{other}");
        }
        asked_about_gwen(given, "Ros").unwrap();
        assert_eq!(asked_of(given, "Ros")[0].about, "Gwen Hartley", "{}", given.engine);
    });
}
