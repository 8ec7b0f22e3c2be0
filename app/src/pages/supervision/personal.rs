//! Correcting the personal part of a session.

use crate::answer::Answer;
use crate::components::{Filled, hidden, readers, text_box};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::pages::papers;
use crate::pages::template_questions::asked;
use crate::visit::Visit;
use domain::access::Readers;
use domain::calendar::day_in_words;
use domain::form::Form;
use domain::ids::SupervisionId;
use domain::supervision::{PERSONAL_PART, PersonalPart};
use domain::templates::{TEMPLATE_VERSION, TemplatePart, Templates};
use leptos::prelude::*;
use records::{Problem, settings, supervision};

/// `/supervision/{id}/personal`.
pub(crate) fn personal(visit: &Visit) -> Result<Answer, Problem> {
    let id: SupervisionId = visit.id()?;
    let ((stands, of, held_on), templates) = visit.read(|reading| {
        Ok((supervision::open_personal_part(reading, &id)?, settings::templates(reading)?))
    })?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("version", stands.version.to_string());
            blank.set("personal.wellbeing", &stands.part.wellbeing);
            blank.set("personal.workload", &stands.part.workload);
            blank.set("personal.development", &stands.part.development);
            blank.set("personal.agreed", &stands.part.agreed);
            stands.answers.fill(&mut blank, PERSONAL_PART);
            Ok(blank)
        },
        |filled| {
            let title = format!("Correct the personal part: {of}, {}", day_in_words(held_on));
            Ok(show(visit, filled, (&id, title, &templates)))
        },
        || {
            let part = PersonalPart::parse(&visit.form)?;
            let (id, version) = (id.clone(), visit.version());
            let session = visit.read(|reading| supervision::open(reading, &id))?;
            let text = papers::of_session(visit, &session).to_text();
            visit.save(move |writing| {
                supervision::change_personal_part(writing, &id, version, &part, &text)?;
                Ok(format!("/supervision/{id}?notice=personal-saved"))
            })
        },
    )
}

fn show(
    visit: &Visit,
    filled: &Filled,
    (id, title, templates): (&SupervisionId, String, &Templates),
) -> FormSheet {
    let fields = view! {
        {hidden(TEMPLATE_VERSION, templates.version())}
        {personal_fields(filled, templates)}
    };
    FormSheet::new(title, form(visit, filled, fields, "Save"))
        .back_to(format!("/supervision/{id}"), "Back to the session")
}

/// The boxes of the personal part, each under who can read it.
pub(super) fn personal_fields(filled: &Filled, templates: &Templates) -> AnyView {
    view! {
        {readers(Readers::Wellbeing)}
        {text_box(filled, "personal.wellbeing", "How they are, and what the work does to them", "", 3)}
        {readers(Readers::PersonalPart)}
        {text_box(filled, "personal.workload", "Workload", "", 3)}
        {text_box(filled, "personal.development", "Learning and development", "", 3)}
        {text_box(filled, "personal.agreed", "Anything else agreed", "", 3)}
        {asked(filled, PERSONAL_PART, templates.of(TemplatePart::Personal), "More about the person")}
    }
    .into_any()
}
