//! Two grades beside each other, domain by domain, and the form in which the two graders agree.

use super::grade::grade_fields;
use super::{path_of_file, whose};
use crate::answer::Answer;
use crate::components::{Caption, readers, table, tag, text_box};
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::audits::{AgreedGrade, AuditTool, QualityDomain, Score};
use domain::ids::AuditFileId;
use leptos::prelude::*;
use records::Problem;
use records::audits::{self, FileGrade};

/// `/audits/files/{id}/agree`.
pub(crate) fn agree(visit: &Visit) -> Result<Answer, Problem> {
    let id: AuditFileId = visit.id()?;
    let (file, grades, blank) = visit.read(|reading| audits::agreed_form(reading, &id))?;
    let tool = audits::tool()?;
    let path = path_of_file(&id);
    form_page(
        visit,
        || Ok(blank),
        |filled| {
            let fields = view! {
                {readers(Readers::AuditFindings)}
                {grade_fields(filled, &tool)}
                {text_box(filled, "why", "How did the two of you come to this grade?", "Where you differed, and what decided it", 3)}
            };
            Ok(FormSheet::new(
                format!("Agree on the file of {}", whose(&file)),
                form(visit, filled, fields, "Save what you agreed"),
            )
            .intro(beside(&tool, &grades))
            .back_to(path.clone(), "Back to the file"))
        },
        || {
            let agreed = AgreedGrade::parse(&visit.form, &tool)?;
            let (id, path) = (id.clone(), path.clone());
            visit.save(move |writing| {
                audits::agree(writing, &id, &agreed)?;
                Ok(format!("{path}?notice=audit-agreed"))
            })
        },
    )
}

fn beside(tool: &AuditTool, [first, second]: &[FileGrade; 2]) -> AnyView {
    let differing =
        tool.domains.iter().filter(|domain| score(first, domain) != score(second, domain)).count();
    let lead = match differing {
        0 => "You gave the same scores everywhere. Talk about the overall grade, and save.".to_owned(),
        1 => "You differ in one domain. Talk it over first; where you agree, the score is filled in below."
            .to_owned(),
        count => format!(
            "You differ in {count} domains. Talk them over first; where you agree, the score is filled in below."
        ),
    };
    let mut rows: Vec<AnyView> = tool.domains.iter().map(|domain| row(domain, first, second)).collect();
    rows.push(words_row("Overall grade", first.grade.overall.words(), second.grade.overall.words()));
    view! {
        <p class="govuk-body">{lead}</p>
        {table(Caption::Shown(format!("First grade by {}, second grade by {}", first.grader, second.grader)), &["Domain", "First", "Second", "Difference"], rows)}
    }
    .into_any()
}

fn score(grade: &FileGrade, domain: &QualityDomain) -> Option<Score> {
    grade.grade.domains.iter().find(|found| found.key == domain.key).map(|found| found.score)
}

fn row(domain: &QualityDomain, first: &FileGrade, second: &FileGrade) -> AnyView {
    let said = |grade: &FileGrade| {
        let found = grade.grade.domains.iter().find(|found| found.key == domain.key)?;
        let evidence = (!found.evidence.is_empty())
            .then(|| view! { <small class="fe-prose">{found.evidence.clone()}</small> });
        Some(view! { {found.score.number()} " " {found.score.words()} {evidence} })
    };
    let number = |grade| score(grade, domain).map_or(0, Score::number);
    let apart = number(first).abs_diff(number(second));
    let difference = match apart {
        0 => "–".into_any(),
        1 => tag("due-soon", "1 apart"),
        more => tag("overdue", &format!("{more} apart")),
    };
    view! {
        <tr>
            <th scope="row">{domain.title.clone()}</th>
            <td data-label="First"><div>{said(first)}</div></td>
            <td data-label="Second"><div>{said(second)}</div></td>
            <td data-label="Difference"><div>{difference}</div></td>
        </tr>
    }
    .into_any()
}

fn words_row(heading: &'static str, first: &'static str, second: &'static str) -> AnyView {
    let difference = if first == second { "–".into_any() } else { tag("due-soon", "Differs") };
    view! {
        <tr>
            <th scope="row">{heading}</th>
            <td data-label="First">{first}</td>
            <td data-label="Second">{second}</td>
            <td data-label="Difference"><div>{difference}</div></td>
        </tr>
    }
    .into_any()
}
