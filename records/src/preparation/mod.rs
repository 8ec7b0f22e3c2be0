//! Before a session: its agenda, what the person supervised prepares, and the pack that both open it with.
//!
//! Both belong to two people and not to a day: what is not talked about stands there for the next time. A preparation is its
//! author's alone until they share it; neither is part of the record.

mod basis;
mod booked;
mod pack;
mod prepared;

use booked::booking_of_item;
pub use booked::{
    BookedAgenda, BookedPack, BookedSession, add_to_booked_agenda, agenda_of_kind, booked_agenda,
    booked_pack, booked_sessions,
};
pub(crate) use booked::{goes_with, were_talked_about};
pub use pack::{
    AddedLater, LastDecision, NextSession, PackCase, PrepPack, RiskChange, WaitingQuestion, pack,
};
pub use prepared::Prepared;
pub(crate) use prepared::own;

use crate::access::person_facts;
use crate::audit::Event;
use crate::problem::{Problem, Stale};
use crate::schema::{agenda_items, bookings, people, preparations, raised_prompts};
use crate::store::{Reading, Writing, new_id};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::{Action, SupervisionFacts};
use domain::bookings::BookingState;
use domain::form::Form;
use domain::ids::{AgendaItemId, BookingId, OrganisationId, PersonId, PreparationId, SupervisionId};
use domain::preparation::{NewPreparation, Sharing};
use domain::reflection::PromptState;
use std::collections::HashMap;

/// Two people who meet for supervision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pair {
    /// Who supervises.
    pub supervisor: PersonId,
    /// Who is supervised.
    pub supervisee: PersonId,
}

impl Pair {
    /// The two as the policy knows them.
    pub fn facts(&self, organisation: &OrganisationId) -> SupervisionFacts {
        SupervisionFacts::of_two(organisation.clone(), self.supervisor.clone(), self.supervisee.clone())
    }
}

/// Something on the agenda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgendaItem {
    /// The item.
    pub id: AgendaItemId,
    /// What somebody wants to talk about.
    pub words: String,
    /// Who put it there.
    pub author: PersonId,
}

/// What somebody prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preparation {
    /// The answers that hold a word, by the question's key.
    pub answers: Vec<(String, String)>,
    /// How the person is, from 1 to 5, if they said so.
    pub wellbeing: Option<i32>,
    /// Who reads it.
    pub sharing: Sharing,
    /// When it was last changed, in UTC.
    pub changed_at: NaiveDateTime,
    /// The version.
    pub version: i32,
}

/// Somebody with whom a session can be prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairSummary {
    /// The two.
    pub pair: Pair,
    /// The other one's name.
    pub other: String,
    /// Whether the reader is the one who is supervised.
    pub is_supervisee: bool,
    /// The next session that is booked.
    pub next_on: Option<NaiveDate>,
}

/// The two people as the policy knows them.
fn facts(reading: &mut Reading<'_>, pair: &Pair) -> Result<SupervisionFacts, Problem> {
    let person = person_facts(reading.connection, &pair.supervisee)?;
    Ok(pair.facts(&person.organisation))
}

