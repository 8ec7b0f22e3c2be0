//! Choosing a file, or pasting rows.

use super::{kind_of, list_of};
use crate::answer::Answer;
use crate::components::Caption;
use crate::components::{Filled, file_field, pasted_rows, table};
use crate::pages::form_page::{FormSheet, form_heart, form_page};
use crate::visit::Visit;
use domain::csv_file::{self, CsvProblem};
use domain::form::{Form, Problems};
use domain::import::ImportKind;
use leptos::prelude::*;
use records::Problem;
use records::import;

/// `/people/import` and `/cases/import`.
pub(crate) fn upload(visit: &Visit) -> Result<Answer, Problem> {
    let kind = kind_of(visit);
    visit.read(|reading| import::may_import(reading, kind))?;
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| Ok(sheet(visit, filled, kind)),
        || {
            let (file_name, text) = posted(visit)?;
            // Not once for each form: the same page may send another file.
            let id = visit.write(move |writing| import::upload(writing, kind, &file_name, &text))?;
            Ok(format!("{}/import/{id}", list_of(kind)))
        },
    )
}

/// The name and the text of what was chosen or pasted.
fn posted(visit: &Visit) -> Result<(String, String), Problems> {
    let problem = |problem: CsvProblem| Problems::one("file", problem.to_string());
    let pasted = visit.form.text("pasted");
    match &visit.file {
        Some(file) if !file.is_whole || file.content.len() > csv_file::LARGEST => {
            Err(problem(CsvProblem::TooLarge))
        }
        Some(file) => Ok((file.name.clone(), csv_file::decode(&file.content).map_err(problem)?)),
        None => Ok((String::new(), csv_file::decode(pasted.as_bytes()).map_err(problem)?)),
    }
}

/// `/people/import/template` and `/cases/import/template`: a file with the columns that we know and no row.
pub(crate) fn template(visit: &Visit) -> Result<Answer, Problem> {
    let kind = kind_of(visit);
    visit.read(|reading| import::may_import(reading, kind))?;
    let header: Vec<&str> = kind.columns().iter().map(|column| column.title).collect();
    Ok(Answer::csv_file(&list_of(kind)[1..], &header, std::iter::empty()))
}

fn sheet(visit: &Visit, filled: &Filled, kind: ImportKind) -> FormSheet {
    let (title, back, back_words) = match kind {
        ImportKind::People => ("Import people", "/people", "Back to people"),
        ImportKind::Cases => ("Import cases", "/cases", "Back to cases"),
    };
    let fields = view! {
        <form id="form" method="post" action=visit.here() enctype="multipart/form-data" novalidate>
            {form_heart(visit, filled)}
            {file_field(filled, "file", "CSV file", "Saved as UTF-8, at most 20,000 rows and 8 MB", ".csv,.tsv,.txt,text/csv")}
            {pasted_rows(filled, "pasted", "Or paste rows from a spreadsheet", "With the names of the columns in the first row")}
            <div class="fe-sticky-actions">
                <button class="govuk-button">"Check the file"</button>
            </div>
        </form>
        {known_columns(kind)}
    };
    FormSheet::new(title, fields.into_any()).back_to(back, back_words).intro(intro(kind))
}

fn intro(kind: ImportKind) -> AnyView {
    let matched = match kind {
        ImportKind::People => {
            "People are matched by their email address. Nobody is sent a mail, and nobody is removed."
        }
        ImportKind::Cases => {
            "Cases are matched by their reference. No case is removed, and the risk of a case that is here stays as it is."
        }
    };
    view! {
        <p class="govuk-body">
            "You see what would become of each row before anything is saved. " {matched}
            " The same file again changes nothing."
        </p>
    }
    .into_any()
}

fn known_columns(kind: ImportKind) -> AnyView {
    let rows: Vec<_> = kind
        .columns()
        .iter()
        .map(|column| {
            let needed = if column.is_required { "Needed" } else { "If you have it" };
            view! {
                <tr>
                    <th scope="row">{column.title}</th>
                    <td data-label="Is it needed?">{needed}</td>
                    <td data-label="What stands in it">{column.hint}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Columns"</h2>
            <p class="govuk-body">
                "In any order, with these names or others. "
                <a class="govuk-link" href=format!("{}/import/template", list_of(kind)) download>
                    "Download an empty file with these columns"
                </a>
            </p>
            {table(Caption::Unseen("Columns of the file"), &["Column", "Is it needed?", "What stands in it"], rows)}
        </section>
    }
    .into_any()
}
