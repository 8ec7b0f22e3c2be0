//! The journal: sealed for its author, shared as copies, shut without its key, and opened by the law alone.

use crate::given::{
    Given, MASTER_KEY, case_of, empty, logged, now, on_both_engines, session_form, with_journal,
};
use chrono::Duration;
use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::drafts::{ADDRESS, NewDraft, TEXT_BOX, WINDOW};
use domain::form::Form;
use domain::ids::{CpdPieceId, ReflectionCopyId, ReflectionId, SupervisionId};
use domain::reflection::{About, CheckIn, CpdPiece, NewReflection, Piece, PromptReply, PromptState, Step};
use domain::supervision::NewSignature;
use records::drafts::{self, Author};
use records::journal::{self, Confirmation, MasterKey, MasterKeys, Opening, Rewrapping, Shut};
use records::reflection::{self, NewCopy, ReflectionFile, StandsIn};
use records::signing::{self, Record};
use records::submissions::{self, Submission};
use records::{DatabaseAddress, Problem, Store, Who, Writing, demonstration, setup, supervision};
use std::sync::{Arc, Mutex};

mod copies;
mod keys;
mod sealing;
mod waiting;

/// Strings that stand nowhere else; each is written into one part of the journal.
const CANARIES: [&str; 11] = [
    "canary-title-Qx7",
    "canary-body-Vw2",
    "canary-step-Zk9",
    "canary-checkin-Jp4",
    "canary-answer-Hd1",
    "canary-later-answer-Rb8",
    "canary-draft-Mf3",
    "canary-shared-Ty6",
    "canary-reply-Lc5",
    "canary-cpd-Wn1",
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

fn cpd_piece() -> CpdPiece {
    CpdPiece {
        kind: "Reading".to_owned(),
        ..CpdPiece::begun_from(&Piece::free(CANARIES[9], CANARIES[9]), now().date())
    }
}

/// Gwen writes in every part of her journal, answers questions, has a draft and a CPD piece, and shares with Priya, who replies.
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
    let gwen = given.who("Gwen");
    given.store.write(&gwen, now(), |writing| reflection::write_cpd(writing, &cpd_piece())).unwrap();
    // The form of a question under a private piece stands elsewhere, and belongs to the journal all the same.
    let open = opens(given, "Gwen", &id).unwrap();
    let last = open.prompts.iter().find(|prompt| prompt.state == PromptState::Raised).unwrap();
    form.set(ADDRESS, format!("/questions/{}", last.id));
    form.set("body", CANARIES[10]);
    form.set("title", CANARIES[10]);
    let of_reply = NewDraft { title: CANARIES[10].to_owned(), ..NewDraft::read(&form).unwrap() };
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
struct Emptied {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    busy: i32,
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

/// What PostgreSQL has on disk of this database: the files of its tables, their long values and their indexes, as text.
fn files_of_postgresql(url: &str) -> String {
    let mut connection = PgConnection::establish(url).unwrap();
    diesel::sql_query("CHECKPOINT").execute(&mut connection).unwrap();
    let files: Vec<Line> = diesel::sql_query(
        "SELECT encode(pg_read_binary_file(pg_relation_filepath(oid)), 'escape') AS line \
         FROM pg_class WHERE relkind IN ('r', 't', 'i') AND oid >= 16384",
    )
    .load(&mut connection)
    .unwrap();
    files.into_iter().map(|file| file.line).collect()
}

/// Where PostgreSQL's write-ahead log stands now.
fn place_in_log(given: &Given) -> Option<String> {
    let DatabaseAddress::Postgres(url) = &given.address else { return None };
    let mut connection = PgConnection::establish(url).unwrap();
    let line: Line = diesel::sql_query("SELECT pg_walfile_name(pg_current_wal_lsn()) AS line")
        .get_result(&mut connection)
        .unwrap();
    Some(line.line)
}

/// Whether words stand in the files of PostgreSQL's write-ahead log, from this one on.
fn is_in_log(url: &str, from: &str, words: &str) -> bool {
    let found: Vec<Line> = diesel::sql_query(
        "SELECT name AS line FROM pg_ls_waldir() WHERE name >= $1 AND name <= pg_walfile_name(pg_current_wal_lsn()) \
         AND position(convert_to($2, 'UTF8') IN pg_read_binary_file('pg_wal/' || name)) > 0",
    )
    .bind::<Text, _>(from)
    .bind::<Text, _>(words)
    .load(&mut PgConnection::establish(url).unwrap())
    .unwrap();
    !found.is_empty()
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
        let log = place_in_log(given);
        let (id, copy) = write_everywhere(given);
        let kept = everything_kept(given);
        assert!(kept.contains(id.as_str()), "{}: the rows are in what was looked at", given.engine);
        assert_no_canary(&kept, given.engine);
        if let DatabaseAddress::Postgres(url) = &given.address {
            let files = files_of_postgresql(url);
            assert!(files.contains(id.as_str()), "the rows are in what was looked at");
            assert_no_canary(&files, "the files of PostgreSQL");
            let log = log.unwrap();
            let author = given.person("Gwen");
            assert!(is_in_log(url, &log, author.as_str()), "the log holds what was written");
            for canary in CANARIES {
                assert!(!is_in_log(url, &log, canary), "{canary} stands in the log of PostgreSQL");
            }
        }
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
        assert_eq!(drafts[0].title, CANARIES[6]);
        let cpd = given.store.read(&given.who("Gwen"), now(), reflection::cpd_list).unwrap();
        assert_eq!(cpd[0].piece, cpd_piece());
        let titles: Vec<&str> = drafts.iter().take(2).map(|draft| draft.title.as_str()).collect();
        assert_eq!(titles, [CANARIES[6], CANARIES[10]], "and finds what was begun again");
    });
}

