//! A session's page: for each reader, the parts that are theirs to read.

use super::second_look::{anchor, before_signing};
use crate::answer::Answer;
use crate::components::{
    day, fact, facts, length_in_words, prose, readers, recorded, risk_tag, timeliness, when,
};
use crate::document::Sheet;
use crate::pages::action_review::{agreed_actions, reviewed_actions};
use crate::pages::case_entry::entry_body;
use crate::pages::cases::path_of_entry;
use crate::pages::form_page::back_link;
use crate::pages::questions::put;
use crate::pages::signing;
use crate::pages::template_questions::answered as answered_in;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::ids::SupervisionId;
use domain::supervision::{Attendance, RecordStep};
use leptos::prelude::*;
use records::Problem;
use records::supervision::{self, PersonalPartRow, SessionEntry, SessionFile};

/// `/supervision/{id}`.
pub(crate) fn open(visit: &Visit) -> Result<Answer, Problem> {
    let id: SupervisionId = visit.id()?;
    let session = visit.read(|reading| supervision::open(reading, &id))?;
    let title = title(visit, &session);
    let void = session.may_void().then(|| {
        view! { <p class="govuk-body fe-no-print"><a class="govuk-link" href=format!("/supervision/{}/void", session.id)>"Declare this record void"</a></p> }
    });
    let opened = session.signing.side.is_some().then(|| {
        view! { <p class="govuk-body fe-no-print"><a class="govuk-link" href=format!("/supervision/{}/openings", session.id)>"Who has opened this record"</a></p> }
    });
    let content = view! {
        {back_link(Some(("/supervision".to_owned(), "Back to supervision".to_owned())))}
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {text(&session)}
        {signing::section(visit, &format!("/supervision/{}", session.id), &session.signing, before_signing(&session, session.signing.side))}
        <p class="govuk-body fe-no-print">"Take this record " <a class="govuk-link" href=format!("/supervision/{}/pdf", session.id) download="">"as PDF"</a> " or " <a class="govuk-link" href=format!("/supervision/{}/text", session.id) download="">"as text"</a> "."</p>
        {opened}
        <p class="govuk-body fe-no-print"><a class="govuk-link" href=format!("/reflections/new?supervision={}", session.id)>"Write a reflection about it"</a>", for yourself alone."</p>
        {void}
    };
    Ok(Sheet::new(title, content).with_reference("Supervision record").answer(visit))
}

/// What a session's record says: what is signed.
pub(crate) fn text(session: &SessionFile) -> AnyView {
    let entries: Vec<_> = session.entries.iter().map(|entry| entry_section(session, entry)).collect();
    let cases =
        (!entries.is_empty()).then(|| view! { <h2 class="govuk-heading-m">"Cases discussed"</h2> {entries} });
    view! {
        {session_facts(session)}
        {special_section(session)}
        {session.personal.as_ref().map(|part| personal_section(session, part))}
        {cases}
    }
    .into_any()
}

fn session_facts(session: &SessionFile) -> AnyView {
    let mut shown = vec![
        fact("Date held", day(session.held_on)),
        fact("Supervisor", session.supervisor.1.clone()),
        fact("Supervised", session.supervisee.1.clone()),
        fact("Kind", session.kind.words()),
        fact("Met", session.mode.words()),
        fact("Minutes", length_in_words(session.began_at, session.minutes)),
        fact("Recorded", recorded(session.recorded_at, session.write_by, session.decide_by)),
    ];
    for (attendance, heading) in
        [(Attendance::There, "Also there"), (Attendance::Apologies, "Apologies from")]
    {
        let names: Vec<&str> = session
            .members
            .iter()
            .filter(|member| member.attendance == attendance)
            .map(|member| member.name.as_str())
            .collect();
        if !names.is_empty() {
            shown.push(fact(heading, names.join(", ")));
        }
    }
    if let Some(on) = session.incident_on {
        shown.push(fact("Day of the incident", day(on)));
    }
    if let Some((was_due_on, version)) = session.was_due {
        shown.push(fact("Held", timeliness(session.held_on, was_due_on, version)));
    }
    facts(shown)
}

