//! Booked sessions: the list, booking one or a series, moving, cancelling, and saying whether one was held.

mod calendar;

pub(crate) use calendar::{calendar_link, end_calendar_link, feed};

use crate::answer::Answer;
use crate::components::{
    Caption, Choice, Filled, check_box, date, day, empty, hidden, line, prose, radios, select, table, tag,
    today_in,
};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, button_form, form, form_page};
use crate::pages::preparation;
use crate::pages::supervision::path_of_form;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::{Action, may};
use domain::bookings::{BookingState, BookingStep, CancelReason, Cancelling, Move, NO_REASON, NewBooking};
use domain::calendar::day_in_words;
use domain::clock::as_typed;
use domain::form::Form;
use domain::ids::{BookingId, PersonId};
use domain::supervision::{Mode, SupervisionKind};
use leptos::prelude::*;
use records::Problem;
use records::bookings::{self, Booking};
use records::preparation::NextSession;
use records::supervision;

/// `/bookings`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let booked = visit.read(bookings::list)?;
    let today = visit.today();
    let (to_come, past): (Vec<Booking>, Vec<Booking>) =
        booked.into_iter().partition(|booking| booking.on >= today);
    let book = may_book(visit)
        .then(|| view! { <a class="govuk-button fe-no-print" href="/bookings/new">"Book a session"</a> });
    let upcoming = if to_come.is_empty() {
        empty(
            "Nothing is booked",
            "Sessions that are booked ahead are held more often than those that are not.",
        )
    } else {
        booking_table(visit, &to_come, "Sessions to come")
    };
    let earlier = (!past.is_empty()).then(|| {
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"The last two months"</h2>
                {booking_table(visit, &past, "Sessions of the last two months")}
            </section>
        }
    });
    let content = view! {
        {back_link(Some(("/supervision".to_owned(), "Back to supervision".to_owned())))}
        <div class="fe-title"><h1 class="govuk-heading-l">"Booked sessions"</h1> {book}</div>
        <p class="govuk-body">"A booking moves no clock: only a session that is held does. " <a class="govuk-link" href="/account/calendar">"See them in your own calendar"</a> "."</p>
        {upcoming}
        {earlier}
    };
    Ok(Sheet::new("Booked sessions", content).answer(visit))
}

fn may_book(visit: &Visit) -> bool {
    visit
        .signed_in
        .as_ref()
        .is_some_and(|signed_in| may(&signed_in.actor, &Action::BeginSupervision).is_allowed())
}

fn booking_table(visit: &Visit, booked: &[Booking], caption: &'static str) -> AnyView {
    let rows: Vec<_> = booked.iter().map(|booking| booking_row(visit, booking)).collect();
    table(Caption::Unseen(caption), &["When", "Who", "What for", "State", ""], rows)
}

