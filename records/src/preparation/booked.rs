//! The agenda of a booked session that is not of every day: each has its own, because what a group is to talk about, or what to look
//! for at a visit, is nothing for the next session of the two.

use super::pack::gathered;
use super::{AgendaItem, NextSession, Pair, PrepPack};
use crate::audit::Event;
use crate::bookings::{MET_WITHIN, met_by};
use crate::people::links::runs_on;
use crate::problem::Problem;
use crate::schema::{agenda_items, bookings, people, supervisor_links};
use crate::store::{Reading, Writing, new_id};
use crate::supervision;
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use domain::access::{Action, SupervisionFacts, may};
use domain::bookings::BookingState;
use domain::clock::time_at;
use domain::form::Problems;
use domain::ids::{AgendaItemId, BookingId, OrganisationId, PersonId, SupervisionId};
use domain::supervision::{Mode, NewSupervision, SupervisionKind};

mod aliases {
    use crate::schema::people;
    diesel::alias!(people as to_be_held_by: ToBeHeldBy, people as to_be_held_with: ToBeHeldWith);
}
use aliases::{to_be_held_by, to_be_held_with};

/// A booked session with an agenda of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedSession {
    /// The booking.
    pub id: BookingId,
    /// When, for what and how.
    pub meets: NextSession,
    /// Who supervises, by id and name.
    pub supervisor: (PersonId, String),
    /// Who is supervised, or presents in a group, by id and name.
    pub supervisee: (PersonId, String),
}

type Columns = (
    BookingId,
    OrganisationId,
    (NaiveDate, i32, i32, SupervisionKind, Mode),
    (PersonId, String),
    (PersonId, String),
);

macro_rules! booked_sessions {
    () => {
        bookings::table
            .inner_join(to_be_held_by.on(to_be_held_by.field(people::id).eq(bookings::supervisor_id)))
            .inner_join(to_be_held_with.on(to_be_held_with.field(people::id).eq(bookings::supervisee_id)))
            .select((
                bookings::id,
                bookings::organisation_id,
                (bookings::on_day, bookings::at_minutes, bookings::minutes, bookings::kind, bookings::mode),
                to_be_held_by.fields((people::id, people::name)),
                to_be_held_with.fields((people::id, people::name)),
            ))
    };
}

fn booked((id, _, (on, at, minutes, kind, mode), supervisor, supervisee): Columns) -> BookedSession {
    let meets = NextSession { on, at: time_at(at), minutes, kind, mode };
    BookedSession { id, meets, supervisor, supervisee }
}

/// The booked sessions to whose agenda the actor may add, the next first, and those of the last days that are not written up yet: their
/// own, and those of a group whose supervisor supervises them.
pub fn booked_sessions(reading: &mut Reading<'_>) -> Result<Vec<BookedSession>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::ListSupervision, "bookings", "")?;
    let supervisors: Vec<PersonId> = actor.supervised_by.iter().map(|(person, _)| person.clone()).collect();
    let own = bookings::supervisor_id.eq(&actor.person).or(bookings::supervisee_id.eq(&actor.person));
    let of_group = bookings::kind.eq(SupervisionKind::Group).and(bookings::supervisor_id.eq_any(supervisors));
    let rows: Vec<Columns> = booked_sessions!()
        .filter(bookings::organisation_id.eq(&actor.organisation))
        .filter(own.or(of_group))
        .filter(bookings::kind.eq_any(SupervisionKind::WITH_OWN_AGENDA))
        .filter(bookings::state.eq_any(BookingState::UNWRITTEN).and(bookings::supervision_id.is_null()))
        .filter(bookings::on_day.ge(reading.today() - Days::new(MET_WITHIN)))
        .order((bookings::on_day, bookings::at_minutes, bookings::id))
        .load(reading.connection)?;
    Ok(rows.into_iter().map(booked).collect())
}

/// The agenda of a booked session, each item with its author's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedAgenda {
    /// The session.
    pub session: BookedSession,
    /// What is to be talked about, in the order in which it was put there.
    pub items: Vec<(AgendaItem, String)>,
}

