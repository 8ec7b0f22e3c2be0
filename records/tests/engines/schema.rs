//! `schema.rs` says what the migrations make, on both engines.

use crate::given::empty;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use records::DatabaseAddress;
use std::collections::BTreeSet;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

/// The columns of a table as its engine knows them, each with whether it may be empty.
fn columns(address: &DatabaseAddress, table: &str) -> BTreeSet<(String, bool)> {
    let found: Vec<Column> = match address {
        DatabaseAddress::Sqlite(path) => diesel::sql_query(format!(
            "SELECT name, \"notnull\" = 0 AS nullable FROM pragma_table_info('{table}')"
        ))
        .load(&mut SqliteConnection::establish(&path.to_string_lossy()).unwrap())
        .unwrap(),
        DatabaseAddress::Postgres(url) => diesel::sql_query(format!(
            "SELECT column_name::text AS name, is_nullable = 'YES' AS nullable FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = '{table}'"
        ))
        .load(&mut PgConnection::establish(url).unwrap())
        .unwrap(),
    };
    found.into_iter().map(|column| (column.name, column.nullable)).collect()
}

/// The tables of `schema.rs`, read as text: name, and columns with whether they may be empty.
fn named() -> Vec<(String, BTreeSet<(String, bool)>)> {
    let text = include_str!("../../src/schema.rs");
    text.split("diesel::table! {")
        .skip(1)
        .map(|table| {
            let (head, rest) = table.split_once('{').unwrap();
            let columns = rest.split('}').next().unwrap().lines().filter_map(|line| line.split_once("->"));
            let columns =
                columns.map(|(name, kind)| (name.trim().to_owned(), kind.contains("Nullable"))).collect();
            (head.split_whitespace().next().unwrap().to_owned(), columns)
        })
        .collect()
}

#[test]
fn the_tables_are_as_the_migrations_make_them() {
    assert!(named().len() > 20);
    for engine in ["sqlite", "postgres"] {
        let given = empty(engine);
        for (table, named) in named() {
            assert_eq!(named, columns(&given.address, &table), "{table} on {engine}");
        }
    }
}
