//! Signing a record: who may do what in which state. Both people sign, nobody signs both sides, a disagreement is kept, and what
//! is signed is only added to; to change it takes both of them and a reason (domain.md 2.4).

use crate::form::{Form, FormCheck, Problems};
use crate::value::text_value;

text_value! {
    /// How far a record has come.
    RecordState: "state of a record" {
        Drafted = "drafted", "Written, not signed yet";
        AwaitingSupervisee = "awaiting_supervisee", "Waits for the signature of the person supervised";
        Signed = "signed", "Signed by both";
        SignedWithComment = "signed_with_comment", "Signed by both, with a comment";
        Voided = "voided", "Void: it does not count";
    }
}

text_value! {
    /// One of the two who sign, or who answers for the supervisor's records.
    Side: "side" {
        Supervisor = "supervisor", "Supervisor";
        Supervisee = "supervisee", "Person supervised";
        LineManager = "line_manager", "The supervisor’s line manager";
    }
}

text_value! {
    /// What somebody does to a record.
    RecordStep: "step of a record" {
        Sign = "sign", "Signed";
        SignWithComment = "sign_with_comment", "Signed, with a comment";
        Correct = "correct", "Changed what stands here";
        Add = "add", "Added";
        AddToEntry = "add_to_entry", "Added about a case";
        AskToReopen = "ask_to_reopen", "Asked to open it again";
        Reopen = "reopen", "Opened it again";
        LeaveSigned = "leave_signed", "Left it as it is";
        Void = "void", "Declared it void";
        AnswerComment = "answer_comment", "Replied to the comment";
    }
}

impl RecordStep {
    /// Whether it is a signature.
    pub fn is_signature(self) -> bool {
        matches!(self, Self::Sign | Self::SignWithComment)
    }
}

/// A step that cannot be taken now: why, in words for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// Nobody signs before the supervisor.
    #[error("The supervisor has not signed this yet. It waits for you once they have")]
    SupervisorFirst,
    /// It was signed on this side.
    #[error("You have signed this already")]
    SignedAlready,
    /// Only who wrote it corrects it.
    #[error("Only the supervisor can change what stands here. Add what you see otherwise when you sign")]
    NotTheWriter,
    /// A comment belongs to the second signature.
    #[error("A comment stands beside the second signature. What you want to say belongs into the record")]
    NothingToCommentOn,
    /// What both have signed stays.
    #[error("Both have signed this, so it stays as it is. Add to it, or ask to open it again")]
    Locked,
    /// What is void stays as it is.
    #[error("This record is void, so it stays as it is")]
    Void,
    /// It is not for the two to say that their record does not count.
    #[error("Only the supervisor’s line manager can do this")]
    NotTheLineManager,
    /// Nobody has seen anything otherwise.
    #[error("Nobody has signed this with a comment, so there is nothing to reply to")]
    NoComment,
    /// It is for the two to sign and to change.
    #[error("Only the two who met sign this record and change it")]
    NotOneOfTheTwo,
    /// There is nothing to add to or to open yet.
    #[error("This is not signed by both yet: it can still be changed")]
    NotLocked,
}

impl RecordState {
    /// Whether both have signed.
    pub fn is_locked(self) -> bool {
        matches!(self, Self::Signed | Self::SignedWithComment)
    }

