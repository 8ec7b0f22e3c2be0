//! Deleting one's own pieces. It asks first, and says what goes and what stays.

use super::{cpd, path};
use crate::answer::Answer;
use crate::document::Sheet;
use crate::pages::form_page::{back_link, button_form};
use crate::visit::Visit;
use domain::ids::{CpdPieceId, ReflectionCopyId, ReflectionId};
use leptos::prelude::*;
use records::Problem;
use records::reflection;

/// `/reflections/{id}/delete`.
pub(crate) fn delete(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionId = visit.id()?;
    if visit.is_post() {
        visit.write(move |writing| reflection::delete(writing, &id))?;
        return Ok(Answer::see_other("/reflections?notice=reflection-deleted"));
    }
    let reflection = visit.read(|reading| reflection::open(reading, &id))?;
    let copies: Vec<_> = reflection.copies.iter().map(|(copy, name, _)| copy_line(copy, name)).collect();
    let copies = (!copies.is_empty()).then(|| {
        view! {
            <p class="govuk-body">"Copies that you shared stay with whoever has them. If you want one back, take it back first: you can for 24 hours after sharing."</p>
            <ul class="govuk-list govuk-list--bullet">{copies}</ul>
        }
    });
    let content = view! {
        {back_link(Some((path(&id), "Back to the reflection".to_owned())))}
        <h1 class="govuk-heading-l">"Delete this reflection?"</h1>
        <p class="govuk-body">{format!("“{}”, your answers to the questions under it, and your drafts of it are deleted. They cannot be brought back. CPD pieces that you made of it stay.", reflection.piece.title)}</p>
        {copies}
        {button_form(visit, &format!("{}/delete", path(&id)), "Delete it", "")}
    };
    Ok(Sheet::new("Delete this reflection?", content).answer(visit))
}

fn copy_line(copy: &ReflectionCopyId, name: &str) -> AnyView {
    let words = format!("Copy for {name}");
    view! { <li><a class="govuk-link" href=format!("/reflections/copies/{copy}")>{words}</a></li> }.into_any()
}

/// `/reflections/cpd/{id}/delete`.
pub(crate) fn delete_cpd(visit: &Visit) -> Result<Answer, Problem> {
    let id: CpdPieceId = visit.id()?;
    if visit.is_post() {
        visit.write(move |writing| reflection::delete_cpd(writing, &id))?;
        return Ok(Answer::see_other(format!("{}?notice=cpd-deleted", cpd::LIST)));
    }
    let file = visit.read(|reading| reflection::open_cpd(reading, &id))?;
    let content = view! {
        {back_link(Some((cpd::path(&id), "Back to the piece".to_owned())))}
        <h1 class="govuk-heading-l">"Delete this CPD piece?"</h1>
        <p class="govuk-body">{format!("“{}” and your drafts of it are deleted. They cannot be brought back. The reflection that it was made of stays.", file.piece.title)}</p>
        {button_form(visit, &format!("{}/delete", cpd::path(&id)), "Delete it", "")}
    };
    Ok(Sheet::new("Delete this CPD piece?", content).answer(visit))
}
