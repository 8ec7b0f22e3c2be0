//! Pages with one box for words about a record: what is added, why it is to be opened again, and what a manager replies.

use super::{Opened, step_item};
use crate::answer::Answer;
use crate::components::{Choice, check_boxes, hidden, readers, text_box};
use crate::pages::form_page::{form, form_page};
use crate::visit::Visit;
use domain::access::Readers;
use domain::form::Form;
use domain::ids::{CaseEntryId, RecordStepId};
use domain::supervision::{RecordStep, read_words};
use leptos::prelude::*;
use records::signing::{self, Record};
use records::supervision::SessionEntry;
use records::{Problem, Writing};

/// `/supervision/{id}/add` and `/agreements/{id}/add`.
pub(crate) fn add_words(visit: &Visit) -> Result<Answer, Problem> {
    let words = Words {
        titles: ["Add to the record", "Add to the agreement"],
        label: "What do you add?",
        hint: "It is added with your name and the day. What stands there stays",
        missing: "Write what you add",
        button: "Add",
        notice: "added",
        readers: Readers::PersonalPart,
        about: None,
        others: Vec::new(),
    };
    words.page(visit, &Opened::new(visit)?, signing::add_words)
}

/// `/supervision/{id}/entries/{entry}/add`.
pub(crate) fn add_to_entry(visit: &Visit) -> Result<Answer, Problem> {
    let opened = Opened::new(visit)?;
    let entry: CaseEntryId =
        visit.parameters.get(1).and_then(|text| text.parse().ok()).ok_or(Problem::NotFound)?;
    let Opened::Session(session) = &opened else { return Err(Problem::NotFound) };
    let said = session.entries.iter().find(|said| said.entry.id == entry).ok_or(Problem::NotFound)?;
    let together: Vec<&SessionEntry> = session
        .entries
        .iter()
        .filter(|other| other.entry.agreed_at() == said.entry.agreed_at() && other.entry.id != entry)
        .collect();
    let others: Vec<Choice> =
        together.iter().map(|other| Choice::new(&other.entry.id, words_of_case(other))).collect();
    let ids: Vec<CaseEntryId> = together.iter().map(|other| other.entry.id.clone()).collect();
    let words = Words {
        titles: ["Add to what was said of a case"; 2],
        label: "What do you add, or put right?",
        hint: "It is added with your name and the day, on the page of the case too. What stands there stays",
        missing: "Write what you add",
        button: "Add",
        notice: "added",
        readers: if session.kind.has_others() { Readers::SharedEntry } else { Readers::CaseEntry },
        about: Some(words_of_case(said)),
        others,
    };
    let is_ticked = |id: &CaseEntryId| visit.form.all(OTHER_ENTRIES).any(|ticked| ticked == id.as_str());
    let entries: Vec<CaseEntryId> = std::iter::once(entry).chain(ids.into_iter().filter(is_ticked)).collect();
    words.page(visit, &opened, move |writing, record, words| {
        signing::add_to_entries(writing, record, &entries, words)
    })
}

/// The boxes for the entries of brothers and sisters with whom an entry was written.
const OTHER_ENTRIES: &str = "also";

fn words_of_case(said: &SessionEntry) -> String {
    let (_, reference, label) = &said.case;
    format!("{reference} · {label}")
}

/// `/supervision/{id}/reopen` and `/agreements/{id}/reopen`.
pub(crate) fn ask_to_reopen(visit: &Visit) -> Result<Answer, Problem> {
    let words = Words {
        titles: ["Ask to open the record again", "Ask to open the agreement again"],
        label: "Why does it have to be changed?",
        hint: "Both have signed it, so both have to agree. To add something there is no need to open it, and what was said of a case is only added to",
        missing: "Write why it has to be changed",
        button: "Ask",
        notice: "asked-to-reopen",
        readers: Readers::PersonalPart,
        about: None,
        others: Vec::new(),
    };
    words.page(visit, &Opened::new(visit)?, signing::ask_to_reopen)
}

