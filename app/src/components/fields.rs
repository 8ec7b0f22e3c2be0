//! The fields of forms. An id is the same as the name, so that a summary of errors can lead to it.

use super::filled::Filled;
use super::text_area::text_area;
use crate::islands::{CharacterCount, lens_groups, lens_list};
use chrono::NaiveDate;
use domain::TextValue;
use domain::form::{Form, NARRATIVE_LIMIT, WHOLE_TEXT_LIMIT};
use leptos::prelude::*;

/// What can be chosen: the value that is posted and the words.
#[derive(Clone)]
pub(crate) struct Choice {
    value: String,
    words: String,
    hint: Option<String>,
}

impl Choice {
    /// A choice.
    pub(crate) fn new(value: impl ToString, words: impl ToString) -> Self {
        Self { value: value.to_string(), words: words.to_string(), hint: None }
    }

    /// The same with a line that explains it.
    pub(crate) fn hint(mut self, hint: impl ToString) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// Whether this is what is posted.
    pub(crate) fn has_value(&self, value: &str) -> bool {
        self.value == value
    }

    /// The same choice once more.
    pub(crate) fn again(&self) -> Self {
        Self { value: self.value.clone(), words: self.words.clone(), hint: self.hint.clone() }
    }

    /// Every value of a closed list.
    pub(crate) fn all<T: TextValue>() -> Vec<Self> {
        T::ALL.iter().map(|value| Self::new(value.code(), value.words())).collect()
    }
}

fn group_class(is_wrong: bool) -> &'static str {
    if is_wrong { "govuk-form-group govuk-form-group--error" } else { "govuk-form-group" }
}

fn error_message(name: &str, words: Option<String>) -> Option<AnyView> {
    words.map(|words| {
        view! {
            <p id=format!("{name}-error") class="govuk-error-message">
                <span class="govuk-visually-hidden">"Error: "</span>
                {words}
            </p>
        }
        .into_any()
    })
}

fn hint_line(name: &str, words: &str) -> Option<AnyView> {
    (!words.is_empty()).then(|| {
        view! { <div id=format!("{name}-hint") class="govuk-hint">{words.to_owned()}</div> }.into_any()
    })
}

