//! A manager's decision about a case between sessions.

use super::action::{NewAction, read_actions};
use crate::form::{Form, FormCheck, Problems};
use crate::risk::{RiskDirection, RiskLevel};
use crate::value::text_value;

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
