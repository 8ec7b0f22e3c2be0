//! Tables, tags, facts and empty states.

use leptos::prelude::*;

/// A state in a word, with a shape and a colour from the style sheet.
pub(crate) fn tag(code: &str, words: &str) -> AnyView {
    view! { <strong class=format!("fe-tag fe-tag--{code}")>{words.to_owned()}</strong> }.into_any()
}

/// A term with its value.
pub(crate) struct Fact {
    term: &'static str,
    value: AnyView,
    is_wide: bool,
}

/// A fact at the top of a page.
pub(crate) fn fact(term: &'static str, value: impl IntoAny) -> Fact {
    Fact { term, value: value.into_any(), is_wide: false }
}

impl Fact {
    /// The same over the whole width.
    pub(crate) fn wide(mut self) -> Self {
        self.is_wide = true;
        self
    }
}

/// The facts at the top of a page, side by side.
pub(crate) fn facts(facts: Vec<Fact>) -> AnyView {
    let facts: Vec<_> = facts
        .into_iter()
        .map(|fact| {
            view! {
                <div class=fact.is_wide.then_some("fe-facts__wide")>
                    <dt>{fact.term}</dt>
                    <dd>{fact.value}</dd>
                </div>
            }
        })
        .collect();
    view! { <dl class="fe-facts">{facts}</dl> }.into_any()
}

/// What a table is, in words.
pub(crate) enum Caption {
    /// Above it.
    Shown(String),
    /// For those who do not see where it stands.
    Unseen(&'static str),
}

/// A table with these columns; one without a word holds what can be done.
pub(crate) fn table<Row: IntoView + 'static>(
    caption: Caption,
    columns: &[&'static str],
    rows: Vec<Row>,
) -> AnyView {
    let (class, caption) = match caption {
        Caption::Shown(words) => (None, words),
        Caption::Unseen(words) => (Some("govuk-visually-hidden"), words.to_owned()),
    };
    let columns: Vec<_> = columns
        .iter()
        .map(|column| match *column {
            "" => view! { <td></td> }.into_any(),
            words => view! { <th scope="col">{words}</th> }.into_any(),
        })
        .collect();
    view! {
        <table class="fe-table">
            <caption class=class>{caption}</caption>
            <thead><tr>{columns}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// A part of a list, as the row of links above it shows it.
pub(crate) struct Tab {
    /// Where the part is.
    pub(crate) address: String,
    /// What it is.
    pub(crate) words: String,
    /// How many things are in it.
    pub(crate) count: usize,
    /// Whether it is shown now.
    pub(crate) is_here: bool,
}

/// The parts of a list with their counts, each a link.
pub(crate) fn tabs(label: &'static str, tabs: Vec<Tab>) -> AnyView {
    let items: Vec<_> = tabs
        .into_iter()
        .map(|tab| {
            view! {
                <li>
                    <a class="govuk-link" href=tab.address aria-current=tab.is_here.then_some("true")>
                        <strong>{tab.count}</strong> " " {tab.words}
                    </a>
                </li>
            }
        })
        .collect();
    view! { <nav aria-label=label class="fe-tabs"><ul>{items}</ul></nav> }.into_any()
}

/// An empty list, and what to do about it.
pub(crate) fn empty(title: &str, words: &str) -> AnyView {
    view! {
        <div class="fe-empty">
            <h2 class="govuk-heading-s">{title.to_owned()}</h2>
            <p class="govuk-body">{words.to_owned()}</p>
        </div>
    }
    .into_any()
}

/// The link to the next page of a list.
pub(crate) fn next_page(href: Option<String>) -> Option<AnyView> {
    href.map(|href| {
        view! {
            <nav class="govuk-pagination" aria-label="Pages">
                <div class="govuk-pagination__next">
                    <a class="govuk-link govuk-pagination__link" href=href rel="next">"Next page"</a>
                </div>
            </nav>
        }
        .into_any()
    })
}
