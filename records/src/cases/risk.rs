//! Dated views of a case's risk. None is ever changed, only followed by another.

use crate::problem::Problem;
use crate::schema::{cases, risk_views};
use crate::store::{Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::ids::{CaseEntryId, CaseId, RiskViewId};
use domain::risk::{RiskDirection, RiskLevel};

/// A dated view of risk.
pub(crate) struct RiskView<'a> {
    pub(crate) case: &'a CaseId,
    pub(crate) entry: Option<&'a CaseEntryId>,
    pub(crate) on: NaiveDate,
    pub(crate) level: RiskLevel,
    pub(crate) direction: RiskDirection,
}

/// Writes a view of risk. The case shows it unless a later day's view stands already.
pub(crate) fn record_risk_view(writing: &mut Writing<'_>, view: &RiskView<'_>) -> Result<(), Problem> {
    let (id, organisation, now): (RiskViewId, _, _) = (new_id(), writing.organisation()?, writing.now);
    let author = writing.actor()?.person;
    let later: i64 = risk_views::table
        .filter(risk_views::case_id.eq(view.case).and(risk_views::viewed_on.gt(view.on)))
        .count()
        .get_result(writing.connection)?;
    diesel::insert_into(risk_views::table)
        .values((
            (
                risk_views::id.eq(&id),
                risk_views::organisation_id.eq(organisation),
                risk_views::case_id.eq(view.case),
            ),
            (risk_views::entry_id.eq(view.entry), risk_views::author_id.eq(author)),
            (risk_views::viewed_on.eq(view.on), risk_views::recorded_at.eq(now)),
            (risk_views::level.eq(view.level), risk_views::direction.eq(view.direction)),
        ))
        .execute(writing.connection)?;
    if later == 0 {
        diesel::update(cases::table.filter(cases::id.eq(view.case)))
            .set(cases::risk_level.eq(view.level))
            .execute(writing.connection)?;
    }
    Ok(())
}
