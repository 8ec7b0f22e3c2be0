//! A case entry on its own: to print, to take into the case-management system, and to note that it is there.

use crate::answer::Answer;
use crate::components::{day, fact, facts, risk_tag, when};
use crate::document::Sheet;
use crate::pages::case_entry::entry_body;
use crate::pages::form_page::{back_link, button_form};
use crate::visit::Visit;
use domain::TextValue;
use domain::calendar::{day_in_words, instant_in_words};
use domain::ids::{CaseEntryId, CaseId};
use leptos::prelude::*;
use records::Problem;
use records::cases::{self, EntryCopy, Filing};

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
    let filed = (copy.filings.is_empty() && copy.may_file)
        .then(|| button_form(visit, &format!("{path}/filed"), "I have filed this on the case record", ""));
    let content = view! {
        {back_link(Some((format!("/cases/{case}"), format!("Back to {}", copy.reference))))}
        <h1 class="govuk-heading-l"><span class="govuk-caption-l">{format!("{} · {}", copy.reference, copy.label)} " "</span>{title.clone()}</h1>
        {about(&copy)}
        <h2 class="govuk-heading-m">"What was said"</h2>
        // The body's headings stand under an entry's heading elsewhere too.
        <h3 class="govuk-visually-hidden">{copy.entry.kind.words()}</h3>
        {entry_body(&copy.entry, &copy.actions)}
        <section class="fe-section fe-no-print">
            <h2 class="govuk-heading-m">"For the case record"</h2>
            <p class="govuk-body"><a class="govuk-link" href=format!("{path}/text") download="">"Take it as text"</a> ", or print this page. Nothing of the worker’s own is in it."</p>
            {filed}
        </section>
    };
    Ok(Sheet::new(format!("{} {title}", copy.reference), content)
        .with_reference(&copy.reference)
        .answer(visit))
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
        fact("Risk", view! { {risk_tag(level)} {format!(", {}", direction.words().to_lowercase())} }),
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
        |filing| format!("Filed by {} on {}", filing.person, day_in_words(filing.on)),
    )
}

/// `/cases/{id}/entries/{entry}/text`.
pub(crate) fn text(visit: &Visit) -> Result<Answer, Problem> {
    let (case, entry) = named(visit)?;
    let copy = visit.read(|reading| cases::open_entry(reading, &case, &entry))?;
    let by = visit.signed_in.as_ref().map_or("", |signed_in| signed_in.name.as_str());
    let mut lines = as_lines(&copy);
    lines.push(format!("Taken from Fresh Eyes by {by}, {}", instant_in_words(visit.now)));
    Ok(Answer::File {
        name: format!("{} {}.txt", copy.reference, copy.entry.held_on),
        content_type: "text/plain; charset=utf-8",
        content: format!("{}\r\n", lines.join("\r\n")),
    })
}

/// What the page says, line by line.
fn as_lines(copy: &EntryCopy) -> Vec<String> {
    let entry = &copy.entry;
    let (level, direction) = copy.risk;
    let mut lines = vec![
        format!("{} {}: {}", copy.reference, copy.label, title(copy)),
        format!("Written by: {}", copy.author),
    ];
    lines.extend(copy.with.as_ref().map(|with| format!("With: {with}")));
    lines.push(format!("Risk: {}, {}", level.words(), direction.words().to_lowercase()));
    for action in &copy.actions {
        if let Some(review) = action.review_in(&entry.id) {
            let note = if review.note.is_empty() { String::new() } else { format!(": {}", review.note) };
            lines.push(format!(
                "From last time: {} ({}) {}{note}",
                action.what,
                action.owner,
                review.outcome.words()
            ));
        }
    }
    if let Some(seen) = entry.child_seen {
        let on = entry.child_seen_on.map_or(String::new(), |on| format!(", on {}", day_in_words(on)));
        lines.push(format!("Child seen: {}{on}", seen.words()));
    }
    let mut said = |heading: &str, text: &str| {
        if !text.is_empty() {
            lines.extend([String::new(), heading.to_owned()]);
            lines.extend(text.lines().map(str::to_owned));
        }
    };
    said("What differs for this child", &entry.differs);
    said("What has happened", &entry.what_happened);
    for answer in &entry.answers.given {
        said(&answer.asks, &answer.in_words());
    }
    said("Decision", &entry.decision);
    said("Why", &entry.rationale);
    said("No action needed, because", &entry.no_action_because);
    lines.extend(entry.proposal.map(|proposal| format!("Plan: {}", proposal.words())));
    if entry.support_declined {
        lines.push("Support was declined".to_owned());
    }
    for action in copy.actions.iter().filter(|action| action.entry == *entry.agreed_at()) {
        lines.push(format!(
            "Action: {}, {}, by {}",
            action.what,
            action.owner,
            day_in_words(action.agreed_for)
        ));
    }
    lines.extend(entry.next_on.map(|next_on| format!("Next date: {}", day_in_words(next_on))));
    lines.push(String::new());
    lines
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
