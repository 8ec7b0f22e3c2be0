//! When a case is due for supervision, and what its manager is told when it is not discussed in time.

use crate::calendar::{add_days, counted};
use crate::cases::PlanType;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A dated version of an organisation's rules for how often things are due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The number of the version, as people quote it.
    pub version: i32,
    /// The rules for cases.
    pub case: CasePolicy,
}

/// How often a case is due for supervision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasePolicy {
    /// Calendar days from one session to the next, by plan type.
    pub interval_days: BTreeMap<PlanType, u32>,
    /// Amber begins at most so many days before the due day.
    pub amber_days_at_most: u32,
    /// Amber begins one such share of the interval (rounded up) before the due day, if that is less.
    pub amber_share_of_interval: u32,
}

/// A policy that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The text is not a policy.
    #[error("the policy cannot be read: {0}")]
    Unreadable(String),
    /// A plan type has no interval, or one of no days.
    #[error("the policy gives no interval for “{}”", .0)]
    NoInterval(PlanType),
}

impl Policy {
    /// The policy pack that ships with the product, as TOML.
    pub const SHIPPED: &'static str = include_str!("../content/policy.toml");

    /// Reads a policy and makes sure that every plan type has an interval.
    pub fn parse(toml: &str) -> Result<Self, PolicyError> {
        use crate::TextValue;
        let policy: Self =
            toml::from_str(toml).map_err(|error| PolicyError::Unreadable(error.to_string()))?;
        match PlanType::ALL
            .iter()
            .find(|plan| policy.case.interval_days.get(plan).is_none_or(|days| *days == 0))
        {
            Some(plan) => Err(PolicyError::NoInterval(*plan)),
            None => Ok(policy),
        }
    }

    /// The days from one session about a case of this plan to the next.
    pub fn interval_days(&self, plan: PlanType) -> u32 {
        self.case.interval_days.get(&plan).copied().unwrap_or(DEFAULT_INTERVAL_DAYS)
    }

    /// When a case is due, and by which rule.
    pub fn case_due(&self, clock: &CaseClock) -> CaseDue {
        let interval_days = self.interval_days(clock.plan_type);
        let (since, from) = match clock.last_held_on {
            Some(held_on) => (Since::LastHeld, held_on),
            None => (Since::Allocation, clock.allocated_on),
        };
        let share = interval_days.div_ceil(self.case.amber_share_of_interval.max(1));
        CaseDue {
            due_on: add_days(from, interval_days),
            since,
            from,
            interval_days,
            amber_days: share.min(self.case.amber_days_at_most),
            plan_type: clock.plan_type,
            policy_version: self.version,
        }
    }
}

/// `Policy::parse` refuses a policy without an interval; this stands for one that was built by hand.
const DEFAULT_INTERVAL_DAYS: u32 = 28;

/// What a case's clock runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseClock {
    /// The plan that the work follows.
    pub plan_type: PlanType,
    /// When the case was allocated.
    pub allocated_on: NaiveDate,
    /// The last session **held** in which the case was discussed and decided. A cancelled session, a note of
    /// management oversight or a specialist's session is none.
    pub last_held_on: Option<NaiveDate>,
}

/// What the clock is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// The last session held.
    LastHeld,
    /// Allocation, because the case was never discussed.
    Allocation,
}

/// When a case is due, and the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseDue {
    /// The day by which it is to be discussed; a day that is no working day stays.
    pub due_on: NaiveDate,
    /// What it is counted from.
    pub since: Since,
    /// The day that it is counted from.
    pub from: NaiveDate,
    /// Calendar days between.
    pub interval_days: u32,
    /// Amber begins so many days before.
    pub amber_days: u32,
    /// The plan type that gave the interval.
    pub plan_type: PlanType,
    /// The version of the policy that gave it.
    pub policy_version: i32,
}

