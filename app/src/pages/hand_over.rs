//! Handing over what somebody works on, when they move or leave.

use crate::answer::Answer;
use crate::components::{Choice, Filled, date, hidden, radios, select, today_in};
use crate::pages::form_page::{FormSheet, form, form_page_of};
use crate::visit::Visit;
use domain::TextValue;
use domain::calendar::counted;
use domain::caseload::Caseload;
use domain::form::Form;
use domain::hand_over::{
    BookedSessions, HandOver, HandOverReason, OpenKind, OpenThing, field_for_all, field_for_one,
};
use domain::ids::PersonId;
use domain::people::{Role, Standing};
use leptos::prelude::*;
use records::Problem;
use records::cases;
use records::people::{self, OpenThings, PersonSummary, SUPERVISING};
use std::collections::HashMap;

/// Who may follow, and how much they do already.
struct Candidates {
    people: Vec<PersonSummary>,
    caseloads: HashMap<PersonId, Caseload>,
}

/// `/people/{id}/hand-over`.
pub(crate) fn hand_over(visit: &Visit) -> Result<Answer, Problem> {
    let id: PersonId = visit.id()?;
    let (open, candidates) = visit.read(|reading| {
        let open = people::open_things(reading, &id)?;
        let mut people = people::everybody(reading)?;
        people.retain(|candidate| candidate.id != id);
        Ok((open, Candidates { people, caseloads: cases::caseloads(reading)? }))
    })?;
    let has_left = open.standing == Standing::Left;
    if has_left && open.things.is_empty() {
        return Ok(Answer::see_other(format!("/people/{id}?notice=nothing-open")));
    }
    let filled = if visit.is_post() { visit.form.clone() } else { blank(visit, &open) };
    form_page_of(
        visit,
        Filled::new(filled),
        |filled| Ok(sheet(visit, filled, &id, &open, &candidates)),
        || {
            let chosen = HandOver::parse(&visit.form, &id, &open.things, visit.today())?;
            let (id, hash) = (id.clone(), visit.form.text("hash").to_owned());
            visit.save(move |writing| {
                people::hand_over(writing, &id, &hash, &chosen)?;
                let notice = match chosen.reason {
                    _ if has_left => "handed-over",
                    HandOverReason::Moves => "handed-over",
                    HandOverReason::Leaves if chosen.last_day > writing.today() => "leaving-noted",
                    HandOverReason::Leaves => "account-closed",
                };
                Ok(format!("/people/{id}?notice={notice}"))
            })
        },
    )
}

fn blank(visit: &Visit, open: &OpenThings) -> Form {
    let mut blank = Form::default();
    today_in(&mut blank, "last_day", open.left_on.unwrap_or(visit.today()));
    blank.set("booked", BookedSessions::Keep.code());
    if open.things.iter().any(|thing| thing.kind == OpenKind::Action) {
        blank.set(&field_for_all(OpenKind::Action), "lead");
    }
    blank
}

fn sheet(
    visit: &Visit,
    filled: &Filled,
    id: &PersonId,
    open: &OpenThings,
    candidates: &Candidates,
) -> FormSheet {
    let kinds: Vec<_> =
        OpenKind::ALL.iter().filter_map(|kind| kind_section(filled, *kind, open, candidates)).collect();
    let supervises_in_booked = open.bookings.iter().any(|booking| booking.as_supervisor);
    let booked = supervises_in_booked.then(|| {
        radios(
            filled,
            "booked",
            "Sessions that are booked with those people after the last day",
            "",
            Choice::all::<BookedSessions>(),
            false,
        )
    });
    let fields = view! {
        {hidden("hash", &open.hash)}
        {why_and_when(filled, open)}
        {kinds}
        {booked}
        {stays(open)}
    };
    FormSheet::new(format!("Hand over from {}", open.name), form(visit, filled, fields, "Hand over"))
        .back_to(format!("/people/{id}"), "Back to the person")
        .intro(intro(open))
        .dates(&["last_day"])
}

/// Why and when they hand over: of somebody who has left, both are known.
fn why_and_when(filled: &Filled, open: &OpenThings) -> AnyView {
    if open.standing == Standing::Left {
        let parts = ["last_day.day", "last_day.month", "last_day.year"];
        let last_day: Vec<_> = parts.map(|part| hidden(part, filled.form.text(part))).into();
        return view! { {hidden("reason", HandOverReason::Leaves.code())} {last_day} }.into_any();
    }
    view! {
        {radios(filled, "reason", "Why do they hand over?", "", Choice::all::<HandOverReason>(), false)}
        {date(filled, "last_day", "Last day of this work", "Cases and actions change hands at once, supervision on the day after. If they leave, their account closes at once if this is today or earlier, and otherwise when the day is over")}
    }
    .into_any()
}

fn intro(open: &OpenThings) -> AnyView {
    let words = if open.things.is_empty() {
        format!("Nothing is open with {}.", open.name)
    } else {
        let things = i64::try_from(open.things.len()).unwrap_or(i64::MAX);
        format!(
            "{} open with {}. Say who follows in each. What they wrote stays theirs.",
            counted(things, "thing is", "things are"),
            open.name
        )
    };
    view! { <p class="govuk-body">{words}</p> }.into_any()
}

