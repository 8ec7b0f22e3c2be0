//! Audits of somebody who moves or leaves: who leads their rounds, and who gives the second grades that they were asked for. What they
//! graded stays theirs.

use super::drawn::{find, of_round};
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
    let rounds: Vec<(String, NaiveDateTime)> = audit_rounds::table
        .filter(audit_rounds::lead_id.eq(person).and(audit_rounds::closed_on.is_null()))
        .order(audit_rounds::id)
        .select((audit_rounds::id, audit_rounds::drawn_at))
        .load(reading.connection)?;
    let given =
        audit_grades::table.filter(audit_grades::rater.eq(Rater::Second)).select(audit_grades::file_id);
    let files: Vec<(String, NaiveDateTime)> = audit_files::table
        .inner_join(audit_rounds::table.on(audit_rounds::id.eq(audit_files::round_id)))
        .filter(audit_files::second_id.eq(person).and(audit_files::state.eq(FileState::Grading)))
        .filter(audit_files::id.ne_all(given))
        .order(audit_files::id)
        .select((audit_files::id, audit_rounds::drawn_at))
        .load(reading.connection)?;
    let round = |(id, drawn_at): (String, NaiveDateTime)| OpenThing {
        kind: OpenKind::AuditRound,
        id,
        name: format!("Round of {}", day_in_words(london_day(drawn_at))),
    };
    // Whose file it is stays with its graders and with the two.
    let file = |(id, drawn_at): (String, NaiveDateTime)| OpenThing {
        kind: OpenKind::SecondGrade,
        id,
        name: format!("A file of the round of {}", day_in_words(london_day(drawn_at))),
    };
    Ok(rounds.into_iter().map(round).chain(files.into_iter().map(file)).collect())
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
