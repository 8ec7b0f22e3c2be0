//! Which questions to put: few, and called for by what the record says.

mod bias;
mod carried;
mod change;
mod library;
mod situation;
mod table;
#[cfg(test)]
mod tests;

use crate::TextValue;
pub use bias::BiasTag;
pub use change::{NewPrompt, blank_prompt};
pub use library::{LibraryError, PromptLibrary, PromptProblem};
pub use situation::{CaseInHand, Dated, Situation, standing, unspent};
pub use table::{AT_MOST, Chosen, ON_SCREEN, PromptTable, Question};

use crate::value::text_value;
use crate::value_set::ValueSet;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

text_value! {
    /// What a question is about.
    Theme: "theme" {
        Curiosity = "curiosity", "Curiosity and history";
        Voice = "voice", "Voice of the child and of the victim";
        Risk = "risk", "Change in risk, and tools";
        Perpetrator = "perpetrator", "Keeping the perpetrator in view";
        Bias = "bias", "Bias and identity";
        Trauma = "trauma", "Trauma-informed practice";
        Declined = "declined", "Support declined, and capacity";
        Plan = "plan", "Plans and endings";
        Challenge = "challenge", "The manager's challenge";
        Worker = "worker", "The worker and the relationship";
    }
}

text_value! {
    /// What in a record calls for a question, the gravest first (domain.md 5).
    Trigger: "trigger" {
        OrderBreached = "order_breached", "An order, bail or a licence was breached";
        RepeatIncident = "repeat_incident", "It has happened again";
        RiskUp = "risk_up", "Risk has gone up";
        HighScore = "high_score", "The risk checklist scored high";
        ChildNotSeen = "child_not_seen", "A child was not seen";
        Separation = "separation", "They have parted, or are about to";
        PrisonRelease = "prison_release", "Somebody is released from prison";
        SupportDeclined = "support_declined", "Support was declined";
        ClosureOrStepDown = "closure_or_step_down", "A step down or closure is proposed";
        UnsafeReferral = "unsafe_referral", "Anger management, couple work or mediation was suggested";
        CoercionAndCapacity = "coercion_and_capacity", "Capacity is in question, under somebody's control";
        AlcoholAndCapacity = "alcohol_and_capacity", "Capacity is in question, with dependence on alcohol";
        ContactArrangements = "contact_arrangements", "Contact was arranged or changed";
        NewBaby = "new_baby", "A pregnancy or a new baby";
        LowScoreHighConcern = "low_score_high_concern", "The risk checklist scored low, but risk is high";
        RiskDown = "risk_down", "Risk has gone down";
        DisagreementWithPartner = "disagreement_with_partner", "Another agency disagrees";
        PerpetratorEngaged = "perpetrator_engaged", "The perpetrator takes part in a programme";
        VoiceMissing = "voice_missing", "Somebody has not been heard for eight weeks";
        MissedSupervision = "missed_supervision", "Supervision is overdue";
        ActionCarried = "action_carried", "An action was carried over again and again";
        NewAllocation = "new_allocation", "The practitioner is new to the case";
        LongSamePractitioner = "long_same_practitioner", "The same practitioner for a long time";
        LanguageFlag = "language_flag", "A word in the record deserves a second look";
        Always = "always", "Always of use";
    }
}

/// What calls for questions, the gravest first.
pub type Triggers = ValueSet<Trigger>;

impl Triggers {
    /// What has happened in the family, in words. That a word deserves a second look is for the two who write the record, and has
    /// no place in what the family reads.
    pub fn happened_in_words(self) -> String {
        let events = self.iter().filter(|trigger| *trigger != Trigger::LanguageFlag);
        events.map(TextValue::words).collect::<Vec<_>>().join(", ")
    }
}

