//! A row that is a person.

use super::row::{RowForm, choice_of, not_in_list, parts};
use super::{InWords, Mapping};
use crate::TextValue;
use crate::calendar::day_in_words;
use crate::csv_file::CsvRow;
use crate::form::{Form, Problems};
use crate::ids::TeamId;
use crate::people::{PersonDetails, Role, hours_in_words, is_email};
use std::collections::HashMap;

/// What the records know that rows of people speak of.
pub struct PeopleLookup {
    /// The teams, by their names in lower case.
    pub teams: HashMap<String, TeamId>,
}

/// What a row says of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedPerson {
    /// The details, with what stands in the record where the file does not speak of it.
    pub details: PersonDetails,
    /// The address of the line supervisor, in lower case, if the row names one.
    pub supervisor: Option<String>,
}

/// Reads a row of people.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_person(
    mapping: &Mapping,
    row: &CsvRow,
    before: Option<&PersonDetails>,
    known: &PeopleLookup,
) -> Result<ImportedPerson, Problems> {
    let mut filled = RowForm::new(mapping, row, before.map_or_else(blank, PersonDetails::to_form));
    filled.text("name");
    filled.text("email");
    filled.text("job_title");
    filled.text_if_any("weekly_hours");
    team(&mut filled, &known.teams);
    roles(&mut filled);
    filled.day("started_on", "Start date");
    filled.yes_or_no("asye", "ASYE");
    filled.yes_or_no("registered", "Registered");
    filled.yes_or_no("agency", "Agency");
    filled.day("registration_renews_on", "Registration renewal");
    let supervisor = filled.cell("supervisor").filter(|email| !email.is_empty()).map(str::to_lowercase);
    if let Some(email) = supervisor.as_ref().filter(|email| !is_email(email)) {
        filled.fail("supervisor", format!("Supervisor: “{email}” is not an email address"));
    }
    let details = PersonDetails::parse(&filled.form);
    filled.finish(details).map(|details| ImportedPerson { details, supervisor })
}

fn blank() -> Form {
    let mut form = Form::default();
    form.set("weekly_hours", "37");
    form
}

/// Finds a team by its name.
pub(super) fn team(filled: &mut RowForm<'_>, teams: &HashMap<String, TeamId>) {
    let Some(name) = filled.cell("team") else { return };
    match teams.get(&name.to_lowercase()) {
        Some(team) => filled.form.set("team", team.as_str()),
        None if name.is_empty() => filled.fail("team", "Enter the team".to_owned()),
        None => filled.fail("team", format!("There is no team “{name}” here")),
    }
}

fn roles(filled: &mut RowForm<'_>) {
    let Some(text) = filled.cell("roles") else { return };
    filled.form.remove_under("roles");
    let mut fields = filled.form.fields().to_vec();
    for part in parts(text) {
        match choice_of::<Role>(part) {
            Some(role) if !fields.contains(&("roles".to_owned(), role.code().to_owned())) => {
                fields.push(("roles".to_owned(), role.code().to_owned()));
            }
            Some(_) => {}
            None => filled.fail("roles", not_in_list::<Role>("Roles", part)),
        }
    }
    filled.form = Form::new(fields);
}

/// A person's details in words, in the order of the columns.
pub fn person_in_words(details: &PersonDetails, team_name: &str) -> InWords {
    let yes = |is_so: bool| if is_so { "Yes" } else { "No" }.to_owned();
    let mut roles = details.roles.clone();
    roles.sort_unstable();
    vec![
        ("Name", details.name.clone()),
        ("Job title", details.job_title.clone()),
        ("Team", team_name.to_owned()),
        ("Roles", roles.iter().map(|role| role.words()).collect::<Vec<_>>().join(", ")),
        ("Start date", day_in_words(details.started_on)),
        ("Hours a week", hours_in_words(details.weekly_hours_tenths)),
        ("ASYE", yes(details.asye)),
        ("Registered", yes(details.registered)),
        ("Registration renewal", details.registration_renews_on.map(day_in_words).unwrap_or_default()),
        ("Agency", yes(details.agency)),
    ]
}
