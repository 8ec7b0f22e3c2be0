//! A manager's decision about a case between sessions.

use super::action::{NewAction, read_actions};
use crate::form::{Form, FormCheck, Problems};
use crate::ids::CaseId;
use crate::risk::{Checklist, RiskDirection, RiskLevel};
use crate::templates::NewAnswers;
use crate::value::text_value;
use chrono::NaiveDate;

text_value! {
    /// Whether an oversight note records a decision to act.
    OversightDecision: "decision" {
        Act = "act", "Act";
        DoNotAct = "do_not_act", "Do not act";
    }
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
    /// The risk checklist that was done since last time, with its score.
    pub checklist: Option<Checklist>,
    /// At most one action, to keep the form short.
    pub actions: Vec<NewAction>,
    /// Answers to what the organisation asks besides.
    pub answers: NewAnswers,
}

/// Under which the form has the questions of a note.
pub const OVERSIGHT_PART: &str = "note";

/// One note of oversight for each of several cases: what was looked at and decided is the same, the risk is each one's own.
pub type NewOversights = Vec<(CaseId, NewOversight)>;

/// Reads the form of `/reviews/oversight`.
///
/// # Errors
/// Every field that is missing or wrong.
pub fn read_oversights(form: &Form) -> Result<NewOversights, Problems> {
    let mut check = FormCheck::new(form);
    let shared = Shared::read(&mut check);
    let mut notes = Vec::new();
    for number in form.indexes("case") {
        let name = |field: &str| format!("case.{number}.{field}");
        let case: Option<CaseId> = check.id(&name("id"), "Choose a case");
        let risk_level = check.choice(&name("risk_level"), "Choose how high the risk is now");
        let risk_direction = check.choice(&name("risk_direction"), "Choose which way the risk has gone");
        let note = (|| {
            let Shared { what_happened, act, decision, rationale } = shared.clone()?;
            let note = NewOversight {
                what_happened,
                act,
                decision,
                rationale,
                risk_level: risk_level?,
                risk_direction: risk_direction?,
                checklist: None,
                actions: Vec::new(),
                answers: NewAnswers::default(),
            };
            Some((case?, note))
        })();
        notes.extend(note);
    }
    if form.indexes("case").is_empty() {
        check.fail("form", "Choose at least one case in the list of reviews");
    }
    check.finish(Some(notes))
}

/// What a note of oversight says apart from the risk.
#[derive(Clone)]
struct Shared {
    what_happened: String,
    act: OversightDecision,
    decision: String,
    rationale: String,
}

impl Shared {
    fn read(check: &mut FormCheck<'_>) -> Option<Self> {
        let what_happened = check.narrative("what_happened", "Write what happened or what was asked");
        let act = check.choice("act", "Choose whether to act");
        let decision = check.narrative("decision", "Write the decision");
        let rationale = check.narrative("rationale", "Write why this was decided");
        Some(Self { what_happened: what_happened?, act: act?, decision: decision?, rationale: rationale? })
    }
}

impl NewOversight {
    /// Reads the form of `/cases/{id}/oversight`. `today` is the day in London.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let shared = Shared::read(&mut check);
        let risk_level = check.choice("risk_level", "Choose how high the risk is now");
        let risk_direction = check.choice("risk_direction", "Choose which way the risk has gone");
        let checklist = Checklist::read(&mut check, "", (None, today));
        let actions = read_actions(&mut check, "action", Some(today));
        let answers = NewAnswers::read(&mut check, OVERSIGHT_PART);
        let note = (|| {
            let Shared { what_happened, act, decision, rationale } = shared?;
            Some(Self {
                what_happened,
                act,
                decision,
                rationale,
                risk_level: risk_level?,
                risk_direction: risk_direction?,
                checklist: checklist?,
                actions: actions?,
                answers: answers?,
            })
        })();
        check.finish(note)
    }
}
