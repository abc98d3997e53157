//! One row between the flow's facts, the file and the API. The hash that chains it is the API's own
//! ([`JournalEntry::chained`]), so that kiosk and backend cannot disagree about it.

use powerhall_api::{Collect, JournalEntry, JournalFact};
use powerhall_flow::Fact;
use powerhall_money::Fen;
use uuid::Uuid;

use super::JournalError;

pub(super) type Hash = [u8; 32];

/// The columns that [`read`] expects, in its order.
pub(super) const COLUMNS: &str = "seq, order_id, kind, amount_fen, version, collect, at, hash";

/// A row behind `before`, complete with its hash.
pub(super) fn new(seq: u64, order_id: Uuid, fact: &Fact, at: i64, before: &Hash) -> (JournalEntry, Hash) {
    let fact = match fact {
        Fact::Named { amount } => JournalFact::Named { amount_fen: *amount },
        Fact::Stands { version, collect } => JournalFact::Stands { version: *version, collect: *collect },
        Fact::Ended => JournalFact::Ended,
    };
    let mut entry = JournalEntry { seq, order_id, fact, at, hash: String::new() };
    let hash = entry.chained(before);
    entry.hash = hex(&hash);
    (entry, hash)
}

pub(super) const fn kind(fact: &JournalFact) -> &'static str {
    match fact {
        JournalFact::Named { .. } => "named",
        JournalFact::Stands { .. } => "stands",
        JournalFact::Ended => "ended",
    }
}

/// Reads [`COLUMNS`]; whether the hash is right is for the caller to say.
pub(super) fn read(row: &rusqlite::Row<'_>) -> Result<(JournalEntry, Hash), JournalError> {
    let (seq, id, kind): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let collect: Option<String> = row.get(5)?;
    let hash: Hash = row.get(7)?;
    let damaged = || JournalError::Damaged(format!("row {seq} cannot be read"));
    let entry = JournalEntry {
        seq: u64::try_from(seq).map_err(|_| damaged())?,
        order_id: Uuid::parse_str(&id).map_err(|_| damaged())?,
        fact: fact(&kind, row.get(3)?, row.get(4)?, collect.as_deref()).ok_or_else(damaged)?,
        at: row.get(6)?,
        hash: hex(&hash),
    };
    Ok((entry, hash))
}

fn fact(kind: &str, amount: Option<i64>, version: Option<i64>, collect: Option<&str>) -> Option<JournalFact> {
    match (kind, amount, version, collect) {
        ("named", Some(amount), None, None) => Some(JournalFact::Named { amount_fen: Fen::new(amount) }),
        ("stands", None, Some(version), Some(name)) => {
            const ALL: [Collect; 8] = [
                Collect::Created,
                Collect::Preparing,
                Collect::Awaiting,
                Collect::Closing,
                Collect::Closed,
                Collect::Paid,
                Collect::ManualReview,
                Collect::Unknown,
            ];
            let collect = ALL.into_iter().find(|one| one.name() == name)?;
            Some(JournalFact::Stands { version: u64::try_from(version).ok()?, collect })
        }
        ("ended", None, None, None) => Some(JournalFact::Ended),
        _ => None,
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(hash: &Hash) -> String {
    use std::fmt::Write as _;
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes of version 1, written down: books that were begun then must still verify.
    #[test]
    fn hashes_are_those_of_version_1() {
        let order = Uuid::from_u128(7);
        let (named, first) =
            new(1, order, &Fact::Named { amount: Fen::new(30_954) }, 1_700_000_000_000, &[0; 32]);
        let stands = Fact::Stands { version: 3, collect: Collect::Paid };
        let (stands, second) = new(2, order, &stands, 1_700_000_000_001, &first);
        let (ended, _) = new(3, order, &Fact::Ended, 1_700_000_000_002, &second);
        assert_eq!(
            [named.hash, stands.hash, ended.hash],
            include_str!("hashes_1.txt").lines().collect::<Vec<_>>()[..]
        );
    }

    #[test]
    fn what_cannot_be_read_is_no_fact() {
        assert!(fact("stands", None, Some(1), Some("made_up")).is_none());
        assert!(fact("stands", None, Some(-1), Some("paid")).is_none());
        assert!(fact("named", None, None, None).is_none());
        assert!(fact("made_up", None, None, None).is_none());
    }
}
