//! One entry of the lexicon, changed in a form; and whether its phrases may be looked for.

use super::compiled::Lens;
use super::lexicon::{Entry, Lexicon, Negated, PhraseError};
use super::pattern::{Part, Pattern, PatternError};
use crate::TextValue;
use crate::form::{Form, FormCheck, Problems};
use std::collections::BTreeSet;

/// The most places that may be tried for each word of a text, for one phrase.
const MOST_EFFORT: usize = 120;

/// The form for an entry as it stands, or for a new one.
pub fn blank_entry(entry: Option<&Entry>) -> Form {
    let mut form = Form::default();
    let Some(entry) = entry else {
        form.set("negated", Negated::Soft.code());
        return form;
    };
    form.set("phrases", entry.phrases.join("\n"));
    form.set("unless", entry.unless.join("\n"));
    form.set("severity", entry.severity.code());
    form.set("theme", entry.theme.code());
    form.set("why", &entry.why);
    form.set("ask", &entry.ask);
    form.set("instead", &entry.instead);
    form.set("negated", entry.negated.code());
    form.set("source", &entry.source);
    form.set("retired", if entry.retired { "yes" } else { "" });
    form
}

/// Reads an entry. `before` is the one that it changes; a new one gets a key that is free.
///
/// # Errors
/// Every field that is missing or wrong, with the line of the phrase that cannot be used, and why.
pub fn read_entry(form: &Form, lexicon: &Lexicon, before: Option<&Entry>) -> Result<Entry, Problems> {
    let mut check = FormCheck::new(form);
    let lines = |name: &str| -> Vec<String> {
        let lines = form.text(name).lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let (phrases, unless) = (lines("phrases"), lines("unless"));
    if phrases.is_empty() {
        check.fail("phrases", "Enter at least one phrase, each on a line of its own");
    }
    let severity = check.choice("severity", "Choose what these phrases do");
    let theme = check.choice("theme", "Choose what they are about");
    let why = check.line("why", "Enter what these phrases can hide");
    let ask = check.line("ask", "Enter a question to ask oneself");
    let instead = check.optional_line("instead");
    let negated = check.choice("negated", "Choose what is shown where somebody says that it is not so");
    let source = check.optional_line("source");
    let retired = form.text("retired") == "yes";
    let key = before.map_or_else(|| lexicon.new_key(), |before| before.key.clone());
    let entry = (|| {
        let (severity, theme, negated) = (severity?, theme?, negated?);
        let (why, ask, instead, source) = (why?, ask?, instead?, source?);
        Some(Entry { key, severity, theme, phrases, unless, why, ask, instead, negated, source, retired })
    })();
    // Lines are read even if something else is missing, so that people hear of all at once.
    for (field, is_exception) in [("phrases", false), ("unless", true)] {
        if let Some(error) = lines(field).iter().zip(1..).find_map(|(written, line)| {
            usable(written).err().map(|error| PhraseError {
                is_exception,
                line,
                written: written.clone(),
                error,
            })
        }) {
            check.fail(field, error.to_string());
        }
    }
    if entry.is_some() && entry.as_ref() == before {
        check.fail("form", "Nothing is changed: the entry is as it is in force");
    }
    check.finish(entry)
}

impl Entry {
    /// The first new phrase that would mark the name of somebody here: its line, itself, and the name. Names are known to the
    /// organisation alone, so this is asked apart from the rest.
    pub fn marked_name<'a>(
        &self,
        before: Option<&Self>,
        names: &'a [String],
    ) -> Option<(usize, &str, &'a str)> {
        let is_new = |phrase: &&String| before.is_none_or(|before| !before.phrases.contains(phrase));
        let new = self.phrases.iter().zip(1..).filter(|(phrase, _)| is_new(phrase));
        new.into_iter().find_map(|(phrase, line)| {
            let lens = Lens::of_phrase(phrase);
            let name = names.iter().find(|name| !lens.find(name).is_empty())?;
            Some((line, phrase.as_str(), name.as_str()))
        })
    }
}

/// Whether a phrase can be read, and looked for quickly.
fn usable(written: &str) -> Result<(), PatternError> {
    let pattern = Pattern::parse(written)?;
    let lens = Lens::of_phrase(written);
    let is_slow = |text: &str| lens.effort(text) > MOST_EFFORT;
    if pattern.ways.iter().flat_map(|way| slow_texts(way)).any(|text| is_slow(&text)) {
        return Err(PatternError::Slow);
    }
    Ok(())
}

