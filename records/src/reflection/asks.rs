//! What calls for questions about a case: what its records know before anything is typed, and what was put lately.

use crate::access::case_facts;
use crate::cadence::{ClockColumns, WatchColumns, clocks_of};
use crate::cases::{ChecklistRow, checklist_columns, checklist_of};
use crate::content;
use crate::problem::Problem;
use crate::schema::{actions, case_entries, cases, raised_prompts, risk_views, supervisions};
use crate::store::Reading;
use chrono::{Datelike, Days, NaiveDate};
use diesel::dsl::{exists, max, not};
use diesel::prelude::*;
use domain::access::Action;
use domain::cadence::fresh_eyes_asked_on;
use domain::cases::SubjectKind;
use domain::ids::{CaseEntryId, CaseId, PersonId, TeamId};
use domain::policy::Rule;
use domain::reflection::{
    CaseInHand, Dated, PromptLibrary, PromptTable, Situation, Trigger, Triggers, standing, unspent,
};
use domain::risk::{HighFrom, RiskDirection, RiskLevel};
use domain::supervision::{ActionState, ChildSeen, Proposal, RecordState, Voices, voice_missing_on};
use std::collections::HashMap;

/// A question does not come back within so many days on the same case unless its trigger fires again.
pub(crate) const ROTATION_DAYS: u64 = 90;

/// What questions about a case depend on besides what is typed: the same for whoever looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AsksOfCase {
    /// The keys that were put within the rotation.
    recent: Vec<String>,
    /// Where the turn of the general questions stands.
    turn: usize,
    /// What the case itself calls for, each with the day on which it fired.
    standing: Vec<Dated>,
    /// From where on the score of a checklist is high.
    high_from: HighFrom,
    /// How high the risk stays if nothing is said of it.
    level: Option<RiskLevel>,
    /// Whether somebody reflects on their own: then nothing that was put lately returns.
    is_of_reflection: bool,
}

impl AsksOfCase {
    /// Of a reflection that is about no case: questions take turns by the day.
    fn by_the_day(today: NaiveDate) -> Self {
        let turn = usize::try_from(today.num_days_from_ce()).unwrap_or(0);
        Self { turn, is_of_reflection: true, ..Self::default() }
    }

    /// The questions to choose from.
    pub(crate) fn table(&self, library: &PromptLibrary) -> PromptTable {
        let table = if self.is_of_reflection { PromptLibrary::table_of_new } else { PromptLibrary::table };
        let table = table(library, &self.recent, self.turn, self.standing());
        table.scoring(self.high_from).staying_at(self.level)
    }

    /// What the case itself calls for.
    fn standing(&self) -> Triggers {
        self.standing.iter().map(|(trigger, _)| *trigger).collect()
    }

    /// The same where another case is talked about along with it: what that one calls for counts too, and what was lately asked
    /// about either is not asked again. From where on a score is high is said by the case first talked about.
    pub(crate) fn along_with(&mut self, other: &Self) {
        self.standing.extend(&other.standing);
        self.level = RiskLevel::highest(self.level.into_iter().chain(other.level));
        self.turn = self.turn.max(other.turn);
        self.recent.extend(other.recent.iter().cloned());
    }

    /// Everything that calls for questions in this situation.
    pub(crate) fn fired(&self, situation: Situation) -> Triggers {
        situation.staying_at(self.level).triggers(self.high_from).and(self.standing())
    }
}

/// The same table, knowing the questions that somebody has begun to answer.
fn knowing(mut table: PromptTable, library: &PromptLibrary, begun: &[String]) -> PromptTable {
    begun.iter().filter_map(|key| library.find(key)).for_each(|prompt| table.know(prompt));
    table
}

/// What was put about a case: the question, what called for it, and when.
type Put = (String, Trigger, NaiveDate);

/// A discussion with whose view was sought, and how far its session's record has come.
type Heard = (NaiveDate, Voices, Option<RecordState>);

/// A view of risk: its day, how high, which way, and the checklist that was done.
type Noted = (NaiveDate, RiskLevel, RiskDirection, ChecklistRow);

/// What a view of risk calls for that was noted between sessions, and its day.
fn noted_calls_for((on, level, direction, checklist): Noted, high_from: HighFrom) -> (Triggers, NaiveDate) {
    let situation = Situation {
        risk_direction: Some(direction),
        level: Some(level),
        score: checklist_of(checklist).and_then(|checklist| checklist.score),
        ..Situation::default()
    };
    (situation.triggers(high_from), on)
}

