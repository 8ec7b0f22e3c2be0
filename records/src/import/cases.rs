//! Rows of cases.

use super::{Plan, Planned, at_row, key_cell, repeated, words_of};
use crate::cases::{add, change};
use crate::problem::Problem;
use crate::schema::{case_workers, cases, people};
use crate::store::{Reading, Writing};
use crate::teams as team_rows;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::{Action, Actor, CaseFacts, may};
use domain::cases::{CaseDetails, CaseStatus, PlanType, SubjectKind};
use domain::csv_file::{CsvRow, CsvTable};
use domain::ids::{CaseId, PersonId, TeamId};
use domain::import::{
    CaseLookup, InWords, Mapping, RowOutcome, RowReport, case_in_words, differences, read_case,
};
use domain::people::Standing;
use domain::risk::RiskLevel;
use std::collections::HashMap;

/// What is to be done for a row.
pub(super) enum Step {
    Add(CaseDetails, RiskLevel),
    Change(CaseId, i32, CaseDetails),
}

/// A case that is here.
struct Known {
    facts: CaseFacts,
    version: i32,
    details: CaseDetails,
}

/// Everything that the rows are held against.
struct Here {
    actor: Actor,
    today: NaiveDate,
    /// By reference, in lower case as keys of rows are.
    cases: HashMap<String, Vec<Known>>,
    lookup: CaseLookup,
    team_names: HashMap<TeamId, String>,
    /// Addresses of everybody who works here or has worked here.
    emails: HashMap<PersonId, String>,
}

/// Works out what becomes of each row.
pub(super) fn plan(
    reading: &mut Reading<'_>,
    table: &CsvTable,
    mapping: &Mapping,
) -> Result<Plan<Step>, Problem> {
    let here = Here::read(reading)?;
    let repeated = repeated(table, |row| key_cell(row, mapping, "reference"));
    let planned = |row: &CsvRow| {
        let key = mapping.place("reference").and_then(|place| row.cells.get(place));
        let key = key.cloned().unwrap_or_default();
        match here.row(row, &key, mapping, repeated.get(&row.number).copied()) {
            Ok((outcome, step)) => Planned { report: RowReport { number: row.number, key, outcome }, step },
            Err(why) => Planned::refused(row.number, key, why),
        }
    };
    Ok(Plan(table.rows.iter().map(planned).collect()))
}

impl Here {
    fn read(reading: &mut Reading<'_>) -> Result<Self, Problem> {
        type Row = (
            (CaseId, TeamId, String, String),
            (SubjectKind, PlanType, bool, bool),
            (Option<PersonId>, NaiveDate, CaseStatus, i32),
        );
        let (actor, today) = (reading.actor()?, reading.today());
        let organisation = actor.organisation.clone();
        let teams = team_rows::list(reading)?;
        let rows: Vec<Row> = cases::table
            .filter(cases::organisation_id.eq(&organisation))
            .select((
                (cases::id, cases::team_id, cases::reference, cases::label),
                (cases::subject_kind, cases::plan_type, cases::domestic_abuse, cases::marac),
                (cases::lead_practitioner_id, cases::allocated_on, cases::status, cases::version),
            ))
            .load(reading.connection)?;
        let workers: Vec<(CaseId, PersonId)> = case_workers::table
            .filter(case_workers::organisation_id.eq(&organisation))
            .order(case_workers::person_id)
            .select((case_workers::case_id, case_workers::person_id))
            .load(reading.connection)?;
        let mut workers_of: HashMap<CaseId, Vec<PersonId>> = HashMap::new();
        for (case, person) in workers {
            workers_of.entry(case).or_default().push(person);
        }
        let everybody: Vec<(PersonId, String, Standing)> = people::table
            .filter(people::organisation_id.eq(&organisation))
            .select((people::id, people::email, people::standing))
            .load(reading.connection)?;
        let mut cases: HashMap<String, Vec<Known>> = HashMap::with_capacity(rows.len());
        for ((id, team, reference, label), kinds, (lead_practitioner, allocated_on, status, version)) in rows
        {
            let (subject_kind, plan_type, domestic_abuse, marac) = kinds;
            let co_workers = workers_of.remove(&id).unwrap_or_default();
            let facts = CaseFacts {
                id,
                organisation: organisation.clone(),
                team: team.clone(),
                lead_practitioner: lead_practitioner.clone(),
                co_workers: co_workers.clone(),
            };
            let details = CaseDetails {
                reference,
                label,
                subject_kind,
                plan_type,
                domestic_abuse,
                marac,
                team,
                lead_practitioner,
                co_workers,
                allocated_on,
                status,
            };
            let key = details.reference.to_lowercase();
            cases.entry(key).or_default().push(Known { facts, version, details });
        }
        let at_work = everybody.iter().filter(|(.., standing)| *standing == Standing::Active);
        let lookup = CaseLookup {
            teams: teams.iter().map(|team| (team.name.to_lowercase(), team.id.clone())).collect(),
            people: at_work.map(|(id, email, _)| (email.clone(), id.clone())).collect(),
        };
        Ok(Self {
            actor,
            today,
            cases,
            lookup,
            team_names: teams.into_iter().map(|team| (team.id, team.name)).collect(),
            emails: everybody.into_iter().map(|(id, email, _)| (id, email)).collect(),
        })
    }

