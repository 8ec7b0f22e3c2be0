//! Logging a session: with whom, then one page for everything that was said.

use crate::answer::Answer;
use crate::components::{
    Choice, Filled, date, empty, hidden, line, radios, readers, select, text_box, today_in,
};
use crate::document::Sheet;
use crate::pages::case_entry::{EntryForm, entry_fields};
use crate::pages::form_page::{FormSheet, back_link, form, form_page_of, keep_quietly, opened};
use crate::pages::preparation::agenda_fields;
use crate::pages::signing::SIGNATURE;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::form::{Form, Problems};
use domain::ids::{CaseId, PersonId};
use domain::supervision::{FieldGap, Mode, NewSupervision, SupervisionKind, gaps, open_with};
use leptos::prelude::*;
use records::cases::{CaseSummary, OpenActions};
use records::preparation::{self, AgendaItem, Pair};
use records::signing::{self, Record};
use records::supervision::{self, Supervisee};
use records::{Problem, Reading, cases, reflection};
use std::collections::{BTreeSet, HashMap};

/// `/supervision/new`.
pub(crate) fn log(visit: &Visit) -> Result<Answer, Problem> {
    let posted = visit.form.text("supervisee");
    let chosen = if visit.is_post() { posted } else { visit.query.text("supervisee") };
    if chosen.is_empty() {
        return choose_supervisee(visit);
    }
    let supervisee: PersonId = chosen.parse().map_err(|_| Problem::NotFound)?;
    // One draft for each person, whatever led here.
    let address = format!("/supervision/new?supervisee={supervisee}");
    let mut filled = opened(visit, address, || Ok(blank(visit, &supervisee)))?;
    if visit.is_post() && is_rearranging(&visit.form) {
        filled.problems = rearrange(&mut filled.form);
        let material = material(visit, &supervisee, &filled.form)?;
        prepare_entries(&mut filled.form, &material);
        let sheet = sheet(visit, &filled, &material);
        keep_quietly(visit, &sheet.title, &filled);
        return Ok(sheet.into_sheet(&filled).answer(visit));
    }
    if !visit.is_post() {
        add_asked_cases(visit, &mut filled.form);
    }
    let material = material(visit, &supervisee, &filled.form)?;
    if !visit.is_post() {
        prepare_entries(&mut filled.form, &material);
    }
    if let Some(gaps) = second_look(visit) {
        filled.form.set(SEEN_GAPS, gaps_in_words(&gaps));
        let sheet = sheet(visit, &filled, &material).intro(second_look_panel(&gaps, &material));
        keep_quietly(visit, &sheet.title, &filled);
        return Ok(sheet.into_sheet(&filled).answer(visit));
    }
    form_page_of(
        visit,
        filled,
        |filled| Ok(sheet(visit, filled, &material)),
        || {
            let session = NewSupervision::parse(&visit.form, visit.today())?;
            let name = visit.form.text(SIGNATURE).to_owned();
            visit.save_new(move |writing| {
                let id = supervision::log(writing, &session)?;
                if !name.trim().is_empty() {
                    signing::sign_what_was_written(writing, &Record::Session(id.clone()), &name)?;
                }
                Ok(format!("/supervision/{id}?notice=supervision-saved"))
            })
        },
    )
}

// --- A second look ------------------------------------------------------------------------------------------------

/// The field that says of which gaps the person was told already.
const SEEN_GAPS: &str = "seen_gaps";

/// What the record that is about to be saved does not say, if the person has not been told of it yet. Whoever saves again
/// means it so.
fn second_look(visit: &Visit) -> Option<BTreeSet<FieldGap>> {
    let is_saving = visit.is_post() && ["", "save"].contains(&visit.form.text("do"));
    let session = NewSupervision::parse(&visit.form, visit.today()).ok().filter(|_| is_saving)?;
    let found: BTreeSet<FieldGap> = session.entries.iter().flat_map(gaps).collect();
    let seen = visit.form.text(SEEN_GAPS);
    let is_new = |gap: &FieldGap| !seen.split(',').any(|seen| seen == gap.field);
    found.iter().any(is_new).then_some(found)
}

