//! A council after three years: written by the same operations that people use, so that every row, every link of the audit
//! chain and every index is as it would be.

use chrono::{Duration, NaiveDate};
use domain::access::Actor;
use domain::cases::{CaseDetails, CaseStatus, PlanType, SubjectKind};
use domain::form::Form;
use domain::ids::{CaseId, PersonId, SupervisionId, TeamId};
use domain::people::{LinkKind, NewSupervisorLink, PersonDetails, Role, TeamDetails};
use domain::risk::{RiskDirection, RiskLevel};
use domain::supervision::{
    ChildSeen, Mode, NewAction, NewCaseEntry, NewSignature, NewSupervision, PersonalPart, Proposal,
    SupervisionKind,
};
use domain::templates::NewAnswers;
use records::access::actor_of_person;
use records::signing::{self, Record};
use records::{Problem, Store, Who, Writing, cases, demonstration, people, sessions, supervision, teams};

/// How large a council is.
#[derive(Clone, Copy)]
pub struct Size {
    /// Besides the team of the demonstration's manager.
    pub teams: usize,
    /// In each team.
    pub practitioners: usize,
    /// Of each practitioner.
    pub cases: usize,
    /// With each practitioner, one a month.
    pub sessions: i64,
}

/// A council after three years: with ten cases each, 75,600 case entries.
pub const MEDIUM: Size = Size { teams: 44, practitioners: 6, cases: 10, sessions: 28 };
/// A large one: 12,000 cases and 1,450 people. Its history is short, because its reminders are measured and not its pages.
pub const LARGE: Size = Size { teams: 239, practitioners: 5, cases: 10, sessions: 1 };

/// What was written, for whoever asks for pages.
pub struct Council {
    pub cases: Vec<CaseId>,
    pub entries: usize,
    /// Practitioners of the demonstration's manager, with the sessions held with them.
    pub practitioners: Vec<PersonId>,
    pub sessions: Vec<SupervisionId>,
    pub cases_of_manager: Vec<CaseId>,
    /// The demonstration's manager, and each of those practitioners with their cases.
    pub manager: PersonId,
    pub with_cases: Vec<(PersonId, Vec<CaseId>)>,
}

struct Team {
    manager: PersonId,
    manager_name: String,
    /// The practitioners' names, in the same order.
    names: Vec<String>,
    practitioners: Vec<(PersonId, Vec<CaseId>)>,
}

/// Fills a store that holds the demonstration.
pub fn fill(store: &Store, size: Size) -> Result<Council, Problem> {
    let fill = Fill { store, size, today: domain::calendar::london_day(server::now()) };
    let administrator = sign_in_administrator(store)?;
    let named = |name: &str| {
        let who = Who::person(administrator.clone(), "bench");
        let (found, _) =
            store.read(&who, server::now(), |reading| people::list(reading, name, None, false))?;
        found.first().map(|person| person.id.clone()).ok_or(Problem::NotFound)
    };
    let (service_manager, manager) = (named("Ros Keane")?, named("Priya Nair")?);
    let administrator = administrator.person.clone();
    let all = fill.act(&administrator, 0, |writing| {
        let all = teams::list(writing)?;
        teams::add(writing, &TeamDetails { name: "Loaded teams".to_owned(), parent: None })?;
        Ok(all)
    })?;
    let of_name = |name: &str| all.iter().find(|team| team.name == name).map(|team| team.id.clone());
    let (Some(service), Some(riverside)) = (of_name("Safeguarding service"), of_name("Riverside team"))
    else {
        return Err(Problem::unexpected("the demonstration's teams are missing"));
    };
    let mut filled = vec![fill.team(0, riverside, (manager, "Priya Nair"), &administrator)?];
    for number in 1..=size.teams {
        let details = TeamDetails { name: format!("Team {number:03}"), parent: Some(service.clone()) };
        let id = fill.act(&administrator, 1000, move |writing| teams::add(writing, &details))?;
        let name = format!("Manager {number:02}");
        let manager = fill.newcomer(&administrator, &id, &name, Role::Supervisor, &service_manager)?;
        filled.push(fill.team(number, id, (manager, &name), &administrator)?);
    }
    let mut sessions = Vec::new();
    for month in (0..size.sessions).rev() {
        for (number, team) in filled.iter().enumerate() {
            let held = fill.month(team, month)?;
            if number == 0 {
                sessions.extend(held);
            }
        }
    }
    let cases_of = |team: &Team| team.practitioners.iter().flat_map(|(_, cases)| cases.clone()).collect();
    let cases: Vec<CaseId> = filled.iter().flat_map(cases_of).collect::<Vec<_>>();
    Ok(Council {
        entries: cases.len() * usize::try_from(size.sessions).unwrap_or(0),
        cases,
        practitioners: filled[0].practitioners.iter().map(|(person, _)| person.clone()).collect(),
        sessions,
        cases_of_manager: cases_of(&filled[0]),
        manager: filled[0].manager.clone(),
        with_cases: filled[0].practitioners.clone(),
    })
}

