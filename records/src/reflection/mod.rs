//! Reflections: their author's alone, and sealed so.

mod asks;
mod copies;
mod cpd;
mod mirror;
mod private_replies;
mod questions;
mod sealed;
mod sharing;
mod taking_back;
mod waiting;

use asks::asks_of_reflection;
pub(crate) use asks::{ROTATION_DAYS, asks_of_case, coalesce};
pub use asks::{TalkedAbout, questions, questions_of};
pub use copies::{
    CopyFile, CopyReply, CopySummary, new_replies, open_copy, reply_under_copy, see_copy, shared_with_me,
};
pub(crate) use copies::{copies_by_author, unseen_copies, unseen_replies};
pub(crate) use cpd::cpd_pieces_of;
pub use cpd::{
    CpdFile, change_cpd, cpd_list, delete_cpd, known_names, open_cpd, standards_spoken_to, write_cpd,
};
pub use mirror::mirror_cases;
pub(crate) use private_replies::reply_place;
use questions::raised_under_reflection;
pub(crate) use questions::{NewRaised, raise, raised_under_entries};
pub use questions::{RaisedPrompt, open_question, reply, taken_to, taken_to_with};
use sealed::opened_head;
pub(crate) use sealed::{copied, opened_piece, sealed_piece};
use sharing::share_copy;
pub use sharing::{NewCopy, may_share_with, own_supervisors, share};
pub use taking_back::{TakingBack, take_back, taking_back, was_taken_back};
pub use waiting::{PROMPTS, StandsIn, WAITING, WaitingPrompt, prompt_counts, prompts, waiting_questions};

use crate::access::case_facts;
use crate::audit::Event;
use crate::content;
use crate::drafts;
use crate::journal;
use crate::problem::{Problem, Stale};
use crate::schema::{cases, people, raised_prompts, reflection_copies, reflections, supervisions};
use crate::store::{Reading, Writing, new_id};
use crate::supervision;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::{Action, ReflectionFacts, may};
use domain::calendar::day_in_words;
use domain::ids::{CaseId, OrganisationId, PersonId, ReflectionCopyId, ReflectionId, SupervisionId};
use domain::reflection::{About, ModelsInUse, NewReflection, Piece, PromptState, Situation, standard};
use std::sync::Arc;

fn reflection_facts(reading: &mut Reading<'_>, id: &ReflectionId) -> Result<ReflectionFacts, Problem> {
    let (organisation, author): (OrganisationId, PersonId) = reflections::table
        .filter(reflections::id.eq(id).and(reflections::deleted_at.is_null()))
        .select((reflections::organisation_id, reflections::author_id))
        .first(reading.connection)?;
    Ok(ReflectionFacts { organisation, author })
}

/// The ways to reflect that the organisation uses.
pub fn models_in_use(reading: &mut Reading<'_>) -> Result<Arc<ModelsInUse>, Problem> {
    reading.permit(&Action::Reflect, "rules", "")?;
    Ok(Arc::clone(&content::rules(reading)?.models))
}

/// A reflection in its author's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflectionSummary {
    /// The reflection.
    pub id: ReflectionId,
    /// Its title.
    pub title: String,
    /// What it is about, in words: the reference of a case, or the day of a session.
    pub about: Option<String>,
    /// When it was last changed, in UTC.
    pub changed_at: NaiveDateTime,
    /// With how many people a copy is shared.
    pub shared: i64,
}

/// Reflections on one page of the list.
pub const PAGE: usize = 50;

