//! The library of questions: what became of each, and another version of it.

use super::{approvers, blank_version, keeps_rules, pasted_text, version_fields};
use crate::answer::Answer;
use crate::components::{
    Caption, Choice, Filled, check_box, check_boxes, date, day, empty, hidden, line, select, table, tag,
};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form_heart, form_page};
use crate::pages::prompts::called_by;
use crate::visit::Visit;
use domain::TextValue;
use domain::calendar::{add_days, counted, day_in_words};
use domain::form::{Form, Problems};
use domain::learning::Shown;
use domain::policy::{NewVersion, RuleKind};
use domain::reflection::{BiasTag, NewPrompt, Prompt, PromptLibrary, Theme, Trigger, blank_prompt};
use leptos::prelude::*;
use records::Problem;
use records::people::PersonSummary;
use records::prompts::{self, PromptChange, PromptEffect, PromptPreview};
use records::settings;

/// After so many days a new question is looked at again, unless somebody says otherwise.
const REVIEW_DAYS: u32 = 365;

/// `/settings/prompts`.
pub(crate) fn library(visit: &Visit) -> Result<Answer, Problem> {
    let ((version, library), effects, versions) = visit.read(|reading| {
        let versions = settings::versions(reading, RuleKind::Prompts)?;
        Ok((prompts::library(reading)?, prompts::effects(reading)?, versions))
    })?;
    let keeps = keeps_rules(visit);
    let buttons = keeps.then(|| {
        view! {
            <div class="govuk-button-group fe-no-print">
                <a class="govuk-button" href="/settings/prompts/new">"Add a question"</a>
                <a class="govuk-button govuk-button--secondary" href="/settings/prompts/import">"Import a file"</a>
            </div>
        }
    });
    let tables: Vec<_> = Theme::ALL
        .iter()
        .map(|theme| {
            let rows: Vec<_> = library
                .prompts
                .iter()
                .filter(|prompt| prompt.theme == *theme)
                .map(|prompt| {
                    let effect = effects.get(&prompt.key).copied().unwrap_or_default();
                    question_row(visit, prompt, &effect, keeps)
                })
                .collect();
            let columns = ["Question", "Put", "Answered", "Put off", "Not relevant", "Plan changed"];
            table(Caption::Shown(theme.words().to_owned()), &columns, rows)
        })
        .collect();
    let versions: Vec<_> = versions
        .iter()
        .map(|(version, from, reason)| {
            view! { <li>{format!("Version {version}, from {}: {reason}", day_in_words(*from))}</li> }
        })
        .collect();
    let content = view! {
        {back_link(Some(("/settings".to_owned(), "Back to rules".to_owned())))}
        <div class="fe-title"><h1 class="govuk-heading-l">"Which questions are put"</h1> {buttons}</div>
        <p class="govuk-body">{format!("Version {version}. At most five in a discussion: up to three because of what has happened, the gravest first, then one about bias and one in the voice of the child or victim. None comes back about the same case within 90 days, unless what calls for it happens again.")}</p>
        <p class="govuk-body">"The figures say what has become of each question that was put in the last three months, in the sessions of the whole organisation. They are counted for questions, never for people; journals are left out, and small figures are not shown."</p>
        {tables}
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Versions"</h2>
            <ul class="govuk-list govuk-list--bullet"><li>"Version 1 ships with the product"</li>{versions}</ul>
            <p class="govuk-body fe-no-print"><a class="govuk-link" href="/settings/prompts/export" download="">"Take all questions as a file"</a></p>
        </section>
    };
    Ok(Sheet::new("Which questions are put", content).answer(visit))
}

fn question_row(visit: &Visit, prompt: &Prompt, effect: &PromptEffect, keeps: bool) -> AnyView {
    let about = format!(": {}", prompt.text);
    let of = |count: i64| Shown::of(count).to_string();
    let put_off = effect.put_off + effect.to_supervision;
    let waiting = effect.raised - effect.answered - put_off - effect.not_relevant;
    let put = Shown::sum_of(&[effect.answered, put_off, effect.not_relevant, waiting]).to_string();
    let change = keeps.then(|| {
        view! { " " <a class="govuk-link fe-no-print" href=format!("/settings/prompts/{}", prompt.key)>"Change" <span class="govuk-visually-hidden">{about}</span></a> }
    });
    let mark = match (prompt.retired, prompt.review_on < visit.today()) {
        (true, _) => Some(tag("not-required", "No longer asked")),
        (false, true) => Some(tag("due-soon", "To be looked at again")),
        (false, false) => None,
    };
    view! {
        <tr>
            <th scope="row">
                <a class="govuk-link" href=format!("/prompts/{}", prompt.key)>{prompt.text.clone()}</a> " " {mark} {change}
                <small>{format!("{}. Version {}", called_by(prompt), prompt.version)}</small>
            </th>
            <td data-label="Put">{put}</td>
            <td data-label="Answered">{of(effect.answered)}</td>
            <td data-label="Put off">{of(put_off)}</td>
            <td data-label="Not relevant">{of(effect.not_relevant)}</td>
            <td data-label="Plan changed">{of(effect.changed_plan)}</td>
        </tr>
    }
    .into_any()
}

