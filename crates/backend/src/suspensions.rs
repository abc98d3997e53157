//! Scheduled suspensions: when the kiosks, or their payments, are closed on purpose. Pure; the store loads and writes.

use jiff::civil::DateTime;
use powerhall_api::{Scope, Suspension, Text};
use powerhall_money::Moment;
use uuid::Uuid;

use crate::clock::{beijing, moment, rfc3339};

/// The longest: whoever closes for longer says so again.
pub const LONGEST_MS: i64 = 31 * 24 * 3_600_000;

/// A suspension as the backend holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspensionRow {
    /// Its name.
    pub id: Uuid,
    /// What is closed.
    pub scope: Scope,
    /// Why.
    pub reason: Text,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// When it was made, and by whom: the operating system's user.
    pub made: (Moment, String),
    /// When somebody ended it, or called it off.
    pub ended: Option<Moment>,
}

impl SuspensionRow {
    /// Neither over nor called off.
    #[must_use]
    pub fn is_live(&self, now: Moment) -> bool {
        self.ended.is_none() && now < self.until
    }

    /// As the kiosks are told at `now`.
    #[must_use]
    pub fn told(&self, now: Moment) -> Suspension {
        // Rounded up: never begun and never ended too early.
        let seconds =
            |until: Moment| u32::try_from((until.ms_since(now).max(0) + 999) / 1_000).unwrap_or(u32::MAX);
        Suspension {
            id: self.id,
            scope: self.scope,
            reason: self.reason.clone(),
            from: rfc3339(self.from),
            until: rfc3339(self.until),
            begins_in: seconds(self.from),
            ends_in: seconds(self.until),
        }
    }
}

/// A time as staff writes it, Beijing time: `2026-12-01 18:00`.
#[must_use]
pub fn read_time(text: &str) -> Option<Moment> {
    let at: DateTime = text.trim().parse().ok()?;
    at.to_zoned_datetime(beijing()).ok().map(|at| moment(at.timestamp()))
}

/// What is wrong with a suspension that staff wants; in words.
#[must_use]
pub fn mistake(from: Moment, until: Moment, now: Moment) -> Option<&'static str> {
    if until <= from {
        Some("--until must be after --from")
    } else if until <= now {
        Some("--until has passed")
    } else if until.ms_since(from) > LONGEST_MS {
        Some("a suspension has at most 31 days")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_writes_beijing_time() {
        let read = |text: &str| read_time(text).map(rfc3339);
        for text in ["2026-12-01 18:00", "2026-12-01T18:00:00", " 2026-12-01 18:00 "] {
            assert_eq!(read(text).as_deref(), Some("2026-12-01T18:00:00+08:00"), "{text}");
        }
        for text in ["", "18:00", "tomorrow", "2026-13-01 18:00"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_kiosks_are_told_seconds_that_do_not_cut_it_short() {
        let row = SuspensionRow {
            id: Uuid::from_u128(1),
            scope: Scope::All,
            reason: Text::new(),
            from: Moment(10_000),
            until: Moment(20_000),
            made: (Moment(0), "lead".to_owned()),
            ended: None,
        };
        let told = |now| (row.told(Moment(now)).begins_in, row.told(Moment(now)).ends_in);
        assert_eq!(told(0), (10, 20));
        assert_eq!(told(9_001), (1, 11));
        assert_eq!(told(10_000), (0, 10));
        assert!(row.is_live(Moment(19_999)) && !row.is_live(Moment(20_000)));
        assert!(!SuspensionRow { ended: Some(Moment(1)), ..row }.is_live(Moment(5)));
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let hour = 3_600_000;
        assert_eq!(mistake(Moment(0), Moment(hour), Moment(0)), None);
        for (from, until, now) in [(1, 1, 0), (0, 5, 6), (0, LONGEST_MS + 1, 0)] {
            assert!(mistake(Moment(from), Moment(until), Moment(now)).is_some(), "{from} {until}");
        }
    }
}
