//! The policy as dated versions: to see, to change, and to know beforehand who and what a change touches.

use super::{ClockColumns, clocks_of, lines_of};
use crate::access::{cases_with_lead, visible_cases};
use crate::content::{self, Rules, add_version};
use crate::problem::Problem;
use crate::schema::{cases, content_versions, people, teams};
use crate::store::{Reading, Writing};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::{Action, PersonFacts, may};
use domain::cadence::{Band, PersonStanding};
use domain::cases::CaseStatus;
use domain::form::Problems;
use domain::ids::{CaseId, ContentVersionId, PersonId, TeamId};
use domain::policy::{self, NewVersion, Numbers, Policy, RuleKind};
use std::collections::{HashMap, HashSet};

/// A version of rules in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    /// The row.
    pub id: ContentVersionId,
    /// The number of the version.
    pub version: i32,
    /// The team whose rules they are, by id and name; the organisation's if none.
    pub team: Option<(TeamId, String)>,
    /// Its first day.
    pub effective_from: NaiveDate,
    /// Why it was made.
    pub reason: String,
    /// Who made it, by name.
    pub author: Option<String>,
    /// Who approved it, by name.
    pub approver: Option<String>,
    /// When it was entered, in UTC.
    pub created_at: Option<NaiveDateTime>,
    /// Its numbers: all for the organisation, those that differ for a team.
    pub numbers: Numbers,
}

/// Every version of the policy, the newest first.
pub fn policy_versions(reading: &mut Reading<'_>) -> Result<Vec<PolicyVersion>, Problem> {
    type Row = (
        (ContentVersionId, i32, Option<TeamId>, NaiveDate),
        (String, String, Option<NaiveDateTime>),
        (Option<PersonId>, Option<PersonId>),
    );
    reading.permit(&Action::SeeRules, "rules", "")?;
    let organisation = reading.organisation()?;
    let rows: Vec<Row> = content_versions::table
        .filter(content_versions::organisation_id.eq(&organisation))
        .filter(content_versions::kind.eq(RuleKind::Policy))
        .order(content_versions::version.desc())
        .select((
            (
                content_versions::id,
                content_versions::version,
                content_versions::team_id,
                content_versions::effective_from,
            ),
            (content_versions::reason, content_versions::body, content_versions::created_at),
            (content_versions::author_id, content_versions::approver_id),
        ))
        .load(reading.connection)?;
    let ids: Vec<PersonId> = rows
        .iter()
        .flat_map(|(_, _, (author, approver))| [author.clone(), approver.clone()])
        .flatten()
        .collect();
    let names: HashMap<PersonId, String> = people::table
        .filter(people::id.eq_any(ids))
        .select((people::id, people::name))
        .load::<(PersonId, String)>(reading.connection)?
        .into_iter()
        .collect();
    let team_names = content::teams_now(reading)?.names();
    let name = |person: Option<PersonId>| person.and_then(|person| names.get(&person).cloned());
    rows.into_iter()
        .map(|((id, version, team, effective_from), (reason, body, created_at), (author, approver))| {
            Ok(PolicyVersion {
                id,
                version,
                team: team.and_then(|team| team_names.get(&team).cloned().map(|name| (team, name))),
                effective_from,
                reason,
                author: name(author),
                approver: name(approver),
                created_at,
                numbers: policy::parse_numbers(&body).map_err(Problem::unexpected)?,
            })
        })
        .collect()
}

/// One version by its number.
pub fn policy_version(reading: &mut Reading<'_>, version: i32) -> Result<PolicyVersion, Problem> {
    policy_versions(reading)?.into_iter().find(|found| found.version == version).ok_or(Problem::NotFound)
}

/// The policy in force today, for the organisation or a team.
pub fn policy_in_force(reading: &mut Reading<'_>, team: Option<&TeamId>) -> Result<Policy, Problem> {
    reading.permit(&Action::SeeRules, "rules", "")?;
    let rules = content::rules(reading)?;
    Ok(team.map_or_else(|| rules.policy.clone(), |team| rules.policy_of(team).clone()))
}

/// A change of the policy, as somebody enters it: every number, for the organisation or for a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChange {
    /// The team; the organisation if none.
    pub team: Option<TeamId>,
    /// Every number.
    pub numbers: Numbers,
}

