//! What the ladder ought to do, without tables, leases or claims.

use super::supervisor_of;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, Timelike, Weekday};
use domain::ids::CaseId;
use std::collections::{BTreeMap, BTreeSet};

pub struct Overdue {
    pub case: CaseId,
    pub lead: Option<String>,
    pub due_on: NaiveDate,
}

/// Somebody who is to be told of a step of a case and due day; as its supervisor, or as what never goes away here.
type Waiting = (String, CaseId, NaiveDate, i64, bool);

/// What the ladder ought to do, said as plainly as it can be.
#[derive(Default)]
pub struct Model {
    /// The highest step that came, for each case and due day: 1 to 4, or 1000 and more for a week.
    reached: BTreeMap<(CaseId, NaiveDate), i64>,
    /// Who waits to be told of what.
    waiting: BTreeSet<Waiting>,
    /// Who was told, or is to be told, of which step.
    told: BTreeSet<(String, CaseId, NaiveDate, i64)>,
    digests: BTreeSet<(String, NaiveDate)>,
    pub snoozed: Vec<(CaseId, NaiveDate, NaiveDate)>,
    pub away: Vec<(String, NaiveDate, NaiveDate)>,
}

impl Model {
    /// Nobody was told of anything yet, and these people are away.
    pub fn new(away: Vec<(String, NaiveDate, NaiveDate)>) -> Self {
        Self { away, ..Self::default() }
    }

    pub fn remind(
        &mut self,
        now: NaiveDateTime,
        cases: &[Overdue],
        reach: &BTreeSet<(String, CaseId)>,
    ) -> Vec<(String, usize)> {
        // Winter: clocks in London show UTC.
        let today = now.date();
        if !is_working(today) || !(8..18).contains(&now.hour()) {
            return Vec::new();
        }
        let is_snoozed = |case: &CaseId, due_on: NaiveDate| {
            self.snoozed.iter().any(|(of, due, until)| of == case && *due == due_on && *until >= today)
        };
        let overdue: Vec<&Overdue> = cases.iter().filter(|case| case.due_on < today).collect();
        let absences = self.away.clone();
        let away = |person: &str| {
            absences.iter().any(|(name, from, to)| name == person && *from <= today && *to >= today)
        };
        let supervisor = |case: &Overdue| {
            // Work that nobody leads is the team manager's, and a manager's who is away is the service manager's.
            let supervisor = case.lead.as_deref().map_or("Priya", supervisor_of);
            if away(supervisor) { "Ros" } else { supervisor }.to_owned()
        };
        let mut new = Vec::new();
        for case in overdue.iter().filter(|case| !is_snoozed(&case.case, case.due_on)) {
            let key = (case.case.clone(), case.due_on);
            let place = self.reached.get(&key).copied().unwrap_or(0);
            let reached = steps_reached(case, today);
            let highest = reached.last().map_or(0, |(step, _)| *step);
            for (_, readers) in reached.into_iter().filter(|(step, _)| *step > place) {
                for reader in readers {
                    let is_supervisor = reader == SUPERVISOR;
                    let person = if is_supervisor { supervisor(case) } else { reader };
                    new.push((person, case.case.clone(), case.due_on, highest, is_supervisor));
                }
            }
            self.reached.insert(key, highest.max(place));
        }
        // Whoever stands in now is told what a supervisor who went away was not.
        let waiting: Vec<Waiting> = self.waiting.iter().chain(&new).cloned().collect();
        self.told.extend(new.iter().map(telling));
        self.waiting.extend(new);
        for (person, case, due_on, step, is_supervisor) in waiting {
            let Some(overdue) = overdue.iter().find(|found| found.case == case && found.due_on == due_on)
            else {
                continue;
            };
            if is_supervisor && away(&person) {
                let instead = (supervisor(overdue), case, due_on, step, true);
                if self.told.insert(telling(&instead)) {
                    self.waiting.insert(instead);
                }
            }
        }
        let still = |case: &CaseId, due_on: NaiveDate| {
            overdue.iter().any(|overdue| overdue.case == *case && overdue.due_on == due_on)
        };
        let snoozed: Vec<_> = self.snoozed.iter().filter(|(.., until)| *until >= today).cloned().collect();
        self.waiting.retain(|(person, case, due_on, ..)| {
            still(case, *due_on) && reach.contains(&(person.clone(), case.clone()))
        });
        let people: BTreeSet<String> = self.waiting.iter().map(|(person, ..)| person.clone()).collect();
        let mut mails = Vec::new();
        for person in people {
            let is_early = (now.hour(), now.minute()) < (8, 30);
            let items: Vec<_> = self
                .waiting
                .iter()
                .filter(|(name, case, due_on, ..)| {
                    *name == person && !snoozed.iter().any(|(of, due, _)| of == case && due == due_on)
                })
                .cloned()
                .collect();
            if away(&person) || is_early || items.is_empty() || !self.digests.insert((person.clone(), today))
            {
                continue;
            }
            for item in &items {
                self.waiting.remove(item);
            }
            // However many steps of a thing somebody waits for, it is one line.
            let things: BTreeSet<_> = items.iter().map(|(_, case, due_on, ..)| (case, due_on)).collect();
            mails.push((person, things.len()));
        }
        mails.sort();
        mails
    }
}

fn telling((person, case, due_on, step, _): &Waiting) -> (String, CaseId, NaiveDate, i64) {
    (person.clone(), case.clone(), *due_on, *step)
}

/// Whoever supervises the lead practitioner.
const SUPERVISOR: &str = "the supervisor";

/// The steps that a case has reached, each with who is told.
fn steps_reached(case: &Overdue, today: NaiveDate) -> Vec<(i64, Vec<String>)> {
    let ros = || vec!["Ros".to_owned()];
    let helen = || vec!["Helen".to_owned()];
    let supervisor = || vec![SUPERVISOR.to_owned()];
    let both = case.lead.iter().cloned().chain(supervisor()).collect();
    let mut steps = vec![
        (1, case.due_on + Days::new(1), both),
        (2, working_days_after(case.due_on, 3), supervisor()),
        (3, working_days_after(case.due_on, 5), ros()),
        (4, working_days_after(case.due_on, 10), helen()),
    ];
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    let first_working = monday.iter_days().find(|day| is_working(*day)).unwrap();
    if monday > steps[3].1 {
        let week = 1000 + (monday - NaiveDate::default()).num_days();
        steps.push((week, first_working, ros().into_iter().chain(helen()).collect()));
    }
    steps.into_iter().filter(|(_, day, _)| *day <= today).map(|(step, _, readers)| (step, readers)).collect()
}

fn is_working(day: NaiveDate) -> bool {
    let holidays =
        ["2026-12-25", "2026-12-28", "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31"];
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !holidays.contains(&day.to_string().as_str())
}

fn working_days_after(day: NaiveDate, count: usize) -> NaiveDate {
    day.iter_days().skip(1).filter(|day| is_working(*day)).nth(count - 1).unwrap()
}
