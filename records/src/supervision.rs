//! Supervision sessions: logged once, kept as a personal part and an entry for each case, each with its own readers.

use crate::access::{case_facts, person_facts};
use crate::audit::Event;
use crate::cases::{
    ActionRow, Entry, EntryRow, RiskView, actions_of_entries, entry_columns, record_risk_view,
};
use crate::problem::{Problem, Stale, StaleField};
use crate::reflection::{NewRaised, RaisedPrompt, raise, raised_under_entries};
use crate::schema::{actions, case_entries, cases, people, personal_parts, risk_views, supervisions};
use crate::store::{Reading, Writing, new_id};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, SupervisionFacts, may};
use domain::form::Problems;
use domain::ids::{ActionId, CaseEntryId, CaseId, OrganisationId, PersonId, PersonalPartId, SupervisionId};
use domain::risk::{RiskDirection, RiskLevel};
use domain::supervision::{
    ActionState, EntryKind, Mode, NewAction, NewCaseEntry, NewOversight, NewSupervision, PersonalPart,
    SupervisionKind,
};

/// Somebody whom the actor supervises, for the choice of with whom to log a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supervisee {
    /// The person.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The job title.
    pub job_title: String,
    /// When the last session between the two was held.
    pub last_held_on: Option<NaiveDate>,
}

/// The people whom the actor supervises, by name.
pub fn supervisees(reading: &mut Reading<'_>) -> Result<Vec<Supervisee>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::BeginSupervision, "supervision", "")?;
    let ids: Vec<PersonId> = actor.supervises.iter().map(|(person, _)| person.clone()).collect();
    let people: Vec<(PersonId, String, String)> = people::table
        .filter(people::id.eq_any(&ids))
        .order(people::name)
        .select((people::id, people::name, people::job_title))
        .load(reading.connection)?;
    let last: Vec<(PersonId, Option<NaiveDate>)> = supervisions::table
        .filter(supervisions::supervisor_id.eq(&actor.person))
        .group_by(supervisions::supervisee_id)
        .select((supervisions::supervisee_id, diesel::dsl::max(supervisions::held_on)))
        .load(reading.connection)?;
    Ok(people
        .into_iter()
        .map(|(id, name, job_title)| {
            let last_held_on =
                last.iter().find(|(person, _)| *person == id).and_then(|(_, held_on)| *held_on);
            Supervisee { id, name, job_title, last_held_on }
        })
        .collect())
}

/// Somebody with whom a session is being logged.
pub fn supervisee(reading: &mut Reading<'_>, id: &PersonId) -> Result<Supervisee, Problem> {
    let facts = person_facts(reading.connection, id)?;
    reading.permit(&Action::LogSupervision(&facts, None), "person", id)?;
    let (name, job_title) = people::table
        .filter(people::id.eq(id))
        .select((people::name, people::job_title))
        .first(reading.connection)?;
    Ok(Supervisee { id: id.clone(), name, job_title, last_held_on: None })
}

