//! The tree of teams. Who manages a team oversees it and every team below it.

use crate::audit::Event;
use crate::problem::{Problem, Stale};
use crate::schema::{people, teams};
use crate::store::{Reading, Writing, new_id};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::form::Problems;
use domain::ids::TeamId;
use domain::people::{Standing, TeamDetails};
use std::collections::HashMap;

/// A team, with its place in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Team {
    /// The team.
    pub id: TeamId,
    /// The team above it.
    pub parent: Option<TeamId>,
    /// Its name.
    pub name: String,
    /// The version.
    pub version: i32,
}

/// The teams of the organisation, by name.
pub fn list(reading: &mut Reading<'_>) -> Result<Vec<Team>, Problem> {
    let organisation = reading.organisation()?;
    Ok(teams::table
        .filter(teams::organisation_id.eq(organisation))
        .order((teams::name, teams::id))
        .select((teams::id, teams::parent_id, teams::name, teams::version))
        .load(reading.connection)?)
}

/// A team where it stands in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The team.
    pub team: Team,
    /// How many people of it work here now.
    pub people: i64,
    /// The teams right below it, by name.
    pub below: Vec<Branch>,
}

/// The whole tree, from its tops.
pub fn tree(reading: &mut Reading<'_>) -> Result<Vec<Branch>, Problem> {
    reading.permit(&Action::AdministerPeople, "teams", "")?;
    let all = list(reading)?;
    let ids: Vec<&TeamId> = all.iter().map(|team| &team.id).collect();
    let sizes: Vec<(TeamId, i64)> = people::table
        .filter(people::team_id.eq_any(ids).and(people::standing.eq(Standing::Active.code())))
        .group_by(people::team_id)
        .select((people::team_id, diesel::dsl::count_star()))
        .load(reading.connection)?;
    Ok(branches(None, &all, &sizes.into_iter().collect()))
}

fn branches(above: Option<&TeamId>, all: &[Team], sizes: &HashMap<TeamId, i64>) -> Vec<Branch> {
    all.iter()
        .filter(|team| team.parent.as_ref() == above)
        .map(|team| Branch {
            team: team.clone(),
            people: sizes.get(&team.id).copied().unwrap_or(0),
            below: branches(Some(&team.id), all, sizes),
        })
        .collect()
}

/// Opens a team to change it.
pub fn open(reading: &mut Reading<'_>, id: &TeamId) -> Result<Team, Problem> {
    reading.permit(&Action::AdministerPeople, "team", id)?;
    list(reading)?.into_iter().find(|team| team.id == *id).ok_or(Problem::NotFound)
}

/// Adds a team.
pub fn add(writing: &mut Writing<'_>, details: &TeamDetails) -> Result<TeamId, Problem> {
    writing.permit(&Action::AdministerPeople, "teams", "")?;
    check_details(writing, details, None)?;
    insert(writing, details)
}

pub(crate) fn insert(writing: &mut Writing<'_>, details: &TeamDetails) -> Result<TeamId, Problem> {
    let (id, organisation): (TeamId, _) = (new_id(), writing.organisation()?);
    diesel::insert_into(teams::table)
        .values((
            teams::id.eq(&id),
            teams::organisation_id.eq(organisation),
            teams::parent_id.eq(&details.parent),
            teams::name.eq(&details.name),
            teams::version.eq(1),
        ))
        .execute(writing.connection)?;
    crate::content::rules_changed(writing)?;
    writing.audit(Event::new("team_added", "team", &id))?;
    Ok(id)
}

/// Renames a team, or moves it with everything below it.
pub fn change(
    writing: &mut Writing<'_>,
    id: &TeamId,
    version: i32,
    details: &TeamDetails,
) -> Result<(), Problem> {
    let before = open(writing, id)?;
    check_details(writing, details, Some(id))?;
    if before.version != version {
        return Err(Stale::new(before.version, vec![("Name", before.name)]).into());
    }
    diesel::update(teams::table.filter(teams::id.eq(id)))
        .set((
            teams::name.eq(&details.name),
            teams::parent_id.eq(&details.parent),
            teams::version.eq(version + 1),
        ))
        .execute(writing.connection)?;
    crate::content::rules_changed(writing)?;
    writing.audit(Event::new("team_changed", "team", id).with("version", version + 1))
}

/// What only the records can check: the name is free, and the team above is ours and not below this one.
fn check_details(
    writing: &mut Writing<'_>,
    details: &TeamDetails,
    itself: Option<&TeamId>,
) -> Result<(), Problem> {
    let all = list(writing)?;
    let is_taken = |team: &&Team| team.name.eq_ignore_ascii_case(&details.name) && Some(&team.id) != itself;
    if all.iter().any(|team| is_taken(&team)) {
        return Err(Problems::one("name", "There is a team of this name already").into());
    }
    let mut above = details.parent.as_ref();
    while let Some(id) = above {
        if Some(id) == itself {
            return Err(Problems::one("parent", "A team cannot stand below itself").into());
        }
        let Some(team) = all.iter().find(|team| team.id == *id) else {
            return Err(Problems::one("parent", "Choose a team from the list").into());
        };
        above = team.parent.as_ref();
    }
    Ok(())
}
