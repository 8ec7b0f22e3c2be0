//! A case entry on its own, for the case-management system: what it says, and that somebody has filed it there.

use super::{ChecklistRow, Entry, checklist_columns, checklist_of};
use crate::access::case_facts;
use crate::actions::{ActionRow, actions_of_records};
use crate::audit::Event;
use crate::problem::Problem;
use crate::schema::{case_entries, cases, filings, people, risk_views, supervisions};
use crate::signing::{StepRow, added_to};
use crate::store::{Reading, Writing, new_id};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::{Action, NoteFacts, may};
use domain::form::Problems;
use domain::ids::{CaseEntryId, CaseId, FilingId, PersonId, RecordStepId};
use domain::risk::{Checklist, RiskDirection, RiskLevel};
use domain::supervision::EntryKind;

mod aliases {
    use crate::schema::people;
    diesel::alias!(people as spoken_with: SpokenWith);
}
use aliases::spoken_with;

/// That somebody has filed an entry on the case record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// Who.
    pub person: String,
    /// On which London day.
    pub on: NaiveDate,
    /// Whether something was added to the entry since, which is not on the case record yet.
    pub is_outdated: bool,
}

/// An entry as it is filed: what belongs to the case, and nothing of the worker's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryCopy {
    /// The case's reference.
    pub reference: String,
    /// The case's label.
    pub label: String,
    /// What was said.
    pub entry: Entry,
    /// What was added to it later, the oldest first.
    pub added: Vec<StepRow>,
    /// Who wrote it.
    pub author: String,
    /// With whom the session was, if it was one.
    pub with: Option<String>,
    /// When it was written down, in UTC.
    pub recorded_at: NaiveDateTime,
    /// How high the risk was, and which way it had gone.
    pub risk: (RiskLevel, RiskDirection),
    /// The risk checklist that was done.
    pub checklist: Option<Checklist>,
    /// What was agreed, and what had become of earlier actions.
    pub actions: Vec<ActionRow>,
    /// Who has filed it, the last first.
    pub filings: Vec<Filing>,
    /// Whether the reader may note that they have.
    pub may_file: bool,
    /// Whether it is a note of management oversight to which the reader may add.
    pub may_add: bool,
    /// Whether it is one that the reader may declare void.
    pub may_void: bool,
}

/// Opens an entry of a case on its own.
pub fn open_entry(reading: &mut Reading<'_>, case: &CaseId, id: &CaseEntryId) -> Result<EntryCopy, Problem> {
    type Row = (
        (String, String),
        Entry,
        (PersonId, String, NaiveDateTime),
        Option<String>,
        (RiskLevel, RiskDirection, ChecklistRow),
    );
    let facts = case_facts(reading.connection, case)?;
    reading.permit(&Action::OpenCase(&facts), "case", case)?;
    let ((reference, label), entry, (author_id, author, recorded_at), with, (level, direction, checklist)): Row =
        case_entries::table
            .inner_join(cases::table.on(cases::id.eq(case_entries::case_id)))
            .inner_join(people::table.on(people::id.eq(case_entries::author_id)))
            .inner_join(risk_views::table.on(risk_views::entry_id.eq(case_entries::id.nullable())))
            .left_join(supervisions::table.on(supervisions::id.nullable().eq(case_entries::supervision_id)))
            .left_join(
                spoken_with
                    .on(spoken_with.field(people::id).nullable().eq(supervisions::supervisee_id.nullable())),
            )
            .filter(case_entries::id.eq(id).and(case_entries::case_id.eq(case)))
            .select((
                (cases::reference, cases::label),
                Entry::as_select(),
                (people::id, people::name, case_entries::recorded_at),
                spoken_with.field(people::name).nullable(),
                (risk_views::level, risk_views::direction, checklist_columns!()),
            ))
            .first(reading.connection)?;
    reading.viewed("case_entry", id.as_str());
    let agreed_at = entry.agreed_at().clone();
    let added = added_to(reading, &[id])?.remove(id).unwrap_or_default();
    let filings = filings_of(reading, id, added.last().map(|row| &row.id))?;
    let (actor, is_note) = (reading.actor()?, entry.kind == EntryKind::Oversight);
    let may_now = |action: &Action<'_>| !entry.is_void() && may(&actor, action).is_allowed();
    let note = NoteFacts { case: &facts, author: author_id };
    Ok(EntryCopy {
        may_file: may_now(&Action::NoteRisk(&facts)),
        may_add: is_note && may_now(&Action::WriteOversight(&facts)),
        may_void: is_note && may_now(&Action::VoidOversight(&note)),
        reference,
        label,
        added,
        entry,
        author,
        with,
        recorded_at,
        risk: (level, direction),
        checklist: checklist_of(checklist),
        actions: actions_of_records(reading, &[id.clone(), agreed_at], &[])?,
        filings,
    })
}

/// The filings of an entry, the last first. Ids grow with time, so one tells what came after another.
fn filings_of(
    reading: &mut Reading<'_>,
    entry: &CaseEntryId,
    last_added: Option<&RecordStepId>,
) -> Result<Vec<Filing>, Problem> {
    let rows: Vec<(FilingId, String, NaiveDate)> = filings::table
        .inner_join(people::table.on(people::id.eq(filings::person_id)))
        .filter(filings::entry_id.eq(entry))
        .order(filings::id.desc())
        .select((filings::id, people::name, filings::filed_on))
        .load(reading.connection)?;
    let is_outdated = |id: &FilingId| last_added.is_some_and(|added| added.as_str() > id.as_str());
    Ok(rows
        .into_iter()
        .map(|(id, person, on)| Filing { is_outdated: is_outdated(&id), person, on })
        .collect())
}

/// Notes that the actor has filed an entry on the case record: whoever works on the case or manages it may, once, and again when
/// something was added to it since.
pub fn file_entry(writing: &mut Writing<'_>, case: &CaseId, id: &CaseEntryId) -> Result<(), Problem> {
    let facts = case_facts(writing.connection, case)?;
    writing.permit(&Action::NoteRisk(&facts), "case", case)?;
    let copy = open_entry(writing, case, id)?;
    if let Some(filing) = copy.filings.first().filter(|filing| !filing.is_outdated) {
        let day = domain::calendar::day_in_words(filing.on);
        let words = format!("{} has filed this already, on {day}", filing.person);
        return Err(Problems::one("form", words).into());
    }
    if copy.entry.is_void() {
        let words = "This record is void. It does not belong on the case record";
        return Err(Problems::one("form", words).into());
    }
    let (actor, today) = (writing.actor()?, writing.today());
    diesel::insert_into(filings::table)
        .values((
            (filings::id.eq(new_id::<FilingId>()), filings::organisation_id.eq(&actor.organisation)),
            (filings::entry_id.eq(id), filings::person_id.eq(&actor.person), filings::filed_on.eq(today)),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("entry_filed", "case_entry", id).with("case", case))
}
