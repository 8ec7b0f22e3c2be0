//! Cases that have gone quiet: not what is overdue, but what nobody has heard of. Supervisors hear of crises; drift hides
//! behind calm files.
//!
//! Never counted: how long a text is, how often somebody signs in.

use crate::cases::{PlanType, SubjectKind};
use chrono::NaiveDate;

/// Weeks without a new incident or change of risk after which that is a reason.
const INCIDENT_WEEKS: i64 = 8;
/// Weeks without the child having been seen or heard, or the adult heard.
const VOICE_WEEKS: i64 = 8;
/// Weeks without the view of any partner agency having been sought.
const PARTNER_WEEKS: i64 = 12;
/// Weeks in which each session carried on with the same plan.
const PLAN_WEEKS: i64 = 12;
/// Cases that are named.
pub const NAMED: usize = 2;

/// What is known of how much has been heard about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietFacts {
    /// The plan.
    pub plan: PlanType,
    /// Since when the case has been with its practitioner.
    pub allocated_on: NaiveDate,
    /// When something last happened: an incident, or a risk that went up or down.
    pub incident_on: Option<NaiveDate>,
    /// Whom it is about.
    pub subject: SubjectKind,
    /// When the child was last seen or asked, or the adult was asked.
    pub voice_on: Option<NaiveDate>,
    /// Since when no partner's view was sought: the last discussion that notes one, or the first that notes anybody's. `None` where
    /// nobody notes whose view was sought, so that nothing is known.
    pub without_partner_since: Option<NaiveDate>,
    /// When the plan last became another, or a session last proposed anything but to carry on.
    pub plan_changed_on: Option<NaiveDate>,
}

/// Why a case is called quiet: as many points as there are reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// The reasons, each with the weeks for which it has been so.
    pub reasons: Vec<String>,
    /// The weeks of the longest silence, by which cases with as many reasons are told apart.
    weeks: i64,
}

impl QuietFacts {
    /// Why the case is quiet on a day; `None` if it is not.
    pub fn quiet(&self, today: NaiveDate) -> Option<Quiet> {
        let weeks_since = |last: Option<NaiveDate>| (today - last.unwrap_or(self.allocated_on)).num_weeks();
        let (voice_weeks, voice_words) = match self.subject {
            SubjectKind::Children => {
                (weeks_since(self.voice_on), "no voice recorded: the child not seen for")
            }
            SubjectKind::Adult => {
                (weeks_since(self.voice_on), "no voice recorded: the adult’s own view not noted for")
            }
            SubjectKind::Unborn => (0, ""),
        };
        let found = [
            (weeks_since(self.incident_on), INCIDENT_WEEKS, "no new incident or change of risk noted for"),
            (voice_weeks, VOICE_WEEKS, voice_words),
            (
                self.without_partner_since.map_or(0, |since| weeks_since(Some(since))),
                PARTNER_WEEKS,
                "no partner agency’s view noted for",
            ),
            (weeks_since(self.plan_changed_on), PLAN_WEEKS, "the same plan carried on for"),
        ];
        let mut reasons = Vec::new();
        let mut longest = 0;
        for (weeks, enough, words) in found {
            if weeks >= enough {
                reasons.push(format!("{words} {}", crate::calendar::counted(weeks, "week", "weeks")));
                longest = longest.max(weeks);
            }
        }
        // A plan that goes on while things happen, and are heard of, is no silence.
        let is_silent = found[..3].iter().any(|(weeks, enough, _)| weeks >= enough);
        if !is_silent {
            return None;
        }
        if self.plan.is_high_tier() {
            reasons.push(format!("the plan is one of the highest ({})", crate::TextValue::words(self.plan)));
        }
        Some(Quiet { reasons, weeks: longest })
    }
}

