//! The small language in which phrases are written: words, not letters, so that nobody has to know regular expressions, and so
//! that looking for all of them takes one walk over the text.
//!
//! | written | means |
//! | --- | --- |
//! | `hard to reach` | these words, in any case; a hyphen is a space |
//! | `fail~` | the word with its endings: fails, failed, failing |
//! | `(a\|b c)` | one of these |
//! | `[the\|our]` | one of these, or nothing |
//! | `<3>` | up to three words |
//! | `@name` | a word with a capital letter |
//! | `$` | here a clause ends |
//! | `… => went missing` | at the end: words that may be put in its place as they are |

/// What may stand in a phrase, so that looking for it stays quick.
const MOST_WAYS: usize = 128;
const MOST_PARTS: usize = 16;
const LONGEST_GAP: usize = 6;
const DEEPEST: usize = 4;
/// The longest phrase as it is written, in bytes.
const LONGEST_WRITTEN: usize = 400;
/// The most words that a phrase can cover: so far, and no further, other phrases have to be looked for around it.
pub(super) const LONGEST_MATCH: usize = MOST_PARTS * (LONGEST_GAP + 1);

/// Why a phrase cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// There are no words.
    #[error("there are no words in it")]
    Empty,
    /// A sign that means nothing here.
    #[error("“{0}” cannot stand here")]
    Sign(char),
    /// A bracket without its other half.
    #[error("a bracket is opened and not closed, or closed and not opened")]
    Bracket,
    /// An alternative without words.
    #[error("one of the alternatives in a bracket is empty. Write [word] for a word that may be missing")]
    EmptyAlternative,
    /// No gap.
    #[error("a gap is written with the most words that it may have, from <1> to <6>")]
    Gap,
    /// It begins or ends with a gap.
    #[error("it must begin and end with a word, not with a gap")]
    Edge,
    /// Nothing but what could be anything.
    #[error("it must have at least one word of its own")]
    NoWord,
    /// It is too much.
    #[error("it is too long, or has too many alternatives: write several shorter ones")]
    TooMuch,
    /// It is slow.
    #[error("looking for it takes too long in a long text: write fewer or shorter gaps")]
    Slow,
}

/// One place of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// One of these words.
    Words(Vec<String>),
    /// Up to so many words.
    Gap(usize),
    /// A word with a capital letter.
    Name,
    /// The end of a clause.
    End,
}

/// A phrase, as the ways in which it can stand in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) ways: Vec<Vec<Part>>,
    /// What may be put in its place; empty for nothing.
    pub(super) instead: String,
}

impl Pattern {
    /// Reads a phrase.
    pub(super) fn parse(written: &str) -> Result<Self, PatternError> {
        if written.len() > LONGEST_WRITTEN {
            return Err(PatternError::TooMuch);
        }
        let (phrase, instead) = written.split_once("=>").unwrap_or((written, ""));
        let signs: Vec<char> = phrase.chars().collect();
        let mut reader = Reader { signs: &signs, at: 0, depth: 0 };
        let mut ways = reader.sequence()?;
        if reader.at < signs.len() {
            return Err(PatternError::Bracket);
        }
        // A bracket that may be left out can leave nothing at all.
        ways.retain(|way| !way.is_empty());
        if ways.is_empty() {
            return Err(PatternError::Empty);
        }
        for way in &ways {
            check(way)?;
        }
        Ok(Self { ways, instead: instead.trim().to_owned() })
    }
}

fn check(way: &[Part]) -> Result<(), PatternError> {
    if way.len() > MOST_PARTS {
        return Err(PatternError::TooMuch);
    }
    let is_edge = |part: Option<&Part>| matches!(part, Some(Part::Gap(_)));
    if is_edge(way.first()) || is_edge(way.last()) || way.first() == Some(&Part::End) {
        return Err(PatternError::Edge);
    }
    if !way.iter().any(|part| matches!(part, Part::Words(_))) {
        return Err(PatternError::NoWord);
    }
    Ok(())
}

/// Reads signs from left to right.
struct Reader<'a> {
    signs: &'a [char],
    at: usize,
    depth: usize,
}

