//! What makes a record weak (domain.md 3.1): shown before it is saved, and never in the way.

use super::action::NewAction;
use super::personal::PERSONAL_ACTIONS;
use super::{
    ActionReview, Challenge, ChildSeen, Hypothesis, NewCaseEntry, NewSupervision, Outcome, Proposal,
};
use crate::StoredList;
use crate::ids::{ActionId, CaseId};
use crate::risk::{RiskDirection, RiskLevel};
use std::collections::{BTreeMap, BTreeSet};

/// Words in a reason below which it is thin.
const ENOUGH_WORDS: usize = 20;

/// How the cases of an entry stand before they are talked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The risk of each, brothers and sisters too: so it stays where nobody says otherwise.
    pub levels: BTreeMap<CaseId, RiskLevel>,
    /// The actions that were carried over as often as the policy lets them.
    pub stuck: BTreeSet<ActionId>,
}

impl Standing {
    /// Whether the risk of one of them is high, where this is said of each.
    pub fn is_high<'a>(&self, said: impl IntoIterator<Item = (&'a CaseId, Option<RiskLevel>)>) -> bool {
        let now =
            |(case, said): (&CaseId, Option<RiskLevel>)| said.or_else(|| self.levels.get(case).copied());
        said.into_iter().any(|one| now(one) == Some(RiskLevel::High))
    }

    /// Whether what is said of the risk of one of them cannot be so.
    fn contradicts(&self, case: &CaseId, level: Option<RiskLevel>, direction: RiskDirection) -> bool {
        let levels = self.levels.get(case).copied().zip(level);
        levels.is_some_and(|(before, now)| direction.contradicts(before, now))
    }

    /// Whether something goes on that was carried over so often.
    fn stays_stuck(&self, entry: &NewCaseEntry) -> bool {
        let ends = |review: &ActionReview| matches!(review.outcome, Outcome::Done | Outcome::Dropped);
        let of_siblings = entry.siblings.iter().flat_map(|part| &part.reviews);
        entry
            .reviews
            .iter()
            .chain(of_siblings)
            .any(|review| self.stuck.contains(&review.action) && !ends(review))
    }
}

/// Something that a record does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Nobody says whether the child was seen.
    SeenNotSaid,
    /// The child was not seen.
    NotSeen,
    /// The child was seen, nobody says when.
    NoSeenDay,
    /// Nothing is said to have happened.
    NothingHappened,
    /// Nobody says how high the risk is.
    NoLevel,
    /// Nobody says which way the risk has gone.
    NoDirection,
    /// The risk is said to go one way, and its level went another.
    Contradiction,
    /// Nothing is proposed for the plan.
    NoProposal,
    /// The reason is so short that nobody else could follow it.
    ThinRationale,
    /// Nobody is to do anything, and nobody says why not.
    NoAction,
    /// Risk is high, and nobody has put what is thought to the test.
    OneExplanation,
    /// The same is carried over again and again, and nobody has put what is thought to the test.
    Stuck,
    /// Nothing is said of what differs for a brother or sister.
    NothingDiffers,
    /// Nobody is named who does an action.
    NoOwner,
    /// No day is named by which an action is done.
    NoDay,
    /// Nobody says how one will know that an action is done.
    NoMeasure,
    /// Nobody says what happens if an action is not done.
    NoFallback,
}

