//! What the log is told about the backend's answers: the first of each kind of trouble, then rarely; and when it is over.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use powerhall_api::ProblemCode;
use powerhall_flow::Trouble;

use crate::repeats::Repeats;

/// A kind of trouble. A gateway's status codes are one kind, so that the kinds are few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Offline,
    Timeout,
    Malformed,
    Server,
    Problem(ProblemCode),
}

#[derive(Debug, Default)]
struct State {
    repeats: Repeats<Kind>,
    /// Requests without an answer of the backend since its last one.
    unanswered: u64,
    /// Whether the log knows of them.
    told: bool,
}

/// The line to the backend, shared by all clones of a client.
#[derive(Debug, Default)]
pub(super) struct Line(Mutex<State>);

impl Line {
    /// A request has ended like this.
    pub(super) fn heard(&self, trouble: Option<Trouble>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now: Instant = tokio::time::Instant::now().into_std();
        let kind = match trouble {
            None => None,
            Some(Trouble::Offline) => Some(Kind::Offline),
            Some(Trouble::Timeout) => Some(Kind::Timeout),
            Some(Trouble::Malformed) => Some(Kind::Malformed),
            Some(Trouble::Server(_)) => Some(Kind::Server),
            Some(Trouble::Problem(code, _)) => Some(Kind::Problem(code)),
        };
        match kind {
            // It has spoken, whatever it said.
            None | Some(Kind::Problem(_)) => {
                let unanswered = std::mem::take(&mut state.unanswered);
                if std::mem::take(&mut state.told) {
                    tracing::info!(unanswered, "the backend answers again");
                }
            }
            Some(Kind::Offline | Kind::Timeout | Kind::Malformed | Kind::Server) => state.unanswered += 1,
        }
        let Some((kind, trouble)) = kind.zip(trouble) else { return };
        if let Some(silent) = state.repeats.tell(kind, now) {
            state.told |= !matches!(kind, Kind::Problem(_));
            tracing::info!(?trouble, silent, "the backend gave no usable answer");
        }
    }
}
