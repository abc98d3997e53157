//! What can happen to a call on its way, whoever is asked for whatever: the same at a channel, at billing and at the tax
//! platform.

use std::future::Future;
use std::time::Duration;

use powerhall_money::{Cause, Outcome};

/// A mishap on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mishap {
    /// It is done at once; the answer takes its time.
    Slow,
    /// The request never arrives.
    LostRequest,
    /// It is done; the answer never arrives.
    LostAnswer,
    /// It is done; the answer is a server error.
    ErrorAfterSuccess,
}

impl Mishap {
    /// Its word in plans, logs and `docs/faults.md`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::LostRequest => "lost_request",
            Self::LostAnswer => "lost_answer",
            Self::ErrorAfterSuccess => "error_after_success",
        }
    }

    /// Does `work`, unless the request is lost, and gives what is heard of it.
    pub async fn befalls<T>(
        self,
        wait: Duration,
        work: impl Future<Output = Outcome<T>> + Send,
    ) -> Outcome<T> {
        match self {
            Self::Slow => {
                let outcome = work.await;
                tokio::time::sleep(wait).await;
                outcome
            }
            Self::LostRequest => Outcome::Unknown(Cause::Network),
            Self::LostAnswer => {
                work.await;
                Outcome::Unknown(Cause::Timeout)
            }
            Self::ErrorAfterSuccess => {
                work.await;
                Outcome::Unknown(Cause::Server(500))
            }
        }
    }
}
