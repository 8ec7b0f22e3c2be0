//! Reflective questions: put under an entry or a reflection, and replied to later.

use crate::answer::Answer;
use crate::components::{
    Choice, Filled, check_box, date, day, group, prose, radios, readers, text_area, text_box_in, when,
};
use crate::islands::Questions;
use crate::pages::form_page::{FormSheet, form_heart, form_page};
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::access::Readers;
use domain::calendar::{add_days, day_in_words};
use domain::form::{Form, FormCheck};
use domain::ids::RaisedPromptId;
use domain::reflection::{
    ON_SCREEN, PUT_OFF_DAYS, PromptReply, PromptState, PromptTable, Question, Situation, Trigger,
};
use domain::risk::RiskDirection;
use domain::supervision::{ChildSeen, Proposal};
use leptos::prelude::*;
use records::Problem;
use records::reflection::{self, RaisedPrompt, StandsIn};

/// `/questions/{id}`: one question, with every way to reply to it. Under its entry or reflection the same form stands shorter.
pub(crate) fn reply(visit: &Visit) -> Result<Answer, Problem> {
    let id: RaisedPromptId = visit.id()?;
    let (prompt, stands_in) = visit.read(|reading| reflection::open_question(reading, &id))?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("version", prompt.version.to_string());
            blank.set("text", prompt.reply.clone());
            Ok(blank)
        },
        |filled| {
            let (path, words) = place(&stands_in);
            Ok(FormSheet::new("Reply to a question", reply_form_of(visit, &prompt, filled, true))
                .back_to(path, words)
                .dates(&["until"]))
        },
        || {
            save_reply(visit, &id).map_err(|problem| match problem {
                // The box bears the question's id on the page, so that the summary leads into it.
                Problem::Invalid(mut problems) => {
                    for problem in problems.0.iter_mut().filter(|problem| problem.field == "text") {
                        problem.field = format!("q-{id}-text");
                    }
                    Problem::Invalid(problems)
                }
                other => other,
            })
        },
    )
}

