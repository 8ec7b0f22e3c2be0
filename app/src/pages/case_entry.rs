//! What is said about one case: how it is asked for, and how it is shown.

use crate::components::{
    Choice, Filled, check_box, check_boxes, date, day, hidden, prose, radios, readers, risk_tag, tag,
    text_box, timeliness, when,
};
use crate::pages::action_review::{agreed_actions, new_actions, review_fields, reviewed_actions};
use crate::pages::bias_work;
use crate::pages::checklist::{ChecklistForm, checklist_fields, checklist_said};
use crate::pages::questions::question_fields;
use crate::pages::template_questions::{answered, asked};
use chrono::NaiveDate;
use domain::TextValue;
use domain::access::Readers;
use domain::cases::CaseStatus;
use domain::ids::CaseId;
use domain::reflection::{PromptTable, Trigger};
use domain::risk::{Checklist, LatestScore, RiskDirection, RiskLevel};
use domain::supervision::{ChildSeen, EntryKind, LEVEL_LEFT, Proposal, RecordStep, Standing, Voice};
use domain::templates::{TemplatePart, Templates};
use leptos::prelude::*;
use records::actions::{ActionRow, OpenActions};
use records::cases::{CaseSummary, Entry};
use records::signing::StepRow;

/// What the fields of one entry need to know.
pub(crate) struct EntryForm {
    /// The case; `None` if it is no longer the manager's to see. What was typed about it is still shown.
    pub(crate) case: Option<CaseSummary>,
    pub(crate) questions: PromptTable,
    /// The newest score of its risk checklist.
    pub(crate) score: Option<LatestScore>,
    /// The day that the policy gives for the next session.
    pub(crate) next_on: Option<NaiveDate>,
    /// What was agreed before and has not ended.
    pub(crate) open: OpenActions,
    /// The brothers and sisters with whom it is talked about.
    pub(crate) siblings: Vec<SiblingForm>,
}

impl EntryForm {
    /// An entry whose questions and actions are still to be read.
    pub(crate) fn new(
        case: Option<CaseSummary>,
        next_on: Option<NaiveDate>,
        siblings: Vec<SiblingForm>,
    ) -> Self {
        let (questions, open) = (PromptTable::default(), OpenActions::default());
        Self { case, questions, score: None, next_on, open, siblings }
    }

    /// Every case of which the entry speaks.
    pub(crate) fn cases(&self) -> impl Iterator<Item = &CaseId> {
        self.case.iter().map(|case| &case.id).chain(self.siblings.iter().map(|sibling| &sibling.id))
    }

    /// How it stood before it is talked about.
    pub(crate) fn standing(&self) -> Standing {
        let cases = self.siblings.iter().filter_map(|sibling| sibling.case.as_ref()).chain(&self.case);
        let open = self.siblings.iter().map(|sibling| &sibling.open).chain([&self.open]);
        Standing {
            levels: cases.map(|case| (case.id.clone(), case.risk_level)).collect(),
            stuck: open.flat_map(OpenActions::stuck).cloned().collect(),
        }
    }
}

/// What the fields of a brother or sister need to know.
pub(crate) struct SiblingForm {
    /// Its number in the form.
    pub(crate) number: usize,
    pub(crate) id: CaseId,
    /// The case; `None` if it is no longer the manager's to see.
    pub(crate) case: Option<CaseSummary>,
    /// What was agreed for this child and has not ended.
    pub(crate) open: OpenActions,
}

/// The field of an entry that says that brothers and sisters were put into the form once: who was taken out stays out.
pub(crate) const SIBLINGS_OFFERED: &str = "siblings_offered";

