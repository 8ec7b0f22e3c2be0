//! The steps of group supervision by “Bells that ring” (Proctor 1997), with a timer.

use crate::answer::Answer;
use crate::components::{Caption, table};
use crate::document::Sheet;
use crate::islands::{StepTimer, TIMER};
use crate::pages::form_page::back_link;
use crate::visit::Visit;
use domain::supervision::BELLS;
use leptos::prelude::*;
use records::Problem;

/// `/supervision/bells`.
#[expect(clippy::unnecessary_wraps, reason = "every page has this form")]
pub(crate) fn bells(visit: &Visit) -> Result<Answer, Problem> {
    let mut begins = 0;
    let rows: Vec<_> = BELLS
        .iter()
        .enumerate()
        .map(|(number, step)| {
            let from = begins;
            begins += step.minutes;
            view! {
                <tr id=format!("step-{}", number + 1)>
                    <th scope="row">{format!("{}. {}", number + 1, step.who)}</th>
                    <td data-label="What happens">{step.what}</td>
                    <td data-label="Minutes">{step.minutes}</td>
                    <td data-label="From minute">{from}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let minutes: Vec<String> = BELLS.iter().map(|step| step.minutes.to_string()).collect();
    let supervises = visit.signed_in.as_ref().is_some_and(|signed_in| !signed_in.actor.supervises.is_empty());
    let write_up = supervises.then(|| {
        view! { <p class="govuk-body fe-no-print"><a class="govuk-link" href="/supervision/new?kind=group">"Write up a group session"</a></p> }
    });
    let content = view! {
        {back_link(Some(("/supervision".to_owned(), "Back to supervision".to_owned())))}
        <h1 class="govuk-heading-l">"Bells that ring: group supervision in seven steps"</h1>
        <p class="govuk-body">{format!("One case, {begins} minutes. Give out the parts first: a presenter, a consultant, observers and an action planner. Whoever listens does not answer: that is what makes room for a thought nobody has had yet.")}</p>
        <div id=TIMER data-minutes=minutes.join(",")><StepTimer/></div>
        {table(Caption::Unseen("The steps"), &["Who", "What happens", "Minutes", "From minute"], rows)}
        {write_up}
    };
    Ok(Sheet::new("Bells that ring", content).answer(visit))
}
