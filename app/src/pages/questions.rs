//! Reflective questions: put under an entry or a reflection, and replied to later.

use crate::answer::Answer;
use crate::components::{
    Choice, Filled, check_box, date, day, group, hidden, prose, radios, readers, text_box_in, when,
};
use crate::islands::{Questions, reasons};
use crate::pages::form_page::{FROM, FormSheet, form, form_page_of, opened};
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
use leptos::prelude::*;
use records::Problem;
use records::reflection::{self, RaisedPrompt, StandsIn};

/// `/questions/{id}`: one question, with every way to reply to it.
pub(crate) fn reply(visit: &Visit) -> Result<Answer, Problem> {
    let id: RaisedPromptId = visit.id()?;
    let ((prompt, stands_in), with) = visit.read(|reading| {
        Ok((reflection::open_question(reading, &id)?, reflection::taken_to_with(reading, &id)?))
    })?;
    // One draft for each question, wherever somebody came from.
    let filled = opened(visit, format!("/questions/{id}"), || Ok(blank(visit, &prompt)))?;
    form_page_of(
        visit,
        filled,
        |filled| Ok(reply_sheet(visit, (&prompt, &stands_in), with.as_deref(), filled)),
        || save_reply(visit, &id),
    )
}

/// The form as it is before anything was typed: what was written when the question was put off stands there still.
fn blank(visit: &Visit, prompt: &RaisedPrompt) -> Form {
    let mut blank = Form::default();
    blank.set("version", prompt.version.to_string());
    blank.set("text", prompt.reply.clone());
    blank.set(FROM, visit.query.text(FROM));
    blank
}

fn reply_sheet(
    visit: &Visit,
    (prompt, stands_in): (&RaisedPrompt, &StandsIn),
    with: Option<&str>,
    filled: &Filled,
) -> FormSheet {
    let of = match stands_in {
        StandsIn::Supervision(..) => Readers::PromptReply,
        StandsIn::Reflection(_) => Readers::PrivateReflection,
    };
    let (path, words) = if filled.form.text(FROM) == "prompts" {
        ("/prompts".to_owned(), "Back to your questions".to_owned())
    } else {
        place(stands_in)
    };
    let question = ReplyTo { key: &prompt.key, words: &prompt.question, so_far: so_far(prompt) };
    let choices = instead(with.map(take_it_to), PutOff::AnyDay);
    let fields = view! {
        {hidden(FROM, filled.form.text(FROM))}
        {readers(of)}
        <div class="fe-prompt">
            <p class="govuk-body fe-muted">{because(prompt.called_by)}</p>
            {reply_fields(filled, "", question, choices)}
        </div>
        {date(filled, "until", "Put off until", "It comes back on that day")}
    };
    let title = match stands_in {
        StandsIn::Supervision(_, reference) => format!("Reply to a question about {reference}"),
        StandsIn::Reflection(_) => "Reply to a question".to_owned(),
    };
    FormSheet::new(title, form(visit, filled, fields, "Save reply")).back_to(path, words).dates(&["until"])
}

fn save_reply(visit: &Visit, id: &RaisedPromptId) -> Result<String, Problem> {
    let mut check = FormCheck::new(&visit.form);
    let reply = PromptReply::read(&mut check, "", visit.today());
    let reply = check.finish(reply)?;
    let (id, version) = (id.clone(), visit.version());
    let to_list = visit.form.text(FROM) == "prompts";
    visit.save(move |writing| {
        let stands_in = reflection::reply(writing, &id, version, &reply)?;
        if to_list {
            return Ok("/prompts?notice=reply-saved".to_owned());
        }
        Ok(format!("{}?notice=reply-saved#{}", place(&stands_in).0, anchor(&id)))
    })
}

