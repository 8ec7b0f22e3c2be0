//! The records of a drawn file, as its graders read them.

use super::drawn::{DrawnFile, find};
use crate::actions::ActionRow;
use crate::bookings;
use crate::cases::Entry;
use crate::problem::Problem;
use crate::schema::{agreements, personal_parts, preparations, record_steps, supervisions};
use crate::signing::{Added, StepRow, added_in};
use crate::store::Reading;
use crate::supervision::{SessionEntry, said_in};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use diesel::dsl::exists;
use diesel::prelude::*;
use domain::access::Action;
use domain::ids::{AuditFileId, CaseId, SupervisionId};
use domain::people::LinkKind;
use domain::reflection::PromptState;
use domain::risk::{Checklist, RiskDirection, RiskLevel};
use domain::supervision::{Mode, RecordState, SupervisionKind};

/// Under which kind of subject the trail keeps that somebody read the records of a drawn file.
pub(super) const OPENED: &str = "audit_records";

/// What was said about a case, as an auditor reads it: without what anybody replied to the questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordEntry {
    /// The case, by id, reference and label.
    pub case: (CaseId, String, String),
    /// What was said.
    pub entry: Entry,
    /// What was added to it later, the oldest first.
    pub added: Vec<StepRow>,
    /// How high the risk was, and which way it had gone.
    pub risk: (RiskLevel, RiskDirection),
    /// The risk checklist that was done.
    pub checklist: Option<Checklist>,
    /// What is to be done, and what had become of earlier actions.
    pub actions: Vec<ActionRow>,
    /// How many questions were put, and how many of them were answered.
    pub questions: (usize, usize),
}

impl From<SessionEntry> for RecordEntry {
    fn from(said: SessionEntry) -> Self {
        let answered = said.prompts.iter().filter(|prompt| prompt.state == PromptState::Answered).count();
        Self {
            questions: (said.prompts.len(), answered),
            case: said.case,
            entry: said.entry,
            added: said.added,
            risk: (said.level, said.direction),
            checklist: said.checklist,
            actions: said.actions,
        }
    }
}

/// A session's record, as an auditor reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordSession {
    /// The session.
    pub id: SupervisionId,
    /// When it was held.
    pub held_on: NaiveDate,
    /// When it was written down, in UTC.
    pub recorded_at: NaiveDateTime,
    /// What it was for.
    pub kind: SupervisionKind,
    /// How people met.
    pub mode: Mode,
    /// How long it lasted.
    pub minutes: i32,
    /// Who has signed it.
    pub state: RecordState,
    /// By when it was due, and the version of the policy of that day.
    pub was_due: Option<(NaiveDate, i32)>,
    /// By when it was to be written down, and the decisions in it.
    pub write_by: (Option<NaiveDate>, Option<NaiveDate>),
    /// Whether whoever was supervised had prepared it. What they wrote stays with its readers.
    pub was_prepared: bool,
    /// Whether a personal part was written. What it says stays with its readers.
    pub has_personal_part: bool,
    /// What was said about each case.
    pub entries: Vec<RecordEntry>,
}

/// The records of a drawn file, in the order in which the sessions were held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecords {
    /// The file.
    pub file: DrawnFile,
    /// Its sessions.
    pub sessions: Vec<RecordSession>,
}

/// How regularly the two of a file meant to meet and did: without it nobody can grade that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regularity {
    /// Sessions of every day of the two that were booked in that time and not held: the day, and whether a reason was given. The
    /// reason itself may be somebody's health, and is theirs.
    pub missed: Vec<(NaiveDate, bool)>,
    /// Until when the newest agreement holds that was written by the end of that time and both have signed, if there is one.
    pub agreed_until: Option<NaiveDate>,
}

