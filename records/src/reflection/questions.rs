//! The questions that are put under entries and reflections, and what becomes of them.

use super::asks::AsksOfCase;
use super::private_replies::{kept_reply, open_replies};
use super::reflection_facts;
use super::waiting::StandsIn;
use crate::audit::Event;
use crate::journal::DataKey;
use crate::preparation::{Pair, add_to_agenda, remove_from_agenda};
use crate::problem::{Problem, Stale};
use crate::schema::{case_entries, cases, people, raised_prompts, supervisions};
use crate::store::{Reading, Writing, new_id};
use crate::{content, journal, supervision};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, Actor};
use domain::form::Problems;
use domain::ids::{AgendaItemId, CaseEntryId, CaseId, PersonId, RaisedPromptId, ReflectionId, SupervisionId};
use domain::people::LinkKind;
use domain::reflection::{AT_MOST, PromptReply, PromptState, Situation, Trigger};

/// A question that was put, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaisedPrompt {
    /// The question as it was put.
    pub id: RaisedPromptId,
    /// Its key in the library.
    pub key: String,
    /// Under which case entry, if it was.
    pub entry: Option<CaseEntryId>,
    /// Its words on that day.
    pub question: String,
    /// What called for it.
    pub called_by: Trigger,
    /// What became of it.
    pub state: PromptState,
    /// Until when it is put off.
    pub until: Option<NaiveDate>,
    /// Whether the plan changed because of it.
    pub changed_plan: bool,
    /// The answer, or why it was not relevant.
    pub reply: String,
    /// Who replied.
    pub replied_by: Option<String>,
    /// When, in UTC.
    pub replied_at: Option<NaiveDateTime>,
    /// The version.
    pub version: i32,
}

/// Under what questions are put, and to whom.
pub(crate) struct NewRaised<'a> {
    pub(crate) entry: Option<&'a CaseEntryId>,
    pub(crate) reflection: Option<&'a ReflectionId>,
    pub(crate) case: Option<&'a CaseId>,
    pub(crate) asked_of: &'a PersonId,
    pub(crate) situation: Situation,
    /// As it stood before what is written moved the case's clocks.
    pub(crate) asks: &'a AsksOfCase,
}

/// Writes the questions under an entry or reflection: those that were replied to, and in place of those that were
/// not, the ones that what was written calls for.
pub(crate) fn raise(
    writing: &mut Writing<'_>,
    under: &NewRaised<'_>,
    replies: &[PromptReply],
) -> Result<(), Problem> {
    let rules = content::rules(writing)?;
    let (version, library) = (rules.library.0, &rules.library.1);
    let table = under.asks.table(library);
    let fired = table.fired(&under.situation);
    let called_for = table.choose(fired);
    let called_by = |key: &str| {
        let chosen = called_for.iter().find(|chosen| chosen.question.key == key).map(|chosen| chosen.by);
        let of_prompt =
            || library.find(key)?.triggers.iter().copied().find(|trigger| fired.contains(*trigger));
        chosen.or_else(of_prompt).unwrap_or(Trigger::Always)
    };
    let mut put: Vec<PromptReply> = replies
        .iter()
        .filter(|reply| reply.state != PromptState::Raised && library.find(&reply.key).is_some())
        .take(AT_MOST)
        .cloned()
        .collect();
    let is_answered = |key: &str| put.iter().any(|reply| reply.key == key);
    let others: Vec<PromptReply> = called_for
        .iter()
        .map(|chosen| chosen.question.key.as_str())
        .filter(|key| !is_answered(key))
        .take(AT_MOST.saturating_sub(put.len()))
        .map(PromptReply::raised)
        .collect();
    put.extend(others);
    for reply in put {
        let question = library.find(&reply.key).map_or("", |prompt| prompt.text.as_str());
        insert_raised(writing, under, &reply, (question, version, called_by(&reply.key)))?;
    }
    Ok(())
}