/// The fields of one entry.
pub(crate) fn entry_fields(
    filled: &Filled,
    number: usize,
    entry: &EntryForm,
    people: Vec<Choice>,
    (templates, who, today): (&Templates, Readers, NaiveDate),
) -> AnyView {
    let name = |field: &str| format!("entry.{number}.{field}");
    let siblings: Vec<_> = entry
        .siblings
        .iter()
        .map(|sibling| sibling_fields(filled, &name("sibling"), sibling, today))
        .collect();
    let together = (!siblings.is_empty()).then(|| {
        view! { <p class="govuk-body">"What is written here is kept for each of the children below too. Say at each what differs."</p> }
    });
    let reference = entry.case.as_ref().map_or("this case", |case| case.reference.as_str());
    filled.speaks_of(reference);
    let checklist = ChecklistForm {
        last: entry.score,
        is_open: entry.case.as_ref().is_some_and(|case| case.domestic_abuse),
    };
    let entry = view! {
        <fieldset class="fe-entry" id=name("case") tabindex="-1">
            {about(entry.case.as_ref(), filled.has_cursor(&name("case")))}
            {hidden(&name("case"), filled.text(&name("case")))}
            {hidden(&name(SIBLINGS_OFFERED), filled.text(&name(SIBLINGS_OFFERED)))}
            {together}
            {readers(who)}
            {review_fields(filled, &name("review"), &entry.open, today)}
            {radios(filled, &name("child_seen"), "Was the child seen?", "", Choice::all::<ChildSeen>(), false)}
            {date(filled, &name("child_seen_on"), "Date last seen", "")}
            {text_box(filled, &name("what_happened"), "What has happened since last time", "", 5)}
            {radios(filled, &name("risk_level"), "Risk now", "", Choice::all::<RiskLevel>(), true)}
            {radios(filled, &name("risk_direction"), "Which way has risk gone?", "", Choice::all::<RiskDirection>(), true)}
            {checklist_fields(filled, &name(""), &checklist)}
            {check_box(filled, &name("support_declined"), "Support was offered and declined")}
            {happened_fields(filled, &name("happened"))}
            {voice_fields(filled, &name("voices"))}
            {asked(filled, &format!("entry.{number}"), templates.of(TemplatePart::Case), "More to ask about this case")}
            {bias_work::fields(filled, &format!("entry.{number}"), entry)}
            {radios(filled, &name("proposal"), "What is proposed for the plan?", "", Choice::all::<Proposal>(), false)}
            {text_box(filled, &name("decision"), "Decision", "", 3)}
            {text_box(filled, &name("rationale"), "Why", "", 3)}
            {new_actions(filled, &name("action"), &people, &format!("add_action.{number}"), &format!(" for {reference}"))}
            {text_box(filled, &name("no_action_because"), "No action needed, because", "Only if nothing is to be done", 2)}
            {date(filled, &name("next_on"), "Next date for this case", "What the policy gives, counted from today. Change it if sooner is better")}
            {siblings}
            {question_fields(filled, &format!("entry.{number}."), &entry.questions, Readers::PromptReply, (Some("Take it to supervision"), today))}
            <button class="govuk-button govuk-button--secondary" name="do" value=format!("remove_entry.{number}")>
                "Remove this case" <span class="govuk-visually-hidden">{format!(" {reference}")}</span>
            </button>
        </fieldset>
    }
    .into_any();
    filled.speaks_of("");
    entry
}

/// Ticks that wait under one line until they help. What is ticked opens them.
fn folded_ticks(
    filled: &Filled,
    name: &str,
    (summary, hint): (&'static str, &'static str),
    choices: Vec<Choice>,
) -> AnyView {
    let is_open = filled.form.has(name) || filled.problems.of(name).is_some();
    view! {
        <details class="govuk-details" open=is_open>
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">{summary}</span></summary>
            <div class="govuk-details__text">{check_boxes(filled, name, summary, hint, choices, true)}</div>
        </details>
    }
    .into_any()
}

fn happened_fields(filled: &Filled, name: &str) -> AnyView {
    let choices =
        Trigger::TICKED.iter().map(|trigger| Choice::new(trigger.code(), trigger.words())).collect();
    let words =
        ("What has happened that calls for a question", "Each tick brings a question. Tick only what is so");
    folded_ticks(filled, name, words, choices)
}

fn voice_fields(filled: &Filled, name: &str) -> AnyView {
    let words = (
        "Whose view was sought",
        "Since last time, by anybody. Who is left out shows on the page of the case",
    );
    folded_ticks(filled, name, words, Choice::all::<Voice>())
}

/// The fields of a brother or sister: what differs for this child.
fn sibling_fields(filled: &Filled, prefix: &str, sibling: &SiblingForm, today: NaiveDate) -> AnyView {
    let at = format!("{prefix}.{}", sibling.number);
    let name = |field: &str| format!("{at}.{field}");
    let reference = sibling.case.as_ref().map_or("this child", |case| case.reference.as_str());
    filled.speaks_of(reference);
    view! {
        <fieldset class="fe-entry fe-entry--sibling" id=name("case") tabindex="-1">
            {about(sibling.case.as_ref(), false)}
            {hidden(&name("case"), &sibling.id)}
            {review_fields(filled, &name("review"), &sibling.open, today)}
            {text_box(filled, &name("differs"), "What differs for this child", "If nothing does, write that, and why", 3)}
            {radios(filled, &name("child_seen"), "Was this child seen?", "", Choice::all::<ChildSeen>(), false)}
            {date(filled, &name("child_seen_on"), "Date last seen", "")}
            {check_box(filled, &name("child_heard"), "The view of this child was sought")}
            {radios(filled, &name("risk_level"), "Risk now for this child", "", Choice::all::<RiskLevel>(), true)}
            {radios(filled, &name("risk_direction"), "Which way has it gone?", "", Choice::all::<RiskDirection>(), true)}
            <button class="govuk-button govuk-button--secondary" name="do" value=format!("remove_sibling.{at}")>
                "Leave this child out" <span class="govuk-visually-hidden">{format!(" {reference}")}</span>
            </button>
        </fieldset>
    }
    .into_any()
}

