//! The secret link by which a calendar program sees when there is supervision.

use crate::answer::Answer;
use crate::document::Sheet;
use crate::pages::form_page::{back_link, button_form};
use crate::visit::Visit;
use leptos::prelude::*;
use records::{Problem, bookings};

/// `/account/calendar`: the secret link. It is shown once, in the answer to the press that made it.
pub(crate) fn calendar_link(visit: &Visit) -> Result<Answer, Problem> {
    let made = if visit.is_post() { Some(visit.write(bookings::make_feed)?) } else { None };
    let made_at = visit.read(bookings::feed_made_at)?;
    let link = made.map(|token| {
        let address = format!("{}/calendar/{token}.ics", visit.site.base_url);
        view! {
            <div class="govuk-inset-text">
                <p class="govuk-body">"Give this address to your calendar program. It is shown only now; whoever has it sees when you have supervision, and nothing else."</p>
                <p class="govuk-body fe-prose"><strong>{address}</strong></p>
            </div>
        }
    });
    let (words, end) = match made_at {
        None => ("Make a link", None),
        Some(_) => (
            "Make a new link, and end the old one",
            Some(button_form(visit, "/account/calendar/end", "End the link", "")),
        ),
    };
    let content = view! {
        {back_link(Some(("/account".to_owned(), "Back to account".to_owned())))}
        <h1 class="govuk-heading-l">"Your sessions in your own calendar"</h1>
        <p class="govuk-body">"A secret link with which a calendar program shows when you have supervision. It says “Supervision” and the time: no name, no place, no case."</p>
        {link}
        <div class="govuk-button-group">
            {button_form(visit, "/account/calendar", words, "")}
            {end}
        </div>
    };
    Ok(Sheet::new("Your sessions in your own calendar", content).answer(visit))
}

/// `/account/calendar/end`.
pub(crate) fn end_calendar_link(visit: &Visit) -> Result<Answer, Problem> {
    if visit.is_post() {
        visit.write(bookings::end_feed)?;
        return Ok(Answer::see_other("/account/calendar?notice=calendar-ended"));
    }
    Ok(Answer::see_other("/account/calendar"))
}

/// `/calendar/{token}`: for calendar programs, which cannot sign in.
pub(crate) fn feed(visit: &Visit) -> Result<Answer, Problem> {
    let token =
        visit.parameters.first().and_then(|name| name.strip_suffix(".ics")).ok_or(Problem::NotFound)?;
    let entries = bookings::feed(&visit.store, token, visit.now)?;
    let mut calendar = icalendar::Calendar::new();
    calendar.name("Supervision");
    for entry in entries {
        use icalendar::{Component, EventLike};
        let event = icalendar::Event::new()
            .uid(entry.id.as_str())
            .sequence(u32::try_from(entry.version).unwrap_or(0))
            .timestamp(visit.now.and_utc())
            .summary("Supervision")
            .starts(entry.begins.and_utc())
            .ends(entry.ends.and_utc())
            .done();
        calendar.push(event);
    }
    Ok(Answer::File {
        name: "supervision.ics".to_owned(),
        content_type: "text/calendar; charset=utf-8",
        content: calendar.done().to_string(),
    })
}
