//! Saves what is typed into a form as a draft, and warns before the session ends.

use leptos::prelude::*;

/// Under a form: says when its draft was last saved, and what to do if it cannot be.
///
/// Two seconds after something is typed it is sent to `/drafts/save`; so it is when the page is left. Nothing is kept in the
/// browser. Without this the form's own button "Save draft" does the same.
#[island]
pub fn DraftKeeper(
    /// Who types: a draft is saved for nobody else, whoever signs in meanwhile.
    person: String,
    /// Seconds until the session ends if nobody asks for anything.
    seconds: i64,
    /// Whether the page is the answer to a form, so that what stands in it may not be saved yet.
    is_posted: bool,
    /// Whether a draft was brought back into the form.
    is_restored: bool,
) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let is_conflict = RwSignal::new(false);
    let warning = RwSignal::new(Warning::None);
    #[cfg(feature = "hydrate")]
    let stay = {
        let shown = browser::Shown { words, is_conflict, warning };
        let keeper = browser::Keeper::start(person, seconds, is_posted, is_restored, shown);
        StoredValue::new_local(keeper)
    };
    #[cfg(not(feature = "hydrate"))]
    let _ = (person, seconds, is_posted, is_restored);
    let stay_signed_in = move |_| {
        #[cfg(feature = "hydrate")]
        stay.with_value(|keeper| {
            if let Some(keeper) = keeper {
                keeper.stay();
            }
        });
    };
    view! {
        <p class="fe-status" role="status">
            {move || words.get()}
        </p>
        <button class="govuk-button govuk-button--warning" name="do" value="compare" hidden=move || !is_conflict.get()>
            "Compare the two"
        </button>
        <div
            class="fe-session-warning"
            role="alertdialog"
            aria-labelledby="session-warning-title"
            aria-describedby="session-warning-words"
            hidden=move || warning.get() == Warning::None
        >
            <h2 class="govuk-heading-s" id="session-warning-title">{move || warning.get().title()}</h2>
            <p class="govuk-body" id="session-warning-words">{move || warning.get().words()}</p>
            <button type="button" class="govuk-button" id="session-warning-stay" hidden=move || !warning.get().is_before() on:click=stay_signed_in>
                "Stay signed in"
            </button>
            <a class="govuk-link" id="session-warning-sign-in" href="/sign-in" target="_blank" hidden=move || !warning.get().is_after()>
                "Sign in again (opens in a new tab)"
            </a>
        </div>
    }
}

/// What is said about the session.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Warning {
    /// Nothing: it lasts.
    None,
    /// It ends soon, at this time.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser waits"))]
    EndsAt(String),
    /// It has ended.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser waits"))]
    Ended,
    /// Somebody else has signed in in this browser.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser waits"))]
    SomebodyElse,
}

impl Warning {
    fn is_before(&self) -> bool {
        matches!(self, Self::EndsAt(_))
    }

    fn is_after(&self) -> bool {
        matches!(self, Self::Ended | Self::SomebodyElse)
    }

