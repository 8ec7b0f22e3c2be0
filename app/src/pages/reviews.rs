//! Reviews: which cases are due for supervision, by band, team and plan; and putting reminders off.

use crate::answer::Answer;
use crate::components::{
    Caption, Choice, Filled, date, day, empty, line, next_page, risk_tag, select, state_tag, table,
};
use crate::document::Sheet;
use crate::pages::cases::{encoded, readers_in_words};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::cadence::Band;
use domain::calendar::{counted, day_in_words};
use domain::cases::PlanType;
use domain::form::Form;
use domain::ladder::{Concern, NewSnooze};
use leptos::prelude::*;
use records::Problem;
use records::ladder::{self, Reminded, SnoozeRow};
use records::review::{self, PAGE, Review, ReviewFilter, Reviews};

/// `/reviews`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let filter = ReviewFilter::parse(&visit.query);
    let from: usize = visit.query.text("from").parse().unwrap_or(0);
    let reviews = visit.read(|reading| review::list(reading, &filter, from))?;
    let table = if reviews.reviews.is_empty() { nothing(&filter) } else { review_table(visit, &reviews) };
    let next = from.saturating_add(PAGE);
    let query = query_of(&filter, filter.band);
    let next = (reviews.all > next).then(|| format!("/reviews?{query}from={next}"));
    let content = view! {
        <div class="fe-title">
            <h1 class="govuk-heading-l">"Reviews"</h1>
            <p class="govuk-body fe-no-print"><a class="govuk-link" href="/reminders">"My reminders"</a></p>
        </div>
        {bands(&filter, &reviews)}
        {filters(visit, &reviews)}
        {table}
        {next_page(next)}
    };
    Ok(Sheet::new("Reviews", content).answer(visit))
}

fn nothing(filter: &ReviewFilter) -> AnyView {
    match filter.band {
        None => empty(
            "Nothing is due",
            "Every open case that you can see was discussed in time, and none is due soon.",
        ),
        Some(_) => empty("No cases here", "Choose another band, team or plan to see more."),
    }
}

/// A query that keeps the team and the plan, with a band or none; it ends so that more can follow.
fn query_of(filter: &ReviewFilter, band: Option<Band>) -> String {
    let fields = [
        ("team", filter.team.as_ref().map(domain::ids::TeamId::as_str)),
        ("plan_type", filter.plan_type.map(PlanType::code)),
        ("band", band.map(Band::code)),
    ];
    let given = fields.into_iter().filter_map(|(name, value)| Some(format!("{name}={}&", encoded(value?))));
    given.collect::<Vec<_>>().concat()
}

/// The bands with their counts, each a link to its list.
fn bands(filter: &ReviewFilter, reviews: &Reviews) -> AnyView {
    let pressing: usize =
        reviews.counts.iter().filter(|(band, _)| **band <= Band::Amber).map(|(_, count)| count).sum();
    let link = |band: Option<Band>, words: &str, count: usize| {
        let here = filter.band == band;
        let query = query_of(filter, band);
        let address = format!("/reviews?{query}").trim_end_matches(['?', '&']).to_owned();
        view! {
            <li>
                <a class="govuk-link" href=address aria-current=here.then_some("true")>
                    <strong>{count}</strong> " " {words.to_owned()}
                </a>
            </li>
        }
    };
    let items: Vec<_> = Band::ALL
        .iter()
        .map(|band| link(Some(*band), band.words(), reviews.counts.get(band).copied().unwrap_or(0)))
        .collect();
    view! {
        <nav aria-label="Bands" class="fe-bands">
            <ul>{link(None, "To do", pressing)} {items}</ul>
        </nav>
    }
    .into_any()
}

