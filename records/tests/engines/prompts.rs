//! Questions: what calls for them, and what becomes of them.

use crate::given::{Given, case_of, log, logged, now, on_both_engines, session_form};
use chrono::{Duration, NaiveDate, NaiveDateTime};
use domain::TextValue;
use domain::cases::SubjectKind;
use domain::form::Form;
use domain::ids::{CaseId, RaisedPromptId};
use domain::reflection::{
    NewReflection, PromptReply, PromptShelf, PromptState, PromptTable, Situation, Trigger,
};
use domain::supervision::{NewSupervision, SHOWN_AGENDA, voice_missing_on};
use records::preparation::{self, AgendaItem, Pair};
use records::prompts;
use records::reflection::{self, RaisedPrompt, WaitingPrompt};
use records::{Problem, Reading, Who, Writing, supervision};

fn shelf(given: &Given, who: &str, shelf: PromptShelf, at: NaiveDateTime) -> Vec<WaitingPrompt> {
    given.store.read(&given.who(who), at, |reading| Ok(reflection::prompts(reading, shelf, None)?.0)).unwrap()
}

pub fn replies(given: &Given, who: &str, id: &RaisedPromptId, reply: &PromptReply) -> Result<(), Problem> {
    let (id, reply) = (id.clone(), reply.clone());
    given
        .store
        .write(&given.who(who), now(), move |writing| {
            let (prompt, _) = reflection::open_question(writing, &id)?;
            reflection::reply(writing, &id, prompt.version, &reply)
        })
        .map(drop)
}

fn agenda(given: &Given) -> Vec<AgendaItem> {
    let two = Pair { supervisor: given.person("Priya"), supervisee: given.person("Gwen") };
    given.store.read(&given.who("Gwen"), now(), |reading| preparation::agenda(reading, &two)).unwrap()
}

/// A session about a case in which nothing is answered, and the questions that it put.
pub fn talked_about(given: &Given, case: &CaseId, change: impl Fn(&mut Form)) -> Vec<RaisedPrompt> {
    let mut form = session_form(given, "Gwen", case);
    form.set("entry.0.risk_direction", "same");
    change(&mut form);
    let id = logged(given, "Priya", &form).unwrap();
    let mut session =
        given.store.read(&given.who("Gwen"), now(), |reading| supervision::open(reading, &id)).unwrap();
    session.entries.remove(0).prompts
}

fn called_by(prompts: &[RaisedPrompt]) -> Vec<Trigger> {
    prompts.iter().map(|prompt| prompt.called_by).collect()
}

pub fn answer(state: PromptState, text: &str, until: Option<NaiveDate>) -> PromptReply {
    PromptReply { state, text: text.to_owned(), until, ..PromptReply::raised("") }
}

#[test]
fn what_is_ticked_calls_for_its_question_and_stays_with_the_entry() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let put = talked_about(given, &case, |form| {
            let mut fields = form.fields().to_vec();
            fields.push(("entry.0.happened".to_owned(), "order_breached".to_owned()));
            fields.push(("entry.0.happened".to_owned(), "separation".to_owned()));
            fields.push(("entry.0.voices".to_owned(), "school".to_owned()));
            *form = Form::new(fields);
        });
        assert_eq!(called_by(&put)[..2], [Trigger::OrderBreached, Trigger::Separation], "{}", given.engine);
        assert!(put.len() <= 5);
        let file =
            given.store.read(&given.who("Gwen"), now(), |reading| records::cases::open(reading, &case, None));
        let file = file.unwrap();
        let entry = file.timeline[0].entry.as_ref().unwrap();
        assert_eq!(entry.happened.to_stored(), "order_breached separation");
        assert_eq!(entry.voices.to_stored(), "school");
    });
}

#[test]
fn nothing_is_put_twice_about_a_case_unless_its_trigger_fires_again() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let mut before: Vec<String> = Vec::new();
        for _ in 0..4 {
            let put = talked_about(given, &case, |_| {});
            for prompt in &put {
                assert!(!before.contains(&prompt.key), "{} again, on {}", prompt.key, given.engine);
            }
            before.extend(put.into_iter().map(|prompt| prompt.key));
        }
        let up = |form: &mut Form| form.set("entry.0.risk_direction", "up");
        let risen: Vec<RaisedPrompt> = (0..7).flat_map(|_| talked_about(given, &case, up)).collect();
        let of_rise = risen.iter().filter(|prompt| prompt.called_by == Trigger::RiskUp).count();
        assert!(of_rise >= 7, "each rise has its question: {of_rise}");
    });
}

