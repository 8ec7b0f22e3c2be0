//! Supervision sessions: the list, the form that logs one, the page of one, and its personal part.

mod entry_form;
mod list;
mod log;
mod open;
mod personal;

pub(crate) use entry_form::{action_fields, question_fields_for};
pub(crate) use list::list;
pub(crate) use log::log;
pub(crate) use open::open;
pub(crate) use personal::personal;
