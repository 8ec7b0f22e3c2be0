//! Standards of the profession, as tags for pieces of a journal; the author alone sees which they have written about.

use std::sync::LazyLock;

/// One standard.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// Its name, as it is kept.
    pub key: String,
    /// What people call it.
    pub title: String,
}

/// A list of standards.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// Its name.
    pub key: String,
    /// What people call it.
    pub title: String,
    /// Its standards, in order.
    #[serde(rename = "standard")]
    pub standards: Vec<Standard>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Frameworks {
    framework: Vec<Framework>,
}

static FRAMEWORKS: LazyLock<Vec<Framework>> = LazyLock::new(|| {
    toml::from_str::<Frameworks>(include_str!("../../content/standards.toml"))
        .map(|frameworks| frameworks.framework)
        .unwrap_or_default()
});

/// Every list of standards that ships with the product.
pub fn frameworks() -> &'static [Framework] {
    &FRAMEWORKS
}

/// The standard of this name.
pub fn standard(key: &str) -> Option<&'static Standard> {
    frameworks().iter().flat_map(|framework| &framework.standards).find(|standard| standard.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_has_a_name_of_its_own() {
        let counts: Vec<usize> = frameworks().iter().map(|framework| framework.standards.len()).collect();
        assert_eq!(counts, [9, 6, 10]);
        let mut keys: Vec<&str> = frameworks()
            .iter()
            .flat_map(|framework| &framework.standards)
            .map(|one| one.key.as_str())
            .collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 25);
    }
}
