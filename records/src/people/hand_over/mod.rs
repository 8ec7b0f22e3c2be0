//! Handing over what somebody works on, to people who are still here; and closing accounts, which nothing else does.

mod open_things;

pub use open_things::{BookedThing, OpenThings, open_things};

use super::change::{administered, close};
use super::supervisors::follow;
use crate::access::Who;
use crate::actions::{Follows, follow_in_request};
use crate::audit::Event;
use crate::mail;
use crate::problem::Problem;
use crate::schema::{actions, bookings as booking_rows, case_workers, cases, people, supervisor_links};
use crate::store::{Store, Writing};
use crate::{audits, bookings};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::TextValue;
use domain::form::Problems;
use domain::hand_over::{
    BookedSessions, HandOver, HandOverReason, OpenKind, OpenThing, Successor, field_for_all, field_for_one,
};
use domain::ids::{ActionId, OrganisationId, PersonId};
use domain::people::{NewSupervisorLink, Standing};
use domain::supervision::ActionState;
use std::collections::HashSet;

/// Hands everything over, and closes the account if the person leaves. `hash` is that of what was shown: what is new since then
/// needs a choice of its own.
pub fn hand_over(
    writing: &mut Writing<'_>,
    person: &PersonId,
    hash: &str,
    hand_over: &HandOver,
) -> Result<(), Problem> {
    administered(writing, person)?;
    let open = open_things(writing, person)?;
    if open.hash != hash {
        let words = "Something that is open here has changed in between. Look at the list again";
        return Err(Problems::one("form", words).into());
    }
    let has_left = open.standing == Standing::Left;
    if has_left && open.things.is_empty() {
        return Err(
            Problems::one("form", "This account is closed already, and nothing is open with it").into()
        );
    }
    let leaves = has_left || hand_over.reason == HandOverReason::Leaves;
    if leaves && *person == writing.actor()?.person {
        let words = "You cannot close your own account. Ask another administrator";
        return Err(Problems::one("reason", words).into());
    }
    check_successors(writing, hand_over)?;
    let work = Work { person, hand_over, open: &open };
    work.hand_over_cases(writing)?;
    work.hand_over_actions(writing)?;
    work.hand_over_personal_actions(writing)?;
    work.hand_over_requests(writing)?;
    work.hand_over_supervision(writing)?;
    work.hand_over_bookings(writing)?;
    work.check_kept_sessions(writing)?;
    work.settle_own_words(writing)?;
    work.hand_over_audits(writing)?;
    writing.audit(
        Event::new("handed_over", "person", person)
            .with("reason", hand_over.reason.code())
            .with("last_day", hand_over.last_day)
            .with("things", open.things.len()),
    )?;
    if leaves && !has_left { leave(writing, person, hand_over.last_day) } else { Ok(()) }
}

/// Closes the account: at once, or when the last day is over.
fn leave(writing: &mut Writing<'_>, person: &PersonId, last_day: NaiveDate) -> Result<(), Problem> {
    if last_day <= writing.today() {
        return close(writing, person, last_day);
    }
    diesel::update(people::table.filter(people::id.eq(person)))
        .set(people::left_on.eq(last_day))
        .execute(writing.connection)?;
    writing.audit(Event::new("leaving_noted", "person", person).with("last_day", last_day))
}

/// Closes the accounts of everybody whose last day is over. What has come to them since the hand-over waits for somebody
/// new, and is reminded of.
pub fn close_leavers(store: &Store, now: NaiveDateTime) -> Result<usize, Problem> {
    let who = Who::system("leavers");
    let today = domain::calendar::london_day(now);
    let leavers: Vec<(OrganisationId, PersonId, Option<NaiveDate>)> = store.read(&who, now, |reading| {
        Ok(people::table
            .filter(people::standing.eq(Standing::Active).and(people::left_on.lt(today)))
            .select((people::organisation_id, people::id, people::left_on))
            .load(reading.connection)?)
    })?;
    let count = leavers.len();
    for (organisation, person, last_day) in leavers {
        let who = who.clone().for_organisation(&organisation);
        store.write(&who, now, move |writing| close(writing, &person, last_day.unwrap_or(today)))?;
    }
    Ok(count)
}

/// Everybody who follows works here and stays.
fn check_successors(writing: &mut Writing<'_>, hand_over: &HandOver) -> Result<(), Problem> {
    let organisation = writing.organisation()?;
    let named: HashSet<&PersonId> = hand_over.successors.values().filter_map(Successor::person).collect();
    let here: Vec<PersonId> = people::table
        .filter(people::organisation_id.eq(organisation).and(people::id.eq_any(&named)))
        .filter(people::standing.eq(Standing::Active).and(people::left_on.is_null()))
        .select(people::id)
        .load(writing.connection)?;
    let absent = hand_over
        .successors
        .iter()
        .find(|(_, successor)| matches!(successor, Successor::Person(person) if !here.contains(person)));
    match absent {
        Some(((kind, _), _)) => {
            Err(Problems::one(&field_for_all(*kind), "Choose people from the list").into())
        }
        None => Ok(()),
    }
}

