//! How often things are due: dated versions of an organisation's rules, which a team may tighten or loosen for itself.
//!
//! A policy is a number for each [`Rule`]. So the form, the file, the comparison and the preview of a change are one
//! thing each, whatever rules there are.

mod rules;
mod versions;

pub use rules::{About, Part, Rule, Unit};
pub use versions::{NewVersion, RuleKind};

use crate::form::{Form, Problems};
use std::collections::BTreeMap;

/// Numbers for some of the rules: a whole policy, or what a team has otherwise.
pub type Numbers = BTreeMap<Rule, u32>;

/// A number for each rule, and the version that gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    numbers: Numbers,
    /// Rules that a team has otherwise, with the version that says so.
    of_team: BTreeMap<Rule, (u32, i32)>,
    version: i32,
}

/// A policy that cannot be used: the rule, the number and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The text is not a policy.
    #[error("This is not a policy file: {0}")]
    Unreadable(String),
    /// A key stands for no rule.
    #[error("There is no rule “{0}”")]
    UnknownRule(String),
    /// A rule has no number.
    #[error("The rule “{}” is missing", .0.about().key)]
    Missing(Rule),
    /// A number is not allowed.
    #[error("{}: {found} is not allowed. It must be a whole number from {} to {} {}", .rule.about().key, .rule.about().least, .rule.about().most, .rule.about().unit.words())]
    NotAllowed {
        /// The rule.
        rule: Rule,
        /// What stands there.
        found: String,
    },
    /// Two rules do not fit together.
    #[error("{}: it must not be more than {}", .low.about().words, .high.about().words)]
    Order {
        /// The one that is too great.
        low: Rule,
        /// The one that bounds it.
        high: Rule,
    },
}

impl PolicyError {
    /// The rule at which it is to be mended, if it is about one.
    pub fn rule(&self) -> Option<Rule> {
        match self {
            Self::Order { low: rule, .. } | Self::Missing(rule) | Self::NotAllowed { rule, .. } => {
                Some(*rule)
            }
            Self::Unreadable(_) | Self::UnknownRule(_) => None,
        }
    }
}

/// Pairs of rules of which the first must not be greater than the second.
const ORDERED: &[(Rule, Rule)] = &[
    (Rule::AsyeFirstUntil, Rule::AsyeSecondUntil),
    (Rule::AsyeSecondUntil, Rule::AsyeThirdUntil),
    (Rule::AsyeFirst, Rule::AsyeSecond),
    (Rule::AsyeSecond, Rule::AsyeThird),
    (Rule::ChangeNotBefore, Rule::ChangeWithin),
    (Rule::AssessmentLast, Rule::AssessmentEnds),
    (Rule::RecordDecision, Rule::RecordFull),
    (Rule::LongestOpenProtectionFirst, Rule::LongestOpenProtectionSecond),
];

impl Policy {
    /// The policy pack that ships with the product, as TOML.
    pub const SHIPPED: &'static str = include_str!("../../content/policy.toml");

    /// A policy from all its numbers.
    ///
    /// # Errors
    /// A rule without a number, a number out of its range, or rules that do not fit together.
    pub fn new(numbers: Numbers, version: i32) -> Result<Self, PolicyError> {
        if let Some(missing) = Rule::ALL.iter().find(|rule| !numbers.contains_key(rule)) {
            return Err(PolicyError::Missing(*missing));
        }
        let policy = Self { numbers, of_team: BTreeMap::new(), version };
        policy.check()?;
        Ok(policy)
    }

    /// Reads a whole policy from TOML: one line a rule, `"case.cp.interval" = 28`.
    ///
    /// # Errors
    /// Names the first line that cannot be used, and what is allowed.
    pub fn parse(toml: &str, version: i32) -> Result<Self, PolicyError> {
        Self::new(parse_numbers(toml)?, version)
    }

    /// Reads a policy that was written down at some time. A rule that is newer than it has the number that ships.
    ///
    /// # Errors
    /// Names the first line that cannot be used, and what is allowed.
    pub fn stored(toml: &str, version: i32) -> Result<Self, PolicyError> {
        let mut numbers = parse_numbers(Self::SHIPPED)?;
        numbers.extend(parse_numbers(toml)?);
        Self::new(numbers, version)
    }

    /// This policy as a team has it, with some rules otherwise since this version.
    ///
    /// # Errors
    /// The team's numbers do not fit with the others.
    pub fn for_team(&self, numbers: &Numbers, version: i32) -> Result<Self, PolicyError> {
        let mut policy = self.clone();
        policy.of_team.extend(numbers.iter().map(|(rule, number)| (*rule, (*number, version))));
        policy.check()?;
        Ok(policy)
    }

