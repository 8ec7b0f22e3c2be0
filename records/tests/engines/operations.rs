//! What the operations hold: one record from a double submit, no lost work, mail once, and a trail that shows changes.

use crate::given::{Given, case_of, empty, filled, log, logged, now, on_both_engines, session_form};
use chrono::Duration;
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use domain::calendar::london_time;
use domain::clock::as_typed;
use domain::form::Form;
use domain::risk::RiskLevel;
use domain::supervision::{Gap, NewSupervision, PersonalPart};
use records::audit::Verdict;
use records::sessions::{self, SessionLimits};
use records::signing::{self, Record};
use records::supervision::SessionFile;
use records::{Problem, Reading, Who, Writing, cases, demonstration, mail, review, submissions, supervision};

const LIMITS: SessionLimits = SessionLimits { idle_minutes: 15, absolute_minutes: 600 };

#[test]
fn a_session_moves_the_clock_and_changes_the_risk() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1190");
        log(given, "Priya", &session_form(given, "Luca", &case)).unwrap();
        let file =
            given.store.read(&given.who("Luca"), now(), |reading| cases::open(reading, &case, None)).unwrap();
        assert_eq!(file.last_held_on, Some(now().date()), "{}", given.engine);
        assert_eq!(file.risk_level, RiskLevel::High);
        let newest = &file.timeline[0];
        assert!(newest.changes_level() && newest.entry.is_some());
        assert!(!review_list(given).contains(&"F-1190".to_owned()));
    });
}

fn review_list(given: &Given) -> Vec<String> {
    let overdue =
        given.store.read(&given.who("Priya"), now(), |reading| review::overdue(reading, 50)).unwrap();
    overdue.first.into_iter().map(|case| case.reference).collect()
}

#[test]
fn record_3_1_a_level_that_was_left_stays_and_whoever_signs_signs_that_nobody_said_it() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1190");
        let saved = |form: &Form| {
            let id = logged(given, "Priya", form).unwrap();
            given.store.read(&given.who("Priya"), now(), |reading| supervision::open(reading, &id)).unwrap()
        };
        let mut form = session_form(given, "Luca", &case);
        form.set("entry.0.risk_direction", "same");
        let said = saved(&form);
        form.set("entry.0.risk_level", "");
        let left = saved(&form);
        let of = |session: &SessionFile| (session.entries[0].level, session.entries[0].entry.level_left);
        assert_eq!(of(&said), (RiskLevel::High, false), "{}", given.engine);
        assert_eq!(of(&left), (RiskLevel::High, true), "{}", given.engine);
        assert_ne!(said.signing.text_hash, left.signing.text_hash);
    });
}

#[test]
fn record_3_1_when_a_session_began_is_kept_and_signed_and_is_never_still_to_come() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1190");
        let mut form = session_form(given, "Luca", &case);
        let read = |form: &Form| {
            let id = logged(given, "Priya", form).unwrap();
            given.store.read(&given.who("Luca"), now(), |reading| supervision::open(reading, &id)).unwrap()
        };
        let untold = read(&form);
        let (begun, to_come) = (london_time(now()), london_time(now() + Duration::minutes(1)));
        form.set("began_at", as_typed(begun.time()));
        let told = read(&form);
        assert_eq!((untold.began_at, told.began_at), (None, Some(begun.time())), "{}", given.engine);
        assert_ne!(told.signing.text_hash, untold.signing.text_hash);
        form.set("began_at", as_typed(to_come.time()));
        let refused = log(given, "Priya", &form).unwrap_err();
        assert!(matches!(&refused, Problem::Invalid(problems) if problems.of("began_at").is_some()));
    });
}

#[test]
fn record_2_4_a_decision_is_to_be_recorded_in_one_working_day_and_the_whole_in_five() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1190");
        let mut form = session_form(given, "Luca", &case);
        // A Friday.
        let friday = now().date() - Duration::days(4);
        form.set_date("held_on", friday);
        let id = logged(given, "Priya", &form).unwrap();
        let read = |reading: &mut Reading<'_>| supervision::open(reading, &id);
        let session = given.store.read(&given.who("Luca"), now(), read).unwrap();
        let by = (session.decide_by, session.write_by);
        let weekend = Duration::days(2);
        let expected = (friday + weekend + Duration::days(1), friday + weekend + Duration::days(5));
        assert_eq!(by, (Some(expected.0), Some(expected.1)), "{}", given.engine);
    });
}

