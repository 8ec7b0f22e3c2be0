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

/// How far somebody has come with the pieces of a registration year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountOfYear {
    /// Pieces in which no box is missing.
    pub finished: usize,
    /// How many of these speak of a talk with a peer.
    pub with_peer: usize,
    /// Pieces in which the regulator would miss a box.
    pub unfinished: usize,
}

/// How many pieces of a registration year there are.
pub fn count_of_year(pieces: &[CpdPiece], today: NaiveDate) -> CountOfYear {
    let (from, to) = registration_year(today);
    let mut count = CountOfYear::default();
    for piece in pieces.iter().filter(|piece| (from..=to).contains(&piece.on)) {
        if !piece.missing().is_empty() {
            count.unfinished += 1;
            continue;
        }
        count.finished += 1;
        count.with_peer += usize::from(!piece.peer.is_empty());
    }
    count
}

/// Words that begin with a capital wherever they stand, and are no names.
const NO_NAMES: &str = "I DASH MARAC CPD GP GPs NHS CP CIN PLO LAC SEND ASYE EHCP SENCO CAMHS IRO LADO MASH Monday Tuesday \
     Wednesday Thursday Friday Saturday Sunday January February March July September October November December Christmas Easter \
     Gibbs Kolb Schön Social Work England Act";

/// Months that are also names.
const MONTHS_OR_NAMES: &str = "April May June August";

/// After these, or before a number, they are months.
const BEFORE_A_MONTH: &str = "in on of since until till by from during last next this early late mid before after each every and or to";

/// What somebody is called by: a name follows, and the full stop behind it ends no sentence.
const TITLES: &str = "Mr Mrs Ms Miss Mx Dr Prof St Sir Lady Lord Rev Father Sister Nurse";

/// Words with which sentences begin. Any other word there may be somebody’s name: words that are also names, such as Will, Grace
/// or Mark, are left out.
const OPENERS: &str = "a about above according across action actions additionally after afterwards again against agreed ahead all \
     almost alone along alongside already also although altogether always am among an and another any anybody anyone anything \
     apart are aren around article as asked asking aside at attended attending away back balancing be because become before \
     began beginning behind being below besides better between beyond book both briefly bringing building but by call calling \
     came can cannot care carers caring case certainly challenge challenging change changes changing chapter checking child \
     children clearly close colleagues coming communication completed completing confidence consent considering contact \
     conversations could couldn course currently daily dealing decision decisions deciding despite did didn difficult discussed \
     discussing discussion do does doesn doing domestic don done doubt down during each earlier early either else emotional \
     especially even eventually ever every everybody everyone everything evidence exactly example except experience facing \
     families family fathers feedback feeling feelings few final finally finding first firstly five following for four friends \
     from full fully further furthermore future general getting giving given go going good group had hadn half hard has hasn \
     have haven having he hearing help helping hence her here hers herself hesitation high him himself his hold holding home \
     honestly how however if immediately impact important in included including indeed initially inside instead into is isn it \
     its itself just keep keeping key knowing knowledge lack last lastly late lately later latest learning learnt least leave \
     leaving less lessons let like likewise listening little long looking lots luckily made main mainly make making management \
     managers managing many maybe me meanwhile meeting meetings mental might mindful mine more moreover most mostly mother \
     mothers moving much must my myself naming near nearly need neither never nevertheless new next no nobody none nonetheless \
     nor normally not note notes nothing notice noticing now nowhere observing obviously occasionally of off often old on once \
     one only open opening or other others otherwise our ours ourselves out outside over overall own parent parents part \
     partly partnership past people perhaps personal personally physical place plan planning please point police possibly \
     practice practising preparation preparing present presenting previously probably professional professionals properly \
     putting question questions quickly quite rarely rather reading realising really recently recording reflecting reflection \
     reflections reflective regarding remember research respect right risk safeguarding safety said same saying school second \
     secondly see seeing seldom self session sessions several shall share sharing she should shouldn similarly simply since six \
     sitting situation slowly small so some somebody somehow someone something sometimes somewhere soon speaking staff stand \
     standing starting staying still stop strengths such suddenly supervision support supporting sure surely systems take \
     taking talking team ten than thank thankfully thanks that the their theirs them themselves then theory there thereafter \
     therefore these they things think thinking third thirdly this those though three through throughout thus time times to \
     today together tomorrow too took towards training trauma trust trusting try trying turning two ultimately unborn under \
     understanding unfortunately unless unlike until up upon us used using usually very visit visiting visits waiting walking \
     was wasn watching way we week weekly weeks well went were weren what whatever when whenever where whereas wherever whether \
     which whichever while who whoever whole whom whose why with within without women won wondering words work workers working \
     would wouldn writing wrong yes yesterday yet you young your yours yourself";

/// Words of the labels of cases that name nobody.
const ORDINARY: &str = "the and family case child children sibling siblings adult adults unborn baby teenager teenagers young younger \
     older brother brothers sister sisters twins mother father mum dad parent parents couple carer boy boys girl girls man woman \
     release referral one two three four five six seven eight nine ten";

fn is_one_of(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|one| one == word)
}

