//! The clocks of people, one for each line of their supervision.

use super::VariationRow;
use super::absences::{AbsenceRow, absences_of};
use super::variations::{newest_variations, variations_of_person};
use crate::content::{self, Rules};
use crate::people::{LinkRow, PersonFile};
use crate::problem::Problem;
use crate::schema::{absences, people, person_roles, supervisions, supervisor_links};
use crate::store::Reading;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::{Action, PersonFacts, may};
use domain::cadence::{Absence, Band, Due, PersonClock, PersonStanding, Post, Variation, person_due};
use domain::ids::{PersonId, TeamId};
use domain::people::{LinkKind, Role, Standing};
use domain::supervision::RecordState;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One line of somebody's supervision, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PersonLine {
    pub(crate) person: PersonId,
    pub(crate) name: String,
    pub(crate) team: TeamId,
    pub(crate) line: LinkKind,
    /// Who supervises on this line today.
    pub(crate) supervisor: Option<PersonId>,
    /// Since when nobody does, if nobody does.
    pub(crate) unsupervised_since: Option<NaiveDate>,
    pub(crate) last_held_on: Option<NaiveDate>,
    pub(crate) standing: PersonStanding,
}

/// Somebody who works here, as far as their clocks need it.
struct Worker {
    name: String,
    team: TeamId,
    started_on: NaiveDate,
    known_since: NaiveDate,
    asye: bool,
    agency: bool,
    registered: bool,
    roles: Vec<Role>,
}

impl Worker {
    /// Whether somebody has to supervise them.
    fn is_to_be_supervised(&self) -> bool {
        let supervised = [Role::Practitioner, Role::Supervisor, Role::ServiceManager];
        supervised.iter().any(|role| self.roles.contains(role))
    }
}

/// Who supervises whom in what, and from when to when.
type Link = (PersonId, PersonId, LinkKind, NaiveDate, Option<NaiveDate>);

/// Every line of supervision of the people who work here, or of these of them.
pub(crate) fn lines_of(
    reading: &mut Reading<'_>,
    rules: &Rules,
    only: Option<&[PersonId]>,
) -> Result<Vec<PersonLine>, Problem> {
    let known = Known {
        workers: workers(reading, only)?,
        links: links(reading, only)?,
        held: last_held(reading, only)?,
        absences: absences_by_person(reading, only)?,
        variations: newest_variations(reading)?.of_people.clone(),
    };
    Ok(lines(rules, reading.today(), known))
}

/// What the clocks of people run on.
struct Known {
    workers: BTreeMap<PersonId, Worker>,
    links: HashMap<PersonId, Vec<Link>>,
    held: HashMap<(PersonId, LinkKind), NaiveDate>,
    absences: HashMap<PersonId, Vec<Absence>>,
    variations: HashMap<(PersonId, LinkKind), Variation>,
}

fn lines(rules: &Rules, today: NaiveDate, known: Known) -> Vec<PersonLine> {
    let Known { workers, links, held, absences, variations } = known;
    let mut found = Vec::new();
    for (person, worker) in workers {
        let of_person: &[Link] = links.get(&person).map_or(&[], Vec::as_slice);
        let stands = |link: &&Link| link.3 <= today && link.4.is_none_or(|to| to >= today);
        let mut kinds: BTreeSet<LinkKind> = of_person.iter().filter(stands).map(|link| link.2).collect();
        if worker.is_to_be_supervised() {
            kinds.insert(LinkKind::Line);
        }
        for line in kinds {
            let on_line = || of_person.iter().filter(move |link| link.2 == line);
            let supervisor = on_line().find(stands).map(|link| link.0.clone());
            let last_held_on = held.get(&(person.clone(), line)).copied();
            // A line of its own begins with its first supervisor; nobody is late for what was before we knew of them.
            let began = match line {
                LinkKind::Line => worker.known_since,
                _ => on_line().map(|link| link.3).min().unwrap_or(worker.started_on),
            };
            let unsupervised_since = supervisor.is_none().then(|| {
                let ended = on_line().filter_map(|link| link.4).max();
                ended.map_or(worker.started_on, |ended| domain::calendar::add_days(ended, 1))
            });
            let clock = PersonClock {
                line,
                started_on: worker.started_on,
                known_since: worker.started_on.max(began),
                post: Post::of(&worker.roles, worker.registered),
                asye: worker.asye,
                agency: worker.agency,
                last_held_on,
                absences: absences.get(&person).map_or(&[], Vec::as_slice),
                variation: variations.get(&(person.clone(), line)).copied(),
            };
            let standing = person_due(&rules.book(&worker.team), &clock, today);
            let team = worker.team.clone();
            found.push(PersonLine {
                person: person.clone(),
                name: worker.name.clone(),
                team,
                line,
                supervisor,
                unsupervised_since,
                last_held_on,
                standing,
            });
        }
    }
    found
}

