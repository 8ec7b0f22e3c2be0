//! The sessions of the demonstration.

use super::Stage;
use crate::problem::Problem;
use crate::supervision;
use domain::StoredList;
use domain::ids::CaseId;
use domain::reflection::{PromptReply, PromptState, Trigger, Triggers};
use domain::risk::{RiskDirection, RiskLevel};
use domain::supervision::{
    ChildSeen, NewAction, NewCaseEntry, NewOversight, OversightDecision, Proposal, Voice, Voices,
};
use domain::templates::NewAnswers;
use std::collections::HashMap;

impl Stage<'_> {
    fn action(&self, owner: &str, what: &str, due_in: i64, measure: &str, fallback: &str) -> NewAction {
        NewAction {
            block: 0,
            what: what.to_owned(),
            owner: Some(self.cast.people[owner].clone()),
            owner_elsewhere: String::new(),
            due_on: Some(self.day(-due_in)),
            measure: measure.to_owned(),
            fallback: fallback.to_owned(),
        }
    }

    /// What two people agreed about the one who is supervised, in the session of that day.
    pub(super) fn agreed_about(&self, supervisor: &str, supervisee: &str, days_ago: i64) -> Vec<NewAction> {
        match (supervisor, supervisee, days_ago) {
            ("priya", "tom", 16) => vec![self.action(
                "priya",
                "Keep duty off his Friday mornings, for writing",
                45,
                "Four Fridays without a call",
                "Ros is asked for cover",
            )],
            ("owen", "tom", 21) => {
                vec![self.action("tom", "Draw the next first visit on the way home", 40, "", "")]
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn hold_sessions(&self, cases: &HashMap<&'static str, CaseId>) -> Result<(), Problem> {
        use RiskDirection::{Down, Same, Up};
        use RiskLevel::{High, Medium, Standard};
        let entry =
            |reference: &str, said: &str, level, direction, decision: &str, rationale: &str| NewCaseEntry {
                place: 0,
                case: cases[reference].clone(),
                child_seen: Some(ChildSeen::NotApplicable),
                child_seen_on: None,
                what_happened: said.to_owned(),
                risk_level: Some(level),
                risk_direction: direction,
                checklist: None,
                support_declined: false,
                happened: Triggers::default(),
                voices: Voices::default(),
                hypotheses: StoredList::default(),
                challenges: StoredList::default(),
                proposal: Some(Proposal::Stay),
                decision: decision.to_owned(),
                rationale: rationale.to_owned(),
                reviews: Vec::new(),
                answers: NewAnswers::default(),
                differs: String::new(),
                siblings: Vec::new(),
                no_action_because: String::new(),
                actions: Vec::new(),
                next_on: None,
                prompts: Vec::new(),
            };
        self.session("priya", "gwen", 96, "Steady. The long drive to the placement takes a morning each fortnight.", vec![
            entry("F-1042", "Two incidents since spring, the second reported by the school. Both older children said that shouting starts after football.", Medium, Same, "Keep the plan. Ask the school for its log of mornings when the children arrive late.", "The pattern is not clear yet, and the school sees the children daily."),
            entry("F-0930", "Contact goes well. The carers ask for a holiday in May.", Standard, Same, "Agree the holiday in principle.", "Settled for two years; the child asked for it."),
        ])?;
        self.session("priya", "luca", 70, "Proud of the parenting group. Wants to learn more about recording.", vec![NewCaseEntry {
            child_seen: Some(ChildSeen::NotAlone),
            child_seen_on: Some(self.day(73)),
            proposal: Some(Proposal::Close),
            actions: vec![self.action("luca", "Tell the school and the health visitor that closure is proposed, and ask whether they agree", -50, "A reply from both is on the record", "Closure waits")],
            ..entry("F-1190", "The goals of the plan are met on paper. Nobody has told the school that closure is proposed.", Standard, Down, "Do not close yet. Ask the school and the health visitor first.", "Nobody outside our team has confirmed the change.")
        }])?;
        let reply = |key: &str, text: &str| PromptReply {
            state: PromptState::Answered,
            text: text.to_owned(),
            ..PromptReply::raised(key)
        };
        self.session("priya", "gwen", 44, "Tired after three late visits in a week. We moved Thursday’s duty to Owen.", vec![NewCaseEntry {
            child_seen: Some(ChildSeen::NotAlone),
            child_seen_on: Some(self.day(47)),
            actions: vec![
                self.action("gwen", "Ask the adult’s previous area what is known about him", -20, "A written reply", "Priya rings their manager"),
                self.action("gwen", "See each child alone, at school", -30, "Four visits recorded in the children’s own words", "Joint visit with Luca in the same week"),
            ],
            prompts: vec![
                reply("told-of-risk-rise", "The school and the health visitor knew within a day. The GP was told eight days later, and nobody had asked housing."),
                reply("fear-and-avoidance", "I have been visiting when he is at work. I told myself that this was for the mother."),
            ],
            ..entry("F-1042", "Third incident in eleven months. A man not known to us answered the door and would not give his name. Mother says that all is well; the youngest stayed behind her.", High, Up, "Strategy discussion today. Nobody visits alone until we know who he is.", "Third incident in eleven months, an unknown adult, and no child seen alone since spring.")
        }])?;
        self.act("priya", 40, {
            let case = cases["F-1042"].clone();
            let note = NewOversight {
                what_happened: "The police shared that the man is known in another area. The core group asked whether contact at the house may go on.".to_owned(),
                act: OversightDecision::Act,
                decision: "Contact moves to the family centre until the checks are back. Gwen tells the mother together with the health visitor.".to_owned(),
                rationale: "The home cannot be called safe while we do not know who lives there.".to_owned(),
                risk_level: High,
                risk_direction: Same,
                checklist: None,
                actions: Vec::new(),
 answers: NewAnswers::default(),
            };
            move |writing| supervision::oversee(writing, &case, &note)
        })?;
        self.session(
            "priya",
            "nia",
            41,
            "Part-time week is full. We looked at what can wait until Thursday.",
            vec![entry(
                "F-1121",
                "Home conditions are worse than a month ago. The youngest has missed two health checks.",
                High,
                Up,
                "Bring the core group forward.",
                "Two missed checks and a worse home are a change, not a bad week.",
            )],
        )?;
        self.session("priya", "owen", 33, "Enjoys holding reflective space for Tom.", vec![NewCaseEntry {
            happened: [Trigger::OrderBreached, Trigger::PrisonRelease].into_iter().collect(),
            voices: [Voice::Housing, Voice::Police].into_iter().collect(),
            ..entry("P-311", "The restraining order was breached by letters to his sister’s address. Housing has not had a duty-to-refer form.", High, Up, "Owen sends the duty-to-refer form this week and tells the advocacy team about the letters.", "Release is near, and the order has not held him.")
        }])?;
        self.session(
            "priya",
            "farah",
            30,
            "Settling after moving from the hospital team.",
            vec![entry(
                "F-1098",
                "Has the keys to the flat. Sleeps at a friend’s most nights.",
                Medium,
                Same,
                "Keep seeing her weekly until she sleeps there.",
                "A flat she does not sleep in is not a home yet.",
            )],
        )?;
        self.session("priya", "tom", 16, "Third month. Enjoys visits and worries about writing. We agreed an hour of protected time on Fridays.", vec![])?;
        self.session(
            "priya",
            "gwen",
            12,
            "Better. Slept through last week.",
            vec![NewCaseEntry {
                child_seen: Some(ChildSeen::Alone),
                child_seen_on: Some(self.day(14)),
                voices: [Voice::Child, Voice::WiderFamily].into_iter().collect(),
                ..entry(
                    "F-0930",
                    "The holiday is booked. He drew the aeroplane twice.",
                    Standard,
                    Same,
                    "Nothing to change.",
                    "He is safe, heard and looking forward to something.",
                )
            }],
        )?;
        self.session("priya", "tom", 9, "Tired, but pleased with the pre-birth assessment.", vec![NewCaseEntry {
            support_declined: true,
            actions: vec![self.action("tom", "Agree a safe way to reach her with the refuge worker", 5, "She has been reached twice that way", "Marta’s team asks on our behalf")],
            ..entry("F-1077", "She turned down the group, and says that people there know his family. The refuge worker agrees.", High, Same, "Offer one-to-one support in its place, away from town.", "She did not decline help; she declined that room.")
        }])?;
        self.session(
            "marta",
            "jo",
            20,
            "Steady. Asked for a second worker on late calls.",
            vec![entry(
                "D-055",
                "Safety plan reviewed. She has changed her number and her route to work.",
                High,
                Same,
                "Weekly call stays.",
                "He asked a colleague for her rota.",
            )],
        )?;
        self.session("owen", "tom", 21, "We drew the first visit and looked at who spoke when.", vec![])?;
        self.session(
            "helen",
            "ros",
            13,
            "Two teams, one vacancy. Marta’s team needs a plan for the summer.",
            vec![],
        )?;
        self.session("ros", "marta", 18, "The helpline rota is settled. Jo’s late calls are next.", vec![])?;
        self.session("ros", "priya", 25, "Seven supervisees, and write-ups slip in the last week of the month. Agreed to protect two mornings.", vec![])?;
        Ok(())
    }
}
