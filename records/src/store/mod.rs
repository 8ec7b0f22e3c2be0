//! The only doors to the database: [`Store::read`] and [`Store::write`].
//!
//! On SQLite, reads use a pool of read-only connections, and writes go to one thread, which commits waiting
//! operations together: each in its own savepoint, one sync to disk for all of them. On PostgreSQL each write is its
//! own transaction.

mod in_turn;

use self::in_turn::Writer;
use crate::access::Who;
use crate::audit;
use crate::connection::{
    AnyConnection, DatabaseAddress, OpenError, Opener, StatementCount, Use, warn_if_slow,
};
use crate::journal::{KeySource, Keyring};
use crate::problem::Problem;
use chrono::NaiveDateTime;
use diesel::RunQueryDsl;
use diesel::connection::TransactionManager;
use domain::access::Action;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

type Pool = diesel::r2d2::Pool<Opener>;

/// Connections for reading at once.
const READERS: u32 = 4;

/// The records of an installation.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    count: StatementCount,
    pub(crate) contents: crate::content::Cache,
    keyring: Keyring,
}

enum Engine {
    Sqlite { readers: Pool, writer: Writer },
    Postgres { connections: Pool },
}

/// Reads under the policy, for one actor, at one instant.
pub struct Reading<'c> {
    pub(crate) connection: &'c mut AnyConnection,
    /// Who asks.
    pub who: &'c Who,
    /// Now, in UTC.
    pub now: NaiveDateTime,
    contents: &'c crate::content::Cache,
    keyring: &'c Keyring,
    /// The version of the organisation's rules, once this reading knows it.
    pub(crate) rules_version: Option<i32>,
    /// Whether this transaction has changed the rules: nobody else may be given what it sees until it is committed.
    pub(crate) has_changed_rules: bool,
    views: Vec<audit::Event>,
}

/// Reads and writes in one transaction, for one actor, at one instant.
pub struct Writing<'c> {
    reading: Reading<'c>,
    events: usize,
    /// The end of the audit trail, once this transaction has looked for it.
    trail: audit::Trail,
}

impl<'c> Deref for Writing<'c> {
    type Target = Reading<'c>;
    fn deref(&self) -> &Self::Target {
        &self.reading
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.reading
    }
}

impl<'c> Reading<'c> {
    /// Today in London.
    pub fn today(&self) -> chrono::NaiveDate {
        domain::calendar::london_day(self.now)
    }

    /// Notes that sensitive content was read; the note is on disk before anybody sees the content.
    pub(crate) fn viewed(&mut self, subject_kind: &'static str, subject_id: &str) {
        self.note_view(audit::Event::new("viewed", subject_kind, subject_id));
    }

    /// The same, with what else there is to say of it.
    pub(crate) fn note_view(&mut self, view: audit::Event) {
        self.views.push(view);
    }

    pub(crate) fn contents(&self) -> &'c crate::content::Cache {
        self.contents
    }

    /// The master keys of the journal.
    pub(crate) fn keyring(&self) -> &'c Keyring {
        self.keyring
    }
}

impl Writing<'_> {
    /// Writes an audit event in the same transaction. A write without one is rolled back.
    pub(crate) fn audit(&mut self, event: audit::Event) -> Result<(), Problem> {
        self.events += 1;
        self.trail.append(self.reading.connection, self.reading.who, self.reading.now, event)
    }
}

impl Store {
    /// Opens the database and brings it up to date.
    pub fn open(address: &DatabaseAddress) -> Result<Self, OpenError> {
        address.migrate()?;
        let count = StatementCount::default();
        let engine = match address {
            DatabaseAddress::Sqlite(_) => {
                let readers = Opener::new(address, Use::Read, &count).pool(READERS)?;
                let writer = Writer::start(address, &count)?;
                Engine::Sqlite { readers, writer }
            }
            DatabaseAddress::Postgres(_) => {
                Engine::Postgres { connections: Opener::new(address, Use::Write, &count).pool(READERS * 2)? }
            }
        };
        let (contents, keyring) = (crate::content::Cache::default(), Keyring::default());
        Ok(Self { inner: Arc::new(Inner { engine, count, contents, keyring }) })
    }

    /// The same store with the journal's master keys. Without them the journal stays shut, and everything else works.
    pub fn with_master_keys(self, source: KeySource) -> Self {
        self.inner.keyring.take_from(source);
        self
    }

    /// Whether to count the statements run from now on, on every connection: for `bin/bench`.
    pub fn count_statements(&self, wanted: bool) {
        self.inner.count.count(wanted);
    }

    /// The statements counted so far.
    pub fn statements(&self) -> u64 {
        self.inner.count.so_far()
    }

    /// Asks the policy, without a look at the records; a refusal goes to the audit trail.
    pub fn permit(
        &self,
        who: &Who,
        now: NaiveDateTime,
        action: &Action<'_>,
        subject_kind: &'static str,
        subject_id: &str,
    ) -> Result<(), Problem> {
        who.permit(action, subject_kind, subject_id).map_err(|problem| self.note_problem(who, now, problem))
    }

