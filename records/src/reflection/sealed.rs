//! A piece of the journal as its columns keep it.

use crate::journal::{DataKey, Place};
use crate::problem::Problem;
use domain::ids::{PersonId, ReflectionCopyId, ReflectionId};
use domain::reflection::{CheckIn, Piece, Step};

/// What a list of pieces needs; sealed apart, so that a list opens no text.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Head {
    pub(super) title: String,
    pub(super) model: String,
    pub(super) standards: Vec<String>,
}

/// The rest.
#[derive(serde::Serialize, serde::Deserialize)]
struct Text {
    steps: Vec<Step>,
    body: String,
    check_in: Option<CheckIn>,
}

/// What is shared: frozen as it was.
#[derive(serde::Serialize, serde::Deserialize)]
struct Copied {
    title: String,
    body: String,
}

fn place<'a>(what: &'static str, id: &'a ReflectionId, author: &'a PersonId) -> Place<'a> {
    Place { what, row: id.as_str(), author: author.as_str() }
}

/// Head and text of a piece, sealed with its author's key.
pub(crate) fn sealed_piece(
    key: &DataKey,
    id: &ReflectionId,
    author: &PersonId,
    piece: &Piece,
) -> Result<(String, String), Problem> {
    let Piece { title, model, steps, body, standards, check_in } = piece.clone();
    let head = key.seal_json(&place("head", id, author), &Head { title, model, standards })?;
    let text = key.seal_json(&place("text", id, author), &Text { steps, body, check_in })?;
    Ok((head, text))
}

fn not_sealed_yet() -> Problem {
    Problem::unexpected("a reflection is not sealed yet: start the server once with its master key")
}

/// The head of a piece.
pub(super) fn opened_head(
    key: &DataKey,
    id: &ReflectionId,
    author: &PersonId,
    head: Option<String>,
) -> Result<Head, Problem> {
    key.open_json(&place("head", id, author), &head.ok_or_else(not_sealed_yet)?)
}

/// A piece, opened.
pub(crate) fn opened_piece(
    key: &DataKey,
    id: &ReflectionId,
    author: &PersonId,
    (head, text): (Option<String>, Option<String>),
) -> Result<Piece, Problem> {
    let Head { title, model, standards } = opened_head(key, id, author, head)?;
    let sealed = text.ok_or_else(not_sealed_yet)?;
    let Text { steps, body, check_in } = key.open_json(&place("text", id, author), &sealed)?;
    Ok(Piece { title, model, steps, body, standards, check_in })
}

fn copy_place<'a>(id: &'a ReflectionCopyId, author: &'a PersonId) -> Place<'a> {
    Place { what: "copy", row: id.as_str(), author: author.as_str() }
}

/// A copy's title and text, sealed with the copy's key.
pub(crate) fn copied(
    key: &DataKey,
    id: &ReflectionCopyId,
    author: &PersonId,
    title: &str,
    body: &str,
) -> Result<String, Problem> {
    let copied = Copied { title: title.to_owned(), body: body.to_owned() };
    key.seal_json(&copy_place(id, author), &copied)
}

/// A copy's title and text.
pub(super) fn opened_copy(
    key: &DataKey,
    id: &ReflectionCopyId,
    author: &PersonId,
    sealed: Option<String>,
) -> Result<(String, String), Problem> {
    let Copied { title, body } =
        key.open_json(&copy_place(id, author), &sealed.ok_or_else(not_sealed_yet)?)?;
    Ok((title, body))
}
