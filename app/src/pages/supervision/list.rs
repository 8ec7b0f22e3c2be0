//! The sessions that one took part in, or that those whom one manages held.

use crate::answer::Answer;
use crate::components::{Caption, day, empty, next_page, table};
use crate::document::Sheet;
use crate::pages::audits::drawn_lines;
use crate::pages::exports::take_as_csv;
use crate::pages::signing::state_tag;
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::access::{Action, may};
use domain::calendar::{day_in_words, late_in_words};
use domain::supervision::{RecordState, written_late};
use leptos::prelude::*;
use records::Problem;
use records::audits;
use records::supervision::{self, SessionSummary};

/// `/supervision`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let before = visit.query.text("before").parse().ok().zip(visit.query.text("key").parse().ok());
    let ((sessions, more), drawn) =
        visit.read(|reading| Ok((supervision::list(reading, before)?, audits::mine(reading)?)))?;
    let writes_up = visit
        .signed_in
        .as_ref()
        .is_some_and(|signed_in| may(&signed_in.actor, &Action::BeginWritingUp).is_allowed());
    let log =
        writes_up.then(|| view! { <a class="govuk-button" href="/supervision/new">"Log supervision"</a> });
    let next = sessions
        .last()
        .filter(|_| more)
        .map(|last| format!("/supervision?before={}&key={}", last.held_on, last.id));
    let table = if sessions.is_empty() {
        empty(
            "No sessions yet",
            "Sessions that you hold or take part in are listed here once they are logged.",
        )
    } else {
        sessions_table(visit, &sessions)
    };
    let content = view! {
        <div class="fe-title"><h1 class="govuk-heading-l">"Supervision"</h1> <div class="govuk-button-group fe-no-print">{log} <a class="govuk-link" href="/prepare">"Prepare"</a> <a class="govuk-link" href="/bookings">"Booked sessions"</a> <a class="govuk-link" href="/drafts">"Drafts"</a></div></div>
        {drawn_lines(&drawn)}
        {table}
        {next_page(next)}
        {(!sessions.is_empty()).then(|| take_as_csv("/supervision/csv".to_owned()))}
        <h2 class="govuk-heading-m fe-no-print">"Besides"</h2>
        <ul class="fe-links fe-no-print">
            <li><a class="govuk-link" href="/agreements">"Agreements"</a> <small>"What two people have agreed about supervision"</small></li>
            <li><a class="govuk-link" href="/supervision/peer">"Peer supervision"</a> <small>"Write down a talk among colleagues"</small></li>
            <li><a class="govuk-link" href="/supervision/bells">"Group steps"</a> <small>"“Bells that ring”, with a timer"</small></li>
            <li><a class="govuk-link" href="/audits/mine">"Audits of your records"</a> <small>"Which were drawn, and what was found"</small></li>
            <li><a class="govuk-link" href="/learning">"What we learn from supervision"</a> <small>"What became of the questions, and what changed"</small></li>
            <li><a class="govuk-link" href="/supervision/file">"My file"</a> <small>"All of your own supervision, to read or to take along"</small></li>
        </ul>
    };
    Ok(Sheet::new("Supervision", content).answer(visit))
}

/// What came late about a record, or is late now.
fn late(session: &SessionSummary, today: NaiveDate) -> Option<AnyView> {
    let written =
        written_late(session.write_by, session.decide_by, session.recorded_on).map(|(late, _)| late);
    let signature = session.sign_by.and_then(|by| late_in_words(by, today));
    let words = match (written, signature) {
        (Some(written), Some(signature)) => format!("Written {written}, signature {signature}"),
        (Some(written), None) => format!("Written {written}"),
        (None, Some(signature)) => format!("Signature {signature}"),
        (None, None) => return None,
    };
    Some(view! { <small>{words}</small> }.into_any())
}

/// Where the reader signs, if it is their turn.
fn to_sign(visit: &Visit, session: &SessionSummary) -> Option<AnyView> {
    let me = &visit.signed_in.as_ref()?.actor.person;
    let is_turn = match session.state {
        RecordState::Drafted => session.supervisor.0 == *me,
        RecordState::AwaitingSupervisee => session.supervisee.0 == *me,
        RecordState::Signed | RecordState::SignedWithComment | RecordState::Voided => false,
    };
    is_turn.then(|| {
        view! {
            <small class="fe-no-print">
                <a class="govuk-link" href=format!("/supervision/{}/sign", session.id)>"Sign it" <span class="govuk-visually-hidden">{format!(", the session of {}", day_in_words(session.held_on))}</span></a>
            </small>
        }
        .into_any()
    })
}

fn sessions_table(visit: &Visit, sessions: &[SessionSummary]) -> AnyView {
    let today = visit.today();
    let rows: Vec<_> = sessions
        .iter()
        .map(|session| {
            view! {
                <tr>
                    <th scope="row">
                        <a class="govuk-link" href=format!("/supervision/{}", session.id)>
                            {day(session.held_on)} <span class="govuk-visually-hidden">{format!(" with {}", session.supervisee.1)}</span>
                        </a>
                    </th>
                    <td data-label="Supervisor">{session.supervisor.1.clone()}</td>
                    <td data-label="Supervised">{session.supervisee.1.clone()}</td>
                    <td data-label="Kind">{session.kind.words()}</td>
                    <td data-label="Cases">{session.cases}</td>
                    <td data-label="Minutes">{session.minutes}</td>
                    <td data-label="Record"><div>{state_tag(session.state)} {late(session, today)} {to_sign(visit, session)}</div></td>
                </tr>
            }
        })
        .collect();
    table(
        Caption::Unseen("Sessions, newest first"),
        &["Date held", "Supervisor", "Supervised", "Kind", "Cases", "Minutes", "Record"],
        rows,
    )
}
