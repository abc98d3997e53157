//! How often a kiosk may look up numbers, and phones may ask for documents: a bucket of tokens for each who asks, so that
//! numbers cannot be harvested. Exact integer arithmetic: the bucket counts in 60,000ths of a token.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use powerhall_money::Moment;

/// The buckets.
#[derive(Debug)]
pub struct Limiter {
    per_minute: u32,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Sixty thousand are one token: a millisecond adds `per_minute` of them.
    level: i64,
    at: Moment,
}

const ONE: i64 = 60_000;

impl Limiter {
    /// `per_minute` tokens a minute, all of which may be taken at once.
    #[must_use]
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, buckets: Mutex::default() }
    }

    /// Takes one from the bucket of `whose`; `Err` is the number of seconds after which there will be one again.
    pub fn take(&self, whose: &str, now: Moment) -> Result<(), u32> {
        let rate = i64::from(self.per_minute.max(1));
        let full = rate * ONE;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(whose.to_owned()).or_insert(Bucket { level: full, at: now });
        let passed = now.ms_since(bucket.at).max(0);
        bucket.level = bucket.level.saturating_add(passed.saturating_mul(rate)).min(full);
        bucket.at = now;
        if bucket.level >= ONE {
            bucket.level -= ONE;
            return Ok(());
        }
        let missing_ms = (ONE - bucket.level + rate - 1) / rate;
        Err(u32::try_from((missing_ms + 999) / 1000).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_a_minutes_worth_and_then_one_by_one() {
        let limiter = Limiter::new(3);
        for _ in 0..3 {
            limiter.take("a", Moment(0)).expect("within the limit");
        }
        assert_eq!(limiter.take("a", Moment(0)), Err(20));
        limiter.take("b", Moment(0)).expect("another kiosk has its own");
        assert_eq!(limiter.take("a", Moment(19_000)), Err(1));
        limiter.take("a", Moment(20_000)).expect("one has come back");
        assert!(limiter.take("a", Moment(20_000)).is_err());
    }
}