    /// Reads. Views of sensitive content are written to the audit trail before the answer is given; so are refusals.
    pub fn read<T>(
        &self,
        who: &Who,
        now: NaiveDateTime,
        work: impl FnOnce(&mut Reading<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let started = Instant::now();
        let (answer, views) = {
            let pool = match &self.inner.engine {
                Engine::Sqlite { readers, .. } => readers,
                Engine::Postgres { connections } => connections,
            };
            let mut connection = pool.get().map_err(|error| Problem::Unavailable(error.to_string()))?;
            let mut reading = Reading {
                connection: &mut connection,
                who,
                now,
                contents: &self.inner.contents,
                keyring: &self.inner.keyring,
                rules_version: who.rules_version(),
                has_changed_rules: false,
                views: Vec::new(),
            };
            let answer = work(&mut reading);
            (answer, reading.views)
        };
        warn_if_slow("read", started.elapsed());
        match answer {
            Ok(answer) if views.is_empty() => Ok(answer),
            Ok(answer) => self.note(who, now, views).map(|()| answer),
            Err(problem) => Err(self.note_problem(who, now, problem)),
        }
    }

    /// Writes, in one transaction that holds at least one audit event.
    pub fn write<T: Send + 'static>(
        &self,
        who: &Who,
        now: NaiveDateTime,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let audited = move |writing: &mut Writing<'_>| {
            let answer = work(writing).map_err(|problem| match problem {
                // What stands there now is shown beside what was typed: that is a view of it too.
                Problem::Stale(mut stale) => {
                    stale.views = std::mem::take(&mut writing.reading.views);
                    Problem::Stale(stale)
                }
                other => other,
            })?;
            let views = std::mem::take(&mut writing.reading.views);
            for view in views {
                writing.audit(view)?;
            }
            if writing.events == 0 {
                return Err(Problem::unexpected("a write left no audit event and was rolled back"));
            }
            Ok(answer)
        };
        self.transaction(who, now, audited).map_err(|problem| self.note_problem(who, now, problem))
    }

    /// Writes what is no record: counters of guesses, when a session was last seen, which mail is being sent.
    pub(crate) fn keep_house<T: Send + 'static>(
        &self,
        now: NaiveDateTime,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.keep_house_for(&Who::system("housekeeping"), now, work)
    }

    /// The same for somebody: what is no record yet, such as a draft while it is typed.
    pub(crate) fn keep_house_for<T: Send + 'static>(
        &self,
        who: &Who,
        now: NaiveDateTime,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.transaction(who, now, work)
    }

    fn note(&self, who: &Who, now: NaiveDateTime, events: Vec<audit::Event>) -> Result<(), Problem> {
        self.transaction(who, now, move |writing| {
            events.into_iter().try_for_each(|event| writing.audit(event))
        })
    }

    /// Writes down a refusal, and what somebody is about to see beside their own words.
    fn note_problem(&self, who: &Who, now: NaiveDateTime, problem: Problem) -> Problem {
        let events = match &problem {
            Problem::Refused(refusal) => vec![
                audit::Event::new("refused", refusal.subject_kind, &refusal.subject_id)
                    .with("action", refusal.what)
                    .with("reason", refusal.reason.code()),
            ],
            Problem::Stale(stale) => stale.views.clone(),
            _ => Vec::new(),
        };
        if events.is_empty() {
            return problem;
        }
        self.note(who, now, events).err().unwrap_or(problem)
    }

    fn transaction<T: Send + 'static>(
        &self,
        who: &Who,
        now: NaiveDateTime,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let inner = Arc::clone(&self.inner);
        let who = who.clone();
        let run = move |connection: &mut AnyConnection| {
            let reading = Reading {
                connection,
                who: &who,
                now,
                contents: &inner.contents,
                keyring: &inner.keyring,
                // What is written rests on the rules as they are now, not as they were when the request came in.
                rules_version: None,
                has_changed_rules: false,
                views: Vec::new(),
            };
            let mut writing = Writing { reading, events: 0, trail: audit::Trail::default() };
            let answer = catch_unwind(AssertUnwindSafe(|| work(&mut writing)));
            answer.unwrap_or_else(|_| Err(Problem::unexpected("an operation panicked and was rolled back")))
        };
        match &self.inner.engine {
            Engine::Sqlite { writer, .. } => writer.write(run),
            Engine::Postgres { connections } => write_at_once(connections, run),
        }
    }
}

// --- PostgreSQL: a transaction each -------------------------------------------------------------------------------

fn write_at_once<T>(
    connections: &Pool,
    run: impl FnOnce(&mut AnyConnection) -> Result<T, Problem>,
) -> Result<T, Problem> {
    type Manager = <AnyConnection as diesel::Connection>::TransactionManager;
    let mut connection = connections.get().map_err(|error| Problem::Unavailable(error.to_string()))?;
    Manager::begin_transaction(&mut *connection)?;
    let outcome = take_turns(&mut connection).and_then(|()| run(&mut connection));
    match outcome {
        Ok(answer) => {
            Manager::commit_transaction(&mut *connection)?;
            Ok(answer)
        }
        Err(problem) => {
            Manager::rollback_transaction(&mut *connection)?;
            Err(problem)
        }
    }
}

/// One write at a time, as on SQLite, from its first look to its commit: what an operation has looked at (a version, a
/// count of guesses, the end of the audit trail) still stands when it writes.
fn take_turns(connection: &mut AnyConnection) -> Result<(), Problem> {
    if let AnyConnection::Postgres(postgres) = connection {
        diesel::sql_query("SELECT pg_advisory_xact_lock(7310)").execute(postgres)?;
    }
    Ok(())
}

/// An instant as both engines keep it: to the microsecond.
pub(crate) fn to_micros(instant: NaiveDateTime) -> NaiveDateTime {
    chrono::DateTime::from_timestamp_micros(instant.and_utc().timestamp_micros())
        .map_or(instant, |kept| kept.naive_utc())
}

/// A new key for a row.
#[expect(clippy::expect_used, reason = "the text form of a UUID is what every id type accepts")]
pub(crate) fn new_id<T: std::str::FromStr>() -> T {
    uuid::Uuid::now_v7().to_string().parse().ok().expect("a UUID is an id")
}
