//! Models of reflection (domain.md 4): rows of boxes, as data.

use std::sync::LazyLock;

/// A box of a model.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelStep {
    /// Its name among the boxes of its model.
    pub key: String,
    /// Its heading.
    pub title: String,
    /// One line of help.
    pub hint: String,
}

/// A way to reflect.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name, as it is kept.
    pub key: String,
    /// What people call it.
    pub title: String,
    /// What it is good for, in a few words.
    pub hint: String,
    /// Who described it; empty for free writing.
    pub source: String,
    /// Its boxes, in order; none for free writing.
    #[serde(rename = "step")]
    pub steps: Vec<ModelStep>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Models {
    model: Vec<Model>,
}

/// What ships with the product, as TOML.
const SHIPPED: &str = include_str!("../../content/models.toml");
/// The model without steps.
pub(super) const FREE: &str = "free";

static MODELS: LazyLock<Vec<Model>> =
    LazyLock::new(|| toml::from_str::<Models>(SHIPPED).map(|models| models.model).unwrap_or_default());

/// Every model, the one that a new piece begins with first.
pub fn models() -> &'static [Model] {
    &MODELS
}

/// The model of this name. A piece without one, or with one that is no longer here, is free writing.
pub fn model(key: &str) -> Option<&'static Model> {
    models().iter().find(|model| model.key == key).or_else(|| models().iter().find(|model| model.key == FREE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_has_a_name_of_its_own_and_a_line_of_help_for_each_step() {
        let keys: Vec<&str> = models().iter().map(|model| model.key.as_str()).collect();
        assert_eq!(
            keys,
            ["what", "gibbs", "kolb", "share", "weather", "safety", "discrepancy", "schon", "free"]
        );
        for model in models() {
            assert!(model.steps.is_empty() == (model.key == FREE), "{}", model.key);
            for (number, step) in model.steps.iter().enumerate() {
                assert!(!step.hint.is_empty() && !step.hint.contains('\n'), "{} {}", model.key, step.key);
                assert!(
                    model.steps[..number].iter().all(|earlier| earlier.key != step.key),
                    "{} {}",
                    model.key,
                    step.key
                );
            }
        }
        assert_eq!(model("gone").map(|model| model.key.as_str()), Some(FREE));
    }
}
