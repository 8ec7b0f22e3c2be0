//! How the language of signed records changes: worked out from the texts, kept in mind until there is another month to count, and
//! stored nowhere.

use crate::access::Who;
use crate::content::{language_in_mind, lexicons_on};
use crate::problem::Problem;
use crate::schema::{case_entries, organisations, supervisions};
use crate::store::{Reading, Store};
use chrono::{Months, NaiveDate, NaiveDateTime};
use diesel::connection::DefaultLoadingMode;
use diesel::prelude::*;
use domain::access::Action;
use domain::ids::{CaseEntryId, OrganisationId, PersonId};
use domain::learning::{LanguageCounts, LanguageReader, LanguageTally, months_of_language};
use domain::supervision::RecordState;
use std::sync::Arc;

/// Months that are held against those before them.
const LATELY: usize = 3;
/// Months of which the texts are read at once.
const QUARTER: usize = 3;

/// The language of a year's signed records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LanguageYear {
    /// The first day of each month, the newest first, and what was found in it; `None` if fewer than five people wrote.
    pub months: Vec<(NaiveDate, Option<LanguageCounts>)>,
    /// What was found in the last three months, of those that were counted.
    pub lately: Option<LanguageCounts>,
    /// What was found in the months before.
    pub before: Option<LanguageCounts>,
}

/// The language of the organisation's signed records about cases. Of the whole organisation: a team's records are mostly written by
/// one person, and what is counted of one person is not for anybody's eyes. Each month is read by the lexicon in force when it began,
/// so that nobody can change the words to find out who wrote what.
pub fn language(reading: &mut Reading<'_>) -> Result<Arc<LanguageYear>, Problem> {
    let team = reading.actor()?.team;
    reading.permit(&Action::SeeLearningOf(&team), "team", &team)?;
    let months: Vec<NaiveDate> = months_of_language(reading.today()).collect();
    language_in_mind(reading, months.first().copied(), |reading| year(reading, &months))
}

/// Counts the language of an organisation's records, if it is not counted yet, so that nobody has to wait for it: for the server's own
/// schedule. What it finds stays in the server's memory until somebody asks who may.
pub fn count_ahead(store: &Store, now: NaiveDateTime) -> Result<(), Problem> {
    let system = Who::system("language");
    let organisations: Vec<OrganisationId> = store.read(&system, now, |reading| {
        Ok(organisations::table.select(organisations::id).load(reading.connection)?)
    })?;
    for organisation in organisations {
        store.read(&system.clone().for_organisation(&organisation), now, |reading| {
            let months: Vec<NaiveDate> = months_of_language(reading.today()).collect();
            language_in_mind(reading, months.first().copied(), |reading| year(reading, &months)).map(drop)
        })?;
    }
    Ok(())
}

fn year(reading: &mut Reading<'_>, first_days: &[NaiveDate]) -> Result<LanguageYear, Problem> {
    let tallies = tallies(reading, first_days)?;
    let (mut lately, mut before) = (LanguageTally::default(), LanguageTally::default());
    let mut months = Vec::new();
    for (number, (first, tally)) in first_days.iter().zip(tallies).enumerate() {
        let counts = tally.counts();
        // What is not told alone is not told in a sum either.
        if counts.is_some() {
            if number < LATELY { &mut lately } else { &mut before }.join(&tally);
        }
        months.push((*first, counts));
    }
    Ok(LanguageYear { months, lately: lately.counts(), before: before.counts() })
}

/// For each of these months, which stand newest first, what the records say about cases that were held in it and are signed by both.
/// The texts of a quarter are gone through one after another, and none is kept: PostgreSQL sends an answer whole, and a year of texts
/// would be much to hold at once.
fn tallies(reading: &mut Reading<'_>, first_days: &[NaiveDate]) -> Result<Vec<LanguageTally>, Problem> {
    let lexicons = lexicons_on(reading, first_days)?;
    let mut readers: Vec<LanguageReader<'_>> = Vec::new();
    let mut reader_of: Vec<usize> = Vec::new();
    for (number, lexicon) in lexicons.iter().enumerate() {
        // A lens takes longer to make than many a text to read.
        let same = lexicons[..number].iter().position(|earlier| Arc::ptr_eq(earlier, lexicon));
        reader_of.push(same.map_or(readers.len(), |same| reader_of[same]));
        if same.is_none() {
            readers.push(LanguageReader::new(lexicon));
        }
    }
    let mut tallies = Vec::with_capacity(first_days.len());
    for (number, first_days) in first_days.chunks(QUARTER).enumerate() {
        let reader_of: Vec<&LanguageReader<'_>> =
            reader_of.iter().skip(number * QUARTER).map(|of| &readers[*of]).collect();
        tallies.extend(tallies_of_quarter(reading, first_days, &reader_of)?);
    }
    Ok(tallies)
}

fn tallies_of_quarter(
    reading: &mut Reading<'_>,
    first_days: &[NaiveDate],
    readers: &[&LanguageReader<'_>],
) -> Result<Vec<LanguageTally>, Problem> {
    type Row = (NaiveDate, PersonId, Option<CaseEntryId>, String, (String, String, String, String));
    let mut tallies = vec![LanguageTally::default(); first_days.len()];
    let (Some(newest), Some(oldest)) = (first_days.first(), first_days.last()) else { return Ok(tallies) };
    let end = newest.checked_add_months(Months::new(1)).unwrap_or(*newest);
    let organisation = reading.organisation()?;
    let rows = case_entries::table
        .inner_join(supervisions::table.on(case_entries::supervision_id.eq(supervisions::id.nullable())))
        .filter(supervisions::organisation_id.eq(organisation))
        .filter(supervisions::held_on.ge(*oldest).and(supervisions::held_on.lt(end)))
        .filter(supervisions::state.eq_any([RecordState::Signed, RecordState::SignedWithComment]))
        .select((
            supervisions::held_on,
            supervisions::supervisor_id,
            case_entries::with_entry_id,
            case_entries::differs,
            (
                case_entries::what_happened,
                case_entries::decision,
                case_entries::rationale,
                case_entries::no_action_because,
            ),
        ))
        .load_iter::<Row, DefaultLoadingMode>(reading.connection)?;
    for row in rows {
        let (held_on, writer, with, differs, (happened, decision, rationale, no_action)) = row?;
        let Some(month) = first_days.iter().position(|first| *first <= held_on) else { continue };
        let (reader, tally) = (readers[month], &mut tallies[month]);
        tally.add(reader, &writer, [differs.as_str()]);
        // What was said of brothers and sisters together was written once.
        if with.is_none() {
            tally.add(reader, &writer, [&happened, &decision, &rationale, &no_action].map(String::as_str));
        }
    }
    Ok(tallies)
}
