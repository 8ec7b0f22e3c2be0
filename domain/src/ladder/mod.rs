//! Who is told when something is overdue, and when: a ladder of steps, each of which comes once for a thing and its due day.
//!
//! Pure functions of the ladder, the calendar, what was told before, and the day. So a run that is repeated, that comes late
//! or that happens on two servers at once finds the same, and what was told before is never told again.

mod chart;
mod forms;

pub use chart::{About, Chart, ChartPerson};
pub use forms::{NewSnooze, blank_steps, read_steps};

use crate::TextValue;
use crate::calendar::add_days;
use crate::policy::Unit;
use crate::value::text_value;
use crate::working_days::WorkingDays;
use chrono::{NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

text_value! {
    /// What is overdue. The words stand in mails: no person, plan, risk or abuse.
    Concern: "concern" {
        CaseSupervision = "case_supervision", "Work not discussed in supervision in time";
        PersonalSupervision = "personal_supervision", "Supervision of a colleague not held in time";
        Oversight = "oversight", "Work that a manager has yet to look at";
        Unallocated = "unallocated", "Work that nobody leads";
        OverdueAction = "overdue_action", "Agreed action past its day";
        MissedSessions = "missed_sessions", "Sessions missed twice running";
        LateDecision = "late_decision", "Session whose decisions are not written down";
        LateRecord = "late_record", "Session without its record";
        NoSupervisor = "no_supervisor", "Colleague without a supervisor";
        UnsignedRecord = "unsigned_record", "Record that waits for a signature";
        AgreementDue = "agreement_due", "Supervision agreement to be made or looked at again";
        ChecklistDue = "checklist_due", "Form to be filled in again";
        UnfinishedDraft = "unfinished_draft", "Draft that is not finished";
        Disagreement = "disagreement", "Signed record with a comment to be answered";
        RegistrationRenewal = "registration_renewal", "Professional registration to be renewed";
    }
}

/// Concerns that ladders of earlier days do not know.
const ADDED_LATER: &[Concern] = &[Concern::RegistrationRenewal, Concern::Disagreement, Concern::LateDecision];

text_value! {
    /// Whom a step tells.
    Reader: "reader" {
        Practitioner = "practitioner", "Practitioner";
        Supervisor = "supervisor", "Supervisor";
        SupervisorsManager = "supervisors_manager", "Supervisor’s manager";
        ServiceManager = "service_manager", "Service manager";
        HeadOfService = "head_of_service", "Head of service";
    }
}

/// A step of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How long after the due day.
    pub after: u32,
    /// In calendar or working days.
    pub unit: Unit,
    /// Who is told; at least one.
    pub tell: Vec<Reader>,
    /// Whether it has a mail of its own instead of a line in the digest.
    pub urgent: bool,
}

impl Step {
    /// The day on which it comes.
    pub fn day(&self, due_on: NaiveDate, working_days: &WorkingDays) -> NaiveDate {
        match self.unit {
            Unit::WorkingDays => working_days.add(due_on, self.after),
            _ => add_days(due_on, self.after),
        }
    }

    /// Whether it comes later than another that is to follow it. So many working days are about so many calendar days.
    fn comes_after(&self, next: &Self) -> bool {
        let about_days = |step: &Self| match step.unit {
            Unit::WorkingDays => step.after * 7 / 5,
            _ => step.after,
        };
        about_days(self) > about_days(next)
    }

    /// "3 working days after the due day: Supervisor".
    pub fn words(&self) -> String {
        let readers = self.tell.iter().map(|reader| reader.words()).collect::<Vec<_>>().join(", ");
        let urgent = if self.urgent { ", at once" } else { "" };
        format!("{} after the due day: {readers}{urgent}", self.unit.counted(self.after))
    }
}

/// The steps for one concern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rungs {
    /// The steps in order; at least one.
    pub steps: Vec<Step>,
    /// Who is told each week after the last step.
    pub weekly: Vec<Reader>,
}

impl Rungs {
    fn to_toml(&self, concern: Concern) -> String {
        let names = |readers: &[Reader]| {
            readers.iter().map(|reader| format!("\"{}\"", reader.code())).collect::<Vec<_>>().join(", ")
        };
        let step = |step: &Step| {
            let unit = forms::unit_code(step.unit);
            let urgent = if step.urgent { ", urgent = true" } else { "" };
            format!("    {{ {unit} = {}, tell = [{}]{urgent} }},\n", step.after, names(&step.tell))
        };
        let steps = self.steps.iter().map(step).collect::<Vec<_>>().concat();
        format!("[{}]\nsteps = [\n{steps}]\nweekly = [{}]\n", concern.code(), names(&self.weekly))
    }
}

