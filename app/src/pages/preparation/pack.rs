//! The pack with which a session opens, on screen and in print. Every line leads to a page that its reader may open.

use super::agenda::{Agenda, agenda_section};
use super::{pair, path};
use crate::answer::Answer;
use crate::components::{day, fact, facts, prose, readers, risk_tag, state_tag, tag, when};
use crate::document::Sheet;
use crate::pages::action_review::standing;
use crate::pages::form_page::back_link;
use crate::pages::supervision::path_of_form;
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::access::Readers;
use domain::cadence::Band;
use domain::calendar::counted;
use domain::clock::as_typed;
use domain::supervision::LEVEL_LEFT;
use leptos::prelude::*;
use records::Problem;
use records::preparation::{self, AgendaItem, NextSession, PackCase, PrepPack, Preparation};

/// `/prepare/{supervisor}/{supervisee}`.
pub(crate) fn pack(visit: &Visit) -> Result<Answer, Problem> {
    let pair = pair(visit)?;
    let pack = visit.read(|reading| preparation::pack(reading, &pair))?;
    let today = visit.today();
    let is_supervisor =
        visit.signed_in.as_ref().is_some_and(|signed_in| signed_in.actor.person == pair.supervisor);
    let title = if is_supervisor {
        format!("Supervision with {}", pack.supervisee)
    } else {
        format!("Supervision with {}", pack.supervisor)
    };
    let begin = if is_supervisor {
        let is_it = |next: &NextSession| next.on == today;
        let address = pack.next.filter(is_it).map_or_else(
            || format!("/supervision/new?supervisee={}", pair.supervisee),
            |next| path_of_form(&pair.supervisee, next),
        );
        view! { <a class="govuk-button" href=address>"Begin the session"</a> }.into_any()
    } else {
        view! { <a class="govuk-button" href=format!("{}/form", path(&pair))>{if pack.preparation.is_some() { "Change what you prepared" } else { "Prepare" }}</a> }.into_any()
    };
    let content = view! {
        {back_link(Some(("/prepare".to_owned(), "Back to all".to_owned())))}
        <div class="fe-title">
            <h1 class="govuk-heading-l"><span class="govuk-caption-l">"Before the session" " "</span>{title.clone()}</h1>
            <div class="govuk-button-group fe-no-print">{begin}</div>
        </div>
        {standing_facts(&pack, today)}
        {agenda_of_two(visit, &pack)}
        {preparation_section(&pack, is_supervisor)}
        {work(&pack, today)}
        {pack.sees_training.then(|| list("Courses", courses(&pack), "All in date."))}
    };
    Ok(Sheet::new(format!("Before: {title}"), content).with_reference("Preparation").answer(visit))
}

/// What there is to talk about of somebody's work.
pub(super) fn work(pack: &PrepPack, today: NaiveDate) -> AnyView {
    view! {
        {list("Actions", actions(pack, today), "Nothing is open.")}
        {list("Cases due", due(pack, today), "Nothing is overdue or due soon.")}
        {list("Changes in risk since last time", changes(pack), "None noted.")}
        {list("Gone quiet", quiet(pack), "No case is quiet.")}
        {list("What was decided last", decisions(pack), "Nothing yet.")}
        {list("Questions that wait", questions(pack), "None.")}
    }
    .into_any()
}

/// What there is to bring to a session, counted, and listed for whoever wants to see it while they prepare (domain.md 3.6).
pub(super) fn to_bring(pack: &PrepPack, today: NaiveDate) -> AnyView {
    let counts = [
        (due(pack, today).len(), "case due", "cases due"),
        (changes(pack).len(), "change in risk", "changes in risk"),
        (quiet(pack).len(), "quiet case", "quiet cases"),
        (actions(pack, today).len(), "open action", "open actions"),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| counted(i64::try_from(count).unwrap_or(i64::MAX), one, many))
        .collect();
    if counts.is_empty() {
        return view! { <p class="govuk-body fe-muted">"No case is due or quiet, and no action is open."</p> }.into_any();
    }
    view! {
        <details class="govuk-details">
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">{format!("What there is to bring: {}", counts.join(", "))}</span></summary>
            <div class="govuk-details__text">{work(pack, today)}</div>
        </details>
    }
    .into_any()
}