#[test]
fn record_3_1_whoever_is_about_to_sign_sees_what_the_record_does_not_say() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1190");
        let gaps = |form: &Form| {
            let id = logged(given, "Priya", form).unwrap();
            let read = |reading: &mut Reading<'_>| supervision::open(reading, &id);
            let session = given.store.read(&given.who("Luca"), now(), read).unwrap();
            session.gaps().into_iter().flat_map(|(_, gaps)| gaps).collect::<Vec<_>>()
        };
        let mut form = session_form(given, "Luca", &case);
        assert_eq!(
            gaps(&form),
            [Gap::OneExplanation, Gap::ThinRationale, Gap::NoAction],
            "risk is high, the reason is short, and nothing is to be done"
        );
        form.set("entry.0.rationale", "word ".repeat(20));
        form.set("entry.0.action.0.what", "Ask the school.");
        form.set("entry.0.risk_level", "medium");
        assert_eq!(gaps(&form), []);
        form.set("entry.0.child_seen", "");
        form.set("entry.0.risk_direction", "unknown");
        assert_eq!(gaps(&form), [Gap::SeenNotSaid, Gap::NoDirection]);
        let id = logged(given, "Priya", &form).unwrap();
        let read = |reading: &mut Reading<'_>| supervision::open(reading, &id);
        let entry = given.store.read(&given.who("Luca"), now(), read).unwrap().entries[0].entry.id.clone();
        let record = Record::Session(id.clone());
        let adds = move |writing: &mut Writing<'_>| {
            signing::add_to_entries(writing, &record, std::slice::from_ref(&entry), "Seen alone on Friday.")
        };
        given.store.write(&given.who("Luca"), now(), adds).unwrap();
        assert_eq!(
            given.store.read(&given.who("Luca"), now(), read).unwrap().gaps(),
            [],
            "it was added since"
        );
    });
}

#[test]
fn an_older_session_typed_later_never_turns_the_clock_back() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let before =
            given.store.read(&given.who("Priya"), now(), |reading| cases::details(reading, &case)).unwrap();
        let mut form = session_form(given, "Gwen", &case);
        form.set_date("held_on", now().date() - Duration::days(60));
        log(given, "Priya", &form).unwrap();
        let after =
            given.store.read(&given.who("Priya"), now(), |reading| cases::details(reading, &case)).unwrap();
        assert_eq!(before.last_held_on, after.last_held_on, "{}", given.engine);
        assert_eq!(
            before.risk_level, after.risk_level,
            "{}: an older view does not replace a newer one",
            given.engine
        );
    });
}

#[test]
fn nobody_logs_a_session_with_somebody_they_do_not_supervise_or_about_a_case_of_others() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let form = session_form(given, "Gwen", &case);
        assert!(matches!(log(given, "Marta", &form), Err(Problem::Refused(_))));
        let form = session_form(given, "Tom", &case);
        assert!(
            matches!(log(given, "Priya", &form), Err(Problem::Invalid(_))),
            "Tom does not work on F-1042"
        );
        let mut form = session_form(given, "Tom", &case_of(given, "Priya", "F-1203"));
        form.set("kind", "case");
        assert!(
            matches!(log(given, "Owen", &form), Err(Problem::Invalid(_))),
            "Owen supervises Tom's reflection only"
        );
    });
}

#[test]
fn a_form_sent_twice_makes_one_record() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let session = NewSupervision::parse(&session_form(given, "Gwen", &case), now().date()).unwrap();
        let send = |key: &domain::ids::FormKey, words: &str, is_new, minutes| {
            let session = session.clone();
            let submission = submissions::Submission { key: key.clone(), words: words.to_owned(), is_new };
            let at = now() + Duration::minutes(minutes);
            let sent = given.store.write(&given.who("Priya"), at, move |writing| {
                submissions::once(writing, &submission, |writing| {
                    Ok(supervision::log(writing, &session)?.to_string())
                })
            });
            sent.unwrap()
        };
        let (key, new_key) = (submissions::new_key(), submissions::new_key());
        let first = send(&key, "words", true, 0);
        assert_eq!(first, send(&key, "words", true, 1), "{}: a double click", given.engine);
        assert_eq!(first, send(&new_key, "words", true, 5), "{}: back, and saved again", given.engine);
        let other = send(&key, "other words", true, 6);
        assert_ne!(first, other, "{}: back, with other words under the old key", given.engine);
        assert_eq!(other, send(&key, "other words", true, 7), "{}", given.engine);
        let changed = send(&new_key, "a change", false, 8);
        assert_eq!(changed, send(&new_key, "a change", false, 8), "{}: a double click", given.engine);
        let again = send(&submissions::new_key(), "a change", false, 9);
        assert_ne!(changed, again, "{}: what is changed may be changed back and forth", given.engine);
    });
}

