//! How often things are due: the versions, what a change would touch, and files.

use super::{approvers, blank_version, keeps_rules, pasted_text, version_fields};
use crate::answer::Answer;
use crate::components::{
    Caption, Choice, Filled, day, empty, fact, facts, hidden, line, select, table, tag, when,
};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form_heart, form_page};
use crate::visit::Visit;
use domain::calendar::{counted, day_in_words};
use domain::form::{Form, Problems};
use domain::ids::TeamId;
use domain::policy::{self, NewVersion, Numbers, Part, Policy, Rule};
use leptos::prelude::*;
use records::Problem;
use records::cadence::{self, PolicyChange, PolicyPreview, PolicyVersion, Touched};
use records::people::PersonSummary;
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

fn team_of(visit: &Visit) -> Option<TeamId> {
    visit.query.text("team").parse().ok()
}

fn team_name(teams: &[Team], team: Option<&TeamId>) -> String {
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

fn usual(rule: Rule) -> String {
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

fn difference_table(differences: &[(Rule, Option<u32>, Option<u32>)], from: &str, to: &str) -> AnyView {
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

/// `/settings/policies/new`: the numbers, then what they would change, then saved.
pub(crate) fn change_policy(visit: &Visit) -> Result<Answer, Problem> {
    let team = team_of(visit);
    let (policy, teams) = visit
        .read(|reading| Ok((cadence::policy_in_force(reading, team.as_ref())?, teams::list(reading)?)))?;
    let title = format!("Change the rules of {}", team_name(&teams, team.as_ref()));
    let change = Change { visit, title, policy, team, approvers: approvers(visit)?, source: Source::Boxes };
    change.answer()
}

/// `/settings/policies/import`: the text of a file, then what it would change, then saved.
pub(crate) fn import_policy(visit: &Visit) -> Result<Answer, Problem> {
    let policy = visit.read(|reading| cadence::policy_in_force(reading, None))?;
    let title = "Import a policy".to_owned();
    let change =
        Change { visit, title, policy, team: None, approvers: approvers(visit)?, source: Source::File };
    change.answer()
}

/// Where the numbers of a change come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Boxes,
    File,
}

/// A change of the policy on its way: entered, looked at, saved.
struct Change<'a> {
    visit: &'a Visit,
    title: String,
    policy: Policy,
    team: Option<TeamId>,
    approvers: Vec<PersonSummary>,
    source: Source,
}

impl Change<'_> {
    fn answer(&self) -> Result<Answer, Problem> {
        let visit = self.visit;
        let entered = self.read(&visit.form);
        if visit.is_post()
            && let Ok((numbers, version)) = &entered
            && !self.was_looked_at(numbers, version)
        {
            let filled = Filled::new(visit.form.clone());
            return Ok(self.show(&filled, Some((numbers, version)))?.into_sheet(&filled).answer(visit));
        }
        form_page(visit, || Ok(self.blank()), |filled| self.show(filled, None), || self.save(entered))
    }

    fn blank(&self) -> Form {
        let mut blank = blank_version(self.visit);
        if self.source == Source::Boxes {
            for (rule, number) in self.policy.numbers() {
                blank.set(rule.about().key, number.to_string());
            }
        }
        blank
    }

    fn read(&self, form: &Form) -> Result<(Numbers, NewVersion), Problems> {
        let numbers = match self.source {
            Source::Boxes => policy::read_form(form),
            Source::File => read_file(form),
        };
        match (numbers, NewVersion::parse(form, self.visit.today())) {
            (Ok(numbers), Ok(version)) => Ok((numbers, version)),
            (numbers, version) => {
                let mut problems = numbers.err().unwrap_or_default();
                problems.0.extend(version.err().into_iter().flat_map(|more| more.0));
                Err(problems)
            }
        }
    }

    /// Nothing is saved that was not shown: whoever changes a number after the preview sees another preview.
    fn was_looked_at(&self, numbers: &Numbers, version: &NewVersion) -> bool {
        self.visit.form.text("do") == "save" && self.visit.form.text("looked_at") == sign(numbers, version)
    }

    fn save(&self, entered: Result<(Numbers, NewVersion), Problems>) -> Result<String, Problem> {
        let (numbers, version) = entered?;
        let change = PolicyChange { team: self.team.clone(), numbers };
        self.visit.save(move |writing| {
            cadence::change_policy(writing, &change, &version)?;
            Ok("/settings/policies?notice=policy-saved".to_owned())
        })
    }

    fn show(
        &self,
        filled: &Filled,
        looked_at: Option<(&Numbers, &NewVersion)>,
    ) -> Result<FormSheet, Problem> {
        let preview = looked_at.map(|(numbers, version)| self.preview(numbers, version)).transpose()?;
        let numbers = match self.source {
            Source::Boxes => number_fields(filled),
            Source::File => file_field(filled),
        };
        let save = preview.is_some().then(
            || view! { <button class="govuk-button" name="do" value="save">"Save as a new version"</button> },
        );
        let class = if save.is_some() { "govuk-button govuk-button--secondary" } else { "govuk-button" };
        let form = view! {
            <form id="form" method="post" novalidate>
                {form_heart(self.visit, filled)}
                {preview}
                {numbers}
                {version_fields(self.visit, filled, &self.approvers)}
                <div class="fe-sticky-actions">
                    {save}
                    <button class=class name="do" value="preview">"Show what would change"</button>
                </div>
            </form>
        };
        Ok(FormSheet::new(self.title.clone(), form.into_any())
            .back_to("/settings/policies", "Back to how often things are due")
            .dates(&["effective_from"]))
    }

    fn preview(&self, numbers: &Numbers, version: &NewVersion) -> Result<AnyView, Problem> {
        let change = PolicyChange { team: self.team.clone(), numbers: numbers.clone() };
        let preview =
            self.visit.read(|reading| cadence::preview(reading, &change, version.effective_from))?;
        let whole = Policy::new(change.numbers, 0).map_err(Problem::unexpected)?;
        let differences = self.policy.differences(&whole);
        let differences: Vec<_> =
            differences.into_iter().map(|(rule, here, there)| (rule, Some(here), Some(there))).collect();
        Ok(view! {
            {hidden("looked_at", sign(numbers, version))}
            {preview_section(&preview, &differences, version)}
        }
        .into_any())
    }
}

