//! Importing people and cases from a file: upload it, say which column is which where that is not plain, look at what would
//! become of each row, import.

mod check;
mod columns;
mod upload;

pub(crate) use check::{check, refused};
pub(crate) use columns::columns;
pub(crate) use upload::{template, upload};

use crate::visit::Visit;
use domain::import::ImportKind;

/// What is imported at this address.
fn kind_of(visit: &Visit) -> ImportKind {
    if visit.path.starts_with("/people/") { ImportKind::People } else { ImportKind::Cases }
}

/// Where the list is into which a kind is imported, which is also where its import begins.
fn list_of(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::People => "/people",
        ImportKind::Cases => "/cases",
    }
}

/// "1 person", "12 cases".
fn counted(kind: ImportKind, count: usize) -> String {
    let (one, many) = match kind {
        ImportKind::People => ("person", "people"),
        ImportKind::Cases => ("case", "cases"),
    };
    domain::calendar::counted(i64::try_from(count).unwrap_or(i64::MAX), one, many)
}

/// "1 row", "12 rows".
fn counted_rows(count: usize) -> String {
    domain::calendar::counted(i64::try_from(count).unwrap_or(i64::MAX), "row", "rows")
}
