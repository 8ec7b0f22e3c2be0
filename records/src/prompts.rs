//! The library of questions: as it is in force, what became of its questions, and making another one a version. What is measured is
//! measured of questions, never of people.

use crate::access::{cases_with_lead, visible_cases};
use crate::cadence::check_version;
use crate::content::{self, add_version, next_version};
use crate::problem::Problem;
use crate::reflection::coalesce;
use crate::schema::{case_entries, cases, raised_prompts, supervisions};
use crate::settings::{check_nothing_waits, check_seen};
use crate::store::{Reading, Writing};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::Action;
use domain::calendar::london_day;
use domain::form::Problems;
use domain::ids::{CaseEntryId, CaseId};
use domain::policy::{NewVersion, RuleKind};
use domain::reflection::{NewPrompt, PromptLibrary, PromptState, Triggers};
use domain::supervision::RecordState;
use std::collections::{HashMap, HashSet};

/// The library in force, and its version.
pub fn library(reading: &mut Reading<'_>) -> Result<(i32, PromptLibrary), Problem> {
    reading.permit(&Action::SeeRules, "rules", "")?;
    Ok(content::rules(reading)?.library.clone())
}

/// What has become of a question so far, each time that it was put.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PromptEffect {
    /// How often it was put.
    pub raised: i64,
    /// How often it was answered.
    pub answered: i64,
    /// How often it is put off now.
    pub put_off: i64,
    /// How often it is on an agenda now.
    pub to_supervision: i64,
    /// How often it was not relevant.
    pub not_relevant: i64,
    /// How often the plan changed because of it.
    pub changed_plan: i64,
}

/// So many days back a question's effect is counted.
const EFFECT_DAYS: u64 = 91;

/// A question's key, what became of it, whether the plan changed, and how often.
type Counted = (String, PromptState, bool, i64);

/// What has become of each question that was put in the organisation's sessions in the last three months, by its key. What people
/// ask themselves in their journals is theirs, and a void record counts for nothing.
pub fn effects(reading: &mut Reading<'_>) -> Result<HashMap<String, PromptEffect>, Problem> {
    reading.permit(&Action::SeeRules, "rules", "")?;
    let organisation = reading.organisation()?;
    let since = reading.today().checked_sub_days(Days::new(EFFECT_DAYS)).unwrap_or_default();
    let columns = (
        raised_prompts::prompt_key,
        raised_prompts::state,
        raised_prompts::changed_plan,
        diesel::dsl::count_star(),
    );
    let kinds = (raised_prompts::prompt_key, raised_prompts::state, raised_prompts::changed_plan);
    let put: Vec<Counted> = raised_prompts::table
        .filter(raised_prompts::organisation_id.eq(&organisation).and(raised_prompts::raised_on.ge(since)))
        // What somebody was asked in their journal is theirs.
        .filter(raised_prompts::entry_id.is_not_null())
        .group_by(kinds)
        .select(columns)
        .load(reading.connection)?;
    // Void records are few: to take theirs away is much less than to look at the record of each question.
    let void: Vec<Counted> = supervisions::table
        .inner_join(case_entries::table.on(case_entries::supervision_id.eq(supervisions::id.nullable())))
        .inner_join(raised_prompts::table.on(raised_prompts::entry_id.eq(case_entries::id.nullable())))
        .filter(
            supervisions::organisation_id.eq(&organisation).and(supervisions::state.eq(RecordState::Voided)),
        )
        .filter(raised_prompts::raised_on.ge(since))
        .group_by(kinds)
        .select(columns)
        .load(reading.connection)?;
    let taken_away =
        void.into_iter().map(|(key, state, changed_plan, count)| (key, state, changed_plan, -count));
    let mut effects: HashMap<String, PromptEffect> = HashMap::new();
    for (key, state, changed_plan, count) in put.into_iter().chain(taken_away) {
        let effect = effects.entry(key).or_default();
        effect.raised += count;
        match state {
            PromptState::Raised => {}
            PromptState::Answered => effect.answered += count,
            PromptState::Deferred => effect.put_off += count,
            PromptState::ToSupervision => effect.to_supervision += count,
            PromptState::NotRelevant => effect.not_relevant += count,
        }
        effect.changed_plan += if changed_plan { count } else { 0 };
    }
    effects.retain(|_, effect| effect.raised > 0);
    Ok(effects)
}

