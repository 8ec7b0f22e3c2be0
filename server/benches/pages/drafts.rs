//! How long it takes to keep what somebody types.

use super::{Outcome, TIMES, Times};
use crate::place::Place;
use std::time::{Duration, Instant};

/// No draft may take longer to save at the 99th percentile.
const MOST_TIME: Duration = Duration::from_millis(10);
/// Characters of a draft: a session with two case entries, nearly written.
const LENGTH: usize = 6_000;

/// Saves a draft again and again, as a page does while somebody types; false if it is over its budget.
pub fn measure(place: &Place) -> Outcome<bool> {
    let asker = place.signed_in("gwen.hartley@example.org")?;
    let session = String::from_utf8(asker.get("/account/session", false)?)?;
    let form_token = session.split('&').find_map(|field| field.strip_prefix("token=")).ok_or("no token")?;
    let mut times = Vec::with_capacity(TIMES);
    for time in 0..TIMES {
        let text = format!("{time} {}", "and what was said of it, ".repeat(LENGTH / 25));
        let typed_at = time.to_string();
        let fields = [
            ("form_token", form_token),
            ("draft.address", "/reflections/new"),
            ("draft.window", "one"),
            ("draft.typed_at", typed_at.as_str()),
            ("draft.text_box", "body Your reflection"),
            ("body", text.as_str()),
        ];
        let started = Instant::now();
        asker.post("/drafts/save", &fields)?;
        times.push(started.elapsed());
    }
    let times = Times(times);
    let p99 = times.p99();
    let is_over = p99 > MOST_TIME;
    println!(
        "\nA draft of {LENGTH} characters is saved, and on disk, in {:.1} ms (median), {:.1} ms (p99){}",
        times.median().as_secs_f64() * 1e3,
        p99.as_secs_f64() * 1e3,
        if is_over { "  over budget" } else { "" }
    );
    Ok(!is_over)
}
