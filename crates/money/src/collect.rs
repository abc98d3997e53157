//! The collecting machine: how the money of an order comes in. One table, total in state × event; what an event
//! means nothing for is named with its reason. `docs/money-machines.md` is rendered from it.
//!
//! Only evidence moves it. `Unknown` outcomes and definite “not yet” answers move nothing but the time of the next try.

use serde::{Deserialize, Serialize};

/// Where collecting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Collect {
    /// Named; nothing asked of the channel yet.
    Created,
    /// A code is being made.
    Preparing,
    /// The code can be paid.
    Awaiting,
    /// The code is being closed; it may still turn out paid.
    Closing,
    /// Proved closed; nothing was collected so far. Never final for money.
    Closed,
    /// The money is here.
    Paid,
    /// A person decides.
    ManualReview,
}

/// What can happen to collecting. Every event is about one attempt of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CollectEvent {
    /// A (further) attempt is wanted and every earlier one is proved closed.
    Prepare,
    /// The channel gave a code.
    CodeReady,
    /// The channel refused to make a code, by a code that we know to be final, before any code was stored.
    CreateRefused,
    /// The kiosk wants to leave, for any reason.
    Leave,
    /// The backend's own deadline has passed.
    Deadline,
    /// Proof that nobody can pay the open attempt any more.
    ProvedClosed,
    /// Evidence of payment of an attempt that was not known to be paid; amount, currency and merchant are right.
    Paid,
    /// The same, for an attempt that is already marked as paid.
    PaidAgain,
    /// Evidence of payment whose amount, currency or merchant differs.
    Mismatch,
    /// A definite answer that proves nothing: pending, not found.
    NotYet,
    /// No answer, or none that can be trusted.
    Unknown,
    /// A person decided that the payment under review pays the lines.
    DecidedPost,
    /// A person decided that the money under review goes another way: credit, refund, or settled outside.
    DecidedAside,
}

/// What must be done in the same transaction as the move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CollectAct {
    /// Ask the channel for a code.
    Create,
    /// Store the code, start the countdown, begin to poll.
    Show,
    /// Query, close, query.
    Close,
    /// Query again after some time, although it is closed.
    Recheck,
    /// Mark the attempt as paid and post every line.
    Post,
    /// Mark the attempt as paid and refund the whole of it.
    RefundWhole,
    /// Book the money as suspense and put it on the list that a person sees.
    Suspend,
    /// Try again later; nothing else.
    Later,
    /// Mark the attempt as paid and post every line; its money stands in the books already.
    Release,
    /// Mark the attempt as settled by a person.
    Aside,
}

