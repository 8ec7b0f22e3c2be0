//! Supervision sessions: one meeting, a personal part with its own readers, and an entry for each case.

mod action;
mod bells;
mod carry;
mod challenge;
mod entry;
mod follow_up;
mod kind;
mod late;
mod others;
mod oversight;
mod personal;
mod quality;
mod siblings;
mod signing;
mod voices;

pub use action::{ActionEnd, ActionState, NewAction, OverdueBand, read_actions};
pub use bells::{BELLS, GroupStep};
pub use carry::{ActionReview, Outcome, needs_decision, open_with};
pub use challenge::{
    CHALLENGES, Challenge, ChallengeOutcome, Challenger, Challenges, HYPOTHESES, Hypothesis,
};
pub use entry::{ChildSeen, EntryKind, LEVEL_LEFT, NewCaseEntry, Proposal};
pub use follow_up::{FOLLOW_UP, FOLLOW_UP_WEEKS, INCIDENT_ON, follow_up_days, is_missed};
pub use kind::{Mode, SupervisionKind};
pub use late::written_late;
pub use others::{Attendance, Member};
pub use oversight::{NewOversight, NewOversights, OVERSIGHT_PART, OversightDecision, read_oversights};
pub use personal::{PERSONAL_ACTIONS, PERSONAL_PART, PERSONAL_REVIEWS, PersonalPart};
pub use quality::{FieldGap, Gap, Said, SaidOfChild, Standing, gaps, to_ask_about};
pub use siblings::NewSiblingPart;
pub use signing::{NewSignature, NotNow, RecordState, RecordStep, Side, is_own_name, read_words};
pub use voices::{Voice, Voices, voice_missing_on};

use crate::clock::read_optional_time;
use crate::form::{Form, FormCheck, Problems};
use crate::ids::{AgendaItemId, PersonId};
use crate::templates::NewAnswers;
use chrono::{NaiveDate, NaiveTime};
use entry::read_entries;
use follow_up::{read_follow_ups, read_incident_on};
use others::read_members;
use personal::NOTHING_PERSONAL;

/// The field, once for each item of the agenda that stays on it.
pub const KEPT_AGENDA: &str = "keep_agenda";

/// The field, once for each item of the agenda that the form shows.
pub const SHOWN_AGENDA: &str = "shown_agenda";

/// What was shown and is not kept: what somebody adds meanwhile was not talked about.
fn talked_about(form: &Form) -> Vec<AgendaItemId> {
    let is_kept = |id: &str| form.all(KEPT_AGENDA).any(|kept| kept == id);
    form.all(SHOWN_AGENDA).filter(|id| !is_kept(id)).filter_map(|id| id.parse().ok()).collect()
}

/// A session as its supervisor logs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSupervision {
    /// Who was supervised.
    pub supervisee: PersonId,
    /// What the session was for.
    pub kind: SupervisionKind,
    /// How people met.
    pub mode: Mode,
    /// The day on which the talk took place, which is not the day on which it is typed.
    pub held_on: NaiveDate,
    /// When it began, on London clocks, if somebody says so.
    pub began_at: Option<NaiveTime>,
    /// How long it lasted: so it cannot end before it began.
    pub minutes: i32,
    /// The part about the worker, if the kind has one.
    pub personal: Option<PersonalPart>,
    /// What was said about each case.
    pub entries: Vec<NewCaseEntry>,
    /// Who else was asked to be there, if the kind has more than two people.
    pub members: Vec<Member>,
    /// Answers to what this kind of session asks.
    pub answers: NewAnswers,
    /// The day of the serious incident after which it was held, if it was and they name one.
    pub incident_on: Option<NaiveDate>,
    /// Weeks after that in which they want to meet again.
    pub follow_ups: Vec<u32>,
    /// What stood on the agenda before its supervisor and is not kept for next time.
    pub talked_about: Vec<AgendaItemId>,
}

impl NewSupervision {
    /// The day from which follow-ups count: the incident's, and else the one on which they talked.
    pub fn follow_ups_since(&self) -> NaiveDate {
        self.incident_on.unwrap_or(self.held_on)
    }

