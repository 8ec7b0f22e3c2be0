//! What would become of each row of a file, and what became of it.

use super::{counted, counted_rows, kind_of, list_of};
use crate::answer::Answer;
use crate::components::{
    Caption, Filled, Tab, check_box, empty, fact, facts, hidden, next_page, table, tabs, tag,
};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::form::Form;
use domain::ids::ImportId;
use domain::import::{Difference, ImportCounts, ImportKind, ReportPart, RowOutcome, RowReport};
use leptos::prelude::*;
use records::Problem;
use records::import::{self, DryRun, Upload};

/// Rows on one page.
const PAGE: usize = 100;

/// `/people/import/{id}` and `/cases/import/{id}`.
pub(crate) fn check(visit: &Visit) -> Result<Answer, Problem> {
    let (kind, id): (_, ImportId) = (kind_of(visit), visit.id()?);
    let upload = visit.read(|reading| import::open(reading, kind, &id))?;
    if let Some(counts) = upload.done {
        return Ok(done(visit, &upload, counts));
    }
    if !upload.mapping.missing(kind).is_empty() {
        return Ok(Answer::see_other(format!("{}/import/{id}/columns", list_of(kind))));
    }
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            let dry_run = visit.read(|reading| import::dry_run(reading, &upload))?;
            Ok(sheet(visit, filled, &upload, &dry_run))
        },
        || {
            let (id, hash) = (id.clone(), visit.form.text("hash").to_owned());
            let is_whole = visit.form.text("whole") == "yes";
            visit.save(move |writing| {
                import::run(writing, kind, &id, &hash, is_whole)?;
                Ok(format!("{}/import/{id}", list_of(kind)))
            })
        },
    )
}

/// `/people/import/{id}/refused` and `/cases/import/{id}/refused`.
pub(crate) fn refused(visit: &Visit) -> Result<Answer, Problem> {
    let (kind, id): (_, ImportId) = (kind_of(visit), visit.id()?);
    let content = visit.read(|reading| import::refused(reading, kind, &id))?;
    Ok(Answer::csv(&format!("{}-refused", &list_of(kind)[1..]), content))
}

fn sheet(visit: &Visit, filled: &Filled, upload: &Upload, dry_run: &DryRun) -> FormSheet {
    let (kind, counts) = (upload.kind, dry_run.counts);
    let title = match kind {
        ImportKind::People => "Check people before they are imported",
        ImportKind::Cases => "Check cases before they are imported",
    };
    let content = view! {
        {confirm(visit, filled, upload, dry_run)}
        {refused_link(upload, counts)}
        {rows(visit, upload, dry_run)}
    };
    FormSheet::new(title, content.into_any())
        .back_to(format!("{}/import", list_of(kind)), "Back to choosing a file")
        .intro(about(upload))
}

fn about(upload: &Upload) -> AnyView {
    let name = if upload.file_name.is_empty() { "Pasted rows" } else { &upload.file_name };
    let columns = format!("{}/import/{}/columns", list_of(upload.kind), upload.id);
    let change = view! { <a class="govuk-link" href=columns>"Change which column is which"</a> }.into_any();
    facts(vec![
        fact("File", name.to_owned()),
        fact("Rows", upload.table.rows.len().to_string()),
        fact("Columns", change),
    ])
}

/// What importing would do, and the button for it.
fn confirm(visit: &Visit, filled: &Filled, upload: &Upload, dry_run: &DryRun) -> AnyView {
    let counts = dry_run.counts;
    if counts.to_write() == 0 {
        let words = if counts.refused == 0 {
            "Everything in this file is here already, just so. There is nothing to import."
        } else {
            "No row of this file can be imported. Mend the rows below, and upload the file again."
        };
        // What is missing from a whole list can be noted without anything to add or change.
        let form = (upload.kind == ImportKind::People && counts.refused == 0)
            .then(|| form(visit, filled, whole_fields(filled, upload, dry_run), "Finish"));
        return view! { <div class="govuk-inset-text">{words}</div> {form} }.into_any();
    }
    let left_out = match counts.refused {
        0 => String::new(),
        1 => " 1 row stays out until it is mended.".to_owned(),
        count => format!(" {count} rows stay out until they are mended."),
    };
    let changed = if counts.changed == 0 { "none".to_owned() } else { counts.changed.to_string() };
    let words =
        format!("Importing adds {} and changes {changed}.{left_out}", counted(upload.kind, counts.added));
    let button = format!("Import {}", counted_rows(counts.to_write()));
    view! {
        <p class="govuk-body"><strong>{words}</strong></p>
        {form(visit, filled, whole_fields(filled, upload, dry_run), &button)}
    }
    .into_any()
}

fn whole_fields(filled: &Filled, upload: &Upload, dry_run: &DryRun) -> AnyView {
    let whole = (upload.kind == ImportKind::People).then(|| {
        check_box(filled, "whole", "This file holds everybody who works here: note who is missing from it")
    });
    view! { {hidden("hash", &dry_run.hash)} {whole} }.into_any()
}

