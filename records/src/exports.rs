//! Whole lists, to be taken out of the product: what the pages of a list show, all of it, for the same reader. Each is noted in the
//! audit trail with its number of rows before anybody has the file.

use crate::actions::{ActionRow, Whose, action_page};
use crate::audit::Event;
use crate::cases::{self, CaseSummary};
use crate::problem::Problem;
use crate::store::Reading;
use crate::supervision::{self, SessionSummary};
use domain::cases::CaseFilter;
use domain::supervision::OverdueBand;

/// The rows of a list, page after page. `page` answers with a page and where the next one begins.
fn every<T, P>(
    mut page: impl FnMut(Option<P>) -> Result<(Vec<T>, Option<P>), Problem>,
) -> Result<Vec<T>, Problem> {
    let (mut rows, mut from) = (Vec::new(), None);
    loop {
        let (of_page, next) = page(from)?;
        rows.extend(of_page);
        if next.is_none() {
            return Ok(rows);
        }
        from = next;
    }
}

fn note(reading: &mut Reading<'_>, what: &'static str, rows: usize) {
    reading.note_view(Event::new("exported", what, "").with("rows", rows));
}

/// Every case within reach that passes a filter, by reference.
pub fn cases(reading: &mut Reading<'_>, filter: &CaseFilter) -> Result<Vec<CaseSummary>, Problem> {
    let listed = every(|after: Option<String>| cases::list(reading, filter, &after.unwrap_or_default()))?;
    note(reading, "cases", listed.len());
    Ok(listed)
}

/// Every session of the list, the newest first.
pub fn sessions(reading: &mut Reading<'_>) -> Result<Vec<SessionSummary>, Problem> {
    let listed = every(|before| {
        let (sessions, more) = supervision::list(reading, before)?;
        let next = sessions.last().filter(|_| more).map(|last| (last.held_on, last.id.clone()));
        Ok((sessions, next))
    })?;
    note(reading, "supervision", listed.len());
    Ok(listed)
}

/// Every open action of oneself or of one's team, the longest overdue first, each with its case's reference or the name of whom it is
/// about.
pub fn actions(
    reading: &mut Reading<'_>,
    whose: Whose,
    band: Option<OverdueBand>,
) -> Result<Vec<(ActionRow, String)>, Problem> {
    let listed = every(|after| action_page(reading, whose, band, after))?;
    note(reading, "actions", listed.len());
    Ok(listed)
}
