//! Putting reminders off: with a reason, for a few working days, and not for ever. Everybody who sees the thing sees that.

use crate::access::{case_facts, person_facts};
use crate::audit::Event;
use crate::content;
use crate::problem::Problem;
use crate::schema::{actions, people, snoozes};
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, Actor, SupervisionFacts, may};
use domain::form::Problems;
use domain::ids::{ActionId, CaseId, PersonId, SnoozeId};
use domain::ladder::{Concern, NewSnooze};
use domain::policy::Rule;
use std::collections::{HashMap, HashSet};

/// A reminder that was put off, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnoozeRow {
    /// The last day without reminders.
    pub until_on: NaiveDate,
    /// Why.
    pub reason: String,
    /// Who put it off.
    pub person: String,
}

/// A thing and its due day: what is put off.
type Key = (Concern, String, NaiveDate);

/// What is put off now of these concerns and things.
pub(crate) fn snoozes_of(
    reading: &mut Reading<'_>,
    concerns: &[Concern],
    ids: &[String],
) -> Result<HashMap<Key, SnoozeRow>, Problem> {
    type Row = (Key, NaiveDate, String, String);
    let today = reading.today();
    let rows: Vec<Row> = snoozes::table
        .inner_join(people::table.on(people::id.eq(snoozes::person_id)))
        .filter(snoozes::concern.eq_any(concerns).and(snoozes::subject_id.eq_any(ids)))
        .filter(snoozes::until_on.ge(today))
        .order(snoozes::until_on)
        .select((
            (snoozes::concern, snoozes::subject_id, snoozes::due_on),
            snoozes::until_on,
            snoozes::reason,
            people::name,
        ))
        .load(reading.connection)?;
    Ok(rows
        .into_iter()
        .map(|(key, until_on, reason, person)| (key, SnoozeRow { until_on, reason, person }))
        .collect())
}

/// Everything that is put off today.
pub(super) fn snoozed(reading: &mut Reading<'_>) -> Result<HashSet<Key>, Problem> {
    let (organisation, today) = (reading.organisation()?, reading.today());
    let rows: Vec<Key> = snoozes::table
        .filter(snoozes::organisation_id.eq(organisation).and(snoozes::until_on.ge(today)))
        .select((snoozes::concern, snoozes::subject_id, snoozes::due_on))
        .load(reading.connection)?;
    Ok(rows.into_iter().collect())
}

/// What somebody is about to put off, in words, if they may.
pub fn name_of_snoozable(
    reading: &mut Reading<'_>,
    concern: Concern,
    subject: &str,
) -> Result<String, Problem> {
    let actor = reading.actor()?;
    if !may_snooze(reading, &actor, concern, subject)? {
        return Err(Problem::NotFound);
    }
    let names = super::mine::names(reading, &[subject.to_owned()])?;
    names.get(subject).map(|(name, _)| name.clone()).ok_or(Problem::NotFound)
}

