//! What the form of a session holds before anything is typed, how its blocks come and go, and what it needs from the records.

use super::booked::begin_as_booked;
use crate::components::{Filled, today_in};
use crate::pages::case_entry::{EntryForm, SIBLINGS_OFFERED, SiblingForm};
use crate::pages::form_page::CHECK;
use crate::pages::questions::begun;
use crate::visit::Visit;
use domain::TextValue;
use domain::form::{Form, Problems};
use domain::ids::{CaseId, PersonId};
use domain::supervision::{
    FOLLOW_UP, FOLLOW_UP_WEEKS, PERSONAL_ACTIONS, PERSONAL_PART, PERSONAL_REVIEWS, SupervisionKind, open_with,
};
use domain::templates::Templates;
use records::actions::{self, OpenActions};
use records::cases::{CaseSummary, ToTalkAbout};
use records::preparation::{self, AgendaItem, Pair};
use records::supervision::{self, Supervisee};
use records::{Problem, Reading, cases, reflection, settings};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The field that says of which gaps the person was told already.
pub(crate) const SEEN_GAPS: &str = "seen_gaps";

/// The field that says about which case an entry is to be added, and what its button does.
pub(super) const ADD_CASE: &str = "add_case";

/// The form as it is before anything was typed.
pub(super) fn blank(visit: &Visit, supervisee: &PersonId, special: Option<SupervisionKind>) -> Form {
    let mut form = Form::default();
    form.set("supervisee", supervisee.to_string());
    form.set("minutes", "90");
    if let Some(kind) = special {
        form.set("kind", kind.code());
    }
    begin_as_booked(&mut form, visit);
    today_in(&mut form, "held_on", visit.today());
    if special == Some(SupervisionKind::SeriousIncident) {
        let ticked = FOLLOW_UP_WEEKS.iter().map(|weeks| (FOLLOW_UP.to_owned(), weeks.to_string()));
        form = Form::new(form.fields().iter().cloned().chain(ticked).collect());
    }
    form
}

/// The cases that the link here named have a place in the form, also in one that a draft has filled.
pub(super) fn add_asked_cases(visit: &Visit, form: &mut Form) {
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
    form.indexes("entry").iter().any(|number| {
        let at = format!("entry.{number}");
        let siblings = form.indexes(&format!("{at}.sibling"));
        form.text(&format!("{at}.case")) == case
            || siblings.iter().any(|sibling| form.text(&format!("{at}.sibling.{sibling}.case")) == case)
    })
}

/// Adds an entry about a case, and says the name of its field that holds the case.
fn add_entry(form: &mut Form, case: String) -> String {
    let next = form.indexes("entry").last().map_or(0, |last| last + 1);
    let name = format!("entry.{next}.case");
    form.set(&name, case);
    name
}

/// Whether a button was pressed that adds or removes a block.
pub(super) fn is_rearranging(form: &Form) -> bool {
    !["", "save", "draft", "compare", CHECK].contains(&form.text("do"))
}

/// Adds or removes a block, as the button that was pressed says, and puts the cursor there. Everything typed stays.
pub(super) fn rearrange(filled: &mut Filled) {
    let what = filled.form.text("do").to_owned();
    let form = &mut filled.form;
    match what.split_once('.') {
        Some(("add_action", to)) => {
            let prefix =
                if to == PERSONAL_PART { PERSONAL_ACTIONS.to_owned() } else { format!("entry.{to}.action") };
            let next = form.indexes(&prefix).last().map_or(1, |last| last + 1);
            filled.cursor = format!("{prefix}.{next}.what");
            form.set(&filled.cursor, "");
        }
        Some(("remove_entry", entry)) => {
            let prefix = format!("entry.{entry}.");
            form.remove_under(&prefix);
            // The next case may get its number, and has not been looked at.
            let seen: Vec<&str> =
                form.text(SEEN_GAPS).split(',').filter(|seen| !seen.starts_with(&prefix)).collect();
            let seen = seen.join(",");
            form.set(SEEN_GAPS, seen);
            ADD_CASE.clone_into(&mut filled.cursor);
        }
        Some(("remove_sibling", at)) => {
            form.remove_under(&format!("{at}."));
            let entry = at.split(".sibling").next().unwrap_or_default();
            filled.cursor = format!("{entry}.case");
        }
        _ if what == ADD_CASE => add_case(filled),
        _ => {}
    }
}

