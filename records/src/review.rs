//! What is overdue for supervision, and who is told.

use crate::access::{CasesWithLead, Who, cases_with_lead, visible_cases};
use crate::audit::Event;
use crate::cases::{CaseSummary, SummaryRow, summary, summary_columns};
use crate::problem::Problem;
use crate::schema::{cases, organisations, people, person_roles, review_notices, supervisor_links, teams};
use crate::store::{Reading, Store, Writing};
use crate::{content, mail};
use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::calendar::{add_days, london_day};
use domain::cases::CaseStatus;
use domain::ids::{CaseId, MailId, OrganisationId, PersonId, TeamId};
use domain::people::{LinkKind, Role, Standing};
use domain::review::{OverdueCounts, Policy, ReviewState, Since};
use std::collections::{BTreeMap, HashMap};

/// The open cases that are overdue today: for each interval, the plan types that have it and the day before which the
/// clock must have begun. The database then reads only those rows.
fn overdue_cases(policy: &Policy, today: NaiveDate) -> CasesWithLead {
    let mut plans_by_interval: BTreeMap<u32, Vec<&'static str>> = BTreeMap::new();
    for (plan, days) in &policy.case.interval_days {
        plans_by_interval.entry(*days).or_default().push(plan.code());
    }
    let mut any = cases_with_lead();
    for (days, plans) in plans_by_interval {
        // Due on the day `begun + days`, overdue the day after.
        let begun_before = today.checked_sub_days(Days::new(days.into())).unwrap_or(NaiveDate::MIN);
        let clock = cases::last_held_on
            .lt(begun_before)
            .or(cases::last_held_on.is_null().and(cases::allocated_on.lt(begun_before)).nullable());
        any = any.or_filter(cases::plan_type.eq_any(plans).nullable().and(clock));
    }
    any.filter(cases::status.eq(CaseStatus::Open))
}

/// A case that is overdue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverdueCase {
    /// The case, with when it was due.
    pub case: CaseSummary,
    /// Days past due.
    pub days: i64,
}

/// The overdue cases within reach: those never discussed first, then the longest waiting.
pub fn overdue(reading: &mut Reading<'_>) -> Result<Vec<OverdueCase>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::ListCases, "cases", "")?;
    let policy = content::policy(reading)?;
    let today = reading.today();
    let rows: Vec<SummaryRow> = visible_cases(overdue_cases(&policy, today), &actor)
        .select(summary_columns!())
        .load(reading.connection)?;
    let mut overdue: Vec<OverdueCase> = rows
        .into_iter()
        .map(|row| summary(row, &policy))
        .filter_map(|case| {
            let ReviewState::Overdue { days } = case.due.state(today) else { return None };
            Some(OverdueCase { case, days })
        })
        .collect();
    overdue.sort_by(|one, other| {
        let key = |each: &OverdueCase| (each.case.due.since == Since::LastHeld, -each.days);
        key(one).cmp(&key(other)).then_with(|| one.case.reference.cmp(&other.case.reference))
    });
    Ok(overdue)
}

/// The overdue cases within reach, as [`overdue`] gives them, each with the name of its lead practitioner's line supervisor.
pub fn overdue_with_supervisors(
    reading: &mut Reading<'_>,
) -> Result<Vec<(OverdueCase, Option<String>)>, Problem> {
    let overdue = overdue(reading)?;
    let organisation = reading.organisation()?;
    let supervisors = line_supervisors(reading, &organisation)?;
    let supervisor = |case: &CaseSummary| {
        let (lead, _) = case.lead.as_ref()?;
        supervisors.get(lead).map(|(_, name)| name.clone())
    };
    Ok(overdue
        .into_iter()
        .map(|overdue| {
            let name = supervisor(&overdue.case);
            (overdue, name)
        })
        .collect())
}

/// Everybody's line supervisor today, by id and name.
fn line_supervisors(
    reading: &mut Reading<'_>,
    organisation: &OrganisationId,
) -> Result<HashMap<PersonId, (PersonId, String)>, Problem> {
    let today = reading.today();
    let rows: Vec<(PersonId, PersonId, String)> = supervisor_links::table
        .inner_join(people::table.on(people::id.eq(supervisor_links::supervisor_id)))
        .filter(supervisor_links::organisation_id.eq(organisation))
        .filter(supervisor_links::kind.eq(LinkKind::Line.code()))
        .filter(supervisor_links::from_on.le(today))
        .filter(supervisor_links::to_on.is_null().or(supervisor_links::to_on.ge(today)))
        .filter(people::standing.eq(Standing::Active.code()))
        .order(supervisor_links::from_on)
        .select((supervisor_links::supervisee_id, people::id, people::name))
        .load(reading.connection)?;
    Ok(rows.into_iter().map(|(supervisee, supervisor, name)| (supervisee, (supervisor, name))).collect())
}