impl PolicyChange {
    /// What is kept: all numbers for the organisation; for a team, those that differ from what it would have otherwise.
    fn kept(&self, reading: &mut Reading<'_>, rules: &Rules) -> Result<Numbers, Problem> {
        let Some(team) = &self.team else { return Ok(self.numbers.clone()) };
        let organisation = reading.organisation()?;
        let above: Option<TeamId> = teams::table
            .filter(teams::id.eq(team).and(teams::organisation_id.eq(organisation)))
            .select(teams::parent_id)
            .first(reading.connection)?;
        let otherwise = above.as_ref().map_or(&rules.policy, |above| rules.policy_of(above));
        let whole = Policy::new(self.numbers.clone(), 0).map_err(Problem::unexpected)?;
        Ok(otherwise.differences(&whole).into_iter().map(|(rule, _, there)| (rule, there)).collect())
    }
}

/// Something that a change of the policy makes due soon or overdue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The words: a case's reference and label, or a person's name.
    pub name: String,
    /// Where its page is.
    pub address: String,
    /// Where it stands now.
    pub before: Band,
    /// Where it would stand.
    pub after: Band,
    /// When it would be due.
    pub due_on: NaiveDate,
}

/// Who and what a change of the policy touches, on the day on which it takes hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyPreview {
    /// The cases.
    pub cases: Turned,
    /// The people.
    pub people: Turned,
}

/// What would turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turned {
    /// How many would be overdue and are not.
    pub overdue: usize,
    /// How many would be due soon and are not.
    pub amber: usize,
    /// How many would no longer be overdue or due soon.
    pub relieved: usize,
    /// Those that would be overdue or due soon, as far as the reader reaches them.
    pub touched: Vec<Touched>,
}

impl Turned {
    /// Counts one, and names it if the reader reaches it.
    fn count(&mut self, before: Band, after: Band, name: impl FnOnce() -> Option<Touched>) {
        let is_pressing = |band: Band| band <= Band::Amber;
        match after {
            same if same == before => return,
            Band::Overdue => self.overdue += 1,
            Band::DueToday | Band::Amber if before != Band::Overdue => self.amber += 1,
            _ if is_pressing(before) => self.relieved += 1,
            _ => return,
        }
        if is_pressing(after) {
            self.touched.extend(name());
        }
    }
}

/// Works out whom and what a change would touch. Counts are of the whole organisation; lists hold what the reader may open.
pub fn preview(
    reading: &mut Reading<'_>,
    change: &PolicyChange,
    effective_from: NaiveDate,
) -> Result<PolicyPreview, Problem> {
    reading.permit(&Action::KeepRules, "rules", "")?;
    let day = effective_from.max(reading.today());
    let before = content::rules_on(reading, day)?;
    let kept = change.kept(reading, &before)?;
    let after = content::rules_with(reading, day, change.team.as_ref(), &kept)?;
    let mut preview = PolicyPreview::default();
    preview_cases(reading, &before, &after, day, &mut preview)?;
    preview_people(reading, &before, &after, day, &mut preview)?;
    Ok(preview)
}

fn preview_cases(
    reading: &mut Reading<'_>,
    before: &Rules,
    after: &Rules,
    day: NaiveDate,
    preview: &mut PolicyPreview,
) -> Result<(), Problem> {
    let (actor, organisation) = (reading.actor()?, reading.organisation()?);
    let open: Vec<(ClockColumns, String, String)> = cases::table
        .filter(cases::organisation_id.eq(organisation).and(cases::status.eq(CaseStatus::Open)))
        .order(cases::reference)
        .select((ClockColumns::as_select(), cases::reference, cases::label))
        .load(reading.connection)?;
    let visible: HashSet<CaseId> = visible_cases(cases_with_lead(), &actor)
        .filter(cases::status.eq(CaseStatus::Open))
        .select(cases::id)
        .load(reading.connection)?
        .into_iter()
        .collect();
    let ids: Vec<&CaseId> = open.iter().map(|(case, ..)| &case.id).collect();
    let clocks = clocks_of(reading, &ids)?;
    for (case, reference, label) in &open {
        let (was, becomes) = (clocks.due(before, case), clocks.due(after, case));
        let (old, new) = (was.state(day).band(), becomes.state(day).band());
        let touched = || Touched {
            name: format!("{reference}, {label}"),
            address: format!("/cases/{}", case.id),
            before: old,
            after: new,
            due_on: becomes.due_on,
        };
        preview.cases.count(old, new, || visible.contains(&case.id).then(touched));
    }
    Ok(())
}

