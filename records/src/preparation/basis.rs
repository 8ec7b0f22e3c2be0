//! What two people have before a session, besides their cases.

use super::{AgendaItem, NextSession, Pair, Row};
use crate::problem::Problem;
use crate::schema::{agenda_items, agreements, bookings, people, person_roles, preparations, supervisions};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::bookings::BookingState;
use domain::clock::time_at;
use domain::ids::{AgendaItemId, AgreementId, OrganisationId, PersonId, SupervisionId, TeamId};
use domain::people::Role;
use domain::supervision::{Mode, RecordState, SupervisionKind};

mod names {
    use crate::schema::{agreements, bookings, people, supervisions};
    diesel::alias!(
        people as preparing_supervisor: PreparingSupervisor,
        bookings as ahead: Ahead,
        agreements as agreed: Agreed,
        supervisions as held: Held,
    );
}
use names::{agreed, ahead, held, preparing_supervisor};

/// Days ahead in which a booked session is the next one.
const SOON_DAYS: u64 = 60;

/// What the two themselves have: names, the last session and the next, agenda, agreement, what is prepared, and the supervisee's
/// roles.
pub(super) struct Basis {
    pub(super) organisation: OrganisationId,
    pub(super) team: TeamId,
    /// The supervisor's name and the supervisee's.
    pub(super) names: (String, String),
    /// The last session that was held.
    pub(super) last: Option<(SupervisionId, NaiveDate)>,
    /// The next one of theirs that is booked.
    pub(super) next: Option<NextSession>,
    pub(super) agenda: Vec<AgendaItem>,
    pub(super) agreement: Option<(AgreementId, NaiveDate)>,
    pub(super) prepared: Option<Row>,
    pub(super) roles: Vec<Role>,
}

type Ahead = (NaiveDate, i32, i32, SupervisionKind, Mode);

/// One statement: one session, one booking, one agreement and one preparation, and a row for each item of the agenda and each role.
pub(super) fn basis(reading: &mut Reading<'_>, pair: &Pair) -> Result<Basis, Problem> {
    type Found = (
        (OrganisationId, TeamId, String, String),
        (Option<(SupervisionId, NaiveDate)>, Option<Ahead>, Option<(AgreementId, NaiveDate)>),
        Option<(AgendaItemId, String, PersonId)>,
        Option<Role>,
        Option<Row>,
    );
    let (today, supervisor, supervisee) = (reading.today(), &pair.supervisor, &pair.supervisee);
    let soon = today.checked_add_days(chrono::Days::new(SOON_DAYS)).unwrap_or(today);
    let last_held = held
        .filter(held.field(supervisions::supervisor_id).eq(supervisor.clone()))
        .filter(held.field(supervisions::supervisee_id).eq(supervisee.clone()))
        .filter(held.field(supervisions::state).ne(RecordState::Voided))
        .order((held.field(supervisions::held_on).desc(), held.field(supervisions::id).desc()))
        .select(held.field(supervisions::id))
        .limit(1);
    let next_booked = ahead
        .filter(ahead.field(bookings::supervisor_id).eq(supervisor.clone()))
        .filter(ahead.field(bookings::supervisee_id).eq(supervisee.clone()))
        .filter(ahead.field(bookings::state).eq_any(BookingState::AHEAD))
        .filter(ahead.field(bookings::kind).eq_any(SupervisionKind::ROUTINE))
        .filter(ahead.field(bookings::on_day).between(today, soon))
        .order((ahead.field(bookings::on_day), ahead.field(bookings::at_minutes)))
        .select(ahead.field(bookings::id))
        .limit(1);
    let newest_agreed = agreed
        .filter(agreed.field(agreements::supervisor_id).eq(supervisor.clone()))
        .filter(agreed.field(agreements::supervisee_id).eq(supervisee.clone()))
        .filter(agreed.field(agreements::state).eq_any([RecordState::Signed, RecordState::SignedWithComment]))
        .order(agreed.field(agreements::id).desc())
        .select(agreed.field(agreements::id))
        .limit(1);
    let rows: Vec<Found> = people::table
        .inner_join(preparing_supervisor.on(preparing_supervisor.field(people::id).eq(supervisor.clone())))
        .left_join(supervisions::table.on(supervisions::id.nullable().eq(last_held.single_value())))
        .left_join(bookings::table.on(bookings::id.nullable().eq(next_booked.single_value())))
        .left_join(agreements::table.on(agreements::id.nullable().eq(newest_agreed.single_value())))
        .left_join(
            preparations::table.on(preparations::supervisee_id
                .eq(people::id)
                .and(preparations::supervisor_id.eq(supervisor.clone()))
                .and(preparations::supervision_id.is_null())),
        )
        .left_join(
            agenda_items::table.on(agenda_items::supervisee_id
                .eq(people::id)
                .and(agenda_items::supervisor_id.eq(supervisor.clone()))
                .and(agenda_items::supervision_id.is_null())
                .and(agenda_items::booking_id.is_null())),
        )
        .left_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .filter(people::id.eq(supervisee.clone()))
        .order(agenda_items::id)
        .select((
            (
                people::organisation_id,
                people::team_id,
                people::name,
                preparing_supervisor.field(people::name),
            ),
            (
                (supervisions::id, supervisions::held_on).nullable(),
                (bookings::on_day, bookings::at_minutes, bookings::minutes, bookings::kind, bookings::mode)
                    .nullable(),
                (agreements::id, agreements::review_on).nullable(),
            ),
            (agenda_items::id, agenda_items::words, agenda_items::author_id).nullable(),
            person_roles::role.nullable(),
            Option::<Row>::as_select(),
        ))
        .load(reading.connection)?;
    let mut agenda: Vec<AgendaItem> = Vec::new();
    let mut roles: Vec<Role> = Vec::new();
    let mut first = None;
    for (about, beside, item, role, prepared) in rows {
        if let Some((id, words, author)) = item
            && agenda.last().is_none_or(|last| last.id != id)
        {
            agenda.push(AgendaItem { id, words, author });
        }
        roles.extend(role.filter(|role| !roles.contains(role)));
        first.get_or_insert((about, beside, prepared));
    }
    let (about, (last, next, agreement), prepared) = first.ok_or(Problem::NotFound)?;
    let (organisation, team, supervisee, supervisor) = about;
    let next =
        next.map(|(on, at, minutes, kind, mode)| NextSession { on, at: time_at(at), minutes, kind, mode });
    let names = (supervisor, supervisee);
    Ok(Basis { organisation, team, names, last, next, agenda, agreement, prepared, roles })
}
