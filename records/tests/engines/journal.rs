//! The journal: sealed for its author, shared as copies, shut without its key, and opened by the law alone.

use crate::given::{Given, MASTER_KEY, empty, now, on_both_engines, with_journal};
use chrono::Duration;
use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::drafts::{ADDRESS, NewDraft, TEXT_BOX, WINDOW};
use domain::form::Form;
use domain::ids::{ReflectionCopyId, ReflectionId};
use domain::reflection::{About, CheckIn, NewReflection, Piece, PromptReply, PromptState, Step};
use records::drafts::{self, Author};
use records::journal::{self, Confirmation, MasterKey, MasterKeys, Opening, Shut};
use records::reflection::{self, NewCopy, ReflectionFile, StandsIn};
use records::{DatabaseAddress, Problem, Store, Who, demonstration, setup};
use std::sync::{Arc, Mutex};

/// Strings that stand nowhere else; each is written into one part of the journal.
const CANARIES: [&str; 10] = [
    "canary-title-Qx7",
    "canary-body-Vw2",
    "canary-step-Zk9",
    "canary-checkin-Jp4",
    "canary-answer-Hd1",
    "canary-later-answer-Rb8",
    "canary-draft-Mf3",
    "canary-shared-Ty6",
    "canary-reply-Lc5",
    "canary-reply-draft-Ng6",
];

fn piece() -> Piece {
    Piece {
        title: format!("On {}", CANARIES[0]),
        model: "what".to_owned(),
        steps: vec![Step { key: "what".into(), title: "What?".into(), text: CANARIES[2].into() }],
        body: format!("{}\n\nA second paragraph.", CANARIES[1]),
        standards: vec!["pcf-6".to_owned()],
        check_in: Some(CheckIn { feeling: Some(2), words: CANARIES[3].to_owned() }),
    }
}

fn new(piece: Piece) -> NewReflection {
    NewReflection { about: About::Neither, piece, prompts: Vec::new(), share_with: None }
}

fn writes(given: &Given, name: &str, new: NewReflection) -> ReflectionId {
    given.store.write(&given.who(name), now(), move |writing| reflection::write(writing, &new)).unwrap()
}

fn opens(given: &Given, name: &str, id: &ReflectionId) -> Result<ReflectionFile, Problem> {
    given.store.read(&given.who(name), now(), |reading| reflection::open(reading, id))
}

/// Gwen writes in every part of her journal, answers questions, has a draft, and shares with Priya, who replies.
fn write_everywhere(given: &Given) -> (ReflectionId, ReflectionCopyId) {
    let questions = given
        .store
        .read(&given.who("Gwen"), now(), |reading| reflection::questions(reading, None, &[]))
        .unwrap();
    let key = questions.places(&domain::reflection::Situation::default(), |_| None)[0]
        .as_ref()
        .unwrap()
        .key
        .clone();
    let answered = PromptReply {
        key,
        state: PromptState::Answered,
        text: CANARIES[4].to_owned(),
        until: None,
        changed_plan: false,
    };
    let id = writes(given, "Gwen", NewReflection { prompts: vec![answered], ..new(piece()) });
    let open = opens(given, "Gwen", &id).unwrap();
    let waiting = open.prompts.iter().find(|prompt| prompt.state == PromptState::Raised).unwrap();
    let (prompt, version) = (waiting.id.clone(), waiting.version);
    let reply = PromptReply {
        key: String::new(),
        state: PromptState::Answered,
        text: CANARIES[5].to_owned(),
        until: None,
        changed_plan: false,
    };
    let stands_in = given
        .store
        .write(&given.who("Gwen"), now(), move |writing| reflection::reply(writing, &prompt, version, &reply))
        .unwrap();
    assert_eq!(stands_in, StandsIn::Reflection(id.clone()));
    let mut form = Form::default();
    for (name, value) in [
        (ADDRESS, "/reflections/new"),
        (WINDOW, "one"),
        (TEXT_BOX, "body Your reflection"),
        ("body", CANARIES[6]),
        ("title", CANARIES[6]),
    ] {
        form.set(name, value);
    }
    let draft = NewDraft { title: CANARIES[6].to_owned(), ..NewDraft::read(&form).unwrap() };
    let actor = given.actor("Gwen");
    let author = Author { person: actor.person, organisation: actor.organisation };
    // The form of a question under a private piece stands elsewhere, and belongs to the journal all the same.
    let open = opens(given, "Gwen", &id).unwrap();
    let last = open.prompts.iter().find(|prompt| prompt.state == PromptState::Raised).unwrap();
    form.set(ADDRESS, format!("/questions/{}", last.id));
    form.set("body", CANARIES[9]);
    form.set("title", CANARIES[9]);
    let of_reply = NewDraft { title: CANARIES[9].to_owned(), ..NewDraft::read(&form).unwrap() };
    drafts::save(&given.store, &given.who("Gwen"), &author, of_reply, now()).unwrap();
    drafts::save(&given.store, &given.who("Gwen"), &author, draft, now() + Duration::minutes(1)).unwrap();
    let mut shared = piece();
    CANARIES[7].clone_into(&mut shared.body);
    let other = writes(given, "Gwen", new(shared));
    let copy = shares(given, &other, CANARIES[7]).unwrap();
    let asked = copy.clone();
    given
        .store
        .write(&given.who("Priya"), now(), move |writing| {
            reflection::reply_under_copy(writing, &asked, CANARIES[8])
        })
        .unwrap();
    (id, copy)
}

