//! `/learning`: what a team learns from its supervision.

mod language;

pub(crate) use language::language;

use crate::answer::Answer;
use crate::components::{Caption, Choice, Filled, empty, select, table};
use crate::document::Sheet;
use crate::pages::form_page::back_link;
use crate::visit::Visit;
use domain::TextValue;
use domain::calendar::day_in_words;
use domain::ids::TeamId;
use domain::learning::{FEWEST, LearningPeriod, Shown};
use domain::reflection::Theme;
use domain::supervision::{ChallengeOutcome, Proposal};
use leptos::prelude::*;
use records::Problem;
use records::learning::{self, Counts, Learning};

/// `/learning`.
pub(crate) fn learning(visit: &Visit) -> Result<Answer, Problem> {
    let period = LearningPeriod::from_code(visit.query.text("period")).unwrap_or(LearningPeriod::HalfYear);
    let team: Option<TeamId> = match visit.query.text("team") {
        "" => None,
        id => Some(id.parse().map_err(|_| Problem::NotFound)?),
    };
    let found = visit.read(|reading| learning::learning(reading, team.as_ref(), period))?;
    let counts = match &found.counts {
        Some(counts) => sections(counts),
        None => empty(
            "Too few to count",
            "Fewer than five people were supervised here in this time. Counts of so few would tell who they were.",
        ),
    };
    let content = view! {
        {back_link(Some(("/supervision".to_owned(), "Back to supervision".to_owned())))}
        <h1 class="govuk-heading-l">"What we learn from supervision"</h1>
        <p class="govuk-body">{format!("Counted for questions and plans since {}, never for people. What happened fewer than {FEWEST} times is not told apart, teams too small to be counted are left out, and nothing from anybody’s journal is counted.", day_in_words(found.since))}</p>
        <p class="govuk-body fe-no-print"><a class="govuk-link" href="/learning/language">"How our language changes"</a></p>
        {filter_form(visit, &found)}
        {counts}
    };
    Ok(Sheet::new("What we learn from supervision", content).answer(visit))
}

fn filter_form(visit: &Visit, found: &Learning) -> AnyView {
    let mut filled = Filled::new(visit.query.clone());
    if filled.form.text("period").is_empty() {
        filled.form.set("period", LearningPeriod::HalfYear.code());
    }
    let mut teams = vec![Choice::new("", "All of these teams")];
    teams.extend(found.teams.iter().map(|team| Choice::new(team.id.to_string(), team.name.clone())));
    let team = (found.teams.len() > 1).then(|| select(&filled, "team", "Team", "", teams));
    view! {
        <form class="fe-filter" method="get" aria-label="Teams and time">
            {team}
            {select(&filled, "period", "Time", "", Choice::all::<LearningPeriod>())}
            <button class="govuk-button govuk-button--secondary">"Show"</button>
        </form>
    }
    .into_any()
}

fn sections(counts: &Counts) -> AnyView {
    let themes: Vec<_> = Theme::ALL
        .iter()
        .filter_map(|theme| Some((theme, counts.themes.get(theme)?)))
        .map(|(theme, of_theme)| {
            view! {
                <tr>
                    <th scope="row">{theme.words()}</th>
                    <td data-label="Put">{Shown::sum_of(&[of_theme.answered, of_theme.open, of_theme.not_relevant]).to_string()}</td>
                    <td data-label="Answered">{shown(of_theme.answered)}</td>
                    <td data-label="Still open">{shown(of_theme.open)}</td>
                    <td data-label="Not relevant">{shown(of_theme.not_relevant)}</td>
                    <td data-label="Plan changed">{shown(of_theme.changed_plan)}</td>
                </tr>
            }
        })
        .collect();
    let questions = if themes.is_empty() {
        empty("No question was put", "Questions come with discussions of cases.")
    } else {
        let columns = ["Theme", "Put", "Answered", "Still open", "Not relevant", "Plan changed"];
        table(Caption::Shown("Questions, by theme".to_owned()), &columns, themes)
    };
    let proposed: Vec<i64> =
        Proposal::ALL.iter().map(|proposal| counts.proposals.get(proposal).copied().unwrap_or(0)).collect();
    let without = counts.discussions - proposed.iter().sum::<i64>();
    let all = Shown::sum_of(&[&proposed[..], &[without]].concat());
    let discussions = format!("Discussions of cases: {all}");
    let proposals = counted_list::<Proposal>(|proposal| counts.proposals.get(&proposal).copied());
    let challenges = counted_list::<ChallengeOutcome>(|outcome| counts.challenges.get(&outcome).copied());
    view! {
        {questions}
        <section class="fe-section">
            <h2 class="govuk-heading-m">"What was proposed"</h2>
            <p class="govuk-body">{discussions}</p>
            {proposals}
        </section>
        <section class="fe-section">
            <h2 class="govuk-heading-m">"What came of challenges"</h2>
            {challenges}
        </section>
    }
    .into_any()
}

fn shown(count: i64) -> String {
    Shown::of(count).to_string()
}

/// Each value with how often it occurred.
fn counted_list<T: TextValue + 'static>(count: impl Fn(T) -> Option<i64>) -> AnyView {
    let items: Vec<_> = T::ALL
        .iter()
        .map(|value| {
            view! { <li>{format!("{}: {}", value.words(), shown(count(*value).unwrap_or(0)))}</li> }
        })
        .collect();
    view! { <ul class="govuk-list govuk-list--bullet">{items}</ul> }.into_any()
}
