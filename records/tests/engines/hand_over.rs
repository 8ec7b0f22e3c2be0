//! Handing over what somebody works on, and closing their account.

use crate::audits::{asks, grades, gwens_file, make_auditor, round as round_page};
use crate::given::{Given, booked, case_of, logged, now, on_both_engines, session_form};
use crate::personal_actions::{WHAT, agreeing};
use chrono::{Days, NaiveDate};
use domain::TextValue;
use domain::audits::{FileState, Score};
use domain::bookings::BookingState;
use domain::form::Form;
use domain::hand_over::{HandOver, OpenKind, field_for_all, field_for_one};
use domain::ids::{PersonId, SupervisionId};
use domain::people::{LinkKind, Role, Standing};
use domain::supervision::Side;
use records::people::{self, OpenThings, PersonFile};
use records::signing::{self, Record};
use records::{Problem, actions, bookings, cases, supervision};

fn today() -> NaiveDate {
    now().date()
}

fn open_things(given: &Given, who: &str, name: &str) -> Result<OpenThings, Problem> {
    let id = given.person(name);
    given.store.read(&given.who(who), now(), |reading| people::open_things(reading, &id))
}

fn person(given: &Given, name: &str) -> PersonFile {
    let id = given.person(name);
    given.store.read(&given.who("Sam"), now(), |reading| people::open(reading, &id)).unwrap()
}

fn names(open: &OpenThings, kind: OpenKind) -> Vec<&str> {
    open.things.iter().filter(|thing| thing.kind == kind).map(|thing| thing.name.as_str()).collect()
}

/// The form as somebody fills it in who chooses one person for each kind.
fn form(given: &Given, reason: &str, last_day: NaiveDate, chosen: &[(OpenKind, &str)]) -> Form {
    let mut form = Form::default();
    form.set("reason", reason);
    form.set_date("last_day", last_day);
    for (kind, name) in chosen {
        let successor = match *name {
            "nobody" | "keep" | "lead" => (*name).to_owned(),
            name => given.person(name).to_string(),
        };
        form.set(&field_for_all(*kind), successor);
    }
    form
}

fn hand_over(given: &Given, who: &str, name: &str, form: &Form) -> Result<(), Problem> {
    let open = open_things(given, who, name)?;
    hand_over_what_was_seen(given, who, name, form, &open)
}

fn hand_over_what_was_seen(
    given: &Given,
    who: &str,
    name: &str,
    form: &Form,
    open: &OpenThings,
) -> Result<(), Problem> {
    let id = given.person(name);
    let chosen = HandOver::parse(form, &id, &open.things, today())?;
    let hash = open.hash.clone();
    given.store.write(&given.who(who), now(), move |writing| people::hand_over(writing, &id, &hash, &chosen))
}

/// Closes the account of somebody with whom nothing is open.
pub fn leaves_without_work(given: &Given, name: &str) {
    hand_over(given, "Sam", name, &form(given, "leaves", today(), &[])).unwrap();
}

/// Closes the account of somebody; what is open goes to Nia, and what only they could say stays unsaid.
pub fn leaves(given: &Given, name: &str) {
    leaves_to(given, name, "Nia");
}

/// The same, to somebody else.
pub fn leaves_to(given: &Given, name: &str, next: &str) {
    let whose = |kind: OpenKind| match kind {
        OpenKind::Case | OpenKind::CoWork => "nobody",
        kind if kind.is_their_own_word() => "nobody",
        _ => next,
    };
    let chosen = OpenKind::ALL.iter().map(|kind| (*kind, whose(*kind))).collect::<Vec<_>>();
    hand_over(given, "Sam", name, &form(given, "leaves", today(), &chosen)).unwrap();
}

fn lead_of(given: &Given, reference: &str) -> Option<PersonId> {
    let id = case_of(given, "Priya", reference);
    let case = given.store.read(&given.who("Priya"), now(), |reading| cases::details(reading, &id)).unwrap();
    case.details.lead_practitioner
}

