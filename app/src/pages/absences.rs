//! A person's clocks on their page, and their times away.

use crate::answer::Answer;
use crate::components::date;
use crate::components::{Caption, Choice, day, empty, radios, state_tag, table, tag, today_in};
use crate::pages::form_page::{FormSheet, button_form, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::cadence::{AbsenceReason, NewAbsence, PersonStanding};
use domain::calendar::day_in_words;
use domain::form::{Form, FormCheck};
use domain::ids::{AbsenceId, PersonId};
use leptos::prelude::*;
use records::cadence::{self, AbsenceRow, Line, PersonCadence};
use records::people::PersonFile;
use records::{Problem, people};

/// What a person's page shows of their clocks, for those who may see that.
pub(crate) fn cadence_section(visit: &Visit, person: &PersonFile) -> Result<Option<AnyView>, Problem> {
    let cadence = visit.read(|reading| cadence::cadence_of(reading, person))?;
    Ok(cadence.map(|PersonCadence { lines, absences, may_keep }| {
        view! {
            {lines_section(visit, &person.id, &lines, may_keep)}
            {absences.map(|absences| absences_section(&person.id, &absences, may_keep))}
        }
        .into_any()
    }))
}

fn lines_section(visit: &Visit, id: &PersonId, lines: &[Line], may_keep: bool) -> Option<AnyView> {
    if lines.is_empty() {
        return None;
    }
    let rows: Vec<_> = lines.iter().map(|line| line_row(visit, id, line, may_keep)).collect();
    Some(
        view! {
            <section class="fe-section fe-cadence">
                <h2 class="govuk-heading-m">"When supervision is due"</h2>
                {table(Caption::Unseen("Lines of supervision"), &["In what", "Supervisor", "Last held", "Stands", "Why"], rows)}
            </section>
        }
        .into_any(),
    )
}

fn line_row(visit: &Visit, id: &PersonId, line: &Line, may_keep: bool) -> AnyView {
    let (stands, why) = match &line.standing {
        PersonStanding::Due(due) => {
            let book = line.booking_day.map(|on| view! { <small>"Day to book: " {day(on)}</small> });
            (
                view! { {state_tag(due, visit.today())} <small>"Due " {day(due.due_on)}</small> {book} }
                    .into_any(),
                due.reason(),
            )
        }
        PersonStanding::Paused(absence) => {
            let until = absence.to.map_or_else(|| "the day of return".to_owned(), day_in_words);
            (
                tag("paused", "Paused"),
                format!(
                    "Away since {}. The clock stands still until {until}; cases go on.",
                    day_in_words(absence.from)
                ),
            )
        }
        PersonStanding::NotApplicable => (tag("not-required", "Not due"), String::new()),
    };
    let supervisor = line.supervisor.clone().map_or_else(|| tag("overdue", "Nobody"), IntoAny::into_any);
    let variation = line.variation.as_ref().map(|variation| {
        let words = format!(
            "Every {} days until {}, approved by {}: {}",
            variation.interval_days,
            day_in_words(variation.expires_on),
            variation.approver,
            variation.reason
        );
        let end = may_keep.then(|| {
            button_form(
                visit,
                &format!("/variations/{}/end", variation.id),
                "End the longer interval today",
                "",
            )
        });
        view! { <small>{words}</small> {end} }
    });
    let vary = (may_keep && line.variation.is_none()).then(|| {
        let address = format!("/people/{id}/variation?line={}", line.line.code());
        view! { <small class="fe-no-print"><a class="govuk-link" href=address>"Approve a longer interval"</a></small> }
    });
    view! {
        <tr>
            <th scope="row">{line.line.words()}</th>
            <td data-label="Supervisor">{supervisor}</td>
            <td data-label="Last held">{line.last_held_on.map_or_else(|| tag("never", "None yet"), day)}</td>
            <td data-label="Stands"><div>{stands}</div></td>
            <td data-label="Why"><div>{why} {variation} {vary}</div></td>
        </tr>
    }
    .into_any()
}

fn absences_section(id: &PersonId, absences: &[AbsenceRow], may_keep: bool) -> AnyView {
    let rows: Vec<_> = absences
        .iter()
        .map(|absence| {
            let change = may_keep.then(|| {
                view! {
                    <a class="govuk-link" href=format!("/people/{id}/absences/{}", absence.id)>
                        "Change" <span class="govuk-visually-hidden">{format!(" the absence from {}", day_in_words(absence.from_on))}</span>
                    </a>
                }
            });
            view! {
                <tr>
                    <th scope="row">{absence.reason.words()}</th>
                    <td data-label="First day">{day(absence.from_on)}</td>
                    <td data-label="Last day">{absence.to_on.map_or_else(|| "Not known yet".into_any(), day)}</td>
                    <td>{change}</td>
                </tr>
            }
        })
        .collect();
    let list = if rows.is_empty() {
        empty("No absences", "A longer absence pauses the supervision of a person, never of their cases.")
    } else {
        table(Caption::Unseen("Absences, the newest first"), &["Why", "First day", "Last day", ""], rows)
    };
    let add = may_keep.then(|| {
        view! { <p class="fe-no-print"><a class="govuk-button govuk-button--secondary" href=format!("/people/{id}/absences/new")>"Record an absence"</a></p> }
    });
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Absences"</h2>
            {list} {add}
        </section>
    }
    .into_any()
}

