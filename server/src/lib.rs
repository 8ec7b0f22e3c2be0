//! The process around the pages: settings, HTTP, sessions, security headers, jobs, mail and the command line.
//!
//! A request comes in through [`http`], becomes an `app::visit::Visit` and leaves as the page's answer. The [`jobs`] work
//! out what is due and hand the outbox to a mail server ([`post`]). [`command`] is what a person types.

pub mod command;
pub mod http;
pub mod jobs;
mod paper;
pub mod post;
pub mod settings;

/// A page is made of some thousand short texts: with the system's allocator a third of its time went there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A name for this process, by which it is known as the holder of a lease.
pub fn holder() -> String {
    format!("{}-{}", std::process::id(), records::submissions::new_key())
}

/// Now, in UTC.
pub fn now() -> chrono::NaiveDateTime {
    chrono::Utc::now().naive_utc()
}

/// Opens the database of these settings, with the journal's master key. Where that cannot be had the journal stays shut, and
/// the rest works.
///
/// # Errors
/// The database cannot be opened.
pub fn open_store(settings: &settings::Settings) -> Result<records::Store, records::OpenError> {
    let store = records::Store::open(&settings.database)?;
    let place = settings.master_key_place();
    // A key that has gone missing is not replaced: what it locked would stay locked for good.
    let is_new = records::journal::has_keys(&store, now()).is_ok_and(|has_keys| !has_keys);
    if let Err(error) = place.make_first(is_new) {
        tracing::error!(%error, "the journal’s master key could not be made: the journal stays shut");
    }
    Ok(store.with_master_keys(place.source()))
}