/// The questions for the form of a reflection of Gwen's.
fn questions_under_reflection(given: &Given, case: &CaseId, begun: &[String]) -> PromptTable {
    let read = |reading: &mut Reading<'_>| reflection::questions(reading, Some(case), begun);
    given.store.read(&given.who("Gwen"), now(), read).unwrap()
}

#[test]
fn whoever_answers_some_questions_is_put_the_others_that_were_called_for() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let due = vec![(case.clone(), None)];
        let read = given
            .store
            .read(&given.who("Priya"), now(), |reading| reflection::questions_of(reading, &[due], &[]));
        let table = read.unwrap().remove(&case).unwrap();
        let ticked = ["order_breached", "separation", "prison_release"];
        let said = ticked.into_iter().filter_map(Trigger::from_code).collect();
        let fired = table.fired(&Situation { happened: said, ..Situation::default() });
        let called_for: Vec<String> =
            table.choose(fired).iter().map(|chosen| chosen.question.key.clone()).collect();
        assert!(called_for.len() > 3, "{}", given.engine);
        let put = talked_about(given, &case, |form| {
            let mut fields = form.fields().to_vec();
            fields.extend(ticked.map(|code| ("entry.0.happened".to_owned(), code.to_owned())));
            *form = Form::new(fields);
            for (number, key) in called_for.iter().take(3).enumerate() {
                form.set(&format!("entry.0.prompt.{number}.key"), key);
                form.set(&format!("entry.0.prompt.{number}.text"), "We talked about it.");
            }
        });
        let keys: Vec<&String> = put.iter().map(|prompt| &prompt.key).collect();
        assert_eq!(keys, called_for.iter().collect::<Vec<_>>(), "{}", given.engine);
        let answered = put.iter().filter(|prompt| prompt.state == PromptState::Answered).count();
        assert_eq!(answered, 3);
    });
}

#[test]
fn a_reflection_about_a_case_is_prompted_by_its_newest_entry_and_knows_what_was_begun() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        talked_about(given, &case, |form| form.set("entry.0.proposal", "close"));
        let table = questions_under_reflection(given, &case, &["worth-copying".to_owned()]);
        let fired = table.fired(&Situation::default());
        assert!(fired.contains(Trigger::ClosureOrStepDown), "{fired:?} on {}", given.engine);
        let kept =
            table.places(&Situation::default(), |number| (number == 0).then(|| "worth-copying".to_owned()));
        let (_, library) = given.store.read(&given.who("Gwen"), now(), prompts::library).unwrap();
        assert_eq!(kept[0].as_ref().unwrap().text, library.find("worth-copying").unwrap().text);
        let refused = given
            .store
            .read(&given.who("Sam"), now(), |reading| reflection::questions(reading, Some(&case), &[]));
        assert!(matches!(refused, Err(Problem::Refused(_) | Problem::NotFound)), "{}", given.engine);
    });
}

/// What has led somebody to a question in a reflection of theirs leads them to no other for the same reason, and the same is not asked.
#[test]
fn a_reflection_asks_for_a_reason_once_and_nothing_again() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let put = talked_about(given, &case, |form| form.set("entry.0.risk_direction", "up"));
        let asked = || {
            let table = questions_under_reflection(given, &case, &[]);
            let chosen = table.choose(table.fired(&Situation::default()));
            chosen.iter().map(|chosen| (chosen.question.key.clone(), chosen.by)).collect::<Vec<_>>()
        };
        let first = asked();
        assert!(first.iter().any(|(_, by)| *by == Trigger::RiskUp), "{first:?} on {}", given.engine);
        let is_asked_before = |key: &str| put.iter().any(|prompt| prompt.key == key);
        assert!(first.iter().all(|(key, _)| !is_asked_before(key)), "{first:?} on {}", given.engine);
        let mut form = Form::default();
        form.set("about", format!("case:{case}"));
        form.set("title", "The rise");
        form.set("body", "I had seen it coming.");
        let piece = NewReflection::parse(&form, now().date()).unwrap();
        given
            .store
            .write(&given.who("Gwen"), now(), move |writing| reflection::write(writing, &piece))
            .unwrap();
        let second = asked();
        assert!(second.iter().all(|(_, by)| *by != Trigger::RiskUp), "{second:?} on {}", given.engine);
        assert!(
            second
                .iter()
                .all(|(key, _)| !is_asked_before(key) && first.iter().all(|(other, _)| other != key)),
            "{second:?} on {}",
            given.engine
        );
    });
}

