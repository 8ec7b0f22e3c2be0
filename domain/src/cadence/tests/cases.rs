//! The clocks of cases.

use super::*;

#[test]
fn cadence_2_8_cp_28_days_good_friday() {
    let due = case_on(PlanType::ChildProtection, "2026-01-05").held("2026-03-05").due();
    for (today, state) in [
        ("2026-03-25", State::InDate),
        ("2026-03-26", State::Amber { days: 7 }),
        ("2026-04-01", State::Amber { days: 1 }),
        ("2026-04-02", State::DueToday),
        ("2026-04-03", State::Overdue { days: 1 }),
        ("2026-04-13", State::Overdue { days: 11 }),
    ] {
        assert_eq!(due.state(day(today)), state, "{today}");
    }
    assert_eq!(due.due_on, day("2026-04-02"));
    assert_eq!(due.reason(), "28 days after the session of 5 March 2026. Rule: Child protection, version 1.");
}

#[test]
fn cadence_2_7_every_plan_by_its_interval() {
    for (plan, due_on) in [
        (PlanType::ChildInNeed, "2026-08-13"),
        (PlanType::EarlyHelp, "2026-08-13"),
        (PlanType::FamilyHelp, "2026-08-13"),
        (PlanType::ChildProtection, "2026-07-30"),
        (PlanType::PreProceedings, "2026-07-30"),
        (PlanType::Proceedings, "2026-07-30"),
        (PlanType::LookedAfterNew, "2026-07-30"),
        (PlanType::LookedAfterSettled, "2026-09-24"),
        (PlanType::CareLeaver, "2026-09-24"),
        (PlanType::PrivateFostering, "2026-08-13"),
        (PlanType::AdultEnquiry, "2026-07-30"),
        (PlanType::AdultReview, "2026-09-24"),
        (PlanType::DomesticAbuseService, "2026-07-30"),
        (PlanType::Probation, "2026-07-30"),
        (PlanType::Other, "2026-08-13"),
    ] {
        assert_eq!(case_on(plan, "2026-01-05").held("2026-07-02").due_on(), due_on, "{plan}");
    }
}

#[test]
fn cadence_16_4_first_time_within_10_working_days_of_allocation() {
    let due = case_on(PlanType::LookedAfterSettled, "2026-03-27").due();
    // Good Friday and Easter Monday lie between.
    assert_eq!((due.due_on, due.since), (day("2026-04-14"), Since::Allocation));
    assert_eq!(due.state(day("2026-04-13")), State::FirstWindow { days: 1 });
    assert_eq!(due.state(day("2026-04-14")), State::DueToday);
    assert_eq!(due.state(day("2026-04-15")), State::Overdue { days: 1 });
    let held = case_on(PlanType::LookedAfterSettled, "2026-03-27").held("2026-04-01");
    assert_eq!(held.due_on(), "2026-06-24", "a session in the window starts the ordinary interval");
}

#[test]
fn cadence_16_1_first_six_weeks_of_child_protection_end_with_day_42() {
    let case = case_on(PlanType::ChildProtection, "2026-01-05");
    for (held, due_on, rule) in [
        ("2026-01-05", "2026-01-19", Rule::ChildProtectionEarly),
        ("2026-02-16", "2026-03-02", Rule::ChildProtectionEarly), // day 42
        ("2026-02-17", "2026-03-17", Rule::CaseChildProtection),  // day 43
    ] {
        let due = case.clone().held(held).due();
        assert_eq!((due.due_on, due.rule), (day(due_on), rule), "{held}");
    }
    let off = Rules::with(Rule::ChildProtectionEarlyUntil, 0);
    let history = case.held("2026-01-05");
    assert_eq!(
        case_due(&off.book(), &history.clock()).due_on,
        day("2026-02-02"),
        "the rule may be switched off"
    );
}

#[test]
fn cadence_2_8_plan_change_cin_to_cp() {
    let before = case_on(PlanType::ChildInNeed, "2026-01-05").held("2026-04-20");
    assert_eq!(before.due_on(), "2026-06-01");
    let after = before.becomes(PlanType::ChildProtection, "2026-05-11");
    assert_eq!(after.due_on(), "2026-05-18", "a session before the plan began is in no phase of it");
}

#[test]
fn cadence_16_2_plan_change_is_never_sooner_than_5_working_days_nor_later_than_10() {
    let long_ago = case_on(PlanType::LookedAfterSettled, "2026-01-05").held("2026-03-02");
    // Last held + 28 days has passed already: 5 working days after the change.
    assert_eq!(long_ago.becomes(PlanType::ChildProtection, "2026-05-11").due_on(), "2026-05-18");
    let lately = case_on(PlanType::LookedAfterSettled, "2026-01-05").held("2026-05-08");
    // Last held + 28 days is 5 June: 10 working days after the change come first.
    let due = lately.becomes(PlanType::ChildProtection, "2026-05-11").due();
    assert_eq!((due.due_on, due.since), (day("2026-05-26"), Since::Change));
}

