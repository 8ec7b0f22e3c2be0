//! Reading a posted form: what was typed, what is wrong with it, in the person's words.
//!
//! A [`Form`] keeps everything that was typed, so that a page with an error can show it all again. A [`FormCheck`]
//! reads values out of it and gathers every problem, so that people hear of all of them at once.

use crate::TextValue;
use chrono::NaiveDate;

/// The longest narrative that a text box takes, in characters.
pub const NARRATIVE_LIMIT: usize = 20_000;
/// The longest text that is made of several narratives, in characters.
pub const WHOLE_TEXT_LIMIT: usize = 8 * NARRATIVE_LIMIT;
/// The longest single line, in characters.
pub const LINE_LIMIT: usize = 200;

/// The fields of a posted form or of a query, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// A form with these fields.
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self { fields }
    }

    /// The first value of a field; empty if it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// Whether the field was posted at all.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// Every value of a field that may be posted more than once (check boxes).
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Sets a field, in place of any value that it had.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.into()));
    }

    /// Sets the three boxes of a date.
    pub fn set_date(&mut self, name: &str, day: NaiveDate) {
        use chrono::Datelike;
        self.set(&format!("{name}.day"), day.day().to_string());
        self.set(&format!("{name}.month"), day.month().to_string());
        self.set(&format!("{name}.year"), day.year().to_string());
    }

    /// Removes every field whose name begins so.
    pub fn remove_under(&mut self, prefix: &str) {
        self.fields.retain(|(field, _)| !field.starts_with(prefix));
    }

    /// The numbers N for which a field `{prefix}.N.…` was posted, in order.
    pub fn indexes(&self, prefix: &str) -> Vec<usize> {
        let mut found: Vec<usize> = self
            .fields
            .iter()
            .filter_map(|(field, _)| {
                field.strip_prefix(prefix)?.strip_prefix('.')?.split('.').next()?.parse().ok()
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether anything but blanks was typed in a field that begins so.
    pub fn any_typed_under(&self, prefix: &str) -> bool {
        self.fields.iter().any(|(field, value)| field.starts_with(prefix) && !value.trim().is_empty())
    }

    /// The fields in order.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }
}

/// One thing that is wrong with a form: which field, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's name.
    pub field: String,
    /// What to do about it, as GOV.UK error messages say it.
    pub words: String,
}

/// Everything that is wrong with a form; never empty when returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("the form has {} problem(s)", .0.len())]
pub struct Problems(pub Vec<FieldProblem>);

impl Problems {
    /// A single problem.
    pub fn one(field: &str, words: impl Into<String>) -> Self {
        Self(vec![FieldProblem { field: field.to_owned(), words: words.into() }])
    }

    /// Adds one more.
    pub fn add(&mut self, field: &str, words: impl Into<String>) {
        self.0.push(FieldProblem { field: field.to_owned(), words: words.into() });
    }

    /// The problem of one field, if it has one.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|problem| problem.field == field).map(|problem| problem.words.as_str())
    }

    /// Two parts of one form: both, or what is wrong with either.
    ///
    /// # Errors
    /// The problems of the first part and then those of the second.
    pub fn of_both<A, B>(one: Result<A, Self>, other: Result<B, Self>) -> Result<(A, B), Self> {
        match (one, other) {
            (Ok(one), Ok(other)) => Ok((one, other)),
            (one, other) => {
                let mut problems = one.err().unwrap_or_default();
                problems.0.extend(other.err().into_iter().flat_map(|more| more.0));
                Err(problems)
            }
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads values out of a form and gathers what is wrong with them.
pub struct FormCheck<'a> {
    form: &'a Form,
    problems: Vec<FieldProblem>,
}

impl<'a> FormCheck<'a> {
    /// Begins to check a form.
    pub fn new(form: &'a Form) -> Self {
        Self { form, problems: Vec::new() }
    }

    /// The form that is being checked.
    pub fn form(&self) -> &'a Form {
        self.form
    }

    /// Notes a problem.
    pub fn fail(&mut self, field: &str, words: impl Into<String>) {
        self.problems.push(FieldProblem { field: field.to_owned(), words: words.into() });
    }

    /// Whether a problem was noted for this field.
    pub fn has_failed(&self, field: &str) -> bool {
        self.problems.iter().any(|problem| problem.field == field)
    }

    /// A single line that must be given. `missing` is the whole message: "Enter a course title".
    pub fn line(&mut self, field: &str, missing: &str) -> Option<String> {
        self.required(field, missing, LINE_LIMIT)
    }

    /// A narrative that must be given.
    pub fn narrative(&mut self, field: &str, missing: &str) -> Option<String> {
        self.required(field, missing, NARRATIVE_LIMIT)
    }

    /// A text of several narratives that must be given, as when the boxes of one form are read as one text.
    pub fn whole_text(&mut self, field: &str, missing: &str) -> Option<String> {
        self.required(field, missing, WHOLE_TEXT_LIMIT)
    }

    /// A single line that may be left empty; empty is an empty text.
    pub fn optional_line(&mut self, field: &str) -> Option<String> {
        self.limited(field, LINE_LIMIT)
    }

    /// A narrative that may be left empty; empty is an empty text.
    pub fn optional_narrative(&mut self, field: &str) -> Option<String> {
        self.limited(field, NARRATIVE_LIMIT)
    }

    fn required(&mut self, field: &str, missing: &str, limit: usize) -> Option<String> {
        let text = self.limited(field, limit)?;
        if text.is_empty() {
            self.fail(field, missing);
            return None;
        }
        Some(text)
    }

    fn limited(&mut self, field: &str, limit: usize) -> Option<String> {
        let text = self.form.text(field).replace("\r\n", "\n");
        let text = text.trim();
        // A control character in a record breaks print, export and mail; a tab or a new line does not.
        if text.chars().any(|sign| sign.is_control() && sign != '\n' && sign != '\t') {
            self.fail(field, "Remove characters that cannot be shown, and type the text again");
            return None;
        }
        let length = text.chars().count();
        if length > limit {
            let over = crate::calendar::counted(
                i64::try_from(length - limit).unwrap_or(i64::MAX),
                "character",
                "characters",
            );
            self.fail(field, format!("Shorten the text by {over}: at most {limit} fit here"));
            return None;
        }
        Some(text.to_owned())
    }

    /// One value from a closed list that must be chosen.
    pub fn choice<T: TextValue>(&mut self, field: &str, missing: &str) -> Option<T> {
        let chosen = T::from_code(self.form.text(field));
        if chosen.is_none() {
            self.fail(field, missing);
        }
        chosen
    }

    /// One value from a closed list that may be left unchosen. Outer `None`: something else was sent.
    pub fn optional_choice<T: TextValue>(&mut self, field: &str, missing: &str) -> Option<Option<T>> {
        if self.form.text(field).is_empty() { Some(None) } else { self.choice(field, missing).map(Some) }
    }

    /// Any number of values from a closed list, at least one.
    pub fn choices<T: TextValue>(&mut self, field: &str, missing: &str) -> Option<Vec<T>> {
        let chosen: Vec<T> = self.form.all(field).filter_map(T::from_code).collect();
        if chosen.is_empty() {
            self.fail(field, missing);
            return None;
        }
        Some(chosen)
    }

    /// An identifier that must be chosen from what the page offered.
    pub fn id<T: std::str::FromStr>(&mut self, field: &str, missing: &str) -> Option<T> {
        let id = self.form.text(field).parse().ok();
        if id.is_none() {
            self.fail(field, missing);
        }
        id
    }

    /// A whole number in a range.
    pub fn number(&mut self, field: &str, what: &str, range: std::ops::RangeInclusive<i32>) -> Option<i32> {
        let text = self.form.text(field).trim();
        let (least, most) = (*range.start(), *range.end());
        if text.is_empty() {
            self.fail(field, format!("Enter {what}"));
            return None;
        }
        match text.parse::<i32>() {
            Ok(number) if range.contains(&number) => Some(number),
            _ => {
                self.fail(field, format!("Enter {what} as a whole number between {least} and {most}"));
                None
            }
        }
    }

    /// A date in three boxes that must be given. `what` begins the messages: "Date held".
    pub fn date(&mut self, field: &str, what: &str) -> Option<NaiveDate> {
        match self.optional_date(field, what) {
            Some(Some(day)) => Some(day),
            Some(None) => {
                self.fail(field, format!("{what}: enter a day, month and year"));
                None
            }
            None => None,
        }
    }

    /// A date in three boxes that must be given and must not lie after `today`.
    pub fn past_date(&mut self, field: &str, what: &str, today: NaiveDate) -> Option<NaiveDate> {
        let day = self.date(field, what)?;
        if day > today {
            self.fail(field, format!("{what} must be today or in the past"));
            return None;
        }
        Some(day)
    }

    /// A date in three boxes that may be left empty. Outer `None`: there was a problem.
    pub fn optional_date(&mut self, field: &str, what: &str) -> Option<Option<NaiveDate>> {
        let part = |name: &str| self.form.text(&format!("{field}.{name}")).trim().to_owned();
        let (day, month, year) = (part("day"), part("month"), part("year"));
        let missing: Vec<&str> = [(&day, "day"), (&month, "month"), (&year, "year")]
            .iter()
            .filter(|(text, _)| text.is_empty())
            .map(|(_, name)| *name)
            .collect();
        if missing.len() == 3 {
            return Some(None);
        }
        if !missing.is_empty() {
            self.fail(field, format!("{what} must include a {}", missing.join(" and a ")));
            return None;
        }
        let read = (|| {
            let year: i32 = year.parse().ok().filter(|year| (1900..=2200).contains(year))?;
            NaiveDate::from_ymd_opt(year, month_number(&month)?, day.parse().ok()?)
        })();
        if read.is_none() {
            self.fail(field, format!("{what} must be a real date, like 27 3 2026"));
            return None;
        }
        Some(read)
    }

    /// Ends the check: the value if nothing was wrong, otherwise every problem.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Problems> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ if self.problems.is_empty() => {
                Err(Problems::one("form", "Something on this page is missing. Check it and try again"))
            }
            _ => Err(Problems(self.problems)),
        }
    }
}

