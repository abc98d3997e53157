//! The clock as a dependency, so that tests can move it, and the day as billing counts it (Beijing).

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz};
use powerhall_money::Moment;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, by the wall clock: it may be set.
    fn now(&self) -> Moment;

    /// Milliseconds since an arbitrary start, by a clock that nobody can set.
    fn monotonic_ms(&self) -> i64 {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        i64::try_from(START.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        Moment(Timestamp::now().as_millisecond())
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub const fn new(start: Moment) -> Self {
        Self(AtomicI64::new(start.0))
    }

    /// Moves it forward by milliseconds.
    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }

    fn monotonic_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// China has one offset all year and had no other since 1991; the day cut is 00:00 Beijing.
#[must_use]
pub fn beijing() -> tz::TimeZone {
    tz::TimeZone::fixed(tz::offset(8))
}

/// The moment as a timestamp; moments outside the calendar become its ends.
#[must_use]
pub fn timestamp(moment: Moment) -> Timestamp {
    Timestamp::from_millisecond(moment.0).unwrap_or(if moment.0 < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// The timestamp as a moment.
#[must_use]
pub fn moment(timestamp: Timestamp) -> Moment {
    Moment(timestamp.as_millisecond())
}

/// The day in Beijing.
#[must_use]
pub fn day(moment: Moment) -> Date {
    timestamp(moment).to_zoned_datetime(beijing()).date()
}

/// The day and the time of the day in Beijing.
#[must_use]
pub fn local(moment: Moment) -> DateTime {
    timestamp(moment).to_zoned_datetime(beijing()).datetime()
}

/// The first moment of a day in Beijing.
#[must_use]
pub fn day_start(day: Date) -> Moment {
    // Only the first days of the calendar have no such moment.
    day.to_zoned_datetime(beijing()).map_or(Moment(i64::MIN), |start| moment(start.timestamp()))
}

/// RFC 3339 with Beijing's offset, whole seconds.
#[must_use]
pub fn rfc3339(moment: Moment) -> String {
    timestamp(moment).to_zoned_datetime(beijing()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_cut_at_midnight_in_beijing() {
        let eve: Timestamp = "2026-11-22T15:59:59Z".parse().expect("reads");
        assert_eq!(day(moment(eve)).to_string(), "2026-11-22");
        assert_eq!(day(moment(eve).plus_ms(1000)).to_string(), "2026-11-23");
        assert_eq!(day_start(day(moment(eve))), moment("2026-11-21T16:00:00Z".parse().expect("reads")));
        assert_eq!(rfc3339(moment(eve)), "2026-11-22T23:59:59+08:00");
    }
}
