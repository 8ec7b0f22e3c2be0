//! What two people agree about their supervision: begun from the policy, signed by both, replaced and looked at again.

use crate::given::{Given, now, on_both_engines};
use chrono::{Duration, NaiveDateTime};
use domain::agreement::NewAgreement;
use domain::ids::AgreementId;
use domain::ladder::Concern;
use domain::supervision::NewSignature;
use records::agreements::{self, AgreementFile, AgreementLine};
use records::signing::{self, Record};
use records::{Problem, Reading, Writing, ladder};

fn line(given: &Given, who: &str, with: &str) -> AgreementLine {
    let mine = given.store.read(&given.who(who), now(), agreements::mine).unwrap();
    mine.into_iter().find(|line| line.supervisee.1.starts_with(with)).unwrap()
}

fn written(given: &Given, supervisee: &str) -> Result<AgreementId, Problem> {
    let person = given.person(supervisee);
    let (template, today) = (agreements::template()?, now().date());
    given.store.write(&given.who("Priya"), now(), move |writing| {
        let form = agreements::begin(writing, &person)?.form;
        agreements::write(writing, &person, &NewAgreement::parse(&form, &template, today)?)
    })
}

fn signs(given: &Given, who: &str, id: &AgreementId) -> Result<(), Problem> {
    let (name, record) = (given.name(who), Record::Agreement(id.clone()));
    given
        .store
        .write(&given.who(who), now(), move |writing| signing::sign_what_was_written(writing, &record, &name))
}

fn opens(given: &Given, who: &str, id: &AgreementId) -> AgreementFile {
    given.store.read(&given.who(who), now(), |reading| agreements::open(reading, id)).unwrap()
}

/// Signs what stands there, and says what they see otherwise.
fn comments(given: &Given, who: &str, id: &AgreementId, comment: &str) {
    let text_hash = opens(given, who, id).signing.text_hash;
    let signature = NewSignature { name: given.name(who), comment: comment.to_owned(), text_hash };
    let record = Record::Agreement(id.clone());
    let sign = move |writing: &mut Writing<'_>| signing::sign(writing, &record, &signature);
    given.store.write(&given.who(who), now(), sign).unwrap();
}

#[test]
fn agreement_3_5_who_oversees_teams_sees_how_many_have_none_in_place_and_which() {
    on_both_engines(|given| {
        let of = |who: &str| given.store.read(&given.who(who), now(), agreements::in_teams).unwrap();
        let names = |found: &agreements::InTeams| {
            found.missing.iter().map(|line| line.supervisee.1.clone()).collect::<Vec<_>>()
        };
        let before = of("Ros");
        assert!(names(&before).contains(&"Luca Marsh".to_owned()), "{}: {before:?}", given.engine);
        assert!(before.lines > before.missing.len(), "some have one");
        assert!(of("Priya").missing.is_empty(), "her own lines stand in her own list");
        for other in ["Luca", "Dee", "Sam"] {
            assert_eq!(of(other).lines, 0, "{other} oversees nobody");
        }
        let id = written(given, "Luca").unwrap();
        for who in ["Priya", "Luca"] {
            signs(given, who, &id).unwrap();
        }
        let after = of("Ros");
        assert_eq!((after.lines, after.missing.len()), (before.lines, before.missing.len() - 1));
        assert!(!names(&after).contains(&"Luca Marsh".to_owned()));
    });
}

#[test]
fn an_agreement_holds_once_both_have_signed_and_a_new_one_takes_its_place_only_then() {
    on_both_engines(|given| {
        assert!(!line(given, "Priya", "Luca").is_in_place(now().date()), "{}", given.engine);
        let id = written(given, "Luca").unwrap();
        let waits = |who: &str| {
            given.store.read(&given.who(who), now(), records::waiting::waiting).unwrap().agreements
        };
        assert_eq!(waits("Luca"), 0, "it is not asked for yet");
        signs(given, "Priya", &id).unwrap();
        assert!(!line(given, "Priya", "Luca").is_in_place(now().date()), "one signature is none");
        assert_eq!((waits("Luca"), waits("Priya")), (1, 0), "it stands on his week");
        signs(given, "Luca", &id).unwrap();
        assert_eq!(waits("Luca"), 0);
        assert!(line(given, "Luca", "Luca").is_in_place(now().date()));
        let newer = written(given, "Luca").unwrap();
        let after = line(given, "Priya", "Luca");
        assert!(after.is_in_place(now().date()), "the one that holds stays in force");
        assert_eq!(after.newest.unwrap().0, newer);
    });
}

