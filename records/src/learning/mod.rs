//! What teams learn from their supervision: what became of the questions, and what changed. Counted for questions and plans, of teams
//! in which at least five people were supervised; never for a person.

mod language;

pub use language::{LanguageYear, count_ahead, language};

use crate::content;
use crate::problem::Problem;
use crate::schema::{case_entries, people, raised_prompts, supervisions};
use crate::store::Reading;
use crate::teams::{self, Team};
use chrono::{Days, NaiveDate};
use diesel::dsl::{count, count_star};
use diesel::prelude::*;
use domain::access::{Action, may};
use domain::ids::TeamId;
use domain::learning::{LearningPeriod, counted_together};
use domain::reflection::{PromptState, Theme};
use domain::supervision::{ChallengeOutcome, Challenges, Proposal, RecordState};
use std::collections::BTreeMap;

/// What has become of questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuestionCounts {
    /// How often one was put.
    pub raised: i64,
    /// How often one was answered.
    pub answered: i64,
    /// How often one waits, is put off, or is on an agenda.
    pub open: i64,
    /// How often one was not relevant.
    pub not_relevant: i64,
    /// How often the plan changed because of one.
    pub changed_plan: i64,
}

impl QuestionCounts {
    fn add(&mut self, state: PromptState, changed_plan: bool, count: i64) {
        self.raised += count;
        match state {
            PromptState::Answered => self.answered += count,
            PromptState::NotRelevant => self.not_relevant += count,
            PromptState::Raised | PromptState::Deferred | PromptState::ToSupervision => self.open += count,
        }
        self.changed_plan += if changed_plan { count } else { 0 };
    }
}

/// What the chosen teams' supervision came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// What has become of the questions of each theme.
    pub themes: BTreeMap<Theme, QuestionCounts>,
    /// How many discussions of cases there were.
    pub discussions: i64,
    /// What they proposed.
    pub proposals: BTreeMap<Proposal, i64>,
    /// In how many discussions something was challenged, with what outcome.
    pub challenges: BTreeMap<ChallengeOutcome, i64>,
}

/// The learning of some teams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learning {
    /// The teams that the reader may look at, by name.
    pub teams: Vec<Team>,
    /// The first day of the period.
    pub since: NaiveDate,
    /// The counts; `None` if fewer than five people were supervised in the period. Of several teams, those too small to be counted
    /// are left out.
    pub counts: Option<Counts>,
}

/// What one team learnt from its supervision in a period, or all teams together that the reader may look at.
pub fn learning(
    reading: &mut Reading<'_>,
    team: Option<&TeamId>,
    period: LearningPeriod,
) -> Result<Learning, Problem> {
    let (actor, today) = (reading.actor()?, reading.today());
    let mut teams = teams::list(reading)?;
    teams.retain(|team| may(&actor, &Action::SeeLearningOf(&team.id)).is_allowed());
    let chosen: Vec<TeamId> =
        teams.iter().map(|known| known.id.clone()).filter(|id| team.is_none_or(|team| team == id)).collect();
    if let Some(team) = team.filter(|_| chosen.is_empty()) {
        reading.permit(&Action::SeeLearningOf(team), "team", team)?;
        return Err(Problem::NotFound);
    }
    let since = today.checked_sub_days(Days::new(period.days())).unwrap_or(today);
    let counted = counted_together(supervised(reading, &chosen, since)?);
    let counts = if counted.is_empty() { None } else { Some(counts(reading, &counted, since)?) };
    Ok(Learning { teams, since, counts })
}

/// Keeps, in a query that holds `supervisions` and `people`, what was said with people of these teams since a day. What a void record
/// says counts for nothing.
macro_rules! said_in_teams {
    ($from:expr, $organisation:expr, $teams:expr, $since:expr) => {
        $from
            .inner_join(people::table.on(people::id.eq(supervisions::supervisee_id)))
            .filter(supervisions::organisation_id.eq($organisation).and(supervisions::held_on.ge($since)))
            .filter(supervisions::state.ne(RecordState::Voided).and(people::team_id.eq_any($teams)))
    };
}

/// How many people of each of these teams were supervised since a day.
fn supervised(
    reading: &mut Reading<'_>,
    teams: &[TeamId],
    since: NaiveDate,
) -> Result<Vec<(TeamId, i64)>, Problem> {
    let organisation = reading.organisation()?;
    Ok(said_in_teams!(supervisions::table, organisation, teams, since)
        .group_by(people::team_id)
        .select((people::team_id, count(supervisions::supervisee_id).aggregate_distinct()))
        .load(reading.connection)?)
}

fn counts(reading: &mut Reading<'_>, teams: &[TeamId], since: NaiveDate) -> Result<Counts, Problem> {
    let organisation = reading.organisation()?;
    let rules = content::rules(reading)?;
    let mut counts = Counts::default();
    let in_session = case_entries::supervision_id.eq(supervisions::id.nullable());
    // Of sessions alone: what somebody was asked in their own journal is nobody else's.
    let put = raised_prompts::table
        .inner_join(case_entries::table.on(raised_prompts::entry_id.eq(case_entries::id.nullable())))
        .inner_join(supervisions::table.on(in_session));
    let kinds = (raised_prompts::prompt_key, raised_prompts::state, raised_prompts::changed_plan);
    let questions: Vec<(String, PromptState, bool, i64)> = said_in_teams!(put, &organisation, teams, since)
        .group_by(kinds)
        .select((
            raised_prompts::prompt_key,
            raised_prompts::state,
            raised_prompts::changed_plan,
            count_star(),
        ))
        .load(reading.connection)?;
    for (key, state, changed_plan, count) in questions {
        if let Some(prompt) = rules.library.1.find(&key) {
            counts.themes.entry(prompt.theme).or_default().add(state, changed_plan, count);
        }
    }
    // Brothers and sisters are one discussion.
    let discussed = || {
        let in_sessions = case_entries::table.inner_join(supervisions::table.on(in_session));
        in_sessions.filter(case_entries::with_entry_id.is_null())
    };
    let proposals: Vec<(Option<Proposal>, i64)> = said_in_teams!(discussed(), &organisation, teams, since)
        .group_by(case_entries::proposal)
        .select((case_entries::proposal, count_star()))
        .load(reading.connection)?;
    for (proposal, count) in proposals {
        counts.discussions += count;
        if let Some(proposal) = proposal {
            *counts.proposals.entry(proposal).or_default() += count;
        }
    }
    let challenges: Vec<Challenges> = said_in_teams!(discussed(), &organisation, teams, since)
        .filter(case_entries::challenges.ne(""))
        .select(case_entries::challenges)
        .load(reading.connection)?;
    for challenge in challenges.into_iter().flat_map(|list| list.0) {
        *counts.challenges.entry(challenge.outcome).or_default() += 1;
    }
    Ok(counts)
}
