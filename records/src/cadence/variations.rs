//! Longer intervals for one case or one line of a person's supervision: approved by somebody, with a reason, until a day.

use crate::access::{case_facts, person_facts};
use crate::audit::Event;
use crate::content;
use crate::problem::Problem;
use crate::schema::{people, variations};
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::Action;
use domain::cadence::{NewVariation, Variation};
use domain::ids::{CaseId, PersonId, VariationId};
use domain::people::LinkKind;
use std::collections::HashMap;
use std::sync::Arc;

/// A variation as a card shows it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct VariationRow {
    /// The variation.
    pub id: VariationId,
    /// Calendar days from one session to the next.
    pub interval_days: i32,
    /// The day on which it was granted.
    pub granted_on: NaiveDate,
    /// Its last day.
    pub expires_on: NaiveDate,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approver: String,
}

macro_rules! variation_columns {
    () => {
        (
            variations::id,
            variations::interval_days,
            variations::granted_on,
            variations::expires_on,
            variations::reason,
            people::name,
        )
    };
}
pub(super) use variation_columns;

macro_rules! variation_numbers {
    () => {
        (
            $crate::schema::variations::granted_on,
            $crate::schema::variations::interval_days,
            $crate::schema::variations::expires_on,
            $crate::schema::variations::ended_on,
        )
    };
}
pub(crate) use variation_numbers;

/// The days and numbers of a variation, as they stand in its row.
pub(crate) type Numbers = (NaiveDate, i32, NaiveDate, Option<NaiveDate>);

/// One that was ended early lasted until that day.
pub(super) fn variation((granted_on, interval_days, expires_on, ended_on): Numbers) -> Variation {
    Variation {
        granted_on,
        interval_days: u32::try_from(interval_days).unwrap_or(0),
        expires_on: ended_on.map_or(expires_on, |ended_on| ended_on.min(expires_on)),
    }
}

/// The newest variation of each case, and of each line of somebody's supervision, that ever had one.
#[derive(Debug, Default)]
pub(crate) struct Variations {
    pub(super) of_cases: HashMap<CaseId, Variation>,
    pub(super) of_people: HashMap<(PersonId, LinkKind), Variation>,
}

/// Those of the organisation: kept in mind, because there are few, and every list needs them.
pub(super) fn newest_variations(reading: &mut Reading<'_>) -> Result<Arc<Variations>, Problem> {
    content::variations(reading, read_variations)
}

fn read_variations(reading: &mut Reading<'_>) -> Result<Variations, Problem> {
    type Row = (Option<CaseId>, Option<PersonId>, Option<LinkKind>, Numbers);
    let organisation = reading.organisation()?;
    let rows: Vec<Row> = variations::table
        .filter(variations::organisation_id.eq(organisation))
        .order((variations::granted_on, variations::id))
        .select((variations::case_id, variations::person_id, variations::line, variation_numbers!()))
        .load(reading.connection)?;
    let mut newest = Variations::default();
    for (case, person, line, numbers) in rows {
        if let Some(case) = case {
            newest.of_cases.insert(case, variation(numbers));
        }
        if let Some(of_line) = person.zip(line) {
            newest.of_people.insert(of_line, variation(numbers));
        }
    }
    Ok(newest)
}

/// A variation with the day on which it was ended early, if it was.
pub(super) struct Newest {
    pub(super) row: VariationRow,
    pub(super) ended_on: Option<NaiveDate>,
}

impl Newest {
    /// Whether it holds on a day, so that it can be ended.
    pub(super) fn stands(&self, on: NaiveDate) -> bool {
        self.ended_on.is_none() && self.row.expires_on >= on
    }
}

/// The newest variation of each line of somebody's supervision, and those of them that stand today, as a card shows them.
type OfPerson = (HashMap<LinkKind, Variation>, HashMap<LinkKind, VariationRow>);

pub(super) fn variations_of_person(
    reading: &mut Reading<'_>,
    person: &PersonId,
) -> Result<OfPerson, Problem> {
    let today = reading.today();
    let rows: Vec<(Option<LinkKind>, Numbers, VariationRow)> = variations::table
        .inner_join(people::table.on(people::id.eq(variations::approver_id)))
        .filter(variations::person_id.eq(person))
        .order((variations::granted_on, variations::id))
        .select((variations::line, variation_numbers!(), variation_columns!()))
        .load(reading.connection)?;
    let (mut newest, mut standing) = (HashMap::new(), HashMap::new());
    for (line, numbers, row) in rows {
        let Some(line) = line else { continue };
        if row.expires_on >= today && numbers.3.is_none() {
            standing.insert(line, row);
        }
        newest.insert(line, variation(numbers));
    }
    Ok((newest, standing))
}

/// A longer interval on one line of somebody's supervision, for as long as it held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LongerInterval {
    /// On which line.
    pub line: LinkKind,
    /// What was approved.
    pub approved: VariationRow,
    /// The last day on which it holds or held: it may have been ended early.
    pub last_on: NaiveDate,
}