#[test]
fn of_two_saves_at_once_one_is_told_of_the_other() {
    on_both_engines(|given| {
        let (listed, _) =
            given.store.read(&given.who("Priya"), now(), |reading| supervision::list(reading, None)).unwrap();
        let session = listed
            .into_iter()
            .find(|session| session.kind.has_personal_part() && !session.state.is_locked())
            .unwrap()
            .id;
        let who = given.who("Priya");
        let save = |words: &str| {
            let (session, part) =
                (session.clone(), PersonalPart { wellbeing: words.to_owned(), ..PersonalPart::default() });
            given.store.write(&who, now(), move |writing| {
                // Long enough for the other to look, too, if it may.
                std::thread::sleep(std::time::Duration::from_millis(50));
                let saved = supervision::change_personal_part(writing, &session, 1, &part, "");
                std::thread::sleep(std::time::Duration::from_millis(50));
                saved
            })
        };
        let outcomes = std::thread::scope(|scope| {
            let tabs: Vec<_> = ["one", "two", "three"].map(|words| scope.spawn(move || save(words))).into();
            tabs.into_iter().map(|tab| tab.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{}", given.engine);
        assert!(
            outcomes.iter().all(|outcome| matches!(outcome, Ok(()) | Err(Problem::Stale(_)))),
            "{}: {outcomes:?}",
            given.engine
        );
    });
}

#[test]
fn a_session_typed_late_comes_between_two_others() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1190");
        let mut form = session_form(given, "Luca", &case);
        log(given, "Priya", &form).unwrap();
        form.set_date("held_on", now().date() - Duration::days(3));
        log(given, "Priya", &form).unwrap();
        let file =
            given.store.read(&given.who("Luca"), now(), |reading| cases::open(reading, &case, None)).unwrap();
        let rises: Vec<bool> =
            file.timeline.iter().take(2).map(records::cases::TimelineItem::changes_level).collect();
        assert_eq!(rises, [false, true], "{}: one rise is told once, on the day it was seen", given.engine);
    });
}

#[test]
fn what_a_stale_save_shows_is_audited_as_seen() {
    let given = filled("sqlite");
    let rows = || match given.store.read(&Who::system("test"), now(), records::audit::verify).unwrap() {
        Verdict::Whole { rows, .. } => rows,
        broken @ Verdict::Broken { .. } => panic!("{broken:?}"),
    };
    let (listed, _) =
        given.store.read(&given.who("Priya"), now(), |reading| supervision::list(reading, None)).unwrap();
    let session = listed
        .into_iter()
        .find(|session| session.kind.has_personal_part() && !session.state.is_locked())
        .unwrap()
        .id;
    let who = given.who("Priya");
    let before = rows();
    let part = PersonalPart::default();
    let stale = given.store.write(&who, now(), move |writing| {
        supervision::change_personal_part(writing, &session, 99, &part, "")
    });
    assert!(matches!(stale, Err(Problem::Stale(_))));
    assert_eq!(rows(), before + 1);
}

#[test]
fn a_store_that_is_gone_has_carried_its_log_over() {
    let given = empty("sqlite");
    demonstration::fill(&given.store, given.now).unwrap();
    let records::DatabaseAddress::Sqlite(file) = given.address.clone() else { panic!("it is SQLite") };
    let log = std::path::PathBuf::from(format!("{}-wal", file.display()));
    assert!(log.exists());
    let folder = given.closed();
    assert!(
        !log.exists(),
        "a copy that is put in the place of the file would be mixed with what waits in the log"
    );
    drop(folder);
}

