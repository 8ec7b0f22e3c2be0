//! Rows of people.

use super::{Plan, Planned, at_row, key_cell, repeated, words_of};
use crate::people::links::runs_on;
use crate::people::{add, add_supervisor, change};
use crate::problem::Problem;
use crate::schema::{people, person_roles, supervisor_links};
use crate::store::{Reading, Writing};
use crate::teams as team_rows;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::csv_file::{CsvRow, CsvTable};
use domain::ids::{PersonId, TeamId};
use domain::import::{
    Difference, ImportedPerson, Mapping, PeopleLookup, RowOutcome, RowReport, differences, person_in_words,
    read_person,
};
use domain::people::{LinkKind, NewSupervisorLink, PersonDetails, Role, Standing};
use std::collections::{HashMap, HashSet};

/// What is to be done for a row.
pub(super) struct Step {
    /// Who the row is about, with the version of their details; nobody yet for somebody new.
    person: Option<(PersonId, i32)>,
    details: PersonDetails,
    has_new_details: bool,
    /// The address of the line supervisor, if that is another one than now.
    new_supervisor: Option<String>,
}

/// Somebody who is here.
struct Known {
    id: PersonId,
    version: i32,
    standing: Standing,
    details: PersonDetails,
}

/// Everything that the rows are held against.
struct Here {
    /// By address.
    people: HashMap<String, Known>,
    /// Addresses that somebody of another organisation signs in with.
    taken: HashSet<String>,
    lookup: PeopleLookup,
    team_names: HashMap<TeamId, String>,
    /// Each person's line supervisor now, by their addresses.
    supervisors: HashMap<String, String>,
}

/// Works out what becomes of each row.
pub(super) fn plan(
    reading: &mut Reading<'_>,
    table: &CsvTable,
    mapping: &Mapping,
) -> Result<Plan<Step>, Problem> {
    let here = Here::read(reading)?;
    let repeated = repeated(table, |row| key_cell(row, mapping, "email"));
    let rows: Vec<(&CsvRow, Result<ImportedPerson, Vec<String>>)> = table
        .rows
        .iter()
        .map(|row| (row, here.row(row, mapping, repeated.get(&row.number).copied())))
        .collect();
    Ok(Plan(here.with_supervisors(rows, mapping)))
}

impl Here {
    fn read(reading: &mut Reading<'_>) -> Result<Self, Problem> {
        type Row = (
            (PersonId, String, String, String, TeamId),
            (NaiveDate, bool, bool, Option<NaiveDate>, bool, i32),
            (Standing, i32),
        );
        let (organisation, today) = (reading.organisation()?, reading.today());
        let teams = team_rows::list(reading)?;
        let rows: Vec<Row> = people::table
            .filter(people::organisation_id.eq(&organisation))
            .select((
                (people::id, people::name, people::email, people::job_title, people::team_id),
                (
                    people::started_on,
                    people::asye,
                    people::registered,
                    people::registration_renews_on,
                    people::agency,
                    people::weekly_hours_tenths,
                ),
                (people::standing, people::version),
            ))
            .load(reading.connection)?;
        let roles: Vec<(PersonId, Role)> = person_roles::table
            .filter(person_roles::organisation_id.eq(&organisation))
            .select((person_roles::person_id, person_roles::role))
            .load(reading.connection)?;
        let links: Vec<(PersonId, PersonId)> = supervisor_links::table
            .filter(supervisor_links::organisation_id.eq(&organisation))
            .filter(supervisor_links::kind.eq(LinkKind::Line).and(runs_on(today)))
            .select((supervisor_links::supervisee_id, supervisor_links::supervisor_id))
            .load(reading.connection)?;
        let taken: Vec<String> = people::table
            .filter(people::organisation_id.ne(&organisation))
            .select(people::email)
            .load(reading.connection)?;
        let mut roles_of: HashMap<PersonId, Vec<Role>> = HashMap::new();
        for (person, role) in roles {
            roles_of.entry(person).or_default().push(role);
        }
        let email_of: HashMap<PersonId, String> =
            rows.iter().map(|row| (row.0.0.clone(), row.0.2.clone())).collect();
        let supervisors = links
            .into_iter()
            .filter_map(|(of, by)| Some((email_of.get(&of)?.clone(), email_of.get(&by)?.clone())))
            .collect();
        let known = |row: Row| {
            let ((id, name, email, job_title, team), post, (standing, version)) = row;
            let (started_on, asye, registered, registration_renews_on, agency, weekly_hours_tenths) = post;
            let roles = roles_of.get(&id).cloned().unwrap_or_default();
            let details = PersonDetails {
                name,
                email: email.clone(),
                job_title,
                team,
                roles,
                started_on,
                asye,
                registered,
                registration_renews_on,
                agency,
                weekly_hours_tenths,
            };
            (email, Known { id, version, standing, details })
        };
        let lookup = PeopleLookup {
            teams: teams.iter().map(|team| (team.name.to_lowercase(), team.id.clone())).collect(),
        };
        Ok(Self {
            people: rows.into_iter().map(known).collect(),
            taken: taken.into_iter().collect(),
            lookup,
            team_names: teams.into_iter().map(|team| (team.id, team.name)).collect(),
            supervisors,
        })
    }

