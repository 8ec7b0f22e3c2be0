//! Reflections: the list, writing, changing and sharing one, and reading a shared copy.

use crate::answer::Answer;
use crate::components::{
    Caption, Choice, Filled, empty, line, next_page, prose, radios, readers, select, table, text_box, when,
};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_heart, form_page};
use crate::pages::prompts::waiting_list;
use crate::pages::questions::question_fields_for;
use crate::pages::questions::{answered, reply_form};
use crate::visit::Visit;
use domain::access::Readers;
use domain::calendar::{counted, day_in_words};
use domain::form::{Form, FormCheck};
use domain::ids::{CaseId, PersonId, ReflectionCopyId, ReflectionId};
use domain::reflection::{NewReflection, PromptTable, Situation};
use leptos::prelude::*;
use records::reflection::{self, CopySummary, ReflectionFile, ReflectionSummary, WaitingPrompt};
use records::{Problem, cases};

/// Questions that are shown above the list.
const SHOWN: usize = 5;

/// `/reflections`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let before = visit.query.text("before").parse().ok();
    let (mine, more, shared, waiting) = visit.read(|reading| {
        let (mine, more) = reflection::mine(reading, before.as_ref())?;
        Ok((mine, more, reflection::shared_with_me(reading)?, reflection::waiting_questions(reading)?))
    })?;
    let next = mine.last().filter(|_| more).map(|last| format!("/reflections?before={}", last.id));
    let own = if mine.is_empty() {
        empty(
            "Nothing written yet",
            "A reflection is yours alone until you share a copy. Five minutes after a hard visit is a good start.",
        )
    } else {
        own_table(&mine)
    };
    let content = view! {
        <div class="fe-title">
            <h1 class="govuk-heading-l">"Reflections"</h1>
            <div class="govuk-button-group"><a class="govuk-button" href="/reflections/new">"Write a reflection"</a></div>
        </div>
        {waiting_section(&waiting)}
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Mine"</h2>
            {own}
            {next_page(next)}
        </section>
        {shared_section(&shared)}
    };
    Ok(Sheet::new("Reflections", content).answer(visit))
}

fn waiting_section(waiting: &[WaitingPrompt]) -> Option<AnyView> {
    (!waiting.is_empty()).then(|| {
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Questions waiting"</h2>
                {waiting_list(waiting.get(..SHOWN).unwrap_or(waiting))}
                <p class="govuk-body"><a class="govuk-link" href="/prompts">"All your questions"</a></p>
            </section>
        }
        .into_any()
    })
}

fn own_table(mine: &[ReflectionSummary]) -> AnyView {
    let rows: Vec<_> = mine
        .iter()
        .map(|reflection| {
            let readers = if reflection.shared == 0 { "Only me".to_owned() } else { format!("{} shared", counted(reflection.shared, "copy", "copies")) };
            view! {
                <tr>
                    <th scope="row"><a class="govuk-link" href=format!("/reflections/{}", reflection.id)>{reflection.title.clone()}</a></th>
                    <td data-label="About">{reflection.case.clone().unwrap_or_else(|| "Nothing in particular".to_owned())}</td>
                    <td data-label="Who can read it">{readers}</td>
                    <td data-label="Last changed">{when(reflection.changed_at)}</td>
                </tr>
            }
        })
        .collect();
    table(
        Caption::Unseen("My reflections, newest first"),
        &["Title", "About", "Who can read it", "Last changed"],
        rows,
    )
}

fn shared_section(shared: &[CopySummary]) -> Option<AnyView> {
    if shared.is_empty() {
        return None;
    }
    let items: Vec<_> = shared
        .iter()
        .map(|copy| {
            view! {
                <li>
                    <a class="govuk-link" href=format!("/reflections/copies/{}", copy.id)>{copy.title.clone()}</a>
                    <small>{format!(" {}, ", copy.author)} {when(copy.shared_at)}</small>
                </li>
            }
        })
        .collect();
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Shared with me"</h2>
                <ul class="govuk-list">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

// --- Writing ------------------------------------------------------------------------------------------------------

struct Material {
    about: Vec<Choice>,
    supervisors: Vec<(PersonId, String)>,
    questions: PromptTable,
    situation: Situation,
}

/// `/reflections/new`.
pub(crate) fn write(visit: &Visit) -> Result<Answer, Problem> {
    let about = if visit.is_post() { visit.form.text("about").to_owned() } else { about_in_query(visit) };
    let material = material(visit, &about)?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("about", about.clone());
            blank.set("audience", "private");
            Ok(blank)
        },
        |filled| Ok(show_new(visit, filled, &material)),
        || {
            let reflection = NewReflection::parse(&visit.form, visit.today())?;
            visit.save_new(move |writing| {
                let id = reflection::write(writing, &reflection)?;
                Ok(format!("/reflections/{id}?notice=reflection-saved"))
            })
        },
    )
}

