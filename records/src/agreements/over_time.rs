//! What the same two people have agreed over time: one agreement takes the place of another when both have signed it.

use super::file::answers_of;
use super::{AgreementFile, Pair, agreeing_supervisor};
use crate::problem::Problem;
use crate::schema::{agreements, people, record_steps};
use crate::store::Reading;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::agreement::LastAgreed;
use domain::calendar::london_day;
use domain::ids::{AgreementId, PersonId};
use domain::supervision::{RecordState, RecordStep, Side};

/// An agreement as a line beside others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedThen {
    /// The agreement, of which a later one has a higher id.
    pub id: AgreementId,
    /// Who supervises, by name.
    pub supervisor: String,
    /// How far it has come.
    pub state: RecordState,
    /// The day on which it was written.
    pub written_on: NaiveDate,
    /// The day on which the second of the two signed; `None` while not both have.
    pub signed_on: Option<NaiveDate>,
    /// When it is looked at again.
    pub review_on: NaiveDate,
}

/// One agreement among all of the same two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverTime {
    this: AgreementId,
    all: Vec<AgreedThen>,
}

impl OverTime {
    /// What the two agreed before, the newest first.
    pub fn earlier(&self) -> impl Iterator<Item = &AgreedThen> {
        self.all.iter().rev().filter(|other| other.id < self.this)
    }

    /// The first later one that both have signed: on that day it took the place of this one.
    pub fn replaced_by(&self) -> Option<&AgreedThen> {
        self.all.iter().find(|other| other.id > self.this && other.signed_on.is_some())
    }

    /// The newest of all, if that is a later one.
    pub fn newest(&self) -> Option<&AgreedThen> {
        self.all.last().filter(|other| other.id > self.this)
    }
}

/// What stands before and after an agreement that the reader has open: whoever may read it may read the others of the same two.
pub fn over_time(reading: &mut Reading<'_>, agreement: &AgreementFile) -> Result<OverTime, Problem> {
    let two = (agreement.supervisor.0.clone(), agreement.supervisee.0.clone());
    Ok(OverTime { this: agreement.id.clone(), all: read(reading, &Of::Two(&two))? })
}

/// The agreements about somebody's own supervision, the oldest first, for whoever has asked whether the reader may know.
pub(crate) fn of_supervisee(
    reading: &mut Reading<'_>,
    person: &PersonId,
) -> Result<Vec<AgreedThen>, Problem> {
    read(reading, &Of::Supervisee(person))
}

/// What two people signed last.
pub(super) fn last_signed(
    reading: &mut Reading<'_>,
    two: &Pair,
) -> Result<Option<(AgreementId, LastAgreed)>, Problem> {
    let all = read(reading, &Of::Two(two))?;
    let Some((id, signed_on)) = all.into_iter().rev().find_map(|one| Some((one.id, one.signed_on?))) else {
        return Ok(None);
    };
    let answers = answers_of(reading, &[&id])?.remove(&id).unwrap_or_default();
    Ok(Some((id, LastAgreed { signed_on, answers })))
}

enum Of<'a> {
    Two(&'a Pair),
    Supervisee(&'a PersonId),
}

/// These agreements, the oldest first.
fn read(reading: &mut Reading<'_>, of: &Of<'_>) -> Result<Vec<AgreedThen>, Problem> {
    type Row = ((AgreementId, RecordState, NaiveDateTime, NaiveDate), String, Option<NaiveDateTime>);
    let is_second_signature = record_steps::record_id
        .eq(agreements::id)
        .and(record_steps::side.eq(Side::Supervisee))
        .and(record_steps::step.eq_any([RecordStep::Sign, RecordStep::SignWithComment]));
    let query = agreements::table
        .inner_join(
            agreeing_supervisor.on(agreeing_supervisor.field(people::id).eq(agreements::supervisor_id)),
        )
        .left_join(record_steps::table.on(is_second_signature))
        .into_boxed();
    let query = match of {
        Of::Two((supervisor, supervisee)) => query
            .filter(agreements::supervisor_id.eq(supervisor.clone()))
            .filter(agreements::supervisee_id.eq(supervisee.clone())),
        Of::Supervisee(person) => query.filter(agreements::supervisee_id.eq((*person).clone())),
    };
    let rows: Vec<Row> = query
        .order((agreements::id, record_steps::id))
        .select((
            (agreements::id, agreements::state, agreements::created_at, agreements::review_on),
            agreeing_supervisor.field(people::name),
            record_steps::taken_at.nullable(),
        ))
        .load(reading.connection)?;
    let mut all: Vec<AgreedThen> = Vec::new();
    for ((id, state, written_at, review_on), supervisor, signed_at) in rows {
        // One that was opened again may have been signed twice: the last time counts, and none while it is open.
        all.pop_if(|before| before.id == id);
        let (written_on, signed_on) =
            (london_day(written_at), signed_at.filter(|_| state.is_locked()).map(london_day));
        all.push(AgreedThen { id, supervisor, state, written_on, signed_on, review_on });
    }
    Ok(all)
}
