//! The pack with which a session opens: built from queries, the same for the same records.

use super::basis::basis;
use super::{AgendaItem, Pair, Preparation, preparation};
use crate::actions::{OpenActions, open_actions};
use crate::cases::{self, CaseSummary};
use crate::problem::Problem;
use crate::schema::{case_entries, people, raised_prompts, record_steps, risk_views, supervisions};
use crate::store::Reading;
use crate::training::{self, Course};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::prelude::*;
use domain::access::{Action, Actor, PersonFacts, may};
use domain::caseload::Caseload;
use domain::cases::SubjectKind;
use domain::ids::{AgreementId, CaseId, PersonId, RaisedPromptId, RecordStepId, RiskViewId, SupervisionId};
use domain::people::LinkKind;
use domain::preparation::{Quiet, QuietFacts, Sharing, quietest};
use domain::reflection::PromptState;
use domain::risk::{RiskDirection, RiskLevel};
use domain::supervision::{Mode, Proposal, SupervisionKind, Voice, Voices};
use domain::training::CourseStanding;
use std::collections::HashMap;

/// How a case's risk changed since the last session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskChange {
    /// On which day.
    pub on: NaiveDate,
    /// How high it is since.
    pub level: RiskLevel,
    /// Whether nobody said how high it is, so that it stayed as it was.
    pub level_left: bool,
    /// Which way it went.
    pub direction: RiskDirection,
    /// What happened, if it was noted between sessions.
    pub note: String,
}

/// A question that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingQuestion {
    /// The question as it was put.
    pub id: RaisedPromptId,
    /// Its words.
    pub question: String,
    /// The session in which it stands.
    pub session: SupervisionId,
}

/// What was decided about a case in the last session that spoke of it, or in a note of management oversight since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastDecision {
    /// On which day.
    pub on: NaiveDate,
    /// Whether a manager decided it between sessions.
    pub is_oversight: bool,
    /// What.
    pub words: String,
    /// What was added to it later or put right, the oldest first: without it the decision could mislead.
    pub added: Vec<AddedLater>,
}

/// Something that was added to what was said about a case.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct AddedLater {
    /// The step, of which a later one has a higher id.
    pub id: RecordStepId,
    /// By whom.
    pub person: String,
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// What.
    pub words: String,
}

/// A case of the person supervised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackCase {
    /// The case.
    pub case: CaseSummary,
    /// What was decided in the last session that spoke of it, after what managers decided since, the newest first.
    pub decisions: Vec<LastDecision>,
    /// What was agreed and has not ended.
    pub open: OpenActions,
    /// How its risk changed since the last session of the two.
    pub changes: Vec<RiskChange>,
}

/// A session of two people that is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextSession {
    /// The day.
    pub on: NaiveDate,
    /// When it begins, on London clocks.
    pub at: NaiveTime,
    /// How long it is to last.
    pub minutes: i32,
    /// What it is for.
    pub kind: SupervisionKind,
    /// How they meet.
    pub mode: Mode,
}

/// Everything that two people open a session with, as far as the reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrepPack {
    /// The two.
    pub pair: Pair,
    /// The supervisor's name.
    pub supervisor: String,
    /// The supervisee's name.
    pub supervisee: String,
    /// The next session of the two that is booked.
    pub next: Option<NextSession>,
    /// Whether the supervisor only stands in for another: what that one agreed with them holds.
    pub is_cover: bool,
    /// The last session of the two.
    pub last: Option<(SupervisionId, NaiveDate)>,
    /// The newest agreement that both have signed, and until when it holds.
    pub agreement: Option<(AgreementId, NaiveDate)>,
    /// What the two want to talk about.
    pub agenda: Vec<AgendaItem>,
    /// What the person supervised prepared, if the reader may read it.
    pub preparation: Option<Preparation>,
    /// What the two agreed about the person supervised and has not ended.
    pub open: OpenActions,
    /// Their cases, those waiting longest first.
    pub cases: Vec<PackCase>,
    /// The quietest two of them, with the reasons.
    pub quiet: Vec<(CaseId, String, Quiet)>,
    /// Questions that wait.
    pub questions: Vec<WaitingQuestion>,
    /// Courses that they have to do something about.
    pub courses: Vec<(Course, CourseStanding)>,
    /// Whether the reader may see their training.
    pub sees_training: bool,
    /// How many cases they lead and what these weigh, if the reader may know.
    pub caseload: Option<Caseload>,
}

