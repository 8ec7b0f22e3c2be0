//! The vectors of domain.md 2.7, 2.8 and 16 as tables, and what holds for every history.

use super::*;
use crate::cases::PlanType;
use crate::people::LinkKind;
use crate::working_days::Nation;
use proptest::prelude::*;

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

struct Rules {
    policy: Policy,
    working_days: WorkingDays,
}

impl Rules {
    fn shipped() -> Self {
        Self {
            policy: Policy::parse(Policy::SHIPPED, 1).unwrap(),
            working_days: WorkingDays::shipped(Nation::EnglandAndWales),
        }
    }

    fn with(rule: Rule, number: u32) -> Self {
        let shipped = Self::shipped();
        let policy = shipped.policy.for_team(&[(rule, number)].into(), 2).unwrap();
        Self { policy, ..shipped }
    }

    fn book(&self) -> Book<'_> {
        Book { policy: &self.policy, working_days: &self.working_days }
    }
}

/// A case, its terms and what happened to it, as a sentence.
#[derive(Clone, Debug)]
struct History {
    allocated_on: NaiveDate,
    terms: Vec<Terms>,
    last_held_on: Option<NaiveDate>,
    risk_rose_on: Option<NaiveDate>,
    variation: Option<Variation>,
}

fn case_on(plan: PlanType, from: &str) -> History {
    History {
        allocated_on: day(from),
        terms: vec![Terms { from: day(from), plan, capped: false }],
        last_held_on: None,
        risk_rose_on: None,
        variation: None,
    }
}

impl History {
    fn held(mut self, on: &str) -> Self {
        self.last_held_on = Some(day(on));
        self
    }

    fn becomes(mut self, plan: PlanType, from: &str) -> Self {
        self.terms.push(Terms { from: day(from), plan, capped: false });
        self
    }

    fn capped(mut self, capped: bool, from: &str) -> Self {
        let plan = self.terms.last().unwrap().plan;
        self.terms.push(Terms { from: day(from), plan, capped });
        self
    }

    fn risk_rises(mut self, on: &str) -> Self {
        self.risk_rose_on = Some(day(on));
        self
    }

    fn varied(mut self, granted: &str, interval_days: u32, expires: &str) -> Self {
        let (granted_on, expires_on) = (day(granted), day(expires));
        self.variation = Some(Variation { granted_on, interval_days, expires_on });
        self
    }

    fn clock(&self) -> CaseClock<'_> {
        CaseClock {
            allocated_on: self.allocated_on,
            terms: &self.terms,
            last_held_on: self.last_held_on,
            risk_rose_on: self.risk_rose_on,
            variation: self.variation,
        }
    }

    fn due(&self) -> Due {
        case_due(&Rules::shipped().book(), &self.clock())
    }

    fn due_on(&self) -> String {
        self.due().due_on.to_string()
    }
}

// --- Cases --------------------------------------------------------------------------------------------------------

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

// --- People -------------------------------------------------------------------------------------------------------

fn person(started: &str) -> PersonClock<'static> {
    PersonClock {
        line: LinkKind::Line,
        started_on: day(started),
        known_since: day(started),
        post: Post::CaseHolder,
        asye: false,
        agency: false,
        last_held_on: None,
        absences: &[],
        variation: None,
    }
}

fn due_of(clock: &PersonClock<'_>, today: &str) -> Due {
    match person_due(&Rules::shipped().book(), clock, day(today)) {
        PersonStanding::Due(due) => due,
        other => panic!("{other:?}"),
    }
}

#[test]
fn cadence_2_8_asye_phases_by_the_day_of_the_last_session() {
    for (held, due_on) in [
        ("2026-02-12", "2026-02-19"), // day 38: weekly
        ("2026-02-16", "2026-02-23"), // day 42: still weekly
        ("2026-02-17", "2026-03-03"), // day 43: fortnightly
        ("2026-02-19", "2026-03-05"), // day 45
        ("2026-07-06", "2026-07-20"), // day 182: still fortnightly
        ("2026-07-09", "2026-08-06"), // day 185: monthly
        ("2027-01-05", "2027-02-02"), // day 365
        ("2027-01-06", "2027-02-03"), // over: as other case holders
    ] {
        let clock = PersonClock { asye: true, last_held_on: Some(day(held)), ..person("2026-01-05") };
        assert_eq!(due_of(&clock, held).due_on, day(due_on), "{held}");
    }
}

#[test]
fn cadence_12_asye_weeks_are_extended_by_absence() {
    let away = [Absence {
        reason: AbsenceReason::Sickness,
        from: day("2026-01-12"),
        to: Some(day("2026-02-08")), // 28 days
    }];
    let clock = PersonClock {
        asye: true,
        absences: &away,
        last_held_on: Some(day("2026-03-16")), // day 70 less 28: day 42
        ..person("2026-01-05")
    };
    assert_eq!(due_of(&clock, "2026-03-16").due_on, day("2026-03-23"));
}

