//! How the language of signed records changes, month by month: counted for everybody together, never for a person, a record or a
//! phrase (domain.md 6). The counts are worked out from the texts when somebody looks at them and are no record themselves.

use super::{FEWEST, Shown};
use crate::ids::PersonId;
use crate::lens::{Lens, Lexicon, Severity, Theme};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::collections::{BTreeMap, HashSet};

/// So many months are looked at.
pub const LANGUAGE_MONTHS: u32 = 12;

/// A month is counted when so many days have passed since: by then its records are signed, or late.
const SIGNED_AFTER: Days = Days::new(14);

/// The first days of the months that can be counted on a day, the newest first.
pub fn months_of_language(today: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let signed = today.checked_sub_days(SIGNED_AFTER).unwrap_or(today);
    let this_month = signed.with_day(1).unwrap_or(signed);
    (1..=LANGUAGE_MONTHS).filter_map(move |back| this_month.checked_sub_months(Months::new(back)))
}

/// The records of a month while they are counted.
#[derive(Debug)]
pub struct LanguageTally<'a> {
    lexicon: &'a Lexicon,
    lens: Lens,
    writers: HashSet<PersonId>,
    counts: LanguageCounts,
}

impl<'a> LanguageTally<'a> {
    /// Nothing yet.
    pub fn new(lexicon: &'a Lexicon) -> Self {
        let (writers, counts) = (HashSet::new(), LanguageCounts::default());
        Self { lexicon, lens: Lens::of(lexicon), writers, counts }
    }

    /// Counts what somebody wrote in a record. What others said, or what is negated, is not theirs.
    pub fn add<'t>(&mut self, writer: PersonId, texts: impl IntoIterator<Item = &'t str>) {
        self.writers.insert(writer);
        for text in texts {
            self.counts.words += text.split_whitespace().count();
            for finding in self.lens.find(text).into_iter().filter(|finding| !finding.is_soft) {
                let known = self.lens.entry(finding.entry);
                if let Some(entry) = known.and_then(|known| self.lexicon.entry(&known.key)) {
                    *self.counts.found.entry((entry.severity, entry.theme)).or_default() += 1;
                }
            }
        }
    }

    /// What was counted; nothing if fewer than five people wrote it. Who they were is forgotten.
    pub fn counts(self) -> Option<LanguageCounts> {
        let writers = i64::try_from(self.writers.len()).unwrap_or(i64::MAX);
        (writers >= FEWEST).then_some(self.counts)
    }
}

/// What was found in some months.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LanguageCounts {
    words: usize,
    found: BTreeMap<(Severity, Theme), usize>,
}

impl LanguageCounts {
    /// Several months as one.
    pub fn sum<'m>(months: impl IntoIterator<Item = &'m Self>) -> Self {
        months.into_iter().fold(Self::default(), |mut sum, month| {
            sum.words += month.words;
            for (kind, found) in &month.found {
                *sum.found.entry(*kind).or_default() += found;
            }
            sum
        })
    }

    /// How often phrases of a severity or a theme stand in ten thousand words.
    pub fn rate(&self, is_meant: impl Fn(Severity, Theme) -> bool) -> LanguageRate {
        let meant = self.found.iter().filter(|((severity, theme), _)| is_meant(*severity, *theme));
        let found: usize = meant.map(|(_, found)| found).sum();
        match Shown::of(i64::try_from(found).unwrap_or(i64::MAX)) {
            Shown::Times(0) => LanguageRate::Never,
            Shown::Times(_) if self.words > 0 => LanguageRate::Tenths(found * 100_000 / self.words),
            _ => LanguageRate::HardlyEver,
        }
    }
}

/// How often phrases stand in ten thousand words, as it may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LanguageRate {
    /// Not once.
    Never,
    /// Fewer than five times in all: they could be told apart.
    HardlyEver,
    /// In tenths of once.
    Tenths(usize),
}

impl std::fmt::Display for LanguageRate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Never => write!(f, "never"),
            Self::HardlyEver => write!(f, "hardly ever"),
            Self::Tenths(tenths) => write!(f, "{}.{}", tenths / 10, tenths % 10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    const BLAMES: &str = "She failed to protect the children.";

    fn tally(texts: &[(u8, &str)]) -> Option<LanguageCounts> {
        let lexicon = Lexicon::parse(Lexicon::SHIPPED, 1).unwrap();
        let mut tally = LanguageTally::new(&lexicon);
        for (writer, text) in texts {
            tally.add(format!("01890a5d-ac96-774b-bcce-b302099a80{writer:02}").parse().unwrap(), [*text]);
        }
        tally.counts()
    }

    #[test]
    fn lens_6_language_of_fewer_than_five_writers_is_not_counted() {
        let four: Vec<(u8, &str)> = (0..40).map(|number| (number % 4, BLAMES)).collect();
        assert_eq!(tally(&four), None);
        let five: Vec<(u8, &str)> = (0..40).map(|number| (number % 5, BLAMES)).collect();
        let counts = tally(&five).unwrap();
        assert_eq!(counts.rate(|severity, _| severity == Severity::Harm).to_string(), "1666.6");
        assert_eq!(counts.rate(|severity, _| severity == Severity::Jargon), LanguageRate::Never);
    }

    #[test]
    fn lens_6_what_others_said_is_not_counted_and_what_is_seldom_is_not_told() {
        let mut texts: Vec<(u8, &str)> = (0..20).map(|number| (number % 5, "A plain sentence.")).collect();
        texts.extend((0..4).map(|number| (number, BLAMES)));
        texts
            .extend((0..9).map(|number| (number % 5, "Mr Shah said: “She failed to protect the children.”")));
        let counts = tally(&texts).unwrap();
        assert_eq!(counts.rate(|_, theme| theme == Theme::Blame), LanguageRate::HardlyEver);
        let year = LanguageCounts::sum([&counts, &counts]);
        assert!(matches!(year.rate(|_, theme| theme == Theme::Blame), LanguageRate::Tenths(_)));
    }

    #[test]
    fn lens_6_a_month_is_counted_when_its_records_are_signed_or_late() {
        let newest = |today: &str| months_of_language(day(today)).next().unwrap();
        assert_eq!(newest("2026-11-14"), day("2026-09-01"));
        assert_eq!(newest("2026-11-15"), day("2026-10-01"));
        let all: Vec<NaiveDate> = months_of_language(day("2026-11-15")).collect();
        assert_eq!((all.len(), all[11]), (12, day("2025-11-01")));
    }
}
