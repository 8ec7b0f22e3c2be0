//! Where people reach the site.

use std::str::FromStr;
use url::{Host, Url};

/// What the setting takes.
pub(super) const ALLOWED: &str = "https://HOST or https://HOST:PORT, without a path; http:// for this machine alone \
     (127.0.0.1, [::1] or localhost), because browsers keep a session's cookie only where it is safe";

/// Where people reach the site: a scheme, a host and perhaps a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    is_https: bool,
}

/// The text is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotABaseUrl;

impl BaseUrl {
    /// The address without a slash at its end. It is also the origin that a browser names in its requests.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether people reach it encrypted.
    pub fn is_https(&self) -> bool {
        self.is_https
    }
}

impl FromStr for BaseUrl {
    type Err = NotABaseUrl;

    fn from_str(text: &str) -> Result<Self, NotABaseUrl> {
        let url = Url::parse(text).map_err(|_| NotABaseUrl)?;
        let has_more = url.path() != "/"
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some();
        let is_https = url.scheme() == "https";
        let is_safe = is_https || (url.scheme() == "http" && url.host().is_some_and(|host| is_here(&host)));
        if has_more || !is_safe {
            return Err(NotABaseUrl);
        }
        Ok(Self { text: url.origin().ascii_serialization(), is_https })
    }
}

/// Whether a host is this machine.
pub(super) fn is_here<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_origin_that_a_browser_names() {
        for (text, origin) in [
            ("https://example.org", "https://example.org"),
            ("https://Example.org:443/", "https://example.org"),
            ("https://example.org:8443", "https://example.org:8443"),
            ("http://localhost:8080/", "http://localhost:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(text.parse::<BaseUrl>().unwrap().as_str(), origin);
        }
    }

    #[test]
    fn anything_more_or_anything_unsafe_is_refused() {
        for text in [
            "",
            "example.org",
            "ftp://example.org",
            "http://10.0.0.5:8080",
            "https://example.org/app",
            "https://example.org?x",
            "https://somebody@example.org",
        ] {
            assert_eq!(text.parse::<BaseUrl>(), Err(NotABaseUrl), "{text}");
        }
    }
}
