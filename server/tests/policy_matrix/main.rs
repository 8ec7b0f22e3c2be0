//! Every address × every person × everything that there is answers as [`may`] says, on both engines: for the whole cast,
//! and for the twin of each of them in another organisation.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops there")]

mod asked;
mod facts;

use app::answer::Answer;
use app::routes::{Guard, ROUTES, Route, answer};
use app::visit::{Method, Site, Visit};
use asked::asked;
use domain::access::{Action, Actor, may};
use domain::audits::{NewRound, Seed};
use domain::drafts::NewDraft;
use domain::form::Form;
use domain::ids::{OrganisationId, PersonId};
use domain::import::ImportKind;
use domain::reflection::{CpdPiece, Piece};
use domain::supervision::NewSupervision;
use facts::{Facts, id, people_at_work};
use records::drafts::{self, Author};
use records::import;
use records::jobs::{Job, Lease};
use records::journal::{MasterKey, MasterKeys};
use records::sessions::SignedIn;
use records::{DatabaseAddress, Store, Who, demonstration, supervision};
use std::sync::Arc;

#[test]
fn every_address_answers_as_the_policy_says_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    hold(&format!("sqlite:{}", folder.path().join("matrix.sqlite").display()));
}

#[test]
fn every_address_answers_as_the_policy_says_on_postgresql() {
    use diesel::connection::{Connection, SimpleConnection};
    let server = std::env::var("FRESH_EYES_TEST_POSTGRES")
        .expect("FRESH_EYES_TEST_POSTGRES must name a PostgreSQL server for tests; bin/test starts one");
    let name = format!("matrix_{}", records::secrets::token().unwrap());
    diesel::PgConnection::establish(&server)
        .unwrap()
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .unwrap();
    hold(&format!("{}/{name}", server.rsplit_once('/').unwrap().0));
}

/// A Tuesday morning in London: reminders go out on working days.
fn working_morning() -> chrono::NaiveDateTime {
    domain::calendar::parse_instant("2026-11-24T09:30:00Z").unwrap()
}

