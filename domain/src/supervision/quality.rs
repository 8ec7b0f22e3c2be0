//! What makes a record weak (domain.md 3.1): shown before it is saved, and never in the way.

use super::action::NewAction;
use super::personal::PERSONAL_ACTIONS;
use super::{ActionReview, ChildSeen, NewCaseEntry, NewSupervision, Outcome};
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
            Self::NoLevel => "Nobody has said how high the risk is. Left so, it stays as high as it was",
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

/// Those that are missing, as fields under a prefix.
fn under(prefix: &str, place: Option<usize>, found: &[(Gap, bool)]) -> Vec<FieldGap> {
    let missing = found.iter().filter(|(_, is_missing)| *is_missing);
    missing
        .map(|(gap, _)| FieldGap { field: format!("{prefix}.{}", gap.field()), gap: *gap, place })
        .collect()
}

fn of_entry(entry: &NewCaseEntry, before: &Standing) -> Vec<FieldGap> {
    let goes_on = entry.reviews.iter().any(|review| review.outcome.goes_on() || review.outcome.needs_day());
    let has_action = !entry.actions.is_empty() || goes_on;
    let is_untested = entry.hypotheses.0.is_empty() && entry.challenges.0.is_empty();
    let is_high = before.is_high(entry.levels());
    let (at, place) = (format!("entry.{}", entry.place), Some(entry.place));
    let mut found = under(&at, place, &of_child(entry.child_seen, entry.child_seen_on.is_some()));
    found.extend(under(
        &at,
        place,
        &[
            (Gap::NothingHappened, entry.what_happened.is_empty()),
            (Gap::NoLevel, entry.risk_level.is_none()),
            (Gap::NoDirection, entry.risk_direction == RiskDirection::Unknown),
            (Gap::Contradiction, before.contradicts(&entry.case, entry.risk_level, entry.risk_direction)),
            (Gap::OneExplanation, is_untested && is_high),
            (Gap::Stuck, is_untested && !is_high && before.stays_stuck(entry)),
            (Gap::NoProposal, entry.proposal.is_none()),
            (Gap::ThinRationale, entry.rationale.split_whitespace().count() < ENOUGH_WORDS),
        ],
    ));
    found.extend(of_actions(&format!("{at}.action"), &entry.actions, place));
    let no_action = !has_action && entry.no_action_because.is_empty();
    found.extend(under(&at, place, &[(Gap::NoAction, no_action)]));
    for part in &entry.siblings {
        found.extend(under(
            &part.at,
            place,
            &[
                (Gap::NothingDiffers, part.differs.is_empty()),
                (Gap::NoLevel, part.risk_level.is_none()),
                (Gap::NoDirection, part.risk_direction == RiskDirection::Unknown),
                (Gap::Contradiction, before.contradicts(&part.case, part.risk_level, part.risk_direction)),
            ],
        ));
        found.extend(under(&part.at, place, &of_child(part.child_seen, part.child_seen_on.is_some())));
    }
    found
}

fn of_child(seen: Option<ChildSeen>, has_day: bool) -> [(Gap, bool); 3] {
    let was_seen = matches!(seen, Some(ChildSeen::Alone | ChildSeen::NotAlone));
    [
        (Gap::SeenNotSaid, seen.is_none()),
        (Gap::NotSeen, seen == Some(ChildSeen::NotSeen)),
        (Gap::NoSeenDay, was_seen && !has_day),
    ]
}

