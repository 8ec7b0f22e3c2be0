//! What is overdue for supervision.

use crate::answer::Answer;
use crate::components::{Caption, empty, next_page, risk_tag, state_tag, table};
use crate::document::Sheet;
use crate::visit::Visit;
use domain::TextValue;
use domain::calendar::counted;
use leptos::prelude::*;
use records::Problem;
use records::review::{self, OverdueCase};

/// Cases on one page.
const PAGE: usize = 50;

/// `/reviews`.
pub(crate) fn overdue(visit: &Visit) -> Result<Answer, Problem> {
    let overdue = visit.read(review::overdue_with_supervisors)?;
    let from: usize = visit.query.text("from").parse().unwrap_or(0);
    let shown: Vec<&(OverdueCase, Option<String>)> = overdue.iter().skip(from).take(PAGE).collect();
    let table = if overdue.is_empty() {
        empty("Nothing is overdue", "Every open case that you can see was discussed in time.")
    } else {
        overdue_table(visit, &shown, overdue.len())
    };
    let next = from.saturating_add(PAGE);
    let next = (overdue.len() > next).then(|| format!("/reviews?from={next}"));
    let content = view! {
        <h1 class="govuk-heading-l">"Reviews"</h1>
        <p class="govuk-body">"Open cases that are overdue for supervision. Those never discussed come first, then those waiting longest."</p>
        {table}
        {next_page(next)}
    };
    Ok(Sheet::new("Reviews", content).answer(visit))
}

fn overdue_table(visit: &Visit, cases: &[&(OverdueCase, Option<String>)], all: usize) -> AnyView {
    let today = visit.today();
    let rows: Vec<_> = cases
        .iter()
        .map(|(overdue, supervisor)| {
            let case = &overdue.case;
            let lead = case.lead.as_ref().map_or("Not allocated yet".to_owned(), |(_, name)| name.clone());
            let supervisor = supervisor.clone().unwrap_or_else(|| "Nobody yet".to_owned());
            view! {
                <tr>
                    <th scope="row">
                        <a class="govuk-link" href=format!("/cases/{}", case.id)>{case.reference.clone()}</a>
                        <small>{case.label.clone()}</small>
                    </th>
                    <td data-label="Plan"><div>{case.plan_type.words()} " " {risk_tag(case.risk_level)}</div></td>
                    <td data-label="Lead practitioner">{lead}</td>
                    <td data-label="Supervisor">{supervisor}</td>
                    <td data-label="Supervision">{state_tag(&case.due, today)}</td>
                    <td data-label="Why">{case.due.reason()}</td>
                </tr>
            }
        })
        .collect();
    let count = counted(i64::try_from(all).unwrap_or(i64::MAX), "case is overdue", "cases are overdue");
    table(
        Caption::Shown(count),
        &["Case", "Plan and risk", "Lead practitioner", "Supervisor", "Supervision", "Why"],
        rows,
    )
}
