//! The cases of the actor, as the private pattern mirror counts them. Nothing of it is kept, and there is no way to anybody else's.

use crate::access::within_reach;
use crate::problem::Problem;
use crate::schema::{case_entries, cases, risk_views};
use crate::store::Reading;
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use domain::access::Action;
use domain::cases::{CaseStatus, SubjectKind};
use domain::ids::CaseId;
use domain::reflection::{MIRROR_DAYS, MirrorCase};
use domain::risk::{RiskDirection, RiskLevel};
use domain::supervision::{EntryKind, Proposal};

/// The cases that the actor leads, by reference, with what was said of each since the day with which the mirror begins: those that are
/// open, and those of which something was said.
pub fn mirror_cases(reading: &mut Reading<'_>) -> Result<(NaiveDate, Vec<MirrorCase>), Problem> {
    type Row = (
        (CaseId, String, String, SubjectKind, bool, RiskLevel, CaseStatus),
        Option<RiskDirection>,
        Option<(EntryKind, Option<Proposal>, Option<NaiveDate>)>,
    );
    reading.permit(&Action::Reflect, "reflections", "")?;
    let (actor, today) = (reading.actor()?, reading.today());
    let since = today.checked_sub_days(Days::new(MIRROR_DAYS)).unwrap_or(today);
    let led = cases::table
        .left_join(
            risk_views::table.on(risk_views::case_id.eq(cases::id).and(risk_views::viewed_on.ge(since))),
        )
        .left_join(case_entries::table.on(risk_views::entry_id.eq(case_entries::id.nullable())))
        .into_boxed();
    let rows: Vec<Row> = within_reach!(led, actor)
        .filter(cases::lead_practitioner_id.eq(&actor.person))
        .order((cases::reference, cases::id, risk_views::id))
        .select((
            (
                cases::id,
                cases::reference,
                cases::label,
                cases::subject_kind,
                cases::domestic_abuse,
                cases::risk_level,
                cases::status,
            ),
            risk_views::direction.nullable(),
            (case_entries::kind, case_entries::proposal, case_entries::voided_on).nullable(),
        ))
        .load(reading.connection)?;
    let mut found: Vec<MirrorCase> = Vec::new();
    for (case, direction, entry) in rows {
        let (id, reference, label, subject, domestic_abuse, level, status) = case;
        if status != CaseStatus::Open && direction.is_none() {
            continue;
        }
        if found.last().is_none_or(|last| last.id != id) {
            let of_children = subject != SubjectKind::Adult;
            let (directions, proposals) = (Vec::new(), Vec::new());
            found.push(MirrorCase {
                id,
                reference,
                label,
                of_children,
                domestic_abuse,
                level,
                directions,
                proposals,
            });
        }
        // What a void record says counts for nothing.
        if let Some(case) = found.last_mut()
            && entry.is_none_or(|(.., voided_on)| voided_on.is_none())
        {
            case.directions.extend(direction);
            // A note of oversight is no discussion.
            let talked = entry.filter(|(kind, ..)| *kind == EntryKind::Supervision);
            case.proposals.extend(talked.map(|(_, proposal, _)| proposal));
        }
    }
    Ok((since, found))
}
