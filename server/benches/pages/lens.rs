//! How long the language lens takes for texts of 1, 10 and 100 thousand words. It is the code that runs in the browser, here
//! without it: tests/lens.test.mjs measures it there.

use domain::lens::{Lens, Lexicon};
use std::time::{Duration, Instant};

/// What people write, with a phrase or two in each sentence.
const SENTENCES: &str = "Anna told me “he lost his temper again” on Tuesday, and the children were upstairs. We agreed that \
    the health visitor comes twice a week until the review. The report says that she failed to protect them, which nobody had \
    asked her about. He was not seen, and his part in the morning routine is unknown to us. The home was chaotic when we came. ";

/// Two thousand words have this long in a browser; natively there is no excuse.
const MOST_TIME: Duration = Duration::from_millis(16);
/// A word of the longest text may take so many times what a word of the shortest takes.
const MOST_GROWTH: f64 = 3.0;

/// Prints what each length took; false if a budget is broken.
pub fn measure() -> super::Outcome<bool> {
    let lens = Lens::of(&Lexicon::parse(Lexicon::SHIPPED, 1)?);
    let each = SENTENCES.split_whitespace().count();
    println!("\n{:<52} {:>10} {:>12} {:>12}", "The language lens", "words", "median", "a word");
    let mut per_word = Vec::new();
    for words in [1_000, 10_000, 100_000] {
        let text = SENTENCES.repeat(words / each + 1);
        let words = each * (words / each + 1);
        let mut times: Vec<Duration> = (0..9)
            .map(|_| {
                let started = Instant::now();
                std::hint::black_box(lens.find(std::hint::black_box(&text)));
                started.elapsed()
            })
            .collect();
        times.sort_unstable();
        let median = times[times.len() / 2];
        #[expect(clippy::cast_precision_loss, reason = "a hundred thousand words fit")]
        let nanoseconds = median.as_secs_f64() * 1e9 / words as f64;
        println!(
            "{:<52} {words:>10} {:>9.2} ms {nanoseconds:>9.0} ns",
            "  one text, one paragraph",
            median.as_secs_f64() * 1e3
        );
        per_word.push(nanoseconds);
    }
    let (shortest, longest) = (per_word[0], per_word[per_word.len() - 1]);
    let is_slow = Duration::from_secs_f64(shortest * 2_000.0 / 1e9) > MOST_TIME;
    let grows = longest > shortest * MOST_GROWTH;
    if is_slow || grows {
        println!("  over budget");
    }
    Ok(!is_slow && !grows)
}
