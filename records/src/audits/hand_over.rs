//! Audits of somebody who moves or leaves: who leads their rounds, and who gives the second grades that they were asked for. What they
//! graded stays theirs.

use super::drawn::{DrawnFile, find, of_round};
use super::grade::set_second;
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{audit_files, audit_grades, audit_rounds, person_roles};
use crate::store::{Reading, Writing};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::audits::{FileState, Rater};
use domain::calendar::{day_in_words, london_day};
use domain::form::Problems;
use domain::hand_over::{OpenKind, OpenThing};
use domain::ids::{AuditFileId, AuditRoundId, PersonId};
use domain::people::Role;

/// The rounds that somebody leads and that are not closed, and the files of which they have not given the second grade. Whoever asks
/// sees days, and neither names nor what was found.
pub(crate) fn open_with(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<OpenThing>, Problem> {
    let rounds: Vec<(AuditRoundId, NaiveDateTime)> = audit_rounds::table
        .filter(audit_rounds::lead_id.eq(person).and(audit_rounds::closed_on.is_null()))
        .order(audit_rounds::id)
        .select((audit_rounds::id, audit_rounds::drawn_at))
        .load(reading.connection)?;
    let given =
        audit_grades::table.filter(audit_grades::rater.eq(Rater::Second)).select(audit_grades::file_id);
    let files: Vec<(AuditFileId, NaiveDateTime)> = audit_files::table
        .inner_join(audit_rounds::table.on(audit_rounds::id.eq(audit_files::round_id)))
        .filter(audit_files::second_id.eq(person).and(audit_files::state.eq(FileState::Grading)))
        .filter(audit_files::id.ne_all(given))
        .order(audit_files::id)
        .select((audit_files::id, audit_rounds::drawn_at))
        .load(reading.connection)?;
    let mut things = Vec::new();
    for (id, drawn_at) in rounds {
        let files = of_round(reading, &id)?;
        let involved = files.iter().filter(|file| file.state.is_open()).flat_map(DrawnFile::involved);
        let name = format!("Round of {}", day_in_words(london_day(drawn_at)));
        things.push(OpenThing::new(OpenKind::AuditRound, id.to_string(), name).not_for(involved.collect()));
    }
    for (id, drawn_at) in files {
        let involved = find(reading, &id)?.involved().collect();
        // Whose file it is stays with its graders and with the two.
        let name = format!("A file of the round of {}", day_in_words(london_day(drawn_at)));
        things.push(OpenThing::new(OpenKind::SecondGrade, id.to_string(), name).not_for(involved));
    }
    Ok(things)
}

/// An auditor keeps the role until somebody else leads their rounds and gives the second grades that they were asked for: without it they
/// could do neither, and nobody would follow.
pub(crate) fn check_may_stop(reading: &mut Reading<'_>, person: &PersonId) -> Result<(), Problem> {
    if open_with(reading, person)?.is_empty() {
        return Ok(());
    }
    let words = "They lead a round of audits, or are to give a second grade. Hand that over first, or leave them the role “Auditor”";
    Err(Problems::one("roles", words).into())
}

/// Somebody else leads a round from now on. Whoever is one of the two of an open file, or grades one blind, does not.
pub(crate) fn follow_as_lead(
    writing: &mut Writing<'_>,
    round: &AuditRoundId,
    next: &PersonId,
) -> Result<(), Problem> {
    check_is_auditor(writing, next)?;
    let files = of_round(writing, round)?;
    if files.iter().any(|file| file.state.is_open() && file.viewer(next).is_some()) {
        let words =
            "Choose somebody who is in none of its files, and does not grade one of them a second time";
        return Err(Problems::one("form", words).into());
    }
    let (lead, drawn_by): (PersonId, Option<PersonId>) = audit_rounds::table
        .filter(audit_rounds::id.eq(round))
        .select((audit_rounds::lead_id, audit_rounds::drawn_by_id))
        .first(writing.connection)?;
    diesel::update(audit_rounds::table.filter(audit_rounds::id.eq(round)))
        .set((audit_rounds::lead_id.eq(next), audit_rounds::drawn_by_id.eq(drawn_by.unwrap_or(lead))))
        .execute(writing.connection)?;
    writing.audit(Event::new("audit_lead_handed_over", "audit_round", round).with("to", next))
}

/// Somebody else is asked for the second grade of a file, or nobody any more.
pub(crate) fn follow_as_second(
    writing: &mut Writing<'_>,
    file: &AuditFileId,
    next: Option<&PersonId>,
) -> Result<(), Problem> {
    let file = find(writing, file)?;
    if let Some(next) = next {
        check_is_auditor(writing, next)?;
        if file.viewer(next).is_some() {
            return Err(
                Problems::one("form", "Choose somebody who has nothing to do with this file yet").into()
            );
        }
    }
    set_second(writing, &file, next)
}

fn check_is_auditor(reading: &mut Reading<'_>, person: &PersonId) -> Result<(), Problem> {
    let is_auditor: bool = diesel::select(diesel::dsl::exists(
        person_roles::table
            .filter(person_roles::person_id.eq(person))
            .filter(person_roles::role.eq(Role::Auditor)),
    ))
    .get_result(reading.connection)?;
    if is_auditor { Ok(()) } else { Err(Problems::one("form", "Choose an auditor").into()) }
}