fn standing_facts(pack: &PrepPack, today: NaiveDate) -> AnyView {
    let next = pack.next.map_or_else(
        || view! { <a class="govuk-link" href="/bookings">"None booked"</a> }.into_any(),
        |NextSession { on, at, .. }| {
            view! { <a class="govuk-link" href="/bookings">{day(on)} ", " {as_typed(at)}</a> }.into_any()
        },
    );
    let none_yet = if pack.is_cover { "None of you two yet" } else { "None yet" };
    let last = pack.last.as_ref().map_or_else(
        || none_yet.into_any(),
        |(id, held_on)| {
            view! { <a class="govuk-link" href=format!("/supervision/{id}")>{day(*held_on)}</a> }.into_any()
        },
    );
    let mut shown = vec![
        fact("Next session", next),
        fact("Last session", last),
        fact("Agreement", agreement(pack, today)),
    ];
    shown.extend(pack.caseload.map(|caseload| fact("Leads", caseload.words())));
    facts(shown)
}

fn agreement(pack: &PrepPack, today: NaiveDate) -> AnyView {
    if let Some((id, until)) = &pack.agreement {
        let late = (*until < today).then(|| tag("overdue", "To be looked at again"));
        return view! { <a class="govuk-link" href=format!("/agreements/{id}")>"Until " {day(*until)}</a> " " {late} }
            .into_any();
    }
    if pack.is_cover {
        return format!("{} stands in: what was agreed with the line supervisor holds", pack.supervisor)
            .into_any();
    }
    view! { {tag("overdue", "No agreement in place")} " " <a class="govuk-link" href="/agreements">"Agreements"</a> }
        .into_any()
}

fn agenda_of_two(visit: &Visit, pack: &PrepPack) -> AnyView {
    let by = |item: &AgendaItem| {
        if item.author == pack.pair.supervisor { pack.supervisor.as_str() } else { pack.supervisee.as_str() }
    };
    let agenda = Agenda {
        page: path(&pack.pair),
        readers: Readers::Agenda,
        items: pack.agenda.iter().map(|item| (item, by(item), true)).collect(),
        is_open: true,
        who_adds: "Both of you can add to it.",
    };
    agenda_section(visit, agenda)
}

fn preparation_section(pack: &PrepPack, is_supervisor: bool) -> Option<AnyView> {
    let Some(prepared) = &pack.preparation else {
        return is_supervisor.then(|| {
            view! {
                <section class="fe-section">
                    <h2 class="govuk-heading-m">{format!("What {} prepared", pack.supervisee)}</h2>
                    <p class="govuk-body fe-muted">"Nothing is shared with you yet."</p>
                </section>
            }
            .into_any()
        });
    };
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">{format!("What {} prepared", pack.supervisee)}</h2>
                {readers(Readers::Preparation)}
                <p class="govuk-body fe-muted">{prepared.sharing.chosen()} ". Last changed " {when(prepared.changed_at)}</p>
                {answers(prepared)}
            </section>
        }
        .into_any(),
    )
}

fn answers(prepared: &Preparation) -> AnyView {
    let said = prepared.said().into_iter();
    said.map(|(question, answer)| view! { <h3 class="govuk-heading-s">{question}</h3> {prose(&answer)} })
        .collect::<Vec<_>>()
        .into_any()
}

fn list(heading: &'static str, items: Vec<AnyView>, nothing: &'static str) -> AnyView {
    let body = if items.is_empty() {
        view! { <p class="govuk-body fe-muted">{nothing}</p> }.into_any()
    } else {
        let items: Vec<_> = items.into_iter().map(|item| view! { <li>{item}</li> }).collect();
        view! { <ul class="govuk-list govuk-list--bullet">{items}</ul> }.into_any()
    };
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">{heading}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn case_link(case: &PackCase) -> AnyView {
    view! { <a class="govuk-link" href=format!("/cases/{}", case.case.id)>{case.case.reference.clone()}</a> }
        .into_any()
}

