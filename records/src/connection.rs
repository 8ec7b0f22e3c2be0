//! One connection type over both engines, and how each is opened.

use crate::problem::Problem;
use diesel::connection::{
    Connection as _, Instrumentation, InstrumentationEvent, SimpleConnection, TransactionManager,
};
use diesel::{PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// A connection to either engine; every query is written once for both.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// A file of this machine.
    Sqlite(SqliteConnection),
    /// A server.
    Postgres(PgConnection),
}

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Where the records are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseAddress {
    /// A file of this machine.
    Sqlite(std::path::PathBuf),
    /// A PostgreSQL server.
    Postgres(String),
}

/// A database that cannot be used, in words for whoever starts the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The address names no engine that we know.
    #[error("the database address must begin with sqlite: or postgres://, and “{0}” does not")]
    UnknownScheme(String),
    /// The engine refused.
    #[error("the database {address} cannot be opened: {cause}")]
    Refused {
        /// The address without a password.
        address: String,
        /// What the engine said.
        cause: String,
    },
    /// A newer version of the product has been here.
    #[error(
        "the database was made by a newer version of Fresh Eyes (it has the step {0}, which this version does not know). Start the newer version, or restore a backup"
    )]
    Newer(String),
    /// A step could not be taken.
    #[error("the database could not be brought up to date: {0}. Nothing of the failed step was kept")]
    Migration(String),
}

impl std::str::FromStr for DatabaseAddress {
    type Err = OpenError;

    /// Reads `sqlite:PATH` or `postgres://…`. An unknown scheme is an error, never a new file of that name.
    fn from_str(text: &str) -> Result<Self, OpenError> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(path.into()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(OpenError::UnknownScheme(text.split("://").next().unwrap_or_default().to_owned()))
    }
}

impl std::fmt::Display for DatabaseAddress {
    /// The address without user and password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
                write!(f, "postgres://{}", place.split('?').next().unwrap_or_default())
            }
        }
    }
}

/// How a connection is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Reads only; SQLite refuses anything else on it.
    Read,
    /// Reads and writes.
    Write,
}

/// Counts the statements that connections run, once it is asked to; transaction control is left out.
#[derive(Clone, Default)]
pub(crate) struct StatementCount(Arc<Counted>);

#[derive(Default)]
struct Counted {
    is_on: AtomicBool,
    statements: AtomicU64,
}

impl StatementCount {
    /// Counts from now on, or no longer.
    pub(crate) fn count(&self, wanted: bool) {
        self.0.is_on.store(wanted, Ordering::Relaxed);
    }

    /// How many so far.
    pub(crate) fn so_far(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }
}

impl Instrumentation for StatementCount {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        // Writing a statement out takes about as long as running it, so nobody does it unasked.
        if !self.0.is_on.load(Ordering::Relaxed) {
            return;
        }
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let first = text.trim_start_matches('"').split_whitespace().next().unwrap_or_default();
            if ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&first.to_ascii_uppercase().as_str())
            {
                self.0.statements.fetch_add(1, Ordering::Relaxed);
                tracing::trace!(statement = %text, "sql");
            }
        }
    }
}

/// A statement that takes longer is worth a line in the log.
const SLOW: Duration = Duration::from_millis(100);