/// A cell of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectStep {
    /// Move (or stay) and act.
    Go(Collect, &'static [CollectAct]),
    /// Nothing follows from the event, because of this.
    Ignored(&'static str),
}

impl Collect {
    /// All states, in the order of the table.
    pub const ALL: [Self; 7] = [
        Self::Created,
        Self::Preparing,
        Self::Awaiting,
        Self::Closing,
        Self::Closed,
        Self::Paid,
        Self::ManualReview,
    ];
}

impl CollectEvent {
    /// All events, in the order of the table.
    pub const ALL: [Self; 13] = [
        Self::Prepare,
        Self::CodeReady,
        Self::CreateRefused,
        Self::Leave,
        Self::Deadline,
        Self::ProvedClosed,
        Self::Paid,
        Self::PaidAgain,
        Self::Mismatch,
        Self::NotYet,
        Self::Unknown,
        Self::DecidedPost,
        Self::DecidedAside,
    ];
}

/// The table.
#[must_use]
pub const fn collect(state: Collect, event: CollectEvent) -> CollectStep {
    use Collect as S;
    use CollectAct as A;
    use CollectEvent as E;
    use CollectStep::{Go, Ignored};

    match (state, event) {
        (S::Created | S::Closed, E::Prepare) => Go(S::Preparing, &[A::Create]),
        (S::Preparing | S::Awaiting | S::Closing, E::Prepare) => {
            Ignored("the last attempt is not proved closed; two codes could be paid")
        }
        (S::Paid, E::Prepare) => Ignored("the money is here"),
        (S::ManualReview, E::Prepare) => Ignored("a person decides first"),

        (S::Preparing, E::CodeReady) => Go(S::Awaiting, &[A::Show]),
        (S::Created, E::CodeReady) => Ignored("nothing was asked of the channel"),
        (S::Awaiting, E::CodeReady) => Ignored("the first code is on the screen already"),
        (S::Closing | S::Closed, E::CodeReady) => Ignored("the code came too late and is never shown"),
        (S::Paid | S::ManualReview, E::CodeReady) => Ignored("nobody needs a code any more"),

        (S::Preparing, E::CreateRefused) => Go(S::Closed, &[A::Recheck]),
        (S::Created, E::CreateRefused) => Ignored("nothing was asked of the channel"),
        (S::Awaiting, E::CreateRefused) => Ignored("a code is out; only its closing counts"),
        (S::Closing, E::CreateRefused) => Ignored("closing proves more than a refusal"),
        (S::Closed | S::Paid | S::ManualReview, E::CreateRefused) => Ignored("it is decided already"),

        (S::Preparing | S::Awaiting, E::Leave | E::Deadline) => Go(S::Closing, &[A::Close]),
        (S::Created, E::Leave | E::Deadline) => Ignored("no code exists"),
        (S::Closing, E::Leave | E::Deadline) => Ignored("it is being closed already"),
        (S::Closed, E::Leave | E::Deadline) => Ignored("it is closed already"),
        (S::Paid, E::Leave | E::Deadline) => Ignored("the money is here"),
        (S::ManualReview, E::Leave | E::Deadline) => Ignored("a person decides"),

        (S::Awaiting | S::Closing, E::ProvedClosed) => Go(S::Closed, &[A::Recheck]),
        (S::Preparing, E::ProvedClosed) => {
            Ignored("nobody asks about a code that is being made; its refusal or deadline ends it")
        }
        (S::Created, E::ProvedClosed) => Ignored("no attempt exists"),
        (S::Closed, E::ProvedClosed) => Ignored("it is proved already"),
        // The order is decided, but no code is left behind that is not followed to its end.
        (S::Paid | S::ManualReview, E::ProvedClosed) => Go(state, &[A::Recheck]),

        (S::Preparing | S::Awaiting | S::Closing | S::Closed, E::Paid) => Go(S::Paid, &[A::Post]),
        (S::Created, E::Paid) => Ignored("no attempt exists that could be paid"),
        (S::Paid, E::Paid) => Go(S::Paid, &[A::RefundWhole]),
        (S::ManualReview, E::Paid) => Go(S::ManualReview, &[A::Suspend]),

        (
            S::Created | S::Preparing | S::Awaiting | S::Closing | S::Closed | S::Paid | S::ManualReview,
            E::PaidAgain,
        ) => Ignored("the first evidence settled this attempt"),

        (S::Preparing | S::Awaiting | S::Closing | S::Closed, E::Mismatch) => {
            Go(S::ManualReview, &[A::Suspend])
        }
        (S::Created, E::Mismatch) => Ignored("no attempt exists that could be paid"),
        (S::Paid, E::Mismatch) => Go(S::Paid, &[A::Suspend]),
        (S::ManualReview, E::Mismatch) => Go(S::ManualReview, &[A::Suspend]),

        (
            S::Preparing | S::Awaiting | S::Closing | S::Closed | S::Paid | S::ManualReview,
            E::NotYet | E::Unknown,
        ) => Go(state, &[A::Later]),
        (S::Created, E::NotYet | E::Unknown) => Ignored("no attempt exists"),

        (S::ManualReview | S::Closed, E::DecidedPost) => Go(S::Paid, &[A::Release]),
        (S::Created, E::DecidedPost | E::DecidedAside) => Ignored("no attempt exists"),
        (S::Preparing | S::Awaiting | S::Closing, E::DecidedPost | E::DecidedAside) => {
            Ignored("a code can still be paid; its end comes first")
        }
        (S::Paid, E::DecidedPost) => Ignored("the lines are paid; the money goes another way"),
        (S::ManualReview, E::DecidedAside) => Go(S::Closed, &[A::Aside]),
        (S::Closed | S::Paid, E::DecidedAside) => Go(state, &[A::Aside]),
    }
}
