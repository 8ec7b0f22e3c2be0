//! Before a booked session that is not of every day: its own agenda, and what whoever opens it brings.

use super::agenda::{Agenda, agenda_section, put_on_agenda};
use super::pack;
use crate::answer::Answer;
use crate::components::{day, fact, facts};
use crate::document::Sheet;
use crate::pages::form_page::back_link;
use crate::pages::supervision::path_of_form;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::ids::{BookingId, PersonId};
use domain::supervision::SupervisionKind;
use leptos::prelude::*;
use records::Problem;
use records::preparation::{self, BookedPack, BookedSession, PrepPack};

/// The page of a booked session.
pub(crate) fn path_of_booked(id: &BookingId) -> String {
    format!("/prepare/sessions/{id}")
}

/// The booked sessions with an agenda of their own, under the people with whom somebody prepares.
pub(super) fn section(sessions: &[BookedSession]) -> Option<AnyView> {
    let items: Vec<_> = sessions
        .iter()
        .map(|session| {
            let about = format!(", with {} and {}", session.supervisor.1, session.supervisee.1);
            view! { <li><a class="govuk-link" href=path_of_booked(&session.id)>{session.meets.kind.words()} {about}</a> <small>{day(session.meets.on)}</small></li> }
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Sessions with an agenda of their own"</h2>
                <ul class="fe-links">{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn who_reads(kind: SupervisionKind) -> Readers {
    if kind == SupervisionKind::Group { Readers::GroupAgenda } else { Readers::Agenda }
}

/// `/prepare/sessions/{id}`.
pub(crate) fn booked(visit: &Visit) -> Result<Answer, Problem> {
    let id: BookingId = visit.id()?;
    let pack = visit.read(|reading| preparation::booked_pack(reading, &id))?;
    let me = visit.signed_in.as_ref().map(|signed_in| signed_in.actor.person.clone());
    let session = &pack.agenda.session;
    let title = session.meets.kind.words();
    let leads = me.as_ref() == Some(&session.supervisor.0);
    let begin = (leads && pack.is_to_come).then(|| {
        let address = path_of_form(&session.supervisee.0, session.meets);
        view! { <div class="govuk-button-group fe-no-print"><a class="govuk-button" href=address>"Begin the session"</a></div> }
    });
    let content = view! {
        {back_link(Some(("/prepare".to_owned(), "Back to all".to_owned())))}
        <div class="fe-title">
            <h1 class="govuk-heading-l"><span class="govuk-caption-l">"Before the session" " "</span>{title}</h1>
            {begin}
        </div>
        {standing_facts(&pack)}
        {agenda(visit, &pack, me.as_ref())}
        {pack.brings.as_ref().map(|brings| brought(visit, brings, leads))}
    };
    Ok(Sheet::new(format!("Before: {}", title.to_lowercase()), content)
        .with_reference("Preparation")
        .answer(visit))
}

/// `/prepare/sessions/{id}/agenda`.
pub(crate) fn add_to_booked_agenda(visit: &Visit) -> Result<Answer, Problem> {
    let id: BookingId = visit.id()?;
    let agenda = visit.read(|reading| preparation::booked_agenda(reading, &id))?;
    put_on_agenda(visit, path_of_booked(&id), who_reads(agenda.session.meets.kind), move |writing, words| {
        preparation::add_to_booked_agenda(writing, &id, words)
    })
}

fn standing_facts(pack: &BookedPack) -> AnyView {
    let session = &pack.agenda.session;
    let mut shown = vec![
        fact(
            "Booked for",
            view! { <a class="govuk-link" href="/bookings">{day(session.meets.on)}</a> }.into_any(),
        ),
        fact("With", format!("{} and {}", session.supervisor.1, session.supervisee.1)),
    ];
    shown.extend(pack.last.as_ref().map(|(id, held_on)| {
        let link = view! { <a class="govuk-link" href=format!("/supervision/{id}")>{day(*held_on)}</a> };
        fact("Last one like it", link.into_any())
    }));
    facts(shown)
}

fn agenda(visit: &Visit, pack: &BookedPack, me: Option<&PersonId>) -> AnyView {
    let agenda = &pack.agenda;
    let session = &agenda.session;
    let leads = me == Some(&session.supervisor.0);
    agenda_section(
        visit,
        Agenda {
            page: path_of_booked(&session.id),
            readers: who_reads(session.meets.kind),
            items: agenda
                .items
                .iter()
                .map(|(item, author)| (item, author.as_str(), leads || me == Some(&item.author)))
                .collect(),
            is_open: pack.is_to_come,
            who_adds: if session.meets.kind == SupervisionKind::Group {
                "Everybody who may be in the group can add to it."
            } else {
                "Both of you can add to it."
            },
        },
    )
}

/// The work that whoever opens the page brings: the leader that of whom they meet, and everybody else their own.
fn brought(visit: &Visit, brings: &PrepPack, leads: bool) -> AnyView {
    let whose = if leads {
        format!("What {} works on, as far as you may open it.", brings.supervisee)
    } else {
        "What you could bring.".to_owned()
    };
    view! {
        <p class="govuk-body">{whose} " "
            <a class="govuk-link fe-no-print" href=super::path(&brings.pair)>"Everything before the session of the two of you"</a></p>
        {pack::work(brings, visit.today())}
    }
    .into_any()
}
