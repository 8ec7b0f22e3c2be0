//! What a person sees.
//!
//! On the server (feature `ssr`) a page is a plain function from a [`visit::Visit`] to an [`answer::Answer`]: it reads
//! or writes through `records` and renders HTML. In the browser (feature `hydrate`) only the [`islands`] are there.

pub mod islands;

#[cfg(feature = "ssr")]
pub mod answer;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod visit;