    /// Reads the form of `/supervision/new`. `today` is the day in London.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let supervisee = check.id("supervisee", "Choose who was supervised");
        // In the order of the form, as its errors are then listed.
        let held_on = check.past_date("held_on", "Date held", today);
        let began_at = read_optional_time(&mut check, "began_at", "when it began");
        let minutes = check.number("minutes", "how many minutes it lasted", 1..=600);
        let mode = check.choice("mode", "Choose how you met");
        let kind: Option<SupervisionKind> = check.choice("kind", "Choose what the session was for");
        let members = read_members(&mut check, supervisee.as_ref());
        let answers = NewAnswers::read(&mut check, SESSION_PART);
        let has_personal_part = kind.is_none_or(SupervisionKind::has_personal_part);
        // What waits from last time stands in the form whatever the kind, and is answered only where it belongs.
        let personal = if has_personal_part {
            PersonalPart::read(&mut check, held_on)
        } else {
            Some(PersonalPart::default())
        };
        let incident_on = read_incident_on(&mut check, held_on);
        let follow_ups = read_follow_ups(&check);
        let entries = read_entries(&mut check, held_on, today);
        if let Some(kind) = kind {
            check_parts(&mut check, kind, personal.as_ref());
            check_special(&mut check, kind, members.as_deref(), answers.as_ref());
        }
        let session = (|| {
            let kind = kind?;
            Some(Self {
                supervisee: supervisee?,
                kind,
                mode: mode?,
                held_on: held_on?,
                began_at: began_at?,
                minutes: minutes?,
                personal: Some(personal?).filter(|_| kind.has_personal_part()),
                entries: entries?,
                members: members?,
                answers: answers?,
                incident_on: incident_on?,
                follow_ups,
                talked_about: talked_about(form),
            })
        })();
        check.finish(session)
    }
}

/// Under which the form has the questions of the kind of session.
pub const SESSION_PART: &str = "session";

/// What a kind with more people or with questions of its own needs.
fn check_special(
    check: &mut FormCheck<'_>,
    kind: SupervisionKind,
    members: Option<&[Member]>,
    answers: Option<&NewAnswers>,
) {
    let nobody_else = members.is_some_and(|members| !members.iter().any(Member::was_there));
    if kind.needs_others() && nobody_else {
        check.fail("there", "Choose who else was there");
    }
    if !kind.has_others() && members.is_some_and(|members| !members.is_empty()) {
        check.fail(
            "kind",
            "This kind of session is between two people. Choose another kind, or untick the others",
        );
    }
    if kind.template().is_none() && answers.is_some_and(|answers| !answers.is_empty()) {
        check.fail("kind", "You have answered questions that this kind of session does not ask. Clear them");
    }
    if kind.is_its_answers() && answers.is_some_and(NewAnswers::is_empty) {
        check.fail("form", "Write something: answer at least one of the questions");
    }
    let is_of_incident = check.form().any_typed_under(INCIDENT_ON) || check.form().has(FOLLOW_UP);
    if kind != SupervisionKind::SeriousIncident && is_of_incident {
        check.fail(
            "kind",
            "An incident has a form of its own. Begin again, and choose “After a serious incident”",
        );
    }
}

