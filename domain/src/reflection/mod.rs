//! Reflection: a practitioner's own writing, and the questions that are put at the moment of judgement.

mod cpd;
mod journal;
mod mirror;
mod models;
mod piece;
mod prompts;
mod quoted;
mod standards;

pub(crate) use cpd::names_in_label;
pub use cpd::{CPD_BOXES, CountOfYear, CpdPiece, NEEDED_A_YEAR, count_of_year, names_in, registration_year};
pub use journal::{ADDRESS_IS_NEW_DAYS, JOURNAL_WAITS_DAYS, journal_waits_until};
pub use mirror::{FEWEST_IN_GROUP, MIRROR_DAYS, MirrorCase, MirrorSide, mirror};
pub use models::{Model, ModelStep, ModelsInUse, USED_MODELS, model, models};
pub use piece::{
    CheckIn, FEELINGS, Piece, SHOWN_MODEL, Step, change_model, shown_model, standard_field, step_field,
    strange_paragraph,
};
pub use prompts::{
    AT_MOST, BiasTag, CaseInHand, Chosen, Dated, LibraryError, NewPrompt, ON_SCREEN, Prompt, PromptLibrary,
    PromptProblem, PromptShelf, PromptState, PromptTable, Question, Situation, Theme, Trigger, Triggers,
    blank_prompt, standing, unspent,
};
pub use quoted::is_quoted;
pub use standards::{Framework, Standard, frameworks, standard};

use crate::calendar::{add_days, day_in_words};
use crate::form::{Form, FormCheck, Problems};
use crate::ids::{CaseId, PersonId, SupervisionId};
use chrono::NaiveDate;

/// For so many days a question can be put off with one tick.
pub const PUT_OFF_DAYS: [u32; 2] = [7, 28];

/// A question is put off by at most so many days: after that it is not put off but forgotten.
pub const PUT_OFF_AT_MOST: u32 = 183;

/// What came back on a question: an answer, "take it to supervision", a day, a "not relevant, because", or nothing yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptReply {
    /// The question's key in the library.
    pub key: String,
    /// What the person did with it.
    pub state: PromptState,
    /// The answer, or the reason why the question is not relevant.
    pub text: String,
    /// Until when it is put off.
    pub until: Option<NaiveDate>,
    /// Whether the plan changed because of it.
    pub changed_plan: bool,
}

impl PromptReply {
    /// A question to which nobody has replied.
    pub fn raised(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            state: PromptState::Raised,
            text: String::new(),
            until: None,
            changed_plan: false,
        }
    }

    /// Reads the questions under a prefix: `{prefix}.K.key`, `.state`, `.text`, `.until`, `.changed_plan`.
    pub fn read_all(check: &mut FormCheck<'_>, prefix: &str, today: NaiveDate) -> Option<Vec<Self>> {
        let numbers = check.form().indexes(prefix);
        let replies: Vec<Option<Self>> = numbers
            .into_iter()
            .map(|number| {
                let at = format!("{prefix}.{number}.");
                let key = check.form().text(&format!("{at}key")).to_owned();
                Some(Self { key, ..Self::read(check, &at, today)? })
            })
            .collect();
        replies.into_iter().collect()
    }

    /// Reads what was done with a question whose fields begin so; its key is empty. Text without a state is an answer; a
    /// question without text and state stays raised.
    pub fn read(check: &mut FormCheck<'_>, at: &str, today: NaiveDate) -> Option<Self> {
        use crate::TextValue;
        let (state_field, text_field) = (format!("{at}state"), format!("{at}text"));
        let text = check.optional_narrative(&text_field)?;
        let form = check.form();
        let changed_plan = form.text(&format!("{at}changed_plan")) == "yes";
        let (code, days) = match form.text(&state_field).rsplit_once("_in_") {
            Some((code, days)) => (code, days.parse().ok()),
            None => (form.text(&state_field), None),
        };
        if changed_plan && text.is_empty() {
            check.fail(&text_field, "Write what changes");
            return None;
        }
        let state = match PromptState::from_code(code) {
            Some(PromptState::NotRelevant) if text.is_empty() => {
                check.fail(&text_field, "Write why this question is not relevant here");
                return None;
            }
            Some(PromptState::Answered) if text.is_empty() => PromptState::Raised,
            Some(PromptState::Raised) | None if !text.is_empty() => PromptState::Answered,
            Some(state) => state,
            None => PromptState::Raised,
        };
        let until = match (state, days) {
            (PromptState::Deferred, Some(days)) if PUT_OFF_DAYS.contains(&days) => {
                Some(add_days(today, days))
            }
            (PromptState::Deferred, _) => Some(read_until(check, &format!("{at}until"), today)?),
            _ => None,
        };
        let changed_plan = changed_plan && state == PromptState::Answered;
        Some(Self { key: String::new(), state, text, until, changed_plan })
    }
}

