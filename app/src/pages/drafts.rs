//! One's own drafts, and what a page asks while somebody types.

use crate::answer::Answer;
use crate::components::{Caption, empty, table, when};
use crate::document::Sheet;
use crate::pages::form_page::{author, back_link, button_form};
use crate::visit::Visit;
use domain::calendar::clock_in_words;
use domain::drafts::NewDraft;
use domain::form::Problems;
use domain::ids::DraftId;
use leptos::prelude::*;
use records::Problem;
use records::drafts::{self, DraftSummary, Saving};

/// `/drafts`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let drafts = visit.read(drafts::list)?;
    let content = if drafts.is_empty() {
        empty("No drafts", "What you type is kept here by itself until you save it.")
    } else {
        let rows = drafts.iter().map(row).collect();
        table(
            Caption::Unseen("Your drafts, the last first"),
            &["Draft", "Begun", "Last typed", "Throw away"],
            rows,
        )
    };
    let content = view! {
        <h1 class="govuk-heading-l">"Drafts"</h1>
        <p class="govuk-body">"What you have begun and not saved yet. Nobody else can read it."</p>
        {content}
    };
    Ok(Sheet::new("Drafts", content).answer(visit))
}

fn row(draft: &DraftSummary) -> AnyView {
    let path = format!("/drafts/{}", draft.id);
    let throw_away = format!("{path}/throw-away");
    let title = draft.title.clone();
    let about = format!(" {title}");
    view! {
        <tr>
            <th scope="row"><a class="govuk-link" href=path>{title}</a></th>
            <td data-label="Begun">{when(draft.begun_at)}</td>
            <td data-label="Last typed">{when(draft.saved_at)}</td>
            <td><a class="govuk-link" href=throw_away>"Throw away" <span class="govuk-visually-hidden">{about}</span></a></td>
        </tr>
    }
    .into_any()
}

/// `/drafts/{id}`: the texts of a draft, for when its form is no longer to be had; and the way back into it.
pub(crate) fn open(visit: &Visit) -> Result<Answer, Problem> {
    let id: DraftId = visit.id()?;
    let draft = visit.read(|reading| drafts::open(reading, &id))?;
    let texts: Vec<_> = draft
        .texts()
        .into_iter()
        .map(|(label, text)| {
            view! {
                <h2 class="govuk-heading-s">{label}</h2>
                <p class="govuk-body fe-prose">{text}</p>
            }
        })
        .collect();
    // What was kept beside another draft of the same form can only be read.
    let go_on = (!draft.address.contains('#')).then(|| {
        view! { <a class="govuk-button" href=draft.address.clone()>"Go on writing"</a> }
    });
    let content = view! {
        {back_link(Some(("/drafts".to_owned(), "Back to drafts".to_owned())))}
        <h1 class="govuk-heading-l">{format!("Draft: {}", draft.title)}</h1>
        <p class="govuk-body">"Last typed " {when(draft.saved_at)} ". Nobody else can read it."</p>
        {texts}
        <p class="fe-no-print">{go_on} " " <a class="govuk-link" href=format!("/drafts/{id}/throw-away")>"Throw this draft away"</a></p>
    };
    Ok(Sheet::new(format!("Draft: {}", draft.title), content).answer(visit))
}

/// `/drafts/{id}/throw-away`.
pub(crate) fn throw_away(visit: &Visit) -> Result<Answer, Problem> {
    let id: DraftId = visit.id()?;
    let draft = visit.read(|reading| drafts::open(reading, &id))?;
    if visit.is_post() {
        visit.write(move |writing| drafts::throw_away(writing, &id))?;
        return Ok(Answer::see_other("/drafts?notice=draft-thrown-away"));
    }
    let content = view! {
        {back_link(Some((format!("/drafts/{id}"), "Back to the draft".to_owned())))}
        <h1 class="govuk-heading-l">"Throw this draft away?"</h1>
        <p class="govuk-body">{draft.title} ", last typed " {when(draft.saved_at)} ". It cannot be brought back."</p>
        {button_form(visit, &format!("/drafts/{id}/throw-away"), "Throw it away", "")}
    };
    Ok(Sheet::new("Throw this draft away?", content).answer(visit))
}

/// `/drafts/save`: what a page sends while somebody types.
pub(crate) fn save(visit: &Visit) -> Result<Answer, Problem> {
    if !visit.is_post() {
        return Ok(Answer::see_other("/drafts"));
    }
    let Some(new) = NewDraft::read(&visit.form) else {
        return Err(Problems::one("form", "There is nothing here to keep").into());
    };
    let (status, at, version) = match drafts::save(&visit.store, &visit.who, &author(visit)?, new, visit.now)?
    {
        Saving::Saved(version) => (200, visit.now, Some(version)),
        Saving::IsRecord => {
            // Sent off as the form was saved, mostly. If somebody types on there, the page has to say that it is not kept.
            return Ok(Answer::Text { status: 200, content: "ended=yes".to_owned() });
        }
        Saving::Conflict(theirs) => (409, theirs.saved_at, None),
    };
    let mut answer = form_urlencoded::Serializer::new(String::new());
    answer.append_pair("at", &clock_in_words(at));
    answer.append_pair("seconds", &seconds_left(visit).to_string());
    if let Some(version) = version {
        answer.append_pair("version", &version.to_string());
    }
    Ok(Answer::Text { status, content: answer.finish() })
}

#[expect(clippy::unnecessary_wraps, reason = "every page answers so")]
/// `/account/session`: who is signed in, for how long, and the token for their forms.
pub(crate) fn session(visit: &Visit) -> Result<Answer, Problem> {
    let mut answer = form_urlencoded::Serializer::new(String::new());
    if let Some(signed_in) = &visit.signed_in {
        answer.append_pair("person", signed_in.actor.person.as_str());
        answer.append_pair("ends", &clock_in_words(signed_in.ends_at));
        answer.append_pair("seconds", &seconds_left(visit).to_string());
        answer.append_pair("token", &visit.form_token);
    }
    Ok(Answer::Text { status: 200, content: answer.finish() })
}

/// Seconds until the session ends if nobody asks for anything.
fn seconds_left(visit: &Visit) -> i64 {
    visit.signed_in.as_ref().map_or(0, |signed_in| (signed_in.ends_at - visit.now).num_seconds())
}
