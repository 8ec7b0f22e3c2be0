//! Before a session: the agenda of two, what one of them prepares, and the pack that both open it with.

use crate::given::{Given, case_of, log, now, on_both_engines, session_form};
use chrono::Duration;
use domain::form::Form;
use domain::preparation::{NewPreparation, Sharing};
use domain::risk::{NewRiskChange, RiskDirection, RiskLevel};
use domain::supervision::{KEPT_AGENDA, SHOWN_AGENDA};
use records::Problem;
use records::cases;
use records::preparation::{self, Pair, PrepPack};

fn pair(given: &Given, supervisor: &str, supervisee: &str) -> Pair {
    Pair { supervisor: given.person(supervisor), supervisee: given.person(supervisee) }
}

fn pack(given: &Given, who: &str, pair: &Pair) -> Result<PrepPack, Problem> {
    given.store.read(&given.who(who), now(), |reading| preparation::pack(reading, pair))
}

fn adds(given: &Given, who: &str, pair: &Pair, words: &str) -> Result<(), Problem> {
    let (pair, words) = (pair.clone(), words.to_owned());
    given
        .store
        .write(&given.who(who), now(), move |writing| preparation::add_to_agenda(writing, &pair, &words))
        .map(drop)
}

fn prepares(given: &Given, who: &str, pair: &Pair, version: i32, sharing: Sharing) -> Result<(), Problem> {
    let new = NewPreparation {
        answers: vec![("stuck_on", "The call to his mother.".to_owned())],
        wellbeing: Some(3),
        sharing,
    };
    let pair = pair.clone();
    given
        .store
        .write(&given.who(who), now(), move |writing| preparation::prepare(writing, &pair, version, &new))
}

#[test]
fn both_put_things_on_the_agenda_and_a_session_takes_off_what_was_talked_about() {
    on_both_engines(|given| {
        let two = pair(given, "Priya", "Gwen");
        adds(given, "Gwen", &two, "The long drive").unwrap();
        adds(given, "Priya", &two, "Duty on Thursdays").unwrap();
        let agenda = pack(given, "Gwen", &two).unwrap().agenda;
        let words: Vec<&str> = agenda.iter().map(|item| item.words.as_str()).collect();
        assert_eq!(words, ["The long drive", "Duty on Thursdays"], "{}", given.engine);
        let mut form = session_form(given, "Gwen", &case_of(given, "Priya", "F-0930"));
        form = Form::new(
            form.fields()
                .iter()
                .cloned()
                .chain(agenda.iter().map(|item| (SHOWN_AGENDA.to_owned(), item.id.to_string())))
                .chain([(KEPT_AGENDA.to_owned(), agenda[0].id.to_string())])
                .collect(),
        );
        adds(given, "Gwen", &two, "Added while Priya wrote").unwrap();
        log(given, "Priya", &form).unwrap();
        let left = pack(given, "Priya", &two).unwrap().agenda;
        let words: Vec<&str> = left.iter().map(|item| item.words.as_str()).collect();
        assert_eq!(
            words,
            ["The long drive", "Added while Priya wrote"],
            "what was kept, and what nobody saw"
        );
        let id = left[0].id.clone();
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| preparation::take_off_agenda(writing, &id))
            .unwrap();
        assert_eq!(pack(given, "Gwen", &two).unwrap().agenda.len(), 1);
    });
}

