//! A fault that lasts is told once, then ever more rarely and with how often it was not told: a line that is dead for a
//! month or a disk that is full must not fill the log with one sentence.

use std::time::{Duration, Instant};

/// The first silence about a fault; it doubles each time that the fault is told again.
const FIRST: Duration = Duration::from_secs(600);
/// The longest silence.
const LONGEST: Duration = Duration::from_secs(86_400);

/// What was told lately. The kinds must be few: each is kept.
#[derive(Debug)]
pub(crate) struct Repeats<K> {
    kinds: Vec<(K, Told)>,
}

#[derive(Debug)]
struct Told {
    /// When it was told last, and when it was last there.
    at: Instant,
    there: Instant,
    quiet: Duration,
    silent: u64,
}

impl<K> Default for Repeats<K> {
    fn default() -> Self {
        Self { kinds: Vec::new() }
    }
}

impl<K: PartialEq> Repeats<K> {
    /// A fault of this kind is there. When it is to be told: how often it was passed over in silence since the last time.
    pub(crate) fn tell(&mut self, kind: K, now: Instant) -> Option<u64> {
        let Some((_, told)) = self.kinds.iter_mut().find(|(known, _)| *known == kind) else {
            self.kinds.push((kind, Told { at: now, there: now, quiet: FIRST, silent: 0 }));
            return Some(0);
        };
        let calm = now.saturating_duration_since(told.there) >= told.quiet;
        told.there = now;
        if now.saturating_duration_since(told.at) < told.quiet {
            told.silent += 1;
            return None;
        }
        told.at = now;
        // After such a calm it is a new fault.
        told.quiet = if calm { FIRST } else { (told.quiet * 2).min(LONGEST) };
        Some(std::mem::take(&mut told.silent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often `every` seconds for `hours` is told, and how much of it was counted.
    fn told(repeats: &mut Repeats<u8>, from: Instant, every: u64, hours: u64) -> (usize, u64) {
        let times = (0..hours * 3600 / every).map(|n| from + Duration::from_secs(n * every));
        let told: Vec<u64> = times.filter_map(|now| repeats.tell(0, now)).collect();
        (told.len(), told.iter().sum())
    }

    #[test]
    fn a_fault_that_lasts_is_told_rarely_and_nothing_is_forgotten() {
        let start = Instant::now();
        let mut repeats = Repeats::default();
        assert_eq!(told(&mut repeats, start, 2, 1), (3, 900 - 2), "at once, after 10 and after 30 minutes");
        let mut repeats = Repeats::default();
        let (lines, counted) = told(&mut repeats, start, 2, 24);
        assert_eq!(lines, 8);
        assert_eq!(counted + lines as u64, 1270 * 30 + 1, "all until it was last told");
        let mut repeats = Repeats::default();
        assert!(told(&mut repeats, start, 2, 24 * 30).0 <= 8 + 30, "a month");
    }

    #[test]
    fn another_kind_and_a_fault_that_comes_back_are_told_at_once() {
        let start = Instant::now();
        let mut repeats = Repeats::default();
        assert_eq!(repeats.tell(1, start), Some(0));
        assert_eq!(repeats.tell(2, start), Some(0));
        assert_eq!(repeats.tell(1, start + FIRST / 2), None);
        let later = start + FIRST * 2;
        assert_eq!(repeats.tell(1, later), Some(1));
        assert_eq!(
            repeats.tell(1, later + FIRST),
            Some(0),
            "it had been calm, so the silence is short again"
        );
        assert_eq!(repeats.tell(1, later), None, "a clock that went back");
    }
}