/// Texts through which it takes long to look for this way: each of its words over and over, and all of them in order. A word that
/// stands among the alternatives of every place is the slowest, wherever it stands there.
fn slow_texts(way: &[Part]) -> Vec<String> {
    let at_place = |part: &Part| match part {
        Part::Words(words) => words.clone(),
        Part::Name => vec!["Anna".to_owned()],
        Part::Gap(_) | Part::End => Vec::new(),
    };
    let places: Vec<Vec<String>> = way.iter().map(at_place).filter(|words| !words.is_empty()).collect();
    let first: Vec<&str> = places.iter().filter_map(|words| words.first().map(String::as_str)).collect();
    let distinct: BTreeSet<&String> = places.iter().flatten().collect();
    let mut texts: Vec<String> = distinct.iter().map(|word| format!("{word} ").repeat(60)).collect();
    texts.push(format!("{} ", first.join(" ")).repeat(20));
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Lexicon {
        Lexicon::parse(Lexicon::SHIPPED, 1).unwrap()
    }

    fn filled() -> Form {
        let mut form = blank_entry(None);
        for (name, value) in [
            ("phrases", "played the victim\r\n\r\nplay~ the system"),
            ("severity", "3"),
            ("theme", "blame"),
            ("why", "It claims a motive."),
            ("ask", "What did you see?"),
        ] {
            form.set(name, value);
        }
        form
    }

    #[test]
    fn every_entry_that_ships_can_be_opened_and_saved_with_a_change() {
        let lexicon = shipped();
        for entry in lexicon.entries() {
            let mut form = blank_entry(Some(entry));
            let unchanged = read_entry(&form, &lexicon, Some(entry)).unwrap_err();
            assert_eq!(unchanged.0[0].field, "form", "{}: {unchanged:?}", entry.key);
            form.set("ask", "Something else?");
            let changed = read_entry(&form, &lexicon, Some(entry)).unwrap();
            assert_eq!(changed, Entry { ask: "Something else?".into(), ..entry.clone() });
        }
    }

    #[test]
    fn a_new_entry_is_marked_from_then_on() {
        let lexicon = shipped();
        let entry = read_entry(&filled(), &lexicon, None).unwrap();
        assert_eq!((entry.key.as_str(), entry.phrases.len()), ("own_1", 2));
        let text = lexicon.with(entry).unwrap().to_toml().unwrap();
        let lens = Lens::of(&Lexicon::parse(&text, 2).unwrap());
        let found = lens.find("He plays the system.");
        assert_eq!(lens.entry(found[0].entry).unwrap().key, "own_1");
    }

    #[test]
    fn a_phrase_that_cannot_be_used_is_named_with_its_line_and_the_reason() {
        for (phrases, words) in [
            (
                "one phrase\n(two|three",
                "Line 2, “(two|three”: a bracket is opened and not closed, or closed and not opened",
            ),
            ("fail.*", "Line 1, “fail.*”: “.” cannot stand here"),
            (
                "a <6> a <6> a <6> b",
                "Line 1, “a <6> a <6> a <6> b”: looking for it takes too long in a long text: write fewer or shorter gaps",
            ),
        ] {
            let mut form = filled();
            form.set("phrases", phrases);
            let problems = read_entry(&form, &shipped(), None).unwrap_err();
            assert_eq!(problems.of("phrases"), Some(words));
        }
        let hidden = "(a|the) <6> (b|the) <6> (c|the) <6> (d|the) <6> (e|the) <6> zebra";
        assert_eq!(usable(hidden), Err(PatternError::Slow), "wherever the word stands");
        let mut form = filled();
        form.set("phrases", " \n");
        form.set("unless", "(");
        let problems = read_entry(&form, &shipped(), None).unwrap_err();
        assert!(problems.of("phrases").is_some() && problems.of("unless").is_some());
    }

    #[test]
    fn a_phrase_that_would_mark_somebodys_name_is_found_unless_it_stood_there_before() {
        let names = ["Jo Field".to_owned(), "Grace Row".to_owned()];
        let mut entry = read_entry(&filled(), &shipped(), None).unwrap();
        assert_eq!(entry.marked_name(None, &names), None);
        entry.phrases.push("(row|grace)".to_owned());
        assert_eq!(entry.marked_name(None, &names), Some((3, "(row|grace)", "Grace Row")));
        assert_eq!(entry.marked_name(Some(&entry.clone()), &names), None);
    }

    #[test]
    fn a_retired_entry_marks_nothing() {
        let lexicon = shipped();
        let entry = Entry { retired: true, ..lexicon.entry("chaotic").unwrap().clone() };
        assert!(Lens::of(&lexicon.with(entry).unwrap()).find("They are chaotic.").is_empty());
    }
}
