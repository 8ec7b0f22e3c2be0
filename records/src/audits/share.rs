//! From the auditors to the audited: sharing the findings, hearing the two, making it final; and taking a file out of the sample.

use super::draw::{insert_file, is_about, population};
use super::drawn::{DrawnFile, find, of_round};
use super::file::comments_of;
use super::grade::set_state;
use super::not_now;
use crate::audit::Event;
use crate::content;
use crate::problem::Problem;
use crate::schema::{audit_comments, audit_files};
use crate::store::{Reading, Writing, new_id};
use diesel::prelude::*;
use domain::access::Action;
use domain::audits::{COMMENT_WORKING_DAYS, FileKey, FileState, FileStep, may_finish, next_of_team};
use domain::form::Problems;
use domain::ids::{AuditCommentId, AuditFileId, PersonId};
use std::collections::BTreeSet;

/// A file that the actor leads and to which they may do this now.
fn kept(reading: &mut Reading<'_>, id: &AuditFileId, step: FileStep) -> Result<DrawnFile, Problem> {
    let file = find(reading, id)?;
    reading.permit(&Action::KeepAuditFile(&file.facts()), "audit_file", id)?;
    file.state.allows(step).map_err(not_now)?;
    Ok(file)
}

/// Shows the findings to the two people of the file, who can comment for some working days.
pub fn share(writing: &mut Writing<'_>, id: &AuditFileId) -> Result<(), Problem> {
    kept(writing, id, FileStep::Share)?;
    let (today, rules) = (writing.today(), content::rules(writing)?);
    let comment_by = rules.working_days.add(today, COMMENT_WORKING_DAYS);
    diesel::update(audit_files::table.filter(audit_files::id.eq(id)))
        .set((
            audit_files::state.eq(FileState::Shared),
            (audit_files::shared_on.eq(today), audit_files::comment_by.eq(comment_by)),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("audit_shared", "audit_file", id).with("comment_by", comment_by))
}

/// A file on whose findings the actor may comment.
pub fn to_comment(reading: &mut Reading<'_>, id: &AuditFileId) -> Result<DrawnFile, Problem> {
    let file = find(reading, id)?;
    reading.permit(&Action::CommentOnAudit(&file.facts()), "audit_file", id)?;
    Ok(file)
}

/// One of the two says what they see otherwise: once.
pub fn comment(writing: &mut Writing<'_>, id: &AuditFileId, words: &str) -> Result<(), Problem> {
    let file = to_comment(writing, id)?;
    file.state.allows(FileStep::Comment).map_err(not_now)?;
    let (actor, now) = (writing.actor()?, writing.now);
    if comments_of(writing, id)?.iter().any(|comment| comment.person.0 == actor.person) {
        return Err(Problems::one("comment", "You have commented on this already").into());
    }
    diesel::insert_into(audit_comments::table)
        .values((
            (audit_comments::id.eq(new_id::<AuditCommentId>()), audit_comments::file_id.eq(id)),
            audit_comments::organisation_id.eq(&actor.organisation),
            (audit_comments::person_id.eq(&actor.person), audit_comments::words.eq(words)),
            audit_comments::commented_at.eq(now),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("audit_commented", "audit_file", id))
}

/// Makes a grade final: once both have commented, or their time is over.
pub fn finish(writing: &mut Writing<'_>, id: &AuditFileId) -> Result<(), Problem> {
    let file = kept(writing, id, FileStep::Finish)?;
    let today = writing.today();
    let comments = comments_of(writing, id)?.len();
    may_finish(comments, file.comment_by.unwrap_or(today), today).map_err(not_now)?;
    diesel::update(audit_files::table.filter(audit_files::id.eq(id)))
        .set((audit_files::state.eq(FileState::Final), audit_files::final_on.eq(today)))
        .execute(writing.connection)?;
    writing.audit(Event::new("audit_finished", "audit_file", id).with("comments", comments))
}

/// A file that the actor may take out of the sample.
pub fn to_withdraw(reading: &mut Reading<'_>, id: &AuditFileId) -> Result<DrawnFile, Problem> {
    let file = find(reading, id)?;
    reading.permit(&Action::KeepAuditFile(&file.facts()), "audit_file", id)?;
    Ok(file)
}

/// Takes a file out of the sample. The next of its team, by the seed, takes its place; `None` if there is none.
pub fn withdraw(
    writing: &mut Writing<'_>,
    id: &AuditFileId,
    reason: &str,
) -> Result<Option<AuditFileId>, Problem> {
    let file = kept(writing, id, FileStep::Withdraw)?;
    diesel::update(audit_files::table.filter(audit_files::id.eq(id)))
        .set(audit_files::withdrawn_because.eq(reason))
        .execute(writing.connection)?;
    set_state(writing, id, FileState::Withdrawn)?;
    let drawn: BTreeSet<FileKey> = of_round(writing, &file.round)?.iter().map(DrawnFile::key).collect();
    let population = population(writing, std::slice::from_ref(&file.team), file.period)?;
    let of_team = population.get(&file.team).cloned().unwrap_or_default();
    let next = next_of_team(&of_team, &drawn, &file.seed()?);
    let instead = match &next {
        Some(key) => {
            let asked: Option<&PersonId> = file.second.as_ref().map(|(person, _)| person);
            let second = asked.filter(|person| !is_about(key, person));
            Some(insert_file(writing, &file.round, &file.team, key, second)?)
        }
        None => None,
    };
    writing.audit(
        Event::new("audit_withdrawn", "audit_file", id)
            .with("instead", instead.as_ref().map_or("", AuditFileId::as_str)),
    )?;
    Ok(instead)
}