#[test]
fn a_stale_save_loses_nothing() {
    on_both_engines(|given| {
        let (listed, _) =
            given.store.read(&given.who("Priya"), now(), |reading| supervision::list(reading, None)).unwrap();
        let session = listed
            .into_iter()
            .find(|session| session.kind.has_personal_part() && !session.state.is_locked())
            .unwrap()
            .id;
        let save = |version: i32, words: &str| {
            let (session, part) =
                (session.clone(), PersonalPart { wellbeing: words.to_owned(), ..PersonalPart::default() });
            given.store.write(&given.who("Priya"), now(), move |writing| {
                supervision::change_personal_part(writing, &session, version, &part, "")
            })
        };
        let version = given
            .store
            .read(&given.who("Priya"), now(), |reading| supervision::open_personal_part(reading, &session))
            .unwrap()
            .0
            .version;
        save(version, "First tab").unwrap();
        let Err(Problem::Stale(stale)) = save(version, "Second tab") else {
            panic!("the second tab saved over the first")
        };
        assert_eq!(stale.fields[0].current, "First tab", "{}", given.engine);
        save(stale.version, "Second tab").unwrap();
    });
}

#[test]
fn each_manager_hears_of_each_overdue_case_once() {
    on_both_engines(|given| {
        let first = given.reminded(now());
        let priya = given.person("Priya");
        let to_priya: Vec<_> = first.iter().filter(|reminder| reminder.recipient == priya).collect();
        let urgent = to_priya.iter().filter(|reminder| reminder.urgent).count();
        assert_eq!(
            (to_priya.len(), urgent),
            (2, 1),
            "{}: one digest, and what is urgent alone",
            given.engine
        );
        assert!(to_priya.iter().any(|reminder| reminder.items >= 6), "{}: {to_priya:?}", given.engine);
        let remind = |at| given.reminded(at);
        assert!(remind(now()).is_empty(), "{}: the same day again", given.engine);
        assert!(remind(now() + Duration::hours(3)).is_empty());
        let later = remind(now() + Duration::days(41));
        assert!(!later.is_empty(), "{}: cases that became overdue since", given.engine);
    });
}

#[test]
fn a_mail_is_claimed_by_one_sender_and_given_up_after_five_tries() {
    on_both_engines(|given| {
        given.reminded(now());
        let claimed = mail::claim(&given.store, now()).unwrap();
        assert!(!claimed.is_empty());
        assert!(
            mail::claim(&given.store, now()).unwrap().is_empty(),
            "{}: a second sender gets nothing",
            given.engine
        );
        let id = &claimed[0].id;
        let mut at = now();
        // A little more than it waits for each time, and within the hours in which reminders go out.
        for minutes in [4, 10, 34, 130] {
            mail::failed(&given.store, id, "connection refused", at).unwrap();
            assert!(!mail::claim(&given.store, at).unwrap().iter().any(|mail| mail.id == *id), "not at once");
            at += Duration::minutes(minutes);
            assert!(
                mail::claim(&given.store, at).unwrap().iter().any(|mail| mail.id == *id),
                "{}: tried again later",
                given.engine
            );
        }
        mail::failed(&given.store, id, "connection refused", at).unwrap();
        assert!(
            !mail::claim(&given.store, at + Duration::days(9)).unwrap().iter().any(|mail| mail.id == *id),
            "given up"
        );
        let dead = Some(domain::mail::MailState::Dead);
        let mails =
            given.store.read(&given.who("Sam"), now(), |reading| mail::list(reading, dead, None)).unwrap();
        assert_eq!(mails.counts[&domain::mail::MailState::Dead], 1);
        assert_eq!(mails.mails.len(), 1, "only those that were given up");
    });
}

#[test]
fn guessing_is_throttled_before_the_password_is_looked_at() {
    on_both_engines(|given| {
        let try_with = |password: &str, at| {
            let mut form = Form::default();
            form.set("email", "tom.osei@example.org");
            form.set("password", password);
            sessions::sign_in(&given.store, &form, "192.0.2.1", "test", at)
        };
        for _ in 0..10 {
            assert!(try_with("wrong wrong wrong", now()).is_err());
        }
        let refused = try_with(demonstration::PASSWORD, now());
        assert!(
            matches!(refused, Err(Problem::Invalid(problems)) if problems.of("password").unwrap().starts_with("Too many tries"))
        );
        assert!(try_with(demonstration::PASSWORD, now() + Duration::minutes(15)).is_ok(), "{}", given.engine);
    });
}

#[test]
fn guesses_at_the_same_moment_count_each_for_itself() {
    on_both_engines(|given| {
        let guess = || {
            let mut form = Form::default();
            form.set("email", "gwen.hartley@example.org");
            form.set("password", "wrong wrong wrong");
            match sessions::sign_in(&given.store, &form, "192.0.2.7", "test", now()) {
                Err(Problem::Invalid(problems)) => problems.of("password").unwrap().to_owned(),
                other => panic!("{other:?}"),
            }
        };
        let words: Vec<String> = std::thread::scope(|scope| {
            let guessers: Vec<_> = (0..30).map(|_| scope.spawn(guess)).collect();
            guessers.into_iter().map(|guesser| guesser.join().unwrap()).collect()
        });
        let looked_at = words.iter().filter(|words| !words.starts_with("Too many tries")).count();
        assert_eq!(looked_at, 10, "{}", given.engine);
    });
}