#[test]
fn the_two_and_the_supervisors_manager_read_it_and_only_its_writer_changes_it() {
    on_both_engines(|given| {
        let id = written(given, "Luca").unwrap();
        let reads = |who: &str| {
            given.store.read(&given.who(who), now(), |reading| agreements::open(reading, &id)).is_ok()
        };
        assert!(reads("Priya") && reads("Luca") && reads("Ros"), "{}", given.engine);
        for who in ["Gwen", "Helen", "Sam", "Hanif", "Dee"] {
            assert!(!reads(who), "{who}");
        }
        let by = |who: &str, days: i64| {
            let (id, template, today) = (id.clone(), agreements::template().unwrap(), now().date());
            given.store.write(&given.who(who), now(), move |writing| {
                let form = template.begun(None, "7 days", today + Duration::days(days));
                agreements::change(
                    writing,
                    &id,
                    1,
                    &NewAgreement::parse(&form, &template, today)?,
                    "As it was.",
                )
            })
        };
        assert!(matches!(by("Luca", 90), Err(Problem::Refused(_))));
        signs(given, "Priya", &id).unwrap();
        by("Priya", 90).unwrap();
        assert!(matches!(by("Priya", 60), Err(Problem::Stale(_))), "somebody saved in between");
        assert!(
            matches!(signs(given, "Luca", &id), Err(Problem::Invalid(_))),
            "the signature was taken back"
        );
    });
}

/// What stands in the first, the later and the newest agreement of two people, as each page links them.
#[test]
fn agreements_of_the_same_two_lead_to_each_other_and_the_newer_takes_the_place_of_the_older_when_both_have_signed()
 {
    on_both_engines(|given| {
        let beside = |id: &AgreementId| {
            let read = |reading: &mut Reading<'_>| {
                let agreement = agreements::open(reading, id)?;
                agreements::over_time(reading, &agreement)
            };
            given.store.read(&given.who("Luca"), now(), read).unwrap()
        };
        let first = written(given, "Luca").unwrap();
        assert!(beside(&first).earlier().next().is_none() && beside(&first).newest().is_none());
        signs(given, "Priya", &first).unwrap();
        signs(given, "Luca", &first).unwrap();
        let second = written(given, "Luca").unwrap();
        let before = beside(&first);
        assert_eq!(before.newest().map(|newer| &newer.id), Some(&second), "{}", given.engine);
        assert!(before.replaced_by().is_none(), "the first one holds until both have signed the second");
        signs(given, "Priya", &second).unwrap();
        signs(given, "Luca", &second).unwrap();
        assert_eq!(beside(&first).replaced_by().unwrap().signed_on, Some(now().date()));
        let earlier: Vec<AgreementId> = beside(&second).earlier().map(|earlier| earlier.id.clone()).collect();
        assert_eq!(earlier, [first]);
        assert_eq!(line(given, "Luca", "Luca").earlier, 1);
        assert_eq!(line(given, "Priya", "Gwen").earlier, 0, "of other people's nobody hears");
    });
}

/// No fact is asked twice: a later agreement begins with the words that both have signed, and its review is further away.
#[test]
fn a_later_agreement_begins_with_the_last_signed_one_and_is_looked_at_again_after_a_year() {
    on_both_engines(|given| {
        let begun = || {
            let person = given.person("Luca");
            given
                .store
                .read(&given.who("Priya"), now(), |reading| agreements::begin(reading, &person))
                .unwrap()
        };
        let first = begun();
        assert_eq!((first.looked_at_after, first.last), (3, None), "{}", given.engine);
        assert_eq!(first.form.text("review_on.month"), "2");
        let (template, today, person) = (agreements::template().unwrap(), now().date(), given.person("Luca"));
        let id = given
            .store
            .write(&given.who("Priya"), now(), move |writing| {
                let mut form = first.form;
                form.set("rhythm", "Every Tuesday, walking.");
                agreements::write(writing, &person, &NewAgreement::parse(&form, &template, today)?)
            })
            .unwrap();
        signs(given, "Priya", &id).unwrap();
        assert_eq!(begun().last, None, "one signature is none");
        signs(given, "Luca", &id).unwrap();
        let second = begun();
        assert_eq!(second.form.text("rhythm"), "Every Tuesday, walking.");
        assert_eq!(second.looked_at_after, 12);
        assert_eq!((second.form.text("review_on.month"), second.form.text("review_on.year")), ("11", "2027"));
    });
}

#[test]
fn a_reflective_supervisor_has_an_agreement_of_their_own() {
    on_both_engines(|given| {
        let owens = given.store.read(&given.who("Owen"), now(), agreements::mine).unwrap();
        assert!(owens.iter().any(|line| line.supervisee.1 == "Tom Osei"), "{}", given.engine);
        let toms = given.store.read(&given.who("Tom"), now(), agreements::mine).unwrap();
        let supervisors: Vec<&str> = toms.iter().map(|line| line.supervisor.1.as_str()).collect();
        assert!(
            supervisors.contains(&"Owen Blake") && supervisors.contains(&"Priya Nair"),
            "{supervisors:?}"
        );
    });
}

fn is_told(given: &Given, who: &str, of: &str, at: NaiveDateTime) -> bool {
    let mine = given.told(who, at);
    mine.iter().any(|reminded| reminded.concern == Concern::AgreementDue && reminded.name.starts_with(of))
}

