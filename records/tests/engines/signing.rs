//! Records that two people sign: in turn, under what stands there, and not changed afterwards but by both.

use crate::given::{Given, case_of, log, now, on_both_engines, session_form};
use chrono::{Duration, NaiveDateTime};
use domain::cases::CaseDetails;
use domain::form::Form;
use domain::ids::{CaseId, SupervisionId};
use domain::ladder::Concern;
use domain::supervision::{NewSignature, NewSupervision, PersonalPart, RecordState, RecordStep, Side};
use records::Problem;
use records::cases;
use records::signing::{self, Record};
use records::supervision::{self, SessionFile};

fn open(given: &Given, name: &str, session: &SupervisionId) -> SessionFile {
    given.store.read(&given.who(name), now(), |reading| supervision::open(reading, session)).unwrap()
}

/// A combined session of today with Luca, as its form would be posted, logged by Priya.
fn logged(given: &Given) -> SupervisionId {
    let case = case_of(given, "Priya", "F-1190");
    let mut form: Form = session_form(given, "Luca", &case);
    form.set("kind", "combined");
    form.set("personal.wellbeing", "Tired, and glad of the leave.");
    let session = NewSupervision::parse(&form, now().date()).unwrap();
    given.store.write(&given.who("Priya"), now(), move |writing| supervision::log(writing, &session)).unwrap()
}

fn signs_as(
    given: &Given,
    name: &str,
    session: &SupervisionId,
    typed: &str,
    comment: &str,
    text_hash: &str,
) -> Result<(), Problem> {
    let signature =
        NewSignature { name: typed.to_owned(), comment: comment.to_owned(), text_hash: text_hash.to_owned() };
    let session = session.clone();
    given.store.write(&given.who(name), now(), move |writing| {
        signing::sign(writing, &Record::Session(session), &signature)
    })
}

/// Somebody signs what they see, with their own name.
pub fn signs(given: &Given, name: &str, session: &SupervisionId, comment: &str) -> Result<(), Problem> {
    let hash = open(given, name, session).signing.text_hash;
    signs_as(given, name, session, &given.name(name), comment, &hash)
}

fn refused(outcome: Result<(), Problem>, field: &str, words: &str) {
    match outcome {
        Err(Problem::Invalid(problems)) => {
            assert!(problems.of(field).is_some_and(|found| found.contains(words)), "{problems:?}");
        }
        other => panic!("expected “{words}”, not {other:?}"),
    }
}

fn corrects(given: &Given, session: &SupervisionId, wellbeing: &str) -> Result<(), Problem> {
    let version = open(given, "Priya", session).personal.unwrap().version;
    let part = PersonalPart { wellbeing: wellbeing.to_owned(), ..PersonalPart::default() };
    let session = session.clone();
    given.store.write(&given.who("Priya"), now(), move |writing| {
        supervision::change_personal_part(writing, &session, version, &part, "As it was signed.")
    })
}

#[test]
fn both_sign_in_turn_and_a_disagreement_stays() {
    on_both_engines(|given| {
        let session = logged(given);
        refused(signs(given, "Luca", &session, ""), "form", "supervisor has not signed");
        signs(given, "Priya", &session, "").unwrap();
        refused(signs(given, "Priya", &session, ""), "form", "signed this already");
        signs(given, "Luca", &session, "I do not agree about the closure.").unwrap();
        let file = open(given, "Priya", &session);
        assert_eq!(file.signing.state, RecordState::SignedWithComment, "{}", given.engine);
        assert!(file.signing.steps.iter().any(|step| step.words.contains("do not agree")));
        refused(signs(given, "Luca", &session, ""), "form", "Both have signed");
    });
}

#[test]
fn nobody_signs_for_another_nor_under_what_they_have_not_seen() {
    on_both_engines(|given| {
        let session = logged(given);
        let hash = open(given, "Priya", &session).signing.text_hash;
        let wrong = signs_as(given, "Priya", &session, "Luca Marsh", "", &hash);
        refused(wrong, "signature", "type your name as we know it: Priya Nair");
        corrects(given, &session, "Tired.").unwrap();
        let stale = signs_as(given, "Priya", &session, "priya nair", "", &hash);
        refused(stale, "form", "changed since you opened it");
        // The supervisor's manager reads it and signs nothing; somebody else does not even read it.
        let hash = open(given, "Ros", &session).signing.text_hash;
        let by_manager = signs_as(given, "Ros", &session, "Ros Keane", "", &hash);
        assert!(matches!(by_manager, Err(Problem::Refused(_))), "{}: {by_manager:?}", given.engine);
        let by_stranger = signs_as(given, "Tom", &session, "Tom Osei", "", &hash);
        assert!(matches!(by_stranger, Err(Problem::Refused(_))));
    });
}