fn shares(given: &Given, id: &ReflectionId, body: &str) -> Result<ReflectionCopyId, Problem> {
    let copy = NewCopy { reader: given.person("Priya"), title: "A part".to_owned(), body: body.to_owned() };
    let id = id.clone();
    given.store.write(&given.who("Gwen"), now(), move |writing| reflection::share(writing, &id, &copy))
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Everything that the engine keeps, as text: the files of SQLite and a backup, or each row of PostgreSQL.
fn everything_kept(given: &Given) -> String {
    match &given.address {
        DatabaseAddress::Sqlite(path) => {
            let backup = backup_of(given);
            setup::backup(&given.store, &given.address, &backup, now()).unwrap();
            let folder = path.parent().unwrap();
            let files =
                std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
            files.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
        }
        DatabaseAddress::Postgres(url) => {
            let mut connection = PgConnection::establish(url).unwrap();
            let tables: Vec<Line> = diesel::sql_query(
                "SELECT table_name::text AS line FROM information_schema.tables WHERE table_schema = 'public'",
            )
            .load(&mut connection)
            .unwrap();
            let rows = tables.iter().flat_map(|table| {
                let query = format!("SELECT t::text AS line FROM \"{}\" t", table.line);
                diesel::sql_query(query).load::<Line>(&mut connection).unwrap()
            });
            rows.map(|row| row.line).collect()
        }
    }
}

/// What the trail says of a question besides that it was put or replied to.
fn audited_of_question(given: &Given, id: &str) -> Vec<String> {
    let query = diesel::sql_query(format!(
        "SELECT detail AS line FROM audit_events WHERE subject_kind = 'question' AND subject_id = '{id}'"
    ));
    let lines: Vec<Line> = match &given.address {
        DatabaseAddress::Sqlite(path) => {
            query.load(&mut SqliteConnection::establish(path.to_str().unwrap()).unwrap()).unwrap()
        }
        DatabaseAddress::Postgres(url) => query.load(&mut PgConnection::establish(url).unwrap()).unwrap(),
    };
    lines.into_iter().map(|row| row.line).collect()
}

fn backup_of(given: &Given) -> std::path::PathBuf {
    match &given.address {
        DatabaseAddress::Sqlite(path) => path.with_file_name("copy.sqlite"),
        DatabaseAddress::Postgres(_) => panic!("PostgreSQL is backed up otherwise"),
    }
}

fn assert_no_canary(text: &str, what: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{canary} stands in {what}");
    }
}

#[test]
fn what_is_private_stands_nowhere_in_clear() {
    on_both_engines(|given| {
        let (id, copy) = write_everywhere(given);
        let kept = everything_kept(given);
        assert!(kept.contains(id.as_str()), "{}: the rows are in what was looked at", given.engine);
        assert_no_canary(&kept, given.engine);
        let file = opens(given, "Gwen", &id).unwrap();
        assert_eq!(file.piece, piece(), "its author reads it whole");
        let replies: Vec<&str> = file
            .prompts
            .iter()
            .map(|prompt| prompt.reply.as_str())
            .filter(|reply| !reply.is_empty())
            .collect();
        assert_eq!(replies, [CANARIES[4], CANARIES[5]]);
        for prompt in file.prompts.iter().filter(|prompt| !prompt.reply.is_empty()) {
            let audited = audited_of_question(given, prompt.id.as_str());
            assert!(!audited.is_empty(), "{}", given.engine);
            for detail in audited {
                assert!(!detail.contains(&prompt.key) && !detail.contains("answered"), "{detail}");
            }
        }
        for other in ["Priya", "Ros", "Sam", "Hanif", "Helen", "Tom"] {
            assert!(matches!(opens(given, other, &id), Err(Problem::Refused(_))), "{other}");
        }
        let read = |name: &str| {
            given.store.read(&given.who(name), now(), |reading| reflection::open_copy(reading, &copy))
        };
        let copy = read("Priya").unwrap();
        assert_eq!((copy.body.as_str(), copy.replies[0].text.as_str()), (CANARIES[7], CANARIES[8]));
        assert!(read("Gwen").unwrap().is_mine);
        assert!(matches!(read("Ros"), Err(Problem::Refused(_))));
        let drafts = given.store.read(&given.who("Gwen"), now(), drafts::list).unwrap();
        let titles: Vec<&str> = drafts.iter().take(2).map(|draft| draft.title.as_str()).collect();
        assert_eq!(titles, [CANARIES[6], CANARIES[9]], "and finds what was begun again");
    });
}

