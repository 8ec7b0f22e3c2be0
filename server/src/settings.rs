//! What whoever runs the server may set: in a TOML file, or in environment variables, which win over the file.
//!
//! A wrong value is refused at start, with its name, what was found and what is allowed; all of them at once. Values
//! that hold a secret are never shown.

mod base_url;
mod mail_server;
mod master_key;
mod secret;

pub use base_url::BaseUrl;
pub use mail_server::{MailServer, Protection};
pub use master_key::{GivenMasterKeys, MasterKeyError, MasterKeyPlace};
pub use secret::{Secret, SecretError};

use lettre::message::Mailbox;
use lettre::transport::smtp::client::Certificate;
use records::DatabaseAddress;
use records::sessions::SessionLimits;
use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Where the records are kept.
pub const DATABASE: &str = "FRESH_EYES_DATABASE";
/// Where the server listens.
pub const LISTEN: &str = "FRESH_EYES_LISTEN";
/// Where people reach it.
pub const BASE_URL: &str = "FRESH_EYES_BASE_URL";
/// The folder of the browser's part.
pub const DIST: &str = "FRESH_EYES_DIST";
/// The mail server.
pub const SMTP: &str = "FRESH_EYES_SMTP";
/// A file with one more certificate authority that the mail server's certificate may come from.
pub const SMTP_CA: &str = "FRESH_EYES_SMTP_CA";
/// The sender of every mail.
pub const MAIL_FROM: &str = "FRESH_EYES_MAIL_FROM";
/// Minutes without a request after which a session ends.
pub const IDLE_MINUTES: &str = "FRESH_EYES_IDLE_MINUTES";
/// Minutes after signing in at which a session ends.
pub const ABSOLUTE_MINUTES: &str = "FRESH_EYES_ABSOLUTE_MINUTES";
/// Minutes between two looks at what is due.
pub const REMIND_EVERY_MINUTES: &str = "FRESH_EYES_REMIND_EVERY_MINUTES";
/// Seconds between two tries to send the outbox.
pub const DELIVER_EVERY_SECONDS: &str = "FRESH_EYES_DELIVER_EVERY_SECONDS";
/// The key of the form tokens.
pub const SECRET: &str = "FRESH_EYES_SECRET";
/// The key that locks the journal.
pub const MASTER_KEY: &str = "FRESH_EYES_MASTER_KEY";
/// The proxy in front, whose word about the visitor's address is taken.
pub const TRUSTED_PROXY: &str = "FRESH_EYES_TRUSTED_PROXY";

/// Every name; in the file they stand without `FRESH_EYES_` and in lower case.
const NAMES: [&str; 14] = [
    DATABASE,
    LISTEN,
    BASE_URL,
    DIST,
    SMTP,
    SMTP_CA,
    MAIL_FROM,
    IDLE_MINUTES,
    ABSOLUTE_MINUTES,
    REMIND_EVERY_MINUTES,
    DELIVER_EVERY_SECONDS,
    SECRET,
    MASTER_KEY,
    TRUSTED_PROXY,
];

/// Values that may hold a password.
const NEVER_SHOWN: [&str; 4] = [DATABASE, SMTP, SECRET, MASTER_KEY];

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the records are kept.
    pub database: DatabaseAddress,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where people reach it.
    pub base_url: BaseUrl,
    /// The folder of the browser's part.
    pub dist: PathBuf,
    /// How mail leaves; without it, mail waits in the outbox.
    pub mail: Option<MailSettings>,
    /// How long a session lasts.
    pub sessions: SessionLimits,
    /// How often what is due is worked out; never, if not set.
    pub remind_every: Option<Duration>,
    /// How often the outbox is sent; never, if not set.
    pub deliver_every: Option<Duration>,
    /// The key of the form tokens, if it is given and not kept in a file.
    pub secret: Option<Secret>,
    /// The master keys of the journal, if they are given and not kept in a file.
    pub master_keys: Option<GivenMasterKeys>,
    /// The proxy in front, whose word about the visitor's address is taken.
    pub trusted_proxy: Option<IpAddr>,
}

/// How mail leaves.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The mail server.
    pub server: MailServer,
    /// One more certificate authority.
    pub authority: Option<Certificate>,
    /// The sender of every mail.
    pub from: Mailbox,
}

/// One value that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongSetting {
    /// The setting's name.
    pub name: String,
    /// What was found, unless it may hold a secret.
    pub found: String,
    /// What is allowed.
    pub allowed: String,
}

