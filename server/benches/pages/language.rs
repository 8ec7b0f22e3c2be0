//! What the first look of a month at how language changes costs: a year of signed texts is read. A server does that ahead, when it
//! starts and when another month can be counted, so the page itself is measured with the others.

use super::place::Place;
use super::{MOST_STATEMENTS, Outcome};
use records::learning;
use std::time::Instant;

/// Times that a year is counted, each time by a server that has counted nothing yet.
const TIMES: usize = 3;

/// Prints what counting ahead took; false if it runs more statements than a page may.
pub fn measure(place: &Place) -> Outcome<bool> {
    println!("\n{:<52} {:>10} {:>9}", "The language of a year, counted ahead", "statements", "time");
    let mut within = true;
    for number in 1..=TIMES {
        let store = place.cold_store()?;
        store.count_statements(true);
        let (before, started) = (store.statements(), Instant::now());
        learning::count_ahead(&store, server::now())?;
        let (statements, time) = (store.statements() - before, started.elapsed());
        let is_over = statements > MOST_STATEMENTS;
        within &= !is_over;
        println!(
            "{:<52} {statements:>10} {:>6.0} ms{}",
            format!("  a server that has just started, {number} of {TIMES}"),
            time.as_secs_f64() * 1e3,
            if is_over { "  over budget" } else { "" }
        );
    }
    Ok(within)
}
