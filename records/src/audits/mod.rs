//! Audits of supervision files by dip sample: drawing a round, grading its files, hearing the audited, and what it found.
//!
//! A grader reads the other's grade only once both are in, and that is decided here, where grades are read
//! ([`FileState::shows`]): no page can show more.

mod draw;
mod drawn;
mod file;
mod grade;
mod grades;
mod hand_over;
mod mine;
mod own;
mod records;
mod rounds;
mod share;

pub use draw::{Auditor, Choices, choices, draw};
pub use drawn::DrawnFile;
pub use file::{Comment, FilePage, open_file};
pub use grade::{agree, agreed_form, ask_second, grade, grade_form, second_graders};
pub use grades::FileGrade;
pub(crate) use hand_over::{check_may_stop, follow_as_lead, follow_as_second, open_with};
pub use mine::{MyFile, mine};
pub use own::{OwnAudit, OwnFindings};
pub(crate) use own::{findings_of, own_final};
pub use records::{FileRecords, RecordEntry, RecordSession, Regularity, open_records};
pub use rounds::{Progress, Round, RoundPage, RoundSummary, RoundTeam, close, list, open, to_close};
pub use share::{comment, finish, share, to_comment, to_withdraw, withdraw};

use crate::problem::Problem;
use domain::audits::{AuditTool, NotNow};
use domain::form::Problems;

/// The tool with which files are graded.
pub fn tool() -> Result<AuditTool, Problem> {
    AuditTool::parse(AuditTool::SHIPPED).map_err(Problem::unexpected)
}

fn not_now(why: NotNow) -> Problem {
    Problems::one("form", why.to_string()).into()
}
