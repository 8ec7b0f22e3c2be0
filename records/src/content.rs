//! Rules that people edit, as dated versions: policy, ladder, library of questions, calendar and bank holidays.

use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{content_versions, organisations, teams};
use crate::store::{Reading, Writing, new_id};
use crate::training::Course;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::cadence::Book;
use domain::form::Problems;
use domain::ids::{ContentVersionId, OrganisationId, TeamId};
use domain::ladder::Ladder;
use domain::policy::{self, NewVersion, Numbers, Policy, PolicyError, RuleKind};
use domain::reflection::PromptLibrary;
use domain::working_days::{BankHolidays, CalendarSettings, WorkingDays};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Everything by which an organisation works on a day.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The policy of the organisation.
    pub policy: Policy,
    /// The policies of teams that have rules of their own, and of the teams below them.
    of_teams: HashMap<TeamId, Policy>,
    /// Its own part of the calendar.
    pub calendar: CalendarSettings,
    /// The bank holidays that it knows.
    pub bank_holidays: BankHolidays,
    /// Its working days.
    pub working_days: WorkingDays,
    /// Who is told, and when.
    pub ladder: Ladder,
    /// The library of questions, with its version.
    pub library: (i32, PromptLibrary),
}

impl Rules {
    /// The policy of a team.
    pub fn policy_of(&self, team: &TeamId) -> &Policy {
        self.of_teams.get(team).unwrap_or(&self.policy)
    }

    /// The rules by which a team's people and cases are due.
    pub fn book(&self, team: &TeamId) -> Book<'_> {
        Book { policy: self.policy_of(team), working_days: &self.working_days }
    }
}

/// What is kept in mind of each organisation, each with the version of its rules at which it was read.
#[derive(Default)]
pub(crate) struct Cache {
    rules: Kept<(OrganisationId, NaiveDate), Rules>,
    trees: Kept<OrganisationId, TeamTree>,
    catalogues: Kept<OrganisationId, Vec<Course>>,
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

struct Kept<K, V>(Mutex<HashMap<K, (i32, Arc<V>)>>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    fn find(&self, key: &K, version: i32) -> Option<Arc<V>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|(known, _)| *known == version).map(|(_, value)| Arc::clone(value))
    }

    /// Keeps a value, and of the others those that are still wanted.
    fn keep(&self, key: K, version: i32, value: &Arc<V>, is_wanted: impl Fn(&K) -> bool) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other, _| is_wanted(other));
        kept.insert(key, (version, Arc::clone(value)));
    }
}

/// A version that is in force: whose, which, and what it says.
type InForce = (RuleKind, Option<TeamId>, i32, String);

/// The rules in force today.
pub(crate) fn rules(reading: &mut Reading<'_>) -> Result<Arc<Rules>, Problem> {
    let key = (reading.organisation()?, reading.today());
    if reading.has_changed_rules {
        return Ok(Arc::new(rules_on(reading, key.1)?));
    }
    let version = rules_version(reading, &key.0)?;
    if let Some(rules) = reading.contents().rules.find(&key, version) {
        return Ok(rules);
    }
    let read = Arc::new(rules_on(reading, key.1)?);
    let today = key.1;
    reading.contents().rules.keep(key, version, &read, |(_, day)| *day == today);
    Ok(read)
}

