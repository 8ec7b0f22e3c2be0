//! Supervision sessions: one meeting, a personal part with its own readers, and an entry for each case.

mod action;
mod carry;
mod entry;
mod oversight;
mod quality;
mod signing;

pub use action::{ActionEnd, ActionState, NewAction, OverdueBand, read_actions};
pub use carry::{ActionReview, Outcome, needs_decision, open_with};
pub use entry::{ChildSeen, EntryKind, NewCaseEntry, Proposal};
pub use oversight::{NewOversight, NewOversights, OversightDecision, read_oversights};
pub use quality::{FieldGap, Gap, gaps};

pub use signing::{NewSignature, NotNow, RecordState, RecordStep, Side, is_own_name, read_words};

use crate::form::{Form, FormCheck, Problems};
use crate::ids::{AgendaItemId, PersonId};
use crate::people::LinkKind;
use crate::value::text_value;
use chrono::NaiveDate;
use entry::read_entries;

text_value! {
    /// What a session was for. Personal and case supervision are kept as separate records even in one meeting.
    SupervisionKind: "kind of session" {
        Combined = "combined", "Personal and case supervision";
        Case = "case", "Case supervision";
        Personal = "personal", "Personal supervision";
        Joint = "joint", "Joint supervision";
        Safeguarding = "safeguarding", "Specialist safeguarding supervision";
    }
}

impl SupervisionKind {
    /// Whether the session has a part about the worker.
    pub fn has_personal_part(self) -> bool {
        matches!(self, Self::Combined | Self::Personal)
    }

    /// Whether the session has entries about cases.
    pub fn has_case_entries(self) -> bool {
        self != Self::Personal
    }

    /// Whether an entry with a decision in such a session moves the case's clock. A specialist's session has a
    /// clock of its own.
    pub fn moves_case_clock(self) -> bool {
        matches!(self, Self::Combined | Self::Case | Self::Joint)
    }

    /// The line of supervision whose clock such a session moves, when its supervisor has these links. Who covers holds the
    /// line supervisor's sessions; case supervision moves no clock of the person's.
    pub fn line(self, links: impl IntoIterator<Item = LinkKind>) -> LinkKind {
        match self {
            Self::Case | Self::Joint => LinkKind::Case,
            Self::Safeguarding => LinkKind::Safeguarding,
            Self::Personal | Self::Combined => {
                let on_line = |link| matches!(link, LinkKind::Line | LinkKind::Cover);
                if links.into_iter().any(on_line) { LinkKind::Line } else { LinkKind::Reflective }
            }
        }
    }

    /// Whether a supervisor with this kind of link may hold such a session.
    pub fn open_to(self, link: LinkKind) -> bool {
        match link {
            LinkKind::Line | LinkKind::Cover => true,
            LinkKind::Safeguarding => self == Self::Safeguarding,
            LinkKind::Case => matches!(self, Self::Case | Self::Joint | Self::Safeguarding),
            LinkKind::Reflective => matches!(self, Self::Personal | Self::Safeguarding),
        }
    }
}

text_value! {
    /// How people met.
    Mode: "way of meeting" {
        InPerson = "in_person", "In person";
        Video = "video", "Video call";
        Phone = "phone", "Phone";
    }
}

/// The part about the worker: a record of its own, with its own readers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonalPart {
    /// How the person is, and what the work does to them.
    pub wellbeing: String,
    /// How much there is to do.
    pub workload: String,
    /// What they are learning and want to learn.
    pub development: String,
    /// Anything else that was agreed.
    pub agreed: String,
}

impl PersonalPart {
    /// Reads the four boxes under `personal.`.
    fn read(check: &mut FormCheck<'_>) -> Option<Self> {
        let wellbeing = check.optional_narrative("personal.wellbeing");
        let workload = check.optional_narrative("personal.workload");
        let development = check.optional_narrative("personal.development");
        let agreed = check.optional_narrative("personal.agreed");
        Some(Self { wellbeing: wellbeing?, workload: workload?, development: development?, agreed: agreed? })
    }

    /// Reads the form of `/supervision/{id}/personal`.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let part = Self::read(&mut check);
        if part.as_ref().is_some_and(Self::is_empty) {
            check.fail("personal.wellbeing", NOTHING_PERSONAL);
        }
        check.finish(part)
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        [&self.wellbeing, &self.workload, &self.development, &self.agreed].iter().all(|text| text.is_empty())
    }
}