/// `/settings/prompts/export`.
pub(crate) fn export_library(visit: &Visit) -> Result<Answer, Problem> {
    let (version, library) = visit.read(prompts::library)?;
    Ok(Answer::File {
        name: format!("questions-version-{version}.toml"),
        content_type: "text/plain; charset=utf-8",
        content: library.to_toml().map_err(Problem::unexpected)?,
    })
}

/// `/settings/prompts/new`.
pub(crate) fn add_prompt(visit: &Visit) -> Result<Answer, Problem> {
    Editing::new(visit, Subject::New)?.answer()
}

/// `/settings/prompts/{key}`.
pub(crate) fn change_prompt(visit: &Visit) -> Result<Answer, Problem> {
    let key = visit.parameters.first().cloned().unwrap_or_default();
    Editing::new(visit, Subject::Known(key))?.answer()
}

/// `/settings/prompts/import`.
pub(crate) fn import_library(visit: &Visit) -> Result<Answer, Problem> {
    Editing::new(visit, Subject::File)?.answer()
}

/// What is edited.
enum Subject {
    New,
    Known(String),
    File,
}

/// A change of the library on its way: typed, looked at, saved.
struct Editing<'a> {
    visit: &'a Visit,
    subject: Subject,
    version: i32,
    library: PromptLibrary,
    approvers: Vec<PersonSummary>,
}

impl<'a> Editing<'a> {
    fn new(visit: &'a Visit, subject: Subject) -> Result<Self, Problem> {
        let (version, library) = visit.read(prompts::library)?;
        if let Subject::Known(key) = &subject
            && library.find(key).is_none()
        {
            return Err(Problem::NotFound);
        }
        Ok(Self { visit, subject, version, library, approvers: approvers(visit)? })
    }

    fn answer(&self) -> Result<Answer, Problem> {
        let visit = self.visit;
        let entered = self.read(&visit.form);
        let is_looked_at =
            visit.form.text("do") == "save" && visit.form.text("looked_at") == sign(&visit.form);
        if visit.is_post()
            && !is_looked_at
            && let Ok((change, _)) = &entered
        {
            let filled = Filled::new(visit.form.clone());
            return match visit.read(|reading| prompts::preview(reading, change)) {
                Ok(preview) => Ok(self.show(&filled, Some(&preview)).into_sheet(&filled).answer(visit)),
                // What only the library can find wrong is shown as any other mistake.
                Err(Problem::Invalid(problems)) => self.page(Err(problems)),
                Err(other) => Err(other),
            };
        }
        self.page(entered)
    }

    fn page(&self, entered: Result<(PromptChange, NewVersion), Problems>) -> Result<Answer, Problem> {
        let visit = self.visit;
        form_page(
            visit,
            || Ok(self.blank()),
            |filled| Ok(self.show(filled, None)),
            || {
                let (change, version) = entered?;
                let seen = visit.version();
                visit.save(move |writing| {
                    prompts::change(writing, seen, &change, &version)?;
                    Ok("/settings/prompts?notice=template-saved".to_owned())
                })
            },
        )
    }

    fn blank(&self) -> Form {
        let review_on = add_days(self.visit.today(), REVIEW_DAYS);
        let mut blank = match &self.subject {
            Subject::New => blank_prompt(&self.library, None, review_on),
            Subject::Known(key) => blank_prompt(&self.library, Some(key), review_on),
            Subject::File => Form::default(),
        };
        blank.set("version", self.version.to_string());
        for (name, value) in blank_version(self.visit).fields() {
            blank.set(name, value.clone());
        }
        blank
    }

    fn read(&self, form: &Form) -> Result<(PromptChange, NewVersion), Problems> {
        let today = self.visit.today();
        let change = match &self.subject {
            Subject::New => NewPrompt::parse(form, None, today).map(PromptChange::Add),
            Subject::Known(key) => NewPrompt::parse(form, Some(key), today).map(PromptChange::Change),
            Subject::File if form.text("file").trim().is_empty() => {
                Err(Problems::one("file", "Paste the text of a file of questions"))
            }
            Subject::File => Ok(PromptChange::File(form.text("file").to_owned())),
        };
        Problems::of_both(change, NewVersion::parse(form, today))
    }

