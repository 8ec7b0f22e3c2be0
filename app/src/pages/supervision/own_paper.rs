//! One's own supervision file as a document: what its pages say, and all that they lead to.

use super::own_file::missed_in_words;
use crate::pages::action_review::ended_in_words;
use crate::pages::{audits, papers};
use crate::paper::Paper;
use crate::visit::Visit;
use domain::TextValue;
use domain::access::Readers;
use domain::agreement::AgreementTemplate;
use domain::audits::QualityDomain;
use domain::calendar::{day_in_words, london_day};
use domain::training::CourseStanding;
use records::actions::ActionRow;
use records::audits::{FileGrade, OwnAudit};
use records::own_file::{Besides, WholeFile};
use records::preparation::Prepared;
use records::training::{CompletionRow, Course};

/// The whole file.
pub(super) fn own_paper(visit: &Visit, whole: &WholeFile, template: &AgreementTemplate) -> Paper {
    let by = visit.signed_in.as_ref().map_or("", |signed_in| signed_in.name.as_str());
    let mut paper = papers::new(visit, format!("Supervision file of {by}"), "Supervision file");
    paper.text(Readers::OwnFile.words());
    part(&mut paper, "Sessions", Readers::OwnSessions, whole.sessions.is_empty());
    for session in &whole.sessions {
        paper.heading(3, format!("{}, {}", day_in_words(session.held_on), session.kind.words()));
        papers::session_parts(&mut paper, 4, session);
    }
    let joined = whole.joined.iter().map(|line| {
        format!("{}: {}, with {}", day_in_words(line.held_on), line.kind.words(), line.supervisor)
    });
    paper.items((3, "Sessions in which you took part"), joined.collect());
    part(&mut paper, "Agreements", Readers::PersonalPart, whole.agreements.is_empty());
    for agreement in &whole.agreements {
        paper.heading(3, format!("Agreement of {} and {}", agreement.supervisor.1, agreement.supervisee.1));
        papers::agreement_parts(&mut paper, 4, agreement, template);
    }
    part(&mut paper, "What was agreed about you", Readers::OwnActions, whole.actions.is_empty());
    paper.list(whole.actions.iter().map(action_in_words).collect());
    part(&mut paper, "Audits of your file", Readers::OwnAudits, whole.audits.is_empty());
    for own in &whole.audits {
        audit(&mut paper, own, &whole.findings.domains, whole.findings.grades.get(&own.file.id));
    }
    besides(&mut paper, &whole.besides);
    paper
}

/// The heading of a part, who reads it, and that there is nothing in it if so.
fn part(paper: &mut Paper, title: &str, who: Readers, is_empty: bool) {
    paper.heading(2, title);
    paper.text(who.words());
    if is_empty {
        paper.text("Nothing.");
    }
}

fn action_in_words(action: &ActionRow) -> String {
    let agreed = papers::agreed_in_words(action);
    let reviews = action.reviews.iter().map(|review| papers::reviewed_in_words(action, review));
    let ended = ended_in_words(action);
    std::iter::once(agreed).chain(reviews).chain(ended).collect::<Vec<_>>().join(" ")
}

fn audit(paper: &mut Paper, own: &OwnAudit, domains: &[QualityDomain], grade: Option<&FileGrade>) {
    let file = &own.file;
    paper.heading(3, format!("Sessions with {}, {}", file.supervisor.1, audits::period(file.period)));
    paper.fact("Led by", &file.lead.1);
    if let Some(on) = file.final_on {
        paper.fact("Final since", day_in_words(on));
    }
    if let Some(found) = grade {
        paper.fact("Overall", found.grade.overall.words());
        paper.said((4, "What went well"), &found.grade.went_well);
        paper.said((4, "What there is to learn"), &found.grade.to_learn);
        paper.said((4, "How the two graders came to it"), &found.why);
        let of_domain = |domain: &QualityDomain| {
            let given = found.grade.domains.iter().find(|given| given.key == domain.key)?;
            let evidence =
                if given.evidence.is_empty() { String::new() } else { format!(". {}", given.evidence) };
            Some(format!(
                "{}: {}, {}{evidence}",
                domain.title,
                given.score.number(),
                given.score.words().to_lowercase()
            ))
        };
        paper.items((4, "Domain by domain"), domains.iter().filter_map(of_domain).collect());
    }
    paper.said((4, "What you said of it"), &own.own_comment);
}

fn besides(paper: &mut Paper, besides: &Besides) {
    part(paper, "Sessions that were not held", Readers::Booked, besides.missed.is_empty());
    let missed = besides.missed.iter();
    paper.list(missed.map(|each| format!("{}: {}", day_in_words(each.on), missed_in_words(each))).collect());
    part(paper, "What you prepared", Readers::Prepared, besides.prepared.is_empty());
    for Prepared { supervisor, preparation, .. } in &besides.prepared {
        let on = day_in_words(london_day(preparation.changed_at));
        paper.heading(3, format!("{on}, for supervision with {supervisor}"));
        paper.text(preparation.sharing.chosen());
        for (question, answer) in preparation.said() {
            paper.said((4, question), &answer);
        }
    }
    let needed = besides.courses.iter().filter(|(_, standing)| *standing != CourseStanding::NotRequired);
    let courses: Vec<String> = needed.map(course_in_words).collect();
    part(paper, "Courses", Readers::Courses, courses.is_empty());
    paper.list(courses);
    paper.items((3, "Courses you have done"), besides.completions.iter().map(completion_in_words).collect());
    part(paper, "Times away", Readers::TimesAway, besides.absences.is_empty());
    let away = besides.absences.iter().map(|absence| {
        let last = absence.to_on.map_or_else(|| "a day not known yet".to_owned(), day_in_words);
        format!("{}: {} to {last}", absence.reason.words(), day_in_words(absence.from_on))
    });
    paper.list(away.collect());
    part(paper, "Longer intervals", Readers::LongerIntervals, besides.intervals.is_empty());
    let intervals = besides.intervals.iter().map(|interval| {
        let approved = &interval.approved;
        format!(
            "{}: every {} days, {} to {}, approved by {}: {}",
            interval.line.words(),
            approved.interval_days,
            day_in_words(approved.granted_on),
            day_in_words(interval.last_on),
            approved.approver,
            approved.reason
        )
    });
    paper.list(intervals.collect());
}

fn course_in_words((course, standing): &(Course, CourseStanding)) -> String {
    let until = match standing {
        CourseStanding::InDate { until } | CourseStanding::Expiring { until } => {
            format!(", until {}", day_in_words(*until))
        }
        CourseStanding::Expired { since } => format!(", on {}", day_in_words(*since)),
        CourseStanding::Never | CourseStanding::NotRequired => String::new(),
    };
    format!("{}: {}{until}", course.details.title, standing.words().to_lowercase())
}

fn completion_in_words(done: &CompletionRow) -> String {
    let more =
        |words: &str, text: &str| if text.is_empty() { String::new() } else { format!(". {words}{text}") };
    let withdrawn = more("Withdrawn: ", done.withdrawn.as_deref().unwrap_or_default());
    format!("{}, {}{}{withdrawn}", done.course, day_in_words(done.completed_on), more("", &done.note))
}
