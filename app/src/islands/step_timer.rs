//! A timer that says which step a group is in and how long it still takes.

use leptos::prelude::*;

/// The id of the element that holds the timer; its `data-minutes` are those of each step, with commas.
pub(crate) const TIMER: &str = "timer";

/// A button that begins the steps, and a line that says where they are. Each new step is spoken; the clock between is only seen.
#[island]
pub fn StepTimer() -> impl IntoView {
    let (step, clock) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    // Without this part of the page a button would do nothing, so it comes with it.
    let is_ready = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    is_ready.set(true);
    let begin = move |_| {
        #[cfg(feature = "hydrate")]
        browser::begin(step, clock);
    };
    view! {
        <div class="fe-timer fe-no-print">
            <button class="govuk-button" hidden=move || !is_ready.get() on:click=begin>"Begin, or begin again"</button>
            <p class="fe-timer__clock" aria-hidden="true">{move || clock.get()}</p>
            <p class="govuk-body" role="status">{move || step.get()}</p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::leptos_dom::helpers::{IntervalHandle, set_interval_with_handle};
    use leptos::prelude::*;
    use std::cell::RefCell;
    use std::time::Duration;

    thread_local! {
        /// The timer that runs: there is one on a page.
        static RUNNING: RefCell<Option<IntervalHandle>> = const { RefCell::new(None) };
    }

    pub(super) fn begin(step: RwSignal<String>, clock: RwSignal<String>) {
        stop();
        let minutes =
            crate::islands::element(super::TIMER).and_then(|timer| timer.get_attribute("data-minutes"));
        let minutes: Vec<u32> =
            minutes.unwrap_or_default().split(',').filter_map(|length| length.parse().ok()).collect();
        let began = now();
        let tick = move || show(&minutes, now() - began, step, clock);
        tick();
        let handle = set_interval_with_handle(tick, Duration::from_secs(1)).ok();
        RUNNING.with(|running| *running.borrow_mut() = handle);
    }

    fn stop() {
        if let Some(handle) = RUNNING.with(|running| running.borrow_mut().take()) {
            handle.clear();
        }
    }

    /// Seconds since a moment that stays the same.
    #[expect(clippy::cast_possible_truncation, reason = "whole seconds are wanted, and they fit")]
    fn now() -> i64 {
        (js_sys::Date::now() as i64) / 1000
    }

    fn show(minutes: &[u32], passed: i64, step: RwSignal<String>, clock: RwSignal<String>) {
        let mut ends = 0;
        for (number, length) in minutes.iter().enumerate() {
            ends += i64::from(*length) * 60;
            if passed < ends {
                let left = ends - passed;
                clock.set(format!("{}:{:02}", left / 60, left % 60));
                say(step, format!("Step {} of {}", number + 1, minutes.len()));
                return;
            }
        }
        clock.set(String::new());
        say(step, "The time is over".to_owned());
        stop();
    }

    /// Says it once.
    fn say(step: RwSignal<String>, words: String) {
        if step.get_untracked() != words {
            step.set(words);
        }
    }
}
