//! What the audited see: which of their files were drawn, and where a word of theirs is waited for.

use super::{path_of_file, period, state_tag};
use crate::answer::Answer;
use crate::components::{Caption, day, empty, table};
use crate::document::Sheet;
use crate::pages::form_page::back_link;
use crate::visit::Visit;
use domain::calendar::london_day;
use leptos::prelude::*;
use records::Problem;
use records::audits::{self, MyFile};

/// `/audits/mine`.
pub(crate) fn mine(visit: &Visit) -> Result<Answer, Problem> {
    let files = visit.read(audits::mine)?;
    let body = if files.is_empty() {
        empty(
            "None of your records was drawn",
            "From time to time a few supervision files are chosen by chance and read by an auditor. If one of yours is, you see here by whom, when it was opened, and what was found.",
        )
    } else {
        let rows = files.iter().map(row).collect();
        table(
            Caption::Unseen("Your files that were drawn, the newest first"),
            &["With", "Sessions held", "Drawn", "State"],
            rows,
        )
    };
    let content = view! {
        {back_link(Some(("/supervision".to_owned(), "Back to supervision".to_owned())))}
        <h1 class="govuk-heading-l">"Audits of your records"</h1>
        {body}
    };
    Ok(Sheet::new("Audits of your records", content).answer(visit))
}

fn row(mine: &MyFile) -> AnyView {
    let file = &mine.file;
    let waits =
        mine.waits.then(|| view! { <small>"You can comment until " {file.comment_by.map(day)}</small> });
    view! {
        <tr>
            <th scope="row"><a class="govuk-link" href=path_of_file(&file.id)>{mine.other.clone()}</a></th>
            <td data-label="Sessions held">{period(file.period)}</td>
            <td data-label="Drawn"><div>{day(london_day(file.drawn_at))} <small>{format!("led by {}", file.lead.1)}</small></div></td>
            <td data-label="State"><div>{state_tag(file.state)} {waits}</div></td>
        </tr>
    }
    .into_any()
}

/// That files of the reader are being audited, above the list of their sessions.
pub(crate) fn drawn_lines(files: &[MyFile]) -> Option<AnyView> {
    let lines: Vec<_> = files
        .iter()
        .filter(|mine| mine.file.state.is_open())
        .map(|mine| {
            let words =
                format!("Your file with {} was drawn for an audit led by {}", mine.other, mine.file.lead.1);
            view! { <li><a class="govuk-link" href=path_of_file(&mine.file.id)>{words}</a></li> }
        })
        .collect();
    (!lines.is_empty()).then(|| view! { <ul class="govuk-list fe-waiting">{lines}</ul> }.into_any())
}
