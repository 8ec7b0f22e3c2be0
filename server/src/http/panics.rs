//! A page that panics costs one answer, not the server.

use records::secrets;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// From now on a panic is logged by its place alone: its words may hold what somebody typed about a family.
pub(super) fn log_the_place_only() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "somewhere".to_owned(), ToString::to_string);
        let thread = std::thread::current();
        tracing::error!(place, thread = thread.name().unwrap_or_default(), "panicked");
    }));
}

/// Runs some work. If it panics, gives a reference, which stands in the log just after the panic's place.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let reference = reference();
        tracing::error!(
            reference,
            thread = std::thread::current().name().unwrap_or_default(),
            "a page panicked"
        );
        reference
    })
}

/// A few signs that a person can read out, to find the line in the log.
pub(super) fn reference() -> String {
    secrets::random_bytes::<4>().map_or_else(|_| "none".to_owned(), |bytes| secrets::hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_reference() {
        assert_eq!(caught(|| 1), Ok(1));
        let reference = caught(|| panic!("on purpose")).unwrap_err();
        assert_eq!(reference.len(), 8);
    }
}
