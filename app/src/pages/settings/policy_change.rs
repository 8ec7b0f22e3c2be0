//! Changing how often things are due: entered or imported, looked at with everything that it touches, and only then saved.

use super::policies::{difference_table, team_name, team_of, usual};
use super::{approvers, blank_version, pasted_text, version_fields};
use crate::answer::Answer;
use crate::components::{Caption, Filled, day, hidden, line, table, tag};
use crate::pages::form_page::{FormSheet, form_heart, form_page};
use crate::visit::Visit;
use domain::calendar::{counted, day_in_words};
use domain::form::{Form, Problems};
use domain::ids::TeamId;
use domain::policy::{self, NewVersion, Numbers, Part, Policy, Rule};
use leptos::prelude::*;
use records::Problem;
use records::cadence::{self, PolicyChange, PolicyPreview, Touched};
use records::people::PersonSummary;
use records::teams;

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
        Problems::of_both(numbers, NewVersion::parse(form, self.visit.today()))
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
            <form id="form" method="post" action=self.visit.here() novalidate>
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
            count(preview.cases.overdue, "case", "cases"),
            count(preview.cases.amber, "case", "cases")
        ),
        format!(
            "{} would become overdue and {} due soon.",
            count(preview.people.overdue, "person", "people"),
            count(preview.people.amber, "person", "people")
        ),
        format!(
            "{} and {} would no longer be overdue or due soon.",
            count(preview.cases.relieved, "case", "cases"),
            count(preview.people.relieved, "person", "people")
        ),
    ];
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    view! {
        <section class="fe-section fe-preview" id="preview" tabindex="-1">
            <h2 class="govuk-heading-m">{format!("What would change on {}", day_in_words(version.effective_from))}</h2>
            <ul class="govuk-list govuk-list--bullet">{lines}</ul>
            {difference_table(differences, "Now", "Then")}
            {touched(&preview.cases.touched, "Cases that would turn")}
            {touched(&preview.people.touched, "People who would turn")}
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
