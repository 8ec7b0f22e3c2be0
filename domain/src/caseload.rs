//! How much work somebody has: a count of cases, and a weight by plan and risk.
//!
//! What each plan and each risk weighs begins as what ships; each organisation then has its own, as dated versions.
//!
//! Shown where two people talk about work: on a person's page, in the pack of a session, beside who might take over. Nowhere
//! are people put into an order by it.

use crate::TextValue;
use crate::calendar::counted;
use crate::cases::PlanType;
use crate::form::{Form, FormCheck, Problems};
use crate::risk::RiskLevel;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;

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

    /// Reads weights that were written down at some time. A plan that is newer than they are has the weight that ships.
    ///
    /// # Errors
    /// The text is no list of weights, or one is out of range.
    pub fn stored(text: &str) -> Result<Self, WeightsError> {
        let read =
            |text| toml::from_str::<Text>(text).map_err(|error| WeightsError::Unreadable(error.to_string()));
        let (mut all, own) = (read(Self::SHIPPED)?, read(text)?);
        all.plan.extend(own.plan);
        all.risk.extend(own.risk);
        Ok(Self { plan: hundredths("plan", &all.plan)?, risk: hundredths("risk", &all.risk)? })
    }

    /// Reads the form of `/settings/caseload/edit`.
    ///
    /// # Errors
    /// Every box that is empty, no number or out of range.
    pub fn read_form(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let (plan, risk) = (read_boxes(&mut check, PLAN), read_boxes(&mut check, RISK));
        check.finish(Some(Self { plan, risk }))
    }

    /// The form with these weights.
    pub fn to_form(&self) -> Form {
        let mut form = Form::default();
        for (plan, weight) in &self.plan {
            form.set(&field(PLAN, *plan), number(*weight));
        }
        for (risk, weight) in &self.risk {
            form.set(&field(RISK, *risk), number(*weight));
        }
        form
    }

    /// The weights as TOML; [`Self::parse`] reads it again.
    pub fn to_toml(&self) -> String {
        let plans = self.plan.iter().map(|(plan, weight)| (plan.code(), *weight));
        let risks = self.risk.iter().map(|(risk, weight)| (risk.code(), *weight));
        format!("[{PLAN}]\n{}\n[{RISK}]\n{}", lines(plans), lines(risks))
    }

    /// What a plan weighs, as people read it.
    pub fn of_plan(&self, plan: PlanType) -> String {
        number(self.plan.get(&plan).copied().unwrap_or(100))
    }

    /// By what a risk multiplies it, as people read it.
    pub fn of_risk(&self, risk: RiskLevel) -> String {
        number(self.risk.get(&risk).copied().unwrap_or(100))
    }

    /// What a case weighs, in hundredths.
    pub fn of(&self, plan: PlanType, risk: RiskLevel) -> u32 {
        // Each has a weight, or it could not be read.
        let (plan, risk) = (self.plan.get(&plan), self.risk.get(&risk));
        plan.copied().unwrap_or(100) * risk.copied().unwrap_or(100) / 100
    }
}

/// The part with the weights of plans.
pub const PLAN: &str = "plan";

/// The part with what risks multiply them by.
pub const RISK: &str = "risk";

/// The name of the box for one weight.
pub fn field(part: &str, value: impl TextValue) -> String {
    format!("{part}.{}", value.code())
}

/// The highest weight, in hundredths.
const MOST: u32 = 1000;

fn read_boxes<T: TextValue + Ord>(check: &mut FormCheck<'_>, part: &str) -> BTreeMap<T, u32> {
    let mut weights = BTreeMap::new();
    for value in T::ALL {
        let name = field(part, *value);
        let words = value.words();
        let Some(text) = check.line(&name, &format!("Enter a weight for “{words}”")) else { continue };
        match in_hundredths(&text).filter(|weight| *weight <= MOST) {
            Some(weight) => drop(weights.insert(*value, weight)),
            None => {
                check
                    .fail(&name, format!("The weight for “{words}” must be a number from 0 to 10, like 1.5"));
            }
        }
    }
    weights
}

/// "1", "1.5" or "0.75", in hundredths.
fn in_hundredths(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.chars().all(|sign| sign.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 2 || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let part = format!("{part:0<2}");
    Some(whole.parse::<u32>().ok()? * 100 + part.parse::<u32>().ok()?)
}

/// "1.5": hundredths as people write them.
fn number(hundredths: u32) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn lines<'a>(weights: impl Iterator<Item = (&'a str, u32)>) -> String {
    weights.fold(String::new(), |mut lines, (code, weight)| {
        // A number of TOML has its point, or it would be a whole one.
        let _ = writeln!(lines, "{code} = {}.{:02}", weight / 100, weight % 100);
        lines
    })
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
    fn weights_written_out_or_shown_in_a_form_are_the_same_when_read_again() {
        let shipped = CaseloadWeights::parse(CaseloadWeights::SHIPPED).unwrap();
        assert_eq!(CaseloadWeights::parse(&shipped.to_toml()), Ok(shipped.clone()));
        assert_eq!(CaseloadWeights::read_form(&shipped.to_form()), Ok(shipped.clone()));
        assert_eq!(
            (shipped.of_plan(PlanType::ChildProtection), shipped.of_risk(RiskLevel::Standard)),
            ("1.5".to_owned(), "1".to_owned())
        );
    }

    #[test]
    fn a_form_names_every_weight_that_is_wrong() {
        let shipped = CaseloadWeights::parse(CaseloadWeights::SHIPPED).unwrap();
        let mut form = shipped.to_form();
        for (field, typed, wanted) in [
            ("plan.cp", "", "Enter a weight for “Child protection”"),
            ("plan.cin", "heavy", "must be a number from 0 to 10"),
            ("risk.high", "10.01", "must be a number from 0 to 10"),
            ("risk.medium", "-1", "must be a number from 0 to 10"),
            ("risk.standard", "1.234", "must be a number from 0 to 10"),
        ] {
            form.set(field, typed);
            let problems = CaseloadWeights::read_form(&form).unwrap_err();
            assert!(problems.of(field).unwrap().contains(wanted), "{field}: {problems:?}");
        }
        assert_eq!(CaseloadWeights::read_form(&form).unwrap_err().0.len(), 5, "of all at once");
        assert_eq!(in_hundredths("0.75"), Some(75));
        assert_eq!(in_hundredths("10"), Some(1000));
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
