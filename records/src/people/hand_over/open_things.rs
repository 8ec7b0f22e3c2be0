//! Everything that is open with somebody: what has to change hands, and what cannot.

use super::super::LinkRow;
use crate::actions::unanswered;
use crate::audits;
use crate::people::links::runs_after;
use crate::problem::Problem;
use crate::schema::{
    action_requests, actions, bookings, case_workers, cases, drafts, people, raised_prompts, reflections,
    supervisions, supervisor_links,
};
use crate::secrets;
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, PersonFacts};
use domain::bookings::BookingState;
use domain::calendar::day_in_words;
use domain::cases::CaseStatus;
use domain::hand_over::{OpenKind, OpenThing};
use domain::ids::{BookingId, OrganisationId, PersonId, TeamId};
use domain::people::Standing;
use domain::reflection::PromptState;
use domain::supervision::{ActionState, RecordState};

mod aliases {
    use crate::schema::people;
    diesel::alias!(people as signing_supervisor: SigningSupervisor);
}
use aliases::signing_supervisor;

/// A session that is booked from today on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedThing {
    /// The booking.
    pub id: BookingId,
    /// The day.
    pub on: NaiveDate,
    /// The other one of the two.
    pub with: PersonId,
    /// Whether the person supervises in it.
    pub as_supervisor: bool,
}

/// What is open with somebody. An administrator sees of it what is needed to hand it over: references, names and days, and
/// nothing that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenThings {
    /// The name.
    pub name: String,
    /// The team.
    pub team: TeamId,
    /// Whether the person works here now.
    pub standing: Standing,
    /// The last day, if one is noted.
    pub left_on: Option<NaiveDate>,
    /// Each thing that has to change hands.
    pub things: Vec<OpenThing>,
    /// Those of them that are links to people supervised, today or later.
    pub links: Vec<LinkRow>,
    /// Booked sessions, the next first.
    pub bookings: Vec<BookedThing>,
    /// Questions put to them that are not answered.
    pub questions: i64,
    /// Drafts that nobody else can read.
    pub drafts: i64,
    /// A hash of all this.
    pub hash: String,
}

/// Reads what is open with somebody.
pub fn open_things(reading: &mut Reading<'_>, person: &PersonId) -> Result<OpenThings, Problem> {
    type Row = ((OrganisationId, TeamId, String, Standing, Option<NaiveDate>), (Option<i64>, Option<i64>));
    let open_states = PromptState::OPEN.map(TextValue::code);
    let questions = raised_prompts::table
        .left_join(reflections::table.on(raised_prompts::reflection_id.eq(reflections::id.nullable())))
        .filter(raised_prompts::asked_of_id.eq(person).and(raised_prompts::state.eq_any(open_states)))
        .filter(reflections::deleted_at.is_null())
        .count()
        .single_value();
    let own_drafts = drafts::table
        .filter(drafts::person_id.eq(person).and(drafts::has_words.eq(true)))
        .count()
        .single_value();
    let ((organisation, team, name, standing, left_on), counts): Row = people::table
        .filter(people::id.eq(person))
        .select((
            (people::organisation_id, people::team_id, people::name, people::standing, people::left_on),
            (questions, own_drafts),
        ))
        .first(reading.connection)?;
    let facts = PersonFacts { id: person.clone(), organisation, team: team.clone() };
    reading.permit(&Action::OpenPerson(&facts), "person", person)?;
    reading.permit(&Action::AdministerPeople, "person", person)?;
    let mut things = cases_of(reading, person)?;
    things.extend(actions_of(reading, person)?);
    things.extend(requests_of(reading, person)?);
    let links = links_of(reading, person)?;
    things.extend(links.iter().map(|link| {
        let name = format!("{}, {}", link.name, link.kind.words().to_lowercase());
        OpenThing::new(OpenKind::Supervision, link.id.to_string(), name)
    }));
    // Whoever has left says nothing any more: what they had still to say was settled then.
    if standing == Standing::Active {
        things.extend(unwritten_of(reading, person)?);
        things.extend(unsigned_of(reading, person)?);
    }
    things.extend(audits::open_with(reading, person)?);
    let bookings = bookings_of(reading, person)?;
    let mut shown: Vec<String> = things.iter().map(|thing| format!("{thing:?}")).collect();
    shown.extend(bookings.iter().map(|booking| format!("{booking:?}")));
    let (questions, drafts) = counts;
    Ok(OpenThings {
        name,
        team,
        standing,
        left_on,
        things,
        links,
        bookings,
        questions: questions.unwrap_or(0),
        drafts: drafts.unwrap_or(0),
        hash: secrets::hash_of_lines(&shown),
    })
}

/// Requests that wait for the person's answer, the next due first.
fn requests_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<OpenThing>, Problem> {
    let rows: Vec<(String, Option<String>, NaiveDate)> = unanswered(person.clone())
        .left_join(cases::table.on(actions::case_id.eq(cases::id.nullable())))
        .order((actions::due_on, action_requests::review_id))
        .select((action_requests::review_id, cases::reference.nullable(), actions::due_on))
        .load(reading.connection)?;
    let thing = |(id, reference, due_on): (String, Option<String>, NaiveDate)| {
        // An administrator reads nothing about a person.
        let about = reference.unwrap_or_else(|| "About a person".to_owned());
        OpenThing::new(OpenKind::Request, id, format!("{about}, due {}", day_in_words(due_on)))
    };
    Ok(rows.into_iter().map(thing).collect())
}

