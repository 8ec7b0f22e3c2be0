//! The policy at work: lists hold what the policy allows, and nothing else; each record opens for its readers alone.

use crate::given::{Given, now, on_both_engines};
use domain::cases::CaseFilter;
use domain::ids::{CaseId, SupervisionId};
use records::{Problem, cases, people, review, supervision};

const CAST: [&str; 17] = [
    "Helen", "Ros", "Priya", "Tom", "Gwen", "Luca", "Amal", "Nia", "Owen", "Farah", "Dee", "Hanif", "Iris",
    "Bev", "Marta", "Jo", "Sam",
];

/// Every case of the organisation, as the auditor sees it.
fn all_cases(given: &Given) -> Vec<(CaseId, String)> {
    let filter = CaseFilter::default();
    let (listed, _) =
        given.store.read(&given.who("Hanif"), now(), |reading| cases::list(reading, &filter, "")).unwrap();
    listed.into_iter().map(|case| (case.id, case.reference)).collect()
}

#[test]
fn the_list_of_cases_is_exactly_what_the_policy_opens() {
    on_both_engines(|given| {
        let everything = all_cases(given);
        assert_eq!(everything.len(), 12);
        for name in CAST {
            let who = given.who(name);
            let listed =
                given.store.read(&who, now(), |reading| cases::list(reading, &CaseFilter::default(), ""));
            let listed: Vec<CaseId> =
                listed.map(|(cases, _)| cases.into_iter().map(|case| case.id).collect()).unwrap_or_default();
            for (id, reference) in &everything {
                let opens = given.store.read(&who, now(), |reading| cases::open(reading, id, None)).is_ok();
                assert_eq!(opens, listed.contains(id), "{name} and {reference} on {}", given.engine);
            }
        }
    });
}

#[test]
fn the_list_of_people_is_exactly_what_the_policy_opens() {
    on_both_engines(|given| {
        for name in CAST {
            let who = given.who(name);
            let (listed, _) =
                given.store.read(&who, now(), |reading| people::list(reading, "", None, true)).unwrap();
            for other in CAST {
                let id = given.person(other);
                let opens = given.store.read(&who, now(), |reading| people::open(reading, &id)).is_ok();
                assert_eq!(
                    opens,
                    listed.iter().any(|person| person.id == id),
                    "{name} and {other} on {}",
                    given.engine
                );
            }
        }
    });
}

#[test]
fn who_sees_which_case_is_as_the_field_expects() {
    on_both_engines(|given| {
        let sees = |name: &str| {
            let filter = CaseFilter::default();
            let listed =
                given.store.read(&given.who(name), now(), |reading| cases::list(reading, &filter, ""));
            listed.map(|(cases, _)| cases.into_iter().map(|case| case.reference).collect::<Vec<_>>()).ok()
        };
        assert_eq!(sees("Gwen"), Some(vec!["F-0930".to_owned(), "F-1042".to_owned()]));
        assert_eq!(sees("Luca"), Some(vec!["F-1042".to_owned(), "F-1166".to_owned(), "F-1190".to_owned()]));
        assert_eq!(sees("Jo"), Some(vec!["D-055".to_owned()]));
        assert_eq!(sees("Marta"), Some(vec!["D-055".to_owned()]), "{}: another team's manager", given.engine);
        assert_eq!(sees("Priya").map(|cases| cases.len()), Some(11));
        assert_eq!(sees("Ros").map(|cases| cases.len()), Some(12));
        assert_eq!(sees("Helen").map(|cases| cases.len()), Some(12));
        for name in ["Dee", "Bev", "Sam"] {
            assert_eq!(sees(name), None, "{name} has no list of cases");
        }
    });
}

fn session_of(given: &Given, supervisee: &str) -> SupervisionId {
    let (sessions, _) =
        given.store.read(&given.who("Priya"), now(), |reading| supervision::list(reading, None)).unwrap();
    sessions
        .into_iter()
        .find(|session| session.supervisee.1.starts_with(supervisee) && session.kind.has_personal_part())
        .unwrap()
        .id
}

#[test]
fn the_personal_part_opens_for_the_two_and_the_supervisors_manager() {
    on_both_engines(|given| {
        let session = session_of(given, "Gwen");
        for name in CAST {
            let opened =
                given.store.read(&given.who(name), now(), |reading| supervision::open(reading, &session));
            let reads = ["Priya", "Gwen", "Ros"].contains(&name);
            assert_eq!(
                opened.as_ref().is_ok_and(|session| session.personal.is_some()),
                reads,
                "{name} on {}",
                given.engine
            );
            assert_eq!(opened.is_ok(), reads, "{name} on {}", given.engine);
        }
    });
}

#[test]
fn readers_2_5_how_somebody_is_is_read_by_the_two_alone() {
    on_both_engines(|given| {
        let session = session_of(given, "Gwen");
        let part = |name: &str| {
            let opened =
                given.store.read(&given.who(name), now(), |reading| supervision::open(reading, &session));
            opened.unwrap().personal.unwrap()
        };
        for name in ["Priya", "Gwen"] {
            let part = part(name);
            assert!(
                !part.part.wellbeing.is_empty() && !part.withholds_wellbeing,
                "{name} on {}",
                given.engine
            );
        }
        let managers = part("Ros");
        assert!(managers.part.wellbeing.is_empty(), "{}", given.engine);
        assert!(managers.withholds_wellbeing, "she sees that there is something, and not what");
    });
}

#[test]
fn a_refusal_is_audited_and_tells_nothing() {
    on_both_engines(|given| {
        let session = session_of(given, "Gwen");
        let refused =
            given.store.read(&given.who("Sam"), now(), |reading| supervision::open(reading, &session));
        assert!(matches!(refused, Err(Problem::Refused(_))));
        let whole = given.store.read(&given.who("Sam"), now(), records::audit::verify).unwrap();
        assert!(matches!(whole, records::audit::Verdict::Whole { .. }));
    });
}

#[test]
fn what_is_overdue_stays_within_reach() {
    on_both_engines(|given| {
        let overdue = |name: &str| {
            let listed =
                given.store.read(&given.who(name), now(), |reading| review::overdue(reading, 50)).unwrap();
            assert_eq!(listed.all, listed.first.len());
            listed.first.into_iter().map(|case| case.reference).collect::<Vec<_>>()
        };
        assert_eq!(
            overdue("Priya"),
            ["F-1166", "F-1203", "F-1211", "F-1042", "F-1121", "P-311", "F-1190"],
            "{}",
            given.engine
        );
        assert_eq!(overdue("Tom"), ["F-1203"]);
        assert_eq!(overdue("Marta"), [] as [&str; 0]);
    });
}

#[test]
fn whoever_gets_another_address_hears_of_it_at_the_one_they_had() {
    on_both_engines(|given| {
        let change = |email: &str| {
            given.gets_address("Gwen", email, now());
            let mails = given.mails(now());
            mails.into_iter().map(|mail| (mail.recipient_email, mail.subject)).collect::<Vec<_>>()
        };
        assert_eq!(change("gwen.hartley@example.org"), [], "{}: nothing has changed", given.engine);
        let told = (
            "gwen.hartley@example.org".to_owned(),
            "Fresh Eyes: your account has another address".to_owned(),
        );
        assert_eq!(change("g.hartley@example.org"), [told]);
    });
}
