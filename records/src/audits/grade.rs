//! Grading: the first grade and a second, each blind for the other, and what the two agree on.

use super::draw::{Auditor, is_about, other_auditors};
use super::drawn::{DrawnFile, find};
use super::grades::{FileGrade, grades_of};
use super::records::{Regularity, regularity};
use super::{not_now, tool};
use crate::audit::Event;
use crate::problem::{Problem, Stale};
use crate::schema::{audit_files, audit_grades};
use crate::store::{Reading, Writing, new_id};
use diesel::prelude::*;
use domain::TextValue;
use domain::access::Action;
use domain::audits::{AgreedGrade, FileState, FileStep, GradesIn, NewGrade, Rater, Viewer};
use domain::form::{Form, Problems};
use domain::ids::{AuditFileId, AuditGradeId, PersonId};

/// The file, the grade that the actor gives, and all grades that there are.
type Graded = (DrawnFile, Rater, Vec<FileGrade>);

/// A file that the actor grades.
fn graded(reading: &mut Reading<'_>, id: &AuditFileId) -> Result<Graded, Problem> {
    let file = find(reading, id)?;
    reading.permit(&Action::GradeAuditFile(&file.facts()), "audit_file", id)?;
    let Some(Viewer::Grader(rater)) = file.viewer(&reading.actor()?.person) else {
        return Err(Problem::NotFound);
    };
    let grades = grades_of(reading, id)?;
    Ok((file, rater, grades))
}

fn of(grades: &[FileGrade], rater: Rater) -> Option<&FileGrade> {
    grades.iter().find(|grade| grade.rater == rater)
}

/// The form of the actor's own grade, as it stands so far, and how regularly the two met.
pub fn grade_form(
    reading: &mut Reading<'_>,
    id: &AuditFileId,
) -> Result<(DrawnFile, Form, Regularity), Problem> {
    let (file, rater, grades) = graded(reading, id)?;
    let mut form = Form::default();
    form.set("version", "0");
    if let Some(own) = of(&grades, rater) {
        reading.note_view(Event::new("viewed", "audit_findings", id).with("grades", rater.code()));
        own.grade.fill(&mut form);
        form.set("version", own.version.to_string());
    }
    let regularity = regularity(reading, &file)?;
    Ok((file, form, regularity))
}

/// Gives a grade, or corrects it while the other one cannot have seen it.
pub fn grade(
    writing: &mut Writing<'_>,
    id: &AuditFileId,
    version: i32,
    new: &NewGrade,
) -> Result<DrawnFile, Problem> {
    let (file, rater, grades) = graded(writing, id)?;
    file.state.allows(FileStep::Grade).map_err(not_now)?;
    match of(&grades, rater) {
        Some(own) if own.version != version => return Err(stale(own)?.into()),
        Some(_) => change(writing, id, rater, version + 1, new)?,
        None => insert(writing, id, rater, new, "")?,
    }
    let is_in = |which| rater == which || of(&grades, which).is_some();
    let state = GradesIn {
        first: is_in(Rater::First),
        second_asked: file.second.is_some(),
        second: is_in(Rater::Second),
    }
    .state();
    set_state(writing, id, state)?;
    writing.audit(
        Event::new("audit_graded", "audit_file", id).with("rater", rater.code()).with("state", state.code()),
    )?;
    Ok(file)
}

fn insert(
    writing: &mut Writing<'_>,
    file: &AuditFileId,
    rater: Rater,
    new: &NewGrade,
    why: &str,
) -> Result<(), Problem> {
    let (actor, now) = (writing.actor()?, writing.now);
    diesel::insert_into(audit_grades::table)
        .values((
            (
                audit_grades::id.eq(new_id::<AuditGradeId>()),
                audit_grades::organisation_id.eq(actor.organisation),
            ),
            (audit_grades::file_id.eq(file), audit_grades::rater.eq(rater)),
            audit_grades::grader_id.eq(actor.person),
            audit_grades::domains.eq(as_json(new)?),
            (audit_grades::went_well.eq(&new.went_well), audit_grades::to_learn.eq(&new.to_learn)),
            (audit_grades::overall.eq(new.overall), audit_grades::why.eq(why)),
            (audit_grades::version.eq(1), audit_grades::graded_at.eq(now)),
        ))
        .execute(writing.connection)?;
    Ok(())
}

fn change(
    writing: &mut Writing<'_>,
    file: &AuditFileId,
    rater: Rater,
    version: i32,
    new: &NewGrade,
) -> Result<(), Problem> {
    let (actor, now) = (writing.actor()?, writing.now);
    let of_rater = audit_grades::file_id.eq(file).and(audit_grades::rater.eq(rater));
    let grader: PersonId =
        audit_grades::table.filter(of_rater).select(audit_grades::grader_id).first(writing.connection)?;
    if grader != actor.person {
        let words = "Whoever led this round before has graded this file. What they found stays as it is";
        return Err(Problems::one("form", words).into());
    }
    diesel::update(audit_grades::table.filter(of_rater))
        .set((
            audit_grades::domains.eq(as_json(new)?),
            (audit_grades::went_well.eq(&new.went_well), audit_grades::to_learn.eq(&new.to_learn)),
            (audit_grades::overall.eq(new.overall), audit_grades::version.eq(version)),
            audit_grades::graded_at.eq(now),
        ))
        .execute(writing.connection)?;
    Ok(())
}

fn as_json(new: &NewGrade) -> Result<String, Problem> {
    serde_json::to_string(&new.domains).map_err(Problem::unexpected)
}