fn about_in_query(visit: &Visit) -> String {
    let (case, session) = (visit.query.text("case"), visit.query.text("supervision"));
    match (case.is_empty(), session.is_empty()) {
        (false, _) => format!("case:{case}"),
        (true, false) => format!("supervision:{session}"),
        (true, true) => "neither".to_owned(),
    }
}

fn material(visit: &Visit, about: &str) -> Result<Material, Problem> {
    let case: Option<CaseId> = about.strip_prefix("case:").and_then(|id| id.parse().ok());
    visit.read(|reading| {
        let mut choices = vec![Choice::new("neither", "Nothing in particular")];
        if reflection::may_write_about_cases(reading)? {
            let person = reading.actor()?.person;
            let mut own = cases::of_practitioner(reading, &person)?;
            own.sort_by(|one, other| one.reference.cmp(&other.reference));
            choices.extend(own.iter().map(|each| {
                Choice::new(format!("case:{}", each.id), format!("{} · {}", each.reference, each.label))
            }));
        }
        for (session, held_on) in reflection::own_sessions(reading)? {
            choices.push(Choice::new(
                format!("supervision:{session}"),
                format!("Supervision on {}", day_in_words(held_on)),
            ));
        }
        let mut situation = Situation::default();
        if let Some(case) = &case {
            situation = reflection::situation_of_case(reading, case)?;
            if !choices.iter().any(|choice| choice.has_value(about)) {
                let named = cases::details(reading, case)?;
                choices.push(Choice::new(
                    about,
                    format!("{} · {}", named.details.reference, named.details.label),
                ));
            }
        }
        Ok(Material {
            about: choices,
            supervisors: reflection::may_share_with(reading)?,
            questions: reflection::questions(reading, case.as_ref())?,
            situation,
        })
    })
}

fn show_new(visit: &Visit, filled: &Filled, material: &Material) -> FormSheet {
    let mut audience = vec![Choice::new("private", "Only me")];
    audience.extend(material.supervisors.iter().map(|(id, name)| {
        Choice::new(id, format!("Share a copy with {name}"))
            .hint("They get it as it is now. What you change later stays yours")
    }));
    let fields = view! {
        {select(filled, "about", "What is it about?", "", material.about.iter().map(Choice::again).collect())}
        {line(filled, "title", "Title", "A few words to find it by", "")}
        {readers(Readers::PrivateReflection)}
        {text_box(filled, "body", "Your reflection", "What happened, what it means, and what now?", 10)}
        {question_fields_for(filled, "", &material.questions, Readers::PrivateReflection, (material.situation, visit.today()))}
        {radios(filled, "audience", "Who may read it?", "Your answers to the questions stay yours", audience, false)}
    };
    FormSheet::new("Write a reflection", form(visit, filled, fields, "Save reflection"))
        .back_to("/reflections", "Back to reflections")
}

// --- Reading and changing -----------------------------------------------------------------------------------------

/// `/reflections/{id}`.
pub(crate) fn open(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionId = visit.id()?;
    let (reflection, supervisors) =
        visit.read(|reading| Ok((reflection::open(reading, &id)?, reflection::may_share_with(reading)?)))?;
    let questions: Vec<_> = reflection
        .prompts
        .iter()
        .map(|prompt| {
            if prompt.state.is_open() {
                reply_form(visit, prompt, &Filled::default())
            } else {
                answered(prompt)
            }
        })
        .collect();
    let about = reflection
        .about_words
        .clone()
        .map(|words| view! { <p class="govuk-body fe-muted">{format!("About {words}")}</p> });
    let content = view! {
        {back_link(Some(("/reflections".to_owned(), "Back to reflections".to_owned())))}
        <div class="fe-title">
            <h1 class="govuk-heading-l">{reflection.title.clone()}</h1>
            <div class="govuk-button-group fe-no-print">
                <a class="govuk-button govuk-button--secondary" href=format!("/reflections/{id}/edit")>"Change"</a>
            </div>
        </div>
        {about}
        {readers(if reflection.copies.is_empty() { Readers::PrivateReflection } else { Readers::SharedReflection })}
        {prose(&reflection.body)}
        <p class="govuk-body fe-muted">"Last changed " {when(reflection.changed_at)}</p>
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Questions"</h2>
            {readers(Readers::PrivateReflection)}
            {questions}
        </section>
        {sharing(visit, &reflection, &supervisors)}
    };
    Ok(Sheet::new(reflection.title.clone(), content).answer(visit))
}