    /// The state after a step.
    ///
    /// # Errors
    /// Why this side cannot take this step now.
    pub fn after(self, side: Side, step: RecordStep) -> Result<Self, NotNow> {
        use RecordStep::{
            Add, AddToEntry, AnswerComment, AskToReopen, Correct, LeaveSigned, Reopen, Sign, SignWithComment,
            Void,
        };
        match (step, self, side) {
            (_, Self::Voided, _) => Err(NotNow::Void),
            (Void, _, Side::LineManager) => Ok(Self::Voided),
            // Whom the two name for it looks at what they see differently (domain.md 3.5); their words stay.
            (AnswerComment, Self::SignedWithComment, Side::LineManager) => Ok(self),
            (AnswerComment, _, Side::LineManager) => Err(NotNow::NoComment),
            (Void | AnswerComment, ..) => Err(NotNow::NotTheLineManager),
            (_, _, Side::LineManager) => Err(NotNow::NotOneOfTheTwo),
            // Clocks follow what was said of a case from the moment it is written, and it is never changed: it is added to at once.
            (AddToEntry, ..)
            | (Add | AskToReopen | LeaveSigned, Self::Signed | Self::SignedWithComment, _) => Ok(self),
            (Reopen, Self::Signed | Self::SignedWithComment, _) => Ok(Self::Drafted),
            (Add | AskToReopen | LeaveSigned | Reopen, ..) => Err(NotNow::NotLocked),
            (_, Self::Signed | Self::SignedWithComment, _) => Err(NotNow::Locked),
            (Correct, _, Side::Supervisee) => Err(NotNow::NotTheWriter),
            // What the supervisor has signed is no longer what stands there.
            (Correct, _, Side::Supervisor) => Ok(Self::Drafted),
            (SignWithComment, _, Side::Supervisor) => Err(NotNow::NothingToCommentOn),
            (Sign, Self::Drafted, Side::Supervisor) => Ok(Self::AwaitingSupervisee),
            (Sign, Self::AwaitingSupervisee, Side::Supervisor) => Err(NotNow::SignedAlready),
            (Sign | SignWithComment, Self::Drafted, Side::Supervisee) => Err(NotNow::SupervisorFirst),
            (Sign, Self::AwaitingSupervisee, Side::Supervisee) => Ok(Self::Signed),
            (SignWithComment, Self::AwaitingSupervisee, Side::Supervisee) => Ok(Self::SignedWithComment),
        }
    }
}

/// A signature as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSignature {
    /// The name that was typed.
    pub name: String,
    /// What is seen otherwise; empty if nothing is.
    pub comment: String,
    /// The hash of the text that was on the page.
    pub text_hash: String,
}

impl NewSignature {
    /// Reads the form of a signature.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let name = check.line("signature", "Type your name to sign");
        let comment = check.optional_narrative("comment");
        let text_hash = form.text("text_hash").to_owned();
        let signature = (|| Some(Self { name: name?, comment: comment?, text_hash }))();
        check.finish(signature)
    }

    /// The step that it is.
    pub fn step(&self) -> RecordStep {
        if self.comment.is_empty() { RecordStep::Sign } else { RecordStep::SignWithComment }
    }
}

/// Whether somebody has typed their own name: capitals and spaces do not matter.
pub fn is_own_name(typed: &str, name: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    !typed.trim().is_empty() && plain(typed) == plain(name)
}

