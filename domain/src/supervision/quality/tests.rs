//! What is asked before signing, gap by gap.

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
    assert_eq!(of(&NewCaseEntry { risk_direction: RiskDirection::Unknown, ..whole() }), [Gap::NoDirection]);
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
        began_at: None,
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
    let his = Standing { levels: [(brother.case.clone(), RiskLevel::High)].into(), ..Standing::default() };
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
            asked: None,
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
        asked: None,
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
    assert_eq!(found.iter().map(|found| found.gap).collect::<Vec<_>>(), [Gap::NoMeasure, Gap::NoFallback]);
    assert!(found.iter().all(|found| found.gap.is_quiet()));
}

#[test]
fn a_record_that_stands_there_is_weak_where_a_typed_one_would_be() {
    let entry = whole();
    let of_child = SaidOfChild {
        seen: Some(ChildSeen::NotSeen),
        has_seen_day: false,
        has_level: false,
        direction: RiskDirection::Unknown,
        is_contradicted: false,
    };
    let said = Said {
        of_child,
        what_happened: "",
        hypotheses: &entry.hypotheses,
        challenges: &entry.challenges,
        is_high: true,
        is_stuck: true,
        proposal: None,
        rationale: "Discussed.",
        has_action: false,
        no_action_because: "",
    };
    let gaps = [
        Gap::NotSeen,
        Gap::NothingHappened,
        Gap::NoLevel,
        Gap::NoDirection,
        Gap::OneExplanation,
        Gap::NoProposal,
        Gap::ThinRationale,
        Gap::NoAction,
    ];
    assert_eq!(said.gaps(), gaps, "in the order of the form, and why nothing moves is not asked twice");
    assert_eq!(Said { is_high: false, ..said }.gaps()[4], Gap::Stuck);
    assert_eq!(
        of_child.gaps_of_sibling(""),
        [Gap::NothingDiffers, Gap::NoLevel, Gap::NoDirection, Gap::NotSeen]
    );
}
