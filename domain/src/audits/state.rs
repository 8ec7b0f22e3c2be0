//! How far a drawn file has come, and what can be done to it when.

use crate::TextValue;
use crate::calendar::day_in_words;
use crate::value::text_value;
use chrono::NaiveDate;

/// Working days in which the two people of a file can say what they see otherwise, before the grade becomes final.
pub const COMMENT_WORKING_DAYS: u32 = 10;

text_value! {
    /// How far a drawn file has come.
    FileState: "state of a drawn file" {
        Grading = "grading", "Waits to be graded";
        ToAgree = "to_agree", "Graded by both: to be agreed";
        Graded = "graded", "Graded, not shared yet";
        Agreed = "agreed", "Agreed by both graders, not shared yet";
        Shared = "shared", "Shared with the two, who can comment";
        Final = "final", "Final";
        Withdrawn = "withdrawn", "Taken out of the sample";
    }
}

text_value! {
    /// Whose grade it is.
    Rater: "rater" {
        First = "first", "First grade";
        Second = "second", "Second grade";
        Agreed = "agreed", "Agreed grade";
    }
}

text_value! {
    /// Which of the two a file is about.
    AuditedSide: "side of a file" {
        Supervisor = "supervisor", "Supervisor";
        Supervisee = "supervisee", "Person supervised";
    }
}

/// Who looks at a drawn file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody who gives this grade.
    Grader(Rater),
    /// One of the two whom it is about.
    Audited,
}

/// What can be done to a drawn file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileStep {
    /// Grade it, or correct one's own grade.
    Grade,
    /// Ask somebody for a second grade.
    AskSecond,
    /// Write down on what the two graders agree.
    Agree,
    /// Show the findings to the two people of the file.
    Share,
    /// Say what one sees otherwise.
    Comment,
    /// Make it final.
    Finish,
    /// Take it out of the sample.
    Withdraw,
}

/// A step that cannot be taken now: why, in words for the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// Both grades are in, so neither can be changed any more.
    #[error("Both grades are in, so neither can be changed. Agree on one instead")]
    BothAreIn,
    /// The two can read it already.
    #[error("The two people of this file can read the findings already, so they stay as they are")]
    SharedAlready,
    /// A grade is still missing.
    #[error("A grade is still missing")]
    NotGraded,
    /// The graders have to agree first.
    #[error("The two graders have to agree on a grade first")]
    NotAgreed,
    /// It was agreed before.
    #[error("The two graders have agreed already")]
    AgreedAlready,
    /// There is only one grade.
    #[error("There are no two grades to agree on")]
    NothingToAgree,
    /// Nobody was shown anything yet.
    #[error("The findings are not shared with the two people of this file yet")]
    NotShared,
    /// Comments can still come.
    #[error("The two can comment until {}. It can be made final once both have, or after that day", day_in_words(*.0))]
    CommentsUntil(NaiveDate),
    /// It is final.
    #[error("This is final and stays as it is")]
    Final,
    /// It is no longer in the sample.
    #[error("This file was taken out of the sample")]
    Withdrawn,
}

/// Which grades of a file are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GradesIn {
    /// The first.
    pub first: bool,
    /// Whether somebody is asked for a second.
    pub second_asked: bool,
    /// The second.
    pub second: bool,
}

impl GradesIn {
    /// The state of a file of which these grades are in.
    pub fn state(self) -> FileState {
        match (self.first, self.second_asked, self.second) {
            (true, false, _) => FileState::Graded,
            (true, true, true) => FileState::ToAgree,
            _ => FileState::Grading,
        }
    }
}

impl FileState {
    /// Whether grading goes on: until then its auditors may read the records.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Final | Self::Withdrawn)
    }

    /// Whether the two people of the file may read the findings.
    pub fn is_shown(self) -> bool {
        matches!(self, Self::Shared | Self::Final)
    }

    /// Whether its grade counts in the figures of its round: not while somebody may still be asked to grade it blind.
    pub fn counts(self) -> bool {
        matches!(self, Self::Agreed | Self::Shared | Self::Final)
    }

    /// Whether both of its grades are in and may be held against each other.
    pub fn compares(self) -> bool {
        matches!(self, Self::ToAgree | Self::Agreed | Self::Shared | Self::Final)
    }

    /// Whether somebody sees a grade of the file. `stands` says whether it is the one that counts.
    pub fn shows(self, rater: Rater, stands: bool, to: Viewer) -> bool {
        match to {
            Viewer::Grader(own) => own == rater || self.compares(),
            Viewer::Audited => stands && self.is_shown(),
        }
    }

    /// Whether a step can be taken now.
    ///
    /// # Errors
    /// Why not.
    pub fn allows(self, step: FileStep) -> Result<(), NotNow> {
        use FileStep::{Agree, AskSecond, Comment, Finish, Grade, Share, Withdraw};
        match (self, step) {
            (Self::Final, _) => Err(NotNow::Final),
            (Self::Withdrawn, _) => Err(NotNow::Withdrawn),
            (Self::Grading | Self::Graded, Grade | AskSecond | Withdraw)
            | (Self::ToAgree, Agree | Withdraw)
            | (Self::Agreed, Share | Withdraw)
            | (Self::Graded, Share)
            | (Self::Shared, Comment | Finish) => Ok(()),
            (Self::ToAgree | Self::Agreed, Grade | AskSecond) => Err(NotNow::BothAreIn),
            (Self::Shared, Grade | AskSecond | Agree | Share | Withdraw) => Err(NotNow::SharedAlready),
            (Self::Grading, Share) => Err(NotNow::NotGraded),
            (Self::ToAgree, Share) => Err(NotNow::NotAgreed),
            (Self::Grading | Self::Graded, Agree) => Err(NotNow::NothingToAgree),
            (Self::Agreed, Agree) => Err(NotNow::AgreedAlready),
            (_, Comment | Finish) => Err(NotNow::NotShared),
        }
    }
}

