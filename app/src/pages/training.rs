//! Training: the matrix of people and courses, recording completions, the catalogue, and one person's training.

use crate::answer::Answer;
use crate::components::{
    Caption, Choice, Filled, check_box, check_boxes, date, day, empty, line, next_page, select, table, tag,
    today_in, when,
};
use crate::document::Sheet;
use crate::pages::cases::encoded;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::{Action, may};
use domain::calendar::day_in_words;
use domain::form::{Form, FormCheck};
use domain::ids::{CompletionId, CourseId, PersonId};
use domain::people::Role;
use domain::training::{CourseDetails, CourseStanding, NewCompletions};
use leptos::prelude::*;
use records::Problem;
use records::teams::{self, Team};
use records::training::{self, Course, Matrix, MatrixFilter};

fn allows(visit: &Visit, action: &Action<'_>) -> bool {
    visit.signed_in.as_ref().is_some_and(|signed_in| may(&signed_in.actor, action).is_allowed())
}

/// `/training`.
pub(crate) fn overview(visit: &Visit) -> Result<Answer, Problem> {
    let (sees_matrix, coordinates) =
        (allows(visit, &Action::SeeTrainingMatrix), allows(visit, &Action::CoordinateTraining));
    let filter = MatrixFilter {
        team: visit.query.text("team").parse().ok(),
        to_book: visit.query.text("to_book") == "yes",
        after: visit.query.text("after").parse().ok(),
    };
    let (matrix, teams, mine) = visit.read(|reading| {
        let person = reading.actor()?.person;
        if !sees_matrix {
            return Ok((None, Vec::new(), training::of_person(reading, &person)?));
        }
        Ok((Some(training::matrix(reading, &filter)?), teams::list(reading)?, Vec::new()))
    })?;
    let buttons = coordinates.then(|| {
        view! {
            <div class="govuk-button-group">
                <a class="govuk-button" href="/training/completions/new">"Record completions"</a>
                <a class="govuk-button govuk-button--secondary" href="/training/courses/new">"Add a course"</a>
            </div>
        }
    });
    let own =
        (!sees_matrix).then(|| view! { <h2 class="govuk-heading-m">"My courses"</h2> {course_list(&mine)} });
    let content = view! {
        <div class="fe-title"><h1 class="govuk-heading-l">"Training"</h1> {buttons}</div>
        {matrix.map(|matrix| matrix_section(visit, &matrix, &teams, coordinates))}
        {own}
    };
    Ok(Sheet::new("Training", content).answer(visit))
}

fn standing(standing: CourseStanding) -> AnyView {
    let until = match standing {
        CourseStanding::InDate { until } | CourseStanding::Expiring { until } => {
            Some(format!("to {}", day_in_words(until)))
        }
        CourseStanding::Expired { since } => Some(format!("on {}", day_in_words(since))),
        CourseStanding::Never | CourseStanding::NotRequired => None,
    };
    view! { {tag(standing.code(), standing.words())} {until.map(|words| view! { <small>{words}</small> })} }
        .into_any()
}

/// A person's courses, those with something to do first.
pub(crate) fn course_list(courses: &[(Course, CourseStanding)]) -> AnyView {
    let mut shown: Vec<&(Course, CourseStanding)> =
        courses.iter().filter(|(_, standing)| *standing != CourseStanding::NotRequired).collect();
    shown.sort_by_key(|(_, standing)| !standing.needs_booking());
    if shown.is_empty() {
        return empty("No courses needed", "None of your roles needs a course at present.");
    }
    let rows: Vec<_> = shown
        .iter()
        .map(|(course, stands)| {
            view! {
                <tr>
                    <th scope="row">{course.details.title.clone()}</th>
                    <td data-label="Standing"><div>{standing(*stands)}</div></td>
                </tr>
            }
        })
        .collect();
    table(Caption::Unseen("Courses"), &["Course", "Standing"], rows)
}