impl Gap {
    /// The field that would say it, within its entry or action.
    fn field(self) -> &'static str {
        match self {
            Self::SeenNotSaid | Self::NotSeen => "child_seen",
            Self::NoSeenDay => "child_seen_on",
            Self::NothingHappened => "what_happened",
            Self::NoLevel => "risk_level",
            Self::NoDirection | Self::Contradiction => "risk_direction",
            Self::NoProposal => "proposal",
            Self::ThinRationale => "rationale",
            Self::NoAction => "no_action_because",
            Self::OneExplanation | Self::Stuck => "hypothesis.0.explanation",
            Self::NothingDiffers => "differs",
            Self::NoOwner => "who",
            Self::NoDay => "by",
            Self::NoMeasure => "measure",
            Self::NoFallback => "fallback",
        }
    }

    /// What to look at again, and what becomes of it if it is left so.
    pub fn words(self) -> &'static str {
        match self {
            Self::SeenNotSaid => "Nobody has said whether the child was seen",
            Self::NotSeen => "The child has not been seen. When will they be, and by whom?",
            Self::NoSeenDay => "When was the child last seen?",
            Self::NothingHappened => "Nothing stands under what has happened since last time",
            Self::NoLevel => "Nobody has said how high the risk is: it stays as high as it was",
            Self::NoDirection => "Nobody has said which way the risk has gone",
            Self::Contradiction => {
                "The level of risk has gone one way, and the direction says another. Which is so?"
            }
            Self::NoProposal => "Nobody has said what is proposed for the plan",
            Self::ThinRationale => "Would somebody who was not there understand why this was decided?",
            Self::NoAction => "Nothing is to be done. Is that so, and why?",
            Self::OneExplanation => "Risk is high. What else might explain what you see?",
            Self::Stuck => {
                "The same is carried over again and again. What else might explain why nothing moves?"
            }
            Self::NothingDiffers => "What differs for this child? If nothing does, why?",
            Self::NoOwner => "Who will do it? Left so, it is for whoever is supervised",
            Self::NoDay => "By when? Left so, it is due when this is next talked about",
            Self::NoMeasure => "How shall you know that it is done, and that it has helped?",
            Self::NoFallback => "What happens if it is not done?",
        }
    }

    /// Whether it is shown beside others, and is no reason to be asked about by itself: most actions are plain.
    pub fn is_quiet(self) -> bool {
        matches!(self, Self::NoMeasure | Self::NoFallback)
    }
}

/// A gap, and the field in the form that would fill it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldGap {
    /// The field's name.
    pub field: String,
    /// What is missing.
    pub gap: Gap,
    /// The number of the entry in the form; `None` for what is about the person.
    pub place: Option<usize>,
}

impl FieldGap {
    /// The gap as the form remembers that somebody was told of it.
    pub fn key(&self) -> String {
        format!("{}:{:?}", self.field, self.gap)
    }
}

/// The gaps of a session's record, in the order of the form, with how the case of each entry stood before by the entry's place.
pub fn gaps(session: &NewSupervision, before: &BTreeMap<usize, Standing>) -> Vec<FieldGap> {
    let personal = session.personal.iter().flat_map(|part| of_actions(PERSONAL_ACTIONS, &part.actions, None));
    let unknown = Standing::default();
    let stood = |entry: &NewCaseEntry| before.get(&entry.place).unwrap_or(&unknown);
    personal.chain(session.entries.iter().flat_map(|entry| of_entry(entry, stood(entry)))).collect()
}

/// The gaps that somebody is asked about before a record is saved: those beside at least one that is no quiet one and that they
/// were not told of before, by its key.
pub fn to_ask_about(
    session: &NewSupervision,
    before: &BTreeMap<usize, Standing>,
    told: &BTreeSet<&str>,
) -> Option<Vec<FieldGap>> {
    let found = gaps(session, before);
    let is_new = |gap: &FieldGap| !gap.gap.is_quiet() && !told.contains(gap.key().as_str());
    found.iter().any(is_new).then_some(found)
}

/// What is missing, as fields under a prefix.
fn under(prefix: &str, place: Option<usize>, gaps: Vec<Gap>) -> Vec<FieldGap> {
    let field = |gap: Gap| FieldGap { field: format!("{prefix}.{}", gap.field()), gap, place };
    gaps.into_iter().map(field).collect()
}

/// What an entry about a case says, as far as it can be weak: one that is typed, or one that stands in a record.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// What is said of the child and of the risk.
    pub of_child: SaidOfChild,
    /// What has happened since last time.
    pub what_happened: &'a str,
    /// Explanations put beside each other.
    pub hypotheses: &'a StoredList<Hypothesis>,
    /// What was put to the test.
    pub challenges: &'a StoredList<Challenge>,
    /// Whether the risk is high, whoever said so.
    pub is_high: bool,
    /// Whether something goes on that was carried over as often as the policy lets it.
    pub is_stuck: bool,
    /// What is proposed for the plan.
    pub proposal: Option<Proposal>,
    /// Why this was decided.
    pub rationale: &'a str,
    /// Whether something is to be done.
    pub has_action: bool,
    /// Why nothing is, if that was said.
    pub no_action_because: &'a str,
}

/// What is said of one child, of brothers and sisters too.
#[derive(Clone, Copy, Debug)]
pub struct SaidOfChild {
    /// Whether the child was seen; `None` if nobody said.
    pub seen: Option<ChildSeen>,
    /// Whether it is said when.
    pub has_seen_day: bool,
    /// Whether it is said how high the risk is.
    pub has_level: bool,
    /// Which way it has gone.
    pub direction: RiskDirection,
    /// Whether the levels say that it has gone another way.
    pub is_contradicted: bool,
}

