//! What calls for questions: what a form says, and what the records know of the case.

use super::{Trigger, Triggers};
use crate::TextValue;
use crate::calendar::add_days;
use crate::risk::{HighFrom, RiskDirection, RiskLevel, SCORE};
use crate::supervision::{ChildSeen, Proposal};
use chrono::NaiveDate;

/// What a form says that may call for a question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// Which way risk has gone.
    pub risk_direction: Option<RiskDirection>,
    /// What is proposed for the plan.
    pub proposal: Option<Proposal>,
    /// Whether support was turned down.
    pub support_declined: bool,
    /// Whether the child has not been seen.
    pub child_not_seen: bool,
    /// How high the risk is said to be, of brothers and sisters the highest; `None` where nothing is said of it, so that it stays
    /// as it was.
    pub level: Option<RiskLevel>,
    /// The score of a new risk checklist.
    pub score: Option<u8>,
    /// What somebody ticked that has happened.
    pub happened: Triggers,
}

impl Situation {
    /// What these fields of a form say, by name and what was chosen or typed. The same on the server and in the browser, and for
    /// brothers and sisters as for the case itself.
    pub fn said<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut said = Self::default();
        for (field, value) in fields {
            // What an organisation asks besides may bear any name.
            let name = field.rsplit('.').next().filter(|_| !field.contains(".answer."));
            match name {
                Some("risk_level") => {
                    said.level =
                        RiskLevel::highest(said.level.into_iter().chain(RiskLevel::from_code(value)));
                }
                Some(SCORE) => said.score = value.trim().parse().ok(),
                Some(name) => said.happened = said.happened.and(called_by(name, value).into_iter().collect()),
                None => {}
            }
        }
        said
    }

    /// The same where the risk stays at this level if nothing is said of it.
    #[must_use]
    pub fn staying_at(self, level: Option<RiskLevel>) -> Self {
        Self { level: self.level.or(level), ..self }
    }

    /// The triggers that fire, the gravest first, where a score is high from here on.
    pub fn triggers(&self, high_from: HighFrom) -> Triggers {
        let direction = match self.risk_direction {
            Some(RiskDirection::Up) => Some(Trigger::RiskUp),
            Some(RiskDirection::Down) => Some(Trigger::RiskDown),
            _ => None,
        };
        let proposal = match self.proposal {
            Some(Proposal::Close | Proposal::StepDown) => Some(Trigger::ClosureOrStepDown),
            Some(Proposal::Escalate) => Some(Trigger::DisagreementWithPartner),
            _ => None,
        };
        let declined = self.support_declined.then_some(Trigger::SupportDeclined);
        let not_seen = self.child_not_seen.then_some(Trigger::ChildNotSeen);
        let score = match self.score {
            Some(score) if high_from.is_reached_by(score) => Some(Trigger::HighScore),
            Some(_) if self.level == Some(RiskLevel::High) => Some(Trigger::LowScoreHighConcern),
            _ => None,
        };
        [direction, proposal, declined, not_seen, score]
            .into_iter()
            .flatten()
            .collect::<Triggers>()
            .and(self.happened)
    }
}

/// What calls for a question by itself: the last part of a field's name, and what was chosen.
fn called_by(name: &str, chosen: &str) -> Option<Trigger> {
    let said = Situation::default();
    let said = match name {
        "risk_direction" => Situation { risk_direction: RiskDirection::from_code(chosen), ..said },
        "proposal" => Situation { proposal: Proposal::from_code(chosen), ..said },
        "support_declined" => Situation { support_declined: chosen == "yes", ..said },
        "child_seen" => {
            Situation { child_not_seen: ChildSeen::from_code(chosen) == Some(ChildSeen::NotSeen), ..said }
        }
        "happened" => return Trigger::from_code(chosen),
        _ => return None,
    };
    // None of these is a score.
    said.triggers(HighFrom::default()).iter().next()
}

/// What the records know of a case before anything is typed. A day that is `None`: there is nothing of the kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseInHand {
    /// Since when its practitioner leads it.
    pub lead_since: Option<NaiveDate>,
    /// When it was last talked about.
    pub last_held_on: Option<NaiveDate>,
    /// When it is due for supervision.
    pub due_on: Option<NaiveDate>,
    /// The day on which so long with the same practitioner asked for a look with fresh eyes, if nobody has looked since.
    pub fresh_eyes_on: Option<NaiveDate>,
    /// The first rise in risk that no session has talked about.
    pub rose_on: Option<NaiveDate>,
    /// The newest repeat incident that nobody has looked at, or for which no checklist was done.
    pub repeat_on: Option<NaiveDate>,
    /// Whether an open action was carried over as often as the policy lets it.
    pub has_carried_action: bool,
    /// The day on which somebody had not been heard for eight weeks.
    pub voice_missing_on: Option<NaiveDate>,
    /// What the newest view of risk calls for that was noted since it was last talked about, and the day of that view.
    pub noted: Option<(Triggers, NaiveDate)>,
}

impl CaseInHand {
    /// What the case itself calls for, each with the day on which it fired.
    fn fired(&self, today: NaiveDate) -> impl Iterator<Item = (Trigger, NaiveDate)> {
        let is_new = |since: &NaiveDate| self.last_held_on.is_none_or(|held_on| held_on < *since);
        let carried_on = self.last_held_on.map(|held_on| add_days(held_on, 1));
        [
            (Trigger::RepeatIncident, self.repeat_on),
            (Trigger::RiskUp, self.rose_on),
            (Trigger::VoiceMissing, self.voice_missing_on),
            (Trigger::MissedSupervision, self.due_on.filter(|due_on| *due_on < today)),
            (Trigger::ActionCarried, carried_on.filter(|_| self.has_carried_action)),
            (Trigger::NewAllocation, self.lead_since.filter(is_new)),
            (Trigger::LongSamePractitioner, self.fresh_eyes_on),
        ]
        .into_iter()
        .filter_map(|(trigger, on)| Some((trigger, on?)))
        .chain(self.noted.into_iter().flat_map(|(triggers, on)| triggers.iter().map(move |each| (each, on))))
    }
}

/// A trigger, and the day on which it fired or led to a question.
pub type Dated = (Trigger, NaiveDate);

/// What the case itself calls for, each with the day on which it fired; `put` are the triggers of the questions that were put about
/// the case, each with its day.
pub fn standing(case: &CaseInHand, put: &[Dated], today: NaiveDate) -> Vec<Dated> {
    unspent(case.fired(today), put)
}

/// Of what fired, that which has led to no question since: a trigger that has is spent until it fires again.
pub fn unspent(fired: impl IntoIterator<Item = Dated>, put: &[Dated]) -> Vec<Dated> {
    let is_spent = |(trigger, since): &Dated| put.iter().any(|(of, on)| of == trigger && on >= since);
    fired.into_iter().filter(|dated| !is_spent(dated)).collect()
}
