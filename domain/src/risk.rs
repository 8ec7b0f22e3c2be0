//! How high a risk is, and which way it is going.

mod checklist;

pub use checklist::{CHECKLIST_QUESTIONS, Checklist, DONE_ON, HighFrom, LatestScore, SCORE};

use crate::form::{Form, FormCheck, Problems};
use crate::value::text_value;
use chrono::NaiveDate;
use std::cmp::Ordering;

text_value! {
    /// How high the risk is now, in the words of the SafeLives checklist.
    RiskLevel: "risk level" {
        Standard = "standard", "Standard";
        Medium = "medium", "Medium";
        High = "high", "High";
        Unknown = "unknown", "Not known";
    }
}

impl RiskLevel {
    /// The highest of several. What is not known is below all that is.
    pub fn highest(levels: impl IntoIterator<Item = Self>) -> Option<Self> {
        levels.into_iter().max_by_key(|level| level.height())
    }

    /// Higher for more; `None` if it is not known.
    fn height(self) -> Option<u8> {
        match self {
            Self::Unknown => None,
            Self::Standard => Some(1),
            Self::Medium => Some(2),
            Self::High => Some(3),
        }
    }
}

text_value! {
    /// Which way the risk has gone since it was last looked at.
    RiskDirection: "direction of risk" {
        Up = "up", "Up";
        Same = "same", "The same";
        Down = "down", "Down";
        Unknown = "unknown", "Not known";
    }
}

impl RiskDirection {
    /// Which way the risk has gone from one level to another; `None` where one of them is not known.
    pub fn between(before: RiskLevel, now: RiskLevel) -> Option<Self> {
        let (before, now) = (before.height()?, now.height()?);
        Some(match now.cmp(&before) {
            Ordering::Greater => Self::Up,
            Ordering::Equal => Self::Same,
            Ordering::Less => Self::Down,
        })
    }

    /// Whether this cannot be so where the level has changed like that: risk does not go up from high to standard. Where the level
    /// is the same it may have gone either way within it.
    pub fn contradicts(self, before: RiskLevel, now: RiskLevel) -> bool {
        let changed = Self::between(before, now).filter(|way| *way != Self::Same);
        self != Self::Unknown && changed.is_some_and(|way| way != self)
    }
}

/// A change in risk that somebody notes between sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRiskChange {
    /// The day of the change.
    pub on: NaiveDate,
    /// How high the risk is now.
    pub level: RiskLevel,
    /// Which way it has gone.
    pub direction: RiskDirection,
    /// What happened.
    pub note: String,
    /// Whether it has happened again after an earlier incident.
    pub is_repeat: bool,
    /// The new risk checklist, if one was done.
    pub checklist: Option<Checklist>,
}

impl NewRiskChange {
    /// Reads the form of `/cases/{id}/risk`.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let on = check.past_date("on", "Date of the change", today);
        let level = check.choice("risk_level", "Choose how high the risk is now");
        let direction = check.choice("risk_direction", "Choose which way the risk has gone");
        let note = check.narrative("note", "Write what happened, in a sentence or two");
        let is_repeat = form.text("repeat") == "yes";
        let checklist = Checklist::read_day_at_least(&mut check, today);
        let change = (|| {
            Some(Self {
                on: on?,
                level: level?,
                direction: direction?,
                note: note?,
                is_repeat,
                checklist: checklist?,
            })
        })();
        check.finish(change)
    }
}
