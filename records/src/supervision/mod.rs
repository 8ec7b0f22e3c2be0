//! Supervision sessions: the list, and a session's page.

mod log;
mod personal;
mod words;

pub use log::{Supervisee, log, oversee, oversee_all, supervisee, supervisees};
use personal::{PersonalPartColumns, personal_part_columns};
pub use personal::{PersonalPartRow, change_personal_part, open_personal_part};

use words::hash_of;

use crate::audit::Event;
use crate::cases::{ActionRow, Entry, actions_of_entries};
use crate::problem::Problem;
use crate::reflection::{RaisedPrompt, raised_under_entries};
use crate::schema::{case_entries, cases, people, personal_parts, risk_views, supervisions};
use crate::signing::{Record, Signing};
use crate::store::Reading;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::{Action, SupervisionFacts, may};
use domain::ids::{CaseEntryId, CaseId, OrganisationId, PersonId, SupervisionId};
use domain::people::Standing;
use domain::risk::{RiskDirection, RiskLevel};
use domain::supervision::{Mode, RecordState, SupervisionKind};

/// A session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSummary {
    /// The session.
    pub id: SupervisionId,
    /// The day on which it was held.
    pub held_on: NaiveDate,
    /// What it was for.
    pub kind: SupervisionKind,
    /// How long it lasted.
    pub minutes: i32,
    /// Who supervised, by id and name.
    pub supervisor: (PersonId, String),
    /// Who was supervised, by id and name.
    pub supervisee: (PersonId, String),
    /// How many cases were talked about.
    pub cases: i64,
    /// How far the record has come.
    pub state: RecordState,
}

/// Sessions on one page of the list.
pub const PAGE: usize = 50;

mod aliases {
    use crate::schema::people;
    diesel::alias!(people as supervising: Supervising, people as supervised: Supervised);
}
use aliases::{supervised, supervising};

/// The sessions in which the actor took part, and those that the people whom they line-manage held; newest first,
/// before this one.
pub fn list(
    reading: &mut Reading<'_>,
    before: Option<(NaiveDate, SupervisionId)>,
) -> Result<(Vec<SessionSummary>, bool), Problem> {
    type Row = (
        (SupervisionId, NaiveDate, SupervisionKind, i32, RecordState),
        (PersonId, String),
        (PersonId, String),
    );
    let actor = reading.actor()?;
    reading.permit(&Action::ListSupervision, "supervision", "")?;
    let mut held_by = actor.line_supervisees();
    held_by.push(actor.person.clone());
    let mut query = supervisions::table
        .inner_join(supervising.on(supervising.field(people::id).eq(supervisions::supervisor_id)))
        .inner_join(supervised.on(supervised.field(people::id).eq(supervisions::supervisee_id)))
        .filter(supervisions::organisation_id.eq(&actor.organisation))
        .filter(supervisions::supervisee_id.eq(&actor.person).or(supervisions::supervisor_id.eq_any(held_by)))
        .into_boxed();
    if let Some((held_on, id)) = before {
        query = query.filter(
            supervisions::held_on
                .lt(held_on)
                .or(supervisions::held_on.eq(held_on).and(supervisions::id.lt(id))),
        );
    }
    let rows: Vec<Row> = query
        .order((supervisions::held_on.desc(), supervisions::id.desc()))
        .limit(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .select((
            (
                supervisions::id,
                supervisions::held_on,
                supervisions::kind,
                supervisions::minutes,
                supervisions::state,
            ),
            supervising.fields((people::id, people::name)),
            supervised.fields((people::id, people::name)),
        ))
        .load(reading.connection)?;
    let ids: Vec<Option<SupervisionId>> = rows.iter().map(|row| Some(row.0.0.clone())).collect();
    let counts: Vec<(Option<SupervisionId>, i64)> = case_entries::table
        .filter(case_entries::supervision_id.eq_any(ids))
        .group_by(case_entries::supervision_id)
        .select((case_entries::supervision_id, diesel::dsl::count_star()))
        .load(reading.connection)?;
    let more = rows.len() > PAGE;
    let sessions = rows.into_iter().take(PAGE).map(|(row, supervisor, supervisee)| {
        let (id, held_on, kind, minutes, state) = row;
        let cases =
            counts.iter().find(|(session, _)| session.as_ref() == Some(&id)).map_or(0, |(_, count)| *count);
        SessionSummary { id, held_on, kind, minutes, supervisor, supervisee, cases, state }
    });
    Ok((sessions.collect(), more))
}

/// An entry of a session, with its case, risk, actions and questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEntry {
    /// The case, by id, reference and label.
    pub case: (CaseId, String, String),
    /// What was said.
    pub entry: Entry,
    /// How high the risk was.
    pub level: RiskLevel,
    /// Which way it had gone.
    pub direction: RiskDirection,
    /// What is to be done, and what had become of earlier actions.
    pub actions: Vec<ActionRow>,
    /// The questions that were put.
    pub prompts: Vec<RaisedPrompt>,
}

/// Everything that a session's page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFile {
    /// The session.
    pub id: SupervisionId,
    /// The day on which it was held.
    pub held_on: NaiveDate,
    /// When it was written down, in UTC.
    pub recorded_at: NaiveDateTime,
    /// What it was for.
    pub kind: SupervisionKind,
    /// How people met.
    pub mode: Mode,
    /// How long it lasted.
    pub minutes: i32,
    /// Who supervised, by id and name.
    pub supervisor: (PersonId, String),
    /// Who was supervised, by id and name.
    pub supervisee: (PersonId, String),
    /// The personal part; `None` if there is none or the reader may not see it.
    pub personal: Option<PersonalPartRow>,
    /// Whether the reader may correct the personal part.
    pub may_change_personal: bool,
    /// Whether the reader may reply to the questions.
    pub may_reply: bool,
    /// By when it was due, and the version of the policy of that day; `None` if it met no clock of the person's.
    pub was_due: Option<(NaiveDate, i32)>,
    /// Who has signed it, and what may be done to it now.
    pub signing: Signing,
    /// The entries.
    pub entries: Vec<SessionEntry>,
}

