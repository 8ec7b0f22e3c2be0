//! Other versions of the library of questions: looked at before, in force from their day, and refused where they are wrong.

use crate::given::{Given, case_of, now, on_both_engines};
use crate::prompts::{answer, replies, talked_about};
use chrono::Duration;
use domain::form::Form;
use domain::policy::NewVersion;
use domain::reflection::{NewPrompt, PromptReply, PromptState, blank_prompt};
use records::Problem;
use records::prompts::{self, PromptChange};

fn version(given: &Given, in_days: i64) -> NewVersion {
    NewVersion {
        effective_from: now().date() + Duration::days(in_days),
        approver: given.person("Helen"),
        reason: "After the audit".to_owned(),
    }
}

fn new_prompt(given: &Given, key: &str) -> NewPrompt {
    let (_, library) = given.store.read(&given.who("Helen"), now(), prompts::library).unwrap();
    let mut form = blank_prompt(&library, None, now().date() + Duration::days(365));
    for (field, value) in [
        ("key", key),
        ("text", "Who was there when the order was served?"),
        ("why", "Orders that nobody explains are broken sooner."),
        ("source", "Our own audit, 2026"),
        ("theme", "risk"),
        ("trigger", "order_breached"),
        ("place", "1"),
    ] {
        form.set(field, value);
    }
    NewPrompt::parse(&form, None, now().date()).unwrap()
}

fn changes(given: &Given, who: &str, seen: i32, change: PromptChange, in_days: i64) -> Result<i32, Problem> {
    let version = version(given, in_days);
    given
        .store
        .write(&given.who(who), now(), move |writing| prompts::change(writing, seen, &change, &version))
}

#[test]
fn a_new_question_is_previewed_then_put_from_its_day_on_and_its_effect_is_counted() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let breach = |form: &mut Form| form.set("entry.0.happened", "order_breached");
        talked_about(given, &case, breach);
        let add = PromptChange::Add(new_prompt(given, "order-explained"));
        let preview =
            |who| given.store.read(&given.who(who), now(), |reading| prompts::preview(reading, &add));
        let seen = preview("Helen").unwrap();
        let found = seen.appearances.iter().find(|found| found.key == "order-explained").unwrap();
        assert!(found.then >= 1 && found.now == 0, "{found:?} on {}", given.engine);
        assert!(found.cases.iter().any(|(_, reference)| reference == "F-0930"));
        assert!(matches!(preview("Gwen"), Err(Problem::Refused(_))));
        // Who keeps the rules and sees no case counts the same and sees no reference.
        let of_sam = preview("Sam").unwrap();
        assert!(of_sam.discussions > 0 && of_sam.discussions == seen.discussions, "{}", given.engine);
        let counted = of_sam.appearances.iter().find(|found| found.key == "order-explained").unwrap();
        assert_eq!((counted.then, counted.cases.len()), (found.then, 0));
        assert!(matches!(changes(given, "Gwen", 1, add.clone(), 0), Err(Problem::Refused(_))));
        assert_eq!(changes(given, "Helen", 1, add.clone(), 0).unwrap(), 2);
        let twice = changes(given, "Helen", 2, add.clone(), 0);
        let Err(Problem::Invalid(problems)) = twice else { panic!("a duplicate on {}", given.engine) };
        assert_eq!(problems.0[0].field, "key");
        assert!(matches!(changes(given, "Helen", 1, add, 0), Err(Problem::Invalid(_))), "not over another’s");
        let put = talked_about(given, &case, breach);
        let asked = put.iter().find(|prompt| prompt.key == "order-explained").unwrap();
        let reply = PromptReply { changed_plan: true, ..answer(PromptState::Answered, "Nobody was.", None) };
        replies(given, "Gwen", &asked.id, &reply).unwrap();
        let effects = given.store.read(&given.who("Gwen"), now(), prompts::effects).unwrap();
        let effect = effects["order-explained"];
        assert_eq!((effect.raised, effect.answered, effect.changed_plan), (1, 1, 1));
    });
}

#[test]
fn a_file_that_is_wrong_changes_nothing() {
    on_both_engines(|given| {
        let (_, library) = given.store.read(&given.who("Helen"), now(), prompts::library).unwrap();
        let text = library.to_toml().unwrap();
        for (file, words) in [
            (text.replacen("\"always\"", "\"weather\"", 1), "“weather” is not a known trigger"),
            (text.replacen("source = \"", "source = \" \" # ", 1), "has no source"),
            (text.clone(), "Nothing is changed"),
        ] {
            let outcome = changes(given, "Helen", 1, PromptChange::File(file), 0);
            let Err(Problem::Invalid(problems)) = outcome else { panic!("{words}, {}", given.engine) };
            assert_eq!(problems.0[0].field, "file");
            assert!(problems.0[0].words.contains(words), "{problems:?}");
        }
        let (in_force, same) = given.store.read(&given.who("Gwen"), now(), prompts::library).unwrap();
        assert_eq!((in_force, same), (1, library));
    });
}
