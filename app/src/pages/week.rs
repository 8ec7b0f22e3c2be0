//! My week: what needs me today, and what next.

use crate::answer::Answer;
use crate::components::{empty, state_tag};
use crate::document::Sheet;
use crate::pages::actions::ListBefore;
use crate::pages::cases::open_actions;
use crate::pages::prompts::waiting_list;
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::access::{Action, Actor, may};
use domain::cadence::Band;
use domain::calendar::{counted, day_in_words};
use domain::training::CourseStanding;
use leptos::prelude::*;
use records::actions::{self, ActionRow};
use records::cadence::{self, OverdueLine};
use records::cases::{self, CaseSummary};
use records::reflection::{self, WaitingPrompt};
use records::review::{self, Overdue};
use records::signing;
use records::training::{self, Course};
use records::waiting::Waiting;
use records::{Problem, Reading};

/// Rows of a card; the rest is a link away.
const SHOWN: usize = 5;

struct Week {
    waiting: Waiting,
    reopenings: Vec<(String, String)>,
    overdue: Option<Overdue>,
    people: Vec<OverdueLine>,
    mine: Vec<CaseSummary>,
    actions: Vec<(ActionRow, String)>,
    questions: Vec<WaitingPrompt>,
    courses: Vec<(Course, CourseStanding)>,
}

/// `/`.
pub(crate) fn my_week(visit: &Visit) -> Result<Answer, Problem> {
    let actor = visit.signed_in.as_ref().map(|signed_in| signed_in.actor.clone()).ok_or(Problem::NotFound)?;
    let week = visit.read(|reading| read(reading, &actor))?;
    let today = visit.today();
    let content = view! {
        <h1 class="govuk-heading-l">
            <span class="govuk-caption-l">{day_in_words(today)} " "</span>
            "My week"
        </h1>
        {waiting_lines(week.waiting, &week.reopenings)}
        <div class="fe-card-grid">
            {week.overdue.as_ref().and_then(|overdue| oversight_card(overdue, today))}
            {week.overdue.as_ref().map(|overdue| supervision_card(&actor, overdue, today))}
            {people_card(&week.people, today)}
            {cases_card(&week.mine, today)}
            {questions_card(&week.questions)}
            {courses_card(&week.courses)}
        </div>
        {actions_section(&week.actions, today)}
    };
    Ok(Sheet::new("My week", content).answer(visit))
}

/// What waits by itself, if anything does.
fn waiting_lines(waiting: Waiting, reopenings: &[(String, String)]) -> Option<AnyView> {
    let all = [
        (
            waiting.requests,
            "/requests",
            "action waits for you to clear the way or to decide",
            "actions wait for you to clear the way or to decide",
        ),
        (
            waiting.signatures,
            "/supervision",
            "record waits for your signature",
            "records wait for your signature",
        ),
        (
            waiting.agreements,
            "/agreements",
            "agreement waits for your signature",
            "agreements wait for your signature",
        ),
        (waiting.drafts, "/drafts", "draft of yours is not finished", "drafts of yours are not finished"),
        (waiting.comments, "/audits/mine", "audit waits for your comment", "audits wait for your comment"),
        (
            waiting.second_grades,
            "/audits",
            "file waits for your second grade",
            "files wait for your second grade",
        ),
        (
            waiting.new_copies,
            "/reflections",
            "reflection is shared with you and not opened yet",
            "reflections are shared with you and not opened yet",
        ),
        (
            waiting.new_replies,
            "/reflections",
            "new reply stands under a shared reflection",
            "new replies stand under shared reflections",
        ),
    ];
    let counts = all.into_iter().filter(|(count, ..)| *count > 0);
    let lines: Vec<_> = counts
        .map(|(count, path, one, many)| (counted(count, one, many), path.to_owned()))
        .chain(
            reopenings.iter().map(|(name, path)| (format!("{name}: asked to be opened again"), path.clone())),
        )
        .map(|(words, path)| view! { <li><a class="govuk-link" href=path>{words}</a></li> })
        .collect();
    (!lines.is_empty()).then(|| view! { <ul class="govuk-list fe-waiting">{lines}</ul> }.into_any())
}

