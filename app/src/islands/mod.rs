//! Islands: the few parts of a page that react while a person types or chooses.
//!
//! An island here has no text of a record in its properties. It is given the name of the fields that it helps, attaches
//! to them, and the page does the same job on submit without it.

mod character_count;
mod draft_keeper;
mod language_lens;
mod questions;
mod step_timer;

pub use character_count::CharacterCount;
pub use draft_keeper::DraftKeeper;
#[cfg(feature = "ssr")]
pub(crate) use draft_keeper::KEEPER;
pub use language_lens::LanguageLens;
#[cfg(feature = "ssr")]
pub(crate) use language_lens::{LENS, lens_groups, lens_list};
pub use questions::Questions;
#[cfg(not(feature = "hydrate"))]
pub(crate) use questions::reasons;
pub use step_timer::StepTimer;
#[cfg(feature = "ssr")]
pub(crate) use step_timer::TIMER;

/// Does something for each element with an attribute, given its value; once for each, however many islands ask.
#[cfg(feature = "hydrate")]
fn each_marked(attribute: &str, act: impl Fn(web_sys::Element, String)) {
    use wasm_bindgen::JsCast;
    const HELPED: &str = "data-helped";
    let marked = format!("[{attribute}]:not([{HELPED}])");
    let found = web_sys::window().and_then(|window| window.document()?.query_selector_all(&marked).ok());
    let Some(found) = found else { return };
    for at in 0..found.length() {
        let Some(element) = found.item(at).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) else {
            continue;
        };
        let _is_set = element.set_attribute(HELPED, "");
        if let Some(value) = element.get_attribute(attribute) {
            act(element, value);
        }
    }
}

/// The element with this id, in the browser.
#[cfg(feature = "hydrate")]
fn element(id: &str) -> Option<web_sys::Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}