/// Open cases that the person leads or works on, by reference.
fn cases_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<OpenThing>, Problem> {
    let rows: Vec<(String, String, Option<PersonId>)> = cases::table
        .left_join(
            case_workers::table
                .on(case_workers::case_id.eq(cases::id).and(case_workers::person_id.eq(person.clone()))),
        )
        .filter(cases::status.eq(CaseStatus::Open))
        .filter(cases::lead_practitioner_id.eq(person).or(case_workers::person_id.is_not_null().nullable()))
        .order((cases::reference, cases::id))
        .select((cases::id, cases::reference, cases::lead_practitioner_id))
        .load(reading.connection)?;
    let thing = |(id, name, lead): (String, String, Option<PersonId>)| {
        let kind = if lead.as_ref() == Some(person) { OpenKind::Case } else { OpenKind::CoWork };
        OpenThing::new(kind, id, name)
    };
    let mut things: Vec<OpenThing> = rows.into_iter().map(thing).collect();
    things.sort_by_key(|thing| thing.kind);
    Ok(things)
}

fn actions_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<OpenThing>, Problem> {
    let rows: Vec<(String, String, NaiveDate)> = actions::table
        .inner_join(cases::table.on(actions::case_id.eq(cases::id.nullable())))
        .filter(actions::owner_id.eq(person).and(actions::state.eq(ActionState::Open)))
        .order((actions::due_on, actions::id))
        .select((actions::id, cases::reference, actions::due_on))
        .load(reading.connection)?;
    let thing = |(id, reference, due_on): (String, String, NaiveDate)| {
        OpenThing::new(OpenKind::Action, id, format!("{reference}, due {}", day_in_words(due_on)))
    };
    Ok(rows.into_iter().map(thing).collect())
}

fn links_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<LinkRow>, Problem> {
    let today = reading.today();
    Ok(supervisor_links::table
        .inner_join(people::table.on(people::id.eq(supervisor_links::supervisee_id)))
        .filter(supervisor_links::supervisor_id.eq(person))
        .filter(runs_after(today))
        .filter(people::standing.eq(Standing::Active))
        .order((people::name, supervisor_links::id))
        .select((
            supervisor_links::id,
            people::id,
            people::name,
            supervisor_links::kind,
            supervisor_links::from_on,
            supervisor_links::to_on,
        ))
        .load(reading.connection)?)
}

/// Sessions in which the person was to supervise on a day that is past, or that were held today, and that are neither written up nor
/// cancelled, the earliest first.
fn unwritten_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<OpenThing>, Problem> {
    let today = reading.today();
    let was_held_today = bookings::on_day.eq(today).and(bookings::state.eq(BookingState::Held));
    let rows: Vec<(String, String, NaiveDate)> = bookings::table
        .inner_join(people::table.on(people::id.eq(bookings::supervisee_id)))
        .filter(bookings::supervisor_id.eq(person).and(bookings::on_day.lt(today).or(was_held_today)))
        .filter(bookings::state.eq_any(BookingState::UNWRITTEN).and(bookings::supervision_id.is_null()))
        .order((bookings::on_day, bookings::id))
        .select((bookings::id, people::name, bookings::on_day))
        .load(reading.connection)?;
    let thing = |(id, name, on): (String, String, NaiveDate)| {
        OpenThing::new(OpenKind::Unwritten, id, format!("{name}, {}", day_in_words(on)))
    };
    Ok(rows.into_iter().map(thing).collect())
}

/// Records of sessions that wait for the person's signature, the oldest first.
fn unsigned_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<OpenThing>, Problem> {
    let as_supervisor =
        supervisions::supervisor_id.eq(person).and(supervisions::state.eq(RecordState::Drafted));
    let as_supervisee =
        supervisions::supervisee_id.eq(person).and(supervisions::state.eq(RecordState::AwaitingSupervisee));
    let rows: Vec<(String, NaiveDate, PersonId, (String, String))> = supervisions::table
        .inner_join(
            signing_supervisor.on(signing_supervisor.field(people::id).eq(supervisions::supervisor_id)),
        )
        .inner_join(people::table.on(people::id.eq(supervisions::supervisee_id)))
        .filter(as_supervisor.or(as_supervisee))
        .order((supervisions::held_on, supervisions::id))
        .select((
            supervisions::id,
            supervisions::held_on,
            supervisions::supervisor_id,
            (signing_supervisor.field(people::name), people::name),
        ))
        .load(reading.connection)?;
    let thing =
        |(id, held_on, by, (supervisor, supervisee)): (String, NaiveDate, PersonId, (String, String))| {
            let with = if by == *person { supervisee } else { supervisor };
            OpenThing::new(OpenKind::Signature, id, format!("{with}, {}", day_in_words(held_on)))
        };
    Ok(rows.into_iter().map(thing).collect())
}

fn bookings_of(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<BookedThing>, Problem> {
    let today = reading.today();
    let rows: Vec<(BookingId, NaiveDate, PersonId, PersonId)> = bookings::table
        .filter(bookings::supervisor_id.eq(person).or(bookings::supervisee_id.eq(person)))
        .filter(bookings::state.eq_any(BookingState::AHEAD).and(bookings::on_day.ge(today)))
        .order((bookings::on_day, bookings::id))
        .select((bookings::id, bookings::on_day, bookings::supervisor_id, bookings::supervisee_id))
        .load(reading.connection)?;
    let booked = |(id, on, supervisor, supervisee): (BookingId, NaiveDate, PersonId, PersonId)| {
        let as_supervisor = supervisor == *person;
        BookedThing { id, on, with: if as_supervisor { supervisee } else { supervisor }, as_supervisor }
    };
    Ok(rows.into_iter().map(booked).collect())
}