#[test]
fn cadence_2_7_people_by_post() {
    for (post, due_on) in [
        (Post::CaseHolder, "2026-04-02"),
        (Post::Manager, "2026-04-02"),
        (Post::NonQualified, "2026-04-02"),
        (Post::Admin, "2026-04-16"),
    ] {
        let clock = PersonClock { post, last_held_on: Some(day("2026-03-05")), ..person("2020-01-06") };
        assert_eq!(due_of(&clock, "2026-03-05").due_on, day(due_on), "{post:?}");
    }
}

#[test]
fn cadence_16_4_first_session_within_10_working_days_agency_5() {
    assert_eq!(due_of(&person("2026-03-27"), "2026-03-27").due_on, day("2026-04-14"));
    let agency = PersonClock { agency: true, ..person("2026-03-27") };
    let due = due_of(&agency, "2026-03-27");
    assert_eq!((due.due_on, due.rule), (day("2026-04-07"), Rule::AgencyFirst));
    assert_eq!(due.state(day("2026-04-06")), State::FirstWindow { days: 1 });
}

#[test]
fn cadence_2_7_agency_fortnightly_for_8_weeks_then_4_weekly() {
    for (held, due_on) in [("2026-03-02", "2026-03-16"), ("2026-03-03", "2026-03-31")] {
        let clock = PersonClock { agency: true, last_held_on: Some(day(held)), ..person("2026-01-05") };
        assert_eq!(due_of(&clock, held).due_on, day(due_on), "{held}");
    }
}

#[test]
fn cadence_16_7_pause_and_return() {
    let away = [Absence {
        reason: AbsenceReason::ParentalLeave,
        from: day("2026-03-10"),
        to: Some(day("2026-08-28")),
    }];
    let clock =
        PersonClock { last_held_on: Some(day("2026-03-05")), absences: &away, ..person("2020-01-06") };
    let on = |today: &str| person_due(&Rules::shipped().book(), &clock, day(today));
    assert_eq!(on("2026-05-01"), PersonStanding::Paused(away[0]));
    // The last day away is a Friday before a bank holiday: back on Tuesday 1 September.
    let PersonStanding::Due(due) = on("2026-09-01") else { panic!() };
    assert_eq!((due.due_on, due.since, due.from), (day("2026-09-08"), Since::Return, day("2026-09-01")));
    let held = PersonClock { last_held_on: Some(day("2026-09-03")), ..clock };
    assert_eq!(due_of(&held, "2026-09-03").due_on, day("2026-10-01"), "the ordinary interval again");
    // 16.7: max(old due, return + 5 wd).
    let short =
        [Absence { reason: AbsenceReason::Secondment, from: day("2026-03-10"), to: Some(day("2026-03-11")) }];
    let clock = PersonClock { absences: &short, ..clock };
    assert_eq!(due_of(&clock, "2026-03-12").due_on, day("2026-04-02"));
}

#[test]
fn an_absence_that_is_only_planned_puts_nothing_back() {
    let planned = [Absence {
        reason: AbsenceReason::ParentalLeave,
        from: day("2026-06-01"),
        to: Some(day("2026-11-30")),
    }];
    let clock =
        PersonClock { last_held_on: Some(day("2026-03-05")), absences: &planned, ..person("2020-01-06") };
    assert_eq!(due_of(&clock, "2026-03-10").due_on, day("2026-04-02"));
}

#[test]
fn cadence_16_7_sickness_and_leave_pause_only_over_10_working_days() {
    for (to, paused) in [("2026-03-20", false), ("2026-03-23", true)] {
        for reason in [AbsenceReason::Sickness, AbsenceReason::AnnualLeave] {
            let away = [Absence { reason, from: day("2026-03-09"), to: Some(day(to)) }];
            let clock = PersonClock {
                last_held_on: Some(day("2026-02-12")),
                absences: &away,
                ..person("2020-01-06")
            };
            let standing = person_due(&Rules::shipped().book(), &clock, day("2026-03-16"));
            assert_eq!(matches!(standing, PersonStanding::Paused(_)), paused, "{to}");
        }
    }
    let unknown_end = [Absence { reason: AbsenceReason::Sickness, from: day("2026-03-09"), to: None }];
    let clock =
        PersonClock { last_held_on: Some(day("2026-02-12")), absences: &unknown_end, ..person("2020-01-06") };
    let on = |today: &str| person_due(&Rules::shipped().book(), &clock, day(today));
    assert!(matches!(on("2026-03-20"), PersonStanding::Due(_)), "the tenth working day");
    assert!(matches!(on("2026-03-23"), PersonStanding::Paused(_)));
}

#[test]
fn cadence_several_lines_have_clocks_of_their_own() {
    let held = |line| PersonClock { line, last_held_on: Some(day("2026-03-05")), ..person("2020-01-06") };
    for (line, due_on) in [
        (LinkKind::Line, "2026-04-02"),
        (LinkKind::Reflective, "2026-04-02"),
        (LinkKind::Safeguarding, "2026-05-28"),
    ] {
        assert_eq!(due_of(&held(line), "2026-03-05").due_on, day(due_on), "{line}");
    }
    for line in [LinkKind::Case, LinkKind::Cover] {
        let standing = person_due(&Rules::shipped().book(), &held(line), day("2026-03-05"));
        assert_eq!(standing, PersonStanding::NotApplicable, "{line}");
    }
}

// --- What holds for every history ---------------------------------------------------------------------------------

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
