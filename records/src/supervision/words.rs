//! What a session's record says, as it is signed.

use super::{SessionEntry, SessionFile};
use crate::actions::{ActionReviewRow, ActionRow};
use crate::secrets;
use domain::TextValue;
use domain::supervision::LEVEL_LEFT;
use domain::templates::Answers;

/// The hash of what a session's record says, whatever has become of its actions and questions since.
pub(super) fn hash_of(file: &SessionFile) -> String {
    secrets::hash_of_lines(&lines_of(file))
}

/// What a session's record says, line by line.
pub(super) fn lines_of(file: &SessionFile) -> Vec<String> {
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
        text.extend(answer_lines(&row.answers));
        for action in &row.actions {
            text.extend(
                action
                    .review_in_session(&file.id)
                    .map(|review| review_lines(action, review))
                    .into_iter()
                    .flatten(),
            );
        }
        text.extend(
            row.actions.iter().filter(|action| action.is_of_session(&file.id)).flat_map(action_lines),
        );
    }
    // What was signed before there was a day or a time to name keeps its hash.
    text.extend(file.incident_on.map(|on| on.to_string()));
    text.extend(file.began_at.map(|at| at.to_string()));
    for member in &file.members {
        text.extend([member.id.to_string(), member.attendance.to_string()]);
    }
    text.extend(answer_lines(&file.answers));
    for entry in &file.entries {
        text.extend(entry_lines(entry));
    }
    text
}

/// Questions and answers. What was signed before there were any keeps its hash.
fn answer_lines(answers: &Answers) -> impl Iterator<Item = String> {
    answers.given.iter().flat_map(|answer| [answer.asks.clone(), answer.answer.clone()])
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
    lines.extend(answer_lines(&said.answers));
    lines.extend(Some(said.differs.clone()).filter(|differs| !differs.is_empty()));
    // What was signed before there was a score, or anything to tick, keeps its hash.
    lines.extend(entry.checklist.map(|checklist| checklist.words()));
    lines.extend(Some(said.happened.to_stored()).filter(|happened| !happened.is_empty()));
    lines.extend(Some(said.voices.to_stored()).filter(|voices| !voices.is_empty()));
    lines.extend(Some(said.hypotheses.to_stored()).filter(|hypotheses| !hypotheses.is_empty()));
    lines.extend(Some(said.challenges.to_stored()).filter(|challenges| !challenges.is_empty()));
    lines.extend(said.level_left.then(|| LEVEL_LEFT.to_owned()));
    for action in &entry.actions {
        lines.extend(
            action.review_in(&said.id).map(|review| review_lines(action, review)).into_iter().flatten(),
        );
    }
    lines.extend(entry.actions.iter().filter(|action| action.is_of_entry(&said.id)).flat_map(action_lines));
    lines
}

/// What became of an earlier action, and who was asked. An answer comes later, and is no part of what is signed.
fn review_lines(action: &ActionRow, review: &ActionReviewRow) -> Vec<String> {
    let due_on = review.due_on.map_or(String::new(), |on| on.to_string());
    let asked = review.asked.as_ref().map(|asked| asked.person.to_string());
    let lines = [action.what.clone(), review.outcome.to_string(), review.note.clone(), due_on];
    lines.into_iter().chain(asked).collect()
}

/// What was agreed.
fn action_lines(action: &ActionRow) -> [String; 5] {
    [
        action.what.clone(),
        action.owner.clone(),
        action.agreed_for.to_string(),
        action.measure.clone(),
        action.fallback.clone(),
    ]
}
