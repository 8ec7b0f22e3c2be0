//! What is said about one case: in a session, with decision, reason and actions.

use super::action::{NewAction, read_actions};
use super::carry::{ActionReview, read_reviews};
use super::challenge::{Challenge, Hypothesis, read_challenges, read_hypotheses};
use super::siblings::{NewSiblingPart, read_siblings};
use super::voices::{Voice, Voices};
use crate::form::FormCheck;
use crate::ids::CaseId;
use crate::reflection::{PromptReply, Situation, Trigger, Triggers};
use crate::risk::{Checklist, RiskDirection, RiskLevel};
use crate::stored_list::StoredList;
use crate::templates::NewAnswers;
use crate::value::{TextValue, text_value};
use crate::value_set::ValueSet;
use chrono::NaiveDate;

text_value! {
    /// Whether the child was seen, and whether alone.
    ChildSeen: "answer" {
        Alone = "alone", "Yes, alone";
        NotAlone = "not_alone", "Yes, but not alone";
        NotSeen = "not_seen", "Not seen yet";
        NotApplicable = "not_applicable", "Does not apply (adult or unborn child)";
    }
}

text_value! {
    /// What is proposed for the plan.
    Proposal: "proposal" {
        Stay = "stay", "Carry on with the plan";
        StepUp = "step_up", "Step up";
        StepDown = "step_down", "Step down";
        Close = "close", "Close";
        Escalate = "escalate", "Escalate a disagreement with another agency";
    }
}

text_value! {
    /// Where an entry on a case comes from.
    EntryKind: "kind of entry" {
        Supervision = "supervision", "Case supervision";
        Oversight = "oversight", "Management oversight";
    }
}

/// What was said about one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCaseEntry {
    /// Its number in the form, for what only the records can find wrong with it.
    pub place: usize,
    /// The case.
    pub case: CaseId,
    /// Whether the child was seen, and whether alone; `None` if nobody said.
    pub child_seen: Option<ChildSeen>,
    /// When, if so.
    pub child_seen_on: Option<NaiveDate>,
    /// What has happened since last time.
    pub what_happened: String,
    /// How high the risk is now; `None` if nobody said: then it stays as high as it was.
    pub risk_level: Option<RiskLevel>,
    /// Which way it has gone.
    pub risk_direction: RiskDirection,
    /// The risk checklist that was done since last time, with its score.
    pub checklist: Option<Checklist>,
    /// Whether the family or person turned support down.
    pub support_declined: bool,
    /// What somebody ticked that has happened since last time.
    pub happened: Triggers,
    /// Whose view was sought.
    pub voices: Voices,
    /// Explanations of what goes on, put beside each other.
    pub hypotheses: StoredList<Hypothesis>,
    /// What one of the two put to the test.
    pub challenges: StoredList<Challenge>,
    /// What is proposed for the plan; `None` if nobody said.
    pub proposal: Option<Proposal>,
    /// The manager's decision.
    pub decision: String,
    /// Why.
    pub rationale: String,
    /// What has become of the actions of earlier sessions.
    pub reviews: Vec<ActionReview>,
    /// What is to be done.
    pub actions: Vec<NewAction>,
    /// Why nothing is, if that is so.
    pub no_action_because: String,
    /// When the case is talked about next.
    pub next_on: Option<NaiveDate>,
    /// Replies to the questions that the page put.
    pub prompts: Vec<PromptReply>,
    /// Answers to what the organisation asks besides.
    pub answers: NewAnswers,
    /// What differs for this child, if it is talked about with brothers and sisters.
    pub differs: String,
    /// The brothers and sisters of whom the same is said, each with what differs.
    pub siblings: Vec<NewSiblingPart>,
}

/// What a record says of a risk of which nobody said how high it is.
pub const LEVEL_LEFT: &str = "Nobody said how high the risk is: it stays as it was";

impl NewCaseEntry {
    /// How high the risk of each is said to be, by its case.
    pub(super) fn levels(&self) -> impl Iterator<Item = (&CaseId, Option<RiskLevel>)> {
        let of_siblings = self.siblings.iter().map(|part| (&part.case, part.risk_level));
        of_siblings.chain([(&self.case, self.risk_level)])
    }

    /// What the entry says that calls for a particular question, of brothers and sisters too: they are asked about together.
    pub fn situation(&self) -> Situation {
        let of_siblings = self.siblings.iter().map(NewSiblingPart::calls_for);
        Situation {
            risk_direction: Some(self.risk_direction),
            proposal: self.proposal,
            support_declined: self.support_declined,
            child_not_seen: self.child_seen == Some(ChildSeen::NotSeen),
            level: RiskLevel::highest(self.levels().filter_map(|(_, said)| said)),
            score: self.checklist.and_then(|checklist| checklist.score),
            happened: of_siblings.fold(self.happened, Triggers::and),
        }
    }
}

