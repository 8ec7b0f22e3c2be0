//! How late a record was written.

use crate::calendar::late_in_words;
use chrono::NaiveDate;

/// What of a record was written late on this day, in words, with the day by which it was to be: the whole of it, or else its
/// decisions about cases, which are wanted sooner (domain.md 2.4). `None` if nothing was, or nobody said by when.
pub fn written_late(
    write_by: Option<NaiveDate>,
    decide_by: Option<NaiveDate>,
    on: NaiveDate,
) -> Option<(String, NaiveDate)> {
    let late = |by: NaiveDate| Some((late_in_words(by, on)?, by));
    let of_decision = |(words, by)| (format!("decision {words}"), by);
    write_by.and_then(late).or_else(|| decide_by.and_then(late).map(of_decision))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_2_4_the_whole_is_late_or_else_its_decision() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let late = |on| written_late(Some(day(27)), Some(day(23)), day(on));
        assert_eq!(late(23), None);
        assert_eq!(late(24), Some(("decision 1 day late".to_owned(), day(23))));
        assert_eq!(late(27), Some(("decision 4 days late".to_owned(), day(23))));
        assert_eq!(late(29), Some(("2 days late".to_owned(), day(27))));
        assert_eq!(written_late(Some(day(27)), None, day(24)), None, "nothing was decided about a case");
        assert_eq!(written_late(None, None, day(29)), None, "it is older than the rule");
    }
}
