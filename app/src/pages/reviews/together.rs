//! Several cases of the list at once: sessions are booked about them, or a note of oversight is written on each.

use crate::answer::Answer;
use crate::components::{
    Choice, Filled, date, empty, group, hidden, line, radios, readers, risk_tag, state_tag, text_box,
};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page, form_page_of, opened};
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::access::Readers;
use domain::bookings::NewCaseSessions;
use domain::form::Form;
use domain::ids::{CaseId, PersonId};
use domain::risk::{RiskDirection, RiskLevel};
use domain::supervision::{Mode, OversightDecision, read_oversights};
use leptos::prelude::*;
use records::review::{self, Review};
use records::{Problem, bookings, supervision};
use std::collections::BTreeMap;

const BACK: (&str, &str) = ("/reviews", "Back to reviews");

/// When sessions of one day begin, unless somebody says otherwise.
const TIMES: &[&str] = &["10:00", "11:00", "13:00", "14:00", "15:00", "16:00"];

/// The cases that were ticked in the list; of a form that comes back, those in it.
fn chosen(visit: &Visit, in_form: impl Fn(&Form) -> Vec<CaseId>) -> Result<Vec<Review>, Problem> {
    let ids: Vec<CaseId> = if visit.is_post() {
        in_form(&visit.form)
    } else {
        visit.query.all("case").filter_map(|id| id.parse().ok()).collect()
    };
    visit.read(|reading| review::chosen(reading, &ids))
}

/// Says that no case was ticked with which this can be done.
fn nothing_chosen(visit: &Visit, title: &'static str, words: &str) -> Answer {
    let content = view! {
        {back_link(Some((BACK.0.to_owned(), BACK.1.to_owned())))}
        <h1 class="govuk-heading-l">{title}</h1>
        {empty("No case is chosen", words)}
    };
    Sheet::new(title, content).answer(visit)
}

// --- Booking ------------------------------------------------------------------------------------------------------

/// A session to be booked: with whom, and about which of the chosen cases.
struct Session<'a> {
    supervisee: &'a PersonId,
    name: &'a str,
    cases: Vec<&'a Review>,
}

/// `/reviews/book`.
pub(crate) fn book(visit: &Visit) -> Result<Answer, Problem> {
    let chosen = chosen(visit, |form| {
        let of = |number: usize| {
            let name = format!("session.{number}.case");
            form.all(&name).filter_map(|id| id.parse().ok()).collect::<Vec<CaseId>>()
        };
        form.indexes("session").into_iter().flat_map(of).collect()
    })?;
    let (bookable, others): (Vec<&Review>, Vec<&Review>) = chosen.iter().partition(|review| review.may_book);
    let sessions = sessions(&bookable);
    if sessions.is_empty() {
        let words = "Tick cases in the list whose lead practitioner you supervise.";
        return Ok(nothing_chosen(visit, "Book sessions", words));
    }
    form_page(
        visit,
        || Ok(blank(&sessions)),
        |filled| {
            let fields = view! {
                {sessions.iter().enumerate().map(|(number, session)| session_fields(visit, filled, number, session)).collect::<Vec<_>>()}
                {radios(filled, "mode", "How you meet", "", Choice::all::<Mode>(), true)}
                {line(filled, "minutes", "Minutes for each", "", "3")}
            };
            let sheet = FormSheet::new("Book sessions", form(visit, filled, fields, "Book"))
                .back_to(BACK.0, BACK.1)
                .dates(&["on"]);
            Ok(if others.is_empty() { sheet } else { sheet.intro(left_out(&others)) })
        },
        || {
            let new = NewCaseSessions::parse(&visit.form, visit.today())?;
            visit.save_new(move |writing| {
                bookings::book_cases(writing, &new)?;
                Ok("/bookings?notice=booked".to_owned())
            })
        },
    )
}

/// One session for each practitioner, in the order in which their first case stands in the list.
fn sessions<'a>(bookable: &[&'a Review]) -> Vec<Session<'a>> {
    let mut sessions: Vec<Session<'a>> = Vec::new();
    for review in bookable {
        let Some((lead, name)) = &review.case.lead else { continue };
        match sessions.iter_mut().find(|session| session.supervisee == lead) {
            Some(session) => session.cases.push(review),
            None => sessions.push(Session { supervisee: lead, name, cases: vec![review] }),
        }
    }
    sessions
}

