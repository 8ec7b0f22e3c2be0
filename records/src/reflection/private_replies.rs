//! Replies to questions under a reflection: as private as the reflection.

use super::RaisedPrompt;
use crate::journal::{self, DataKey, Place};
use crate::problem::Problem;
use crate::store::Writing;
use domain::ids::{PersonId, RaisedPromptId};

/// Where a reply to a question is sealed.
pub(crate) fn reply_place<'a>(id: &'a RaisedPromptId, author: &'a PersonId) -> Place<'a> {
    Place { what: "reply", row: id.as_str(), author: author.as_str() }
}

/// A reply as its two columns keep it: under a reflection, which is the actor's own, it is sealed with the actor's key.
pub(super) fn kept_reply(
    writing: &mut Writing<'_>,
    id: &RaisedPromptId,
    is_private: bool,
    text: &str,
) -> Result<(String, Option<String>), Problem> {
    if !is_private || text.is_empty() {
        return Ok((text.to_owned(), None));
    }
    let actor = writing.actor()?;
    let key = journal::key_for_writing(writing, &actor.person, &actor.organisation)?;
    Ok((String::new(), Some(key.seal(&reply_place(id, &actor.person), text)?)))
}

/// Opens the replies of this author that are sealed.
pub(super) fn open_replies(
    key: Option<&DataKey>,
    author: &PersonId,
    rows: Vec<(RaisedPrompt, Option<String>)>,
) -> Result<Vec<RaisedPrompt>, Problem> {
    rows.into_iter()
        .map(|(mut prompt, sealed)| {
            if let (Some(key), Some(sealed)) = (key, sealed) {
                prompt.reply = key.open(&reply_place(&prompt.id, author), &sealed)?;
            }
            Ok(prompt)
        })
        .collect()
}