/// Logs a session: the personal part, the entries with their risk views, actions and questions, and the cases' clocks.
pub fn log(writing: &mut Writing<'_>, session: &NewSupervision) -> Result<SupervisionId, Problem> {
    let actor = writing.actor()?;
    let supervisee = person_facts(writing.connection, &session.supervisee)?;
    writing.permit(&Action::LogSupervision(&supervisee, None), "person", &session.supervisee)?;
    if !may(&actor, &Action::LogSupervision(&supervisee, Some(session.kind))).is_allowed() {
        return Err(Problems::one(
            "kind",
            "You do not supervise this person in that. Choose another kind of session",
        )
        .into());
    }
    let (id, now): (SupervisionId, _) = (new_id(), writing.now);
    diesel::insert_into(supervisions::table)
        .values((
            (supervisions::id.eq(&id), supervisions::organisation_id.eq(&actor.organisation)),
            (
                supervisions::supervisor_id.eq(&actor.person),
                supervisions::supervisee_id.eq(&session.supervisee),
            ),
            (supervisions::kind.eq(session.kind), supervisions::mode.eq(session.mode)),
            (supervisions::held_on.eq(session.held_on), supervisions::minutes.eq(session.minutes)),
            supervisions::recorded_at.eq(now),
        ))
        .execute(writing.connection)?;
    if let Some(part) = &session.personal {
        insert_personal_part(writing, &actor.organisation, &id, part)?;
    }
    for (number, entry) in session.entries.iter().enumerate() {
        let case = case_facts(writing.connection, &entry.case)?;
        let works_on_it = case.lead_practitioner.as_ref() == Some(&session.supervisee)
            || case.co_workers.contains(&session.supervisee);
        if !works_on_it || !may(&actor, &Action::OpenCase(&case)).is_allowed() {
            return Err(Problems::one(
                &format!("entry.{number}.case"),
                "This person does not work on that case. Remove it",
            )
            .into());
        }
        log_entry(writing, &id, session, entry)?;
    }
    writing.audit(
        Event::new("supervision_logged", "supervision", &id)
            .with("supervisee", &session.supervisee)
            .with("kind", session.kind.code())
            .with("entries", session.entries.len()),
    )?;
    Ok(id)
}

fn insert_personal_part(
    writing: &mut Writing<'_>,
    organisation: &OrganisationId,
    session: &SupervisionId,
    part: &PersonalPart,
) -> Result<(), Problem> {
    let (id, now): (PersonalPartId, _) = (new_id(), writing.now);
    diesel::insert_into(personal_parts::table)
        .values((
            (
                personal_parts::id.eq(&id),
                personal_parts::organisation_id.eq(organisation),
                personal_parts::supervision_id.eq(session),
            ),
            (personal_parts::wellbeing.eq(&part.wellbeing), personal_parts::workload.eq(&part.workload)),
            (personal_parts::development.eq(&part.development), personal_parts::agreed.eq(&part.agreed)),
            (personal_parts::version.eq(1), personal_parts::changed_at.eq(now)),
        ))
        .execute(writing.connection)?;
    Ok(())
}

fn log_entry(
    writing: &mut Writing<'_>,
    session: &SupervisionId,
    header: &NewSupervision,
    entry: &NewCaseEntry,
) -> Result<(), Problem> {
    let (id, actor, now): (CaseEntryId, _, _) = (new_id(), writing.actor()?, writing.now);
    diesel::insert_into(case_entries::table)
        .values((
            (
                case_entries::id.eq(&id),
                case_entries::organisation_id.eq(&actor.organisation),
                case_entries::case_id.eq(&entry.case),
            ),
            (
                case_entries::supervision_id.eq(session),
                case_entries::author_id.eq(&actor.person),
                case_entries::kind.eq(EntryKind::Supervision),
            ),
            (case_entries::held_on.eq(header.held_on), case_entries::recorded_at.eq(now)),
            (
                case_entries::child_seen.eq(entry.child_seen),
                case_entries::child_seen_on.eq(entry.child_seen_on),
            ),
            (
                case_entries::what_happened.eq(&entry.what_happened),
                case_entries::support_declined.eq(entry.support_declined),
            ),
            (
                case_entries::proposal.eq(entry.proposal),
                case_entries::decision.eq(&entry.decision),
                case_entries::rationale.eq(&entry.rationale),
            ),
            case_entries::next_on.eq(entry.next_on),
        ))
        .execute(writing.connection)?;
    let view = RiskView {
        case: &entry.case,
        entry: Some(&id),
        on: header.held_on,
        level: entry.risk_level,
        direction: entry.risk_direction,
        is_first: false,
    };
    record_risk_view(writing, &view)?;
    insert_actions(writing, &entry.case, &id, &entry.actions)?;
    if header.kind.moves_case_clock() {
        move_clock(writing, &entry.case, header.held_on, entry.next_on)?;
    }
    let asked = NewRaised {
        entry: Some(&id),
        reflection: None,
        case: Some(&entry.case),
        asked_of: &header.supervisee,
        situation: entry.situation(),
    };
    raise(writing, &asked, &entry.prompts)
}

