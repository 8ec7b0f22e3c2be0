//! Rules that people edit, as dated versions: policy, ladder, library of questions, templates, ways to reflect, lexicon, calendar and bank
//! holidays.

mod kept;

pub(crate) use kept::{Cache, TeamTree, catalogue, language_in_mind, team_tree, teams_now, variations};

use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{content_versions, organisations};
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::cadence::Book;
use domain::caseload::CaseloadWeights;
use domain::form::Problems;
use domain::ids::{ContentVersionId, OrganisationId, TeamId};
use domain::ladder::Ladder;
use domain::lens::Lexicon;
use domain::policy::{self, NewVersion, Numbers, Policy, PolicyError, RuleKind};
use domain::reflection::{ModelsInUse, PromptLibrary};
use domain::templates::{Answers, NewAnswers, TemplatePart, Templates};
use domain::working_days::{BankHolidays, CalendarSettings, WorkingDays};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

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
    /// What each case weighs in a caseload, with its version.
    pub caseload: (i32, CaseloadWeights),
    /// What the forms ask besides.
    pub templates: Arc<Templates>,
    /// Which ways to reflect are used.
    pub models: Arc<ModelsInUse>,
    /// The words that the lens knows.
    pub wording: Arc<Wording>,
}

/// The words that the lens knows, and where a browser finds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// The lexicon.
    pub lexicon: Lexicon,
    /// What of it a browser is given.
    pub lines: String,
    /// The address of these lines: others have another, so that a browser may keep them.
    pub address: String,
}

impl Wording {
    fn new(lexicon: Lexicon) -> Self {
        let lines = lexicon.for_browser();
        let address = format!("/lexicon/{}", &crate::secrets::sha256(&lines)[..16]);
        Self { lexicon, lines, address }
    }
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
    let ladder = Ladder::stored(text, version).map_err(Problem::unexpected)?;
    let (version, text) = or_shipped(RuleKind::Prompts, PromptLibrary::SHIPPED);
    let library = (version, PromptLibrary::parse(text).map_err(Problem::unexpected)?);
    let (version, text) = or_shipped(RuleKind::Caseload, CaseloadWeights::SHIPPED);
    let caseload = (version, CaseloadWeights::stored(text).map_err(Problem::unexpected)?);
    let (version, text) = or_shipped(RuleKind::Templates, Templates::SHIPPED);
    let templates = Arc::new(Templates::parse(text, version).map_err(Problem::unexpected)?);
    let (version, text) = or_shipped(RuleKind::Models, ModelsInUse::SHIPPED);
    let models = Arc::new(ModelsInUse::parse(text, version).map_err(Problem::unexpected)?);
    let (version, text) = or_shipped(RuleKind::Lexicon, Lexicon::SHIPPED);
    let wording = Arc::new(Wording::new(Lexicon::parse(text, version).map_err(Problem::unexpected)?));
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
    Ok(Rules {
        policy,
        of_teams,
        calendar,
        bank_holidays,
        working_days,
        ladder,
        library,
        caseload,
        templates,
        models,
        wording,
    })
}

/// Answers as they are kept: with the words of the version that was on the page.
pub(crate) fn answers(
    reading: &mut Reading<'_>,
    part: TemplatePart,
    new: &NewAnswers,
) -> Result<Answers, Problem> {
    if new.is_empty() {
        return Ok(Answers::default());
    }
    Ok(templates_at(reading, new.version())?.answers(part, new)?)
}

/// The templates of a version; those in force if there is no such version.
fn templates_at(reading: &mut Reading<'_>, version: Option<i32>) -> Result<Arc<Templates>, Problem> {
    let now = Arc::clone(&rules(reading)?.templates);
    let Some(version) = version.filter(|version| *version != now.version()) else { return Ok(now) };
    let organisation = reading.organisation()?;
    let text: Option<String> = content_versions::table
        .filter(content_versions::organisation_id.eq(organisation))
        .filter(content_versions::kind.eq(RuleKind::Templates).and(content_versions::version.eq(version)))
        .select(content_versions::body)
        .first(reading.connection)
        .optional()?;
    match text.as_deref().or((version == 1).then_some(Templates::SHIPPED)) {
        Some(text) => Ok(Arc::new(Templates::parse(text, version).map_err(Problem::unexpected)?)),
        None => Ok(now),
    }
}

/// The lexicon in force on each of these days, each version read once and the other rules not at all.
pub(crate) fn lexicons_on(
    reading: &mut Reading<'_>,
    days: &[NaiveDate],
) -> Result<Vec<Arc<Lexicon>>, Problem> {
    let organisation = reading.organisation()?;
    let versions: Vec<(NaiveDate, i32, String)> = content_versions::table
        .filter(content_versions::organisation_id.eq(organisation))
        .filter(content_versions::kind.eq(RuleKind::Lexicon))
        .order((content_versions::effective_from.desc(), content_versions::version.desc()))
        .select((content_versions::effective_from, content_versions::version, content_versions::body))
        .load(reading.connection)?;
    let mut known: HashMap<i32, Arc<Lexicon>> = HashMap::new();
    let mut lexicons = Vec::with_capacity(days.len());
    for day in days {
        let in_force = versions.iter().find(|(from, ..)| from <= day);
        let (version, text) =
            in_force.map_or((1, Lexicon::SHIPPED), |(_, version, body)| (*version, body.as_str()));
        let lexicon = match known.entry(version) {
            Entry::Occupied(lexicon) => lexicon.into_mut(),
            Entry::Vacant(place) => {
                place.insert(Arc::new(Lexicon::parse(text, version).map_err(Problem::unexpected)?))
            }
        };
        lexicons.push(Arc::clone(lexicon));
    }
    Ok(lexicons)
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
    let version = next_version(writing, kind)?;
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

/// The number of the version that comes next.
pub(crate) fn next_version(reading: &mut Reading<'_>, kind: RuleKind) -> Result<i32, Problem> {
    let organisation = reading.organisation()?;
    let newest: Option<i32> = content_versions::table
        .filter(content_versions::organisation_id.eq(&organisation))
        .filter(content_versions::kind.eq(kind))
        .select(diesel::dsl::max(content_versions::version))
        .first(reading.connection)?;
    // What ships is version 1, whether or not it was written down.
    Ok(newest.unwrap_or(1) + 1)
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
/// imported, so that a newer version of the product brings newer ones; questions, weights and templates those until somebody changes
/// them.
pub(crate) fn install(writing: &mut Writing<'_>, organisation: &OrganisationId) -> Result<(), Problem> {
    let shipped = [(RuleKind::Policy, Policy::SHIPPED), (RuleKind::Ladder, Ladder::SHIPPED)];
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
