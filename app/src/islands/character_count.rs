//! Says how many characters still fit into a text box, once few are left.

use leptos::prelude::*;

/// Characters left from which the count is shown; before that it would only distract.
#[cfg(feature = "hydrate")]
const SHOWN_FROM: usize = 1_000;

/// A line under the text box `target` that counts what is left of `limit` characters.
#[island]
pub fn CharacterCount(
    /// The id of the text box.
    target: String,
    /// How many characters fit.
    limit: usize,
) -> impl IntoView {
    let words = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    count_in(target, limit, words);
    #[cfg(not(feature = "hydrate"))]
    let _ = (target, limit);
    view! {
        <p class="govuk-hint govuk-character-count__message" role="status">
            {move || words.get()}
        </p>
    }
}

#[cfg(feature = "hydrate")]
fn count_in(target: String, limit: usize, words: RwSignal<String>) {
    use wasm_bindgen::JsCast;
    let count = move || {
        let Some(text_box) = super::element(&target) else { return };
        let Ok(text_box) = text_box.dyn_into::<web_sys::HtmlTextAreaElement>() else { return };
        words.set(left_in_words(limit, text_box.value().chars().count()));
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
