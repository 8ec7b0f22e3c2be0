//! Signs that somebody has left, while their account is still open. They are reasons to ask, and no proof.

use crate::calendar::day_in_words;
use chrono::{Days, NaiveDate};

/// Days without signing in that are a sign.
pub const SILENT_DAYS: u64 = 60;

/// What is known of somebody whose account is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaverFacts {
    /// The last day, if one is noted.
    pub last_day: Option<NaiveDate>,
    /// Since when the person stood in no list of everybody.
    pub missing_since: Option<NaiveDate>,
    /// When the person last signed in; `None` for somebody who was never asked to.
    pub last_signed_in_on: Option<NaiveDate>,
    /// Whether the person comes from an agency.
    pub agency: bool,
    /// How many open cases the person leads.
    pub leads: i64,
}

impl LeaverFacts {
    /// The first day of sign-in that is no sign yet.
    pub fn silent_before(today: NaiveDate) -> NaiveDate {
        today - Days::new(SILENT_DAYS)
    }

    /// The signs in words, the strongest first; none for somebody who seems to be at work. To come from an agency or to lead
    /// cases is no sign by itself, and makes another one more pressing.
    pub fn signs(&self, today: NaiveDate) -> Vec<String> {
        let mut signs = Vec::new();
        if let Some(last_day) = self.last_day {
            signs.push(format!("Leaves on {}", day_in_words(last_day)));
        }
        if let Some(since) = self.missing_since {
            signs.push(format!("Missing from the list of everybody since {}", day_in_words(since)));
        }
        if let Some(on) = self.last_signed_in_on.filter(|on| *on < Self::silent_before(today)) {
            signs.push(format!("Last signed in on {}", day_in_words(on)));
        }
        if signs.is_empty() {
            return signs;
        }
        if self.leads > 0 {
            signs.push(format!("Still leads {}", crate::calendar::counted(self.leads, "case", "cases")));
        }
        if self.agency {
            signs.push("From an agency".to_owned());
        }
        signs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_reasons_to_ask_and_others_only_add_to_them() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let today = day(24);
        let nothing = LeaverFacts {
            last_day: None,
            missing_since: None,
            last_signed_in_on: Some(today - Days::new(SILENT_DAYS)),
            agency: true,
            leads: 3,
        };
        for (facts, expected) in [
            (nothing, &[][..]),
            (LeaverFacts { last_signed_in_on: None, ..nothing }, &[][..]),
            (
                LeaverFacts { missing_since: Some(day(20)), agency: false, ..nothing },
                &["Missing from the list of everybody since 20 November 2026", "Still leads 3 cases"][..],
            ),
            (
                LeaverFacts { last_signed_in_on: Some(today - Days::new(61)), leads: 0, ..nothing },
                &["Last signed in on 24 September 2026", "From an agency"][..],
            ),
            (
                LeaverFacts { last_day: Some(day(30)), leads: 0, agency: false, ..nothing },
                &["Leaves on 30 November 2026"][..],
            ),
        ] {
            assert_eq!(facts.signs(today), expected, "{facts:?}");
        }
    }
}
