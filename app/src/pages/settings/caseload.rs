//! What a case weighs in a caseload: by its plan and by its risk.

use super::{approvers, blank_version, keeps_rules, version_fields, version_list};
use crate::answer::Answer;
use crate::components::{Caption, Filled, group, line, table};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::caseload::{CaseloadWeights, PLAN, RISK, field};
use domain::cases::PlanType;
use domain::form::Problems;
use domain::policy::{NewVersion, RuleKind};
use domain::risk::RiskLevel;
use leptos::prelude::*;
use records::Problem;
use records::settings;

/// `/settings/caseload`.
pub(crate) fn caseload(visit: &Visit) -> Result<Answer, Problem> {
    let ((version, weights), versions) = visit.read(|reading| {
        Ok((settings::caseload_weights(reading)?, settings::versions(reading, RuleKind::Caseload)?))
    })?;
    let change = keeps_rules(visit).then(|| {
        view! { <a class="govuk-button fe-no-print" href="/settings/caseload/edit">"Change the weights"</a> }
    });
    let plans = PlanType::ALL.iter().map(|plan| row(plan.words(), weights.of_plan(*plan))).collect();
    let risks = RiskLevel::ALL.iter().map(|risk| row(risk.words(), weights.of_risk(*risk))).collect();
    let content = view! {
        {back_link(Some(("/settings".to_owned(), "Back to rules".to_owned())))}
        <div class="fe-title"><h1 class="govuk-heading-l">"What a caseload weighs"</h1> {change}</div>
        <p class="govuk-body">{format!("Version {version}. A case weighs what its plan weighs, times the number for its risk; a settled case of ordinary risk weighs 1. Two people see the sum when they talk about somebody’s work, and so does whoever says who takes a case over. Nobody is put into an order by it, and there is no list of it.")}</p>
        {table(Caption::Shown("By plan".to_owned()), &["Plan", "Weighs"], plans)}
        {table(Caption::Shown("By risk".to_owned()), &["Risk", "Weight"], risks)}
        {version_list(&versions)}
    };
    Ok(Sheet::new("What a caseload weighs", content).answer(visit))
}

fn row(words: &'static str, weight: String) -> AnyView {
    view! { <tr><th scope="row">{words}</th><td data-label="Weight">{weight}</td></tr> }.into_any()
}

/// `/settings/caseload/edit`.
pub(crate) fn change_caseload(visit: &Visit) -> Result<Answer, Problem> {
    let ((version, weights), people) = (visit.read(settings::caseload_weights)?, approvers(visit)?);
    form_page(
        visit,
        || {
            let mut blank = weights.to_form();
            blank.set("version", version.to_string());
            for (name, value) in blank_version(visit).fields() {
                blank.set(name, value.clone());
            }
            Ok(blank)
        },
        |filled| {
            let fields = view! {
                {group("What each plan weighs", boxes::<PlanType>(filled, PLAN))}
                {group("By what each risk multiplies it", boxes::<RiskLevel>(filled, RISK))}
                {version_fields(visit, filled, &people)}
            };
            Ok(FormSheet::new("Change the weights", form(visit, filled, fields, "Save as a new version"))
                .back_to("/settings/caseload", "Back to what a caseload weighs")
                .intro(view! { <p class="govuk-body">"Numbers from 0 to 10, like 1.5. A settled case of ordinary risk weighs 1."</p> })
                .dates(&["effective_from"]))
        },
        || {
            let weights = CaseloadWeights::read_form(&visit.form);
            let new = NewVersion::parse(&visit.form, visit.today());
            let (weights, new) = Problems::of_both(weights, new)?;
            let seen = visit.version();
            visit.save(move |writing| {
                settings::change_caseload_weights(writing, seen, &weights, &new)?;
                Ok("/settings/caseload?notice=caseload-saved".to_owned())
            })
        },
    )
}

fn boxes<T: TextValue>(filled: &Filled, part: &str) -> Vec<AnyView> {
    T::ALL.iter().map(|value| line(filled, &field(part, *value), value.words(), "", "5")).collect()
}
