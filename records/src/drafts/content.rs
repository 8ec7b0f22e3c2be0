//! What stands in a draft, as its row keeps it: a draft of what belongs to a journal is sealed with its author's key, wherever its
//! form is.

use super::{Author, Draft};
use crate::journal::{self, DataKey, Place, WrappedKey};
use crate::problem::Problem;
use crate::schema::{drafts, raised_prompts};
use crate::store::{Reading, Writing};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::drafts::{NewDraft, TextBox};
use domain::form::Form;
use domain::ids::{DraftId, OrganisationId, PersonId, RaisedPromptId};

/// What the addresses of the journal's forms begin with.
const JOURNAL: &str = "/reflections";
/// The same for a comparison.
pub(crate) const JOURNAL_LIKE: &str = "/reflections%";
/// What the address of a question's form begins with: some questions stand under private reflections.
const QUESTION: &str = "/questions/";
/// What a draft of the journal is called while the journal is shut.
const SHUT_TITLE: &str = "Something in your journal, which is shut just now";
#[derive(Queryable, Selectable)]
#[diesel(table_name = drafts)]
pub(super) struct Row {
    pub(super) id: DraftId,
    pub(super) person_id: PersonId,
    pub(super) address: String,
    pub(super) title: String,
    pub(super) fields: String,
    pub(super) boxes: String,
    pub(super) sealed: Option<String>,
    pub(super) cursor_field: String,
    pub(super) saved_by: String,
    pub(super) typed_at: i64,
    pub(super) version: i32,
    pub(super) saved_at: NaiveDateTime,
}

/// What stands in a draft, as it is kept.
#[derive(serde::Serialize, serde::Deserialize)]
struct Content {
    title: String,
    fields: Vec<(String, String)>,
    boxes: Vec<(String, String)>,
}

impl Content {
    fn of(new: &NewDraft) -> Self {
        Self {
            title: new.title.clone(),
            fields: new.form.fields().to_vec(),
            boxes: new
                .text_boxes
                .iter()
                .map(|text_box| (text_box.name.clone(), text_box.label.clone()))
                .collect(),
        }
    }
}

fn place<'a>(id: &'a DraftId, person: &'a PersonId) -> Place<'a> {
    Place { what: "draft", row: id.as_str(), author: person.as_str() }
}

/// A content as its columns keep it: title, fields and boxes, and the whole sealed in place of them for a journal's form.
pub(super) struct Kept {
    pub(super) title: String,
    pub(super) fields: String,
    pub(super) boxes: String,
    pub(super) sealed: Option<String>,
}

pub(super) fn kept(
    writing: &mut Writing<'_>,
    (id, author): (&DraftId, &Author),
    new: &NewDraft,
) -> Result<Kept, Problem> {
    let content = Content::of(new);
    if is_of_journal(writing, &new.address)? {
        let key = journal::key_for_writing(writing, &author.person, &author.organisation)?;
        return sealed(&key, (id, &author.person), &content);
    }
    Ok(Kept {
        title: content.title,
        fields: serde_json::to_string(&content.fields).map_err(Problem::unexpected)?,
        boxes: serde_json::to_string(&content.boxes).map_err(Problem::unexpected)?,
        sealed: None,
    })
}

/// Whether what is typed into the form at this address belongs to a journal.
fn is_of_journal(reading: &mut Reading<'_>, address: &str) -> Result<bool, Problem> {
    let Some(question) = address.strip_prefix(QUESTION) else { return Ok(address.starts_with(JOURNAL)) };
    let id = question.split(['?', '/', '#']).next().and_then(|id| id.parse::<RaisedPromptId>().ok());
    let Some(id) = id else { return Ok(true) };
    let under_reflection: Option<bool> = raised_prompts::table
        .filter(raised_prompts::id.eq(id))
        .select(raised_prompts::reflection_id.is_not_null())
        .first(reading.connection)
        .optional()?;
    // What belongs to nothing that is known is better sealed.
    Ok(under_reflection.unwrap_or(true))
}

