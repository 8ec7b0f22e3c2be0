//! Which questions to put: few, and called for by what the record says.

use crate::risk::RiskDirection;
use crate::supervision::Proposal;
use crate::value::text_value;
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
    /// What in a record calls for a question.
    Trigger: "trigger" {
        Always = "always", "Always of use";
        RiskUp = "risk_up", "Risk has gone up";
        RiskDown = "risk_down", "Risk has gone down";
        ClosureOrStepDown = "closure_or_step_down", "A step down or closure is proposed";
        SupportDeclined = "support_declined", "Support was declined";
        RepeatIncident = "repeat_incident", "It has happened again";
        HighScore = "high_score", "The checklist scored 14 or more";
        LowScoreHighConcern = "low_score_high_concern", "A low score, but high concern";
        OrderBreached = "order_breached", "An order was breached";
        AlcoholAndCapacity = "alcohol_and_capacity", "Alcohol dependence and capacity";
        CoercionAndCapacity = "coercion_and_capacity", "Coercion and capacity";
        NewBaby = "new_baby", "A pregnancy or new baby";
        PrisonRelease = "prison_release", "A release from prison";
        ContactArrangements = "contact_arrangements", "Contact arrangements";
        PerpetratorEngaged = "perpetrator_engaged", "The perpetrator takes part in a programme";
        ChildNotSeen = "child_not_seen", "A child was not seen";
        LongSamePractitioner = "long_same_practitioner", "The same practitioner for a long time";
        NewAllocation = "new_allocation", "Newly allocated";
        DisagreementWithPartner = "disagreement_with_partner", "A disagreement with another agency";
        LanguageFlag = "language_flag", "A word worth a second look";
        MissedSupervision = "missed_supervision", "Supervision was missed";
        UnsafeReferral = "unsafe_referral", "A referral that may be unsafe";
        Separation = "separation", "A separation";
    }
}

impl Trigger {
    /// What the plainest question for it is about.
    fn theme(self) -> Theme {
        match self {
            Self::ClosureOrStepDown => Theme::Plan,
            Self::SupportDeclined => Theme::Declined,
            Self::ChildNotSeen => Theme::Voice,
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
        NotRelevant = "not_relevant", "Not relevant";
    }
}

/// A reflective question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Its stable name.
    pub key: String,
    /// What it is about.
    pub theme: Theme,
    /// What calls for it.
    pub triggers: Vec<Trigger>,
    /// The question.
    pub text: String,
}

impl Prompt {
    fn answers_to(&self, triggers: &[Trigger]) -> bool {
        self.triggers.iter().any(|trigger| triggers.contains(trigger))
    }
}

/// A dated version of the questions that an organisation uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptLibrary {
    /// The questions, in the order in which ties are decided.
    #[serde(rename = "prompt")]
    pub prompts: Vec<Prompt>,
}

impl PromptLibrary {
    /// The library that ships with the product, as TOML.
    pub const SHIPPED: &'static str = include_str!("../../content/prompts.toml");

    /// Reads a library.
    pub fn parse(toml: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(toml)
    }

    /// The question with this key.
    pub fn find(&self, key: &str) -> Option<&Prompt> {
        self.prompts.iter().find(|prompt| prompt.key == key)
    }

    /// What a page needs to carry so that the right questions can be shown as the situation changes.
    pub fn table(&self, recent: &[String], turn: usize) -> PromptTable {
        let mut table = PromptTable { questions: Vec::new(), by_situation: Vec::new() };
        for situation in Situation::all() {
            let mut row = Vec::with_capacity(AT_MOST);
            for prompt in choose(&self.prompts, &situation, recent, turn) {
                let known = table.questions.iter().position(|question| question.key == prompt.key);
                row.push(known.unwrap_or_else(|| {
                    table.questions.push(Question { key: prompt.key.clone(), text: prompt.text.clone() });
                    table.questions.len() - 1
                }));
            }
            table.by_situation.push(row);
        }
        table
    }
}

/// A question as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its key in the library.
    pub key: String,
    /// The question.
    pub text: String,
}

/// The questions for every situation that an entry can describe, each text once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptTable {
    questions: Vec<Question>,
    by_situation: Vec<Vec<usize>>,
}

impl PromptTable {
    /// The questions that [`choose`] chose for this situation, in order.
    pub fn questions_for(&self, situation: &Situation) -> Vec<&Question> {
        let row = self.by_situation.get(situation.number()).map_or(&[][..], Vec::as_slice);
        row.iter().filter_map(|at| self.questions.get(*at)).collect()
    }

