//! How much of the machine others had while something was measured.

/// Ticks of all cores since the machine was started, as Linux counts them.
#[derive(Clone, Copy)]
pub struct Ticks {
    all: u64,
    /// In which something was ready to run here and another guest of the same host ran in its place.
    stolen: u64,
}

impl Ticks {
    /// Those so far; nothing where they are not counted.
    pub fn now() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/stat").ok()?;
        let counts: Vec<u64> = stat
            .lines()
            .next()?
            .split_whitespace()
            .skip(1)
            .map(|count| count.parse().ok())
            .collect::<Option<_>>()?;
        // user, nice, system, idle, iowait, irq, softirq, steal; what a guest of ours had stands in user already.
        Some(Self { all: counts.iter().take(8).sum(), stolen: *counts.get(7)? })
    }

    /// How much of the machine was stolen since then, in thousandths.
    pub fn stolen_since(before: Option<Self>) -> u64 {
        let Some((before, now)) = before.zip(Self::now()) else { return 0 };
        let all = now.all.saturating_sub(before.all).max(1);
        now.stolen.saturating_sub(before.stolen) * 1000 / all
    }
}
