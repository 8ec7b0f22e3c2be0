//! Questions of an organisation's own, as dated versions; answers keep the words that were asked.

use crate::given::{Given, case_of, logged, now, on_both_engines, session_form};
use chrono::Duration;
use domain::form::Form;
use domain::ids::SupervisionId;
use domain::policy::NewVersion;
use domain::templates::{Question, TEMPLATE_VERSION, TemplatePart};
use records::Problem;
use records::{settings, supervision};

fn questions(given: &Given) -> Vec<Question> {
    let templates = given.store.read(&given.who("Helen"), now(), settings::templates).unwrap();
    templates.of(TemplatePart::Case).to_vec()
}

fn change(given: &Given, who: &str, seen: i32, questions: Vec<Question>) -> Result<i32, Problem> {
    let version = NewVersion {
        effective_from: now().date(),
        approver: given.person("Helen"),
        reason: "Asked for by the team".to_owned(),
    };
    given.store.write(&given.who(who), now(), move |writing| {
        settings::change_template(writing, (TemplatePart::Case, seen), questions, &version)
    })
}

fn answers_of(given: &Given, id: &SupervisionId) -> (i32, Vec<(String, String)>) {
    let session =
        given.store.read(&given.who("Gwen"), now(), |reading| supervision::open(reading, id)).unwrap();
    let answers = session.entries[0].entry.answers.clone();
    (answers.version, answers.given.into_iter().map(|answer| (answer.asks, answer.answer)).collect())
}

fn answered(given: &Given, key: &str, words: &str, version: &str) -> Form {
    let mut form = session_form(given, "Gwen", &case_of(given, "Priya", "F-1042"));
    form.set(&format!("entry.0.answer.{key}"), words);
    form.set(TEMPLATE_VERSION, version);
    form
}

#[test]
fn an_answer_keeps_the_words_of_the_version_that_was_on_the_page() {
    on_both_engines(|given| {
        let mut changed = questions(given);
        let pattern = changed.iter_mut().find(|question| question.key == "pattern").unwrap();
        let old = std::mem::replace(&mut pattern.asks, "Whose behaviour makes the pattern?".to_owned());
        assert!(
            matches!(change(given, "Gwen", 1, changed.clone()), Err(Problem::Refused(_))),
            "{}",
            given.engine
        );
        assert_eq!(change(given, "Helen", 1, changed.clone()).unwrap(), 2);
        changed.reverse();
        assert!(matches!(change(given, "Helen", 1, changed), Err(Problem::Invalid(_))), "not over another’s");
        // Somebody had the form open while the words changed.
        let before = logged(given, "Priya", &answered(given, "pattern", "Payday.", "1")).unwrap();
        assert_eq!(answers_of(given, &before), (1, vec![(old, "Payday.".to_owned())]));
        let after = logged(given, "Priya", &answered(given, "pattern", "His.", "2")).unwrap();
        let asked = "Whose behaviour makes the pattern?".to_owned();
        assert_eq!(answers_of(given, &after), (2, vec![(asked, "His.".to_owned())]));
        let later = now() + Duration::days(300);
        let session =
            given.store.read(&given.who("Gwen"), later, |reading| supervision::open(reading, &before));
        assert_eq!(session.unwrap().entries[0].entry.answers.version, 1, "for good");
    });
}

#[test]
fn questions_for_an_earlier_day_are_refused_while_a_later_version_waits() {
    on_both_engines(|given| {
        let mut later = questions(given);
        later.reverse();
        let day = now().date() + Duration::days(30);
        let from = |effective_from| NewVersion {
            effective_from,
            approver: given.person("Helen"),
            reason: "Asked for by the team".to_owned(),
        };
        let save = |questions: Vec<Question>, version: NewVersion| {
            given.store.write(&given.who("Helen"), now(), move |writing| {
                settings::change_template(writing, (TemplatePart::Case, 1), questions, &version)
            })
        };
        assert_eq!(save(later, from(day)).unwrap(), 2, "{}", given.engine);
        let mut sooner = questions(given);
        sooner.swap(0, 1);
        let Err(Problem::Invalid(problems)) = save(sooner, from(now().date())) else {
            panic!("it would be gone in a month, and nobody would know why")
        };
        assert_eq!(problems.0[0].field, "effective_from");
    });
}

#[test]
fn nothing_typed_is_dropped_because_nobody_knows_the_question() {
    on_both_engines(|given| {
        let outcome = logged(given, "Priya", &answered(given, "made_up", "Words", "1"));
        let Err(Problem::Invalid(problems)) = outcome else { panic!("{}", given.engine) };
        assert_eq!(problems.0[0].field, "entry.0.answer.made_up");
    });
}