/// What was ever said of a case's risk, newest first, with the entry that said it and what was added to that.
struct Said {
    on: NaiveDate,
    level: RiskLevel,
    direction: RiskDirection,
    note: String,
    is_repeat: bool,
    entry: Option<SaidInEntry>,
    added: Vec<AddedLater>,
}

/// What an entry said, as far as a pack speaks of it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = case_entries)]
struct SaidInEntry {
    decision: String,
    child_seen_on: Option<NaiveDate>,
    proposal: Option<Proposal>,
    supervision_id: Option<SupervisionId>,
    voices: Voices,
    level_left: bool,
    voided_on: Option<NaiveDate>,
}

type SaidOf = HashMap<CaseId, Vec<Said>>;

fn said_of(
    reading: &mut Reading<'_>,
    pair: &Pair,
    ids: &[CaseId],
) -> Result<(SaidOf, Vec<WaitingQuestion>), Problem> {
    type Found = (
        (CaseId, NaiveDate, RiskLevel, RiskDirection, String, bool),
        Option<SaidInEntry>,
        Option<(RaisedPromptId, String)>,
        Option<AddedLater>,
        (RiskViewId, Option<Session>),
    );
    type Session = (SupervisionId, PersonId, PersonId);
    let today = reading.today();
    let rows: Vec<Found> = risk_views::table
        .left_join(case_entries::table.on(case_entries::id.nullable().eq(risk_views::entry_id)))
        .left_join(
            raised_prompts::table.on(raised_prompts::entry_id
                .eq(case_entries::id.nullable())
                .and(raised_prompts::state.eq_any([PromptState::Raised, PromptState::Deferred]))
                .and(raised_prompts::deferred_until.is_null().or(raised_prompts::deferred_until.le(today)))),
        )
        .left_join(
            supervisions::table.on(supervisions::id.nullable().eq(case_entries::supervision_id.nullable())),
        )
        // A row for each question and each addition: there are few of either, and another statement would cost more.
        .left_join(record_steps::table.on(record_steps::entry_id.eq(case_entries::id.nullable())))
        .left_join(people::table.on(people::id.nullable().eq(record_steps::person_id.nullable())))
        .filter(risk_views::case_id.eq_any(ids))
        .order((risk_views::viewed_on.desc(), risk_views::id.desc(), raised_prompts::id, record_steps::id))
        .select((
            (
                risk_views::case_id,
                risk_views::viewed_on,
                risk_views::level,
                risk_views::direction,
                risk_views::note,
                risk_views::repeat_incident,
            ),
            Option::<SaidInEntry>::as_select(),
            (raised_prompts::id, raised_prompts::question).nullable(),
            (record_steps::id, people::name, record_steps::taken_at, record_steps::words).nullable(),
            (
                risk_views::id,
                (supervisions::id, supervisions::supervisor_id, supervisions::supervisee_id).nullable(),
            ),
        ))
        .load(reading.connection)?;
    let (mut said, mut questions) = (SaidOf::new(), Vec::new());
    let mut last = None;
    for ((case, on, level, direction, note, is_repeat), entry, question, added, (view, session)) in rows {
        // What a void record says counts for nothing; how high a risk was said to be stays.
        let is_void = entry.as_ref().is_some_and(|entry| entry.voided_on.is_some());
        let entry = entry.filter(|_| !is_void);
        // Only sessions of the two: others are not theirs to open.
        let of_the_two =
            session.filter(|session| (&session.1, &session.2) == (&pair.supervisor, &pair.supervisee));
        if let Some(((id, question), (session, ..))) = question.filter(|_| !is_void).zip(of_the_two)
            && questions.last().is_none_or(|last: &WaitingQuestion| last.id != id)
        {
            questions.push(WaitingQuestion { id, question, session });
        }
        let of_case: &mut Vec<Said> = said.entry(case).or_default();
        if last.as_ref() != Some(&view) {
            of_case.push(Said { on, level, direction, note, is_repeat, entry, added: Vec::new() });
            last = Some(view);
        }
        if let Some((said, added)) = of_case.last_mut().zip(added)
            && said.added.iter().all(|other| other.id != added.id)
        {
            said.added.push(added);
        }
    }
    Ok((said, questions))
}

