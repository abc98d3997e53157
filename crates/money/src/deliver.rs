//! The delivering machine: how collected money reaches the account, or goes back. One table, total in state × event;
//! per line of an order. A payment that must go back whole (a second payment) is a delivery that begins `rejected`.
//!
//! A refund needs a definite refusal by billing, or its acknowledged fence on the posting's key. Neither a time-out nor
//! a “not on the account” is one. In the same way, a refund counts as refused only when no earlier request for it can
//! still reach the channel: until then the late one could pay what a person has decided otherwise about.

use serde::{Deserialize, Serialize};

/// Where delivering stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deliver {
    /// Nothing to deliver yet.
    None,
    /// Being posted to the account.
    Posting,
    /// On the account.
    Posted,
    /// Refused; the refund's number is durable, the channel has not accepted it yet.
    Rejected,
    /// The channel accepted the refund; it is on its way.
    Refunding,
    /// The payer has the money back.
    Refunded,
    /// A person decides.
    ManualReview,
    /// A person has settled it another way: as credit, or outside.
    Settled,
}

/// What can happen to delivering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeliverEvent {
    /// The order's money is here.
    Collected,
    /// Billing says: on the account, with our amount.
    Posted,
    /// Billing says: on the account, with another amount.
    PostedOther,
    /// Billing refused definitely, and no earlier request can still be on its way.
    Refused,
    /// Billing refused definitely, but an earlier request ended unknown and may still arrive.
    RefusedInDoubt,
    /// Billing has no such posting now. Not a refusal.
    NotOnAccount,
    /// Billing acknowledged the fence: this key can never be posted.
    Fenced,
    /// Billing did not answer, or not so that it can be trusted.
    PostUnknown,
    /// The channel accepted the refund.
    RefundAccepted,
    /// The payer has the refund.
    RefundDone,
    /// The refund cannot be done by machine, or the channel refused it and no earlier request can still reach it.
    RefundAbnormal,
    /// The channel refused the refund, but has accepted it before, or an earlier request for it ended unknown and may
    /// still reach it.
    RefundRefusedInDoubt,
    /// The channel knows no such refund.
    RefundNotFound,
    /// The channel did not answer, or not so that it can be trusted.
    RefundUnknown,
    /// A person wants billing to be asked again.
    DecidedRetryPost,
    /// A person wants the refund to be asked for again.
    DecidedRetryRefund,
    /// A person decided that the money becomes credit instead of a refund.
    DecidedCredit,
    /// A person settled it outside.
    DecidedOutside,
}

/// What must be done in the same transaction as the move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliverAct {
    /// Post, with the key that stays the same.
    Post,
    /// Ask billing whether the key is on the account.
    QueryPost,
    /// Fence the key.
    Fence,
    /// Book the posting.
    Book,
    /// Make the refund's number durable and ask the channel for it.
    Refund,
    /// Ask the channel how the refund stands.
    QueryRefund,
    /// Book the refund as done.
    BookRefund,
    /// Put it on the list that a person sees.
    Review,
    /// Take the refund back in the books and post its money as credit.
    Credit,
    /// Book it as settled outside.
    BookOutside,
}

/// A cell of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliverStep {
    /// Move (or stay) and act.
    Go(Deliver, &'static [DeliverAct]),
    /// Nothing follows from the event, because of this.
    Ignored(&'static str),
}

impl Deliver {
    /// All states, in the order of the table.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Posting,
        Self::Posted,
        Self::Rejected,
        Self::Refunding,
        Self::Refunded,
        Self::ManualReview,
        Self::Settled,
    ];
}

impl DeliverEvent {
    /// All events, in the order of the table.
    pub const ALL: [Self; 18] = [
        Self::Collected,
        Self::Posted,
        Self::PostedOther,
        Self::Refused,
        Self::RefusedInDoubt,
        Self::NotOnAccount,
        Self::Fenced,
        Self::PostUnknown,
        Self::RefundAccepted,
        Self::RefundDone,
        Self::RefundAbnormal,
        Self::RefundRefusedInDoubt,
        Self::RefundNotFound,
        Self::RefundUnknown,
        Self::DecidedRetryPost,
        Self::DecidedRetryRefund,
        Self::DecidedCredit,
        Self::DecidedOutside,
    ];
}

