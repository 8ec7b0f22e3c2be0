//! Rules of the whole organisation besides the policy: its working days, its ladder, its templates and its ways to reflect.

use crate::cadence::check_version;
use crate::content::{self, add_version};
use crate::problem::Problem;
use crate::schema::content_versions;
use crate::store::{Reading, Writing};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::Action;
use domain::caseload::CaseloadWeights;
use domain::form::Problems;
use domain::ladder::{Concern, Ladder, Rungs};
use domain::policy::{NewVersion, RuleKind};
use domain::reflection::ModelsInUse;
use domain::templates::{Question, TemplatePart, Templates};
use domain::working_days::{BankHolidays, CalendarSettings, WorkingDays};
use std::sync::Arc;

/// The calendar in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The nation and the closed days.
    pub settings: CalendarSettings,
    /// The bank holidays that are known.
    pub bank_holidays: BankHolidays,
    /// What follows from both.
    pub working_days: WorkingDays,
}

/// The calendar in force today.
pub fn calendar(reading: &mut Reading<'_>) -> Result<Calendar, Problem> {
    reading.permit(&Action::SeeRules, "rules", "")?;
    let rules = content::rules(reading)?;
    Ok(Calendar {
        settings: rules.calendar.clone(),
        bank_holidays: rules.bank_holidays.clone(),
        working_days: rules.working_days.clone(),
    })
}

/// Changes the nation and the days on which the organisation is closed.
pub fn change_calendar(
    writing: &mut Writing<'_>,
    settings: &CalendarSettings,
    new: &NewVersion,
) -> Result<i32, Problem> {
    writing.permit(&Action::KeepRules, "rules", "")?;
    check_version(writing, new)?;
    if content::rules_on(writing, new.effective_from)?.calendar == *settings {
        return Err(Problems::one("form", "Nothing is changed: the calendar is as it is in force").into());
    }
    add_version(writing, RuleKind::Calendar, None, new, &settings.to_toml())
}

/// Takes over a file of bank holidays in GOV.UK's form. The years of which it speaks replace those that were known.
pub fn import_bank_holidays(writing: &mut Writing<'_>, json: &str, new: &NewVersion) -> Result<i32, Problem> {
    writing.permit(&Action::KeepRules, "rules", "")?;
    check_version(writing, new)?;
    let file = BankHolidays::parse(json).map_err(|error| Problems::one("file", error.to_string()))?;
    let known = content::rules_on(writing, new.effective_from)?.bank_holidays;
    let together = known.extended_by(&file);
    if together == known {
        return Err(Problems::one("file", "Every bank holiday of this file is known already").into());
    }
    add_version(writing, RuleKind::BankHolidays, None, new, &file.to_json())
}

/// The ladder in force today, with its text.
pub fn ladder(reading: &mut Reading<'_>) -> Result<(Ladder, String), Problem> {
    reading.permit(&Action::SeeRules, "rules", "")?;
    let (organisation, today) = (reading.organisation()?, reading.today());
    let text: Option<String> = content_versions::table
        .filter(content_versions::organisation_id.eq(organisation))
        .filter(content_versions::kind.eq(RuleKind::Ladder).and(content_versions::effective_from.le(today)))
        .order((content_versions::effective_from.desc(), content_versions::version.desc()))
        .select(content_versions::body)
        .first(reading.connection)
        .optional()?;
    let ladder = content::rules(reading)?.ladder.clone();
    Ok((ladder, text.unwrap_or_else(|| Ladder::SHIPPED.to_owned())))
}

/// A version of rules in a list: number, first day, reason.
pub type VersionLine = (i32, NaiveDate, String);

/// The versions of a kind of rules, the newest first.
pub fn versions(reading: &mut Reading<'_>, kind: RuleKind) -> Result<Vec<VersionLine>, Problem> {
    reading.permit(&Action::SeeRules, "rules", "")?;
    let organisation = reading.organisation()?;
    Ok(content_versions::table
        .filter(content_versions::organisation_id.eq(organisation).and(content_versions::kind.eq(kind)))
        .order(content_versions::version.desc())
        .select((content_versions::version, content_versions::effective_from, content_versions::reason))
        .load(reading.connection)?)
}

/// Makes a ladder with other steps for one concern a new version.
pub fn change_steps(
    writing: &mut Writing<'_>,
    concern: Concern,
    steps: &Rungs,
    new: &NewVersion,
) -> Result<i32, Problem> {
    writing.permit(&Action::KeepRules, "rules", "")?;
    let ladder = content::rules_on(writing, new.effective_from)?.ladder;
    if ladder.rungs(concern) == Some(steps) {
        return Err(Problems::one("form", "Nothing is changed: the steps are as they are in force").into());
    }
    change_ladder(writing, &ladder.with_steps(concern, steps), new)
}

/// What the forms ask besides, as it is in force.
pub fn templates(reading: &mut Reading<'_>) -> Result<Arc<Templates>, Problem> {
    reading.permit(&Action::SeeRules, "rules", "")?;
    Ok(Arc::clone(&content::rules(reading)?.templates))
}

