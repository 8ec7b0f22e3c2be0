//! The questions that are put under entries and reflections, and what becomes of them.

use super::private_replies::{kept_reply, open_replies};
use super::reflection_facts;
use crate::access::case_facts;
use crate::audit::Event;
use crate::journal::DataKey;
use crate::problem::{Problem, Stale};
use crate::schema::{case_entries, cases, people, raised_prompts};
use crate::store::{Reading, Writing, new_id};
use crate::{content, journal, supervision};
use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::form::Problems;
use domain::ids::{CaseEntryId, CaseId, PersonId, RaisedPromptId, ReflectionId, SupervisionId};
use domain::reflection::{PromptReply, PromptState, PromptTable, Situation, choose};
use std::collections::HashMap;

/// A question does not come back within so many days on the same case unless its trigger fires again.
const ROTATION_DAYS: u64 = 90;

/// A question that was put, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaisedPrompt {
    /// The question as it was put.
    pub id: RaisedPromptId,
    /// Under which case entry, if it was.
    pub entry: Option<CaseEntryId>,
    /// Its words on that day.
    pub question: String,
    /// What became of it.
    pub state: PromptState,
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
}

/// The questions that were put about each of these cases within the rotation.
fn recent_keys(reading: &mut Reading<'_>, cases: &[CaseId]) -> Result<HashMap<CaseId, Vec<String>>, Problem> {
    let since = reading.today().checked_sub_days(Days::new(ROTATION_DAYS)).unwrap_or_default();
    let rows: Vec<(Option<CaseId>, String)> = raised_prompts::table
        .filter(raised_prompts::case_id.eq_any(cases).and(raised_prompts::raised_on.ge(since)))
        .select((raised_prompts::case_id, raised_prompts::prompt_key))
        .load(reading.connection)?;
    let mut recent: HashMap<CaseId, Vec<String>> =
        cases.iter().map(|case| (case.clone(), Vec::new())).collect();
    for (case, key) in rows {
        if let Some(of_case) = case.and_then(|case| recent.get_mut(&case)) {
            of_case.push(key);
        }
    }
    Ok(recent)
}

/// The questions for a form, for every situation that it can describe. Cases without a history take turns by the day.
pub fn questions(reading: &mut Reading<'_>, case: Option<&CaseId>) -> Result<PromptTable, Problem> {
    let (recent, turn) = turn_of(reading, case)?;
    let rules = content::rules(reading)?;
    Ok(rules.library.1.table(&recent, turn))
}

/// The questions for a form with an entry for each of these cases.
pub fn questions_of(
    reading: &mut Reading<'_>,
    cases: &[CaseId],
) -> Result<HashMap<CaseId, PromptTable>, Problem> {
    if cases.is_empty() {
        return Ok(HashMap::new());
    }
    let rules = content::rules(reading)?;
    let recent = recent_keys(reading, cases)?;
    let table = |(case, keys): (CaseId, Vec<String>)| (case, rules.library.1.table(&keys, keys.len()));
    Ok(recent.into_iter().map(table).collect())
}

fn turn_of(reading: &mut Reading<'_>, case: Option<&CaseId>) -> Result<(Vec<String>, usize), Problem> {
    use chrono::Datelike;
    let Some(case) = case else {
        return Ok((Vec::new(), usize::try_from(reading.today().num_days_from_ce()).unwrap_or(0)));
    };
    let recent = recent_keys(reading, std::slice::from_ref(case))?.remove(case).unwrap_or_default();
    let turn = recent.len();
    Ok((recent, turn))
}

