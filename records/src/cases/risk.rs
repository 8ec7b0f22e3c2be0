//! Dated views of a case's risk. None is ever changed, only followed by another.

use crate::access::case_facts;
use crate::audit::Event;
use crate::cadence::note_terms;
use crate::problem::Problem;
use crate::schema::{case_entries, cases, risk_views, supervisions};
use crate::store::{Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::form::Problems;
use domain::ids::{CaseEntryId, CaseId, RiskViewId};
use domain::risk::{Checklist, NewRiskChange, RiskDirection, RiskLevel};
use domain::supervision::{EntryKind, SupervisionKind};

/// A dated view of risk.
pub(crate) struct RiskView<'a> {
    pub(crate) case: &'a CaseId,
    pub(crate) entry: Option<&'a CaseEntryId>,
    pub(crate) on: NaiveDate,
    pub(crate) level: RiskLevel,
    pub(crate) direction: RiskDirection,
    /// What happened, for a change that was noted between sessions.
    pub(crate) note: &'a str,
    /// Whether it has happened again.
    pub(crate) is_repeat: bool,
    /// The new risk checklist, if one was done.
    pub(crate) checklist: Option<Checklist>,
}

/// Writes a view of risk. The case shows it unless a later day's view stands already; a rise and a repeat incident start
/// their clocks, until somebody looks.
pub(crate) fn record_risk_view(writing: &mut Writing<'_>, view: &RiskView<'_>) -> Result<(), Problem> {
    let (id, organisation, now): (RiskViewId, _, _) = (new_id(), writing.organisation()?, writing.now);
    let author = writing.actor()?.person;
    let later: i64 = risk_views::table
        .filter(risk_views::case_id.eq(view.case).and(risk_views::viewed_on.gt(view.on)))
        .count()
        .get_result(writing.connection)?;
    diesel::insert_into(risk_views::table)
        .values((
            (
                risk_views::id.eq(&id),
                risk_views::organisation_id.eq(organisation),
                risk_views::case_id.eq(view.case),
            ),
            (risk_views::entry_id.eq(view.entry), risk_views::author_id.eq(author)),
            (risk_views::viewed_on.eq(view.on), risk_views::recorded_at.eq(now)),
            (risk_views::level.eq(view.level), risk_views::direction.eq(view.direction)),
            (risk_views::note.eq(view.note), risk_views::repeat_incident.eq(view.is_repeat)),
            (
                risk_views::checklist_on.eq(view.checklist.map(|done| done.on)),
                risk_views::checklist_score.eq(view.checklist.and_then(|done| done.score).map(i32::from)),
            ),
        ))
        .execute(writing.connection)?;
    start_clocks(writing, view)?;
    if later == 0 {
        diesel::update(cases::table.filter(cases::id.eq(view.case)))
            .set(cases::risk_level.eq(view.level))
            .execute(writing.connection)?;
        note_terms(writing, view.case, view.on)?;
    }
    Ok(())
}

/// A repeat incident is a rise in risk as well (16.9). Each clock runs from the oldest day that nobody has met yet; a day
/// before the last session or look was met by it.
fn start_clocks(writing: &mut Writing<'_>, view: &RiskView<'_>) -> Result<(), Problem> {
    let this = cases::table.filter(cases::id.eq(view.case));
    let is_rise = view.direction == RiskDirection::Up || view.is_repeat;
    let undiscussed = cases::last_held_on.is_null().or(cases::last_held_on.le(view.on));
    let unseen = undiscussed.and(cases::last_overseen_on.is_null().or(cases::last_overseen_on.le(view.on)));
    if is_rise {
        diesel::update(this.filter(cases::risk_rose_on.is_null().or(cases::risk_rose_on.gt(view.on))))
            .filter(undiscussed)
            .set(cases::risk_rose_on.eq(view.on))
            .execute(writing.connection)?;
        diesel::update(this.filter(cases::unseen_rise_on.is_null().or(cases::unseen_rise_on.gt(view.on))))
            .filter(unseen)
            .set(cases::unseen_rise_on.eq(view.on))
            .execute(writing.connection)?;
    }
    if view.is_repeat {
        diesel::update(
            this.filter(cases::unseen_repeat_on.is_null().or(cases::unseen_repeat_on.gt(view.on))),
        )
        .filter(unseen)
        .set(cases::unseen_repeat_on.eq(view.on))
        .execute(writing.connection)?;
        diesel::update(
            this.filter(cases::unchecked_repeat_on.is_null().or(cases::unchecked_repeat_on.gt(view.on))),
        )
        .set(cases::unchecked_repeat_on.eq(view.on))
        .execute(writing.connection)?;
    }
    if let Some(checklist_on) = view.checklist.map(|done| done.on) {
        let next = next_rise(writing, view.case, Some(checklist_on), true)?;
        diesel::update(this.filter(cases::unchecked_repeat_on.le(checklist_on)))
            .set(cases::unchecked_repeat_on.eq(next))
            .execute(writing.connection)?;
    }
    Ok(())
}

