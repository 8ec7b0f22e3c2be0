//! What a caseload weighs: by weights of the organisation's own, as dated versions.

use crate::given::{Given, now, on_both_engines};
use chrono::{Duration, NaiveDateTime};
use domain::caseload::{Caseload, CaseloadWeights};
use domain::policy::NewVersion;
use records::{Problem, people, settings};

fn weights(given: &Given, who: &str, at: NaiveDateTime) -> (i32, CaseloadWeights) {
    given.store.read(&given.who(who), at, settings::caseload_weights).unwrap()
}

/// The same weights, with another one for child protection.
fn with_child_protection(before: &CaseloadWeights, weight: &str) -> CaseloadWeights {
    let mut form = before.to_form();
    form.set("plan.cp", weight);
    CaseloadWeights::read_form(&form).unwrap()
}

fn change(given: &Given, who: &str, seen: i32, in_days: i64, weight: &str) -> Result<i32, Problem> {
    let weights = with_child_protection(&weights(given, "Helen", now()).1, weight);
    let version = NewVersion {
        effective_from: now().date() + Duration::days(in_days),
        approver: given.person("Helen"),
        reason: "Child protection is more work than we said".to_owned(),
    };
    given.store.write(&given.who(who), now(), move |writing| {
        settings::change_caseload_weights(writing, seen, &weights, &version)
    })
}

fn load(given: &Given, at: NaiveDateTime) -> Caseload {
    let gwen = given.person("Gwen");
    let read = |reading: &mut records::Reading<'_>| {
        let file = people::open(reading, &gwen)?;
        people::profile(reading, &file)
    };
    given.store.read(&given.who("Priya"), at, read).unwrap().caseload.unwrap()
}

#[test]
fn a_caseload_weighs_by_the_weights_of_the_day_and_the_change_is_the_organisations_own() {
    on_both_engines(|given| {
        let (tomorrow, before) = (now() + Duration::days(1), load(given, now()));
        for who in ["Priya", "Gwen", "Ros"] {
            assert_eq!(weights(given, who, now()).0, 1, "everybody may know by what work is weighed");
            assert!(
                matches!(change(given, who, 1, 1, "3"), Err(Problem::Refused(_))),
                "{who} {}",
                given.engine
            );
        }
        assert_eq!(change(given, "Helen", 1, 1, "3").unwrap(), 2);
        assert_eq!(load(given, now()), before, "not before its day");
        let after = load(given, tomorrow);
        assert_eq!(after.cases, before.cases);
        assert!(after.weight > before.weight, "{after:?}");
        assert_eq!(weights(given, "Gwen", tomorrow).0, 2);
    });
}

#[test]
fn nobodys_change_of_the_weights_is_overwritten_and_the_same_weights_are_no_version() {
    on_both_engines(|given| {
        let form_problem = |outcome: Result<i32, Problem>| match outcome {
            Err(Problem::Invalid(problems)) => problems.0[0].words.clone(),
            other => panic!("{other:?} on {}", given.engine),
        };
        assert!(form_problem(change(given, "Helen", 1, 0, "1.5")).contains("Nothing is changed"));
        assert_eq!(change(given, "Helen", 1, 0, "2").unwrap(), 2);
        assert!(form_problem(change(given, "Helen", 1, 0, "3")).contains("changed the weights"));
        assert_eq!(change(given, "Helen", 2, 7, "3").unwrap(), 3);
        assert!(form_problem(change(given, "Helen", 2, 1, "4")).contains("waits already"));
    });
}