fn matrix_section(visit: &Visit, matrix: &Matrix, teams: &[Team], coordinates: bool) -> AnyView {
    let filled = Filled::new(visit.query.clone());
    let mut choices = vec![Choice::new("", "Every team")];
    choices.extend(teams.iter().map(|team| Choice::new(&team.id, &team.name)));
    let heads: Vec<_> = matrix
        .courses
        .iter()
        .map(|course| {
            let title = course.details.title.clone();
            if coordinates {
                view! { <th scope="col"><a class="govuk-link" href=format!("/training/courses/{}/edit", course.id)>{title}</a></th> }.into_any()
            } else {
                view! { <th scope="col">{title}</th> }.into_any()
            }
        })
        .collect();
    let rows: Vec<_> = matrix
        .rows
        .iter()
        .map(|row| {
            let cells: Vec<_> = row.standings.iter().map(|stands| view! { <td>{standing(*stands)}</td> }).collect();
            view! {
                <tr>
                    <th scope="row">
                        <a class="govuk-link" href=format!("/training/people/{}", row.person)>{row.name.clone()}</a>
                        <small>{row.team.clone()}</small>
                    </th>
                    {cells}
                </tr>
            }
        })
        .collect();
    let table = if matrix.rows.is_empty() {
        empty("Nobody fits", "Take away a filter to see more people.")
    } else {
        view! {
            <div class="fe-scroll" tabindex="0" role="region" aria-labelledby="matrix-caption">
                <table class="fe-matrix">
                    <caption class="govuk-visually-hidden" id="matrix-caption">"People and courses"</caption>
                    <thead><tr><th scope="col">"Person"</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let next = matrix.next.as_ref().map(|last| {
        let to_book = if visit.query.text("to_book") == "yes" { "&to_book=yes" } else { "" };
        format!("/training?team={}{to_book}&after={last}", encoded(visit.query.text("team")))
    });
    view! {
        <form class="fe-filter" method="get" role="search" aria-label="People and courses">
            {select(&filled, "team", "Team", "", choices)}
            {check_box(&filled, "to_book", "Show only people with something to book")}
            <button class="govuk-button govuk-button--secondary">"Apply filters"</button>
            <a class="govuk-link" href="/training">"Clear filters"</a>
        </form>
        {table}
        {next_page(next)}
    }
    .into_any()
}

// --- Recording ----------------------------------------------------------------------------------------------------

/// `/training/completions/new`.
pub(crate) fn record(visit: &Visit) -> Result<Answer, Problem> {
    let (catalogue, persons) =
        visit.read(|reading| Ok((training::catalogue(reading)?, training::people_to_choose(reading)?)))?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            today_in(&mut blank, "completed_on", visit.today());
            if let Some(person) = Some(visit.query.text("person")).filter(|person| !person.is_empty()) {
                blank.set("people", person);
            }
            Ok(blank)
        },
        |filled| Ok(show_record(visit, filled, &catalogue, &persons)),
        || {
            let completions = NewCompletions::parse(&visit.form, visit.today())?;
            visit.save(move |writing| {
                let recorded = training::record_completions(writing, &completions)?;
                let notice = if recorded.new == 0 { "known".to_owned() } else { recorded.new.to_string() };
                Ok(format!("/training?notice=completions-{notice}"))
            })
        },
    )
}

fn show_record(
    visit: &Visit,
    filled: &Filled,
    catalogue: &[Course],
    persons: &[(PersonId, String, String)],
) -> FormSheet {
    let mut courses = vec![Choice::new("", "Choose a course")];
    courses.extend(catalogue.iter().map(|course| Choice::new(&course.id, &course.details.title)));
    let people = persons.iter().map(|(id, name, team)| Choice::new(id, name).hint(team)).collect();
    let fields = view! {
        {select(filled, "course", "Course", "", courses)}
        {date(filled, "completed_on", "Date completed", "")}
        {check_boxes(filled, "people", "Who completed it?", "Choose one or many", people, false)}
        {line(filled, "note", "Note", "Who ran it, or a certificate’s number. You can leave it empty", "20")}
    };
    FormSheet::new("Record completions", form(visit, filled, fields, "Save completions"))
        .back_to("/training", "Back to training")
        .dates(&["completed_on"])
}

/// `/training/completions/{id}/withdraw`.
pub(crate) fn withdraw(visit: &Visit) -> Result<Answer, Problem> {
    let id: CompletionId = visit.id()?;
    visit.read(|reading| training::open_completion(reading, &id))?;
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| {
            let fields = line(
                filled,
                "reason",
                "Why is it taken back?",
                "The completion stays in sight with this reason",
                "",
            );
            Ok(FormSheet::new("Withdraw a completion", form(visit, filled, fields, "Withdraw"))
                .back_to("/training", "Back to training"))
        },
        || {
            let mut check = FormCheck::new(&visit.form);
            let reason = check.line("reason", "Write why it is taken back");
            let reason = check.finish(reason)?;
            let id = id.clone();
            visit.save(move |writing| {
                let person = training::withdraw(writing, &id, &reason)?;
                Ok(format!("/training/people/{person}?notice=completion-withdrawn"))
            })
        },
    )
}

