//! What a page answers.

use crate::paper::Paper;
use domain::csv_file;

/// The answer to a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A whole page.
    Page {
        /// The HTTP status.
        status: u16,
        /// The HTML document.
        html: String,
    },
    /// A file to keep.
    File {
        /// Its name.
        name: String,
        /// What kind of file it is.
        content_type: &'static str,
        /// What it holds.
        content: String,
    },
    /// A document to keep, as PDF.
    Paper {
        /// Its file's name, without an ending.
        name: String,
        /// What it says.
        paper: Paper,
    },
    /// A few words for a part of a page that has asked by itself.
    Text {
        /// The HTTP status.
        status: u16,
        /// The words, as fields of a form.
        content: String,
    },
    /// Words that never change at this address: a browser may keep them until its person signs out.
    Lasting {
        /// The words.
        content: String,
    },
    /// Done: look there next (303).
    SeeOther {
        /// A path of ours.
        location: String,
        /// What becomes of the session.
        session: SessionChange,
    },
}

/// What an answer does to the browser's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionChange {
    /// Nothing.
    Keep,
    /// It begins: the cookie gets this token.
    Begin(String),
    /// It ends: the cookie and whatever the browser keeps go.
    End,
}

impl Answer {
    /// A document as plain text, to keep.
    pub(crate) fn text_file(name: &str, paper: &Paper) -> Self {
        Self::File {
            name: format!("{name}.txt"),
            content_type: "text/plain; charset=utf-8",
            content: paper.to_text(),
        }
    }

    /// A list to keep, as every spreadsheet reads it.
    pub(crate) fn csv_file(name: &str, header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Self {
        Self::csv(name, csv_file::write(header, rows))
    }

    /// The same, of a text that is a CSV file already.
    pub(crate) fn csv(name: &str, content: String) -> Self {
        Self::File { name: format!("{name}.csv"), content_type: "text/csv; charset=utf-8", content }
    }

    /// Look there next.
    pub fn see_other(location: impl Into<String>) -> Self {
        Self::SeeOther { location: location.into(), session: SessionChange::Keep }
    }
}
