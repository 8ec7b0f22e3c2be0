//! `/learning/language`: how the language of signed records changes.

use crate::answer::Answer;
use crate::components::{Caption, empty, table};
use crate::document::Sheet;
use crate::pages::form_page::back_link;
use crate::visit::Visit;
use domain::TextValue;
use domain::learning::{FEWEST, LanguageCounts};
use domain::lens::{Severity, Theme};
use leptos::prelude::*;
use records::Problem;
use records::learning::{self, LanguageMonth};

/// Months that are held against those before them.
const LATELY: usize = 3;

/// `/learning/language`.
pub(crate) fn language(visit: &Visit) -> Result<Answer, Problem> {
    let months = visit.read(learning::language)?;
    let is_empty = months.iter().all(|month| month.counts.is_none());
    let counts = if is_empty {
        empty(
            "Too few to count",
            "In none of the last twelve months did five people write signed records about cases.",
        )
    } else {
        view! { {by_month(&months)} {by_theme(&months)} }.into_any()
    };
    let content = view! {
        {back_link(Some(("/learning".to_owned(), "Back to what we learn".to_owned())))}
        <h1 class="govuk-heading-l">"How our language changes"</h1>
        <p class="govuk-body">{format!("How often the phrases that the language lens marks stand in ten thousand words of signed records about cases: of everybody together, never of a person, a team or a record. What somebody else has said, and what is negated, is not counted; a month in which fewer than {FEWEST} people wrote is left out.")}</p>
        <p class="govuk-body">"Each month is counted by " <a class="govuk-link" href="/settings/lexicon">"the words of today"</a> ", two weeks after it has ended. The counts are worked out as you look, and stored nowhere."</p>
        {counts}
    };
    Ok(Sheet::new("How our language changes", content).answer(visit))
}

fn by_month(months: &[LanguageMonth]) -> AnyView {
    let rows: Vec<_> = months
        .iter()
        .map(|month| {
            let cells: Vec<_> = Severity::ALL
                .iter()
                .map(|severity| {
                    let rate =
                        month.counts.as_ref().as_ref().map(|counts| counts.rate(|of, _| of == *severity));
                    let words = rate.map_or_else(|| "too few to count".to_owned(), |rate| rate.to_string());
                    view! { <td data-label=severity.words()>{words}</td> }
                })
                .collect();
            view! { <tr><th scope="row">{month.first.format("%B %Y").to_string()}</th> {cells}</tr> }
        })
        .collect();
    let columns: Vec<&str> =
        std::iter::once("Month").chain(Severity::ALL.iter().map(|severity| severity.words())).collect();
    table(Caption::Shown("Month by month, in ten thousand words".to_owned()), &columns, rows)
}

fn by_theme(months: &[LanguageMonth]) -> AnyView {
    let (lately, before) = months.split_at(LATELY.min(months.len()));
    let [lately, before] = [lately, before]
        .map(|months| LanguageCounts::sum(months.iter().filter_map(|month| month.counts.as_ref().as_ref())));
    let rows: Vec<_> = Theme::ALL
        .iter()
        .map(|theme| {
            let rate = |counts: &LanguageCounts| counts.rate(|_, of| of == *theme).to_string();
            view! {
                <tr>
                    <th scope="row">{theme.words()}</th>
                    <td data-label="Last three months">{rate(&lately)}</td>
                    <td data-label="The months before">{rate(&before)}</td>
                </tr>
            }
        })
        .collect();
    let columns = ["Theme", "Last three months", "The months before"];
    table(Caption::Shown("By theme, in ten thousand words".to_owned()), &columns, rows)
}
