//! What holds for every history.

use super::people::person;
use super::*;
use proptest::prelude::*;

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..1400).prop_map(|offset| day("2024-06-01") + Days::new(offset))
}

fn any_plan() -> impl Strategy<Value = PlanType> {
    use crate::TextValue;
    prop::sample::select(PlanType::ALL)
}

/// The same, held at least once.
fn any_held_history() -> impl Strategy<Value = History> {
    (any_history(), 0u64..500).prop_map(|(history, held)| {
        let last_held_on = Some(history.allocated_on + Days::new(held));
        History { last_held_on, ..history }
    })
}

prop_compose! {
    /// A case with up to three changes of plan or cap, held or not, with or without a variation.
    fn any_history()(
        allocated_on in any_day(),
        plans in prop::collection::vec((any_plan(), any::<bool>(), 1u64..200), 1..4),
        held in prop::option::of(0u64..500),
        variation in prop::option::of((0u64..400, 7u32..200, 1u64..300)),
    ) -> History {
        let mut from = allocated_on;
        let mut terms = Vec::new();
        for (plan, capped, gap) in plans {
            terms.push(Terms { from, plan, capped });
            from = from + Days::new(gap);
        }
        let variation = variation.map(|(granted, interval_days, lasts)| {
            let granted_on = allocated_on + Days::new(granted);
            Variation { granted_on, interval_days, expires_on: granted_on + Days::new(lasts) }
        });
        let last_held_on = held.map(|days| allocated_on + Days::new(days));
        History { allocated_on, terms, last_held_on, risk_rose_on: None, variation }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// "With the same rule in force a later last-held day never gives an earlier due date."
    #[test]
    fn a_later_session_under_the_same_rule_never_brings_the_due_day_forward(history in any_held_history(), later in 0u64..60) {
        let first = history.due();
        let held_on = history.last_held_on.unwrap() + Days::new(later);
        let second = History { last_held_on: Some(held_on), ..history }.due();
        let same_rule = (second.rule, second.since) == (first.rule, Since::LastHeld) && first.since == Since::LastHeld;
        prop_assert!(!same_rule || second.due_on >= first.due_on, "{first:?} {second:?}");
    }

    /// "Recording anything else never shortens a clock": a variation or a step-down never does.
    #[test]
    fn a_variation_never_brings_the_due_day_forward(history in any_history()) {
        let standard = History { variation: None, ..history.clone() };
        prop_assert!(history.due().due_on >= standard.due().due_on);
    }

    /// A rise in risk, a cap or a new plan only ever brings the day forward.
    #[test]
    fn a_rise_a_cap_or_a_new_plan_never_puts_the_due_day_back(history in any_held_history(), rose in any_day(), plan in any_plan(), capped in any::<bool>()) {
        let before = history.due().due_on;
        let risen = History { risk_rose_on: Some(rose), ..history.clone() };
        prop_assert!(risen.due().due_on <= before);
        let mut changed = history.clone();
        let from = history.terms.last().unwrap().from.max(history.last_held_on.unwrap()) + Days::new(1);
        changed.terms.push(Terms { from, plan, capped });
        prop_assert!(changed.due().due_on <= before);
    }

    /// 16.2: a change never makes a case due sooner than 5 working days after it.
    #[test]
    fn a_change_leaves_5_working_days(history in any_held_history(), plan in any_plan()) {
        let history = History { variation: None, ..history };
        let before = history.due().due_on;
        let mut changed = history.clone();
        let from = history.terms.last().unwrap().from.max(history.last_held_on.unwrap()) + Days::new(1);
        changed.terms.push(Terms { from, plan, capped: false });
        let after = changed.due().due_on;
        let least = Rules::shipped().working_days.add(from, 5);
        prop_assert!(after == before || after >= least);
    }

    #[test]
    fn a_due_day_lies_after_what_it_is_counted_from(history in any_history()) {
        let due = history.due();
        prop_assert!(due.due_on > history.last_held_on.unwrap_or(history.allocated_on));
        prop_assert!(due.amber_from <= due.due_on);
    }

    #[test]
    fn states_follow_each_other_day_by_day(history in any_history()) {
        let due = history.due();
        let start = history.last_held_on.unwrap_or(history.allocated_on);
        let mut last = None;
        for today in start.iter_days().take(150) {
            let rank = match due.state(today) {
                State::FirstWindow { .. } | State::InDate | State::Varied { .. } => 0,
                State::Amber { .. } => 1,
                State::DueToday => 2,
                State::Overdue { .. } => 3,
            };
            prop_assert!(last.is_none_or(|last| rank >= last));
            last = Some(rank);
        }
    }

    #[test]
    fn a_person_back_from_a_pause_has_5_working_days(held in any_day(), away in 1u64..200, lasts in 0u64..200) {
        let from = held + Days::new(away);
        let absence = [Absence { reason: AbsenceReason::ParentalLeave, from, to: Some(from + Days::new(lasts)) }];
        let clock = PersonClock { last_held_on: Some(held), absences: &absence, ..person("2020-01-06") };
        let back = from + Days::new(lasts + 1);
        let PersonStanding::Due(due) = person_due(&Rules::shipped().book(), &clock, back) else { panic!() };
        let calendar = WorkingDays::shipped(Nation::EnglandAndWales);
        prop_assert!(due.due_on >= calendar.add(calendar.on_or_after(back), 5));
        prop_assert!(due.due_on >= held + Days::new(28));
    }
}
