//! What a form's page asks the server, and what it says about the session.

use super::Warning;
use super::browser::{Keeper, now};
use crate::islands::element;
use domain::drafts::ADDRESS;
use leptos::prelude::*;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortSignal, HtmlElement, RequestInit, RequestRedirect, Response, UrlSearchParams};

/// Milliseconds for which an answer is waited for.
const PATIENCE: u32 = 20_000;

/// How long before its end a session is spoken of, in seconds.
const WARNED_BEFORE: i64 = 120;

/// What the server said.
pub(super) enum Answer {
    Here(u16, UrlSearchParams),
    SignedOut,
    CutOff,
}

pub(super) fn request(body: Option<UrlSearchParams>) -> RequestInit {
    let request = RequestInit::new();
    // A line that has gone dead must not hold up the next try.
    request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));
    // An answer that leads to the page for signing in is no answer.
    request.set_redirect(RequestRedirect::Manual);
    if let Some(body) = body {
        request.set_method("POST");
        request.set_body(&body);
    }
    request
}

impl Keeper {
    pub(super) async fn ask(&self, address: &str, body: Option<UrlSearchParams>) -> Answer {
        let asked = window().fetch_with_str_and_init(address, &request(body));
        let Ok(response) = JsFuture::from(asked).await else { return Answer::CutOff };
        let Ok(response) = response.dyn_into::<Response>() else { return Answer::CutOff };
        match response.status() {
            0 | 401 | 403 => return Answer::SignedOut,
            500.. => return Answer::CutOff,
            _ => {}
        }
        let Ok(text) = response.text() else { return Answer::CutOff };
        let Ok(text) = JsFuture::from(text).await else { return Answer::CutOff };
        match UrlSearchParams::new_with_str(&text.as_string().unwrap_or_default()) {
            Ok(said) => Answer::Here(response.status(), said),
            Err(_) => Answer::CutOff,
        }
    }

    /// "Stay signed in".
    pub(super) fn stay(self: &Rc<Self>) {
        let keeper = Rc::clone(self);
        spawn_local(async move {
            if let Answer::Here(200, said) = keeper.ask("/account/session?stay=yes", None).await {
                keeper.take_session(&said);
                // Some sessions end whatever is pressed.
                if let Warning::EndsAt(time) = keeper.shown.warning.get_untracked() {
                    keeper.warn(Warning::EndsAnyway(time));
                }
            }
        });
    }

    pub(super) fn look_again(self: &Rc<Self>) {
        if self.shown.warning.get_untracked() != Warning::None || self.seconds_left() <= WARNED_BEFORE {
            self.look_at_session();
        }
    }

    /// Looks how long the session lasts, which another window may have made longer; that does not make it last longer.
    pub(super) fn look_at_session(self: &Rc<Self>) {
        let keeper = Rc::clone(self);
        spawn_local(async move {
            // While the server cannot be reached, nothing is known, and nothing said.
            if let Answer::Here(200, said) = keeper.ask("/account/session", None).await {
                keeper.take_session(&said);
            }
        });
    }

    fn take_session(self: &Rc<Self>, said: &UrlSearchParams) {
        let person = said.get("person").unwrap_or_default();
        if person.is_empty() {
            return self.warn(Warning::Ended);
        }
        if person != self.person {
            return self.warn(Warning::SomebodyElse);
        }
        self.set("form_token", &said.get("token").unwrap_or_default());
        self.set_end_as(said);
        if self.seconds_left() <= WARNED_BEFORE {
            let time = said.get("ends").unwrap_or_default();
            let is_known = self.shown.warning.get_untracked() == Warning::EndsAnyway(time.clone());
            self.warn(if is_known { Warning::EndsAnyway(time) } else { Warning::EndsAt(time) });
        } else {
            self.warn(Warning::None);
        }
        if self.has_news() {
            self.note_change();
        }
    }

    fn warn(&self, warning: Warning) {
        if self.shown.warning.get_untracked() == warning {
            return;
        }
        let (is_before, is_after) = (warning.is_before(), warning.is_after());
        let has_focus = self.has_focus();
        self.shown.warning.set(warning);
        if is_after {
            self.lead_to_sign_in();
        }
        // Whoever is typing hears of it and goes on: the cursor is not taken from a word.
        if has_focus {
            return;
        }
        let target = match (is_before, is_after) {
            (true, _) => "session-warning-stay".to_owned(),
            (_, true) => "session-warning-sign-in".to_owned(),
            _ => self.cursor.borrow().clone(),
        };
        request_animation_frame(move || {
            let target = element(&target).and_then(|target| target.dyn_into::<HtmlElement>().ok());
            if let Some(target) = target {
                let _is_focused = target.focus();
            }
        });
    }

    /// After signing in, the new tab is on this page too.
    fn lead_to_sign_in(&self) {
        let here = self.fields().get(ADDRESS).unwrap_or_default();
        let Ok(query) = UrlSearchParams::new() else { return };
        query.set("next", &here);
        if let Some(link) = element("session-warning-sign-in") {
            let _is_set =
                link.set_attribute("href", &format!("/sign-in?{}", String::from(query.to_string())));
        }
    }

    pub(super) fn set_end_as(&self, said: &UrlSearchParams) {
        if let Some(seconds) = said.get("seconds").and_then(|seconds| seconds.parse().ok()) {
            self.set_end(seconds);
        }
    }

    pub(super) fn set_end(&self, seconds: i64) {
        self.ends_at.set(now() + seconds * 1_000);
    }

    fn seconds_left(&self) -> i64 {
        (self.ends_at.get() - now()) / 1_000
    }
}
