//! The hall's notice board: what is published today, under an edition that changes whenever it does. Written anew when
//! the day changes, for prices begin and fees end on a day.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use powerhall_api::Hall;
use sha2::{Digest, Sha256};

/// Writes what is published on a day.
type Write = dyn Fn(Date) -> Hall + Send + Sync;

/// The notice board.
pub struct Board {
    write: Box<Write>,
    kept: Mutex<Option<(Date, Arc<Hall>)>>,
}

impl Board {
    /// A board that `write` fills; edition and day are the board's own to set.
    #[must_use]
    pub fn new(write: impl Fn(Date) -> Hall + Send + Sync + 'static) -> Self {
        Self { write: Box::new(write), kept: Mutex::new(None) }
    }

    /// A board with nothing on it.
    #[must_use]
    pub fn empty() -> Self {
        Self::new(|_| Hall::default())
    }

    /// What is published on `day`, Beijing time.
    #[must_use]
    pub fn on(&self, day: Date) -> Arc<Hall> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, hall)) = kept.as_ref().filter(|(of, _)| *of == day) {
            return Arc::clone(hall);
        }
        let mut hall = (self.write)(day);
        hall.edition = edition(&hall);
        hall.day = day.to_string();
        let hall = Arc::new(hall);
        *kept = Some((day, Arc::clone(&hall)));
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
        let board = Board::new(|day| Hall {
            tiles: if day < date(2026, 12, 1) { vec!["pay".into()] } else { vec![] },
            ..Hall::default()
        });
        let november = board.on(date(2026, 11, 30));
        assert_eq!(november.edition.len(), 16);
        let december = board.on(date(2026, 12, 1));
        assert_ne!(november.edition, december.edition);
        assert_eq!(december.edition, board.on(date(2026, 12, 2)).edition);
        assert_eq!(november.edition, board.on(date(2026, 11, 29)).edition);
        assert_eq!(november.day, "2026-11-30");
    }
}