    /// What a row says, as far as it can be told without the other rows.
    fn row(
        &self,
        row: &CsvRow,
        mapping: &Mapping,
        repeats: Option<usize>,
    ) -> Result<ImportedPerson, Vec<String>> {
        if let Some(number) = repeats {
            return Err(vec![format!("Row {number} has this email address already")]);
        }
        let known = self.people.get(&key_cell(row, mapping, "email"));
        if known.is_some_and(|known| known.standing == Standing::Left) {
            return Err(vec![
                "Somebody with this email address has left. Take them back on their own page".to_owned(),
            ]);
        }
        let read = read_person(mapping, row, known.map(|known| &known.details), &self.lookup);
        let person = read.map_err(words_of)?;
        if self.taken.contains(&person.details.email) {
            return Err(vec!["Somebody has this email address already".to_owned()]);
        }
        Ok(person)
    }

    /// Says who supervises whom, and refuses the rows in which that cannot be: a supervisor who is neither here nor in a good
    /// row, or who is supervised by the person. A row that is refused may take others with it, so this goes on until none does.
    fn with_supervisors(
        &self,
        mut rows: Vec<(&CsvRow, Result<ImportedPerson, Vec<String>>)>,
        mapping: &Mapping,
    ) -> Vec<Planned<Step>> {
        loop {
            let good: HashSet<String> = rows
                .iter()
                .filter_map(|(_, read)| read.as_ref().ok())
                .map(|person| person.details.email.clone())
                .collect();
            let mut supervisors = self.supervisors.clone();
            let mut has_changed = false;
            for (_, read) in &mut rows {
                let Ok(person) = read else { continue };
                let Some(supervisor) = person.supervisor.clone() else { continue };
                match self.why_not(&person.details.email, &supervisor, &good, &supervisors) {
                    Some(words) => {
                        *read = Err(vec![words]);
                        has_changed = true;
                    }
                    None => {
                        supervisors.insert(person.details.email.clone(), supervisor);
                    }
                }
            }
            if !has_changed {
                break;
            }
        }
        rows.into_iter().map(|(row, read)| self.planned(row, read, mapping)).collect()
    }

    /// Why somebody cannot be the line supervisor of somebody.
    fn why_not(
        &self,
        person: &str,
        supervisor: &str,
        good: &HashSet<String>,
        supervisors: &HashMap<String, String>,
    ) -> Option<String> {
        if person == supervisor {
            return Some("Nobody can supervise themselves".to_owned());
        }
        let is_at_work = self.people.get(supervisor).is_some_and(|known| known.standing == Standing::Active);
        if !is_at_work && !good.contains(supervisor) {
            return Some(format!(
                "Supervisor: nobody who works here, and no good row of this file, has the email address “{supervisor}”"
            ));
        }
        let is_mutual = supervisors.get(supervisor).is_some_and(|above| above == person);
        is_mutual.then(|| {
            "This person supervises the supervisor already. Two people cannot supervise each other".to_owned()
        })
    }

