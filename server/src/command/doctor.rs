//! `fresh-eyes doctor`: what is well, and what is not, in words.

use super::{Stopped, counted, open, say};
use crate::http::Assets;
use crate::post::Post;
use crate::settings::{MasterKeyPlace, Settings};
use records::{DatabaseAddress, journal, setup};

/// Checks one thing after the other; a thing that is not well does not keep it from the next.
pub(super) fn examine(settings: &Settings) -> Result<(), Stopped> {
    // They were read before; a wrong one would have stopped us.
    say("well: the settings")?;
    let is_well = [
        tell("the database", database(settings))?,
        tell("the key of the forms", key(settings))?,
        tell("the key of the journal", journal_key(settings))?,
        tell("the browser’s part", browser(settings))?,
        tell("the mail server", mail(settings))?,
    ];
    if is_well.contains(&false) {
        return Err("something is not well: see above".into());
    }
    Ok(())
}

fn tell(what: &str, found: Result<String, Stopped>) -> Result<bool, Stopped> {
    match found {
        Ok(words) => say(format!("well: {what}: {words}")).map(|()| true),
        Err(why) => say(format!("NOT WELL: {what}: {why}")).map(|()| false),
    }
}

fn database(settings: &Settings) -> Result<String, Stopped> {
    // Opening it would make it.
    if let DatabaseAddress::Sqlite(path) = &settings.database
        && !path.exists()
    {
        return Err(format!("{} is not there yet; `fresh-eyes serve` makes it", settings.database).into());
    }
    let is_empty = setup::is_empty(&open(settings)?, crate::now())?;
    let people = if is_empty { "; nobody is in it yet" } else { "" };
    Ok(format!("{} can be read and is up to date{people}", settings.database))
}

fn key(settings: &Settings) -> Result<String, Stopped> {
    settings.form_key()?;
    Ok("it is there".to_owned())
}

fn journal_key(settings: &Settings) -> Result<String, Stopped> {
    let place = settings.master_key_place();
    if let MasterKeyPlace::File(path) = &place
        && !path.exists()
        && matches!(&settings.database, DatabaseAddress::Sqlite(database) if !database.exists())
    {
        return Ok("`fresh-eyes serve` makes it beside the database".to_owned());
    }
    place.read().map_err(|error| error.to_string())?;
    let standing = journal::standing(&open(settings)?, crate::now())?;
    if standing.lost > 0 {
        return Err(format!(
            "it is another one: {} of {} keys are wrapped with one that is not here, and the journal stays shut",
            standing.lost, standing.keys
        )
        .into());
    }
    if standing.to_wrap > 0 {
        return Ok(format!(
            "{} of {} keys still wait for `fresh-eyes journal rotate`",
            standing.to_wrap, standing.keys
        ));
    }
    Ok(format!("it is there, and wraps {}", counted(usize::try_from(standing.keys).unwrap_or(0), "key")))
}

fn browser(settings: &Settings) -> Result<String, Stopped> {
    Assets::read(&settings.dist)?;
    Ok(format!("it is in {}", settings.dist.display()))
}

fn mail(settings: &Settings) -> Result<String, Stopped> {
    let Some(mail) = &settings.mail else {
        return Ok("FRESH_EYES_SMTP is not set, so mail waits in the outbox".to_owned());
    };
    let place = format!("{} port {}", mail.server.host, mail.server.port);
    let answers = Post::new(mail).and_then(|post| post.answers());
    answers.map_err(|why| format!("{place} cannot be used: {why}"))?;
    Ok(format!("{place} answers"))
}
