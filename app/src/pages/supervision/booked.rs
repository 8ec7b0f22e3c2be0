//! The form of a session that was booked begins with what its booking says, so that nobody types it again.

use crate::components::{Filled, day};
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::calendar::london_time;
use domain::clock::{as_typed, from_typed};
use domain::form::{Form, FormCheck};
use domain::ids::PersonId;
use domain::supervision::{Mode, SupervisionKind};
use leptos::prelude::*;
use records::preparation::NextSession;

/// The kind of a session of every day, which is chosen in its form; one that has a form of its own is in `kind`.
const ROUTINE: &str = "routine";

/// The form for a session with somebody that was booked.
pub(crate) fn path_of_form(supervisee: &PersonId, booked: NextSession) -> String {
    let kind = if SupervisionKind::SPECIAL.contains(&booked.kind) { "kind" } else { ROUTINE };
    format!(
        "/supervision/new?supervisee={supervisee}&{kind}={}&mode={}&held_on={}&began_at={}&minutes={}",
        booked.kind.code(),
        booked.mode.code(),
        booked.on,
        as_typed(booked.at),
        booked.minutes,
    )
}

/// Fills in what the link here says. What cannot be so is left out: nobody has typed it.
pub(super) fn begin_as_booked(form: &mut Form, visit: &Visit) {
    let asked = |field: &str| visit.query.text(field);
    let routine = SupervisionKind::from_code(asked(ROUTINE));
    if let Some(kind) = routine.filter(|kind| SupervisionKind::ROUTINE.contains(kind)) {
        form.set("kind", kind.code());
    }
    if let Some(mode) = Mode::from_code(asked("mode")) {
        form.set("mode", mode.code());
    }
    if let Ok(minutes) = asked("minutes").parse::<u16>() {
        form.set("minutes", minutes.to_string());
    }
    let Some(on) = booked_on(visit).filter(|on| *on <= visit.today()) else { return };
    form.set_date("held_on", on);
    let began_at = from_typed(asked("began_at"));
    if let Some(at) = began_at.filter(|at| on.and_time(*at) <= london_time(visit.now)) {
        form.set("began_at", as_typed(at));
    }
}

fn booked_on(visit: &Visit) -> Option<NaiveDate> {
    visit.query.text("held_on").parse().ok()
}

/// What is said where a draft about another day waits in the form of the session that was booked: the draft is not lost, and is not
/// taken for this one.
pub(super) fn other_day(visit: &Visit, filled: &Filled) -> Option<AnyView> {
    let booked_on = booked_on(visit).filter(|_| !visit.is_post())?;
    let drafted_on = FormCheck::new(&filled.form).optional_date("held_on", "")??;
    (filled.restored.is_some() && drafted_on != booked_on).then(|| {
        view! {
            <p class="govuk-inset-text">"What you wrote here is about " {day(drafted_on)} ", and the booked session is that of " {day(booked_on)} ". Save it first, or change its date."</p>
        }
        .into_any()
    })
}
