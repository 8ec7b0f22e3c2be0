//! Drafts of forms: every form with a text box keeps one, so that nothing that was typed is lost.

use super::{Beside, FormSheet, beside, once_more, once_more_while_shut};
use crate::answer::Answer;
use crate::components::{Filled, LensOver, Restored, hidden, when};
use crate::islands::{DraftKeeper, KEEPER, LENS, LanguageLens};
use crate::trouble::Trouble;
use crate::visit::Visit;
use domain::drafts::{ADDRESS, CURSOR, NewDraft, TEXT_BOX, TITLE, TYPED_AT, VERSION, WINDOW};
use domain::form::Form;
use domain::lens::Lens;
use leptos::prelude::*;
use records::drafts::{self, Author, Draft, Saving};
use records::{Problem, submissions};
use std::sync::Arc;

/// What the button "Check wording" posts as `do`.
pub(crate) const CHECK: &str = "check";

/// The form of this visit: what was posted, or the draft that waits at this address, or a blank one.
pub(crate) fn opened(
    visit: &Visit,
    address: String,
    blank: impl FnOnce() -> Result<Form, Problem>,
) -> Result<Filled, Problem> {
    if visit.is_post() {
        let mut filled = Filled::new(visit.form.clone());
        filled.lens = lens(visit);
        return Ok(filled);
    }
    let mut filled = Filled::new(blank()?);
    filled.lens = lens(visit);
    let draft = match &visit.signed_in {
        Some(_) => visit.read(|reading| drafts::at(reading, &address))?,
        None => None,
    };
    if let Some(draft) = &draft {
        restore(&mut filled, draft);
    }
    filled.form.set(ADDRESS, address);
    filled.form.set(WINDOW, submissions::new_key().to_string());
    filled.form.set(VERSION, draft.map_or(0, |draft| draft.version).to_string());
    Ok(filled)
}

/// The language lens, for whoever uses it. A form is shown and saved without it rather than not at all.
fn lens(visit: &Visit) -> Option<LensOver> {
    if !visit.signed_in.as_ref()?.lens {
        return None;
    }
    let wording = match visit.read(records::lens::wording) {
        Ok(wording) => wording,
        Err(problem) => {
            tracing::warn!(%problem, path = visit.path, "a form is shown without the language lens");
            return None;
        }
    };
    let is_checked = visit.is_post() && visit.form.text("do") == CHECK;
    let check = is_checked.then(|| Arc::new(Lens::of(&wording.lexicon)));
    Some(LensOver { address: wording.address.clone(), check })
}

fn restore(filled: &mut Filled, draft: &Draft) {
    let mut form = draft.form.clone();
    // Each window has a key of its own: what one has saved must not swallow what another still types.
    form.set("form_key", submissions::new_key().to_string());
    filled.form = form;
    filled.restored = Some(Restored { id: draft.id.clone(), saved_at: draft.saved_at });
    filled.cursor.clone_from(&draft.cursor);
}

/// Says that the form holds what was typed before, and offers to begin afresh.
pub(super) fn restored(filled: &Filled) -> Option<AnyView> {
    let restored = filled.restored.as_ref()?;
    let path = format!("/drafts/{}/throw-away", restored.id);
    Some(
        view! {
            <div class="govuk-inset-text fe-restored">
                <p class="govuk-body">
                    "This is your draft of " {when(restored.saved_at)} ". Nobody else can read it until you save it. "
                    <a class="govuk-link" href=path>"Throw it away and begin afresh"</a>
                </p>
            </div>
        }
        .into_any(),
    )
}

/// What "Check wording" has found on the page: in which boxes, or that there is nothing.
pub(super) fn checked(filled: &Filled) -> Option<AnyView> {
    let lens = filled.lens.as_ref()?.check.as_ref()?;
    let boxes: Vec<_> = filled
        .text_boxes()
        .into_iter()
        .filter(|text_box| !lens.find(filled.form.text(&text_box.name)).is_empty())
        .map(|text_box| {
            view! { <li><a class="govuk-link" href=format!("#{}", text_box.name)>{text_box.label}</a></li> }
        })
        .collect();
    let found = if boxes.is_empty() {
        view! { <p class="govuk-body">"Nothing found. Nothing was saved."</p> }.into_any()
    } else {
        view! {
            <p class="govuk-body">"Worth a second look. Nothing was saved."</p>
            <ul class="govuk-list govuk-list--bullet">{boxes}</ul>
        }
        .into_any()
    };
    Some(
        view! {
            <div class="govuk-inset-text" role="region" aria-labelledby="checked-wording">
                <h2 class="govuk-heading-s" id="checked-wording">"Wording checked"</h2>
                {found}
            </div>
        }
        .into_any(),
    )
}

