//! Rounds: the list, what a round has found so far, and closing it.

use super::drawn::{DrawnFile, of_round};
use super::grades::{FileGrade, grades_of_round, standing};
use super::tool;
use crate::audit::Event;
use crate::content;
use crate::problem::Problem;
use crate::schema::{audit_files, audit_round_teams, audit_rounds, people};
use crate::store::{Reading, Writing};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::{Action, AuditRoundFacts, may};
use domain::audits::{
    Agreement, CountedFile, DomainGrade, Figures, FileState, QualityDomain, Rater, agreement,
};
use domain::form::Problems;
use domain::ids::{AuditRoundId, OrganisationId, PersonId, TeamId};
use std::collections::HashMap;

/// A round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// The round.
    pub id: AuditRoundId,
    /// Its organisation.
    pub organisation: OrganisationId,
    /// Who drew it, by id and name.
    pub lead: (PersonId, String),
    /// What it wants to find out; may be empty.
    pub question: String,
    /// Sessions held from this day to that one.
    pub period: (NaiveDate, NaiveDate),
    /// What decided which files were drawn.
    pub seed: String,
    /// How many files were asked for.
    pub files_wanted: i32,
    /// How many there were to draw from.
    pub population: i32,
    /// The version of the tool.
    pub tool_version: i32,
    /// When it was drawn, in UTC.
    pub drawn_at: NaiveDateTime,
    /// What was learnt; empty until it is closed.
    pub lessons: String,
    /// When it was closed.
    pub closed_on: Option<NaiveDate>,
}

type RoundColumns = (
    (AuditRoundId, OrganisationId),
    (PersonId, String),
    (String, NaiveDate, NaiveDate, String),
    (i32, i32, i32, NaiveDateTime),
    (String, Option<NaiveDate>),
);

macro_rules! rounds_with_leads {
    () => {
        audit_rounds::table.inner_join(people::table.on(people::id.eq(audit_rounds::lead_id))).select((
            (audit_rounds::id, audit_rounds::organisation_id),
            (people::id, people::name),
            (audit_rounds::question, audit_rounds::from_on, audit_rounds::to_on, audit_rounds::seed),
            (
                audit_rounds::files_wanted,
                audit_rounds::population,
                audit_rounds::tool_version,
                audit_rounds::drawn_at,
            ),
            (audit_rounds::lessons, audit_rounds::closed_on),
        ))
    };
}

fn round(columns: RoundColumns) -> Round {
    let (
        (id, organisation),
        lead,
        (question, from, to, seed),
        (files_wanted, population, tool_version, drawn_at),
        (lessons, closed_on),
    ) = columns;
    Round {
        id,
        organisation,
        lead,
        question,
        period: (from, to),
        seed,
        files_wanted,
        population,
        tool_version,
        drawn_at,
        lessons,
        closed_on,
    }
}

/// How far the files of a round have come; those that were taken out are not counted in `files`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many files the sample holds.
    pub files: usize,
    /// How many still wait for a grade, or for two graders to agree.
    pub to_grade: usize,
    /// How many are graded and not shared.
    pub to_share: usize,
    /// How many the audited are reading.
    pub shared: usize,
    /// How many are final.
    pub finished: usize,
    /// How many were taken out of the sample.
    pub withdrawn: usize,
}

impl Progress {
    fn of(states: impl IntoIterator<Item = FileState>) -> Self {
        let mut progress = Self::default();
        for state in states {
            progress.files += usize::from(state != FileState::Withdrawn);
            match state {
                FileState::Grading | FileState::ToAgree => progress.to_grade += 1,
                FileState::Graded | FileState::Agreed => progress.to_share += 1,
                FileState::Shared => progress.shared += 1,
                FileState::Final => progress.finished += 1,
                FileState::Withdrawn => progress.withdrawn += 1,
            }
        }
        progress
    }

    /// Whether nothing is left to do but to say what was learnt.
    pub fn is_done(self) -> bool {
        self.files == self.finished
    }
}

/// A round in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundSummary {
    /// The round.
    pub round: Round,
    /// How far it has come.
    pub progress: Progress,
}

/// Rounds that are listed at most, the newest first.
const LISTED: i64 = 100;

