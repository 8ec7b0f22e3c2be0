//! Sessions whole: one on its page, or all of somebody's.

use super::personal::{PersonalPartColumns, personal_part_columns};
use super::words::{hash_of, lines_of};
use super::{MemberRow, PersonalPartRow, facts, joining, supervised, supervising};
use crate::actions::{ActionRow, actions_of_records};
use crate::audit::{self, Event, Opening};
use crate::cases::{ChecklistRow, Entry, checklist_columns, checklist_of};
use crate::problem::Problem;
use crate::reflection::{RaisedPrompt, raised_under_entries};
use crate::schema::{
    case_entries, cases, people, personal_parts, risk_views, supervision_members, supervisions,
};
use crate::signing::{Added, Signing, StepRow, Steps, steps_of_records};
use crate::store::Reading;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::prelude::*;
use domain::access::{Action, SupervisionFacts, may};
use domain::clock::time_at;
use domain::ids::{CaseEntryId, CaseId, OrganisationId, PersonId, SupervisionId};
use domain::people::Standing;
use domain::risk::{Checklist, RiskDirection, RiskLevel};
use domain::supervision::{Attendance, Mode, RecordState, SupervisionKind};
use domain::templates::Answers;
use std::collections::HashMap;

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
    /// The risk checklist that was done.
    pub checklist: Option<Checklist>,
    /// What was added to it later, the oldest first.
    pub added: Vec<StepRow>,
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
    /// By when it was to be written down, by the policy of the day; `None` for one that is older than this rule.
    pub write_by: Option<NaiveDate>,
    /// By when its decisions about cases were to be; `None` if there are none, or it is older than this rule.
    pub decide_by: Option<NaiveDate>,
    /// What it was for.
    pub kind: SupervisionKind,
    /// How people met.
    pub mode: Mode,
    /// When it began, on London clocks, if somebody said so.
    pub began_at: Option<NaiveTime>,
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
    /// Who else was asked to be there, by name.
    pub members: Vec<MemberRow>,
    /// Answers to what this kind of session asks; none if they are not the reader's to read.
    pub answers: Answers,
    /// The day of the serious incident after which it was held, if one is named and the reader may know.
    pub incident_on: Option<NaiveDate>,
    /// The entries.
    pub entries: Vec<SessionEntry>,
}

impl SessionFile {
    /// Whether the reader may declare the record void.
    pub fn may_void(&self) -> bool {
        self.signing.answers_for_supervisor && self.signing.state != RecordState::Voided
    }
}

type Row = (
    (SupervisionId, NaiveDate, NaiveDateTime, SupervisionKind, Mode, (Option<i32>, i32), OrganisationId),
    (PersonId, String),
    (PersonId, String),
    Option<PersonalPartColumns>,
    (Option<NaiveDate>, Option<i32>, RecordState, Answers, Option<NaiveDate>),
    (Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>),
    (Standing, Option<NaiveDate>, Standing, Option<NaiveDate>),
);

/// Opens a session.
pub fn open(reading: &mut Reading<'_>, id: &SupervisionId) -> Result<SessionFile, Problem> {
    let file = read(reading, &Which::One(id))?.pop().ok_or(Problem::NotFound)?;
    let shown = if file.personal.is_some() { "shown" } else { "not shown" };
    reading.note_view(Event::new("viewed", "supervision", id).with("personal_part", shown));
    Ok(file)
}

/// Who besides its two has opened a session's record, the newest first, for the two: somebody's own words are in it, and they may
/// know who read them (domain.md 11.5).
pub fn openings(reading: &mut Reading<'_>, id: &SupervisionId) -> Result<Vec<Opening>, Problem> {
    let facts = facts(reading, id)?;
    reading.permit(&Action::SignRecord(&facts), "supervision", id)?;
    audit::openings(reading, ("supervision", id.as_str()), &[facts.supervisor, facts.supervisee])
}

/// Every session in which the actor was supervised, the newest first.
pub(crate) fn own_sessions(reading: &mut Reading<'_>) -> Result<Vec<SessionFile>, Problem> {
    let actor = reading.actor()?;
    read(reading, &Which::OfSupervisee(&actor.person))
}

/// What the signed records of sessions since a day say in which the actor and somebody else took part, whoever supervised: to compare
/// with. None of it is shown.
pub(crate) fn signed_words(
    reading: &mut Reading<'_>,
    other: &PersonId,
    since: NaiveDate,
) -> Result<Vec<(NaiveDate, String)>, Problem> {
    let actor = reading.actor()?;
    let ids = sessions_of_two(reading, [&actor.person, other], since)?;
    let files = read(reading, &Which::These(&ids))?;
    let signed = files.into_iter().filter(|file| file.signing.state.is_locked());
    Ok(signed
        .map(|file| {
            let mut lines = lines_of(&file);
            let added = file.entries.iter().flat_map(|entry| &entry.added);
            lines.extend(file.signing.steps.iter().chain(added).map(|step| step.words.clone()));
            (file.held_on, lines.join("\n"))
        })
        .collect())
}