/// With whom the actor can prepare a session: whoever supervises them first.
pub fn pairs(reading: &mut Reading<'_>) -> Result<Vec<PairSummary>, Problem> {
    let (actor, today) = (reading.actor()?, reading.today());
    reading.permit(&Action::ListSupervision, "preparations", "")?;
    let above = actor.supervised_by.iter().map(|(other, _)| (other.clone(), true));
    let below = actor.supervises.iter().map(|(other, _)| (other.clone(), false));
    let mut others: Vec<(PersonId, bool)> = Vec::new();
    for other in above.chain(below) {
        if !others.contains(&other) {
            others.push(other);
        }
    }
    let ids: Vec<&PersonId> = others.iter().map(|(other, _)| other).collect();
    let names: HashMap<PersonId, String> = people::table
        .filter(people::id.eq_any(ids))
        .select((people::id, people::name))
        .load::<(PersonId, String)>(reading.connection)?
        .into_iter()
        .collect();
    let booked: Vec<(PersonId, PersonId, NaiveDate)> = bookings::table
        .filter(bookings::supervisor_id.eq(&actor.person).or(bookings::supervisee_id.eq(&actor.person)))
        .filter(bookings::on_day.ge(today).and(bookings::state.eq_any(BookingState::AHEAD)))
        .order(bookings::on_day)
        .select((bookings::supervisor_id, bookings::supervisee_id, bookings::on_day))
        .load(reading.connection)?;
    let summary = |(other, is_supervisee): (PersonId, bool)| {
        let name = names.get(&other)?.clone();
        let (supervisor, supervisee) =
            if is_supervisee { (other, actor.person.clone()) } else { (actor.person.clone(), other) };
        let pair = Pair { supervisor, supervisee };
        let next = booked.iter().find(|(by, with, _)| *by == pair.supervisor && *with == pair.supervisee);
        Some(PairSummary { next_on: next.map(|(.., on)| *on), pair, other: name, is_supervisee })
    };
    let mut pairs: Vec<PairSummary> = others.into_iter().filter_map(summary).collect();
    pairs.sort_by(|one, other| (!one.is_supervisee, &one.other).cmp(&(!other.is_supervisee, &other.other)));
    Ok(pairs)
}

/// Puts something on the agenda.
pub fn add_to_agenda(writing: &mut Writing<'_>, pair: &Pair, words: &str) -> Result<AgendaItemId, Problem> {
    let facts = facts(writing, pair)?;
    writing.permit(&Action::Prepare(&facts), "person", &pair.supervisee)?;
    let (id, now, author): (AgendaItemId, _, _) = (new_id(), writing.now, writing.actor()?.person);
    diesel::insert_into(agenda_items::table)
        .values((
            (agenda_items::id.eq(&id), agenda_items::organisation_id.eq(&facts.organisation)),
            agenda_items::supervisor_id.eq(&pair.supervisor),
            agenda_items::supervisee_id.eq(&pair.supervisee),
            (
                agenda_items::author_id.eq(author),
                agenda_items::words.eq(words),
                agenda_items::added_at.eq(now),
            ),
        ))
        .execute(writing.connection)?;
    writing
        .audit(Event::new("agenda_item_added", "agenda_item", &id).with("supervisee", &pair.supervisee))?;
    Ok(id)
}

/// On whose agenda something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgendaOf {
    /// That of two people.
    Two(Pair),
    /// That of a booked session.
    Booked(BookingId),
}

/// On whose agenda something stands that the actor may take off.
pub fn agenda_of_item(reading: &mut Reading<'_>, id: &AgendaItemId) -> Result<AgendaOf, Problem> {
    if let Some(booking) = booking_of_item(reading, id)? {
        return Ok(AgendaOf::Booked(booking));
    }
    let (organisation, supervisor, supervisee): (OrganisationId, PersonId, PersonId) = agenda_items::table
        .filter(agenda_items::id.eq(id).and(agenda_items::supervision_id.is_null()))
        .select((agenda_items::organisation_id, agenda_items::supervisor_id, agenda_items::supervisee_id))
        .first(reading.connection)?;
    let pair = Pair { supervisor, supervisee };
    let facts = pair.facts(&organisation);
    reading.permit(&Action::Prepare(&facts), "agenda_item", id)?;
    Ok(AgendaOf::Two(pair))
}

/// Takes something off the agenda: either of the two may; from that of a booked session who put it there, and whoever leads it. A
/// question that somebody took to supervision waits for its reply again.
pub fn take_off_agenda(writing: &mut Writing<'_>, id: &AgendaItemId) -> Result<AgendaOf, Problem> {
    let whose = agenda_of_item(writing, id)?;
    diesel::update(raised_prompts::table.filter(raised_prompts::agenda_item_id.eq(id)))
        .set((
            raised_prompts::state.eq(PromptState::Raised),
            raised_prompts::version.eq(raised_prompts::version + 1),
        ))
        .execute(writing.connection)?;
    remove_from_agenda(writing, id)?;
    Ok(whose)
}

