//! One's own supervision file: everything that is kept about one's own supervision, and nothing of anybody else's.

use crate::audits::gwens_final_audit;
use crate::given::{Given, booked, case_of, log, logged, now, on_both_engines, session_form};
use chrono::Duration;
use domain::TextValue;
use domain::bookings::{CancelReason, Cancelling};
use domain::cadence::{AbsenceReason, NewAbsence, NewVariation};
use domain::form::Form;
use domain::people::LinkKind;
use domain::supervision::{ActionEnd, ActionState, SupervisionKind};
use records::own_file::{self, OwnFile, WholeFile};
use records::{actions, bookings, cadence};

fn lines(given: &Given, who: &str) -> OwnFile {
    given.store.read(&given.who(who), now(), own_file::open).unwrap()
}

fn whole(given: &Given, who: &str) -> WholeFile {
    given.store.read(&given.who(who), now(), own_file::whole).unwrap()
}

/// Priya agrees two things with somebody about them, of which one is done.
fn two_things_are_agreed(given: &Given, supervisee: &str) {
    let mut form = Form::default();
    form.set("supervisee", given.person(supervisee).to_string());
    form.set("kind", SupervisionKind::Personal.code());
    form.set("mode", "in_person");
    form.set("minutes", "60");
    form.set_date("held_on", now().date());
    form.set("personal.workload", "Heavy.");
    for (number, what) in ["Keep Thursdays free of duty", "Ask for a quieter desk"].iter().enumerate() {
        form.set(&format!("personal.action.{number}.what"), *what);
        form.set(&format!("personal.action.{number}.who"), given.person(supervisee).to_string());
        form.set_date(&format!("personal.action.{number}.by"), now().date() + Duration::days(7));
    }
    log(given, "Priya", &form).unwrap();
    let desk =
        lines(given, supervisee).actions.into_iter().find(|action| action.what.contains("desk")).unwrap();
    let end = ActionEnd { state: ActionState::Done, note: "By the window.".to_owned() };
    given
        .store
        .write(&given.who(supervisee), now(), move |writing| {
            actions::end_action(writing, &desk.id, desk.version, &end)
        })
        .unwrap();
}

#[test]
fn a_file_holds_agreements_with_their_signatures_and_what_was_agreed_open_and_ended() {
    on_both_engines(|given| {
        two_things_are_agreed(given, "Gwen");
        let file = lines(given, "Gwen");
        assert!(file.agreements.iter().all(|agreed| agreed.supervisor == "Priya Nair"), "{}", given.engine);
        assert_eq!(file.agreements.len(), 1);
        assert!(file.agreements[0].signed_on.is_some());
        let what: Vec<(&str, ActionState)> =
            file.actions.iter().map(|action| (action.what.as_str(), action.state)).collect();
        assert_eq!(
            what,
            [
                ("Keep Thursdays free of duty", ActionState::Open),
                ("Ask for a quieter desk", ActionState::Done)
            ]
        );
        let whole = whole(given, "Gwen");
        assert_eq!(whole.agreements[0].signing.steps.len(), 2, "with both signatures");
        assert!(!whole.agreements[0].answers.is_empty());
        assert_eq!(whole.actions, file.actions);
        let held = |sessions: usize| sessions == file.sessions.iter().filter(|line| !line.took_part).count();
        assert!(
            held(whole.sessions.len())
                && whole.sessions.iter().all(|session| session.supervisee.1 == "Gwen Hartley")
        );
        // She supervises nobody; whoever supervises her has a file of their own, without hers.
        let priyas = lines(given, "Priya");
        assert!(priyas.actions.is_empty());
        assert!(
            priyas.sessions.iter().all(|session| file.sessions.iter().all(|other| other.id != session.id))
        );
    });
}

#[test]
fn an_audit_stands_in_the_file_once_it_is_final_with_what_was_found_and_ones_own_words() {
    on_both_engines(|given| {
        assert!(lines(given, "Gwen").audits.is_empty());
        let id = gwens_final_audit(given);
        let file = lines(given, "Gwen");
        assert_eq!(file.audits.len(), 1, "{}", given.engine);
        assert_eq!(file.audits[0].own_comment, "I had asked them; it was not written down.");
        let found = whole(given, "Gwen").findings;
        assert_eq!(found.grades[&id].grade.to_learn, "Say why.");
        assert_eq!(found.domains.len(), 12);
        assert!(lines(given, "Priya").audits.is_empty(), "it is Gwen's file");
    });
}