#[test]
fn a_case_that_waited_too_long_calls_for_a_question_once() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-1042");
        let later = now() + Duration::days(90);
        let due = |at| {
            let read = given
                .store
                .read(&given.who("Priya"), at, |reading| records::cases::summary_of(reading, &case));
            read.unwrap().unwrap().due.due_on
        };
        let table = |who: &str, at: NaiveDateTime| {
            let due = vec![(case.clone(), Some(due(at)))];
            let read = given
                .store
                .read(&given.who(who), at, |reading| reflection::questions_of(reading, &[due], &[]));
            read.unwrap().remove(&case).unwrap()
        };
        let is_missed = |at: NaiveDateTime| {
            table("Priya", at)
                .fired(&domain::reflection::Situation::default())
                .contains(Trigger::MissedSupervision)
        };
        assert!(is_missed(later), "{}", given.engine);
        assert_eq!(table("Priya", later), table("Gwen", later), "whoever looks sees the same");
        let talked_about_late = || {
            let mut form = session_form(given, "Gwen", &case);
            form.set_date("held_on", later.date());
            form.set("entry.0.risk_direction", "same");
            let session = NewSupervision::parse(&form, later.date()).unwrap();
            let id = given
                .store
                .write(&given.who("Priya"), later, move |writing| supervision::log(writing, &session))
                .unwrap();
            let read = given.store.read(&given.who("Gwen"), later, |reading| supervision::open(reading, &id));
            called_by(&read.unwrap().entries[0].prompts)
        };
        let asked = |by: &[Trigger]| by.iter().filter(|by| **by == Trigger::MissedSupervision).count();
        assert_eq!(asked(&talked_about_late()), 1, "{}", given.engine);
        assert!(!is_missed(later));
        assert_eq!(asked(&talked_about_late()), 0, "once");
    });
}

#[test]
fn a_question_taken_to_supervision_stands_on_the_agenda_until_it_was_talked_about() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let put = talked_about(given, &case, |_| {});
        let (id, question) = (put[0].id.clone(), put[0].question.clone());
        let take = answer(PromptState::ToSupervision, "", None);
        assert!(matches!(replies(given, "Tom", &id, &take), Err(Problem::Refused(_) | Problem::NotFound)));
        replies(given, "Gwen", &id, &take).unwrap();
        let on_agenda = agenda(given);
        assert!(on_agenda.iter().any(|item| item.words == format!("F-0930: {question}")), "{}", given.engine);
        let stands = |shelf_of| shelf(given, "Gwen", shelf_of, now()).iter().any(|prompt| prompt.id == id);
        assert!(stands(PromptShelf::Agenda) && !stands(PromptShelf::Waiting));
        // Either of the two takes it off: it waits again.
        let item = on_agenda.last().unwrap().id.clone();
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| preparation::take_off_agenda(writing, &item))
            .unwrap();
        assert!(stands(PromptShelf::Waiting) && agenda(given).is_empty());
        // Talked about: it asks what came of it.
        replies(given, "Gwen", &id, &take).unwrap();
        let item = agenda(given).last().unwrap().id.to_string();
        let mut form = session_form(given, "Gwen", &case);
        form.set(SHOWN_AGENDA, item);
        log(given, "Priya", &form).unwrap();
        let waiting = shelf(given, "Gwen", PromptShelf::Waiting, now());
        assert!(waiting.iter().any(|prompt| prompt.id == id && prompt.was_talked_about), "{}", given.engine);
        // Answered after all, it stands nowhere else.
        replies(given, "Gwen", &id, &answer(PromptState::Answered, "We agreed on Monday.", None)).unwrap();
        assert!(stands(PromptShelf::Replied));
    });
}

