//! What is overdue: every thing of which a ladder speaks, read for the whole organisation at once.

use super::roster::Roster;
use crate::agreements::review_days;
use crate::cadence::{ClockColumns, WatchColumns, clocks_of, lines_of};
use crate::content::Rules;
use crate::problem::Problem;
use crate::schema::{actions, bookings, case_workers, cases, supervisions, supervisor_links};
use crate::store::Reading;
use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::{Action, Actor, CaseFacts, PersonFacts, SupervisionFacts, may};
use domain::bookings::{BookingState, missed_twice_on};
use domain::cadence::{Band, PersonStanding, oversight_due};
use domain::cases::CaseStatus;
use domain::ids::{ActionId, CaseId, OrganisationId, PersonId, SupervisionId, TeamId};
use domain::ladder::{About, Concern};
use domain::people::LinkKind;
use domain::policy::Rule;
use domain::supervision::{ActionState, RecordState};
use std::collections::{BTreeMap, HashMap};

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
    Session(SupervisionFacts),
}

impl Subject {
    /// Whether somebody may open the page of it: the same question as the page asks.
    pub(super) fn is_open_to(&self, actor: &Actor) -> bool {
        match &self.of {
            Of::Case(case) => may(actor, &Action::OpenCase(case)).is_allowed(),
            Of::Person(person) => may(actor, &Action::SeeCadenceOf(person)).is_allowed(),
            Of::Session(session) => may(actor, &Action::OpenSupervision(session)).is_allowed(),
        }
    }
}

/// A case with its clocks, its place in the organisation and who works on it.
type CaseRow = (ClockColumns, WatchColumns, Option<PersonId>);

/// Days back in which bookings are looked at: what was missed longer ago has its clock overdue by now.
const BOOKINGS_LOOKED_AT: u64 = 120;

/// What to look at: the things of these concerns and ids, so that a page need not look at everything. What else is found
/// beside them does no harm.
pub(super) struct Wanted {
    cases: Vec<CaseId>,
    actions: Vec<ActionId>,
    people: Vec<PersonId>,
    has_sessions: bool,
    has_unsigned: bool,
    has_agreements: bool,
}

impl Wanted {
    pub(super) fn new<'a>(things: impl Iterator<Item = (Concern, &'a str)>) -> Self {
        let mut wanted = Self {
            cases: Vec::new(),
            actions: Vec::new(),
            people: Vec::new(),
            has_sessions: false,
            has_unsigned: false,
            has_agreements: false,
        };
        for (concern, id) in things {
            match concern {
                Concern::CaseSupervision
                | Concern::Oversight
                | Concern::ChecklistDue
                | Concern::Unallocated => {
                    wanted.cases.extend(id.parse());
                }
                Concern::UnsignedRecord => wanted.has_unsigned = true,
                Concern::OverdueAction => wanted.actions.extend(id.parse()),
                Concern::PersonalSupervision
                | Concern::NoSupervisor
                | Concern::LateRecord
                | Concern::AgreementDue
                | Concern::MissedSessions => {
                    wanted.people.extend(id.split('/').next().unwrap_or_default().parse());
                    wanted.has_sessions |= matches!(concern, Concern::LateRecord | Concern::MissedSessions);
                    wanted.has_agreements |= concern == Concern::AgreementDue;
                }
            }
        }
        wanted
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
    if wanted.is_none_or(|wanted| !wanted.cases.is_empty() || !wanted.actions.is_empty()) {
        let actions = late_actions(reading, wanted.map(|wanted| wanted.actions.as_slice()))?;
        let ids = wanted.map(|wanted| {
            let of_actions = actions.iter().map(|action| action.1.clone());
            wanted.cases.iter().cloned().chain(of_actions).collect::<Vec<_>>()
        });
        let open = open_cases(reading, ids.as_deref())?;
        let facts = facts_of(reading, &open, ids.as_deref())?;
        of_cases(reading, rules, &open, &facts, &mut subjects)?;
        of_actions(actions, roster, &facts, &mut subjects);
    }
    if wanted.is_none_or(|wanted| !wanted.people.is_empty()) {
        of_people(reading, rules, wanted.map(|wanted| wanted.people.as_slice()), &mut subjects)?;
    }
    if wanted.is_none_or(|wanted| wanted.has_sessions) {
        of_bookings(reading, rules, roster, &mut subjects)?;
    }
    if wanted.is_none_or(|wanted| wanted.has_unsigned) {
        of_records(reading, roster, &mut subjects)?;
    }
    if wanted.is_none_or(|wanted| wanted.has_agreements) {
        of_agreements(reading, rules, roster, &mut subjects)?;
    }
    // Oldest first (16.14).
    subjects.sort_by(|one, other| {
        (one.due_on, one.concern, &one.id).cmp(&(other.due_on, other.concern, &other.id))
    });
    Ok(subjects)
}

