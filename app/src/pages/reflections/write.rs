//! `/reflections/new`.

use super::fields::{ASK, piece_fields, shown_otherwise, with_models};
use crate::answer::Answer;
use crate::components::{Choice, Filled, radios, select};
use crate::pages::form_page::{FormSheet, form, form_page_of, opened, saved_by_enter};
use crate::pages::questions::{begun, question_fields, take_it_to};
use crate::visit::Visit;
use domain::access::Readers;
use domain::calendar::day_in_words;
use domain::form::Form;
use domain::ids::{CaseId, PersonId, SupervisionId};
use domain::reflection::{ModelsInUse, NewReflection, PromptTable, SHOWN_MODEL};
use leptos::prelude::*;
use records::reflection;
use records::{Problem, cases, journal};

struct Material {
    about: Vec<Choice>,
    supervisors: Vec<(PersonId, String)>,
    questions: PromptTable,
    /// Who gets the questions that are taken to supervision.
    taken_to: Option<String>,
}

/// `/reflections/new`.
pub(crate) fn write(visit: &Visit) -> Result<Answer, Problem> {
    let used = visit.read(reflection::models_in_use)?;
    let asked = about_in_query(visit);
    let mut filled = opened(visit, visit.here(), || Ok(blank(visit, &asked, &used)))?;
    // A draft may have turned to something else than the page was opened for.
    let material = match material(visit, filled.form.text("about"), &filled.form) {
        Err(Problem::NotFound | Problem::Refused(_))
            if !visit.is_post() && filled.form.text("about") != asked =>
        {
            // No longer theirs: what was typed is.
            filled.form.set("about", asked.as_str());
            material(visit, &asked, &filled.form)?
        }
        found => found?,
    };
    if let Some(answer) =
        shown_otherwise(visit, &filled, &used, |filled| show_new(visit, filled, (&material, &used)))
    {
        return Ok(answer);
    }
    form_page_of(
        visit,
        filled,
        |filled| Ok(show_new(visit, filled, (&material, &used))),
        || {
            let reflection = NewReflection::parse(&visit.form, visit.today())?;
            visit.save_new(move |writing| {
                let id = reflection::write(writing, &reflection)?;
                Ok(format!("/reflections/{id}?notice=reflection-saved"))
            })
        },
    )
}

/// A new piece, in the model that the address asks for if it is used, or the first one.
fn blank(visit: &Visit, about: &str, used: &ModelsInUse) -> Form {
    let mut blank = Form::default();
    blank.set("about", about);
    blank.set("audience", "private");
    let wanted = visit.query.text("model");
    let mut offered = used.offered("");
    let first = offered.next();
    if let Some(model) = offered.find(|model| model.key == wanted).or(first) {
        blank.set(SHOWN_MODEL, &model.key);
        blank.set("model", &model.key);
    }
    blank
}

fn about_in_query(visit: &Visit) -> String {
    let (case, session) = (visit.query.text("case"), visit.query.text("supervision"));
    match (case.is_empty(), session.is_empty()) {
        (false, _) => format!("case:{case}"),
        (true, false) => format!("supervision:{session}"),
        (true, true) => "neither".to_owned(),
    }
}

fn material(visit: &Visit, about: &str, form: &Form) -> Result<Material, Problem> {
    let case: Option<CaseId> = about.strip_prefix("case:").and_then(|id| id.parse().ok());
    let session: Option<SupervisionId> = about.strip_prefix("supervision:").and_then(|id| id.parse().ok());
    visit.read(|reading| {
        // What was typed is shown again even if the key has gone missing in between.
        if !visit.is_post() {
            journal::is_open(reading)?;
        }
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
        // A session that is named is one of the choices however old it is, and for everybody who may open it.
        if let Some(session) = &session
            && !choices.iter().any(|choice| choice.has_value(about))
        {
            let held_on = reflection::session_day(reading, session)?;
            choices.push(Choice::new(about, format!("Supervision on {}", day_in_words(held_on))));
        }
        let taken_to = reflection::taken_to(reading, case.is_some())?;
        let questions = reflection::questions(reading, case.as_ref(), &begun(form))?;
        if let Some(case) = case.filter(|_| !choices.iter().any(|choice| choice.has_value(about))) {
            let named = cases::details(reading, &case)?;
            choices
                .push(Choice::new(about, format!("{} · {}", named.details.reference, named.details.label)));
        }
        Ok(Material {
            about: choices,
            supervisors: reflection::own_supervisors(reading)?,
            questions,
            taken_to,
        })
    })
}

fn show_new(visit: &Visit, filled: &Filled, (material, used): (&Material, &ModelsInUse)) -> FormSheet {
    let mut audience = vec![Choice::new("private", "Only me")];
    audience.extend(material.supervisors.iter().map(|(id, name)| {
        Choice::new(id, format!("Share a copy with {name}"))
            .hint("They get it as it is now. What you change later stays yours")
    }));
    let taken_to = material.taken_to.as_deref().map(take_it_to);
    let fields = view! {
        {saved_by_enter("Save reflection")}
        {select(filled, "about", "What is it about?", "A case brings questions of its own", material.about.iter().map(Choice::again).collect())}
        <button class="govuk-button govuk-button--secondary" name="do" value=ASK aria-describedby="about-hint">"Ask me about this"</button>
        {piece_fields(filled)}
        {question_fields(filled, "", &material.questions, Readers::PrivateReflection, (taken_to.as_deref(), visit.today()))}
        {radios(filled, "audience", "Who may read it?", "Your answers to the questions, and how you are, stay yours", audience, false)}
    };
    let form = with_models(filled, used, form(visit, filled, fields, "Save reflection"));
    FormSheet::new("Write a reflection", form).back_to("/reflections", "Back to reflections")
}
