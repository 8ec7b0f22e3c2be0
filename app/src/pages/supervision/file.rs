//! A session as a document.

use crate::answer::Answer;
use crate::pages::papers;
use crate::paper::Paper;
use crate::visit::Visit;
use domain::ids::SupervisionId;
use records::Problem;
use records::supervision;

/// `/supervision/{id}/text`.
pub(crate) fn text(visit: &Visit) -> Result<Answer, Problem> {
    let (name, paper) = paper_of_session(visit)?;
    Ok(Answer::text_file(&name, &paper))
}

/// `/supervision/{id}/pdf`.
pub(crate) fn pdf(visit: &Visit) -> Result<Answer, Problem> {
    let (name, paper) = paper_of_session(visit)?;
    Ok(Answer::Paper { name, paper })
}

fn paper_of_session(visit: &Visit) -> Result<(String, Paper), Problem> {
    let id: SupervisionId = visit.id()?;
    let session = visit.read(|reading| supervision::open(reading, &id))?;
    Ok((format!("Supervision {}", session.held_on), papers::of_session(visit, &session)))
}