fn booking_row(visit: &Visit, booking: &Booking) -> AnyView {
    let me = visit.signed_in.as_ref().map(|signed_in| signed_in.actor.person.clone());
    let supervises = me.as_ref() == Some(&booking.supervisor.0);
    let other = if supervises { &booking.supervisee } else { &booking.supervisor };
    let standing = booking.standing(visit.today());
    let is_past = booking.on < visit.today();
    let state = match booking.state {
        BookingState::Planned | BookingState::Confirmed if is_past => {
            tag("overdue", "Not held, or not written up")
        }
        BookingState::Planned => tag("in-date", "Planned"),
        BookingState::Confirmed => tag("in-date", "Confirmed"),
        BookingState::Held if standing.is_to_be_written() => tag("due-soon", "Held, not written up"),
        BookingState::Held => tag("in-date", "Held"),
        BookingState::Cancelled => tag("not-required", "Cancelled"),
        BookingState::NotHeld => tag("overdue", "Not held"),
    };
    let is_missed = BookingState::MISSED.contains(&booking.state);
    let reason = is_missed.then(|| {
        let words = booking.cancel_reason.map_or("No reason is known", |reason| reason.words());
        let note = (!booking.cancel_note.is_empty()).then(|| format!(": {}", booking.cancel_note));
        view! { <small>{words} {note}</small> }
    });
    let cases: Vec<_> = booking
        .cases
        .iter()
        .map(|case| view! { <a class="govuk-link" href=format!("/cases/{}", case.id)>{case.reference.clone()}</a> " " })
        .collect();
    let about = (!cases.is_empty()).then(|| view! { <small>"About " {cases}</small> });
    let of = format!(" the session with {} on {}", other.1, day_in_words(booking.on));
    let link = |to: &str, words: &'static str| {
        view! { <a class="govuk-link" href=format!("/bookings/{}/{to}", booking.id)>{words} <span class="govuk-visually-hidden">{of.clone()}</span></a> " " }
    };
    // Until it has begun it is cancelled, then told about: it was held or it was not. What is past is not moved any more.
    let has_begun = booking.has_begun(visit.now);
    let move_on = (standing.may(BookingStep::Move) && !is_past).then(|| link("move", "Move"));
    let call_off = (standing.may(BookingStep::Cancel) && !has_begun).then(|| link("cancel", "Cancel"));
    let confirm = (booking.state == BookingState::Planned && !supervises && !is_past).then(|| {
        let path = format!("/bookings/{}/confirm", booking.id);
        button_form(visit, &path, "I shall be there", &of)
    });
    let log = (standing.is_to_be_written() && supervises).then(|| {
        view! { <a class="govuk-link" href=write_up(booking)>"Write up" <span class="govuk-visually-hidden">{of.clone()}</span></a> " " }
    });
    let held = (standing.may(BookingStep::SayHeld) && booking.state != BookingState::Held).then(|| {
        let path = format!("/bookings/{}/held", booking.id);
        button_form(visit, &path, "It was held", &of)
    });
    let is_over = has_begun || !booking.state.is_ahead();
    let not_held = (is_over && standing.may(BookingStep::SayNotHeld)).then(|| {
        let words = match (booking.state, booking.cancel_reason) {
            (BookingState::NotHeld, None) => "Say why",
            (BookingState::NotHeld, Some(_)) => "Change why",
            _ => "It was not held",
        };
        link("not-held", words)
    });
    let is_to_come = booking.state.is_ahead() || standing.is_to_be_written();
    let reader = visit.signed_in.as_ref().map(|signed_in| &signed_in.actor).filter(|_| is_to_come);
    let prepare = reader.and_then(|reader| preparation::path_of(booking, reader)).map(|path| {
        view! { <a class="govuk-link" href=path>"Prepare" <span class="govuk-visually-hidden">{of.clone()}</span></a> " " }
    });
    let is_to_be_held = is_missed && supervises && !booking.is_rebooked;
    let again = is_to_be_held.then(|| {
        view! { <a class="govuk-link" href=format!("/bookings/new?supervisee={}&kind={}&instead_of={}", booking.supervisee.0, booking.kind.code(), booking.id)>"Book again" <span class="govuk-visually-hidden">{of.clone()}</span></a> " " }
    });
    let session = booking.supervision.as_ref().map(|session| {
        view! { <a class="govuk-link" href=format!("/supervision/{session}")>"The session" <span class="govuk-visually-hidden">{format!(" with {} on {}", other.1, day_in_words(booking.on))}</span></a> }
    });
    view! {
        <tr>
            <th scope="row">{day(booking.on)} <small>{format!("{}, {} minutes", as_typed(booking.at), booking.minutes)}</small></th>
            <td data-label="Who">{other.1.clone()}</td>
            <td data-label="What for"><div>{booking.kind.words()} <small>{booking.mode.words()}</small> {about}</div></td>
            <td data-label="State"><div>{state} {reason}</div></td>
            <td><div class="fe-row-links">{confirm} {log} {prepare} {not_held} {again} {session} {move_on} {call_off} {held}</div></td>
        </tr>
    }
    .into_any()
}

/// The form of the session that was booked.
fn write_up(booking: &Booking) -> String {
    let Booking { on, at, minutes, kind, mode, .. } = *booking;
    let cases = booking.cases.iter().map(|case| format!("&case={}", case.id)).collect::<Vec<_>>().concat();
    path_of_form(&booking.supervisee.0, NextSession { on, at, minutes, kind, mode }) + &cases
}

