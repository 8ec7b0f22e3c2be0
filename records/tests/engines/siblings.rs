//! Brothers and sisters: talked about together, with a record for each child.

use crate::given::{Given, case_of, logged, now, on_both_engines, session_form};
use domain::cases::{CaseDetails, CaseStatus};
use domain::form::{Form, Problems};
use domain::ids::CaseId;
use domain::reflection::Trigger;
use domain::risk::RiskLevel;
use domain::supervision::{Gap, Outcome};
use records::cases::{self, CaseFile};
use records::signing::{self, Record};
use records::{Problem, Reading, supervision};

fn file(given: &Given, who: &str, case: &CaseId) -> CaseFile {
    given.store.read(&given.who(who), now(), |reading| cases::open(reading, case, None)).unwrap()
}

pub fn join(given: &Given, who: &str, case: &CaseId, reference: &'static str) -> Result<(), Problem> {
    let case = case.clone();
    given.store.write(&given.who(who), now(), move |writing| cases::join_siblings(writing, &case, reference))
}

/// Another case of Gwen's.
pub fn another(given: &Given) -> (CaseId, &'static str) {
    (one_more(given, "F-1042-B"), "F-1042-B")
}

/// A new case of Gwen's, about which nobody was asked anything yet.
fn one_more(given: &Given, reference: &str) -> CaseId {
    let details = CaseDetails {
        reference: reference.to_owned(),
        label: "The younger brother".to_owned(),
        ..file(given, "Priya", &case_of(given, "Priya", "F-1042")).details
    };
    given
        .store
        .write(&given.who("Priya"), now(), move |writing| cases::add(writing, &details, RiskLevel::Medium))
        .unwrap()
}

#[test]
fn one_talk_makes_a_record_for_each_child_with_what_differs() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let (other, reference) = another(given);
        join(given, "Priya", &case, reference).unwrap();
        assert_eq!(file(given, "Gwen", &case).siblings[0].id, other, "{}", given.engine);
        assert_eq!(file(given, "Gwen", &other).siblings[0].id, case);
        let mut form = session_form(given, "Gwen", &case);
        form.set("entry.0.answer.pattern", "Each time after payday.");
        form.set("entry.0.action.0.what", "Ring the school");
        form.set("entry.0.action.0.who", given.person("Gwen").to_string());
        form.set_date("entry.0.action.0.by", now().date() + chrono::Days::new(3));
        for (field, value) in [
            ("case", other.as_str()),
            ("child_seen", "not_seen"),
            ("risk_level", "standard"),
            ("risk_direction", "same"),
            ("differs", "He lives with his grandmother during the week."),
        ] {
            form.set(&format!("entry.0.sibling.0.{field}"), value);
        }
        let id = logged(given, "Priya", &form).unwrap();
        let read = |reading: &mut Reading<'_>| supervision::open(reading, &id);
        let session = given.store.read(&given.who("Gwen"), now(), read).unwrap();
        let gaps: Vec<_> = session.gaps().into_iter().map(|(entry, gaps)| (&entry.case.0, gaps)).collect();
        assert_eq!(
            gaps,
            [(&case, vec![Gap::OneExplanation, Gap::ThinRationale]), (&other, vec![Gap::NotSeen])],
            "of him only what is said of him: the rest is said once"
        );
        let (first, second) = (file(given, "Gwen", &case), file(given, "Gwen", &other));
        let (one, two) =
            (first.timeline[0].entry.clone().unwrap(), second.timeline[0].entry.clone().unwrap());
        assert_eq!((&one.what_happened, &one.decision), (&two.what_happened, &two.decision));
        assert_eq!(two.differs, "He lives with his grandmother during the week.");
        assert_eq!(two.with_entry, Some(one.id.clone()));
        assert_eq!(two.answers, one.answers);
        assert_eq!((first.risk_level, second.risk_level), (RiskLevel::High, RiskLevel::Standard));
        assert_eq!(second.last_held_on, Some(now().date()));
        for (file, entry) in [(&first, &one), (&second, &two)] {
            let agreed: Vec<_> = file.actions.iter().filter(|action| action.concerns(entry)).collect();
            assert_eq!(agreed.len(), 1, "what is to be done stands on both pages and is done once");
        }
        let copy = given
            .store
            .read(&given.who("Gwen"), now(), |reading| cases::open_entry(reading, &other, &two.id))
            .unwrap();
        assert_eq!(copy.actions.len(), 1, "and it leaves with each child's record");
        form.set("entry.0.risk_level", "medium");
        form.set("entry.0.sibling.0.risk_level", "high");
        let id = logged(given, "Priya", &form).unwrap();
        let read = |reading: &mut Reading<'_>| supervision::open(reading, &id);
        let session = given.store.read(&given.who("Gwen"), now(), read).unwrap();
        assert_eq!(session.gaps()[0].1[0], Gap::OneExplanation, "it is the brother whose risk is high");
    });
}

