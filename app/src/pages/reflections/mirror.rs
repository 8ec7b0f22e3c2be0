//! `/reflections/mirror`: one's own cases in two groups, side by side, for nobody else's eyes.

use crate::answer::Answer;
use crate::components::{Caption, Choice, Filled, check_boxes, empty, table};
use crate::document::Sheet;
use crate::pages::form_page::{back_link, form_heart};
use crate::visit::Visit;
use domain::calendar::day_in_words;
use domain::reflection::{FEWEST_IN_GROUP, MirrorCase, MirrorSide, mirror};
use leptos::prelude::*;
use records::{Problem, reflection};

/// The field with the cases of the group that somebody has in mind.
const GROUP: &str = "case";

/// `/reflections/mirror`. The group that somebody has in mind comes with the form and goes with the page: it is kept nowhere, and
/// stands in no address.
pub(crate) fn open(visit: &Visit) -> Result<Answer, Problem> {
    let (since, cases) = visit.read(reflection::mirror_cases)?;
    let chosen: Vec<String> = visit.form.all(GROUP).map(ToOwned::to_owned).collect();
    let is_chosen = |case: &MirrorCase| chosen.iter().any(|id| id == case.id.as_str());
    let own = visit.is_post().then(|| {
        compared(&cases, "Your two groups", ["Those you ticked", "The others"], is_chosen).unwrap_or_else(
            || {
                empty(
                    "Too few to compare",
                    "Each group needs at least eight cases: with fewer, a difference is chance.",
                )
            },
        )
    });
    let ready = [
        compared(&cases, "Domestic abuse", ["Known or suspected", "Not"], |case| case.domestic_abuse),
        compared(&cases, "Children and adults", ["Children", "Adults"], |case| case.of_children),
    ];
    let content = view! {
        {back_link(Some(("/reflections".to_owned(), "Back to reflections".to_owned())))}
        <h1 class="govuk-heading-l">"My patterns"</h1>
        <p class="govuk-body">{format!("What you and your supervisor said about the cases that you lead since {}, in two groups side by side. Only you see this: it is worked out as you look, kept nowhere, and your manager has no page like it.", day_in_words(since))}</p>
        <div class="govuk-inset-text">"Counts this small prove nothing. A difference may have a good reason. Ask yourself what it is, and what you would expect to see if it were habit."</div>
        {own}
        {ready.into_iter().flatten().collect::<Vec<_>>()}
        {group_form(visit, &cases)}
        <p class="govuk-body fe-no-print"><a class="govuk-link" href="/reflections/new">"Write about what you see"</a></p>
    };
    Ok(Sheet::new("My patterns", content).answer(visit))
}

/// The cases to tick, if there are enough for two groups.
fn group_form(visit: &Visit, cases: &[MirrorCase]) -> AnyView {
    if cases.len() < FEWEST_IN_GROUP * 2 {
        return empty(
            "Not enough cases yet",
            "Sixteen cases or more, in two groups of at least eight, can be compared here.",
        );
    }
    let filled = Filled::new(visit.form.clone());
    let choices = cases
        .iter()
        .map(|case| Choice::new(case.id.to_string(), format!("{} {}", case.reference, case.label)))
        .collect();
    view! {
        <form method="post" action="/reflections/mirror" novalidate>
            {form_heart(visit, &filled)}
            {check_boxes(&filled, GROUP, "Which of your cases belong to the group that you wonder about?", "For example families who speak another language, young parents, people with a disability. What you tick is not kept", choices, false)}
            <button class="govuk-button">"Compare"</button>
        </form>
    }
    .into_any()
}

/// A figure's name, and where it stands.
type Figure = (&'static str, fn(&MirrorSide) -> usize);

/// The cases in a group beside the others; nothing if either are too few.
fn compared(
    cases: &[MirrorCase],
    caption: &'static str,
    names: [&'static str; 2],
    in_group: impl Fn(&MirrorCase) -> bool,
) -> Option<AnyView> {
    let (group, others) = mirror(cases, in_group)?;
    let figures: [Figure; 7] = [
        ("Cases", |side| side.cases),
        ("Risk is high now", |side| side.high),
        ("Risk was said to rise", |side| side.rose),
        ("Discussions, all together", |side| side.discussions),
        ("Stepping up proposed", |side| side.stepped_up),
        ("Stepping down or closing proposed", |side| side.eased),
        ("A disagreement escalated", |side| side.escalated),
    ];
    let rows: Vec<_> = figures
        .into_iter()
        .map(|(words, figure)| {
            view! {
                <tr>
                    <th scope="row">{words}</th>
                    <td data-label=names[0]>{figure(&group)}</td>
                    <td data-label=names[1]>{figure(&others)}</td>
                </tr>
            }
        })
        .collect();
    Some(table(Caption::Shown(caption.to_owned()), &["", names[0], names[1]], rows))
}