const GWENS: [(OpenKind, &str); 4] = [
    (OpenKind::Case, "Nia"),
    (OpenKind::CoWork, "nobody"),
    (OpenKind::Action, "lead"),
    (OpenKind::Signature, "nobody"),
];

#[test]
fn whoever_leaves_leaves_nothing_open_and_the_account_closes() {
    on_both_engines(|given| {
        let open = open_things(given, "Sam", "Gwen").unwrap();
        assert!(names(&open, OpenKind::Case).contains(&"F-1042"), "{:?}", open.things);
        assert!(!names(&open, OpenKind::Action).is_empty());
        hand_over(given, "Sam", "Gwen", &form(given, "leaves", today(), &GWENS)).unwrap();
        assert_eq!(lead_of(given, "F-1042"), Some(given.person("Nia")), "{}", given.engine);
        let after = open_things(given, "Sam", "Gwen").unwrap();
        assert!(after.things.is_empty(), "{:?}", after.things);
        assert!(after.bookings.iter().all(|booking| booking.on <= today()), "{:?}", after.bookings);
        let gwen = person(given, "Gwen");
        assert_eq!((gwen.standing, gwen.left_on), (Standing::Left, Some(today())));
        assert!(gwen.supervisors.iter().all(|link| link.to_on.is_some()));
        let actions = given.store.read(&given.who("Nia"), now(), records::actions::my_actions).unwrap();
        assert!(actions.iter().any(|(_, reference)| reference == "F-1042"), "{actions:?}");
        let mut signing_in = Form::default();
        signing_in.set("email", gwen.details.email);
        signing_in.set("password", records::demonstration::PASSWORD);
        let refused = records::sessions::sign_in(&given.store, &signing_in, "elsewhere", "test", now());
        assert!(matches!(refused, Err(Problem::Invalid(_))));
        // What she wrote stays hers.
        let case = case_of(given, "Priya", "F-1042");
        let file = given.store.read(&given.who("Priya"), now(), |reading| cases::open(reading, &case, None));
        assert!(!file.unwrap().timeline.is_empty());
        let again = hand_over(given, "Sam", "Gwen", &form(given, "leaves", today(), &[]));
        assert!(matches!(again, Err(Problem::Invalid(_))), "it is closed already");
    });
}

#[test]
fn nothing_changes_hands_until_everything_has_somebody() {
    on_both_engines(|given| {
        let before = open_things(given, "Sam", "Gwen").unwrap();
        for chosen in [
            &GWENS[..1],
            &[(OpenKind::Case, "keep"), GWENS[1], GWENS[2], GWENS[3]],
            &[(OpenKind::Case, "nobody"), GWENS[1], GWENS[2], GWENS[3]],
        ] {
            let tried = hand_over(given, "Sam", "Gwen", &form(given, "leaves", today(), chosen));
            assert!(matches!(tried, Err(Problem::Invalid(_))), "{chosen:?} on {}", given.engine);
            assert_eq!(open_things(given, "Sam", "Gwen").unwrap(), before);
        }
        assert_eq!(person(given, "Gwen").standing, Standing::Active);
    });
}

#[test]
fn what_is_new_since_the_page_was_shown_needs_a_look_of_its_own() {
    on_both_engines(|given| {
        let seen = open_things(given, "Sam", "Gwen").unwrap();
        let case = case_of(given, "Priya", "F-1077");
        let gwen = given.person("Gwen");
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| {
                let file = cases::details(writing, &case)?;
                let details = domain::cases::CaseDetails {
                    lead_practitioner: Some(gwen),
                    co_workers: Vec::new(),
                    ..file.details
                };
                cases::change(writing, &case, file.version, &details)
            })
            .unwrap();
        let chosen = form(given, "leaves", today(), &GWENS);
        let tried = hand_over_what_was_seen(given, "Sam", "Gwen", &chosen, &seen);
        let Err(Problem::Invalid(problems)) = tried else { panic!("unseen: {}", given.engine) };
        assert!(problems.of("form").unwrap().contains("has changed in between"));
        assert_eq!(lead_of(given, "F-1042"), Some(given.person("Gwen")));
    });
}

