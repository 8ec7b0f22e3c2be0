//! Supervision sessions: the list, the form that logs one, the page of one, and its personal part.

mod list;
mod log;
mod open;
mod personal;

pub(crate) use list::list;
pub(crate) use log::log;
pub(crate) use open::open;
pub(crate) use personal::personal;
