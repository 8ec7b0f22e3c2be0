//! What the forms ask besides what the rules need: questions that an organisation adds, reorders and retires (domain.md 3.1 to
//! 3.7). Answers keep the words that were asked and the version in which they stood.

mod answers;
mod change;

pub use answers::{Answer, Answers, NewAnswers, TEMPLATE_VERSION};
pub use change::{blank_questions, read_questions};

use crate::value::text_value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

text_value! {
    /// A part of a record that has questions of its own.
    TemplatePart: "part of a record" {
        Case = "case", "About a case";
        Oversight = "oversight", "Management oversight";
        Personal = "personal", "About the person";
        Group = "group", "Group supervision";
        Joint = "joint", "Joint supervision";
        Live = "live", "Live supervision";
        Peer = "peer", "Peer supervision";
        SeriousIncident = "serious_incident", "After a serious incident";
    }
}

text_value! {
    /// How a question is answered.
    AnswerKind: "kind of answer" {
        Text = "text", "In words";
        YesNo = "yes_no", "Yes or no";
        Scale = "scale", "A number from 0 to 10";
    }
}

impl AnswerKind {
    /// An answer in words.
    pub fn in_words(self, answer: &str) -> String {
        match (self, answer) {
            (Self::YesNo, "yes") => "Yes".to_owned(),
            (Self::YesNo, "no") => "No".to_owned(),
            (Self::Scale, number) => format!("{number} out of 10"),
            (_, text) => text.to_owned(),
        }
    }

    fn takes(self, answer: &str) -> bool {
        match self {
            Self::Text => true,
            Self::YesNo => matches!(answer, "yes" | "no"),
            Self::Scale => answer.parse::<u8>().is_ok_and(|number| number <= 10),
        }
    }
}

/// A question of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What an answer is known by, whatever the words become: small letters, digits and underscores.
    pub key: String,
    /// The heading under which it stands.
    pub section: String,
    /// The question.
    pub asks: String,
    /// A line that explains it; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// How it is answered.
    pub kind: AnswerKind,
    /// Whether it stands open in the form. The others wait under one line.
    #[serde(default)]
    pub always: bool,
    /// Whether it is asked no longer. It is kept, so that what was typed before can still be saved.
    #[serde(default)]
    pub retired: bool,
}

/// The questions of every part, and the version that holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Templates {
    version: i32,
    questions: BTreeMap<TemplatePart, Vec<Question>>,
}

/// What is wrong with a file of templates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It is no TOML, or has other fields.
    #[error("the templates cannot be read: {0}")]
    Unreadable(String),
    /// An answer could not be told from another.
    #[error("“{part}” has two questions with the key {key}")]
    SameKey {
        /// The part.
        part: TemplatePart,
        /// The key.
        key: String,
    },
    /// A key that no field can have.
    #[error("the key “{0}” must be of small letters, digits and underscores")]
    Key(String),
    /// Nothing is asked.
    #[error("the question {0} has no words")]
    Wordless(String),
}

impl Templates {
    /// What ships.
    pub const SHIPPED: &'static str = include_str!("../../content/templates.toml");

    /// Reads templates.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn parse(text: &str, version: i32) -> Result<Self, TemplateError> {
        let questions: BTreeMap<TemplatePart, Vec<Question>> =
            toml::from_str(text).map_err(|error| TemplateError::Unreadable(error.to_string()))?;
        for (part, of_part) in &questions {
            check(*part, of_part)?;
        }
        Ok(Self { version, questions })
    }

    /// The version.
    pub fn version(&self) -> i32 {
        self.version
    }

    /// The questions of a part, in the order in which they are put, those that are asked no longer included.
    pub fn of(&self, part: TemplatePart) -> &[Question] {
        self.questions.get(&part).map_or(&[], Vec::as_slice)
    }

    /// The same with other questions for one part, as the file that holds it.
    ///
    /// # Errors
    /// What is wrong with the questions.
    pub fn with(&self, part: TemplatePart, questions: Vec<Question>) -> Result<String, TemplateError> {
        check(part, &questions)?;
        let mut all = self.questions.clone();
        all.insert(part, questions);
        toml::to_string(&all).map_err(|error| TemplateError::Unreadable(error.to_string()))
    }
}