fn save_reply(visit: &Visit, id: &RaisedPromptId) -> Result<String, Problem> {
    let mut check = FormCheck::new(&visit.form);
    let reply = PromptReply::read(&mut check, "", visit.today());
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

/// What can be done with a question instead of answering it, with a day to choose or with two that are near.
fn instead(today: NaiveDate, with_day: bool) -> Vec<Choice> {
    let mut choices = vec![Choice::new(PromptState::ToSupervision.code(), "Take it to supervision")];
    if with_day {
        choices.push(Choice::new(PromptState::Deferred.code(), "Put it off until the day below"));
    } else {
        choices.extend(PUT_OFF_DAYS.map(|days| {
            let until = day_in_words(add_days(today, days));
            Choice::new(
                format!("{}_in_{days}", PromptState::Deferred.code()),
                format!("Put off until {until}"),
            )
        }));
    }
    choices
        .push(Choice::new(PromptState::NotRelevant.code(), "Not relevant here, because (write why above)"));
    choices
}

/// Why a question is asked, on a page of its own. `described_by` names the question for those who hear the link alone.
fn why_link(id: Option<String>, key: &str, described_by: String) -> AnyView {
    // A place that waits for a question leads somewhere too.
    let href = if key.is_empty() { "/prompts".to_owned() } else { format!("/prompts/{key}") };
    view! {
        <p class="fe-prompt__why fe-no-print"><a class="govuk-link" id=id href=href target="_blank" aria-describedby=described_by>"Why am I asked this? (opens in a new tab)"</a></p>
    }
    .into_any()
}

/// The form under an open question.
pub(crate) fn reply_form(visit: &Visit, prompt: &RaisedPrompt, filled: &Filled) -> AnyView {
    reply_form_of(visit, prompt, filled, false)
}

/// The same; on the question's own page it takes any day.
fn reply_form_of(visit: &Visit, prompt: &RaisedPrompt, filled: &Filled, on_its_own: bool) -> AnyView {
    let mut filled = filled.clone();
    if !filled.form.has("version") {
        filled.form.set("version", prompt.version.to_string());
        // What was written when it was put off stands there still.
        filled.form.set("text", prompt.reply.clone());
    }
    // Several of these stand on one page, so the ids in it bear the question's key; what is posted has plain names.
    let at = format!("q-{}", prompt.id);
    let question_id = format!("{at}-question");
    let problem = filled.problems.of(&format!("{at}-text")).map(|words| {
        view! { <p class="govuk-error-message" id=format!("{at}-error")><span class="govuk-visually-hidden">"Error: "</span>{words.to_owned()}</p> }
    });
    let is_wrong = problem.is_some();
    let described_by = is_wrong.then(|| format!("{at}-error"));
    let words = if filled.is_stale { "Save mine" } else { "Save reply" };
    let options: Vec<_> = instead(visit.today(), on_its_own)
        .into_iter()
        .enumerate()
        .map(|(number, choice)| {
            choice.as_radio(&format!("{at}-state-{}", number + 1), "state", filled.form.text("state"))
        })
        .collect();
    let changed = format!("{at}-changed");
    let day_field = on_its_own.then(|| date(&filled, "until", "Put off until", "It comes back on that day"));
    let other_day = (!on_its_own).then(|| {
        view! { <p class="govuk-body"><a class="govuk-link" href=format!("/questions/{}", prompt.id)>"Put off until another day" <span class="govuk-visually-hidden">{format!(": {}", prompt.question)}</span></a></p> }
    });
    view! {
        <form method="post" action=format!("/questions/{}", prompt.id) class="fe-prompt" novalidate>
            {form_heart(visit, &filled)}
            <label class="fe-prompt__question" id=question_id.clone() for=format!("{at}-text")>{prompt.question.clone()}</label>
            {why_link(None, &prompt.key, question_id)}
            {so_far(prompt)}
            {problem}
            {text_area((&format!("{at}-text"), "text"), filled.form.text("text"), 2, described_by, (is_wrong, false))}
            <div class="govuk-checkboxes govuk-checkboxes--small">
                <div class="govuk-checkboxes__item">
                    <input class="govuk-checkboxes__input" id=changed.clone() name="changed_plan" type="checkbox" value="yes" checked=filled.form.text("changed_plan") == "yes"/>
                    <label class="govuk-label govuk-checkboxes__label" for=changed>"The plan changes because of this"</label>
                </div>
            </div>
            <fieldset class="govuk-fieldset">
                <legend class="govuk-fieldset__legend"><span class="govuk-visually-hidden">{format!("Instead of an answer to: {}", prompt.question)}</span></legend>
                <div class="govuk-radios govuk-radios--small govuk-radios--inline">{options}</div>
            </fieldset>
            {day_field}
            {other_day}
            <button class="govuk-button govuk-button--secondary">
                {words} <span class="govuk-visually-hidden">{format!(" to: {}", prompt.question)}</span>
            </button>
        </form>
    }
    .into_any()
}

/// What was done with an open question before.
fn so_far(prompt: &RaisedPrompt) -> Option<AnyView> {
    match (prompt.state, prompt.until) {
        (PromptState::Deferred, Some(until)) => {
            Some(view! { <p class="govuk-body fe-muted">"Put off until " {day(until)}</p> }.into_any())
        }
        (PromptState::Deferred, None) => {
            Some(view! { <p class="govuk-body fe-muted">"Put off last time"</p> }.into_any())
        }
        (PromptState::ToSupervision, _) => {
            Some(view! { <p class="govuk-body fe-muted">"Taken to supervision"</p> }.into_any())
        }
        _ => None,
    }
}

/// A question with what became of it.
pub(crate) fn answered(prompt: &RaisedPrompt) -> AnyView {
    let by = prompt
        .replied_by
        .clone()
        .zip(prompt.replied_at)
        .map(|(name, at)| view! { {format!(", {name}, ")} {when(at)} });
    let reply = (!prompt.reply.is_empty()).then(|| prose(&prompt.reply));
    let question_id = format!("q-{}-question", prompt.id);
    let changed = prompt.changed_plan.then_some(". The plan changed because of it");
    let until = prompt.until.map(|until| view! { " until " {day(until)} });
    view! {
        <div class="fe-prompt">
            <p class="fe-prompt__question" id=question_id.clone()>{prompt.question.clone()}</p>
            {why_link(None, &prompt.key, question_id)}
            {reply}
            <p class="govuk-body fe-muted">{prompt.state.words()} {until} {by} {changed}</p>
        </div>
    }
    .into_any()
}

/// The keys of questions that stand in a form.
pub(crate) fn begun(form: &Form) -> Vec<String> {
    let is_key = |name: &str| {
        let is_of_question = name.starts_with("prompt.") || name.contains(".prompt.");
        is_of_question && name.rsplit('.').next() == Some("key")
    };
    form.fields().iter().filter(|(name, _)| is_key(name)).map(|(_, key)| key.clone()).collect()
}

/// What the form says so far that calls for particular questions.
fn situation(form: &Form, prefix: &str) -> Situation {
    let text = |field: &str| form.text(&format!("{prefix}{field}")).to_owned();
    Situation {
        risk_direction: RiskDirection::from_code(&text("risk_direction")),
        proposal: Proposal::from_code(&text("proposal")),
        support_declined: text("support_declined") == "yes",
        child_not_seen: ChildSeen::from_code(&text("child_seen")) == Some(ChildSeen::NotSeen),
        happened: form.all(&format!("{prefix}happened")).filter_map(Trigger::from_code).collect(),
    }
}

/// Up to five questions with their boxes. Those that were typed into stay; the others are what the form calls for.
pub(crate) fn question_fields(
    filled: &Filled,
    prefix: &str,
    table: &PromptTable,
    of: Readers,
    today: NaiveDate,
) -> AnyView {
    let situation = situation(&filled.form, prefix);
    let name = |number: usize, field: &str| format!("{prefix}prompt.{number}.{field}");
    let is_used = |number: usize| {
        let text = |field: &str| filled.form.text(&name(number, field)).trim().to_owned();
        !text("text").is_empty() || !text("state").is_empty()
    };
    let places = table.places(&situation, |number| {
        is_used(number).then(|| filled.form.text(&name(number, "key")).to_owned())
    });
    let has_more = places.iter().skip(ON_SCREEN).any(Option::is_some);
    let is_open = (ON_SCREEN..places.len())
        .any(|number| is_used(number) || filled.problems.of(&name(number, "text")).is_some());
    let mut questions = places.into_iter().enumerate().map(|(number, question)| {
        question_field(filled, &format!("{prefix}prompt.{number}"), question.as_ref(), today)
    });
    let on_screen: Vec<_> = questions.by_ref().take(ON_SCREEN).collect();
    let more: Vec<_> = questions.collect();
    let fields = view! {
        <p class="govuk-hint">"Answer those that help. You can also take one to supervision, put one off, or say why it does not fit."</p>
        {readers(of)}
        {on_screen}
        <details class="govuk-details" id=format!("{prefix}prompt.more") open=is_open hidden=!has_more>
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"More questions"</span></summary>
            <div class="govuk-details__text">{more}</div>
        </details>
        <Questions table=table.clone() prefix=prefix.to_owned()/>
    };
    group("Questions worth a minute", fields)
}

/// A place for a question. An empty one waits, unseen, for what somebody chooses.
fn question_field(filled: &Filled, at: &str, question: Option<&Question>, today: NaiveDate) -> AnyView {
    let text = format!("{at}.text");
    let question_id = format!("{at}.question");
    let (key, words) = question.map_or(("", ""), |question| (question.key.as_str(), question.text.as_str()));
    let problem = filled.problems.of(&text).map(|words| {
        view! { <p class="govuk-error-message" id=format!("{text}-error")><span class="govuk-visually-hidden">"Error: "</span>{words.to_owned()}</p> }
    });
    let described_by = problem.is_some().then(|| format!("{text}-error"));
    view! {
        <div class="fe-prompt" id=at.to_owned() hidden=question.is_none()>
            <input type="hidden" id=format!("{at}.key") name=format!("{at}.key") value=key.to_owned()/>
            <label class="fe-prompt__question" id=question_id.clone() for=text.clone()>{words.to_owned()}</label>
            {why_link(Some(format!("{at}.why")), key, question_id)}
            {problem}
            {text_box_in(filled, (&text, words), 2, described_by)}
            {check_box(filled, &format!("{at}.changed_plan"), "The plan changes because of this")}
            {radios(filled, &format!("{at}.state"), "Or", "", instead(today, false), true)}
        </div>
    }
    .into_any()
}
