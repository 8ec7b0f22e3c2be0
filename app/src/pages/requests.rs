//! What somebody is asked: to clear the way for an action that was carried over too often, or to decide what becomes of it.

use crate::answer::Answer;
use crate::components::{Caption, Filled, day, empty, fact, facts, prose, readers, table, text_box, when};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::visit::Visit;
use domain::access::Readers;
use domain::form::Form;
use domain::ids::ActionReviewId;
use domain::supervision::read_words;
use leptos::prelude::*;
use records::Problem;
use records::actions::{self, AskedState, Request};

/// `/requests`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let requests = visit.read(actions::my_requests)?;
    let list = if requests.is_empty() {
        empty(
            "Nothing waits for your answer",
            "When somebody asks you to clear the way for an action, it stands here.",
        )
    } else {
        let rows = requests.iter().map(row).collect();
        table(Caption::Unseen("What you are asked"), &["What is asked", "About", "By", "By when"], rows)
    };
    let content = view! {
        {back_link(Some(("/".to_owned(), "Back to My week".to_owned())))}
        <h1 class="govuk-heading-l">"What you are asked"</h1>
        {list}
    };
    Ok(Sheet::new("What you are asked", content).answer(visit))
}

fn row((request, can_open): &(Request, bool)) -> AnyView {
    // Whoever does other work by now reads nothing of it.
    let asked = if *can_open {
        view! { <a class="govuk-link" href=format!("/requests/{}", request.id)>{request.note.clone()}</a> }
            .into_any()
    } else {
        "You do other work now, or not this work yet, so you cannot open it".into_any()
    };
    view! {
        <tr>
            <th scope="row">{asked}</th>
            <td data-label="About">{can_open.then(|| request.about.clone())}</td>
            <td data-label="By">{request.asked_by.clone()}</td>
            <td data-label="By when"><div>{day(request.due_on)}</div></td>
        </tr>
    }
    .into_any()
}

/// `/requests/{id}`.
pub(crate) fn answer(visit: &Visit) -> Result<Answer, Problem> {
    let id: ActionReviewId = visit.id()?;
    let request = visit.read(|reading| actions::open_request(reading, &id))?;
    if !visit.is_post() && !matches!(request.state, AskedState::Waits(_)) {
        return Ok(Sheet::new(title(&request), over(&request)).answer(visit));
    }
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            Ok(FormSheet::new(title(&request), form(visit, filled, fields(filled, &request), "Answer"))
                .intro(about(&request))
                .back_to("/requests", "Back to what you are asked"))
        },
        || {
            let words = read_words(&visit.form, "answer", "Write what you have done, or what you decide")?;
            let id = id.clone();
            visit.save(move |writing| {
                actions::answer_request(writing, &id, &words)?;
                Ok("/requests?notice=request-answered".to_owned())
            })
        },
    )
}

fn title(request: &Request) -> String {
    format!("{} asks you, about {}", request.asked_by, request.about)
}

fn about(request: &Request) -> AnyView {
    let of = match &request.case {
        Some(case) => {
            view! { <a class="govuk-link" href=format!("/cases/{case}")>{request.about.clone()}</a> }
                .into_any()
        }
        None => request.about.clone().into_any(),
    };
    facts(vec![
        fact("What is asked", request.note.clone()).wide(),
        fact("What was to be done", request.what.clone()).wide(),
        fact("About", of),
        fact("Who was to do it", request.owner.clone()),
        fact("By when", day(request.due_on)),
        fact("Asked on", day(request.asked_on)),
    ])
}

fn fields(filled: &Filled, request: &Request) -> AnyView {
    let who = if request.case.is_some() { Readers::CaseEntry } else { Readers::RequestAnswer };
    view! {
        {readers(who)}
        {text_box(filled, "answer", "What have you done, or what do you decide?", "It stands with the action from now on, and whoever asked gets a mail", 4)}
    }
    .into_any()
}

/// What was answered, or that nothing has to be: then nothing of it is shown any more.
fn over(request: &Request) -> AnyView {
    let answer = match &request.state {
        AskedState::Answered { words, at, .. } => view! {
            {about(request)}
            <h2 class="govuk-heading-m">"What was answered"</h2>
            {prose(words)}
            <p class="govuk-body fe-muted">{when(*at)}</p>
        }
        .into_any(),
        AskedState::Waits(_) | AskedState::Unanswered | AskedState::NotTold => view! {
            <p class="govuk-body">"Nothing waits for an answer any more: it has ended, or something else was decided."</p>
        }
        .into_any(),
    };
    view! {
        {back_link(Some(("/requests".to_owned(), "Back to what you are asked".to_owned())))}
        <h1 class="govuk-heading-l">{title(request)}</h1>
        {answer}
    }
    .into_any()
}
