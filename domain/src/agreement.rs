//! Supervision agreements: what two people agree about their supervision, and when they look at it again (domain.md 3.5).

use crate::form::{Form, FormCheck, Problems};
use crate::policy::Rule;
use chrono::NaiveDate;
use std::collections::HashMap;

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

/// What two people signed last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastAgreed {
    /// The day on which the second of them signed.
    pub signed_on: NaiveDate,
    /// What was agreed, by section.
    pub answers: HashMap<String, String>,
}

/// The rule by which an agreement is looked at again: the first of two people sooner, because they do not know yet how it goes.
pub fn looked_at_again(last: Option<&LastAgreed>) -> Rule {
    if last.is_some() { Rule::AgreementLookedAt } else { Rule::AgreementLookedAtFirst }
}

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

    /// A form as a new agreement begins: with what the two signed last, and else with what ships and the interval by the policy in
    /// words. What the last one leaves out is left out here too; they had a reason.
    pub fn begun(&self, last: Option<&LastAgreed>, interval: &str, review_on: NaiveDate) -> Form {
        let mut form = Form::default();
        for section in &self.sections {
            let text = match last {
                Some(last) => last.answers.get(&section.key).cloned().unwrap_or_default(),
                None => section.text.replace("{interval}", interval),
            };
            form.set(&section.key, text);
        }
        form.set_date("review_on", review_on);
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
    use crate::policy::Policy;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_first_agreement_of_two_people_begins_with_what_ships_and_the_interval_by_the_policy() {
        let template = AgreementTemplate::parse(AgreementTemplate::SHIPPED).unwrap();
        let form = template.begun(None, "28 days", day("2026-06-27"));
        assert!(form.text("rhythm").starts_with("At least every 28 days"));
        let new = NewAgreement::parse(&form, &template, day("2026-03-27")).unwrap();
        assert_eq!(new.review_on, day("2026-06-27"));
        assert!(new.answers.iter().all(|(_, answer)| !answer.is_empty() && !answer.contains('{')));
    }

    /// No fact is asked twice, and what two people left empty does not come back.
    #[test]
    fn a_later_agreement_begins_with_what_the_last_one_said_and_left_out() {
        let template = AgreementTemplate::parse(AgreementTemplate::SHIPPED).unwrap();
        let answers = HashMap::from([("rhythm".to_owned(), "Every Tuesday, walking.".to_owned())]);
        let last = LastAgreed { signed_on: day("2026-03-27"), answers };
        let form = template.begun(Some(&last), "28 days", day("2027-06-27"));
        assert_eq!((form.text("rhythm"), form.text("agenda")), ("Every Tuesday, walking.", ""));
    }

    /// domain.md 3.5: the review date; both numbers are the organisation's or the team's.
    #[test]
    fn the_first_agreement_of_two_people_is_looked_at_again_sooner_than_later_ones() {
        let policy = Policy::parse(Policy::SHIPPED, 1).unwrap();
        let last = LastAgreed { signed_on: day("2026-03-27"), answers: HashMap::new() };
        assert_eq!(policy.number(looked_at_again(None)), 3);
        assert_eq!(policy.number(looked_at_again(Some(&last))), 12);
    }

    #[test]
    fn what_an_agreement_needs_is_asked_for_and_a_past_review_refused() {
        let template = AgreementTemplate::parse(AgreementTemplate::SHIPPED).unwrap();
        let mut form = template.begun(None, "28 days", day("2026-03-27"));
        form.set("confidentiality", " ");
        let problems = NewAgreement::parse(&form, &template, day("2026-03-27")).unwrap_err();
        assert!(problems.of("confidentiality").unwrap().contains("Where confidentiality ends"));
        assert!(problems.of("review_on").is_some() && problems.of("feedback").is_none());
    }
}