fn gaps_in_words(gaps: &BTreeSet<FieldGap>) -> String {
    gaps.iter().map(|gap| gap.field.as_str()).collect::<Vec<_>>().join(",")
}

fn second_look_panel(gaps: &BTreeSet<FieldGap>, material: &Material) -> AnyView {
    let items: Vec<_> = gaps
        .iter()
        .map(|gap| {
            let case = material.entries.get(&gap.place).and_then(|entry| entry.case.as_ref());
            let reference = case.map(|case| format!("{}: ", case.reference));
            view! { <li><a class="govuk-link" href=format!("#{}", gap.field)>{reference} {gap.gap.words()}</a></li> }
        })
        .collect();
    view! {
        <div class="fe-second-look" tabindex="-1" role="region" aria-labelledby="second-look">
            <h2 class="govuk-heading-m" id="second-look">"Worth a second look"</h2>
            <ul class="govuk-list govuk-list--bullet">{items}</ul>
            <p class="govuk-body">"It is not saved yet. Change what you like; or save again, and it is kept as it is."</p>
        </div>
    }
    .into_any()
}

// --- With whom ----------------------------------------------------------------------------------------------------

fn choose_supervisee(visit: &Visit) -> Result<Answer, Problem> {
    let supervisees = visit.read(supervision::supervisees)?;
    let today = visit.today();
    let options = supervisees
        .iter()
        .map(|person| {
            let last = person.last_held_on.map_or_else(
                || "no session yet".to_owned(),
                |held_on| format!("last session {}", domain::calendar::days_from(today, held_on)),
            );
            Choice::new(&person.id, &person.name).hint(format!("{}, {last}", person.job_title))
        })
        .collect();
    let filled = Filled::default();
    let case =
        Some(visit.query.text("case")).filter(|case| !case.is_empty()).map(|case| hidden("case", case));
    let form = if supervisees.is_empty() {
        empty("Nobody to supervise yet", "An administrator says who supervises whom, on the person’s page.")
    } else {
        view! {
            <form method="get">
                {case}
                {radios(&filled, "supervisee", "Who did you meet?", "", options, false)}
                <button class="govuk-button">"Continue"</button>
            </form>
        }
        .into_any()
    };
    let content = view! {
        {back_link(Some(("/supervision".to_owned(), "Back to supervision".to_owned())))}
        <h1 class="govuk-heading-l">"Log supervision"</h1>
        {form}
    };
    Ok(Sheet::new("Log supervision", content).answer(visit))
}

// --- The form as it is before anything was typed ------------------------------------------------------------------

fn blank(visit: &Visit, supervisee: &PersonId) -> Form {
    let mut form = Form::default();
    form.set("supervisee", supervisee.to_string());
    form.set("minutes", "90");
    today_in(&mut form, "held_on", visit.today());
    form
}

/// The cases that the link here named have a place in the form, also in one that a draft has filled.
fn add_asked_cases(visit: &Visit, form: &mut Form) {
    let was_empty = form.indexes("entry").is_empty();
    for case in visit.query.all("case").filter_map(|case| case.parse::<CaseId>().ok()) {
        if !has_entry_about(form, case.as_str()) {
            add_entry(form, case.to_string());
        }
    }
    if was_empty && !form.indexes("entry").is_empty() && !form.has("kind") {
        form.set("kind", SupervisionKind::Case.code());
    }
}

fn has_entry_about(form: &Form, case: &str) -> bool {
    form.indexes("entry").iter().any(|number| form.text(&format!("entry.{number}.case")) == case)
}

fn add_entry(form: &mut Form, case: String) {
    let next = form.indexes("entry").last().map_or(0, |last| last + 1);
    form.set(&format!("entry.{next}.case"), case);
}

/// Whether a button was pressed that adds or removes a block.
fn is_rearranging(form: &Form) -> bool {
    !["", "save", "draft", "compare"].contains(&form.text("do"))
}

