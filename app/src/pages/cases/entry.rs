//! A case entry on its own: to print, to take into the case-management system, and to note that it is there.

use crate::answer::Answer;
use crate::components::{day, fact, facts, readers, risk_tag, tag, text_box, when};
use crate::document::Sheet;
use crate::pages::case_entry::entry_body;
use crate::pages::form_page::{FormSheet, back_link, button_form, form, form_page};
use crate::pages::papers;
use crate::paper::Paper;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::calendar::day_in_words;
use domain::form::Form;
use domain::ids::{CaseEntryId, CaseId};
use domain::supervision::{EntryKind, read_words};
use leptos::prelude::*;
use records::cases::{self, EntryCopy, Filing};
use records::{Problem, Writing, supervision};

/// The case and the entry that the address names.
fn named(visit: &Visit) -> Result<(CaseId, CaseEntryId), Problem> {
    let entry = visit.parameters.get(1).and_then(|text| text.parse().ok()).ok_or(Problem::NotFound)?;
    Ok((visit.id()?, entry))
}

/// The page of an entry.
pub(crate) fn path(case: &CaseId, entry: &CaseEntryId) -> String {
    format!("/cases/{case}/entries/{entry}")
}

/// `/cases/{id}/entries/{entry}`.
pub(crate) fn open(visit: &Visit) -> Result<Answer, Problem> {
    let (case, entry) = named(visit)?;
    let copy = visit.read(|reading| cases::open_entry(reading, &case, &entry))?;
    let title = title(&copy);
    let path = path(&case, &entry);
    let is_to_be_filed = copy.filings.first().is_none_or(|filing| filing.is_outdated);
    let filed = (is_to_be_filed && copy.may_file)
        .then(|| button_form(visit, &format!("{path}/filed"), "I have filed this on the case record", ""));
    let note_link = |offered: bool, page: &str, words: &'static str| {
        offered.then(|| {
            view! { <p class="govuk-body fe-no-print"><a class="govuk-link" href=format!("{path}/{page}")>{words}</a></p> }
        })
    };
    let add = note_link(copy.may_add, "add", "Add to it, or put it right");
    let void = note_link(copy.may_void, "void", "Declare it void");
    let content = view! {
        {back_link(Some((format!("/cases/{case}"), format!("Back to {}", copy.reference))))}
        <h1 class="govuk-heading-l"><span class="govuk-caption-l">{format!("{} · {}", copy.reference, copy.label)} " "</span>{title.clone()}</h1>
        {copy.entry.is_void().then(|| void_words(&copy))}
        {about(&copy)}
        <h2 class="govuk-heading-m">"What was said"</h2>
        // The body's headings stand under an entry's heading elsewhere too.
        <h3 class="govuk-visually-hidden">{copy.entry.kind.words()}</h3>
        {entry_body((&copy.entry, copy.checklist), &copy.added, &copy.actions)}
        {add}
        {void}
        <section class="fe-section fe-no-print">
            <h2 class="govuk-heading-m">"For the case record"</h2>
            <p class="govuk-body"><a class="govuk-link" href=format!("{path}/text") download="">"Take it as text"</a> " or " <a class="govuk-link" href=format!("{path}/pdf") download="">"as PDF"</a> ", or print this page. Nothing of the worker’s own is in it."</p>
            {filed}
        </section>
    };
    Ok(Sheet::new(format!("{} {title}", copy.reference), content)
        .with_reference(&copy.reference)
        .answer(visit))
}

/// That it counts for nothing; and what is to be done about the copy on the case record.
fn void_words(copy: &EntryCopy) -> AnyView {
    let what =
        if copy.entry.kind == EntryKind::Oversight { "This note" } else { "The record of this session" };
    let filed = if copy.filings.is_empty() {
        ""
    } else {
        " It was filed on the case record before: have it marked there too."
    };
    view! { <p class="govuk-body">{tag("not-required", "Void: it does not count")} {format!(" {what} was declared void.{filed}")}</p> }
        .into_any()
}

fn title(copy: &EntryCopy) -> String {
    format!("{} of {}", copy.entry.kind.words(), day_in_words(copy.entry.held_on))
}

fn about(copy: &EntryCopy) -> AnyView {
    let (level, direction) = copy.risk;
    let mut shown = vec![
        fact("Date held", day(copy.entry.held_on)),
        fact("Written by", copy.author.clone()),
        fact("Recorded", when(copy.recorded_at)),
        fact(
            "Risk",
            view! { {risk_tag(level)} {format!(", direction: {}", direction.words().to_lowercase())} },
        ),
        fact("On the case record", filed_in_words(&copy.filings)),
    ];
    if let Some(with) = &copy.with {
        shown.insert(2, fact("With", with.clone()));
    }
    facts(shown)
}

