//! Changes the reflective questions under a form as what is chosen in it changes.

use domain::reflection::PromptTable;
use leptos::prelude::*;

/// A status line under the questions of one case entry. Whenever the direction of risk, the proposal, the offer of support or what
/// has happened changes, it puts the questions that are now called for into the places where nothing was typed yet.
#[island]
pub fn Questions(
    /// The questions to choose from.
    table: PromptTable,
    /// What the names of the entry's fields begin with: `entry.0.`.
    prefix: String,
) -> impl IntoView {
    let words = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    browser::follow(table, prefix, words);
    #[cfg(not(feature = "hydrate"))]
    let _ = (table, prefix);
    view! {
        <p class="fe-status" role="status">
            {move || words.get()}
        </p>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use crate::islands::element;
    use domain::TextValue;
    use domain::reflection::{AT_MOST, ON_SCREEN, PromptTable, Situation, Trigger, Triggers};
    use domain::risk::RiskDirection;
    use domain::supervision::{ChildSeen, Proposal};
    use leptos::prelude::*;
    use std::cell::Cell;
    use wasm_bindgen::JsCast;
    use web_sys::{HtmlInputElement, HtmlTextAreaElement};

    pub(super) fn follow(table: PromptTable, prefix: String, words: RwSignal<String>) {
        // What was chosen before this part of the page had loaded counts too.
        let before = Cell::new(situation(&prefix));
        put(&table, &prefix, before.get());
        window_event_listener(leptos::ev::change, move |event| {
            let name = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
                .map(|input| input.name());
            if !name.is_some_and(|name| name.starts_with(&prefix)) {
                return;
            }
            let now = situation(&prefix);
            if now == before.get() {
                return;
            }
            before.set(now);
            if put(&table, &prefix, now) {
                words.set(change_in_words(now.triggers()));
            }
        });
    }

    /// The value of the chosen radio or ticked box of this name.
    fn chosen(name: &str) -> Option<String> {
        let document = web_sys::window()?.document()?;
        let input = document.query_selector(&format!("input[name='{name}']:checked")).ok()??;
        Some(input.dyn_into::<HtmlInputElement>().ok()?.value())
    }

    fn situation(prefix: &str) -> Situation {
        let value = |field: &str| chosen(&format!("{prefix}{field}")).unwrap_or_default();
        Situation {
            risk_direction: RiskDirection::from_code(&value("risk_direction")),
            proposal: Proposal::from_code(&value("proposal")),
            support_declined: value("support_declined") == "yes",
            child_not_seen: ChildSeen::from_code(&value("child_seen")) == Some(ChildSeen::NotSeen),
            happened: ticked(&format!("{prefix}happened")),
        }
    }

    /// What is ticked in the boxes of this name.
    fn ticked(name: &str) -> Triggers {
        let of_name = |selector: String| web_sys::window()?.document()?.query_selector_all(&selector).ok();
        let Some(boxes) = of_name(format!("input[name='{name}']:checked")) else {
            return Triggers::default();
        };
        (0..boxes.length())
            .filter_map(|at| {
                Trigger::from_code(&boxes.item(at)?.dyn_into::<HtmlInputElement>().ok()?.value())
            })
            .collect()
    }

    struct Place {
        whole: web_sys::Element,
        question: web_sys::Element,
        why: web_sys::Element,
        key: HtmlInputElement,
        text: HtmlTextAreaElement,
        is_set_aside: bool,
    }

    fn place(prefix: &str, number: usize) -> Option<Place> {
        let part = |name: &str| element(&format!("{prefix}prompt.{number}.{name}"));
        Some(Place {
            whole: element(&format!("{prefix}prompt.{number}"))?,
            question: part("question")?,
            why: part("why")?,
            key: part("key")?.dyn_into().ok()?,
            text: part("text")?.dyn_into().ok()?,
            is_set_aside: chosen(&format!("{prefix}prompt.{number}.state")).is_some(),
        })
    }

    /// Puts the questions into the places where nothing was typed or chosen; true if any changed.
    fn put(table: &PromptTable, prefix: &str, situation: Situation) -> bool {
        let places: Vec<Place> = (0..AT_MOST).filter_map(|number| place(prefix, number)).collect();
        let is_used = |place: &Place| place.is_set_aside || !place.text.value().trim().is_empty();
        let kept: Vec<String> =
            places.iter().filter(|place| is_used(place)).map(|place| place.key.value()).collect();
        let called_for = table.questions_for(&situation);
        let mut next = called_for.iter().filter(|question| !kept.contains(&question.key));
        let mut changed = false;
        for place in places.iter().filter(|place| !is_used(place)) {
            let question = next.next();
            let key = question.map_or("", |question| question.key.as_str());
            changed |= place.key.value() != key;
            place.key.set_value(key);
            show(&place.whole, question.is_some());
            if let Some(question) = question {
                place.question.set_text_content(Some(&question.text));
                let _is_set = place.why.set_attribute("href", &format!("/prompts/{key}"));
            }
        }
        if let Some(more) = element(&format!("{prefix}prompt.more")) {
            show(&more, places.iter().skip(ON_SCREEN).any(|place| !place.key.value().is_empty()));
        }
        changed
    }

    fn show(element: &web_sys::Element, is_shown: bool) {
        let _is_hidden = element.toggle_attribute_with_force("hidden", !is_shown);
    }

    fn change_in_words(fired: Triggers) -> String {
        let mut why: Vec<&str> = fired.iter().map(TextValue::words).collect();
        if why.is_empty() {
            why.push("general questions");
        }
        format!("Questions changed: {}", why.join(", ").to_lowercase())
    }
}
