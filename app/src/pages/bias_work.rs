//! Testing what is thought about a case: explanations beside each other, and who challenged what.

use crate::components::{Caption, Choice, Filled, day, group, prose, radios, table, text_box};
use crate::pages::case_entry::EntryForm;
use crate::pages::supervision::SEEN_GAPS;
use domain::TextValue;
use domain::risk::RiskLevel;
use domain::supervision::{CHALLENGES, ChallengeOutcome, Challenger, HYPOTHESES, Hypothesis};
use leptos::prelude::*;
use records::cases::{CaseFile, Entry};

/// Whether explanations are asked for: risk is high, or an action is carried over for as long as the policy lets it.
fn is_wanted(filled: &Filled, at: &str, entry: &EntryForm) -> bool {
    let said = |at: String| RiskLevel::from_code(filled.form.text(&format!("{at}.risk_level")));
    let own = entry.case.iter().map(|case| (&case.id, said(at.to_owned())));
    let of_siblings = entry.siblings.iter();
    let of_siblings =
        of_siblings.map(|sibling| (&sibling.id, said(format!("{at}.sibling.{}", sibling.number))));
    let before = entry.standing();
    before.is_high(own.chain(of_siblings)) || !before.stuck.is_empty()
}

/// The board of explanations and the log of challenges, each closed until it helps.
pub(crate) fn fields(filled: &Filled, at: &str, entry: &EntryForm) -> AnyView {
    let name = |field: &str| format!("{at}.{field}");
    let invitation = is_wanted(filled, at, entry).then(|| {
        view! { <p class="govuk-inset-text">"Risk is high, or nothing moves. Before you decide, put two explanations beside each other."</p> }
    });
    let boards: Vec<_> =
        (0..HYPOTHESES).map(|number| hypothesis_fields(filled, &name("hypothesis"), number)).collect();
    let challenges: Vec<_> =
        (0..CHALLENGES).map(|number| challenge_fields(filled, &name("challenge"), number)).collect();
    view! {
        {invitation}
        {folded(filled, &name("hypothesis"), "Two explanations beside each other", boards)}
        {folded(filled, &name("challenge"), "A challenge, by either of you", challenges)}
    }
    .into_any()
}

fn folded(filled: &Filled, prefix: &str, summary: &'static str, fields: Vec<AnyView>) -> AnyView {
    let at = format!("{prefix}.");
    let is_open = filled.form.any_typed_under(&at)
        // What is worth a second look is to be found.
        || filled.form.text(SEEN_GAPS).split(',').any(|gap| gap.starts_with(&at))
        || filled.problems.0.iter().any(|problem| problem.field.starts_with(&at));
    view! {
        <details class="govuk-details" open=is_open>
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">{summary}</span></summary>
            <div class="govuk-details__text">{fields}</div>
        </details>
    }
    .into_any()
}

fn hypothesis_fields(filled: &Filled, prefix: &str, number: usize) -> AnyView {
    let name = |field: &str| format!("{prefix}.{number}.{field}");
    let fields = view! {
        {text_box(filled, &name("explanation"), "What might be so", "", 2)}
        {text_box(filled, &name("supports"), "What supports it", "", 2)}
        {text_box(filled, &name("contradicts"), "What contradicts it", "", 2)}
        {text_box(filled, &name("change_mind"), "What would change our mind", "", 2)}
        {text_box(filled, &name("who_else"), "Who else could know", "", 2)}
    };
    group(&format!("Explanation {}", number + 1), fields)
}

fn challenge_fields(filled: &Filled, prefix: &str, number: usize) -> AnyView {
    let name = |field: &str| format!("{prefix}.{number}.{field}");
    let mut challengers = vec![Choice::new("", "No challenge")];
    challengers.extend(Choice::all::<Challenger>());
    let fields = view! {
        {radios(filled, &name("by"), "Who challenged?", "", challengers, true)}
        {text_box(filled, &name("tested"), "What was tested", "A view, a decision or a plan", 2)}
        {radios(filled, &name("outcome"), "What came of it?", "", Choice::all::<ChallengeOutcome>(), true)}
    };
    group(&format!("Challenge {}", number + 1), fields)
}

/// What was put to the test in an entry.
pub(crate) fn shown(entry: &Entry) -> AnyView {
    let hypotheses: Vec<_> = entry.hypotheses.0.iter().enumerate().map(hypothesis).collect();
    let challenges: Vec<_> =
        entry.challenges.0.iter().map(|challenge| view! { <li>{challenge.words()}</li> }).collect();
    let challenges = (!challenges.is_empty()).then(|| {
        view! {
            <h4 class="govuk-heading-s">"Challenged"</h4>
            <ul class="govuk-list govuk-list--bullet">{challenges}</ul>
        }
    });
    view! { {hypotheses} {challenges} }.into_any()
}

fn hypothesis((number, hypothesis): (usize, &Hypothesis)) -> AnyView {
    let beside: Vec<_> = hypothesis
        .beside()
        .map(|(heading, text)| view! { <p class="govuk-body"><strong>{heading} ": "</strong> {text.to_owned()}</p> })
        .collect();
    view! {
        <h4 class="govuk-heading-s">{format!("Explanation {}", number + 1)}</h4>
        {prose(&hypothesis.explanation)}
        {beside}
    }
    .into_any()
}

/// The challenges of the last discussions, the newest first.
pub(crate) fn challenges_section(case: &CaseFile) -> Option<AnyView> {
    let rows: Vec<_> = case
        .discussions
        .iter()
        .flat_map(|entry| entry.challenges.0.iter().map(move |challenge| (entry.held_on, challenge)))
        .map(|(on, challenge)| {
            view! {
                <tr>
                    <th scope="row">{challenge.tested.clone()}</th>
                    <td data-label="When">{day(on)}</td>
                    <td data-label="Who challenged">{challenge.by.words()}</td>
                    <td data-label="What came of it">{challenge.outcome.words()}</td>
                </tr>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        let columns = ["What was tested", "When", "Who challenged", "What came of it"];
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"Challenges"</h2>
                {table(Caption::Unseen("Challenges, newest first"), &columns, rows)}
            </section>
        }
        .into_any()
    })
}
