//! Who may do what: the one policy function.
//!
//! [`may`] is asked before every page and inside every operation. An [`Action`] carries what it is done to, so an
//! action on the wrong kind of thing does not compile. The scope functions of `records` say the same in SQL for
//! lists; a test holds the two together.
//!
//! Three ideas run through the rules:
//! * **Reach.** A manager reaches the people they supervise and the teams they oversee; a practitioner reaches their
//!   own work. Auditors and inspectors reach the cases of the whole organisation, to read.
//! * **Supervision content is closed to administrators**, and training coordinators see no session and no reflection.
//! * **A supervisor who has moved on** keeps what they wrote and sees nothing newer.

mod action;
mod audits;
mod facts;
mod readers;

pub use action::Action;
pub use facts::{
    ActionFacts, ActionOf, AuditFileFacts, AuditRoundFacts, CaseFacts, CopyFacts, NoteFacts, PersonFacts,
    ReflectionFacts, RequestFacts, SupervisionFacts,
};
pub use readers::Readers;

use crate::ids::{OrganisationId, PersonId, TeamId};
use crate::people::{LinkKind, Role};
use crate::preparation::Sharing;
use crate::supervision::SupervisionKind;
use chrono::{NaiveDate, NaiveDateTime};

/// Days for which somebody can still write up the sessions that they held while they supervised a person: people change supervisors
/// in the middle of a week, and what was said before is not to be lost.
pub const WRITTEN_UP_FOR: u64 = 28;

/// That somebody supervised a person, and does no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedLink {
    /// Whom.
    pub person: PersonId,
    /// In what.
    pub kind: LinkKind,
    /// From this day.
    pub from: NaiveDate,
    /// Until this day, and no earlier one than the first.
    pub until: NaiveDate,
}

/// Who asks: a signed-in person, with everything that the policy needs to know about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// Their organisation. Nothing of another organisation exists for them.
    pub organisation: OrganisationId,
    /// Their roles.
    pub roles: Vec<Role>,
    /// Their own team.
    pub team: TeamId,
    /// The teams that they oversee: for a manager their own and every one below it, otherwise none.
    pub oversees: Vec<TeamId>,
    /// Whom they supervise today, and in what.
    pub supervises: Vec<(PersonId, LinkKind)>,
    /// Whom they supervised until a day in the last [`WRITTEN_UP_FOR`] days.
    pub supervised_until: Vec<EndedLink>,
    /// Who supervises them today, and in what.
    pub supervised_by: Vec<(PersonId, LinkKind)>,
    /// Until when their own journal waits, in UTC ([`crate::reflection::journal_waits_until`]). Never an instant that has passed.
    pub journal_waits_until: Option<NaiveDateTime>,
}

impl Actor {
    /// Whether the person has this role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the person manages others.
    pub fn is_manager(&self) -> bool {
        self.roles.iter().any(|role| role.manages())
    }

    /// Whether the person manages those who supervise.
    pub fn is_senior(&self) -> bool {
        self.is(Role::ServiceManager) || self.is(Role::HeadOfService)
    }

    /// Whether the person reads every case of the organisation, without changing any.
    pub fn inspects(&self) -> bool {
        self.is(Role::Auditor) || self.is(Role::ReadOnlyInspector)
    }

    /// In what the person supervises somebody, if they do.
    pub fn link_to(&self, person: &PersonId) -> impl Iterator<Item = LinkKind> {
        self.supervises.iter().filter(move |(supervisee, _)| supervisee == person).map(|(_, kind)| *kind)
    }

    /// In what the person supervised somebody on a day, today or in the last [`WRITTEN_UP_FOR`] days.
    pub fn link_on(&self, person: &PersonId, on: NaiveDate) -> impl Iterator<Item = LinkKind> {
        let held = move |link: &&EndedLink| link.person == *person && link.from <= on && on <= link.until;
        self.link_to(person).chain(self.supervised_until.iter().filter(held).map(|link| link.kind))
    }

