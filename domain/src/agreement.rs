//! Supervision agreements: what two people agree about their supervision, and when they look at it again (domain.md 3.5).

use crate::form::{Form, FormCheck, Problems};
use chrono::{Months, NaiveDate};

/// What an agreement speaks of.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The name of its field.
    pub key: String,
    /// Its heading.
    pub title: String,
    /// What belongs here.
    pub hint: String,
    /// What a new agreement begins with.
    pub text: String,
    /// Whether an agreement without it is none.
    #[serde(default)]
    pub needed: bool,
}

/// Everything that an agreement speaks of, in order.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementTemplate {
    /// The sections.
    #[serde(rename = "section")]
    pub sections: Vec<Section>,
}

/// Months until an agreement is looked at again, unless somebody says otherwise.
const REVIEWED_AFTER: Months = Months::new(12);

impl AgreementTemplate {
    /// What ships with the product, as TOML.
    pub const SHIPPED: &'static str = include_str!("../content/agreement.toml");

    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(toml: &str) -> Result<Self, String> {
        toml::from_str(toml).map_err(|error: toml::de::Error| error.message().to_owned())
    }

    /// A form as a new agreement begins, with the interval by the policy in words.
    pub fn blank(&self, interval: &str, today: NaiveDate) -> Form {
        let mut form = Form::default();
        for section in &self.sections {
            form.set(&section.key, section.text.replace("{interval}", interval));
        }
        form.set_date("review_on", today.checked_add_months(REVIEWED_AFTER).unwrap_or(today));
        form
    }
}

/// An agreement as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAgreement {
    /// What is agreed, by section; those of which nothing is said are left out.
    pub answers: Vec<(String, String)>,
    /// When it is looked at again.
    pub review_on: NaiveDate,
}

impl NewAgreement {
    /// Reads the form of an agreement.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, template: &AgreementTemplate, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let mut answers = Vec::new();
        for section in &template.sections {
            let answer = if section.needed {
                check.narrative(&section.key, &format!("Write what you agree on “{}”", section.title))
            } else {
                check.optional_narrative(&section.key)
            };
            answers.extend(answer.filter(|text| !text.is_empty()).map(|text| (section.key.clone(), text)));
        }
        let review_on = check.date("review_on", "Looked at again on");
        if review_on.is_some_and(|day| day <= today) {
            check.fail("review_on", "Looked at again on must be a day after today");
        }
        check.finish(review_on.map(|review_on| Self { answers, review_on }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_new_agreement_begins_with_the_policy_and_is_looked_at_again_in_a_year() {
        let template = AgreementTemplate::parse(AgreementTemplate::SHIPPED).unwrap();
        let form = template.blank("28 days", day("2026-03-27"));
        assert!(form.text("rhythm").starts_with("At least every 28 days"));
        let new = NewAgreement::parse(&form, &template, day("2026-03-27")).unwrap();
        assert_eq!(new.review_on, day("2027-03-27"));
        assert!(new.answers.iter().all(|(_, answer)| !answer.is_empty() && !answer.contains('{')));
    }

    #[test]
    fn what_an_agreement_needs_is_asked_for_and_a_past_review_refused() {
        let template = AgreementTemplate::parse(AgreementTemplate::SHIPPED).unwrap();
        let mut form = template.blank("28 days", day("2026-03-27"));
        form.set("confidentiality", " ");
        form.set_date("review_on", day("2026-03-27"));
        let problems = NewAgreement::parse(&form, &template, day("2026-03-27")).unwrap_err();
        assert!(problems.of("confidentiality").unwrap().contains("Where confidentiality ends"));
        assert!(problems.of("review_on").is_some() && problems.of("feedback").is_none());
    }
}
