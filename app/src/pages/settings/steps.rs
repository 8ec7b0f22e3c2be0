//! The steps of one concern, changed in a form.

use super::{approvers, blank_version, version_fields};
use crate::answer::Answer;
use crate::components::{Choice, Filled, check_box, check_boxes, group, line, select};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::form::Problems;
use domain::ladder::{Concern, Reader, Rungs, blank_steps, read_steps};
use domain::policy::NewVersion;
use leptos::prelude::*;
use records::Problem;
use records::settings;

/// `/settings/ladder/steps/{concern}`.
pub(crate) fn change_steps(visit: &Visit) -> Result<Answer, Problem> {
    let concern =
        visit.parameters.first().and_then(|code| Concern::from_code(code)).ok_or(Problem::NotFound)?;
    let ((ladder, _), people) = (visit.read(settings::ladder)?, approvers(visit)?);
    let steps = ladder.rungs(concern).cloned().unwrap_or_else(Rungs::default);
    form_page(
        visit,
        || {
            let mut blank = blank_steps(&steps);
            for (name, value) in blank_version(visit).fields() {
                blank.set(name, value.clone());
            }
            Ok(blank)
        },
        |filled| {
            let rows: Vec<_> =
                filled.form.indexes("step").into_iter().map(|number| step_fields(filled, number)).collect();
            let fields = view! {
                {rows}
                {check_boxes(filled, "weekly", "After the last step, who is told each week?", "Nobody, if none is ticked", Choice::all::<Reader>(), true)}
                {version_fields(visit, filled, &people)}
            };
            Ok(FormSheet::new(
                format!("Change the steps: {}", concern.words().to_lowercase()),
                form(visit, filled, fields, "Save as a new version"),
            )
            .back_to("/settings/ladder", "Back to who is told")
            .intro(view! { <p class="govuk-body">"A step that is left without days and without anybody to tell is taken away. What was told before is not told again."</p> })
            .dates(&["effective_from"]))
        },
        || {
            let steps = read_steps(&visit.form);
            let version = NewVersion::parse(&visit.form, visit.today());
            let (steps, version) = Problems::of_both(steps, version)?;
            visit.save(move |writing| {
                settings::change_steps(writing, concern, &steps, &version)?;
                Ok("/settings/ladder?notice=ladder-saved".to_owned())
            })
        },
    )
}

fn step_fields(filled: &Filled, number: usize) -> AnyView {
    let name = |field: &str| format!("step.{number}.{field}");
    let units = vec![Choice::new("days", "Calendar days"), Choice::new("working_days", "Working days")];
    let fields = view! {
        <div class="fe-side-by-side">
            <div>{line(filled, &name("after"), "How many days after the due day", "", "3")}</div>
            <div>{select(filled, &name("unit"), "Counted in", "", units)}</div>
        </div>
        {check_boxes(filled, &name("tell"), "Who is told?", "", Choice::all::<Reader>(), true)}
        {check_box(filled, &name("urgent"), "At once, in a mail of its own")}
    };
    group(&format!("Step {}", number + 1), fields)
}
