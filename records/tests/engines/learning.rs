//! What teams learn is counted for questions and plans, and never about few; one's own patterns are one's own; and a list that leaves
//! the product is the list of the page.

use crate::given::{Given, case_of, log, logged, now, on_both_engines, session_form};
use crate::reviews::notes;
use crate::siblings::{another, join};
use chrono::{Days, Duration};
use domain::cases::CaseFilter;
use domain::form::Form;
use domain::ids::TeamId;
use domain::learning::{LanguageCounts, LanguageRate, LearningPeriod};
use domain::lens::Theme;
use domain::people::{LinkKind, NewSupervisorLink};
use domain::supervision::{ChallengeOutcome, Proposal};
use records::actions::Whose;
use records::learning::{Counts, Learning, language, learning};
use records::{Problem, actions, cases, exports, people, reflection, supervision};

fn learnt(given: &Given, name: &str, team: Option<&TeamId>) -> Result<Learning, Problem> {
    given.store.read(&given.who(name), now(), |reading| learning(reading, team, LearningPeriod::HalfYear))
}

fn team_named(given: &Given, name: &str) -> TeamId {
    let teams = given.store.read(&given.who("Ros"), now(), records::teams::list).unwrap();
    teams.into_iter().find(|team| team.name == name).unwrap().id
}

/// Priya holds a session with each of so many of her team, about a case of theirs, in which a plan is challenged.
fn sessions_with(given: &Given, names: &[&str]) {
    for name in names {
        let filter = CaseFilter {
            lead_practitioner: Some(given.person(name)),
            status: Some(domain::cases::CaseStatus::Open),
            ..CaseFilter::default()
        };
        let (listed, _) = given
            .store
            .read(&given.who("Priya"), now(), |reading| cases::list(reading, &filter, ""))
            .unwrap();
        let mut form: Form = session_form(given, name, &listed[0].id);
        for (field, value) in [
            ("proposal", "step_up"),
            ("challenge.0.by", "supervisor"),
            ("challenge.0.tested", "Whether the calm is real."),
            ("challenge.0.outcome", "plan_changed"),
        ] {
            form.set(&format!("entry.0.{field}"), value);
        }
        log(given, "Priya", &form).unwrap();
    }
}

#[test]
fn learning_is_counted_for_five_people_or_more_and_for_nobody_by_name() {
    on_both_engines(|given| {
        let riverside = team_named(given, "Riverside team");
        let advocacy = team_named(given, "Advocacy team");
        assert_eq!(
            learnt(given, "Marta", Some(&advocacy)).unwrap().counts,
            None,
            "one person: {}",
            given.engine
        );
        let before = learnt(given, "Priya", Some(&riverside)).unwrap().counts.unwrap_or_default();
        sessions_with(given, &["Tom", "Gwen", "Luca", "Amal", "Nia"]);
        let after = learnt(given, "Priya", Some(&riverside)).unwrap().counts.expect("five were supervised");
        assert_eq!(after.discussions, before.discussions + 5);
        let stepped_up = |counts: &Counts| counts.proposals.get(&Proposal::StepUp).copied().unwrap_or(0);
        assert_eq!(stepped_up(&after), stepped_up(&before) + 5);
        let changed =
            |counts: &Counts| counts.challenges.get(&ChallengeOutcome::PlanChanged).copied().unwrap_or(0);
        assert_eq!(changed(&after), changed(&before) + 5);
        let put = |counts: &Counts| -> i64 { counts.themes.values().map(|theme| theme.raised).sum() };
        assert!(put(&after) >= put(&before) + 5, "each discussion with a rise puts a question");
    });
}