/// What is handed over by whom.
struct Work<'a> {
    person: &'a PersonId,
    hand_over: &'a HandOver,
    open: &'a OpenThings,
}

impl Work<'_> {
    /// The things of a kind that go to somebody, or to nobody; what the person keeps is left out.
    fn going(&self, kind: OpenKind) -> impl Iterator<Item = (&OpenThing, &Successor)> {
        self.open
            .things
            .iter()
            .filter(move |thing| thing.kind == kind)
            .filter_map(move |thing| Some((thing, self.hand_over.successor(kind, &thing.id)?)))
            .filter(|(_, successor)| **successor != Successor::Keeps)
    }

    /// Says at which thing an operation was refused.
    fn refused(&self, thing: &OpenThing, problem: Problem) -> Problem {
        let of_kind = self.open.things.iter().filter(|other| other.kind == thing.kind).count();
        of_thing(thing, (of_kind == 1, problem))
    }

    fn event(&self, name: &'static str, thing: &OpenThing, to: Option<&PersonId>) -> Event {
        let kind = match thing.kind {
            OpenKind::Case | OpenKind::CoWork => "case",
            OpenKind::Action => "action",
            OpenKind::Request => "action_request",
            OpenKind::Supervision => "person",
            OpenKind::Unwritten => "booking",
            OpenKind::Signature => "supervision",
            OpenKind::AuditRound => "audit_round",
            OpenKind::SecondGrade => "audit_file",
        };
        Event::new(name, kind, &thing.id)
            .with("from", self.person)
            .with("to", to.map_or("", PersonId::as_str))
    }

    fn hand_over_cases(&self, writing: &mut Writing<'_>) -> Result<(), Problem> {
        let today = writing.today();
        for (thing, successor) in self.going(OpenKind::Case) {
            let lead = successor.person();
            let unallocated_since = lead.is_none().then_some(today);
            diesel::update(cases::table.filter(cases::id.eq(&thing.id)))
                .set((
                    cases::lead_practitioner_id.eq(lead),
                    (
                        cases::lead_since.eq(lead.map(|_| today)),
                        cases::unallocated_since.eq(unallocated_since),
                    ),
                    cases::version.eq(cases::version + 1),
                ))
                .execute(writing.connection)?;
            if let Some(lead) = lead {
                // Nobody is both.
                end_co_work(writing, thing, lead)?;
            }
            writing.audit(self.event("case_handed_over", thing, lead))?;
        }
        for (thing, successor) in self.going(OpenKind::CoWork) {
            end_co_work(writing, thing, self.person)?;
            let next = successor.person();
            if let Some(next) = next {
                begin_co_work(writing, thing, next)?;
            }
            diesel::update(cases::table.filter(cases::id.eq(&thing.id)))
                .set(cases::version.eq(cases::version + 1))
                .execute(writing.connection)?;
            writing.audit(self.event("co_work_handed_over", thing, next))?;
        }
        Ok(())
    }

    fn hand_over_actions(&self, writing: &mut Writing<'_>) -> Result<(), Problem> {
        for (thing, successor) in self.going(OpenKind::Action) {
            let next = match successor {
                Successor::Person(person) => person.clone(),
                _ => self.lead_of(writing, thing)?,
            };
            diesel::update(actions::table.filter(actions::id.eq(&thing.id)))
                .set((actions::owner_id.eq(&next), actions::version.eq(actions::version + 1)))
                .execute(writing.connection)?;
            writing.audit(self.event("action_handed_over", thing, Some(&next)))?;
        }
        Ok(())
    }

    fn hand_over_requests(&self, writing: &mut Writing<'_>) -> Result<(), Problem> {
        let mut told: HashSet<&PersonId> = HashSet::new();
        for (thing, successor) in self.going(OpenKind::Request) {
            let next = successor.person();
            let takes_over = |asker: &PersonId| self.successors_with(asker).any(|other| other == successor);
            let follows =
                next.map_or(Follows::Nobody, |next| Follows::Person { next, takes_over: &takes_over });
            follow_in_request(writing, &id_of(thing)?, &follows)
                .map_err(|problem| self.refused(thing, problem))?;
            if let Some(next) = next
                && told.insert(next)
            {
                mail::queue(writing, next, &domain::mail::asked())?;
            }
            writing.audit(self.event("request_handed_over", thing, next))?;
        }
        Ok(())
    }

    /// What was promised to somebody whom the person supervises stays with whoever keeps supervising them. Else it goes to their next
    /// supervisor; where nobody follows, they themselves have it and raise it with whoever comes.
    fn hand_over_personal_actions(&self, writing: &mut Writing<'_>) -> Result<(), Problem> {
        let promised: Vec<(ActionId, PersonId)> = actions::table
            .filter(actions::owner_id.eq(self.person).and(actions::state.eq(ActionState::Open)))
            .filter(actions::supervisee_id.is_not_null().and(actions::supervisee_id.ne(self.person)))
            .order(actions::id)
            .select((actions::id, actions::supervisee_id.assume_not_null()))
            .load(writing.connection)?;
        for (action, supervisee) in promised {
            let successors: Vec<&Successor> = self.successors_with(&supervisee).collect();
            if successors.contains(&&Successor::Keeps) {
                continue;
            }
            let follows = successors.into_iter().find_map(|successor| match successor {
                Successor::Person(next) => Some(next.clone()),
                _ => None,
            });
            let next = follows.unwrap_or(supervisee);
            diesel::update(actions::table.filter(actions::id.eq(&action)))
                .set((actions::owner_id.eq(&next), actions::version.eq(actions::version + 1)))
                .execute(writing.connection)?;
            writing.audit(Event::new("action_handed_over", "action", &action).with("to", &next))?;
        }
        Ok(())
    }

    /// What becomes of each line on which the person supervises somebody.
    fn successors_with(&self, supervisee: &PersonId) -> impl Iterator<Item = &Successor> {
        let lines = self.open.links.iter().filter(move |link| link.person == *supervisee);
        lines.filter_map(|link| self.hand_over.successor(OpenKind::Supervision, link.id.as_str()))
    }

    /// Who leads the case of an action, now that cases are handed over.
    fn lead_of(&self, writing: &mut Writing<'_>, thing: &OpenThing) -> Result<PersonId, Problem> {
        let lead: Option<PersonId> = actions::table
            .inner_join(cases::table.on(actions::case_id.eq(cases::id.nullable())))
            .filter(actions::id.eq(&thing.id))
            .select(cases::lead_practitioner_id)
            .first(writing.connection)?;
        lead.filter(|lead| lead != self.person).ok_or_else(|| {
            let words = format!("Nobody leads {} now: choose who does this action", thing.name);
            Problems::one(&field_for_one(thing), words).into()
        })
    }

    fn hand_over_supervision(&self, writing: &mut Writing<'_>) -> Result<(), Problem> {
        let (last_day, first_day) = (self.hand_over.last_day, self.hand_over.first_day_of_others());
        for (thing, successor) in self.going(OpenKind::Supervision) {
            let Successor::Person(next) = successor else { continue };
            let Some(link) = self.open.links.iter().find(|link| link.id.as_str() == thing.id) else {
                continue;
            };
            diesel::update(supervisor_links::table.filter(supervisor_links::id.eq(&link.id)))
                .set(supervisor_links::to_on.eq(last_day))
                .execute(writing.connection)?;
            let new = NewSupervisorLink {
                supervisor: next.clone(),
                kind: link.kind,
                from: first_day.max(link.from_on),
                to: link.to_on,
            };
            follow(writing, &link.person, &new).map_err(|problem| self.refused(thing, problem))?;
            writing.audit(self.event("supervision_handed_over", thing, Some(next)))?;
        }
        Ok(())
    }

    /// Sessions after the last day: with those whom the person supervises, they go where the supervision goes, or are
    /// cancelled; with those who supervise the person, they are cancelled if the person leaves.
    fn hand_over_bookings(&self, writing: &mut Writing<'_>) -> Result<(), Problem> {
        let leaves = self.hand_over.reason == HandOverReason::Leaves;
        let after = |booking: &&BookedThing| booking.on > self.hand_over.last_day;
        for booking in self.open.bookings.iter().filter(after) {
            if !booking.as_supervisor {
                if leaves {
                    bookings::cancel_unasked(writing, &booking.id, "The person supervised leaves")?;
                }
                continue;
            }
            match self.next_supervisor(&booking.with) {
                NextSupervisor::Kept => {}
                NextSupervisor::Person(next) if self.hand_over.booked == BookedSessions::Keep => {
                    bookings::hand_on(writing, &booking.id, self.person, next)?;
                }
                _ => bookings::cancel_unasked(writing, &booking.id, "The supervisor does other work now")?,
            }
        }
        Ok(())
    }

    /// Nobody writes up a session with somebody whom they no longer supervise: what they may do ends with the supervision.
    fn check_kept_sessions(&self, writing: &mut Writing<'_>) -> Result<(), Problem> {
        let unwritten = self.open.things.iter().filter(|thing| thing.kind == OpenKind::Unwritten);
        for thing in unwritten {
            if self.hand_over.successor(thing.kind, &thing.id) != Some(&Successor::Keeps) {
                continue;
            }
            let supervisee: PersonId = booking_rows::table
                .filter(booking_rows::id.eq(&thing.id))
                .select(booking_rows::supervisee_id)
                .first(writing.connection)?;
            if !matches!(self.next_supervisor(&supervisee), NextSupervisor::Kept) {
                let words = "They do not supervise this person any more after their last day. Choose that they write it up until then, or that it counts as not held";
                return Err(self.refused(thing, Problems::one("form", words).into()));
            }
        }
        Ok(())
    }

    /// What only the person can say: they say it until their last day, or it stays unsaid. Nobody writes or signs in their place.
    fn settle_own_words(&self, writing: &mut Writing<'_>) -> Result<(), Problem> {
        for (thing, successor) in self.going(OpenKind::Unwritten) {
            if *successor == Successor::Nobody {
                bookings::was_never_written(writing, &id_of(thing)?)?;
            }
        }
        for kind in [OpenKind::Unwritten, OpenKind::Signature] {
            for (thing, successor) in self.going(kind) {
                let until = *successor == Successor::UntilLastDay;
                let decided = if until { "until_last_day" } else { "left_open" };
                writing.audit(self.event("own_word_settled", thing, None).with("decided", decided))?;
            }
        }
        Ok(())
    }

    fn hand_over_audits(&self, writing: &mut Writing<'_>) -> Result<(), Problem> {
        for (thing, successor) in self.going(OpenKind::AuditRound) {
            let Successor::Person(next) = successor else { continue };
            audits::follow_as_lead(writing, &id_of(thing)?, next)
                .map_err(|problem| self.refused(thing, problem))?;
        }
        for (thing, successor) in self.going(OpenKind::SecondGrade) {
            audits::follow_as_second(writing, &id_of(thing)?, successor.person())
                .map_err(|problem| self.refused(thing, problem))?;
        }
        Ok(())
    }

    /// Who supervises somebody from now on: of several kinds of supervision, the first.
    fn next_supervisor(&self, supervisee: &PersonId) -> NextSupervisor<'_> {
        let links = self.open.links.iter().filter(|link| link.person == *supervisee);
        let mut successors =
            links.filter_map(|link| self.hand_over.successor(OpenKind::Supervision, link.id.as_str()));
        match successors.next() {
            Some(Successor::Person(person)) => NextSupervisor::Person(person),
            Some(Successor::Keeps) => NextSupervisor::Kept,
            _ => NextSupervisor::Nobody,
        }
    }
}