    fn show(&self, filled: &Filled, preview: Option<&PromptPreview>) -> FormSheet {
        let title = match &self.subject {
            Subject::New => "Add a question",
            Subject::Known(_) => "Change a question",
            Subject::File => "Import questions",
        };
        let fields = match &self.subject {
            Subject::File => pasted_text(
                filled,
                "file",
                "Text of the file",
                "Take all questions as a file, change it, and paste it here. A question that is missing in it is no longer asked",
                16,
            ),
            subject => prompt_fields(filled, matches!(subject, Subject::New)),
        };
        let save = preview.is_some().then(|| {
            view! {
                {hidden("looked_at", sign(&filled.form))}
                <button class="govuk-button" name="do" value="save">"Save as a new version"</button>
            }
        });
        let class = if save.is_some() { "govuk-button govuk-button--secondary" } else { "govuk-button" };
        let form = view! {
            <form id="form" method="post" action=self.visit.here() novalidate>
                {form_heart(self.visit, filled)}
                {preview.map(preview_section)}
                {fields}
                {version_fields(self.visit, filled, &self.approvers)}
                <div class="fe-sticky-actions">
                    {save}
                    <button class=class name="do" value="preview">"Show where it would appear"</button>
                </div>
            </form>
        };
        FormSheet::new(title, form.into_any())
            .back_to("/settings/prompts", "Back to which questions are put")
            .dates(&["effective_from", "review_on"])
    }
}

/// What was shown, so that it can be told from what is saved.
fn sign(form: &Form) -> String {
    let signed = form.fields().iter().filter(|(name, _)| SIGNED.iter().any(|field| is_of(name, field)));
    let text: Vec<String> = signed.map(|(name, value)| format!("{name}={value}")).collect();
    records::secrets::hash_of_lines(&text)
}

/// The fields that a preview depends on.
const SIGNED: [&str; 11] =
    ["key", "text", "why", "source", "theme", "trigger", "tag", "place", "retired", "review_on", "file"];

fn is_of(name: &str, field: &str) -> bool {
    name == field || name.strip_prefix(field).is_some_and(|rest| rest.starts_with('.'))
}

fn prompt_fields(filled: &Filled, is_new: bool) -> AnyView {
    let key = is_new.then(|| {
        line(
            filled,
            "key",
            "Short name",
            "Small letters and hyphens, like worst-of-normal-evening. It never changes",
            "20",
        )
    });
    let mut themes = vec![Choice::new("", "Choose what it is about")];
    themes.extend(Choice::all::<Theme>());
    view! {
        {key}
        {line(filled, "text", "Question", "", "")}
        {line(filled, "why", "Why it is asked", "Who is asked can read it", "")}
        {line(filled, "source", "Source", "The briefing or framework that it comes from", "")}
        {select(filled, "theme", "What it is about", "", themes)}
        {check_boxes(filled, "trigger", "What calls for it", "", Choice::all::<Trigger>(), true)}
        {check_boxes(filled, "tag", "Kinds of bias that it meets", "If it does", Choice::all::<BiasTag>(), true)}
        {line(filled, "place", "Place", "1 is the first. Of two that fit alike, the earlier is put", "3")}
        {date(filled, "review_on", "Review date", "By when somebody looks at it again")}
        {check_box(filled, "retired", "No longer asked")}
    }
    .into_any()
}

fn preview_section(preview: &PromptPreview) -> AnyView {
    let discussions =
        counted(i64::try_from(preview.discussions).unwrap_or(i64::MAX), "discussion", "discussions");
    let rows: Vec<_> = preview
        .appearances
        .iter()
        .map(|appearance| {
            let cases: Vec<_> = appearance
                .cases
                .iter()
                .map(|(id, reference)| {
                    view! { <a class="govuk-link" href=format!("/cases/{id}")>{reference.clone()}</a> " " }
                })
                .collect();
            view! {
                <tr>
                    <th scope="row">{appearance.text.clone()}</th>
                    <td data-label="Comes up now">{appearance.now}</td>
                    <td data-label="Would come up">{appearance.then}</td>
                    <td data-label="Cases"><div>{cases}</div></td>
                </tr>
            }
        })
        .collect();
    let table = if rows.is_empty() {
        empty("No question would come up more or less often", "Other months may differ.")
    } else {
        let columns = ["Question", "Comes up now", "Would come up", "Cases"];
        table(Caption::Unseen("Where it would have appeared"), &columns, rows)
    };
    view! {
        <section class="fe-section fe-preview" id="preview" tabindex="-1">
            <h2 class="govuk-heading-m">"Where it would have appeared this month"</h2>
            <p class="govuk-body">"Looked at: " {discussions} " of the whole organisation since " {day(preview.since)} ". Cases are named where you may open them."</p>
            {table}
        </section>
    }
    .into_any()
}
