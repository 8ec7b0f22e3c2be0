//! The language lens: its words for the browser, and whether one uses it.

use crate::answer::Answer;
use crate::components::check_box;
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use domain::form::Form;
use leptos::prelude::*;
use records::{Problem, lens, sessions};

/// `/lexicon/{hash}`: the words that the lens looks for. They stand here as long as they are in force.
pub(crate) fn lines(visit: &Visit) -> Result<Answer, Problem> {
    let wording = visit.read(lens::wording)?;
    let hash = visit.parameters.first().map_or("", String::as_str);
    if wording.address.strip_prefix("/lexicon/") != Some(hash) {
        return Err(Problem::NotFound);
    }
    Ok(Answer::Lasting { content: wording.lines.clone() })
}

/// `/account/lens`: whether one uses it.
pub(crate) fn preference(visit: &Visit) -> Result<Answer, Problem> {
    let uses_it = visit.read(sessions::account)?.uses_lens;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("lens", if uses_it { "yes" } else { "" });
            Ok(blank)
        },
        |filled| {
            let intro = view! {
                <p class="govuk-body">
                    "While you type, the lens underlines phrases that can blame somebody or hide who did what, and asks a question about them. You decide what to do with it."
                </p>
                <p class="govuk-body">
                    "It works in your browser. What it finds is not stored, not counted and not shown to anybody else, whoever they are. "
                    <a class="govuk-link" href="/settings/lexicon">"The words that it knows"</a>
                </p>
            };
            let fields = check_box(filled, "lens", "Use the language lens while I type");
            Ok(FormSheet::new("The language lens", form(visit, filled, fields, "Save"))
                .back_to("/account", "Back to account")
                .intro(intro))
        },
        || {
            let uses_it = visit.form.text("lens") == "yes";
            visit.save(move |writing| {
                lens::set_lens(writing, uses_it)?;
                Ok("/account?notice=lens-saved".to_owned())
            })
        },
    )
}
