//! Importing people and cases from a CSV file: upload, look at what would become of each row, import.
//!
//! What becomes of the rows is worked out from what stands in the records, read once for the whole file, and worked out again
//! in the transaction that imports them. Each row that adds or changes something goes through the operation that the form
//! would go through. If one of them is refused all the same, nothing of the file is imported.

mod cases;
mod people;
mod uploads;

pub use uploads::{Upload, change_columns, may_import, open, sweep, upload};

use crate::audit::Event;
use crate::problem::Problem;
use crate::secrets;
use crate::store::{Reading, Writing};
use domain::TextValue;
use domain::csv_file::{CsvRow, CsvTable};
use domain::form::Problems;
use domain::ids::ImportId;
use domain::import::{ImportCounts, ImportKind, Mapping, RowOutcome, RowReport, refused_rows};
use std::collections::HashMap;

/// What would become of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryRun {
    /// Each row, in the order of the file.
    pub reports: Vec<RowReport>,
    /// How many rows become what.
    pub counts: ImportCounts,
    /// A hash of the reports: whoever confirms confirms what they saw.
    pub hash: String,
}

impl DryRun {
    fn of(reports: Vec<RowReport>) -> Self {
        let lines: Vec<String> = reports.iter().map(|report| format!("{report:?}")).collect();
        Self { counts: ImportCounts::of(&reports), hash: secrets::hash_of_lines(&lines), reports }
    }
}

/// Works out what would become of an uploaded file. Nothing is written.
pub fn dry_run(reading: &mut Reading<'_>, upload: &Upload) -> Result<DryRun, Problem> {
    let reports = match upload.kind {
        ImportKind::People => people::plan(reading, &upload.table, &upload.mapping)?.reports(),
        ImportKind::Cases => cases::plan(reading, &upload.table, &upload.mapping)?.reports(),
    };
    Ok(DryRun::of(reports))
}

/// The refused rows of a file, each with what is wrong: of what would become of it, or of what became of it.
pub fn refused(reading: &mut Reading<'_>, kind: ImportKind, id: &ImportId) -> Result<String, Problem> {
    let upload = open(reading, kind, id)?;
    if upload.done.is_some() {
        return Ok(upload.refused);
    }
    let dry_run = dry_run(reading, &upload)?;
    Ok(refused_rows(&upload.table, &dry_run.reports))
}

/// Imports the good rows of a file, as they were shown under this hash. `is_whole`: the file holds everybody who works here,
/// so whoever is not in it may have left.
pub fn run(
    writing: &mut Writing<'_>,
    kind: ImportKind,
    id: &ImportId,
    hash: &str,
    is_whole: bool,
) -> Result<ImportCounts, Problem> {
    let upload = open(writing, kind, id)?;
    if let Some(done) = upload.done {
        writing.audit(Event::new("imported_again", "import", id))?;
        return Ok(done);
    }
    let shown = |dry_run: &DryRun| {
        if dry_run.hash == hash {
            return Ok(());
        }
        let words =
            "Something changed here since the file was checked. Nothing was imported. Look at the rows again";
        Err(Problem::from(Problems::one("form", words)))
    };
    let dry_run = match kind {
        ImportKind::People => {
            let plan = people::plan(writing, &upload.table, &upload.mapping)?;
            let dry_run = DryRun::of(plan.reports());
            shown(&dry_run)?;
            people::carry_out(writing, &plan, is_whole)?;
            dry_run
        }
        ImportKind::Cases => {
            let plan = cases::plan(writing, &upload.table, &upload.mapping)?;
            let dry_run = DryRun::of(plan.reports());
            shown(&dry_run)?;
            cases::carry_out(writing, &plan)?;
            dry_run
        }
    };
    let counts = dry_run.counts;
    uploads::is_done(writing, id, counts, &refused_rows(&upload.table, &dry_run.reports))?;
    writing.audit(
        Event::new("imported", "import", id)
            .with("kind", kind.code())
            .with("added", counts.added)
            .with("changed", counts.changed)
            .with("unchanged", counts.unchanged)
            .with("refused", counts.refused),
    )?;
    Ok(counts)
}

/// A row, what becomes of it, and what is to be done for that.
struct Planned<Step> {
    report: RowReport,
    step: Option<Step>,
}

/// What becomes of each row of a file, in order.
struct Plan<Step>(Vec<Planned<Step>>);

impl<Step> Plan<Step> {
    fn reports(&self) -> Vec<RowReport> {
        self.0.iter().map(|planned| planned.report.clone()).collect()
    }

    /// What is to be done, each with the row that asks for it.
    fn steps(&self) -> impl Iterator<Item = (usize, &Step)> {
        self.0.iter().filter_map(|planned| Some((planned.report.number, planned.step.as_ref()?)))
    }
}

impl<Step> Planned<Step> {
    fn refused(number: usize, key: String, why: Vec<String>) -> Self {
        Self { report: RowReport { number, key, outcome: RowOutcome::Refused(why) }, step: None }
    }
}

/// What was wrong, as a report says it.
fn words_of(problems: Problems) -> Vec<String> {
    problems.0.into_iter().map(|problem| problem.words).collect()
}

/// The rows that say the same as a row before them, each with the number of that row.
fn repeated(table: &CsvTable, key: impl Fn(&CsvRow) -> String) -> HashMap<usize, usize> {
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut repeated = HashMap::new();
    for row in &table.rows {
        let key = key(row);
        if key.is_empty() {
            continue;
        }
        match first.get(&key) {
            Some(number) => {
                repeated.insert(row.number, *number);
            }
            None => {
                first.insert(key, row.number);
            }
        }
    }
    repeated
}

/// What stands in the column of a value, in lower case.
fn key_cell(row: &CsvRow, mapping: &Mapping, code: &str) -> String {
    let cell = mapping.place(code).and_then(|place| row.cells.get(place));
    cell.map(|cell| cell.to_lowercase()).unwrap_or_default()
}

/// Says which row an operation has refused. Nothing of the file is kept then.
fn at_row(number: usize, problem: Problem) -> Problem {
    match problem {
        Problem::Invalid(problems) => {
            let why = words_of(problems).join(". ");
            Problems::one("form", format!("Row {number}: {why}. Nothing was imported")).into()
        }
        other => other,
    }
}
