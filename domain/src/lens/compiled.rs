//! All phrases at once: an index by first word, so that a text is walked once whatever there is to look for.

use super::lexicon::{Known, Lexicon, known};
use super::pattern::{Part, Pattern, write_key};
use super::speech;
use super::tokens::{Gap, Token};

/// The lens, ready to look through texts.
#[derive(Clone, Debug, Default)]
pub struct Lens {
    entries: Vec<Known>,
    words: Words,
    ways: Vec<Way>,
    /// The ways that begin with each word, by its number.
    by_first: Vec<Vec<usize>>,
    /// Those that begin with a name.
    by_name: Vec<usize>,
}

/// A word that is known: its number, and what it does in a sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// 0 for a word that no phrase has.
    pub(super) number: usize,
    /// What it does in a sentence, as bits of [`speech`].
    pub(super) role: u8,
}

/// Every word that is known, by a hash of its letters. The maps of the standard library would weigh more in a browser than the
/// rest of the lens.
#[derive(Clone, Debug, Default)]
struct Words(Vec<Vec<(String, Word)>>);

impl Words {
    const SHELVES: usize = 1024;

    fn shelf(word: &str) -> usize {
        let hash = word.bytes().fold(5381_usize, |hash, byte| hash.wrapping_mul(33) ^ usize::from(byte));
        hash % Self::SHELVES
    }

    fn find(&self, word: &str) -> Word {
        let Some(row) = self.0.get(Self::shelf(word)) else { return Word::default() };
        row.iter().find(|(known, _)| known == word).map_or_else(Word::default, |(_, known)| *known)
    }

    /// The word's place, made if there is none.
    fn entry(&mut self, word: &str) -> &mut Word {
        if self.0.is_empty() {
            self.0.resize(Self::SHELVES, Vec::new());
        }
        let row = &mut self.0[Self::shelf(word)];
        let at = row.iter().position(|(known, _)| known == word).unwrap_or(row.len());
        if at == row.len() {
            row.push((word.to_owned(), Word::default()));
        }
        &mut row[at].1
    }
}

/// One way in which a phrase can stand in a text.
#[derive(Clone, Debug)]
struct Way {
    entry: usize,
    is_exception: bool,
    parts: Vec<Place>,
    instead: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Words(Vec<usize>),
    Gap(usize),
    Name,
    End,
}

/// A phrase that stands in a paragraph.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match<'a> {
    pub(super) entry: usize,
    /// The first of its words, and the one behind its last.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) is_exception: bool,
    pub(super) instead: &'a str,
}

impl Lens {
    /// A lens for what a browser was given.
    pub fn new(lines: &str) -> Self {
        let mut lens = Self { by_first: vec![Vec::new()], ..Self::default() };
        for (role, words) in speech::WORDS {
            for word in words.split(' ') {
                lens.words.entry(word).role |= role;
            }
        }
        for (number, entry) in known(lines).into_iter().enumerate() {
            for (is_exception, phrases) in [(false, &entry.phrases), (true, &entry.unless)] {
                // What ships and what is stored was read before: what cannot be read marks nothing.
                for pattern in phrases.iter().filter_map(|phrase| Pattern::parse(phrase).ok()) {
                    lens.add(number, is_exception, pattern);
                }
            }
            lens.entries.push(entry);
        }
        lens
    }

    /// A lens for a lexicon.
    pub fn of(lexicon: &Lexicon) -> Self {
        Self::new(&lexicon.for_browser())
    }

    /// A lens for a single phrase.
    pub(super) fn of_phrase(written: &str) -> Self {
        Self::new(&format!("=3soft phrase\n+{written}\n"))
    }

    /// What is known of an entry, by the number that a finding bears.
    pub fn entry(&self, number: usize) -> Option<&Known> {
        self.entries.get(number)
    }

    /// How many entries there are.
    pub(super) fn entries(&self) -> usize {
        self.entries.len()
    }