fn add_case(filled: &mut Filled) {
    let case = filled.form.text(ADD_CASE).to_owned();
    if case.parse::<CaseId>().is_err() {
        filled.problems = Problems::one(ADD_CASE, "Choose the case that you talked about");
    } else if has_entry_about(&filled.form, &case) {
        filled.problems = Problems::one(ADD_CASE, "This case is on the page already");
    } else {
        filled.cursor = add_entry(&mut filled.form, case);
        filled.form.set(ADD_CASE, "");
    }
}

/// What the form needs to know: the person, their cases, and for each entry its case and questions.
pub(super) struct Material {
    pub(super) special: Option<SupervisionKind>,
    pub(super) supervisee: Supervisee,
    pub(super) pair: Pair,
    pub(super) agenda: Vec<AgendaItem>,
    pub(super) cases: Vec<CaseSummary>,
    pub(super) entries: HashMap<usize, EntryForm>,
    /// What the two agreed before about the person.
    pub(super) open: OpenActions,
    /// Who else can be asked, if the kind has others.
    pub(super) others: Vec<(PersonId, String)>,
    pub(super) templates: Arc<Templates>,
}

pub(super) fn material(
    visit: &Visit,
    supervisee: &PersonId,
    special: Option<SupervisionKind>,
    form: &Form,
) -> Result<Material, Problem> {
    visit.read(|reading| {
        let person = supervision::supervisee(reading, supervisee, special)?;
        let today = reading.today();
        let has_cases = special.is_none_or(SupervisionKind::has_case_entries);
        let listed = if has_cases { cases::to_talk_about(reading, supervisee, today)? } else { Vec::new() };
        let case_of = |number: &usize| form.text(&format!("entry.{number}.case")).parse::<CaseId>().ok();
        let chosen: Vec<(usize, CaseId)> = form
            .indexes("entry")
            .into_iter()
            .filter_map(|number| Some((number, case_of(&number)?)))
            .collect();
        let find = |id: &CaseId| listed.iter().find(|listed| listed.case.id == *id);
        let due_on = |id: &CaseId| find(id).map(|listed| listed.case.due.due_on);
        let (mut found, mut offered) = (Vec::new(), HashSet::new());
        for (number, id) in chosen {
            let known = find(&id);
            let next_on = known.map(|listed| listed.next_on);
            let case = match known {
                Some(listed) => Some(listed.case.clone()),
                // Closed in the meantime, or no longer this person's.
                None => cases::summary_of(reading, &id)?,
            };
            let siblings = siblings_in(reading, form, (number, case.as_ref()), &listed, &mut offered)?;
            found.push((number, id, EntryForm::new(case, next_on, siblings)));
        }
        let spoken_of = |(_, id, entry): &(usize, CaseId, EntryForm)| {
            let siblings = entry.siblings.iter().map(|sibling| &sibling.id);
            std::iter::once(id).chain(siblings).map(|id| (id.clone(), due_on(id))).collect::<Vec<_>>()
        };
        let due: Vec<_> = found.iter().map(spoken_of).collect();
        let questions = reflection::questions_of(reading, &due, &begun(form))?;
        let seen: Vec<&CaseSummary> = found.iter().filter_map(|(_, _, entry)| entry.case.as_ref()).collect();
        let scores = cases::latest_scores(reading, &seen)?;
        let mut entries = HashMap::new();
        for (number, id, mut entry) in found {
            let Some(own) = questions.get(&id) else { continue };
            entry.questions = own.clone();
            entry.score = scores.get(&id).copied();
            entries.insert(number, entry);
        }
        let pair = Pair { supervisor: reading.actor()?.person, supervisee: supervisee.clone() };
        let has_personal_part = special.is_none_or(SupervisionKind::has_personal_part);
        let open = add_open_actions(reading, &mut entries, Some(&pair).filter(|_| has_personal_part))?;
        let is_linked = reading.actor()?.link_to(supervisee).next().is_some();
        let agenda = match special {
            // Whoever supervised them until lately prepares nothing with them any more.
            _ if !is_linked => Vec::new(),
            None => preparation::agenda_in(reading, &pair, &person.organisation)?,
            Some(kind) if SupervisionKind::WITH_OWN_AGENDA.contains(&kind) => {
                preparation::agenda_of_kind(reading, supervisee, kind)?
            }
            Some(_) => Vec::new(),
        };
        let others = match special.filter(|kind| kind.has_others()) {
            Some(kind) => supervision::may_join(reading, supervisee, kind)?,
            None => Vec::new(),
        };
        let templates = settings::templates(reading)?;
        let cases = listed.into_iter().map(|listed| listed.case).collect();
        Ok(Material { special, supervisee: person, pair, agenda, cases, entries, open, others, templates })
    })
}

