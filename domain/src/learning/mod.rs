//! What a team learns from its supervision: counts of questions and of plans, never of people, and nothing about few.

mod language;

pub use language::{LanguageCounts, LanguageRate, LanguageReader, LanguageTally, months_of_language};

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
    /// Five times or more: how often would tell how few something beside it is.
    Many,
}

impl Shown {
    /// A count as it may be shown.
    pub fn of(count: i64) -> Self {
        if count == 0 || count >= FEWEST { Self::Times(count) } else { Self::Few }
    }

    /// The sum of some counts that stand beside it: where one of them alone is few, the sum would tell it.
    pub fn sum_of(parts: &[i64]) -> Self {
        let few = parts.iter().filter(|part| Self::of(**part) == Self::Few).count();
        match Self::of(parts.iter().sum()) {
            Self::Times(count) if few == 1 && count >= FEWEST => Self::Many,
            sum => sum,
        }
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Times(count) => write!(f, "{count}"),
            Self::Few => write!(f, "fewer than {FEWEST}"),
            Self::Many => write!(f, "{FEWEST} or more"),
        }
    }
}

/// Which of some teams are counted together, by how many people of each were supervised: those with at least five; and the small ones
/// if they have five together. A small team alone beside others could be told from the difference between the counts of all and of
/// each.
pub fn counted_together<T>(teams: Vec<(T, i64)>) -> Vec<T> {
    let (mut counted, small): (Vec<_>, Vec<_>) = teams.into_iter().partition(|(_, people)| *people >= FEWEST);
    if small.iter().map(|(_, people)| people).sum::<i64>() >= FEWEST {
        counted.extend(small);
    }
    counted.into_iter().map(|(team, _)| team).collect()
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
    }

    #[test]
    fn a_small_team_cannot_be_told_from_the_difference_between_all_and_each() {
        for (teams, counted) in [
            (vec![("a", 5)], vec!["a"]),
            (vec![("a", 4)], vec![]),
            (vec![("a", 7), ("b", 3)], vec!["a"]),
            (vec![("a", 7), ("b", 3), ("c", 2)], vec!["a", "b", "c"]),
            (vec![("b", 3), ("c", 2)], vec!["b", "c"]),
            (vec![], vec![]),
        ] {
            assert_eq!(counted_together(teams.clone()), counted, "{teams:?}");
        }
    }

    #[test]
    fn a_sum_does_not_tell_what_stands_beside_it() {
        for (parts, shown) in [
            (&[1, 8, 0][..], "5 or more"),
            (&[2, 3, 4], "9"),
            (&[6, 8, 0], "14"),
            (&[1, 0, 0], "fewer than 5"),
            (&[0, 0, 0], "0"),
        ] {
            assert_eq!(Shown::sum_of(parts).to_string(), shown, "{parts:?}");
        }
    }
}
