//! What looking for phrases may cost: one of them, an entry, and all together.

use super::compiled::Lens;
use super::lexicon::{Entry, Lexicon, LexiconError};
use super::pattern::{Part, Pattern, PatternError};
use std::collections::BTreeSet;

/// The most places that may be tried for each word of a text, for one phrase.
const MOST_EFFORT: usize = 120;

/// The same for all phrases together. What ships needs a fraction of it.
const MOST_EFFORT_OF_ALL: usize = 400;

/// The most lines of one entry, exceptions included.
pub(super) const MOST_LINES: usize = 60;

/// Whether a phrase can be read, and looked for quickly.
pub(super) fn usable(written: &str) -> Result<(), PatternError> {
    let pattern = Pattern::parse(written)?;
    let lens = Lens::of_phrase(written);
    if texts_of(&pattern).iter().any(|text| lens.effort(text) > MOST_EFFORT) {
        return Err(PatternError::Slow);
    }
    Ok(())
}

/// Whether an entry has no more lines than it may: each is looked at by itself first, and that takes time too.
pub(super) fn check_lines(phrases: &[String], unless: &[String]) -> Result<(), LexiconError> {
    if phrases.len() + unless.len() > MOST_LINES {
        return Err(LexiconError::TooManyLines);
    }
    Ok(())
}

/// Whether all phrases can be looked for quickly where those of this entry stand. What is looked for as before takes as long as
/// before, and what was slower may be made better.
pub(super) fn check_effort(next: &Lexicon, before: &Lexicon, key: &str) -> Result<(), LexiconError> {
    let Some(entry) = next.entry(key) else { return Ok(()) };
    let looks_for = |entry: &Entry| (entry.phrases.clone(), entry.unless.clone(), entry.retired);
    if before.entry(key).map(looks_for) == Some(looks_for(entry)) {
        return Ok(());
    }
    check_lines(&entry.phrases, &entry.unless)?;
    let texts = slow_texts(entry);
    let effort = most_effort(next, &texts);
    if effort > MOST_EFFORT_OF_ALL && effort > most_effort(before, &texts) {
        return Err(LexiconError::Slow);
    }
    Ok(())
}

/// How many places are tried for each word of the worst of these texts.
fn most_effort(lexicon: &Lexicon, texts: &BTreeSet<String>) -> usize {
    let lens = Lens::of(lexicon);
    texts.iter().map(|text| lens.effort(text)).max().unwrap_or(0)
}

/// Texts through which it takes long to look for the phrases of an entry.
fn slow_texts(entry: &Entry) -> BTreeSet<String> {
    let lines = entry.phrases.iter().chain(&entry.unless);
    lines.filter_map(|line| Pattern::parse(line).ok()).flat_map(|pattern| texts_of(&pattern)).collect()
}

/// Texts through which it takes long to look for a phrase: each of its words over and over, and all words of a way in order. A word
/// that stands among the alternatives of every place is the slowest, wherever it stands there.
fn texts_of(pattern: &Pattern) -> BTreeSet<String> {
    let at_place = |part: &Part| match part {
        Part::Words(words) => words.clone(),
        Part::Name => vec!["Anna".to_owned()],
        Part::Gap(_) | Part::End => Vec::new(),
    };
    let mut texts = BTreeSet::new();
    for way in &pattern.ways {
        let places: Vec<Vec<String>> = way.iter().map(at_place).filter(|words| !words.is_empty()).collect();
        let first: Vec<&str> = places.iter().filter_map(|words| words.first().map(String::as_str)).collect();
        texts.insert(format!("{} ", first.join(" ")).repeat(20));
        texts.extend(places.iter().flatten().map(|word| format!("{word} ").repeat(60)));
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Lexicon {
        Lexicon::parse(Lexicon::SHIPPED, 1).unwrap()
    }

    /// An entry of this key with these phrases.
    fn with_phrases(key: &str, phrases: Vec<String>) -> Entry {
        let known = shipped().entry("chaotic").unwrap().clone();
        Entry { key: key.to_owned(), phrases, unless: Vec::new(), ..known }
    }

    #[test]
    fn a_phrase_is_slow_wherever_its_slowest_word_stands() {
        let hidden = "(a|the) <6> (b|the) <6> (c|the) <6> (d|the) <6> (e|the) <6> zebra";
        assert_eq!(usable(hidden), Err(PatternError::Slow));
        assert_eq!(usable("(a|the) <3> zebra"), Ok(()));
    }

    #[test]
    fn what_ships_has_room_in_lines_and_in_effort() {
        let lexicon = shipped();
        let texts: BTreeSet<String> = lexicon.entries().iter().flat_map(slow_texts).collect();
        let most = most_effort(&lexicon, &texts);
        assert!(most <= MOST_EFFORT_OF_ALL / 2, "{most}");
        for entry in lexicon.entries() {
            assert!(entry.phrases.len() + entry.unless.len() <= MOST_LINES / 2, "{}", entry.key);
        }
    }

    #[test]
    fn an_entry_has_a_bound_in_lines() {
        let phrases = |count: usize| (0..count).map(|number| format!("word{number}")).collect();
        assert!(shipped().with(with_phrases("own_1", phrases(MOST_LINES))).is_ok());
        let too_many = shipped().with(with_phrases("own_1", phrases(MOST_LINES + 1)));
        assert_eq!(too_many.unwrap_err(), LexiconError::TooManyLines);
    }

    #[test]
    fn phrases_that_are_quick_alone_are_refused_once_all_of_them_together_are_slow() {
        let mut lexicon = shipped();
        let (mut refused, mut added) = (None, 0);
        while refused.is_none() && added < 40 {
            // Each begins with a word that stands in every second sentence.
            let line = |number: usize| format!("she <6> she <3> zebra{added}x{number}");
            let phrases: Vec<String> = (0..5).map(line).collect();
            assert!(phrases.iter().all(|phrase| usable(phrase).is_ok()));
            match lexicon.with(with_phrases(&format!("own_{added}"), phrases)) {
                Ok(next) => lexicon = next,
                Err(error) => refused = Some(error),
            }
            added += 1;
        }
        assert_eq!(refused, Some(LexiconError::Slow), "after {added}");
        assert!(added > 1, "one entry has room beside what ships");
        // What is no longer marked takes no time.
        let retired = Entry { retired: true, ..with_phrases("own_0", vec!["she <6> she".to_owned()]) };
        assert!(lexicon.with(retired).is_ok());
    }

    #[test]
    fn a_lexicon_that_was_too_slow_already_can_still_be_made_quicker() {
        let line = |number: usize| format!("she <6> she <6> zebra{number}");
        let slow: Vec<Entry> = (0..10)
            .map(|number| {
                let phrases = (0..20).map(|each| line(number * 20 + each)).collect();
                with_phrases(&format!("own_{number}"), phrases)
            })
            .collect();
        let lexicon = Lexicon::new(slow, 1).unwrap();
        let one = with_phrases("own_0", vec![line(0)]);
        assert!(lexicon.with(one).is_ok());
        let more = with_phrases("own_10", vec![line(900)]);
        assert_eq!(lexicon.with(more).unwrap_err(), LexiconError::Slow);
    }
}