/// Opens the records of a drawn file for whoever grades it. An auditor reads every case of the organisation; what this opens
/// besides is who met whom, when, and who signed. No column of the personal part is read but that there is one.
pub fn open_records(reading: &mut Reading<'_>, id: &AuditFileId) -> Result<FileRecords, Problem> {
    type Row = (
        (SupervisionId, NaiveDate, NaiveDateTime, SupervisionKind, Mode, i32),
        (RecordState, Option<NaiveDate>, Option<i32>),
        (Option<NaiveDate>, Option<NaiveDate>),
        (Option<SupervisionId>, bool, bool),
    );
    let file = find(reading, id)?;
    reading.permit(&Action::GradeAuditFile(&file.facts()), "audit_file", id)?;
    let (from, to) = file.period;
    let is_of_session = record_steps::record_id.eq(supervisions::id);
    let is_added_to =
        exists(record_steps::table.filter(is_of_session.and(record_steps::entry_id.is_not_null())));
    let was_prepared =
        exists(preparations::table.filter(preparations::supervision_id.eq(supervisions::id.nullable())));
    let rows: Vec<Row> = supervisions::table
        .left_join(personal_parts::table.on(personal_parts::supervision_id.eq(supervisions::id)))
        .filter(supervisions::supervisor_id.eq(&file.supervisor.0))
        .filter(supervisions::supervisee_id.eq(&file.supervisee.0))
        .filter(supervisions::held_on.between(from, to).and(supervisions::line.ne(LinkKind::Reflective)))
        .filter(supervisions::kind.ne(SupervisionKind::Peer))
        .order((supervisions::held_on, supervisions::id))
        .select((
            (
                supervisions::id,
                supervisions::held_on,
                supervisions::recorded_at,
                supervisions::kind,
                supervisions::mode,
                supervisions::minutes,
            ),
            (supervisions::state, supervisions::was_due_on, supervisions::policy_version),
            (supervisions::write_by, supervisions::decide_by),
            (personal_parts::supervision_id.nullable(), is_added_to, was_prepared),
        ))
        .load(reading.connection)?;
    reading.viewed(OPENED, id.as_str());
    let added_to: Vec<&SupervisionId> = rows.iter().filter(|row| row.3.1).map(|row| &row.0.0).collect();
    let added = if added_to.is_empty() { Added::default() } else { added_in(reading, &added_to)? };
    let mut said = said_in(reading, &rows.iter().map(|row| &row.0.0).collect::<Vec<_>>(), added)?;
    let sessions = rows
        .into_iter()
        .map(|(held, (state, was_due_on, policy_version), write_by, (personal, _, was_prepared))| {
            let (id, held_on, recorded_at, kind, mode, minutes) = held;
            let entries =
                said.remove(&id).unwrap_or_default().entries.into_iter().map(RecordEntry::from).collect();
            RecordSession {
                was_due: was_due_on.zip(policy_version),
                write_by,
                was_prepared,
                has_personal_part: personal.is_some(),
                id,
                held_on,
                recorded_at,
                kind,
                mode,
                minutes,
                state,
                entries,
            }
        })
        .collect();
    Ok(FileRecords { file, sessions })
}

/// How regularly the two of a file met, for whoever grades it and has been asked about already.
pub(super) fn regularity(reading: &mut Reading<'_>, file: &DrawnFile) -> Result<Regularity, Problem> {
    let (from, to) = file.period;
    let missed = bookings::missed(reading, &file.supervisee.0)?
        .into_iter()
        .filter(|booking| booking.supervisor == file.supervisor && (from..=to).contains(&booking.on))
        .filter(|booking| SupervisionKind::ROUTINE.contains(&booking.kind))
        .map(|booking| (booking.on, booking.cancel_reason.is_some()))
        .collect();
    let agreed_until = agreements::table
        .filter(agreements::supervisor_id.eq(&file.supervisor.0))
        .filter(agreements::supervisee_id.eq(&file.supervisee.0))
        .filter(agreements::state.eq_any([RecordState::Signed, RecordState::SignedWithComment]))
        .filter(agreements::created_at.lt((to + Days::new(1)).and_time(NaiveTime::MIN)))
        .order(agreements::id.desc())
        .select(agreements::review_on)
        .first(reading.connection)
        .optional()?;
    Ok(Regularity { missed, agreed_until })
}
