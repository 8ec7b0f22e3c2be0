//! Which column of a file holds what.

use super::ImportKind;
use crate::csv_file::CsvRow;
use crate::form::{Form, Problems};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A value that a file may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in forms.
    pub code: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What may stand in its cells.
    pub hint: &'static str,
    /// Whether a file without it is refused.
    pub is_required: bool,
    /// Other names that it goes by in the files of other programs.
    aliases: &'static [&'static str],
}

const fn required(
    code: &'static str,
    title: &'static str,
    hint: &'static str,
    aliases: &'static [&'static str],
) -> Column {
    Column { code, title, hint, is_required: true, aliases }
}

const fn optional(
    code: &'static str,
    title: &'static str,
    hint: &'static str,
    aliases: &'static [&'static str],
) -> Column {
    Column { code, title, hint, is_required: false, aliases }
}

const PEOPLE: &[Column] = &[
    required(
        "email",
        "Email address",
        "People are matched by it",
        &["email", "e-mail", "mail", "work email", "user name"],
    ),
    required("name", "Name", "", &["full name", "person", "employee", "employee name", "display name"]),
    required("job_title", "Job title", "", &["job", "title", "post", "position", "post title"]),
    required("team", "Team", "The name of a team that is here", &["team name", "department", "unit"]),
    required("roles", "Roles", "Parted by semicolons, as in “Practitioner; Supervisor”", &["role"]),
    required(
        "started_on",
        "Start date",
        "As in 27/03/2026",
        &["started", "started on", "start", "date started", "joined", "hire date"],
    ),
    optional(
        "weekly_hours",
        "Hours a week",
        "37 for new people without it",
        &["hours", "weekly hours", "contracted hours"],
    ),
    optional("asye", "ASYE", "Yes or no", &["in asye", "nqsw", "newly qualified"]),
    optional("registered", "Registered", "Yes or no", &["registered social worker", "is registered"]),
    optional(
        "registration_renews_on",
        "Registration renewal",
        "As in 30/11/2026",
        &["renewal", "renewal date", "registration renews on", "registration expiry"],
    ),
    optional("agency", "Agency", "Yes or no", &["agency worker", "from an agency"]),
    optional(
        "supervisor",
        "Supervisor’s email address",
        "The line supervisor: somebody who is here, or in this file",
        &["supervisor", "supervisor's email", "supervisor email", "manager email", "manager", "line manager"],
    ),
];

const CASES: &[Column] = &[
    required(
        "reference",
        "Case reference",
        "Cases are matched by it",
        &["reference", "ref", "case id", "case number", "case", "id"],
    ),
    required("label", "Label", "A few words to know the case by. No names", &["description", "short name"]),
    required(
        "subject_kind",
        "Who the case is about",
        "Child or children, adult, or unborn child",
        &["subject", "who", "about", "subject kind"],
    ),
    required("plan_type", "Plan", "As in the form for a case", &["plan type", "status of plan", "category"]),
    required("team", "Team", "A team that you manage", &["team name", "allocated team"]),
    required(
        "allocated_on",
        "Date allocated",
        "As in 27/03/2026",
        &["allocated", "allocated on", "allocation date", "date", "opened", "start date"],
    ),
    optional(
        "lead_practitioner",
        "Lead practitioner’s email address",
        "Empty while nobody leads the work",
        &["lead", "lead practitioner", "worker", "worker email", "allocated worker", "social worker"],
    ),
    optional(
        "co_workers",
        "Co-workers’ email addresses",
        "Parted by semicolons",
        &["co-workers", "coworkers", "other workers", "secondary workers"],
    ),
    optional(
        "risk_level",
        "Risk now",
        "For new cases alone: how it changes is noted on the case",
        &["risk", "risk level", "dash"],
    ),
    optional("domestic_abuse", "Domestic abuse", "Yes or no", &["da", "dv", "domestic violence"]),
    optional("marac", "MARAC", "Yes or no", &["heard at marac"]),
    optional("status", "Status", "Open or closed; open for new cases without it", &["case status", "state"]),
];

impl ImportKind {
    /// The columns that a file of this kind may have.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::People => PEOPLE,
            Self::Cases => CASES,
        }
    }
}

/// Which column of a file holds which value: places in the header, counted from 0, by the value's code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(BTreeMap<String, usize>);

/// A heading without what differs between programs.
fn plain(heading: &str) -> String {
    heading.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn own_names(column: &Column) -> Vec<String> {
    vec![plain(column.title)]
}

fn other_names(column: &Column) -> Vec<String> {
    column.aliases.iter().chain([&column.code]).map(|alias| plain(alias)).collect()
}

impl Mapping {
    /// Guesses from the names in the header. A column stands for one value at most.
    pub fn guess(kind: ImportKind, header: &[String]) -> Self {
        let header: Vec<String> = header.iter().map(|heading| plain(heading)).collect();
        let mut taken = BTreeSet::new();
        let mut mapping = BTreeMap::new();
        // The value's own name first, whatever else a column could stand for.
        for names_of in [own_names, other_names] {
            for column in kind.columns() {
                let names = names_of(column);
                let found =
                    (0..header.len()).find(|place| !taken.contains(place) && names.contains(&header[*place]));
                if let Some(place) = found.filter(|_| !mapping.contains_key(column.code)) {
                    taken.insert(place);
                    mapping.insert(column.code.to_owned(), place);
                }
            }
        }
        Self(mapping)
    }

    /// Reads the page on which columns are chosen: a select for each value, named `column.` and its code.
    ///
    /// # Errors
    /// What is missing, and which column was chosen twice.
    pub fn parse(kind: ImportKind, form: &Form, header: &[String]) -> Result<Self, Problems> {
        let (mut mapping, mut problems) = (BTreeMap::new(), Problems::default());
        let mut taken: BTreeMap<usize, &str> = BTreeMap::new();
        for column in kind.columns() {
            let field = format!("column.{}", column.code);
            let place = form.text(&field).parse::<usize>().ok().filter(|place| *place < header.len());
            match place {
                Some(place) => {
                    if let Some(other) = taken.insert(place, column.title) {
                        let words = format!("{}: this column is chosen for “{other}” already", column.title);
                        problems.0.extend(Problems::one(&field, words).0);
                    }
                    mapping.insert(column.code.to_owned(), place);
                }
                None if column.is_required => {
                    let words = format!("Choose the column that holds: {}", column.title);
                    problems.0.extend(Problems::one(&field, words).0);
                }
                None => {}
            }
        }
        if problems.is_empty() { Ok(Self(mapping)) } else { Err(problems) }
    }

    /// The columns without which nothing is imported and that no heading was found for.
    pub fn missing(&self, kind: ImportKind) -> Vec<&'static Column> {
        let is_missing = |column: &&Column| column.is_required && !self.0.contains_key(column.code);
        kind.columns().iter().filter(is_missing).collect()
    }

    /// The place of the column that holds a value.
    pub fn place(&self, code: &str) -> Option<usize> {
        self.0.get(code).copied()
    }

    /// What a row says for a value; `None` if the file does not speak of it.
    pub(super) fn cell<'a>(&self, row: &'a CsvRow, code: &str) -> Option<&'a str> {
        self.place(code).map(|place| row.cells.get(place).map_or("", String::as_str))
    }
}