/// The day until which a question is put off.
fn read_until(check: &mut FormCheck<'_>, field: &str, today: NaiveDate) -> Option<NaiveDate> {
    let day = check.date(field, "Put off until")?;
    if day <= today {
        check.fail(field, "Put off until must be a day after today");
        return None;
    }
    let last = add_days(today, PUT_OFF_AT_MOST);
    if day > last {
        let words = format!(
            "Put off until must be {} or earlier. If the question does not fit, say why",
            day_in_words(last)
        );
        check.fail(field, words);
        return None;
    }
    Some(day)
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
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let about = read_about(&mut check);
        let piece = Piece::read(&mut check);
        let prompts = PromptReply::read_all(&mut check, "prompt", today);
        let share_with = match form.text("audience") {
            "" | "private" => Some(None),
            _ => check.id("audience", "Choose who may read it").map(Some),
        };
        let has_text = piece.as_ref().is_none_or(|piece| !piece.text().is_empty());
        if !has_text && matches!(share_with, Some(Some(_))) {
            // How the author is goes into no copy.
            check.fail("audience", "Choose “Only me”, or write something to share: how you are stays yours");
        }
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

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
    }

    fn reply(state: &str, text: &str, until: Option<NaiveDate>) -> Result<PromptReply, Problems> {
        let mut form = Form::default();
        form.set("prompt.0.key", "known-told-assumed");
        form.set("prompt.0.state", state);
        form.set("prompt.0.text", text);
        if let Some(until) = until {
            form.set_date("prompt.0.until", until);
        }
        let mut check = FormCheck::new(&form);
        let replies = PromptReply::read_all(&mut check, "prompt", today());
        check.finish(replies).map(|mut replies| replies.remove(0))
    }

    #[test]
    fn a_question_may_be_answered_taken_along_put_off_or_refused_with_a_reason() {
        assert_eq!(reply("", "", None).unwrap().state, PromptState::Raised);
        assert_eq!(reply("", "A word.", None).unwrap().state, PromptState::Answered, "“Answer it above”");
        assert_eq!(reply("", "The referral was wrong.", None).unwrap().state, PromptState::Answered);
        assert_eq!(reply("to_supervision", "", None).unwrap().state, PromptState::ToSupervision);
        assert_eq!(reply("not_relevant", "An adult case.", None).unwrap().state, PromptState::NotRelevant);
        assert!(reply("not_relevant", " ", None).unwrap_err().of("prompt.0.text").is_some());
    }

    #[test]
    fn what_says_only_how_one_is_is_kept_and_not_shared() {
        let with = |audience: &str, body: &str| {
            let mut form = Form::default();
            for (field, value) in [
                ("title", "Friday"),
                (SHOWN_MODEL, "free"),
                ("feeling", "2"),
                ("audience", audience),
                ("body", body),
            ] {
                form.set(field, value);
            }
            NewReflection::parse(&form, today())
        };
        let reader = "0198a0de-0000-7000-8000-000000000001";
        assert_eq!(with("private", "").unwrap().share_with, None);
        assert!(with(reader, "").unwrap_err().of("audience").is_some(), "the copy would be empty");
        assert!(with(reader, "I rang.").unwrap().share_with.is_some());
    }

    #[test]
    fn a_plan_that_changes_needs_to_be_told_how() {
        let ticked = |text: &str| {
            let mut form = Form::default();
            form.set("prompt.0.key", "known-told-assumed");
            form.set("prompt.0.text", text);
            form.set("prompt.0.changed_plan", "yes");
            let mut check = FormCheck::new(&form);
            let replies = PromptReply::read_all(&mut check, "prompt", today());
            check.finish(replies).map(|mut replies| replies.remove(0))
        };
        assert_eq!(ticked(" ").unwrap_err().of("prompt.0.text"), Some("Write what changes"));
        let answered = ticked("She is seen each week now.").unwrap();
        assert_eq!((answered.state, answered.changed_plan), (PromptState::Answered, true));
    }

    #[test]
    fn a_question_is_put_off_until_a_day_that_comes_and_not_too_late() {
        let in_a_week = reply("deferred_in_7", "", None).unwrap();
        assert_eq!((in_a_week.state, in_a_week.until), (PromptState::Deferred, Some(add_days(today(), 7))));
        for (days, is_fine) in [(0, false), (1, true), (PUT_OFF_AT_MOST, true), (PUT_OFF_AT_MOST + 1, false)]
        {
            let replied = reply("deferred", "", Some(add_days(today(), days)));
            assert_eq!(replied.is_ok(), is_fine, "{days}");
            assert!(is_fine || replied.unwrap_err().of("prompt.0.until").is_some(), "{days}");
        }
        assert!(reply("deferred", "", None).unwrap_err().of("prompt.0.until").is_some());
        assert!(reply("deferred_in_900", "", None).is_err(), "only what the page offers");
    }
}
