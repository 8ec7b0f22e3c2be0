//! What managers enter about clocks: longer intervals and absences.

use super::AbsenceReason;
use crate::form::{Form, FormCheck, Problems};
use chrono::NaiveDate;

/// A longer interval, as somebody approves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVariation {
    /// Calendar days from one session to the next.
    pub interval_days: i32,
    /// Its last day.
    pub expires_on: NaiveDate,
    /// Why.
    pub reason: String,
}

/// The longest time for which an interval may be varied, in calendar days: then somebody looks again.
const LONGEST_VARIATION_DAYS: u32 = 366;

impl NewVariation {
    /// Reads the form of a longer interval.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let interval_days = check.number("interval_days", "the days from one session to the next", 1..=366);
        let expires_on = check.date("expires_on", "Until");
        if let Some(day) = expires_on {
            if day <= today {
                check.fail("expires_on", "Until must be a day after today");
            } else if day > crate::calendar::add_days(today, LONGEST_VARIATION_DAYS) {
                check.fail("expires_on", "Until must be within a year: then somebody looks again");
            }
        }
        let reason = check.line("reason", "Enter why a longer interval is safe here");
        let variation =
            (|| Some(Self { interval_days: interval_days?, expires_on: expires_on?, reason: reason? }))();
        check.finish(variation)
    }
}

/// A time away, as somebody records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAbsence {
    /// Why.
    pub reason: AbsenceReason,
    /// The first day away.
    pub from: NaiveDate,
    /// The last day away; `None` while it is not known.
    pub to: Option<NaiveDate>,
}

impl NewAbsence {
    /// Reads the form of an absence.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let reason = check.choice("reason", "Choose why the person is away");
        let from = check.date("from", "First day away");
        let to = check.optional_date("to", "Last day away");
        if let (Some(from), Some(Some(to))) = (from, to)
            && to < from
        {
            check.fail("to", "Last day away must not be before the first");
        }
        let absence = (|| Some(Self { reason: reason?, from: from?, to: to? }))();
        check.finish(absence)
    }
}
