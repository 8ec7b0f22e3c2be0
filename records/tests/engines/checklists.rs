//! The score of a risk checklist: a number that is kept, shown, and asks its questions.

use crate::given::{Given, case_of, logged, now, on_both_engines, session_form};
use chrono::{Days, NaiveDate};
use domain::form::Form;
use domain::ids::{CaseId, SupervisionId};
use domain::policy::{NewVersion, Rule};
use domain::reflection::{Situation, Trigger};
use domain::risk::{Checklist, NewRiskChange, RiskDirection, RiskLevel};
use domain::supervision::NewOversight;
use records::cases::{self, CaseFile};
use records::supervision::{self, SessionFile};
use records::{Problem, cadence};

fn ago(days: u64) -> NaiveDate {
    now().date() - Days::new(days)
}

fn file(given: &Given, case: &CaseId) -> CaseFile {
    given.store.read(&given.who("Gwen"), now(), |reading| cases::open(reading, case, None)).unwrap()
}

fn session(given: &Given, id: &SupervisionId) -> SessionFile {
    given.store.read(&given.who("Gwen"), now(), |reading| supervision::open(reading, id)).unwrap()
}

/// What the page of a case says of its scores.
fn score(given: &Given, case: &CaseId) -> Option<String> {
    file(given, case).score.map(|score| score.words())
}

/// A session about a case of Gwen's with this score of a checklist of that day.
fn scored(given: &Given, case: &CaseId, score: &str, on: NaiveDate) -> Form {
    let mut form = session_form(given, "Gwen", case);
    form.set("entry.0.risk_direction", "same");
    form.set("entry.0.checklist_score", score);
    form.set_date("entry.0.checklist_on", on);
    form
}

fn called_by(given: &Given, form: &Form) -> Vec<Trigger> {
    let id = logged(given, "Priya", form).unwrap();
    let prompts = session(given, &id).entries.into_iter().flat_map(|entry| entry.prompts);
    prompts.map(|prompt| prompt.called_by).collect()
}

fn note_risk(given: &Given, case: &CaseId, change: NewRiskChange) {
    let case = case.clone();
    given
        .store
        .write(&given.who("Gwen"), now(), move |writing| cases::note_risk(writing, &case, &change))
        .unwrap();
}

#[test]
fn a_score_is_kept_with_the_entry_and_the_case_says_which_way_it_has_gone() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        assert_eq!(score(given, &case), None);
        let later = logged(given, "Priya", &scored(given, &case, "16", ago(1))).unwrap();
        assert_eq!(score(given, &case).unwrap(), "16 of 24 on 23 November 2026", "{}", given.engine);
        // An older checklist that is typed late is the one before, not the newest.
        logged(given, "Priya", &scored(given, &case, "13", ago(40))).unwrap();
        let words = "16 of 24 on 23 November 2026, up from 13 on 15 October 2026";
        assert_eq!(score(given, &case).unwrap(), words, "{}", given.engine);
        let kept = session(given, &later).entries[0].checklist.unwrap();
        assert_eq!((kept.score, kept.on), (Some(16), ago(1)));
        let timeline = file(given, &case).timeline;
        assert!(timeline.iter().any(|item| item.checklist == Some(kept)));
        let entry = session(given, &later).entries[0].entry.id.clone();
        let copy =
            given.store.read(&given.who("Gwen"), now(), |reading| cases::open_entry(reading, &case, &entry));
        assert_eq!(copy.unwrap().checklist, Some(kept), "it is filed too");
    });
}

#[test]
fn whoever_signs_signs_the_score_and_a_record_without_one_keeps_its_hash() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let hash = |form: &Form| session(given, &logged(given, "Priya", form).unwrap()).signing.text_hash;
        let mut plain = session_form(given, "Gwen", &case);
        plain.set("entry.0.risk_direction", "same");
        let without = hash(&plain);
        assert_eq!(hash(&plain), without);
        let sixteen = hash(&scored(given, &case, "16", ago(1)));
        assert_ne!(sixteen, without, "{}", given.engine);
        assert_ne!(hash(&scored(given, &case, "15", ago(1))), sixteen);
        assert_ne!(hash(&scored(given, &case, "16", ago(2))), sixteen);
    });
}