/// The whole ladder of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    rungs: BTreeMap<Concern, Rungs>,
    /// The version, as people quote it.
    pub version: i32,
}

/// A step by its place, as it is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKey {
    /// A step of the ladder, counted from 1.
    Numbered(u32),
    /// The weekly reminder of the week that begins on this Monday.
    Week(NaiveDate),
}

impl fmt::Display for StepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbered(step) => write!(f, "{step}"),
            Self::Week(monday) => write!(f, "week {monday}"),
        }
    }
}

impl FromStr for StepKey {
    type Err = crate::UnknownValue;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let week = code.strip_prefix("week ").and_then(|day| day.parse().ok()).map(Self::Week);
        week.or_else(|| code.parse().ok().map(Self::Numbered))
            .ok_or_else(|| crate::UnknownValue { kind: "step of the ladder", code: code.to_owned() })
    }
}

/// What a thing has newly reached on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The highest step: the one that is named to its readers.
    pub step: StepKey,
    /// Every step that is now done with, the ones passed over included.
    pub steps: Vec<StepKey>,
    /// Whom they tell, each once.
    pub tell: BTreeSet<Reader>,
    /// Whether one of them has a mail of its own.
    pub urgent: bool,
}

/// A ladder that cannot be used: where, what stands there and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LadderError {
    /// The text is not a ladder.
    #[error("This is not a ladder: {0}")]
    Unreadable(String),
    /// A heading names no concern.
    #[error("There is no “[{found}]”. Allowed are {}", codes::<Concern>())]
    UnknownConcern {
        /// What stands there.
        found: String,
    },
    /// A concern has no steps.
    #[error("[{}] needs at least one step", .0.code())]
    NoSteps(Concern),
    /// A step says neither, or both.
    #[error("[{}], step {step}: give either days or working_days", .concern.code())]
    NoTime {
        /// Where.
        concern: Concern,
        /// Which step, counted from 1.
        step: usize,
    },
    /// A step tells nobody.
    #[error("[{}], step {step}: “tell” names nobody. Allowed are {}", .concern.code(), codes::<Reader>())]
    NobodyTold {
        /// Where.
        concern: Concern,
        /// Which step, counted from 1.
        step: usize,
    },
    /// A reader that there is not.
    #[error("[{}]: there is no reader “{found}”. Allowed are {}", .concern.code(), codes::<Reader>())]
    UnknownReader {
        /// Where.
        concern: Concern,
        /// What stands there.
        found: String,
    },
    /// A step that does not come after the one before.
    #[error("[{}], step {step}: it must come later than the step before it", .concern.code())]
    Order {
        /// Where.
        concern: Concern,
        /// Which step, counted from 1.
        step: usize,
    },
    /// A step that is too far away to be of use.
    #[error("[{}], step {step}: {found} is too long. Allowed is up to 366", .concern.code())]
    TooLong {
        /// Where.
        concern: Concern,
        /// Which step, counted from 1.
        step: usize,
        /// What stands there.
        found: u32,
    },
}

