//! What is done from the list of reviews: several cases at once, and what each record keeps of why it was due.

use crate::given::{Given, case_of, log, logged, now, on_both_engines, session_form};
use chrono::{Days, Duration, NaiveDate, NaiveTime};
use domain::bookings::{BookingState, CancelReason, Cancelling, CaseSession, Move, NewCaseSessions};
use domain::ids::CaseId;
use domain::ladder::{Concern, Reader, Rungs, Step};
use domain::policy::{NewVersion, Rule, Unit};
use domain::risk::{NewRiskChange, RiskDirection, RiskLevel};
use domain::supervision::{Mode, NewOversight, NewOversights, OversightDecision};
use domain::templates::NewAnswers;
use records::cadence::{self, PolicyChange};
use records::cases::{self, CaseFile, DISCUSSIONS, TIMELINE};
use records::review::{self, Review, ReviewFilter};
use records::{Problem, Reading, bookings, settings, supervision};
use std::slice::from_ref;

fn in_days(days: u64) -> NaiveDate {
    now().date() + Days::new(days)
}

fn chosen(given: &Given, name: &str, ids: &[CaseId]) -> Vec<Review> {
    given.store.read(&given.who(name), now(), |reading| review::chosen(reading, ids)).unwrap()
}

fn sessions(given: &Given, with: &[(&str, &[CaseId])]) -> NewCaseSessions {
    let session = |(name, cases): &(&str, &[CaseId])| CaseSession {
        supervisee: given.person(name),
        cases: cases.to_vec(),
        begins: Move { on: in_days(2), at: NaiveTime::from_hms_opt(10, 0, 0).unwrap() },
    };
    NewCaseSessions { mode: Mode::Video, minutes: 60, sessions: with.iter().map(session).collect() }
}

fn book(given: &Given, who: &str, new: NewCaseSessions) -> Result<usize, Problem> {
    given.store.write(&given.who(who), now(), move |writing| bookings::book_cases(writing, &new))
}

#[test]
fn cases_of_several_people_are_booked_at_once_and_the_list_says_so() {
    on_both_engines(|given| {
        let [lucas, toms] = ["F-1190", "F-1203"].map(|reference| case_of(given, "Priya", reference));
        let new = sessions(given, &[("Luca", from_ref(&lucas)), ("Tom", from_ref(&toms))]);
        assert_eq!(book(given, "Priya", new).unwrap(), 2, "{}", given.engine);
        for review in chosen(given, "Priya", &[lucas.clone(), toms]) {
            assert_eq!((review.booked_on, review.may_book), (Some(in_days(2)), true));
        }
        let booked = given.store.read(&given.who("Luca"), now(), bookings::list).unwrap();
        let about = booked.iter().find(|booking| booking.on == in_days(2)).unwrap();
        assert_eq!(about.cases[0].id, lucas, "the practitioner sees what to prepare");

        // Held another day instead: it is still about the same case.
        let cancelling = Cancelling {
            reason: Some(CancelReason::Court),
            note: String::new(),
            instead: Some(Move { on: in_days(3), at: NaiveTime::from_hms_opt(9, 0, 0).unwrap() }),
        };
        let (id, version) = (about.id.clone(), about.version);
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| {
                bookings::cancel(writing, &id, version, &cancelling)
            })
            .unwrap();
        assert_eq!(chosen(given, "Priya", &[lucas])[0].booked_on, Some(in_days(3)));
        let after = given.store.read(&given.who("Luca"), now(), bookings::list).unwrap();
        let cancelled = after.iter().find(|booking| booking.state == BookingState::Cancelled).unwrap();
        assert!(cancelled.is_rebooked);
    });
}

