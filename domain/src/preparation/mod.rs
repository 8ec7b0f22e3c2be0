//! Before a session: what both put on its agenda, what the person supervised prepares (domain.md 3.6), and which cases
//! have gone quiet.

mod quiet;

pub use quiet::{Quiet, QuietFacts, quietest};

use crate::form::{Form, FormCheck, Problems};
use crate::value::text_value;

text_value! {
    /// Who reads a preparation.
    Sharing: "sharing" {
        Private = "private", "Keep it for myself for now";
        Shared = "shared", "Share it with my supervisor";
    }
}

impl Sharing {
    /// What was chosen, as it is told afterwards.
    pub fn chosen(self) -> &'static str {
        match self {
            Self::Private => "Not shared",
            Self::Shared => "Shared with the supervisor",
        }
    }
}

/// A question of the preparation form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// The name of its field, under which its answer is kept.
    pub key: &'static str,
    /// What it asks.
    pub words: &'static str,
}

/// The questions, in order. How somebody is stands apart: it has a scale.
pub const QUESTIONS: &[Question] = &[
    Question { key: "proud_of", words: "What are you proud of since last time?" },
    Question { key: "worried_about", words: "What are you worried about?" },
    Question { key: "stuck_on", words: "Where are you stuck?" },
    Question { key: "cases", words: "Which cases do you bring, and what do you want help with in each?" },
    Question { key: "would_help", words: "What would help you now?" },
    Question { key: "learning", words: "What do you want to learn or practise?" },
    Question { key: "feedback", words: "What do you want to tell your supervisor about how this goes?" },
    Question { key: "avoiding", words: "Is there anything that you are avoiding?" },
];

/// What asks how somebody is.
pub const HOW_ARE_YOU: &str = "How are you?";

/// How somebody is, from 1 (bad) to 5 (good).
pub const WELLBEING: std::ops::RangeInclusive<i32> = 1..=5;

/// What somebody prepares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPreparation {
    /// The answers that hold a word, by key.
    pub answers: Vec<(&'static str, String)>,
    /// How the person is, if they say so.
    pub wellbeing: Option<i32>,
    /// Who reads it.
    pub sharing: Sharing,
}

impl NewPreparation {
    /// Reads the form.
    ///
    /// # Errors
    /// Nothing was written, or no reader was chosen.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let mut answers = Vec::new();
        for question in QUESTIONS {
            match check.optional_narrative(question.key) {
                Some(text) if !text.is_empty() => answers.push((question.key, text)),
                _ => {}
            }
        }
        let wellbeing = read_wellbeing(&mut check);
        let sharing = check.choice("sharing", "Choose whether to share it");
        if answers.is_empty() && wellbeing == Some(None) {
            check.fail(QUESTIONS[0].key, "Write something, or say how you are");
        }
        let preparation = (|| Some(Self { answers, wellbeing: wellbeing?, sharing: sharing? }))();
        check.finish(preparation)
    }
}

#[expect(clippy::option_option, reason = "a wrong number, none, a number")]
fn read_wellbeing(check: &mut FormCheck<'_>) -> Option<Option<i32>> {
    if check.form().text("wellbeing").is_empty() {
        return Some(None);
    }
    check.number("wellbeing", "how you are", WELLBEING).map(Some)
}

/// Reads something for the agenda.
///
/// # Errors
/// Nothing was written, or more than a line holds.
pub fn read_agenda_item(form: &Form) -> Result<String, Problems> {
    let mut check = FormCheck::new(form);
    let words = check.line("agenda", "Write what you want to talk about");
    check.finish(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(form: &Form) -> Vec<String> {
        NewPreparation::parse(form).unwrap_err().0.into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn one_word_or_a_number_is_enough_and_nothing_is_not() {
        let mut form = Form::default();
        assert_eq!(fields(&form), ["sharing", "proud_of"]);
        form.set("sharing", "private");
        assert_eq!(fields(&form), ["proud_of"]);
        form.set("wellbeing", "2");
        assert_eq!(NewPreparation::parse(&form).unwrap().wellbeing, Some(2));
        form.set("wellbeing", "6");
        assert_eq!(fields(&form), ["wellbeing"]);
        form.set("wellbeing", "");
        form.set("avoiding", " The call to his mother. ");
        let prepared = NewPreparation::parse(&form).unwrap();
        assert_eq!(prepared.answers, [("avoiding", "The call to his mother.".to_owned())]);
        assert_eq!(prepared.sharing, Sharing::Private);
    }
}
