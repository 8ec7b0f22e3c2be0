//! Drafts: what somebody has typed into a form and not saved yet. A draft is its author's alone.

use crate::form::{Form, LINE_LIMIT};

/// What the names of the fields begin with in which a form says where its draft belongs.
pub const PREFIX: &str = "draft.";
/// The field with the address of the form's page.
pub const ADDRESS: &str = "draft.address";
/// The field with the page's heading.
pub const TITLE: &str = "draft.title";
/// The field with the window that the form stands in: a page keeps its name through everything that is posted from it.
pub const WINDOW: &str = "draft.window";
/// The field with the version of the draft that the page was made of; none if there was none.
pub const VERSION: &str = "draft.version";
/// The field with the name of the field in which the cursor is.
pub const CURSOR: &str = "draft.cursor";
/// The field with the window's own clock, in milliseconds: what was typed later wins.
pub const TYPED_AT: &str = "draft.typed_at";
/// The field, once for each text box, with the box's name, a blank, and its label.
pub const TEXT_BOX: &str = "draft.text_box";

/// The longest address of a page, in bytes.
const ADDRESS_LIMIT: usize = 2_000;

/// A text box of a form, by which people know its text again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextBox {
    /// The name of its field.
    pub name: String,
    /// Its label.
    pub label: String,
}

/// A draft as a page sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDraft {
    /// The address of the form's page, with its query.
    pub address: String,
    /// The page's heading.
    pub title: String,
    /// The window that sends it.
    pub window: String,
    /// The version of the draft that the window has seen; 0 if there was none.
    pub seen_version: i32,
    /// The field in which the cursor was.
    pub cursor: String,
    /// When it was typed, by the window's clock, in milliseconds.
    pub typed_at: i64,
    /// The text boxes.
    pub text_boxes: Vec<TextBox>,
    /// Everything that was typed or chosen.
    pub form: Form,
}

impl NewDraft {
    /// Reads the draft out of a form as it was posted; `None` if the form keeps none.
    pub fn read(form: &Form) -> Option<Self> {
        let address = form.text(ADDRESS);
        let is_ours =
            address.starts_with('/') && !address.starts_with("//") && address.len() <= ADDRESS_LIMIT;
        if !is_ours || address.chars().any(char::is_control) {
            return None;
        }
        let text_boxes = form.all(TEXT_BOX).filter_map(|text| text.split_once(' '));
        let mut typed = form.clone();
        typed.remove_under(PREFIX);
        typed.remove_under("do");
        Some(Self {
            address: address.to_owned(),
            title: short(form.text(TITLE)),
            window: short(form.text(WINDOW)),
            seen_version: form.text(VERSION).parse().unwrap_or(0),
            cursor: short(form.text(CURSOR)),
            typed_at: form.text(TYPED_AT).parse().unwrap_or(0),
            text_boxes: text_boxes
                .map(|(name, label)| TextBox { name: name.to_owned(), label: label.to_owned() })
                .collect(),
            form: typed,
        })
    }

    /// Whether anything is written in a text box. A draft without a word is forgotten after a while.
    pub fn has_words(&self) -> bool {
        self.text_boxes.iter().any(|text_box| !self.form.text(&text_box.name).trim().is_empty())
    }
}

fn short(text: &str) -> String {
    text.chars().take(LINE_LIMIT).collect()
}

/// What was saved before, as far as it decides about the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedBefore {
    /// The window that saved it.
    pub window: String,
    /// Its version.
    pub version: i32,
    /// When it was typed, by that window's clock, in milliseconds.
    pub typed_at: i64,
}

/// What becomes of a draft that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It takes the place of what was saved.
    Taken,
    /// It was overtaken on its way by a later one of the same window.
    Overtaken,
    /// Another window has saved in between, and this one has not seen what.
    Conflict,
}

impl SavedBefore {
    /// What becomes of a draft that arrives after this one.
    pub fn then(&self, next: &NewDraft) -> Arrival {
        if self.window != next.window {
            return if self.version == next.seen_version { Arrival::Taken } else { Arrival::Conflict };
        }
        // Without JavaScript a window has no clock.
        if next.typed_at != 0 && next.typed_at < self.typed_at { Arrival::Overtaken } else { Arrival::Taken }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(fields: &[(&str, &str)]) -> Form {
        Form::new(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_draft_is_what_was_typed_without_what_the_page_says_of_itself() {
        let form = posted(&[
            (ADDRESS, "/supervision/new?supervisee=1"),
            (WINDOW, "w"),
            (VERSION, "3"),
            (TEXT_BOX, "decision Decision, for F-1"),
            ("do", "draft"),
            ("decision", " Act. "),
        ]);
        let draft = NewDraft::read(&form).unwrap();
        assert_eq!(draft.form, posted(&[("decision", " Act. ")]));
        assert_eq!(
            draft.text_boxes,
            [TextBox { name: "decision".to_owned(), label: "Decision, for F-1".to_owned() }]
        );
        assert_eq!(draft.seen_version, 3);
        assert!(draft.has_words());
    }

    #[test]
    fn a_choice_alone_is_no_word() {
        let form = posted(&[(ADDRESS, "/x"), (TEXT_BOX, "note Note"), ("note", " \n"), ("mode", "phone")]);
        assert!(!NewDraft::read(&form).unwrap().has_words());
    }

    #[test]
    fn an_address_that_is_not_ours_keeps_no_draft() {
        for address in ["", "//example.org", "https://example.org", "x", "/a\r\nb"] {
            assert_eq!(NewDraft::read(&posted(&[(ADDRESS, address)])), None, "{address}");
        }
    }

    #[test]
    fn the_window_that_has_seen_the_last_draft_may_save_the_next() {
        let before = SavedBefore { window: "one".to_owned(), version: 4, typed_at: 100 };
        for (window, seen, typed_at, expected) in [
            ("one", 4, 200, Arrival::Taken),
            ("one", 1, 200, Arrival::Taken),
            ("one", 1, 100, Arrival::Taken),
            ("one", 4, 99, Arrival::Overtaken),
            ("one", 0, 0, Arrival::Taken),
            ("two", 4, 1, Arrival::Taken),
            ("two", 3, 900, Arrival::Conflict),
            ("two", 0, 0, Arrival::Conflict),
        ] {
            let next = NewDraft {
                window: window.to_owned(),
                seen_version: seen,
                typed_at,
                ..NewDraft::read(&posted(&[(ADDRESS, "/x")])).unwrap()
            };
            assert_eq!(before.then(&next), expected, "{window} has seen {seen}");
        }
    }
}
