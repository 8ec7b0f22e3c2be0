//! What has become of open actions: a session opens with them; and how actions read in a record.

use crate::components::{Choice, Filled, date, group, hidden, line, radios, select, tag, text_box};
use chrono::NaiveDate;
use domain::TextValue;
use domain::calendar::{counted, day_in_words, instant_in_words, late_in_words};
use domain::ids::ActionId;
use domain::supervision::{ActionState, Outcome, needs_decision};
use leptos::prelude::*;
use records::actions::{ActionReviewRow, ActionRow, Asked, AskedState, OpenActions};

/// Fields for the actions that stand in the form under this prefix.
pub(crate) fn review_fields(
    filled: &Filled,
    prefix: &str,
    open: &OpenActions,
    today: NaiveDate,
) -> Option<AnyView> {
    let numbers = filled.form.indexes(prefix);
    if numbers.is_empty() {
        return None;
    }
    let blocks: Vec<_> = numbers
        .into_iter()
        .map(|number| review_block(filled, &format!("{prefix}.{number}"), open, today))
        .collect();
    Some(
        view! {
            <h3 class="govuk-heading-s">"Actions from last time"</h3>
            {blocks}
        }
        .into_any(),
    )
}

fn review_block(filled: &Filled, at: &str, open: &OpenActions, today: NaiveDate) -> AnyView {
    let name = |field: &str| format!("{at}.{field}");
    let id = filled.text(&name("id"));
    let action =
        id.parse::<ActionId>().ok().and_then(|id| open.actions.iter().find(|action| action.id == id));
    let asked = action.is_some_and(|action| needs_decision(action.carried, open.limit));
    let hint = if asked { "It has been carried over often enough. Decide what becomes of it" } else { "" };
    let carried = action.map_or(0, |action| action.carried);
    let options = Outcome::offered(carried, open.limit)
        .into_iter()
        .map(|outcome| Choice::new(outcome.code(), outcome.words()))
        .collect();
    let has_day =
        ["day", "month", "year"].iter().any(|part| !filled.text(&name(&format!("by.{part}"))).is_empty());
    let is_open = asked || has_day || filled.problems.of(&name("by")).is_some();
    let is_chosen = !filled.text(&name("asked")).is_empty();
    let whom = (is_chosen || (asked && !open.may_be_asked.is_empty()))
        .then(|| whom_fields(filled, &name("asked"), open));
    view! {
        <fieldset class="fe-carried">
            {about(action, today)}
            {action.and_then(|action| open.asked.get(&action.id)).map(asked_before)}
            {hidden(&name("id"), id)}
            {radios(filled, &name("outcome"), "What has become of it?", hint, options, true)}
            <div class="fe-carried__note">
                {text_box(filled, &name("note"), "How do you know, why, or what now?", "", 2)}
            </div>
            {whom}
            <details class="govuk-details" open=is_open>
                <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"Another day"</span></summary>
                <div class="govuk-details__text">
                    {date(filled, &name("by"), "By this day instead", "")}
                </div>
            </details>
        </fieldset>
    }
    .into_any()
}

/// Who is asked, for who clears the way or decides.
fn whom_fields(filled: &Filled, name: &str, open: &OpenActions) -> AnyView {
    let mut choices = vec![Choice::new("", "Nobody here")];
    choices.extend(open.may_be_asked.iter().map(|(id, person)| Choice::new(id, person)));
    // A draft may name somebody who does other work by now: that is said, and not forgotten in silence.
    let chosen = filled.text(name);
    if !chosen.is_empty() && open.may_be_asked.iter().all(|(id, _)| id.as_str() != chosen) {
        choices.push(Choice::new(&chosen, "Somebody who cannot be asked any more: choose again"));
    }
    let hint = "If somebody clears the way or it is taken higher. They get a mail, and it stands on their My week until they answer";
    select(filled, name, "Whom do you ask?", hint, choices)
}

/// Who was asked before about an open action, and what they answered.
fn asked_before(asked: &Asked) -> AnyView {
    view! { <p class="govuk-body">{asked_in_words(asked)}</p> }.into_any()
}

