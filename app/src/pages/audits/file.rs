//! A drawn file's page: for its graders, what is to be done next; for the two whom it is about, that it was drawn, who has opened
//! it, and what was found.

use super::{path_of_file, path_of_round, period, state_tag, whose};
use crate::answer::Answer;
use crate::components::{day, fact, facts, opened_by, prose, readers, when};
use crate::document::Sheet;
use crate::pages::form_page::{back_link, button_form};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::audits::{COMMENT_WORKING_DAYS, FileState, FileStep, QualityDomain, Rater, Viewer};
use domain::ids::AuditFileId;
use leptos::prelude::*;
use records::Problem;
use records::audits::{self, FileGrade, FilePage};

/// `/audits/files/{id}`.
pub(crate) fn open_file(visit: &Visit) -> Result<Answer, Problem> {
    let id: AuditFileId = visit.id()?;
    let page = visit.read(|reading| audits::open_file(reading, &id))?;
    let is_audited = page.viewer == Viewer::Audited;
    let back = if is_audited {
        ("/audits/mine".to_owned(), "Back to audits of your records".to_owned())
    } else {
        (path_of_round(&page.file.round), "Back to the round".to_owned())
    };
    let title = format!("Audited file of {}", whose(&page.file));
    let about = if is_audited { about_for_the_audited(&page) } else { next_steps(visit, &page) };
    let content = view! {
        {back_link(Some(back))}
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {file_facts(&page)}
        {about}
        {findings(&page)}
        {comments(&page)}
        {openings(&page)}
    };
    Ok(Sheet::new(title, content).with_reference("Audit of a supervision file").answer(visit))
}

fn file_facts(page: &FilePage) -> AnyView {
    let file = &page.file;
    let mut shown = vec![
        fact("Sessions held", period(file.period)).wide(),
        fact("State", state_tag(file.state)),
        fact("Drawn", when(file.drawn_at)),
        fact("Led by", file.lead.1.clone()),
    ];
    if let Some((_, second)) = &file.second {
        shown.push(fact("Second grade", second.clone()));
    }
    if let Some(by) = file.comment_by.filter(|_| file.state == FileState::Shared) {
        shown.push(fact("Comments until", day(by)));
    }
    if let Some(on) = file.final_on {
        shown.push(fact("Final", day(on)));
    }
    if !file.question.is_empty() {
        shown.push(fact("What the round asks", file.question.clone()).wide());
    }
    facts(shown)
}

fn about_for_the_audited(page: &FilePage) -> AnyView {
    let words = match page.file.state {
        FileState::Grading | FileState::ToAgree | FileState::Graded | FileState::Agreed => format!(
            "This file was drawn by chance. It is being graded. You will read what was found and have {COMMENT_WORKING_DAYS} working days for a word before it is final."
        ),
        FileState::Shared => {
            "These are the findings. Say what you see otherwise or what is missing before they are final."
                .to_owned()
        }
        FileState::Final => "This is final. It is about the record, not about you.".to_owned(),
        FileState::Withdrawn => "This file was taken out of the sample. It gets no grade.".to_owned(),
    };
    let comment = page.may_comment.then(|| {
        view! { <p class="govuk-body fe-no-print"><a class="govuk-button" href=format!("{}/comment", path_of_file(&page.file.id))>"Comment on the findings"</a></p> }
    });
    view! {
        <p class="govuk-body">{words}</p>
        <p class="fe-readers">{Readers::AuditRecords.words()}</p>
        {comment}
    }
    .into_any()
}

/// What a grader or the lead can do now: the next thing first.
fn next_steps(visit: &Visit, page: &FilePage) -> AnyView {
    let path = path_of_file(&page.file.id);
    let link = |to: &str, words: &'static str, is_first: bool| {
        let class = if is_first { "govuk-button" } else { "govuk-link" };
        view! { <a class=class href=format!("{path}/{to}")>{words}</a> " " }
    };
    let own = match page.viewer {
        Viewer::Grader(own) => page.given.contains(&own),
        Viewer::Audited => false,
    };
    let grade = page
        .grades_now(FileStep::Grade)
        .then(|| link("grade", if own { "Change your grade" } else { "Grade this file" }, !own));
    let agree = page.grades_now(FileStep::Agree).then(|| link("agree", "Agree on a grade", true));
    let records = page.reads_records.then(|| link("records", "Read the records", false));
    let may_ask = page.keeps_now(FileStep::AskSecond) && !page.given.contains(&Rater::Second);
    let second = may_ask.then(|| {
        let words =
            if page.file.second.is_some() { "Ask somebody else instead" } else { "Ask for a second grade" };
        link("second", words, false)
    });
    let withdraw =
        page.keeps_now(FileStep::Withdraw).then(|| link("withdraw", "Take it out of the sample", false));
    let share = page
        .keeps_now(FileStep::Share)
        .then(|| button_form(visit, &format!("{path}/share"), "Share the findings with the two", ""));
    let finish = page
        .keeps_now(FileStep::Finish)
        .then(|| button_form(visit, &format!("{path}/final"), "Make it final", ""));
    view! {
        {waits(page).map(|words| view! { <p class="govuk-body">{words}</p> })}
        <div class="govuk-button-group fe-no-print">{agree} {grade} {records} {second} {withdraw}</div>
        {share}
        {finish}
    }
    .into_any()
}

