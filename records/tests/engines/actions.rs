//! Actions come back in each session until they are done, dropped or replaced; what was carried over three times is decided
//! about.

use crate::given::{Given, case_of, log, now, on_both_engines, session_form};
use chrono::Duration;
use domain::form::Form;
use domain::ids::{ActionId, CaseId};
use domain::supervision::{ActionState, OverdueBand};
use records::Problem;
use records::actions::{self, ActionRow, Whose};
use records::cases;

/// The actions of a case, as its manager sees them.
fn actions(given: &Given, case: &CaseId) -> Vec<ActionRow> {
    given.store.read(&given.who("Priya"), now(), |reading| cases::open(reading, case, None)).unwrap().actions
}

fn open(given: &Given, case: &CaseId) -> Vec<ActionRow> {
    actions(given, case).into_iter().filter(|action| action.state == ActionState::Open).collect()
}

fn action(given: &Given, case: &CaseId, id: &ActionId) -> ActionRow {
    actions(given, case).into_iter().find(|action| action.id == *id).unwrap()
}

/// A session with Gwen about the case, in which this becomes of an action.
fn reviewed(given: &Given, case: &CaseId, id: &ActionId, outcome: &str, note: &str, by: Option<i64>) -> Form {
    let mut form = session_form(given, "Gwen", case);
    form.set("entry.0.review.0.id", id.as_str());
    form.set("entry.0.review.0.outcome", outcome);
    form.set("entry.0.review.0.note", note);
    if let Some(days) = by {
        form.set_date("entry.0.review.0.by", now().date() + Duration::days(days));
    }
    form
}

fn problem_of(outcome: Result<(), Problem>) -> (String, String) {
    match outcome {
        Err(Problem::Invalid(mut problems)) => {
            let problem = problems.0.remove(0);
            (problem.field, problem.words)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn record_3_1_what_is_partly_done_says_so_goes_on_and_counts_as_carried() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let id = open(given, &case)[0].id.clone();
        let said = "The school was asked; the nursery was not.";
        let (field, _) = problem_of(log(given, "Priya", &reviewed(given, &case, &id, "part_done", "", None)));
        assert_eq!(field, "entry.0.review.0.note");
        for times in 1..=3 {
            log(given, "Priya", &reviewed(given, &case, &id, "part_done", said, None)).unwrap();
            let action = action(given, &case, &id);
            assert_eq!((action.carried, action.state), (times, ActionState::Open), "{}", given.engine);
            assert_eq!(action.reviews.last().unwrap().note, said);
        }
        let (_, words) =
            problem_of(log(given, "Priya", &reviewed(given, &case, &id, "part_done", said, None)));
        assert!(words.starts_with("This was carried over 3 times"), "{words}");
    });
}

#[test]
fn rule_3_6_what_was_carried_over_three_times_is_decided_about_in_the_fourth() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let id = open(given, &case)[0].id.clone();
        for times in 1..=3 {
            log(given, "Priya", &reviewed(given, &case, &id, "carried", "", None)).unwrap();
            assert_eq!(action(given, &case, &id).carried, times, "{}", given.engine);
        }
        let (field, words) =
            problem_of(log(given, "Priya", &reviewed(given, &case, &id, "carried", "", None)));
        assert_eq!(field, "entry.0.review.0.outcome");
        assert!(words.starts_with("This was carried over 3 times"), "{words}");
        log(given, "Priya", &reviewed(given, &case, &id, "unblocked", "Ros rings their manager.", Some(5)))
            .unwrap();
        let unblocked = action(given, &case, &id);
        assert_eq!((unblocked.carried, unblocked.state), (0, ActionState::Open));
        assert_eq!(unblocked.due_on, now().date() + Duration::days(5));
        assert_ne!(unblocked.agreed_for, unblocked.due_on, "what was agreed at first stays readable");
        assert_eq!(unblocked.reviews.len(), 4);
        log(given, "Priya", &reviewed(given, &case, &id, "carried", "", None)).unwrap();
    });
}