const NOTHING_PERSONAL: &str =
    "Write something about the person: how they are, their workload or their learning";

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
    /// How long it lasted.
    pub minutes: i32,
    /// The part about the worker, if the kind has one.
    pub personal: Option<PersonalPart>,
    /// What was said about each case.
    pub entries: Vec<NewCaseEntry>,
    /// What stood on the agenda before its supervisor and is not kept for next time.
    pub talked_about: Vec<AgendaItemId>,
}

impl NewSupervision {
    /// Reads the form of `/supervision/new`. `today` is the day in London.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let supervisee = check.id("supervisee", "Choose who was supervised");
        let kind: Option<SupervisionKind> = check.choice("kind", "Choose what the session was for");
        let mode = check.choice("mode", "Choose how you met");
        let held_on = check.past_date("held_on", "Date held", today);
        let minutes = check.number("minutes", "how many minutes it lasted", 1..=600);
        let entries = read_entries(&mut check, held_on, today);
        let personal = PersonalPart::read(&mut check);
        if let Some(kind) = kind {
            check_parts(&mut check, kind, personal.as_ref());
        }
        let session = (|| {
            let kind = kind?;
            Some(Self {
                supervisee: supervisee?,
                kind,
                mode: mode?,
                held_on: held_on?,
                minutes: minutes?,
                personal: Some(personal?).filter(|_| kind.has_personal_part()),
                entries: entries?,
                talked_about: talked_about(form),
            })
        })();
        check.finish(session)
    }
}

/// Nothing that was typed may be dropped in silence: a part that does not belong to the kind is an error.
fn check_parts(check: &mut FormCheck<'_>, kind: SupervisionKind, personal: Option<&PersonalPart>) {
    let form = check.form();
    let entries = form.indexes("entry");
    if kind.has_personal_part() && personal.is_some_and(PersonalPart::is_empty) {
        check.fail("personal.wellbeing", NOTHING_PERSONAL);
    }
    if !kind.has_personal_part() && form.any_typed_under("personal.") {
        check.fail(
            "kind",
            "You have written about the person. Choose a kind with a personal part, or clear that part",
        );
    }
    if kind.has_case_entries() && entries.is_empty() {
        check.fail("kind", "Add the case that you talked about, or choose personal supervision");
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
    fn decision_and_rationale_are_never_optional() {
        let mut form = with_entry(session(SupervisionKind::Case));
        form.set("entry.0.decision", "  ");
        form.set("entry.0.rationale", "");
        assert_eq!(fields(&form), ["entry.0.decision", "entry.0.rationale"]);
    }

    #[test]
    fn a_child_seen_needs_a_date_and_a_date_needs_a_child_seen() {
        let mut form = with_entry(session(SupervisionKind::Case));
        form.set("entry.0.child_seen", "alone");
        assert_eq!(fields(&form), ["entry.0.child_seen_on"]);
        form.set_date("entry.0.child_seen_on", today());
        assert!(NewSupervision::parse(&form, today()).is_ok());
        form.set("entry.0.child_seen", "not_seen");
        assert_eq!(fields(&form), ["entry.0.child_seen_on"]);
    }

    #[test]
    fn an_empty_action_block_is_no_action_and_a_half_one_is_an_error() {
        let mut form = with_entry(session(SupervisionKind::Case));
        form.set("entry.0.action.0.what", "");
        form.set("entry.0.action.0.who", PERSON);
        assert_eq!(NewSupervision::parse(&form, today()).unwrap().entries[0].actions, []);
        form.set("entry.0.action.0.what", "Ring the school");
        form.set("entry.0.action.0.who", "");
        assert_eq!(fields(&form), ["entry.0.action.0.who", "entry.0.action.0.by"]);
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

    #[test]
    fn who_may_hold_what_follows_the_link() {
        use LinkKind::{Case, Line, Reflective};
        assert!(SupervisionKind::ALL.iter().all(|kind| kind.open_to(Line)));
        assert!(!SupervisionKind::Personal.open_to(Case));
        assert!(!SupervisionKind::Case.open_to(Reflective));
    }
}
