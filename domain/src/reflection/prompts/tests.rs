//! Every trigger and every rule of the selection.

use super::*;
use crate::TextValue;
use crate::calendar::add_days;
use crate::risk::{HighFrom, RiskDirection};
use crate::supervision::Proposal;
use proptest::prelude::*;

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

// --- Files and forms ------------------------------------------------------------------------------------------------

const ONE: &str = r#"[[prompt]]
key = "one"
theme = "bias"
triggers = ["always"]
text = "Why?"
why = "Because."
source = "A briefing"
review_on = "2027-01-01"
"#;

#[test]
fn a_file_that_is_wrong_is_refused_with_its_line_and_the_reason() {
    let twice = format!("{ONE}\n{ONE}");
    let without = |line: &str| {
        ONE.lines().filter(|each| !each.starts_with(line)).flat_map(|each| [each, "\n"]).collect::<String>()
    };
    for (text, line, words) in [
        (ONE.replace("always", "weather"), 4, "“weather” is not a known trigger"),
        (ONE.replace("\"bias\"", "\"mood\""), 3, "“mood” is not a known theme"),
        (ONE.replace("A briefing", " "), 7, "“one” has no source"),
        (without("source"), 1, "missing field `source`"),
        (ONE.replace("Because.", ""), 6, "“one” has no reason why it is asked"),
        (ONE.replace("[\"always\"]", "[]"), 4, "nothing calls for “one”"),
        (ONE.replace("2027-01-01", "soon"), 8, "“soon” is not a day"),
        (ONE.replace("\"one\"", "\"One!\""), 2, "small letters"),
        (twice, 11, "another question with the short name “one”"),
        (format!("{ONE}colour = \"red\"\n"), 9, "unknown field"),
    ] {
        let error = PromptLibrary::parse(&text).unwrap_err();
        assert_eq!(error.line, line, "{error}\n{text}");
        assert!(error.words.contains(words), "{error}");
    }
}

#[test]
fn a_library_is_read_again_as_it_was_written() {
    let library = library();
    assert_eq!(PromptLibrary::parse(&library.to_toml().unwrap()).unwrap(), library);
}

#[test]
fn a_file_that_follows_keeps_what_is_gone_and_marks_what_is_new() {
    let today = day("2026-11-24");
    let (before, changed) = (library(), ONE.replace("Why?", "Why not?"));
    let next = before.followed_by(&changed, 4, today).unwrap();
    assert_eq!(next.prompts.len(), 93);
    assert_eq!(next.find("one").unwrap().version, 4);
    assert!(next.find("worth-copying").unwrap().retired);
    let same = before.followed_by(&before.to_toml().unwrap(), 4, today).unwrap();
    assert_eq!(same, before, "nothing is new");
    let past = ONE.replace("2027-01-01", "2026-11-23");
    assert_eq!(before.followed_by(&past, 4, today).unwrap_err().line, 8);
    let late = day("2030-01-01");
    assert_eq!(
        before.followed_by(&before.to_toml().unwrap(), 4, late).unwrap(),
        before,
        "unless nobody touched it"
    );
}

fn form_of(key: &str) -> crate::form::Form {
    blank_prompt(&library(), Some(key), day("2027-11-22"))
}

#[test]
fn a_form_that_nobody_touched_changes_nothing_and_a_changed_one_marks_the_version() {
    let (library, today) = (library(), day("2026-11-24"));
    let mut form = form_of("worth-copying");
    let read = |form: &crate::form::Form| NewPrompt::parse(form, Some("worth-copying"), today).unwrap();
    assert_eq!(read(&form).within(&library, 2, false).unwrap_err().0[0].field, "form");
    form.set("place", "1");
    let moved = read(&form).within(&library, 2, false).unwrap();
    assert_eq!((moved.prompts[0].key.as_str(), moved.prompts[0].version), ("worth-copying", 1), "only moved");
    form.set("text", "What should others learn from you?");
    form.set("retired", "yes");
    let next = read(&form).within(&library, 2, false).unwrap();
    assert_eq!((next.prompts.len(), next.prompts[0].version, next.prompts[0].retired), (92, 2, true));
}

