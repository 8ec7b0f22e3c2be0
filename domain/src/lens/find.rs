//! What the lens finds in a text.

use super::compiled::{Lens, Match};
use super::pattern::LONGEST_MATCH;
use super::speech::Sentence;
use super::tokens::{self, Quote};

/// There are so many severities.
const SEVERITIES: usize = 3;

/// A phrase that is worth a second look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its entry, as [`Lens::entry`] knows it.
    pub entry: usize,
    /// Where it stands, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
    /// The same in UTF-16, as a browser counts.
    pub start_utf16: usize,
    /// The same in UTF-16, as a browser counts.
    pub end_utf16: usize,
    /// Whether somebody who is named says it, or it is negated: a note, no more.
    pub is_soft: bool,
    /// What can be put in its place as it is; empty for nothing.
    pub instead: String,
}

/// The paragraphs of a text with where each begins, in bytes. A phrase stands in one of them, so that whoever types has only the
/// changed ones looked through.
pub fn paragraphs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = Some((0, text));
    std::iter::from_fn(move || {
        let (start, text) = rest.take()?;
        let end = text.match_indices('\n').map(|(at, _)| at + 1).find(|at| {
            let next = text[*at..].trim_start_matches([' ', '\t', '\r']);
            next.starts_with('\n') || next.starts_with(['-', '*', '•'])
        });
        let end = end.unwrap_or(text.len());
        if end < text.len() {
            rest = Some((start + end, &text[end..]));
        }
        Some((start, &text[..end]))
    })
}

impl Lens {
    /// Everything that is worth a second look, in the order of the text.
    pub fn find(&self, text: &str) -> Vec<Finding> {
        let (mut found, mut utf16) = (Vec::new(), 0);
        for (start, paragraph) in paragraphs(text) {
            found.extend(self.find_in(paragraph).into_iter().map(|finding| finding.moved(start, utf16)));
            utf16 += utf16_length(paragraph);
        }
        found
    }

    /// The same for one paragraph.
    pub fn find_in(&self, paragraph: &str) -> Vec<Finding> {
        let (tokens, quotes) = tokens::split(paragraph);
        let words = self.look_up(paragraph, &tokens);
        let (found, _) = self.matches(&tokens, &words);
        let sentence = Sentence { tokens: &tokens, words: &words };
        let quotes: Vec<(Quote, bool)> = quotes
            .into_iter()
            .map(|quote| {
                let is_spoken = sentence.is_spoken(&quote);
                (quote, is_spoken)
            })
            .collect();
        let exceptions = Exceptions::of(self.entries(), &found);
        let mut candidates: Vec<(Match<'_>, bool)> = Vec::new();
        for one in found.iter().filter(|one| !one.is_exception && !exceptions.meet(one)) {
            let is_negated = sentence.is_negated(one.start, one.end);
            if is_negated && self.entry(one.entry).is_some_and(|entry| entry.is_silent) {
                continue;
            }
            candidates.push((*one, is_negated || is_spoken(&quotes, one)));
        }
        let chosen = self.choose(&candidates, tokens.len());
        let mut at = (0, 0);
        let mut utf16_at = |byte: usize| {
            at = (byte, at.1 + utf16_length(&paragraph[at.0..byte]));
            at.1
        };
        let finding = |(one, is_soft): (Match<'_>, bool)| {
            let (start, end) = (tokens[one.start].start, tokens[one.end - 1].end);
            let (start_utf16, end_utf16) = (utf16_at(start), utf16_at(end));
            let instead = like(one.instead, &paragraph[start..end]);
            Finding { entry: one.entry, start, end, start_utf16, end_utf16, is_soft, instead }
        };
        chosen.into_iter().map(finding).collect()
    }

    /// Of phrases that overlap the gravest, of those the longest, of those the first.
    fn choose<'a>(&self, candidates: &[(Match<'a>, bool)], words: usize) -> Vec<(Match<'a>, bool)> {
        // On a shelf for each severity and length, so that nothing has to be sorted.
        let mut shelves: Vec<Vec<usize>> = vec![Vec::new(); SEVERITIES * LONGEST_MATCH];
        for (at, (one, _)) in candidates.iter().enumerate() {
            let severity = self.entry(one.entry).map_or(0, |entry| usize::from(entry.severity));
            let length = (one.end - one.start).min(LONGEST_MATCH);
            shelves[severity.clamp(1, SEVERITIES) * LONGEST_MATCH - length].push(at);
        }
        let (mut is_taken, mut is_chosen) = (vec![false; words], vec![false; candidates.len()]);
        for severity in (0..SEVERITIES).rev() {
            for shelf in &shelves[severity * LONGEST_MATCH..(severity + 1) * LONGEST_MATCH] {
                for at in shelf {
                    let places = &mut is_taken[candidates[*at].0.start..candidates[*at].0.end];
                    if !places.contains(&true) {
                        places.fill(true);
                        is_chosen[*at] = true;
                    }
                }
            }
        }
        let mut chosen = Vec::new();
        for (at, one) in candidates.iter().enumerate() {
            if is_chosen[at] {
                chosen.push(*one);
            }
        }
        chosen
    }

    /// How many places are tried for each word of a text, at the most: what makes a phrase too slow to look for.
    pub(super) fn effort(&self, text: &str) -> usize {
        let (tokens, _) = tokens::split(text);
        let words = self.look_up(text, &tokens);
        self.matches(&tokens, &words).1 / tokens.len().max(1)
    }
}

