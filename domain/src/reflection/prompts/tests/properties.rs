//! What holds whatever is said, and of whatever case.

use super::*;
use crate::risk::CHECKLIST_QUESTIONS as MOST;
use proptest::prelude::*;

fn any_triggers() -> impl Strategy<Value = Triggers> {
    prop::collection::vec(prop::sample::select(Trigger::ALL.to_vec()), 0..12)
        .prop_map(|triggers| triggers.into_iter().filter(|trigger| *trigger != Trigger::Always).collect())
}

fn any_recent() -> impl Strategy<Value = Vec<String>> {
    let keys: Vec<String> = library().prompts.into_iter().map(|prompt| prompt.key).collect();
    let most = keys.len();
    prop::sample::subsequence(keys, 0..=most)
}

/// Whatever a form can say: which way risk has gone, how high it is and what a checklist scored, what is proposed, and what was
/// ticked.
fn any_situation() -> impl Strategy<Value = Situation> {
    let risk = (of_any(RiskDirection::ALL), of_any(RiskLevel::ALL), prop::option::of(0u8..=MOST));
    let plan = (of_any(Proposal::ALL), any::<bool>(), any::<bool>());
    (risk, plan, any_triggers()).prop_map(|(risk, plan, ticked)| {
        let (risk_direction, level, score) = risk;
        let (proposal, support_declined, child_not_seen) = plan;
        let happened = ticked.iter().filter(|trigger| Trigger::TICKED.contains(trigger)).collect();
        Situation { risk_direction, proposal, support_declined, child_not_seen, level, score, happened }
    })
}

fn of_any<T: TextValue + std::fmt::Debug>(all: &'static [T]) -> impl Strategy<Value = Option<T>> {
    prop::option::of(prop::sample::select(all.to_vec()))
}

fn any_high_from() -> impl Strategy<Value = HighFrom> {
    (1..=u32::from(MOST)).prop_map(HighFrom)
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
    fn who_reflects_alone_is_asked_nothing_again_whatever_fires(
        fired in any_triggers(), recent in any_recent(), turn in 0usize..400,
    ) {
        let table = library().table_of_new(&recent, turn, fired);
        for chosen in table.choose(fired) {
            prop_assert!(!recent.contains(&chosen.question.key), "{}", chosen.question.key);
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
    fn both_sides_see_the_same(
        standing in any_triggers(),
        said in any_situation(),
        (high_from, level) in (any_high_from(), of_any(RiskLevel::ALL)),
        recent in any_recent(),
        turn in 0usize..400,
    ) {
        let table = || library().table(&recent, turn, standing).scoring(high_from).staying_at(level);
        let here = table();
        let there: PromptTable = PromptTable::carried(&here.to_carried()).unwrap();
        prop_assert_eq!(&there, &here);
        prop_assert_eq!(there.said(&said), said.staying_at(level).triggers(high_from));
        prop_assert_eq!(there.questions_for(&said), here.questions_for(&said));
        prop_assert_eq!(table(), here, "the same again");
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
