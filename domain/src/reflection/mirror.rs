//! The private pattern mirror: whether somebody rated, reviewed or escalated differently between two groups of their own cases. Plain
//! counts, for them alone; never kept, and no other person has a way to it (features 3.12).

use crate::ids::CaseId;
use crate::risk::{RiskDirection, RiskLevel};
use crate::supervision::Proposal;

/// With fewer cases in a group, a difference is chance.
pub const FEWEST_IN_GROUP: usize = 8;

/// How far back it looks, in days: half a year.
pub const MIRROR_DAYS: u64 = 182;

/// One of somebody's cases, with what was said of it in the time that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorCase {
    /// The case.
    pub id: CaseId,
    /// Its reference.
    pub reference: String,
    /// Its label.
    pub label: String,
    /// Whether it is about children, born or not.
    pub of_children: bool,
    /// Whether domestic abuse is known or suspected.
    pub domestic_abuse: bool,
    /// How high the risk is now.
    pub level: RiskLevel,
    /// Which way the risk was said to have gone, each time.
    pub directions: Vec<RiskDirection>,
    /// What was proposed, in each discussion.
    pub proposals: Vec<Option<Proposal>>,
}

/// What was said of a group of cases: each figure is a number of cases, but for the discussions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MirrorSide {
    /// How many cases.
    pub cases: usize,
    /// Of how many the risk is high now.
    pub high: usize,
    /// Of how many it was said to rise.
    pub rose: usize,
    /// How many discussions there were.
    pub discussions: usize,
    /// For how many it was proposed to step down or to close.
    pub eased: usize,
    /// For how many it was proposed to step up.
    pub stepped_up: usize,
    /// For how many a disagreement was escalated.
    pub escalated: usize,
}

impl MirrorSide {
    fn add(&mut self, case: &MirrorCase) {
        let proposed = |wanted: &[Proposal]| {
            usize::from(case.proposals.iter().flatten().any(|proposal| wanted.contains(proposal)))
        };
        self.cases += 1;
        self.high += usize::from(case.level == RiskLevel::High);
        self.rose += usize::from(case.directions.contains(&RiskDirection::Up));
        self.discussions += case.proposals.len();
        self.eased += proposed(&[Proposal::StepDown, Proposal::Close]);
        self.stepped_up += proposed(&[Proposal::StepUp]);
        self.escalated += proposed(&[Proposal::Escalate]);
    }
}

/// The cases in a group beside the others; `None` if either side has fewer than eight.
pub fn mirror(
    cases: &[MirrorCase],
    in_group: impl Fn(&MirrorCase) -> bool,
) -> Option<(MirrorSide, MirrorSide)> {
    let (mut group, mut others) = (MirrorSide::default(), MirrorSide::default());
    for case in cases {
        if in_group(case) { &mut group } else { &mut others }.add(case);
    }
    (group.cases >= FEWEST_IN_GROUP && others.cases >= FEWEST_IN_GROUP).then_some((group, others))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(number: usize) -> MirrorCase {
        MirrorCase {
            id: format!("01890a5d-ac96-774b-bcce-b302099a8{number:03}").parse().unwrap(),
            reference: format!("F-{number}"),
            label: String::new(),
            of_children: true,
            domestic_abuse: number.is_multiple_of(2),
            level: if number < 4 { RiskLevel::High } else { RiskLevel::Standard },
            directions: vec![RiskDirection::Same, RiskDirection::Up],
            proposals: vec![None, Some(Proposal::Stay), Some(Proposal::Close)],
        }
    }

    #[test]
    fn two_groups_of_eight_are_counted_beside_each_other() {
        let cases: Vec<MirrorCase> = (0..16).map(case).collect();
        let (abuse, others) = mirror(&cases, |case| case.domestic_abuse).unwrap();
        assert_eq!((abuse.cases, others.cases), (8, 8));
        assert_eq!((abuse.high, abuse.rose, abuse.discussions), (2, 8, 24));
        assert_eq!((abuse.eased, abuse.stepped_up, abuse.escalated), (8, 0, 0));
        assert_eq!(abuse, others);
    }

    #[test]
    fn nothing_is_shown_of_fewer_than_eight_on_either_side() {
        let cases: Vec<MirrorCase> = (0..40).map(case).collect();
        for (group, is_shown) in [(0, false), (7, false), (8, true), (32, true), (33, false), (40, false)] {
            let shown = mirror(&cases, |case| cases[..group].contains(case)).is_some();
            assert_eq!(shown, is_shown, "{group} of 40");
        }
    }
}