/// The brothers and sisters with whom a case is talked about: those in the form, and when the case comes into it all of its group
/// on whom this person works and who are not in it yet.
fn siblings_in(
    reading: &mut Reading<'_>,
    form: &Form,
    (number, case): (usize, Option<&CaseSummary>),
    listed: &[ToTalkAbout],
    offered: &mut HashSet<CaseId>,
) -> Result<Vec<SiblingForm>, Problem> {
    let at = format!("entry.{number}.sibling");
    let mut found = Vec::new();
    for number in form.indexes(&at) {
        let Ok(id) = form.text(&format!("{at}.{number}.case")).parse::<CaseId>() else { continue };
        let case = match listed.iter().find(|listed| listed.case.id == id) {
            Some(listed) => Some(listed.case.clone()),
            // Closed in the meantime, or no longer this person's: what was typed about it is still shown.
            None => cases::summary_of(reading, &id)?,
        };
        found.push(SiblingForm { number, id, case, open: OpenActions::default() });
    }
    let was_offered = form.text(&format!("entry.{number}.{SIBLINGS_OFFERED}")) == "yes";
    if let Some(case) = case.filter(|case| case.siblings.is_some() && !was_offered) {
        for ToTalkAbout { case: other, .. } in listed {
            let is_sibling = other.siblings == case.siblings && other.id != case.id;
            let is_there = has_entry_about(form, other.id.as_str()) || offered.contains(&other.id);
            if is_sibling && !is_there {
                let number = found.last().map_or(0, |last| last.number + 1);
                let (id, case) = (other.id.clone(), Some(other.clone()));
                offered.insert(id.clone());
                found.push(SiblingForm { number, id, case, open: OpenActions::default() });
            }
        }
    }
    Ok(found)
}

/// What was agreed before about each case that the manager sees, and about the person if the session speaks of them.
fn add_open_actions(
    reading: &mut Reading<'_>,
    entries: &mut HashMap<usize, EntryForm>,
    pair: Option<&Pair>,
) -> Result<OpenActions, Problem> {
    let of_siblings = |entry: &EntryForm| {
        entry.siblings.iter().filter_map(|sibling| sibling.case.clone()).collect::<Vec<_>>()
    };
    let seen: Vec<CaseSummary> =
        entries.values().flat_map(|entry| entry.case.iter().cloned().chain(of_siblings(entry))).collect();
    if seen.is_empty() && pair.is_none() {
        return Ok(OpenActions::default());
    }
    let mut open = actions::open_actions(reading, &seen, pair)?;
    actions::add_who_may_be_asked(reading, &seen, &mut open)?;
    for entry in entries.values_mut() {
        entry.open = entry.case.as_ref().and_then(|case| open.by_case.remove(&case.id)).unwrap_or_default();
        for sibling in &mut entry.siblings {
            sibling.open = open.by_case.remove(&sibling.id).unwrap_or_default();
        }
    }
    Ok(open.personal)
}

/// An entry opens with the actions of last time, and gets the day that the policy gives if it has no next date yet.
pub(super) fn prepare_entries(form: &mut Form, material: &Material) {
    let personal = material.open.actions.iter().map(|action| (&action.id, action.carried));
    open_with(form, PERSONAL_REVIEWS, personal, material.open.limit);
    for (number, entry) in &material.entries {
        for sibling in &entry.siblings {
            let at = format!("entry.{number}.sibling.{}", sibling.number);
            form.set(&format!("{at}.case"), sibling.id.to_string());
            let actions = sibling.open.actions.iter().map(|action| (&action.id, action.carried));
            open_with(form, &format!("{at}.review"), actions, sibling.open.limit);
        }
        form.set(&format!("entry.{number}.{SIBLINGS_OFFERED}"), "yes");
        let actions = entry.open.actions.iter().map(|action| (&action.id, action.carried));
        open_with(form, &format!("entry.{number}.review"), actions, entry.open.limit);
        if let Some(next_on) = entry.next_on {
            today_in(form, &format!("entry.{number}.next_on"), next_on);
        }
    }
}
