//! From a request to a page's answer, and from that to a response.

use super::multipart::Posted;
use super::visit::Asked;
use super::{Server, body, headers, panics, session_cookie};
use crate::paper;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use app::answer::{Answer, SessionChange};
use app::visit::{Method, Visit};
use domain::drafts::NewDraft;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use records::Problem;
use records::drafts::{self, RanOut};
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
        Method::Get => Ok(Posted::default()),
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
    form: Result<Posted, StatusCode>,
    work: impl FnOnce(&Visit) -> Answer,
) -> Result<Answered, Problem> {
    let (signed_in, trouble) = match asked.session(server) {
        Ok(signed_in) => (signed_in, None),
        Err(problem) => (None, Some(problem)),
    };
    let session_ran_out = asked.token.is_some() && signed_in.is_none();
    let mut refused = form.as_ref().err().copied();
    let is_late_post = session_ran_out && trouble.is_none() && asked.method == Method::Post && form.is_ok();
    let ran_out = if is_late_post { asked.ran_out(server).unwrap_or(None) } else { None };
    let mut visit = asked.into_visit(server, signed_in, form.unwrap_or_default())?;
    if visit.is_post() && refused.is_none() && !has_form_token(server, &visit) {
        if session_ran_out && holds_no_words(&visit) {
            visit.method = Method::Get;
        } else if let Some(address) = keep_for_later(server, &visit, ran_out.as_ref()) {
            return Ok(Answered { answer: app::routes::sign_in_again(&address), nonce: visit.nonce });
        } else {
            refused = Some(StatusCode::FORBIDDEN);
        }
    }
    visit.form.remove_under(super::csrf::FIELD);
    let answer = panics::caught(|| match (trouble, refused) {
        (Some(problem), _) => trouble_page(&visit, &problem),
        (None, Some(status)) => app::routes::failure(&visit, status.as_u16(), ""),
        (None, None) => work(&visit),
    })
    .unwrap_or_else(|reference| app::routes::failure(&visit, 500, &reference));
    Ok(Answered { answer, nonce: visit.nonce })
}

fn has_form_token(server: &Server, visit: &Visit) -> bool {
    let session = visit.signed_in.as_ref().map(session_id);
    server.form_tokens.fits(session, visit.form.text(super::csrf::FIELD))
}

/// Keeps what was posted from a page whose session has run out as a draft, if the form keeps one and carries that session's
/// token. Returns the address at which its person finds it after signing in.
fn keep_for_later(server: &Server, visit: &Visit, ran_out: Option<&RanOut>) -> Option<String> {
    let ran_out = ran_out?;
    let token = visit.form.text(super::csrf::FIELD);
    if !server.form_tokens.fits(Some(ran_out.session.as_str()), token) {
        return None;
    }
    let mut form = visit.form.clone();
    form.remove_under(super::csrf::FIELD);
    let draft = NewDraft::read(&form)?;
    match drafts::keep_for_ran_out(&server.store, ran_out, draft, visit.now) {
        Ok(address) => Some(address),
        Err(problem) => {
            tracing::error!(%problem, "what was posted after a session ran out could not be kept");
            None
        }
    }
}

/// A form with nothing in it but its token, such as "Sign out". When its session has run out, whoever sent it is answered
/// as anybody who looks at the page: they sign in. Any other form is refused with a page that says how to get back to
/// what was typed, because signing in at once would leave it behind.
fn holds_no_words(visit: &Visit) -> bool {
    visit.form.fields().iter().all(|(name, _)| name == super::csrf::FIELD)
}

fn trouble_page(visit: &Visit, problem: &Problem) -> Answer {
    let reference = panics::reference();
    tracing::error!(reference, %problem, "a session could not be looked up");
    let status = if matches!(problem, Problem::Unavailable(_)) { 503 } else { 500 };
    app::routes::failure(visit, status, &reference)
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
            Answer::Text { status, content } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                HttpResponse::build(status).insert_header(header::ContentType::plaintext()).body(content)
            }
            Answer::Lasting { content } => HttpResponse::Ok()
                .insert_header(header::ContentType::plaintext())
                .insert_header((header::CACHE_CONTROL, "private, max-age=31536000, immutable"))
                .body(content),
            Answer::File { name, content_type, content } => HttpResponse::Ok()
                .insert_header((header::CONTENT_TYPE, content_type))
                .insert_header(header::ContentDisposition::attachment(name))
                .body(content),
            Answer::Paper { name, paper } => match paper::pdf(&paper) {
                Ok(pdf) => HttpResponse::Ok()
                    .insert_header((header::CONTENT_TYPE, "application/pdf"))
                    .insert_header(header::ContentDisposition::attachment(format!("{name}.pdf")))
                    .body(pdf),
                Err(error) => plain_failure(&error.to_string()),
            },
            Answer::SeeOther { location, session } => see_other(&location, session),
        }
    }
}

fn see_other(location: &str, session: SessionChange) -> HttpResponse {
    if !is_ours(location) {
        return plain_failure("a page sends people away from the site");
    }
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, utf8_percent_encode(location, UNFIT).to_string()));
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

/// Signs that do not fit into a header, a new line above all; and whatever is not ASCII.
const UNFIT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');

/// A path of ours. A browser takes `//host` and `/\host` for another site.
fn is_ours(location: &str) -> bool {
    location.starts_with('/') && !location.starts_with("//") && !location.contains('\\')
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
        for theirs in ["", "https://example.org", "//example.org", "/\\example.org"] {
            assert_eq!(see_other(theirs, SessionChange::Keep).status(), StatusCode::INTERNAL_SERVER_ERROR);
        }
    }

    #[test]
    fn a_path_cannot_make_a_header() {
        for (path, expected) in [
            ("/", "/"),
            ("/cases?after=%C3%A9&x=y", "/cases?after=%C3%A9&x=y"),
            ("/sign-in?next=/cases/é", "/sign-in?next=/cases/%C3%A9"),
            ("/x\r\nSet-Cookie: y=z", "/x%0D%0ASet-Cookie:%20y=z"),
        ] {
            let response = see_other(path, SessionChange::Keep);
            assert_eq!(response.headers().get(header::LOCATION).unwrap(), expected);
            assert_eq!(response.headers().len(), 1);
        }
    }
}
