//! The tool with which a file is graded (domain.md 3.8): what each domain asks, and what each score means in it.

use crate::value::text_value;

text_value! {
    /// How far a record goes in one domain. The scale is ordered.
    Score: "score" {
        Absent = "0", "Absent";
        Descriptive = "1", "Descriptive";
        Analytic = "2", "Analytic";
        ChangedThePlan = "3", "Analytic, and it changed the plan";
    }
}

impl Score {
    /// How many scores there are.
    pub const COUNT: usize = 4;

    /// The score as a number from 0 to 3.
    pub fn number(self) -> u8 {
        match self {
            Self::Absent => 0,
            Self::Descriptive => 1,
            Self::Analytic => 2,
            Self::ChangedThePlan => 3,
        }
    }

    /// Whether the record does more than describe.
    pub fn is_analytic(self) -> bool {
        self >= Self::Analytic
    }
}

text_value! {
    /// The grade of a whole file, in the inspectorate's four words.
    OverallGrade: "overall grade" {
        Outstanding = "outstanding", "Outstanding";
        Good = "good", "Good";
        RequiresImprovement = "requires_improvement", "Requires improvement";
        Inadequate = "inadequate", "Inadequate";
        NotGraded = "not_graded", "Not graded";
    }
}

/// One of the things that are looked at in a file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualityDomain {
    /// Under which its score is kept.
    pub key: String,
    /// Its heading.
    pub title: String,
    /// What is asked of the record.
    pub asks: String,
    /// What each score means here, from 0 to 3.
    pub levels: [String; Score::COUNT],
}

/// The tool, in one version.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditTool {
    /// Which version this is: a grade is kept with the version of its tool.
    pub version: i32,
    /// The domains, in order.
    #[serde(rename = "domain")]
    pub domains: Vec<QualityDomain>,
}

impl AuditTool {
    /// What ships with the product, as TOML.
    pub const SHIPPED: &'static str = include_str!("../../content/audit-tool.toml");

    /// Reads a tool.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(toml: &str) -> Result<Self, String> {
        toml::from_str(toml).map_err(|error: toml::de::Error| error.message().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextValue;
    use std::collections::BTreeSet;

    #[test]
    fn the_tool_that_ships_has_twelve_domains_with_words_for_each_score() {
        let tool = AuditTool::parse(AuditTool::SHIPPED).unwrap();
        assert_eq!(tool.domains.len(), 12);
        let keys: BTreeSet<&str> = tool.domains.iter().map(|domain| domain.key.as_str()).collect();
        assert_eq!(keys.len(), 12, "each key once");
        for domain in &tool.domains {
            let words: BTreeSet<&String> = domain.levels.iter().collect();
            assert_eq!(words.len(), Score::COUNT, "{}: each score has words of its own", domain.key);
            assert!(!domain.asks.is_empty() && !domain.title.is_empty(), "{}", domain.key);
        }
    }

    #[test]
    fn a_score_is_stored_as_its_number() {
        for score in Score::ALL {
            assert_eq!(score.code(), score.number().to_string());
        }
        assert!(Score::Analytic.is_analytic() && !Score::Descriptive.is_analytic());
    }
}
