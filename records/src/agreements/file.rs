//! Agreements whole: one on its page, or all of somebody's own.

use super::{agreeing_supervisee, agreeing_supervisor};
use crate::problem::Problem;
use crate::schema::{agreement_answers, agreements, people};
use crate::secrets;
use crate::signing::{Signing, steps_of_records};
use crate::store::Reading;
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::access::{Action, SupervisionFacts};
use domain::ids::{AgreementId, OrganisationId, PersonId};
use domain::supervision::RecordState;
use std::collections::HashMap;

/// Everything that an agreement's page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementFile {
    /// The agreement.
    pub id: AgreementId,
    /// Who supervises, by id and name.
    pub supervisor: (PersonId, String),
    /// Who is supervised, by id and name.
    pub supervisee: (PersonId, String),
    /// What is agreed, by section.
    pub answers: HashMap<String, String>,
    /// When it is looked at again.
    pub review_on: NaiveDate,
    /// Its version.
    pub version: i32,
    /// Who has signed it, and what may be done to it now.
    pub signing: Signing,
}

/// Opens an agreement.
pub fn open(reading: &mut Reading<'_>, id: &AgreementId) -> Result<AgreementFile, Problem> {
    let file = read(reading, &Which::One(id))?.pop().ok_or(Problem::NotFound)?;
    reading.viewed("agreement", id.as_str());
    Ok(file)
}

/// Every agreement about the actor's own supervision, the newest first.
pub(crate) fn own(reading: &mut Reading<'_>) -> Result<Vec<AgreementFile>, Problem> {
    let actor = reading.actor()?;
    read(reading, &Which::OfSupervisee(&actor.person))
}

enum Which<'a> {
    One(&'a AgreementId),
    OfSupervisee(&'a PersonId),
}

/// These agreements, the newest first. One that the actor may not read is an error.
fn read(reading: &mut Reading<'_>, which: &Which<'_>) -> Result<Vec<AgreementFile>, Problem> {
    type Row =
        ((AgreementId, OrganisationId, RecordState, NaiveDate, i32), (PersonId, String), (PersonId, String));
    let query = agreements::table
        .inner_join(
            agreeing_supervisor.on(agreeing_supervisor.field(people::id).eq(agreements::supervisor_id)),
        )
        .inner_join(
            agreeing_supervisee.on(agreeing_supervisee.field(people::id).eq(agreements::supervisee_id)),
        )
        .into_boxed();
    let query = match which {
        Which::One(id) => query.filter(agreements::id.eq((*id).clone())),
        Which::OfSupervisee(person) => query.filter(agreements::supervisee_id.eq((*person).clone())),
    };
    let rows: Vec<Row> = query
        .order(agreements::id.desc())
        .select((
            (
                agreements::id,
                agreements::organisation_id,
                agreements::state,
                agreements::review_on,
                agreements::version,
            ),
            agreeing_supervisor.fields((people::id, people::name)),
            agreeing_supervisee.fields((people::id, people::name)),
        ))
        .load(reading.connection)?;
    let mut permitted = Vec::with_capacity(rows.len());
    for row in rows {
        let ((id, organisation, ..), supervisor, supervisee) = &row;
        let facts =
            SupervisionFacts::of_two(organisation.clone(), supervisor.0.clone(), supervisee.0.clone());
        reading.permit(&Action::ReadPersonalPart(&facts), "agreement", id)?;
        permitted.push((row, facts));
    }
    let ids: Vec<&AgreementId> = permitted.iter().map(|((row, ..), _)| &row.0).collect();
    let mut answers = answers_of(reading, &ids)?;
    let records: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    let mut steps = steps_of_records(reading, &records)?.of_records;
    let reader = reading.actor()?;
    let file = |(((id, _, state, review_on, version), supervisor, supervisee), facts): (Row, _)| {
        let steps = steps.remove(id.as_str()).unwrap_or_default();
        let signing = Signing::new(&reader, &facts, state, steps);
        let answers = answers.remove(&id).unwrap_or_default();
        let mut file = AgreementFile { id, supervisor, supervisee, answers, review_on, version, signing };
        file.signing.text_hash = hash_of(&file);
        file
    };
    Ok(permitted.into_iter().map(file).collect())
}

/// What agreements say, by section.
pub(super) fn answers_of(
    reading: &mut Reading<'_>,
    ids: &[&AgreementId],
) -> Result<HashMap<AgreementId, HashMap<String, String>>, Problem> {
    let rows: Vec<(AgreementId, String, String)> = agreement_answers::table
        .filter(agreement_answers::agreement_id.eq_any(ids))
        .select((agreement_answers::agreement_id, agreement_answers::section, agreement_answers::answer))
        .load(reading.connection)?;
    let mut answers: HashMap<AgreementId, HashMap<String, String>> = HashMap::new();
    for (id, section, answer) in rows {
        answers.entry(id).or_default().insert(section, answer);
    }
    Ok(answers)
}

fn hash_of(file: &AgreementFile) -> String {
    let mut answers: Vec<(&String, &String)> = file.answers.iter().collect();
    answers.sort();
    let mut text =
        vec![file.supervisor.0.to_string(), file.supervisee.0.to_string(), file.review_on.to_string()];
    text.extend(answers.into_iter().flat_map(|(section, answer)| [section.clone(), answer.clone()]));
    secrets::hash_of_lines(&text)
}
