//! What a person types: `fresh-eyes serve` and the rest.

mod doctor;
mod journal;
mod progress;
mod serve;

use self::progress::{Bar, counted};
use crate::http::AssetsError;
use crate::post::{Post, deliver_once};
use crate::settings::{SecretError, Settings, WrongSettings};
use chrono::{DateTime, FixedOffset, NaiveDateTime};
use clap::{Args, Parser, Subcommand};
use domain::ids::{MailId, PersonId};
use records::audit::{self, Verdict};
use records::jobs::{Job, Lease};
use records::ladder::{self, Reminder, Watcher};
use records::setup::FirstAdministrator;
use records::{OpenError, Problem, Store, Who, demonstration, people, setup};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;

/// A supervision and reflective-practice tracker for safeguarding teams.
///
/// Settings are environment variables named `FRESH_EYES_…`, or stand in a TOML file.
#[derive(Debug, Parser)]
#[command(name = "fresh-eyes", version)]
struct CommandLine {
    /// A TOML file with settings; environment variables win over it. Also `FRESH_EYES_SETTINGS`.
    #[arg(long, global = true, value_name = "FILE")]
    settings: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the site until told to stop.
    Serve {
        /// Fill an empty database with the demonstration cast first.
        #[arg(long)]
        demo_if_empty: bool,
    },
    /// Fill an empty database with the demonstration cast; refuses on any other.
    Demo,
    /// Work out what is due, and queue the mails about it. Prints what it queued as JSON.
    Remind {
        /// As if it were this instant, for example 2026-11-23T09:00:00Z.
        #[arg(long, value_name = "RFC3339")]
        at: Option<DateTime<FixedOffset>>,
    },
    /// Send what is waiting in the outbox, once. Prints what became of it as JSON.
    Deliver {
        /// As if it were this instant: for trying out what `remind --at` queued.
        #[arg(long, value_name = "RFC3339")]
        at: Option<DateTime<FixedOffset>>,
    },
    /// Bring the database up to date.
    Migrate,
    /// Accounts.
    #[command(subcommand)]
    User(User),
    /// The audit trail.
    #[command(subcommand)]
    Audit(Audit),
    /// The journal: a new master key, and the legal route.
    #[command(subcommand)]
    Journal(journal::Journal),
    /// Write a copy of a SQLite database to a new file, while the server runs or not.
    Backup {
        /// The new file.
        file: PathBuf,
    },
    /// Check the settings, the database, the browser's part and the mail server, and say what is wrong.
    Doctor,
}

#[derive(Debug, Subcommand)]
enum User {
    /// Add an administrator, and print a one-time link with which they choose a password.
    Add(NewUser),
}

#[derive(Debug, Args)]
struct NewUser {
    /// An administrator. Everybody else is added on the page "People".
    #[arg(long, required = true)]
    admin: bool,
    /// The person's name.
    #[arg(long)]
    name: String,
    /// The address to sign in with.
    #[arg(long)]
    email: String,
    /// The organisation's name; needed for the very first administrator.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Walk along the whole trail. Fails with the first row that does not fit.
    Verify,
}

