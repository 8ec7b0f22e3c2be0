//! The ladder and the outbox against a model of them: random things happen, on both engines, and after each run the same
//! people were mailed of as many things as the model says. The model knows nothing of tables, leases or claims; when each
//! case is due it takes from the list of cases, because the cadence engine has tests of its own.

mod model;

use crate::given::{Given, filled};
use chrono::{Days, Duration, NaiveDateTime, NaiveTime};
use domain::bookings::{BookingState, CancelReason, Cancelling, CaseSession, Move, NewCaseSessions};
use domain::cadence::{AbsenceReason, NewAbsence};
use domain::cases::{CaseFilter, CaseStatus};
use domain::form::Form;
use domain::ids::{CaseId, PersonId};
use domain::ladder::{Concern, NewSnooze};
use domain::policy::{NewVersion, Rule};
use domain::supervision::{Mode, NewSupervision};
use model::{Model, Overdue};
use proptest::prelude::*;
use records::cadence::{self, PolicyChange};
use records::cases::{self, CaseSummary};
use records::jobs::{Job, Lease};
use records::{Problem, Who, bookings, ladder, mail, settings, supervision};
use std::collections::{BTreeMap, BTreeSet};

/// Only the ladder of overdue case supervision, as it ships: the model speaks of nothing else. What was added to ladders later would
/// come along by itself, and comes when the model is over.
const LADDER: &str = r#"
[case_supervision]
steps = [
    { days = 1, tell = ["practitioner", "supervisor"] },
    { working_days = 3, tell = ["supervisor"] },
    { working_days = 5, tell = ["service_manager"] },
    { working_days = 10, tell = ["head_of_service"] },
]
weekly = ["service_manager", "head_of_service"]

[late_decision]
steps = [{ days = 366, tell = ["supervisor"] }]
weekly = []
"#;

#[derive(Clone, Debug)]
enum Command {
    Advance {
        hours: i64,
    },
    ClockBack {
        hours: i64,
    },
    Remind {
        server: u8,
        twice: bool,
    },
    /// One server takes the lease, is paused, another does the work, and the first wakes up.
    WakeUpLate,
    Hold {
        case: usize,
    },
    /// A session is booked and cancelled: that moves nothing.
    Cancel {
        case: usize,
    },
    Transfer {
        case: usize,
        to: usize,
    },
    Snooze {
        case: usize,
    },
    Pause {
        person: usize,
        days: u64,
    },
    ChangePolicy {
        days: u32,
    },
    /// Claims what is due, and sends, fails or dies with it.
    Deliver {
        fate: u8,
    },
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (1i64..100).prop_map(|hours| Command::Advance { hours }),
        1 => (1i64..30).prop_map(|hours| Command::ClockBack { hours }),
        5 => (0u8..2, any::<bool>()).prop_map(|(server, twice)| Command::Remind { server, twice }),
        1 => Just(Command::WakeUpLate),
        2 => (0usize..12).prop_map(|case| Command::Hold { case }),
        1 => (0usize..12).prop_map(|case| Command::Cancel { case }),
        1 => (0usize..12, 0usize..PRACTITIONERS.len()).prop_map(|(case, to)| Command::Transfer { case, to }),
        1 => (0usize..12).prop_map(|case| Command::Snooze { case }),
        1 => (0usize..PAUSED.len(), 1u64..30).prop_map(|(person, days)| Command::Pause { person, days }),
        1 => (7u32..60).prop_map(|days| Command::ChangePolicy { days }),
        2 => (0u8..3).prop_map(|fate| Command::Deliver { fate }),
    ]
}

const PRACTITIONERS: &[&str] = &["Gwen", "Luca", "Nia", "Owen", "Farah"];
/// Who may be away for a time: practitioners, and their supervisor.
const PAUSED: &[&str] = &["Gwen", "Luca", "Nia", "Owen", "Farah", "Priya"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_same_people_are_told_of_the_same_things_once(
        commands in prop::collection::vec(any_command(), 10..40),
    ) {
        let told = ["sqlite", "postgres"].map(|engine| play(engine, &commands));
        prop_assert_eq!(&told[0], &told[1], "the engines differ");
    }
}