impl fmt::Display for WrongSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}. Allowed: {}", self.name, self.found, self.allowed)
    }
}

/// Every value that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct WrongSettings(pub Vec<WrongSetting>);

impl fmt::Display for WrongSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("these settings are not right:")?;
        self.0.iter().try_for_each(|wrong| write!(f, "\n  - {wrong}"))
    }
}

impl Settings {
    /// Reads the settings from the text of a file, if there is one, and from the environment, which wins.
    pub fn read(
        file: Option<&str>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, WrongSettings> {
        let mut given = Given::gather(file, environment);
        let settings = given.settings();
        match settings {
            Some(settings) if given.wrong.is_empty() => Ok(settings),
            _ => Err(WrongSettings(given.wrong)),
        }
    }

    /// The key of the form tokens: as given, or kept in a file beside a SQLite database.
    pub fn form_key(&self) -> Result<Secret, SecretError> {
        match (&self.secret, &self.database) {
            (Some(secret), _) => Ok(secret.clone()),
            (None, DatabaseAddress::Sqlite(path)) => Secret::kept_beside(path),
            (None, DatabaseAddress::Postgres(_)) => Err(SecretError::Needed),
        }
    }

    /// Where the journal's master key is.
    pub fn master_key_place(&self) -> MasterKeyPlace {
        MasterKeyPlace::of(self.master_keys.as_ref(), &self.database)
    }
}

/// The values as they were given, and what is wrong with those read so far.
struct Given {
    values: BTreeMap<&'static str, String>,
    wrong: Vec<WrongSetting>,
}

impl Given {
    fn gather(file: Option<&str>, environment: impl Fn(&str) -> Option<String>) -> Self {
        let mut given = Self { values: BTreeMap::new(), wrong: Vec::new() };
        if let Some(text) = file {
            given.take_file(text);
        }
        for name in NAMES {
            // An empty variable is what a compose file leaves behind for one that is not set.
            if let Some(value) = environment(name).filter(|value| !value.is_empty()) {
                given.values.insert(name, value);
            }
        }
        given
    }

    fn take_file(&mut self, text: &str) {
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => {
                // Not the error's own text: it quotes the line, which may hold a password.
                let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
                self.fail(
                    "the settings file",
                    format!("not TOML near line {line}"),
                    "TOML: name = \"value\"",
                );
                return;
            }
        };
        for (key, value) in table {
            self.take_file_value(&key, value);
        }
    }