#[test]
fn a_changed_piece_and_an_ended_draft_leave_nothing_behind() {
    on_both_engines(|given| {
        let (id, _) = write_everywhere(given);
        let draft = given.store.read(&given.who("Gwen"), now(), drafts::list).unwrap().remove(0).id;
        let sealed_before = [
            line(given, &format!("SELECT sealed_text AS line FROM reflections WHERE id = '{id}'")),
            line(given, &format!("SELECT sealed AS line FROM drafts WHERE id = '{draft}'")),
        ];
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
        let Err(Problem::Stale(stale)) = again else { panic!("{}: {again:?}", given.engine) };
        let labels: Vec<&str> = stale.fields.iter().map(|field| field.label.as_str()).collect();
        assert_eq!(
            labels,
            ["Title", "What?", "Anything else", "How you are", "Standards that this speaks to"],
            "who saves theirs in its place sees everything that goes"
        );
        assert_eq!(opens(given, "Gwen", &id).unwrap().piece.title, "Later");
        given
            .store
            .write(&given.who("Gwen"), now(), move |writing| drafts::throw_away(writing, &draft))
            .unwrap();
        forget_the_log(given);
        let kept = everything_kept(given);
        assert_no_canary(&kept, given.engine);
        for sealed in &sealed_before {
            assert!(!sealed.is_empty() && !kept.contains(sealed), "{}: not even sealed", given.engine);
        }
    });
}

/// What is freed stands in SQLite’s log until it is carried over and emptied, as each stop of a server does. The store carries over by
/// itself, and one waits for the other.
fn forget_the_log(given: &Given) {
    if let DatabaseAddress::Sqlite(path) = &given.address {
        let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
        let emptied = |connection: &mut SqliteConnection| {
            let told: Emptied =
                diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(connection).unwrap();
            told.busy == 0
        };
        while !emptied(&mut connection) {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let _ = std::fs::remove_file(backup_of(given));
    }
}

/// The first line that a query finds.
fn line(given: &Given, query: &str) -> String {
    let query = diesel::sql_query(query);
    let lines: Vec<Line> = match &given.address {
        DatabaseAddress::Sqlite(path) => {
            query.load(&mut SqliteConnection::establish(&path.to_string_lossy()).unwrap()).unwrap()
        }
        DatabaseAddress::Postgres(url) => query.load(&mut PgConnection::establish(url).unwrap()).unwrap(),
    };
    lines.into_iter().next().map(|line| line.line).unwrap_or_default()
}

fn run(address: &DatabaseAddress, statement: &str) -> QueryResult<usize> {
    match address {
        DatabaseAddress::Sqlite(path) => {
            let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
            diesel::sql_query("PRAGMA busy_timeout = 5000").execute(&mut connection)?;
            // As the store has it: what a row leaves behind when it moves is overwritten.
            diesel::sql_query("PRAGMA secure_delete = ON").execute(&mut connection)?;
            diesel::sql_query(statement).execute(&mut connection)
        }
        DatabaseAddress::Postgres(url) => {
            diesel::sql_query(statement).execute(&mut PgConnection::establish(url).unwrap())
        }
    }
}
