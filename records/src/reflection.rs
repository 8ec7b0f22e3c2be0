//! Reflections, their frozen copies, and the questions that are put under entries and reflections.

use crate::access::case_facts;
use crate::audit::Event;
use crate::problem::{Problem, Stale, StaleField};
use crate::schema::{
    case_entries, cases, people, raised_prompts, reflection_copies, reflections, supervisions,
};
use crate::store::{Reading, Writing, new_id};
use crate::{content, supervision};
use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, CopyFacts, ReflectionFacts, may};
use domain::form::Problems;
use domain::ids::{
    CaseEntryId, CaseId, OrganisationId, PersonId, RaisedPromptId, ReflectionCopyId, ReflectionId,
    SupervisionId,
};
use domain::people::LinkKind;
use domain::reflection::{About, NewReflection, PromptReply, PromptState, PromptTable, Situation, choose};

// --- Questions ----------------------------------------------------------------------------------------------------

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

fn recent_keys(reading: &mut Reading<'_>, case: Option<&CaseId>) -> Result<(Vec<String>, usize), Problem> {
    let Some(case) = case else { return Ok((Vec::new(), 0)) };
    let since = reading.today().checked_sub_days(Days::new(ROTATION_DAYS)).unwrap_or_default();
    let keys: Vec<String> = raised_prompts::table
        .filter(raised_prompts::case_id.eq(case).and(raised_prompts::raised_on.ge(since)))
        .select(raised_prompts::prompt_key)
        .load(reading.connection)?;
    let turn = keys.len();
    Ok((keys, turn))
}

/// The questions for a form, for every situation that it can describe. Cases without a history take turns by the day.
pub fn questions(reading: &mut Reading<'_>, case: Option<&CaseId>) -> Result<PromptTable, Problem> {
    let (recent, turn) = turn_of(reading, case)?;
    let library = content::library(reading)?;
    Ok(library.1.table(&recent, turn))
}

fn turn_of(reading: &mut Reading<'_>, case: Option<&CaseId>) -> Result<(Vec<String>, usize), Problem> {
    use chrono::Datelike;
    let (recent, turn) = recent_keys(reading, case)?;
    let day = usize::try_from(reading.today().num_days_from_ce()).unwrap_or(0);
    Ok((recent, turn + if case.is_none() { day } else { 0 }))
}

