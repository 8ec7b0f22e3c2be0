//! What is overdue: every thing of which a ladder speaks, read for the whole organisation at once.

mod cases;
mod registrations;
mod sessions;
mod signed;

use super::roster::Roster;
use crate::agreements::current;
use crate::cadence::lines_of;
use crate::content::Rules;
use crate::problem::Problem;
use crate::store::Reading;
use cases::{facts_of, late_actions, of_actions, of_cases, open_cases};
use chrono::NaiveDate;
use domain::access::{Action, Actor, CaseFacts, PersonFacts, SupervisionFacts, may};
use domain::cadence::{Band, PersonStanding};
use domain::ids::{ActionId, CaseId, OrganisationId, PersonId, TeamId};
use domain::ladder::{About, Concern};
use domain::people::LinkKind;
use registrations::of_registrations;
use sessions::{of_bookings, of_drafts};
use signed::{of_agreements, of_comments, of_signatures};
use std::collections::BTreeSet;

/// Something that is overdue.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) concern: Concern,
    /// The id of the case, action or person; with the line of supervision for one that is not the line manager's.
    pub(super) id: String,
    pub(super) due_on: NaiveDate,
    pub(super) about: About,
    /// What its page is of.
    of: Of,
}

/// What a reader must be allowed to open.
#[derive(Clone, Debug)]
enum Of {
    Case(CaseFacts),
    Person(PersonFacts),
    /// What two people held, for whoever knows when somebody is due and for the one who was to write it up.
    Held(PersonFacts, SupervisionFacts),
    Session(SupervisionFacts),
    Agreement(SupervisionFacts),
    /// A comment under a record, for whoever may reply to it.
    Comment(SupervisionFacts),
    /// What is one person's alone.
    Own(PersonId),
}

impl Subject {
    /// Whether somebody may open the page of it: the same question as the page asks.
    pub(super) fn is_open_to(&self, actor: &Actor) -> bool {
        match &self.of {
            Of::Case(case) => may(actor, &Action::OpenCase(case)).is_allowed(),
            Of::Person(person) => may(actor, &Action::SeeCadenceOf(person)).is_allowed(),
            Of::Held(person, pair) => {
                may(actor, &Action::SeeCadenceOf(person)).is_allowed() || actor.person == pair.supervisor
            }
            Of::Session(session) => may(actor, &Action::OpenSupervision(session)).is_allowed(),
            Of::Agreement(pair) => may(actor, &Action::ReadPersonalPart(pair)).is_allowed(),
            Of::Comment(session) => may(actor, &Action::AnswerComment(session)).is_allowed(),
            Of::Own(person) => actor.person == *person,
        }
    }
}

/// What to look at: the things of these concerns and ids, so that a page need not look at everything. What else is found
/// beside them does no harm.
pub(super) struct Wanted {
    cases: Vec<CaseId>,
    actions: Vec<ActionId>,
    people: Vec<PersonId>,
    concerns: BTreeSet<Concern>,
}

impl Wanted {
    pub(super) fn new<'a>(things: impl Iterator<Item = (Concern, &'a str)>) -> Self {
        let mut wanted =
            Self { cases: Vec::new(), actions: Vec::new(), people: Vec::new(), concerns: BTreeSet::new() };
        for (concern, id) in things {
            wanted.concerns.insert(concern);
            match concern {
                Concern::CaseSupervision
                | Concern::Oversight
                | Concern::ChecklistDue
                | Concern::Unallocated => {
                    wanted.cases.extend(id.parse());
                }
                Concern::UnsignedRecord | Concern::Disagreement | Concern::UnfinishedDraft => {}
                Concern::OverdueAction => wanted.actions.extend(id.parse()),
                Concern::PersonalSupervision
                | Concern::RegistrationRenewal
                | Concern::NoSupervisor
                | Concern::LateDecision
                | Concern::LateRecord
                | Concern::AgreementDue
                | Concern::MissedSessions => {
                    wanted.people.extend(id.split('/').next().unwrap_or_default().parse());
                }
            }
        }
        wanted
    }

    fn asks_for(&self, concerns: &[Concern]) -> bool {
        concerns.iter().any(|concern| self.concerns.contains(concern))
    }
}

