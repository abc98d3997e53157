//! Since when the clock has been running evenly. The expiry of a code is a proof only if the time until it really
//! passed: somebody who sets the machine's clock forward must not make a live code count as closed.

use std::sync::{Mutex, PoisonError};

use powerhall_money::Moment;

/// How far the wall clock may drift from the monotonic one before it counts as set; well within the margin that an
/// expiry is given.
const DRIFT: i64 = 10_000;

/// The last moment at which the clock was set, or the process began: before it, nobody knows how much time passed.
#[derive(Debug)]
pub struct Steady {
    /// The wall clock and the monotonic one at that moment.
    anchor: Mutex<(Moment, i64)>,
}

impl Steady {
    /// The process begins.
    #[must_use]
    pub const fn new(now: Moment, monotonic_ms: i64) -> Self {
        Self { anchor: Mutex::new((now, monotonic_ms)) }
    }

    /// Looks at both clocks; gives the moment from which on the wall clock can be trusted.
    pub fn since(&self, now: Moment, monotonic_ms: i64) -> Moment {
        let mut anchor = self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        let drift = now.ms_since(anchor.0).saturating_sub(monotonic_ms.saturating_sub(anchor.1));
        if drift.saturating_abs() > DRIFT {
            tracing::warn!(drift_ms = drift, "the machine's clock was set");
            *anchor = (now, monotonic_ms);
        }
        anchor.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_clock_is_trusted_from_the_start() {
        let steady = Steady::new(Moment(1_000_000), 50);
        assert_eq!(steady.since(Moment(1_600_000), 600_050), Moment(1_000_000));
        assert_eq!(steady.since(Moment(1_609_000), 600_050), Moment(1_000_000), "a little drift is usual");
    }

    #[test]
    fn a_clock_that_was_set_is_trusted_from_then_on() {
        let steady = Steady::new(Moment(1_000_000), 0);
        assert_eq!(steady.since(Moment(1_601_000), 1_000), Moment(1_601_000), "forward");
        assert_eq!(steady.since(Moment(1_602_000), 2_000), Moment(1_601_000));
        assert_eq!(steady.since(Moment(1_003_000), 3_000), Moment(1_003_000), "back");
    }
}
