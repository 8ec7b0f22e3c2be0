//! The risk checklists (DASH-RIC) of a case: each stands with the view of risk that was formed with it.

use super::CaseSummary;
use crate::problem::Problem;
use crate::schema::{case_entries, risk_views};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::ids::CaseId;
use domain::risk::{Checklist, LatestScore};
use std::collections::HashMap;

/// The day of a checklist and its score, as they are stored.
pub(crate) type ChecklistRow = (Option<NaiveDate>, Option<i32>);

/// The columns of a [`ChecklistRow`].
macro_rules! checklist_columns {
    () => {
        (crate::schema::risk_views::checklist_on, crate::schema::risk_views::checklist_score)
    };
}
pub(crate) use checklist_columns;

/// The checklist of a view of risk, if one was done.
pub(crate) fn checklist_of((on, score): ChecklistRow) -> Option<Checklist> {
    Some(Checklist { on: on?, score: score.and_then(|score| u8::try_from(score).ok()) })
}

/// The newest score of each of these cases that has one, with the one before it. What a void record says counts for nothing: the
/// score may be that of another family. Whoever asks may open the cases.
pub(super) fn scores_of(
    reading: &mut Reading<'_>,
    cases: &[&CaseId],
) -> Result<HashMap<CaseId, LatestScore>, Problem> {
    let rows: Vec<(CaseId, ChecklistRow)> = risk_views::table
        .left_join(case_entries::table.on(case_entries::id.nullable().eq(risk_views::entry_id)))
        .filter(risk_views::case_id.eq_any(cases))
        .filter(risk_views::checklist_score.is_not_null())
        .filter(case_entries::voided_on.is_null())
        .order((risk_views::case_id, risk_views::checklist_on.desc(), risk_views::id.desc()))
        .select((risk_views::case_id, checklist_columns!()))
        .load(reading.connection)?;
    let mut latest = HashMap::new();
    for of_case in rows.chunk_by(|one, other| one.0 == other.0) {
        let score_of = |row: &(CaseId, ChecklistRow)| {
            let checklist = checklist_of(row.1)?;
            Some((checklist.score?, checklist.on))
        };
        let scores: Vec<(u8, NaiveDate)> = of_case.iter().filter_map(score_of).collect();
        if let Some((case, score)) = of_case.first().map(|row| &row.0).zip(LatestScore::of(&scores)) {
            latest.insert(case.clone(), score);
        }
    }
    Ok(latest)
}

/// The same for cases that the reader has been shown in a few words.
pub fn latest_scores(
    reading: &mut Reading<'_>,
    cases: &[&CaseSummary],
) -> Result<HashMap<CaseId, LatestScore>, Problem> {
    if cases.is_empty() {
        return Ok(HashMap::new());
    }
    scores_of(reading, &cases.iter().map(|case| &case.id).collect::<Vec<_>>())
}