/// Words that may name somebody: those of the people and cases that are known, wherever they stand, and other words with a
/// capital, unless sentences begin with them. Each once, in the order in which they come. A person has to look; no list is whole.
pub fn names_in(text: &str, known: &[String]) -> Vec<String> {
    let known: Vec<String> = known
        .iter()
        .flat_map(|name| name.split_whitespace())
        .map(|word| trimmed(word).to_lowercase())
        .filter(|word| word.chars().count() > 2 && !is_one_of(ORDINARY, word))
        .collect();
    let mut found: Vec<String> = Vec::new();
    let (mut begins, mut before) = (true, "");
    let mut parts = text.split_inclusive(char::is_whitespace).peekable();
    while let Some(part) = parts.next() {
        let word = trimmed(part);
        if !word.is_empty() {
            let bare = word.strip_suffix("’s").or_else(|| word.strip_suffix("'s")).unwrap_or(word);
            let has_capital = bare.chars().next().is_some_and(char::is_uppercase);
            let is_known = has_capital && known.contains(&bare.to_lowercase());
            let after = parts.peek().map_or("", |part| trimmed(part));
            // What somebody said begins a sentence too.
            let begins = begins || part.starts_with(['“', '‘', '"']);
            let before = if begins { "" } else { before };
            let is_strange = has_capital && may_be_a_name(bare, begins, before, after);
            if (is_known || is_strange) && !found.iter().any(|one| one == bare) {
                found.push(bare.to_owned());
            }
        }
        begins = ends_a_sentence(part, word, begins);
        if !word.is_empty() {
            before = word;
        }
    }
    found
}

/// Words of the label of a case that may name somebody, in small letters.
pub(crate) fn names_in_label(label: &str) -> Vec<String> {
    let found: Vec<String> = names_in(label, &[]).iter().map(|word| word.to_lowercase()).collect();
    let parts = found.iter().flat_map(|word| word.split(|sign: char| !sign.is_alphanumeric()));
    parts.filter(|part| part.chars().count() > 1 && !is_one_of(ORDINARY, part)).map(str::to_owned).collect()
}

/// Whether a word with a capital may be a name, by the words around it.
fn may_be_a_name(word: &str, begins: bool, before: &str, after: &str) -> bool {
    if is_one_of(TITLES, before) {
        return true;
    }
    if is_one_of(MONTHS_OR_NAMES, word) {
        let is_number = |word: &str| word.starts_with(|sign: char| sign.is_ascii_digit());
        return !(is_one_of(BEFORE_A_MONTH, &before.to_lowercase()) || is_number(before) || is_number(after));
    }
    // “I’ve”, “Didn’t”: what stands before the apostrophe decides.
    let stem = word.split(['’', '\'']).next().unwrap_or(word);
    if is_one_of(NO_NAMES, stem) || is_one_of(TITLES, stem) {
        return false;
    }
    !(begins && is_one_of(OPENERS, &stem.to_lowercase()))
}

/// Whether the next word begins a sentence or a line.
fn ends_a_sentence(part: &str, word: &str, begins: bool) -> bool {
    if part.contains('\n') {
        return true;
    }
    if word.is_empty() {
        return begins;
    }
    let sign = part.trim_end().chars().last();
    matches!(sign, Some('.' | '!' | '?' | ':' | '“' | '"')) && !is_one_of(TITLES, word)
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
        assert_eq!(
            count_of_year(&pieces, day("2026-11-22")),
            CountOfYear { finished: 0, with_peer: 0, unfinished: 2 },
            "what has empty boxes is not done"
        );
        let whole = pieces.map(|piece| CpdPiece { learnt: "x".into(), impact: "y".into(), ..piece });
        assert_eq!(
            count_of_year(&whole, day("2026-11-22")),
            CountOfYear { finished: 2, with_peer: 1, unfinished: 0 }
        );
    }

    #[test]
    fn names_of_people_and_cases_are_found_and_other_capitals_in_a_sentence() {
        let known = ["Gwen Hartley".to_owned(), "The Ashby family".to_owned(), "F-1042".to_owned()];
        let text = "Hartley came. The mother of Kayleigh said so, at the Ashby’s house in Leeds. In May I rang; F-1042 is open.\nNobody answered.";
        assert_eq!(names_in(text, &known), ["Hartley", "Kayleigh", "Ashby", "Leeds", "F-1042"]);
        assert!(names_in("I rang on Monday. She was well.\n\nThen I wrote: It helped.", &[]).is_empty());
    }

    #[test]
    fn a_name_is_found_at_the_beginning_too_and_ordinary_openers_are_not() {
        for (text, names) in [
            ("Kayleigh told me so.", &["Kayleigh"][..]),
            ("I rang.\nJayden’s mother was out. “Amira is well”, she said.", &["Jayden", "Amira"]),
            ("I met Mr. Smith, and then Dr. Khan. St. Anne’s was closed.", &["Smith", "Khan", "Anne"]),
            ("Mrs Grey and Ms. May came.", &["Grey", "May"]),
            ("June told me. I saw April and her sister.", &["June", "April"]),
            ("Will was there. Grace said nothing.", &["Will", "Grace"]),
        ] {
            assert_eq!(names_in(text, &[]), names, "{text}");
        }
        for innocent in [
            "In June I rang. Since April 2026 it was quiet, and on 4 May too.",
            "Didn’t I ask? I’d have liked to. It’s hard: That’s why.",
            "After the visit\nThe door stayed shut. Nobody answered, so I waited.\nReflecting on this, I was wrong.",
            "To ask sooner. Mr and Mrs.",
            "“Why now?” she asked. Yes. Perhaps.",
        ] {
            assert_eq!(names_in(innocent, &[]), Vec::<String>::new(), "{innocent}");
        }
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