pub(super) fn read_entries(
    check: &mut FormCheck<'_>,
    held_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<Vec<NewCaseEntry>> {
    let mut entries: Vec<Option<NewCaseEntry>> = Vec::new();
    for number in check.form().indexes("entry") {
        entries.push(read_entry(check, number, held_on, today));
    }
    let entries: Option<Vec<NewCaseEntry>> = entries.into_iter().collect();
    if let Some(entries) = &entries {
        for (at, entry) in entries.iter().enumerate() {
            let earlier: Vec<&CaseId> = entries[..at].iter().flat_map(NewCaseEntry::cases).collect();
            let own: Vec<&CaseId> = entry.cases().collect();
            let is_double = own
                .iter()
                .enumerate()
                .any(|(place, case)| earlier.contains(case) || own[..place].contains(case));
            if is_double {
                check.fail(
                    "kind",
                    "The same case stands here twice. Put what was said in one place and remove the other",
                );
            }
        }
    }
    entries
}

fn read_entry(
    check: &mut FormCheck<'_>,
    place: usize,
    held_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<NewCaseEntry> {
    let name = |field: &str| format!("entry.{place}.{field}");
    let case = check.id(&name("case"), "Choose the case");
    let child_seen = check.optional_choice(&name("child_seen"), "Choose whether the child was seen");
    let child_seen_on = read_child_seen_on(check, &name("child_seen_on"), child_seen.flatten(), today);
    let what_happened = check.optional_narrative(&name("what_happened"));
    let risk_level = check.optional_choice(&name("risk_level"), "Choose how high the risk is now");
    let risk_direction = read_direction(check, &name("risk_direction"));
    let checklist = Checklist::read(check, &name(""), (held_on, today));
    let support_declined = check.form().text(&name("support_declined")) == "yes";
    let happened = read_ticks(check, &name("happened"), &Trigger::taken());
    let voices = read_ticks(check, &name("voices"), Voice::ALL);
    let hypotheses = read_hypotheses(check, &name("hypothesis"));
    let challenges = read_challenges(check, &name("challenge"));
    let proposal = check.optional_choice(&name("proposal"), "Choose what is proposed for the plan");
    let decision = check.narrative(&name("decision"), "Write the decision");
    let rationale = check.narrative(&name("rationale"), "Write why this was decided");
    let reviews = read_reviews(check, &name("review"), held_on);
    let actions = read_actions(check, &name("action"), held_on);
    let no_action_because = check.optional_narrative(&name("no_action_because"));
    let next_on = check.optional_date(&name("next_on"), "Next date");
    if let (Some(held_on), Some(Some(next_on))) = (held_on, next_on)
        && next_on <= held_on
    {
        check.fail(&name("next_on"), "Next date must be after the date held");
    }
    let prompts = PromptReply::read_all(check, &name("prompt"), today);
    let answers = NewAnswers::read(check, &format!("entry.{place}"));
    let siblings = read_siblings(check, &name("sibling"), (held_on, today));
    Some(NewCaseEntry {
        place,
        case: case?,
        child_seen: child_seen?,
        child_seen_on,
        what_happened: what_happened?,
        risk_level: risk_level?,
        risk_direction: risk_direction?,
        checklist: checklist?,
        support_declined,
        happened: happened?,
        voices: voices?,
        hypotheses: hypotheses?,
        challenges: challenges?,
        proposal: proposal?,
        decision: decision?,
        rationale: rationale?,
        reviews: reviews?,
        actions: actions?,
        no_action_because: no_action_because?,
        next_on: next_on?,
        prompts: prompts?,
        answers: answers?,
        differs: String::new(),
        siblings: siblings?,
    })
}

/// What was ticked, all of it among what the page offers.
fn read_ticks<T: TextValue>(check: &mut FormCheck<'_>, field: &str, offered: &[T]) -> Option<ValueSet<T>> {
    let mut ticked = ValueSet::default();
    for code in check.form().all(field) {
        let Some(value) = offered.iter().find(|value| value.code() == code) else {
            check.fail(field, format!("“{code}” is not on this list"));
            return None;
        };
        ticked = ticked.with(*value);
    }
    Some(ticked)
}

/// Which way the risk has gone; unknown if nobody said.
pub(super) fn read_direction(check: &mut FormCheck<'_>, field: &str) -> Option<RiskDirection> {
    let chosen = check.optional_choice(field, "Choose which way the risk has gone")?;
    Some(chosen.unwrap_or(RiskDirection::Unknown))
}

/// A date belongs to a child that was seen; what is wrong with it is noted in the check.
pub(super) fn read_child_seen_on(
    check: &mut FormCheck<'_>,
    field: &str,
    seen: Option<ChildSeen>,
    today: NaiveDate,
) -> Option<NaiveDate> {
    let day = check.optional_date(field, "Date last seen").flatten()?;
    if matches!(seen, Some(ChildSeen::Alone | ChildSeen::NotAlone)) {
        if day > today {
            check.fail(field, "Date last seen must be today or in the past");
        }
        return Some(day);
    }
    check.fail(field, "You gave a date last seen. Say whether the child was seen alone, or clear the date");
    None
}
