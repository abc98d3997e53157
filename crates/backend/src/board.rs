//! The hall's notice board: what is published today, under an edition that changes whenever it does. Written anew when
//! the clock's minute does, for prices begin and fees end on a day and tiles are offered by the hour, and when other outages are
//! planned.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::{DateTime, DateTimeRound};
use jiff::{RoundMode, Unit};
use powerhall_api::{Hall, Outage, Text};
use sha2::{Digest, Sha256};

/// Writes what is published at a time.
type Write = dyn Fn(DateTime) -> Hall + Send + Sync;

/// How often billing is asked for the outages.
pub const ASK_EVERY_MS: i64 = 60_000;

/// The notice board.
pub struct Board {
    write: Box<Write>,
    reasons: BTreeMap<String, Text>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// What was written last, and in which minute.
    written: Option<(DateTime, Arc<Hall>)>,
    /// As billing told them last; none before it has.
    outages: Option<Vec<Outage>>,
    /// When billing was asked for them last, by the monotonic clock.
    asked_ms: Option<i64>,
}

impl Board {
    /// A board that `write` fills; edition and day are the board's own to set.
    #[must_use]
    pub fn new(write: impl Fn(DateTime) -> Hall + Send + Sync + 'static) -> Self {
        Self { write: Box::new(write), reasons: BTreeMap::new(), kept: Mutex::default() }
    }

    /// The same board, with the reasons for which kiosks may be suspended, by their keys.
    #[must_use]
    pub fn with_reasons(self, reasons: BTreeMap<String, Text>) -> Self {
        Self { reasons, ..self }
    }

    /// The reasons for which kiosks may be suspended, by their keys.
    #[must_use]
    pub const fn reasons(&self) -> &BTreeMap<String, Text> {
        &self.reasons
    }

    /// Whether billing is to be asked for the outages now: not more often than every [`ASK_EVERY_MS`], by whoever asks
    /// this first.
    #[must_use]
    pub fn wants_outages(&self, monotonic_ms: i64) -> bool {
        let mut kept = self.lock();
        let due = kept.asked_ms.is_none_or(|asked| monotonic_ms - asked >= ASK_EVERY_MS);
        if due {
            kept.asked_ms = Some(monotonic_ms);
        }
        due
    }

    /// Billing has told the outages that are not over.
    pub fn outages_are(&self, outages: Vec<Outage>) {
        let mut kept = self.lock();
        if kept.outages.as_ref() != Some(&outages) {
            kept.outages = Some(outages);
            kept.written = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A board with nothing on it.
    #[must_use]
    pub fn empty() -> Self {
        Self::new(|_| Hall::default())
    }

    /// What is published at a time, Beijing time; to the minute.
    #[must_use]
    pub fn at(&self, now: DateTime) -> Arc<Hall> {
        // A minute is a whole part of every time: rounding cannot leave the calendar.
        let minute =
            now.round(DateTimeRound::new().smallest(Unit::Minute).mode(RoundMode::Trunc)).unwrap_or(now);
        let mut kept = self.lock();
        if let Some((_, hall)) = kept.written.as_ref().filter(|(of, _)| *of == minute) {
            return Arc::clone(hall);
        }
        let mut hall = (self.write)(minute);
        hall.outages.clone_from(&kept.outages);
        hall.edition = edition(&hall);
        hall.day = minute.date().to_string();
        let hall = Arc::new(hall);
        kept.written = Some((minute, Arc::clone(&hall)));
        hall
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").finish_non_exhaustive()
    }
}

/// 16 hexadecimal digits of the content's hash: the same on every day, in every process and after every restart.
fn edition(hall: &Hall) -> String {
    // Plain data always serializes.
    let bytes = serde_json::to_vec(hall).unwrap_or_default();
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_edition_changes_with_the_content_and_only_then() {
        let board = Board::new(|now| Hall {
            tiles: if now.date() < date(2026, 12, 1) { vec!["pay".into()] } else { vec![] },
            ..Hall::default()
        });
        let november = board.at(date(2026, 11, 30).at(9, 0, 0, 0));
        assert_eq!(november.edition.len(), 16);
        let december = board.at(date(2026, 12, 1).at(9, 0, 0, 0));
        assert_ne!(november.edition, december.edition);
        assert_eq!(december.edition, board.at(date(2026, 12, 2).at(9, 0, 0, 0)).edition);
        assert_eq!(november.edition, board.at(date(2026, 11, 29).at(9, 0, 0, 0)).edition);
        assert_eq!(november.day, "2026-11-30");
    }

    #[test]
    fn outages_are_asked_for_now_and_then_and_make_an_edition() {
        let board = Board::empty();
        assert!(board.wants_outages(0) && !board.wants_outages(1));
        let now = date(2026, 11, 30).at(9, 0, 30, 0);
        let unknown = board.at(now);
        assert_eq!(unknown.outages, None);
        board.outages_are(Vec::new());
        let none = board.at(now);
        assert_eq!(none.outages.as_deref(), Some(&[][..]));
        assert_ne!(none.edition, unknown.edition);
        board.outages_are(Vec::new());
        assert_eq!(board.at(now).edition, none.edition);
        assert!(board.wants_outages(ASK_EVERY_MS));
    }
}