fn filters(visit: &Visit, reviews: &Reviews) -> AnyView {
    let filled = Filled::new(visit.query.clone());
    let mut plans = vec![Choice::new("", "Any plan")];
    plans.extend(Choice::all::<PlanType>());
    let mut teams = vec![Choice::new("", "Any team")];
    teams.extend(reviews.teams.iter().map(|(id, name)| Choice::new(id, name)));
    let team = (reviews.teams.len() > 1).then(|| select(&filled, "team", "Team", "", teams));
    let band = crate::components::hidden("band", visit.query.text("band"));
    view! {
        <form class="fe-filter" method="get" role="search" aria-label="Reviews">
            {team}
            {select(&filled, "plan_type", "Plan", "", plans)}
            {band}
            <button class="govuk-button govuk-button--secondary">"Apply filters"</button>
            <a class="govuk-link" href="/reviews">"Clear filters"</a>
        </form>
    }
    .into_any()
}

fn review_table(visit: &Visit, reviews: &Reviews) -> AnyView {
    let today = visit.today();
    let rows: Vec<_> = reviews.reviews.iter().map(|review| review_row(review, today)).collect();
    let all = i64::try_from(reviews.all).unwrap_or(i64::MAX);
    table(
        Caption::Shown(counted(all, "case", "cases")),
        &["Case", "Plan and risk", "Lead practitioner", "Supervision", "Why", "Next"],
        rows,
    )
}

fn review_row(review: &Review, today: NaiveDate) -> AnyView {
    let case = &review.case;
    let lead = case.lead.as_ref().map_or("Not allocated yet".to_owned(), |(_, name)| name.clone());
    let supervisor = match &review.supervisor {
        Some(name) => format!("Supervisor: {name}"),
        None => "No supervisor".to_owned(),
    };
    let is_late = review.band == Band::Overdue;
    let next = review.next_step.as_ref().filter(|_| review.band <= Band::Amber).map(|(on, readers)| {
        view! { <small>{format!("{}: the {} is told", day_in_words(*on), readers_in_words(readers))}</small> }
    });
    let put_off = (is_late && review.may_put_off && review.snooze.is_none()).then(|| {
        let address = snooze_address(Concern::CaseSupervision, case.id.as_str(), case.due.due_on);
        view! {
            <small class="fe-no-print">
                <a class="govuk-link" href=address>"Put off" <span class="govuk-visually-hidden">{format!(" the reminder of {}", case.reference)}</span></a>
            </small>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <a class="govuk-link" href=format!("/cases/{}", case.id)>{case.reference.clone()}</a>
                <small>{case.label.clone()}</small>
            </th>
            <td data-label="Plan"><div>{case.plan_type.words()} " " {risk_tag(case.risk_level)}</div></td>
            <td data-label="Lead practitioner"><div>{lead} <small>{supervisor}</small> <small>{review.team.clone()}</small></div></td>
            <td data-label="Supervision"><div>{state_tag(&case.due, today)} <small>"Due " {day(case.due.due_on)}</small> {snoozed(review.snooze.as_ref())}</div></td>
            <td data-label="Why">{case.due.reason()}</td>
            <td data-label="Next"><div>"Book " {day(review.booking_day)} {next} {put_off}</div></td>
        </tr>
    }
    .into_any()
}

fn snoozed(snooze: Option<&SnoozeRow>) -> Option<AnyView> {
    snooze.map(|snooze| {
        let words = format!(
            "Put off until {} by {}: {}",
            day_in_words(snooze.until_on),
            snooze.person,
            snooze.reason
        );
        view! { <small>{words}</small> }.into_any()
    })
}

fn snooze_address(concern: Concern, subject: &str, due_on: NaiveDate) -> String {
    format!("/reminders/put-off?concern={}&subject={}&due={due_on}", concern.code(), encoded(subject))
}

/// `/reminders`.
pub(crate) fn reminders(visit: &Visit) -> Result<Answer, Problem> {
    let mine = visit.read(ladder::mine)?;
    let body = if mine.is_empty() {
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
        Caption::Shown(counted(count, "reminder", "reminders")),
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
            let fields = view! {
                {date(filled, "until", "Until", "The last day without reminders: a few working days at most")}
                {line(filled, "reason", "Why can this wait?", "", "")}
            };
            Ok(FormSheet::new("Put off a reminder", form(visit, filled, fields, "Put off"))
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
