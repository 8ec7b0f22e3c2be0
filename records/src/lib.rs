//! The only code that touches a database.
//!
//! [`Store::read`] and [`Store::write`] are the doors. Behind them stand plain functions, one module for each
//! capability, named by the business verb: an operation checks the policy, checks the input, and in one transaction
//! writes the rows, the audit event and the outgoing mail.

pub mod access;
pub mod actions;
pub mod agreements;
pub mod audit;
pub mod audits;
pub mod bookings;
pub mod cadence;
pub mod cases;
mod connection;
mod content;
pub mod demonstration;
pub mod drafts;
pub mod exports;
pub mod import;
pub mod jobs;
pub mod journal;
pub mod ladder;
pub mod learning;
pub mod lens;
pub mod mail;
pub mod own_file;
pub mod people;
pub mod preparation;
mod problem;
pub mod prompts;
pub mod reflection;
pub mod review;
pub mod schema;
pub mod secrets;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod signing;
mod store;
pub mod submissions;
pub mod supervision;
pub mod teams;
pub mod training;
pub mod waiting;

pub use access::Who;
pub use connection::{DatabaseAddress, OpenError};
pub use problem::{Problem, Refusal, Stale, StaleField};
pub use store::{Reading, Store, Writing};