pub(crate) fn insert_actions(
    writing: &mut Writing<'_>,
    case: &CaseId,
    entry: &CaseEntryId,
    new: &[NewAction],
) -> Result<(), Problem> {
    let (organisation, now) = (writing.organisation()?, writing.now);
    for action in new {
        if let Some(owner) = &action.owner
            && person_facts(writing.connection, owner)?.organisation != organisation
        {
            return Err(Problem::NotFound);
        }
        let id: ActionId = new_id();
        diesel::insert_into(actions::table)
            .values((
                (
                    actions::id.eq(&id),
                    actions::organisation_id.eq(&organisation),
                    actions::case_id.eq(case),
                    actions::entry_id.eq(entry),
                ),
                (
                    actions::what.eq(&action.what),
                    actions::owner_id.eq(&action.owner),
                    actions::owner_elsewhere.eq(&action.owner_elsewhere),
                ),
                (
                    actions::due_on.eq(action.due_on),
                    actions::measure.eq(&action.measure),
                    actions::fallback.eq(&action.fallback),
                ),
                (
                    actions::state.eq(ActionState::Open),
                    actions::end_note.eq(""),
                    actions::version.eq(1),
                    actions::created_at.eq(now),
                ),
            ))
            .execute(writing.connection)?;
        writing.audit(Event::new("action_agreed", "action", &id).with("case", case))?;
    }
    Ok(())
}

/// A session that was held moves the case's clock forward, never back: an older one that is typed later changes nothing.
fn move_clock(
    writing: &mut Writing<'_>,
    case: &CaseId,
    held_on: NaiveDate,
    next_on: Option<NaiveDate>,
) -> Result<(), Problem> {
    diesel::update(
        cases::table
            .filter(cases::id.eq(case))
            .filter(cases::last_held_on.is_null().or(cases::last_held_on.le(held_on))),
    )
    .set((cases::last_held_on.eq(held_on), cases::next_on.eq(next_on)))
    .execute(writing.connection)?;
    Ok(())
}

/// Writes a note of management oversight. It does not move the case's clock for supervision.
pub fn oversee(
    writing: &mut Writing<'_>,
    case: &CaseId,
    note: &NewOversight,
) -> Result<CaseEntryId, Problem> {
    let facts = case_facts(writing.connection, case)?;
    writing.permit(&Action::OpenCase(&facts), "case", case)?;
    writing.permit(&Action::WriteOversight(&facts), "case", case)?;
    let (id, actor, now, today): (CaseEntryId, _, _, _) =
        (new_id(), writing.actor()?, writing.now, writing.today());
    diesel::insert_into(case_entries::table)
        .values((
            (
                case_entries::id.eq(&id),
                case_entries::organisation_id.eq(&actor.organisation),
                case_entries::case_id.eq(case),
            ),
            (case_entries::author_id.eq(&actor.person), case_entries::kind.eq(EntryKind::Oversight)),
            (case_entries::held_on.eq(today), case_entries::recorded_at.eq(now)),
            (
                case_entries::what_happened.eq(&note.what_happened),
                case_entries::support_declined.eq(false),
                case_entries::act.eq(note.act),
            ),
            (case_entries::decision.eq(&note.decision), case_entries::rationale.eq(&note.rationale)),
        ))
        .execute(writing.connection)?;
    let view = RiskView {
        case,
        entry: Some(&id),
        on: today,
        level: note.risk_level,
        direction: note.risk_direction,
        is_first: false,
    };
    record_risk_view(writing, &view)?;
    insert_actions(writing, case, &id, &note.actions)?;
    writing.audit(
        Event::new("oversight_noted", "case_entry", &id).with("case", case).with("act", note.act.code()),
    )?;
    Ok(id)
}