/// The rounds that the actor may read, the newest first. A round's teams decide who may, so the policy is asked for each; there
/// are a few a year.
pub fn list(reading: &mut Reading<'_>) -> Result<Vec<RoundSummary>, Problem> {
    reading.permit(&Action::ListAudits, "audit_rounds", "")?;
    let actor = reading.actor()?;
    let rows: Vec<RoundColumns> = rounds_with_leads!()
        .filter(audit_rounds::organisation_id.eq(&actor.organisation))
        .order((audit_rounds::drawn_at.desc(), audit_rounds::id.desc()))
        .limit(LISTED)
        .load(reading.connection)?;
    let ids: Vec<AuditRoundId> = rows.iter().map(|row| row.0.0.clone()).collect();
    let teams: Vec<(AuditRoundId, TeamId)> = audit_round_teams::table
        .filter(audit_round_teams::round_id.eq_any(&ids))
        .select((audit_round_teams::round_id, audit_round_teams::team_id))
        .load(reading.connection)?;
    let files: Vec<(AuditRoundId, Option<PersonId>, FileState)> = audit_files::table
        .filter(audit_files::round_id.eq_any(&ids))
        .select((audit_files::round_id, audit_files::second_id, audit_files::state))
        .load(reading.connection)?;
    let summary = |row: RoundColumns| {
        let round = round(row);
        let of_this = || files.iter().filter(|(id, ..)| *id == round.id);
        let facts = AuditRoundFacts {
            organisation: round.organisation.clone(),
            lead: round.lead.0.clone(),
            second_graders: of_this().filter_map(|(_, second, _)| second.clone()).collect(),
            teams: teams.iter().filter(|(id, _)| *id == round.id).map(|(_, team)| team.clone()).collect(),
        };
        let progress = Progress::of(of_this().map(|(.., state)| *state));
        may(&actor, &Action::ReadAudit(&facts)).is_allowed().then_some(RoundSummary { round, progress })
    };
    Ok(rows.into_iter().filter_map(summary).collect())
}

/// A team of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundTeam {
    /// The team.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// How many of its files there were to draw from.
    pub population: i32,
    /// How many are in the sample.
    pub drawn: usize,
}

/// Everything that a round's page shows to its reader.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundPage {
    /// The round.
    pub round: Round,
    /// How far it has come.
    pub progress: Progress,
    /// Its teams, by name.
    pub teams: Vec<RoundTeam>,
    /// The files that the reader grades; all of them for whoever leads the round, none for a head of service.
    pub files: Vec<DrawnFile>,
    /// What was found so far, as counts.
    pub figures: Figures,
    /// How far two graders agree, by domain.
    pub agreement: Vec<Agreement>,
    /// What there is to learn, file by file and without a name; for whoever leads the round.
    pub to_learn: Vec<String>,
    /// The domains of the tool.
    pub domains: Vec<QualityDomain>,
    /// Whether the reader leads the round.
    pub leads: bool,
}

/// A round's rows, with what the policy needs to know.
struct Found {
    round: Round,
    teams: Vec<(TeamId, i32)>,
    files: Vec<DrawnFile>,
    facts: AuditRoundFacts,
}

fn find(reading: &mut Reading<'_>, id: &AuditRoundId) -> Result<Found, Problem> {
    let columns: RoundColumns =
        rounds_with_leads!().filter(audit_rounds::id.eq(id)).first(reading.connection)?;
    let round = round(columns);
    let teams: Vec<(TeamId, i32)> = audit_round_teams::table
        .filter(audit_round_teams::round_id.eq(id))
        .select((audit_round_teams::team_id, audit_round_teams::population))
        .load(reading.connection)?;
    let files = of_round(reading, id)?;
    let facts = AuditRoundFacts {
        organisation: round.organisation.clone(),
        lead: round.lead.0.clone(),
        second_graders: files.iter().filter_map(|file| Some(file.second.as_ref()?.0.clone())).collect(),
        teams: teams.iter().map(|(team, _)| team.clone()).collect(),
    };
    Ok(Found { round, teams, files, facts })
}