impl SaidOfChild {
    fn of_seeing(self) -> [(Gap, bool); 3] {
        let was_seen = matches!(self.seen, Some(ChildSeen::Alone | ChildSeen::NotAlone));
        [
            (Gap::SeenNotSaid, self.seen.is_none()),
            (Gap::NotSeen, self.seen == Some(ChildSeen::NotSeen)),
            (Gap::NoSeenDay, was_seen && !self.has_seen_day),
        ]
    }

    fn of_risk(self) -> [(Gap, bool); 3] {
        [
            (Gap::NoLevel, !self.has_level),
            (Gap::NoDirection, self.direction == RiskDirection::Unknown),
            (Gap::Contradiction, self.is_contradicted),
        ]
    }

    /// What is not said of a brother or sister, of whom the rest was said together, with `differs` for this child.
    pub fn gaps_of_sibling(self, differs: &str) -> Vec<Gap> {
        let of_differing = (Gap::NothingDiffers, differs.is_empty());
        missing([of_differing].into_iter().chain(self.of_risk()).chain(self.of_seeing()))
    }
}

impl Said<'_> {
    /// What is not said, in the order of the form.
    pub fn gaps(self) -> Vec<Gap> {
        let is_untested = self.hypotheses.0.is_empty() && self.challenges.0.is_empty();
        let of_thinking = [
            (Gap::OneExplanation, is_untested && self.is_high),
            (Gap::Stuck, is_untested && !self.is_high && self.is_stuck),
            (Gap::NoProposal, self.proposal.is_none()),
            (Gap::ThinRationale, self.rationale.split_whitespace().count() < ENOUGH_WORDS),
            (Gap::NoAction, !self.has_action && self.no_action_because.is_empty()),
        ];
        let of_happening = (Gap::NothingHappened, self.what_happened.is_empty());
        let of_child = self.of_child.of_seeing().into_iter();
        missing(of_child.chain([of_happening]).chain(self.of_child.of_risk()).chain(of_thinking))
    }
}

fn missing(asked: impl Iterator<Item = (Gap, bool)>) -> Vec<Gap> {
    asked.filter(|(_, is_missing)| *is_missing).map(|(gap, _)| gap).collect()
}

fn of_entry(entry: &NewCaseEntry, before: &Standing) -> Vec<FieldGap> {
    let goes_on = entry.reviews.iter().any(|review| review.outcome.leaves_work());
    let said = Said {
        of_child: SaidOfChild {
            seen: entry.child_seen,
            has_seen_day: entry.child_seen_on.is_some(),
            has_level: entry.risk_level.is_some(),
            direction: entry.risk_direction,
            is_contradicted: before.contradicts(&entry.case, entry.risk_level, entry.risk_direction),
        },
        what_happened: &entry.what_happened,
        hypotheses: &entry.hypotheses,
        challenges: &entry.challenges,
        is_high: before.is_high(entry.levels()),
        is_stuck: before.stays_stuck(entry),
        proposal: entry.proposal,
        rationale: &entry.rationale,
        has_action: !entry.actions.is_empty() || goes_on,
        no_action_because: &entry.no_action_because,
    };
    let (at, place) = (format!("entry.{}", entry.place), Some(entry.place));
    let mut found = under(&at, place, said.gaps());
    found.extend(of_actions(&format!("{at}.action"), &entry.actions, place));
    for part in &entry.siblings {
        let said = SaidOfChild {
            seen: part.child_seen,
            has_seen_day: part.child_seen_on.is_some(),
            has_level: part.risk_level.is_some(),
            direction: part.risk_direction,
            is_contradicted: before.contradicts(&part.case, part.risk_level, part.risk_direction),
        };
        found.extend(under(&part.at, place, said.gaps_of_sibling(&part.differs)));
    }
    found
}

fn of_actions(prefix: &str, actions: &[NewAction], place: Option<usize>) -> Vec<FieldGap> {
    let of_action = |action: &NewAction| {
        let found = [
            (Gap::NoOwner, !action.has_owner()),
            (Gap::NoDay, action.due_on.is_none()),
            (Gap::NoMeasure, action.measure.is_empty()),
            (Gap::NoFallback, action.fallback.is_empty()),
        ];
        under(&format!("{prefix}.{}", action.block), place, missing(found.into_iter()))
    };
    actions.iter().flat_map(of_action).collect()
}

#[cfg(test)]
mod tests;
