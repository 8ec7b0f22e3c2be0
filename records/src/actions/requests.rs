//! Who was asked to clear the way for an action that was carried over too often, or to decide about it: by name, so that it waits
//! with somebody until they answer.

mod decided;

pub use decided::add_who_may_be_asked;
pub(crate) use decided::{Follows, follow_in_request};
pub(super) use decided::{ask, take_back, withdraw};

use super::names::{agreed_about, asked_now, asking};
use crate::access::{actor_of_person, case_facts};
use crate::audit::Event;
use crate::mail;
use crate::people::works_here;
use crate::problem::Problem;
use crate::schema::{action_requests, action_reviews, actions, case_entries, cases, people, supervisions};
use crate::store::{Reading, Writing};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::{Action, ActionOf, CaseFacts, RequestFacts, SupervisionFacts, may};
use domain::calendar::london_day;
use domain::form::Problems;
use domain::ids::{ActionReviewId, CaseId, OrganisationId, PersonId, SupervisionId};
use domain::people::LinkKind;
use domain::supervision::ActionState;

/// Somebody who was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// What has come of it.
    pub state: AskedState,
}

/// What has come of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedState {
    /// It waits for an answer: of somebody else by now, where one is named.
    Waits(Option<String>),
    /// It was answered.
    Answered {
        /// What was answered.
        words: String,
        /// By whom, if not by who was asked first.
        by: Option<String>,
        /// When, in UTC.
        at: NaiveDateTime,
    },
    /// It waits for nothing any more: the action has ended, something else was decided, or nobody followed.
    Unanswered,
    /// Not for this reader.
    NotTold,
}

/// The answer, when it was given, when the request was withdrawn, and with whom it is now.
pub(super) type StandingColumns = (String, Option<NaiveDateTime>, Option<NaiveDateTime>, PersonId, String);

macro_rules! standing_columns {
    () => {
        (
            action_requests::answer,
            action_requests::answered_at,
            action_requests::withdrawn_at,
            asked_now.field(people::id),
            asked_now.field(people::name),
        )
    };
}
pub(super) use standing_columns;

impl Asked {
    /// Who was asked first, and what has come of it for an action in this state.
    pub(super) fn new(
        (person, name): (PersonId, String),
        (words, answered_at, withdrawn_at, now, now_name): StandingColumns,
        action: ActionState,
    ) -> Self {
        let other = (now != person).then_some(now_name);
        let state = match answered_at {
            Some(at) => AskedState::Answered { words, by: other, at },
            None if withdrawn_at.is_some() || action != ActionState::Open => AskedState::Unanswered,
            None => AskedState::Waits(other),
        };
        Self { person, name, state }
    }
}

/// A request as whoever is asked sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The request.
    pub id: ActionReviewId,
    /// What was to be done.
    pub what: String,
    /// Who was to do it.
    pub owner: String,
    /// By when, as it was decided with the request.
    pub due_on: NaiveDate,
    /// The case that it is about, if it is about one.
    pub case: Option<CaseId>,
    /// The reference of the case, or the name of whom it is about.
    pub about: String,
    /// Who asks.
    pub asked_by: String,
    /// On which day, in London.
    pub asked_on: NaiveDate,
    /// What is asked.
    pub note: String,
    /// What has come of it.
    pub state: AskedState,
}

type Columns = (
    (ActionReviewId, PersonId, StandingColumns),
    (String, Option<String>, String, NaiveDate, ActionState),
    (Option<CaseId>, Option<String>, Option<SupervisionId>, Option<String>),
    (String, NaiveDateTime, String, Option<NaiveDate>),
);

macro_rules! requests {
    () => {
        action_requests::table
            .inner_join(action_reviews::table.on(action_reviews::id.eq(action_requests::review_id)))
            .inner_join(actions::table.on(actions::id.eq(action_requests::action_id)))
            .inner_join(asked_now.on(asked_now.field(people::id).eq(action_requests::asked_id)))
            .inner_join(asking.on(asking.field(people::id).eq(action_reviews::person_id)))
            .left_join(people::table.on(actions::owner_id.eq(people::id.nullable())))
            // The case in whose entry it was asked: what was agreed for brothers and sisters may stand with another by now.
            .left_join(case_entries::table.on(action_reviews::entry_id.eq(case_entries::id.nullable())))
            .left_join(cases::table.on(case_entries::case_id.nullable().eq(cases::id.nullable())))
            .left_join(agreed_about.on(actions::supervisee_id.eq(agreed_about.field(people::id).nullable())))
            .select((
                (action_requests::review_id, action_requests::asked_id, standing_columns!()),
                (
                    actions::what,
                    people::name.nullable(),
                    actions::owner_elsewhere,
                    actions::due_on,
                    actions::state,
                ),
                (
                    cases::id.nullable(),
                    cases::reference.nullable(),
                    action_reviews::supervision_id,
                    agreed_about.field(people::name).nullable(),
                ),
                (
                    asking.field(people::name),
                    action_reviews::reviewed_at,
                    action_reviews::note,
                    action_reviews::due_on,
                ),
            ))
    };
}

fn request(columns: Columns) -> Request {
    let ((id, asked, standing), action, (case, reference, _, name), decided) = columns;
    let (what, owner, elsewhere, due_on, state) = action;
    let (asked_by, reviewed_at, note, decided_for) = decided;
    Request {
        id,
        what,
        owner: owner.unwrap_or(elsewhere),
        due_on: decided_for.unwrap_or(due_on),
        case,
        about: reference.or(name).unwrap_or_default(),
        asked_by,
        asked_on: london_day(reviewed_at),
        note,
        state: Asked::new((asked, String::new()), standing, state).state,
    }
}

