//! Whose account is open although they may have left.

use crate::answer::Answer;
use crate::components::{Caption, empty, next_page, table};
use crate::document::Sheet;
use crate::pages::form_page::back_link;
use crate::visit::Visit;
use leptos::prelude::*;
use records::Problem;
use records::people::{self, PossibleLeaver};

/// `/people/leavers`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let after = visit.query.text("after").parse().ok();
    let (listed, next) = visit.read(|reading| people::possible_leavers(reading, after))?;
    let list = if listed.is_empty() {
        empty(
            "Everybody seems to be at work",
            "Nobody was away from here for long, and nobody is missing from the last list of everybody.",
        )
    } else {
        let rows: Vec<_> = listed.iter().map(row).collect();
        table(
            Caption::Unseen("People who may have left, by name"),
            &["Name", "Team", "Why it seems so", ""],
            rows,
        )
    };
    let content = view! {
        {back_link(Some(("/people".to_owned(), "Back to people".to_owned())))}
        <h1 class="govuk-heading-l">"Who may have left"</h1>
        <p class="govuk-body">
            "These are reasons to ask, and no proof. An account that stays open after somebody has left can be misused, and their work waits for nobody."
        </p>
        {list}
        {next_page(next.map(|last| format!("/people/leavers?after={last}")))}
    };
    Ok(Sheet::new("Who may have left", content).answer(visit))
}

fn row(person: &PossibleLeaver) -> AnyView {
    let signs: Vec<_> = person.signs.iter().map(|sign| view! { <li>{sign.clone()}</li> }).collect();
    view! {
        <tr>
            <th scope="row"><a class="govuk-link" href=format!("/people/{}", person.id)>{person.name.clone()}</a></th>
            <td data-label="Team">{person.team.clone()}</td>
            <td data-label="Why it seems so"><ul class="govuk-list">{signs}</ul></td>
            <td>
                <a class="govuk-link" href=format!("/people/{}/hand-over", person.id)>
                    "Hand over"<span class="govuk-visually-hidden">{format!(" from {}", person.name)}</span>
                </a>
            </td>
        </tr>
    }
    .into_any()
}
