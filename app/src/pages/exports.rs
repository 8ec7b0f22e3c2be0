//! Lists as CSV files: the rows that the page shows, all of them, for the same reader and the same filters. Days are written as
//! 2026-11-24, which no spreadsheet mistakes.

use super::actions::asked_for;
use crate::answer::Answer;
use crate::visit::Visit;
use domain::TextValue;
use domain::cases::CaseFilter;
use leptos::prelude::*;
use records::{Problem, exports, teams};

/// `/cases/csv`.
pub(crate) fn cases(visit: &Visit) -> Result<Answer, Problem> {
    let filter = CaseFilter::parse(&visit.query);
    let (listed, teams) =
        visit.read(|reading| Ok((exports::cases(reading, &filter)?, teams::list(reading)?)))?;
    let team = |id| teams.iter().find(|team| team.id == id).map_or(String::new(), |team| team.name.clone());
    let rows = listed.into_iter().map(|case| {
        let lead = case.lead.map_or(String::new(), |(_, name)| name);
        vec![
            case.reference,
            case.label,
            case.plan_type.words().to_owned(),
            case.risk_level.words().to_owned(),
            if case.domestic_abuse { "Yes" } else { "No" }.to_owned(),
            lead,
            team(case.team),
            case.status.words().to_owned(),
            case.allocated_on.to_string(),
            case.last_held_on.map_or(String::new(), |on| on.to_string()),
            case.due.due_on.to_string(),
        ]
    });
    let header = [
        "Reference",
        "Label",
        "Plan",
        "Risk",
        "Domestic abuse",
        "Lead practitioner",
        "Team",
        "Status",
        "Allocated on",
        "Last discussed on",
        "Supervision due by",
    ];
    Ok(Answer::csv_file("cases", &header, rows))
}

/// `/supervision/csv`.
pub(crate) fn sessions(visit: &Visit) -> Result<Answer, Problem> {
    let listed = visit.read(exports::sessions)?;
    let rows = listed.into_iter().map(|session| {
        vec![
            session.held_on.to_string(),
            session.supervisor.1,
            session.supervisee.1,
            session.kind.words().to_owned(),
            session.cases.to_string(),
            session.minutes.to_string(),
            session.state.words().to_owned(),
        ]
    });
    let header = ["Date held", "Supervisor", "Supervised", "Kind", "Cases", "Minutes", "Record"];
    Ok(Answer::csv_file("supervision", &header, rows))
}

/// `/actions/csv`.
pub(crate) fn actions(visit: &Visit) -> Result<Answer, Problem> {
    let (whose, band) = asked_for(visit)?;
    let listed = visit.read(|reading| exports::actions(reading, whose, band))?;
    let rows = listed.into_iter().map(|(action, about)| {
        vec![
            about,
            action.what,
            action.owner,
            action.due_on.to_string(),
            action.measure,
            action.fallback,
            action.carried.to_string(),
        ]
    });
    let header = [
        "About",
        "What is to be done",
        "Who",
        "By when",
        "How we shall know",
        "If it is not done, then",
        "Times carried over",
    ];
    Ok(Answer::csv_file("actions", &header, rows))
}

/// The way to a list's file, under the list.
pub(crate) fn take_as_csv(address: String) -> AnyView {
    view! { <p class="govuk-body fe-no-print"><a class="govuk-link" href=address download>"Download the whole list as CSV"</a></p> }.into_any()
}
