//! Seals what was written before there was a key: in batches, each a transaction, so that it can be stopped at any time and
//! goes on with the next start.

use super::{key_for_writing, new_copy_key};
use crate::access::Who;
use crate::audit::Event;
use crate::drafts;
use crate::problem::Problem;
use crate::reflection::{copied, reply_place, sealed_piece};
use crate::schema::{drafts as draft_rows, raised_prompts, reflection_copies, reflections};
use crate::store::{Store, Writing};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::ids::{DraftId, OrganisationId, PersonId, RaisedPromptId, ReflectionCopyId, ReflectionId};
use domain::reflection::Piece;

/// Rows of each kind that one transaction seals.
const BATCH: i64 = 50;

/// Seals everything private that still stands open. Returns how many texts it sealed; without a master key the journal is
/// shut, and nothing is.
pub fn seal_what_is_open(store: &Store, now: NaiveDateTime) -> Result<usize, Problem> {
    let mut sealed = 0;
    loop {
        let is_any = store.read(&Who::system("journal"), now, |reading| {
            let reflection: Option<ReflectionId> = reflections::table
                .filter(reflections::sealed_text.is_null().and(reflections::deleted_at.is_null()))
                .select(reflections::id)
                .first(reading.connection)
                .optional()?;
            let copy: Option<ReflectionCopyId> = reflection_copies::table
                .filter(reflection_copies::sealed_text.is_null())
                .select(reflection_copies::id)
                .first(reading.connection)
                .optional()?;
            let reply: Option<RaisedPromptId> = raised_prompts::table
                .filter(raised_prompts::reflection_id.is_not_null())
                .filter(raised_prompts::sealed_reply.is_null().and(raised_prompts::reply.ne("")))
                .select(raised_prompts::id)
                .first(reading.connection)
                .optional()?;
            let draft: Option<DraftId> = draft_rows::table
                .filter(draft_rows::sealed.is_null().and(draft_rows::address.like(drafts::JOURNAL_LIKE)))
                .select(draft_rows::id)
                .first(reading.connection)
                .optional()?;
            Ok(reflection.is_some() || copy.is_some() || reply.is_some() || draft.is_some())
        })?;
        if !is_any {
            return Ok(sealed);
        }
        sealed += store.write(&Who::system("journal"), now, |writing| {
            let done = seal_reflections(writing)?
                + seal_copies(writing)?
                + seal_replies(writing)?
                + drafts::seal_open_ones(writing, BATCH)?;
            writing.audit(Event::new("journal_sealed", "reflections", "").with("texts", done))?;
            Ok(done)
        })?;
    }
}

fn seal_reflections(writing: &mut Writing<'_>) -> Result<usize, Problem> {
    let rows: Vec<(ReflectionId, OrganisationId, PersonId, String, String)> = reflections::table
        .filter(reflections::sealed_text.is_null().and(reflections::deleted_at.is_null()))
        .limit(BATCH)
        .select((
            reflections::id,
            reflections::organisation_id,
            reflections::author_id,
            reflections::title,
            reflections::body,
        ))
        .load(writing.connection)?;
    for (id, organisation, author, title, body) in &rows {
        let key = key_for_writing(writing, author, organisation)?;
        let (head, text) = sealed_piece(&key, id, author, &Piece::free(title, body))?;
        diesel::update(reflections::table.filter(reflections::id.eq(id)))
            .set((
                (reflections::sealed_head.eq(head), reflections::sealed_text.eq(text)),
                (reflections::title.eq(""), reflections::body.eq("")),
            ))
            .execute(writing.connection)?;
    }
    Ok(rows.len())
}

fn seal_copies(writing: &mut Writing<'_>) -> Result<usize, Problem> {
    let rows: Vec<(ReflectionCopyId, PersonId, String, String)> = reflection_copies::table
        .filter(reflection_copies::sealed_text.is_null())
        .limit(BATCH)
        .select((
            reflection_copies::id,
            reflection_copies::author_id,
            reflection_copies::title,
            reflection_copies::body,
        ))
        .load(writing.connection)?;
    for (id, author, title, body) in &rows {
        let (key, master, wrapped) = new_copy_key(writing, id, author)?;
        let sealed = copied(&key, id, author, title, body)?;
        diesel::update(reflection_copies::table.filter(reflection_copies::id.eq(id)))
            .set((
                reflection_copies::sealed_text.eq(sealed),
                (reflection_copies::master_key_id.eq(master), reflection_copies::wrapped_key.eq(wrapped)),
                (reflection_copies::title.eq(""), reflection_copies::body.eq("")),
            ))
            .execute(writing.connection)?;
    }
    Ok(rows.len())
}

fn seal_replies(writing: &mut Writing<'_>) -> Result<usize, Problem> {
    let rows: Vec<(RaisedPromptId, OrganisationId, PersonId, String)> = raised_prompts::table
        .inner_join(reflections::table.on(raised_prompts::reflection_id.eq(reflections::id.nullable())))
        .filter(raised_prompts::sealed_reply.is_null().and(raised_prompts::reply.ne("")))
        .limit(BATCH)
        .select((
            raised_prompts::id,
            raised_prompts::organisation_id,
            reflections::author_id,
            raised_prompts::reply,
        ))
        .load(writing.connection)?;
    for (id, organisation, author, reply) in &rows {
        let key = key_for_writing(writing, author, organisation)?;
        let sealed = key.seal(&reply_place(id, author), reply)?;
        diesel::update(raised_prompts::table.filter(raised_prompts::id.eq(id)))
            .set((raised_prompts::sealed_reply.eq(sealed), raised_prompts::reply.eq("")))
            .execute(writing.connection)?;
    }
    Ok(rows.len())
}