#[test]
fn a_correction_takes_the_signature_away_and_what_both_signed_is_not_corrected() {
    on_both_engines(|given| {
        let session = logged(given);
        signs(given, "Priya", &session, "").unwrap();
        corrects(given, &session, "Tired, and says so.").unwrap();
        let file = open(given, "Luca", &session);
        assert_eq!(file.signing.state, RecordState::Drafted, "{}", given.engine);
        assert!(file.signing.standing().is_empty(), "what was signed no longer stands there");
        let kept = |name: &str| {
            let steps = open(given, name, &session).signing.steps.into_iter();
            steps.filter_map(|step| step.signed_text).collect::<Vec<_>>()
        };
        for name in ["Priya", "Luca"] {
            assert_eq!(kept(name), ["As it was signed."], "{name} may have read what stood there");
        }
        assert!(kept("Ros").is_empty(), "it holds how he was");
        corrects(given, &session, "Tired.").unwrap();
        assert_eq!(kept("Luca").len(), 1, "what nobody had signed is not kept");
        signs(given, "Priya", &session, "").unwrap();
        signs(given, "Luca", &session, "").unwrap();
        refused(corrects(given, &session, "Well."), "form", "Both have signed");
    });
}

#[test]
fn a_signed_record_is_added_to_and_opened_again_by_both() {
    on_both_engines(|given| {
        let session = logged(given);
        let add = |name: &str| {
            let session = session.clone();
            given.store.write(&given.who(name), now(), move |writing| {
                signing::add_words(writing, &Record::Session(session), "The leave was moved by a week.")
            })
        };
        refused(add("Priya"), "form", "not signed by both");
        signs(given, "Priya", &session, "").unwrap();
        signs(given, "Luca", &session, "").unwrap();
        add("Luca").unwrap();
        assert!(open(given, "Ros", &session).signing.state.is_locked(), "{}", given.engine);

        let reopen = |name: &str| {
            let session = session.clone();
            given.store.write(&given.who(name), now(), move |writing| {
                signing::reopen(writing, &Record::Session(session), "What both had signed.")
            })
        };
        assert!(matches!(reopen("Priya"), Err(Problem::NotFound)), "nobody has asked");
        let asked = session.clone();
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| {
                signing::ask_to_reopen(writing, &Record::Session(asked), "The wrong day stands there.")
            })
            .unwrap();
        assert!(matches!(reopen("Priya"), Err(Problem::NotFound)), "one alone does not open it");
        reopen("Luca").unwrap();
        assert_eq!(open(given, "Priya", &session).signing.state, RecordState::Drafted);
        let signed = |name: &str| {
            let steps = open(given, name, &session).signing.steps;
            steps.into_iter().filter_map(|step| step.signed_text).collect::<Vec<_>>()
        };
        for name in ["Priya", "Luca"] {
            assert_eq!(signed(name), ["What both had signed."], "{name}: nothing that was signed is lost");
        }
        assert!(signed("Ros").is_empty(), "it holds how he was");
        corrects(given, &session, "Tired.").unwrap();
    });
}

