//! A case entry on its own, and that it was filed on the case record.

use crate::given::{Given, case_of, logged, now, on_both_engines, session_form};
use domain::ids::{CaseEntryId, CaseId};
use records::Problem;
use records::cases::{self, EntryCopy};
use records::signing::{self, Record};

fn newest(given: &Given, case: &CaseId) -> CaseEntryId {
    let file =
        given.store.read(&given.who("Priya"), now(), |reading| cases::open(reading, case, None)).unwrap();
    file.timeline.into_iter().find_map(|item| item.entry).unwrap().id
}

fn opens(given: &Given, who: &str, case: &CaseId, entry: &CaseEntryId) -> Result<EntryCopy, Problem> {
    given.store.read(&given.who(who), now(), |reading| cases::open_entry(reading, case, entry))
}

fn files(given: &Given, who: &str, case: &CaseId, entry: &CaseEntryId) -> Result<(), Problem> {
    let (case, entry) = (case.clone(), entry.clone());
    given.store.write(&given.who(who), now(), move |writing| cases::file_entry(writing, &case, &entry))
}

#[test]
fn an_entry_is_filed_once_by_whoever_works_on_the_case_and_everybody_on_it_sees_by_whom() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let entry = newest(given, &case);
        assert!(opens(given, "Gwen", &case, &entry).unwrap().filings.is_empty(), "{}", given.engine);
        for other in ["Tom", "Marta", "Dee", "Sam"] {
            assert!(opens(given, other, &case, &entry).is_err(), "{other}");
            assert!(files(given, other, &case, &entry).is_err(), "{other}");
        }
        assert!(opens(given, "Hanif", &case, &entry).is_ok(), "an auditor reads it");
        assert!(files(given, "Hanif", &case, &entry).is_err(), "and files nothing");
        files(given, "Gwen", &case, &entry).unwrap();
        let filed = opens(given, "Luca", &case, &entry).unwrap().filings;
        assert_eq!((filed[0].person.as_str(), filed[0].on), ("Gwen Hartley", now().date()));
        let Err(Problem::Invalid(problems)) = files(given, "Priya", &case, &entry) else { panic!("twice") };
        assert!(problems.0[0].words.starts_with("Gwen Hartley has filed this already"));
    });
}

#[test]
fn an_entry_to_which_something_was_added_since_is_filed_again_and_then_no_more() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let session = logged(given, "Priya", &session_form(given, "Gwen", &case)).unwrap();
        let entry = newest(given, &case);
        files(given, "Gwen", &case, &entry).unwrap();
        let outdated = || opens(given, "Gwen", &case, &entry).unwrap().filings[0].is_outdated;
        assert!(!outdated(), "{}", given.engine);
        let added = [entry.clone()];
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| {
                signing::add_to_entries(writing, &Record::Session(session), &added, "She was seen after all.")
            })
            .unwrap();
        assert!(outdated(), "what was added is not on the case record");
        files(given, "Gwen", &case, &entry).unwrap();
        assert!(!outdated());
        assert!(files(given, "Gwen", &case, &entry).is_err(), "nothing is new");
    });
}

#[test]
fn an_entry_is_found_under_its_own_case_alone() {
    on_both_engines(|given| {
        let (case, other) = (case_of(given, "Priya", "F-1042"), case_of(given, "Priya", "F-0930"));
        let entry = newest(given, &case);
        assert!(matches!(opens(given, "Priya", &other, &entry), Err(Problem::NotFound)), "{}", given.engine);
    });
}
