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
use domain::access::{Action, ActionFacts, ActionOf, Actor, SupervisionFacts, may};
use domain::form::{Form, FormCheck, Problems};
use domain::ids::{ActionId, CaseId, OrganisationId, PersonId};
use domain::ladder::{Concern, Reader, StepKey};
use domain::people::LinkKind;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

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

/// One page of what somebody was told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminders {
    /// The things, the oldest first.
    pub reminded: Vec<Reminded>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
}

/// A thing and its due day, as a place in the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    due_on: NaiveDate,
    concern: Concern,
    subject: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}~{}", self.due_on, self.concern.code(), self.subject)
    }
}

impl FromStr for Place {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let mut parts = text.splitn(3, '~');
        let place = (|| {
            let due_on = parts.next()?.parse().ok()?;
            let concern = Concern::from_code(parts.next()?)?;
            Some(Self { due_on, concern, subject: parts.next()?.to_owned() })
        })();
        place.ok_or(Problem::NotFound)
    }
}

/// Things on one page.
pub const PAGE: usize = 30;
/// Notices that are looked at together: a thing has one for each step that told the reader.
const LOOKED_AT: usize = 120;

/// The highest step of a thing, as what it told the reader, and since when.
type Highest = (Place, StepKey, Option<Reader>, NaiveDateTime);

/// What the reader was told of and is still so, the oldest first, after a place.
pub fn mine(reading: &mut Reading<'_>, after: Option<Place>) -> Result<Reminders, Problem> {
    reading.permit(&Action::SeeOwnWork, "reminders", "")?;
    let (mut found, mut after) = (Vec::new(), after);
    loop {
        let (things, more) = told(reading, after.as_ref())?;
        after = things.last().map(|(place, ..)| place.clone());
        let named: Vec<(Concern, &str)> =
            things.iter().map(|(place, ..)| (place.concern, place.subject.as_str())).collect();
        let still = super::run::still_overdue(reading, &named)?;
        found.extend(
            things
                .into_iter()
                .filter(|(place, ..)| still.contains(&(place.concern, place.subject.clone(), place.due_on))),
        );
        if !more || found.len() > PAGE {
            break;
        }
    }
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|(place, ..)| place.clone());
    Ok(Reminders { reminded: name_them(reading, found)?, next })
}

/// Things that the reader was told of, after a place, each with its highest step; and whether there are more.
fn told(reading: &mut Reading<'_>, after: Option<&Place>) -> Result<(Vec<Highest>, bool), Problem> {
    type Row = (Concern, String, NaiveDate, String, String, NaiveDateTime);
    let actor = reading.actor()?;
    let mut query = ladder_notices::table
        .filter(ladder_notices::reader_id.eq(&actor.person).and(ladder_notices::settled_at.is_null()))
        .into_boxed();
    if let Some(Place { due_on, concern, subject }) = after {
        let later_thing = ladder_notices::concern
            .gt(concern)
            .or(ladder_notices::concern.eq(concern).and(ladder_notices::subject_id.gt(subject)));
        query = query
            .filter(ladder_notices::due_on.gt(due_on).or(ladder_notices::due_on.eq(due_on).and(later_thing)));
    }
    let rows: Vec<Row> = query
        .order((ladder_notices::due_on, ladder_notices::concern, ladder_notices::subject_id))
        .limit(i64::try_from(LOOKED_AT).unwrap_or(i64::MAX))
        .select((
            ladder_notices::concern,
            ladder_notices::subject_id,
            ladder_notices::due_on,
            ladder_notices::step,
            ladder_notices::reader,
            ladder_notices::raised_at,
        ))
        .load(reading.connection)?;
    let more = rows.len() == LOOKED_AT;
    let mut things: Vec<Highest> = Vec::new();
    for (concern, subject, due_on, step, reader, raised_at) in rows {
        let step: StepKey = step.parse().map_err(Problem::unexpected)?;
        let (place, reader) = (Place { due_on, concern, subject }, Reader::from_code(&reader));
        match things.last_mut().filter(|(last, ..)| *last == place) {
            Some(last) if step > last.1 => *last = (place, step, reader, raised_at),
            Some(_) => {}
            None => things.push((place, step, reader, raised_at)),
        }
    }
    // The last thing may have more notices than were read: it is looked at with the next.
    if more && things.len() > 1 {
        things.pop();
    }
    Ok((things, more))
}

