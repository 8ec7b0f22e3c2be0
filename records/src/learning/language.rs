//! How the language of signed records changes: worked out from the texts, kept in mind until there is another month to count, and
//! stored nowhere.

use crate::content::{language_in_mind, rules_on};
use crate::problem::Problem;
use crate::schema::{case_entries, supervisions};
use crate::store::Reading;
use chrono::{Months, NaiveDate};
use diesel::prelude::*;
use domain::access::Action;
use domain::ids::{CaseEntryId, PersonId};
use domain::learning::{LanguageCounts, LanguageReader, LanguageTally, months_of_language};
use domain::lens::Lexicon;
use domain::supervision::RecordState;
use std::sync::Arc;

/// Months that are held against those before them.
const LATELY: usize = 3;

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

fn year(reading: &mut Reading<'_>, first_days: &[NaiveDate]) -> Result<LanguageYear, Problem> {
    let (mut lately, mut before) = (LanguageTally::default(), LanguageTally::default());
    let mut months = Vec::new();
    for (number, first) in first_days.iter().enumerate() {
        let rules = rules_on(reading, *first)?;
        let tally = month(reading, *first, &rules.wording.lexicon)?;
        let counts = tally.counts();
        // What is not told alone is not told in a sum either.
        if counts.is_some() {
            if number < LATELY { &mut lately } else { &mut before }.join(&tally);
        }
        months.push((*first, counts));
    }
    Ok(LanguageYear { months, lately: lately.counts(), before: before.counts() })
}

/// What the records say about cases that were held in a month and are signed by both.
fn month(reading: &mut Reading<'_>, first: NaiveDate, lexicon: &Lexicon) -> Result<LanguageTally, Problem> {
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
    let (reader, mut tally) = (LanguageReader::new(lexicon), LanguageTally::default());
    for (writer, with, differs, (happened, decision, rationale, no_action)) in rows {
        tally.add(&reader, &writer, [differs.as_str()]);
        // What was said of brothers and sisters together was written once.
        if with.is_none() {
            tally.add(&reader, &writer, [&happened, &decision, &rationale, &no_action].map(String::as_str));
        }
    }
    Ok(tally)
}
