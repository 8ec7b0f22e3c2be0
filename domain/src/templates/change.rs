//! The questions of one part, changed in a form.

use super::{Question, TemplatePart};
use crate::TextValue;
use crate::form::{Form, FormCheck, Problems};

/// Blocks for new questions that the form offers.
const NEW_BLOCKS: usize = 2;

/// The form for the questions of a part: each as it stands, and blocks for new ones.
pub fn blank_questions(questions: &[Question]) -> Form {
    let mut form = Form::default();
    for (number, question) in questions.iter().enumerate() {
        let mut set = |field: &str, value: &str| form.set(&format!("question.{number}.{field}"), value);
        set("key", &question.key);
        set("place", &(number + 1).to_string());
        set("section", &question.section);
        set("asks", &question.asks);
        set("help", &question.help);
        set("kind", question.kind.code());
        set("always", if question.always { "yes" } else { "" });
        set("retired", if question.retired { "yes" } else { "" });
    }
    for number in questions.len()..questions.len() + NEW_BLOCKS {
        form.set(&format!("question.{number}.key"), "");
        form.set(&format!("question.{number}.kind"), "text");
    }
    form
}

/// Reads the questions of a part, in the order of their places. What stands already keeps its key, and a question that is left
/// out of the form is asked no longer; a block without words is none.
///
/// # Errors
/// Every field that is missing or wrong.
pub fn read_questions(
    form: &Form,
    part: TemplatePart,
    before: &[Question],
) -> Result<Vec<Question>, Problems> {
    let mut check = FormCheck::new(form);
    let mut found: Vec<(i32, Question)> = Vec::new();
    for number in form.indexes("question") {
        let name = |field: &str| format!("question.{number}.{field}");
        let key = form.text(&name("key"));
        let kind = check.choice(&name("kind"), "Choose how it is answered");
        // A question that is answered otherwise is another one: the old one keeps its answers.
        let is_new = !before.iter().any(|question| question.key == key && Some(question.kind) == kind);
        if is_new && form.text(&name("asks")).trim().is_empty() {
            continue;
        }
        let asks = check.line(&name("asks"), "Write the question, or tick that it is asked no longer");
        let section = check.line(&name("section"), "Enter the heading under which it stands");
        let help = check.optional_line(&name("help"));
        let place = match form.text(&name("place")).trim() {
            "" => Some(i32::MAX),
            _ => check.number(&name("place"), "its place: 1 is the first", 1..=999),
        };
        let question = (|| {
            let key = if is_new { new_key(before, &found) } else { key.to_owned() };
            let (always, retired) =
                (form.text(&name("always")) == "yes", form.text(&name("retired")) == "yes");
            Some((
                place?,
                Question { key, section: section?, asks: asks?, help: help?, kind: kind?, always, retired },
            ))
        })();
        found.extend(question);
    }
    let is_kept = |question: &Question| found.iter().any(|(_, kept)| kept.key == question.key);
    let gone: Vec<Question> = before.iter().filter(|question| !is_kept(question)).cloned().collect();
    found.extend(gone.into_iter().map(|question| (i32::MAX, Question { retired: true, ..question })));
    found.sort_by_key(|(place, _)| *place);
    let questions: Vec<Question> = found.into_iter().map(|(_, question)| question).collect();
    if questions == before {
        check.fail("form", format!("Nothing is changed: “{part}” is as it is in force"));
    }
    check.finish(Some(questions))
}

/// A key that no question of the part has or had.
fn new_key(before: &[Question], found: &[(i32, Question)]) -> String {
    let is_taken = |key: &str| {
        before.iter().chain(found.iter().map(|(_, question)| question)).any(|question| question.key == key)
    };
    // One more than there are of all of them is always free.
    let most = before.len() + found.len() + 1;
    (1..=most).map(|number| format!("own_{number}")).find(|key| !is_taken(key)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{AnswerKind, Templates};
    use super::*;

    fn peer() -> Vec<Question> {
        Templates::parse(Templates::SHIPPED, 1).unwrap().of(TemplatePart::Peer).to_vec()
    }

    fn read(form: &Form) -> Result<Vec<Question>, Problems> {
        read_questions(form, TemplatePart::Peer, &peer())
    }

    #[test]
    fn a_form_that_nobody_touched_changes_nothing() {
        assert_eq!(read(&blank_questions(&peer())).unwrap_err().0[0].field, "form");
    }

    #[test]
    fn questions_are_moved_retired_and_added_and_keep_their_keys() {
        let mut form = blank_questions(&peer());
        form.set("question.0.place", "9");
        form.set("question.1.retired", "yes");
        form.set("question.3.asks", "Who else should hear of this?");
        form.set("question.3.section", "Afterwards");
        let questions = read(&form).unwrap();
        let keys: Vec<(&str, bool)> =
            questions.iter().map(|question| (question.key.as_str(), question.retired)).collect();
        assert_eq!(
            keys,
            [("taken_away", true), ("to_supervision", false), ("brought", false), ("own_1", false)]
        );
        assert_eq!(questions[3].kind, AnswerKind::Text);
    }

    #[test]
    fn a_question_that_is_answered_otherwise_is_another_and_the_old_one_is_retired() {
        let mut form = blank_questions(&peer());
        form.set("question.0.kind", "scale");
        let questions = read(&form).unwrap();
        let old = questions.iter().find(|question| question.key == "brought").unwrap();
        assert!(old.retired && old.kind == AnswerKind::Text);
        assert_eq!((questions[0].key.as_str(), questions[0].kind), ("own_1", AnswerKind::Scale));
    }

    #[test]
    fn what_is_left_out_is_retired_and_never_lost() {
        let mut form = blank_questions(&peer());
        form.remove_under("question.1.");
        let questions = read(&form).unwrap();
        assert!(questions.iter().any(|question| question.key == "taken_away" && question.retired));
    }

    #[test]
    fn a_question_without_words_is_asked_about() {
        let mut form = blank_questions(&peer());
        form.set("question.0.asks", " ");
        form.set("question.3.asks", "Something new?");
        let fields: Vec<String> = read(&form).unwrap_err().0.into_iter().map(|it| it.field).collect();
        assert_eq!(fields, ["question.0.asks", "question.3.section"]);
    }

    #[test]
    fn a_key_that_was_made_up_is_a_new_question() {
        let mut form = blank_questions(&peer());
        form.set("question.3.key", "../../etc");
        form.set("question.3.asks", "Something new?");
        form.set("question.3.section", "New");
        assert!(read(&form).unwrap().iter().any(|question| question.key == "own_1"));
    }
}
