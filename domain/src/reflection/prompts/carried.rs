//! How a page carries the questions to choose from: lines with tabs, because a page carries dozens, and because reading anything
//! richer would be a tenth of what a browser loads.

use super::table::{Candidates, PromptTable, Question};
use super::{Trigger, Triggers};
use crate::TextValue;
use crate::risk::{HighFrom, RiskLevel};

impl PromptTable {
    /// The table as text: what the case calls for, from where on a score is high, and how high its risk stays; what is general; then each question, and the candidates of each trigger.
    pub fn to_carried(&self) -> String {
        let mut lines = vec![
            format!(
                "{}\t{}\t{}",
                self.standing.to_stored(),
                self.high_from.0,
                self.level.map_or("", RiskLevel::code)
            ),
            format!("{}\t{}\t{}", place(self.bias), place(self.voice), places(&self.general)),
        ];
        for question in &self.questions {
            let voice = if question.is_voice { "v" } else { "" };
            lines.push(format!("{}\t{voice}\t{}", question.key, on_one_line(&question.text)));
        }
        lines.push(String::new());
        for candidates in &self.candidates {
            let (hard, trigger) = (places(&candidates.hard), candidates.trigger.code());
            lines.push(format!("{trigger}\t{hard}\t{}\t{}", place(candidates.bias), place(candidates.voice)));
        }
        lines.join("\n")
    }

    /// The table that a page carries; `None` if the page is not one of ours.
    pub fn carried(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let mut of_case = lines.next()?.split('\t');
        let mut general = lines.next()?.split('\t');
        let mut table = Self {
            standing: Triggers::stored(of_case.next()?).ok()?,
            high_from: HighFrom(of_case.next()?.parse().ok()?),
            level: RiskLevel::from_code(of_case.next()?),
            bias: general.next()?.parse().ok(),
            voice: general.next()?.parse().ok(),
            general: all_places(general.next()?),
            ..Self::default()
        };
        for line in lines.by_ref().take_while(|line| !line.is_empty()) {
            let mut parts = line.splitn(3, '\t');
            let key = parts.next()?.to_owned();
            let is_voice = !parts.next()?.is_empty();
            table.questions.push(Question { key, text: parts.next()?.to_owned(), is_voice });
        }
        for line in lines {
            let mut parts = line.split('\t');
            table.candidates.push(Candidates {
                trigger: Trigger::from_code(parts.next()?)?,
                hard: all_places(parts.next()?),
                bias: parts.next()?.parse().ok(),
                voice: parts.next()?.parse().ok(),
            });
        }
        Some(table)
    }
}

fn place(at: Option<usize>) -> String {
    at.map_or(String::new(), |at| at.to_string())
}

fn places(all: &[usize]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn all_places(text: &str) -> Vec<usize> {
    text.split(',').filter_map(|at| at.parse().ok()).collect()
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
