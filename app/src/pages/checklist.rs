//! The risk checklist (DASH-RIC): how its score is asked for, and how it is shown.

use crate::components::{Filled, date, line};
use domain::reflection::Trigger;
use domain::risk::{Checklist, DONE_ON, LatestScore, SCORE};
use domain::{TextValue, risk::CHECKLIST_QUESTIONS};
use leptos::prelude::*;

/// What the fields of a checklist need to know.
pub(crate) struct ChecklistForm {
    /// The newest score that was noted: it stands beside the fields, because nothing is asked twice.
    pub(crate) last: Option<LatestScore>,
    /// Whether they stand open before anything is typed, as they do where domestic abuse is known or suspected.
    pub(crate) is_open: bool,
}

/// The score and the day of a checklist, under one line until they help. `at` is what the names of the fields begin with.
pub(crate) fn checklist_fields(filled: &Filled, at: &str, form: &ChecklistForm) -> AnyView {
    let (score, on) = (format!("{at}{SCORE}"), format!("{at}{DONE_ON}"));
    let is_wrong = filled.problems.of(&score).is_some() || filled.problems.of(&on).is_some();
    let is_typed = filled.form.any_typed_under(&score) || filled.form.any_typed_under(&on);
    let ticked = ticked_before(filled, at);
    let is_open = form.is_open || is_wrong || is_typed || ticked.is_some();
    let last = match form.last {
        Some(last) => format!("Last score: {}.", last.words()),
        None => "No score is noted yet.".to_owned(),
    };
    view! {
        <details class="govuk-details" open=is_open>
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"New risk checklist (DASH-RIC), if one was done"</span></summary>
            <div class="govuk-details__text">
                <p class="govuk-body">{last}</p>
                {ticked}
                {pair(filled, (&score, &on))}
            </div>
        </details>
    }
    .into_any()
}

fn pair(filled: &Filled, (score, on): (&str, &str)) -> AnyView {
    let label = format!("Score, 0 to {CHECKLIST_QUESTIONS}");
    view! {
        <p class="govuk-hint">{format!("How many of its {CHECKLIST_QUESTIONS} questions were answered with yes. The form of the police has other questions: leave its score out.")}</p>
        <div class="fe-side-by-side">
            {line(filled, score, &label, "", "2")}
            {date(filled, on, "Done on", "")}
        </div>
    }
    .into_any()
}

/// A draft from before the score was a number may say by a tick that it was high.
fn ticked_before(filled: &Filled, at: &str) -> Option<AnyView> {
    let happened = format!("{at}happened");
    let ticked = Trigger::TICKED_BEFORE
        .iter()
        .find(|trigger| filled.form.all(&happened).any(|code| code == trigger.code()))?;
    let words = format!(
        "You had ticked “{}”. The score itself is noted here now: enter it, if you know it.",
        ticked.words()
    );
    Some(view! { <p class="govuk-inset-text">{words}</p> }.into_any())
}

/// A checklist as an entry says it.
pub(crate) fn checklist_said(checklist: Option<Checklist>) -> Option<AnyView> {
    let words = checklist?.words();
    Some(view! { <p class="govuk-body"><strong>"Risk checklist (DASH-RIC): "</strong>{words}</p> }.into_any())
}
