//! The rules of which a policy is made: what each is called, in what it is measured, and what is usual.

use crate::cases::PlanType;

/// What the number of a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Calendar days.
    Days,
    /// Working days; day 1 is the first working day after the event.
    WorkingDays,
    /// Calendar months.
    Months,
    /// A plain count.
    Times,
    /// Questions of a checklist that are answered with yes.
    Yes,
}

impl Unit {
    /// "28 days", "1 working day".
    pub fn counted(self, count: u32) -> String {
        let (one, many) = match self {
            Self::Days => ("day", "days"),
            Self::WorkingDays => ("working day", "working days"),
            Self::Months => ("month", "months"),
            Self::Times => ("time", "times"),
            Self::Yes => ("answer of yes", "answers of yes"),
        };
        crate::calendar::counted(i64::from(count), one, many)
    }

    /// "days", "working days".
    pub fn words(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::WorkingDays => "working days",
            Self::Months => "months",
            Self::Times => "times",
            Self::Yes => "answers of yes",
        }
    }
}

/// The part of a policy to which a rule belongs, as pages group them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Supervision of people.
    Personal,
    /// Supervision of cases.
    Case,
    /// When amber begins, recording, cancelled sessions, putting off.
    General,
}

impl Part {
    /// Every part, in the order of the pages.
    pub const ALL: &'static [Self] = &[Self::Personal, Self::Case, Self::General];

    /// The heading.
    pub fn words(self) -> &'static str {
        match self {
            Self::Personal => "Supervision of people",
            Self::Case => "Supervision of cases",
            Self::General => "Recording, cancelled sessions and putting off",
        }
    }
}

/// Everything about a rule but its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The key under which files name it.
    pub key: &'static str,
    /// What people call it.
    pub words: &'static str,
    /// The part to which it belongs.
    pub part: Part,
    /// What its number counts.
    pub unit: Unit,
    /// The least number that is allowed.
    pub least: u32,
    /// The greatest number that is allowed.
    pub most: u32,
    /// The range that published policies keep to; outside it a page says so.
    pub usual: (u32, u32),
}

macro_rules! rules {
    ($($rule:ident = $key:literal, $words:literal, $part:ident, $unit:ident, $least:literal..=$most:literal, usual $from:literal..=$to:literal;)+) => {
        /// A rule of a policy.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $(#[doc = $words] $rule,)+ }

        impl Rule {
            /// Every rule, in the order of the pages.
            pub const ALL: &'static [Self] = &[$(Self::$rule),+];

            /// What there is to say of the rule.
            pub fn about(self) -> About {
                match self {
                    $(Self::$rule => About {
                        key: $key, words: $words, part: Part::$part, unit: Unit::$unit,
                        least: $least, most: $most, usual: ($from, $to),
                    },)+
                }
            }
        }
    };
}