#[test]
fn what_was_agreed_for_a_brother_comes_back_with_him() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let (other, reference) = another(given);
        join(given, "Priya", &case, reference).unwrap();
        let mut alone = session_form(given, "Gwen", &other);
        alone.set("entry.0.action.0.what", "See him at school");
        alone.set("entry.0.action.0.who", given.person("Gwen").to_string());
        alone.set_date("entry.0.action.0.by", now().date() + chrono::Days::new(3));
        logged(given, "Priya", &alone).unwrap();
        let action = file(given, "Priya", &other).actions[0].id.clone();
        let mut form = session_form(given, "Gwen", &case);
        for (field, value) in [
            ("case", other.as_str()),
            ("child_seen", "not_seen"),
            ("risk_level", "medium"),
            ("risk_direction", "same"),
            ("differs", "Nothing: both were at home."),
            ("review.0.id", action.as_str()),
            ("review.0.outcome", "done"),
            ("review.0.note", "Seen on Monday, with his teacher."),
        ] {
            form.set(&format!("entry.0.sibling.0.{field}"), value);
        }
        logged(given, "Priya", &form).unwrap();
        let after = file(given, "Priya", &other);
        let done = after.actions.iter().find(|found| found.id == action).unwrap();
        assert_eq!(done.reviews.last().unwrap().outcome, Outcome::Done, "{}", given.engine);
    });
}

