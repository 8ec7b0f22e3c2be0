//! Signing in and out.

use crate::answer::{Answer, SessionChange};
use crate::components::{Filled, error_summary, password};
use crate::document::Sheet;
use crate::pages::form_page::form;
use crate::visit::Visit;
use leptos::prelude::*;
use records::{Problem, sessions};

/// `/sign-in`.
pub(crate) fn sign_in(visit: &Visit) -> Result<Answer, Problem> {
    if !visit.is_post() {
        return Ok(show(visit, &Filled::default(), 200));
    }
    match sessions::sign_in(&visit.store, &visit.form, &visit.address, &visit.user_agent, visit.now) {
        Ok(token) => {
            Ok(Answer::SeeOther { location: next_path(visit), session: SessionChange::Begin(token) })
        }
        Err(Problem::Invalid(problems)) => {
            Ok(show(visit, &Filled::new(visit.form.clone()).with_problems(problems), 422))
        }
        Err(other) => Err(other),
    }
}

/// Where the person wanted to go, if that is a path of ours.
fn next_path(visit: &Visit) -> String {
    let next = visit.query.text("next");
    let is_ours = next.starts_with('/')
        && !next.starts_with("//")
        && next.chars().all(|sign| sign.is_ascii_alphanumeric() || "/-_?&=.+%~".contains(sign));
    if is_ours { next.to_owned() } else { "/".to_owned() }
}

fn show(visit: &Visit, filled: &Filled, status: u16) -> Answer {
    let fields = view! {
        {password(filled, "email", "Email address", "", "email", "username")}
        {password(filled, "password", "Password", "", "password", "current-password")}
    };
    let content = view! {
        <div class="fe-narrow">
            {error_summary(&filled.problems, &[])}
            <h1 class="govuk-heading-l">"Sign in"</h1>
            {form(visit, filled, fields, "Sign in")}
        </div>
    };
    Sheet::new("Sign in", content).with_status(status).answer(visit)
}

/// `/sign-out`.
pub(crate) fn sign_out(visit: &Visit) -> Result<Answer, Problem> {
    let session = visit.signed_in.as_ref().map(|signed_in| signed_in.session.clone());
    let Some(session) = session.filter(|_| visit.is_post()) else { return Ok(Answer::see_other("/")) };
    visit.write(move |writing| sessions::sign_out(writing, &session))?;
    Ok(Answer::SeeOther { location: "/sign-in?notice=signed-out".to_owned(), session: SessionChange::End })
}
