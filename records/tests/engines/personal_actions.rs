//! What two people agree about the one who is supervised: it comes back until it has ended, and is read by those who read the personal
//! part.

use crate::given::{Given, case_of, logged, now, on_both_engines, session_form};
use chrono::Duration;
use domain::TextValue;
use domain::form::Form;
use domain::ids::{ActionId, SupervisionId};
use domain::supervision::{ActionEnd, ActionState, SupervisionKind};
use records::Problem;
use records::actions::{self, ActionRow, Whose};
use records::preparation::Pair;
use records::supervision;

pub const WHAT: &str = "Keep Thursdays free of duty";

fn session(given: &Given, supervisee: &str) -> Form {
    let mut form = Form::default();
    form.set("supervisee", given.person(supervisee).to_string());
    form.set("kind", SupervisionKind::Personal.code());
    form.set("mode", "in_person");
    form.set("minutes", "60");
    form.set_date("held_on", now().date());
    form.set("personal.workload", "Heavy.");
    form
}

/// The form of a session in which the two agree on [`WHAT`].
pub fn agreeing(given: &Given, supervisee: &str, owner: &str) -> Form {
    let mut form = session(given, supervisee);
    // The block above it was left empty.
    form.set("personal.action.0.what", "");
    form.set("personal.action.1.what", WHAT);
    form.set("personal.action.1.who", given.person(owner).to_string());
    form.set_date("personal.action.1.by", now().date() + Duration::days(7));
    form
}

pub fn reviewing(given: &Given, supervisee: &str, id: &ActionId, outcome: &str, note: &str) -> Form {
    let mut form = session(given, supervisee);
    form.set("personal.review.0.id", id.as_str());
    form.set("personal.review.0.outcome", outcome);
    form.set("personal.review.0.note", note);
    form
}

/// What a session of these two opens with about the one who is supervised.
pub fn offered(given: &Given, supervisor: &str, supervisee: &str) -> Vec<ActionRow> {
    let pair = Pair { supervisor: given.person(supervisor), supervisee: given.person(supervisee) };
    let read = |who: &str| {
        let open = given
            .store
            .read(&given.who(who), now(), |reading| actions::open_actions(reading, &[], Some(&pair)));
        open.unwrap().personal.actions
    };
    let found = read(supervisor);
    assert_eq!(read(supervisee), found, "both open with the same");
    found.into_iter().filter(|action| action.what == WHAT).collect()
}

fn shown(given: &Given, who: &str, id: &SupervisionId) -> Option<Vec<ActionRow>> {
    let file = given.store.read(&given.who(who), now(), |reading| supervision::open(reading, id)).ok()?;
    file.personal.map(|part| part.actions)
}

fn listed(given: &Given, who: &str, whose: Whose) -> bool {
    let list =
        given.store.read(&given.who(who), now(), |reading| actions::action_list(reading, whose, None, None));
    list.is_ok_and(|list| {
        list.actions.iter().any(|(action, of)| action.what == WHAT && of.starts_with("Gwen"))
    })
}

