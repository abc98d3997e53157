//! The chain of hashes: each row's hash covers the row and the hash before it, so that a row that was changed, lost
//! or swapped shows. It finds damage and careless edits; a key against deliberate ones comes with the hardening.

use powerhall_api::Collect;
use powerhall_flow::Fact;
use powerhall_money::Fen;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::JournalError;

pub(super) type Hash = [u8; 32];

/// One row of the journal, as it is hashed and stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) seq: i64,
    pub(super) order: Uuid,
    pub(super) fact: Fact,
    /// Unix milliseconds.
    pub(super) at: i64,
}

impl Row {
    /// The hash of this row behind `before`.
    pub(super) fn hash(&self, before: &Hash) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(before);
        hasher.update(self.seq.to_be_bytes());
        hasher.update(self.order.as_bytes());
        hasher.update(self.at.to_be_bytes());
        // A byte for the kind keeps kinds apart whatever follows.
        match &self.fact {
            Fact::Named { amount } => {
                hasher.update([1]);
                hasher.update(amount.get().to_be_bytes());
            }
            Fact::Stands { version, collect } => {
                hasher.update([2]);
                hasher.update(version.to_be_bytes());
                hasher.update(collect_name(*collect));
            }
            Fact::Ended => hasher.update([3]),
        }
        hasher.finalize().into()
    }
}

pub(super) const fn kind(fact: &Fact) -> &'static str {
    match fact {
        Fact::Named { .. } => "named",
        Fact::Stands { .. } => "stands",
        Fact::Ended => "ended",
    }
}

/// As the API names it.
pub(super) const fn collect_name(collect: Collect) -> &'static str {
    match collect {
        Collect::Created => "created",
        Collect::Preparing => "preparing",
        Collect::Awaiting => "awaiting",
        Collect::Closing => "closing",
        Collect::Closed => "closed",
        Collect::Paid => "paid",
        Collect::ManualReview => "manual_review",
        Collect::Unknown => "unknown",
    }
}

/// Makes a fact from what is stored.
pub(super) fn fact(
    kind: &str,
    amount: Option<i64>,
    version: Option<i64>,
    collect: Option<&str>,
) -> Result<Fact, JournalError> {
    let damaged = || JournalError::Damaged(format!("a row of kind {kind} cannot be read"));
    match (kind, amount, version, collect) {
        ("named", Some(amount), None, None) => Ok(Fact::Named { amount: Fen::new(amount) }),
        ("stands", None, Some(version), Some(name)) => {
            let version = u64::try_from(version).map_err(|_| damaged())?;
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
            let collect = ALL.into_iter().find(|one| collect_name(*one) == name).ok_or_else(damaged)?;
            Ok(Fact::Stands { version, collect })
        }
        ("ended", None, None, None) => Ok(Fact::Ended),
        _ => Err(damaged()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_row_counts() {
        let row = Row { seq: 7, order: Uuid::nil(), fact: Fact::Named { amount: Fen::new(5) }, at: 9 };
        let hash = row.hash(&[0; 32]);
        let stands = |version, collect| Fact::Stands { version, collect };
        let changed = [
            Row { seq: 8, ..row.clone() },
            Row { order: Uuid::max(), ..row.clone() },
            Row { at: 10, ..row.clone() },
            Row { fact: Fact::Named { amount: Fen::new(6) }, ..row.clone() },
            Row { fact: Fact::Ended, ..row.clone() },
            Row { fact: stands(5, Collect::Paid), ..row.clone() },
            Row { fact: stands(5, Collect::Closed), ..row.clone() },
            Row { fact: stands(6, Collect::Paid), ..row.clone() },
        ];
        let mut seen = std::collections::HashSet::from([hash, row.hash(&[1; 32])]);
        assert_eq!(seen.len(), 2);
        for other in changed {
            assert!(seen.insert(other.hash(&[0; 32])), "{other:?}");
        }
    }

    #[test]
    fn names_of_collect_are_the_apis() {
        for collect in [Collect::Created, Collect::Paid, Collect::ManualReview, Collect::Unknown] {
            let json = serde_json::to_string(&collect).expect("serialises");
            assert_eq!(json, format!("\"{}\"", collect_name(collect)));
            let read = fact("stands", None, Some(1), Some(collect_name(collect))).expect("reads");
            assert_eq!(read, Fact::Stands { version: 1, collect });
        }
        assert!(fact("stands", None, Some(1), Some("made_up")).is_err());
        assert!(fact("named", None, None, None).is_err());
    }
}
