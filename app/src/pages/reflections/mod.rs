//! The journal: one's own pieces, and the copies that others shared.

mod copies;
pub(crate) mod cpd;
mod fields;
mod list;
pub(crate) mod mirror;
mod piece;
mod write;

pub(crate) use copies::{open_copy, put_on_agenda, share, take_back};
pub(crate) use list::list;
pub(crate) use piece::{change, open};
pub(crate) use write::write;

use domain::ids::ReflectionId;

/// The page of a piece.
fn path(id: &ReflectionId) -> String {
    format!("/reflections/{id}")
}