type Ways = Vec<Vec<Part>>;

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.signs.get(self.at).copied()
    }

    /// Parts one after the other, up to the end or to a sign that ends an alternative.
    fn sequence(&mut self) -> Result<Ways, PatternError> {
        let mut ways: Ways = vec![Vec::new()];
        while let Some(sign) = self.peek() {
            match sign {
                ' ' | '\t' | '-' | '/' | '‑' => self.at += 1,
                '(' | '[' => {
                    let inner = self.bracket(sign)?;
                    ways = joined(&ways, &inner)?;
                }
                '<' => {
                    let gap = self.gap()?;
                    ways = joined(&ways, &[vec![gap]])?;
                }
                '@' => {
                    if self.take_while(|sign| sign == '@' || sign.is_ascii_lowercase()) != "@name" {
                        return Err(PatternError::Sign('@'));
                    }
                    ways = joined(&ways, &[vec![Part::Name]])?;
                }
                '$' => {
                    self.at += 1;
                    ways = joined(&ways, &[vec![Part::End]])?;
                }
                '|' | ')' | ']' => break,
                _ if is_of_word(sign) => {
                    let word = self.word();
                    ways = joined(&ways, &[vec![Part::Words(word)]])?;
                }
                other => return Err(PatternError::Sign(other)),
            }
        }
        Ok(ways)
    }

    fn bracket(&mut self, opening: char) -> Result<Ways, PatternError> {
        self.at += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(PatternError::TooMuch);
        }
        let closing = if opening == '(' { ')' } else { ']' };
        // Single words are one part, not one way each: that is what keeps long lists of them cheap.
        let (mut words, mut ways): (Vec<String>, Ways) = (Vec::new(), Vec::new());
        loop {
            for way in self.sequence()? {
                match way.as_slice() {
                    [] => return Err(PatternError::EmptyAlternative),
                    [Part::Words(single)] => words.extend_from_slice(single),
                    _ => ways.push(way),
                }
            }
            match self.peek() {
                Some('|') => self.at += 1,
                Some(sign) if sign == closing => break,
                _ => return Err(PatternError::Bracket),
            }
        }
        self.at += 1;
        self.depth -= 1;
        if !words.is_empty() {
            ways.push(vec![Part::Words(words)]);
        }
        if opening == '[' {
            ways.push(Vec::new());
        }
        Ok(ways)
    }

    fn gap(&mut self) -> Result<Part, PatternError> {
        self.at += 1;
        let number = self.take_while(|sign| sign.is_ascii_digit()).parse().ok();
        let is_closed = self.peek() == Some('>');
        self.at += 1;
        number
            .filter(|words| is_closed && (1..=LONGEST_GAP).contains(words))
            .map(Part::Gap)
            .ok_or(PatternError::Gap)
    }

    fn word(&mut self) -> Vec<String> {
        let word = key(&self.take_while(is_of_word));
        if self.peek() == Some('~') {
            self.at += 1;
            return with_endings(&word);
        }
        vec![word]
    }

    fn take_while(&mut self, is_wanted: impl Fn(char) -> bool) -> String {
        let taken: String = self.signs[self.at..].iter().take_while(|sign| is_wanted(**sign)).collect();
        self.at += taken.chars().count();
        taken
    }
}

fn joined(before: &[Vec<Part>], after: &[Vec<Part>]) -> Result<Ways, PatternError> {
    if before.len() * after.len() > MOST_WAYS {
        return Err(PatternError::TooMuch);
    }
    let mut joined = Vec::new();
    for one in before {
        for other in after {
            let mut way = one.clone();
            way.extend_from_slice(other);
            joined.push(way);
        }
    }
    Ok(joined)
}

/// Whether a sign is part of a word. Letters of other scripts are; their tables are left out of the browser's part on purpose.
pub(super) fn is_of_word(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || is_apostrophe(sign) || (!sign.is_ascii() && !is_foreign_mark(sign))
}

pub(super) fn is_apostrophe(sign: char) -> bool {
    matches!(sign, '\'' | '’' | '‘' | 'ʼ')
}

