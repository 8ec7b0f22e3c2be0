//! What somebody was told of and is still to be done; and when they want to be told.

use super::snooze::{SnoozeRow, snoozes_of};
use crate::access::{cases_with_lead, people_with_team, visible_cases, visible_people};
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{actions, cases, ladder_notices, people, supervisions};
use crate::store::{Reading, Writing};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, SupervisionFacts, may};
use domain::form::{Form, FormCheck, Problems};
use domain::ids::{ActionId, CaseId, PersonId, SupervisionId};
use domain::ladder::{Concern, Reader, StepKey};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Something of which the reader was told and that is still so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminded {
    /// What is overdue.
    pub concern: Concern,
    /// The id of the thing.
    pub subject: String,
    /// When it was due.
    pub due_on: NaiveDate,
    /// The highest step that told the reader.
    pub step: StepKey,
    /// As what they were told; `None` because nobody else was there.
    pub reader: Option<Reader>,
    /// Since when, in UTC.
    pub raised_at: NaiveDateTime,
    /// The thing in words: a case's reference and label, or a person's name.
    pub name: String,
    /// Where its page is.
    pub address: String,
    /// Until when its reminders are put off, if they are.
    pub snooze: Option<SnoozeRow>,
    /// Whether the reader may put them off: as a manager, and not of another line of supervision than their own.
    pub may_put_off: bool,
}

type Row = (Concern, String, NaiveDate, String, String, NaiveDateTime);

/// The highest step of each thing, as what it told the reader, and since when: the oldest first.
type Highest = BTreeMap<(NaiveDate, Concern, String), (StepKey, Option<Reader>, NaiveDateTime)>;

/// What the reader was told of and is still so, the oldest first.
pub fn mine(reading: &mut Reading<'_>) -> Result<Vec<Reminded>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::SeeOwnWork, "reminders", "")?;
    let rows: Vec<Row> = ladder_notices::table
        .filter(ladder_notices::reader_id.eq(&actor.person).and(ladder_notices::settled_at.is_null()))
        .order(ladder_notices::due_on)
        .select((
            ladder_notices::concern,
            ladder_notices::subject_id,
            ladder_notices::due_on,
            ladder_notices::step,
            ladder_notices::reader,
            ladder_notices::raised_at,
        ))
        .load(reading.connection)?;
    let mut highest = Highest::new();
    for (concern, subject, due_on, step, reader, raised_at) in rows {
        let step: StepKey = step.parse().map_err(Problem::unexpected)?;
        let place = highest.entry((due_on, concern, subject)).or_insert((
            step,
            Reader::from_code(&reader),
            raised_at,
        ));
        if step > place.0 {
            *place = (step, Reader::from_code(&reader), raised_at);
        }
    }
    let named: Vec<(Concern, &str)> =
        highest.keys().map(|(_, concern, id)| (*concern, id.as_str())).collect();
    let still = super::run::still_overdue(reading, &named)?;
    highest.retain(|(due_on, concern, subject), _| still.contains(&(*concern, subject.clone(), *due_on)));
    name_them(reading, highest)
}

fn name_them(reading: &mut Reading<'_>, notices: Highest) -> Result<Vec<Reminded>, Problem> {
    let ids: BTreeSet<String> = notices.keys().map(|(_, _, subject)| subject.clone()).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let names = names(reading, &ids)?;
    let concerns: BTreeSet<Concern> = notices.keys().map(|(_, concern, _)| *concern).collect();
    let concerns: Vec<Concern> = concerns.into_iter().collect();
    let mut snoozes = snoozes_of(reading, &concerns, &ids)?;
    let reminded =
        notices.into_iter().filter_map(|((due_on, concern, subject), (step, reader, raised_at))| {
            let (name, address) = names.get(&subject)?.clone();
            let snooze = snoozes.remove(&(concern, subject.clone(), due_on));
            let is_managers = reader.is_some_and(|reader| reader != Reader::Practitioner);
            let may_put_off = is_managers && !subject.contains('/');
            Some(Reminded {
                concern,
                subject,
                due_on,
                step,
                reader,
                raised_at,
                name,
                address,
                snooze,
                may_put_off,
            })
        });
    Ok(reminded.collect())
}