/// The table.
#[must_use]
pub const fn deliver(state: Deliver, event: DeliverEvent) -> DeliverStep {
    use Deliver as S;
    use DeliverAct as A;
    use DeliverEvent as E;
    use DeliverStep::{Go, Ignored};

    match (state, event) {
        (S::None, E::Collected) => Go(S::Posting, &[A::Post]),
        (
            S::Posting | S::Posted | S::Rejected | S::Refunding | S::Refunded | S::ManualReview | S::Settled,
            E::Collected,
        ) => Ignored("a line is delivered once; a second payment goes back whole"),

        (S::Posting, E::Posted) => Go(S::Posted, &[A::Book]),
        (S::Posted, E::Posted) => Ignored("the same answer again"),
        (S::Rejected | S::Refunding | S::Refunded, E::Posted | E::PostedOther) => {
            Go(S::ManualReview, &[A::Review])
        }

        (S::Posting, E::PostedOther) => Go(S::ManualReview, &[A::Review]),
        (S::Posted, E::PostedOther) => Ignored("billing confirmed our amount before"),

        (S::Posting, E::Refused | E::Fenced) => Go(S::Rejected, &[A::Refund]),
        (S::Posting, E::RefusedInDoubt) => Go(S::Posting, &[A::Fence]),
        (S::Posting, E::NotOnAccount) => Go(S::Posting, &[A::Post]),
        (S::Posting, E::PostUnknown) => Go(S::Posting, &[A::QueryPost]),
        (S::Posted, E::Refused | E::RefusedInDoubt | E::NotOnAccount | E::Fenced | E::PostUnknown) => {
            Ignored("what is on the account stays there")
        }
        (
            S::Rejected | S::Refunding | S::Refunded,
            E::Refused | E::RefusedInDoubt | E::NotOnAccount | E::Fenced | E::PostUnknown,
        ) => Ignored("the refusal is known already"),

        (S::Rejected, E::RefundAccepted) => Go(S::Refunding, &[A::QueryRefund]),
        (S::Rejected | S::Refunding, E::RefundDone) => Go(S::Refunded, &[A::BookRefund]),
        (S::Rejected | S::Refunding, E::RefundAbnormal) => Go(S::ManualReview, &[A::Review]),
        (S::Rejected, E::RefundNotFound) => Go(S::Rejected, &[A::Refund]),
        (S::Rejected, E::RefundUnknown | E::RefundRefusedInDoubt) => Go(S::Rejected, &[A::QueryRefund]),
        (S::Refunding, E::RefundAccepted | E::RefundUnknown | E::RefundRefusedInDoubt) => {
            Go(S::Refunding, &[A::QueryRefund])
        }
        (S::Refunding, E::RefundNotFound) => Go(S::Refunding, &[A::Refund]),
        (
            S::Refunded,
            E::RefundAccepted
            | E::RefundDone
            | E::RefundAbnormal
            | E::RefundRefusedInDoubt
            | E::RefundNotFound
            | E::RefundUnknown,
        ) => Ignored("the payer has the money"),

        (
            S::None,
            E::Posted
            | E::PostedOther
            | E::Refused
            | E::RefusedInDoubt
            | E::NotOnAccount
            | E::Fenced
            | E::PostUnknown,
        ) => Ignored("nothing was posted"),
        (
            S::None | S::Posting | S::Posted,
            E::RefundAccepted
            | E::RefundDone
            | E::RefundAbnormal
            | E::RefundRefusedInDoubt
            | E::RefundNotFound
            | E::RefundUnknown,
        ) => Ignored("no refund exists"),
        (
            S::ManualReview,
            E::Posted
            | E::PostedOther
            | E::Refused
            | E::RefusedInDoubt
            | E::NotOnAccount
            | E::Fenced
            | E::PostUnknown
            | E::RefundAccepted
            | E::RefundDone
            | E::RefundAbnormal
            | E::RefundRefusedInDoubt
            | E::RefundNotFound
            | E::RefundUnknown,
        ) => Ignored("a person decides; the answer stands in the events"),

        (S::ManualReview, E::DecidedRetryPost) => Go(S::Posting, &[A::QueryPost]),
        (S::ManualReview, E::DecidedRetryRefund) => Go(S::Rejected, &[A::Refund]),
        (S::ManualReview, E::DecidedCredit) => Go(S::Settled, &[A::Credit]),
        (S::ManualReview, E::DecidedOutside) => Go(S::Settled, &[A::BookOutside]),
        (
            S::None | S::Posting | S::Posted | S::Rejected | S::Refunding | S::Refunded,
            E::DecidedRetryPost | E::DecidedRetryRefund | E::DecidedCredit | E::DecidedOutside,
        ) => Ignored("nothing is under review"),
        (
            S::Settled,
            E::Posted
            | E::PostedOther
            | E::Refused
            | E::RefusedInDoubt
            | E::NotOnAccount
            | E::Fenced
            | E::PostUnknown
            | E::RefundAccepted
            | E::RefundDone
            | E::RefundAbnormal
            | E::RefundRefusedInDoubt
            | E::RefundNotFound
            | E::RefundUnknown
            | E::DecidedRetryPost
            | E::DecidedRetryRefund
            | E::DecidedCredit
            | E::DecidedOutside,
        ) => Ignored("a person has settled it; the day's books show what comes later"),
    }
}