    fn take_file_value(&mut self, key: &str, value: toml::Value) {
        let Some(name) = NAMES.into_iter().find(|name| in_file(name) == key) else {
            let known = NAMES.map(in_file).join(", ");
            return self.fail(&format!("“{key}” in the settings file"), "not a setting".to_owned(), &known);
        };
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            other => return self.fail(name, format!("a {}", other.type_str()), "a text or a whole number"),
        };
        self.values.insert(name, text);
    }

    fn fail(&mut self, name: &str, found: String, allowed: &str) {
        self.wrong.push(WrongSetting { name: name.to_owned(), found, allowed: allowed.to_owned() });
    }

    /// What was wrong on the way is in `wrong`, and then the result is not used.
    fn settings(&mut self) -> Option<Settings> {
        let database =
            self.required(DATABASE, "sqlite:data/fresh-eyes.sqlite", "sqlite:PATH or postgres://…");
        let listen = self.required(
            LISTEN,
            "127.0.0.1:8080",
            "an address and a port, such as 127.0.0.1:8080 or [::]:8080",
        );
        let base_url = self.required(BASE_URL, "http://127.0.0.1:8080", base_url::ALLOWED);
        let sessions = self.sessions();
        let remind_every = self.number(REMIND_EVERY_MINUTES, 60, 0..=10_080);
        let deliver_every = self.number(DELIVER_EVERY_SECONDS, 60, 0..=86_400);
        let dist = self.values.get(DIST).map_or_else(|| PathBuf::from("dist"), PathBuf::from);
        let mail = self.mail();
        let secret = self.optional(SECRET, secret::ALLOWED);
        let master_keys = self.optional(MASTER_KEY, master_key::ALLOWED);
        let trusted_proxy = self.optional(TRUSTED_PROXY, "an address, such as 127.0.0.1");
        Some(Settings {
            database: database?,
            listen: listen?,
            base_url: base_url?,
            dist,
            mail,
            sessions: sessions?,
            remind_every: every(remind_every?, 60),
            deliver_every: every(deliver_every?, 1),
            secret,
            master_keys,
            trusted_proxy,
        })
    }

    fn mail(&mut self) -> Option<MailSettings> {
        let server = self.optional(SMTP, mail_server::ALLOWED);
        let authority = self.authority();
        let from = self.optional(MAIL_FROM, "an address, such as Fresh Eyes <fresh-eyes@example.org>");
        let server = server?;
        if !self.values.contains_key(MAIL_FROM) {
            self.fail(
                MAIL_FROM,
                "not set, and FRESH_EYES_SMTP is".to_owned(),
                "an address that the mail server lets us send from",
            );
        }
        Some(MailSettings { server, authority, from: from? })
    }

    fn authority(&mut self) -> Option<Certificate> {
        let path = self.values.get(SMTP_CA)?.clone();
        let found = std::fs::read(&path)
            .map_err(|error| error.to_string())
            .and_then(|pem| mail_server::authority(&pem).map_err(str::to_owned));
        if let Err(why) = &found {
            self.fail(SMTP_CA, format!("“{path}” ({why})"), "the path of a PEM file with a certificate");
        }
        found.ok()
    }

    fn sessions(&mut self) -> Option<SessionLimits> {
        let idle = self.number(IDLE_MINUTES, 15, 1..=1_440);
        let absolute = self.number(ABSOLUTE_MINUTES, 600, 1..=10_080);
        let limits = SessionLimits { idle_minutes: idle?.into(), absolute_minutes: absolute?.into() };
        if limits.absolute_minutes < limits.idle_minutes {
            self.fail(
                ABSOLUTE_MINUTES,
                format!(
                    "{}, and FRESH_EYES_IDLE_MINUTES is {}",
                    limits.absolute_minutes, limits.idle_minutes
                ),
                "at least as many minutes in all as without a request",
            );
        }
        Some(limits)
    }

    fn required<T: FromStr>(&mut self, name: &'static str, default: &str, allowed: &str) -> Option<T> {
        self.values.entry(name).or_insert_with(|| default.to_owned());
        self.optional(name, allowed)
    }

    fn optional<T: FromStr>(&mut self, name: &'static str, allowed: &str) -> Option<T> {
        let text = self.values.get(name)?;
        let value = text.trim().parse().ok();
        if value.is_none() {
            let found = shown(name, text);
            self.fail(name, found, allowed);
        }
        value
    }

    fn number(&mut self, name: &'static str, default: u32, range: RangeInclusive<u32>) -> Option<u32> {
        let allowed = format!("a whole number from {} to {}", range.start(), range.end());
        let number = self.required(name, &default.to_string(), &allowed)?;
        if range.contains(&number) {
            return Some(number);
        }
        self.fail(name, format!("“{number}”"), &allowed);
        None
    }
}

/// A setting's name in the file.
fn in_file(name: &str) -> String {
    name.trim_start_matches("FRESH_EYES_").to_lowercase()
}

/// What was found, as far as it may be shown.
fn shown(name: &str, text: &str) -> String {
    if !NEVER_SHOWN.contains(&name) {
        return format!("“{text}”");
    }
    match text.split_once("://") {
        Some((scheme, _)) => format!("“{scheme}://…” (the rest may hold a password and is not shown)"),
        None => "something that is not shown, because it may hold a secret".to_owned(),
    }
}

