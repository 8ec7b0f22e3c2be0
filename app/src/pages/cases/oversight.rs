//! A note of management oversight: a decision that could not wait for supervision, in one short form.

use crate::answer::Answer;
use crate::components::{Choice, Filled, hidden, radios, readers, text_box};
use crate::pages::action_review::action_fields;
use crate::pages::checklist::{ChecklistForm, checklist_fields};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::pages::template_questions::asked;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::form::Form;
use domain::ids::CaseId;
use domain::risk::{DONE_ON, RiskDirection, RiskLevel};
use domain::supervision::{NewOversight, OVERSIGHT_PART, OversightDecision};
use domain::templates::{TEMPLATE_VERSION, TemplatePart, Templates};
use leptos::prelude::*;
use records::cases::{self, CaseFile};
use records::{Problem, settings, supervision};

/// `/cases/{id}/oversight`.
pub(crate) fn oversight(visit: &Visit) -> Result<Answer, Problem> {
    let id: CaseId = visit.id()?;
    let (case, templates) = visit
        .read(|reading| Ok((cases::details_with_score(reading, &id)?, settings::templates(reading)?)))?;
    if !case.may.oversee {
        return Err(Problem::NotFound);
    }
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("risk_level", case.risk_level.code());
            Ok(blank)
        },
        |filled| Ok(show(visit, filled, &case, &templates)),
        || {
            let note = NewOversight::parse(&visit.form, visit.today())?;
            let id = id.clone();
            visit.save_new(move |writing| {
                supervision::oversee(writing, &id, &note)?;
                Ok(format!("/cases/{id}?notice=oversight-saved"))
            })
        },
    )
}

fn show(visit: &Visit, filled: &Filled, case: &CaseFile, templates: &Templates) -> FormSheet {
    let mut people: Vec<Choice> = case
        .details
        .lead_practitioner
        .iter()
        .zip(&case.lead_name)
        .map(|(id, name)| Choice::new(id, name))
        .collect();
    people.extend(case.co_workers.iter().map(|(id, name)| Choice::new(id, name)));
    if let Some(signed_in) = &visit.signed_in {
        people.push(Choice::new(&signed_in.actor.person, format!("{} (me)", signed_in.name)));
    }
    let checklist = ChecklistForm { last: case.score, is_open: case.details.domestic_abuse };
    let fields = view! {
        {hidden(TEMPLATE_VERSION, templates.version())}
        {readers(Readers::CaseEntry)}
        {text_box(filled, "what_happened", "What happened or was asked", "", 3)}
        {radios(filled, "act", "Decision to act", "A decision not to act is recorded too", Choice::all::<OversightDecision>(), true)}
        {text_box(filled, "decision", "Decision", "", 3)}
        {text_box(filled, "rationale", "Why", "", 3)}
        {radios(filled, "risk_level", "Risk now", "", Choice::all::<RiskLevel>(), true)}
        {radios(filled, "risk_direction", "Direction of risk", "", Choice::all::<RiskDirection>(), true)}
        {checklist_fields(filled, "", &checklist)}
        {asked(filled, OVERSIGHT_PART, templates.of(TemplatePart::Oversight), "More to note")}
        <fieldset class="fe-entry">
            <legend>"Action, if there is one"</legend>
            {action_fields(filled, "action.0", people)}
        </fieldset>
    };
    let title = format!("Management oversight of {}", case.details.reference);
    FormSheet::new(title, form(visit, filled, fields, "Save note"))
        .back_to(format!("/cases/{}", case.id), format!("Back to {}", case.details.reference))
        .dates(&[DONE_ON, "by"])
}