fn refused_link(upload: &Upload, counts: ImportCounts) -> Option<AnyView> {
    (counts.refused > 0).then(|| {
        let address = format!("{}/import/{}/refused", list_of(upload.kind), upload.id);
        let words = format!(
            "Download the {} to mend",
            match counts.refused {
                1 => "refused row".to_owned(),
                count => format!("{count} refused rows"),
            }
        );
        view! { <p class="govuk-body"><a class="govuk-link" href=address download>{words}</a></p> }.into_any()
    })
}

/// The rows of one part of the report: those that need somebody first.
fn rows(visit: &Visit, upload: &Upload, dry_run: &DryRun) -> AnyView {
    let first = ReportPart::ALL.iter().copied().find(|part| dry_run.counts.in_part(*part) > 0);
    let part = ReportPart::from_code(visit.query.text("part")).or(first).unwrap_or(ReportPart::Unchanged);
    let from: usize = visit.query.text("from").parse().unwrap_or(0);
    let address = format!("{}/import/{}", list_of(upload.kind), upload.id);
    let parts = ReportPart::ALL
        .iter()
        .map(|other| Tab {
            address: format!("{address}?part={}", other.code()),
            words: other.words().to_owned(),
            count: dry_run.counts.in_part(*other),
            is_here: *other == part,
        })
        .collect();
    let of_part: Vec<&RowReport> =
        dry_run.reports.iter().filter(|report| report.part() == part).skip(from).take(PAGE + 1).collect();
    let next = (of_part.len() > PAGE).then(|| format!("{address}?part={}&from={}", part.code(), from + PAGE));
    let shown: Vec<_> = of_part.into_iter().take(PAGE).map(row).collect();
    let key = match upload.kind {
        ImportKind::People => "Email address",
        ImportKind::Cases => "Case reference",
    };
    let list = if shown.is_empty() {
        empty("No such row", "Choose another part above.")
    } else {
        table(Caption::Unseen("Rows of the file"), &["Row", key, "What becomes of it"], shown)
    };
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Row by row"</h2>
            {tabs("Rows by what becomes of them", parts)}
            {list}
            {next_page(next)}
        </section>
    }
    .into_any()
}

fn row(report: &RowReport) -> AnyView {
    let outcome = match &report.outcome {
        RowOutcome::Added => "New".into_any(),
        RowOutcome::Unchanged => "Stays as it is".into_any(),
        RowOutcome::Changed(differences) => {
            let items: Vec<_> = differences.iter().map(difference).collect();
            view! { <ul class="govuk-list">{items}</ul> }.into_any()
        }
        RowOutcome::Refused(why) => {
            let items: Vec<_> = why.iter().map(|words| view! { <li>{words.clone()}</li> }).collect();
            view! { {tag("overdue", "Refused")} <ul class="govuk-list">{items}</ul> }.into_any()
        }
    };
    view! {
        <tr>
            <th scope="row">{report.number}</th>
            <td data-label="Which">{report.key.clone()}</td>
            <td data-label="What becomes of it"><div>{outcome}</div></td>
        </tr>
    }
    .into_any()
}

fn difference(difference: &Difference) -> AnyView {
    let or_nothing = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
    let (before, now) = (or_nothing(&difference.before), or_nothing(&difference.now));
    view! { <li><strong>{difference.what}</strong> {format!(": from {before} to {now}")}</li> }.into_any()
}

/// What became of a file.
fn done(visit: &Visit, upload: &Upload, counts: ImportCounts) -> Answer {
    let list = list_of(upload.kind);
    let (title, next, words) = match upload.kind {
        ImportKind::People => (
            "People are imported",
            "See the people",
            Some("Nobody was sent a mail. To let somebody sign in, send them a link from their page."),
        ),
        ImportKind::Cases => ("Cases are imported", "See the cases", None),
    };
    let leavers = (upload.kind == ImportKind::People).then(|| {
        view! { <li><a class="govuk-link" href="/people/leavers">"Who may have left"</a></li> }
    });
    let words = words.map(|words| view! { <div class="govuk-inset-text">{words}</div> });
    let content = view! {
        {back_link(Some((list.to_owned(), format!("Back to {}", &list[1..]))))}
        <h1 class="govuk-heading-l">{title}</h1>
        {facts(vec![
            fact("Added", counts.added.to_string()),
            fact("Changed", counts.changed.to_string()),
            fact("As before", counts.unchanged.to_string()),
            fact("Refused", counts.refused.to_string()),
        ])}
        {refused_link(upload, counts)}
        {words}
        <ul class="fe-links">
            <li><a class="govuk-link" href=list>{next}</a></li>
            {leavers}
            <li><a class="govuk-link" href=format!("{list}/import")>"Import another file"</a></li>
        </ul>
    };
    Sheet::new(title, content).answer(visit)
}
