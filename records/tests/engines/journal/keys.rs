//! The keys of the journal: missing, wrong, changed while others work, and opened by the law.

use super::*;

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
        let iris = || person("iris.bennett@example.org", word);
        let head = || person("helen.ward@example.org", word);
        let order = "Order 4711 of the county court";
        for (first, second, reason) in [
            (iris(), iris(), order),
            (iris(), person("helen.ward@example.org", "wrong"), order),
            (iris(), person("priya.nair@example.org", word), order),
            (iris(), person("admin@example.org", word), order),
            (iris(), head(), " "),
        ] {
            assert!(asks(first, second, reason).is_err(), "{}", given.engine);
        }
        let told = |name: &str| {
            let who = given.who(name);
            given.store.read(&who, now(), journal::openings).unwrap()
        };
        assert!(told("Gwen").is_empty(), "nothing was opened");
        let opened = asks(iris(), head(), order).unwrap();
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
        let reply = line(
            given,
            &format!(
                "SELECT id AS line FROM raised_prompts WHERE reflection_id = '{id}' AND sealed_reply IS NOT NULL"
            ),
        );
        let sealed =
            line(given, &format!("SELECT sealed_reply AS line FROM raised_prompts WHERE id = '{reply}'"));
        let put = |clear: &str, sealed: &str| {
            let changed = format!(
                "UPDATE raised_prompts SET reply = '{clear}', sealed_reply = {sealed} WHERE id = '{reply}'"
            );
            run(&given.address, &changed).unwrap();
        };
        put("From before there was a key", "NULL");
        assert!(
            matches!(asks(iris(), head(), order), Err(Problem::Invalid(_))),
            "an answer would be missing"
        );
        put("", &format!("'{sealed}'"));
        let unsealed =
            format!("UPDATE reflections SET sealed_head = NULL, sealed_text = NULL WHERE id = '{id}'");
        run(&given.address, &unsealed).unwrap();
        assert!(matches!(asks(iris(), head(), order), Err(Problem::Invalid(_))), "a part would be missing");
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
