//! Who stands where: from "the supervisor" of some work to the people who are that today.

use super::Reader;
use crate::ids::{PersonId, TeamId};
use crate::people::Role;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A person as the chart knows them. Who has left is not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartPerson {
    /// Their team.
    pub team: TeamId,
    /// Their roles.
    pub roles: Vec<Role>,
}

/// The organisation on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chart {
    /// Each team and the one above it.
    pub teams: HashMap<TeamId, Option<TeamId>>,
    /// Everybody who works here, in a fixed order.
    pub people: BTreeMap<PersonId, ChartPerson>,
    /// Each person's line supervisor today.
    pub supervisors: HashMap<PersonId, PersonId>,
    /// Who is away today: they hear of their own work when they are back, and somebody else hears of what they manage.
    pub away: HashSet<PersonId>,
    /// Each person's deputy supervisor today, while somebody covers.
    pub covers: HashMap<PersonId, PersonId>,
}

/// What is overdue, as far as it matters for who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Who does the work; `None` if nobody leads it.
    pub person: Option<PersonId>,
    /// The team that holds it.
    pub team: TeamId,
    /// Who supervises, where that is not the line supervisor: on another line of supervision.
    pub supervisor: Option<PersonId>,
}

impl Chart {
    /// Whom a step tells. Where there is no such person it goes up: to the managers of the team and of those above it, to a
    /// senior manager, and at last to an administrator, who can say who manages the team. So it is only empty if nobody
    /// works here who could do anything.
    pub fn readers(&self, reader: Reader, about: &About) -> Vec<PersonId> {
        let found = match reader {
            Reader::Practitioner => {
                let practitioner = about.person.iter().filter(|person| self.people.contains_key(person));
                return practitioner.cloned().collect();
            }
            Reader::Supervisor => self.supervisor(about),
            Reader::SupervisorsManager => self
                .supervisor(about)
                .and_then(|supervisor| self.here(self.supervisors.get(&supervisor)))
                .or_else(|| self.senior(Role::ServiceManager, about)),
            Reader::ServiceManager => self.senior(Role::ServiceManager, about),
            Reader::HeadOfService => self.senior(Role::HeadOfService, about),
        };
        found.or_else(|| self.anybody_above(about)).into_iter().collect()
    }

    /// Who covers for the supervisor, or else the supervisor; for work that nobody leads, the team's manager.
    fn supervisor(&self, about: &About) -> Option<PersonId> {
        let Some(person) = &about.person else {
            return self.up_the_tree(about, |role| role == Role::Supervisor);
        };
        if about.supervisor.is_some() {
            return self.here(about.supervisor.as_ref());
        }
        self.here(self.covers.get(person)).or_else(|| self.here(self.supervisors.get(person)))
    }

    fn senior(&self, role: Role, about: &About) -> Option<PersonId> {
        let other = if role == Role::ServiceManager { Role::HeadOfService } else { Role::ServiceManager };
        self.up_the_tree(about, |held| held == role)
            .or_else(|| self.anybody(about, |held| held == role))
            .or_else(|| self.up_the_tree(about, |held| held == other))
            .or_else(|| self.anybody(about, |held| held == other))
    }

    fn anybody_above(&self, about: &About) -> Option<PersonId> {
        self.senior(Role::ServiceManager, about)
            .or_else(|| self.up_the_tree(about, Role::manages))
            .or_else(|| self.anybody(about, |role| role == Role::SystemAdmin))
    }

    /// The first who has such a role in the team or the nearest team above it. Nobody is their own superior.
    fn up_the_tree(&self, about: &About, wanted: impl Fn(Role) -> bool) -> Option<PersonId> {
        let mut at = Some(&about.team);
        // A tree that was wrongly made into a ring must not keep the search here for ever.
        for _ in 0..=self.teams.len() {
            let team = at?;
            let found = self.people.iter().find(|(person, details)| {
                details.team == *team
                    && !self.away.contains(*person)
                    && Some(*person) != about.person.as_ref()
                    && details.roles.iter().any(|role| wanted(*role))
            });
            if let Some((person, _)) = found {
                return Some(person.clone());
            }
            at = self.teams.get(team)?.as_ref();
        }
        None
    }

    fn anybody(&self, about: &About, wanted: impl Fn(Role) -> bool) -> Option<PersonId> {
        let found = self.people.iter().find(|(person, details)| {
            Some(*person) != about.person.as_ref()
                && !self.away.contains(*person)
                && details.roles.iter().any(|role| wanted(*role))
        });
        found.map(|(person, _)| person.clone())
    }

    fn here(&self, person: Option<&PersonId>) -> Option<PersonId> {
        person.filter(|person| self.people.contains_key(person) && !self.away.contains(person)).cloned()
    }
}