#[test]
fn a_form_that_is_wrong_names_each_field() {
    let today = day("2026-11-24");
    let mut form = form_of("worth-copying");
    form.set("source", " ");
    form.set("trigger", "weather");
    form.set_date("review_on", day("2026-11-23"));
    form.set("place", "first");
    let problems = NewPrompt::parse(&form, None, today).unwrap_err();
    let fields: Vec<&str> = problems.0.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["source", "trigger", "review_on", "place"]);
    assert!(problems.of("trigger").unwrap().contains("“weather”"));
    let again = NewPrompt::parse(&form_of("worth-copying"), None, today).unwrap();
    assert_eq!(again.within(&library(), 2, true).unwrap_err().0[0].field, "key", "a duplicate");
}

// --- Properties -----------------------------------------------------------------------------------------------------

fn any_triggers() -> impl Strategy<Value = Triggers> {
    prop::collection::vec(prop::sample::select(Trigger::ALL.to_vec()), 0..12)
        .prop_map(|triggers| triggers.into_iter().filter(|trigger| *trigger != Trigger::Always).collect())
}

fn any_recent() -> impl Strategy<Value = Vec<String>> {
    let keys: Vec<String> = library().prompts.into_iter().map(|prompt| prompt.key).collect();
    let most = keys.len();
    prop::sample::subsequence(keys, 0..=most)
}

proptest! {
    #[test]
    fn never_more_than_five_and_none_twice(fired in any_triggers(), recent in any_recent(), turn in 0usize..400) {
        let chosen = chosen(&recent, turn, fired);
        prop_assert!(chosen.len() <= AT_MOST);
        for (at, (key, _)) in chosen.iter().enumerate() {
            prop_assert!(!chosen[..at].iter().any(|(earlier, _)| earlier == key));
        }
        let of_bias = chosen.iter().filter(|(key, _)| theme_of(key) == Theme::Bias).count();
        prop_assert!(of_bias <= 1);
        let hard = chosen.iter().filter(|(key, by)| *by != Trigger::Always && theme_of(key) != Theme::Bias).count();
        prop_assert!(hard <= 4, "three and a voice");
        let voices_in_turn = chosen.iter().filter(|(key, by)| *by == Trigger::Always && theme_of(key) == Theme::Voice).count();
        prop_assert!(voices_in_turn <= 1, "one voice where nothing has happened");
    }

    #[test]
    fn none_comes_back_within_the_rotation_unless_its_trigger_fires(
        fired in any_triggers(), recent in any_recent(), turn in 0usize..400,
    ) {
        for (key, by) in chosen(&recent, turn, fired) {
            let prompt = library().find(&key).unwrap().clone();
            if recent.contains(&key) {
                prop_assert!(by != Trigger::Always && fired.contains(by) && prompt.triggers.contains(&by), "{key}");
            }
        }
    }

    #[test]
    fn the_gravest_trigger_always_has_its_question(fired in any_triggers(), recent in any_recent()) {
        let chosen = chosen(&recent, 0, fired);
        for trigger in fired.iter().take(3) {
            let is_met = chosen.iter().any(|(key, _)| library().find(key).unwrap().triggers.contains(&trigger));
            prop_assert!(is_met, "{trigger}");
        }
    }

    #[test]
    fn both_sides_see_the_same(standing in any_triggers(), said in any_triggers(), recent in any_recent(), turn in 0usize..400) {
        let here = library().table(&recent, turn, standing);
        let there: PromptTable = PromptTable::carried(&here.to_carried()).unwrap();
        prop_assert_eq!(&there, &here);
        let happened = said.iter().filter(|trigger| Trigger::TICKED.contains(trigger)).collect();
        let situation = Situation { happened, ..Situation::default() };
        prop_assert_eq!(there.questions_for(&situation), here.questions_for(&situation));
        prop_assert_eq!(library().table(&recent, turn, standing), here, "the same again");
    }

    #[test]
    fn a_case_that_is_talked_about_each_week_repeats_nothing_in_90_days(weeks in 1usize..40, start in 0u64..1000) {
        let mut put: Vec<(NaiveDate, String)> = Vec::new();
        let first = add_days(day("2026-01-05"), u32::try_from(start).unwrap());
        for week in 0..weeks {
            let today = add_days(first, u32::try_from(week * 7).unwrap());
            let since = today - chrono::Days::new(90);
            let recent: Vec<String> = put.iter().filter(|(on, _)| *on >= since).map(|(_, key)| key.clone()).collect();
            for (key, by) in chosen(&recent, recent.len(), Triggers::default()) {
                prop_assert_eq!(by, Trigger::Always);
                prop_assert!(!recent.contains(&key), "{} in week {}", key, week);
                put.push((today, key));
            }
        }
    }
}
