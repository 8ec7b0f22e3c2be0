//! What nobody who fills in a form can mend: said in the log, with a reference for the person.

use crate::visit::Visit;

/// A failure of the product or of its database, once it stands in the log.
pub(crate) struct Trouble {
    /// The HTTP status.
    pub(crate) status: u16,
    /// By which the line in the log is found; empty if the person need not ask for it.
    pub(crate) reference: String,
}

impl Trouble {
    /// The database cannot be reached, is locked or is full.
    pub(crate) fn unavailable(visit: &Visit, cause: &str) -> Self {
        tracing::error!(path = visit.path, cause, "the database is not available");
        Self { status: 503, reference: String::new() }
    }

    /// A fault of ours.
    pub(crate) fn unexpected(visit: &Visit, cause: &str) -> Self {
        let reference: String = records::secrets::token().unwrap_or_default().chars().take(8).collect();
        tracing::error!(path = visit.path, reference, cause, "unexpected");
        Self { status: 500, reference }
    }

    /// For whoever has just sent a form, which stands below these words with everything in it.
    pub(crate) fn words_above_a_form(&self) -> String {
        if self.reference.is_empty() {
            "It could not be saved just now. Nothing you wrote is lost: wait a minute, then save again"
                .to_owned()
        } else {
            format!(
                "Something went wrong and it was not saved. Nothing you wrote is lost: save again, and if this happens again, tell your administrator the reference {}",
                self.reference
            )
        }
    }
}