#[test]
fn one_talk_about_brothers_and_sisters_is_one_discussion() {
    on_both_engines(|given| {
        let riverside = team_named(given, "Riverside team");
        sessions_with(given, &["Tom", "Gwen", "Luca", "Amal", "Nia"]);
        let counts = || learnt(given, "Priya", Some(&riverside)).unwrap().counts.unwrap();
        let before = counts();
        let case = case_of(given, "Priya", "F-1042");
        let (other, reference) = another(given);
        join(given, "Priya", &case, reference).unwrap();
        let mut form = session_form(given, "Gwen", &case);
        for (field, value) in [
            ("proposal", "step_down"),
            ("challenge.0.by", "supervisor"),
            ("challenge.0.tested", "Whether the calm is real."),
            ("challenge.0.outcome", "plan_changed"),
            ("sibling.0.case", other.as_str()),
            ("sibling.0.child_seen", "not_seen"),
            ("sibling.0.risk_level", "standard"),
            ("sibling.0.risk_direction", "same"),
            ("sibling.0.differs", "Nothing."),
        ] {
            form.set(&format!("entry.0.{field}"), value);
        }
        log(given, "Priya", &form).unwrap();
        let after = counts();
        assert_eq!(after.discussions, before.discussions + 1, "{}", given.engine);
        let once = |counts: &Counts| {
            let challenged = counts.challenges.get(&ChallengeOutcome::PlanChanged).copied().unwrap_or(0);
            (counts.proposals.get(&Proposal::StepDown).copied().unwrap_or(0), challenged)
        };
        let (proposed, challenged) = once(&before);
        assert_eq!(once(&after), (proposed + 1, challenged + 1));
    });
}

#[test]
fn a_team_is_for_its_people_and_whoever_answers_for_it() {
    on_both_engines(|given| {
        let advocacy = team_named(given, "Advocacy team");
        for name in ["Jo", "Marta", "Ros"] {
            assert!(learnt(given, name, Some(&advocacy)).is_ok(), "{name}, {}", given.engine);
        }
        for name in ["Priya", "Tom"] {
            let refused = learnt(given, name, Some(&advocacy));
            assert!(matches!(refused, Err(Problem::Refused(_))), "{name}: {refused:?}");
            let teams = learnt(given, name, None).unwrap().teams;
            assert!(teams.iter().all(|team| team.id != advocacy), "{name}");
        }
    });
}

/// Somebody is given Gwen to supervise about her cases.
fn supervises_gwen(given: &Given, name: &str) {
    let from = now().date() - Days::new(3);
    let link = NewSupervisorLink { supervisor: given.person(name), kind: LinkKind::Case, from, to: None };
    let gwen = given.person("Gwen");
    given
        .store
        .write(&given.who("Sam"), now(), move |writing| people::add_supervisor(writing, &gwen, &link))
        .unwrap();
}

/// Somebody supervises Gwen, writes this of F-1042 and signs it; so does she.
fn writes_about_gwens_case(given: &Given, name: &str, words: &str) {
    if name != "Priya" {
        supervises_gwen(given, name);
    }
    let mut form = session_form(given, "Gwen", &case_of(given, "Gwen", "F-1042"));
    form.set("entry.0.what_happened", words);
    let session = logged(given, name, &form).unwrap();
    crate::signing::signs(given, name, &session, "").unwrap();
    crate::signing::signs(given, "Gwen", &session, "").unwrap();
}

