//! Whose view was sought in the last discussions of a case, and who was left out.

use crate::components::{Caption, table};
use domain::TextValue;
use domain::calendar::day_in_words;
use domain::supervision::{Voice, Voices};
use leptos::prelude::*;
use records::cases::{CaseFile, DISCUSSIONS, Entry};

/// The strip of the last discussions, and the same as a table; nothing where nobody ever ticked anything.
pub(super) fn section(case: &CaseFile) -> Option<AnyView> {
    let newest: Vec<&Entry> = case.discussions.iter().take(DISCUSSIONS).collect();
    if newest.iter().all(|entry| entry.voices.is_empty()) {
        return None;
    }
    // As people read: the oldest first.
    let discussions: Vec<(String, Voices)> =
        newest.iter().rev().map(|entry| (day_in_words(entry.held_on), entry.voices)).collect();
    let rows: Vec<_> = Voice::ALL.iter().map(|voice| strip_row(*voice, &discussions)).collect();
    let table_rows: Vec<_> = discussions.iter().map(|(on, voices)| table_row(on, *voices)).collect();
    let table = table(
        Caption::Unseen("Whose view was sought, by discussion"),
        &["Discussed", "Sought", "Left out"],
        table_rows,
    );
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Whose view was sought"</h2>
                <div class="fe-voices" aria-hidden="true">
                    {rows}
                    <p class="fe-voices__row fe-muted">
                        {mark(true)} " sought " {mark(false)} " not sought. The last discussion stands on the right."
                    </p>
                </div>
                <details class="govuk-details" open>
                    <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"The same as a table"</span></summary>
                    <div class="govuk-details__text">{table}</div>
                </details>
            </section>
        }
        .into_any(),
    )
}

fn strip_row(voice: Voice, discussions: &[(String, Voices)]) -> AnyView {
    let marks: Vec<_> = discussions.iter().map(|(_, voices)| mark(voices.contains(voice))).collect();
    view! { <p class="fe-voices__row"><span class="fe-voices__who">{voice.words()}</span> {marks}</p> }
        .into_any()
}

fn mark(is_sought: bool) -> AnyView {
    let class = if is_sought { "fe-voices__mark fe-voices__mark--sought" } else { "fe-voices__mark" };
    view! { <span class=class></span> }.into_any()
}

fn table_row(on: &str, voices: Voices) -> AnyView {
    let missing: Voices = Voice::ALL.iter().copied().filter(|voice| !voices.contains(*voice)).collect();
    let words =
        |voices: Voices| if voices.is_empty() { "Nobody was ticked".to_owned() } else { voices.words() };
    let left_out = if voices.is_empty() { String::new() } else { missing.words() };
    view! {
        <tr>
            <th scope="row">{on.to_owned()}</th>
            <td data-label="Sought"><span>{words(voices)}</span></td>
            <td data-label="Left out"><span>{left_out}</span></td>
        </tr>
    }
    .into_any()
}