fn filed_in_words(filings: &[Filing]) -> String {
    filings.first().map_or_else(
        || "Not filed there yet".to_owned(),
        |filing| {
            let since = if filing.is_outdated { ". Something was added since" } else { "" };
            format!("Filed by {} on {}{since}", filing.person, day_in_words(filing.on))
        },
    )
}

/// `/cases/{id}/entries/{entry}/add`: whoever writes notes of oversight adds to one, or puts it right.
pub(crate) fn add(visit: &Visit) -> Result<Answer, Problem> {
    let page = NotePage {
        title: "Add to a note",
        intro: None,
        label: "What do you add, or put right?",
        hint: "It is added with your name and the day. What stands there stays",
        missing: "Write what you add",
        button: "Add",
        notice: "added-to-note",
    };
    page.answer(visit, |copy| copy.may_add, supervision::add_to_oversight)
}

/// `/cases/{id}/entries/{entry}/void`: whoever answers for its author's work declares a note of oversight void.
pub(crate) fn void(visit: &Visit) -> Result<Answer, Problem> {
    let page = NotePage {
        title: "Declare a note void",
        intro: Some(
            "For a note on the wrong family, or one that was written twice. It stays to be read and is marked void; nobody counts as having looked at the case with it, and what it agreed is dropped. How high a risk is said to be stays until somebody looks at it again. This cannot be undone.",
        ),
        label: "Why does this note not count?",
        hint: "It stands under the note. Do not name the other family",
        missing: "Write why this note does not count",
        button: "Declare it void",
        notice: "note-voided",
    };
    page.answer(visit, |copy| copy.may_void, supervision::void_oversight)
}

/// A page with one box for words about a note of oversight.
struct NotePage {
    title: &'static str,
    intro: Option<&'static str>,
    label: &'static str,
    hint: &'static str,
    missing: &'static str,
    button: &'static str,
    notice: &'static str,
}

impl NotePage {
    fn answer(
        &self,
        visit: &Visit,
        may: impl FnOnce(&EntryCopy) -> bool,
        work: fn(&mut Writing<'_>, &CaseId, &CaseEntryId, &str) -> Result<(), Problem>,
    ) -> Result<Answer, Problem> {
        let (case, entry) = named(visit)?;
        let copy = visit.read(|reading| cases::open_entry(reading, &case, &entry))?;
        if !may(&copy) {
            return Err(Problem::NotFound);
        }
        let path = path(&case, &entry);
        form_page(
            visit,
            || Ok(Form::default()),
            |filled| {
                let fields = view! {
                    <p class="govuk-body"><strong>{format!("{} · {}", copy.reference, title(&copy))}</strong></p>
                    {readers(Readers::CaseEntry)}
                    {text_box(filled, "words", self.label, self.hint, 4)}
                };
                let sheet = FormSheet::new(self.title.to_owned(), form(visit, filled, fields, self.button))
                    .back_to(path.clone(), "Back to the note");
                Ok(match self.intro {
                    Some(intro) => sheet.intro(view! { <p class="govuk-body">{intro}</p> }),
                    None => sheet,
                })
            },
            || {
                let words = read_words(&visit.form, "words", self.missing)?;
                let (case, entry) = (case.clone(), entry.clone());
                let page = format!("{path}?notice={}", self.notice);
                visit.save(move |writing| {
                    work(writing, &case, &entry, &words)?;
                    Ok(page)
                })
            },
        )
    }
}

/// `/cases/{id}/entries/{entry}/text`.
pub(crate) fn text(visit: &Visit) -> Result<Answer, Problem> {
    let (name, paper) = paper_of(visit)?;
    Ok(Answer::text_file(&name, &paper))
}

/// `/cases/{id}/entries/{entry}/pdf`.
pub(crate) fn pdf(visit: &Visit) -> Result<Answer, Problem> {
    let (name, paper) = paper_of(visit)?;
    Ok(Answer::Paper { name, paper })
}

/// The entry as it leaves the product, with a name for its file.
fn paper_of(visit: &Visit) -> Result<(String, Paper), Problem> {
    let (case, entry) = named(visit)?;
    let copy = visit.read(|reading| cases::open_entry(reading, &case, &entry))?;
    Ok((format!("{} {}", copy.reference, copy.entry.held_on), papers::of_entry(visit, &copy)))
}

/// `/cases/{id}/entries/{entry}/filed`.
pub(crate) fn file(visit: &Visit) -> Result<Answer, Problem> {
    let (case, entry) = named(visit)?;
    let path = path(&case, &entry);
    if !visit.is_post() {
        return Ok(Answer::see_other(path));
    }
    visit.write(move |writing| cases::file_entry(writing, &case, &entry))?;
    Ok(Answer::see_other(format!("{path}?notice=filed")))
}