// --- The catalogue ------------------------------------------------------------------------------------------------

/// `/training/courses/new`.
pub(crate) fn add_course(visit: &Visit) -> Result<Answer, Problem> {
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("months_valid", "36");
            Ok(blank)
        },
        |filled| Ok(course_sheet(visit, filled, "Add a course")),
        || {
            let details = CourseDetails::parse(&visit.form)?;
            visit.save(move |writing| {
                training::add_course(writing, &details)?;
                Ok("/training?notice=course-saved".to_owned())
            })
        },
    )
}

/// `/training/courses/{id}/edit`.
pub(crate) fn change_course(visit: &Visit) -> Result<Answer, Problem> {
    let id: CourseId = visit.id()?;
    let course = visit.read(|reading| training::open_course(reading, &id))?;
    form_page(
        visit,
        || {
            let mut fields = vec![
                ("version".to_owned(), course.version.to_string()),
                ("title".to_owned(), course.details.title.clone()),
                ("months_valid".to_owned(), course.details.months_valid.to_string()),
            ];
            fields.extend(
                course
                    .details
                    .required_of
                    .iter()
                    .map(|role| ("required_of".to_owned(), role.code().to_owned())),
            );
            Ok(Form::new(fields))
        },
        |filled| Ok(course_sheet(visit, filled, "Change a course")),
        || {
            let details = CourseDetails::parse(&visit.form)?;
            let (id, version) = (id.clone(), visit.version());
            visit.save(move |writing| {
                training::change_course(writing, &id, version, &details)?;
                Ok("/training?notice=course-saved".to_owned())
            })
        },
    )
}

fn course_sheet(visit: &Visit, filled: &Filled, title: &str) -> FormSheet {
    let fields = view! {
        {line(filled, "title", "Title", "", "")}
        {line(filled, "months_valid", "Months valid", "Counted from the day of completion", "3")}
        {check_boxes(filled, "required_of", "Who needs it?", "", Choice::all::<Role>(), false)}
    };
    FormSheet::new(title, form(visit, filled, fields, "Save course")).back_to("/training", "Back to training")
}

// --- One person ---------------------------------------------------------------------------------------------------

/// `/training/people/{id}`.
pub(crate) fn of_person(visit: &Visit) -> Result<Answer, Problem> {
    let id: PersonId = visit.id()?;
    let (courses, (name, completions)) = visit
        .read(|reading| Ok((training::of_person(reading, &id)?, training::completions_of(reading, &id)?)))?;
    let coordinates = allows(visit, &Action::CoordinateTraining);
    let rows: Vec<_> = completions
        .iter()
        .map(|completion| {
            let withdrawn = completion.withdrawn.clone().map(|reason| view! { {tag("not-required", "Withdrawn")} <small>{reason}</small> });
            let withdraw = (coordinates && completion.withdrawn.is_none()).then(|| {
                view! {
                    <a class="govuk-link" href=format!("/training/completions/{}/withdraw", completion.id)>
                        "Withdraw" <span class="govuk-visually-hidden">{format!(" {} of {}", completion.course, day_in_words(completion.completed_on))}</span>
                    </a>
                }
            });
            view! {
                <tr>
                    <th scope="row">{completion.course.clone()}</th>
                    <td data-label="Completed">{day(completion.completed_on)}</td>
                    <td data-label="Note"><span>{completion.note.clone()}</span></td>
                    <td data-label="Recorded"><div>{when(completion.recorded_at)} " " {withdrawn} {withdraw}</div></td>
                </tr>
            }
        })
        .collect();
    let history = if completions.is_empty() {
        empty("No completions yet", "The training coordinator records them.")
    } else {
        table(Caption::Unseen("Completions"), &["Course", "Completed", "Note", "Recorded"], rows)
    };
    let record = coordinates.then(|| {
        view! { <div class="govuk-button-group"><a class="govuk-button" href=format!("/training/completions/new?person={id}")>"Record completions"</a></div> }
    });
    let title = format!("Training of {name}");
    let content = view! {
        {back_link(Some(("/training".to_owned(), "Back to training".to_owned())))}
        <div class="fe-title"><h1 class="govuk-heading-l">{title.clone()}</h1> {record}</div>
        {course_list(&courses)}
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Completions"</h2>
            {history}
        </section>
    };
    Ok(Sheet::new(title, content).answer(visit))
}