fn name_them(reading: &mut Reading<'_>, things: Vec<Highest>) -> Result<Vec<Reminded>, Problem> {
    let ids: BTreeSet<String> = things.iter().map(|(place, ..)| place.subject.clone()).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let names = names(reading, &ids)?;
    let concerns: BTreeSet<Concern> = things.iter().map(|(place, ..)| place.concern).collect();
    let concerns: Vec<Concern> = concerns.into_iter().collect();
    let mut snoozes = snoozes_of(reading, &concerns, &ids)?;
    let reminded = things.into_iter().filter_map(|(place, step, reader, raised_at)| {
        let Place { due_on, concern, subject } = place;
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
    type OfAction =
        (ActionId, String, Option<CaseId>, Option<(OrganisationId, PersonId, PersonId, LinkKind)>);
    let actor = reading.actor()?;
    let mut names = HashMap::new();
    let action_ids: Vec<ActionId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    // Here and below by their ids alone: with the organisation as well, SQLite would rather read all of it. Whether the actor may
    // open them is asked afterwards.
    let of_actions: Vec<OfAction> = actions::table
        .left_join(supervisions::table.on(actions::supervision_id.eq(supervisions::id.nullable())))
        .filter(actions::id.eq_any(action_ids))
        .select((
            actions::id,
            actions::what,
            actions::case_id,
            (
                supervisions::organisation_id,
                supervisions::supervisor_id,
                supervisions::supervisee_id,
                supervisions::line,
            )
                .nullable(),
        ))
        .load(reading.connection)?;
    let mut case_ids: BTreeSet<CaseId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    case_ids.extend(of_actions.iter().filter_map(|(_, _, case, _)| case.clone()));
    let of_cases: BTreeMap<CaseId, String> = visible_cases(cases_with_lead(), &actor)
        .filter(cases::id.eq_any(case_ids))
        .select((cases::id, cases::reference, cases::label))
        .load::<(CaseId, String, String)>(reading.connection)?
        .into_iter()
        .map(|(case, reference, label)| (case, format!("{reference}, {label}")))
        .collect();
    for (action, what, case, session) in of_actions {
        if let Some(case) = case {
            if of_cases.contains_key(&case) {
                names.insert(action.to_string(), (what, format!("/cases/{case}")));
            }
        } else if let Some((organisation, supervisor, supervisee, line)) = session {
            let session = SupervisionFacts::of_two(organisation, supervisor, supervisee);
            let of = ActionOf::Person { session: &session, line };
            if may(&actor, &Action::EndAction(&ActionFacts { of, owner: None })).is_allowed() {
                names.insert(action.to_string(), (what, format!("/actions/{action}")));
            }
        }
    }
    for (case, name) in of_cases {
        let address = format!("/cases/{case}");
        names.insert(case.to_string(), (name, address));
    }
    names.extend(crate::supervision::names(reading, ids)?);
    names.extend(crate::agreements::names(reading, ids)?);
    names.extend(crate::drafts::names(reading, ids)?);
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
    name_lately_supervised(reading, &actor, ids, &mut names)?;
    Ok(names)
}

/// Whoever supervised somebody until lately writes up what they held, and sees nothing else of them.
fn name_lately_supervised(
    reading: &mut Reading<'_>,
    actor: &Actor,
    ids: &[String],
    names: &mut HashMap<String, (String, String)>,
) -> Result<(), Problem> {
    let lately: Vec<&PersonId> = actor.supervised_until.iter().map(|link| &link.person).collect();
    let held: Vec<&String> = ids
        .iter()
        .filter(|id| id.ends_with(actor.person.as_str()) && id.contains('/') && !names.contains_key(*id))
        .collect();
    if lately.is_empty() || held.is_empty() {
        return Ok(());
    }
    let of_people: Vec<(PersonId, String)> = people::table
        .filter(people::id.eq_any(lately))
        .select((people::id, people::name))
        .load(reading.connection)?;
    for id in held {
        let person = of_people.iter().find(|(person, _)| id.split('/').next() == Some(person.as_str()));
        names.extend(person.map(|(_, name)| (id.clone(), (name.clone(), "/bookings".to_owned()))));
    }
    Ok(())
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
