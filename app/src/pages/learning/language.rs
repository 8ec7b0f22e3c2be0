//! `/learning/language`: how the language of signed records changes.

use crate::answer::Answer;
use crate::components::{Caption, empty, table};
use crate::document::Sheet;
use crate::pages::form_page::back_link;
use crate::visit::Visit;
use domain::TextValue;
use domain::learning::{FEWEST, LanguageCounts, LanguageRate};
use domain::lens::{Severity, Theme};
use leptos::prelude::*;
use records::Problem;
use records::learning::{self, LanguageYear};

/// `/learning/language`.
pub(crate) fn language(visit: &Visit) -> Result<Answer, Problem> {
    let year = visit.read(learning::language)?;
    let content = view! {
        {back_link(Some(("/learning".to_owned(), "Back to what we learn".to_owned())))}
        <h1 class="govuk-heading-l">"How our language changes"</h1>
        <p class="govuk-body">{format!("How often the phrases that the language lens marks stand in ten thousand words of signed records about cases: of everybody together, never of a person, a team or a record. What somebody else has said, and what is negated, is not counted. Nothing is told that fewer than {FEWEST} people wrote.")}</p>
        <p class="govuk-body">"Each month is counted two weeks after it has ended, by the " <a class="govuk-link" href="/settings/lexicon">"words"</a> " that were in force when it began. The counts stand in no table."</p>
        {counts(&year)}
    };
    Ok(Sheet::new("How our language changes", content).answer(visit))
}

fn counts(year: &LanguageYear) -> AnyView {
    if year.months.iter().all(|(_, counts)| counts.is_none()) {
        return empty(
            "Too few to count",
            "In none of the last twelve months did five people write signed records about cases.",
        );
    }
    view! { {by_month(year)} {by_theme(year)} }.into_any()
}

fn by_month(year: &LanguageYear) -> AnyView {
    let rows: Vec<_> = year
        .months
        .iter()
        .map(|(first, counts)| {
            let cells: Vec<_> = Severity::ALL
                .iter()
                .map(|severity| {
                    let rate = rate(counts.as_ref(), |counts| counts.of_severity(*severity));
                    view! { <td data-label=severity.words()>{rate}</td> }
                })
                .collect();
            view! { <tr><th scope="row">{first.format("%B %Y").to_string()}</th> {cells}</tr> }
        })
        .collect();
    let columns: Vec<&str> =
        std::iter::once("Month").chain(Severity::ALL.iter().map(|severity| severity.words())).collect();
    table(Caption::Shown("Month by month, in ten thousand words".to_owned()), &columns, rows)
}

fn by_theme(year: &LanguageYear) -> AnyView {
    let columns = ["Theme", "Last three months", "The months before"];
    let rows: Vec<_> = Theme::ALL
        .iter()
        .map(|theme| {
            let [lately, before] = [&year.lately, &year.before]
                .map(|counts| rate(counts.as_ref(), |counts| counts.of_theme(*theme)));
            view! {
                <tr>
                    <th scope="row">{theme.words()}</th>
                    <td data-label=columns[1]>{lately}</td>
                    <td data-label=columns[2]>{before}</td>
                </tr>
            }
        })
        .collect();
    table(Caption::Shown("By theme, in ten thousand words".to_owned()), &columns, rows)
}

fn rate(counts: Option<&LanguageCounts>, of: impl Fn(&LanguageCounts) -> LanguageRate) -> String {
    counts.map_or_else(|| "too few to count".to_owned(), |counts| of(counts).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_with_too_few_writers_is_not_a_month_without_such_words() {
        let day = |text: &str| text.parse().unwrap();
        let year = LanguageYear {
            months: vec![(day("2026-10-01"), Some(LanguageCounts::default())), (day("2026-09-01"), None)],
            lately: Some(LanguageCounts::default()),
            before: None,
        };
        let html = counts(&year).to_html();
        let [october, september] = ["October 2026", "September 2026"].map(|month| html.find(month).unwrap());
        assert!(html[october..september].contains("hardly ever"), "{html}");
        let rest = &html[september..html.find("By theme").unwrap()];
        assert!(rest.contains("too few to count") && !rest.contains("hardly ever"), "{rest}");
        assert_eq!(html.matches("too few to count").count(), Severity::ALL.len() + Theme::ALL.len());
        assert!(!counts(&LanguageYear::default()).to_html().contains("<table"));
    }
}
