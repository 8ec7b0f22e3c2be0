//! How often things are due: the versions, what a change would touch, and files.

use super::keeps_rules;
use crate::answer::Answer;
use crate::components::{Caption, Choice, Filled, day, empty, fact, facts, select, table, tag, when};
use crate::document::Sheet;
use crate::pages::form_page::back_link;
use crate::visit::Visit;
use domain::calendar::counted;
use domain::ids::TeamId;
use domain::policy::{self, Part, Policy, Rule};
use leptos::prelude::*;
use records::Problem;
use records::cadence::{self, PolicyVersion};
use records::teams::{self, Team};

/// `/settings/policies`.
pub(crate) fn policies(visit: &Visit) -> Result<Answer, Problem> {
    let team = team_of(visit);
    let (versions, policy, teams) = visit.read(|reading| {
        Ok((
            cadence::policy_versions(reading)?,
            cadence::policy_in_force(reading, team.as_ref())?,
            teams::list(reading)?,
        ))
    })?;
    let buttons = keeps_rules(visit).then(|| {
        let query = team.as_ref().map_or(String::new(), |team| format!("?team={team}"));
        view! {
            <div class="govuk-button-group fe-no-print">
                <a class="govuk-button" href=format!("/settings/policies/new{query}")>"Change these rules"</a>
                <a class="govuk-button govuk-button--secondary" href="/settings/policies/import">"Import a policy"</a>
            </div>
        }
    });
    let name = team_name(&teams, team.as_ref());
    let content = view! {
        {back_link(Some(("/settings".to_owned(), "Back to rules".to_owned())))}
        <div class="fe-title">
            <h1 class="govuk-heading-l">"How often things are due"</h1>
            {buttons}
        </div>
        {team_filter(visit, &teams)}
        <p class="govuk-body">{format!("In force today for {name}: version {}.", policy.version())} " "
            <a class="govuk-link" href="/settings/policies/export" download>"Export the policy as a file"</a>
        </p>
        {rule_tables(&policy)}
        {version_table(&versions)}
    };
    Ok(Sheet::new("How often things are due", content).answer(visit))
}

pub(super) fn team_of(visit: &Visit) -> Option<TeamId> {
    visit.query.text("team").parse().ok()
}

pub(super) fn team_name(teams: &[Team], team: Option<&TeamId>) -> String {
    team.and_then(|id| teams.iter().find(|team| team.id == *id))
        .map_or_else(|| "the whole organisation".to_owned(), |team| team.name.clone())
}

fn team_filter(visit: &Visit, teams: &[Team]) -> AnyView {
    let filled = Filled::new(visit.query.clone());
    let mut choices = vec![Choice::new("", "The whole organisation")];
    choices.extend(teams.iter().map(|team| Choice::new(&team.id, &team.name)));
    view! {
        <form class="fe-filter" method="get" role="search" aria-label="Rules of a team">
            {select(&filled, "team", "Rules of", "", choices)}
            <button class="govuk-button govuk-button--secondary">"Show"</button>
        </form>
    }
    .into_any()
}

fn rule_tables(policy: &Policy) -> AnyView {
    let tables: Vec<_> = Part::ALL
        .iter()
        .map(|part| {
            let rows: Vec<_> = Rule::ALL
                .iter()
                .filter(|rule| rule.about().part == *part)
                .map(|rule| {
                    let about = rule.about();
                    let number = policy.number(*rule);
                    let of_version = policy.version_of(*rule);
                    let own = (of_version != policy.version())
                        .then(|| view! { <small>{format!("The team’s own, version {of_version}")}</small> });
                    view! {
                        <tr>
                            <th scope="row">{about.words}</th>
                            <td data-label="Rule"><div>{about.unit.counted(number)} {own}</div></td>
                            <td data-label="Usual">{usual(*rule)}</td>
                        </tr>
                    }
                })
                .collect();
            table(Caption::Shown(part.words().to_owned()), &["What", "Rule", "Usual"], rows)
        })
        .collect();
    view! { {tables} }.into_any()
}

pub(super) fn usual(rule: Rule) -> String {
    let (from, to) = rule.about().usual;
    if from == to { from.to_string() } else { format!("{from} to {to}") }
}

