//! Designs that lose money, to see that the simulator's net holds. The hook exists only in builds with the feature
//! `mutants`; in every other build [`Mutant::is_on`] is a constant `false` and costs nothing.

/// A wrong design, by its name in the literature of this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// A close without an answer counts as closed.
    CloseTimeoutIsClosed,
    /// The second code is shown before the first is proved closed.
    SecondQrEarly,
    /// A close that did nothing counts as closed.
    CancelNoactionIsClosed,
    /// A posting without an answer counts as refused.
    PostTimeoutIsReject,
    /// “Not on the account” counts as refused.
    NotpostedIsReject,
    /// Each try of a refund has a number of its own.
    FreshRefundNo,
    /// Each try of a posting has a key of its own.
    BlindRepost,
    /// A notification of a closed attempt is ignored.
    IgnoreLateNotify,
    /// The second payment of an order is kept.
    DoublePayNotRefunded,
    /// A closed attempt is never looked at again.
    ForgetClosed,
    /// A create without an answer counts as refused.
    CreateTimeoutIsFailure,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::CloseTimeoutIsClosed,
        Self::SecondQrEarly,
        Self::CancelNoactionIsClosed,
        Self::PostTimeoutIsReject,
        Self::NotpostedIsReject,
        Self::FreshRefundNo,
        Self::BlindRepost,
        Self::IgnoreLateNotify,
        Self::DoublePayNotRefunded,
        Self::ForgetClosed,
        Self::CreateTimeoutIsFailure,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CloseTimeoutIsClosed => "close_timeout_is_closed",
            Self::SecondQrEarly => "second_qr_early",
            Self::CancelNoactionIsClosed => "cancel_noaction_is_closed",
            Self::PostTimeoutIsReject => "post_timeout_is_reject",
            Self::NotpostedIsReject => "notposted_is_reject",
            Self::FreshRefundNo => "fresh_refund_no",
            Self::BlindRepost => "blind_repost",
            Self::IgnoreLateNotify => "ignore_late_notify",
            Self::DoublePayNotRefunded => "double_pay_not_refunded",
            Self::ForgetClosed => "forget_closed",
            Self::CreateTimeoutIsFailure => "create_timeout_is_failure",
        }
    }

    /// Whether it is switched on in this thread.
    #[cfg(feature = "mutants")]
    #[must_use]
    pub fn is_on(self) -> bool {
        hook::ON.get() == Some(self)
    }

    /// Never, in this build.
    #[cfg(not(feature = "mutants"))]
    #[must_use]
    pub const fn is_on(self) -> bool {
        false
    }
}

#[cfg(feature = "mutants")]
mod hook {
    use std::cell::Cell;

    use super::Mutant;

    thread_local! {
        pub(super) static ON: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    impl Mutant {
        /// Switches one on in this thread, or all off.
        pub fn switch(mutant: Option<Self>) {
            ON.set(mutant);
        }
    }
}
