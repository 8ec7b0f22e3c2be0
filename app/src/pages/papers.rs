//! What records say when they leave the product: the same parts as text and as PDF.

use crate::components::length_in_words;
use crate::pages::action_review::asked;
use crate::paper::Paper;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::agreement::AgreementTemplate;
use domain::calendar::{day_in_words, instant_in_words, late_in_words, london_day};
use domain::ids::SupervisionId;
use domain::risk::{Checklist, RiskDirection, RiskLevel};
use domain::supervision::{Attendance, ChildSeen, EntryKind, LEVEL_LEFT, written_late};
use domain::templates::Answers;
use records::actions::{ActionReviewRow, ActionRow};
use records::agreements::AgreementFile;
use records::cases::{Entry, EntryCopy};
use records::signing::{Signing, StepRow};
use records::supervision::{PersonalPartRow, SessionEntry, SessionFile};

/// An empty document that this visitor takes now.
pub(crate) fn new(visit: &Visit, title: String, reference: &str) -> Paper {
    let by = visit.signed_in.as_ref().map_or("", |signed_in| signed_in.name.as_str());
    Paper::new(title, reference, (by, visit.now))
}

/// An entry on its own, for the case-management system: nothing of the worker's own is in it.
pub(crate) fn of_entry(visit: &Visit, copy: &EntryCopy) -> Paper {
    let day = day_in_words(copy.entry.held_on);
    let title = format!("{} {}: {} of {day}", copy.reference, copy.label, copy.entry.kind.words());
    let mut paper = new(visit, title, &copy.reference);
    paper.fact("Written by", &copy.author);
    if let Some(with) = &copy.with {
        paper.fact("With", with);
    }
    paper.fact("Recorded", instant_in_words(copy.recorded_at));
    if copy.entry.is_void() {
        paper.fact("Void", "this record does not count");
    }
    entry(&mut paper, 2, (&copy.entry, copy.risk, copy.checklist), (&copy.added, &copy.actions));
    paper
}

/// A session as its reader sees it.
pub(crate) fn of_session(visit: &Visit, session: &SessionFile) -> Paper {
    let title = format!("Supervision of {}, {}", session.supervisee.1, day_in_words(session.held_on));
    let mut paper = new(visit, title, "Supervision record");
    session_parts(&mut paper, 2, session);
    paper
}

/// An agreement as its two people signed it.
pub(crate) fn of_agreement(visit: &Visit, agreement: &AgreementFile, template: &AgreementTemplate) -> Paper {
    let title = format!("Agreement of {} and {}", agreement.supervisor.1, agreement.supervisee.1);
    let mut paper = new(visit, title, "Supervision agreement");
    agreement_parts(&mut paper, 2, agreement, template);
    paper
}

/// What an agreement says, under headings of this level.
pub(crate) fn agreement_parts(
    paper: &mut Paper,
    level: u8,
    agreement: &AgreementFile,
    template: &AgreementTemplate,
) {
    for section in &template.sections {
        if let Some(answer) = agreement.answers.get(&section.key) {
            paper.said((level, &section.title), answer);
        }
    }
    paper.fact("Looked at again on", day_in_words(agreement.review_on));
    signatures(paper, level, &agreement.signing);
}

/// What a session says, under headings of this level.
pub(crate) fn session_parts(paper: &mut Paper, level: u8, session: &SessionFile) {
    paper.fact("Date held", day_in_words(session.held_on));
    paper.fact("Supervisor", &session.supervisor.1);
    paper.fact("Supervised", &session.supervisee.1);
    paper.fact("Kind", session.kind.words());
    paper.fact("Met", session.mode.words());
    paper.fact("Minutes", length_in_words(session.began_at, session.minutes));
    if let Some((by, version)) = session.was_due {
        let held = late_in_words(by, session.held_on).unwrap_or_else(|| "in time".to_owned());
        paper.fact("Held", format!("{held}. Due by {}, policy version {version}", day_in_words(by)));
    }
    let recorded = instant_in_words(session.recorded_at);
    let late = written_late(session.write_by, session.decide_by, london_day(session.recorded_at));
    paper.fact("Recorded", late.map_or_else(|| recorded.clone(), |(late, _)| format!("{recorded} ({late})")));
    for attendance in [Attendance::There, Attendance::Apologies] {
        let names: Vec<&str> = session
            .members
            .iter()
            .filter(|member| member.attendance == attendance)
            .map(|member| member.name.as_str())
            .collect();
        if !names.is_empty() {
            paper.fact(attendance.words(), names.join(", "));
        }
    }
    if let Some(on) = session.incident_on {
        paper.fact("Day of the incident", day_in_words(on));
    }
    answers(paper, level, &session.answers);
    if let Some(part) = &session.personal {
        personal(paper, level, (&session.id, part));
    }
    for SessionEntry { case, entry: said, added, level: risk, direction, checklist, actions, .. } in
        &session.entries
    {
        paper.heading(level, format!("{} {}", case.1, case.2));
        entry(paper, level + 1, (said, (*risk, *direction), *checklist), (added, actions));
    }
    signatures(paper, level, &session.signing);
}