/// Plays the commands on an engine beside the model. Returns what was told, mail by mail.
fn play(engine: &'static str, commands: &[Command]) -> Vec<Vec<(String, usize)>> {
    let given = filled(engine);
    let mut world = World::new(&given);
    let mut told = Vec::new();
    for command in commands {
        if let Some(mails) = world.obey(command) {
            told.push(mails);
        }
    }
    world.everything_is_sent_once();
    told
}

struct World<'a> {
    given: &'a Given,
    now: NaiveDateTime,
    model: Model,
    names: BTreeMap<PersonId, String>,
    policy_version: i32,
    sent: BTreeMap<String, u32>,
}

impl<'a> World<'a> {
    fn new(given: &'a Given) -> Self {
        let helen = given.person("Helen");
        let version = NewVersion {
            // Before every day to which the clock may be set back.
            effective_from: given.now.date() - Days::new(365),
            approver: helen,
            reason: "For the model".to_owned(),
        };
        given
            .store
            .write(&given.who("Helen"), given.now, move |writing| {
                settings::change_ladder(writing, LADDER, &version)
            })
            .unwrap();
        let names = [
            "Helen", "Ros", "Priya", "Marta", "Jo", "Tom", "Amal", "Gwen", "Luca", "Nia", "Owen", "Farah",
            "Sam",
        ]
        .iter()
        .map(|name| (given.person(name), (*name).to_owned()))
        .collect();
        let today = given.now.date();
        // The demonstration says so.
        let away = vec![("Farah".to_owned(), today - Days::new(2), today + Days::new(6))];
        let model = Model::new(away);
        Self { given, now: given.now, model, names, policy_version: 1, sent: BTreeMap::new() }
    }

    fn obey(&mut self, command: &Command) -> Option<Vec<(String, usize)>> {
        match command {
            Command::Advance { hours } => self.now += Duration::hours(*hours),
            Command::ClockBack { hours } => self.now -= Duration::hours(*hours),
            Command::Remind { server, twice } => {
                let mails = self.remind(&format!("server {server}"));
                if *twice {
                    assert_eq!(self.remind("server 2"), [], "running twice equals running once");
                }
                return Some(mails);
            }
            Command::WakeUpLate => return Some(self.wake_up_late()),
            Command::Hold { case } => self.hold(*case),
            Command::Cancel { case } => self.cancel(*case),
            Command::Transfer { case, to } => self.transfer(*case, PRACTITIONERS[*to]),
            Command::Snooze { case } => self.snooze(*case),
            Command::Pause { person, days } => self.pause(PAUSED[*person], *days),
            Command::ChangePolicy { days } => self.change_policy(*days),
            Command::Deliver { fate } => self.deliver(*fate),
        }
        None
    }

    fn open_cases(&self) -> Vec<CaseSummary> {
        let (listed, _) = self
            .given
            .store
            .read(&self.given.who("Hanif"), self.now, |reading| {
                cases::list(reading, &CaseFilter::default(), "")
            })
            .unwrap();
        listed.into_iter().filter(|case| case.status == CaseStatus::Open).collect()
    }

    fn case(&self, number: usize) -> CaseSummary {
        let open = self.open_cases();
        open[number % open.len()].clone()
    }

    fn remind(&mut self, server: &str) -> Vec<(String, usize)> {
        let (store, now) = (&self.given.store, self.now);
        let lease = Lease::take(store, Job::Remind, server, now).unwrap().expect("nobody else is at it");
        let mails = self.remind_under(&lease).unwrap();
        lease.give_back(store, now).unwrap();
        mails
    }

    fn remind_under(&mut self, lease: &Lease) -> Result<Vec<(String, usize)>, Problem> {
        let cases = self.open_cases();
        let reminders = ladder::remind(&self.given.store, "https://example.org", self.now, lease)?;
        let mut mails: Vec<(String, usize)> = reminders
            .iter()
            .map(|reminder| (self.names[&reminder.recipient].clone(), reminder.items))
            .collect();
        mails.sort();
        let overdue = cases.iter().map(|case| Overdue {
            case: case.id.clone(),
            lead: case.lead.as_ref().map(|(lead, _)| self.names[lead].clone()),
            due_on: case.due.due_on,
        });
        let overdue: Vec<Overdue> = overdue.collect();
        let reach = self.reach();
        let expected = self.model.remind(self.now, &overdue, &reach);
        assert_eq!(mails, expected, "{} at {}", self.given.engine, self.now);
        Ok(mails)
    }