/// The sessions since a day in which both took part: as one of the two who sign, or among the others who were there.
fn sessions_of_two(
    reading: &mut Reading<'_>,
    both: [&PersonId; 2],
    since: NaiveDate,
) -> Result<Vec<SupervisionId>, Problem> {
    let [with_one, with_other] = both.map(|person| {
        let was_there = supervision_members::table
            .filter(supervision_members::person_id.eq(person))
            .filter(supervision_members::attendance.eq(Attendance::There))
            .select(supervision_members::supervision_id);
        let is_one_of_the_two =
            supervisions::supervisor_id.eq(person).or(supervisions::supervisee_id.eq(person));
        is_one_of_the_two.or(supervisions::id.eq_any(was_there))
    });
    Ok(supervisions::table
        .filter(supervisions::held_on.ge(since))
        .filter(with_one)
        .filter(with_other)
        .select(supervisions::id)
        .load(reading.connection)?)
}

/// Which sessions are read.
enum Which<'a> {
    One(&'a SupervisionId),
    OfSupervisee(&'a PersonId),
    These(&'a [SupervisionId]),
}

/// These sessions, the newest first, each as far as the actor may read it. One that they may not open is an error.
fn read(reading: &mut Reading<'_>, which: &Which<'_>) -> Result<Vec<SessionFile>, Problem> {
    let query = supervisions::table
        .left_join(personal_parts::table.on(personal_parts::supervision_id.eq(supervisions::id)))
        .inner_join(supervising.on(supervising.field(people::id).eq(supervisions::supervisor_id)))
        .inner_join(supervised.on(supervised.field(people::id).eq(supervisions::supervisee_id)))
        .left_join(supervision_members::table.on(supervision_members::supervision_id.eq(supervisions::id)))
        .left_join(joining.on(joining.field(people::id).eq(supervision_members::person_id)))
        .into_boxed();
    let query = match which {
        Which::One(id) => query.filter(supervisions::id.eq((*id).clone())),
        Which::OfSupervisee(person) => query
            .filter(supervisions::organisation_id.eq(reading.organisation()?))
            .filter(supervisions::supervisee_id.eq((*person).clone())),
        Which::These(ids) => query.filter(supervisions::id.eq_any(ids.to_vec())),
    };
    let rows: Vec<(Row, Option<MemberRow>)> = query
        .order((
            supervisions::held_on.desc(),
            supervisions::id.desc(),
            joining.field(people::name),
            joining.field(people::id),
        ))
        .select((
            (
                (
                    supervisions::id,
                    supervisions::held_on,
                    supervisions::recorded_at,
                    supervisions::kind,
                    supervisions::mode,
                    (supervisions::began_at_minutes, supervisions::minutes),
                    supervisions::organisation_id,
                ),
                supervising.fields((people::id, people::name)),
                supervised.fields((people::id, people::name)),
                personal_part_columns!().nullable(),
                (
                    supervisions::was_due_on,
                    supervisions::policy_version,
                    supervisions::state,
                    supervisions::answers,
                    supervisions::incident_on,
                ),
                (supervisions::write_by, supervisions::sign_by, supervisions::decide_by),
                (
                    supervising.field(people::standing),
                    supervising.field(people::left_on),
                    supervised.field(people::standing),
                    supervised.field(people::left_on),
                ),
            ),
            (joining.field(people::id), joining.field(people::name), supervision_members::attendance)
                .nullable(),
        ))
        .load(reading.connection)?;
    let mut permitted: Vec<(Row, SupervisionFacts, Vec<MemberRow>)> = Vec::new();
    // A row for each who was asked to be there too.
    for (row, member) in rows {
        if permitted.last().is_none_or(|(last, ..)| last.0.0 != row.0.0) {
            let facts = SupervisionFacts::of_two(row.0.6.clone(), row.1.0.clone(), row.2.0.clone());
            permitted.push((row, facts, Vec::new()));
        }
        if let Some((_, facts, members)) = permitted.last_mut() {
            let was_there = member.as_ref().filter(|member| member.was_there());
            facts.others.extend(was_there.map(|member| member.id.clone()));
            members.extend(member);
        }
    }
    for (row, facts, _) in &permitted {
        reading.permit(&Action::OpenSupervision(facts), "supervision", &row.0.0)?;
    }
    let ids: Vec<&str> = permitted.iter().map(|(row, ..)| row.0.0.as_str()).collect();
    let Steps { mut of_records, added } = steps_of_records(reading, &ids)?;
    let mut said = said_in(reading, &permitted.iter().map(|(row, ..)| &row.0.0).collect::<Vec<_>>(), added)?;
    permitted
        .into_iter()
        .map(|(row, facts, members)| {
            let steps = of_records.remove(row.0.0.as_str()).unwrap_or_default();
            let said = said.remove(&row.0.0).unwrap_or_default();
            file(reading, row, &facts, Beside { members, steps, said })
        })
        .collect()
}

/// What stands beside a session's row.
struct Beside {
    members: Vec<MemberRow>,
    steps: Vec<StepRow>,
    said: Said,
}

/// What was said in a session about cases, and agreed about the person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(crate) entries: Vec<SessionEntry>,
    personal_actions: Vec<ActionRow>,
}

fn file(
    reading: &mut Reading<'_>,
    row: Row,
    facts: &SupervisionFacts,
    beside: Beside,
) -> Result<SessionFile, Problem> {
    let actor = reading.actor()?;
    let (
        (id, held_on, recorded_at, kind, mode, (began_at, minutes), _),
        supervisor,
        supervisee,
        personal,
        due,
        (write_by, sign_by, decide_by),
        left,
    ) = row;
    // A record of its own, with its own readers: for anybody else it is not there.
    let reads_personal = may(&actor, &Action::ReadPersonalPart(facts)).is_allowed();
    let reads_wellbeing = may(&actor, &Action::ReadWellbeing(facts)).is_allowed();
    let for_reader = |row: PersonalPartRow| if reads_wellbeing { row } else { row.without_wellbeing() };
    let Said { mut entries, personal_actions } = beside.said;
    let with_actions = |row: PersonalPartRow| PersonalPartRow { actions: personal_actions, ..row };
    let personal =
        personal.filter(|_| reads_personal).map(PersonalPartRow::from).map(for_reader).map(with_actions);
    let (was_due_on, policy_version, state, answers, incident_on) = due;
    let mut steps = beside.steps;
    if !reads_personal {
        // What the two say when they sign, and what they answer, is theirs and their manager's.
        for step in &mut steps {
            step.words.clear();
        }
        for entry in &mut entries {
            entry.prompts.clear();
        }
    }
    let mut signing = Signing::new(&actor, facts, state, steps);
    let left_on = |standing, on: Option<NaiveDate>| on.filter(|_| standing == Standing::Left);
    signing.sign_by = sign_by;
    signing.can_be_corrected = personal.is_some();
    signing.note_who_left((left_on(left.0, left.1), left_on(left.2, left.3)));
    let mut file = SessionFile {
        held_on,
        recorded_at,
        write_by,
        decide_by,
        kind,
        mode,
        began_at: began_at.map(time_at),
        minutes,
        supervisor,
        supervisee,
        may_change_personal: personal.is_some()
            && may(&actor, &Action::ChangePersonalPart(facts)).is_allowed(),
        may_reply: may(&actor, &Action::ReplyToPrompts(facts)).is_allowed(),
        personal,
        was_due: was_due_on.zip(policy_version),
        signing,
        members: beside.members,
        // What is said in a session of two is about one of them.
        answers: if kind.has_others() || reads_personal { answers } else { Answers::default() },
        incident_on: incident_on.filter(|_| reads_personal),
        entries,
        id,
    };
    file.signing.text_hash = hash_of(&file);
    Ok(file)
}

/// Who was in a session and their manager read its entries too: they are their own words and decisions, also when
/// the case has moved on since.
pub(crate) fn said_in(
    reading: &mut Reading<'_>,
    sessions: &[&SupervisionId],
    mut added: Added,
) -> Result<HashMap<SupervisionId, Said>, Problem> {
    type Row = (Entry, (CaseId, String, String), (RiskLevel, RiskDirection, ChecklistRow));
    let rows: Vec<Row> = case_entries::table
        .inner_join(cases::table.on(cases::id.eq(case_entries::case_id)))
        .inner_join(risk_views::table.on(risk_views::entry_id.eq(case_entries::id.nullable())))
        .filter(case_entries::supervision_id.eq_any(sessions.iter().map(|id| Some(*id))))
        .order(case_entries::id)
        .select((
            Entry::as_select(),
            (cases::id, cases::reference, cases::label),
            (risk_views::level, risk_views::direction, checklist_columns!()),
        ))
        .load(reading.connection)?;
    let ids: Vec<CaseEntryId> = rows.iter().map(|row| row.0.id.clone()).collect();
    let actions = actions_of_records(reading, &ids, sessions)?;
    let prompts = if ids.is_empty() { Vec::new() } else { raised_under_entries(reading, &ids)? };
    let mut found: HashMap<SupervisionId, Said> = HashMap::new();
    for session in sessions {
        let concerned = |action: &&ActionRow| {
            action.is_of_session(session) || action.review_in_session(session).is_some()
        };
        let personal_actions = actions.iter().filter(concerned).cloned().collect();
        found.insert((*session).clone(), Said { entries: Vec::new(), personal_actions });
    }
    for (entry, case, (level, direction, checklist)) in rows {
        let Some(session) = entry.supervision.clone() else { continue };
        found.entry(session).or_default().entries.push(SessionEntry {
            actions: actions.iter().filter(|action| action.concerns(&entry)).cloned().collect(),
            prompts: prompts
                .iter()
                .filter(|prompt| prompt.entry.as_ref() == Some(&entry.id))
                .cloned()
                .collect(),
            added: added.remove(&entry.id).unwrap_or_default(),
            case,
            entry,
            level,
            direction,
            checklist: checklist_of(checklist),
        });
    }
    Ok(found)
}