/// What a form with a text box carries for its draft, and the button for it.
pub(super) fn controls(visit: &Visit, filled: &Filled) -> Option<AnyView> {
    let signed_in = visit.signed_in.as_ref()?;
    let text_boxes = filled.text_boxes();
    if text_boxes.is_empty() || !filled.form.has(ADDRESS) {
        return None;
    }
    let carried = |name: &str| hidden(name, filled.form.text(name));
    let boxes: Vec<_> = text_boxes
        .iter()
        .map(|text_box| hidden(TEXT_BOX, format!("{} {}", text_box.name, text_box.label)))
        .collect();
    // While the lens is at work in the browser it hides this.
    let check = filled.lens.as_ref().map(|lens| {
        view! {
            <button class="govuk-button govuk-button--secondary" id="check-wording" name="do" value=CHECK>"Check wording"</button>
            <div id=LENS data-address=lens.address.clone()><LanguageLens/></div>
        }
    });
    let seconds = (signed_in.ends_at - visit.now).num_seconds();
    Some(
        view! {
            {carried(ADDRESS)}
            {carried(WINDOW)}
            {carried(VERSION)}
            {hidden(TITLE, "")}
            {hidden(CURSOR, "")}
            {carried(TYPED_AT)}
            {boxes}
            <button class="govuk-button govuk-button--secondary" name="do" value="draft">"Save draft"</button>
            {check}
            <div
                id=KEEPER
                data-person=signed_in.actor.person.to_string()
                data-seconds=seconds.to_string()
                data-posted=(visit.is_post() && !filled.is_compared).then_some("")
                data-restored=filled.restored.is_some().then_some("")
            >
                <DraftKeeper/>
            </div>
        }
        .into_any(),
    )
}

/// Who is signed in, as the author of drafts.
pub(crate) fn author(visit: &Visit) -> Result<Author, Problem> {
    let actor = &visit.signed_in.as_ref().ok_or(Problem::NotFound)?.actor;
    Ok(Author { person: actor.person.clone(), organisation: actor.organisation.clone() })
}

const ANOTHER_WINDOW: Beside = Beside {
    title: "You wrote this in another window too",
    intro: "Nothing is lost. Take over from the other draft what you need, and save. Your draft here then takes the place of the other.",
    theirs: "The draft of the other window",
};

/// "Save draft" was pressed, or two drafts are to be compared.
pub(super) fn keep(
    visit: &Visit,
    mut filled: Filled,
    show: impl FnOnce(&Filled) -> Result<FormSheet, Problem>,
) -> Result<Answer, Problem> {
    let mut new = NewDraft::read(&visit.form).ok_or(Problem::NotFound)?;
    let path = new.address.clone();
    filled.is_compared = true;
    // If another window was here, what it wrote is on the page that comes, and has been seen with it.
    if let Ok(Some(before)) = visit.read(|reading| drafts::at(reading, &path)) {
        filled.form.set(VERSION, before.version.to_string());
    }
    let sheet = show(&filled)?;
    new.title.clone_from(&sheet.title);
    // Whoever goes back after saving and writes on means a new one.
    new.form.set("form_key", submissions::new_key().to_string());
    let author = author(visit)?;
    match drafts::save(&visit.store, &visit.who, &author, new, visit.now) {
        Ok(Saving::Saved(_) | Saving::IsRecord) => {
            let joint = if path.contains('?') { '&' } else { '?' };
            Ok(Answer::see_other(format!("{path}{joint}notice=draft-saved")))
        }
        Ok(Saving::Conflict(theirs)) => {
            // Whatever is typed here next takes its place, so that it is kept besides.
            drafts::keep_beside(&visit.store, &visit.who, &author, &theirs, visit.now)?;
            Ok(beside(sheet, &drafts::beside(&theirs), &ANOTHER_WINDOW).with_status(409).answer(visit))
        }
        Err(Problem::Unavailable(cause)) => {
            once_more(visit, &Trouble::unavailable(visit, &cause), filled, |_| Ok(sheet))
        }
        Err(Problem::Shut(shut)) => once_more_while_shut(visit, shut, filled, |_| Ok(sheet)),
        Err(other) => Err(other),
    }
}

/// Saves the draft of a form that is shown again, so that closing the window loses nothing. If that fails, or if another
/// window was here, the words still stand on the page.
pub(crate) fn keep_quietly(visit: &Visit, title: &str, filled: &Filled) {
    if filled.text_boxes().is_empty() {
        return;
    }
    let (Some(mut new), Ok(author)) = (NewDraft::read(&filled.form), author(visit)) else { return };
    if !new.has_words() {
        return;
    }
    title.clone_into(&mut new.title);
    if let Err(problem) = drafts::save(&visit.store, &visit.who, &author, new, visit.now) {
        tracing::warn!(%problem, path = visit.path, "a draft was not saved");
    }
}
