//! What somebody has prepared so far: nobody else's once it is done with, and still theirs.

use super::{Preparation, Row, preparation};
use crate::problem::Problem;
use crate::schema::{people, preparations};
use crate::store::Reading;
use diesel::prelude::*;
use domain::ids::{PersonId, SupervisionId};
use domain::preparation::{HOW_ARE_YOU, QUESTIONS};

impl Preparation {
    /// What was said, each under its question, in the order of the form.
    pub fn said(&self) -> Vec<(&'static str, String)> {
        let answer = |key: &str| self.answers.iter().find(|(of, _)| of == key).map(|(_, answer)| answer);
        let answers =
            QUESTIONS.iter().filter_map(|question| Some((question.words, answer(question.key)?.clone())));
        answers.chain(self.wellbeing.map(|number| (HOW_ARE_YOU, format!("{number} of 5")))).collect()
    }
}

/// What somebody prepared, as it stands in their own file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Who supervises.
    pub supervisor: String,
    /// The session with which it was done with; `None` if it is to come.
    pub session: Option<SupervisionId>,
    /// What was said.
    pub preparation: Preparation,
}

/// What somebody has prepared, the newest first: for whoever it is about.
pub(crate) fn own(reading: &mut Reading<'_>, person: &PersonId) -> Result<Vec<Prepared>, Problem> {
    let rows: Vec<(Row, Option<SupervisionId>, String)> = preparations::table
        .inner_join(people::table.on(people::id.eq(preparations::supervisor_id)))
        .filter(preparations::supervisee_id.eq(person))
        .order((preparations::changed_at.desc(), preparations::id.desc()))
        .select((Row::as_select(), preparations::supervision_id, people::name))
        .load(reading.connection)?;
    let prepared =
        |(row, session, supervisor)| Ok(Prepared { supervisor, session, preparation: preparation(row)? });
    rows.into_iter().map(prepared).collect()
}
