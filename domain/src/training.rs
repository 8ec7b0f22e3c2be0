//! Training: which course a role needs, how long it lasts, and where each person stands.

use crate::calendar::add_months;
use crate::form::{Form, FormCheck, Problems};
use crate::ids::{CourseId, PersonId};
use crate::people::Role;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A completion counts as expiring in its last 90 days.
pub const EXPIRING_DAYS: i64 = 90;

/// A course of the shipped catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippedCourse {
    /// Its stable name.
    pub key: String,
    /// Its title.
    pub title: String,
    /// How long a completion lasts.
    pub months_valid: i32,
    /// The roles that need it.
    pub required_of: Vec<Role>,
}

/// The shipped catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippedCatalogue {
    /// Its courses.
    #[serde(rename = "course")]
    pub courses: Vec<ShippedCourse>,
}

impl ShippedCatalogue {
    /// The catalogue that ships with the product, as TOML.
    pub const SHIPPED: &'static str = include_str!("../content/courses.toml");

    /// Reads a catalogue.
    pub fn parse(toml: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(toml)
    }
}

/// Where a person stands with a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CourseStanding {
    /// Completed, and good for more than 90 days.
    InDate {
        /// The last day on which it counts.
        until: NaiveDate,
    },
    /// Completed, and good for 90 days at most.
    Expiring {
        /// The last day on which it counts.
        until: NaiveDate,
    },
    /// Completed too long ago.
    Expired {
        /// The last day on which it counted.
        since: NaiveDate,
    },
    /// Needed and never completed.
    Never,
    /// Not needed by any role of the person, and never completed.
    NotRequired,
}

impl CourseStanding {
    /// The standing on `today`, from the latest completion. The last day counts in full.
    pub fn on(today: NaiveDate, required: bool, completed_on: Option<NaiveDate>, months_valid: i32) -> Self {
        let Some(completed_on) = completed_on else {
            return if required { Self::Never } else { Self::NotRequired };
        };
        let until = add_months(completed_on, u32::try_from(months_valid).unwrap_or(0));
        match (until - today).num_days() {
            left if left < 0 => Self::Expired { since: until },
            left if left <= EXPIRING_DAYS => Self::Expiring { until },
            _ => Self::InDate { until },
        }
    }

    /// The word that a matrix shows.
    pub fn words(self) -> &'static str {
        match self {
            Self::InDate { .. } => "In date",
            Self::Expiring { .. } => "Expiring",
            Self::Expired { .. } => "Expired",
            Self::Never => "Never done",
            Self::NotRequired => "Not required",
        }
    }

    /// The code of the word, for a style.
    pub fn code(self) -> &'static str {
        match self {
            Self::InDate { .. } => "in-date",
            Self::Expiring { .. } => "expiring",
            Self::Expired { .. } => "expired",
            Self::Never => "never",
            Self::NotRequired => "not-required",
        }
    }

    /// Whether something is to be done about it now or soon.
    pub fn needs_booking(self) -> bool {
        matches!(self, Self::Expiring { .. } | Self::Expired { .. } | Self::Never)
    }
}

/// Completions of one course on one day, by one person or by many at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCompletions {
    /// The course.
    pub course: CourseId,
    /// Who completed it.
    pub people: Vec<PersonId>,
    /// On which day.
    pub completed_on: NaiveDate,
    /// Who ran it, or a certificate's number.
    pub note: String,
}

impl NewCompletions {
    /// Reads the form of `/training/completions/new`.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let course = check.id("course", "Choose the course");
        let people: Vec<PersonId> = form.all("people").filter_map(|id| id.parse().ok()).collect();
        if people.is_empty() {
            check.fail("people", "Choose who completed it");
        }
        let completed_on = check.past_date("completed_on", "Date completed", today);
        let note = check.optional_line("note");
        let completions =
            (|| Some(Self { course: course?, people, completed_on: completed_on?, note: note? }))();
        check.finish(completions)
    }
}

/// A course of the catalogue, as the coordinator enters or changes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseDetails {
    /// Its title.
    pub title: String,
    /// How long a completion lasts, in months.
    pub months_valid: i32,
    /// The roles that need it.
    pub required_of: Vec<Role>,
}

impl CourseDetails {
    /// Reads the form of `/training/courses/new` and `/training/courses/{id}/edit`.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        use crate::TextValue;
        let mut check = FormCheck::new(form);
        let title = check.line("title", "Enter the title of the course");
        let months_valid = check.number("months_valid", "how many months it is valid", 1..=120);
        let required_of = form.all("required_of").filter_map(Role::from_code).collect();
        let details = (|| Some(Self { title: title?, months_valid: months_valid?, required_of }))();
        check.finish(details)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_completion_counts_through_its_last_day() {
        let standing = |today| CourseStanding::on(today, true, Some(day(2023, 3, 1)), 36);
        assert_eq!(standing(day(2025, 11, 30)), CourseStanding::InDate { until: day(2026, 3, 1) });
        assert_eq!(standing(day(2025, 12, 1)), CourseStanding::Expiring { until: day(2026, 3, 1) });
        assert_eq!(standing(day(2026, 3, 1)), CourseStanding::Expiring { until: day(2026, 3, 1) });
        assert_eq!(standing(day(2026, 3, 2)), CourseStanding::Expired { since: day(2026, 3, 1) });
    }

    #[test]
    fn never_done_differs_from_not_required() {
        assert_eq!(CourseStanding::on(day(2026, 1, 1), true, None, 36), CourseStanding::Never);
        assert_eq!(CourseStanding::on(day(2026, 1, 1), false, None, 36), CourseStanding::NotRequired);
    }

    #[test]
    fn the_shipped_catalogue_reads() {
        let catalogue = ShippedCatalogue::parse(ShippedCatalogue::SHIPPED).unwrap();
        assert!(catalogue.courses.iter().any(|course| course.title == "Domestic abuse awareness"));
        assert!(catalogue.courses.iter().all(|course| course.months_valid > 0));
    }
}
