//! Says how many characters still fit into a text box, once few are left.

use leptos::prelude::*;

/// Characters left from which the count is shown; before that it would only distract.
#[cfg(feature = "hydrate")]
const SHOWN_FROM: usize = 1_000;

/// The attribute of the line under a text box that counts: the box's id. Beside it stands [`LIMIT`].
#[cfg(feature = "hydrate")]
const COUNTED: &str = "data-counted";
/// The attribute with how many characters fit.
#[cfg(feature = "hydrate")]
const LIMIT: &str = "data-limit";

/// Counts in the lines under text boxes what is left of their limits.
#[island]
pub fn CharacterCount() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    super::each_marked(COUNTED, count_in);
}

#[cfg(feature = "hydrate")]
fn count_in(line: web_sys::Element, target: String) {
    use wasm_bindgen::JsCast;
    let Some(limit) = line.get_attribute(LIMIT).and_then(|limit| limit.parse().ok()) else { return };
    let count = move || {
        let Some(text_box) = super::element(&target) else { return };
        let Ok(text_box) = text_box.dyn_into::<web_sys::HtmlTextAreaElement>() else { return };
        let words = left_in_words(limit, text_box.value().chars().count());
        // Said once: a screen reader speaks whenever it is set.
        if line.text_content().as_deref() != Some(&words) {
            line.set_text_content(Some(&words));
        }
    };
    count();
    window_event_listener(leptos::ev::input, move |_| count());
}

#[cfg(feature = "hydrate")]
fn counted(count: usize) -> String {
    domain::calendar::counted(i64::try_from(count).unwrap_or(i64::MAX), "character", "characters")
}

#[cfg(feature = "hydrate")]
fn left_in_words(limit: usize, typed: usize) -> String {
    let (left, over) = (limit.saturating_sub(typed), typed.saturating_sub(limit));
    match (left, over) {
        (0, over) if over > 0 => format!("You have {} too many", counted(over)),
        (left, _) if left <= SHOWN_FROM => format!("You have {} remaining", counted(left)),
        _ => String::new(),
    }
}
