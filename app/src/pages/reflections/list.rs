//! `/reflections`: the own pieces, the questions that wait, and what others shared.

use crate::answer::Answer;
use crate::components::{Caption, empty, next_page, table, tag, when};
use crate::document::Sheet;
use crate::pages::prompts::waiting_list;
use crate::visit::Visit;
use chrono::NaiveDateTime;
use domain::calendar::counted;
use domain::ids::ReflectionCopyId;
use leptos::prelude::*;
use records::reflection::{self, CopySummary, ReflectionSummary, WaitingPrompt};
use records::{Problem, journal};

/// Questions that are shown above the list.
const SHOWN: usize = 5;

/// `/reflections`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let before = visit.query.text("before").parse().ok();
    let copies_before = visit.query.text("copies_before").parse().ok();
    let (mine, more, others) = visit.read(|reading| {
        let (mine, more) = reflection::mine(reading, before.as_ref())?;
        let others = Others {
            shared: reflection::shared_with_me(reading, copies_before.as_ref())?,
            waiting: reflection::waiting_questions(reading)?,
            new_replies: reflection::new_replies(reading)?,
            openings: journal::openings(reading)?,
        };
        Ok((mine, more, others))
    })?;
    let next = mine.last().filter(|_| more).map(|last| format!("/reflections?before={}", last.id));
    let own = if mine.is_empty() {
        empty(
            "Nothing written yet",
            "A reflection is yours alone until you share a copy. Five minutes after a hard visit is a good start.",
        )
    } else {
        own_table(&mine)
    };
    let content = view! {
        <div class="fe-title">
            <h1 class="govuk-heading-l">"Reflections"</h1>
            <div class="govuk-button-group"><a class="govuk-button" href="/reflections/new">"Write a reflection"</a></div>
        </div>
        <p class="govuk-body fe-no-print"><a class="govuk-link" href="/reflections/cpd">"CPD and standards"</a> " · " <a class="govuk-link" href="/reflections/mirror">"My patterns"</a></p>
        <p class="govuk-body fe-muted">"Your journal is locked with a key of your own. Nobody else can read it, administrators included: if your account gets another address and then a new password, the journal stays shut for two weeks, and you are told at the address you had. Only the law can have it opened: it takes two people, and you are told."</p>
        {openings_section(&others.openings)}
        {new_replies_section(&others.new_replies)}
        {waiting_section(&others.waiting)}
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Mine"</h2>
            {own}
            {next_page(next)}
        </section>
        {shared_section(&others.shared)}
    };
    Ok(Sheet::new("Reflections", content).answer(visit))
}

/// When the law opened a journal: the instant, who confirmed it, and on what ground.
type LegalOpening = (NaiveDateTime, [String; 2], String);

/// What stands beside the own pieces.
struct Others {
    /// One page of the copies that others shared, and whether there are more.
    shared: (Vec<CopySummary>, bool),
    waiting: Vec<WaitingPrompt>,
    new_replies: Vec<(ReflectionCopyId, String, NaiveDateTime)>,
    openings: Vec<LegalOpening>,
}

/// That the law opened this journal stands at its top, for good.
fn openings_section(openings: &[LegalOpening]) -> Option<AnyView> {
    let lines: Vec<_> = openings
        .iter()
        .map(|(at, [first, second], reason)| {
            view! { <p class="govuk-body">"Your journal was opened on a legal ground on " {when(*at)} {format!(". {first} and {second} confirmed it. The ground: {reason}")}</p> }
        })
        .collect();
    (!lines.is_empty()).then(|| view! { <div class="govuk-inset-text">{lines}</div> }.into_any())
}

/// Copies under which the other one has said something since they were last opened.
fn new_replies_section(new_replies: &[(ReflectionCopyId, String, NaiveDateTime)]) -> Option<AnyView> {
    let items: Vec<_> = new_replies
        .iter()
        .map(|(copy, name, at)| {
            view! { <li><a class="govuk-link" href=format!("/reflections/copies/{copy}")>{format!("{name} has replied")}</a> ", " {when(*at)}</li> }
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Replies to you"</h2>
                <ul class="govuk-list">{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn waiting_section(waiting: &[WaitingPrompt]) -> Option<AnyView> {
    (!waiting.is_empty()).then(|| {
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Questions waiting"</h2>
                {waiting_list(waiting.get(..SHOWN).unwrap_or(waiting))}
                <p class="govuk-body"><a class="govuk-link" href="/prompts">"All your questions"</a></p>
            </section>
        }
        .into_any()
    })
}

fn own_table(mine: &[ReflectionSummary]) -> AnyView {
    let rows: Vec<_> = mine
        .iter()
        .map(|reflection| {
            let readers = if reflection.shared == 0 { "Only me".to_owned() } else { format!("{} shared", counted(reflection.shared, "copy", "copies")) };
            view! {
                <tr>
                    <th scope="row"><a class="govuk-link" href=format!("/reflections/{}", reflection.id)>{reflection.title.clone()}</a></th>
                    <td data-label="About">{reflection.about.clone().map_or_else(|| "Nothing in particular".to_owned(), upper_first)}</td>
                    <td data-label="Who can read it">{readers}</td>
                    <td data-label="Last changed">{when(reflection.changed_at)}</td>
                </tr>
            }
        })
        .collect();
    table(
        Caption::Unseen("My reflections, newest first"),
        &["Title", "About", "Who can read it", "Last changed"],
        rows,
    )
}

fn upper_first(text: String) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}

fn shared_section((shared, more): &(Vec<CopySummary>, bool)) -> Option<AnyView> {
    if shared.is_empty() {
        return None;
    }
    let next = shared.last().filter(|_| *more).map(|last| {
        let href = format!("/reflections?copies_before={}", last.id);
        view! { <p class="govuk-body fe-no-print"><a class="govuk-link" href=href>"Earlier copies"</a></p> }
    });
    let items: Vec<_> = shared
        .iter()
        .map(|copy| {
            view! {
                <li>
                    <a class="govuk-link" href=format!("/reflections/copies/{}", copy.id)>{copy.title.clone()}</a>
                    {copy.is_new.then(|| view! { " " {tag("new", "New")} })}
                    <small>{format!(" {}, ", copy.author)} {when(copy.shared_at)}</small>
                </li>
            }
        })
        .collect();
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Shared with me"</h2>
                <ul class="govuk-list">{items}</ul>
                {next}
            </section>
        }
        .into_any(),
    )
}
