//! A document that leaves the product: what it says, part by part in the order in which it is read, whatever becomes of it.

use domain::calendar::instant_in_words;

/// A document that leaves the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// What it is.
    pub title: String,
    /// What it is about, for the foot of each sheet.
    pub reference: String,
    /// Who took it and when: it stands on each sheet.
    pub taken: String,
    /// What it says.
    pub parts: Vec<Part>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A heading: 2 under the title, 3 under that.
    Heading(u8, String),
    /// Something short with its name.
    Fact(String, String),
    /// Paragraphs, one a line.
    Text(String),
    /// Things of which there are several.
    Items(Vec<String>),
}

impl Paper {
    /// A document without parts, taken by somebody at an instant (UTC).
    pub(crate) fn new(
        title: impl Into<String>,
        reference: impl Into<String>,
        (by, at): (&str, chrono::NaiveDateTime),
    ) -> Self {
        let taken = format!("Taken from Fresh Eyes by {by}, {}", instant_in_words(at));
        Self { title: title.into(), reference: reference.into(), taken, parts: Vec::new() }
    }

    pub(crate) fn heading(&mut self, level: u8, words: impl Into<String>) {
        self.parts.push(Part::Heading(level, words.into()));
    }

    pub(crate) fn fact(&mut self, name: &str, value: impl Into<String>) {
        self.parts.push(Part::Fact(name.to_owned(), value.into()));
    }

    /// Words of our own.
    pub(crate) fn text(&mut self, words: &str) {
        self.parts.push(Part::Text(words.to_owned()));
    }

    /// Words under a heading, if there are any.
    pub(crate) fn said(&mut self, heading: (u8, &str), text: &str) {
        if !text.trim().is_empty() {
            self.heading(heading.0, heading.1);
            self.parts.push(Part::Text(text.to_owned()));
        }
    }

    /// Several things under a heading, if there are any.
    pub(crate) fn items(&mut self, heading: (u8, &str), items: Vec<String>) {
        if !items.is_empty() {
            self.heading(heading.0, heading.1);
            self.list(items);
        }
    }

    /// Several things, if there are any.
    pub(crate) fn list(&mut self, items: Vec<String>) {
        if !items.is_empty() {
            self.parts.push(Part::Items(items));
        }
    }

    /// The same as plain text, with lines that end as every program takes them.
    pub(crate) fn to_text(&self) -> String {
        let mut lines = vec![self.title.clone()];
        for part in &self.parts {
            match part {
                Part::Heading(_, words) => lines.extend([String::new(), words.clone()]),
                Part::Fact(name, value) => lines.push(format!("{name}: {value}")),
                Part::Text(text) => lines.extend(text.lines().map(str::to_owned)),
                Part::Items(items) => lines.extend(items.iter().map(|item| format!("- {item}"))),
            }
        }
        lines.extend([String::new(), self.taken.clone(), String::new()]);
        lines.join("\r\n")
    }
}
