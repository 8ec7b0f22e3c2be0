//! Which ways to reflect an organisation uses: all that there are, and switching some off.

use super::{approvers, blank_version, keeps_rules, version_fields, version_list};
use crate::answer::Answer;
use crate::components::{Caption, Choice, Filled, check_boxes, table, tag};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::visit::Visit;
use domain::form::{Form, Problems};
use domain::policy::{NewVersion, RuleKind};
use domain::reflection::{Model, ModelsInUse, USED_MODELS, models};
use leptos::prelude::*;
use records::settings;
use records::{Problem, people::PersonSummary};

/// `/settings/models`.
pub(crate) fn models_in_use(visit: &Visit) -> Result<Answer, Problem> {
    let (used, versions) = visit
        .read(|reading| Ok((settings::models(reading)?, settings::versions(reading, RuleKind::Models)?)))?;
    let change = keeps_rules(visit).then(|| {
        view! { <a class="govuk-button fe-no-print" href="/settings/models/edit">"Change the ways to reflect"</a> }
    });
    let rows = models().iter().map(|model| row(model, used.is_used(model))).collect();
    let content = view! {
        {back_link(Some(("/settings".to_owned(), "Back to rules".to_owned())))}
        <div class="fe-title"><h1 class="govuk-heading-l">"Ways to reflect"</h1> {change}</div>
        <p class="govuk-body">{format!("Version {}. Everybody chooses among the ways that are in use. What was written in another stays as it is, and can be changed.", used.version())}</p>
        {table(Caption::Unseen("The ways to reflect"), &["Way", "Boxes", "Described by", "Use"], rows)}
        {version_list(&versions)}
    };
    Ok(Sheet::new("Ways to reflect", content).answer(visit))
}

fn row(model: &Model, is_used: bool) -> AnyView {
    let boxes: Vec<&str> = model.steps.iter().map(|step| step.title.as_str()).collect();
    let boxes = if boxes.is_empty() { "One box without a heading".to_owned() } else { boxes.join(" · ") };
    let used = if is_used { "In use".into_any() } else { tag("not-required", "Switched off") };
    view! {
        <tr>
            <th scope="row">{model.title.clone()} <small>{model.hint.clone()}</small></th>
            <td data-label="Boxes">{boxes}</td>
            <td data-label="Described by">{model.source.clone()}</td>
            <td data-label="Use"><div>{used}</div></td>
        </tr>
    }
    .into_any()
}

/// `/settings/models/edit`.
pub(crate) fn change_models(visit: &Visit) -> Result<Answer, Problem> {
    let (used, people) = (visit.read(settings::models)?, approvers(visit)?);
    form_page(
        visit,
        || Ok(blank(visit, &used)),
        |filled| Ok(show(visit, filled, &people)),
        || {
            let used = ModelsInUse::read(&visit.form);
            let version = NewVersion::parse(&visit.form, visit.today());
            let (used, version) = Problems::of_both(used, version)?;
            let seen = visit.version();
            visit.save(move |writing| {
                settings::change_models(writing, seen, &used, &version)?;
                Ok("/settings/models?notice=models-saved".to_owned())
            })
        },
    )
}

fn blank(visit: &Visit, used: &ModelsInUse) -> Form {
    let ticked = models().iter().filter(|model| used.is_used(model));
    let mut fields: Vec<(String, String)> =
        ticked.map(|model| (USED_MODELS.to_owned(), model.key.clone())).collect();
    fields.push(("version".to_owned(), used.version().to_string()));
    fields.extend(blank_version(visit).fields().iter().cloned());
    Form::new(fields)
}

fn show(visit: &Visit, filled: &Filled, people: &[PersonSummary]) -> FormSheet {
    let choices =
        models().iter().map(|model| Choice::new(&model.key, &model.title).hint(&model.hint)).collect();
    let fields = view! {
        {check_boxes(filled, USED_MODELS, "Ways in use", "A new reflection begins with the first, so that one stays", choices, false)}
        {version_fields(visit, filled, people)}
    };
    FormSheet::new("Change the ways to reflect", form(visit, filled, fields, "Save as a new version"))
        .back_to("/settings/models", "Back to the ways to reflect")
        .intro(view! { <p class="govuk-body">"Pieces that were written in a way that is switched off keep it. Nobody else sees which those are."</p> })
        .dates(&["effective_from"])
}
