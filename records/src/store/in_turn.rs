//! SQLite: one thread writes, and commits operations that wait together: one sync to disk for all of them. Another carries what
//! is committed over from the log into the file, so that nobody waits for that.

use crate::connection::{AnyConnection, DatabaseAddress, OpenError, StatementCount, Use, warn_if_slow};
use crate::problem::Problem;
use diesel::connection::SimpleConnection;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Operations that one commit takes at most.
const BATCH: usize = 64;
/// From a commit until it is carried over: with it goes whatever is committed meanwhile. Commits wait for the disk while it lasts, so
/// once a second would be felt on more than one page in a hundred.
const CARRIED_OVER_AFTER: Duration = Duration::from_secs(10);

/// The way to the thread that writes. With the last store that knows of it, both threads end, and the log is carried over whole.
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// Runs in a savepoint and says whether to keep it, and how to answer once the commit is known. Without a connection it
/// does not run, and only answers.
type Job = Box<dyn FnOnce(Option<&mut AnyConnection>) -> Ran + Send>;

/// Answers whoever asked, with why nothing was kept if that is so.
type Answer = Box<dyn FnOnce(Option<String>) + Send>;

struct Ran {
    keep: bool,
    answer: Answer,
}

impl Writer {
    /// Starts both threads.
    pub(super) fn start(address: &DatabaseAddress, count: &StatementCount) -> Result<Self, OpenError> {
        let connection = address.connect(Use::Write, count)?;
        let carrier = address.connect(Use::Write, count)?;
        let (sender, jobs) = mpsc::channel();
        // One word that there is something is enough, however many commits it was.
        let (committed, commits) = mpsc::sync_channel(1);
        let carrier = std::thread::spawn(move || carry_over(carrier, &commits));
        let thread = std::thread::spawn(move || {
            commit_in_turn(connection, &jobs, &committed);
            drop(committed);
            wait_for(carrier);
        });
        Ok(Self { jobs: Some(sender), thread: Some(thread) })
    }

    /// Waits for its turn and its commit.
    pub(super) fn write<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut AnyConnection) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (answer, waiting) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |connection| {
            let outcome = match connection {
                Some(connection) => run(connection),
                None => Err(Problem::Unavailable("it was not tried".to_owned())),
            };
            Ran {
                keep: outcome.is_ok(),
                answer: Box::new(move |failed_commit| {
                    let told = match failed_commit {
                        Some(cause) => answer.send(Err(Problem::Unavailable(cause))),
                        None => answer.send(outcome),
                    };
                    if told.is_err() {
                        tracing::warn!("whoever asked for a write did not wait for its answer");
                    }
                }),
            }
        });
        let has_stopped = || Problem::Unavailable("the writer has stopped".to_owned());
        self.jobs.as_ref().ok_or_else(has_stopped)?.send(job).map_err(|_| has_stopped())?;
        waiting.recv().map_err(|_| has_stopped())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        // A job may be the last that knows of the store: the writer does not wait for itself.
        let others = self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id());
        others.into_iter().for_each(wait_for);
    }
}

fn wait_for(thread: JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!("a thread of the database has panicked");
    }
}

fn commit_in_turn(
    mut connection: AnyConnection,
    jobs: &mpsc::Receiver<Job>,
    committed: &mpsc::SyncSender<()>,
) {
    while let Ok(first) = jobs.recv() {
        let batch: Vec<Job> = std::iter::once(first).chain(jobs.try_iter().take(BATCH - 1)).collect();
        let started = Instant::now();
        commit_together(&mut connection, batch);
        warn_if_slow("commit", started.elapsed());
        let _is_known = committed.try_send(());
    }
}

/// Carries what is committed over into the file of the records, beside readers and the writer. What a reader still looks at stays in
/// the log until the next time; if that goes on for long, the writer does it itself in the end.
fn carry_over(mut connection: AnyConnection, commits: &mpsc::Receiver<()>) {
    while commits.recv().is_ok() {
        let then = Instant::now() + CARRIED_OVER_AFTER;
        // At once when the store goes.
        while commits.recv_timeout(then.saturating_duration_since(Instant::now())).is_ok() {}
        if let Err(error) = connection.batch_execute("PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(%error, "what is committed could not be carried over yet");
        }
    }
}

fn commit_together(connection: &mut AnyConnection, batch: Vec<Job>) {
    let mut trouble = begin_immediate(connection).err().map(|error| error.to_string());
    let mut answers: Vec<Answer> = Vec::with_capacity(batch.len());
    for job in batch {
        if trouble.is_some() {
            // Not run at all: a job that ran and was not kept could not be told from one that was.
            answers.push(job(None).answer);
            continue;
        }
        let (answer, failed) = run_in_savepoint(connection, job);
        answers.push(answer);
        trouble = failed;
    }
    let commit = match trouble {
        None => connection.batch_execute("COMMIT").map_err(|error| error.to_string()),
        Some(cause) => Err(cause),
    };
    if let Err(cause) = &commit {
        tracing::error!(cause, "a commit failed; nothing of it was kept");
        if let Err(error) = connection.batch_execute("ROLLBACK") {
            tracing::debug!(%error, "there was nothing to roll back");
        }
    }
    let failed = commit.err();
    for answer in answers {
        answer(failed.clone());
    }
}

/// Also gives why the whole batch has to be given up, if so.
fn run_in_savepoint(connection: &mut AnyConnection, job: Job) -> (Answer, Option<String>) {
    if let Err(error) = connection.batch_execute("SAVEPOINT operation") {
        return (job(None).answer, Some(error.to_string()));
    }
    let ran = job(Some(&mut *connection));
    let end = if ran.keep { "RELEASE operation" } else { "ROLLBACK TO operation; RELEASE operation" };
    (ran.answer, connection.batch_execute(end).err().map(|error| error.to_string()))
}

/// A deferred transaction that reads first and then writes fails at once when another process holds the lock; an
/// immediate one waits for it.
fn begin_immediate(connection: &mut AnyConnection) -> diesel::QueryResult<()> {
    connection.batch_execute("BEGIN IMMEDIATE")
}