impl Finding {
    /// The same in a text in which its paragraph begins here, in bytes and in UTF-16.
    #[must_use]
    pub fn moved(mut self, bytes: usize, utf16: usize) -> Self {
        self.start += bytes;
        self.end += bytes;
        self.start_utf16 += utf16;
        self.end_utf16 += utf16;
        self
    }
}

/// The length of a text as a browser counts it.
pub fn utf16_length(text: &str) -> usize {
    // Each byte that does not go on with a letter begins one; what takes four bytes counts twice.
    text.bytes().filter(|byte| (*byte & 0xc0) != 0x80).count()
        + text.bytes().filter(|byte| *byte >= 0xf0).count()
}

/// Words to put in a place, with a capital letter where one stood. An abbreviation has capitals of its own.
fn like(instead: &str, there: &str) -> String {
    let mut signs = instead.chars();
    match signs.next() {
        Some(first)
            if there.starts_with(|sign: char| sign.is_ascii_uppercase())
                && there.contains(|sign: char| sign.is_ascii_lowercase()) =>
        {
            format!("{}{}", first.to_ascii_uppercase(), signs.as_str())
        }
        _ => instead.to_owned(),
    }
}

/// Whether a phrase stands in a quotation of somebody who is named.
fn is_spoken(quotes: &[(Quote, bool)], one: &Match<'_>) -> bool {
    let next = quotes.partition_point(|(quote, _)| quote.start <= one.start);
    quotes[..next].last().is_some_and(|(quote, is_spoken)| *is_spoken && one.end <= quote.end)
}

/// Where the exceptions of each entry stand, in the order of the text.
struct Exceptions(Vec<Vec<(usize, usize)>>);

impl Exceptions {
    fn of(entries: usize, found: &[Match<'_>]) -> Self {
        let mut places = vec![Vec::new(); entries];
        for one in found {
            if one.is_exception {
                places[one.entry].push((one.start, one.end));
            }
        }
        Self(places)
    }

    /// Whether an exception of the same entry overlaps it.
    fn meet(&self, one: &Match<'_>) -> bool {
        let places = &self.0[one.entry];
        let behind = places.partition_point(|(start, _)| *start < one.end);
        let near = places[..behind].iter().rev().take_while(|(start, _)| start + LONGEST_MATCH > one.start);
        near.into_iter().any(|(_, end)| *end > one.start)
    }
}
