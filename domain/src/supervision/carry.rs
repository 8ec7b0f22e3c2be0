//! What becomes of an action when it is looked at in a later session: nothing that was agreed is forgotten, and nothing is
//! carried on for ever.

use super::action::Deadline;
use crate::TextValue;
use crate::form::{Form, FormCheck};
use crate::ids::{ActionId, PersonId};
use crate::value::text_value;
use chrono::NaiveDate;

text_value! {
    /// What becomes of an action when it is looked at again.
    Outcome: "outcome of an action" {
        Done = "done", "Done";
        Carried = "carried", "Still to do";
        PartDone = "part_done", "Partly done";
        Dropped = "dropped", "No longer needed";
        Changed = "changed", "Do something else instead";
        Unblocked = "unblocked", "Somebody clears the way";
        Escalated = "escalated", "Take it higher";
    }
}

impl Outcome {
    /// Whether the action goes on as it is, so that it comes back in the next session.
    pub fn goes_on(self) -> bool {
        self.is_carried() || matches!(self, Self::Unblocked | Self::Escalated)
    }

    /// Whether the action is carried over as it was agreed: nobody has decided anything about it, though a part may be done.
    pub fn is_carried(self) -> bool {
        matches!(self, Self::Carried | Self::PartDone)
    }

    /// Whether the next day has to be named: after a decision nobody may be left without one.
    pub fn needs_day(self) -> bool {
        matches!(self, Self::Changed | Self::Unblocked | Self::Escalated)
    }

    /// Whether something is still to be done: this action, or another in its place.
    pub fn leaves_work(self) -> bool {
        self.goes_on() || self.needs_day()
    }

    /// Whether somebody can be asked by name for it.
    pub fn asks_somebody(self) -> bool {
        matches!(self, Self::Unblocked | Self::Escalated)
    }

    /// What is asked for if nothing was written; `None` where nothing needs to be.
    fn asks_for(self) -> Option<&'static str> {
        match self {
            Self::Done => Some("Write how you know that it is done"),
            Self::Carried => None,
            Self::PartDone => Some("Write what is done, and what is still to do"),
            Self::Dropped => Some("Write why it is no longer needed"),
            Self::Changed => Some("Write what is to be done instead"),
            Self::Unblocked => Some("Write who clears the way, and how"),
            Self::Escalated => Some("Write to whom it goes, and what you ask of them"),
        }
    }

    /// What may be chosen for an action that was carried so often: to carry it over only until a decision is asked for.
    pub fn offered(carried: u32, limit: u32) -> Vec<Self> {
        let is_due = needs_decision(carried, limit);
        Self::ALL.iter().copied().filter(|outcome| !is_due || !outcome.is_carried()).collect()
    }
}

/// Whether an action was carried over so often that somebody has to decide what becomes of it.
pub fn needs_decision(carried: u32, limit: u32) -> bool {
    carried >= limit
}

/// An action that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionReview {
    /// The place of its fields in the form, for what the records find wrong.
    pub at: String,
    /// The action.
    pub action: ActionId,
    /// What becomes of it.
    pub outcome: Outcome,
    /// The evidence, the reason, or what is to be done now.
    pub note: String,
    /// By when it is to be done now, if that changes.
    pub due_on: Option<NaiveDate>,
    /// Who is asked to clear the way, or to decide, if they are here; whoever is elsewhere is named in the note.
    pub asked: Option<PersonId>,
}

impl ActionReview {
    /// Whether somebody decided something, and did not only leave it as it was.
    pub fn decides(&self) -> bool {
        self.outcome != Outcome::Carried || !self.note.is_empty()
    }
}

/// Reads the actions that were looked at under a prefix. `held_on` is the day of the session: nothing is due before it was set.
pub fn read_reviews(
    check: &mut FormCheck<'_>,
    prefix: &str,
    held_on: Option<NaiveDate>,
) -> Option<Vec<ActionReview>> {
    let mut reviews = Vec::new();
    for number in check.form().indexes(prefix) {
        reviews.push(read_review(check, format!("{prefix}.{number}"), held_on));
    }
    reviews.into_iter().collect()
}

fn read_review(check: &mut FormCheck<'_>, at: String, held_on: Option<NaiveDate>) -> Option<ActionReview> {
    let name = |field: &str| format!("{at}.{field}");
    let action = check.id(&name("id"), "This action is not there");
    let outcome: Option<Outcome> = check.choice(&name("outcome"), "Choose what has become of this action");
    let note = match outcome.and_then(Outcome::asks_for) {
        Some(missing) => check.narrative(&name("note"), missing),
        None => check.optional_narrative(&name("note")),
    };
    let due_on = read_day(check, &name("by"), outcome, held_on);
    let asked: Option<PersonId> = check.form().text(&name("asked")).parse().ok();
    if asked.is_some() && outcome.is_some_and(|outcome| !outcome.asks_somebody()) {
        let words = "Somebody is asked only if they clear the way or it is taken higher. Choose one of these, or nobody here";
        check.fail(&name("asked"), words);
        return None;
    }
    Some(ActionReview { action: action?, outcome: outcome?, note: note?, due_on: due_on?, asked, at })
}

#[expect(clippy::option_option, reason = "a wrong day, no day, a day")]
fn read_day(
    check: &mut FormCheck<'_>,
    field: &str,
    outcome: Option<Outcome>,
    held_on: Option<NaiveDate>,
) -> Option<Option<NaiveDate>> {
    let deadline = Deadline { field, words: "By this day instead", set_on: held_on };
    match outcome {
        Some(outcome) if outcome.needs_day() => deadline.read(check).map(Some),
        Some(Outcome::Done | Outcome::Dropped) => {
            if check.optional_date(field, "By this day instead")?.is_some() {
                check.fail(field, "It has ended, so it needs no day. Clear the day, or choose “Still to do”");
                return None;
            }
            Some(None)
        }
        _ => deadline.read_optional(check),
    }
}

