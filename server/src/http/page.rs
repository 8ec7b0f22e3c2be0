//! From a request to a page's answer, and from that to a response.

use super::visit::Asked;
use super::{Server, body, headers, panics, session_cookie};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use app::answer::{Answer, SessionChange};
use app::visit::{Method, Visit};
use domain::form::Form;
use records::Problem;
use records::sessions::SignedIn;
use std::sync::Arc;
use std::time::Instant;

/// Answers a request with what `work` makes of it. Where the request may not reach a page at all, `work` is not asked.
pub async fn answer<W>(
    server: Arc<Server>,
    request: HttpRequest,
    payload: web::Payload,
    work: W,
) -> HttpResponse
where
    W: FnOnce(&Visit) -> Answer + Send + 'static,
{
    let started = Instant::now();
    let route = request.match_pattern().unwrap_or_default();
    let asked = Asked::new(&request, &server);
    let form = match asked.method {
        Method::Get => Ok(Form::default()),
        Method::Post => body::read_form(&request, payload, server.base_url.as_str()).await,
    };
    let answered = web::block(move || answer_on_this_thread(&server, asked, form, work)).await;
    let response = match answered {
        Ok(Ok(answered)) => answered.into_response(),
        Ok(Err(problem)) => plain_failure(&problem.to_string()),
        // The page panicked, and so did the page that says so; the panic's place is in the log.
        Err(error) => plain_failure(&error.to_string()),
    };
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(route, status = response.status().as_u16(), took_ms, "answered");
    response
}

/// An answer, and the nonce of the scripts in it.
struct Answered {
    answer: Answer,
    nonce: String,
}

fn answer_on_this_thread(
    server: &Server,
    asked: Asked,
    form: Result<Form, StatusCode>,
    work: impl FnOnce(&Visit) -> Answer,
) -> Result<Answered, Problem> {
    let (signed_in, trouble) = match asked.session(server) {
        Ok(signed_in) => (signed_in, None),
        Err(problem) => (None, Some(problem)),
    };
    let has_cookie = asked.token.is_some();
    let refused = form.as_ref().err().copied();
    let visit = asked.into_visit(server, signed_in, form.unwrap_or_default())?;
    let nonce = visit.nonce.clone();
    let answer = panics::caught(|| {
        if let Some(problem) = trouble {
            return trouble_page(&visit, &problem);
        }
        if let Some(status) = refused {
            return app::routes::failure(&visit, status.as_u16(), "");
        }
        if visit.is_post() && !has_form_token(server, &visit) {
            return without_form_token(&visit, has_cookie);
        }
        work(&visit)
    })
    .unwrap_or_else(|reference| app::routes::failure(&visit, 500, &reference));
    Ok(Answered { answer, nonce })
}

fn trouble_page(visit: &Visit, problem: &Problem) -> Answer {
    let reference = panics::reference();
    tracing::error!(reference, %problem, "a session could not be looked up");
    let status = if matches!(problem, Problem::Unavailable(_)) { 503 } else { 500 };
    app::routes::failure(visit, status, &reference)
}

fn has_form_token(server: &Server, visit: &Visit) -> bool {
    let session = visit.signed_in.as_ref().map(session_id);
    server.form_tokens.fits(session, visit.form.text(super::csrf::FIELD))
}

/// Whoever was signed in and no longer is sent a form of that session: they sign in again. Everybody else is refused.
fn without_form_token(visit: &Visit, has_cookie: bool) -> Answer {
    if visit.signed_in.is_none() && has_cookie {
        let next: String = form_urlencoded::byte_serialize(visit.path.as_bytes()).collect();
        return Answer::see_other(format!("/sign-in?next={next}"));
    }
    app::routes::failure(visit, 403, "")
}

/// The session to which a signed-in person's forms are bound.
pub(super) fn session_id(signed_in: &SignedIn) -> &str {
    signed_in.session.as_str()
}

impl Answered {
    fn into_response(self) -> HttpResponse {
        match self.answer {
            Answer::Page { status, html } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                HttpResponse::build(status)
                    .insert_header(header::ContentType::html())
                    .insert_header((header::CONTENT_SECURITY_POLICY, headers::policy_of_a_page(&self.nonce)))
                    .body(html)
            }
            Answer::SeeOther { location, session } => see_other(&location, session),
        }
    }
}

fn see_other(location: &str, session: SessionChange) -> HttpResponse {
    if !is_ours(location) {
        return plain_failure("a page sends people away from the site");
    }
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, location));
    match session {
        SessionChange::Keep => {}
        SessionChange::Begin(token) => {
            response.cookie(session_cookie::begin(token));
        }
        SessionChange::End => {
            response.cookie(session_cookie::end());
            response.insert_header((header::CLEAR_SITE_DATA, headers::CLEAR_SITE_DATA));
        }
    }
    response.finish()
}

/// A path of ours. A browser takes `//host` and `/\host` for another site.
fn is_ours(location: &str) -> bool {
    location.starts_with('/') && !location.starts_with("//") && !location.contains(['\\', '\r', '\n'])
}

/// When not even a page can be made.
fn plain_failure(why: &str) -> HttpResponse {
    let reference = panics::reference();
    tracing::error!(reference, why, "a request failed");
    HttpResponse::InternalServerError()
        .insert_header(header::ContentType::plaintext())
        .body(format!("Sorry, there is a problem with Fresh Eyes. Reference: {reference}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for ours in ["/", "/cases?after=x", "/sign-in?next=%2Fcases"] {
            assert!(is_ours(ours), "{ours}");
        }
        for theirs in ["", "https://example.org", "//example.org", "/\\example.org", "/x\r\nSet-Cookie: y=z"]
        {
            assert!(!is_ours(theirs), "{theirs}");
            assert_eq!(see_other(theirs, SessionChange::Keep).status(), StatusCode::INTERNAL_SERVER_ERROR);
        }
    }
}
