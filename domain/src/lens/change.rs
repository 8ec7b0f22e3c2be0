//! One entry of the lexicon, changed in a form; and whether its phrases may be looked for.

use super::compiled::Lens;
use super::effort::{check_lines, usable};
use super::lexicon::{Entry, Lexicon, Negated, PhraseError};
use crate::TextValue;
use crate::form::{Form, FormCheck, Problems};
use crate::reflection::names_in_label;
use std::collections::BTreeSet;

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
    // Lines are read even if something else is missing, so that people hear of all at once.
    match check_lines(&phrases, &unless) {
        Err(error) => check.fail(error.field(), error.to_string()),
        Ok(()) => check_each(&mut check, [("phrases", &phrases), ("unless", &unless)]),
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
    let are_usable = !check.has_failed("phrases") && !check.has_failed("unless");
    if let Some(Err(error)) = entry.clone().filter(|_| are_usable).map(|entry| lexicon.with(entry)) {
        check.fail(error.field(), error.to_string());
    }
    if entry.is_some() && entry.as_ref() == before {
        check.fail("form", "Nothing is changed: the entry is as it is in force");
    }
    check.finish(entry)
}

/// Notes the first line of each field that cannot be used, and why.
fn check_each(check: &mut FormCheck<'_>, fields: [(&str, &[String]); 2]) {
    for (field, lines) in fields {
        let unusable = lines.iter().zip(1..).find_map(|(written, line)| {
            let error = usable(written).err()?;
            Some(PhraseError { is_exception: field == "unless", line, written: written.clone(), error })
        });
        if let Some(error) = unusable {
            check.fail(field, error.to_string());
        }
    }
}

impl Entry {
    /// Its phrases that did not stand there before, each with its line.
    fn new_phrases<'a>(&'a self, before: Option<&'a Self>) -> impl Iterator<Item = (usize, &'a str)> {
        let is_new = move |phrase: &String| before.is_none_or(|before| !before.phrases.contains(phrase));
        let lines = (1..).zip(&self.phrases);
        lines.filter(move |(_, phrase)| is_new(phrase)).map(|(line, phrase)| (line, phrase.as_str()))
    }

    /// The first new phrase that would mark the name of somebody here, by itself or among other words: its line, itself, and the
    /// name. Names are known to the organisation alone, so this is asked apart from the rest.
    pub fn marked_name<'a>(
        &'a self,
        before: Option<&'a Self>,
        names: &'a [String],
    ) -> Option<(usize, &'a str, &'a str)> {
        self.new_phrases(before).find_map(|(line, phrase)| {
            let lens = Lens::of_phrase(phrase);
            let telling = telling_words(phrase);
            let is_marked = |name: &&String| {
                !lens.find(name).is_empty() || words_of(name).any(|word| telling.contains(&word))
            };
            let name = names.iter().find(is_marked)?;
            Some((line, phrase, name.as_str()))
        })
    }

    /// The first new phrase that would mark a name in one of these labels of cases: its line and itself, and not the label, which is
    /// not for everybody who changes words.
    pub fn marked_on_case<'a>(
        &'a self,
        before: Option<&'a Self>,
        labels: &[String],
    ) -> Option<(usize, &'a str)> {
        self.new_phrases(before).find(|(_, phrase)| {
            let (lens, telling) = (Lens::of_phrase(phrase), telling_words(phrase));
            labels.iter().any(|label| marks_name_in(label, &lens) || names_in(label, &telling))
        })
    }
}

/// The words of a text, in small letters; a letter alone is none.
fn words_of(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|sign: char| !sign.is_alphanumeric());
    parts.filter(|part| part.chars().count() > 1).map(str::to_lowercase)
}

/// The words of a phrase that do not stand in our own lexicon. Those that do (“will”, “young”, “row”) are words, whoever is called so.
fn telling_words(phrase: &str) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = words_of(phrase).collect();
    words_of(Lexicon::SHIPPED).for_each(|ours| {
        words.remove(&ours);
    });
    words
}

/// Whether one of these words is a name that stands in the label of a case.
fn names_in(label: &str, words: &BTreeSet<String>) -> bool {
    // To look for names takes longer, and hardly any label has to be looked at so closely.
    words_of(label).any(|word| words.contains(&word))
        && names_in_label(label).iter().any(|name| words.contains(name))
}

