//! One request, as a page sees it.

use chrono::{NaiveDate, NaiveDateTime};
use domain::form::Form;
use domain::ids::PersonId;
use records::{Problem, Reading, Store, Who, Writing};
use std::sync::Arc;

/// How a page was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// To be looked at.
    Get,
    /// With a form.
    Post,
}

/// A file that was posted with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedFile {
    /// Its name, as the browser says it.
    pub name: String,
    /// What it holds, as far as it was read.
    pub content: Vec<u8>,
    /// Whether it was read to its end; otherwise it is larger than any file that we take.
    pub is_whole: bool,
}

/// What all requests share.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Where people reach the site, without a slash at the end: for links in mails.
    pub base_url: String,
    /// The address of the style sheet, with its hash.
    pub stylesheet: String,
    /// The address of the browser bundle's script and of its WASM, with their hashes.
    pub bundle: Option<(String, String)>,
    /// Whether mail leaves the outbox.
    pub sends_mail: bool,
    /// The token of the link that makes the first administrator, while nobody is there.
    pub setup_token: Option<String>,
}

/// One request.
pub struct Visit {
    /// The records.
    pub store: Store,
    /// What all requests share.
    pub site: Arc<Site>,
    /// Who asks.
    pub who: Who,
    /// The signed-in person, if any.
    pub signed_in: Option<records::sessions::SignedIn>,
    /// Now, in UTC.
    pub now: NaiveDateTime,
    /// How the page was asked for.
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// What stands in place of `{…}` in the route's path, in order.
    pub parameters: Vec<String>,
    /// The query.
    pub query: Form,
    /// The posted form; empty on [`Method::Get`].
    pub form: Form,
    /// The file that was posted with the form, at an address that takes one.
    pub file: Option<UploadedFile>,
    /// The token that every form carries back.
    pub form_token: String,
    /// The nonce that the content security policy of this answer allows.
    pub nonce: String,
    /// The network address that asks.
    pub address: String,
    /// The browser, as it names itself.
    pub user_agent: String,
}

impl Visit {
    /// Whether a form was posted.
    pub fn is_post(&self) -> bool {
        self.method == Method::Post
    }

    /// Today in London.
    pub fn today(&self) -> NaiveDate {
        domain::calendar::london_day(self.now)
    }

    /// The address of the page, with its query, and without what it was told about what was just done.
    pub fn here(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.query.fields().iter().filter(|(name, _)| name != "notice"));
        let query = query.finish();
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }

    /// The id in the path. Text that is no id names no record.
    pub fn id<T: std::str::FromStr>(&self) -> Result<T, Problem> {
        self.parameters.first().and_then(|text| text.parse().ok()).ok_or(Problem::NotFound)
    }

    /// The name of the one of two with whom the reader talks in supervision; for anybody else, the supervisee's.
    pub fn other_of<'a>(
        &self,
        supervisor: &'a (PersonId, String),
        supervisee: &'a (PersonId, String),
    ) -> &'a str {
        let is_supervisee =
            self.signed_in.as_ref().is_some_and(|signed_in| signed_in.actor.person == supervisee.0);
        if is_supervisee { &supervisor.1 } else { &supervisee.1 }
    }

    /// Reads as the person who asks.
    pub fn read<T>(&self, work: impl FnOnce(&mut Reading<'_>) -> Result<T, Problem>) -> Result<T, Problem> {
        self.store.read(&self.who, self.now, work)
    }

    /// Writes as the person who asks.
    pub fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.store.write(&self.who, self.now, work)
    }
}
