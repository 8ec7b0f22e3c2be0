//! A paragraph as words, with what stands between them.

use super::pattern::{is_apostrophe, is_of_word, is_unseen};

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Blanks or a hyphen.
    Blank,
    /// A comma, a colon, a bracket, a line break: a phrase may go on, a clause does not.
    Clause,
    /// A full stop, a semicolon: nothing goes on.
    Sentence,
}

/// A word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// Where it stands, in bytes of the paragraph.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) before: Gap,
    pub(super) is_capital: bool,
}

/// Words within quotation marks: from the first to behind the last.
pub(super) type Quote = std::ops::Range<usize>;

/// A quotation mark, and the number of words before it.
struct Mark {
    sign: Sign,
    at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// `"`, which opens and closes.
    Straight,
    Opening,
    Closing,
    /// A single one, which may be an apostrophe.
    SingleOpening,
    SingleClosing,
}

/// The words of a paragraph and its quotations.
pub(super) fn split(paragraph: &str) -> (Vec<Token>, Vec<Quote>) {
    let mut tokens: Vec<Token> = Vec::with_capacity(paragraph.len() / 5);
    let mut marks: Vec<Mark> = Vec::new();
    let mut gap = Gap::Sentence;
    let mut signs = paragraph.char_indices().peekable();
    let mut previous = ' ';
    while let Some((start, sign)) = signs.next() {
        let next = signs.peek().map_or(' ', |(_, next)| *next);
        if is_of_word(sign) && !is_apostrophe(sign) {
            let mut end = start + sign.len_utf8();
            previous = sign;
            while let Some((at, sign)) = signs.peek().copied() {
                // An apostrophe belongs to a word only between letters.
                let after = || paragraph[at + sign.len_utf8()..].chars().next().unwrap_or(' ');
                let is_inner = is_apostrophe(sign) && is_of_word(after()) && !is_apostrophe(after());
                if !(is_inner || (is_of_word(sign) && !is_apostrophe(sign))) {
                    break;
                }
                end = at + sign.len_utf8();
                previous = sign;
                signs.next();
            }
            // A joiner or a soft hyphen alone is no word.
            if !is_unseen(sign) || end > start + sign.len_utf8() {
                tokens.push(Token { start, end, before: gap, is_capital: is_capital(sign) });
                gap = Gap::Blank;
            }
            continue;
        }
        if let Some(sign) = mark(sign, previous, next) {
            marks.push(Mark { sign, at: tokens.len() });
        }
        gap = gap.max(gap_of(sign, next));
        previous = sign;
    }
    (tokens, quotes(&marks))
}

/// Whether a letter is a capital one. Beyond ASCII, those of Latin that names in this country begin with.
fn is_capital(sign: char) -> bool {
    sign.is_ascii_uppercase()
        || matches!(sign, 'À'..='Þ' | 'Ł' | 'Ś' | 'Š' | 'Ş' | 'Ż' | 'Ž' | 'Č' | 'Ć' | 'İ')
}

fn gap_of(sign: char, next: char) -> Gap {
    match sign {
        // A full stop within "e.g" or a number ends nothing.
        '.' | '!' | '?' if is_of_word(next) => Gap::Clause,
        '.' | '!' | '?' | ';' | '…' | '•' => Gap::Sentence,
        ' ' | '\t' | '-' | '\u{2010}' | '\u{2011}' | '/' | '\'' | '’' | '‘' | '"' | '“' | '”' | '\u{a0}' => {
            Gap::Blank
        }
        _ => Gap::Clause,
    }
}

fn mark(sign: char, previous: char, next: char) -> Option<Sign> {
    let is_free = |sign: char| !is_of_word(sign) || is_apostrophe(sign);
    match sign {
        '"' => Some(Sign::Straight),
        '“' | '„' | '«' => Some(Sign::Opening),
        '”' | '»' => Some(Sign::Closing),
        '\'' | '‘' if is_free(previous) && !is_free(next) => Some(Sign::SingleOpening),
        '\'' | '’' if !matches!(previous, ' ' | '\n' | '(') && is_free(next) => Some(Sign::SingleClosing),
        _ => None,
    }
}

/// Pairs of marks. What is opened and not closed is no quotation.
fn quotes(marks: &[Mark]) -> Vec<Quote> {
    let mut found: Vec<Quote> = Vec::new();
    let mut opened: Option<(Sign, usize)> = None;
    for mark in marks {
        match (opened, mark.sign) {
            (Some((Sign::Straight, start)), Sign::Straight)
            | (Some((Sign::Opening, start)), Sign::Closing)
            | (Some((Sign::SingleOpening, start)), Sign::SingleClosing) => {
                found.push(start..mark.at);
                opened = None;
            }
            // A double mark is surer than a single one, which may be an apostrophe.
            (None | Some((Sign::SingleOpening, _)), Sign::Straight | Sign::Opening)
            | (None, Sign::SingleOpening) => {
                opened = Some((mark.sign, mark.at));
            }
            _ => {}
        }
    }
    found.retain(|quote| !quote.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        split(text).0.iter().map(|token| &text[token.start..token.end]).collect()
    }

    fn quoted(text: &str) -> Vec<String> {
        let (tokens, quotes) = split(text);
        let of = |quote: &Quote| text[tokens[quote.start].start..tokens[quote.end - 1].end].to_owned();
        quotes.iter().map(of).collect()
    }

    #[test]
    fn words_keep_their_apostrophes_and_lose_their_hyphens() {
        assert_eq!(
            words("Won’t leave; non-compliant (parents' view)."),
            ["Won’t", "leave", "non", "compliant", "parents", "view"]
        );
        assert_eq!(words("n/a – Zoë’s 2nd"), ["n", "a", "Zoë’s", "2nd"]);
        assert_eq!(words("a • b … ‑ ☺"), ["a", "b"]);
    }

    #[test]
    fn quotations_are_found_by_pairs_of_marks() {
        for (text, inside) in [
            ("She said \"he is fine\" twice", "he is fine"),
            ("She said “he’s fine” twice", "he’s fine"),
            ("She said ‘he’s fine’ twice", "he’s fine"),
            ("She said 'he's fine' twice", "he's fine"),
            ("Anna: 'no.' Then she left", "no"),
        ] {
            assert_eq!(quoted(text), [inside], "{text}");
        }
        assert!(quoted("The parents' house and the boys' school").is_empty());
        assert!(quoted("She said \"he is fine and left").is_empty());
    }

    #[test]
    fn sentences_end_where_they_end() {
        let (tokens, _) = split("He left. She, too; e.g. twice (5.5 times)");
        let gaps: Vec<Gap> = tokens.iter().map(|token| token.before).collect();
        assert_eq!(gaps[2], Gap::Sentence);
        assert_eq!(gaps[3], Gap::Clause);
        assert_eq!(gaps[4], Gap::Sentence);
        assert_eq!(gaps[5], Gap::Clause);
    }
}
