//! What makes a record weak (domain.md 3.1): shown before it is saved, and never in the way.

use super::{ChildSeen, NewCaseEntry};
use crate::risk::{RiskDirection, RiskLevel};
use std::collections::BTreeSet;

/// Words in a reason below which it is thin.
const ENOUGH_WORDS: usize = 20;

/// Something that an entry does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// The reason is so short that nobody else could follow it.
    ThinRationale,
    /// Nobody is to do anything, and nobody says why not.
    NoAction,
    /// Nobody says which way the risk has gone.
    NoDirection,
    /// The child was not seen.
    NotSeen,
    /// Risk is high, and nobody has put what is thought to the test.
    OneExplanation,
}

impl Gap {
    /// The field of the entry that would say it.
    fn field(self) -> &'static str {
        match self {
            Self::ThinRationale => "rationale",
            Self::NoAction => "no_action_because",
            Self::NoDirection => "risk_direction",
            Self::NotSeen => "child_seen",
            Self::OneExplanation => "hypothesis.0.explanation",
        }
    }

    /// What to look at again.
    pub fn words(self) -> &'static str {
        match self {
            Self::ThinRationale => "Would somebody who was not there understand why this was decided?",
            Self::NoAction => "Nothing is to be done. Is that so, and why?",
            Self::NoDirection => "Nobody has said which way the risk has gone",
            Self::NotSeen => "The child has not been seen. When will they be, and by whom?",
            Self::OneExplanation => "Risk is high. What else might explain what you see?",
        }
    }
}

/// A gap, and the field in the form that would fill it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldGap {
    /// The field's name.
    pub field: String,
    /// What is missing.
    pub gap: Gap,
    /// The number of the entry in the form.
    pub place: usize,
}