fn field_of(outcome: Result<SupervisionId, Problem>) -> String {
    match outcome {
        Err(Problem::Invalid(problems)) => problems.0[0].field.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rule_3_6_what_was_agreed_about_a_person_comes_back_until_it_has_ended() {
    on_both_engines(|given| {
        let agreed = logged(given, "Priya", &agreeing(given, "Gwen", "Priya")).unwrap();
        let id = offered(given, "Priya", "Gwen")[0].id.clone();
        for times in 1..=3 {
            logged(given, "Priya", &reviewing(given, "Gwen", &id, "carried", "")).unwrap();
            assert_eq!(offered(given, "Priya", "Gwen")[0].carried, times, "{}", given.engine);
        }
        let again = logged(given, "Priya", &reviewing(given, "Gwen", &id, "carried", ""));
        assert_eq!(field_of(again), "personal.review.0.outcome");
        // A session about a case alone does not have to decide about the person.
        let mut case = session_form(given, "Gwen", &case_of(given, "Priya", "F-1042"));
        case.set("personal.review.0.id", id.as_str());
        logged(given, "Priya", &case).unwrap();
        let done =
            logged(given, "Priya", &reviewing(given, "Gwen", &id, "done", "Owen has it now.")).unwrap();
        assert!(offered(given, "Priya", "Gwen").is_empty());
        let then = shown(given, "Gwen", &agreed).unwrap();
        assert_eq!((then[0].what.as_str(), then[0].state), (WHAT, ActionState::Done));
        assert_eq!(
            shown(given, "Gwen", &done).unwrap()[0].review_in_session(&done).unwrap().note,
            "Owen has it now."
        );
    });
}

#[test]
fn readers_an_action_about_a_person_is_read_by_those_of_the_personal_part_alone() {
    on_both_engines(|given| {
        let session = logged(given, "Priya", &agreeing(given, "Gwen", "Gwen")).unwrap();
        let id = offered(given, "Priya", "Gwen")[0].id.clone();
        let opens = |who: &str| {
            given.store.read(&given.who(who), now(), |reading| actions::open_action(reading, &id)).is_ok()
        };
        for who in ["Priya", "Gwen", "Ros"] {
            assert_eq!(shown(given, who, &session).unwrap().len(), 1, "{who} {}", given.engine);
        }
        for who in ["Tom", "Luca", "Owen", "Marta", "Hanif", "Sam", "Helen", "Dee"] {
            assert!(shown(given, who, &session).is_none_or(|actions| actions.is_empty()), "{who}");
            assert!(!opens(who), "{who}");
            assert!(!listed(given, who, Whose::Team) && !listed(given, who, Whose::Mine), "{who}");
        }
        assert!(opens("Priya") && opens("Gwen"));
        assert!(listed(given, "Gwen", Whose::Mine) && listed(given, "Priya", Whose::Team));
        let third = logged(given, "Priya", &agreeing(given, "Gwen", "Luca"));
        assert_eq!(
            field_of(third),
            "personal.action.1.who",
            "nobody else may read what they would have to do"
        );
    });
}

#[test]
fn who_supervises_the_work_now_goes_on_with_it_and_what_was_reflected_on_stays_between_two() {
    on_both_engines(|given| {
        // Owen supervises Tom's reflection, Priya his work.
        logged(given, "Owen", &agreeing(given, "Tom", "Tom")).unwrap();
        assert_eq!(offered(given, "Owen", "Tom").len(), 1, "{}", given.engine);
        assert!(offered(given, "Priya", "Tom").is_empty());
        let reflected = offered(given, "Owen", "Tom")[0].id.clone();
        let taken = logged(given, "Priya", &reviewing(given, "Tom", &reflected, "done", "Done."));
        assert!(matches!(taken, Err(Problem::NotFound)), "it is not hers to end");
        logged(given, "Priya", &agreeing(given, "Gwen", "Priya")).unwrap();
        given.stands_in("Ros", "Gwen");
        let found = offered(given, "Ros", "Gwen");
        assert_eq!(found.len(), 1);
        let changed = reviewing(given, "Gwen", &found[0].id, "changed", "A day at home each fortnight");
        let mut changed = changed;
        changed.set_date("personal.review.0.by", now().date() + Duration::days(9));
        logged(given, "Ros", &changed).unwrap();
        let mine = given.store.read(&given.who("Ros"), now(), actions::my_actions).unwrap();
        assert!(
            mine.iter().any(|(action, _)| action.what == "A day at home each fortnight"),
            "what Priya was to do is now for whoever supervises"
        );
    });
}

#[test]
fn an_action_about_a_person_ends_between_sessions_and_a_void_record_takes_its_decision_back() {
    on_both_engines(|given| {
        let session = logged(given, "Priya", &agreeing(given, "Gwen", "Gwen")).unwrap();
        let id = offered(given, "Priya", "Gwen")[0].id.clone();
        let looked = logged(given, "Priya", &reviewing(given, "Gwen", &id, "done", "So it is.")).unwrap();
        let void = |session: SupervisionId| {
            given
                .store
                .write(&given.who("Ros"), now(), move |writing| {
                    supervision::void(writing, &session, "Typed twice")
                })
                .unwrap();
        };
        void(looked);
        assert_eq!(offered(given, "Priya", "Gwen").len(), 1, "{}: undecided again", given.engine);
        let end = ActionEnd { state: ActionState::Done, note: "Nobody rings on Thursdays.".to_owned() };
        let (version, ending) = (offered(given, "Priya", "Gwen")[0].version, id.clone());
        given
            .store
            .write(&given.who("Gwen"), now(), move |writing| {
                actions::end_action(writing, &ending, version, &end).map(drop)
            })
            .unwrap();
        assert!(offered(given, "Priya", "Gwen").is_empty());
        void(session);
        let again = logged(given, "Priya", &agreeing(given, "Gwen", "Gwen")).unwrap();
        void(again);
        assert!(offered(given, "Priya", "Gwen").is_empty(), "and what it agreed is dropped");
    });
}