/// Words that somebody adds to a signed record, or with which they ask to open it again.
///
/// # Errors
/// Nothing was written, or too much.
pub fn read_words(form: &Form, field: &str, missing: &str) -> Result<String, Problems> {
    let mut check = FormCheck::new(form);
    let words = check.narrative(field, missing);
    check.finish(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextValue;
    use proptest::prelude::*;

    #[test]
    fn record_2_4_every_state_side_and_step() {
        use NotNow::{
            Locked, NotLocked, NotOneOfTheTwo, NotTheLineManager, NotTheWriter, NothingToCommentOn,
            SignedAlready, SupervisorFirst,
        };
        use RecordState::{AwaitingSupervisee, Drafted, Signed, SignedWithComment};
        use RecordStep::{Add, AddToEntry, AskToReopen, Correct, LeaveSigned, Reopen, Sign, SignWithComment};
        use Side::{LineManager, Supervisee, Supervisor};
        let table = [
            (Drafted, Supervisor, Sign, Ok(AwaitingSupervisee)),
            (Drafted, Supervisor, SignWithComment, Err(NothingToCommentOn)),
            (Drafted, Supervisor, Correct, Ok(Drafted)),
            (Drafted, Supervisee, Sign, Err(SupervisorFirst)),
            (Drafted, Supervisee, SignWithComment, Err(SupervisorFirst)),
            (Drafted, Supervisee, Correct, Err(NotTheWriter)),
            (AwaitingSupervisee, Supervisor, Sign, Err(SignedAlready)),
            (AwaitingSupervisee, Supervisor, SignWithComment, Err(NothingToCommentOn)),
            (AwaitingSupervisee, Supervisor, Correct, Ok(Drafted)),
            (AwaitingSupervisee, Supervisee, Sign, Ok(Signed)),
            (AwaitingSupervisee, Supervisee, SignWithComment, Ok(SignedWithComment)),
            (AwaitingSupervisee, Supervisee, Correct, Err(NotTheWriter)),
        ];
        for (state, side, step, after) in table {
            assert_eq!(state.after(side, step), after, "{state} {side} {step:?}");
        }
        for state in RecordState::ALL {
            for step in RecordStep::ALL {
                for side in Side::ALL {
                    assert_eq!(RecordState::Voided.after(*side, *step), Err(NotNow::Void), "{side} {step:?}");
                }
                let is_the_managers = matches!(step, RecordStep::Void | RecordStep::AnswerComment);
                if *state != RecordState::Voided && !is_the_managers {
                    assert_eq!(state.after(LineManager, *step), Err(NotOneOfTheTwo), "{state} {step:?}");
                }
            }
            if *state != RecordState::Voided {
                assert_eq!(state.after(LineManager, RecordStep::Void), Ok(RecordState::Voided));
                assert_eq!(state.after(Supervisor, RecordStep::Void), Err(NotTheLineManager));
                assert_eq!(state.after(Supervisee, RecordStep::Void), Err(NotTheLineManager));
                let answer = RecordStep::AnswerComment;
                let after = if *state == SignedWithComment { Ok(*state) } else { Err(NotNow::NoComment) };
                assert_eq!(state.after(LineManager, answer), after, "{state}");
                assert_eq!(state.after(Supervisor, answer), Err(NotTheLineManager));
                assert_eq!(state.after(Supervisee, answer), Err(NotTheLineManager));
            }
        }
        for side in [Supervisor, Supervisee] {
            for state in [Drafted, AwaitingSupervisee, Signed, SignedWithComment] {
                assert_eq!(state.after(side, AddToEntry), Ok(state), "{state} {side}");
            }
            for state in [Drafted, AwaitingSupervisee] {
                for step in [Add, AskToReopen, LeaveSigned, Reopen] {
                    assert_eq!(state.after(side, step), Err(NotLocked), "{state} {side} {step:?}");
                }
            }
            for state in [Signed, SignedWithComment] {
                for step in [Sign, SignWithComment, Correct] {
                    assert_eq!(state.after(side, step), Err(Locked), "{state} {side} {step:?}");
                }
                assert_eq!(state.after(side, Add), Ok(state));
                assert_eq!(state.after(side, AskToReopen), Ok(state));
                assert_eq!(state.after(side, LeaveSigned), Ok(state));
                assert_eq!(state.after(side, Reopen), Ok(Drafted));
            }
        }
    }

    proptest! {
        /// However two people go on, nothing is locked that only one of them has signed since it was last changed.
        #[test]
        fn a_locked_record_was_signed_by_both(
            steps in prop::collection::vec(
                (prop::sample::select(Side::ALL), prop::sample::select(RecordStep::ALL)), 0..30),
        ) {
            let (mut state, mut signed) = (RecordState::Drafted, Vec::new());
            for (side, step) in steps {
                let Ok(after) = state.after(side, step) else { continue };
                match step {
                    RecordStep::Sign | RecordStep::SignWithComment => signed.push(side),
                    RecordStep::Correct | RecordStep::Reopen | RecordStep::Void => signed.clear(),
                    RecordStep::Add
                    | RecordStep::AddToEntry
                    | RecordStep::AskToReopen
                    | RecordStep::LeaveSigned
                    | RecordStep::AnswerComment => {}
                }
                state = after;
                prop_assert_eq!(state.is_locked(), signed == [Side::Supervisor, Side::Supervisee]);
            }
        }
    }

    #[test]
    fn a_name_is_ones_own_whatever_its_capitals_and_spaces() {
        assert!(is_own_name(" priya  NAIR ", "Priya Nair"));
        for typed in ["", " ", "Priya", "Priya Nair-Smith", "Tom Osei"] {
            assert!(!is_own_name(typed, "Priya Nair"), "{typed}");
        }
    }
}
