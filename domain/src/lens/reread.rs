//! A text that is looked through again and again while somebody writes it.

use super::compiled::Lens;
use super::find::{Finding, paragraphs, utf16_length};

/// The paragraphs of a text as they stood last, with what was found in each: only those that changed are looked through again.
#[derive(Clone, Debug, Default)]
pub struct Reread(Vec<(String, Vec<Finding>)>);

impl Reread {
    /// As [`Lens::find`], looking only through paragraphs that stood neither as far from the beginning nor as far from the end.
    pub fn find(&mut self, lens: &Lens, text: &str) -> Vec<Finding> {
        let before = std::mem::take(&mut self.0);
        let now: Vec<(usize, &str)> = paragraphs(text).collect();
        let (mut all, mut utf16) = (Vec::new(), 0);
        for (at, (start, paragraph)) in now.iter().enumerate() {
            let from_end = (before.len() + at).wrapping_sub(now.len());
            let mut found = None;
            for place in [at, from_end] {
                if let Some((known, findings)) = before.get(place)
                    && known == paragraph
                {
                    found = Some(findings.clone());
                    break;
                }
            }
            let found = found.unwrap_or_else(|| lens.find_in(paragraph));
            for finding in &found {
                all.push(finding.clone().moved(*start, utf16));
            }
            utf16 += utf16_length(paragraph);
            self.0.push(((*paragraph).to_owned(), found));
        }
        all
    }
}
