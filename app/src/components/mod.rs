//! The parts that pages are made of. Each stands here once, so that a form looks and fails the same everywhere.

mod fields;
mod filled;
mod lists;
mod text_area;
mod words;

pub(crate) use fields::{
    Choice, check_box, check_boxes, date, file_field, group, hidden, line, password, pasted_rows, radios,
    select, text_box, text_box_in, today_in, whole_text_box,
};
pub(crate) use filled::{Filled, LensOver, Restored};
pub(crate) use lists::{Caption, Tab, empty, fact, facts, next_page, table, tabs, tag};
pub(crate) use text_area::text_area;
pub(crate) use words::{
    Notice, day, error_summary, lateness, length_in_words, opened_by, prose, readers, recorded, risk_tag,
    state_tag, timeliness, when,
};
