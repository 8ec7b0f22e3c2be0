//! What is overdue of cases and of what was agreed about them.

use super::{Of, Subject};
use crate::cadence::{ClockColumns, WatchColumns, clocks_of};
use crate::content::Rules;
use crate::ladder::roster::Roster;
use crate::problem::Problem;
use crate::schema::{actions, case_workers, cases, supervisions};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::{CaseFacts, SupervisionFacts};
use domain::cadence::{Band, oversight_due};
use domain::cases::CaseStatus;
use domain::ids::{ActionId, CaseId, OrganisationId, PersonId};
use domain::ladder::{About, Concern};
use domain::people::LinkKind;
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
        let oversight =
            oversight_due(&rules.book(&clock.team_id), &watched.oversight.clock(clock.last_held_on));
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
        if let Some(since) = watched.oversight.unallocated_since {
            add(Concern::Unallocated, since);
        }
    }
    Ok(())
}

/// An action that is past its day.
pub(super) struct LateAction {
    id: ActionId,
    about: LateAbout,
    owner: Option<PersonId>,
    due_on: NaiveDate,
}

/// About what an action is.
enum LateAbout {
    Case(CaseId),
    /// Somebody who is supervised, in a session with this supervisor on this line.
    Person(PersonId, PersonId, LinkKind),
}

impl LateAction {
    pub(super) fn case(&self) -> Option<&CaseId> {
        if let LateAbout::Case(case) = &self.about { Some(case) } else { None }
    }
}

pub(super) fn late_actions(
    reading: &mut Reading<'_>,
    only: Option<&[ActionId]>,
) -> Result<Vec<LateAction>, Problem> {
    type Row = (
        (ActionId, Option<PersonId>, NaiveDate, OrganisationId, ActionState),
        (Option<CaseId>, Option<PersonId>, Option<PersonId>, Option<LinkKind>),
    );
    let (organisation, today) = (reading.organisation()?, reading.today());
    let from = actions::table
        .left_join(supervisions::table.on(actions::supervision_id.eq(supervisions::id.nullable())));
    let columns = (
        (actions::id, actions::owner_id, actions::due_on, actions::organisation_id, actions::state),
        (
            actions::case_id,
            actions::supervisee_id,
            supervisions::supervisor_id.nullable(),
            supervisions::line.nullable(),
        ),
    );
    // By their ids alone if they are known: with more conditions SQLite would rather read everything that is late.
    let rows: Vec<Row> = match only {
        Some(ids) => from.filter(actions::id.eq_any(ids)).select(columns).load(reading.connection)?,
        None => from
            .filter(actions::organisation_id.eq(&organisation).and(actions::state.eq(ActionState::Open)))
            .filter(actions::due_on.lt(today))
            .select(columns)
            .load(reading.connection)?,
    };
    let late = rows.into_iter().filter_map(|((id, owner, due_on, of, state), about)| {
        let about = match about {
            (Some(case), ..) => LateAbout::Case(case),
            (None, Some(person), Some(supervisor), Some(line)) => LateAbout::Person(person, supervisor, line),
            _ => return None,
        };
        let is_late = due_on < today && state == ActionState::Open && of == organisation;
        is_late.then_some(LateAction { id, about, owner, due_on })
    });
    Ok(late.collect())
}

pub(super) fn of_actions(
    late: Vec<LateAction>,
    roster: &Roster,
    facts: &HashMap<CaseId, CaseFacts>,
    subjects: &mut Vec<Subject>,
) {
    for LateAction { id, about, owner, due_on } in late {
        let case = match about {
            LateAbout::Case(case) => case,
            LateAbout::Person(person, supervisor, line) => {
                subjects.extend(of_personal_action((id, due_on), (person, supervisor, line), roster));
                continue;
            }
        };
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

/// What was agreed about somebody who is supervised: it goes on with whoever supervises their work now, and what was agreed in
/// reflective supervision with that supervisor alone.
fn of_personal_action(
    (id, due_on): (ActionId, NaiveDate),
    (person, supervisor, line): (PersonId, PersonId, LinkKind),
    roster: &Roster,
) -> Option<Subject> {
    let details = roster.chart.people.get(&person)?;
    let now = roster.chart.supervisors.get(&person).filter(|_| line.is_of_work()).cloned();
    let supervisor = now.unwrap_or(supervisor);
    let facts = SupervisionFacts::of_two(roster.organisation().clone(), supervisor.clone(), person.clone());
    Some(Subject {
        concern: Concern::OverdueAction,
        id: id.to_string(),
        due_on,
        about: About { person: Some(person), team: details.team.clone(), supervisor: Some(supervisor) },
        of: Of::Session(facts),
    })
}
