//! What a record that stands there does not say, for whoever is about to sign it.

use super::{SessionEntry, SessionFile};
use domain::risk::RiskLevel;
use domain::supervision::{Gap, Said, SaidOfChild};

impl SessionFile {
    /// The entries that do not say something (domain.md 3.1), each with what. How things stood before is no part of the record, so what
    /// only that would show is not among it; nor is an entry to which something was added since.
    pub fn gaps(&self) -> Vec<(&SessionEntry, Vec<Gap>)> {
        let of_entry = |entry: &'_ SessionEntry| {
            let together = self.entries.iter().filter(|other| other.entry.agreed_at() == &entry.entry.id);
            entry.gaps(together.chain([entry]).any(|one| one.level == RiskLevel::High))
        };
        let told = self.entries.iter().filter(|entry| entry.added.is_empty());
        told.map(|entry| (entry, of_entry(entry))).filter(|(_, gaps)| !gaps.is_empty()).collect()
    }
}

impl SessionEntry {
    /// What it does not say, where the risk is high for one of those of whom it speaks, or not.
    fn gaps(&self, is_high: bool) -> Vec<Gap> {
        let entry = &self.entry;
        let of_child = SaidOfChild {
            seen: entry.child_seen,
            has_seen_day: entry.child_seen_on.is_some(),
            has_level: !entry.level_left,
            direction: self.direction,
            is_contradicted: false,
        };
        if entry.with_entry.is_some() {
            return of_child.gaps_of_sibling(&entry.differs);
        }
        let is_agreed = self.actions.iter().any(|action| action.is_of_entry(&entry.id));
        let mut looked_at = self.actions.iter().filter_map(|action| action.review_in(&entry.id));
        let has_action = is_agreed || looked_at.any(|review| review.outcome.leaves_work());
        let said = Said {
            of_child,
            what_happened: &entry.what_happened,
            is_high,
            is_stuck: false,
            hypotheses: &entry.hypotheses,
            challenges: &entry.challenges,
            proposal: entry.proposal,
            rationale: &entry.rationale,
            has_action,
            no_action_because: &entry.no_action_because,
        };
        said.gaps()
    }
}