/// The pack of two people.
pub fn pack(reading: &mut Reading<'_>, pair: &Pair) -> Result<PrepPack, Problem> {
    let pack = gathered(reading, pair)?;
    if pack.preparation.as_ref().is_some_and(|prepared| prepared.sharing == Sharing::Shared) {
        reading.viewed("preparation", pair.supervisee.as_str());
    }
    Ok(pack)
}

/// The same for a page that does not show the preparation.
pub(super) fn gathered(reading: &mut Reading<'_>, pair: &Pair) -> Result<PrepPack, Problem> {
    let (actor, today) = (reading.actor()?, reading.today());
    let basis = basis(reading, pair)?;
    let facts = pair.facts(&basis.organisation);
    reading.permit(&Action::Prepare(&facts), "person", &pair.supervisee)?;
    let person = PersonFacts {
        id: pair.supervisee.clone(),
        organisation: basis.organisation.clone(),
        team: basis.team.clone(),
    };
    let last = basis.last;
    let preparation = basis
        .prepared
        .map(preparation)
        .transpose()?
        .filter(|prepared| may(&actor, &Action::ReadPreparation(&facts, prepared.sharing)).is_allowed());
    let (listed, plans) = cases_of(reading, &pair.supervisee)?;
    let led =
        listed.iter().filter(|case| case.lead.as_ref().is_some_and(|(lead, _)| *lead == pair.supervisee));
    let sees_caseload = may(&actor, &Action::SeeCaseloadOf(&person)).is_allowed();
    let caseload = if sees_caseload { Some(cases::caseload_in(reading, led)?) } else { None };
    let mut open = open_actions(reading, &listed, Some(pair))?;
    let ids: Vec<CaseId> = listed.iter().map(|case| case.id.clone()).collect();
    let (mut said, questions) = said_of(reading, pair, &ids)?;
    let since = last.as_ref().map(|(_, held_on)| *held_on);
    let mut quiet = Vec::new();
    let mut pack_cases = Vec::new();
    for case in listed {
        let of_case = said.remove(&case.id).unwrap_or_default();
        quiet.push((
            (case.reference.clone(), case.id.clone()),
            quiet_facts(&case, plans.get(&case.id).copied(), &of_case),
        ));
        pack_cases.push(PackCase {
            decisions: last_decisions(&of_case),
            open: open.by_case.remove(&case.id).unwrap_or_default(),
            // Two who have not met yet go on from when somebody last talked about the case.
            changes: changes_since(of_case, since.or(case.last_held_on)),
            case,
        });
    }
    let sees_training = may(&actor, &Action::SeeTrainingOf(&person)).is_allowed();
    let courses =
        if sees_training { training::to_do(reading, &pair.supervisee, &basis.roles)? } else { Vec::new() };
    Ok(PrepPack {
        pair: pair.clone(),
        supervisor: basis.names.0,
        supervisee: basis.names.1,
        next: basis.next,
        is_cover: is_cover(&actor, pair),
        last,
        agreement: basis.agreement,
        agenda: basis.agenda,
        preparation,
        quiet: quietest(&quiet, today)
            .into_iter()
            .map(|((reference, id), why)| (id, reference, why))
            .collect(),
        open: open.personal,
        cases: pack_cases,
        questions,
        courses,
        sees_training,
        caseload,
    })
}