#[test]
fn what_waits_for_ones_own_signature_or_consent_stands_on_my_week() {
    on_both_engines(|given| {
        let signatures = |name: &str| {
            given.store.read(&given.who(name), now(), records::waiting::waiting).unwrap().signatures
        };
        let (priya, luca) = (signatures("Priya"), signatures("Luca"));
        let session = logged(given);
        assert_eq!((signatures("Priya"), signatures("Luca")), (priya + 1, luca), "{}", given.engine);
        signs(given, "Priya", &session, "").unwrap();
        assert_eq!((signatures("Priya"), signatures("Luca")), (priya, luca + 1));
        signs(given, "Luca", &session, "").unwrap();
        assert_eq!((signatures("Priya"), signatures("Luca")), (priya, luca));

        let asked = |name: &str| given.store.read(&given.who(name), now(), signing::asked_to_reopen).unwrap();
        assert!(asked("Luca").is_empty());
        let record = Record::Session(session.clone());
        let reason = "The wrong day stands there.";
        let ask = move |writing: &mut records::Writing<'_>| signing::ask_to_reopen(writing, &record, reason);
        given.mails(now());
        given.store.write(&given.who("Priya"), now(), ask).unwrap();
        let page = format!("/supervision/{session}");
        let words = "Session of 24 November 2026 with Priya Nair".to_owned();
        assert_eq!(asked("Luca"), [(words, page)]);
        assert!(asked("Priya").is_empty() && asked("Ros").is_empty(), "it is his to agree to");
        let mails = given.mails(now());
        assert_eq!(mails.iter().filter(|mail| mail.body.contains("asks to open it again")).count(), 1);

        let takes = |name: &str, leaves: bool| {
            let record = Record::Session(session.clone());
            given.store.write(&given.who(name), now(), move |writing| {
                let take = if leaves { signing::leave_signed } else { signing::ask_to_reopen };
                take(writing, &record, "As we said.")
            })
        };
        let answers = || {
            let mails = given.mails(now());
            mails.iter().filter(|mail| mail.body.contains("open a record again has answered")).count()
        };
        takes("Luca", true).unwrap();
        assert!(asked("Luca").is_empty(), "{}: he has left it as it is", given.engine);
        assert_eq!(answers(), 1, "whoever asked is told");
        assert!(open(given, "Priya", &session).signing.reopening().is_none());
        refused(takes("Luca", true), "form", "Nobody asks any more");
        takes("Priya", false).unwrap();
        assert_eq!(asked("Luca").len(), 1, "asked once more");
        takes("Priya", true).unwrap();
        assert!(asked("Luca").is_empty() && answers() == 0, "taken back, and nobody is told");
        takes("Priya", false).unwrap();
        assert!(
            matches!(takes("Ros", true), Err(Problem::NotFound | Problem::Refused(_))),
            "of the two alone"
        );

        let record = Record::Session(session.clone());
        let reopen = move |writing: &mut records::Writing<'_>| {
            signing::reopen(writing, &record, "What both had signed.")
        };
        given.store.write(&given.who("Luca"), now(), reopen).unwrap();
        assert!(asked("Luca").is_empty());
        assert_eq!(answers(), 1, "agreed to, and whoever asked is told");
    });
}

#[test]
fn the_two_see_who_else_has_opened_their_record_and_nobody_else_sees_it() {
    on_both_engines(|given| {
        let session = logged(given);
        let opened = |name: &str| {
            let read = |reading: &mut records::Reading<'_>| supervision::openings(reading, &session);
            let found = given.store.read(&given.who(name), now(), read)?;
            Ok::<_, Problem>(found.into_iter().map(|opening| opening.person).collect::<Vec<_>>())
        };
        assert!(opened("Luca").unwrap().is_empty(), "{}: nobody yet", given.engine);
        open(given, "Luca", &session);
        open(given, "Ros", &session);
        for two in ["Luca", "Priya"] {
            assert_eq!(opened(two).unwrap(), ["Ros Keane"], "{two}: nobody of the two");
        }
        assert!(matches!(opened("Ros"), Err(Problem::Refused(_))));
    });
}

#[test]
fn a_record_about_cases_alone_is_added_to_and_not_opened_again() {
    on_both_engines(|given| {
        let form = session_form(given, "Luca", &case_of(given, "Priya", "F-1190"));
        let session = crate::given::logged(given, "Priya", &form).unwrap();
        signs(given, "Priya", &session, "").unwrap();
        signs(given, "Luca", &session, "").unwrap();
        let signing = open(given, "Priya", &session).signing;
        assert!(signing.may(RecordStep::Add) && !signing.may(RecordStep::AskToReopen), "{}", given.engine);
        let asked = Record::Session(session.clone());
        let outcome = given.store.write(&given.who("Priya"), now(), move |writing| {
            signing::ask_to_reopen(writing, &asked, "The decision has to name the youngest.")
        });
        refused(outcome, "form", "is added to");
    });
}

/// What was added to the entries of a case, as somebody who opens it reads it.
fn added_on_case(given: &Given, name: &str, case: &CaseId) -> Vec<String> {
    let file = given.store.read(&given.who(name), now(), |reading| cases::open(reading, case, None)).unwrap();
    file.timeline.into_iter().flat_map(|item| item.added).map(|step| step.words).collect()
}

