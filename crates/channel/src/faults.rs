//! What can go wrong at a payment channel, by name. `docs/faults.md` says what each means for the customer and the money.

use powerhall_faults::{Call, Fault, Mishap};

const CALLS: &[Call] = &[Call::Create, Call::Query, Call::Close, Call::Refund, Call::QueryRefund];

/// A fault of the sandbox channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChannelFault {
    /// Something on the way.
    OnTheWay(Mishap),
    /// The payer pays and the notification goes out before the code is answered.
    NotifiedBeforeAnswer,
    /// Somebody without the key tells of a payment that never was.
    ForgedNotification,
    /// The notification goes out twice.
    DuplicatedNotification,
    /// The notification takes its time.
    DelayedNotification,
    /// The notification is overtaken by the next one.
    ReorderedNotification,
    /// No notification at all.
    LostNotification,
    /// A recording of the notification is played again when it is too old.
    ReplayedNotification,
    /// One fen less is paid than was asked; for one fen, one more.
    WrongAmount,
    /// The same trade is paid twice, by two transactions.
    PaidTwice,
    /// Whoever scanned an earlier, closed code of the order pays too.
    TwoPayers,
    /// A payment comes in after the channel has confirmed the close.
    PaidAfterClose,
    /// The same, and nobody is told.
    PaidAfterCloseSilently,
    /// The close is refused for now, because the payer is typing the password; then the payment comes in.
    BusyWhileTyping,
    /// The statement misses the line of a payment.
    StatementMissingLine,
    /// The statement has a line beside it that nobody knows.
    StatementExtraLine,
    /// The statement says one fen more.
    StatementAlteredLine,
}

impl Fault for ChannelFault {
    const ALL: &'static [Self] = &[
        Self::OnTheWay(Mishap::Slow),
        Self::OnTheWay(Mishap::LostRequest),
        Self::OnTheWay(Mishap::LostAnswer),
        Self::OnTheWay(Mishap::ErrorAfterSuccess),
        Self::NotifiedBeforeAnswer,
        Self::ForgedNotification,
        Self::DuplicatedNotification,
        Self::DelayedNotification,
        Self::ReorderedNotification,
        Self::LostNotification,
        Self::ReplayedNotification,
        Self::WrongAmount,
        Self::PaidTwice,
        Self::TwoPayers,
        Self::PaidAfterClose,
        Self::PaidAfterCloseSilently,
        Self::BusyWhileTyping,
        Self::StatementMissingLine,
        Self::StatementExtraLine,
        Self::StatementAlteredLine,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::OnTheWay(mishap) => mishap.name(),
            Self::NotifiedBeforeAnswer => "notified_before_answer",
            Self::ForgedNotification => "forged_notification",
            Self::DuplicatedNotification => "duplicated_notification",
            Self::DelayedNotification => "delayed_notification",
            Self::ReorderedNotification => "reordered_notification",
            Self::LostNotification => "lost_notification",
            Self::ReplayedNotification => "replayed_notification",
            Self::WrongAmount => "wrong_amount",
            Self::PaidTwice => "paid_twice",
            Self::TwoPayers => "two_payers",
            Self::PaidAfterClose => "paid_after_close",
            Self::PaidAfterCloseSilently => "paid_after_close_silently",
            Self::BusyWhileTyping => "busy_while_typing",
            Self::StatementMissingLine => "statement_missing_line",
            Self::StatementExtraLine => "statement_extra_line",
            Self::StatementAlteredLine => "statement_altered_line",
        }
    }

    fn calls(self) -> &'static [Call] {
        match self {
            Self::OnTheWay(_) => CALLS,
            Self::NotifiedBeforeAnswer | Self::ForgedNotification => &[Call::Create],
            Self::DuplicatedNotification
            | Self::DelayedNotification
            | Self::ReorderedNotification
            | Self::LostNotification
            | Self::ReplayedNotification => &[Call::Notify],
            Self::WrongAmount | Self::PaidTwice | Self::TwoPayers => &[Call::Pay],
            Self::PaidAfterClose | Self::PaidAfterCloseSilently | Self::BusyWhileTyping => &[Call::Close],
            Self::StatementMissingLine | Self::StatementExtraLine | Self::StatementAlteredLine => {
                &[Call::Statement]
            }
        }
    }
}
