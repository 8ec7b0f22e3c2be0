//! Supervision agreements: with whom there is one, writing one, and reading it.

use crate::answer::Answer;
use crate::components::{Caption, Filled, date, day, empty, prose, readers, table, tag, text_box};
use crate::document::Sheet;
use crate::pages::form_page::{FormSheet, back_link, form, form_page};
use crate::pages::papers;
use crate::pages::signing;
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::access::Readers;
use domain::agreement::{AgreementTemplate, NewAgreement};
use domain::calendar::counted;
use domain::form::Form;
use domain::ids::{AgreementId, PersonId};
use domain::policy::Unit;
use domain::supervision::{RecordStep, Side};
use leptos::prelude::*;
use records::Problem;
use records::agreements::{
    self, AgreedThen, AgreementFile, AgreementLine, Beginning, InTeams, MissingAgreement, OverTime,
};

/// `/agreements`.
pub(crate) fn list(visit: &Visit) -> Result<Answer, Problem> {
    let (lines, in_teams) =
        visit.read(|reading| Ok((agreements::mine(reading)?, agreements::in_teams(reading)?)))?;
    let today = visit.today();
    let missing = lines.iter().filter(|line| !line.is_in_place(today)).count();
    let missing = match (lines.is_empty(), missing) {
        (true, _) => None,
        (false, 0) => Some("Every agreement is in place.".to_owned()),
        (false, count) => {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            Some(format!("{} in place.", counted(count, "agreement is not", "agreements are not")))
        }
    };
    let body = if lines.is_empty() {
        empty("No line supervision yet", "An administrator says who supervises whom, on the person’s page.")
    } else {
        let rows: Vec<_> = lines.iter().map(|line| row(visit, line, today)).collect();
        table(Caption::Unseen("Agreements"), &["Supervised", "Supervisor", "Agreement", ""], rows)
    };
    let content = view! {
        {back_link(Some(("/supervision".to_owned(), "Back to supervision".to_owned())))}
        <h1 class="govuk-heading-l">"Supervision agreements"</h1>
        <p class="govuk-body">"What two people agree about their supervision: how often, what for, who reads what, and what if they disagree. " {missing}</p>
        {body}
        {teams_section(&in_teams)}
    };
    Ok(Sheet::new("Supervision agreements", content).answer(visit))
}

/// Agreements that a list of one page names; how many there are is said besides.
const NAMED: usize = 50;

/// Where in the teams of a manager none is in place.
fn teams_section(in_teams: &InTeams) -> Option<AnyView> {
    if in_teams.lines == 0 {
        return None;
    }
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let (missing, lines) = (in_teams.missing.len(), in_teams.lines);
    let lead = format!(
        "Of {} in your teams, {}.",
        counted(count(lines), "line of supervision", "lines of supervision"),
        match missing {
            0 => "every one has an agreement in place".to_owned(),
            missing => format!("{} no agreement in place", counted(count(missing), "has", "have")),
        }
    );
    let rows: Vec<_> = in_teams.missing.iter().take(NAMED).map(missing_row).collect();
    let more = missing.saturating_sub(NAMED);
    let more = (more > 0).then(|| view! { <p class="govuk-body">{format!("And {more} more.")}</p> });
    let table = (missing > 0).then(|| {
        table(Caption::Unseen("Without an agreement"), &["Supervised", "Supervisor", "Agreement"], rows)
    });
    Some(
        view! {
            <section class="fe-section">
                <h2 class="govuk-heading-m">"In your teams"</h2>
                <p class="govuk-body">{lead}</p>
                {table}
                {more}
            </section>
        }
        .into_any(),
    )
}

fn missing_row(line: &MissingAgreement) -> AnyView {
    let standing = line.held_until.map_or_else(
        || tag("never", "No agreement in place"),
        |until| {
            view! { {tag("overdue", "To be looked at again")} <small>"Since " {day(until)}</small> }
                .into_any()
        },
    );
    let (person, name) = &line.supervisee;
    view! {
        <tr>
            <th scope="row"><a class="govuk-link" href=format!("/people/{person}")>{name.clone()}</a></th>
            <td data-label="Supervisor">{line.supervisor.clone()}</td>
            <td data-label="Agreement"><div>{standing}</div></td>
        </tr>
    }
    .into_any()
}

