//! A case's page: what is the risk, who decided what, when is it next looked at.

use super::list::encoded;
use super::siblings::list_of;
use crate::answer::Answer;
use crate::components::{Caption, day, empty, fact, facts, prose, risk_tag, table, tag};
use crate::document::Sheet;
use crate::pages::action_review::standing;
use crate::pages::actions::ListBefore;
use crate::pages::bias_work::challenges_section;
use crate::pages::case_entry::entry_body;
use crate::pages::checklist::checklist_said;
use crate::pages::form_page::FROM;
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::calendar::day_in_words;
use domain::cases::CaseStatus;
use domain::ids::CaseId;
use domain::supervision::ActionState;
use leptos::prelude::*;
use records::Problem;
use records::actions::ActionRow;
use records::cases::{self, CaseFile, TimelineItem};

/// `/cases/{id}`.
pub(crate) fn open(visit: &Visit) -> Result<Answer, Problem> {
    let id: CaseId = visit.id()?;
    let older_than = visit.query.text("before").parse().ok().zip(visit.query.text("key").parse().ok());
    let is_first_page = older_than.is_none();
    let case = visit.read(|reading| cases::open(reading, &id, older_than))?;
    let title = format!("{} {}", case.details.reference, case.details.label);
    let top = is_first_page.then(|| {
        view! {
            {top_facts(&case)}
            {(case.details.status == CaseStatus::Open).then(|| super::cadence::card(visit, &case))}
            {actions_section(&case.actions, visit.today())}
            {super::voices::section(&case)}
            {challenges_section(&case)}
        }
    });
    let content = view! {
        <div class="fe-title">
            <h1 class="govuk-heading-l">
                <span class="govuk-caption-l">{case.details.reference.clone()}" "</span>
                {case.details.label.clone()}
            </h1>
            {buttons(visit, &case)}
        </div>
        {top}
        {siblings_section(&case)}
        {timeline(&case)}
    };
    Ok(Sheet::new(title, content).with_reference(&case.details.reference).answer(visit))
}

/// Brothers and sisters, and the way to say who they are.
fn siblings_section(case: &CaseFile) -> Option<AnyView> {
    if case.siblings.is_empty() && !case.may.change {
        return None;
    }
    let change = case.may.change.then(|| {
        let words = if case.siblings.is_empty() { "Note brothers or sisters" } else { "Change who they are" };
        view! { <p class="govuk-body fe-no-print"><a class="govuk-link" href=format!("/cases/{}/siblings", case.id)>{words}</a></p> }
    });
    let list = (!case.siblings.is_empty()).then(|| {
        view! { <h2 class="govuk-heading-m">"Brothers and sisters"</h2> {list_of(&case.siblings)} }
    });
    Some(view! { <section class="fe-section">{list} {change}</section> }.into_any())
}

fn buttons(visit: &Visit, case: &CaseFile) -> AnyView {
    let supervises = case.details.lead_practitioner.clone().filter(|lead| {
        visit.signed_in.as_ref().is_some_and(|signed_in| signed_in.actor.case_supervisees().contains(lead))
    });
    let log = supervises.map(|lead| {
        view! { <a class="govuk-button" href=format!("/supervision/new?supervisee={lead}&case={}", case.id)>"Log supervision"</a> }
    });
    let oversee = case.may.oversee.then(|| {
        view! { <a class="govuk-button govuk-button--secondary" href=format!("/cases/{}/oversight", case.id)>"Add oversight note"</a> }
    });
    let risk = case.may.note_risk.then(|| {
        view! { <a class="govuk-button govuk-button--secondary" href=format!("/cases/{}/risk", case.id)>"Note a change in risk"</a> }
    });
    let change = case.may.change.then(|| {
        view! { <a class="govuk-button govuk-button--secondary" href=format!("/cases/{}/edit", case.id)>"Change details"</a> }
    });
    view! {
        <div class="govuk-button-group fe-no-print">
            {log} {oversee} {risk} {change}
            <a class="govuk-button govuk-button--secondary" href=format!("/reflections/new?case={}", encoded(case.id.as_str()))>"Write a reflection"</a>
        </div>
    }
    .into_any()
}