    /// The questions for the places of a form: a place that is in use keeps its question (`kept` gives its key), and
    /// the others get what the situation calls for.
    pub fn places(&self, situation: &Situation, kept: impl Fn(usize) -> Option<String>) -> Vec<Question> {
        let kept: Vec<Option<&Question>> = (0..AT_MOST)
            .map(|number| {
                kept(number).and_then(|key| self.questions.iter().find(|question| question.key == key))
            })
            .collect();
        let mut next =
            self.questions_for(situation).into_iter().filter(|question| !kept.contains(&Some(question)));
        kept.iter().filter_map(|keeps| keeps.or_else(|| next.next())).cloned().collect()
    }
}

/// What a record says that may call for a question.
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
}

impl Situation {
    /// The triggers that fire, the gravest first.
    pub fn triggers(&self) -> Vec<Trigger> {
        let mut fired = Vec::new();
        match self.risk_direction {
            Some(RiskDirection::Up) => fired.push(Trigger::RiskUp),
            Some(RiskDirection::Down) => fired.push(Trigger::RiskDown),
            _ => {}
        }
        match self.proposal {
            Some(Proposal::Close | Proposal::StepDown) => fired.push(Trigger::ClosureOrStepDown),
            Some(Proposal::Escalate) => fired.push(Trigger::DisagreementWithPartner),
            _ => {}
        }
        if self.support_declined {
            fired.push(Trigger::SupportDeclined);
        }
        if self.child_not_seen {
            fired.push(Trigger::ChildNotSeen);
        }
        fired
    }

    /// Every situation that calls for different questions, in the order of their numbers.
    fn all() -> impl Iterator<Item = Self> {
        let directions = [None, Some(RiskDirection::Up), Some(RiskDirection::Down)];
        let proposals = [None, Some(Proposal::Close), Some(Proposal::Escalate)];
        (0..36).map(move |number| Self {
            risk_direction: directions[number / 12],
            proposal: proposals[number / 4 % 3],
            support_declined: number / 2 % 2 == 1,
            child_not_seen: number % 2 == 1,
        })
    }

    /// Where this situation stands in [`Situation::all`].
    fn number(self) -> usize {
        let direction = match self.risk_direction {
            Some(RiskDirection::Up) => 1,
            Some(RiskDirection::Down) => 2,
            _ => 0,
        };
        let proposal = match self.proposal {
            Some(Proposal::Close | Proposal::StepDown) => 1,
            Some(Proposal::Escalate) => 2,
            _ => 0,
        };
        direction * 12
            + proposal * 4
            + usize::from(self.support_declined) * 2
            + usize::from(self.child_not_seen)
    }
}

/// At most this many questions stand under one case entry or reflection.
pub const AT_MOST: usize = 3;

/// Chooses up to three questions: for each trigger that fired one that it calls for (at most two), one about
/// bias always, and general ones for the places left, a question in the child's or victim's voice first.
///
/// `recent` are the keys put about the same case in the last 90 days: they return only if their trigger fires
/// again. `turn` (how many entries the case has) moves the start, so that general questions take turns.
pub fn choose<'a>(
    library: &'a [Prompt],
    situation: &Situation,
    recent: &[String],
    turn: usize,
) -> Vec<&'a Prompt> {
    let fired = situation.triggers();
    let is_new = |prompt: &&Prompt| !recent.contains(&prompt.key);
    let mut chosen: Vec<&Prompt> = Vec::with_capacity(AT_MOST);
    for trigger in fired.iter().take(AT_MOST - 1) {
        let mut called: Vec<&Prompt> = library
            .iter()
            .filter(|prompt| {
                prompt.theme != Theme::Bias && prompt.triggers.contains(trigger) && !chosen.contains(prompt)
            })
            .collect();
        // The plainest question for the trigger first: made for it, and about what it is about.
        called.sort_by_key(|prompt| {
            (prompt.triggers.contains(&Trigger::Always), prompt.theme != trigger.theme())
        });
        let fresh = called.iter().copied().find(is_new);
        chosen.extend(fresh.or_else(|| called.first().copied()));
    }
    let bias = |wanted: &[Trigger]| {
        let candidates: Vec<&Prompt> = library
            .iter()
            .filter(|prompt| prompt.theme == Theme::Bias && prompt.answers_to(wanted))
            .collect();
        pick(&candidates, recent, turn)
    };
    chosen.extend(bias(&fired).or_else(|| bias(&[Trigger::Always])));
    for theme in [Some(Theme::Voice), None] {
        if chosen.len() >= AT_MOST {
            break;
        }
        let general: Vec<&Prompt> = library
            .iter()
            .filter(|prompt| prompt.triggers.contains(&Trigger::Always) && prompt.theme != Theme::Bias)
            .filter(|prompt| theme.is_none_or(|theme| prompt.theme == theme) && !chosen.contains(prompt))
            .collect();
        chosen.extend(pick(&general, recent, turn));
    }
    chosen
}

