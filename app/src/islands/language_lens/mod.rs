//! The language lens over a text box: a private second reader, in the browser of whoever types.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "ssr")]
mod list;

#[cfg(feature = "ssr")]
pub(crate) use list::lens_list;

use domain::lens::{Finding, Lens};
use leptos::prelude::*;

/// The id of the element that says where the words to look for are found, as `data-address`.
pub(crate) const LENS: &str = "lens";

/// Underlines phrases in the text boxes of the page once typing pauses, and explains them in a list below each. Nothing of a text or
/// of what is found leaves the page; the words to look for are fetched once. Without this the form's own button "Check wording"
/// lists the same.
#[island]
pub fn LanguageLens() -> impl IntoView {
    let count = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    browser::attach(count);
    view! {
        <p class="govuk-visually-hidden" role="status">
            {move || count.get()}
        </p>
    }
}

/// A phrase, wherever it stands in a text, with what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    entry: usize,
    /// As it stands there first.
    words: String,
    times: usize,
    severity: u8,
    is_soft: bool,
    why: String,
    ask: String,
    instead: String,
    /// What can be put in its place as it is; empty for nothing.
    swap: String,
}

/// A phrase that somebody has decided to keep: its entry and its words in small letters.
type Kept = (usize, String);

/// Phrases listed under one box at most.
const LISTED: usize = 20;

/// Phrases that are told apart at most: of more nobody would hear.
const TOLD_APART: usize = 100;

/// The words of a finding on one line.
fn words_of(text: &str, finding: &Finding) -> String {
    let mut line = String::new();
    for word in text[finding.start..finding.end].split_ascii_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// What somebody keeps, if they keep this.
fn kept(entry: usize, words: &str) -> Kept {
    (entry, words.to_ascii_lowercase())
}

/// The findings of a text, each phrase once, without those that are kept.
pub(crate) fn lens_groups(lens: &Lens, text: &str, findings: &[Finding], keeps: &[Kept]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for finding in findings {
        let words = words_of(text, finding);
        let Some(entry) = lens.entry(finding.entry) else { continue };
        if keeps.contains(&kept(finding.entry, &words)) {
            continue;
        }
        let is_same = |group: &&mut Group| {
            group.entry == finding.entry
                && group.is_soft == finding.is_soft
                && group.words.eq_ignore_ascii_case(&words)
        };
        if let Some(group) = groups.iter_mut().find(is_same) {
            group.times += 1;
            continue;
        }
        if groups.len() == TOLD_APART {
            break;
        }
        groups.push(Group {
            entry: finding.entry,
            words,
            times: 1,
            severity: entry.severity,
            is_soft: finding.is_soft,
            why: entry.why.clone(),
            ask: entry.ask.clone(),
            instead: entry.instead.clone(),
            swap: finding.instead.clone(),
        });
    }
    groups
}

impl Group {
    /// The phrase, how often it stands there, and what it does.
    fn summary(&self) -> String {
        let kind = match (self.is_soft, self.severity) {
            (true, _) => "somebody’s own words, or denied",
            (false, 3) => "blames or harms",
            (false, 2) => "vague, or hides who did what",
            _ => "jargon",
        };
        let times = if self.times > 1 { format!(", {} times", self.times) } else { String::new() };
        format!("“{}”{times}: {kind}", self.words)
    }

    /// What it can hide, what to ask oneself, and how else it can be said: a paragraph each.
    fn explanation(&self) -> Vec<String> {
        let mut paragraphs = vec![self.why.clone(), self.ask.clone()];
        if !self.instead.is_empty() {
            paragraphs.push(format!("Or so: {}", self.instead));
        }
        paragraphs
    }
}

/// What stands above the list.
const TITLE: &str = "Words worth a second look. Only you see this";

/// That there are more phrases than are listed.
const MORE: &str = "And more, further down in the text";
