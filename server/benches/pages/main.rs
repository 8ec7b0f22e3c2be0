//! What `bin/bench` measures of the server: SQL statements and time of each page with a council's three years of records,
//! and the page of a case beside a bare handler that returns as many bytes, in the same run. It fails if a budget is broken.
#![expect(clippy::print_stdout, reason = "its figures are its purpose")]

mod council;
mod drafts;
mod language;
mod lens;
mod load;
mod machine;
mod place;
mod reminders;

use council::Council;
use machine::Ticks;
use place::{Asker, Place};
use std::time::{Duration, Instant};

/// No page may run more SQL statements, the session's own and the audit trail's included.
const MOST_STATEMENTS: u64 = 8;
/// Reminders speak of a dozen kinds of things, of cases, actions, people and bookings, and each is looked at anew: a reminder
/// of what is done since would be worse than a slow page. How many there are of each adds no statement.
const MOST_STATEMENTS_OF_REMINDERS: u64 = 24;
/// The first page of the day brings cases, people, actions, questions and courses together: whoever supervises people is told whose
/// own supervision is overdue, which takes four more. How many there are of each adds none.
const MOST_STATEMENTS_OF_WEEK: u64 = 12;
/// No page may take longer at the 99th percentile.
const MOST_TIME: Duration = Duration::from_millis(40);
/// Times that each page is asked for.
const TIMES: usize = 400;

/// A page that was too slow while others had more of the machine than this, in thousandths, is measured again, at most so often in all: what
/// they took says nothing of the page. The round in which they had least counts.
const MOST_STOLEN: u64 = 5;
const ROUNDS: usize = 5;

/// Of several addresses of a page, how many are asked for to count the statements.
const TIMES_COUNTED: usize = 20;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    // `cargo nextest run --benches` and the like only want to know that it can be built.
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    let within = lens::measure()?;
    let place = Place::open()?;
    let started = Instant::now();
    let council = council::fill(&place.store, council::MEDIUM)?;
    println!(
        "Loaded {} cases and {} case-supervision records in {:.0} s, by the operations that people use.",
        council.cases.len(),
        council.entries,
        started.elapsed().as_secs_f64()
    );
    let within = reminders::measure(&place.store, council.cases.len(), council.entries / 4)? && within;
    // After the reminders, so that everybody has some.
    let within = pages(&place, &council)? && within;
    let within = language::measure(&place)? && within;
    let within = drafts::measure(&place)? && within;
    load::beside_a_bare_handler(&place, &council)?;
    if within { Ok(()) } else { Err("a budget is broken: see the lines marked above".into()) }
}

/// Asks for every page and prints what it took; false if one is over its budget.
fn pages(place: &Place, council: &Council) -> Outcome<bool> {
    println!("\n{:<52} {:>10} {:>9} {:>9} {:>9}", "Page", "statements", "median", "p99", "bytes");
    let mut within = true;
    for (email, paths) in visits(council) {
        let asker = place.signed_in(email)?;
        for path in paths {
            let (measured, rounds) = measure_undisturbed(place, &asker, &path)?;
            let p99 = measured.times.p99();
            let is_over = measured.statements > path.most_statements() || p99 > MOST_TIME;
            within &= !is_over;
            println!(
                "{:<52} {:>10} {:>6.1} ms {:>6.1} ms {:>9}{}{}",
                format!("{} {}", email.split('.').next().unwrap_or(email), path.name),
                measured.statements,
                measured.times.median().as_secs_f64() * 1e3,
                p99.as_secs_f64() * 1e3,
                measured.bytes,
                if is_over { "  over budget" } else { "" },
                if rounds > 1 {
                    format!("  {rounds} rounds; others had {} ‰ of the machine", measured.stolen)
                } else {
                    String::new()
                }
            );
        }
    }
    Ok(within)
}

/// A page, at each of several addresses in turn.
struct Path {
    name: &'static str,
    addresses: Vec<String>,
}

impl Path {
    fn most_statements(&self) -> u64 {
        match self.name {
            "/" => MOST_STATEMENTS_OF_WEEK,
            "/reminders" => MOST_STATEMENTS_OF_REMINDERS,
            _ => MOST_STATEMENTS,
        }
    }
}

fn page(name: &'static str) -> Path {
    Path { name, addresses: vec![name.to_owned()] }
}

fn each<T: std::fmt::Display>(name: &'static str, ids: &[T]) -> Path {
    Path { name, addresses: ids.iter().map(|id| name.replace("{id}", &id.to_string())).collect() }
}

fn of_each<T>(name: &'static str, things: &[T], address: impl Fn(&T) -> String) -> Path {
    Path { name, addresses: things.iter().map(address).collect() }
}

