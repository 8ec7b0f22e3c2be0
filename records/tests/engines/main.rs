//! The records on both engines.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops there")]

mod access;
mod actions;
mod agreements;
mod audits;
mod bookings;
mod caseload;
mod checklists;
mod databases;
mod drafts;
mod filing;
mod given;
mod hand_over;
mod journal;
mod kinds;
mod ladder_model;
mod learning;
mod lens;
mod models;
mod moves;
mod operations;
mod own_file;
mod people_import;
mod personal_actions;
mod preparation;
mod prompt_library;
mod prompts;
mod reminders;
mod requests;
mod reviews;
mod schema;
mod siblings;
mod signing;
mod story;
mod templates;
mod void;