/// Adds or removes a block, as the button that was pressed says. Everything typed stays.
fn rearrange(form: &mut Form) -> Problems {
    let what = form.text("do").to_owned();
    match what.split_once('.') {
        Some(("add_action", entry)) => {
            let prefix = format!("entry.{entry}.action");
            let next = form.indexes(&prefix).last().map_or(1, |last| last + 1);
            form.set(&format!("{prefix}.{next}.what"), "");
        }
        Some(("remove_entry", entry)) => {
            let prefix = format!("entry.{entry}.");
            form.remove_under(&prefix);
            // The next case may get its number, and has not been looked at.
            let seen: Vec<&str> =
                form.text(SEEN_GAPS).split(',').filter(|seen| !seen.starts_with(&prefix)).collect();
            let seen = seen.join(",");
            form.set(SEEN_GAPS, seen);
        }
        _ if what == "add_case" => return add_case(form),
        _ => {}
    }
    Problems::default()
}

fn add_case(form: &mut Form) -> Problems {
    let case = form.text("add_case").to_owned();
    if case.parse::<CaseId>().is_err() {
        return Problems::one("add_case", "Choose the case that you talked about");
    }
    if has_entry_about(form, &case) {
        return Problems::one("add_case", "This case is on the page already");
    }
    add_entry(form, case);
    form.set("add_case", "");
    Problems::default()
}

// --- What the form needs from the records -------------------------------------------------------------------------

/// What the form needs to know: the person, their cases, and for each entry its case and questions.
struct Material {
    supervisee: Supervisee,
    pair: Pair,
    agenda: Vec<AgendaItem>,
    cases: Vec<CaseSummary>,
    entries: HashMap<usize, EntryForm>,
}

fn material(visit: &Visit, supervisee: &PersonId, form: &Form) -> Result<Material, Problem> {
    visit.read(|reading| {
        let person = supervision::supervisee(reading, supervisee)?;
        let today = reading.today();
        let listed = cases::to_talk_about(reading, supervisee, today)?;
        let case_of = |number: &usize| form.text(&format!("entry.{number}.case")).parse::<CaseId>().ok();
        let chosen: Vec<(usize, CaseId)> = form
            .indexes("entry")
            .into_iter()
            .filter_map(|number| Some((number, case_of(&number)?)))
            .collect();
        let ids: Vec<CaseId> = chosen.iter().map(|(_, id)| id.clone()).collect();
        let questions = reflection::questions_of(reading, &ids)?;
        let mut entries = HashMap::new();
        for (number, id) in chosen {
            let known = listed.iter().find(|(case, _)| case.id == id).cloned();
            let next_on = known.as_ref().map(|(_, next_on)| *next_on);
            let case = match known {
                Some((case, _)) => Some(case),
                // Closed in the meantime, or no longer this person's.
                None => cases::summary_of(reading, &id)?,
            };
            let Some(questions) = questions.get(&id).cloned() else { continue };
            entries.insert(number, EntryForm { case, questions, next_on, open: OpenActions::default() });
        }
        add_open_actions(reading, &mut entries)?;
        let pair = Pair { supervisor: reading.actor()?.person, supervisee: supervisee.clone() };
        let agenda = preparation::agenda_in(reading, &pair, &person.organisation)?;
        let cases = listed.into_iter().map(|(case, _)| case).collect();
        Ok(Material { supervisee: person, pair, agenda, cases, entries })
    })
}

/// What was agreed before about each case that the manager sees.
fn add_open_actions(
    reading: &mut Reading<'_>,
    entries: &mut HashMap<usize, EntryForm>,
) -> Result<(), Problem> {
    let seen: Vec<CaseSummary> = entries.values().filter_map(|entry| entry.case.clone()).collect();
    if seen.is_empty() {
        return Ok(());
    }
    let mut open = cases::open_actions(reading, &seen)?;
    for entry in entries.values_mut() {
        entry.open = entry.case.as_ref().and_then(|case| open.remove(&case.id)).unwrap_or_default();
    }
    Ok(())
}

/// An entry opens with the actions of last time, and gets the day that the policy gives if it has no next date yet.
fn prepare_entries(form: &mut Form, material: &Material) {
    for (number, entry) in &material.entries {
        let actions = entry.open.actions.iter().map(|action| (&action.id, action.carried));
        open_with(form, &format!("entry.{number}.review"), actions, entry.open.limit);
        if let Some(next_on) = entry.next_on {
            today_in(form, &format!("entry.{number}.next_on"), next_on);
        }
    }
}