/// Everything that is overdue today, or what of the wanted things is.
pub(super) fn overdue(
    reading: &mut Reading<'_>,
    rules: &Rules,
    roster: &Roster,
    wanted: Option<&Wanted>,
) -> Result<Vec<Subject>, Problem> {
    let mut subjects = Vec::new();
    let people = wanted.map(|wanted| wanted.people.as_slice());
    let is_wanted = |concerns: &[Concern]| wanted.is_none_or(|wanted| wanted.asks_for(concerns));
    if wanted.is_none_or(|wanted| !wanted.cases.is_empty() || !wanted.actions.is_empty()) {
        let actions = late_actions(reading, wanted.map(|wanted| wanted.actions.as_slice()))?;
        let ids = wanted.map(|wanted| {
            let of_actions = actions.iter().filter_map(|action| action.case().cloned());
            wanted.cases.iter().cloned().chain(of_actions).collect::<Vec<_>>()
        });
        let open = open_cases(reading, ids.as_deref())?;
        let facts = facts_of(reading, &open, ids.as_deref())?;
        of_cases(reading, rules, &open, &facts, &mut subjects)?;
        of_actions(actions, roster, &facts, &mut subjects);
    }
    if wanted.is_none_or(|wanted| !wanted.people.is_empty()) {
        of_people(reading, rules, people, &mut subjects)?;
    }
    if is_wanted(&[Concern::LateDecision, Concern::LateRecord, Concern::MissedSessions]) {
        of_bookings(reading, rules, roster, people, &mut subjects)?;
    }
    if is_wanted(&[Concern::UnsignedRecord, Concern::Disagreement]) {
        let agreed = current(reading)?;
        if is_wanted(&[Concern::UnsignedRecord]) {
            of_signatures(reading, &agreed, roster, &mut subjects)?;
        }
        if is_wanted(&[Concern::Disagreement]) {
            of_comments(reading, &agreed, roster, &mut subjects)?;
        }
    }
    if is_wanted(&[Concern::AgreementDue]) {
        of_agreements(reading, rules, roster, people, &mut subjects)?;
    }
    if is_wanted(&[Concern::RegistrationRenewal]) {
        of_registrations(reading, people, &mut subjects)?;
    }
    if is_wanted(&[Concern::UnfinishedDraft]) {
        of_drafts(reading, roster, &mut subjects)?;
    }
    // Oldest first (16.14).
    subjects.sort_by(|one, other| {
        (one.due_on, one.concern, &one.id).cmp(&(other.due_on, other.concern, &other.id))
    });
    Ok(subjects)
}

fn of_people(
    reading: &mut Reading<'_>,
    rules: &Rules,
    only: Option<&[PersonId]>,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    let (organisation, today) = (reading.organisation()?, reading.today());
    for line in lines_of(reading, rules, only)? {
        let mut add = |concern, id, due_on, supervisor| {
            subjects.push(of_person(
                concern,
                id,
                due_on,
                &line.person,
                &line.team,
                supervisor,
                &organisation,
            ));
        };
        if let PersonStanding::Due(due) = line.standing
            && due.state(today).band() == Band::Overdue
        {
            let of_another_line = line.line != LinkKind::Line;
            let id = line_id(&line.person, line.line);
            let supervisor = line.supervisor.clone().filter(|_| of_another_line);
            add(Concern::PersonalSupervision, id, due.due_on, supervisor);
        }
        if let Some(since) = line.unsupervised_since
            && line.line == LinkKind::Line
            && since <= today
        {
            add(Concern::NoSupervisor, line.person.to_string(), since, None);
        }
    }
    Ok(())
}

/// The id under which a line of somebody's supervision is remembered.
fn line_id(person: &PersonId, line: LinkKind) -> String {
    use domain::TextValue;
    if line == LinkKind::Line { person.to_string() } else { format!("{person}/{}", line.code()) }
}

fn of_person(
    concern: Concern,
    id: String,
    due_on: NaiveDate,
    person: &PersonId,
    team: &TeamId,
    supervisor: Option<PersonId>,
    organisation: &OrganisationId,
) -> Subject {
    Subject {
        concern,
        id,
        due_on,
        about: About { person: Some(person.clone()), team: team.clone(), supervisor },
        of: Of::Person(PersonFacts {
            id: person.clone(),
            organisation: organisation.clone(),
            team: team.clone(),
        }),
    }
}
