//! The agenda of two people, and that of a booked session which is not of every day.

use super::{booked::path_of_booked, pair, path};
use crate::answer::Answer;
use crate::components::{Filled, hidden, line, readers};
use crate::pages::form_page::{FormSheet, button_form, form, form_page};
use crate::visit::Visit;
use domain::access::Readers;
use domain::form::Form;
use domain::ids::AgendaItemId;
use domain::preparation::read_agenda_item;
use domain::supervision::{KEPT_AGENDA, SHOWN_AGENDA, SupervisionKind};
use leptos::prelude::*;
use records::preparation::{self, AgendaItem, AgendaOf, Pair};
use records::{Problem, Writing};

/// An agenda as its page shows it.
pub(super) struct Agenda<'a> {
    /// The page on which it stands.
    pub(super) page: String,
    /// Who reads it.
    pub(super) readers: Readers,
    /// What stands on it, each with its author's name, and whether the reader may take it off.
    pub(super) items: Vec<(&'a AgendaItem, &'a str, bool)>,
    /// Whether it can still be added to.
    pub(super) is_open: bool,
    /// Who may add to it, for a page that has nothing yet.
    pub(super) who_adds: &'static str,
}

/// The agenda on its page, with the form that adds to it.
pub(super) fn agenda_section(visit: &Visit, agenda: Agenda<'_>) -> AnyView {
    let items: Vec<_> = agenda
        .items
        .into_iter()
        .map(|(item, author, may_take_off)| {
            let take_off = may_take_off
                .then(|| button_form(visit, &format!("/agenda/{}/remove", item.id), "Take off", &item.words));
            view! {
                <li>
                    <p class="govuk-body">{item.words.clone()} " " <small class="fe-muted">{author.to_owned()}</small></p>
                    {take_off}
                </li>
            }
        })
        .collect();
    let nothing = items
        .is_empty()
        .then(|| view! { <p class="govuk-body fe-muted">"Nothing yet. " {agenda.is_open.then_some(agenda.who_adds)}</p> });
    let form = agenda.is_open.then(|| {
        view! {
            <form method="post" action=format!("{}/agenda", agenda.page) class="fe-no-print" novalidate>
                {hidden("form_token", &visit.form_token)}
                {hidden("form_key", records::submissions::new_key())}
                {agenda_field(&Filled::default(), agenda.readers)}
                <button class="govuk-button govuk-button--secondary">"Put on the agenda"</button>
            </form>
        }
    });
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Agenda"</h2>
            {nothing}
            <ul class="fe-agenda">{items}</ul>
            {form}
        </section>
    }
    .into_any()
}

/// The form of an agenda stands on its page; here it is shown again if something is wrong.
pub(super) fn put_on_agenda(
    visit: &Visit,
    page: String,
    readers: Readers,
    add: impl FnOnce(&mut Writing<'_>, &str) -> Result<AgendaItemId, Problem> + Send + 'static,
) -> Result<Answer, Problem> {
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            let fields = agenda_field(filled, readers);
            Ok(FormSheet::new("Put on the agenda", form(visit, filled, fields, "Put on the agenda"))
                .back_to(page.clone(), "Back to the preparation"))
        },
        || {
            let words = read_agenda_item(&visit.form)?;
            let page = page.clone();
            visit.save(move |writing| {
                add(writing, &words)?;
                Ok(format!("{page}?notice=agenda-saved"))
            })
        },
    )
}

/// `/prepare/{supervisor}/{supervisee}/agenda`.
pub(crate) fn add_to_agenda(visit: &Visit) -> Result<Answer, Problem> {
    let pair = pair(visit)?;
    visit.read(|reading| preparation::agenda(reading, &pair))?;
    put_on_agenda(visit, path(&pair), Readers::Agenda, move |writing, words| {
        preparation::add_to_agenda(writing, &pair, words)
    })
}

fn agenda_field(filled: &Filled, who: Readers) -> AnyView {
    view! {
        {readers(who)}
        {line(filled, "agenda", "What do you want to talk about?", "", "")}
    }
    .into_any()
}

/// `/agenda/{id}/remove`.
pub(crate) fn take_off_agenda(visit: &Visit) -> Result<Answer, Problem> {
    let id: AgendaItemId = visit.id()?;
    if !visit.is_post() {
        let whose = visit.read(|reading| preparation::agenda_of_item(reading, &id))?;
        return Ok(Answer::see_other(path_of_agenda(&whose)));
    }
    let whose = visit.write(move |writing| preparation::take_off_agenda(writing, &id))?;
    Ok(Answer::see_other(format!("{}?notice=agenda-taken-off", path_of_agenda(&whose))))
}

fn path_of_agenda(whose: &AgendaOf) -> String {
    match whose {
        AgendaOf::Two(pair) => path(pair),
        AgendaOf::Booked(booking) => path_of_booked(booking),
    }
}

/// The agenda above the form for a session: all of it is taken as talked about, but for what is ticked. A group keeps nothing for next
/// time: who is in the next is not known.
pub(crate) fn agenda_fields(
    filled: &Filled,
    agenda: &[AgendaItem],
    pair: &Pair,
    special: Option<SupervisionKind>,
) -> Option<AnyView> {
    let link = special.is_none().then(|| {
        view! { <p class="govuk-body"><a class="govuk-link" href=path(pair) target="_blank">"What you prepared (opens in a new tab)"</a></p> }
    });
    if agenda.is_empty() {
        return link.map(IntoAny::into_any);
    }
    let may_keep = special.is_none_or(|kind| !kind.has_others());
    let kept: Vec<String> = filled.form.all(KEPT_AGENDA).map(str::to_owned).collect();
    let items: Vec<_> = agenda
        .iter()
        .enumerate()
        .map(|(number, item)| {
            let keep = may_keep.then(|| keep_box(number, item, kept.contains(&item.id.to_string())));
            view! {
                <li>
                    {hidden(SHOWN_AGENDA, &item.id)}
                    <p class="govuk-body">{item.words.clone()}</p>
                    {keep}
                </li>
            }
        })
        .collect();
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Agenda"</h2>
                <ul class="fe-agenda">{items}</ul>
                {link}
            </section>
        }
        .into_any(),
    )
}

/// The box that keeps an item of the agenda for next time.
fn keep_box(number: usize, item: &AgendaItem, is_kept: bool) -> AnyView {
    let id = format!("{KEPT_AGENDA}-{number}");
    let label = format!("Keep for next time: {}", item.words);
    view! {
        <div class="govuk-checkboxes govuk-checkboxes--small">
            <div class="govuk-checkboxes__item">
                <input class="govuk-checkboxes__input" id=id.clone() name=KEPT_AGENDA type="checkbox" value=item.id.to_string() checked=is_kept aria-label=label/>
                <label class="govuk-label govuk-checkboxes__label" for=id aria-hidden="true">"Keep for next time"</label>
            </div>
        </div>
    }
    .into_any()
}
