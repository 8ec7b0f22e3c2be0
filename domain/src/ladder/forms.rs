//! What people enter about reminders.

use super::{LONGEST, Reader, Rungs, Step};
use crate::TextValue;
use crate::form::{Form, FormCheck, Problems};
use crate::policy::Unit;
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

/// Steps that can be typed beyond those that there are.
const SPARE: usize = 2;

/// The code of a unit in the ladder's text and form.
pub(super) fn unit_code(unit: Unit) -> &'static str {
    if unit == Unit::WorkingDays { "working_days" } else { "days" }
}

/// A form filled with these steps, and some more rows to fill.
pub fn blank_steps(rungs: &Rungs) -> Form {
    let mut fields = Vec::new();
    let mut set = |name: String, value: &str| fields.push((name, value.to_owned()));
    for (number, step) in rungs.steps.iter().enumerate() {
        set(format!("step.{number}.after"), &step.after.to_string());
        set(format!("step.{number}.unit"), unit_code(step.unit));
        for reader in &step.tell {
            set(format!("step.{number}.tell"), reader.code());
        }
        if step.urgent {
            set(format!("step.{number}.urgent"), "yes");
        }
    }
    for number in rungs.steps.len()..rungs.steps.len() + SPARE {
        set(format!("step.{number}.after"), "");
        set(format!("step.{number}.unit"), unit_code(Unit::WorkingDays));
    }
    for reader in &rungs.weekly {
        set("weekly".to_owned(), reader.code());
    }
    Form::new(fields)
}

/// Reads the steps of one concern from `/settings/ladder/steps/{concern}`. A row without a number and without anybody to
/// tell is no step.
///
/// # Errors
/// Every field that is missing or wrong.
pub fn read_steps(form: &Form) -> Result<Rungs, Problems> {
    let mut check = FormCheck::new(form);
    let mut steps: Vec<Step> = Vec::new();
    for number in form.indexes("step") {
        let name = |field: &str| format!("step.{number}.{field}");
        let (after, tell) = (name("after"), name("tell"));
        if form.text(&after).trim().is_empty() && form.text(&tell).is_empty() {
            continue;
        }
        let longest = i32::try_from(LONGEST).unwrap_or(i32::MAX);
        let count = check.number(&after, "the days after which this step comes", 0..=longest);
        let unit = [Unit::Days, Unit::WorkingDays]
            .into_iter()
            .find(|unit| unit_code(*unit) == form.text(&name("unit")));
        if unit.is_none() {
            check.fail(&name("unit"), "Choose days or working days");
        }
        let tell: Option<Vec<Reader>> = check.choices(&tell, "Choose who is told");
        let urgent = form.text(&name("urgent")) == "yes";
        let count = count.and_then(|count| u32::try_from(count).ok());
        let step = (|| Some(Step { after: count?, unit: unit?, tell: tell?, urgent }))();
        let Some(step) = step else { continue };
        if steps.last().is_some_and(|before| before.comes_after(&step)) {
            check.fail(&after, "This step must not come before the one above it");
        }
        steps.push(step);
    }
    if steps.is_empty() {
        check.fail("step.0.after", "Enter at least one step");
    }
    let weekly = form.all("weekly").filter_map(Reader::from_code).collect();
    check.finish(Some(Rungs { steps, weekly }))
}
