//! How the language of signed records changes, month by month: counted for everybody together, never for a person, a record or a
//! phrase (domain.md 6). The counts are worked out from the texts when somebody looks at them and are no record themselves.

use super::FEWEST;
use crate::ids::PersonId;
use crate::lens::{Lens, Lexicon, Severity, Theme};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::collections::{BTreeMap, HashSet};

/// So many months are looked at.
const LANGUAGE_MONTHS: u32 = 12;

/// A month is counted when so many days have passed since: by then its records are signed, or late.
const SIGNED_AFTER: Days = Days::new(14);

/// The first days of the months that can be counted on a day, the newest first.
pub fn months_of_language(today: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let signed = today.checked_sub_days(SIGNED_AFTER).unwrap_or(today);
    let this_month = signed.with_day(1).unwrap_or(signed);
    (1..=LANGUAGE_MONTHS).filter_map(move |back| this_month.checked_sub_months(Months::new(back)))
}

/// Reads texts by a lexicon.
#[derive(Debug)]
pub struct LanguageReader<'a> {
    lexicon: &'a Lexicon,
    lens: Lens,
}

impl<'a> LanguageReader<'a> {
    /// A reader that knows these words.
    pub fn new(lexicon: &'a Lexicon) -> Self {
        Self { lexicon, lens: Lens::of(lexicon) }
    }
}

/// Phrases of one kind while they are counted: how many, and who wrote them.
#[derive(Clone, Debug, Default)]
struct Kind {
    found: usize,
    writers: HashSet<PersonId>,
}

/// Some records while they are counted.
#[derive(Clone, Debug, Default)]
pub struct LanguageTally {
    words: usize,
    writers: HashSet<PersonId>,
    by_severity: BTreeMap<Severity, Kind>,
    by_theme: BTreeMap<Theme, Kind>,
}

impl LanguageTally {
    /// Counts what somebody wrote in a record. What others said, or what is negated, is not theirs.
    pub fn add<'t>(
        &mut self,
        reader: &LanguageReader<'_>,
        writer: &PersonId,
        texts: impl IntoIterator<Item = &'t str>,
    ) {
        self.writers.insert(writer.clone());
        for text in texts {
            self.words += text.split_whitespace().count();
            for finding in reader.lens.find(text).into_iter().filter(|finding| !finding.is_soft) {
                let known = reader.lens.entry(finding.entry);
                let Some(entry) = known.and_then(|known| reader.lexicon.entry(&known.key)) else { continue };
                let of_severity = self.by_severity.entry(entry.severity).or_default();
                for kind in [of_severity, self.by_theme.entry(entry.theme).or_default()] {
                    kind.found += 1;
                    kind.writers.insert(writer.clone());
                }
            }
        }
    }

    /// These records and others together.
    pub fn join(&mut self, other: &Self) {
        self.words += other.words;
        self.writers.extend(other.writers.iter().cloned());
        join_kinds(&mut self.by_severity, &other.by_severity);
        join_kinds(&mut self.by_theme, &other.by_theme);
    }

    /// What was counted; nothing if fewer than five people wrote the records. Of the kinds of phrases only those that five people have
    /// written are told: one person's way of writing is nobody else's matter. Who they were is forgotten.
    pub fn counts(&self) -> Option<LanguageCounts> {
        is_enough(&self.writers).then(|| LanguageCounts {
            words: self.words,
            by_severity: told(&self.by_severity),
            by_theme: told(&self.by_theme),
        })
    }
}

fn join_kinds<K: Ord + Copy>(into: &mut BTreeMap<K, Kind>, other: &BTreeMap<K, Kind>) {
    for (key, kind) in other {
        let own = into.entry(*key).or_default();
        own.found += kind.found;
        own.writers.extend(kind.writers.iter().cloned());
    }
}

fn told<K: Ord + Copy>(kinds: &BTreeMap<K, Kind>) -> BTreeMap<K, usize> {
    kinds.iter().filter(|(_, kind)| is_enough(&kind.writers)).map(|(key, kind)| (*key, kind.found)).collect()
}

fn is_enough(writers: &HashSet<PersonId>) -> bool {
    i64::try_from(writers.len()).is_ok_and(|writers| writers >= FEWEST)
}

/// What was found in some records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LanguageCounts {
    words: usize,
    by_severity: BTreeMap<Severity, usize>,
    by_theme: BTreeMap<Theme, usize>,
}

impl LanguageCounts {
    /// How often phrases of a severity stand in ten thousand words.
    pub fn of_severity(&self, severity: Severity) -> LanguageRate {
        self.rate(self.by_severity.get(&severity))
    }

    /// How often phrases of a theme stand in ten thousand words.
    pub fn of_theme(&self, theme: Theme) -> LanguageRate {
        self.rate(self.by_theme.get(&theme))
    }

    fn rate(&self, found: Option<&usize>) -> LanguageRate {
        let tenths = found.and_then(|found| (found * 100_000).checked_div(self.words));
        match tenths {
            None | Some(0) => LanguageRate::HardlyEver,
            Some(tenths) => LanguageRate::Tenths(tenths),
        }
    }
}

/// How often phrases stand in ten thousand words, as it may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LanguageRate {
    /// Never, or by fewer than five people: they could be told apart.
    HardlyEver,
    /// In tenths of once.
    Tenths(usize),
}

impl std::fmt::Display for LanguageRate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
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

    fn tally(texts: &[(u8, &str)]) -> LanguageTally {
        let lexicon = Lexicon::parse(Lexicon::SHIPPED, 1).unwrap();
        let (reader, mut tally) = (LanguageReader::new(&lexicon), LanguageTally::default());
        for (writer, text) in texts {
            let writer = format!("01890a5d-ac96-774b-bcce-b302099a80{writer:02}").parse().unwrap();
            tally.add(&reader, &writer, [*text]);
        }
        tally
    }

    /// Each of so many writers, over and over.
    fn by(writers: u8, times: u8, text: &str) -> Vec<(u8, &str)> {
        (0..times).map(|number| (number % writers, text)).collect()
    }

    #[test]
    fn lens_6_language_of_fewer_than_five_writers_is_not_counted() {
        assert_eq!(tally(&by(4, 40, BLAMES)).counts(), None);
        let counts = tally(&by(5, 40, BLAMES)).counts().unwrap();
        assert_eq!(counts.of_severity(Severity::Harm).to_string(), "1666.6");
        assert_eq!(counts.of_theme(Theme::Blame).to_string(), "1666.6");
        assert_eq!(counts.of_severity(Severity::Jargon), LanguageRate::HardlyEver);
    }

    #[test]
    fn lens_6_what_one_person_writes_is_not_told_in_a_crowd() {
        let mut texts = by(20, 200, "A plain sentence.");
        texts.extend(by(1, 90, BLAMES));
        let alone = tally(&texts);
        assert_eq!(alone.counts().unwrap().of_theme(Theme::Blame), LanguageRate::HardlyEver, "one of twenty");
        let mut joined = alone.clone();
        joined.join(&tally(&by(5, 5, BLAMES)));
        let rate = joined.counts().unwrap().of_theme(Theme::Blame);
        assert!(matches!(rate, LanguageRate::Tenths(_)), "five of twenty: {rate}");
    }

    #[test]
    fn lens_6_what_others_said_is_not_the_writers_language() {
        let counts =
            tally(&by(5, 50, "Mr Shah said: “She failed to protect the children.”")).counts().unwrap();
        assert_eq!(counts.of_theme(Theme::Blame), LanguageRate::HardlyEver);
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
