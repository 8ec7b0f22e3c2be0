//! The words that the lens knows: what each can hide, what to ask instead, and how it is written down.

use super::effort::{MOST_LINES, check_effort};
use super::pattern::{Pattern, PatternError};
use crate::TextValue;
use crate::value::text_value;
use serde::{Deserialize, Serialize};

text_value! {
    /// What a phrase does, from the gravest on.
    Severity: "severity" {
        Harm = "3", "Blames or harms";
        Vague = "2", "Vague, or hides who did what";
        Jargon = "1", "Jargon";
    }
}

text_value! {
    /// What becomes of a phrase where somebody says that it is not so, or advises against it.
    Negated: "way with what is negated" {
        Soft = "soft", "A soft note";
        Silent = "silent", "Nothing";
    }
}

text_value! {
    /// What phrases are about.
    Theme: "theme" {
        Blame = "blame", "Blame";
        Doubt = "doubt", "Disbelief";
        Excuse = "excuse", "Excuses for abuse";
        Shared = "shared", "Abuse as a quarrel of two";
        Vague = "vague", "Vague words";
        Label = "label", "Labels";
        Unseen = "unseen", "People who are not seen";
        Child = "child", "Children";
        Service = "service", "What we did or did not offer";
        Jargon = "jargon", "Words of the system";
    }
}

/// Phrases that say the same, with what they can hide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it is known by, whatever its words become: small letters, digits and underscores.
    pub key: String,
    /// What the phrases do.
    pub severity: Severity,
    /// What they are about.
    pub theme: Theme,
    /// The phrases, in the language of [`super::pattern`](super).
    pub phrases: Vec<String>,
    /// Phrases around them in which they mean something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
    /// What they can hide.
    pub why: String,
    /// What to ask oneself.
    pub ask: String,
    /// How else it can be said; empty for nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instead: String,
    /// What becomes of them where they are negated.
    pub negated: Negated,
    /// Where this was learnt.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Whether it is marked no longer.
    #[serde(default)]
    pub retired: bool,
}

impl Entry {
    /// Reads every phrase.
    ///
    /// # Errors
    /// The first line that cannot be used, among the phrases or among the exceptions.
    pub fn check(&self) -> Result<(), PhraseError> {
        for (is_exception, lines) in [(false, &self.phrases), (true, &self.unless)] {
            for (at, written) in lines.iter().enumerate() {
                Pattern::parse(written).map_err(|error| PhraseError {
                    is_exception,
                    line: at + 1,
                    written: written.clone(),
                    error,
                })?;
            }
        }
        Ok(())
    }
}

/// A line that is no phrase.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}, “{written}”: {error}")]
pub struct PhraseError {
    /// Whether it stands among the exceptions.
    pub is_exception: bool,
    /// The number of the line, from 1 on.
    pub line: usize,
    /// What stands there.
    pub written: String,
    /// What is wrong with it.
    pub error: PatternError,
}

/// What is wrong with a lexicon.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LexiconError {
    /// It is no TOML, or has other fields.
    #[error("the lexicon cannot be read: {0}")]
    Unreadable(String),
    /// Two entries could not be told apart.
    #[error("two entries have the key {0}")]
    SameKey(String),
    /// A key that cannot be one.
    #[error("the key “{0}” must be of small letters, digits and underscores")]
    Key(String),
    /// Nothing is looked for, explained or asked.
    #[error("the entry {0} lacks phrases, a reason or a question")]
    Wordless(String),
    /// A phrase.
    #[error("{0}: {1}")]
    Phrase(String, PhraseError),
    /// Too many lines in one entry.
    #[error(
        "Write at most {} lines, exceptions included, and put the others into an entry of their own",
        MOST_LINES
    )]
    TooManyLines,
    /// All phrases together.
    #[error(
        "Looking for these beside all other words takes too long in a long text: write fewer phrases, or fewer and shorter gaps"
    )]
    Slow,
}

impl LexiconError {
    /// The field of an entry's form in which it can be put right.
    pub fn field(&self) -> &'static str {
        match self {
            Self::TooManyLines | Self::Slow => "phrases",
            _ => "form",
        }
    }
}

/// Everything that the lens knows, and the version that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lexicon {
    version: i32,
    entries: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    entry: Vec<Entry>,
}

impl Lexicon {
    /// What ships.
    pub const SHIPPED: &'static str = include_str!("../../content/lexicon.toml");

