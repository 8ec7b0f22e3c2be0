//! Working days: the nation, the bank holidays that are known, and the days on which the organisation is closed.

use super::{approvers, blank_version, keeps_rules, pasted_text, version_fields};
use crate::answer::Answer;
use crate::components::{Caption, Choice, day, empty, fact, facts, radios, table};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::visit::Visit;
use chrono::{Datelike, NaiveDate};
use domain::TextValue;
use domain::form::{Form, FormCheck, Problems};
use domain::policy::NewVersion;
use domain::working_days::{CalendarSettings, Nation};
use leptos::prelude::*;
use records::Problem;
use records::settings::{self, Calendar};
use std::collections::BTreeMap;

/// `/settings/calendar`.
pub(crate) fn calendar(visit: &Visit) -> Result<Answer, Problem> {
    let calendar = visit.read(settings::calendar)?;
    let buttons = keeps_rules(visit).then(|| {
        view! {
            <div class="govuk-button-group fe-no-print">
                <a class="govuk-button" href="/settings/calendar/edit">"Change nation or closed days"</a>
                <a class="govuk-button govuk-button--secondary" href="/settings/calendar/import">"Import bank holidays"</a>
            </div>
        }
    });
    let nation = calendar.settings.nation;
    let last = calendar.bank_holidays.of(nation).last().map_or(0, |(day, _)| day.year());
    let content = view! {
        {back_link(Some(("/settings".to_owned(), "Back to rules".to_owned())))}
        <div class="fe-title"><h1 class="govuk-heading-l">"Working days"</h1> {buttons}</div>
        {facts(vec![
            fact("Nation", nation.words()),
            fact("Bank holidays are known up to", last.to_string()),
            fact("After that", "They are computed by the standing rules"),
        ])}
        {closed_days(&calendar)}
        {bank_holidays(&calendar, visit.today())}
    };
    Ok(Sheet::new("Working days", content).answer(visit))
}

fn closed_days(calendar: &Calendar) -> AnyView {
    let rows: Vec<_> = calendar
        .settings
        .closed
        .iter()
        .map(|(on, reason)| view! { <tr><th scope="row">{day(*on)}</th><td data-label="Reason">{reason.clone()}</td></tr> })
        .collect();
    let list = if rows.is_empty() {
        empty(
            "No closed days",
            "Days on which the whole organisation is closed, besides weekends and bank holidays, stand here.",
        )
    } else {
        table(Caption::Unseen("Closed days"), &["Day", "Reason"], rows)
    };
    view! { <section class="fe-section"><h2 class="govuk-heading-m">"Closed days"</h2>{list}</section> }
        .into_any()
}

/// Bank holidays from the beginning of this year.
fn bank_holidays(calendar: &Calendar, today: NaiveDate) -> AnyView {
    let rows: Vec<_> = calendar
        .bank_holidays
        .of(calendar.settings.nation)
        .filter(|(on, _)| on.year() >= today.year())
        .map(|(on, title)| view! { <tr><th scope="row">{day(on)}</th><td data-label="What">{title.to_owned()}</td></tr> })
        .collect();
    let list = table(Caption::Unseen("Bank holidays, from this year on"), &["Day", "What"], rows);
    view! { <section class="fe-section"><h2 class="govuk-heading-m">"Bank holidays"</h2>{list}</section> }
        .into_any()
}

/// `/settings/calendar/edit`.
pub(crate) fn change_calendar(visit: &Visit) -> Result<Answer, Problem> {
    let (calendar, people) = (visit.read(settings::calendar)?, approvers(visit)?);
    form_page(
        visit,
        || {
            let mut blank = blank_version(visit);
            blank.set("nation", calendar.settings.nation.code());
            let closed = calendar.settings.closed.iter().map(|(day, reason)| format!("{day} {reason}\n"));
            blank.set("closed", closed.collect::<String>());
            Ok(blank)
        },
        |filled| {
            let fields = view! {
                {radios(filled, "nation", "Whose bank holidays do you keep?", "", Choice::all::<Nation>(), false)}
                {pasted_text(filled, "closed", "Closed days", "One a line: year-month-day, then the reason, like 2026-12-29 Closed between the holidays", 6)}
                {version_fields(visit, filled, &people)}
            };
            Ok(FormSheet::new(
                "Change nation or closed days",
                form(visit, filled, fields, "Save as a new version"),
            )
            .back_to("/settings/calendar", "Back to working days")
            .dates(&["effective_from"]))
        },
        || {
            let (settings, version) = parse(&visit.form, visit.today())?;
            visit.save(move |writing| {
                settings::change_calendar(writing, &settings, &version)?;
                Ok("/settings/calendar?notice=calendar-saved".to_owned())
            })
        },
    )
}

fn parse(form: &Form, today: NaiveDate) -> Result<(CalendarSettings, NewVersion), Problems> {
    let mut check = FormCheck::new(form);
    let nation = check.choice("nation", "Choose a nation");
    let mut closed = BTreeMap::new();
    for line in form.text("closed").lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (date, reason) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match date.parse() {
            Ok(day) if !reason.trim().is_empty() => drop(closed.insert(day, reason.trim().to_owned())),
            Ok(_) => check.fail("closed", format!("“{line}” needs a reason after the date")),
            Err(_) => check.fail("closed", format!("“{line}” must begin with a date like 2026-12-29")),
        }
    }
    let version = NewVersion::read(&mut check, today);
    let both = (|| Some((CalendarSettings { nation: nation?, closed }, version?)))();
    check.finish(both)
}

/// `/settings/calendar/import`.
pub(crate) fn import_bank_holidays(visit: &Visit) -> Result<Answer, Problem> {
    let people = approvers(visit)?;
    form_page(
        visit,
        || Ok(blank_version(visit)),
        |filled| {
            let fields = view! {
                {pasted_text(filled, "file", "Text of the file", "The bank-holidays.json file that GOV.UK publishes: open it, copy all of it, and paste it here", 12)}
                {version_fields(visit, filled, &people)}
            };
            Ok(FormSheet::new("Import bank holidays", form(visit, filled, fields, "Save as a new version"))
                .back_to("/settings/calendar", "Back to working days")
                .dates(&["effective_from"]))
        },
        || {
            let version = NewVersion::parse(&visit.form, visit.today())?;
            let json = visit.form.text("file").to_owned();
            visit.save(move |writing| {
                settings::import_bank_holidays(writing, &json, &version)?;
                Ok("/settings/calendar?notice=calendar-saved".to_owned())
            })
        },
    )
}
