//! One-time links: choose a password, or on the very first start, make the organisation too.

use crate::answer::{Answer, SessionChange};
use crate::components::{Filled, error_summary, line, password};
use crate::document::Sheet;
use crate::pages::form_page::form;
use crate::visit::Visit;
use leptos::prelude::*;
use records::setup::{self, FirstAdministrator};
use records::{Problem, sessions};

/// `/welcome/{token}`.
pub(crate) fn welcome(visit: &Visit) -> Result<Answer, Problem> {
    let token = visit.parameters.first().cloned().unwrap_or_default();
    let is_setup =
        visit.site.setup_token.as_ref() == Some(&token) && setup::is_empty(&visit.store, visit.now)?;
    if !is_setup {
        sessions::welcome(&visit.store, &token, &visit.address, visit.now)?;
    }
    if !visit.is_post() {
        return Ok(show(visit, &Filled::default(), is_setup, 200));
    }
    let chosen = if is_setup { set_up(visit) } else { choose(visit, &token) };
    match chosen {
        Ok(session) => {
            Ok(Answer::SeeOther { location: "/".to_owned(), session: SessionChange::Begin(session) })
        }
        Err(Problem::Invalid(problems)) => {
            Ok(show(visit, &Filled::new(visit.form.clone()).with_problems(problems), is_setup, 422))
        }
        Err(other) => Err(other),
    }
}

fn choose(visit: &Visit, token: &str) -> Result<String, Problem> {
    sessions::choose_password(&visit.store, token, &visit.form, &visit.address, &visit.user_agent, visit.now)
}

fn set_up(visit: &Visit) -> Result<String, Problem> {
    let first = FirstAdministrator::parse(&visit.form)?;
    sessions::check_new_password(&visit.form, &first.email)?;
    let token = setup::add_first_administrator(&visit.store, &first, visit.now)?;
    choose(visit, &token)
}

fn show(visit: &Visit, filled: &Filled, is_setup: bool, status: u16) -> Answer {
    let title = if is_setup { "Set up Fresh Eyes" } else { "Choose your password" };
    let setup_fields = is_setup.then(|| {
        view! {
            {line(filled, "organisation", "Organisation", "", "20")}
            {line(filled, "name", "Your name", "", "20")}
            {password(filled, "email", "Email address", "", "email", "username")}
        }
    });
    let fields = view! {
        {setup_fields}
        {password(filled, "new_password", "New password", "At least 12 characters. Three or four unrelated words work well.", "password", "new-password")}
    };
    let content = view! {
        <div class="fe-narrow">
            {error_summary(&filled.problems, &[])}
            <h1 class="govuk-heading-l">{title}</h1>
            {form(visit, filled, fields, "Save password")}
        </div>
    };
    Sheet::new(title, content).with_status(status).answer(visit)
}