/// A session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSummary {
    /// The session.
    pub id: SupervisionId,
    /// The day on which it was held.
    pub held_on: NaiveDate,
    /// What it was for.
    pub kind: SupervisionKind,
    /// How long it lasted.
    pub minutes: i32,
    /// Who supervised, by id and name.
    pub supervisor: (PersonId, String),
    /// Who was supervised, by id and name.
    pub supervisee: (PersonId, String),
    /// How many cases were talked about.
    pub cases: i64,
}

/// Sessions on one page of the list.
pub const PAGE: usize = 50;

mod aliases {
    use crate::schema::people;
    diesel::alias!(people as supervising: Supervising, people as supervised: Supervised);
}
use aliases::{supervised, supervising};

/// The sessions in which the actor took part, and those that the people whom they line-manage held; newest first,
/// before this one.
pub fn list(
    reading: &mut Reading<'_>,
    before: Option<(NaiveDate, SupervisionId)>,
) -> Result<(Vec<SessionSummary>, bool), Problem> {
    type Row = (SupervisionId, NaiveDate, SupervisionKind, i32, (PersonId, String), (PersonId, String));
    let actor = reading.actor()?;
    reading.permit(&Action::ListSupervision, "supervision", "")?;
    let mut held_by = actor.line_supervisees();
    held_by.push(actor.person.clone());
    let mut query = supervisions::table
        .inner_join(supervising.on(supervising.field(people::id).eq(supervisions::supervisor_id)))
        .inner_join(supervised.on(supervised.field(people::id).eq(supervisions::supervisee_id)))
        .filter(supervisions::organisation_id.eq(&actor.organisation))
        .filter(supervisions::supervisee_id.eq(&actor.person).or(supervisions::supervisor_id.eq_any(held_by)))
        .into_boxed();
    if let Some((held_on, id)) = before {
        query = query.filter(
            supervisions::held_on
                .lt(held_on)
                .or(supervisions::held_on.eq(held_on).and(supervisions::id.lt(id))),
        );
    }
    let rows: Vec<Row> = query
        .order((supervisions::held_on.desc(), supervisions::id.desc()))
        .limit(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .select((
            supervisions::id,
            supervisions::held_on,
            supervisions::kind,
            supervisions::minutes,
            supervising.fields((people::id, people::name)),
            supervised.fields((people::id, people::name)),
        ))
        .load(reading.connection)?;
    let ids: Vec<Option<SupervisionId>> = rows.iter().map(|row| Some(row.0.clone())).collect();
    let counts: Vec<(Option<SupervisionId>, i64)> = case_entries::table
        .filter(case_entries::supervision_id.eq_any(ids))
        .group_by(case_entries::supervision_id)
        .select((case_entries::supervision_id, diesel::dsl::count_star()))
        .load(reading.connection)?;
    let more = rows.len() > PAGE;
    let sessions = rows.into_iter().take(PAGE).map(|(id, held_on, kind, minutes, supervisor, supervisee)| {
        let cases =
            counts.iter().find(|(session, _)| session.as_ref() == Some(&id)).map_or(0, |(_, count)| *count);
        SessionSummary { id, held_on, kind, minutes, supervisor, supervisee, cases }
    });
    Ok((sessions.collect(), more))
}

/// An entry of a session, with its case, risk, actions and questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEntry {
    /// The case, by id, reference and label.
    pub case: (CaseId, String, String),
    /// What was said.
    pub entry: Entry,
    /// How high the risk was.
    pub level: RiskLevel,
    /// Which way it had gone.
    pub direction: RiskDirection,
    /// What is to be done.
    pub actions: Vec<ActionRow>,
    /// The questions that were put.
    pub prompts: Vec<RaisedPrompt>,
}