/// The gaps of an entry.
pub fn gaps(entry: &NewCaseEntry) -> BTreeSet<FieldGap> {
    let goes_on = entry.reviews.iter().any(|review| review.outcome.goes_on() || review.outcome.needs_day());
    let has_action = !entry.actions.is_empty() || goes_on;
    let is_high = entry.risk_level == RiskLevel::High
        || entry.siblings.iter().any(|part| part.risk_level == RiskLevel::High);
    let is_untested = entry.hypotheses.0.is_empty() && entry.challenges.0.is_empty();
    let found = [
        (Gap::ThinRationale, entry.rationale.split_whitespace().count() < ENOUGH_WORDS),
        (Gap::NoAction, !has_action && entry.no_action_because.is_empty()),
        (Gap::NoDirection, entry.risk_direction == RiskDirection::Unknown),
        (Gap::NotSeen, entry.child_seen == ChildSeen::NotSeen),
        (Gap::OneExplanation, is_high && is_untested),
    ];
    let place = entry.place;
    let of_siblings = entry.siblings.iter().flat_map(move |part| {
        let found = [
            (Gap::NoDirection, part.risk_direction == RiskDirection::Unknown),
            (Gap::NotSeen, part.child_seen == ChildSeen::NotSeen),
        ];
        let at = part.at.clone();
        found.into_iter().filter(|(_, is_missing)| *is_missing).map(move |(gap, _)| FieldGap {
            field: format!("{at}.{}", gap.field()),
            gap,
            place,
        })
    });
    found
        .into_iter()
        .filter(|(_, is_missing)| *is_missing)
        .map(|(gap, _)| FieldGap { field: format!("entry.{place}.{}", gap.field()), gap, place })
        .chain(of_siblings)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::RiskLevel;
    use crate::supervision::{ActionReview, NewAction, NewSiblingPart, Outcome, Proposal};
    use crate::templates::NewAnswers;
    use chrono::NaiveDate;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
    }

    fn whole() -> NewCaseEntry {
        NewCaseEntry {
            place: 2,
            case: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            child_seen: ChildSeen::Alone,
            child_seen_on: Some(day()),
            what_happened: "A third incident.".to_owned(),
            risk_level: RiskLevel::Medium,
            risk_direction: RiskDirection::Up,
            checklist: None,
            support_declined: false,
            happened: crate::reflection::Triggers::default(),
            voices: crate::supervision::Voices::default(),
            hypotheses: crate::StoredList::default(),
            challenges: crate::StoredList::default(),
            proposal: Proposal::Stay,
            decision: "Strategy discussion.".to_owned(),
            rationale: "word ".repeat(20).trim().to_owned(),
            reviews: Vec::new(),
            actions: Vec::new(),
            no_action_because: "The police act today.".to_owned(),
            next_on: None,
            prompts: Vec::new(),
            answers: NewAnswers::default(),
            differs: String::new(),
            siblings: Vec::new(),
        }
    }

    fn of(entry: &NewCaseEntry) -> Vec<Gap> {
        gaps(entry).into_iter().map(|found| found.gap).collect()
    }

    #[test]
    fn a_whole_entry_has_no_gap_and_each_thing_left_out_is_one() {
        assert_eq!(of(&whole()), []);
        let thin = NewCaseEntry { rationale: "Discussed, plan agreed.".to_owned(), ..whole() };
        assert_eq!(of(&thin), [Gap::ThinRationale]);
        assert_eq!(gaps(&thin).first().unwrap().field, "entry.2.rationale");
        assert_eq!(of(&NewCaseEntry { no_action_because: String::new(), ..whole() }), [Gap::NoAction]);
        assert_eq!(
            of(&NewCaseEntry { risk_direction: RiskDirection::Unknown, ..whole() }),
            [Gap::NoDirection]
        );
        let unseen = NewCaseEntry { child_seen: ChildSeen::NotSeen, child_seen_on: None, ..whole() };
        assert_eq!(of(&unseen), [Gap::NotSeen]);
    }

    #[test]
    fn a_high_risk_asks_for_a_second_explanation_or_a_challenge() {
        use crate::supervision::{Challenge, ChallengeOutcome, Challenger, Hypothesis};
        let high = || NewCaseEntry { risk_level: RiskLevel::High, ..whole() };
        assert_eq!(of(&high()), [Gap::OneExplanation]);
        assert_eq!(gaps(&high()).first().unwrap().field, "entry.2.hypothesis.0.explanation");
        let two = crate::StoredList(vec![Hypothesis::default(), Hypothesis::default()]);
        assert_eq!(of(&NewCaseEntry { hypotheses: two, ..high() }), []);
        let challenge = Challenge {
            by: Challenger::Supervisor,
            tested: "That he has moved out.".to_owned(),
            outcome: ChallengeOutcome::Confirmed,
        };
        assert_eq!(of(&NewCaseEntry { challenges: crate::StoredList(vec![challenge]), ..high() }), []);
    }

    #[test]
    fn a_brother_or_sister_is_looked_at_too() {
        let part = |child_seen, risk_direction| NewSiblingPart {
            at: "entry.2.sibling.0".to_owned(),
            case: "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap(),
            child_seen,
            child_seen_on: None,
            child_heard: false,
            risk_level: RiskLevel::Medium,
            risk_direction,
            differs: "Nothing.".to_owned(),
            reviews: Vec::new(),
        };
        let fields = |part| {
            let entry = NewCaseEntry { siblings: vec![part], ..whole() };
            gaps(&entry).into_iter().map(|gap| (gap.field, gap.place)).collect::<Vec<_>>()
        };
        assert_eq!(fields(part(ChildSeen::Alone, RiskDirection::Same)), []);
        assert_eq!(
            fields(part(ChildSeen::NotSeen, RiskDirection::Same)),
            [("entry.2.sibling.0.child_seen".to_owned(), 2)]
        );
        assert_eq!(
            fields(part(ChildSeen::Alone, RiskDirection::Unknown)),
            [("entry.2.sibling.0.risk_direction".to_owned(), 2)]
        );
    }

    #[test]
    fn an_action_that_is_agreed_or_goes_on_is_an_action() {
        let without = || NewCaseEntry { no_action_because: String::new(), ..whole() };
        let review = |outcome| ActionReview {
            at: String::new(),
            action: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            outcome,
            note: "So.".to_owned(),
            due_on: None,
        };
        for (outcome, is_action) in [
            (Outcome::Done, false),
            (Outcome::Dropped, false),
            (Outcome::Carried, true),
            (Outcome::Changed, true),
            (Outcome::Unblocked, true),
            (Outcome::Escalated, true),
        ] {
            let entry = NewCaseEntry { reviews: vec![review(outcome)], ..without() };
            assert_eq!(of(&entry).is_empty(), is_action, "{outcome:?}");
        }
        let agreed = NewAction {
            block: 0,
            what: "Ring the school".to_owned(),
            owner: None,
            owner_elsewhere: "health visitor".to_owned(),
            due_on: day(),
            measure: String::new(),
            fallback: String::new(),
        };
        assert_eq!(of(&NewCaseEntry { actions: vec![agreed], ..without() }), []);
    }
}
