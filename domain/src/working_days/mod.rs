//! Working days: Monday to Friday, without the bank holidays of a nation and the days on which an organisation is closed.
//!
//! Bank holidays are a table, because a proclamation may move or add one. Years that no table speaks of are computed.

mod bank_holidays;
mod computed;
mod settings;

pub use bank_holidays::{BankHolidayError, BankHolidays};
pub use settings::{CalendarError, CalendarSettings};

use crate::value::text_value;
use chrono::{Datelike, NaiveDate, Weekday};
use std::collections::BTreeSet;

text_value! {
    /// Whose bank holidays an organisation keeps. The codes are those of GOV.UK.
    Nation: "nation" {
        EnglandAndWales = "england-and-wales", "England and Wales";
        Scotland = "scotland", "Scotland";
        NorthernIreland = "northern-ireland", "Northern Ireland";
    }
}

/// The working days of one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingDays {
    nation: Nation,
    bank_holidays: BankHolidays,
    closed: BTreeSet<NaiveDate>,
}

impl WorkingDays {
    /// The working days of an organisation in this nation that is closed on these days as well.
    pub fn new(nation: Nation, bank_holidays: BankHolidays, closed: BTreeSet<NaiveDate>) -> Self {
        Self { nation, bank_holidays, closed }
    }

    /// The working days of a nation, from the table that ships with the product.
    pub fn shipped(nation: Nation) -> Self {
        Self::new(nation, BankHolidays::shipped(), BTreeSet::new())
    }

    /// Whether people work on this day.
    pub fn is_working(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
            && !self.closed.contains(&day)
            && !self.bank_holidays.is_holiday(self.nation, day)
    }

    /// The last day of "within so many working days of `event`": day 1 is the first working day **after** it,
    /// whatever the hour of the event. Within no days is the day itself.
    pub fn add(&self, event: NaiveDate, working_days: u32) -> NaiveDate {
        let mut day = event;
        for _ in 0..working_days {
            day = self.on_or_after(next(day));
        }
        day
    }

    /// The day so many working days before this one.
    pub fn subtract(&self, day: NaiveDate, working_days: u32) -> NaiveDate {
        let mut day = day;
        for _ in 0..working_days {
            day = self.on_or_before(day.pred_opt().unwrap_or(day));
        }
        day
    }

    /// This day if people work on it, otherwise the next on which they do.
    pub fn on_or_after(&self, mut day: NaiveDate) -> NaiveDate {
        while !self.is_working(day) && day != NaiveDate::MAX {
            day = next(day);
        }
        day
    }

    /// This day if people work on it, otherwise the last before it on which they do.
    pub fn on_or_before(&self, mut day: NaiveDate) -> NaiveDate {
        while !self.is_working(day) && day != NaiveDate::MIN {
            day = day.pred_opt().unwrap_or(NaiveDate::MIN);
        }
        day
    }

    /// How many working days lie in this span, both ends included.
    pub fn count(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        let working = from.iter_days().take_while(|day| *day <= to).filter(|day| self.is_working(*day));
        u32::try_from(working.count()).unwrap_or(u32::MAX)
    }

    /// Whether this is the first working day of its week: the day of weekly digests.
    pub fn begins_week(&self, day: NaiveDate) -> bool {
        let monday = day.week(Weekday::Mon).first_day();
        self.is_working(day) && self.on_or_after(monday) == day
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests;
