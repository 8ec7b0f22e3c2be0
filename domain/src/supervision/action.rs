//! What somebody agrees to do about a case, and what becomes of it.

use crate::form::{Form, FormCheck, Problems};
use crate::ids::PersonId;
use crate::value::text_value;
use chrono::NaiveDate;

text_value! {
    /// Where an action has got to.
    ActionState: "state of an action" {
        Open = "open", "Open";
        Done = "done", "Done";
        Dropped = "dropped", "No longer needed";
    }
}

/// An action that somebody agreed to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAction {
    /// What is to be done.
    pub what: String,
    /// Who does it, if it is somebody in the product.
    pub owner: Option<PersonId>,
    /// Who does it, in words, if it is somebody else: "health visitor".
    pub owner_elsewhere: String,
    /// By when.
    pub due_on: NaiveDate,
    /// How we shall know that it is done and has helped.
    pub measure: String,
    /// What happens if it is not done.
    pub fallback: String,
}

/// Reads the actions under a prefix; a block in which nothing was typed is no action.
pub fn read_actions(check: &mut FormCheck<'_>, prefix: &str) -> Option<Vec<NewAction>> {
    let mut actions = Vec::new();
    for number in check.form().indexes(prefix) {
        let at = format!("{prefix}.{number}");
        let typed = ["what", "by.day", "by.month", "by.year", "measure", "fallback", "who_else"];
        if typed.iter().all(|field| check.form().text(&format!("{at}.{field}")).trim().is_empty()) {
            continue;
        }
        actions.push(read_action(check, &at));
    }
    actions.into_iter().collect()
}

fn read_action(check: &mut FormCheck<'_>, at: &str) -> Option<NewAction> {
    let name = |field: &str| format!("{at}.{field}");
    let what = check.narrative(&name("what"), "Write what is to be done");
    let elsewhere = check.optional_line(&name("who_else"))?;
    let owner: Option<PersonId> = check.form().text(&name("who")).parse().ok();
    if owner.is_none() && elsewhere.is_empty() {
        check.fail(&name("who"), "Choose who will do it");
    }
    if owner.is_some() && !elsewhere.is_empty() {
        check.fail(&name("who_else"), "Choose somebody from the list or write somebody else, not both");
    }
    let due_on = check.date(&name("by"), "By when");
    let measure = check.optional_narrative(&name("measure"));
    let fallback = check.optional_narrative(&name("fallback"));
    Some(NewAction {
        what: what?,
        owner,
        owner_elsewhere: elsewhere,
        due_on: due_on?,
        measure: measure?,
        fallback: fallback?,
    })
}

/// How an action ended: with evidence that it was done, or with a reason why it is no longer needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionEnd {
    /// Done or dropped.
    pub state: ActionState,
    /// The evidence or the reason.
    pub note: String,
}

impl ActionEnd {
    /// Reads the form of `/actions/{id}`.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let state = check.choice("state", "Choose whether it is done or no longer needed");
        if state == Some(ActionState::Open) {
            check.fail("state", "Choose whether it is done or no longer needed");
        }
        let note =
            check.narrative("note", "Write how you know that it is done, or why it is no longer needed");
        let end = (|| Some(Self { state: state?, note: note? }))();
        check.finish(end)
    }
}
