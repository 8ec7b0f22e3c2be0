//! The databases of the tests. The demonstration is made once for each build and engine; every test begins with a copy of its own,
//! which goes with it.

use diesel::QueryableByName;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// A database on the PostgreSQL server for tests, which goes with its test: hundreds of them would fill a disk.
pub struct PostgresDatabase {
    name: String,
}

impl PostgresDatabase {
    /// An empty database.
    pub fn empty() -> Self {
        Self::create("")
    }

    /// One that begins as `fill` left the first of this build.
    pub fn filled(fill: impl Fn(&str)) -> Self {
        let template = format!("template_{}", build());
        alone(|| {
            if databases_like(&template).is_empty() {
                for old in databases_like("template_%") {
                    on_server(&format!("DROP DATABASE {old} WITH (FORCE)")).unwrap();
                }
                let mut first = Self::empty();
                fill(&first.address());
                on_server(&format!("ALTER DATABASE {} RENAME TO {template}", first.name)).unwrap();
                first.name.clear();
            }
        });
        Self::create(&format!("TEMPLATE {template}"))
    }

    fn create(how: &str) -> Self {
        let name = format!("test_{}", records::secrets::token().unwrap());
        on_server(&format!("CREATE DATABASE {name} {how}")).unwrap();
        Self { name }
    }

    /// Where it is.
    pub fn address(&self) -> String {
        format!("{}/{}", server().rsplit_once('/').unwrap().0, self.name)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        // One that has become the template has no name of its own any more.
        if !self.name.is_empty()
            && let Err(error) = on_server(&format!("DROP DATABASE {} WITH (FORCE)", self.name))
        {
            eprintln!("the database {} stays: {error}", self.name);
        }
    }
}

/// A SQLite file at this path that begins as `fill` left the first of this build.
pub fn filled_sqlite(path: &Path, fill: impl Fn(&str)) {
    let templates = templates();
    let template = templates.join(format!("{}.sqlite", build()));
    alone(|| {
        if template.exists() {
            return;
        }
        for old in fs::read_dir(&templates).unwrap() {
            fs::remove_file(old.unwrap().path()).unwrap();
        }
        let making = templates.join("making.sqlite");
        fill(&format!("sqlite:{}", making.display()));
        fs::rename(making, &template).unwrap();
    });
    fs::copy(template, path).unwrap();
}

fn templates() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("templates");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// What tells this build from others: the demonstration is made by the program itself.
fn build() -> u128 {
    let program = std::env::current_exe().unwrap();
    program.metadata().unwrap().modified().unwrap().duration_since(UNIX_EPOCH).unwrap().as_nanos()
}

/// Each test is a process of its own: one at a time looks whether the template is there, and makes it.
fn alone(make: impl FnOnce()) {
    let lock = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("templates.lock")).unwrap();
    lock.lock().unwrap();
    make();
}

fn server() -> String {
    std::env::var("FRESH_EYES_TEST_POSTGRES")
        .expect("FRESH_EYES_TEST_POSTGRES must name a PostgreSQL server for tests; bin/test starts one")
}

fn on_server(statement: &str) -> Result<(), Box<dyn std::error::Error>> {
    Ok(PgConnection::establish(&server())?.batch_execute(statement)?)
}

fn databases_like(pattern: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = diesel::sql_types::Text)]
        datname: String,
    }
    let names = "SELECT datname::text FROM pg_database WHERE datname LIKE $1 AND NOT datistemplate";
    diesel::sql_query(names)
        .bind::<diesel::sql_types::Text, _>(pattern)
        .load::<Name>(&mut PgConnection::establish(&server()).unwrap())
        .unwrap()
        .into_iter()
        .map(|name| name.datname)
        .collect()
}
