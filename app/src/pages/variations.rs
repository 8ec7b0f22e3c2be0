//! Longer intervals, for a case or for a person: approving and ending them.

use crate::answer::Answer;
use crate::components::{Filled, date, line};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::cadence::NewVariation;
use domain::form::Form;
use domain::ids::{CaseId, PersonId, VariationId};
use domain::people::LinkKind;
use leptos::prelude::*;
use records::{Problem, cadence, cases, people};

/// `/cases/{id}/variation`.
pub(crate) fn of_case(visit: &Visit) -> Result<Answer, Problem> {
    let id: CaseId = visit.id()?;
    let case = visit.read(|reading| cases::details(reading, &id))?;
    if !case.may.vary {
        return Err(Problem::NotFound);
    }
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            Ok(sheet(visit, filled, &format!("A longer interval for {}", case.details.reference))
                .back_to(format!("/cases/{id}"), "Back to the case"))
        },
        || {
            let new = NewVariation::parse(&visit.form, visit.today())?;
            let id = id.clone();
            visit.save_new(move |writing| {
                cadence::grant_to_case(writing, &id, &new)?;
                Ok(format!("/cases/{id}?notice=variation-saved"))
            })
        },
    )
}

/// `/people/{id}/variation`, for the line that the query names.
pub(crate) fn of_person(visit: &Visit) -> Result<Answer, Problem> {
    let id: PersonId = visit.id()?;
    let line = LinkKind::from_code(visit.query.text("line")).unwrap_or(LinkKind::Line);
    let (person, may_keep) = visit
        .read(|reading| Ok((people::open(reading, &id)?, cadence::may_keep_cadence_of(reading, &id)?)))?;
    if !may_keep {
        return Err(Problem::NotFound);
    }
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            let title =
                format!("A longer interval for {}: {}", person.details.name, line.words().to_lowercase());
            Ok(sheet(visit, filled, &title).back_to(format!("/people/{id}"), "Back to the person"))
        },
        || {
            let new = NewVariation::parse(&visit.form, visit.today())?;
            let id = id.clone();
            visit.save_new(move |writing| {
                cadence::grant_to_person(writing, &id, line, &new)?;
                Ok(format!("/people/{id}?notice=variation-saved"))
            })
        },
    )
}

fn sheet(visit: &Visit, filled: &Filled, title: &str) -> FormSheet {
    let intro = view! {
        <p class="govuk-body">
            "Your name, the reason and the last day stand on the page for everybody who works here. A rise in risk ends the wait at once."
        </p>
    };
    let fields = view! {
        {line(filled, "interval_days", "Days from one session to the next", "", "3")}
        {date(filled, "expires_on", "Until", "The last day of the longer interval, within a year")}
        {line(filled, "reason", "Why is a longer interval safe here?", "", "")}
    };
    FormSheet::new(title, form(visit, filled, fields, "Approve")).intro(intro).dates(&["expires_on"])
}

/// `/variations/{id}/end`.
pub(crate) fn end(visit: &Visit) -> Result<Answer, Problem> {
    let id: VariationId = visit.id()?;
    if !visit.is_post() {
        return Ok(Answer::see_other("/reviews"));
    }
    let page = visit.write(move |writing| cadence::end_variation(writing, &id))?;
    Ok(Answer::see_other(format!("{page}?notice=variation-ended")))
}