fn sealed(key: &DataKey, (id, person): (&DraftId, &PersonId), content: &Content) -> Result<Kept, Problem> {
    let sealed = Some(key.seal_json(&place(id, person), content)?);
    Ok(Kept { title: String::new(), fields: String::new(), boxes: String::new(), sealed })
}

impl Row {
    fn content(&mut self, reading: &mut Reading<'_>, known: Option<WrappedKey>) -> Result<Content, Problem> {
        if let Some(sealed) = &self.sealed {
            let key = match known {
                Some(wrapped) => journal::unwrapped(reading, &self.person_id, &wrapped)?,
                None => journal::needed_key_of(reading, &self.person_id)?,
            };
            return key.open_json(&place(&self.id, &self.person_id), sealed);
        }
        Ok(Content {
            title: std::mem::take(&mut self.title),
            fields: serde_json::from_str(&self.fields).map_err(Problem::unexpected)?,
            boxes: serde_json::from_str(&self.boxes).map_err(Problem::unexpected)?,
        })
    }

    pub(super) fn into_draft(self, reading: &mut Reading<'_>) -> Result<Draft, Problem> {
        self.into_draft_with(reading, None)
    }

    /// The same where the author's key was read along.
    pub(super) fn into_draft_with(
        mut self,
        reading: &mut Reading<'_>,
        known: Option<WrappedKey>,
    ) -> Result<Draft, Problem> {
        let Content { title, fields, boxes } = self.content(reading, known)?;
        Ok(Draft {
            id: self.id,
            address: self.address,
            title,
            version: self.version,
            cursor: self.cursor_field,
            saved_at: self.saved_at,
            form: Form::new(fields),
            text_boxes: boxes.into_iter().map(|(name, label)| TextBox { name, label }).collect(),
        })
    }
}

/// The actor's key, if a title is sealed with it; none while the journal is shut, so that a list of drafts still opens.
pub(super) fn key_for_titles(reading: &mut Reading<'_>, is_needed: bool) -> Result<Option<DataKey>, Problem> {
    if !is_needed {
        return Ok(None);
    }
    let person = reading.actor()?.person;
    match journal::key_of(reading, &person) {
        Err(Problem::Shut(_)) => Ok(None),
        found => found,
    }
}

pub(super) fn title_of(
    key: Option<&DataKey>,
    (id, person): (&DraftId, &PersonId),
    (title, sealed): (String, Option<String>),
) -> Result<String, Problem> {
    match (sealed, key) {
        (None, _) => Ok(title),
        (Some(_), None) => Ok(SHUT_TITLE.to_owned()),
        (Some(sealed), Some(key)) => {
            key.open_json::<Content>(&place(id, person), &sealed).map(|content| content.title)
        }
    }
}

/// Seals drafts of the journal's forms that were kept before there was a key. Returns how many.
pub(crate) fn seal_open_ones(writing: &mut Writing<'_>, at_once: i64) -> Result<usize, Problem> {
    let rows: Vec<(Row, OrganisationId)> = drafts::table
        .filter(drafts::sealed.is_null().and(drafts::address.like(JOURNAL_LIKE)))
        .limit(at_once)
        .select((Row::as_select(), drafts::organisation_id))
        .load(writing.connection)?;
    let count = rows.len();
    for (mut row, organisation) in rows {
        let content = row.content(writing, None)?;
        let key = journal::key_for_writing(writing, &row.person_id, &organisation)?;
        let Kept { title, fields, boxes, sealed } = sealed(&key, (&row.id, &row.person_id), &content)?;
        diesel::update(drafts::table.filter(drafts::id.eq(&row.id)))
            .set((
                (drafts::title.eq(title), drafts::fields.eq(fields), drafts::boxes.eq(boxes)),
                drafts::sealed.eq(sealed),
            ))
            .execute(writing.connection)?;
    }
    Ok(count)
}