#[test]
fn lens_6_the_language_of_signed_records_is_counted_for_five_writers_or_more() {
    const BLAMES: &str = "She failed to protect the children.";
    let november = |given: &Given, name: &str| {
        let later = now() + Duration::days(30);
        let year = given.store.read(&given.who(name), later, language).unwrap();
        let (first, counts) = year.months[0].clone();
        assert_eq!(first.to_string(), "2026-11-01");
        counts
    };
    let blame = |counts: &Option<LanguageCounts>| counts.as_ref().unwrap().of_theme(Theme::Blame);
    on_both_engines(|given| {
        for name in ["Priya", "Owen"] {
            writes_about_gwens_case(given, name, BLAMES);
        }
        assert_eq!(november(given, "Ros"), None, "too few have written, {}", given.engine);
    });
    on_both_engines(|given| {
        for name in ["Priya", "Owen", "Nia", "Luca"] {
            writes_about_gwens_case(given, name, BLAMES);
        }
        // The fifth has not signed it.
        supervises_gwen(given, "Amal");
        let mut form = session_form(given, "Gwen", &case_of(given, "Gwen", "F-1042"));
        form.set("entry.0.what_happened", BLAMES);
        logged(given, "Amal", &form).unwrap();
        assert_eq!(blame(&november(given, "Ros")), LanguageRate::HardlyEver, "{}", given.engine);
    });
    on_both_engines(|given| {
        for name in ["Priya", "Owen", "Nia", "Luca", "Amal"] {
            writes_about_gwens_case(given, name, BLAMES);
        }
        for name in ["Ros", "Priya", "Gwen"] {
            let counts = november(given, name);
            assert!(matches!(blame(&counts), LanguageRate::Tenths(1..)), "{name}, {}", given.engine);
            assert_eq!(counts.unwrap().of_theme(Theme::Child), LanguageRate::HardlyEver);
        }
    });
}

#[test]
fn the_mirror_holds_ones_own_cases_and_what_was_said_of_them_and_nobody_elses() {
    on_both_engines(|given| {
        let mirrored =
            |name: &str| given.store.read(&given.who(name), now(), reflection::mirror_cases).unwrap().1;
        let case = case_of(given, "Gwen", "F-1042");
        let of_case = |name: &str| mirrored(name).into_iter().find(|mirrored| mirrored.id == case);
        let before = of_case("Gwen").expect("Gwen leads it");
        log(given, "Priya", &session_form(given, "Gwen", &case)).unwrap();
        let after = of_case("Gwen").unwrap();
        assert_eq!(after.proposals.len(), before.proposals.len() + 1, "{}", given.engine);
        assert_eq!(after.directions.len(), before.directions.len() + 1);
        let (on, note) = notes(std::slice::from_ref(&case)).remove(0);
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| supervision::oversee(writing, &on, &note))
            .unwrap();
        assert_eq!(
            of_case("Gwen").unwrap().proposals.len(),
            after.proposals.len(),
            "a note is no discussion"
        );
        for other in ["Priya", "Tom", "Ros"] {
            assert_eq!(of_case(other), None, "{other} does not lead it");
        }
    });
}

#[test]
fn a_list_that_is_taken_out_is_the_whole_list_of_its_reader_and_is_noted() {
    on_both_engines(|given| {
        for name in ["Priya", "Gwen", "Ros"] {
            let who = given.who(name);
            let filter = CaseFilter::default();
            let exported = given.store.read(&who, now(), |reading| exports::cases(reading, &filter)).unwrap();
            let (page, more) =
                given.store.read(&who, now(), |reading| cases::list(reading, &filter, "")).unwrap();
            assert_eq!(exported[..page.len()], page[..], "{name}, {}", given.engine);
            assert_eq!(more.is_some(), exported.len() > page.len());
            let sessions = given.store.read(&who, now(), exports::sessions).unwrap();
            let (page, _) =
                given.store.read(&who, now(), |reading| supervision::list(reading, None)).unwrap();
            assert_eq!(sessions[..page.len()], page[..]);
            let taken = given
                .store
                .read(&who, now(), |reading| exports::actions(reading, Whose::Team, None))
                .unwrap();
            let listed = given
                .store
                .read(&who, now(), |reading| actions::action_list(reading, Whose::Team, None, None))
                .unwrap();
            assert_eq!(taken.len(), listed.counts.values().sum::<usize>(), "every page of it");
        }
        let auditor = records::Who::system("test");
        let verdict =
            given.store.read(&auditor, now() + Duration::seconds(1), records::audit::verify).unwrap();
        assert!(matches!(verdict, records::audit::Verdict::Whole { rows, .. } if rows > 9), "{verdict:?}");
    });
}
