//! Logging a session.

use super::others::insert_members;
use super::personal::insert_personal_part;
use crate::access::{case_facts, person_facts};
use crate::actions::{AgreedUnder, Otherwise, agree_actions, review_actions};
use crate::audit::Event;
use crate::bookings::{book_follow_up, was_held};
use crate::cadence::{case_due_before, line_due_before};
use crate::cases::{NewEntryRow, RiskView, discussed_up_to, record_risk_view, was_discussed};
use crate::content::{self, Rules};
use crate::preparation::{Pair, was_talked_about, were_talked_about};
use crate::problem::Problem;
use crate::reflection::{NewRaised, asks_of_case, raise};
use crate::schema::{cases, risk_views, supervisions};
use crate::store::{Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, Actor, may};
use domain::calendar::london_time;
use domain::clock::minutes_after_midnight;
use domain::form::Problems;
use domain::ids::{CaseEntryId, CaseId, SupervisionId, TeamId};
use domain::policy::{Policy, Rule};
use domain::risk::RiskLevel;
use domain::supervision::{
    NewCaseEntry, NewSupervision, PersonalPart, RecordState, SupervisionKind, follow_up_days,
};
use domain::templates::{Answers, TemplatePart};

/// Logs a session: the personal part, the entries with their risk views, actions and questions, and the cases' clocks.
pub fn log(writing: &mut Writing<'_>, session: &NewSupervision) -> Result<SupervisionId, Problem> {
    let actor = writing.actor()?;
    let supervisee = person_facts(writing.connection, &session.supervisee)?;
    // Peers need no supervisor; anybody else learns what they may hold with this person, if they supervise them at all.
    let offered = Some(session.kind).filter(|kind| *kind == SupervisionKind::Peer);
    writing.permit(&Action::WriteUp(&supervisee, offered), "person", &session.supervisee)?;
    if !may(&actor, &Action::WriteUp(&supervisee, Some(session.kind))).is_allowed() {
        return Err(Problems::one(
            "kind",
            "You do not supervise this person in that. Choose another kind of session",
        )
        .into());
    }
    check_link(&actor, session)?;
    let (id, now): (SupervisionId, _) = (new_id(), writing.now);
    if session.began_at.is_some_and(|at| session.held_on.and_time(at) > london_time(now)) {
        let words = "This is still to come. Check when it began, or leave it empty";
        return Err(Problems::one("began_at", words).into());
    }
    let rules = content::rules_of(writing, session.held_on)?;
    let within =
        |rule| rules.working_days.add(session.held_on, rules.policy_of(&supervisee.team).number(rule));
    let write_by = within(Rule::RecordFull);
    let decide_by = (!session.entries.is_empty()).then(|| within(Rule::RecordDecision));
    let line = session.kind.line(actor.link_on(&session.supervisee, session.held_on));
    let due = match session.incident_on {
        Some(on) => Some(due_after_incident(&rules, &supervisee.team, on)),
        None => line_due_before(writing, &rules, &session.supervisee, line, session.held_on)?
            .map(|due| (due.due_on, due.version)),
    };
    let answers = match session.kind.template() {
        Some(part) => content::answers(writing, part, &session.answers)?,
        None => Answers::default(),
    };
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
            (supervisions::write_by.eq(write_by), supervisions::decide_by.eq(decide_by)),
            supervisions::line.eq(line),
            supervisions::state.eq(RecordState::Drafted),
            supervisions::was_due_on.eq(due.map(|(due_on, _)| due_on)),
            supervisions::policy_version.eq(due.map(|(_, version)| version)),
            supervisions::answers.eq(answers.to_stored()),
            supervisions::incident_on.eq(session.incident_on),
            supervisions::began_at_minutes.eq(session.began_at.map(minutes_after_midnight)),
        ))
        .execute(writing.connection)?;
    if let Some(part) = &session.personal {
        log_personal_part(writing, (&id, session), part, rules.policy_of(&supervisee.team))?;
    }
    insert_members(writing, &id, (&session.supervisee, session.kind), &session.members)?;
    for entry in &session.entries {
        let at = format!("entry.{}", entry.place);
        let with = log_checked(writing, &rules, (&id, session), (entry, &at), None)?;
        for sibling in &entry.siblings {
            let part = (&entry.of_sibling(sibling), sibling.at.as_str());
            log_checked(writing, &rules, (&id, session), part, Some(&with))?;
        }
    }
    was_held(writing, &actor.person, session, &id)?;
    // Whoever supervises somebody no more books nothing with them.
    if may(&actor, &Action::LogSupervision(&supervisee, Some(session.kind))).is_allowed() {
        meet_again(writing, &rules, session)?;
    }
    // What was prepared waits for the session of two for which it was.
    if SupervisionKind::ROUTINE.contains(&session.kind) {
        let pair = Pair { supervisor: actor.person.clone(), supervisee: session.supervisee.clone() };
        was_talked_about(writing, &pair, (&id, session.held_on), &session.talked_about)?;
    } else {
        were_talked_about(writing, session, &id)?;
    }
    writing.audit(
        Event::new("supervision_logged", "supervision", &id)
            .with("supervisee", &session.supervisee)
            .with("kind", session.kind.code())
            .with("entries", session.entries.iter().flat_map(NewCaseEntry::cases).count())
            .with("others", session.members.len()),
    )?;
    Ok(id)
}

