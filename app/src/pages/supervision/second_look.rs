//! What a record does not say: asked before it is saved, and shown again to whoever is about to sign it.

use super::material::{Material, SEEN_GAPS};
use crate::visit::Visit;
use domain::supervision::{FieldGap, Gap, NewSupervision, Side, to_ask_about};
use leptos::prelude::*;
use records::supervision::{SessionEntry, SessionFile};

/// What the record that is about to be saved does not say, if the person has not been told of it yet. Whoever saves again
/// means it so.
pub(super) fn second_look(visit: &Visit, material: &Material) -> Option<Vec<FieldGap>> {
    let is_saving = visit.is_post() && ["", "save"].contains(&visit.form.text("do"));
    let session = NewSupervision::parse(&visit.form, visit.today()).ok().filter(|_| is_saving)?;
    let before = material.entries.iter().map(|(place, entry)| (*place, entry.standing())).collect();
    to_ask_about(&session, &before, &visit.form.text(SEEN_GAPS).split(',').collect())
}

pub(super) fn gaps_in_words(gaps: &[FieldGap]) -> String {
    gaps.iter().map(FieldGap::key).collect::<Vec<_>>().join(",")
}

pub(super) fn second_look_panel(gaps: &[FieldGap], material: &Material) -> AnyView {
    let items: Vec<_> = gaps
        .iter()
        .map(|gap| {
            let entry = gap.place.and_then(|place| material.entries.get(&place));
            let case = entry.and_then(|entry| entry.case.as_ref());
            let reference = case.map(|case| format!("{}: ", case.reference));
            view! { <li><a class="govuk-link" href=format!("#{}", gap.field)>{reference} {gap.gap.words()}</a></li> }
        })
        .collect();
    view! {
        <div class="fe-second-look" tabindex="-1" autofocus=true role="region" aria-labelledby="second-look">
            <h2 class="govuk-heading-m" id="second-look">"Worth a second look"</h2>
            <ul class="govuk-list govuk-list--bullet">{items}</ul>
            <p class="govuk-body">"It is not saved yet. Change what you like; or save again, and it is kept as it is."</p>
        </div>
    }
    .into_any()
}

/// Where the section about a case stands on the page of its session.
pub(super) fn anchor(entry: &SessionEntry) -> String {
    format!("entry-{}", entry.entry.id)
}

/// What the record does not say, for whoever reads it before they sign on this side.
pub(crate) fn before_signing(session: &SessionFile, side: Option<Side>) -> Option<AnyView> {
    let of_cases: Vec<_> = session.gaps().iter().map(|(entry, gaps)| of_case(entry, gaps)).collect();
    let otherwise =
        (side == Some(Side::Supervisee)).then_some(" If you see something differently, sign with a comment.");
    (!of_cases.is_empty()).then(|| {
        view! {
            <div class="fe-before-signing fe-no-print" role="region" aria-labelledby="before-signing">
                <h3 class="govuk-heading-s" id="before-signing">"Before you sign: worth a second look"</h3>
                {of_cases}
                <p class="govuk-body">"You can sign all the same. What is missing can be added under each case." {otherwise}</p>
            </div>
        }
        .into_any()
    })
}

fn of_case(entry: &SessionEntry, gaps: &[Gap]) -> AnyView {
    let reference = entry.case.1.clone();
    let items: Vec<_> = gaps.iter().map(|gap| view! { <li>{gap.words()}</li> }).collect();
    view! {
        <p class="govuk-body"><a class="govuk-link" href=format!("#{}", anchor(entry))>{reference}</a></p>
        <ul class="govuk-list govuk-list--bullet">{items}</ul>
    }
    .into_any()
}
