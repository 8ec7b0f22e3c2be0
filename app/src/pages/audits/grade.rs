//! The form with which a file is graded: twelve scores, each with its words, and what there is to keep and to learn.

use super::{path_of_file, whose};
use crate::answer::Answer;
use crate::components::{Choice, Filled, day, fact, facts, radios, readers, text_box};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::audits::{AuditTool, NewGrade, OverallGrade, QualityDomain, Score};
use domain::ids::AuditFileId;
use leptos::prelude::*;
use records::Problem;
use records::audits::{self, Regularity};

/// `/audits/files/{id}/grade`.
pub(crate) fn grade(visit: &Visit) -> Result<Answer, Problem> {
    let id: AuditFileId = visit.id()?;
    let (file, blank, found) = visit.read(|reading| audits::grade_form(reading, &id))?;
    let tool = audits::tool()?;
    let path = path_of_file(&id);
    form_page(
        visit,
        || Ok(blank),
        |filled| {
            let fields = view! { {readers(Readers::AuditFindings)} {grade_fields(filled, &tool)} };
            let intro = view! {
                <p class="govuk-body"><a class="govuk-link" href=format!("{path}/records") target="_blank">"The records of this file (opens in a new tab)"</a></p>
                <p class="govuk-body">"Grade what stands in the records, not what you know of the people."</p>
                {regularity(&found)}
            };
            Ok(FormSheet::new(
                format!("Grade the file of {}", whose(&file)),
                form(visit, filled, fields, "Save grade"),
            )
            .intro(intro)
            .back_to(path.clone(), "Back to the file"))
        },
        || {
            let new = NewGrade::parse(&visit.form, &tool)?;
            let (id, path, version) = (id.clone(), path.clone(), visit.version());
            visit.save(move |writing| {
                audits::grade(writing, &id, version, &new)?;
                Ok(format!("{path}?notice=audit-graded"))
            })
        },
    )
}

/// Whether there was an agreement, and what was booked and not held: without it nobody can say how regular it was.
fn regularity(found: &Regularity) -> AnyView {
    let agreement = found.agreed_until.map_or_else(
        || "None that both have signed".into_any(),
        |until| view! { "Signed by both, to be looked at again on " {day(until)} }.into_any(),
    );
    let missed: Vec<_> = found
        .missed
        .iter()
        .map(|(on, reason)| {
            let reason = if *reason { "with a reason" } else { "no reason given" };
            view! { <li>{day(*on)} {format!(": {reason}")}</li> }
        })
        .collect();
    let missed = if missed.is_empty() {
        "None".into_any()
    } else {
        view! { <ul class="govuk-list govuk-list--bullet">{missed}</ul> }.into_any()
    };
    facts(vec![fact("Agreement of the two", agreement), fact("Booked and not held", missed)])
}

/// The fields of a grade: also of the one on which two agree.
pub(super) fn grade_fields(filled: &Filled, tool: &AuditTool) -> AnyView {
    let domains: Vec<_> = tool.domains.iter().map(|domain| domain_fields(filled, domain)).collect();
    view! {
        {domains}
        {text_box(filled, "went_well", "What went well?", "", 3)}
        {text_box(filled, "to_learn", "What is there to learn?", "Say it so that the two of them can use it, and name no family", 3)}
        {radios(filled, "overall", "Overall grade", "Your judgement of the whole, not a sum", Choice::all::<OverallGrade>(), false)}
    }
    .into_any()
}

fn domain_fields(filled: &Filled, domain: &QualityDomain) -> AnyView {
    let options = Score::ALL
        .iter()
        .zip(&domain.levels)
        .map(|(score, meaning)| {
            Choice::new(score.code(), format!("{} {}", score.number(), score.words())).hint(meaning)
        })
        .collect();
    let evidence = NewGrade::evidence_field(&domain.key);
    let is_open = !filled.form.text(&evidence).is_empty() || filled.problems.of(&evidence).is_some();
    let label = format!("Where you see it: {}", domain.title.to_lowercase());
    view! {
        {radios(filled, &NewGrade::score_field(&domain.key), &domain.title, &domain.asks, options, false)}
        <details class="govuk-details" open=is_open>
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"Where you see it" <span class="govuk-visually-hidden">{format!(", {}", domain.title)}</span></span></summary>
            <div class="govuk-details__text">
                {text_box(filled, &evidence, &label, "", 2)}
            </div>
        </details>
    }
    .into_any()
}