#[test]
fn readers_a_preparation_is_its_authors_until_shared_and_then_the_supervisors_too() {
    on_both_engines(|given| {
        let two = pair(given, "Priya", "Gwen");
        let reads = |who: &str| pack(given, who, &two).is_ok_and(|pack| pack.preparation.is_some());
        prepares(given, "Gwen", &two, 0, Sharing::Private).unwrap();
        assert!(reads("Gwen"), "{}", given.engine);
        assert!(!reads("Priya"), "it is not shared yet");
        prepares(given, "Gwen", &two, 1, Sharing::Shared).unwrap();
        assert!(reads("Gwen") && reads("Priya"));
        for other in ["Ros", "Helen", "Luca", "Owen", "Marta", "Sam", "Hanif", "Dee", "Bev"] {
            assert!(pack(given, other, &two).is_err(), "{other} has no pack of theirs");
            assert!(prepares(given, other, &two, 2, Sharing::Shared).is_err(), "{other}");
            assert!(adds(given, other, &two, "Mine too").is_err(), "{other}");
        }
        assert!(prepares(given, "Priya", &two, 2, Sharing::Shared).is_err(), "nobody prepares for another");
        assert!(matches!(prepares(given, "Gwen", &two, 1, Sharing::Private), Err(Problem::Stale(_))));
        log(given, "Priya", &session_form(given, "Gwen", &case_of(given, "Priya", "F-0930"))).unwrap();
        assert!(!reads("Gwen"), "after the session one prepares for the next");
    });
}

#[test]
fn the_pack_is_the_same_for_the_same_records_and_leads_only_to_what_its_reader_may_open() {
    on_both_engines(|given| {
        for (supervisor, supervisee) in
            [("Priya", "Gwen"), ("Priya", "Tom"), ("Owen", "Tom"), ("Marta", "Jo"), ("Ros", "Priya")]
        {
            let two = pair(given, supervisor, supervisee);
            for who in [supervisor, supervisee] {
                let found = pack(given, who, &two).unwrap();
                assert_eq!(found, pack(given, who, &two).unwrap(), "{}: {who}", given.engine);
                for case in &found.cases {
                    let opened = given
                        .store
                        .read(&given.who(who), now(), |reading| cases::open(reading, &case.case.id, None));
                    assert!(opened.is_ok(), "{who} may open {}", case.case.reference);
                }
                for question in &found.questions {
                    let opened = given.store.read(&given.who(who), now(), |reading| {
                        records::supervision::open(reading, &question.session)
                    });
                    assert!(opened.is_ok(), "{who} may open the session of “{}”", question.question);
                }
            }
        }
        let seen_by =
            |supervisor: &str| pack(given, supervisor, &pair(given, supervisor, "Tom")).unwrap().cases.len();
        assert!(
            seen_by("Owen") < seen_by("Priya"),
            "who supervises reflection sees but what they work on too"
        );
    });
}

#[test]
fn the_pack_says_what_changed_since_last_time_what_is_open_and_what_went_quiet() {
    on_both_engines(|given| {
        let two = pair(given, "Priya", "Gwen");
        let found = pack(given, "Priya", &two).unwrap();
        let of = |reference: &str| found.cases.iter().find(|case| case.case.reference == reference).unwrap();
        assert!(of("F-1042").open.actions.len() >= 2, "{}", given.engine);
        let (_, decision) = of("F-1042").decision.clone().unwrap();
        assert!(decision.starts_with("Strategy discussion today."), "{decision}");
        let last = found.last.clone().unwrap().1;
        let case = case_of(given, "Priya", "F-1042");
        let change = NewRiskChange {
            on: now().date(),
            level: RiskLevel::High,
            direction: RiskDirection::Up,
            note: "He was seen at the school gate.".to_owned(),
            is_repeat: false,
            checklist: None,
        };
        given
            .store
            .write(&given.who("Gwen"), now(), move |writing| cases::note_risk(writing, &case, &change))
            .unwrap();
        let found = pack(given, "Priya", &two).unwrap();
        let changed = found.cases.iter().find(|case| case.case.reference == "F-1042").unwrap();
        assert_eq!(changed.changes.len(), 1);
        assert!(changed.changes[0].on > last);
        assert_eq!(changed.changes[0].note, "He was seen at the school gate.");
        for (_, reference, quiet) in &found.quiet {
            assert!(!quiet.reasons.is_empty(), "{reference}");
        }
        assert!(found.quiet.len() <= 2);
        let later = now() + Duration::days(120);
        let silent =
            given.store.read(&given.who("Priya"), later, |reading| preparation::pack(reading, &two)).unwrap();
        assert_eq!(silent.quiet.len(), 2, "after four months of silence two are named");
    });
}