/// One's own reflections, newest first, before this one.
pub fn mine(
    reading: &mut Reading<'_>,
    before: Option<&ReflectionId>,
) -> Result<(Vec<ReflectionSummary>, bool), Problem> {
    type Row = (ReflectionId, Option<String>, (Option<String>, Option<NaiveDate>), NaiveDateTime);
    let actor = reading.actor()?;
    reading.permit(&Action::Reflect, "reflections", "")?;
    let mut query = reflections::table
        .left_join(cases::table.on(reflections::case_id.eq(cases::id.nullable())))
        .left_join(supervisions::table.on(reflections::supervision_id.eq(supervisions::id.nullable())))
        .filter(reflections::author_id.eq(&actor.person).and(reflections::deleted_at.is_null()))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(reflections::id.lt(before));
    }
    let key = journal::key_of(reading, &actor.person)?;
    let rows: Vec<Row> = query
        .order(reflections::id.desc())
        .limit(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .select((
            reflections::id,
            reflections::sealed_head,
            (cases::reference.nullable(), supervisions::held_on.nullable()),
            reflections::changed_at,
        ))
        .load(reading.connection)?;
    let ids: Vec<ReflectionId> = rows.iter().map(|row| row.0.clone()).collect();
    let counts: Vec<(ReflectionId, i64)> = reflection_copies::table
        .filter(reflection_copies::reflection_id.eq_any(&ids))
        .filter(reflection_copies::taken_back_at.is_null())
        .group_by(reflection_copies::reflection_id)
        .select((reflection_copies::reflection_id, diesel::dsl::count_star()))
        .load(reading.connection)?;
    let more = rows.len() > PAGE;
    let Some(key) = key else { return Ok((Vec::new(), false)) };
    let listed = rows.into_iter().take(PAGE).map(|(id, head, about, changed_at)| {
        let shared = counts.iter().find(|(reflection, _)| *reflection == id).map_or(0, |(_, count)| *count);
        let title = opened_head(&key, &id, &actor.person, head)?.title;
        Ok(ReflectionSummary { id, title, about: about_words(about), changed_at, shared })
    });
    Ok((listed.collect::<Result<Vec<_>, Problem>>()?, more))
}

/// A reflection for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflectionFile {
    /// The reflection.
    pub id: ReflectionId,
    /// What it is about.
    pub about: About,
    /// The same in words: a reference, or the day of a session.
    pub about_words: Option<String>,
    /// What is written.
    pub piece: Piece,
    /// The version.
    pub version: i32,
    /// When it was written, in UTC.
    pub created_at: NaiveDateTime,
    /// When it was last changed, in UTC.
    pub changed_at: NaiveDateTime,
    /// The questions that were put.
    pub prompts: Vec<RaisedPrompt>,
    /// The copies that were shared: which, with whom, and when in UTC.
    pub copies: Vec<(ReflectionCopyId, String, NaiveDateTime)>,
}

/// What stands in one's own piece, its version, and when it was written, in UTC: without questions and copies.
pub fn open_piece(
    reading: &mut Reading<'_>,
    id: &ReflectionId,
) -> Result<(Piece, i32, NaiveDateTime), Problem> {
    type Row = (OrganisationId, PersonId, (Option<String>, Option<String>), i32, NaiveDateTime);
    let (organisation, author, sealed, version, created_at): Row = reflections::table
        .filter(reflections::id.eq(id).and(reflections::deleted_at.is_null()))
        .select((
            reflections::organisation_id,
            reflections::author_id,
            (reflections::sealed_head, reflections::sealed_text),
            reflections::version,
            reflections::created_at,
        ))
        .first(reading.connection)?;
    let facts = ReflectionFacts { organisation, author };
    reading.permit(&Action::ReadReflection(&facts), "reflection", id)?;
    let key = journal::needed_key_of(reading, &facts.author)?;
    reading.viewed("reflection", id.as_str());
    Ok((opened_piece(&key, id, &facts.author, sealed)?, version, created_at))
}

/// Opens one's own reflection.
pub fn open(reading: &mut Reading<'_>, id: &ReflectionId) -> Result<ReflectionFile, Problem> {
    type Row = (
        (OrganisationId, PersonId, Option<CaseId>, Option<SupervisionId>),
        ((Option<String>, Option<String>), i32, NaiveDateTime, NaiveDateTime),
        (Option<String>, Option<NaiveDate>),
    );
    let (
        (organisation, author, case, session),
        (sealed, version, created_at, changed_at),
        (reference, held_on),
    ): Row = reflections::table
        .left_join(cases::table.on(reflections::case_id.eq(cases::id.nullable())))
        .left_join(supervisions::table.on(reflections::supervision_id.eq(supervisions::id.nullable())))
        .filter(reflections::id.eq(id).and(reflections::deleted_at.is_null()))
        .select((
            (
                reflections::organisation_id,
                reflections::author_id,
                reflections::case_id,
                reflections::supervision_id,
            ),
            (
                (reflections::sealed_head, reflections::sealed_text),
                reflections::version,
                reflections::created_at,
                reflections::changed_at,
            ),
            (cases::reference.nullable(), supervisions::held_on.nullable()),
        ))
        .first(reading.connection)?;
    let facts = ReflectionFacts { organisation, author };
    reading.permit(&Action::ReadReflection(&facts), "reflection", id)?;
    let key = journal::needed_key_of(reading, &facts.author)?;
    let piece = opened_piece(&key, id, &facts.author, sealed)?;
    reading.viewed("reflection", id.as_str());
    let prompts = raised_under_reflection(reading, id, (&key, &facts.author))?;
    let copies = reflection_copies::table
        .inner_join(people::table.on(people::id.eq(reflection_copies::reader_id)))
        .filter(reflection_copies::reflection_id.eq(id).and(reflection_copies::taken_back_at.is_null()))
        .order(reflection_copies::id.desc())
        .select((reflection_copies::id, people::name, reflection_copies::shared_at))
        .load(reading.connection)?;
    let about = match (case, session) {
        (Some(case), _) => About::Case(case),
        (None, Some(session)) => About::Supervision(session),
        (None, None) => About::Neither,
    };
    Ok(ReflectionFile {
        id: id.clone(),
        about,
        about_words: about_words((reference, held_on)),
        piece,
        version,
        created_at,
        changed_at,
        prompts,
        copies,
    })
}

