//! Sessions as documents: one of them, or the whole supervision file for its owner.

use crate::answer::Answer;
use crate::components::{day, empty};
use crate::document::Sheet;
use crate::pages::form_page::back_link;
use crate::pages::papers;
use crate::paper::Paper;
use crate::visit::Visit;
use domain::TextValue;
use domain::calendar::{counted, day_in_words};
use domain::ids::SupervisionId;
use leptos::prelude::*;
use records::Problem;
use records::supervision::{self, SessionFile};

/// `/supervision/{id}/text`.
pub(crate) fn text(visit: &Visit) -> Result<Answer, Problem> {
    let (name, paper) = paper_of_session(visit)?;
    Ok(Answer::text_file(&name, &paper))
}

/// `/supervision/{id}/pdf`.
pub(crate) fn pdf(visit: &Visit) -> Result<Answer, Problem> {
    let (name, paper) = paper_of_session(visit)?;
    Ok(Answer::Paper { name, paper })
}

fn paper_of_session(visit: &Visit) -> Result<(String, Paper), Problem> {
    let id: SupervisionId = visit.id()?;
    let session = visit.read(|reading| supervision::open(reading, &id))?;
    Ok((format!("Supervision {}", session.held_on), papers::of_session(visit, &session)))
}

/// `/supervision/file`: everything that was written about one's own supervision, to read or to take along.
pub(crate) fn own_file(visit: &Visit) -> Result<Answer, Problem> {
    let sessions = visit.read(supervision::own_file)?;
    let list = if sessions.is_empty() {
        empty(
            "Nothing in your file yet",
            "Sessions in which you are supervised stand here once they are logged.",
        )
    } else {
        let items: Vec<_> = sessions.iter().map(line).collect();
        let count = i64::try_from(sessions.len()).unwrap_or(i64::MAX);
        view! {
            <p class="govuk-body">{counted(count, "session", "sessions")} ". "
                <a class="govuk-link" href="/supervision/file/pdf" download="">"Take all of it as PDF"</a> " or "
                <a class="govuk-link" href="/supervision/file/text" download="">"as text"</a> "."
            </p>
            <ul class="fe-links">{items}</ul>
        }
        .into_any()
    };
    let content = view! {
        {back_link(Some(("/supervision".to_owned(), "Back to supervision".to_owned())))}
        <h1 class="govuk-heading-l">"My supervision file"</h1>
        <p class="govuk-body">"Every record of your own supervision, with what was said about your cases in it. Keep what you take along as safe as the records here: families are named in it."</p>
        {list}
    };
    Ok(Sheet::new("My supervision file", content).with_reference("Supervision file").answer(visit))
}

fn line(session: &SessionFile) -> AnyView {
    let about =
        format!("{}, with {}. {}", session.kind.words(), session.supervisor.1, session.signing.state.words());
    view! {
        <li><a class="govuk-link" href=format!("/supervision/{}", session.id)>{day(session.held_on)}</a> <small>{about}</small></li>
    }
    .into_any()
}

/// `/supervision/file/text`.
pub(crate) fn own_file_text(visit: &Visit) -> Result<Answer, Problem> {
    let (name, paper) = paper_of(visit)?;
    Ok(Answer::text_file(&name, &paper))
}

/// `/supervision/file/pdf`.
pub(crate) fn own_file_pdf(visit: &Visit) -> Result<Answer, Problem> {
    let (name, paper) = paper_of(visit)?;
    Ok(Answer::Paper { name, paper })
}

fn paper_of(visit: &Visit) -> Result<(String, Paper), Problem> {
    let sessions = visit.read(supervision::own_file)?;
    let by = visit.signed_in.as_ref().map_or("", |signed_in| signed_in.name.as_str());
    let mut paper = papers::new(visit, format!("Supervision file of {by}"), "Supervision file");
    for session in &sessions {
        paper.heading(2, format!("{}, {}", day_in_words(session.held_on), session.kind.words()));
        papers::session_parts(&mut paper, 3, session);
    }
    Ok((format!("Supervision file {}", visit.today()), paper))
}
