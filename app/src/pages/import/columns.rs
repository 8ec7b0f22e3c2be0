//! Saying which column of a file holds what.

use super::{kind_of, list_of};
use crate::answer::Answer;
use crate::components::{Choice, Filled, select};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use domain::form::Form;
use domain::ids::ImportId;
use domain::import::{ImportKind, Mapping};
use leptos::prelude::*;
use records::Problem;
use records::import::{self, Upload};

/// `/people/import/{id}/columns` and `/cases/import/{id}/columns`.
pub(crate) fn columns(visit: &Visit) -> Result<Answer, Problem> {
    let (kind, id): (_, ImportId) = (kind_of(visit), visit.id()?);
    let upload = visit.read(|reading| import::open(reading, kind, &id))?;
    let check = format!("{}/import/{id}", list_of(kind));
    if upload.done.is_some() {
        return Ok(Answer::see_other(check));
    }
    form_page(
        visit,
        || Ok(guessed(&upload)),
        |filled| Ok(sheet(visit, filled, &upload)),
        || {
            let mapping = Mapping::parse(kind, &visit.form, &upload.table.header)?;
            let (id, check) = (id.clone(), check.clone());
            visit.save(move |writing| {
                import::change_columns(writing, kind, &id, &mapping)?;
                Ok(check)
            })
        },
    )
}

fn field(code: &str) -> String {
    format!("column.{code}")
}

fn guessed(upload: &Upload) -> Form {
    let mut form = Form::default();
    for column in upload.kind.columns() {
        if let Some(place) = upload.mapping.place(column.code) {
            form.set(&field(column.code), place.to_string());
        }
    }
    form
}

fn sheet(visit: &Visit, filled: &Filled, upload: &Upload) -> FormSheet {
    let selects: Vec<_> = upload
        .kind
        .columns()
        .iter()
        .map(|column| {
            let optional = if column.is_required { "" } else { " (optional)" };
            let title = format!("{}{optional}", column.title);
            select(filled, &field(column.code), &title, column.hint, choices(upload))
        })
        .collect();
    let intro = view! {
        <p class="govuk-body">"Choose the column of your file that holds each of these. What was plain from the names of the columns is chosen already."</p>
    };
    let title = match upload.kind {
        ImportKind::People => "Which column is which? People",
        ImportKind::Cases => "Which column is which? Cases",
    };
    FormSheet::new(title, form(visit, filled, selects, "Check the rows"))
        .back_to(format!("{}/import", list_of(upload.kind)), "Back to choosing a file")
        .intro(intro)
}

/// The columns of the file, each with the first thing that stands in it.
fn choices(upload: &Upload) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", "Not in this file")];
    choices.extend(upload.table.header.iter().enumerate().map(|(place, heading)| {
        let mut cells = upload.table.rows.iter().filter_map(|row| row.cells.get(place));
        let example = cells.find(|cell| !cell.is_empty()).map(|cell| {
            let short: String = cell.chars().take(30).collect();
            format!(", as in “{short}”")
        });
        let heading = if heading.is_empty() { "Without a name" } else { heading };
        Choice::new(place, format!("{}. {heading}{}", place + 1, example.unwrap_or_default()))
    }));
    choices
}