/// A mail that was queued: to whom, and how much it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The mail.
    pub mail: MailId,
    /// Who gets it.
    pub recipient: PersonId,
    /// What it says.
    pub counts: OverdueCounts,
}

/// The step of the ladder that this job takes.
const STEP: &str = "overdue";

/// Queues one mail for each manager with newly overdue cases, and notes each case and due day, so that nobody is told
/// of the same thing twice, whatever runs twice.
pub fn remind(store: &Store, base_url: &str, now: NaiveDateTime) -> Result<Vec<Reminder>, Problem> {
    let organisations: Vec<OrganisationId> = store.read(&Who::system("remind"), now, |reading| {
        Ok(organisations::table
            .order(organisations::id)
            .select(organisations::id)
            .load(reading.connection)?)
    })?;
    let (mut reminders, mut trouble) = (Vec::new(), None);
    for organisation in organisations {
        match remind_organisation(store, base_url, now, &organisation) {
            Ok(queued) => reminders.extend(queued),
            // The others are told all the same.
            Err(problem) => {
                tracing::error!(%organisation, %problem, "an organisation could not be reminded");
                trouble = Some(problem);
            }
        }
    }
    match trouble {
        Some(problem) if reminders.is_empty() => Err(problem),
        _ => Ok(reminders),
    }
}

fn remind_organisation(
    store: &Store,
    base_url: &str,
    now: NaiveDateTime,
    organisation: &OrganisationId,
) -> Result<Vec<Reminder>, Problem> {
    let who = Who::system("remind").for_organisation(organisation);
    if store.read(&who, now, newly_overdue)?.is_empty() {
        return Ok(Vec::new());
    }
    // Worked out again inside the transaction: another server may have been quicker.
    let base_url = base_url.to_owned();
    store.write(&who, now, move |writing| queue_reminders(writing, &base_url))
}

/// A case that is overdue and of which nobody was told for this due day.
struct NewlyOverdue {
    case: CaseId,
    team: TeamId,
    lead: Option<PersonId>,
    due_on: NaiveDate,
    since: Since,
    days: i64,
}

fn newly_overdue(reading: &mut Reading<'_>) -> Result<Vec<NewlyOverdue>, Problem> {
    let organisation = reading.organisation()?;
    let policy = content::policy(reading)?;
    let today = london_day(reading.now);
    let told: Vec<(CaseId, NaiveDate)> = review_notices::table
        .filter(review_notices::organisation_id.eq(&organisation).and(review_notices::step.eq(STEP)))
        .select((review_notices::case_id, review_notices::due_on))
        .load(reading.connection)?;
    let told: std::collections::HashSet<(CaseId, NaiveDate)> = told.into_iter().collect();
    let rows: Vec<(SummaryRow, TeamId)> = overdue_cases(&policy, today)
        .filter(cases::organisation_id.eq(&organisation))
        .order(cases::id)
        .select((summary_columns!(), cases::team_id))
        .load(reading.connection)?;
    let new = rows.into_iter().filter_map(|(row, team)| {
        let case = summary(row, &policy);
        let ReviewState::Overdue { days } = case.due.state(today) else { return None };
        let is_told = told.contains(&(case.id.clone(), case.due.due_on));
        (!is_told).then(|| NewlyOverdue {
            case: case.id,
            team,
            lead: case.lead.map(|(lead, _)| lead),
            due_on: case.due.due_on,
            since: case.due.since,
            days,
        })
    });
    Ok(new.collect())
}

