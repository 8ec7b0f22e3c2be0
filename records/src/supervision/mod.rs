//! Supervision sessions: the list, and a session's page.

mod file;
mod gaps;
mod log;
mod names;
mod others;
mod oversight;
mod personal;
mod void;
mod whom;
mod words;

pub use file::{SessionEntry, SessionFile, open, openings};
pub(crate) use file::{own_sessions, said_in, signed_words};
pub use log::log;
pub(crate) use names::names;
pub use others::{MemberRow, may_join};
pub use oversight::{add_to_oversight, oversee, oversee_all};
pub use personal::{PersonalPartRow, change_personal_part, open_personal_part};
pub use void::{void, void_oversight};
pub use whom::{Supervisee, colleagues, supervisee, supervisees, to_write_up};

use crate::problem::Problem;
use crate::schema::{case_entries, people, supervision_members, supervisions};
use crate::store::Reading;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::{Action, SupervisionFacts};
use domain::calendar::london_day;
use domain::ids::{PersonId, SupervisionId};
use domain::supervision::{Attendance, RecordState, SupervisionKind};

/// A session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSummary {
    /// The session.
    pub id: SupervisionId,
    /// The day on which it was held.
    pub held_on: NaiveDate,
    /// What it was for.
    pub kind: SupervisionKind,
    /// How long it lasted.
    pub minutes: i32,
    /// Who supervised, by id and name.
    pub supervisor: (PersonId, String),
    /// Who was supervised, by id and name.
    pub supervisee: (PersonId, String),
    /// How many cases were talked about.
    pub cases: i64,
    /// How far the record has come.
    pub state: RecordState,
    /// The day, in London, on which it was written down.
    pub recorded_on: NaiveDate,
    /// By when it was to be written down; `None` for one that is older than this rule.
    pub write_by: Option<NaiveDate>,
    /// By when its decisions about cases were to be; `None` if there are none, or it is older than this rule.
    pub decide_by: Option<NaiveDate>,
    /// By when whoever is supervised is to sign, while they are asked.
    pub sign_by: Option<NaiveDate>,
}

/// Sessions on one page of the list.
pub const PAGE: usize = 50;

mod aliases {
    use crate::schema::people;
    diesel::alias!(
        people as supervising: Supervising,
        people as supervised: Supervised,
        people as joining: Joining,
    );
}
use aliases::{joining, supervised, supervising};

/// The sessions in which the actor took part and those that the people whom they line-manage held, in a query that holds
/// `supervisions`: a macro, because the type of the condition has no name worth reading.
macro_rules! is_open_to {
    ($actor:expr) => {{
        let mut held_by = $actor.line_supervisees();
        held_by.push($actor.person.clone());
        let was_at = supervision_members::table
            .filter(supervision_members::person_id.eq(&$actor.person))
            .filter(supervision_members::attendance.eq(Attendance::There))
            .select(supervision_members::supervision_id);
        supervisions::organisation_id.eq(&$actor.organisation).and(
            supervisions::supervisee_id
                .eq(&$actor.person)
                .or(supervisions::supervisor_id.eq_any(held_by))
                .or(supervisions::id.eq_any(was_at)),
        )
    }};
}