#[test]
fn a_changed_piece_and_an_ended_draft_leave_nothing_behind() {
    on_both_engines(|given| {
        let (id, _) = write_everywhere(given);
        let mut later = piece();
        later.title = "Later".to_owned();
        let asked = id.clone();
        given
            .store
            .write(&given.who("Gwen"), now(), move |writing| reflection::change(writing, &asked, 1, &later))
            .unwrap();
        let stale = id.clone();
        let again = given.store.write(&given.who("Gwen"), now(), move |writing| {
            reflection::change(writing, &stale, 1, &piece())
        });
        assert!(matches!(again, Err(Problem::Stale(_))), "{}", given.engine);
        assert_eq!(opens(given, "Gwen", &id).unwrap().piece.title, "Later");
        assert_no_canary(&everything_kept(given), given.engine);
    });
}

#[test]
fn a_part_is_shared_and_nothing_that_does_not_stand_there() {
    on_both_engines(|given| {
        let id = writes(given, "Gwen", new(piece()));
        assert!(shares(given, &id, "A second paragraph.").is_ok());
        let Err(Problem::Invalid(problems)) = shares(given, &id, "A second paragraph.\nA third.") else {
            panic!("{}: what was never written was shared", given.engine);
        };
        assert!(problems.of("body").unwrap().contains("A third."));
        let (id, stranger) = (id.clone(), given.person("Jo"));
        let copy =
            NewCopy { reader: stranger, title: "x".to_owned(), body: "A second paragraph.".to_owned() };
        let refused = given
            .store
            .write(&given.who("Gwen"), now(), move |writing| reflection::share(writing, &id, &copy));
        assert!(matches!(refused, Err(Problem::Invalid(_))), "neither a supervisor nor of the team");
    });
}

#[test]
fn a_copy_is_taken_back_within_a_day_and_then_nobody_reads_it() {
    on_both_engines(|given| {
        let id = writes(given, "Gwen", new(piece()));
        let copy = shares(given, &id, "A second paragraph.").unwrap();
        let take_back = |name: &str, at| {
            let copy = copy.clone();
            given.store.write(&given.who(name), at, move |writing| reflection::take_back(writing, &copy))
        };
        let day = Duration::hours(24);
        assert!(matches!(take_back("Priya", now()), Err(Problem::Refused(_))), "{}", given.engine);
        assert!(matches!(take_back("Gwen", now() + day), Err(Problem::Invalid(_))));
        take_back("Gwen", now() + day - Duration::seconds(1)).unwrap();
        for name in ["Gwen", "Priya"] {
            let opened =
                given.store.read(&given.who(name), now(), |reading| reflection::open_copy(reading, &copy));
            assert!(matches!(opened, Err(Problem::NotFound)), "{name}");
        }
        assert!(matches!(take_back("Gwen", now()), Err(Problem::NotFound)), "once");
        assert_eq!(opens(given, "Gwen", &id).unwrap().copies.len(), 0);
    });
}

/// The same database, opened with another idea of the master key.
fn reopened(given: &Given, keys: Option<MasterKeys>) -> Store {
    let store = Store::open(&given.address).unwrap();
    match keys {
        Some(keys) => store.with_master_keys(Arc::new(move || Ok(keys.clone()))),
        None => store,
    }
}

