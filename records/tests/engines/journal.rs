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
        if let DatabaseAddress::Postgres(url) = &given.address {
            let files = files_of_postgresql(url);
            assert!(files.contains(id.as_str()), "the rows are in what was looked at");
            assert_no_canary(&files, "the files of PostgreSQL");
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

/// What is freed stands in SQLite’s log until it is carried over and begins anew, as each stop of a server does.
fn forget_the_log(given: &Given) {
    if given.engine == "sqlite" {
        run(&given.address, "PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
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

#[test]
fn a_cpd_piece_that_was_changed_in_between_is_shown_whole() {
    on_both_engines(|given| {
        let gwen = given.who("Gwen");
        let changes = |id: CpdPieceId, version: i32| {
            given.store.write(&gwen, now(), move |writing| {
                reflection::change_cpd(writing, &id, version, &cpd_piece())
            })
        };
        let id = given.store.write(&gwen, now(), |w| reflection::write_cpd(w, &cpd_piece())).unwrap();
        changes(id.clone(), 1).unwrap();
        let Err(Problem::Stale(stale)) = changes(id, 1) else { panic!("{}", given.engine) };
        let labels: Vec<&str> = stale.fields.iter().map(|field| field.label.as_str()).collect();
        assert_eq!(labels[..3], ["Title", "Kind of activity", "Date of the activity"]);
        assert_eq!(labels.len(), 4, "and the one box in which something stands");
    });
}

/// Does something as a form that is sent under a key of its own, always with the same words.
fn sends(
    given: &Given,
    name: &str,
    work: impl FnOnce(&mut Writing<'_>) -> Result<String, Problem> + Send + 'static,
) {
    let sent = Submission { key: submissions::new_key(), words: "the same words".into(), is_new: false };
    given.store.write(&given.who(name), now(), move |w| submissions::once(w, &sent, work)).unwrap();
}

#[test]
fn the_same_words_are_shared_again_after_they_were_taken_back_and_said_twice() {
    on_both_engines(|given| {
        let id = writes(given, "Gwen", new(piece()));
        let copies = || opens(given, "Gwen", &id).unwrap().copies;
        let priya = given.person("Priya");
        let shares = || {
            let (id, reader) = (id.clone(), priya.clone());
            sends(given, "Gwen", move |writing| {
                let copy = NewCopy { reader, title: "A part".into(), body: "A second paragraph.".into() };
                reflection::share(writing, &id, &copy).map(|copy| copy.to_string())
            });
        };
        shares();
        let first = copies()[0].0.clone();
        let taken = first.clone();
        given.store.write(&given.who("Gwen"), now(), move |w| reflection::take_back(w, &taken)).unwrap();
        shares();
        let second = copies();
        assert_eq!(second.len(), 1, "{}", given.engine);
        assert_ne!(second[0].0, first);
        for _ in 0..2 {
            let copy = second[0].0.clone();
            sends(given, "Priya", move |writing| {
                reflection::reply_under_copy(writing, &copy, "Thank you.").map(|reply| reply.to_string())
            });
        }
        let open = given.store.read(&given.who("Gwen"), now(), |r| reflection::open_copy(r, &second[0].0));
        assert_eq!(open.unwrap().replies.len(), 2);
    });
}

/// A session of today with Gwen, logged by Priya, with these words in its personal part.
fn session_with(given: &Given, wellbeing: &str) -> SupervisionId {
    let mut form = session_form(given, "Gwen", &case_of(given, "Priya", "F-1042"));
    form.set("kind", "combined");
    form.set("personal.wellbeing", wellbeing);
    logged(given, "Priya", &form).unwrap()
}

fn signs(given: &Given, name: &str, session: &SupervisionId) {
    let file =
        given.store.read(&given.who(name), now(), |reading| supervision::open(reading, session)).unwrap();
    let signature =
        NewSignature { name: given.name(name), comment: String::new(), text_hash: file.signing.text_hash };
    let record = Record::Session(session.clone());
    given.store.write(&given.who(name), now(), move |w| signing::sign(w, &record, &signature)).unwrap();
}

#[test]
fn a_copy_that_a_signed_record_quotes_stays() {
    on_both_engines(|given| {
        let body = "I left the visit thinking that I had seen what I wanted to see.";
        let id = writes(given, "Gwen", new(Piece::free("The visit", body)));
        let takes_back = |copy: ReflectionCopyId| {
            given.store.write(&given.who("Gwen"), now(), move |w| reflection::take_back(w, &copy))
        };
        let shared = || shares(given, &id, body).unwrap();
        let quoting =
            session_with(given, "She said: thinking that I had seen what I wanted to see. We talked.");
        takes_back(shared()).expect("nobody has signed");
        let other = session_with(given, "We talked about the visit and what she wanted to see.");
        signs(given, "Priya", &other);
        signs(given, "Gwen", &other);
        takes_back(shared()).expect("what both have signed says it in other words");
        signs(given, "Priya", &quoting);
        takes_back(shared()).expect("one alone has signed");
        let copy = shared();
        let asks = |name: &str| {
            given.store.read(&given.who(name), now(), |reading| reflection::taking_back(reading, &copy))
        };
        assert_eq!(asks("Gwen").unwrap().stays_because, None, "{}", given.engine);
        assert!(matches!(asks("Priya"), Err(Problem::Refused(_))), "its author alone is asked");
        signs(given, "Gwen", &quoting);
        assert!(asks("Gwen").unwrap().stays_because.unwrap().contains("24 November 2026"));
        let Err(Problem::Invalid(problems)) = takes_back(copy.clone()) else { panic!("{}", given.engine) };
        assert!(problems.of("form").unwrap().contains("24 November 2026"), "{problems:?}");
        let open =
            given.store.read(&given.who("Priya"), now(), |reading| reflection::open_copy(reading, &copy));
        assert_eq!(open.unwrap().body, body);
    });
}

#[test]
fn what_is_new_under_a_copy_is_new_until_it_is_opened() {
    on_both_engines(|given| {
        let id = writes(given, "Gwen", new(piece()));
        let copy = shares(given, &id, "A second paragraph.").unwrap();
        let at = |minutes: i64| now() + Duration::minutes(minutes);
        let waits = |name: &str| {
            let waiting = given.store.read(&given.who(name), at(9), records::waiting::waiting).unwrap();
            let replies = given.store.read(&given.who(name), at(9), reflection::new_replies).unwrap();
            assert_eq!(i64::try_from(replies.len()).unwrap(), waiting.new_replies, "{name}");
            (waiting.new_copies, waiting.new_replies)
        };
        let sees = |name: &str, minutes: i64| {
            let copy = copy.clone();
            let who = given.who(name);
            given.store.write(&who, at(minutes), move |w| reflection::see_copy(w, &copy)).unwrap();
        };
        let says = |name: &str, minutes: i64| {
            let copy = copy.clone();
            let who = given.who(name);
            let says = move |w: &mut Writing<'_>| reflection::reply_under_copy(w, &copy, "I see.");
            given.store.write(&who, at(minutes), says).unwrap();
        };
        let older = waits("Priya").0 - 1;
        assert_eq!((older >= 0, waits("Gwen")), (true, (0, 0)), "{}", given.engine);
        let (listed, more) = given
            .store
            .read(&given.who("Priya"), now(), |reading| reflection::shared_with_me(reading, None))
            .unwrap();
        assert!(listed[0].id == copy && listed[0].is_new && !more);
        let (earlier, _) = given
            .store
            .read(&given.who("Priya"), now(), |reading| reflection::shared_with_me(reading, Some(&copy)))
            .unwrap();
        assert!(earlier.iter().all(|earlier| earlier.id != copy), "the next page");
        sees("Priya", 1);
        assert_eq!(waits("Priya").0, older);
        says("Priya", 2);
        assert_eq!((waits("Priya"), waits("Gwen")), ((older, 0), (0, 1)), "one’s own words are not new");
        let opened =
            given.store.read(&given.who("Gwen"), at(3), |r| reflection::open_copy(r, &copy)).unwrap();
        assert!(opened.has_new);
        sees("Gwen", 3);
        assert_eq!(waits("Gwen"), (0, 0), "it ends though she says nothing");
        says("Gwen", 4);
        assert_eq!(waits("Priya"), (older, 1));
        let taken = copy.clone();
        given.store.write(&given.who("Gwen"), at(5), move |w| reflection::take_back(w, &taken)).unwrap();
        assert_eq!(waits("Priya"), (older, 0), "what was taken back waits for nobody");
    });
}

#[test]
fn what_its_author_deletes_is_gone_and_copies_stay() {
    on_both_engines(|given| {
        let (id, copy) = write_everywhere(given);
        let of_copy: ReflectionId =
            line(given, &format!("SELECT reflection_id AS line FROM reflection_copies WHERE id = '{copy}'"))
                .parse()
                .unwrap();
        let deletes = |name: &str, id: &ReflectionId| {
            let id = id.clone();
            given.store.write(&given.who(name), now(), move |writing| reflection::delete(writing, &id))
        };
        let questions =
            |name: &str| given.store.read(&given.who(name), now(), reflection::waiting_questions).unwrap();
        let under = |id: &ReflectionId| {
            questions("Gwen").iter().any(|prompt| prompt.stands_in == StandsIn::Reflection(id.clone()))
        };
        assert!(matches!(deletes("Priya", &id), Err(Problem::Refused(_))), "{}", given.engine);
        assert!(under(&of_copy));
        for one in [&id, &of_copy] {
            deletes("Gwen", one).unwrap();
            assert!(matches!(opens(given, "Gwen", one), Err(Problem::NotFound)));
            assert!(matches!(deletes("Gwen", one), Err(Problem::NotFound)), "once");
            assert!(!under(one), "its questions wait no more");
        }
        let (mine, _) =
            given.store.read(&given.who("Gwen"), now(), |reading| reflection::mine(reading, None)).unwrap();
        assert!(mine.iter().all(|piece| ![&id, &of_copy].contains(&&piece.id)));
        let cpd = given.store.read(&given.who("Gwen"), now(), reflection::cpd_list).unwrap().remove(0).id;
        let gone = cpd.clone();
        given.store.write(&given.who("Gwen"), now(), move |w| reflection::delete_cpd(w, &gone)).unwrap();
        assert!(given.store.read(&given.who("Gwen"), now(), reflection::cpd_list).unwrap().is_empty());
        let again = given.store.write(&given.who("Gwen"), now(), move |w| reflection::delete_cpd(w, &cpd));
        assert!(matches!(again, Err(Problem::NotFound)));
        let sealed = line(
            given,
            &format!(
                "SELECT coalesce(sealed_head, '') || coalesce(sealed_text, '') AS line FROM reflections WHERE id = '{id}'"
            ),
        );
        assert_eq!(sealed, "", "no word of it is kept, not even sealed");
        assert_eq!(journal::seal_what_is_open(&given.store, now()).unwrap(), 0, "and nothing is made of it");
        let standards = given.store.read(&given.who("Gwen"), now(), reflection::standards_spoken_to).unwrap();
        assert!(!standards.contains(&"pcf-6".to_owned()));
        let read = given.store.read(&given.who("Priya"), now(), |r| reflection::open_copy(r, &copy)).unwrap();
        assert_eq!(read.body, CANARIES[7], "whoever has a copy keeps it");
        let taken = given.store.write(&given.who("Gwen"), now(), move |w| reflection::take_back(w, &copy));
        assert_eq!(taken.unwrap(), None, "it can be taken back all the same");
    });
}

#[test]
fn drafts_of_a_piece_that_is_deleted_go_with_it() {
    on_both_engines(|given| {
        let id = writes(given, "Gwen", new(piece()));
        let actor = given.actor("Gwen");
        let author = Author { person: actor.person, organisation: actor.organisation };
        for address in [format!("/reflections/{id}/edit"), "/reflections/new".to_owned()] {
            let mut form = Form::default();
            for (name, value) in
                [(ADDRESS, address.as_str()), (WINDOW, "one"), (TEXT_BOX, "body Text"), ("body", "x")]
            {
                form.set(name, value);
            }
            let draft = NewDraft { title: address.clone(), ..NewDraft::read(&form).unwrap() };
            drafts::save(&given.store, &given.who("Gwen"), &author, draft, now()).unwrap();
        }
        given.store.write(&given.who("Gwen"), now(), move |w| reflection::delete(w, &id)).unwrap();
        let left = given.store.read(&given.who("Gwen"), now(), drafts::list).unwrap();
        assert_eq!(left.iter().map(|draft| draft.title.as_str()).collect::<Vec<_>>(), ["/reflections/new"]);
    });
}

#[test]
fn a_piece_about_a_session_says_which_and_everybody_who_was_there_may_write_one() {
    on_both_engines(|given| {
        let session = session_with(given, "Tired.");
        let about = About::Supervision(session.clone());
        writes(given, "Gwen", NewReflection { about, ..new(piece()) });
        let (mine, _) =
            given.store.read(&given.who("Gwen"), now(), |reading| reflection::mine(reading, None)).unwrap();
        assert_eq!(mine[0].about.as_deref(), Some("the session of 24 November 2026"), "{}", given.engine);
        let day = |name: &str| {
            given.store.read(&given.who(name), now(), |reading| reflection::session_day(reading, &session))
        };
        assert_eq!(day("Gwen").unwrap(), now().date());
        assert!(matches!(day("Tom"), Err(Problem::Refused(_))));
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
        let key = line(
            given,
            &format!(
                "SELECT coalesce(wrapped_key, 'none') AS line FROM reflection_copies WHERE id = '{copy}'"
            ),
        );
        assert_eq!(key, "none", "its key is thrown away");
        let was_taken_back = |name: &str| {
            given.store.read(&given.who(name), now(), |r| reflection::was_taken_back(r, &copy)).unwrap()
        };
        assert!(was_taken_back("Priya") && was_taken_back("Gwen") && !was_taken_back("Ros"));
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
            // The blank form too, for whoever has a key and for whoever has none yet.
            is_shut(store.read(&who, now(), journal::is_open));
            is_shut(store.read(&given.who("Helen"), now(), journal::is_open));
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
        for name in ["Gwen", "Helen"] {
            given.store.read(&given.who(name), now(), journal::is_open).unwrap();
        }
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
        let begun = journal::rewrap(&rotating, &Rewrapping::default(), 1, now()).unwrap();
        assert!(begun.wrapped > 0 && !begun.is_done, "{begun:?}");
        let stopped = journal::standing(&rotating, now()).unwrap();
        assert!(stopped.to_wrap > 0 && stopped.to_wrap < before.to_wrap, "stopped half way: {stopped:?}");
        assert_eq!(reads(&server), whole, "half with one key and half with the other");
        // One row is damaged: the others do not wait for it.
        let tom = given.person("Tom");
        let wrapped =
            line(given, &format!("SELECT wrapped AS line FROM journal_keys WHERE person_id = '{tom}'"));
        let old_id = master_of(given, &tom);
        let damage = |wrapped: &str, master: &str| {
            let change = format!(
                "UPDATE journal_keys SET wrapped = '{wrapped}', master_key_id = '{master}' WHERE person_id = '{tom}'"
            );
            run(&given.address, &change).unwrap();
        };
        damage("eHh4", MASTER_KEY.parse::<MasterKey>().unwrap().id());
        let rest = |store: &Store| {
            let mut so_far = Rewrapping::default();
            while !so_far.is_done {
                so_far = journal::rewrap(store, &so_far, 1, now()).unwrap();
            }
            so_far
        };
        let skipped = rest(&rotating).skipped;
        assert!(skipped.len() == 1 && skipped[0].contains(tom.as_str()), "{skipped:?}");
        assert_eq!(journal::standing(&rotating, now()).unwrap().to_wrap, 1, "all but the damaged one");
        damage(&wrapped, &old_id);
        assert_eq!(rest(&rotating).skipped, Vec::<String>::new(), "mended");
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

/// Which master key wraps somebody’s key.
fn master_of(given: &Given, person: &domain::ids::PersonId) -> String {
    line(given, &format!("SELECT master_key_id AS line FROM journal_keys WHERE person_id = '{person}'"))
}

#[test]
fn what_was_written_before_there_was_a_key_is_sealed_at_the_next_start() {
    on_both_engines(|given| {
        let (id, copy) = write_everywhere(given);
        let mut form = Form::default();
        for (name, value) in
            [(ADDRESS, "/cases/new"), (WINDOW, "one"), (TEXT_BOX, "body Text"), ("body", "Old draft")]
        {
            form.set(name, value);
        }
        let draft = NewDraft { title: "Old draft".to_owned(), ..NewDraft::read(&form).unwrap() };
        let actor = given.actor("Gwen");
        let author = Author { person: actor.person, organisation: actor.organisation };
        drafts::save(&given.store, &given.who("Gwen"), &author, draft, now()).unwrap();
        let old_copy: ReflectionCopyId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        // As an earlier version kept it: in clear.
        let in_clear = [
            "DELETE FROM drafts WHERE address LIKE '/reflections%'".to_owned(),
            "UPDATE drafts SET address = '/reflections/new' WHERE address = '/cases/new'".to_owned(),
            format!(
                "INSERT INTO reflection_copies (id, organisation_id, reflection_id, author_id, reader_id, title, body, shared_at)
                 SELECT '{old_copy}', organisation_id, reflection_id, author_id, reader_id, 'Old copy', 'Old shared', shared_at
                 FROM reflection_copies WHERE id = '{copy}'"
            ),
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
        assert!(journal::seal_what_is_open(&given.store, now()).unwrap() >= 4, "{}", given.engine);
        assert_eq!(journal::seal_what_is_open(&given.store, now()).unwrap(), 0, "once");
        let file = opens(given, "Gwen", &id).unwrap();
        assert_eq!((file.piece.title.as_str(), file.piece.body.as_str()), ("Old title", "Old body"));
        assert_eq!(file.prompts[0].reply, "Old reply");
        let shared =
            given.store.read(&given.who("Priya"), now(), |r| reflection::open_copy(r, &old_copy)).unwrap();
        assert_eq!((shared.title.as_str(), shared.body.as_str()), ("Old copy", "Old shared"));
        let listed = given.store.read(&given.who("Gwen"), now(), drafts::list).unwrap();
        assert!(listed.iter().any(|draft| draft.title == "Old draft"));
        forget_the_log(given);
        let kept = everything_kept(given);
        for text in ["Old title", "Old body", "Old reply", "Old copy", "Old shared", "Old draft"] {
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
            // As the store has it: what a row leaves behind when it moves is overwritten.
            diesel::sql_query("PRAGMA secure_delete = ON").execute(&mut connection)?;
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
        assert_eq!(opened.cpd_pieces.iter().map(|(_, piece)| piece).collect::<Vec<_>>(), [&cpd_piece()]);
        let shared = opened.copies.iter().find(|copy| copy.body == CANARIES[7]).unwrap();
        assert!(shared.replies.is_empty(), "what Priya said is not Gwen’s");
        let openings = told("Gwen");
        assert_eq!(openings.len(), 1);
        assert_eq!(openings[0].2, order);
        assert!(told("Tom").is_empty());
        let mails = records::mail::claim(&given.store, now()).unwrap();
        let mail = mails.iter().find(|mail| mail.recipient_email == "gwen.hartley@example.org").unwrap();
        assert!(mail.subject.contains("journal") && !mail.body.contains("4711"), "{}", mail.body);
        assert!(opens(given, "Gwen", &id).is_ok());
        let unsealed =
            format!("UPDATE reflections SET sealed_head = NULL, sealed_text = NULL WHERE id = '{id}'");
        run(&given.address, &unsealed).unwrap();
        assert!(matches!(asks(hanif(), head(), order), Err(Problem::Invalid(_))), "a part would be missing");
        assert_eq!(told("Gwen").len(), 1);
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