fn codes<T: TextValue>() -> String {
    T::ALL.iter().map(|value| value.code()).collect::<Vec<_>>().join(", ")
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RungsText {
    steps: Vec<StepText>,
    #[serde(default)]
    weekly: Vec<String>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StepText {
    days: Option<u32>,
    working_days: Option<u32>,
    #[serde(default)]
    tell: Vec<String>,
    #[serde(default)]
    urgent: bool,
}

/// Steps are no further away than a year.
const LONGEST: u32 = 366;

impl Ladder {
    /// The ladder that ships with the product, as TOML.
    pub const SHIPPED: &'static str = include_str!("../../content/ladder.toml");

    /// Reads a ladder. A concern that it does not name has no steps: nobody is told.
    ///
    /// # Errors
    /// Names the first place that cannot be used, and what is allowed.
    pub fn parse(toml: &str, version: i32) -> Result<Self, LadderError> {
        let tables: BTreeMap<String, RungsText> = toml::from_str(toml)
            .map_err(|error: toml::de::Error| LadderError::Unreadable(error.message().to_owned()))?;
        let mut rungs = BTreeMap::new();
        for (found, text) in tables {
            let concern = Concern::from_code(&found).ok_or(LadderError::UnknownConcern { found })?;
            rungs.insert(concern, read_rungs(concern, text)?);
        }
        Ok(Self { rungs, version })
    }

    /// Reads a ladder that was written down at some time. A concern that is newer than it has the steps that ship.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn stored(toml: &str, version: i32) -> Result<Self, LadderError> {
        let mut ladder = Self::parse(toml, version)?;
        for (concern, rungs) in Self::parse(Self::SHIPPED, version)?.rungs {
            if ADDED_LATER.contains(&concern) {
                ladder.rungs.entry(concern).or_insert(rungs);
            }
        }
        Ok(ladder)
    }

    /// The same with other steps for a concern, as TOML that [`Self::parse`] reads.
    pub fn with_steps(&self, concern: Concern, steps: &Rungs) -> String {
        let mut rungs = self.rungs.clone();
        rungs.insert(concern, steps.clone());
        rungs.iter().map(|(concern, rungs)| rungs.to_toml(*concern)).collect::<Vec<_>>().join("\n")
    }

    /// The steps for a concern, if it has any.
    pub fn rungs(&self, concern: Concern) -> Option<&Rungs> {
        self.rungs.get(&concern)
    }

    /// What a thing that was due on a day has newly reached today, if anything. `done` are the steps that came before,
    /// for the same thing and due day.
    ///
    /// After a time without any run the thing is told once, at the step that it has reached, to that step's readers and to
    /// those of the steps passed over (16.14). A clock that was set back finds nothing new.
    pub fn reached(
        &self,
        concern: Concern,
        due_on: NaiveDate,
        today: NaiveDate,
        done: &BTreeSet<StepKey>,
        working_days: &WorkingDays,
    ) -> Option<Reached> {
        let rungs = self.rungs.get(&concern)?;
        let highest_done = done.iter().max();
        let is_new = |key: &StepKey| highest_done.is_none_or(|done| key > done);
        let (mut steps, mut tell, mut urgent) = (Vec::new(), BTreeSet::new(), false);
        for (number, step) in (1..).zip(&rungs.steps) {
            let key = StepKey::Numbered(number);
            if is_new(&key) && step.day(due_on, working_days) <= today {
                steps.push(key);
                tell.extend(&step.tell);
                urgent |= step.urgent;
            }
        }
        if let Some(week) = weekly_step(rungs, due_on, today, working_days).filter(is_new) {
            steps.push(week);
            tell.extend(&rungs.weekly);
        }
        Some(Reached { step: *steps.last()?, steps, tell, urgent })
    }

    /// The next step of a thing and its day, for those who look at it before it comes.
    pub fn next(
        &self,
        concern: Concern,
        due_on: NaiveDate,
        today: NaiveDate,
        working_days: &WorkingDays,
    ) -> Option<(NaiveDate, &[Reader])> {
        let rungs = self.rungs.get(&concern)?;
        let numbered = rungs.steps.iter().map(|step| (step.day(due_on, working_days), step.tell.as_slice()));
        let next_week = today.week(Weekday::Mon).last_day().succ_opt().unwrap_or(today);
        let weekly = (working_days.on_or_after(next_week), rungs.weekly.as_slice());
        numbered.chain((!rungs.weekly.is_empty()).then_some(weekly)).find(|(day, _)| *day > today)
    }
}

/// The weekly reminder that is due by today: in each week that begins after the last step, from its first working day on.
fn weekly_step(
    rungs: &Rungs,
    due_on: NaiveDate,
    today: NaiveDate,
    working_days: &WorkingDays,
) -> Option<StepKey> {
    let last = rungs.steps.last()?.day(due_on, working_days);
    let monday = today.week(Weekday::Mon).first_day();
    let has_begun = working_days.on_or_after(monday) <= today;
    (!rungs.weekly.is_empty() && monday > last && has_begun).then_some(StepKey::Week(monday))
}

fn read_rungs(concern: Concern, text: RungsText) -> Result<Rungs, LadderError> {
    let readers = |names: &[String]| {
        let reader = |found: &String| {
            Reader::from_code(found)
                .ok_or_else(|| LadderError::UnknownReader { concern, found: found.clone() })
        };
        names.iter().map(reader).collect::<Result<Vec<_>, _>>()
    };
    let mut steps: Vec<Step> = Vec::new();
    for (step, line) in (1..).zip(&text.steps) {
        let (after, unit) = match (line.days, line.working_days) {
            (Some(days), None) => (days, Unit::Days),
            (None, Some(days)) => (days, Unit::WorkingDays),
            _ => return Err(LadderError::NoTime { concern, step }),
        };
        if after > LONGEST {
            return Err(LadderError::TooLong { concern, step, found: after });
        }
        let tell = readers(&line.tell)?;
        if tell.is_empty() {
            return Err(LadderError::NobodyTold { concern, step });
        }
        let read = Step { after, unit, tell, urgent: line.urgent };
        if steps.last().is_some_and(|before| before.comes_after(&read)) {
            return Err(LadderError::Order { concern, step });
        }
        steps.push(read);
    }
    if steps.is_empty() {
        return Err(LadderError::NoSteps(concern));
    }
    Ok(Rungs { steps, weekly: readers(&text.weekly)? })
}

#[cfg(test)]
mod tests;
