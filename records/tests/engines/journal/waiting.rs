//! A journal waits after its author’s account got another address and then a new password: who signs in may be somebody else.

use super::*;
use chrono::NaiveDateTime;
use records::access::actor_of_person;
use records::{people, sessions};

/// So many days later.
fn day(days: i64) -> NaiveDateTime {
    now() + Duration::days(days)
}

/// An administrator has a link sent, and whoever gets it chooses a password with it.
fn chooses_password(given: &Given, name: &str, at: NaiveDateTime) {
    let id = given.person(name);
    let asked = move |writing: &mut Writing<'_>| people::invite(writing, &id, "https://example.org");
    given.store.write(&given.who("Sam"), at, asked).unwrap();
    // Nothing is sent here, so earlier ones wait as well.
    let letter = given.mails(at).into_iter().rfind(|mail| mail.body.contains("/welcome/")).unwrap();
    let token = letter.body.split("/welcome/").nth(1).unwrap().split_whitespace().next().unwrap();
    let mut form = Form::default();
    form.set("new_password", "marmalade bicycle lantern");
    sessions::choose_password(&given.store, token, &form, "test", "test", at).unwrap();
}

/// Who is signed in to somebody’s account at an instant.
fn at_account_of(given: &Given, name: &str, at: NaiveDateTime) -> Who {
    let id = given.person(name);
    let read = given.store.read(&Who::system("test"), at, |reading| actor_of_person(reading, &id));
    Who::person(read.unwrap(), "test")
}

/// Until when somebody’s journal waits, as whoever opens it is told.
fn waits(given: &Given, name: &str, at: NaiveDateTime) -> Option<NaiveDateTime> {
    let who = at_account_of(given, name, at);
    match given.store.read(&who, at, journal::is_open) {
        Ok(()) => None,
        Err(Problem::Shut(Shut::Waits { until })) => Some(until),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn neither_another_address_nor_a_new_password_shuts_a_journal_and_both_do_for_14_days() {
    on_both_engines(|given| {
        let (id, copy) = write_everywhere(given);
        let opens_at = |at: NaiveDateTime| {
            let who = at_account_of(given, "Gwen", at);
            given.store.read(&who, at, |reading| reflection::open(reading, &id))
        };
        chooses_password(given, "Gwen", day(0));
        assert_eq!(opens_at(day(0)).unwrap().piece, piece(), "{}: she had forgotten hers", given.engine);
        given.gets_address("Gwen", "g.hartley@example.org", day(1));
        assert_eq!(opens_at(day(1)).unwrap().piece, piece(), "{}: she has married", given.engine);
        chooses_password(given, "Gwen", day(2));

        let until = day(16);
        let is_shut = |outcome: Result<(), Problem>| match outcome {
            Err(Problem::Shut(shut)) => assert_eq!(shut, Shut::Waits { until }, "{}", given.engine),
            other => panic!("{other:?}"),
        };
        let who = at_account_of(given, "Gwen", day(2));
        let store = &given.store;
        is_shut(opens_at(day(2)).map(drop));
        is_shut(opens_at(until - Duration::seconds(1)).map(drop));
        is_shut(store.read(&who, day(2), |reading| reflection::mine(reading, None)).map(drop));
        is_shut(store.read(&who, day(2), reflection::cpd_list).map(drop));
        is_shut(store.read(&who, day(2), |reading| reflection::open_copy(reading, &copy)).map(drop));
        is_shut(store.write(&who, day(2), |w| reflection::write(w, &new(piece()))).map(drop));
        let listed = store.read(&who, day(2), drafts::list).unwrap();
        assert!(listed[0].title.contains("shut"), "the list of drafts opens: {}", listed[0].title);
        store.read(&who, day(2), |reading| people::open(reading, &given.person("Gwen"))).unwrap();
        let priya = at_account_of(given, "Priya", day(2));
        let shared = store.read(&priya, day(2), |reading| reflection::open_copy(reading, &copy)).unwrap();
        assert_eq!(shared.body, CANARIES[7], "what was shared stays shared");

        assert_eq!(opens_at(until).unwrap().piece, piece(), "{}", given.engine);
    });
}

#[test]
fn a_second_new_password_does_not_open_a_journal_sooner() {
    on_both_engines(|given| {
        write_everywhere(given);
        given.gets_address("Gwen", "g.hartley@example.org", day(0));
        chooses_password(given, "Gwen", day(29));
        assert_eq!(waits(given, "Gwen", day(29)), Some(day(43)), "{}", given.engine);
        chooses_password(given, "Gwen", day(31));
        assert_eq!(waits(given, "Gwen", day(31)), Some(day(43)), "{}", given.engine);
        assert_eq!(waits(given, "Gwen", day(43)), None, "{}", given.engine);
    });
}

#[test]
fn an_account_whose_journal_waits_does_not_confirm_that_another_is_opened() {
    on_both_engines(|given| {
        write_everywhere(given);
        given.gets_address("Iris", "i.bennett@example.org", day(0));
        chooses_password(given, "Iris", day(0));
        let person = |email: &str, password: &str| Confirmation {
            email: email.to_owned(),
            password: password.to_owned(),
        };
        let iris = || person("i.bennett@example.org", "marmalade bicycle lantern");
        let helen = || person("helen.ward@example.org", demonstration::PASSWORD);
        let asks = |first: Confirmation, second: Confirmation, at: NaiveDateTime| {
            let opening = Opening {
                author_email: "gwen.hartley@example.org".to_owned(),
                reason: "Order 4711 of the county court".to_owned(),
                first,
                second,
            };
            journal::open_by_law(&given.store, &opening, "https://example.org/reflections", at)
        };
        for (first, second) in [(iris(), helen()), (helen(), iris())] {
            let refused = asks(first, second, day(1));
            assert!(
                matches!(refused, Err(Problem::Shut(Shut::Waits { .. }))),
                "{}: {:?}",
                given.engine,
                refused.err()
            );
        }
        assert_eq!(asks(helen(), iris(), day(14)).unwrap().author, "Gwen Hartley");
    });
}
