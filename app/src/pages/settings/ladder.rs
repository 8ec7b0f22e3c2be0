//! Who is told, and when: the steps, another version of them, and what they would do.

use super::{approvers, blank_version, keeps_rules, pasted_text, version_fields, version_list};
use crate::answer::Answer;
use crate::components::{Caption, Choice, Filled, day, empty, select, table, tag};
use crate::document::Sheet;
use crate::pages::cases::readers_in_words;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::visit::Visit;
use domain::TextValue;
use domain::calendar::{counted, day_in_words};
use domain::form::Form;
use domain::ladder::{Concern, Ladder, Rungs};
use domain::policy::{NewVersion, RuleKind};
use leptos::prelude::*;
use records::Problem;
use records::ladder::{DryRun, dry_run as play};
use records::settings;

/// `/settings/ladder`.
pub(crate) fn ladder(visit: &Visit) -> Result<Answer, Problem> {
    let ((ladder, _), versions) = visit
        .read(|reading| Ok((settings::ladder(reading)?, settings::versions(reading, RuleKind::Ladder)?)))?;
    let buttons = keeps_rules(visit).then(|| {
        view! {
            <div class="govuk-button-group fe-no-print">
                <a class="govuk-button" href="/settings/ladder/dry-run">"See what would be sent"</a>
                <a class="govuk-button govuk-button--secondary" href="/settings/ladder/edit">"Change all as text"</a>
            </div>
        }
    });
    let content = view! {
        {back_link(Some(("/settings".to_owned(), "Back to rules".to_owned())))}
        <div class="fe-title"><h1 class="govuk-heading-l">"Who is told, and when"</h1> {buttons}</div>
        <p class="govuk-body">{format!("In force today: version {}. Each step comes once for each thing and due day, in one mail on a working day. Where there is nobody to tell, it goes to the next manager above.", ladder.version)}</p>
        {step_tables(visit, &ladder)}
        {version_list(&versions)}
    };
    Ok(Sheet::new("Who is told, and when", content).answer(visit))
}

fn step_tables(visit: &Visit, ladder: &Ladder) -> AnyView {
    let keeps = keeps_rules(visit);
    let tables: Vec<_> = Concern::ALL
        .iter()
        .map(|concern| {
            let steps = match ladder.rungs(*concern) {
                Some(rungs) => step_table(*concern, rungs),
                None => view! { <p class="govuk-body"><strong>{concern.words()}</strong> ": nobody is told"</p> }.into_any(),
            };
            let change = keeps.then(|| {
                view! {
                    <p class="govuk-body fe-no-print">
                        <a class="govuk-link" href=format!("/settings/ladder/steps/{}", concern.code())>
                            "Change these steps" <span class="govuk-visually-hidden">{format!(": {}", concern.words())}</span>
                        </a>
                    </p>
                }
            });
            view! { {steps} {change} }
        })
        .collect();
    view! { {tables} }.into_any()
}

fn step_table(concern: Concern, rungs: &Rungs) -> AnyView {
    let mut rows: Vec<AnyView> = rungs
        .steps
        .iter()
        .map(|step| {
            let urgent = step.urgent.then(|| tag("due-soon", "At once"));
            view! {
                <tr>
                    <th scope="row">{format!("{} after", step.unit.counted(step.after))}</th>
                    <td data-label="Who is told"><div>{sentence(&step.tell)} " " {urgent}</div></td>
                </tr>
            }
            .into_any()
        })
        .collect();
    if !rungs.weekly.is_empty() {
        rows.push(
            view! {
                <tr>
                    <th scope="row">"Then each week"</th>
                    <td data-label="Who is told">{sentence(&rungs.weekly)}</td>
                </tr>
            }
            .into_any(),
        );
    }
    table(Caption::Shown(concern.words().to_owned()), &["When", "Who is told"], rows)
}

fn sentence(readers: &[domain::ladder::Reader]) -> String {
    let words = readers_in_words(readers);
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// `/settings/ladder/edit`.
pub(crate) fn change_ladder(visit: &Visit) -> Result<Answer, Problem> {
    let ((_, text), people) = (visit.read(settings::ladder)?, approvers(visit)?);
    form_page(
        visit,
        || {
            let mut blank = blank_version(visit);
            blank.set("steps", text.clone());
            Ok(blank)
        },
        |filled| {
            let fields = view! {
                {pasted_text(filled, "steps", "Steps", "What is wrong is named with its place, and the ladder in force stays until all is right", 24)}
                {version_fields(visit, filled, &people)}
            };
            Ok(FormSheet::new(
                "Change all steps as text",
                form(visit, filled, fields, "Save as a new version"),
            )
            .back_to("/settings/ladder", "Back to who is told")
            .dates(&["effective_from"]))
        },
        || {
            let version = NewVersion::parse(&visit.form, visit.today())?;
            let text = visit.form.text("steps").replace("\r\n", "\n");
            visit.save(move |writing| {
                settings::change_ladder(writing, &text, &version)?;
                Ok("/settings/ladder?notice=ladder-saved".to_owned())
            })
        },
    )
}

/// `/settings/ladder/dry-run`.
pub(crate) fn dry_run(visit: &Visit) -> Result<Answer, Problem> {
    if !keeps_rules(visit) {
        return Err(Problem::NotFound);
    }
    let ahead =
        visit.query.text("days").parse().ok().filter(|days| AHEAD.iter().any(|(known, _)| known == days));
    let ahead = ahead.unwrap_or(7);
    let run = play(&visit.store, &visit.who, visit.now, domain::calendar::add_days(visit.today(), ahead))?;
    let mut query = Form::default();
    query.set("days", ahead.to_string());
    let choices = AHEAD.iter().map(|(days, words)| Choice::new(days, words)).collect();
    let content = view! {
        {back_link(Some(("/settings/ladder".to_owned(), "Back to who is told".to_owned())))}
        <h1 class="govuk-heading-l">"What would be sent"</h1>
        <p class="govuk-body">"If nobody did anything until then. Nothing is sent by looking at this."</p>
        <form class="fe-filter" method="get" role="search" aria-label="How far ahead">
            {select(&Filled::new(query), "days", "Look ahead", "", choices)}
            <button class="govuk-button govuk-button--secondary">"Show"</button>
        </form>
        {days(&run)}
    };
    Ok(Sheet::new("What would be sent", content).answer(visit))
}

/// How far a dry run can look ahead: days, and what people call them.
const AHEAD: &[(u32, &str)] = &[(1, "To tomorrow"), (7, "A week"), (14, "Two weeks"), (31, "A month")];

fn days(run: &DryRun) -> AnyView {
    if run.days.is_empty() {
        return empty("No mail would go", "Nothing reaches a new step in this time.");
    }
    let days: Vec<_> = run
        .days
        .iter()
        .map(|(on, mails)| {
            let rows: Vec<_> = mails
                .iter()
                .map(|(name, mail)| {
                    let urgent = mail.urgent.then(|| tag("due-soon", "At once"));
                    let items: Vec<_> = mail
                        .items
                        .iter()
                        .map(|item| view! { <li>{item.concern.words()} ", since " {day(item.due_on)}</li> })
                        .collect();
                    view! { <tr><th scope="row">{name.clone()} " " {urgent}</th><td data-label="Of what"><ul class="govuk-list">{items}</ul></td></tr> }
                })
                .collect();
            let count = counted(i64::try_from(mails.len()).unwrap_or(i64::MAX), "mail would go", "mails would go");
            table(Caption::Shown(format!("On {}: {count}", day_in_words(*on))), &["To", "Of what"], rows)
        })
        .collect();
    view! { {days} }.into_any()
}