/// The id of a thing that was read a moment ago.
fn id_of<Id: std::str::FromStr>(thing: &OpenThing) -> Result<Id, Problem> {
    thing.id.parse().map_err(|_| Problem::unexpected("a stored id is none"))
}

fn end_co_work(writing: &mut Writing<'_>, thing: &OpenThing, person: &PersonId) -> Result<(), Problem> {
    let theirs = case_workers::case_id.eq(&thing.id).and(case_workers::person_id.eq(person));
    diesel::delete(case_workers::table.filter(theirs)).execute(writing.connection)?;
    Ok(())
}

/// Adds a co-worker, unless they lead the case.
fn begin_co_work(writing: &mut Writing<'_>, thing: &OpenThing, person: &PersonId) -> Result<(), Problem> {
    let organisation = writing.organisation()?;
    let lead: Option<PersonId> = cases::table
        .filter(cases::id.eq(&thing.id))
        .select(cases::lead_practitioner_id)
        .first(writing.connection)?;
    if lead.as_ref() == Some(person) {
        return Ok(());
    }
    end_co_work(writing, thing, person)?;
    diesel::insert_into(case_workers::table)
        .values((
            case_workers::case_id.eq(&thing.id),
            case_workers::person_id.eq(person),
            case_workers::organisation_id.eq(organisation),
        ))
        .execute(writing.connection)?;
    Ok(())
}

enum NextSupervisor<'a> {
    Person(&'a PersonId),
    Kept,
    Nobody,
}

/// Says at which thing an operation was refused.
fn of_thing(thing: &OpenThing, (is_only_one, problem): (bool, Problem)) -> Problem {
    match problem {
        Problem::Invalid(problems) => {
            let why = problems.0.into_iter().map(|problem| problem.words).collect::<Vec<_>>().join(". ");
            // One thing has no field of its own: it is asked about as all of its kind.
            let field = if is_only_one { field_for_all(thing.kind) } else { field_for_one(thing) };
            Problems::one(&field, format!("{}: {why}", thing.name)).into()
        }
        other => other,
    }
}
