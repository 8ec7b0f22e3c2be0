//! Supervision sessions: one meeting, a personal part with its own readers, and an entry for each case.

use crate::form::{Form, FormCheck, Problems};
use crate::ids::{CaseId, PersonId};
use crate::people::LinkKind;
use crate::reflection::{PromptReply, Situation};
use crate::risk::{RiskDirection, RiskLevel};
use crate::value::text_value;
use chrono::NaiveDate;

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

    /// Whether a supervisor with this kind of link may hold such a session.
    pub fn open_to(self, link: LinkKind) -> bool {
        match link {
            LinkKind::Line => true,
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

text_value! {
    /// Whether the child was seen, and whether alone.
    ChildSeen: "answer" {
        Alone = "alone", "Yes, alone";
        NotAlone = "not_alone", "Yes, but not alone";
        NotSeen = "not_seen", "Not seen yet";
        NotApplicable = "not_applicable", "Does not apply (adult or unborn child)";
    }
}

text_value! {
    /// What is proposed for the plan.
    Proposal: "proposal" {
        Stay = "stay", "Carry on with the plan";
        StepUp = "step_up", "Step up";
        StepDown = "step_down", "Step down";
        Close = "close", "Close";
        Escalate = "escalate", "Escalate a disagreement with another agency";
    }
}

text_value! {
    /// Whether an oversight note records a decision to act.
    OversightDecision: "decision" {
        Act = "act", "Act";
        DoNotAct = "do_not_act", "Do not act";
    }
}

text_value! {
    /// Where an entry on a case comes from.
    EntryKind: "kind of entry" {
        Supervision = "supervision", "Case supervision";
        Oversight = "oversight", "Management oversight";
    }
}

/// An action that somebody agreed to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAction {
    /// What is to be done.
    pub what: String,
    /// Who does it, if it is somebody in the product.
    pub owner: Option<PersonId>,
    /// Who does it, in words, if it is somebody else: "health visitor".
    pub owner_elsewhere: String,
    /// By when.
    pub due_on: NaiveDate,
    /// How we shall know that it is done and has helped.
    pub measure: String,
    /// What happens if it is not done.
    pub fallback: String,
}

/// What was said about one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCaseEntry {
    /// The case.
    pub case: CaseId,
    /// Whether the child was seen, and whether alone.
    pub child_seen: ChildSeen,
    /// When, if so.
    pub child_seen_on: Option<NaiveDate>,
    /// What has happened since last time.
    pub what_happened: String,
    /// How high the risk is now.
    pub risk_level: RiskLevel,
    /// Which way it has gone.
    pub risk_direction: RiskDirection,
    /// Whether the family or person turned support down.
    pub support_declined: bool,
    /// What is proposed for the plan.
    pub proposal: Proposal,
    /// The manager's decision.
    pub decision: String,
    /// Why.
    pub rationale: String,
    /// What is to be done.
    pub actions: Vec<NewAction>,
    /// When the case is talked about next.
    pub next_on: Option<NaiveDate>,
    /// Replies to the questions that the page put.
    pub prompts: Vec<PromptReply>,
}