fn top_facts(case: &CaseFile) -> AnyView {
    let details = &case.details;
    let lead = match (&details.lead_practitioner, &case.lead_name) {
        (Some(id), Some(name)) => {
            view! { <a class="govuk-link" href=format!("/people/{id}")>{name.clone()}</a> }.into_any()
        }
        _ => tag("overdue", "Not allocated yet"),
    };
    let co_workers = case.co_workers.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
    let abuse = match (details.domestic_abuse, details.marac) {
        (_, true) => "Known or suspected; before MARAC",
        (true, false) => "Known or suspected",
        (false, false) => "Not known",
    };
    let mut shown = vec![
        fact("Risk", risk_tag(case.risk_level)),
        fact("Plan", view! { {details.plan_type.words()} <small>{details.subject_kind.words()}</small> }),
        fact("Domestic abuse", abuse),
        fact("Lead practitioner", lead),
        fact("Team", case.team_name.clone()),
        fact("Allocated", day(details.allocated_on)),
        fact("Last supervision", case.last_held_on.map_or_else(|| tag("never", "None yet"), day)),
    ];
    if !co_workers.is_empty() {
        shown.insert(4, fact("Co-workers", co_workers));
    }
    if let Some(score) = case.score {
        shown.insert(1, fact("Risk checklist (DASH-RIC)", score.words()));
    } else if details.domestic_abuse {
        shown.insert(1, fact("Risk checklist (DASH-RIC)", "No score noted yet"));
    }
    if details.status != CaseStatus::Open {
        shown.push(fact("Status", details.status.words()));
    }
    if let Some(next_on) = case.next_on {
        let sooner = (case.cadence.due.due_on < next_on).then_some(". Now due sooner: see below");
        shown.push(fact("Next date agreed", view! { {day(next_on)} {sooner} }));
    }
    facts(shown)
}

/// The open actions on a case.
fn actions_section(actions: &[ActionRow], today: NaiveDate) -> Option<AnyView> {
    let open: Vec<&ActionRow> = actions.iter().filter(|action| action.state == ActionState::Open).collect();
    if open.is_empty() {
        return None;
    }
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Open actions"</h2>
                {open_actions(&open, today, None)}
            </section>
        }
        .into_any(),
    )
}

/// A table of open actions. Where they are about several, with what each is about (a case's reference, or a name), and which
/// list it is.
pub(crate) fn open_actions(
    actions: &[&ActionRow],
    today: NaiveDate,
    list: Option<(&[String], ListBefore)>,
) -> AnyView {
    let rows: Vec<_> = actions
        .iter()
        .enumerate()
        .map(|(number, action)| {
            let reference = list
                .and_then(|(references, _)| references.get(number))
                .map(|reference| view! { <small>{about(action, reference)}</small> });
            let from = list.map_or(String::new(), |(_, list)| format!("?{FROM}={}", list.code()));
            view! {
                <tr>
                    <th scope="row">{action.what.clone()} {reference}</th>
                    <td data-label="Who">{action.owner.clone()}</td>
                    <td data-label="By when"><div>{day(action.due_on)} " " {standing(action, today)}</div></td>
                    <td data-label="If not done"><span>{action.fallback.clone()}</span></td>
                    <td>
                        <a class="govuk-link" href=format!("/actions/{}{from}", action.id)>
                            "End this action" <span class="govuk-visually-hidden">{format!(": {}", action.what)}</span>
                        </a>
                    </td>
                </tr>
            }
        })
        .collect();
    table(Caption::Unseen("Actions"), &["What", "Who", "By when", "If not done", ""], rows)
}

