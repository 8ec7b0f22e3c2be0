//! Documents on paper: tagged PDF (PDF/UA-1), which a screen reader reads in the order in which it was written.

mod layout;

use app::paper::{Paper, Part};
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, Tag, TagGroup, TagTree,
};
use krilla::text::{Font, TextDirection};
use krilla::{Document, SerializeSettings};
use layout::{Face, Layout, Line, Weight};
use std::num::NonZeroU16;

/// A document that could not be put on paper: the cause, for the log.
#[derive(Debug, thiserror::Error)]
#[error("a document could not be put on paper: {0}")]
pub struct PaperError(String);

/// “`DejaVu` Sans Condensed”: free to give away, and with the letters of most names.
const PLAIN: &[u8] = include_bytes!("../../fonts/DejaVuSansCondensed.ttf");
const BOLD: &[u8] = include_bytes!("../../fonts/DejaVuSansCondensed-Bold.ttf");

struct Fonts {
    plain: Font,
    bold: Font,
}

impl Fonts {
    fn read() -> Result<Self, PaperError> {
        let font = |bytes: &'static [u8]| {
            Font::new(bytes.into(), 0).ok_or_else(|| PaperError("a font cannot be read".to_owned()))
        };
        Ok(Self { plain: font(PLAIN)?, bold: font(BOLD)? })
    }

    fn of(&self, weight: Weight) -> Font {
        match weight {
            Weight::Plain => self.plain.clone(),
            Weight::Bold => self.bold.clone(),
        }
    }
}

/// Puts a document on sheets of A4.
///
/// # Errors
/// It breaks a rule of PDF/UA-1, or a font cannot be read.
pub fn pdf(paper: &Paper) -> Result<Vec<u8>, PaperError> {
    let fonts = Fonts::read()?;
    let face = |bytes| Face::read(bytes).map_err(|error| PaperError(error.to_string()));
    let layout = Layout::of(paper, &face(PLAIN)?, &face(BOLD)?);
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PaperError(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    // The lines of each part, as a reader of the structure finds them.
    let mut drawn: Vec<Vec<Identifier>> = vec![Vec::new(); layout.units];
    let mut outline = Outline::new();
    let all = layout.sheets.len();
    for (number, sheet) in layout.sheets.iter().enumerate() {
        let size = PageSettings::from_wh(layout::WIDTH, layout::HEIGHT)
            .ok_or_else(|| PaperError("a sheet has no size".to_owned()))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for line in sheet {
            drawn[line.unit].push(draw(&mut surface, &fonts, line));
            if let Some(title) = &line.begins {
                let place = XyzDestination::new(number, Point::from_xy(0.0, line.y - line.size));
                outline.push_child(OutlineNode::new(title.clone(), place));
            }
        }
        foot(&mut surface, &fonts, &layout.foot(number + 1, all));
        surface.finish();
        page.finish();
    }
    document.set_outline(outline);
    document.set_metadata(
        Metadata::new()
            .title(paper.title.clone())
            .language("en-GB".to_owned())
            .creator("Fresh Eyes".to_owned()),
    );
    document.set_tag_tree(tags(paper, drawn));
    document.finish().map_err(|error| PaperError(format!("{error:?}")))
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, line: &Line) -> Identifier {
    let identifier = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
    write(surface, fonts, line);
    surface.end_tagged();
    identifier
}

fn write(surface: &mut Surface<'_>, fonts: &Fonts, line: &Line) {
    let mut x = line.x;
    for run in &line.runs {
        let font = fonts.of(run.weight);
        surface.draw_text(Point::from_xy(x, line.y), font, line.size, &run.text, false, TextDirection::Auto);
        x += run.width;
    }
}

/// The foot of a sheet is no part of what is read.
fn foot(surface: &mut Surface<'_>, fonts: &Fonts, lines: &[Line]) {
    let footer = Artifact::with_kind(ArtifactType::Footer);
    surface.start_tagged(ContentTag::Artifact(footer));
    for line in lines {
        write(surface, fonts, line);
    }
    surface.end_tagged();
}

/// The structure: the title, then each part as what it is.
fn tags(paper: &Paper, drawn: Vec<Vec<Identifier>>) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some("en-GB".to_owned()));
    let mut drawn = drawn.into_iter();
    let mut next = || drawn.next().unwrap_or_default();
    tree.push(filled(heading(1, &paper.title), next()));
    for part in &paper.parts {
        match part {
            Part::Heading(level, words) => tree.push(filled(heading(u16::from(*level), words), next())),
            Part::Fact(..) => tree.push(filled(TagGroup::new(Tag::P), next())),
            Part::Text(text) => {
                for _ in layout::paragraphs(text) {
                    tree.push(filled(TagGroup::new(Tag::P), next()));
                }
            }
            Part::Items(items) => {
                let mut list = TagGroup::new(Tag::L(ListNumbering::Disc));
                for _ in items {
                    let mut item = TagGroup::new(Tag::LI);
                    item.push(filled(TagGroup::new(Tag::LBody), next()));
                    list.push(item);
                }
                tree.push(list);
            }
        }
    }
    tree
}

fn heading(level: u16, words: &str) -> TagGroup {
    let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
    TagGroup::new(Tag::Hn(level, Some(words.to_owned())))
}

fn filled(mut group: TagGroup, lines: Vec<Identifier>) -> TagGroup {
    for line in lines {
        group.push(line);
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(parts: Vec<Part>) -> Paper {
        Paper {
            title: "F-1042 Case supervision".to_owned(),
            reference: "F-1042".to_owned(),
            taken: "Taken from Fresh Eyes by Gwen Hartley, 24 November 2026 at 9:30am".to_owned(),
            parts,
        }
    }

    fn has(pdf: &[u8], bytes: &[u8]) -> bool {
        pdf.windows(bytes.len()).any(|window| window == bytes)
    }

    #[test]
    fn a_document_is_tagged_and_says_in_which_language_it_is() {
        let pdf = pdf(&paper(vec![
            Part::Fact("Written by".to_owned(), "Priya Nair".to_owned()),
            Part::Heading(2, "Decision".to_owned()),
            Part::Text("One.\n\nTwo.".to_owned()),
            Part::Items(vec!["Ring the school".to_owned(), "See each child".to_owned()]),
        ]))
        .unwrap();
        assert!(pdf.starts_with(b"%PDF-1.7"));
        for mark in [&b"/MarkInfo"[..], b"/StructTreeRoot", b"en-GB", b"pdfuaid"] {
            assert!(has(&pdf, mark), "{}", String::from_utf8_lossy(mark));
        }
    }

    #[test]
    fn a_long_document_goes_on_on_the_next_sheet_and_a_strange_letter_stops_nothing() {
        let text = "A fair length of narrative, as a manager types it between two meetings. ".repeat(400);
        let pdf = pdf(&paper(vec![
            Part::Text(text),
            Part::Text("Zażółć gęślą jaźń. Ελένη. Наталья. \u{1F600}\tEnd.".to_owned()),
            Part::Text("x".repeat(3000)),
        ]))
        .unwrap();
        assert!(has(&pdf, b"/Count"), "there are several sheets");
    }

    #[test]
    fn an_empty_document_is_one_sheet() {
        assert!(pdf(&paper(Vec::new())).is_ok());
    }
}
