//! The cases of brothers and sisters, which are talked about together.

use crate::answer::Answer;
use crate::components::{Filled, empty, line, tag};
use crate::pages::form_page::{FormSheet, button_form, form, form_page};
use crate::visit::Visit;
use domain::cases::CaseStatus;
use domain::form::{Form, FormCheck};
use domain::ids::CaseId;
use leptos::prelude::*;
use records::Problem;
use records::cases::{self, CaseFile, Sibling};

/// `/cases/{id}/siblings`.
pub(crate) fn siblings(visit: &Visit) -> Result<Answer, Problem> {
    let id: CaseId = visit.id()?;
    let case = visit.read(|reading| cases::details_with_siblings(reading, &id))?;
    if !case.may.change {
        return Err(Problem::NotFound);
    }
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| Ok(show(visit, filled, &case)),
        || {
            let mut check = FormCheck::new(&visit.form);
            let reference = check.line("reference", "Enter the reference of the brother’s or sister’s case");
            let (id, reference) = (id.clone(), check.finish(reference)?);
            visit.save(move |writing| {
                cases::join_siblings(writing, &id, &reference)?;
                Ok(format!("/cases/{id}/siblings?notice=siblings-saved"))
            })
        },
    )
}

fn show(visit: &Visit, filled: &Filled, case: &CaseFile) -> FormSheet {
    let leave = (!case.siblings.is_empty()).then(|| {
        button_form(
            visit,
            &format!("/cases/{}/siblings/leave", case.id),
            "Take this case out of the group",
            "",
        )
    });
    let list = if case.siblings.is_empty() {
        empty(
            "No brothers or sisters noted",
            "Once they are, a session asks about all of them together, and keeps a record for each child.",
        )
    } else {
        list_of(&case.siblings)
    };
    let fields = line(
        filled,
        "reference",
        "Reference of a brother’s or sister’s case",
        "Their case has to be one that you manage",
        "20",
    );
    let content = view! { {form(visit, filled, fields, "Add")} {leave} };
    FormSheet::new(format!("Brothers and sisters of {}", case.details.reference), content.into_any())
        .back_to(format!("/cases/{}", case.id), format!("Back to {}", case.details.reference))
        .intro(list)
}

/// The cases, each with a way to its page.
pub(super) fn list_of(siblings: &[Sibling]) -> AnyView {
    let items: Vec<_> = siblings
        .iter()
        .map(|sibling| {
            let closed = (sibling.status != CaseStatus::Open).then(|| tag("not-required", "Closed"));
            view! { <li><a class="govuk-link" href=format!("/cases/{}", sibling.id)>{sibling.reference.clone()}</a> {format!(" · {} ", sibling.label)} {closed}</li> }
        })
        .collect();
    view! { <ul class="govuk-list">{items}</ul> }.into_any()
}

/// `/cases/{id}/siblings/leave`.
pub(crate) fn leave_siblings(visit: &Visit) -> Result<Answer, Problem> {
    let id: CaseId = visit.id()?;
    if visit.is_post() {
        let case = id.clone();
        visit.write(move |writing| cases::leave_siblings(writing, &case))?;
        return Ok(Answer::see_other(format!("/cases/{id}?notice=siblings-left")));
    }
    Ok(Answer::see_other(format!("/cases/{id}/siblings")))
}