/// Writes the questions under an entry or reflection: those that were replied to, and in place of those that were
/// not, the ones that what was written calls for.
pub(crate) fn raise(
    writing: &mut Writing<'_>,
    under: &NewRaised<'_>,
    replies: &[PromptReply],
) -> Result<(), Problem> {
    let (recent, turn) = turn_of(writing, under.case)?;
    let library = content::library(writing)?;
    let (version, library) = (library.0, &library.1);
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
                raised_prompts::reply.eq(&reply.text),
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

/// The questions that wait for the actor, the oldest first.
pub fn waiting_questions(reading: &mut Reading<'_>) -> Result<Vec<WaitingPrompt>, Problem> {
    type Row = (String, PromptState, NaiveDate, Option<ReflectionId>, Option<SupervisionId>, Option<String>);
    let actor = reading.actor()?;
    let rows: Vec<Row> = raised_prompts::table
        .left_join(case_entries::table.on(raised_prompts::entry_id.eq(case_entries::id.nullable())))
        .left_join(cases::table.on(raised_prompts::case_id.eq(cases::id.nullable())))
        .filter(raised_prompts::asked_of_id.eq(&actor.person))
        .filter(raised_prompts::state.eq_any([PromptState::Raised.code(), PromptState::Deferred.code()]))
        .order(raised_prompts::id)
        .limit(20)
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
    let (row, reflection): (RaisedRow, Option<ReflectionId>) = raised_prompts::table
        .left_join(people::table.on(raised_prompts::replied_by_id.eq(people::id.nullable())))
        .filter(raised_prompts::id.eq(id))
        .select((raised_columns!(), raised_prompts::reflection_id))
        .first(reading.connection)?;
    let prompt = raised(row);
    let stands_in = place_of(reading, reflection, prompt.entry.clone())?;
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
        let fields = vec![StaleField { name: "text", label: prompt.state.words(), current: prompt.reply }];
        return Err(Problem::Stale(Box::new(Stale { version: prompt.version, fields })));
    }
    if reply.state == PromptState::Raised {
        return Err(Problems::one(
            "text",
            "Write an answer, or choose to put the question off or say why it is not relevant",
        )
        .into());
    }
    let (person, now) = (writing.actor()?.person, writing.now);
    diesel::update(raised_prompts::table.filter(raised_prompts::id.eq(id)))
        .set((
            (raised_prompts::state.eq(reply.state), raised_prompts::reply.eq(&reply.text)),
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

// --- Reflections --------------------------------------------------------------------------------------------------

fn reflection_facts(reading: &mut Reading<'_>, id: &ReflectionId) -> Result<ReflectionFacts, Problem> {
    let (organisation, author): (OrganisationId, PersonId) = reflections::table
        .filter(reflections::id.eq(id))
        .select((reflections::organisation_id, reflections::author_id))
        .first(reading.connection)?;
    Ok(ReflectionFacts { organisation, author })
}

/// A reflection in its author's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflectionSummary {
    /// The reflection.
    pub id: ReflectionId,
    /// Its title.
    pub title: String,
    /// The reference of the case that it is about, if any.
    pub case: Option<String>,
    /// When it was last changed, in UTC.
    pub changed_at: NaiveDateTime,
    /// With how many people a copy is shared.
    pub shared: i64,
}

/// A copy that somebody shared with the actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopySummary {
    /// The copy.
    pub id: ReflectionCopyId,
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// When it was shared, in UTC.
    pub shared_at: NaiveDateTime,
}

/// Reflections on one page of the list.
pub const PAGE: usize = 50;

/// One's own reflections, newest first, before this one.
pub fn mine(
    reading: &mut Reading<'_>,
    before: Option<&ReflectionId>,
) -> Result<(Vec<ReflectionSummary>, bool), Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::Reflect, "reflections", "")?;
    let mut query = reflections::table
        .left_join(cases::table.on(reflections::case_id.eq(cases::id.nullable())))
        .filter(reflections::author_id.eq(&actor.person))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(reflections::id.lt(before));
    }
    let rows: Vec<(ReflectionId, String, Option<String>, NaiveDateTime)> = query
        .order(reflections::id.desc())
        .limit(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .select((reflections::id, reflections::title, cases::reference.nullable(), reflections::changed_at))
        .load(reading.connection)?;
    let ids: Vec<ReflectionId> = rows.iter().map(|row| row.0.clone()).collect();
    let counts: Vec<(ReflectionId, i64)> = reflection_copies::table
        .filter(reflection_copies::reflection_id.eq_any(&ids))
        .group_by(reflection_copies::reflection_id)
        .select((reflection_copies::reflection_id, diesel::dsl::count_star()))
        .load(reading.connection)?;
    let more = rows.len() > PAGE;
    let listed = rows.into_iter().take(PAGE).map(|(id, title, case, changed_at)| {
        let shared = counts.iter().find(|(reflection, _)| *reflection == id).map_or(0, |(_, count)| *count);
        ReflectionSummary { id, title, case, changed_at, shared }
    });
    Ok((listed.collect(), more))
}

