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
