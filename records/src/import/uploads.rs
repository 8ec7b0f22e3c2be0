//! Files between their upload and their import: their author's alone, and gone after a day.

use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::imports;
use crate::store::{Reading, Store, Writing, new_id};
use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::csv_file::CsvTable;
use domain::form::Problems;
use domain::ids::ImportId;
use domain::import::{ImportCounts, ImportKind, Mapping};

/// Hours for which a file is kept.
const KEPT_HOURS: i64 = 24;

/// An uploaded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The upload.
    pub id: ImportId,
    /// What it holds.
    pub kind: ImportKind,
    /// The name of the file; empty for rows that were pasted.
    pub file_name: String,
    /// Its rows; none once it is imported.
    pub table: CsvTable,
    /// Which column holds what.
    pub mapping: Mapping,
    /// How many rows became what, once it is imported.
    pub done: Option<ImportCounts>,
    /// The rows that were refused, as a CSV file, once it is imported.
    pub(super) refused: String,
}

/// Stops whoever may not import this at all.
pub fn may_import(reading: &Reading<'_>, kind: ImportKind) -> Result<(), Problem> {
    let action = match kind {
        ImportKind::People => Action::AdministerPeople,
        ImportKind::Cases => Action::ImportCases,
    };
    reading.permit(&action, "import", kind.code())
}

/// Keeps a file for its author, with a guess at which column holds what.
pub fn upload(
    writing: &mut Writing<'_>,
    kind: ImportKind,
    file_name: &str,
    text: &str,
) -> Result<ImportId, Problem> {
    may_import(writing, kind)?;
    let table = CsvTable::read(text).map_err(|problem| Problems::one("file", problem.to_string()))?;
    let mapping = Mapping::guess(kind, &table.header);
    let (id, actor, now): (ImportId, _, _) = (new_id(), writing.actor()?, writing.now);
    let file_name: String = file_name.chars().filter(|sign| !sign.is_control()).take(100).collect();
    diesel::insert_into(imports::table)
        .values((
            (imports::id.eq(&id), imports::organisation_id.eq(&actor.organisation)),
            (imports::author_id.eq(&actor.person), imports::kind.eq(kind)),
            (imports::file_name.eq(file_name), imports::content.eq(text)),
            imports::mapping.eq(mapping_to_text(&mapping)?),
            (imports::outcome.eq(""), imports::refused.eq("")),
            imports::uploaded_at.eq(now),
        ))
        .execute(writing.connection)?;
    let event = Event::new("import_uploaded", "import", &id).with("kind", kind.code());
    writing.audit(event.with("rows", table.rows.len()))?;
    Ok(id)
}

fn mapping_to_text(mapping: &Mapping) -> Result<String, Problem> {
    serde_json::to_string(mapping).map_err(Problem::unexpected)
}

/// An own file of this kind, while it is kept.
pub fn open(reading: &mut Reading<'_>, kind: ImportKind, id: &ImportId) -> Result<Upload, Problem> {
    may_import(reading, kind)?;
    let (actor, kept_since) = (reading.actor()?, reading.now - Duration::hours(KEPT_HOURS));
    let (file_name, content, mapping, outcome, refused): (String, String, String, String, String) =
        imports::table
            .filter(imports::id.eq(id).and(imports::kind.eq(kind)))
            .filter(imports::author_id.eq(&actor.person))
            .filter(imports::organisation_id.eq(&actor.organisation))
            .filter(imports::uploaded_at.ge(kept_since))
            .select((
                imports::file_name,
                imports::content,
                imports::mapping,
                imports::outcome,
                imports::refused,
            ))
            .first(reading.connection)?;
    let done = match outcome.as_str() {
        "" => None,
        counts => Some(serde_json::from_str(counts).map_err(Problem::unexpected)?),
    };
    let table = match done {
        Some(_) => CsvTable::default(),
        None => CsvTable::read(&content).map_err(Problem::unexpected)?,
    };
    let mapping = serde_json::from_str(&mapping).map_err(Problem::unexpected)?;
    Ok(Upload { id: id.clone(), kind, file_name, table, mapping, done, refused })
}

/// Says which column holds what.
pub fn change_columns(
    writing: &mut Writing<'_>,
    kind: ImportKind,
    id: &ImportId,
    mapping: &Mapping,
) -> Result<(), Problem> {
    let upload = open(writing, kind, id)?;
    if upload.done.is_some() {
        return Err(Problems::one("form", "This file is imported already. Upload it again").into());
    }
    diesel::update(imports::table.filter(imports::id.eq(id)))
        .set(imports::mapping.eq(mapping_to_text(mapping)?))
        .execute(writing.connection)?;
    writing.audit(Event::new("import_mapped", "import", id))
}

/// Notes what became of a file, and keeps no more of it than the rows that were refused.
pub(super) fn is_done(
    writing: &mut Writing<'_>,
    id: &ImportId,
    counts: ImportCounts,
    refused: &str,
) -> Result<(), Problem> {
    let outcome = serde_json::to_string(&counts).map_err(Problem::unexpected)?;
    diesel::update(imports::table.filter(imports::id.eq(id)))
        .set((imports::content.eq(""), imports::outcome.eq(outcome), imports::refused.eq(refused)))
        .execute(writing.connection)?;
    Ok(())
}

/// Removes the files of yesterday.
pub fn sweep(store: &Store, now: NaiveDateTime) -> Result<(), Problem> {
    store.keep_house(now, move |writing| {
        let is_old = imports::uploaded_at.lt(now - Duration::hours(KEPT_HOURS));
        diesel::delete(imports::table.filter(is_old)).execute(writing.connection)?;
        Ok(())
    })
}