/// Whether a file that is shared can be made final: both have commented, or their time is over.
///
/// # Errors
/// Until when comments can still come.
pub fn may_finish(comments: usize, comment_by: NaiveDate, today: NaiveDate) -> Result<(), NotNow> {
    if comments >= AuditedSide::ALL.len() || today > comment_by {
        return Ok(());
    }
    Err(NotNow::CommentsUntil(comment_by))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [FileStep; 7] = [
        FileStep::Grade,
        FileStep::AskSecond,
        FileStep::Agree,
        FileStep::Share,
        FileStep::Comment,
        FileStep::Finish,
        FileStep::Withdraw,
    ];

    #[test]
    fn what_can_be_done_in_which_state() {
        use FileStep::{Agree, AskSecond, Comment, Finish, Grade, Share, Withdraw};
        let table: [(FileState, &[FileStep]); 7] = [
            (FileState::Grading, &[Grade, AskSecond, Withdraw]),
            (FileState::ToAgree, &[Agree, Withdraw]),
            (FileState::Graded, &[Grade, AskSecond, Share, Withdraw]),
            (FileState::Agreed, &[Share, Withdraw]),
            (FileState::Shared, &[Comment, Finish]),
            (FileState::Final, &[]),
            (FileState::Withdrawn, &[]),
        ];
        for (state, allowed) in table {
            for step in STEPS {
                assert_eq!(state.allows(step).is_ok(), allowed.contains(&step), "{state:?} {step:?}");
            }
        }
    }

    #[test]
    fn a_second_grade_that_is_asked_for_is_waited_for() {
        let state = |first, second_asked, second| GradesIn { first, second_asked, second }.state();
        assert_eq!(state(false, false, false), FileState::Grading);
        assert_eq!(state(true, false, false), FileState::Graded);
        assert_eq!(state(true, true, false), FileState::Grading);
        assert_eq!(state(false, true, true), FileState::Grading);
        assert_eq!(state(true, true, true), FileState::ToAgree);
    }

    #[test]
    fn while_somebody_grades_blind_nothing_counts_or_is_shown() {
        for state in [FileState::Grading, FileState::Graded, FileState::ToAgree, FileState::Withdrawn] {
            assert!(!state.counts() && !state.is_shown(), "{state:?}");
        }
    }

    #[test]
    fn a_grader_sees_the_other_grade_once_both_are_in_and_the_audited_only_what_stands_and_is_shared() {
        use FileState::{Agreed, Final, Graded, Grading, Shared, ToAgree, Withdrawn};
        let (first, second) = (Viewer::Grader(Rater::First), Viewer::Grader(Rater::Second));
        for (state, sees_other, audited) in [
            (Grading, false, false),
            (Graded, false, false),
            (Withdrawn, false, false),
            (ToAgree, true, false),
            (Agreed, true, false),
            (Shared, true, true),
            (Final, true, true),
        ] {
            assert!(state.shows(Rater::First, true, first), "{state:?}: the own one always");
            assert_eq!(state.shows(Rater::First, true, second), sees_other, "{state:?}");
            assert_eq!(state.shows(Rater::Second, false, first), sees_other, "{state:?}");
            assert_eq!(state.shows(Rater::Agreed, true, Viewer::Audited), audited, "{state:?}");
            assert!(
                !state.shows(Rater::First, false, Viewer::Audited),
                "{state:?}: not what was agreed otherwise"
            );
        }
    }

    #[test]
    fn it_is_final_once_both_have_commented_or_their_time_is_over() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let by = day("2026-12-08");
        assert_eq!(may_finish(1, by, by), Err(NotNow::CommentsUntil(by)));
        assert_eq!(may_finish(2, by, day("2026-11-25")), Ok(()));
        assert_eq!(may_finish(0, by, day("2026-12-09")), Ok(()));
        assert!(NotNow::CommentsUntil(by).to_string().contains("8 December 2026"));
    }
}
