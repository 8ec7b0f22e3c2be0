//! The demonstration cast: invented people and cases, with dates relative to today.
//!
//! It is made by the same operations that people use, each by the person who would do it and on the day on which they
//! would have done it, so that it shows nothing that the product could not hold.

mod cast;
mod scenes;
mod sessions;

use crate::access::{Who, actor_of_person};
use crate::audit::Event;
use crate::problem::Problem;
use crate::secrets;
use crate::setup::is_empty;
use crate::signing::{self, Record};
use crate::store::{Store, Writing, new_id};
use crate::{agreements, bookings, cadence, cases, reflection, supervision, training};
use cast::{Cast, found};
use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use domain::agreement::NewAgreement;
use domain::bookings::{NewBooking, Series};
use domain::cadence::{AbsenceReason, NewAbsence, NewVariation};
use domain::calendar::london_day;
use domain::cases::{CaseDetails, CaseStatus};
use domain::ids::{CaseId, OrganisationId, SupervisionId};
use domain::reflection::{About, NewReflection, Piece};
use domain::supervision::{Mode, NewCaseEntry, NewSupervision, PersonalPart, SupervisionKind};
use domain::templates::NewAnswers;
use domain::training::NewCompletions;
use scenes::SCENES;
use std::collections::HashMap;

/// Somebody whom a demonstration lets you be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The address to sign in with.
    pub email: &'static str,
    /// The name.
    pub name: &'static str,
    /// The job title.
    pub job_title: &'static str,
}

/// The password of everybody in the demonstration.
pub const PASSWORD: &str = "fresh-eyes-demo";

/// Whom a demonstration lets you be, those with most to see first.
pub const SIGN_INS: &[SignIn] = &[
    SignIn { email: "priya.nair@example.org", name: "Priya Nair", job_title: "Team manager" },
    SignIn { email: "gwen.hartley@example.org", name: "Gwen Hartley", job_title: "Social worker" },
    SignIn { email: "tom.osei@example.org", name: "Tom Osei", job_title: "Newly qualified social worker" },
    SignIn { email: "dee.whitlock@example.org", name: "Dee Whitlock", job_title: "Training coordinator" },
    SignIn { email: "ros.keane@example.org", name: "Ros Keane", job_title: "Service manager" },
    SignIn {
        email: "hanif.qureshi@example.org",
        name: "Hanif Qureshi",
        job_title: "Principal social worker",
    },
    SignIn {
        email: "iris.bennett@example.org",
        name: "Iris Bennett",
        job_title: "Information governance officer",
    },
    SignIn { email: "admin@example.org", name: "Sam Adeyemi", job_title: "System administrator" },
];

/// Fills an empty database; refuses on any other.
pub fn fill(store: &Store, now: NaiveDateTime) -> Result<(), Problem> {
    if !is_empty(store, now)? {
        return Err(Problem::unexpected(
            "the database is not empty: a demonstration never mixes with real records",
        ));
    }
    let password_hash = secrets::hash_password(PASSWORD)?;
    let organisation: OrganisationId = new_id();
    let who = Who::system("demonstration").for_organisation(&organisation);
    let cast = store.write(&who, now, move |writing| found(writing, &organisation, &password_hash))?;
    let stage = Stage { store, cast, now, today: london_day(now) };
    let cases = stage.open_cases()?;
    stage.hold_sessions(&cases)?;
    stage.agree()?;
    stage.keep_cadence(&cases)?;
    stage.write_reflections(&cases)?;
    stage.record_training()
}

struct Stage<'a> {
    store: &'a Store,
    cast: Cast,
    now: NaiveDateTime,
    today: NaiveDate,
}