mod aliases {
    use crate::schema::{case_entries, risk_views};
    diesel::alias!(risk_views as later_views: LaterViews, case_entries as their_entries: TheirEntries);
}
use aliases::{later_views, their_entries};

diesel::define_sql_function! {
    /// The first of two that there is.
    fn coalesce(first: diesel::sql_types::Nullable<diesel::sql_types::Text>, second: diesel::sql_types::Nullable<diesel::sql_types::Text>) -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
}

/// What the records say of these cases. Each comes with the day on which it is due for supervision, where that is known.
/// Questions that somebody was put in a reflection of their own count for nobody else.
pub(crate) fn asks_of_cases(
    reading: &mut Reading<'_>,
    due: &[(CaseId, Option<NaiveDate>)],
) -> Result<HashMap<CaseId, AsksOfCase>, Problem> {
    type Row = (
        ClockColumns,
        WatchColumns,
        (SubjectKind, RiskLevel, Option<i32>),
        Option<Noted>,
        Option<Put>,
        Option<Heard>,
    );
    let (rules, today) = (content::rules(reading)?, reading.today());
    let since = today.checked_sub_days(Days::new(ROTATION_DAYS)).unwrap_or_default();
    let most_carried = actions::table
        .filter(actions::case_id.eq(cases::id.nullable()).and(actions::state.eq(ActionState::Open)))
        .select(max(actions::carried));
    let is_of_session_or_void = their_entries
        .filter(their_entries.field(case_entries::id).nullable().eq(later_views.field(risk_views::entry_id)))
        .filter(
            their_entries
                .field(case_entries::supervision_id)
                .is_not_null()
                .or(their_entries.field(case_entries::voided_on).is_not_null()),
        );
    // A void record takes back the day on which the case was talked about last, so that its view would stand alone here.
    let noted_since = later_views
        .filter(later_views.field(risk_views::case_id).eq(cases::id))
        .filter(
            cases::last_held_on
                .is_null()
                .or(later_views.field(risk_views::viewed_on).nullable().gt(cases::last_held_on)),
        )
        .filter(not(exists(is_of_session_or_void)))
        .order((later_views.field(risk_views::viewed_on).desc(), later_views.field(risk_views::id).desc()))
        .select(later_views.field(risk_views::id))
        .limit(1);
    // A row for each discussion, and for each question that was put in it lately.
    let rows: Vec<Row> = cases::table
        .left_join(case_entries::table.on(case_entries::case_id.eq(cases::id)))
        .left_join(
            supervisions::table.on(supervisions::id.nullable().eq(case_entries::supervision_id.nullable())),
        )
        // What was asked of brothers and sisters together stands under the first of them, and was asked of each.
        .left_join(
            raised_prompts::table.on(raised_prompts::entry_id
                .eq(coalesce(case_entries::with_entry_id.nullable(), case_entries::id.nullable()))
                .and(raised_prompts::raised_on.ge(since))),
        )
        .left_join(risk_views::table.on(risk_views::id.nullable().eq(noted_since.single_value())))
        .filter(cases::id.eq_any(due.iter().map(|(id, _)| id)))
        .order((cases::id, raised_prompts::id))
        .select((
            ClockColumns::as_select(),
            WatchColumns::as_select(),
            (cases::subject_kind, cases::risk_level, most_carried.single_value()),
            (risk_views::viewed_on, risk_views::level, risk_views::direction, checklist_columns!())
                .nullable(),
            (raised_prompts::prompt_key, raised_prompts::called_by, raised_prompts::raised_on).nullable(),
            (case_entries::held_on, case_entries::voices, supervisions::state.nullable()).nullable(),
        ))
        .load(reading.connection)?;
    let mut asks = HashMap::new();
    for of_case in rows.chunk_by(|one, other| one.0.id == other.0.id) {
        let Some((clock, watched, (subject, level, carried), noted, ..)) = of_case.first() else { continue };
        let high_from = high_from(&rules, &clock.team_id);
        // What a void record says counts for nothing, and what it asked was not asked.
        let is_void = |row: &&Row| row.5.is_some_and(|(_, _, state)| state == Some(RecordState::Voided));
        let put: Vec<&Put> =
            of_case.iter().filter(|row| !is_void(row)).filter_map(|row| row.4.as_ref()).collect();
        let heard: Vec<(NaiveDate, Voices)> = of_case
            .iter()
            .filter(|row| !is_void(row))
            .filter_map(|row| row.5)
            .filter(|(_, _, state)| state.is_some())
            .map(|(on, voices, _)| (on, voices))
            .collect();
        let limit = rules.policy_of(&clock.team_id).number(Rule::ActionCarried);
        let carried = carried.unwrap_or(0);
        let fresh_eyes_on = watched
            .lead_since
            .and_then(|since| fresh_eyes_asked_on(&rules.book(&clock.team_id), since, today))
            .filter(|asked_on| clock.last_held_on.is_none_or(|held_on| held_on < *asked_on));
        let case = CaseInHand {
            lead_since: watched.lead_since,
            last_held_on: clock.last_held_on,
            due_on: due.iter().find(|(id, _)| *id == clock.id).and_then(|(_, due_on)| *due_on),
            fresh_eyes_on,
            rose_on: clock.risk_rose_on,
            repeat_on: watched.oversight.unseen_repeat_on.max(watched.unchecked_repeat_on),
            has_carried_action: u32::try_from(carried).is_ok_and(|carried| carried >= limit),
            voice_missing_on: voice_missing_on(&heard, *subject, today),
            noted: noted.map(|noted| noted_calls_for(noted, high_from)),
        };
        let fired: Vec<Dated> = put.iter().map(|(_, trigger, on)| (*trigger, *on)).collect();
        let of_case = AsksOfCase {
            turn: put.len(),
            standing: standing(&case, &fired, today),
            high_from,
            level: Some(*level),
            is_of_reflection: false,
            recent: put.into_iter().map(|(key, ..)| key.clone()).collect(),
        };
        asks.insert(clock.id.clone(), of_case);
    }
    Ok(asks)
}