    fn add(&mut self, entry: usize, is_exception: bool, pattern: Pattern) {
        for way in pattern.ways {
            let at = self.ways.len();
            let parts: Vec<Place> = way.into_iter().map(|part| self.place(part)).collect();
            match parts.first() {
                Some(Place::Words(numbers)) => {
                    for number in numbers {
                        let ways = &mut self.by_first[*number];
                        // A word may stand twice among the alternatives.
                        if ways.last() != Some(&at) {
                            ways.push(at);
                        }
                    }
                }
                _ => self.by_name.push(at),
            }
            self.ways.push(Way { entry, is_exception, parts, instead: pattern.instead.clone() });
        }
    }

    fn place(&mut self, part: Part) -> Place {
        match part {
            Part::Gap(words) => Place::Gap(words),
            Part::Name => Place::Name,
            Part::End => Place::End,
            Part::Words(words) => {
                let mut numbers = Vec::with_capacity(words.len());
                for word in &words {
                    numbers.push(self.number(word));
                }
                Place::Words(numbers)
            }
        }
    }

    fn number(&mut self, word: &str) -> usize {
        let known = self.words.entry(word);
        if known.number == 0 {
            known.number = self.by_first.len();
            self.by_first.push(Vec::new());
        }
        known.number
    }

    /// What is known of each word of a paragraph.
    pub(super) fn look_up(&self, paragraph: &str, tokens: &[Token]) -> Vec<Word> {
        let mut key = String::new();
        let known = tokens.iter().map(|token| {
            write_key(&paragraph[token.start..token.end], &mut key);
            let mut word = self.words.find(&key);
            if key.ends_with("n't") {
                word.role |= speech::NEGATES;
            }
            word
        });
        known.collect()
    }

    /// Every phrase that stands in these words, also where several overlap; and how many places were tried.
    pub(super) fn matches(&self, tokens: &[Token], words: &[Word]) -> (Vec<Match<'_>>, usize) {
        let (mut found, mut tried) = (Vec::new(), 0);
        for (start, token) in tokens.iter().enumerate() {
            let first = self.by_first.get(words[start].number).map_or(&[][..], Vec::as_slice);
            let named = if token.is_capital { self.by_name.as_slice() } else { &[] };
            for way in first.iter().chain(named).map(|way| &self.ways[*way]) {
                let mut walk = Walk { tokens, words, tried: 0 };
                let end = walk.end_of(&way.parts, start, true);
                tried += walk.tried;
                if let Some(end) = end {
                    let Way { entry, is_exception, ref instead, .. } = *way;
                    found.push(Match { entry, start, end, is_exception, instead });
                }
            }
        }
        (found, tried)
    }
}

/// One try to find a way at a place.
struct Walk<'a> {
    tokens: &'a [Token],
    words: &'a [Word],
    tried: usize,
}

impl Walk<'_> {
    /// The word behind these parts, if they stand at this word. Nothing goes on beyond the end of a sentence.
    fn end_of(&mut self, parts: &[Place], at: usize, is_first: bool) -> Option<usize> {
        self.tried += 1;
        let Some((part, rest)) = parts.split_first() else { return Some(at) };
        let gap = self.tokens.get(at).map_or(Gap::Sentence, |token| token.before);
        if *part == Place::End {
            return (gap >= Gap::Clause).then(|| self.end_of(rest, at, false)).flatten();
        }
        if let Place::Gap(most) = part {
            return (0..=*most).find_map(|words| self.behind_gap(rest, at, words));
        }
        if gap == Gap::Sentence && !is_first {
            return None;
        }
        let token = self.tokens.get(at)?;
        let stands = match part {
            Place::Words(numbers) => numbers.contains(&self.words[at].number),
            _ => token.is_capital,
        };
        stands.then(|| self.end_of(rest, at + 1, false)).flatten()
    }

    fn behind_gap(&mut self, rest: &[Place], at: usize, words: usize) -> Option<usize> {
        let skipped = self.tokens.get(at..at + words)?;
        if skipped.iter().any(|token| token.before == Gap::Sentence) {
            return None;
        }
        self.end_of(rest, at + words, false)
    }
}
