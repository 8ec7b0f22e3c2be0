//! What waits for somebody by itself: signatures, drafts, audits that wait for a word or a grade, and what others shared or said.

use crate::actions::unanswered;
use crate::problem::Problem;
use crate::reflection::{unseen_copies, unseen_replies};
use crate::schema::{agreements, audit_comments, audit_files, audit_grades, drafts, supervisions};
use crate::signing::requests_to_reopen;
use crate::store::Reading;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use domain::access::Action;
use domain::audits::{FileState, Rater};
use domain::supervision::{RecordState, RecordStep};

mod names {
    diesel::alias!(crate::schema::agreements as later: Later);
}
use names::later;

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Records of sessions that the reader is asked to sign, or has written and not signed.
    pub signatures: i64,
    /// Agreements that the reader is asked to sign.
    pub agreements: i64,
    /// Records that the other one asks the reader to open again.
    pub reopenings: i64,
    /// Requests to clear the way for an action, or to decide about it, that the reader has not answered.
    pub requests: i64,
    /// Drafts of the reader in which something is written.
    pub drafts: i64,
    /// Findings of audits on which the reader can comment.
    pub comments: i64,
    /// Files that the reader was asked to grade a second time.
    pub second_grades: i64,
    /// Copies of reflections that others shared with the reader and that they have not opened.
    pub new_copies: i64,
    /// Replies of others under shared reflections that the reader has not seen.
    pub new_replies: i64,
}

/// What waits for the reader, in one statement.
pub fn waiting(reading: &mut Reading<'_>) -> Result<Waiting, Problem> {
    type Count = Option<i64>;
    type Counts = (Count, Count, (Count, Count), Count, Count, Count, Count, Count);
    let actor = reading.actor()?;
    let me = actor.person.clone();
    reading.permit(&Action::SeeOwnWork, "waiting", "")?;
    let unsigned = supervisions::table
        .filter(supervisions::organisation_id.eq(actor.organisation.clone()))
        // The states once more: by themselves SQLite finds them in an index, and in either half of the rest it does not.
        .filter(supervisions::state.eq_any([RecordState::Drafted, RecordState::AwaitingSupervisee]))
        .filter(
            supervisions::supervisee_id
                .eq(actor.person.clone())
                .and(supervisions::state.eq(RecordState::AwaitingSupervisee))
                .or(supervisions::supervisor_id
                    .eq(actor.person.clone())
                    .and(supervisions::state.eq(RecordState::Drafted))),
        )
        .count();
    // A newer one of the same two takes its place.
    let newer = later
        .filter(later.field(agreements::supervisor_id).eq(agreements::supervisor_id))
        .filter(later.field(agreements::supervisee_id).eq(agreements::supervisee_id))
        .filter(later.field(agreements::id).gt(agreements::id));
    let unsigned_agreements = agreements::table
        .filter(agreements::organisation_id.eq(actor.organisation.clone()))
        .filter(agreements::supervisee_id.eq(actor.person.clone()))
        .filter(agreements::state.eq(RecordState::AwaitingSupervisee))
        .filter(not(exists(newer)))
        .count();
    let reopenings = requests_to_reopen!(actor).count();
    let drafts = drafts::table
        .filter(drafts::organisation_id.eq(actor.organisation.clone()))
        .filter(drafts::person_id.eq(actor.person.clone()).and(drafts::has_words.eq(true)))
        .count();
    let commented = audit_comments::table
        .filter(audit_comments::person_id.eq(actor.person.clone()))
        .select(audit_comments::file_id);
    let comments = audit_files::table
        .filter(audit_files::organisation_id.eq(actor.organisation.clone()))
        .filter(audit_files::state.eq(FileState::Shared))
        .filter(
            audit_files::supervisor_id
                .eq(actor.person.clone())
                .or(audit_files::supervisee_id.eq(actor.person.clone())),
        )
        .filter(audit_files::id.ne_all(commented))
        .count();
    let graded = audit_grades::table
        .filter(audit_grades::grader_id.eq(actor.person.clone()))
        .filter(audit_grades::rater.eq(Rater::Second))
        .select(audit_grades::file_id);
    let second_grades = audit_files::table
        .filter(audit_files::organisation_id.eq(actor.organisation))
        .filter(audit_files::state.eq(FileState::Grading).and(audit_files::second_id.eq(actor.person)))
        .filter(audit_files::id.ne_all(graded))
        .count();
    let (
        signatures,
        agreements,
        (reopenings, requests),
        drafts,
        comments,
        second_grades,
        new_copies,
        new_replies,
    ): Counts = diesel::select((
        unsigned.single_value(),
        unsigned_agreements.single_value(),
        (reopenings.single_value(), unanswered(me.clone()).count().single_value()),
        drafts.single_value(),
        comments.single_value(),
        second_grades.single_value(),
        unseen_copies(&me).count().single_value(),
        unseen_replies(&me).count().single_value(),
    ))
    .get_result(reading.connection)?;
    Ok(Waiting {
        signatures: signatures.unwrap_or(0),
        agreements: agreements.unwrap_or(0),
        reopenings: reopenings.unwrap_or(0),
        requests: requests.unwrap_or(0),
        drafts: drafts.unwrap_or(0),
        comments: comments.unwrap_or(0),
        second_grades: second_grades.unwrap_or(0),
        new_copies: new_copies.unwrap_or(0),
        new_replies: new_replies.unwrap_or(0),
    })
}
