//! The own account: name, password, and where one is signed in.

use crate::answer::Answer;
use crate::components::{Caption, Choice, Filled, check_box, fact, facts, password, select, table, when};
use crate::pages::form_page::{FormSheet, button_form, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::form::Form;
use domain::ids::SessionId;
use leptos::prelude::*;
use records::Problem;
use records::ladder::{self, Preferences};
use records::sessions::{self, Account};

/// `/account`.
pub(crate) fn account(visit: &Visit) -> Result<Answer, Problem> {
    let session = own_session(visit)?;
    let account = visit.read(sessions::account)?;
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| Ok(show(visit, filled, &account, &session)),
        || {
            sessions::change_password(&visit.store, &visit.who, &session, &visit.form, visit.now)?;
            Ok("/account?notice=password-changed".to_owned())
        },
    )
}

fn own_session(visit: &Visit) -> Result<SessionId, Problem> {
    visit.signed_in.as_ref().map(|signed_in| signed_in.session.clone()).ok_or(Problem::NotFound)
}

fn show(visit: &Visit, filled: &Filled, account: &Account, session: &SessionId) -> FormSheet {
    let roles = visit
        .signed_in
        .iter()
        .flat_map(|signed_in| &signed_in.actor.roles)
        .map(|role| role.words())
        .collect::<Vec<_>>()
        .join(", ");
    let browsers: Vec<_> = account
        .browsers
        .iter()
        .map(|browser| {
            let here = if browser.id == *session { " (this one)" } else { "" };
            view! {
                <tr>
                    <td data-label="Browser"><span>{format!("{}{here}", browser_name(&browser.user_agent))}</span></td>
                    <td data-label="Signed in">{when(browser.created_at)}</td>
                    <td data-label="Last seen">{when(browser.seen_at)}</td>
                </tr>
            }
        })
        .collect();
    let others = (account.browsers.len() > 1)
        .then(|| button_form(visit, "/account/others", "Sign out the others", ""));
    let intro = view! {
        {facts(vec![fact("Name", account.name.clone()), fact("Email address", account.email.clone()), fact("Roles", roles)])}
        <p class="govuk-body"><a class="govuk-link" href="/account/mail">"When my mail comes"</a> " · " <a class="govuk-link" href="/account/lens">"The language lens"</a> " · " <a class="govuk-link" href="/account/calendar">"My sessions in my own calendar"</a> " · " <a class="govuk-link" href="/drafts">"My drafts"</a></p>
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Where you are signed in"</h2>
            {table(Caption::Unseen("Where you are signed in"), &["Browser", "Signed in", "Last seen"], browsers)}
            {others}
        </section>
        <h2 class="govuk-heading-m">"Change password"</h2>
    };
    let fields = view! {
        {password(filled, "current_password", "Current password", "", "password", "current-password")}
        {password(filled, "new_password", "New password", "At least 12 characters. Three or four unrelated words work well.", "password", "new-password")}
    };
    FormSheet::new("Account", form(visit, filled, fields, "Change password")).intro(intro)
}

/// A browser in a word or two: what it calls itself is long and mostly history.
fn browser_name(user_agent: &str) -> String {
    let browser = [("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]
        .iter()
        .find(|(sign, _)| user_agent.contains(sign))
        .map_or("A browser", |(_, name)| name);
    let system = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]
    .iter()
    .find(|(sign, _)| user_agent.contains(sign))
    .map_or(String::new(), |(_, name)| format!(" on {name}"));
    format!("{browser}{system}")
}

/// `/account/mail`: when and of what one wants to be mailed.
pub(crate) fn mail_preferences(visit: &Visit) -> Result<Answer, Problem> {
    let chosen = visit.read(ladder::preferences)?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("digest_at", chosen.digest_at.to_string());
            blank.set("weekly_repeats", if chosen.weekly_repeats { "yes" } else { "" });
            Ok(blank)
        },
        |filled| {
            let times = domain::mail::digest_times()
                .map(|minutes| Choice::new(minutes, format!("{}:{:02}", minutes / 60, minutes % 60)))
                .collect();
            let intro = view! {
                <p class="govuk-body">
                    "One mail a working day, at most. Nothing at night, at weekends or on bank holidays. What is urgent comes by itself, between 8am and 6pm."
                </p>
                <p class="govuk-body">"What is overdue and yours to see to is always sent once: that cannot be switched off."</p>
            };
            let fields = view! {
                {select(filled, "digest_at", "My mail comes at", "Or as soon after as there is something to say", times)}
                {check_box(filled, "weekly_repeats", "Remind me each week of what is still overdue")}
            };
            Ok(FormSheet::new("When my mail comes", form(visit, filled, fields, "Save"))
                .back_to("/account", "Back to account")
                .intro(intro))
        },
        || {
            let chosen = Preferences::parse(&visit.form)?;
            visit.save(move |writing| {
                ladder::set_preferences(writing, chosen)?;
                Ok("/account?notice=mail-preferences-saved".to_owned())
            })
        },
    )
}

/// `/account/others`.
pub(crate) fn sign_out_others(visit: &Visit) -> Result<Answer, Problem> {
    if !visit.is_post() {
        return Ok(Answer::see_other("/account"));
    }
    let session = own_session(visit)?;
    visit.write(move |writing| sessions::sign_out_others(writing, &session))?;
    Ok(Answer::see_other("/account?notice=others-signed-out"))
}