/// Opens the agenda of a booked session.
pub fn booked_agenda(reading: &mut Reading<'_>, id: &BookingId) -> Result<BookedAgenda, Problem> {
    let session = permitted(reading, id)?;
    let rows: Vec<(AgendaItemId, String, PersonId, String)> = agenda_items::table
        .inner_join(people::table.on(people::id.eq(agenda_items::author_id)))
        .filter(agenda_items::booking_id.eq(id).and(agenda_items::supervision_id.is_null()))
        .order(agenda_items::id)
        .select((agenda_items::id, agenda_items::words, people::id, people::name))
        .load(reading.connection)?;
    let item = |(id, words, author, name)| (AgendaItem { id, words, author }, name);
    Ok(BookedAgenda { session, items: rows.into_iter().map(item).collect() })
}

/// What a booked session opens with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedPack {
    /// The session and its agenda.
    pub agenda: BookedAgenda,
    /// Whether it is still to be held or written up.
    pub is_to_come: bool,
    /// The last session of this kind that the same supervisor held, of a group with anybody and else with the same person, if the
    /// reader may open it.
    pub last: Option<(SupervisionId, NaiveDate)>,
    /// The work that the reader brings: whoever leads it that of the one whom they meet, everybody else their own.
    pub brings: Option<PrepPack>,
}

/// The pack of a booked session.
pub fn booked_pack(reading: &mut Reading<'_>, id: &BookingId) -> Result<BookedPack, Problem> {
    let agenda = booked_agenda(reading, id)?;
    let (actor, session) = (reading.actor()?, &agenda.session);
    let supervisor = session.supervisor.0.clone();
    let supervisee =
        if actor.person == supervisor { session.supervisee.0.clone() } else { actor.person.clone() };
    let pair = Pair { supervisor, supervisee };
    let of_two = pair.facts(&actor.organisation);
    let brings =
        may(&actor, &Action::Prepare(&of_two)).is_allowed().then(|| gathered(reading, &pair)).transpose()?;
    let session = &agenda.session;
    let with = (session.meets.kind != SupervisionKind::Group).then_some(&session.supervisee.0);
    let last = supervision::last_of_kind(reading, (&session.supervisor.0, with), session.meets.kind)?;
    let is_to_come = waits(reading, id)?;
    Ok(BookedPack { agenda, is_to_come, last, brings })
}

/// A booked session to whose agenda the actor may add.
fn permitted(reading: &mut Reading<'_>, id: &BookingId) -> Result<BookedSession, Problem> {
    let columns: Columns = booked_sessions!()
        .filter(bookings::id.eq(id).and(bookings::kind.eq_any(SupervisionKind::WITH_OWN_AGENDA)))
        .first(reading.connection)?;
    let organisation = columns.1.clone();
    let session = booked(columns);
    let mut facts =
        SupervisionFacts::of_two(organisation, session.supervisor.0.clone(), session.supervisee.0.clone());
    if session.meets.kind == SupervisionKind::Group {
        facts.others = group_of(reading, &session.supervisor.0)?;
    }
    reading.permit(&Action::PrepareTogether(&facts), "booking", id)?;
    Ok(session)
}

/// Who may be in a group: everybody whom its supervisor supervises today. Who comes is known when it is held.
fn group_of(reading: &mut Reading<'_>, supervisor: &PersonId) -> Result<Vec<PersonId>, Problem> {
    let today = reading.today();
    Ok(supervisor_links::table
        .filter(supervisor_links::supervisor_id.eq(supervisor).and(runs_on(today)))
        .select(supervisor_links::supervisee_id)
        .distinct()
        .load(reading.connection)?)
}

/// Whether a booked session is still to be held or written up.
fn waits(reading: &mut Reading<'_>, id: &BookingId) -> Result<bool, Problem> {
    let unwritten: i64 = bookings::table
        .filter(bookings::id.eq(id).and(bookings::supervision_id.is_null()))
        .filter(bookings::state.eq_any(BookingState::UNWRITTEN))
        .count()
        .get_result(reading.connection)?;
    Ok(unwritten > 0)
}

