//! How much work somebody has: a count of cases, and a weight by plan and risk.
//!
//! Shown where two people talk about work: on a person's page, in the pack of a session, beside who might take over. Nowhere
//! are people put into an order by it.

use crate::TextValue;
use crate::calendar::counted;
use crate::cases::PlanType;
use crate::risk::RiskLevel;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What each plan and each risk weighs, in hundredths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseloadWeights {
    plan: BTreeMap<PlanType, u32>,
    risk: BTreeMap<RiskLevel, u32>,
}

/// Weights that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    /// The text is no list of weights.
    #[error("These are no weights: {0}")]
    Unreadable(String),
    /// There is no weight for a plan or a risk.
    #[error("[{part}] says nothing of “{code}”")]
    Missing {
        /// In which part.
        part: &'static str,
        /// For which code.
        code: &'static str,
    },
    /// A weight is below nothing, or so high that it says nothing.
    #[error("[{part}], {code}: a weight lies between 0 and 10")]
    OutOfRange {
        /// In which part.
        part: &'static str,
        /// For which code.
        code: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    plan: BTreeMap<PlanType, f64>,
    risk: BTreeMap<RiskLevel, f64>,
}

impl CaseloadWeights {
    /// The weights that ship with the product.
    pub const SHIPPED: &'static str = include_str!("../content/caseload.toml");

    /// Reads weights: one for each plan and each risk.
    ///
    /// # Errors
    /// What is missing or out of range.
    pub fn parse(text: &str) -> Result<Self, WeightsError> {
        let text: Text = toml::from_str(text).map_err(|error| WeightsError::Unreadable(error.to_string()))?;
        Ok(Self { plan: hundredths("plan", &text.plan)?, risk: hundredths("risk", &text.risk)? })
    }

    /// What a case weighs, in hundredths.
    pub fn of(&self, plan: PlanType, risk: RiskLevel) -> u32 {
        // Each has a weight, or it could not be read.
        let (plan, risk) = (self.plan.get(&plan), self.risk.get(&risk));
        plan.copied().unwrap_or(100) * risk.copied().unwrap_or(100) / 100
    }
}

fn hundredths<T: TextValue + Ord>(
    part: &'static str,
    weights: &BTreeMap<T, f64>,
) -> Result<BTreeMap<T, u32>, WeightsError> {
    let of = |value: &T| {
        let code = value.code();
        let weight = *weights.get(value).ok_or(WeightsError::Missing { part, code })?;
        if !(0.0..=10.0).contains(&weight) {
            return Err(WeightsError::OutOfRange { part, code });
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
        let hundredths = (weight * 100.0).round() as u32;
        Ok((*value, hundredths))
    };
    T::ALL.iter().map(of).collect()
}

/// The open cases that somebody leads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caseload {
    /// How many.
    pub cases: u32,
    /// What they weigh together, in hundredths.
    pub weight: u32,
}

impl Caseload {
    /// The same with one more case.
    pub fn and(self, weight: u32) -> Self {
        Self { cases: self.cases + 1, weight: self.weight + weight }
    }

    /// "12 cases, weight 14.5".
    pub fn words(self) -> String {
        let tenths = (self.weight + 5) / 10;
        let cases = counted(i64::from(self.cases), "case", "cases");
        if self.cases == 0 {
            return "no cases".to_owned();
        }
        if tenths.is_multiple_of(10) {
            format!("{cases}, weight {}", tenths / 10)
        } else {
            format!("{cases}, weight {}.{}", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ships_weighs_every_case() {
        let weights = CaseloadWeights::parse(CaseloadWeights::SHIPPED).unwrap();
        for plan in PlanType::ALL {
            for risk in RiskLevel::ALL {
                assert!(weights.of(*plan, *risk) > 0, "{plan} {risk}");
            }
        }
        assert_eq!(weights.of(PlanType::ChildInNeed, RiskLevel::Standard), 100);
        assert_eq!(weights.of(PlanType::ChildProtection, RiskLevel::High), 225);
    }

    #[test]
    fn weights_that_say_too_little_or_too_much_are_refused() {
        let shipped = CaseloadWeights::SHIPPED;
        for (text, expected) in [
            (shipped.replace("cp = 1.5\n", ""), WeightsError::Missing { part: "plan", code: "cp" }),
            (
                shipped.replace("high = 1.5", "high = -1"),
                WeightsError::OutOfRange { part: "risk", code: "high" },
            ),
            (
                shipped.replace("high = 1.5", "high = 11"),
                WeightsError::OutOfRange { part: "risk", code: "high" },
            ),
        ] {
            assert_eq!(CaseloadWeights::parse(&text), Err(expected));
        }
        assert!(matches!(CaseloadWeights::parse("x = 1"), Err(WeightsError::Unreadable(_))));
    }

    #[test]
    fn a_caseload_is_said_in_words() {
        for (weights, words) in [
            (&[][..], "no cases"),
            (&[100][..], "1 case, weight 1"),
            (&[225, 100][..], "2 cases, weight 3.3"),
            (&[150, 100][..], "2 cases, weight 2.5"),
        ] {
            let load = weights.iter().fold(Caseload::default(), |load, weight| load.and(*weight));
            assert_eq!(load.words(), words);
        }
    }
}
