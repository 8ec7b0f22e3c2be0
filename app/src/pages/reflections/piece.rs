//! One's own piece: reading and changing it.

use super::fields::{piece_fields, shown_otherwise, with_models};
use super::{even_while_shut, path};
use crate::answer::Answer;
use crate::components::{Filled, prose, readers, when};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page_of, opened};
use crate::pages::questions::put;
use crate::visit::Visit;
use domain::access::Readers;
use domain::form::Form;
use domain::ids::ReflectionId;
use domain::reflection::{CheckIn, Model, Piece, model, standard};
use leptos::prelude::*;
use records::Problem;
use records::reflection::{self, ReflectionFile};

/// `/reflections/{id}`.
pub(crate) fn open(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionId = visit.id()?;
    let reflection = visit.read(|reading| reflection::open(reading, &id))?;
    let title = reflection.piece.title.clone();
    let questions: Vec<_> = reflection.prompts.iter().map(|prompt| put(prompt, true)).collect();
    let about = reflection
        .about_words
        .clone()
        .map(|words| view! { <p class="govuk-body fe-muted">{format!("About {words}")}</p> });
    let content = view! {
        {back_link(Some(("/reflections".to_owned(), "Back to reflections".to_owned())))}
        <div class="fe-title">
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <div class="govuk-button-group fe-no-print">
                <a class="govuk-button govuk-button--secondary" href=format!("{}/edit", path(&id))>"Change"</a>
            </div>
        </div>
        {about}
        {readers(if reflection.copies.is_empty() { Readers::PrivateReflection } else { Readers::SharedReflection })}
        {written(&reflection.piece)}
        <p class="govuk-body fe-muted">"Last changed " {when(reflection.changed_at)}</p>
        {reflection.piece.check_in.as_ref().map(|check_in| how_they_are(&id, check_in))}
        {spoken_to(&reflection.piece)}
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Questions"</h2>
            {readers(Readers::PrivateReflection)}
            {questions}
        </section>
        {sharing(&reflection)}
        <p class="govuk-body fe-no-print"><a class="govuk-link" href=format!("{}/delete", path(&id))>"Delete this reflection"</a></p>
    };
    Ok(Sheet::new(title, content).answer(visit))
}

/// The boxes under their headings; nothing of a piece that says only how its author is.
fn written(piece: &Piece) -> AnyView {
    if piece.text().is_empty() {
        return ().into_any();
    }
    let steps = match model(&piece.model).filter(|model| model.square) {
        Some(model) => square(piece, model),
        None => piece
            .steps
            .iter()
            .map(|step| view! { <h2 class="govuk-heading-s">{step.title.clone()}</h2> {prose(&step.text)} })
            .collect_view()
            .into_any(),
    };
    let heading = (!piece.steps.is_empty() && !piece.body.is_empty())
        .then(|| view! { <h2 class="govuk-heading-s">"Anything else"</h2> });
    let body = (!piece.body.is_empty()).then(|| prose(&piece.body));
    let way = model(&piece.model)
        .filter(|model| !model.steps.is_empty())
        .map(|model| view! { <p class="govuk-body fe-muted">{format!("Written as: {}", model.title)}</p> });
    view! { {steps} {heading} {body} {way} }.into_any()
}

/// All boxes of a square, the empty ones too: what stands nowhere is part of the picture.
fn square(piece: &Piece, model: &Model) -> AnyView {
    let boxes: Vec<_> = model
        .steps
        .iter()
        .map(|step| {
            let written = piece.steps.iter().find(|written| written.key == step.key);
            let title = written.map_or(&step.title, |written| &written.title).clone();
            let text = match written {
                Some(written) => prose(&written.text).into_any(),
                None => view! { <p class="govuk-body fe-muted">"Nothing written"</p> }.into_any(),
            };
            view! { <div><h2 class="govuk-heading-s">{title}</h2> {text}</div> }
        })
        .collect();
    view! { <div class="fe-square">{boxes}</div> }.into_any()
}

fn how_they_are(id: &ReflectionId, check_in: &CheckIn) -> AnyView {
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"How you are"</h2>
            {readers(Readers::PrivateReflection)}
            {prose(&check_in.line())}
            <p class="govuk-body fe-no-print"><a class="govuk-link" href=format!("{}/agenda", path(id))>"Put it on an agenda"</a></p>
        </section>
    }
    .into_any()
}

fn spoken_to(piece: &Piece) -> Option<AnyView> {
    let items: Vec<_> = piece
        .standards
        .iter()
        .filter_map(|key| standard(key))
        .map(|one| view! { <li>{one.title.clone()}</li> })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Standards that this speaks to"</h2>
                <ul class="govuk-list govuk-list--bullet">{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn sharing(reflection: &ReflectionFile) -> AnyView {
    let copies: Vec<_> = reflection
        .copies
        .iter()
        .map(|(copy, name, at)| {
            view! { <li><a class="govuk-link" href=format!("/reflections/copies/{copy}")>{format!("Copy for {name}")}</a> ", " {when(*at)}</li> }
        })
        .collect();
    let copies = (!reflection.copies.is_empty()).then(|| view! { <ul class="govuk-list">{copies}</ul> });
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Sharing"</h2>
            {copies}
            {ways_to_share(reflection)}
        </section>
    }
    .into_any()
}

/// What can be made of a piece, once something is written in it: how its author is goes into no copy.
fn ways_to_share(reflection: &ReflectionFile) -> AnyView {
    if reflection.piece.text().is_empty() {
        return view! { <p class="govuk-body fe-muted">"There is nothing to share yet. How you are stays yours, unless you put it on an agenda."</p> }
            .into_any();
    }
    view! {
        <p class="govuk-body fe-no-print">
            <a class="govuk-button govuk-button--secondary" href=format!("{}/share", path(&reflection.id))>"Share a copy or a part"</a>
        </p>
        <p class="govuk-body fe-no-print">
            <a class="govuk-link" href=format!("{}/cpd", path(&reflection.id))>"Make a CPD piece of it"</a>
        </p>
    }
    .into_any()
}

/// `/reflections/{id}/edit`.
pub(crate) fn change(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionId = visit.id()?;
    let stands = even_while_shut(visit, visit.read(|reading| reflection::open_piece(reading, &id)))?;
    let used = visit.read(reflection::models_in_use)?;
    let filled = opened(visit, visit.here(), || {
        let mut blank = Form::default();
        if let Some((piece, version, _)) = &stands {
            blank.set("version", version.to_string());
            piece.fill(&mut blank);
        }
        Ok(blank)
    })?;
    let show = |filled: &Filled| {
        let fields = view! {
            {piece_fields(filled)}
            <p class="govuk-hint">"Copies that you shared stay as they were"</p>
        };
        let form = with_models(filled, &used, form(visit, filled, fields, "Save reflection"));
        FormSheet::new("Change your reflection", form).back_to(path(&id), "Back to the reflection")
    };
    if let Some(answer) = shown_otherwise(visit, &filled, &used, show) {
        return Ok(answer);
    }
    form_page_of(
        visit,
        filled,
        |filled| Ok(show(filled)),
        || {
            let piece = Piece::parse(&visit.form)?;
            let (id, version) = (id.clone(), visit.version());
            visit.save(move |writing| {
                reflection::change(writing, &id, version, &piece)?;
                Ok(format!("{}?notice=reflection-saved", path(&id)))
            })
        },
    )
}
