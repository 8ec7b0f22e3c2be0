//! A piece of continuing professional development in the shape that Social Work England asks for, made of a piece of a journal.

use super::Piece;
use crate::form::{Form, FormCheck, Problems};
use chrono::{Datelike, NaiveDate};

/// A piece as it is written for the regulator.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CpdPiece {
    /// Its title.
    pub title: String,
    /// What kind of activity it was: "Supervision", "Reading".
    pub kind: String,
    /// When it was.
    #[serde(with = "day")]
    pub on: NaiveDate,
    /// What it was, and why it matters to the author.
    pub description: String,
    /// What the author has learnt.
    pub learnt: String,
    /// What it does for their practice and the people they work with.
    pub impact: String,
    /// What they have learnt by talking about it with a peer; may be empty.
    pub peer: String,
}

/// A day as JSON keeps it: 2026-11-22.
mod day {
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
    pub(super) fn serialize<S: Serializer>(day: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(day)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Pieces that are needed in each registration year; one of them with a talk with a peer.
pub const NEEDED_A_YEAR: usize = 2;

/// The boxes of a piece: name, heading and a line of help.
pub const CPD_BOXES: [(&str, &str, &str); 4] = [
    ("description", "What did you do, and why does it matter to you?", "A short description of the activity"),
    ("learnt", "What have you learnt?", ""),
    (
        "impact",
        "What does it do for your practice, and for the people you work with?",
        "What it has changed, or will",
    ),
    (
        "peer",
        "What have you learnt by talking about it with a peer?",
        "At least one piece a year needs this. A peer may be your supervisor or somebody of another profession",
    ),
];

impl CpdPiece {
    /// Reads the form of a piece. It may be saved before every box is filled: it can grow.
    ///
    /// # Errors
    /// What is wrong, in words for the author.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let title = check.line("title", "Enter a title");
        let kind = check.optional_line("kind");
        let on = check.past_date("on", "Date of the activity", today);
        let mut text = |name: &str| check.optional_narrative(name);
        let (description, learnt) = (text("description"), text("learnt"));
        let (impact, peer) = (text("impact"), text("peer"));
        let piece = (|| {
            Some(Self {
                title: title?,
                kind: kind?,
                on: on?,
                description: description?,
                learnt: learnt?,
                impact: impact?,
                peer: peer?,
            })
        })();
        check.finish(piece)
    }

    /// Fills the form of a piece with it.
    pub fn fill(&self, form: &mut Form) {
        form.set("title", &self.title);
        form.set("kind", &self.kind);
        form.set_date("on", self.on);
        for ((name, ..), text) in CPD_BOXES.iter().zip(self.texts()) {
            form.set(name, text);
        }
    }

    /// What a new piece begins with: the first box of the journal's piece as what was done, the others as what was learnt.
    pub fn begun_from(piece: &Piece, on: NaiveDate) -> Self {
        let mut texts: Vec<&str> = piece.steps.iter().map(|step| step.text.as_str()).collect();
        texts.extend(Some(piece.body.as_str()).filter(|body| !body.is_empty()));
        let learnt = texts.get(1..).unwrap_or_default().join("\n\n");
        Self {
            title: piece.title.clone(),
            kind: "Reflection".to_owned(),
            on,
            description: texts.first().map(|text| (*text).to_owned()).unwrap_or_default(),
            learnt,
            impact: String::new(),
            peer: String::new(),
        }
    }

    /// The texts of [`CPD_BOXES`], in the same order.
    pub fn texts(&self) -> [&str; 4] {
        [&self.description, &self.learnt, &self.impact, &self.peer]
    }

    /// The headings of boxes that the regulator asks for in every piece and that are empty.
    pub fn missing(&self) -> Vec<&'static str> {
        let needed = CPD_BOXES.iter().zip(self.texts()).take(3);
        needed.filter(|(_, text)| text.is_empty()).map(|((_, heading, _), _)| *heading).collect()
    }
}

/// The registration year in which a day lies: its first and its last day. It runs from 1 December to 30 November.
pub fn registration_year(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = if day.month() == 12 { day.year() } else { day.year() - 1 };
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    (date(first, 12, 1), date(first + 1, 11, 30))
}

/// How many pieces of a registration year there are, and how many of them speak of a talk with a peer.
pub fn count_of_year(pieces: &[CpdPiece], today: NaiveDate) -> (usize, usize) {
    let (from, to) = registration_year(today);
    let of_year = || pieces.iter().filter(|piece| (from..=to).contains(&piece.on));
    (of_year().count(), of_year().filter(|piece| !piece.peer.is_empty()).count())
}

