//! Pages that say something and ask for nothing: errors, and the accessibility statement.

use crate::answer::Answer;
use crate::document::Sheet;
use crate::visit::Visit;
use chrono::NaiveDateTime;
use domain::calendar::instant_in_words;
use domain::form::Problems;
use domain::reflection::JOURNAL_WAITS_DAYS;
use leptos::prelude::*;
use records::Problem;
use records::journal::Shut;

/// The one page for what is not there and for what is not yours.
pub(crate) fn not_found(visit: &Visit) -> Answer {
    let content = view! {
        <h1 class="govuk-heading-l">"Page not found"</h1>
        <p class="govuk-body">
            "Check the address. If you came here by a link, the record may have moved, or it may not be yours to see."
        </p>
        <p class="govuk-body"><a class="govuk-link" href="/">"Go to my week"</a></p>
    };
    Sheet::new("Page not found", content).with_status(404).answer(visit)
}

/// A form that a page could not show again.
pub(crate) fn invalid(visit: &Visit, problems: &Problems) -> Answer {
    let words: Vec<_> = problems.0.iter().map(|problem| view! { <li>{problem.words.clone()}</li> }).collect();
    let content = view! {
        <h1 class="govuk-heading-l">"There is a problem"</h1>
        <ul class="govuk-list govuk-list--bullet">{words}</ul>
        <p class="govuk-body">"Go back in your browser: what you typed is still there."</p>
    };
    Sheet::new("There is a problem", content).with_status(422).answer(visit)
}

/// Something went wrong, in a few words, with what the person can do.
pub(crate) fn failure(visit: &Visit, status: u16, reference: &str) -> Answer {
    let (title, words) = match status {
        400 => ("That could not be read", "Go back in your browser and try again."),
        403 => (
            "Please try that again",
            "The page was open for too long, or the form came from somewhere else. Go back in your browser: what you typed is still there. Load the page in a second tab, then send it again.",
        ),
        405 => {
            ("That does not work here", "This address cannot be asked in that way. Go back in your browser.")
        }
        409 => (
            "Somebody saved this in between",
            "Go back in your browser, load the page again in a second tab, and compare.",
        ),
        413 => (
            "That is too much text",
            "Go back in your browser: what you typed is still there. Shorten it, or spread it over two records.",
        ),
        415 => (
            "That could not be read",
            "The form was not sent in a form that we know. Go back in your browser and try again.",
        ),
        503 => (
            "Fresh Eyes is not available just now",
            "Nothing was saved, and nothing was half saved. Go back in your browser: what you typed is still there. Try again in a minute.",
        ),
        _ => (
            "Sorry, something went wrong",
            "Nothing was half saved. Go back in your browser: what you typed is still there. If it happens again, tell your administrator.",
        ),
    };
    let reference = (!reference.is_empty()).then(|| {
        view! { <p class="govuk-body">"Reference: "<strong>{reference.to_owned()}</strong></p> }
    });
    let content = view! {
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">{words}</p>
        {reference}
    };
    Sheet::new(title, content).with_status(status).answer(visit)
}

/// The journal cannot be opened now.
pub(crate) fn journal_shut(visit: &Visit, shut: Shut) -> Answer {
    match shut {
        Shut::NoKey | Shut::WrongKey => journal_lacks_its_key(visit),
        Shut::Waits { until } => journal_waits(visit, until),
    }
}

fn journal_lacks_its_key(visit: &Visit) -> Answer {
    let content = view! {
        <h1 class="govuk-heading-l">"The journal is shut just now"</h1>
        <p class="govuk-body">
            "Reflections are locked with a key that the server does not have at the moment. Nothing in them is lost. Everything else works."
        </p>
        <p class="govuk-body">"Tell your administrator: whoever runs the server finds what is wrong with “fresh-eyes doctor”."</p>
        <p class="govuk-body"><a class="govuk-link" href="/">"Go to my week"</a></p>
    };
    Sheet::new("The journal is shut just now", content).with_status(503).answer(visit)
}

fn journal_waits(visit: &Visit, until: NaiveDateTime) -> Answer {
    let title = format!("Your journal is shut until {}", instant_in_words(until));
    let content = view! {
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <p class="govuk-body">
            {format!("Your account was given another email address, and then a password was chosen with a link that went there. So that nobody can use that to read what is yours alone, your journal opens {JOURNAL_WAITS_DAYS} days later.")}
        </p>
        <p class="govuk-body">"Nothing in it is lost. Everything else works."</p>
        <p class="govuk-body">"If you did not ask for the new address, tell your manager and whoever looks after information governance today."</p>
        <p class="govuk-body"><a class="govuk-link" href="/">"Go to my week"</a></p>
    };
    Sheet::new(title, content).with_status(503).answer(visit)
}

/// The accessibility statement.
#[expect(clippy::unnecessary_wraps, reason = "every page has this shape")]
pub(crate) fn accessibility(visit: &Visit) -> Result<Answer, Problem> {
    let content = view! {
        <h1 class="govuk-heading-l">"Accessibility"</h1>
        <p class="govuk-body">
            "Fresh Eyes is meant to be used by everybody: with a keyboard alone, with a screen reader, at four times the size, on a narrow screen, and without JavaScript."
        </p>
        <h2 class="govuk-heading-m">"How accessible it is"</h2>
        <p class="govuk-body">
            "We aim at the Web Content Accessibility Guidelines, version 2.2, level AA. Every page is tested against the rules that a machine can check, and by keyboard, at 320 pixels wide and in print. It has not been audited by somebody independent yet, so we claim partial conformance."
        </p>
        <h2 class="govuk-heading-m">"If something does not work for you"</h2>
        <p class="govuk-body">"Tell the administrator of your organisation what you tried and what happened. They can tell us."</p>
    };
    Ok(Sheet::new("Accessibility", content).answer(visit))
}