/// What a reflection is about, in words: the reference of its case, or the day of its session.
fn about_words((reference, held_on): (Option<String>, Option<NaiveDate>)) -> Option<String> {
    reference.or_else(|| held_on.map(|day| format!("the session of {}", day_in_words(day))))
}

/// The case, if any, that a reflection is about, once the actor may write about it.
fn check_about(writing: &mut Writing<'_>, about: &About) -> Result<(), Problem> {
    match about {
        About::Case(case) => {
            let facts = case_facts(writing.connection, case)?;
            writing.permit(&Action::OpenCase(&facts), "case", case)
        }
        About::Supervision(session) => {
            let facts = supervision::facts(writing, session)?;
            writing.permit(&Action::OpenSupervision(&facts), "supervision", session)
        }
        About::Neither => Ok(()),
    }
}

/// Writes a reflection, and shares a frozen copy if its author chose somebody.
pub fn write(writing: &mut Writing<'_>, reflection: &NewReflection) -> Result<ReflectionId, Problem> {
    writing.permit(&Action::Reflect, "reflections", "")?;
    check_about(writing, &reflection.about)?;
    let (id, actor, now): (ReflectionId, _, _) = (new_id(), writing.actor()?, writing.now);
    let (case, session) = match &reflection.about {
        About::Case(case) => (Some(case), None),
        About::Supervision(session) => (None, Some(session)),
        About::Neither => (None, None),
    };
    let key = journal::key_for_writing(writing, &actor.person, &actor.organisation)?;
    let (head, text) = sealed_piece(&key, &id, &actor.person, &reflection.piece)?;
    diesel::insert_into(reflections::table)
        .values((
            (
                reflections::id.eq(&id),
                reflections::organisation_id.eq(&actor.organisation),
                reflections::author_id.eq(&actor.person),
            ),
            (reflections::case_id.eq(case), reflections::supervision_id.eq(session)),
            (reflections::title.eq(""), reflections::body.eq("")),
            (reflections::sealed_head.eq(head), reflections::sealed_text.eq(text)),
            (reflections::version.eq(1), reflections::created_at.eq(now), reflections::changed_at.eq(now)),
        ))
        .execute(writing.connection)?;
    let asks = asks_of_reflection(writing, case, &actor.person)?;
    let asked = NewRaised {
        entry: None,
        reflection: Some(&id),
        case,
        asked_of: &actor.person,
        situation: Situation::default(),
        asks: &asks,
    };
    // Who says only how they are is asked nothing, unless they have answered already.
    let has_replied = reflection.prompts.iter().any(|reply| reply.state != PromptState::Raised);
    if has_replied || !reflection.piece.text().is_empty() {
        raise(writing, &asked, &reflection.prompts)?;
    }
    writing.audit(Event::new("reflection_written", "reflection", &id))?;
    if let Some(reader) = &reflection.share_with {
        let piece = &reflection.piece;
        let copy = NewCopy { reader: reader.clone(), title: piece.title.clone(), body: piece.text() };
        share_copy(writing, &id, &copy)?;
    }
    Ok(id)
}