/// Opens a session.
pub fn open(reading: &mut Reading<'_>, id: &SupervisionId) -> Result<SessionFile, Problem> {
    type Row = (
        (NaiveDate, NaiveDateTime, SupervisionKind, Mode, i32, OrganisationId),
        (PersonId, String),
        (PersonId, String),
        Option<PersonalPartColumns>,
        (Option<NaiveDate>, Option<i32>, RecordState),
        (Standing, Option<NaiveDate>, Standing, Option<NaiveDate>),
    );
    let actor = reading.actor()?;
    let (
        (held_on, recorded_at, kind, mode, minutes, organisation),
        supervisor,
        supervisee,
        personal,
        due,
        left,
    ): Row = supervisions::table
        .left_join(personal_parts::table.on(personal_parts::supervision_id.eq(supervisions::id)))
        .inner_join(supervising.on(supervising.field(people::id).eq(supervisions::supervisor_id)))
        .inner_join(supervised.on(supervised.field(people::id).eq(supervisions::supervisee_id)))
        .filter(supervisions::id.eq(id))
        .select((
            (
                supervisions::held_on,
                supervisions::recorded_at,
                supervisions::kind,
                supervisions::mode,
                supervisions::minutes,
                supervisions::organisation_id,
            ),
            supervising.fields((people::id, people::name)),
            supervised.fields((people::id, people::name)),
            personal_part_columns!().nullable(),
            (supervisions::was_due_on, supervisions::policy_version, supervisions::state),
            (
                supervising.field(people::standing),
                supervising.field(people::left_on),
                supervised.field(people::standing),
                supervised.field(people::left_on),
            ),
        ))
        .first(reading.connection)?;
    let facts =
        SupervisionFacts { organisation, supervisor: supervisor.0.clone(), supervisee: supervisee.0.clone() };
    reading.permit(&Action::OpenSupervision(&facts), "supervision", id)?;
    // A record of its own, with its own readers: for anybody else it is not there.
    let reads_personal = may(&actor, &Action::ReadPersonalPart(&facts)).is_allowed();
    let reads_wellbeing = may(&actor, &Action::ReadWellbeing(&facts)).is_allowed();
    let for_reader = |row: PersonalPartRow| if reads_wellbeing { row } else { row.without_wellbeing() };
    let personal = personal.filter(|_| reads_personal).map(PersonalPartRow::from).map(for_reader);
    let shown = if personal.is_some() { "shown" } else { "not shown" };
    reading.note_view(Event::new("viewed", "supervision", id).with("personal_part", shown));
    let (was_due_on, policy_version, state) = due;
    let mut signing = Signing::of(reading, &Record::Session(id.clone()), state, &facts)?;
    let left_on = |standing, on: Option<NaiveDate>| on.filter(|_| standing == Standing::Left);
    signing.note_who_left((left_on(left.0, left.1), left_on(left.2, left.3)));
    let mut file = SessionFile {
        id: id.clone(),
        held_on,
        recorded_at,
        kind,
        mode,
        minutes,
        supervisor,
        supervisee,
        may_change_personal: personal.is_some()
            && may(&actor, &Action::ChangePersonalPart(&facts)).is_allowed(),
        may_reply: may(&actor, &Action::ReplyToPrompts(&facts)).is_allowed(),
        personal,
        was_due: was_due_on.zip(policy_version),
        signing,
        entries: session_entries(reading, id)?,
    };
    file.signing.text_hash = hash_of(&file);
    Ok(file)
}

/// Who was in the session and their manager read its entries too: they are their own words and decisions, also when
/// the case has moved on since.
fn session_entries(reading: &mut Reading<'_>, session: &SupervisionId) -> Result<Vec<SessionEntry>, Problem> {
    type Row = (Entry, (CaseId, String, String), (RiskLevel, RiskDirection));
    let rows: Vec<Row> = case_entries::table
        .inner_join(cases::table.on(cases::id.eq(case_entries::case_id)))
        .inner_join(risk_views::table.on(risk_views::entry_id.eq(case_entries::id.nullable())))
        .filter(case_entries::supervision_id.eq(session))
        .order(case_entries::id)
        .select((
            Entry::as_select(),
            (cases::id, cases::reference, cases::label),
            (risk_views::level, risk_views::direction),
        ))
        .load(reading.connection)?;
    let ids: Vec<CaseEntryId> = rows.iter().map(|row| row.0.id.clone()).collect();
    let actions = actions_of_entries(reading, &ids)?;
    let prompts = raised_under_entries(reading, &ids)?;
    let entries = rows.into_iter().map(|(entry, case, (level, direction))| SessionEntry {
        actions: actions.iter().filter(|action| action.concerns(&entry.id)).cloned().collect(),
        prompts: prompts.iter().filter(|prompt| prompt.entry.as_ref() == Some(&entry.id)).cloned().collect(),
        case,
        entry,
        level,
        direction,
    });
    Ok(entries.collect())
}

/// The two people of a session.
pub(crate) fn facts(reading: &mut Reading<'_>, id: &SupervisionId) -> Result<SupervisionFacts, Problem> {
    let (organisation, supervisor, supervisee) = supervisions::table
        .filter(supervisions::id.eq(id))
        .select((supervisions::organisation_id, supervisions::supervisor_id, supervisions::supervisee_id))
        .first(reading.connection)?;
    Ok(SupervisionFacts { organisation, supervisor, supervisee })
}
