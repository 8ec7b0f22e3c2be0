use super::*;
use crate::TextValue;
use crate::cases::PlanType;

fn shipped() -> Policy {
    Policy::parse(Policy::SHIPPED, 1).unwrap()
}

/// domain.md 2.7 and 16.6: the default policy pack.
#[test]
fn the_shipped_policy_is_the_default_pack() {
    for (plan, days) in [
        (PlanType::ChildProtection, 28),
        (PlanType::ChildInNeed, 42),
        (PlanType::PreProceedings, 28),
        (PlanType::Proceedings, 28),
        (PlanType::LookedAfterNew, 28),
        (PlanType::LookedAfterSettled, 84),
        (PlanType::CareLeaver, 84),
        (PlanType::EarlyHelp, 42),
        (PlanType::FamilyHelp, 42),
        (PlanType::PrivateFostering, 42),
        (PlanType::AdultEnquiry, 28),
        (PlanType::AdultReview, 84),
        (PlanType::DomesticAbuseService, 28),
        (PlanType::Probation, 28),
        (PlanType::Other, 42),
    ] {
        assert_eq!(shipped().number(Rule::of_plan(plan)), days, "{plan}");
    }
    for (rule, number) in [
        (Rule::PersonalCaseHolder, 28),
        (Rule::PersonalManager, 28),
        (Rule::PersonalNonQualified, 28),
        (Rule::PersonalAdmin, 42),
        (Rule::AgencyFirst, 5),
        (Rule::CaseFirst, 10),
        (Rule::CaseCap, 28),
        (Rule::FreshEyes, 183),
    ] {
        assert_eq!(shipped().number(rule), number, "{rule:?}");
    }
}

#[test]
fn every_plan_has_a_rule_of_its_own() {
    let mut rules: Vec<Rule> = PlanType::ALL.iter().map(|plan| Rule::of_plan(*plan)).collect();
    rules.sort_unstable();
    rules.dedup();
    assert_eq!(rules.len(), PlanType::ALL.len());
}

#[test]
fn the_shipped_numbers_are_usual() {
    for rule in Rule::ALL {
        let (number, about) = (shipped().number(*rule), rule.about());
        assert!((about.usual.0..=about.usual.1).contains(&number) || *rule == Rule::AmberShare, "{rule:?}");
        assert!(about.least <= about.usual.0 && about.usual.1 <= about.most, "{rule:?}");
    }
}

#[test]
fn a_policy_that_cannot_be_used_is_refused_with_the_rule_the_number_and_what_is_allowed() {
    let changed =
        |from: &str, to: &str| Policy::parse(&Policy::SHIPPED.replace(from, to), 1).unwrap_err().to_string();
    for (from, to, words) in [
        (
            "\"case.cp.interval\" = 28",
            "\"case.cp.interval\" = 0",
            "case.cp.interval: 0 is not allowed. It must be a whole number from 1 to 366 days",
        ),
        ("\"case.cp.interval\" = 28", "\"case.cp.interval\" = -3", "case.cp.interval: -3 is not allowed"),
        ("\"case.cp.interval\" = 28", "\"case.cp.interval\" = \"monthly\"", "“monthly” is not allowed"),
        ("\"case.cp.interval\" = 28", "", "The rule “case.cp.interval” is missing"),
        ("\"case.cp.interval\" = 28", "\"case.cpp.interval\" = 28", "There is no rule “case.cpp.interval”"),
        ("\"case.cp.interval\" = 28", "what?", "This is not a policy file"),
        // Set by the Local Government Association: may only be tightened.
        ("\"personal.asye.first.interval\" = 7", "\"personal.asye.first.interval\" = 14", "from 1 to 7 days"),
        (
            "\"case.change.not_before\" = 5",
            "\"case.change.not_before\" = 11",
            "A new plan or cap never takes hold sooner than: it must not be more than",
        ),
    ] {
        assert!(changed(from, to).contains(words), "{to}: {}", changed(from, to));
    }
}

#[test]
fn a_policy_written_out_is_the_same_when_read_again() {
    assert_eq!(Policy::parse(&to_toml(&shipped().numbers()), 1), Ok(shipped()));
}

#[test]
fn a_team_may_have_a_rule_otherwise_and_keeps_the_others() {
    let other = Numbers::from([(Rule::CaseChildProtection, 21)]);
    let team = shipped().for_team(&other, 4).unwrap();
    assert_eq!((team.number(Rule::CaseChildProtection), team.version_of(Rule::CaseChildProtection)), (21, 4));
    assert_eq!((team.number(Rule::CaseChildInNeed), team.version_of(Rule::CaseChildInNeed)), (42, 1));
    assert_eq!(shipped().differences(&team), [(Rule::CaseChildProtection, 28, 21)]);
}

#[test]
fn a_form_names_every_box_that_is_wrong() {
    let mut form = Form::new(Vec::new());
    for (rule, number) in shipped().numbers() {
        form.set(rule.about().key, number.to_string());
    }
    assert_eq!(read_form(&form), Ok(shipped().numbers()));
    form.set("case.cp.interval", "0");
    form.set("case.cin.interval", "");
    let problems = read_form(&form).unwrap_err();
    assert_eq!(
        problems.of("case.cp.interval"),
        Some("Enter “Child protection” as a whole number between 1 and 366")
    );
    assert_eq!(problems.of("case.cin.interval"), Some("Enter “Child in need”"));
}

#[test]
fn a_stored_policy_that_is_older_than_a_rule_has_the_number_that_ships_for_it() {
    let stored = Policy::stored("\"case.cp.interval\" = 21", 3).unwrap();
    let shipped = Policy::parse(Policy::SHIPPED, 1).unwrap();
    assert_eq!((stored.number(Rule::CaseChildProtection), stored.version()), (21, 3));
    assert_eq!(stored.number(Rule::AgreementFirst), shipped.number(Rule::AgreementFirst));
    assert!(Policy::stored("\"case.cp.interval\" = 0", 3).is_err());
    assert!(Policy::parse("\"case.cp.interval\" = 21", 3).is_err(), "a file that is imported is whole");
}
