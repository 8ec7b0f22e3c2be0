//! The list under a text box as the server writes it, after "Check wording". `browser` writes the same with buttons: there, views
//! that are made anew would weigh as much as everything else together.

use super::{Group, LISTED, MORE, TITLE};
use leptos::prelude::*;

/// The phrases under a text box; nothing for none.
pub(crate) fn lens_list(groups: &[Group]) -> Option<AnyView> {
    if groups.is_empty() {
        return None;
    }
    let more = (groups.len() > LISTED).then(|| view! { <p>{MORE}</p> });
    let items: Vec<_> = groups
        .iter()
        .take(LISTED)
        .map(|group| {
            let paragraphs: Vec<_> =
                group.explanation().into_iter().map(|words| view! { <p>{words}</p> }).collect();
            view! { <li><details><summary>{group.summary()}</summary>{paragraphs}</details></li> }
        })
        .collect();
    Some(
        view! {
            <div class="fe-lens fe-no-print">
                <p>{TITLE}</p>
                <ul>{items}</ul>
                {more}
            </div>
        }
        .into_any(),
    )
}