#[test]
fn nothing_is_booked_where_one_of_the_cases_is_not_the_persons_or_they_are_not_supervised() {
    on_both_engines(|given| {
        let lucas = case_of(given, "Priya", "F-1190");
        let before = given.store.read(&given.who("Priya"), now(), bookings::list).unwrap().len();
        let of_another = sessions(given, &[("Luca", from_ref(&lucas)), ("Tom", from_ref(&lucas))]);
        assert!(matches!(book(given, "Priya", of_another), Err(Problem::Invalid(_))), "{}", given.engine);
        let of_nobody = sessions(given, &[("Luca", &[lucas])]);
        assert!(matches!(book(given, "Marta", of_nobody), Err(Problem::Refused(_))));
        let after = given.store.read(&given.who("Priya"), now(), bookings::list).unwrap().len();
        assert_eq!(before, after, "all or nothing");
    });
}

pub fn notes(cases: &[CaseId]) -> NewOversights {
    let note = NewOversight {
        what_happened: "All were read for the quarterly look.".to_owned(),
        act: OversightDecision::DoNotAct,
        decision: "Each is to be discussed this week.".to_owned(),
        rationale: "Nothing new has come in.".to_owned(),
        risk_level: RiskLevel::Medium,
        checklist: None,
        risk_direction: RiskDirection::Same,
        actions: Vec::new(),
        answers: NewAnswers::default(),
    };
    cases.iter().map(|case| (case.clone(), note.clone())).collect()
}

#[test]
fn a_note_of_oversight_is_written_on_each_of_several_cases_or_on_none() {
    on_both_engines(|given| {
        let own = ["F-1190", "F-1203"].map(|reference| case_of(given, "Priya", reference));
        let write = |cases: &[CaseId]| {
            let notes = notes(cases);
            given
                .store
                .write(&given.who("Priya"), now(), move |writing| supervision::oversee_all(writing, &notes))
        };
        assert_eq!(write(&own).unwrap(), 2, "{}", given.engine);
        let timeline = |case: &CaseId| {
            let open = |reading: &mut records::Reading<'_>| cases::open(reading, case, None);
            given.store.read(&given.who("Priya"), now(), open).unwrap().timeline
        };
        for case in &own {
            assert!(timeline(case)[0].entry.as_ref().unwrap().decision.contains("this week"));
        }
        let length = timeline(&own[0]).len();
        let elsewhere = case_of(given, "Marta", "D-055");
        assert!(matches!(write(&[own[0].clone(), elsewhere]), Err(Problem::Refused(_))));
        assert_eq!(timeline(&own[0]).len(), length, "all or nothing");
    });
}

#[test]
fn notes_of_oversight_hide_none_of_the_last_six_discussions() {
    on_both_engines(|given| {
        let (priya, case) = (given.who("Priya"), case_of(given, "Priya", "F-1203"));
        let opened = |older_than| {
            let file = |reading: &mut Reading<'_>| cases::open(reading, &case, older_than);
            given.counted(|| given.store.read(&priya, now(), file).unwrap())
        };
        let talks = |ago: u64| {
            let mut form = session_form(given, "Tom", &case);
            form.set_date("held_on", now().date() - Days::new(ago));
            form.set("entry.0.what_happened", format!("Said {ago} days ago."));
            logged(given, "Priya", &form).unwrap()
        };
        for ago in (2..=8).rev() {
            talks(ago);
        }
        let void = talks(1);
        given
            .store
            .write(&given.who("Ros"), now(), move |writing| supervision::void(writing, &void, "Not this one"))
            .unwrap();
        // The first look reads the rules, which are kept in mind then.
        opened(None);
        let (before, usual) = opened(None);
        let said = |file: &CaseFile| -> Vec<String> {
            let newest = file.discussions.iter().take(DISCUSSIONS);
            newest.map(|entry| entry.what_happened.clone()).collect()
        };
        let last_six: Vec<String> = (2..=7).map(|ago| format!("Said {ago} days ago.")).collect();
        assert_eq!(said(&before), last_six, "{}", given.engine);
        let noted = notes(&vec![case.clone(); TIMELINE - 2]);
        given.store.write(&priya, now(), move |writing| supervision::oversee_all(writing, &noted)).unwrap();
        let (after, taken) = opened(None);
        assert!(after.has_older);
        assert_eq!(said(&after), last_six, "they stand on no page of the timeline together");
        assert_eq!(taken, usual + 1, "and are asked for only then");
        let last = after.timeline.last().map(|item| (item.on, item.risk_view.clone()));
        assert!(opened(last).0.discussions.is_empty(), "a later page shows the timeline alone");
    });
}