fn workers(
    reading: &mut Reading<'_>,
    only: Option<&[PersonId]>,
) -> Result<BTreeMap<PersonId, Worker>, Problem> {
    type Row = ((PersonId, String), TeamId, (NaiveDate, NaiveDateTime), (bool, bool, bool), Option<Role>);
    let organisation = reading.organisation()?;
    let mut query = people::table
        .left_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .filter(people::organisation_id.eq(organisation).and(people::standing.eq(Standing::Active)))
        .into_boxed();
    if let Some(ids) = only {
        query = query.filter(people::id.eq_any(ids));
    }
    let rows: Vec<Row> = query
        .select((
            (people::id, people::name),
            people::team_id,
            (people::started_on, people::created_at),
            (people::asye, people::agency, people::registered),
            person_roles::role.nullable(),
        ))
        .load(reading.connection)?;
    let mut workers = BTreeMap::new();
    for ((person, name), team, (started_on, created_at), (asye, agency, registered), role) in rows {
        let worker = workers.entry(person).or_insert_with(|| Worker {
            name,
            team,
            started_on,
            known_since: domain::calendar::london_day(created_at),
            asye,
            agency,
            registered,
            roles: Vec::new(),
        });
        worker.roles.extend(role);
    }
    Ok(workers)
}

fn links(
    reading: &mut Reading<'_>,
    only: Option<&[PersonId]>,
) -> Result<HashMap<PersonId, Vec<Link>>, Problem> {
    let organisation = reading.organisation()?;
    let mut query =
        supervisor_links::table.filter(supervisor_links::organisation_id.eq(organisation)).into_boxed();
    if let Some(ids) = only {
        query = query.filter(supervisor_links::supervisee_id.eq_any(ids));
    }
    let rows: Vec<Link> = query
        .order((supervisor_links::from_on.desc(), supervisor_links::id.desc()))
        .select((
            supervisor_links::supervisor_id,
            supervisor_links::supervisee_id,
            supervisor_links::kind,
            supervisor_links::from_on,
            supervisor_links::to_on,
        ))
        .load(reading.connection)?;
    let mut by_person: HashMap<PersonId, Vec<Link>> = HashMap::new();
    for link in rows {
        by_person.entry(link.1.clone()).or_default().push(link);
    }
    Ok(by_person)
}

/// The last session held on each line. One whose record is void does not count.
fn last_held(
    reading: &mut Reading<'_>,
    only: Option<&[PersonId]>,
) -> Result<HashMap<(PersonId, LinkKind), NaiveDate>, Problem> {
    let organisation = reading.organisation()?;
    let mut query = supervisions::table
        .filter(supervisions::organisation_id.eq(organisation))
        .filter(supervisions::state.ne(RecordState::Voided))
        .group_by((supervisions::supervisee_id, supervisions::line))
        .select((supervisions::supervisee_id, supervisions::line, diesel::dsl::max(supervisions::held_on)))
        .into_boxed();
    if let Some(ids) = only {
        query = query.filter(supervisions::supervisee_id.eq_any(ids));
    }
    let rows: Vec<(PersonId, LinkKind, Option<NaiveDate>)> = query.load(reading.connection)?;
    Ok(rows.into_iter().filter_map(|(person, line, held_on)| Some(((person, line), held_on?))).collect())
}

fn absences_by_person(
    reading: &mut Reading<'_>,
    only: Option<&[PersonId]>,
) -> Result<HashMap<PersonId, Vec<Absence>>, Problem> {
    let organisation = reading.organisation()?;
    let mut query = absences::table.filter(absences::organisation_id.eq(organisation)).into_boxed();
    if let Some(ids) = only {
        query = query.filter(absences::person_id.eq_any(ids));
    }
    let rows: Vec<(PersonId, AbsenceRow)> = query
        .order(absences::from_on)
        .select((
            absences::person_id,
            (absences::id, absences::reason, absences::from_on, absences::to_on, absences::version),
        ))
        .load(reading.connection)?;
    let mut by_person: HashMap<PersonId, Vec<Absence>> = HashMap::new();
    for (person, row) in rows {
        by_person.entry(person).or_default().push(row.absence());
    }
    Ok(by_person)
}

/// By when a session on a line of somebody's supervision was due that was held on a day, by these rules; `None` if it met
/// no clock.
pub(crate) fn line_due_before(
    reading: &mut Reading<'_>,
    rules: &Rules,
    person: &PersonId,
    line: LinkKind,
    held_on: NaiveDate,
) -> Result<Option<Due>, Problem> {
    let lines = lines_of(reading, rules, Some(std::slice::from_ref(person)))?;
    let of_line = lines.into_iter().find(|found| found.line == line);
    let standing = of_line.filter(|found| found.last_held_on.is_none_or(|last| last < held_on));
    Ok(standing.and_then(|found| match found.standing {
        PersonStanding::Due(due) => Some(due),
        _ => None,
    }))
}

/// A line of somebody's own supervision that is overdue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverdueLine {
    /// Whose.
    pub person: PersonId,
    /// By name.
    pub name: String,
    /// In what.
    pub line: LinkKind,
    /// Since when.
    pub due: Due,
}