fn every(number: u32, seconds: u64) -> Option<Duration> {
    if number == 0 { None } else { Some(Duration::from_secs(u64::from(number) * seconds)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, WrongSettings> {
        Settings::read(None, |name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn read_file(text: &str) -> Result<Settings, WrongSettings> {
        Settings::read(Some(text), |_| None)
    }

    #[test]
    fn without_any_setting_it_serves_this_machine_alone() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(settings.base_url.as_str(), "http://127.0.0.1:8080");
        assert_eq!(settings.database, DatabaseAddress::Sqlite("data/fresh-eyes.sqlite".into()));
        assert_eq!((settings.sessions.idle_minutes, settings.sessions.absolute_minutes), (15, 600));
        assert_eq!(settings.remind_every, Some(Duration::from_hours(1)));
        assert_eq!(settings.deliver_every, Some(Duration::from_mins(1)));
        assert!(settings.mail.is_none());
        assert!(settings.secret.is_none());
        assert!(settings.trusted_proxy.is_none());
    }

    #[test]
    fn a_wrong_value_is_refused_with_its_name_what_was_found_and_what_is_allowed() {
        for (name, value, found) in [
            (DATABASE, "mysql://somebody:sesame@db/x", "mysql://…"),
            (DATABASE, "data/x.sqlite", "not shown"),
            (LISTEN, "8080", "“8080”"),
            (LISTEN, "localhost:http", "“localhost:http”"),
            (BASE_URL, "example.org", "“example.org”"),
            (BASE_URL, "https://example.org/app", "“https://example.org/app”"),
            (BASE_URL, "http://example.org", "“http://example.org”"),
            (SMTP, "mail.example.org", "not shown"),
            (SMTP, "smtp+plain://mail.example.org", "smtp+plain://…"),
            (SMTP, "smtp://somebody:sesame@mail.example.org:99999", "smtp://…"),
            (SMTP_CA, "no/such/file.pem", "“no/such/file.pem” (No such file"),
            (MAIL_FROM, "nobody", "“nobody”"),
            (IDLE_MINUTES, "0", "“0”"),
            (IDLE_MINUTES, "soon", "“soon”"),
            (ABSOLUTE_MINUTES, "10081", "“10081”"),
            (ABSOLUTE_MINUTES, "10", "10, and FRESH_EYES_IDLE_MINUTES is 15"),
            (REMIND_EVERY_MINUTES, "-1", "“-1”"),
            (DELIVER_EVERY_SECONDS, "1.5", "“1.5”"),
            (SECRET, "sesame", "not shown"),
            (MASTER_KEY, "sesame", "not shown"),
            (TRUSTED_PROXY, "10.0.0.0/8", "“10.0.0.0/8”"),
        ] {
            let WrongSettings(wrong) = read(&[(name, value)]).expect_err(value);
            assert_eq!(wrong.len(), 1, "{wrong:?}");
            assert_eq!(wrong[0].name, name);
            assert!(wrong[0].found.contains(found), "{}", wrong[0]);
            assert!(!wrong[0].allowed.is_empty());
            assert!(!wrong[0].to_string().contains("sesame"), "a secret is shown: {}", wrong[0]);
        }
    }

    #[test]
    fn a_mail_server_needs_a_sender() {
        let WrongSettings(wrong) = read(&[(SMTP, "smtps://mail.example.org")]).unwrap_err();
        assert_eq!(wrong[0].name, MAIL_FROM);
        let settings =
            read(&[(SMTP, "smtps://mail.example.org"), (MAIL_FROM, "Fresh Eyes <us@example.org>")]).unwrap();
        assert_eq!(settings.mail.unwrap().from.email.to_string(), "us@example.org");
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let error = read(&[(LISTEN, "x"), (IDLE_MINUTES, "y"), (TRUSTED_PROXY, "z")]).unwrap_err();
        assert_eq!(error.0.len(), 3);
        let words = error.to_string();
        assert!(words.contains("FRESH_EYES_LISTEN is “x”. Allowed: an address and a port"), "{words}");
    }

    #[test]
    fn nought_switches_a_job_off() {
        let settings = read(&[(REMIND_EVERY_MINUTES, "0"), (DELIVER_EVERY_SECONDS, "0")]).unwrap();
        assert_eq!((settings.remind_every, settings.deliver_every), (None, None));
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "listen = \"127.0.0.1:1\"\nidle_minutes = 5\n";
        let settings =
            Settings::read(Some(file), |name| (name == LISTEN).then(|| "127.0.0.1:2".to_owned())).unwrap();
        assert_eq!(settings.listen.port(), 2);
        assert_eq!(settings.sessions.idle_minutes, 5);
    }

    #[test]
    fn a_file_with_an_unknown_name_or_a_strange_value_is_refused() {
        for (text, name, found) in [
            ("lisen = \"127.0.0.1:1\"", "“lisen” in the settings file", "not a setting"),
            ("listen = [1]", LISTEN, "a array"),
            ("secret = \"sesame", "the settings file", "not TOML near line 1"),
        ] {
            let WrongSettings(wrong) = read_file(text).expect_err(text);
            assert_eq!((wrong[0].name.as_str(), wrong[0].found.as_str()), (name, found));
        }
    }

    #[test]
    fn no_secret_shows_when_settings_are_printed() {
        let settings = read(&[
            (SECRET, "sesame-sesame-sesame-sesame-sesame"),
            (SMTP, "smtp://somebody:sesame@mail.example.org"),
            (MAIL_FROM, "us@example.org"),
        ])
        .unwrap();
        assert!(!format!("{settings:?}").contains("sesame"));
    }
}
