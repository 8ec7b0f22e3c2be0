//! The risk checklist (DASH-RIC): its score, the day on which it was done, and from where on the score is high.

use crate::calendar::day_in_words;
use crate::form::FormCheck;
use chrono::NaiveDate;
use std::cmp::Ordering;

/// The questions of the SafeLives checklist (DASH-RIC); its score is how many of them are answered with yes.
pub const CHECKLIST_QUESTIONS: u8 = 24;

/// The last part of the name of the field for the score.
pub const SCORE: &str = "checklist_score";

/// The last part of the name of the field for the day.
pub const DONE_ON: &str = "checklist_on";

/// The score from which a checklist is high, whatever else is known. It is a rule of the organisation's policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HighFrom(pub u32);

impl Default for HighFrom {
    /// Where most areas draw the line (domain.md 7.3).
    fn default() -> Self {
        Self(14)
    }
}

impl HighFrom {
    /// Whether a score is high.
    pub fn is_reached_by(self, score: u8) -> bool {
        u32::from(score) >= self.0
    }
}

/// A risk checklist that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checklist {
    /// The day on which it was done.
    pub on: NaiveDate,
    /// Its score, where that was noted.
    pub score: Option<u8>,
}

impl Checklist {
    /// "16 of 24, done on 3 November 2026".
    pub fn words(&self) -> String {
        let day = day_in_words(self.on);
        match self.score {
            Some(score) => format!("{score} of {CHECKLIST_QUESTIONS}, done on {day}"),
            None => format!("done on {day}"),
        }
    }

    /// Reads the score and the day of a checklist: both, or neither. `at` is what the names of the fields begin with. It was done
    /// by today and, if it was talked about, by the day held. Outer `None`: there was a problem.
    #[expect(clippy::option_option, reason = "a wrong checklist, none, a checklist")]
    pub(crate) fn read(
        check: &mut FormCheck<'_>,
        at: &str,
        (held_on, today): (Option<NaiveDate>, NaiveDate),
    ) -> Option<Option<Self>> {
        let (score_field, day_field) = (format!("{at}{SCORE}"), format!("{at}{DONE_ON}"));
        let found = Self::read_fields(check, (&score_field, &day_field), today)?;
        let Some(checklist) = found else { return Some(None) };
        if held_on.is_some_and(|held_on| checklist.on > held_on) {
            check.fail(&day_field, "Date of the checklist must not be after the date held");
            return None;
        }
        if checklist.score.is_none() {
            check.fail(&score_field, "Enter the score of the checklist, or clear its date");
            return None;
        }
        Some(found)
    }

    /// Reads the day of a checklist, and its score where that is known. Outer `None`: there was a problem.
    #[expect(clippy::option_option, reason = "a wrong checklist, none, a checklist")]
    pub(super) fn read_day_at_least(check: &mut FormCheck<'_>, today: NaiveDate) -> Option<Option<Self>> {
        Self::read_fields(check, (SCORE, DONE_ON), today)
    }

    #[expect(clippy::option_option, reason = "a wrong checklist, none, a checklist")]
    fn read_fields(
        check: &mut FormCheck<'_>,
        (score_field, day_field): (&str, &str),
        today: NaiveDate,
    ) -> Option<Option<Self>> {
        let has_score = !check.form().text(score_field).trim().is_empty();
        // Both are read before either ends it, so that people hear of all that is wrong at once.
        let score =
            has_score.then(|| check.number(score_field, "the score", 0..=i32::from(CHECKLIST_QUESTIONS)));
        let done_on = check.optional_date(day_field, "Date of the checklist")?;
        let Some(on) = done_on else {
            if has_score {
                check.fail(day_field, "Enter the day on which the checklist was done, or clear its score");
                return None;
            }
            return Some(None);
        };
        if on > today {
            check.fail(day_field, "Date of the checklist must be today or in the past");
            return None;
        }
        match score {
            None => Some(Some(Self { on, score: None })),
            Some(score) => Some(Some(Self { on, score: Some(u8::try_from(score?).ok()?) })),
        }
    }
}

/// The newest score of a case, and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatestScore {
    /// The newest, with its day.
    pub now: (u8, NaiveDate),
    /// The newest of an earlier day.
    pub before: Option<(u8, NaiveDate)>,
}

impl LatestScore {
    /// Of scores that stand newest first.
    pub fn of(scores: &[(u8, NaiveDate)]) -> Option<Self> {
        let now = *scores.first()?;
        Some(Self { now, before: scores.iter().copied().find(|(_, on)| *on < now.1) })
    }

