//! Whose view was sought since a case was last talked about, and whose is missing (features 3.10).

use crate::calendar::add_days;
use crate::cases::SubjectKind;
use crate::value::text_value;
use crate::value_set::ValueSet;
use chrono::NaiveDate;

text_value! {
    /// Somebody whose view can be sought.
    Voice: "voice" {
        Child = "child", "Child";
        AdultHarmed = "adult_harmed", "Adult who is harmed";
        PersonUsingHarm = "person_using_harm", "Person who uses harm";
        WiderFamily = "wider_family", "Wider family";
        Health = "health", "GP or health";
        School = "school", "School";
        Police = "police", "Police";
        Housing = "housing", "Housing";
    }
}

impl Voice {
    /// The agencies that work with a family beside one's own.
    pub const PARTNERS: [Self; 4] = [Self::Health, Self::School, Self::Police, Self::Housing];
}

/// Whose view was sought.
pub type Voices = ValueSet<Voice>;

/// After so many days a voice that is not heard any more is asked about.
const SILENT_DAYS: u32 = 56;

/// The newest day on which a voice that should be heard had been silent for eight weeks; `None` if none is by now.
///
/// Voices that should be heard are those that were heard before, and that of whom the case is about. `heard` are the discussions
/// with whose view was sought in each. A voice that was never heard is counted from the first discussion.
pub fn voice_missing_on(
    heard: &[(NaiveDate, Voices)],
    about: SubjectKind,
    today: NaiveDate,
) -> Option<NaiveDate> {
    let first = heard.iter().map(|(on, _)| *on).min()?;
    let ever = heard.iter().fold(Voices::default(), |ever, (_, voices)| ever.and(*voices));
    let wanted = match about {
        SubjectKind::Children => ever.with(Voice::Child),
        SubjectKind::Adult => ever.with(Voice::AdultHarmed),
        // Who is not born yet is not heard.
        SubjectKind::Unborn => ever,
    };
    let last_heard = |voice: Voice| {
        heard.iter().filter(|(_, voices)| voices.contains(voice)).map(|(on, _)| *on).max().unwrap_or(first)
    };
    wanted.iter().map(|voice| add_days(last_heard(voice), SILENT_DAYS)).filter(|on| *on <= today).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn heard(on: &str, voices: &[Voice]) -> (NaiveDate, Voices) {
        (day(on), voices.iter().copied().collect())
    }

    #[test]
    fn a_voice_that_fell_silent_is_missed_after_eight_weeks_and_not_before() {
        let both =
            [heard("2026-06-01", &[Voice::Child, Voice::School]), heard("2026-07-01", &[Voice::Child])];
        for (today, missing) in [
            ("2026-07-26", None),
            ("2026-07-27", Some("2026-07-27")),
            ("2026-08-25", Some("2026-07-27")),
            ("2026-08-26", Some("2026-08-26")),
        ] {
            assert_eq!(
                voice_missing_on(&both, SubjectKind::Children, day(today)),
                missing.map(day),
                "{today}"
            );
        }
    }

    #[test]
    fn the_child_is_missed_who_was_never_heard_from_the_first_discussion_on() {
        let school = [heard("2026-06-01", &[Voice::School]), heard("2026-07-20", &[Voice::School])];
        assert_eq!(
            voice_missing_on(&school, SubjectKind::Children, day("2026-07-27")),
            Some(day("2026-07-27"))
        );
        assert_eq!(voice_missing_on(&school, SubjectKind::Unborn, day("2026-07-27")), None);
        assert_eq!(voice_missing_on(&[], SubjectKind::Children, day("2026-07-27")), None);
        let unsaid = [heard("2026-06-01", &[]), heard("2026-07-20", &[])];
        assert_eq!(voice_missing_on(&unsaid, SubjectKind::Children, day("2026-07-26")), None);
        assert_eq!(
            voice_missing_on(&unsaid, SubjectKind::Children, day("2026-07-27")),
            Some(day("2026-07-27"))
        );
        assert_eq!(
            voice_missing_on(&unsaid, SubjectKind::Unborn, day("2026-07-27")),
            None,
            "nobody is known to be left out"
        );
    }

    #[test]
    fn the_adult_who_is_harmed_is_missed_where_the_case_is_about_an_adult() {
        let police = [heard("2026-06-01", &[Voice::Police]), heard("2026-07-20", &[Voice::Police])];
        assert_eq!(voice_missing_on(&police, SubjectKind::Adult, day("2026-07-26")), None);
        assert_eq!(voice_missing_on(&police, SubjectKind::Adult, day("2026-07-27")), Some(day("2026-07-27")));
        let hers = [heard("2026-06-01", &[Voice::AdultHarmed, Voice::Police]), police[1]];
        assert_eq!(voice_missing_on(&hers, SubjectKind::Adult, day("2026-07-26")), None);
        assert_eq!(voice_missing_on(&hers, SubjectKind::Adult, day("2026-07-27")), Some(day("2026-07-27")));
    }
}