/// Where a question stands on a page.
fn anchor(id: &RaisedPromptId) -> String {
    format!("q-{id}-question")
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

/// The choice to take a question to supervision, naming with whom.
pub(crate) fn take_it_to(name: &str) -> String {
    format!("Take it to supervision with {name}")
}

/// Until when a question can be put off in a form.
enum PutOff {
    /// Until a day that is near.
    Near(NaiveDate),
    /// Until the day that is entered below.
    AnyDay,
}

/// What can be done with a question instead of answering it; the first takes the others back. Where nobody supervises anybody, it
/// cannot be taken to supervision.
fn instead(supervision: Option<String>, put_off: PutOff) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", "Answer it above")];
    choices.extend(supervision.map(|words| Choice::new(PromptState::ToSupervision.code(), words)));
    match put_off {
        PutOff::AnyDay => {
            choices.push(Choice::new(PromptState::Deferred.code(), "Put it off until the day below"));
        }
        PutOff::Near(today) => choices.extend(PUT_OFF_DAYS.map(|days| {
            let until = day_in_words(add_days(today, days));
            Choice::new(
                format!("{}_in_{days}", PromptState::Deferred.code()),
                format!("Put off until {until}"),
            )
        })),
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

/// A question to which somebody replies.
struct ReplyTo<'a> {
    key: &'a str,
    words: &'a str,
    so_far: Option<AnyView>,
}

/// The question, the box for an answer, and what can be done instead; the names of the fields begin with `at`.
fn reply_fields(filled: &Filled, at: &str, question: ReplyTo<'_>, choices: Vec<Choice>) -> AnyView {
    let name = |field: &str| format!("{at}{field}");
    let (text, question_id) = (name("text"), name("question"));
    let problem = filled.problems.of(&text).map(|words| {
        view! { <p class="govuk-error-message" id=format!("{text}-error")><span class="govuk-visually-hidden">"Error: "</span>{words.to_owned()}</p> }
    });
    let described_by = problem.is_some().then(|| format!("{text}-error"));
    let words = question.words.to_owned();
    view! {
        <label class="fe-prompt__question" id=question_id.clone() for=text.clone()>{words}</label>
        {why_link(Some(name("why")), question.key, question_id)}
        {question.so_far}
        {problem}
        {text_box_in(filled, (&text, question.words), 2, described_by)}
        {check_box(filled, &name("changed_plan"), "The plan changes because of this")}
        {radios(filled, &name("state"), "Or", "", choices, true)}
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

/// A question with what called for it and what became of it. Whoever may reply to it does so on its own page, where a draft is kept.
pub(crate) fn put(prompt: &RaisedPrompt, may_reply: bool) -> AnyView {
    let by = prompt
        .replied_by
        .clone()
        .zip(prompt.replied_at)
        .map(|(name, at)| view! { {format!(", {name}, ")} {when(at)} });
    let answer = (!prompt.reply.is_empty()).then(|| prose(&prompt.reply));
    let question_id = anchor(&prompt.id);
    let changed = prompt.changed_plan.then_some(". The plan changed because of it");
    let until = prompt.until.map(|until| view! { " until " {day(until)} });
    let link = (may_reply && prompt.state.is_open()).then(|| {
        view! { <p class="govuk-body fe-no-print"><a class="govuk-link" href=format!("/questions/{}", prompt.id)>"Reply" <span class="govuk-visually-hidden">{format!(" to: {}", prompt.question)}</span></a></p> }
    });
    view! {
        <div class="fe-prompt">
            <p class="fe-prompt__question" id=question_id.clone()>{prompt.question.clone()}</p>
            {why_link(None, &prompt.key, question_id)}
            <p class="govuk-body fe-muted">{because(prompt.called_by)}</p>
            {answer}
            <p class="govuk-body fe-muted">{prompt.state.words()} {until} {by} {changed}</p>
            {link}
        </div>
    }
    .into_any()
}

/// What called for a question, in words.
fn because(called_by: Trigger) -> String {
    match called_by {
        Trigger::Always => "A general question whose turn it was".to_owned(),
        trigger => format!("Asked because: {}", trigger.words()),
    }
}

/// The keys of questions that stand in a form.
pub(crate) fn begun(form: &Form) -> Vec<String> {
    let is_key = |name: &str| {
        let is_of_question = name.starts_with("prompt.") || name.contains(".prompt.");
        is_of_question && name.rsplit('.').next() == Some("key")
    };
    form.fields().iter().filter(|(name, _)| is_key(name)).map(|(_, key)| key.clone()).collect()
}

/// What the form says so far that calls for particular questions, of brothers and sisters too.
fn situation(form: &Form, prefix: &str) -> Situation {
    let fields = form.fields().iter().filter(|(name, _)| !prefix.is_empty() && name.starts_with(prefix));
    Situation::said(fields.map(|(name, value)| (name.as_str(), value.as_str())))
}

/// Up to five questions with their boxes. Those that were typed into stay; the others are what the form calls for.
pub(crate) fn question_fields(
    filled: &Filled,
    prefix: &str,
    table: &PromptTable,
    of: Readers,
    (supervision, today): (Option<&str>, NaiveDate),
) -> AnyView {
    let situation = situation(&filled.form, prefix);
    let name = |number: usize, field: &str| format!("{prefix}prompt.{number}.{field}");
    let is_used = |number: usize| {
        let text = |field: &str| filled.form.text(&name(number, field)).trim().to_owned();
        ["text", "state", "changed_plan"].iter().any(|field| !text(field).is_empty())
    };
    let places = table.places(&situation, |number| {
        is_used(number).then(|| filled.form.text(&name(number, "key")).to_owned())
    });
    let has_more = places.iter().skip(ON_SCREEN).any(Option::is_some);
    let is_open = (ON_SCREEN..places.len())
        .any(|number| is_used(number) || filled.problems.of(&name(number, "text")).is_some());
    let mut questions = places.into_iter().enumerate().map(|(number, question)| {
        let choices = instead(supervision.map(str::to_owned), PutOff::Near(today));
        question_field(filled, &format!("{prefix}prompt.{number}"), question.as_ref(), choices)
    });
    let on_screen: Vec<_> = questions.by_ref().take(ON_SCREEN).collect();
    let more: Vec<_> = questions.collect();
    let fields = view! {
        <p class="govuk-hint">"Answer those that help. You can also take one to supervision, put one off, or say why it does not fit."</p>
        <div data-questions=prefix.to_owned() data-table=table.to_carried()>
            <p class="fe-status" role="status">{format!("Why these: {}", reasons(table.said(&situation), table.fired(&situation)))}</p>
            <Questions/>
        </div>
        {readers(of)}
        {on_screen}
        <details class="govuk-details" id=format!("{prefix}prompt.more") open=is_open hidden=!has_more>
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"More questions"</span></summary>
            <div class="govuk-details__text">{more}</div>
        </details>
    };
    group("Questions worth a minute", fields)
}

/// A place for a question. An empty one waits, unseen, for what somebody chooses.
fn question_field(filled: &Filled, at: &str, question: Option<&Question>, choices: Vec<Choice>) -> AnyView {
    let (key, words) = question.map_or(("", ""), |question| (question.key.as_str(), question.text.as_str()));
    view! {
        <div class="fe-prompt" id=at.to_owned() hidden=question.is_none()>
            <input type="hidden" id=format!("{at}.key") name=format!("{at}.key") value=key.to_owned()/>
            {reply_fields(filled, &format!("{at}."), ReplyTo { key, words, so_far: None }, choices)}
        </div>
    }
    .into_any()
}