#[test]
fn one_thing_may_go_to_somebody_else_than_the_rest() {
    on_both_engines(|given| {
        let open = open_things(given, "Sam", "Gwen").unwrap();
        let one = open.things.iter().find(|thing| thing.name == "F-1042").unwrap();
        let mut chosen = form(given, "moves", today(), &GWENS);
        chosen.set(&field_for_one(one), given.person("Farah").to_string());
        hand_over(given, "Sam", "Gwen", &chosen).unwrap();
        assert_eq!(lead_of(given, "F-1042"), Some(given.person("Farah")), "{}", given.engine);
        for other in names(&open, OpenKind::Case).into_iter().filter(|name| *name != "F-1042") {
            assert_eq!(lead_of(given, other), Some(given.person("Nia")), "{other}");
        }
        assert_eq!(person(given, "Gwen").standing, Standing::Active, "she moves and stays");
    });
}

#[test]
fn supervision_and_its_booked_sessions_go_over_on_the_day_after_the_last() {
    on_both_engines(|given| {
        let open = open_things(given, "Sam", "Priya").unwrap();
        assert!(names(&open, OpenKind::Supervision).iter().any(|name| name.starts_with("Tom Osei")));
        let last_day = today() + Days::new(2);
        let chosen = [
            (OpenKind::Case, "nobody"),
            (OpenKind::CoWork, "nobody"),
            (OpenKind::Action, "Ros"),
            (OpenKind::Supervision, "Ros"),
        ];
        hand_over(given, "Sam", "Priya", &form(given, "leaves", last_day, &chosen)).unwrap();
        let tom = person(given, "Tom");
        let line: Vec<_> = tom.supervisors.iter().filter(|link| link.kind == LinkKind::Line).collect();
        assert_eq!((line[0].name.as_str(), line[0].from_on), ("Ros Keane", last_day + Days::new(1)));
        assert_eq!(
            (line[1].name.as_str(), line[1].to_on),
            ("Priya Nair", Some(last_day)),
            "{}",
            given.engine
        );
        let booked = given.store.read(&given.who("Ros"), now(), bookings::list).unwrap();
        let handed = booked.iter().filter(|booking| booking.supervisee.0 == tom.id && booking.on > last_day);
        let were = open.bookings.iter().filter(|booking| booking.with == tom.id && booking.on > last_day);
        assert_eq!(handed.count(), were.count());
        // The account is open until the last day is over, and nothing new goes to it.
        assert_eq!(person(given, "Priya").standing, Standing::Active);
        let supervisors = given.store.read(&given.who("Sam"), now(), people::supervisors).unwrap();
        assert!(supervisors.iter().all(|supervisor| supervisor.name != "Priya Nair"));
        let at = |days| now() + chrono::Duration::days(days);
        assert_eq!(people::close_leavers(&given.store, at(2)).unwrap(), 0);
        assert_eq!(people::close_leavers(&given.store, at(3)).unwrap(), 1);
        assert_eq!(people::close_leavers(&given.store, at(3)).unwrap(), 0, "once");
        assert_eq!(person(given, "Priya").standing, Standing::Left);
    });
}