/// What is open of a kind: one choice for all of it, and, folded away, one for each thing.
fn kind_section(
    filled: &Filled,
    kind: OpenKind,
    open: &OpenThings,
    candidates: &Candidates,
) -> Option<AnyView> {
    let things: Vec<&OpenThing> = open.things.iter().filter(|thing| thing.kind == kind).collect();
    if things.is_empty() {
        return None;
    }
    let names = things.iter().map(|thing| thing.name.as_str()).collect::<Vec<_>>().join(" · ");
    let one_by_one = (things.len() > 1).then(|| one_by_one(filled, &things, open, candidates));
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">{format!("{} ({})", kind.words(), things.len())}</h2>
                <p class="govuk-body">{names}</p>
                {select(filled, &field_for_all(kind), question(kind), hint(kind), choices(kind, &things, open, candidates))}
                {one_by_one}
            </section>
        }
        .into_any(),
    )
}

fn one_by_one(filled: &Filled, things: &[&OpenThing], open: &OpenThings, candidates: &Candidates) -> AnyView {
    let fields: Vec<String> = things.iter().map(|thing| field_for_one(thing)).collect();
    let is_used =
        fields.iter().any(|field| filled.problems.of(field).is_some() || !filled.form.text(field).is_empty());
    let selects: Vec<_> = things
        .iter()
        .map(|thing| {
            let mut choices = choices(thing.kind, &[thing], open, candidates);
            if let Some(first) = choices.first_mut() {
                *first = Choice::new("", "As chosen for all");
            }
            select(filled, &field_for_one(thing), &thing.name, "", choices)
        })
        .collect();
    view! {
        <details class="govuk-details" open=is_used>
            <summary class="govuk-details__summary">
                <span class="govuk-details__summary-text">"Choose one by one"</span>
            </summary>
            <div class="govuk-details__text">{selects}</div>
        </details>
    }
    .into_any()
}

fn question(kind: OpenKind) -> &'static str {
    if kind.is_their_own_word() { "What becomes of them?" } else { "Who follows?" }
}

fn hint(kind: OpenKind) -> &'static str {
    match kind {
        OpenKind::Case => "With the cases that each leads now, by name. The weight is by plan and risk",
        OpenKind::CoWork | OpenKind::Action => "",
        OpenKind::Request => "Whoever follows gets a mail",
        OpenKind::Supervision => "Agreements end with the supervision: the new supervisor makes one",
        OpenKind::Unwritten => "Nobody else can write up a session that they have not held",
        OpenKind::Signature => {
            "Nobody signs in their place. A record that stays without their signature says that they left before signing"
        }
        OpenKind::AuditRound | OpenKind::SecondGrade => {
            "An auditor who has nothing else to do with the files. What was graded stays as it is"
        }
    }
}

/// Who can follow in each of these things, by name; how much each has to do is said, and puts nobody before another.
fn choices(kind: OpenKind, things: &[&OpenThing], open: &OpenThings, candidates: &Candidates) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", "Choose")];
    match kind {
        OpenKind::Case => choices.push(Choice::new("nobody", "Nobody yet: they wait to be allocated")),
        OpenKind::CoWork => choices.push(Choice::new("nobody", "Nobody: the others go on")),
        OpenKind::Request => choices.push(Choice::new("nobody", "Nobody: they stay without an answer")),
        OpenKind::Action => choices.push(Choice::new("lead", "Whoever leads the case from now on")),
        OpenKind::Unwritten => {
            choices.push(Choice::new("until", "They write them up by their last day"));
            choices.push(Choice::new("nobody", "They count as not held"));
        }
        OpenKind::Signature => {
            choices.push(Choice::new("until", "They sign by their last day"));
            choices.push(Choice::new("nobody", "They stay without this signature"));
        }
        OpenKind::SecondGrade => choices.push(Choice::new("nobody", "Nobody: the first grade stands alone")),
        OpenKind::Supervision | OpenKind::AuditRound => {}
    }
    if open.standing != Standing::Left {
        choices.push(Choice::new("keep", "They keep this, because they stay here"));
    }
    let is_free = |person: &&PersonSummary| things.iter().all(|thing| !thing.not_for.contains(&person.id));
    let fits = |person: &&PersonSummary| match kind {
        OpenKind::Unwritten | OpenKind::Signature => false,
        OpenKind::AuditRound | OpenKind::SecondGrade => person.roles.contains(&Role::Auditor),
        OpenKind::Case | OpenKind::CoWork => person.roles.contains(&Role::Practitioner),
        OpenKind::Action => person.roles.iter().any(|role| *role == Role::Practitioner || role.manages()),
        OpenKind::Request => person.roles.iter().any(|role| role.manages()),
        OpenKind::Supervision => person.roles.iter().any(|role| SUPERVISING.contains(role)),
    };
    choices.extend(candidates.people.iter().filter(is_free).filter(fits).map(|person| {
        let load = candidates.caseloads.get(&person.id).copied().unwrap_or_default();
        let load = if kind == OpenKind::Case { format!(": {}", load.words()) } else { String::new() };
        Choice::new(&person.id, format!("{}, {}{load}", person.name, person.team))
    }));
    choices
}

/// What cannot be handed over, and what becomes of it.
fn stays(open: &OpenThings) -> Option<AnyView> {
    let mut lines = Vec::new();
    if open.questions > 0 {
        lines.push(format!(
            "{} put to them and not answered. Nobody else is asked.",
            counted(open.questions, "question was", "questions were")
        ));
    }
    if open.drafts > 0 {
        lines.push(format!(
            "{} that nobody else can read. Ask them to save what has to be kept.",
            counted(open.drafts, "draft", "drafts")
        ));
    }
    if lines.is_empty() {
        return None;
    }
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"What stays with them"</h2>
                <ul class="govuk-list govuk-list--bullet">{lines}</ul>
            </section>
        }
        .into_any(),
    )
}