impl Stage<'_> {
    fn day(&self, days_ago: i64) -> NaiveDate {
        self.today - Duration::days(days_ago)
    }

    /// Somebody does something, at four in the afternoon of that day.
    fn act<T: Send + 'static>(
        &self,
        person: &str,
        days_ago: i64,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let at = if days_ago == 0 {
            self.now
        } else {
            self.day(days_ago).and_hms_opt(16, 0, 0).unwrap_or(self.now)
        };
        let id = self.cast.people[person].clone();
        let actor = self
            .store
            .read(&Who::system("demonstration"), self.now, |reading| actor_of_person(reading, &id))?;
        self.store.write(&Who::person(actor, "demonstration"), at, work)
    }

    fn open_cases(&self) -> Result<HashMap<&'static str, CaseId>, Problem> {
        let mut cases = HashMap::new();
        for scene in SCENES {
            let details = CaseDetails {
                reference: scene.reference.to_owned(),
                label: scene.label.to_owned(),
                subject_kind: scene.subject_kind,
                plan_type: scene.plan_type,
                domestic_abuse: scene.domestic_abuse,
                marac: false,
                team: if scene.is_advocacy {
                    self.cast.advocacy.clone()
                } else {
                    self.cast.riverside.clone()
                },
                lead_practitioner: scene.lead.map(|lead| self.cast.people[lead].clone()),
                co_workers: scene.co_workers.iter().map(|worker| self.cast.people[worker].clone()).collect(),
                allocated_on: self.day(scene.days),
                status: CaseStatus::Open,
            };
            let (manager, risk) = (if scene.is_advocacy { "marta" } else { "priya" }, scene.risk);
            cases.insert(
                scene.reference,
                self.act(manager, scene.days, move |writing| cases::add(writing, &details, risk))?,
            );
        }
        Ok(cases)
    }

    fn session(
        &self,
        supervisor: &str,
        supervisee: &str,
        days_ago: i64,
        wellbeing: &str,
        entries: Vec<NewCaseEntry>,
    ) -> Result<SupervisionId, Problem> {
        let has_personal = !wellbeing.is_empty();
        let session = NewSupervision {
            talked_about: Vec::new(),
            members: Vec::new(),
            answers: NewAnswers::default(),
            incident_on: None,
            follow_ups: Vec::new(),
            supervisee: self.cast.people[supervisee].clone(),
            kind: match (has_personal, entries.is_empty()) {
                (true, true) => SupervisionKind::Personal,
                (true, false) => SupervisionKind::Combined,
                (false, _) => SupervisionKind::Case,
            },
            mode: if days_ago % 2 == 0 { Mode::InPerson } else { Mode::Video },
            held_on: self.day(days_ago),
            began_at: None,
            minutes: 90,
            personal: has_personal.then(|| PersonalPart {
                wellbeing: wellbeing.to_owned(),
                actions: self.agreed_about(supervisor, supervisee, days_ago),
                ..PersonalPart::default()
            }),
            entries,
        };
        let id = self.act(supervisor, days_ago, move |writing| supervision::log(writing, &session))?;
        self.sign(supervisor, days_ago, &id)?;
        // The newest record with a personal part waits for the second signature.
        if days_ago > 9 {
            self.sign(supervisee, days_ago - 1, &id)?;
        }
        Ok(id)
    }

    /// Two agreements: one that holds, and one that waits for the second signature.
    fn agree(&self) -> Result<(), Problem> {
        for (supervisee, days_ago, is_signed) in [("gwen", 60, true), ("tom", 2, false)] {
            let person = self.cast.people[supervisee].clone();
            let (template, written_on) = (agreements::template()?, self.day(days_ago));
            let id = self.act("priya", days_ago, move |writing| {
                let form = agreements::begin(writing, &person)?.form;
                let new = NewAgreement::parse(&form, &template, written_on)?;
                let id = agreements::write(writing, &person, &new)?;
                signing::sign_what_was_written(
                    writing,
                    &Record::Agreement(id.clone()),
                    cast::name_of("priya"),
                )?;
                Ok(id)
            })?;
            if is_signed {
                self.act(supervisee, days_ago - 1, move |writing| {
                    let name = cast::name_of(supervisee);
                    signing::sign_what_was_written(writing, &Record::Agreement(id), name)
                })?;
            }
        }
        Ok(())
    }

    fn sign(&self, person: &str, days_ago: i64, session: &SupervisionId) -> Result<(), Problem> {
        let (name, record) = (cast::name_of(person), Record::Session(session.clone()));
        self.act(person, days_ago, move |writing| signing::sign_what_was_written(writing, &record, name))
    }

    fn keep_cadence(&self, cases: &HashMap<&'static str, CaseId>) -> Result<(), Problem> {
        let settled = cases["F-0930"].clone();
        let longer = NewVariation {
            interval_days: 112,
            expires_on: self.day(-180),
            reason: "Settled for two years; the reviewing officer agrees".to_owned(),
        };
        self.act("ros", 8, move |writing| cadence::grant_to_case(writing, &settled, &longer).map(drop))?;
        let ahead = NewBooking {
            supervisee: self.cast.people["tom"].clone(),
            kind: SupervisionKind::Combined,
            mode: Mode::InPerson,
            on: self.day(-3),
            at: NaiveTime::from_hms_opt(9, 30, 0).unwrap_or_default(),
            minutes: 90,
            series: Series { every_weeks: 2, times: 3 },
            instead_of: None,
        };
        self.act("priya", 1, move |writing| bookings::book(writing, &ahead))?;
        let farah = self.cast.people["farah"].clone();
        let unwell =
            NewAbsence { reason: AbsenceReason::Sickness, from: self.day(2), to: Some(self.day(-6)) };
        self.act("priya", 2, move |writing| cadence::record_absence(writing, &farah, &unwell).map(drop))
    }

    fn write_reflections(&self, cases: &HashMap<&'static str, CaseId>) -> Result<(), Problem> {
        let new = |about, title: &str, body: &str, share_with| NewReflection {
            about,
            piece: Piece::free(title, body),
            prompts: Vec::new(),
            share_with,
        };
        let private = new(
            About::Case(cases["F-1042"].clone()),
            "The door",
            "I noticed that I was relieved when nobody answered. I want to look at that before I look at anything else.",
            None,
        );
        match self.act("gwen", 43, move |writing| reflection::write(writing, &private)) {
            // Without a master key there is no journal, and the rest of the demonstration stands.
            Err(Problem::Shut(_)) => return Ok(()),
            written => written.map(drop)?,
        }
        let shared = new(
            About::Neither,
            "What a good visit felt like",
            "I asked fewer questions and waited longer. She told me about the hospital without my asking. Next time I want to write down her words before mine.",
            Some(self.cast.people["priya"].clone()),
        );
        self.act("tom", 6, move |writing| reflection::write(writing, &shared))?;
        Ok(())
    }

    fn record_training(&self) -> Result<(), Problem> {
        // Course, days since, who.
        const COMPLETIONS: &[(&str, i64, &[&str])] = &[
            (
                "Domestic abuse awareness",
                300,
                &["priya", "gwen", "luca", "nia", "owen", "ros", "marta", "jo", "dee", "hanif"],
            ),
            ("Domestic abuse awareness", 1200, &["farah", "helen"]),
            ("Domestic abuse and children", 1040, &["gwen", "priya"]),
            ("Domestic abuse and children", 400, &["luca", "owen", "jo", "marta"]),
            ("Domestic abuse and children", 30, &["tom"]),
            ("Risk checklist (DASH) and MARAC", 780, &["gwen", "nia"]),
            ("Risk checklist (DASH) and MARAC", 660, &["priya", "owen"]),
            ("Risk checklist (DASH) and MARAC", 200, &["jo", "marta", "luca"]),
        ];
        let catalogue = self.act("dee", 0, |writing| {
            writing.audit(Event::new("demonstration_training", "courses", ""))?;
            training::catalogue(writing)
        })?;
        for (title, days, who) in COMPLETIONS {
            let course = catalogue.iter().find(|course| course.details.title == *title);
            let course = course
                .ok_or_else(|| Problem::unexpected(format!("the catalogue has no course “{title}”")))?;
            let completions = NewCompletions {
                course: course.id.clone(),
                people: who.iter().map(|person| self.cast.people[person].clone()).collect(),
                completed_on: self.day(*days),
                note: "Safeguarding partnership".to_owned(),
            };
            // Recorded today: the register was taken over from a spreadsheet.
            self.act("dee", 0, move |writing| training::record_completions(writing, &completions))?;
        }
        Ok(())
    }
}
