//! Adding or changing a question in a form.

use super::{BiasTag, LibraryError, Prompt, PromptLibrary, Theme};
use crate::TextValue;
use crate::form::{Form, FormCheck, Problems};
use chrono::NaiveDate;

/// A question as somebody wants it, and its place in the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPrompt {
    prompt: Prompt,
    /// 1 is the first.
    place: usize,
}

/// The form for a question as it stands, or for a new one at the end of the library.
pub fn blank_prompt(library: &PromptLibrary, key: Option<&str>, review_on: NaiveDate) -> Form {
    let found = key.and_then(|key| library.prompts.iter().position(|prompt| prompt.key == key));
    let Some((number, prompt)) = found.and_then(|at| Some((at, library.prompts.get(at)?))) else {
        let mut form = Form::default();
        form.set("place", (library.prompts.len() + 1).to_string());
        form.set_date("review_on", review_on);
        return form;
    };
    let mut fields: Vec<(String, String)> = vec![
        ("key".to_owned(), prompt.key.clone()),
        ("text".to_owned(), prompt.text.clone()),
        ("why".to_owned(), prompt.why.clone()),
        ("source".to_owned(), prompt.source.clone()),
        ("theme".to_owned(), prompt.theme.code().to_owned()),
        ("place".to_owned(), (number + 1).to_string()),
    ];
    fields.extend(prompt.triggers.iter().map(|trigger| ("trigger".to_owned(), trigger.code().to_owned())));
    fields.extend(prompt.tags.iter().map(|tag| ("tag".to_owned(), tag.code().to_owned())));
    if prompt.retired {
        fields.push(("retired".to_owned(), "yes".to_owned()));
    }
    let mut form = Form::new(fields);
    form.set_date("review_on", prompt.review_on);
    form
}

impl NewPrompt {
    /// Reads the form of a question. `key` names the one that is changed; without it, it is a new one.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, key: Option<&str>, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let key = match key {
            Some(key) => Some(key.to_owned()),
            None => check.line("key", "Enter a short name for the question, like worst-of-normal-evening"),
        };
        let text = check.line("text", "Write the question");
        let why = check.line("why", "Write why it is asked");
        let source =
            check.line("source", "Enter the source: the briefing or framework that the question comes from");
        let theme: Option<Theme> = check.choice("theme", "Choose what it is about");
        let triggers = read_codes(&mut check, "trigger", "is nothing that can call for a question");
        if triggers.as_ref().is_some_and(Vec::is_empty) {
            check.fail("trigger", "Choose what calls for it");
        }
        let tags: Option<Vec<BiasTag>> = read_codes(&mut check, "tag", "is no kind of bias");
        let review_on = check.date("review_on", "Review date");
        if review_on.is_some_and(|day| day < today) {
            check.fail("review_on", "Review date must be today or later");
        }
        let place = check.number("place", "its place: 1 is the first", 1..=9_999);
        let retired = form.text("retired") == "yes";
        let new = (|| {
            let prompt = Prompt {
                key: key?,
                theme: theme?,
                triggers: triggers?,
                text: text?,
                why: why?,
                source: source?,
                tags: tags?,
                review_on: review_on?,
                version: 1,
                retired,
            };
            Some(Self { prompt, place: usize::try_from(place?).ok()? })
        })();
        check.finish(new)
    }

    /// The short name.
    pub fn key(&self) -> &str {
        &self.prompt.key
    }

    /// The library with this question in its place, as the version of this number. `is_new` says that there must be none of
    /// its name yet.
    ///
    /// # Errors
    /// What is wrong with it, and that nothing is changed.
    pub fn within(
        &self,
        library: &PromptLibrary,
        version: i32,
        is_new: bool,
    ) -> Result<PromptLibrary, Problems> {
        let found = library.prompts.iter().position(|prompt| prompt.key == self.prompt.key);
        if is_new && found.is_some() {
            let words = format!("There is another question with the short name “{}”", self.prompt.key);
            return Err(Problems::one("key", words));
        }
        if library.is_of_a_page(&self.prompt.key) {
            let words = format!("The short name “{}” is taken by a page. Choose another", self.prompt.key);
            return Err(Problems::one("key", words));
        }
        let mut prompt = Prompt { version, ..self.prompt.clone() };
        let mut prompts = library.prompts.clone();
        if let Some(at) = found {
            let before = prompts.remove(at);
            if prompt.says_the_same_as(&before) {
                prompt.version = before.version;
            }
        }
        if let Err(problem) = prompt.check(&[]) {
            let mut words = problem.words;
            if let Some(first) = words.get(..1).map(str::to_uppercase) {
                words.replace_range(..1, &first);
            }
            return Err(Problems::one(problem.field, words));
        }
        prompts.insert((self.place - 1).min(prompts.len()), prompt);
        let next = PromptLibrary { prompts };
        if next == *library {
            return Err(Problems::one("form", "Nothing is changed: the question is as it is in force"));
        }
        Ok(next)
    }
}

/// Every value of check boxes; one that stands in no list is a problem.
fn read_codes<T: TextValue>(check: &mut FormCheck<'_>, field: &str, unknown: &str) -> Option<Vec<T>> {
    let mut found = Vec::new();
    for code in check.form().all(field) {
        let Some(value) = T::from_code(code) else {
            check.fail(field, format!("“{code}” {unknown}"));
            return None;
        };
        found.push(value);
    }
    Some(found)
}

impl From<LibraryError> for Problems {
    fn from(error: LibraryError) -> Self {
        Self::one("file", error.to_string())
    }
}