#[test]
fn what_is_added_about_a_case_is_read_with_the_case_and_what_is_added_about_the_two_is_not() {
    const SEEN: &str = "She was seen on Thursday after all, at school.";
    on_both_engines(|given| {
        let session = logged(given);
        let entry = open(given, "Priya", &session).entries.remove(0);
        let case = entry.case.0.clone();
        let add = |name: &str, session: &SupervisionId, words: &'static str| {
            let (session, entries) = (session.clone(), [entry.entry.id.clone()]);
            given.store.write(&given.who(name), now(), move |writing| {
                signing::add_to_entries(writing, &Record::Session(session), &entries, words)
            })
        };
        // A decision counts from the moment it is written, so what is wrong in it need not wait for signatures.
        add("Priya", &session, SEEN).unwrap();
        signs(given, "Priya", &session, "").unwrap();
        let asked_on = |at: &str| {
            let asked =
                given.store.read(&given.who("Luca"), now(), |reading| supervision::open(reading, &session));
            assert_eq!(
                asked.unwrap().signing.state,
                RecordState::AwaitingSupervisee,
                "{at}, {}",
                given.engine
            );
        };
        asked_on("before");
        let hash = open(given, "Luca", &session).signing.text_hash;
        add("Luca", &session, "By her teacher.").unwrap();
        asked_on("after");
        assert_eq!(
            open(given, "Luca", &session).signing.text_hash,
            hash,
            "what was signed is what stood there"
        );
        signs(given, "Luca", &session, "").unwrap();
        let about_the_two = session.clone();
        given
            .store
            .write(&given.who("Luca"), now(), move |writing| {
                signing::add_words(writing, &Record::Session(about_the_two), "My leave was moved.")
            })
            .unwrap();

        for name in ["Priya", "Luca", "Hanif", "Helen"] {
            assert_eq!(
                added_on_case(given, name, &case),
                [SEEN, "By her teacher."],
                "{name}, {}",
                given.engine
            );
        }
        let file = open(given, "Ros", &session);
        let added: Vec<&str> = file.entries[0].added.iter().map(|step| step.words.as_str()).collect();
        assert_eq!(added, [SEEN, "By her teacher."]);
        assert!(file.signing.steps.iter().all(|step| step.words != SEEN), "it stands with the case");
        let copy = given
            .store
            .read(&given.who("Luca"), now(), |reading| cases::open_entry(reading, &case, &entry.entry.id));
        assert_eq!(copy.unwrap().added.len(), 2, "it is filed with the entry");

        assert!(matches!(add("Ros", &session, "Me too."), Err(Problem::Refused(_))), "she was not there");
        let other = logged(given);
        assert!(matches!(add("Priya", &other, SEEN), Err(Problem::NotFound)), "an entry of another session");

        // Luca keeps what he wrote, and writes nothing into a case that is no longer his.
        let file = given
            .store
            .read(&given.who("Priya"), now(), |reading| cases::open(reading, &case, None))
            .unwrap();
        let moved = CaseDetails {
            lead_practitioner: Some(given.person("Tom")),
            co_workers: Vec::new(),
            ..file.details
        };
        let (id, version) = (case.clone(), file.version);
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| cases::change(writing, &id, version, &moved))
            .unwrap();
        let late = add("Luca", &session, "One more thing.");
        assert!(matches!(late, Err(Problem::Refused(_))), "{late:?}, {}", given.engine);
    });
}

fn waits_for(given: &Given, name: &str, concern: Concern, at: NaiveDateTime) -> bool {
    let mine = given.told(name, at);
    // Each reads with whom it is.
    let with = if name == "Luca" { "Priya" } else { "Luca" };
    mine.iter().any(|reminded| reminded.concern == concern && reminded.name.contains(with))
}

#[test]
fn ladder_2_4_who_is_asked_to_sign_hears_at_once_the_supervisor_after_5_days_and_their_manager_after_10() {
    on_both_engines(|given| {
        let session = logged(given);
        signs(given, "Priya", &session, "").unwrap();
        given.reminded(now() + Duration::minutes(1));
        assert!(waits_for(given, "Luca", Concern::UnsignedRecord, now()), "{}", given.engine);
        assert!(!waits_for(given, "Priya", Concern::UnsignedRecord, now()));
        let week = now() + Duration::days(7);
        given.reminded(week);
        assert!(waits_for(given, "Priya", Concern::UnsignedRecord, week));
        assert!(!waits_for(given, "Ros", Concern::UnsignedRecord, week));
        let two_weeks = now() + Duration::days(14);
        given.reminded(two_weeks);
        assert!(waits_for(given, "Ros", Concern::UnsignedRecord, two_weeks));
        signs(given, "Luca", &session, "").unwrap();
        for name in ["Luca", "Priya", "Ros"] {
            assert!(!waits_for(given, name, Concern::UnsignedRecord, two_weeks), "{name}: it is signed");
        }
    });
}

