//! Samples and what is said about them: the nearest rank, never an interpolation, so that every figure was measured.

use std::time::Duration;

/// Durations of one kind.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// One more.
    pub fn add(&mut self, one: Duration) {
        self.0.push(one);
    }

    /// All of another's.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// How many.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// The first that was taken: everything is cold.
    #[must_use]
    pub fn first(&self) -> Duration {
        self.0.first().copied().unwrap_or_default()
    }

    /// The smallest sample that `percent` of all do not exceed; zero without samples.
    #[must_use]
    pub fn rank(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }

    /// The median.
    #[must_use]
    pub fn median(&self) -> Duration {
        self.rank(50)
    }
}

impl FromIterator<Duration> for Samples {
    fn from_iter<I: IntoIterator<Item = Duration>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

/// The median of figures; `None` without any.
#[must_use]
pub fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len().checked_sub(1)? / 2).copied()
}

/// Milliseconds with one decimal, or two below ten.
#[must_use]
pub fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1_000.0;
    if ms < 10.0 { format!("{ms:.2} ms") } else { format!("{ms:.1} ms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_samples() {
        let all: Samples = (1..=300).rev().map(Duration::from_millis).collect();
        assert_eq!(all.rank(50), Duration::from_millis(150));
        assert_eq!(all.rank(99), Duration::from_millis(297));
        assert_eq!(all.rank(100), Duration::from_millis(300));
        assert_eq!(all.first(), Duration::from_millis(300));
        assert_eq!(Samples::default().rank(99), Duration::ZERO);
    }

    #[test]
    fn a_median_of_two_is_the_lower() {
        assert_eq!(median(vec![3.0, 1.0]), Some(1.0));
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(Vec::new()), None);
    }
}