    fn title(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::EndsAt(time) => format!("You will be signed out at {time}"),
            Self::Ended => "You are signed out".to_owned(),
            Self::SomebodyElse => "Somebody else is signed in here".to_owned(),
        }
    }

    fn words(&self) -> &'static str {
        match self {
            Self::None => "",
            Self::EndsAt(_) => "What you typed is kept either way.",
            Self::Ended => "What you typed stays on this page. Sign in again, come back to it, and go on.",
            Self::SomebodyElse => {
                "What you typed stays on this page and is not saved for them. Sign in again as yourself to go on."
            }
        }
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Warning;
    use crate::islands::element;
    use domain::drafts::{ADDRESS, CURSOR, TITLE, TYPED_AT, VERSION};
    use leptos::prelude::*;
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use std::time::Duration;
    use wasm_bindgen::{JsCast, UnwrapThrowExt};
    use wasm_bindgen_futures::{JsFuture, spawn_local};
    use web_sys::{
        FormData, HtmlElement, HtmlFormElement, HtmlInputElement, RequestInit, RequestRedirect, Response,
        UrlSearchParams, VisibilityState,
    };

    /// After the first letter that is not saved yet.
    const SAVED_AFTER: Duration = Duration::from_secs(2);
    /// After a try that did not reach the server.
    const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(5);
    /// How often the clock is looked at.
    const TICK: Duration = Duration::from_secs(5);
    /// How long before its end a session is spoken of.
    const WARNED_BEFORE: i64 = 120;

    /// What the island shows.
    #[derive(Clone, Copy)]
    pub(super) struct Shown {
        pub(super) words: RwSignal<String>,
        pub(super) is_conflict: RwSignal<bool>,
        pub(super) warning: RwSignal<Warning>,
    }

    /// Keeps the draft of one form.
    pub(super) struct Keeper {
        form: HtmlFormElement,
        person: String,
        shown: Shown,
        /// Whether a save is set for soon.
        is_due: Cell<bool>,
        /// Whether one is on its way.
        is_sending: Cell<bool>,
        /// Whether the page is being left by a button of the form, or another window has taken over.
        is_stopped: Cell<bool>,
        /// Whether the last try did not reach the server.
        is_cut_off: Cell<bool>,
        /// What was saved last, as it was sent.
        saved: RefCell<String>,
        /// The field in which the cursor was last.
        cursor: RefCell<String>,
        /// When the session ends, by this machine's clock, in milliseconds.
        ends_at: Cell<f64>,
    }

    /// What the server said.
    enum Answer {
        Here(u16, UrlSearchParams),
        SignedOut,
        CutOff,
    }

    fn request(body: Option<UrlSearchParams>) -> RequestInit {
        let request = RequestInit::new();
        // An answer that leads to the page for signing in is no answer.
        request.set_redirect(RequestRedirect::Manual);
        if let Some(body) = body {
            request.set_method("POST");
            request.set_body(&body);
        }
        request
    }

    impl Keeper {
        pub(super) fn start(
            person: String,
            seconds: i64,
            is_posted: bool,
            is_restored: bool,
            shown: Shown,
        ) -> Option<Rc<Self>> {
            let form: HtmlFormElement = element("form")?.dyn_into().ok()?;
            let keeper = Rc::new(Self {
                form,
                person,
                shown,
                is_due: Cell::new(false),
                is_sending: Cell::new(false),
                is_stopped: Cell::new(false),
                is_cut_off: Cell::new(false),
                saved: RefCell::default(),
                cursor: RefCell::default(),
                ends_at: Cell::new(0.0),
            });
            keeper.set_end(seconds);
            if is_posted {
                keeper.note_change();
            } else {
                *keeper.saved.borrow_mut() = keeper.typed();
            }
            if is_restored {
                shown.words.set("Your draft is here again".to_owned());
            }
            keeper.listen();
            Some(keeper)
        }

        fn listen(self: &Rc<Self>) {
            for event in ["input", "change"] {
                self.on(event, |keeper, event| {
                    if keeper.is_of_form(event) {
                        keeper.note_change();
                    }
                });
            }
            self.on("focusin", |keeper, event| {
                if keeper.is_of_form(event) {
                    keeper.note_cursor(event);
                }
            });
            self.on("submit", |keeper, _| {
                keeper.send_off();
                keeper.is_stopped.set(true);
            });
            self.on("pagehide", |keeper, _| keeper.send_off());
            // A page that comes back by the browser's own "Back" is typed into again.
            self.on("pageshow", |keeper, _| keeper.is_stopped.set(keeper.shown.is_conflict.get_untracked()));
            self.on("visibilitychange", |keeper, _| {
                let state = window().document().map(|document| document.visibility_state());
                if state == Some(VisibilityState::Hidden) {
                    keeper.send_off();
                } else {
                    keeper.look_again();
                }
            });
            self.on("focus", |keeper, _| keeper.look_again());
            self.on("beforeunload", |keeper, event| {
                // Only while the server cannot be reached: else what was typed goes off as the page is left.
                if keeper.is_cut_off.get() && keeper.has_news() {
                    event.prevent_default();
                }
            });
            let keeper = Rc::clone(self);
            set_interval(move || keeper.tick(), TICK);
        }

        fn on(self: &Rc<Self>, name: &'static str, act: fn(&Rc<Self>, &web_sys::Event)) {
            let keeper = Rc::clone(self);
            let heard = window_event_listener_untyped(name, move |event| act(&keeper, &event));
            // For as long as the page lives.
            std::mem::forget(heard);
        }

        fn is_of_form(&self, event: &web_sys::Event) -> bool {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            target.is_some_and(|target| self.form.contains(Some(&target)))
        }

        fn note_cursor(&self, event: &web_sys::Event) {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            if let Some(name) = target.and_then(|target| target.get_attribute("name")) {
                *self.cursor.borrow_mut() = name;
            }
        }

        // --- Saving ---------------------------------------------------------------------------------------------

        fn note_change(self: &Rc<Self>) {
            self.save_after(SAVED_AFTER);
        }

        fn save_after(self: &Rc<Self>, time: Duration) {
            if self.is_stopped.get() || self.is_due.replace(true) {
                return;
            }
            let keeper = Rc::clone(self);
            set_timeout(move || keeper.save_now(), time);
        }

        fn save_now(self: &Rc<Self>) {
            self.is_due.set(false);
            if self.is_sending.get() {
                return self.note_change();
            }
            let typed = self.typed();
            if self.is_stopped.get() || typed == *self.saved.borrow() {
                return;
            }
            self.is_sending.set(true);
            let keeper = Rc::clone(self);
            spawn_local(async move {
                let answer = keeper.ask("/drafts/save", Some(keeper.draft())).await;
                keeper.is_sending.set(false);
                keeper.hear(typed, answer);
            });
        }

        fn hear(self: &Rc<Self>, typed: String, answer: Answer) {
            self.is_cut_off.set(matches!(answer, Answer::CutOff));
            match answer {
                Answer::Here(200, said) => {
                    *self.saved.borrow_mut() = typed;
                    if let Some(version) = said.get("version") {
                        self.set(VERSION, &version);
                    }
                    self.set_end_as(&said);
                    self.say(&format!("Saved {}", said.get("at").unwrap_or_default()));
                    if self.has_news() {
                        self.note_change();
                    }
                }
                Answer::Here(409, said) => {
                    self.is_stopped.set(true);
                    self.shown.is_conflict.set(true);
                    let at = said.get("at").unwrap_or_default();
                    self.say(&format!(
                        "Another window saved this draft at {at}. What you type here is not saved"
                    ));
                }
                Answer::Here(413, _) => self.say("Not saved: this is more than one form can hold"),
                Answer::SignedOut => self.look_at_session(),
                Answer::CutOff | Answer::Here(..) => {
                    self.say("Not saved: the server cannot be reached. Trying again");
                    self.save_after(TRIED_AGAIN_AFTER);
                }
            }
        }

        /// Sends what is not saved as the page is left. Nobody waits for an answer.
        fn send_off(&self) {
            if self.is_stopped.get() || !self.has_news() {
                return;
            }
            let sent = window()
                .navigator()
                .send_beacon_with_opt_url_search_params("/drafts/save", Some(&self.draft()));
            if !sent.unwrap_or(false) {
                // Longer than a browser takes for this; a request that is kept alive has the same limit.
                let _on_its_way =
                    window().fetch_with_str_and_init("/drafts/save", &request(Some(self.draft())));
            }
        }

        fn has_news(&self) -> bool {
            self.typed() != *self.saved.borrow()
        }

        /// Everything that stands in the form and that somebody has typed or chosen.
        fn typed(&self) -> String {
            let fields = self.fields();
            for name in ["form_token", VERSION, CURSOR, TITLE, TYPED_AT] {
                fields.delete(name);
            }
            fields.to_string().into()
        }

        /// The form as it is sent.
        fn draft(&self) -> UrlSearchParams {
            let fields = self.fields();
            fields.set(CURSOR, &self.cursor.borrow());
            fields.set(TYPED_AT, &format!("{}", js_sys::Date::now()));
            let heading =
                window().document().and_then(|document| document.query_selector("h1").ok().flatten());
            let heading = heading.and_then(|heading| heading.text_content()).unwrap_or_default();
            fields.set(TITLE, &heading);
            fields
        }

        fn fields(&self) -> UrlSearchParams {
            FormData::new_with_form(&self.form)
                .and_then(|fields| UrlSearchParams::new_with_str_sequence_sequence(&fields))
                .expect_throw("a form that stands on the page can be read")
        }

        fn set(&self, name: &str, value: &str) {
            let Ok(inputs) = self.form.query_selector_all(&format!("input[name='{name}']")) else { return };
            for number in 0..inputs.length() {
                if let Some(input) =
                    inputs.get(number).and_then(|node| node.dyn_into::<HtmlInputElement>().ok())
                {
                    input.set_value(value);
                }
            }
        }

        fn say(&self, words: &str) {
            // The same words once more would be read out once more.
            if self.shown.words.get_untracked() != words {
                self.shown.words.set(words.to_owned());
            }
        }

        // --- Asking ---------------------------------------------------------------------------------------------

        async fn ask(&self, address: &str, body: Option<UrlSearchParams>) -> Answer {
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

        // --- The session ----------------------------------------------------------------------------------------

        /// "Stay signed in".
        pub(super) fn stay(self: &Rc<Self>) {
            self.look_at("/account/session?stay=yes");
        }

        fn look_again(self: &Rc<Self>) {
            if self.shown.warning.get_untracked() != Warning::None || self.seconds_left() <= WARNED_BEFORE {
                self.look_at_session();
            }
        }

        fn tick(self: &Rc<Self>) {
            self.look_again();
        }

        /// Looks how long the session lasts, which another window may have made longer; that does not make it last longer.
        fn look_at_session(self: &Rc<Self>) {
            self.look_at("/account/session");
        }

        fn look_at(self: &Rc<Self>, address: &'static str) {
            let keeper = Rc::clone(self);
            spawn_local(async move {
                // While the server cannot be reached, nothing is known, and nothing said.
                if let Answer::Here(200, said) = keeper.ask(address, None).await {
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
                self.warn(Warning::EndsAt(said.get("ends").unwrap_or_default()));
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
            self.shown.warning.set(warning);
            if is_after {
                self.lead_to_sign_in();
            }
            // The only thing to do here is to press it, and whoever does not look at the screen hears of it.
            let target = if is_before { "session-warning-stay" } else { "session-warning-sign-in" };
            if is_before || is_after {
                request_animation_frame(move || {
                    let target = element(target).and_then(|target| target.dyn_into::<HtmlElement>().ok());
                    if let Some(target) = target {
                        let _is_focused = target.focus();
                    }
                });
            }
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

        fn set_end_as(&self, said: &UrlSearchParams) {
            if let Some(seconds) = said.get("seconds").and_then(|seconds| seconds.parse().ok()) {
                self.set_end(seconds);
            }
        }

        #[expect(clippy::cast_precision_loss, reason = "a session lasts hours")]
        fn set_end(&self, seconds: i64) {
            self.ends_at.set(js_sys::Date::now() + seconds as f64 * 1_000.0);
        }

        #[expect(clippy::cast_possible_truncation, reason = "whole seconds are near enough")]
        fn seconds_left(&self) -> i64 {
            ((self.ends_at.get() - js_sys::Date::now()) / 1_000.0) as i64
        }
    }
}
