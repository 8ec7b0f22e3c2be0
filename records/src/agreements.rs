//! Supervision agreements: who has one with whom, writing one, and opening it.

mod current;
mod file;
mod missing;
mod over_time;

pub(crate) use current::{Current, current, names};
pub(crate) use file::own;
pub use file::{AgreementFile, open};
pub use missing::{InTeams, MissingAgreement, in_teams};
pub(crate) use over_time::of_supervisee;
pub use over_time::{AgreedThen, OverTime, over_time};

use crate::access::person_facts;
use crate::audit::Event;
use crate::cadence::lines_of;
use crate::content;
use crate::people::links::runs_on;
use crate::problem::{Problem, Stale};
use crate::schema::{agreement_answers, agreements, people, supervisor_links};
use crate::signing::{Record, corrected};
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::TextValue;
use domain::access::{Action, SupervisionFacts};
use domain::agreement::{AgreementTemplate, LastAgreed, NewAgreement, looked_at_again};
use domain::cadence::{PersonStanding, Since};
use domain::calendar::add_months;
use domain::form::Form;
use domain::ids::{AgreementId, PersonId};
use domain::people::LinkKind;
use domain::policy::{Rule, Unit};
use domain::supervision::{RecordState, SupervisionKind};
use std::collections::HashMap;

mod aliases {
    use crate::schema::people;
    diesel::alias!(people as agreeing_supervisor: AgreeingSupervisor, people as agreeing_supervisee: AgreeingSupervisee);
}
use aliases::{agreeing_supervisee, agreeing_supervisor};

/// A line of supervision, and what was agreed on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementLine {
    /// Who supervises, by id and name.
    pub supervisor: (PersonId, String),
    /// Who is supervised, by id and name.
    pub supervisee: (PersonId, String),
    /// The newest agreement and how far it has come.
    pub newest: Option<(AgreementId, RecordState)>,
    /// Until when one holds that both have signed; it may be past.
    pub review_on: Option<NaiveDate>,
    /// How many there are besides the newest.
    pub earlier: usize,
}

impl AgreementLine {
    /// Whether an agreement is in place on a day.
    pub fn is_in_place(&self, on: NaiveDate) -> bool {
        self.review_on.is_some_and(|review_on| review_on >= on)
    }
}

/// The two people of an agreement.
type Pair = (PersonId, PersonId);

/// What pairs have agreed, the newest last: its key, its state and when it is looked at again.
type Agreed = HashMap<Pair, Vec<(AgreementId, RecordState, NaiveDate)>>;

/// What was agreed in the organisation, or by one person with others.
fn agreed(reading: &mut Reading<'_>, only: Option<&PersonId>) -> Result<Agreed, Problem> {
    let organisation = reading.organisation()?;
    let mut query = agreements::table.filter(agreements::organisation_id.eq(organisation)).into_boxed();
    if let Some(person) = only {
        query = query.filter(agreements::supervisor_id.eq(person).or(agreements::supervisee_id.eq(person)));
    }
    let rows: Vec<(Pair, AgreementId, RecordState, NaiveDate)> = query
        .order(agreements::id)
        .select((
            (agreements::supervisor_id, agreements::supervisee_id),
            agreements::id,
            agreements::state,
            agreements::review_on,
        ))
        .load(reading.connection)?;
    let mut agreed = Agreed::new();
    for (pair, id, state, review_on) in rows {
        agreed.entry(pair).or_default().push((id, state, review_on));
    }
    Ok(agreed)
}

/// Until when each pair's last signed agreement holds.
pub(crate) fn review_days(reading: &mut Reading<'_>) -> Result<HashMap<Pair, NaiveDate>, Problem> {
    let last = |of_pair: Vec<(AgreementId, RecordState, NaiveDate)>| {
        of_pair.into_iter().rev().find(|(_, state, _)| state.is_locked()).map(|(.., review_on)| review_on)
    };
    Ok(agreed(reading, None)?.into_iter().filter_map(|(pair, all)| Some((pair, last(all)?))).collect())
}

