//! The legal route into a journal: two people confirm it with their passwords, its author is told, and it leaves a trace.

use crate::access::{Who, actor_of_person, person_facts};
use crate::audit::Event;
use crate::mail;
use crate::problem::Problem;
use crate::reflection::{copies_by_author, cpd_pieces_of, opened_piece, reply_place};
use crate::schema::{journal_openings, people, raised_prompts, reflection_copies, reflections};
use crate::sessions;
use crate::store::{Reading, Store, Writing, new_id};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::access::Action;
use domain::form::Problems;
use domain::ids::{JournalOpeningId, PersonId, RaisedPromptId, ReflectionCopyId, ReflectionId};
use domain::reflection::{CpdPiece, Piece};

/// Somebody who confirms with their password.
#[derive(Clone)]
pub struct Confirmation {
    /// The address with which they sign in.
    pub email: String,
    /// Their password.
    pub password: String,
}

/// What is asked for.
#[derive(Clone)]
pub struct Opening {
    /// The author's address.
    pub author_email: String,
    /// On what ground: a court order, a warrant, and its number. The author reads this.
    pub reason: String,
    /// One who confirms.
    pub first: Confirmation,
    /// Another one.
    pub second: Confirmation,
}

/// A piece of the journal, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedPiece {
    /// When it was written, in UTC.
    pub written_at: NaiveDateTime,
    /// When it was last changed, in UTC.
    pub changed_at: NaiveDateTime,
    /// What stands in it.
    pub piece: Piece,
    /// The questions under it that were replied to, each with its reply.
    pub replies: Vec<(String, String)>,
}

/// A journal, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The author's name.
    pub author: String,
    /// Its pieces, in the order in which they were written.
    pub pieces: Vec<OpenedPiece>,
    /// The pieces of professional development, each with when it was last changed, in UTC.
    pub cpd_pieces: Vec<(NaiveDateTime, CpdPiece)>,
    /// The copies that were shared and not taken back.
    pub copies: Vec<OpenedCopy>,
}

/// A copy that the author shared, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedCopy {
    /// When it was shared, in UTC.
    pub shared_at: NaiveDateTime,
    /// With whom.
    pub reader: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// What the author said under it, each with when that was, in UTC. What the other one said is not the author’s.
    pub replies: Vec<(NaiveDateTime, String)>,
}

fn refused(words: &str) -> Problem {
    Problems::one("opening", words).into()
}

/// Opens somebody's journal on a legal ground. Two different people, each with a role for this, confirm with their passwords;
/// that it was opened, by whom and why is kept, and a mail tells the author. `journal` is the full address of `/reflections`.
pub fn open_by_law(
    store: &Store,
    opening: &Opening,
    journal: &str,
    now: NaiveDateTime,
) -> Result<Opened, Problem> {
    if opening.reason.trim().is_empty() {
        return Err(refused("Say on what legal ground the journal is opened: its author is told"));
    }
    let source = "command line";
    let first = sessions::confirmed(store, &opening.first.email, &opening.first.password, source, now)?;
    let second = sessions::confirmed(store, &opening.second.email, &opening.second.password, source, now)?;
    if first == second {
        return Err(refused("Two different people have to confirm this"));
    }
    let email = opening.author_email.trim().to_lowercase();
    let system = Who::system("journal");
    let (author, facts, actors) = store.read(&system, now, |reading| {
        let author: Option<PersonId> = people::table
            .filter(people::email.eq(&email))
            .select(people::id)
            .first(reading.connection)
            .optional()?;
        let author = author.ok_or_else(|| refused("Nobody has the author’s address"))?;
        let facts = person_facts(reading.connection, &author)?;
        let actors = [actor_of_person(reading, &first)?, actor_of_person(reading, &second)?];
        Ok((author, facts, actors))
    })?;
    for actor in &actors {
        super::refuse_while_waiting(Some(actor))?;
        let who = Who::person(actor.clone(), source);
        store.permit(&who, now, &Action::OpenJournalByLaw(&facts), "journal", author.as_str())?;
    }
    let [one, _] = actors;
    let letter = domain::mail::journal_opened(journal);
    let reason = opening.reason.trim().to_owned();
    store.write(&Who::person(one, source), now, move |writing| {
        let opened = opened(writing, &author)?;
        let id: JournalOpeningId = new_id();
        let now = writing.now;
        diesel::insert_into(journal_openings::table)
            .values((
                (journal_openings::id.eq(&id), journal_openings::organisation_id.eq(&facts.organisation)),
                journal_openings::author_id.eq(&author),
                (journal_openings::first_id.eq(&first), journal_openings::second_id.eq(&second)),
                (journal_openings::reason.eq(reason), journal_openings::opened_at.eq(now)),
            ))
            .execute(writing.connection)?;
        mail::queue(writing, &author, &letter)?;
        writing.audit(
            Event::new("journal_opened_by_law", "person", &author)
                .with("opening", &id)
                .with("first", &first)
                .with("second", &second)
                .with("pieces", opened.pieces.len())
                .with("cpd_pieces", opened.cpd_pieces.len())
                .with("copies", opened.copies.len()),
        )?;
        Ok(opened)
    })
}

