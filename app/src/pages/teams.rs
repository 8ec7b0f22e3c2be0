//! The tree of teams.

use crate::answer::Answer;
use crate::components::{Choice, Filled, line, select};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::visit::Visit;
use domain::calendar::counted;
use domain::form::Form;
use domain::ids::TeamId;
use domain::people::TeamDetails;
use leptos::prelude::*;
use records::Problem;
use records::teams::{self, Branch, Team};

/// `/teams`.
pub(crate) fn tree(visit: &Visit) -> Result<Answer, Problem> {
    let tops = visit.read(teams::tree)?;
    let content = view! {
        {back_link(Some(("/people".to_owned(), "Back to people".to_owned())))}
        <div class="fe-title">
            <h1 class="govuk-heading-l">"Teams"</h1>
            <div class="govuk-button-group"><a class="govuk-button" href="/teams/new">"Add a team"</a></div>
        </div>
        <p class="govuk-body">"Whoever manages a team oversees it and every team below it."</p>
        {branches(&tops)}
    };
    Ok(Sheet::new("Teams", content).answer(visit))
}

fn branches(of: &[Branch]) -> Option<AnyView> {
    if of.is_empty() {
        return None;
    }
    let items: Vec<_> = of
        .iter()
        .map(|branch| {
            let people = if branch.people == 0 {
                "nobody yet".to_owned()
            } else {
                counted(branch.people, "person", "people")
            };
            view! {
                <li>
                    <a class="govuk-link" href=format!("/teams/{}/edit", branch.team.id)>{branch.team.name.clone()}</a>
                    <span class="fe-muted">{format!(", {people}")}</span>
                    {branches(&branch.below)}
                </li>
            }
        })
        .collect();
    Some(view! { <ul class="fe-tree">{items}</ul> }.into_any())
}

/// `/teams/new`.
pub(crate) fn add(visit: &Visit) -> Result<Answer, Problem> {
    let all = visit.read(teams::list)?;
    form_page(
        visit,
        || Ok(Form::default()),
        |filled| Ok(sheet(visit, filled, "Add a team", &all, None)),
        || {
            let details = TeamDetails::parse(&visit.form)?;
            visit.save(move |writing| {
                teams::add(writing, &details)?;
                Ok("/teams?notice=team-saved".to_owned())
            })
        },
    )
}

/// `/teams/{id}/edit`.
pub(crate) fn change(visit: &Visit) -> Result<Answer, Problem> {
    let id: TeamId = visit.id()?;
    let (team, all) = visit.read(|reading| Ok((teams::open(reading, &id)?, teams::list(reading)?)))?;
    form_page(
        visit,
        || Ok(filled_with(&team)),
        |filled| Ok(sheet(visit, filled, &format!("Change {}", team.name), &all, Some(&id))),
        || {
            let details = TeamDetails::parse(&visit.form)?;
            let (id, version) = (id.clone(), visit.version());
            visit.save(move |writing| {
                teams::change(writing, &id, version, &details)?;
                Ok("/teams?notice=team-saved".to_owned())
            })
        },
    )
}

fn filled_with(team: &Team) -> Form {
    let mut form = Form::default();
    form.set("version", team.version.to_string());
    form.set("name", &team.name);
    form.set("parent", team.parent.as_ref().map_or("", TeamId::as_str));
    form
}

fn sheet(visit: &Visit, filled: &Filled, title: &str, all: &[Team], itself: Option<&TeamId>) -> FormSheet {
    let mut above = vec![Choice::new("", "None: it stands at the top")];
    let others = all.iter().filter(|team| Some(&team.id) != itself);
    above.extend(others.map(|team| Choice::new(&team.id, &team.name)));
    let fields = view! {
        {line(filled, "name", "Name", "", "20")}
        {select(filled, "parent", "Team above it", "Who manages that team oversees this one too", above)}
    };
    FormSheet::new(title, form(visit, filled, fields, "Save team")).back_to("/teams", "Back to teams")
}