/// `/supervision/{id}/reopen/leave` and `/agreements/{id}/reopen/leave`: what was asked to be opened again stays as it is.
pub(crate) fn leave_signed(visit: &Visit) -> Result<Answer, Problem> {
    let opened = Opened::new(visit)?;
    let asked = opened.signing().reopening();
    // What was typed while it was answered elsewhere is answered by the operation, and stays on the page.
    if !visit.is_post() && asked.is_none() {
        return Ok(Answer::see_other(opened.page()));
    }
    let is_own = asked.is_some_and(|asked| Some(asked.side) == opened.signing().side);
    let words = Words {
        titles: if is_own {
            [
                "Take back the request to open the record again",
                "Take back the request to open the agreement again",
            ]
        } else {
            ["Leave the record as it is", "Leave the agreement as it is"]
        },
        label: if is_own { "Why do you take it back?" } else { "Why should it stay as it is?" },
        hint: "It stands on the record with your name and the day. To add something there is no need to open it",
        missing: "Write why it stays as it is",
        button: if is_own { "Take it back" } else { "Leave it as it is" },
        notice: "left-as-it-is",
        readers: Readers::PersonalPart,
        about: None,
        others: Vec::new(),
    };
    words.page(visit, &opened, signing::leave_signed)
}

/// The field that says to which comment somebody replies.
const COMMENT: &str = "comment";

/// `/supervision/{id}/answer` and `/agreements/{id}/answer`: whoever answers for the supervisor's work replies to what was seen otherwise.
pub(crate) fn answer_comment(visit: &Visit) -> Result<Answer, Problem> {
    let opened = Opened::read(visit)?;
    let signing = opened.signing();
    if !signing.answers_for_supervisor {
        return Err(Problem::NotFound);
    }
    // What was typed while somebody else replied is answered by the operation, and stays on the page.
    if !visit.is_post() && !signing.may_answer() {
        return Ok(Answer::see_other(opened.page()));
    }
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            if let Some(comment) = signing.unanswered_comment() {
                blank.set(COMMENT, comment.id.to_string());
            }
            Ok(blank)
        },
        |filled| {
            let fields = view! {
                {hidden(COMMENT, filled.text(COMMENT))}
                {readers(Readers::CommentReply)}
                {text_box(filled, "words", "What do you say to it, and what follows?", "Talk with both first. It stands on the record with your name; what the two have written stays", 4)}
            };
            let steps = signing.steps.iter();
            let comments: Vec<_> =
                steps.filter(|row| row.step == RecordStep::SignWithComment).map(step_item).collect();
            let intro = view! { <ul class="fe-links">{comments}</ul> };
            let titles = ["Reply to the comment", "Reply to the comment on the agreement"];
            Ok(opened.sheet(visit, titles, form(visit, filled, fields, "Save reply")).intro(intro))
        },
        || {
            let words = read_words(&visit.form, "words", "Write what you say to it, and what follows")?;
            let comment: RecordStepId = visit.form.text(COMMENT).parse().map_err(|_| Problem::NotFound)?;
            opened.save(visit, "comment-answered", move |writing, record| {
                signing::answer_comment(writing, record, &comment, &words)
            })
        },
    )
}

/// A page with one box for words about a record.
struct Words {
    titles: [&'static str; 2],
    label: &'static str,
    hint: &'static str,
    missing: &'static str,
    button: &'static str,
    notice: &'static str,
    readers: Readers,
    /// The case that it is about, if it is about one.
    about: Option<String>,
    /// The entries of brothers and sisters to which it may be added too.
    others: Vec<Choice>,
}

impl Words {
    fn page(
        self,
        visit: &Visit,
        opened: &Opened,
        work: impl FnOnce(&mut Writing<'_>, &Record, &str) -> Result<(), Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        form_page(
            visit,
            || Ok(Form::default()),
            |filled| {
                let fields = view! {
                    {self.about.clone().map(|about| view! { <p class="govuk-body"><strong>{about}</strong></p> })}
                    {readers(self.readers)}
                    {text_box(filled, "words", self.label, self.hint, 4)}
                    {(!self.others.is_empty()).then(|| check_boxes(filled, OTHER_ENTRIES, "Is it so for their brothers and sisters too?", "They were talked about together. What you add stands on the page of each child that you tick", self.others.clone(), true))}
                };
                Ok(opened.sheet(visit, self.titles, form(visit, filled, fields, self.button)))
            },
            || {
                let words = read_words(&visit.form, "words", self.missing)?;
                opened.save(visit, self.notice, move |writing, record| work(writing, record, &words))
            },
        )
    }
}