/// Whether the actor may put off reminders of this: who may write oversight of the case, or keeps the person's cadence.
fn may_snooze(
    reading: &mut Reading<'_>,
    actor: &Actor,
    concern: Concern,
    subject: &str,
) -> Result<bool, Problem> {
    let case = |id: &str| id.parse::<CaseId>().map_err(|_| Problem::NotFound);
    match concern {
        Concern::CaseSupervision | Concern::Oversight | Concern::ChecklistDue | Concern::Unallocated => {
            let facts = case_facts(reading.connection, &case(subject)?)?;
            Ok(may(actor, &Action::WriteOversight(&facts)).is_allowed())
        }
        Concern::OverdueAction => {
            let id: ActionId = subject.parse().map_err(|_| Problem::NotFound)?;
            let (of, about): (Option<CaseId>, Option<PersonId>) = actions::table
                .filter(actions::id.eq(id))
                .select((actions::case_id, actions::supervisee_id))
                .first(reading.connection)?;
            if let Some(case) = of {
                let facts = case_facts(reading.connection, &case)?;
                return Ok(may(actor, &Action::WriteOversight(&facts)).is_allowed());
            }
            let facts = person_facts(reading.connection, &about.ok_or(Problem::NotFound)?)?;
            Ok(may(actor, &Action::KeepCadenceOf(&facts)).is_allowed())
        }
        // Its author is told once; nobody else knows of it.
        Concern::UnfinishedDraft => Ok(false),
        Concern::Disagreement => {
            let pair = pair_of_record(reading, subject)?;
            // Whoever is to reply puts it off: never the supervisor of whose record it is.
            Ok(may(actor, &Action::AnswerComment(&pair)).is_allowed())
        }
        Concern::UnsignedRecord => {
            let pair = pair_of_record(reading, subject)?;
            // The two's own, and who manages the supervisor: never whoever is to sign.
            let reads = may(actor, &Action::ReadPersonalPart(&pair)).is_allowed();
            Ok(reads && actor.person != pair.supervisee)
        }
        Concern::PersonalSupervision
        | Concern::RegistrationRenewal
        | Concern::NoSupervisor
        | Concern::MissedSessions
        | Concern::AgreementDue
        | Concern::LateDecision
        | Concern::LateRecord => {
            let person = subject.split('/').next().unwrap_or_default();
            let id: PersonId = person.parse().map_err(|_| Problem::NotFound)?;
            let facts = person_facts(reading.connection, &id)?;
            Ok(may(actor, &Action::KeepCadenceOf(&facts)).is_allowed())
        }
    }
}

/// The two who sign a session's record or an agreement.
fn pair_of_record(reading: &mut Reading<'_>, id: &str) -> Result<SupervisionFacts, Problem> {
    let session = id.parse().map_err(|_| Problem::NotFound)?;
    match crate::supervision::facts(reading, &session) {
        Err(Problem::NotFound) => {
            crate::agreements::facts(reading, &id.parse().map_err(|_| Problem::NotFound)?)
        }
        found => found,
    }
}

/// Puts the reminders of a thing and its due day off.
pub fn snooze(
    writing: &mut Writing<'_>,
    concern: Concern,
    subject: &str,
    due_on: NaiveDate,
    new: &NewSnooze,
) -> Result<SnoozeId, Problem> {
    let (actor, today) = (writing.actor()?, writing.today());
    if !may_snooze(writing, &actor, concern, subject)? {
        return Err(Problem::NotFound);
    }
    let rules = content::rules(writing)?;
    let times: i64 = snoozes::table
        .filter(snoozes::concern.eq(concern).and(snoozes::subject_id.eq(subject)))
        .filter(snoozes::due_on.eq(due_on))
        .count()
        .get_result(writing.connection)?;
    let allowed = rules.policy.number(Rule::SnoozeTimes);
    if times >= i64::from(allowed) {
        let counted = domain::policy::Unit::Times.counted(allowed);
        return Err(Problems::one(
            "until",
            format!("This was put off {counted} already. Decide now what is to happen"),
        )
        .into());
    }
    let last = rules.working_days.add(today, rules.policy.number(Rule::SnoozeDays));
    if new.until > last {
        let words = domain::calendar::day_in_words(last);
        return Err(Problems::one("until", format!("Until must be {words} or earlier")).into());
    }
    let (id, now): (SnoozeId, _) = (new_id(), writing.now);
    diesel::insert_into(snoozes::table)
        .values((
            (snoozes::id.eq(&id), snoozes::organisation_id.eq(&actor.organisation)),
            (snoozes::concern.eq(concern), snoozes::subject_id.eq(subject), snoozes::due_on.eq(due_on)),
            (snoozes::until_on.eq(new.until), snoozes::reason.eq(&new.reason)),
            (snoozes::person_id.eq(&actor.person), snoozes::snoozed_at.eq(now)),
        ))
        .execute(writing.connection)?;
    writing.audit(
        Event::new("reminder_put_off", "reminder", subject)
            .with("concern", concern.code())
            .with("due_on", due_on)
            .with("until", new.until),
    )?;
    Ok(id)
}
