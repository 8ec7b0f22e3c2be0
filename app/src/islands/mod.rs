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
pub use language_lens::LanguageLens;
#[cfg(feature = "ssr")]
pub(crate) use language_lens::{LENS, lens_groups, lens_list};
pub use questions::Questions;
#[cfg(not(feature = "hydrate"))]
pub(crate) use questions::reasons;
pub use step_timer::StepTimer;

/// The element with this id, in the browser.
#[cfg(feature = "hydrate")]
fn element(id: &str) -> Option<web_sys::Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}