    /// The last day on which the person supervised somebody, so that they could hold a session of this kind or of any.
    pub fn last_day_with(&self, person: &PersonId, kind: Option<SupervisionKind>) -> Option<NaiveDate> {
        let opens =
            |link: &&EndedLink| link.person == *person && kind.is_none_or(|kind| kind.open_to(link.kind));
        self.supervised_until.iter().filter(opens).map(|link| link.until).max()
    }

    /// Whom the person supervises in line or case supervision: their cases are within reach.
    pub fn case_supervisees(&self) -> Vec<PersonId> {
        self.supervises
            .iter()
            .filter(|(_, kind)| kind.is_of_work())
            .map(|(person, _)| person.clone())
            .collect()
    }

    /// Whom the person supervises as line manager.
    pub fn line_supervisees(&self) -> Vec<PersonId> {
        self.supervises
            .iter()
            .filter(|(_, kind)| *kind == LinkKind::Line)
            .map(|(person, _)| person.clone())
            .collect()
    }

    fn supervises_cases_of(&self, person: &PersonId) -> bool {
        self.link_to(person).any(LinkKind::is_of_work)
    }

    fn line_manages(&self, person: &PersonId) -> bool {
        self.link_to(person).any(|kind| kind == LinkKind::Line)
    }
}

impl Role {
    /// Whether this role oversees a team and those below it.
    pub fn manages(self) -> bool {
        matches!(self, Self::Supervisor | Self::ServiceManager | Self::HeadOfService)
    }
}

/// The answer to "may I?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allowed,
    /// No, for this reason. People outside hear only that there is nothing there; the audit trail keeps the reason.
    Refused(Reason),
}

impl Decision {
    /// Whether the answer is yes.
    pub fn is_allowed(self) -> bool {
        self == Self::Allowed
    }
}

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It belongs to another organisation.
    AnotherOrganisation,
    /// No role of the person may do it.
    Role,
    /// The person stands in no relationship to it that lets them.
    Relationship,
}

impl Reason {
    /// A code for the audit trail.
    pub fn code(self) -> &'static str {
        match self {
            Self::AnotherOrganisation => "another_organisation",
            Self::Role => "role",
            Self::Relationship => "relationship",
        }
    }
}

