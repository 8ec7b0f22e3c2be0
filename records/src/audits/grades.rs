//! Grades as they are read. Who may see which is decided by whoever reads them here.

use crate::problem::Problem;
use crate::schema::{audit_files, audit_grades, people};
use crate::store::Reading;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::audits::{DomainGrade, NewGrade, OverallGrade, Rater};
use domain::ids::{AuditFileId, AuditRoundId};

/// A grade of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileGrade {
    /// The file.
    pub file: AuditFileId,
    /// Which of its grades.
    pub rater: Rater,
    /// Who gave it, or wrote down what was agreed.
    pub grader: String,
    /// What it says.
    pub grade: NewGrade,
    /// How two graders came to it; empty but for an agreed one.
    pub why: String,
    /// Its version.
    pub version: i32,
    /// When, in UTC.
    pub graded_at: NaiveDateTime,
}

type GradeColumns =
    ((AuditFileId, Rater, String), (String, String, String, OverallGrade), (String, i32, NaiveDateTime));

macro_rules! grades_with_names {
    () => {
        audit_grades::table.inner_join(people::table.on(people::id.eq(audit_grades::grader_id))).select((
            (audit_grades::file_id, audit_grades::rater, people::name),
            (audit_grades::domains, audit_grades::went_well, audit_grades::to_learn, audit_grades::overall),
            (audit_grades::why, audit_grades::version, audit_grades::graded_at),
        ))
    };
}

fn file_grade(columns: GradeColumns) -> Result<FileGrade, Problem> {
    let ((file, rater, grader), (domains, went_well, to_learn, overall), (why, version, graded_at)) = columns;
    let domains: Vec<DomainGrade> = serde_json::from_str(&domains).map_err(Problem::unexpected)?;
    let grade = NewGrade { domains, went_well, to_learn, overall };
    Ok(FileGrade { file, rater, grader, grade, why, version, graded_at })
}

/// Every grade of a file, whoever may see it.
pub(super) fn grades_of(reading: &mut Reading<'_>, file: &AuditFileId) -> Result<Vec<FileGrade>, Problem> {
    grades_of_files(reading, &[file])
}

/// Every grade of these files, whoever may see it.
pub(super) fn grades_of_files(
    reading: &mut Reading<'_>,
    files: &[&AuditFileId],
) -> Result<Vec<FileGrade>, Problem> {
    let rows: Vec<GradeColumns> =
        grades_with_names!().filter(audit_grades::file_id.eq_any(files)).load(reading.connection)?;
    rows.into_iter().map(file_grade).collect()
}

/// Every grade of a round, whoever may see it.
pub(super) fn grades_of_round(
    reading: &mut Reading<'_>,
    round: &AuditRoundId,
) -> Result<Vec<FileGrade>, Problem> {
    let files = audit_files::table.filter(audit_files::round_id.eq(round)).select(audit_files::id);
    let rows: Vec<GradeColumns> =
        grades_with_names!().filter(audit_grades::file_id.eq_any(files)).load(reading.connection)?;
    rows.into_iter().map(file_grade).collect()
}

/// The grade that counts: the one that was agreed, or the only one.
pub(super) fn standing(grades: &[FileGrade]) -> Option<&FileGrade> {
    let of = |rater| grades.iter().find(|grade| grade.rater == rater);
    of(Rater::Agreed).or_else(|| of(Rater::First))
}