    /// Reads a lexicon.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str, version: i32) -> Result<Self, LexiconError> {
        let file: File = toml::from_str(text).map_err(|error| LexiconError::Unreadable(error.to_string()))?;
        Self::new(file.entry, version)
    }

    /// A lexicon of these entries.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(entries: Vec<Entry>, version: i32) -> Result<Self, LexiconError> {
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        for (at, entry) in entries.iter().enumerate() {
            let key = || entry.key.clone();
            if entry.key.is_empty() || !entry.key.chars().all(is_plain) {
                return Err(LexiconError::Key(key()));
            }
            if entries[..at].iter().any(|earlier| earlier.key == entry.key) {
                return Err(LexiconError::SameKey(key()));
            }
            if entry.phrases.is_empty() || entry.why.trim().is_empty() || entry.ask.trim().is_empty() {
                return Err(LexiconError::Wordless(key()));
            }
            entry.check().map_err(|error| LexiconError::Phrase(key(), error))?;
        }
        Ok(Self { version, entries })
    }

    /// The version.
    pub fn version(&self) -> i32 {
        self.version
    }

    /// The entries, those that are marked no longer included.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with this key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The same with this entry in the place of the one with its key, or besides all.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn with(&self, entry: Entry) -> Result<Self, LexiconError> {
        let key = entry.key.clone();
        let mut entries = self.entries.clone();
        match entries.iter_mut().find(|before| before.key == entry.key) {
            Some(before) => *before = entry,
            None => entries.push(entry),
        }
        let next = Self::new(entries, self.version)?;
        check_effort(&next, self, &key)?;
        Ok(next)
    }

    /// A key for one more entry.
    pub fn new_key(&self) -> String {
        let is_free = |key: &String| self.entry(key).is_none();
        (1..=self.entries.len() + 1).map(|number| format!("own_{number}")).find(is_free).unwrap_or_default()
    }

    /// The file that holds it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn to_toml(&self) -> Result<String, LexiconError> {
        let file = File { entry: self.entries.clone() };
        toml::to_string(&file).map_err(|error| LexiconError::Unreadable(error.to_string()))
    }

    /// As a browser is given it: only what is marked, one line for each thing, so that reading it takes next to no code.
    pub fn for_browser(&self) -> String {
        let mut lines = String::new();
        for entry in self.entries.iter().filter(|entry| !entry.retired) {
            let mut add = |sign: char, text: &str| {
                let plain = text.replace(['\n', '\r', '\t'], " ");
                lines.push(sign);
                lines.push_str(&plain);
                lines.push('\n');
            };
            add('=', &format!("{}{} {}", entry.severity.code(), entry.negated.code(), entry.key));
            add('y', &entry.why);
            add('a', &entry.ask);
            add('i', &entry.instead);
            entry.phrases.iter().for_each(|phrase| add('+', phrase));
            entry.unless.iter().for_each(|phrase| add('-', phrase));
        }
        lines
    }
}

/// What the lens has to know of an entry to mark its phrases and to explain them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// What it is known by.
    pub key: String,
    /// 3 for what harms, 1 for jargon.
    pub severity: u8,
    /// Whether nothing is said where it is negated.
    pub is_silent: bool,
    /// What it can hide.
    pub why: String,
    /// What to ask oneself.
    pub ask: String,
    /// How else it can be said; empty for nothing.
    pub instead: String,
    pub(super) phrases: Vec<String>,
    pub(super) unless: Vec<String>,
}

/// Reads what [`Lexicon::for_browser`] wrote. A line that it did not write is passed over.
pub(super) fn known(lines: &str) -> Vec<Known> {
    let mut found: Vec<Known> = Vec::new();
    for line in lines.lines() {
        let mut signs = line.chars();
        let (sign, text) = (signs.next(), signs.as_str());
        if sign == Some('=') {
            let severity = text.bytes().next().map_or(1, |digit| digit.saturating_sub(b'0'));
            let (negated, key) = text.get(1..).and_then(|rest| rest.split_once(' ')).unwrap_or_default();
            let is_silent = negated == "silent";
            found.push(Known { key: key.to_owned(), severity, is_silent, ..Known::default() });
            continue;
        }
        let Some(entry) = found.last_mut() else { continue };
        match sign {
            Some('y') => text.clone_into(&mut entry.why),
            Some('a') => text.clone_into(&mut entry.ask),
            Some('i') => text.clone_into(&mut entry.instead),
            Some('+') => entry.phrases.push(text.to_owned()),
            Some('-') => entry.unless.push(text.to_owned()),
            _ => {}
        }
    }
    found
}