/// Who was asked, and what has come of it.
fn asked_in_words(asked: &Asked) -> String {
    let name = &asked.name;
    match &asked.state {
        AskedState::Waits(None) => format!("{name} is asked, and has not answered yet."),
        AskedState::Waits(Some(other)) => {
            format!("{name} was asked. It is with {other} now, and not answered yet.")
        }
        AskedState::Answered { words, by: None, at } => {
            format!("{name} was asked, and answered on {}: {words}", instant_in_words(*at))
        }
        AskedState::Answered { words, by: Some(other), at } => {
            format!("{name} was asked. {other} answered on {}: {words}", instant_in_words(*at))
        }
        AskedState::Unanswered => format!("{name} was asked, and did not answer."),
        AskedState::NotTold => format!("{name} was asked."),
    }
}

fn about(action: Option<&ActionRow>, today: NaiveDate) -> AnyView {
    let Some(action) = action else {
        return view! {
            <legend>"An action that has ended in the meantime"</legend>
            <p class="govuk-body">"What you wrote about it is still here. Copy what you need; “Still to do” leaves it as it ended."</p>
        }
        .into_any();
    };
    let fallback = (action.due_on < today && !action.fallback.is_empty())
        .then(|| view! { <p class="govuk-body">"Agreed for this: " {action.fallback.clone()}</p> });
    view! {
        <legend>{action.what.clone()}</legend>
        <p class="govuk-body">{format!("{}, by {}. ", action.owner, day_in_words(action.due_on))} {standing(action, today)}</p>
        {fallback}
    }
    .into_any()
}

/// How far an open action is past its day, and how often it was carried over.
pub(crate) fn standing(action: &ActionRow, today: NaiveDate) -> AnyView {
    let over = (today - action.due_on).num_days();
    let late = (over > 0).then(|| tag("overdue", &format!("{} over", counted(over, "day", "days"))));
    let carried = (action.carried > 0).then(|| {
        let times = counted(i64::from(action.carried), "time", "times");
        tag("due-soon", &format!("Carried over {times}"))
    });
    view! { {late} " " {carried} }.into_any()
}

/// Blocks for what is agreed now, at least one, and the button that adds another: pressed, it says `adding`.
pub(crate) fn new_actions(
    filled: &Filled,
    prefix: &str,
    people: &[Choice],
    adding: &str,
    for_what: &str,
) -> AnyView {
    let mut numbers = filled.form.indexes(prefix);
    if numbers.is_empty() {
        numbers.push(0);
    }
    let blocks: Vec<_> = numbers
        .into_iter()
        .enumerate()
        .map(|(count, number)| {
            let owners = people.iter().map(Choice::again).collect();
            group(
                &format!("Action {}", count + 1),
                action_fields(filled, &format!("{prefix}.{number}"), owners),
            )
        })
        .collect();
    view! {
        {blocks}
        <button class="govuk-button govuk-button--secondary" name="do" value=adding.to_owned()>
            "Add another action" <span class="govuk-visually-hidden">{for_what.to_owned()}</span>
        </button>
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
        <div class="fe-side-by-side">
            <div>{select(filled, &name("who"), "Who", "", owners)}</div>
            <div>{line(filled, &name("who_else"), "If somebody else, who", "", "20")}</div>
        </div>
        {date(filled, &name("by"), "By when", "If you leave it, when this is next talked about")}
        {text_box(filled, &name("measure"), "How we shall know", "", 2)}
        {text_box(filled, &name("fallback"), "If it is not done, then", "", 2)}
    }
    .into_any()
}

/// What had become of earlier actions.
pub(crate) fn reviewed_actions<'a>(
    reviewed: impl Iterator<Item = (&'a ActionRow, &'a ActionReviewRow)>,
) -> Option<AnyView> {
    let items: Vec<_> = reviewed
        .map(|(action, review)| {
            let by = review.due_on.map(|due_on| format!(" By {}.", day_in_words(due_on)));
            let note = (!review.note.is_empty()).then(|| format!(": {}", review.note));
            view! {
                <li><strong>{action.what.clone()}</strong> {format!(", {}. ", action.owner)} {review.outcome.words()} {note} {by} {asked(review)}</li>
            }
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <h4 class="govuk-heading-s">"Actions from last time"</h4>
            <ul class="govuk-list govuk-list--bullet">{items}</ul>
        }
        .into_any()
    })
}

