//! Libraries as files, and questions in a form.

use super::*;
use crate::form::Form;

const ONE: &str = r#"[[prompt]]
key = "one"
theme = "bias"
triggers = ["always"]
text = "Why?"
why = "Because."
source = "A briefing"
review_on = "2027-01-01"
"#;

#[test]
fn a_file_that_is_wrong_is_refused_with_its_line_and_the_reason() {
    // A good question stands before the wrong one, so that the line of the first is not right by chance.
    let good = ONE.replace("\"one\"", "\"good\"");
    let after_good = |wrong: &str| format!("{good}\n{wrong}");
    let without = |line: &str| {
        ONE.lines().filter(|each| !each.starts_with(line)).flat_map(|each| [each, "\n"]).collect::<String>()
    };
    for (wrong, line, words) in [
        (ONE.replace("always", "weather"), 13, "“weather” is not a known trigger"),
        (ONE.replace("\"bias\"", "\"mood\""), 12, "“mood” is not a known theme"),
        (ONE.replace("A briefing", " "), 16, "“one” has no source"),
        (without("source"), 10, "missing field `source`"),
        (ONE.replace("Because.", ""), 15, "“one” has no reason why it is asked"),
        (ONE.replace("[\"always\"]", "[]"), 13, "nothing calls for “one”"),
        (ONE.replace("2027-01-01", "soon"), 17, "“soon” is not a day"),
        (ONE.replace("\"one\"", "\"One!\""), 11, "small letters"),
        (good.clone(), 11, "another question with the short name “good”"),
        (format!("{ONE}colour = \"red\"\n"), 18, "unknown field"),
    ] {
        let text = after_good(&wrong);
        let error = PromptLibrary::parse(&text).unwrap_err();
        assert_eq!(error.line, line, "{error}\n{text}");
        assert!(error.words.contains(words), "{error}");
    }
}

#[test]
fn no_question_is_given_the_name_of_a_page_which_would_hide_it() {
    let (today, library) = (day("2026-11-24"), library());
    for name in ["new", "import", "export"] {
        let file = format!("{ONE}\n{}", ONE.replace("\"one\"", &format!("\"{name}\"")));
        let error = library.followed_by(&file, 2, today).unwrap_err();
        assert_eq!(error.line, 11);
        assert!(error.words.contains(&format!("“{name}” is taken by a page")), "{error}");
        let mut form = form_of("worth-copying");
        form.set("key", name);
        let new = NewPrompt::parse(&form, None, today).unwrap();
        let problems = new.within(&library, 2, true).unwrap_err();
        let words = format!("The short name “{name}” is taken by a page. Choose another");
        assert_eq!(problems.of("key"), Some(words.as_str()));
        // One that is in force already is still read, changed and taken out.
        let before = PromptLibrary::parse(&file).unwrap();
        assert!(before.followed_by(&file, 2, today).is_ok());
        let form = blank_prompt(&before, Some(name), today);
        let mut moved = form.clone();
        moved.set("place", "1");
        let changed = NewPrompt::parse(&moved, Some(name), today).unwrap();
        assert!(changed.within(&before, 2, false).is_ok());
    }
    assert!(library.followed_by(&ONE.replace("\"one\"", "\"new-baby\""), 2, today).is_ok());
}

#[test]
fn a_library_is_read_again_as_it_was_written() {
    let library = library();
    assert_eq!(PromptLibrary::parse(&library.to_toml().unwrap()).unwrap(), library);
}

#[test]
fn a_file_that_follows_keeps_what_is_gone_and_marks_what_is_new() {
    let today = day("2026-11-24");
    let (before, changed) = (library(), ONE.replace("Why?", "Why not?"));
    let next = before.followed_by(&changed, 4, today).unwrap();
    assert_eq!(next.prompts.len(), 93);
    assert_eq!(next.find("one").unwrap().version, 4);
    assert!(next.find("worth-copying").unwrap().retired);
    let same = before.followed_by(&before.to_toml().unwrap(), 4, today).unwrap();
    assert_eq!(same, before, "nothing is new");
    let past = ONE.replace("2027-01-01", "2026-11-23");
    assert_eq!(before.followed_by(&past, 4, today).unwrap_err().line, 8);
    let late = day("2030-01-01");
    assert_eq!(
        before.followed_by(&before.to_toml().unwrap(), 4, late).unwrap(),
        before,
        "unless nobody touched it"
    );
}

fn form_of(key: &str) -> Form {
    blank_prompt(&library(), Some(key), day("2027-11-22"))
}

#[test]
fn a_form_that_nobody_touched_changes_nothing_and_a_changed_one_marks_the_version() {
    let (library, today) = (library(), day("2026-11-24"));
    let mut form = form_of("worth-copying");
    let read = |form: &Form| NewPrompt::parse(form, Some("worth-copying"), today).unwrap();
    assert_eq!(read(&form).within(&library, 2, false).unwrap_err().0[0].field, "form");
    form.set("place", "1");
    let moved = read(&form).within(&library, 2, false).unwrap();
    assert_eq!((moved.prompts[0].key.as_str(), moved.prompts[0].version), ("worth-copying", 1), "only moved");
    form.set("text", "What should others learn from you?");
    form.set("retired", "yes");
    let next = read(&form).within(&library, 2, false).unwrap();
    assert_eq!((next.prompts.len(), next.prompts[0].version, next.prompts[0].retired), (92, 2, true));
}

#[test]
fn a_form_that_is_wrong_names_each_field() {
    let today = day("2026-11-24");
    let mut form = form_of("worth-copying");
    form.set("source", " ");
    form.set("trigger", "weather");
    form.set_date("review_on", day("2026-11-23"));
    form.set("place", "first");
    let problems = NewPrompt::parse(&form, None, today).unwrap_err();
    let fields: Vec<&str> = problems.0.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["source", "trigger", "review_on", "place"]);
    assert!(problems.of("trigger").unwrap().contains("“weather”"));
    let again = NewPrompt::parse(&form_of("worth-copying"), None, today).unwrap();
    assert_eq!(again.within(&library(), 2, true).unwrap_err().0[0].field, "key", "a duplicate");
}