/// Whether a phrase would mark a name that stands in the label of a case. In small letters: a phrase about whatever name is not
/// about this one.
fn marks_name_in(label: &str, lens: &Lens) -> bool {
    let plain = label.to_lowercase().replace(['’', '\''], " ");
    let found = lens.find(&plain);
    // To look for names takes longer, and hardly any label has to be looked at so closely.
    if found.is_empty() {
        return false;
    }
    let names = names_in_label(label);
    let marked = found.iter().filter_map(|finding| plain.get(finding.start..finding.end));
    let mut words = marked.flat_map(|text| text.split(|sign: char| !sign.is_alphanumeric()));
    words.any(|word| names.iter().any(|name| name == word))
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
    fn a_name_among_other_words_is_one_too_and_a_word_that_is_also_a_name_is_a_word() {
        let names = ["Gwen Hartley".to_owned(), "Will Young".to_owned(), "Grace Row".to_owned()];
        let labels = ["The Ashby family".to_owned()];
        let marked = |phrase: &str| {
            let mut entry = read_entry(&filled(), &shipped(), None).unwrap();
            entry.phrases.push(phrase.to_owned());
            let by_name = entry.marked_name(None, &names).is_some();
            (by_name, entry.marked_on_case(None, &labels).is_some())
        };
        for phrase in ["gwen again", "(poor|dear) hartley", "gwen~ <2> late", "so like gwen => so like her"] {
            assert_eq!(marked(phrase), (true, false), "{phrase}");
        }
        for phrase in ["ashby (children|kids)", "the ashby house"] {
            assert_eq!(marked(phrase), (false, true), "{phrase}");
        }
        for phrase in ["he will kill~", "a young (man|woman)", "third time in a row", "the family home"] {
            assert_eq!(marked(phrase), (false, false), "{phrase}");
        }
    }

    #[test]
    fn a_phrase_that_would_mark_a_name_on_a_case_is_found_and_ordinary_words_are_not_names() {
        let labels: Vec<String> =
            ["The Ashby family", "Teenager, care leaver", "Anna O’Hara’s baby", "Two children, Smith-Jones"]
                .map(str::to_owned)
                .into();
        let marked = |phrase: &str| {
            let mut entry = read_entry(&filled(), &shipped(), None).unwrap();
            entry.phrases.push(phrase.to_owned());
            entry.marked_on_case(None, &labels).map(|(line, phrase)| (line, phrase.to_owned()))
        };
        for name in ["ashby", "the (smith|ashby) family", "Anna", "smith", "hara", "jones"] {
            assert_eq!(marked(name), Some((3, name.to_owned())), "{name}");
        }
        for word in ["family", "the family", "teenager", "care leaver", "two children", "@name family"] {
            assert_eq!(marked(word), None, "{word}");
        }
        let mut entry = read_entry(&filled(), &shipped(), None).unwrap();
        entry.phrases.push("ashby".to_owned());
        assert_eq!(entry.marked_on_case(Some(&entry.clone()), &labels), None, "it stood there before");
    }

    #[test]
    fn more_lines_than_an_entry_may_have_and_phrases_too_slow_together_are_refused_in_words() {
        let mut form = filled();
        form.set("phrases", "a word\n".repeat(40));
        form.set("unless", "some word\n".repeat(21));
        let problems = read_entry(&form, &shipped(), None).unwrap_err();
        let words =
            "Write at most 60 lines, exceptions included, and put the others into an entry of their own";
        assert_eq!(problems.of("phrases"), Some(words));
        let slow: Vec<String> = (0..60).map(|number| format!("she <6> she <6> zebra{number}")).collect();
        form.set("phrases", slow.join("\n"));
        form.set("unless", "");
        let problems = read_entry(&form, &shipped(), None).unwrap_err();
        assert!(problems.of("phrases").unwrap().contains("beside all other words"), "{problems:?}");
    }

    #[test]
    fn a_retired_entry_marks_nothing() {
        let lexicon = shipped();
        let entry = Entry { retired: true, ..lexicon.entry("chaotic").unwrap().clone() };
        assert!(Lens::of(&lexicon.with(entry).unwrap()).find("They are chaotic.").is_empty());
    }
}