/// What the records say of a case that is about to be talked about.
pub(crate) fn asks_of_case(reading: &mut Reading<'_>, case: &CaseId) -> Result<AsksOfCase, Problem> {
    let clock: ClockColumns = cases::table
        .filter(cases::id.eq(case))
        .select(ClockColumns::as_select())
        .first(reading.connection)?;
    let rules = content::rules(reading)?;
    let due_on = clocks_of(reading, &[case])?.due(&rules, &clock).due_on;
    let mut asks = asks_of_cases(reading, &[(case.clone(), Some(due_on))])?;
    Ok(asks.remove(case).unwrap_or_default())
}

/// What questions under a reflection depend on: what the case itself calls for, what its newest entry says, what was put under its
/// entries, and to the author in reflections of their own: what has led them to a question there is spent for them.
pub(crate) fn asks_of_reflection(
    reading: &mut Reading<'_>,
    case: Option<&CaseId>,
    author: &PersonId,
) -> Result<AsksOfCase, Problem> {
    type Asked = (Option<CaseEntryId>, String, Trigger, NaiveDate);
    let today = reading.today();
    let Some(case) = case else { return Ok(AsksOfCase::by_the_day(today)) };
    let since = today.checked_sub_days(Days::new(ROTATION_DAYS)).unwrap_or_default();
    // What was asked of brothers and sisters together stands under the first of them.
    let asked_under = case_entries::table
        .filter(case_entries::case_id.eq(case).and(case_entries::voided_on.is_null()))
        .select(coalesce(case_entries::with_entry_id, case_entries::id.nullable()));
    let in_own_reflections = raised_prompts::case_id
        .eq(case)
        .and(raised_prompts::entry_id.is_null())
        .and(raised_prompts::asked_of_id.eq(author));
    let asked: Vec<Asked> = raised_prompts::table
        .filter(raised_prompts::raised_on.ge(since))
        .filter(raised_prompts::entry_id.eq_any(asked_under).or(in_own_reflections))
        .order(raised_prompts::id)
        .select((
            raised_prompts::entry_id,
            raised_prompts::prompt_key,
            raised_prompts::called_by,
            raised_prompts::raised_on,
        ))
        .load(reading.connection)?;
    // The form says nothing of the case: what calls for questions is known before, on the server and in the browser alike.
    let mut fired = asks_of_case(reading, case)?.standing;
    fired.extend(said_last(reading, case)?);
    let is_own = |(entry, ..): &&Asked| entry.is_none();
    let own: Vec<Dated> = asked.iter().filter(is_own).map(|(_, _, by, on)| (*by, *on)).collect();
    Ok(AsksOfCase {
        turn: asked.len(),
        standing: unspent(fired, &own),
        recent: asked.into_iter().map(|(_, key, ..)| key).collect(),
        is_of_reflection: true,
        ..AsksOfCase::default()
    })
}

