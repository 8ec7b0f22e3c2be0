//! Who says a phrase, and whether it is denied: what stands around it in the sentence.

use super::compiled::Word;
use super::tokens::{Gap, Quote, Token};

/// Denies, or advises against.
pub(super) const NEGATES: u8 = 1;
/// Says that somebody speaks or writes.
const SPEAKS: u8 = 2;
/// Stands for somebody who can speak.
const SPEAKER: u8 = 4;
/// Begins another thought, to which a denial does not reach.
const TURNS: u8 = 8;
/// After a form of "to be": advises against what came before it.
const REJECTS: u8 = 16;
/// Links what came before it with what is said of it.
const LINKS: u8 = 32;
/// Bears a capital letter only because a sentence begins with it.
const NO_NAME: u8 = 64;

/// The words that do this, without an apostrophe in them: what ends in "n't" denies anyhow.
pub(super) const WORDS: [(u8, &str); 7] = [
    (
        NEGATES,
        "not never no nor neither nothing nobody none without avoid avoids avoided avoiding cannot rather instead unsuitable inappropriate against didnt doesnt dont wasnt isnt wont",
    ),
    (
        SPEAKS,
        "said say says saying told tells tell stated states wrote writes written asked asks described describes replied replies explained explains reported reports texted shouted whispered added adds answered answers recalled remembers words quote quotes quoted according",
    ),
    (
        SPEAKER,
        "he she they i we his her their mother father mum dad child boy girl son daughter grandmother grandfather nan aunt uncle sister brother parent parents carer partner neighbour friend teacher school doctor gp nurse midwife visitor police officer worker practitioner manager solicitor judge doctor health report review referral woman man client victim survivor someone landlord letter email message statement record file form court",
    ),
    (
        TURNS,
        "and but when because who which as so if while although though then until after before since yet",
    ),
    (REJECTS, "unsuitable inappropriate unsafe ruled wrong avoided dangerous refused"),
    (LINKS, "is was are were be been would will should must can may could has have had"),
    (
        NO_NAME,
        "the it this there that these those a an in on at what how here to of for with by from some all once",
    ),
];

/// How far a denial reaches, in words.
const REACH: usize = 6;
/// How far from a quotation the words stand that say who speaks.
const NEAR: usize = 7;

/// Words with what is known of them.
#[derive(Clone, Copy)]
pub(super) struct Sentence<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) words: &'a [Word],
}

impl Sentence<'_> {
    fn does(&self, at: usize, role: u8) -> bool {
        self.words.get(at).is_some_and(|word| word.role & role != 0)
    }

    /// Whether what stands between these words is denied, or advised against.
    pub(super) fn is_negated(&self, start: usize, end: usize) -> bool {
        self.is_denied_before(start) || self.is_rejected_after(end)
    }

    fn is_denied_before(&self, start: usize) -> bool {
        for at in (start.saturating_sub(REACH)..start).rev() {
            // A clause ends before the word that comes after it.
            if self.tokens[at + 1].before >= Gap::Clause || self.does(at, TURNS) {
                return false;
            }
            if self.does(at, NEGATES) {
                return true;
            }
        }
        false
    }

    fn is_rejected_after(&self, end: usize) -> bool {
        let goes_on = |at: usize| self.tokens.get(at).is_some_and(|token| token.before < Gap::Clause);
        if !goes_on(end) || !self.does(end, LINKS) {
            return false;
        }
        let rest = (end..end + 4).take_while(|at| goes_on(*at) && !self.does(*at, TURNS));
        rest.into_iter().any(|at| self.does(at, NEGATES | REJECTS))
    }

    /// Whether the sentence says whose words a quotation holds.
    pub(super) fn is_spoken(&self, quote: &Quote) -> bool {
        self.is_introduced(quote.start) || self.is_attributed(quote.end)
    }

    /// `Anna said that "…"`, `Anna: "…"`.
    fn is_introduced(&self, start: usize) -> bool {
        let (mut has_verb, mut has_somebody) = (false, false);
        for at in (start.saturating_sub(NEAR)..start).rev() {
            let is_next_to_it = at + 1 == start;
            if self.before(at + 1) == Gap::Sentence && !is_next_to_it {
                break;
            }
            if is_next_to_it && self.is_name(at) && self.before(start) == Gap::Clause {
                return true;
            }
            has_verb |= self.does(at, SPEAKS);
            has_somebody |= self.is_somebody(at);
        }
        has_verb && has_somebody
    }

    /// `"…", said Anna`, `"…", she told me`.
    fn is_attributed(&self, end: usize) -> bool {
        let near = (end..(end + 4).min(self.tokens.len()))
            .take_while(|at| *at == end || self.tokens[*at].before < Gap::Sentence);
        let (mut has_verb, mut has_somebody) = (false, false);
        for at in near {
            has_verb |= self.does(at, SPEAKS);
            has_somebody |= self.is_somebody(at);
        }
        has_verb && has_somebody
    }

    fn before(&self, at: usize) -> Gap {
        self.tokens.get(at).map_or(Gap::Sentence, |token| token.before)
    }

    fn is_somebody(&self, at: usize) -> bool {
        self.does(at, SPEAKER) || self.is_name(at)
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens[at].is_capital && !self.does(at, SPEAKS | NO_NAME)
    }
}