    /// The number of a rule.
    pub fn number(&self, rule: Rule) -> u32 {
        self.of_team.get(&rule).map_or_else(|| self.numbers[&rule], |(number, _)| *number)
    }

    /// The version that gave a rule its number: the team's if it has the rule otherwise.
    pub fn version_of(&self, rule: Rule) -> i32 {
        self.of_team.get(&rule).map_or(self.version, |(_, version)| *version)
    }

    /// The version in force for the organisation.
    pub fn version(&self) -> i32 {
        self.version
    }

    /// Every number, the team's included.
    pub fn numbers(&self) -> Numbers {
        Rule::ALL.iter().map(|rule| (*rule, self.number(*rule))).collect()
    }

    /// What is otherwise in the other: the rule, its number here and its number there.
    pub fn differences(&self, other: &Self) -> Vec<(Rule, u32, u32)> {
        let pairs = Rule::ALL.iter().map(|rule| (*rule, self.number(*rule), other.number(*rule)));
        pairs.filter(|(_, here, there)| here != there).collect()
    }

    fn check(&self) -> Result<(), PolicyError> {
        for rule in Rule::ALL {
            let (number, about) = (self.number(*rule), rule.about());
            if !(about.least..=about.most).contains(&number) {
                return Err(PolicyError::NotAllowed { rule: *rule, found: number.to_string() });
            }
        }
        match ORDERED.iter().find(|(low, high)| self.number(*low) > self.number(*high)) {
            Some((low, high)) => Err(PolicyError::Order { low: *low, high: *high }),
            None => Ok(()),
        }
    }
}

/// Reads numbers for some of the rules from TOML.
///
/// # Errors
/// Names the first line that cannot be used, and what is allowed.
pub fn parse_numbers(toml: &str) -> Result<Numbers, PolicyError> {
    let table: toml::Table =
        toml.parse().map_err(|error: toml::de::Error| PolicyError::Unreadable(error.message().to_owned()))?;
    let mut numbers = Numbers::new();
    for (key, value) in table {
        let rule = Rule::from_key(&key).ok_or_else(|| PolicyError::UnknownRule(key.clone()))?;
        let number = value.as_integer().and_then(|number| u32::try_from(number).ok());
        let number = number.ok_or_else(|| PolicyError::NotAllowed { rule, found: found(&value) })?;
        let about = rule.about();
        if !(about.least..=about.most).contains(&number) {
            return Err(PolicyError::NotAllowed { rule, found: number.to_string() });
        }
        numbers.insert(rule, number);
    }
    Ok(numbers)
}

/// What stands in a file in place of a number.
fn found(value: &toml::Value) -> String {
    match value {
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::String(text) => format!("“{text}”"),
        other => format!("a {}", other.type_str()),
    }
}

/// Writes numbers as TOML, with what each is as a comment; [`parse_numbers`] reads it again.
pub fn to_toml(numbers: &Numbers) -> String {
    let part = |part: &Part| {
        let of_part = numbers.iter().filter(|(rule, _)| rule.about().part == *part);
        let lines: Vec<String> = of_part
            .map(|(rule, number)| {
                let about = rule.about();
                let line = format!("\"{}\" = {number}", about.key);
                format!("{line:<48}# {}, {}\n", about.words, about.unit.words())
            })
            .collect();
        (!lines.is_empty()).then(|| format!("# {}\n{}", part.words(), lines.concat()))
    };
    Part::ALL.iter().filter_map(part).collect::<Vec<_>>().join("\n")
}

/// Reads the boxes of the policy form: each is named by its rule's key.
///
/// # Errors
/// Every box that is empty, no number or out of range; or two rules that do not fit together.
pub fn read_form(form: &Form) -> Result<Numbers, Problems> {
    let mut check = crate::form::FormCheck::new(form);
    let mut numbers = Numbers::new();
    for rule in Rule::ALL {
        let about = rule.about();
        let range = i32::try_from(about.least).unwrap_or(0)..=i32::try_from(about.most).unwrap_or(i32::MAX);
        let number = check.number(about.key, &format!("“{}”", about.words), range);
        numbers.extend(number.and_then(|number| u32::try_from(number).ok()).map(|number| (*rule, number)));
    }
    let numbers = check.finish(Some(numbers))?;
    match Policy::new(numbers, 0) {
        Ok(policy) => Ok(policy.numbers),
        Err(error) => {
            let field = error.rule().map_or("form", |rule| rule.about().key);
            Err(Problems::one(field, error.to_string()))
        }
    }
}

#[cfg(test)]
mod tests;