/// The requests that wait for somebody’s answer, with their actions.
#[diesel::dsl::auto_type]
pub(crate) fn unanswered(person: PersonId) -> _ {
    let open: ActionState = ActionState::Open;
    action_requests::table
        .inner_join(actions::table.on(actions::id.eq(action_requests::action_id)))
        .filter(action_requests::asked_id.eq(person))
        .filter(action_requests::answered_at.is_null().and(action_requests::withdrawn_at.is_null()))
        .filter(actions::state.eq(open))
}

/// What the actor was asked and has not answered, the next due first, each with whether they can open it: who does other work by now
/// reads nothing of it.
pub fn my_requests(reading: &mut Reading<'_>) -> Result<Vec<(Request, bool)>, Problem> {
    reading.permit(&Action::SeeOwnWork, "requests", "")?;
    let actor = reading.actor()?;
    let waiting: Vec<ActionReviewId> =
        unanswered(actor.person.clone()).select(action_requests::review_id).load(reading.connection)?;
    let rows: Vec<Columns> = requests!()
        .filter(action_requests::review_id.eq_any(waiting))
        .order((actions::due_on, action_requests::review_id))
        .load(reading.connection)?;
    let mut listed = Vec::with_capacity(rows.len());
    for columns in rows {
        let subject = Subject::of_request(reading, &columns)?;
        let facts = RequestFacts { of: subject.of(), asked: actor.person.clone() };
        listed.push((request(columns), may(&actor, &Action::AnswerRequest(&facts)).is_allowed()));
    }
    Ok(listed)
}

fn columns_of(reading: &mut Reading<'_>, id: &ActionReviewId) -> Result<Columns, Problem> {
    Ok(requests!().filter(action_requests::review_id.eq(id)).first(reading.connection)?)
}

/// Opens a request, for whoever is asked.
pub fn open_request(reading: &mut Reading<'_>, id: &ActionReviewId) -> Result<Request, Problem> {
    let columns = columns_of(reading, id)?;
    let subject = Subject::of_request(reading, &columns)?;
    let facts = RequestFacts { of: subject.of(), asked: columns.0.1.clone() };
    reading.permit(&Action::AnswerRequest(&facts), "action_request", id)?;
    reading.viewed("action_request", id.as_str());
    Ok(request(columns))
}

/// Answers a request. Whoever asked gets a mail.
pub fn answer_request(writing: &mut Writing<'_>, id: &ActionReviewId, words: &str) -> Result<(), Problem> {
    let request = open_request(writing, id)?;
    match request.state {
        AskedState::Waits(_) => {}
        AskedState::Answered { .. } => {
            return Err(Problems::one("answer", "This was answered already").into());
        }
        AskedState::Unanswered | AskedState::NotTold => {
            let words = "Nothing waits for an answer any more: it has ended, or something else was decided";
            return Err(Problems::one("answer", words).into());
        }
    }
    diesel::update(action_requests::table.filter(action_requests::review_id.eq(id)))
        .set((action_requests::answer.eq(words), action_requests::answered_at.eq(writing.now)))
        .execute(writing.connection)?;
    let asker = asker_of(writing, id)?;
    if asker != writing.actor()?.person {
        mail::tell(writing, &asker, &domain::mail::answered())?;
    }
    let case = request.case.as_ref().map_or("", CaseId::as_str);
    writing.audit(Event::new("request_answered", "action_request", id).with("case", case))
}

/// Who asked.
fn asker_of(reading: &mut Reading<'_>, id: &ActionReviewId) -> Result<PersonId, Problem> {
    Ok(action_reviews::table
        .filter(action_reviews::id.eq(id))
        .select(action_reviews::person_id)
        .first(reading.connection)?)
}

/// About what an action or a request is, as the policy knows it.
pub(super) enum Subject {
    Case(CaseFacts),
    Person { session: SupervisionFacts, line: LinkKind },
}

impl Subject {
    fn of_request(reading: &mut Reading<'_>, columns: &Columns) -> Result<Self, Problem> {
        Self::read(reading, columns.2.0.as_ref(), columns.2.2.as_ref())
    }

    pub(super) fn read(
        reading: &mut Reading<'_>,
        case: Option<&CaseId>,
        session: Option<&SupervisionId>,
    ) -> Result<Self, Problem> {
        if let Some(case) = case {
            return Ok(Self::Case(case_facts(reading.connection, case)?));
        }
        let session =
            session.ok_or_else(|| Problem::unexpected("an action is about a case or about a person"))?;
        let (organisation, supervisor, supervisee, line): (OrganisationId, PersonId, PersonId, LinkKind) =
            supervisions::table
                .filter(supervisions::id.eq(session))
                .select((
                    supervisions::organisation_id,
                    supervisions::supervisor_id,
                    supervisions::supervisee_id,
                    supervisions::line,
                ))
                .first(reading.connection)?;
        Ok(Self::Person { session: SupervisionFacts::of_two(organisation, supervisor, supervisee), line })
    }

    pub(super) fn of(&self) -> ActionOf<'_> {
        match self {
            Self::Case(case) => ActionOf::Case(case),
            Self::Person { session, line } => ActionOf::Person { session, line: *line },
        }
    }

    /// Whether somebody works here and could answer.
    fn can_ask(&self, reading: &mut Reading<'_>, person: &PersonId) -> Result<bool, Problem> {
        if !works_here(reading, person)? {
            return Ok(false);
        }
        let reader = actor_of_person(reading, person)?;
        let facts = RequestFacts { of: self.of(), asked: person.clone() };
        Ok(may(&reader, &Action::AnswerRequest(&facts)).is_allowed())
    }
}
