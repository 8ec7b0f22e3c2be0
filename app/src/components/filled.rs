//! A form as a page shows it, and what its fields note of themselves while they are shown.

use chrono::NaiveDateTime;
use domain::drafts::TextBox;
use domain::form::{Form, Problems};
use domain::ids::DraftId;
use domain::lens::Lens;
use std::cell::RefCell;
use std::sync::Arc;

/// A form as it is shown: what was typed or stands in the record, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filled {
    pub(crate) form: Form,
    pub(crate) problems: Problems,
    /// Whether somebody saved the record in between: the button then says that this replaces it.
    pub(crate) is_stale: bool,
    /// Whether two drafts stand beside each other: nothing is saved until somebody types on.
    pub(crate) is_compared: bool,
    /// The draft that was brought back into it.
    pub(crate) restored: Option<Restored>,
    /// The name of the field in which the cursor is to be, as when a draft was left or a part was added; empty if in none.
    pub(crate) cursor: String,
    /// The lens over its text boxes, for somebody who uses it.
    pub(crate) lens: Option<LensOver>,
    /// The text boxes that were shown, in order: a draft keeps their labels.
    text_boxes: RefCell<Vec<TextBox>>,
    /// Of what the fields speak that are shown now, if a page has the same field several times.
    subject: RefCell<String>,
}

/// The language lens over a form.
#[derive(Clone, Debug)]
pub(crate) struct LensOver {
    /// Where the browser finds the lexicon.
    pub(crate) address: String,
    /// The lens itself, if "Check wording" was pressed.
    pub(crate) check: Option<Arc<Lens>>,
}

/// What was brought back from a draft.
#[derive(Clone, Debug)]
pub(crate) struct Restored {
    pub(crate) id: DraftId,
    pub(crate) saved_at: NaiveDateTime,
}

impl Filled {
    /// A form that nobody has complained about.
    pub(crate) fn new(form: Form) -> Self {
        Self { form, ..Self::default() }
    }

    /// The same form with what is wrong with it.
    pub(crate) fn with_problems(mut self, problems: Problems) -> Self {
        self.problems = problems;
        self
    }

    /// The text of a field.
    pub(crate) fn text(&self, name: &str) -> String {
        self.form.text(name).to_owned()
    }

    /// From here on the fields are about this, as in "F-1042"; or about nothing in particular.
    pub(crate) fn speaks_of(&self, subject: &str) {
        subject.clone_into(&mut self.subject.borrow_mut());
    }

    /// The text boxes that were shown so far.
    pub(crate) fn text_boxes(&self) -> Vec<TextBox> {
        self.text_boxes.borrow().clone()
    }

    pub(super) fn note_text_box(&self, name: &str, label: &str) {
        let subject = self.subject.borrow();
        let label = if subject.is_empty() { label.to_owned() } else { format!("{label} ({subject})") };
        self.text_boxes.borrow_mut().push(TextBox { name: name.to_owned(), label });
    }

    /// Whether the cursor is to be here.
    pub(crate) fn has_cursor(&self, name: &str) -> bool {
        !name.is_empty() && self.cursor == name
    }

    pub(super) fn problem(&self, name: &str) -> Option<String> {
        self.problems.of(name).map(str::to_owned)
    }
}
