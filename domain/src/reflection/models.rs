//! Models of reflection (domain.md 4): rows of boxes, as data; and which of them an organisation uses.

use crate::form::{Form, Problems};
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
    /// Whether its boxes stand in a square, two by two: they are read against each other.
    #[serde(default)]
    pub square: bool,
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

/// Which models an organisation uses: all but those that it has switched off, so that one that ships later is there at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelsInUse {
    off: Vec<String>,
    version: i32,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct SwitchedOff {
    off: Vec<String>,
}

/// The field with the names of the models that are used.
pub const USED_MODELS: &str = "used";

impl ModelsInUse {
    /// What holds until somebody switches one off, as TOML.
    pub const SHIPPED: &'static str = "off = []\n";

    /// Reads which are switched off.
    ///
    /// # Errors
    /// The text is no such list.
    pub fn parse(text: &str, version: i32) -> Result<Self, toml::de::Error> {
        Ok(Self { off: toml::from_str::<SwitchedOff>(text)?.off, version })
    }

    /// The list as text, which [`ModelsInUse::parse`] reads again.
    ///
    /// # Errors
    /// It cannot be written: never for names of models.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(&SwitchedOff { off: self.off.clone() })
    }

    /// Reads the form in which models are ticked. The one that a new piece begins with stays.
    ///
    /// # Errors
    /// That one is not ticked.
    pub fn read(form: &Form) -> Result<Self, Problems> {
        let is_ticked = |model: &&Model| form.all(USED_MODELS).any(|key| key == model.key);
        let off: Vec<String> =
            models().iter().filter(|model| !is_ticked(model)).map(|model| model.key.clone()).collect();
        match models().first().filter(|first| off.contains(&first.key)) {
            Some(first) => {
                let words = format!("Leave “{}” ticked: a new reflection begins with it", first.title);
                Err(Problems::one(USED_MODELS, words))
            }
            None => Ok(Self { off, version: 0 }),
        }
    }

    /// The version that says so.
    pub fn version(&self) -> i32 {
        self.version
    }

    /// Whether both leave out the same.
    pub fn is_same_as(&self, other: &Self) -> bool {
        models().iter().all(|model| self.is_used(model) == other.is_used(model))
    }

    /// Whether a new piece may be written in it.
    pub fn is_used(&self, model: &Model) -> bool {
        !self.off.contains(&model.key)
    }

    /// The models for a piece that is written in this one: those that are used, and its own whether or not it still is.
    pub fn offered<'a>(&'a self, written_in: &'a str) -> impl Iterator<Item = &'static Model> + 'a {
        models().iter().filter(move |model| self.is_used(model) || model.key == written_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticked(keys: &[&str]) -> Form {
        Form::new(keys.iter().map(|key| (USED_MODELS.to_owned(), (*key).to_owned())).collect())
    }

    #[test]
    fn what_is_switched_off_is_offered_to_a_piece_that_was_written_in_it_and_to_no_other() {
        let used = ModelsInUse::read(&ticked(&["what", "gibbs", "safety"])).unwrap();
        let offered =
            |written_in| used.offered(written_in).map(|model| model.key.as_str()).collect::<Vec<_>>();
        assert_eq!(offered("what"), ["what", "gibbs", "safety"]);
        assert_eq!(offered("kolb"), ["what", "gibbs", "kolb", "safety"]);
        let kept = ModelsInUse::parse(&used.to_toml().unwrap(), 4).unwrap();
        assert!(kept.is_same_as(&used) && kept.version() == 4);
        assert!(!kept.is_same_as(&ModelsInUse::parse(ModelsInUse::SHIPPED, 1).unwrap()));
    }

    #[test]
    fn nothing_is_off_until_somebody_says_so_and_what_a_new_piece_begins_with_never_is() {
        let shipped = ModelsInUse::parse(ModelsInUse::SHIPPED, 1).unwrap();
        assert_eq!(shipped.offered("").count(), models().len());
        let problems = ModelsInUse::read(&ticked(&["gibbs"])).unwrap_err();
        assert_eq!(
            problems.of(USED_MODELS),
            Some("Leave “What? So what? Now what?” ticked: a new reflection begins with it")
        );
        assert!(ModelsInUse::read(&ticked(&["what"])).is_ok(), "the default alone is enough");
    }

    #[test]
    fn signs_of_safety_has_a_danger_statement_and_a_safety_goal_and_four_boxes_stand_in_a_square() {
        let steps = |key| model(key).unwrap().steps.iter().map(|step| step.key.as_str()).collect::<Vec<_>>();
        assert_eq!(steps("safety"), ["worried", "danger", "working", "goal", "needed", "scale"]);
        let squares: Vec<&Model> = models().iter().filter(|model| model.square).collect();
        assert_eq!(squares.len(), 1);
        assert_eq!(steps(&squares[0].key), ["strong", "ambiguous", "assumed", "missing"]);
    }

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