#[test]
fn courses_times_away_and_longer_intervals_are_in_the_file_also_those_that_are_over() {
    on_both_engines(|given| {
        let gwen = given.person("Gwen");
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| {
                let away = NewAbsence {
                    reason: AbsenceReason::AnnualLeave,
                    from: now().date() - Duration::days(40),
                    to: Some(now().date() - Duration::days(30)),
                };
                cadence::record_absence(writing, &gwen, &away)?;
                let longer = NewVariation {
                    interval_days: 42,
                    expires_on: now().date() + Duration::days(60),
                    reason: "On a course until the new year".to_owned(),
                };
                let first = cadence::grant_to_person(writing, &gwen, LinkKind::Line, &longer)?;
                cadence::end_variation(writing, &first)
            })
            .unwrap();
        let besides = given.store.read(&given.who("Gwen"), now(), own_file::besides).unwrap();
        assert_eq!(besides.absences.len(), 1, "{}", given.engine);
        assert_eq!(besides.intervals.len(), 1);
        assert_eq!(besides.intervals[0].last_on, now().date(), "ended early");
        assert!(!besides.courses.is_empty() && !besides.completions.is_empty());
        assert_eq!(whole(given, "Gwen").besides, besides);
    });
}

#[test]
fn a_file_names_groups_in_which_one_took_part_and_booked_sessions_that_were_not_held() {
    on_both_engines(|given| {
        let joined = |who: &str| {
            let sessions = lines(given, who).sessions.into_iter().filter(|line| line.took_part);
            sessions.map(|line| line.id).collect::<Vec<_>>()
        };
        let mut group = session_form(given, "Gwen", &case_of(given, "Priya", "F-1042"));
        group.set("kind", "group");
        group.set("there", given.person("Luca").to_string());
        group.set("apologies", given.person("Nia").to_string());
        group.set("session.answer.dilemma", "Who is the man at the door?");
        let (before, nias) = (joined("Luca"), joined("Nia"));
        let held = logged(given, "Priya", &group).unwrap();
        let after = joined("Luca");
        assert!(after.len() == before.len() + 1 && after.contains(&held), "{}", given.engine);
        assert_eq!(joined("Nia"), nias, "she sent apologies");
        assert!(!joined("Gwen").contains(&held), "it is hers: she was supervised");
        let lucas = whole(given, "Luca");
        assert!(lucas.joined.iter().any(|line| line.id == held));
        assert!(lucas.sessions.iter().all(|session| session.id != held), "what Gwen said is in her file");
        let missed_of = |who: &str| whole(given, who).besides.missed;
        let before = missed_of("Tom").len();
        let missed = booked(given, "Tom", now().date());
        let not_held = Cancelling {
            reason: Some(CancelReason::SuperviseeUnwell),
            note: "Tom was at home.".to_owned(),
            instead: None,
        };
        let (id, version) = (missed.id.clone(), missed.version);
        given
            .store
            .write(&given.who("Tom"), now(), move |writing| {
                bookings::say_not_held(writing, &id, version, &not_held)
            })
            .unwrap();
        let after = missed_of("Tom");
        assert_eq!(after.len(), before + 1);
        assert!(
            after.iter().any(|booking| booking.id == missed.id && booking.cancel_note == "Tom was at home.")
        );
        assert!(missed_of("Gwen").iter().all(|booking| booking.id != missed.id), "it was Tom's");
    });
}

/// A page runs one statement more for the session of whoever asks, and two to note that its content was seen: eight at most.
#[test]
fn no_page_of_the_file_asks_more_often_than_a_page_may() {
    on_both_engines(|given| {
        two_things_are_agreed(given, "Gwen");
        gwens_final_audit(given);
        let gwen = given.who("Gwen");
        given.store.read(&gwen, now(), own_file::besides).unwrap();
        let (_, file) = given.counted(|| given.store.read(&gwen, now(), own_file::open).unwrap());
        let (_, besides) = given.counted(|| given.store.read(&gwen, now(), own_file::besides).unwrap());
        // PostgreSQL is asked besides whether each connection is still there, and a view waits for its turn to be written down.
        let more = if given.engine == "postgres" { 3 } else { 0 };
        for (what, count) in [("the file", file), ("besides", besides)] {
            assert!((1..=7 + more).contains(&count), "{}: {what} takes {count}", given.engine);
        }
    });
}