fn title(visit: &Visit, session: &SessionFile) -> String {
    format!("Supervision with {}", visit.other_of(&session.supervisor, &session.supervisee))
}

/// The answers to what the kind of session asks.
fn special_section(session: &SessionFile) -> Option<AnyView> {
    if session.answers.given.is_empty() {
        return None;
    }
    let who = if session.kind.has_others() { Readers::SharedSession } else { Readers::PersonalPart };
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">{session.kind.words()}</h2>
                <h3 class="govuk-visually-hidden">"Questions and answers"</h3>
                {readers(who)}
                {answered_in(&session.answers)}
            </section>
        }
        .into_any(),
    )
}

fn personal_section(session: &SessionFile, row: &PersonalPartRow) -> AnyView {
    let part = |heading: &'static str, text: &str| {
        (!text.is_empty()).then(|| view! { <h3 class="govuk-heading-s">{heading}</h3> {prose(text)} })
    };
    let withheld = row
        .withholds_wellbeing
        .then(|| view! { <p class="govuk-body fe-muted">"What is written here is for the two of them."</p> });
    let wellbeing = (row.withholds_wellbeing || !row.part.wellbeing.is_empty()).then(|| {
        view! {
            <h3 class="govuk-heading-s">"How they are, and what the work does to them"</h3>
            {readers(Readers::Wellbeing)}
            {withheld}
            {(!row.part.wellbeing.is_empty()).then(|| prose(&row.part.wellbeing))}
        }
    });
    let is_open = session.signing.may(RecordStep::Correct);
    let correct = (session.may_change_personal && is_open).then(|| {
        view! { <p class="govuk-body fe-no-print"><a class="govuk-link" href=format!("/supervision/{}/personal", session.id)>"Correct this part"</a></p> }
    });
    let changed = (row.version > 1)
        .then(|| view! { <p class="govuk-body fe-muted">"Last corrected " {when(row.changed_at)}</p> });
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">{format!("About {}", session.supervisee.1)}</h2>
            {readers(Readers::PersonalPart)}
            {reviewed_actions(row.actions.iter().filter_map(|action| Some((action, action.review_in_session(&session.id)?))))}
            {part("Workload", &row.part.workload)}
            {part("Learning and development", &row.part.development)}
            {part("Anything else agreed", &row.part.agreed)}
            {agreed_actions(row.actions.iter().filter(|action| action.is_of_session(&session.id)))}
            {(!row.answers.given.is_empty()).then(|| view! { <h3 class="govuk-visually-hidden">"Other questions"</h3> {answered_in(&row.answers)} })}
            {wellbeing}
            {changed}
            {correct}
        </section>
    }
    .into_any()
}

fn entry_section(session: &SessionFile, entry: &SessionEntry) -> AnyView {
    let (id, reference, label) = &entry.case;
    let questions: Vec<_> = entry.prompts.iter().map(|prompt| put(prompt, session.may_reply)).collect();
    let questions = (!entry.prompts.is_empty()).then(|| {
        view! {
            <h4 class="govuk-heading-s">"Questions"</h4>
            {questions}
        }
    });
    let add = session.signing.may(RecordStep::AddToEntry).then(|| {
        let page = format!("/supervision/{}/entries/{}/add", session.id, entry.entry.id);
        view! { " · " <a class="govuk-link" href=page>"Add to this" <span class="govuk-visually-hidden">{format!(" about {reference}")}</span></a> }
    });
    view! {
        <section class="fe-section" id=anchor(entry)>
            <h3 class="govuk-heading-m">
                <a class="govuk-link" href=format!("/cases/{id}")>{reference.clone()}</a>
                {format!(" · {label}")}
            </h3>
            <p class="govuk-body">{risk_tag(entry.level)} {format!(", direction: {}", entry.direction.words().to_lowercase())}</p>
            {entry_body((&entry.entry, entry.checklist), &entry.added, &entry.actions)}
            <p class="govuk-body fe-no-print">
                <a class="govuk-link" href=path_of_entry(id, &entry.entry.id)>"Print or file on the case record" <span class="govuk-visually-hidden">{format!(" {reference}")}</span></a>
                {add}
            </p>
            {questions}
        </section>
    }
    .into_any()
}