    /// Who can open which case today: nobody is told of what they cannot see.
    fn reach(&self) -> BTreeSet<(String, CaseId)> {
        let mut reach = BTreeSet::new();
        for name in self.names.values() {
            let listed = self.given.store.read(&self.given.who(name), self.now, |reading| {
                cases::list(reading, &CaseFilter::default(), "")
            });
            let listed = listed.map(|(listed, _)| listed).unwrap_or_default();
            reach.extend(listed.into_iter().map(|case| (name.clone(), case.id)));
        }
        reach
    }

    fn wake_up_late(&mut self) -> Vec<(String, usize)> {
        let (store, now) = (self.given.store.clone(), self.now);
        let first = Lease::take(&store, Job::Remind, "the first", now).unwrap().unwrap();
        assert_eq!(Lease::take(&store, Job::Remind, "the second", now).unwrap(), None, "one at a time");
        // Its time runs out while it is paused.
        first.clone().give_back(&store, now).unwrap();
        let second = Lease::take(&store, Job::Remind, "the second", now).unwrap().unwrap();
        // A week on, so that there is something to write.
        let late = ladder::remind(&store, "https://example.org", now + Duration::days(7), &first);
        assert!(
            late.as_ref().is_ok_and(Vec::is_empty) || matches!(late, Err(Problem::Unavailable(_))),
            "{late:?}"
        );
        let mails = self.remind_under(&second).unwrap();
        second.give_back(&store, now).unwrap();
        mails
    }

    /// What people do fails where it makes no sense, for example for a case without a lead: then nothing happens.
    fn hold(&mut self, number: usize) {
        let case = self.case(number);
        let Some((lead, _)) = case.lead else { return };
        let supervisor = supervisor_of(&self.names[&lead]);
        let mut form = Form::default();
        form.set("supervisee", lead.to_string());
        for (field, value) in [("kind", "case"), ("mode", "video"), ("minutes", "60")] {
            form.set(field, value);
        }
        form.set_date("held_on", domain::calendar::london_day(self.now));
        for (field, value) in [
            ("case", case.id.as_str()),
            ("child_seen", "not_applicable"),
            ("what_happened", "Nothing new."),
            ("risk_level", "medium"),
            ("risk_direction", "same"),
            ("proposal", "stay"),
            ("decision", "Carry on."),
            ("rationale", "The plan holds."),
        ] {
            form.set(&format!("entry.0.{field}"), value);
        }
        let session = NewSupervision::parse(&form, domain::calendar::london_day(self.now)).unwrap();
        self.given
            .store
            .write(&self.given.who(supervisor), self.now, move |writing| supervision::log(writing, &session))
            .unwrap();
    }

    fn cancel(&mut self, number: usize) {
        let case = self.case(number);
        let Some((lead, _)) = case.lead else { return };
        let who = self.given.who(supervisor_of(&self.names[&lead]));
        let on = domain::calendar::london_day(self.now) + Days::new(1);
        let at = NaiveTime::from_hms_opt(10, 0, 0).unwrap();
        let session = CaseSession { supervisee: lead, cases: vec![case.id], begins: Move { on, at } };
        let new = NewCaseSessions { mode: Mode::Video, minutes: 60, sessions: vec![session] };
        self.given
            .store
            .write(&who, self.now, move |writing| bookings::book_cases(writing, &new).map(drop))
            .unwrap();
        let booked = self.given.store.read(&who, self.now, bookings::list).unwrap();
        let mut planned = booked.into_iter().filter(|booking| booking.state == BookingState::Planned);
        let last = planned.next_back().unwrap();
        let cancelling = Cancelling { reason: Some(CancelReason::Court), note: String::new(), instead: None };
        self.given
            .store
            .write(&who, self.now, move |writing| {
                bookings::cancel(writing, &last.id, last.version, &cancelling)
            })
            .unwrap();
    }