fn personal(paper: &mut Paper, level: u8, (id, row): (&SupervisionId, &PersonalPartRow)) {
    let heading = |words| (level, words);
    let reviewed = row
        .actions
        .iter()
        .filter_map(|action| Some(reviewed_in_words(action, action.review_in_session(id)?)));
    paper.items((level, "Actions from last time"), reviewed.collect());
    paper.said(heading("Workload"), &row.part.workload);
    paper.said(heading("Learning and development"), &row.part.development);
    paper.said(heading("Anything else agreed"), &row.part.agreed);
    let agreed = row.actions.iter().filter(|action| action.is_of_session(id)).map(agreed_in_words);
    paper.items((level, "Actions"), agreed.collect());
    answers(paper, level, &row.answers);
    if !row.part.wellbeing.is_empty() {
        paper.heading(level, "How they are, and what the work does to them");
        paper.text(Readers::Wellbeing.words());
        paper.text(&row.part.wellbeing);
    }
}

fn answers(paper: &mut Paper, level: u8, answers: &Answers) {
    for answer in &answers.given {
        paper.said((level, &answer.asks), &answer.in_words());
    }
}

fn signatures(paper: &mut Paper, level: u8, signing: &Signing) {
    paper.heading(level, format!("Signatures: {}", signing.state.words()));
    let late = signing.sign_by.zip(signing.signed_on()).and_then(|(by, on)| late_in_words(by, on));
    if let Some(late) = late {
        paper.fact("The second signature", late);
    }
    paper.list(signing.steps.iter().map(step_in_words).collect());
}

fn entry(
    paper: &mut Paper,
    level: u8,
    (entry, (risk, direction), checklist): (&Entry, (RiskLevel, RiskDirection), Option<Checklist>),
    (added, actions): (&[StepRow], &[ActionRow]),
) {
    let left = if entry.level_left { format!(". {LEVEL_LEFT}") } else { String::new() };
    paper.fact("Risk", format!("{}, direction: {}{left}", risk.words(), direction.words().to_lowercase()));
    if let Some(checklist) = checklist {
        paper.fact("Risk checklist (DASH-RIC)", checklist.words());
    }
    if let Some(seen) = entry.child_seen.filter(|seen| *seen != ChildSeen::NotApplicable) {
        let on = entry.child_seen_on.map_or(String::new(), |on| format!(", on {}", day_in_words(on)));
        paper.fact("Child seen", format!("{}{on}", seen.words()));
    }
    if entry.support_declined {
        paper.fact("Support", "was declined");
    }
    for (heading, words) in [
        ("Has happened", entry.happened.happened_in_words()),
        ("Whose view was sought", entry.voices.words()),
    ] {
        if !words.is_empty() {
            paper.fact(heading, words);
        }
    }
    let reviewed =
        actions.iter().filter_map(|action| Some(reviewed_in_words(action, action.review_in(&entry.id)?)));
    paper.items((level, "Actions from last time"), reviewed.collect());
    paper.said((level, "What differs for this child"), &entry.differs);
    let happened =
        if entry.kind == EntryKind::Oversight { "What happened or was asked" } else { "What has happened" };
    paper.said((level, happened), &entry.what_happened);
    answers(paper, level, &entry.answers);
    for (number, hypothesis) in entry.hypotheses.0.iter().enumerate() {
        let heading = format!("Explanation {}", number + 1);
        paper.said((level, &heading), &hypothesis.explanation);
        hypothesis.beside().for_each(|(heading, text)| paper.fact(heading, text.to_owned()));
    }
    let challenges = entry.challenges.0.iter().map(domain::supervision::Challenge::words);
    paper.items((level, "Challenged"), challenges.collect());
    if let Some(act) = entry.act {
        paper.fact("Decided", act.words());
    }
    if let Some(proposal) = entry.proposal {
        paper.fact("Plan", proposal.words());
    }
    paper.said((level, "Decision"), &entry.decision);
    paper.said((level, "Why"), &entry.rationale);
    paper.said((level, "No action needed, because"), &entry.no_action_because);
    let agreed = actions.iter().filter(|action| action.is_of_entry(entry.agreed_at())).map(agreed_in_words);
    paper.items((level, "Actions"), agreed.collect());
    if let Some(next_on) = entry.next_on {
        paper.fact("Next date", day_in_words(next_on));
    }
    paper.items((level, "Added later"), added.iter().map(step_in_words).collect());
}

fn step_in_words(row: &StepRow) -> String {
    let words = if row.words.is_empty() { String::new() } else { format!(": {}", row.words) };
    format!("{}, {}, {}{words}", row.step.words(), row.person, instant_in_words(row.taken_at))
}

/// What became of an action in a session.
pub(crate) fn reviewed_in_words(action: &ActionRow, review: &ActionReviewRow) -> String {
    let note = if review.note.is_empty() { String::new() } else { format!(": {}", review.note) };
    let by = review.due_on.map_or(String::new(), |on| format!(". By {}", day_in_words(on)));
    let asked = asked(review).map_or(String::new(), |asked| format!(".{asked}"));
    format!("{} ({}) {}{note}{by}{asked}", action.what, action.owner, review.outcome.words())
}

/// An action as it was agreed.
pub(crate) fn agreed_in_words(action: &ActionRow) -> String {
    let more = |words: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!(" {words}: {text}.") }
    };
    format!(
        "{}, {}, by {}.{}{}",
        action.what,
        action.owner,
        day_in_words(action.agreed_for),
        more("We shall know by", &action.measure),
        more("If it is not done", &action.fallback)
    )
}