/// Writes the questions under an entry or reflection: those that were replied to, and in place of those that were
/// not, the ones that what was written calls for.
pub(crate) fn raise(
    writing: &mut Writing<'_>,
    under: &NewRaised<'_>,
    replies: &[PromptReply],
) -> Result<(), Problem> {
    let (recent, turn) = turn_of(writing, under.case)?;
    let rules = content::rules(writing)?;
    let (version, library) = (rules.library.0, &rules.library.1);
    let called_for = choose(&library.prompts, &under.situation, &recent, turn);
    let mut put: Vec<PromptReply> = replies
        .iter()
        .filter(|reply| reply.state != PromptState::Raised && library.find(&reply.key).is_some())
        .cloned()
        .collect();
    for prompt in called_for {
        if put.len() < domain::reflection::AT_MOST && !put.iter().any(|reply| reply.key == prompt.key) {
            put.push(PromptReply {
                key: prompt.key.clone(),
                state: PromptState::Raised,
                text: String::new(),
            });
        }
    }
    for reply in put {
        let question = library.find(&reply.key).map_or("", |prompt| prompt.text.as_str());
        insert_raised(writing, under, &reply, question, version)?;
    }
    Ok(())
}

fn insert_raised(
    writing: &mut Writing<'_>,
    under: &NewRaised<'_>,
    reply: &PromptReply,
    question: &str,
    version: i32,
) -> Result<(), Problem> {
    let (id, actor, now, today): (RaisedPromptId, _, _, _) =
        (new_id(), writing.actor()?, writing.now, writing.today());
    let replied = reply.state != PromptState::Raised;
    let (text, sealed) = kept_reply(writing, &id, under.reflection.is_some(), &reply.text)?;
    diesel::insert_into(raised_prompts::table)
        .values((
            (raised_prompts::id.eq(&id), raised_prompts::organisation_id.eq(&actor.organisation)),
            (
                raised_prompts::prompt_key.eq(&reply.key),
                raised_prompts::library_version.eq(version),
                raised_prompts::question.eq(question),
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
            ),
            (
                raised_prompts::replied_at.eq(replied.then_some(now)),
                raised_prompts::replied_by_id.eq(Some(&actor.person).filter(|_| replied)),
            ),
            (raised_prompts::version.eq(1), raised_prompts::raised_on.eq(today)),
        ))
        .execute(writing.connection)?;
    writing.audit(
        Event::new("question_put", "question", &id).with("key", &reply.key).with("state", reply.state.code()),
    )
}

type RaisedRow = (
    (RaisedPromptId, Option<CaseEntryId>, String),
    (PromptState, String, Option<String>, Option<NaiveDateTime>, i32),
);

fn raised(row: RaisedRow) -> RaisedPrompt {
    let ((id, entry, question), (state, reply, replied_by, replied_at, version)) = row;
    RaisedPrompt { id, entry, question, state, reply, replied_by, replied_at, version }
}