#[test]
fn a_record_that_its_writer_does_not_sign_is_late() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1190");
        log(given, "Priya", &session_form(given, "Luca", &case)).unwrap();
        let later = now() + Duration::days(8);
        given.reminded(later);
        assert!(waits_for(given, "Priya", Concern::LateRecord, later), "{}", given.engine);
    });
}

#[test]
fn who_left_before_signing_is_named_and_nobody_is_reminded_any_more() {
    on_both_engines(|given| {
        let session = logged(given);
        signs(given, "Priya", &session, "").unwrap();
        assert_eq!(open(given, "Priya", &session).signing.left_before_signing, None, "{}", given.engine);
        crate::hand_over::leaves(given, "Luca");
        let signing = open(given, "Priya", &session).signing;
        assert_eq!(signing.left_before_signing, Some((Side::Supervisee, now().date())));
        assert_eq!(signing.state, RecordState::AwaitingSupervisee, "nobody signs in his place");
        let later = now() + Duration::days(14);
        given.reminded(later);
        let told = given.told("Priya", later);
        assert!(told.iter().all(|reminded| reminded.subject != session.to_string()), "{told:?}");
    });
}

#[test]
fn ladder_3_5_the_supervisors_manager_hears_of_a_comment_until_they_reply_to_it() {
    on_both_engines(|given| {
        let session = logged(given);
        signs(given, "Priya", &session, "").unwrap();
        signs(given, "Luca", &session, "I would have kept this open.").unwrap();
        given.reminded(now() + Duration::minutes(1));
        assert!(waits_for(given, "Ros", Concern::Disagreement, now()), "{}", given.engine);
        assert!(!waits_for(given, "Priya", Concern::Disagreement, now()), "it is about her own work");
        let comment = open(given, "Luca", &session).signing.unanswered_comment().unwrap().id.clone();
        let answer = |who: &str| {
            let record = Record::Session(session.clone());
            let comment = comment.clone();
            given.store.write(&given.who(who), now(), move |writing| {
                signing::answer_comment(
                    writing,
                    &record,
                    &comment,
                    "We talked: it stays open until the review.",
                )
            })
        };
        for who in ["Priya", "Luca", "Helen"] {
            assert!(matches!(answer(who), Err(Problem::Refused(_))), "{who}");
        }
        assert!(open(given, "Ros", &session).signing.may_answer());
        answer("Ros").unwrap();
        assert!(!waits_for(given, "Ros", Concern::Disagreement, now()));
        let file = open(given, "Luca", &session);
        assert!(file.signing.steps.iter().any(|step| step.words.contains("stays open until the review")));
        assert_eq!(file.signing.state, RecordState::SignedWithComment, "nothing that was signed has changed");
        assert!(!open(given, "Ros", &session).signing.may_answer());
        refused(answer("Ros"), "words", "Somebody has replied to this comment");
    });
}

#[test]
fn record_2_4_by_when_it_is_written_and_signed_is_kept_as_the_policy_was() {
    on_both_engines(|given| {
        let session = logged(given);
        let file = open(given, "Priya", &session);
        assert!(file.write_by.unwrap() > now().date() + Duration::days(4), "{}", given.engine);
        assert_eq!(file.signing.sign_by, None, "nobody is asked yet");
        signs(given, "Priya", &session, "").unwrap();
        let sign_by = open(given, "Priya", &session).signing.sign_by.unwrap();
        assert!(sign_by >= now().date() + Duration::days(5));
        corrects(given, &session, "Tired.").unwrap();
        assert_eq!(
            open(given, "Priya", &session).signing.sign_by,
            None,
            "what is changed is asked for again"
        );
        signs(given, "Priya", &session, "").unwrap();
        signs(given, "Luca", &session, "").unwrap();
        let signing = open(given, "Priya", &session).signing;
        assert_eq!((signing.sign_by, signing.signed_on()), (Some(sign_by), Some(now().date())));
    });
}
