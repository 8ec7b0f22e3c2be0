//! When supervision is next due, and why.
//!
//! Pure functions of policy, calendar, history and day. Intervals are calendar days from the last session **held**;
//! "within" is in working days. A due day that is no working day stays, and the day to book is the working day before.
//!
//! Nothing but a held session begins a new interval. A new plan, a cap, a rise in risk can bring the due day forward;
//! a variation or a return from absence can put it back; a cancelled session does nothing at all.

mod case;
mod forms;
mod person;

pub use case::{
    CaseClock, CaseQuestion, OversightClock, Terms, case_due, case_questions, fresh_eyes_asked_on,
    oversight_due,
};
pub use forms::{NewAbsence, NewVariation};
pub use person::{Absence, AbsenceReason, PersonClock, PersonStanding, Post, person_due};

use crate::calendar::{counted, day_in_words};
use crate::policy::{Policy, Rule, Unit};
use crate::working_days::WorkingDays;
use chrono::{Days, NaiveDate};

/// The rules and the calendar by which things are due.
#[derive(Clone, Copy, Debug)]
pub struct Book<'a> {
    /// The policy in force for the team.
    pub policy: &'a Policy,
    /// The organisation's working days.
    pub working_days: &'a WorkingDays,
}

/// What a due day is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// The last session held.
    LastHeld,
    /// Allocation of the case, because it was never discussed.
    Allocation,
    /// The person's first day, because no session was held yet.
    Start,
    /// A new plan, or a cap on the interval.
    Change,
    /// A rise in risk.
    RiskRise,
    /// A repeat incident.
    RepeatIncident,
    /// The beginning of the assessment.
    AssessmentBegan,
    /// A longer interval that somebody approved; the day is when it was granted.
    Variation,
    /// The person's return.
    Return,
    /// The day since which nobody leads the work, or of the last oversight since.
    Unallocated,
}

/// When something is due, and the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The day by which it is to be done; a day that is no working day stays.
    pub due_on: NaiveDate,
    /// What it is counted from.
    pub since: Since,
    /// The day that it is counted from.
    pub from: NaiveDate,
    /// How many days, working days or months lie between; 0 if an agreed day ends the count.
    pub count: u32,
    /// What is counted.
    pub unit: Unit,
    /// The rule that gave it.
    pub rule: Rule,
    /// The version of the policy that gave the rule.
    pub version: i32,
    /// Amber begins on this day.
    pub amber_from: NaiveDate,
    /// Until when a variation stands, if one gives the due day.
    pub varied_until: Option<NaiveDate>,
}

/// Where something stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not discussed yet, and the first window is open.
    FirstWindow {
        /// Days left.
        days: i64,
    },
    /// Not due soon.
    InDate,
    /// Not due soon, because a longer interval was approved until this day.
    Varied {
        /// The last day of the variation.
        until: NaiveDate,
    },
    /// Due within the amber days.
    Amber {
        /// Days left.
        days: i64,
    },
    /// Due today.
    DueToday,
    /// Past its day.
    Overdue {
        /// Days past.
        days: i64,
    },
}

/// The states without their numbers, as lists are narrowed to them: the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Past its day.
    Overdue,
    /// Due today.
    DueToday,
    /// Due within the amber days.
    Amber,
    /// In the first window.
    FirstWindow,
    /// A longer interval was approved.
    Varied,
    /// Not due soon.
    InDate,
}

impl Band {
    /// Every band, in the order in which a list shows them.
    pub const ALL: &'static [Self] =
        &[Self::Overdue, Self::DueToday, Self::Amber, Self::FirstWindow, Self::Varied, Self::InDate];

    /// The code in an address or a style.
    pub fn code(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::DueToday => "due-today",
            Self::Amber => "due-soon",
            Self::FirstWindow => "first-window",
            Self::Varied => "varied",
            Self::InDate => "in-date",
        }
    }

    /// The words that people see.
    pub fn words(self) -> &'static str {
        match self {
            Self::Overdue => "Overdue",
            Self::DueToday => "Due today",
            Self::Amber => "Due soon",
            Self::FirstWindow => "In the first window",
            Self::Varied => "Longer interval approved",
            Self::InDate => "In date",
        }
    }

    /// The band with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|band| band.code() == code)
    }
}

impl State {
    /// The words that a list shows.
    pub fn words(self) -> String {
        match self {
            Self::FirstWindow { days } => {
                format!("First time due in {}", counted(days, "day", "days"))
            }
            Self::InDate => "In date".to_owned(),
            Self::Varied { until } => format!("Longer interval until {}", crate::calendar::short_day(until)),
            Self::Amber { days } => format!("Due in {}", counted(days, "day", "days")),
            Self::DueToday => "Due today".to_owned(),
            Self::Overdue { days } => format!("Overdue by {}", counted(days, "day", "days")),
        }
    }

