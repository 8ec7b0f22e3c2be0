//! Before a session: what both open it with, its agenda, and what the person supervised prepares.

mod agenda;
mod booked;
mod pack;

pub(crate) use agenda::{add_to_agenda, agenda_fields, take_off_agenda};
pub(crate) use booked::{add_to_booked_agenda, booked};
pub(crate) use pack::pack;

use crate::answer::Answer;
use crate::components::{Caption, Choice, Filled, day, empty, radios, readers, table, text_box};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use domain::access::{Action, Actor, Readers, may};
use domain::preparation::{HOW_ARE_YOU, NewPreparation, QUESTIONS, Sharing, WELLBEING};
use domain::supervision::SupervisionKind;
use leptos::prelude::*;
use records::Problem;
use records::bookings::Booking;
use records::preparation::{self, Pair, PairSummary};

/// The two who are named in the address.
fn pair(visit: &Visit) -> Result<Pair, Problem> {
    let part = |number: usize| visit.parameters.get(number).and_then(|text| text.parse().ok());
    let (supervisor, supervisee) = part(0).zip(part(1)).ok_or(Problem::NotFound)?;
    Ok(Pair { supervisor, supervisee })
}

/// The page of a pair's pack.
pub(crate) fn path(pair: &Pair) -> String {
    format!("/prepare/{}/{}", pair.supervisor, pair.supervisee)
}

/// The page of what there is before a booked session: its own, or that of the two where they go on from one to the next; `None` for
/// two who no longer prepare together.
pub(crate) fn path_of(booking: &Booking, reader: &Actor) -> Option<String> {
    if SupervisionKind::WITH_OWN_AGENDA.contains(&booking.kind) {
        return Some(booked::path_of_booked(&booking.id));
    }
    let pair = Pair { supervisor: booking.supervisor.0.clone(), supervisee: booking.supervisee.0.clone() };
    may(reader, &Action::Prepare(&pair.facts(&reader.organisation))).is_allowed().then(|| path(&pair))
}

/// `/prepare`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let (pairs, sessions) =
        visit.read(|reading| Ok((preparation::pairs(reading)?, preparation::booked_sessions(reading)?)))?;
    let list = if pairs.is_empty() {
        empty("Nobody to meet yet", "An administrator says who supervises whom, on the person’s page.")
    } else {
        let rows = pairs.iter().map(pair_row).collect();
        table(Caption::Unseen("With whom you meet"), &["With", "As", "Next session"], rows)
    };
    let content = view! {
        <h1 class="govuk-heading-l">"Prepare"</h1>
        {list}
        {booked::section(&sessions)}
    };
    Ok(Sheet::new("Prepare", content).answer(visit))
}

fn pair_row(summary: &PairSummary) -> AnyView {
    let role = if summary.is_supervisee { "Your supervisor" } else { "Whom you supervise" };
    let next = summary.next_on.map_or_else(|| "None booked".into_any(), day);
    view! {
        <tr>
            <th scope="row"><a class="govuk-link" href=path(&summary.pair)>{summary.other.clone()}</a></th>
            <td data-label="As">{role}</td>
            <td data-label="Next session"><div>{next}</div></td>
        </tr>
    }
    .into_any()
}

/// `/prepare/{supervisor}/{supervisee}/form`.
pub(crate) fn prepare(visit: &Visit) -> Result<Answer, Problem> {
    let pair = pair(visit)?;
    let (blank, found) = visit.read(|reading| preparation::preparation_form(reading, &pair))?;
    form_page(
        visit,
        || Ok(blank),
        |filled| {
            let title = format!("Prepare for {}", found.supervisor);
            Ok(FormSheet::new(title, form(visit, filled, preparation_fields(filled), "Save"))
                .intro(pack::to_bring(&found, visit.today()))
                .back_to(path(&pair), "Back to the preparation"))
        },
        || {
            let new = NewPreparation::parse(&visit.form)?;
            let (pair, version) = (pair.clone(), visit.version());
            visit.save(move |writing| {
                preparation::prepare(writing, &pair, version, &new)?;
                Ok(format!("{}?notice=prepared", path(&pair)))
            })
        },
    )
}

fn preparation_fields(filled: &Filled) -> AnyView {
    let questions: Vec<_> =
        QUESTIONS.iter().map(|question| text_box(filled, question.key, question.words, "", 2)).collect();
    let scale = WELLBEING
        .map(|number| match number {
            1 => Choice::new(number, "1 (bad)"),
            5 => Choice::new(number, "5 (good)"),
            _ => Choice::new(number, number),
        })
        .collect();
    view! {
        <p class="govuk-body">"Answer what helps: no question has to be. At the end, say who reads it."</p>
        {readers(Readers::Preparation)}
        {questions}
        {radios(filled, "wellbeing", HOW_ARE_YOU, "", scale, true)}
        {radios(filled, "sharing", "Who reads it?", "", Choice::all::<Sharing>(), false)}
    }
    .into_any()
}