fn version(given: &Given) -> NewVersion {
    NewVersion {
        effective_from: now().date(),
        approver: given.person("Helen"),
        reason: "For a test".to_owned(),
    }
}

#[test]
fn cadence_2_8_a_session_keeps_the_day_by_which_it_was_due_whatever_the_policy_becomes() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1190");
        let due = chosen(given, "Priya", from_ref(&case))[0].case.due;
        let session = logged(given, "Priya", &session_form(given, "Luca", &case)).unwrap();
        let write_by = || {
            let open = |reading: &mut records::Reading<'_>| supervision::open(reading, &session);
            given.store.read(&given.who("Priya"), now(), open).unwrap().write_by
        };
        let written_by = write_by();
        assert!(written_by.is_some());
        let kept = || {
            let open = |reading: &mut records::Reading<'_>| cases::open(reading, &case, None);
            let file = given.store.read(&given.who("Priya"), now(), open).unwrap();
            let entry = file.timeline[0].entry.clone().unwrap();
            (entry.was_due_on, entry.policy_version)
        };
        assert_eq!(kept(), (Some(due.due_on), Some(1)), "{}", given.engine);
        let helen = given.who("Helen");
        let policy =
            given.store.read(&helen, now(), |reading| cadence::policy_in_force(reading, None)).unwrap();
        let mut numbers = policy.numbers();
        numbers.insert(Rule::CaseChildInNeed, 7);
        numbers.insert(Rule::RecordFull, 1);
        let (change, version) = (PolicyChange { team: None, numbers }, version(given));
        given
            .store
            .write(&helen, now(), move |writing| cadence::change_policy(writing, &change, &version))
            .unwrap();
        assert_eq!(kept(), (Some(due.due_on), Some(1)), "what was in time stays in time");
        assert_eq!(write_by(), written_by, "and so does what was written in time");

        // One that is typed later, of an earlier day, met no clock.
        let mut earlier = session_form(given, "Luca", &case);
        earlier.set_date("held_on", now().date() - Days::new(3));
        log(given, "Priya", &earlier).unwrap();
        let open = |reading: &mut records::Reading<'_>| cases::open(reading, &case, None);
        let file = given.store.read(&given.who("Priya"), now(), open).unwrap();
        assert_eq!(file.timeline[1].entry.as_ref().unwrap().was_due_on, None);
    });
}

#[test]
fn the_steps_of_one_concern_change_and_the_others_stay() {
    on_both_engines(|given| {
        let helen = given.who("Helen");
        let steps = Rungs {
            steps: vec![Step {
                after: 2,
                unit: Unit::WorkingDays,
                tell: vec![Reader::Supervisor],
                urgent: true,
            }],
            weekly: Vec::new(),
        };
        let change = |steps: Rungs| {
            let version = version(given);
            given.store.write(&helen, now(), move |writing| {
                settings::change_steps(writing, Concern::OverdueAction, &steps, &version)
            })
        };
        assert_eq!(change(steps.clone()).unwrap(), 2, "{}", given.engine);
        let (ladder, _) = given.store.read(&helen, now(), settings::ladder).unwrap();
        assert_eq!(ladder.rungs(Concern::OverdueAction), Some(&steps));
        assert_eq!(ladder.rungs(Concern::CaseSupervision).unwrap().steps.len(), 4);
        assert!(matches!(change(steps), Err(Problem::Invalid(_))), "nothing is changed");
    });
}

