//! Writing a note of management oversight.

use crate::access::case_facts;
use crate::actions::{AgreedUnder, Otherwise, agree_actions};
use crate::audit::Event;
use crate::cases::{NewEntryRow, RiskView, record_risk_view, was_seen};
use crate::content;
use crate::problem::Problem;
use crate::schema::{case_entries, cases};
use crate::signing::add_to_note;
use crate::store::{Reading, Writing};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::form::Problems;
use domain::ids::{CaseEntryId, CaseId, PersonId};
use domain::supervision::{EntryKind, NewOversight, NewOversights, NotNow};
use domain::templates::TemplatePart;

/// Writes a note of management oversight for each of several cases.
pub fn oversee_all(writing: &mut Writing<'_>, notes: &NewOversights) -> Result<usize, Problem> {
    for (case, note) in notes {
        oversee(writing, case, note)?;
    }
    Ok(notes.len())
}

/// Writes a note of management oversight. It does not move the case's clock for supervision.
pub fn oversee(
    writing: &mut Writing<'_>,
    case: &CaseId,
    note: &NewOversight,
) -> Result<CaseEntryId, Problem> {
    let facts = case_facts(writing.connection, case)?;
    writing.permit(&Action::OpenCase(&facts), "case", case)?;
    writing.permit(&Action::WriteOversight(&facts), "case", case)?;
    let (actor, now, today) = (writing.actor()?, writing.now, writing.today());
    let actor_id = actor.person.clone();
    let answers = content::answers(writing, TemplatePart::Oversight, &note.answers)?;
    let row = NewEntryRow::of_oversight(actor, now, case, note).answering(&answers);
    let id = row.insert(writing)?;
    let view = RiskView {
        case,
        entry: Some(&id),
        on: today,
        level: note.risk_level,
        direction: note.risk_direction,
        note: "",
        is_repeat: false,
        checklist: note.checklist,
    };
    record_risk_view(writing, &view)?;
    was_seen(writing, case, Some(today))?;
    diesel::update(cases::table.filter(cases::id.eq(case)))
        .set(cases::last_overseen_on.eq(today))
        .execute(writing.connection)?;
    let rules = content::rules(writing)?;
    let owner = facts.lead_practitioner.as_ref().unwrap_or(&actor_id);
    let otherwise = Otherwise::new(owner, (today, None), rules.policy_of(&facts.team));
    agree_actions(writing, AgreedUnder::Entry { case, entry: &id }, &note.actions, &otherwise)?;
    writing.audit(
        Event::new("oversight_noted", "case_entry", &id).with("case", case).with("act", note.act.code()),
    )?;
    Ok(id)
}

/// Adds to a note of management oversight, or puts it right, for whoever writes such notes on the case. What stands there stays.
pub fn add_to_oversight(
    writing: &mut Writing<'_>,
    case: &CaseId,
    note: &CaseEntryId,
    words: &str,
) -> Result<(), Problem> {
    let facts = case_facts(writing.connection, case)?;
    writing.permit(&Action::OpenCase(&facts), "case", case)?;
    writing.permit(&Action::WriteOversight(&facts), "case", case)?;
    author_of_note(writing, case, note)?;
    add_to_note(writing, note, words)
}

/// Who wrote a note of management oversight that stands on a case. What is void stays as it is.
pub(super) fn author_of_note(
    reading: &mut Reading<'_>,
    case: &CaseId,
    note: &CaseEntryId,
) -> Result<PersonId, Problem> {
    let (author, voided_on): (PersonId, Option<NaiveDate>) = case_entries::table
        .filter(case_entries::id.eq(note).and(case_entries::case_id.eq(case)))
        .filter(case_entries::kind.eq(EntryKind::Oversight))
        .select((case_entries::author_id, case_entries::voided_on))
        .first(reading.connection)?;
    if voided_on.is_some() {
        return Err(Problems::one("form", NotNow::Void.to_string()).into());
    }
    Ok(author)
}