#[test]
fn what_was_agreed_for_both_comes_back_with_either_and_stays_with_the_one_whose_case_goes_on() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let (other, reference) = another(given);
        join(given, "Priya", &case, reference).unwrap();
        let mut form = session_form(given, "Gwen", &case);
        form.set("entry.0.action.0.what", "Ring the school");
        form.set("entry.0.action.0.who", given.person("Gwen").to_string());
        form.set_date("entry.0.action.0.by", now().date() + chrono::Days::new(3));
        for (field, value) in [
            ("case", other.as_str()),
            ("child_seen", "not_seen"),
            ("risk_level", "medium"),
            ("risk_direction", "same"),
            ("differs", "Nothing."),
        ] {
            form.set(&format!("entry.0.sibling.0.{field}"), value);
        }
        logged(given, "Priya", &form).unwrap();
        let offered = |of: &[&CaseId]| -> Vec<(CaseId, usize)> {
            let open = given
                .store
                .read(&given.who("Priya"), now(), |reading| {
                    let mut listed = Vec::new();
                    for case in of {
                        listed.extend(cases::summary_of(reading, case)?);
                    }
                    records::actions::open_actions(reading, &listed, None)
                })
                .unwrap();
            let shared = |case: &CaseId| {
                open.by_case[case].actions.iter().filter(|one| one.what == "Ring the school").count()
            };
            of.iter().map(|case| ((*case).clone(), shared(case))).collect()
        };
        assert_eq!(offered(&[&other])[0].1, 1, "{}: with the brother alone", given.engine);
        let together = offered(&[&other, &case]);
        assert_eq!((together[0].1, together[1].1), (0, 1), "together it stands once, where it was agreed");
        let shared = file(given, "Priya", &case)
            .actions
            .into_iter()
            .find(|one| one.what == "Ring the school")
            .unwrap();
        let mut alone = session_form(given, "Gwen", &other);
        alone.set("entry.0.review.0.id", shared.id.as_str());
        alone.set("entry.0.review.0.outcome", "carried");
        logged(given, "Priya", &alone).unwrap();
        let carried = |case: &CaseId| {
            file(given, "Priya", case).actions.into_iter().find(|one| one.id == shared.id).unwrap().carried
        };
        assert_eq!((carried(&case), carried(&other)), (1, 1));
        // An unrelated case has no say in it.
        let mut unrelated = session_form(given, "Gwen", &case_of(given, "Priya", "F-0930"));
        unrelated.set("entry.0.review.0.id", shared.id.as_str());
        unrelated.set("entry.0.review.0.outcome", "done");
        unrelated.set("entry.0.review.0.note", "Rung.");
        assert!(matches!(logged(given, "Priya", &unrelated), Err(Problem::NotFound)));
        let before = file(given, "Priya", &case);
        let closed = CaseDetails { status: CaseStatus::Closed, ..before.details.clone() };
        let closing = case.clone();
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| {
                cases::change(writing, &closing, before.version, &closed)
            })
            .unwrap();
        let theirs =
            file(given, "Priya", &other).actions.into_iter().find(|one| one.id == shared.id).unwrap();
        assert_eq!(theirs.case(), Some(&other), "what goes on belongs to the case that goes on");
        assert_eq!(carried(&case), 1, "and is still to be read where it was agreed");
    });
}

#[test]
fn only_cases_that_somebody_manages_are_brought_together() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let (other, reference) = another(given);
        assert!(
            matches!(join(given, "Gwen", &case, reference), Err(Problem::Refused(_))),
            "{}",
            given.engine
        );
        let words = |outcome| match outcome {
            Err(Problem::Invalid(Problems(mut problems))) => problems.remove(0).words,
            other => panic!("{other:?}"),
        };
        let unknown = words(join(given, "Priya", &case, "F-0000"));
        let theirs: String = {
            let filter = domain::cases::CaseFilter::default();
            let (listed, _) = given
                .store
                .read(&given.who("Marta"), now(), |reading| cases::list(reading, &filter, ""))
                .unwrap();
            listed.into_iter().next().unwrap().reference
        };
        let theirs: &'static str = Box::leak(theirs.into_boxed_str());
        assert_eq!(
            words(join(given, "Priya", &case, theirs)),
            unknown,
            "not theirs and not there sound alike"
        );
        assert!(words(join(given, "Priya", &case, "F-1042")).starts_with("This is the same case"));
        join(given, "Priya", &case, reference).unwrap();
        assert!(words(join(given, "Priya", &case, reference)).starts_with("This case is among them"));
        let leaving = other.clone();
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| cases::leave_siblings(writing, &leaving))
            .unwrap();
        assert!(file(given, "Priya", &case).siblings.is_empty());
    });
}

