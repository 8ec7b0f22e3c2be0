//! Cases: the list, the page of one, its details, and notes of oversight.

mod cadence;
mod entry;
mod form;
mod list;
mod open;
mod oversight;
mod risk;
mod siblings;
mod voices;

pub(crate) use cadence::readers_in_words;
pub(crate) use entry::{
    add as add_to_note, file as file_entry, open as open_entry, path as path_of_entry, pdf as entry_pdf,
    text as entry_text, void as void_note,
};
pub(crate) use form::{add, change};
pub(crate) use list::{encoded, list};
pub(crate) use open::{about, open, open_actions};
pub(crate) use oversight::oversight;
pub(crate) use risk::note_risk;
pub(crate) use siblings::{leave_siblings, siblings};