pub(super) fn set_state(
    writing: &mut Writing<'_>,
    id: &AuditFileId,
    state: FileState,
) -> Result<(), Problem> {
    diesel::update(audit_files::table.filter(audit_files::id.eq(id)))
        .set(audit_files::state.eq(state))
        .execute(writing.connection)?;
    Ok(())
}

/// What stands in one's own grade now: saved from another window.
fn stale(own: &FileGrade) -> Result<Stale, Problem> {
    let tool = tool()?;
    let title =
        |key: &str| tool.domains.iter().find(|domain| domain.key == key).map(|domain| domain.title.clone());
    let scores = own.grade.domains.iter().filter_map(|domain| {
        let evidence =
            if domain.evidence.is_empty() { String::new() } else { format!(": {}", domain.evidence) };
        Some((title(&domain.key)?, format!("{} {}{evidence}", domain.score.number(), domain.score)))
    });
    let mut fields: Vec<(String, String)> = scores.collect();
    fields.extend([
        ("What went well".to_owned(), own.grade.went_well.clone()),
        ("What there is to learn".to_owned(), own.grade.to_learn.clone()),
        ("Overall grade".to_owned(), own.grade.overall.to_string()),
    ]);
    Ok(Stale::new(own.version, fields))
}

// --- A second grade -----------------------------------------------------------------------------------------------

/// A file for which its lead may ask for a second grade, and who could give it: never one of the two.
pub fn second_graders(
    reading: &mut Reading<'_>,
    id: &AuditFileId,
) -> Result<(DrawnFile, Vec<Auditor>), Problem> {
    let file = find(reading, id)?;
    reading.permit(&Action::KeepAuditFile(&file.facts()), "audit_file", id)?;
    let key = file.key();
    let mut auditors = other_auditors(reading)?;
    auditors.retain(|auditor| !is_about(&key, &auditor.id));
    Ok((file, auditors))
}

/// Asks somebody for a second grade, while nobody has given it.
pub fn ask_second(writing: &mut Writing<'_>, id: &AuditFileId, person: &PersonId) -> Result<(), Problem> {
    let (file, auditors) = second_graders(writing, id)?;
    file.state.allows(FileStep::AskSecond).map_err(not_now)?;
    if !auditors.iter().any(|auditor| auditor.id == *person) {
        return Err(Problems::one("second", "Choose somebody from the list").into());
    }
    set_second(writing, &file, Some(person))
}

/// Asks somebody for the second grade of a file, or nobody any more, while it is not in.
pub(super) fn set_second(
    writing: &mut Writing<'_>,
    file: &DrawnFile,
    second: Option<&PersonId>,
) -> Result<(), Problem> {
    let grades = grades_of(writing, &file.id)?;
    if of(&grades, Rater::Second).is_some() {
        return Err(Problems::one("second", "The second grade is in already").into());
    }
    let first = of(&grades, Rater::First).is_some();
    let state = GradesIn { first, second_asked: second.is_some(), second: false }.state();
    diesel::update(audit_files::table.filter(audit_files::id.eq(&file.id)))
        .set((audit_files::second_id.eq(second), audit_files::state.eq(state)))
        .execute(writing.connection)?;
    writing.audit(
        Event::new("audit_second_asked", "audit_file", &file.id)
            .with("second", second.map_or("", PersonId::as_str)),
    )
}

/// A file with its two grades, and the form in which the graders agree: the scores that are the same stand there already.
pub fn agreed_form(
    reading: &mut Reading<'_>,
    id: &AuditFileId,
) -> Result<(DrawnFile, [FileGrade; 2], Form), Problem> {
    let (file, _, grades) = graded(reading, id)?;
    if !file.state.compares() {
        // Before both are in there is nothing to see here, for nobody.
        return Err(Problem::NotFound);
    }
    let (Some(first), Some(second)) = (of(&grades, Rater::First), of(&grades, Rater::Second)) else {
        return Err(Problem::NotFound);
    };
    reading.note_view(Event::new("viewed", "audit_findings", id).with("grades", "first second"));
    let mut form = Form::default();
    for (one, other) in first.grade.domains.iter().zip(&second.grade.domains) {
        if one.score == other.score {
            form.set(&NewGrade::score_field(&one.key), one.score.code());
        }
        let evidence: Vec<&str> = [one, other]
            .iter()
            .map(|domain| domain.evidence.as_str())
            .filter(|text| !text.is_empty())
            .collect();
        form.set(&NewGrade::evidence_field(&one.key), evidence.join("\n"));
    }
    let both = |one: &str, other: &str| format!("{one}\n\n{other}");
    form.set("went_well", both(&first.grade.went_well, &second.grade.went_well));
    form.set("to_learn", both(&first.grade.to_learn, &second.grade.to_learn));
    if first.grade.overall == second.grade.overall {
        form.set("overall", first.grade.overall.code());
    }
    Ok((file, [first.clone(), second.clone()], form))
}

/// Writes down on what the two graders agree. Either of them may; the page names both.
pub fn agree(writing: &mut Writing<'_>, id: &AuditFileId, agreed: &AgreedGrade) -> Result<(), Problem> {
    let (file, ..) = graded(writing, id)?;
    file.state.allows(FileStep::Agree).map_err(not_now)?;
    insert(writing, id, Rater::Agreed, &agreed.grade, &agreed.why)?;
    set_state(writing, id, FileState::Agreed)?;
    writing.audit(Event::new("audit_agreed", "audit_file", id))
}
