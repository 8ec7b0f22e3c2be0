//! A row that is a case.

use super::people::team;
use super::row::{RowForm, parts};
use super::{InWords, Mapping};
use crate::TextValue;
use crate::calendar::day_in_words;
use crate::cases::{CaseDetails, CaseStatus, PlanType, SubjectKind};
use crate::csv_file::CsvRow;
use crate::form::{Form, FormCheck, Problems};
use crate::ids::{PersonId, TeamId};
use crate::risk::RiskLevel;
use chrono::NaiveDate;
use std::collections::HashMap;

/// What the records know that rows of cases speak of.
pub struct CaseLookup {
    /// The teams, by their names in lower case.
    pub teams: HashMap<String, TeamId>,
    /// The people who work here now, by their addresses in lower case.
    pub people: HashMap<String, PersonId>,
}

/// What a row says of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedCase {
    /// The details, with what stands in the record where the file does not speak of it.
    pub details: CaseDetails,
    /// How high the risk is, for a case that is new.
    pub risk: RiskLevel,
}

/// Reads a row of cases.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_case(
    mapping: &Mapping,
    row: &CsvRow,
    before: Option<&CaseDetails>,
    known: &CaseLookup,
    today: NaiveDate,
) -> Result<ImportedCase, Problems> {
    let mut filled = RowForm::new(mapping, row, before.map_or_else(blank, CaseDetails::to_form));
    filled.text("reference");
    filled.text("label");
    subject_kind(&mut filled);
    filled.choice::<PlanType>("plan_type", "Plan");
    filled.choice::<CaseStatus>("status", "Status");
    filled.yes_or_no("domestic_abuse", "Domestic abuse");
    filled.yes_or_no("marac", "MARAC");
    team(&mut filled, &known.teams);
    filled.day("allocated_on", "Date allocated");
    filled.choice::<RiskLevel>("risk_level", "Risk now");
    lead(&mut filled, known);
    co_workers(&mut filled, known);
    let details = CaseDetails::parse(&filled.form, today);
    let mut check = FormCheck::new(&filled.form);
    let risk = check.choice("risk_level", "Choose how high the risk is now");
    let risk = check.finish(risk);
    let both = Problems::of_both(details, risk);
    filled.finish(both).map(|(details, risk)| ImportedCase { details, risk })
}

fn blank() -> Form {
    let mut form = Form::default();
    form.set("status", CaseStatus::Open.code());
    form
}

fn subject_kind(filled: &mut RowForm<'_>) {
    match filled.cell("subject_kind").map(str::to_lowercase).as_deref() {
        Some("child" | "family") => filled.form.set("subject_kind", SubjectKind::Children.code()),
        _ => filled.choice::<SubjectKind>("subject_kind", "Who the case is about"),
    }
    // What the record says of its risk is noted on the case; a new case without a word is not known.
    if !filled.form.has("risk_level") {
        filled.form.set("risk_level", RiskLevel::Unknown.code());
    }
}

/// Who works here under an address.
fn worker<'a>(
    filled: &mut RowForm<'_>,
    known: &'a CaseLookup,
    field: &str,
    email: &str,
) -> Option<&'a PersonId> {
    let found = known.people.get(&email.to_lowercase());
    if found.is_none() {
        filled.fail(field, format!("Nobody who works here has the email address “{email}”"));
    }
    found
}

fn lead(filled: &mut RowForm<'_>, known: &CaseLookup) {
    let Some(email) = filled.cell("lead_practitioner") else { return };
    if email.is_empty() {
        filled.form.set("lead_practitioner", "");
    } else if let Some(person) = worker(filled, known, "lead_practitioner", email) {
        filled.form.set("lead_practitioner", person.as_str());
    }
}

fn co_workers(filled: &mut RowForm<'_>, known: &CaseLookup) {
    let Some(text) = filled.cell("co_workers") else { return };
    let mut found: Vec<&PersonId> =
        parts(text).filter_map(|email| worker(filled, known, "co_workers", email)).collect();
    found.sort_unstable();
    found.dedup();
    filled.form.remove_under("co_workers");
    let mut fields = filled.form.fields().to_vec();
    fields.extend(found.into_iter().map(|person| ("co_workers".to_owned(), person.to_string())));
    filled.form = Form::new(fields);
}

/// A case's details in words, in the order of the columns. `name` says how a team or person is called.
pub fn case_in_words(details: &CaseDetails, team_name: &str, name: impl Fn(&PersonId) -> String) -> InWords {
    let yes = |is_so: bool| if is_so { "Yes" } else { "No" }.to_owned();
    let mut co_workers: Vec<String> = details.co_workers.iter().map(&name).collect();
    co_workers.sort_unstable();
    vec![
        ("Label", details.label.clone()),
        ("Who the case is about", details.subject_kind.words().to_owned()),
        ("Plan", details.plan_type.words().to_owned()),
        ("Team", team_name.to_owned()),
        ("Date allocated", day_in_words(details.allocated_on)),
        ("Lead practitioner", details.lead_practitioner.as_ref().map(&name).unwrap_or_default()),
        ("Co-workers", co_workers.join(", ")),
        ("Domestic abuse", yes(details.domestic_abuse)),
        ("MARAC", yes(details.marac)),
        ("Status", details.status.words().to_owned()),
    ]
}