/// Why a command did not do what it was asked, in words for whoever typed it.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("{0}")]
    Because(String),
    #[error(transparent)]
    Settings(#[from] WrongSettings),
    #[error(transparent)]
    Database(#[from] OpenError),
    #[error(transparent)]
    Key(#[from] SecretError),
    #[error(transparent)]
    Bundle(#[from] AssetsError),
    #[error(transparent)]
    System(#[from] std::io::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl From<String> for Stopped {
    fn from(words: String) -> Self {
        Self::Because(words)
    }
}

impl From<&str> for Stopped {
    fn from(words: &str) -> Self {
        Self::Because(words.to_owned())
    }
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Invalid(problems) => {
                let words: Vec<&str> = problems.0.iter().map(|problem| problem.words.as_str()).collect();
                words.join(". ").into()
            }
            Problem::Unexpected(words) => words.into(),
            other => other.to_string().into(),
        }
    }
}

/// Does what the command line says.
pub fn run() -> ExitCode {
    let command_line = CommandLine::parse();
    match start_log().and_then(|()| obey(&command_line)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stopped) => {
            // Nothing can be done if even the standard error output is closed.
            let _ = writeln!(std::io::stderr(), "fresh-eyes: {stopped}");
            ExitCode::FAILURE
        }
    }
}

/// The log goes to the standard error output; what a command prints, to the standard output.
fn start_log() -> Result<(), Stopped> {
    let wanted = std::env::var("FRESH_EYES_LOG").ok().filter(|wanted| !wanted.is_empty());
    let wanted = wanted.unwrap_or_else(|| "info".to_owned());
    let filter = EnvFilter::try_new(&wanted).map_err(|_| {
        format!("FRESH_EYES_LOG is “{wanted}”. Allowed: error, warn, info, debug, trace, or for example info,server=debug")
    })?;
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(is_terminal)
        .with_writer(std::io::stderr)
        .try_init()
        .map_err(|error| error.to_string().into())
}

fn obey(command_line: &CommandLine) -> Result<(), Stopped> {
    let settings = read_settings(command_line)?;
    match &command_line.command {
        Command::Serve { demo_if_empty } => serve::serve(&settings, *demo_if_empty),
        Command::Demo => demo(&settings),
        Command::Remind { at } => remind(&settings, at.map_or_else(crate::now, |at| at.naive_utc())),
        Command::Deliver { at } => deliver(&settings, at.map_or_else(crate::now, |at| at.naive_utc())),
        Command::Migrate => migrate(&settings),
        Command::User(User::Add(new)) => add_user(&settings, new),
        Command::Audit(Audit::Verify) => verify_audit(&settings),
        Command::Journal(command) => journal::obey(&settings, command),
        Command::Backup { file } => backup(&settings, file),
        Command::Doctor => doctor::examine(&settings),
    }
}

fn read_settings(command_line: &CommandLine) -> Result<Settings, Stopped> {
    let environment = |name: &str| std::env::var(name).ok();
    let path = command_line
        .settings
        .clone()
        .or_else(|| environment("FRESH_EYES_SETTINGS").filter(|path| !path.is_empty()).map(PathBuf::from));
    let file = match path {
        Some(path) => Some(
            std::fs::read_to_string(&path)
                .map_err(|error| format!("the settings file {} cannot be read: {error}", path.display()))?,
        ),
        None => None,
    };
    Ok(Settings::read(file.as_deref(), environment)?)
}

fn open(settings: &Settings) -> Result<Store, Stopped> {
    Ok(crate::open_store(settings)?)
}

/// Prints a line for whoever, or whatever, reads the standard output.
fn say(words: impl std::fmt::Display) -> Result<(), Stopped> {
    Ok(writeln!(std::io::stdout(), "{words}")?)
}

fn say_json(value: &impl serde::Serialize) -> Result<(), Stopped> {
    say(serde_json::to_string_pretty(value)?)
}

fn demo(settings: &Settings) -> Result<(), Stopped> {
    demonstration::fill(&open(settings)?, crate::now())?;
    say("The demonstration cast is there. Nobody in it is real.")?;
    say_sign_ins()
}

fn say_sign_ins() -> Result<(), Stopped> {
    say(format!("Sign in as any of these, with the password {}", demonstration::PASSWORD))?;
    let widest = demonstration::SIGN_INS.iter().map(|sign_in| sign_in.email.len()).max().unwrap_or_default();
    demonstration::SIGN_INS.iter().try_for_each(|sign_in| {
        say(format!("  {:widest$}  {}, {}", sign_in.email, sign_in.name, sign_in.job_title))
    })
}

fn remind(settings: &Settings, at: NaiveDateTime) -> Result<(), Stopped> {
    let (store, holder) = (open(settings)?, crate::holder());
    let lease = Lease::take(&store, Job::Remind, &holder, crate::now())?
        .ok_or("another server is working out what is due at this moment; try again in some minutes")?;
    let bar = Arc::new(Bar::new("Queueing mails"));
    let watcher: Watcher = {
        let bar = Arc::clone(&bar);
        Arc::new(move |progress| bar.is_at(progress.done, progress.all))
    };
    let reminders = ladder::remind_as(&store, settings.base_url.as_str(), at, &lease, &watcher);
    lease.give_back(&store, crate::now())?;
    let reminders = reminders?;
    bar.end(&format!("{} queued", counted(reminders.len(), "mail")));
    say_json(&reminders.into_iter().map(Queued::from).collect::<Vec<_>>())
}

/// A mail that was queued, for whoever reads the output: whose it is and how much it speaks of, and no more.
#[derive(serde::Serialize)]
struct Queued {
    mail: MailId,
    recipient: PersonId,
    items: usize,
    urgent: bool,
}

impl From<Reminder> for Queued {
    fn from(reminder: Reminder) -> Self {
        let Reminder { mail, recipient, items, urgent } = reminder;
        Self { mail, recipient, items, urgent }
    }
}

fn deliver(settings: &Settings, at: NaiveDateTime) -> Result<(), Stopped> {
    let Some(mail) = &settings.mail else {
        return Err(
            "FRESH_EYES_SMTP is not set, so mail stays in the outbox, where the page “Mail” shows it".into(),
        );
    };
    let post = Post::new(mail)?;
    let (store, bar) = (open(settings)?, Bar::new("Sending mails"));
    let all = records::mail::waiting(&store, at)?;
    let summary = deliver_once(&store, &post, post.from(), at, |summary| {
        bar.is_at(summary.sent + summary.failed, all);
        true
    })?;
    bar.end(&format!("{} sent, {} not sent", counted(summary.sent, "mail"), summary.failed));
    say_json(&summary)
}

fn migrate(settings: &Settings) -> Result<(), Stopped> {
    journal::seal_what_is_open(&open(settings)?);
    say(format!("The database {} is up to date.", settings.database))
}

fn add_user(settings: &Settings, new: &NewUser) -> Result<(), Stopped> {
    let (store, now) = (open(settings)?, crate::now());
    let token = if setup::is_empty(&store, now)? {
        let organisation = new
            .organisation
            .clone()
            .ok_or("nobody is there yet, so the organisation needs a name too: add --organisation NAME")?;
        let first = FirstAdministrator { organisation, name: new.name.clone(), email: new.email.clone() };
        setup::add_first_administrator(&store, &first, now)?
    } else {
        people::invite_administrator(&store, &new.name, &new.email, now)?
    };
    say(format!("{} chooses a password here. The link works once, for 3 days:", new.name))?;
    say(format!("{}/welcome/{token}", settings.base_url.as_str()))
}

fn verify_audit(settings: &Settings) -> Result<(), Stopped> {
    match open(settings)?.read(&Who::system("audit verify"), crate::now(), audit::verify)? {
        Verdict::Whole { rows, head } => {
            say(format!("The audit trail is whole: {rows} rows."))?;
            say(format!(
                "Keep this somewhere else; it shows later whether rows were cut off at the end: {head}"
            ))
        }
        Verdict::Broken { sequence, why } => {
            Err(format!("the audit trail is broken at row {sequence}: {why}").into())
        }
    }
}

fn backup(settings: &Settings, file: &std::path::Path) -> Result<(), Stopped> {
    setup::backup(&open(settings)?, &settings.database, file, crate::now())?;
    say(format!("The copy is in {}. Keep it as safe as the database itself.", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn what_is_typed_is_understood() {
        for words in [
            "serve",
            "serve --demo-if-empty --settings x.toml",
            "--settings x.toml serve",
            "demo",
            "remind",
            "remind --at 2026-11-23T09:00:00Z",
            "remind --at 2026-11-23T09:00:00+01:00",
            "deliver",
            "migrate",
            "user add --admin --name A --email a@example.org --organisation O",
            "audit verify",
            "journal rotate",
            "journal open --author a@x.org --reason R --first b@x.org --second c@x.org --file out.txt",
            "backup copy.sqlite",
            "doctor",
        ] {
            let typed = std::iter::once("fresh-eyes").chain(words.split(' '));
            assert!(CommandLine::try_parse_from(typed).is_ok(), "{words}");
        }
        for words in
            ["", "remind --at yesterday", "user add --name A --email a@example.org", "backup", "journal", "x"]
        {
            let typed = std::iter::once("fresh-eyes").chain(words.split(' '));
            assert!(CommandLine::try_parse_from(typed).is_err(), "{words}");
        }
    }
}
