//! Open actions, and ending one.

use crate::answer::Answer;
use crate::components::{
    Choice, Filled, Tab, day, empty, fact, facts, hidden, next_page, radios, readers, tabs, text_box,
};
use crate::document::Sheet;
use crate::pages::action_review::asked;
use crate::pages::cases::{about, open_actions};
use crate::pages::exports::take_as_csv;
use crate::pages::form_page::{FROM, FormSheet, form, form_page_of, opened};
use crate::visit::Visit;
use domain::TextValue;
use domain::access::{Action, Readers, may};
use domain::form::Form;
use domain::ids::ActionId;
use domain::supervision::{ActionEnd, ActionState, OverdueBand};
use leptos::prelude::*;
use records::Problem;
use records::actions::{self, ActionRow, AgreedIn, Whose};
use std::collections::BTreeMap;

/// `/actions`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let actor = &visit.signed_in.as_ref().ok_or(Problem::NotFound)?.actor;
    let sees_cases = may(actor, &Action::ListCases).is_allowed();
    let (whose, band) = asked_for(visit)?;
    let is_team = whose == Whose::Team;
    let after = visit.query.text("after").parse().ok().zip(visit.query.text("key").parse().ok());
    let list = visit.read(|reading| actions::action_list(reading, whose, band, after))?;
    let (all, here) = (ListBefore::Actions(whose, None).path(), ListBefore::Actions(whose, band).path());
    let file = (!list.actions.is_empty()).then(|| take_as_csv(here.replace("/actions", "/actions/csv")));
    let next = list.next.as_ref().map(|(due_on, id)| format!("{here}&after={due_on}&key={id}"));
    let (rows, references): (Vec<&ActionRow>, Vec<String>) =
        list.actions.iter().map(|(action, reference)| (action, reference.clone())).unzip();
    let table = if rows.is_empty() {
        empty(
            "No open actions here",
            "What is agreed in supervision stands here until it is done or dropped.",
        )
    } else {
        open_actions(&rows, visit.today(), Some((&references, ListBefore::Actions(whose, band))))
    };
    let theirs =
        if actor.is_manager() || !actor.supervises.is_empty() { "My team’s" } else { "On my cases" };
    let whose_tabs = sees_cases.then(|| {
        view! {
            <p class="govuk-body">
                {side("/actions?whose=mine", "Mine", !is_team)} " · " {side("/actions?whose=team", theirs, is_team)}
            </p>
        }
    });
    let content = view! {
        <h1 class="govuk-heading-l">"Actions"</h1>
        {whose_tabs}
        {bands(&all, &list.counts, band)}
        {table}
        {next_page(next)}
        {file}
    };
    Ok(Sheet::new("Actions", content).answer(visit))
}

/// Whose actions the address asks for, and how far over: those of the team only for who may see cases.
pub(super) fn asked_for(visit: &Visit) -> Result<(Whose, Option<OverdueBand>), Problem> {
    let actor = &visit.signed_in.as_ref().ok_or(Problem::NotFound)?.actor;
    let is_team = visit.query.text("whose") == "team" && may(actor, &Action::ListCases).is_allowed();
    let whose = if is_team { Whose::Team } else { Whose::Mine };
    Ok((whose, OverdueBand::from_code(visit.query.text("band"))))
}

/// One of two lists.
fn side(path: &'static str, words: &'static str, is_here: bool) -> AnyView {
    view! { <a class="govuk-link" href=path aria-current=is_here.then_some("page")>{words}</a> }.into_any()
}

/// The actions by how far they are past their day.
fn bands(here: &str, counts: &BTreeMap<OverdueBand, usize>, shown: Option<OverdueBand>) -> AnyView {
    let count = |band: &OverdueBand| counts.get(band).copied().unwrap_or(0);
    let all = Tab {
        address: here.to_owned(),
        words: "All".to_owned(),
        count: OverdueBand::ALL.iter().map(count).sum(),
        is_here: shown.is_none(),
    };
    let of_band = |band: &OverdueBand| Tab {
        address: format!("{here}&band={}", band.code()),
        words: band.words().to_owned(),
        count: count(band),
        is_here: shown == Some(*band),
    };
    tabs("How far over", std::iter::once(all).chain(OverdueBand::ALL.iter().map(of_band)).collect())
}