/// The first rise (or, of these, the first repeat incident) after a day.
fn next_rise(
    writing: &mut Writing<'_>,
    case: &CaseId,
    after: Option<NaiveDate>,
    only_repeats: bool,
) -> Result<Option<NaiveDate>, Problem> {
    let mut query = risk_views::table
        .filter(risk_views::case_id.eq(case).and(risk_views::viewed_on.gt(after.unwrap_or_default())))
        .select(diesel::dsl::min(risk_views::viewed_on))
        .into_boxed();
    query = if only_repeats {
        query.filter(risk_views::repeat_incident.eq(true))
    } else {
        query.filter(risk_views::direction.eq(RiskDirection::Up).or(risk_views::repeat_incident.eq(true)))
    };
    Ok(query.first(writing.connection)?)
}

/// Up to which day a session has discussed rises in risk: one of the same day only if it speaks of a rise itself.
pub(crate) fn discussed_up_to(held_on: NaiveDate, direction: RiskDirection) -> Option<NaiveDate> {
    if direction == RiskDirection::Up { Some(held_on) } else { held_on.pred_opt() }
}

/// A session has discussed the case up to a day: rises up to then are met, and the first after it is the next to meet.
pub(crate) fn was_discussed(
    writing: &mut Writing<'_>,
    case: &CaseId,
    up_to: Option<NaiveDate>,
) -> Result<(), Problem> {
    let next = next_rise(writing, case, up_to, false)?;
    diesel::update(cases::table.filter(cases::id.eq(case).and(cases::risk_rose_on.le(up_to))))
        .set(cases::risk_rose_on.eq(next))
        .execute(writing.connection)?;
    was_seen(writing, case, up_to)
}

/// A session or a look at this case turned out not to count: its clocks stand as the other sessions and looks have left them.
pub(crate) fn forget_what_is_void(writing: &mut Writing<'_>, case: &CaseId) -> Result<(), Problem> {
    let moving: Vec<SupervisionKind> =
        SupervisionKind::ALL.iter().copied().filter(|kind| kind.moves_case_clock()).collect();
    let newest: Option<(NaiveDate, Option<NaiveDate>, RiskDirection)> = case_entries::table
        .inner_join(risk_views::table.on(risk_views::entry_id.eq(case_entries::id.nullable())))
        .inner_join(supervisions::table.on(supervisions::id.nullable().eq(case_entries::supervision_id)))
        .filter(case_entries::case_id.eq(case).and(case_entries::voided_on.is_null()))
        .filter(supervisions::kind.eq_any(moving))
        .order((case_entries::held_on.desc(), case_entries::id.desc()))
        .select((case_entries::held_on, case_entries::next_on, risk_views::direction))
        .first(writing.connection)
        .optional()?;
    let (held_on, next_on) = newest.map(|(held_on, next_on, _)| (held_on, next_on)).unzip();
    let discussed = newest.and_then(|(held_on, _, direction)| discussed_up_to(held_on, direction));
    let this = cases::table.filter(cases::id.eq(case));
    let overseen_on: Option<NaiveDate> = case_entries::table
        .filter(case_entries::case_id.eq(case).and(case_entries::voided_on.is_null()))
        .filter(case_entries::kind.eq(EntryKind::Oversight))
        .select(diesel::dsl::max(case_entries::held_on))
        .first(writing.connection)?;
    let rose_on = next_rise(writing, case, discussed, false)?;
    let unseen_rise = next_rise(writing, case, discussed.max(overseen_on), false)?;
    let unseen_repeat = next_rise(writing, case, discussed.max(overseen_on), true)?;
    forget_checklist(writing, case)?;
    diesel::update(this)
        .set((
            (cases::last_held_on.eq(held_on), cases::next_on.eq(next_on.flatten())),
            (cases::last_overseen_on.eq(overseen_on), cases::risk_rose_on.eq(rose_on)),
            (cases::unseen_rise_on.eq(unseen_rise), cases::unseen_repeat_on.eq(unseen_repeat)),
        ))
        .execute(writing.connection)?;
    Ok(())
}