#[test]
fn the_number_calls_for_its_questions_by_the_policy_of_the_team() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let with_level = |score: &str, level: &str| {
            let mut form = scored(given, &case, score, ago(1));
            form.set("entry.0.risk_level", level);
            called_by(given, &form)
        };
        let calls = |fired: &[Trigger], trigger| fired.contains(&trigger);
        let fired = with_level("14", "medium");
        assert!(calls(&fired, Trigger::HighScore), "{fired:?} on {}", given.engine);
        let fired = with_level("13", "high");
        assert!(calls(&fired, Trigger::LowScoreHighConcern), "{fired:?} on {}", given.engine);
        assert!(!calls(&fired, Trigger::HighScore));
        let fired = with_level("13", "medium");
        assert!(!calls(&fired, Trigger::HighScore) && !calls(&fired, Trigger::LowScoreHighConcern));
        // A reflection about the case is prompted by what its newest entry says.
        let standing = |case: &CaseId| {
            let read = given.store.read(&given.who("Gwen"), now(), |reading| {
                records::reflection::questions(reading, Some(case), &[])
            });
            read.unwrap().fired(&domain::reflection::Situation::default())
        };
        with_level("15", "standard");
        assert!(standing(&case).contains(Trigger::HighScore), "{}", given.engine);
        // The area draws its line at ten.
        let helen = given.who("Helen");
        let policy = given.store.read(&helen, now(), |reading| cadence::policy_in_force(reading, None));
        let mut numbers = policy.unwrap().numbers();
        numbers.insert(Rule::HighScore, 10);
        let change = cadence::PolicyChange { team: None, numbers };
        let version = NewVersion {
            effective_from: now().date(),
            approver: given.person("Helen"),
            reason: "The line of the area".to_owned(),
        };
        given
            .store
            .write(&helen, now(), move |writing| cadence::change_policy(writing, &change, &version))
            .unwrap();
        let fired = with_level("10", "medium");
        assert!(calls(&fired, Trigger::HighScore), "{fired:?} on {}", given.engine);
    });
}

#[test]
fn a_score_that_makes_no_sense_is_refused_in_words_and_nothing_is_kept() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        for (score, on, field) in [
            ("25", ago(1), "entry.0.checklist_score"),
            ("", ago(1), "entry.0.checklist_score"),
            ("16", now().date() + Days::new(1), "entry.0.checklist_on"),
        ] {
            let Err(Problem::Invalid(problems)) = logged(given, "Priya", &scored(given, &case, score, on))
            else {
                panic!("{score} was taken on {}", given.engine)
            };
            assert_eq!(problems.0[0].field, field);
        }
        assert_eq!(score(given, &case), None);
    });
}

#[test]
fn a_draft_from_before_the_number_may_still_say_its_tick() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let mut form = session_form(given, "Gwen", &case);
        form.set("entry.0.risk_direction", "same");
        form.set("entry.0.happened", "high_score");
        assert!(called_by(given, &form).contains(&Trigger::HighScore), "{}", given.engine);
        let entry = file(given, &case).timeline[0].entry.clone().unwrap();
        assert_eq!(entry.happened.happened_in_words(), "The risk checklist scored high");
    });
}

#[test]
fn a_checklist_is_noted_between_sessions_and_by_a_manager_too() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let mut form = Form::default();
        for (field, value) in [
            ("risk_level", "standard"),
            ("risk_direction", "same"),
            ("note", "The health visitor asked for it."),
            ("checklist_score", "9"),
        ] {
            form.set(field, value);
        }
        form.set_date("on", ago(3));
        form.set_date("checklist_on", ago(4));
        note_risk(given, &case, NewRiskChange::parse(&form, now().date()).unwrap());
        assert_eq!(score(given, &case).unwrap(), "9 of 24 on 20 November 2026", "{}", given.engine);
        // The day alone is enough there: the score may not be known.
        form.set("checklist_score", "");
        let undated = NewRiskChange::parse(&form, now().date()).unwrap();
        assert_eq!(undated.checklist.unwrap().score, None);
        for (field, value) in [
            ("what_happened", "A call in the night."),
            ("act", "act"),
            ("decision", "Strategy discussion."),
            ("rationale", "It has happened again."),
            ("checklist_score", "12"),
        ] {
            form.set(field, value);
        }
        form.set_date("checklist_on", ago(0));
        let note = NewOversight::parse(&form, now().date()).unwrap();
        let on = case.clone();
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| supervision::oversee(writing, &on, &note))
            .unwrap();
        let words = "12 of 24 on 24 November 2026, up from 9 on 20 November 2026";
        assert_eq!(score(given, &case).unwrap(), words, "{}", given.engine);
    });
}

