//! What somebody agrees to do about a case, and what becomes of it.

use crate::form::{Form, FormCheck, Problems};
use crate::ids::PersonId;
use crate::value::text_value;
use chrono::NaiveDate;

text_value! {
    /// Where an action has got to.
    ActionState: "state of an action" {
        Open = "open", "Open";
        Done = "done", "Done";
        Dropped = "dropped", "No longer needed";
        Superseded = "superseded", "Replaced by another";
    }
}

text_value! {
    /// How long an open action is past its day (domain.md 3.9, 2).
    OverdueBand: "band of overdue actions" {
        NotYet = "not_yet", "Not yet due";
        Week = "week", "1 to 7 days over";
        Fortnight = "fortnight", "8 to 14 days over";
        Month = "month", "15 to 28 days over";
        Longer = "longer", "More than 28 days over";
    }
}

impl OverdueBand {
    /// The band of an action that is due on this day.
    pub fn of(due_on: NaiveDate, today: NaiveDate) -> Self {
        match (today - due_on).num_days() {
            ..1 => Self::NotYet,
            1..8 => Self::Week,
            8..15 => Self::Fortnight,
            15..29 => Self::Month,
            _ => Self::Longer,
        }
    }

    /// The first and the last due day of the band, as seen from a day; none where it has no end.
    pub fn days(self, today: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let back = |days| today.checked_sub_days(chrono::Days::new(days));
        match self {
            Self::NotYet => (Some(today), None),
            Self::Week => (back(7), back(1)),
            Self::Fortnight => (back(14), back(8)),
            Self::Month => (back(28), back(15)),
            Self::Longer => (None, back(29)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OverdueBand;
    use crate::TextValue;
    use chrono::{Days, NaiveDate};

    #[test]
    fn every_due_day_lies_in_one_band_and_in_its_days() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        for ago in 0..60 {
            let due_on = today + Days::new(10) - Days::new(ago);
            let band = OverdueBand::of(due_on, today);
            for other in OverdueBand::ALL {
                let (first, last) = other.days(today);
                let holds =
                    first.is_none_or(|first| first <= due_on) && last.is_none_or(|last| due_on <= last);
                assert_eq!(holds, *other == band, "{due_on} {other:?}");
            }
        }
        for (over, band) in
            [(0, "not_yet"), (1, "week"), (7, "week"), (8, "fortnight"), (28, "month"), (29, "longer")]
        {
            assert_eq!(OverdueBand::of(today - Days::new(over), today).code(), band, "{over} days over");
        }
    }
}

/// The field in which somebody says by when: nothing is due before it was set.
pub(super) struct Deadline<'a> {
    pub(super) field: &'a str,
    pub(super) words: &'a str,
    /// The day on which it is set, if that is known.
    pub(super) set_on: Option<NaiveDate>,
}

impl Deadline<'_> {
    pub(super) fn read(&self, check: &mut FormCheck<'_>) -> Option<NaiveDate> {
        let day = check.date(self.field, self.words);
        self.check(check, day)
    }

    #[expect(clippy::option_option, reason = "a wrong day, no day, a day")]
    pub(super) fn read_optional(&self, check: &mut FormCheck<'_>) -> Option<Option<NaiveDate>> {
        match check.optional_date(self.field, self.words)? {
            Some(day) => self.check(check, Some(day)).map(Some),
            None => Some(None),
        }
    }

    fn check(&self, check: &mut FormCheck<'_>, day: Option<NaiveDate>) -> Option<NaiveDate> {
        if let Some((day, set_on)) = day.zip(self.set_on)
            && day < set_on
        {
            let words = crate::calendar::day_in_words(set_on);
            check.fail(
                self.field,
                format!("{} must be {words} or later: the day on which it is set", self.words),
            );
            return None;
        }
        day
    }
}

/// An action that somebody agreed to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAction {
    /// Which block of the form it was written in: where an error about it is shown.
    pub block: usize,
    /// What is to be done.
    pub what: String,
    /// Who does it, if it is somebody in the product.
    pub owner: Option<PersonId>,
    /// Who does it, in words, if it is somebody else: "health visitor".
    pub owner_elsewhere: String,
    /// By when; `None` if nobody said: then it is due when this is next talked about.
    pub due_on: Option<NaiveDate>,
    /// How we shall know that it is done and has helped.
    pub measure: String,
    /// What happens if it is not done.
    pub fallback: String,
}

impl NewAction {
    /// Whether somebody was named who does it.
    pub fn has_owner(&self) -> bool {
        self.owner.is_some() || !self.owner_elsewhere.is_empty()
    }
}

/// Reads the actions under a prefix, which are set on this day; a block in which nothing was typed is no action.
pub fn read_actions(
    check: &mut FormCheck<'_>,
    prefix: &str,
    set_on: Option<NaiveDate>,
) -> Option<Vec<NewAction>> {
    let mut actions = Vec::new();
    for number in check.form().indexes(prefix) {
        let at = format!("{prefix}.{number}");
        let typed = ["what", "by.day", "by.month", "by.year", "measure", "fallback", "who_else"];
        if typed.iter().all(|field| check.form().text(&format!("{at}.{field}")).trim().is_empty()) {
            continue;
        }
        actions.push(read_action(check, (&at, number), set_on));
    }
    actions.into_iter().collect()
}

fn read_action(
    check: &mut FormCheck<'_>,
    (at, block): (&str, usize),
    set_on: Option<NaiveDate>,
) -> Option<NewAction> {
    let name = |field: &str| format!("{at}.{field}");
    let what = check.narrative(&name("what"), "Write what is to be done");
    let elsewhere = check.optional_line(&name("who_else"))?;
    let owner: Option<PersonId> = check.form().text(&name("who")).parse().ok();
    if owner.is_some() && !elsewhere.is_empty() {
        check.fail(&name("who_else"), "Choose somebody from the list or write somebody else, not both");
    }
    let due_on = Deadline { field: &name("by"), words: "By when", set_on }.read_optional(check);
    let measure = check.optional_narrative(&name("measure"));
    let fallback = check.optional_narrative(&name("fallback"));
    Some(NewAction {
        block,
        what: what?,
        owner,
        owner_elsewhere: elsewhere,
        due_on: due_on?,
        measure: measure?,
        fallback: fallback?,
    })
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
        if state.is_some_and(|state| !matches!(state, ActionState::Done | ActionState::Dropped)) {
            check.fail("state", "Choose whether it is done or no longer needed");
        }
        let note =
            check.narrative("note", "Write how you know that it is done, or why it is no longer needed");
        let end = (|| Some(Self { state: state?, note: note? }))();
        check.finish(end)
    }
}