/// Whether the supervisor of two people has no other link than that they stand in for somebody.
fn is_cover(actor: &Actor, pair: &Pair) -> bool {
    let (links, other) = if actor.person == pair.supervisor {
        (&actor.supervises, &pair.supervisee)
    } else {
        (&actor.supervised_by, &pair.supervisor)
    };
    let mut links = links.iter().filter(|(person, _)| person == other).peekable();
    links.peek().is_some() && links.all(|(_, kind)| *kind == LinkKind::Cover)
}

/// Somebody's cases, and since when which of them has another plan than before.
fn cases_of(
    reading: &mut Reading<'_>,
    person: &PersonId,
) -> Result<(Vec<CaseSummary>, HashMap<CaseId, NaiveDate>), Problem> {
    let today = reading.today();
    let listed = cases::to_talk_about(reading, person, today)?;
    let plan_of = |listed: &cases::ToTalkAbout| Some((listed.case.id.clone(), listed.plan_changed_on?));
    let plans = listed.iter().filter_map(plan_of).collect();
    Ok((listed.into_iter().map(|listed| listed.case).collect(), plans))
}

/// What a manager decides between sessions is what the next one goes on from (domain.md 3.3), beside what the last one decided.
fn last_decisions(said: &[Said]) -> Vec<LastDecision> {
    let mut decisions = Vec::new();
    for said in said {
        let Some(entry) = &said.entry else { continue };
        let is_oversight = entry.supervision_id.is_none();
        decisions.push(LastDecision {
            on: said.on,
            is_oversight,
            words: entry.decision.clone(),
            added: said.added.clone(),
        });
        if !is_oversight {
            break;
        }
    }
    decisions
}

/// What has changed since the last session. What was noted by itself on its very day may have come after it, and is better heard twice.
fn changes_since(said: Vec<Said>, since: Option<NaiveDate>) -> Vec<RiskChange> {
    let is_since = |said: &Said, since| said.on > since || (said.on == since && said.entry.is_none());
    said.into_iter()
        .filter(|said| since.is_none_or(|since| is_since(said, since)))
        .filter(Said::is_change)
        .map(|said| RiskChange {
            on: said.on,
            level: said.level,
            level_left: said.entry.is_some_and(|entry| entry.level_left),
            direction: said.direction,
            note: said.note,
        })
        .collect()
}

impl Said {
    fn is_change(&self) -> bool {
        matches!(self.direction, RiskDirection::Up | RiskDirection::Down)
            || self.is_repeat
            || !self.note.is_empty()
    }
}

fn quiet_facts(case: &CaseSummary, plan_changed_on: Option<NaiveDate>, said: &[Said]) -> QuietFacts {
    let newest = |wanted: &dyn Fn(&Said) -> Option<NaiveDate>| said.iter().filter_map(wanted).max();
    let voices = |said: &Said| said.entry.as_ref().map(|entry| entry.voices).unwrap_or_default();
    let heard = |who: &[Voice]| {
        newest(&|said| who.iter().any(|voice| voices(said).contains(*voice)).then_some(said.on))
    };
    let first_noted = said.iter().filter(|said| !voices(said).is_empty()).map(|said| said.on).min();
    let seen_on = newest(&|said| said.entry.as_ref().and_then(|entry| entry.child_seen_on));
    QuietFacts {
        plan: case.plan_type,
        allocated_on: case.allocated_on,
        incident_on: newest(&|said| said.is_change().then_some(said.on)),
        subject: case.subject,
        voice_on: match case.subject {
            SubjectKind::Adult => heard(&[Voice::AdultHarmed]),
            SubjectKind::Children | SubjectKind::Unborn => seen_on.max(heard(&[Voice::Child])),
        },
        without_partner_since: heard(&Voice::PARTNERS).or(first_noted),
        plan_changed_on: plan_changed_on.max(newest(&|said| {
            let proposal = said.entry.as_ref()?.proposal;
            proposal.is_some_and(|proposal| proposal != Proposal::Stay).then_some(said.on)
        })),
    }
}