fn rules_version(reading: &mut Reading<'_>, organisation: &OrganisationId) -> Result<i32, Problem> {
    if let Some(version) = reading.rules_version {
        return Ok(version);
    }
    let version = organisations::table
        .filter(organisations::id.eq(organisation))
        .select(organisations::rules_version)
        .first(reading.connection)?;
    reading.rules_version = Some(version);
    Ok(version)
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

/// The rules in force on a day that is mostly today.
pub(crate) fn rules_of(reading: &mut Reading<'_>, day: NaiveDate) -> Result<Arc<Rules>, Problem> {
    if day == reading.today() { rules(reading) } else { Ok(Arc::new(rules_on(reading, day)?)) }
}

/// The rules in force on a day.
pub(crate) fn rules_on(reading: &mut Reading<'_>, day: NaiveDate) -> Result<Rules, Problem> {
    let versions = in_force(reading, day)?;
    let body = |kind: RuleKind| {
        let found = versions.iter().find(|(of, team, ..)| *of == kind && team.is_none());
        found.map(|(_, _, version, body)| (*version, body.as_str()))
    };
    let or_shipped = |kind, shipped| body(kind).unwrap_or((1, shipped));
    let (version, text) = or_shipped(RuleKind::Policy, Policy::SHIPPED);
    let policy = Policy::stored(text, version).map_err(Problem::unexpected)?;
    let (version, text) = or_shipped(RuleKind::Ladder, Ladder::SHIPPED);
    let ladder = Ladder::parse(text, version).map_err(Problem::unexpected)?;
    let (version, text) = or_shipped(RuleKind::Prompts, PromptLibrary::SHIPPED);
    let library = (version, PromptLibrary::parse(text).map_err(Problem::unexpected)?);
    let calendar = match body(RuleKind::Calendar) {
        Some((_, text)) => CalendarSettings::parse(text).map_err(Problem::unexpected)?,
        None => CalendarSettings::default(),
    };
    let bank_holidays = bank_holidays(&versions)?;
    let working_days = calendar.working_days(bank_holidays.clone());
    let (of_teams, conflicts) = policies_of_teams(reading, &policy, &versions)?;
    for (team, error) in conflicts {
        tracing::error!(%team, %error, "a team's rules do not fit with those above it and are left out");
    }
    Ok(Rules { policy, of_teams, calendar, bank_holidays, working_days, ladder, library })
}

/// The rules as they would be on a day if the organisation or a team had these numbers.
pub(crate) fn rules_with(
    reading: &mut Reading<'_>,
    day: NaiveDate,
    team: Option<&TeamId>,
    numbers: &Numbers,
) -> Result<Rules, Problem> {
    let mut rules = rules_on(reading, day)?;
    let mut versions = in_force(reading, day)?;
    versions.retain(|(kind, of, ..)| (kind, of.as_ref()) != (&RuleKind::Policy, team));
    let next = versions.iter().map(|(_, _, version, _)| *version).max().unwrap_or(1) + 1;
    versions.push((RuleKind::Policy, team.cloned(), next, policy::to_toml(numbers)));
    if team.is_none() {
        rules.policy = Policy::new(numbers.clone(), next).map_err(Problem::unexpected)?;
    }
    let (of_teams, conflicts) = policies_of_teams(reading, &rules.policy, &versions)?;
    if let Some((team, error)) = conflicts.into_iter().next() {
        let name = teams_now(reading)?.names().remove(&team).unwrap_or_default();
        let field = error.rule().map_or("form", |rule| rule.about().key);
        return Err(Problems::one(field, format!("For the team “{name}”: {error}")).into());
    }
    rules.of_teams = of_teams;
    Ok(rules)
}

/// The files in force laid over each other in the order in which they came, over what ships.
fn bank_holidays(versions: &[InForce]) -> Result<BankHolidays, Problem> {
    let mut files: Vec<(i32, &str)> = versions
        .iter()
        .filter(|(kind, ..)| *kind == RuleKind::BankHolidays)
        .map(|(_, _, version, body)| (*version, body.as_str()))
        .collect();
    files.sort_unstable();
    files.into_iter().try_fold(BankHolidays::shipped(), |known, (_, json)| {
        Ok(known.extended_by(&BankHolidays::parse(json).map_err(Problem::unexpected)?))
    })
}

/// The newest version of each kind, for the organisation and for each team, that holds on a day; of bank holidays every one.
fn in_force(reading: &mut Reading<'_>, day: NaiveDate) -> Result<Vec<InForce>, Problem> {
    let organisation = reading.organisation()?;
    let rows: Vec<InForce> = content_versions::table
        .filter(content_versions::organisation_id.eq(organisation))
        .filter(content_versions::effective_from.le(day))
        .order((content_versions::effective_from.desc(), content_versions::version.desc()))
        .select((
            content_versions::kind,
            content_versions::team_id,
            content_versions::version,
            content_versions::body,
        ))
        .load(reading.connection)?;
    let mut newest: Vec<InForce> = Vec::new();
    for row in rows {
        let is_superseded = newest.iter().any(|(kind, team, ..)| (kind, team) == (&row.0, &row.1));
        if row.0 == RuleKind::BankHolidays || !is_superseded {
            newest.push(row);
        }
    }
    Ok(newest)
}

/// Teams whose own rules do not fit with those above them.
type Conflicts = Vec<(TeamId, PolicyError)>;

/// A team has its own rules where it has some, and else those of the team above it. Rules that do not fit are left out.
fn policies_of_teams(
    reading: &mut Reading<'_>,
    policy: &Policy,
    versions: &[InForce],
) -> Result<(HashMap<TeamId, Policy>, Conflicts), Problem> {
    let mut own = HashMap::new();
    for (kind, team, version, body) in versions {
        if let (RuleKind::Policy, Some(team)) = (kind, team) {
            own.insert(team.clone(), (policy::parse_numbers(body).map_err(Problem::unexpected)?, *version));
        }
    }
    let mut conflicts = Conflicts::new();
    if own.is_empty() {
        return Ok((HashMap::new(), conflicts));
    }
    let tree = teams_now(reading)?.above();
    let mut policies = HashMap::new();
    for team in tree.keys() {
        let mut line = vec![team];
        while let Some(above) = line.last().and_then(|last| tree.get(*last)?.as_ref())
            && !line.contains(&above)
        {
            line.push(above);
        }
        let mut of_team = policy.clone();
        for (numbers, version) in line.iter().rev().filter_map(|team| own.get(*team)) {
            match of_team.for_team(numbers, *version) {
                Ok(fitting) => of_team = fitting,
                Err(error) => conflicts.push((team.clone(), error)),
            }
        }
        policies.insert(team.clone(), of_team);
    }
    Ok((policies, conflicts))
}

/// Adds a version. What it says was checked by whoever calls this.
pub(crate) fn add_version(
    writing: &mut Writing<'_>,
    kind: RuleKind,
    team: Option<&TeamId>,
    new: &NewVersion,
    body: &str,
) -> Result<i32, Problem> {
    let (organisation, author, now) = (writing.organisation()?, writing.actor()?.person, writing.now);
    let newest: Option<i32> = content_versions::table
        .filter(content_versions::organisation_id.eq(&organisation))
        .filter(content_versions::kind.eq(kind))
        .select(diesel::dsl::max(content_versions::version))
        .first(writing.connection)?;
    // What ships is version 1, whether or not it was written down.
    let version = newest.unwrap_or(1) + 1;
    diesel::insert_into(content_versions::table)
        .values((
            content_versions::id.eq(new_id::<ContentVersionId>()),
            content_versions::organisation_id.eq(&organisation),
            (content_versions::kind.eq(kind), content_versions::version.eq(version)),
            content_versions::team_id.eq(team),
            content_versions::effective_from.eq(new.effective_from),
            content_versions::author_id.eq(author),
            content_versions::approver_id.eq(&new.approver),
            content_versions::created_at.eq(now),
            (content_versions::reason.eq(&new.reason), content_versions::body.eq(body)),
        ))
        .execute(writing.connection)?;
    rules_changed(writing)?;
    writing.audit(
        Event::new("rules_changed", "organisation", &organisation)
            .with("kind", kind.code())
            .with("version", version)
            .with("team", team.map_or("", TeamId::as_str))
            .with("effective_from", new.effective_from),
    )?;
    Ok(version)
}

/// Lets every server know that the rules that it keeps in mind are old.
pub(crate) fn rules_changed(writing: &mut Writing<'_>) -> Result<(), Problem> {
    let organisation = writing.organisation()?;
    diesel::update(organisations::table.filter(organisations::id.eq(organisation)))
        .set(organisations::rules_version.eq(organisations::rules_version + 1))
        .execute(writing.connection)?;
    writing.has_changed_rules = true;
    Ok(())
}

/// Gives a new organisation what ships with the product, as version 1. Bank holidays stay those that ship until a file is
/// imported, so that a newer version of the product brings newer ones.
pub(crate) fn install(writing: &mut Writing<'_>, organisation: &OrganisationId) -> Result<(), Problem> {
    let shipped = [
        (RuleKind::Policy, Policy::SHIPPED),
        (RuleKind::Ladder, Ladder::SHIPPED),
        (RuleKind::Prompts, PromptLibrary::SHIPPED),
    ];
    for (kind, body) in shipped {
        diesel::insert_into(content_versions::table)
            .values((
                content_versions::id.eq(new_id::<ContentVersionId>()),
                content_versions::organisation_id.eq(organisation),
                (content_versions::kind.eq(kind), content_versions::version.eq(1)),
                // In force for every day that a record may bear.
                content_versions::effective_from.eq(NaiveDate::default()),
                content_versions::reason.eq("Ships with the product"),
                content_versions::body.eq(body),
            ))
            .execute(writing.connection)?;
    }
    Ok(())
}