/// Puts something on the agenda of a booked session.
pub fn add_to_booked_agenda(
    writing: &mut Writing<'_>,
    id: &BookingId,
    words: &str,
) -> Result<AgendaItemId, Problem> {
    let session = permitted(writing, id)?;
    if !waits(writing, id)? {
        let words =
            "This session is written up, cancelled or was not held. Put it on the agenda of the next one";
        return Err(Problems::one("agenda", words).into());
    }
    let (item, now, actor): (AgendaItemId, _, _) = (new_id(), writing.now, writing.actor()?);
    diesel::insert_into(agenda_items::table)
        .values((
            (agenda_items::id.eq(&item), agenda_items::organisation_id.eq(&actor.organisation)),
            agenda_items::supervisor_id.eq(&session.supervisor.0),
            agenda_items::supervisee_id.eq(&session.supervisee.0),
            (agenda_items::author_id.eq(&actor.person), agenda_items::booking_id.eq(id)),
            (agenda_items::words.eq(words), agenda_items::added_at.eq(now)),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("agenda_item_added", "agenda_item", &item).with("booking", id))?;
    Ok(item)
}

/// The booked session on whose agenda something stands that the actor may take off: who put it there, and whoever leads the session.
pub(super) fn booking_of_item(
    reading: &mut Reading<'_>,
    id: &AgendaItemId,
) -> Result<Option<BookingId>, Problem> {
    let (booking, author): (Option<BookingId>, PersonId) = agenda_items::table
        .filter(agenda_items::id.eq(id).and(agenda_items::supervision_id.is_null()))
        .select((agenda_items::booking_id, agenda_items::author_id))
        .first(reading.connection)?;
    let Some(booking) = booking else { return Ok(None) };
    let session = permitted(reading, &booking)?;
    let actor = reading.actor()?.person;
    if actor != author && actor != session.supervisor.0 {
        return Err(Problem::NotFound);
    }
    Ok(Some(booking))
}

/// What stands on the agenda of the booked session of this kind that two people are about to write up: of the one that it meets if it was
/// held today.
pub fn agenda_of_kind(
    reading: &mut Reading<'_>,
    supervisee: &PersonId,
    kind: SupervisionKind,
) -> Result<Vec<AgendaItem>, Problem> {
    let (actor, today) = (reading.actor()?, reading.today());
    let met = met_by(reading, &actor.person, supervisee, (kind, today))?;
    let Some(met) = met else { return Ok(Vec::new()) };
    let agenda = booked_agenda(reading, &met)?;
    Ok(agenda.items.into_iter().map(|(item, _)| item).collect())
}

/// A session that was booked was held: these items of its agenda were talked about. What the two keep for next time goes to their own
/// agenda; a group keeps nothing, because who is in the next is not known.
pub(crate) fn were_talked_about(
    writing: &mut Writing<'_>,
    session: &NewSupervision,
    supervision: &SupervisionId,
) -> Result<(), Problem> {
    let supervisor = writing.actor()?.person;
    let is_open = agenda_items::supervision_id.is_null().and(agenda_items::booking_id.is_not_null());
    let was_shown =
        agenda_items::id.eq_any(&session.talked_about).and(agenda_items::supervisor_id.eq(&supervisor));
    diesel::update(agenda_items::table.filter(is_open.and(was_shown)))
        .set(agenda_items::supervision_id.eq(supervision))
        .execute(writing.connection)?;
    let booked = bookings::table
        .filter(bookings::supervision_id.eq(supervision))
        .select(bookings::id)
        .first::<BookingId>(writing.connection)
        .optional()?;
    let Some(booked) = booked else { return Ok(()) };
    let is_left = agenda_items::booking_id.eq(&booked).and(agenda_items::supervision_id.is_null());
    if session.kind.has_others() {
        // What somebody added while the form was open goes with the session: nothing of it is lost from sight.
        diesel::update(agenda_items::table.filter(is_left))
            .set(agenda_items::supervision_id.eq(supervision))
            .execute(writing.connection)?;
        return Ok(());
    }
    diesel::update(agenda_items::table.filter(is_left))
        .set((
            agenda_items::booking_id.eq(None::<BookingId>),
            agenda_items::supervisor_id.eq(supervisor),
            agenda_items::supervisee_id.eq(&session.supervisee),
        ))
        .execute(writing.connection)?;
    Ok(())
}

/// A session is held at another time: its agenda goes there with it.
pub(crate) fn goes_with(writing: &mut Writing<'_>, from: &BookingId, to: &BookingId) -> Result<(), Problem> {
    diesel::update(agenda_items::table.filter(agenda_items::booking_id.eq(from)))
        .set(agenda_items::booking_id.eq(to))
        .execute(writing.connection)?;
    Ok(())
}
