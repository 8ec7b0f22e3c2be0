//! When a person is due for supervision, for each line of supervision that they have.

use super::{Book, Due, Since, Variation};
use crate::calendar::add_days;
use crate::people::{LinkKind, Role};
use crate::policy::Rule;
use crate::value::text_value;
use chrono::NaiveDate;

text_value! {
    /// Why somebody is away.
    AbsenceReason: "reason of absence" {
        Sickness = "sickness", "Sickness";
        ParentalLeave = "parental_leave", "Maternity, paternity, adoption or parental leave";
        Suspension = "suspension", "Suspension";
        Secondment = "secondment", "Secondment";
        AnnualLeave = "annual_leave", "Annual leave";
    }
}

/// A time away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Why.
    pub reason: AbsenceReason,
    /// The first day away.
    pub from: NaiveDate,
    /// The last day away; `None` while it is not known.
    pub to: Option<NaiveDate>,
}

/// The kind of post, which decides the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Post {
    /// A registered practitioner with cases.
    CaseHolder,
    /// A practitioner without registration.
    NonQualified,
    /// Somebody who manages.
    Manager,
    /// Administration, and every other post.
    Admin,
}

impl Post {
    /// The post of a person with these roles, registered with a professional regulator or not.
    pub fn of(roles: &[Role], registered: bool) -> Self {
        if roles.iter().any(|role| role.manages()) {
            return Self::Manager;
        }
        match (roles.contains(&Role::Practitioner), registered) {
            (true, true) => Self::CaseHolder,
            (true, false) => Self::NonQualified,
            (false, _) => Self::Admin,
        }
    }

    fn rule(self) -> Rule {
        match self {
            Self::CaseHolder => Rule::PersonalCaseHolder,
            Self::NonQualified => Rule::PersonalNonQualified,
            Self::Manager => Rule::PersonalManager,
            Self::Admin => Rule::PersonalAdmin,
        }
    }
}

/// What the clock of one line of a person's supervision runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonClock<'a> {
    /// In what the person is supervised.
    pub line: LinkKind,
    /// The first day here: the phases of the assessed year and of agency staff count from it.
    pub started_on: NaiveDate,
    /// From when on a first session is waited for: the first day here, or since when we know of the person or the line.
    pub known_since: NaiveDate,
    /// The kind of post.
    pub post: Post,
    /// Whether the person is in the assessed and supported year.
    pub asye: bool,
    /// Whether the person comes from an agency.
    pub agency: bool,
    /// The last session held on this line, by the supervisor or who covers for them.
    pub last_held_on: Option<NaiveDate>,
    /// Times away, the oldest first.
    pub absences: &'a [Absence],
    /// A longer interval that was approved.
    pub variation: Option<Variation>,
}

/// Where one line of a person's supervision stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonStanding {
    /// The clock runs.
    Due(Due),
    /// The person is away: nobody chases them.
    Paused(Absence),
    /// Cases are supervised on this line, each with its own clock.
    NotApplicable,
}

/// When a person is due for supervision on one line.
///
/// domain.md 2.7, 16.4 and 16.7: the interval is that of the phase in which the last session was held; a longer absence
/// pauses the clock, and after the return it is due no sooner than within 5 working days.
pub fn person_due(book: &Book<'_>, clock: &PersonClock<'_>, today: NaiveDate) -> PersonStanding {
    // A deputy's sessions move the line supervisor's clock; case supervision has the clocks of its cases.
    if matches!(clock.line, LinkKind::Case | LinkKind::Cover) {
        return PersonStanding::NotApplicable;
    }
    let pauses: Vec<Absence> =
        clock.absences.iter().filter(|absence| pauses(book, absence, today)).copied().collect();
    let is_away = |absence: &&Absence| absence.from <= today && absence.to.is_none_or(|to| to >= today);
    if let Some(absence) = pauses.iter().find(is_away) {
        return PersonStanding::Paused(*absence);
    }
    let counted_from = clock.last_held_on.unwrap_or(clock.known_since);
    let first = if clock.agency { Rule::AgencyFirst } else { Rule::PersonalFirst };
    let standard = clock.last_held_on.map_or_else(
        || book.by(first, Since::Start, clock.known_since),
        |held_on| book.by(interval_rule(book, clock, &pauses, held_on), Since::LastHeld, held_on),
    );
    let due = clock.variation.map_or(standard, |variation| variation.over(book, standard, counted_from));
    // One that is planned has not put anything back yet.
    let is_over = |to: &NaiveDate| *to >= counted_from && *to < today;
    let returned = pauses.iter().filter_map(|absence| absence.to).filter(is_over).max();
    let after_return = returned.map(|last_away| {
        let returned_on = book.working_days.on_or_after(add_days(last_away, 1));
        book.by(Rule::AfterReturn, Since::Return, returned_on)
    });
    PersonStanding::Due(after_return.filter(|after| after.due_on > due.due_on).unwrap_or(due))
}

/// Whether an absence stops the clock: sickness and annual leave only once they are longer than the policy says.
fn pauses(book: &Book<'_>, absence: &Absence, today: NaiveDate) -> bool {
    match absence.reason {
        AbsenceReason::ParentalLeave | AbsenceReason::Suspension | AbsenceReason::Secondment => true,
        AbsenceReason::Sickness | AbsenceReason::AnnualLeave => {
            let to = absence.to.unwrap_or(today);
            book.working_days.count(absence.from, to) > book.number(Rule::PauseOver)
        }
    }
}

fn interval_rule(book: &Book<'_>, clock: &PersonClock<'_>, pauses: &[Absence], held_on: NaiveDate) -> Rule {
    match clock.line {
        LinkKind::Reflective => return Rule::PersonalReflective,
        LinkKind::Safeguarding => return Rule::PersonalSafeguarding,
        LinkKind::Line | LinkKind::Case | LinkKind::Cover => {}
    }
    let phases: &[(Rule, Rule)] = if clock.asye {
        &[
            (Rule::AsyeFirstUntil, Rule::AsyeFirst),
            (Rule::AsyeSecondUntil, Rule::AsyeSecond),
            (Rule::AsyeThirdUntil, Rule::AsyeThird),
        ]
    } else if clock.agency {
        &[(Rule::AgencyEarlyUntil, Rule::AgencyEarly)]
    } else {
        &[]
    };
    let day = (held_on - clock.started_on).num_days() - days_away(clock.started_on, held_on, pauses);
    let phase = phases.iter().find(|(until, _)| day <= i64::from(book.number(*until)));
    let later = if clock.agency { Rule::AgencyLater } else { clock.post.rule() };
    phase.map_or(later, |(_, interval)| *interval)
}

/// Days of the pauses between two days: the weeks of the assessed year are extended by absence.
fn days_away(from: NaiveDate, until: NaiveDate, pauses: &[Absence]) -> i64 {
    let within = |absence: &Absence| {
        let first = absence.from.max(from);
        let last = absence.to.unwrap_or(until).min(until);
        ((last - first).num_days() + 1).max(0)
    };
    pauses.iter().map(within).sum()
}