/// The sessions that the actor may open, newest first, before this one.
pub fn list(
    reading: &mut Reading<'_>,
    before: Option<(NaiveDate, SupervisionId)>,
) -> Result<(Vec<SessionSummary>, bool), Problem> {
    type Row = (
        (SupervisionId, NaiveDate, SupervisionKind, i32, RecordState),
        (NaiveDateTime, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>),
        (PersonId, String),
        (PersonId, String),
    );
    let actor = reading.actor()?;
    reading.permit(&Action::ListSupervision, "supervision", "")?;
    let mut query = supervisions::table
        .inner_join(supervising.on(supervising.field(people::id).eq(supervisions::supervisor_id)))
        .inner_join(supervised.on(supervised.field(people::id).eq(supervisions::supervisee_id)))
        .filter(is_open_to!(actor))
        .into_boxed();
    if let Some((held_on, id)) = before {
        query = query.filter(
            supervisions::held_on
                .lt(held_on)
                .or(supervisions::held_on.eq(held_on).and(supervisions::id.lt(id))),
        );
    }
    let rows: Vec<Row> = query
        .order((supervisions::held_on.desc(), supervisions::id.desc()))
        .limit(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .select((
            (
                supervisions::id,
                supervisions::held_on,
                supervisions::kind,
                supervisions::minutes,
                supervisions::state,
            ),
            (
                supervisions::recorded_at,
                supervisions::write_by,
                supervisions::decide_by,
                supervisions::sign_by,
            ),
            supervising.fields((people::id, people::name)),
            supervised.fields((people::id, people::name)),
        ))
        .load(reading.connection)?;
    let ids: Vec<Option<SupervisionId>> = rows.iter().map(|row| Some(row.0.0.clone())).collect();
    let counts: Vec<(Option<SupervisionId>, i64)> = case_entries::table
        .filter(case_entries::supervision_id.eq_any(ids))
        .group_by(case_entries::supervision_id)
        .select((case_entries::supervision_id, diesel::dsl::count_star()))
        .load(reading.connection)?;
    let more = rows.len() > PAGE;
    let sessions = rows.into_iter().take(PAGE).map(
        |(row, (recorded_at, write_by, decide_by, sign_by), supervisor, supervisee)| {
            let (id, held_on, kind, minutes, state) = row;
            let cases = counts
                .iter()
                .find(|(session, _)| session.as_ref() == Some(&id))
                .map_or(0, |(_, count)| *count);
            SessionSummary {
                recorded_on: london_day(recorded_at),
                write_by,
                decide_by,
                sign_by: sign_by.filter(|_| state == RecordState::AwaitingSupervisee),
                id,
                held_on,
                kind,
                minutes,
                supervisor,
                supervisee,
                cases,
                state,
            }
        },
    );
    Ok((sessions.collect(), more))
}

/// The last session of this kind that somebody held, with somebody where they are named, and that the actor may open; with its day.
pub(crate) fn last_of_kind(
    reading: &mut Reading<'_>,
    (supervisor, supervisee): (&PersonId, Option<&PersonId>),
    kind: SupervisionKind,
) -> Result<Option<(SupervisionId, NaiveDate)>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::ListSupervision, "supervision", "")?;
    let mut held = supervisions::table
        .filter(is_open_to!(actor))
        .filter(supervisions::supervisor_id.eq(supervisor).and(supervisions::kind.eq(kind)))
        .filter(supervisions::state.ne(RecordState::Voided))
        .into_boxed();
    if let Some(supervisee) = supervisee {
        held = held.filter(supervisions::supervisee_id.eq(supervisee));
    }
    Ok(held
        .order((supervisions::held_on.desc(), supervisions::id.desc()))
        .select((supervisions::id, supervisions::held_on))
        .first(reading.connection)
        .optional()?)
}

/// A session in which somebody was supervised, or took part, as a line of their file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// The session.
    pub id: SupervisionId,
    /// The day on which it was held.
    pub held_on: NaiveDate,
    /// What it was for.
    pub kind: SupervisionKind,
    /// Who supervised, by name.
    pub supervisor: String,
    /// Whether somebody else was supervised in it.
    pub took_part: bool,
    /// How far the record has come.
    pub state: RecordState,
}

/// Every session in which the actor was supervised or took part beside whoever was (in a group, or about a case that they share), as
/// lines, the newest first.
pub(crate) fn own_lines(reading: &mut Reading<'_>) -> Result<Vec<OwnSession>, Problem> {
    type Row = (SupervisionId, NaiveDate, SupervisionKind, (String, PersonId), RecordState);
    let actor = reading.actor()?;
    let was_there = supervision_members::person_id
        .eq(&actor.person)
        .and(supervision_members::attendance.ne(Attendance::Apologies));
    let joined = supervision_members::table.filter(was_there).select(supervision_members::supervision_id);
    let rows: Vec<Row> = supervisions::table
        .inner_join(supervising.on(supervising.field(people::id).eq(supervisions::supervisor_id)))
        .filter(supervisions::organisation_id.eq(&actor.organisation))
        .filter(supervisions::supervisee_id.eq(&actor.person).or(supervisions::id.eq_any(joined)))
        .order((supervisions::held_on.desc(), supervisions::id.desc()))
        .select((
            supervisions::id,
            supervisions::held_on,
            supervisions::kind,
            (supervising.field(people::name), supervisions::supervisee_id),
            supervisions::state,
        ))
        .load(reading.connection)?;
    let line = |(id, held_on, kind, (supervisor, supervisee), state)| OwnSession {
        id,
        held_on,
        kind,
        supervisor,
        took_part: supervisee != actor.person,
        state,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The two people of a session.
pub(crate) fn facts(reading: &mut Reading<'_>, id: &SupervisionId) -> Result<SupervisionFacts, Problem> {
    let (organisation, supervisor, supervisee) = supervisions::table
        .filter(supervisions::id.eq(id))
        .select((supervisions::organisation_id, supervisions::supervisor_id, supervisions::supervisee_id))
        .first(reading.connection)?;
    Ok(SupervisionFacts::of_two(organisation, supervisor, supervisee))
}