/// Puts fields for the actions that a session opens with into its form: the open ones that do not stand there yet. What was
/// carried often enough is not carried on unless somebody decides so.
pub fn open_with<'a>(
    form: &mut Form,
    prefix: &str,
    actions: impl Iterator<Item = (&'a ActionId, u32)>,
    limit: u32,
) {
    for (action, carried) in actions {
        let numbers = form.indexes(prefix);
        if numbers.iter().any(|number| form.text(&format!("{prefix}.{number}.id")) == action.as_str()) {
            continue;
        }
        let at = format!("{prefix}.{}", numbers.last().map_or(0, |last| last + 1));
        form.set(&format!("{at}.id"), action.as_str());
        if !needs_decision(carried, limit) {
            form.set(&format!("{at}.outcome"), Outcome::Carried.code());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTION: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn held_on() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
    }

    fn read(outcome: &str, note: &str, by: Option<NaiveDate>) -> Result<ActionReview, Vec<String>> {
        let mut form = Form::default();
        form.set("review.0.id", ACTION);
        form.set("review.0.outcome", outcome);
        form.set("review.0.note", note);
        if let Some(by) = by {
            form.set_date("review.0.by", by);
        }
        let mut check = FormCheck::new(&form);
        let reviews = read_reviews(&mut check, "review", Some(held_on()));
        check
            .finish(reviews)
            .map(|mut reviews| reviews.remove(0))
            .map_err(|problems| problems.0.into_iter().map(|problem| problem.field).collect())
    }

    #[test]
    fn still_to_do_needs_nothing_more_and_every_other_outcome_its_reason() {
        assert!(read("carried", "", None).is_ok());
        for outcome in Outcome::ALL.iter().filter(|outcome| **outcome != Outcome::Carried) {
            let by = outcome.needs_day().then_some(held_on());
            assert_eq!(read(outcome.code(), " ", by), Err(vec!["review.0.note".to_owned()]), "{outcome:?}");
            assert_eq!(read(outcome.code(), "Because.", by).unwrap().outcome, *outcome);
        }
        assert_eq!(read("", "", None), Err(vec!["review.0.outcome".to_owned()]));
    }

    #[test]
    fn after_a_decision_a_day_is_named_and_what_has_ended_has_none() {
        for outcome in ["changed", "unblocked", "escalated"] {
            assert_eq!(read(outcome, "So.", None), Err(vec!["review.0.by".to_owned()]), "{outcome}");
        }
        for outcome in ["done", "dropped"] {
            assert_eq!(
                read(outcome, "So.", Some(held_on())),
                Err(vec!["review.0.by".to_owned()]),
                "{outcome}"
            );
        }
        assert_eq!(read("carried", "", Some(held_on())).unwrap().due_on, Some(held_on()));
        let before = held_on().pred_opt();
        assert_eq!(read("carried", "", before), Err(vec!["review.0.by".to_owned()]), "due before it is set");
    }

    #[test]
    fn somebody_is_asked_only_to_clear_the_way_or_to_decide() {
        for outcome in Outcome::ALL {
            let mut form = Form::default();
            form.set("review.0.id", ACTION);
            form.set("review.0.outcome", outcome.code());
            form.set("review.0.note", "Because.");
            form.set("review.0.asked", ACTION);
            if outcome.needs_day() {
                form.set_date("review.0.by", held_on());
            }
            let mut check = FormCheck::new(&form);
            let reviews = read_reviews(&mut check, "review", Some(held_on()));
            let asks = matches!(outcome, Outcome::Unblocked | Outcome::Escalated);
            assert_eq!(check.has_failed("review.0.asked"), !asks, "{outcome}");
            assert_eq!(reviews.is_some_and(|reviews| reviews[0].asked.is_some()), asks, "{outcome}");
        }
    }

    #[test]
    fn rule_3_6_what_was_carried_three_times_is_not_carried_a_fourth_time() {
        for (carried, is_offered) in [(0, true), (2, true), (3, false), (7, false)] {
            assert_eq!(Outcome::offered(carried, 3).contains(&Outcome::Carried), is_offered, "{carried}");
            assert_eq!(Outcome::offered(carried, 3).contains(&Outcome::PartDone), is_offered, "{carried}");
            assert_eq!(Outcome::offered(carried, 3).len(), if is_offered { 7 } else { 5 });
        }
    }

    #[test]
    fn a_session_opens_with_the_open_actions_and_each_stands_there_once() {
        let (one, other): (ActionId, ActionId) =
            (ACTION.parse().unwrap(), "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap());
        let mut form = Form::default();
        open_with(&mut form, "entry.0.review", [(&one, 0), (&other, 3)].into_iter(), 3);
        assert_eq!(form.text("entry.0.review.0.outcome"), "carried");
        assert_eq!(form.text("entry.0.review.1.outcome"), "", "somebody has to decide");
        form.set("entry.0.review.0.outcome", "done");
        open_with(&mut form, "entry.0.review", [(&other, 3), (&one, 0)].into_iter(), 3);
        assert_eq!(form.indexes("entry.0.review"), [0, 1]);
        assert_eq!(form.text("entry.0.review.0.outcome"), "done", "what was chosen stays");
    }
}
