//! Changes the reflective questions under a form as what is chosen in it changes.

use domain::TextValue;
use domain::reflection::Triggers;
use leptos::prelude::*;

/// The attribute of the part of a form whose questions follow what is chosen: what the names of its fields begin with (`entry.0.`).
/// Beside it stands [`TABLE`], and within it the line that says what called for the questions.
#[cfg(feature = "hydrate")]
const PREFIX: &str = "data-questions";
/// The attribute with the questions to choose from.
#[cfg(feature = "hydrate")]
const TABLE: &str = "data-table";

/// Whenever the direction of risk, the score of a checklist, the proposal, the offer of support or what has happened changes, puts the questions that are now
/// called for into the places where nothing was typed yet, and says so in the line above them.
#[island]
pub fn Questions() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::follow_all();
}

/// What called for questions, in words: what was said in the form, and then what the case itself calls for.
pub(crate) fn reasons(said: Triggers, fired: Triggers) -> String {
    let of_case = fired.iter().filter(|trigger| !said.contains(*trigger));
    let why: Vec<&str> = said.iter().chain(of_case).map(TextValue::words).collect();
    if why.is_empty() { "general questions".to_owned() } else { why.join(", ").to_lowercase() }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{PREFIX, TABLE, reasons};
    use crate::islands::{each_marked, element};
    use domain::reflection::{AT_MOST, ON_SCREEN, PromptTable, Situation};
    use domain::risk::SCORE;
    use leptos::prelude::*;
    use std::cell::Cell;
    use wasm_bindgen::JsCast;
    use web_sys::{HtmlInputElement, HtmlTextAreaElement};

    pub(super) fn follow_all() {
        each_marked(PREFIX, |part, prefix| {
            let table = part.get_attribute(TABLE).and_then(|table| PromptTable::carried(&table));
            if let Some((table, line)) = table.zip(part.query_selector("[role=status]").ok().flatten()) {
                follow(table, prefix, line);
            }
        });
    }

    fn follow(table: PromptTable, prefix: String, line: web_sys::Element) {
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
                let why = reasons(table.said(&now), table.fired(&now));
                line.set_text_content(Some(&format!("Questions changed: {why}")));
            }
        });
    }

    /// The value of the chosen radio or ticked box of this name.
    fn chosen(name: &str) -> Option<String> {
        let document = web_sys::window()?.document()?;
        let input = document.query_selector(&format!("input[name='{name}']:checked")).ok()??;
        Some(input.dyn_into::<HtmlInputElement>().ok()?.value())
    }

    /// What is chosen, ticked and scored in the entry, of brothers and sisters too.
    fn situation(prefix: &str) -> Situation {
        let of_entry = |selector: &str| web_sys::window()?.document()?.query_selector_all(selector).ok();
        let selector = format!("input[name^='{prefix}']:checked, input[name='{prefix}{SCORE}']");
        let Some(inputs) = of_entry(&selector) else { return Situation::default() };
        let field = |at: u32| {
            let input: HtmlInputElement = inputs.item(at)?.dyn_into().ok()?;
            Some((input.name(), input.value()))
        };
        let fields: Vec<(String, String)> = (0..inputs.length()).filter_map(field).collect();
        Situation::said(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())))
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
            is_set_aside: ["state", "changed_plan"].iter().any(|field| {
                chosen(&format!("{prefix}prompt.{number}.{field}")).is_some_and(|chosen| !chosen.is_empty())
            }),
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
}