/// The personal part of a session, for its readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalPartRow {
    /// What was written.
    pub part: PersonalPart,
    /// Its version.
    pub version: i32,
    /// When it was last changed, in UTC.
    pub changed_at: NaiveDateTime,
}

/// Everything that a session's page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFile {
    /// The session.
    pub id: SupervisionId,
    /// The day on which it was held.
    pub held_on: NaiveDate,
    /// When it was written down, in UTC.
    pub recorded_at: NaiveDateTime,
    /// What it was for.
    pub kind: SupervisionKind,
    /// How people met.
    pub mode: Mode,
    /// How long it lasted.
    pub minutes: i32,
    /// Who supervised, by id and name.
    pub supervisor: (PersonId, String),
    /// Who was supervised, by id and name.
    pub supervisee: (PersonId, String),
    /// The personal part; `None` if there is none or the reader may not see it.
    pub personal: Option<PersonalPartRow>,
    /// Whether the reader may correct the personal part.
    pub may_change_personal: bool,
    /// Whether the reader may reply to the questions.
    pub may_reply: bool,
    /// The entries.
    pub entries: Vec<SessionEntry>,
}

/// Opens a session.
pub fn open(reading: &mut Reading<'_>, id: &SupervisionId) -> Result<SessionFile, Problem> {
    type Row = (
        (NaiveDate, NaiveDateTime, SupervisionKind, Mode, i32, OrganisationId),
        (PersonId, String),
        (PersonId, String),
    );
    let actor = reading.actor()?;
    let ((held_on, recorded_at, kind, mode, minutes, organisation), supervisor, supervisee): Row =
        supervisions::table
            .inner_join(supervising.on(supervising.field(people::id).eq(supervisions::supervisor_id)))
            .inner_join(supervised.on(supervised.field(people::id).eq(supervisions::supervisee_id)))
            .filter(supervisions::id.eq(id))
            .select((
                (
                    supervisions::held_on,
                    supervisions::recorded_at,
                    supervisions::kind,
                    supervisions::mode,
                    supervisions::minutes,
                    supervisions::organisation_id,
                ),
                supervising.fields((people::id, people::name)),
                supervised.fields((people::id, people::name)),
            ))
            .first(reading.connection)?;
    let facts =
        SupervisionFacts { organisation, supervisor: supervisor.0.clone(), supervisee: supervisee.0.clone() };
    reading.permit(&Action::OpenSupervision(&facts), "supervision", id)?;
    reading.viewed("supervision", id.as_str());
    let personal = if may(&actor, &Action::ReadPersonalPart(&facts)).is_allowed() {
        personal_part(reading, id)?
    } else {
        None
    };
    Ok(SessionFile {
        id: id.clone(),
        held_on,
        recorded_at,
        kind,
        mode,
        minutes,
        supervisor,
        supervisee,
        may_change_personal: personal.is_some()
            && may(&actor, &Action::ChangePersonalPart(&facts)).is_allowed(),
        may_reply: may(&actor, &Action::ReplyToPrompts(&facts)).is_allowed(),
        personal,
        entries: session_entries(reading, id)?,
    })
}

fn personal_part(
    reading: &mut Reading<'_>,
    session: &SupervisionId,
) -> Result<Option<PersonalPartRow>, Problem> {
    type Row = (String, String, String, String, i32, NaiveDateTime);
    let row: Option<Row> = personal_parts::table
        .filter(personal_parts::supervision_id.eq(session))
        .select((
            personal_parts::wellbeing,
            personal_parts::workload,
            personal_parts::development,
            personal_parts::agreed,
            personal_parts::version,
            personal_parts::changed_at,
        ))
        .first(reading.connection)
        .optional()?;
    Ok(row.map(|(wellbeing, workload, development, agreed, version, changed_at)| PersonalPartRow {
        part: PersonalPart { wellbeing, workload, development, agreed },
        version,
        changed_at,
    }))
}

