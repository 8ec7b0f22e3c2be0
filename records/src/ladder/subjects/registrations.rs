//! Professional registrations that are to be renewed.

use super::{Subject, of_person};
use crate::problem::Problem;
use crate::schema::people;
use crate::store::Reading;
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use domain::ids::{PersonId, TeamId};
use domain::ladder::Concern;
use domain::people::{REGISTRATION_NOTICE_DAYS, Standing};

/// Registrations of people who work here, due from so many days before the renewal on: that leaves time to do it.
pub(super) fn of_registrations(
    reading: &mut Reading<'_>,
    only: Option<&[PersonId]>,
    subjects: &mut Vec<Subject>,
) -> Result<(), Problem> {
    let (organisation, notice) = (reading.organisation()?, Days::new(REGISTRATION_NOTICE_DAYS));
    let mut soon = people::table
        .filter(people::organisation_id.eq(&organisation).and(people::standing.eq(Standing::Active)))
        .filter(people::registered.eq(true))
        .filter(people::registration_renews_on.le(reading.today() + notice))
        .into_boxed();
    if let Some(ids) = only {
        soon = soon.filter(people::id.eq_any(ids));
    }
    let rows: Vec<(PersonId, TeamId, Option<NaiveDate>)> = soon
        .select((people::id, people::team_id, people::registration_renews_on))
        .load(reading.connection)?;
    for (person, team, renews_on) in rows {
        let Some(renews_on) = renews_on else { continue };
        let id = person.to_string();
        subjects.push(of_person(
            Concern::RegistrationRenewal,
            id,
            renews_on - notice,
            &person,
            &team,
            None,
            &organisation,
        ));
    }
    Ok(())
}
