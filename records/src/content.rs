//! Rules that people edit, as dated versions: the policy pack and the library of questions.

use crate::problem::Problem;
use crate::schema::content_versions;
use crate::store::{Reading, Writing, new_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::ids::{ContentVersionId, OrganisationId};
use domain::reflection::PromptLibrary;
use domain::review::Policy;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

const POLICY: &str = "policy";
const PROMPTS: &str = "prompts";

/// The versions in force. They change by date, so each is kept under its day, and those of other days are dropped.
#[derive(Default)]
pub(crate) struct Cache {
    policies: Mutex<Kept<Policy>>,
    libraries: Mutex<Kept<(i32, PromptLibrary)>>,
}

type Kept<T> = HashMap<(OrganisationId, NaiveDate), Arc<T>>;

/// The policy in force today.
pub(crate) fn policy(reading: &mut Reading<'_>) -> Result<Arc<Policy>, Problem> {
    kept(
        reading,
        |cache| &cache.policies,
        POLICY,
        |version, body| {
            Policy::parse(body).map(|policy| Policy { version, ..policy }).map_err(Problem::unexpected)
        },
    )
}

/// The library of questions in force today, with its version.
pub(crate) fn library(reading: &mut Reading<'_>) -> Result<Arc<(i32, PromptLibrary)>, Problem> {
    kept(
        reading,
        |cache| &cache.libraries,
        PROMPTS,
        |version, body| {
            PromptLibrary::parse(body).map(|library| (version, library)).map_err(Problem::unexpected)
        },
    )
}

fn kept<T>(
    reading: &mut Reading<'_>,
    of: impl Fn(&Cache) -> &Mutex<Kept<T>>,
    kind: &str,
    parse: impl FnOnce(i32, &str) -> Result<T, Problem>,
) -> Result<Arc<T>, Problem> {
    let key = (reading.organisation()?, reading.today());
    if let Some(known) = of(reading.contents()).lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(Arc::clone(known));
    }
    let (version, body): (i32, String) = content_versions::table
        .filter(content_versions::organisation_id.eq(&key.0))
        .filter(content_versions::kind.eq(kind))
        .filter(content_versions::effective_from.le(key.1))
        .order((content_versions::effective_from.desc(), content_versions::version.desc()))
        .select((content_versions::version, content_versions::body))
        .first(reading.connection)
        .optional()?
        .ok_or_else(|| Problem::unexpected(format!("the organisation has no {kind} in force")))?;
    let parsed = Arc::new(parse(version, &body)?);
    let mut known = of(reading.contents()).lock().unwrap_or_else(PoisonError::into_inner);
    known.retain(|(_, day), _| *day == key.1);
    known.insert(key, Arc::clone(&parsed));
    Ok(parsed)
}

/// Gives a new organisation what ships with the product, as version 1.
pub(crate) fn install(writing: &mut Writing<'_>, organisation: &OrganisationId) -> Result<(), Problem> {
    for (kind, body) in [(POLICY, Policy::SHIPPED), (PROMPTS, PromptLibrary::SHIPPED)] {
        diesel::insert_into(content_versions::table)
            .values((
                content_versions::id.eq(new_id::<ContentVersionId>()),
                content_versions::organisation_id.eq(organisation),
                content_versions::kind.eq(kind),
                content_versions::version.eq(1),
                // In force for every day that a record may bear.
                content_versions::effective_from.eq(NaiveDate::default()),
                content_versions::reason.eq("Ships with the product"),
                content_versions::body.eq(body),
            ))
            .execute(writing.connection)?;
    }
    Ok(())
}
