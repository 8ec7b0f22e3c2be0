//! Who may do what with an audit of supervision files.
//!
//! To be an auditor opens no session. What opens the records of a file is that chance has drawn it in a round of one's own, or
//! that one was asked to grade it a second time; and only until it is final or withdrawn. The personal part, preparations and
//! replies to questions stay closed even then: no rule here speaks of them.

use super::{Actor, AuditFileFacts, AuditRoundFacts};
use crate::people::Role;

/// Auditors, and heads of service, who answer for what was found.
pub(super) fn lists_audits(actor: &Actor) -> bool {
    actor.is(Role::Auditor) || actor.is(Role::HeadOfService)
}

/// Whoever grades in a round; and a head of service who oversees every one of its teams.
pub(super) fn reads_round(actor: &Actor, round: &AuditRoundFacts) -> bool {
    let grades = actor.is(Role::Auditor)
        && (actor.person == round.lead || round.second_graders.contains(&actor.person));
    grades || answers_for(actor, round)
}

fn answers_for(actor: &Actor, round: &AuditRoundFacts) -> bool {
    let oversees_all = round.teams.iter().all(|team| actor.oversees.contains(team));
    actor.is(Role::HeadOfService) && !round.teams.is_empty() && oversees_all
}

/// Who drew a round withdraws, asks, shares, finishes and closes in it.
pub(super) fn leads_round(actor: &Actor, round: &AuditRoundFacts) -> bool {
    actor.is(Role::Auditor) && actor.person == round.lead
}

pub(super) fn keeps_file(actor: &Actor, file: &AuditFileFacts) -> bool {
    actor.is(Role::Auditor) && actor.person == file.lead && !is_audited(actor, file)
}

/// Reads the records of a drawn file and grades it: never somebody whom it is about, and no longer than it takes.
pub(super) fn grades_file(actor: &Actor, file: &AuditFileFacts) -> bool {
    is_grader(actor, file) && file.state.is_open()
}

/// Its graders, and the two people whom it is about: they see that it was drawn, by whom, and who has opened it.
pub(super) fn opens_file(actor: &Actor, file: &AuditFileFacts) -> bool {
    is_grader(actor, file) || is_audited(actor, file)
}

pub(super) fn is_audited(actor: &Actor, file: &AuditFileFacts) -> bool {
    actor.person == file.supervisor || actor.person == file.supervisee
}

fn is_grader(actor: &Actor, file: &AuditFileFacts) -> bool {
    let was_asked = actor.person == file.lead || file.second.as_ref() == Some(&actor.person);
    actor.is(Role::Auditor) && was_asked && !is_audited(actor, file)
}