#[test]
fn what_is_noted_between_sessions_calls_for_its_questions_in_the_next_and_then_no_more() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let mut calm = session_form(given, "Gwen", &case);
        calm.set("entry.0.risk_direction", "same");
        calm.set_date("entry.0.next_on", now().date() + Days::new(20));
        calm.set_date("held_on", ago(8));
        logged(given, "Priya", &calm).unwrap();
        let noted = |score: u8, level: RiskLevel, direction: RiskDirection, on: NaiveDate| NewRiskChange {
            on,
            level,
            direction,
            note: "The health visitor asked for it.".to_owned(),
            is_repeat: false,
            checklist: Some(Checklist { on, score: Some(score) }),
        };
        note_risk(given, &case, noted(16, RiskLevel::High, RiskDirection::Same, ago(4)));
        let in_reflection = || {
            let read = given.store.read(&given.who("Gwen"), now(), |reading| {
                records::reflection::questions(reading, Some(&case), &[])
            });
            read.unwrap().fired(&Situation::default())
        };
        assert!(in_reflection().contains(Trigger::HighScore), "{}", given.engine);
        calm.set_date("held_on", ago(3));
        let fired = called_by(given, &calm);
        assert!(fired.contains(&Trigger::HighScore), "{fired:?} on {}", given.engine);
        calm.set_date("held_on", ago(2));
        let fired = called_by(given, &calm);
        assert!(!fired.contains(&Trigger::HighScore), "{fired:?} again on {}", given.engine);
        // A fall gets the same look as a rise; and what is low beside a high concern is said.
        note_risk(given, &case, noted(9, RiskLevel::High, RiskDirection::Down, ago(1)));
        calm.set_date("held_on", ago(0));
        let fired = called_by(given, &calm);
        for trigger in [Trigger::RiskDown, Trigger::LowScoreHighConcern] {
            assert!(fired.contains(&trigger), "{fired:?} on {}", given.engine);
        }
    });
}

/// Risk that is left as it was is as high as it was.
#[test]
fn a_low_score_on_a_high_case_is_asked_about_also_where_nothing_is_said_of_the_level() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let mut form = scored(given, &case, "9", ago(1));
        form.set("entry.0.risk_level", "");
        let level = file(given, &case).risk_level;
        assert_ne!(level, RiskLevel::High);
        assert!(!called_by(given, &form).contains(&Trigger::LowScoreHighConcern), "{}", given.engine);
        let rise = NewRiskChange {
            on: ago(0),
            level: RiskLevel::High,
            direction: RiskDirection::Up,
            note: "The neighbour rang.".to_owned(),
            is_repeat: false,
            checklist: None,
        };
        note_risk(given, &case, rise);
        assert!(called_by(given, &form).contains(&Trigger::LowScoreHighConcern), "{}", given.engine);
    });
}

#[test]
fn a_checklist_in_a_session_is_the_one_that_a_repeat_incident_asked_for_until_the_record_is_void() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let repeat = NewRiskChange {
            on: ago(5),
            level: RiskLevel::High,
            direction: RiskDirection::Up,
            note: "The neighbour rang.".to_owned(),
            is_repeat: true,
            checklist: None,
        };
        note_risk(given, &case, repeat);
        let is_due = || file(given, &case).cadence.checklist_due_on.is_some();
        assert!(is_due(), "{}", given.engine);
        let id = logged(given, "Priya", &scored(given, &case, "17", ago(1))).unwrap();
        assert!(!is_due(), "it was done, on {}", given.engine);
        let wrong = id.clone();
        given
            .store
            .write(&given.who("Ros"), now(), move |writing| {
                supervision::void(writing, &wrong, "The wrong family")
            })
            .unwrap();
        assert!(is_due(), "nobody did it for this family, on {}", given.engine);
        assert_eq!(score(given, &case), None, "and the score is not theirs");
        // A checklist that was done all the same, and noted between sessions, stands.
        let done = NewRiskChange {
            on: ago(0),
            level: RiskLevel::High,
            direction: RiskDirection::Same,
            note: "Done with her at the centre.".to_owned(),
            is_repeat: false,
            checklist: Some(domain::risk::Checklist { on: ago(2), score: Some(15) }),
        };
        note_risk(given, &case, done);
        assert!(!is_due(), "{}", given.engine);
        assert_eq!(score(given, &case).unwrap(), "15 of 24 on 22 November 2026");
    });
}
