//! When a journal waits although its author seems to be there.

use chrono::{Duration, NaiveDateTime};

/// Days after an account was given another address in which a one-time link may have gone to somebody else.
pub const ADDRESS_IS_NEW_DAYS: i64 = 30;

/// Days for which the journal then waits: time enough for its author to hear of it and to say so.
pub const JOURNAL_WAITS_DAYS: i64 = 14;

/// Until when (UTC) a journal waits, if at `chosen_at` its author’s password was chosen with a one-time link and at
/// `address_changed_at` an administrator gave the account another address.
///
/// Each of the two happens every week, and neither opens a journal. Together they are all that one administrator needs to sign in
/// as somebody else: so nobody reads or writes in that journal for a while, whoever it is.
pub fn journal_waits_until(
    address_changed_at: Option<NaiveDateTime>,
    chosen_at: NaiveDateTime,
) -> Option<NaiveDateTime> {
    let changed_at = address_changed_at?;
    let is_new = chosen_at - changed_at <= Duration::days(ADDRESS_IS_NEW_DAYS);
    is_new.then(|| chosen_at + Duration::days(JOURNAL_WAITS_DAYS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn a_journal_waits_14_days_if_the_address_was_new_when_the_password_was_chosen() {
        let at = |day: u32, second: u32| {
            NaiveDate::from_ymd_opt(2026, 10, 1).unwrap().and_hms_opt(9, 0, second).unwrap()
                + Duration::days(day.into())
        };
        let waits = journal_waits_until;
        assert_eq!(waits(None, at(0, 0)), None, "a link alone, as for everybody who forgot theirs");
        assert_eq!(waits(Some(at(0, 0)), at(0, 0)), Some(at(14, 0)));
        assert_eq!(waits(Some(at(0, 0)), at(30, 0)), Some(at(44, 0)));
        assert_eq!(waits(Some(at(0, 0)), at(30, 1)), None, "whoever was told had 30 days to say so");
    }
}
