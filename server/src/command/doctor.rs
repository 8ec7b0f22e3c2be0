//! `fresh-eyes doctor`: what is well, and what is not, in words.

use super::{Stopped, open, say};
use crate::http::Assets;
use crate::post::Post;
use crate::settings::Settings;
use records::{DatabaseAddress, setup};

/// Checks one thing after the other; a thing that is not well does not keep it from the next.
pub(super) fn examine(settings: &Settings) -> Result<(), Stopped> {
    // They were read before; a wrong one would have stopped us.
    say("well: the settings")?;
    let is_well = [
        tell("the database", database(settings))?,
        tell("the key of the forms", key(settings))?,
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
