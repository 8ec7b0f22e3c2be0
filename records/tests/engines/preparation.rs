//! Before a session: the agenda of two, what one of them prepares, and the pack that both open it with.

use crate::given::{Given, case_of, log, logged, now, on_both_engines, session_form};
use chrono::Duration;
use domain::form::Form;
use domain::preparation::{NewPreparation, Sharing};
use domain::risk::{NewRiskChange, RiskDirection, RiskLevel};
use domain::supervision::{KEPT_AGENDA, SHOWN_AGENDA};
use records::preparation::{self, Pair, PrepPack};
use records::signing::{self, Record};
use records::{Problem, Reading, cases, own_file, supervision};

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
        let form = session_form(given, "Gwen", &case_of(given, "Priya", "F-0930"));
        let session = logged(given, "Priya", &form).unwrap();
        assert!(!reads("Gwen"), "after the session one prepares for the next");
        let in_file_of = |who: &str| {
            let besides = given.store.read(&given.who(who), now(), own_file::besides);
            besides.unwrap().prepared
        };
        let kept = in_file_of("Gwen");
        let said = kept[0].preparation.said();
        assert_eq!(
            (kept[0].supervisor.as_str(), kept[0].session.as_ref()),
            ("Priya Nair", Some(&session)),
            "{}: what was prepared stays in one's own file",
            given.engine
        );
        let stuck = ("Where are you stuck?", "The call to his mother.".to_owned());
        assert_eq!(said, [stuck, ("How are you?", "3 of 5".to_owned())]);
        for other in ["Priya", "Luca"] {
            assert!(in_file_of(other).iter().all(|prepared| prepared.session.as_ref() != Some(&session)));
        }
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

/// What was put right about a decision is read wherever the decision is: two people would else open with what holds no more.
#[test]
fn the_pack_shows_the_last_decision_with_what_was_added_to_it_and_asks_no_more_often_for_that() {
    on_both_engines(|given| {
        let (two, case) = (pair(given, "Priya", "Gwen"), case_of(given, "Priya", "F-1042"));
        prepares(given, "Gwen", &two, 0, Sharing::Shared).unwrap();
        let priya = given.who("Priya");
        let statements = || {
            let pack = |reading: &mut Reading<'_>| preparation::pack(reading, &two);
            given.counted(|| given.store.read(&priya, now(), pack).unwrap()).1
        };
        // The first one reads the rules, which are kept in mind then.
        statements();
        let before = statements();
        // PostgreSQL counts the beginning and the end of a transaction too.
        assert!(given.engine == "postgres" || before <= 8, "{before}");
        let session = logged(given, "Priya", &session_form(given, "Gwen", &case)).unwrap();
        let file = given
            .store
            .read(&given.who("Priya"), now(), |reading| supervision::open(reading, &session))
            .unwrap();
        let (record, entry) = (Record::Session(session), file.entries[0].entry.id.clone());
        for (who, words) in
            [("Gwen", "The grandmother was there too."), ("Priya", "So she is asked as well.")]
        {
            let (record, entry) = (record.clone(), entry.clone());
            given
                .store
                .write(&given.who(who), now(), move |writing| {
                    signing::add_to_entries(writing, &record, &[entry], words)
                })
                .unwrap();
        }
        prepares(given, "Gwen", &two, 0, Sharing::Shared).unwrap();
        for who in ["Priya", "Gwen"] {
            let found = pack(given, who, &two).unwrap();
            let of_case = found.cases.iter().find(|other| other.case.id == case).unwrap();
            let decision = of_case.decisions[0].clone();
            let added: Vec<(&str, &str)> =
                decision.added.iter().map(|added| (added.person.as_str(), added.words.as_str())).collect();
            assert_eq!(decision.words, "Carry on.", "{}: {who}", given.engine);
            assert_eq!(
                added,
                [
                    ("Gwen Hartley", "The grandmother was there too."),
                    ("Priya Nair", "So she is asked as well.")
                ]
            );
            for other in found.cases.iter().filter(|other| other.case.id != case) {
                assert!(
                    other.decisions.iter().all(|decision| decision.added.is_empty()),
                    "of this case alone"
                );
            }
            let mut questions: Vec<_> = found.questions.iter().map(|question| question.id.clone()).collect();
            questions.sort();
            questions.dedup();
            assert_eq!(questions.len(), found.questions.len(), "no question twice");
        }
        assert_eq!(statements(), before);
    });
}

