//! Every address of the site on one page: its path, who may ask for it, and the page that answers.
//!
//! The guard decides by role alone. Whether the person may see or change this case, session or reflection is decided
//! by the operation in `records`, which knows the record.

use crate::answer::Answer;
use crate::pages::{
    absences, account, actions, agreements, audits, bookings, cases, drafts, exports, hand_over, import,
    learning, leavers, lens, mail, people, plain, preparation, prompts, questions, reflections, requests,
    reviews, settings, sign_in, signing, supervision, teams, training, variations, week, welcome,
};
use crate::trouble::Trouble;
use crate::visit::Visit;
use domain::access::Action;
use leptos::prelude::*;
use records::Problem;
use std::sync::Arc;

/// An address of the site.
pub struct Route {
    /// The path, with `{id}` where an id stands.
    pub path: &'static str,
    /// Who may ask for it.
    pub guard: Guard,
    page: Page,
}

type Page = fn(&Visit) -> Result<Answer, Problem>;

/// The address at which a page asks how long the session lasts. To ask does not make it last longer.
pub const SESSION: &str = "/account/session";

/// Who may ask for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Everybody, signed in or not.
    Anyone,
    /// Whoever may do this.
    May(Action<'static>),
}

const fn open(path: &'static str, page: Page) -> Route {
    Route { path, guard: Guard::Anyone, page }
}

const fn guarded(path: &'static str, action: Action<'static>, page: Page) -> Route {
    Route { path, guard: Guard::May(action), page }
}

