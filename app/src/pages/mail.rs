//! The mails of the outbox: who gets them, what became of them; never what stands in them.

use crate::answer::Answer;
use crate::components::{Caption, Tab, empty, next_page, table, tabs, tag, when};
use crate::document::Sheet;
use crate::pages::form_page::button_form;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::{Action, may};
use domain::mail::MailState;
use leptos::prelude::*;
use records::Problem;
use records::mail::MailSummary;
use std::collections::BTreeMap;

/// `/mail`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let before = visit.query.text("before").parse().ok();
    let state = MailState::from_code(visit.query.text("state"));
    let mails = visit.read(|reading| records::mail::list(reading, state, before.as_ref()))?;
    let administers = visit
        .signed_in
        .as_ref()
        .is_some_and(|signed_in| may(&signed_in.actor, &Action::AdministerMail).is_allowed());
    let waiting = (!visit.site.sends_mail).then(|| {
        view! {
            <div class="govuk-inset-text">
                "No mail server is set up, so mails wait here. They are sent as soon as one is."
            </div>
        }
    });
    let table = match (mails.mails.is_empty(), state) {
        (false, _) => mail_table(visit, &mails.mails, administers),
        (true, None) => empty(
            "No mail yet",
            "When cases go unreviewed, the mail that tells their manager is listed here.",
        ),
        (true, Some(state)) => {
            empty("No mail here", &format!("There is no mail in the state “{}”.", state.words()))
        }
    };
    let kept = state.map_or(String::new(), |state| format!("state={}&", state.code()));
    let content = view! {
        <h1 class="govuk-heading-l">"Mail"</h1>
        <p class="govuk-body"><a class="govuk-link" href="/reminders">"What you were reminded of and is still to be done"</a></p>
        {waiting}
        {states(&mails.counts, state)}
        {table}
        {next_page(mails.next.map(|last| format!("/mail?{kept}before={last}")))}
    };
    Ok(Sheet::new("Mail", content).answer(visit))
}

/// The mails by what has become of them.
fn states(counts: &BTreeMap<MailState, i64>, shown: Option<MailState>) -> AnyView {
    let count = |state: &MailState| counts.get(state).map_or(0, |count| usize::try_from(*count).unwrap_or(0));
    let all = Tab {
        address: "/mail".to_owned(),
        words: "All".to_owned(),
        count: MailState::ALL.iter().map(count).sum(),
        is_here: shown.is_none(),
    };
    let of_state = |state: &MailState| Tab {
        address: format!("/mail?state={}", state.code()),
        words: state.words().to_owned(),
        count: count(state),
        is_here: shown == Some(*state),
    };
    tabs("States", std::iter::once(all).chain(MailState::ALL.iter().map(of_state)).collect())
}

fn mail_table(visit: &Visit, mails: &[MailSummary], administers: bool) -> AnyView {
    let rows: Vec<_> = mails
        .iter()
        .map(|mail| {
            let again =
                (administers && matches!(mail.state, MailState::Failed | MailState::Dead)).then(|| {
                    button_form(visit, &format!("/mail/{}/again", mail.id), "Send again", &mail.subject)
                });
            let style = match mail.state {
                MailState::Sent => "in-date",
                MailState::Waiting => "due-soon",
                MailState::Failed | MailState::Dead => "overdue",
            };
            let error =
                (!mail.last_error.is_empty()).then(|| view! { <small>{mail.last_error.clone()}</small> });
            view! {
                <tr>
                    <th scope="row">{mail.subject.clone()}</th>
                    <td data-label="To">{mail.recipient.clone()}</td>
                    <td data-label="State"><div>{tag(style, mail.state.words())} {error} {again}</div></td>
                    <td data-label="Tries">{mail.tries}</td>
                    <td data-label="Queued">{when(mail.created_at)}</td>
                    <td data-label="Sent">{mail.sent_at.map(when)}</td>
                </tr>
            }
        })
        .collect();
    table(
        Caption::Unseen("Mails, newest first"),
        &["Subject", "To", "State", "Tries", "Queued", "Sent"],
        rows,
    )
}

/// `/mail/{id}/again`.
pub(crate) fn send_again(visit: &Visit) -> Result<Answer, Problem> {
    let id = visit.id()?;
    if visit.is_post() {
        visit.write(move |writing| records::mail::send_again(writing, &id))?;
        return Ok(Answer::see_other("/mail?notice=mail-again"));
    }
    Ok(Answer::see_other("/mail"))
}
