//! Drawn files with their round and their people, as every read here begins.

use crate::problem::Problem;
use crate::schema::{audit_files, audit_rounds, people};
use crate::store::Reading;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::AuditFileFacts;
use domain::audits::{FileKey, FileState, Rater, Seed, Viewer};
use domain::ids::{AuditFileId, AuditRoundId, OrganisationId, PersonId, TeamId};

mod aliases {
    use crate::schema::people;
    diesel::alias!(
        people as leading: Leading,
        people as audited_supervisor: AuditedSupervisor,
        people as audited_supervisee: AuditedSupervisee,
        people as grading_again: GradingAgain
    );
}
use aliases::{audited_supervisee, audited_supervisor, grading_again, leading};

/// A file that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnFile {
    /// The file.
    pub id: AuditFileId,
    /// Its round.
    pub round: AuditRoundId,
    /// Its organisation.
    pub organisation: OrganisationId,
    /// The team of the person supervised.
    pub team: TeamId,
    /// How far it has come.
    pub state: FileState,
    /// Who drew it and grades it first, by id and name.
    pub lead: (PersonId, String),
    /// Who was asked for a second grade, by id and name.
    pub second: Option<(PersonId, String)>,
    /// Who supervised, by id and name.
    pub supervisor: (PersonId, String),
    /// Who was supervised, by id and name.
    pub supervisee: (PersonId, String),
    /// What the round wants to find out; may be empty.
    pub question: String,
    /// The sessions that it is about: held from this day to that one.
    pub period: (NaiveDate, NaiveDate),
    /// What decided which files were drawn.
    pub seed: String,
    /// When it was drawn, in UTC.
    pub drawn_at: NaiveDateTime,
    /// When the findings were shared.
    pub shared_on: Option<NaiveDate>,
    /// The last day on which the two can comment.
    pub comment_by: Option<NaiveDate>,
    /// When it became final.
    pub final_on: Option<NaiveDate>,
    /// Why it was taken out of the sample.
    pub withdrawn_because: String,
}

impl DrawnFile {
    /// What the policy needs to know.
    pub(super) fn facts(&self) -> AuditFileFacts {
        AuditFileFacts {
            organisation: self.organisation.clone(),
            lead: self.lead.0.clone(),
            second: self.second.as_ref().map(|(id, _)| id.clone()),
            supervisor: self.supervisor.0.clone(),
            supervisee: self.supervisee.0.clone(),
            state: self.state,
        }
    }

    /// The two whom it is about.
    pub(super) fn key(&self) -> FileKey {
        FileKey { supervisor: self.supervisor.0.clone(), supervisee: self.supervisee.0.clone() }
    }

    /// The seed with which it was drawn.
    pub(super) fn seed(&self) -> Result<Seed, Problem> {
        Seed::new(&self.seed).ok_or_else(|| Problem::unexpected("a stored seed is none"))
    }

    /// Everybody who has something to do with the file: the two, and its graders.
    pub(super) fn involved(&self) -> impl Iterator<Item = PersonId> {
        let second = self.second.iter().map(|(id, _)| id);
        [&self.lead.0, &self.supervisor.0, &self.supervisee.0].into_iter().chain(second).cloned()
    }

    /// Who somebody is to the file, if they have anything to do with it.
    pub fn viewer(&self, person: &PersonId) -> Option<Viewer> {
        if *person == self.supervisor.0 || *person == self.supervisee.0 {
            return Some(Viewer::Audited);
        }
        if *person == self.lead.0 {
            return Some(Viewer::Grader(Rater::First));
        }
        let is_second = self.second.as_ref().is_some_and(|(second, _)| second == person);
        is_second.then_some(Viewer::Grader(Rater::Second))
    }
}

type FileColumns = (
    (AuditFileId, AuditRoundId, OrganisationId, TeamId, FileState),
    (PersonId, String),
    Option<(PersonId, String)>,
    (PersonId, String),
    (PersonId, String),
    (String, NaiveDate, NaiveDate, String),
    (NaiveDateTime, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>, String),
);

/// Drawn files with their round and their people.
macro_rules! drawn_files {
    () => {
        audit_files::table
            .inner_join(audit_rounds::table.on(audit_rounds::id.eq(audit_files::round_id)))
            .inner_join(leading.on(leading.field(people::id).eq(audit_rounds::lead_id)))
            .inner_join(
                audited_supervisor.on(audited_supervisor.field(people::id).eq(audit_files::supervisor_id)),
            )
            .inner_join(
                audited_supervisee.on(audited_supervisee.field(people::id).eq(audit_files::supervisee_id)),
            )
            .left_join(
                grading_again.on(grading_again.field(people::id).nullable().eq(audit_files::second_id)),
            )
            .select((
                (
                    audit_files::id,
                    audit_files::round_id,
                    audit_files::organisation_id,
                    audit_files::team_id,
                    audit_files::state,
                ),
                leading.fields((people::id, people::name)),
                grading_again.fields((people::id, people::name)).nullable(),
                audited_supervisor.fields((people::id, people::name)),
                audited_supervisee.fields((people::id, people::name)),
                (audit_rounds::question, audit_rounds::from_on, audit_rounds::to_on, audit_rounds::seed),
                (
                    audit_files::drawn_at,
                    audit_files::shared_on,
                    audit_files::comment_by,
                    audit_files::final_on,
                    audit_files::withdrawn_because,
                ),
            ))
    };
}

fn drawn_file(columns: FileColumns) -> DrawnFile {
    let (
        (id, round, organisation, team, state),
        lead,
        second,
        supervisor,
        supervisee,
        (question, from, to, seed),
        (drawn_at, shared_on, comment_by, final_on, withdrawn_because),
    ) = columns;
    DrawnFile {
        id,
        round,
        organisation,
        team,
        state,
        lead,
        second,
        supervisor,
        supervisee,
        question,
        period: (from, to),
        seed,
        drawn_at,
        shared_on,
        comment_by,
        final_on,
        withdrawn_because,
    }
}

/// A drawn file, before anybody is asked whether the actor may have it.
pub(super) fn find(reading: &mut Reading<'_>, id: &AuditFileId) -> Result<DrawnFile, Problem> {
    let columns: FileColumns = drawn_files!().filter(audit_files::id.eq(id)).first(reading.connection)?;
    Ok(drawn_file(columns))
}

/// The files of a round, in the order in which they were drawn.
pub(super) fn of_round(reading: &mut Reading<'_>, round: &AuditRoundId) -> Result<Vec<DrawnFile>, Problem> {
    let rows: Vec<FileColumns> = drawn_files!()
        .filter(audit_files::round_id.eq(round))
        .order(audit_files::id)
        .load(reading.connection)?;
    Ok(rows.into_iter().map(drawn_file).collect())
}

/// The files of which somebody is one of the two, the newest first.
pub(super) fn about(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<DrawnFile>, Problem> {
    let organisation = reading.organisation()?;
    let rows: Vec<FileColumns> = drawn_files!()
        .filter(audit_files::organisation_id.eq(organisation))
        .filter(audit_files::supervisor_id.eq(person).or(audit_files::supervisee_id.eq(person)))
        .order(audit_files::id.desc())
        .load(reading.connection)?;
    Ok(rows.into_iter().map(drawn_file).collect())
}
