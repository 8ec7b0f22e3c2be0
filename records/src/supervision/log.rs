//! Logging a session, and writing a note of management oversight.

use super::personal::insert_personal_part;
use crate::access::{case_facts, person_facts};
use crate::audit::Event;
use crate::bookings::was_held;
use crate::cadence::{case_due_before, line_due_before};
use crate::cases::{
    NewEntryRow, RiskView, agree_actions, record_risk_view, review_actions, was_discussed, was_seen,
};
use crate::content::{self, Rules};
use crate::preparation::{Pair, was_talked_about};
use crate::problem::Problem;
use crate::reflection::{NewRaised, raise};
use crate::schema::{cases, people, supervisions};
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, PersonFacts, may};
use domain::form::Problems;
use domain::ids::{CaseEntryId, CaseId, OrganisationId, PersonId, SupervisionId, TeamId};
use domain::policy::Rule;
use domain::risk::RiskDirection;
use domain::supervision::{NewCaseEntry, NewOversight, NewOversights, NewSupervision, RecordState};

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
    /// Their organisation.
    pub organisation: OrganisationId,
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
            let organisation = actor.organisation.clone();
            Supervisee { id, name, job_title, last_held_on, organisation }
        })
        .collect())
}

/// Somebody with whom a session is being logged.
pub fn supervisee(reading: &mut Reading<'_>, id: &PersonId) -> Result<Supervisee, Problem> {
    let (organisation, team, name, job_title): (OrganisationId, TeamId, String, String) = people::table
        .filter(people::id.eq(id))
        .select((people::organisation_id, people::team_id, people::name, people::job_title))
        .first(reading.connection)?;
    let facts = PersonFacts { id: id.clone(), organisation: organisation.clone(), team };
    reading.permit(&Action::LogSupervision(&facts, None), "person", id)?;
    Ok(Supervisee { id: id.clone(), name, job_title, last_held_on: None, organisation })
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
    let rules = content::rules_of(writing, session.held_on)?;
    let line = session.kind.line(actor.link_to(&session.supervisee));
    let due = line_due_before(writing, &rules, &session.supervisee, line, session.held_on)?;
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
            supervisions::line.eq(line),
            supervisions::state.eq(RecordState::Drafted),
            supervisions::was_due_on.eq(due.map(|due| due.due_on)),
            supervisions::policy_version.eq(due.map(|due| due.version)),
        ))
        .execute(writing.connection)?;
    if let Some(part) = &session.personal {
        insert_personal_part(writing, &actor.organisation, &id, part)?;
    }
    for entry in &session.entries {
        let case = case_facts(writing.connection, &entry.case)?;
        let works_on_it = case.lead_practitioner.as_ref() == Some(&session.supervisee)
            || case.co_workers.contains(&session.supervisee);
        if !works_on_it || !may(&actor, &Action::OpenCase(&case)).is_allowed() {
            return Err(Problems::one(
                &format!("entry.{}.case", entry.place),
                "This person does not work on that case. Remove it",
            )
            .into());
        }
        check_allocation(writing, session.held_on, entry)?;
        let limit = rules.policy_of(&case.team).number(Rule::ActionCarried);
        log_entry(writing, &rules, (&id, session), entry, limit)?;
    }
    was_held(writing, &actor.person, &session.supervisee, session.held_on, &id)?;
    let pair = Pair { supervisor: actor.person.clone(), supervisee: session.supervisee.clone() };
    was_talked_about(writing, &pair, (&id, session.held_on), &session.talked_about)?;
    writing.audit(
        Event::new("supervision_logged", "supervision", &id)
            .with("supervisee", &session.supervisee)
            .with("kind", session.kind.code())
            .with("entries", session.entries.len()),
    )?;
    Ok(id)
}

/// Nobody can have talked in supervision about a case that nobody had yet.
fn check_allocation(
    writing: &mut Writing<'_>,
    held_on: NaiveDate,
    entry: &NewCaseEntry,
) -> Result<(), Problem> {
    let (reference, allocated_on): (String, NaiveDate) = cases::table
        .filter(cases::id.eq(&entry.case))
        .select((cases::reference, cases::allocated_on))
        .first(writing.connection)?;
    if held_on >= allocated_on {
        return Ok(());
    }
    let day = domain::calendar::day_in_words(allocated_on);
    let words = format!("{reference} was allocated on {day}. Check the date, or remove the case");
    Err(Problems::one("held_on", words).into())
}

fn log_entry(
    writing: &mut Writing<'_>,
    rules: &Rules,
    (session, header): (&SupervisionId, &NewSupervision),
    entry: &NewCaseEntry,
    limit: u32,
) -> Result<(), Problem> {
    let (actor, now) = (writing.actor()?, writing.now);
    let moves_clock = header.kind.moves_case_clock();
    let due = if moves_clock { case_due_before(writing, rules, &entry.case, header.held_on)? } else { None };
    let id = NewEntryRow::in_session(actor, now, session, header.held_on, entry, due).insert(writing)?;
    let view = RiskView {
        case: &entry.case,
        entry: Some(&id),
        on: header.held_on,
        level: entry.risk_level,
        direction: entry.risk_direction,
        note: "",
        is_repeat: false,
        checklist_on: None,
    };
    record_risk_view(writing, &view)?;
    review_actions(writing, (&entry.case, &id), header.held_on, &entry.reviews, limit)?;
    agree_actions(writing, &entry.case, &id, &entry.actions)?;
    if moves_clock {
        move_clock(writing, header.held_on, entry)?;
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

/// A session that was held moves the case's clock forward, never back: an older one that is typed later changes nothing.
fn move_clock(writing: &mut Writing<'_>, held_on: NaiveDate, entry: &NewCaseEntry) -> Result<(), Problem> {
    let this = cases::table.filter(cases::id.eq(&entry.case));
    diesel::update(this.filter(cases::last_held_on.is_null().or(cases::last_held_on.le(held_on))))
        .set((cases::last_held_on.eq(held_on), cases::next_on.eq(entry.next_on)))
        .execute(writing.connection)?;
    // A rise of an earlier day was discussed; one of the same day only if the entry speaks of it.
    let discussed_up_to =
        if entry.risk_direction == RiskDirection::Up { Some(held_on) } else { held_on.pred_opt() };
    was_discussed(writing, &entry.case, discussed_up_to)
}

/// Writes a note of management oversight for each of several cases.
pub fn oversee_all(writing: &mut Writing<'_>, notes: &NewOversights) -> Result<usize, Problem> {
    for (case, note) in notes {
        oversee(writing, case, note)?;
    }
    Ok(notes.len())
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
    let (actor, now, today) = (writing.actor()?, writing.now, writing.today());
    let id = NewEntryRow::of_oversight(actor, now, case, note).insert(writing)?;
    let view = RiskView {
        case,
        entry: Some(&id),
        on: today,
        level: note.risk_level,
        direction: note.risk_direction,
        note: "",
        is_repeat: false,
        checklist_on: None,
    };
    record_risk_view(writing, &view)?;
    was_seen(writing, case, Some(today))?;
    diesel::update(cases::table.filter(cases::id.eq(case)))
        .set(cases::last_overseen_on.eq(today))
        .execute(writing.connection)?;
    agree_actions(writing, case, &id, &note.actions)?;
    writing.audit(
        Event::new("oversight_noted", "case_entry", &id).with("case", case).with("act", note.act.code()),
    )?;
    Ok(id)
}
