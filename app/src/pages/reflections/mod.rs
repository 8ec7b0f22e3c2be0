//! The journal: one's own pieces, and the copies that others shared.

mod copies;
pub(crate) mod cpd;
mod delete;
mod fields;
mod list;
pub(crate) mod mirror;
mod piece;
mod write;

pub(crate) use copies::{open_copy, put_on_agenda, share, take_back};
pub(crate) use delete::{delete, delete_cpd};
pub(crate) use list::list;
pub(crate) use piece::{change, open};
pub(crate) use write::write;

use crate::visit::Visit;
use domain::ids::ReflectionId;
use records::Problem;

/// The page of a piece.
fn path(id: &ReflectionId) -> String {
    format!("/reflections/{id}")
}

/// What a form was made of. While the journal is shut nothing is shown, but whoever posts a form sees it again with everything that
/// they typed: for them this is `None`.
fn even_while_shut<T>(visit: &Visit, found: Result<T, Problem>) -> Result<Option<T>, Problem> {
    match found {
        Err(Problem::Shut(_)) if visit.is_post() => Ok(None),
        found => found.map(Some),
    }
}
