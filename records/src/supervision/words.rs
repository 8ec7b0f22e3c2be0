//! What a session's record says, as it is signed.

use super::{SessionEntry, SessionFile};
use crate::secrets;
use domain::TextValue;

/// The hash of what a session's record says, whatever has become of its actions and questions since.
pub(super) fn hash_of(file: &SessionFile) -> String {
    let mut text = vec![
        file.held_on.to_string(),
        file.kind.to_string(),
        file.mode.to_string(),
        file.minutes.to_string(),
        file.supervisor.0.to_string(),
        file.supervisee.0.to_string(),
    ];
    if let Some(row) = &file.personal {
        let part = &row.part;
        text.extend([&part.wellbeing, &part.workload, &part.development, &part.agreed].map(Clone::clone));
    }
    for entry in &file.entries {
        text.extend(entry_lines(entry));
    }
    secrets::hash_of_lines(&text)
}

fn entry_lines(entry: &SessionEntry) -> Vec<String> {
    let said = &entry.entry;
    let mut lines = vec![
        entry.case.0.to_string(),
        said.child_seen.map_or("", TextValue::code).to_owned(),
        said.child_seen_on.map_or(String::new(), |on| on.to_string()),
        said.what_happened.clone(),
        said.support_declined.to_string(),
        said.proposal.map_or("", TextValue::code).to_owned(),
        said.decision.clone(),
        said.rationale.clone(),
        said.no_action_because.clone(),
        said.next_on.map_or(String::new(), |on| on.to_string()),
        entry.level.to_string(),
        entry.direction.to_string(),
    ];
    for action in &entry.actions {
        if let Some(review) = action.review_in(&said.id) {
            let due_on = review.due_on.map_or(String::new(), |on| on.to_string());
            lines.extend([action.what.clone(), review.outcome.to_string(), review.note.clone(), due_on]);
        }
    }
    for action in entry.actions.iter().filter(|action| action.entry == said.id) {
        lines.extend([
            action.what.clone(),
            action.owner.clone(),
            action.agreed_for.to_string(),
            action.measure.clone(),
            action.fallback.clone(),
        ]);
    }
    lines
}
