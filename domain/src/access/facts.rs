//! What the policy needs to know about things.

use crate::audits::FileState;
use crate::ids::{CaseId, OrganisationId, PersonId, TeamId};
use crate::people::LinkKind;

/// What the policy needs to know about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFacts {
    /// The case.
    pub id: CaseId,
    /// Its organisation.
    pub organisation: OrganisationId,
    /// The team that holds it.
    pub team: TeamId,
    /// Who leads the work.
    pub lead_practitioner: Option<PersonId>,
    /// Who else works on it.
    pub co_workers: Vec<PersonId>,
}

/// What the policy needs to know about a note of management oversight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteFacts<'a> {
    /// The case.
    pub case: &'a CaseFacts,
    /// Who wrote it.
    pub author: PersonId,
}

/// What the policy needs to know about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFacts {
    /// The person.
    pub id: PersonId,
    /// Their organisation.
    pub organisation: OrganisationId,
    /// Their team.
    pub team: TeamId,
}

/// What the policy needs to know about the two people of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupervisionFacts {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Who supervised.
    pub supervisor: PersonId,
    /// Who was supervised.
    pub supervisee: PersonId,
    /// Who else was there.
    pub others: Vec<PersonId>,
}

impl SupervisionFacts {
    /// Of two people, with nobody else there.
    pub fn of_two(organisation: OrganisationId, supervisor: PersonId, supervisee: PersonId) -> Self {
        Self { organisation, supervisor, supervisee, others: Vec::new() }
    }
}

/// What the policy needs to know about a reflection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflectionFacts {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Who wrote it.
    pub author: PersonId,
}

/// What the policy needs to know about a shared copy of a reflection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFacts {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Who wrote it.
    pub author: PersonId,
    /// With whom it was shared.
    pub reader: PersonId,
}

/// What the policy needs to know about an action that somebody agreed to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionFacts<'a> {
    /// About what it is.
    pub of: ActionOf<'a>,
    /// Who does it, if it is somebody in the product.
    pub owner: Option<PersonId>,
}

impl ActionOf<'_> {
    pub(super) fn organisation(&self) -> &OrganisationId {
        match self {
            Self::Case(case) => &case.organisation,
            Self::Person { session, .. } => &session.organisation,
        }
    }
}

/// About what an action is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionOf<'a> {
    /// A case.
    Case(&'a CaseFacts),
    /// Somebody who is supervised.
    Person {
        /// The session in which it was agreed.
        session: &'a SupervisionFacts,
        /// The line of supervision of that session.
        line: LinkKind,
    },
}

/// What the policy needs to know about a request to clear the way for an action, or to decide about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestFacts<'a> {
    /// About what it is: the case of the entry, or the session, in which it was asked.
    pub of: ActionOf<'a>,
    /// With whom it is.
    pub asked: PersonId,
}

/// What the policy needs to know about a round of audits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRoundFacts {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Who drew it.
    pub lead: PersonId,
    /// Who was asked for second grades in it.
    pub second_graders: Vec<PersonId>,
    /// The teams whose files it draws from.
    pub teams: Vec<TeamId>,
}

/// What the policy needs to know about a supervision file that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFileFacts {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Who drew it, and grades it first.
    pub lead: PersonId,
    /// Who was asked for a second grade.
    pub second: Option<PersonId>,
    /// Who supervised.
    pub supervisor: PersonId,
    /// Who was supervised.
    pub supervisee: PersonId,
    /// How far it has come.
    pub state: FileState,
}
