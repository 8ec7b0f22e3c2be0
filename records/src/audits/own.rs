//! The audits of one's own supervision file that are final, with what one said of them oneself.

use super::drawn::{DrawnFile, about};
use super::grades::{FileGrade, grades_of_files, standing};
use super::tool;
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::audit_comments;
use crate::store::Reading;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::audits::{FileState, QualityDomain, Viewer};
use domain::ids::AuditFileId;
use std::collections::HashMap;

/// An audit of one's own file that is final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAudit {
    /// The file as it was drawn.
    pub file: DrawnFile,
    /// What the reader said of the findings; empty if nothing.
    pub own_comment: String,
}

/// What the audits of one's own file found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnFindings {
    /// The domains of the tool.
    pub domains: Vec<QualityDomain>,
    /// The grade that stands, by file.
    pub grades: HashMap<AuditFileId, FileGrade>,
}

/// The final audits of the file in which the actor is supervised, the newest first.
pub(crate) fn own_final(reading: &mut Reading<'_>) -> Result<Vec<OwnAudit>, Problem> {
    let actor = reading.actor()?;
    let mut files = about(reading, &actor.person)?;
    files.retain(|file| file.state == FileState::Final && file.supervisee.0 == actor.person);
    for file in &files {
        reading.permit(&Action::OpenAuditFile(&file.facts()), "audit_file", &file.id)?;
    }
    let said: Vec<(AuditFileId, String)> = audit_comments::table
        .filter(audit_comments::person_id.eq(&actor.person))
        .select((audit_comments::file_id, audit_comments::words))
        .load(reading.connection)?;
    let mut said: HashMap<AuditFileId, String> = said.into_iter().collect();
    let own = |file: DrawnFile| OwnAudit { own_comment: said.remove(&file.id).unwrap_or_default(), file };
    Ok(files.into_iter().map(own).collect())
}

/// What these audits found, as far as the audited are shown it.
pub(crate) fn findings_of(reading: &mut Reading<'_>, audits: &[OwnAudit]) -> Result<OwnFindings, Problem> {
    if audits.is_empty() {
        return Ok(OwnFindings::default());
    }
    let ids: Vec<&AuditFileId> = audits.iter().map(|audit| &audit.file.id).collect();
    let all = grades_of_files(reading, &ids)?;
    let mut grades = HashMap::new();
    for OwnAudit { file, .. } in audits {
        let of_file: Vec<FileGrade> = all.iter().filter(|grade| grade.file == file.id).cloned().collect();
        let shown = standing(&of_file).filter(|grade| file.state.shows(grade.rater, true, Viewer::Audited));
        if let Some(grade) = shown {
            let viewed = Event::new("viewed", "audit_findings", &file.id).with("grades", grade.rater.code());
            reading.note_view(viewed);
            grades.insert(file.id.clone(), grade.clone());
        }
    }
    Ok(OwnFindings { domains: tool()?.domains, grades })
}