/// A change in risk that Gwen notes today.
fn notes_risk(
    given: &Given,
    case: &CaseId,
    level: RiskLevel,
    direction: RiskDirection,
) -> Result<(), Problem> {
    let change = NewRiskChange {
        on: now().date(),
        level,
        direction,
        note: "The neighbour rang.".to_owned(),
        is_repeat: false,
        checklist: None,
    };
    let case = case.clone();
    given.store.write(&given.who("Gwen"), now(), move |writing| cases::note_risk(writing, &case, &change))
}

#[test]
fn a_case_whose_risk_has_risen_stands_first_until_its_manager_has_looked() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let week = |name: &str| {
            let read = given.store.read(&given.who(name), now(), |reading| review::overdue(reading, 5));
            read.unwrap().to_look_at.into_iter().map(|(case, due)| (case.id, due.due_on)).collect::<Vec<_>>()
        };
        let list = || {
            let filter = ReviewFilter::default();
            given.store.read(&given.who("Priya"), now(), |reading| review::list(reading, &filter, 0)).unwrap()
        };
        let to_do = list().to_do;
        assert!(!list().reviews.iter().any(|review| review.case.id == case), "{}: in date", given.engine);
        let before = week("Priya");
        assert!(!before.iter().any(|(id, _)| *id == case));

        notes_risk(given, &case, RiskLevel::High, RiskDirection::Up).unwrap();
        assert!(week("Priya").contains(&(case.clone(), in_days(1))), "{}", given.engine);
        assert!(week("Ros").iter().any(|(id, _)| *id == case), "whoever manages the team sees it too");
        assert!(!week("Owen").iter().any(|(id, _)| *id == case), "he decides nothing about it");
        let reviews = list();
        assert_eq!(reviews.to_do, to_do + 1);
        let first: Vec<_> = reviews.reviews.iter().take_while(|review| review.to_look_at.is_some()).collect();
        assert!(first.iter().any(|review| review.case.id == case), "{}", given.engine);

        let looked = notes(from_ref(&case));
        given
            .store
            .write(&given.who("Priya"), now() + Duration::days(1), move |writing| {
                supervision::oversee_all(writing, &looked)
            })
            .unwrap();
        assert_eq!(week("Priya"), before, "{}: she has looked", given.engine);
    });
}

#[test]
fn what_is_overdue_begins_with_what_was_never_discussed_and_then_high_risk() {
    on_both_engines(|given| {
        let read = given.store.read(&given.who("Priya"), now(), |reading| review::overdue(reading, 50));
        let is_high = |case: &cases::CaseSummary| case.risk_level == RiskLevel::High;
        let (never, others): (Vec<_>, Vec<_>) =
            read.unwrap().first.into_iter().partition(|case| case.due.is_first());
        assert!(!never.is_empty(), "{}", given.engine);
        let levels: Vec<bool> = others.iter().map(is_high).collect();
        assert_eq!(levels, [true, true, true, false], "{}", given.engine);
    });
}

#[test]
fn a_direction_that_the_levels_contradict_is_refused() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        notes_risk(given, &case, RiskLevel::High, RiskDirection::Up).unwrap();
        for direction in [RiskDirection::Up, RiskDirection::Same] {
            match notes_risk(given, &case, RiskLevel::Standard, direction) {
                Err(Problem::Invalid(problems)) => assert_eq!(
                    problems.of("risk_direction"),
                    Some("It was high and is now standard: choose the direction that fits, or another level")
                ),
                other => panic!("{}: {other:?}", given.engine),
            }
        }
        for direction in [RiskDirection::Down, RiskDirection::Up] {
            let now_at = if direction == RiskDirection::Down { RiskLevel::Medium } else { RiskLevel::High };
            notes_risk(given, &case, now_at, direction).unwrap();
        }
        notes_risk(given, &case, RiskLevel::Unknown, RiskDirection::Down).unwrap();
    });
}