/// `/bookings/new`.
pub(crate) fn book(visit: &Visit) -> Result<Answer, Problem> {
    let people = visit.read(supervision::supervisees)?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            let wanted: Option<PersonId> = visit.query.text("supervisee").parse().ok();
            if let Some(person) = people.iter().find(|person| Some(&person.id) == wanted.as_ref()) {
                blank.set("supervisee", person.id.to_string());
            }
            blank.set("kind", SupervisionKind::Combined.code());
            blank.set("instead_of", visit.query.text("instead_of"));
            if let Some(kind) = SupervisionKind::from_code(visit.query.text("kind")) {
                blank.set("kind", kind.code());
            }
            blank.set("mode", Mode::InPerson.code());
            blank.set("minutes", "90");
            blank.set("every_weeks", "4");
            blank.set("times", "6");
            today_in(&mut blank, "on", visit.query.text("on").parse().unwrap_or_else(|_| visit.today()));
            Ok(blank)
        },
        |filled| {
            let mut choices = vec![Choice::new("", "Choose a person")];
            choices.extend(people.iter().map(|person| Choice::new(&person.id, &person.name)));
            let fields = view! {
                {hidden("instead_of", filled.text("instead_of"))}
                {select(filled, "supervisee", "With whom", "", choices)}
                {radios(filled, "kind", "What for", "", kinds(), false)}
                {radios(filled, "mode", "How you meet", "", Choice::all::<Mode>(), true)}
                {begins(filled)}
                {line(filled, "minutes", "Minutes", "At least 90 uninterrupted minutes are the standard for social workers", "3")}
                {check_box(filled, "repeats", "Book a series")}
                {line(filled, "every_weeks", "Weeks from one to the next", "Only for a series. One that falls on a day on which nobody works is on the working day before", "2")}
                {line(filled, "times", "How many in all", "Only for a series", "2")}
            };
            Ok(FormSheet::new("Book a session", form(visit, filled, fields, "Book"))
                .back_to("/bookings", "Back to booked sessions")
                .dates(&["on"]))
        },
        || {
            let new = NewBooking::parse(&visit.form, visit.today())?;
            visit.save_new(move |writing| {
                bookings::book(writing, &new)?;
                Ok("/bookings?notice=booked".to_owned())
            })
        },
    )
}

fn begins(filled: &Filled) -> AnyView {
    view! {
        {date(filled, "on", "Day", "")}
        {line(filled, "at", "Begins at", "On a 24-hour clock, like 9:30 or 14:00", "5")}
    }
    .into_any()
}

/// `/bookings/{id}/move`.
pub(crate) fn move_to(visit: &Visit) -> Result<Answer, Problem> {
    let id: BookingId = visit.id()?;
    let booked = visit.read(|reading| bookings::open(reading, &id))?;
    let with = visit.other_of(&booked.supervisor, &booked.supervisee);
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("version", booked.version.to_string());
            blank.set_date("on", booked.on);
            blank.set("at", as_typed(booked.at));
            Ok(blank)
        },
        |filled| {
            Ok(FormSheet::new(
                format!("Move a session with {with}"),
                form(visit, filled, begins(filled), "Move"),
            )
            .back_to("/bookings", "Back to booked sessions")
            .intro(about(&booked))
            .dates(&["on"]))
        },
        || {
            let to = Move::parse(&visit.form, visit.today())?;
            let (id, version) = (id.clone(), visit.version());
            visit.save(move |writing| {
                bookings::move_to(writing, &id, version, to)?;
                Ok("/bookings?notice=booking-moved".to_owned())
            })
        },
    )
}

fn about(booked: &Booking) -> AnyView {
    prose(&format!(
        "{} with {}, {} at {}. The others of a series stay as they are.",
        booked.supervisor.1,
        booked.supervisee.1,
        day_in_words(booked.on),
        as_typed(booked.at)
    ))
}

/// Everything that a supervisor books.
fn kinds() -> Vec<Choice> {
    let kinds = SupervisionKind::ROUTINE.iter().chain(SupervisionKind::SPECIAL);
    kinds.map(|kind| Choice::new(kind.code(), kind.words())).collect()
}