/// The actor's own lines of supervision, with whoever supervises them first.
pub fn mine(reading: &mut Reading<'_>) -> Result<Vec<AgreementLine>, Problem> {
    let (actor, today) = (reading.actor()?, reading.today());
    reading.permit(&Action::ListSupervision, "agreements", "")?;
    let lines: Vec<((PersonId, String), (PersonId, String))> = supervisor_links::table
        .inner_join(
            agreeing_supervisor.on(agreeing_supervisor.field(people::id).eq(supervisor_links::supervisor_id)),
        )
        .inner_join(
            agreeing_supervisee.on(agreeing_supervisee.field(people::id).eq(supervisor_links::supervisee_id)),
        )
        .filter(
            supervisor_links::supervisor_id
                .eq(&actor.person)
                .or(supervisor_links::supervisee_id.eq(&actor.person)),
        )
        // Whoever may make an agreement finds it here: the line supervisor and a reflective one.
        .filter(supervisor_links::kind.eq_any([LinkKind::Line.code(), LinkKind::Reflective.code()]))
        .filter(runs_on(today))
        .distinct()
        .order(agreeing_supervisee.field(people::name))
        .select((
            agreeing_supervisor.fields((people::id, people::name)),
            agreeing_supervisee.fields((people::id, people::name)),
        ))
        .load(reading.connection)?;
    let mut agreed = agreed(reading, Some(&actor.person))?;
    let mut mine: Vec<AgreementLine> = lines
        .into_iter()
        .map(|(supervisor, supervisee)| {
            let of_pair = agreed.remove(&(supervisor.0.clone(), supervisee.0.clone())).unwrap_or_default();
            let signed = of_pair.iter().rev().find(|(_, state, _)| state.is_locked());
            AgreementLine {
                review_on: signed.map(|(.., review_on)| *review_on),
                newest: of_pair.last().map(|(id, state, _)| (id.clone(), *state)),
                earlier: of_pair.len().saturating_sub(1),
                supervisor,
                supervisee,
            }
        })
        .collect();
    mine.sort_by_key(|line| line.supervisee.0 != actor.person);
    Ok(mine)
}

/// What every agreement speaks of.
pub fn template() -> Result<AgreementTemplate, Problem> {
    AgreementTemplate::parse(AgreementTemplate::SHIPPED).map_err(Problem::unexpected)
}

/// An agreement that somebody is about to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// With whom, by name.
    pub name: String,
    /// How often they are to meet by the policy now.
    pub interval: String,
    /// After how many months it is looked at again by the policy.
    pub looked_at_after: u32,
    /// What the two signed last, if they did.
    pub last: Option<(AgreementId, LastAgreed)>,
    /// The form as it begins.
    pub form: Form,
}

/// Begins an agreement with somebody whom the actor supervises.
pub fn begin(reading: &mut Reading<'_>, supervisee: &PersonId) -> Result<Beginning, Problem> {
    let (actor, facts) = (reading.actor()?, person_facts(reading.connection, supervisee)?);
    reading.permit(&Action::LogSupervision(&facts, Some(SupervisionKind::Personal)), "person", supervisee)?;
    let name: String =
        people::table.filter(people::id.eq(supervisee)).select(people::name).first(reading.connection)?;
    let rules = content::rules(reading)?;
    let policy = rules.policy_of(&facts.team);
    let lines = lines_of(reading, &rules, Some(std::slice::from_ref(supervisee)))?;
    let by_clock =
        lines.iter().find(|line| line.line == LinkKind::Line).and_then(|line| match line.standing {
            PersonStanding::Due(due) if due.since == Since::LastHeld => Some(due.unit.counted(due.count)),
            _ => None,
        });
    let interval = by_clock.unwrap_or_else(|| Unit::Days.counted(policy.number(Rule::PersonalCaseHolder)));
    let last = over_time::last_signed(reading, &(actor.person, supervisee.clone()))?;
    if let Some((id, _)) = &last {
        reading.viewed("agreement", id.as_str());
    }
    let signed = last.as_ref().map(|(_, signed)| signed);
    let looked_at_after = policy.number(looked_at_again(signed));
    let review_on = add_months(reading.today(), looked_at_after);
    let form = template()?.begun(signed, &interval, review_on);
    Ok(Beginning { name, interval, looked_at_after, last, form })
}

