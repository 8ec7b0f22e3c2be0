//! The part about the worker: a record of its own, with its own readers.

use super::facts;
use crate::actions::ActionRow;
use crate::audit::Event;
use crate::content;
use crate::problem::{Problem, Stale};
use crate::schema::{people, personal_parts, supervisions};
use crate::signing::{Record, corrected};
use crate::store::{Reading, Writing, new_id};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::access::Action;
use domain::ids::{OrganisationId, PersonalPartId, SupervisionId};
use domain::supervision::PersonalPart;
use domain::templates::{Answers, TemplatePart};

/// The personal part of a session, for its readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalPartRow {
    /// What was written.
    pub part: PersonalPart,
    /// Answers to what the organisation asks besides.
    pub answers: Answers,
    /// What the two agreed, and what had become of what they agreed before.
    pub actions: Vec<ActionRow>,
    /// Its version.
    pub version: i32,
    /// When it was last changed, in UTC.
    pub changed_at: NaiveDateTime,
    /// Whether something is written about how the person is that this reader may not read.
    pub withholds_wellbeing: bool,
}

impl PersonalPartRow {
    /// The part without what is for the two alone.
    pub(super) fn without_wellbeing(mut self) -> Self {
        self.withholds_wellbeing = !self.part.wellbeing.is_empty();
        self.part.wellbeing = String::new();
        self
    }
}

pub(super) fn insert_personal_part(
    writing: &mut Writing<'_>,
    organisation: &OrganisationId,
    session: &SupervisionId,
    part: &PersonalPart,
) -> Result<(), Problem> {
    let (id, now): (PersonalPartId, _) = (new_id(), writing.now);
    let answers = content::answers(writing, TemplatePart::Personal, &part.answers)?;
    diesel::insert_into(personal_parts::table)
        .values((
            (
                personal_parts::id.eq(&id),
                personal_parts::organisation_id.eq(organisation),
                personal_parts::supervision_id.eq(session),
            ),
            (personal_parts::wellbeing.eq(&part.wellbeing), personal_parts::workload.eq(&part.workload)),
            (personal_parts::development.eq(&part.development), personal_parts::agreed.eq(&part.agreed)),
            (personal_parts::version.eq(1), personal_parts::changed_at.eq(now)),
            personal_parts::answers.eq(answers.to_stored()),
        ))
        .execute(writing.connection)?;
    Ok(())
}

pub(super) type PersonalPartColumns = (String, String, String, String, i32, NaiveDateTime, Answers);

macro_rules! personal_part_columns {
    () => {
        (
            personal_parts::wellbeing,
            personal_parts::workload,
            personal_parts::development,
            personal_parts::agreed,
            personal_parts::version,
            personal_parts::changed_at,
            personal_parts::answers,
        )
    };
}
pub(super) use personal_part_columns;

impl From<PersonalPartColumns> for PersonalPartRow {
    fn from(columns: PersonalPartColumns) -> Self {
        let (wellbeing, workload, development, agreed, version, changed_at, answers) = columns;
        let part = PersonalPart { wellbeing, workload, development, agreed, ..PersonalPart::default() };
        Self { part, answers, actions: Vec::new(), version, changed_at, withholds_wellbeing: false }
    }
}

/// Opens the personal part for its author to correct, with whose it is and the day on which the session was held.
pub fn open_personal_part(
    reading: &mut Reading<'_>,
    session: &SupervisionId,
) -> Result<(PersonalPartRow, String, NaiveDate), Problem> {
    let facts = facts(reading, session)?;
    reading.permit(&Action::ChangePersonalPart(&facts), "supervision", session)?;
    let (part, of, held_on): (PersonalPartColumns, _, _) = personal_parts::table
        .inner_join(supervisions::table.on(supervisions::id.eq(personal_parts::supervision_id)))
        .inner_join(people::table.on(people::id.eq(supervisions::supervisee_id)))
        .filter(personal_parts::supervision_id.eq(session))
        .select((personal_part_columns!(), people::name, supervisions::held_on))
        .first(reading.connection)?;
    reading.viewed("personal_part", session.as_str());
    Ok((part.into(), of, held_on))
}

/// Corrects the personal part. `text` is the whole record as it stood before, which is kept if somebody had signed it.
pub fn change_personal_part(
    writing: &mut Writing<'_>,
    session: &SupervisionId,
    version: i32,
    part: &PersonalPart,
    text: &str,
) -> Result<(), Problem> {
    let (before, ..) = open_personal_part(writing, session)?;
    if before.version != version {
        return Err(stale_personal_part(before).into());
    }
    corrected(writing, &Record::Session(session.clone()), text)?;
    let answers = content::answers(writing, TemplatePart::Personal, &part.answers)?.keeping(&before.answers);
    let now = writing.now;
    diesel::update(personal_parts::table.filter(personal_parts::supervision_id.eq(session)))
        .set((
            (personal_parts::wellbeing.eq(&part.wellbeing), personal_parts::workload.eq(&part.workload)),
            (personal_parts::development.eq(&part.development), personal_parts::agreed.eq(&part.agreed)),
            (personal_parts::version.eq(version + 1), personal_parts::changed_at.eq(now)),
            personal_parts::answers.eq(answers.to_stored()),
        ))
        .execute(writing.connection)?;
    writing.audit(Event::new("personal_part_changed", "supervision", session).with("version", version + 1))
}

fn stale_personal_part(now: PersonalPartRow) -> Stale {
    let PersonalPart { wellbeing, workload, development, agreed, .. } = now.part;
    let answers = now.answers.given.iter().map(|answer| format!("{} {}", answer.asks, answer.in_words()));
    let answers: Vec<String> = answers.collect();
    let fields = vec![
        ("How they are, and what the work does to them", wellbeing),
        ("Workload", workload),
        ("Learning and development", development),
        ("Anything else agreed", agreed),
        ("Other questions", answers.join("\n")),
    ];
    Stale::new(now.version, fields)
}
