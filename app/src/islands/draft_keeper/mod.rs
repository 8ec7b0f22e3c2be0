//! Saves what is typed into a form as a draft, and warns before the session ends.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod session;

use leptos::prelude::*;

/// The id of the element that holds the keeper. Its attributes say what the keeper has to know: `data-person` who types, for a draft is
/// saved for nobody else, whoever signs in meanwhile; `data-seconds` how long the session lasts if nobody asks for anything;
/// `data-posted`, if it is there, that the page is the answer to a form, so that what stands in it may not be saved yet; and
/// `data-restored` that a draft was brought back into the form.
pub(crate) const KEEPER: &str = "draft-keeper";

/// Under a form: says when its draft was last saved, and what to do if it cannot be.
///
/// Two seconds after something is typed it is sent to `/drafts/save`; so it is when the page is left. Nothing is kept in the
/// browser. Without this the form's own button "Save draft" does the same.
#[island]
pub fn DraftKeeper() -> impl IntoView {
    let words = RwSignal::new(String::new());
    let is_conflict = RwSignal::new(false);
    let warning = RwSignal::new(Warning::None);
    #[cfg(feature = "hydrate")]
    let stay = {
        let shown = browser::Shown { words, is_conflict, warning };
        let keeper = browser::Keeper::start(shown);
        StoredValue::new_local(keeper)
    };
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
            <div role="alert">
                <h2 class="govuk-heading-s" id="session-warning-title">{move || warning.get().title()}</h2>
                <p class="govuk-body" id="session-warning-words">{move || warning.get().words()}</p>
            </div>
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
    /// It ends at this time, and cannot be made longer.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser waits"))]
    EndsAnyway(String),
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
            Self::EndsAt(time) | Self::EndsAnyway(time) => format!("You will be signed out at {time}"),
            Self::Ended => "You are signed out".to_owned(),
            Self::SomebodyElse => "Somebody else is signed in here".to_owned(),
        }
    }

    fn words(&self) -> &'static str {
        match self {
            Self::None => "",
            Self::EndsAt(_) => "What you typed is kept either way.",
            Self::EndsAnyway(_) => {
                "You have been signed in for as long as is allowed. What you typed is kept: sign in again afterwards."
            }
            Self::Ended => "What you typed stays on this page. Sign in again, come back to it, and go on.",
            Self::SomebodyElse => {
                "What you typed stays on this page and is not saved for them. Sign in again as yourself to go on."
            }
        }
    }
}