/// What becomes of a session that was booked for yesterday and of which nobody has written a word.
#[test]
fn a_session_of_the_past_is_written_up_until_the_last_day_or_counts_as_not_held() {
    on_both_engines(|given| {
        let yesterday = booked(given, "Tom", today() + Days::new(1));
        let at = |days: i64| now() + chrono::Duration::days(days);
        let open = |days: i64| {
            let id = given.person("Priya");
            given
                .store
                .read(&given.who("Sam"), at(days), |reading| people::open_things(reading, &id))
                .unwrap()
        };
        assert!(names(&open(0), OpenKind::Unwritten).is_empty(), "{}: it is still to come", given.engine);
        let listed = open(2);
        assert!(
            names(&listed, OpenKind::Unwritten).contains(&"Tom Osei, 25 November 2026"),
            "{:?}",
            listed.things
        );
        let hands_over = |days: i64, last: i64, decided: &str| {
            let listed = open(days);
            let chosen = [
                (OpenKind::Case, "nobody"),
                (OpenKind::CoWork, "nobody"),
                (OpenKind::Action, "Ros"),
                (OpenKind::Supervision, "Ros"),
            ];
            let mut form = form(given, "leaves", at(last).date(), &chosen);
            for kind in [OpenKind::Unwritten, OpenKind::Signature] {
                form.set(&field_for_all(kind), decided);
            }
            let (id, hash) = (given.person("Priya"), listed.hash.clone());
            let chosen = HandOver::parse(&form, &id, &listed.things, at(days).date())?;
            given.store.write(&given.who("Sam"), at(days), move |writing| {
                people::hand_over(writing, &id, &hash, &chosen)
            })
        };
        let state = |days: i64| {
            let booked = given.store.read(&given.who("Tom"), at(days), bookings::list).unwrap();
            booked.into_iter().find(|booking| booking.id == yesterday.id).unwrap().state
        };
        let Err(Problem::Invalid(problems)) = hands_over(2, 2, "until") else {
            panic!("her account closes today")
        };
        assert!(problems.of(&field_for_all(OpenKind::Unwritten)).is_some());
        hands_over(2, 4, "until").unwrap();
        assert_eq!(state(2), BookingState::Planned, "she has two days");
        assert_eq!(people::close_leavers(&given.store, at(5)).unwrap(), 1);
        assert_eq!(state(5), BookingState::NotHeld, "she went, and nobody else can write it");
    });
}

/// Who moves and no longer supervises somebody could not write their session up: nothing is kept that nobody can do.
#[test]
fn who_hands_on_the_supervision_does_not_keep_the_session_that_is_not_written_up() {
    on_both_engines(|given| {
        booked(given, "Tom", today() + Days::new(1));
        logged(given, "Priya", &agreeing(given, "Gwen", "Priya")).unwrap();
        let later = now() + chrono::Duration::days(2);
        let id = given.person("Priya");
        let listed =
            given.store.read(&given.who("Sam"), later, |reading| people::open_things(reading, &id)).unwrap();
        let moves = |supervision: &str| {
            let chosen = [
                (OpenKind::Case, "keep"),
                (OpenKind::CoWork, "keep"),
                (OpenKind::Action, "keep"),
                (OpenKind::Supervision, supervision),
                (OpenKind::Unwritten, "keep"),
                (OpenKind::Signature, "keep"),
            ];
            let form = form(given, "moves", later.date(), &chosen);
            let (id, hash) = (id.clone(), listed.hash.clone());
            let chosen = HandOver::parse(&form, &id, &listed.things, later.date())?;
            given.store.write(&given.who("Sam"), later, move |writing| {
                people::hand_over(writing, &id, &hash, &chosen)
            })
        };
        let Err(Problem::Invalid(problems)) = moves("Ros") else { panic!("kept on {}", given.engine) };
        assert!(problems.0[0].words.contains("do not supervise this person any more"), "{problems:?}");
        moves("keep").unwrap();
        let hers = given.store.read(&given.who("Priya"), later, actions::my_actions).unwrap();
        assert!(hers.iter().any(|(action, _)| action.what == WHAT), "what she promised Gwen is still hers");
    });
}

