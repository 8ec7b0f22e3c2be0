//! Drawing a round: which files there are, and which of them chance takes.

use super::tool;
use crate::access::{people_with_team, visible_people};
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{
    audit_files, audit_round_teams, audit_rounds, people, person_roles, supervisions, teams,
};
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::Action;
use domain::audits::{FileKey, FileState, NewRound, Population, Seed, draw as draw_files};
use domain::form::Problems;
use domain::ids::{AuditFileId, AuditRoundId, PersonId, TeamId};
use domain::people::{LinkKind, Role, Standing};
use domain::supervision::{RecordState, SupervisionKind};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody who can grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auditor {
    /// The person.
    pub id: PersonId,
    /// The name.
    pub name: String,
}

/// What can be chosen for a new round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// Teams within sight that have people, by name.
    pub teams: Vec<(TeamId, String)>,
    /// The other auditors, by name.
    pub auditors: Vec<Auditor>,
}

/// What can be chosen for a new round.
pub fn choices(reading: &mut Reading<'_>) -> Result<Choices, Problem> {
    reading.permit(&Action::DrawAudit, "audit_rounds", "")?;
    let actor = reading.actor()?;
    let teams: Vec<(TeamId, String)> = visible_people(people_with_team(), &actor)
        .filter(people::standing.eq(Standing::Active))
        .select((teams::id, teams::name))
        .distinct()
        .order((teams::name, teams::id))
        .load(reading.connection)?;
    Ok(Choices { teams, auditors: other_auditors(reading)? })
}

/// The auditors of the organisation who work here, without the actor.
pub(super) fn other_auditors(reading: &mut Reading<'_>) -> Result<Vec<Auditor>, Problem> {
    let actor = reading.actor()?;
    let rows: Vec<(PersonId, String)> = person_roles::table
        .inner_join(people::table.on(people::id.eq(person_roles::person_id)))
        .filter(person_roles::organisation_id.eq(&actor.organisation))
        .filter(person_roles::role.eq(Role::Auditor).and(people::standing.eq(Standing::Active)))
        .filter(people::id.ne(&actor.person))
        .order((people::name, people::id))
        .select((people::id, people::name))
        .load(reading.connection)?;
    Ok(rows.into_iter().map(|(id, name)| Auditor { id, name }).collect())
}

