//! What a team learns from its supervision: counts of questions and of plans, never of people, and nothing about few.

use crate::value::text_value;

/// About fewer people, or fewer times, nothing is said: they could be told apart.
pub const FEWEST: i64 = 5;

/// A count as it may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// So many times, or never.
    Times(i64),
    /// At least once, and fewer than five times.
    Few,
}

impl Shown {
    /// A count as it may be shown.
    pub fn of(count: i64) -> Self {
        if count == 0 || count >= FEWEST { Self::Times(count) } else { Self::Few }
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Times(count) => write!(f, "{count}"),
            Self::Few => write!(f, "fewer than {FEWEST}"),
        }
    }
}

/// Whether so many people are enough for counts of what was said with them.
pub fn are_enough(people: usize) -> bool {
    i64::try_from(people).is_ok_and(|people| people >= FEWEST)
}

text_value! {
    /// How far back the counts go.
    LearningPeriod: "period" {
        /// A quarter of a year.
        Quarter = "quarter", "Three months";
        /// Half a year.
        HalfYear = "half_year", "Six months";
        /// A whole year.
        Year = "year", "Twelve months";
    }
}

impl LearningPeriod {
    /// In days.
    pub fn days(self) -> u64 {
        match self {
            Self::Quarter => 91,
            Self::HalfYear => 182,
            Self::Year => 365,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_about_few() {
        for (count, shown) in [(0, "0"), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (120, "120")] {
            assert_eq!(Shown::of(count).to_string(), shown, "{count}");
        }
        assert!(!are_enough(4) && are_enough(5));
    }
}
