//! Ending an action.

use crate::answer::Answer;
use crate::components::{Choice, Filled, day, fact, facts, radios, readers, text_box};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::form::Form;
use domain::ids::ActionId;
use domain::supervision::{ActionEnd, ActionState};
use leptos::prelude::*;
use records::Problem;
use records::cases::{self, ActionRow};

/// `/actions/{id}`.
pub(crate) fn end(visit: &Visit) -> Result<Answer, Problem> {
    let id: ActionId = visit.id()?;
    let (action, reference) = visit.read(|reading| cases::open_action(reading, &id))?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("version", action.version.to_string());
            Ok(blank)
        },
        |filled| Ok(show(visit, filled, &action, &reference)),
        || {
            let end = ActionEnd::parse(&visit.form)?;
            let (id, version) = (id.clone(), visit.version());
            visit.save(move |writing| {
                let case = cases::end_action(writing, &id, version, &end)?;
                Ok(format!("/cases/{case}?notice=action-ended"))
            })
        },
    )
}

fn show(visit: &Visit, filled: &Filled, action: &ActionRow, reference: &str) -> FormSheet {
    let intro = facts(vec![
        fact("What is to be done", action.what.clone()).wide(),
        fact(
            "Case",
            view! { <a class="govuk-link" href=format!("/cases/{}", action.case)>{reference.to_owned()}</a> },
        ),
        fact("Who", action.owner.clone()),
        fact("By when", day(action.due_on)),
        fact("How we shall know", action.measure.clone()).wide(),
        fact("If it is not done, then", action.fallback.clone()).wide(),
    ]);
    let options = vec![
        Choice::new(ActionState::Done.code(), ActionState::Done.words()),
        Choice::new(ActionState::Dropped.code(), ActionState::Dropped.words()),
    ];
    let fields = view! {
        {radios(filled, "state", "What has become of it?", "", options, true)}
        {readers(Readers::CaseEntry)}
        {text_box(filled, "note", "How do you know, or why is it no longer needed?", "", 4)}
    };
    FormSheet::new("End this action", form(visit, filled, fields, "Save"))
        .intro(intro)
        .back_to(format!("/cases/{}", action.case), "Back to the case")
}
