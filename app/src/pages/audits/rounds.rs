//! The list of rounds, and drawing a new one.

use super::{path_of_round, period};
use crate::answer::Answer;
use crate::components::{
    Caption, Choice, Filled, check_boxes, date, day, empty, line, select, table, tag, text_box,
};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, form, form_page};
use crate::visit::Visit;
use chrono::Months;
use domain::access::{Action, may};
use domain::audits::{COMMENT_WORKING_DAYS, NewRound};
use domain::calendar::{counted, london_day};
use domain::form::Form;
use leptos::prelude::*;
use records::Problem;
use records::audits::{self, Choices, Progress, RoundSummary};

/// `/audits`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let rounds = visit.read(audits::list)?;
    let draws = visit
        .signed_in
        .as_ref()
        .is_some_and(|signed_in| may(&signed_in.actor, &Action::DrawAudit).is_allowed());
    let draw =
        draws.then(|| view! { <a class="govuk-button fe-no-print" href="/audits/new">"Draw a round"</a> });
    let body = if rounds.is_empty() {
        let words = if draws {
            "Draw a round: a few supervision files, chosen by chance in each team. You grade them, somebody else may grade them again, and the two whom a file is about have a word before it is final."
        } else {
            "Rounds of audits of your teams are listed here once an auditor has drawn one."
        };
        empty("No round yet", words)
    } else {
        let rows = rounds.iter().map(row).collect();
        table(
            Caption::Unseen("Rounds, the newest first"),
            &["Sessions held", "Drawn", "Led by", "Progress"],
            rows,
        )
    };
    let content = view! {
        <div class="fe-title"><h1 class="govuk-heading-l">"Audits of supervision files"</h1> {draw}</div>
        <p class="govuk-body">"A few files, chosen by chance, read whole. What is found is counted and learnt from; no person and no team is ranked."</p>
        {body}
    };
    Ok(Sheet::new("Audits of supervision files", content).answer(visit))
}

fn row(summary: &RoundSummary) -> AnyView {
    let round = &summary.round;
    let question = (!round.question.is_empty()).then(|| view! { <small>{round.question.clone()}</small> });
    view! {
        <tr>
            <th scope="row"><a class="govuk-link" href=path_of_round(&round.id)>{period(round.period)}</a> {question}</th>
            <td data-label="Drawn"><div>{day(london_day(round.drawn_at))}</div></td>
            <td data-label="Led by">{round.lead.1.clone()}</td>
            <td data-label="Progress"><div>{standing(summary)}</div></td>
        </tr>
    }
    .into_any()
}

fn standing(summary: &RoundSummary) -> AnyView {
    let done = in_words(summary.progress);
    match summary.round.closed_on {
        Some(_) => view! { {tag("in-date", "Closed")} <small>{done}</small> }.into_any(),
        None => view! { {tag("due-soon", "Open")} <small>{done}</small> }.into_any(),
    }
}

/// How far a round has come.
pub(super) fn in_words(progress: Progress) -> String {
    let files = i64::try_from(progress.files).unwrap_or(i64::MAX);
    format!("{} of {} final", progress.finished, counted(files, "file", "files"))
}

/// `/audits/new`.
pub(crate) fn draw(visit: &Visit) -> Result<Answer, Problem> {
    let choices = visit.read(audits::choices)?;
    form_page(
        visit,
        || blank(visit, &choices),
        |filled| Ok(sheet(visit, filled, &choices)),
        || {
            let new = NewRound::parse(&visit.form, visit.today())?;
            visit.save_new(move |writing| {
                let id = audits::draw(writing, &new)?;
                Ok(format!("{}?notice=audit-drawn", path_of_round(&id)))
            })
        },
    )
}

/// The last three months, every team, and a seed that nobody has chosen.
fn blank(visit: &Visit, choices: &Choices) -> Result<Form, Problem> {
    const LOOK_BACK: Months = Months::new(3);
    const SEED_LENGTH: usize = 8;
    let seed: String = records::secrets::hex(&records::secrets::random_bytes::<4>()?);
    let mut form =
        Form::new(choices.teams.iter().map(|(id, _)| ("team".to_owned(), id.to_string())).collect());
    let today = visit.today();
    form.set_date("from", today.checked_sub_months(LOOK_BACK).unwrap_or(today));
    form.set_date("to", today);
    form.set("files", "6");
    form.set("seed", seed.chars().take(SEED_LENGTH).collect::<String>());
    Ok(form)
}

fn sheet(visit: &Visit, filled: &Filled, choices: &Choices) -> FormSheet {
    let teams = choices.teams.iter().map(|(id, name)| Choice::new(id, name)).collect();
    let mut graders = vec![Choice::new("", "Nobody for now")];
    graders.extend(choices.auditors.iter().map(|auditor| Choice::new(&auditor.id, &auditor.name)));
    let again = if choices.auditors.is_empty() {
        view! { <p class="govuk-body fe-muted">"Nobody else is an auditor here, so no file can be graded twice yet. An administrator gives the role."</p> }.into_any()
    } else {
        view! {
            {select(filled, "second", "Who grades some of them a second time?", "They do not see your grade, nor you theirs, until both are in. Files that are about them are left out", graders)}
            {line(filled, "second_files", "How many?", "The seed decides which. You can ask for more later, file by file", "3")}
        }
        .into_any()
    };
    let fields = view! {
        {text_box(filled, "question", "What do you want to find out?", "Optional. The people whose files are drawn read it", 2)}
        {date(filled, "from", "Sessions held from", "")}
        {date(filled, "to", "Up to", "")}
        {check_boxes(filled, "team", "Teams", "Of the people supervised", teams, false)}
        {line(filled, "files", "How many files?", "Each team gives its share, and at least one if there are enough to go round", "3")}
        {again}
        {line(filled, "seed", "Seed", "It decides which files are drawn. It was filled in by chance; write another, such as a date that you have announced, and anybody can do the draw again", "20")}
    };
    let intro = view! {
        <p class="govuk-body">"A file is what one supervisor and one person whom they supervise have recorded in this time. Your own are left out."</p>
        <p class="govuk-body">{format!("Both are told at once that their file was drawn, and see each time that its records are opened. They read the findings and have {COMMENT_WORKING_DAYS} working days for a word before anything is final.")}</p>
    };
    FormSheet::new("Draw a round", form(visit, filled, fields, "Draw"))
        .back_to("/audits", "Back to audits")
        .intro(intro)
        .dates(&["from", "to"])
}