/// Changes one's own reflection. Copies that were shared stay as they were.
pub fn change(
    writing: &mut Writing<'_>,
    id: &ReflectionId,
    version: i32,
    piece: &Piece,
) -> Result<(), Problem> {
    let (before, stands, _) = open_piece(writing, id)?;
    let facts = reflection_facts(writing, id)?;
    writing.permit(&Action::ChangeReflection(&facts), "reflection", id)?;
    if stands != version {
        return Err(Stale::new(stands, shown_beside(&before)).into());
    }
    let now = writing.now;
    let key = journal::needed_key_of(writing, &facts.author)?;
    let (head, text) = sealed_piece(&key, id, &facts.author, piece)?;
    diesel::update(reflections::table.filter(reflections::id.eq(id)))
        .set((
            reflections::sealed_head.eq(head),
            reflections::sealed_text.eq(text),
            reflections::version.eq(version + 1),
            reflections::changed_at.eq(now),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("reflection_changed", "reflection", id).with("version", version + 1))
}

/// Everything that stands in a piece, each box under its heading: whoever saves another version in its place sees what goes.
fn shown_beside(piece: &Piece) -> Vec<(String, String)> {
    let mut fields = vec![("Title".to_owned(), piece.title.clone())];
    fields.extend(piece.steps.iter().map(|step| (step.title.clone(), step.text.clone())));
    let body = if piece.steps.is_empty() { "Your reflection" } else { "Anything else" };
    fields.push((body.to_owned(), piece.body.clone()));
    fields.extend(piece.check_in.as_ref().map(|check_in| ("How you are".to_owned(), check_in.line())));
    let standards: Vec<&str> =
        piece.standards.iter().filter_map(|key| standard(key)).map(|one| one.title.as_str()).collect();
    fields.push(("Standards that this speaks to".to_owned(), standards.join("\n")));
    fields.retain(|(_, text)| !text.is_empty());
    fields
}

/// Deletes one's own reflection: what stands in it, what its author replied under it, and what of it is a draft. Copies that were
/// shared stay with whoever has them; the row stays for these, without a word.
pub fn delete(writing: &mut Writing<'_>, id: &ReflectionId) -> Result<(), Problem> {
    let facts = reflection_facts(writing, id)?;
    writing.permit(&Action::ChangeReflection(&facts), "reflection", id)?;
    let now = writing.now;
    diesel::update(reflections::table.filter(reflections::id.eq(id)))
        .set((
            (reflections::title.eq(""), reflections::body.eq("")),
            (reflections::sealed_head.eq(None::<String>), reflections::sealed_text.eq(None::<String>)),
            reflections::deleted_at.eq(now),
        ))
        .execute(writing.connection)?;
    diesel::update(raised_prompts::table.filter(raised_prompts::reflection_id.eq(id)))
        .set((raised_prompts::reply.eq(""), raised_prompts::sealed_reply.eq(None::<String>)))
        .execute(writing.connection)?;
    let drafts = drafts::forget_under(writing, &format!("/reflections/{id}"))?;
    writing.audit(Event::new("reflection_deleted", "reflection", id).with("drafts", drafts))
}

/// The day of a session about which the actor may write.
pub fn session_day(reading: &mut Reading<'_>, id: &SupervisionId) -> Result<NaiveDate, Problem> {
    let facts = supervision::facts(reading, id)?;
    reading.permit(&Action::OpenSupervision(&facts), "supervision", id)?;
    Ok(supervisions::table
        .filter(supervisions::id.eq(id))
        .select(supervisions::held_on)
        .first(reading.connection)?)
}

/// What a reflection may be about: the actor's own sessions, newest first.
pub fn own_sessions(reading: &mut Reading<'_>) -> Result<Vec<(SupervisionId, NaiveDate)>, Problem> {
    let actor = reading.actor()?;
    Ok(supervisions::table
        .filter(
            supervisions::supervisee_id.eq(&actor.person).or(supervisions::supervisor_id.eq(&actor.person)),
        )
        .order((supervisions::held_on.desc(), supervisions::id.desc()))
        .limit(20)
        .select((supervisions::id, supervisions::held_on))
        .load(reading.connection)?)
}

/// Whether the actor may write reflections about cases at all.
pub fn may_write_about_cases(reading: &Reading<'_>) -> Result<bool, Problem> {
    Ok(may(&reading.actor()?, &Action::ListCases).is_allowed())
}
