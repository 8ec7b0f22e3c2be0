//! Who has opened a session's record, for the two whose words are in it.

use crate::answer::Answer;
use crate::components::opened_by;
use crate::document::Sheet;
use crate::pages::form_page::back_link;
use crate::visit::Visit;
use domain::ids::SupervisionId;
use leptos::prelude::*;
use records::{Problem, supervision};

/// `/supervision/{id}/openings`.
pub(crate) fn openings(visit: &Visit) -> Result<Answer, Problem> {
    let id: SupervisionId = visit.id()?;
    let found = visit.read(|reading| supervision::openings(reading, &id))?;
    let title = "Who has opened this record";
    let content = view! {
        {back_link(Some((format!("/supervision/{id}"), "Back to the record".to_owned())))}
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">"Besides the two of you, on the page, as PDF or as text, the newest first. Whoever audits supervision files reads what was said about cases, and nothing of the personal part; that they were there stands with the audit."</p>
        {opened_by(&found)}
    };
    Ok(Sheet::new(title, content).with_reference("Supervision record").answer(visit))
}
