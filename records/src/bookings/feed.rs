//! The secret link with which a calendar program shows when somebody has supervision, and nothing else.

use super::{BACK, Booking, of_person};
use crate::access::Who;
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{calendar_feeds, people};
use crate::secrets;
use crate::store::{Reading, Store, Writing};
use chrono::{Days, NaiveDateTime};
use diesel::prelude::*;
use domain::access::Action;
use domain::bookings::BookingState;
use domain::calendar::london_instant;
use domain::ids::{BookingId, OrganisationId, PersonId};

/// Makes a secret link to the actor's calendar; one that there was leads nowhere any more. Returns its secret.
pub fn make_feed(writing: &mut Writing<'_>) -> Result<String, Problem> {
    let (actor, now) = (writing.actor()?, writing.now);
    writing.permit(&Action::SeeOwnWork, "calendar", "")?;
    let token = secrets::token()?;
    diesel::delete(calendar_feeds::table.filter(calendar_feeds::person_id.eq(&actor.person)))
        .execute(writing.connection)?;
    diesel::insert_into(calendar_feeds::table)
        .values((
            calendar_feeds::person_id.eq(&actor.person),
            calendar_feeds::organisation_id.eq(&actor.organisation),
            calendar_feeds::token_hash.eq(secrets::sha256(&token)),
            calendar_feeds::created_at.eq(now),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("calendar_link_made", "person", &actor.person))?;
    Ok(token)
}

/// Ends the link to the actor's calendar.
pub fn end_feed(writing: &mut Writing<'_>) -> Result<(), Problem> {
    let actor = writing.actor()?;
    writing.permit(&Action::SeeOwnWork, "calendar", "")?;
    diesel::delete(calendar_feeds::table.filter(calendar_feeds::person_id.eq(&actor.person)))
        .execute(writing.connection)?;
    writing.audit(Event::new("calendar_link_ended", "person", &actor.person))
}

/// When the actor's link was made, if there is one.
pub fn feed_made_at(reading: &mut Reading<'_>) -> Result<Option<NaiveDateTime>, Problem> {
    let actor = reading.actor()?;
    Ok(calendar_feeds::table
        .filter(calendar_feeds::person_id.eq(&actor.person))
        .select(calendar_feeds::created_at)
        .first(reading.connection)
        .optional()?)
}

/// A session as a calendar outside shows it: when, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEntry {
    /// The booking; nobody can learn anything from it.
    pub id: BookingId,
    /// When it begins, in UTC.
    pub begins: NaiveDateTime,
    /// When it ends, in UTC.
    pub ends: NaiveDateTime,
    /// The version.
    pub version: i32,
}

/// The planned sessions of whoever holds this secret link, while they work here.
pub fn feed(store: &Store, token: &str, now: NaiveDateTime) -> Result<Vec<CalendarEntry>, Problem> {
    store.read(&Who::system("calendar"), now, |reading| {
        let (person, organisation): (PersonId, OrganisationId) = calendar_feeds::table
            .inner_join(people::table.on(people::id.eq(calendar_feeds::person_id)))
            .filter(calendar_feeds::token_hash.eq(secrets::sha256(token)))
            .filter(people::standing.eq(domain::people::Standing::Active))
            .select((calendar_feeds::person_id, calendar_feeds::organisation_id))
            .first(reading.connection)?;
        let from = reading.today() - Days::new(BACK);
        let booked = of_person(reading, &organisation, &person, from)?;
        let is_shown = |booking: &Booking| !BookingState::MISSED.contains(&booking.state);
        let entries = booked.into_iter().filter(is_shown).map(|booking| {
            let begins = london_instant(booking.on, booking.at);
            let ends = begins + chrono::Duration::minutes(booking.minutes.into());
            CalendarEntry { id: booking.id, begins, ends, version: booking.version }
        });
        Ok(entries.collect())
    })
}
