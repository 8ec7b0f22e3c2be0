//! The language lens: phrases that can blame, hide who did what, or say nothing, each with what to ask instead.
//!
//! It is a private second reader. The same code looks through a text in the browser while somebody types and on the server when
//! they press "Check wording"; nothing that it finds is stored, counted or shown to anybody else.

mod change;
mod compiled;
mod effort;
mod find;
mod lexicon;
mod pattern;
mod reread;
mod speech;
mod tokens;

pub use change::{blank_entry, read_entry};
pub use compiled::Lens;
pub use find::{Finding, paragraphs};
pub use lexicon::{Entry, Known, Lexicon, LexiconError, Negated, PhraseError, Severity, Theme};
pub use pattern::PatternError;
pub use reread::Reread;

#[cfg(test)]
mod tests;
