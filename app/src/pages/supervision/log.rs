//! Logging a session: with whom, then one page for everything that was said.

use super::begin::{choose_colleague, choose_supervisee};
use super::material::{
    SEEN_GAPS, add_asked_cases, blank, is_rearranging, material, prepare_entries, rearrange,
};
use super::second_look::{gaps_in_words, second_look, second_look_panel};
use super::sheet::sheet;
use crate::answer::Answer;
use crate::pages::form_page::{form_page_of, opened, shown_again};
use crate::pages::signing::SIGNATURE;
use crate::visit::Visit;
use chrono::NaiveDate;
use domain::TextValue;
use domain::ids::PersonId;
use domain::supervision::{NewSupervision, SupervisionKind, is_missed};
use records::Problem;
use records::signing::{self, Record};
use records::supervision;

/// `/supervision/new`: what two people hold every day, or one of the kinds that have a form of their own.
pub(crate) fn log(visit: &Visit) -> Result<Answer, Problem> {
    let special = SupervisionKind::from_code(asked(visit, "kind"));
    log_of_kind(visit, special.filter(|kind| SupervisionKind::SPECIAL.contains(kind)))
}

/// `/supervision/peer`: a talk among colleagues.
pub(crate) fn log_peer(visit: &Visit) -> Result<Answer, Problem> {
    log_of_kind(visit, Some(SupervisionKind::Peer))
}

fn asked<'a>(visit: &'a Visit, field: &str) -> &'a str {
    if visit.is_post() { visit.form.text(field) } else { visit.query.text(field) }
}

/// Where the form of a kind is; the same for each draft of it.
fn address(supervisee: &PersonId, special: Option<SupervisionKind>) -> String {
    match special {
        None => format!("/supervision/new?supervisee={supervisee}"),
        Some(SupervisionKind::Peer) => format!("/supervision/peer?supervisee={supervisee}"),
        Some(kind) => format!("/supervision/new?supervisee={supervisee}&kind={}", kind.code()),
    }
}

fn log_of_kind(visit: &Visit, special: Option<SupervisionKind>) -> Result<Answer, Problem> {
    let chosen = asked(visit, "supervisee");
    if chosen.is_empty() {
        return if special == Some(SupervisionKind::Peer) {
            choose_colleague(visit)
        } else {
            choose_supervisee(visit)
        };
    }
    let supervisee: PersonId = chosen.parse().map_err(|_| Problem::NotFound)?;
    // One draft for each person and kind of form, whatever led here.
    let address = address(&supervisee, special);
    let mut filled = opened(visit, address, || Ok(blank(visit, &supervisee, special)))?;
    if visit.is_post() && is_rearranging(&visit.form) {
        rearrange(&mut filled);
        let material = material(visit, &supervisee, special, &filled.form)?;
        prepare_entries(&mut filled.form, &material);
        let sheet = sheet(visit, &filled, &material);
        return Ok(shown_again(visit, sheet, &filled));
    }
    if !visit.is_post() {
        add_asked_cases(visit, &mut filled.form);
    }
    let material = material(visit, &supervisee, special, &filled.form)?;
    if !visit.is_post() {
        prepare_entries(&mut filled.form, &material);
    }
    if let Some(gaps) = second_look(visit, &material) {
        filled.form.set(SEEN_GAPS, gaps_in_words(&gaps));
        let sheet = sheet(visit, &filled, &material).intro(second_look_panel(&gaps, &material));
        return Ok(shown_again(visit, sheet, &filled));
    }
    form_page_of(
        visit,
        filled,
        |filled| Ok(sheet(visit, filled, &material)),
        || {
            let session = NewSupervision::parse(&visit.form, visit.today())?;
            let name = visit.form.text(SIGNATURE).to_owned();
            let notice = notice(&session, visit.today());
            visit.save_new(move |writing| {
                let id = supervision::log(writing, &session)?;
                if !name.trim().is_empty() {
                    signing::sign_what_was_written(writing, &Record::Session(id.clone()), &name)?;
                }
                Ok(format!("/supervision/{id}?notice={notice}"))
            })
        },
    )
}

/// What is told once it is saved: also that somebody meets later than they should have.
fn notice(session: &NewSupervision, today: NaiveDate) -> &'static str {
    let since = session.follow_ups_since();
    let is_late = session.follow_ups.iter().any(|weeks| is_missed(*weeks, since, today));
    if is_late { "follow-up-late" } else { "supervision-saved" }
}