/// Removes an item that was not talked about; one that was stays with its session. No question points to it any more.
pub(crate) fn remove_from_agenda(writing: &mut Writing<'_>, id: &AgendaItemId) -> Result<(), Problem> {
    diesel::update(raised_prompts::table.filter(raised_prompts::agenda_item_id.eq(id)))
        .set(raised_prompts::agenda_item_id.eq(None::<AgendaItemId>))
        .execute(writing.connection)?;
    let not_talked_about =
        agenda_items::table.filter(agenda_items::id.eq(id).and(agenda_items::supervision_id.is_null()));
    if diesel::delete(not_talked_about).execute(writing.connection)? == 0 {
        return Ok(());
    }
    writing.audit(Event::new("agenda_item_taken_off", "agenda_item", id))
}

/// What stands on the agenda of two people, in the order in which it was put there.
pub fn agenda(reading: &mut Reading<'_>, pair: &Pair) -> Result<Vec<AgendaItem>, Problem> {
    let organisation = facts(reading, pair)?.organisation;
    agenda_in(reading, pair, &organisation)
}

/// The same for a pair of whom the organisation is known.
pub fn agenda_in(
    reading: &mut Reading<'_>,
    pair: &Pair,
    organisation: &OrganisationId,
) -> Result<Vec<AgendaItem>, Problem> {
    let facts = pair.facts(organisation);
    reading.permit(&Action::Prepare(&facts), "person", &pair.supervisee)?;
    let rows: Vec<(AgendaItemId, String, PersonId)> = agenda_items::table
        .filter(agenda_items::supervisor_id.eq(&pair.supervisor))
        .filter(agenda_items::supervisee_id.eq(&pair.supervisee).and(agenda_items::supervision_id.is_null()))
        .filter(agenda_items::booking_id.is_null())
        .order(agenda_items::id)
        .select((agenda_items::id, agenda_items::words, agenda_items::author_id))
        .load(reading.connection)?;
    Ok(rows.into_iter().map(|(id, words, author)| AgendaItem { id, words, author }).collect())
}

/// A session of this day was held: these items of its agenda were talked about, and what was prepared by then is done with.
pub(crate) fn was_talked_about(
    writing: &mut Writing<'_>,
    pair: &Pair,
    (session, held_on): (&SupervisionId, NaiveDate),
    talked_about: &[AgendaItemId],
) -> Result<(), Problem> {
    diesel::update(
        agenda_items::table
            .filter(agenda_items::supervisor_id.eq(&pair.supervisor))
            .filter(agenda_items::supervisee_id.eq(&pair.supervisee))
            .filter(agenda_items::supervision_id.is_null().and(agenda_items::id.eq_any(talked_about))),
    )
    .set(agenda_items::supervision_id.eq(session))
    .execute(writing.connection)?;
    // A session that is typed up late does not use up what was prepared for the next.
    let prepared = waiting(writing, pair)?;
    if let Some(row) = prepared
        && domain::calendar::london_day(row.changed_at) <= held_on
    {
        diesel::update(preparations::table.filter(preparations::id.eq(&row.id)))
            .set(preparations::supervision_id.eq(session))
            .execute(writing.connection)?;
    }
    Ok(())
}

/// A session turned out not to count: its agenda waits again, and so does what was prepared for it, unless the next is prepared
/// already.
pub(crate) fn was_not_talked_about(
    writing: &mut Writing<'_>,
    pair: &Pair,
    session: &SupervisionId,
) -> Result<(), Problem> {
    diesel::update(agenda_items::table.filter(agenda_items::supervision_id.eq(session)))
        .set(agenda_items::supervision_id.eq(None::<SupervisionId>))
        .execute(writing.connection)?;
    if waiting(writing, pair)?.is_none() {
        diesel::update(preparations::table.filter(preparations::supervision_id.eq(session)))
            .set(preparations::supervision_id.eq(None::<SupervisionId>))
            .execute(writing.connection)?;
    }
    Ok(())
}