/// What somebody wants in place of the library in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptChange {
    /// One question added.
    Add(NewPrompt),
    /// One question changed, moved or put no longer.
    Change(NewPrompt),
    /// The text of a whole file.
    File(String),
}

impl PromptChange {
    /// The library that follows.
    fn after(
        &self,
        before: &PromptLibrary,
        version: i32,
        today: NaiveDate,
    ) -> Result<PromptLibrary, Problems> {
        let next = match self {
            Self::Add(prompt) => prompt.within(before, version, true)?,
            Self::Change(prompt) => prompt.within(before, version, false)?,
            Self::File(text) => before.followed_by(text, version, today)?,
        };
        if next == *before {
            return Err(Problems::one("file", "Nothing is changed: the file says what is in force"));
        }
        Ok(next)
    }
}

/// Makes the library with a change a new version. `seen` is the version that was changed.
pub fn change(
    writing: &mut Writing<'_>,
    seen: i32,
    change: &PromptChange,
    new: &NewVersion,
) -> Result<i32, Problem> {
    writing.permit(&Action::KeepRules, "rules", "")?;
    check_version(writing, new)?;
    let today = writing.today();
    let (in_force, before) = content::rules_on(writing, new.effective_from)?.library;
    check_seen(in_force, seen)?;
    check_nothing_waits(writing, RuleKind::Prompts, new.effective_from)?;
    let version = next_version(writing, RuleKind::Prompts)?;
    let next = change.after(&before, version, today)?;
    let text = next.to_toml().map_err(Problem::unexpected)?;
    add_version(writing, RuleKind::Prompts, None, new, &text)
}

/// Where a question would have come up in this month's discussions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptAppearance {
    /// Its key.
    pub key: String,
    /// Its words, as they would be.
    pub text: String,
    /// In how many discussions it comes up by the library in force.
    pub now: usize,
    /// In how many it would have come up.
    pub then: usize,
    /// Those of their cases that the reader may open, by id and reference.
    pub cases: Vec<(CaseId, String)>,
}

/// What a change would have meant for this month's discussions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptPreview {
    /// The first day of the month.
    pub since: NaiveDate,
    /// How many discussions were looked at.
    pub discussions: usize,
    /// Each question that the change speaks of, and each that would come up more or less often.
    pub appearances: Vec<PromptAppearance>,
}

/// A discussion of this month: of which cases (several brothers and sisters are talked about in one), what called for questions, and
/// when they were put.
struct Discussion {
    entry: CaseEntryId,
    cases: Vec<CaseId>,
    fired: Triggers,
    on: NaiveDate,
}

/// A question that was put about a case: which, when, and under which entry.
type Put = (String, NaiveDate, CaseEntryId);

/// What a change would have meant: every discussion of this month is looked at with what was known then.
pub fn preview(reading: &mut Reading<'_>, change: &PromptChange) -> Result<PromptPreview, Problem> {
    reading.permit(&Action::KeepRules, "rules", "")?;
    let today = reading.today();
    let rules = content::rules(reading)?;
    let (before, version) = (&rules.library.1, next_version(reading, RuleKind::Prompts)?);
    let after = change.after(before, version, today)?;
    let since = today.with_day(1).unwrap_or(today);
    let (discussions, references) = discussions_since(reading, since)?;
    let put = put_before(reading, &discussions, since)?;
    let mut now: HashMap<String, Vec<&Discussion>> = HashMap::new();
    let mut then: HashMap<String, Vec<&Discussion>> = HashMap::new();
    for discussion in &discussions {
        let put_about = discussion.cases.iter().filter_map(|case| put.get(case));
        let recent: Vec<Vec<String>> = put_about.map(|put| recent_at(put, discussion)).collect();
        let turn = recent.iter().map(Vec::len).max().unwrap_or(0);
        let recent = recent.concat();
        for (library, found) in [(before, &mut now), (&after, &mut then)] {
            let table = library.table(&recent, turn, Triggers::default());
            for chosen in table.choose(discussion.fired) {
                found.entry(chosen.question.key.clone()).or_default().push(discussion);
            }
        }
    }
    let appearances = after.prompts.iter().filter_map(|prompt| {
        let (is, would_be) =
            (now.remove(&prompt.key).unwrap_or_default(), then.remove(&prompt.key).unwrap_or_default());
        let is_changed = before.find(&prompt.key) != Some(prompt);
        if !is_changed && is.len() == would_be.len() {
            return None;
        }
        let mut cases: Vec<(CaseId, String)> = would_be
            .iter()
            .flat_map(|discussion| &discussion.cases)
            .filter_map(|case| Some((case.clone(), references.get(case)?.clone())))
            .collect();
        cases.sort_by(|one, other| one.1.cmp(&other.1));
        cases.dedup();
        let (now, then) = (is.len(), would_be.len());
        Some(PromptAppearance { key: prompt.key.clone(), text: prompt.text.clone(), now, then, cases })
    });
    Ok(PromptPreview { since, discussions: discussions.len(), appearances: appearances.collect() })
}

