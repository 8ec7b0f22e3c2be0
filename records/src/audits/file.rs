//! A drawn file's page, for its graders and for the two whom it is about.

use super::drawn::{DrawnFile, find};
use super::grades::{FileGrade, grades_of, standing};
use super::records::OPENED;
use super::tool;
use crate::audit::{Event, Opening, openings};
use crate::problem::Problem;
use crate::schema::{audit_comments, people};
use crate::store::Reading;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, may};
use domain::audits::{FileStep, QualityDomain, Rater, Viewer};
use domain::ids::{AuditFileId, PersonId};

/// What one of the two said of the findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Who.
    pub person: (PersonId, String),
    /// What.
    pub words: String,
    /// When, in UTC.
    pub at: NaiveDateTime,
}

/// Everything that a drawn file's page shows to its reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePage {
    /// The file.
    pub file: DrawnFile,
    /// Who the reader is to it.
    pub viewer: Viewer,
    /// The grades that the reader may see.
    pub grades: Vec<FileGrade>,
    /// Which grades are in, seen or not.
    pub given: Vec<Rater>,
    /// The domains of the tool.
    pub domains: Vec<QualityDomain>,
    /// What the two said.
    pub comments: Vec<Comment>,
    /// Who read the records, the newest first.
    pub openings: Vec<Opening>,
    /// Whether the reader may read the records now.
    pub reads_records: bool,
    /// Whether the reader leads the round.
    pub keeps: bool,
    /// Whether the reader may comment now.
    pub may_comment: bool,
}

impl FilePage {
    /// The grade that counts, if the reader may see it.
    pub fn standing(&self) -> Option<&FileGrade> {
        standing(&self.grades)
    }

    /// A grade, if the reader may see it.
    pub fn grade(&self, rater: Rater) -> Option<&FileGrade> {
        self.grades.iter().find(|grade| grade.rater == rater)
    }

    /// Whether the reader may take a step of their own grading now.
    pub fn grades_now(&self, step: FileStep) -> bool {
        matches!(self.viewer, Viewer::Grader(_)) && self.file.state.allows(step).is_ok()
    }

    /// Whether whoever leads the round may take a step now.
    pub fn keeps_now(&self, step: FileStep) -> bool {
        self.keeps && self.file.state.allows(step).is_ok()
    }
}

/// Opens a drawn file's page.
pub fn open_file(reading: &mut Reading<'_>, id: &AuditFileId) -> Result<FilePage, Problem> {
    let actor = reading.actor()?;
    let file = find(reading, id)?;
    let facts = file.facts();
    reading.permit(&Action::OpenAuditFile(&facts), "audit_file", id)?;
    let viewer = file.viewer(&actor.person).ok_or(Problem::NotFound)?;
    let all = grades_of(reading, id)?;
    let given = all.iter().map(|grade| grade.rater).collect();
    let stands = standing(&all).map(|grade| grade.rater);
    let grades: Vec<FileGrade> = all
        .into_iter()
        .filter(|grade| file.state.shows(grade.rater, stands == Some(grade.rater), viewer))
        .collect();
    let shown: Vec<&str> = grades.iter().map(|grade| grade.rater.code()).collect();
    reading.note_view(Event::new("viewed", "audit_findings", id).with("grades", shown.join(" ")));
    let comments = comments_of(reading, id)?;
    let is_mine = |comment: &Comment| comment.person.0 == actor.person;
    let may_comment = may(&actor, &Action::CommentOnAudit(&facts)).is_allowed()
        && file.state.allows(FileStep::Comment).is_ok()
        && !comments.iter().any(is_mine);
    Ok(FilePage {
        viewer,
        grades,
        given,
        domains: tool()?.domains,
        may_comment,
        comments,
        openings: openings(reading, (OPENED, id.as_str()), &[])?,
        reads_records: may(&actor, &Action::GradeAuditFile(&facts)).is_allowed(),
        keeps: may(&actor, &Action::KeepAuditFile(&facts)).is_allowed(),
        file,
    })
}

/// What the two said, in the order in which they said it.
pub(super) fn comments_of(reading: &mut Reading<'_>, id: &AuditFileId) -> Result<Vec<Comment>, Problem> {
    let rows: Vec<((PersonId, String), String, NaiveDateTime)> = audit_comments::table
        .inner_join(people::table.on(people::id.eq(audit_comments::person_id)))
        .filter(audit_comments::file_id.eq(id))
        .order(audit_comments::id)
        .select(((people::id, people::name), audit_comments::words, audit_comments::commented_at))
        .load(reading.connection)?;
    Ok(rows.into_iter().map(|(person, words, at)| Comment { person, words, at }).collect())
}