fn queue_reminders(writing: &mut Writing<'_>, base_url: &str) -> Result<Vec<Reminder>, Problem> {
    let organisation = writing.organisation()?;
    let supervisors = line_supervisors(writing, &organisation)?;
    let managers = managers_by_team(writing, &organisation)?;
    let mut by_recipient: BTreeMap<PersonId, (OverdueCounts, Vec<NewlyOverdue>)> = BTreeMap::new();
    for case in newly_overdue(writing)? {
        let supervisor = case
            .lead
            .as_ref()
            .and_then(|lead| supervisors.get(lead))
            .map(|(supervisor, _)| supervisor.clone());
        // Nobody to tell must not mean silence: it goes up the tree of teams, then to a senior manager, and at last to an
        // administrator, who can say who manages the team.
        let Some(recipient) = supervisor.or_else(|| managers.above(&case.team)) else {
            tracing::error!(case = %case.case, "an overdue case has nobody who can be told");
            continue;
        };
        let (counts, cases) = by_recipient.entry(recipient).or_default();
        counts.add(case.since, case.days);
        cases.push(case);
    }
    let mut reminders = Vec::new();
    for (recipient, (counts, cases)) in by_recipient {
        let letter = if managers.administrator.as_ref() == Some(&recipient) {
            domain::mail::overdue_without_manager(&counts, &format!("{base_url}/people"))
        } else {
            domain::mail::overdue_cases(&counts, &format!("{base_url}/reviews"))
        };
        let mail = mail::queue(writing, &recipient, &letter)?;
        for case in &cases {
            note(writing, &organisation, case, &mail)?;
        }
        reminders.push(Reminder { mail, recipient, counts });
    }
    if reminders.is_empty() {
        writing.audit(Event::new("reminders_checked", "organisation", &organisation))?;
    }
    Ok(reminders)
}

fn note(
    writing: &mut Writing<'_>,
    organisation: &OrganisationId,
    case: &NewlyOverdue,
    mail: &MailId,
) -> Result<(), Problem> {
    let now = writing.now;
    diesel::insert_into(review_notices::table)
        .values((
            review_notices::case_id.eq(&case.case),
            review_notices::step.eq(STEP),
            review_notices::due_on.eq(case.due_on),
            review_notices::organisation_id.eq(organisation),
            review_notices::mail_id.eq(mail),
            review_notices::noted_at.eq(now),
        ))
        .execute(writing.connection)?;
    Ok(())
}

/// Who manages which team, for cases whose lead practitioner has no supervisor.
struct Managers {
    parents: HashMap<TeamId, Option<TeamId>>,
    of_team: HashMap<TeamId, PersonId>,
    senior: Option<PersonId>,
    /// Who administers the product and manages nobody.
    administrator: Option<PersonId>,
}

impl Managers {
    /// The manager of the team or of the nearest team above it, or else a senior manager, or else an administrator.
    fn above(&self, team: &TeamId) -> Option<PersonId> {
        let mut at = Some(team.clone());
        // A tree that was wrongly made into a ring must not keep the job here for ever.
        for _ in 0..=self.parents.len() {
            let Some(team) = at else { break };
            if let Some(manager) = self.of_team.get(&team) {
                return Some(manager.clone());
            }
            at = self.parents.get(&team).cloned().flatten();
        }
        self.senior.clone().or_else(|| self.administrator.clone())
    }
}

fn managers_by_team(reading: &mut Reading<'_>, organisation: &OrganisationId) -> Result<Managers, Problem> {
    let parents: Vec<(TeamId, Option<TeamId>)> = teams::table
        .filter(teams::organisation_id.eq(organisation))
        .select((teams::id, teams::parent_id))
        .load(reading.connection)?;
    let roles = [Role::ServiceManager, Role::HeadOfService, Role::Supervisor, Role::SystemAdmin];
    let holders: Vec<(PersonId, TeamId, Role)> = people::table
        .inner_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .filter(people::organisation_id.eq(organisation).and(people::standing.eq(Standing::Active.code())))
        .filter(person_roles::role.eq_any(roles.map(TextValue::code)))
        .order(people::id)
        .select((people::id, people::team_id, person_roles::role))
        .load(reading.connection)?;
    let mut managers = Managers {
        parents: parents.into_iter().collect(),
        of_team: HashMap::new(),
        senior: None,
        administrator: None,
    };
    for (person, team, role) in &holders {
        if role.manages() {
            managers.of_team.entry(team.clone()).or_insert_with(|| person.clone());
        }
        if matches!(role, Role::ServiceManager | Role::HeadOfService) {
            managers.senior.get_or_insert_with(|| person.clone());
        }
    }
    let has_a_team =
        |person: &PersonId| holders.iter().any(|(other, _, role)| other == person && role.manages());
    managers.administrator = holders
        .iter()
        .find(|(person, _, role)| *role == Role::SystemAdmin && !has_a_team(person))
        .map(|(person, ..)| person.clone());
    Ok(managers)
}

/// The day by which a case of this plan is to be talked about again after a session on a day: what a form suggests.
pub fn next_day(
    reading: &mut Reading<'_>,
    plan: domain::cases::PlanType,
    held_on: NaiveDate,
) -> Result<NaiveDate, Problem> {
    let policy = content::policy(reading)?;
    Ok(add_days(held_on, policy.interval_days(plan)))
}