// domain.md 2.7 and 16; the numbers themselves stand in content/policy.toml. The weeks of the assessed and supported year
// are set by the Local Government Association and Skills for Care: they may be tightened, never loosened.
rules! {
    PersonalCaseHolder = "personal.case_holder.interval", "Practitioner who holds cases", Personal, Days, 1..=366, usual 14..=42;
    PersonalManager = "personal.manager.interval", "Manager", Personal, Days, 1..=366, usual 28..=42;
    PersonalNonQualified = "personal.nonqualified.interval", "Practitioner without registration", Personal, Days, 1..=366, usual 28..=56;
    PersonalAdmin = "personal.admin.interval", "Administration and other posts", Personal, Days, 1..=366, usual 28..=90;
    PersonalReflective = "personal.reflective.interval", "Reflective supervision by somebody else", Personal, Days, 1..=366, usual 14..=56;
    PersonalSafeguarding = "personal.safeguarding.interval", "Specialist safeguarding supervision", Personal, Days, 1..=366, usual 42..=92;
    PersonalFirst = "personal.first", "First session after the start", Personal, WorkingDays, 1..=60, usual 5..=10;
    AsyeFirstUntil = "personal.asye.first.until_day", "Assessed year: the weekly weeks end on day", Personal, Days, 42..=366, usual 42..=42;
    AsyeFirst = "personal.asye.first.interval", "Assessed year: in the weekly weeks", Personal, Days, 1..=7, usual 7..=7;
    AsyeSecondUntil = "personal.asye.second.until_day", "Assessed year: the fortnightly months end on day", Personal, Days, 182..=366, usual 182..=182;
    AsyeSecond = "personal.asye.second.interval", "Assessed year: in the fortnightly months", Personal, Days, 1..=14, usual 14..=14;
    AsyeThirdUntil = "personal.asye.third.until_day", "Assessed year ends on day", Personal, Days, 365..=731, usual 365..=365;
    AsyeThird = "personal.asye.third.interval", "Assessed year: in its second half", Personal, Days, 1..=28, usual 28..=28;
    AgencyFirst = "personal.agency.first", "Agency staff: first session after the start", Personal, WorkingDays, 1..=60, usual 1..=10;
    AgencyEarly = "personal.agency.early.interval", "Agency staff: at the beginning", Personal, Days, 1..=366, usual 7..=28;
    AgencyEarlyUntil = "personal.agency.early.until_day", "Agency staff: the beginning ends on day", Personal, Days, 1..=366, usual 28..=84;
    AgencyLater = "personal.agency.later.interval", "Agency staff: later", Personal, Days, 1..=366, usual 14..=42;
    PauseOver = "personal.pause.over", "Sickness or annual leave pauses the clock if longer than", Personal, WorkingDays, 1..=60, usual 10..=20;
    AfterReturn = "personal.return", "After a return, within", Personal, WorkingDays, 1..=60, usual 1..=10;
    CaseFirst = "case.first_after_allocation", "First time after allocation", Case, WorkingDays, 1..=60, usual 1..=10;
    CaseEarlyHelp = "case.early_help.interval", "Early help", Case, Days, 1..=366, usual 28..=56;
    CaseFamilyHelp = "case.family_help.interval", "Family help", Case, Days, 1..=366, usual 28..=56;
    CaseAssessment = "case.assessment.interval", "Assessment that runs over its time", Case, Days, 1..=366, usual 7..=28;
    AssessmentEnds = "case.assessment.ends", "Assessment: due from its start", Case, WorkingDays, 1..=260, usual 45..=45;
    AssessmentLast = "case.assessment.last", "Assessment: the last time, within this many before it is due", Case, WorkingDays, 1..=44, usual 1..=10;
    CaseChildInNeed = "case.cin.interval", "Child in need", Case, Days, 1..=366, usual 28..=56;
    CaseChildProtection = "case.cp.interval", "Child protection", Case, Days, 1..=366, usual 14..=42;
    ChildProtectionEarly = "case.cp.early.interval", "Child protection: at the beginning", Case, Days, 1..=366, usual 7..=28;
    ChildProtectionEarlyUntil = "case.cp.early.until_day", "Child protection: the beginning ends on day (0: there is none)", Case, Days, 0..=366, usual 0..=42;
    CasePreProceedings = "case.plo.interval", "Pre-proceedings", Case, Days, 1..=366, usual 14..=42;
    CaseProceedings = "case.proceedings.interval", "Care proceedings", Case, Days, 1..=366, usual 14..=42;
    CaseLookedAfterNew = "case.lac_new.interval", "Looked after, under 20 weeks", Case, Days, 1..=366, usual 28..=90;
    CaseLookedAfterSettled = "case.lac_settled.interval", "Looked after, settled", Case, Days, 1..=366, usual 28..=90;
    CaseCareLeaver = "case.care_leaver.interval", "Care leaver", Case, Days, 1..=366, usual 56..=90;
    CasePrivateFostering = "case.private_fostering.interval", "Private fostering", Case, Days, 1..=366, usual 28..=56;
    CaseAdultEnquiry = "case.adult_s42.interval", "Adult safeguarding enquiry", Case, Days, 1..=366, usual 14..=42;
    CaseAdultReview = "case.adult_review.interval", "Adult review", Case, Days, 1..=366, usual 28..=90;
    CaseDomesticAbuseService = "case.da_service.interval", "Domestic abuse service", Case, Days, 1..=366, usual 14..=42;
    CaseProbation = "case.probation.interval", "Probation", Case, Days, 1..=366, usual 14..=42;
    CaseOther = "case.other.interval", "Any other plan", Case, Days, 1..=366, usual 28..=56;
    CaseCap = "case.da_high_or_marac.cap", "High risk of domestic abuse, or MARAC: never longer than", Case, Days, 1..=366, usual 14..=28;
    ChangeWithin = "case.change.within", "A new plan or cap takes hold within", Case, WorkingDays, 1..=60, usual 5..=10;
    ChangeNotBefore = "case.change.not_before", "A new plan or cap never takes hold sooner than", Case, WorkingDays, 0..=60, usual 1..=5;
    RiseOversight = "case.after_risk_rise.oversight", "After a rise in risk: management oversight within", Case, WorkingDays, 1..=20, usual 1..=2;
    RiseSupervision = "case.after_risk_rise.supervision", "After a rise in risk: supervision within", Case, WorkingDays, 1..=60, usual 1..=5;
    RepeatOversight = "case.after_repeat.oversight", "After a repeat incident: management oversight within", Case, WorkingDays, 1..=20, usual 1..=2;
    RepeatChecklist = "case.after_repeat.checklist", "After a repeat incident: a new risk checklist within", Case, WorkingDays, 1..=20, usual 1..=2;
    HighScore = "case.checklist.high", "Risk checklist (DASH-RIC): the score is high from", Case, Yes, 1..=24, usual 10..=16;
    UnallocatedOversight = "case.unallocated.oversight", "Unallocated case: management oversight every", Case, Days, 1..=366, usual 7..=7;
    FreshEyes = "case.same_practitioner", "Look with fresh eyes after so long with the same practitioner, and again every", Case, Days, 30..=366, usual 92..=366;
    LongestOpenChildInNeed = "case.longest_open.cin", "Ask why it is still open: child in need, after", Case, Months, 1..=60, usual 6..=12;
    LongestOpenProtectionFirst = "case.longest_open.cp.first", "Ask why it is still open: child protection, after", Case, Months, 1..=60, usual 9..=12;
    LongestOpenProtectionSecond = "case.longest_open.cp.second", "Ask again: child protection, after", Case, Months, 1..=60, usual 15..=24;
    AmberAtMost = "amber.at_most", "Amber begins before the due day by at most", General, Days, 1..=28, usual 7..=7;
    AmberShare = "amber.share", "Amber begins in the last of so many equal parts of the interval", General, Times, 1..=10, usual 4..=5;
    IncidentSession = "incident.session", "After a serious incident, a session is held within", General, WorkingDays, 1..=20, usual 1..=2;
    RecordDecision = "record.decision", "A decision about a case is recorded within", General, WorkingDays, 1..=20, usual 1..=2;
    RecordFull = "record.full", "The full record is written within", General, WorkingDays, 1..=20, usual 1..=10;
    RecordSigned = "record.signed", "Whoever is supervised signs the record, once asked, within", General, WorkingDays, 1..=20, usual 1..=10;
    AgreementFirst = "agreement.first", "A new pair has its supervision agreement within", General, WorkingDays, 1..=60, usual 10..=20;
    AgreementLookedAtFirst = "agreement.looked_at.first", "The first supervision agreement of two people is looked at again after", General, Months, 1..=24, usual 3..=6;
    AgreementLookedAt = "agreement.looked_at.later", "A later supervision agreement is looked at again after", General, Months, 1..=36, usual 6..=12;
    ActionCarried = "action.carried", "An action is carried over before somebody has to decide about it", General, Times, 1..=10, usual 2..=3;
    ActionWithin = "action.within", "An action for which nobody named a day is done within", General, Days, 1..=92, usual 7..=42;
    BookAgain = "booking.again", "A cancelled session is held again within", General, WorkingDays, 1..=20, usual 5..=10;
    SnoozeTimes = "snooze.times", "A reminder may be put off", General, Times, 0..=5, usual 2..=2;
    SnoozeDays = "snooze.days", "A reminder is put off for at most", General, WorkingDays, 1..=20, usual 5..=5;
}

