//! Audits of supervision files by dip sample: rounds, drawn files, grading them, and what the audited see of it.

mod agree;
mod file;
mod grade;
mod mine;
mod round;
mod rounds;
mod session_records;
mod steps;

pub(crate) use agree::agree;
pub(crate) use file::open_file;
pub(crate) use grade::grade;
pub(crate) use mine::{drawn_lines, mine};
pub(crate) use round::{close, open};
pub(crate) use rounds::{draw, list};
pub(crate) use session_records::open_records;
pub(crate) use steps::{ask_second, comment, finish, share, withdraw};

use crate::components::tag;
use chrono::NaiveDate;
use domain::audits::FileState;
use domain::calendar::day_in_words;
use domain::ids::{AuditFileId, AuditRoundId};
use leptos::prelude::*;
use records::audits::DrawnFile;

/// The page of a round.
fn path_of_round(id: &AuditRoundId) -> String {
    format!("/audits/{id}")
}

/// The page of a drawn file.
pub(crate) fn path_of_file(id: &AuditFileId) -> String {
    format!("/audits/files/{id}")
}

/// Whose file it is.
fn whose(file: &DrawnFile) -> String {
    format!("{} and {}", file.supervisor.1, file.supervisee.1)
}

/// The days from which records are looked at.
pub(crate) fn period((from, to): (NaiveDate, NaiveDate)) -> String {
    format!("{} to {}", day_in_words(from), day_in_words(to))
}

/// How far a file has come, in a word with a sign.
fn state_tag(state: FileState) -> AnyView {
    match state {
        FileState::Grading => tag("due-soon", "To be graded"),
        FileState::ToAgree => tag("due-soon", "To be agreed"),
        FileState::Graded | FileState::Agreed => tag("first-window", "Graded, not shared"),
        FileState::Shared => tag("first-window", "Shared for comments"),
        FileState::Final => tag("in-date", "Final"),
        FileState::Withdrawn => tag("not-required", "Taken out"),
    }
}