#[test]
fn a_session_ends_when_idle_and_after_ten_hours_whatever_happens() {
    on_both_engines(|given| {
        let sign_in = || {
            let mut form = Form::default();
            form.set("email", "Tom.Osei@example.org");
            form.set("password", demonstration::PASSWORD);
            sessions::sign_in(&given.store, &form, "192.0.2.2", "test", now()).unwrap()
        };
        let stands = |token: &str, minutes| {
            sessions::find(
                &given.store,
                token,
                &LIMITS,
                sessions::Look::AtWork,
                now() + Duration::minutes(minutes),
            )
            .unwrap()
            .is_some()
        };
        let token = sign_in();
        assert!(stands(&token, 14) && stands(&token, 28), "{}: each request keeps it", given.engine);
        assert!(!stands(&token, 43));
        assert!(!stands(&token, 29), "{}: a session that ended does not come back", given.engine);
        let token = sign_in();
        assert!((1..60).all(|step| stands(&token, step * 10)));
        assert!(!stands(&token, 600));
    });
}

#[test]
fn the_audit_trail_refuses_changes_and_shows_those_that_were_forced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.sqlite");
    let store = records::Store::open(&format!("sqlite:{}", path.display()).parse().unwrap()).unwrap();
    demonstration::fill(&store, now()).unwrap();
    let mut outside =
        <diesel::SqliteConnection as diesel::Connection>::establish(&path.to_string_lossy()).unwrap();
    assert!(outside.batch_execute("UPDATE audit_events SET event = 'x' WHERE sequence = 7").is_err());
    assert!(outside.batch_execute("DELETE FROM audit_events WHERE sequence = 7").is_err());
    outside
        .batch_execute(
            "DROP TRIGGER audit_events_no_update; UPDATE audit_events SET event = 'x' WHERE sequence = 7",
        )
        .unwrap();
    let verdict = store.read(&Who::system("test"), now(), records::audit::verify).unwrap();
    assert_eq!(verdict, Verdict::Broken { sequence: 7, why: "it was changed" });
    outside
        .batch_execute("DROP TRIGGER audit_events_no_delete; DELETE FROM audit_events WHERE sequence = 7")
        .unwrap();
    let verdict = store.read(&Who::system("test"), now(), records::audit::verify).unwrap();
    assert_eq!(verdict, Verdict::Broken { sequence: 8, why: "a row before it is missing" });
}

#[test]
fn nothing_of_a_case_entry_is_ever_changed_but_that_it_is_void() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("entries.sqlite");
    let store = records::Store::open(&format!("sqlite:{}", path.display()).parse().unwrap()).unwrap();
    demonstration::fill(&store, now()).unwrap();
    let mut outside =
        <diesel::SqliteConnection as diesel::Connection>::establish(&path.to_string_lossy()).unwrap();
    let columns: Vec<String> =
        diesel::dsl::sql::<diesel::sql_types::Text>("SELECT name FROM pragma_table_info('case_entries')")
            .load(&mut outside)
            .unwrap();
    assert!(columns.len() > 20);
    for column in &columns {
        let change = format!("UPDATE case_entries SET {column} = {column}");
        assert_eq!(outside.batch_execute(&change).is_ok(), column == "voided_on", "{column}");
    }
    outside.batch_execute("UPDATE case_entries SET voided_on = '2026-11-24'").unwrap();
    assert!(outside.batch_execute("UPDATE case_entries SET voided_on = NULL").is_err(), "void stays void");
    assert!(outside.batch_execute("DELETE FROM case_entries").is_err());
}

#[test]
fn a_demonstration_never_mixes_with_real_records() {
    for engine in ["sqlite", "postgres"] {
        let given = filled(engine);
        assert!(demonstration::fill(&given.store, now()).is_err(), "{engine}");
    }
}

#[test]
fn an_unknown_database_address_is_an_error_and_makes_no_file() {
    assert!("postgers://localhost/x".parse::<records::DatabaseAddress>().is_err());
    assert!("fresh-eyes.sqlite".parse::<records::DatabaseAddress>().is_err());
}
