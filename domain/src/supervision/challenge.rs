//! Testing what is thought about a case: explanations beside each other, and who challenged what (features 3.7).

use crate::form::FormCheck;
use crate::stored_list::StoredList;
use crate::value::{TextValue, text_value};
use serde::{Deserialize, Serialize};

text_value! {
    /// Who challenged whom.
    Challenger: "who challenged" {
        Supervisor = "supervisor", "The supervisor";
        Practitioner = "practitioner", "The practitioner";
    }
}

text_value! {
    /// What came of a challenge.
    ChallengeOutcome: "outcome of a challenge" {
        PlanChanged = "plan_changed", "The plan changed";
        Confirmed = "confirmed", "The view was confirmed";
        NeedsEvidence = "needs_evidence", "More evidence is needed";
    }
}

/// Something that one of the two put to the test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Who challenged.
    pub by: Challenger,
    /// What was tested.
    pub tested: String,
    /// What came of it.
    pub outcome: ChallengeOutcome,
}

/// What was put to the test in one discussion.
pub type Challenges = StoredList<Challenge>;

/// One explanation of what goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hypothesis {
    /// What might be so.
    pub explanation: String,
    /// What supports it.
    pub supports: String,
    /// What contradicts it.
    pub contradicts: String,
    /// What would change our mind.
    pub change_mind: String,
    /// Who else could know.
    pub who_else: String,
}

/// Challenges that the form has room for.
pub const CHALLENGES: usize = 2;

/// Explanations that the form has room for.
pub const HYPOTHESES: usize = 3;

/// Reads `{prefix}.K.by`, `.tested` and `.outcome`; a block that names nobody and says nothing is none, whatever was pressed as
/// its outcome.
pub(super) fn read_challenges(check: &mut FormCheck<'_>, prefix: &str) -> Option<StoredList<Challenge>> {
    let mut found = Vec::new();
    for number in check.form().indexes(prefix) {
        let name = |field: &str| format!("{prefix}.{number}.{field}");
        let is_none = ["by", "tested"].iter().all(|field| check.form().text(&name(field)).trim().is_empty());
        if !is_none {
            let by = check.choice(&name("by"), "Choose who challenged");
            let tested = check.narrative(&name("tested"), "Write what was tested");
            let outcome = check.choice(&name("outcome"), "Choose what came of the challenge");
            found.push((|| Some(Challenge { by: by?, tested: tested?, outcome: outcome? }))());
        }
    }
    found.into_iter().collect::<Option<Vec<_>>>().map(StoredList)
}

/// Reads `{prefix}.K.explanation` and what stands beside it. One explanation alone tests nothing.
pub(super) fn read_hypotheses(check: &mut FormCheck<'_>, prefix: &str) -> Option<StoredList<Hypothesis>> {
    let (mut found, mut empty) = (Vec::new(), None);
    for number in check.form().indexes(prefix) {
        let name = |field: &str| format!("{prefix}.{number}.{field}");
        if !check.form().any_typed_under(&format!("{prefix}.{number}.")) {
            empty = empty.or(Some(name("explanation")));
            continue;
        }
        let explanation = check.narrative(&name("explanation"), "Write the explanation");
        let mut beside = |field: &str| check.optional_narrative(&name(field));
        let (supports, contradicts) = (beside("supports"), beside("contradicts"));
        let (change_mind, who_else) = (beside("change_mind"), beside("who_else"));
        found.push((|| {
            Some(Hypothesis {
                explanation: explanation?,
                supports: supports?,
                contradicts: contradicts?,
                change_mind: change_mind?,
                who_else: who_else?,
            })
        })());
    }
    if found.len() == 1 {
        let field = empty.unwrap_or_else(|| format!("{prefix}.1.explanation"));
        check.fail(&field, "Write a second explanation: one alone is not put to the test");
        return None;
    }
    found.into_iter().collect::<Option<Vec<_>>>().map(StoredList)
}

impl Challenge {
    /// In one line.
    pub fn words(&self) -> String {
        format!("{} challenged: {} {}.", self.by.words(), self.tested, self.outcome.words())
    }
}

impl Hypothesis {
    /// What stands beside the explanation, each under its heading; what is empty is left out.
    pub fn beside(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("Supports it", self.supports.as_str()),
            ("Contradicts it", self.contradicts.as_str()),
            ("Would change our mind", self.change_mind.as_str()),
            ("Who else could know", self.who_else.as_str()),
        ]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Form, Problems};

    fn read<T>(
        fields: &[(&str, &str)],
        read: impl Fn(&mut FormCheck<'_>) -> Option<StoredList<T>>,
    ) -> Result<Vec<T>, Problems> {
        let mut form = Form::default();
        for (field, value) in fields {
            form.set(field, *value);
        }
        let mut check = FormCheck::new(&form);
        let found = read(&mut check);
        check.finish(found).map(|list| list.0)
    }

    fn fields<T>(outcome: Result<Vec<T>, Problems>) -> Vec<String> {
        outcome.err().map_or_else(Vec::new, |problems| problems.0.into_iter().map(|it| it.field).collect())
    }

    #[test]
    fn a_challenge_is_whole_or_not_there() {
        let challenges = |fields: &[(&str, &str)]| read(fields, |check| read_challenges(check, "c"));
        assert!(challenges(&[("c.0.tested", " "), ("c.1.tested", "")]).unwrap().is_empty());
        let taken_back = [("c.0.by", ""), ("c.0.tested", ""), ("c.0.outcome", "confirmed")];
        assert!(challenges(&taken_back).unwrap().is_empty(), "“No challenge” takes back the rest");
        let whole = [
            ("c.0.by", "practitioner"),
            ("c.0.tested", "That he has moved out."),
            ("c.0.outcome", "needs_evidence"),
        ];
        let found = challenges(&whole).unwrap();
        assert_eq!(
            (found[0].by, found[0].outcome),
            (Challenger::Practitioner, ChallengeOutcome::NeedsEvidence)
        );
        let stored = StoredList(found.clone()).to_stored();
        assert_eq!(StoredList::<Challenge>::stored(&stored).unwrap().0, found);
        for (left_out, field) in [(0, "c.0.by"), (1, "c.0.tested"), (2, "c.0.outcome")] {
            let rest: Vec<_> = whole
                .iter()
                .copied()
                .enumerate()
                .filter(|(at, _)| *at != left_out)
                .map(|(_, it)| it)
                .collect();
            assert_eq!(fields(challenges(&rest)), [field]);
        }
    }

    #[test]
    fn one_explanation_asks_for_another_and_two_need_no_more() {
        let board = |fields: &[(&str, &str)]| read(fields, |check| read_hypotheses(check, "h"));
        let one = [("h.0.explanation", "She is tired."), ("h.1.explanation", ""), ("h.2.explanation", "")];
        assert_eq!(fields(board(&one)), ["h.1.explanation"]);
        let two = [
            ("h.0.explanation", "She is tired."),
            ("h.1.explanation", "He is back."),
            ("h.1.who_else", "School"),
        ];
        let found = board(&two).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].beside().collect::<Vec<_>>(), [("Who else could know", "School")]);
        assert_eq!(
            fields(board(&[("h.0.supports", "Late again."), ("h.1.explanation", "He is back.")])),
            ["h.0.explanation"]
        );
        assert!(board(&[("h.0.explanation", "")]).unwrap().is_empty());
    }
}