/// Where a case stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewState {
    /// Not due soon.
    InDate,
    /// Due within the amber days.
    DueSoon {
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

impl CaseDue {
    /// Where the case stands on `today`.
    pub fn state(&self, today: NaiveDate) -> ReviewState {
        match (self.due_on - today).num_days() {
            0 => ReviewState::DueToday,
            left if left < 0 => ReviewState::Overdue { days: -left },
            days if days <= i64::from(self.amber_days) => ReviewState::DueSoon { days },
            _ => ReviewState::InDate,
        }
    }

    /// The reason, as the case page shows it.
    pub fn reason(&self) -> String {
        let from = crate::calendar::day_in_words(self.from);
        let days = counted(i64::from(self.interval_days), "day", "days");
        let counted_from = match self.since {
            Since::LastHeld => format!("{days} after the session of {from}"),
            Since::Allocation => {
                format!("{days} after allocation on {from}, because no session has been held yet")
            }
        };
        format!("{counted_from}. Rule: {}, policy version {}.", self.plan_type, self.policy_version)
    }
}

impl ReviewState {
    /// The words that a list shows.
    pub fn words(self) -> String {
        match self {
            Self::InDate => "In date".to_owned(),
            Self::DueSoon { days } => format!("Due in {}", counted(days, "day", "days")),
            Self::DueToday => "Due today".to_owned(),
            Self::Overdue { days } => format!("Overdue by {}", counted(days, "day", "days")),
        }
    }

    /// The code of the state, for a style.
    pub fn code(self) -> &'static str {
        match self {
            Self::InDate => "in-date",
            Self::DueSoon { .. } | Self::DueToday => "due-soon",
            Self::Overdue { .. } => "overdue",
        }
    }
}

/// What one manager is told: counts and days, never which cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OverdueCounts {
    /// Cases that were never discussed since allocation.
    pub never_reviewed: i64,
    /// Cases that were discussed before, but not in time since.
    pub overdue: i64,
    /// Days past due of the one that has waited longest.
    pub longest_days: i64,
}

impl OverdueCounts {
    /// Adds one case.
    pub fn add(&mut self, since: Since, days: i64) {
        match since {
            Since::Allocation => self.never_reviewed += 1,
            Since::LastHeld => self.overdue += 1,
        }
        self.longest_days = self.longest_days.max(days);
    }

    /// How many cases in all.
    pub fn all(&self) -> i64 {
        self.never_reviewed + self.overdue
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn shipped() -> Policy {
        Policy::parse(Policy::SHIPPED).unwrap()
    }

    fn clock(plan_type: PlanType, last_held_on: Option<NaiveDate>) -> CaseClock {
        CaseClock { plan_type, allocated_on: day(2026, 1, 5), last_held_on }
    }

    #[test]
    fn cadence_cp_28_days_good_friday() {
        let due = shipped().case_due(&clock(PlanType::ChildProtection, Some(day(2026, 3, 5))));
        assert_eq!(due.due_on, day(2026, 4, 2));
        assert_eq!(due.state(day(2026, 3, 25)), ReviewState::InDate);
        assert_eq!(due.state(day(2026, 3, 26)), ReviewState::DueSoon { days: 7 });
        assert_eq!(due.state(day(2026, 4, 2)), ReviewState::DueToday);
        assert_eq!(due.state(day(2026, 4, 3)), ReviewState::Overdue { days: 1 });
        assert_eq!(
            due.reason(),
            "28 days after the session of 5 March 2026. Rule: Child protection, policy version 1."
        );
    }

    #[test]
    fn cadence_never_reviewed_counts_from_allocation() {
        let due = shipped().case_due(&clock(PlanType::ChildInNeed, None));
        assert_eq!((due.since, due.due_on), (Since::Allocation, day(2026, 2, 16)));
    }

    #[test]
    fn cadence_by_plan_type() {
        for (plan, days) in [
            (PlanType::EarlyHelp, 42),
            (PlanType::ChildInNeed, 42),
            (PlanType::LookedAfterSettled, 84),
            (PlanType::AdultEnquiry, 28),
            (PlanType::Probation, 28),
            (PlanType::Other, 42),
        ] {
            assert_eq!(shipped().case_due(&clock(plan, None)).interval_days, days, "{plan}");
        }
    }

    #[test]
    fn a_policy_without_an_interval_is_refused() {
        let without = Policy::SHIPPED.replace("probation = 28", "");
        assert_eq!(Policy::parse(&without), Err(PolicyError::NoInterval(PlanType::Probation)));
        assert!(matches!(Policy::parse("version = 'x'"), Err(PolicyError::Unreadable(_))));
    }

    proptest! {
        #[test]
        fn a_later_session_never_brings_the_due_day_forward(first in 0u32..400, later in 0u32..400) {
            let start = day(2026, 1, 5);
            let due = |held| shipped().case_due(&clock(PlanType::ChildProtection, Some(add_days(start, held)))).due_on;
            prop_assert!(due(first.max(later)) >= due(first.min(later)));
        }
    }
}
