//! A case's clocks on its page: when it is due, why, and what comes next.

use crate::components::{day, state_tag, tag};
use crate::pages::form_page::button_form;
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::cadence::{Due, Since};
use domain::calendar::day_in_words;
use domain::ladder::Reader;
use leptos::prelude::*;
use records::cadence::VariationRow;
use records::cases::CaseFile;

/// The card.
pub(super) fn card(visit: &Visit, case: &CaseFile) -> AnyView {
    let (today, cadence) = (visit.today(), &case.cadence);
    let oversight = cadence.oversight.as_ref().map(|due| oversight_line(due, today));
    let checklist = cadence.checklist_due_on.map(|by| {
        let late = (by < today).then(|| tag("overdue", "Overdue"));
        view! { <li>"New risk checklist due by " {day(by)} ", because it has happened again. " {late}</li> }
    });
    let next = cadence.next_step.as_ref().map(|(on, readers)| {
        let hear = if readers.len() > 1 { "hear" } else { "hears" };
        let words = format!("If it is not held, the {} {hear} of it on ", readers_in_words(readers));
        view! { <li>{words} {day(*on)} "."</li> }
    });
    let questions: Vec<_> = cadence
        .questions
        .iter()
        .map(|question| view! { <li><strong>{question.words()}</strong></li> })
        .collect();
    let variation = cadence.variation.as_ref().map(|variation| variation_line(visit, case, variation));
    let vary = (case.may.vary && cadence.variation.is_none()).then(|| {
        view! { <p><a class="govuk-link" href=format!("/cases/{}/variation", case.id)>"Approve a longer interval"</a></p> }
    });
    view! {
        <section class="fe-section fe-cadence">
            <h2 class="govuk-heading-m">"Supervision of this case"</h2>
            <p class="govuk-body">
                {state_tag(&cadence.due, today)} " Due " {day(cadence.due.due_on)} ". " {cadence.due.reason()}
            </p>
            <ul class="govuk-list govuk-list--bullet">
                <li>"Day to book: " {day(cadence.booking_day)} "."</li>
                {next} {oversight} {checklist} {questions} {variation}
            </ul>
            {vary}
        </section>
    }
    .into_any()
}

fn oversight_line(due: &Due, today: NaiveDate) -> AnyView {
    let late = (due.due_on < today).then(|| tag("overdue", "Overdue"));
    view! { <li>"Management oversight due by " {day(due.due_on)} ". " {due.reason()} " " {late}</li> }
        .into_any()
}

fn variation_line(visit: &Visit, case: &CaseFile, variation: &VariationRow) -> AnyView {
    // A rise ends the wait at once, and the approval stands until its day all the same.
    let has_risen = case.cadence.due.since == Since::RiskRise;
    let aside = if has_risen { "Set aside since risk has risen: every" } else { "Every" };
    let words = format!(
        "{aside} {} days until {}, approved by {} on {}: {}",
        variation.interval_days,
        day_in_words(variation.expires_on),
        variation.approver,
        day_in_words(variation.granted_on),
        variation.reason,
    );
    let end = case.may.vary.then(|| {
        button_form(visit, &format!("/variations/{}/end", variation.id), "End the longer interval today", "")
    });
    view! { <li>{words} {end}</li> }.into_any()
}

/// "practitioner and the supervisor".
pub(crate) fn readers_in_words(readers: &[Reader]) -> String {
    readers.iter().map(|reader| reader.words().to_lowercase()).collect::<Vec<_>>().join(" and the ")
}
