//! The list of cases within reach, with filters that stay in the address.

use crate::answer::Answer;
use crate::components::{
    Caption, Choice, Filled, empty, line, next_page, risk_tag, select, state_tag, table, tag,
};
use crate::document::Sheet;
use crate::pages::exports::take_as_csv;
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::cases::{CaseFilter, CaseStatus, PlanType};
use domain::risk::RiskLevel;
use leptos::prelude::*;
use records::Problem;
use records::cases::{self, CaseSummary};

/// `/cases`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let filter = CaseFilter::parse(&visit.query);
    let (listed, next) = visit.read(|reading| cases::list(reading, &filter, visit.query.text("after")))?;
    let adds = visit.signed_in.as_ref().is_some_and(|signed_in| !signed_in.actor.oversees.is_empty());
    let add = adds.then(|| view! { <div class="govuk-button-group"><a class="govuk-button govuk-button--secondary" href="/cases/new">"Add a case"</a> <a class="govuk-link" href="/cases/import">"Import cases"</a></div> });
    let is_filtered = ["words", "plan_type", "risk_level", "status", "domestic_abuse", "after"]
        .iter()
        .any(|name| !visit.query.text(name).is_empty());
    let table = match (listed.is_empty(), is_filtered) {
        (true, true) => empty("No case fits", "Take away a filter to see more."),
        (true, false) => empty("No cases yet", "Cases that you lead, work on or manage are listed here."),
        (false, _) => cases_table(&listed, visit.today()),
    };
    let content = view! {
        <div class="fe-title"><h1 class="govuk-heading-l">"Cases"</h1> {add}</div>
        {filter_form(visit)}
        {table}
        {next_page(next.map(|last| filtered("/cases", visit, Some(&last))))}
        {(!listed.is_empty()).then(|| take_as_csv(filtered("/cases/csv", visit, None)))}
    };
    Ok(Sheet::new("Cases", content).answer(visit))
}

/// The same filters at an address, from the case after this one on.
fn filtered(address: &str, visit: &Visit, after: Option<&str>) -> String {
    let mut parts: Vec<String> = visit
        .query
        .fields()
        .iter()
        .filter(|(name, value)| name != "after" && name != "notice" && !value.is_empty())
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    parts.extend(after.map(|last| format!("after={}", encoded(last))));
    format!("{address}?{}", parts.join("&"))
}

/// A value for an address.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn with_any<T: TextValue>() -> Vec<Choice> {
    let mut options = vec![Choice::new("", "Any")];
    options.extend(Choice::all::<T>());
    options
}

fn filter_form(visit: &Visit) -> AnyView {
    let mut filled = Filled::new(visit.query.clone());
    if filled.form.text("status").is_empty() {
        filled.form.set("status", CaseStatus::Open.code());
    }
    let mut statuses = Choice::all::<CaseStatus>();
    statuses.push(Choice::new("any", "Any"));
    let yes_no = vec![Choice::new("", "Any"), Choice::new("yes", "Yes"), Choice::new("no", "No")];
    view! {
        <form class="fe-filter" method="get" role="search" aria-label="Cases">
            {line(&filled, "words", "Reference or words", "", "10")}
            {select(&filled, "plan_type", "Plan", "", with_any::<PlanType>())}
            {select(&filled, "risk_level", "Risk", "", with_any::<RiskLevel>())}
            {select(&filled, "status", "Status", "", statuses)}
            {select(&filled, "domestic_abuse", "Domestic abuse", "", yes_no)}
            <button class="govuk-button govuk-button--secondary">"Apply filters"</button>
            <a class="govuk-link" href="/cases">"Clear filters"</a>
        </form>
    }
    .into_any()
}

fn cases_table(listed: &[CaseSummary], today: NaiveDate) -> AnyView {
    let rows: Vec<_> = listed
        .iter()
        .map(|case| {
            let lead = case.lead.as_ref().map_or("Not allocated yet".to_owned(), |(_, name)| name.clone());
            let closed = (case.status == CaseStatus::Closed).then(|| tag("not-required", "Closed"));
            let state = (case.status == CaseStatus::Open).then(|| state_tag(&case.due, today));
            let flag = case.domestic_abuse.then(|| view! { <small>"Domestic abuse"</small> });
            view! {
                <tr>
                    <th scope="row">
                        <a class="govuk-link" href=format!("/cases/{}", case.id)>{case.reference.clone()}</a>
                        <small>{case.label.clone()}</small>
                    </th>
                    <td data-label="Plan"><div>{case.plan_type.words()} {flag}</div></td>
                    <td data-label="Risk">{risk_tag(case.risk_level)}</td>
                    <td data-label="Lead practitioner">{lead}</td>
                    <td data-label="Supervision"><div>{state} {closed}</div></td>
                </tr>
            }
        })
        .collect();
    let count = domain::calendar::counted(i64::try_from(listed.len()).unwrap_or(i64::MAX), "case", "cases");
    table(Caption::Shown(count), &["Case", "Plan", "Risk", "Lead practitioner", "Supervision"], rows)
}