    /// The case of a reference: written just so, or else in other capitals, because programs differ there.
    fn known(&self, reference: &str) -> Option<&Known> {
        let alike = self.cases.get(&reference.to_lowercase())?;
        alike.iter().find(|known| known.details.reference == reference).or_else(|| alike.first())
    }

    fn row(
        &self,
        row: &CsvRow,
        reference: &str,
        mapping: &Mapping,
        repeats: Option<usize>,
    ) -> Result<(RowOutcome, Option<Step>), Vec<String>> {
        if let Some(number) = repeats {
            return Err(vec![format!("Row {number} has this reference already")]);
        }
        let known = self.known(reference);
        if known.is_some_and(|known| !may(&self.actor, &Action::ChangeCase(&known.facts)).is_allowed()) {
            return Err(vec!["Another case has this reference already".to_owned()]);
        }
        let before = known.map(|known| &known.details);
        let mut read = read_case(mapping, row, before, &self.lookup, self.today).map_err(words_of)?;
        if let Some(before) = before {
            // The reference by which it was found is no change, and nor is the order of co-workers.
            read.details.reference.clone_from(&before.reference);
        }
        let is_own_team = self.actor.oversees.contains(&read.details.team);
        if !is_own_team && before.is_none_or(|before| before.team != read.details.team) {
            let name = self.team_names.get(&read.details.team).map_or("", String::as_str);
            return Err(vec![format!("You do not manage the team “{name}”")]);
        }
        let Some(known) = known else {
            return Ok((RowOutcome::Added, Some(Step::Add(read.details, read.risk))));
        };
        let changes = differences(self.in_words(&known.details), self.in_words(&read.details));
        if changes.is_empty() {
            return Ok((RowOutcome::Unchanged, None));
        }
        let step = Step::Change(known.facts.id.clone(), known.version, read.details);
        Ok((RowOutcome::Changed(changes), Some(step)))
    }

    fn in_words(&self, details: &CaseDetails) -> InWords {
        let team = self.team_names.get(&details.team).map_or("", String::as_str);
        case_in_words(details, team, |person| self.emails.get(person).cloned().unwrap_or_default())
    }
}

/// Adds and changes the cases.
pub(super) fn carry_out(writing: &mut Writing<'_>, plan: &Plan<Step>) -> Result<(), Problem> {
    for (number, step) in plan.steps() {
        let done = match step {
            Step::Add(details, risk) => add(writing, details, *risk).map(drop),
            Step::Change(id, version, details) => change(writing, id, *version, details),
        };
        done.map_err(|problem| at_row(number, problem))?;
    }
    Ok(())
}