/// What a grader waits for, or what the next step means.
fn waits(page: &FilePage) -> Option<String> {
    let second = page.file.second.as_ref().map(|(_, name)| name.as_str());
    match (page.file.state, page.viewer) {
        (FileState::Grading, Viewer::Grader(Rater::First)) if page.given.contains(&Rater::First) => {
            Some(format!(
                "Your grade is in. {} grades it too, and neither of you sees the other’s until both are in.",
                second?
            ))
        }
        (FileState::Grading, Viewer::Grader(Rater::Second)) if page.given.contains(&Rater::Second) => {
            Some(format!(
                "Your grade is in. {} grades it too, and neither of you sees the other’s until both are in.",
                page.file.lead.1
            ))
        }
        (FileState::Graded | FileState::Agreed, _) if page.keeps => Some(format!(
            "Once you share it, {} read what stands below and have {COMMENT_WORKING_DAYS} working days to comment. The grade cannot be changed after that.",
            whose(&page.file)
        )),
        (FileState::Shared, _) => {
            let said = page.comments.len();
            Some(format!(
                "{said} of 2 have commented. It can be made final once both have, or when their time is over."
            ))
        }
        (FileState::Withdrawn, _) => {
            Some(format!("Taken out of the sample: {}", page.file.withdrawn_because))
        }
        _ => None,
    }
}

fn findings(page: &FilePage) -> Option<AnyView> {
    if page.grades.is_empty() {
        return None;
    }
    let grades: Vec<_> =
        page.grades.iter().map(|grade| grade_section(&page.domains, grade, page.grades.len() > 1)).collect();
    Some(view! { {grades} }.into_any())
}

/// What one grade says. With several on a page each names itself.
fn grade_section(domains: &[QualityDomain], grade: &FileGrade, is_one_of_several: bool) -> AnyView {
    let heading = if is_one_of_several { grade.rater.words() } else { "Findings" };
    let rows: Vec<_> = domains
        .iter()
        .filter_map(|domain| {
            let found = grade.grade.domains.iter().find(|found| found.key == domain.key)?;
            let meaning = domain.levels[usize::from(found.score.number())].clone();
            let evidence = (!found.evidence.is_empty()).then(|| prose(&found.evidence));
            Some(view! {
                <li>
                    <strong>{domain.title.clone()}</strong> {format!(": {}, {}", found.score.number(), found.score.words().to_lowercase())}
                    <small>{meaning}</small>
                    {evidence}
                </li>
            })
        })
        .collect();
    let why = (!grade.why.is_empty()).then(|| {
        view! { <h3 class="govuk-heading-s">"How the two graders came to it"</h3> {prose(&grade.why)} }
    });
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">{heading}</h2>
            <p class="govuk-body"><strong>{grade.grade.overall.words()}</strong> {format!(". {}, ", grade.grader)} {when(grade.graded_at)}</p>
            <h3 class="govuk-heading-s">"What went well"</h3>
            {prose(&grade.grade.went_well)}
            <h3 class="govuk-heading-s">"What there is to learn"</h3>
            {prose(&grade.grade.to_learn)}
            {why}
            <h3 class="govuk-heading-s">"Domain by domain"</h3>
            <ul class="fe-links">{rows}</ul>
        </section>
    }
    .into_any()
}

fn comments(page: &FilePage) -> Option<AnyView> {
    if page.comments.is_empty() {
        return None;
    }
    let items: Vec<_> = page
        .comments
        .iter()
        .map(|comment| {
            view! { <li><strong>{comment.person.1.clone()}</strong> ", " {when(comment.at)} {prose(&comment.words)}</li> }
        })
        .collect();
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"What the two say"</h2>
                {readers(Readers::AuditComment)}
                <ul class="fe-links">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

fn openings(page: &FilePage) -> AnyView {
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Who has opened the records"</h2>
            {opened_by(&page.openings)}
        </section>
    }
    .into_any()
}
