//! Brothers and sisters: cases that are talked about together, with a record for each child.

use crate::access::{case_facts, cases_with_lead, visible_cases};
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::cases;
use crate::store::{Reading, Writing, new_id};
use diesel::prelude::*;
use domain::access::{Action, may};
use domain::cases::CaseStatus;
use domain::form::Problems;
use domain::ids::{CaseId, SiblingGroupId};

/// The case of a brother or sister.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Sibling {
    /// The case.
    pub id: CaseId,
    /// The reference.
    pub reference: String,
    /// The label.
    pub label: String,
    /// Whether it is worked on.
    pub status: CaseStatus,
}

/// The other cases of a group that the reader may open, by reference.
pub(super) fn siblings_of(
    reading: &mut Reading<'_>,
    case: &CaseId,
    group: Option<&SiblingGroupId>,
) -> Result<Vec<Sibling>, Problem> {
    let Some(group) = group else { return Ok(Vec::new()) };
    let actor = reading.actor()?;
    Ok(visible_cases(cases_with_lead(), &actor)
        .filter(cases::sibling_group_id.eq(group.clone()).and(cases::id.ne(case.clone())))
        .order(cases::reference)
        .select((cases::id, cases::reference, cases::label, cases::status))
        .load(reading.connection)?)
}

fn group_of(reading: &mut Reading<'_>, case: &CaseId) -> Result<Option<SiblingGroupId>, Problem> {
    Ok(cases::table.filter(cases::id.eq(case)).select(cases::sibling_group_id).first(reading.connection)?)
}

/// Notes that a case is that of a brother or sister, by its reference. Two groups that meet become one.
pub fn join_siblings(writing: &mut Writing<'_>, case: &CaseId, reference: &str) -> Result<(), Problem> {
    let facts = case_facts(writing.connection, case)?;
    writing.permit(&Action::OpenCase(&facts), "case", case)?;
    writing.permit(&Action::ChangeCase(&facts), "case", case)?;
    let actor = writing.actor()?;
    let not_found =
        || Problems::one("reference", "There is no case with this reference that you manage. Check it");
    let other: Option<CaseId> = cases::table
        .filter(cases::organisation_id.eq(&actor.organisation).and(cases::reference.eq(reference.trim())))
        .select(cases::id)
        .first(writing.connection)
        .optional()?;
    let other = other.ok_or_else(not_found)?;
    let facts_of_other = case_facts(writing.connection, &other)?;
    // What is not theirs to change is not there, whether or not it is.
    if !may(&actor, &Action::ChangeCase(&facts_of_other)).is_allowed() {
        return Err(not_found().into());
    }
    if other == *case {
        return Err(Problems::one(
            "reference",
            "This is the same case. Enter the reference of a brother or sister",
        )
        .into());
    }
    let (own, theirs) = (group_of(writing, case)?, group_of(writing, &other)?);
    if own.is_some() && own == theirs {
        return Err(Problems::one("reference", "This case is among them already").into());
    }
    let group = own.or_else(|| theirs.clone()).unwrap_or_else(new_id);
    if let Some(theirs) = theirs {
        diesel::update(cases::table.filter(cases::sibling_group_id.eq(theirs)))
            .set(cases::sibling_group_id.eq(&group))
            .execute(writing.connection)?;
    }
    diesel::update(cases::table.filter(cases::id.eq_any([case, &other])))
        .set(cases::sibling_group_id.eq(&group))
        .execute(writing.connection)?;
    writing.audit(Event::new("siblings_joined", "case", case).with("other", &other))
}

/// Takes a case out of its group: it was put there by mistake, or the child lives elsewhere now.
pub fn leave_siblings(writing: &mut Writing<'_>, case: &CaseId) -> Result<(), Problem> {
    let facts = case_facts(writing.connection, case)?;
    writing.permit(&Action::OpenCase(&facts), "case", case)?;
    writing.permit(&Action::ChangeCase(&facts), "case", case)?;
    diesel::update(cases::table.filter(cases::id.eq(case)))
        .set(cases::sibling_group_id.eq(None::<SiblingGroupId>))
        .execute(writing.connection)?;
    writing.audit(Event::new("siblings_left", "case", case))
}