/// About what an action is: its case, by reference, or somebody who is supervised, by name.
pub(crate) fn about(action: &ActionRow, words: &str) -> AnyView {
    match action.case() {
        Some(case) => {
            view! { <a class="govuk-link" href=format!("/cases/{case}")>{words.to_owned()}</a> }.into_any()
        }
        None => format!("Supervision of {words}").into_any(),
    }
}

fn timeline(case: &CaseFile) -> AnyView {
    let has_entries = case.timeline.iter().any(|item| item.entry.is_some());
    let items: Vec<_> =
        case.timeline.iter().map(|item| timeline_item(&case.id, item, &case.actions)).collect();
    let older = case.timeline.last().filter(|_| case.has_older).map(|last| {
        let href = format!("/cases/{}?before={}&key={}", case.id, last.on, last.risk_view);
        view! { <p class="govuk-body fe-no-print"><a class="govuk-link" href=href>"Older entries"</a></p> }
    });
    let nothing = (!has_entries)
        .then(|| empty("No case entries yet", "Add the first when you next talk about this family."));
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Timeline"</h2>
            {nothing}
            <ol class="fe-timeline">{items}</ol>
            {older}
        </section>
    }
    .into_any()
}

fn timeline_item(case: &CaseId, item: &TimelineItem, actions: &[ActionRow]) -> AnyView {
    let change = item
        .previous_level
        .filter(|_| item.changes_level())
        .map(|previous| format!("Risk changed from {} to {}", previous.words(), item.level.words()));
    let (title, body) = match &item.entry {
        Some(entry) => {
            (entry.kind.words().to_owned(), Some(entry_body((entry, item.checklist), &item.added, actions)))
        }
        None if !item.note.is_empty() => ("Change in risk noted".to_owned(), Some(risk_note(item))),
        None if change.is_some() => ("Risk looked at".to_owned(), None),
        None => ("Case opened".to_owned(), None),
    };
    let session = item.entry.as_ref().and_then(|entry| entry.supervision.clone()).map(|session| {
        view! { " · " <a class="govuk-link" href=format!("/supervision/{session}")>"The whole session"</a> }
    });
    let alone = item.entry.as_ref().map(|entry| {
        let about = format!(" {} of {}", entry.kind.words(), day_in_words(item.on));
        view! { " · " <a class="govuk-link fe-no-print" href=super::path_of_entry(case, &entry.id)>"Print or file" <span class="govuk-visually-hidden">{about}</span></a> }
    });
    let void = item.is_void().then(|| view! { {tag("not-required", "Void: it does not count")} " " });
    let change = change.map(|words| view! { <p class="govuk-body"><strong>{words}</strong></p> });
    let direction =
        (item.entry.is_some() || !item.note.is_empty()).then(|| format!(", {}", direction_in_words(item)));
    view! {
        <li>
            <h3 class="fe-timeline__title">{title}</h3>
            <p class="fe-timeline__byline">{void} {day(item.on)} ", " {item.author.clone()} {session} {alone}</p>
            <div class="fe-timeline__body">
                {change}
                <p class="govuk-body">{risk_tag(item.level)} {direction}</p>
                {body}
            </div>
        </li>
    }
    .into_any()
}

fn risk_note(item: &TimelineItem) -> AnyView {
    let repeat = item.is_repeat.then(
        || view! { <p class="govuk-body"><strong>"It has happened again: a repeat incident"</strong></p> },
    );
    view! { {repeat} {prose(&item.note)} {checklist_said(item.checklist)} }.into_any()
}

fn direction_in_words(item: &TimelineItem) -> &'static str {
    use domain::risk::RiskDirection;
    match item.direction {
        RiskDirection::Up => "risk has gone up",
        RiskDirection::Same => "risk is the same",
        RiskDirection::Down => "risk has gone down",
        RiskDirection::Unknown => "direction not known",
    }
}