/// Every longer interval that somebody's supervision had, the newest first, for whoever has asked whether the reader may know.
pub(crate) fn intervals_of(
    reading: &mut Reading<'_>,
    person: &PersonId,
) -> Result<Vec<LongerInterval>, Problem> {
    let rows: Vec<(Option<LinkKind>, Option<NaiveDate>, VariationRow)> = variations::table
        .inner_join(people::table.on(people::id.eq(variations::approver_id)))
        .filter(variations::person_id.eq(person))
        .order((variations::granted_on.desc(), variations::id.desc()))
        .select((variations::line, variations::ended_on, variation_columns!()))
        .load(reading.connection)?;
    let interval = |(line, ended_on, approved): (Option<LinkKind>, Option<NaiveDate>, VariationRow)| {
        let last_on = ended_on.map_or(approved.expires_on, |ended_on| ended_on.min(approved.expires_on));
        Some(LongerInterval { line: line?, approved, last_on })
    };
    Ok(rows.into_iter().filter_map(interval).collect())
}

/// Grants a case a longer interval.
pub fn grant_to_case(
    writing: &mut Writing<'_>,
    case: &CaseId,
    new: &NewVariation,
) -> Result<VariationId, Problem> {
    let facts = case_facts(writing.connection, case)?;
    writing.permit(&Action::OpenCase(&facts), "case", case)?;
    writing.permit(&Action::VaryCase(&facts), "case", case)?;
    insert(writing, Some(case), None, new)
}

/// Grants a longer interval to one line of a person's supervision.
pub fn grant_to_person(
    writing: &mut Writing<'_>,
    person: &PersonId,
    line: LinkKind,
    new: &NewVariation,
) -> Result<VariationId, Problem> {
    let facts = person_facts(writing.connection, person)?;
    writing.permit(&Action::OpenPerson(&facts), "person", person)?;
    writing.permit(&Action::KeepCadenceOf(&facts), "person", person)?;
    insert(writing, None, Some((person, line)), new)
}

fn insert(
    writing: &mut Writing<'_>,
    case: Option<&CaseId>,
    person: Option<(&PersonId, LinkKind)>,
    new: &NewVariation,
) -> Result<VariationId, Problem> {
    let (id, actor, today): (VariationId, _, _) = (new_id(), writing.actor()?, writing.today());
    content::rules_changed(writing)?;
    // One at a time: a new one takes the place of the one before.
    let (of_person, of_line) = (person.map(|(person, _)| person), person.map(|(_, line)| line));
    diesel::update(
        variations::table
            .filter(
                variations::case_id
                    .eq(case)
                    .or(variations::person_id.eq(of_person).and(variations::line.eq(of_line))),
            )
            .filter(variations::ended_on.is_null()),
    )
    .set(variations::ended_on.eq(today))
    .execute(writing.connection)?;
    diesel::insert_into(variations::table)
        .values((
            (variations::id.eq(&id), variations::organisation_id.eq(&actor.organisation)),
            variations::case_id.eq(case),
            variations::person_id.eq(person.map(|(person, _)| person)),
            variations::line.eq(person.map(|(_, line)| line)),
            variations::interval_days.eq(new.interval_days),
            (variations::granted_on.eq(today), variations::expires_on.eq(new.expires_on)),
            (variations::reason.eq(&new.reason), variations::approver_id.eq(&actor.person)),
        ))
        .execute(writing.connection)?;
    writing.audit(
        Event::new("variation_granted", "variation", &id)
            .with("case", case.map_or("", CaseId::as_str))
            .with("person", person.map_or("", |(person, _)| person.as_str()))
            .with("interval_days", new.interval_days)
            .with("expires_on", new.expires_on),
    )?;
    Ok(id)
}

/// Ends a variation today: the ordinary interval holds again. Returns the page of what it was for.
pub fn end_variation(writing: &mut Writing<'_>, id: &VariationId) -> Result<String, Problem> {
    let (case, person): (Option<CaseId>, Option<PersonId>) = variations::table
        .filter(variations::id.eq(id))
        .select((variations::case_id, variations::person_id))
        .first(writing.connection)?;
    if let Some(case) = &case {
        let facts = case_facts(writing.connection, case)?;
        writing.permit(&Action::VaryCase(&facts), "case", case)?;
    }
    if let Some(person) = &person {
        let facts = person_facts(writing.connection, person)?;
        writing.permit(&Action::KeepCadenceOf(&facts), "person", person)?;
    }
    let today = writing.today();
    // Pressed twice, or by two people: it has ended, and that is what was wanted.
    diesel::update(variations::table.filter(variations::id.eq(id)))
        .filter(variations::ended_on.is_null())
        .set(variations::ended_on.eq(today))
        .execute(writing.connection)?;
    content::rules_changed(writing)?;
    writing.audit(Event::new("variation_ended", "variation", id))?;
    Ok(match (case, person) {
        (Some(case), _) => format!("/cases/{case}"),
        (None, Some(person)) => format!("/people/{person}"),
        (None, None) => "/reviews".to_owned(),
    })
}