    /// "16 of 24 on 3 November 2026, up from 13 on 4 August 2026".
    pub fn words(&self) -> String {
        let (score, on) = self.now;
        let now = format!("{score} of {CHECKLIST_QUESTIONS} on {}", day_in_words(on));
        let Some((before, then)) = self.before.map(|(before, on)| (before, day_in_words(on))) else {
            return now;
        };
        match score.cmp(&before) {
            Ordering::Greater => format!("{now}, up from {before} on {then}"),
            Ordering::Equal => format!("{now}, the same as on {then}"),
            Ordering::Less => format!("{now}, down from {before} on {then}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Form;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn form(score: &str, (day, month): (&str, &str)) -> Form {
        let year = if day.is_empty() { "" } else { "2026" };
        let fields = [("score", score), ("on.day", day), ("on.month", month), ("on.year", year)];
        Form::new(
            fields.map(|(name, value)| (format!("entry.0.checklist_{name}"), value.to_owned())).to_vec(),
        )
    }

    /// What is read, or the field that is wrong and its words, for a session held on 20 November, typed on the 24th.
    fn read(form: &Form) -> Result<Option<Checklist>, (String, String)> {
        let mut check = FormCheck::new(form);
        let days = (Some(day("2026-11-20")), day("2026-11-24"));
        let read = Checklist::read(&mut check, "entry.0.", days);
        check.finish(read).map_err(|problems| {
            let problem = problems.0.into_iter().next().unwrap();
            (problem.field, problem.words)
        })
    }

    #[test]
    fn a_score_and_its_day_come_together_or_not_at_all() {
        assert_eq!(read(&form("", ("", ""))), Ok(None));
        for score in [0, 13, 24] {
            let read = read(&form(&format!(" {score} "), ("20", "11"))).unwrap().unwrap();
            assert_eq!(read, Checklist { score: Some(score), on: day("2026-11-20") });
        }
    }

    #[test]
    fn what_is_wrong_with_a_score_or_its_day_is_said_in_words_where_it_stands() {
        let whole = "Enter the score as a whole number between 0 and 24";
        let on = "entry.0.checklist_on";
        for (score, date, field, words) in [
            ("25", ("20", "11"), "entry.0.checklist_score", whole),
            ("-1", ("20", "11"), "entry.0.checklist_score", whole),
            ("many", ("20", "11"), "entry.0.checklist_score", whole),
            ("14.5", ("20", "11"), "entry.0.checklist_score", whole),
            (
                "",
                ("20", "11"),
                "entry.0.checklist_score",
                "Enter the score of the checklist, or clear its date",
            ),
            ("16", ("", ""), on, "Enter the day on which the checklist was done, or clear its score"),
            ("16", ("31", "11"), on, "Date of the checklist must be a real date, like 27 3 2026"),
            ("16", ("21", "11"), on, "Date of the checklist must not be after the date held"),
            ("16", ("25", "11"), on, "Date of the checklist must be today or in the past"),
        ] {
            assert_eq!(
                read(&form(score, date)),
                Err((field.to_owned(), words.to_owned())),
                "{score} {date:?}"
            );
        }
    }

    #[test]
    fn a_bad_score_and_a_bad_day_are_both_named_at_once() {
        let form = form("99", ("20", ""));
        let mut check = FormCheck::new(&form);
        let _ = Checklist::read(&mut check, "entry.0.", (None, day("2026-11-24")));
        assert_eq!(check.finish(None::<()>).unwrap_err().0.len(), 2);
    }

    #[test]
    fn the_newest_score_says_which_way_it_has_gone_since_an_earlier_day() {
        let november = |score| (score, day("2026-11-03"));
        let august = |score| (score, day("2026-08-04"));
        for (scores, words) in [
            (vec![november(16)], "16 of 24 on 3 November 2026"),
            (vec![november(16), august(13)], "16 of 24 on 3 November 2026, up from 13 on 4 August 2026"),
            (vec![november(9), august(13)], "9 of 24 on 3 November 2026, down from 13 on 4 August 2026"),
            (vec![november(13), august(13)], "13 of 24 on 3 November 2026, the same as on 4 August 2026"),
            // The same checklist told twice is no change; the correction that was written last holds.
            (vec![november(16), november(15)], "16 of 24 on 3 November 2026"),
        ] {
            assert_eq!(LatestScore::of(&scores).unwrap().words(), words);
        }
        assert_eq!(LatestScore::of(&[]), None);
    }
}
