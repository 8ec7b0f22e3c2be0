//! Keeps the draft of one form while somebody types into it.

use super::Warning;
use super::session::{Answer, request};
use crate::islands::element;
use domain::drafts::{CURSOR, TITLE, TYPED_AT, VERSION};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::{JsCast, UnwrapThrowExt};
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    FormData, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement, UrlSearchParams, VisibilityState,
};

/// After the first letter that is not saved yet.
const SAVED_AFTER: Duration = Duration::from_secs(2);
/// After a try that did not reach the server.
const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(5);

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
    pub(super) person: String,
    pub(super) shown: Shown,
    /// Whether a save is set for soon.
    is_due: Cell<bool>,
    /// Whether one is on its way.
    is_sending: Cell<bool>,
    /// Whether the page is being left by a button of the form, or another window has taken over.
    is_stopped: Cell<bool>,
    /// Whether what is typed is not being saved: the server cannot be reached, or does not take it.
    is_refused: Cell<bool>,
    /// Whether a button of the form was pressed.
    is_sent: Cell<bool>,
    /// When something was last sent, by this machine's clock: one that is set back must not make later words look older.
    sent_at: Cell<i64>,
    /// What was saved last, as it was sent.
    saved: RefCell<String>,
    /// The field in which the cursor was last.
    pub(super) cursor: RefCell<String>,
    /// When the session ends, by this machine's clock, in milliseconds.
    pub(super) ends_at: Cell<i64>,
}

/// This machine's clock, in whole milliseconds: to write and read fractions would add a tenth to what a browser loads.
#[expect(clippy::cast_possible_truncation, reason = "whole milliseconds are near enough")]
pub(super) fn now() -> i64 {
    js_sys::Date::now() as i64
}

impl Keeper {
    pub(super) fn start(shown: Shown) -> Option<Rc<Self>> {
        let form: HtmlFormElement = element("form")?.dyn_into().ok()?;
        let told = element(super::KEEPER)?;
        let person = told.get_attribute("data-person")?;
        let keeper = Rc::new(Self {
            form,
            person,
            shown,
            is_due: Cell::new(false),
            is_sending: Cell::new(false),
            is_stopped: Cell::new(false),
            is_refused: Cell::new(false),
            is_sent: Cell::new(false),
            sent_at: Cell::new(0),
            saved: RefCell::default(),
            cursor: RefCell::default(),
            ends_at: Cell::new(0),
        });
        keeper.set_end(told.get_attribute("data-seconds")?.parse().ok()?);
        keeper.sent_at.set(keeper.fields().get(TYPED_AT).and_then(|at| at.parse().ok()).unwrap_or(0));
        // What was typed before this part of the page had loaded counts too.
        if told.has_attribute("data-posted") || keeper.is_touched() {
            keeper.note_change();
        } else {
            *keeper.saved.borrow_mut() = keeper.typed();
        }
        if told.has_attribute("data-restored") {
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
            keeper.is_sent.set(true);
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
            // Only while the server does not take it: else what was typed goes off as the page is left.
            if keeper.is_refused.get() && !keeper.is_sent.get() && keeper.has_news() {
                event.prevent_default();
            }
        });
        let keeper = Rc::clone(self);
        set_interval(move || keeper.look_again(), TICK);
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

    pub(super) fn note_change(self: &Rc<Self>) {
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
        self.is_refused.set(!matches!(answer, Answer::Here(200, _)));
        match answer {
            Answer::Here(200, said) if said.has("ended") => {
                self.is_stopped.set(true);
                self.is_refused.set(true);
                self.say("This form was saved already. To write on, open it again");
            }
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
        let sent =
            window().navigator().send_beacon_with_opt_url_search_params("/drafts/save", Some(&self.draft()));
        if !sent.unwrap_or(false) {
            // Longer than a browser takes for this; a request that is kept alive has the same limit.
            let _on_its_way = window().fetch_with_str_and_init("/drafts/save", &request(Some(self.draft())));
        }
    }

    pub(super) fn has_news(&self) -> bool {
        self.typed() != *self.saved.borrow()
    }

    /// Whether anything stands otherwise than the server wrote it.
    fn is_touched(&self) -> bool {
        let Ok(boxes) = self.form.query_selector_all("textarea, input:not([type=hidden])") else {
            return false;
        };
        (0..boxes.length()).filter_map(|number| boxes.get(number)).any(|node| {
            if let Some(text_box) = node.dyn_ref::<HtmlTextAreaElement>() {
                return text_box.default_value().is_ok_and(|before| before != text_box.value());
            }
            node.dyn_ref::<HtmlInputElement>().is_some_and(|input| {
                input.value() != input.default_value() || input.checked() != input.default_checked()
            })
        })
    }

    /// Whether the cursor is in the form.
    pub(super) fn has_focus(&self) -> bool {
        let focused = window().document().and_then(|document| document.active_element());
        focused.is_some_and(|element| {
            self.form.contains(Some(&element))
                && element.closest(".fe-session-warning").ok().flatten().is_none()
        })
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
        let now = now().max(self.sent_at.get() + 1);
        self.sent_at.set(now);
        fields.set(TYPED_AT, &format!("{now}"));
        let heading = window().document().and_then(|document| document.query_selector("h1").ok().flatten());
        let heading = heading.and_then(|heading| heading.text_content()).unwrap_or_default();
        fields.set(TITLE, &heading);
        fields
    }

    pub(super) fn fields(&self) -> UrlSearchParams {
        FormData::new_with_form(&self.form)
            .and_then(|fields| UrlSearchParams::new_with_str_sequence_sequence(&fields))
            .expect_throw("a form that stands on the page can be read")
    }

    pub(super) fn set(&self, name: &str, value: &str) {
        let Ok(inputs) = self.form.query_selector_all(&format!("input[name='{name}']")) else { return };
        for number in 0..inputs.length() {
            if let Some(input) = inputs.get(number).and_then(|node| node.dyn_into::<HtmlInputElement>().ok())
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
}