/// The questions for the form of a reflection. `begun` are keys that stand in the form: they are known, whatever calls for
/// questions by now.
pub fn questions(
    reading: &mut Reading<'_>,
    case: Option<&CaseId>,
    begun: &[String],
) -> Result<PromptTable, Problem> {
    if let Some(case) = case {
        let facts = case_facts(reading.connection, case)?;
        reading.permit(&Action::OpenCase(&facts), "case", case)?;
    }
    let author = reading.actor()?.person;
    let asks = asks_of_reflection(reading, case, &author)?;
    let library = &content::rules(reading)?.library.1;
    Ok(knowing(asks.table(library), library, begun))
}

/// Cases that are talked about in one entry: the case itself, then those of brothers and sisters. Each comes with the day on which
/// it is due, where the reader knows it.
pub type TalkedAbout = Vec<(CaseId, Option<NaiveDate>)>;

/// The questions for a form with these entries, by the case first talked about in each. `begun` are keys that stand in the form:
/// they are known, whatever calls for questions by now.
pub fn questions_of(
    reading: &mut Reading<'_>,
    entries: &[TalkedAbout],
    begun: &[String],
) -> Result<HashMap<CaseId, PromptTable>, Problem> {
    if entries.is_empty() {
        return Ok(HashMap::new());
    }
    let of_each = asks_of_cases(reading, &entries.concat())?;
    let rules = content::rules(reading)?;
    let mut tables = HashMap::new();
    for entry in entries {
        let mut cases = entry.iter().map(|(case, _)| case);
        let Some(first) = cases.next() else { continue };
        let Some(mut asks) = of_each.get(first).cloned() else { continue };
        cases.filter_map(|case| of_each.get(case)).for_each(|other| asks.along_with(other));
        tables.insert(first.clone(), knowing(asks.table(&rules.library.1), &rules.library.1, begun));
    }
    Ok(tables)
}

/// What the newest entry on a case calls for, with its day: a reflection about the case is prompted by it. A void record says nothing.
fn said_last(reading: &mut Reading<'_>, case: &CaseId) -> Result<Vec<Dated>, Problem> {
    type Row = (
        (RiskLevel, RiskDirection, ChecklistRow),
        (Option<Proposal>, bool, Option<ChildSeen>, Triggers),
        (TeamId, NaiveDate),
    );
    let newest: Option<Row> = case_entries::table
        .inner_join(risk_views::table.on(risk_views::entry_id.eq(case_entries::id.nullable())))
        .inner_join(cases::table.on(cases::id.eq(case_entries::case_id)))
        .filter(case_entries::case_id.eq(case).and(case_entries::voided_on.is_null()))
        .order((case_entries::held_on.desc(), case_entries::id.desc()))
        .select((
            (risk_views::level, risk_views::direction, checklist_columns!()),
            (
                case_entries::proposal,
                case_entries::support_declined,
                case_entries::child_seen,
                case_entries::happened,
            ),
            (cases::team_id, case_entries::held_on),
        ))
        .first(reading.connection)
        .optional()?;
    let Some(((level, direction, checklist), (proposal, support_declined, seen, happened), (team, on))) =
        newest
    else {
        return Ok(Vec::new());
    };
    let situation = Situation {
        risk_direction: Some(direction),
        proposal,
        support_declined,
        child_not_seen: seen == Some(ChildSeen::NotSeen),
        level: Some(level),
        score: checklist_of(checklist).and_then(|checklist| checklist.score),
        happened,
    };
    let rules = content::rules(reading)?;
    Ok(situation.triggers(high_from(&rules, &team)).iter().map(|trigger| (trigger, on)).collect())
}

/// From where on the score of a checklist is high, by the policy of the case's team.
fn high_from(rules: &content::Rules, team: &TeamId) -> HighFrom {
    HighFrom(rules.policy_of(team).number(Rule::HighScore))
}