fn described_by(name: &str, hint: &str, is_wrong: bool) -> Option<String> {
    let mut ids = Vec::new();
    if !hint.is_empty() {
        ids.push(format!("{name}-hint"));
    }
    if is_wrong {
        ids.push(format!("{name}-error"));
    }
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// A value that people do not see.
pub(crate) fn hidden(name: &str, value: impl ToString) -> AnyView {
    view! { <input type="hidden" name=name.to_owned() value=value.to_string()/> }.into_any()
}

/// A single line. `width` is GOV.UK's: 2, 3, 4, 5, 10, 20, or nothing for the full width.
pub(crate) fn line(filled: &Filled, name: &str, label: &str, hint: &str, width: &str) -> AnyView {
    input(filled, name, label, hint, width, ("text", None))
}

/// A password or an address, with what a password manager needs to know.
pub(crate) fn password(
    filled: &Filled,
    name: &str,
    label: &str,
    hint: &str,
    kind: &'static str,
    autocomplete: &'static str,
) -> AnyView {
    input(filled, name, label, hint, "20", (kind, Some(autocomplete)))
}

fn input(
    filled: &Filled,
    name: &str,
    label: &str,
    hint: &str,
    width: &str,
    (kind, autocomplete): (&'static str, Option<&'static str>),
) -> AnyView {
    let problem = filled.problem(name);
    let is_wrong = problem.is_some();
    let mut class = "govuk-input".to_owned();
    if !width.is_empty() {
        class.push_str(" govuk-input--width-");
        class.push_str(width);
    }
    if is_wrong {
        class.push_str(" govuk-input--error");
    }
    // A password is never sent back to the page.
    let value = if kind == "password" { String::new() } else { filled.text(name) };
    let is_number = ["2", "3", "4", "5"].contains(&width);
    view! {
        <div class=group_class(is_wrong)>
            <label class="govuk-label" for=name.to_owned()>{label.to_owned()}</label>
            {hint_line(name, hint)}
            {error_message(name, problem)}
            <input
                class=class
                id=name.to_owned()
                name=name.to_owned()
                type=kind
                value=value
                autocomplete=autocomplete
                inputmode=is_number.then_some("numeric")
                spellcheck=(kind != "text").then_some("false")
                aria-describedby=described_by(name, hint, is_wrong)
                aria-invalid=is_wrong.then_some("true")
                autofocus=filled.has_cursor(name)
            />
        </div>
    }
    .into_any()
}

/// A text box for a narrative, with a count of what still fits.
pub(crate) fn text_box(filled: &Filled, name: &str, label: &str, hint: &str, rows: u32) -> AnyView {
    labelled_box(filled, (name, label, hint), rows, NARRATIVE_LIMIT)
}

/// The same for a text that is made of several narratives.
pub(crate) fn whole_text_box(filled: &Filled, name: &str, label: &str, hint: &str, rows: u32) -> AnyView {
    labelled_box(filled, (name, label, hint), rows, WHOLE_TEXT_LIMIT)
}

fn labelled_box(
    filled: &Filled,
    (name, label, hint): (&str, &str, &str),
    rows: u32,
    limit: usize,
) -> AnyView {
    let problem = filled.problem(name);
    let is_wrong = problem.is_some();
    view! {
        <div class=group_class(is_wrong)>
            <label class="govuk-label" for=name.to_owned()>{label.to_owned()}</label>
            {hint_line(name, hint)}
            {error_message(name, problem)}
            {limited_box(filled, (name, label), rows, described_by(name, hint, is_wrong), limit)}
        </div>
    }
    .into_any()
}

/// The box of [`text_box`] alone, for where the label stands elsewhere.
pub(crate) fn text_box_in(
    filled: &Filled,
    (name, label): (&str, &str),
    rows: u32,
    described_by: Option<String>,
) -> AnyView {
    limited_box(filled, (name, label), rows, described_by, NARRATIVE_LIMIT)
}

fn limited_box(
    filled: &Filled,
    (name, label): (&str, &str),
    rows: u32,
    described_by: Option<String>,
    limit: usize,
) -> AnyView {
    let is_wrong = filled.problem(name).is_some();
    filled.note_text_box(name, label);
    view! {
        <div class="fe-lens-box">
            {text_area((name, name), filled.form.text(name), rows, described_by, (is_wrong, filled.has_cursor(name)))}
        </div>
        <p class="govuk-hint govuk-character-count__message" role="status" data-counted=name.to_owned() data-limit=limit.to_string()></p>
        <CharacterCount/>
        {checked(filled, name)}
    }
    .into_any()
}

/// What the language lens finds in a text box, if "Check wording" was pressed.
fn checked(filled: &Filled, name: &str) -> Option<AnyView> {
    let lens = filled.lens.as_ref()?.check.as_ref()?;
    let text = filled.form.text(name);
    let groups = lens_groups(lens, text, &lens.find(text), &[]);
    Some(view! { <div id=format!("{name}-checked")>{lens_list(&groups)}</div> }.into_any())
}

/// A file to choose, of these kinds. Its form must be posted in parts, and its route takes a file.
pub(crate) fn file_field(
    filled: &Filled,
    name: &str,
    label: &str,
    hint: &str,
    accept: &'static str,
) -> AnyView {
    let problem = filled.problem(name);
    let is_wrong = problem.is_some();
    let class = if is_wrong { "govuk-file-upload govuk-file-upload--error" } else { "govuk-file-upload" };
    view! {
        <div class=group_class(is_wrong)>
            <label class="govuk-label" for=name.to_owned()>{label.to_owned()}</label>
            {hint_line(name, hint)}
            {error_message(name, problem)}
            <input class=class id=name.to_owned() name=name.to_owned() type="file" accept=accept aria-describedby=described_by(name, hint, is_wrong) aria-invalid=is_wrong.then_some("true")/>
        </div>
    }
    .into_any()
}

/// A box for rows of a spreadsheet: longer than any narrative, and kept by no draft.
pub(crate) fn pasted_rows(filled: &Filled, name: &str, label: &str, hint: &str) -> AnyView {
    view! {
        <div class=group_class(false)>
            <label class="govuk-label" for=name.to_owned()>{label.to_owned()}</label>
            {hint_line(name, hint)}
            {text_area((name, name), filled.form.text(name), 5, described_by(name, hint, false), (false, false))}
        </div>
    }
    .into_any()
}

/// A date in three boxes, with a `legend`.
pub(crate) fn date(filled: &Filled, name: &str, legend: &str, hint: &str) -> AnyView {
    let problem = filled.problem(name);
    let is_wrong = problem.is_some();
    let part = |part: &'static str, label: &'static str, width: &'static str| {
        let id = format!("{name}.{part}");
        let class = format!(
            "govuk-input govuk-date-input__input govuk-input--width-{width}{}",
            if is_wrong { " govuk-input--error" } else { "" }
        );
        view! {
            <div class="govuk-date-input__item">
                <div class="govuk-form-group">
                    <label class="govuk-label govuk-date-input__label" for=id.clone()>{label}</label>
                    <input class=class id=id.clone() name=id.clone() type="text" inputmode="numeric" value=filled.text(&id)/>
                </div>
            </div>
        }
    };
    view! {
        <div class=group_class(is_wrong)>
            <fieldset class="govuk-fieldset" role="group" aria-describedby=described_by(name, hint, is_wrong)>
                <legend class="govuk-fieldset__legend">{legend.to_owned()}</legend>
                {hint_line(name, hint)}
                {error_message(name, problem)}
                <div class="govuk-date-input" id=name.to_owned()>
                    {part("day", "Day", "2")} {part("month", "Month", "2")} {part("year", "Year", "4")}
                </div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// One choice of few. The first radio bears the field's id, so that a summary of errors leads to it.
pub(crate) fn radios(
    filled: &Filled,
    name: &str,
    legend: &str,
    hint: &str,
    options: Vec<Choice>,
    is_inline: bool,
) -> AnyView {
    choices(filled, name, legend, hint, options, if is_inline { Shape::InlineRadios } else { Shape::Radios })
}

/// Any number of choices.
pub(crate) fn check_boxes(
    filled: &Filled,
    name: &str,
    legend: &str,
    hint: &str,
    options: Vec<Choice>,
    is_inline: bool,
) -> AnyView {
    let shape = if is_inline { Shape::InlineCheckBoxes } else { Shape::CheckBoxes };
    choices(filled, name, legend, hint, options, shape)
}

/// Fields that belong together, under their own words.
pub(crate) fn group(legend: &str, fields: impl IntoView + 'static) -> AnyView {
    view! {
        <fieldset class="govuk-fieldset">
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{legend.to_owned()}</legend>
            {fields.into_any()}
        </fieldset>
    }
    .into_any()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Radios,
    InlineRadios,
    CheckBoxes,
    InlineCheckBoxes,
}

fn choices(
    filled: &Filled,
    name: &str,
    legend: &str,
    hint: &str,
    options: Vec<Choice>,
    shape: Shape,
) -> AnyView {
    let problem = filled.problem(name);
    let is_wrong = problem.is_some();
    let chosen: Vec<String> = filled.form.all(name).map(str::to_owned).collect();
    let (group, kind, part) = match shape {
        Shape::Radios => ("govuk-radios govuk-radios--small", "radio", "radios"),
        Shape::InlineRadios => ("govuk-radios govuk-radios--small govuk-radios--inline", "radio", "radios"),
        Shape::CheckBoxes => ("govuk-checkboxes govuk-checkboxes--small", "checkbox", "checkboxes"),
        Shape::InlineCheckBoxes => {
            ("govuk-checkboxes govuk-checkboxes--small fe-checkboxes--inline", "checkbox", "checkboxes")
        }
    };
    let items: Vec<_> = options
        .into_iter()
        .enumerate()
        .map(|(number, option)| {
            let id = if number == 0 { name.to_owned() } else { format!("{name}-{}", number + 1) };
            let hint = option.hint.map(|hint| {
                view! { <div class=format!("govuk-hint govuk-{part}__hint") id=format!("{id}-item-hint")>{hint}</div> }
            });
            let described_by = hint.is_some().then(|| format!("{id}-item-hint"));
            view! {
                <div class=format!("govuk-{part}__item")>
                    <input
                        class=format!("govuk-{part}__input")
                        id=id.clone()
                        name=name.to_owned()
                        type=kind
                        value=option.value.clone()
                        checked=chosen.contains(&option.value)
                        aria-describedby=described_by
                    />
                    <label class=format!("govuk-label govuk-{part}__label") for=id.clone()>{option.words}</label>
                    {hint}
                </div>
            }
        })
        .collect();
    view! {
        <div class=group_class(is_wrong)>
            <fieldset class="govuk-fieldset" aria-describedby=described_by(name, hint, is_wrong)>
                <legend class="govuk-fieldset__legend">{legend.to_owned()}</legend>
                {hint_line(name, hint)}
                {error_message(name, problem)}
                <div class=group>{items}</div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// A single box to tick, which posts "yes".
pub(crate) fn check_box(filled: &Filled, name: &str, label: &str) -> AnyView {
    let problem = filled.problem(name);
    let is_wrong = problem.is_some();
    view! {
        <div class=group_class(is_wrong)>
            {error_message(name, problem)}
            <div class="govuk-checkboxes govuk-checkboxes--small">
                <div class="govuk-checkboxes__item">
                    <input class="govuk-checkboxes__input" id=name.to_owned() name=name.to_owned() type="checkbox" value="yes" checked=filled.form.text(name) == "yes"/>
                    <label class="govuk-label govuk-checkboxes__label" for=name.to_owned()>{label.to_owned()}</label>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// One choice of many.
pub(crate) fn select(filled: &Filled, name: &str, label: &str, hint: &str, options: Vec<Choice>) -> AnyView {
    let problem = filled.problem(name);
    let is_wrong = problem.is_some();
    let chosen = filled.text(name);
    let class = if is_wrong { "govuk-select govuk-select--error" } else { "govuk-select" };
    let options: Vec<_> = options
        .into_iter()
        .map(|option| view! { <option value=option.value.clone() selected=option.value == chosen>{option.words}</option> })
        .collect();
    view! {
        <div class=group_class(is_wrong)>
            <label class="govuk-label" for=name.to_owned()>{label.to_owned()}</label>
            {hint_line(name, hint)}
            {error_message(name, problem)}
            <select class=class id=name.to_owned() name=name.to_owned() aria-describedby=described_by(name, hint, is_wrong) aria-invalid=is_wrong.then_some("true") autofocus=filled.has_cursor(name)>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// Today in the three boxes of a date, if nothing stands there yet.
pub(crate) fn today_in(form: &mut Form, name: &str, today: NaiveDate) {
    if !form.has(&format!("{name}.day")) {
        form.set_date(name, today);
    }
}