/// Writes an agreement down, for the other one to sign. One that holds stays in force until both have signed this one.
pub fn write(
    writing: &mut Writing<'_>,
    supervisee: &PersonId,
    new: &NewAgreement,
) -> Result<AgreementId, Problem> {
    let (actor, now) = (writing.actor()?, writing.now);
    let person = person_facts(writing.connection, supervisee)?;
    writing.permit(
        &Action::LogSupervision(&person, Some(SupervisionKind::Personal)),
        "person",
        supervisee,
    )?;
    let id: AgreementId = new_id();
    diesel::insert_into(agreements::table)
        .values((
            (agreements::id.eq(&id), agreements::organisation_id.eq(&actor.organisation)),
            (agreements::supervisor_id.eq(&actor.person), agreements::supervisee_id.eq(supervisee)),
            (agreements::state.eq(RecordState::Drafted), agreements::review_on.eq(new.review_on)),
            (agreements::version.eq(1), agreements::created_at.eq(now)),
        ))
        .execute(writing.connection)?;
    insert_answers(writing, &id, new)?;
    writing.audit(Event::new("agreement_written", "agreement", &id).with("supervisee", supervisee))?;
    Ok(id)
}

fn insert_answers(writing: &mut Writing<'_>, id: &AgreementId, new: &NewAgreement) -> Result<(), Problem> {
    let organisation = writing.organisation()?;
    for (section, answer) in &new.answers {
        diesel::insert_into(agreement_answers::table)
            .values((
                agreement_answers::agreement_id.eq(id),
                agreement_answers::section.eq(section),
                agreement_answers::organisation_id.eq(&organisation),
                agreement_answers::answer.eq(answer),
            ))
            .execute(writing.connection)?;
    }
    Ok(())
}

/// The two people of an agreement.
pub(crate) fn facts(reading: &mut Reading<'_>, id: &AgreementId) -> Result<SupervisionFacts, Problem> {
    let (organisation, supervisor, supervisee) = agreements::table
        .filter(agreements::id.eq(id))
        .select((agreements::organisation_id, agreements::supervisor_id, agreements::supervisee_id))
        .first(reading.connection)?;
    Ok(SupervisionFacts::of_two(organisation, supervisor, supervisee))
}

/// Changes what an agreement says, while not both have signed it. `text` is all of it as it stood before, which is kept if somebody had
/// signed it.
pub fn change(
    writing: &mut Writing<'_>,
    id: &AgreementId,
    version: i32,
    new: &NewAgreement,
    text: &str,
) -> Result<(), Problem> {
    let facts = facts(writing, id)?;
    writing.permit(&Action::ChangePersonalPart(&facts), "agreement", id)?;
    let before = open(writing, id)?;
    if before.version != version {
        return Err(stale(before)?.into());
    }
    corrected(writing, &Record::Agreement(id.clone()), text)?;
    diesel::delete(agreement_answers::table.filter(agreement_answers::agreement_id.eq(id)))
        .execute(writing.connection)?;
    insert_answers(writing, id, new)?;
    diesel::update(agreements::table.filter(agreements::id.eq(id)))
        .set((agreements::review_on.eq(new.review_on), agreements::version.eq(version + 1)))
        .execute(writing.connection)?;
    writing.audit(Event::new("agreement_changed", "agreement", id).with("version", version + 1))
}

fn stale(now: AgreementFile) -> Result<Stale, Problem> {
    // The labels of a stale form are fixed words, so the sections stand together.
    let lines = template()?.sections.into_iter().filter_map(|section| {
        let answer = now.answers.get(&section.key)?;
        Some(format!("{}: {answer}", section.title))
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    Ok(Stale::new(now.version, vec![("What is agreed", text)]))
}
