//! The table of bank holidays, in the JSON form that GOV.UK publishes.

use super::{Nation, computed};
use crate::TextValue;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// Bank holidays by nation. For a year of which the table has no day, they are computed by the standing rules; for every
/// other year the table is right, because a proclamation may have moved or added a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankHolidays {
    /// Day and title, by nation. Shared: every organisation begins with the shipped one.
    days: Arc<BTreeMap<Nation, BTreeMap<NaiveDate, String>>>,
}

/// A file of bank holidays that cannot be used, with where it is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BankHolidayError {
    /// It is no JSON, or not of the form that GOV.UK publishes.
    #[error("This is not a file of bank holidays in GOV.UK’s form: {0}")]
    Shape(String),
    /// It speaks of a nation that there is not.
    #[error(
        "“{0}” is not a nation this product knows. Allowed are england-and-wales, scotland and northern-ireland"
    )]
    UnknownNation(String),
    /// A division says that it is another one.
    #[error("The part “{key}” says that its division is “{division}”. The two must be the same")]
    DivisionDiffers {
        /// The name under which it stands.
        key: String,
        /// The name that it gives itself.
        division: String,
    },
    /// A date is none.
    #[error("“{date}” ({title}, {nation}) is not a date. Allowed is year-month-day, like 2031-01-01")]
    Date {
        /// What stands there.
        date: String,
        /// What it is called.
        title: String,
        /// Where.
        nation: Nation,
    },
    /// A nation has no days at all.
    #[error("The file has no bank holidays for {0}")]
    Empty(Nation),
}

#[derive(serde::Deserialize)]
struct Division {
    division: String,
    events: Vec<HolidayEvent>,
}

#[derive(serde::Deserialize)]
struct HolidayEvent {
    title: String,
    date: String,
}

impl BankHolidays {
    /// The table that ships with the product: 2024 to 2030, as JSON.
    pub const SHIPPED: &'static str = include_str!("../../content/bank-holidays.json");

    /// The table that ships with the product.
    #[expect(clippy::expect_used, reason = "a test reads the shipped table")]
    pub fn shipped() -> Self {
        static SHIPPED: LazyLock<BankHolidays> = LazyLock::new(|| {
            BankHolidays::parse(BankHolidays::SHIPPED).expect("the shipped bank holidays can be read")
        });
        SHIPPED.clone()
    }

    /// Reads a file in the form of <https://www.gov.uk/bank-holidays.json>.
    ///
    /// # Errors
    /// Says what is wrong and what is allowed; never takes a part of a file.
    pub fn parse(json: &str) -> Result<Self, BankHolidayError> {
        let divisions: BTreeMap<String, Division> =
            serde_json::from_str(json).map_err(|error| BankHolidayError::Shape(error.to_string()))?;
        if divisions.is_empty() {
            return Err(BankHolidayError::Shape("it names no nation".to_owned()));
        }
        let mut days = BTreeMap::new();
        for (key, division) in divisions {
            let nation =
                Nation::from_code(&key).ok_or_else(|| BankHolidayError::UnknownNation(key.clone()))?;
            if division.division != key {
                return Err(BankHolidayError::DivisionDiffers { key, division: division.division });
            }
            let mut of_nation = BTreeMap::new();
            for HolidayEvent { title, date } in division.events {
                match NaiveDate::parse_from_str(&date, "%Y-%m-%d") {
                    Ok(day) if (1900..=2200).contains(&day.year()) => of_nation.insert(day, title),
                    _ => return Err(BankHolidayError::Date { date, title, nation }),
                };
            }
            if of_nation.is_empty() {
                return Err(BankHolidayError::Empty(nation));
            }
            days.insert(nation, of_nation);
        }
        Ok(Self { days: Arc::new(days) })
    }

    /// This table with a newer one laid over it: for each nation, the years of which the newer one speaks are taken from
    /// it whole, so that a day that was moved does not stand twice.
    #[must_use]
    pub fn extended_by(&self, newer: &Self) -> Self {
        let mut days = (*self.days).clone();
        for (nation, additions) in newer.days.iter() {
            let of_nation = days.entry(*nation).or_default();
            of_nation.retain(|day, _| !additions.keys().any(|other| other.year() == day.year()));
            of_nation.extend(additions.iter().map(|(day, title)| (*day, title.clone())));
        }
        Self { days: Arc::new(days) }
    }

    /// Whether this day is a bank holiday there.
    pub fn is_holiday(&self, nation: Nation, day: NaiveDate) -> bool {
        let table = self.days.get(&nation);
        if table.is_some_and(|days| days.contains_key(&day)) {
            return true;
        }
        !self.knows(nation, day.year()) && computed::bank_holidays(nation, day.year()).contains(&day)
    }

    /// Whether the table speaks of this year, so that nothing is computed.
    pub fn knows(&self, nation: Nation, year: i32) -> bool {
        let Some(days) = self.days.get(&nation) else { return false };
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MAX);
        let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX);
        days.range(first..=last).next().is_some()
    }

    /// The days of a nation with their titles, in order.
    pub fn of(&self, nation: Nation) -> impl Iterator<Item = (NaiveDate, &str)> {
        self.days.get(&nation).into_iter().flatten().map(|(day, title)| (*day, title.as_str()))
    }

    /// Written in GOV.UK's form again.
    pub fn to_json(&self) -> String {
        let divisions: serde_json::Map<String, serde_json::Value> = self
            .days
            .iter()
            .map(|(nation, days)| {
                let events: Vec<serde_json::Value> = days
                    .iter()
                    .map(|(day, title)| serde_json::json!({ "title": title, "date": day.to_string() }))
                    .collect();
                let division = serde_json::json!({ "division": nation.code(), "events": events });
                (nation.code().to_owned(), division)
            })
            .collect();
        serde_json::Value::Object(divisions).to_string()
    }
}