/// The next candidate in turn that was not put lately, or the next in turn if all were.
fn pick<'a>(candidates: &[&'a Prompt], recent: &[String], turn: usize) -> Option<&'a Prompt> {
    let start = turn.checked_rem(candidates.len())?;
    let in_turn = candidates.iter().cycle().skip(start).take(candidates.len());
    in_turn.clone().find(|prompt| !recent.contains(&prompt.key)).or(in_turn.clone().next()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn library() -> PromptLibrary {
        PromptLibrary::parse(PromptLibrary::SHIPPED).unwrap()
    }

    fn up() -> Situation {
        Situation { risk_direction: Some(RiskDirection::Up), ..Situation::default() }
    }

    #[test]
    fn the_shipped_library_is_whole_and_its_keys_are_unique() {
        let library = library();
        assert_eq!(library.prompts.len(), 92);
        let mut keys: Vec<&str> = library.prompts.iter().map(|prompt| prompt.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 92);
    }

    #[test]
    fn a_rise_in_risk_calls_for_a_question_about_it_and_one_about_bias() {
        let library = library();
        let chosen = choose(&library.prompts, &up(), &[], 0);
        assert!(chosen[0].triggers.contains(&Trigger::RiskUp));
        assert!(
            chosen
                .iter()
                .any(|prompt| prompt.theme == Theme::Bias && prompt.triggers.contains(&Trigger::RiskUp))
        );
    }

    #[test]
    fn a_question_of_the_last_90_days_returns_only_when_nothing_else_is_called_for() {
        let library = library();
        let first = choose(&library.prompts, &up(), &[], 0);
        let recent: Vec<String> = first.iter().map(|prompt| prompt.key.clone()).collect();
        let second = choose(&library.prompts, &up(), &recent, 0);
        assert_ne!(first[0].key, second[0].key);
    }

    fn any_situation() -> impl Strategy<Value = Situation> {
        let direction = prop::sample::select(vec![
            None,
            Some(RiskDirection::Up),
            Some(RiskDirection::Same),
            Some(RiskDirection::Down),
        ]);
        let proposal = prop::sample::select(vec![
            None,
            Some(Proposal::Stay),
            Some(Proposal::Close),
            Some(Proposal::StepDown),
            Some(Proposal::Escalate),
        ]);
        (direction, proposal, any::<bool>(), any::<bool>()).prop_map(
            |(risk_direction, proposal, support_declined, child_not_seen)| Situation {
                risk_direction,
                proposal,
                support_declined,
                child_not_seen,
            },
        )
    }

    proptest! {
        #[test]
        fn three_different_questions_and_one_always_about_bias(situation in any_situation(), turn in 0usize..200) {
            let library = library();
            let chosen = choose(&library.prompts, &situation, &[], turn);
            prop_assert_eq!(chosen.len(), AT_MOST);
            prop_assert_eq!(chosen.iter().filter(|prompt| prompt.theme == Theme::Bias).count(), 1);
            prop_assert!(chosen[0] != chosen[1] && chosen[1] != chosen[2] && chosen[0] != chosen[2]);
            for trigger in situation.triggers().iter().take(2) {
                prop_assert!(chosen.iter().any(|prompt| prompt.triggers.contains(trigger)), "{:?} has no question", trigger);
            }
        }

        #[test]
        fn the_table_gives_the_same_questions_as_the_whole_library(situation in any_situation(), turn in 0usize..50) {
            let library = library();
            let table = library.table(&[], turn);
            prop_assert!(table.questions.len() < 30, "{} questions are too many to send to a browser", table.questions.len());
            let whole: Vec<&str> = choose(&library.prompts, &situation, &[], turn).iter().map(|prompt| prompt.key.as_str()).collect();
            let tabled: Vec<&str> = table.questions_for(&situation).iter().map(|question| question.key.as_str()).collect();
            prop_assert_eq!(whole, tabled);
        }
    }
}
