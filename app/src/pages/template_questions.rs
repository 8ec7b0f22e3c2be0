//! The questions of a template: how they are asked, and how answers are shown.

use crate::components::{Choice, Filled, prose, radios, select, text_box};
use domain::templates::{AnswerKind, Answers, Question};
use leptos::prelude::*;

/// The questions of a part under `at`: some stand open, the others wait under one line until they help. What was typed under a question
/// that is asked no longer is still there.
pub(crate) fn asked(filled: &Filled, at: &str, questions: &[Question], more: &'static str) -> AnyView {
    let name = |question: &Question| format!("{at}.answer.{}", question.key);
    let is_typed = |question: &Question| !filled.form.text(&name(question)).trim().is_empty();
    let is_asked = |question: &&Question| !question.retired || is_typed(question);
    let (open, folded): (Vec<&Question>, Vec<&Question>) =
        questions.iter().filter(is_asked).partition(|question| question.always);
    let opened =
        folded.iter().any(|question| is_typed(question) || filled.problems.of(&name(question)).is_some());
    let fold = (!folded.is_empty()).then(|| {
        view! {
            <details class="govuk-details fe-more" open=opened>
                <summary class="govuk-details__summary">
                    <span class="govuk-details__summary-text">{more} <small>{sections_in_words(&folded)}</small></span>
                </summary>
                <div class="govuk-details__text">{fields(filled, at, &folded)}</div>
            </details>
        }
    });
    view! { {fields(filled, at, &open)} {fold} }.into_any()
}

fn sections_in_words(questions: &[&Question]) -> String {
    let mut sections: Vec<&str> = questions.iter().map(|question| question.section.as_str()).collect();
    sections.dedup();
    sections.join(", ")
}

/// The fields, each run of one section under its heading.
fn fields(filled: &Filled, at: &str, questions: &[&Question]) -> AnyView {
    let mut section = "";
    let fields: Vec<_> = questions
        .iter()
        .map(|question| {
            let heading = (question.section != section).then(
                || view! { <p class="govuk-heading-s fe-more__section">{question.section.clone()}</p> },
            );
            section = &question.section;
            view! { {heading} {field(filled, &format!("{at}.answer.{}", question.key), question)} }
        })
        .collect();
    view! { {fields} }.into_any()
}

fn field(filled: &Filled, name: &str, question: &Question) -> AnyView {
    let hint = if question.retired {
        "This is no longer asked. Keep what you wrote, or clear it"
    } else {
        &question.help
    };
    match question.kind {
        AnswerKind::Text => text_box(filled, name, &question.asks, hint, 2),
        AnswerKind::YesNo => {
            let choices =
                vec![Choice::new("yes", "Yes"), Choice::new("no", "No"), Choice::new("", "Not said")];
            radios(filled, name, &question.asks, hint, choices, true)
        }
        AnswerKind::Scale => {
            let mut numbers = vec![Choice::new("", "Not said")];
            numbers.extend((0..=10).map(|number| Choice::new(number, number)));
            select(filled, name, &question.asks, hint, numbers)
        }
    }
}

/// What was answered, each under its question.
pub(crate) fn answered(answers: &Answers) -> AnyView {
    let items: Vec<_> = answers
        .given
        .iter()
        .map(|answer| {
            view! {
                <h4 class="govuk-heading-s">{answer.asks.clone()}</h4>
                {prose(&answer.in_words())}
            }
        })
        .collect();
    view! { {items} }.into_any()
}