fn read(reading: &mut Reading<'_>, actor: &Actor) -> Result<Week, Problem> {
    let manages = actor.is_manager() || !actor.supervises.is_empty();
    let lists_cases = may(actor, &Action::ListCases).is_allowed();
    let waiting = records::waiting::waiting(reading)?;
    Ok(Week {
        reopenings: if waiting.reopenings > 0 { signing::asked_to_reopen(reading)? } else { Vec::new() },
        waiting,
        overdue: if manages { Some(review::overdue(reading, SHOWN)?) } else { None },
        people: cadence::overdue_lines(reading)?,
        mine: if lists_cases && !manages {
            cases::of_practitioner(reading, &actor.person)?
        } else {
            Vec::new()
        },
        actions: actions::my_actions(reading)?,
        questions: reflection::waiting_questions(reading)?,
        courses: training::mine(reading)?,
    })
}

fn supervision_card(actor: &Actor, overdue: &Overdue, today: NaiveDate) -> AnyView {
    let lead = if overdue.all == 0 {
        "Nothing is overdue".to_owned()
    } else {
        let all = i64::try_from(overdue.all).unwrap_or(i64::MAX);
        let all = counted(all, "case is overdue", "cases are overdue");
        if overdue.never == 0 { all } else { format!("{all}, {} never discussed", overdue.never) }
    };
    let log = may(actor, &Action::BeginWritingUp)
        .is_allowed()
        .then(|| view! { <p><a class="govuk-button" href="/supervision/new">"Log supervision"</a></p> });
    view! {
        <section class="fe-card fe-card--first">
            <h2>"Supervision"</h2>
            <p class="fe-card__lead">{lead}</p>
            {log}
            {case_list(&overdue.first, today)}
            <p class="fe-card__foot"><a class="govuk-link" href="/reviews">"See all reviews"</a> " · " <a class="govuk-link" href="/reminders">"My reminders"</a></p>
        </section>
    }
    .into_any()
}

/// Those whose own supervision is overdue, whatever their cases are.
fn people_card(overdue: &[OverdueLine], today: NaiveDate) -> Option<AnyView> {
    if overdue.is_empty() {
        return None;
    }
    let all = i64::try_from(overdue.len()).unwrap_or(i64::MAX);
    let items: Vec<_> = overdue
        .iter()
        .map(|line| {
            let book = format!("/bookings/new?supervisee={}", line.person);
            view! {
                <li>
                    <a class="govuk-link" href=format!("/people/{}", line.person)>{line.name.clone()}</a> " "
                    {state_tag(&line.due, today)}
                    <small>{format!("{}. {}", line.line.words(), line.due.counted_from())}</small>
                    <a class="govuk-link" href=book>"Book a session" <span class="govuk-visually-hidden">{format!(" with {}", line.name)}</span></a>
                </li>
            }
        })
        .collect();
    Some(
        view! {
            <section class="fe-card fe-card--first">
                <h2>"People you supervise"</h2>
                <p class="fe-card__lead">{counted(all, "session is overdue", "sessions are overdue")}</p>
                <ul>{items}</ul>
            </section>
        }
        .into_any(),
    )
}

/// What cannot wait for supervision: risk has risen, an incident has been repeated, or nobody leads the work.
fn oversight_card(overdue: &Overdue, today: NaiveDate) -> Option<AnyView> {
    if overdue.all_to_look_at == 0 {
        return None;
    }
    let all = i64::try_from(overdue.all_to_look_at).unwrap_or(i64::MAX);
    let items: Vec<_> = overdue
        .to_look_at
        .iter()
        .map(|(case, due)| {
            view! {
                <li>
                    <a class="govuk-link" href=format!("/cases/{}", case.id)>{case.reference.clone()}</a> " "
                    {state_tag(due, today)}
                    <small>{due.counted_from()}</small>
                </li>
            }
        })
        .collect();
    Some(
        view! {
            <section class="fe-card fe-card--first">
                <h2>"For you to look at"</h2>
                <p class="fe-card__lead">{counted(all, "case waits for your oversight", "cases wait for your oversight")}</p>
                <ul>{items}</ul>
                <p class="fe-card__foot"><a class="govuk-link" href="/reviews">"See all reviews"</a></p>
            </section>
        }
        .into_any(),
    )
}