/// The copies that others shared with the actor, newest first.
pub fn shared_with_me(reading: &mut Reading<'_>) -> Result<Vec<CopySummary>, Problem> {
    let actor = reading.actor()?;
    let rows: Vec<(ReflectionCopyId, String, String, NaiveDateTime)> = reflection_copies::table
        .inner_join(people::table.on(people::id.eq(reflection_copies::author_id)))
        .filter(reflection_copies::reader_id.eq(&actor.person))
        .order(reflection_copies::id.desc())
        .limit(50)
        .select((reflection_copies::id, reflection_copies::title, people::name, reflection_copies::shared_at))
        .load(reading.connection)?;
    Ok(rows
        .into_iter()
        .map(|(id, title, author, shared_at)| CopySummary { id, title, author, shared_at })
        .collect())
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
    /// Its title.
    pub title: String,
    /// The text.
    pub body: String,
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

/// Opens one's own reflection.
pub fn open(reading: &mut Reading<'_>, id: &ReflectionId) -> Result<ReflectionFile, Problem> {
    type Row = (
        (OrganisationId, PersonId, Option<CaseId>, Option<SupervisionId>),
        (String, String, i32, NaiveDateTime, NaiveDateTime),
        (Option<String>, Option<NaiveDate>),
    );
    let (
        (organisation, author, case, session),
        (title, body, version, created_at, changed_at),
        (reference, held_on),
    ): Row = reflections::table
        .left_join(cases::table.on(reflections::case_id.eq(cases::id.nullable())))
        .left_join(supervisions::table.on(reflections::supervision_id.eq(supervisions::id.nullable())))
        .filter(reflections::id.eq(id))
        .select((
            (
                reflections::organisation_id,
                reflections::author_id,
                reflections::case_id,
                reflections::supervision_id,
            ),
            (
                reflections::title,
                reflections::body,
                reflections::version,
                reflections::created_at,
                reflections::changed_at,
            ),
            (cases::reference.nullable(), supervisions::held_on.nullable()),
        ))
        .first(reading.connection)?;
    reading.permit(&Action::ReadReflection(&ReflectionFacts { organisation, author }), "reflection", id)?;
    reading.viewed("reflection", id.as_str());
    let rows: Vec<RaisedRow> = raised_prompts::table
        .left_join(people::table.on(raised_prompts::replied_by_id.eq(people::id.nullable())))
        .filter(raised_prompts::reflection_id.eq(id))
        .order(raised_prompts::id)
        .select(raised_columns!())
        .load(reading.connection)?;
    let copies = reflection_copies::table
        .inner_join(people::table.on(people::id.eq(reflection_copies::reader_id)))
        .filter(reflection_copies::reflection_id.eq(id))
        .order(reflection_copies::id.desc())
        .select((reflection_copies::id, people::name, reflection_copies::shared_at))
        .load(reading.connection)?;
    let about = match (case, session) {
        (Some(case), _) => About::Case(case),
        (None, Some(session)) => About::Supervision(session),
        (None, None) => About::Neither,
    };
    let about_words = reference
        .or_else(|| held_on.map(|day| format!("session of {}", domain::calendar::day_in_words(day))));
    Ok(ReflectionFile {
        id: id.clone(),
        about,
        about_words,
        title,
        body,
        version,
        created_at,
        changed_at,
        prompts: rows.into_iter().map(raised).collect(),
        copies,
    })
}

/// The supervisors with whom the actor may share, by id and name.
pub fn may_share_with(reading: &mut Reading<'_>) -> Result<Vec<(PersonId, String)>, Problem> {
    let actor = reading.actor()?;
    let ids: Vec<PersonId> = actor.supervised_by.iter().map(|(person, _)| person.clone()).collect();
    Ok(people::table
        .filter(people::id.eq_any(ids))
        .order(people::name)
        .select((people::id, people::name))
        .load(reading.connection)?)
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
    diesel::insert_into(reflections::table)
        .values((
            (
                reflections::id.eq(&id),
                reflections::organisation_id.eq(&actor.organisation),
                reflections::author_id.eq(&actor.person),
            ),
            (reflections::case_id.eq(case), reflections::supervision_id.eq(session)),
            (reflections::title.eq(&reflection.title), reflections::body.eq(&reflection.body)),
            (reflections::version.eq(1), reflections::created_at.eq(now), reflections::changed_at.eq(now)),
        ))
        .execute(writing.connection)?;
    let situation = situation_of(writing, case)?;
    let asked = NewRaised { entry: None, reflection: Some(&id), case, asked_of: &actor.person, situation };
    raise(writing, &asked, &reflection.prompts)?;
    writing.audit(Event::new("reflection_written", "reflection", &id))?;
    if let Some(reader) = &reflection.share_with {
        share_copy(writing, &id, reader, &reflection.title, &reflection.body)?;
    }
    Ok(id)
}

/// What the newest entry on a case says: a reflection about the case is prompted by it.
pub fn situation_of_case(reading: &mut Reading<'_>, case: &CaseId) -> Result<Situation, Problem> {
    let facts = case_facts(reading.connection, case)?;
    reading.permit(&Action::OpenCase(&facts), "case", case)?;
    situation_of(reading, Some(case))
}

fn situation_of(reading: &mut Reading<'_>, case: Option<&CaseId>) -> Result<Situation, Problem> {
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

/// Changes the title and text of one's own reflection. Copies that were shared stay as they were.
pub fn change(
    writing: &mut Writing<'_>,
    id: &ReflectionId,
    version: i32,
    title: &str,
    body: &str,
) -> Result<(), Problem> {
    let before = open(writing, id)?;
    let facts = reflection_facts(writing, id)?;
    writing.permit(&Action::ChangeReflection(&facts), "reflection", id)?;
    if before.version != version {
        let fields = vec![
            StaleField { name: "title", label: "Title", current: before.title },
            StaleField { name: "body", label: "Your reflection", current: before.body },
        ];
        return Err(Problem::Stale(Box::new(Stale { version: before.version, fields })));
    }
    let now = writing.now;
    diesel::update(reflections::table.filter(reflections::id.eq(id)))
        .set((
            reflections::title.eq(title),
            reflections::body.eq(body),
            reflections::version.eq(version + 1),
            reflections::changed_at.eq(now),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("reflection_changed", "reflection", id).with("version", version + 1))
}

/// Shares a frozen copy of one's own reflection with a supervisor.
pub fn share(
    writing: &mut Writing<'_>,
    id: &ReflectionId,
    reader: &PersonId,
) -> Result<ReflectionCopyId, Problem> {
    let facts = reflection_facts(writing, id)?;
    writing.permit(&Action::ChangeReflection(&facts), "reflection", id)?;
    let file = open(writing, id)?;
    share_copy(writing, id, reader, &file.title, &file.body)
}

fn share_copy(
    writing: &mut Writing<'_>,
    id: &ReflectionId,
    reader: &PersonId,
    title: &str,
    body: &str,
) -> Result<ReflectionCopyId, Problem> {
    let actor = writing.actor()?;
    if !actor.supervised_by.iter().any(|(person, kind)| person == reader && LinkKind::ALL.contains(kind)) {
        return Err(Problems::one("audience", "Choose one of your supervisors").into());
    }
    let (copy, now): (ReflectionCopyId, _) = (new_id(), writing.now);
    diesel::insert_into(reflection_copies::table)
        .values((
            (
                reflection_copies::id.eq(&copy),
                reflection_copies::organisation_id.eq(&actor.organisation),
                reflection_copies::reflection_id.eq(id),
            ),
            (reflection_copies::author_id.eq(&actor.person), reflection_copies::reader_id.eq(reader)),
            (
                reflection_copies::title.eq(title),
                reflection_copies::body.eq(body),
                reflection_copies::shared_at.eq(now),
            ),
        ))
        .execute(writing.connection)?;
    writing.audit(
        Event::new("reflection_shared", "reflection", id).with("reader", reader).with("copy", &copy),
    )?;
    Ok(copy)
}

/// A frozen copy, for its reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFile {
    /// Its title.
    pub title: String,
    /// The text as it was.
    pub body: String,
    /// Who wrote it.
    pub author: String,
    /// When it was shared, in UTC.
    pub shared_at: NaiveDateTime,
}

/// Opens a copy.
pub fn open_copy(reading: &mut Reading<'_>, id: &ReflectionCopyId) -> Result<CopyFile, Problem> {
    type Row = (OrganisationId, PersonId, PersonId, String, String, NaiveDateTime, String);
    let (organisation, author_id, reader, title, body, shared_at, author): Row = reflection_copies::table
        .inner_join(people::table.on(people::id.eq(reflection_copies::author_id)))
        .filter(reflection_copies::id.eq(id))
        .select((
            reflection_copies::organisation_id,
            reflection_copies::author_id,
            reflection_copies::reader_id,
            reflection_copies::title,
            reflection_copies::body,
            reflection_copies::shared_at,
            people::name,
        ))
        .first(reading.connection)?;
    reading.permit(
        &Action::ReadSharedReflection(&CopyFacts { organisation, author: author_id, reader }),
        "reflection_copy",
        id,
    )?;
    reading.viewed("reflection_copy", id.as_str());
    Ok(CopyFile { title, body, author, shared_at })
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