#[test]
fn oversight_3_3_what_a_manager_decided_between_sessions_opens_the_next_one_with_what_was_added_to_it() {
    on_both_engines(|given| {
        let (two, case) = (pair(given, "Priya", "Gwen"), case_of(given, "Priya", "F-1042"));
        let decisions = || {
            let found = pack(given, "Gwen", &two).unwrap();
            let of_case = found.cases.into_iter().find(|other| other.case.id == case).unwrap();
            of_case.decisions
        };
        logged(given, "Priya", &session_form(given, "Gwen", &case)).unwrap();
        assert_eq!(decisions().len(), 1, "{}", given.engine);
        let (on, note) = crate::reviews::notes(std::slice::from_ref(&case)).remove(0);
        let decided = note.decision.clone();
        let write = move |writing: &mut records::Writing<'_>| supervision::oversee(writing, &on, &note);
        let id = given.store.write(&given.who("Priya"), now(), write).unwrap();
        let found = decisions();
        assert_eq!(
            found.iter().map(|decision| (decision.words.as_str(), decision.is_oversight)).collect::<Vec<_>>(),
            [(decided.as_str(), true), ("Carry on.", false)]
        );
        let adds = |who: &str, entry: &domain::ids::CaseEntryId| {
            let (case, entry) = (case.clone(), entry.clone());
            given.store.write(&given.who(who), now(), move |writing| {
                supervision::add_to_oversight(writing, &case, &entry, "It was about the younger one.")
            })
        };
        assert!(matches!(adds("Gwen", &id), Err(Problem::Refused(_))), "she writes no notes of oversight");
        adds("Priya", &id).unwrap();
        assert_eq!(decisions()[0].added[0].words, "It was about the younger one.");
        let open = |reading: &mut Reading<'_>| cases::open_entry(reading, &case, &id);
        let copy = given.store.read(&given.who("Gwen"), now(), open).unwrap();
        assert_eq!((copy.added[0].person.as_str(), copy.may_add), ("Priya Nair", false));
        let file = given.store.read(&given.who("Priya"), now(), |reading| cases::open(reading, &case, None));
        let said = file.unwrap().timeline.into_iter().filter_map(|item| item.entry);
        let in_session =
            said.filter(|entry| entry.supervision.is_some()).map(|entry| entry.id).next().unwrap();
        let refused = adds("Priya", &in_session);
        assert!(
            matches!(refused, Err(Problem::NotFound)),
            "a session’s record is added to there: {refused:?}"
        );
    });
}

#[test]
fn a_plan_that_has_become_another_is_not_called_the_same() {
    on_both_engines(|given| {
        let (gwen, case) = (given.person("Gwen"), case_of(given, "Priya", "F-1042"));
        let changed_on = || {
            let talked = |reading: &mut Reading<'_>| cases::to_talk_about(reading, &gwen, now().date());
            let listed = given.store.read(&given.who("Priya"), now(), talked).unwrap();
            listed.into_iter().find(|listed| listed.case.id == case).unwrap().plan_changed_on
        };
        assert_eq!(changed_on(), None, "{}", given.engine);
        let file =
            given.store.read(&given.who("Priya"), now(), |reading| cases::details(reading, &case)).unwrap();
        let mut details = file.details.clone();
        assert_ne!(details.plan_type, domain::cases::PlanType::LookedAfterNew);
        details.plan_type = domain::cases::PlanType::LookedAfterNew;
        let id = case.clone();
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| {
                cases::change(writing, &id, file.version, &details)
            })
            .unwrap();
        assert_eq!(changed_on(), Some(now().date()));
    });
}

#[test]
fn the_pack_says_what_changed_since_last_time_what_is_open_and_what_went_quiet() {
    on_both_engines(|given| {
        let two = pair(given, "Priya", "Gwen");
        let found = pack(given, "Priya", &two).unwrap();
        let of = |reference: &str| found.cases.iter().find(|case| case.case.reference == reference).unwrap();
        assert!(of("F-1042").open.actions.len() >= 2, "{}", given.engine);
        let decisions = of("F-1042").decisions.clone();
        let last: Vec<_> = decisions.iter().map(|decision| decision.is_oversight).collect();
        assert_eq!(last, [true, false], "what the manager decided since stands before it: {decisions:?}");
        assert!(decisions[1].words.starts_with("Strategy discussion today."), "{decisions:?}");
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
        // Who stands in has not met her yet, and goes on from when Priya last talked about the case.
        given.stands_in("Marta", "Gwen");
        let deputys = pack(given, "Marta", &pair(given, "Marta", "Gwen")).unwrap();
        assert_eq!(deputys.last, None, "{}", given.engine);
        let seen = deputys.cases.iter().find(|case| case.case.reference == "F-1042").unwrap();
        assert_eq!(seen.changes, changed.changes);
        // The same change stands there also if they met that very day.
        let mut form = session_form(given, "Gwen", &case_of(given, "Priya", "F-0930"));
        form.set_date("held_on", now().date());
        logged(given, "Priya", &form).unwrap();
        let after = pack(given, "Priya", &two).unwrap();
        assert_eq!(after.last.as_ref().unwrap().1, now().date(), "{}", given.engine);
        let changed = after.cases.iter().find(|case| case.case.reference == "F-1042").unwrap();
        assert_eq!(changed.changes.len(), 1, "{}", given.engine);
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
