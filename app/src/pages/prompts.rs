//! One's own questions, wherever they stand; and why each is asked.

use crate::answer::Answer;
use crate::components::{Caption, Tab, day, empty, fact, facts, next_page, table, tabs, tag};
use crate::document::Sheet;
use crate::pages::form_page::back_link;
use crate::pages::questions::place;
use crate::visit::Visit;
use domain::TextValue;
use domain::calendar::day_in_words;
use domain::reflection::{BiasTag, Prompt, PromptShelf};
use leptos::prelude::*;
use records::reflection::{self, WaitingPrompt};
use records::{Problem, prompts};

/// `/prompts`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let shelf = PromptShelf::from_code(visit.query.text("show")).unwrap_or(PromptShelf::Waiting);
    let before = visit.query.text("before").parse().ok();
    let (counts, (listed, more)) = visit.read(|reading| {
        Ok((reflection::prompt_counts(reading)?, reflection::prompts(reading, shelf, before.as_ref())?))
    })?;
    let shelves = PromptShelf::ALL
        .iter()
        .map(|each| Tab {
            address: format!("/prompts?show={}", each.code()),
            words: each.words().to_owned(),
            count: counts.get(each).copied().unwrap_or(0),
            is_here: *each == shelf,
        })
        .collect();
    let next = listed
        .last()
        .filter(|_| more)
        .map(|last| format!("/prompts?show={}&before={}", shelf.code(), last.id));
    let content = if listed.is_empty() {
        let (title, words) = nothing(shelf);
        empty(title, words)
    } else {
        let rows = listed.iter().map(|prompt| row(prompt, shelf)).collect();
        table(
            Caption::Unseen("Your questions, newest first"),
            &["Question", "Asked", "Where it stands", ""],
            rows,
        )
    };
    let content = view! {
        <h1 class="govuk-heading-l">"Your questions"</h1>
        <p class="govuk-body">"Questions that were put to you about cases and reflections. Only you see this list. A reply stands where the question was put, and is read by those who read that."</p>
        {tabs("Your questions", shelves)}
        {content}
        {next_page(next)}
    };
    Ok(Sheet::new("Your questions", content).answer(visit))
}

fn nothing(shelf: PromptShelf) -> (&'static str, &'static str) {
    match shelf {
        PromptShelf::Waiting => ("No question waits", "Questions come with case entries and reflections."),
        PromptShelf::Later => ("Nothing is put off", "A question that you put off comes back on its day."),
        PromptShelf::Agenda => (
            "Nothing is on an agenda",
            "A question that you take to supervision waits on the agenda of the next session.",
        ),
        PromptShelf::Replied => ("Nothing yet", "What you have replied to is kept here."),
    }
}

fn row(prompt: &WaitingPrompt, shelf: PromptShelf) -> AnyView {
    let (path, words) = place(&prompt.stands_in);
    let question = if shelf == PromptShelf::Replied {
        prompt.question.clone().into_any()
    } else {
        view! { <a class="govuk-link" href=format!("/questions/{}?from=prompts", prompt.id)>{prompt.question.clone()}</a> }
            .into_any()
    };
    let why = format!("/prompts/{}", prompt.key);
    let about = format!(": {}", prompt.question);
    view! {
        <tr>
            <th scope="row">{question}</th>
            <td data-label="Asked">{day(prompt.raised_on)}</td>
            <td data-label="Where it stands"><div>{state(prompt)} " " <a class="govuk-link" href=path>{words}</a></div></td>
            <td><a class="govuk-link" href=why>"Why this?" <span class="govuk-visually-hidden">{about}</span></a></td>
        </tr>
    }
    .into_any()
}

/// What has become of a question, in a few words.
fn state(prompt: &WaitingPrompt) -> AnyView {
    let words = prompt.state.words();
    match (prompt.until, prompt.was_talked_about) {
        (Some(until), _) => view! { {words} " until " {day(until)} "." }.into_any(),
        (None, true) => "Talked about in supervision. What came of it?".into_any(),
        (None, false) => format!("{words}.").into_any(),
    }
}

/// The questions that wait for the reader, in short; on the page of the week and above reflections.
pub(crate) fn waiting_list(waiting: &[WaitingPrompt]) -> AnyView {
    let items: Vec<_> = waiting
        .iter()
        .map(|prompt| {
            let (path, words) = place(&prompt.stands_in);
            view! {
                <li>
                    <a class="govuk-link" href=format!("/questions/{}", prompt.id)>{prompt.question.clone()}</a> " "
                    <small><a class="govuk-link" href=path>{words}</a> {format!(", {}", day_in_words(prompt.raised_on))}</small>
                </li>
            }
        })
        .collect();
    view! { <ul class="govuk-list">{items}</ul> }.into_any()
}

/// `/prompts/{key}`: why a question is asked.
pub(crate) fn why(visit: &Visit) -> Result<Answer, Problem> {
    let key = visit.parameters.first().cloned().unwrap_or_default();
    let (_, library) = visit.read(prompts::library)?;
    let prompt = library.find(&key).ok_or(Problem::NotFound)?;
    let retired =
        prompt.retired.then(|| view! { <p class="govuk-body">{tag("not-required", "No longer asked")}</p> });
    let content = view! {
        {back_link(Some(("/prompts".to_owned(), "Back to your questions".to_owned())))}
        <h1 class="govuk-heading-l"><span class="govuk-caption-l">"Why am I asked this?" " "</span>{prompt.text.clone()}</h1>
        {retired}
        <p class="govuk-body">{prompt.why.clone()}</p>
        {facts(vec![
            fact("Source", prompt.source.clone()),
            fact("About", prompt.theme.words()),
            fact("Called for by", called_by(prompt)),
            fact("Looked at again by", day(prompt.review_on)),
        ])}
        {bias_section(&prompt.tags)}
        <p class="govuk-body fe-no-print"><a class="govuk-link" href="/settings/prompts">"All questions of the library"</a></p>
    };
    Ok(Sheet::new(format!("Why: {}", prompt.text), content).answer(visit))
}

/// What calls for a question, in words.
pub(crate) fn called_by(prompt: &Prompt) -> String {
    prompt.triggers.iter().map(|trigger| trigger.words()).collect::<Vec<_>>().join("; ")
}

/// The kinds of bias that a question meets, each with what helps.
fn bias_section(tags: &[BiasTag]) -> Option<AnyView> {
    let rows: Vec<_> = tags
        .iter()
        .map(|tag| {
            view! {
                <tr>
                    <th scope="row">{tag.words()}</th>
                    <td data-label="In practice">{tag.in_practice()}</td>
                    <td data-label="What helps">{tag.counter_move()}</td>
                </tr>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        let rows = table(Caption::Unseen("Kinds of bias"), &["Kind", "In practice", "What helps"], rows);
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"The bias that it looks for"</h2>
                <p class="govuk-body">"Everybody has these. The question is for noticing, not for blaming."</p>
                {rows}
            </section>
        }
        .into_any()
    })
}