/// Which case an entry is about, and where it stands. Where the cursor is to be in an entry, it is at its beginning.
fn about(case: Option<&CaseSummary>, has_cursor: bool) -> AnyView {
    let Some(case) = case else {
        return view! {
            <legend tabindex="-1" autofocus=has_cursor>"A case that you can no longer see"</legend>
            <p class="govuk-body">"What you wrote is still here. Copy what you need, then remove this case."</p>
        }
        .into_any();
    };
    let last = match case.last_held_on {
        Some(held_on) => view! { "Last discussed on " {day(held_on)} }.into_any(),
        None => view! { "Not discussed since allocation on " {day(case.allocated_on)} }.into_any(),
    };
    let closed = (case.status != CaseStatus::Open).then(|| view! { {tag("not-required", "Closed")} " " });
    view! {
        <legend tabindex="-1" autofocus=has_cursor>{format!("{} · {}", case.reference, case.label)}</legend>
        <p class="govuk-body">{closed} {case.plan_type.words()} ". Risk so far: " {risk_tag(case.risk_level)} ". " {last} "."</p>
    }
    .into_any()
}

/// What an entry says, the checklist of its view of risk included, with what was added to it and those of these actions that it
/// agreed or looked at.
pub(crate) fn entry_body(
    (entry, checklist): (&Entry, Option<Checklist>),
    added: &[StepRow],
    actions: &[ActionRow],
) -> AnyView {
    let seen = entry.child_seen.filter(|seen| *seen != ChildSeen::NotApplicable).map(|seen| {
        let on = entry.child_seen_on.map(|on| view! { ", on " {day(on)} });
        view! { <p class="govuk-body"><strong>"Child seen: "</strong>{seen.words()} {on}</p> }
    });
    let left = entry.level_left.then(|| view! { <p class="govuk-body">{format!("{LEVEL_LEFT}.")}</p> });
    let declined = entry
        .support_declined
        .then(|| view! { <p class="govuk-body">{tag("due-soon", "Support was declined")}</p> });
    let proposal = entry
        .proposal
        .map(|proposal| view! { <p class="govuk-body"><strong>"Plan: "</strong>{proposal.words()}</p> });
    let act =
        entry.act.map(|act| view! { <p class="govuk-body"><strong>"Decided: "</strong>{act.words()}</p> });
    let next = entry
        .next_on
        .map(|next_on| view! { <p class="govuk-body"><strong>"Next date: "</strong>{day(next_on)}</p> });
    let no_action = (!entry.no_action_because.is_empty()).then(|| {
        view! { <p class="govuk-body"><strong>"No action needed, because: "</strong>{entry.no_action_because.clone()}</p> }
    });
    let was_due = entry.was_due_on.zip(entry.policy_version).map(|(was_due_on, version)| {
        view! { <p class="govuk-body"><strong>"Held: "</strong>{timeliness(entry.held_on, was_due_on, version)}</p> }
    });
    let differs = (!entry.differs.is_empty()).then(|| {
        view! {
            <h4 class="govuk-heading-s">"What differs for this child"</h4>
            {prose(&entry.differs)}
            <p class="govuk-body fe-muted">"The rest was said of brothers and sisters together."</p>
        }
    });
    let happened =
        if entry.kind == EntryKind::Oversight { "What happened or was asked" } else { "What has happened" };
    let ticked = |heading: &'static str, words: String| {
        (!words.is_empty()).then(|| view! { <p class="govuk-body"><strong>{heading}</strong> {words}</p> })
    };
    view! {
        {left}
        {reviewed_actions(actions.iter().filter_map(|action| Some((action, action.review_in(&entry.id)?))))}
        {checklist_said(checklist)}
        {seen}
        {declined}
        {ticked("Has happened: ", entry.happened.happened_in_words())}
        {ticked("Whose view was sought: ", entry.voices.words())}
        {differs}
        {(!entry.what_happened.is_empty()).then(|| view! { <h4 class="govuk-heading-s">{happened}</h4> {prose(&entry.what_happened)} })}
        {answered(&entry.answers)}
        {bias_work::shown(entry)}
        {proposal}
        {act}
        <h4 class="govuk-heading-s">"Decision"</h4>
        {prose(&entry.decision)}
        <h4 class="govuk-heading-s">"Why"</h4>
        {prose(&entry.rationale)}
        {agreed_actions(actions.iter().filter(|action| action.is_of_entry(entry.agreed_at())))}
        {no_action}
        {next}
        {was_due}
        {added_later(added)}
    }
    .into_any()
}

/// What was added, by whom and when. It stands apart, so that nobody takes it for what was signed.
fn added_later(added: &[StepRow]) -> Option<AnyView> {
    let added: Vec<_> = added
        .iter()
        .map(|row| {
            view! {
                <div class="govuk-inset-text">
                    {(row.step == RecordStep::Void).then(|| view! { <strong>{row.step.words()}</strong> })}
                    {prose(&row.words)}
                    <p class="govuk-body fe-muted">{format!("{}, {}, ", row.person, row.side.words().to_lowercase())} {when(row.taken_at)}</p>
                </div>
            }
        })
        .collect();
    (!added.is_empty()).then(|| view! { <h4 class="govuk-heading-s">"Added later"</h4> {added} }.into_any())
}
