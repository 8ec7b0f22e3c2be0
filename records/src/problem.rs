//! What can go wrong, and who needs to hear of it.
//!
//! An operation returns a [`Problem`]. Problems that a person can mend ([`Problem::Invalid`], [`Problem::Stale`]) carry
//! words for them; the others become a page that says as little as is safe, and a line in the log.

use domain::access::Reason;
use domain::form::Problems;

/// Why an operation did not happen. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The form has problems; the page shows them beside what was typed.
    #[error("the form was not accepted: {0}")]
    Invalid(#[from] Problems),
    /// Somebody saved the same record in between.
    #[error("the record was changed in between")]
    Stale(Box<Stale>),
    /// There is no such record.
    #[error("there is no such record")]
    NotFound,
    /// The policy says no. The person is told the same as for [`Problem::NotFound`]; the audit trail keeps this.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The journal is shut: its key is missing, or another one. Everything else works.
    #[error("the journal is shut: {0}")]
    Shut(crate::journal::Shut),
    /// The database cannot be reached, is locked or is full. Trying again may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A fault of ours.
    #[error("unexpected: {0}")]
    Unexpected(String),
}

/// A refusal, as the audit trail keeps it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} on {subject_kind} {subject_id} ({reason:?})")]
pub struct Refusal {
    /// What was tried, in a word: "open".
    pub what: &'static str,
    /// On what kind of record.
    pub subject_kind: &'static str,
    /// On which.
    pub subject_id: String,
    /// Why not.
    pub reason: Reason,
}

/// What stands in the record now, beside what the person tried to save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The version that stands now.
    pub version: i32,
    /// The fields as they stand now.
    pub fields: Vec<StaleField>,
    /// What the person sees by that, for the audit trail.
    pub(crate) views: Vec<crate::audit::Event>,
}

impl Stale {
    /// A record that stands at this version now, with these labels and texts.
    pub(crate) fn new(version: i32, fields: Vec<(impl Into<String>, String)>) -> Self {
        let fields = fields.into_iter().map(|(label, current)| StaleField { label: label.into(), current });
        Self { version, fields: fields.collect(), views: Vec::new() }
    }
}

/// One field of a record that was changed in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleField {
    /// The field's label.
    pub label: String,
    /// What stands there now.
    pub current: String,
}

impl Problem {
    /// A fault of ours, in words for the log.
    pub fn unexpected(what: impl std::fmt::Display) -> Self {
        Self::Unexpected(what.to_string())
    }
}

impl From<Stale> for Problem {
    fn from(stale: Stale) -> Self {
        Self::Stale(Box::new(stale))
    }
}

impl From<diesel::result::Error> for Problem {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error};
        match error {
            Error::NotFound => Self::NotFound,
            Error::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                about,
            ) => Self::Unavailable(about.message().to_owned()),
            Error::DatabaseError(_, about) if is_engine_trouble(about.message()) => {
                Self::Unavailable(about.message().to_owned())
            }
            other => Self::Unexpected(other.to_string()),
        }
    }
}

/// SQLite reports these only in words.
fn is_engine_trouble(message: &str) -> bool {
    [
        "database is locked",
        "disk is full",
        "disk I/O error",
        "readonly database",
        "unable to open database file",
        "No space left",
        "deadlock detected",
        "lock timeout",
        "statement timeout",
    ]
    .iter()
    .any(|known| message.contains(known))
}