    /// The band to which it belongs.
    pub fn band(self) -> Band {
        match self {
            Self::FirstWindow { .. } => Band::FirstWindow,
            Self::InDate => Band::InDate,
            Self::Varied { .. } => Band::Varied,
            Self::Amber { .. } => Band::Amber,
            Self::DueToday => Band::DueToday,
            Self::Overdue { .. } => Band::Overdue,
        }
    }
}

impl Due {
    /// Where it stands on `today`, a day in London.
    pub fn state(&self, today: NaiveDate) -> State {
        let left = (self.due_on - today).num_days();
        match left {
            0 => State::DueToday,
            left if left < 0 => State::Overdue { days: -left },
            days if matches!(self.since, Since::Allocation | Since::Start) => State::FirstWindow { days },
            days if today >= self.amber_from => State::Amber { days },
            _ => self.varied_until.map_or(State::InDate, |until| State::Varied { until }),
        }
    }

    /// Whether nothing was held yet.
    pub fn is_first(&self) -> bool {
        matches!(self.since, Since::Allocation | Since::Start)
    }

    /// The reason: "28 days after the session of 5 March 2026. Rule: Child protection, version 3."
    pub fn reason(&self) -> String {
        // Before a number the words of some rules end so.
        let rule = self.rule.about().words.trim_end_matches(" within").trim_end_matches(" every");
        format!("{}. Rule: {rule}, version {}.", self.counted_from(), self.version)
    }

    /// The same without the rule: "28 days after the session of 5 March 2026".
    pub fn counted_from(&self) -> String {
        let (count, from) = (self.unit.counted(self.count), day_in_words(self.from));
        match self.since {
            Since::LastHeld => format!("{count} after the session of {from}"),
            Since::Allocation => {
                format!("{count} after allocation on {from}, because no session has been held yet")
            }
            Since::Start => {
                format!("{count} after the start on {from}, because no session has been held yet")
            }
            Since::Change => format!("{count} after the change of {from}"),
            Since::RiskRise => format!("{count} after the rise in risk of {from}"),
            Since::RepeatIncident => format!("{count} after the repeat incident of {from}"),
            Since::AssessmentBegan => format!("{count} after the assessment began on {from}"),
            Since::Variation => format!("A longer interval, approved on {from}"),
            Since::Return => format!("{count} after the return on {from}"),
            Since::Unallocated => format!("{count} after {from}, because nobody leads the work"),
        }
    }
}

impl Book<'_> {
    /// The number of a rule.
    fn number(&self, rule: Rule) -> u32 {
        self.policy.number(rule)
    }

    /// Due so many days or working days after `from`, as the rule says.
    fn by(&self, rule: Rule, since: Since, from: NaiveDate) -> Due {
        let (count, unit) = (self.number(rule), rule.about().unit);
        let due_on = match unit {
            Unit::WorkingDays => self.working_days.add(from, count),
            Unit::Months => crate::calendar::add_months(from, count),
            Unit::Days | Unit::Times | Unit::Yes => crate::calendar::add_days(from, count),
        };
        self.due(due_on, since, from, count, rule)
    }

    fn due(&self, due_on: NaiveDate, since: Since, from: NaiveDate, count: u32, rule: Rule) -> Due {
        let interval = u32::try_from((due_on - from).num_days().max(1)).unwrap_or(1);
        let amber =
            self.number(Rule::AmberAtMost).min(interval.div_ceil(self.number(Rule::AmberShare).max(1)));
        Due {
            due_on,
            since,
            from,
            count,
            unit: rule.about().unit,
            rule,
            version: self.policy.version_of(rule),
            amber_from: due_on.checked_sub_days(Days::new(amber.into())).unwrap_or(due_on),
            varied_until: None,
        }
    }

    /// The day to book: the last working day up to the due day, or the next one from today if that has passed.
    pub fn booking_day(&self, due_on: NaiveDate, today: NaiveDate) -> NaiveDate {
        let wanted = self.working_days.on_or_before(due_on);
        if wanted < today { self.working_days.on_or_after(today) } else { wanted }
    }
}

/// A longer interval for one case or one person's supervision, approved with a reason until a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variation {
    /// The day on which it was granted.
    pub granted_on: NaiveDate,
    /// Calendar days from one session to the next.
    pub interval_days: u32,
    /// Its last day.
    pub expires_on: NaiveDate,
}

impl Variation {
    /// The due day with this variation: never sooner than the standard one, and never later than the variation lasts. So
    /// one that runs out after the standard day makes it due on the day on which it runs out.
    fn over(&self, book: &Book<'_>, standard: Due, counted_from: NaiveDate) -> Due {
        let wanted = crate::calendar::add_days(counted_from, self.interval_days).min(self.expires_on);
        if wanted <= standard.due_on {
            return standard;
        }
        let varied = book.due(wanted, Since::Variation, counted_from, self.interval_days, standard.rule);
        Due { from: self.granted_on, varied_until: Some(self.expires_on), ..varied }
    }
}

#[cfg(test)]
mod tests;