fn blank(sessions: &[Session<'_>]) -> Form {
    let mut form = Form::default();
    form.set("mode", Mode::InPerson.code());
    form.set("minutes", "60");
    let mut booked: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for (number, session) in sessions.iter().enumerate() {
        let Some(on) = session.cases.iter().map(|review| review.booking_day).min() else { continue };
        let before = booked.entry(on).or_default();
        form.set_date(&format!("session.{number}.on"), on);
        form.set(&format!("session.{number}.at"), TIMES[*before % TIMES.len()]);
        *before += 1;
    }
    form
}

fn session_fields(visit: &Visit, filled: &Filled, number: usize, session: &Session<'_>) -> AnyView {
    let name = |field: &str| format!("session.{number}.{field}");
    let about: Vec<_> = session
        .cases
        .iter()
        .map(|review| {
            view! {
                <li>
                    {hidden(&name("case"), &review.case.id)}
                    {format!("{}, {} ", review.case.reference, review.case.label)}
                    {state_tag(&review.case.due, visit.today())}
                </li>
            }
        })
        .collect();
    let fields = view! {
        {hidden(&name("supervisee"), session.supervisee)}
        <ul class="govuk-list govuk-list--bullet">{about}</ul>
        {date(filled, &name("on"), "Day", "The day to book by the policy, unless you change it")}
        {line(filled, &name("at"), "Begins at", "On a 24-hour clock, like 9:30 or 14:00", "5")}
    };
    group(&format!("With {}", session.name), fields)
}

fn left_out(others: &[&Review]) -> AnyView {
    let items: Vec<_> = others
        .iter()
        .map(|review| {
            let why = match &review.case.lead {
                Some((_, name)) => format!("you do not supervise {name}"),
                None => "nobody leads it yet".to_owned(),
            };
            view! { <li>{format!("{}: {why}", review.case.reference)}</li> }
        })
        .collect();
    view! {
        <div class="govuk-inset-text">
            <p class="govuk-body">"No session is booked about these:"</p>
            <ul class="govuk-list govuk-list--bullet">{items}</ul>
        </div>
    }
    .into_any()
}

// --- Oversight ----------------------------------------------------------------------------------------------------

/// `/reviews/oversight`.
pub(crate) fn oversee(visit: &Visit) -> Result<Answer, Problem> {
    let mut chosen = chosen(visit, |form| {
        let of = |number: usize| form.text(&format!("case.{number}.id")).parse().ok();
        form.indexes("case").into_iter().filter_map(of).collect()
    })?;
    chosen.retain(|review| review.may_oversee);
    if chosen.is_empty() {
        let words = "Tick cases in the list that you oversee.";
        return Ok(nothing_chosen(visit, "Oversight of several cases", words));
    }
    let blank = || {
        let mut blank = Form::default();
        for (number, review) in chosen.iter().enumerate() {
            blank.set(&format!("case.{number}.id"), review.case.id.as_str());
            blank.set(&format!("case.{number}.risk_level"), review.case.risk_level.code());
        }
        Ok(blank)
    };
    let mut filled = opened(visit, visit.here(), blank)?;
    filled.form = in_order(&filled.form, &chosen);
    form_page_of(
        visit,
        filled,
        |filled| {
            let fields = view! {
                {readers(Readers::CaseEntry)}
                {text_box(filled, "what_happened", "What happened or was asked", "The same words stand on each case", 3)}
                {radios(filled, "act", "Decision to act", "A decision not to act is recorded too", Choice::all::<OversightDecision>(), true)}
                {text_box(filled, "decision", "Decision", "", 3)}
                {text_box(filled, "rationale", "Why", "", 3)}
                {chosen.iter().enumerate().map(|(number, review)| risk_fields(filled, number, review)).collect::<Vec<_>>()}
            };
            let intro = view! {
                <p class="govuk-body">"One note is written on each of these cases. It names no other case, and does not move the clock of supervision."</p>
            };
            Ok(FormSheet::new(
                "Oversight of several cases",
                form(visit, filled, fields, "Save a note on each"),
            )
            .back_to(BACK.0, BACK.1)
            .intro(intro))
        },
        || {
            let notes = read_oversights(&visit.form)?;
            visit.save_new(move |writing| {
                supervision::oversee_all(writing, &notes)?;
                Ok("/reviews?notice=oversights-saved".to_owned())
            })
        },
    )
}

/// What was chosen for each case under the number at which it stands now: since a draft was saved a case may have gone, and
/// another have come before it.
fn in_order(form: &Form, chosen: &[Review]) -> Form {
    let mut ordered = form.clone();
    ordered.remove_under("case.");
    let numbers = form.indexes("case");
    for (number, review) in chosen.iter().enumerate() {
        let is_it = |before: &&usize| form.text(&format!("case.{before}.id")) == review.case.id.as_str();
        let Some(before) = numbers.iter().find(is_it) else { continue };
        for field in ["id", "risk_level", "risk_direction"] {
            let chosen = form.text(&format!("case.{before}.{field}"));
            if !chosen.is_empty() {
                ordered.set(&format!("case.{number}.{field}"), chosen);
            }
        }
    }
    ordered
}

fn risk_fields(filled: &Filled, number: usize, review: &Review) -> AnyView {
    let name = |field: &str| format!("case.{number}.{field}");
    let case = &review.case;
    let fields = view! {
        {hidden(&name("id"), &case.id)}
        <p class="govuk-body">"Risk so far: " {risk_tag(case.risk_level)}</p>
        {radios(filled, &name("risk_level"), "Risk now", "", Choice::all::<RiskLevel>(), true)}
        {radios(filled, &name("risk_direction"), "Direction of risk", "", Choice::all::<RiskDirection>(), true)}
    };
    group(&format!("{}, {}", case.reference, case.label), fields)
}
