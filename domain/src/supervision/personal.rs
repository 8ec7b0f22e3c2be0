//! The part of a session about the worker.

use super::action::{NewAction, read_actions};
use super::carry::{ActionReview, Outcome, read_reviews};
use crate::TextValue;
use crate::form::{Form, FormCheck, Problems};
use crate::templates::NewAnswers;
use chrono::NaiveDate;

/// The part about the worker: a record of its own, with its own readers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonalPart {
    /// How the person is, and what the work does to them.
    pub wellbeing: String,
    /// How much there is to do.
    pub workload: String,
    /// What they are learning and want to learn.
    pub development: String,
    /// Anything else that was agreed.
    pub agreed: String,
    /// What has become of what was agreed about the person before.
    pub reviews: Vec<ActionReview>,
    /// What the two agreed to do about it.
    pub actions: Vec<NewAction>,
    /// Answers to what the organisation asks besides.
    pub answers: NewAnswers,
}

impl PersonalPart {
    /// Reads what stands under `personal.`, of a session of this day.
    pub(super) fn read(check: &mut FormCheck<'_>, held_on: Option<NaiveDate>) -> Option<Self> {
        let wellbeing = check.optional_narrative("personal.wellbeing");
        let workload = check.optional_narrative("personal.workload");
        let development = check.optional_narrative("personal.development");
        let agreed = check.optional_narrative("personal.agreed");
        let reviews = read_reviews(check, PERSONAL_REVIEWS, held_on);
        let actions = read_actions(check, PERSONAL_ACTIONS, held_on);
        let answers = NewAnswers::read(check, PERSONAL_PART);
        Some(Self {
            reviews: reviews?,
            actions: actions?,
            wellbeing: wellbeing?,
            workload: workload?,
            development: development?,
            agreed: agreed?,
            answers: answers?,
        })
    }

    /// Reads the form of `/supervision/{id}/personal`, which has no actions: they are ended on a page of their own.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let part = Self::read(&mut check, None);
        if part.as_ref().is_some_and(Self::is_empty) {
            check.fail("personal.wellbeing", NOTHING_PERSONAL);
        }
        check.finish(part)
    }

    /// Whether nothing was written. What was looked at alone and left at "still to do" is nothing.
    pub fn is_empty(&self) -> bool {
        [&self.wellbeing, &self.workload, &self.development, &self.agreed].iter().all(|text| text.is_empty())
            && self.answers.is_empty()
            && self.actions.is_empty()
            && !self.reviews.iter().any(ActionReview::decides)
    }
}

/// Under which the form has the personal part.
pub const PERSONAL_PART: &str = "personal";

/// Under which the form has what was agreed about the person.
pub const PERSONAL_ACTIONS: &str = "personal.action";

/// Under which the form has what has become of what was agreed about the person before.
pub const PERSONAL_REVIEWS: &str = "personal.review";

/// Whether somebody wrote or decided something under `personal.`, and not only left what the form opened with.
pub(super) fn is_written(form: &Form) -> bool {
    let opened_with = |field: &str, value: &str| match field.rsplit('.').next() {
        Some("id" | "who") => true,
        Some("outcome") => value == Outcome::Carried.code(),
        _ => false,
    };
    form.fields().iter().any(|(field, value)| {
        field.starts_with("personal.") && !value.trim().is_empty() && !opened_with(field, value)
    })
}

pub(super) const NOTHING_PERSONAL: &str =
    "Write something about the person: how they are, their workload or their learning";