/// Who was asked when an action was looked at, after what became of it.
pub(crate) fn asked(review: &ActionReviewRow) -> Option<String> {
    review.asked.as_ref().map(|asked| format!(" {}", asked_in_words(asked)))
}

/// How an action ended, once it has: on which day, and why or how one knows; how late, if whoever did it said so themselves. What was
/// told in a session was done by then, and nobody knows since when.
pub(crate) fn ended_in_words(action: &ActionRow) -> Option<String> {
    let on = action.ended_on?;
    let (state, day) = (action.state.words(), day_in_words(on));
    let is_done = action.state == ActionState::Done;
    let was_told = action.reviews.iter().any(|review| review.outcome == Outcome::Done);
    let late = late_in_words(action.due_on, on).map_or(String::new(), |late| format!(", {late}"));
    let ended = match (is_done, was_told) {
        (true, true) => format!("{state}, as told on {day}"),
        (true, false) => format!("{state} on {day}{late}"),
        (false, _) => format!("{state} on {day}"),
    };
    let note = if action.end_note.is_empty() { String::new() } else { format!(": {}", action.end_note) };
    Some(format!("{ended}{note}"))
}

/// What was agreed, and how it ended.
pub(crate) fn agreed_actions<'a>(agreed: impl Iterator<Item = &'a ActionRow>) -> Option<AnyView> {
    let items: Vec<_> = agreed
        .map(|action| {
            let end = ended_in_words(action).map(|words| format!(" {words}"));
            let measure =
                (!action.measure.is_empty()).then(|| format!(" We shall know by: {}.", action.measure));
            let fallback =
                (!action.fallback.is_empty()).then(|| format!(" If it is not done: {}.", action.fallback));
            view! {
                <li>
                    <strong>{action.what.clone()}</strong>
                    {format!(", {}, by {}.", action.owner, day_in_words(action.agreed_for))}
                    {measure} {fallback} {end}
                </li>
            }
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <h4 class="govuk-heading-s">"Actions"</h4>
            <ul class="govuk-list govuk-list--bullet">{items}</ul>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::actions::{AgreedIn, LookedAtIn};

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn due_on_the_tenth(state: ActionState, ended_on: Option<NaiveDate>) -> ActionRow {
        ActionRow {
            id: ID.parse().unwrap(),
            agreed_in: AgreedIn::Entry { case: ID.parse().unwrap(), entry: ID.parse().unwrap() },
            what: "Ask the school.".to_owned(),
            owner_id: None,
            owner: "The school nurse".to_owned(),
            due_on: day(10),
            measure: String::new(),
            fallback: String::new(),
            state,
            end_note: "The log is here.".to_owned(),
            ended_on,
            version: 1,
            carried: 0,
            agreed_for: day(10),
            reviews: Vec::new(),
        }
    }

    #[test]
    fn action_3_11_only_what_its_owner_ended_after_its_day_was_done_late() {
        let ended = |state, on| ended_in_words(&due_on_the_tenth(state, on));
        assert_eq!(ended(ActionState::Open, None), None);
        let words = |text: &str| Some(text.to_owned());
        assert_eq!(
            ended(ActionState::Done, Some(day(10))),
            words("Done on 10 November 2026: The log is here.")
        );
        assert_eq!(
            ended(ActionState::Done, Some(day(13))),
            words("Done on 13 November 2026, 3 days late: The log is here.")
        );
        let dropped = ended(ActionState::Dropped, Some(day(13))).unwrap();
        assert!(dropped.ends_with("on 13 November 2026: The log is here."), "{dropped}");
        let mut told = due_on_the_tenth(ActionState::Done, Some(day(20)));
        told.reviews.push(ActionReviewRow {
            looked_at_in: LookedAtIn::Entry(ID.parse().unwrap()),
            outcome: Outcome::Done,
            note: "The log is here.".to_owned(),
            due_on: None,
            asked: None,
        });
        assert_eq!(ended_in_words(&told), words("Done, as told on 20 November 2026: The log is here."));
    }
}