// --- The form -----------------------------------------------------------------------------------------------------

fn sheet(visit: &Visit, filled: &Filled, material: &Material) -> FormSheet {
    let name = material.supervisee.name.clone();
    let entries: Vec<_> = filled
        .form
        .indexes("entry")
        .into_iter()
        .filter_map(|number| {
            let entry = material.entries.get(&number)?;
            Some(entry_fields(filled, number, entry, people(visit, &material.supervisee), visit.today()))
        })
        .collect();
    let fields = view! {
        {hidden("supervisee", &material.supervisee.id)}
        {hidden(SEEN_GAPS, filled.text(SEEN_GAPS))}
        // The first button is the one that Enter presses: it must save, not add or remove.
        <button class="govuk-visually-hidden" name="do" value="save" tabindex="-1" aria-hidden="true">"Save supervision"</button>
        <div class="fe-columns">
            <div>{date(filled, "held_on", "Date held", "The day you talked, not the day you type")}</div>
            <div class="fe-columns__aside">{line(filled, "minutes", "Minutes", "", "3")}</div>
        </div>
        {agenda_fields(filled, &material.agenda, &material.pair)}
        {radios(filled, "mode", "How did you meet?", "", Choice::all::<Mode>(), true)}
        {radios(filled, "kind", "What was it for?", "", Choice::all::<SupervisionKind>(), false)}
        <section class="fe-section">
            <h2 class="govuk-heading-m">{format!("About {name}")}</h2>
            <p class="govuk-hint">"Leave this part empty if you talked about cases only."</p>
            {readers(Readers::Wellbeing)}
            {text_box(filled, "personal.wellbeing", "How they are, and what the work does to them", "", 3)}
            {readers(Readers::PersonalPart)}
            {text_box(filled, "personal.workload", "Workload", "", 3)}
            {text_box(filled, "personal.development", "Learning and development", "", 3)}
            {text_box(filled, "personal.agreed", "Anything else agreed", "", 3)}
        </section>
        <section class="fe-section">
            <h2 class="govuk-heading-m">"Cases"</h2>
            {entries}
            {add_case_fields(visit, filled, material)}
        </section>
        {line(filled, SIGNATURE, "Type your name to sign it now", &format!("{name} is then asked to sign too. Leave it empty to sign later"), "20")}
    };
    FormSheet::new(format!("Log supervision with {name}"), form(visit, filled, fields, "Save supervision"))
        .back_to("/supervision/new", "Choose somebody else")
        .dates(&["held_on", "child_seen_on", "next_on", "by"])
}

fn people(visit: &Visit, supervisee: &Supervisee) -> Vec<Choice> {
    let mut people = vec![Choice::new(&supervisee.id, &supervisee.name)];
    if let Some(signed_in) = &visit.signed_in {
        people.push(Choice::new(&signed_in.actor.person, format!("{} (me)", signed_in.name)));
    }
    people
}

fn add_case_fields(visit: &Visit, filled: &Filled, material: &Material) -> AnyView {
    let today = visit.today();
    let used: Vec<&CaseId> =
        material.entries.values().filter_map(|entry| entry.case.as_ref()).map(|case| &case.id).collect();
    let mut options = vec![Choice::new("", "Choose a case")];
    options.extend(material.cases.iter().filter(|case| !used.contains(&&case.id)).map(|case| {
        Choice::new(
            &case.id,
            format!("{} · {} · {}", case.reference, case.label, case.due.state(today).words()),
        )
    }));
    if options.len() == 1 {
        let words = if used.is_empty() {
            "leads or works on no open case that you can see."
        } else {
            "has no other open case."
        };
        return view! { <p class="govuk-body fe-muted">{format!("{} {words}", material.supervisee.name)}</p> }.into_any();
    }
    view! {
        {select(filled, "add_case", "Add a case", "Those waiting longest come first", options)}
        <button class="govuk-button govuk-button--secondary" name="do" value="add_case">"Add this case"</button>
    }
    .into_any()
}