fn open_cases(reading: &mut Reading<'_>, only: Option<&[CaseId]>) -> Result<Vec<CaseRow>, Problem> {
    let organisation = reading.organisation()?;
    let mut query = cases::table
        .filter(cases::organisation_id.eq(organisation).and(cases::status.eq(CaseStatus::Open)))
        .into_boxed();
    if let Some(ids) = only {
        query = query.filter(cases::id.eq_any(ids));
    }
    Ok(query
        .select((ClockColumns::as_select(), WatchColumns::as_select(), cases::lead_practitioner_id))
        .load(reading.connection)?)
}

fn facts_of(
    reading: &mut Reading<'_>,
    open: &[CaseRow],
    only: Option<&[CaseId]>,
) -> Result<HashMap<CaseId, CaseFacts>, Problem> {
    let organisation = reading.organisation()?;
    let mut co_workers: HashMap<CaseId, Vec<PersonId>> = HashMap::new();
    let mut query = case_workers::table.filter(case_workers::organisation_id.eq(&organisation)).into_boxed();
    if let Some(ids) = only {
        query = query.filter(case_workers::case_id.eq_any(ids));
    }
    let rows: Vec<(CaseId, PersonId)> =
        query.select((case_workers::case_id, case_workers::person_id)).load(reading.connection)?;
    for (case, person) in rows {
        co_workers.entry(case).or_default().push(person);
    }
    let facts = |(clock, _, lead): &CaseRow| CaseFacts {
        id: clock.id.clone(),
        organisation: organisation.clone(),
        team: clock.team_id.clone(),
        lead_practitioner: lead.clone(),
        co_workers: co_workers.get(&clock.id).cloned().unwrap_or_default(),
    };
    Ok(open.iter().map(|row| (row.0.id.clone(), facts(row))).collect())
}

fn of_cases(
    reading: &mut Reading<'_>,
    rules: &Rules,
    open: &[CaseRow],
    facts: &HashMap<CaseId, CaseFacts>,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    let today = reading.today();
    let ids: Vec<&CaseId> = open.iter().map(|(clock, ..)| &clock.id).collect();
    let clocks = clocks_of(reading, &ids)?;
    for (clock, watched, lead) in open {
        let Some(facts) = facts.get(&clock.id) else { continue };
        let mut add = |concern, due_on| {
            subjects.push(Subject {
                concern,
                id: clock.id.to_string(),
                due_on,
                about: About { person: lead.clone(), team: clock.team_id.clone(), supervisor: None },
                of: Of::Case(facts.clone()),
            });
        };
        let due = clocks.due(rules, clock);
        if due.state(today).band() == Band::Overdue {
            add(Concern::CaseSupervision, due.due_on);
        }
        let oversight = oversight_due(&rules.book(&clock.team_id), &watched.oversight(clock.last_held_on));
        if let Some(oversight) = oversight.filter(|oversight| oversight.due_on < today) {
            add(Concern::Oversight, oversight.due_on);
        }
        if let Some(incident) = watched.unchecked_repeat_on {
            let within = rules.policy_of(&clock.team_id).number(Rule::RepeatChecklist);
            let due_on = rules.working_days.add(incident, within);
            if due_on < today {
                add(Concern::ChecklistDue, due_on);
            }
        }
        if let Some(since) = watched.unallocated_since {
            add(Concern::Unallocated, since);
        }
    }
    Ok(())
}

