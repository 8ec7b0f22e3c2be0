//! What a person sees.
//!
//! On the server (feature `ssr`) a page is a plain function from a [`visit::Visit`] to an [`answer::Answer`]: it reads
//! or writes through `records` and renders HTML. In the browser (feature `hydrate`) only the [`islands`] are there.

pub mod islands;

#[cfg(feature = "ssr")]
pub mod answer;
#[cfg(feature = "ssr")]
mod components;
#[cfg(feature = "ssr")]
mod document;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
pub mod paper;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
mod trouble;
#[cfg(feature = "ssr")]
pub mod visit;

/// Where the browser's part begins: the loader calls it once, and then one function for each island on the page.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
