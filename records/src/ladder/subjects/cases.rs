//! What is overdue of cases and of what was agreed about them.

use super::{Of, Subject};
use crate::cadence::{ClockColumns, WatchColumns, clocks_of};
use crate::content::Rules;
use crate::ladder::roster::Roster;
use crate::problem::Problem;
use crate::schema::{actions, case_workers, cases};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::CaseFacts;
use domain::cadence::{Band, oversight_due};
use domain::cases::CaseStatus;
use domain::ids::{ActionId, CaseId, OrganisationId, PersonId};
use domain::ladder::{About, Concern};
use domain::policy::Rule;
use domain::supervision::ActionState;
use std::collections::HashMap;

/// A case with its clocks, its place in the organisation and who works on it.
type CaseRow = (ClockColumns, WatchColumns, Option<PersonId>);

pub(super) fn open_cases(
    reading: &mut Reading<'_>,
    only: Option<&[CaseId]>,
) -> Result<Vec<CaseRow>, Problem> {
    let organisation = reading.organisation()?;
    let mut query = cases::table
        .filter(cases::organisation_id.eq(organisation).and(cases::status.eq(CaseStatus::Open)))
        .into_boxed();
    if let Some(ids) = only {
        query = query.filter(cases::id.eq_any(ids));
    }
    Ok(query
        .select((ClockColumns::as_select(), WatchColumns::as_select(), cases::lead_practitioner_id))
        .load(reading.connection)?)
}

pub(super) fn facts_of(
    reading: &mut Reading<'_>,
    open: &[CaseRow],
    only: Option<&[CaseId]>,
) -> Result<HashMap<CaseId, CaseFacts>, Problem> {
    let organisation = reading.organisation()?;
    let mut co_workers: HashMap<CaseId, Vec<PersonId>> = HashMap::new();
    let mut query = case_workers::table.filter(case_workers::organisation_id.eq(&organisation)).into_boxed();
    if let Some(ids) = only {
        query = query.filter(case_workers::case_id.eq_any(ids));
    }
    let rows: Vec<(CaseId, PersonId)> =
        query.select((case_workers::case_id, case_workers::person_id)).load(reading.connection)?;
    for (case, person) in rows {
        co_workers.entry(case).or_default().push(person);
    }
    let facts = |(clock, _, lead): &CaseRow| CaseFacts {
        id: clock.id.clone(),
        organisation: organisation.clone(),
        team: clock.team_id.clone(),
        lead_practitioner: lead.clone(),
        co_workers: co_workers.get(&clock.id).cloned().unwrap_or_default(),
    };
    Ok(open.iter().map(|row| (row.0.id.clone(), facts(row))).collect())
}

pub(super) fn of_cases(
    reading: &mut Reading<'_>,
    rules: &Rules,
    open: &[CaseRow],
    facts: &HashMap<CaseId, CaseFacts>,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    let today = reading.today();
    let ids: Vec<&CaseId> = open.iter().map(|(clock, ..)| &clock.id).collect();
    let clocks = clocks_of(reading, &ids)?;
    for (clock, watched, lead) in open {
        let Some(facts) = facts.get(&clock.id) else { continue };
        let mut add = |concern, due_on| {
            subjects.push(Subject {
                concern,
                id: clock.id.to_string(),
                due_on,
                about: About { person: lead.clone(), team: clock.team_id.clone(), supervisor: None },
                of: Of::Case(facts.clone()),
            });
        };
        let due = clocks.due(rules, clock);
        if due.state(today).band() == Band::Overdue {
            add(Concern::CaseSupervision, due.due_on);
        }
        let oversight = oversight_due(&rules.book(&clock.team_id), &watched.oversight(clock.last_held_on));
        if let Some(oversight) = oversight.filter(|oversight| oversight.due_on < today) {
            add(Concern::Oversight, oversight.due_on);
        }
        if let Some(incident) = watched.unchecked_repeat_on {
            let within = rules.policy_of(&clock.team_id).number(Rule::RepeatChecklist);
            let due_on = rules.working_days.add(incident, within);
            if due_on < today {
                add(Concern::ChecklistDue, due_on);
            }
        }
        if let Some(since) = watched.unallocated_since {
            add(Concern::Unallocated, since);
        }
    }
    Ok(())
}

/// An action that is past its day: its case, its owner and that day.
type LateAction = (ActionId, CaseId, Option<PersonId>, NaiveDate);

pub(super) fn late_actions(
    reading: &mut Reading<'_>,
    only: Option<&[ActionId]>,
) -> Result<Vec<LateAction>, Problem> {
    let (organisation, today) = (reading.organisation()?, reading.today());
    let columns = (
        (actions::id, actions::case_id, actions::owner_id, actions::due_on),
        (actions::organisation_id, actions::state),
    );
    // By their ids alone if they are known: with more conditions SQLite would rather read everything that is late.
    let rows: Vec<(LateAction, (OrganisationId, ActionState))> = match only {
        Some(ids) => {
            actions::table.filter(actions::id.eq_any(ids)).select(columns).load(reading.connection)?
        }
        None => actions::table
            .filter(actions::organisation_id.eq(&organisation).and(actions::state.eq(ActionState::Open)))
            .filter(actions::due_on.lt(today))
            .select(columns)
            .load(reading.connection)?,
    };
    let is_late = |action: &LateAction, (of, state): &(OrganisationId, ActionState)| {
        action.3 < today && *state == ActionState::Open && *of == organisation
    };
    Ok(rows.into_iter().filter(|(action, rest)| is_late(action, rest)).map(|(action, _)| action).collect())
}

pub(super) fn of_actions(
    late: Vec<LateAction>,
    roster: &Roster,
    facts: &HashMap<CaseId, CaseFacts>,
    subjects: &mut Vec<Subject>,
) {
    for (id, case, owner, due_on) in late {
        // A closed case asks for nothing.
        let Some(facts) = facts.get(&case) else { continue };
        // What another agency promised, or somebody who has left the case, is for the practitioner to ask after.
        let works_on_it = |person: &PersonId| {
            facts.lead_practitioner.as_ref() == Some(person) || facts.co_workers.contains(person)
        };
        let person = owner.filter(works_on_it).or_else(|| facts.lead_practitioner.clone());
        let of_person = person.as_ref().and_then(|person| roster.chart.people.get(person));
        let team = of_person.map_or_else(|| facts.team.clone(), |details| details.team.clone());
        subjects.push(Subject {
            concern: Concern::OverdueAction,
            id: id.to_string(),
            due_on,
            about: About { person, team, supervisor: None },
            of: Of::Case(facts.clone()),
        });
    }
}
