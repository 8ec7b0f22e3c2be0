//! What stands where on the sheets: pure, before anything is drawn.

use app::paper::{Paper, Part};

/// A4, in points.
pub(super) const WIDTH: f32 = 595.0;
pub(super) const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
const TOP: f32 = 64.0;
const BOTTOM: f32 = HEIGHT - 68.0;
const TEXT: f32 = 10.5;
const SMALL: f32 = 8.0;
/// From one line to the next, as a part of the letters' size.
const LEADING: f32 = 1.42;

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Plain,
    Bold,
}

/// Letters of one weight, with how wide they are.
pub(super) struct Run {
    pub(super) text: String,
    pub(super) weight: Weight,
    pub(super) width: f32,
}

/// A line on a sheet. `y` is where the letters stand.
pub(super) struct Line {
    /// To which heading, paragraph or item it belongs.
    pub(super) unit: usize,
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) runs: Vec<Run>,
    /// The heading that begins here, for the table of contents.
    pub(super) begins: Option<String>,
}

/// A font, for measuring.
pub(super) struct Face<'a>(ttf_parser::Face<'a>);

impl<'a> Face<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, ttf_parser::FaceParsingError> {
        ttf_parser::Face::parse(bytes, 0).map(Self)
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let units: u32 = text
            .chars()
            .filter_map(|letter| self.0.glyph_index(letter))
            .filter_map(|glyph| self.0.glyph_hor_advance(glyph))
            .map(u32::from)
            .sum();
        // A sheet is far too narrow for this to lose anything.
        #[expect(clippy::cast_precision_loss, reason = "a line has a few thousand units")]
        let units = units as f32;
        units * size / f32::from(self.0.units_per_em())
    }

    /// The text with a box in place of each letter that the font does not have, and spaces for tabs and the like.
    fn shown(&self, text: &str) -> String {
        let shown = |letter: char| match letter {
            letter if letter.is_control() || letter.is_whitespace() => ' ',
            letter if self.0.glyph_index(letter).is_some() => letter,
            _ => '\u{25A1}',
        };
        text.chars().map(shown).collect()
    }
}

/// The paragraphs of a text: its lines that say something.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Lines on sheets.
pub(super) struct Layout {
    pub(super) sheets: Vec<Vec<Line>>,
    /// How many headings, paragraphs and items there are.
    pub(super) units: usize,
    /// What the foot of each sheet says besides its number.
    about: String,
    taken: String,
}

/// How a unit is set.
#[derive(Clone, Copy)]
struct Setting {
    size: f32,
    weight: Weight,
    indent: f32,
    before: f32,
    /// Lines that have to fit below it on the same sheet.
    keeps: f32,
}

const TITLE: Setting = Setting { size: 17.0, weight: Weight::Bold, indent: 0.0, before: 0.0, keeps: 3.0 };
const SECOND: Setting = Setting { size: 13.0, weight: Weight::Bold, indent: 0.0, before: 14.0, keeps: 3.0 };
const THIRD: Setting = Setting { size: 10.5, weight: Weight::Bold, indent: 0.0, before: 8.0, keeps: 2.0 };
const PARAGRAPH: Setting =
    Setting { size: TEXT, weight: Weight::Plain, indent: 0.0, before: 4.0, keeps: 0.0 };
const ITEM: Setting = Setting { size: TEXT, weight: Weight::Plain, indent: 14.0, before: 3.0, keeps: 0.0 };

struct Setter<'a> {
    plain: &'a Face<'a>,
    bold: &'a Face<'a>,
    layout: Layout,
    y: f32,
}

impl Layout {
    pub(super) fn of(paper: &Paper, plain: &Face<'_>, bold: &Face<'_>) -> Self {
        let (about, taken) = (plain.shown(&paper.reference), plain.shown(&paper.taken));
        let layout = Self { sheets: vec![Vec::new()], units: 0, about, taken };
        let mut setter = Setter { plain, bold, layout, y: TOP };
        setter.unit(TITLE, &[(&paper.title, Weight::Bold)], true);
        for part in &paper.parts {
            match part {
                Part::Heading(2, words) => setter.unit(SECOND, &[(words, Weight::Bold)], true),
                Part::Heading(_, words) => setter.unit(THIRD, &[(words, Weight::Bold)], false),
                Part::Fact(name, value) => {
                    let name = format!("{name}:");
                    setter.unit(PARAGRAPH, &[(&name, Weight::Bold), (value, Weight::Plain)], false);
                }
                Part::Text(text) => {
                    for paragraph in paragraphs(text) {
                        setter.unit(PARAGRAPH, &[(paragraph, Weight::Plain)], false);
                    }
                }
                Part::Items(items) => {
                    for item in items {
                        setter.unit(ITEM, &[(&format!("• {item}"), Weight::Plain)], false);
                    }
                }
            }
        }
        setter.layout
    }