fn insert_raised(
    writing: &mut Writing<'_>,
    under: &NewRaised<'_>,
    reply: &PromptReply,
    (question, version, called_by): (&str, i32, Trigger),
) -> Result<(), Problem> {
    let (id, actor, now, today): (RaisedPromptId, _, _, _) =
        (new_id(), writing.actor()?, writing.now, writing.today());
    let replied = reply.state != PromptState::Raised;
    let (text, sealed) = kept_reply(writing, &id, under.reflection.is_some(), &reply.text)?;
    let agenda_item = match reply.state {
        PromptState::ToSupervision => {
            Some(put_on_agenda(writing, under.asked_of, None, (question, under.case))?)
        }
        _ => None,
    };
    diesel::insert_into(raised_prompts::table)
        .values((
            (raised_prompts::id.eq(&id), raised_prompts::organisation_id.eq(&actor.organisation)),
            (
                raised_prompts::prompt_key.eq(&reply.key),
                raised_prompts::library_version.eq(version),
                raised_prompts::question.eq(question),
                raised_prompts::called_by.eq(called_by),
            ),
            (
                raised_prompts::entry_id.eq(under.entry),
                raised_prompts::reflection_id.eq(under.reflection),
                raised_prompts::case_id.eq(under.case),
            ),
            (
                raised_prompts::asked_of_id.eq(under.asked_of),
                raised_prompts::state.eq(reply.state),
                raised_prompts::reply.eq(text),
                raised_prompts::sealed_reply.eq(sealed),
                raised_prompts::deferred_until.eq(reply.until),
                raised_prompts::changed_plan.eq(reply.changed_plan),
                raised_prompts::agenda_item_id.eq(agenda_item),
            ),
            (
                raised_prompts::replied_at.eq(replied.then_some(now)),
                raised_prompts::replied_by_id.eq(Some(&actor.person).filter(|_| replied)),
            ),
            (raised_prompts::version.eq(1), raised_prompts::raised_on.eq(today)),
        ))
        .execute(writing.connection)?;
    let event = Event::new("question_put", "question", &id);
    // What somebody asks themselves in their journal, and what they do with it, is theirs.
    if under.reflection.is_some() {
        return writing.audit(event);
    }
    writing.audit(event.with("key", &reply.key).with("state", reply.state.code()))
}

/// To whom a question is taken: the supervisor of one's work, nearest first. What is about a case goes to nobody who is not to hear
/// of cases.
fn supervisor_for(actor: &Actor, has_case: bool) -> Option<&PersonId> {
    const NEAREST_FIRST: [LinkKind; 5] =
        [LinkKind::Line, LinkKind::Cover, LinkKind::Case, LinkKind::Safeguarding, LinkKind::Reflective];
    let kinds = NEAREST_FIRST.into_iter().filter(|kind| kind.is_of_work() || !has_case);
    let of_kind = |wanted: LinkKind| actor.supervised_by.iter().find(|(_, kind)| *kind == wanted);
    kinds.filter_map(of_kind).map(|(supervisor, _)| supervisor).next()
}

/// The name of the supervisor to whom the actor takes questions of a reflection, about a case or not; `None` if there is none.
pub fn taken_to(reading: &mut Reading<'_>, has_case: bool) -> Result<Option<String>, Problem> {
    let actor = reading.actor()?;
    let Some(supervisor) = supervisor_for(&actor, has_case) else { return Ok(None) };
    name_of(reading, supervisor)
}

/// The name of the other one of the two on whose agenda a question comes if the actor takes it to supervision; `None` if neither
/// supervises the other.
pub fn taken_to_with(reading: &mut Reading<'_>, id: &RaisedPromptId) -> Result<Option<String>, Problem> {
    let (actor, about) = (reading.actor()?, about(reading, id)?);
    let Some(pair) = next_pair(&actor, &about.asked_of, (about.supervisor.as_ref(), about.case.is_some()))
    else {
        return Ok(None);
    };
    name_of(reading, if pair.supervisor == actor.person { &pair.supervisee } else { &pair.supervisor })
}

fn name_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<Option<String>, Problem> {
    let name = people::table.filter(people::id.eq(person)).select(people::name);
    Ok(name.first(reading.connection).optional()?)
}

/// The two on whose agenda a question comes: whoever supervises the person, in the session where it was put if they still do.
fn next_pair(
    actor: &Actor,
    asked_of: &PersonId,
    (before, has_case): (Option<&PersonId>, bool),
) -> Option<Pair> {
    if actor.person != *asked_of {
        let supervises = actor.supervises.iter().any(|(other, _)| other == asked_of);
        return supervises.then(|| Pair { supervisor: actor.person.clone(), supervisee: asked_of.clone() });
    }
    let is_same = |supervisor: &&PersonId| before.is_some_and(|before| before == *supervisor);
    let still = actor.supervised_by.iter().map(|(supervisor, _)| supervisor).find(is_same);
    let supervisor = still.or_else(|| supervisor_for(actor, has_case))?;
    Some(Pair { supervisor: supervisor.clone(), supervisee: asked_of.clone() })
}

