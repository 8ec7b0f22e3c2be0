//! What is done to a drawn file besides grading: sharing, commenting, making final, a second grader, taking it out.

use super::{path_of_file, whose};
use crate::answer::Answer;
use crate::components::{Choice, empty, radios, readers, text_box};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::visit::Visit;
use domain::access::Readers;
use domain::audits::{read_comment, read_second_grader, read_withdrawal};
use domain::form::Form;
use domain::ids::AuditFileId;
use leptos::prelude::*;
use records::audits;
use records::{Problem, Writing};

/// `/audits/files/{id}/share`.
pub(crate) fn share(visit: &Visit) -> Result<Answer, Problem> {
    button(visit, "audit-shared", audits::share)
}

/// `/audits/files/{id}/final`.
pub(crate) fn finish(visit: &Visit) -> Result<Answer, Problem> {
    button(visit, "audit-final", audits::finish)
}

/// Does what a single button asks for, and shows the file again.
fn button(
    visit: &Visit,
    notice: &str,
    work: fn(&mut Writing<'_>, &AuditFileId) -> Result<(), Problem>,
) -> Result<Answer, Problem> {
    let id: AuditFileId = visit.id()?;
    let path = path_of_file(&id);
    if !visit.is_post() {
        return Ok(Answer::see_other(path));
    }
    visit.write(move |writing| work(writing, &id))?;
    Ok(Answer::see_other(format!("{path}?notice={notice}")))
}

/// `/audits/files/{id}/comment`.
pub(crate) fn comment(visit: &Visit) -> Result<Answer, Problem> {
    let id: AuditFileId = visit.id()?;
    let path = path_of_file(&id);
    let about = visit.read(|reading| audits::to_comment(reading, &id))?;
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            let fields = view! {
                {readers(Readers::AuditComment)}
                {text_box(filled, "comment", "What do you see otherwise, or what is missing?", "You can comment once. If you agree, you can say so", 5)}
            };
            Ok(FormSheet::new(
                format!("Comment on the audit of the file of {}", whose(&about)),
                form(visit, filled, fields, "Save comment"),
            )
            .back_to(path.clone(), "Back to the file"))
        },
        || {
            let words = read_comment(&visit.form)?;
            let (id, path) = (id.clone(), path.clone());
            visit.save(move |writing| {
                audits::comment(writing, &id, &words)?;
                Ok(format!("{path}?notice=audit-commented"))
            })
        },
    )
}

/// `/audits/files/{id}/second`.
pub(crate) fn ask_second(visit: &Visit) -> Result<Answer, Problem> {
    let id: AuditFileId = visit.id()?;
    let path = path_of_file(&id);
    let (file, auditors) = visit.read(|reading| audits::second_graders(reading, &id))?;
    let title = format!("Second grade for the file of {}", whose(&file));
    if auditors.is_empty() && !visit.is_post() {
        let content = view! {
            {back_link(Some((path, "Back to the file".to_owned())))}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {empty("Nobody can be asked", "Nobody else is an auditor here, or the file is about them. An administrator gives the role.")}
        };
        return Ok(Sheet::new(title, content).answer(visit));
    }
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            let choices = auditors.iter().map(|auditor| Choice::new(&auditor.id, &auditor.name)).collect();
            let hint = "They read the records and grade without seeing your scores. The two of the file see who was asked";
            let fields = radios(filled, "second", "Who grades it a second time?", hint, choices, false);
            Ok(FormSheet::new(title.clone(), form(visit, filled, fields, "Ask for a second grade"))
                .back_to(path.clone(), "Back to the file"))
        },
        || {
            let second = read_second_grader(&visit.form)?;
            let (id, path) = (id.clone(), path.clone());
            visit.save(move |writing| {
                audits::ask_second(writing, &id, &second)?;
                Ok(format!("{path}?notice=audit-second-asked"))
            })
        },
    )
}

/// `/audits/files/{id}/withdraw`.
pub(crate) fn withdraw(visit: &Visit) -> Result<Answer, Problem> {
    let id: AuditFileId = visit.id()?;
    let path = path_of_file(&id);
    let file = visit.read(|reading| audits::to_withdraw(reading, &id))?;
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            let hint = "For example: one of them is a friend. The two of the file do not read this";
            let fields = text_box(filled, "reason", "Why can it not be audited?", hint, 3);
            let intro = view! { <p class="govuk-body">"The next file of the same team takes its place. The seed has decided which, so that nobody picks."</p> };
            Ok(FormSheet::new(
                format!("Take the file of {} out of the sample", whose(&file)),
                form(visit, filled, fields, "Take it out"),
            )
            .intro(intro)
            .back_to(path.clone(), "Back to the file"))
        },
        || {
            let reason = read_withdrawal(&visit.form)?;
            let id = id.clone();
            visit.save(move |writing| {
                let instead = audits::withdraw(writing, &id, &reason)?;
                Ok(match instead {
                    Some(instead) => format!("{}?notice=audit-replaced", path_of_file(&instead)),
                    None => format!("{}?notice=audit-withdrawn", path_of_file(&id)),
                })
            })
        },
    )
}
