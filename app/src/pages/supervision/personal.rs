//! Correcting the personal part of a session.

use crate::answer::Answer;
use crate::components::{Filled, readers, text_box};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use domain::access::Readers;
use domain::form::Form;
use domain::ids::SupervisionId;
use domain::supervision::PersonalPart;
use leptos::prelude::*;
use records::{Problem, supervision};

/// `/supervision/{id}/personal`.
pub(crate) fn personal(visit: &Visit) -> Result<Answer, Problem> {
    let id: SupervisionId = visit.id()?;
    let stands = visit.read(|reading| supervision::open_personal_part(reading, &id))?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("version", stands.version.to_string());
            blank.set("personal.wellbeing", &stands.part.wellbeing);
            blank.set("personal.workload", &stands.part.workload);
            blank.set("personal.development", &stands.part.development);
            blank.set("personal.agreed", &stands.part.agreed);
            Ok(blank)
        },
        |filled| Ok(show(visit, filled, &id)),
        || {
            let part = PersonalPart::parse(&visit.form)?;
            let (id, version) = (id.clone(), visit.version());
            visit.save(move |writing| {
                supervision::change_personal_part(writing, &id, version, &part)?;
                Ok(format!("/supervision/{id}?notice=personal-saved"))
            })
        },
    )
}

fn show(visit: &Visit, filled: &Filled, id: &SupervisionId) -> FormSheet {
    let fields = view! {
        {readers(Readers::Wellbeing)}
        {text_box(filled, "personal.wellbeing", "How they are, and what the work does to them", "", 3)}
        {readers(Readers::PersonalPart)}
        {text_box(filled, "personal.workload", "Workload", "", 3)}
        {text_box(filled, "personal.development", "Learning and development", "", 3)}
        {text_box(filled, "personal.agreed", "Anything else agreed", "", 3)}
    };
    FormSheet::new("Correct the personal part", form(visit, filled, fields, "Save"))
        .back_to(format!("/supervision/{id}"), "Back to the session")
}
