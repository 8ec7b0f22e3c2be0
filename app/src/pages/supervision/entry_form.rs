//! The part of the form about one case.

use super::log::last_discussed;
use crate::components::{
    Choice, Filled, check_box, date, group, hidden, line, radios, readers, risk_tag, select, text_box,
    text_box_in,
};
use crate::islands::Questions;
use chrono::NaiveDate;
use domain::TextValue;
use domain::access::Readers;
use domain::form::Form;
use domain::reflection::{PromptState, PromptTable, Situation};
use domain::risk::{RiskDirection, RiskLevel};
use domain::supervision::{ChildSeen, Proposal};
use leptos::prelude::*;
use records::cases::CaseSummary;

/// What the fields of one entry need to know.
pub(super) struct EntryForm {
    pub(super) case: CaseSummary,
    pub(super) questions: PromptTable,
    pub(super) next_on: NaiveDate,
}

/// The fields of one entry.
pub(super) fn entry_fields(
    filled: &Filled,
    number: usize,
    entry: &EntryForm,
    people: Vec<Choice>,
) -> AnyView {
    let name = |field: &str| format!("entry.{number}.{field}");
    let case = &entry.case;
    let mut actions = filled.form.indexes(&name("action"));
    if actions.is_empty() {
        actions.push(0);
    }
    let actions: Vec<_> = actions
        .into_iter()
        .enumerate()
        .map(|(count, action)| {
            let owners = people.iter().map(Choice::again).collect();
            let fields = action_fields(filled, &name(&format!("action.{action}")), owners);
            group(&format!("Action {}", count + 1), fields)
        })
        .collect();
    view! {
        <fieldset class="fe-entry">
            <legend>{format!("{} · {}", case.reference, case.label)}</legend>
            <p class="govuk-body">{case.plan_type.words()} ". Risk so far: " {risk_tag(case.risk_level)} ". " {last_discussed(case)} "."</p>
            {hidden(&name("case"), &case.id)}
            {readers(Readers::CaseEntry)}
            {radios(filled, &name("child_seen"), "Was the child seen?", "", Choice::all::<ChildSeen>(), false)}
            {date(filled, &name("child_seen_on"), "Date last seen", "")}
            {text_box(filled, &name("what_happened"), "What has happened since last time", "", 5)}
            {radios(filled, &name("risk_level"), "Risk now", "", Choice::all::<RiskLevel>(), true)}
            {radios(filled, &name("risk_direction"), "Which way has risk gone?", "", Choice::all::<RiskDirection>(), true)}
            {check_box(filled, &name("support_declined"), "Support was offered and declined")}
            {radios(filled, &name("proposal"), "What is proposed for the plan?", "", Choice::all::<Proposal>(), false)}
            {text_box(filled, &name("decision"), "Decision", "", 3)}
            {text_box(filled, &name("rationale"), "Why", "", 3)}
            {actions}
            <button class="govuk-button govuk-button--secondary" name="do" value=format!("add_action.{number}")>
                "Add another action" <span class="govuk-visually-hidden">{format!(" for {}", case.reference)}</span>
            </button>
            {date(filled, &name("next_on"), "Next date for this case", "What the policy gives, counted from today. Change it if sooner is better")}
            {question_fields(filled, &format!("entry.{number}."), &entry.questions, Readers::PromptReply)}
            <button class="govuk-button govuk-button--secondary" name="do" value=format!("remove_entry.{number}")>
                "Remove this case" <span class="govuk-visually-hidden">{format!(" {}", case.reference)}</span>
            </button>
        </fieldset>
    }
    .into_any()
}

/// The fields of one action.
pub(crate) fn action_fields(filled: &Filled, at: &str, people: Vec<Choice>) -> AnyView {
    let name = |field: &str| format!("{at}.{field}");
    let mut owners = vec![Choice::new("", "Choose who")];
    owners.extend(people);
    view! {
        {text_box(filled, &name("what"), "What is to be done", "", 2)}
        <div class="fe-columns">
            <div>{select(filled, &name("who"), "Who", "", owners)}</div>
            <div class="fe-columns__aside">{line(filled, &name("who_else"), "If somebody else, who", "", "20")}</div>
        </div>
        {date(filled, &name("by"), "By when", "")}
        {text_box(filled, &name("measure"), "How we shall know", "", 2)}
        {text_box(filled, &name("fallback"), "If it is not done, then", "", 2)}
    }
    .into_any()
}

/// What the form says so far that calls for particular questions.
fn situation(form: &Form, prefix: &str) -> Situation {
    let text = |field: &str| form.text(&format!("{prefix}{field}")).to_owned();
    Situation {
        risk_direction: RiskDirection::from_code(&text("risk_direction")),
        proposal: Proposal::from_code(&text("proposal")),
        support_declined: text("support_declined") == "yes",
        child_not_seen: ChildSeen::from_code(&text("child_seen")) == Some(ChildSeen::NotSeen),
    }
}

/// Up to three questions with their boxes. Those that were typed into stay; the others are what the form calls for.
fn question_fields(filled: &Filled, prefix: &str, table: &PromptTable, of: Readers) -> AnyView {
    question_fields_for(filled, prefix, table, of, situation(&filled.form, prefix))
}

/// The same, where the situation is known from elsewhere.
pub(crate) fn question_fields_for(
    filled: &Filled,
    prefix: &str,
    table: &PromptTable,
    of: Readers,
    situation: Situation,
) -> AnyView {
    let places = table.places(&situation, |number| {
        let name = |field: &str| filled.form.text(&format!("{prefix}prompt.{number}.{field}")).to_owned();
        let is_used = !name("text").trim().is_empty() || !name("state").is_empty();
        is_used.then(|| name("key"))
    });
    let questions: Vec<_> = places
        .into_iter()
        .enumerate()
        .map(|(number, question)| {
            question_field(filled, &format!("{prefix}prompt.{number}"), &question.key, &question.text)
        })
        .collect();
    let fields = view! {
        <p class="govuk-hint">"Answer those that help. You can also put one off, or say why it does not fit."</p>
        {readers(of)}
        {questions}
        <Questions table=table.clone() prefix=prefix.to_owned()/>
    };
    group("Questions worth a minute", fields)
}

fn question_field(filled: &Filled, at: &str, key: &str, question: &str) -> AnyView {
    let text = format!("{at}.text");
    let question_id = format!("{at}.question");
    let problem = filled.problems.of(&text).map(|words| {
        view! { <p class="govuk-error-message" id=format!("{text}-error")><span class="govuk-visually-hidden">"Error: "</span>{words.to_owned()}</p> }
    });
    let described_by = problem.is_some().then(|| format!("{text}-error"));
    let options = vec![
        Choice::new(PromptState::Deferred.code(), "Put off"),
        Choice::new(PromptState::NotRelevant.code(), "Not relevant here, because (write why above)"),
    ];
    view! {
        <div class="fe-prompt">
            <input type="hidden" id=format!("{at}.key") name=format!("{at}.key") value=key.to_owned()/>
            <label class="fe-prompt__question" id=question_id for=text.clone()>{question.to_owned()}</label>
            {problem}
            {text_box_in(filled, &text, 2, described_by)}
            {radios(filled, &format!("{at}.state"), "Or", "", options, true)}
        </div>
    }
    .into_any()
}