macro_rules! raised_columns {
    () => {
        (
            (raised_prompts::id, raised_prompts::entry_id, raised_prompts::question),
            (
                raised_prompts::state,
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

/// A question that waits for the actor, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingPrompt {
    /// Its words.
    pub question: String,
    /// Whether it was put off before.
    pub was_put_off: bool,
    /// The session in which it was put, or the reflection.
    pub stands_in: StandsIn,
    /// The day on which it was put.
    pub raised_on: NaiveDate,
}

/// Where a question stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StandsIn {
    /// Under an entry of this session, about the case of this reference.
    Supervision(SupervisionId, String),
    /// Under this reflection.
    Reflection(ReflectionId),
}

/// Questions that are listed as waiting, at most.
pub const WAITING: usize = 20;

/// The questions that wait for the actor's reply, the newest first.
pub fn waiting_questions(reading: &mut Reading<'_>) -> Result<Vec<WaitingPrompt>, Problem> {
    type Row = (String, PromptState, NaiveDate, Option<ReflectionId>, Option<SupervisionId>, Option<String>);
    let actor = reading.actor()?;
    let rows: Vec<Row> = raised_prompts::table
        .left_join(case_entries::table.on(raised_prompts::entry_id.eq(case_entries::id.nullable())))
        .left_join(cases::table.on(raised_prompts::case_id.eq(cases::id.nullable())))
        .filter(raised_prompts::asked_of_id.eq(&actor.person))
        .filter(raised_prompts::state.eq_any([PromptState::Raised.code(), PromptState::Deferred.code()]))
        .order(raised_prompts::id.desc())
        .limit(i64::try_from(WAITING).unwrap_or(i64::MAX))
        .select((
            raised_prompts::question,
            raised_prompts::state,
            raised_prompts::raised_on,
            raised_prompts::reflection_id,
            case_entries::supervision_id.nullable(),
            cases::reference.nullable(),
        ))
        .load(reading.connection)?;
    let waiting =
        rows.into_iter().filter_map(|(question, state, raised_on, reflection, session, reference)| {
            let stands_in = match (session, reflection) {
                (Some(session), _) => StandsIn::Supervision(session, reference.unwrap_or_default()),
                (None, Some(reflection)) => StandsIn::Reflection(reflection),
                (None, None) => return None,
            };
            Some(WaitingPrompt {
                question,
                was_put_off: state == PromptState::Deferred,
                stands_in,
                raised_on,
            })
        });
    Ok(waiting.collect())
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
    let stands_in = place_of(reading, reflection, row.0.1.clone())?;
    let author = reading.actor()?.person;
    let key = if sealed.is_some() { Some(journal::needed_key_of(reading, &author)?) } else { None };
    let prompt =
        open_replies(key.as_ref(), &author, vec![(raised(row), sealed)])?.pop().ok_or(Problem::NotFound)?;
    Ok((prompt, stands_in))
}

/// Replies to a question: an answer, a "later" or a "not relevant, because".
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
            "Write an answer, or choose to put the question off or say why it is not relevant",
        )
        .into());
    }
    let is_private = matches!(stands_in, StandsIn::Reflection(_));
    let (text, sealed) = kept_reply(writing, id, is_private, &reply.text)?;
    let (person, now) = (writing.actor()?.person, writing.now);
    diesel::update(raised_prompts::table.filter(raised_prompts::id.eq(id)))
        .set((
            (raised_prompts::state.eq(reply.state), raised_prompts::reply.eq(text)),
            raised_prompts::sealed_reply.eq(sealed),
            (raised_prompts::replied_at.eq(now), raised_prompts::replied_by_id.eq(person)),
            raised_prompts::version.eq(version + 1),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("question_replied", "question", id).with("state", reply.state.code()))?;
    Ok(stands_in)
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

/// What the newest entry on a case says: a reflection about the case is prompted by it.
pub fn situation_of_case(reading: &mut Reading<'_>, case: &CaseId) -> Result<Situation, Problem> {
    let facts = case_facts(reading.connection, case)?;
    reading.permit(&Action::OpenCase(&facts), "case", case)?;
    situation_of(reading, Some(case))
}

pub(super) fn situation_of(reading: &mut Reading<'_>, case: Option<&CaseId>) -> Result<Situation, Problem> {
    use crate::schema::risk_views;
    use domain::risk::RiskDirection;
    use domain::supervision::{ChildSeen, Proposal};
    let Some(case) = case else { return Ok(Situation::default()) };
    let newest: Option<(RiskDirection, Option<Proposal>, bool, Option<ChildSeen>)> = case_entries::table
        .inner_join(risk_views::table.on(risk_views::entry_id.eq(case_entries::id.nullable())))
        .filter(case_entries::case_id.eq(case))
        .order((case_entries::held_on.desc(), case_entries::id.desc()))
        .select((
            risk_views::direction,
            case_entries::proposal,
            case_entries::support_declined,
            case_entries::child_seen,
        ))
        .first(reading.connection)
        .optional()?;
    Ok(newest.map_or_else(Situation::default, |(direction, proposal, support_declined, seen)| Situation {
        risk_direction: Some(direction),
        proposal,
        support_declined,
        child_not_seen: seen == Some(ChildSeen::NotSeen),
    }))
}