fn sharing(visit: &Visit, reflection: &ReflectionFile, supervisors: &[(PersonId, String)]) -> AnyView {
    let copies: Vec<_> = reflection
        .copies
        .iter()
        .map(|(copy, name, at)| {
            view! { <li><a class="govuk-link" href=format!("/reflections/copies/{copy}")>{format!("Copy for {name}")}</a> ", " {when(*at)}</li> }
        })
        .collect();
    let copies = (!reflection.copies.is_empty()).then(|| view! { <ul class="govuk-list">{copies}</ul> });
    let options: Vec<Choice> = supervisors.iter().map(|(id, name)| Choice::new(id, name)).collect();
    let form = (!options.is_empty()).then(|| {
        view! {
            <form method="post" action=format!("/reflections/{}/share", reflection.id) class="fe-no-print">
                {form_heart(visit, &Filled::default())}
                {select(&Filled::default(), "audience", "Share a copy with", "They get it as it is now, without your answers to the questions", options)}
                <button class="govuk-button govuk-button--secondary">"Share"</button>
            </form>
        }
    });
    view! {
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Sharing"</h2>
            {copies}
            {form}
        </section>
    }
    .into_any()
}

/// `/reflections/{id}/edit`.
pub(crate) fn change(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionId = visit.id()?;
    let stands = visit.read(|reading| reflection::open(reading, &id))?;
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("version", stands.version.to_string());
            blank.set("title", &stands.title);
            blank.set("body", &stands.body);
            Ok(blank)
        },
        |filled| {
            let fields = view! {
                {line(filled, "title", "Title", "", "")}
                {readers(Readers::PrivateReflection)}
                {text_box(filled, "body", "Your reflection", "Copies that you shared stay as they were", 10)}
            };
            Ok(FormSheet::new("Change your reflection", form(visit, filled, fields, "Save reflection"))
                .back_to(format!("/reflections/{id}"), "Back to the reflection"))
        },
        || {
            let mut check = FormCheck::new(&visit.form);
            let title = check.line("title", "Enter a few words to find it by");
            let body = check.narrative("body", "Write your reflection");
            let (title, body) = check.finish(title.zip(body))?;
            let (id, version) = (id.clone(), visit.version());
            visit.save(move |writing| {
                reflection::change(writing, &id, version, &title, &body)?;
                Ok(format!("/reflections/{id}?notice=reflection-saved"))
            })
        },
    )
}

/// `/reflections/{id}/share`.
pub(crate) fn share(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionId = visit.id()?;
    if !visit.is_post() {
        return Ok(Answer::see_other(format!("/reflections/{id}")));
    }
    let reader: Option<PersonId> = visit.form.text("audience").parse().ok();
    let path = visit.save(move |writing| {
        reflection::share(writing, &id, reader.as_ref())?;
        Ok(format!("/reflections/{id}?notice=reflection-shared"))
    })?;
    Ok(Answer::see_other(path))
}

/// `/reflections/copies/{id}`.
pub(crate) fn open_copy(visit: &Visit) -> Result<Answer, Problem> {
    let id: ReflectionCopyId = visit.id()?;
    let copy = visit.read(|reading| reflection::open_copy(reading, &id))?;
    let content = view! {
        {back_link(Some(("/reflections".to_owned(), "Back to reflections".to_owned())))}
        <h1 class="govuk-heading-l">{copy.title.clone()}</h1>
        <p class="govuk-body fe-muted">{format!("{} shared this copy on ", copy.author)} {when(copy.shared_at)} ". It stays as it was."</p>
        {readers(Readers::SharedReflection)}
        {prose(&copy.body)}
    };
    Ok(Sheet::new(format!("{}, as {} shared it", copy.title, copy.author), content).answer(visit))
}
