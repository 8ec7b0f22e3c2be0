//! The pages, one module for each capability.

pub(crate) mod absences;
pub(crate) mod account;
mod action_review;
pub(crate) mod actions;
pub(crate) mod agreements;
pub(crate) mod audits;
pub(crate) mod bookings;
mod case_entry;
pub(crate) mod cases;
pub(crate) mod drafts;
mod form_page;
pub(crate) mod mail;
pub(crate) mod people;
pub(crate) mod plain;
pub(crate) mod preparation;
pub(crate) mod questions;
pub(crate) mod reflections;
pub(crate) mod reviews;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod signing;
pub(crate) mod supervision;
pub(crate) mod teams;
pub(crate) mod training;
pub(crate) mod variations;
pub(crate) mod week;
pub(crate) mod welcome;