/// An action that is past its day: its case, its owner and that day.
type LateAction = (ActionId, CaseId, Option<PersonId>, NaiveDate);

fn late_actions(reading: &mut Reading<'_>, only: Option<&[ActionId]>) -> Result<Vec<LateAction>, Problem> {
    let (organisation, today) = (reading.organisation()?, reading.today());
    let mut query = actions::table
        .filter(actions::organisation_id.eq(organisation).and(actions::state.eq(ActionState::Open)))
        .filter(actions::due_on.lt(today))
        .into_boxed();
    if let Some(ids) = only {
        query = query.filter(actions::id.eq_any(ids));
    }
    Ok(query
        .select((actions::id, actions::case_id, actions::owner_id, actions::due_on))
        .load(reading.connection)?)
}

fn of_actions(
    late: Vec<LateAction>,
    roster: &Roster,
    facts: &HashMap<CaseId, CaseFacts>,
    subjects: &mut Vec<Subject>,
) {
    for (id, case, owner, due_on) in late {
        // A closed case asks for nothing.
        let Some(facts) = facts.get(&case) else { continue };
        // What another agency promised, or somebody who has left the case, is for the practitioner to ask after.
        let works_on_it = |person: &PersonId| {
            facts.lead_practitioner.as_ref() == Some(person) || facts.co_workers.contains(person)
        };
        let person = owner.filter(works_on_it).or_else(|| facts.lead_practitioner.clone());
        let of_person = person.as_ref().and_then(|person| roster.chart.people.get(person));
        let team = of_person.map_or_else(|| facts.team.clone(), |details| details.team.clone());
        subjects.push(Subject {
            concern: Concern::OverdueAction,
            id: id.to_string(),
            due_on,
            about: About { person, team, supervisor: None },
            of: Of::Case(facts.clone()),
        });
    }
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

/// Sessions that are past and not written up in time, and two in a row that were not held.
fn of_bookings(
    reading: &mut Reading<'_>,
    rules: &Rules,
    roster: &Roster,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    type Row = (PersonId, PersonId, NaiveDate, BookingState);
    let (organisation, today) = (reading.organisation()?, reading.today());
    let since = today - Days::new(BOOKINGS_LOOKED_AT);
    let rows: Vec<Row> = bookings::table
        .filter(bookings::organisation_id.eq(&organisation))
        .filter(bookings::on_day.lt(today).and(bookings::on_day.ge(since)))
        .order((bookings::on_day.desc(), bookings::id.desc()))
        .select((bookings::supervisor_id, bookings::supervisee_id, bookings::on_day, bookings::state))
        .load(reading.connection)?;
    let mut pairs: BTreeMap<(PersonId, PersonId), Vec<(NaiveDate, BookingState)>> = BTreeMap::new();
    for (supervisor, supervisee, on, state) in rows {
        pairs.entry((supervisor, supervisee)).or_default().push((on, state));
    }
    // What was held without being booked ends a row of missed sessions all the same. A record that its writer has not signed
    // is not there yet.
    let held: Vec<(PersonId, PersonId, NaiveDate, RecordState)> = supervisions::table
        .filter(supervisions::organisation_id.eq(&organisation).and(supervisions::held_on.ge(since)))
        .select((
            supervisions::supervisor_id,
            supervisions::supervisee_id,
            supervisions::held_on,
            supervisions::state,
        ))
        .load(reading.connection)?;
    let mut drafted: BTreeMap<(PersonId, PersonId), NaiveDate> = BTreeMap::new();
    for (supervisor, supervisee, on, state) in held {
        let pair = (supervisor, supervisee);
        if let Some(past) = pairs.get_mut(&pair) {
            past.push((on, BookingState::Held));
        }
        if state == RecordState::Drafted {
            drafted.entry(pair).and_modify(|first| *first = on.min(*first)).or_insert(on);
        }
    }
    for pair in drafted.keys() {
        pairs.entry(pair.clone()).or_default();
    }
    for ((supervisor, supervisee), mut past) in pairs {
        // The newest first; of a day, what was held.
        past.sort_by_key(|(on, state)| (std::cmp::Reverse(*on), *state != BookingState::Held));
        let Some(details) = roster.chart.people.get(&supervisee) else { continue };
        let id = format!("{supervisee}/{supervisor}");
        let mut add = |concern, due_on| {
            let team = &details.team;
            subjects.push(of_person(
                concern,
                id.clone(),
                due_on,
                &supervisee,
                team,
                Some(supervisor.clone()),
                &organisation,
            ));
        };
        let within = rules.policy_of(&details.team).number(Rule::RecordFull);
        let unwritten =
            past.iter().filter(|(_, state)| *state == BookingState::Planned).map(|(on, _)| *on).min();
        let unsigned = drafted.get(&(supervisor.clone(), supervisee.clone())).copied();
        if let Some(on) = unwritten.into_iter().chain(unsigned).min() {
            let due_on = rules.working_days.add(on, within);
            if due_on < today {
                add(Concern::LateRecord, due_on);
            }
        }
        if let Some(on) = missed_twice_on(&past) {
            add(Concern::MissedSessions, on);
        }
    }
    Ok(())
}

/// Records that wait for the signature of the person supervised, since the day on which they were asked.
fn of_records(
    reading: &mut Reading<'_>,
    roster: &Roster,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    type Row = (SupervisionId, PersonId, PersonId, Option<NaiveDate>);
    let organisation = reading.organisation()?;
    let rows: Vec<Row> = supervisions::table
        .filter(supervisions::organisation_id.eq(&organisation))
        .filter(supervisions::state.eq(RecordState::AwaitingSupervisee))
        .select((
            supervisions::id,
            supervisions::supervisor_id,
            supervisions::supervisee_id,
            supervisions::asked_on,
        ))
        .load(reading.connection)?;
    for (id, supervisor, supervisee, asked_on) in rows {
        let of_person_here = roster.chart.people.get(&supervisee).zip(asked_on);
        let Some((details, asked_on)) = of_person_here else { continue };
        subjects.push(Subject {
            concern: Concern::UnsignedRecord,
            id: id.to_string(),
            due_on: asked_on,
            about: About {
                person: Some(supervisee.clone()),
                team: details.team.clone(),
                supervisor: Some(supervisor.clone()),
            },
            of: Of::Session(SupervisionFacts { organisation: organisation.clone(), supervisor, supervisee }),
        });
    }
    Ok(())
}

/// Lines of supervision without an agreement in time, and agreements that were to be looked at again.
fn of_agreements(
    reading: &mut Reading<'_>,
    rules: &Rules,
    roster: &Roster,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    let (organisation, today) = (reading.organisation()?, reading.today());
    let reviews = review_days(reading)?;
    let lines: Vec<(PersonId, PersonId, NaiveDate, NaiveDateTime)> = supervisor_links::table
        .filter(supervisor_links::organisation_id.eq(&organisation))
        .filter(supervisor_links::kind.eq(LinkKind::Line).and(supervisor_links::from_on.le(today)))
        .filter(supervisor_links::to_on.is_null().or(supervisor_links::to_on.ge(today)))
        .select((
            supervisor_links::supervisor_id,
            supervisor_links::supervisee_id,
            supervisor_links::from_on,
            supervisor_links::created_at,
        ))
        .load(reading.connection)?;
    for (supervisor, supervisee, from, created_at) in lines {
        let Some(details) = roster.chart.people.get(&supervisee) else { continue };
        // Nobody is late for what was before we knew of them.
        let since = from.max(domain::calendar::london_day(created_at));
        let within = rules.policy_of(&details.team).number(Rule::AgreementFirst);
        let first = || rules.working_days.add(since, within);
        let due_on = reviews.get(&(supervisor.clone(), supervisee.clone())).copied().unwrap_or_else(first);
        if due_on < today {
            let id = format!("{supervisee}/{supervisor}");
            let team = details.team.clone();
            subjects.push(of_person(
                Concern::AgreementDue,
                id,
                due_on,
                &supervisee,
                &team,
                Some(supervisor),
                &organisation,
            ));
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