/// Puts a question on the agenda of the next session, with the reference of the case.
fn put_on_agenda(
    writing: &mut Writing<'_>,
    asked_of: &PersonId,
    before: Option<&PersonId>,
    (question, case): (&str, Option<&CaseId>),
) -> Result<AgendaItemId, Problem> {
    let Some(pair) = next_pair(&writing.actor()?, asked_of, (before, case.is_some())) else {
        let words = "A question can be taken to supervision only where one of you supervises the other. Answer it, or put it off";
        return Err(Problems::one("form", words).into());
    };
    let reference: Option<String> = match case {
        Some(case) => {
            Some(cases::table.filter(cases::id.eq(case)).select(cases::reference).first(writing.connection)?)
        }
        None => None,
    };
    let words = reference.map_or_else(|| question.to_owned(), |reference| format!("{reference}: {question}"));
    add_to_agenda(writing, &pair, &words)
}

type RaisedRow = (
    (RaisedPromptId, String, Option<CaseEntryId>, String, Trigger),
    (PromptState, Option<NaiveDate>, bool),
    (String, Option<String>, Option<NaiveDateTime>, i32),
);

fn raised(row: RaisedRow) -> RaisedPrompt {
    let (
        (id, key, entry, question, called_by),
        (state, until, changed_plan),
        (reply, replied_by, replied_at, version),
    ) = row;
    RaisedPrompt {
        id,
        key,
        entry,
        question,
        called_by,
        state,
        until,
        changed_plan,
        reply,
        replied_by,
        replied_at,
        version,
    }
}

macro_rules! raised_columns {
    () => {
        (
            (
                raised_prompts::id,
                raised_prompts::prompt_key,
                raised_prompts::entry_id,
                raised_prompts::question,
                raised_prompts::called_by,
            ),
            (raised_prompts::state, raised_prompts::deferred_until, raised_prompts::changed_plan),
            (
                raised_prompts::reply,
                people::name.nullable(),
                raised_prompts::replied_at,
                raised_prompts::version,
            ),
        )
    };
}

/// The questions under a reflection, in the order in which they were put.
pub(super) fn raised_under_reflection(
    reading: &mut Reading<'_>,
    reflection: &ReflectionId,
    (key, author): (&DataKey, &PersonId),
) -> Result<Vec<RaisedPrompt>, Problem> {
    let rows: Vec<(RaisedRow, Option<String>)> = raised_prompts::table
        .left_join(people::table.on(raised_prompts::replied_by_id.eq(people::id.nullable())))
        .filter(raised_prompts::reflection_id.eq(reflection))
        .order(raised_prompts::id)
        .select((raised_columns!(), raised_prompts::sealed_reply))
        .load(reading.connection)?;
    open_replies(Some(key), author, rows.into_iter().map(|(row, sealed)| (raised(row), sealed)).collect())
}

pub(crate) fn raised_under_entries(
    reading: &mut Reading<'_>,
    entries: &[CaseEntryId],
) -> Result<Vec<RaisedPrompt>, Problem> {
    let rows: Vec<RaisedRow> = raised_prompts::table
        .left_join(people::table.on(raised_prompts::replied_by_id.eq(people::id.nullable())))
        .filter(raised_prompts::entry_id.eq_any(entries.iter().cloned().map(Some).collect::<Vec<_>>()))
        .order(raised_prompts::id)
        .select(raised_columns!())
        .load(reading.connection)?;
    Ok(rows.into_iter().map(raised).collect())
}

/// A question that the actor may reply to, and where it stands.
pub fn open_question(
    reading: &mut Reading<'_>,
    id: &RaisedPromptId,
) -> Result<(RaisedPrompt, StandsIn), Problem> {
    type Found = (RaisedRow, Option<ReflectionId>, Option<String>);
    let (row, reflection, sealed): Found = raised_prompts::table
        .left_join(people::table.on(raised_prompts::replied_by_id.eq(people::id.nullable())))
        .filter(raised_prompts::id.eq(id))
        .select((raised_columns!(), raised_prompts::reflection_id, raised_prompts::sealed_reply))
        .first(reading.connection)?;
    // Whoever may reply under a reflection is its author.
    let stands_in = place_of(reading, reflection, row.0.2.clone())?;
    let author = reading.actor()?.person;
    let key = if sealed.is_some() { Some(journal::needed_key_of(reading, &author)?) } else { None };
    let prompt =
        open_replies(key.as_ref(), &author, vec![(raised(row), sealed)])?.pop().ok_or(Problem::NotFound)?;
    Ok((prompt, stands_in))
}