fn opened(writing: &mut Writing<'_>, author: &PersonId) -> Result<Opened, Problem> {
    type Row = (ReflectionId, Option<String>, Option<String>, NaiveDateTime, NaiveDateTime);
    let name: String =
        people::table.filter(people::id.eq(author)).select(people::name).first(writing.connection)?;
    refuse_unsealed(writing, author)?;
    let copies = copies_by_author(writing, author)?;
    let Some(key) = super::key_of(writing, author)? else {
        return Ok(Opened { author: name, pieces: Vec::new(), cpd_pieces: Vec::new(), copies });
    };
    let cpd_pieces = cpd_pieces_of(writing, &key, author)?;
    let cpd_pieces = cpd_pieces.into_iter().map(|file| (file.changed_at, file.piece)).collect();
    let rows: Vec<Row> = reflections::table
        .filter(reflections::author_id.eq(author).and(reflections::sealed_text.is_not_null()))
        .order(reflections::id)
        .select((
            reflections::id,
            reflections::sealed_head,
            reflections::sealed_text,
            reflections::created_at,
            reflections::changed_at,
        ))
        .load(writing.connection)?;
    let replies: Vec<(RaisedPromptId, Option<ReflectionId>, String, Option<String>)> = raised_prompts::table
        .inner_join(reflections::table.on(raised_prompts::reflection_id.eq(reflections::id.nullable())))
        .filter(reflections::author_id.eq(author).and(raised_prompts::sealed_reply.is_not_null()))
        .order(raised_prompts::id)
        .select((
            raised_prompts::id,
            raised_prompts::reflection_id,
            raised_prompts::question,
            raised_prompts::sealed_reply,
        ))
        .load(writing.connection)?;
    let mut pieces = Vec::with_capacity(rows.len());
    for (id, head, text, written_at, changed_at) in rows {
        let piece = opened_piece(&key, &id, author, (head, text))?;
        let mut answered = Vec::new();
        for (prompt, _, question, sealed) in
            replies.iter().filter(|(_, reflection, ..)| reflection.as_ref() == Some(&id))
        {
            let place = reply_place(prompt, author);
            let reply = sealed.as_deref().map(|sealed| key.open(&place, sealed)).transpose()?;
            answered.push((question.clone(), reply.unwrap_or_default()));
        }
        pieces.push(OpenedPiece { written_at, changed_at, piece, replies: answered });
    }
    Ok(Opened { author: name, pieces, cpd_pieces, copies })
}

/// What is not sealed yet would be missing without a word.
fn refuse_unsealed(reading: &mut Reading<'_>, author: &PersonId) -> Result<(), Problem> {
    let piece: Option<ReflectionId> = reflections::table
        .filter(reflections::author_id.eq(author))
        .filter(reflections::sealed_text.is_null().and(reflections::deleted_at.is_null()))
        .select(reflections::id)
        .first(reading.connection)
        .optional()?;
    let copy: Option<ReflectionCopyId> = reflection_copies::table
        .filter(reflection_copies::author_id.eq(author).and(reflection_copies::sealed_text.is_null()))
        .select(reflection_copies::id)
        .first(reading.connection)
        .optional()?;
    let reply: Option<RaisedPromptId> = raised_prompts::table
        .inner_join(reflections::table.on(raised_prompts::reflection_id.eq(reflections::id.nullable())))
        .filter(reflections::author_id.eq(author).and(raised_prompts::sealed_reply.is_null()))
        .filter(raised_prompts::reply.ne(""))
        .select(raised_prompts::id)
        .first(reading.connection)
        .optional()?;
    if piece.is_none() && copy.is_none() && reply.is_none() {
        return Ok(());
    }
    Err(refused(
        "Some of this journal is from before there was a key, and is not sealed yet. Start the server once with its key, and ask again",
    ))
}

/// When the law opened the actor's own journal: the instant in UTC, who confirmed it, and on what ground.
pub fn openings(reading: &mut Reading<'_>) -> Result<Vec<(NaiveDateTime, [String; 2], String)>, Problem> {
    diesel::alias!(people as first_confirming: FirstConfirming, people as second_confirming: SecondConfirming);
    let author = reading.actor()?.person;
    let rows: Vec<(NaiveDateTime, String, String, String)> = journal_openings::table
        .inner_join(first_confirming.on(first_confirming.field(people::id).eq(journal_openings::first_id)))
        .inner_join(second_confirming.on(second_confirming.field(people::id).eq(journal_openings::second_id)))
        .filter(journal_openings::author_id.eq(author))
        .order(journal_openings::id.desc())
        .select((
            journal_openings::opened_at,
            first_confirming.field(people::name),
            second_confirming.field(people::name),
            journal_openings::reason,
        ))
        .load(reading.connection)?;
    Ok(rows.into_iter().map(|(at, first, second, reason)| (at, [first, second], reason)).collect())
}
