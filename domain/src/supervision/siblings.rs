//! Brothers and sisters who are talked about together: one record for each child, with what differs for this one.

use super::carry::{ActionReview, read_reviews};
use super::entry::{read_child_seen_on, read_direction};
use super::{ChildSeen, NewCaseEntry, Voice, Voices};
use crate::form::FormCheck;
use crate::ids::CaseId;
use crate::reflection::{Situation, Triggers};
use crate::risk::{HighFrom, RiskDirection, RiskLevel};
use chrono::NaiveDate;

/// What is said of one more child of the family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSiblingPart {
    /// Where in the form it stands, for what only the records can find wrong with it.
    pub at: String,
    /// The case of this child.
    pub case: CaseId,
    /// Whether this child was seen, and whether alone; `None` if nobody said.
    pub child_seen: Option<ChildSeen>,
    /// When, if so.
    pub child_seen_on: Option<NaiveDate>,
    /// Whether the view of this child was sought: what one child said is not heard from another.
    pub child_heard: bool,
    /// How high the risk is for this child; `None` if nobody said: then it stays as high as it was.
    pub risk_level: Option<RiskLevel>,
    /// Which way it has gone.
    pub risk_direction: RiskDirection,
    /// What differs for this child; empty if nobody said.
    pub differs: String,
    /// What has become of the actions that were agreed for this child.
    pub reviews: Vec<ActionReview>,
}

/// Reads the blocks `entry.{place}.sibling.{number}`.
pub(super) fn read_siblings(
    check: &mut FormCheck<'_>,
    prefix: &str,
    (held_on, today): (Option<NaiveDate>, NaiveDate),
) -> Option<Vec<NewSiblingPart>> {
    let mut siblings = Vec::new();
    for number in check.form().indexes(prefix) {
        siblings.push(read_sibling(check, &format!("{prefix}.{number}"), (held_on, today)));
    }
    siblings.into_iter().collect()
}

fn read_sibling(
    check: &mut FormCheck<'_>,
    at: &str,
    (held_on, today): (Option<NaiveDate>, NaiveDate),
) -> Option<NewSiblingPart> {
    let name = |field: &str| format!("{at}.{field}");
    let case = check.id(&name("case"), "Choose the case");
    let child_seen = check.optional_choice(&name("child_seen"), "Choose whether this child was seen");
    let child_seen_on = read_child_seen_on(check, &name("child_seen_on"), child_seen.flatten(), today);
    let child_heard = check.form().text(&name("child_heard")) == "yes";
    let risk_level = check.optional_choice(&name("risk_level"), "Choose how high the risk is for this child");
    let risk_direction = read_direction(check, &name("risk_direction"));
    let differs = check.optional_narrative(&name("differs"));
    let reviews = read_reviews(check, &name("review"), held_on);
    Some(NewSiblingPart {
        at: at.to_owned(),
        case: case?,
        child_seen: child_seen?,
        child_seen_on,
        child_heard,
        risk_level: risk_level?,
        risk_direction: risk_direction?,
        differs: differs?,
        reviews: reviews?,
    })
}

impl NewSiblingPart {
    /// What is said of this child that calls for a question.
    pub(super) fn calls_for(&self) -> Triggers {
        let child_not_seen = self.child_seen == Some(ChildSeen::NotSeen);
        let said =
            Situation { risk_direction: Some(self.risk_direction), child_not_seen, ..Situation::default() };
        // The score is said once, for all of them.
        said.triggers(HighFrom::default())
    }

    /// Whose view was sought, of those that were sought for the first child.
    fn voices(&self, of_all: Voices) -> Voices {
        let others: Voices = of_all.iter().filter(|voice| *voice != Voice::Child).collect();
        if self.child_heard { others.with(Voice::Child) } else { others }
    }
}

impl NewCaseEntry {
    /// The record of one more child: what was said of all of them, and what differs. The actions and the replies stand with the
    /// child first talked about.
    pub fn of_sibling(&self, part: &NewSiblingPart) -> Self {
        Self {
            case: part.case.clone(),
            child_seen: part.child_seen,
            child_seen_on: part.child_seen_on,
            risk_level: part.risk_level,
            risk_direction: part.risk_direction,
            voices: part.voices(self.voices),
            differs: part.differs.clone(),
            reviews: part.reviews.clone(),
            actions: Vec::new(),
            prompts: Vec::new(),
            siblings: Vec::new(),
            ..self.clone()
        }
    }

    /// Every case of which it speaks.
    pub fn cases(&self) -> impl Iterator<Item = &CaseId> {
        std::iter::once(&self.case).chain(self.siblings.iter().map(|part| &part.case))
    }
}
