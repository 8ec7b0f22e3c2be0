//! The rules by which an organisation works: how often things are due, who is told, and on which days people work.

mod calendar;
mod caseload;
mod ladder;
mod lexicon;
mod models;
mod policies;
mod policy_change;
mod prompts;
mod steps;
mod templates;

pub(crate) use calendar::{calendar, change_calendar, import_bank_holidays};
pub(crate) use caseload::{caseload, change_caseload};
pub(crate) use ladder::{change_ladder, dry_run, ladder};
pub(crate) use lexicon::{add_entry, change_entry, lexicon};
pub(crate) use models::{change_models, models_in_use};
pub(crate) use policies::{compare, export_policy, policies, policy};
pub(crate) use policy_change::{change_policy, import_policy};
pub(crate) use prompts::{add_prompt, change_prompt, export_library, import_library, library};
pub(crate) use steps::change_steps;
pub(crate) use templates::{change_template, template, templates};

use crate::answer::Answer;
use crate::components::{Choice, Filled, date, line, select, text_area, today_in};
use crate::document::Sheet;
use crate::visit::Visit;
use domain::access::{Action, may};
use domain::form::Form;
use leptos::prelude::*;
use records::Problem;
use records::people::{self, PersonSummary};
use records::settings::VersionLine;

/// `/settings`.
#[expect(clippy::unnecessary_wraps, reason = "every page has this form")]
pub(crate) fn index(visit: &Visit) -> Result<Answer, Problem> {
    let content = view! {
        <h1 class="govuk-heading-l">"Rules"</h1>
        <p class="govuk-body">"The rules by which we work. Everybody may read them; each change has a date, an approver and a reason."</p>
        <ul class="fe-links">
            <li><a class="govuk-link" href="/settings/policies">"How often things are due"</a> <small>"For people and cases, by organisation or team"</small></li>
            <li><a class="govuk-link" href="/settings/ladder">"Who is told, and when"</a> <small>"The steps that follow when something is overdue"</small></li>
            <li><a class="govuk-link" href="/settings/templates">"What the forms ask"</a> <small>"Questions of your own in the forms of sessions and oversight"</small></li>
            <li><a class="govuk-link" href="/settings/prompts">"Which questions are put"</a> <small>"Reflective questions, what calls for each, and what becomes of them"</small></li>
            <li><a class="govuk-link" href="/settings/models">"Ways to reflect"</a> <small>"The models that a reflection can be written in"</small></li>
            <li><a class="govuk-link" href="/settings/lexicon">"Words worth a second look"</a> <small>"What the lens marks while people type, and what it asks"</small></li>
            <li><a class="govuk-link" href="/settings/caseload">"What a caseload weighs"</a> <small>"By plan and risk, for talks about how much work somebody has"</small></li>
            <li><a class="govuk-link" href="/settings/calendar">"Working days"</a> <small>"Nation, bank holidays and closed days"</small></li>
        </ul>
    };
    Ok(Sheet::new("Rules", content).answer(visit))
}

/// Whether the reader may change the rules.
fn keeps_rules(visit: &Visit) -> bool {
    visit.signed_in.as_ref().is_some_and(|signed_in| may(&signed_in.actor, &Action::KeepRules).is_allowed())
}

/// The fields of every new version: from when, approved by whom, and why.
fn version_fields(visit: &Visit, filled: &Filled, approvers: &[PersonSummary]) -> AnyView {
    let mut choices = vec![Choice::new("", "Choose a person")];
    choices.extend(approvers.iter().map(|person| Choice::new(&person.id, &person.name)));
    let today = domain::calendar::day_in_words(visit.today());
    view! {
        {date(filled, "effective_from", "In force from", &format!("Today is {today}. What was decided by the old rules stays"))}
        {select(filled, "approver", "Approved by", "", choices)}
        {line(filled, "reason", "Reason", "Who reads the list of versions sees it", "")}
    }
    .into_any()
}

/// The versions that there were, the newest first, each with its reason; nothing if nobody has changed anything yet.
fn version_list(versions: &[VersionLine]) -> Option<AnyView> {
    let items: Vec<_> = versions
        .iter()
        .map(|(version, from, reason)| {
            let from = if *version == 1 {
                "the beginning".to_owned()
            } else {
                domain::calendar::day_in_words(*from)
            };
            view! { <li>{format!("Version {version}, from {from}: {reason}")}</li> }
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Versions"</h2>
                <ul class="govuk-list govuk-list--bullet">{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn blank_version(visit: &Visit) -> Form {
    let mut blank = Form::default();
    today_in(&mut blank, "effective_from", visit.today());
    blank
}

fn approvers(visit: &Visit) -> Result<Vec<PersonSummary>, Problem> {
    visit.read(people::approvers)
}

/// A box for text that is pasted or edited as a whole, without a limit of its own.
fn pasted_text(filled: &Filled, name: &'static str, label: &str, hint: &str, rows: u32) -> AnyView {
    let problem = filled.problems.of(name).map(str::to_owned);
    let is_wrong = problem.is_some();
    let described_by = if is_wrong { format!("{name}-hint {name}-error") } else { format!("{name}-hint") };
    let message = problem.map(|words| {
        view! { <p id=format!("{name}-error") class="govuk-error-message"><span class="govuk-visually-hidden">"Error: "</span>{words}</p> }
    });
    view! {
        <div class=if is_wrong { "govuk-form-group govuk-form-group--error" } else { "govuk-form-group" }>
            <label class="govuk-label" for=name>{label.to_owned()}</label>
            <div id=format!("{name}-hint") class="govuk-hint">{hint.to_owned()}</div>
            {message}
            {text_area((name, name), filled.form.text(name), rows, Some(described_by), (is_wrong, false))}
        </div>
    }
    .into_any()
}