fn hears(given: &Given, who: &str, concern: Concern, at: NaiveDateTime) -> bool {
    let mine = given.told(who, at);
    // Whoever is asked to sign reads with whom it is.
    let with = if who == "Luca" { "Priya" } else { "Luca" };
    let name = format!("Supervision agreement with {with}");
    mine.iter().any(|reminded| reminded.concern == concern && reminded.name.starts_with(&name))
}

#[test]
fn ladder_3_5_who_is_asked_to_sign_an_agreement_hears_of_it_until_it_is_signed_or_replaced() {
    on_both_engines(|given| {
        let id = written(given, "Luca").unwrap();
        signs(given, "Priya", &id).unwrap();
        given.reminded(now() + Duration::minutes(1));
        assert!(hears(given, "Luca", Concern::UnsignedRecord, now()), "{}", given.engine);
        assert!(!hears(given, "Priya", Concern::UnsignedRecord, now()));
        let week = now() + Duration::days(7);
        given.reminded(week);
        assert!(hears(given, "Priya", Concern::UnsignedRecord, week));
        let puts_off = |who: &str| {
            let subject = id.to_string();
            let name = |reading: &mut Reading<'_>| {
                ladder::name_of_snoozable(reading, Concern::UnsignedRecord, &subject)
            };
            given.store.read(&given.who(who), week, name)
        };
        assert_eq!(puts_off("Priya").unwrap(), "Supervision agreement with Luca Marsh");
        assert!(puts_off("Ros").is_ok(), "she answers for Priya’s work");
        for who in ["Luca", "Helen", "Owen"] {
            assert!(puts_off(who).is_err(), "{who}: it is not theirs to put off");
        }
        let newer = written(given, "Luca").unwrap();
        assert!(!hears(given, "Luca", Concern::UnsignedRecord, week), "a newer one is on its way");
        let waits =
            given.store.read(&given.who("Luca"), now(), records::waiting::waiting).unwrap().agreements;
        assert_eq!(waits, 0, "and the older one waits no more");
        signs(given, "Priya", &newer).unwrap();
        signs(given, "Luca", &newer).unwrap();
        for who in ["Luca", "Priya"] {
            assert!(!hears(given, who, Concern::UnsignedRecord, week), "{who}: it is signed");
        }
    });
}

#[test]
fn ladder_3_5_a_comment_on_an_agreement_waits_for_the_supervisors_manager_and_is_answered_once() {
    on_both_engines(|given| {
        let id = written(given, "Luca").unwrap();
        signs(given, "Priya", &id).unwrap();
        comments(given, "Luca", &id, "Ninety minutes are too short.");
        given.reminded(now() + Duration::minutes(1));
        assert!(hears(given, "Ros", Concern::Disagreement, now()), "{}", given.engine);
        assert!(!hears(given, "Priya", Concern::Disagreement, now()), "it is about her own work");
        written(given, "Luca").unwrap();
        assert!(
            hears(given, "Ros", Concern::Disagreement, now()),
            "one that nobody has signed answers nothing"
        );
        let comment = opens(given, "Luca", &id).signing.unanswered_comment().unwrap().id.clone();
        let answer = |who: &str| {
            let (record, comment) = (Record::Agreement(id.clone()), comment.clone());
            given.store.write(&given.who(who), now(), move |writing| {
                signing::answer_comment(writing, &record, &comment, "Two hours, then, every other time.")
            })
        };
        for who in ["Priya", "Luca", "Helen"] {
            assert!(matches!(answer(who), Err(Problem::Refused(_))), "{who}");
        }
        assert!(opens(given, "Ros", &id).signing.may_answer());
        answer("Ros").unwrap();
        assert!(!hears(given, "Ros", Concern::Disagreement, now()));
        let steps = opens(given, "Luca", &id).signing.steps;
        assert!(steps.iter().any(|step| step.words.starts_with("Two hours, then")));
        assert!(answer("Ros").is_err(), "once is enough");
    });
}

#[test]
fn ladder_a_pair_without_an_agreement_and_one_that_is_to_be_looked_at_again_are_told_of() {
    on_both_engines(|given| {
        // Twenty working days after the demonstration was made, with a weekend between.
        let due = now() + Duration::days(30);
        given.reminded(now() + Duration::days(20));
        assert!(!is_told(given, "Priya", "Luca", now() + Duration::days(20)), "{}: not yet", given.engine);
        given.reminded(due);
        assert!(is_told(given, "Priya", "Luca", due), "{}", given.engine);
        assert!(!is_told(given, "Priya", "Gwen", due), "hers holds");
        let id = written(given, "Luca").unwrap();
        signs(given, "Priya", &id).unwrap();
        signs(given, "Luca", &id).unwrap();
        assert!(!is_told(given, "Priya", "Luca", due), "made");
        // Gwen's was made 60 days ago, on 25 September; the first of two people is looked at again after three months.
        let review = now() + Duration::days(92 - 60 + 4);
        given.reminded(review);
        assert!(is_told(given, "Priya", "Gwen", review));
    });
}
