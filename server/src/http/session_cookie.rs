//! The cookie that holds a session's token.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time};

/// The cookie's name. With `__Host-` a browser takes it only encrypted, for this host and all of it, so that no
/// neighbour can plant one.
pub const NAME: &str = "__Host-fresh-eyes";
/// Signs of a token.
const TOKEN: usize = 64;

/// The token that a request carries. What cannot be one is not looked up.
pub(super) fn token(request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(NAME)?;
    let is_token =
        cookie.value().len() == TOKEN && cookie.value().bytes().all(|byte| byte.is_ascii_hexdigit());
    is_token.then(|| cookie.value().to_owned())
}

/// The cookie of a session that begins. Without an age, so that it goes when the browser is closed; the server ends
/// the session anyway.
pub(super) fn begin(token: String) -> Cookie<'static> {
    cookie(token)
}

/// The cookie that takes it away.
pub(super) fn end() -> Cookie<'static> {
    let mut cookie = cookie(String::new());
    cookie.set_max_age(time::Duration::ZERO);
    cookie
}

/// `Lax` and not `Strict`: somebody who follows the link in one of our mails arrives signed in. Forms of other sites
/// carry the cookie with neither, and are refused besides.
fn cookie(value: String) -> Cookie<'static> {
    Cookie::build(NAME, value).path("/").secure(true).http_only(true).same_site(SameSite::Lax).finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_cookie_is_for_this_host_encrypted_and_out_of_reach_of_scripts() {
        assert_eq!(
            begin("t".to_owned()).to_string(),
            "__Host-fresh-eyes=t; HttpOnly; SameSite=Lax; Secure; Path=/"
        );
        assert_eq!(
            end().to_string(),
            "__Host-fresh-eyes=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
        );
    }

    #[test]
    fn only_what_can_be_a_token_is_taken() {
        for (value, is_taken) in [
            ("a1".repeat(32), true),
            (String::new(), false),
            ("a1".repeat(31), false),
            ("zz".repeat(32), false),
            ("a1".repeat(33), false),
        ] {
            let request = TestRequest::default().cookie(Cookie::new(NAME, value.clone())).to_http_request();
            assert_eq!(token(&request).is_some(), is_taken, "{value}");
        }
    }
}
