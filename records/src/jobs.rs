//! Leases: of several servers one does a job, and one that was paused and wakes up late does nothing.
//!
//! A lease has a token that grows with each new holder. Whoever works under a lease shows its token in the transaction in
//! which it writes ([`Lease::hold`]); if somebody else has the lease by then, nothing is written. Times are the database's
//! own, so that servers whose clocks differ agree.

use crate::connection::AnyConnection;
use crate::problem::Problem;
use crate::schema::job_leases;
use crate::store::{Store, Writing};
use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::Timestamp;

/// A job that one server does at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Working out what is due.
    Remind,
}

impl Job {
    fn code(self) -> &'static str {
        match self {
            Self::Remind => "remind",
        }
    }
}

/// The right to do a job now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    job: Job,
    token: i64,
}

/// How long a lease holds without being renewed.
const LASTS: Duration = Duration::minutes(5);

impl Lease {
    /// Takes a lease, or renews it for this holder; `None` while somebody else has it.
    pub fn take(store: &Store, job: Job, holder: &str, now: NaiveDateTime) -> Result<Option<Self>, Problem> {
        let holder = holder.to_owned();
        store.keep_house(now, move |writing| {
            let clock = database_clock(writing.connection)?;
            let standing: Option<(String, i64, NaiveDateTime)> = job_leases::table
                .filter(job_leases::job.eq(job.code()))
                .select((job_leases::holder, job_leases::token, job_leases::expires_at))
                .first(writing.connection)
                .optional()?;
            let token = match standing {
                Some((other, _, expires_at)) if other != holder && expires_at > clock => return Ok(None),
                Some((same, token, _)) if same == holder => token,
                Some((_, token, _)) => token + 1,
                None => 1,
            };
            diesel::delete(job_leases::table.filter(job_leases::job.eq(job.code())))
                .execute(writing.connection)?;
            diesel::insert_into(job_leases::table)
                .values((
                    job_leases::job.eq(job.code()),
                    job_leases::holder.eq(holder),
                    job_leases::token.eq(token),
                    job_leases::expires_at.eq(clock + LASTS),
                ))
                .execute(writing.connection)?;
            Ok(Some(Self { job, token }))
        })
    }

    /// Makes sure, in the transaction that writes, that nobody has taken the lease since and that its time has not run out.
    ///
    /// # Errors
    /// [`Problem::Unavailable`] if somebody has, or it has.
    pub(crate) fn hold(&self, writing: &mut Writing<'_>) -> Result<(), Problem> {
        let clock = database_clock(writing.connection)?;
        let standing: Option<(i64, NaiveDateTime)> = job_leases::table
            .filter(job_leases::job.eq(self.job.code()))
            .select((job_leases::token, job_leases::expires_at))
            .first(writing.connection)
            .optional()?;
        if standing.is_some_and(|(token, expires_at)| token == self.token && expires_at > clock) {
            return Ok(());
        }
        Err(Problem::Unavailable(format!("another server has taken over the job “{}”", self.job.code())))
    }

    /// Gives the lease back, so that the next need not wait.
    pub fn give_back(self, store: &Store, now: NaiveDateTime) -> Result<(), Problem> {
        store.keep_house(now, move |writing| {
            let clock = database_clock(writing.connection)?;
            diesel::update(job_leases::table.filter(job_leases::job.eq(self.job.code())))
                .filter(job_leases::token.eq(self.token))
                .set((job_leases::expires_at.eq(clock), job_leases::holder.eq("")))
                .execute(writing.connection)?;
            Ok(())
        })
    }
}

#[derive(QueryableByName)]
struct Clock {
    #[diesel(sql_type = Timestamp)]
    now: NaiveDateTime,
}

/// The time in UTC by the database's own clock.
fn database_clock(connection: &mut AnyConnection) -> Result<NaiveDateTime, Problem> {
    let clock: Clock = match connection {
        AnyConnection::Sqlite(sqlite) => {
            diesel::sql_query("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now') AS now").get_result(sqlite)?
        }
        AnyConnection::Postgres(postgres) => {
            diesel::sql_query("SELECT timezone('UTC', clock_timestamp()) AS now").get_result(postgres)?
        }
    };
    Ok(clock.now)
}
