//! What was played: one line in the log for each fault, and the latest of them to look at. No personal data: our numbers
//! only.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::Call;

/// How many are kept.
const KEPT: usize = 10_000;

/// A fault that was played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// Who played it: a channel's id, or `billing`.
    pub by: String,
    /// Its word.
    pub fault: &'static str,
    /// At which call.
    pub call: Call,
    /// The number that the call was about.
    pub number: String,
}

impl fmt::Display for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} plays {} at {} of {}", self.by, self.fault, self.call.name(), self.number)
    }
}

/// A list of what was played; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Record(Arc<Mutex<VecDeque<Played>>>);

impl Record {
    pub(crate) fn keep(&self, played: Played) {
        tracing::info!(target: "faults", "{played}");
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if list.len() == KEPT {
            list.pop_front();
        }
        list.push_back(played);
    }

    /// What was played, oldest first; the latest 10,000.
    #[must_use]
    pub fn list(&self) -> Vec<Played> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// How often a fault was played.
    #[must_use]
    pub fn times(&self, fault: &str) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().filter(|p| p.fault == fault).count()
    }
}
