//! Pieces and parts of them that are shared, taken back, deleted, and read on both sides.

use super::*;

#[test]
fn what_says_only_how_its_author_is_is_kept_and_opened_again() {
    on_both_engines(|given| {
        let check_in = Some(CheckIn { feeling: Some(2), words: String::new() });
        let piece = Piece { check_in, ..Piece::free("Friday", "") };
        let id = writes(given, "Gwen", new(piece.clone()));
        let opened = opens(given, "Gwen", &id).unwrap();
        assert_eq!(opened.piece, piece, "{}", given.engine);
        assert!(opened.prompts.is_empty(), "how one is calls for no question");
        let written = writes(given, "Gwen", new(Piece::free("Friday", "A long day.")));
        assert!(!opens(given, "Gwen", &written).unwrap().prompts.is_empty(), "what one writes does");
    });
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
fn a_copy_that_the_signed_record_of_a_group_quotes_stays_for_whoever_was_there() {
    on_both_engines(|given| {
        let body = "I left the visit thinking that I had seen what I wanted to see.";
        let stays = |copy: &ReflectionCopyId| {
            let asked = given.store.read(&given.who("Gwen"), now(), |r| reflection::taking_back(r, copy));
            asked.unwrap().stays_because.is_some()
        };
        let id = writes(given, "Gwen", new(Piece::free("The visit", body)));
        let copy = shares(given, &id, body).unwrap();
        // Priya, who has the copy, leads it with Luca; Gwen is asked besides.
        let group = |attendance: &str| {
            let mut form = session_form(given, "Luca", &case_of(given, "Luca", "F-1166"));
            form.set("kind", "group");
            let others = [("there", "Nia"), (attendance, "Gwen")];
            let ticked = others.map(|(field, name)| (field.to_owned(), given.person(name).to_string()));
            let mut form = Form::new(form.fields().iter().cloned().chain(ticked).collect());
            form.set("session.answer.dilemma", "She was thinking that I had seen what I wanted to see.");
            let session = logged(given, "Priya", &form).unwrap();
            signs(given, "Priya", &session);
            session
        };
        let without_her = group("apologies");
        signs(given, "Luca", &without_her);
        assert!(!stays(&copy), "she was not there, and does not read it: {}", given.engine);
        let session = group("there");
        assert!(!stays(&copy), "one alone has signed");
        signs(given, "Luca", &session);
        assert!(stays(&copy), "{}", given.engine);
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