    /// What stands at the foot of a sheet: what it is about, which sheet it is, and who took it.
    pub(super) fn foot(&self, number: usize, all: usize) -> [Line; 2] {
        let line = |y: f32, text: String| Line {
            unit: 0,
            x: MARGIN,
            y,
            size: SMALL,
            runs: vec![Run { text, weight: Weight::Plain, width: 0.0 }],
            begins: None,
        };
        let about = format!("{} · Sheet {number} of {all}", self.about);
        [line(HEIGHT - 44.0, about), line(HEIGHT - 32.0, self.taken.clone())]
    }
}

impl Setter<'_> {
    fn face(&self, weight: Weight) -> &Face<'_> {
        match weight {
            Weight::Plain => self.plain,
            Weight::Bold => self.bold,
        }
    }

    /// Sets a heading, paragraph or item in as many lines as it needs.
    fn unit(&mut self, setting: Setting, pieces: &[(&str, Weight)], begins: bool) {
        let unit = self.layout.units;
        self.layout.units += 1;
        let words = self.words(setting, pieces);
        let leading = setting.size * LEADING;
        self.y += setting.before;
        if self.y + leading * (1.0 + setting.keeps) > BOTTOM {
            self.next_sheet();
        }
        let mut title = begins.then(|| pieces.iter().map(|(text, _)| *text).collect::<Vec<_>>().join(" "));
        for runs in lines(words, WIDTH - 2.0 * MARGIN - setting.indent) {
            if self.y + leading > BOTTOM {
                self.next_sheet();
            }
            self.y += leading;
            let (x, y, size) = (MARGIN + setting.indent, self.y, setting.size);
            let line = Line { unit, x, y, size, runs, begins: title.take() };
            if let Some(sheet) = self.layout.sheets.last_mut() {
                sheet.push(line);
            }
        }
    }

    fn next_sheet(&mut self) {
        self.layout.sheets.push(Vec::new());
        self.y = TOP;
    }

    /// Words with the space behind each, none wider than a line.
    fn words(&self, setting: Setting, pieces: &[(&str, Weight)]) -> Vec<Run> {
        let widest = WIDTH - 2.0 * MARGIN - setting.indent;
        let mut words = Vec::new();
        for (text, weight) in pieces {
            let weight = if setting.weight == Weight::Bold { Weight::Bold } else { *weight };
            let face = self.face(weight);
            for word in face.shown(text).split_whitespace() {
                let mut rest = format!("{word} ");
                while face.width(&rest, setting.size) > widest {
                    let fits = longest(face, &rest, setting.size, widest);
                    let tail = rest.split_off(fits);
                    let width = face.width(&rest, setting.size);
                    words.push(Run { text: std::mem::replace(&mut rest, tail), weight, width });
                }
                let width = face.width(&rest, setting.size);
                words.push(Run { text: rest, weight, width });
            }
        }
        words
    }
}

/// Where to break a word that is wider than a line: at least behind its first letter.
fn longest(face: &Face<'_>, word: &str, size: f32, widest: f32) -> usize {
    let ends = word.char_indices().map(|(at, letter)| at + letter.len_utf8());
    let fitting = ends.take_while(|end| face.width(&word[..*end], size) <= widest).last();
    fitting.or_else(|| word.chars().next().map(char::len_utf8)).unwrap_or(word.len())
}

/// Words in lines, each as full as it can be; words of one weight are one run.
fn lines(words: Vec<Run>, widest: f32) -> Vec<Vec<Run>> {
    let mut lines: Vec<Vec<Run>> = vec![Vec::new()];
    let mut filled = 0.0;
    for word in words {
        if filled + word.width > widest && filled > 0.0 {
            lines.push(Vec::new());
            filled = 0.0;
        }
        filled += word.width;
        let Some(line) = lines.last_mut() else { continue };
        match line.last_mut().filter(|last| last.weight == word.weight) {
            Some(last) => {
                last.text.push_str(&word.text);
                last.width += word.width;
            }
            None => line.push(word),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}