fn row(visit: &Visit, line: &AgreementLine, today: NaiveDate) -> AnyView {
    let supervises =
        visit.signed_in.as_ref().is_some_and(|signed_in| signed_in.actor.person == line.supervisor.0);
    let standing = match line.review_on {
        None => tag("never", "No agreement in place"),
        Some(review_on) if review_on < today => {
            view! { {tag("overdue", "To be looked at again")} <small>"Since " {day(review_on)}</small> }
                .into_any()
        }
        Some(review_on) => {
            view! { {tag("in-date", "In place")} <small>"Looked at again on " {day(review_on)}</small> }
                .into_any()
        }
    };
    let about = format!(" with {}", if supervises { &line.supervisee.1 } else { &line.supervisor.1 });
    let open = line.newest.as_ref().map(|(id, state)| {
        let state = (!state.is_locked()).then(|| view! { {signing::state_tag(*state)} " " });
        view! { {state} <a class="govuk-link" href=format!("/agreements/{id}")>"Read" <span class="govuk-visually-hidden">{about.clone()}</span></a> " " }
    });
    let is_open = line.newest.as_ref().is_some_and(|(_, state)| !state.is_locked());
    let write = (supervises && !is_open).then(|| {
        view! { <a class="govuk-link" href=format!("/agreements/new?supervisee={}", line.supervisee.0)>"Write a new one" <span class="govuk-visually-hidden">{about.clone()}</span></a> }
    });
    let earlier = line.newest.as_ref().filter(|_| line.earlier > 0).map(|(id, _)| {
        view! { <a class="govuk-link" href=format!("/agreements/{id}#{EARLIER}")>"Earlier ones" <span class="govuk-visually-hidden">{about.clone()}</span></a> " " }
    });
    view! {
        <tr>
            <th scope="row">{line.supervisee.1.clone()}</th>
            <td data-label="Supervisor">{line.supervisor.1.clone()}</td>
            <td data-label="Agreement"><div>{standing}</div></td>
            <td><div>{open} {earlier} {write}</div></td>
        </tr>
    }
    .into_any()
}

/// `/agreements/new`.
pub(crate) fn write(visit: &Visit) -> Result<Answer, Problem> {
    let supervisee: PersonId = visit.query.text("supervisee").parse().map_err(|_| Problem::NotFound)?;
    let template = agreements::template()?;
    let begun = visit.read(|reading| agreements::begin(reading, &supervisee))?;
    let (hint, intro) = (when_by_the_policy(&begun), begins_with(&begun));
    form_page(
        visit,
        || Ok(begun.form),
        |filled| {
            let form = form(visit, filled, fields(filled, &template, &hint), "Save agreement");
            Ok(FormSheet::new(format!("Agreement with {}", begun.name), form)
                .back_to("/agreements", "Back to agreements")
                .intro(intro)
                .dates(&["review_on"]))
        },
        || {
            let new = NewAgreement::parse(&visit.form, &template, visit.today())?;
            let supervisee = supervisee.clone();
            visit.save_new(move |writing| {
                let id = agreements::write(writing, &supervisee, &new)?;
                Ok(format!("/agreements/{id}?notice=agreement-saved"))
            })
        },
    )
}

/// Why the form says what it says before anybody has written a word.
fn begins_with(begun: &Beginning) -> Option<AnyView> {
    let (id, last) = begun.last.as_ref()?;
    let by_the_policy = format!(" You meet at least every {} now.", begun.interval);
    Some(
        view! {
            <p class="govuk-body">
                "Begins with what you both signed on " {day(last.signed_on)} ". Change what has changed since."
                {by_the_policy} " " <a class="govuk-link" href=format!("/agreements/{id}")>"Read that one"</a>
            </p>
        }
        .into_any(),
    )
}

fn when_by_the_policy(begun: &Beginning) -> String {
    let which = if begun.last.is_some() { "A later agreement" } else { "The first agreement of two people" };
    let after = Unit::Months.counted(begun.looked_at_after);
    format!("{which} is looked at again after {after} by the policy. Choose another day if you like")
}

fn fields(filled: &Filled, template: &AgreementTemplate, when: &str) -> AnyView {
    let sections: Vec<_> = template
        .sections
        .iter()
        .map(|section| text_box(filled, &section.key, &section.title, &section.hint, 3))
        .collect();
    view! {
        {readers(Readers::PersonalPart)}
        {sections}
        {date(filled, "review_on", "Looked at again on", when)}
    }
    .into_any()
}