/// Who was in the session and their manager read its entries too: they are their own words and decisions, also when
/// the case has moved on since.
fn session_entries(reading: &mut Reading<'_>, session: &SupervisionId) -> Result<Vec<SessionEntry>, Problem> {
    type Row = (EntryRow, (CaseId, String, String), (RiskLevel, RiskDirection));
    let rows: Vec<Row> = case_entries::table
        .inner_join(cases::table.on(cases::id.eq(case_entries::case_id)))
        .inner_join(risk_views::table.on(risk_views::entry_id.eq(case_entries::id.nullable())))
        .filter(case_entries::supervision_id.eq(session))
        .order(case_entries::id)
        .select((
            entry_columns!(),
            (cases::id, cases::reference, cases::label),
            (risk_views::level, risk_views::direction),
        ))
        .load(reading.connection)?;
    let ids: Vec<CaseEntryId> = rows.iter().map(|row| row.0.0.0.clone()).collect();
    let actions = actions_of_entries(reading, &ids)?;
    let prompts = raised_under_entries(reading, &ids)?;
    let entries = rows.into_iter().map(|(entry, case, (level, direction))| {
        let entry = Entry::from(entry);
        SessionEntry {
            actions: actions.iter().filter(|action| action.entry == entry.id).cloned().collect(),
            prompts: prompts
                .iter()
                .filter(|prompt| prompt.entry.as_ref() == Some(&entry.id))
                .cloned()
                .collect(),
            case,
            entry,
            level,
            direction,
        }
    });
    Ok(entries.collect())
}

/// The two people of a session.
pub(crate) fn facts(reading: &mut Reading<'_>, id: &SupervisionId) -> Result<SupervisionFacts, Problem> {
    let (organisation, supervisor, supervisee) = supervisions::table
        .filter(supervisions::id.eq(id))
        .select((supervisions::organisation_id, supervisions::supervisor_id, supervisions::supervisee_id))
        .first(reading.connection)?;
    Ok(SupervisionFacts { organisation, supervisor, supervisee })
}

/// Opens the personal part for its author to correct.
pub fn open_personal_part(
    reading: &mut Reading<'_>,
    session: &SupervisionId,
) -> Result<PersonalPartRow, Problem> {
    let facts = facts(reading, session)?;
    reading.permit(&Action::ChangePersonalPart(&facts), "supervision", session)?;
    let part = personal_part(reading, session)?.ok_or(Problem::NotFound)?;
    reading.viewed("personal_part", session.as_str());
    Ok(part)
}

/// Corrects the personal part.
pub fn change_personal_part(
    writing: &mut Writing<'_>,
    session: &SupervisionId,
    version: i32,
    part: &PersonalPart,
) -> Result<(), Problem> {
    let before = open_personal_part(writing, session)?;
    if before.version != version {
        return Err(Problem::Stale(Box::new(stale_personal_part(&before))));
    }
    let now = writing.now;
    diesel::update(personal_parts::table.filter(personal_parts::supervision_id.eq(session)))
        .set((
            (personal_parts::wellbeing.eq(&part.wellbeing), personal_parts::workload.eq(&part.workload)),
            (personal_parts::development.eq(&part.development), personal_parts::agreed.eq(&part.agreed)),
            (personal_parts::version.eq(version + 1), personal_parts::changed_at.eq(now)),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("personal_part_changed", "supervision", session).with("version", version + 1))
}

fn stale_personal_part(now: &PersonalPartRow) -> Stale {
    let field = |name, label, current: &String| StaleField { name, label, current: current.clone() };
    Stale {
        version: now.version,
        fields: vec![
            field("personal.wellbeing", "How they are, and what the work does to them", &now.part.wellbeing),
            field("personal.workload", "Workload", &now.part.workload),
            field("personal.development", "Learning and development", &now.part.development),
            field("personal.agreed", "Anything else agreed", &now.part.agreed),
        ],
    }
}