/// `/actions/{id}`.
pub(crate) fn end(visit: &Visit) -> Result<Answer, Problem> {
    let id: ActionId = visit.id()?;
    let (action, of) = visit.read(|reading| actions::open_action(reading, &id))?;
    let blank = || {
        let mut blank = Form::default();
        blank.set("version", action.version.to_string());
        blank.set(FROM, visit.query.text(FROM));
        Ok(blank)
    };
    // One draft, wherever somebody came from.
    let filled = opened(visit, visit.path.clone(), blank)?;
    form_page_of(
        visit,
        filled,
        |filled| Ok(show(visit, filled, &action, &of)),
        || {
            let end = ActionEnd::parse(&visit.form)?;
            let (id, version) = (id.clone(), visit.version());
            let from = ListBefore::parse(visit.form.text(FROM));
            visit.save(move |writing| {
                let agreed_in = actions::end_action(writing, &id, version, &end)?;
                let path = match (from, agreed_in) {
                    (Some(list), _) => list.path(),
                    (None, AgreedIn::Entry { case, .. }) => format!("/cases/{case}"),
                    (None, AgreedIn::Session { .. }) => "/actions".to_owned(),
                };
                let joined = if path.contains('?') { '&' } else { '?' };
                Ok(format!("{path}{joined}notice=action-ended"))
            })
        },
    )
}

fn show(visit: &Visit, filled: &Filled, action: &ActionRow, of: &str) -> FormSheet {
    let intro = facts(vec![
        fact("What is to be done", action.what.clone()).wide(),
        fact("About", about(action, of)),
        fact("Who", action.owner.clone()),
        fact("By when", day(action.due_on)),
        fact("How we shall know", action.measure.clone()).wide(),
        fact("If it is not done, then", action.fallback.clone()).wide(),
        fact("So far", history(action)).wide(),
    ]);
    let options = vec![
        Choice::new(ActionState::Done.code(), ActionState::Done.words()),
        Choice::new(ActionState::Dropped.code(), ActionState::Dropped.words()),
    ];
    let fields = view! {
        {hidden(FROM, filled.text(FROM))}
        {radios(filled, "state", "What has become of it?", "", options, true)}
        {readers(if action.case().is_some() { Readers::CaseEntry } else { Readers::PersonalPart })}
        {text_box(filled, "note", "How do you know, or why is it no longer needed?", "", 4)}
    };
    let sheet =
        FormSheet::new(format!("End an action: {of}"), form(visit, filled, fields, "Save")).intro(intro);
    match (ListBefore::parse(&filled.text(FROM)), action.case()) {
        (Some(list), _) => sheet.back_to(list.path(), list.words()),
        (None, Some(case)) => sheet.back_to(format!("/cases/{case}"), "Back to the case"),
        (None, None) => sheet.back_to("/actions", "Back to the actions"),
    }
}

/// The list from which somebody came to an action: whoever ends several goes on there.
#[derive(Clone, Copy)]
pub(crate) enum ListBefore {
    /// My week.
    Week,
    /// One of the lists of actions, or as much of it as is so far over.
    Actions(Whose, Option<OverdueBand>),
}

impl ListBefore {
    fn parse(code: &str) -> Option<Self> {
        let (whose, band) = code.split_once('.').unwrap_or((code, ""));
        match whose {
            "week" => Some(Self::Week),
            "mine" => Some(Self::Actions(Whose::Mine, OverdueBand::from_code(band))),
            "team" => Some(Self::Actions(Whose::Team, OverdueBand::from_code(band))),
            _ => None,
        }
    }

    /// How the address of an action names it.
    pub(crate) fn code(self) -> String {
        match self {
            Self::Week => "week".to_owned(),
            Self::Actions(whose, band) => {
                format!("{}.{}", code_of(whose), band.map_or("", OverdueBand::code))
            }
        }
    }

    fn path(self) -> String {
        match self {
            Self::Week => "/".to_owned(),
            Self::Actions(whose, None) => format!("/actions?whose={}", code_of(whose)),
            Self::Actions(whose, Some(band)) => {
                format!("/actions?whose={}&band={}", code_of(whose), band.code())
            }
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Week => "Back to My week",
            Self::Actions(..) => "Back to the actions",
        }
    }
}

fn code_of(whose: Whose) -> &'static str {
    match whose {
        Whose::Mine => "mine",
        Whose::Team => "team",
    }
}

/// What became of it in earlier sessions.
fn history(action: &ActionRow) -> AnyView {
    if action.reviews.is_empty() {
        return "Not looked at in a session yet".into_any();
    }
    let items: Vec<_> = action
        .reviews
        .iter()
        .map(|review| {
            let note = (!review.note.is_empty()).then(|| format!(": {}", review.note));
            let by = review.due_on.map(|due_on| view! { ", by " {day(due_on)} });
            let asked = asked(review).map(|asked| format!(".{asked}"));
            view! { <li>{review.outcome.words()} {note} {by} {asked}</li> }
        })
        .collect();
    view! { <ol class="govuk-list govuk-list--number">{items}</ol> }.into_any()
}
