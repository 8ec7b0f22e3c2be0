//! Whether a record quotes what somebody shared.

use std::collections::HashSet;

/// So many words in a row, the same in both, are a quotation and no chance.
const WORDS_IN_A_ROW: usize = 8;

/// Whether a record holds eight words in a row of a shared text, whatever their capitals and signs; of a shorter text, all of it, if
/// it has at least four words.
pub fn is_quoted(shared: &str, record: &str) -> bool {
    let (shared, record) = (words_of(shared), words_of(record));
    let in_a_row = shared.len().min(WORDS_IN_A_ROW);
    if in_a_row < WORDS_IN_A_ROW / 2 {
        return false;
    }
    let runs: HashSet<&[String]> = shared.windows(in_a_row).collect();
    record.windows(in_a_row).any(|run| runs.contains(run))
}

fn words_of(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '’' && letter != '\'')
        .map(|word| word.replace('’', "'").to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_words_in_a_row_are_a_quotation_whatever_stands_around_them() {
        let shared = "I left the visit thinking that I had seen what I wanted to see. Nobody asked the boy.";
        for (record, quoted) in [
            ("She said: “… thinking that I had seen what I wanted to see”, and we talked about it.", true),
            ("thinking  that I HAD seen,\nwhat I wanted", true),
            ("thinking that I had seen what I had hoped for", false),
            ("We talked about the visit and what she wanted to see.", false),
            ("", false),
        ] {
            assert_eq!(is_quoted(shared, record), quoted, "{record}");
        }
    }

    #[test]
    fn of_a_short_text_all_of_it_has_to_stand_there() {
        assert!(is_quoted("I can’t sleep before visits.", "Tom wrote: I can't sleep before visits."));
        assert!(!is_quoted("I can’t sleep before visits.", "Tom cannot sleep before visits."));
        assert!(!is_quoted("Hard week", "A hard week for everybody"), "two words are chance");
    }
}