#[test]
fn what_is_said_of_a_brother_calls_for_questions_too_and_nobody_speaks_for_him() {
    use domain::supervision::Voice;
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let (other, reference) = another(given);
        join(given, "Priya", &case, reference).unwrap();
        let mut form = session_form(given, "Gwen", &case);
        for (field, value) in [
            ("risk_direction", "same"),
            ("voices", "child"),
            ("sibling.0.case", other.as_str()),
            ("sibling.0.child_seen", "not_seen"),
            ("sibling.0.risk_level", "high"),
            ("sibling.0.risk_direction", "up"),
            ("sibling.0.differs", "He was there when it happened."),
        ] {
            form.set(&format!("entry.0.{field}"), value);
        }
        let id = logged(given, "Priya", &form).unwrap();
        let read =
            given.store.read(&given.who("Gwen"), now(), |reading| records::supervision::open(reading, &id));
        let prompts: Vec<_> = read.unwrap().entries.into_iter().flat_map(|entry| entry.prompts).collect();
        let called_by: Vec<Trigger> = prompts.iter().map(|put| put.called_by).collect();
        let put: Vec<String> = prompts.into_iter().map(|put| put.key).collect();
        for trigger in [Trigger::RiskUp, Trigger::ChildNotSeen] {
            assert!(called_by.contains(&trigger), "{called_by:?} on {}", given.engine);
        }
        // What is put right for both stands with both.
        let both: Vec<_> = [&case, &other]
            .map(|child| file(given, "Gwen", child).timeline[0].entry.clone().unwrap().id)
            .into();
        let session = id.clone();
        given
            .store
            .write(&given.who("Gwen"), now(), move |writing| {
                signing::add_to_entries(writing, &Record::Session(session), &both, "Both were there.")
            })
            .unwrap();
        for child in [&case, &other] {
            let added = file(given, "Priya", child).timeline[0].added.clone();
            assert_eq!(added.len(), 1, "{}", given.engine);
        }
        // They were asked of both, so neither is asked the same again when talked about alone.
        let asked = |case: &CaseId| {
            let tables = given.store.read(&given.who("Priya"), now(), |reading| {
                records::reflection::questions_of(reading, &[vec![(case.clone(), None)]], &[])
            });
            keys_for(&tables.unwrap().remove(case).unwrap())
        };
        assert!(!put.is_empty());
        let in_reflection = |case: &CaseId| {
            let read = given.store.read(&given.who("Gwen"), now(), |reading| {
                records::reflection::questions(reading, Some(case), &[])
            });
            keys_for(&read.unwrap())
        };
        for child in [&case, &other] {
            let again: Vec<String> =
                in_reflection(child).into_iter().filter(|key| put.contains(key)).collect();
            assert!(again.is_empty(), "{again:?} come again in a reflection on {}", given.engine);
            let again: Vec<String> = asked(child).into_iter().filter(|key| put.contains(key)).collect();
            assert!(again.is_empty(), "{again:?} come again on {}", given.engine);
        }
        let heard = |case: &CaseId| file(given, "Gwen", case).timeline[0].entry.clone().unwrap().voices;
        assert!(heard(&case).contains(Voice::Child), "{}", given.engine);
        assert!(heard(&other).is_empty(), "{}", given.engine);
    });
}

/// The keys of the questions that a form would put if it said nothing yet.
fn keys_for(table: &domain::reflection::PromptTable) -> Vec<String> {
    let questions = table.questions_for(&domain::reflection::Situation::default());
    questions.into_iter().map(|question| question.key.clone()).collect()
}

/// A session about a case of Gwen's in which nothing calls for a question.
fn calm(given: &Given, case: &CaseId) -> Form {
    let mut form = session_form(given, "Gwen", case);
    form.set("entry.0.risk_direction", "same");
    form.set("entry.0.risk_level", "standard");
    form
}

/// Logs a session, and says which questions it put and what called for each.
fn put_in(given: &Given, form: &Form) -> Vec<(String, Trigger)> {
    let id = logged(given, "Priya", form).unwrap();
    let read =
        given.store.read(&given.who("Gwen"), now(), |reading| records::supervision::open(reading, &id));
    let prompts = read.unwrap().entries.into_iter().flat_map(|entry| entry.prompts);
    prompts.map(|put| (put.key, put.called_by)).collect()
}