/// A checklist that a void record speaks of was not done: the newest repeat incident for which no other was done waits again.
fn forget_checklist(writing: &mut Writing<'_>, case: &CaseId) -> Result<(), Problem> {
    let done: Vec<(NaiveDate, Option<NaiveDate>)> = risk_views::table
        .left_join(case_entries::table.on(case_entries::id.nullable().eq(risk_views::entry_id)))
        .filter(risk_views::case_id.eq(case).and(risk_views::checklist_on.is_not_null()))
        .select((risk_views::checklist_on.assume_not_null(), case_entries::voided_on.nullable()))
        .load(writing.connection)?;
    if done.iter().all(|(_, voided_on)| voided_on.is_none()) {
        return Ok(());
    }
    let newest = done.iter().filter(|(_, voided_on)| voided_on.is_none()).map(|(on, _)| *on).max();
    let unchecked = next_rise(writing, case, newest, true)?;
    diesel::update(cases::table.filter(cases::id.eq(case)))
        .set(cases::unchecked_repeat_on.eq(unchecked))
        .execute(writing.connection)?;
    Ok(())
}

/// A manager has looked at a case on a day: rises and repeats up to then were seen.
pub(crate) fn was_seen(
    writing: &mut Writing<'_>,
    case: &CaseId,
    up_to: Option<NaiveDate>,
) -> Result<(), Problem> {
    let (rise, repeat) = (next_rise(writing, case, up_to, false)?, next_rise(writing, case, up_to, true)?);
    let this = cases::table.filter(cases::id.eq(case));
    diesel::update(this.filter(cases::unseen_rise_on.le(up_to)))
        .set(cases::unseen_rise_on.eq(rise))
        .execute(writing.connection)?;
    diesel::update(this.filter(cases::unseen_repeat_on.le(up_to)))
        .set(cases::unseen_repeat_on.eq(repeat))
        .execute(writing.connection)?;
    Ok(())
}

/// Notes between sessions that the risk of a case has changed.
pub fn note_risk(writing: &mut Writing<'_>, case: &CaseId, change: &NewRiskChange) -> Result<(), Problem> {
    let facts = case_facts(writing.connection, case)?;
    writing.permit(&Action::OpenCase(&facts), "case", case)?;
    writing.permit(&Action::NoteRisk(&facts), "case", case)?;
    check_direction(writing, case, change)?;
    let view = RiskView {
        case,
        entry: None,
        on: change.on,
        level: change.level,
        direction: change.direction,
        note: &change.note,
        is_repeat: change.is_repeat,
        checklist: change.checklist,
    };
    record_risk_view(writing, &view)?;
    writing.audit(
        Event::new("risk_noted", "case", case)
            .with("level", change.level.code())
            .with("direction", change.direction.code())
            .with("repeat", change.is_repeat),
    )
}

/// Refuses a direction that the levels contradict: a rise that nobody notices because it is said to be a fall.
fn check_direction(writing: &mut Writing<'_>, case: &CaseId, change: &NewRiskChange) -> Result<(), Problem> {
    let views: Vec<(NaiveDate, RiskLevel)> = risk_views::table
        .filter(risk_views::case_id.eq(case))
        .order((risk_views::viewed_on.desc(), risk_views::id.desc()))
        .select((risk_views::viewed_on, risk_views::level))
        .load(writing.connection)?;
    let before = match views.iter().find(|(on, _)| *on <= change.on) {
        Some((_, level)) => *level,
        None if views.is_empty() => {
            cases::table.filter(cases::id.eq(case)).select(cases::risk_level).first(writing.connection)?
        }
        None => RiskLevel::Unknown,
    };
    if !change.direction.contradicts(before, change.level) {
        return Ok(());
    }
    let words = format!(
        "It was {} and is now {}: choose the direction that fits, or another level",
        before.words().to_lowercase(),
        change.level.words().to_lowercase()
    );
    Err(Problems::one("risk_direction", words).into())
}