impl Trigger {
    /// What no other field of a form says: somebody ticks that it has happened since the case was last talked about.
    pub const TICKED: &'static [Self] = &[
        Self::OrderBreached,
        Self::RepeatIncident,
        Self::Separation,
        Self::PrisonRelease,
        Self::ContactArrangements,
        Self::NewBaby,
        Self::PerpetratorEngaged,
        Self::AlcoholAndCapacity,
        Self::CoercionAndCapacity,
        Self::UnsafeReferral,
        Self::DisagreementWithPartner,
        Self::LanguageFlag,
    ];

    /// What was ticked before the score of a checklist was a number. Nothing offers it any more, but a draft may say it still.
    pub const TICKED_BEFORE: &'static [Self] = &[Self::HighScore, Self::LowScoreHighConcern];

    /// What a form may say by a tick.
    pub(crate) fn taken() -> Vec<Self> {
        [Self::TICKED, Self::TICKED_BEFORE].concat()
    }

    /// What the plainest question for it is about.
    fn theme(self) -> Theme {
        match self {
            Self::ClosureOrStepDown => Theme::Plan,
            Self::SupportDeclined | Self::AlcoholAndCapacity | Self::CoercionAndCapacity => Theme::Declined,
            Self::ChildNotSeen | Self::VoiceMissing => Theme::Voice,
            Self::DisagreementWithPartner => Theme::Challenge,
            _ => Theme::Risk,
        }
    }
}

text_value! {
    /// What has become of a question that was put.
    PromptState: "state of a question" {
        Raised = "raised", "Not answered yet";
        Answered = "answered", "Answered";
        Deferred = "deferred", "Put off";
        ToSupervision = "to_supervision", "Taken to supervision";
        NotRelevant = "not_relevant", "Not relevant";
    }
}

impl PromptState {
    /// Whether somebody still owes it a reply, now or later.
    pub const OPEN: [Self; 3] = [Self::Raised, Self::Deferred, Self::ToSupervision];

    /// Whether somebody still owes it a reply.
    pub fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }
}

text_value! {
    /// Where somebody finds a question that was put to them.
    PromptShelf: "shelf of questions" {
        Waiting = "waiting", "Waiting now";
        Later = "later", "Put off";
        Agenda = "agenda", "On the agenda";
        Replied = "replied", "Replied to";
    }
}

impl PromptShelf {
    /// Where a question stands today. One that was put off comes back on its day, and one that was taken to supervision once it was
    /// talked about.
    pub fn of(
        state: PromptState,
        until: Option<NaiveDate>,
        was_talked_about: bool,
        today: NaiveDate,
    ) -> Self {
        match state {
            PromptState::Answered | PromptState::NotRelevant => Self::Replied,
            PromptState::Deferred if until.is_some_and(|until| until > today) => Self::Later,
            PromptState::ToSupervision if !was_talked_about => Self::Agenda,
            PromptState::Raised | PromptState::Deferred | PromptState::ToSupervision => Self::Waiting,
        }
    }
}

/// A reflective question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// Its stable name.
    pub key: String,
    /// What it is about.
    pub theme: Theme,
    /// What calls for it.
    pub triggers: Vec<Trigger>,
    /// The question.
    pub text: String,
    /// Why it is asked.
    pub why: String,
    /// The briefing or framework that it comes from.
    pub source: String,
    /// The kinds of bias that it meets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<BiasTag>,
    /// By when somebody looks at it again.
    #[serde(with = "day_in_iso")]
    pub review_on: NaiveDate,
    /// The version of the library since which it reads so.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub version: i32,
    /// Whether it is put no longer. It is kept, so that what was put before can be explained.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

impl Prompt {
    /// Whether one of these calls for it.
    pub fn answers_to(&self, fired: Triggers) -> bool {
        self.triggers.iter().any(|trigger| fired.contains(*trigger))
    }

    /// Whether it says the same, whatever its version.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        Self { version: other.version, ..self.clone() } == *other
    }
}

fn first() -> i32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_first(version: &i32) -> bool {
    *version == first()
}

/// Days as 2027-11-22.
mod day_in_iso {
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    pub(super) fn serialize<S: Serializer>(day: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(day)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom(format!("“{text}” is not a day: write it like 2027-11-22")))
    }
}