struct Fill<'a> {
    store: &'a Store,
    size: Size,
    today: NaiveDate,
}

impl Fill<'_> {
    fn day(&self, days_ago: i64) -> NaiveDate {
        self.today - Duration::days(days_ago)
    }

    /// Somebody does something on a day.
    fn act<T: Send + 'static>(
        &self,
        person: &PersonId,
        days_ago: i64,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (system, at) = (Who::system("bench"), server::now() - Duration::days(days_ago));
        let actor = self.store.read(&system, server::now(), |reading| actor_of_person(reading, person))?;
        self.store.write(&Who::person(actor, "bench"), at, work)
    }

    fn newcomer(
        &self,
        administrator: &PersonId,
        team: &TeamId,
        name: &str,
        role: Role,
        supervisor: &PersonId,
    ) -> Result<PersonId, Problem> {
        let details = PersonDetails {
            name: name.to_owned(),
            email: format!("{}@example.org", name.to_lowercase().replace(' ', ".")),
            job_title: role_in_words(role),
            team: team.clone(),
            roles: vec![role],
            started_on: self.day(1000),
            asye: false,
            registered: true,
            registration_renews_on: None,
            agency: false,
            weekly_hours_tenths: 370,
        };
        let link = NewSupervisorLink {
            supervisor: supervisor.clone(),
            kind: LinkKind::Line,
            from: self.day(1000),
            to: None,
        };
        self.act(administrator, 1000, move |writing| {
            let person = people::add(writing, &details)?;
            people::add_supervisor(writing, &person, &link)?;
            Ok(person)
        })
    }

    fn team(
        &self,
        number: usize,
        id: TeamId,
        (manager, manager_name): (PersonId, &str),
        administrator: &PersonId,
    ) -> Result<Team, Problem> {
        let (mut practitioners, mut names) = (Vec::new(), Vec::new());
        for place in 0..self.size.practitioners {
            let name = format!("Practitioner {number:02}-{place}");
            let person = self.newcomer(administrator, &id, &name, Role::Practitioner, &manager)?;
            let cases = self.cases(number * self.size.practitioners + place, &id, &manager, &person)?;
            practitioners.push((person, cases));
            names.push(name);
        }
        Ok(Team { manager, manager_name: manager_name.to_owned(), names, practitioners })
    }

    fn cases(
        &self,
        number: usize,
        team: &TeamId,
        manager: &PersonId,
        lead: &PersonId,
    ) -> Result<Vec<CaseId>, Problem> {
        let plans = [PlanType::ChildProtection, PlanType::ChildInNeed, PlanType::LookedAfterNew];
        let details: Vec<CaseDetails> = (0..self.size.cases)
            .map(|place| CaseDetails {
                reference: format!("L-{:05}", number * self.size.cases + place),
                label: format!("Loaded case {place} of practitioner {number}"),
                subject_kind: SubjectKind::Children,
                plan_type: plans[place % plans.len()],
                domestic_abuse: place % 2 == 0,
                marac: false,
                team: team.clone(),
                lead_practitioner: Some(lead.clone()),
                co_workers: Vec::new(),
                allocated_on: self.day(900),
                status: CaseStatus::Open,
            })
            .collect();
        self.act(manager, 900, move |writing| {
            details.iter().map(|details| cases::add(writing, details, RiskLevel::Medium)).collect()
        })
    }

    /// One month's sessions of a team: the last of them from today to 29 days ago, so that some cases are overdue.
    fn month(&self, team: &Team, months_ago: i64) -> Result<Vec<SupervisionId>, Problem> {
        let mut held = Vec::new();
        for (place, ((person, cases), name)) in team.practitioners.iter().zip(&team.names).enumerate() {
            let days_ago = months_ago * 30 + i64::try_from(place).unwrap_or(0) * 9;
            let session = self.session(person, cases, days_ago, months_ago % 4 == 0);
            let manager_name = team.manager_name.clone();
            let id = self.act(&team.manager, days_ago, move |writing| {
                let id = supervision::log(writing, &session)?;
                signing::sign_what_was_written(writing, &Record::Session(id.clone()), &manager_name)?;
                Ok(id)
            })?;
            // All but the last month's are signed by both.
            if months_ago > 0 {
                self.act(person, days_ago - 1, {
                    let (id, name) = (id.clone(), name.clone());
                    move |writing| {
                        let text_hash = supervision::open(writing, &id)?.signing.text_hash;
                        let signature = NewSignature { name, comment: String::new(), text_hash };
                        signing::sign(writing, &Record::Session(id), &signature)
                    }
                })?;
            }
            held.push(id);
        }
        Ok(held)
    }

    fn session(
        &self,
        person: &PersonId,
        cases: &[CaseId],
        days_ago: i64,
        with_actions: bool,
    ) -> NewSupervision {
        let action = NewAction {
            block: 0,
            what: "Ask the school for its log of mornings when the children arrive late".to_owned(),
            owner: Some(person.clone()),
            owner_elsewhere: String::new(),
            due_on: Some(self.day(days_ago - 14)),
            measure: "The log is on the record".to_owned(),
            fallback: "The manager rings the head".to_owned(),
        };
        let entry = |case: &CaseId| NewCaseEntry {
            reviews: Vec::new(),
            answers: NewAnswers::default(),
            differs: String::new(),
            siblings: Vec::new(),
            no_action_because: String::new(),
            place: 0,
            case: case.clone(),
            child_seen: Some(ChildSeen::Alone),
            child_seen_on: Some(self.day(days_ago + 3)),
            what_happened: "A fair length of narrative, as a manager types it between two meetings. "
                .repeat(8),
            risk_level: Some(RiskLevel::Medium),
            risk_direction: RiskDirection::Same,
            checklist: None,
            support_declined: false,
            happened: domain::reflection::Triggers::default(),
            voices: domain::supervision::Voices::default(),
            hypotheses: domain::StoredList::default(),
            challenges: domain::StoredList::default(),
            proposal: Some(Proposal::Stay),
            decision: "Keep the plan, and look again when the school has answered. ".repeat(3),
            rationale: "The pattern is not clear yet, and the school sees the children daily. ".repeat(3),
            actions: if with_actions { vec![action.clone()] } else { Vec::new() },
            next_on: None,
            prompts: Vec::new(),
        };
        NewSupervision {
            talked_about: Vec::new(),
            members: Vec::new(),
            answers: NewAnswers::default(),
            incident_on: None,
            follow_ups: Vec::new(),
            supervisee: person.clone(),
            kind: SupervisionKind::Combined,
            mode: Mode::InPerson,
            held_on: self.day(days_ago),
            began_at: None,
            minutes: 90,
            personal: Some(PersonalPart { wellbeing: "Steady.".to_owned(), ..PersonalPart::default() }),
            entries: cases.iter().map(entry).collect(),
        }
    }
}

fn sign_in_administrator(store: &Store) -> Result<Actor, Problem> {
    let mut form = Form::default();
    form.set("email", "admin@example.org");
    form.set("password", demonstration::PASSWORD);
    let token = sessions::sign_in(store, &form, "bench", "bench", server::now())?;
    let limits = sessions::SessionLimits { idle_minutes: 15, absolute_minutes: 600 };
    let signed_in = sessions::find(store, &token, &limits, sessions::Look::AtWork, server::now())?;
    signed_in.map(|signed_in| signed_in.actor).ok_or(Problem::NotFound)
}

fn role_in_words(role: Role) -> String {
    use domain::TextValue;
    role.words().to_owned()
}
