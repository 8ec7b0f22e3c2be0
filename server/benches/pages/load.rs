//! Requests a second of a case's page, beside a handler that returns as many bytes and does nothing.

use super::Outcome;
use super::council::Council;
use super::place::{Asker, Place, bare};
use std::time::{Duration, Instant};

/// Connections at once.
const CONNECTIONS: usize = 8;
/// For how long each is asked, and how often the two take turns.
const TURN: Duration = Duration::from_secs(3);
const TURNS: usize = 3;

/// Measures both by turns, so that neither has the quieter machine, and prints the better turn of each.
pub fn beside_a_bare_handler(place: &Place, council: &Council) -> Outcome<()> {
    let addresses: Vec<String> = council.cases_of_manager.iter().map(|id| format!("/cases/{id}")).collect();
    let manager = place.signed_in("priya.nair@example.org")?;
    let bytes = manager.get(&addresses[0], false)?.len();
    let nothing = bare(bytes)?;
    let (mut ours, mut theirs) = (0.0_f64, 0.0_f64);
    for _ in 0..TURNS {
        ours = ours.max(rate(&manager, &addresses)?);
        theirs = theirs.max(rate(&nothing, &addresses)?);
    }
    println!(
        "\n/cases/{{id}}, {bytes} bytes, {CONNECTIONS} connections, each view in the audit trail and on disk: {ours:.0} a \
         second. A bare handler with as many bytes: {theirs:.0}. Ratio: 1 to {:.1}.",
        theirs / ours
    );
    Ok(())
}

fn rate(asker: &Asker, addresses: &[String]) -> Outcome<f64> {
    let started = Instant::now();
    let answered: usize = std::thread::scope(|scope| {
        let desks: Vec<_> = (0..CONNECTIONS)
            .map(|desk| {
                let asker = asker.again();
                scope.spawn(move || {
                    let mut answered = 0;
                    for address in addresses.iter().cycle().skip(desk * 7) {
                        if started.elapsed() > TURN {
                            break;
                        }
                        asker.get(address, false).map_err(|error| error.to_string())?;
                        answered += 1;
                    }
                    Ok::<usize, String>(answered)
                })
            })
            .collect();
        desks
            .into_iter()
            .map(|desk| desk.join().unwrap_or_else(|_| Err("a desk panicked".to_owned())))
            .sum::<Result<usize, String>>()
    })?;
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    Ok(answered as f64 / started.elapsed().as_secs_f64())
}