#[test]
fn a_question_that_is_put_off_comes_back_on_its_day() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let put = talked_about(given, &case, |_| {});
        let (id, day) = (put[0].id.clone(), now().date() + Duration::days(10));
        replies(given, "Gwen", &id, &answer(PromptState::Deferred, "", Some(day))).unwrap();
        let waits = |at| shelf(given, "Gwen", PromptShelf::Waiting, at).iter().any(|prompt| prompt.id == id);
        assert!(!waits(now()) && !waits(now() + Duration::days(9)), "{}", given.engine);
        assert!(waits(now() + Duration::days(10)));
        let later = shelf(given, "Gwen", PromptShelf::Later, now());
        assert!(later.iter().any(|prompt| prompt.id == id && prompt.until == Some(day)));
        let counts = given.store.read(&given.who("Gwen"), now(), reflection::prompt_counts).unwrap();
        assert_eq!(counts[&PromptShelf::Later], later.len());
        assert_eq!(counts[&PromptShelf::Waiting], shelf(given, "Gwen", PromptShelf::Waiting, now()).len());
        assert!(shelf(given, "Priya", PromptShelf::Later, now()).is_empty(), "only whom it was put to");
    });
}

#[test]
fn what_a_void_record_asked_stands_on_no_agenda() {
    on_both_engines(|given| {
        let mut form = session_form(given, "Gwen", &case_of(given, "Priya", "F-0930"));
        form.set("entry.0.prompt.0.key", "worth-copying");
        form.set("entry.0.prompt.0.state", PromptState::ToSupervision.code());
        let id = logged(given, "Priya", &form).unwrap();
        assert_eq!(agenda(given).len(), 1, "{}", given.engine);
        given
            .store
            .write(&given.who("Ros"), now(), move |writing| supervision::void(writing, &id, "Twice"))
            .unwrap();
        assert!(agenda(given).is_empty());
        assert!(shelf(given, "Gwen", PromptShelf::Agenda, now()).is_empty());
    });
}

#[test]
fn what_a_void_record_asked_counts_for_nothing_and_notes_stay_their_authors() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let effects = || given.store.read(&given.who("Helen"), now(), prompts::effects).unwrap();
        let calm = || questions_under_reflection(given, &case, &[]);
        let before = (effects(), calm());
        let mut form = session_form(given, "Gwen", &case);
        form.set("entry.0.risk_direction", "down");
        form.set("entry.0.proposal", "close");
        let id = logged(given, "Priya", &form).unwrap();
        let read = || {
            let file = given.store.read(&given.who("Gwen"), now(), |reading| supervision::open(reading, &id));
            file.unwrap().entries.remove(0).prompts
        };
        let (asked, in_a_week) = (read().remove(0), now().date() + Duration::days(7));
        let put_off = answer(PromptState::Deferred, "I need to think about this.", Some(in_a_week));
        replies(given, "Gwen", &asked.id, &put_off).unwrap();
        assert!(effects() != before.0 && calm() != before.1, "{}", given.engine);
        let session = id.clone();
        given
            .store
            .write(&given.who("Ros"), now(), move |writing| supervision::void(writing, &session, "Twice"))
            .unwrap();
        let after = read().into_iter().find(|prompt| prompt.id == asked.id).unwrap();
        assert_eq!((after.state, after.reply.as_str()), (PromptState::NotRelevant, put_off.text.as_str()));
        assert!(after.replied_by.unwrap().starts_with("Gwen"), "{}", given.engine);
        assert_eq!(effects(), before.0, "{}", given.engine);
        assert_eq!(calm(), before.1, "{}", given.engine);
    });
}

