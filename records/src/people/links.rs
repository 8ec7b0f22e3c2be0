//! On which days a link between a person and a supervisor runs: from its first to its last, both included, in London.

use crate::schema::supervisor_links;
use chrono::NaiveDate;
use diesel::prelude::*;

/// The links that run on a day.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn runs_on(day: NaiveDate) -> _ {
    supervisor_links::from_on
        .le(day)
        .and(supervisor_links::to_on.is_null().or(supervisor_links::to_on.ge(day)))
}

/// The links that run on a day or begin after it.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn runs_on_or_after(day: NaiveDate) -> _ {
    supervisor_links::to_on.is_null().or(supervisor_links::to_on.ge(day))
}

/// The links that go on after a day, or begin after it.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn runs_after(day: NaiveDate) -> _ {
    supervisor_links::to_on.is_null().or(supervisor_links::to_on.gt(day))
}
