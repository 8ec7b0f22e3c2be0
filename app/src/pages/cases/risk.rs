//! Noting between sessions that the risk of a case has changed.

use crate::answer::Answer;
use crate::components::{Choice, Filled, check_box, date, radios, readers, text_box, today_in};
use crate::pages::checklist::{ChecklistForm, checklist_fields};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::form::Form;
use domain::ids::CaseId;
use domain::risk::{DONE_ON, NewRiskChange, RiskDirection, RiskLevel};
use leptos::prelude::*;
use records::Problem;
use records::cases::{self, CaseFile};

/// `/cases/{id}/risk`.
pub(crate) fn note_risk(visit: &Visit) -> Result<Answer, Problem> {
    let id: CaseId = visit.id()?;
    let case = visit.read(|reading| cases::details_with_score(reading, &id))?;
    if !case.may.note_risk {
        return Err(Problem::NotFound);
    }
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("risk_level", case.risk_level.code());
            today_in(&mut blank, "on", visit.today());
            Ok(blank)
        },
        |filled| Ok(show(visit, filled, &case)),
        || {
            let change = NewRiskChange::parse(&visit.form, visit.today())?;
            let id = id.clone();
            visit.save_new(move |writing| {
                cases::note_risk(writing, &id, &change)?;
                Ok(format!("/cases/{id}?notice=risk-saved"))
            })
        },
    )
}

fn show(visit: &Visit, filled: &Filled, case: &CaseFile) -> FormSheet {
    let intro = view! {
        <p class="govuk-body">
            "A rise is shown to your manager, who looks at it within a working day. Tell the other agencies yourself: this record does not."
        </p>
    };
    let fields = view! {
        {readers(Readers::CaseEntry)}
        {date(filled, "on", "Date of the change", "")}
        {radios(filled, "risk_level", "Risk now", "", Choice::all::<RiskLevel>(), true)}
        {radios(filled, "risk_direction", "Which way has risk gone?", "", Choice::all::<RiskDirection>(), true)}
        {text_box(filled, "note", "What happened", "", 4)}
        {check_box(filled, "repeat", "It has happened again: this is a repeat incident")}
        {checklist_fields(filled, "", &ChecklistForm { last: case.score, is_open: true })}
    };
    let title = format!("Note a change in risk of {}", case.details.reference);
    FormSheet::new(title, form(visit, filled, fields, "Save change"))
        .back_to(format!("/cases/{}", case.id), format!("Back to {}", case.details.reference))
        .intro(intro)
        .dates(&["on", DONE_ON])
}