impl NewCaseEntry {
    /// What the entry says that calls for a particular question.
    pub fn situation(&self) -> Situation {
        Situation {
            risk_direction: Some(self.risk_direction),
            proposal: Some(self.proposal),
            support_declined: self.support_declined,
            child_not_seen: self.child_seen == ChildSeen::NotSeen,
        }
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

fn read_entries(
    check: &mut FormCheck<'_>,
    held_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<Vec<NewCaseEntry>> {
    let mut entries: Vec<Option<NewCaseEntry>> = Vec::new();
    for number in check.form().indexes("entry") {
        entries.push(read_entry(check, &format!("entry.{number}"), held_on, today));
    }
    let entries: Option<Vec<NewCaseEntry>> = entries.into_iter().collect();
    if let Some(entries) = &entries {
        for (at, entry) in entries.iter().enumerate() {
            if entries[..at].iter().any(|earlier| earlier.case == entry.case) {
                check.fail(
                    "kind",
                    "The same case stands here twice. Put what was said in one place and remove the other",
                );
            }
        }
    }
    entries
}

fn read_entry(
    check: &mut FormCheck<'_>,
    at: &str,
    held_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<NewCaseEntry> {
    let name = |field: &str| format!("{at}.{field}");
    let case = check.id(&name("case"), "Choose the case");
    let child_seen = check.choice(&name("child_seen"), "Choose whether the child was seen");
    let child_seen_on = read_child_seen_on(check, &name("child_seen_on"), child_seen, today);
    let what_happened = check.narrative(&name("what_happened"), "Write what has happened since last time");
    let risk_level = check.choice(&name("risk_level"), "Choose how high the risk is now");
    let risk_direction = check.choice(&name("risk_direction"), "Choose which way the risk has gone");
    let support_declined = check.form().text(&name("support_declined")) == "yes";
    let proposal = check.choice(&name("proposal"), "Choose what is proposed for the plan");
    let decision = check.narrative(&name("decision"), "Write the decision");
    let rationale = check.narrative(&name("rationale"), "Write why this was decided");
    let actions = read_actions(check, &name("action"));
    let next_on = check.optional_date(&name("next_on"), "Next date");
    if let (Some(held_on), Some(Some(next_on))) = (held_on, next_on)
        && next_on <= held_on
    {
        check.fail(&name("next_on"), "Next date must be after the date held");
    }
    let prompts = PromptReply::read_all(check, &name("prompt"));
    Some(NewCaseEntry {
        case: case?,
        child_seen: child_seen?,
        child_seen_on,
        what_happened: what_happened?,
        risk_level: risk_level?,
        risk_direction: risk_direction?,
        support_declined,
        proposal: proposal?,
        decision: decision?,
        rationale: rationale?,
        actions: actions?,
        next_on: next_on?,
        prompts: prompts?,
    })
}

/// A date is wanted exactly when the child was seen; what is wrong with it is noted in the check.
fn read_child_seen_on(
    check: &mut FormCheck<'_>,
    field: &str,
    seen: Option<ChildSeen>,
    today: NaiveDate,
) -> Option<NaiveDate> {
    if matches!(seen, Some(ChildSeen::Alone | ChildSeen::NotAlone)) {
        return check.past_date(field, "Date last seen", today);
    }
    let day = check.optional_date(field, "Date last seen").flatten();
    if day.is_some() && seen.is_some() {
        check.fail(
            field,
            "You gave a date last seen. Say whether the child was seen alone, or clear the date",
        );
    }
    None
}

/// Reads the actions under a prefix; a block in which nothing was typed is no action.
pub fn read_actions(check: &mut FormCheck<'_>, prefix: &str) -> Option<Vec<NewAction>> {
    let mut actions = Vec::new();
    for number in check.form().indexes(prefix) {
        let at = format!("{prefix}.{number}");
        let typed = ["what", "by.day", "by.month", "by.year", "measure", "fallback", "who_else"];
        if typed.iter().all(|field| check.form().text(&format!("{at}.{field}")).trim().is_empty()) {
            continue;
        }
        actions.push(read_action(check, &at));
    }
    actions.into_iter().collect()
}

fn read_action(check: &mut FormCheck<'_>, at: &str) -> Option<NewAction> {
    let name = |field: &str| format!("{at}.{field}");
    let what = check.narrative(&name("what"), "Write what is to be done");
    let elsewhere = check.optional_line(&name("who_else"))?;
    let owner: Option<PersonId> = check.form().text(&name("who")).parse().ok();
    if owner.is_none() && elsewhere.is_empty() {
        check.fail(&name("who"), "Choose who will do it");
    }
    if owner.is_some() && !elsewhere.is_empty() {
        check.fail(&name("who_else"), "Choose somebody from the list or write somebody else, not both");
    }
    let due_on = check.date(&name("by"), "By when");
    let measure = check.optional_narrative(&name("measure"));
    let fallback = check.optional_narrative(&name("fallback"));
    Some(NewAction {
        what: what?,
        owner,
        owner_elsewhere: elsewhere,
        due_on: due_on?,
        measure: measure?,
        fallback: fallback?,
    })
}

/// A management-oversight note: a manager's decision between sessions, including one not to act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOversight {
    /// What happened or was asked.
    pub what_happened: String,
    /// Whether to act.
    pub act: OversightDecision,
    /// The decision or direction.
    pub decision: String,
    /// Why.
    pub rationale: String,
    /// How high the risk is now.
    pub risk_level: RiskLevel,
    /// Which way it has gone.
    pub risk_direction: RiskDirection,
    /// At most one action, to keep the form short.
    pub actions: Vec<NewAction>,
}

impl NewOversight {
    /// Reads the form of `/cases/{id}/oversight`.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let what_happened = check.narrative("what_happened", "Write what happened or what was asked");
        let act = check.choice("act", "Choose whether to act");
        let decision = check.narrative("decision", "Write the decision");
        let rationale = check.narrative("rationale", "Write why this was decided");
        let risk_level = check.choice("risk_level", "Choose how high the risk is now");
        let risk_direction = check.choice("risk_direction", "Choose which way the risk has gone");
        let actions = read_actions(&mut check, "action");
        let note = (|| {
            Some(Self {
                what_happened: what_happened?,
                act: act?,
                decision: decision?,
                rationale: rationale?,
                risk_level: risk_level?,
                risk_direction: risk_direction?,
                actions: actions?,
            })
        })();
        check.finish(note)
    }
}

text_value! {
    /// Where an action has got to.
    ActionState: "state of an action" {
        Open = "open", "Open";
        Done = "done", "Done";
        Dropped = "dropped", "No longer needed";
    }
}

/// How an action ended: with evidence that it was done, or with a reason why it is no longer needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionEnd {
    /// Done or dropped.
    pub state: ActionState,
    /// The evidence or the reason.
    pub note: String,
}

impl ActionEnd {
    /// Reads the form of `/actions/{id}`.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let state = check.choice("state", "Choose whether it is done or no longer needed");
        if state == Some(ActionState::Open) {
            check.fail("state", "Choose whether it is done or no longer needed");
        }
        let note =
            check.narrative("note", "Write how you know that it is done, or why it is no longer needed");
        let end = (|| Some(Self { state: state?, note: note? }))();
        check.finish(end)
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