/// The quietest of some cases, each with its reasons; the same for the same facts.
pub fn quietest<T: Ord + Clone>(cases: &[(T, QuietFacts)], today: NaiveDate) -> Vec<(T, Quiet)> {
    let mut quiet: Vec<(T, Quiet)> =
        cases.iter().filter_map(|(case, facts)| Some((case.clone(), facts.quiet(today)?))).collect();
    quiet.sort_by(|(one_case, one), (other_case, other)| {
        let (one, other) = ((one.reasons.len(), one.weeks), (other.reasons.len(), other.weeks));
        other.cmp(&one).then_with(|| one_case.cmp(other_case))
    });
    quiet.truncate(NAMED);
    quiet
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Days;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
    }

    fn ago(days: u64) -> Option<NaiveDate> {
        today().checked_sub_days(Days::new(days))
    }

    fn lively() -> QuietFacts {
        QuietFacts {
            plan: PlanType::ChildInNeed,
            allocated_on: ago(400).unwrap(),
            incident_on: ago(10),
            voice_on: ago(10),
            subject: SubjectKind::Children,
            without_partner_since: ago(10),
            plan_changed_on: ago(10),
        }
    }

    #[test]
    fn each_silence_is_a_reason_from_its_week_on() {
        assert_eq!(lively().quiet(today()), None);
        let without = |days: u64| QuietFacts { incident_on: ago(days), ..lively() }.quiet(today());
        assert_eq!(without(55), None, "not yet eight weeks");
        assert_eq!(
            without(56).unwrap().reasons,
            ["no new incident or change of risk noted for 8 weeks"],
            "eight weeks"
        );
        let unheard = QuietFacts { voice_on: None, ..lively() }.quiet(today()).unwrap();
        assert_eq!(unheard.reasons, ["no voice recorded: the child not seen for 57 weeks"], "never seen");
        let unborn = QuietFacts { voice_on: None, subject: SubjectKind::Unborn, ..lively() };
        assert_eq!(unborn.quiet(today()), None, "there is nobody to be seen yet");
        let adult = QuietFacts { voice_on: ago(56), subject: SubjectKind::Adult, ..lively() };
        assert_eq!(
            adult.quiet(today()).unwrap().reasons,
            ["no voice recorded: the adult’s own view not noted for 8 weeks"]
        );
        let alone = |since| QuietFacts { without_partner_since: since, ..lively() }.quiet(today());
        assert_eq!(alone(ago(83)), None, "not yet twelve weeks");
        assert_eq!(alone(ago(84)).unwrap().reasons, ["no partner agency’s view noted for 12 weeks"]);
        assert_eq!(alone(None), None, "nobody notes whose view was sought");
        let same_plan = QuietFacts { plan_changed_on: ago(84), ..lively() };
        assert_eq!(
            same_plan.quiet(today()),
            None,
            "a plan that goes on while things are heard of is no silence"
        );
        let silent = QuietFacts { incident_on: ago(60), ..same_plan }.quiet(today()).unwrap();
        assert_eq!(silent.reasons[1], "the same plan carried on for 12 weeks");
    }

    #[test]
    fn a_high_plan_makes_a_quiet_case_quieter_and_a_lively_one_no_quieter() {
        let high = QuietFacts { plan: PlanType::ChildProtection, ..lively() };
        assert_eq!(high.quiet(today()), None);
        let quiet = QuietFacts { voice_on: ago(70), ..high }.quiet(today()).unwrap();
        assert_eq!(quiet.reasons.len(), 2, "{:?}", quiet.reasons);
    }

    #[test]
    fn the_two_with_the_most_reasons_are_named_in_the_same_order_each_time() {
        let facts =
            |incident, voice| QuietFacts { incident_on: ago(incident), voice_on: ago(voice), ..lively() };
        let cases = [("d", facts(60, 5)), ("c", facts(90, 90)), ("b", facts(5, 5)), ("a", facts(60, 5))];
        let named: Vec<&str> = quietest(&cases, today()).into_iter().map(|(case, _)| case).collect();
        assert_eq!(named, ["c", "a"]);
    }
}