/// Who looks at what: each page as the person for whom it is heaviest.
fn visits(council: &Council) -> Vec<(&'static str, Vec<Path>)> {
    let Council { cases, cases_of_manager, practitioners, sessions, with_cases, manager, .. } = council;
    vec![
        (
            "ros.keane@example.org",
            vec![
                page("/"),
                page("/cases"),
                page("/cases?words=practitioner"),
                page("/cases?plan_type=cp&risk_level=medium&domestic_abuse=yes"),
                page("/cases?after=L-01500"),
                each("/cases/{id}", cases),
                page("/reviews"),
                page("/reviews?band=in-date"),
                page("/reminders"),
                page("/people"),
                page("/training"),
                page("/supervision"),
            ],
        ),
        (
            "priya.nair@example.org",
            vec![
                page("/"),
                each("/cases/{id}", cases_of_manager),
                each("/cases/{id}/edit", cases_of_manager),
                each("/cases/{id}/oversight", cases_of_manager),
                page("/supervision/new"),
                each("/supervision/new?supervisee={id}", practitioners),
                of_each("/supervision/new with two cases", with_cases, |(person, cases)| {
                    format!("/supervision/new?supervisee={person}&case={}&case={}", cases[0], cases[1])
                }),
                of_each("/prepare/{supervisor}/{supervisee}", practitioners, |person| {
                    format!("/prepare/{manager}/{person}")
                }),
                page("/prepare"),
                page("/actions?whose=team"),
                page("/drafts"),
                each("/people/{id}", practitioners),
                each("/supervision/{id}", sessions),
                each("/supervision/{id}/personal", sessions),
                page("/supervision"),
                page("/reviews"),
                page("/mail"),
                page("/reminders"),
                page("/learning"),
                page("/learning/language"),
                page("/settings/policies"),
            ],
        ),
        (
            "gwen.hartley@example.org",
            vec![
                page("/"),
                page("/cases"),
                page("/prompts"),
                page("/prompts/worth-copying"),
                page("/settings/prompts"),
                page("/reflections"),
                page("/reflections/new"),
                page("/reflections/mirror"),
                page("/supervision/file"),
                page("/supervision/file/besides"),
                page("/learning"),
                page("/training"),
            ],
        ),
        ("hanif.qureshi@example.org", vec![page("/cases"), page("/reviews"), each("/cases/{id}", cases)]),
        (
            "dee.whitlock@example.org",
            vec![page("/training"), page("/training/completions/new"), page("/people")],
        ),
        (
            "admin@example.org",
            vec![
                page("/people"),
                each("/people/{id}", practitioners),
                each("/people/{id}/edit", practitioners),
                each("/people/{id}/supervisors", practitioners),
                page("/teams"),
                page("/mail"),
                page("/account"),
            ],
        ),
    ]
}

struct Measured {
    statements: u64,
    times: Times,
    bytes: usize,
    /// How much of the machine others had meanwhile, in thousandths.
    stolen: u64,
}

/// Measures a page until it is quick, with how many rounds that took. A round that others disturbed gives way to one that they disturbed
/// less; one that nobody disturbed is kept and the next counted with it: a page that is slow is slow in the long run.
fn measure_undisturbed(place: &Place, asker: &Asker, path: &Path) -> Outcome<(Measured, usize)> {
    let mut best = measure(place, asker, path)?;
    for round in 1..ROUNDS {
        if best.times.p99() <= MOST_TIME {
            return Ok((best, round));
        }
        let again = measure(place, asker, path)?;
        if best.stolen <= MOST_STOLEN {
            best.times.0.extend(again.times.0);
        } else if again.stolen < best.stolen {
            best = again;
        }
    }
    Ok((best, ROUNDS))
}

fn measure(place: &Place, asker: &Asker, path: &Path) -> Outcome<Measured> {
    let mut taken = Vec::with_capacity(TIMES);
    let (mut statements, mut bytes) = (0, 0);
    // The rules and the tree of teams are read once by a server, and again when they have changed.
    asker.get(&path.addresses[0], true)?;
    // Counting takes time of its own.
    place.store.count_statements(true);
    for address in path.addresses.iter().take(TIMES_COUNTED) {
        let before = place.store.statements();
        bytes = asker.get(address, true)?.len().max(bytes);
        statements = statements.max(place.store.statements() - before);
    }
    place.store.count_statements(false);
    let before = Ticks::now();
    for address in path.addresses.iter().cycle().take(TIMES) {
        let started = Instant::now();
        asker.get(address, true)?;
        taken.push(started.elapsed());
    }
    Ok(Measured { statements, times: Times(taken), bytes, stolen: Ticks::stolen_since(before) })
}

/// How long the same took, each time.
struct Times(Vec<Duration>);

impl Times {
    fn median(&self) -> Duration {
        self.rank(50)
    }

    /// What 99 of a hundred times did not pass (the nearest rank).
    fn p99(&self) -> Duration {
        self.rank(99)
    }

    fn rank(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted[(sorted.len() * percent).div_ceil(100) - 1]
    }
}