#[test]
fn without_its_key_or_with_another_the_journal_stays_shut_and_the_rest_works() {
    on_both_engines(|given| {
        let (id, copy) = write_everywhere(given);
        let other = MasterKeys::only(MasterKey::make().unwrap());
        for (keys, why) in [(None, Shut::NoKey), (Some(other), Shut::WrongKey)] {
            let store = reopened(given, keys);
            let who = given.who("Gwen");
            let is_shut = |outcome: Result<(), Problem>| match outcome {
                Err(Problem::Shut(shut)) => assert_eq!(shut, why, "{}", given.engine),
                other => panic!("{why}: {other:?}"),
            };
            is_shut(store.read(&who, now(), |reading| reflection::open(reading, &id)).map(drop));
            is_shut(store.read(&who, now(), |reading| reflection::mine(reading, None)).map(drop));
            is_shut(store.read(&who, now(), |reading| reflection::open_copy(reading, &copy)).map(drop));
            is_shut(store.write(&who, now(), |w| reflection::write(w, &new(piece()))).map(drop));
            let tom = given.who("Tom");
            is_shut(store.write(&tom, now(), |w| reflection::write(w, &new(piece()))).map(drop));
            let listed = store.read(&who, now(), drafts::list).unwrap();
            assert!(listed[0].title.contains("shut"), "the list of drafts opens: {}", listed[0].title);
            store.read(&who, now(), reflection::waiting_questions).unwrap();
            store
                .read(&given.who("Priya"), now(), |reading| {
                    records::cases::list(reading, &domain::cases::CaseFilter::default(), "")
                })
                .unwrap();
        }
        assert_eq!(opens(given, "Gwen", &id).unwrap().piece, piece(), "with the key it opens again");
    });
}

#[test]
fn keys_are_wrapped_anew_while_others_work_and_after_a_stop() {
    on_both_engines(|given| {
        let (id, copy) = write_everywhere(given);
        let old: MasterKey = MASTER_KEY.parse().unwrap();
        let fresh = MasterKey::make().unwrap();
        // What a server reads again from the key's file.
        let file = Arc::new(Mutex::new(MasterKeys::only(old.clone())));
        let source = {
            let file = Arc::clone(&file);
            move || Ok(file.lock().unwrap().clone())
        };
        let server = Store::open(&given.address).unwrap().with_master_keys(Arc::new(source));
        let reads = |store: &Store| {
            let who = given.who("Gwen");
            let piece = store.read(&who, now(), |reading| reflection::open(reading, &id)).unwrap().piece;
            let copy = store.read(&who, now(), |reading| reflection::open_copy(reading, &copy)).unwrap();
            (piece, copy.body)
        };
        let whole = (piece(), CANARIES[7].to_owned());
        assert_eq!(reads(&server), whole, "{}", given.engine);
        let both = MasterKeys::after(fresh.clone(), vec![old]);
        *file.lock().unwrap() = both.clone();
        // Somebody new writes before anything is wrapped anew: already with the new key.
        let tom = given.who("Tom");
        server.write(&tom, now(), |writing| reflection::write(writing, &new(piece()))).unwrap();
        let rotating = reopened(given, Some(both));
        let before = journal::standing(&rotating, now()).unwrap();
        assert!(before.to_wrap > 0 && before.lost == 0, "{before:?}");
        assert!(journal::rewrap(&rotating, now()).unwrap() > 0);
        while journal::rewrap(&rotating, now()).unwrap() > 0 {}
        assert_eq!(journal::standing(&rotating, now()).unwrap().to_wrap, 0);
        *file.lock().unwrap() = MasterKeys::only(fresh.clone());
        assert_eq!(reads(&server), whole, "a server that ran all the while goes along");
        assert_eq!(reads(&reopened(given, Some(MasterKeys::only(fresh)))), whole);
        assert!(
            matches!(opens(given, "Gwen", &id), Err(Problem::Shut(Shut::WrongKey))),
            "the old key opens nothing"
        );
    });
}