/// `/people/{id}/absences/new`.
pub(crate) fn record(visit: &Visit) -> Result<Answer, Problem> {
    let id: PersonId = visit.id()?;
    let name = keeper_of(visit, &id)?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            today_in(&mut blank, "from", visit.today());
            Ok(blank)
        },
        |filled| {
            let intro = view! {
                <p class="govuk-body">"Who can read this: the person and those who manage them. Write no more than this form asks for."</p>
            };
            let fields = view! {
                {radios(filled, "reason", "Why is the person away?", "Sickness and annual leave pause the clock once they last longer than the policy says", Choice::all::<AbsenceReason>(), false)}
                {date(filled, "from", "First day away", "")}
                {date(filled, "to", "Last day away", "Leave it empty if it is not known yet")}
            };
            Ok(FormSheet::new(
                format!("Record an absence of {name}"),
                form(visit, filled, fields, "Save absence"),
            )
            .back_to(format!("/people/{id}"), "Back to the person")
            .intro(intro)
            .dates(&["from", "to"]))
        },
        || {
            let new = NewAbsence::parse(&visit.form)?;
            let id = id.clone();
            visit.save_new(move |writing| {
                cadence::record_absence(writing, &id, &new)?;
                Ok(format!("/people/{id}?notice=absence-saved"))
            })
        },
    )
}

/// The person's name, for those who keep their cadence; for anybody else the page is not there.
fn keeper_of(visit: &Visit, id: &PersonId) -> Result<String, Problem> {
    let (person, may_keep) =
        visit.read(|reading| Ok((people::open(reading, id)?, cadence::may_keep_cadence_of(reading, id)?)))?;
    if may_keep { Ok(person.details.name) } else { Err(Problem::NotFound) }
}

/// `/people/{id}/absences/{absence}`.
pub(crate) fn change(visit: &Visit) -> Result<Answer, Problem> {
    let id: PersonId = visit.id()?;
    let name = keeper_of(visit, &id)?;
    let absence: AbsenceId =
        visit.parameters.get(1).and_then(|text| text.parse().ok()).ok_or(Problem::NotFound)?;
    let found = visit.read(|reading| cadence::absences(reading, &id))?;
    let before = found.into_iter().find(|row| row.id == absence).ok_or(Problem::NotFound)?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("version", before.version.to_string());
            if let Some(to) = before.to_on {
                blank.set_date("to", to);
            }
            Ok(blank)
        },
        |filled| {
            let words = format!("{}, away since {}.", before.reason.words(), day_in_words(before.from_on));
            let intro = view! { <p class="govuk-body">{words}</p> };
            let fields = date(
                filled,
                "to",
                "Last day away",
                "Empty if it is not known. A day before the first takes the absence back",
            );
            Ok(FormSheet::new(
                format!("Change the absence of {name}"),
                form(visit, filled, fields, "Save absence"),
            )
            .back_to(format!("/people/{id}"), "Back to the person")
            .intro(intro)
            .dates(&["to"]))
        },
        || {
            let mut check = FormCheck::new(&visit.form);
            let to = check.optional_date("to", "Last day away");
            let last_day = check.finish(to)?;
            let (id, absence, version) = (id.clone(), absence.clone(), visit.version());
            visit.save(move |writing| {
                cadence::end_absence(writing, &id, &absence, version, last_day)?;
                Ok(format!("/people/{id}?notice=absence-saved"))
            })
        },
    )
}
