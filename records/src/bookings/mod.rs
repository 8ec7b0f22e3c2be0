//! Booked sessions of the two people who are to meet, and the calendar that shows them.

mod about;
mod ending;
mod feed;
mod met;

pub(crate) use about::booked_days;
use about::talk_about;
pub use about::{BookedCase, book_cases};
use ending::check_not_rebooked;
pub use ending::{cancel, say_not_held};
pub(crate) use ending::{cancel_unasked, end_of_leaver, hand_on, hand_on_pair, was_never_written};
pub use feed::{CalendarEntry, end_feed, feed, feed_made_at, make_feed};
pub(crate) use met::{MET_WITHIN, met_by, was_held, was_not_held};

use crate::access::person_facts;
use crate::audit::Event;
use crate::content;
use crate::preparation;
use crate::problem::{Problem, Stale};
use crate::schema::{bookings, people};
use crate::store::{Reading, Writing, new_id};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use diesel::prelude::*;
use domain::access::{Action, SupervisionFacts, may};
use domain::bookings::{BookingState, BookingStep, CancelReason, Move, NewBooking, Standing};
use domain::calendar::{day_in_words, london_time};
use domain::clock::{minutes_after_midnight, time_at};
use domain::form::Problems;
use domain::ids::{BookingId, CaseId, OrganisationId, PersonId, SupervisionId};
use domain::supervision::{Mode, NewSupervision, SupervisionKind};

mod aliases {
    use crate::schema::people;
    diesel::alias!(people as booked_by: BookedBy, people as booked_with: BookedWith);
}
use aliases::{booked_by, booked_with};

/// A booked session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    /// The booking.
    pub id: BookingId,
    /// The day.
    pub on: NaiveDate,
    /// When it begins, on London clocks.
    pub at: NaiveTime,
    /// How long it is to last.
    pub minutes: i32,
    /// What it is for.
    pub kind: SupervisionKind,
    /// How people meet.
    pub mode: Mode,
    /// Who supervises, by id and name.
    pub supervisor: (PersonId, String),
    /// Who is supervised, by id and name.
    pub supervisee: (PersonId, String),
    /// What has become of it.
    pub state: BookingState,
    /// Why it was cancelled or not held.
    pub cancel_reason: Option<CancelReason>,
    /// More about it, in the words of the two.
    pub cancel_note: String,
    /// The session that was held.
    pub supervision: Option<SupervisionId>,
    /// The version.
    pub version: i32,
    /// What it is to be about, as far as the reader may open it.
    pub cases: Vec<BookedCase>,
    /// Whether it was cancelled and another is booked in its place.
    pub is_rebooked: bool,
}

type Row = (
    (BookingId, NaiveDate, i32, i32),
    (SupervisionKind, Mode, BookingState, Option<CancelReason>),
    (PersonId, String),
    (PersonId, String),
    (Option<SupervisionId>, i32, String),
);

macro_rules! booking_columns {
    () => {
        (
            (bookings::id, bookings::on_day, bookings::at_minutes, bookings::minutes),
            (bookings::kind, bookings::mode, bookings::state, bookings::cancel_reason),
            booked_by.fields((people::id, people::name)),
            booked_with.fields((people::id, people::name)),
            (bookings::supervision_id, bookings::version, bookings::cancel_note),
        )
    };
}

fn booking(row: Row) -> Booking {
    let (
        (id, on, at, minutes),
        (kind, mode, state, cancel_reason),
        supervisor,
        supervisee,
        (supervision, version, cancel_note),
    ) = row;
    Booking {
        id,
        on,
        at: time_at(at),
        minutes,
        kind,
        mode,
        supervisor,
        supervisee,
        state,
        cancel_reason,
        cancel_note,
        supervision,
        version,
        cases: Vec::new(),
        is_rebooked: false,
    }
}

impl Booking {
    /// Whether it was to begin by now; `now` is in UTC.
    pub fn has_begun(&self, now: NaiveDateTime) -> bool {
        london_time(now) >= self.on.and_time(self.at)
    }

    /// Where it stands on a day.
    pub fn standing(&self, today: NaiveDate) -> Standing {
        Standing {
            state: self.state,
            has_come: self.on <= today,
            is_past: self.on < today,
            is_written: self.supervision.is_some(),
        }
    }
}

/// Days back that the list goes: what was not held or not written up in that time is asked about.
const BACK: u64 = 60;

/// The actor's booked sessions from two months ago on, the earliest first.
pub fn list(reading: &mut Reading<'_>) -> Result<Vec<Booking>, Problem> {
    let actor = reading.actor()?;
    reading.permit(&Action::ListSupervision, "bookings", "")?;
    let from = reading.today() - Days::new(BACK);
    let mut booked = of_person(reading, &actor.organisation, &actor.person, from)?;
    about::add_cases(reading, &mut booked)?;
    about::mark_rebooked(reading, &mut booked)?;
    Ok(booked)
}

