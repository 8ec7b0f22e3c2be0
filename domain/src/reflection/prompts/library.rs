//! The library: a dated version of the questions that an organisation uses, and what may be wrong with one.

use super::{Prompt, Trigger};
use crate::form::LINE_LIMIT;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Pages that stand beside those of the questions: a question of such a name could not be opened. What is in force already is
/// read all the same.
const PAGES: [&str; 3] = ["new", "import", "export"];

/// A dated version of the questions that an organisation uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptLibrary {
    /// The questions, in the order in which ties are decided.
    #[serde(rename = "prompt")]
    pub prompts: Vec<Prompt>,
}

/// What is wrong with a question, in words for whoever edits it, and the field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct PromptProblem {
    /// The field.
    pub field: &'static str,
    /// What is wrong.
    pub words: String,
}

/// What is wrong with a file of questions, and in which line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}: {words}")]
pub struct LibraryError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub words: String,
}

impl PromptLibrary {
    /// The library that ships with the product, as TOML.
    pub const SHIPPED: &'static str = include_str!("../../../content/prompts.toml");

    /// Reads a library.
    ///
    /// # Errors
    /// The first thing that is wrong with it, and its line.
    pub fn parse(text: &str) -> Result<Self, LibraryError> {
        let library: Self = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            LibraryError { line: line_at(text, start), words: error.message().to_owned() }
        })?;
        for (number, prompt) in library.prompts.iter().enumerate() {
            if let Err(problem) = prompt.check(&library.prompts[..number]) {
                return Err(LibraryError {
                    line: line_of(text, number, problem.field),
                    words: problem.words,
                });
            }
        }
        Ok(library)
    }

    /// Reads a file that is to follow this library as a version of its own. What is in force and missing from the file is
    /// put no longer; what says something else bears the new version.
    ///
    /// # Errors
    /// The first thing that is wrong with it, and its line: also a changed question that should have been looked at again before
    /// today.
    pub fn followed_by(&self, text: &str, version: i32, today: NaiveDate) -> Result<Self, LibraryError> {
        let mut next = Self::parse(text)?;
        for (number, prompt) in next.prompts.iter_mut().enumerate() {
            if self.is_of_a_page(&prompt.key) {
                let words = format!("the short name “{}” is taken by a page: choose another", prompt.key);
                return Err(LibraryError { line: line_of(text, number, "key"), words });
            }
            match self.find(&prompt.key).filter(|before| prompt.says_the_same_as(before)) {
                Some(before) => prompt.version = before.version,
                None if prompt.review_on < today => {
                    let words = format!("the review date of “{}” has passed", prompt.key);
                    return Err(LibraryError { line: line_of(text, number, "review_on"), words });
                }
                None => prompt.version = version,
            }
        }
        let gone: Vec<Prompt> = self
            .prompts
            .iter()
            .filter(|before| next.find(&before.key).is_none())
            .map(|before| {
                if before.retired {
                    before.clone()
                } else {
                    Prompt { retired: true, version, ..before.clone() }
                }
            })
            .collect();
        next.prompts.extend(gone);
        Ok(next)
    }

    /// Whether no question can be given this short name any more: a page has it.
    pub(super) fn is_of_a_page(&self, key: &str) -> bool {
        PAGES.contains(&key) && self.find(key).is_none()
    }

    /// The library as a file.
    ///
    /// # Errors
    /// It cannot be written: never for one that was read.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// The question with this key, also if it is put no longer.
    pub fn find(&self, key: &str) -> Option<&Prompt> {
        self.prompts.iter().find(|prompt| prompt.key == key)
    }
}

impl Prompt {
    /// Whether it can stand behind these.
    pub(super) fn check(&self, before: &[Self]) -> Result<(), PromptProblem> {
        let problem = |field, words: String| Err(PromptProblem { field, words });
        let is_plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
        if self.key.is_empty() || self.key.len() > 60 || !self.key.chars().all(is_plain) {
            return problem(
                "key",
                format!(
                    "the short name “{}” must be of small letters, digits and hyphens, 60 at most",
                    self.key
                ),
            );
        }
        if before.iter().any(|other| other.key == self.key) {
            return problem("key", format!("there is another question with the short name “{}”", self.key));
        }
        for (field, text) in [("text", &self.text), ("why", &self.why), ("source", &self.source)] {
            let what = match field {
                "text" => "words",
                "why" => "reason why it is asked",
                _ => "source",
            };
            if text.trim().is_empty() {
                return problem(field, format!("“{}” has no {what}", self.key));
            }
            if text.chars().count() > LINE_LIMIT {
                return problem(
                    field,
                    format!("the {what} of “{}” must fit into {LINE_LIMIT} characters", self.key),
                );
            }
        }
        if self.triggers.is_empty() {
            return problem(
                "triggers",
                format!(
                    "nothing calls for “{}”: “{}” is for any discussion",
                    self.key,
                    crate::TextValue::code(Trigger::Always)
                ),
            );
        }
        Ok(())
    }
}

fn line_at(text: &str, byte: usize) -> usize {
    text.as_bytes().iter().take(byte).filter(|sign| **sign == b'\n').count() + 1
}

/// The line of a field of a question; that of the question itself if the field is not there.
fn line_of(text: &str, number: usize, field: &str) -> usize {
    let mut blocks = 0;
    let mut found = 1;
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("[[prompt]]") {
            blocks += 1;
            if blocks == number + 1 {
                found = at + 1;
            }
        } else if blocks == number + 1
            && line.trim_start().strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with('='))
        {
            return at + 1;
        }
    }
    found
}
