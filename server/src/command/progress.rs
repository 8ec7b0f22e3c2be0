//! How far a long command has come: a bar on a terminal, plain lines in a log.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A bar, or the lines in its place.
pub(super) struct Bar {
    doing: &'static str,
    on_terminal: Option<ProgressBar>,
    /// The tenth of the way that was last written to the log.
    tenth: AtomicUsize,
}

impl Bar {
    /// A bar for this work.
    pub(super) fn new(doing: &'static str) -> Self {
        let on_terminal = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0).with_message(doing);
            match ProgressStyle::with_template("{msg} {bar:40} {pos} of {len} {eta}") {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        Self { doing, on_terminal, tenth: AtomicUsize::new(0) }
    }

    /// So much of so much is done.
    pub(super) fn is_at(&self, done: usize, all: usize) {
        let all = all.max(done);
        if let Some(bar) = &self.on_terminal {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
            return;
        }
        let tenth = (done * 10).checked_div(all).unwrap_or(0);
        if self.tenth.swap(tenth, Ordering::Relaxed) != tenth {
            tracing::info!(done, all, "{}", self.doing);
        }
    }

    /// All is done.
    pub(super) fn end(&self, words: &str) {
        if let Some(bar) = &self.on_terminal {
            bar.finish_with_message(words.to_owned());
        } else {
            tracing::info!("{words}");
        }
    }
}

/// "1 mail", "12 mails".
pub(super) fn counted(count: usize, one: &str) -> String {
    domain::calendar::counted(i64::try_from(count).unwrap_or(i64::MAX), one, &format!("{one}s"))
}
