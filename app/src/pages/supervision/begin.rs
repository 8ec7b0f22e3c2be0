//! With whom a session was held, and of what kind it was if not one of every day.

use crate::answer::Answer;
use crate::components::{Choice, Filled, empty, hidden, radios};
use crate::document::Sheet;
use crate::pages::form_page::back_link;
use crate::visit::Visit;
use domain::TextValue;
use domain::calendar::day_in_words;
use domain::form::Form;
use domain::supervision::SupervisionKind;
use leptos::prelude::*;
use records::Problem;
use records::supervision::{self, Supervisee};

/// With whom, for a supervisor.
pub(super) fn choose_supervisee(visit: &Visit) -> Result<Answer, Problem> {
    let supervisees = visit.read(supervision::to_write_up)?;
    let today = visit.today();
    let until = |person: &Supervisee| {
        let actor = &visit.signed_in.as_ref()?.actor;
        let until =
            actor.last_day_with(&person.id, None).filter(|_| actor.link_to(&person.id).next().is_none())?;
        Some(format!("supervised by you until {}", day_in_words(until)))
    };
    let last = |person: &Supervisee| {
        if let Some(until) = until(person) {
            return until;
        }
        person.last_held_on.map_or_else(
            || "no session yet".to_owned(),
            |held_on| format!("last session {}", domain::calendar::days_from(today, held_on)),
        )
    };
    let case =
        Some(visit.query.text("case")).filter(|case| !case.is_empty()).map(|case| hidden("case", case));
    let mut kinds = vec![
        Choice::new("", "Between the two of you").hint("Personal supervision, case supervision, or both"),
    ];
    kinds.extend(SupervisionKind::SPECIAL.iter().map(|kind| special_kind(*kind)));
    let mut asked = Form::default();
    asked.set("kind", visit.query.text("kind"));
    let filled = Filled::new(asked);
    let fields = view! {
        {case}
        {radios(&filled, "supervisee", "Who did you meet?", "In a group: who presented", people(&supervisees, last), false)}
        {radios(&filled, "kind", "What was it?", "", kinds, false)}
    };
    let nobody =
        empty("Nobody to supervise yet", "An administrator says who supervises whom, on the person’s page.");
    Ok(choose(visit, "Log supervision", (!supervisees.is_empty()).then_some(fields.into_any()), nobody))
}

fn special_kind(kind: SupervisionKind) -> Choice {
    let about = match kind {
        SupervisionKind::Joint => {
            "With somebody who works on the same case, and their manager if they were there"
        }
        SupervisionKind::Group => "One case, several practitioners",
        SupervisionKind::Live => "You watched them work, and gave feedback",
        _ => "Support in the first days, with dates to meet again",
    };
    Choice::new(kind.code(), kind.words()).hint(about)
}

/// With whom, among colleagues.
pub(super) fn choose_colleague(visit: &Visit) -> Result<Answer, Problem> {
    let colleagues = visit.read(supervision::colleagues)?;
    let choices = people(&colleagues, |_| String::new());
    let fields = radios(
        &Filled::default(),
        "supervisee",
        "With whom did you talk?",
        "Others can be added on the next page",
        choices,
        false,
    );
    let nobody = empty("Nobody else is in your team", "Peers are the people of your own team.");
    Ok(choose(visit, "Log peer supervision", (!colleagues.is_empty()).then_some(fields), nobody))
}

fn people(people: &[Supervisee], about: impl Fn(&Supervisee) -> String) -> Vec<Choice> {
    let choice = |person: &Supervisee| {
        let about = about(person);
        let hint = if about.is_empty() {
            person.job_title.clone()
        } else {
            format!("{}, {about}", person.job_title)
        };
        Choice::new(&person.id, &person.name).hint(hint)
    };
    people.iter().map(choice).collect()
}

fn choose(visit: &Visit, title: &'static str, fields: Option<AnyView>, nobody: AnyView) -> Answer {
    let form = match fields {
        None => nobody,
        Some(fields) => view! {
            <form method="get">
                {fields}
                <button class="govuk-button">"Continue"</button>
            </form>
        }
        .into_any(),
    };
    let content = view! {
        {back_link(Some(("/supervision".to_owned(), "Back to supervision".to_owned())))}
        <h1 class="govuk-heading-l">{title}</h1>
        {form}
    };
    Sheet::new(title, content).answer(visit)
}