/// The files of these teams in this period, as the actor may draw them: those in which a session was held, without those of which
/// the actor is one of the two. Reflective supervision by somebody else and talks among peers are no
/// management records and are left out, and so is a record that is void.
pub(super) fn population(
    reading: &mut Reading<'_>,
    of_teams: &[TeamId],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Population, Problem> {
    let actor = reading.actor()?;
    let members: BTreeMap<PersonId, TeamId> = visible_people(people_with_team(), &actor)
        .filter(people::team_id.eq_any(of_teams.to_vec()))
        .select((people::id, people::team_id))
        .load::<(PersonId, TeamId)>(reading.connection)?
        .into_iter()
        .collect();
    let pairs: Vec<(PersonId, PersonId)> = supervisions::table
        .filter(supervisions::organisation_id.eq(&actor.organisation))
        .filter(supervisions::held_on.between(from, to))
        .filter(supervisions::line.ne(LinkKind::Reflective).and(supervisions::kind.ne(SupervisionKind::Peer)))
        .filter(supervisions::state.ne(RecordState::Voided))
        .filter(
            supervisions::supervisor_id.ne(&actor.person).and(supervisions::supervisee_id.ne(&actor.person)),
        )
        .select((supervisions::supervisor_id, supervisions::supervisee_id))
        .distinct()
        .load(reading.connection)?;
    let mut population: Population = of_teams.iter().map(|team| (team.clone(), BTreeSet::new())).collect();
    for (supervisor, supervisee) in pairs {
        let of_team = members.get(&supervisee).and_then(|team| population.get_mut(team));
        if let Some(files) = of_team {
            files.insert(FileKey { supervisor, supervisee });
        }
    }
    Ok(population)
}

/// Draws a round.
pub fn draw(writing: &mut Writing<'_>, new: &NewRound) -> Result<AuditRoundId, Problem> {
    writing.permit(&Action::DrawAudit, "audit_rounds", "")?;
    check_choices(writing, new)?;
    let population = population(writing, &new.teams, (new.from, new.to))?;
    let all: usize = population.values().map(BTreeSet::len).sum();
    if all == 0 {
        let words = "No supervision of these teams is recorded in this time, so there is nothing to draw. Choose other days or teams";
        return Err(Problems::one("from", words).into());
    }
    let drawn = draw_files(&population, new.files, &new.seed);
    let (id, now, actor) = (new_id::<AuditRoundId>(), writing.now, writing.actor()?);
    diesel::insert_into(audit_rounds::table)
        .values((
            (audit_rounds::id.eq(&id), audit_rounds::organisation_id.eq(&actor.organisation)),
            (audit_rounds::lead_id.eq(&actor.person), audit_rounds::question.eq(&new.question)),
            (audit_rounds::from_on.eq(new.from), audit_rounds::to_on.eq(new.to)),
            (audit_rounds::seed.eq(new.seed.as_str()), audit_rounds::files_wanted.eq(stored(new.files)?)),
            (audit_rounds::population.eq(stored(all)?), audit_rounds::tool_version.eq(tool()?.version)),
            (audit_rounds::lessons.eq(""), audit_rounds::drawn_at.eq(now)),
        ))
        .execute(writing.connection)?;
    for (team, files) in &population {
        diesel::insert_into(audit_round_teams::table)
            .values((
                (audit_round_teams::round_id.eq(&id), audit_round_teams::team_id.eq(team)),
                audit_round_teams::organisation_id.eq(&actor.organisation),
                audit_round_teams::population.eq(stored(files.len())?),
            ))
            .execute(writing.connection)?;
    }
    let twice = graded_twice(new, &drawn);
    for (team, files) in &drawn {
        for file in files {
            let second = twice.as_ref().filter(|(_, chosen)| chosen.contains(file)).map(|(person, _)| person);
            insert_file(writing, &id, team, file, second)?;
        }
    }
    let count: usize = drawn.values().map(Vec::len).sum();
    writing.audit(
        Event::new("audit_drawn", "audit_round", &id)
            .with("files", count)
            .with("population", all)
            .with("teams", population.len()),
    )?;
    Ok(id)
}

/// What only the records can check: the teams are within sight, and the second grader is an auditor.
fn check_choices(writing: &mut Writing<'_>, new: &NewRound) -> Result<(), Problem> {
    let offered = choices(writing)?;
    if !new.teams.iter().all(|team| offered.teams.iter().any(|(known, _)| known == team)) {
        return Err(Problems::one("team", "Choose teams from the list").into());
    }
    let is_known = |person: &PersonId| offered.auditors.iter().any(|auditor| auditor.id == *person);
    if new.second.as_ref().is_some_and(|(person, _)| !is_known(person)) {
        return Err(Problems::one("second", "Choose somebody from the list").into());
    }
    Ok(())
}

/// Who grades again, and which files: the seed decides among those that are not about them.
fn graded_twice(
    new: &NewRound,
    drawn: &BTreeMap<TeamId, Vec<FileKey>>,
) -> Option<(PersonId, BTreeSet<FileKey>)> {
    let (person, count) = new.second.as_ref()?;
    let open = drawn.values().flatten().filter(|file| !is_about(file, person)).cloned().collect();
    Some((person.clone(), in_order(&new.seed, &open, *count)))
}

fn in_order(seed: &Seed, files: &BTreeSet<FileKey>, count: usize) -> BTreeSet<FileKey> {
    seed.order(files).into_iter().take(count).collect()
}

/// Whether somebody is one of the two of a file.
pub(super) fn is_about(file: &FileKey, person: &PersonId) -> bool {
    file.supervisor == *person || file.supervisee == *person
}

/// Puts a file that was drawn into its round.
pub(super) fn insert_file(
    writing: &mut Writing<'_>,
    round: &AuditRoundId,
    team: &TeamId,
    file: &FileKey,
    second: Option<&PersonId>,
) -> Result<AuditFileId, Problem> {
    let (id, now, organisation) = (new_id::<AuditFileId>(), writing.now, writing.organisation()?);
    diesel::insert_into(audit_files::table)
        .values((
            (audit_files::id.eq(&id), audit_files::organisation_id.eq(organisation)),
            (audit_files::round_id.eq(round), audit_files::team_id.eq(team)),
            (
                audit_files::supervisor_id.eq(&file.supervisor),
                audit_files::supervisee_id.eq(&file.supervisee),
            ),
            (audit_files::second_id.eq(second), audit_files::state.eq(FileState::Grading)),
            (audit_files::withdrawn_because.eq(""), audit_files::drawn_at.eq(now)),
        ))
        .execute(writing.connection)?;
    Ok(id)
}

/// A count as the database keeps it.
fn stored(count: usize) -> Result<i32, Problem> {
    i32::try_from(count).map_err(Problem::unexpected)
}