/// Replies to a question: an answer, "take it to supervision", "not before this day" or "not relevant, because".
pub fn reply(
    writing: &mut Writing<'_>,
    id: &RaisedPromptId,
    version: i32,
    reply: &PromptReply,
) -> Result<StandsIn, Problem> {
    let (prompt, stands_in) = open_question(writing, id)?;
    if prompt.version != version {
        return Err(Stale::new(prompt.version, vec![(prompt.state.words(), prompt.reply)]).into());
    }
    if reply.state == PromptState::Raised {
        return Err(Problems::one(
            "text",
            "Write an answer, or choose to take the question to supervision, put it off or say why it is not relevant",
        )
        .into());
    }
    let is_private = matches!(stands_in, StandsIn::Reflection(_));
    let (text, sealed) = kept_reply(writing, id, is_private, &reply.text)?;
    let (person, now) = (writing.actor()?.person, writing.now);
    let agenda_item = on_agenda(writing, id, reply, &prompt.question)?;
    diesel::update(raised_prompts::table.filter(raised_prompts::id.eq(id)))
        .set((
            (raised_prompts::state.eq(reply.state), raised_prompts::reply.eq(text)),
            raised_prompts::sealed_reply.eq(sealed),
            (
                raised_prompts::deferred_until.eq(reply.until),
                raised_prompts::changed_plan.eq(reply.changed_plan),
                raised_prompts::agenda_item_id.eq(agenda_item),
            ),
            (raised_prompts::replied_at.eq(now), raised_prompts::replied_by_id.eq(person)),
            raised_prompts::version.eq(version + 1),
        ))
        .execute(writing.connection)?;
    let event = Event::new("question_replied", "question", id);
    writing.audit(if is_private { event } else { event.with("state", reply.state.code()) })?;
    Ok(stands_in)
}

/// The item of the agenda on which a question stands after this reply. What was taken to supervision and is replied to before the
/// session stands there no longer.
fn on_agenda(
    writing: &mut Writing<'_>,
    id: &RaisedPromptId,
    reply: &PromptReply,
    question: &str,
) -> Result<Option<AgendaItemId>, Problem> {
    let About { asked_of, case, agenda_item, supervisor } = about(writing, id)?;
    if let Some(before) = agenda_item {
        remove_from_agenda(writing, &before)?;
    }
    match reply.state {
        PromptState::ToSupervision => {
            let about = (question, case.as_ref());
            Ok(Some(put_on_agenda(writing, &asked_of, supervisor.as_ref(), about)?))
        }
        _ => Ok(None),
    }
}

/// To whom a question was put, about which case, and who supervised where it was put.
#[derive(Queryable)]
struct About {
    asked_of: PersonId,
    case: Option<CaseId>,
    agenda_item: Option<AgendaItemId>,
    supervisor: Option<PersonId>,
}

fn about(reading: &mut Reading<'_>, id: &RaisedPromptId) -> Result<About, Problem> {
    Ok(raised_prompts::table
        .left_join(case_entries::table.on(raised_prompts::entry_id.eq(case_entries::id.nullable())))
        .left_join(
            supervisions::table.on(supervisions::id.nullable().eq(case_entries::supervision_id.nullable())),
        )
        .filter(raised_prompts::id.eq(id))
        .select((
            raised_prompts::asked_of_id,
            raised_prompts::case_id,
            raised_prompts::agenda_item_id,
            supervisions::supervisor_id.nullable(),
        ))
        .first(reading.connection)?)
}

/// Where a question stands, if the actor may reply there.
fn place_of(
    reading: &mut Reading<'_>,
    reflection: Option<ReflectionId>,
    entry: Option<CaseEntryId>,
) -> Result<StandsIn, Problem> {
    if let Some(reflection) = reflection {
        let facts = reflection_facts(reading, &reflection)?;
        reading.permit(&Action::ChangeReflection(&facts), "reflection", &reflection)?;
        return Ok(StandsIn::Reflection(reflection));
    }
    let entry = entry.ok_or(Problem::NotFound)?;
    let (session, reference): (Option<SupervisionId>, String) = case_entries::table
        .inner_join(cases::table.on(cases::id.eq(case_entries::case_id)))
        .filter(case_entries::id.eq(&entry))
        .select((case_entries::supervision_id, cases::reference))
        .first(reading.connection)?;
    let session = session.ok_or(Problem::NotFound)?;
    let facts = supervision::facts(reading, &session)?;
    reading.permit(&Action::ReplyToPrompts(&facts), "supervision", &session)?;
    Ok(StandsIn::Supervision(session, reference))
}