fn check(part: TemplatePart, questions: &[Question]) -> Result<(), TemplateError> {
    for (at, question) in questions.iter().enumerate() {
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        if question.key.is_empty() || !question.key.chars().all(is_plain) {
            return Err(TemplateError::Key(question.key.clone()));
        }
        if questions[..at].iter().any(|earlier| earlier.key == question.key) {
            return Err(TemplateError::SameKey { part, key: question.key.clone() });
        }
        if question.asks.trim().is_empty() {
            return Err(TemplateError::Wordless(question.key.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextValue;
    use crate::form::Form;

    fn shipped() -> Templates {
        Templates::parse(Templates::SHIPPED, 1).unwrap()
    }

    #[test]
    fn what_ships_has_questions_for_every_part_and_asks_each_once() {
        let templates = shipped();
        for part in TemplatePart::ALL {
            let questions = templates.of(*part);
            assert!(!questions.is_empty(), "{part}");
            assert!(questions.iter().all(|question| !question.section.is_empty()), "{part}");
        }
    }

    #[test]
    fn a_routine_record_has_nothing_more_to_look_at() {
        let templates = shipped();
        for part in [TemplatePart::Case, TemplatePart::Personal, TemplatePart::Oversight] {
            assert!(templates.of(part).iter().all(|question| !question.always), "{part}");
        }
    }

    #[test]
    fn a_changed_part_is_read_again_as_it_was_written_and_the_others_stay() {
        let templates = shipped();
        let mut questions = templates.of(TemplatePart::Case).to_vec();
        questions.reverse();
        questions[0].retired = true;
        let text = templates.with(TemplatePart::Case, questions.clone()).unwrap();
        let changed = Templates::parse(&text, 2).unwrap();
        assert_eq!(changed.of(TemplatePart::Case), questions);
        assert_eq!(changed.of(TemplatePart::Group), templates.of(TemplatePart::Group));
        assert_eq!(changed.version(), 2);
    }

    #[test]
    fn questions_that_could_not_be_told_apart_are_refused() {
        let templates = shipped();
        let mut twice = templates.of(TemplatePart::Peer).to_vec();
        twice.push(twice[0].clone());
        assert!(matches!(templates.with(TemplatePart::Peer, twice), Err(TemplateError::SameKey { .. })));
        for key in ["", "Über", "a.b", "a b"] {
            let mut wrong = templates.of(TemplatePart::Peer).to_vec();
            wrong[0].key = key.to_owned();
            assert_eq!(
                templates.with(TemplatePart::Peer, wrong),
                Err(TemplateError::Key(key.to_owned())),
                "{key}"
            );
        }
    }

    #[test]
    fn answers_keep_the_words_that_were_asked_and_their_version() {
        let mut form = Form::default();
        form.set("entry.0.answer.pattern", "Each time after payday.");
        form.set("entry.0.answer.safety_scale", "4");
        form.set("entry.0.answer.chronology", "yes");
        form.set("entry.0.answer.options", "  ");
        let typed = NewAnswers::parse(&form, "entry.0").unwrap();
        let answers = shipped().answers(TemplatePart::Case, &typed).unwrap();
        let keys: Vec<&str> = answers.given.iter().map(|answer| answer.key.as_str()).collect();
        assert_eq!(keys, ["safety_scale", "chronology", "pattern"], "in the order of the questions");
        assert_eq!(answers.given[0].in_words(), "4 out of 10");
        assert_eq!(answers.given[1].in_words(), "Yes");
        assert_eq!(answers.given[2].asks, "What pattern do they show?");
        assert_eq!(Answers::stored(&answers.to_stored()).unwrap(), answers);
        assert_eq!(Answers::default().to_stored(), "");
        assert_eq!(Answers::stored("").unwrap(), Answers::default());
    }

    #[test]
    fn an_answer_that_does_not_fit_its_question_is_an_error_at_its_field() {
        for (key, answer) in [("safety_scale", "11"), ("safety_scale", "four"), ("chronology", "perhaps")] {
            let mut form = Form::default();
            form.set(&format!("entry.2.answer.{key}"), answer);
            let typed = NewAnswers::parse(&form, "entry.2").unwrap();
            let problems = shipped().answers(TemplatePart::Case, &typed).unwrap_err();
            assert_eq!(problems.0[0].field, format!("entry.2.answer.{key}"), "{answer}");
        }
        let mut form = Form::default();
        form.set("entry.2.answer.never_asked", "Words");
        let typed = NewAnswers::parse(&form, "entry.2").unwrap();
        assert!(shipped().answers(TemplatePart::Case, &typed).is_err(), "no words are dropped in silence");
    }

    #[test]
    fn a_question_that_is_retired_while_somebody_types_still_takes_the_answer() {
        let templates = shipped();
        let mut questions = templates.of(TemplatePart::Case).to_vec();
        for question in &mut questions {
            question.retired = true;
        }
        let retired = Templates::parse(&templates.with(TemplatePart::Case, questions).unwrap(), 2).unwrap();
        let mut form = Form::default();
        form.set("entry.0.answer.pattern", "Each time after payday.");
        let typed = NewAnswers::parse(&form, "entry.0").unwrap();
        assert_eq!(retired.answers(TemplatePart::Case, &typed).unwrap().given.len(), 1);
    }
}
