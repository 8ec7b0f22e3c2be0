//! Everybody who works here, read at once: who stands where, and what each may do.

use crate::content::{self, TeamTree};
use crate::people::links::runs_on;
use crate::problem::Problem;
use crate::schema::{absences, people, person_roles, supervisor_links};
use crate::store::Reading;
use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;
use domain::access::Actor;
use domain::clock::time_at;
use domain::ids::{OrganisationId, PersonId, TeamId};
use domain::ladder::{Chart, ChartPerson};
use domain::people::{LinkKind, Role, Standing};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The people of an organisation on a day.
pub(super) struct Roster {
    organisation: OrganisationId,
    pub(super) chart: Chart,
    links: Vec<(PersonId, PersonId, LinkKind)>,
    tree: Arc<TeamTree>,
    pub(super) mailing: HashMap<PersonId, Mailing>,
}

/// When and what somebody is mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mailing {
    /// From when on in London.
    pub(super) digest_at: NaiveTime,
    /// Whether weekly repeats are wanted.
    pub(super) weekly_repeats: bool,
}

impl Roster {
    /// The organisation whose people they are.
    pub(super) fn organisation(&self) -> &OrganisationId {
        &self.organisation
    }

    pub(super) fn read(reading: &mut Reading<'_>) -> Result<Self, Problem> {
        type Row = (PersonId, TeamId, i32, bool, Option<Role>);
        let (organisation, today) = (reading.organisation()?, reading.today());
        let tree = content::teams_now(reading)?;
        let rows: Vec<Row> = people::table
            .left_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
            .filter(people::organisation_id.eq(&organisation).and(people::standing.eq(Standing::Active)))
            .order(people::id)
            .select((
                people::id,
                people::team_id,
                people::digest_at,
                people::weekly_repeats,
                person_roles::role.nullable(),
            ))
            .load(reading.connection)?;
        let links: Vec<(PersonId, PersonId, LinkKind)> = supervisor_links::table
            .filter(supervisor_links::organisation_id.eq(&organisation))
            .filter(runs_on(today))
            .order(supervisor_links::from_on)
            .select((
                supervisor_links::supervisor_id,
                supervisor_links::supervisee_id,
                supervisor_links::kind,
            ))
            .load(reading.connection)?;
        let of_kind = |kind: LinkKind| {
            let found = links.iter().filter(move |link| link.2 == kind);
            found.map(|(supervisor, supervisee, _)| (supervisee.clone(), supervisor.clone())).collect()
        };
        let (mut everybody, mut mailing) = (BTreeMap::new(), HashMap::new());
        for (person, team, digest_at, weekly_repeats, role) in rows {
            mailing.insert(person.clone(), Mailing { digest_at: time_at(digest_at), weekly_repeats });
            let entry = everybody.entry(person).or_insert_with(|| ChartPerson { team, roles: Vec::new() });
            entry.roles.extend(role);
        }
        let chart = Chart {
            away: away(reading, &organisation, today)?,
            teams: tree.above(),
            people: everybody,
            supervisors: of_kind(LinkKind::Line),
            covers: of_kind(LinkKind::Cover),
        };
        Ok(Self { organisation, chart, links, tree, mailing })
    }

    /// Somebody as the policy knows them, as if they had signed in.
    pub(super) fn actor(&self, person: &PersonId) -> Option<Actor> {
        let details = self.chart.people.get(person)?;
        let (mut supervises, mut supervised_by) = (Vec::new(), Vec::new());
        for (supervisor, supervisee, kind) in &self.links {
            if supervisor == person {
                supervises.push((supervisee.clone(), *kind));
            } else if supervisee == person {
                supervised_by.push((supervisor.clone(), *kind));
            }
        }
        let manages = details.roles.iter().any(|role| role.manages());
        Some(Actor {
            person: person.clone(),
            organisation: self.organisation.clone(),
            roles: details.roles.clone(),
            team: details.team.clone(),
            oversees: if manages { self.tree.with_below(&details.team) } else { Vec::new() },
            supervises,
            // Of what they may still write up they are reminded as one of the two.
            supervised_until: Vec::new(),
            supervised_by,
            journal_waits_until: None,
        })
    }
}

/// Who is away today.
fn away(
    reading: &mut Reading<'_>,
    organisation: &OrganisationId,
    today: NaiveDate,
) -> Result<HashSet<PersonId>, Problem> {
    Ok(absences::table
        .filter(absences::organisation_id.eq(organisation).and(absences::from_on.le(today)))
        .filter(absences::to_on.is_null().or(absences::to_on.ge(today)))
        .select(absences::person_id)
        .load::<PersonId>(reading.connection)?
        .into_iter()
        .collect())
}
