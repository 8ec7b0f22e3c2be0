//! The lexicon of an organisation's own, as dated versions, and who uses the lens.

use crate::given::{Given, case_of, now, on_both_engines};
use chrono::Duration;
use domain::cases::CaseDetails;
use domain::lens::{Entry, Lens};
use domain::policy::NewVersion;
use domain::risk::RiskLevel;
use records::lens::{self, Wording};
use records::{Problem, cases, sessions, settings};
use std::sync::Arc;

fn wording(given: &Given) -> Arc<Wording> {
    given.store.read(&given.who("Gwen"), now(), lens::wording).unwrap()
}

fn change(given: &Given, who: &str, entry: Entry, seen: i32, days: i64) -> Result<i32, Problem> {
    let version = NewVersion {
        effective_from: now().date() + Duration::days(days),
        approver: given.person("Helen"),
        reason: "Asked for by the team".to_owned(),
    };
    given
        .store
        .write(&given.who(who), now(), move |writing| lens::change_entry(writing, entry, seen, &version))
}

fn marks(given: &Given, text: &str) -> usize {
    Lens::of(&wording(given).lexicon).find(text).len()
}

fn words_of(problem: Problem, field: &str) -> String {
    let Problem::Invalid(problems) = problem else { panic!("{problem:?}") };
    problems.of(field).unwrap().to_owned()
}

#[test]
fn an_entry_is_changed_for_everybody_by_those_who_keep_the_rules_and_by_no_one_else() {
    on_both_engines(|given| {
        let before = wording(given);
        let mut entry = before.lexicon.entry("chaotic").unwrap().clone();
        entry.phrases.push("all over the place".to_owned());
        let refused = change(given, "Gwen", entry.clone(), 1, 0);
        assert!(matches!(refused, Err(Problem::Refused(_))), "{}", given.engine);
        assert_eq!(marks(given, "It was all over the place."), 0);
        assert_eq!(change(given, "Helen", entry.clone(), 1, 0).unwrap(), 2);
        assert_eq!(marks(given, "It was all over the place."), 1);
        let after = wording(given);
        assert_eq!(after.lexicon.version(), 2);
        assert_ne!(after.address, before.address, "a browser fetches the new words");
        let words = words_of(change(given, "Helen", entry, 1, 0).unwrap_err(), "form");
        assert!(words.starts_with("Somebody has changed these words"), "{words}");
        let versions = |reading: &mut records::Reading<'_>| {
            settings::versions(reading, domain::policy::RuleKind::Lexicon)
        };
        let versions = given.store.read(&given.who("Gwen"), now(), versions).unwrap();
        assert_eq!(versions.iter().map(|(version, ..)| *version).collect::<Vec<_>>(), [2]);
    });
}

#[test]
fn a_phrase_that_would_mark_the_name_of_somebody_here_is_refused_and_the_version_in_force_stays() {
    on_both_engines(|given| {
        let name = given.name("Gwen");
        let last = name.rsplit(' ').next().unwrap().to_lowercase();
        let mut entry = wording(given).lexicon.entry("chaotic").unwrap().clone();
        entry.phrases.push(last.clone());
        let words = words_of(change(given, "Helen", entry, 1, 0).unwrap_err(), "phrases");
        assert!(words.contains(&format!("“{last}”")) && words.contains(&name), "{words}");
        assert!(words.starts_with("Line 3,"), "{words}");
        assert_eq!(wording(given).lexicon.version(), 1);
        // What cannot be read is refused here too, whatever sends it.
        let mut entry = wording(given).lexicon.entry("chaotic").unwrap().clone();
        entry.phrases.push("(open".to_owned());
        assert!(matches!(change(given, "Helen", entry, 1, 0), Err(Problem::Invalid(_))));
    });
}

#[test]
fn a_phrase_that_would_mark_the_name_of_a_family_is_refused_and_the_label_is_not_told() {
    on_both_engines(|given| {
        let known = case_of(given, "Priya", "F-1042");
        let file = given.store.read(&given.who("Priya"), now(), |r| cases::open(r, &known, None)).unwrap();
        let details = CaseDetails {
            reference: "F-2001".to_owned(),
            label: "The Ashby family".to_owned(),
            ..file.details
        };
        let add = move |writing: &mut records::Writing<'_>| cases::add(writing, &details, RiskLevel::Medium);
        given.store.write(&given.who("Priya"), now(), add).unwrap();
        let with = |phrase: &str| {
            let mut entry = wording(given).lexicon.entry("chaotic").unwrap().clone();
            entry.phrases.push(phrase.to_owned());
            change(given, "Helen", entry, 1, 0)
        };
        for phrase in ["ashby", "the (ashby|row) family"] {
            let words = words_of(with(phrase).unwrap_err(), "phrases");
            assert!(words.contains(&format!("“{phrase}”")), "{words}, {}", given.engine);
            assert!(!words.contains("Ashby") && !words.contains("F-2001"), "{words}");
        }
        assert_eq!(wording(given).lexicon.version(), 1);
        assert_eq!(with("the whole family").unwrap(), 2, "what names nobody is no name");
    });
}

#[test]
fn an_entry_that_would_make_the_lens_slow_is_refused_whatever_sends_it() {
    on_both_engines(|given| {
        let with = |phrases: Vec<String>| {
            let known = wording(given).lexicon.entry("chaotic").unwrap().clone();
            let entry = Entry { phrases, unless: Vec::new(), ..known };
            words_of(change(given, "Helen", entry, 1, 0).unwrap_err(), "phrases")
        };
        let many = |count: usize| (0..count).map(|number| format!("she <6> she <6> zebra{number}")).collect();
        assert!(with(many(60)).contains("takes too long"), "{}", given.engine);
        assert!(with(many(61)).starts_with("Write at most 60 lines"));
    });
}

#[test]
fn no_change_is_put_before_one_that_waits() {
    on_both_engines(|given| {
        let mut entry = wording(given).lexicon.entry("chaotic").unwrap().clone();
        entry.ask = "What breaks the morning?".to_owned();
        assert_eq!(change(given, "Helen", entry.clone(), 1, 30).unwrap(), 2);
        assert_eq!(wording(given).lexicon.version(), 1, "it waits for its day");
        entry.ask = "What else?".to_owned();
        let words = words_of(change(given, "Helen", entry, 1, 0).unwrap_err(), "effective_from");
        assert!(words.contains("waits already"), "{words}");
    });
}

#[test]
fn each_decides_for_themselves_whether_the_lens_is_used() {
    on_both_engines(|given| {
        let uses_it = |name: &str| {
            let who = given.who(name);
            given.store.read(&who, now(), sessions::account).unwrap().uses_lens
        };
        assert!(uses_it("Gwen"));
        given.store.write(&given.who("Gwen"), now(), |writing| lens::set_lens(writing, false)).unwrap();
        assert!(!uses_it("Gwen"));
        assert!(uses_it("Priya"), "of the others nothing is changed");
    });
}