fn case_list(cases: &[CaseSummary], today: NaiveDate) -> AnyView {
    let items: Vec<_> = cases
        .iter()
        .take(SHOWN)
        .map(|case| {
            let lead = case.lead.as_ref().map_or("Not allocated yet".to_owned(), |(_, name)| name.clone());
            view! {
                <li>
                    <a class="govuk-link" href=format!("/cases/{}", case.id)>{case.reference.clone()}</a> " "
                    {state_tag(&case.due, today)}
                    <small>{format!("{}, {lead}", case.label)}</small>
                </li>
            }
        })
        .collect();
    view! { <ul>{items}</ul> }.into_any()
}

fn cases_card(mine: &[CaseSummary], today: NaiveDate) -> Option<AnyView> {
    if mine.is_empty() {
        return None;
    }
    let late = mine.iter().filter(|case| case.due.state(today).band() == Band::Overdue).count();
    let lead = match late {
        0 => "All discussed in time".to_owned(),
        late => counted(
            i64::try_from(late).unwrap_or(i64::MAX),
            "case to bring to supervision",
            "cases to bring to supervision",
        ),
    };
    Some(
        view! {
            <section class="fe-card fe-card--first">
                <h2>"My cases"</h2>
                <p class="fe-card__lead">{lead}</p>
                {case_list(mine, today)}
                <p class="fe-card__foot"><a class="govuk-link" href="/cases">"See all my cases"</a></p>
            </section>
        }
        .into_any(),
    )
}

fn questions_card(questions: &[WaitingPrompt]) -> AnyView {
    let (lead, list) = if questions.is_empty() {
        ("No question waits".to_owned(), None)
    } else {
        let count = match questions.len() {
            reflection::WAITING => format!("{} or more questions wait", reflection::WAITING),
            count => counted(i64::try_from(count).unwrap_or(i64::MAX), "question waits", "questions wait"),
        };
        (count, Some(waiting_list(&questions[..questions.len().min(3)])))
    };
    view! {
        <section class="fe-card">
            <h2>"Questions waiting"</h2>
            <p class="fe-card__lead">{lead}</p>
            {list}
            <p class="fe-card__foot"><a class="govuk-link" href="/prompts">"All your questions"</a> " · " <a class="govuk-link" href="/reflections/new">"Write a reflection"</a></p>
        </section>
    }
    .into_any()
}

fn courses_card(courses: &[(Course, CourseStanding)]) -> AnyView {
    let to_book: Vec<&(Course, CourseStanding)> =
        courses.iter().filter(|(_, standing)| standing.needs_booking()).collect();
    let lead = match to_book.len() {
        0 => "All your courses are in date".to_owned(),
        count => counted(i64::try_from(count).unwrap_or(i64::MAX), "course to book", "courses to book"),
    };
    let items: Vec<_> = to_book
        .iter()
        .take(SHOWN)
        .map(|(course, standing)| {
            view! { <li>{course.details.title.clone()} " " {crate::components::tag(standing.code(), standing.words())}</li> }
        })
        .collect();
    view! {
        <section class="fe-card">
            <h2>"Courses"</h2>
            <p class="fe-card__lead">{lead}</p>
            <ul>{items}</ul>
            <p class="fe-card__foot"><a class="govuk-link" href="/training">"See training"</a></p>
        </section>
    }
    .into_any()
}

fn actions_section(actions: &[(ActionRow, String)], today: NaiveDate) -> AnyView {
    let table = if actions.is_empty() {
        empty(
            "No open actions",
            "Actions that you agree to in supervision are listed here until you end them.",
        )
    } else {
        let (rows, references): (Vec<&ActionRow>, Vec<String>) =
            actions.iter().map(|(action, reference)| (action, reference.clone())).unzip();
        open_actions(&rows, today, Some((&references, ListBefore::Week)))
    };
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"My actions"</h2>
            {table}
            <p class="govuk-body fe-no-print"><a class="govuk-link" href="/actions">"All actions, by how far they are over"</a></p>
        </section>
    }
    .into_any()
}
