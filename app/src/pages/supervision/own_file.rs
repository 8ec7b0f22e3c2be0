//! Everything that is kept about one's own supervision, for whoever it is about: to read, or to take along.

use super::own_paper::own_paper;
use crate::answer::Answer;
use crate::components::{Caption, day, empty, prose, readers, table};
use crate::document::Sheet;
use crate::pages::action_review::ended_in_words;
use crate::pages::form_page::back_link;
use crate::pages::{audits, training};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::calendar::{day_in_words, london_day};
use leptos::prelude::*;
use records::actions::ActionRow;
use records::agreements::AgreedThen;
use records::audits::OwnAudit;
use records::bookings::Booking;
use records::cadence::{AbsenceRow, LongerInterval};
use records::own_file::{self, Besides, OwnFile};
use records::preparation::Prepared;
use records::supervision::OwnSession;
use records::{Problem, agreements};

/// `/supervision/file`.
pub(crate) fn own_file(visit: &Visit) -> Result<Answer, Problem> {
    let OwnFile { sessions, agreements, actions, audits } = visit.read(own_file::open)?;
    let content = view! {
        {back_link(Some(("/supervision".to_owned(), "Back to supervision".to_owned())))}
        <h1 class="govuk-heading-l">"My supervision file"</h1>
        <p class="govuk-body">"Everything that is kept about your own supervision. Keep what you take along as safe as the records here: families are named in it."</p>
        {readers(Readers::OwnFile)}
        <p class="govuk-body fe-no-print">
            <a class="govuk-link" href="/supervision/file/pdf" download="">"Take all of it as PDF"</a> " or "
            <a class="govuk-link" href="/supervision/file/text" download="">"as text"</a>
            ". It is on two pages here: this one, and "
            <a class="govuk-link" href=BESIDES>"your missed sessions, preparations, courses, times away and intervals"</a> "."
        </p>
        {section("Sessions", Readers::OwnSessions, sessions.iter().map(session_line).collect(), "Sessions in which you are supervised or take part stand here once they are logged.")}
        {section("Agreements", Readers::PersonalPart, agreements.iter().map(agreement_line).collect(), "No agreement about your supervision has been written yet.")}
        {section("What was agreed about you", Readers::OwnActions, actions.iter().map(action_line).collect(), "Nothing was agreed that is about you and not about a case.")}
        {section("Audits of your file", Readers::OwnAudits, audits.iter().map(audit_line).collect(), "No audit of your file is final.")}
    };
    Ok(Sheet::new("My supervision file", content).with_reference("Supervision file").answer(visit))
}

/// Where the second page of the file is.
const BESIDES: &str = "/supervision/file/besides";

/// What it is called.
const BESIDES_TITLE: &str = "My missed sessions, preparations, courses, times away and intervals";

/// A part of the file: who reads it, and its lines.
fn section(title: &'static str, who: Readers, lines: Vec<AnyView>, none: &'static str) -> AnyView {
    let lines = if lines.is_empty() {
        view! { <p class="govuk-body fe-muted">{none}</p> }.into_any()
    } else {
        view! { <ul class="fe-links">{lines}</ul> }.into_any()
    };
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">{title}</h2>
            {readers(who)}
            {lines}
        </section>
    }
    .into_any()
}

fn session_line(session: &OwnSession) -> AnyView {
    let part = if session.took_part { ", where you took part" } else { "" };
    let about =
        format!("{}{part}, with {}. {}", session.kind.words(), session.supervisor, session.state.words());
    view! {
        <li><a class="govuk-link" href=format!("/supervision/{}", session.id)>{day(session.held_on)}</a> <small>{about}</small></li>
    }
    .into_any()
}

fn missed_line(missed: &Booking) -> AnyView {
    view! { <li>{day(missed.on)} <small>{missed_in_words(missed)}</small></li> }.into_any()
}

fn prepared_line(prepared: &Prepared) -> AnyView {
    let Prepared { supervisor, session, preparation } = prepared;
    let session = session.as_ref().map(|session| {
        view! { ". " <a class="govuk-link" href=format!("/supervision/{session}")>"The session"</a> }
    });
    let said: Vec<_> = preparation
        .said()
        .into_iter()
        .map(|(question, answer)| view! { <p class="govuk-body"><strong>{question}</strong></p> {prose(&answer)} })
        .collect();
    view! {
        <li>
            <details class="govuk-details">
                <summary class="govuk-details__summary"><span class="govuk-details__summary-text">{day(london_day(preparation.changed_at))} ", for supervision with " {supervisor.clone()}</span></summary>
                <div class="govuk-details__text">{said}</div>
            </details>
            <small>{preparation.sharing.chosen()} {session}</small>
        </li>
    }
    .into_any()
}

/// What became of a booked session that was not held, and why.
pub(super) fn missed_in_words(missed: &Booking) -> String {
    let why = missed.cancel_reason.map_or("no reason is known", |reason| reason.words());
    let note =
        if missed.cancel_note.is_empty() { String::new() } else { format!(": {}", missed.cancel_note) };
    format!(
        "{}, with {}. {}, {}{note}",
        missed.kind.words(),
        missed.supervisor.1,
        missed.state.words(),
        why.to_lowercase()
    )
}