/// Sessions with somebody that were booked and not held, the newest first.
pub(crate) fn missed(reading: &mut Reading<'_>, supervisee: &PersonId) -> Result<Vec<Booking>, Problem> {
    let organisation = reading.organisation()?;
    let rows: Vec<Row> = bookings::table
        .inner_join(booked_by.on(booked_by.field(people::id).eq(bookings::supervisor_id)))
        .inner_join(booked_with.on(booked_with.field(people::id).eq(bookings::supervisee_id)))
        .filter(bookings::organisation_id.eq(organisation).and(bookings::supervisee_id.eq(supervisee)))
        .filter(bookings::state.eq_any(BookingState::MISSED))
        .order((bookings::on_day.desc(), bookings::id.desc()))
        .select(booking_columns!())
        .load(reading.connection)?;
    Ok(rows.into_iter().map(booking).collect())
}

fn of_person(
    reading: &mut Reading<'_>,
    organisation: &OrganisationId,
    person: &PersonId,
    from: NaiveDate,
) -> Result<Vec<Booking>, Problem> {
    let rows: Vec<Row> = bookings::table
        .inner_join(booked_by.on(booked_by.field(people::id).eq(bookings::supervisor_id)))
        .inner_join(booked_with.on(booked_with.field(people::id).eq(bookings::supervisee_id)))
        .filter(bookings::organisation_id.eq(organisation).and(bookings::on_day.ge(from)))
        .filter(bookings::supervisor_id.eq(person).or(bookings::supervisee_id.eq(person)))
        .order((bookings::on_day, bookings::at_minutes, bookings::id))
        .select(booking_columns!())
        .load(reading.connection)?;
    Ok(rows.into_iter().map(booking).collect())
}

/// A booking, for the two who are to meet.
pub fn open(reading: &mut Reading<'_>, id: &BookingId) -> Result<Booking, Problem> {
    let (organisation, found) = find(reading, id)?;
    let facts =
        SupervisionFacts::of_two(organisation, found.supervisor.0.clone(), found.supervisee.0.clone());
    reading.permit(&Action::KeepBooking(&facts), "booking", id)?;
    Ok(found)
}

/// A booking and its organisation, for whoever has asked the policy or is about to.
fn find(reading: &mut Reading<'_>, id: &BookingId) -> Result<(OrganisationId, Booking), Problem> {
    let (organisation, row): (OrganisationId, Row) = bookings::table
        .inner_join(booked_by.on(booked_by.field(people::id).eq(bookings::supervisor_id)))
        .inner_join(booked_with.on(booked_with.field(people::id).eq(bookings::supervisee_id)))
        .filter(bookings::id.eq(id))
        .select((bookings::organisation_id, booking_columns!()))
        .first(reading.connection)?;
    Ok((organisation, booking(row)))
}

/// Books a session, or a series. Returns how many.
pub fn book(writing: &mut Writing<'_>, new: &NewBooking) -> Result<usize, Problem> {
    let actor = writing.actor()?;
    let supervisee = person_facts(writing.connection, &new.supervisee)?;
    writing.permit(&Action::LogSupervision(&supervisee, None), "person", &new.supervisee)?;
    if !may(&actor, &Action::LogSupervision(&supervisee, Some(new.kind))).is_allowed() {
        return Err(Problems::one(
            "kind",
            "You do not supervise this person in that. Choose another kind of session",
        )
        .into());
    }
    let cases = match &new.instead_of {
        Some(missed) => missed_by_two(writing, missed, &new.supervisee)?,
        None => Vec::new(),
    };
    let rules = content::rules(writing)?;
    let days = new.series.days(new.on, &rules.working_days);
    let series = (days.len() > 1).then(new_id::<BookingId>);
    for (number, day) in days.iter().enumerate() {
        let is_first = number == 0;
        let row = NewRow {
            supervisor: &actor.person,
            supervisee: &new.supervisee,
            kind: new.kind,
            mode: new.mode,
            minutes: new.minutes,
            begins: Move { on: *day, at: new.at },
            series: series.as_ref(),
            instead_of: new.instead_of.as_ref().filter(|_| is_first),
            cases: if is_first { &cases } else { &[] },
        };
        row.insert(writing)?;
    }
    Ok(days.len())
}

/// What a session was to be about that two people missed and that nothing was booked in place of yet.
fn missed_by_two(
    writing: &mut Writing<'_>,
    missed: &BookingId,
    supervisee: &PersonId,
) -> Result<Vec<CaseId>, Problem> {
    let before = open(writing, missed)?;
    let is_theirs = before.supervisee.0 == *supervisee && before.supervisor.0 == writing.actor()?.person;
    if !is_theirs || !BookingState::MISSED.contains(&before.state) {
        return Err(Problem::NotFound);
    }
    check_not_rebooked(writing, missed)?;
    about::cases_of(writing, missed)
}

struct NewRow<'a> {
    supervisor: &'a PersonId,
    supervisee: &'a PersonId,
    kind: SupervisionKind,
    mode: Mode,
    minutes: i32,
    begins: Move,
    series: Option<&'a BookingId>,
    instead_of: Option<&'a BookingId>,
    cases: &'a [CaseId],
}

