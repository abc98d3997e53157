//! Whether the backend can serve, for whoever asks: nobody says who that is, and looking takes the store's one writer and a
//! call to billing. So what was found is kept for a moment, and whoever comes meanwhile waits for the same look.

use std::future::Future;

use tokio::sync::Mutex;

use crate::clock::Clock;

/// How long it is kept.
const KEPT_MS: i64 = 1_000;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It can serve.
    Ready,
    /// The store cannot be written.
    NoStore,
    /// Billing does not answer.
    NoBilling,
}

/// What was found last, and when by the clock that nobody can set.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(i64, Verdict)>>);

impl Readiness {
    /// What is kept, or what `look` finds.
    pub async fn verdict(&self, clock: &dyn Clock, look: impl Future<Output = Verdict>) -> Verdict {
        let mut kept = self.0.lock().await;
        if let Some((at, verdict)) = *kept
            && clock.monotonic_ms() - at < KEPT_MS
        {
            return verdict;
        }
        let verdict = look.await;
        *kept = Some((clock.monotonic_ms(), verdict));
        verdict
    }
}