/// Opens a round.
pub fn open(reading: &mut Reading<'_>, id: &AuditRoundId) -> Result<RoundPage, Problem> {
    let Found { round, teams, files, facts } = find(reading, id)?;
    reading.permit(&Action::ReadAudit(&facts), "audit_round", id)?;
    reading.viewed("audit_round", id.as_str());
    let actor = reading.actor()?;
    let leads = may(&actor, &Action::LeadAudit(&facts)).is_allowed();
    let mut grades: HashMap<_, Vec<FileGrade>> = HashMap::new();
    for grade in grades_of_round(reading, id)? {
        grades.entry(grade.file.clone()).or_default().push(grade);
    }
    let of = |file: &DrawnFile| grades.get(&file.id).map_or(&[][..], Vec::as_slice);
    let counted: Vec<(&DrawnFile, &FileGrade)> = files
        .iter()
        .filter(|file| file.state.counts())
        .filter_map(|file| Some((file, standing(of(file))?)))
        .collect();
    let domains = tool()?.domains;
    let rows = teams_by_name(reading, &teams, &files)?;
    let order: Vec<TeamId> = rows.iter().map(|team| team.id.clone()).collect();
    let counted_files: Vec<CountedFile<'_>> = counted
        .iter()
        .map(|(file, grade)| CountedFile {
            team: &file.team,
            domains: &grade.grade.domains,
            overall: grade.grade.overall,
        })
        .collect();
    let compared: Vec<(&[DomainGrade], &[DomainGrade])> =
        files.iter().filter(|file| file.state.compares()).filter_map(|file| both(of(file))).collect();
    let to_learn = if leads {
        counted.iter().map(|(_, grade)| grade.grade.to_learn.clone()).collect()
    } else {
        Vec::new()
    };
    Ok(RoundPage {
        progress: Progress::of(files.iter().map(|file| file.state)),
        figures: Figures::of(&domains, &order, &counted_files),
        agreement: agreement(&domains, &compared),
        to_learn,
        teams: rows,
        files: files.iter().filter(|file| is_theirs(file, &actor.person)).cloned().collect(),
        domains,
        round,
        leads,
    })
}

/// Whether somebody grades a file: no list of names goes to anybody else.
fn is_theirs(file: &DrawnFile, person: &PersonId) -> bool {
    matches!(file.viewer(person), Some(domain::audits::Viewer::Grader(_)))
}

fn both(grades: &[FileGrade]) -> Option<(&[DomainGrade], &[DomainGrade])> {
    let of =
        |rater| grades.iter().find(|grade| grade.rater == rater).map(|grade| grade.grade.domains.as_slice());
    of(Rater::First).zip(of(Rater::Second))
}

fn teams_by_name(
    reading: &mut Reading<'_>,
    teams: &[(TeamId, i32)],
    files: &[DrawnFile],
) -> Result<Vec<RoundTeam>, Problem> {
    let mut names = content::teams_now(reading)?.names();
    let in_sample = |team: &TeamId| {
        files.iter().filter(|file| file.team == *team && file.state != FileState::Withdrawn).count()
    };
    let mut rows: Vec<RoundTeam> = teams
        .iter()
        .map(|(id, population)| RoundTeam {
            id: id.clone(),
            name: names.remove(id).unwrap_or_default(),
            population: *population,
            drawn: in_sample(id),
        })
        .collect();
    rows.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    Ok(rows)
}

/// A round that the actor may close, if all of its files are final.
pub fn to_close(reading: &mut Reading<'_>, id: &AuditRoundId) -> Result<Round, Problem> {
    let found = find(reading, id)?;
    reading.permit(&Action::LeadAudit(&found.facts), "audit_round", id)?;
    Ok(found.round)
}

/// Closes a round with what was learnt from it.
pub fn close(writing: &mut Writing<'_>, id: &AuditRoundId, lessons: &str) -> Result<(), Problem> {
    let found = find(writing, id)?;
    writing.permit(&Action::LeadAudit(&found.facts), "audit_round", id)?;
    if found.round.closed_on.is_some() {
        return Err(Problems::one("form", "This round is closed and stays as it is").into());
    }
    let progress = Progress::of(found.files.iter().map(|file| file.state));
    if !progress.is_done() {
        let left = i64::try_from(progress.files - progress.finished).unwrap_or(i64::MAX);
        let left = domain::calendar::counted(left, "file is", "files are");
        return Err(
            Problems::one("form", format!("{left} not final yet. Close the round when all are")).into()
        );
    }
    let today = writing.today();
    diesel::update(audit_rounds::table.filter(audit_rounds::id.eq(id)))
        .set((audit_rounds::lessons.eq(lessons), audit_rounds::closed_on.eq(today)))
        .execute(writing.connection)?;
    writing.audit(Event::new("audit_closed", "audit_round", id).with("files", progress.finished))
}
