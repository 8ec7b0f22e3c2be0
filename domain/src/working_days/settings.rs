//! What an organisation says of its own working days: its nation, and the days on which it is closed besides.

use super::{BankHolidays, Nation, WorkingDays};
use crate::TextValue;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// An organisation's own part of the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarSettings {
    /// Whose bank holidays it keeps.
    pub nation: Nation,
    /// Days on which it is closed besides, with the reason.
    pub closed: BTreeMap<NaiveDate, String>,
}

impl Default for CalendarSettings {
    fn default() -> Self {
        Self { nation: Nation::EnglandAndWales, closed: BTreeMap::new() }
    }
}

/// Settings of a calendar that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The text is not of the form.
    #[error("these are no settings of a calendar: {0}")]
    Unreadable(String),
    /// A nation that there is not.
    #[error(
        "“{0}” is not a nation this product knows. Allowed are england-and-wales, scotland and northern-ireland"
    )]
    UnknownNation(String),
    /// A day that is none.
    #[error("“{0}” is not a date. Allowed is year-month-day, like 2026-12-29")]
    Day(String),
}

#[derive(serde::Serialize, serde::Deserialize)]
struct SettingsText {
    nation: String,
    #[serde(default)]
    closed: BTreeMap<String, String>,
}

impl CalendarSettings {
    /// Reads settings from TOML.
    ///
    /// # Errors
    /// Says what stands there and what is allowed.
    pub fn parse(toml: &str) -> Result<Self, CalendarError> {
        let text: SettingsText = toml::from_str(toml)
            .map_err(|error: toml::de::Error| CalendarError::Unreadable(error.message().to_owned()))?;
        let nation = Nation::from_code(&text.nation).ok_or(CalendarError::UnknownNation(text.nation))?;
        let day = |(day, reason): (String, String)| match day.parse() {
            Ok(parsed) => Ok((parsed, reason)),
            Err(_) => Err(CalendarError::Day(day)),
        };
        Ok(Self { nation, closed: text.closed.into_iter().map(day).collect::<Result<_, _>>()? })
    }

    /// Written as TOML again.
    pub fn to_toml(&self) -> String {
        let closed = self.closed.iter().map(|(day, reason)| (day.to_string(), reason.clone())).collect();
        let text = SettingsText { nation: self.nation.code().to_owned(), closed };
        toml::to_string(&text).unwrap_or_default()
    }

    /// The working days, with this table of bank holidays.
    pub fn working_days(&self, bank_holidays: BankHolidays) -> WorkingDays {
        WorkingDays::new(self.nation, bank_holidays, self.closed.keys().copied().collect())
    }
}
