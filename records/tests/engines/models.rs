//! The ways to reflect that an organisation uses, as dated versions.

use crate::given::{Given, now, on_both_engines};
use chrono::{Duration, NaiveDateTime};
use domain::form::Form;
use domain::policy::NewVersion;
use domain::reflection::{ModelsInUse, USED_MODELS, models};
use records::{Problem, reflection, settings};

/// Every way but this one.
fn without(key: &str) -> ModelsInUse {
    let used = models().iter().filter(|model| model.key != key);
    ModelsInUse::read(&Form::new(used.map(|model| (USED_MODELS.to_owned(), model.key.clone())).collect()))
        .unwrap()
}

fn change(given: &Given, who: &str, seen: i32, key: &str, in_days: i64) -> Result<i32, Problem> {
    let used = without(key);
    let version = NewVersion {
        effective_from: now().date() + Duration::days(in_days),
        approver: given.person("Helen"),
        reason: "Nobody here reflects in this way".to_owned(),
    };
    given
        .store
        .write(&given.who(who), now(), move |writing| settings::change_models(writing, seen, &used, &version))
}

/// The version that is in force, and whether somebody who writes is offered this way.
fn in_force(given: &Given, key: &str, at: NaiveDateTime) -> (i32, bool) {
    let used = given.store.read(&given.who("Gwen"), at, reflection::models_in_use).unwrap();
    (used.version(), used.offered("").any(|model| model.key == key))
}

fn refused_at(given: &Given, outcome: Result<i32, Problem>) -> (String, String) {
    match outcome {
        Err(Problem::Invalid(problems)) => (problems.0[0].field.clone(), problems.0[0].words.clone()),
        other => panic!("{other:?} on {}", given.engine),
    }
}

#[test]
fn ways_to_reflect_are_switched_off_from_a_day_on_by_those_who_keep_the_rules() {
    on_both_engines(|given| {
        let tomorrow = now() + Duration::days(1);
        for who in ["Priya", "Gwen", "Ros"] {
            let refused = change(given, who, 1, "gibbs", 1);
            assert!(matches!(refused, Err(Problem::Refused(_))), "{who}, {}", given.engine);
        }
        assert_eq!(in_force(given, "gibbs", now()), (1, true));
        assert_eq!(change(given, "Helen", 1, "gibbs", 1).unwrap(), 2);
        assert_eq!(in_force(given, "gibbs", now()), (1, true), "not before its day");
        assert_eq!(in_force(given, "gibbs", tomorrow), (2, false));
        let used = given.store.read(&given.who("Priya"), tomorrow, settings::models).unwrap();
        assert!(used.is_same_as(&without("gibbs")), "everybody may know which are in use");
    });
}

#[test]
fn nobodys_change_of_the_ways_is_overwritten_and_the_same_ways_are_no_version() {
    on_both_engines(|given| {
        assert_eq!(change(given, "Helen", 1, "gibbs", 0).unwrap(), 2);
        let (field, words) = refused_at(given, change(given, "Helen", 1, "share", 0));
        assert!(field == "form" && words.contains("has changed the ways to reflect"), "{words}");
        let (field, words) = refused_at(given, change(given, "Helen", 2, "gibbs", 0));
        assert!(field == "form" && words.contains("Nothing is changed"), "{words}");
        assert_eq!(change(given, "Helen", 2, "share", 7).unwrap(), 3);
        let (field, words) = refused_at(given, change(given, "Helen", 2, "kolb", 1));
        assert!(field == "effective_from" && words.contains("waits already"), "{words}");
        assert_eq!(in_force(given, "share", now()), (2, true), "nothing of what was refused is in force");
        assert_eq!(in_force(given, "share", now() + Duration::days(7)), (3, false));
    });
}
