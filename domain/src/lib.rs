//! The rules of supervision and reflective practice.
//!
//! Nothing here reads a clock, a file or a database: every function takes what it needs, `now` included, and
//! returns an answer with its reason. The same code runs on the server and in the browser, so a form that the
//! browser accepts is a form that the server accepts.
//!
//! A module bears the same name as the capability's rows (`records`), pages (`app`) and address.

pub mod access;
pub mod agreement;
pub mod audits;
pub mod bookings;
pub mod cadence;
pub mod calendar;
pub mod caseload;
pub mod cases;
pub mod clock;
pub mod csv_file;
pub mod drafts;
pub mod form;
pub mod hand_over;
pub mod ids;
pub mod import;
pub mod ladder;
pub mod learning;
pub mod leavers;
pub mod lens;
pub mod mail;
pub mod people;
pub mod policy;
pub mod preparation;
pub mod reflection;
pub mod risk;
mod stored_list;
pub mod supervision;
pub mod templates;
pub mod training;
mod value;
mod value_set;
pub mod working_days;

pub use stored_list::StoredList;
pub use value::{TextValue, UnknownValue};
pub use value_set::ValueSet;
