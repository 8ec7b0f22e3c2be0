//! Dated versions of rules that people edit: what there is, and what a new version has to say.

use crate::form::{Form, FormCheck, Problems};
use crate::ids::PersonId;
use crate::value::text_value;
use chrono::NaiveDate;

text_value! {
    /// What a version holds.
    RuleKind: "kind of rules" {
        Policy = "policy", "How often things are due";
        Ladder = "ladder", "Who is told, and when";
        Prompts = "prompts", "Questions";
        Templates = "templates", "Templates";
        Models = "models", "Ways to reflect";
        Lexicon = "lexicon", "Words worth a second look";
        Caseload = "caseload", "What a caseload weighs";
        Calendar = "calendar", "Nation and closed days";
        BankHolidays = "bank_holidays", "Bank holidays";
    }
}

/// From when a new version holds, who approved it, and why it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVersion {
    /// Its first day.
    pub effective_from: NaiveDate,
    /// Who approved it.
    pub approver: PersonId,
    /// Why.
    pub reason: String,
}

impl NewVersion {
    /// Reads the fields of a form: `effective_from`, `approver`, `reason`. A version never holds for days that have passed.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn read(check: &mut FormCheck<'_>, today: NaiveDate) -> Option<Self> {
        let effective_from = check.date("effective_from", "In force from");
        if effective_from.is_some_and(|day| day < today) {
            check.fail(
                "effective_from",
                "In force from must be today or later: what was decided by the old rules stays",
            );
        }
        let approver = check.id("approver", "Choose who approved this");
        let reason = check.line("reason", "Enter the reason for the change");
        Some(Self { effective_from: effective_from?, approver: approver?, reason: reason? })
    }

    /// Reads a form that has nothing else.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let version = Self::read(&mut check, today);
        check.finish(version)
    }
}
