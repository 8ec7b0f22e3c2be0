//! Reflection: a practitioner's own writing, and the questions that are put at the moment of judgement.

mod cpd;
mod models;
mod piece;
mod prompts;
mod standards;

pub use cpd::{CPD_BOXES, CpdPiece, NEEDED_A_YEAR, count_of_year, names_in, registration_year};
pub use models::{Model, ModelStep, model, models};
pub use piece::{
    CheckIn, FEELINGS, Piece, SHOWN_MODEL, Step, change_model, shown_model, standard_field, step_field,
    strange_paragraph,
};
pub use prompts::{
    AT_MOST, Prompt, PromptLibrary, PromptState, PromptTable, Question, Situation, Theme, Trigger, choose,
};

pub use standards::{Framework, Standard, frameworks, standard};

use crate::form::{Form, FormCheck, Problems};
use crate::ids::{CaseId, PersonId, SupervisionId};

/// What came back on a question: an answer, a "later", a "not relevant, because", or nothing yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptReply {
    /// The question's key in the library.
    pub key: String,
    /// What the person did with it.
    pub state: PromptState,
    /// The answer, or the reason why the question is not relevant.
    pub text: String,
}

impl PromptReply {
    /// Reads the questions under a prefix: `{prefix}.K.key`, `.state`, `.text`.
    pub fn read_all(check: &mut FormCheck<'_>, prefix: &str) -> Option<Vec<Self>> {
        let numbers = check.form().indexes(prefix);
        let replies: Vec<Option<Self>> =
            numbers.into_iter().map(|number| Self::read(check, &format!("{prefix}.{number}"))).collect();
        replies.into_iter().collect()
    }

    /// Reads one question under `at`.
    fn read(check: &mut FormCheck<'_>, at: &str) -> Option<Self> {
        let key = check.form().text(&format!("{at}.key")).to_owned();
        let reply = Self::read_fields(check, &format!("{at}.state"), &format!("{at}.text"))?;
        Some(Self { key, ..reply })
    }

    /// Reads what was done with a question from these two fields; its key is empty. Text without a state is an answer;
    /// a question without text and state stays raised.
    pub fn read_fields(check: &mut FormCheck<'_>, state_field: &str, text_field: &str) -> Option<Self> {
        use crate::TextValue;
        let text = check.optional_narrative(text_field)?;
        let state = match PromptState::from_code(check.form().text(state_field)) {
            Some(PromptState::NotRelevant) if text.is_empty() => {
                check.fail(text_field, "Write why this question is not relevant here");
                return None;
            }
            Some(PromptState::Answered) if text.is_empty() => PromptState::Raised,
            Some(PromptState::Raised) | None if !text.is_empty() => PromptState::Answered,
            Some(state) => state,
            None => PromptState::Raised,
        };
        Some(Self { key: String::new(), state, text })
    }
}

/// What a reflection is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A case that the author works on.
    Case(CaseId),
    /// A supervision session that the author was in.
    Supervision(SupervisionId),
    /// Neither.
    Neither,
}

/// A reflection as its author writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReflection {
    /// What it is about.
    pub about: About,
    /// What is written.
    pub piece: Piece,
    /// Replies to the questions that the page put.
    pub prompts: Vec<PromptReply>,
    /// The supervisor who gets a frozen copy; `None` keeps it private.
    pub share_with: Option<PersonId>,
}

impl NewReflection {
    /// Reads the form of `/reflections/new`.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let about = read_about(&mut check);
        let piece = Piece::read(&mut check);
        let prompts = PromptReply::read_all(&mut check, "prompt");
        let share_with = match form.text("audience") {
            "" | "private" => Some(None),
            _ => check.id("audience", "Choose who may read it").map(Some),
        };
        let reflection =
            (|| Some(Self { about: about?, piece: piece?, prompts: prompts?, share_with: share_with? }))();
        check.finish(reflection)
    }
}

fn read_about(check: &mut FormCheck<'_>) -> Option<About> {
    let form = check.form();
    match form.text("about").split_once(':') {
        Some(("case", id)) => id.parse().ok().map(About::Case),
        Some(("supervision", id)) => id.parse().ok().map(About::Supervision),
        _ if form.text("about").is_empty() || form.text("about") == "neither" => Some(About::Neither),
        _ => None,
    }
    .or_else(|| {
        check.fail("about", "Choose what it is about from the list");
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(state: &str, text: &str) -> Result<PromptReply, Problems> {
        let mut form = Form::default();
        form.set("prompt.0.key", "known-told-assumed");
        form.set("prompt.0.state", state);
        form.set("prompt.0.text", text);
        let mut check = FormCheck::new(&form);
        let reply = PromptReply::read(&mut check, "prompt.0");
        check.finish(reply)
    }

    #[test]
    fn a_question_may_be_answered_put_off_or_refused_with_a_reason() {
        assert_eq!(reply("", "").unwrap().state, PromptState::Raised);
        assert_eq!(reply("", "The referral was wrong.").unwrap().state, PromptState::Answered);
        assert_eq!(reply("deferred", "").unwrap().state, PromptState::Deferred);
        assert_eq!(reply("not_relevant", "An adult case.").unwrap().state, PromptState::NotRelevant);
        assert!(reply("not_relevant", " ").unwrap_err().of("prompt.0.text").is_some());
    }
}
