//! When a case is due for supervision and for management oversight, and which questions its age asks.

use super::{Book, Due, Since, Variation};
use crate::calendar::{add_days, add_months};
use crate::cases::PlanType;
use crate::policy::Rule;
use chrono::NaiveDate;

/// What the interval of a case depends on, from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The first day.
    pub from: NaiveDate,
    /// The plan that the work follows.
    pub plan: PlanType,
    /// Whether the interval is capped: high risk of domestic abuse, or heard at MARAC.
    pub capped: bool,
}

/// What a case's clock runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseClock<'a> {
    /// When the case was allocated, or arrived. A transfer to another team or practitioner leaves it as it is.
    pub allocated_on: NaiveDate,
    /// Its terms, the oldest first; at least one.
    pub terms: &'a [Terms],
    /// The last session held in which the case was discussed and decided on. A cancelled session, a note of management
    /// oversight or a specialist's session is none.
    pub last_held_on: Option<NaiveDate>,
    /// The oldest rise in risk that no session has discussed yet.
    pub risk_rose_on: Option<NaiveDate>,
    /// A longer interval that was approved.
    pub variation: Option<Variation>,
}

impl CaseClock<'_> {
    /// The place of the terms that stood on this day. A day before all of them belongs to the first.
    fn terms_on(&self, day: NaiveDate) -> usize {
        self.terms.iter().rposition(|terms| terms.from <= day).unwrap_or(0)
    }

    /// When the plan of these terms began: caps come and go within it.
    fn plan_began(&self, at: usize) -> NaiveDate {
        let plan = self.terms[at].plan;
        let run = self.terms[..=at].iter().rev().take_while(|terms| terms.plan == plan);
        run.last().map_or(self.allocated_on, |first| first.from)
    }
}

/// When a case is due for supervision.
///
/// domain.md 2.7, 2.8 and 16.1 to 16.9: the interval is that of the phase in which the last session was held; a new plan or
/// cap may bring the day forward; going down changes nothing until the next session is held; a rise in risk caps it.
pub fn case_due(book: &Book<'_>, clock: &CaseClock<'_>) -> Due {
    let Some(held_on) = clock.last_held_on else {
        let first = book.by(Rule::CaseFirst, Since::Allocation, clock.allocated_on);
        let due = clock.variation.map_or(first, |variation| variation.over(book, first, clock.allocated_on));
        return capped_by_rise(book, clock, due);
    };
    let at = clock.terms_on(held_on);
    // With and without the variation: whether a change makes the work more pressing has nothing to do with it.
    let mut standard = ordinary(book, clock, at, held_on);
    let mut due = standard;
    let mut not_yet_varied = clock.variation;
    for change in at + 1..clock.terms.len() {
        let from = clock.terms[change].from;
        if let Some(variation) = not_yet_varied.take_if(|variation| variation.granted_on < from) {
            due = variation.over(book, standard, held_on);
        }
        if let Some(sooner) = brought_forward(book, clock, change, held_on, standard) {
            standard = earlier(standard, sooner);
            due = earlier(due, sooner);
        }
    }
    if let Some(variation) = not_yet_varied {
        due = variation.over(book, standard, held_on);
    }
    capped_by_rise(book, clock, due)
}

fn earlier(one: Due, other: Due) -> Due {
    if other.due_on < one.due_on { other } else { one }
}

/// When a case with these terms is due after a session on a day, if nothing else happens.
fn ordinary(book: &Book<'_>, clock: &CaseClock<'_>, at: usize, held_on: NaiveDate) -> Due {
    let Terms { plan, capped, .. } = clock.terms[at];
    let began = clock.plan_began(at);
    if plan == PlanType::Assessment
        && let Some(point) = assessment_point(book, began, held_on)
    {
        let cap = capped.then(|| book.by(Rule::CaseCap, Since::LastHeld, held_on));
        return cap.filter(|cap| cap.due_on < point.due_on).unwrap_or(point);
    }
    let early = plan == PlanType::ChildProtection
        && held_on >= began
        && held_on <= add_days(began, book.number(Rule::ChildProtectionEarlyUntil))
        && book.number(Rule::ChildProtectionEarlyUntil) > 0;
    let mut rule = if early { Rule::ChildProtectionEarly } else { Rule::of_plan(plan) };
    if capped && book.number(Rule::CaseCap) < book.number(rule) {
        rule = Rule::CaseCap;
    }
    book.by(rule, Since::LastHeld, held_on)
}

/// The points of an assessment (16.6): the first one after it began, then one shortly before it is due; after that, or
/// once it has run over, it has an interval like other work.
fn assessment_point(book: &Book<'_>, began: NaiveDate, held_on: NaiveDate) -> Option<Due> {
    if held_on < began {
        return Some(book.by(Rule::CaseFirst, Since::AssessmentBegan, began));
    }
    let ends = book.by(Rule::AssessmentEnds, Since::AssessmentBegan, began);
    let last_from = book.working_days.subtract(ends.due_on, book.number(Rule::AssessmentLast));
    (held_on < last_from).then_some(ends)
}