/// The open actions, the longest overdue first.
fn actions(pack: &PrepPack, today: NaiveDate) -> Vec<AnyView> {
    let about_cases = pack.cases.iter().flat_map(|case| {
        let address = format!("/cases/{}", case.case.id);
        let words = case.case.reference.clone();
        case.open.actions.iter().map(move |action| (action, address.clone(), words.clone()))
    });
    let about_person = pack
        .open
        .actions
        .iter()
        .map(|action| (action, format!("/actions/{}", action.id), format!("about {}", pack.supervisee)));
    let mut open: Vec<_> = about_cases.chain(about_person).collect();
    open.sort_by_key(|(action, ..)| (action.due_on, action.id.clone()));
    open.into_iter()
        .map(|(action, address, words)| {
            view! {
                <a class="govuk-link" href=address>{action.what.clone()}</a>
                {format!(" ({words}), {}, by ", action.owner)} {day(action.due_on)} " " {standing(action, today)}
            }
            .into_any()
        })
        .collect()
}

fn due(pack: &PrepPack, today: NaiveDate) -> Vec<AnyView> {
    pack.cases
        .iter()
        .filter(|case| {
            matches!(case.case.due.state(today).band(), Band::Overdue | Band::DueToday | Band::Amber)
        })
        .map(|case| {
            view! { {case_link(case)} {format!(" {} ", case.case.label)} {state_tag(&case.case.due, today)} }
                .into_any()
        })
        .collect()
}

fn changes(pack: &PrepPack) -> Vec<AnyView> {
    pack.cases
        .iter()
        .flat_map(|case| case.changes.iter().map(move |change| (case, change)))
        .map(|(case, change)| {
            let note = (!change.note.is_empty()).then(|| format!(" {}", change.note));
            let left = change.level_left.then(|| format!(" {LEVEL_LEFT}."));
            view! { {case_link(case)} " " {day(change.on)} ": " {risk_tag(change.level)} {format!(", {}.", change.direction.words().to_lowercase())} {left} {note} }.into_any()
        })
        .collect()
}

fn quiet(pack: &PrepPack) -> Vec<AnyView> {
    pack.quiet
        .iter()
        .map(|(id, reference, quiet)| {
            view! { <a class="govuk-link" href=format!("/cases/{id}")>{reference.clone()}</a> {format!(": {}", quiet.reasons.join("; "))} }.into_any()
        })
        .collect()
}

fn decisions(pack: &PrepPack) -> Vec<AnyView> {
    pack.cases
        .iter()
        .flat_map(|case| case.decisions.iter().map(move |decision| (case, decision)))
        .map(|(case, decision)| {
            let by = if decision.is_oversight { ", management oversight" } else { "" };
            let added: Vec<_> = decision
                .added
                .iter()
                .map(|added| view! { <li>{when(added.at)} {format!(", {}: {}", added.person, added.words)}</li> })
                .collect();
            let added = (!added.is_empty()).then(|| {
                view! { <div>"Added later" <ul class="govuk-list govuk-list--bullet">{added}</ul></div> }
            });
            view! { {case_link(case)} " " {day(decision.on)} {format!("{by}: {}", decision.words)} {added} }.into_any()
        })
        .collect()
}

/// Questions that are shown; all of them stand under their entries.
const QUESTIONS_SHOWN: usize = 5;

fn questions(pack: &PrepPack) -> Vec<AnyView> {
    let more = pack.questions.len().saturating_sub(QUESTIONS_SHOWN);
    let more = (more > 0).then(|| view! { {format!("and {more} more")} }.into_any());
    pack.questions
        .iter()
        .take(QUESTIONS_SHOWN)
        .map(|question| {
            view! { <a class="govuk-link" href=format!("/supervision/{}", question.session)>{question.question.clone()}</a> }.into_any()
        })
        .chain(more)
        .collect()
}

fn courses(pack: &PrepPack) -> Vec<AnyView> {
    let address = format!("/training/people/{}", pack.pair.supervisee);
    pack.courses
        .iter()
        .map(|(course, standing)| {
            view! { <a class="govuk-link" href=address.clone()>{course.details.title.clone()}</a> " " {tag(standing.code(), standing.words())} }.into_any()
        })
        .collect()
}