/// Decides whether the actor may do this. The only place where access is decided.
pub fn may(actor: &Actor, action: &Action<'_>) -> Decision {
    if action.organisation().is_some_and(|organisation| *organisation != actor.organisation) {
        return Decision::Refused(Reason::AnotherOrganisation);
    }
    match action {
        Action::SeeOwnWork | Action::Reflect | Action::ListOwnMail | Action::ListSupervision => {
            Decision::Allowed
        }
        Action::ListCases => role(works_with_cases(actor)),
        Action::OpenCase(case) => relationship(reaches_case(actor, case)),
        Action::AddCase(team) => relationship(actor.oversees.contains(team)),
        Action::SeeLearningOf(team) => {
            let belongs = actor.team == **team || actor.oversees.contains(team);
            relationship(belongs || actor.is(Role::Coordinator) || actor.inspects())
        }
        Action::ImportCases => role(!actor.oversees.is_empty()),
        Action::ChangeCase(case) | Action::WriteOversight(case) => relationship(manages_case(actor, case)),
        Action::VoidOversight(note) => {
            relationship(actor.line_manages(&note.author) && manages_case(actor, note.case))
        }
        Action::NoteRisk(case) => relationship(works_on(&actor.person, case) || manages_case(actor, case)),
        Action::VaryCase(case) => relationship(actor.is_senior() && manages_case(actor, case)),
        Action::EndAction(action) => {
            relationship(action.owner.as_ref() == Some(&actor.person) || answers_for(actor, &action.of))
        }
        Action::AnswerRequest(request) => {
            relationship(actor.person == request.asked && stands_above(actor, &request.of))
        }
        Action::BeginSupervision => role(!actor.supervises.is_empty()),
        Action::BeginWritingUp => role(!actor.supervises.is_empty() || !actor.supervised_until.is_empty()),
        Action::WriteUp(person, kind) => match actor.last_day_with(&person.id, *kind) {
            Some(_) => Decision::Allowed,
            None => may(actor, &Action::LogSupervision(person, *kind)),
        },
        Action::LogSupervision(person, None) => relationship(actor.link_to(&person.id).next().is_some()),
        // A supplement among colleagues, which nobody has to supervise (domain.md 1).
        Action::LogSupervision(person, Some(SupervisionKind::Peer)) => {
            relationship(actor.team == person.team && actor.person != person.id)
        }
        Action::LogSupervision(person, Some(kind)) => {
            relationship(actor.link_to(&person.id).any(|link| kind.open_to(link)))
        }
        Action::OpenSupervision(session) => relationship(
            was_there(actor, session)
                || session.others.contains(&actor.person)
                || actor.line_manages(&session.supervisor),
        ),
        Action::ReadPersonalPart(session) => {
            relationship(was_there(actor, session) || actor.line_manages(&session.supervisor))
        }
        Action::VoidRecord(session) | Action::AnswerComment(session) => {
            relationship(!was_there(actor, session) && actor.line_manages(&session.supervisor))
        }
        Action::ChangePersonalPart(session) => relationship(actor.person == session.supervisor),
        Action::ReadWellbeing(session)
        | Action::ReplyToPrompts(session)
        | Action::KeepBooking(session)
        | Action::SignRecord(session) => relationship(was_there(actor, session)),
        Action::Prepare(pair) => relationship(is_supervised(actor, pair) || supervises(actor, pair)),
        Action::PrepareTogether(session) => {
            relationship(was_there(actor, session) || session.others.contains(&actor.person))
        }
        Action::WritePreparation(pair) => relationship(is_supervised(actor, pair)),
        Action::ReadPreparation(pair, sharing) => relationship(
            is_supervised(actor, pair) || (*sharing == Sharing::Shared && supervises(actor, pair)),
        ),
        Action::ReadReflection(reflection) | Action::ChangeReflection(reflection) => {
            relationship(actor.person == reflection.author)
        }
        Action::ReadSharedReflection(copy) => {
            relationship(actor.person == copy.reader || actor.person == copy.author)
        }
        Action::ShareReflectionWith(reader) => relationship(
            actor.person != reader.id
                && (actor.team == reader.team
                    || actor.supervised_by.iter().any(|(supervisor, _)| *supervisor == reader.id)),
        ),
        Action::TakeBackCopy(copy) => relationship(actor.person == copy.author),
        Action::OpenJournalByLaw(author) => {
            let has_role = actor.is(Role::InformationGovernance) || actor.is(Role::HeadOfService);
            if actor.person == author.id { relationship(false) } else { role(has_role) }
        }
        Action::SeeTrainingMatrix => role(actor.is(Role::Coordinator) || actor.is_manager()),
        Action::CoordinateTraining => role(actor.is(Role::Coordinator)),
        Action::SeeTrainingOf(person) => relationship(
            actor.person == person.id || actor.is(Role::Coordinator) || manages_person(actor, person),
        ),
        Action::SeeCadenceOf(person) => {
            let supervises = actor.link_to(&person.id).next().is_some();
            relationship(actor.person == person.id || supervises || keeps_cadence_of(actor, person))
        }
        Action::SeeCaseloadOf(person) => relationship(
            actor.person == person.id
                || actor.supervises_cases_of(&person.id)
                || actor.oversees.contains(&person.team),
        ),
        Action::KeepCadenceOf(person) => relationship(keeps_cadence_of(actor, person)),
        Action::KeepRules => role(actor.is(Role::SystemAdmin) || actor.is(Role::HeadOfService)),
        Action::ListPeople | Action::SeeRules => Decision::Allowed,
        Action::OpenPerson(person) => relationship(reaches_person(actor, person)),
        Action::AdministerPeople | Action::AdministerMail => role(actor.is(Role::SystemAdmin)),
        Action::ListAudits => role(audits::lists_audits(actor)),
        Action::DrawAudit => role(actor.is(Role::Auditor)),
        Action::ReadAudit(round) => relationship(audits::reads_round(actor, round)),
        Action::LeadAudit(round) => relationship(audits::leads_round(actor, round)),
        Action::OpenAuditFile(file) => relationship(audits::opens_file(actor, file)),
        Action::GradeAuditFile(file) => relationship(audits::grades_file(actor, file)),
        Action::KeepAuditFile(file) => relationship(audits::keeps_file(actor, file)),
        Action::CommentOnAudit(file) => relationship(audits::is_audited(actor, file)),
    }
}

