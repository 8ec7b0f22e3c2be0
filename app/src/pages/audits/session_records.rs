//! The records of a drawn file, as its graders read them: everything that belongs to the work, nothing that is the worker's own.

use super::{path_of_file, period, whose};
use crate::answer::Answer;
use crate::components::{day, empty, fact, facts, readers, recorded, risk_tag, timeliness};
use crate::document::Sheet;
use crate::pages::case_entry::entry_body;
use crate::pages::form_page::back_link;
use crate::pages::signing;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::calendar::counted;
use domain::ids::AuditFileId;
use leptos::prelude::*;
use records::Problem;
use records::audits::{self, RecordEntry, RecordSession};

/// `/audits/files/{id}/records`.
pub(crate) fn open_records(visit: &Visit) -> Result<Answer, Problem> {
    let id: AuditFileId = visit.id()?;
    let records = visit.read(|reading| audits::open_records(reading, &id))?;
    let title = format!("Records of {}", whose(&records.file));
    let sessions: Vec<_> = records.sessions.iter().map(session_section).collect();
    let nothing =
        sessions.is_empty().then(|| empty("No session", "No session of this time is recorded any more."));
    let count = i64::try_from(records.sessions.len()).unwrap_or(i64::MAX);
    let content = view! {
        {back_link(Some((path_of_file(&id), "Back to the file".to_owned())))}
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <p class="govuk-body">{format!("{}, {}.", counted(count, "session", "sessions"), period(records.file.period))}</p>
        {readers(Readers::AuditRecords)}
        {nothing}
        {sessions}
    };
    Ok(Sheet::new(title, content).with_reference("Records of an audited file").answer(visit))
}

fn session_section(session: &RecordSession) -> AnyView {
    let personal = if session.kind.has_personal_part() {
        let words = if session.has_personal_part {
            "Written. Its words stay with its readers"
        } else {
            "None written"
        };
        Some(fact("Personal part", words))
    } else {
        None
    };
    let mut shown = vec![
        fact("Kind", session.kind.words()),
        fact("Met", session.mode.words()),
        fact("Minutes", session.minutes.to_string()),
        fact("Prepared", if session.was_prepared { "By whoever was supervised" } else { "Nothing is kept" }),
        fact("Recorded", recorded(session.recorded_at, session.write_by.0, session.write_by.1)),
        fact("Record", signing::state_tag(session.state)),
    ];
    if let Some((was_due_on, version)) = session.was_due {
        shown.push(fact("Held", timeliness(session.held_on, was_due_on, version)));
    }
    shown.extend(personal);
    let entries: Vec<_> = session.entries.iter().map(entry_section).collect();
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Session of " {day(session.held_on)}</h2>
            {facts(shown)}
            {entries}
        </section>
    }
    .into_any()
}

fn entry_section(entry: &RecordEntry) -> AnyView {
    let (id, reference, label) = &entry.case;
    let (level, direction) = entry.risk;
    let (put, answered) = entry.questions;
    let questions = (put > 0).then(|| {
        let put = counted(i64::try_from(put).unwrap_or(i64::MAX), "question was put", "questions were put");
        view! { <p class="govuk-body"><strong>"Questions: "</strong>{format!("{put}, {answered} answered.")}</p> }
    });
    view! {
        <h3 class="govuk-heading-s">
            <a class="govuk-link" href=format!("/cases/{id}")>{reference.clone()}</a>
            {format!(" · {label}")}
        </h3>
        <p class="govuk-body">{risk_tag(level)} {format!(", direction: {}", direction.words().to_lowercase())}</p>
        {entry_body((&entry.entry, entry.checklist), &entry.added, &entry.actions)}
        {questions}
    }
    .into_any()
}
