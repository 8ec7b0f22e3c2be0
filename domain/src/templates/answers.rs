//! Answers to the questions of a template: as they are typed, and as they are kept.

use super::{AnswerKind, TemplatePart, Templates};
use crate::form::{Form, FormCheck, Problems};
use serde::{Deserialize, Serialize};

/// Answers as they are typed: which question, what was written. Empty ones are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewAnswers {
    /// Where in the form they stand.
    at: String,
    /// The version of the template that was on the page; `None` for the one in force.
    version: Option<i32>,
    typed: Vec<(String, String)>,
}

/// The field in which a form carries the version of the templates that it shows.
pub const TEMPLATE_VERSION: &str = "template_version";

impl NewAnswers {
    /// Reads the fields `{at}.answer.{key}`.
    pub fn read(check: &mut FormCheck<'_>, at: &str) -> Option<Self> {
        let prefix = format!("{at}.answer.");
        let names: Vec<&str> =
            check.form().fields().iter().filter_map(|(name, _)| name.strip_prefix(&prefix)).collect();
        let mut typed = Vec::new();
        for key in names {
            let answer = check.optional_narrative(&format!("{prefix}{key}"))?;
            if !answer.is_empty() {
                typed.push((key.to_owned(), answer));
            }
        }
        let version = check.form().text(TEMPLATE_VERSION).parse().ok();
        Some(Self { at: at.to_owned(), version, typed })
    }

    /// Reads a form that has nothing else.
    ///
    /// # Errors
    /// Answers that are too long.
    pub fn parse(form: &Form, at: &str) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let answers = Self::read(&mut check, at);
        check.finish(answers)
    }

    /// The version of the template that was on the page; `None` for the one in force.
    pub fn version(&self) -> Option<i32> {
        self.version
    }

    /// Whether nothing was answered.
    pub fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The question's key.
    pub key: String,
    /// What was asked, in the words of its version.
    pub asks: String,
    /// How it was to be answered.
    pub kind: AnswerKind,
    /// The answer.
    pub answer: String,
}

impl Answer {
    /// The answer in words.
    pub fn in_words(&self) -> String {
        self.kind.in_words(&self.answer)
    }
}

/// The answers under a part of a record, with the version of the template under which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(diesel::FromSqlRow))]
pub struct Answers {
    /// The version of the template.
    pub version: i32,
    /// In the order in which they were asked.
    pub given: Vec<Answer>,
}

impl Answers {
    /// As it is stored: nothing for nothing.
    pub fn to_stored(&self) -> String {
        if self.given.is_empty() { String::new() } else { serde_json::to_string(self).unwrap_or_default() }
    }

    /// What was stored.
    ///
    /// # Errors
    /// What was stored cannot be read.
    pub fn stored(text: &str) -> Result<Self, serde_json::Error> {
        if text.is_empty() { Ok(Self::default()) } else { serde_json::from_str(text) }
    }

    /// The same, with each answer that was not changed in the words in which it was asked then.
    #[must_use]
    pub fn keeping(mut self, before: &Self) -> Self {
        for answer in &mut self.given {
            let same = |old: &&Answer| old.key == answer.key && old.answer == answer.answer;
            if let Some(old) = before.given.iter().find(same) {
                *answer = old.clone();
            }
        }
        self
    }

    /// Puts them into a form that is to change them.
    pub fn fill(&self, form: &mut Form, at: &str) {
        for answer in &self.given {
            form.set(&format!("{at}.answer.{}", answer.key), &answer.answer);
        }
    }
}

#[cfg(feature = "sql")]
impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for Answers
where
    DB: diesel::backend::Backend,
    String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        let text = <String as diesel::deserialize::FromSql<_, DB>>::from_sql(bytes)?;
        Ok(Self::stored(&text)?)
    }
}

impl Templates {
    /// The answers as they are kept, in the order of the questions.
    ///
    /// # Errors
    /// Answers that do not fit their question, and answers to questions that nobody knows: nothing typed is dropped.
    pub fn answers(&self, part: TemplatePart, new: &NewAnswers) -> Result<Answers, Problems> {
        let questions = self.of(part);
        let mut problems = Problems::default();
        let mut given = Vec::new();
        for (key, answer) in &new.typed {
            let field = format!("{}.answer.{key}", new.at);
            let Some(place) = questions.iter().position(|question| question.key == *key) else {
                problems.add(&field, "This is no longer asked. Put what you wrote elsewhere, and clear it");
                continue;
            };
            let question = &questions[place];
            if !question.kind.takes(answer) {
                problems.add(&field, format!("Answer “{}” again", question.asks));
                continue;
            }
            let (key, asks, kind) = (key.clone(), question.asks.clone(), question.kind);
            given.push((place, Answer { key, asks, kind, answer: answer.clone() }));
        }
        given.sort_by_key(|(place, _)| *place);
        let given = given.into_iter().map(|(_, answer)| answer).collect();
        if problems.is_empty() { Ok(Answers { version: self.version, given }) } else { Err(problems) }
    }
}
