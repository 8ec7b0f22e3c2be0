//! Words in a set form: notices, summaries of errors, readers, tags, days.

use crate::components::tag;
use crate::visit::Visit;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use domain::TextValue;
use domain::access::Readers;
use domain::cadence::Due;
use domain::calendar::{day_in_words, instant_in_words, late_in_words, london_day, machine_instant};
use domain::clock::from_until_in_words;
use domain::form::Problems;
use domain::risk::RiskLevel;
use domain::supervision::written_late;
use leptos::prelude::*;
use records::audit::Opening;

/// Whether a session was held in time, by the policy of its day.
pub(crate) fn timeliness(held_on: NaiveDate, was_due_on: NaiveDate, policy_version: i32) -> AnyView {
    let held = match late_in_words(was_due_on, held_on) {
        Some(late) => tag("overdue", &late),
        None => tag("in-date", "In time"),
    };
    view! { {held} " Due by " {day(was_due_on)} {format!(", policy version {policy_version}")} }.into_any()
}

/// How late something came that was to be by a day, if it did: what is late is shown, and who was in time is not praised.
pub(crate) fn lateness(by: Option<NaiveDate>, on: NaiveDate) -> Option<AnyView> {
    let by = by?;
    let late = late_in_words(by, on)?;
    Some(view! { " " {tag("overdue", &late)} " It was to be by " {day(by)} }.into_any())
}

/// When a session's record was written down (in UTC), and how late, if it was: the whole of it, or else its decisions, which are wanted
/// sooner.
pub(crate) fn recorded(
    at: NaiveDateTime,
    write_by: Option<NaiveDate>,
    decide_by: Option<NaiveDate>,
) -> AnyView {
    let late = written_late(write_by, decide_by, london_day(at));
    let late = late.map(|(late, by)| view! { " " {tag("overdue", &late)} " It was to be by " {day(by)} });
    view! { {when(at)} {late} }.into_any()
}

/// Who has opened something, and when.
pub(crate) fn opened_by(openings: &[Opening]) -> AnyView {
    if openings.is_empty() {
        return view! { <p class="govuk-body fe-muted">"Nobody yet."</p> }.into_any();
    }
    let opened = |opening: &Opening| view! { <li>{opening.person.clone()} ", " {when(opening.at)}</li> };
    let items: Vec<_> = openings.iter().map(opened).collect();
    view! { <ul class="govuk-list govuk-list--bullet">{items}</ul> }.into_any()
}

/// What was just done, told on the page after it. The address carries a code only.
pub(crate) struct Notice(String);

const NOTICES: &[(&str, &str)] = &[
    ("absence-saved", "Absence saved"),
    ("account-closed", "Everything is handed over, and the account is closed"),
    ("action-ended", "Action ended"),
    ("added", "Added to the record"),
    ("agenda-saved", "It is on the agenda"),
    ("agenda-taken-off", "It is off the agenda"),
    ("agreement-saved", "Agreement saved. It holds once both have signed"),
    ("asked-to-reopen", "The other one is asked to agree"),
    ("left-as-it-is", "The record stays as it is, with your reason"),
    ("audit-agreed", "What you agreed is saved. Share it with the two when you are ready"),
    ("audit-closed", "The round is closed"),
    ("audit-commented", "Comment saved"),
    ("audit-drawn", "The files are drawn, and their people can see it"),
    ("audit-final", "It is final"),
    ("audit-graded", "Grade saved"),
    ("audit-replaced", "The file is out of the sample. This one takes its place"),
    ("audit-second-asked", "The second grade is asked for"),
    ("audit-shared", "The two can read the findings and comment"),
    ("audit-withdrawn", "The file is out of the sample. Its team has no other"),
    ("booked", "Booked"),
    ("booking-confirmed", "Confirmed: you will be there"),
    ("booking-cancelled", "The session is cancelled"),
    ("added-to-note", "What you added stands with the note"),
    ("note-voided", "The note is void, and your reason stands under it"),
    ("comment-answered", "Your reply stands on the record"),
    ("booking-held", "The session was held. Its record is still to be written"),
    ("booking-not-held", "The session was not held"),
    ("booking-moved", "The session is moved"),
    ("calendar-ended", "The link to your calendar has ended"),
    ("case-saved", "Case saved"),
    ("caseload-saved", "The weights are saved as a new version"),
    ("completion-withdrawn", "Completion withdrawn"),
    ("completions-known", "These completions were recorded already"),
    ("copy-replied", "Reply sent"),
    ("copy-taken-back", "The copy is taken back: nobody can read it any more"),
    ("course-saved", "Course saved"),
    ("cpd-deleted", "The CPD piece is deleted"),
    ("cpd-saved", "CPD piece saved"),
    ("draft-saved", "Draft saved"),
    ("draft-thrown-away", "The draft is thrown away"),
    ("filed", "Noted: it is on the case record"),
    (
        "follow-up-late",
        "Supervision saved. A day to meet again would have been past by now, so it is booked for the next working day",
    ),
    ("handed-over", "Everything is handed over"),
    ("invited", "A link to choose a password is on its way"),
    (
        "kept",
        "You were signed out, because nothing had happened for a while. What you had typed is kept: sign in, and it is there",
    ),
    ("ladder-saved", "The ladder is saved as a new version"),
    ("calendar-saved", "The calendar is saved as a new version"),
    ("leaving-noted", "Everything is handed over. The account closes after the last day"),
    ("lens-saved", "Saved: it holds from your next page on"),
    ("lexicon-saved", "The words are saved as a new version"),
    ("mail-again", "The mail will be sent again"),
    ("mail-preferences-saved", "Mail preferences saved"),
    ("models-saved", "The ways to reflect are saved as a new version"),
    ("nothing-open", "Their account is closed, and nothing is open with them"),
    ("oversight-saved", "Oversight note saved"),
    ("oversights-saved", "A note is saved on each case"),
    ("others-signed-out", "The other browsers are signed out"),
    ("password-changed", "Password changed. Other browsers are signed out"),
    ("person-saved", "Person saved"),
    ("personal-saved", "Personal part saved"),
    ("policy-saved", "The policy is saved as a new version"),
    ("prepared", "What you prepared is saved"),
    ("put-off", "The reminder is put off"),
    ("reflection-deleted", "The reflection is deleted"),
    ("reflection-saved", "Reflection saved"),
    ("reflection-shared", "A copy is shared"),
    ("reopened", "The record is open again: both signatures are taken back"),
    ("reply-saved", "Reply saved"),
    ("request-answered", "Your answer stands with the action"),
    ("risk-saved", "The change in risk is noted"),
    ("siblings-left", "The case is on its own again"),
    ("siblings-saved", "They are talked about together from now on"),
    ("signed", "Signed"),
    ("signed-out", "You are signed out"),
    ("supervision-saved", "Supervision saved"),
    ("supervisor-saved", "Supervisor saved"),
    ("taken-back", "The account is open: the person works here"),
    ("team-saved", "Team saved"),
    ("template-saved", "The questions are saved as a new version"),
    ("variation-ended", "The ordinary interval holds again"),
    ("variation-saved", "The longer interval is approved"),
    ("voided", "The record is void"),
];