fn of_actions(prefix: &str, actions: &[NewAction], place: Option<usize>) -> Vec<FieldGap> {
    let of_action = |action: &NewAction| {
        let found = [
            (Gap::NoOwner, !action.has_owner()),
            (Gap::NoDay, action.due_on.is_none()),
            (Gap::NoMeasure, action.measure.is_empty()),
            (Gap::NoFallback, action.fallback.is_empty()),
        ];
        under(&format!("{prefix}.{}", action.block), place, &found)
    };
    actions.iter().flat_map(of_action).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervision::{ActionReview, Mode, NewSiblingPart, Outcome, Proposal, SupervisionKind};
    use crate::templates::NewAnswers;
    use chrono::NaiveDate;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
    }

    fn whole() -> NewCaseEntry {
        NewCaseEntry {
            place: 2,
            case: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            child_seen: Some(ChildSeen::Alone),
            child_seen_on: Some(day()),
            what_happened: "A third incident.".to_owned(),
            risk_level: Some(RiskLevel::Medium),
            risk_direction: RiskDirection::Up,
            checklist: None,
            support_declined: false,
            happened: crate::reflection::Triggers::default(),
            voices: crate::supervision::Voices::default(),
            hypotheses: crate::StoredList::default(),
            challenges: crate::StoredList::default(),
            proposal: Some(Proposal::Stay),
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

    fn sibling(child_seen: ChildSeen, risk_direction: RiskDirection) -> NewSiblingPart {
        NewSiblingPart {
            at: "entry.2.sibling.0".to_owned(),
            case: "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap(),
            child_seen: Some(child_seen),
            child_seen_on: Some(day()),
            child_heard: false,
            risk_level: Some(RiskLevel::Medium),
            risk_direction,
            differs: "Nothing.".to_owned(),
            reviews: Vec::new(),
        }
    }

    fn of(entry: &NewCaseEntry) -> Vec<Gap> {
        after(entry, &Standing::default())
    }

    fn after(entry: &NewCaseEntry, before: &Standing) -> Vec<Gap> {
        of_entry(entry, before).into_iter().map(|found| found.gap).collect()
    }

    #[test]
    fn a_whole_entry_has_no_gap_and_each_thing_left_out_is_one() {
        assert_eq!(of(&whole()), []);
        let thin = NewCaseEntry { rationale: "Discussed, plan agreed.".to_owned(), ..whole() };
        assert_eq!(of(&thin), [Gap::ThinRationale]);
        assert_eq!(of_entry(&thin, &Standing::default())[0].field, "entry.2.rationale");
        assert_eq!(of(&NewCaseEntry { no_action_because: String::new(), ..whole() }), [Gap::NoAction]);
        assert_eq!(
            of(&NewCaseEntry { risk_direction: RiskDirection::Unknown, ..whole() }),
            [Gap::NoDirection]
        );
        let unseen = NewCaseEntry { child_seen: Some(ChildSeen::NotSeen), child_seen_on: None, ..whole() };
        assert_eq!(of(&unseen), [Gap::NotSeen]);
        assert_eq!(of(&NewCaseEntry { child_seen_on: None, ..whole() }), [Gap::NoSeenDay]);
        let of_child = |seen| of(&NewCaseEntry { child_seen: seen, child_seen_on: None, ..whole() });
        assert_eq!(of_child(None), [Gap::SeenNotSaid]);
        assert_eq!(of_child(Some(ChildSeen::NotApplicable)), []);
        assert_eq!(of(&NewCaseEntry { what_happened: String::new(), ..whole() }), [Gap::NothingHappened]);
        assert_eq!(of(&NewCaseEntry { risk_level: None, ..whole() }), [Gap::NoLevel]);
        assert_eq!(of(&NewCaseEntry { proposal: None, ..whole() }), [Gap::NoProposal]);
    }

    #[test]
    fn a_direction_that_the_levels_contradict_is_asked_about() {
        use RiskDirection::{Down, Same, Up};
        use RiskLevel::{High, Medium, Standard};
        for (before, now, direction, is_asked) in [
            (High, Medium, Up, true),
            (High, Medium, Same, true),
            (High, Medium, Down, false),
            (Standard, Medium, Down, true),
            (Standard, Medium, Up, false),
            (Medium, Medium, Up, false),
            (Medium, Medium, Down, false),
            (RiskLevel::Unknown, Medium, Down, false),
        ] {
            let entry = NewCaseEntry { risk_level: Some(now), risk_direction: direction, ..whole() };
            let stood = Standing { levels: [(entry.case.clone(), before)].into(), ..Standing::default() };
            let asked = if is_asked { vec![Gap::Contradiction] } else { vec![] };
            assert_eq!(after(&entry, &stood), asked, "{before}, then {now}, {direction}");
        }
    }

    #[test]
    fn what_somebody_was_told_of_is_asked_once_and_another_gap_of_the_same_field_again() {
        let session = |entry: NewCaseEntry| NewSupervision {
            supervisee: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            kind: SupervisionKind::Case,
            mode: Mode::Video,
            held_on: day(),
            minutes: 60,
            personal: None,
            entries: vec![entry],
            members: Vec::new(),
            answers: NewAnswers::default(),
            incident_on: None,
            follow_ups: Vec::new(),
            talked_about: Vec::new(),
        };
        let unsaid = session(NewCaseEntry { child_seen: None, child_seen_on: None, ..whole() });
        let told = to_ask_about(&unsaid, &BTreeMap::new(), &BTreeSet::new()).unwrap()[0].key();
        let told = BTreeSet::from([told.as_str()]);
        assert_eq!(to_ask_about(&unsaid, &BTreeMap::new(), &told), None);
        let unseen = NewCaseEntry { child_seen: Some(ChildSeen::NotSeen), child_seen_on: None, ..whole() };
        assert_eq!(to_ask_about(&session(unseen), &BTreeMap::new(), &told).unwrap()[0].gap, Gap::NotSeen);
    }

    #[test]
    fn a_high_risk_asks_for_a_second_explanation_or_a_challenge() {
        use crate::supervision::{Challenge, ChallengeOutcome, Challenger, Hypothesis};
        let high = || NewCaseEntry { risk_level: Some(RiskLevel::High), ..whole() };
        assert_eq!(of(&high()), [Gap::OneExplanation]);
        assert_eq!(of_entry(&high(), &Standing::default())[0].field, "entry.2.hypothesis.0.explanation");
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
    fn a_risk_that_stays_high_and_a_case_that_is_stuck_ask_for_one_too() {
        let stood = |levels: &[(&NewCaseEntry, RiskLevel)]| Standing {
            levels: levels.iter().map(|(entry, level)| (entry.case.clone(), *level)).collect(),
            ..Standing::default()
        };
        let left = NewCaseEntry { risk_level: None, ..whole() };
        let high = stood(&[(&left, RiskLevel::High)]);
        assert_eq!(after(&left, &high), [Gap::NoLevel, Gap::OneExplanation]);
        let lower = NewCaseEntry { risk_direction: RiskDirection::Down, ..whole() };
        assert_eq!(after(&lower, &high), [], "it is said to be lower now");
        // A brother of whom nothing is said is no safer because of what is said of another.
        let brother = NewSiblingPart { risk_level: None, ..sibling(ChildSeen::Alone, RiskDirection::Same) };
        let his =
            Standing { levels: [(brother.case.clone(), RiskLevel::High)].into(), ..Standing::default() };
        let both = NewCaseEntry { siblings: vec![brother], ..whole() };
        assert!(after(&both, &his).contains(&Gap::OneExplanation));
        let action: ActionId = "01890a5d-ac96-774b-bcce-b302099a8059".parse().unwrap();
        let stuck = Standing { stuck: [action.clone()].into(), ..Standing::default() };
        let decided = |outcome| {
            let review = ActionReview {
                at: "entry.2.review.0".to_owned(),
                action: action.clone(),
                outcome,
                note: "The school has a new head.".to_owned(),
                due_on: None,
            };
            NewCaseEntry { reviews: vec![review], ..whole() }
        };
        assert_eq!(after(&decided(Outcome::Escalated), &stuck), [Gap::Stuck]);
        assert_eq!(after(&decided(Outcome::Done), &stuck), [], "it has moved");
        assert_eq!(after(&whole(), &stuck), []);
    }

    #[test]
    fn a_brother_or_sister_is_looked_at_too() {
        let fields = |part| {
            let entry = NewCaseEntry { siblings: vec![part], ..whole() };
            of_entry(&entry, &Standing::default())
                .into_iter()
                .map(|gap| (gap.field, gap.place))
                .collect::<Vec<_>>()
        };
        assert_eq!(fields(sibling(ChildSeen::Alone, RiskDirection::Same)), []);
        assert_eq!(
            fields(sibling(ChildSeen::NotSeen, RiskDirection::Same)),
            [("entry.2.sibling.0.child_seen".to_owned(), Some(2))]
        );
        assert_eq!(
            fields(sibling(ChildSeen::Alone, RiskDirection::Unknown)),
            [("entry.2.sibling.0.risk_direction".to_owned(), Some(2))]
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
        assert_eq!(of(&NewCaseEntry { actions: vec![action()], ..without() }), []);
    }

    fn action() -> NewAction {
        NewAction {
            block: 3,
            what: "Ring the school".to_owned(),
            owner: None,
            owner_elsewhere: "health visitor".to_owned(),
            due_on: Some(day()),
            measure: "She has told us.".to_owned(),
            fallback: "We go there.".to_owned(),
        }
    }

    #[test]
    fn an_action_wants_an_owner_and_a_day_and_what_is_plain_is_no_reason_to_ask() {
        let entry = |action| NewCaseEntry { actions: vec![action], ..whole() };
        let bare = NewAction { owner_elsewhere: String::new(), due_on: None, ..action() };
        let found = of_entry(&entry(bare), &Standing::default());
        assert_eq!(
            found.iter().map(|found| found.field.as_str()).collect::<Vec<_>>(),
            ["entry.2.action.3.who", "entry.2.action.3.by"]
        );
        let plain = NewAction { measure: String::new(), fallback: String::new(), ..action() };
        let found = of_entry(&entry(plain), &Standing::default());
        assert_eq!(
            found.iter().map(|found| found.gap).collect::<Vec<_>>(),
            [Gap::NoMeasure, Gap::NoFallback]
        );
        assert!(found.iter().all(|found| found.gap.is_quiet()));
    }
}
