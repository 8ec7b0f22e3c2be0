//! Reminders: what somebody was told of and is still so, and putting them off.

use super::{snooze_address, snoozed};
use crate::answer::Answer;
use crate::components::{Caption, date, day, empty, line, next_page, table};
use crate::document::Sheet;
use crate::pages::cases::encoded;
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::calendar::{counted, day_in_words};
use domain::form::Form;
use domain::ladder::{Concern, NewSnooze};
use leptos::prelude::*;
use records::Problem;
use records::ladder::{self, Reminded, Reminders};

/// `/reminders`.
pub(crate) fn reminders(visit: &Visit) -> Result<Answer, Problem> {
    let after = visit.query.text("after").parse().ok();
    let is_first = after.is_none();
    let Reminders { reminded: mine, next } = visit.read(|reading| ladder::mine(reading, after))?;
    let next = next.map(|place| format!("/reminders?after={}", encoded(&place.to_string())));
    let body = if mine.is_empty() && is_first {
        empty("Nothing waits for you", "What you were reminded of and is not done yet is listed here.")
    } else {
        reminder_table(visit, &mine)
    };
    let content = view! {
        <h1 class="govuk-heading-l">"Reminders"</h1>
        <p class="govuk-body">
            "What you were told of and is still so. A reminder goes by itself once the thing is done. "
            <a class="govuk-link" href="/account/mail">"Choose when your mail comes"</a> "."
        </p>
        {body}
        {next_page(next)}
    };
    Ok(Sheet::new("Reminders", content).answer(visit))
}

fn reminder_table(visit: &Visit, mine: &[Reminded]) -> AnyView {
    let today = visit.today();
    let rows: Vec<_> = mine
        .iter()
        .map(|reminded| {
            let because = match reminded.reader {
                Some(reader) => format!("The rule tells the {}", reader.words().to_lowercase()),
                None => "Nobody else is named who could be told".to_owned(),
            };
            let days = counted((today - reminded.due_on).num_days(), "day", "days");
            let put_off = (reminded.may_put_off && reminded.snooze.is_none()).then(|| {
                let address = snooze_address(reminded.concern, &reminded.subject, reminded.due_on);
                view! {
                    <a class="govuk-link" href=address>"Put off" <span class="govuk-visually-hidden">{format!(" the reminder of {}", reminded.name)}</span></a>
                }
            });
            view! {
                <tr>
                    <th scope="row"><a class="govuk-link" href=reminded.address.clone()>{reminded.name.clone()}</a></th>
                    <td data-label="What">{reminded.concern.words()}</td>
                    <td data-label="Since"><div>{day(reminded.due_on)} <small>{days}</small> {snoozed(reminded.snooze.as_ref())}</div></td>
                    <td data-label="Why you">{because}</td>
                    <td>{put_off}</td>
                </tr>
            }
        })
        .collect();
    let count = i64::try_from(mine.len()).unwrap_or(i64::MAX);
    table(
        Caption::Shown(counted(count, "reminder on this page", "reminders on this page")),
        &["Of what", "What", "Since", "Why you", ""],
        rows,
    )
}

/// `/reminders/put-off`.
pub(crate) fn put_off(visit: &Visit) -> Result<Answer, Problem> {
    let concern = Concern::from_code(visit.query.text("concern")).ok_or(Problem::NotFound)?;
    let due_on: NaiveDate = visit.query.text("due").parse().map_err(|_| Problem::NotFound)?;
    let subject = visit.query.text("subject").to_owned();
    let name = visit.read(|reading| ladder::name_of_snoozable(reading, concern, &subject))?;
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            let intro = view! {
                <p class="govuk-body">{format!("{name}: {}, since {}.", concern.words().to_lowercase(), day_in_words(due_on))}</p>
                <p class="govuk-body">"Nobody is reminded until then. Who looks at the list sees that it was put off, by whom and why."</p>
            };
            let title = format!("Put off a reminder: {}", concern.words().to_lowercase());
            let fields = view! {
                {date(filled, "until", "Until", "The last day without reminders: a few working days at most")}
                {line(filled, "reason", "Why can this wait?", "", "")}
            };
            Ok(FormSheet::new(title, form(visit, filled, fields, "Put off"))
                .back_to("/reviews", "Back to reviews")
                .intro(intro)
                .dates(&["until"]))
        },
        || {
            let new = NewSnooze::parse(&visit.form, visit.today())?;
            let subject = subject.clone();
            visit.save_new(move |writing| {
                ladder::snooze(writing, concern, &subject, due_on, &new)?;
                Ok("/reviews?notice=put-off".to_owned())
            })
        },
    )
}