    fn transfer(&mut self, number: usize, to: &str) {
        let (case, to) = (self.case(number), self.given.person(to));
        let priya = self.given.who("Priya");
        let id = case.id.clone();
        let Ok(file) = self.given.store.read(&priya, self.now, |reading| cases::details(reading, &id)) else {
            return;
        };
        let mut details = file.details;
        details.lead_practitioner = Some(to.clone());
        details.co_workers.retain(|worker| *worker != to);
        self.given
            .store
            .write(&priya, self.now, move |writing| cases::change(writing, &id, file.version, &details))
            .unwrap();
    }

    fn snooze(&mut self, number: usize) {
        let case = self.case(number);
        let today = domain::calendar::london_day(self.now);
        let new = NewSnooze { until: today + Days::new(2), reason: "Court".to_owned() };
        let (id, due_on) = (case.id.to_string(), case.due.due_on);
        let done = self.given.store.write(&self.given.who("Ros"), self.now, move |writing| {
            ladder::snooze(writing, Concern::CaseSupervision, &id, due_on, &new)
        });
        if done.is_ok() {
            self.model.snoozed.push((case.id, due_on, today + Days::new(2)));
        }
    }

    fn pause(&mut self, name: &str, days: u64) {
        let (person, from) = (self.given.person(name), domain::calendar::london_day(self.now));
        let new = NewAbsence { reason: AbsenceReason::Secondment, from, to: Some(from + Days::new(days)) };
        let done = self.given.store.write(&self.given.who("Ros"), self.now, move |writing| {
            cadence::record_absence(writing, &person, &new)
        });
        if done.is_ok() {
            self.model.away.push((name.to_owned(), from, from + Days::new(days)));
        }
    }

    fn change_policy(&mut self, days: u32) {
        let who = self.given.who("Helen");
        let policy =
            self.given.store.read(&who, self.now, |reading| cadence::policy_in_force(reading, None)).unwrap();
        let mut numbers = policy.numbers();
        numbers.insert(Rule::CaseChildInNeed, days);
        let today = domain::calendar::london_day(self.now);
        let version = NewVersion {
            effective_from: today,
            approver: self.given.person("Helen"),
            reason: "For the model".to_owned(),
        };
        let change = PolicyChange { team: None, numbers };
        let done = self
            .given
            .store
            .write(&who, self.now, move |writing| cadence::change_policy(writing, &change, &version));
        self.policy_version += i32::from(done.is_ok());
    }

    fn deliver(&mut self, fate: u8) {
        for mail in mail::claim(&self.given.store, self.now).unwrap() {
            match fate {
                0 => {
                    *self.sent.entry(mail.id.to_string()).or_default() += 1;
                    mail::sent(&self.given.store, &mail.id, self.now).unwrap();
                }
                1 => mail::failed(&self.given.store, &mail.id, "451 later", self.now).unwrap(),
                // Died before it sent anything: the claim runs out.
                _ => {}
            }
        }
    }

    /// In the end every mail was handed over once; none is lost, none twice.
    fn everything_is_sent_once(&mut self) {
        for _ in 0..240 {
            self.now += Duration::hours(2);
            self.deliver(0);
        }
        assert!(self.sent.values().all(|times| *times == 1), "{:?}", self.sent);
        let sam: Who = self.given.who("Sam");
        let (mut listed, mut before) = (0, None);
        loop {
            let page = self
                .given
                .store
                .read(&sam, self.now, |reading| mail::list(reading, None, before.as_ref()))
                .unwrap();
            let dead = page.mails.iter().filter(|mail| mail.state == domain::mail::MailState::Dead).count();
            listed += page.mails.len() - dead;
            let Some(next) = page.next else { break };
            before = Some(next);
        }
        assert_eq!(
            listed,
            self.sent.len(),
            "{}: mails that were queued and those that were sent",
            self.given.engine
        );
    }
}

fn supervisor_of(name: &str) -> &'static str {
    if name == "Jo" { "Marta" } else { "Priya" }
}