fn hold(address: &str) {
    let address: DatabaseAddress = address.parse().unwrap();
    let key: MasterKey = "5e".repeat(32).parse().unwrap();
    let keys = move || Ok(MasterKeys::only(key.clone()));
    let store = Store::open(&address).unwrap().with_master_keys(Arc::new(keys));
    demonstration::fill(&store, working_morning()).unwrap();
    let lease = Lease::take(&store, Job::Remind, "test", working_morning()).unwrap().unwrap();
    records::ladder::remind(&store, "http://localhost", working_morning(), &lease).unwrap();
    let at_work = people_at_work(&address);
    ask_to_clear_the_way(&store, &at_work);
    for mail in records::mail::claim(&store, working_morning()).unwrap() {
        // Only a mail that could not be sent can be sent again.
        records::mail::failed(&store, &mail.id, "refused", working_morning()).unwrap();
    }
    talk_among_peers(&store, &at_work);
    for person in &at_work {
        begin_draft(&store, person);
        write_cpd(&store, person);
        begin_imports(&store, person);
    }
    draw_round(&store, &address);
    let facts = Facts::read(&address);
    let (mut checked, mut wrong) = (0, Vec::new());
    for person in people_at_work(&address) {
        let actor = store
            .read(&Who::system("test"), working_morning(), |reading| {
                records::access::actor_of_person(reading, &person)
            })
            .unwrap();
        let elsewhere: OrganisationId = id("01890a5d-ac96-774b-bcce-b302099a8057");
        let twin = Actor { organisation: elsewhere, ..actor.clone() };
        for (actor, is_twin) in [(actor, false), (twin, true)] {
            // Of pages without an id everybody has their own; the twin has nothing of its own here.
            let guarded = ROUTES.iter().filter(|route| route.guard != Guard::Anyone);
            for route in guarded.filter(|route| !is_twin || route.path.contains('{')) {
                for (parameters, allowed) in asked(route.path, &facts, &actor) {
                    for method in methods(route.path) {
                        let status = status_of(route, &store, &actor, &parameters, *method);
                        if (status != 404) != (allowed && is_open(&route.guard, &actor)) {
                            wrong.push(format!(
                                "{method:?} {} {parameters:?} answered {status} to {:?} {}",
                                route.path, actor.roles, actor.person
                            ));
                        }
                        checked += 1;
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {checked} answers are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 10_000, "only {checked} answers were looked at");
}

/// Somebody who audits draws a round of every file that there is.
fn draw_round(store: &Store, address: &DatabaseAddress) {
    let who = Who::system("test");
    let actor_of = |person: &PersonId| {
        store
            .read(&who, working_morning(), |reading| records::access::actor_of_person(reading, person))
            .unwrap()
    };
    let auditor = people_at_work(address)
        .iter()
        .map(actor_of)
        .find(|actor| actor.is(domain::people::Role::Auditor))
        .expect("the demonstration has an auditor");
    store
        .write(&Who::person(auditor, "test"), working_morning(), |writing| {
            let today = working_morning().date();
            let teams = records::audits::choices(writing)?.teams;
            let new = NewRound {
                question: String::new(),
                from: today - chrono::Duration::days(92),
                to: today,
                teams: teams.into_iter().map(|(id, _)| id).collect(),
                files: 60,
                seed: Seed::new("matrix").expect("a seed"),
                second: None,
            };
            records::audits::draw(writing, &new)
        })
        .unwrap();
}

/// Everybody is writing something.
fn begin_draft(store: &Store, person: &PersonId) {
    let who = Who::system("test");
    let actor = store
        .read(&who, working_morning(), |reading| records::access::actor_of_person(reading, person))
        .unwrap();
    let mut form = Form::default();
    form.set(domain::drafts::ADDRESS, "/reflections/new");
    let author = Author { person: actor.person.clone(), organisation: actor.organisation.clone() };
    let who = Who::person(actor, "test");
    drafts::save(store, &who, &author, NewDraft::read(&form).unwrap(), working_morning()).unwrap();
}

/// Everybody has a piece of their professional development.
fn write_cpd(store: &Store, person: &PersonId) {
    let actor = store
        .read(&Who::system("test"), working_morning(), |reading| {
            records::access::actor_of_person(reading, person)
        })
        .unwrap();
    let piece = CpdPiece::begun_from(&Piece::free("A piece", "What I read."), working_morning().date());
    let writes = move |writing: &mut records::Writing<'_>| records::reflection::write_cpd(writing, &piece);
    store.write(&Who::person(actor, "test"), working_morning(), writes).unwrap();
}

/// Two of a team have talked among peers, and a third was there too.
fn talk_among_peers(store: &Store, people: &[PersonId]) {
    let who = Who::system("test");
    let actor_of = |person| {
        let reads = |reading: &mut records::Reading<'_>| records::access::actor_of_person(reading, person);
        store.read(&who, working_morning(), reads).unwrap()
    };
    let actors: Vec<Actor> = people.iter().map(actor_of).collect();
    let team_of = |actor: &Actor| -> Vec<Actor> {
        actors.iter().filter(|other| other.team == actor.team).cloned().collect()
    };
    let team = actors.iter().map(team_of).find(|team| team.len() >= 3).unwrap();
    let mut form = Form::default();
    for (field, value) in [
        ("supervisee", team[1].person.as_str()),
        ("there", team[2].person.as_str()),
        ("kind", "peer"),
        ("mode", "in_person"),
        ("minutes", "30"),
        ("session.answer.brought", "How to end a visit."),
    ] {
        form.set(field, value);
    }
    let today = working_morning().date();
    form.set_date("held_on", today);
    let session = NewSupervision::parse(&form, today).unwrap();
    let first = Who::person(team[0].clone(), "test");
    store.write(&first, working_morning(), move |writing| supervision::log(writing, &session)).unwrap();
}

/// A supervisor notes that their own supervisor clears the way for an action of somebody's case.
fn ask_to_clear_the_way(store: &Store, people: &[PersonId]) {
    let who = Who::system("test");
    let today = working_morning().date();
    for person in people {
        let reads = |reading: &mut records::Reading<'_>| records::access::actor_of_person(reading, person);
        let actor = store.read(&who, working_morning(), reads).unwrap();
        let (Some((supervisee, _)), Some((above, _))) =
            (actor.supervises.first(), actor.supervised_by.first())
        else {
            continue;
        };
        let as_person = Who::person(actor.clone(), "test");
        let found = store.read(&as_person, working_morning(), |reading| {
            let listed = records::cases::to_talk_about(reading, supervisee, today)?;
            let cases: Vec<_> = listed.into_iter().map(|listed| listed.case).collect();
            let open = records::actions::open_actions(reading, &cases, None)?;
            Ok(open
                .by_case
                .into_iter()
                .find_map(|(case, open)| Some((case, open.actions.first()?.id.clone()))))
        });
        let Some((case, action)) = found.unwrap() else { continue };
        let mut form = Form::default();
        for (field, value) in [
            ("supervisee", supervisee.as_str()),
            ("kind", "case"),
            ("mode", "in_person"),
            ("minutes", "30"),
            ("entry.0.case", case.as_str()),
            ("entry.0.child_seen", "not_applicable"),
            ("entry.0.what_happened", "Nothing new."),
            ("entry.0.risk_level", "high"),
            ("entry.0.risk_direction", "same"),
            ("entry.0.proposal", "stay"),
            ("entry.0.decision", "Carry on."),
            ("entry.0.rationale", "The plan holds."),
            ("entry.0.review.0.id", action.as_str()),
            ("entry.0.review.0.outcome", "unblocked"),
            ("entry.0.review.0.note", "Ring their manager."),
            ("entry.0.review.0.asked", above.as_str()),
        ] {
            form.set(field, value);
        }
        form.set_date("held_on", today);
        form.set_date("entry.0.review.0.by", today);
        let session = NewSupervision::parse(&form, today).unwrap();
        store
            .write(&as_person, working_morning(), move |writing| supervision::log(writing, &session))
            .unwrap();
        return;
    }
    panic!("the demonstration has an open action of a case that somebody supervises");
}

/// Everybody who may import has uploaded a file of each kind that they may.
fn begin_imports(store: &Store, person: &PersonId) {
    let actor = store
        .read(&Who::system("test"), working_morning(), |reading| {
            records::access::actor_of_person(reading, person)
        })
        .unwrap();
    for (kind, action) in
        [(ImportKind::People, Action::AdministerPeople), (ImportKind::Cases, Action::ImportCases)]
    {
        if !may(&actor, &action).is_allowed() {
            continue;
        }
        let header: Vec<&str> = kind.columns().iter().map(|column| column.title).collect();
        let text = format!("{}\nx\n", header.join(","));
        let who = Who::person(actor.clone(), "test");
        store
            .write(&who, working_morning(), move |writing| import::upload(writing, kind, "test.csv", &text))
            .unwrap();
    }
}

fn is_open(guard: &Guard, actor: &Actor) -> bool {
    match guard {
        Guard::Anyone => true,
        Guard::May(action) => may(actor, action).is_allowed(),
    }
}

/// Addresses of a single button answer only to posts; the others are asked both ways.
fn methods(path: &str) -> &'static [Method] {
    let buttons = [
        "/agree",
        "/invite",
        "/end",
        "/again",
        "/share",
        "/others",
        "/sign-out",
        "/filed",
        "/leave",
        "/final",
        "/take-back",
    ];
    // A copy of the demonstration is older than a day: it stays, whoever presses.
    let is_form = ["/reflections/{id}/share", "/reflections/copies/{id}/take-back"].contains(&path)
        || path.ends_with("/reopen/leave");
    if !is_form && buttons.iter().any(|button| path.ends_with(button)) {
        return &[Method::Post];
    }
    if ["/text", "/pdf", "/csv"].iter().any(|file| path.ends_with(file)) {
        return &[Method::Get];
    }
    if path.ends_with("/throw-away") || path.ends_with("/delete") {
        // What is gone could not be asked for by the next; `drafts` and `journal` of the records' tests press the button.
        return &[Method::Get];
    }
    &[Method::Get, Method::Post]
}

/// Asks for the page as this person, with an empty form if one is posted: who may have the page is told what is missing,
/// and who may not is told that there is no such page.
fn status_of(route: &Route, store: &Store, actor: &Actor, parameters: &[String], method: Method) -> u16 {
    let path = parameters.iter().fold(route.path.to_owned(), |path, parameter| {
        let (before, rest) = path.split_once('{').unwrap();
        format!("{before}{parameter}{}", rest.split_once('}').unwrap().1)
    });
    let visit = Visit {
        store: store.clone(),
        site: Arc::new(Site::default()),
        who: Who::person(actor.clone(), "test"),
        signed_in: Some(SignedIn {
            session: id("01890a5d-ac96-774b-bcce-b302099a8058"),
            name: "Somebody".to_owned(),
            actor: actor.clone(),
            demonstration: true,
            rules_version: 1,
            lens: true,
            ends_at: working_morning(),
        }),
        now: working_morning(),
        method,
        path,
        parameters: parameters.to_vec(),
        query: Form::default(),
        form: Form::default(),
        file: None,
        form_token: String::new(),
        nonce: String::new(),
        address: "test".to_owned(),
        user_agent: "test".to_owned(),
    };
    match answer(route, &visit) {
        Answer::Page { status, .. } | Answer::Text { status, .. } => status,
        Answer::File { .. } | Answer::Paper { .. } | Answer::Lasting { .. } => 200,
        Answer::SeeOther { .. } => 303,
    }
}