/// The addresses. A fixed word stands before `{id}` in the same place, so that "new" is no id.
pub static ROUTES: &[Route] = &[
    open("/sign-in", sign_in::sign_in),
    open("/welcome/{token}", welcome::welcome),
    open("/accessibility", plain::accessibility),
    open("/calendar/{token}", bookings::feed),
    open(SESSION, drafts::session),
    guarded("/sign-out", Action::SeeOwnWork, sign_in::sign_out),
    guarded("/", Action::SeeOwnWork, week::my_week),
    guarded("/cases", Action::ListCases, cases::list),
    guarded("/cases/csv", Action::ListCases, exports::cases),
    guarded("/cases/new", Action::ListCases, cases::add),
    guarded("/cases/import", Action::ImportCases, import::upload),
    guarded("/cases/import/template", Action::ImportCases, import::template),
    guarded("/cases/import/{id}", Action::ImportCases, import::check),
    guarded("/cases/import/{id}/columns", Action::ImportCases, import::columns),
    guarded("/cases/import/{id}/refused", Action::ImportCases, import::refused),
    guarded("/cases/{id}", Action::ListCases, cases::open),
    guarded("/cases/{id}/edit", Action::ListCases, cases::change),
    guarded("/cases/{id}/oversight", Action::ListCases, cases::oversight),
    guarded("/cases/{id}/risk", Action::ListCases, cases::note_risk),
    guarded("/cases/{id}/siblings", Action::ListCases, cases::siblings),
    guarded("/cases/{id}/siblings/leave", Action::ListCases, cases::leave_siblings),
    guarded("/cases/{id}/variation", Action::ListCases, variations::of_case),
    guarded("/cases/{id}/entries/{entry}", Action::ListCases, cases::open_entry),
    guarded("/cases/{id}/entries/{entry}/text", Action::ListCases, cases::entry_text),
    guarded("/cases/{id}/entries/{entry}/pdf", Action::ListCases, cases::entry_pdf),
    guarded("/cases/{id}/entries/{entry}/filed", Action::ListCases, cases::file_entry),
    guarded("/cases/{id}/entries/{entry}/add", Action::ListCases, cases::add_to_note),
    guarded("/cases/{id}/entries/{entry}/void", Action::ListCases, cases::void_note),
    guarded("/variations/{id}/end", Action::SeeOwnWork, variations::end),
    guarded("/actions", Action::SeeOwnWork, actions::list),
    guarded("/actions/csv", Action::SeeOwnWork, exports::actions),
    guarded("/requests", Action::SeeOwnWork, requests::list),
    guarded("/requests/{id}", Action::SeeOwnWork, requests::answer),
    guarded("/actions/{id}", Action::SeeOwnWork, actions::end),
    guarded("/supervision", Action::ListSupervision, supervision::list),
    guarded("/supervision/new", Action::BeginWritingUp, supervision::log),
    guarded("/supervision/peer", Action::ListSupervision, supervision::log_peer),
    guarded("/supervision/csv", Action::ListSupervision, exports::sessions),
    guarded("/supervision/bells", Action::ListSupervision, supervision::bells),
    guarded("/supervision/file", Action::ListSupervision, supervision::own_file),
    guarded("/supervision/file/besides", Action::ListSupervision, supervision::own_besides),
    guarded("/supervision/file/text", Action::ListSupervision, supervision::own_file_text),
    guarded("/supervision/file/pdf", Action::ListSupervision, supervision::own_file_pdf),
    guarded("/supervision/{id}", Action::ListSupervision, supervision::open),
    guarded("/supervision/{id}/text", Action::ListSupervision, supervision::text),
    guarded("/supervision/{id}/pdf", Action::ListSupervision, supervision::pdf),
    guarded("/supervision/{id}/personal", Action::ListSupervision, supervision::personal),
    guarded("/supervision/{id}/openings", Action::ListSupervision, supervision::openings),
    guarded("/supervision/{id}/sign", Action::ListSupervision, signing::sign),
    guarded("/supervision/{id}/add", Action::ListSupervision, signing::add_words),
    guarded("/supervision/{id}/entries/{entry}/add", Action::ListSupervision, signing::add_to_entry),
    guarded("/supervision/{id}/reopen", Action::ListSupervision, signing::ask_to_reopen),
    guarded("/supervision/{id}/reopen/agree", Action::ListSupervision, signing::reopen),
    guarded("/supervision/{id}/reopen/leave", Action::ListSupervision, signing::leave_signed),
    guarded("/supervision/{id}/answer", Action::ListSupervision, signing::answer_comment),
    guarded("/supervision/{id}/void", Action::ListSupervision, supervision::void),
    guarded("/prepare", Action::ListSupervision, preparation::list),
    guarded("/prepare/sessions/{id}", Action::ListSupervision, preparation::booked),
    guarded("/prepare/sessions/{id}/agenda", Action::ListSupervision, preparation::add_to_booked_agenda),
    guarded("/prepare/{supervisor}/{supervisee}", Action::ListSupervision, preparation::pack),
    guarded("/prepare/{supervisor}/{supervisee}/agenda", Action::ListSupervision, preparation::add_to_agenda),
    guarded("/prepare/{supervisor}/{supervisee}/form", Action::ListSupervision, preparation::prepare),
    guarded("/agenda/{id}/remove", Action::ListSupervision, preparation::take_off_agenda),
    guarded("/agreements", Action::ListSupervision, agreements::list),
    guarded("/agreements/new", Action::BeginSupervision, agreements::write),
    guarded("/agreements/{id}", Action::ListSupervision, agreements::open),
    guarded("/agreements/{id}/edit", Action::ListSupervision, agreements::change),
    guarded("/agreements/{id}/sign", Action::ListSupervision, signing::sign),
    guarded("/agreements/{id}/answer", Action::ListSupervision, signing::answer_comment),
    guarded("/agreements/{id}/add", Action::ListSupervision, signing::add_words),
    guarded("/agreements/{id}/reopen", Action::ListSupervision, signing::ask_to_reopen),
    guarded("/agreements/{id}/reopen/agree", Action::ListSupervision, signing::reopen),
    guarded("/agreements/{id}/reopen/leave", Action::ListSupervision, signing::leave_signed),
    guarded("/audits", Action::ListAudits, audits::list),
    guarded("/audits/new", Action::DrawAudit, audits::draw),
    guarded("/audits/mine", Action::ListSupervision, audits::mine),
    guarded("/audits/{id}", Action::ListAudits, audits::open),
    guarded("/audits/{id}/close", Action::DrawAudit, audits::close),
    guarded("/audits/files/{id}", Action::ListSupervision, audits::open_file),
    guarded("/audits/files/{id}/records", Action::DrawAudit, audits::open_records),
    guarded("/audits/files/{id}/grade", Action::DrawAudit, audits::grade),
    guarded("/audits/files/{id}/agree", Action::DrawAudit, audits::agree),
    guarded("/audits/files/{id}/second", Action::DrawAudit, audits::ask_second),
    guarded("/audits/files/{id}/share", Action::DrawAudit, audits::share),
    guarded("/audits/files/{id}/comment", Action::ListSupervision, audits::comment),
    guarded("/audits/files/{id}/final", Action::DrawAudit, audits::finish),
    guarded("/audits/files/{id}/withdraw", Action::DrawAudit, audits::withdraw),
    guarded("/bookings", Action::ListSupervision, bookings::list),
    guarded("/bookings/new", Action::BeginSupervision, bookings::book),
    guarded("/bookings/{id}/confirm", Action::ListSupervision, bookings::confirm),
    guarded("/bookings/{id}/held", Action::ListSupervision, bookings::say_held),
    guarded("/bookings/{id}/not-held", Action::ListSupervision, bookings::say_not_held),
    guarded("/bookings/{id}/move", Action::ListSupervision, bookings::move_to),
    guarded("/bookings/{id}/cancel", Action::ListSupervision, bookings::cancel),
    guarded("/account/calendar", Action::SeeOwnWork, bookings::calendar_link),
    guarded("/account/calendar/end", Action::SeeOwnWork, bookings::end_calendar_link),
    guarded("/questions/{id}", Action::SeeOwnWork, questions::reply),
    guarded("/prompts", Action::SeeOwnWork, prompts::list),
    guarded("/prompts/{key}", Action::SeeRules, prompts::why),
    guarded("/reflections", Action::Reflect, reflections::list),
    guarded("/reflections/new", Action::Reflect, reflections::write),
    guarded("/reflections/mirror", Action::Reflect, reflections::mirror::open),
    guarded("/reflections/cpd", Action::Reflect, reflections::cpd::list),
    guarded("/reflections/cpd/{id}", Action::Reflect, reflections::cpd::open),
    guarded("/reflections/cpd/{id}/edit", Action::Reflect, reflections::cpd::change),
    guarded("/reflections/cpd/{id}/text", Action::Reflect, reflections::cpd::text),
    guarded("/reflections/cpd/{id}/delete", Action::Reflect, reflections::delete_cpd),
    guarded("/reflections/copies/{id}", Action::Reflect, reflections::open_copy),
    guarded("/reflections/copies/{id}/take-back", Action::Reflect, reflections::take_back),
    guarded("/reflections/{id}", Action::Reflect, reflections::open),
    guarded("/reflections/{id}/edit", Action::Reflect, reflections::change),
    guarded("/reflections/{id}/delete", Action::Reflect, reflections::delete),
    guarded("/reflections/{id}/share", Action::Reflect, reflections::share),
    guarded("/reflections/{id}/cpd", Action::Reflect, reflections::cpd::write),
    guarded("/reflections/{id}/agenda", Action::Reflect, reflections::put_on_agenda),
    guarded("/learning", Action::SeeOwnWork, learning::learning),
    guarded("/learning/language", Action::SeeOwnWork, learning::language),
    guarded("/training", Action::SeeOwnWork, training::overview),
    guarded("/training/completions/new", Action::CoordinateTraining, training::record),
    guarded("/training/completions/{id}/withdraw", Action::CoordinateTraining, training::withdraw),
    guarded("/training/courses/new", Action::CoordinateTraining, training::add_course),
    guarded("/training/courses/{id}/edit", Action::CoordinateTraining, training::change_course),
    guarded("/training/people/{id}", Action::SeeOwnWork, training::of_person),
    guarded("/reviews", Action::ListCases, reviews::list),
    guarded("/reviews/book", Action::BeginSupervision, reviews::book),
    guarded("/reviews/oversight", Action::ListCases, reviews::oversee),
    guarded("/reminders", Action::SeeOwnWork, reviews::reminders),
    guarded("/reminders/put-off", Action::SeeOwnWork, reviews::put_off),
    guarded("/people", Action::ListPeople, people::list),
    guarded("/people/new", Action::AdministerPeople, people::add),
    guarded("/people/leavers", Action::AdministerPeople, leavers::list),
    guarded("/people/import", Action::AdministerPeople, import::upload),
    guarded("/people/import/template", Action::AdministerPeople, import::template),
    guarded("/people/import/{id}", Action::AdministerPeople, import::check),
    guarded("/people/import/{id}/columns", Action::AdministerPeople, import::columns),
    guarded("/people/import/{id}/refused", Action::AdministerPeople, import::refused),
    guarded("/people/{id}", Action::ListPeople, people::open),
    guarded("/people/{id}/edit", Action::AdministerPeople, people::change),
    guarded("/people/{id}/hand-over", Action::AdministerPeople, hand_over::hand_over),
    guarded("/people/{id}/take-back", Action::AdministerPeople, people::take_back),
    guarded("/people/{id}/absences/new", Action::ListPeople, absences::record),
    guarded("/people/{id}/absences/{absence}", Action::ListPeople, absences::change),
    guarded("/people/{id}/variation", Action::ListPeople, variations::of_person),
    guarded("/people/{id}/supervisors", Action::AdministerPeople, people::add_supervisor),
    guarded("/people/{id}/supervisors/{link}/end", Action::AdministerPeople, people::end_supervisor),
    guarded("/people/{id}/invite", Action::AdministerPeople, people::invite),
    guarded("/teams", Action::AdministerPeople, teams::tree),
    guarded("/teams/new", Action::AdministerPeople, teams::add),
    guarded("/teams/{id}/edit", Action::AdministerPeople, teams::change),
    guarded("/settings", Action::SeeRules, settings::index),
    guarded("/settings/policies", Action::SeeRules, settings::policies),
    guarded("/settings/policies/new", Action::KeepRules, settings::change_policy),
    guarded("/settings/policies/import", Action::KeepRules, settings::import_policy),
    guarded("/settings/policies/export", Action::SeeRules, settings::export_policy),
    guarded("/settings/policies/compare", Action::SeeRules, settings::compare),
    guarded("/settings/policies/{version}", Action::SeeRules, settings::policy),
    guarded("/settings/templates", Action::SeeRules, settings::templates),
    guarded("/settings/templates/{part}", Action::SeeRules, settings::template),
    guarded("/settings/templates/{part}/edit", Action::KeepRules, settings::change_template),
    guarded("/settings/prompts", Action::SeeRules, settings::library),
    guarded("/settings/prompts/new", Action::KeepRules, settings::add_prompt),
    guarded("/settings/prompts/import", Action::KeepRules, settings::import_library),
    guarded("/settings/prompts/export", Action::SeeRules, settings::export_library),
    guarded("/settings/prompts/{key}", Action::KeepRules, settings::change_prompt),
    guarded("/settings/models", Action::SeeRules, settings::models_in_use),
    guarded("/settings/models/edit", Action::KeepRules, settings::change_models),
    guarded("/settings/lexicon", Action::SeeRules, settings::lexicon),
    guarded("/settings/lexicon/new", Action::KeepRules, settings::add_entry),
    guarded("/settings/lexicon/{key}/edit", Action::KeepRules, settings::change_entry),
    guarded("/settings/caseload", Action::SeeRules, settings::caseload),
    guarded("/settings/caseload/edit", Action::KeepRules, settings::change_caseload),
    guarded("/settings/calendar", Action::SeeRules, settings::calendar),
    guarded("/settings/calendar/edit", Action::KeepRules, settings::change_calendar),
    guarded("/settings/calendar/import", Action::KeepRules, settings::import_bank_holidays),
    guarded("/settings/ladder", Action::SeeRules, settings::ladder),
    guarded("/settings/ladder/edit", Action::KeepRules, settings::change_ladder),
    guarded("/settings/ladder/dry-run", Action::KeepRules, settings::dry_run),
    guarded("/settings/ladder/steps/{concern}", Action::KeepRules, settings::change_steps),
    guarded("/mail", Action::ListOwnMail, mail::list),
    guarded("/mail/{id}/again", Action::AdministerMail, mail::send_again),
    guarded("/drafts", Action::SeeOwnWork, drafts::list),
    guarded("/drafts/save", Action::SeeOwnWork, drafts::save),
    guarded("/drafts/{id}", Action::SeeOwnWork, drafts::open),
    guarded("/drafts/{id}/throw-away", Action::SeeOwnWork, drafts::throw_away),
    guarded("/account", Action::SeeOwnWork, account::account),
    guarded("/account/mail", Action::SeeOwnWork, account::mail_preferences),
    guarded("/account/lens", Action::SeeOwnWork, lens::preference),
    guarded("/lexicon/{hash}", Action::SeeOwnWork, lens::lines),
    guarded("/account/others", Action::SeeOwnWork, account::sign_out_others),
];

