//! What the server does by itself while it runs: it works out what is due, and sends the outbox.

use crate::post::{Post, deliver_once};
use crate::settings::Settings;
use records::jobs::{Job, Lease};
use records::ladder::{self, Reminder};
use records::{Problem, Store};
use records::{drafts, import, learning, people};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often what nobody needs any longer is removed.
const SWEEP_EVERY: Duration = Duration::from_hours(1);

/// How often a server looks whether there is another month of language to count.
const COUNT_EVERY: Duration = Duration::from_hours(1);

/// The jobs, each in its own thread.
pub struct Jobs {
    stop: Arc<Stop>,
    threads: Vec<JoinHandle<()>>,
}

impl Jobs {
    /// Starts the jobs that the settings ask for. Each runs at once, so that what fell due while the server was off is
    /// caught up with, and then on its schedule.
    pub fn start(settings: &Settings, store: &Store, post: Option<Post>) -> Self {
        let mut jobs = Self { stop: Arc::default(), threads: Vec::new() };
        if let Some(every) = settings.remind_every {
            let (store, base_url) = (store.clone(), settings.base_url.as_str().to_owned());
            let holder = crate::holder();
            jobs.run("remind", every, move |_| remind(&store, &base_url, &holder));
        }
        let swept = store.clone();
        jobs.run("sweep", SWEEP_EVERY, move |_| sweep(&swept));
        let counted = store.clone();
        jobs.run("language", COUNT_EVERY, move |_| count_language(&counted));
        if let (Some(every), Some(post)) = (settings.deliver_every, post) {
            let store = store.clone();
            jobs.run("deliver", every, move |stop| deliver(&store, &post, stop));
        }
        jobs
    }

    fn run(&mut self, name: &'static str, every: Duration, job: impl Fn(&Stop) + Send + 'static) {
        let stop = Arc::clone(&self.stop);
        self.threads.push(std::thread::spawn(move || {
            while !stop.is_set() {
                if catch_unwind(AssertUnwindSafe(|| job(&stop))).is_err() {
                    tracing::error!(name, "a job panicked; it runs again at its next time");
                }
                stop.wait(every);
            }
        }));
    }

    /// Lets every job finish what it has begun, and ends it. A mail that is on its way is marked before the process
    /// goes.
    pub fn stop(self) {
        self.stop.set();
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a job could not be ended in order");
            }
        }
    }
}

/// Two servers that sweep at once remove the same.
fn sweep(store: &Store) {
    if let Err(problem) = drafts::sweep(store, crate::now()) {
        tracing::error!(%problem, "old drafts and sessions could not be removed");
    }
    match people::close_leavers(store, crate::now()) {
        Ok(0) => {}
        Ok(closed) => tracing::info!(closed, "accounts were closed after their last day"),
        Err(problem) => tracing::error!(%problem, "accounts could not be closed after their last day"),
    }
    if let Err(problem) = import::sweep(store, crate::now()) {
        tracing::error!(%problem, "old uploads could not be removed");
    }
}

/// Each server counts for itself: what it counts is kept in its memory alone.
fn count_language(store: &Store) {
    if let Err(problem) = learning::count_ahead(store, crate::now()) {
        tracing::error!(%problem, "the language of the records could not be counted");
    }
}

fn remind(store: &Store, base_url: &str, holder: &str) {
    match remind_under_lease(store, base_url, holder) {
        Ok(reminders) if reminders.is_empty() => tracing::debug!("nothing is newly due"),
        Ok(reminders) => tracing::info!(queued = reminders.len(), "reminders were queued"),
        Err(problem) => tracing::error!(%problem, "what is due could not be worked out"),
    }
}

/// Only one server works out what is due at a time; another finds nothing to do.
fn remind_under_lease(store: &Store, base_url: &str, holder: &str) -> Result<Vec<Reminder>, Problem> {
    let Some(lease) = Lease::take(store, Job::Remind, holder, crate::now())? else { return Ok(Vec::new()) };
    let reminders = ladder::remind(store, base_url, crate::now(), &lease);
    lease.give_back(store, crate::now())?;
    reminders
}

fn deliver(store: &Store, post: &Post, stop: &Stop) {
    match deliver_once(store, post, post.from(), crate::now(), |_| !stop.is_set()) {
        Ok(summary) if summary == crate::post::Summary::default() => tracing::debug!("the outbox is empty"),
        Ok(summary) => {
            tracing::info!(sent = summary.sent, failed = summary.failed, "the outbox was worked through");
        }
        Err(problem) => tracing::error!(%problem, "the outbox could not be worked through"),
    }
}

/// Tells the threads to end, and wakes those that wait.
#[derive(Default)]
struct Stop {
    set: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    fn set(&self) {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    fn is_set(&self) -> bool {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits so long, or until told to end.
    fn wait(&self, time: Duration) {
        let set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        // The guard says nothing that `is_set` does not say again.
        drop(self.changed.wait_timeout_while(set, time, |set| !*set));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;

    #[test]
    fn a_job_that_panics_runs_again_and_a_waiting_one_ends_at_once() {
        let runs = Arc::new(AtomicUsize::new(0));
        let mut jobs = Jobs { stop: Arc::default(), threads: Vec::new() };
        let counted = Arc::clone(&runs);
        jobs.run("test", Duration::from_millis(1), move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            panic!("on purpose");
        });
        jobs.run("test", Duration::from_hours(1), |_| {});
        let began = Instant::now();
        while runs.load(Ordering::SeqCst) < 3 && began.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(1));
        }
        jobs.stop();
        assert!(runs.load(Ordering::SeqCst) >= 3);
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}
