//! How long it takes to work out what is due, for a medium council and for a large one, and how many SQL statements.

use super::Outcome;
use super::council::{self, LARGE};
use chrono::NaiveDateTime;
use domain::calendar::{london_day, london_instant};
use domain::working_days::{Nation, WorkingDays};
use records::jobs::{Job, Lease};
use records::{Store, demonstration, ladder};
use std::time::{Duration, Instant};

/// No run may take longer, whatever it finds.
const MOST_TIME: Duration = Duration::from_secs(5);
/// A run that finds nothing new only reads: so many statements, and one more for each so many things that are overdue.
const MOST_STATEMENTS: u64 = 30;
const BATCH: usize = 500;

struct Measured {
    mails: usize,
    statements: u64,
    time: Duration,
}

/// Runs the reminders of the council that is loaded, and of a large one; false if one is over its budget. `actions` were
/// agreed there and are long past their day: each is a thing that is overdue.
pub fn measure(store: &Store, cases: usize, actions: usize) -> Outcome<bool> {
    println!("\n{:<52} {:>10} {:>9} {:>9}", "Reminders", "statements", "time", "mails");
    let folder = tempfile::tempdir()?;
    let large = Store::open(&format!("sqlite:{}", folder.path().join("large.sqlite").display()).parse()?)?;
    demonstration::fill(&large, server::now())?;
    let loaded = council::fill(&large, LARGE)?;
    let mut within = true;
    for (store, cases, actions) in [(store, cases, actions), (&large, loaded.cases.len(), 0)] {
        let first = run(store)?;
        let again = run(store)?;
        let allowed = MOST_STATEMENTS + u64::try_from((cases * 2 + actions).div_ceil(BATCH))?;
        let is_over = first.time > MOST_TIME || again.time > MOST_TIME || again.statements > allowed;
        within &= !is_over && again.mails == 0;
        for (what, measured) in [("the first time", &first), ("again, with nothing new", &again)] {
            println!(
                "{:<52} {:>10} {:>7.2} s {:>9}{}",
                format!("{cases} cases, {what}"),
                measured.statements,
                measured.time.as_secs_f64(),
                measured.mails,
                if is_over { "  over budget" } else { "" }
            );
        }
    }
    Ok(within)
}

/// Half past nine on the next working day: at night and at weekends no mail goes.
fn working_morning() -> NaiveDateTime {
    let today = london_day(server::now());
    let day = WorkingDays::shipped(Nation::EnglandAndWales).add(today, 1);
    london_instant(day, chrono::NaiveTime::from_hms_opt(9, 30, 0).unwrap_or_default())
}

fn run(store: &Store) -> Outcome<Measured> {
    let at = working_morning();
    let lease = Lease::take(store, Job::Remind, "bench", at)?.ok_or("somebody else has the lease")?;
    store.count_statements(true);
    let (before, started) = (store.statements(), Instant::now());
    let mails = ladder::remind(store, "https://example.org", at, &lease)?.len();
    let measured = Measured { mails, statements: store.statements() - before, time: started.elapsed() };
    store.count_statements(false);
    lease.give_back(store, at)?;
    Ok(measured)
}
