//! `fresh-eyes journal`: a new master key, and the legal route into somebody's journal.

use super::{Bar, Stopped, counted, open, say};
use crate::settings::{MasterKeyPlace, Settings};
use clap::{Args, Subcommand};
use domain::calendar::instant_in_words;
use records::journal::{self, Confirmation, MasterKey, MasterKeys, Opened, OpenedPiece, Opening};
use records::{Problem, Store, secrets};
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum Journal {
    /// Lock the journal with a new master key. It can be stopped at any time, and goes on when it is started again; the server
    /// may run meanwhile.
    Rotate,
    /// Open somebody's journal on a legal ground. Two people with a role for this confirm with their passwords; the author is
    /// told by mail and on their page.
    Open(OpenByLaw),
}

#[derive(Debug, Args)]
pub(super) struct OpenByLaw {
    /// The author's address.
    #[arg(long, value_name = "EMAIL")]
    author: String,
    /// The legal ground, such as the number of a court order. The author reads it.
    #[arg(long)]
    reason: String,
    /// The address of somebody in information governance, or of a head of service.
    #[arg(long, value_name = "EMAIL")]
    first: String,
    /// The address of another one.
    #[arg(long, value_name = "EMAIL")]
    second: String,
    /// The new file for what stands in the journal.
    #[arg(long)]
    file: PathBuf,
    /// A file with the password of the first; otherwise it is asked for.
    #[arg(long, value_name = "FILE")]
    first_password_file: Option<PathBuf>,
    /// A file with the password of the second; otherwise it is asked for.
    #[arg(long, value_name = "FILE")]
    second_password_file: Option<PathBuf>,
}

pub(super) fn obey(settings: &Settings, command: &Journal) -> Result<(), Stopped> {
    match command {
        Journal::Rotate => rotate(settings),
        Journal::Open(asked) => open_by_law(settings, asked),
    }
}

/// Seals what was written before there was a key. A journal that is shut keeps nothing else from working.
pub(super) fn seal_what_is_open(store: &Store) {
    match journal::seal_what_is_open(store, crate::now()) {
        Ok(0) => {}
        Ok(sealed) => tracing::info!(sealed, "texts of the journal were sealed"),
        Err(problem) => {
            tracing::error!(%problem, "texts of the journal could not be sealed; the next start tries again");
        }
    }
}

fn rotate(settings: &Settings) -> Result<(), Stopped> {
    let (place, store) = (settings.master_key_place(), open(settings)?);
    let keys = place.read().map_err(|error| error.to_string())?;
    let standing = journal::standing(&store, crate::now())?;
    if standing.lost > 0 {
        return Err(format!(
            "{} of {} keys are wrapped with a master key that is not here. Put it behind the current one first",
            standing.lost, standing.keys
        )
        .into());
    }
    if keys.earlier().is_empty() && standing.to_wrap == 0 {
        begin(&place, &keys)?;
    } else {
        say("Going on where it was stopped.")?;
    }
    wrap_all(&store)?;
    end(&place)
}

/// The new key stands beside the old one before anything is wrapped with it.
fn begin(place: &MasterKeyPlace, keys: &MasterKeys) -> Result<(), Stopped> {
    if let MasterKeyPlace::Given(_) = place {
        return Err("FRESH_EYES_MASTER_KEY holds the key in use. Set it to a new key, a comma and that one, on every server; start the servers again; and run this once more".into());
    }
    let both = MasterKeys::after(MasterKey::make()?, vec![keys.current().clone()]);
    place.replace(&both).map_err(|error| error.to_string())?;
    say(format!("A new master key, {}, stands in the file before the old one.", both.current().id()))
}

fn wrap_all(store: &Store) -> Result<(), Stopped> {
    let to_wrap = journal::standing(store, crate::now())?.to_wrap;
    let (bar, all) = (Bar::new("Wrapping keys"), usize::try_from(to_wrap).unwrap_or(0));
    let mut done = 0;
    loop {
        let wrapped = journal::rewrap(store, crate::now())?;
        if wrapped == 0 {
            break;
        }
        done += wrapped;
        bar.is_at(done, all);
    }
    bar.end(&format!("{} wrapped", counted(done, "key")));
    Ok(())
}

fn end(place: &MasterKeyPlace) -> Result<(), Stopped> {
    if let MasterKeyPlace::File(_) = place {
        let keys = place.read().map_err(|error| error.to_string())?;
        place.replace(&MasterKeys::only(keys.current().clone())).map_err(|error| error.to_string())?;
        return say(
            "Everything is locked with the new key. Keep the file safe; the old key opens old backups only.",
        );
    }
    say(
        "Everything is locked with the first key of FRESH_EYES_MASTER_KEY. The others can go; they open old backups only.",
    )
}

fn password(file: Option<&Path>, email: &str) -> Result<String, Stopped> {
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        return Ok(text.trim_end_matches(['\n', '\r']).to_owned());
    }
    Ok(rpassword::prompt_password(format!("Password of {email}: "))?)
}

fn open_by_law(settings: &Settings, asked: &OpenByLaw) -> Result<(), Stopped> {
    let store = open(settings)?;
    let confirmation = |email: &str, file: Option<&Path>| {
        Ok::<_, Stopped>(Confirmation { email: email.to_owned(), password: password(file, email)? })
    };
    let opening = Opening {
        author_email: asked.author.clone(),
        reason: asked.reason.clone(),
        first: confirmation(&asked.first, asked.first_password_file.as_deref())?,
        second: confirmation(&asked.second, asked.second_password_file.as_deref())?,
    };
    // Made before anything is opened: what is opened has to have somewhere to go.
    let mut file = secrets::new_file(&asked.file)
        .map_err(|error| format!("{} cannot be made: {error}", asked.file.display()))?;
    let journal = format!("{}/reflections", settings.base_url.as_str());
    let opened = match journal::open_by_law(&store, &opening, &journal, crate::now()) {
        Ok(opened) => opened,
        Err(problem) => {
            if let Err(error) = std::fs::remove_file(&asked.file) {
                tracing::warn!(%error, "the empty file could not be removed");
            }
            return Err(in_words(problem).into());
        }
    };
    file.write_all(as_text(&opened).as_bytes())?;
    file.sync_all()?;
    let count = counted(opened.pieces.len(), "piece");
    say(format!("{count} of {}’s journal: {}. Its author is told.", opened.author, asked.file.display()))
}

fn in_words(problem: Problem) -> String {
    match problem {
        Problem::Invalid(problems) => {
            problems.0.into_iter().map(|problem| problem.words).collect::<Vec<_>>().join(". ")
        }
        Problem::Refused(_) => {
            "one of the two has no role for this: information governance or head of service, and not the author".to_owned()
        }
        other => other.to_string(),
    }
}

fn as_text(opened: &Opened) -> String {
    let head = format!("The journal of {}\n", opened.author);
    std::iter::once(head).chain(opened.pieces.iter().map(piece_as_text)).collect::<Vec<_>>().join("\n")
}

fn piece_as_text(opened: &OpenedPiece) -> String {
    let piece = &opened.piece;
    let (written, changed) = (instant_in_words(opened.written_at), instant_in_words(opened.changed_at));
    let mut parts =
        vec![format!("== {}\nWritten {written}, last changed {changed}", piece.title), piece.text()];
    parts.extend(piece.check_in.as_ref().map(|check_in| format!("How they were: {}", check_in.line())));
    parts.extend(opened.replies.iter().map(|(question, reply)| format!("{question}\n{reply}")));
    format!("{}\n", parts.join("\n\n"))
}