/// `/bookings/{id}/confirm`.
pub(crate) fn confirm(visit: &Visit) -> Result<Answer, Problem> {
    let id: BookingId = visit.id()?;
    if visit.is_post() {
        visit.write(move |writing| bookings::confirm(writing, &id))?;
        return Ok(Answer::see_other("/bookings?notice=booking-confirmed"));
    }
    visit.read(|reading| bookings::open(reading, &id))?;
    Ok(Answer::see_other("/bookings"))
}

/// `/bookings/{id}/held`.
pub(crate) fn say_held(visit: &Visit) -> Result<Answer, Problem> {
    let id: BookingId = visit.id()?;
    if visit.is_post() {
        visit.write(move |writing| bookings::say_held(writing, &id))?;
        return Ok(Answer::see_other("/bookings?notice=booking-held"));
    }
    visit.read(|reading| bookings::open(reading, &id))?;
    Ok(Answer::see_other("/bookings"))
}

/// `/bookings/{id}/cancel`.
pub(crate) fn cancel(visit: &Visit) -> Result<Answer, Problem> {
    let words = Ending {
        title: "Cancel a session with",
        why: "Why is it cancelled?",
        moves_no_clock: "Cancelling moves no clock. If two in a row are not held, the supervisor’s manager hears of it.",
        button: "Cancel the session",
        choices: Choice::all::<CancelReason>(),
    };
    end(visit, words, || {
        let cancelling = Cancelling::parse(&visit.form, visit.today())?;
        let (id, version) = (visit.id()?, visit.version());
        visit.save(move |writing| {
            bookings::cancel(writing, &id, version, &cancelling)?;
            Ok("/bookings?notice=booking-cancelled".to_owned())
        })
    })
}

/// `/bookings/{id}/not-held`.
pub(crate) fn say_not_held(visit: &Visit) -> Result<Answer, Problem> {
    let no_reason = Choice::new(NO_REASON, "No reason is known");
    let words = Ending {
        title: "No session was held with",
        why: "Why was it not held?",
        moves_no_clock: "This moves no clock. If two in a row are not held, the supervisor’s manager hears of it.",
        button: "Save",
        choices: Choice::all::<CancelReason>().into_iter().chain([no_reason]).collect(),
    };
    end(visit, words, || {
        let cancelling = Cancelling::parse_not_held(&visit.form, visit.today())?;
        let (id, version) = (visit.id()?, visit.version());
        visit.save(move |writing| {
            bookings::say_not_held(writing, &id, version, &cancelling)?;
            Ok("/bookings?notice=booking-not-held".to_owned())
        })
    })
}

/// The words of a page on which a booked session ends without having been held.
struct Ending {
    /// The heading, before the name of the other.
    title: &'static str,
    why: &'static str,
    moves_no_clock: &'static str,
    button: &'static str,
    choices: Vec<Choice>,
}

fn end(
    visit: &Visit,
    words: Ending,
    save: impl FnOnce() -> Result<String, Problem>,
) -> Result<Answer, Problem> {
    let id: BookingId = visit.id()?;
    let (booked, by) =
        visit.read(|reading| Ok((bookings::open(reading, &id)?, bookings::again_by(reading)?)))?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("version", booked.version.to_string());
            blank.set("at", as_typed(booked.at));
            Ok(blank)
        },
        |filled| {
            let hint = format!("By {}, five working days from now, if you can", day_in_words(by));
            let fields = view! {
                {radios(filled, "reason", words.why, "", words.choices.clone(), false)}
                {line(filled, "note", "In a few words, if it is another reason", "", "")}
                {date(filled, "on", "When is it held instead?", &hint)}
                {line(filled, "at", "Begins at", "On a 24-hour clock, like 9:30 or 14:00", "5")}
            };
            let intro = view! {
                {about(&booked)}
                <p class="govuk-body">{words.moves_no_clock}</p>
            };
            let with = visit.other_of(&booked.supervisor, &booked.supervisee);
            Ok(FormSheet::new(format!("{} {with}", words.title), form(visit, filled, fields, words.button))
                .back_to("/bookings", "Back to booked sessions")
                .intro(intro)
                .dates(&["on"]))
        },
        save,
    )
}
