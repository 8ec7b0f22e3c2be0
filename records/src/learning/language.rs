//! How the language of signed records changes: worked out from the texts when somebody looks, kept in mind until the lexicon is
//! another, and stored nowhere.

use crate::content::{self, language_of_month};
use crate::problem::Problem;
use crate::schema::{case_entries, supervisions};
use crate::store::Reading;
use crate::teams;
use chrono::{Months, NaiveDate};
use diesel::prelude::*;
use domain::access::{Action, may};
use domain::ids::{CaseEntryId, PersonId};
use domain::learning::{LanguageCounts, LanguageTally, months_of_language};
use domain::lens::Lexicon;
use domain::supervision::RecordState;
use std::sync::Arc;

/// The language of a month's signed records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageMonth {
    /// The first day of the month.
    pub first: NaiveDate,
    /// What was found; `None` if fewer than five people wrote signed records about cases in it.
    pub counts: Arc<Option<LanguageCounts>>,
}

/// The language of the organisation's signed records, the newest month first, by the lexicon of today. Of the whole organisation:
/// a team's records are mostly written by one person, and what is counted of one person is not for anybody's eyes.
pub fn language(reading: &mut Reading<'_>) -> Result<Vec<LanguageMonth>, Problem> {
    let actor = reading.actor()?;
    let teams = teams::list(reading)?;
    let own = teams.iter().find(|team| may(&actor, &Action::SeeLearningOf(&team.id)).is_allowed());
    let Some(own) = own else { return Err(Problem::NotFound) };
    reading.permit(&Action::SeeLearningOf(&own.id), "team", &own.id)?;
    let wording = Arc::clone(&content::rules(reading)?.wording);
    let first_days: Vec<NaiveDate> = months_of_language(reading.today()).collect();
    let wanted = first_days.clone();
    first_days
        .into_iter()
        .map(|first| {
            let version = wording.lexicon.version();
            let counts = language_of_month(reading, (first, version), &wanted, |reading| {
                counted(reading, first, &wording.lexicon)
            })?;
            Ok(LanguageMonth { first, counts })
        })
        .collect()
}

/// What the records say about cases that were held in a month and are signed by both.
fn counted(
    reading: &mut Reading<'_>,
    first: NaiveDate,
    lexicon: &Lexicon,
) -> Result<Option<LanguageCounts>, Problem> {
    type Row = (PersonId, Option<CaseEntryId>, String, (String, String, String, String));
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    let rows: Vec<Row> = case_entries::table
        .inner_join(supervisions::table.on(case_entries::supervision_id.eq(supervisions::id.nullable())))
        .filter(supervisions::organisation_id.eq(reading.organisation()?))
        .filter(supervisions::held_on.ge(first).and(supervisions::held_on.lt(next)))
        .filter(supervisions::state.eq_any([RecordState::Signed, RecordState::SignedWithComment]))
        .select((
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
        .load(reading.connection)?;
    let mut tally = LanguageTally::new(lexicon);
    for (writer, with, differs, (happened, decision, rationale, no_action)) in rows {
        // What was said of brothers and sisters together was written once.
        let once = [happened, decision, rationale, no_action];
        let shared = once.iter().filter(|_| with.is_none());
        tally.add(writer, shared.chain([&differs]).map(String::as_str));
    }
    Ok(tally.counts())
}
