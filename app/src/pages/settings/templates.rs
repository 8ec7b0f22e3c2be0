//! What the forms ask besides: the questions of each part, and changing them.

use super::{approvers, blank_version, keeps_rules, version_fields};
use crate::answer::Answer;
use crate::components::{Caption, Choice, Filled, check_box, group, hidden, line, radios, table, tag};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::form::Problems;
use domain::policy::NewVersion;
use domain::templates::{AnswerKind, Question, TemplatePart, blank_questions, read_questions};
use leptos::prelude::*;
use records::{Problem, settings};

/// `/settings/templates`.
pub(crate) fn templates(visit: &Visit) -> Result<Answer, Problem> {
    let templates = visit.read(settings::templates)?;
    let items: Vec<_> = TemplatePart::ALL
        .iter()
        .map(|part| {
            let asked = templates.of(*part).iter().filter(|question| !question.retired).count();
            let asked = domain::calendar::counted(i64::try_from(asked).unwrap_or(i64::MAX), "question", "questions");
            view! { <li><a class="govuk-link" href=format!("/settings/templates/{}", part.code())>{part.words()}</a> <small>{asked}</small></li> }
        })
        .collect();
    let content = view! {
        {back_link(Some(("/settings".to_owned(), "Back to rules".to_owned())))}
        <h1 class="govuk-heading-l">"What the forms ask"</h1>
        <p class="govuk-body">{format!("Version {}. Risk, decision, reason and actions are asked always, because rules read them. These questions are your own: add, reorder and retire them. An answer keeps the words that were asked.", templates.version())}</p>
        <ul class="fe-links">{items}</ul>
    };
    Ok(Sheet::new("What the forms ask", content).answer(visit))
}

fn part_named(visit: &Visit) -> Result<TemplatePart, Problem> {
    visit.parameters.first().and_then(|code| TemplatePart::from_code(code)).ok_or(Problem::NotFound)
}

/// `/settings/templates/{part}`.
pub(crate) fn template(visit: &Visit) -> Result<Answer, Problem> {
    let part = part_named(visit)?;
    let templates = visit.read(settings::templates)?;
    let change = keeps_rules(visit).then(|| {
        view! { <a class="govuk-button fe-no-print" href=format!("/settings/templates/{}/edit", part.code())>"Change these questions"</a> }
    });
    let rows: Vec<_> = templates.of(part).iter().map(question_row).collect();
    let title = format!("What the forms ask: {}", part.words().to_lowercase());
    let content = view! {
        {back_link(Some(("/settings/templates".to_owned(), "Back to what the forms ask".to_owned())))}
        <div class="fe-title"><h1 class="govuk-heading-l">{title.clone()}</h1> {change}</div>
        {table(Caption::Unseen("The questions"), &["Question", "Under", "Answered", "Shown"], rows)}
    };
    Ok(Sheet::new(title, content).answer(visit))
}

fn question_row(question: &Question) -> AnyView {
    let help = (!question.help.is_empty()).then(|| view! { <small>{question.help.clone()}</small> });
    let shown = match (question.retired, question.always) {
        (true, _) => tag("not-required", "No longer asked"),
        (false, true) => "Open in the form".into_any(),
        (false, false) => "Under “More to ask”".into_any(),
    };
    view! {
        <tr>
            <th scope="row">{question.asks.clone()} {help}</th>
            <td data-label="Under">{question.section.clone()}</td>
            <td data-label="Answered">{question.kind.words()}</td>
            <td data-label="Shown"><div>{shown}</div></td>
        </tr>
    }
    .into_any()
}

/// `/settings/templates/{part}/edit`.
pub(crate) fn change_template(visit: &Visit) -> Result<Answer, Problem> {
    let part = part_named(visit)?;
    let (templates, people) = (visit.read(settings::templates)?, approvers(visit)?);
    form_page(
        visit,
        || {
            let mut blank = blank_questions(templates.of(part));
            blank.set("version", templates.version().to_string());
            for (name, value) in blank_version(visit).fields() {
                blank.set(name, value.clone());
            }
            Ok(blank)
        },
        |filled| {
            let known = templates.of(part);
            let blocks: Vec<_> = filled
                .form
                .indexes("question")
                .into_iter()
                .map(|number| question_fields(filled, number, known))
                .collect();
            let fields = view! { {blocks} {version_fields(visit, filled, &people)} };
            Ok(FormSheet::new(
                format!("Change the questions: {}", part.words().to_lowercase()),
                form(visit, filled, fields, "Save as a new version"),
            )
            .back_to(format!("/settings/templates/{}", part.code()), "Back to the questions")
            .intro(view! { <p class="govuk-body">"A question that is asked no longer keeps its answers. To add more than two, save and come back."</p> })
            .dates(&["effective_from"]))
        },
        || {
            let questions = read_questions(&visit.form, part, templates.of(part));
            let version = NewVersion::parse(&visit.form, visit.today());
            let (questions, version) = Problems::of_both(questions, version)?;
            let seen = visit.version();
            visit.save(move |writing| {
                settings::change_template(writing, (part, seen), questions, &version)?;
                Ok(format!("/settings/templates/{}?notice=template-saved", part.code()))
            })
        },
    )
}

fn question_fields(filled: &Filled, number: usize, known: &[Question]) -> AnyView {
    let name = |field: &str| format!("question.{number}.{field}");
    let key = filled.text(&name("key"));
    let legend = match known.iter().find(|question| question.key == key) {
        Some(question) => question.asks.clone(),
        None => "A new question, or nothing".to_owned(),
    };
    let fields = view! {
        {hidden(&name("key"), key)}
        {line(filled, &name("asks"), "Question", "", "")}
        {line(filled, &name("help"), "A line that explains it, if it needs one", "", "")}
        <div class="fe-side-by-side">
            <div>{line(filled, &name("section"), "Heading under which it stands", "", "20")}</div>
            <div>{line(filled, &name("place"), "Place", "1 is the first", "3")}</div>
        </div>
        {radios(filled, &name("kind"), "How it is answered", "", Choice::all::<AnswerKind>(), true)}
        {check_box(filled, &name("always"), "Open in the form, not under “More to ask”")}
        {check_box(filled, &name("retired"), "No longer asked")}
    };
    group(&legend, fields)
}