/// The discussions of the organisation since a day, and the references of those cases that the reader may open.
fn discussions_since(
    reading: &mut Reading<'_>,
    since: NaiveDate,
) -> Result<(Vec<Discussion>, HashMap<CaseId, String>), Problem> {
    type Row = (CaseEntryId, Option<CaseEntryId>, CaseId, Triggers, NaiveDateTime);
    let actor = reading.actor()?;
    let rows: Vec<Row> = case_entries::table
        .inner_join(supervisions::table.on(supervisions::id.nullable().eq(case_entries::supervision_id)))
        .filter(case_entries::organisation_id.eq(&actor.organisation).and(case_entries::held_on.ge(since)))
        .filter(supervisions::state.ne(RecordState::Voided))
        .order(case_entries::id)
        .select((
            case_entries::id,
            case_entries::with_entry_id,
            case_entries::case_id,
            case_entries::called_for,
            case_entries::recorded_at,
        ))
        .load(reading.connection)?;
    let ids: Vec<CaseId> = rows.iter().map(|row| row.2.clone()).collect();
    let references: HashMap<CaseId, String> = visible_cases(cases_with_lead(), &actor)
        .filter(cases::id.eq_any(ids))
        .select((cases::id, cases::reference))
        .load::<(CaseId, String)>(reading.connection)?
        .into_iter()
        .collect();
    let mut discussions: Vec<Discussion> = Vec::new();
    for (entry, with, case, fired, at) in rows {
        // Those of brothers and sisters follow the one with which they were talked about.
        match with {
            None => discussions.push(Discussion { entry, cases: vec![case], fired, on: london_day(at) }),
            Some(with) => {
                let of_first = discussions.iter_mut().rev().find(|discussion| discussion.entry == with);
                if let Some(discussion) = of_first {
                    discussion.cases.push(case);
                }
            }
        }
    }
    Ok((discussions, references))
}

/// The questions that were put about the cases of these discussions before them, by case.
fn put_before(
    reading: &mut Reading<'_>,
    discussions: &[Discussion],
    since: NaiveDate,
) -> Result<HashMap<CaseId, Vec<Put>>, Problem> {
    let first = since.checked_sub_days(Days::new(crate::reflection::ROTATION_DAYS)).unwrap_or_default();
    let cases: HashSet<&CaseId> = discussions.iter().flat_map(|discussion| &discussion.cases).collect();
    // What was asked of brothers and sisters together stands under the first of them, and was asked of each.
    let stands_under = coalesce(case_entries::with_entry_id, case_entries::id.nullable());
    let rows: Vec<(CaseId, Put)> = raised_prompts::table
        .inner_join(case_entries::table.on(raised_prompts::entry_id.eq(stands_under)))
        .inner_join(supervisions::table.on(supervisions::id.nullable().eq(case_entries::supervision_id)))
        .filter(case_entries::case_id.eq_any(cases))
        .filter(raised_prompts::raised_on.ge(first).and(supervisions::state.ne(RecordState::Voided)))
        .order(raised_prompts::id)
        .select((
            case_entries::case_id,
            (
                raised_prompts::prompt_key,
                raised_prompts::raised_on,
                raised_prompts::entry_id.assume_not_null(),
            ),
        ))
        .load(reading.connection)?;
    let mut by_case: HashMap<CaseId, Vec<Put>> = HashMap::new();
    for (case, put) in rows {
        by_case.entry(case).or_default().push(put);
    }
    Ok(by_case)
}

/// The keys that had been put about the case within the rotation when it was talked about.
fn recent_at(put: &[Put], discussion: &Discussion) -> Vec<String> {
    let first =
        discussion.on.checked_sub_days(Days::new(crate::reflection::ROTATION_DAYS)).unwrap_or_default();
    put.iter()
        .filter(|(_, on, entry)| *entry < discussion.entry && *on >= first)
        .map(|(key, ..)| key.clone())
        .collect()
}
