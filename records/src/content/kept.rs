//! What a server keeps in mind of each organisation, so that a page need not ask for it: rules, teams, courses.

use super::{Rules, rules_version};
use crate::cadence::Variations;
use crate::learning::LanguageYear;
use crate::problem::Problem;
use crate::schema::teams;
use crate::store::Reading;
use crate::training::Course;
use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use domain::ids::{OrganisationId, TeamId};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// What is kept in mind of each organisation, each with the version of its rules at which it was read.
#[derive(Default)]
pub(crate) struct Cache {
    pub(super) rules: Kept<(OrganisationId, NaiveDate), Rules>,
    trees: Kept<OrganisationId, TeamTree>,
    catalogues: Kept<OrganisationId, Vec<Course>>,
    variations: Kept<OrganisationId, Variations>,
    language: Kept<OrganisationId, LanguageYear>,
}

/// A team in the tree of teams.
pub(crate) struct TreeTeam {
    pub(crate) id: TeamId,
    pub(crate) above: Option<TeamId>,
    pub(crate) name: String,
}

/// The tree of teams.
pub(crate) struct TeamTree(Vec<TreeTeam>);

impl TeamTree {
    /// A team and every team below it.
    pub(crate) fn with_below(&self, top: &TeamId) -> Vec<TeamId> {
        let mut found = vec![top.clone()];
        let mut next = 0;
        while let Some(parent) = found.get(next).cloned() {
            let below = self.0.iter().filter(|team| team.above.as_ref() == Some(&parent));
            let below: Vec<TeamId> =
                below.filter(|team| !found.contains(&team.id)).map(|team| team.id.clone()).collect();
            found.extend(below);
            next += 1;
        }
        found
    }

    /// Each team and the one above it.
    pub(crate) fn above(&self) -> HashMap<TeamId, Option<TeamId>> {
        self.0.iter().map(|team| (team.id.clone(), team.above.clone())).collect()
    }

    /// The names of the teams.
    pub(crate) fn names(&self) -> HashMap<TeamId, String> {
        self.0.iter().map(|team| (team.id.clone(), team.name.clone())).collect()
    }
}

pub(super) struct Kept<K, V>(Mutex<HashMap<K, (i32, Arc<V>)>>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    pub(super) fn find(&self, key: &K, version: i32) -> Option<Arc<V>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|(known, _)| *known == version).map(|(_, value)| Arc::clone(value))
    }

    /// Keeps a value, and of the others those that are still wanted.
    pub(super) fn keep(&self, key: K, version: i32, value: &Arc<V>, is_wanted: impl Fn(&K) -> bool) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other, _| is_wanted(other));
        kept.insert(key, (version, Arc::clone(value)));
    }
}

/// The tree of the organisation's teams.
pub(crate) fn teams_now(reading: &mut Reading<'_>) -> Result<Arc<TeamTree>, Problem> {
    let organisation = reading.organisation()?;
    let version = rules_version(reading, &organisation)?;
    team_tree(reading, &organisation, version)
}

/// The tree of an organisation's teams at this version of its rules. A change to a team is a change to the rules, because
/// teams have theirs from the teams above them.
pub(crate) fn team_tree(
    reading: &mut Reading<'_>,
    organisation: &OrganisationId,
    version: i32,
) -> Result<Arc<TeamTree>, Problem> {
    kept_in_mind(
        reading,
        |cache| &cache.trees,
        organisation,
        version,
        |reading| {
            let rows: Vec<(TeamId, Option<TeamId>, String)> = teams::table
                .filter(teams::organisation_id.eq(organisation))
                .select((teams::id, teams::parent_id, teams::name))
                .load(reading.connection)?;
            let teams = rows.into_iter().map(|(id, above, name)| TreeTeam { id, above, name });
            Ok(TeamTree(teams.collect()))
        },
    )
}

/// The organisation's catalogue of courses, which changes as seldom as its rules, and with their version.
pub(crate) fn catalogue(
    reading: &mut Reading<'_>,
    read: impl FnOnce(&mut Reading<'_>) -> Result<Vec<Course>, Problem>,
) -> Result<Arc<Vec<Course>>, Problem> {
    let organisation = reading.organisation()?;
    let version = rules_version(reading, &organisation)?;
    kept_in_mind(reading, |cache| &cache.catalogues, &organisation, version, read)
}

/// The longer intervals of the organisation's cases and people. One that is granted or ended is a change to the rules.
pub(crate) fn variations(
    reading: &mut Reading<'_>,
    read: impl FnOnce(&mut Reading<'_>) -> Result<Variations, Problem>,
) -> Result<Arc<Variations>, Problem> {
    let organisation = reading.organisation()?;
    let version = rules_version(reading, &organisation)?;
    kept_in_mind(reading, |cache| &cache.variations, &organisation, version, read)
}

/// The language of the organisation's records: counted anew when there is another month to count.
pub(crate) fn language_in_mind(
    reading: &mut Reading<'_>,
    newest: Option<NaiveDate>,
    count: impl FnOnce(&mut Reading<'_>) -> Result<LanguageYear, Problem>,
) -> Result<Arc<LanguageYear>, Problem> {
    let organisation = reading.organisation()?;
    let newest = newest.map_or(0, |first| first.num_days_from_ce());
    kept_in_mind(reading, |cache| &cache.language, &organisation, newest, count)
}

/// What is known of an organisation at a version of its rules; read again if it is not, or if this transaction changes it.
fn kept_in_mind<V>(
    reading: &mut Reading<'_>,
    of: impl Fn(&Cache) -> &Kept<OrganisationId, V>,
    organisation: &OrganisationId,
    version: i32,
    read: impl FnOnce(&mut Reading<'_>) -> Result<V, Problem>,
) -> Result<Arc<V>, Problem> {
    if reading.has_changed_rules {
        return Ok(Arc::new(read(reading)?));
    }
    if let Some(known) = of(reading.contents()).find(organisation, version) {
        return Ok(known);
    }
    let value = Arc::new(read(reading)?);
    of(reading.contents()).keep(organisation.clone(), version, &value, |_| true);
    Ok(value)
}