/// `/agreements/{id}`.
pub(crate) fn open(visit: &Visit) -> Result<Answer, Problem> {
    let id: AgreementId = visit.id()?;
    let template = agreements::template()?;
    let (agreement, over_time) = visit.read(|reading| {
        let agreement = agreements::open(reading, &id)?;
        let over_time = agreements::over_time(reading, &agreement)?;
        Ok((agreement, over_time))
    })?;
    let is_supervisor = agreement.signing.side == Some(Side::Supervisor);
    let change = (is_supervisor && agreement.signing.may(RecordStep::Correct)).then(|| {
        view! { <a class="govuk-button govuk-button--secondary fe-no-print" href=format!("/agreements/{id}/edit")>"Change"</a> }
    });
    let title = title(visit, &agreement);
    let content = view! {
        {back_link(Some(("/agreements".to_owned(), "Back to agreements".to_owned())))}
        <div class="fe-title"><h1 class="govuk-heading-l">{title.clone()}</h1> {change}</div>
        {newer(&over_time)}
        {text(&agreement, &template)}
        {signing::section(visit, &format!("/agreements/{id}"), &agreement.signing, None)}
        {earlier(&over_time)}
    };
    Ok(Sheet::new(title, content).with_reference("Supervision agreement").answer(visit))
}

/// Whether a newer one holds instead of this one, or is on its way.
fn newer(over_time: &OverTime) -> Option<AnyView> {
    let newest = over_time.newest()?;
    let link = |words: &'static str| view! { <a class="govuk-link" href=format!("/agreements/{}", newest.id)>{words}</a> };
    let replaced_on = over_time.replaced_by().and_then(|other| other.signed_on);
    let words = match replaced_on {
        Some(on) => view! { "A newer one has taken its place on " {day(on)} ". " {link("Read the newest one")} }.into_any(),
        None => view! { "A newer one is written. It takes the place of this one once both have signed it. " {link("Read the newer one")} }.into_any(),
    };
    Some(view! { <p class="govuk-inset-text">{words}</p> }.into_any())
}

/// What the two agreed before.
fn earlier(over_time: &OverTime) -> Option<AnyView> {
    let items: Vec<_> = over_time.earlier().map(earlier_item).collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="fe-section" id=EARLIER>
                <h2 class="govuk-heading-m">"Earlier agreements"</h2>
                <ul class="fe-links">{items}</ul>
            </section>
        }
        .into_any()
    })
}

/// Where the earlier agreements stand on the page of one.
const EARLIER: &str = "earlier";

fn earlier_item(then: &AgreedThen) -> AnyView {
    let link = view! { <a class="govuk-link" href=format!("/agreements/{}", then.id)>"Agreement of " {day(then.written_on)}</a> };
    let signed = match then.signed_on {
        Some(on) => view! { "signed by both on " {day(on)} }.into_any(),
        None => signing::state_tag(then.state),
    };
    view! { <li>{link} " " <span>{signed}</span></li> }.into_any()
}

/// What an agreement says: what is signed.
pub(crate) fn text(agreement: &AgreementFile, template: &AgreementTemplate) -> AnyView {
    let sections: Vec<_> = template
        .sections
        .iter()
        .filter_map(|section| Some((section.title.clone(), agreement.answers.get(&section.key)?)))
        .map(|(title, answer)| view! { <h2 class="govuk-heading-s">{title}</h2> {prose(answer)} })
        .collect();
    view! {
        {readers(Readers::PersonalPart)}
        {sections}
        <p class="govuk-body"><strong>"Looked at again on "</strong>{day(agreement.review_on)}</p>
    }
    .into_any()
}

fn title(visit: &Visit, agreement: &AgreementFile) -> String {
    format!("Agreement with {}", visit.other_of(&agreement.supervisor, &agreement.supervisee))
}

/// `/agreements/{id}/edit`.
pub(crate) fn change(visit: &Visit) -> Result<Answer, Problem> {
    let id: AgreementId = visit.id()?;
    let (agreement, template) =
        (visit.read(|reading| agreements::open(reading, &id))?, agreements::template()?);
    if agreement.signing.side != Some(Side::Supervisor) {
        return Err(Problem::NotFound);
    }
    form_page(
        visit,
        || {
            let mut blank = Form::default();
            blank.set("version", agreement.version.to_string());
            for (section, answer) in &agreement.answers {
                blank.set(section, answer);
            }
            blank.set_date("review_on", agreement.review_on);
            Ok(blank)
        },
        |filled| {
            let form = form(visit, filled, fields(filled, &template, ""), "Save agreement");
            Ok(FormSheet::new(title(visit, &agreement), form)
                .back_to(format!("/agreements/{id}"), "Back to the agreement")
                .dates(&["review_on"]))
        },
        || {
            let new = NewAgreement::parse(&visit.form, &template, visit.today())?;
            let (id, version) = (id.clone(), visit.version());
            let text = papers::of_agreement(visit, &agreement, &template).to_text();
            visit.save(move |writing| {
                agreements::change(writing, &id, version, &new, &text)?;
                Ok(format!("/agreements/{id}?notice=agreement-saved"))
            })
        },
    )
}
