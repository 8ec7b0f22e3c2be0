//! Before a session: what both open it with, its agenda, and what the person supervised prepares.

mod booked;
mod pack;

pub(crate) use booked::{booked, path_of_booked};
pub(crate) use pack::pack;

use crate::answer::Answer;
use crate::components::{
    Caption, Choice, Filled, day, empty, hidden, line, radios, readers, table, text_box,
};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use domain::access::Readers;
use domain::form::Form;
use domain::ids::AgendaItemId;
use domain::preparation::{HOW_ARE_YOU, NewPreparation, QUESTIONS, Sharing, WELLBEING, read_agenda_item};
use domain::supervision::{KEPT_AGENDA, SHOWN_AGENDA, SupervisionKind};
use leptos::prelude::*;
use records::Problem;
use records::preparation::{self, AgendaItem, AgendaOf, Pair, PairSummary};

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

// --- The agenda ---------------------------------------------------------------------------------------------------

/// `/prepare/{supervisor}/{supervisee}/agenda`: the form stands on the pack's page; here it is shown again if something is
/// wrong.
pub(crate) fn add_to_agenda(visit: &Visit) -> Result<Answer, Problem> {
    let pair = pair(visit)?;
    visit.read(|reading| preparation::agenda(reading, &pair))?;
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            Ok(FormSheet::new(
                "Put on the agenda",
                form(visit, filled, agenda_field(filled, Readers::Agenda), "Put on the agenda"),
            )
            .back_to(path(&pair), "Back to the preparation"))
        },
        || {
            let words = read_agenda_item(&visit.form)?;
            let pair = pair.clone();
            visit.save(move |writing| {
                preparation::add_to_agenda(writing, &pair, &words)?;
                Ok(format!("{}?notice=agenda-saved", path(&pair)))
            })
        },
    )
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

// --- The preparation ----------------------------------------------------------------------------------------------

/// `/prepare/{supervisor}/{supervisee}/form`.
pub(crate) fn prepare(visit: &Visit) -> Result<Answer, Problem> {
    let pair = pair(visit)?;
    let (blank, supervisor) = visit.read(|reading| preparation::preparation_form(reading, &pair))?;
    form_page(
        visit,
        || Ok(blank),
        |filled| {
            let title = format!("Prepare for {supervisor}");
            Ok(FormSheet::new(title, form(visit, filled, preparation_fields(filled), "Save"))
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

/// The form under the agenda of the pack.
fn agenda_form(visit: &Visit, pair: &Pair) -> AnyView {
    let filled = Filled::default();
    view! {
        <form method="post" action=format!("{}/agenda", path(pair)) class="fe-no-print" novalidate>
            {hidden("form_token", &visit.form_token)}
            {hidden("form_key", records::submissions::new_key())}
            {agenda_field(&filled, Readers::Agenda)}
            <button class="govuk-button govuk-button--secondary">"Put on the agenda"</button>
        </form>
    }
    .into_any()
}