fn version_table(versions: &[PolicyVersion]) -> AnyView {
    if versions.is_empty() {
        return empty("No versions yet", "The rules are those that ship with the product.");
    }
    let rows: Vec<_> = versions
        .iter()
        .map(|version| {
            let of = version.team.as_ref().map_or("The whole organisation".to_owned(), |(_, name)| name.clone());
            view! {
                <tr>
                    <th scope="row"><a class="govuk-link" href=format!("/settings/policies/{}", version.version)>{format!("Version {}", version.version)}</a></th>
                    <td data-label="For">{of}</td>
                    <td data-label="In force from">{first_day(version)}</td>
                    <td data-label="Approved by">{version.approver.clone().unwrap_or_else(|| "Ships with the product".to_owned())}</td>
                    <td data-label="Reason">{version.reason.clone()}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Versions"</h2>
            {table(Caption::Unseen("Versions, the newest first"), &["Version", "For", "In force from", "Approved by", "Reason"], rows)}
        </section>
    }
    .into_any()
}

/// The version that ships holds from the beginning of time.
fn first_day(version: &PolicyVersion) -> AnyView {
    if version.approver.is_none() { "The beginning".into_any() } else { day(version.effective_from) }
}

/// `/settings/policies/{version}`.
pub(crate) fn policy(visit: &Visit) -> Result<Answer, Problem> {
    let number: i32 = visit.id()?;
    let versions = visit.read(cadence::policy_versions)?;
    let version = versions.iter().find(|version| version.version == number).ok_or(Problem::NotFound)?;
    let earlier: Vec<&PolicyVersion> = versions.iter().filter(|other| other.version < number).collect();
    let compare = (!earlier.is_empty()).then(|| {
        let links: Vec<_> = earlier
            .iter()
            .map(|other| view! { <li><a class="govuk-link" href=format!("/settings/policies/compare?from={}&to={number}", other.version)>{format!("Compare with version {}", other.version)}</a></li> })
            .collect();
        view! { <ul class="govuk-list fe-no-print">{links}</ul> }
    });
    let rows: Vec<_> = version
        .numbers
        .iter()
        .map(|(rule, number)| {
            view! {
                <tr>
                    <th scope="row">{rule.about().words}</th>
                    <td data-label="Rule">{rule.about().unit.counted(*number)}</td>
                </tr>
            }
        })
        .collect();
    let of = version.team.as_ref().map_or("The whole organisation".to_owned(), |(_, name)| name.clone());
    let title = format!("Policy, version {number}");
    let content = view! {
        {back_link(Some(("/settings/policies".to_owned(), "Back to how often things are due".to_owned())))}
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {facts(vec![
            fact("For", of),
            fact("In force from", first_day(version)),
            fact("Approved by", version.approver.clone().unwrap_or_else(|| "Ships with the product".to_owned())),
            fact("Entered by", version.author.clone().unwrap_or_else(|| "Ships with the product".to_owned())),
            fact("Entered", version.created_at.map_or_else(|| "With the product".into_any(), when)),
            fact("Reason", version.reason.clone()).wide(),
        ])}
        {compare}
        {table(Caption::Unseen("Rules of this version"), &["What", "Rule"], rows)}
    };
    Ok(Sheet::new(title, content).answer(visit))
}

/// `/settings/policies/compare`.
pub(crate) fn compare(visit: &Visit) -> Result<Answer, Problem> {
    let number = |name: &str| visit.query.text(name).parse::<i32>().map_err(|_| Problem::NotFound);
    let (from, to) = (number("from")?, number("to")?);
    let (one, other) = visit.read(|reading| {
        Ok((cadence::policy_version(reading, from)?, cadence::policy_version(reading, to)?))
    })?;
    let differences: Vec<(Rule, Option<u32>, Option<u32>)> = Rule::ALL
        .iter()
        .map(|rule| (*rule, one.numbers.get(rule).copied(), other.numbers.get(rule).copied()))
        .filter(|(_, here, there)| here != there)
        .collect();
    let title = format!("Versions {from} and {to} compared");
    let content = view! {
        {back_link(Some(("/settings/policies".to_owned(), "Back to how often things are due".to_owned())))}
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {difference_table(&differences, &format!("Version {from}"), &format!("Version {to}"))}
    };
    Ok(Sheet::new(title, content).answer(visit))
}

pub(super) fn difference_table(
    differences: &[(Rule, Option<u32>, Option<u32>)],
    from: &str,
    to: &str,
) -> AnyView {
    if differences.is_empty() {
        return empty("Nothing differs", "Every rule has the same number in both.");
    }
    let words = |rule: Rule, number: Option<u32>| {
        number.map_or_else(|| "As the organisation".to_owned(), |number| rule.about().unit.counted(number))
    };
    let rows: Vec<_> = differences
        .iter()
        .map(|(rule, here, there)| {
            let (least, most) = rule.about().usual;
            let unusual = there
                .filter(|number| !(least..=most).contains(number))
                .map(|_| tag("due-soon", &format!("Usual is {}", usual(*rule))));
            view! {
                <tr>
                    <th scope="row">{rule.about().words}</th>
                    <td data-label=from.to_owned()>{words(*rule, *here)}</td>
                    <td data-label=to.to_owned()><div>{words(*rule, *there)} " " {unusual}</div></td>
                </tr>
            }
        })
        .collect();
    let count = i64::try_from(differences.len()).unwrap_or(i64::MAX);
    view! {
        <table class="fe-table">
            <caption>{counted(count, "rule differs", "rules differ")}</caption>
            <thead><tr><th scope="col">"What"</th><th scope="col">{from.to_owned()}</th><th scope="col">{to.to_owned()}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// `/settings/policies/export`.
pub(crate) fn export_policy(visit: &Visit) -> Result<Answer, Problem> {
    let policy = visit.read(|reading| cadence::policy_in_force(reading, None))?;
    let name = format!("policy-version-{}.toml", policy.version());
    let content_type = "text/plain; charset=utf-8";
    Ok(Answer::File { name, content_type, content: policy::to_toml(&policy.numbers()) })
}
