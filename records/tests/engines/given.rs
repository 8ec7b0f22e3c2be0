//! Helpers for the tests of the operations: each test runs on both engines, each time on a database of its own.

use crate::databases::{PostgresDatabase, filled_sqlite};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use domain::TextValue;
use domain::access::Actor;
use domain::bookings::{NewBooking, Series};
use domain::form::Form;
use domain::ids::{CaseId, PersonId, SupervisionId};
use domain::people::{LinkKind, NewSupervisorLink};
use domain::supervision::{Mode, NewSupervision, SupervisionKind};
use records::journal::MasterKeys;
use records::{
    DatabaseAddress, Problem, Reading, Store, Who, bookings, cadence, cases, demonstration, people,
    supervision,
};
use std::sync::{Arc, OnceLock};

/// A database with the demonstration cast, on one engine.
pub struct Given {
    pub store: Store,
    pub address: DatabaseAddress,
    pub now: NaiveDateTime,
    pub engine: &'static str,
    admin: OnceLock<Who>,
    folder: tempfile::TempDir,
    // Last, so that the store has closed when it goes.
    _postgres: Option<PostgresDatabase>,
}

/// The instant at which every test plays: a Tuesday morning in London.
pub fn now() -> NaiveDateTime {
    domain::calendar::parse_instant("2026-11-24T09:30:00Z").unwrap()
}

/// Runs a test on SQLite and on PostgreSQL. The second needs `FRESH_EYES_TEST_POSTGRES`, and fails without it: a test
/// that is left out in silence holds nothing.
pub fn on_both_engines(test: impl Fn(&Given)) {
    for engine in ["sqlite", "postgres"] {
        test(&filled(engine));
    }
}

/// A case by its reference, as somebody finds it.
pub fn case_of(given: &Given, name: &str, reference: &str) -> CaseId {
    let filter = domain::cases::CaseFilter::default();
    let (listed, _) =
        given.store.read(&given.who(name), now(), |reading| cases::list(reading, &filter, "")).unwrap();
    listed.into_iter().find(|case| case.reference == reference).unwrap().id
}

/// A session about one case, as its form would be posted.
pub fn session_form(given: &Given, supervisee: &str, case: &CaseId) -> Form {
    let mut form = Form::default();
    form.set("supervisee", given.person(supervisee).to_string());
    form.set("kind", SupervisionKind::Case.code());
    form.set("mode", "video");
    form.set("minutes", "60");
    form.set_date("held_on", now().date());
    for (field, value) in [
        ("case", case.as_str()),
        ("child_seen", "not_applicable"),
        ("what_happened", "Nothing new."),
        ("risk_level", "high"),
        ("risk_direction", "up"),
        ("proposal", "stay"),
        ("decision", "Carry on."),
        ("rationale", "The plan holds."),
    ] {
        form.set(&format!("entry.0.{field}"), value);
    }
    form
}

/// Logs a session from its form.
pub fn logged(given: &Given, supervisor: &str, form: &Form) -> Result<SupervisionId, Problem> {
    let session = NewSupervision::parse(form, now().date())?;
    given.store.write(&given.who(supervisor), now(), move |writing| supervision::log(writing, &session))
}

/// The same, for a test that does not open it.
pub fn log(given: &Given, supervisor: &str, form: &Form) -> Result<(), Problem> {
    logged(given, supervisor, form).map(drop)
}

/// A session that Priya books with somebody.
pub fn booked(given: &Given, supervisee: &str, on: NaiveDate) -> bookings::Booking {
    booked_as(given, supervisee, SupervisionKind::Personal, on)
}

/// The same, of a kind.
pub fn booked_as(given: &Given, supervisee: &str, kind: SupervisionKind, on: NaiveDate) -> bookings::Booking {
    let new = NewBooking {
        supervisee: given.person(supervisee),
        kind,
        mode: Mode::InPerson,
        on,
        at: NaiveTime::from_hms_opt(9, 30, 0).unwrap(),
        minutes: 90,
        series: Series { every_weeks: 1, times: 1 },
        instead_of: None,
    };
    let priya = given.who("Priya");
    given.store.write(&priya, now(), move |writing| bookings::book(writing, &new)).unwrap();
    let all = given.store.read(&priya, now(), bookings::list).unwrap();
    all.into_iter().find(|booking| booking.on == on && booking.supervisee.1.starts_with(supervisee)).unwrap()
}

/// A database with the demonstration.
pub fn filled(engine: &'static str) -> Given {
    let fill = |address: &str| {
        let store = with_journal(Store::open(&address.parse().unwrap()).unwrap());
        demonstration::fill(&store, now()).unwrap();
    };
    let folder = tempfile::tempdir().unwrap();
    let postgres = (engine == "postgres").then(|| PostgresDatabase::filled(fill));
    if postgres.is_none() {
        filled_sqlite(&sqlite_file(&folder), fill);
    }
    given(engine, folder, postgres)
}

/// An empty database.
pub fn empty(engine: &'static str) -> Given {
    let postgres = (engine == "postgres").then(PostgresDatabase::empty);
    given(engine, tempfile::tempdir().unwrap(), postgres)
}

fn sqlite_file(folder: &tempfile::TempDir) -> std::path::PathBuf {
    folder.path().join("test.sqlite")
}

fn given(engine: &'static str, folder: tempfile::TempDir, postgres: Option<PostgresDatabase>) -> Given {
    let address = match &postgres {
        None => format!("sqlite:{}", sqlite_file(&folder).display()),
        Some(database) => database.address(),
    };
    let address: DatabaseAddress = address.parse().unwrap();
    let store = with_journal(Store::open(&address).unwrap());
    Given { store, address, now: now(), engine, admin: OnceLock::new(), folder, _postgres: postgres }
}

