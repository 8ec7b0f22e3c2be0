//! The mail server, as one address says it.

use super::base_url::is_here;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::Certificate;
use std::str::FromStr;
use url::{Host, Url};

/// What the setting takes.
pub(super) const ALLOWED: &str = "smtp://[USER:PASSWORD@]HOST[:PORT] (encrypted with STARTTLS, or not sent), \
     smtps://… (encrypted from the start), or smtp+plain://… (not encrypted; on this machine alone). \
     Write signs such as @ and / in a password as %40 and %2F";

/// How the way to the mail server is protected. It never falls back to less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// STARTTLS, which must succeed.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None: only on this machine.
    Plain,
}

impl Protection {
    fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::Plain => 25,
        }
    }
}

/// A mail server and how to speak to it.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// How the way there is protected.
    pub protection: Protection,
    /// Its name or address; its certificate must bear it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The account with it, if it wants one.
    pub credentials: Option<Credentials>,
}

/// The text is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAMailServer;

impl FromStr for MailServer {
    type Err = NotAMailServer;

    fn from_str(text: &str) -> Result<Self, NotAMailServer> {
        let url = Url::parse(text).map_err(|_| NotAMailServer)?;
        let protection = match url.scheme() {
            "smtp" => Protection::StartTls,
            "smtps" => Protection::Tls,
            "smtp+plain" => Protection::Plain,
            _ => return Err(NotAMailServer),
        };
        let has_more = !["", "/"].contains(&url.path()) || url.query().is_some() || url.fragment().is_some();
        let host = url.host_str().and_then(|host| Host::parse(host).ok()).ok_or(NotAMailServer)?;
        if has_more || (protection == Protection::Plain && !is_here(&host)) {
            return Err(NotAMailServer);
        }
        Ok(Self {
            protection,
            host: plain_host(&host),
            port: url.port().unwrap_or_else(|| protection.usual_port()),
            credentials: credentials(&url),
        })
    }
}

/// Without the brackets that an IPv6 address bears in a URL.
fn plain_host(host: &Host) -> String {
    match host {
        Host::Ipv6(address) => address.to_string(),
        other => other.to_string(),
    }
}

fn credentials(url: &Url) -> Option<Credentials> {
    if url.username().is_empty() {
        return None;
    }
    Some(Credentials::new(decoded(url.username()), decoded(url.password().unwrap_or_default())))
}

/// Percent signs resolved. A plus sign stays one: it is common in passwords and in the names of mailboxes.
fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A certificate authority from a PEM file.
pub(super) fn authority(pem: &[u8]) -> Result<Certificate, &'static str> {
    if !pem.windows(17).any(|window| window == b"BEGIN CERTIFICATE") {
        return Err("no certificate in it");
    }
    Certificate::from_pem(pem).map_err(|_| "its certificate cannot be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_says_how_the_way_is_protected() {
        for (text, protection, host, port) in [
            ("smtp://mail.example.org", Protection::StartTls, "mail.example.org", 587),
            ("smtps://mail.example.org/", Protection::Tls, "mail.example.org", 465),
            ("smtp+plain://127.0.0.1:2525", Protection::Plain, "127.0.0.1", 2525),
            ("smtp+plain://[::1]:2525", Protection::Plain, "::1", 2525),
            ("smtp+plain://localhost", Protection::Plain, "localhost", 25),
        ] {
            let server: MailServer = text.parse().unwrap();
            assert_eq!((server.protection, server.host.as_str(), server.port), (protection, host, port));
            assert!(server.credentials.is_none());
        }
    }

    #[test]
    fn an_account_may_have_any_signs() {
        let server: MailServer = "smtp://us%40example.org:p%2Fa+ss@mail.example.org".parse().unwrap();
        assert_eq!(
            server.credentials,
            Some(Credentials::new("us@example.org".to_owned(), "p/a+ss".to_owned()))
        );
    }

    #[test]
    fn nothing_leaves_this_machine_unencrypted() {
        for text in ["smtp+plain://mail.example.org", "smtp+plain://10.0.0.5", "http://127.0.0.1", "smtp://"]
        {
            assert!(text.parse::<MailServer>().is_err(), "{text}");
        }
    }
}
