//! Audits of supervision files by dip sample: a few files chosen by chance, graded with a tool, by a second person blind, and
//! with a word from those who wrote them before it is final (domain.md 3.8).
//!
//! A file is what one supervisor and one person whom they supervise have recorded in the period: that is what a council's
//! quality lead takes from the shelf, it has exactly two people who can say something to it, and one session alone shows no
//! gap and no action that comes back.

mod agreement;
mod figures;
mod forms;
mod sample;
mod state;
mod tool;

pub use agreement::{Agreement, LEAST_FOR_KAPPA, Weighting, agreement, cohens_kappa};
pub use figures::{CountedFile, DomainCount, Figures, LEAST_FOR_TEAM, TeamCount};
pub use forms::{
    AgreedGrade, DomainGrade, MOST_FILES, NewGrade, NewRound, read_comment, read_lessons, read_second_grader,
    read_withdrawal,
};
pub use sample::{FileKey, Population, Seed, draw, next_of_team, shares};
pub use state::{
    AuditedSide, COMMENT_WORKING_DAYS, FileState, FileStep, GradesIn, NotNow, Rater, Viewer, may_finish,
};
pub use tool::{AuditTool, OverallGrade, QualityDomain, Score};
