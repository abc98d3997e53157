//! A point in time as decisions see it: handed in by the caller, never read from a clock here.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// This moment plus `ms` milliseconds, at most the end of time.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; negative when it is the other way round.
    #[must_use]
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The times by which orders are driven. All in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a code may take to be made before the attempt is given up.
    pub prepare_ms: i64,
    /// How long a code can be paid before more time must be asked for.
    pub qr_ms: i64,
    /// How often more time can be asked for.
    pub extensions_max: u32,
    /// From the last deadline to the channel's own expiry of the trade, and once more from there to the moment at
    /// which the expiry counts as proof.
    pub margin_ms: i64,
    /// Between two queries of a code that can be paid.
    pub poll_ms: i64,
    /// The first wait after an unknown outcome; it doubles from there.
    pub backoff_min_ms: i64,
    /// The longest wait after an unknown outcome.
    pub backoff_max_ms: i64,
    /// For how long a request for a refund that ended unknown may still reach the channel. Channels refuse what was signed
    /// longer ago (`WeChat`: five minutes, plus what the clocks differ by), and nothing on the way keeps it that long.
    pub request_life_ms: i64,
    /// When closed attempts are queried again, each counted from the one before. The first is the query after the
    /// close.
    pub recheck_ms: Vec<i64>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            prepare_ms: 30_000,
            qr_ms: 120_000,
            extensions_max: 10,
            margin_ms: 60_000,
            poll_ms: 2_500,
            backoff_min_ms: 1_000,
            backoff_max_ms: 60_000,
            request_life_ms: 1_800_000,
            recheck_ms: vec![0, 60_000, 600_000, 3_600_000],
        }
    }
}

impl Policy {
    /// How long to wait after the outcome of try number `tries` (from 0) was unknown.
    #[must_use]
    pub fn backoff_ms(&self, tries: u32) -> i64 {
        let factor = 1_i64 << tries.min(20);
        self.backoff_min_ms.saturating_mul(factor).clamp(self.backoff_min_ms, self.backoff_max_ms)
    }
}