fn relationship(stands: bool) -> Decision {
    if stands { Decision::Allowed } else { Decision::Refused(Reason::Relationship) }
}

fn role(has: bool) -> Decision {
    if has { Decision::Allowed } else { Decision::Refused(Reason::Role) }
}

/// Roles that have, supervise or read cases. The others have no list of cases, not even an empty one.
fn works_with_cases(actor: &Actor) -> bool {
    actor.is(Role::Practitioner) || actor.is_manager() || actor.inspects() || !actor.supervises.is_empty()
}

fn works_on(person: &PersonId, case: &CaseFacts) -> bool {
    case.lead_practitioner.as_ref() == Some(person) || case.co_workers.contains(person)
}

/// The line of management of a case: who oversees its team, and who supervises somebody who works on it.
fn manages_case(actor: &Actor, case: &CaseFacts) -> bool {
    let supervises_a_worker =
        case.lead_practitioner.iter().chain(&case.co_workers).any(|worker| actor.supervises_cases_of(worker));
    actor.oversees.contains(&case.team) || supervises_a_worker
}

fn reaches_case(actor: &Actor, case: &CaseFacts) -> bool {
    works_on(&actor.person, case) || manages_case(actor, case) || actor.inspects()
}

/// Who can clear the way for what others agreed: of a case its managers; about somebody who is supervised whoever line-manages the
/// supervisor, who reads the personal part.
fn stands_above(actor: &Actor, of: &ActionOf<'_>) -> bool {
    match of {
        ActionOf::Case(case) => manages_case(actor, case),
        ActionOf::Person { session, .. } => {
            !was_there(actor, session) && actor.line_manages(&session.supervisor)
        }
    }
}

/// Who may end what was agreed although somebody else does it: of a case its managers; about somebody who is supervised the two, and
/// whoever supervises their work now unless it was agreed in reflective supervision.
fn answers_for(actor: &Actor, of: &ActionOf<'_>) -> bool {
    match of {
        ActionOf::Case(case) => manages_case(actor, case),
        ActionOf::Person { session, line } => {
            was_there(actor, session) || (line.is_of_work() && actor.supervises_cases_of(&session.supervisee))
        }
    }
}

fn was_there(actor: &Actor, session: &SupervisionFacts) -> bool {
    actor.person == session.supervisor || actor.person == session.supervisee
}

/// Whether the actor is the one who is supervised, today.
fn is_supervised(actor: &Actor, pair: &SupervisionFacts) -> bool {
    actor.person == pair.supervisee
        && actor.supervised_by.iter().any(|(supervisor, _)| *supervisor == pair.supervisor)
}

/// Whether the actor is the one who supervises, today.
fn supervises(actor: &Actor, pair: &SupervisionFacts) -> bool {
    actor.person == pair.supervisor && actor.link_to(&pair.supervisee).next().is_some()
}

fn manages_person(actor: &Actor, person: &PersonFacts) -> bool {
    actor.oversees.contains(&person.team) || actor.link_to(&person.id).next().is_some()
}

/// Those who oversee a person's team, and their line supervisor or who covers for them. Nobody keeps their own clock.
fn keeps_cadence_of(actor: &Actor, person: &PersonFacts) -> bool {
    let supervises = actor.link_to(&person.id).any(|link| link.holds() == LinkKind::Line);
    actor.person != person.id && (actor.oversees.contains(&person.team) || supervises)
}

/// Colleagues of one's own team, one's supervisors, those one manages; everybody for those who keep the directory.
fn reaches_person(actor: &Actor, person: &PersonFacts) -> bool {
    actor.person == person.id
        || actor.team == person.team
        || manages_person(actor, person)
        || actor.supervised_by.iter().any(|(supervisor, _)| *supervisor == person.id)
        || [Role::SystemAdmin, Role::Coordinator, Role::Auditor].iter().any(|role| actor.is(*role))
}

#[cfg(test)]
mod tests;