/// Words that begin with a capital and are no names.
const NO_NAMES: &[&str] = &[
    "I",
    "I’m",
    "I've",
    "I’ve",
    "I'm",
    "I'd",
    "I’d",
    "I'll",
    "I’ll",
    "DASH",
    "MARAC",
    "CPD",
    "GP",
    "NHS",
    "CP",
    "CIN",
    "PLO",
    "LAC",
    "SEND",
    "ASYE",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "Gibbs",
    "Kolb",
    "Schön",
    "Social",
    "Work",
    "England",
    "Act",
];

/// Words of the labels of cases that name nobody.
const ORDINARY: &[&str] =
    &["the", "and", "family", "case", "child", "children", "sibling", "siblings", "adult", "unborn"];

/// Words that may name somebody: those of the people and cases that are known, wherever they stand, and other words with a
/// capital in the middle of a sentence. Each once, in the order in which they come. A person has to look; no list is whole.
pub fn names_in(text: &str, known: &[String]) -> Vec<String> {
    let known: Vec<String> = known
        .iter()
        .flat_map(|name| name.split_whitespace())
        .map(|word| trimmed(word).to_lowercase())
        .filter(|word| word.chars().count() > 2 && !ORDINARY.contains(&word.as_str()))
        .collect();
    let mut found: Vec<String> = Vec::new();
    let mut begins = true;
    for part in text.split_inclusive(char::is_whitespace) {
        let word = trimmed(part);
        if !word.is_empty() {
            let bare = word.strip_suffix("’s").or_else(|| word.strip_suffix("'s")).unwrap_or(word);
            let has_capital = bare.chars().next().is_some_and(char::is_uppercase);
            let is_known = has_capital && known.contains(&bare.to_lowercase());
            let is_strange = has_capital && !begins && !NO_NAMES.contains(&word);
            if (is_known || is_strange) && !found.iter().any(|one| one == bare) {
                found.push(bare.to_owned());
            }
        }
        let sign = part.trim_end().chars().last();
        begins = part.contains('\n')
            || if word.is_empty() {
                begins
            } else {
                matches!(sign, Some('.' | '!' | '?' | ':' | '“' | '"'))
            };
    }
    found
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|sign: char| !sign.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn piece(on: &str, peer: &str) -> CpdPiece {
        CpdPiece {
            on: day(on),
            peer: peer.to_owned(),
            ..CpdPiece::begun_from(&Piece::free("The door", "Nobody answered."), day(on))
        }
    }

    #[test]
    fn the_year_ends_on_the_last_of_november() {
        assert_eq!(registration_year(day("2026-11-30")), (day("2025-12-01"), day("2026-11-30")));
        assert_eq!(registration_year(day("2026-12-01")), (day("2026-12-01"), day("2027-11-30")));
        let pieces = [piece("2025-11-30", "x"), piece("2025-12-01", ""), piece("2026-11-30", "x")];
        assert_eq!(count_of_year(&pieces, day("2026-11-22")), (2, 1));
    }

    #[test]
    fn names_of_people_and_cases_are_found_and_other_capitals_in_a_sentence() {
        let known = ["Gwen Hartley".to_owned(), "The Ashby family".to_owned(), "F-1042".to_owned()];
        let text = "Hartley came. The mother of Kayleigh said so, at the Ashby’s house in Leeds. In May I rang; F-1042 is open.\nNobody answered.";
        assert_eq!(names_in(text, &known), ["Hartley", "Kayleigh", "Ashby", "Leeds", "F-1042"]);
        assert!(names_in("I rang on Monday. She was well.\n\nThen I wrote: It helped.", &[]).is_empty());
    }

    #[test]
    fn a_piece_begins_with_what_was_written_and_may_be_saved_unfinished() {
        let mut begun = piece("2026-11-01", "");
        assert_eq!(begun.description, "Nobody answered.");
        assert_eq!(begun.missing().len(), 2);
        begun.learnt = "To wait.".to_owned();
        let mut form = Form::default();
        begun.fill(&mut form);
        assert_eq!(CpdPiece::parse(&form, day("2026-11-22")).unwrap(), begun);
        assert!(CpdPiece::parse(&form, day("2026-10-22")).unwrap_err().of("on").is_some());
    }
}