/// What was shown, so that it can be told from what is saved.
fn sign(numbers: &Numbers, version: &NewVersion) -> String {
    let numbers = numbers.values().map(ToString::to_string).collect::<Vec<_>>().join(",");
    format!("{}:{numbers}", version.effective_from)
}

fn number_fields(filled: &Filled) -> AnyView {
    let parts: Vec<_> = Part::ALL
        .iter()
        .map(|part| {
            let fields: Vec<_> = Rule::ALL
                .iter()
                .filter(|rule| rule.about().part == *part)
                .map(|rule| {
                    let about = rule.about();
                    let hint = format!("In {}. Usual: {}", about.unit.words(), usual(*rule));
                    line(filled, about.key, about.words, &hint, "3")
                })
                .collect();
            view! {
                <details class="govuk-details" open=filled.problems.0.iter().any(|problem| is_of(*part, &problem.field)) || *part == Part::Case>
                    <summary class="govuk-details__summary"><span class="govuk-details__summary-text">{part.words()}</span></summary>
                    <div class="govuk-details__text">{fields}</div>
                </details>
            }
        })
        .collect();
    view! { {parts} }.into_any()
}

fn is_of(part: Part, field: &str) -> bool {
    Rule::from_key(field).is_some_and(|rule| rule.about().part == part)
}

fn file_field(filled: &Filled) -> AnyView {
    pasted_text(
        filled,
        "file",
        "Text of the file",
        "Open the exported file, copy all of it, and paste it here",
        12,
    )
}

fn read_file(form: &Form) -> Result<Numbers, Problems> {
    let text = form.text("file");
    if text.trim().is_empty() {
        return Err(Problems::one("file", "Paste the text of a policy file"));
    }
    let policy = Policy::parse(text, 0).map_err(|error| Problems::one("file", error.to_string()))?;
    Ok(policy.numbers())
}

fn preview_section(
    preview: &PolicyPreview,
    differences: &[(Rule, Option<u32>, Option<u32>)],
    version: &NewVersion,
) -> AnyView {
    let count =
        |count: usize, one: &str, many: &str| counted(i64::try_from(count).unwrap_or(i64::MAX), one, many);
    let lines = vec![
        format!(
            "{} would become overdue and {} due soon.",
            count(preview.cases_overdue, "case", "cases"),
            count(preview.cases_amber, "case", "cases")
        ),
        format!(
            "{} would become overdue and {} due soon.",
            count(preview.people_overdue, "person", "people"),
            count(preview.people_amber, "person", "people")
        ),
        format!(
            "{} and {} would no longer be overdue or due soon.",
            count(preview.cases_relieved, "case", "cases"),
            count(preview.people_relieved, "person", "people")
        ),
    ];
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    view! {
        <section class="fe-section fe-preview" id="preview" tabindex="-1">
            <h2 class="govuk-heading-m">{format!("What would change on {}", day_in_words(version.effective_from))}</h2>
            <ul class="govuk-list govuk-list--bullet">{lines}</ul>
            {difference_table(differences, "Now", "Then")}
            {touched(&preview.cases, "Cases that would turn")}
            {touched(&preview.people, "People who would turn")}
        </section>
    }
    .into_any()
}

/// Rows of a preview; the rest is counted above it.
const SHOWN: usize = 50;

fn touched(touched: &[Touched], caption: &'static str) -> Option<AnyView> {
    if touched.is_empty() {
        return None;
    }
    let rows: Vec<_> = touched
        .iter()
        .take(SHOWN)
        .map(|touched| {
            view! {
                <tr>
                    <th scope="row"><a class="govuk-link" href=touched.address.clone()>{touched.name.clone()}</a></th>
                    <td data-label="Now">{touched.before.words()}</td>
                    <td data-label="Then"><div>{tag(touched.after.code(), touched.after.words())} <small>"Due " {day(touched.due_on)}</small></div></td>
                </tr>
            }
        })
        .collect();
    Some(table(Caption::Shown(caption.to_owned()), &["Who or what", "Now", "Then"], rows))
}