/// The overdue lines of those whom the reader supervises, or for whose supervisor they stand in; the longest waiting first.
pub fn overdue_lines(reading: &mut Reading<'_>) -> Result<Vec<OverdueLine>, Problem> {
    let (actor, today) = (reading.actor()?, reading.today());
    let supervised: BTreeSet<PersonId> = actor.supervises.iter().map(|(person, _)| person.clone()).collect();
    if supervised.is_empty() {
        return Ok(Vec::new());
    }
    let late = |line: PersonLine| {
        let PersonStanding::Due(due) = line.standing else { return None };
        let is_theirs = actor.link_to(&line.person).any(|link| link.holds() == line.line);
        if !is_theirs || due.state(today).band() != Band::Overdue {
            return None;
        }
        let organisation = actor.organisation.clone();
        let facts = PersonFacts { id: line.person.clone(), organisation, team: line.team };
        may(&actor, &Action::SeeCadenceOf(&facts)).is_allowed().then_some(OverdueLine {
            person: line.person,
            name: line.name,
            line: line.line,
            due,
        })
    };
    let (people, rules) = (Vec::from_iter(supervised), content::rules(reading)?);
    let mut overdue: Vec<OverdueLine> =
        lines_of(reading, &rules, Some(&people))?.into_iter().filter_map(late).collect();
    overdue.sort_by(|one, other| (one.due.due_on, &one.name).cmp(&(other.due.due_on, &other.name)));
    Ok(overdue)
}

/// One line of somebody's supervision, as their cadence card shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// In what.
    pub line: LinkKind,
    /// Who supervises, by name.
    pub supervisor: Option<String>,
    /// The last session held.
    pub last_held_on: Option<NaiveDate>,
    /// Where it stands.
    pub standing: PersonStanding,
    /// The working day to book, while the clock runs.
    pub booking_day: Option<NaiveDate>,
    /// The variation that stands, if one does.
    pub variation: Option<VariationRow>,
}

/// What somebody's page shows of their clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonCadence {
    /// Each line of supervision on which something is due.
    pub lines: Vec<Line>,
    /// The times away, the newest first, for those who keep the person's cadence and for the person.
    pub absences: Option<Vec<AbsenceRow>>,
    /// Whether the reader records when the person is away, and approves longer intervals.
    pub may_keep: bool,
}

/// Where each line of supervision stands of somebody whose page is open; `None` for a reader who may not see it.
pub fn cadence_of(reading: &mut Reading<'_>, person: &PersonFile) -> Result<Option<PersonCadence>, Problem> {
    let actor = reading.actor()?;
    let (id, facts) = (&person.id, person.facts(&actor.organisation));
    if !may(&actor, &Action::SeeCadenceOf(&facts)).is_allowed() {
        return Ok(None);
    }
    let may_keep = may(&actor, &Action::KeepCadenceOf(&facts)).is_allowed();
    let (today, rules) = (reading.today(), content::rules(reading)?);
    let away = absences_of(reading, id)?;
    let (variations, mut standing) = variations_of_person(reading, id)?;
    let known = Known {
        workers: Worker::on_page(person).map(|worker| (id.clone(), worker)).into_iter().collect(),
        links: HashMap::from([(id.clone(), links_on_page(person))]),
        held: last_held(reading, Some(std::slice::from_ref(id)))?,
        absences: HashMap::from([(id.clone(), away.iter().rev().map(AbsenceRow::absence).collect())]),
        variations: variations.into_iter().map(|(line, found)| ((id.clone(), line), found)).collect(),
    };
    let name_of = |supervisor: &PersonId| {
        person.supervisors.iter().find(|link| link.person == *supervisor).map(|link| link.name.clone())
    };
    let shown = lines(&rules, today, known)
        .into_iter()
        .filter(|line| line.standing != PersonStanding::NotApplicable)
        .map(|line| Line {
            line: line.line,
            supervisor: line.supervisor.as_ref().and_then(name_of),
            last_held_on: line.last_held_on,
            booking_day: match line.standing {
                PersonStanding::Due(due) => Some(rules.book(&line.team).booking_day(due.due_on, today)),
                _ => None,
            },
            standing: line.standing,
            variation: standing.remove(&line.line),
        })
        .collect();
    let absences = (may_keep || actor.person == *id).then_some(away);
    Ok(Some(PersonCadence { lines: shown, absences, may_keep }))
}

impl Worker {
    /// Somebody whose page is open, if they work here.
    fn on_page(person: &PersonFile) -> Option<Self> {
        let details = &person.details;
        (person.standing == Standing::Active).then(|| Self {
            name: details.name.clone(),
            team: details.team.clone(),
            started_on: details.started_on,
            known_since: person.known_since,
            asye: details.asye,
            agency: details.agency,
            registered: details.registered,
            roles: details.roles.clone(),
        })
    }
}

/// Who supervises or supervised somebody whose page is open, the newest first.
fn links_on_page(person: &PersonFile) -> Vec<Link> {
    let link = |row: &LinkRow| (row.person.clone(), person.id.clone(), row.kind, row.from_on, row.to_on);
    let mut links: Vec<Link> = person.supervisors.iter().map(link).collect();
    links.sort_by_key(|link| std::cmp::Reverse(link.3));
    links
}