#[test]
fn what_was_written_before_there_was_a_key_is_sealed_at_the_next_start() {
    on_both_engines(|given| {
        let (id, copy) = write_everywhere(given);
        // As an earlier version kept it: in clear.
        let in_clear = [
            "DELETE FROM drafts WHERE address LIKE '/reflections%'".to_owned(),
            format!(
                "UPDATE reflections SET title = 'Old title', body = 'Old body', sealed_head = NULL, sealed_text = NULL WHERE id = '{id}'"
            ),
            format!(
                "UPDATE raised_prompts SET reply = 'Old reply', sealed_reply = NULL WHERE reflection_id = '{id}'"
            ),
        ];
        for statement in in_clear {
            run(&given.address, &statement).unwrap();
        }
        assert!(everything_kept(given).contains("Old body"));
        assert!(journal::seal_what_is_open(&given.store, now()).unwrap() >= 2, "{}", given.engine);
        assert_eq!(journal::seal_what_is_open(&given.store, now()).unwrap(), 0, "once");
        let file = opens(given, "Gwen", &id).unwrap();
        assert_eq!((file.piece.title.as_str(), file.piece.body.as_str()), ("Old title", "Old body"));
        assert_eq!(file.prompts[0].reply, "Old reply");
        if given.engine == "sqlite" {
            // What was written in clear stands in the log until it is carried over and begins anew, as each stop of a server does.
            run(&given.address, "PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            std::fs::remove_file(backup_of(given)).unwrap();
        }
        let kept = everything_kept(given);
        for text in ["Old title", "Old body", "Old reply"] {
            assert!(!kept.contains(text), "{}: {text}", given.engine);
        }
        let change = format!("UPDATE reflection_copies SET sealed_text = 'x' WHERE id = '{copy}'");
        assert!(run(&given.address, &change).is_err(), "a copy is frozen");
    });
}

fn run(address: &DatabaseAddress, statement: &str) -> QueryResult<usize> {
    match address {
        DatabaseAddress::Sqlite(path) => {
            let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
            diesel::sql_query("PRAGMA busy_timeout = 5000").execute(&mut connection)?;
            diesel::sql_query(statement).execute(&mut connection)
        }
        DatabaseAddress::Postgres(url) => {
            diesel::sql_query(statement).execute(&mut PgConnection::establish(url).unwrap())
        }
    }
}

#[test]
fn the_law_opens_a_journal_with_two_people_and_its_author_is_told() {
    on_both_engines(|given| {
        let (id, _) = write_everywhere(given);
        let person = |email: &str, password: &str| Confirmation {
            email: email.to_owned(),
            password: password.to_owned(),
        };
        let word = demonstration::PASSWORD;
        let asks = |first: Confirmation, second: Confirmation, reason: &str| {
            let opening = Opening {
                author_email: "gwen.hartley@example.org".to_owned(),
                reason: reason.to_owned(),
                first,
                second,
            };
            journal::open_by_law(&given.store, &opening, "https://example.org/reflections", now())
        };
        let role = format!(
            "INSERT INTO person_roles (person_id, role, organisation_id)
             SELECT id, 'information_governance', organisation_id FROM people WHERE id = '{}'",
            given.person("Hanif")
        );
        run(&given.address, &role).unwrap();
        let hanif = || person("hanif.qureshi@example.org", word);
        let head = || person("helen.ward@example.org", word);
        let order = "Order 4711 of the county court";
        for (first, second, reason) in [
            (hanif(), hanif(), order),
            (hanif(), person("helen.ward@example.org", "wrong"), order),
            (hanif(), person("priya.nair@example.org", word), order),
            (hanif(), person("admin@example.org", word), order),
            (hanif(), head(), " "),
        ] {
            assert!(asks(first, second, reason).is_err(), "{}", given.engine);
        }
        let told = |name: &str| {
            let who = given.who(name);
            given.store.read(&who, now(), journal::openings).unwrap()
        };
        assert!(told("Gwen").is_empty(), "nothing was opened");
        let opened = asks(hanif(), head(), order).unwrap();
        assert_eq!(opened.author, "Gwen Hartley");
        assert!(opened.pieces.iter().any(|opened| opened.piece == piece() && opened.replies.len() == 2));
        let openings = told("Gwen");
        assert_eq!(openings.len(), 1);
        assert_eq!(openings[0].2, order);
        assert!(told("Tom").is_empty());
        let mails = records::mail::claim(&given.store, now()).unwrap();
        let mail = mails.iter().find(|mail| mail.recipient_email == "gwen.hartley@example.org").unwrap();
        assert!(mail.subject.contains("journal") && !mail.body.contains("4711"), "{}", mail.body);
        assert!(opens(given, "Gwen", &id).is_ok());
        let trail = given.store.read(&Who::system("test"), now(), records::audit::verify).unwrap();
        assert!(matches!(trail, records::audit::Verdict::Whole { .. }));
    });
}

#[test]
fn a_demonstration_stands_without_a_journal() {
    let given = empty("sqlite");
    let store = reopened(&given, None);
    demonstration::fill(&store, now()).unwrap();
    let store = with_journal(Store::open(&given.address).unwrap());
    assert_eq!(journal::seal_what_is_open(&store, now()).unwrap(), 0);
}
