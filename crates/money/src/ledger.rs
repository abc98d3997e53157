//! Double entry: every movement of money as one entry whose sides sum to zero. Append-only; the key makes an entry
//! happen once.

use serde::{Deserialize, Serialize};

use crate::{Fen, FenError};

/// An account of the books.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerAccount {
    /// What a channel owes us.
    ChannelClearing(String),
    /// What we owe the utility.
    UtilityPayable,
    /// Refunds decided and not yet with the payer.
    RefundInTransit,
    /// Money whose end is not decided.
    Suspense,
    /// Settled by a person outside this system.
    SettledOutside,
    /// What channels keep (day end).
    ChannelFees,
    /// The bank account (day end).
    Bank,
}

impl std::fmt::Display for LedgerAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ChannelClearing(channel) => write!(f, "channel_clearing:{channel}"),
            Self::UtilityPayable => f.write_str("utility_payable"),
            Self::RefundInTransit => f.write_str("refund_in_transit"),
            Self::Suspense => f.write_str("suspense"),
            Self::SettledOutside => f.write_str("settled_outside"),
            Self::ChannelFees => f.write_str("channel_fees"),
            Self::Bank => f.write_str("bank"),
        }
    }
}

/// One entry: two sides of the same amount, so that the sum is zero by construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Unique for ever: what happened and to which number.
    pub key: String,
    /// The account that is debited (`+`).
    pub debit: LedgerAccount,
    /// The account that is credited (`-`).
    pub credit: LedgerAccount,
    /// How much; above zero.
    pub amount: Fen,
}

impl Entry {
    /// A channel took money for the attempt `number`.
    #[must_use]
    pub fn paid(channel: &str, number: &str, amount: Fen) -> Self {
        Self {
            key: format!("paid:{number}"),
            debit: LedgerAccount::ChannelClearing(channel.to_owned()),
            credit: LedgerAccount::Suspense,
            amount,
        }
    }

    /// A channel took money again for the attempt `number`, by another transaction.
    #[must_use]
    pub fn paid_further(channel: &str, number: &str, transaction: &str, amount: Fen) -> Self {
        Self { key: format!("paid:{number}:{transaction}"), ..Self::paid(channel, number, amount) }
    }

    /// A person settled `what` outside; it leaves the account where it stood.
    #[must_use]
    pub fn outside(what: &str, from: LedgerAccount, amount: Fen) -> Self {
        Self { key: format!("outside:{what}"), debit: from, credit: LedgerAccount::SettledOutside, amount }
    }

    /// A person decided that a refund will not happen; its money is undecided again.
    #[must_use]
    pub fn refund_withdrawn(number: &str, amount: Fen) -> Self {
        Self {
            key: format!("withdrawn:{number}"),
            debit: LedgerAccount::RefundInTransit,
            credit: LedgerAccount::Suspense,
            amount,
        }
    }

    /// Billing has it on the account.
    #[must_use]
    pub fn posted(key: &str, amount: Fen) -> Self {
        Self {
            key: format!("posted:{key}"),
            debit: LedgerAccount::Suspense,
            credit: LedgerAccount::UtilityPayable,
            amount,
        }
    }

    /// It was decided that it goes back.
    #[must_use]
    pub fn refund_decided(number: &str, amount: Fen) -> Self {
        Self {
            key: format!("refund:{number}"),
            debit: LedgerAccount::Suspense,
            credit: LedgerAccount::RefundInTransit,
            amount,
        }
    }

    /// The payer has it back.
    #[must_use]
    pub fn refunded(channel: &str, number: &str, amount: Fen) -> Self {
        Self {
            key: format!("refunded:{number}"),
            debit: LedgerAccount::RefundInTransit,
            credit: LedgerAccount::ChannelClearing(channel.to_owned()),
            amount,
        }
    }

    /// The two sides as signed amounts; they sum to zero.
    pub fn sides(&self) -> Result<[(&LedgerAccount, Fen); 2], FenError> {
        Ok([(&self.debit, self.amount), (&self.credit, Fen::ZERO.minus(self.amount)?)])
    }
}
