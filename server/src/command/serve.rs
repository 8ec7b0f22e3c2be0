//! `fresh-eyes serve`.

use super::{Stopped, open, say, say_sign_ins};
use crate::http::{self, Assets, Server};
use crate::jobs::Jobs;
use crate::post::Post;
use crate::settings::{LISTEN, Settings};
use records::{Store, demonstration, secrets, setup};
use std::net::TcpListener;

pub(super) fn serve(settings: &Settings, demo_if_empty: bool) -> Result<(), Stopped> {
    let assets = Assets::read(&settings.dist)?;
    let form_key = settings.form_key()?;
    let post = settings.mail.as_ref().map(Post::new).transpose()?;
    let store = open(settings)?;
    super::journal::seal_what_is_open(&store);
    let listener = listen(settings)?;
    let setup_token = prepare(&store, demo_if_empty)?;
    greet(settings, demo_if_empty, setup_token.as_deref())?;
    let jobs = Jobs::start(settings, &store, post);
    let server = Server::new(settings, store, assets, form_key, setup_token);
    let outcome = actix_web::rt::System::new().block_on(http::serve(server, listener));
    jobs.stop();
    Ok(outcome?)
}

fn listen(settings: &Settings) -> Result<TcpListener, Stopped> {
    let place = settings.listen;
    TcpListener::bind(place).map_err(|error| {
        format!("the server cannot listen on {place}: {error}. Set {LISTEN} to another address").into()
    })
}

/// Fills an empty database if that is wanted; otherwise gives the token of the page for the first administrator.
fn prepare(store: &Store, demo_if_empty: bool) -> Result<Option<String>, Stopped> {
    let now = crate::now();
    if !setup::is_empty(store, now)? {
        return Ok(None);
    }
    if demo_if_empty {
        demonstration::fill(store, now)?;
        return Ok(None);
    }
    Ok(Some(secrets::token()?))
}

fn greet(settings: &Settings, is_demonstration: bool, setup_token: Option<&str>) -> Result<(), Stopped> {
    let base_url = settings.base_url.as_str();
    say(format!("Fresh Eyes is at {base_url}"))?;
    if let Some(token) = setup_token {
        say(
            "Nobody is here yet. The first administrator makes an account here, until the server is next started:",
        )?;
        return say(format!("{base_url}/welcome/{token}"));
    }
    if is_demonstration { say_sign_ins() } else { Ok(()) }
}
