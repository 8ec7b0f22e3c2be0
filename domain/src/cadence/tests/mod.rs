//! The vectors of domain.md 2.7, 2.8 and 16 as tables, and what holds for every history.

mod cases;
mod histories;
mod people;

use super::*;
use crate::cases::PlanType;
use crate::people::LinkKind;
use crate::working_days::Nation;

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

struct Rules {
    policy: Policy,
    working_days: WorkingDays,
}

impl Rules {
    fn shipped() -> Self {
        Self {
            policy: Policy::parse(Policy::SHIPPED, 1).unwrap(),
            working_days: WorkingDays::shipped(Nation::EnglandAndWales),
        }
    }

    fn with(rule: Rule, number: u32) -> Self {
        let shipped = Self::shipped();
        let policy = shipped.policy.for_team(&[(rule, number)].into(), 2).unwrap();
        Self { policy, ..shipped }
    }

    fn book(&self) -> Book<'_> {
        Book { policy: &self.policy, working_days: &self.working_days }
    }
}

/// A case, its terms and what happened to it, as a sentence.
#[derive(Clone, Debug)]
struct History {
    allocated_on: NaiveDate,
    terms: Vec<Terms>,
    last_held_on: Option<NaiveDate>,
    risk_rose_on: Option<NaiveDate>,
    variation: Option<Variation>,
}

fn case_on(plan: PlanType, from: &str) -> History {
    History {
        allocated_on: day(from),
        terms: vec![Terms { from: day(from), plan, capped: false }],
        last_held_on: None,
        risk_rose_on: None,
        variation: None,
    }
}

impl History {
    fn held(mut self, on: &str) -> Self {
        self.last_held_on = Some(day(on));
        self
    }

    fn becomes(mut self, plan: PlanType, from: &str) -> Self {
        self.terms.push(Terms { from: day(from), plan, capped: false });
        self
    }

    fn capped(mut self, capped: bool, from: &str) -> Self {
        let plan = self.terms.last().unwrap().plan;
        self.terms.push(Terms { from: day(from), plan, capped });
        self
    }

    fn risk_rises(mut self, on: &str) -> Self {
        self.risk_rose_on = Some(day(on));
        self
    }

    fn varied(mut self, granted: &str, interval_days: u32, expires: &str) -> Self {
        let (granted_on, expires_on) = (day(granted), day(expires));
        self.variation = Some(Variation { granted_on, interval_days, expires_on });
        self
    }

    fn clock(&self) -> CaseClock<'_> {
        CaseClock {
            allocated_on: self.allocated_on,
            terms: &self.terms,
            last_held_on: self.last_held_on,
            risk_rose_on: self.risk_rose_on,
            variation: self.variation,
        }
    }

    fn due(&self) -> Due {
        case_due(&Rules::shipped().book(), &self.clock())
    }

    fn due_on(&self) -> String {
        self.due().due_on.to_string()
    }
}
