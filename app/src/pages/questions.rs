//! Reflective questions: put under an entry or a reflection, and replied to later.

use crate::answer::Answer;
use crate::components::{Choice, Filled, group, prose, radios, readers, text_area, text_box_in, when};
use crate::islands::Questions;
use crate::pages::form_page::{FormSheet, form_heart, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::form::{Form, FormCheck, Problems};
use domain::ids::RaisedPromptId;
use domain::reflection::{PromptReply, PromptState, PromptTable, Situation};
use domain::risk::RiskDirection;
use domain::supervision::{ChildSeen, Proposal};
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
        // What was written when it was put off stands there still.
        filled.form.set("text", prompt.reply.clone());
    }
    // Several of these stand on one page, so the ids in it bear the question's key; what is posted has plain names.
    let at = format!("q-{}", prompt.id);
    let problem = filled.problems.of(&format!("{at}-text")).map(|words| {
        view! { <p class="govuk-error-message" id=format!("{at}-error")><span class="govuk-visually-hidden">"Error: "</span>{words.to_owned()}</p> }
    });
    let is_wrong = problem.is_some();
    let described_by = is_wrong.then(|| format!("{at}-error"));
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
            {text_area((&format!("{at}-text"), "text"), filled.form.text("text"), 2, described_by, (is_wrong, false))}
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

/// What the form says so far that calls for particular questions.
fn situation(form: &Form, prefix: &str) -> Situation {
    let text = |field: &str| form.text(&format!("{prefix}{field}")).to_owned();
    Situation {
        risk_direction: RiskDirection::from_code(&text("risk_direction")),
        proposal: Proposal::from_code(&text("proposal")),
        support_declined: text("support_declined") == "yes",
        child_not_seen: ChildSeen::from_code(&text("child_seen")) == Some(ChildSeen::NotSeen),
    }
}

/// Up to three questions with their boxes. Those that were typed into stay; the others are what the form calls for.
pub(crate) fn question_fields(filled: &Filled, prefix: &str, table: &PromptTable, of: Readers) -> AnyView {
    question_fields_for(filled, prefix, table, of, situation(&filled.form, prefix))
}

/// The same, where the situation is known from elsewhere.
pub(crate) fn question_fields_for(
    filled: &Filled,
    prefix: &str,
    table: &PromptTable,
    of: Readers,
    situation: Situation,
) -> AnyView {
    let places = table.places(&situation, |number| {
        let name = |field: &str| filled.form.text(&format!("{prefix}prompt.{number}.{field}")).to_owned();
        let is_used = !name("text").trim().is_empty() || !name("state").is_empty();
        is_used.then(|| name("key"))
    });
    let questions: Vec<_> = places
        .into_iter()
        .enumerate()
        .map(|(number, question)| {
            question_field(filled, &format!("{prefix}prompt.{number}"), &question.key, &question.text)
        })
        .collect();
    let fields = view! {
        <p class="govuk-hint">"Answer those that help. You can also put one off, or say why it does not fit."</p>
        {readers(of)}
        {questions}
        <Questions table=table.clone() prefix=prefix.to_owned()/>
    };
    group("Questions worth a minute", fields)
}

fn question_field(filled: &Filled, at: &str, key: &str, question: &str) -> AnyView {
    let text = format!("{at}.text");
    let question_id = format!("{at}.question");
    let problem = filled.problems.of(&text).map(|words| {
        view! { <p class="govuk-error-message" id=format!("{text}-error")><span class="govuk-visually-hidden">"Error: "</span>{words.to_owned()}</p> }
    });
    let described_by = problem.is_some().then(|| format!("{text}-error"));
    let options = vec![
        Choice::new(PromptState::Deferred.code(), "Put off"),
        Choice::new(PromptState::NotRelevant.code(), "Not relevant here, because (write why above)"),
    ];
    view! {
        <div class="fe-prompt">
            <input type="hidden" id=format!("{at}.key") name=format!("{at}.key") value=key.to_owned()/>
            <label class="fe-prompt__question" id=question_id for=text.clone()>{question.to_owned()}</label>
            {problem}
            {text_box_in(filled, (&text, question), 2, described_by)}
            {radios(filled, &format!("{at}.state"), "Or", "", options, true)}
        </div>
    }
    .into_any()
}
