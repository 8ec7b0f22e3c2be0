//! The form of a session.

use super::booked::other_day;
use super::material::{ADD_CASE, Material, SEEN_GAPS};
use super::personal::personal_fields;
use crate::components::{Choice, Filled, check_boxes, date, hidden, line, radios, readers, select};
use crate::pages::action_review::{new_actions, review_fields};
use crate::pages::case_entry::{EntryForm, entry_fields};
use crate::pages::form_page::{FormSheet, form, saved_by_enter};
use crate::pages::preparation::agenda_fields;
use crate::pages::signing::SIGNATURE;
use crate::pages::template_questions::asked;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::ids::CaseId;
use domain::risk::DONE_ON;
use domain::supervision::{
    FOLLOW_UP, FOLLOW_UP_WEEKS, INCIDENT_ON, Mode, PERSONAL_ACTIONS, PERSONAL_PART, PERSONAL_REVIEWS,
    SESSION_PART, SupervisionKind,
};
use domain::templates::TEMPLATE_VERSION;
use leptos::prelude::*;

/// The form.
pub(super) fn sheet(visit: &Visit, filled: &Filled, material: &Material) -> FormSheet {
    let name = material.supervisee.name.clone();
    let is_shared = material.special.is_some_and(SupervisionKind::has_others);
    let who = if is_shared { Readers::SharedEntry } else { Readers::CaseEntry };
    let entries: Vec<_> = filled
        .form
        .indexes("entry")
        .into_iter()
        .filter_map(|number| {
            let entry = material.entries.get(&number)?;
            let people = people(visit, material);
            Some(entry_fields(filled, number, entry, people, (&material.templates, who, visit.today())))
        })
        .collect();
    let has_cases = material.special.is_none_or(SupervisionKind::has_case_entries);
    let cases = has_cases.then(|| {
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Cases"</h2>
                {entries}
                {add_case_fields(visit, filled, material)}
            </section>
        }
    });
    let fields = view! {
        {hidden("supervisee", &material.supervisee.id)}
        {hidden(SEEN_GAPS, filled.text(SEEN_GAPS))}
        {hidden(TEMPLATE_VERSION, material.templates.version())}
        {saved_by_enter("Save supervision")}
        {other_day(visit, filled)}
        <div class="fe-side-by-side">
            <div>{date(filled, "held_on", "Date held", "The day you talked, not the day you type")}</div>
            <div>{line(filled, "began_at", "Began at, if you know", "Like 9:30 or 14:00", "5")}</div>
            <div>{line(filled, "minutes", "Minutes", "", "3")}</div>
        </div>
        {agenda_fields(filled, &material.agenda, &material.pair, material.special)}
        {radios(filled, "mode", "How did you meet?", "", Choice::all::<Mode>(), true)}
        {kind_fields(filled, material)}
        {others_fields(filled, material)}
        {special_questions(filled, material)}
        {person_fields(visit, filled, material)}
        {follow_up_fields(filled, material)}
        {cases}
        {line(filled, SIGNATURE, "Type your name to sign it now", &format!("{name} is then asked to sign too. Leave it empty to sign later"), "20")}
    };
    let (title, back) = match material.special {
        None => (format!("Log supervision with {name}"), "/supervision/new"),
        Some(SupervisionKind::Peer) => (format!("Log peer supervision with {name}"), "/supervision/peer"),
        Some(SupervisionKind::SeriousIncident) => {
            (format!("Supervision with {name} after a serious incident"), "/supervision/new")
        }
        Some(kind) => (format!("Log {} with {name}", kind.words().to_lowercase()), "/supervision/new"),
    };
    FormSheet::new(title, form(visit, filled, fields, "Save supervision"))
        .back_to(back, "Choose somebody else")
        .dates(&["held_on", "child_seen_on", DONE_ON, "next_on", "by", INCIDENT_ON])
}

/// The kinds of every day to choose from, or the one that was chosen on the page before.
fn kind_fields(filled: &Filled, material: &Material) -> AnyView {
    if let Some(kind) = material.special {
        return hidden("kind", kind.code());
    }
    let routine = SupervisionKind::ROUTINE;
    let kinds = routine.iter().map(|kind| Choice::new(kind.code(), kind.words())).collect();
    radios(filled, "kind", "What was it for?", "", kinds, false)
}

fn others_fields(filled: &Filled, material: &Material) -> Option<AnyView> {
    let kind = material.special.filter(|kind| kind.has_others())?;
    if material.others.is_empty() {
        let words = match kind {
            SupervisionKind::Joint => "Nobody else works on the cases of this person.",
            SupervisionKind::Group => "You supervise nobody else who could have been there.",
            _ => "Nobody else is in your team.",
        };
        return Some(view! { <p class="govuk-body fe-muted">{words}</p> }.into_any());
    }
    let people = || material.others.iter().map(|(id, name)| Choice::new(id, name)).collect();
    let guide = (kind == SupervisionKind::Group).then(|| {
        view! { <p class="govuk-body fe-no-print"><a class="govuk-link" href="/supervision/bells" target="_blank">"The steps of “Bells that ring”, with a timer (opens in a new tab)"</a></p> }
    });
    Some(
        view! {
            {guide}
            {check_boxes(filled, "there", "Who else was there?", "", people(), true)}
            {check_boxes(filled, "apologies", "Who sent apologies?", "", people(), true)}
        }
        .into_any(),
    )
}

