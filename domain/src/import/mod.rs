//! Importing people and cases from a CSV file: which column holds what, what each row says, and what becomes of it.
//!
//! A row is read through the same form as somebody who types it, so that a file is refused for what a form is refused for,
//! in the same words.

mod cases;
mod columns;
mod people;
mod row;

pub use cases::{CaseLookup, ImportedCase, case_in_words, read_case};
pub use columns::{Column, Mapping};
pub use people::{ImportedPerson, PeopleLookup, person_in_words, read_person};

use crate::csv_file::{self, CsvTable};
use crate::value::text_value;
use serde::{Deserialize, Serialize};

text_value! {
    /// What a file holds.
    ImportKind: "kind of import" {
        People = "people", "People";
        Cases = "cases", "Cases";
    }
}

/// A value of a record in words, under the name of its column.
pub type InWords = Vec<(&'static str, String)>;

/// One value that a row changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The name of the value.
    pub what: &'static str,
    /// What stands there; empty if nothing does.
    pub before: String,
    /// What the row says.
    pub now: String,
}

/// What is otherwise in the second of two records that have the same values in the same order.
pub fn differences(before: InWords, now: InWords) -> Vec<Difference> {
    before
        .into_iter()
        .zip(now)
        .filter(|((_, before), (_, now))| before != now)
        .map(|((what, before), (_, now))| Difference { what, before, now })
        .collect()
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    /// It is new.
    Added,
    /// It is there, and some of it changes.
    Changed(Vec<Difference>),
    /// It is there just so.
    Unchanged,
    /// It is not imported: why, each in words for the person.
    Refused(Vec<String>),
}

/// A row, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReport {
    /// The number that a spreadsheet shows.
    pub number: usize,
    /// By what it is matched: an email address or a reference, as far as there is one.
    pub key: String,
    /// What becomes of it.
    pub outcome: RowOutcome,
}

text_value! {
    /// A part of what becomes of the rows of a file.
    ReportPart: "part of a report" {
        Refused = "refused", "refused";
        Changed = "changed", "changed";
        Added = "added", "added";
        Unchanged = "unchanged", "unchanged";
    }
}

impl RowReport {
    /// The part of the report in which this row stands.
    pub fn part(&self) -> ReportPart {
        match self.outcome {
            RowOutcome::Added => ReportPart::Added,
            RowOutcome::Changed(_) => ReportPart::Changed,
            RowOutcome::Unchanged => ReportPart::Unchanged,
            RowOutcome::Refused(_) => ReportPart::Refused,
        }
    }
}

/// How many rows become what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    /// Rows that are new.
    pub added: usize,
    /// Rows that change something.
    pub changed: usize,
    /// Rows that are there just so.
    pub unchanged: usize,
    /// Rows that are not imported.
    pub refused: usize,
}

impl ImportCounts {
    /// Counts the rows of a report.
    pub fn of(reports: &[RowReport]) -> Self {
        let count = |part: ReportPart| reports.iter().filter(|report| report.part() == part).count();
        Self {
            added: count(ReportPart::Added),
            changed: count(ReportPart::Changed),
            unchanged: count(ReportPart::Unchanged),
            refused: count(ReportPart::Refused),
        }
    }

    /// How many rows stand in a part.
    pub fn in_part(&self, part: ReportPart) -> usize {
        match part {
            ReportPart::Added => self.added,
            ReportPart::Changed => self.changed,
            ReportPart::Unchanged => self.unchanged,
            ReportPart::Refused => self.refused,
        }
    }

    /// How many rows write something.
    pub fn to_write(&self) -> usize {
        self.added + self.changed
    }
}

/// The heading of the column in which a file of refused rows says why. It maps to nothing when the mended file comes back.
const WHAT_IS_WRONG: &str = "What is wrong";

/// The refused rows of a file as a file of their own, each with one more column that says why.
pub fn refused_rows(table: &CsvTable, reports: &[RowReport]) -> String {
    let is_ours = |name: &&str| *name != WHAT_IS_WRONG;
    let width = table.header.len();
    let kept: Vec<usize> = (0..width).filter(|place| is_ours(&table.header[*place].as_str())).collect();
    let mut header: Vec<&str> = kept.iter().map(|place| table.header[*place].as_str()).collect();
    header.push(WHAT_IS_WRONG);
    let refused: Vec<(usize, String)> = reports
        .iter()
        .enumerate()
        .filter_map(|(place, report)| match &report.outcome {
            RowOutcome::Refused(why) => Some((place, why.join(". "))),
            _ => None,
        })
        .collect();
    let rows = refused.iter().map(|(place, why)| {
        let cells = &table.rows[*place].cells;
        let mut row: Vec<&str> =
            kept.iter().map(|column| cells.get(*column).map_or("", String::as_str)).collect();
        row.push(why);
        row
    });
    csv_file::write(&header, rows)
}

#[cfg(test)]
mod tests;
