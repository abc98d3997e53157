//! The kiosk's journal on its way to the backend: one row a fact, chained by hash, in order, without personal data.

use powerhall_money::Fen;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Collect;

/// `POST /v1/journal`: rows that the backend has not acknowledged, oldest first, without gaps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JournalUpload {
    /// Names the file; a new one begins when a damaged one was set aside.
    pub book: Uuid,
    /// The hash of the row before the first of these, 64 hexadecimal digits.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9a-f]{64}$"))]
    pub before: String,
    /// The last row that this book has forgotten; 0: none. A backend that lacks rows up to here never gets them.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub pruned_through: u64,
    /// At least one row.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub entries: Vec<JournalEntry>,
}

/// One row of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JournalEntry {
    /// From 1, without gaps in a book.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub seq: u64,
    /// The order.
    pub order_id: Uuid,
    /// What happened.
    pub fact: JournalFact,
    /// Unix milliseconds of the kiosk's own clock; for people, decides nothing.
    pub at: i64,
    /// The hash of this row behind the one before it, 64 hexadecimal digits.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9a-f]{64}$"))]
    pub hash: String,
}

/// What a row says about its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JournalFact {
    /// It was named, before the first request.
    Named {
        /// Its amount, in fen.
        amount_fen: Fen,
    },
    /// The backend said where it stands, before the customer was told.
    Stands {
        /// The order's version.
        #[cfg_attr(feature = "openapi", schema(minimum = 0))]
        version: u64,
        /// Where collecting stood.
        collect: Collect,
    },
    /// It had come to an end for the kiosk.
    Ended,
}

/// The answer to an upload. Rows up to `acked_through` may be forgotten by the kiosk, except the refused ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JournalAnswer {
    /// The last row of this book that the backend holds or has refused for good; the next upload begins after it.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub acked_through: u64,
    /// Rows that were not taken; the kiosk keeps them in its quarantine, where staff sees them.
    pub refused: Vec<JournalRefusal>,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JournalRefusal {
    /// Which.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub seq: u64,
    /// A stable word: `chain_broken`, `other_kiosks_order`, `changed` …
    pub code: String,
}

/// The newest row of a journal, sent with each check-in: by it the backend sees a tail that was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JournalHead {
    /// The file.
    pub book: Uuid,
    /// Its newest row; 0 when it has none.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub seq: u64,
    /// That row's hash, 64 hexadecimal digits; zeros when it has none.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9a-f]{64}$"))]
    pub hash: String,
}

impl JournalEntry {
    /// The hash that the row must carry behind `before`.
    #[must_use]
    pub fn chained(&self, before: &[u8; 32]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(before);
        hasher.update(self.seq.to_be_bytes());
        hasher.update(self.order_id.as_bytes());
        hasher.update(self.at.to_be_bytes());
        // A byte for the kind keeps kinds apart whatever follows.
        match &self.fact {
            JournalFact::Named { amount_fen } => {
                hasher.update([1]);
                hasher.update(amount_fen.get().to_be_bytes());
            }
            JournalFact::Stands { version, collect } => {
                hasher.update([2]);
                hasher.update(version.to_be_bytes());
                hasher.update(collect.name());
            }
            JournalFact::Ended => hasher.update([3]),
        }
        hasher.finalize().into()
    }
}

impl Collect {
    /// As the API names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Preparing => "preparing",
            Self::Awaiting => "awaiting",
            Self::Closing => "closing",
            Self::Closed => "closed",
            Self::Paid => "paid",
            Self::ManualReview => "manual_review",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_row_counts() {
        let row = JournalEntry {
            seq: 7,
            order_id: Uuid::nil(),
            fact: JournalFact::Named { amount_fen: Fen::new(5) },
            at: 9,
            hash: String::new(),
        };
        let stands = |version, collect| JournalFact::Stands { version, collect };
        let changed = [
            JournalEntry { seq: 8, ..row.clone() },
            JournalEntry { order_id: Uuid::max(), ..row.clone() },
            JournalEntry { at: 10, ..row.clone() },
            JournalEntry { fact: JournalFact::Named { amount_fen: Fen::new(6) }, ..row.clone() },
            JournalEntry { fact: JournalFact::Ended, ..row.clone() },
            JournalEntry { fact: stands(5, Collect::Paid), ..row.clone() },
            JournalEntry { fact: stands(5, Collect::Closed), ..row.clone() },
            JournalEntry { fact: stands(6, Collect::Paid), ..row.clone() },
        ];
        let mut seen = std::collections::HashSet::from([row.chained(&[0; 32]), row.chained(&[1; 32])]);
        assert_eq!(seen.len(), 2);
        for other in changed {
            assert!(seen.insert(other.chained(&[0; 32])), "{other:?}");
        }
    }

    #[test]
    fn names_of_collect_are_those_in_json() {
        for collect in [Collect::Created, Collect::Paid, Collect::ManualReview, Collect::Unknown] {
            let json = serde_json::to_string(&collect).expect("serialises");
            assert_eq!(json, format!("\"{}\"", collect.name()));
        }
    }
}
