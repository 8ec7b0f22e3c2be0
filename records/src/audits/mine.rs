//! The audited: which of one's own files were drawn.

use super::drawn::{DrawnFile, about};
use crate::problem::Problem;
use crate::schema::audit_comments;
use crate::store::Reading;
use diesel::prelude::*;
use domain::access::Action;
use domain::audits::FileState;
use domain::ids::{AuditFileId, PersonId};

/// A file of one's own that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MyFile {
    /// The file.
    pub file: DrawnFile,
    /// The other one of the two, by name.
    pub other: String,
    /// Whether it waits for a word of the reader.
    pub waits: bool,
}

/// The files of the actor that were drawn, the newest first.
pub fn mine(reading: &mut Reading<'_>) -> Result<Vec<MyFile>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::ListSupervision, "audit_files", "")?;
    let files = about(reading, &actor.person)?;
    let commented: Vec<AuditFileId> = audit_comments::table
        .filter(audit_comments::person_id.eq(&actor.person))
        .select(audit_comments::file_id)
        .load(reading.connection)?;
    let my_file = |file: DrawnFile| MyFile {
        other: other(&file, &actor.person),
        waits: file.state == FileState::Shared && !commented.contains(&file.id),
        file,
    };
    Ok(files.into_iter().map(my_file).collect())
}

fn other(file: &DrawnFile, person: &PersonId) -> String {
    let other = if file.supervisor.0 == *person { &file.supervisee } else { &file.supervisor };
    other.1.clone()
}
