//! The fields of a piece: the boxes of its model, the standards that it speaks to, and how its author is.

use crate::answer::Answer;
use crate::components::{Choice, Filled, check_boxes, group, hidden, line, radios, readers, text_box};
use crate::pages::form_page::{FormSheet, shown_again};
use crate::visit::Visit;
use domain::access::Readers;
use domain::reflection::{
    FEELINGS, Model, ModelsInUse, SHOWN_MODEL, change_model, frameworks, shown_model, standard_field,
    step_field,
};
use leptos::prelude::*;

/// What a form does whose questions are to be those of the case that was chosen.
pub(super) const ASK: &str = "ask";

/// The title, the boxes and what may be said besides.
pub(super) fn piece_fields(filled: &Filled) -> AnyView {
    let shown = shown_model(&filled.form);
    view! {
        {line(filled, "title", "Title", "A few words to find it by", "")}
        {shown.map(in_words)}
        {readers(Readers::PrivateReflection)}
        {hidden(SHOWN_MODEL, shown.map_or("", |model| model.key.as_str()))}
        {shown.map(|model| boxes(filled, model))}
        {check_in(filled)}
        {standards(filled)}
    }
    .into_any()
}

fn in_words(model: &Model) -> AnyView {
    let source = (!model.source.is_empty()).then(|| format!(" ({})", model.source));
    view! {
        <p class="govuk-body">
            <strong>{model.title.clone()}</strong> {source} ". "
            <a class="govuk-link" href="#model">"Reflect in another way"</a>
        </p>
    }
    .into_any()
}

fn boxes(filled: &Filled, model: &Model) -> AnyView {
    if model.steps.is_empty() {
        return text_box(
            filled,
            "body",
            "Your reflection",
            "What happened, what it means, and what now?",
            10,
        );
    }
    let steps: Vec<_> = model
        .steps
        .iter()
        .map(|step| {
            let text = text_box(filled, &step_field(&step.key), &step.title, &step.hint, 4);
            if model.square { view! { <div>{text}</div> }.into_any() } else { text }
        })
        .collect();
    let steps = if model.square {
        view! { <div class="fe-square">{steps}</div> }.into_any()
    } else {
        steps.into_any()
    };
    view! {
        {steps}
        {text_box(filled, "body", "Anything else", "One box is enough: the others can wait, or stay empty", 3)}
    }
    .into_any()
}

fn check_in(filled: &Filled) -> AnyView {
    let feelings = FEELINGS.iter().map(|(value, words)| Choice::new(value, words)).collect();
    let fields = view! {
        {radios(filled, "feeling", "How are you, with this?", "If you want to say. You can put it on an agenda later", feelings, true)}
        {readers(Readers::PrivateReflection)}
        {text_box(filled, "feeling_words", "The same in words", "", 2)}
    };
    let is_open = !filled.form.text("feeling").is_empty()
        || !filled.form.text("feeling_words").is_empty()
        || ["feeling", "feeling_words"].iter().any(|field| filled.problems.of(field).is_some());
    folded("How you are", is_open, group("How you are", fields))
}

fn standards(filled: &Filled) -> AnyView {
    let lists: Vec<_> = frameworks()
        .iter()
        .map(|framework| {
            let choices = framework.standards.iter().map(|one| Choice::new(&one.key, &one.title)).collect();
            check_boxes(filled, &standard_field(framework), &framework.title, "", choices, false)
        })
        .collect();
    let is_open = frameworks().iter().any(|framework| filled.form.has(&standard_field(framework)));
    folded("Standards that this speaks to", is_open, lists.into_any())
}

fn folded(words: &'static str, is_open: bool, content: AnyView) -> AnyView {
    view! {
        <details class="govuk-details fe-more" open=is_open>
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">{words}</span></summary>
            <div class="govuk-details__text">{content}</div>
        </details>
    }
    .into_any()
}

/// The form with the other ways to reflect below it: there, so that whoever presses the enter key in the form saves it. The
/// choice and its button belong to the form all the same, and everything that was typed goes along.
pub(super) fn with_models(filled: &Filled, used: &ModelsInUse, form: AnyView) -> AnyView {
    let chosen = filled.text("model");
    let shown = filled.text(SHOWN_MODEL);
    let options: Vec<_> = used
        .offered(&shown)
        .map(|model| {
            let words = format!("{} ({})", model.title, lower_first(&model.hint));
            view! { <option value=model.key.clone() selected=model.key == chosen>{words}</option> }
        })
        .collect();
    view! {
        {form}
        <section class="fe-section fe-no-print">
            <h2 class="govuk-heading-m">"Reflect in another way"</h2>
            <div class="govuk-form-group">
                <label class="govuk-label" for="model">"Way to reflect"</label>
                <div id="model-hint" class="govuk-hint">"What you have typed stays: what has no box there goes into the last one"</div>
                <select class="govuk-select" id="model" name="model" form="form" aria-describedby="model-hint">{options}</select>
            </div>
            <button class="govuk-button govuk-button--secondary" form="form" name="do" value="model">"Use this way"</button>
        </section>
    }
    .into_any()
}

fn lower_first(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| first.to_lowercase().chain(signs).collect())
}

/// The same form in another model or with other questions, if that was asked for. What was typed is kept as a draft too.
pub(super) fn shown_otherwise(
    visit: &Visit,
    filled: &Filled,
    used: &ModelsInUse,
    show: impl FnOnce(&Filled) -> FormSheet,
) -> Option<Answer> {
    let wanted = visit.form.text("do");
    if !visit.is_post() || !["model", ASK].contains(&wanted) {
        return None;
    }
    let mut filled = filled.clone();
    if wanted == "model" {
        let (shown, key) = (filled.text(SHOWN_MODEL), visit.form.text("model"));
        let to = used.offered(&shown).find(|model| model.key == key).or_else(|| shown_model(&filled.form))?;
        change_model(&mut filled.form, to);
        filled.cursor = to.steps.first().map_or_else(|| "body".to_owned(), |step| step_field(&step.key));
    } else {
        // The first question: where nothing has changed but these.
        "prompt.0.text".clone_into(&mut filled.cursor);
    }
    let sheet = show(&filled);
    Some(shown_again(visit, sheet, &filled))
}
