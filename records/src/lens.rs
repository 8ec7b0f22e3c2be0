//! The language lens: the lexicon as an organisation has it, and whether a person uses it. What the lens finds in a
//! text is no record: there is no row for it, and nothing here is given a text.

use crate::audit::Event;
use crate::cadence::check_version;
pub use crate::content::Wording;
use crate::content::{self, add_version};
use crate::problem::Problem;
use crate::schema::{cases, people};
use crate::settings::check_nothing_waits;
use crate::store::{Reading, Writing};
use diesel::prelude::*;
use domain::access::Action;
use domain::form::Problems;
use domain::lens::Entry;
use domain::policy::{NewVersion, RuleKind};
use std::sync::Arc;

/// The words that the lens knows today. Whoever may type may have them.
pub fn wording(reading: &mut Reading<'_>) -> Result<Arc<Wording>, Problem> {
    reading.permit(&Action::SeeOwnWork, "rules", "")?;
    Ok(Arc::clone(&content::rules(reading)?.wording))
}

/// Changes whether the actor uses the lens.
pub fn set_lens(writing: &mut Writing<'_>, wants_it: bool) -> Result<(), Problem> {
    let actor = writing.actor()?;
    writing.permit(&Action::SeeOwnWork, "account", "")?;
    diesel::update(people::table.filter(people::id.eq(&actor.person)))
        .set(people::lens.eq(wants_it))
        .execute(writing.connection)?;
    writing.audit(Event::new("lens_changed", "person", &actor.person).with("on", wants_it))
}

/// Makes an entry of the lexicon, new or in place of the one with its key, a new version. `seen` is the version that was changed:
/// one version holds every entry, so nobody's change is overwritten.
pub fn change_entry(
    writing: &mut Writing<'_>,
    entry: Entry,
    seen: i32,
    new: &NewVersion,
) -> Result<i32, Problem> {
    writing.permit(&Action::KeepRules, "rules", "")?;
    check_version(writing, new)?;
    let before = Arc::clone(&content::rules_on(writing, new.effective_from)?.wording);
    if before.lexicon.version() != seen {
        let words = "Somebody has changed these words since you opened this page, or a version for a later day waits. Copy what you need, and begin from the words as they are then";
        return Err(Problems::one("form", words).into());
    }
    check_nothing_waits(writing, RuleKind::Lexicon, new.effective_from)?;
    check_names(writing, &entry, before.lexicon.entry(&entry.key))?;
    let unfit = |error: domain::lens::LexiconError| Problems::one(error.field(), error.to_string());
    let text = before.lexicon.with(entry).and_then(|lexicon| lexicon.to_toml()).map_err(unfit)?;
    add_version(writing, RuleKind::Lexicon, None, new, &text)
}

/// No phrase marks the name of somebody who works here or of a family: people would be asked to think over a name.
fn check_names(reading: &mut Reading<'_>, entry: &Entry, before: Option<&Entry>) -> Result<(), Problem> {
    let organisation = reading.organisation()?;
    let names: Vec<String> = people::table
        .filter(people::organisation_id.eq(&organisation))
        .order(people::name)
        .select(people::name)
        .load(reading.connection)?;
    if let Some((line, phrase, name)) = entry.marked_name(before, &names) {
        let words =
            format!("Line {line}, “{phrase}”: it would mark {name}, who works here, as a word to think over");
        return Err(Problems::one("phrases", words).into());
    }
    let labels: Vec<String> = cases::table
        .filter(cases::organisation_id.eq(&organisation))
        .select(cases::label)
        .distinct()
        .load(reading.connection)?;
    if let Some((line, phrase)) = entry.marked_on_case(before, &labels) {
        let words = format!(
            "Line {line}, “{phrase}”: it would mark a name that stands on a case here as a word to think over"
        );
        return Err(Problems::one("phrases", words).into());
    }
    Ok(())
}
