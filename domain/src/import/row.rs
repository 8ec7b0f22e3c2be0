//! A row of a file as the form that somebody would have filled in.

use super::Mapping;
use crate::TextValue;
use crate::csv_file::CsvRow;
use crate::form::{FieldProblem, Form, Problems};
use chrono::NaiveDate;

/// Fills a form from the cells of a row, and gathers what is wrong with them.
pub(super) struct RowForm<'a> {
    mapping: &'a Mapping,
    row: &'a CsvRow,
    /// The form so far.
    pub(super) form: Form,
    problems: Vec<FieldProblem>,
}

impl<'a> RowForm<'a> {
    /// Begins with what stands in the record, or with what a new one begins with.
    pub(super) fn new(mapping: &'a Mapping, row: &'a CsvRow, form: Form) -> Self {
        Self { mapping, row, form, problems: Vec::new() }
    }

    /// Notes what is wrong with a cell.
    pub(super) fn fail(&mut self, field: &str, words: String) {
        self.problems.push(FieldProblem { field: field.to_owned(), words });
    }

    /// The cell of a value; `None` if the file does not speak of it.
    pub(super) fn cell(&self, code: &str) -> Option<&'a str> {
        self.mapping.cell(self.row, code)
    }

    /// Takes text over as it is.
    pub(super) fn text(&mut self, code: &str) {
        if let Some(text) = self.cell(code) {
            self.form.set(code, text);
        }
    }

    /// The same, unless the cell is empty.
    pub(super) fn text_if_any(&mut self, code: &str) {
        if let Some(text) = self.cell(code).filter(|text| !text.is_empty()) {
            self.form.set(code, text);
        }
    }

    /// Reads a day in one of the ways in which British programs write it.
    pub(super) fn day(&mut self, code: &str, what: &str) {
        let Some(text) = self.cell(code) else { return };
        self.form.remove_under(&format!("{code}."));
        if text.is_empty() {
            return;
        }
        match read_day(text) {
            Some(day) => self.form.set_date(code, day),
            None => self.fail(code, format!("{what}: “{text}” must be a date, like 27/03/2026")),
        }
    }

    /// Reads yes or no; an empty cell is a no.
    pub(super) fn yes_or_no(&mut self, code: &str, what: &str) {
        let Some(text) = self.cell(code) else { return };
        match text.to_lowercase().as_str() {
            "yes" | "y" | "true" | "1" | "x" => self.form.set(code, "yes"),
            "" | "no" | "n" | "false" | "0" => self.form.set(code, ""),
            _ => self.fail(code, format!("{what}: “{text}” must be yes or no")),
        }
    }

    /// Reads a value from a closed list, by its words or its code; an empty cell changes nothing.
    pub(super) fn choice<T: TextValue>(&mut self, code: &str, what: &str) {
        let Some(text) = self.cell(code).filter(|text| !text.is_empty()) else { return };
        match choice_of::<T>(text) {
            Some(value) => self.form.set(code, value.code()),
            None => self.fail(code, not_in_list::<T>(what, text)),
        }
    }

    /// What is wrong with the cells, and with the form as far as the cells did not say so already.
    pub(super) fn finish<T>(mut self, parsed: Result<T, Problems>) -> Result<T, Problems> {
        match parsed {
            Ok(value) if self.problems.is_empty() => Ok(value),
            parsed => {
                let of_form = parsed.err().unwrap_or_default().0;
                let is_new =
                    |problem: &FieldProblem| !self.problems.iter().any(|known| known.field == problem.field);
                let new: Vec<FieldProblem> = of_form.into_iter().filter(is_new).collect();
                self.problems.extend(new);
                Err(Problems(self.problems))
            }
        }
    }
}

/// A value from a closed list, by its words or its code, in capitals or not.
pub(super) fn choice_of<T: TextValue>(text: &str) -> Option<T> {
    let text = text.to_lowercase();
    T::ALL.iter().copied().find(|value| value.code() == text || value.words().to_lowercase() == text)
}

/// That a cell holds what is in no list, and what is in it.
pub(super) fn not_in_list<T: TextValue>(what: &str, text: &str) -> String {
    let known = T::ALL.iter().map(|value| value.words()).collect::<Vec<_>>().join(", ");
    format!("{what}: there is no “{text}”. It can be: {known}")
}

/// The parts of a cell that holds several things.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '|', ',', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

/// A day as 27/03/2026, 27-3-2026, 27.03.2026, 27 March 2026 or 2026-03-27, with or without a time after it. The day stands
/// before the month, and a year has four digits.
pub(super) fn read_day(text: &str) -> Option<NaiveDate> {
    const FORMS: [&str; 6] = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d"];
    let read = |text: &str| FORMS.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok());
    let without_time = || text.split(['T', ' ']).next().filter(|day| day.len() < text.len()).and_then(read);
    read(text).or_else(without_time).filter(|day| {
        use chrono::Datelike;
        (1900..=2200).contains(&day.year())
    })
}