impl DatabaseAddress {
    /// Opens one connection.
    pub(crate) fn connect(&self, purpose: Use, count: &StatementCount) -> Result<AnyConnection, OpenError> {
        let refused = |cause: &dyn std::fmt::Display| OpenError::Refused {
            address: self.to_string(),
            cause: cause.to_string(),
        };
        match self {
            Self::Sqlite(path) => {
                let mut connection =
                    SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| refused(&error))?;
                // The wait comes first, so that the others wait too. What is overwritten or deleted does not stay in free pages:
                // what was typed before it was sealed, and drafts that have ended. Another connection than the one that writes carries
                // the log over into the file; the writer only if 80 MB wait there. A log that begins anew is cut to 4 MB.
                let settings = match purpose {
                    Use::Read => {
                        "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA query_only = ON;"
                    }
                    Use::Write => {
                        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 20000; PRAGMA journal_size_limit = 4194304;"
                    }
                };
                connection.batch_execute(settings).map_err(|error| refused(&error))?;
                connection.set_instrumentation(count.clone());
                Ok(AnyConnection::Sqlite(connection))
            }
            Self::Postgres(url) => {
                let mut connection = PgConnection::establish(url).map_err(|error| refused(&error))?;
                connection
                    .batch_execute(
                        "SET TIME ZONE 'UTC'; SET lock_timeout = '5s'; SET statement_timeout = '30s';",
                    )
                    .map_err(|error| refused(&error))?;
                connection.set_instrumentation(count.clone());
                Ok(AnyConnection::Postgres(connection))
            }
        }
    }

    /// Brings the tables up to date, and refuses a database that a newer version has changed.
    pub(crate) fn migrate(&self) -> Result<(), OpenError> {
        if let Self::Sqlite(path) = self {
            make_file(path).map_err(|error| OpenError::Refused {
                address: self.to_string(),
                cause: error.to_string(),
            })?;
        }
        match self.connect(Use::Write, &StatementCount::default())? {
            AnyConnection::Sqlite(mut connection) => run_migrations(&mut connection, SQLITE_MIGRATIONS),
            AnyConnection::Postgres(mut connection) => run_migrations(&mut connection, POSTGRES_MIGRATIONS),
        }
    }
}

/// The database's file and its folder, if they are not there yet: nobody else on this machine may read the file, nor
/// SQLite's files beside it, which take its permissions.
fn make_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    match crate::secrets::new_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn run_migrations<C, DB>(connection: &mut C, migrations: EmbeddedMigrations) -> Result<(), OpenError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    use diesel::migration::MigrationSource;
    let failed = |error: &dyn std::fmt::Display| OpenError::Migration(error.to_string());
    let known: Vec<String> = MigrationSource::<DB>::migrations(&migrations)
        .map_err(|error| failed(&error))?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = connection.applied_migrations().map_err(|error| failed(&error))?;
    if let Some(newer) = applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        return Err(OpenError::Newer(newer));
    }
    connection.run_pending_migrations(migrations).map(drop).map_err(|error| failed(&error))
}

/// Opens connections of one kind for a pool.
pub(crate) struct Opener {
    address: DatabaseAddress,
    purpose: Use,
    count: StatementCount,
}

impl Opener {
    pub(crate) fn new(address: &DatabaseAddress, purpose: Use, count: &StatementCount) -> Self {
        Self { address: address.clone(), purpose, count: count.clone() }
    }

    /// A pool of so many connections. A server on another machine is asked before each use whether it is still there.
    pub(crate) fn pool(self, size: u32) -> Result<diesel::r2d2::Pool<Self>, OpenError> {
        let address = self.address.to_string();
        let is_remote = matches!(self.address, DatabaseAddress::Postgres(_));
        diesel::r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .test_on_check_out(is_remote)
            .connection_timeout(Duration::from_secs(10))
            .build(self)
            .map_err(|error| OpenError::Refused { address, cause: error.to_string() })
    }
}

impl diesel::r2d2::ManageConnection for Opener {
    type Connection = AnyConnection;
    type Error = OpenError;

    fn connect(&self) -> Result<AnyConnection, OpenError> {
        self.address.connect(self.purpose, &self.count)
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), OpenError> {
        connection.batch_execute("SELECT 1").map_err(|error| OpenError::Refused {
            address: self.address.to_string(),
            cause: error.to_string(),
        })
    }

    /// A panic in the middle of a query, or a transaction that could not be ended, leaves a connection that nobody should use
    /// again.
    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        type Manager = <AnyConnection as diesel::Connection>::TransactionManager;
        std::thread::panicking() || Manager::is_broken_transaction_manager(connection)
    }
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Warns of slow work; the words name the place, never the data.
pub(crate) fn warn_if_slow(what: &'static str, took: Duration) {
    if took > SLOW {
        tracing::warn!(what, took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), "slow");
    }
}
