//! What is typed and not saved yet: kept for its author alone, and told of on the third day.

use crate::given::{Given, now, on_both_engines};
use chrono::{Duration, NaiveDateTime};
use domain::drafts::{ADDRESS, NewDraft, TEXT_BOX, VERSION, WINDOW};
use domain::form::Form;
use domain::ladder::Concern;
use records::Problem;
use records::drafts::{self, Author, Saving};
use records::sessions::{self, Look, SessionLimits};

const PAGE: &str = "/reflections/new";

fn typed(body: &str, window: &str, seen: i32) -> NewDraft {
    let mut form = Form::default();
    for (name, value) in [
        (ADDRESS, PAGE),
        (WINDOW, window),
        (VERSION, &seen.to_string()),
        (TEXT_BOX, "body Your reflection"),
        ("body", body),
    ] {
        form.set(name, value);
    }
    NewDraft { title: "Write a reflection".to_owned(), ..NewDraft::read(&form).unwrap() }
}

fn saves(given: &Given, name: &str, draft: NewDraft, at: NaiveDateTime) -> Saving {
    let actor = given.actor(name);
    let author = Author { person: actor.person, organisation: actor.organisation };
    drafts::save(&given.store, &given.who(name), &author, draft, at).unwrap()
}

fn body(given: &Given, name: &str) -> Option<String> {
    let draft = given.store.read(&given.who(name), now(), |reading| drafts::at(reading, PAGE)).unwrap();
    draft.map(|draft| draft.form.text("body").to_owned())
}

#[test]
fn what_one_types_is_there_again_for_oneself_and_for_nobody_else() {
    on_both_engines(|given| {
        let text = "Zoë said:\n\n “nobody asked” \u{1f441} ";
        assert_eq!(saves(given, "Gwen", typed(text, "one", 0), now()), Saving::Saved(1), "{}", given.engine);
        assert_eq!(body(given, "Gwen").as_deref(), Some(text));
        let id = given.store.read(&given.who("Gwen"), now(), drafts::list).unwrap().remove(0).id;
        for other in ["Priya", "Ros", "Helen", "Sam", "Hanif"] {
            assert_eq!(body(given, other), None, "{other}");
            let asked = id.clone();
            let opened =
                given.store.read(&given.who(other), now(), move |reading| drafts::open(reading, &asked));
            assert!(matches!(opened, Err(Problem::NotFound)), "{other}");
            let asked = id.clone();
            let thrown = given
                .store
                .write(&given.who(other), now(), move |writing| drafts::throw_away(writing, &asked));
            assert!(matches!(thrown, Err(Problem::NotFound)), "{other}");
        }
        given
            .store
            .write(&given.who("Gwen"), now(), move |writing| drafts::throw_away(writing, &id))
            .unwrap();
        assert_eq!(body(given, "Gwen"), None);
    });
}

#[test]
fn a_window_that_has_not_seen_what_another_saved_is_given_both_texts() {
    on_both_engines(|given| {
        saves(given, "Gwen", typed("First.", "one", 0), now());
        let Saving::Conflict(theirs) = saves(given, "Gwen", typed("Second.", "two", 0), now()) else {
            panic!("{}: the second window has not seen the first", given.engine);
        };
        assert_eq!(theirs.texts(), [("Your reflection".to_owned(), "First.".to_owned())]);
        assert_eq!(body(given, "Gwen").as_deref(), Some("First."), "nothing was replaced");
        assert_eq!(saves(given, "Gwen", typed("Both.", "two", 1), now()), Saving::Saved(2));
        assert!(matches!(saves(given, "Gwen", typed("Again.", "one", 0), now()), Saving::Conflict(_)));
    });
}

#[test]
fn its_author_is_told_of_a_draft_on_the_third_day_and_nobody_else_is() {
    on_both_engines(|given| {
        saves(given, "Gwen", typed("Half a thought", "one", 0), now());
        saves(given, "Luca", typed(" ", "one", 0), now());
        let is_told = |name: &str, at: NaiveDateTime| {
            given.told(name, at).iter().any(|reminded| reminded.concern == Concern::UnfinishedDraft)
        };
        let (second, third) = (now() + Duration::days(2), now() + Duration::days(3));
        given.reminded(second);
        assert!(!is_told("Gwen", second), "{}", given.engine);
        given.reminded(third);
        assert!(is_told("Gwen", third), "{}", given.engine);
        for other in ["Luca", "Priya", "Ros", "Helen"] {
            assert!(!is_told(other, third), "{other}");
        }
        let mine = given.told("Gwen", third);
        let line = mine.iter().find(|line| line.concern == Concern::UnfinishedDraft).unwrap();
        assert_eq!((line.name.as_str(), line.address.as_str()), ("Write a reflection", PAGE));
        saves(given, "Gwen", typed("A whole thought", "one", 1), third);
        assert!(!is_told("Gwen", third), "whoever goes on writing is left in peace");
    });
}

#[test]
fn what_is_sent_after_the_session_ran_out_waits_for_its_person() {
    on_both_engines(|given| {
        let mut form = Form::default();
        form.set("email", "gwen.hartley@example.org");
        form.set("password", records::demonstration::PASSWORD);
        let token = sessions::sign_in(&given.store, &form, "test", "test", now()).unwrap();
        let limits = SessionLimits { idle_minutes: 15, absolute_minutes: 600 };
        let find = |look, minutes| {
            let at = now() + Duration::minutes(minutes);
            sessions::find(&given.store, &token, &limits, look, at).unwrap()
        };
        let ends = |found: Option<sessions::SignedIn>| (found.unwrap().ends_at - now()).num_minutes();
        assert_eq!(ends(find(Look::Peek, 10)), 15, "{}: to ask does not make it longer", given.engine);
        assert_eq!(ends(find(Look::AtWork, 10)), 25);
        let ran_out = |at| drafts::ran_out(&given.store, &token, at).unwrap();
        assert_eq!(ran_out(now() + Duration::minutes(20)), None, "it stands");
        assert_eq!(find(Look::AtWork, 25), None);
        assert_eq!(find(Look::AtWork, 1), None, "it does not come back");
        let late = now() + Duration::minutes(30);
        let session = ran_out(late).unwrap();
        saves(given, "Gwen", typed("In another window.", "two", 0), late);
        drafts::keep_for_ran_out(&given.store, &session, typed("Sent too late.", "one", 0), late).unwrap();
        let mine = given.store.read(&given.who("Gwen"), late, drafts::list).unwrap();
        assert_eq!(mine.len(), 2, "what another window saved stays beside it");
        drafts::sweep(&given.store, late + Duration::days(8)).unwrap();
        assert_eq!(ran_out(late), None, "after a week it is forgotten");
        let kept = given.store.read(&given.who("Gwen"), late, drafts::list).unwrap();
        assert_eq!(kept.len(), 2, "drafts with words are not");
    });
}
