//! What people enter about reminders.

use crate::form::{Form, FormCheck, Problems};
use chrono::NaiveDate;

/// Putting a reminder off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSnooze {
    /// The last day without it.
    pub until: NaiveDate,
    /// Why.
    pub reason: String,
}

impl NewSnooze {
    /// Reads the form.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let until = check.date("until", "Until");
        if until.is_some_and(|day| day <= today) {
            check.fail("until", "Until must be a day after today");
        }
        let reason = check.line("reason", "Enter why this can wait");
        let snooze = (|| Some(Self { until: until?, reason: reason? }))();
        check.finish(snooze)
    }
}