/// By when somebody is to be met after a serious incident, and the version of the policy that says so (domain.md 3.7).
fn due_after_incident(rules: &Rules, team: &TeamId, incident_on: NaiveDate) -> (NaiveDate, i32) {
    let (policy, rule) = (rules.policy_of(team), Rule::IncidentSession);
    (rules.working_days.add(incident_on, policy.number(rule)), policy.version_of(rule))
}

/// Writes what was said about the person, what became of what was agreed about them before, and what is agreed now.
fn log_personal_part(
    writing: &mut Writing<'_>,
    (id, session): (&SupervisionId, &NewSupervision),
    part: &PersonalPart,
    policy: &Policy,
) -> Result<(), Problem> {
    let limit = policy.number(Rule::ActionCarried);
    let under = AgreedUnder::Session { supervisee: &session.supervisee, session: id };
    review_actions(writing, under, session.held_on, &part.reviews, limit)?;
    if part.is_empty() {
        return Ok(());
    }
    let organisation = writing.organisation()?;
    insert_personal_part(writing, &organisation, id, part)?;
    let otherwise = Otherwise::new(&session.supervisee, (session.held_on.max(writing.today()), None), policy);
    agree_actions(writing, under, &part.actions, &otherwise)
}

/// Books the sessions after a serious incident.
fn meet_again(writing: &mut Writing<'_>, rules: &Rules, session: &NewSupervision) -> Result<(), Problem> {
    let (supervisor, today) = (writing.actor()?.person, writing.today());
    let since = session.follow_ups_since();
    for day in follow_up_days(&session.follow_ups, since, today, &rules.working_days) {
        book_follow_up(writing, (&supervisor, &session.supervisee), session, day)?;
    }
    Ok(())
}

/// Logs what was said about a case that the actor may talk about with this person.
fn log_checked(
    writing: &mut Writing<'_>,
    rules: &Rules,
    (id, session): (&SupervisionId, &NewSupervision),
    (entry, at): (&NewCaseEntry, &str),
    with: Option<&CaseEntryId>,
) -> Result<CaseEntryId, Problem> {
    let actor = writing.actor()?;
    let case = case_facts(writing.connection, &entry.case)?;
    let works_on_it = case.lead_practitioner.as_ref() == Some(&session.supervisee)
        || case.co_workers.contains(&session.supervisee);
    if !works_on_it || !may(&actor, &Action::OpenCase(&case)).is_allowed() {
        return Err(Problems::one(
            &format!("{at}.case"),
            "This person does not work on that case. Remove it",
        )
        .into());
    }
    check_allocation(writing, session.held_on, entry)?;
    log_entry(writing, rules, (id, session), (entry, with), rules.policy_of(&case.team))
}