/// Nothing that was typed may be dropped in silence: a part that does not belong to the kind is an error.
fn check_parts(check: &mut FormCheck<'_>, kind: SupervisionKind, personal: Option<&PersonalPart>) {
    let form = check.form();
    let entries = form.indexes("entry");
    if kind.needs_personal_part() && personal.is_some_and(PersonalPart::is_empty) {
        check.fail("personal.wellbeing", NOTHING_PERSONAL);
    }
    if !kind.has_personal_part() && personal::is_written(form) {
        check.fail(
            "kind",
            "You have written about the person. Choose a kind with a personal part, or clear that part",
        );
    }
    if kind.has_case_entries() && entries.is_empty() {
        // Only who chose the kind on this very page can choose another.
        let missing = if SupervisionKind::ROUTINE.contains(&kind) {
            "Add the case that you talked about, or choose personal supervision"
        } else {
            "Add the case that you talked about"
        };
        check.fail("kind", missing);
    }
    if !kind.has_case_entries() && !entries.is_empty() {
        check.fail("kind", "You have written about a case. Choose a kind with cases, or remove the case");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextValue;

    const PERSON: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
    const CASE: &str = "01890a5d-ac96-774b-bcce-b302099a8058";

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, 27).unwrap()
    }

    fn session(kind: SupervisionKind) -> Form {
        let mut form = Form::default();
        form.set("supervisee", PERSON);
        form.set("kind", kind.code());
        form.set("mode", "in_person");
        form.set_date("held_on", today());
        form.set("minutes", "90");
        form
    }

    fn with_entry(mut form: Form) -> Form {
        for (field, value) in [
            ("case", CASE),
            ("child_seen", "not_seen"),
            ("what_happened", "A new partner has moved in."),
            ("risk_level", "high"),
            ("risk_direction", "up"),
            ("proposal", "stay"),
            ("decision", "Ask for a strategy discussion."),
            ("rationale", "Three incidents in eleven months."),
        ] {
            form.set(&format!("entry.0.{field}"), value);
        }
        form
    }

    fn fields(form: &Form) -> Vec<String> {
        NewSupervision::parse(form, today()).unwrap_err().0.into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_case_session_needs_a_case_and_a_personal_one_a_person() {
        assert_eq!(fields(&session(SupervisionKind::Case)), ["kind"]);
        assert_eq!(fields(&session(SupervisionKind::Personal)), ["personal.wellbeing"]);
        let logged = NewSupervision::parse(&with_entry(session(SupervisionKind::Case)), today()).unwrap();
        assert_eq!(logged.entries.len(), 1);
        assert_eq!(logged.personal, None);
    }

    #[test]
    fn nothing_typed_is_dropped_in_silence_when_the_kind_changes() {
        let mut form = with_entry(session(SupervisionKind::Case));
        form.set("personal.wellbeing", "Tired.");
        assert_eq!(fields(&form), ["kind"]);
        let mut form = with_entry(session(SupervisionKind::Personal));
        form.set("personal.wellbeing", "Tired.");
        assert_eq!(fields(&form), ["kind"]);
    }

    #[test]
    fn record_3_1_decision_and_rationale_are_never_optional_and_all_the_rest_is() {
        let mut form = with_entry(session(SupervisionKind::Case));
        form.set("entry.0.decision", "  ");
        form.set("entry.0.rationale", "");
        assert_eq!(fields(&form), ["entry.0.decision", "entry.0.rationale"]);
        let mut form = session(SupervisionKind::Case);
        for (field, value) in [("case", CASE), ("decision", "Carry on."), ("rationale", "The plan holds.")] {
            form.set(&format!("entry.0.{field}"), value);
        }
        let logged = NewSupervision::parse(&form, today()).unwrap();
        let [entry] = logged.entries.as_slice() else { panic!("one block") };
        assert_eq!((entry.child_seen, entry.risk_level, entry.proposal), (None, None, None));
        assert_eq!(entry.risk_direction, crate::risk::RiskDirection::Unknown);
        form.set("entry.0.risk_level", "enormous");
        assert_eq!(fields(&form), ["entry.0.risk_level"], "what is chosen is one of the choices");
    }

    #[test]
    fn a_date_last_seen_needs_a_child_seen_and_lies_not_ahead() {
        let mut form = with_entry(session(SupervisionKind::Case));
        form.set("entry.0.child_seen", "alone");
        assert!(NewSupervision::parse(&form, today()).is_ok(), "somebody may not know the day");
        form.set_date("entry.0.child_seen_on", today());
        assert_eq!(NewSupervision::parse(&form, today()).unwrap().entries[0].child_seen_on, Some(today()));
        for seen in ["not_seen", ""] {
            form.set("entry.0.child_seen", seen);
            assert_eq!(fields(&form), ["entry.0.child_seen_on"], "“{seen}”");
        }
        form.set("entry.0.child_seen", "alone");
        form.set_date("entry.0.child_seen_on", today() + chrono::Days::new(1));
        assert_eq!(fields(&form), ["entry.0.child_seen_on"]);
    }

    #[test]
    fn an_empty_action_block_is_no_action_and_half_a_date_is_an_error() {
        let mut form = with_entry(session(SupervisionKind::Case));
        form.set("entry.0.action.0.what", "");
        form.set("entry.0.action.0.who", PERSON);
        assert_eq!(NewSupervision::parse(&form, today()).unwrap().entries[0].actions, []);
        form.set("entry.0.action.0.what", "Ring the school");
        form.set("entry.0.action.0.who", "");
        let logged = NewSupervision::parse(&form, today()).unwrap();
        let [action] = logged.entries[0].actions.as_slice() else { panic!("one action") };
        assert!(
            !action.has_owner() && action.due_on.is_none(),
            "somebody may not have said by whom and by when"
        );
        form.set("entry.0.action.0.by.day", "3");
        assert_eq!(fields(&form), ["entry.0.action.0.by"]);
        form.set("entry.0.action.0.by.day", "");
        form.set("entry.0.action.0.what", "");
        form.set("entry.0.action.0.measure", "They have told us.");
        assert_eq!(fields(&form), ["entry.0.action.0.what"]);
    }

    #[test]
    fn brothers_and_sisters_get_a_record_each_with_what_differs() {
        const SIBLING: &str = "01890a5d-ac96-774b-bcce-b302099a8059";
        let mut form = with_entry(session(SupervisionKind::Case));
        let set = |form: &mut Form, field: &str, value: &str| {
            form.set(&format!("entry.0.sibling.0.{field}"), value);
        };
        set(&mut form, "case", SIBLING);
        set(&mut form, "child_seen", "alone");
        form.set_date("entry.0.sibling.0.child_seen_on", today());
        set(&mut form, "risk_level", "medium");
        set(&mut form, "risk_direction", "same");
        assert!(
            NewSupervision::parse(&form, today()).is_ok(),
            "what differs is asked about, and may be left"
        );
        set(&mut form, "differs", "He is at school by day and safer there.");
        form.set("entry.0.answer.pattern", "Each time after payday.");
        let logged = NewSupervision::parse(&form, today()).unwrap();
        let [entry] = logged.entries.as_slice() else { panic!("one block") };
        let other = entry.of_sibling(&entry.siblings[0]);
        assert_eq!((other.case.as_str(), other.decision.as_str()), (SIBLING, entry.decision.as_str()));
        assert_eq!(
            (other.child_seen, other.risk_level),
            (Some(ChildSeen::Alone), Some(crate::risk::RiskLevel::Medium))
        );
        assert_eq!(other.answers, entry.answers);
        assert!(other.actions.is_empty() && other.siblings.is_empty(), "what is to be done is done once");
        set(&mut form, "case", CASE);
        assert_eq!(fields(&form), ["kind"], "a child stands in a session once");
    }

    #[test]
    fn a_kind_with_others_needs_them_and_one_without_has_none() {
        const OTHER: &str = "01890a5d-ac96-774b-bcce-b302099a8060";
        let mut form = with_entry(session(SupervisionKind::Group));
        assert_eq!(fields(&form), ["there"]);
        form.set("apologies", OTHER);
        assert_eq!(fields(&form), ["there"], "an apology is nobody");
        form.set("there", OTHER);
        assert_eq!(fields(&form), ["apologies"], "nobody is there and away");
        form.set("apologies", "");
        assert_eq!(NewSupervision::parse(&form, today()).unwrap().members.len(), 1);
        form.set("there", PERSON);
        assert_eq!(fields(&form), ["there"], "the presenter is there anyway");
        let mut form = with_entry(session(SupervisionKind::Case));
        form.set("there", OTHER);
        assert_eq!(fields(&form), ["kind"]);
    }

    #[test]
    fn an_observation_and_a_talk_among_peers_are_their_answers() {
        for kind in [SupervisionKind::Live, SupervisionKind::Peer] {
            let mut form = session(kind);
            assert_eq!(fields(&form), ["form"], "{kind}");
            form.set("session.answer.brought", "How to end a visit.");
            assert!(NewSupervision::parse(&form, today()).is_ok(), "{kind}");
            assert_eq!(fields(&with_entry(form)), ["kind"], "{kind} decides nothing about a case");
        }
    }

    #[test]
    fn after_a_serious_incident_people_meet_again_counted_from_its_day() {
        let mut form = session(SupervisionKind::SeriousIncident);
        let none = NewSupervision::parse(&form, today()).unwrap();
        assert_eq!(
            (none.follow_ups.len(), none.follow_ups_since()),
            (0, today()),
            "nothing was ticked or named"
        );
        let friday = today() - chrono::Days::new(4);
        form.set_date("incident_on", friday);
        let more = ["12", "4", "5", "4"].map(|weeks| (FOLLOW_UP.to_owned(), weeks.to_owned()));
        let form = Form::new(form.fields().iter().cloned().chain(more).collect());
        let session = NewSupervision::parse(&form, today()).unwrap();
        assert_eq!((session.follow_ups.as_slice(), session.follow_ups_since()), (&[4, 12][..], friday));
        let mut late = form.clone();
        late.set_date("held_on", friday - chrono::Days::new(1));
        assert_eq!(fields(&late), ["incident_on"], "nobody talks about it before it happens");
        let mut other = form;
        other.set("kind", SupervisionKind::Live.code());
        other.set("session.answer.observed", "A visit.");
        assert_eq!(fields(&other), ["kind"]);
    }

    #[test]
    fn the_same_case_cannot_stand_in_a_session_twice() {
        let mut form = with_entry(session(SupervisionKind::Case));
        let again: Vec<(String, String)> = form
            .fields()
            .iter()
            .filter_map(|(field, value)| {
                Some((format!("entry.1.{}", field.strip_prefix("entry.0.")?), value.clone()))
            })
            .collect();
        for (field, value) in again {
            form.set(&field, value);
        }
        assert_eq!(fields(&form), ["kind"]);
    }
}