#[test]
fn a_record_that_waits_for_a_signature_is_named_and_stays_without_it_when_its_person_goes() {
    on_both_engines(|given| {
        let held =
            logged(given, "Priya", &session_form(given, "Gwen", &case_of(given, "Priya", "F-1042"))).unwrap();
        given
            .store
            .write(&given.who("Priya"), now(), move |writing| {
                signing::sign_what_was_written(writing, &Record::Session(held), "Priya Nair")
            })
            .unwrap();
        let open = open_things(given, "Sam", "Gwen").unwrap();
        let waiting = names(&open, OpenKind::Signature);
        assert!(
            !waiting.is_empty() && waiting.iter().all(|name| name.starts_with("Priya Nair, ")),
            "{waiting:?}"
        );
        let tried = hand_over(given, "Sam", "Gwen", &form(given, "leaves", today(), &GWENS[..3]));
        let Err(Problem::Invalid(problems)) = tried else { panic!("nobody decided on {}", given.engine) };
        assert!(problems.of(&field_for_all(OpenKind::Signature)).is_some());
        let record: SupervisionId =
            open.things.iter().find(|thing| thing.kind == OpenKind::Signature).unwrap().id.parse().unwrap();
        hand_over(given, "Sam", "Gwen", &form(given, "leaves", today(), &GWENS)).unwrap();
        let file = given
            .store
            .read(&given.who("Priya"), now(), |reading| supervision::open(reading, &record))
            .unwrap();
        assert!(!file.signing.state.is_locked());
        assert_eq!(file.signing.left_before_signing, Some((Side::Supervisee, today())));
    });
}

#[test]
fn a_round_of_audits_and_a_second_grade_go_to_another_auditor_who_has_nothing_to_do_with_the_files() {
    on_both_engines(|given| {
        let (round, file) = gwens_file(given);
        make_auditor(given, "Bev");
        make_auditor(given, "Dee");
        asks(given, "Hanif", &file.id, "Bev").unwrap();
        let open = open_things(given, "Sam", "Hanif").unwrap();
        assert_eq!(names(&open, OpenKind::AuditRound), ["Round of 24 November 2026"], "{}", given.engine);
        assert_eq!(
            names(&open_things(given, "Sam", "Bev").unwrap(), OpenKind::SecondGrade),
            ["A file of the round of 24 November 2026"]
        );
        let goes = |next: &str| {
            hand_over(given, "Sam", "Hanif", &form(given, "leaves", today(), &[(OpenKind::AuditRound, next)]))
        };
        let offered = |name: &str| {
            let round = open.things.iter().find(|thing| thing.kind == OpenKind::AuditRound).unwrap();
            !round.not_for.contains(&given.person(name))
        };
        assert_eq!(["Bev", "Gwen", "Priya", "Dee"].map(offered), [false, false, false, true]);
        for (next, why) in [("Bev", "second time"), ("Nia", "auditor")] {
            let Err(Problem::Invalid(problems)) = goes(next) else {
                panic!("{next} leads on {}", given.engine)
            };
            assert!(problems.0[0].words.contains(why), "{next}: {problems:?}");
        }
        goes("Dee").unwrap();
        let page = round_page(given, "Dee", &round).unwrap();
        assert!(page.leads && page.round.lead.1.starts_with("Dee"));
        assert!(grades(given, "Dee", &file.id, 0, Score::Analytic).is_ok(), "she grades first from now on");
        hand_over(given, "Sam", "Bev", &form(given, "leaves", today(), &[(OpenKind::SecondGrade, "nobody")]))
            .unwrap();
        let page = round_page(given, "Dee", &round).unwrap();
        let after = page.files.iter().find(|other| other.id == file.id).unwrap();
        assert_eq!((after.second.as_ref(), after.state), (None, FileState::Graded), "her grade stands alone");
    });
}

