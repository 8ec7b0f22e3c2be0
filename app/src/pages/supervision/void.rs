//! Declaring a record void.

use crate::answer::Answer;
use crate::components::{Filled, readers, text_box};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::pages::signing::name_of_session;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::form::Form;
use domain::ids::SupervisionId;
use domain::supervision::read_words;
use leptos::prelude::*;
use records::supervision::SessionFile;
use records::{Problem, supervision};

/// `/supervision/{id}/void`.
pub(crate) fn void(visit: &Visit) -> Result<Answer, Problem> {
    let id: SupervisionId = visit.id()?;
    let session = visit.read(|reading| supervision::open(reading, &id))?;
    if !session.may_void() {
        return Err(Problem::NotFound);
    }
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| Ok(show(visit, filled, &session)),
        || {
            let reason = read_words(&visit.form, "reason", "Write why this record does not count")?;
            let id = id.clone();
            visit.save(move |writing| {
                supervision::void(writing, &id, &reason)?;
                Ok(format!("/supervision/{id}?notice=voided"))
            })
        },
    )
}

fn show(visit: &Visit, filled: &Filled, session: &SessionFile) -> FormSheet {
    let intro = view! {
        <p class="govuk-body">{session.kind.words()} "."</p>
        <p class="govuk-body">"For a record of the wrong person or case, or one that was written twice. It stays to be read and is marked void; clocks stand as if the session had not been held, what it agreed is dropped, and what was prepared for it waits again. Sessions that it booked stay in the calendar until somebody cancels them. How high a risk is said to be stays until somebody looks at it again. This cannot be undone."</p>
    };
    let fields = view! {
        {readers(Readers::PersonalPart)}
        {text_box(filled, "reason", "Why does this record not count?", "It stands on the record, and on the actions that are dropped: write nothing personal", 3)}
    };
    let title = format!("Declare the record void: {}", name_of_session(visit, session));
    FormSheet::new(title, form(visit, filled, fields, "Declare it void"))
        .back_to(format!("/supervision/{}", session.id), "Back to the record")
        .intro(intro)
}
