//! The part of a session about the worker.

use crate::form::{Form, FormCheck, Problems};
use crate::templates::NewAnswers;

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
    /// Answers to what the organisation asks besides.
    pub answers: NewAnswers,
}

impl PersonalPart {
    /// Reads the four boxes under `personal.`.
    pub(super) fn read(check: &mut FormCheck<'_>) -> Option<Self> {
        let wellbeing = check.optional_narrative("personal.wellbeing");
        let workload = check.optional_narrative("personal.workload");
        let development = check.optional_narrative("personal.development");
        let agreed = check.optional_narrative("personal.agreed");
        let answers = NewAnswers::read(check, PERSONAL_PART);
        Some(Self {
            wellbeing: wellbeing?,
            workload: workload?,
            development: development?,
            agreed: agreed?,
            answers: answers?,
        })
    }

    /// Reads the form of `/supervision/{id}/personal`.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let part = Self::read(&mut check);
        if part.as_ref().is_some_and(Self::is_empty) {
            check.fail("personal.wellbeing", NOTHING_PERSONAL);
        }
        check.finish(part)
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        [&self.wellbeing, &self.workload, &self.development, &self.agreed].iter().all(|text| text.is_empty())
            && self.answers.is_empty()
    }
}

/// Under which the form has the personal part.
pub const PERSONAL_PART: &str = "personal";

pub(super) const NOTHING_PERSONAL: &str =
    "Write something about the person: how they are, their workload or their learning";