#[test]
fn done_and_dropped_end_an_action_and_something_else_takes_its_place() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let ids: Vec<ActionId> = open(given, &case).into_iter().map(|action| action.id).collect();
        log(given, "Priya", &reviewed(given, &case, &ids[0], "done", "The reply is on the file.", None))
            .unwrap();
        let done = action(given, &case, &ids[0]);
        assert_eq!((done.state, done.ended_on), (ActionState::Done, Some(now().date())), "{}", given.engine);
        assert_eq!(done.end_note, "The reply is on the file.");
        log(given, "Priya", &reviewed(given, &case, &ids[1], "changed", "See them at home.", Some(7)))
            .unwrap();
        let replaced = action(given, &case, &ids[1]);
        assert_eq!(replaced.state, ActionState::Superseded);
        let now_open = open(given, &case);
        let instead = now_open.iter().find(|action| action.what == "See them at home.").unwrap();
        assert_eq!(instead.owner_id, replaced.owner_id, "the same person does it");
        assert_eq!((instead.fallback.as_str(), instead.carried), (replaced.fallback.as_str(), 0));
        let again =
            problem_of(log(given, "Priya", &reviewed(given, &case, &ids[0], "dropped", "Why.", None)));
        assert!(again.1.starts_with("This has ended already: Done"), "{}", again.1);
        log(given, "Priya", &reviewed(given, &case, &ids[0], "carried", "", None)).unwrap();
        assert_eq!(
            action(given, &case, &ids[0]).state,
            ActionState::Done,
            "what has ended is not carried on"
        );
    });
}

#[test]
fn an_action_of_another_case_is_not_there() {
    on_both_engines(|given| {
        let (case, other) = (case_of(given, "Priya", "F-1042"), case_of(given, "Priya", "F-0930"));
        let id = open(given, &case)[0].id.clone();
        let refused = log(given, "Priya", &reviewed(given, &other, &id, "dropped", "Not ours.", None));
        assert!(matches!(refused, Err(Problem::NotFound)), "{}: {refused:?}", given.engine);
        assert_eq!(action(given, &case, &id).state, ActionState::Open);
    });
}

#[test]
fn bad_input_nothing_is_due_before_it_is_set_or_discussed_before_the_case_was_allocated() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let mut form = session_form(given, "Gwen", &case);
        form.set("entry.0.action.0.what", "Ring the school");
        form.set("entry.0.action.0.who", given.person("Gwen").to_string());
        form.set_date("entry.0.action.0.by", now().date() - Duration::days(1));
        assert_eq!(problem_of(log(given, "Priya", &form)).0, "entry.0.action.0.by", "{}", given.engine);
        let file =
            given.store.read(&given.who("Priya"), now(), |reading| cases::details(reading, &case)).unwrap();
        let mut form = session_form(given, "Gwen", &case);
        form.set_date("held_on", file.details.allocated_on - Duration::days(1));
        let (field, words) = problem_of(log(given, "Priya", &form));
        assert_eq!(field, "held_on");
        assert!(words.starts_with("F-1042 was allocated on"), "{words}");
    });
}

#[test]
fn the_list_holds_what_its_reader_may_open_and_each_band_its_days() {
    on_both_engines(|given| {
        let list = |name: &str, whose, band| {
            let page = given
                .store
                .read(&given.who(name), now(), |reading| actions::action_list(reading, whose, band, None))
                .unwrap();
            (page.actions.into_iter().map(|(action, _)| action).collect::<Vec<_>>(), page.counts)
        };
        for name in ["Priya", "Marta", "Gwen", "Luca", "Ros", "Hanif"] {
            let (listed, counts) = list(name, Whose::Team, None);
            assert_eq!(listed.len(), counts.values().sum::<usize>(), "{}: {name}", given.engine);
            for action in &listed {
                let opened = given.store.read(&given.who(name), now(), |reading| match action.case() {
                    Some(case) => cases::open(reading, case, None).map(drop),
                    None => actions::open_action(reading, &action.id).map(drop),
                });
                assert!(opened.is_ok(), "{name} may open what “{}” is about", action.what);
            }
            for (band, count) in counts {
                let (of_band, _) = list(name, Whose::Team, Some(band));
                assert_eq!(of_band.len(), count, "{name} {band:?}");
                let fits = |action: &ActionRow| OverdueBand::of(action.due_on, now().date()) == band;
                assert!(of_band.iter().all(fits));
            }
        }
        assert!(list("Priya", Whose::Team, None).0.len() > list("Luca", Whose::Team, None).0.len());
        let mine = list("Gwen", Whose::Mine, None).0;
        assert!(!mine.is_empty());
        assert!(mine.iter().all(|action| action.owner_id == Some(given.person("Gwen"))));
        let sam = given
            .store
            .read(&given.who("Sam"), now(), |reading| actions::action_list(reading, Whose::Team, None, None));
        assert!(matches!(sam, Err(Problem::Refused(_))), "an administrator sees no case");
    });
}