/// Whether a form that is posted to this path may carry a file.
pub fn takes_file(path: &str) -> bool {
    ["/people/import", "/cases/import"].contains(&path)
}

/// Answers a visit to a route: whatever happens, there is a page.
pub fn answer(route: &Route, visit: &Visit) -> Answer {
    in_owner(|| {
        let answered =
            check(route, visit).and_then(|instead| instead.map_or_else(|| (route.page)(visit), Ok));
        answered.unwrap_or_else(|problem| explain(visit, problem))
    })
}

/// Views need an owner for what reacts in them; on the server that is one for each answer.
fn in_owner(work: impl FnOnce() -> Answer) -> Answer {
    let context = Arc::new(hydration_context::SsrSharedContext::new_islands());
    let owner = Owner::new_root(Some(context));
    let answer = owner.with(work);
    owner.cleanup();
    answer
}

/// After a session ran out while its person typed: what they sent is kept, and waits at this address.
pub fn sign_in_again(address: &str) -> Answer {
    Answer::see_other(format!("{}&notice=kept", sign_in_for(address)))
}

/// The page for signing in that leads to an address of ours.
fn sign_in_for(address: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("/sign-in?{}", query.append_pair("next", address).finish())
}

/// Sends strangers to sign in, and stops those whose roles do not open the address.
fn check(route: &Route, visit: &Visit) -> Result<Option<Answer>, Problem> {
    let Guard::May(action) = &route.guard else { return Ok(None) };
    if visit.signed_in.is_none() {
        let next = if visit.is_post() { "/".to_owned() } else { visit.here() };
        return Ok(Some(Answer::see_other(sign_in_for(&next))));
    }
    visit.store.permit(&visit.who, visit.now, action, "page", &visit.path)?;
    Ok(None)
}

