//! `fresh-eyes journal`: a new master key, and the legal route into somebody's journal.

use super::{Bar, Stopped, counted, open, say};
use crate::settings::{MasterKeyPlace, Settings};
use chrono::NaiveDateTime;
use clap::{Args, Subcommand};
use domain::calendar::{day_in_words, instant_in_words};
use domain::reflection::{CPD_BOXES, CpdPiece};
use records::journal::{
    self, Confirmation, MasterKey, MasterKeys, Opened, OpenedCopy, OpenedPiece, Opening, Rewrapping,
};
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
    // Held to the end: two at once would each put a key of their own in place of the other’s, and what one has wrapped would be lost.
    let lock = place.lock().map_err(|error| error.to_string())?;
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
    let skipped = wrap_all(&store)?;
    if !skipped.is_empty() {
        return Err(format!(
            "{} could not be opened: {}. Everything else is locked with the new key. The old key stays until these rows are mended from a backup: then run this again",
            counted(skipped.len(), "key"),
            skipped.join(", ")
        )
        .into());
    }
    end(&place, &store)?;
    drop(lock);
    Ok(())
}

/// The new key stands beside the old one before anything is wrapped with it.
fn begin(place: &MasterKeyPlace, keys: &MasterKeys) -> Result<(), Stopped> {
    if let MasterKeyPlace::Given(_) = place {
        return Err("FRESH_EYES_MASTER_KEY holds the key in use. Set it to a new key, a comma and that one, on every server; start the servers again; and run this once more".into());
    }
    let both = MasterKeys::after(MasterKey::make()?, vec![keys.current().clone()]);
    place.replace(keys, &both).map_err(|error| error.to_string())?;
    say(format!("A new master key, {}, stands in the file before the old one.", both.current().id()))
}

/// Wraps every key anew. Returns the rows whose keys could not be opened.
fn wrap_all(store: &Store) -> Result<Vec<String>, Stopped> {
    let to_wrap = journal::standing(store, crate::now())?.to_wrap;
    let (bar, all) = (Bar::new("Wrapping keys"), usize::try_from(to_wrap).unwrap_or(0));
    let mut so_far = Rewrapping::default();
    while !so_far.is_done {
        so_far = journal::rewrap(store, &so_far, journal::BATCH, crate::now())?;
        bar.is_at(so_far.wrapped, all);
    }
    bar.end(&format!("{} wrapped", counted(so_far.wrapped, "key")));
    Ok(so_far.skipped)
}

/// The old key goes once nothing is locked with it.
fn end(place: &MasterKeyPlace, store: &Store) -> Result<(), Stopped> {
    if journal::standing(store, crate::now())?.to_wrap > 0 {
        return Err("a key was locked with the old one meanwhile. Run this once more".into());
    }
    if let MasterKeyPlace::File(_) = place {
        let keys = place.read().map_err(|error| error.to_string())?;
        let new = MasterKeys::only(keys.current().clone());
        place.replace(&keys, &new).map_err(|error| error.to_string())?;
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
    file.write_all(as_text(&opened).as_bytes()).and_then(|()| file.sync_all()).map_err(|error| {
        format!(
            "{} cannot be written: {error}. That the journal was opened is recorded already, and its author is told. To open it once more is recorded once more",
            asked.file.display()
        )
    })?;
    let count = counted(opened.pieces.len() + opened.cpd_pieces.len(), "piece");
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
    let head = format!(
        "The journal of {}\nIt holds their reflections, their pieces of professional development, and the copies that they shared with what they themselves said under them. Not in it: drafts, pieces that they have deleted, copies that they have taken back, and what others wrote.\n",
        opened.author
    );
    let pieces = opened.pieces.iter().map(piece_as_text);
    let cpd_pieces = opened.cpd_pieces.iter().map(cpd_as_text);
    let copies = opened.copies.iter().map(copy_as_text);
    std::iter::once(head).chain(pieces).chain(cpd_pieces).chain(copies).collect::<Vec<_>>().join("\n")
}

fn cpd_as_text((written_at, piece): &(NaiveDateTime, CpdPiece)) -> String {
    let written = instant_in_words(*written_at);
    let about = format!("{}, {}", piece.kind, day_in_words(piece.on));
    let head = format!("== Professional development: {}\nLast changed {written}\n{about}", piece.title);
    let boxes = CPD_BOXES.iter().zip(piece.texts()).filter(|(_, text)| !text.is_empty());
    let parts = boxes.map(|((_, heading, _), text)| format!("{heading}\n{text}"));
    format!("{}\n", std::iter::once(head).chain(parts).collect::<Vec<_>>().join("\n\n"))
}

fn copy_as_text(copy: &OpenedCopy) -> String {
    let shared = instant_in_words(copy.shared_at);
    let head = format!("== Copy: {}\nShared with {} on {shared}", copy.title, copy.reader);
    let mut parts = vec![head, copy.body.clone()];
    parts.extend(
        copy.replies
            .iter()
            .map(|(at, reply)| format!("What they said under it on {}\n{reply}", instant_in_words(*at))),
    );
    format!("{}\n", parts.join("\n\n"))
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