/// The master key of these tests.
pub const MASTER_KEY: &str = "7a1f0c5e3b9d8246aa10ff27c4e6b3d85590fe71c2384ab6d9e01748f35b6c2d";

/// The store with a journal that opens.
pub fn with_journal(store: Store) -> Store {
    store.with_master_keys(Arc::new(|| Ok(MasterKeys::only(MASTER_KEY.parse().unwrap()))))
}

impl Given {
    /// What something answers, and how many statements it takes.
    pub fn counted<T>(&self, act: impl FnOnce() -> T) -> (T, u64) {
        self.store.count_statements(true);
        let before = self.store.statements();
        let answer = act();
        let statements = self.store.statements() - before;
        self.store.count_statements(false);
        (answer, statements)
    }

    /// Closes the store, and leaves its files.
    pub fn closed(self) -> tempfile::TempDir {
        self.folder
    }

    /// Somebody of the cast, as the policy knows them.
    pub fn actor(&self, name: &str) -> Actor {
        let id = self.person(name);
        self.store
            .read(&Who::system("test"), self.now, |reading| records::access::actor_of_person(reading, &id))
            .unwrap()
    }

    /// Somebody of the cast, as they ask.
    pub fn who(&self, name: &str) -> Who {
        Who::person(self.actor(name), "test")
    }

    /// An administrator gives somebody’s account another address.
    pub fn gets_address(&self, name: &str, email: &str, at: NaiveDateTime) {
        let (id, email) = (self.person(name), email.to_owned());
        self.store
            .write(&self.who("Sam"), at, move |writing| {
                let person = people::open(writing, &id)?;
                let details = domain::people::PersonDetails { email, ..person.details };
                people::change(writing, &id, person.version, &details)
            })
            .unwrap();
    }

    /// From today on, somebody has another line supervisor.
    pub fn moves_to(&self, person: &str, supervisor: &str) {
        let (person, supervisor) = (self.person(person), self.person(supervisor));
        let link = NewSupervisorLink { supervisor, kind: LinkKind::Line, from: self.now.date(), to: None };
        self.store
            .write(&self.who("Sam"), self.now, move |writing| people::add_supervisor(writing, &person, &link))
            .unwrap();
    }

    /// From today on, somebody stands in for the line supervisor of another.
    pub fn stands_in(&self, deputy: &str, of: &str) {
        let (person, supervisor) = (self.person(of), self.person(deputy));
        let link = NewSupervisorLink { supervisor, kind: LinkKind::Cover, from: self.now.date(), to: None };
        self.store
            .write(&self.who("Sam"), self.now, move |writing| people::add_supervisor(writing, &person, &link))
            .unwrap();
    }

    /// Everything that waits to be sent.
    pub fn mails(&self, at: NaiveDateTime) -> Vec<records::mail::OutgoingMail> {
        records::mail::claim(&self.store, at).unwrap()
    }

    /// The id of somebody of the cast.
    pub fn person(&self, name: &str) -> PersonId {
        self.summary(name).id
    }

    /// The whole name of somebody of the cast.
    pub fn name(&self, name: &str) -> String {
        self.summary(name).name
    }

    fn summary(&self, name: &str) -> records::people::PersonSummary {
        let (people, _) = self
            .store
            .read(self.admin(), self.now, |reading| records::people::list(reading, "", None, true))
            .unwrap();
        people.into_iter().find(|person| person.name.starts_with(name)).expect(name)
    }

    /// Where each line of somebody's supervision stands, as somebody sees it.
    pub fn lines(&self, who: &str, person: &str) -> Vec<cadence::Line> {
        let id = self.person(person);
        let read = |reading: &mut Reading<'_>| {
            let person = people::open(reading, &id)?;
            cadence::cadence_of(reading, &person)
        };
        self.store.read(&self.who(who), self.now, read).unwrap().unwrap().lines
    }

    /// Works out what is due at an instant, and queues the mails.
    pub fn reminded(&self, at: NaiveDateTime) -> Vec<records::ladder::Reminder> {
        use records::jobs::{Job, Lease};
        let lease = Lease::take(&self.store, Job::Remind, "test", at).unwrap().unwrap();
        records::ladder::remind(&self.store, "https://example.org", at, &lease).unwrap()
    }

    /// Everything of which somebody was told and that is still so, page by page.
    pub fn told(&self, name: &str, at: NaiveDateTime) -> Vec<records::ladder::Reminded> {
        use records::ladder::{self, Reminders};
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.read(&self.who(name), at, |reading| ladder::mine(reading, after));
            let Reminders { reminded, next } = page.unwrap();
            all.extend(reminded);
            after = next;
            if after.is_none() {
                return all;
            }
        }
    }

    /// Signs in once: more often, from one address, would be taken for guessing.
    fn admin(&self) -> &Who {
        self.admin.get_or_init(|| self.sign_in_admin())
    }

    fn sign_in_admin(&self) -> Who {
        let mut form = Form::default();
        form.set("email", "admin@example.org");
        form.set("password", demonstration::PASSWORD);
        let token = records::sessions::sign_in(&self.store, &form, "test", "test", self.now).unwrap();
        let limits = records::sessions::SessionLimits { idle_minutes: 15, absolute_minutes: 600 };
        Who::person(
            records::sessions::find(&self.store, &token, &limits, records::sessions::Look::AtWork, self.now)
                .unwrap()
                .unwrap()
                .actor,
            "test",
        )
    }
}