/// The page for an address that leads nowhere, or nowhere that this person may go.
pub fn not_found(visit: &Visit) -> Answer {
    in_owner(|| plain::not_found(visit))
}

/// A page that says what went wrong in a few words.
pub fn failure(visit: &Visit, status: u16, reference: &str) -> Answer {
    in_owner(|| plain::failure(visit, status, reference))
}

fn explain(visit: &Visit, problem: Problem) -> Answer {
    match problem {
        Problem::NotFound | Problem::Refused(_) => plain::not_found(visit),
        Problem::Invalid(problems) => plain::invalid(visit, &problems),
        Problem::Stale(_) => plain::failure(visit, 409, ""),
        Problem::Shut(shut) => plain::journal_shut(visit, shut),
        Problem::Unavailable(cause) => {
            let trouble = Trouble::unavailable(visit, &cause);
            plain::failure(visit, trouble.status, &trouble.reference)
        }
        Problem::Unexpected(cause) => {
            let trouble = Trouble::unexpected(visit, &cause);
            plain::failure(visit, trouble.status, &trouble.reference)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_stands_once_and_fixed_words_stand_before_ids() {
        for (number, route) in ROUTES.iter().enumerate() {
            assert!(
                ROUTES[..number].iter().all(|earlier| earlier.path != route.path),
                "{} stands twice",
                route.path
            );
            let shadowed = ROUTES[..number].iter().any(|earlier| {
                let (mut one, mut other) = (earlier.path.split('/'), route.path.split('/'));
                earlier.path.contains('{')
                    && !route.path.contains('{')
                    && one.by_ref().count() == other.by_ref().count()
                    && earlier
                        .path
                        .split('/')
                        .zip(route.path.split('/'))
                        .all(|(one, other)| one.starts_with('{') || one == other)
            });
            assert!(!shadowed, "{} comes after an address that would answer it", route.path);
        }
    }

    #[test]
    fn only_signing_in_and_plain_pages_are_open_to_strangers() {
        let open: Vec<&str> =
            ROUTES.iter().filter(|route| route.guard == Guard::Anyone).map(|route| route.path).collect();
        assert_eq!(
            open,
            ["/sign-in", "/welcome/{token}", "/accessibility", "/calendar/{token}", "/account/session"]
        );
    }
}