/// 16.2: due = max(min(last held + new interval, change + 10 wd), change + 5 wd), if the new terms ask for the case sooner
/// than those before.
fn brought_forward(
    book: &Book<'_>,
    clock: &CaseClock<'_>,
    change: usize,
    held_on: NaiveDate,
    standard: Due,
) -> Option<Due> {
    let wanted = ordinary(book, clock, change, held_on);
    if wanted.due_on >= standard.due_on {
        return None;
    }
    let changed_on = clock.terms[change].from;
    let sooner = earlier(wanted, book.by(Rule::ChangeWithin, Since::Change, changed_on));
    let not_before = book.by(Rule::ChangeNotBefore, Since::Change, changed_on);
    Some(if not_before.due_on > sooner.due_on { not_before } else { sooner })
}

fn capped_by_rise(book: &Book<'_>, clock: &CaseClock<'_>, due: Due) -> Due {
    let rise = clock.risk_rose_on.map(|rose_on| book.by(Rule::RiseSupervision, Since::RiskRise, rose_on));
    rise.map_or(due, |rise| earlier(due, rise))
}

/// What calls for management oversight of a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OversightClock {
    /// The oldest rise in risk that no manager has looked at since, in a note or in a session.
    pub risk_rose_on: Option<NaiveDate>,
    /// The oldest repeat incident that no manager has looked at since.
    pub repeat_incident_on: Option<NaiveDate>,
    /// Since when nobody leads the work.
    pub unallocated_since: Option<NaiveDate>,
    /// The last note of oversight or session.
    pub last_looked_on: Option<NaiveDate>,
}

/// When a case is due for a note of management oversight; `None` if nothing calls for one.
pub fn oversight_due(book: &Book<'_>, clock: &OversightClock) -> Option<Due> {
    let rise = clock.risk_rose_on.map(|on| book.by(Rule::RiseOversight, Since::RiskRise, on));
    let repeat = clock.repeat_incident_on.map(|on| book.by(Rule::RepeatOversight, Since::RepeatIncident, on));
    let unallocated = clock.unallocated_since.map(|since| {
        let from = clock.last_looked_on.map_or(since, |looked_on| looked_on.max(since));
        book.by(Rule::UnallocatedOversight, Since::Unallocated, from)
    });
    [rise, repeat, unallocated].into_iter().flatten().min_by_key(|due| due.due_on)
}

/// A question that the age of a case asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseQuestion {
    /// The same practitioner has led the work for so long: look at it with fresh eyes.
    FreshEyes {
        /// Since when.
        since: NaiveDate,
        /// The day on which the question came up.
        asked_on: NaiveDate,
    },
    /// The plan has run for so long: why is it still open?
    LongestOpen {
        /// Since when.
        since: NaiveDate,
        /// The day on which the question came up.
        asked_on: NaiveDate,
        /// The rule that asks.
        rule: Rule,
    },
}

impl CaseQuestion {
    /// The question, in words.
    pub fn words(self) -> String {
        let since = |day| crate::calendar::day_in_words(day);
        match self {
            Self::FreshEyes { since: day, .. } => format!(
                "The same practitioner has led this work since {}. What would somebody see who came to it new today?",
                since(day)
            ),
            Self::LongestOpen { since: day, .. } => format!(
                "This plan has run since {}. What has changed for the person, and what keeps it open?",
                since(day)
            ),
        }
    }

    fn asked_on(self) -> NaiveDate {
        match self {
            Self::FreshEyes { asked_on, .. } | Self::LongestOpen { asked_on, .. } => asked_on,
        }
    }
}

/// The last day on which so long with the same practitioner asked for a look with fresh eyes, if there was one.
pub fn fresh_eyes_asked_on(book: &Book<'_>, lead_since: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
    let every = i64::from(book.number(Rule::FreshEyes));
    let times = (today - lead_since).num_days() / every;
    let asked_on = add_days(lead_since, u32::try_from(times.max(0) * every).ok()?);
    (times > 0).then_some(asked_on)
}

/// The questions that came up and that no session has met since. `lead_since` is when the practitioner took the case on.
pub fn case_questions(
    book: &Book<'_>,
    clock: &CaseClock<'_>,
    lead_since: Option<NaiveDate>,
    today: NaiveDate,
) -> Vec<CaseQuestion> {
    let fresh_eyes = lead_since.and_then(|since| {
        Some(CaseQuestion::FreshEyes { since, asked_on: fresh_eyes_asked_on(book, since, today)? })
    });
    let now = clock.terms_on(today);
    let since = clock.plan_began(now);
    let rules: &[Rule] = match clock.terms[now].plan {
        PlanType::ChildInNeed => &[Rule::LongestOpenChildInNeed],
        PlanType::ChildProtection => &[Rule::LongestOpenProtectionSecond, Rule::LongestOpenProtectionFirst],
        _ => &[],
    };
    // "more than" so many months: the question comes up the day after.
    let longest = rules
        .iter()
        .map(|rule| (*rule, add_days(add_months(since, book.number(*rule)), 1)))
        .find(|(_, asked_on)| *asked_on <= today)
        .map(|(rule, asked_on)| CaseQuestion::LongestOpen { since, asked_on, rule });
    let unmet =
        |question: &CaseQuestion| clock.last_held_on.is_none_or(|held_on| held_on < question.asked_on());
    fresh_eyes.into_iter().chain(longest).filter(unmet).collect()
}
