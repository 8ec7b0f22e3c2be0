//! A request as the pages see it.

use super::multipart::Posted;
use super::{Server, page, session_cookie};
use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, USER_AGENT};
use app::visit::{Method, Visit};
use chrono::NaiveDateTime;
use domain::form::Form;
use records::drafts::{self, RanOut};
use records::sessions::{self, Look, SignedIn};
use records::{Problem, Who, secrets};
use std::net::IpAddr;
use std::sync::Arc;

/// How much of a browser's own name is kept.
const USER_AGENT_LIMIT: usize = 200;
/// Bytes of a nonce.
const NONCE: usize = 16;

/// What a request says, before anybody has looked who sends it.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) token: Option<String>,
    now: NaiveDateTime,
    path: String,
    parameters: Vec<String>,
    query: Form,
    address: String,
    user_agent: String,
}

impl Asked {
    pub(super) fn new(request: &HttpRequest, server: &Server) -> Self {
        let is_post = request.method() == actix_web::http::Method::POST;
        Self {
            method: if is_post { Method::Post } else { Method::Get },
            token: session_cookie::token(request),
            now: crate::now(),
            path: request.path().to_owned(),
            parameters: request.match_info().iter().map(|(_, value)| value.to_owned()).collect(),
            query: form(request.query_string().as_bytes()),
            address: address(request, server.trusted_proxy),
            user_agent: user_agent(request.headers()),
        }
    }

    /// The session of the cookie, if it stands.
    pub(super) fn session(&self, server: &Server) -> Result<Option<SignedIn>, Problem> {
        let Some(token) = &self.token else { return Ok(None) };
        let is_peek = self.path == app::routes::SESSION && !self.query.has("stay");
        let look = if is_peek { Look::Peek } else { Look::AtWork };
        sessions::find(&server.store, token, &server.limits, look, self.now)
    }

    /// The session of the cookie, if it has run out not long ago.
    pub(super) fn ran_out(&self, server: &Server) -> Result<Option<RanOut>, Problem> {
        let Some(token) = &self.token else { return Ok(None) };
        drafts::ran_out(&server.store, token, self.now)
    }

    pub(super) fn into_visit(
        self,
        server: &Server,
        signed_in: Option<SignedIn>,
        Posted { form, file }: Posted,
    ) -> Result<Visit, Problem> {
        let who = match &signed_in {
            Some(signed_in) => {
                Who::person(signed_in.actor.clone(), &self.address).knowing_rules(signed_in.rules_version)
            }
            None => Who::stranger(&self.address),
        };
        Ok(Visit {
            store: server.store.clone(),
            site: Arc::clone(&server.site),
            who,
            form_token: server.form_tokens.issue(signed_in.as_ref().map(page::session_id))?,
            signed_in,
            now: self.now,
            method: self.method,
            path: self.path,
            parameters: self.parameters,
            query: self.query,
            form,
            file,
            nonce: secrets::hex(&secrets::random_bytes::<NONCE>()?),
            address: self.address,
            user_agent: self.user_agent,
        })
    }
}

/// Fields as browsers send them, in order.
pub(super) fn form(text: &[u8]) -> Form {
    Form::new(form_urlencoded::parse(text).into_owned().collect())
}

/// The visitor's address. A proxy's word is taken only if it is the one that we know, and only its last entry: what
/// stands before it came from outside.
fn address(request: &HttpRequest, trusted_proxy: Option<IpAddr>) -> String {
    let Some(peer) = request.peer_addr().map(|peer| peer.ip().to_canonical()) else {
        return "unknown".to_owned();
    };
    let is_proxy = trusted_proxy.is_some_and(|proxy| proxy.to_canonical() == peer);
    let forwarded = is_proxy.then(|| last_forwarded(request.headers())).flatten();
    forwarded.unwrap_or(peer).to_string()
}

fn last_forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").last()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

/// The browser's own name, cut and without signs that cannot be shown.
fn user_agent(headers: &HeaderMap) -> String {
    let text =
        headers.get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes())).unwrap_or_default();
    text.chars().filter(|sign| !sign.is_control()).take(USER_AGENT_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_the_known_proxy_is_believed_and_only_its_last_word() {
        let proxy = Some("10.0.0.1".parse().unwrap());
        for (peer, trusted, forwarded, expected) in [
            ("10.0.0.1:5", proxy, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
            ("10.0.0.1:5", proxy, "nonsense", "10.0.0.1"),
            ("[::ffff:10.0.0.1]:5", proxy, "198.51.100.7", "198.51.100.7"),
            ("10.0.0.2:5", proxy, "198.51.100.7", "10.0.0.2"),
            ("10.0.0.1:5", None, "198.51.100.7", "10.0.0.1"),
        ] {
            let request = TestRequest::default()
                .peer_addr(peer.parse().unwrap())
                .insert_header(("x-forwarded-for", forwarded))
                .to_http_request();
            assert_eq!(address(&request, trusted), expected, "{peer} {forwarded}");
        }
    }

    #[test]
    fn fields_keep_their_order_and_repeat() {
        let form = form("b=1&a=%C3%A4+x&b=2&c".as_bytes());
        let fields: Vec<(&str, &str)> =
            form.fields().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(fields, [("b", "1"), ("a", "ä x"), ("b", "2"), ("c", "")]);
    }
}
