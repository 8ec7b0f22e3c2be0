//! That a form was sent by one of our own pages, to the person who sends it.
//!
//! Two checks, each enough by itself: the browser says where the request comes from, and the form carries a token that
//! only a page of this session could have had.

use crate::settings::Secret;
use actix_web::http::header::{HeaderMap, HeaderValue, ORIGIN};
use hmac::{Hmac, KeyInit, Mac};
use records::{Problem, secrets};
use sha2::Sha256;

/// The field of every form in which the token comes back.
pub const FIELD: &str = "form_token";
/// In place of a session's id, for whoever is not signed in.
const STRANGER: &str = "stranger";
/// Bytes of the mask that stands before the signature.
const MASK: usize = 16;
/// Bytes of the signature.
const SIGNATURE: usize = 32;

/// Whether the browser says that a request comes from one of our pages. Browsers that do not send `Sec-Fetch-Site`
/// send `Origin` with every form.
pub fn is_from_our_pages(headers: &HeaderMap, our_origin: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == HeaderValue::from_static("same-origin");
    }
    headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes() == our_origin.as_bytes())
}

/// Makes and checks the tokens of forms.
pub struct FormTokens {
    key: Secret,
}

impl FormTokens {
    /// Tokens signed with this key.
    pub fn new(key: Secret) -> Self {
        Self { key }
    }

    /// A token for the forms of one answer. Its mask is new each time, so that nobody can guess it from the length of
    /// compressed answers.
    pub fn issue(&self, session: Option<&str>) -> Result<String, Problem> {
        let mask = secrets::random_bytes::<MASK>()?;
        let signature = self.signature(&mask, session)?.finalize().into_bytes();
        Ok(format!("{}{}", secrets::hex(&mask), secrets::hex(&signature)))
    }

    /// Whether a token was issued for this session. Takes the same time for every wrong one.
    pub fn fits(&self, session: Option<&str>, token: &str) -> bool {
        let Some(bytes) = from_hex(token).filter(|bytes| bytes.len() == MASK + SIGNATURE) else {
            return false;
        };
        let (mask, signature) = bytes.split_at(MASK);
        self.signature(mask, session).is_ok_and(|expected| expected.verify_slice(signature).is_ok())
    }

    fn signature(&self, mask: &[u8], session: Option<&str>) -> Result<Hmac<Sha256>, Problem> {
        let mut signature =
            Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).map_err(Problem::unexpected)?;
        signature.update(mask);
        signature.update(session.unwrap_or(STRANGER).as_bytes());
        Ok(signature)
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "https://example.org";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.parse().unwrap(), value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_browser_says_where_a_form_comes_from() {
        for (pairs, expected) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://elsewhere.example")][..], true),
            (&[("sec-fetch-site", "same-site"), ("origin", HERE)][..], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", HERE)][..], false),
            (&[("sec-fetch-site", "none")][..], false),
            (&[("origin", HERE)][..], true),
            (&[("origin", "https://example.org.evil.example")][..], false),
            (&[("origin", "http://example.org")][..], false),
            (&[("origin", "null")][..], false),
            (&[("referer", HERE)][..], false),
            (&[][..], false),
        ] {
            assert_eq!(is_from_our_pages(&headers(pairs), HERE), expected, "{pairs:?}");
        }
    }

    fn tokens(key: char) -> FormTokens {
        FormTokens::new(key.to_string().repeat(64).parse().unwrap())
    }

    #[test]
    fn a_token_fits_its_own_session_and_key_alone() {
        let token = tokens('a').issue(Some("session 1")).unwrap();
        assert!(tokens('a').fits(Some("session 1"), &token));
        assert!(!tokens('a').fits(Some("session 2"), &token));
        assert!(!tokens('a').fits(None, &token));
        assert!(!tokens('b').fits(Some("session 1"), &token));
        assert!(tokens('a').fits(None, &tokens('a').issue(None).unwrap()));
    }

    #[test]
    fn no_two_tokens_are_alike() {
        assert_ne!(tokens('a').issue(None).unwrap(), tokens('a').issue(None).unwrap());
    }

    #[test]
    fn a_changed_or_strange_token_does_not_fit() {
        let token = tokens('a').issue(None).unwrap();
        for at in [0, MASK * 2, token.len() - 1] {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            assert!(!tokens('a').fits(None, &String::from_utf8(changed).unwrap()));
        }
        for strange in ["", "x", "00", &token[1..], &format!("{token}00"), "é".repeat(48).as_str()] {
            assert!(!tokens('a').fits(None, strange), "{strange}");
        }
    }
}