/// The name and page of each thing that the reader may open.
pub(super) fn names(
    reading: &mut Reading<'_>,
    ids: &[String],
) -> Result<HashMap<String, (String, String)>, Problem> {
    let actor = reading.actor()?;
    let mut names = HashMap::new();
    let action_ids: Vec<ActionId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let of_actions: Vec<(ActionId, String, CaseId)> = actions::table
        .filter(actions::id.eq_any(action_ids).and(actions::organisation_id.eq(&actor.organisation)))
        .select((actions::id, actions::what, actions::case_id))
        .load(reading.connection)?;
    let mut case_ids: BTreeSet<CaseId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    case_ids.extend(of_actions.iter().map(|(.., case)| case.clone()));
    let of_cases: BTreeMap<CaseId, String> = visible_cases(cases_with_lead(), &actor)
        .filter(cases::id.eq_any(case_ids))
        .select((cases::id, cases::reference, cases::label))
        .load::<(CaseId, String, String)>(reading.connection)?
        .into_iter()
        .map(|(case, reference, label)| (case, format!("{reference}, {label}")))
        .collect();
    for (action, what, case) in of_actions {
        if of_cases.contains_key(&case) {
            names.insert(action.to_string(), (what, format!("/cases/{case}")));
        }
    }
    for (case, name) in of_cases {
        let address = format!("/cases/{case}");
        names.insert(case.to_string(), (name, address));
    }
    let session_ids: Vec<SupervisionId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let of_sessions: Vec<(SupervisionId, PersonId, PersonId, NaiveDate, String)> = supervisions::table
        .inner_join(people::table.on(people::id.eq(supervisions::supervisee_id)))
        .filter(supervisions::id.eq_any(session_ids))
        .filter(supervisions::organisation_id.eq(&actor.organisation))
        .select((
            supervisions::id,
            supervisions::supervisor_id,
            supervisions::supervisee_id,
            supervisions::held_on,
            people::name,
        ))
        .load(reading.connection)?;
    for (session, supervisor, supervisee, held_on, name) in of_sessions {
        let facts = SupervisionFacts { organisation: actor.organisation.clone(), supervisor, supervisee };
        if may(&actor, &Action::OpenSupervision(&facts)).is_allowed() {
            let words = format!("Session of {} with {name}", domain::calendar::day_in_words(held_on));
            names.insert(session.to_string(), (words, format!("/supervision/{session}")));
        }
    }
    let person_ids: Vec<PersonId> = ids.iter().filter_map(|id| id.split('/').next()?.parse().ok()).collect();
    let of_people: Vec<(PersonId, String)> = visible_people(people_with_team(), &actor)
        .filter(people::id.eq_any(person_ids))
        .select((people::id, people::name))
        .load(reading.connection)?;
    for id in ids {
        let person = of_people.iter().find(|(person, _)| id.split('/').next() == Some(person.as_str()));
        if let Some((person, name)) = person {
            names.insert(id.clone(), (name.clone(), format!("/people/{person}")));
        }
    }
    Ok(names)
}

/// When and of what somebody wants to be mailed. What one has to know cannot be switched off: steps of the ladder always
/// come, only their weekly repeats may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// When the digest comes: minutes after midnight in London.
    pub digest_at: i32,
    /// Whether to be reminded each week of what one was told before.
    pub weekly_repeats: bool,
}

impl Preferences {
    /// Reads the form on `/account`.
    ///
    /// # Errors
    /// A time that is not offered.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let chosen = form.text("digest_at").parse().ok();
        let digest_at = chosen.filter(|minutes| domain::mail::digest_times().any(|time| time == *minutes));
        if digest_at.is_none() {
            check.fail("digest_at", "Choose a time from the list");
        }
        let weekly_repeats = form.text("weekly_repeats") == "yes";
        check.finish(digest_at.map(|digest_at| Self { digest_at, weekly_repeats }))
    }
}

/// When the reader wants to be mailed.
pub fn preferences(reading: &mut Reading<'_>) -> Result<Preferences, Problem> {
    let actor = reading.actor()?;
    let (digest_at, weekly_repeats) = people::table
        .filter(people::id.eq(&actor.person))
        .select((people::digest_at, people::weekly_repeats))
        .first(reading.connection)?;
    Ok(Preferences { digest_at, weekly_repeats })
}

/// Changes when the actor wants to be mailed.
pub fn set_preferences(writing: &mut Writing<'_>, chosen: Preferences) -> Result<(), Problem> {
    let actor = writing.actor()?;
    writing.permit(&Action::SeeOwnWork, "account", "")?;
    diesel::update(people::table.filter(people::id.eq(&actor.person)))
        .set((people::digest_at.eq(chosen.digest_at), people::weekly_repeats.eq(chosen.weekly_repeats)))
        .execute(writing.connection)?;
    writing.audit(
        Event::new("mail_preferences_changed", "person", &actor.person)
            .with("digest_at", chosen.digest_at)
            .with("weekly_repeats", chosen.weekly_repeats),
    )
}