fn agreement_line(then: &AgreedThen) -> AnyView {
    let state = match then.signed_on {
        Some(on) => view! {
            <small>"Signed by both on " {day(on)} ". Looked at again on " {day(then.review_on)}</small>
        }
        .into_any(),
        None => view! { <small>{then.state.words()}</small> }.into_any(),
    };
    let words = format!("Agreement with {} of {}", then.supervisor, day_in_words(then.written_on));
    view! { <li><a class="govuk-link" href=format!("/agreements/{}", then.id)>{words}</a> {state}</li> }
        .into_any()
}

fn action_line(action: &ActionRow) -> AnyView {
    let ended = ended_in_words(action).map(|words| view! { <small>{words}</small> });
    let open = action
        .ended_on
        .is_none()
        .then(|| view! { <small>{action.owner.clone()} ", by " {day(action.due_on)}</small> });
    view! { <li><strong>{action.what.clone()}</strong> {open} {ended}</li> }.into_any()
}

fn audit_line(OwnAudit { file, own_comment }: &OwnAudit) -> AnyView {
    let words = format!("Sessions with {}, {}", file.supervisor.1, audits::period(file.period));
    let comment = (!own_comment.is_empty()).then(|| {
        view! { <div><small>"What you said of it"</small> {prose(own_comment)}</div> }
    });
    view! {
        <li>
            <a class="govuk-link" href=audits::path_of_file(&file.id)>{words}</a>
            <small>{format!("Led by {}", file.lead.1)} {file.final_on.map(|on| view! { ", final since " {day(on)} })}</small>
            {comment}
        </li>
    }
    .into_any()
}

/// `/supervision/file/besides`.
pub(crate) fn own_besides(visit: &Visit) -> Result<Answer, Problem> {
    let Besides { missed, prepared, courses, completions, absences, intervals } =
        visit.read(own_file::besides)?;
    let done: Vec<AnyView> = completions
        .iter()
        .map(|done| {
            let withdrawn = done.withdrawn.as_ref().map(|why| format!(" Withdrawn: {why}"));
            view! { <li>{done.course.clone()} <small>{day(done.completed_on)} {withdrawn}</small></li> }
                .into_any()
        })
        .collect();
    let content = view! {
        {back_link(Some(("/supervision/file".to_owned(), "Back to my supervision file".to_owned())))}
        <h1 class="govuk-heading-l">{BESIDES_TITLE}</h1>
        {section("Sessions that were not held", Readers::Booked, missed.iter().map(missed_line).collect(), "Every session that was booked with you was held, or is still to come.")}
        {section("What you prepared", Readers::Prepared, prepared.iter().map(prepared_line).collect(), "What you prepare for your sessions stands here, also when they are over.")}
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Courses"</h2>
            {readers(Readers::Courses)}
            {training::course_list(&courses)}
        </section>
        {section("Courses you have done", Readers::Courses, done, "No course is recorded for you yet. The training coordinator records them.")}
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Times away"</h2>
            {readers(Readers::TimesAway)}
            {times_away(&absences)}
        </section>
        {section("Longer intervals", Readers::LongerIntervals, intervals.iter().map(interval_line).collect(), "Your sessions were always due at the ordinary interval.")}
    };
    Ok(Sheet::new(BESIDES_TITLE, content).with_reference("Supervision file").answer(visit))
}

fn times_away(absences: &[AbsenceRow]) -> AnyView {
    if absences.is_empty() {
        return empty("No times away", "A longer absence pauses your supervision, never that of your cases.");
    }
    let rows: Vec<_> = absences
        .iter()
        .map(|absence| {
            let last = absence.to_on.map_or_else(|| "Not known yet".into_any(), day);
            view! {
                <tr>
                    <th scope="row">{absence.reason.words()}</th>
                    <td data-label="First day">{day(absence.from_on)}</td>
                    <td data-label="Last day">{last}</td>
                </tr>
            }
        })
        .collect();
    table(Caption::Unseen("Times away, the newest first"), &["Why", "First day", "Last day"], rows)
}

fn interval_line(interval: &LongerInterval) -> AnyView {
    let approved = &interval.approved;
    let words = format!("{}: every {} days", interval.line.words(), approved.interval_days);
    view! {
        <li>
            {words}
            <small>{day(approved.granted_on)} " to " {day(interval.last_on)} {format!(", approved by {}: {}", approved.approver, approved.reason)}</small>
        </li>
    }
    .into_any()
}

/// `/supervision/file/text`.
pub(crate) fn own_file_text(visit: &Visit) -> Result<Answer, Problem> {
    Ok(Answer::text_file(&file_name(visit), &paper_of(visit)?))
}

/// `/supervision/file/pdf`.
pub(crate) fn own_file_pdf(visit: &Visit) -> Result<Answer, Problem> {
    Ok(Answer::Paper { name: file_name(visit), paper: paper_of(visit)? })
}

fn file_name(visit: &Visit) -> String {
    format!("Supervision file {}", visit.today())
}

fn paper_of(visit: &Visit) -> Result<crate::paper::Paper, Problem> {
    let whole = visit.read(own_file::whole)?;
    Ok(own_paper(visit, &whole, &agreements::template()?))
}
