//! The mails of the outbox: who gets them, what became of them; never what stands in them.

use crate::answer::Answer;
use crate::components::{Caption, empty, next_page, table, tag, when};
use crate::document::Sheet;
use crate::pages::form_page::button_form;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::{Action, may};
use domain::mail::MailState;
use leptos::prelude::*;
use records::Problem;
use records::mail::MailSummary;

/// `/mail`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let before = visit.query.text("before").parse().ok();
    let (mails, next) = visit.read(|reading| records::mail::list(reading, before.as_ref()))?;
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
    let table = if mails.is_empty() {
        empty("No mail yet", "When cases go unreviewed, the mail that tells their manager is listed here.")
    } else {
        mail_table(visit, &mails, administers)
    };
    let content = view! {
        <h1 class="govuk-heading-l">"Mail"</h1>
        <p class="govuk-body"><a class="govuk-link" href="/reminders">"What you were reminded of and is still to be done"</a></p>
        {waiting}
        {table}
        {next_page(next.map(|last| format!("/mail?before={last}")))}
    };
    Ok(Sheet::new("Mail", content).answer(visit))
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
