//! Times away. A longer one pauses the person's own clocks; the clocks of their cases never pause.

use crate::access::person_facts;
use crate::audit::Event;
use crate::problem::{Problem, Stale};
use crate::schema::absences;
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, may};
use domain::cadence::{Absence, AbsenceReason, NewAbsence};
use domain::form::Problems;
use domain::ids::{AbsenceId, PersonId};

/// An absence as a person's page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct AbsenceRow {
    /// The absence.
    pub id: AbsenceId,
    /// Why.
    pub reason: AbsenceReason,
    /// The first day away.
    pub from_on: NaiveDate,
    /// The last day away; `None` while it is not known.
    pub to_on: Option<NaiveDate>,
    /// The version.
    pub version: i32,
}

impl AbsenceRow {
    /// What the clock needs to know of it.
    pub(super) fn absence(&self) -> Absence {
        Absence { reason: self.reason, from: self.from_on, to: self.to_on }
    }
}

/// A person's times away, the newest first, for those who keep their cadence and for themselves. Why somebody is away is
/// nobody else's business, a supervisor on another line included.
pub fn absences(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<AbsenceRow>, Problem> {
    let facts = person_facts(reading.connection, person)?;
    if reading.actor()?.person != *person {
        reading.permit(&Action::KeepCadenceOf(&facts), "person", person)?;
    }
    absences_of(reading, person)
}

/// The same, for whoever has asked already whether the reader may know.
pub(crate) fn absences_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<AbsenceRow>, Problem> {
    Ok(absences::table
        .filter(absences::person_id.eq(person))
        .order((absences::from_on.desc(), absences::id))
        .select((absences::id, absences::reason, absences::from_on, absences::to_on, absences::version))
        .load(reading.connection)?)
}

/// Whether the actor records when somebody is away, and approves longer intervals for them.
pub fn may_keep_cadence_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<bool, Problem> {
    let facts = person_facts(reading.connection, person)?;
    Ok(may(&reading.actor()?, &Action::KeepCadenceOf(&facts)).is_allowed())
}

/// Records that somebody is or will be away.
pub fn record_absence(
    writing: &mut Writing<'_>,
    person: &PersonId,
    new: &NewAbsence,
) -> Result<AbsenceId, Problem> {
    let facts = person_facts(writing.connection, person)?;
    writing.permit(&Action::OpenPerson(&facts), "person", person)?;
    writing.permit(&Action::KeepCadenceOf(&facts), "person", person)?;
    let overlaps = absences(writing, person)?.into_iter().any(|other| {
        new.to.is_none_or(|to| other.from_on <= to) && other.to_on.is_none_or(|to| to >= new.from)
    });
    if overlaps {
        return Err(Problems::one(
            "from",
            "This person is away already for part of that time. End that absence first",
        )
        .into());
    }
    let (id, actor, now): (AbsenceId, _, _) = (new_id(), writing.actor()?, writing.now);
    diesel::insert_into(absences::table)
        .values((
            (absences::id.eq(&id), absences::organisation_id.eq(&actor.organisation)),
            (absences::person_id.eq(person), absences::reason.eq(new.reason)),
            (absences::from_on.eq(new.from), absences::to_on.eq(new.to)),
            (absences::recorded_by_id.eq(&actor.person), absences::recorded_at.eq(now)),
            absences::version.eq(1),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("absence_recorded", "person", person).with("reason", new.reason.code()))?;
    Ok(id)
}

/// Says which day was or will be the last away. A last day before the first takes the absence back.
pub fn end_absence(
    writing: &mut Writing<'_>,
    person: &PersonId,
    id: &AbsenceId,
    version: i32,
    last_day: Option<NaiveDate>,
) -> Result<(), Problem> {
    let facts = person_facts(writing.connection, person)?;
    writing.permit(&Action::OpenPerson(&facts), "person", person)?;
    writing.permit(&Action::KeepCadenceOf(&facts), "person", person)?;
    let found = absences(writing, person)?.into_iter().find(|absence| absence.id == *id);
    let before = found.ok_or(Problem::NotFound)?;
    if before.version != version {
        let last = before.to_on.map_or_else(|| "Not known".to_owned(), domain::calendar::day_in_words);
        return Err(Stale::new(before.version, vec![("Last day away", last)]).into());
    }
    if last_day.is_some_and(|day| day < before.from_on) {
        diesel::delete(absences::table.filter(absences::id.eq(id))).execute(writing.connection)?;
        return writing.audit(Event::new("absence_taken_back", "person", person));
    }
    diesel::update(absences::table.filter(absences::id.eq(id)))
        .set((absences::to_on.eq(last_day), absences::version.eq(version + 1)))
        .execute(writing.connection)?;
    writing.audit(Event::new("absence_changed", "person", person).with("version", version + 1))
}