#[test]
fn cadence_2_8_step_down_counts_only_after_the_next_session() {
    let stepped_down = case_on(PlanType::ChildProtection, "2026-01-05")
        .held("2026-04-20")
        .becomes(PlanType::ChildInNeed, "2026-04-21");
    assert_eq!(stepped_down.due_on(), "2026-05-18");
    assert_eq!(stepped_down.held("2026-05-18").due_on(), "2026-06-29");
}

#[test]
fn cadence_2_7_da_high_or_marac_caps_at_28_days() {
    let settled = case_on(PlanType::LookedAfterSettled, "2026-01-05").capped(true, "2026-02-02");
    let due = settled.clone().held("2026-03-05").due();
    assert_eq!((due.due_on, due.rule), (day("2026-04-02"), Rule::CaseCap));
    // 16.2: a new cap like a new plan.
    let newly =
        case_on(PlanType::LookedAfterSettled, "2026-01-05").held("2026-03-05").capped(true, "2026-03-30");
    assert_eq!(newly.due_on(), "2026-04-08", "5 working days after the flag was set");
    // A shorter interval is not made longer by the cap.
    let early =
        case_on(PlanType::ChildProtection, "2026-01-05").capped(true, "2026-01-06").held("2026-01-08");
    assert_eq!(early.due_on(), "2026-01-22");
    // Taken away: like a step-down, after the next session.
    let lifted = settled.held("2026-03-05").capped(false, "2026-03-09");
    assert_eq!(lifted.due_on(), "2026-04-02");
    assert_eq!(lifted.held("2026-04-01").due_on(), "2026-06-24");
}

#[test]
fn cadence_2_8_rise_in_risk_caps_and_never_lengthens() {
    let case = case_on(PlanType::ChildInNeed, "2026-01-05").held("2026-05-11");
    let due = case.clone().risk_rises("2026-05-22").due();
    assert_eq!((due.due_on, due.since), (day("2026-06-01"), Since::RiskRise));
    let soon = case_on(PlanType::ChildInNeed, "2026-01-05").held("2026-04-15").risk_rises("2026-05-22");
    assert_eq!(soon.due_on(), "2026-05-27", "it was due before that anyway");
    let varied = case.varied("2026-05-12", 84, "2026-09-01").risk_rises("2026-05-22");
    assert_eq!(varied.due_on(), "2026-06-01", "no variation stands against a rise in risk");
}

#[test]
fn cadence_2_8_oversight_within_a_working_day_of_a_rise_or_a_repeat() {
    let rules = Rules::shipped();
    let clock = OversightClock { risk_rose_on: Some(day("2026-05-22")), ..OversightClock::default() };
    let due = oversight_due(&rules.book(), &clock).unwrap();
    assert_eq!((due.due_on, due.since), (day("2026-05-26"), Since::RiskRise));
    let repeat = OversightClock { repeat_incident_on: Some(day("2026-05-21")), ..clock };
    assert_eq!(oversight_due(&rules.book(), &repeat).unwrap().due_on, day("2026-05-22"));
    assert_eq!(oversight_due(&rules.book(), &OversightClock::default()), None);
}

#[test]
fn cadence_2_7_unallocated_oversight_every_7_days() {
    let rules = Rules::shipped();
    let since = OversightClock { unallocated_since: Some(day("2026-05-04")), ..OversightClock::default() };
    assert_eq!(oversight_due(&rules.book(), &since).unwrap().due_on, day("2026-05-11"));
    let looked = OversightClock { last_looked_on: Some(day("2026-05-08")), ..since };
    assert_eq!(oversight_due(&rules.book(), &looked).unwrap().due_on, day("2026-05-15"));
    let before = OversightClock { last_looked_on: Some(day("2026-05-01")), ..since };
    assert_eq!(oversight_due(&rules.book(), &before).unwrap().due_on, day("2026-05-11"));
}

#[test]
fn cadence_16_6_assessment_at_10_working_days_and_in_the_last_5() {
    let assessment = case_on(PlanType::Assessment, "2026-01-05");
    assert_eq!(assessment.due_on(), "2026-01-19");
    // 45 working days after 5 January: 9 March.
    assert_eq!(assessment.clone().held("2026-01-19").due_on(), "2026-03-09");
    assert_eq!(assessment.clone().held("2026-02-20").due_on(), "2026-03-09", "not yet within the last 5");
    assert_eq!(
        assessment.clone().held("2026-03-02").due_on(),
        "2026-03-16",
        "within them: then every 14 days"
    );
    let changed = case_on(PlanType::EarlyHelp, "2025-11-03")
        .held("2026-01-02")
        .becomes(PlanType::Assessment, "2026-01-05");
    assert_eq!(changed.due_on(), "2026-01-19", "10 working days after it became an assessment");
}