#[test]
fn what_was_lately_asked_of_the_second_child_alone_is_not_asked_of_both() {
    on_both_engines(|given| {
        let (other, reference) = another(given);
        let case = one_more(given, "F-1042-C");
        join(given, "Priya", &case, reference).unwrap();
        let put = |form: &Form| put_in(given, form);
        // Nobody was asked anything about either yet, so that their turns are the same: they would meet.
        let of_second = put(&calm(given, &other));
        assert!(of_second.len() >= 3, "{of_second:?}");
        let both = vec![vec![(case.clone(), None), (other.clone(), None)]];
        let on_page = given
            .store
            .read(&given.who("Priya"), now(), |reading| {
                records::reflection::questions_of(reading, &both, &[])
            })
            .unwrap()
            .remove(&case)
            .unwrap();
        let alone = given
            .store
            .read(&given.who("Priya"), now(), |reading| {
                records::reflection::questions_of(reading, &[vec![(case.clone(), None)]], &[])
            })
            .unwrap()
            .remove(&case)
            .unwrap();
        // A question whose trigger fires for the first child comes back; one whose turn it is does not.
        let meets = |put: &[(String, Trigger)]| {
            let in_turn = put.iter().filter(|(_, by)| *by == Trigger::Always);
            in_turn.into_iter().any(|(key, _)| of_second.iter().any(|(asked, _)| asked == key))
        };
        let chosen = |table: &domain::reflection::PromptTable| {
            let fired = table.fired(&domain::reflection::Situation::default());
            let chosen = table.choose(fired).into_iter();
            chosen.map(|chosen| (chosen.question.key.clone(), chosen.by)).collect::<Vec<_>>()
        };
        assert!(meets(&chosen(&alone)), "without the second child the rule would have nothing to do");
        assert!(!meets(&chosen(&on_page)), "the page asks the second child again on {}", given.engine);
        let mut form = calm(given, &case);
        for (field, value) in [
            ("case", other.as_str()),
            ("child_seen", "not_applicable"),
            ("risk_level", "standard"),
            ("risk_direction", "same"),
            ("differs", "Nothing: they were seen together."),
        ] {
            form.set(&format!("entry.0.sibling.0.{field}"), value);
        }
        let of_both = put(&form);
        assert!(
            !of_both.is_empty() && !meets(&of_both),
            "{of_both:?} after {of_second:?} on {}",
            given.engine
        );
    });
}

/// A question that was asked of both counts as asked of each: the page on which the questions are changed must not say otherwise.
#[test]
fn what_another_library_would_mean_is_counted_by_what_was_asked_of_both() {
    use domain::reflection::{NewPrompt, blank_prompt};
    use records::prompts::{self, PromptChange};
    on_both_engines(|given| {
        let (other, reference) = another(given);
        let case = one_more(given, "F-1042-C");
        join(given, "Priya", &case, reference).unwrap();
        let mut both = calm(given, &case);
        for (field, value) in
            [("case", other.as_str()), ("risk_level", "standard"), ("risk_direction", "same")]
        {
            both.set(&format!("entry.0.sibling.0.{field}"), value);
        }
        let (in_turn, _) = put_in(given, &both).into_iter().find(|(_, by)| *by == Trigger::Always).unwrap();
        let count = || {
            let found = given.store.read(&given.who("Helen"), now(), |reading| {
                let (_, library) = prompts::library(reading)?;
                let mut form = blank_prompt(&library, Some(&in_turn), now().date() + chrono::Days::new(365));
                form.set("text", "The same in other words?");
                let change = NewPrompt::parse(&form, Some(&in_turn), now().date())?;
                prompts::preview(reading, &PromptChange::Change(change))
            });
            let appearances = found.unwrap().appearances;
            let found = appearances.into_iter().find(|found| found.key == in_turn).unwrap();
            (found.now, found.cases.into_iter().map(|(_, reference)| reference).collect::<Vec<_>>())
        };
        let (asked_of_both, about) = count();
        assert!(asked_of_both >= 1, "{}", given.engine);
        for reference in ["F-1042-B", "F-1042-C"] {
            assert!(about.iter().any(|each| each == reference), "{about:?} on {}", given.engine);
        }
        logged(given, "Priya", &calm(given, &other)).unwrap();
        assert_eq!(count().0, asked_of_both, "it is not asked of him again, on {}", given.engine);
    });
}