/// Whoever can do nothing with a round any more, because they left or are no auditor, keeps nobody else from it.
#[test]
fn a_round_never_stays_with_somebody_who_cannot_lead_it() {
    on_both_engines(|given| {
        make_auditor(given, "Dee");
        let hanif = person(given, "Hanif");
        let leaves_to_nobody = form(given, "leaves", today(), &[]);
        hand_over(given, "Sam", "Hanif", &form(given, "leaves", today() + Days::new(1), &[])).unwrap();
        // Until then he is here, and draws.
        let (round, _) = gwens_file(given);
        let mut no_auditor = hanif.details.clone();
        no_auditor.roles = vec![Role::Practitioner];
        let (id, version) = (hanif.id.clone(), person(given, "Hanif").version);
        let changed = given.store.write(&given.who("Sam"), now(), move |writing| {
            people::change(writing, &id, version, &no_auditor)
        });
        let Err(Problem::Invalid(problems)) = changed else { panic!("role taken on {}", given.engine) };
        assert!(problems.of("roles").unwrap().contains("lead a round"));
        assert_eq!(people::close_leavers(&given.store, now() + chrono::Duration::days(2)).unwrap(), 1);
        assert_eq!(names(&open_things(given, "Sam", "Hanif").unwrap(), OpenKind::AuditRound).len(), 1);
        assert!(hand_over(given, "Sam", "Hanif", &leaves_to_nobody).is_err(), "somebody has to follow");
        hand_over(given, "Sam", "Hanif", &form(given, "leaves", today(), &[(OpenKind::AuditRound, "Dee")]))
            .unwrap();
        assert!(round_page(given, "Dee", &round).unwrap().leads);
        let after = person(given, "Hanif");
        assert_eq!(
            (after.standing, after.left_on),
            (Standing::Left, Some(today() + Days::new(1))),
            "when he left stays as it was"
        );
    });
}

#[test]
fn only_administrators_hand_over_and_nobody_closes_their_own_account() {
    on_both_engines(|given| {
        for other in ["Priya", "Ros", "Helen", "Gwen", "Hanif"] {
            assert!(matches!(open_things(given, other, "Gwen"), Err(Problem::Refused(_))), "{other}");
        }
        let Err(Problem::Invalid(problems)) =
            hand_over(given, "Sam", "Sam", &form(given, "leaves", today(), &[]))
        else {
            panic!("closed on {}", given.engine)
        };
        assert!(problems.of("reason").is_some());
    });
}

#[test]
fn nothing_goes_to_somebody_who_has_left_or_is_about_to() {
    on_both_engines(|given| {
        let tomorrow = today() + Days::new(1);
        let farah = [
            (OpenKind::Case, "Nia"),
            (OpenKind::CoWork, "nobody"),
            (OpenKind::Action, "lead"),
            (OpenKind::Supervision, "Ros"),
        ];
        hand_over(given, "Sam", "Farah", &form(given, "leaves", tomorrow, &farah)).unwrap();
        let chosen = [(OpenKind::Case, "Farah"), GWENS[1], GWENS[2], GWENS[3]];
        let Err(Problem::Invalid(problems)) =
            hand_over(given, "Sam", "Gwen", &form(given, "leaves", today(), &chosen))
        else {
            panic!("handed over on {}", given.engine)
        };
        assert_eq!(problems.of(&field_for_all(OpenKind::Case)), Some("Choose people from the list"));
        // Who stays after all is there again.
        let id = given.person("Farah");
        given.store.write(&given.who("Sam"), now(), move |writing| people::take_back(writing, &id)).unwrap();
        hand_over(given, "Sam", "Gwen", &form(given, "leaves", today(), &chosen)).unwrap();
        assert_eq!(lead_of(given, "F-1042"), Some(given.person("Farah")));
        assert_eq!(OpenKind::Case.code(), "case");
    });
}

#[test]
fn somebody_who_is_taken_back_signs_in_as_before() {
    on_both_engines(|given| {
        leaves_without_work(given, "Bev");
        let id = given.person("Bev");
        let back = id.clone();
        given
            .store
            .write(&given.who("Sam"), now(), move |writing| people::take_back(writing, &back))
            .unwrap();
        let bev = person(given, "Bev");
        assert_eq!(
            (bev.standing, bev.left_on, bev.has_password),
            (Standing::Active, None, true),
            "{}",
            given.engine
        );
        let again =
            given.store.write(&given.who("Sam"), now(), move |writing| people::take_back(writing, &id));
        assert!(matches!(again, Err(Problem::Invalid(_))), "she works here");
    });
}
