//! Supervision sessions: the list, the forms that log one, the page of one, its personal part, and the steps of a group.

mod begin;
mod bells;
mod booked;
mod file;
mod list;
mod log;
mod material;
mod open;
mod openings;
mod own_file;
mod own_paper;
mod personal;
mod second_look;
mod sheet;
mod void;

pub(crate) use bells::bells;
pub(crate) use booked::path_of_form;
pub(crate) use file::{pdf, text};
pub(crate) use list::list;
pub(crate) use log::{log, log_peer};
pub(crate) use material::SEEN_GAPS;
pub(crate) use open::{open, text as text_of_session};
pub(crate) use openings::openings;
pub(crate) use own_file::{own_besides, own_file, own_file_pdf, own_file_text};
pub(crate) use personal::personal;
pub(crate) use second_look::before_signing;
pub(crate) use void::void;