    fn planned(
        &self,
        row: &CsvRow,
        read: Result<ImportedPerson, Vec<String>>,
        mapping: &Mapping,
    ) -> Planned<Step> {
        let key = key_cell(row, mapping, "email");
        let person = match read {
            Ok(person) => person,
            Err(why) => return Planned::refused(row.number, key, why),
        };
        let now = self.supervisors.get(&key);
        let new_supervisor = person.supervisor.filter(|supervisor| now != Some(supervisor));
        let known = self.people.get(&key);
        let (outcome, has_new_details) = match known {
            None => (RowOutcome::Added, true),
            Some(known) => {
                let mut changes = differences(self.in_words(&known.details), self.in_words(&person.details));
                let has_new_details = !changes.is_empty();
                changes.extend(new_supervisor.as_ref().map(|supervisor| Difference {
                    what: "Supervisor",
                    before: now.cloned().unwrap_or_default(),
                    now: supervisor.clone(),
                }));
                let outcome =
                    if changes.is_empty() { RowOutcome::Unchanged } else { RowOutcome::Changed(changes) };
                (outcome, has_new_details)
            }
        };
        let is_step = outcome != RowOutcome::Unchanged;
        let step = is_step.then(|| Step {
            person: known.map(|known| (known.id.clone(), known.version)),
            details: person.details,
            has_new_details,
            new_supervisor,
        });
        Planned { report: RowReport { number: row.number, key, outcome }, step }
    }

    fn in_words(&self, details: &PersonDetails) -> domain::import::InWords {
        person_in_words(details, self.team_names.get(&details.team).map_or("", String::as_str))
    }
}

/// Adds and changes the people, then says who supervises whom; of a whole list, also who is missing from it.
pub(super) fn carry_out(writing: &mut Writing<'_>, plan: &Plan<Step>, is_whole: bool) -> Result<(), Problem> {
    for (number, step) in plan.steps().filter(|(_, step)| step.has_new_details) {
        let done = match &step.person {
            None => add(writing, &step.details).map(drop),
            Some((id, version)) => change(writing, id, *version, &step.details),
        };
        done.map_err(|problem| at_row(number, problem))?;
    }
    if plan.steps().any(|(_, step)| step.new_supervisor.is_some()) {
        let ids = ids_by_email(writing)?;
        for (number, step) in plan.steps() {
            let Some(supervisor) = &step.new_supervisor else { continue };
            let (of, by) = ids
                .get(&step.details.email)
                .zip(ids.get(supervisor))
                .ok_or_else(|| Problem::unexpected("a person of a good row is not there"))?;
            let from = writing.today().max(step.details.started_on);
            let link = NewSupervisorLink { supervisor: by.clone(), kind: LinkKind::Line, from, to: None };
            add_supervisor(writing, of, &link).map_err(|problem| at_row(number, problem))?;
        }
    }
    note_missing(writing, plan, is_whole)
}

fn ids_by_email(reading: &mut Reading<'_>) -> Result<HashMap<String, PersonId>, Problem> {
    let organisation = reading.organisation()?;
    let rows: Vec<(String, PersonId)> = people::table
        .filter(people::organisation_id.eq(organisation))
        .select((people::email, people::id))
        .load(reading.connection)?;
    Ok(rows.into_iter().collect())
}

/// Whoever stands in the file is here, also with a row that is refused; of a whole list, nobody else is known to be.
fn note_missing(writing: &mut Writing<'_>, plan: &Plan<Step>, is_whole: bool) -> Result<(), Problem> {
    let (organisation, today) = (writing.organisation()?, writing.today());
    let named: HashSet<&str> = plan.0.iter().map(|planned| planned.report.key.as_str()).collect();
    let rows: Vec<(PersonId, String, Option<NaiveDate>)> = people::table
        .filter(people::organisation_id.eq(&organisation).and(people::standing.eq(Standing::Active)))
        .select((people::id, people::email, people::missing_since))
        .load(writing.connection)?;
    for (person, email, missing_since) in rows {
        let is_missing = !named.contains(email.as_str());
        let now = match (is_missing, missing_since) {
            (false, Some(_)) => None,
            (true, None) if is_whole => Some(today),
            _ => continue,
        };
        diesel::update(people::table.filter(people::id.eq(&person)))
            .set(people::missing_since.eq(now))
            .execute(writing.connection)?;
    }
    Ok(())
}