/// Whoever supervises somebody no more writes up what they held until their last day, and nothing after it.
fn check_link(actor: &Actor, session: &NewSupervision) -> Result<(), Problem> {
    let mut links = actor.link_on(&session.supervisee, session.held_on);
    if session.kind == SupervisionKind::Peer || links.any(|link| session.kind.open_to(link)) {
        return Ok(());
    }
    let last_day =
        actor.last_day_with(&session.supervisee, Some(session.kind)).map(domain::calendar::day_in_words);
    let words = format!(
        "You supervised this person in that until {}. Check the date",
        last_day.unwrap_or_else(|| "an earlier day".to_owned())
    );
    Err(Problems::one("held_on", words).into())
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
    (entry, with): (&NewCaseEntry, Option<&CaseEntryId>),
    policy: &Policy,
) -> Result<CaseEntryId, Problem> {
    let (actor, now) = (writing.actor()?, writing.now);
    let moves_clock = header.kind.moves_case_clock();
    let due = if moves_clock { case_due_before(writing, rules, &entry.case, header.held_on)? } else { None };
    let answers = content::answers(writing, TemplatePart::Case, &entry.answers)?;
    // What the case calls for is read before this session moves its clocks.
    let (mut asks, situation) = (asks_of_case(writing, &entry.case)?, entry.situation());
    for sibling in &entry.siblings {
        asks.along_with(&asks_of_case(writing, &sibling.case)?);
    }
    let row = NewEntryRow::in_session(actor, now, session, header.held_on, entry, due);
    let row = row.answering(&answers).calling_for(asks.fired(situation));
    let id = row.written_with(with).insert(writing)?;
    let view = RiskView {
        case: &entry.case,
        entry: Some(&id),
        on: header.held_on,
        level: match entry.risk_level {
            Some(level) => level,
            None => risk_level_on(writing, &entry.case, header.held_on)?,
        },
        direction: entry.risk_direction,
        note: "",
        is_repeat: false,
        checklist: entry.checklist,
    };
    record_risk_view(writing, &view)?;
    let under = AgreedUnder::Entry { case: &entry.case, entry: &id };
    review_actions(writing, under, header.held_on, &entry.reviews, policy.number(Rule::ActionCarried))?;
    let otherwise =
        Otherwise::new(&header.supervisee, (header.held_on.max(writing.today()), entry.next_on), policy);
    agree_actions(writing, under, &entry.actions, &otherwise)?;
    if moves_clock {
        move_clock(writing, header.held_on, entry)?;
    }
    let asked = NewRaised {
        entry: Some(&id),
        reflection: None,
        case: Some(&entry.case),
        asked_of: &header.supervisee,
        situation,
        asks: &asks,
    };
    // What was asked of all of them was asked once.
    if with.is_none() {
        raise(writing, &asked, &entry.prompts)?;
    }
    Ok(id)
}

/// How high the risk of a case was said to be on a day, for an entry that says nothing of it.
fn risk_level_on(writing: &mut Writing<'_>, case: &CaseId, on: NaiveDate) -> Result<RiskLevel, Problem> {
    let said: Option<RiskLevel> = risk_views::table
        .filter(risk_views::case_id.eq(case).and(risk_views::viewed_on.le(on)))
        .order((risk_views::viewed_on.desc(), risk_views::id.desc()))
        .select(risk_views::level)
        .first(writing.connection)
        .optional()?;
    match said {
        Some(level) => Ok(level),
        None => {
            Ok(cases::table.filter(cases::id.eq(case)).select(cases::risk_level).first(writing.connection)?)
        }
    }
}

/// A session that was held moves the case's clock forward, never back: an older one that is typed later changes nothing.
fn move_clock(writing: &mut Writing<'_>, held_on: NaiveDate, entry: &NewCaseEntry) -> Result<(), Problem> {
    let this = cases::table.filter(cases::id.eq(&entry.case));
    diesel::update(this.filter(cases::last_held_on.is_null().or(cases::last_held_on.le(held_on))))
        .set((cases::last_held_on.eq(held_on), cases::next_on.eq(entry.next_on)))
        .execute(writing.connection)?;
    was_discussed(writing, &entry.case, discussed_up_to(held_on, entry.risk_direction))
}
