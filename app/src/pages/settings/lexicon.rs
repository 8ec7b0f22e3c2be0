//! The words that the lens knows: all of them, one that is changed or added, and what a change would mark.

use super::{approvers, blank_version, keeps_rules, pasted_text, version_fields, version_list};
use crate::answer::Answer;
use crate::components::{Caption, Choice, Filled, check_box, line, radios, select, table, tag};
use crate::document::Sheet;
use crate::islands::{lens_groups, lens_list};
use crate::pages::form_page::{CHECK, FormSheet, back_link, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::form::Problems;
use domain::lens::{Entry, Lens, Lexicon, Negated, Severity, Theme, blank_entry, read_entry};
use domain::policy::{NewVersion, RuleKind};
use leptos::prelude::*;
use records::settings;
use records::{Problem, lens};

/// `/settings/lexicon`.
pub(crate) fn lexicon(visit: &Visit) -> Result<Answer, Problem> {
    let (wording, versions) = visit
        .read(|reading| Ok((lens::wording(reading)?, settings::versions(reading, RuleKind::Lexicon)?)))?;
    let keeps = keeps_rules(visit);
    let add = keeps.then(|| {
        view! { <a class="govuk-button fe-no-print" href="/settings/lexicon/new">"Add words"</a> }
    });
    let rows = wording.lexicon.entries().iter().map(|entry| row(entry, keeps)).collect();
    let content = view! {
        {back_link(Some(("/settings".to_owned(), "Back to rules".to_owned())))}
        <div class="fe-title"><h1 class="govuk-heading-l">"Words worth a second look"</h1> {add}</div>
        <p class="govuk-body">{format!("Version {}. The lens underlines these while somebody types, and asks the question beside them. It changes nothing by itself. What it finds is stored nowhere and shown to nobody else.", wording.lexicon.version())}</p>
        {how_it_reads()}
        {table(Caption::Unseen("The words"), &["Words", "What they do", "What they can hide", "To ask oneself"], rows)}
        {version_list(&versions)}
    };
    Ok(Sheet::new("Words worth a second look", content).answer(visit))
}

fn how_it_reads() -> AnyView {
    view! {
        <details class="govuk-details fe-no-print">
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"How phrases are written"</span></summary>
            <div class="govuk-details__text">
                <ul class="govuk-list govuk-list--bullet">
                    <li><code>"hard to reach"</code> " – these words, in any case; a hyphen is a blank"</li>
                    <li><code>"fail~"</code> " – the word with its endings: fails, failed, failing"</li>
                    <li><code>"(mum|dad)"</code> " – one of these; " <code>"[the|our]"</code> " – one of these, or nothing"</li>
                    <li><code>"<3>"</code> " – up to three words, six at the most"</li>
                    <li><code>"@name"</code> " – a word with a capital letter; " <code>"$"</code> " – here a clause ends"</li>
                    <li><code>"absconded => went missing"</code> " – at the end, words that can be put in its place as they are"</li>
                </ul>
                <p class="govuk-body">"Words of somebody who is named, in quotation marks, and words that are denied get a soft note at most."</p>
            </div>
        </details>
    }
    .into_any()
}

fn row(entry: &Entry, keeps: bool) -> AnyView {
    let change = keeps.then(|| {
        let first = entry.phrases.first().cloned().unwrap_or_default();
        view! {
            <a class="govuk-link fe-no-print" href=format!("/settings/lexicon/{}/edit", entry.key)>
                "Change" <span class="govuk-visually-hidden">{format!(": {first}")}</span>
            </a>
        }
    });
    let retired = entry.retired.then(|| tag("not-required", "No longer marked"));
    view! {
        <tr>
            <th scope="row"><code class="fe-phrases">{entry.phrases.join("\n")}</code> {change}</th>
            <td data-label="What they do"><div>{entry.severity.words()} " " <small>{entry.theme.words()}</small> " " {retired}</div></td>
            <td data-label="What they can hide">{entry.why.clone()}</td>
            <td data-label="To ask oneself">{entry.ask.clone()}</td>
        </tr>
    }
    .into_any()
}

/// `/settings/lexicon/new`.
pub(crate) fn add_entry(visit: &Visit) -> Result<Answer, Problem> {
    entry_form(visit, None)
}

/// `/settings/lexicon/{key}/edit`.
pub(crate) fn change_entry(visit: &Visit) -> Result<Answer, Problem> {
    let key = visit.parameters.first().cloned().unwrap_or_default();
    entry_form(visit, Some(&key))
}

fn entry_form(visit: &Visit, key: Option<&str>) -> Result<Answer, Problem> {
    let (wording, people) = (visit.read(lens::wording)?, approvers(visit)?);
    let lexicon = &wording.lexicon;
    let before = match key {
        Some(key) => Some(lexicon.entry(key).ok_or(Problem::NotFound)?),
        None => None,
    };
    form_page(
        visit,
        || {
            let mut blank = blank_entry(before);
            blank.set("version", lexicon.version().to_string());
            for (name, value) in blank_version(visit).fields() {
                blank.set(name, value.clone());
            }
            Ok(blank)
        },
        |filled| {
            let title = if before.is_some() { "Change these words" } else { "Add words" };
            let fields = view! {
                {entry_fields(filled)}
                {sample_fields(visit, filled, lexicon, before)}
                {version_fields(visit, filled, &people)}
            };
            Ok(FormSheet::new(title, form(visit, filled, fields, "Save as a new version"))
                .back_to("/settings/lexicon", "Back to the words")
                .intro(how_it_reads())
                .dates(&["effective_from"]))
        },
        || {
            let entry = read_entry(&visit.form, lexicon, before);
            let version = NewVersion::parse(&visit.form, visit.today());
            let (entry, version) = Problems::of_both(entry, version)?;
            let seen = visit.version();
            visit.save(move |writing| {
                lens::change_entry(writing, entry, seen, &version)?;
                Ok("/settings/lexicon?notice=lexicon-saved".to_owned())
            })
        },
    )
}

fn entry_fields(filled: &Filled) -> AnyView {
    let mut themes = vec![Choice::new("", "Choose a theme")];
    themes.extend(Choice::all::<Theme>());
    view! {
        {pasted_text(filled, "phrases", "Phrases", "One a line", 5)}
        {pasted_text(filled, "unless", "Unless they stand in", "Phrases around them in which they mean something else, one a line. It may be empty", 3)}
        {radios(filled, "severity", "What these phrases do", "", Choice::all::<Severity>(), false)}
        {select(filled, "theme", "What they are about", "", themes)}
        {line(filled, "why", "What they can hide", "In a sentence or two", "")}
        {line(filled, "ask", "A question to ask oneself", "", "")}
        {line(filled, "instead", "How else it can be said", "If there is a better way in general", "")}
        {radios(filled, "negated", "Where somebody says that it is not so, or advises against it", "", Choice::all::<Negated>(), true)}
        {line(filled, "source", "Where this was learnt", "", "")}
        {check_box(filled, "retired", "No longer marked")}
    }
    .into_any()
}

/// Sentences to try a change on. They are typed here: nothing is read from a record, and nothing of them is kept.
fn sample_fields(visit: &Visit, filled: &Filled, lexicon: &Lexicon, before: Option<&Entry>) -> AnyView {
    let result = (visit.form.text("do") == CHECK).then(|| preview(filled, lexicon, before));
    view! {
        {pasted_text(filled, "samples", "Sentences to try it on", "Make some up, with nobody’s words in them. They are not kept", 4)}
        <button class="govuk-button govuk-button--secondary" name="do" value=CHECK>"See what this would mark"</button>
        {result}
    }
    .into_any()
}

/// What is marked now, and what would be.
fn preview(filled: &Filled, lexicon: &Lexicon, before: Option<&Entry>) -> AnyView {
    let changed = match read_entry(&filled.form, lexicon, before) {
        Ok(entry) => lexicon.with(entry).ok(),
        // Nothing was changed yet: it is tried as it is.
        Err(problems) if problems.of("form").is_some() => Some(lexicon.clone()),
        Err(problems) => {
            let items: Vec<_> = problems.0.into_iter().map(|it| view! { <li>{it.words}</li> }).collect();
            return view! { <p class="govuk-body">"Before it can be tried:"</p> <ul class="govuk-list govuk-list--bullet">{items}</ul> }
                .into_any();
        }
    };
    let text = filled.form.text("samples");
    let marked = |lexicon: &Lexicon| {
        let lens = Lens::of(lexicon);
        let groups = lens_groups(&lens, text, &lens.find(text), &[]);
        lens_list(&groups).unwrap_or_else(|| view! { <p class="govuk-body">"Nothing"</p> }.into_any())
    };
    view! {
        <div class="fe-sides" id="preview">
            <section><h2 class="govuk-heading-s">"Marked now"</h2>{marked(lexicon)}</section>
            <section><h2 class="govuk-heading-s">"Marked with this change"</h2>{changed.as_ref().map(marked)}</section>
        </div>
    }
    .into_any()
}
