//! The audit trail: who did or saw what, append-only and hash-chained.
//!
//! Each row's hash covers its own fields and the hash of the row before it, so a row that was changed, removed or
//! put in between shows. No free text of a record stands here: kinds, ids, codes and field names only.

use crate::access::Who;
use crate::connection::AnyConnection;
use crate::problem::Problem;
use crate::schema::{audit_events, people};
use crate::store::Reading;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::ids::PersonId;
use sha2::{Digest, Sha256};

/// Something that happened, before it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    name: &'static str,
    subject_kind: &'static str,
    subject_id: String,
    detail: serde_json::Map<String, serde_json::Value>,
}

impl Event {
    pub(crate) fn new(name: &'static str, subject_kind: &'static str, subject_id: impl ToString) -> Self {
        Self { name, subject_kind, subject_id: subject_id.to_string(), detail: serde_json::Map::new() }
    }

    /// Adds a detail: a code, an id, a number, the name of a field. Never what somebody wrote.
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.detail.insert(name.to_owned(), value.to_string().into());
        self
    }
}

/// That somebody opened something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Who.
    pub person: String,
    /// When, in UTC.
    pub at: NaiveDateTime,
}

/// How many openings are listed: the newest.
const OPENINGS: i64 = 20;

/// Who besides some has opened a thing, the newest first: the trail says so, and nothing else could.
pub(crate) fn openings(
    reading: &mut Reading<'_>,
    (kind, id): (&str, &str),
    besides: &[PersonId],
) -> Result<Vec<Opening>, Problem> {
    let rows: Vec<(String, NaiveDateTime)> = audit_events::table
        .inner_join(people::table.on(people::id.nullable().eq(audit_events::actor_id)))
        .filter(audit_events::subject_id.eq(id).and(audit_events::subject_kind.eq(kind)))
        .filter(audit_events::event.eq("viewed").and(people::id.ne_all(besides)))
        .order(audit_events::sequence.desc())
        .limit(OPENINGS)
        .select((people::name, audit_events::at))
        .load(reading.connection)?;
    Ok(rows.into_iter().map(|(person, at)| Opening { person, at }).collect())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events)]
struct Row {
    sequence: i64,
    organisation_id: Option<String>,
    at: NaiveDateTime,
    actor_id: Option<String>,
    source: String,
    event: String,
    subject_kind: String,
    subject_id: String,
    detail: String,
    previous_hash: String,
    hash: String,
}

impl Row {
    /// The row of an event after the last one.
    fn following(last: i64, previous_hash: String, who: &Who, now: NaiveDateTime, event: Event) -> Self {
        let mut row = Self {
            sequence: last + 1,
            organisation_id: who.organisation().map(ToString::to_string),
            at: crate::store::to_micros(now),
            actor_id: who.actor().map(|actor| actor.person.to_string()),
            source: who.source().to_owned(),
            event: event.name.to_owned(),
            subject_kind: event.subject_kind.to_owned(),
            subject_id: event.subject_id,
            detail: serde_json::Value::Object(event.detail).to_string(),
            previous_hash,
            hash: String::new(),
        };
        row.hash = row.computed_hash();
        row
    }

    fn computed_hash(&self) -> String {
        let mut hasher = Sha256::new();
        let parts = [
            self.sequence.to_string(),
            self.organisation_id.clone().unwrap_or_default(),
            self.at.and_utc().timestamp_micros().to_string(),
            self.actor_id.clone().unwrap_or_default(),
            self.source.clone(),
            self.event.clone(),
            self.subject_kind.clone(),
            self.subject_id.clone(),
            self.detail.clone(),
            self.previous_hash.clone(),
        ];
        for part in parts {
            // The length goes first, so that no two rows of different fields give the same bytes.
            hasher.update(part.len().to_be_bytes());
            hasher.update(part.as_bytes());
        }
        crate::secrets::hex(&hasher.finalize())
    }
}

/// What stands before the first row.
const BEGINNING: &str = "0";

/// The end of the trail, as one transaction knows it: nobody else writes until its commit.
#[derive(Default)]
pub(crate) struct Trail(Option<(i64, String)>);

impl Trail {
    /// The last sequence number and its hash.
    fn end(&mut self, connection: &mut AnyConnection) -> QueryResult<(i64, String)> {
        if let Some(known) = self.0.take() {
            return Ok(known);
        }
        let last = audit_events::table
            .select((audit_events::sequence, audit_events::hash))
            .order(audit_events::sequence.desc())
            .first(connection)
            .optional()?;
        Ok(last.unwrap_or_else(|| (0, BEGINNING.to_owned())))
    }

    pub(crate) fn append(
        &mut self,
        connection: &mut AnyConnection,
        who: &Who,
        now: NaiveDateTime,
        event: Event,
    ) -> Result<(), Problem> {
        let (last, previous_hash) = self.end(connection)?;
        let row = Row::following(last, previous_hash, who, now, event);
        diesel::insert_into(audit_events::table).values(&row).execute(connection)?;
        self.0 = Some((row.sequence, row.hash));
        Ok(())
    }
}

/// What a walk along the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every row is as it was written, and none is missing in between.
    Whole {
        /// How many rows.
        rows: i64,
        /// The hash of the last one, to keep somewhere else: it shows later whether rows were cut off at the end.
        head: String,
    },
    /// The chain breaks here.
    Broken {
        /// The first row that does not fit.
        sequence: i64,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// Walks the whole chain.
pub fn verify(reading: &mut Reading<'_>) -> Result<Verdict, Problem> {
    const PAGE: i64 = 5_000;
    let (mut expected, mut previous) = (1_i64, BEGINNING.to_owned());
    loop {
        let rows: Vec<Row> = audit_events::table
            .filter(audit_events::sequence.ge(expected))
            .order(audit_events::sequence.asc())
            .limit(PAGE)
            .select(Row::as_select())
            .load(reading.connection)?;
        if rows.is_empty() {
            return Ok(Verdict::Whole { rows: expected - 1, head: previous });
        }
        for row in rows {
            let why = if row.sequence != expected {
                Some("a row before it is missing")
            } else if row.previous_hash != previous {
                Some("it does not follow the row before it")
            } else if row.computed_hash() != row.hash {
                Some("it was changed")
            } else {
                None
            };
            if let Some(why) = why {
                return Ok(Verdict::Broken { sequence: row.sequence, why });
            }
            expected += 1;
            previous = row.hash;
        }
    }
}