impl Rule {
    /// The rule that a file names so.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.about().key == key)
    }

    /// How often cases of this plan are due.
    pub fn of_plan(plan: PlanType) -> Self {
        match plan {
            PlanType::EarlyHelp => Self::CaseEarlyHelp,
            PlanType::FamilyHelp => Self::CaseFamilyHelp,
            PlanType::Assessment => Self::CaseAssessment,
            PlanType::ChildInNeed => Self::CaseChildInNeed,
            PlanType::ChildProtection => Self::CaseChildProtection,
            PlanType::PreProceedings => Self::CasePreProceedings,
            PlanType::Proceedings => Self::CaseProceedings,
            PlanType::LookedAfterNew => Self::CaseLookedAfterNew,
            PlanType::LookedAfterSettled => Self::CaseLookedAfterSettled,
            PlanType::CareLeaver => Self::CaseCareLeaver,
            PlanType::PrivateFostering => Self::CasePrivateFostering,
            PlanType::AdultEnquiry => Self::CaseAdultEnquiry,
            PlanType::AdultReview => Self::CaseAdultReview,
            PlanType::DomesticAbuseService => Self::CaseDomesticAbuseService,
            PlanType::Probation => Self::CaseProbation,
            PlanType::Other => Self::CaseOther,
        }
    }
}
