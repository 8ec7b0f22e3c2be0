//! Replying to a reflective question.

use crate::answer::Answer;
use crate::components::{Filled, prose, when};
use crate::pages::form_page::{FormSheet, form_heart, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::form::{Form, FormCheck, Problems};
use domain::ids::RaisedPromptId;
use domain::reflection::{PromptReply, PromptState};
use leptos::prelude::*;
use records::Problem;
use records::reflection::{self, RaisedPrompt, StandsIn};

/// `/questions/{id}`: the form stands under the entry or reflection; here it is shown again if something is wrong.
pub(crate) fn reply(visit: &Visit) -> Result<Answer, Problem> {
    let id: RaisedPromptId = visit.id()?;
    let (prompt, stands_in) = visit.read(|reading| reflection::open_question(reading, &id))?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("version", prompt.version.to_string());
            Ok(blank)
        },
        |filled| {
            let (path, words) = place(&stands_in);
            Ok(FormSheet::new("Reply to a question", reply_form(visit, &prompt, filled)).back_to(path, words))
        },
        || {
            save_reply(visit, &id).map_err(|problem| match problem {
                // The box bears the question's id on the page, so that the summary leads into it.
                Problem::Invalid(problems) => {
                    let words = problems.0.first().map(|problem| problem.words.clone()).unwrap_or_default();
                    Problems::one(&format!("q-{id}-text"), words).into()
                }
                other => other,
            })
        },
    )
}

fn save_reply(visit: &Visit, id: &RaisedPromptId) -> Result<String, Problem> {
    let mut check = FormCheck::new(&visit.form);
    let reply = PromptReply::read_fields(&mut check, "state", "text");
    let reply = check.finish(reply)?;
    let (id, version) = (id.clone(), visit.version());
    visit.save(move |writing| {
        let stands_in = reflection::reply(writing, &id, version, &reply)?;
        Ok(format!("{}?notice=reply-saved", place(&stands_in).0))
    })
}

/// The page on which a question stands, and the words of the link there.
pub(crate) fn place(stands_in: &StandsIn) -> (String, String) {
    match stands_in {
        StandsIn::Supervision(session, reference) => {
            (format!("/supervision/{session}"), format!("Session about {reference}"))
        }
        StandsIn::Reflection(reflection) => {
            (format!("/reflections/{reflection}"), "Your reflection".to_owned())
        }
    }
}

/// The form under an open question.
pub(crate) fn reply_form(visit: &Visit, prompt: &RaisedPrompt, filled: &Filled) -> AnyView {
    let mut filled = filled.clone();
    if !filled.form.has("version") {
        filled.form.set("version", prompt.version.to_string());
    }
    // Several of these stand on one page, so the ids in it bear the question's key; what is posted has plain names.
    let at = format!("q-{}", prompt.id);
    let problem = filled.problems.of(&format!("{at}-text")).map(|words| {
        view! { <p class="govuk-error-message" id=format!("{at}-error")><span class="govuk-visually-hidden">"Error: "</span>{words.to_owned()}</p> }
    });
    let put_off = (prompt.state == PromptState::Deferred)
        .then(|| view! { <p class="govuk-body fe-muted">"Put off last time"</p> });
    let words = if filled.is_stale { "Save mine" } else { "Save reply" };
    let option = |state: PromptState, words: &'static str, number: usize| {
        let id = format!("{at}-state-{number}");
        view! {
            <div class="govuk-radios__item">
                <input class="govuk-radios__input" id=id.clone() name="state" type="radio" value=state.code() checked=filled.form.text("state") == state.code()/>
                <label class="govuk-label govuk-radios__label" for=id>{words}</label>
            </div>
        }
    };
    view! {
        <form method="post" action=format!("/questions/{}", prompt.id) class="fe-prompt" novalidate>
            {form_heart(visit, &filled)}
            <label class="fe-prompt__question" for=format!("{at}-text")>{prompt.question.clone()}</label>
            {put_off}
            {problem}
            {crate::components::text_area_named(&format!("{at}-text"), "text", filled.form.text("text"), 2)}
            <fieldset class="govuk-fieldset">
                <legend class="govuk-fieldset__legend"><span class="govuk-visually-hidden">{format!("Instead of an answer to: {}", prompt.question)}</span></legend>
                <div class="govuk-radios govuk-radios--small govuk-radios--inline">
                    {option(PromptState::Deferred, "Put off", 1)}
                    {option(PromptState::NotRelevant, "Not relevant here, because (write why above)", 2)}
                </div>
            </fieldset>
            <button class="govuk-button govuk-button--secondary">
                {words} <span class="govuk-visually-hidden">{format!(" to: {}", prompt.question)}</span>
            </button>
        </form>
    }
    .into_any()
}

/// A question with what became of it.
pub(crate) fn answered(prompt: &RaisedPrompt) -> AnyView {
    let by = prompt
        .replied_by
        .clone()
        .zip(prompt.replied_at)
        .map(|(name, at)| view! { {format!(", {name}, ")} {when(at)} });
    let reply = (!prompt.reply.is_empty()).then(|| prose(&prompt.reply));
    view! {
        <div class="fe-prompt">
            <p class="fe-prompt__question">{prompt.question.clone()}</p>
            {reply}
            <p class="govuk-body fe-muted">{prompt.state.words()} {by}</p>
        </div>
    }
    .into_any()
}
