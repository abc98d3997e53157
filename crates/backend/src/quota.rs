//! How often something may happen to one number in any hour: codes and proofs, so that a phone is not flooded and four
//! digits are not guessed. Kept in memory only, and there as hashes: it is nobody's list of who came.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use powerhall_money::Moment;
use sha2::{Digest, Sha256};

const HOUR_MS: i64 = 3_600_000;

/// What was taken of each number in the last hour.
#[derive(Debug)]
pub struct Quota {
    most: usize,
    gap_ms: i64,
    /// Hashed in front of each number, so that a list of all phones does not undo the hashes.
    salt: u128,
    taken: Mutex<Taken>,
}

#[derive(Debug)]
struct Taken {
    of: HashMap<[u8; 32], VecDeque<Moment>>,
    swept: Moment,
}

impl Quota {
    /// At most `per_hour` (at least one) in any hour, and `gap_seconds` between two.
    #[must_use]
    pub fn new(per_hour: u32, gap_seconds: u32) -> Self {
        Self {
            most: usize::try_from(per_hour.max(1)).unwrap_or(usize::MAX),
            gap_ms: i64::from(gap_seconds) * 1000,
            salt: rand::random(),
            taken: Mutex::new(Taken { of: HashMap::new(), swept: Moment(0) }),
        }
    }

    /// Takes one; `Err` is the number of seconds after which there will be one again.
    pub fn take(&self, number: &str, now: Moment) -> Result<(), u32> {
        let mut taken = self.lock();
        // Sweeping costs a walk; once a minute is often enough for an hour. A clock that was set back waits for nothing.
        if !(0..60_000).contains(&now.ms_since(taken.swept)) {
            taken.of.retain(|_, moments| moments.back().is_some_and(|last| is_fresh(*last, now)));
            taken.swept = now;
        }
        let moments = taken.of.entry(self.hash(number)).or_default();
        moments.retain(|moment| is_fresh(*moment, now));
        let full =
            if moments.len() >= self.most { moments.front().map(|m| m.plus_ms(HOUR_MS)) } else { None };
        let close = moments.back().map(|m| m.plus_ms(self.gap_ms)).filter(|until| *until > now);
        match full.into_iter().chain(close).max() {
            None => {
                moments.push_back(now);
                Ok(())
            }
            Some(until) => {
                Err(u32::try_from((until.ms_since(now).max(0) + 999) / 1000).unwrap_or(u32::MAX).max(1))
            }
        }
    }

    /// Gives the last one back: it came to nothing, by no fault of whoever asked.
    pub fn give_back(&self, number: &str) {
        let hash = self.hash(number);
        if let Some(moments) = self.lock().of.get_mut(&hash) {
            moments.pop_back();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hash(&self, number: &str) -> [u8; 32] {
        Sha256::new_with_prefix(self.salt.to_le_bytes()).chain_update(number.as_bytes()).finalize().into()
    }
}

/// Within the last hour. What lies ahead was taken before the clock was set back, and counts no longer.
fn is_fresh(moment: Moment, now: Moment) -> bool {
    (0..HOUR_MS).contains(&now.ms_since(moment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hour_has_more_than_the_most() {
        let quota = Quota::new(2, 0);
        quota.take("a", Moment(0)).expect("the first");
        quota.take("a", Moment(600_000)).expect("the second");
        assert_eq!(quota.take("a", Moment(600_000)), Err(3000));
        quota.take("b", Moment(600_000)).expect("another number has its own");
        assert_eq!(quota.take("a", Moment(HOUR_MS - 1)), Err(1));
        quota.take("a", Moment(HOUR_MS)).expect("the first is an hour old");
        assert_eq!(quota.take("a", Moment(HOUR_MS)), Err(600), "the second is not");
    }

    #[test]
    fn two_are_a_gap_apart_and_one_can_be_given_back() {
        let quota = Quota::new(5, 60);
        quota.take("a", Moment(0)).expect("the first");
        assert_eq!(quota.take("a", Moment(1_500)), Err(59));
        quota.give_back("a");
        quota.take("a", Moment(1_500)).expect("as if it had not been");
        quota.take("a", Moment(61_500)).expect("a minute later");
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out_for_longer_than_an_hour() {
        let quota = Quota::new(1, 60);
        quota.take("a", Moment(10 * HOUR_MS)).expect("the first");
        quota.take("a", Moment(0)).expect("what lies ahead does not count");
        assert!(quota.take("a", Moment(1)).is_err());
    }

    #[test]
    fn numbers_that_are_over_are_forgotten() {
        let quota = Quota::new(1, 0);
        for number in 0..100 {
            quota.take(&number.to_string(), Moment(0)).expect("each its own");
        }
        quota.take("a", Moment(HOUR_MS)).expect("within");
        assert_eq!(quota.lock().of.len(), 1);
    }
}
