//! The agenda of a booked session that is not of every day.

use super::agenda_field;
use crate::answer::Answer;
use crate::components::day;
use crate::pages::form_page::{FormSheet, button_form, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::form::Form;
use domain::ids::{BookingId, PersonId};
use domain::preparation::read_agenda_item;
use domain::supervision::SupervisionKind;
use leptos::prelude::*;
use records::Problem;
use records::preparation::{self, AgendaItem, BookedAgenda, BookedSession};

/// The page of a booked session's agenda.
pub(crate) fn path_of_booked(id: &BookingId) -> String {
    format!("/prepare/sessions/{id}")
}

/// The booked sessions with an agenda of their own, under the people with whom somebody prepares.
pub(super) fn section(sessions: &[BookedSession]) -> Option<AnyView> {
    let items: Vec<_> = sessions
        .iter()
        .map(|session| {
            let about = format!(", with {} and {}", session.supervisor.1, session.supervisee.1);
            view! { <li><a class="govuk-link" href=path_of_booked(&session.id)>{session.kind.words()} {about}</a> <small>{day(session.on)}</small></li> }
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

/// `/prepare/sessions/{id}`: the agenda, and the form that adds to it.
pub(crate) fn booked(visit: &Visit) -> Result<Answer, Problem> {
    let id: BookingId = visit.id()?;
    let agenda = visit.read(|reading| preparation::booked_agenda(reading, &id))?;
    let me = visit.signed_in.as_ref().map(|signed_in| signed_in.actor.person.clone());
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            let fields = agenda_field(filled, who_reads(agenda.session.kind));
            let title = format!("Agenda: {}", agenda.session.kind.words().to_lowercase());
            Ok(FormSheet::new(title, form(visit, filled, fields, "Put on the agenda"))
                .back_to("/prepare", "Back to Prepare")
                .intro(intro(visit, &agenda, me.as_ref())))
        },
        || {
            let words = read_agenda_item(&visit.form)?;
            let id = id.clone();
            visit.save(move |writing| {
                preparation::add_to_booked_agenda(writing, &id, &words)?;
                Ok(format!("{}?notice=agenda-saved", path_of_booked(&id)))
            })
        },
    )
}

fn intro(visit: &Visit, agenda: &BookedAgenda, me: Option<&PersonId>) -> AnyView {
    let session = &agenda.session;
    let leads = me == Some(&session.supervisor.0);
    let items: Vec<_> = agenda
        .items
        .iter()
        .map(|(item, author)| agenda_line(visit, item, author, leads || me == Some(&item.author)))
        .collect();
    let items = if items.is_empty() {
        view! { <p class="govuk-body fe-muted">"Nothing yet."</p> }.into_any()
    } else {
        view! { <ul class="fe-agenda">{items}</ul> }.into_any()
    };
    view! {
        <p class="govuk-body">{day(session.on)} {format!(", {} with {}.", session.supervisor.1, session.supervisee.1)}</p>
        {items}
    }
    .into_any()
}

fn agenda_line(visit: &Visit, item: &AgendaItem, author: &str, may_take_off: bool) -> AnyView {
    let take_off = may_take_off
        .then(|| button_form(visit, &format!("/agenda/{}/remove", item.id), "Take off", &item.words));
    view! { <li><p class="govuk-body">{item.words.clone()} " " <small>{author.to_owned()}</small></p> {take_off}</li> }
        .into_any()
}
