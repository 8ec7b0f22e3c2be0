//! Reviews: which cases are due for supervision, by band, team and plan; what is done about several at once; and reminders.

mod reminders;
mod together;

pub(crate) use reminders::{put_off, reminders};
pub(crate) use together::{book, oversee};

use crate::answer::Answer;
use crate::components::{
    Caption, Choice, Filled, Tab, day, empty, next_page, risk_tag, select, state_tag, table, tabs, tag,
};
use crate::document::Sheet;
use crate::pages::cases::{encoded, readers_in_words};
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::cadence::Band;
use domain::calendar::{counted, day_in_words};
use domain::cases::PlanType;
use domain::ladder::Concern;
use leptos::prelude::*;
use records::Problem;
use records::ladder::SnoozeRow;
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
    let tab = |band: Option<Band>, words: &str, count: usize| {
        let query = query_of(filter, band);
        let address = format!("/reviews?{query}").trim_end_matches(['?', '&']).to_owned();
        Tab { address, words: words.to_owned(), count, is_here: filter.band == band }
    };
    let of_band =
        |band: &Band| tab(Some(*band), band.words(), reviews.counts.get(band).copied().unwrap_or(0));
    let all = std::iter::once(tab(None, "To do", reviews.to_do)).chain(Band::ALL.iter().map(of_band));
    tabs("Bands", all.collect())
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
    let may_choose = reviews.reviews.iter().any(may_choose);
    let rows: Vec<_> = reviews.reviews.iter().map(|review| review_row(review, may_choose, today)).collect();
    let all = Caption::Shown(counted(i64::try_from(reviews.all).unwrap_or(i64::MAX), "case", "cases"));
    let columns = ["Case", "Plan and risk", "Lead practitioner", "Supervision", "Why", "Next"];
    if !may_choose {
        return table(all, &columns, rows);
    }
    let columns: Vec<&'static str> = std::iter::once("").chain(columns).collect();
    view! {
        <form method="get">
            {table(all, &columns, rows)}
            <div class="fe-sticky-actions fe-sticky-actions--list">
                <p class="govuk-body">"With the cases that are ticked:"</p>
                <button class="govuk-button" formaction="/reviews/book">"Book sessions"</button>
                <button class="govuk-button govuk-button--secondary" formaction="/reviews/oversight">"Add an oversight note"</button>
            </div>
        </form>
    }
    .into_any()
}

fn may_choose(review: &Review) -> bool {
    review.may_book || review.may_oversee
}

/// The box with which a case is chosen, for whoever can do something about it.
fn choose(review: &Review) -> AnyView {
    let box_ = may_choose(review).then(|| {
        let id = format!("choose-{}", review.case.id);
        view! {
            <div class="govuk-checkboxes govuk-checkboxes--small">
                <div class="govuk-checkboxes__item">
                    <input class="govuk-checkboxes__input" type="checkbox" name="case" id=id.clone() value=review.case.id.to_string()/>
                    <label class="govuk-label govuk-checkboxes__label" for=id>
                        <span class="govuk-visually-hidden">{format!("Choose {}", review.case.reference)}</span>
                    </label>
                </div>
            </div>
        }
    });
    view! { <td class="fe-table__choose">{box_}</td> }.into_any()
}

fn review_row(review: &Review, may_choose: bool, today: NaiveDate) -> AnyView {
    let case = &review.case;
    let lead = case.lead.as_ref().map_or("Not allocated yet".to_owned(), |(_, name)| name.clone());
    let supervisor = match &review.supervisor {
        Some(name) => format!("Supervisor: {name}"),
        None => "No supervisor".to_owned(),
    };
    let is_late = review.band == Band::Overdue;
    let next = review.next_step.as_ref().filter(|_| review.band <= Band::Amber).map(|(on, readers)| {
        let are = if readers.len() > 1 { "are" } else { "is" };
        view! { <small>{format!("{}: the {} {are} told", day_in_words(*on), readers_in_words(readers))}</small> }
    });
    let put_off = (is_late && review.may_oversee && review.snooze.is_none()).then(|| {
        let address = snooze_address(Concern::CaseSupervision, case.id.as_str(), case.due.due_on);
        view! {
            <small class="fe-no-print">
                <a class="govuk-link" href=address>"Put off" <span class="govuk-visually-hidden">{format!(" the reminder of {}", case.reference)}</span></a>
            </small>
        }
    });
    let book = match review.booked_on {
        Some(on) => view! { {tag("in-date", "Booked")} " " {day(on)} }.into_any(),
        None => view! { "Book " {day(review.booking_day)} }.into_any(),
    };
    let to_look_at = review.to_look_at.as_ref().map(|look| {
        view! {
            <small>{state_tag(look, today)} " Management oversight due by " {day(look.due_on)} ". " {look.reason()}</small>
        }
    });
    view! {
        <tr>
            {may_choose.then(|| choose(review))}
            <th scope="row">
                <a class="govuk-link" href=format!("/cases/{}", case.id)>{case.reference.clone()}</a>
                <small>{case.label.clone()}</small>
            </th>
            <td data-label="Plan"><div>{case.plan_type.words()} " " {risk_tag(case.risk_level)}</div></td>
            <td data-label="Lead practitioner"><div>{lead} <small>{supervisor}</small> <small>{review.team.clone()}</small></div></td>
            <td data-label="Supervision"><div>{state_tag(&case.due, today)} <small>"Due " {day(case.due.due_on)}</small> {snoozed(review.snooze.as_ref())}</div></td>
            <td data-label="Why"><div>{case.due.reason()} {to_look_at}</div></td>
            <td data-label="Next"><div>{book} {next} {put_off}</div></td>
        </tr>
    }
    .into_any()
}

pub(super) fn snoozed(snooze: Option<&SnoozeRow>) -> Option<AnyView> {
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

pub(super) fn snooze_address(concern: Concern, subject: &str, due_on: NaiveDate) -> String {
    format!("/reminders/put-off?concern={}&subject={}&due={due_on}", concern.code(), encoded(subject))
}