impl Notice {
    /// The notice that this visit is to show.
    pub(crate) fn of(visit: &Visit) -> Option<Self> {
        let code = visit.query.text("notice");
        if let Some(count) = code.strip_prefix("completions-").and_then(|count| count.parse::<i64>().ok()) {
            return Some(Self(format!(
                "{} saved",
                domain::calendar::counted(count, "completion", "completions")
            )));
        }
        NOTICES.iter().find(|(known, _)| *known == code).map(|(_, words)| Self((*words).to_owned()))
    }

    pub(crate) fn view(self) -> AnyView {
        view! {
            <div class="govuk-notification-banner govuk-notification-banner--success" role="region" aria-labelledby="notice-title">
                <div class="govuk-notification-banner__header">
                    <h2 class="govuk-notification-banner__title" id="notice-title">"Done"</h2>
                </div>
                <div class="govuk-notification-banner__content">
                    <p class="govuk-notification-banner__heading">{self.0}</p>
                </div>
            </div>
        }
        .into_any()
    }
}

/// Everything that is wrong with a form, each with a link to its field. A date's link leads to its first box.
pub(crate) fn error_summary(problems: &Problems, dates: &[&str]) -> Option<AnyView> {
    if problems.is_empty() {
        return None;
    }
    let items: Vec<_> = problems
        .0
        .iter()
        .map(|problem| {
            let is_date = dates.iter().any(|date| {
                problem.field == *date
                    || problem.field.ends_with(&format!(".{date}"))
                    || problem.field.starts_with(&format!("{date}."))
            });
            let target =
                if is_date { format!("#{}.day", problem.field) } else { format!("#{}", problem.field) };
            view! { <li><a href=target>{problem.words.clone()}</a></li> }
        })
        .collect();
    Some(
        view! {
            <div class="govuk-error-summary" tabindex="-1" autofocus=true>
                <div role="alert">
                    <h2 class="govuk-error-summary__title">"There is a problem"</h2>
                    <div class="govuk-error-summary__body">
                        <ul class="govuk-list govuk-error-summary__list">{items}</ul>
                    </div>
                </div>
            </div>
        }
        .into_any(),
    )
}

/// Who can read what is written here: from the same rules that decide.
pub(crate) fn readers(of: Readers) -> AnyView {
    view! { <p class="fe-readers">{of.words()}</p> }.into_any()
}

/// What somebody wrote, with its line breaks.
pub(crate) fn prose(text: &str) -> AnyView {
    view! { <p class="govuk-body fe-prose">{text.to_owned()}</p> }.into_any()
}

/// A day that machines can read too.
pub(crate) fn day(day: NaiveDate) -> AnyView {
    view! { <time datetime=day.to_string()>{day_in_words(day)}</time> }.into_any()
}

/// An instant that machines can read too.
pub(crate) fn when(instant: NaiveDateTime) -> AnyView {
    view! { <time datetime=machine_instant(instant)>{instant_in_words(instant)}</time> }.into_any()
}

/// How high the risk is: by word and shape, and colour last.
pub(crate) fn risk_tag(level: RiskLevel) -> AnyView {
    tag(&format!("risk-{}", level.code()), level.words())
}

/// Where a case or a person stands with their clock.
pub(crate) fn state_tag(due: &Due, today: NaiveDate) -> AnyView {
    let state = due.state(today);
    tag(state.band().code(), &state.words())
}

/// How long a session lasted, and from when until when if that is known: "90, from 9:30am to 11am".
pub(crate) fn length_in_words(began_at: Option<NaiveTime>, minutes: i32) -> String {
    began_at.map_or_else(
        || minutes.to_string(),
        |began| format!("{minutes}, from {}", from_until_in_words(began, minutes)),
    )
}