#[test]
fn a_question_goes_to_the_nearest_supervisor_who_hears_of_cases() {
    use domain::people::LinkKind;
    on_both_engines(|given| {
        let with = |links: &[(&str, LinkKind)], has_case: bool| {
            let mut actor = given.actor("Gwen");
            actor.supervised_by = links.iter().map(|(name, kind)| (given.person(name), *kind)).collect();
            let who = Who::person(actor, "test");
            given.store.read(&who, now(), |reading| reflection::taken_to(reading, has_case)).unwrap()
        };
        let (ros, priya, marta) =
            (("Ros", LinkKind::Reflective), ("Priya", LinkKind::Line), ("Marta", LinkKind::Safeguarding));
        assert_eq!(with(&[ros, marta, priya], true), Some(given.name("Priya")), "{}", given.engine);
        assert_eq!(with(&[ros, marta], true), Some(given.name("Marta")));
        assert_eq!(with(&[ros], true), None, "nothing about a case");
        assert_eq!(with(&[ros], false), Some(given.name("Ros")));
    });
}

#[test]
fn what_somebody_asks_themselves_in_their_journal_is_not_counted() {
    on_both_engines(|given| {
        let effects = || given.store.read(&given.who("Helen"), now(), prompts::effects).unwrap();
        let before = effects();
        let mut form = Form::default();
        form.set("title", "On Tuesday");
        form.set("body", "A long day.");
        form.set("about", "neither");
        let piece = NewReflection::parse(&form, now().date()).unwrap();
        let write = move |writing: &mut Writing<'_>| reflection::write(writing, &piece);
        given.store.write(&given.who("Gwen"), now(), write).unwrap();
        assert_eq!(effects(), before, "{}", given.engine);
    });
}

#[test]
fn a_voice_that_fell_silent_calls_for_a_question() {
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let put = talked_about(given, &case, |form| form.set("entry.0.voices", "school"));
        assert!(!called_by(&put).contains(&Trigger::VoiceMissing));
        let later = now() + Duration::days(57);
        let due = vec![(case.clone(), None)];
        let read = given
            .store
            .read(&given.who("Priya"), later, |reading| reflection::questions_of(reading, &[due], &[]));
        let table = read.unwrap().remove(&case).unwrap();
        let fired = table.fired(&domain::reflection::Situation::default());
        assert!(fired.contains(Trigger::VoiceMissing), "{fired:?} on {}", given.engine);
        assert_eq!(voice_missing_on(&[], SubjectKind::Children, later.date()), None);
    });
}

#[test]
fn explanations_stand_beside_each_other_and_challenges_are_kept_with_the_entry() {
    use domain::supervision::ChallengeOutcome;
    on_both_engines(|given| {
        let case = case_of(given, "Priya", "F-0930");
        let mut form = session_form(given, "Gwen", &case);
        form.set("entry.0.hypothesis.0.explanation", "He is tired after school.");
        form.set("entry.0.hypothesis.1.explanation", "");
        let Err(Problem::Invalid(problems)) = logged(given, "Priya", &form) else {
            panic!("{}", given.engine)
        };
        assert_eq!(problems.0[0].field, "entry.0.hypothesis.1.explanation");
        form.set("entry.0.hypothesis.1.explanation", "Somebody frightens him.");
        form.set("entry.0.hypothesis.1.who_else", "The school");
        form.set("entry.0.challenge.0.by", "practitioner");
        form.set("entry.0.challenge.0.tested", "That the carers are coping.");
        form.set("entry.0.challenge.0.outcome", "plan_changed");
        let id = logged(given, "Priya", &form).unwrap();
        let session =
            given.store.read(&given.who("Gwen"), now(), |reading| supervision::open(reading, &id)).unwrap();
        let entry = &session.entries[0].entry;
        assert_eq!(entry.hypotheses.0.len(), 2);
        assert_eq!(entry.hypotheses.0[1].who_else, "The school");
        assert_eq!(entry.challenges.0[0].outcome, ChallengeOutcome::PlanChanged);
        // Whoever signs signs these words too.
        let hash = |form: &Form| {
            let id = logged(given, "Priya", form).unwrap();
            let read = given.store.read(&given.who("Gwen"), now(), |reading| supervision::open(reading, &id));
            read.unwrap().signing.text_hash
        };
        assert_eq!(hash(&form), session.signing.text_hash);
        form.set("entry.0.hypothesis.1.who_else", "The school nurse");
        let changed = hash(&form);
        assert_ne!(changed, session.signing.text_hash);
        form.set("entry.0.challenge.0.outcome", "confirmed");
        assert_ne!(hash(&form), changed);
    });
}