fn preview_people(
    reading: &mut Reading<'_>,
    before: &Rules,
    after: &Rules,
    day: NaiveDate,
    preview: &mut PolicyPreview,
) -> Result<(), Problem> {
    let (actor, organisation) = (reading.actor()?, reading.organisation()?);
    let names: HashMap<PersonId, String> = people::table
        .filter(people::organisation_id.eq(&organisation))
        .select((people::id, people::name))
        .load::<(PersonId, String)>(reading.connection)?
        .into_iter()
        .collect();
    let was = lines_of(reading, before, None)?;
    let becomes = lines_of(reading, after, None)?;
    for (was, becomes) in was.into_iter().zip(becomes) {
        let (PersonStanding::Due(old_due), PersonStanding::Due(due)) = (was.standing, becomes.standing)
        else {
            continue;
        };
        let (old, new) = (old_due.state(day).band(), due.state(day).band());
        let facts =
            PersonFacts { id: was.person.clone(), organisation: organisation.clone(), team: was.team };
        let touched = || Touched {
            name: names.get(&was.person).cloned().unwrap_or_default(),
            address: format!("/people/{}", was.person),
            before: old,
            after: new,
            due_on: due.due_on,
        };
        let is_within_reach = may(&actor, &Action::SeeCadenceOf(&facts)).is_allowed();
        preview.people.count(old, new, || is_within_reach.then(touched));
    }
    Ok(())
}

/// Makes a change of the policy a new version.
pub fn change_policy(
    writing: &mut Writing<'_>,
    change: &PolicyChange,
    new: &NewVersion,
) -> Result<i32, Problem> {
    writing.permit(&Action::KeepRules, "rules", "")?;
    check_version(writing, new)?;
    let rules = content::rules_on(writing, new.effective_from)?;
    let kept = change.kept(writing, &rules)?;
    // Rules that contradict each other for a team below are refused here as well, on every day on which this version holds.
    for day in days_of(writing, change.team.as_ref(), new.effective_from)? {
        content::rules_with(writing, day, change.team.as_ref(), &kept)?;
    }
    let now = change.team.as_ref().map_or(&rules.policy, |team| rules.policy_of(team));
    if now.numbers() == change.numbers {
        return Err(Problems::one("form", "Nothing is changed: every number is as it is in force").into());
    }
    add_version(writing, RuleKind::Policy, change.team.as_ref(), new, &policy::to_toml(&kept))
}

/// The first day of a version and every later day on which other rules change while it still holds.
fn days_of(
    writing: &mut Writing<'_>,
    team: Option<&TeamId>,
    effective_from: NaiveDate,
) -> Result<Vec<NaiveDate>, Problem> {
    let organisation = writing.organisation()?;
    let later: Vec<(NaiveDate, Option<TeamId>)> = content_versions::table
        .filter(content_versions::organisation_id.eq(organisation))
        .filter(content_versions::kind.eq(RuleKind::Policy))
        .filter(content_versions::effective_from.gt(effective_from))
        .order(content_versions::effective_from)
        .select((content_versions::effective_from, content_versions::team_id))
        .load(writing.connection)?;
    let holds = later.into_iter().take_while(|(_, of)| of.as_ref() != team).map(|(day, _)| day);
    Ok(std::iter::once(effective_from).chain(holds).collect())
}

/// What only the records can check of a new version: who approved it is ours and manages.
pub(crate) fn check_version(writing: &mut Writing<'_>, new: &NewVersion) -> Result<(), Problem> {
    let approvers = crate::people::approvers(writing)?;
    if approvers.iter().any(|person| person.id == new.approver) {
        return Ok(());
    }
    Err(Problems::one("approver", "Choose who approved this from the list").into())
}