/// Makes other questions for one part of the records a new version. `seen` is the version that was changed: one version holds the
/// questions of every part, so nobody's change is overwritten.
pub fn change_template(
    writing: &mut Writing<'_>,
    (part, seen): (TemplatePart, i32),
    questions: Vec<Question>,
    new: &NewVersion,
) -> Result<i32, Problem> {
    writing.permit(&Action::KeepRules, "rules", "")?;
    check_version(writing, new)?;
    let before = Arc::clone(&content::rules_on(writing, new.effective_from)?.templates);
    check_seen(before.version(), seen)?;
    check_nothing_waits(writing, RuleKind::Templates, new.effective_from)?;
    let text = before.with(part, questions).map_err(|error| Problems::one("form", error.to_string()))?;
    add_version(writing, RuleKind::Templates, None, new, &text)
}

/// Which ways to reflect are used, as it is in force.
pub fn models(reading: &mut Reading<'_>) -> Result<Arc<ModelsInUse>, Problem> {
    reading.permit(&Action::SeeRules, "rules", "")?;
    Ok(Arc::clone(&content::rules(reading)?.models))
}

/// Makes other ways to reflect a new version. `seen` is the version that was changed.
pub fn change_models(
    writing: &mut Writing<'_>,
    seen: i32,
    used: &ModelsInUse,
    new: &NewVersion,
) -> Result<i32, Problem> {
    writing.permit(&Action::KeepRules, "rules", "")?;
    check_version(writing, new)?;
    let before = Arc::clone(&content::rules_on(writing, new.effective_from)?.models);
    if before.version() != seen {
        let words = "Somebody has changed the ways to reflect since you opened this page, or a version for a later day waits. Open the page again, and begin from what is ticked there";
        return Err(Problems::one("form", words).into());
    }
    check_nothing_waits(writing, RuleKind::Models, new.effective_from)?;
    if before.is_same_as(used) {
        return Err(Problems::one("form", "Nothing is changed: the same ways are in use").into());
    }
    let text = used.to_toml().map_err(Problem::unexpected)?;
    add_version(writing, RuleKind::Models, None, new, &text)
}

/// What each case weighs in a caseload, as it is in force, with its version.
pub fn caseload_weights(reading: &mut Reading<'_>) -> Result<(i32, CaseloadWeights), Problem> {
    reading.permit(&Action::SeeRules, "rules", "")?;
    Ok(content::rules(reading)?.caseload.clone())
}

/// Makes other weights a new version. `seen` is the version that was changed.
pub fn change_caseload_weights(
    writing: &mut Writing<'_>,
    seen: i32,
    weights: &CaseloadWeights,
    new: &NewVersion,
) -> Result<i32, Problem> {
    writing.permit(&Action::KeepRules, "rules", "")?;
    check_version(writing, new)?;
    let (in_force, before) = content::rules_on(writing, new.effective_from)?.caseload;
    check_seen_of("weights", in_force, seen)?;
    check_nothing_waits(writing, RuleKind::Caseload, new.effective_from)?;
    if *weights == before {
        return Err(Problems::one("form", "Nothing is changed: these weights are in force").into());
    }
    add_version(writing, RuleKind::Caseload, None, new, &weights.to_toml())
}

/// Nobody's change of questions is overwritten by somebody who did not see it.
pub(crate) fn check_seen(in_force: i32, seen: i32) -> Result<(), Problem> {
    check_seen_of("questions", in_force, seen)
}

fn check_seen_of(what: &str, in_force: i32, seen: i32) -> Result<(), Problem> {
    if in_force == seen {
        return Ok(());
    }
    let words = format!(
        "Somebody has changed the {what} since you opened this page, or a version for a later day waits. Copy what you need, and begin from the {what} as they are then"
    );
    Err(Problems::one("form", words).into())
}

/// A version for a later day was made without this change and would undo it.
pub(crate) fn check_nothing_waits(
    reading: &mut Reading<'_>,
    kind: RuleKind,
    day: NaiveDate,
) -> Result<(), Problem> {
    let organisation = reading.organisation()?;
    let later: Option<NaiveDate> = content_versions::table
        .filter(content_versions::organisation_id.eq(organisation))
        .filter(content_versions::kind.eq(kind).and(content_versions::effective_from.gt(day)))
        .select(diesel::dsl::min(content_versions::effective_from))
        .first(reading.connection)?;
    let Some(later) = later else { return Ok(()) };
    let later = domain::calendar::day_in_words(later);
    let words = format!(
        "A version from {later} waits already, and would not have this change. Choose a later day, when it holds"
    );
    Err(Problems::one("effective_from", words).into())
}

/// Makes another ladder a new version.
pub fn change_ladder(writing: &mut Writing<'_>, text: &str, new: &NewVersion) -> Result<i32, Problem> {
    writing.permit(&Action::KeepRules, "rules", "")?;
    check_version(writing, new)?;
    Ladder::parse(text, 0).map_err(|error| Problems::one("steps", error.to_string()))?;
    add_version(writing, RuleKind::Ladder, None, new, text)
}
