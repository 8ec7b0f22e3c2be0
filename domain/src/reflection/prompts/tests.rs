//! Every trigger and every rule of the selection.

mod files;
mod properties;

use super::*;
use crate::TextValue;
use crate::calendar::add_days;
use crate::risk::{HighFrom, RiskDirection, RiskLevel};
use crate::supervision::Proposal;

fn library() -> PromptLibrary {
    static SHIPPED: std::sync::LazyLock<PromptLibrary> =
        std::sync::LazyLock::new(|| PromptLibrary::parse(PromptLibrary::SHIPPED).unwrap());
    SHIPPED.clone()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn set(triggers: &[Trigger]) -> Triggers {
    triggers.iter().copied().collect()
}

/// The keys that are chosen, with what called for each.
fn chosen(recent: &[String], turn: usize, fired: Triggers) -> Vec<(String, Trigger)> {
    let table = library().table(recent, turn, Triggers::default());
    table.choose(fired).iter().map(|chosen| (chosen.question.key.clone(), chosen.by)).collect()
}

fn theme_of(key: &str) -> Theme {
    library().find(key).unwrap().theme
}

#[test]
fn the_shipped_library_is_whole_and_each_trigger_has_a_question() {
    let library = library();
    assert_eq!(library.prompts.len(), 92);
    for trigger in Trigger::ALL {
        assert!(library.prompts.iter().any(|prompt| prompt.triggers.contains(trigger)), "{trigger}");
        let plain = library.prompts.iter().any(|it| it.triggers.contains(trigger) && it.theme != Theme::Bias);
        assert!(plain, "{trigger} has a question besides those about bias");
    }
    for prompt in library.prompts.iter().filter(|prompt| prompt.theme == Theme::Bias) {
        assert!(!prompt.tags.is_empty(), "{} names no kind of bias", prompt.key);
    }
    for tag in BiasTag::ALL {
        assert!(library.prompts.iter().any(|prompt| prompt.tags.contains(tag)), "no question meets {tag}");
    }
}

#[test]
fn every_trigger_is_in_the_form_or_in_the_case_or_both() {
    let ticked = Trigger::TICKED;
    let said = [
        Trigger::RiskUp,
        Trigger::RiskDown,
        Trigger::ChildNotSeen,
        Trigger::SupportDeclined,
        Trigger::ClosureOrStepDown,
        Trigger::HighScore,
        Trigger::LowScoreHighConcern,
    ];
    let of_case = [
        Trigger::VoiceMissing,
        Trigger::MissedSupervision,
        Trigger::ActionCarried,
        Trigger::NewAllocation,
        Trigger::LongSamePractitioner,
        Trigger::Always,
    ];
    for trigger in Trigger::ALL {
        let ways = [ticked.contains(trigger), said.contains(trigger), of_case.contains(trigger)];
        assert_eq!(ways.iter().filter(|is_one| **is_one).count(), 1, "{trigger}");
    }
}

#[test]
fn each_trigger_puts_its_own_question_first() {
    for trigger in Trigger::ALL.iter().filter(|trigger| **trigger != Trigger::Always) {
        let chosen = chosen(&[], 0, set(&[*trigger]));
        assert_eq!(chosen[0].1, *trigger, "{trigger}");
        assert!(library().find(&chosen[0].0).unwrap().triggers.contains(trigger), "{trigger}");
        assert!((3..=5).contains(&chosen.len()), "{trigger}");
    }
}

#[test]
fn what_a_form_says_fires_its_trigger() {
    let plain = Situation::default();
    for (situation, fired) in [
        (plain, vec![]),
        (Situation { risk_direction: Some(RiskDirection::Up), ..plain }, vec![Trigger::RiskUp]),
        (Situation { risk_direction: Some(RiskDirection::Same), ..plain }, vec![]),
        (Situation { risk_direction: Some(RiskDirection::Unknown), ..plain }, vec![]),
        (Situation { risk_direction: Some(RiskDirection::Down), ..plain }, vec![Trigger::RiskDown]),
        (Situation { proposal: Some(Proposal::Close), ..plain }, vec![Trigger::ClosureOrStepDown]),
        (Situation { proposal: Some(Proposal::StepDown), ..plain }, vec![Trigger::ClosureOrStepDown]),
        (Situation { proposal: Some(Proposal::StepUp), ..plain }, vec![]),
        (Situation { proposal: Some(Proposal::Escalate), ..plain }, vec![Trigger::DisagreementWithPartner]),
        (Situation { support_declined: true, ..plain }, vec![Trigger::SupportDeclined]),
        (Situation { child_not_seen: true, ..plain }, vec![Trigger::ChildNotSeen]),
        (
            Situation {
                happened: set(&[Trigger::NewBaby, Trigger::OrderBreached]),
                child_not_seen: true,
                ..plain
            },
            vec![Trigger::OrderBreached, Trigger::ChildNotSeen, Trigger::NewBaby],
        ),
    ] {
        assert_eq!(situation.triggers(HighFrom(14)).iter().collect::<Vec<_>>(), fired);
    }
}

#[test]
fn a_field_says_the_same_whichever_child_it_is_about() {
    for (field, chosen, trigger) in [
        ("entry.0.risk_direction", "up", Some(Trigger::RiskUp)),
        ("entry.0.sibling.1.risk_direction", "down", Some(Trigger::RiskDown)),
        ("entry.0.sibling.1.child_seen", "not_seen", Some(Trigger::ChildNotSeen)),
        ("entry.0.child_seen", "alone", None),
        ("entry.0.proposal", "close", Some(Trigger::ClosureOrStepDown)),
        ("entry.0.support_declined", "yes", Some(Trigger::SupportDeclined)),
        ("entry.0.happened", "new_baby", Some(Trigger::NewBaby)),
        ("entry.0.what_happened", "new_baby", None),
        ("entry.0.risk_level", "high", None),
        ("entry.0.risk_direction", "sideways", None),
        ("entry.0.answer.proposal", "close", None),
    ] {
        let said = Situation::said([(field, chosen)]).triggers(HighFrom(14));
        assert_eq!(
            said.iter().collect::<Vec<_>>(),
            trigger.into_iter().collect::<Vec<_>>(),
            "{field} {chosen}"
        );
    }
}

#[test]
fn the_score_of_a_checklist_calls_for_questions_by_the_threshold_of_the_policy() {
    use Trigger::{HighScore, LowScoreHighConcern};
    for (score, level, high_from, fired) in [
        ("", "high", 14, None),
        ("", "medium", 14, None),
        ("14", "standard", 14, Some(HighScore)),
        ("24", "high", 14, Some(HighScore)),
        ("13", "high", 14, Some(LowScoreHighConcern)),
        ("0", "high", 14, Some(LowScoreHighConcern)),
        ("13", "medium", 14, None),
        ("0", "standard", 14, None),
        ("13", "unknown", 14, None),
        ("13", "", 14, None),
        // A local threshold moves the line, for both.
        ("10", "medium", 10, Some(HighScore)),
        ("14", "high", 16, Some(LowScoreHighConcern)),
        // What is no score calls for nothing; the form says what is wrong with it.
        ("many", "high", 14, None),
        ("-1", "high", 14, None),
        (" 15 ", "standard", 14, Some(HighScore)),
    ] {
        let fields = [("entry.0.checklist_score", score), ("entry.0.risk_level", level)];
        let said = Situation::said(fields).triggers(HighFrom(high_from));
        let expected: Vec<Trigger> = fired.into_iter().collect();
        assert_eq!(said.iter().collect::<Vec<_>>(), expected, "{score:?} {level} from {high_from}");
    }
    // Risk that is high for one of them is a concern about all of them.
    let of_siblings = Situation::said([
        ("entry.0.risk_level", "medium"),
        ("entry.0.sibling.1.risk_level", "high"),
        ("entry.0.sibling.2.risk_level", "standard"),
        ("entry.0.checklist_score", "9"),
    ]);
    assert_eq!(of_siblings.triggers(HighFrom(14)), set(&[LowScoreHighConcern]));
}

#[test]
fn what_the_records_know_fires_its_trigger_once() {
    let today = day("2026-11-24");
    let plain = CaseInHand { last_held_on: Some(day("2026-11-02")), ..CaseInHand::default() };
    let on = Some(day("2026-11-10"));
    let noted = |trigger| Some((set(&[trigger]), day("2026-11-10")));
    for (case, trigger) in [
        (CaseInHand { repeat_on: on, ..plain }, Trigger::RepeatIncident),
        (CaseInHand { rose_on: on, ..plain }, Trigger::RiskUp),
        (CaseInHand { voice_missing_on: on, ..plain }, Trigger::VoiceMissing),
        (CaseInHand { due_on: on, ..plain }, Trigger::MissedSupervision),
        (CaseInHand { lead_since: on, ..plain }, Trigger::NewAllocation),
        (CaseInHand { fresh_eyes_on: on, ..plain }, Trigger::LongSamePractitioner),
        (CaseInHand { noted: noted(Trigger::HighScore), ..plain }, Trigger::HighScore),
        (CaseInHand { noted: noted(Trigger::RiskDown), ..plain }, Trigger::RiskDown),
    ] {
        let fired = [(trigger, day("2026-11-10"))];
        assert_eq!(standing(&case, &[], today), fired, "{trigger}");
        let before = [(trigger, day("2026-11-09"))];
        assert_eq!(standing(&case, &before, today), fired, "{trigger} has fired again since");
        for spent in ["2026-11-10", "2026-11-20"] {
            assert!(
                standing(&case, &[(trigger, day(spent))], today).is_empty(),
                "{trigger} was met on {spent}"
            );
        }
        let other = [(Trigger::NewBaby, day("2026-11-20"))];
        assert_eq!(standing(&case, &other, today), fired, "{trigger} was not met by another");
    }
    let carried = CaseInHand { has_carried_action: true, ..plain };
    assert_eq!(
        standing(&carried, &[(Trigger::ActionCarried, day("2026-11-02"))], today),
        [(Trigger::ActionCarried, day("2026-11-03"))]
    );
}

#[test]
fn what_has_not_come_yet_fires_nothing() {
    let today = day("2026-11-24");
    let held = Some(day("2026-11-02"));
    for case in [
        CaseInHand::default(),
        CaseInHand { due_on: Some(today), ..CaseInHand::default() },
        CaseInHand { due_on: Some(day("2026-12-01")), ..CaseInHand::default() },
        CaseInHand { lead_since: Some(day("2026-11-01")), last_held_on: held, ..CaseInHand::default() },
        CaseInHand { lead_since: held, last_held_on: held, ..CaseInHand::default() },
        CaseInHand { has_carried_action: true, last_held_on: None, ..CaseInHand::default() },
    ] {
        assert!(standing(&case, &[], today).is_empty(), "{case:?}");
    }
    let never = CaseInHand { lead_since: held, ..CaseInHand::default() };
    assert_eq!(
        standing(&never, &[], today),
        [(Trigger::NewAllocation, day("2026-11-02"))],
        "never talked about"
    );
}

#[test]
fn the_gravest_three_come_first_then_one_about_bias_and_one_voice() {
    let fired = set(&[
        Trigger::LanguageFlag,
        Trigger::RiskUp,
        Trigger::OrderBreached,
        Trigger::SupportDeclined,
        Trigger::RiskDown,
    ]);
    let chosen = chosen(&[], 0, fired);
    let by: Vec<Trigger> = chosen.iter().map(|(_, by)| *by).collect();
    assert_eq!(by[..3], [Trigger::OrderBreached, Trigger::RiskUp, Trigger::SupportDeclined]);
    assert_eq!(chosen.len(), 5);
    assert_eq!(theme_of(&chosen[3].0), Theme::Bias);
    assert_eq!(by[3], Trigger::RiskUp, "the one about bias is about what has happened");
    assert_eq!(theme_of(&chosen[4].0), Theme::Voice);
}

#[test]
fn when_nothing_has_happened_one_is_about_bias_one_a_voice_and_one_general() {
    let chosen = chosen(&[], 0, Triggers::default());
    assert_eq!(chosen.len(), 3);
    assert!(chosen.iter().all(|(_, by)| *by == Trigger::Always));
    let of = |theme| chosen.iter().filter(|(key, _)| theme_of(key) == theme).count();
    assert_eq!((of(Theme::Bias), of(Theme::Voice)), (1, 1));
}

#[test]
fn a_voice_that_was_called_for_is_the_one_voice() {
    let chosen = chosen(&[], 0, set(&[Trigger::ChildNotSeen]));
    assert_eq!(theme_of(&chosen[0].0), Theme::Voice, "the plainest question for it");
    assert_eq!(chosen.len(), 3);
    assert_eq!(chosen[2].1, Trigger::Always);
}

#[test]
fn a_retired_question_is_never_put() {
    let mut library = library();
    for prompt in library.prompts.iter_mut().filter(|prompt| prompt.triggers.contains(&Trigger::RiskUp)) {
        prompt.retired = true;
    }
    let table = library.table(&[], 0, Triggers::default());
    assert!(table.choose(set(&[Trigger::RiskUp])).iter().all(|chosen| chosen.by == Trigger::Always));
    assert!(library.find("week-before-worse").is_some(), "but can still be explained");
}

#[test]
fn a_place_that_is_in_use_keeps_its_question() {
    let table = library().table(&[], 0, Triggers::default());
    let calm = Situation::default();
    let before = table.places(&calm, |_| None);
    assert_eq!(before.iter().flatten().count(), 3);
    let kept = before[1].clone().unwrap();
    let up = Situation { risk_direction: Some(RiskDirection::Up), ..calm };
    let after = table.places(&up, |number| (number == 1).then(|| kept.key.clone()));
    assert_eq!(after[1].as_ref(), Some(&kept));
    assert_eq!(after[0].as_ref(), table.questions_for(&up).first().copied());
    let keys: Vec<&str> = after.iter().flatten().map(|question| question.key.as_str()).collect();
    assert!((1..keys.len()).all(|at| !keys[..at].contains(&keys[at])), "{keys:?}");
}

#[test]
fn a_question_that_somebody_has_begun_to_answer_is_known_though_nothing_calls_for_it() {
    let library = library();
    let recent: Vec<String> = library.prompts.iter().map(|prompt| prompt.key.clone()).collect();
    let mut table = library.table(&recent, 0, Triggers::default());
    let prompt = library.find("worth-copying").unwrap();
    table.know(prompt);
    let places = table.places(&Situation::default(), |number| (number == 4).then(|| prompt.key.clone()));
    assert_eq!(places[4].as_ref().map(|question| question.text.as_str()), Some(prompt.text.as_str()));
    assert!(places[..4].iter().all(Option::is_none), "all others were put lately");
}

#[test]
fn an_answer_to_a_question_that_nobody_knows_moves_under_no_other() {
    let table = library().table(&[], 0, Triggers::default());
    let places = table.places(&Situation::default(), |number| (number == 0).then(|| "gone".to_owned()));
    assert_eq!(places[0].as_ref().unwrap().key, "gone");
    assert!(table.questions.iter().all(|question| question.text != places[0].as_ref().unwrap().text));
    assert_eq!(places.iter().flatten().count(), 4, "and the others stand beside it");
}

#[test]
fn a_question_that_is_put_off_comes_back_on_its_day() {
    use PromptShelf::{Agenda, Later, Replied, Waiting};
    let today = day("2026-11-24");
    for (state, until, talked, shelf) in [
        (PromptState::Raised, None, false, Waiting),
        (PromptState::Answered, None, false, Replied),
        (PromptState::NotRelevant, None, false, Replied),
        (PromptState::Deferred, None, false, Waiting),
        (PromptState::Deferred, Some("2026-11-25"), false, Later),
        (PromptState::Deferred, Some("2026-11-24"), false, Waiting),
        (PromptState::ToSupervision, None, false, Agenda),
        (PromptState::ToSupervision, None, true, Waiting),
    ] {
        assert_eq!(
            PromptShelf::of(state, until.map(day), talked, today),
            shelf,
            "{state} {until:?} {talked}"
        );
    }
}