// --- The preparation ----------------------------------------------------------------------------------------------

#[derive(Queryable, Selectable)]
#[diesel(table_name = preparations)]
struct Row {
    id: PreparationId,
    answers: String,
    wellbeing: Option<i32>,
    sharing: Sharing,
    version: i32,
    changed_at: NaiveDateTime,
}

fn waiting(reading: &mut Reading<'_>, pair: &Pair) -> Result<Option<Row>, Problem> {
    Ok(preparations::table
        .filter(preparations::supervisor_id.eq(&pair.supervisor))
        .filter(preparations::supervisee_id.eq(&pair.supervisee).and(preparations::supervision_id.is_null()))
        .select(Row::as_select())
        .first(reading.connection)
        .optional()?)
}

fn preparation(row: Row) -> Result<Preparation, Problem> {
    let answers: Vec<(String, String)> = serde_json::from_str(&row.answers).map_err(Problem::unexpected)?;
    let Row { wellbeing, sharing, version, changed_at, .. } = row;
    Ok(Preparation { answers, wellbeing, sharing, changed_at, version })
}

/// The form in which the person supervised prepares, as it stands so far; and what there is to bring.
pub fn preparation_form(reading: &mut Reading<'_>, pair: &Pair) -> Result<(Form, PrepPack), Problem> {
    let facts = facts(reading, pair)?;
    reading.permit(&Action::WritePreparation(&facts), "person", &pair.supervisee)?;
    let pack = pack::gathered(reading, pair)?;
    let mut form = Form::default();
    form.set("version", "0");
    if let Some(prepared) = &pack.preparation {
        for (key, answer) in &prepared.answers {
            form.set(key, answer.as_str());
        }
        form.set("wellbeing", prepared.wellbeing.map_or(String::new(), |number| number.to_string()));
        form.set("sharing", domain::TextValue::code(prepared.sharing));
        form.set("version", prepared.version.to_string());
    }
    Ok((form, pack))
}

/// Saves what somebody prepares.
pub fn prepare(
    writing: &mut Writing<'_>,
    pair: &Pair,
    version: i32,
    new: &NewPreparation,
) -> Result<(), Problem> {
    use domain::TextValue;
    let facts = facts(writing, pair)?;
    writing.permit(&Action::WritePreparation(&facts), "person", &pair.supervisee)?;
    let (before, now) = (waiting(writing, pair)?, writing.now);
    let answers = serde_json::to_string(&new.answers).map_err(Problem::unexpected)?;
    let id = match before {
        Some(row) if row.version != version => return Err(stale(row)?.into()),
        Some(row) => {
            diesel::update(preparations::table.filter(preparations::id.eq(&row.id)))
                .set((
                    (preparations::answers.eq(answers), preparations::wellbeing.eq(new.wellbeing)),
                    (preparations::sharing.eq(new.sharing), preparations::version.eq(version + 1)),
                    preparations::changed_at.eq(now),
                ))
                .execute(writing.connection)?;
            row.id
        }
        None => {
            let id: PreparationId = new_id();
            diesel::insert_into(preparations::table)
                .values((
                    (preparations::id.eq(&id), preparations::organisation_id.eq(&facts.organisation)),
                    preparations::supervisor_id.eq(&pair.supervisor),
                    preparations::supervisee_id.eq(&pair.supervisee),
                    (preparations::answers.eq(answers), preparations::wellbeing.eq(new.wellbeing)),
                    (preparations::sharing.eq(new.sharing), preparations::version.eq(1)),
                    (preparations::created_at.eq(now), preparations::changed_at.eq(now)),
                ))
                .execute(writing.connection)?;
            id
        }
    };
    writing.audit(Event::new("prepared", "preparation", &id).with("sharing", new.sharing.code()))
}

fn stale(row: Row) -> Result<Stale, Problem> {
    let version = row.version;
    let prepared = preparation(row)?;
    Ok(Stale::new(version, prepared.said()))
}