/// Signs beyond ASCII that are no letters: blanks, dashes, quotation marks, bullets, symbols.
fn is_foreign_mark(sign: char) -> bool {
    matches!(sign, '\u{80}'..='\u{bf}' | '×' | '÷' | '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
        && !is_unseen(sign)
}

/// Signs that nobody sees and that stand within words: a soft hyphen, a joiner.
pub(super) fn is_unseen(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// A word as it is compared.
pub(super) fn key(word: &str) -> String {
    let mut key = String::new();
    write_key(word, &mut key);
    key
}

/// The same into a text that is used again.
pub(super) fn write_key(word: &str, key: &mut String) {
    key.clear();
    key.extend(word.chars().filter(|sign| !is_unseen(*sign)).map(|sign| match sign {
        sign if is_apostrophe(sign) => '\'',
        sign => sign.to_ascii_lowercase(),
    }));
}

/// A word with the endings that English gives to verbs and nouns. A form that does not exist does no harm.
fn with_endings(word: &str) -> Vec<String> {
    let is_vowel = |sign: u8| b"aeiou".contains(&sign);
    let letters = word.as_bytes();
    let last = letters.last().copied().unwrap_or_default();
    let before = if letters.len() > 1 { letters[letters.len() - 2] } else { b' ' };
    // How many letters go, and what comes instead.
    let endings: &[(usize, &str)] = match last {
        b'e' => &[(0, "s"), (0, "d"), (1, "ing")],
        b'y' if !is_vowel(before) => &[(1, "ies"), (1, "ied"), (0, "ing")],
        b's' | b'x' | b'z' => &[(0, "es"), (0, "ed"), (0, "ing")],
        b'h' if before == b'c' || before == b's' => &[(0, "es"), (0, "ed"), (0, "ing")],
        _ => &[(0, "s"), (0, "ed"), (0, "ing")],
    };
    let mut forms = vec![word.to_owned()];
    let mut add = |stem: &str, ending: &str| {
        let mut form = stem.to_owned();
        form.push_str(ending);
        forms.push(form);
    };
    for (cut, ending) in endings {
        add(&word[..word.len() - cut], ending);
    }
    if last.is_ascii_lowercase() && !is_vowel(last) && !b"wxy".contains(&last) && is_vowel(before) {
        let mut doubled = word.to_owned();
        doubled.push(char::from(last));
        add(&doubled, "ed");
        add(&doubled, "ing");
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Part {
        Part::Words(list.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn alternatives_gaps_and_words_that_may_be_missing_are_read() {
        let pattern = Pattern::parse("(let|allowed) him [back] <2> home => came home").unwrap();
        let (let_or_allowed, him, gap, home) =
            (words(&["let", "allowed"]), words(&["him"]), Part::Gap(2), words(&["home"]));
        let short = vec![let_or_allowed.clone(), him.clone(), gap.clone(), home.clone()];
        let long = vec![let_or_allowed, him, words(&["back"]), gap, home];
        assert_eq!(pattern.instead, "came home");
        assert_eq!(pattern.ways.len(), 2);
        assert!(pattern.ways.contains(&short) && pattern.ways.contains(&long));
    }

    #[test]
    fn a_hyphen_is_a_blank_and_an_apostrophe_is_an_apostrophe() {
        assert_eq!(Pattern::parse("non-compliant"), Pattern::parse("Non compliant"));
        assert_eq!(Pattern::parse("won’t leave"), Pattern::parse("won't leave"));
    }

    #[test]
    fn words_take_their_endings() {
        for (word, form) in [
            ("fail", "failing"),
            ("minimise", "minimising"),
            ("deny", "denied"),
            ("row", "rows"),
            ("abscond", "absconded"),
            ("put", "putting"),
            ("witness", "witnesses"),
            ("clash", "clashes"),
            ("stay", "stayed"),
        ] {
            assert!(with_endings(word).contains(&form.to_owned()), "{form}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_reason() {
        for (written, error) in [
            ("", PatternError::Empty),
            (" - ", PatternError::Empty),
            ("(a|b", PatternError::Bracket),
            ("a|b)", PatternError::Bracket),
            ("(a|b]", PatternError::Bracket),
            ("(a|)", PatternError::EmptyAlternative),
            ("a <9> b", PatternError::Gap),
            ("a <x> b", PatternError::Gap),
            ("<2> b", PatternError::Edge),
            ("b <2>", PatternError::Edge),
            ("@name", PatternError::NoWord),
            ("@nobody came", PatternError::Sign('@')),
            ("fail.*", PatternError::Sign('.')),
            ("a \\w b", PatternError::Sign('\\')),
            ("((((((a))))))", PatternError::TooMuch),
            ("[a] [b] [c] [d] [e] [f] [g] [h] i", PatternError::TooMuch),
        ] {
            assert_eq!(Pattern::parse(written), Err(error), "{written}");
        }
        assert_eq!(Pattern::parse(&"a ".repeat(17)), Err(PatternError::TooMuch));
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(written in "[a-c ()\\[\\]|<>0-9@$~='’-]{0,60}") {
            let _ = Pattern::parse(&written);
        }
    }
}