/// What the kind of session asks besides.
fn special_questions(filled: &Filled, material: &Material) -> Option<AnyView> {
    let kind = material.special?;
    let part = kind.template()?;
    let who = if kind.has_others() { Readers::SharedSession } else { Readers::PersonalPart };
    Some(
        view! {
            <section class="fe-section">
                {readers(who)}
                {asked(filled, SESSION_PART, material.templates.of(part), "More to ask")}
            </section>
        }
        .into_any(),
    )
}

fn person_fields(visit: &Visit, filled: &Filled, material: &Material) -> Option<AnyView> {
    if !material.special.is_none_or(SupervisionKind::has_personal_part) {
        return None;
    }
    let hint = match material.special {
        None => "Leave this part empty if you talked about cases only.",
        Some(_) => "Leave empty what you did not talk about.",
    };
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">{format!("About {}", material.supervisee.name)}</h2>
                <p class="govuk-hint">{hint}</p>
                {filled.form.any_typed_under(PERSONAL_REVIEWS).then(|| readers(Readers::PersonalPart))}
                {review_fields(filled, PERSONAL_REVIEWS, &material.open, visit.today())}
                {personal_fields(filled, &material.templates)}
                {personal_actions(filled, &two(visit, material))}
            </section>
        }
        .into_any(),
    )
}

/// What is agreed about the person, closed until somebody wants it: most sessions agree things about cases.
fn personal_actions(filled: &Filled, two: &[Choice]) -> AnyView {
    let prefix = format!("{PERSONAL_ACTIONS}.");
    let is_open = filled.form.any_typed_under(&prefix) || filled.cursor.starts_with(&prefix);
    let adding = format!("add_action.{PERSONAL_PART}");
    view! {
        <details class="govuk-details" open=is_open>
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"Agree an action about the person"</span></summary>
            <div class="govuk-details__text">
                {readers(Readers::PersonalPart)}
                {new_actions(filled, PERSONAL_ACTIONS, two, &adding, " about the person")}
            </div>
        </details>
    }
    .into_any()
}

/// When people meet again after a serious incident: booked with the record.
fn follow_up_fields(filled: &Filled, material: &Material) -> Option<AnyView> {
    if material.special != Some(SupervisionKind::SeriousIncident) {
        return None;
    }
    let weeks = FOLLOW_UP_WEEKS
        .iter()
        .map(|weeks| Choice::new(weeks, domain::calendar::counted(i64::from(*weeks), "week", "weeks")));
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Meet again"</h2>
                {date(filled, INCIDENT_ON, "Day of the incident", "The weeks count from it. Leave it empty if it was no single day: then they count from the date held")}
                {check_boxes(filled, FOLLOW_UP, "After how long do you meet again?", "Booked for 10 o’clock when you save. One that would be past by now is booked for the next working day. Day and time can be moved under “Booked sessions”", weeks.collect(), true)}
            </section>
        }
        .into_any(),
    )
}

/// Who can be asked to do something about a case: whoever was there.
fn people(visit: &Visit, material: &Material) -> Vec<Choice> {
    let mut people = two(visit, material);
    people.splice(1..1, material.others.iter().map(|(id, name)| Choice::new(id, name)));
    people
}

/// The two between whom the session is.
fn two(visit: &Visit, material: &Material) -> Vec<Choice> {
    let supervisee = &material.supervisee;
    let mut two = vec![Choice::new(&supervisee.id, &supervisee.name)];
    if let Some(signed_in) = &visit.signed_in {
        two.push(Choice::new(&signed_in.actor.person, format!("{} (me)", signed_in.name)));
    }
    two
}

fn add_case_fields(visit: &Visit, filled: &Filled, material: &Material) -> AnyView {
    let today = visit.today();
    let used: Vec<&CaseId> = material.entries.values().flat_map(EntryForm::cases).collect();
    let mut options = vec![Choice::new("", "Choose a case")];
    options.extend(material.cases.iter().filter(|case| !used.contains(&&case.id)).map(|case| {
        Choice::new(
            &case.id,
            format!("{} · {} · {}", case.reference, case.label, case.due.state(today).words()),
        )
    }));
    if options.len() == 1 {
        let words = if used.is_empty() {
            "leads or works on no open case that you can see."
        } else {
            "has no other open case."
        };
        return view! { <p class="govuk-body fe-muted">{format!("{} {words}", material.supervisee.name)}</p> }.into_any();
    }
    view! {
        {select(filled, ADD_CASE, "Add a case", "Those waiting longest come first", options)}
        <button class="govuk-button govuk-button--secondary" name="do" value=ADD_CASE>"Add this case"</button>
    }
    .into_any()
}