impl NewRow<'_> {
    fn insert(&self, writing: &mut Writing<'_>) -> Result<(), Problem> {
        let (id, organisation, now): (BookingId, _, _) = (new_id(), writing.organisation()?, writing.now);
        diesel::insert_into(bookings::table)
            .values((
                (bookings::id.eq(&id), bookings::organisation_id.eq(organisation)),
                (bookings::supervisor_id.eq(self.supervisor), bookings::supervisee_id.eq(self.supervisee)),
                (bookings::kind.eq(self.kind), bookings::mode.eq(self.mode)),
                (
                    bookings::on_day.eq(self.begins.on),
                    bookings::at_minutes.eq(minutes_after_midnight(self.begins.at)),
                ),
                bookings::minutes.eq(self.minutes),
                (bookings::series_id.eq(self.series), bookings::instead_of_id.eq(self.instead_of)),
                (bookings::state.eq(BookingState::Planned), bookings::cancel_note.eq("")),
                (bookings::version.eq(1), bookings::created_at.eq(now)),
            ))
            .execute(writing.connection)?;
        talk_about(writing, &id, self.cases)?;
        if let Some(before) = self.instead_of {
            preparation::goes_with(writing, before, &id)?;
        }
        writing.audit(
            Event::new("session_booked", "booking", &id)
                .with("cases", self.cases.len())
                .with("supervisee", self.supervisee)
                .with("on", self.begins.on),
        )
    }
}

/// Opens a booking to which somebody does something: as it was, and the state that it has then.
fn taking(
    writing: &mut Writing<'_>,
    id: &BookingId,
    version: i32,
    step: BookingStep,
) -> Result<(Booking, BookingState), Problem> {
    let before = open(writing, id)?;
    if before.version != version {
        let fields = vec![
            ("Day", day_in_words(before.on)),
            ("Begins", before.at.format("%-H:%M").to_string()),
            ("State", before.state.to_string()),
        ];
        return Err(Stale::new(before.version, fields).into());
    }
    let after =
        before.standing(writing.today()).after(step).map_err(|why| Problems::one("form", why.to_string()))?;
    Ok((before, after))
}

/// Moves one session; the others of its series stay.
pub fn move_to(writing: &mut Writing<'_>, id: &BookingId, version: i32, to: Move) -> Result<(), Problem> {
    let (_, after) = taking(writing, id, version, BookingStep::Move)?;
    diesel::update(bookings::table.filter(bookings::id.eq(id)))
        .set((
            bookings::on_day.eq(to.on),
            bookings::at_minutes.eq(minutes_after_midnight(to.at)),
            bookings::state.eq(after),
            bookings::version.eq(version + 1),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("booking_moved", "booking", id).with("on", to.on))
}

/// The person supervised says that they come.
pub fn confirm(writing: &mut Writing<'_>, id: &BookingId) -> Result<(), Problem> {
    let version = open(writing, id)?.version;
    let (before, after) = taking(writing, id, version, BookingStep::Confirm)?;
    if writing.actor()?.person != before.supervisee.0 {
        return Err(Problems::one("form", "Whoever is supervised confirms the session").into());
    }
    set_state(writing, &before, after)?;
    writing.audit(Event::new("booking_confirmed", "booking", id))
}

/// One of the two says that a session was held; its record is still to be written. No clock is moved: what is not recorded
/// does not count (domain.md 16.5).
pub fn say_held(writing: &mut Writing<'_>, id: &BookingId) -> Result<(), Problem> {
    let version = open(writing, id)?.version;
    let (before, after) = taking(writing, id, version, BookingStep::SayHeld)?;
    set_state(writing, &before, after)?;
    writing.audit(Event::new("booking_held", "booking", id))
}

fn set_state(writing: &mut Writing<'_>, before: &Booking, after: BookingState) -> Result<(), Problem> {
    diesel::update(bookings::table.filter(bookings::id.eq(&before.id)))
        .set((bookings::state.eq(after), bookings::version.eq(before.version + 1)))
        .execute(writing.connection)?;
    Ok(())
}

/// When the sessions after a serious incident begin until somebody moves them: 10 o'clock, in minutes after midnight in London.
const FOLLOW_UP_AT: i32 = 10 * 60;

/// Books a session after a serious incident. Whoever logs that one may hold this one.
pub(crate) fn book_follow_up(
    writing: &mut Writing<'_>,
    (supervisor, supervisee): (&PersonId, &PersonId),
    session: &NewSupervision,
    on: NaiveDate,
) -> Result<(), Problem> {
    let at = time_at(FOLLOW_UP_AT);
    let row = NewRow {
        supervisor,
        supervisee,
        kind: session.kind,
        mode: session.mode,
        minutes: session.minutes,
        begins: Move { on, at },
        series: None,
        instead_of: None,
        cases: &[],
    };
    row.insert(writing)
}

/// The last day on which a session that is cancelled today is to be held again.
pub fn again_by(reading: &mut Reading<'_>) -> Result<NaiveDate, Problem> {
    let rules = content::rules(reading)?;
    let within = rules.policy.number(domain::policy::Rule::BookAgain);
    Ok(rules.working_days.add(reading.today(), within))
}