#[test]
fn cadence_16_8_a_variation_that_runs_out_makes_it_due_that_day() {
    let case = case_on(PlanType::ChildProtection, "2026-01-05").held("2026-03-05");
    let longer = case.clone().varied("2026-03-20", 42, "2026-12-31").due();
    assert_eq!((longer.due_on, longer.since), (day("2026-04-16"), Since::Variation));
    assert_eq!(longer.state(day("2026-04-01")), State::Varied { until: day("2026-12-31") });
    assert_eq!(longer.state(day("2026-04-10")), State::Amber { days: 6 });
    let runs_out = case.clone().varied("2026-03-20", 84, "2026-04-10").due();
    assert_eq!(runs_out.due_on, day("2026-04-10"));
    assert_eq!(runs_out.state(day("2026-04-10")), State::DueToday, "not overdue at once");
    assert_eq!(
        case.varied("2026-03-20", 84, "2026-03-30").due_on(),
        "2026-04-02",
        "never sooner than the standard"
    );
}

#[test]
fn cadence_16_2_a_plan_change_after_a_variation_counts() {
    let varied = case_on(PlanType::ChildInNeed, "2026-01-05").held("2026-03-05").varied(
        "2026-03-10",
        84,
        "2026-12-31",
    );
    assert_eq!(varied.due_on(), "2026-05-28");
    assert_eq!(varied.becomes(PlanType::ChildProtection, "2026-03-30").due_on(), "2026-04-08");
}

#[test]
fn cadence_2_8_a_policy_edited_in_mid_interval_counts_from_the_last_session() {
    let case = case_on(PlanType::ChildProtection, "2026-01-05").held("2026-03-05");
    let due = case_due(&Rules::with(Rule::CaseChildProtection, 21).book(), &case.clock());
    assert_eq!((due.due_on, due.version), (day("2026-03-26"), 2));
    assert_eq!(due.reason(), "21 days after the session of 5 March 2026. Rule: Child protection, version 2.");
}

#[test]
fn cadence_12_a_due_day_that_is_no_working_day_stays_and_the_day_to_book_is_before() {
    let rules = Rules::shipped();
    for (due, today, book) in [
        ("2026-04-03", "2026-03-20", "2026-04-02"), // Good Friday
        ("2026-04-06", "2026-03-20", "2026-04-02"), // Easter Monday
        ("2026-11-22", "2026-11-01", "2026-11-20"), // a Sunday
        ("2026-11-20", "2026-11-01", "2026-11-20"),
        ("2026-11-20", "2026-11-21", "2026-11-23"), // overdue, and today is a Saturday
    ] {
        assert_eq!(rules.book().booking_day(day(due), day(today)), day(book), "{due} on {today}");
    }
}

#[test]
fn cadence_16_3_amber_begins_a_quarter_of_the_interval_before_at_most_7_days() {
    for (interval, amber_days) in [(7, 2), (14, 4), (28, 7), (84, 7)] {
        let rules = Rules::with(Rule::CaseOther, interval);
        let case = case_on(PlanType::Other, "2026-01-05").held("2026-03-05");
        let due = case_due(&rules.book(), &case.clock());
        assert_eq!((due.due_on - due.amber_from).num_days(), amber_days, "{interval}");
    }
}

#[test]
fn cadence_16_10_fresh_eyes_after_183_days_and_again_every_183() {
    let rules = Rules::shipped();
    let asked = |held: &str, today: &str| {
        let case = case_on(PlanType::LookedAfterSettled, "2026-01-01").held(held);
        case_questions(&rules.book(), &case.clock(), Some(day("2026-01-01")), day(today))
    };
    assert_eq!(asked("2026-06-01", "2026-07-02"), [], "day 182");
    let question = CaseQuestion::FreshEyes { since: day("2026-01-01"), asked_on: day("2026-07-03") };
    assert_eq!(asked("2026-06-01", "2026-07-03"), [question]);
    assert_eq!(asked("2026-07-03", "2026-07-04"), [], "a session has met it");
    assert_eq!(asked("2026-07-03", "2027-01-02").len(), 1, "and again");
}

#[test]
fn cadence_2_7_longest_open_cin_6_months_cp_9_and_15() {
    let rules = Rules::shipped();
    let asked = |plan, held: &str, today: &str| {
        let case = case_on(plan, "2026-01-31").held(held);
        case_questions(&rules.book(), &case.clock(), None, day(today)).len()
    };
    assert_eq!(asked(PlanType::ChildInNeed, "2026-07-01", "2026-07-31"), 0, "six months, not more");
    assert_eq!(asked(PlanType::ChildInNeed, "2026-07-01", "2026-08-01"), 1);
    assert_eq!(asked(PlanType::ChildProtection, "2026-10-01", "2026-11-01"), 1);
    assert_eq!(asked(PlanType::ChildProtection, "2026-11-02", "2027-04-30"), 0);
    assert_eq!(asked(PlanType::ChildProtection, "2026-11-02", "2027-05-01"), 1, "and again after 15");
    assert_eq!(asked(PlanType::CareLeaver, "2026-11-02", "2030-05-01"), 0);
}