/// A month as a number or by its English name, short or long.
fn month_number(text: &str) -> Option<u32> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let start: String = text.chars().take(3).collect::<String>().to_lowercase();
    NAMES.iter().position(|name| *name == start).and_then(|at| u32::try_from(at + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(day: &str, month: &str, year: &str) -> Form {
        Form::new(vec![
            ("held_on.day".into(), day.into()),
            ("held_on.month".into(), month.into()),
            ("held_on.year".into(), year.into()),
        ])
    }

    #[test]
    fn a_date_error_names_the_part_that_is_missing() {
        for (form, words) in [
            (dated("27", "", "2026"), "Date held must include a month"),
            (dated("", "", "2026"), "Date held must include a day and a month"),
            (dated("", "", ""), "Date held: enter a day, month and year"),
            (dated("31", "2", "2026"), "Date held must be a real date, like 27 3 2026"),
            (dated("1", "1", "26"), "Date held must be a real date, like 27 3 2026"),
        ] {
            let mut check = FormCheck::new(&form);
            assert_eq!(check.date("held_on", "Date held"), None);
            let problems = check.finish(None::<()>).unwrap_err();
            assert_eq!(problems.of("held_on"), Some(words));
        }
    }

    #[test]
    fn a_month_may_be_a_name() {
        let form = dated("27", "March", "2026");
        assert_eq!(FormCheck::new(&form).date("held_on", "Date held"), NaiveDate::from_ymd_opt(2026, 3, 27));
    }

    #[test]
    fn a_past_date_refuses_tomorrow() {
        let form = dated("2", "1", "2026");
        let mut check = FormCheck::new(&form);
        let today = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        assert_eq!(check.past_date("held_on", "Date held", today), None);
        assert_eq!(
            check.finish(None::<()>).unwrap_err().of("held_on"),
            Some("Date held must be today or in the past")
        );
    }

    #[test]
    fn repeated_blocks_are_found_by_their_numbers() {
        let form = Form::new(
            ["entry.10.decision", "entry.2.decision", "entry.2.action.0.what", "entries.7.x"]
                .map(|name| (name.to_owned(), "x".to_owned()))
                .to_vec(),
        );
        assert_eq!(form.indexes("entry"), [2, 10]);
        assert_eq!(form.indexes("entry.2.action"), [0]);
    }

    #[test]
    fn a_text_over_the_limit_says_by_how_much() {
        let form = Form::new(vec![("title".into(), "x".repeat(LINE_LIMIT + 3))]);
        let mut check = FormCheck::new(&form);
        assert_eq!(check.line("title", "Enter a title"), None);
        let problems = check.finish(None::<()>).unwrap_err();
        assert_eq!(problems.of("title"), Some("Shorten the text by 3 characters: at most 200 fit here"));
    }
}
